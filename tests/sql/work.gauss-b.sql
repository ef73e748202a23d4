-- case: order placed, stock taken, all or nothing
CREATE PROCEDURE "place_order"("p_customer" integer, "p_product" integer, "p_qty" integer, OUT "p_order" integer, OUT "p_message" varchar(100)) SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_1" integer;
    DECLARE "godwit_2" numeric(10,2);
    DECLARE "v_stock" integer;
    DECLARE "v_price" numeric(10,2);
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET STACKED DIAGNOSTICS CONDITION 1 "p_message" = message_text;
        SET "p_order" = NULL;
    END;
    SELECT "products"."stock", "products"."price" FROM "products" WHERE "products"."id" = "p_product" FOR UPDATE INTO "godwit_1", "godwit_2";
    IF found THEN
        SET "v_stock" = "godwit_1", "v_price" = "godwit_2";
    END IF;
    IF ("v_stock" IS NULL) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no such product';
    ELSEIF ("v_stock" < "p_qty") THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not enough in stock';
    END IF;
    INSERT INTO "orders" ("customer_id", "status", "placed", "note") VALUES ("p_customer", 'new', '2024-06-01 10:00:00'::timestamp(6) without time zone, NULL);
    SET "p_order" = last_insert_id()::bigint;
    INSERT INTO "order_lines" ("order_id", "line_no", "product_id", "qty", "price") VALUES ("p_order", 1, "p_product", "p_qty", "v_price");
    UPDATE "products" SET "stock" = "products"."stock"::bigint - "p_qty" WHERE "products"."id" = "p_product";
    SET "p_message" = concat('order ', "p_order", ' of ', "p_qty"::bigint * "v_price");
END;

-- case: a string taken apart
CREATE PROCEDURE "split_into_log"("list" varchar(200)) SQL SECURITY DEFINER
BEGIN
    DECLARE "pos" integer;
    DECLARE "part" varchar(50);
    DECLARE "godwit_v_n" integer DEFAULT 0;
    SET "list" = concat(btrim("list", ','), ',');
    WHILE (char_length("list") > 0) DO
        SET "pos" = strpos(lower("list"), ',');
        SET "part" = btrim(left("list", CASE WHEN ("pos"::bigint - 1)::int < 0 THEN 0 ELSE ("pos"::bigint - 1)::int END), ' ');
        SET "list" = substr("list", ("pos"::bigint + 1)::int);
        IF ("part" <> '') THEN
            SET "godwit_v_n" = "godwit_v_n"::bigint + 1;
            INSERT INTO "log_entries" ("what", "n") VALUES ("part", "godwit_v_n");
        END IF;
    END WHILE;
    SELECT "log_entries"."what", "godwit_v_n" AS "n" FROM "log_entries" ORDER BY "log_entries"."id";
END;
-- note: line 16: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: salaries raised by department, with a cursor and a limit
CREATE PROCEDURE "raise_salaries"("p_dept" varchar(20), "p_percent" numeric(5,2), "p_budget" integer, OUT "spent" integer) SQL SECURITY DEFINER
BEGIN
    DECLARE "done" integer DEFAULT 0;
    DECLARE "v_id", "v_salary", "v_more" integer;
    DECLARE "c" CURSOR FOR SELECT "employees"."id", "employees"."salary" FROM "employees" WHERE ("employees"."dept" = "p_dept") AND ("employees"."salary" IS NOT NULL) ORDER BY "employees"."salary" NULLS FIRST, "employees"."id";
    SET "spent" = 0;
    OPEN "c";
    raise_loop: LOOP
        FETCH "c" INTO "v_id", "v_salary";
        IF NOT found THEN
            SET "done" = 1;
        END IF;
        IF (NOT ("done" <> 0)) THEN
            SET "v_more" = round(round(("v_salary"::bigint * "p_percent") / 100, 6));
            IF (("spent"::bigint + "v_more") > "p_budget") THEN
                LEAVE raise_loop;
            END IF;
            UPDATE "employees" SET "salary" = "employees"."salary"::bigint + "v_more" WHERE "employees"."id" = "v_id";
            SET "spent" = "spent"::bigint + "v_more";
        END IF;
        IF ("done" <> 0) THEN
            LEAVE raise_loop;
        END IF;
    END LOOP raise_loop;
    CLOSE "c";
END;
-- note: line 1: FETCH wants b_format_behavior_compat_options without fetch in the session, as it is by default

-- case: days between two dates
CREATE PROCEDURE "calendar"("d1" date, "d2" date) SQL SECURITY DEFINER
BEGIN
    DROP TEMPORARY TABLE IF EXISTS "days";
    CREATE TEMPORARY TABLE "days" ("d" date NOT NULL PRIMARY KEY, "name" varchar(20), "weekend" tinyint);
    WHILE ("d1" <= "d2") DO
        INSERT INTO "days" ("d", "name", "weekend") VALUES ("d1", to_char("d1"::timestamp(6) without time zone, 'FMDay'), ((date_part('dow', "d1")::int + 1) IN (1, 7))::int);
        SET "d1" = date_add("d1", interval 1 day)::date;
    END WHILE;
    SELECT "days"."weekend", count(*) AS "n", min("days"."d") AS "first", group_concat(left("days"."name", 2) ORDER BY "days"."d" NULLS FIRST) AS "names" FROM "days" GROUP BY "days"."weekend" ORDER BY "days"."weekend" NULLS FIRST;
END;
-- note: line 9: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: chain of bosses
CREATE FUNCTION "boss_chain"("p" integer) RETURNS varchar(200) READS SQL DATA SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_1" varchar(40);
    DECLARE "godwit_2" integer;
    DECLARE "r" varchar(200) DEFAULT '';
    DECLARE "v_name" varchar(40);
    DECLARE "boss" integer;
    WHILE ("p" IS NOT NULL) DO
        SELECT "employees"."name", "employees"."boss_id" FROM "employees" WHERE "employees"."id" = "p" INTO "godwit_1", "godwit_2";
        IF found THEN
            SET "v_name" = "godwit_1", "boss" = "godwit_2";
        END IF;
        SET "r" = CASE WHEN ("r" = '') THEN "v_name" ELSE concat("r", ' < ', "v_name") END;
        SET "p" = "boss";
    END WHILE;
    RETURN "r";
END;

-- case: errors are told to the caller
CREATE PROCEDURE "logged_insert"("p_name" varchar(20)) SQL SECURITY DEFINER
BEGIN
    DECLARE "godwit_state" text;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        BEGIN
            DECLARE "s" char(5);
            DECLARE "n" integer;
            GET STACKED DIAGNOSTICS CONDITION 1 "godwit_state" = RETURNED_SQLSTATE;
            SET "s" = CASE WHEN left("godwit_state", 2) = '23' THEN '23000' WHEN "godwit_state" = '40P01' THEN '40001' ELSE "godwit_state" END;
            SET "n" = CASE "godwit_state" WHEN '23505' THEN 1062 WHEN '23503' THEN 1452 WHEN '23502' THEN 1048 WHEN '23514' THEN 3819 WHEN '22001' THEN 1406 WHEN '22003' THEN 1264 WHEN '45000' THEN 1644 WHEN '40P01' THEN 1213 ELSE 1105 END;
            SELECT "s" AS "state", "n" AS "number";
        END;
    END;
    INSERT INTO "counters" ("name", "hits") VALUES ("p_name", 0);
    SELECT "counters"."hits" FROM "counters" WHERE "counters"."name" = "p_name";
END;
-- note: line 8: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes
-- note: line 11: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: retried until it works
CREATE PROCEDURE "first_free"(INOUT "p_id" integer, OUT "tries" integer) SQL SECURITY DEFINER
BEGIN
    DECLARE "again" tinyint DEFAULT 1;
    DECLARE CONTINUE HANDLER FOR SQLSTATE '23505'
    BEGIN
        SET "again" = 1;
        SET "p_id" = "p_id"::bigint + 1;
    END;
    SET "tries" = 0;
    WHILE ("again" <> 0) DO
        SET "again" = 0, "tries" = "tries"::bigint + 1;
        INSERT INTO "numbers" ("n") VALUES ("p_id");
    END WHILE;
END;

-- case: a report with several sets
CREATE PROCEDURE "sales_report"("p_year" integer) SQL SECURITY DEFINER
BEGIN
    SELECT "p_year" AS "year", count(DISTINCT "o"."customer_id") AS "customers", count(DISTINCT "o"."id") AS "orders", coalesce(sum("l"."qty"::bigint * "l"."price"), 0) AS "turnover" FROM "orders" AS "o" LEFT JOIN "order_lines" AS "l" ON "l"."order_id" = "o"."id" WHERE year("o"."placed") = "p_year";
    SELECT date_format((array_agg("o"."placed"))[1], '%Y-%m') AS "month", "o"."status", count(*) AS "n" FROM "orders" AS "o" WHERE year("o"."placed") = "p_year" GROUP BY date_format("o"."placed", '%Y-%m'), "o"."status" ORDER BY "month" NULLS FIRST, "o"."status";
    SELECT "c"."name", sum("l"."qty"::bigint * "l"."price") AS "sum", rank() OVER (ORDER BY sum("l"."qty"::bigint * "l"."price") DESC NULLS LAST) AS "place" FROM "customers" AS "c" JOIN "orders" AS "o" ON "o"."customer_id" = "c"."id" JOIN "order_lines" AS "l" ON "l"."order_id" = "o"."id" WHERE "o"."placed" BETWEEN concat("p_year", '-01-01') AND concat("p_year", '-12-31 23:59:59') GROUP BY "c"."id", "c"."name" ORDER BY "place" NULLS FIRST, "c"."name";
END;
-- note: line 3: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes
-- note: line 5: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes
-- note: line 6: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: a number in roman letters
CREATE FUNCTION "roman"("n" integer) RETURNS varchar(30) DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    DECLARE "r" varchar(30) DEFAULT '';
    DECLARE "i" integer DEFAULT 1;
    DECLARE "v" integer;
    WHILE ("n" > 0) DO
        SET "v" = CASE "i" WHEN 1 THEN '1000' WHEN 2 THEN '900' WHEN 3 THEN '500' WHEN 4 THEN '400' WHEN 5 THEN '100' WHEN 6 THEN '90' WHEN 7 THEN '50' WHEN 8 THEN '40' WHEN 9 THEN '10' WHEN 10 THEN '9' WHEN 11 THEN '5' WHEN 12 THEN '4' WHEN 13 THEN '1' END;
        WHILE ("n" >= "v") DO
            SET "r" = concat("r", CASE "i" WHEN 1 THEN 'M' WHEN 2 THEN 'CM' WHEN 3 THEN 'D' WHEN 4 THEN 'CD' WHEN 5 THEN 'C' WHEN 6 THEN 'XC' WHEN 7 THEN 'L' WHEN 8 THEN 'XL' WHEN 9 THEN 'X' WHEN 10 THEN 'IX' WHEN 11 THEN 'V' WHEN 12 THEN 'IV' WHEN 13 THEN 'I' END);
            SET "n" = "n"::bigint - "v";
        END WHILE;
        SET "i" = "i"::bigint + 1;
    END WHILE;
    RETURN "r";
END;

-- case: audit of changes with an action
CREATE TRIGGER "employees_au" AFTER UPDATE ON "employees" FOR EACH ROW
DECLARE "changed" varchar(200) DEFAULT '';
BEGIN
    IF (NOT (OLD."salary" IS NOT DISTINCT FROM NEW."salary")) THEN
        SET "changed" = concat_ws(' ', "changed", 'salary', ifnull(OLD."salary", 'none'), '->', ifnull(NEW."salary", 'none'));
    END IF;
    IF (NOT (OLD."dept" IS NOT DISTINCT FROM NEW."dept")) THEN
        SET "changed" = concat_ws(' ', "changed", 'dept', coalesce(NEW."dept", 'none'));
    END IF;
    IF ("changed" <> '') THEN
        INSERT INTO "log_entries" ("what", "n") VALUES (btrim("changed", ' '), NEW."id");
    END IF;
END;

-- case: balances kept by triggers of two tables
CREATE TRIGGER "orders_bi" BEFORE INSERT ON "orders" FOR EACH ROW
DECLARE "godwit_1" numeric(10,2);
DECLARE "v_credit" numeric(10,2);
BEGIN
    SELECT "customers"."credit" FROM "customers" WHERE "customers"."id" = NEW."customer_id" INTO "godwit_1";
    IF found THEN
        SET "v_credit" = "godwit_1";
    END IF;
    IF ("v_credit" < 0) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no credit';
    END IF;
    SET NEW."note" = coalesce(NEW."note", concat('credit ', "v_credit"));
END;
CREATE TRIGGER "lines_ai" AFTER INSERT ON "order_lines" FOR EACH ROW
BEGIN
    UPDATE "customers" AS "c" JOIN "orders" AS "o" ON "o"."customer_id" = "c"."id" SET "c"."credit" = "c"."credit" - (NEW."qty"::bigint * NEW."price") WHERE "o"."id" = NEW."order_id";
END;

-- case: a pivot
CREATE VIEW "v_pivot" AS SELECT "c"."name", sum(CASE WHEN (("o"."status" = 'new')) THEN 1 ELSE 0 END) AS "fresh", sum(CASE WHEN ("o"."status" IN ('paid', 'sent')) THEN 1 ELSE 0 END) AS "done", max("o"."placed") AS "last", count("o"."id") AS "total" FROM "customers" AS "c" LEFT JOIN "orders" AS "o" ON "o"."customer_id" = "c"."id" GROUP BY "c"."id";

-- case: latest row of each group
CREATE VIEW "v_latest" AS SELECT "o"."customer_id", "o"."id", "o"."placed" FROM "orders" AS "o" WHERE "o"."placed" = (SELECT max("i"."placed") FROM "orders" AS "i" WHERE "i"."customer_id" = "o"."customer_id");

-- case: gaps in numbers
SELECT "a"."n"::bigint + 1 AS "gap_from" FROM "numbers" AS "a" LEFT JOIN "numbers" AS "b" ON "b"."n" = ("a"."n"::bigint + 1) WHERE "b"."n" IS NULL ORDER BY 1 NULLS FIRST;

-- case: running balance and share
SELECT "accounts"."id", "accounts"."owner", "accounts"."balance", sum("accounts"."balance") OVER (ORDER BY "accounts"."id") AS "running", round(round((100 * "accounts"."balance") / nullif((SELECT sum("accounts"."balance") FROM "accounts"), 0), 6), 1) AS "percent" FROM "accounts" ORDER BY "accounts"."id";

-- case: median
SELECT round(avg("x"."salary"), 4) AS "median" FROM (SELECT "employees"."salary", row_number() OVER (ORDER BY "employees"."salary" NULLS FIRST) AS "rn", count(*) OVER () AS "c" FROM "employees" WHERE "employees"."salary" IS NOT NULL) AS "x" WHERE "x"."rn" IN (floor(round(("x"."c" + 1) / 2, 4)), ceil(round(("x"."c" + 1) / 2, 4)));

-- case: ages and quarters
SELECT "customers"."name", timestampdiff(year, ("customers"."born")::text, '2024-03-01') AS "age", concat(year("customers"."born"), '-Q', date_part('quarter', "customers"."born")::int) AS "q" FROM "customers" WHERE "customers"."born" IS NOT NULL ORDER BY "customers"."born" NULLS FIRST;

-- case: masked addresses
SELECT concat(left("customers"."email", 1), repeat('*', (strpos(lower("customers"."email"), '@') - 2)::int), substr("customers"."email", (strpos(lower("customers"."email"), '@'))::int)) AS "m" FROM "customers" WHERE "customers"."email" IS NOT NULL ORDER BY "customers"."id";

-- case: duplicates found
SELECT "employees"."salary", count(*) AS "c", group_concat("employees"."name" ORDER BY "employees"."name" SEPARATOR ', ') AS "who" FROM "employees" GROUP BY "employees"."salary" HAVING count(*) > 1;

-- case: products never ordered
SELECT "p"."name" FROM "products" AS "p" WHERE NOT ((EXISTS (SELECT "l"."order_id", "l"."line_no", "l"."product_id", "l"."qty", "l"."price" FROM "order_lines" AS "l" WHERE ("l"."product_id" = "p"."id") AND ("l"."qty" > 5))) <> 0) ORDER BY "p"."name";

-- case: months without gaps
WITH RECURSIVE "m" AS (SELECT '2023-04-01'::date::date AS "d" UNION ALL SELECT date_add("m"."d", interval 1 month)::date::date FROM "m" WHERE "m"."d" < '2023-08-01') SELECT date_format("m"."d", '%b %Y') AS "month", count("o"."id") AS "orders" FROM "m" LEFT JOIN "orders" AS "o" ON ("o"."placed" >= "m"."d") AND ("o"."placed" < date_add("m"."d", interval 1 month)::date) GROUP BY "m"."d" ORDER BY "m"."d" NULLS FIRST;

-- case: insert of the missing ones
INSERT INTO "counters" ("name", "hits", "last_hit") SELECT "a"."owner", 0, NULL FROM "accounts" AS "a" LEFT JOIN "counters" AS "k" ON "k"."name" = "a"."owner" WHERE "k"."name" IS NULL;

-- case: delete all but the newest
DELETE "o" FROM "orders" AS "o" JOIN (SELECT "orders"."customer_id", max("orders"."id") AS "keep_id" FROM "orders" GROUP BY "orders"."customer_id") AS "k" ON ("k"."customer_id" = "o"."customer_id") AND ("o"."id" < "k"."keep_id");
