-- schema: schema golden_lower_names
CREATE SCHEMA IF NOT EXISTS "golden_lower_names"
;
-- table: table golden_lower_names.Items
CREATE TABLE "golden_lower_names"."items" (
  "Id" integer NOT NULL,
  "o" integer
)
;
-- table: table golden_lower_names.Orders
CREATE TABLE "golden_lower_names"."orders" (
  "Id" integer NOT NULL
)
;
-- table: table golden_lower_names.orders
CREATE TABLE "golden_lower_names"."orders_orders" (
  "Id" integer NOT NULL
)
;
-- index: index golden_lower_names.Items.Items_o
CREATE INDEX "Items_o" ON "golden_lower_names"."items" ("o")
;
-- primary key: primary key golden_lower_names.Items
ALTER TABLE "golden_lower_names"."items" ADD CONSTRAINT "items_pkey" PRIMARY KEY ("Id")
;
-- primary key: primary key golden_lower_names.Orders
ALTER TABLE "golden_lower_names"."orders" ADD CONSTRAINT "orders_pkey" PRIMARY KEY ("Id")
;
-- primary key: primary key golden_lower_names.orders
ALTER TABLE "golden_lower_names"."orders_orders" ADD CONSTRAINT "orders_orders_pkey" PRIMARY KEY ("Id")
;
-- foreign key: foreign key golden_lower_names.Items.Items_o
ALTER TABLE "golden_lower_names"."items" ADD CONSTRAINT "Items_o" FOREIGN KEY ("o") REFERENCES "golden_lower_names"."orders" ("Id") ON DELETE NO ACTION ON UPDATE NO ACTION NOT VALID
;
-- foreign key check: foreign key golden_lower_names.Items.Items_o
ALTER TABLE "golden_lower_names"."items" VALIDATE CONSTRAINT "Items_o"
;
-- analyze: table golden_lower_names.Items
ANALYZE "golden_lower_names"."items"
;
-- analyze: table golden_lower_names.Orders
ANALYZE "golden_lower_names"."orders"
;
-- analyze: table golden_lower_names.orders
ANALYZE "golden_lower_names"."orders_orders"
;
-- note: table golden_lower_names.orders: the name is taken in the target => it is called orders_orders
