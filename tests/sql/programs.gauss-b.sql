-- case: a function of one expression
CREATE FUNCTION "twice"("x" integer) RETURNS integer DETERMINISTIC NO SQL SQL SECURITY DEFINER
BEGIN
    RETURN "x"::bigint * 2;
END;

-- case: a function with strings
CREATE FUNCTION "greet"("who" varchar(40)) RETURNS varchar(60) DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    DECLARE "hello" varchar(10) DEFAULT 'Hello, ';
    IF (("who" IS NULL) OR ("who" = '')) THEN
        RETURN 'nobody';
    END IF;
    RETURN concat("hello", "who", '!');
END;

-- case: a function that reads
CREATE FUNCTION "order_total"("p_order" integer) RETURNS numeric(12,2) READS SQL DATA SQL SECURITY DEFINER
BEGIN
    DECLARE "total" numeric(12,2) DEFAULT 0;
    SELECT sum("order_lines"."qty"::bigint * "order_lines"."price") FROM "order_lines" WHERE "order_lines"."order_id" = "p_order" INTO "total";
    RETURN ifnull("total", 0)::numeric(12,2);
END;

-- case: if, elseif, else
CREATE FUNCTION "grade"("points" integer) RETURNS char(1) DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    DECLARE "g" char(1);
    IF ("points" >= 90) THEN
        SET "g" = 'A';
    ELSEIF ("points" >= 70) THEN
        SET "g" = 'B';
    ELSEIF ("points" >= 50) THEN
        SET "g" = 'C';
    ELSE
        SET "g" = 'F';
    END IF;
    RETURN "g";
END;

-- case: case statement with an operand
CREATE FUNCTION "day_kind"("d" integer) RETURNS varchar(10) DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    DECLARE "k" varchar(10);
    CASE "d"
    WHEN 1 THEN
        SET "k" = 'sunday';
    WHEN 7 THEN
        SET "k" = 'saturday';
    ELSE
        SET "k" = 'work';
    END CASE;
    RETURN "k";
END;

-- case: case statement without an operand
CREATE FUNCTION "size_of"("x" integer) RETURNS varchar(10) DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    CASE
    WHEN ("x" < 10) THEN
        RETURN 'small';
    WHEN ("x" < 100) THEN
        RETURN 'medium';
    ELSE
        RETURN 'large';
    END CASE;
END;

-- case: case that finds nothing is an error
CREATE PROCEDURE "nocase"("x" integer) SQL SECURITY DEFINER
BEGIN
    CASE "x"
    WHEN 1 THEN
        SELECT 'one' AS "r";
    END CASE;
END;
-- note: line 1: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: while
CREATE FUNCTION "factorial"("n" integer) RETURNS bigint DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    DECLARE "r" bigint DEFAULT 1;
    DECLARE "i" integer DEFAULT 2;
    WHILE ("i" <= "n") DO
        SET "r" = "r" * "i", "i" = "i"::bigint + 1;
    END WHILE;
    RETURN "r";
END;

-- case: repeat
CREATE FUNCTION "digits_sum"("n" integer) RETURNS integer DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    DECLARE "s" integer DEFAULT 0;
    godwit_l1: LOOP
        SET "s" = "s"::bigint + ("n" MOD 10);
        SET "n" = "n" DIV 10;
        IF ("n" = 0) THEN
            LEAVE godwit_l1;
        END IF;
    END LOOP godwit_l1;
    RETURN "s";
END;

-- case: loop with leave and iterate
CREATE FUNCTION "odd_sum"("n" integer) RETURNS integer DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    DECLARE "i", "s" integer DEFAULT 0;
    again: LOOP
        SET "i" = "i"::bigint + 1;
        IF ("i" > "n") THEN
            LEAVE again;
        END IF;
        IF (("i" MOD 2) = 0) THEN
            ITERATE again;
        END IF;
        SET "s" = "s"::bigint + "i";
    END LOOP again;
    RETURN "s";
END;

-- case: nested loops with labels
CREATE FUNCTION "first_pair"("target" integer) RETURNS varchar(20) DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    DECLARE "i" integer DEFAULT 1;
    DECLARE "j" integer;
    DECLARE "godwit_v_found" varchar(20) DEFAULT 'none';
    outer_loop: WHILE ("i" < 20) DO
        SET "j" = "i";
        WHILE ("j" < 20) DO
            IF (("i"::bigint * "j") = "target") THEN
                SET "godwit_v_found" = concat("i", 'x', "j");
                LEAVE outer_loop;
            END IF;
            SET "j" = "j"::bigint + 1;
        END WHILE;
        SET "i" = "i"::bigint + 1;
    END WHILE outer_loop;
    RETURN "godwit_v_found";
END;

-- case: leave a block
CREATE PROCEDURE "early"("x" integer, OUT "r" varchar(10)) SQL SECURITY DEFINER
BEGIN
    body: LOOP
        BEGIN
            SET "r" = 'start';
            IF ("x" > 5) THEN
                LEAVE body;
            END IF;
            SET "r" = 'end';
        END;
        LEAVE body;
    END LOOP body;
END;

-- case: nested blocks hide names
CREATE FUNCTION "hidden"() RETURNS varchar(20) DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    DECLARE "x" integer DEFAULT 1;
    DECLARE "r" varchar(20);
    BEGIN
        DECLARE "x" integer DEFAULT 2;
        SET "r" = concat('inner ', "x");
    END;
    RETURN concat("r", ' outer ', "x");
END;

-- case: a variable with a column's name
CREATE FUNCTION "balance_of"("godwit_v_id" integer) RETURNS numeric(12,2) READS SQL DATA SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_1" numeric(12,2);
    DECLARE "balance" numeric(12,2);
    SELECT "a"."balance" FROM "accounts" AS "a" WHERE "a"."id" = "godwit_v_id" INTO "godwit_1";
    IF found THEN
        SET "balance" = "godwit_1";
    END IF;
    RETURN "balance";
END;

-- case: out and inout parameters
CREATE PROCEDURE "swap"(INOUT "a" integer, INOUT "b" integer, OUT "s" integer) SQL SECURITY DEFINER
BEGIN
    DECLARE "t" integer;
    SET "t" = "a", "a" = "b", "b" = "t";
    SET "s" = "a"::bigint + "b";
END;

-- case: a result set
CREATE PROCEDURE "rich"("least" numeric(10,2)) SQL SECURITY DEFINER
BEGIN
    SELECT "customers"."id", "customers"."name" FROM "customers" WHERE "customers"."credit" >= "least" ORDER BY "customers"."id";
END;
-- note: line 2: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: several result sets and a condition
CREATE PROCEDURE "report"("which" integer) SQL SECURITY DEFINER
BEGIN
    SELECT count(*) AS "customers" FROM "customers";
    IF ("which" = 1) THEN
        SELECT "customers"."name" FROM "customers" ORDER BY "customers"."name";
    ELSE
        SELECT "employees"."name" FROM "employees" ORDER BY "employees"."name" LIMIT 2;
    END IF;
    SELECT 'done' AS "state";
END;
-- note: line 3: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes
-- note: line 5: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes
-- note: line 7: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes
-- note: line 9: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: a result set and an out parameter
CREATE PROCEDURE "both_ways"(OUT "n" integer) SQL SECURITY DEFINER
BEGIN
    SELECT count(*) FROM "orders" INTO "n";
    SELECT "n" AS "again";
END;
-- note: line 4: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: a cursor
CREATE PROCEDURE "total_stock"(OUT "total" integer, OUT "list" varchar(200)) SQL SECURITY DEFINER
BEGIN
    DECLARE "done" tinyint DEFAULT 0;
    DECLARE "n" varchar(40);
    DECLARE "s" integer;
    DECLARE "c" CURSOR FOR SELECT "products"."name", "products"."stock" FROM "products" ORDER BY "products"."id";
    SET "total" = 0, "list" = '';
    OPEN "c";
    read_loop: LOOP
        FETCH "c" INTO "n", "s";
        IF NOT found THEN
            SET "done" = 1;
        END IF;
        IF ("done" <> 0) THEN
            LEAVE read_loop;
        END IF;
        SET "total" = "total"::bigint + "s";
        SET "list" = concat("list", "n", ',');
    END LOOP read_loop;
    CLOSE "c";
END;
-- note: line 1: FETCH wants b_format_behavior_compat_options without fetch in the session, as it is by default

-- case: two cursors, one within the other
CREATE PROCEDURE "pairs"(OUT "r" varchar(400)) SQL SECURITY DEFINER
BEGIN
    DECLARE "done" integer DEFAULT 0;
    DECLARE "cid" integer;
    DECLARE "cname" varchar(40);
    DECLARE "customers_c" CURSOR FOR SELECT "customers"."id", "customers"."name" FROM "customers" ORDER BY "customers"."id";
    SET "r" = '';
    OPEN "customers_c";
    l1: LOOP
        FETCH "customers_c" INTO "cid", "cname";
        IF NOT found THEN
            SET "done" = 1;
        END IF;
        IF ("done" = 1) THEN
            LEAVE l1;
        END IF;
        BEGIN
            DECLARE "finished" integer DEFAULT 0;
            DECLARE "oid" integer;
            DECLARE "orders_c" CURSOR FOR SELECT "orders"."id" FROM "orders" WHERE "orders"."customer_id" = "cid" ORDER BY "orders"."id";
            OPEN "orders_c";
            l2: LOOP
                FETCH "orders_c" INTO "oid";
                IF NOT found THEN
                    SET "finished" = 1;
                END IF;
                IF ("finished" = 1) THEN
                    LEAVE l2;
                END IF;
                SET "r" = concat("r", "cname", "oid", ' ');
            END LOOP l2;
            CLOSE "orders_c";
        END;
    END LOOP l1;
    CLOSE "customers_c";
END;
-- note: line 1: FETCH wants b_format_behavior_compat_options without fetch in the session, as it is by default

-- case: a case of a value within loops with labels
CREATE FUNCTION "tally"("n" integer) RETURNS integer DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    DECLARE "i", "s" integer DEFAULT 0;
    DECLARE "godwit_v_row_count" integer DEFAULT 5;
    every_one: LOOP
        SET "i" = "i"::bigint + 1;
        BEGIN
            CASE ("i" MOD 3)
            WHEN 0 THEN
                BEGIN
                    SET "s" = "s"::bigint + 100;
                END;
            WHEN 1 THEN
                SET "s" = "s"::bigint + 1;
            ELSE
                SET "s" = "s"::bigint + "godwit_v_row_count";
            END CASE;
        END;
        IF ("i" >= "n") THEN
            LEAVE every_one;
        END IF;
    END LOOP every_one;
    godwit_l1: LOOP
        BEGIN
            CASE ("s" MOD 2)
            WHEN 0 THEN
                SET "s" = "s"::bigint + 7;
            ELSE
                SET "s" = "s"::bigint + 3;
            END CASE;
        END;
        SET "i" = "i"::bigint - 1;
        IF ("i" <= 0) THEN
            LEAVE godwit_l1;
        END IF;
    END LOOP godwit_l1;
    RETURN "s";
END;

-- case: a cursor left open by return
CREATE FUNCTION "first_over"("least" integer) RETURNS integer READS SQL DATA SQL SECURITY DEFINER
BEGIN
    DECLARE "v" integer;
    DECLARE "c" CURSOR FOR SELECT "numbers"."n" FROM "numbers" ORDER BY "numbers"."n";
    OPEN "c";
    readloop: LOOP
        FETCH "c" INTO "v";
        IF NOT found THEN
            RETURN -1;
        END IF;
        IF ("v" < 3) THEN
            ITERATE readloop;
        END IF;
        IF ("v" > "least") THEN
            RETURN "v";
        END IF;
    END LOOP readloop;
END;
-- note: line 1: FETCH wants b_format_behavior_compat_options without fetch in the session, as it is by default

-- case: a cursor in repeat
CREATE PROCEDURE "repeat_cursor"(OUT "m" integer) SQL SECURITY DEFINER
BEGIN
    DECLARE "done" integer DEFAULT 0;
    DECLARE "v" integer;
    DECLARE "c" CURSOR FOR SELECT "numbers"."n" FROM "numbers";
    SET "m" = 0;
    OPEN "c";
    godwit_l1: LOOP
        FETCH "c" INTO "v";
        IF NOT found THEN
            SET "done" = 1;
        END IF;
        IF (NOT ("done" <> 0)) THEN
            IF ("v" > "m") THEN
                SET "m" = "v";
            END IF;
        END IF;
        IF ("done" <> 0) THEN
            LEAVE godwit_l1;
        END IF;
    END LOOP godwit_l1;
    CLOSE "c";
END;
-- note: line 1: FETCH wants b_format_behavior_compat_options without fetch in the session, as it is by default

-- case: fetch without a handler ends in an error
CREATE PROCEDURE "no_handler"() SQL SECURITY DEFINER
BEGIN
    DECLARE "v" integer;
    DECLARE "c" CURSOR FOR SELECT "numbers"."n" FROM "numbers" WHERE "numbers"."n" > 100;
    OPEN "c";
    FETCH "c" INTO "v";
    IF NOT found THEN
        SIGNAL SQLSTATE '02000' SET MESSAGE_TEXT = 'No data - zero rows fetched, selected, or processed';
    END IF;
    CLOSE "c";
END;
-- note: line 1: FETCH wants b_format_behavior_compat_options without fetch in the session, as it is by default

-- case: select into that finds nothing leaves the variable
CREATE FUNCTION "city_of"("p" integer) RETURNS varchar(30) READS SQL DATA SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_1" varchar(30);
    DECLARE "c" varchar(30) DEFAULT 'unknown';
    SELECT "customers"."city" FROM "customers" WHERE "customers"."id" = "p" INTO "godwit_1";
    IF found THEN
        SET "c" = "godwit_1";
    END IF;
    RETURN "c";
END;

-- case: select into with a not found handler
CREATE PROCEDURE "find_customer"("p" integer, OUT "r" varchar(40)) SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_2" varchar(40);
    godwit_l1: LOOP
        BEGIN
            SELECT "customers"."name" FROM "customers" WHERE "customers"."id" = "p" INTO "godwit_2";
            IF found THEN
                SET "r" = "godwit_2";
            ELSE
                SET "r" = 'missing';
                LEAVE godwit_l1;
            END IF;
            SET "r" = upper("r");
        END;
        LEAVE godwit_l1;
    END LOOP godwit_l1;
END;

-- case: select into several variables
CREATE PROCEDURE "stats"(OUT "lo" numeric(10,2), OUT "hi" numeric(10,2), OUT "n" integer) SQL SECURITY DEFINER
BEGIN
    SELECT min("products"."price"), max("products"."price"), count(*) FROM "products" INTO "lo", "hi", "n";
    SET "lo" = "lo"::numeric(10,2), "hi" = "hi"::numeric(10,2);
END;

-- case: a duplicate key is handled
CREATE PROCEDURE "add_counter"("p_name" varchar(20), OUT "r" varchar(20)) SQL SECURITY DEFINER
BEGIN
    DECLARE CONTINUE HANDLER FOR SQLSTATE '23505'
    BEGIN
        SET "r" = 'duplicate';
    END;
    SET "r" = 'inserted';
    INSERT INTO "counters" ("name", "hits") VALUES ("p_name", 1);
    UPDATE "counters" SET "hits" = "counters"."hits"::bigint + 1 WHERE "counters"."name" = "p_name";
END;

-- case: an exit handler leaves its block
CREATE PROCEDURE "careful"(OUT "r" varchar(60)) SQL SECURITY DEFINER
BEGIN
    SET "r" = 'a';
    BEGIN
        DECLARE EXIT HANDLER FOR SQLEXCEPTION
        BEGIN
            SET "r" = concat("r", ' caught');
        END;
        INSERT INTO "log_entries" ("what") VALUES ('before');
        INSERT INTO "counters" ("name", "hits") VALUES ('shop', 1);
        SET "r" = concat("r", ' not reached');
    END;
    SET "r" = concat("r", ' after');
END;

-- case: handlers by sqlstate, the exact one first
CREATE PROCEDURE "which_handler"("p" varchar(20), OUT "r" varchar(40)) SQL SECURITY DEFINER
BEGIN
    DECLARE CONTINUE HANDLER FOR SQLSTATE '23000', SQLSTATE '23505', SQLSTATE '23503', SQLSTATE '23502'
    BEGIN
        SET "r" = concat("r", 'constraint');
    END;
    DECLARE CONTINUE HANDLER FOR SQLEXCEPTION
    BEGIN
        SET "r" = concat("r", 'general');
    END;
    SET "r" = '';
    INSERT INTO "counters" ("name", "hits") VALUES ("p", 1);
    INSERT INTO "accounts" ("id", "owner", "balance") VALUES (50, 'x', -5);
END;

-- case: a named condition
CREATE PROCEDURE "named"(OUT "r" varchar(20)) SQL SECURITY DEFINER
BEGIN
    DECLARE EXIT HANDLER FOR SQLSTATE '23000', SQLSTATE '23505', SQLSTATE '23503', SQLSTATE '23502'
    BEGIN
        SET "r" = 'dup';
    END;
    INSERT INTO "counters" ("name", "hits") VALUES ('home', 1);
    SET "r" = 'no';
END;

-- case: signal
CREATE FUNCTION "checked"("x" integer) RETURNS integer DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    IF ("x" < 0) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'negative';
    END IF;
    RETURN "x";
END;

-- case: signal with a computed message, caught
CREATE PROCEDURE "thrower"("x" integer, OUT "r" varchar(100)) SQL SECURITY DEFINER
BEGIN
    DECLARE "m" varchar(100);
    DECLARE EXIT HANDLER FOR SQLSTATE '45001'
    BEGIN
        GET STACKED DIAGNOSTICS CONDITION 1 "r" = message_text;
    END;
    SET "m" = concat('value ', "x");
    SIGNAL SQLSTATE '45001' SET MESSAGE_TEXT = "m", MYSQL_ERRNO = 3000;
END;

-- case: diagnostics of a duplicate key
CREATE PROCEDURE "diagnosed"(OUT "s" char(5), OUT "n" integer) SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_state" text;
    DECLARE CONTINUE HANDLER FOR SQLEXCEPTION
    BEGIN
        GET STACKED DIAGNOSTICS CONDITION 1 "godwit_state" = RETURNED_SQLSTATE;
        SET "s" = CASE WHEN left("godwit_state", 2) = '23' THEN '23000' WHEN "godwit_state" = '40P01' THEN '40001' ELSE "godwit_state" END;
        SET "n" = CASE "godwit_state" WHEN '23505' THEN 1062 WHEN '23503' THEN 1452 WHEN '23502' THEN 1048 WHEN '23514' THEN 3819 WHEN '22001' THEN 1406 WHEN '22003' THEN 1264 WHEN '45000' THEN 1644 WHEN '40P01' THEN 1213 ELSE 1105 END;
    END;
    INSERT INTO "counters" ("name", "hits") VALUES ('home', 1);
END;

-- case: row_count
CREATE PROCEDURE "counted"(OUT "godwit_v_n" integer, OUT "m" integer) SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_row_count" bigint DEFAULT 0;
    UPDATE "numbers" SET "n" = "godwit_v_n"::bigint + 100 WHERE "godwit_v_n" > 7;
    GET DIAGNOSTICS "godwit_row_count" = ROW_COUNT;
    SET "godwit_v_n" = godwit_row_count;
    DELETE FROM "numbers" WHERE "godwit_v_n" > 100;
    GET DIAGNOSTICS "godwit_row_count" = ROW_COUNT;
    SET "m" = "godwit_row_count";
END;

-- case: resignal after cleaning up
CREATE PROCEDURE "clean_up"() SQL SECURITY DEFINER
BEGIN
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        RESIGNAL;
    END;
    INSERT INTO "counters" ("name", "hits") VALUES ('home', 1);
END;

-- case: resignal as another error
-- refused: not carried, line 4, column 5: a block with a handler within a block that has one: openGauss B asks only the innermost one's

-- case: a transfer with a transaction
CREATE PROCEDURE "transfer"("from_id" integer, "to_id" integer, "amount" numeric(12,2), OUT "ok" integer) SQL SECURITY DEFINER
BEGIN
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
        SET "ok" = 0;
    END;
    UPDATE "accounts" SET "balance" = "accounts"."balance" + "amount" WHERE "accounts"."id" = "to_id";
    UPDATE "accounts" SET "balance" = "accounts"."balance" - "amount" WHERE "accounts"."id" = "from_id";
    SET "ok" = 1;
    COMMIT;
END;

-- case: commit or rollback in an if
CREATE PROCEDURE "maybe"("go" integer) SQL SECURITY DEFINER
BEGIN
    INSERT INTO "log_entries" ("what", "n") VALUES ('maybe', "go");
    IF ("go" = 1) THEN
        COMMIT;
    ELSE
        ROLLBACK;
    END IF;
END;

-- case: commits in a loop, with a handler
CREATE PROCEDURE "batches"() SQL SECURITY DEFINER
BEGIN
    DECLARE "i" integer DEFAULT 0;
    DECLARE CONTINUE HANDLER FOR SQLEXCEPTION
    BEGIN
        ROLLBACK;
    END;
    WHILE ("i" < 4) DO
        INSERT INTO "log_entries" ("what", "n") VALUES ('batch', "i");
        INSERT INTO "numbers" ("n") VALUES ("i"::bigint * 4);
        COMMIT;
        SET "i" = "i"::bigint + 1;
    END WHILE;
END;

-- case: procedures call each other
CREATE PROCEDURE "inner_p"("a" integer, OUT "b" integer) SQL SECURITY DEFINER
BEGIN
    SET "b" = "a"::bigint * 10;
END;
CREATE PROCEDURE "outer_p"("x" integer, OUT "y" integer) SQL SECURITY DEFINER
BEGIN
    DECLARE "t" integer;
    CALL "inner_p"(("x"::bigint + 1)::integer, "t");
    SET "y" = "t"::bigint + 1;
END;
-- note: line 4: a CALL with variables for OUT parameters is refused where dolphin.sql_mode has block_return_multi_results

-- case: functions call each other
CREATE FUNCTION "net"("g" numeric(10,2)) RETURNS numeric(10,2) DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    RETURN round("g" / 1.19, 6)::numeric(10,2);
END;
CREATE FUNCTION "tax"("g" numeric(10,2)) RETURNS numeric(10,2) DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    RETURN ("g" - "net"("g"::numeric(10,2)))::numeric(10,2);
END;

-- case: user variables
CREATE PROCEDURE "with_user"(OUT "r" integer) SQL SECURITY DEFINER
BEGIN
    SET @total = 0;
    SELECT count(*) FROM "numbers" INTO @n;
    SET @total = @total + @n;
    SET "r" = @total * 2;
END;
-- note: line 3: user variables want enable_set_variable_b_format = on in the session
-- note: line 4: user variables want enable_set_variable_b_format = on in the session
-- note: line 5: user variables want enable_set_variable_b_format = on in the session

-- case: user variables that another program or a call has set
CREATE PROCEDURE "give"("k" integer, OUT "n" integer, INOUT "t" varchar(20)) SQL SECURITY DEFINER
BEGIN
    SET "n" = "k"::bigint * 2;
    SET "t" = concat(ifnull("t", 'none'), '!');
    SET @seen = ifnull(@seen, 0) + "k";
END;
-- note: line 5: user variables want enable_set_variable_b_format = on in the session
CREATE PROCEDURE "take"(OUT "a" integer, OUT "b" varchar(40), OUT "d" integer) SQL SECURITY DEFINER
BEGIN
    SET @word = 'x';
    SET @seen = NULL;
    CALL "give"(4::integer, @half, @word);
    CALL "give"(5::integer, @other, @word);
    SET "a" = @half + @other;
    SET "b" = concat(@word, '/', @seen);
    SET @mixed = 7;
    IF ("a" > 1) THEN
        SET @mixed = 'seven';
    END IF;
    SET "d" = ((octet_length(@mixed) + @never_set_here) IS NULL)::int;
END;
-- note: line 3: user variables want enable_set_variable_b_format = on in the session
-- note: line 4: user variables want enable_set_variable_b_format = on in the session
-- note: line 5: user variables want enable_set_variable_b_format = on in the session
-- note: line 6: user variables want enable_set_variable_b_format = on in the session
-- note: line 9: user variables want enable_set_variable_b_format = on in the session
-- note: line 10: user variables want enable_set_variable_b_format = on in the session

-- case: diagnostics in user variables
CREATE PROCEDURE "told"(OUT "r" varchar(200)) SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_state" text;
    DECLARE "godwit_row_count" bigint DEFAULT 0;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET STACKED DIAGNOSTICS CONDITION 1 "godwit_state" = RETURNED_SQLSTATE;
        SET @state = CASE WHEN left("godwit_state", 2) = '23' THEN '23000' WHEN "godwit_state" = '40P01' THEN '40001' ELSE "godwit_state" END;
        SET @errno = CASE "godwit_state" WHEN '23505' THEN 1062 WHEN '23503' THEN 1452 WHEN '23502' THEN 1048 WHEN '23514' THEN 3819 WHEN '22001' THEN 1406 WHEN '22003' THEN 1264 WHEN '45000' THEN 1644 WHEN '40P01' THEN 1213 ELSE 1105 END;
        SET @full = concat('error ', @errno, ' (', @state, ')');
        SELECT @full INTO "r";
    END;
    UPDATE "numbers" SET "n" = "numbers"."n" WHERE "numbers"."n" < 3;
    GET DIAGNOSTICS "godwit_row_count" = ROW_COUNT;
    SET @rows = "godwit_row_count";
    INSERT INTO "customers" ("id", "name", "email", "credit", "vip", "created") VALUES (1, 'a', 'b', 1, 0, DATE '2024-01-01'::timestamp(6) without time zone);
    GET DIAGNOSTICS "godwit_row_count" = ROW_COUNT;
END;
-- note: line 5: user variables want enable_set_variable_b_format = on in the session
-- note: line 6: user variables want enable_set_variable_b_format = on in the session
-- note: line 10: user variables want enable_set_variable_b_format = on in the session

-- case: found_rows
-- refused: not carried, line 5, column 5: SQL_CALC_FOUND_ROWS

-- case: found_rows of a query that is elsewhere
-- refused: not carried, line 1, column 61: function found_rows of a query that is not in this program

-- case: a temporary table
CREATE PROCEDURE "temp_work"() SQL SECURITY DEFINER
BEGIN
    DROP TEMPORARY TABLE IF EXISTS "work";
    CREATE TEMPORARY TABLE "work" ("id" integer NOT NULL PRIMARY KEY, "label" varchar(20));
    INSERT INTO "work" ("id", "label") SELECT "numbers"."n", concat('n', "numbers"."n") FROM "numbers" WHERE "numbers"."n" < 4;
    UPDATE "work" SET "label" = upper("work"."label") WHERE "work"."id" = 2;
    DELETE FROM "work" WHERE "work"."id" = 1;
    SELECT "w"."id", "w"."label" FROM "work" AS "w" ORDER BY "w"."id" NULLS FIRST;
END;
-- note: line 8: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: a temporary table from a query
CREATE PROCEDURE "temp_query"() SQL SECURITY DEFINER
BEGIN
    DROP TEMPORARY TABLE IF EXISTS "sums";
    IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'sums' AND relnamespace = pg_my_temp_schema()) THEN
        CREATE TEMPORARY TABLE "sums" AS SELECT "orders"."customer_id" AS "cid", count(*) AS "n" FROM "orders" GROUP BY "orders"."customer_id";
    END IF;
    SELECT "c"."name", "s"."n" AS "n" FROM "customers" AS "c" JOIN "sums" AS "s" ON "s"."cid" = "c"."id" ORDER BY "c"."name";
END;
-- note: line 5: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: a temporary table that goes before its rows are read
CREATE PROCEDURE "temp_gone"() SQL SECURITY DEFINER
BEGIN
    CREATE TEMPORARY TABLE "g" AS SELECT "numbers"."n" AS "a" FROM "numbers" WHERE "numbers"."n" < 4;
    SELECT "g"."a" AS "a" FROM "g" ORDER BY "a" NULLS FIRST;
    DROP TEMPORARY TABLE "g";
END;
-- note: line 4: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: a temporary table of some other program that goes behind a result set
CREATE PROCEDURE "temp_other"() SQL SECURITY DEFINER
BEGIN
    SELECT 1 AS "a";
    DROP TEMPORARY TABLE "elsewhere";
END;
-- note: line 1: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: a temporary table with defaults, and one like a table
-- refused: not carried, line 4, column 5: CREATE TABLE .. LIKE numbers

-- case: changes of a temporary table under another name
CREATE PROCEDURE "temp_alias"() SQL SECURITY DEFINER
BEGIN
    DROP TEMPORARY TABLE IF EXISTS "ta";
    CREATE TEMPORARY TABLE "ta" ("id" integer PRIMARY KEY, "k" varchar(10));
    INSERT INTO "ta" ("id", "k") VALUES (1, 'a'), (2, 'b'), (3, 'c');
    UPDATE "ta" AS "x" SET "k" = 'z' WHERE "x"."id" = 2;
    UPDATE "ta" AS "x" JOIN "numbers" AS "y" ON "y"."n" = "x"."id" SET "x"."k" = concat("x"."k", "y"."n") WHERE "y"."n" > 1;
    DELETE FROM "ta" AS "x" WHERE "x"."id" = 1;
    SELECT "ta"."id", "ta"."k" FROM "ta" ORDER BY "ta"."id" NULLS FIRST;
END;
-- note: line 9: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: a table that a program makes
-- refused: not carried, line 3, column 5: DROP TABLE in programs, not measured on openGauss B

-- case: a statement about tables that is not carried
-- refused: not carried, line 1, column 36: the statement ALTER TABLE

-- case: result sets of procedures that are called
CREATE PROCEDURE "inner_sets"("k" integer) SQL SECURITY DEFINER
BEGIN
    SELECT "numbers"."n" FROM "numbers" WHERE "numbers"."n" < "k" ORDER BY "numbers"."n";
    SELECT 'done' AS "word";
END;
-- note: line 3: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes
-- note: line 4: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes
CREATE PROCEDURE "outer_sets"(OUT "r" integer) SQL SECURITY DEFINER
BEGIN
    SELECT 'first' AS "word";
    CALL "inner_sets"(3::integer);
    IF ((SELECT count(*) FROM "numbers") > 5) THEN
        CALL "inner_sets"(2::integer);
    END IF;
    SET "r" = 7;
END;
-- note: line 3: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes
CREATE PROCEDURE "outermost"() SQL SECURITY DEFINER
BEGIN
    CALL "outer_sets"(@r);
    SELECT @r AS "r";
END;
-- note: line 1: user variables want enable_set_variable_b_format = on in the session
-- note: line 1: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: a procedure with result sets that calls itself
CREATE PROCEDURE "again_and_again"("k" integer) SQL SECURITY DEFINER
BEGIN
    SELECT "k";
    IF ("k" > 0) THEN
        CALL "again_and_again"(("k"::bigint - 1)::integer);
    END IF;
END;
-- note: line 1: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: default of a variable from a query
CREATE FUNCTION "best"() RETURNS varchar(40) READS SQL DATA SQL SECURITY DEFINER
BEGIN
    DECLARE "top" numeric(10,2) DEFAULT (SELECT max("customers"."credit") FROM "customers");
    DECLARE "who" varchar(40);
    SET "who" = (SELECT "customers"."name" FROM "customers" WHERE "customers"."credit" = "top" LIMIT 1);
    RETURN "who";
END;

-- case: conditions with subqueries
CREATE FUNCTION "state_of"("p" integer) RETURNS varchar(10) READS SQL DATA SQL SECURITY DEFINER
BEGIN
    IF (EXISTS (SELECT 1 FROM "orders" WHERE ("orders"."customer_id" = "p") AND (("orders"."status" = 'new')))) THEN
        RETURN 'open';
    ELSEIF ("p" IN (SELECT "orders"."customer_id" FROM "orders")) THEN
        RETURN 'known';
    END IF;
    RETURN 'none';
END;

-- case: a condition that holds a case
CREATE FUNCTION "odd_if"("x" integer) RETURNS integer DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    IF (CASE WHEN ("x" > 3) THEN "x" ELSE 0 END <> 0) THEN
        RETURN 1;
    END IF;
    RETURN 0;
END;

-- case: dates in programs
CREATE FUNCTION "due"("placed" timestamp(0) without time zone, "days" integer) RETURNS date DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    DECLARE "d" date;
    SET "d" = date_add("placed", interval "days" day)::timestamp(0) without time zone;
    IF ((date_part('dow', "d")::int + 1) = 1) THEN
        SET "d" = date_add("d", interval 1 day)::date;
    END IF;
    RETURN "d";
END;

-- case: chinese names in programs
CREATE FUNCTION "查词"("号" integer) RETURNS varchar(120) READS SQL DATA SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_1" varchar(120);
    -- 查找释义
    DECLARE "结果" varchar(120);
    SELECT concat("词典"."词", ':', ifnull("词典"."释义", '无')) FROM "词典" WHERE "词典"."编号" = "号" INTO "godwit_1";
    IF found THEN
        SET "结果" = "godwit_1";
    END IF;
    RETURN "结果";
END;

-- case: comments stay
CREATE PROCEDURE "commented"(OUT "r" integer) SQL SECURITY DEFINER
BEGIN
    -- first
    -- of two lines
    SET "r" = 1;
    -- behind
    -- another kind
    SET "r" = "r"::bigint + 1;
    -- at the end
END;

-- case: truncate in a procedure
CREATE PROCEDURE "empty_log"() SQL SECURITY DEFINER
BEGIN
    TRUNCATE TABLE "log_entries";
    INSERT INTO "log_entries" ("what") VALUES ('first');
END;

-- case: do
CREATE PROCEDURE "doer"() SQL SECURITY DEFINER
BEGIN
    DO 1 + 1;
    SELECT 'ok' AS "r";
END;
-- note: line 1: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: insert and the id it was given
CREATE PROCEDURE "logged"("w" varchar(100), OUT "new_id" bigint) SQL SECURITY DEFINER
BEGIN
    INSERT INTO "log_entries" ("what") VALUES ("w");
    SET "new_id" = last_insert_id()::bigint;
END;

-- case: upsert in a procedure
CREATE PROCEDURE "hit"("p_name" varchar(20)) SQL SECURITY DEFINER
BEGIN
    INSERT INTO "counters" ("name", "hits") VALUES ("p_name", 1) ON DUPLICATE KEY UPDATE "hits" = "counters"."hits"::bigint + 1;
END;

-- case: json in a procedure
CREATE FUNCTION "color_of"("p" integer) RETURNS varchar(20) READS SQL DATA SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_1" jsonb;
    DECLARE "a" jsonb;
    SELECT "products"."attrs" FROM "products" WHERE "products"."id" = "p" INTO "godwit_1";
    IF found THEN
        SET "a" = "godwit_1";
    END IF;
    RETURN CASE WHEN jsonb_typeof("a") IN ('object', 'array') THEN coalesce(jsonb_extract_path_text("a", 'color'), jsonb_extract_path("a", 'color')::text) END;
END;

-- case: unsigned and tiny integers
CREATE FUNCTION "masked"("a" uint8, "b" uint1) RETURNS uint8 DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    RETURN "a" & "b";
END;

-- case: an enum parameter
CREATE FUNCTION "next_state"("s" text) RETURNS varchar(10) DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    RETURN CASE "s" WHEN 'new' THEN 'paid' WHEN 'paid' THEN 'sent' ELSE 'end' END;
END;

-- case: a procedure with many statements of control
CREATE PROCEDURE "fizz"("n" integer, OUT "r" varchar(200)) SQL SECURITY DEFINER
BEGIN
    DECLARE "i" integer DEFAULT 0;
    SET "r" = '';
    l: LOOP
        SET "i" = "i"::bigint + 1;
        IF ("i" > "n") THEN
            LEAVE l;
        END IF;
        CASE
        WHEN (("i" MOD 15) = 0) THEN
            SET "r" = concat("r", 'fizzbuzz ');
        WHEN (("i" MOD 5) = 0) THEN
            SET "r" = concat("r", 'buzz ');
        WHEN (("i" MOD 3) = 0) THEN
            SET "r" = concat("r", 'fizz ');
        ELSE
            SET "r" = concat("r", "i", ' ');
        END CASE;
    END LOOP l;
END;

-- case: definer, security and comment
CREATE PROCEDURE "secured"(OUT "r" integer) SQL SECURITY INVOKER COMMENT 'it''s secured'
BEGIN
    SET "r" = 1;
END;

-- case: a procedure that runs with its owner's rights
CREATE PROCEDURE "as_owner"(OUT "r" integer) SQL SECURITY DEFINER
BEGIN
    SELECT count(*) FROM "numbers" INTO "r";
END;

-- case: a procedure that calls itself
CREATE PROCEDURE "count_down"("k" integer, INOUT "s" integer) SQL SECURITY DEFINER
BEGIN
    IF ("k" > 0) THEN
        SET "s" = ("s"::bigint * 10) + "k";
        CALL "count_down"(("k"::bigint - 1)::integer, "s");
    END IF;
END;
-- note: line 1: a CALL with variables for OUT parameters is refused where dolphin.sql_mode has block_return_multi_results
CREATE PROCEDURE "log_down"("k" integer) SQL SECURITY DEFINER
BEGIN
    IF ("k" > 0) THEN
        INSERT INTO "log_entries" ("what", "n") VALUES ('down', "k");
        CALL "log_down"(("k"::bigint - 1)::integer);
    END IF;
END;
-- refused: not carried, line 3, column 9: SET of the system variable max_sp_recursion_depth

-- case: a procedure whose name is a variable's
CREATE PROCEDURE "total"("k" integer, OUT "r" integer) SQL SECURITY DEFINER
BEGIN
    SET "r" = "k"::bigint + 1;
END;
CREATE PROCEDURE "asks_total"(OUT "r" integer) SQL SECURITY DEFINER
BEGIN
    DECLARE "total" integer;
    CALL "total"(4::integer, "total");
    SET "r" = "total"::bigint * 2;
END;
-- note: line 1: a CALL with variables for OUT parameters is refused where dolphin.sql_mode has block_return_multi_results

-- case: dates from texts that end early
CREATE FUNCTION "moment"("s" varchar(40)) RETURNS timestamp(0) without time zone DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    RETURN str_to_date("s", '%Y-%m-%d %H:%i:%s')::timestamp(0) without time zone::timestamp(0) without time zone;
END;
CREATE FUNCTION "short_day"("s" varchar(40)) RETURNS date DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    RETURN str_to_date("s", '%d.%m.%Yx')::date;
END;

-- case: a result set of a union
CREATE PROCEDURE "both_ends"() SQL SECURITY DEFINER
BEGIN
    (SELECT "numbers"."n" FROM "numbers" ORDER BY "numbers"."n" LIMIT 2) UNION ALL (SELECT "numbers"."n" FROM "numbers" ORDER BY "numbers"."n" DESC LIMIT 2) ORDER BY 1 DESC NULLS LAST;
END;
-- note: line 3: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: a handler for a lock that is not given
CREATE PROCEDURE "patient"(OUT "r" integer) SQL SECURITY DEFINER
BEGIN
    DECLARE EXIT HANDLER FOR SQLSTATE 'YY003', SQLSTATE '55P03'
    BEGIN
        SET "r" = -1;
    END;
    UPDATE "accounts" SET "balance" = "accounts"."balance" + 1 WHERE "accounts"."id" = 1;
    SET "r" = 1;
END;

-- case: a user variable of a broken number
CREATE PROCEDURE "broken"(OUT "r" numeric(10,2)) SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_1" numeric;
    SET @part = 0.25 - 0.75;
    SELECT "products"."price" FROM "products" WHERE "products"."id" = 1 INTO "godwit_1";
    IF found THEN
        SET @price = "godwit_1";
    END IF;
    SET "r" = (@price + @part)::numeric(10,2);
END;
-- note: line 1: user variables want enable_set_variable_b_format = on in the session

-- case: a prepared statement
CREATE PROCEDURE "dynamic"("t" varchar(20)) SQL SECURITY DEFINER
BEGIN
    SET @q = concat('SELECT * FROM ', "t");
    PREPARE "s" FROM @q;
    EXECUTE "s";
    DEALLOCATE PREPARE "s";
END;
-- note: line 1: user variables want enable_set_variable_b_format = on in the session
-- note: line 1: prepared statements want dolphin.enable_procedure_executestmt = on; a text put together at run time stays as it is

-- case: a result set in a loop
CREATE PROCEDURE "looped"() SQL SECURITY DEFINER
BEGIN
    DECLARE "i" integer DEFAULT 0;
    WHILE ("i" < 3) DO
        SELECT "i";
        SET "i" = "i"::bigint + 1;
    END WHILE;
END;
-- note: line 1: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: savepoints
-- refused: not carried, line 1, column 32: savepoints

-- case: an unknown error number
-- refused: not carried, line 1, column 40: a handler for error 1999, whose counterpart in the target is not known

-- case: a procedure that is not there
-- refused: not carried, line 1, column 25: the procedure nowhere, which is not among those that are carried

-- case: ddl in a procedure
-- refused: not carried, line 1, column 24: the statement ALTER TABLE

-- case: results and arguments are rounded
CREATE FUNCTION "third"("x" numeric(10,2)) RETURNS numeric(10,2) DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    RETURN round("x" / 3, 6)::numeric(10,2);
END;

-- case: a text parameter compared with a date
CREATE PROCEDURE "placed_since"("since" varchar(20)) SQL SECURITY DEFINER
BEGIN
    SELECT "orders"."id" FROM "orders" WHERE "orders"."placed" >= "since" ORDER BY "orders"."id";
END;
-- note: line 1: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: variables with names that PL/pgSQL has itself
CREATE PROCEDURE "special"(OUT "godwit_v_found" integer, OUT "godwit_v_sqlerrm" varchar(20)) SQL SECURITY DEFINER
BEGIN
    DECLARE "done" integer DEFAULT 0;
    DECLARE "new" integer;
    DECLARE "c" CURSOR FOR SELECT "numbers"."n" FROM "numbers" WHERE "numbers"."n" < 4;
    SET "godwit_v_found" = 0;
    OPEN "c";
    l: LOOP
        FETCH "c" INTO "new";
        IF NOT found THEN
            SET "done" = 1;
        END IF;
        IF ("done" <> 0) THEN
            LEAVE l;
        END IF;
        SET "godwit_v_found" = "godwit_v_found"::bigint + "new";
    END LOOP l;
    CLOSE "c";
    SET "godwit_v_sqlerrm" = 'none';
END;
-- note: line 1: FETCH wants b_format_behavior_compat_options without fetch in the session, as it is by default

-- case: a parameter that a table of the routine's name hides
CREATE FUNCTION "accounts"("godwit_v_id" integer) RETURNS integer READS SQL DATA SQL SECURITY DEFINER
BEGIN
    RETURN (SELECT count(*) FROM "accounts" AS "a" WHERE "a"."id" < "godwit_v_id");
END;

-- case: and where it cannot be told apart
CREATE FUNCTION "numbers"("godwit_v_n" integer) RETURNS integer READS SQL DATA SQL SECURITY DEFINER
BEGIN
    RETURN (SELECT count(*) FROM "numbers" WHERE "numbers"."n" < "godwit_v_n");
END;

-- case: a json argument changed
CREATE FUNCTION "painted"("a" jsonb, "c" varchar(20)) RETURNS jsonb DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    RETURN json_set("a", '$.color', "c")::jsonb;
END;

-- case: last_insert_id beside a trigger that inserts, and labels of an enum
CREATE TRIGGER "new_order" AFTER INSERT ON "orders" FOR EACH ROW
BEGIN
    INSERT INTO "log_entries" ("what", "n") VALUES (concat('order ', NEW."status"), NEW."id");
END;
CREATE PROCEDURE "with_id"("p_status" varchar(10), OUT "a" integer, OUT "b" integer, OUT "d" integer) SQL SECURITY DEFINER
BEGIN
    INSERT INTO "log_entries" ("what") VALUES ('one'), ('two'), ('three');
    INSERT INTO "orders" ("customer_id", "status", "placed") VALUES (1, "p_status", DATE '2024-01-01'::timestamp(6) without time zone);
    SET "a" = last_insert_id()::bigint;
    INSERT INTO "orders" ("id", "customer_id", "status", "placed") VALUES (NULL, 2, 'sent', DATE '2024-01-01'::timestamp(6) without time zone);
    UPDATE "orders" SET "status" = concat('G', 'one'), "note" = last_insert_id()::bigint::text WHERE "orders"."id" = "a";
    SET "b" = last_insert_id()::bigint;
    SELECT last_insert_id()::bigint - "a" INTO "d";
    SELECT "orders"."status", "orders"."note" FROM "orders" WHERE "orders"."id" >= "a" ORDER BY "orders"."id";
END;
-- note: line 10: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: variables with names that are words elsewhere
CREATE PROCEDURE "words"("date" date, "offset" integer, OUT "end" date) SQL SECURITY DEFINER
BEGIN
    DECLARE "start", "text" date;
    DECLARE "godwit_v_number" integer DEFAULT 2;
    SET "start" = "date", "godwit_v_number" = "godwit_v_number"::bigint + "offset";
    SET "text" = date_add("start", interval "godwit_v_number" day)::date;
    SET "end" = "text";
END;

-- case: labels in capitals, and with a variable's name
CREATE FUNCTION "labelled"("n" integer) RETURNS integer DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    DECLARE "s", "again" integer DEFAULT 0;
    countup: LOOP
        SET "s" = "s"::bigint + 1;
        godwit_l1: LOOP
            SET "again" = "again"::bigint + "s";
            IF (("again" MOD 2) = 0) THEN
                LEAVE godwit_l1;
            END IF;
            IF ("again" > 50) THEN
                LEAVE countup;
            END IF;
        END LOOP godwit_l1;
        IF ("s" >= "n") THEN
            LEAVE countup;
        END IF;
    END LOOP countup;
    RETURN "again";
END;

-- case: repeat runs before it asks
CREATE FUNCTION "parts_of"("s" varchar(100)) RETURNS integer DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    DECLARE "pos", "n" integer DEFAULT 0;
    DECLARE "done" integer;
    godwit_l1: LOOP
        SET "n" = "n"::bigint + 1;
        SET "pos" = strpos(lower("s"), ',');
        SET "s" = substr("s", ("pos"::bigint + 1)::int);
        IF ("pos" = 0) THEN
            LEAVE godwit_l1;
        END IF;
    END LOOP godwit_l1;
    godwit_l2: LOOP
        SET "n" = "n"::bigint + 10;
        IF ("n" > 30) THEN
            SET "done" = 1;
        END IF;
        IF ("done" <> 0) THEN
            LEAVE godwit_l2;
        END IF;
    END LOOP godwit_l2;
    RETURN "n";
END;

-- case: arguments of other types, and values rounded on their way
CREATE PROCEDURE "halved"("k" smallint, INOUT "v" numeric(8,2), OUT "w" numeric(6,1)) SQL SECURITY DEFINER
BEGIN
    SET "v" = round("v" / nullif("k", 0), 6)::numeric(8,2);
    SELECT round(max("products"."price") / 3, 6) FROM "products" INTO "w";
    SET "w" = "w"::numeric(6,1);
END;
CREATE PROCEDURE "halves"(OUT "a" numeric(8,1), OUT "b" numeric(6,1)) SQL SECURITY DEFINER
BEGIN
    DECLARE "i" integer DEFAULT 1;
    SET "a" = 10.55::numeric(8,1);
    CALL "halved"(("i"::bigint + 1)::smallint, "a", "b");
    SET "a" = "a"::numeric(8,1), "b" = "b"::numeric(6,1);
END;
-- note: line 5: a CALL with variables for OUT parameters is refused where dolphin.sql_mode has block_return_multi_results

-- case: return in a loop beside a handler
CREATE FUNCTION "first_over"("lim" integer) RETURNS integer READS SQL DATA SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_result" integer;
    godwit_body: LOOP
        BEGIN
            DECLARE "v" integer;
            DECLARE "c" CURSOR FOR SELECT "numbers"."n" FROM "numbers" ORDER BY "numbers"."n";
            DECLARE EXIT HANDLER FOR SQLEXCEPTION
            BEGIN
                SET "godwit_result" = -1;
                LEAVE godwit_body;
            END;
            OPEN "c";
            LOOP
                FETCH "c" INTO "v";
                IF NOT found THEN
                    SET "godwit_result" = 0;
                    LEAVE godwit_body;
                END IF;
                IF ("v" > "lim") THEN
                    CLOSE "c";
                    SET "godwit_result" = "v";
                    LEAVE godwit_body;
                END IF;
            END LOOP;
        END;
        LEAVE godwit_body;
    END LOOP godwit_body;
    RETURN "godwit_result";
END;
-- note: line 1: FETCH wants b_format_behavior_compat_options without fetch in the session, as it is by default

-- case: variables of a block beside an outer handler
CREATE PROCEDURE "turns"(OUT "r" varchar(100)) SQL SECURITY DEFINER
BEGIN
    DECLARE "i" integer DEFAULT 0;
    DECLARE CONTINUE HANDLER FOR SQLEXCEPTION
    BEGIN
        SET "r" = concat("r", 'error ');
    END;
    SET "r" = '';
    WHILE ("i" < 3) DO
        BEGIN
            DECLARE "k" integer;
            DECLARE "s" varchar(10);
            SET "k" = 5, "s" = NULL;
            SET "k" = "k"::bigint + "i";
            SET "r" = concat("r", "k", ifnull("s", '-'), ' ');
            SET "s" = 'x';
            INSERT INTO "counters" ("name", "hits") VALUES ('home', 1);
        END;
        SET "i" = "i"::bigint + 1;
    END WHILE;
END;

-- case: an exit handler for not found of a block in a loop
CREATE PROCEDURE "looked_up"(OUT "r" varchar(200)) SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_2" varchar(40);
    DECLARE "i" integer DEFAULT 0;
    SET "r" = '';
    WHILE ("i" < 6) DO
        SET "i" = "i"::bigint + 2;
        godwit_l1: LOOP
            BEGIN
                DECLARE "who" varchar(40);
                SELECT "customers"."name" FROM "customers" WHERE "customers"."id" = "i" INTO "godwit_2";
                IF found THEN
                    SET "who" = "godwit_2";
                ELSE
                    SET "r" = concat("r", '- ');
                    LEAVE godwit_l1;
                END IF;
                SET "r" = concat("r", "who", ' ');
            END;
            LEAVE godwit_l1;
        END LOOP godwit_l1;
    END WHILE;
END;

-- case: user variables and others in one set
CREATE PROCEDURE "mixed_set"(OUT "a" integer) SQL SECURITY DEFINER
BEGIN
    DECLARE "b" integer;
    SET "b" = 2;
    SET @u = 3;
    SET "a" = "b"::bigint + 1;
    SET @w = 4;
    SET "a" = ("a"::bigint + @u) + @w;
END;
-- note: line 4: user variables want enable_set_variable_b_format = on in the session

-- case: names in other spellings
CREATE PROCEDURE "spelled"(OUT "k" integer) SQL SECURITY DEFINER
BEGIN
    DECLARE "v" integer;
    DECLARE "cur" CURSOR FOR SELECT max("numbers"."n") AS "max(n)" FROM "numbers";
    OPEN "cur";
    FETCH "cur" INTO "v";
    IF NOT found THEN
        SIGNAL SQLSTATE '02000' SET MESSAGE_TEXT = 'No data - zero rows fetched, selected, or processed';
    END IF;
    CLOSE "cur";
    SET "k" = "v";
END;
-- note: line 1: FETCH wants b_format_behavior_compat_options without fetch in the session, as it is by default

-- case: a handler for an error and for not found
CREATE PROCEDURE "either"("p" integer, OUT "r" varchar(40)) SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_1" varchar(40);
    DECLARE CONTINUE HANDLER FOR SQLSTATE '23000', SQLSTATE '23505', SQLSTATE '23503', SQLSTATE '23502'
    BEGIN
        SET "r" = concat(ifnull("r", ''), 'x');
    END;
    SELECT "customers"."name" FROM "customers" WHERE "customers"."id" = "p" INTO "godwit_1";
    IF found THEN
        SET "r" = "godwit_1";
    ELSE
        SET "r" = concat(ifnull("r", ''), 'x');
    END IF;
    INSERT INTO "counters" ("name", "hits") VALUES ('home', 1);
    SET "r" = concat("r", '.');
END;

-- case: select into user variables that finds nothing
CREATE PROCEDURE "kept"(OUT "r" varchar(60)) SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_1" text;
    DECLARE "godwit_2" bigint;
    DECLARE "godwit_3" text;
    DECLARE "godwit_4" bigint;
    SET @who = 'nobody', @long = 0;
    SELECT "customers"."name", char_length("customers"."name") FROM "customers" WHERE "customers"."id" = 1 INTO "godwit_1", "godwit_2";
    IF found THEN
        SET @who = "godwit_1", @long = "godwit_2";
    END IF;
    SET "r" = concat(@who, ' ', @long);
    SELECT "customers"."name", char_length("customers"."name") FROM "customers" WHERE "customers"."id" = 100 INTO "godwit_3", "godwit_4";
    IF found THEN
        SET @who = "godwit_3", @long = "godwit_4";
    END IF;
    SET "r" = concat("r", ', ', @who, ' ', @long);
END;
-- note: line 3: user variables want enable_set_variable_b_format = on in the session
-- note: line 4: user variables want enable_set_variable_b_format = on in the session
-- note: line 6: user variables want enable_set_variable_b_format = on in the session

-- case: a block behind a condition that holds a case
CREATE PROCEDURE "behind_case"("k" integer, OUT "r" varchar(20)) SQL SECURITY DEFINER
BEGIN
    SET "r" = 'no';
    IF (CASE "k" WHEN 1 THEN 1 ELSE 0 END <> 0) THEN
        NULL;
        BEGIN
            DECLARE "s" varchar(10) DEFAULT 'yes';
            SET "r" = "s";
        END;
    END IF;
END;
