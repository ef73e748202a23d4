-- case: order placed, stock taken, all or nothing
CREATE PROCEDURE place_order(IN p_customer INT, IN p_product INT, IN p_qty INT, OUT p_order INT, OUT p_message VARCHAR(100))
BEGIN
    DECLARE v_stock INT;
    DECLARE v_price DECIMAL(10,2);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 p_message = MESSAGE_TEXT;
        SET p_order = NULL;
    END;
    SELECT stock, price INTO v_stock, v_price FROM products WHERE id = p_product FOR UPDATE;
    IF v_stock IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no such product';
    ELSEIF v_stock < p_qty THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not enough in stock';
    END IF;
    INSERT INTO orders (customer_id, status, placed, note) VALUES (p_customer, 'new', '2024-06-01 10:00:00', NULL);
    SET p_order = LAST_INSERT_ID();
    INSERT INTO order_lines (order_id, line_no, product_id, qty, price) VALUES (p_order, 1, p_product, p_qty, v_price);
    UPDATE products SET stock = stock - p_qty WHERE id = p_product;
    SET p_message = concat('order ', p_order, ' of ', p_qty * v_price);
END
-- call: CALL place_order(1, 1, 10, @o, @m)
-- call: CALL place_order(1, 4, 10, @o, @m)
-- call: CALL place_order(1, 99, 10, @o, @m)
-- table: order_lines

-- case: a string taken apart
CREATE PROCEDURE split_into_log(IN list VARCHAR(200))
BEGIN
    DECLARE pos INT;
    DECLARE part VARCHAR(50);
    DECLARE n INT DEFAULT 0;
    SET list = concat(trim(BOTH ',' FROM list), ',');
    WHILE char_length(list) > 0 DO
        SET pos = locate(',', list);
        SET part = trim(left(list, pos - 1));
        SET list = substring(list, pos + 1);
        IF part <> '' THEN
            SET n = n + 1;
            INSERT INTO log_entries (what, n) VALUES (part, n);
        END IF;
    END WHILE;
    SELECT what, n FROM log_entries ORDER BY id;
END
-- call: CALL split_into_log('a, bb ,,ccc')

-- case: salaries raised by department, with a cursor and a limit
CREATE PROCEDURE raise_salaries(IN p_dept VARCHAR(20), IN p_percent DECIMAL(5,2), IN p_budget INT, OUT spent INT)
BEGIN
    DECLARE done INT DEFAULT 0;
    DECLARE v_id, v_salary, v_more INT;
    DECLARE c CURSOR FOR SELECT id, salary FROM employees WHERE dept = p_dept AND salary IS NOT NULL ORDER BY salary, id;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1;
    SET spent = 0;
    OPEN c;
    raise_loop: REPEAT
        FETCH c INTO v_id, v_salary;
        IF NOT done THEN
            SET v_more = round(v_salary * p_percent / 100);
            IF spent + v_more > p_budget THEN
                LEAVE raise_loop;
            END IF;
            UPDATE employees SET salary = salary + v_more WHERE id = v_id;
            SET spent = spent + v_more;
        END IF;
    UNTIL done END REPEAT raise_loop;
    CLOSE c;
END
-- call: CALL raise_salaries('tech', 10, 1000, @s)
-- call: CALL raise_salaries('none', 10, 1000, @s)
-- table: employees

-- case: days between two dates
CREATE PROCEDURE calendar(IN d1 DATE, IN d2 DATE)
BEGIN
    DROP TEMPORARY TABLE IF EXISTS days;
    CREATE TEMPORARY TABLE days (d DATE NOT NULL PRIMARY KEY, name VARCHAR(20), weekend TINYINT);
    WHILE d1 <= d2 DO
        INSERT INTO days VALUES (d1, dayname(d1), dayofweek(d1) IN (1, 7));
        SET d1 = date_add(d1, INTERVAL 1 DAY);
    END WHILE;
    SELECT weekend, count(*) AS n, min(d) AS first, group_concat(left(name, 2) ORDER BY d) AS names FROM days GROUP BY weekend ORDER BY weekend;
END
-- call: CALL calendar('2024-02-26', '2024-03-06')

-- case: chain of bosses
CREATE FUNCTION boss_chain(p INT) RETURNS VARCHAR(200) READS SQL DATA
BEGIN
    DECLARE r VARCHAR(200) DEFAULT '';
    DECLARE v_name VARCHAR(40);
    DECLARE boss INT;
    WHILE p IS NOT NULL DO
        SELECT name, boss_id INTO v_name, boss FROM employees WHERE id = p;
        SET r = if(r = '', v_name, concat(r, ' < ', v_name));
        SET p = boss;
    END WHILE;
    RETURN r;
END
-- call: SELECT id, boss_chain(id) AS c FROM employees ORDER BY id

-- case: errors are told to the caller
-- mysql only
CREATE PROCEDURE logged_insert(IN p_name VARCHAR(20))
BEGIN
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        DECLARE s CHAR(5);
        DECLARE n INT;
        GET STACKED DIAGNOSTICS CONDITION 1 s = RETURNED_SQLSTATE, n = MYSQL_ERRNO;
        SELECT s AS state, n AS number;
    END;
    INSERT INTO counters (name, hits) VALUES (p_name, 0);
    SELECT hits FROM counters WHERE name = p_name;
END
-- call: CALL logged_insert('fresh')
-- call: CALL logged_insert('home')

-- case: retried until it works
CREATE PROCEDURE first_free(INOUT p_id INT, OUT tries INT)
BEGIN
    DECLARE again BOOL DEFAULT TRUE;
    DECLARE CONTINUE HANDLER FOR 1062
    BEGIN
        SET again = TRUE;
        SET p_id = p_id + 1;
    END;
    SET tries = 0;
    WHILE again DO
        SET again = FALSE, tries = tries + 1;
        INSERT INTO numbers VALUES (p_id);
    END WHILE;
END
-- set: @i = 8
-- call: CALL first_free(@i, @t)
-- table: numbers

-- case: a report with several sets
CREATE PROCEDURE sales_report(IN p_year INT)
BEGIN
    SELECT p_year AS year, count(DISTINCT o.customer_id) AS customers, count(DISTINCT o.id) AS orders, coalesce(sum(l.qty * l.price), 0) AS turnover
    FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id WHERE year(o.placed) = p_year;
    SELECT date_format(o.placed, '%Y-%m') AS month, status, count(*) AS n FROM orders o WHERE year(placed) = p_year GROUP BY month, status ORDER BY month, status;
    SELECT c.name, sum(l.qty * l.price) AS sum, rank() OVER (ORDER BY sum(l.qty * l.price) DESC) AS place
    FROM customers c JOIN orders o ON o.customer_id = c.id JOIN order_lines l ON l.order_id = o.id
    WHERE o.placed BETWEEN concat(p_year, '-01-01') AND concat(p_year, '-12-31 23:59:59') GROUP BY c.id, c.name ORDER BY place, c.name;
END
-- call: CALL sales_report(2023)
-- call: CALL sales_report(1999)

-- case: a number in roman letters
CREATE FUNCTION roman(n INT) RETURNS VARCHAR(30) DETERMINISTIC
BEGIN
    DECLARE r VARCHAR(30) DEFAULT '';
    DECLARE i INT DEFAULT 1;
    DECLARE v INT;
    WHILE n > 0 DO
        SET v = elt(i, 1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1);
        WHILE n >= v DO
            SET r = concat(r, elt(i, 'M', 'CM', 'D', 'CD', 'C', 'XC', 'L', 'XL', 'X', 'IX', 'V', 'IV', 'I'));
            SET n = n - v;
        END WHILE;
        SET i = i + 1;
    END WHILE;
    RETURN r;
END
-- call: SELECT roman(1994) AS a, roman(2024) AS b, roman(49) AS c

-- case: audit of changes with an action
CREATE TRIGGER employees_au AFTER UPDATE ON employees FOR EACH ROW
BEGIN
    DECLARE changed VARCHAR(200) DEFAULT '';
    IF NOT (OLD.salary <=> NEW.salary) THEN
        SET changed = concat_ws(' ', changed, 'salary', ifnull(OLD.salary, 'none'), '->', ifnull(NEW.salary, 'none'));
    END IF;
    IF NOT (OLD.dept <=> NEW.dept) THEN
        SET changed = concat_ws(' ', changed, 'dept', coalesce(NEW.dept, 'none'));
    END IF;
    IF changed <> '' THEN
        INSERT INTO log_entries (what, n) VALUES (trim(changed), NEW.id);
    END IF;
END
-- call: UPDATE employees SET salary = salary + 5 WHERE dept = 'sales'
-- call: UPDATE employees SET salary = 1, dept = 'new' WHERE id = 7
-- call: UPDATE employees SET name = upper(name)
-- call: SELECT what, n FROM log_entries ORDER BY n

-- case: balances kept by triggers of two tables
CREATE TRIGGER orders_bi BEFORE INSERT ON orders FOR EACH ROW
BEGIN
    DECLARE v_credit DECIMAL(10,2);
    SELECT credit INTO v_credit FROM customers WHERE id = NEW.customer_id;
    IF v_credit < 0 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no credit';
    END IF;
    SET NEW.note = coalesce(NEW.note, concat('credit ', v_credit));
END
-- object
CREATE TRIGGER lines_ai AFTER INSERT ON order_lines FOR EACH ROW
    UPDATE customers c JOIN orders o ON o.customer_id = c.id SET c.credit = c.credit - NEW.qty * NEW.price WHERE o.id = NEW.order_id
-- call: INSERT INTO orders (id, customer_id, status, placed) VALUES (50, 3, 'new', '2024-01-01')
-- call: INSERT INTO orders (id, customer_id, status, placed) VALUES (51, 5, 'new', '2024-01-01')
-- call: INSERT INTO order_lines VALUES (50, 1, 3, 2, 19.99), (50, 2, 1, 10, 0.25)
-- call: SELECT note FROM orders WHERE id > 40
-- call: SELECT id, credit FROM customers ORDER BY id

-- case: a pivot
CREATE VIEW v_pivot AS
SELECT c.name, sum(if(o.status = 'new', 1, 0)) AS fresh, sum(CASE WHEN o.status IN ('paid', 'sent') THEN 1 ELSE 0 END) AS done,
    max(o.placed) AS last, count(o.id) AS total
FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id
-- call: SELECT * FROM v_pivot

-- case: latest row of each group
CREATE VIEW v_latest AS
SELECT o.customer_id, o.id, o.placed FROM orders o
WHERE o.placed = (SELECT max(i.placed) FROM orders i WHERE i.customer_id = o.customer_id)
-- call: SELECT * FROM v_latest

-- case: gaps in numbers
SELECT a.n + 1 AS gap_from FROM numbers a LEFT JOIN numbers b ON b.n = a.n + 1 WHERE b.n IS NULL ORDER BY 1

-- case: running balance and share
SELECT id, owner, balance, sum(balance) OVER (ORDER BY id) AS running, round(100 * balance / (SELECT sum(balance) FROM accounts), 1) AS percent FROM accounts ORDER BY id

-- case: median
SELECT avg(salary) AS median FROM (SELECT salary, row_number() OVER (ORDER BY salary) AS rn, count(*) OVER () AS c FROM employees WHERE salary IS NOT NULL) x WHERE rn IN (floor((c + 1) / 2), ceil((c + 1) / 2))

-- case: ages and quarters
SELECT name, timestampdiff(YEAR, born, '2024-03-01') AS age, concat(year(born), '-Q', quarter(born)) AS q FROM customers WHERE born IS NOT NULL ORDER BY born

-- case: masked addresses
SELECT concat(left(email, 1), repeat('*', locate('@', email) - 2), substring(email, locate('@', email))) AS m FROM customers WHERE email IS NOT NULL ORDER BY id

-- case: duplicates found
SELECT salary, count(*) AS c, group_concat(name ORDER BY name SEPARATOR ', ') AS who FROM employees GROUP BY salary HAVING count(*) > 1

-- case: products never ordered
SELECT p.name FROM products p WHERE NOT EXISTS (SELECT * FROM order_lines l WHERE l.product_id = p.id AND l.qty > 5) ORDER BY p.name

-- case: months without gaps
WITH RECURSIVE m AS (SELECT DATE('2023-04-01') AS d UNION ALL SELECT d + INTERVAL 1 MONTH FROM m WHERE d < '2023-08-01')
SELECT date_format(m.d, '%b %Y') AS month, count(o.id) AS orders FROM m LEFT JOIN orders o ON o.placed >= m.d AND o.placed < m.d + INTERVAL 1 MONTH GROUP BY m.d ORDER BY m.d

-- case: insert of the missing ones
INSERT INTO counters (name, hits, last_hit) SELECT a.owner, 0, NULL FROM accounts a LEFT JOIN counters k ON k.name = a.owner WHERE k.name IS NULL
-- table: counters

-- case: delete all but the newest
DELETE o FROM orders o JOIN (SELECT customer_id, max(id) AS keep_id FROM orders GROUP BY customer_id) k ON k.customer_id = o.customer_id AND o.id < k.keep_id
-- table: orders
