"""A shop whose views, functions, procedures and triggers do its work: for test_objects.py."""

TABLES = [
    """CREATE TABLE 客户 (编号 int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, 姓名 varchar(40) NOT NULL,
       等级 enum('普通','银','金') NOT NULL DEFAULT '普通', 余额 decimal(10,2) NOT NULL DEFAULT 0, 备注 varchar(200))""",
    """CREATE TABLE products (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(60) NOT NULL,
       price decimal(10,2) NOT NULL, stock int NOT NULL, UNIQUE KEY by_name (name))""",
    """CREATE TABLE orders (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, customer int unsigned NOT NULL,
       placed datetime NOT NULL, shipped datetime, state varchar(10) NOT NULL DEFAULT 'open', total decimal(12,2) NOT NULL DEFAULT 0,
       FOREIGN KEY (customer) REFERENCES 客户 (编号))""",
    """CREATE TABLE items (order_id int unsigned NOT NULL, line int NOT NULL, product int unsigned NOT NULL, quantity int NOT NULL,
       price decimal(10,2), PRIMARY KEY (order_id, line), FOREIGN KEY (order_id) REFERENCES orders (id),
       FOREIGN KEY (product) REFERENCES products (id))""",
    "CREATE TABLE journal (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, what varchar(100) NOT NULL, amount decimal(12,2), n int)",
    "INSERT INTO 客户 (姓名, 等级, 余额, 备注) VALUES ('王芳','金',900,'VIP''s'),('李雷','普通',50,NULL),('Zoë','银',120.5,'a\\\\b')",
    "INSERT INTO products (name, price, stock) VALUES ('茶',12.50,100),('cup',7.99,30),('pot',59.00,2)",
    """INSERT INTO orders (customer, placed, shipped, state, total) VALUES (1,'2024-02-28 10:00:00','2024-02-28 12:30:15','closed',25),
       (2,'2024-03-01 08:15:00',NULL,'open',7.99)""",
    "INSERT INTO items VALUES (1,1,1,2,12.50),(2,1,2,1,7.99)",
]

# In an order in which MySQL takes them, which is not the one that the target needs.
OBJECTS = [
    """CREATE FUNCTION 折扣价(价格 decimal(10,2), 等级 varchar(10)) RETURNS decimal(10,2) DETERMINISTIC
       RETURN ROUND(价格 * CASE 等级 WHEN '金' THEN 0.8 WHEN '银' THEN 0.9 ELSE 1 END, 2)""",
    """CREATE FUNCTION order_total(o int unsigned) RETURNS decimal(12,2) READS SQL DATA
       BEGIN
         DECLARE total decimal(12,2) DEFAULT 0;
         -- lines without a price count nothing
         SELECT IFNULL(SUM(quantity * price), 0) INTO total FROM items WHERE order_id = o;
         RETURN total;
       END""",
    "CREATE FUNCTION waiting(a datetime, b datetime) RETURNS time DETERMINISTIC RETURN TIMEDIFF(b, CONCAT(a))",
    """CREATE VIEW a_lines AS SELECT i.order_id, i.line, p.name AS product, i.quantity, i.quantity * i.price AS amount
       FROM items i JOIN products p ON p.id = i.product""",
    """CREATE VIEW z_orders AS SELECT o.id, o.customer, o.state, COUNT(l.line) AS `lines`, SUM(l.amount) AS amount, order_total(o.id) AS checked,
       CONCAT(o.state, '#', o.id) AS label FROM orders o LEFT JOIN a_lines l ON l.order_id = o.id GROUP BY o.id""",
    """CREATE VIEW 客户消费 AS SELECT c.编号, c.姓名, c.等级, IFNULL(SUM(z.amount), 0) AS 合计, 折扣价(IFNULL(SUM(z.amount), 0), c.等级) AS 折后
       FROM 客户 c LEFT JOIN z_orders z ON z.customer = c.编号 GROUP BY c.编号, c.姓名, c.等级""",
    "CREATE VIEW shipped AS SELECT id, waiting(placed, shipped) AS took FROM orders WHERE shipped IS NOT NULL",
    """CREATE PROCEDURE place_order(IN c int unsigned, IN product_name varchar(60), IN n int, IN at datetime, OUT new_id int unsigned)
       BEGIN
         DECLARE p int unsigned;
         DECLARE EXIT HANDLER FOR NOT FOUND SET new_id = 0;
         SELECT id INTO p FROM products WHERE name = product_name;
         INSERT INTO orders (customer, placed) VALUES (c, at);
         SET new_id = LAST_INSERT_ID();
         INSERT INTO items (order_id, line, product, quantity) VALUES (new_id, 1, p, n);
         UPDATE orders SET total = order_total(new_id) WHERE id = new_id;
       END""",
    """CREATE PROCEDURE report(IN least decimal(10,2))
       BEGIN
         SELECT id, total FROM orders WHERE total >= least ORDER BY id;
         SELECT 姓名, 合计 FROM 客户消费 WHERE 合计 >= least ORDER BY 编号;
       END""",
    """CREATE PROCEDURE close_orders(OUT closed int)
       BEGIN
         DECLARE done boolean DEFAULT FALSE;
         DECLARE one int unsigned;
         DECLARE open_ones CURSOR FOR SELECT id FROM orders WHERE state = 'open' ORDER BY id;
         DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
         SET closed = 0;
         OPEN open_ones;
         each_one: LOOP
           FETCH open_ones INTO one;
           IF done THEN LEAVE each_one; END IF;
           UPDATE orders SET state = 'closed' WHERE id = one;
           SET closed = closed + 1;
         END LOOP;
         CLOSE open_ones;
       END""",
    """CREATE TRIGGER items_price BEFORE INSERT ON items FOR EACH ROW
       BEGIN
         IF NEW.quantity <= 0 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '数量必须为正'; END IF;
         IF NEW.price IS NULL THEN SET NEW.price = (SELECT price FROM products WHERE id = NEW.product); END IF;
       END""",
    "CREATE TRIGGER items_stock AFTER INSERT ON items FOR EACH ROW UPDATE products SET stock = stock - NEW.quantity WHERE id = NEW.product",
    """CREATE TRIGGER a_items_told AFTER INSERT ON items FOR EACH ROW FOLLOWS items_stock
       INSERT INTO journal (what, amount, n) SELECT CONCAT('left of ', name), NEW.price, stock FROM products WHERE id = NEW.product""",
    """CREATE TRIGGER 余额变化 AFTER UPDATE ON 客户 FOR EACH ROW
       BEGIN
         IF NOT (NEW.余额 <=> OLD.余额) THEN INSERT INTO journal (what, amount) VALUES (CONCAT('余额 ', NEW.姓名), NEW.余额 - OLD.余额); END IF;
       END""",
    "CREATE FUNCTION fingerprint(s varchar(40)) RETURNS varchar(64) DETERMINISTIC\n  RETURN AES_ENCRYPT(CONCAT('x', s), 'key')",
    "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM journal WHERE amount IS NULL",
]

# The same for both sides: a call, or a query.
WORK = [
    "CALL place_order(1, '茶', 3, '2024-05-01 09:00:00', @new)",
    "CALL place_order(3, 'nothing', 3, '2024-05-01 09:00:00', @new)",
    "CALL place_order(3, 'cup', 0, '2024-05-01 09:00:00', @new)",  # the trigger refuses it
    "CALL place_order(3, 'pot', 2, '2024-05-02 09:00:00', @new)",
    "UPDATE 客户 SET 余额 = 余额 - 10.25 WHERE 编号 = 1",
    "UPDATE 客户 SET 余额 = 余额 - 10.25 WHERE 编号 = 2",
    "UPDATE 客户 SET 备注 = '无' WHERE 编号 = 1",
    "CALL report(10)",
    "CALL close_orders(@closed)",
    "SELECT 折扣价(19.99, '银'), order_total(1), order_total(99)",
    "SELECT * FROM a_lines ORDER BY order_id, line",
    "SELECT * FROM z_orders ORDER BY id",
    "SELECT * FROM 客户消费 ORDER BY 编号",
    "SELECT * FROM 客户 ORDER BY 1",
    "SELECT id, customer, placed, state, total FROM orders ORDER BY 1",
    "SELECT * FROM items ORDER BY 1, 2",
    "SELECT * FROM products ORDER BY 1",
    "SELECT what, amount, n FROM journal ORDER BY id",
]
