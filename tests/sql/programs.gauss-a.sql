-- case: a function of one expression
CREATE FUNCTION "twice"("x" integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
BEGIN
    RETURN "x"::bigint * 2;
END;
$godwit$;

-- case: a function with strings
-- refused: not carried, line 4, column 29: an empty string, which an A database takes for NULL

-- case: a function that reads
CREATE FUNCTION "order_total"("p_order" integer) RETURNS numeric LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "total" numeric(12,2) := 0;
BEGIN
    SELECT sum("order_lines"."qty" * "order_lines"."price") FROM "order_lines" WHERE "order_lines"."order_id" = "p_order" INTO "total";
    RETURN coalesce("total", 0)::numeric(12,2);
END "block_1";
$godwit$;

-- case: if, elseif, else
CREATE FUNCTION "grade"("points" integer) RETURNS char LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "g" char(4);
BEGIN
    IF "points" >= 90 THEN
        "g" := 'A';
    ELSIF "points" >= 70 THEN
        "g" := 'B';
    ELSIF "points" >= 50 THEN
        "g" := 'C';
    ELSE
        "g" := 'F';
    END IF;
    RETURN "g"::text;
END "block_1";
$godwit$;

-- case: case statement with an operand
CREATE FUNCTION "day_kind"("d" integer) RETURNS varchar LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "k" varchar(40);
BEGIN
    CASE
    WHEN "d" = 1 THEN
        "k" := 'sunday';
    WHEN "d" = 7 THEN
        "k" := 'saturday';
    ELSE
        "k" := 'work';
    END CASE;
    RETURN "k";
END "block_1";
$godwit$;

-- case: case statement without an operand
CREATE FUNCTION "size_of"("x" integer) RETURNS varchar LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
BEGIN
    CASE
    WHEN "x" < 10 THEN
        RETURN 'small';
    WHEN "x" < 100 THEN
        RETURN 'medium';
    ELSE
        RETURN 'large';
    END CASE;
END;
$godwit$;

-- case: case that finds nothing is an error
CREATE PROCEDURE "nocase"("x" integer, INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    CASE
    WHEN "x" = 1 THEN
        OPEN result_1 FOR SELECT 'one' AS "r";
    END CASE;
END;
$godwit$;

-- case: while
CREATE FUNCTION "factorial"("n" integer) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "r" bigint := 1;
    "i" integer := 2;
BEGIN
    WHILE "i" <= "n" LOOP
        "r" := "r" * "i";
        "i" := "i"::bigint + 1;
    END LOOP;
    RETURN "r";
END "block_1";
$godwit$;

-- case: repeat
CREATE FUNCTION "digits_sum"("n" integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "s" integer := 0;
BEGIN
    LOOP
        "s" := "s" + ("n"::bigint % 10);
        "n" := trunc(div("n", 10))::bigint;
        EXIT WHEN "n" = 0;
    END LOOP;
    RETURN "s";
END "block_1";
$godwit$;

-- case: loop with leave and iterate
CREATE FUNCTION "odd_sum"("n" integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "i" integer := 0;
    "s" integer := 0;
BEGIN
    <<"again">>
    LOOP
        "i" := "i"::bigint + 1;
        IF "i" > "n" THEN
            EXIT "again";
        END IF;
        IF ("i"::bigint % 2) = 0 THEN
            CONTINUE "again";
        END IF;
        "s" := "s"::bigint + "i";
    END LOOP "again";
    RETURN "s";
END "block_1";
$godwit$;

-- case: nested loops with labels
-- refused: not carried, line 10, column 29: CONCAT: an A database takes NULL and '' for the same value

-- case: leave a block
CREATE PROCEDURE "early"("x" integer, OUT "r" varchar) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"body">>
BEGIN
    "r" := 'start';
    IF "x" > 5 THEN
        EXIT "body";
    END IF;
    "r" := 'end';
END "body";
$godwit$;

-- case: nested blocks hide names
-- refused: not carried, line 7, column 17: CONCAT: an A database takes NULL and '' for the same value

-- case: a variable with a column's name
CREATE FUNCTION "balance_of"("id" integer) RETURNS numeric LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    <<"block_1">>
    DECLARE
        "balance" numeric(12,2);
    BEGIN
        FOR godwit_row IN SELECT "a"."balance" AS f1 FROM "accounts" AS "a" WHERE "a"."id" = "balance_of"."id" LOOP
            EXIT;
        END LOOP;
        IF FOUND THEN
            "balance" := godwit_row.f1;
        END IF;
        RETURN "balance"::numeric(12,2);
    END "block_1";
END;
$godwit$;

-- case: out and inout parameters
CREATE PROCEDURE "swap"(INOUT "a" integer, INOUT "b" integer, OUT "s" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "t" integer;
BEGIN
    "t" := "a";
    "a" := "b";
    "b" := "t";
    "s" := "a"::bigint + "b";
END "block_1";
$godwit$;

-- case: a result set
CREATE PROCEDURE "rich"("least" numeric, INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    OPEN result_1 FOR SELECT "customers"."id", "customers"."name" FROM "customers" WHERE "customers"."credit" >= "least" ORDER BY "customers"."id";
END;
$godwit$;

-- case: several result sets and a condition
CREATE PROCEDURE "report"("which" integer, INOUT result_1 refcursor DEFAULT NULL, INOUT result_2 refcursor DEFAULT NULL, INOUT result_3 refcursor DEFAULT NULL, INOUT result_4 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    OPEN result_1 FOR SELECT count(*) AS "customers" FROM "customers";
    IF "which" = 1 THEN
        OPEN result_2 FOR SELECT "customers"."name" FROM "customers" ORDER BY "customers"."name";
    ELSE
        OPEN result_3 FOR SELECT "employees"."name" FROM "employees" ORDER BY "employees"."name" LIMIT 2;
    END IF;
    OPEN result_4 FOR SELECT 'done' AS "state";
END;
$godwit$;

-- case: a result set and an out parameter
CREATE PROCEDURE "both_ways"(OUT "n" integer, INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    SELECT count(*) FROM "orders" INTO "n";
    OPEN result_1 FOR SELECT "n" AS "again";
END;
$godwit$;

-- case: a cursor
-- refused: not carried, line 8, column 27: an empty string, which an A database takes for NULL

-- case: two cursors, one within the other
-- refused: not carried, line 8, column 13: an empty string, which an A database takes for NULL

-- case: a case of a value within loops with labels
CREATE FUNCTION "tally"("n" integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row_count bigint := 0;
BEGIN
    <<"block_1">>
    DECLARE
        "i" integer := 0;
        "s" integer := 0;
        "row_count" integer := 5;
    BEGIN
        <<"every_one">>
        LOOP
            "i" := "i"::bigint + 1;
            CASE
            WHEN ("i"::bigint % 3) = 0 THEN
                BEGIN
                    "s" := "s"::bigint + 100;
                END;
            WHEN ("i"::bigint % 3) = 1 THEN
                "s" := "s"::bigint + 1;
            ELSE
                "s" := "s"::bigint + "row_count";
            END CASE;
            IF "i" >= "n" THEN
                EXIT "every_one";
            END IF;
        END LOOP "every_one";
        LOOP
            CASE
            WHEN ("s"::bigint % 2) = 0 THEN
                "s" := "s"::bigint + 7;
            ELSE
                "s" := "s"::bigint + 3;
            END CASE;
            "i" := "i"::bigint - 1;
            EXIT WHEN "i" <= 0;
        END LOOP;
        RETURN "s";
    END "block_1";
END;
$godwit$;

-- case: a cursor left open by return
CREATE FUNCTION "first_over"("least" integer) RETURNS integer LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    <<"block_1">>
    DECLARE
        "v" integer;
        "c" CURSOR FOR SELECT "numbers"."n" AS f1 FROM "numbers" ORDER BY "numbers"."n";
    BEGIN
        OPEN "c";
        <<"readloop">>
        LOOP
            FETCH "c" INTO godwit_row;
            IF FOUND THEN
                "v" := godwit_row.f1;
            ELSE
                RETURN -1;
                EXIT "block_1";
            END IF;
            IF "v" < 3 THEN
                CONTINUE "readloop";
            END IF;
            IF "v" > "least" THEN
                RETURN "v";
            END IF;
        END LOOP "readloop";
    END "block_1";
END;
$godwit$;

-- case: a cursor in repeat
CREATE PROCEDURE "repeat_cursor"(OUT "m" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    <<"block_1">>
    DECLARE
        "done" integer := 0;
        "v" integer;
        "c" CURSOR FOR SELECT "numbers"."n" AS f1 FROM "numbers";
    BEGIN
        "m" := 0;
        OPEN "c";
        LOOP
            FETCH "c" INTO godwit_row;
            IF FOUND THEN
                "v" := godwit_row.f1;
            ELSE
                "done" := 1;
            END IF;
            IF NOT ("done" <> 0) THEN
                IF "v" > "m" THEN
                    "m" := "v";
                END IF;
            END IF;
            EXIT WHEN "done" <> 0;
        END LOOP;
        CLOSE "c";
    END "block_1";
END;
$godwit$;

-- case: fetch without a handler ends in an error
CREATE PROCEDURE "no_handler"() LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    <<"block_1">>
    DECLARE
        "v" integer;
        "c" CURSOR FOR SELECT "numbers"."n" AS f1 FROM "numbers" WHERE "numbers"."n" > 100;
    BEGIN
        OPEN "c";
        FETCH "c" INTO godwit_row;
        IF FOUND THEN
            "v" := godwit_row.f1;
        ELSE
            RAISE EXCEPTION USING ERRCODE = '02000', MESSAGE = 'No data - zero rows fetched, selected, or processed';
        END IF;
        CLOSE "c";
    END "block_1";
END;
$godwit$;

-- case: select into that finds nothing leaves the variable
CREATE FUNCTION "city_of"("p" integer) RETURNS varchar LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    <<"block_1">>
    DECLARE
        "c" varchar(120) := 'unknown';
    BEGIN
        FOR godwit_row IN SELECT "customers"."city" AS f1 FROM "customers" WHERE "customers"."id" = "p" LOOP
            EXIT;
        END LOOP;
        IF FOUND THEN
            "c" := godwit_row.f1;
        END IF;
        RETURN "c";
    END "block_1";
END;
$godwit$;

-- case: select into with a not found handler
CREATE PROCEDURE "find_customer"("p" integer, OUT "r" varchar) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    <<"block_1">>
    BEGIN
        FOR godwit_row IN SELECT "customers"."name" AS f1 FROM "customers" WHERE "customers"."id" = "p" LOOP
            EXIT;
        END LOOP;
        IF FOUND THEN
            "r" := godwit_row.f1;
        ELSE
            "r" := 'missing';
            EXIT "block_1";
        END IF;
        "r" := upper("r");
    END "block_1";
END;
$godwit$;

-- case: select into several variables
CREATE PROCEDURE "stats"(OUT "lo" numeric, OUT "hi" numeric, OUT "n" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    SELECT min("products"."price"), max("products"."price"), count(*) FROM "products" INTO "lo", "hi", "n";
END;
$godwit$;

-- case: a duplicate key is handled
CREATE PROCEDURE "add_counter"("p_name" varchar, OUT "r" varchar) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
BEGIN
    "r" := 'inserted';
    BEGIN
        INSERT INTO "counters" ("name", "hits") VALUES ("p_name", 1);
    EXCEPTION
        WHEN SQLSTATE '23505' THEN
            "r" := 'duplicate';
    END;
    BEGIN
        UPDATE "counters" SET "hits" = "counters"."hits"::bigint + 1 WHERE "counters"."name" = "p_name";
    EXCEPTION
        WHEN SQLSTATE '23505' THEN
            "r" := 'duplicate';
    END;
END "block_1";
$godwit$;
-- note: line 6: text is compared by the target's collation, which may tell apart what the source's does not (case, accents)

-- case: an exit handler leaves its block
-- refused: not carried, line 5, column 55: CONCAT: an A database takes NULL and '' for the same value

-- case: handlers by sqlstate, the exact one first
-- refused: not carried, line 5, column 13: an empty string, which an A database takes for NULL

-- case: a named condition
CREATE PROCEDURE "named"(OUT "r" varchar) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
BEGIN
    BEGIN
        INSERT INTO "counters" ("name", "hits") VALUES ('home', 1);
    EXCEPTION
        WHEN unique_violation OR foreign_key_violation OR not_null_violation THEN
            "r" := 'dup';
            EXIT "block_1";
    END;
    "r" := 'no';
END "block_1";
$godwit$;

-- case: signal
CREATE FUNCTION "checked"("x" integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
BEGIN
    IF "x" < 0 THEN
        RAISE EXCEPTION USING ERRCODE = '45000', MESSAGE = 'negative';
    END IF;
    RETURN "x";
END;
$godwit$;

-- case: signal with a computed message, caught
-- refused: not carried, line 8, column 13: CONCAT: an A database takes NULL and '' for the same value

-- case: diagnostics of a duplicate key
CREATE PROCEDURE "diagnosed"(OUT "s" char, OUT "n" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
BEGIN
    BEGIN
        INSERT INTO "counters" ("name", "hits") VALUES ('home', 1);
    EXCEPTION
        WHEN OTHERS THEN
            "s" := CASE WHEN left(SQLSTATE, 2) = '23' THEN '23000' ELSE SQLSTATE END;
            "n" := CASE SQLSTATE WHEN '23505' THEN 1062 WHEN '23503' THEN 1452 WHEN '23502' THEN 1048 WHEN '23514' THEN 3819 WHEN '22001' THEN 1406 WHEN '22003' THEN 1264 WHEN '45000' THEN 1644 WHEN '40P01' THEN 1213 ELSE 1105 END;
    END;
END "block_1";
$godwit$;

-- case: row_count
CREATE PROCEDURE "counted"(OUT "n" integer, OUT "m" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row_count bigint := 0;
BEGIN
    BEGIN
        UPDATE "numbers" SET "n" = "counted"."n"::bigint + 100 WHERE "counted"."n" > 7;
        GET DIAGNOSTICS godwit_row_count = ROW_COUNT;
        "n" := godwit_row_count;
        DELETE FROM "numbers" WHERE "counted"."n" > 100;
        GET DIAGNOSTICS godwit_row_count = ROW_COUNT;
        "m" := godwit_row_count;
    END;
END;
$godwit$;

-- case: resignal after cleaning up
CREATE PROCEDURE "clean_up"() LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
BEGIN
    INSERT INTO "counters" ("name", "hits") VALUES ('home', 1);
EXCEPTION
    WHEN OTHERS THEN
        RAISE;
END "block_1";
$godwit$;

-- case: resignal as another error
CREATE PROCEDURE "renamed_error"(OUT "r" varchar) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
BEGIN
    <<"block_2">>
    BEGIN
        BEGIN
            INSERT INTO "counters" ("name", "hits") VALUES ('home', 1);
        EXCEPTION
            WHEN SQLSTATE '45009' THEN
                "r" := 'caught';
                EXIT "block_1";
        END;
    EXCEPTION
        WHEN OTHERS THEN
            BEGIN
                RAISE EXCEPTION USING ERRCODE = '45009', MESSAGE = 'wrapped';
            EXCEPTION
                WHEN SQLSTATE '45009' THEN
                    "r" := 'caught';
                    EXIT "block_1";
            END;
    END "block_2";
END "block_1";
$godwit$;

-- case: a transfer with a transaction
CREATE PROCEDURE "transfer"("from_id" integer, "to_id" integer, "amount" numeric, OUT "ok" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
BEGIN
    BEGIN
        UPDATE "accounts" SET "balance" = "accounts"."balance" + "amount" WHERE "accounts"."id" = "to_id";
        UPDATE "accounts" SET "balance" = "accounts"."balance" - "amount" WHERE "accounts"."id" = "from_id";
        "ok" := 1;
    EXCEPTION
        WHEN OTHERS THEN
            "ok" := 0;
            EXIT "block_1";
    END;
    COMMIT;
END "block_1";
$godwit$;

-- case: commit or rollback in an if
CREATE PROCEDURE "maybe"("go" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    INSERT INTO "log_entries" ("what", "n") VALUES ('maybe', "go");
    IF "go" = 1 THEN
        COMMIT;
    ELSE
        ROLLBACK;
    END IF;
END;
$godwit$;

-- case: commits in a loop, with a handler
CREATE PROCEDURE "batches"() LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_state text;
    godwit_message text;
    godwit_handler int := 0;
BEGIN
    <<"block_1">>
    DECLARE
        "i" integer := 0;
    BEGIN
        WHILE "i" < 4 LOOP
            BEGIN
                INSERT INTO "log_entries" ("what", "n") VALUES ('batch', "i");
            EXCEPTION
                WHEN OTHERS THEN
                    GET STACKED DIAGNOSTICS godwit_state = RETURNED_SQLSTATE, godwit_message = MESSAGE_TEXT;
                    godwit_handler := 1;
            END;
            IF godwit_handler = 1 THEN
                godwit_handler := 0;
                ROLLBACK;
            END IF;
            BEGIN
                INSERT INTO "numbers" ("n") VALUES ("i"::bigint * 4);
            EXCEPTION
                WHEN OTHERS THEN
                    GET STACKED DIAGNOSTICS godwit_state = RETURNED_SQLSTATE, godwit_message = MESSAGE_TEXT;
                    godwit_handler := 1;
            END;
            IF godwit_handler = 1 THEN
                godwit_handler := 0;
                ROLLBACK;
            END IF;
            COMMIT;
            BEGIN
                "i" := "i"::bigint + 1;
            EXCEPTION
                WHEN OTHERS THEN
                    GET STACKED DIAGNOSTICS godwit_state = RETURNED_SQLSTATE, godwit_message = MESSAGE_TEXT;
                    godwit_handler := 1;
            END;
            IF godwit_handler = 1 THEN
                godwit_handler := 0;
                ROLLBACK;
            END IF;
        END LOOP;
    END "block_1";
END;
$godwit$;

-- case: procedures call each other
CREATE PROCEDURE "inner_p"("a" integer, OUT "b" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    "b" := "a"::bigint * 10;
END;
$godwit$;
CREATE PROCEDURE "outer_p"("x" integer, OUT "y" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "t" integer;
BEGIN
    "inner_p"(("x"::bigint + 1)::integer, "t");
    "y" := "t"::bigint + 1;
END "block_1";
$godwit$;

-- case: functions call each other
CREATE FUNCTION "net"("g" numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
BEGIN
    RETURN round("g"::numeric(95,14) / 1.19, 6)::numeric(10,2);
END;
$godwit$;
CREATE FUNCTION "tax"("g" numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
BEGIN
    RETURN ("g" - "net"("g"::numeric(10,2)))::numeric(10,2);
END;
$godwit$;

-- case: user variables
CREATE PROCEDURE "with_user"(OUT "r" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    BEGIN
        PERFORM godwit_compat.set_variable('total', 0::text);
        SELECT count(*) AS f1 FROM "numbers" INTO godwit_row;
        PERFORM godwit_compat.set_variable('n', godwit_row.f1::text);
        PERFORM godwit_compat.set_variable('total', (godwit_compat.get_variable('total')::bigint + godwit_compat.get_variable('n')::bigint)::text);
        "r" := godwit_compat.get_variable('total')::bigint * 2;
    END;
END;
$godwit$;

-- case: user variables that another program or a call has set
-- refused: not carried, line 4, column 13: CONCAT: an A database takes NULL and '' for the same value
-- refused: not carried, line 8, column 13: CONCAT: an A database takes NULL and '' for the same value

-- case: diagnostics in user variables
-- refused: not carried, line 6, column 21: CONCAT: an A database takes NULL and '' for the same value

-- case: found_rows
CREATE PROCEDURE "found"(OUT "a" integer, OUT "b" integer, OUT "d" integer, INOUT result_1 refcursor DEFAULT NULL, INOUT result_2 refcursor DEFAULT NULL, INOUT result_3 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
    godwit_found_rows bigint := 0;
BEGIN
    <<"block_1">>
    DECLARE
        "x" integer;
        "k" CURSOR FOR SELECT "numbers"."n" AS f1 FROM "numbers" WHERE "numbers"."n" < 6;
    BEGIN
        OPEN result_1 FOR SELECT "numbers"."n" FROM "numbers" WHERE "numbers"."n" < 5 ORDER BY "numbers"."n" LIMIT 2;
        SELECT count(*) INTO godwit_found_rows FROM (SELECT "numbers"."n" FROM "numbers" WHERE "numbers"."n" < 5 ORDER BY "numbers"."n") AS godwit;
        SELECT godwit_found_rows INTO "a";
        godwit_found_rows := 1;
        FOR godwit_row IN SELECT "numbers"."n" AS f1 FROM "numbers" WHERE "numbers"."n" = 99 LOOP
            EXIT;
        END LOOP;
        godwit_found_rows := CASE WHEN FOUND THEN 1 ELSE 0 END;
        IF FOUND THEN
            "x" := godwit_row.f1;
        END IF;
        "b" := godwit_found_rows;
        OPEN "k";
        SELECT count(*) INTO godwit_found_rows FROM (SELECT "numbers"."n" AS f1 FROM "numbers" WHERE "numbers"."n" < 6) AS godwit;
        FETCH "k" INTO godwit_row;
        IF FOUND THEN
            "x" := godwit_row.f1;
        ELSE
            RAISE EXCEPTION USING ERRCODE = '02000', MESSAGE = 'No data - zero rows fetched, selected, or processed';
        END IF;
        SELECT godwit_found_rows INTO "d";
        godwit_found_rows := 1;
        CLOSE "k";
        OPEN result_2 FOR SELECT "numbers"."n" FROM "numbers" WHERE "numbers"."n" BETWEEN 3 AND 5 ORDER BY "numbers"."n";
        SELECT count(*) INTO godwit_found_rows FROM (SELECT "numbers"."n" FROM "numbers" WHERE "numbers"."n" BETWEEN 3 AND 5 ORDER BY "numbers"."n") AS godwit;
        OPEN result_3 FOR SELECT godwit_found_rows AS "f";
        SELECT count(*) INTO godwit_found_rows FROM (SELECT godwit_found_rows AS "f") AS godwit;
    END "block_1";
END;
$godwit$;

-- case: found_rows of a query that is elsewhere
-- refused: not carried, line 1, column 61: function found_rows of a query that is not in this program

-- case: a temporary table
-- refused: not carried, line 5, column 44: CONCAT: an A database takes NULL and '' for the same value

-- case: a temporary table from a query
CREATE PROCEDURE "temp_query"(INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    IF EXISTS (SELECT 1 FROM pg_class WHERE relname = 'sums' AND relnamespace = pg_my_temp_schema()) THEN
        DROP TABLE pg_temp."sums";
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'sums' AND relnamespace = pg_my_temp_schema()) THEN
        CREATE TEMPORARY TABLE "sums" AS SELECT "orders"."customer_id" AS "cid", count(*) AS "n" FROM "orders" GROUP BY "orders"."customer_id";
    END IF;
    OPEN result_1 FOR SELECT "c"."name", "s"."n" AS "n" FROM "customers" AS "c" JOIN "sums" AS "s" ON "s"."cid" = "c"."id" ORDER BY "c"."name";
END;
$godwit$;

-- case: a temporary table that goes before its rows are read
-- refused: not carried, line 5, column 5: DROP of a table behind a result set, whose cursor may still read it

-- case: a temporary table of some other program that goes behind a result set
-- refused: not carried, line 1, column 52: DROP of a table behind a result set, whose cursor may still read it

-- case: a temporary table with defaults, and one like a table
-- refused: not carried, line 4, column 5: CREATE TABLE .. LIKE numbers

-- case: changes of a temporary table under another name
-- refused: not carried, line 7, column 56: CONCAT: an A database takes NULL and '' for the same value

-- case: a table that a program makes
CREATE PROCEDURE "make_report"(OUT "k" integer, INOUT result_1 refcursor DEFAULT NULL, INOUT result_2 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    DROP TABLE IF EXISTS "report";
    CREATE TABLE "report" AS SELECT "employees"."dept", count(*) AS "n" FROM "employees" WHERE "employees"."dept" IS NOT NULL GROUP BY "employees"."dept";
    DROP TABLE IF EXISTS "report_lines";
    CREATE TABLE IF NOT EXISTS "report_lines" ("id" serial PRIMARY KEY, "what" varchar(80) DEFAULT '-' NOT NULL);
    INSERT INTO "report_lines" ("what") SELECT "report"."dept" FROM "report" ORDER BY "report"."dept" NULLS FIRST;
    INSERT INTO "report_lines" ("what") VALUES ('end');
    SELECT count(*) FROM "report_lines" INTO "k";
    OPEN result_1 FOR SELECT "report"."dept", "report"."n" AS "n" FROM "report" ORDER BY "report"."dept" NULLS FIRST;
    OPEN result_2 FOR SELECT "report_lines"."id", "report_lines"."what" FROM "report_lines" ORDER BY "report_lines"."id" NULLS FIRST;
END;
$godwit$;

-- case: a statement about tables that is not carried
-- refused: not carried, line 1, column 36: the statement ALTER TABLE

-- case: result sets of procedures that are called
CREATE PROCEDURE "inner_sets"("k" integer, INOUT result_1 refcursor DEFAULT NULL, INOUT result_2 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    OPEN result_1 FOR SELECT "numbers"."n" FROM "numbers" WHERE "numbers"."n" < "k" ORDER BY "numbers"."n";
    OPEN result_2 FOR SELECT 'done' AS "word";
END;
$godwit$;
CREATE PROCEDURE "outer_sets"(OUT "r" integer, INOUT result_1 refcursor DEFAULT NULL, INOUT result_2 refcursor DEFAULT NULL, INOUT result_3 refcursor DEFAULT NULL, INOUT result_4 refcursor DEFAULT NULL, INOUT result_5 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    OPEN result_1 FOR SELECT 'first' AS "word";
    "inner_sets"(3::integer, result_2, result_3);
    IF (SELECT count(*) FROM "numbers") > 5 THEN
        "inner_sets"(2::integer, result_4, result_5);
    END IF;
    "r" := 7;
END;
$godwit$;
CREATE PROCEDURE "outermost"(INOUT result_1 refcursor DEFAULT NULL, INOUT result_2 refcursor DEFAULT NULL, INOUT result_3 refcursor DEFAULT NULL, INOUT result_4 refcursor DEFAULT NULL, INOUT result_5 refcursor DEFAULT NULL, INOUT result_6 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    DECLARE
        godwit_out_1 integer;
    BEGIN
        "outer_sets"(godwit_out_1, result_1, result_2, result_3, result_4, result_5);
        PERFORM godwit_compat.set_variable('r', godwit_out_1::text);
    END;
    OPEN result_6 FOR SELECT godwit_compat.get_variable('r')::bigint AS "r";
END;
$godwit$;

-- case: a procedure with result sets that calls itself
-- refused: not carried, line 1, column 71: more than 32 result sets, or procedures with result sets that call each other

-- case: default of a variable from a query
CREATE FUNCTION "best"() RETURNS varchar LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "top" numeric(10,2) := (SELECT max("customers"."credit") FROM "customers");
    "who" varchar(160);
BEGIN
    "who" := (SELECT "customers"."name" FROM "customers" WHERE "customers"."credit" = "top" LIMIT 1);
    RETURN "who";
END "block_1";
$godwit$;

-- case: conditions with subqueries
CREATE FUNCTION "state_of"("p" integer) RETURNS varchar LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
BEGIN
    IF EXISTS (SELECT 1 FROM "orders" WHERE ("orders"."customer_id" = "p") AND ("orders"."status" = 'new')) THEN
        RETURN 'open';
    ELSIF "p" IN (SELECT "orders"."customer_id" FROM "orders") THEN
        RETURN 'known';
    END IF;
    RETURN 'none';
END;
$godwit$;

-- case: a condition that holds a case
CREATE FUNCTION "odd_if"("x" integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
BEGIN
    IF (CASE WHEN "x" > 3 THEN "x" ELSE 0 END <> 0) THEN
        RETURN 1;
    END IF;
    RETURN 0;
END;
$godwit$;

-- case: dates in programs
CREATE FUNCTION "due"("placed" timestamp, "days" integer) RETURNS timestamp LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "d" timestamp(0);
BEGIN
    "d" := date_trunc('day', "placed" + ("days" * INTERVAL '1 day'))::timestamp;
    IF (extract(dow FROM "d")::int + 1) = 1 THEN
        "d" := date_trunc('day', "d" + INTERVAL '1 day')::timestamp;
    END IF;
    RETURN "d"::timestamp::timestamp(0);
END "block_1";
$godwit$;

-- case: chinese names in programs
-- refused: not carried, line 5, column 12: CONCAT: an A database takes NULL and '' for the same value

-- case: comments stay
CREATE PROCEDURE "commented"(OUT "r" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    -- first
    -- of two lines
    "r" := 1;
    -- behind
    -- another kind
    "r" := "r"::bigint + 1;
-- at the end
END;
$godwit$;

-- case: truncate in a procedure
CREATE PROCEDURE "empty_log"() LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    TRUNCATE TABLE "log_entries";
    INSERT INTO "log_entries" ("what") VALUES ('first');
END;
$godwit$;

-- case: do
CREATE PROCEDURE "doer"(INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    PERFORM 1 + 1;
    OPEN result_1 FOR SELECT 'ok' AS "r";
END;
$godwit$;

-- case: insert and the id it was given
CREATE PROCEDURE "logged"("w" varchar, OUT "new_id" bigint) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_last_id bigint;
BEGIN
    BEGIN
        INSERT INTO "log_entries" ("what") VALUES ("w") RETURNING "id" INTO godwit_last_id;
        "new_id" := coalesce(godwit_last_id, godwit_compat.last_insert_id());
    END;
END;
$godwit$;

-- case: upsert in a procedure
CREATE PROCEDURE "hit"("p_name" varchar) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    INSERT INTO "counters" ("name", "hits") VALUES ("p_name", 1) ON DUPLICATE KEY UPDATE "hits" = "counters"."hits"::bigint + 1;
END;
$godwit$;

-- case: json in a procedure
CREATE FUNCTION "color_of"("p" integer) RETURNS varchar LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    <<"block_1">>
    DECLARE
        "a" jsonb;
    BEGIN
        FOR godwit_row IN SELECT "products"."attrs" AS f1 FROM "products" WHERE "products"."id" = "p" LOOP
            EXIT;
        END LOOP;
        IF FOUND THEN
            "a" := godwit_row.f1;
        END IF;
        RETURN CASE WHEN jsonb_typeof("a") IN ('object', 'array') THEN coalesce("a" #>> '{color}', ("a" #> '{color}')::text) END;
    END "block_1";
END;
$godwit$;

-- case: unsigned and tiny integers
CREATE FUNCTION "masked"("a" numeric, "b" integer) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
BEGIN
    RETURN ((CASE WHEN "a" > 9223372036854775807 THEN ("a" - 18446744073709551616)::bigint ELSE "a"::bigint END) & "b"::bigint)::numeric(20,0);
END;
$godwit$;

-- case: an enum parameter
CREATE FUNCTION "next_state"("s" text) RETURNS varchar LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
BEGIN
    RETURN CASE WHEN "s" = 'new' THEN 'paid' WHEN "s" = 'paid' THEN 'sent' ELSE 'end' END;
END;
$godwit$;
-- note: line 2: text is compared by the target's collation, which may tell apart what the source's does not (case, accents)

-- case: a procedure with many statements of control
-- refused: not carried, line 4, column 13: an empty string, which an A database takes for NULL

-- case: definer, security and comment
CREATE PROCEDURE "secured"(OUT "r" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    "r" := 1;
END;
$godwit$;
COMMENT ON FUNCTION "secured"(OUT integer) IS 'it''s secured';

-- case: a procedure that runs with its owner's rights
CREATE PROCEDURE "as_owner"(OUT "r" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    SELECT count(*) FROM "numbers" INTO "r";
END;
$godwit$ SECURITY DEFINER;

-- case: a procedure that calls itself
CREATE PROCEDURE "count_down"("k" integer, INOUT "s" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    IF "k" > 0 THEN
        "s" := ("s"::bigint * 10) + "k";
        SELECT * FROM "count_down"(("k"::bigint - 1)::integer, "s") INTO "s";
    END IF;
END;
$godwit$;
CREATE PROCEDURE "log_down"("k" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    IF "k" > 0 THEN
        INSERT INTO "log_entries" ("what", "n") VALUES ('down', "k");
        PERFORM "log_down"(("k"::bigint - 1)::integer);
    END IF;
END;
$godwit$;
CREATE PROCEDURE "count_from"("k" integer, OUT "s" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    "s" := 0;
    "count_down"("k"::integer, "s");
    "log_down"("k"::integer);
END;
$godwit$;
-- note: line 3: SET max_sp_recursion_depth is left out

-- case: a procedure whose name is a variable's
CREATE PROCEDURE "total"("k" integer, OUT "r" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    "r" := "k"::bigint + 1;
END;
$godwit$;
CREATE PROCEDURE "asks_total"(OUT "r" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "total" integer;
BEGIN
    SELECT * FROM "total"(4::integer) INTO "total";
    "r" := "total"::bigint * 2;
END "block_1";
$godwit$;

-- case: dates from texts that end early
CREATE FUNCTION "moment"("s" varchar) RETURNS timestamp LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
BEGIN
    RETURN godwit_compat.str_to_date("s", '%Y-%m-%d %H:%i:%s')::timestamp(0);
END;
$godwit$;
CREATE FUNCTION "short_day"("s" varchar) RETURNS timestamp LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
BEGIN
    RETURN godwit_compat.str_to_date("s", '%d.%m.%Yx')::date::timestamp::timestamp(0);
END;
$godwit$;

-- case: a result set of a union
CREATE PROCEDURE "both_ends"(INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    OPEN result_1 FOR WITH godwit AS (SELECT 1) (SELECT "numbers"."n" FROM "numbers" ORDER BY "numbers"."n" LIMIT 2) UNION ALL (SELECT "numbers"."n" FROM "numbers" ORDER BY "numbers"."n" DESC LIMIT 2) ORDER BY 1 DESC NULLS LAST;
END;
$godwit$;

-- case: a handler for a lock that is not given
CREATE PROCEDURE "patient"(OUT "r" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
BEGIN
    BEGIN
        UPDATE "accounts" SET "balance" = "accounts"."balance" + 1 WHERE "accounts"."id" = 1;
    EXCEPTION
        WHEN SQLSTATE 'YY003' OR SQLSTATE '55P03' THEN
            "r" := -1;
            EXIT "block_1";
    END;
    "r" := 1;
END "block_1";
$godwit$;

-- case: a user variable of a broken number
CREATE PROCEDURE "broken"(OUT "r" numeric) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    BEGIN
        PERFORM godwit_compat.set_variable('part', regexp_replace((0.25 - 0.75)::text, '^(-?)[.]', '\10.'));
        FOR godwit_row IN SELECT "products"."price" AS f1 FROM "products" WHERE "products"."id" = 1 LOOP
            EXIT;
        END LOOP;
        IF FOUND THEN
            PERFORM godwit_compat.set_variable('price', regexp_replace(godwit_row.f1::text, '^(-?)[.]', '\10.'));
        END IF;
        "r" := godwit_compat.get_variable('price')::numeric + godwit_compat.get_variable('part')::numeric;
    END;
END;
$godwit$;

-- case: a prepared statement
-- refused: not carried, line 1, column 59: CONCAT: an A database takes NULL and '' for the same value

-- case: a result set in a loop
-- refused: not carried, line 1, column 73: a result set in a loop: their number is not known beforehand

-- case: savepoints
-- refused: not carried, line 1, column 32: savepoints

-- case: an unknown error number
-- refused: not carried, line 1, column 85: a handler for error 1999, whose counterpart in the target is not known

-- case: a procedure that is not there
-- refused: not carried, line 1, column 25: the procedure nowhere, which is not among those that are carried

-- case: ddl in a procedure
-- refused: not carried, line 1, column 24: the statement ALTER TABLE

-- case: results and arguments are rounded
CREATE FUNCTION "third"("x" numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
BEGIN
    RETURN round("x"::numeric(95,14) / 3, 6)::numeric(10,2);
END;
$godwit$;

-- case: a text parameter compared with a date
CREATE PROCEDURE "placed_since"("since" varchar, INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    OPEN result_1 FOR SELECT "orders"."id" FROM "orders" WHERE "orders"."placed" >= godwit_compat.to_datetime("since") ORDER BY "orders"."id";
END;
$godwit$;

-- case: variables with names that PL/pgSQL has itself
CREATE PROCEDURE "special"(OUT "found_value" integer, OUT "sqlerrm_value" varchar) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    <<"block_1">>
    DECLARE
        "done" integer := 0;
        "new_value" integer;
        "c" CURSOR FOR SELECT "numbers"."n" AS f1 FROM "numbers" WHERE "numbers"."n" < 4;
    BEGIN
        "found_value" := 0;
        OPEN "c";
        <<"l">>
        LOOP
            FETCH "c" INTO godwit_row;
            IF FOUND THEN
                "new_value" := godwit_row.f1;
            ELSE
                "done" := 1;
            END IF;
            IF "done" <> 0 THEN
                EXIT "l";
            END IF;
            "found_value" := "found_value"::bigint + "new_value";
        END LOOP "l";
        CLOSE "c";
        "sqlerrm_value" := 'none';
    END "block_1";
END;
$godwit$;

-- case: a parameter that a table of the routine's name hides
CREATE FUNCTION "accounts"("id" integer) RETURNS integer LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
BEGIN
    RETURN (SELECT count(*) FROM "accounts" AS "a" WHERE "a"."id" < "accounts"."id");
END;
$godwit$;

-- case: and where it cannot be told apart
-- refused: not carried, line 1, column 114: the parameter n, which in the target the table of the routine's name hides

-- case: a json argument changed
-- refused: not carried, line 1, column 82: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: last_insert_id beside a trigger that inserts, and labels of an enum
-- refused: not carried, line 1, column 104: CONCAT: an A database takes NULL and '' for the same value
CREATE PROCEDURE "with_id"("p_status" varchar, OUT "a" integer, OUT "b" integer, OUT "d" integer, INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_last_id bigint;
BEGIN
    BEGIN
        INSERT INTO "log_entries" ("what") VALUES ('one'), ('two'), ('three');
        INSERT INTO "orders" ("customer_id", "status", "placed") VALUES (1, godwit_compat.enum_label("p_status", ARRAY['new', 'paid', 'sent', 'gone']), DATE '2024-01-01'::timestamp) RETURNING "id" INTO godwit_last_id;
        "a" := coalesce(godwit_last_id, godwit_compat.last_insert_id());
        INSERT INTO "orders" ("id", "customer_id", "status", "placed") VALUES (DEFAULT, 2, 'sent', DATE '2024-01-01'::timestamp) RETURNING "id" INTO godwit_last_id;
        UPDATE "orders" SET "status" = godwit_compat.enum_label(('G' || 'one')::text, ARRAY['new', 'paid', 'sent', 'gone']), "note" = coalesce(godwit_last_id, godwit_compat.last_insert_id())::text WHERE "orders"."id" = "a";
        "b" := coalesce(godwit_last_id, godwit_compat.last_insert_id());
        SELECT coalesce(godwit_last_id, godwit_compat.last_insert_id()) - "a" INTO "d";
        OPEN result_1 FOR SELECT "orders"."status", "orders"."note" FROM "orders" WHERE "orders"."id" >= "a" ORDER BY "orders"."id";
    END;
END;
$godwit$;

-- case: variables with names that are words elsewhere
CREATE PROCEDURE "words"("date" timestamp, "offset" integer, OUT "end" timestamp) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "start" timestamp(0);
    "text" timestamp(0);
    "number" integer := 2;
BEGIN
    "start" := "date"::timestamp;
    "number" := "number"::bigint + "offset";
    "text" := date_trunc('day', "start" + ("number" * INTERVAL '1 day'))::timestamp;
    "end" := "text"::timestamp;
END "block_1";
$godwit$;

-- case: labels in capitals, and with a variable's name
CREATE FUNCTION "labelled"("n" integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "s" integer := 0;
    "again" integer := 0;
BEGIN
    <<"countup">>
    LOOP
        "s" := "s"::bigint + 1;
        <<"again">>
        LOOP
            "again" := "again"::bigint + "s";
            IF ("again"::bigint % 2) = 0 THEN
                EXIT "again";
            END IF;
            IF "again" > 50 THEN
                EXIT "countup";
            END IF;
        END LOOP "again";
        IF "s" >= "n" THEN
            EXIT "countup";
        END IF;
    END LOOP "countup";
    RETURN "again";
END "block_1";
$godwit$;

-- case: repeat runs before it asks
-- refused: not carried, line 8, column 17: SUBSTRING from the end in an A database, where '' is NULL

-- case: arguments of other types, and values rounded on their way
CREATE PROCEDURE "halved"("k" integer, INOUT "v" numeric, OUT "w" numeric) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    "v" := round("v"::numeric(95,14) / nullif("k", 0), 6);
    SELECT round(max("products"."price")::numeric(95,14) / 3, 6) FROM "products" INTO "w";
END;
$godwit$;
CREATE PROCEDURE "halves"(OUT "a" numeric, OUT "b" numeric) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "i" integer := 1;
BEGIN
    "a" := 10.55;
    "halved"(("i"::bigint + 1)::smallint, "a", "b");
END "block_1";
$godwit$;

-- case: return in a loop beside a handler
CREATE FUNCTION "first_over"("lim" integer) RETURNS integer LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    <<"block_1">>
    DECLARE
        "v" integer;
        "c" CURSOR FOR SELECT "numbers"."n" AS f1 FROM "numbers" ORDER BY "numbers"."n";
    BEGIN
        BEGIN
            OPEN "c";
        EXCEPTION
            WHEN OTHERS THEN
                RETURN -1;
                EXIT "block_1";
        END;
        LOOP
            BEGIN
                FETCH "c" INTO godwit_row;
                IF FOUND THEN
                    "v" := godwit_row.f1;
                ELSE
                    RETURN 0;
                END IF;
            EXCEPTION
                WHEN OTHERS THEN
                    RETURN -1;
                    EXIT "block_1";
            END;
            IF "v" > "lim" THEN
                CLOSE "c";
                BEGIN
                    RETURN "v";
                EXCEPTION
                    WHEN OTHERS THEN
                        RETURN -1;
                        EXIT "block_1";
                END;
            END IF;
        END LOOP;
    END "block_1";
END;
$godwit$;

-- case: variables of a block beside an outer handler
-- refused: not carried, line 5, column 13: an empty string, which an A database takes for NULL

-- case: an exit handler for not found of a block in a loop
-- refused: not carried, line 4, column 13: an empty string, which an A database takes for NULL

-- case: user variables and others in one set
CREATE PROCEDURE "mixed_set"(OUT "a" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "b" integer;
BEGIN
    "b" := 2;
    PERFORM godwit_compat.set_variable('u', 3::text);
    "a" := "b"::bigint + 1;
    PERFORM godwit_compat.set_variable('w', 4::text);
    "a" := ("a" + godwit_compat.get_variable('u')::bigint) + godwit_compat.get_variable('w')::bigint;
END "block_1";
$godwit$;

-- case: names in other spellings
CREATE PROCEDURE "spelled"(OUT "k" integer) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    <<"block_1">>
    DECLARE
        "V" integer;
        "Cur" CURSOR FOR SELECT max("numbers"."n") AS f1 FROM "numbers";
    BEGIN
        OPEN "Cur";
        FETCH "Cur" INTO godwit_row;
        IF FOUND THEN
            "V" := godwit_row.f1;
        ELSE
            RAISE EXCEPTION USING ERRCODE = '02000', MESSAGE = 'No data - zero rows fetched, selected, or processed';
        END IF;
        CLOSE "Cur";
        "k" := "V";
    END "block_1";
END;
$godwit$;

-- case: a handler for an error and for not found
-- refused: not carried, line 3, column 87: an empty string, which an A database takes for NULL

-- case: select into user variables that finds nothing
-- refused: not carried, line 5, column 13: CONCAT: an A database takes NULL and '' for the same value

-- case: a block behind a condition that holds a case
CREATE PROCEDURE "behind_case"("k" integer, OUT "r" varchar) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    "r" := 'no';
    IF (CASE WHEN "k" = 1 THEN 1 ELSE 0 END <> 0) THEN
        <<"block_1">>
        DECLARE
            "s" varchar(40) := 'yes';
        BEGIN
            "r" := "s";
        END "block_1";
    END IF;
END;
$godwit$;
