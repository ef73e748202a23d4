"""What the sample shop of ./dev demo does by itself: views, functions, procedures, triggers and an event, and calls that show that they
work. The triggers change only the row at hand, and the same once more changes nothing: rows that flow back fire those of the source."""

OBJECTS = [
    """CREATE FUNCTION with_discount(amount decimal(14,2), interests varchar(60)) RETURNS decimal(14,2) DETERMINISTIC
       COMMENT '爱好图书的客户有折扣'
       RETURN ROUND(amount * IF(FIND_IN_SET('books', interests) > 0, 0.95, 1), 2)""",
    """CREATE FUNCTION order_sum(o bigint) RETURNS decimal(14,2) READS SQL DATA
       BEGIN
         DECLARE total decimal(14,2) DEFAULT 0;
         -- 没有订单行的订单为 0
         SELECT IFNULL(SUM(quantity * price * (1 - IFNULL(discount, 0))), 0) INTO total FROM order_item WHERE order_id = o;
         RETURN total;
       END""",
    """CREATE VIEW customer_value AS SELECT c.id, c.name, r.name AS region, COUNT(o.id) AS orders, IFNULL(SUM(o.total), 0) AS spent
       FROM customer c JOIN region r ON r.code = c.region LEFT JOIN orders o ON o.customer = c.id AND o.status <> '退货'
       GROUP BY c.id, c.name, r.name""",
    """CREATE VIEW 大客户 AS SELECT id, name, spent, with_discount(spent, 'books') AS 折后
       FROM customer_value WHERE spent > 90000""",
    """CREATE VIEW sales_by_month AS SELECT DATE_FORMAT(ordered, '%Y-%m') AS month, status, COUNT(*) AS n, SUM(total) AS total
       FROM orders GROUP BY DATE_FORMAT(ordered, '%Y-%m'), status""",
    """CREATE PROCEDURE cancel_order(IN o bigint, OUT was varchar(10))
       BEGIN
         DECLARE EXIT HANDLER FOR NOT FOUND SET was = 'none';
         SELECT status INTO was FROM orders WHERE id = o;
         IF was IN ('new', 'paid') THEN
           UPDATE stock s JOIN order_item i ON i.sku = s.sku SET s.pieces = s.pieces + 1 WHERE i.order_id = o AND s.warehouse = 1;
           UPDATE orders SET status = '退货', remark = CONCAT('取消: ', was) WHERE id = o;
         END IF;
       END""",
    """CREATE PROCEDURE best_customers(IN least decimal(14,2))
       BEGIN
         SELECT id, name, spent FROM customer_value WHERE spent >= least ORDER BY spent DESC, id;
         SELECT COUNT(*) AS n FROM 大客户;
       END""",
    """CREATE TRIGGER item_is_sane BEFORE INSERT ON order_item FOR EACH ROW
       BEGIN
         IF NEW.quantity <= 0 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '数量必须为正'; END IF;
         SET NEW.label = TRIM(NEW.label);
       END""",
    "CREATE TRIGGER remark_or_none BEFORE UPDATE ON orders FOR EACH ROW SET NEW.remark = NULLIF(TRIM(NEW.remark), '')",
    "CREATE EVENT forget_lines ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM log_line WHERE at < NOW() - INTERVAL 5 YEAR",
]

# The same on both sides.
QUERIES = [
    "SELECT id, name, region, orders, spent FROM customer_value WHERE id BETWEEN 100100 AND 100180 ORDER BY id",
    "SELECT COUNT(*), SUM(spent) FROM customer_value",
    "SELECT id, name, spent, 折后 FROM 大客户 ORDER BY spent DESC, id LIMIT 50",
    "SELECT month, n, total FROM sales_by_month WHERE status = 'paid' ORDER BY month",
    "SELECT COUNT(*), SUM(total) FROM big_orders",
    "SELECT with_discount(199.99, 'music,books'), with_discount(199.99, 'music'), order_sum(7), order_sum(-1)",
]


def values(rows):
    """Comparable whatever the driver made of them."""
    return [tuple(str(v.normalize()) if hasattr(v, "normalize") else str(v) for v in row) for row in rows]


def work(target):
    """Writes by what has moved, in the target: what went wrong, or None."""
    connection = target.connect()
    connection.autocommit = False
    try:
        with connection.cursor() as c:
            c.execute("SET search_path = shop")
            c.execute("SELECT MIN(id) FROM orders WHERE status = 'paid' AND EXISTS (SELECT 1 FROM order_item i WHERE i.order_id = orders.id)")
            order, = c.fetchone()
            c.execute("CALL cancel_order(%s, NULL)", (order,))
            if c.fetchone() != ("paid",):
                return "cancel_order says another state"
            c.execute("SELECT status, remark FROM orders WHERE id = %s", (order,))
            if c.fetchone() != ("退货", "取消: paid"):
                return "cancel_order did not cancel"
            c.execute("UPDATE orders SET remark = '  ' WHERE id = %s RETURNING remark", (order,))
            if c.fetchone() != (None,):
                return "the trigger remark_or_none did nothing"
            connection.commit()
            c.execute("CALL best_customers(90000, NULL, NULL)")
            first, second = c.fetchone()
            c.execute('FETCH ALL FROM "%s"' % first)
            best = c.fetchall()
            c.execute('FETCH ALL FROM "%s"' % second)
            if not best or c.fetchone()[0] > len(best):
                return "best_customers finds none"
            connection.commit()
            try:
                c.execute("INSERT INTO order_item (order_id, line, sku, quantity, price, label) SELECT order_id, 999, sku, 0, 1, 'x'"
                          " FROM order_item LIMIT 1")
                return "the trigger item_is_sane lets everything in"
            except Exception as e:
                if "数量必须为正" not in str(e):
                    return str(e)
            connection.rollback()
            c.execute("CALL forget_lines()")
            connection.commit()
    finally:
        connection.close()
    return None
