-- case: a view
CREATE VIEW "v_rich" AS SELECT "customers"."id", "customers"."name", "customers"."credit" FROM "customers" WHERE "customers"."credit" > 50;

-- case: a view with column names
CREATE VIEW "v_named" ("who", "n") AS SELECT "customers"."name", "customers"."id"::bigint * 2 AS "id * 2" FROM "customers";

-- case: a view as SHOW CREATE prints it
CREATE VIEW "v_orders" AS SELECT "o"."id", "c"."name" AS "customer", count(0) AS "lines", sum("l"."qty"::bigint * "l"."price") AS "total" FROM (("orders" AS "o" JOIN "customers" AS "c" ON "c"."id" = "o"."customer_id") LEFT JOIN "order_lines" AS "l" ON "l"."order_id" = "o"."id") WHERE ("o"."status" <> 'gone') GROUP BY "o"."id", "c"."name" HAVING sum("l"."qty"::bigint * "l"."price") > 10 ORDER BY "o"."id" DESC;

-- case: a view with a check option
CREATE VIEW "v_berlin" AS SELECT "customers"."id", "customers"."name", "customers"."city" FROM "customers" WHERE "customers"."city" = 'berlin' WITH CASCADED CHECK OPTION;

-- case: a view with the caller's rights
CREATE SQL SECURITY INVOKER VIEW "v_inv" AS SELECT "accounts"."id", "accounts"."owner", "accounts"."balance" FROM "accounts";

-- case: a view of a union
CREATE VIEW "v_people" AS SELECT "customers"."name", 'c'::text AS "kind" FROM "customers" UNION ALL SELECT "employees"."name", 'e'::text FROM "employees";

-- case: a view with chinese names
CREATE VIEW "词表" AS SELECT "词典"."编号", "词典"."词" AS "词语", char_length("词典"."释义") AS "长度" FROM "词典";

-- case: before insert trigger changes the row
CREATE TRIGGER "customers_bi" BEFORE INSERT ON "customers" FOR EACH ROW
BEGIN
    SET NEW."name" = btrim(NEW."name", ' ');
    IF (NEW."city" IS NULL) THEN
        SET NEW."city" = 'unknown';
    END IF;
END;

-- case: after insert trigger writes a log
CREATE TRIGGER "orders_ai" AFTER INSERT ON "orders" FOR EACH ROW
BEGIN
    INSERT INTO "log_entries" ("what", "n") VALUES (concat('order of ', NEW."customer_id"), NEW."id");
END;

-- case: before update trigger refuses
CREATE TRIGGER "accounts_bu" BEFORE UPDATE ON "accounts" FOR EACH ROW
BEGIN
    IF (NEW."balance" < (OLD."balance" - 60)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'too much';
    END IF;
END;

-- case: after update trigger compares
CREATE TRIGGER "products_au" AFTER UPDATE ON "products" FOR EACH ROW
BEGIN
    IF (NEW."price" <> OLD."price") THEN
        INSERT INTO "log_entries" ("what", "n") VALUES (concat(OLD."sku", ': ', OLD."price", ' -> ', NEW."price"), NEW."id");
    END IF;
END;

-- case: after delete trigger
CREATE TRIGGER "orders_ad" AFTER DELETE ON "orders" FOR EACH ROW
BEGIN
    DELETE FROM "order_lines" WHERE "order_lines"."order_id" = OLD."id";
END;

-- case: before delete trigger refuses
CREATE TRIGGER "employees_bd" BEFORE DELETE ON "employees" FOR EACH ROW
BEGIN
    BEGIN
        IF (((EXISTS (SELECT 1 FROM "accounts" WHERE "accounts"."owner" = OLD."name")) <> 0) OR (OLD."boss_id" IS NULL)) THEN
            SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'needed';
        END IF;
    END;
    RETURN OLD;
END;

-- case: a trigger keeps sums
CREATE TRIGGER "lines_ai" AFTER INSERT ON "order_lines" FOR EACH ROW
BEGIN
    UPDATE "products" SET "stock" = "products"."stock"::bigint - NEW."qty" WHERE "products"."id" = NEW."product_id";
END;

-- case: an upsert in a trigger
CREATE TRIGGER "log_ai" AFTER INSERT ON "log_entries" FOR EACH ROW
BEGIN
    INSERT INTO "counters" ("name", "hits") VALUES (NEW."what", 1) ON DUPLICATE KEY UPDATE "hits" = "counters"."hits"::bigint + 1;
END;

-- case: a trigger with a variable and a query
CREATE TRIGGER "orders_bi" BEFORE INSERT ON "orders" FOR EACH ROW
DECLARE "open_orders" integer DEFAULT 0;
BEGIN
    SELECT count(*) FROM "orders" WHERE ("orders"."customer_id" = NEW."customer_id") AND (("orders"."status" = 'new')) INTO "open_orders";
    IF ("open_orders" >= 1) THEN
        SET NEW."note" = concat('open: ', "open_orders");
    END IF;
END;

-- case: an event
CREATE EVENT "old_entries" ON SCHEDULE EVERY 1 day STARTS '2030-01-01 00:00:00' ON COMPLETION PRESERVE COMMENT 'old entries' DO
BEGIN
    DELETE FROM "log_entries" WHERE "log_entries"."n" < 5;
END;

-- case: a trigger with an exit handler
CREATE TRIGGER "orders_bd" BEFORE DELETE ON "orders" FOR EACH ROW
BEGIN
    BEGIN
        DECLARE EXIT HANDLER FOR SQLSTATE '23505'
        BEGIN
            INSERT INTO "log_entries" ("what") VALUES ('twice');
        END;
        INSERT INTO "counters" ("name", "hits") VALUES (OLD."status", 1);
    END;
    RETURN OLD;
END;
CREATE TRIGGER "products_bi" BEFORE INSERT ON "products" FOR EACH ROW
BEGIN
    BEGIN
        DECLARE EXIT HANDLER FOR SQLSTATE '23505'
        BEGIN
            SET NEW."stock" = 1;
        END;
        INSERT INTO "counters" ("name", "hits") VALUES ('home', 1);
    END;
END;

-- case: an event every two weeks, with a variable
CREATE EVENT "fortnight" ON SCHEDULE EVERY 14 day STARTS '2030-01-01 00:00:00' DO
DECLARE "k" integer DEFAULT 3;
BEGIN
    DELETE FROM "log_entries" WHERE "log_entries"."n" < "k";
END;

-- case: a trigger with a block of its own variables
CREATE TRIGGER "products_bu" BEFORE UPDATE ON "products" FOR EACH ROW
DECLARE "k" integer DEFAULT 0;
BEGIN
    IF (NEW."stock" < OLD."stock") THEN
        DECLARE "lost" integer DEFAULT OLD."stock"::bigint - NEW."stock";
        BEGIN
            SET "k" = "lost"::bigint * 2;
        END;
    END IF;
    SET NEW."stock" = NEW."stock"::bigint + "k";
END;
