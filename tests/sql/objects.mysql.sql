-- case: a view
CREATE VIEW v_rich AS SELECT id, name, credit FROM customers WHERE credit > 50
-- call: SELECT * FROM v_rich

-- case: a view with column names
CREATE VIEW v_named (who, n) AS SELECT name, id * 2 FROM customers
-- call: SELECT * FROM v_named

-- case: a view as SHOW CREATE prints it
CREATE ALGORITHM=UNDEFINED DEFINER=`root`@`localhost` SQL SECURITY DEFINER VIEW `v_orders` AS select `o`.`id` AS `id`,`c`.`name` AS `customer`,count(0) AS `lines`,sum((`l`.`qty` * `l`.`price`)) AS `total` from ((`orders` `o` join `customers` `c` on((`c`.`id` = `o`.`customer_id`))) left join `order_lines` `l` on((`l`.`order_id` = `o`.`id`))) where (`o`.`status` <> 'gone') group by `o`.`id`,`c`.`name` having (`total` > 10) order by `o`.`id` desc
-- call: SELECT * FROM `v_orders`

-- case: a view with a check option
CREATE VIEW v_berlin AS SELECT id, name, city FROM customers WHERE city = 'berlin' WITH CASCADED CHECK OPTION
-- call: SELECT * FROM v_berlin

-- case: a view with the caller's rights
CREATE SQL SECURITY INVOKER VIEW v_inv AS SELECT * FROM accounts
-- call: SELECT * FROM v_inv

-- case: a view of a union
CREATE VIEW v_people AS SELECT name, 'c' AS kind FROM customers UNION ALL SELECT name, 'e' FROM employees
-- call: SELECT * FROM v_people

-- case: a view with chinese names
CREATE VIEW `词表` AS SELECT `编号`, `词` AS `词语`, char_length(`释义`) AS `长度` FROM `词典`
-- call: SELECT * FROM `词表`

-- case: before insert trigger changes the row
CREATE TRIGGER customers_bi BEFORE INSERT ON customers FOR EACH ROW
BEGIN
    SET NEW.name = trim(NEW.name);
    IF NEW.city IS NULL THEN SET NEW.city = 'unknown'; END IF;
END
-- call: INSERT INTO customers (name, email, credit, vip, created) VALUES ('  hugo ', 'h@x', 1, 0, '2024-01-01')
-- call: SELECT name, city FROM customers WHERE email = 'h@x'

-- case: after insert trigger writes a log
CREATE TRIGGER orders_ai AFTER INSERT ON orders FOR EACH ROW
    INSERT INTO log_entries (what, n) VALUES (concat('order of ', NEW.customer_id), NEW.id)
-- call: INSERT INTO orders (customer_id, status, placed) VALUES (2, 'new', '2024-03-03'), (3, 'paid', '2024-03-04')
-- call: SELECT what, n FROM log_entries ORDER BY n

-- case: before update trigger refuses
CREATE TRIGGER accounts_bu BEFORE UPDATE ON accounts FOR EACH ROW
BEGIN
    IF NEW.balance < OLD.balance - 60 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'too much';
    END IF;
END
-- call: UPDATE accounts SET balance = balance - 10
-- call: UPDATE accounts SET balance = balance - 90 WHERE id = 1
-- table: accounts

-- case: after update trigger compares
CREATE TRIGGER products_au AFTER UPDATE ON products FOR EACH ROW
BEGIN
    IF NEW.price <> OLD.price THEN
        INSERT INTO log_entries (what, n) VALUES (concat(OLD.sku, ': ', OLD.price, ' -> ', NEW.price), NEW.id);
    END IF;
END
-- call: UPDATE products SET price = price * 2, stock = stock + 1 WHERE id IN (1, 3)
-- call: UPDATE products SET stock = 0 WHERE id = 2
-- call: SELECT what, n FROM log_entries ORDER BY n

-- case: after delete trigger
CREATE TRIGGER orders_ad AFTER DELETE ON orders FOR EACH ROW
    DELETE FROM order_lines WHERE order_id = OLD.id
-- call: DELETE FROM orders WHERE customer_id = 3
-- call: SELECT count(*) AS c FROM order_lines

-- case: before delete trigger refuses
CREATE TRIGGER employees_bd BEFORE DELETE ON employees FOR EACH ROW
BEGIN
    IF EXISTS (SELECT 1 FROM accounts WHERE owner = OLD.name) OR OLD.boss_id IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'needed';
    END IF;
END
-- call: DELETE FROM employees WHERE id = 7
-- call: DELETE FROM employees WHERE id = 1
-- call: SELECT count(*) AS c FROM employees

-- case: a trigger keeps sums
CREATE TRIGGER lines_ai AFTER INSERT ON order_lines FOR EACH ROW
    UPDATE products SET stock = stock - NEW.qty WHERE id = NEW.product_id
-- call: INSERT INTO order_lines VALUES (6, 2, 1, 40, 0.25), (6, 3, 2, 10, 0.15)
-- call: SELECT id, stock FROM products ORDER BY id

-- case: an upsert in a trigger
CREATE TRIGGER log_ai AFTER INSERT ON log_entries FOR EACH ROW
BEGIN
    INSERT INTO counters (name, hits) VALUES (NEW.what, 1) ON DUPLICATE KEY UPDATE hits = hits + 1;
END
-- call: INSERT INTO log_entries (what) VALUES ('home'), ('x'), ('x')
-- table: counters

-- case: a trigger with a variable and a query
CREATE TRIGGER orders_bi BEFORE INSERT ON orders FOR EACH ROW
BEGIN
    DECLARE open_orders INT DEFAULT 0;
    SELECT count(*) INTO open_orders FROM orders WHERE customer_id = NEW.customer_id AND status = 'new';
    IF open_orders >= 1 THEN SET NEW.note = concat('open: ', open_orders); END IF;
END
-- call: INSERT INTO orders (customer_id, status, placed) VALUES (3, 'new', '2024-05-05')
-- call: SELECT note FROM orders WHERE placed = '2024-05-05'

-- case: an event
CREATE EVENT old_entries ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' ON COMPLETION PRESERVE COMMENT 'old entries' DO DELETE FROM log_entries WHERE n < 5

-- case: a trigger with an exit handler
CREATE TRIGGER orders_bd BEFORE DELETE ON orders FOR EACH ROW
BEGIN
    DECLARE EXIT HANDLER FOR 1062 INSERT INTO log_entries (what) VALUES ('twice');
    INSERT INTO counters (name, hits) VALUES (OLD.status, 1);
END
-- call: DELETE FROM orders WHERE id <= 4
-- call: SELECT count(*) AS c FROM orders
-- call: SELECT name, hits FROM counters ORDER BY name
-- call: SELECT what FROM log_entries ORDER BY n
-- object
CREATE TRIGGER products_bi BEFORE INSERT ON products FOR EACH ROW
BEGIN
    DECLARE EXIT HANDLER FOR 1062 SET NEW.stock = 1;
    INSERT INTO counters (name, hits) VALUES ('home', 1);
END
-- call: INSERT INTO products VALUES (9, 'x', 'x', 1, 7, NULL, NULL)
-- call: SELECT id, stock FROM products ORDER BY id

-- case: an event every two weeks, with a variable
CREATE EVENT fortnight ON SCHEDULE EVERY 2 WEEK STARTS '2030-01-01 00:00:00' DO
BEGIN
    DECLARE k INT DEFAULT 3;
    DELETE FROM log_entries WHERE n < k;
END

-- case: a trigger with a block of its own variables
CREATE TRIGGER products_bu BEFORE UPDATE ON products FOR EACH ROW
BEGIN
    DECLARE k INT DEFAULT 0;
    IF NEW.stock < OLD.stock THEN
        BEGIN
            DECLARE lost INT DEFAULT OLD.stock - NEW.stock;
            SET k = lost * 2;
        END;
    END IF;
    SET NEW.stock = NEW.stock + k;
END
-- call: UPDATE products SET stock = stock - 1 WHERE id < 3
-- call: SELECT id, stock FROM products ORDER BY id
