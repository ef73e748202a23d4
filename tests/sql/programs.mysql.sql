-- case: a function of one expression
CREATE FUNCTION twice(x INT) RETURNS INT DETERMINISTIC NO SQL RETURN x * 2
-- call: SELECT twice(4) AS a, twice(NULL) AS b, twice(id) AS c FROM accounts ORDER BY id

-- case: a function with strings
CREATE FUNCTION greet(who VARCHAR(40)) RETURNS VARCHAR(60) CHARSET utf8mb4 DETERMINISTIC
BEGIN
    DECLARE hello VARCHAR(10) DEFAULT 'Hello, ';
    IF who IS NULL OR who = '' THEN
        RETURN 'nobody';
    END IF;
    RETURN concat(hello, who, '!');
END
-- call: SELECT greet('anna') AS a, greet('') AS b, greet(NULL) AS c

-- case: a function that reads
CREATE FUNCTION order_total(p_order INT) RETURNS DECIMAL(12,2) READS SQL DATA
BEGIN
    DECLARE total DECIMAL(12,2) DEFAULT 0;
    SELECT sum(qty * price) INTO total FROM order_lines WHERE order_id = p_order;
    RETURN ifnull(total, 0);
END
-- call: SELECT id, order_total(id) AS t FROM orders ORDER BY id
-- call: SELECT order_total(99) AS t

-- case: if, elseif, else
CREATE FUNCTION grade(points INT) RETURNS CHAR(1) DETERMINISTIC
BEGIN
    DECLARE g CHAR(1);
    IF points >= 90 THEN SET g = 'A';
    ELSEIF points >= 70 THEN SET g = 'B';
    ELSEIF points >= 50 THEN SET g = 'C';
    ELSE SET g = 'F';
    END IF;
    RETURN g;
END
-- call: SELECT grade(95) AS a, grade(70) AS b, grade(51) AS c, grade(0) AS d, grade(NULL) AS e

-- case: case statement with an operand
CREATE FUNCTION day_kind(d INT) RETURNS VARCHAR(10) DETERMINISTIC
BEGIN
    DECLARE k VARCHAR(10);
    CASE d
        WHEN 1 THEN SET k = 'sunday';
        WHEN 7 THEN SET k = 'saturday';
        ELSE SET k = 'work';
    END CASE;
    RETURN k;
END
-- call: SELECT day_kind(1) AS a, day_kind(7) AS b, day_kind(3) AS c

-- case: case statement without an operand
CREATE FUNCTION size_of(x INT) RETURNS VARCHAR(10) DETERMINISTIC
BEGIN
    CASE WHEN x < 10 THEN RETURN 'small'; WHEN x < 100 THEN RETURN 'medium'; ELSE RETURN 'large'; END CASE;
END
-- call: SELECT size_of(5) AS a, size_of(50) AS b, size_of(500) AS c

-- case: case that finds nothing is an error
CREATE PROCEDURE nocase(x INT) BEGIN CASE x WHEN 1 THEN SELECT 'one' AS r; END CASE; END
-- call: CALL nocase(1)
-- call: CALL nocase(2)

-- case: while
CREATE FUNCTION factorial(n INT) RETURNS BIGINT DETERMINISTIC
BEGIN
    DECLARE r BIGINT DEFAULT 1;
    DECLARE i INT DEFAULT 2;
    WHILE i <= n DO
        SET r = r * i, i = i + 1;
    END WHILE;
    RETURN r;
END
-- call: SELECT n, factorial(n) AS f FROM numbers ORDER BY n

-- case: repeat
CREATE FUNCTION digits_sum(n INT) RETURNS INT DETERMINISTIC
BEGIN
    DECLARE s INT DEFAULT 0;
    REPEAT
        SET s = s + n % 10;
        SET n = n DIV 10;
    UNTIL n = 0 END REPEAT;
    RETURN s;
END
-- call: SELECT digits_sum(12345) AS a, digits_sum(7) AS b

-- case: loop with leave and iterate
CREATE FUNCTION odd_sum(n INT) RETURNS INT DETERMINISTIC
BEGIN
    DECLARE i, s INT DEFAULT 0;
    again: LOOP
        SET i = i + 1;
        IF i > n THEN LEAVE again; END IF;
        IF i % 2 = 0 THEN ITERATE again; END IF;
        SET s = s + i;
    END LOOP again;
    RETURN s;
END
-- call: SELECT n, odd_sum(n) AS s FROM numbers ORDER BY n

-- case: nested loops with labels
CREATE FUNCTION first_pair(target INT) RETURNS VARCHAR(20) DETERMINISTIC
BEGIN
    DECLARE i INT DEFAULT 1;
    DECLARE j INT;
    DECLARE found VARCHAR(20) DEFAULT 'none';
    outer_loop: WHILE i < 20 DO
        SET j = i;
        WHILE j < 20 DO
            IF i * j = target THEN
                SET found = concat(i, 'x', j);
                LEAVE outer_loop;
            END IF;
            SET j = j + 1;
        END WHILE;
        SET i = i + 1;
    END WHILE outer_loop;
    RETURN found;
END
-- call: SELECT first_pair(35) AS a, first_pair(36) AS b, first_pair(997) AS c

-- case: leave a block
CREATE PROCEDURE early(IN x INT, OUT r VARCHAR(10))
body: BEGIN
    SET r = 'start';
    IF x > 5 THEN LEAVE body; END IF;
    SET r = 'end';
END body
-- call: CALL early(9, @r)
-- call: CALL early(1, @r)

-- case: nested blocks hide names
CREATE FUNCTION hidden() RETURNS VARCHAR(20) DETERMINISTIC
BEGIN
    DECLARE x INT DEFAULT 1;
    DECLARE r VARCHAR(20);
    BEGIN
        DECLARE x INT DEFAULT 2;
        SET r = concat('inner ', x);
    END;
    RETURN concat(r, ' outer ', x);
END
-- call: SELECT hidden() AS h

-- case: a variable with a column's name
CREATE FUNCTION balance_of(id INT) RETURNS DECIMAL(12,2) READS SQL DATA
BEGIN
    DECLARE balance DECIMAL(12,2);
    SELECT a.balance INTO balance FROM accounts a WHERE a.id = id;
    RETURN balance;
END
-- call: SELECT balance_of(1) AS a, balance_of(2) AS b, balance_of(9) AS c

-- case: out and inout parameters
CREATE PROCEDURE swap(INOUT a INT, INOUT b INT, OUT s INT)
BEGIN
    DECLARE t INT;
    SET t = a, a = b, b = t;
    SET s = a + b;
END
-- set: @x = 3
-- set: @y = 8
-- call: CALL swap(@x, @y, @s)

-- case: a result set
CREATE PROCEDURE rich(IN least DECIMAL(10,2))
    SELECT id, name FROM customers WHERE credit >= least ORDER BY id
-- call: CALL rich(50)
-- call: CALL rich(100000)

-- case: several result sets and a condition
CREATE PROCEDURE report(IN which INT)
BEGIN
    SELECT count(*) AS customers FROM customers;
    IF which = 1 THEN
        SELECT name FROM customers ORDER BY name;
    ELSE
        SELECT name FROM employees ORDER BY name LIMIT 2;
    END IF;
    SELECT 'done' AS state;
END
-- call: CALL report(1)
-- call: CALL report(2)

-- case: a result set and an out parameter
CREATE PROCEDURE both_ways(OUT n INT)
BEGIN
    SELECT count(*) INTO n FROM orders;
    SELECT n AS again;
END
-- call: CALL both_ways(@n)

-- case: a cursor
CREATE PROCEDURE total_stock(OUT total INT, OUT list VARCHAR(200))
BEGIN
    DECLARE done BOOL DEFAULT FALSE;
    DECLARE n VARCHAR(40);
    DECLARE s INT;
    DECLARE c CURSOR FOR SELECT name, stock FROM products ORDER BY id;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
    SET total = 0, list = '';
    OPEN c;
    read_loop: LOOP
        FETCH c INTO n, s;
        IF done THEN LEAVE read_loop; END IF;
        SET total = total + s;
        SET list = concat(list, n, ',');
    END LOOP;
    CLOSE c;
END
-- call: CALL total_stock(@t, @n)

-- case: two cursors, one within the other
CREATE PROCEDURE pairs(OUT r VARCHAR(400))
BEGIN
    DECLARE done INT DEFAULT 0;
    DECLARE cid INT;
    DECLARE cname VARCHAR(40);
    DECLARE customers_c CURSOR FOR SELECT id, name FROM customers ORDER BY id;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1;
    SET r = '';
    OPEN customers_c;
    l1: LOOP
        FETCH customers_c INTO cid, cname;
        IF done = 1 THEN LEAVE l1; END IF;
        BEGIN
            DECLARE finished INT DEFAULT 0;
            DECLARE oid INT;
            DECLARE orders_c CURSOR FOR SELECT id FROM orders WHERE customer_id = cid ORDER BY id;
            DECLARE CONTINUE HANDLER FOR NOT FOUND SET finished = 1;
            OPEN orders_c;
            l2: LOOP
                FETCH orders_c INTO oid;
                IF finished = 1 THEN LEAVE l2; END IF;
                SET r = concat(r, cname, oid, ' ');
            END LOOP;
            CLOSE orders_c;
        END;
    END LOOP;
    CLOSE customers_c;
END
-- call: CALL pairs(@r)

-- case: a case of a value within loops with labels
CREATE FUNCTION tally(n INT) RETURNS INT DETERMINISTIC
BEGIN
  DECLARE i, s INT DEFAULT 0;
  DECLARE row_count INT DEFAULT 5;
  every_one: LOOP
    SET i = i + 1;
    CASE i MOD 3
    WHEN 0 THEN
      BEGIN
        SET s = s + 100;
      END;
    WHEN 1 THEN SET s = s + 1;
    ELSE SET s = s + row_count;
    END CASE;
    IF i >= n THEN LEAVE every_one; END IF;
  END LOOP;
  REPEAT
    CASE s MOD 2 WHEN 0 THEN SET s = s + 7; ELSE SET s = s + 3; END CASE;
    SET i = i - 1;
  UNTIL i <= 0 END REPEAT;
  RETURN s;
END
-- call: SELECT tally(1), tally(4), tally(7)

-- case: a cursor left open by return
CREATE FUNCTION first_over(least INT) RETURNS INT READS SQL DATA
BEGIN
  DECLARE v INT;
  DECLARE c CURSOR FOR SELECT n FROM numbers ORDER BY n;
  DECLARE EXIT HANDLER FOR NOT FOUND RETURN -1;
  OPEN c;
  ReadLoop: LOOP
    FETCH c INTO v;
    IF v < 3 THEN ITERATE readloop; END IF;
    IF v > least THEN RETURN v; END IF;
  END LOOP READLOOP;
END
-- call: SELECT n, first_over(n) FROM numbers ORDER BY n

-- case: a cursor in repeat
CREATE PROCEDURE repeat_cursor(OUT m INT)
BEGIN
    DECLARE done INT DEFAULT 0;
    DECLARE v INT;
    DECLARE c CURSOR FOR SELECT n FROM numbers;
    DECLARE CONTINUE HANDLER FOR SQLSTATE '02000' SET done = 1;
    SET m = 0;
    OPEN c;
    REPEAT
        FETCH c INTO v;
        IF NOT done THEN
            IF v > m THEN SET m = v; END IF;
        END IF;
    UNTIL done END REPEAT;
    CLOSE c;
END
-- call: CALL repeat_cursor(@m)

-- case: fetch without a handler ends in an error
CREATE PROCEDURE no_handler()
BEGIN
    DECLARE v INT;
    DECLARE c CURSOR FOR SELECT n FROM numbers WHERE n > 100;
    OPEN c;
    FETCH c INTO v;
    CLOSE c;
END
-- call: CALL no_handler()

-- case: select into that finds nothing leaves the variable
CREATE FUNCTION city_of(p INT) RETURNS VARCHAR(30) READS SQL DATA
BEGIN
    DECLARE c VARCHAR(30) DEFAULT 'unknown';
    SELECT city INTO c FROM customers WHERE id = p;
    RETURN c;
END
-- call: SELECT city_of(1) AS a, city_of(4) AS b, city_of(77) AS c

-- case: select into with a not found handler
CREATE PROCEDURE find_customer(IN p INT, OUT r VARCHAR(40))
BEGIN
    DECLARE EXIT HANDLER FOR NOT FOUND SET r = 'missing';
    SELECT name INTO r FROM customers WHERE id = p;
    SET r = upper(r);
END
-- call: CALL find_customer(2, @r)
-- call: CALL find_customer(20, @r)

-- case: select into several variables
CREATE PROCEDURE stats(OUT lo DECIMAL(10,2), OUT hi DECIMAL(10,2), OUT n INT)
    SELECT min(price), max(price), count(*) INTO lo, hi, n FROM products
-- call: CALL stats(@a, @b, @c)

-- case: a duplicate key is handled
CREATE PROCEDURE add_counter(IN p_name VARCHAR(20), OUT r VARCHAR(20))
BEGIN
    DECLARE CONTINUE HANDLER FOR 1062 SET r = 'duplicate';
    SET r = 'inserted';
    INSERT INTO counters (name, hits) VALUES (p_name, 1);
    UPDATE counters SET hits = hits + 1 WHERE name = p_name;
END
-- call: CALL add_counter('home', @r)
-- call: CALL add_counter('brand new', @r)
-- table: counters

-- case: an exit handler leaves its block
CREATE PROCEDURE careful(OUT r VARCHAR(60))
BEGIN
    SET r = 'a';
    BEGIN
        DECLARE EXIT HANDLER FOR SQLEXCEPTION SET r = concat(r, ' caught');
        INSERT INTO log_entries (what) VALUES ('before');
        INSERT INTO counters (name, hits) VALUES ('shop', 1);
        SET r = concat(r, ' not reached');
    END;
    SET r = concat(r, ' after');
END
-- call: CALL careful(@r)
-- table: log_entries

-- case: handlers by sqlstate, the exact one first
CREATE PROCEDURE which_handler(IN p VARCHAR(20), OUT r VARCHAR(40))
BEGIN
    DECLARE CONTINUE HANDLER FOR SQLEXCEPTION SET r = concat(r, 'general');
    DECLARE CONTINUE HANDLER FOR SQLSTATE '23000' SET r = concat(r, 'constraint');
    SET r = '';
    INSERT INTO counters (name, hits) VALUES (p, 1);
    INSERT INTO accounts VALUES (50, 'x', -5);
END
-- call: CALL which_handler('home', @r)

-- case: a named condition
CREATE PROCEDURE named(OUT r VARCHAR(20))
BEGIN
    DECLARE dup CONDITION FOR SQLSTATE '23000';
    DECLARE EXIT HANDLER FOR dup SET r = 'dup';
    INSERT INTO counters (name, hits) VALUES ('home', 1);
    SET r = 'no';
END
-- call: CALL named(@r)

-- case: signal
CREATE FUNCTION checked(x INT) RETURNS INT DETERMINISTIC
BEGIN
    IF x < 0 THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'negative';
    END IF;
    RETURN x;
END
-- call: SELECT checked(1) AS c
-- call: SELECT checked(-1) AS c

-- case: signal with a computed message, caught
CREATE PROCEDURE thrower(IN x INT, OUT r VARCHAR(100))
BEGIN
    DECLARE m VARCHAR(100);
    DECLARE EXIT HANDLER FOR SQLSTATE '45001'
    BEGIN
        GET DIAGNOSTICS CONDITION 1 r = MESSAGE_TEXT;
    END;
    SET m = concat('value ', x);
    SIGNAL SQLSTATE '45001' SET MESSAGE_TEXT = m, MYSQL_ERRNO = 3000;
END
-- call: CALL thrower(5, @r)

-- case: diagnostics of a duplicate key
CREATE PROCEDURE diagnosed(OUT s CHAR(5), OUT n INT)
BEGIN
    DECLARE CONTINUE HANDLER FOR SQLEXCEPTION
        GET DIAGNOSTICS CONDITION 1 s = RETURNED_SQLSTATE, n = MYSQL_ERRNO;
    INSERT INTO counters (name, hits) VALUES ('home', 1);
END
-- call: CALL diagnosed(@s, @n)

-- case: row_count
CREATE PROCEDURE counted(OUT n INT, OUT m INT)
BEGIN
    UPDATE numbers SET n = n + 100 WHERE n > 7;
    SET n = ROW_COUNT();
    DELETE FROM numbers WHERE n > 100;
    GET DIAGNOSTICS m = ROW_COUNT;
END
-- call: CALL counted(@n, @m)

-- case: resignal after cleaning up
CREATE PROCEDURE clean_up()
BEGIN
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        RESIGNAL;
    END;
    INSERT INTO counters (name, hits) VALUES ('home', 1);
END
-- call: CALL clean_up()

-- case: resignal as another error
CREATE PROCEDURE renamed_error(OUT r VARCHAR(60))
BEGIN
    DECLARE EXIT HANDLER FOR SQLSTATE '45009' SET r = 'caught';
    BEGIN
        DECLARE EXIT HANDLER FOR SQLEXCEPTION RESIGNAL SQLSTATE '45009' SET MESSAGE_TEXT = 'wrapped';
        INSERT INTO counters (name, hits) VALUES ('home', 1);
    END;
END
-- call: CALL renamed_error(@r)

-- case: a transfer with a transaction
CREATE PROCEDURE transfer(IN from_id INT, IN to_id INT, IN amount DECIMAL(12,2), OUT ok INT)
BEGIN
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        SET ok = 0;
    END;
    START TRANSACTION;
    UPDATE accounts SET balance = balance + amount WHERE id = to_id;
    UPDATE accounts SET balance = balance - amount WHERE id = from_id;
    SET ok = 1;
    COMMIT;
END
-- commits
-- call: CALL transfer(1, 2, 30, @ok)
-- call: CALL transfer(1, 2, 3000, @ok)
-- table: accounts

-- case: commit or rollback in an if
CREATE PROCEDURE maybe(IN go INT)
BEGIN
    START TRANSACTION;
    INSERT INTO log_entries (what, n) VALUES ('maybe', go);
    IF go = 1 THEN
        COMMIT;
    ELSE
        ROLLBACK;
    END IF;
END
-- commits
-- call: CALL maybe(1)
-- call: CALL maybe(0)
-- call: SELECT what, n FROM log_entries ORDER BY n

-- case: commits in a loop, with a handler
CREATE PROCEDURE batches()
BEGIN
    DECLARE i INT DEFAULT 0;
    DECLARE CONTINUE HANDLER FOR SQLEXCEPTION ROLLBACK;
    WHILE i < 4 DO
        START TRANSACTION;
        INSERT INTO log_entries (what, n) VALUES ('batch', i);
        INSERT INTO numbers VALUES (i * 4);
        COMMIT;
        SET i = i + 1;
    END WHILE;
END
-- commits
-- call: CALL batches()
-- call: SELECT n FROM numbers ORDER BY n

-- case: procedures call each other
CREATE PROCEDURE inner_p(IN a INT, OUT b INT) SET b = a * 10
-- object
CREATE PROCEDURE outer_p(IN x INT, OUT y INT)
BEGIN
    DECLARE t INT;
    CALL inner_p(x + 1, t);
    SET y = t + 1;
END
-- call: CALL outer_p(2, @y)

-- case: functions call each other
CREATE FUNCTION net(g DECIMAL(10,2)) RETURNS DECIMAL(10,2) DETERMINISTIC RETURN g / 1.19
-- object
CREATE FUNCTION tax(g DECIMAL(10,2)) RETURNS DECIMAL(10,2) DETERMINISTIC RETURN g - net(g)
-- call: SELECT net(119) AS a, tax(119) AS b, tax(price) AS c FROM products ORDER BY id

-- case: user variables
CREATE PROCEDURE with_user(OUT r INT)
BEGIN
    SET @total = 0;
    SELECT count(*) INTO @n FROM numbers;
    SET @total = @total + @n;
    SET r = @total * 2;
END
-- call: CALL with_user(@r)

-- case: user variables that another program or a call has set
CREATE PROCEDURE give(IN k INT, OUT n INT, INOUT t VARCHAR(20))
BEGIN
    SET n = k * 2;
    SET t = concat(ifnull(t, 'none'), '!');
    SET @seen = ifnull(@seen, 0) + k;
END
-- object
CREATE PROCEDURE take(OUT a INT, OUT b VARCHAR(40), OUT d INT)
BEGIN
    SET @word = 'x';
    SET @seen = NULL;
    CALL give(4, @half, @word);
    CALL give(5, @other, @word);
    SET a = @half + @other;
    SET b = concat(@word, '/', @seen);
    SET @mixed = 7;
    IF a > 1 THEN SET @mixed = 'seven'; END IF;
    SET d = length(@mixed) + @never_set_here IS NULL;
END
-- call: CALL take(@a, @b, @d)

-- case: diagnostics in user variables
CREATE PROCEDURE told(OUT r VARCHAR(200))
BEGIN
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 @state = RETURNED_SQLSTATE, @errno = MYSQL_ERRNO;
        SET @full = concat('error ', @errno, ' (', @state, ')');
        SELECT @full INTO r;
    END;
    UPDATE numbers SET n = n WHERE n < 3;
    GET DIAGNOSTICS @rows = ROW_COUNT;
    INSERT INTO customers (id, name, email, credit, vip, created) VALUES (1, 'a', 'b', 1, 0, '2024-01-01');
END
-- call: CALL told(@r)

-- case: found_rows
CREATE PROCEDURE found(OUT a INT, OUT b INT, OUT d INT)
BEGIN
    DECLARE x INT;
    DECLARE k CURSOR FOR SELECT n FROM numbers WHERE n < 6;
    SELECT SQL_CALC_FOUND_ROWS n FROM numbers WHERE n < 5 ORDER BY n LIMIT 2;
    SELECT FOUND_ROWS() INTO a;
    SELECT n INTO x FROM numbers WHERE n = 99;
    SET b = FOUND_ROWS();
    OPEN k;
    FETCH k INTO x;
    SELECT FOUND_ROWS() INTO d;
    CLOSE k;
    SELECT n FROM numbers WHERE n BETWEEN 3 AND 5 ORDER BY n;
    SELECT FOUND_ROWS() AS f;
END
-- call: CALL found(@a, @b, @d)

-- case: found_rows of a query that is elsewhere
CREATE FUNCTION found_elsewhere() RETURNS INT NO SQL RETURN FOUND_ROWS()
-- refused: function found_rows of a query that is not in this program

-- case: a temporary table
CREATE PROCEDURE temp_work()
BEGIN
    DROP TEMPORARY TABLE IF EXISTS work;
    CREATE TEMPORARY TABLE work (id INT NOT NULL PRIMARY KEY, label VARCHAR(20));
    INSERT INTO work (id, label) SELECT n, concat('n', n) FROM numbers WHERE n < 4;
    UPDATE work SET label = upper(label) WHERE id = 2;
    DELETE FROM work WHERE id = 1;
    SELECT w.id, w.label FROM work w ORDER BY w.id;
END
-- call: CALL temp_work()

-- case: a temporary table from a query
CREATE PROCEDURE temp_query()
BEGIN
    DROP TEMPORARY TABLE IF EXISTS sums;
    CREATE TEMPORARY TABLE IF NOT EXISTS sums AS SELECT customer_id AS cid, count(*) AS n FROM orders GROUP BY customer_id;
    SELECT c.name, s.n FROM customers c JOIN sums s ON s.cid = c.id ORDER BY c.name;
END
-- call: CALL temp_query()

-- case: a temporary table that goes before its rows are read
CREATE PROCEDURE temp_gone()
BEGIN
    CREATE TEMPORARY TABLE g AS SELECT n AS a FROM numbers WHERE n < 4;
    SELECT a FROM g ORDER BY a;
    DROP TEMPORARY TABLE g;
END
-- call: CALL temp_gone()

-- case: a temporary table of some other program that goes behind a result set
CREATE PROCEDURE temp_other() BEGIN SELECT 1 AS a; DROP TEMPORARY TABLE elsewhere; END
-- refused: DROP of a table behind a result set

-- case: a temporary table with defaults, and one like a table
CREATE PROCEDURE temp_defaults()
BEGIN
    CREATE TEMPORARY TABLE d (id INT PRIMARY KEY, label VARCHAR(20) DEFAULT 'it''s', qty DECIMAL(8,2) NOT NULL DEFAULT 1.5, at DATETIME DEFAULT CURRENT_TIMESTAMP);
    CREATE TEMPORARY TABLE c LIKE numbers;
    INSERT INTO d (id) VALUES (1), (2);
    INSERT INTO c SELECT * FROM numbers WHERE n < 3;
    SELECT id, label, qty, at IS NULL AS x FROM d ORDER BY id;
    SELECT count(*) AS k FROM c;
    DROP TABLE d, c;
END
-- call: CALL temp_defaults()

-- case: changes of a temporary table under another name
CREATE PROCEDURE temp_alias()
BEGIN
    DROP TABLE IF EXISTS ta;
    CREATE TEMPORARY TABLE ta (id INT PRIMARY KEY, k VARCHAR(10));
    INSERT INTO ta VALUES (1, 'a'), (2, 'b'), (3, 'c');
    UPDATE ta AS x SET x.k = 'z' WHERE x.id = 2;
    UPDATE ta x JOIN numbers y ON y.n = x.id SET x.k = concat(x.k, y.n) WHERE y.n > 1;
    DELETE x FROM ta AS x WHERE x.id = 1;
    SELECT id, k FROM ta ORDER BY id;
END
-- call: CALL temp_alias()

-- case: a table that a program makes
CREATE PROCEDURE make_report(OUT k INT)
BEGIN
    DROP TABLE IF EXISTS report;
    CREATE TABLE report AS SELECT dept, count(*) AS n FROM employees WHERE dept IS NOT NULL GROUP BY dept;
    DROP TABLE IF EXISTS report_lines;
    CREATE TABLE IF NOT EXISTS report_lines (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(20) NOT NULL DEFAULT '-');
    INSERT INTO report_lines (what) SELECT dept FROM report ORDER BY dept;
    INSERT INTO report_lines (what) VALUES ('end');
    SELECT count(*) INTO k FROM report_lines;
    SELECT dept, n FROM report ORDER BY dept;
    SELECT id, what FROM report_lines ORDER BY id;
END
-- call: CALL make_report(@k)

-- case: a statement about tables that is not carried
CREATE PROCEDURE alter_one() BEGIN ALTER TABLE numbers ADD COLUMN m INT; END
-- refused: the statement ALTER TABLE

-- case: result sets of procedures that are called
CREATE PROCEDURE inner_sets(k INT)
BEGIN
    SELECT n FROM numbers WHERE n < k ORDER BY n;
    SELECT 'done' AS word;
END
-- object
CREATE PROCEDURE outer_sets(OUT r INT)
BEGIN
    SELECT 'first' AS word;
    CALL inner_sets(3);
    IF (SELECT count(*) FROM numbers) > 5 THEN CALL inner_sets(2); END IF;
    SET r = 7;
END
-- object
CREATE PROCEDURE outermost() BEGIN CALL outer_sets(@r); SELECT @r AS r; END
-- call: CALL outer_sets(@r)
-- call: CALL outermost()

-- case: a procedure with result sets that calls itself
CREATE PROCEDURE again_and_again(k INT) BEGIN SELECT k; IF k > 0 THEN CALL again_and_again(k - 1); END IF; END
-- refused: more than 32 result sets, or procedures with result sets that call each other

-- case: default of a variable from a query
CREATE FUNCTION best() RETURNS VARCHAR(40) READS SQL DATA
BEGIN
    DECLARE top DECIMAL(10,2) DEFAULT (SELECT max(credit) FROM customers);
    DECLARE who VARCHAR(40);
    SET who = (SELECT name FROM customers WHERE credit = top LIMIT 1);
    RETURN who;
END
-- call: SELECT best() AS b

-- case: conditions with subqueries
CREATE FUNCTION state_of(p INT) RETURNS VARCHAR(10) READS SQL DATA
BEGIN
    IF EXISTS (SELECT 1 FROM orders WHERE customer_id = p AND status = 'new') THEN
        RETURN 'open';
    ELSEIF p IN (SELECT customer_id FROM orders) THEN
        RETURN 'known';
    END IF;
    RETURN 'none';
END
-- call: SELECT id, state_of(id) AS s FROM customers ORDER BY id

-- case: a condition that holds a case
CREATE FUNCTION odd_if(x INT) RETURNS INT DETERMINISTIC
BEGIN
    IF CASE WHEN x > 3 THEN x ELSE 0 END THEN RETURN 1; END IF;
    RETURN 0;
END
-- call: SELECT odd_if(5) AS a, odd_if(2) AS b

-- case: dates in programs
CREATE FUNCTION due(placed DATETIME, days INT) RETURNS DATE DETERMINISTIC
BEGIN
    DECLARE d DATE;
    SET d = date_add(placed, INTERVAL days DAY);
    IF dayofweek(d) = 1 THEN SET d = d + INTERVAL 1 DAY; END IF;
    RETURN d;
END
-- call: SELECT id, due(placed, 14) AS d FROM orders ORDER BY id

-- case: chinese names in programs
CREATE FUNCTION `查词`(`号` INT) RETURNS VARCHAR(120) READS SQL DATA
BEGIN
    -- 查找释义
    DECLARE `结果` VARCHAR(120);
    SELECT concat(`词`, ':', ifnull(`释义`, '无')) INTO `结果` FROM `词典` WHERE `编号` = `号`;
    RETURN `结果`;
END
-- call: SELECT `查词`(1) AS a, `查词`(3) AS b, `查词`(9) AS c

-- case: comments stay
CREATE PROCEDURE commented(OUT r INT)
BEGIN
    /* first
       of two lines */
    SET r = 1; -- behind
    # another kind
    SET r = r + 1;
    -- at the end
END
-- call: CALL commented(@r)

-- case: truncate in a procedure
CREATE PROCEDURE empty_log() BEGIN TRUNCATE TABLE log_entries; INSERT INTO log_entries (what) VALUES ('first'); END
-- commits
-- call: CALL empty_log()
-- table: log_entries

-- case: do
CREATE PROCEDURE doer() BEGIN DO 1 + 1; SELECT 'ok' AS r; END
-- call: CALL doer()

-- case: insert and the id it was given
CREATE PROCEDURE logged(IN w VARCHAR(100), OUT new_id BIGINT)
BEGIN
    INSERT INTO log_entries (what) VALUES (w);
    SET new_id = LAST_INSERT_ID();
END
-- call: CALL logged('x', @i)
-- call: CALL logged('y', @i)

-- case: upsert in a procedure
CREATE PROCEDURE hit(IN p_name VARCHAR(20))
    INSERT INTO counters (name, hits) VALUES (p_name, 1) ON DUPLICATE KEY UPDATE hits = hits + 1
-- call: CALL hit('home')
-- call: CALL hit('home')
-- call: CALL hit('page')
-- table: counters

-- case: json in a procedure
-- mysql only
CREATE FUNCTION color_of(p INT) RETURNS VARCHAR(20) READS SQL DATA
BEGIN
    DECLARE a JSON;
    SELECT attrs INTO a FROM products WHERE id = p;
    RETURN json_unquote(json_extract(a, '$.color'));
END
-- call: SELECT id, color_of(id) AS c FROM products ORDER BY id

-- case: unsigned and tiny integers
CREATE FUNCTION masked(a BIGINT UNSIGNED, b TINYINT UNSIGNED) RETURNS BIGINT UNSIGNED DETERMINISTIC RETURN a & b
-- call: SELECT masked(rights, 3) AS m FROM employees ORDER BY id

-- case: an enum parameter
CREATE FUNCTION next_state(s ENUM('new','paid','sent')) RETURNS VARCHAR(10) DETERMINISTIC
    RETURN CASE s WHEN 'new' THEN 'paid' WHEN 'paid' THEN 'sent' ELSE 'end' END
-- call: SELECT next_state('new') AS a, next_state('sent') AS b

-- case: a procedure with many statements of control
CREATE PROCEDURE fizz(IN n INT, OUT r VARCHAR(200))
BEGIN
    DECLARE i INT DEFAULT 0;
    SET r = '';
    l: LOOP
        SET i = i + 1;
        IF i > n THEN LEAVE l; END IF;
        CASE
            WHEN i % 15 = 0 THEN SET r = concat(r, 'fizzbuzz ');
            WHEN i % 5 = 0 THEN SET r = concat(r, 'buzz ');
            WHEN i % 3 = 0 THEN SET r = concat(r, 'fizz ');
            ELSE SET r = concat(r, i, ' ');
        END CASE;
    END LOOP l;
END
-- call: CALL fizz(16, @r)

-- case: definer, security and comment
CREATE DEFINER=`root`@`localhost` PROCEDURE secured(OUT r INT)
    SQL SECURITY INVOKER
    COMMENT 'it''s secured'
BEGIN
    SET r = 1;
END
-- call: CALL secured(@r)

-- case: a procedure that runs with its owner's rights
CREATE DEFINER=`root`@`localhost` PROCEDURE as_owner(OUT r INT) SELECT count(*) INTO r FROM numbers
-- call: CALL as_owner(@r)

-- case: a procedure that calls itself
CREATE PROCEDURE count_down(IN k INT, INOUT s INT) BEGIN IF k > 0 THEN SET s = s * 10 + k; CALL count_down(k - 1, s); END IF; END
-- object
CREATE PROCEDURE log_down(IN k INT) BEGIN IF k > 0 THEN INSERT INTO log_entries (what, n) VALUES ('down', k); CALL log_down(k - 1); END IF; END
-- object
CREATE PROCEDURE count_from(IN k INT, OUT s INT)
BEGIN
    SET max_sp_recursion_depth = 20;
    SET s = 0;
    CALL count_down(k, s);
    CALL log_down(k);
END
-- call: CALL count_from(4, @s)
-- table: log_entries

-- case: a procedure whose name is a variable's
CREATE PROCEDURE total(IN k INT, OUT r INT) SET r = k + 1
-- object
CREATE PROCEDURE asks_total(OUT r INT) BEGIN DECLARE total INT; CALL total(4, total); SET r = total * 2; END
-- call: CALL asks_total(@r)

-- case: dates from texts that end early
CREATE FUNCTION moment(s VARCHAR(40)) RETURNS DATETIME DETERMINISTIC RETURN str_to_date(s, '%Y-%m-%d %H:%i:%s')
-- object
CREATE FUNCTION short_day(s VARCHAR(40)) RETURNS DATE DETERMINISTIC RETURN str_to_date(s, '%d.%m.%Yx')
-- call: SELECT moment('2024-01-02') AS a, moment('2024-01-02 03') AS b, moment('2024-01-02 03:04:') AS c, moment('2024-01-02  ') AS d
-- call: SELECT short_day('05.06.2024') AS a, short_day('5.6.24x') AS b, short_day(NULL) AS c

-- case: a result set of a union
CREATE PROCEDURE both_ends()
BEGIN
    (SELECT n FROM numbers ORDER BY n LIMIT 2) UNION ALL (SELECT n FROM numbers ORDER BY n DESC LIMIT 2) ORDER BY n DESC;
END
-- call: CALL both_ends()

-- case: a handler for a lock that is not given
CREATE PROCEDURE patient(OUT r INT)
BEGIN
    DECLARE EXIT HANDLER FOR 1205 SET r = -1;
    UPDATE accounts SET balance = balance + 1 WHERE id = 1;
    SET r = 1;
END
-- call: CALL patient(@r)

-- case: a user variable of a broken number
CREATE PROCEDURE broken(OUT r DECIMAL(10,2)) BEGIN SET @part = 0.25 - 0.75; SELECT price INTO @price FROM products WHERE id = 1; SET r = @price + @part; END
-- call: CALL broken(@r)

-- case: a prepared statement
CREATE PROCEDURE dynamic(IN t VARCHAR(20)) BEGIN SET @q = concat('SELECT * FROM ', t); PREPARE s FROM @q; EXECUTE s; DEALLOCATE PREPARE s; END
-- refused: a prepared statement

-- case: a result set in a loop
CREATE PROCEDURE looped() BEGIN DECLARE i INT DEFAULT 0; WHILE i < 3 DO SELECT i; SET i = i + 1; END WHILE; END
-- refused: a result set in a loop

-- case: savepoints
CREATE PROCEDURE saved() BEGIN SAVEPOINT a; ROLLBACK TO a; END
-- refused: savepoints

-- case: an unknown error number
CREATE PROCEDURE unknown_error() BEGIN DECLARE CONTINUE HANDLER FOR 1999 BEGIN END; SELECT 1; END
-- refused: a handler for error 1999

-- case: a procedure that is not there
CREATE PROCEDURE lost() CALL nowhere(1)
-- refused: the procedure nowhere

-- case: ddl in a procedure
CREATE PROCEDURE ddl() ALTER TABLE accounts ADD x INT
-- refused: the statement ALTER TABLE

-- case: results and arguments are rounded
CREATE FUNCTION third(x DECIMAL(10,2)) RETURNS DECIMAL(10,2) DETERMINISTIC RETURN x / 3
-- call: SELECT third(10) AS a, third(1.119) AS b, third(price) * 3 AS c FROM products ORDER BY id

-- case: a text parameter compared with a date
CREATE PROCEDURE placed_since(IN since VARCHAR(20)) SELECT id FROM orders WHERE placed >= since ORDER BY id
-- call: CALL placed_since('2023-07-01')

-- case: variables with names that PL/pgSQL has itself
CREATE PROCEDURE special(OUT found INT, OUT sqlerrm VARCHAR(20))
BEGIN
    DECLARE done INT DEFAULT 0;
    DECLARE new INT;
    DECLARE c CURSOR FOR SELECT n FROM numbers WHERE n < 4;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1;
    SET found = 0;
    OPEN c;
    l: LOOP
        FETCH c INTO new;
        IF done THEN LEAVE l; END IF;
        SET found = found + new;
    END LOOP;
    CLOSE c;
    SET sqlerrm = 'none';
END
-- call: CALL special(@f, @s)

-- case: a parameter that a table of the routine's name hides
CREATE FUNCTION accounts(id INT) RETURNS INT READS SQL DATA RETURN (SELECT count(*) FROM accounts a WHERE a.id < id)
-- call: SELECT accounts(3) AS a

-- case: and where it cannot be told apart
CREATE FUNCTION numbers(n INT) RETURNS INT READS SQL DATA RETURN (SELECT count(*) FROM numbers WHERE numbers.n < n)
-- refused: the parameter n, which in the target the table of the routine's name hides

-- case: a json argument changed
CREATE FUNCTION painted(a JSON, c VARCHAR(20)) RETURNS JSON DETERMINISTIC RETURN json_set(a, '$.color', c)
-- mysql only
-- call: SELECT id, painted(attrs, sku) AS p FROM products ORDER BY id

-- case: last_insert_id beside a trigger that inserts, and labels of an enum
CREATE TRIGGER new_order AFTER INSERT ON orders FOR EACH ROW INSERT INTO log_entries (what, n) VALUES (concat('order ', NEW.status), NEW.id)
-- object
CREATE PROCEDURE with_id(p_status VARCHAR(10), OUT a INT, OUT b INT, OUT d INT)
BEGIN
    INSERT INTO log_entries (what) VALUES ('one'), ('two'), ('three');
    INSERT INTO orders (customer_id, status, placed) VALUES (1, p_status, '2024-01-01');
    SET a = LAST_INSERT_ID();
    INSERT INTO orders (id, customer_id, status, placed) VALUES (NULL, 2, 'Sent', '2024-01-01');
    UPDATE orders SET status = concat('G', 'one'), note = LAST_INSERT_ID() WHERE id = a;
    SET b = LAST_INSERT_ID();
    SELECT last_insert_id() - a INTO d;
    SELECT status, note FROM orders WHERE id >= a ORDER BY id;
END
-- call: CALL with_id('PAID', @a, @b, @d)
-- table: log_entries

-- case: variables with names that are words elsewhere
CREATE PROCEDURE words(IN `date` DATE, IN `offset` INT, OUT `end` DATE)
BEGIN
    DECLARE start, text DATE;
    DECLARE number INT DEFAULT 2;
    SET start = date, number = number + `offset`;
    SET text = start + INTERVAL number DAY;
    SET `end` = text;
END
-- call: CALL words('2024-01-30', 3, @e)

-- case: labels in capitals, and with a variable's name
CREATE FUNCTION labelled(n INT) RETURNS INT DETERMINISTIC
BEGIN
    DECLARE s, again INT DEFAULT 0;
    CountUp: LOOP
        SET s = s + 1;
        again: LOOP
            SET again = again + s;
            IF again % 2 = 0 THEN LEAVE again; END IF;
            IF again > 50 THEN LEAVE CountUp; END IF;
        END LOOP again;
        IF s >= n THEN LEAVE CountUp; END IF;
    END LOOP CountUp;
    RETURN again;
END
-- call: SELECT labelled(1) AS a, labelled(3) AS b, labelled(9) AS c

-- case: repeat runs before it asks
CREATE FUNCTION parts_of(s VARCHAR(100)) RETURNS INT DETERMINISTIC
BEGIN
    DECLARE pos, n INT DEFAULT 0;
    DECLARE done INT;
    REPEAT
        SET n = n + 1;
        SET pos = locate(',', s);
        SET s = substring(s, pos + 1);
    UNTIL pos = 0 END REPEAT;
    REPEAT
        SET n = n + 10;
        IF n > 30 THEN SET done = 1; END IF;
    UNTIL done END REPEAT;
    RETURN n;
END
-- call: SELECT parts_of('a,b,c') AS a, parts_of('') AS b

-- case: arguments of other types, and values rounded on their way
CREATE PROCEDURE halved(IN k SMALLINT, INOUT v DECIMAL(8,2), OUT w DECIMAL(6,1))
BEGIN
    SET v = v / k;
    SELECT max(price) / 3 INTO w FROM products;
END
-- object
CREATE PROCEDURE halves(OUT a DECIMAL(8,1), OUT b DECIMAL(6,1))
BEGIN
    DECLARE i INT DEFAULT 1;
    SET a = 10.55;
    CALL halved(i + 1, a, b);
END
-- call: CALL halves(@a, @b)

-- case: return in a loop beside a handler
CREATE FUNCTION first_over(lim INT) RETURNS INT READS SQL DATA
BEGIN
    DECLARE v INT;
    DECLARE c CURSOR FOR SELECT n FROM numbers ORDER BY n;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION RETURN -1;
    DECLARE CONTINUE HANDLER FOR NOT FOUND RETURN 0;
    OPEN c;
    LOOP
        FETCH c INTO v;
        IF v > lim THEN
            CLOSE c;
            RETURN v;
        END IF;
    END LOOP;
END
-- call: SELECT first_over(4) AS a, first_over(1000) AS b

-- case: variables of a block beside an outer handler
CREATE PROCEDURE turns(OUT r VARCHAR(100))
BEGIN
    DECLARE i INT DEFAULT 0;
    DECLARE CONTINUE HANDLER FOR SQLEXCEPTION SET r = concat(r, 'error ');
    SET r = '';
    WHILE i < 3 DO
        BEGIN
            DECLARE k INT DEFAULT 5;
            DECLARE s VARCHAR(10);
            SET k = k + i;
            SET r = concat(r, k, ifnull(s, '-'), ' ');
            SET s = 'x';
            INSERT INTO counters (name, hits) VALUES ('home', 1);
        END;
        SET i = i + 1;
    END WHILE;
END
-- call: CALL turns(@r)

-- case: an exit handler for not found of a block in a loop
CREATE PROCEDURE looked_up(OUT r VARCHAR(200))
BEGIN
    DECLARE i INT DEFAULT 0;
    SET r = '';
    WHILE i < 6 DO
        SET i = i + 2;
        BEGIN
            DECLARE who VARCHAR(40);
            DECLARE EXIT HANDLER FOR NOT FOUND SET r = concat(r, '- ');
            SELECT name INTO who FROM customers WHERE id = i;
            SET r = concat(r, who, ' ');
        END;
    END WHILE;
END
-- call: CALL looked_up(@r)

-- case: user variables and others in one set
CREATE PROCEDURE mixed_set(OUT a INT)
BEGIN
    DECLARE b INT;
    SET b = 2, @u = 3, a = b + 1, @w = 4;
    SET a = a + @u + @w;
END
-- call: CALL mixed_set(@a)

-- case: names in other spellings
CREATE PROCEDURE spelled(OUT k INT)
BEGIN
    DECLARE V INT;
    DECLARE Cur CURSOR FOR SELECT max(n) FROM numbers;
    OPEN cur;
    FETCH CUR INTO v;
    CLOSE cUR;
    SET K = v;
END
-- call: CALL spelled(@k)

-- case: a handler for an error and for not found
CREATE PROCEDURE either(IN p INT, OUT r VARCHAR(40))
BEGIN
    DECLARE CONTINUE HANDLER FOR NOT FOUND, SQLSTATE '23000' SET r = concat(ifnull(r, ''), 'x');
    SELECT name INTO r FROM customers WHERE id = p;
    INSERT INTO counters (name, hits) VALUES ('home', 1);
    SET r = concat(r, '.');
END
-- call: CALL either(1, @r)
-- call: CALL either(100, @r)

-- case: select into user variables that finds nothing
CREATE PROCEDURE kept(OUT r VARCHAR(60))
BEGIN
    SET @who = 'nobody', @long = 0;
    SELECT name, char_length(name) INTO @who, @long FROM customers WHERE id = 1;
    SET r = concat(@who, ' ', @long);
    SELECT name, char_length(name) INTO @who, @long FROM customers WHERE id = 100;
    SET r = concat(r, ', ', @who, ' ', @long);
END
-- call: CALL kept(@r)

-- case: a block behind a condition that holds a case
CREATE PROCEDURE behind_case(IN k INT, OUT r VARCHAR(20))
BEGIN
    SET r = 'no';
    IF CASE k WHEN 1 THEN 1 ELSE 0 END THEN
        BEGIN
            DECLARE s VARCHAR(10) DEFAULT 'yes';
            SET r = s;
        END;
    END IF;
END
-- call: CALL behind_case(1, @r)
-- call: CALL behind_case(2, @r)
