-- case: order placed, stock taken, all or nothing
CREATE PROCEDURE "place_order"("p_customer" integer, "p_product" integer, "p_qty" integer, OUT "p_order" integer, OUT "p_message" varchar) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
    godwit_last_id bigint;
BEGIN
    <<"block_1">>
    DECLARE
        "v_stock" integer;
        "v_price" numeric(10,2);
    BEGIN
        BEGIN
            SELECT "products"."stock" AS f1, "products"."price" AS f2 FROM "products" WHERE "products"."id" = "p_product" FOR UPDATE INTO godwit_row;
            IF FOUND THEN
                "v_stock" := godwit_row.f1;
                "v_price" := godwit_row.f2;
            END IF;
        EXCEPTION
            WHEN OTHERS THEN
                "p_message" := SQLERRM;
                "p_order" := NULL;
                EXIT "block_1";
        END;
        IF "v_stock" IS NULL THEN
            BEGIN
                RAISE EXCEPTION USING ERRCODE = '45000', MESSAGE = 'no such product';
            EXCEPTION
                WHEN OTHERS THEN
                    "p_message" := SQLERRM;
                    "p_order" := NULL;
                    EXIT "block_1";
            END;
        ELSIF "v_stock" < "p_qty" THEN
            BEGIN
                RAISE EXCEPTION USING ERRCODE = '45000', MESSAGE = 'not enough in stock';
            EXCEPTION
                WHEN OTHERS THEN
                    "p_message" := SQLERRM;
                    "p_order" := NULL;
                    EXIT "block_1";
            END;
        END IF;
        BEGIN
            INSERT INTO "orders" ("customer_id", "status", "placed", "note") VALUES ("p_customer", 'new', TIMESTAMP '2024-06-01 10:00:00', NULL) RETURNING "id" INTO godwit_last_id;
        EXCEPTION
            WHEN OTHERS THEN
                "p_message" := SQLERRM;
                "p_order" := NULL;
                EXIT "block_1";
        END;
        "p_order" := coalesce(godwit_last_id, godwit_compat.last_insert_id());
        BEGIN
            INSERT INTO "order_lines" ("order_id", "line_no", "product_id", "qty", "price") VALUES ("p_order", 1, "p_product", "p_qty", "v_price");
        EXCEPTION
            WHEN OTHERS THEN
                "p_message" := SQLERRM;
                "p_order" := NULL;
                EXIT "block_1";
        END;
        BEGIN
            UPDATE "products" SET "stock" = "products"."stock"::bigint - "p_qty" WHERE "products"."id" = "p_product";
        EXCEPTION
            WHEN OTHERS THEN
                "p_message" := SQLERRM;
                "p_order" := NULL;
                EXIT "block_1";
        END;
        BEGIN
            "p_message" := 'order ' || "p_order"::text || ' of ' || round("p_qty" * "v_price", 2)::text;
        EXCEPTION
            WHEN OTHERS THEN
                "p_message" := SQLERRM;
                "p_order" := NULL;
                EXIT "block_1";
        END;
    END "block_1";
END;
$godwit$;

-- case: a string taken apart
CREATE PROCEDURE "split_into_log"("list" varchar, INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "pos" integer;
    "part" varchar(50);
    "n" integer := 0;
BEGIN
    "list" := btrim("list", ',') || ',';
    WHILE char_length("list") > 0 LOOP
        "pos" := strpos(lower("list"), ',');
        "part" := btrim(left("list", CASE WHEN ("pos"::bigint - 1)::int < 0 THEN 0 ELSE ("pos"::bigint - 1)::int END), ' ');
        "list" := CASE WHEN ("pos"::bigint + 1)::int > 0 THEN substr("list", ("pos"::bigint + 1)::int) WHEN ("pos"::bigint + 1)::int < 0 AND char_length("list") + ("pos"::bigint + 1)::int >= 0 THEN substr("list", char_length("list") + ("pos"::bigint + 1)::int + 1) WHEN ("pos"::bigint + 1)::int IS NOT NULL AND "list" IS NOT NULL THEN '' END;
        IF "part" <> '' THEN
            "n" := "n"::bigint + 1;
            INSERT INTO "log_entries" ("what", "n") VALUES ("part", "n");
        END IF;
    END LOOP;
    OPEN result_1 FOR SELECT "log_entries"."what", "block_1"."n" FROM "log_entries" ORDER BY "log_entries"."id";
END "block_1";
$godwit$;
-- note: line 11: text is compared by the target's collation, which may tell apart what the source's does not (case, accents)

-- case: salaries raised by department, with a cursor and a limit
CREATE PROCEDURE "raise_salaries"("p_dept" varchar, "p_percent" numeric, "p_budget" integer, OUT "spent" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    <<"block_1">>
    DECLARE
        "done" integer := 0;
        "v_id" integer;
        "v_salary" integer;
        "v_more" integer;
        "c" CURSOR FOR SELECT "employees"."id" AS f1, "employees"."salary" AS f2 FROM "employees" WHERE ("employees"."dept" = "p_dept") AND ("employees"."salary" IS NOT NULL) ORDER BY "employees"."salary" NULLS FIRST, "employees"."id";
    BEGIN
        "spent" := 0;
        "c" := NULL;
        OPEN "c";
        <<"raise_loop">>
        LOOP
            FETCH "c" INTO godwit_row;
            IF FOUND THEN
                "v_id" := godwit_row.f1;
                "v_salary" := godwit_row.f2;
            ELSE
                "done" := 1;
            END IF;
            IF NOT ("done" <> 0) THEN
                "v_more" := round(round(("v_salary" * "p_percent")::numeric(95,14) / 100, 6), 0);
                IF ("spent"::bigint + "v_more") > "p_budget" THEN
                    EXIT "raise_loop";
                END IF;
                UPDATE "employees" SET "salary" = "employees"."salary"::bigint + "v_more" WHERE "employees"."id" = "v_id";
                "spent" := "spent"::bigint + "v_more";
            END IF;
            EXIT WHEN "done" <> 0;
        END LOOP "raise_loop";
        CLOSE "c";
    END "block_1";
END;
$godwit$;
-- note: line 5: text is compared by the target's collation, which may tell apart what the source's does not (case, accents)

-- case: days between two dates
CREATE PROCEDURE "calendar"("d1" date, "d2" date, INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    DROP TABLE IF EXISTS pg_temp."days";
    CREATE TEMPORARY TABLE "days" ("d" date NOT NULL PRIMARY KEY, "name" varchar(20), "weekend" smallint);
    WHILE "d1" <= "d2" LOOP
        INSERT INTO "days" ("d", "name", "weekend") VALUES ("d1", to_char("d1"::timestamp, 'FMDay'), ((extract(dow FROM "d1")::int + 1) IN (1, 7))::int);
        "d1" := ("d1" + INTERVAL '1 day')::date;
    END LOOP;
    OPEN result_1 FOR SELECT "days"."weekend", count(*) AS "n", min("days"."d") AS "first", string_agg(left("days"."name", 2), ',' ORDER BY "days"."d" NULLS FIRST) AS "names" FROM "days" GROUP BY "days"."weekend" ORDER BY "days"."weekend" NULLS FIRST;
END;
$godwit$;

-- case: chain of bosses
CREATE FUNCTION "boss_chain"("p" integer) RETURNS varchar LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    <<"block_1">>
    DECLARE
        "r" varchar(200) := '';
        "v_name" varchar(40);
        "boss" integer;
    BEGIN
        WHILE "p" IS NOT NULL LOOP
            SELECT "employees"."name" AS f1, "employees"."boss_id" AS f2 FROM "employees" WHERE "employees"."id" = "p" INTO godwit_row;
            IF FOUND THEN
                "v_name" := godwit_row.f1;
                "boss" := godwit_row.f2;
            END IF;
            "r" := CASE WHEN "r" = '' THEN "v_name" ELSE "r" || ' < ' || "v_name" END;
            "p" := "boss";
        END LOOP;
        RETURN "r";
    END "block_1";
END;
$godwit$;
-- note: line 8: text is compared by the target's collation, which may tell apart what the source's does not (case, accents)

-- case: errors are told to the caller
CREATE PROCEDURE "logged_insert"("p_name" varchar, INOUT result_1 refcursor DEFAULT NULL, INOUT result_2 refcursor DEFAULT NULL, INOUT result_3 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
BEGIN
    BEGIN
        INSERT INTO "counters" ("name", "hits") VALUES ("p_name", 0);
    EXCEPTION
        WHEN OTHERS THEN
            <<"block_2">>
            DECLARE
                "s" char(5);
                "n" integer;
            BEGIN
                "s" := CASE WHEN left(SQLSTATE, 2) = '23' THEN '23000' ELSE SQLSTATE END;
                "n" := CASE SQLSTATE WHEN '23505' THEN 1062 WHEN '23503' THEN 1452 WHEN '23502' THEN 1048 WHEN '23514' THEN 3819 WHEN '22001' THEN 1406 WHEN '22003' THEN 1264 WHEN '45000' THEN 1644 WHEN '40P01' THEN 1213 ELSE 1105 END;
                OPEN result_1 FOR SELECT "s" AS "state", "n" AS "number";
            END "block_2";
            EXIT "block_1";
    END;
    BEGIN
        OPEN result_2 FOR SELECT "counters"."hits" FROM "counters" WHERE "counters"."name" = "p_name";
    EXCEPTION
        WHEN OTHERS THEN
            <<"block_3">>
            DECLARE
                "s" char(5);
                "n" integer;
            BEGIN
                "s" := CASE WHEN left(SQLSTATE, 2) = '23' THEN '23000' ELSE SQLSTATE END;
                "n" := CASE SQLSTATE WHEN '23505' THEN 1062 WHEN '23503' THEN 1452 WHEN '23502' THEN 1048 WHEN '23514' THEN 3819 WHEN '22001' THEN 1406 WHEN '22003' THEN 1264 WHEN '45000' THEN 1644 WHEN '40P01' THEN 1213 ELSE 1105 END;
                OPEN result_3 FOR SELECT "s" AS "state", "n" AS "number";
            END "block_3";
            EXIT "block_1";
    END;
END "block_1";
$godwit$;
-- note: line 11: text is compared by the target's collation, which may tell apart what the source's does not (case, accents)

-- case: retried until it works
CREATE PROCEDURE "first_free"(INOUT "p_id" integer, OUT "tries" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "again" smallint := 1;
BEGIN
    "tries" := 0;
    WHILE "again" <> 0 LOOP
        BEGIN
            "again" := 0;
            "tries" := "tries"::bigint + 1;
        EXCEPTION
            WHEN SQLSTATE '23505' THEN
                "again" := 1;
                "p_id" := "p_id"::bigint + 1;
        END;
        BEGIN
            INSERT INTO "numbers" ("n") VALUES ("p_id");
        EXCEPTION
            WHEN SQLSTATE '23505' THEN
                "again" := 1;
                "p_id" := "p_id"::bigint + 1;
        END;
    END LOOP;
END "block_1";
$godwit$;

-- case: a report with several sets
CREATE PROCEDURE "sales_report"("p_year" integer, INOUT result_1 refcursor DEFAULT NULL, INOUT result_2 refcursor DEFAULT NULL, INOUT result_3 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    OPEN result_1 FOR SELECT "p_year" AS "year", count(DISTINCT "o"."customer_id") AS "customers", count(DISTINCT "o"."id") AS "orders", coalesce(sum("l"."qty" * "l"."price"), 0) AS "turnover" FROM "orders" AS "o" LEFT JOIN "order_lines" AS "l" ON "l"."order_id" = "o"."id" WHERE extract(year FROM "o"."placed")::int = "p_year";
    OPEN result_2 FOR SELECT to_char("o"."placed", 'YYYY"-"MM') AS "month", "o"."status", count(*) AS "n" FROM "orders" AS "o" WHERE extract(year FROM "o"."placed")::int = "p_year" GROUP BY to_char("o"."placed", 'YYYY"-"MM'), "o"."status" ORDER BY "month" NULLS FIRST, CASE "o"."status"::text WHEN 'new' THEN 1 WHEN 'paid' THEN 2 WHEN 'sent' THEN 3 WHEN 'gone' THEN 4 WHEN '' THEN 0 END;
    OPEN result_3 FOR SELECT "c"."name", sum("l"."qty" * "l"."price") AS "sum", rank() OVER (ORDER BY sum("l"."qty" * "l"."price") DESC NULLS LAST) AS "place" FROM "customers" AS "c" JOIN "orders" AS "o" ON "o"."customer_id" = "c"."id" JOIN "order_lines" AS "l" ON "l"."order_id" = "o"."id" WHERE "o"."placed" BETWEEN godwit_compat.to_datetime("p_year"::text || '-01-01') AND godwit_compat.to_datetime("p_year"::text || '-12-31 23:59:59') GROUP BY "c"."id", "c"."name" ORDER BY "place" NULLS FIRST, "c"."name";
END;
$godwit$;

-- case: a number in roman letters
CREATE FUNCTION "roman"("n" integer) RETURNS varchar LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "r" varchar(30) := '';
    "i" integer := 1;
    "v" integer;
BEGIN
    WHILE "n" > 0 LOOP
        "v" := regexp_replace(CASE "i" WHEN 1 THEN '1000' WHEN 2 THEN '900' WHEN 3 THEN '500' WHEN 4 THEN '400' WHEN 5 THEN '100' WHEN 6 THEN '90' WHEN 7 THEN '50' WHEN 8 THEN '40' WHEN 9 THEN '10' WHEN 10 THEN '9' WHEN 11 THEN '5' WHEN 12 THEN '4' WHEN 13 THEN '1' END, '^\s*([-+]?)([0-9]*\.?[0-9]*(?:[eE][-+]?[0-9]+)?).*$', '\10\2')::float8;
        WHILE "n" >= "v" LOOP
            "r" := "r" || CASE "i" WHEN 1 THEN 'M' WHEN 2 THEN 'CM' WHEN 3 THEN 'D' WHEN 4 THEN 'CD' WHEN 5 THEN 'C' WHEN 6 THEN 'XC' WHEN 7 THEN 'L' WHEN 8 THEN 'XL' WHEN 9 THEN 'X' WHEN 10 THEN 'IX' WHEN 11 THEN 'V' WHEN 12 THEN 'IV' WHEN 13 THEN 'I' END;
            "n" := "n"::bigint - "v";
        END LOOP;
        "i" := "i"::bigint + 1;
    END LOOP;
    RETURN "r";
END "block_1";
$godwit$;

-- case: audit of changes with an action
CREATE FUNCTION "employees_au"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    <<"block_1">>
    DECLARE
        "changed" varchar(200) := '';
    BEGIN
        IF NOT (OLD."salary" IS NOT DISTINCT FROM NEW."salary") THEN
            "changed" := concat_ws(' ', "changed", 'salary', coalesce(OLD."salary"::text, 'none'), '->', coalesce(NEW."salary"::text, 'none'));
        END IF;
        IF NOT (OLD."dept" IS NOT DISTINCT FROM NEW."dept") THEN
            "changed" := concat_ws(' ', "changed", 'dept', coalesce(NEW."dept", 'none'));
        END IF;
        IF "changed" <> '' THEN
            INSERT INTO "log_entries" ("what", "n") VALUES (btrim("changed", ' '), NEW."id");
        END IF;
    END "block_1";
    RETURN NULL;
END;
$godwit$;
CREATE TRIGGER "employees_au" AFTER UPDATE ON "employees" FOR EACH ROW EXECUTE PROCEDURE "employees_au"();
-- note: line 7: text is compared by the target's collation, which may tell apart what the source's does not (case, accents)

-- case: balances kept by triggers of two tables
CREATE FUNCTION "orders_bi"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    <<"block_1">>
    DECLARE
        "v_credit" numeric(10,2);
    BEGIN
        SELECT "customers"."credit" AS f1 FROM "customers" WHERE "customers"."id" = NEW."customer_id" INTO godwit_row;
        IF FOUND THEN
            "v_credit" := godwit_row.f1;
        END IF;
        IF "v_credit" < 0 THEN
            RAISE EXCEPTION USING ERRCODE = '45000', MESSAGE = 'no credit';
        END IF;
        NEW."note" := coalesce(NEW."note", 'credit ' || "v_credit"::text);
    END "block_1";
    RETURN NEW;
END;
$godwit$;
CREATE TRIGGER "orders_bi" BEFORE INSERT ON "orders" FOR EACH ROW EXECUTE PROCEDURE "orders_bi"();
CREATE FUNCTION "lines_ai"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    UPDATE "customers" AS "c" SET "credit" = godwit.v1 FROM (SELECT "c".tableoid AS table_1, "c".ctid AS row_1, "c"."credit" - (NEW."qty" * NEW."price") AS v1 FROM "customers" AS "c" JOIN "orders" AS "o" ON "o"."customer_id" = "c"."id" WHERE "o"."id" = NEW."order_id") AS godwit WHERE "c".tableoid = godwit.table_1 AND "c".ctid = godwit.row_1;
    RETURN NULL;
END;
$godwit$;
CREATE TRIGGER "lines_ai" AFTER INSERT ON "order_lines" FOR EACH ROW EXECUTE PROCEDURE "lines_ai"();

-- case: a pivot
CREATE VIEW "v_pivot" AS SELECT "c"."name", sum(CASE WHEN "o"."status" = 'new' THEN 1 ELSE 0 END) AS "fresh", sum(CASE WHEN "o"."status" IN ('paid', 'sent') THEN 1 ELSE 0 END) AS "done", max("o"."placed") AS "last", count("o"."id") AS "total" FROM "customers" AS "c" LEFT JOIN "orders" AS "o" ON "o"."customer_id" = "c"."id" GROUP BY "c"."id";

-- case: latest row of each group
CREATE VIEW "v_latest" AS SELECT "o"."customer_id", "o"."id", "o"."placed" FROM "orders" AS "o" WHERE "o"."placed" = (SELECT max("i"."placed") FROM "orders" AS "i" WHERE "i"."customer_id" = "o"."customer_id");

-- case: gaps in numbers
SELECT "a"."n"::bigint + 1 AS "gap_from" FROM "numbers" AS "a" LEFT JOIN "numbers" AS "b" ON "b"."n" = ("a"."n"::bigint + 1) WHERE "b"."n" IS NULL ORDER BY 1 NULLS FIRST;

-- case: running balance and share
SELECT "accounts"."id", "accounts"."owner", "accounts"."balance", sum("accounts"."balance") OVER (ORDER BY "accounts"."id") AS "running", round(round((100 * "accounts"."balance")::numeric(95,14) / nullif((SELECT sum("accounts"."balance") FROM "accounts"), 0), 6), 1) AS "percent" FROM "accounts" ORDER BY "accounts"."id";

-- case: median
SELECT round(avg("x"."salary"), 4) AS "median" FROM (SELECT "employees"."salary", row_number() OVER (ORDER BY "employees"."salary" NULLS FIRST) AS "rn", count(*) OVER () AS "c" FROM "employees" WHERE "employees"."salary" IS NOT NULL) AS "x" WHERE "x"."rn" IN (floor(round(("x"."c" + 1)::numeric(95,12) / 2, 4)), ceil(round(("x"."c" + 1)::numeric(95,12) / 2, 4)));

-- case: ages and quarters
SELECT "customers"."name", trunc((extract(year FROM age(DATE '2024-03-01'::timestamp, "customers"."born"::timestamp)) * 12 + extract(month FROM age(DATE '2024-03-01'::timestamp, "customers"."born"::timestamp)))::numeric / 12)::int AS "age", extract(year FROM "customers"."born")::int::text || '-Q' || extract(quarter FROM "customers"."born")::int::text AS "q" FROM "customers" WHERE "customers"."born" IS NOT NULL ORDER BY "customers"."born" NULLS FIRST;

-- case: masked addresses
SELECT left("customers"."email", 1) || repeat('*', (strpos(lower("customers"."email"), '@')::bigint - 2)::int) || CASE WHEN strpos(lower("customers"."email"), '@') > 0 THEN substr("customers"."email", strpos(lower("customers"."email"), '@')) WHEN strpos(lower("customers"."email"), '@') < 0 AND char_length("customers"."email") + strpos(lower("customers"."email"), '@') >= 0 THEN substr("customers"."email", char_length("customers"."email") + strpos(lower("customers"."email"), '@') + 1) WHEN strpos(lower("customers"."email"), '@') IS NOT NULL AND "customers"."email" IS NOT NULL THEN '' END AS "m" FROM "customers" WHERE "customers"."email" IS NOT NULL ORDER BY "customers"."id";

-- case: duplicates found
SELECT "employees"."salary", count(*) AS "c", string_agg("employees"."name", ', ' ORDER BY "employees"."name") AS "who" FROM "employees" GROUP BY "employees"."salary" HAVING count(*) > 1;

-- case: products never ordered
SELECT "p"."name" FROM "products" AS "p" WHERE NOT (EXISTS (SELECT "l"."order_id", "l"."line_no", "l"."product_id", "l"."qty", "l"."price" FROM "order_lines" AS "l" WHERE ("l"."product_id" = "p"."id") AND ("l"."qty" > 5))) ORDER BY "p"."name";

-- case: months without gaps
WITH RECURSIVE "m" AS (SELECT DATE '2023-04-01'::date AS "d" UNION ALL SELECT ("m"."d" + INTERVAL '1 month')::date::date FROM "m" WHERE "m"."d" < DATE '2023-08-01') SELECT to_char("m"."d", 'Mon" "YYYY') AS "month", count("o"."id") AS "orders" FROM "m" LEFT JOIN "orders" AS "o" ON ("o"."placed" >= "m"."d"::timestamp) AND ("o"."placed" < ("m"."d" + INTERVAL '1 month')::date::timestamp) GROUP BY "m"."d" ORDER BY "m"."d" NULLS FIRST;

-- case: insert of the missing ones
INSERT INTO "counters" ("name", "hits", "last_hit") SELECT "a"."owner", 0, NULL FROM "accounts" AS "a" LEFT JOIN "counters" AS "k" ON "k"."name" = "a"."owner" WHERE "k"."name" IS NULL;
-- note: line 1: text is compared by the target's collation, which may tell apart what the source's does not (case, accents)

-- case: delete all but the newest
DELETE FROM "orders" AS "o" USING (SELECT "o".tableoid AS godwit_table, "o".ctid AS godwit_row FROM "orders" AS "o" JOIN (SELECT "orders"."customer_id", max("orders"."id") AS "keep_id" FROM "orders" GROUP BY "orders"."customer_id") AS "k" ON ("k"."customer_id" = "o"."customer_id") AND ("o"."id" < "k"."keep_id")) AS godwit WHERE "o".tableoid = godwit.godwit_table AND "o".ctid = godwit.godwit_row;
