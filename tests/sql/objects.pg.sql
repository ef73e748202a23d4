-- case: a view
CREATE VIEW "v_rich" AS SELECT "customers"."id", "customers"."name", "customers"."credit" FROM "customers" WHERE "customers"."credit" > 50;

-- case: a view with column names
CREATE VIEW "v_named" ("who", "n") AS SELECT "customers"."name", "customers"."id"::bigint * 2 AS "id * 2" FROM "customers";

-- case: a view as SHOW CREATE prints it
CREATE VIEW "v_orders" AS SELECT "o"."id", "c"."name" AS "customer", count(0) AS "lines", sum("l"."qty" * "l"."price") AS "total" FROM (("orders" AS "o" JOIN "customers" AS "c" ON "c"."id" = "o"."customer_id") LEFT JOIN "order_lines" AS "l" ON "l"."order_id" = "o"."id") WHERE "o"."status" <> 'gone' GROUP BY "o"."id", "c"."name" HAVING sum("l"."qty" * "l"."price") > 10 ORDER BY "o"."id" DESC;

-- case: a view with a check option
CREATE VIEW "v_berlin" AS SELECT "customers"."id", "customers"."name", "customers"."city" FROM "customers" WHERE "customers"."city" = 'berlin' WITH CASCADED CHECK OPTION;
-- note: line 1: text is compared by the target's collation, which may tell apart what the source's does not (case, accents)

-- case: a view with the caller's rights
CREATE VIEW "v_inv" WITH (security_invoker = true) AS SELECT "accounts"."id", "accounts"."owner", "accounts"."balance" FROM "accounts";

-- case: a view of a union
CREATE VIEW "v_people" AS SELECT "customers"."name", 'c'::text AS "kind" FROM "customers" UNION ALL SELECT "employees"."name", 'e'::text FROM "employees";

-- case: a view with chinese names
CREATE VIEW "词表" AS SELECT "词典"."编号", "词典"."词" AS "词语", char_length("词典"."释义") AS "长度" FROM "词典";

-- case: before insert trigger changes the row
CREATE FUNCTION "customers_bi"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    BEGIN
        NEW."name" := btrim(NEW."name", ' ');
        IF NEW."city" IS NULL THEN
            NEW."city" := 'unknown';
        END IF;
    END;
    RETURN NEW;
END;
$godwit$;
CREATE TRIGGER "customers_bi" BEFORE INSERT ON "customers" FOR EACH ROW EXECUTE PROCEDURE "customers_bi"();

-- case: after insert trigger writes a log
CREATE FUNCTION "orders_ai"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    INSERT INTO "log_entries" ("what", "n") VALUES ('order of ' || NEW."customer_id"::text, NEW."id");
    RETURN NULL;
END;
$godwit$;
CREATE TRIGGER "orders_ai" AFTER INSERT ON "orders" FOR EACH ROW EXECUTE PROCEDURE "orders_ai"();

-- case: before update trigger refuses
CREATE FUNCTION "accounts_bu"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    BEGIN
        IF NEW."balance" < (OLD."balance" - 60) THEN
            RAISE EXCEPTION USING ERRCODE = '45000', MESSAGE = 'too much';
        END IF;
    END;
    RETURN NEW;
END;
$godwit$;
CREATE TRIGGER "accounts_bu" BEFORE UPDATE ON "accounts" FOR EACH ROW EXECUTE PROCEDURE "accounts_bu"();

-- case: after update trigger compares
CREATE FUNCTION "products_au"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    BEGIN
        IF NEW."price" <> OLD."price" THEN
            INSERT INTO "log_entries" ("what", "n") VALUES (OLD."sku" || ': ' || OLD."price"::text || ' -> ' || NEW."price"::text, NEW."id");
        END IF;
    END;
    RETURN NULL;
END;
$godwit$;
CREATE TRIGGER "products_au" AFTER UPDATE ON "products" FOR EACH ROW EXECUTE PROCEDURE "products_au"();

-- case: after delete trigger
CREATE FUNCTION "orders_ad"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    DELETE FROM "order_lines" WHERE "order_lines"."order_id" = OLD."id";
    RETURN NULL;
END;
$godwit$;
CREATE TRIGGER "orders_ad" AFTER DELETE ON "orders" FOR EACH ROW EXECUTE PROCEDURE "orders_ad"();

-- case: before delete trigger refuses
CREATE FUNCTION "employees_bd"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    BEGIN
        IF (EXISTS (SELECT 1 FROM "accounts" WHERE "accounts"."owner" = OLD."name")) OR (OLD."boss_id" IS NULL) THEN
            RAISE EXCEPTION USING ERRCODE = '45000', MESSAGE = 'needed';
        END IF;
    END;
    RETURN OLD;
END;
$godwit$;
CREATE TRIGGER "employees_bd" BEFORE DELETE ON "employees" FOR EACH ROW EXECUTE PROCEDURE "employees_bd"();
-- note: line 3: text is compared by the target's collation, which may tell apart what the source's does not (case, accents)

-- case: a trigger keeps sums
CREATE FUNCTION "lines_ai"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    UPDATE "products" SET "stock" = "products"."stock"::bigint - NEW."qty" WHERE "products"."id" = NEW."product_id";
    RETURN NULL;
END;
$godwit$;
CREATE TRIGGER "lines_ai" AFTER INSERT ON "order_lines" FOR EACH ROW EXECUTE PROCEDURE "lines_ai"();

-- case: an upsert in a trigger
CREATE FUNCTION "log_ai"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    BEGIN
        INSERT INTO "counters" ("name", "hits") VALUES (NEW."what", 1) ON CONFLICT ("name") DO UPDATE SET "hits" = "counters"."hits"::bigint + 1;
    END;
    RETURN NULL;
END;
$godwit$;
CREATE TRIGGER "log_ai" AFTER INSERT ON "log_entries" FOR EACH ROW EXECUTE PROCEDURE "log_ai"();

-- case: a trigger with a variable and a query
CREATE FUNCTION "orders_bi"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    <<"block_1">>
    DECLARE
        "open_orders" integer := 0;
    BEGIN
        SELECT count(*) FROM "orders" WHERE ("orders"."customer_id" = NEW."customer_id") AND ("orders"."status" = 'new') INTO "open_orders";
        IF "open_orders" >= 1 THEN
            NEW."note" := 'open: ' || "open_orders"::text;
        END IF;
    END "block_1";
    RETURN NEW;
END;
$godwit$;
CREATE TRIGGER "orders_bi" BEFORE INSERT ON "orders" FOR EACH ROW EXECUTE PROCEDURE "orders_bi"();

-- case: an event
CREATE PROCEDURE "old_entries"() LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    DELETE FROM "log_entries" WHERE "log_entries"."n" < 5;
END;
$godwit$;
-- note: line 1: the target has no scheduler of its own: the event became a procedure, which something has to call at its times

-- case: a trigger with an exit handler
CREATE FUNCTION "orders_bd"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    <<"block_1">>
    BEGIN
        BEGIN
            INSERT INTO "counters" ("name", "hits") VALUES (OLD."status", 1);
        EXCEPTION
            WHEN SQLSTATE '23505' THEN
                INSERT INTO "log_entries" ("what") VALUES ('twice');
                EXIT "block_1";
        END;
    END "block_1";
    RETURN OLD;
END;
$godwit$;
CREATE TRIGGER "orders_bd" BEFORE DELETE ON "orders" FOR EACH ROW EXECUTE PROCEDURE "orders_bd"();
CREATE FUNCTION "products_bi"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    <<"block_1">>
    BEGIN
        BEGIN
            INSERT INTO "counters" ("name", "hits") VALUES ('home', 1);
        EXCEPTION
            WHEN SQLSTATE '23505' THEN
                NEW."stock" := 1;
                EXIT "block_1";
        END;
    END "block_1";
    RETURN NEW;
END;
$godwit$;
CREATE TRIGGER "products_bi" BEFORE INSERT ON "products" FOR EACH ROW EXECUTE PROCEDURE "products_bi"();

-- case: an event every two weeks, with a variable
CREATE PROCEDURE "fortnight"() LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "k" integer := 3;
BEGIN
    DELETE FROM "log_entries" WHERE "log_entries"."n" < "k";
END "block_1";
$godwit$;
-- note: line 1: the target has no scheduler of its own: the event became a procedure, which something has to call at its times

-- case: a trigger with a block of its own variables
CREATE FUNCTION "products_bu"() RETURNS trigger LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    <<"block_1">>
    DECLARE
        "k" integer := 0;
    BEGIN
        IF NEW."stock" < OLD."stock" THEN
            <<"block_2">>
            DECLARE
                "lost" integer := OLD."stock"::bigint - NEW."stock";
            BEGIN
                "k" := "lost"::bigint * 2;
            END "block_2";
        END IF;
        NEW."stock" := NEW."stock"::bigint + "k";
    END "block_1";
    RETURN NEW;
END;
$godwit$;
CREATE TRIGGER "products_bu" BEFORE UPDATE ON "products" FOR EACH ROW EXECUTE PROCEDURE "products_bu"();
