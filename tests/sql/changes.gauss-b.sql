-- case: insert of rows
INSERT INTO "log_entries" ("what", "n") VALUES ('a', 1), ('b', NULL), ('c', 2 + 3);

-- case: insert without column names
INSERT INTO "accounts" ("id", "owner", "balance") VALUES (7, 'gina', 12.345);

-- case: insert set
INSERT INTO "counters" ("name", "hits", "last_hit") VALUES ('x', 1, DATE '2024-05-05'::timestamp(6) without time zone);

-- case: zero and NULL ask for the next number
INSERT INTO "log_entries" ("id", "what", "n") VALUES (0, 'zero', 1), (NULL, 'null', 2), (DEFAULT, 'default', 3);

-- case: defaults
INSERT INTO "customers" ("name", "email", "credit", "vip", "created") VALUES ('fritz', DEFAULT, 1, 1, DATE '2024-01-01'::timestamp(6) without time zone);

-- case: insert from a query
INSERT INTO "log_entries" ("what", "n") SELECT "customers"."name", "customers"."id"::bigint * 2 FROM "customers" WHERE "customers"."vip" <> 0 ORDER BY "customers"."id";

-- case: assignments convert
INSERT INTO "log_entries" ("what", "n") VALUES ('12.5', '7'::float8), (to_char(DATE '2024-01-02', 'YYYY"-"MM"-"DD'), 2.6), ((1 = 1)::int::text, (3 > 4)::int);

-- case: insert from a union
INSERT INTO "log_entries" ("what", "n") SELECT 'a'::text, 1 UNION ALL SELECT "accounts"."owner", "accounts"."balance" FROM "accounts" WHERE "accounts"."id" = 2;

-- case: on duplicate key update
INSERT INTO "counters" ("name", "hits") VALUES ('home', 1), ('new', 1) ON DUPLICATE KEY UPDATE "hits" = "counters"."hits"::bigint + VALUES("hits"), "last_hit" = NULL;

-- case: on duplicate key with a row alias
INSERT INTO "counters" ("name", "hits") VALUES ('home', 10) ON DUPLICATE KEY UPDATE "hits" = "counters"."hits"::bigint + VALUES("hits");

-- case: on duplicate key, assignments in order
INSERT INTO "accounts" ("id", "owner", "balance") VALUES (1, 'x', 5) ON DUPLICATE KEY UPDATE "balance" = "accounts"."balance" + 5, "owner" = concat("accounts"."owner", "accounts"."balance");

-- case: on duplicate key from a query
INSERT INTO "counters" ("name", "hits") SELECT "accounts"."owner", "accounts"."id" FROM "accounts" ON DUPLICATE KEY UPDATE "hits" = VALUES("hits");

-- case: on duplicate key with two keys that may collide
INSERT INTO "customers" ("id", "name", "email", "credit", "vip", "created") VALUES (1, 'x', 'y', 0, 0, DATE '2024-01-01'::timestamp(6) without time zone) ON DUPLICATE KEY UPDATE "name" = 'z';

-- case: on duplicate key where only one can collide
INSERT INTO "customers" ("name", "email", "credit", "vip", "created") VALUES ('anna2', 'anna@example.org', 5, 0, DATE '2024-01-01'::timestamp(6) without time zone) ON DUPLICATE KEY UPDATE "credit" = "customers"."credit" + VALUES("credit"), "name" = VALUES("name");
SELECT "customers"."id", "customers"."name", "customers"."email", "customers"."credit" FROM "customers" WHERE "customers"."email" = 'anna@example.org';

-- case: insert ignore
INSERT IGNORE INTO "counters" ("name", "hits") VALUES ('home', 99), ('other', 1);

-- case: replace
REPLACE INTO "counters" ("name", "hits") VALUES ('home', 1), ('fresh', 2);

-- case: replace of a key alone
REPLACE INTO "numbers" ("n") VALUES (3), (11);

-- case: update
UPDATE "accounts" SET "balance" = "accounts"."balance" * 1.1, "owner" = upper("accounts"."owner") WHERE "accounts"."balance" > 0;

-- case: an assignment sees those before it
UPDATE "accounts" SET "balance" = "accounts"."balance" + 1, "owner" = concat("accounts"."owner", "accounts"."balance");

-- case: update with order and limit
UPDATE "employees" SET "salary" = "employees"."salary"::bigint + 1 WHERE "employees"."dept" = 'tech' ORDER BY "employees"."id" DESC LIMIT 2;

-- case: update with a subquery
UPDATE "customers" SET "credit" = (SELECT count(*) FROM "orders" WHERE "orders"."customer_id" = "customers"."id") WHERE "customers"."id" < 4;

-- case: update of a join
UPDATE "orders" AS "o" JOIN "customers" AS "c" ON "c"."id" = "o"."customer_id" SET "o"."note" = concat("c"."name", '!') WHERE "c"."vip" <> 0;

-- case: update of two tables in FROM
UPDATE "order_lines" AS "l", "products" AS "p" SET "l"."price" = "p"."price" WHERE ("l"."product_id" = "p"."id") AND ("p"."stock" > 100);

-- case: update of a left join
UPDATE "customers" AS "c" LEFT JOIN "orders" AS "o" ON "o"."customer_id" = "c"."id" SET "c"."city" = 'nowhere' WHERE "o"."id" IS NULL;

-- case: update of a join with a derived table
UPDATE "accounts" AS "a" JOIN (SELECT "orders"."customer_id", count(*) AS "n" FROM "orders" GROUP BY "orders"."customer_id") AS "x" ON "x"."customer_id" = "a"."id" SET "a"."balance" = "a"."balance" + "x"."n";

-- case: update of several tables
UPDATE "orders" AS "o" JOIN "customers" AS "c" ON "c"."id" = "o"."customer_id" SET "o"."note" = "c"."name", "c"."credit" = "c"."credit" + 1, "o"."status" = 'gone' WHERE "c"."id" = 2;

-- case: enum and default in an update
UPDATE "orders" SET "status" = 'paid', "note" = DEFAULT WHERE "orders"."id" = 3;

-- case: delete
DELETE FROM "orders" WHERE ("orders"."status" = 'gone');

-- case: delete with limit
DELETE FROM "numbers" ORDER BY "numbers"."n" DESC LIMIT 3;

-- case: delete from a join
DELETE "l" FROM "order_lines" AS "l" JOIN "orders" AS "o" ON "o"."id" = "l"."order_id" WHERE ("o"."status" = 'new');

-- case: delete using
DELETE "l" FROM "order_lines" AS "l" JOIN "products" AS "p" ON "p"."id" = "l"."product_id" WHERE "p"."stock" = 0;

-- case: delete from two tables
DELETE "o", "l" FROM "orders" AS "o" JOIN "order_lines" AS "l" ON "l"."order_id" = "o"."id" WHERE "o"."customer_id" = 1;

-- case: delete of what has no partner
DELETE "c" FROM "customers" AS "c" LEFT JOIN "orders" AS "o" ON "o"."customer_id" = "c"."id" WHERE "o"."id" IS NULL;

-- case: delete with a cte
WITH "rich" AS (SELECT "customers"."id" FROM "customers" WHERE "customers"."credit" > 100) DELETE FROM "accounts" WHERE ("accounts"."id" IN (SELECT "rich"."id" FROM "rich"));

-- case: update with a cte
WITH "n" AS (SELECT "orders"."customer_id", max("orders"."placed") AS "last" FROM "orders" GROUP BY "orders"."customer_id") UPDATE "customers" AS "c" JOIN (SELECT * FROM "n") AS "n" ON "n"."customer_id" = "c"."id" SET "c"."created" = "n"."last";

-- case: chinese names in changes
INSERT INTO "词典" ("编号", "词") VALUES (9, '新') ON DUPLICATE KEY UPDATE "词" = VALUES("词");

-- case: last_insert_id
INSERT INTO "log_entries" ("what") VALUES ('one');
INSERT INTO "log_entries" ("what") VALUES ('one');
SELECT last_insert_id()::bigint AS "l";

-- case: json in an update
UPDATE "products" SET "attrs" = json_set("products"."attrs", '$.size', "products"."stock")::jsonb WHERE "products"."id" < 4;
