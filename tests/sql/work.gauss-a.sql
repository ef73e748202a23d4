-- case: order placed, stock taken, all or nothing
-- refused: not carried, line 20, column 21: CONCAT: an A database takes NULL and '' for the same value

-- case: a string taken apart
-- refused: not carried, line 6, column 16: CONCAT: an A database takes NULL and '' for the same value

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
CREATE PROCEDURE "calendar"("d1" timestamp, "d2" timestamp, INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    IF EXISTS (SELECT 1 FROM pg_class WHERE relname = 'days' AND relnamespace = pg_my_temp_schema()) THEN
        DROP TABLE pg_temp."days";
    END IF;
    CREATE TEMPORARY TABLE "days" ("d" timestamp(0) NOT NULL PRIMARY KEY, "name" varchar(80), "weekend" smallint);
    WHILE "d1" <= "d2" LOOP
        INSERT INTO "days" ("d", "name", "weekend") VALUES ("d1"::timestamp, to_char("d1"::timestamp, 'FMDay'), ((extract(dow FROM "d1")::int + 1) IN (1, 7))::int);
        "d1" := date_trunc('day', "d1" + INTERVAL '1 day')::timestamp;
    END LOOP;
    OPEN result_1 FOR SELECT "days"."weekend", count(*) AS "n", min("days"."d") AS "first", string_agg(left("days"."name", 2), ',' ORDER BY "days"."d" NULLS FIRST) AS "names" FROM "days" GROUP BY "days"."weekend" ORDER BY "days"."weekend" NULLS FIRST;
END;
$godwit$;

-- case: chain of bosses
-- refused: not carried, line 3, column 36: an empty string, which an A database takes for NULL

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
                "s" char(20);
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
                "s" char(20);
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
-- refused: not carried, line 8, column 28: CONCAT: an A database takes NULL and '' for the same value

-- case: a number in roman letters
-- refused: not carried, line 3, column 35: an empty string, which an A database takes for NULL

-- case: audit of changes with an action
-- refused: not carried, line 3, column 42: an empty string, which an A database takes for NULL

-- case: balances kept by triggers of two tables
-- refused: not carried, line 8, column 39: CONCAT: an A database takes NULL and '' for the same value
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
-- refused: not carried, line 1, column 62: CONCAT: an A database takes NULL and '' for the same value

-- case: masked addresses
-- refused: not carried, line 1, column 68: SUBSTRING from the end in an A database, where '' is NULL

-- case: duplicates found
SELECT "employees"."salary", count(*) AS "c", string_agg("employees"."name", ', ' ORDER BY "employees"."name") AS "who" FROM "employees" GROUP BY "employees"."salary" HAVING count(*) > 1;

-- case: products never ordered
SELECT "p"."name" FROM "products" AS "p" WHERE NOT (EXISTS (SELECT "l"."order_id", "l"."line_no", "l"."product_id", "l"."qty", "l"."price" FROM "order_lines" AS "l" WHERE ("l"."product_id" = "p"."id") AND ("l"."qty" > 5))) ORDER BY "p"."name";

-- case: months without gaps
WITH RECURSIVE "m" AS (SELECT DATE '2023-04-01'::date AS "d" UNION ALL SELECT date_trunc('day', "m"."d" + INTERVAL '1 month')::date FROM "m" WHERE "m"."d" < DATE '2023-08-01') SELECT to_char("m"."d", 'Mon" "YYYY') AS "month", count("o"."id") AS "orders" FROM "m" LEFT JOIN "orders" AS "o" ON ("o"."placed" >= "m"."d"::timestamp) AND ("o"."placed" < date_trunc('day', "m"."d" + INTERVAL '1 month')::timestamp) GROUP BY "m"."d" ORDER BY "m"."d" NULLS FIRST;

-- case: insert of the missing ones
INSERT INTO "counters" ("name", "hits", "last_hit") SELECT "a"."owner", 0, NULL FROM "accounts" AS "a" LEFT JOIN "counters" AS "k" ON "k"."name" = "a"."owner" WHERE "k"."name" IS NULL;
-- note: line 1: text is compared by the target's collation, which may tell apart what the source's does not (case, accents)

-- case: delete all but the newest
DELETE FROM "orders" AS "o" USING (SELECT "o".tableoid AS godwit_table, "o".ctid AS godwit_row FROM "orders" AS "o" JOIN (SELECT "orders"."customer_id", max("orders"."id") AS "keep_id" FROM "orders" GROUP BY "orders"."customer_id") AS "k" ON ("k"."customer_id" = "o"."customer_id") AND ("o"."id" < "k"."keep_id")) AS godwit WHERE "o".tableoid = godwit.godwit_table AND "o".ctid = godwit.godwit_row;
