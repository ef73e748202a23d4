-- schema: schema golden_identifiers
CREATE SCHEMA IF NOT EXISTS "golden_identifiers"
;
-- table: table golden_identifiers.Order Details
CREATE TABLE "golden_identifiers"."Order Details" (
  "ID" integer NOT NULL,
  "中文列" varchar(40)
);
COMMENT ON COLUMN "golden_identifiers"."Order Details"."中文列" IS '中'
;
-- table: table golden_identifiers.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl
CREATE TABLE "golden_identifiers"."abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab_eb75e2a9" (
  "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab_eb75e2a9" integer NOT NULL,
  "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab_ea75e116" integer,
  "一二三四五六七八九十一二三四五六七八_ebb7e617" integer
)
;
-- table: table golden_identifiers.select
CREATE TABLE "golden_identifiers"."select" (
  "from" integer NOT NULL,
  "order" integer,
  "a""b" integer,
  "it's" integer,
  "a b" integer,
  "a.b" integer,
  "$d" integer,
  "a`b" integer,
  "User" integer
)
;
-- table: table golden_identifiers.订单
CREATE TABLE "golden_identifiers"."订单" (
  "id" integer NOT NULL
)
;
-- index: index golden_identifiers.Order Details.索引
CREATE INDEX "索引" ON "golden_identifiers"."Order Details" ("中文列")
;
-- index: index golden_identifiers.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl
CREATE INDEX "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab_d79775f4" ON "golden_identifiers"."abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab_eb75e2a9" ("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab_ea75e116")
;
-- index: index golden_identifiers.select.group
CREATE INDEX "group" ON "golden_identifiers"."select" ("order")
;
-- primary key: primary key golden_identifiers.Order Details
ALTER TABLE "golden_identifiers"."Order Details" ADD CONSTRAINT "Order Details_pkey" PRIMARY KEY ("ID")
;
-- primary key: primary key golden_identifiers.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl
ALTER TABLE "golden_identifiers"."abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab_eb75e2a9" ADD CONSTRAINT "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab_cd41534d" PRIMARY KEY ("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab_eb75e2a9")
;
-- primary key: primary key golden_identifiers.select
ALTER TABLE "golden_identifiers"."select" ADD CONSTRAINT "select_pkey" PRIMARY KEY ("from")
;
-- primary key: primary key golden_identifiers.订单
ALTER TABLE "golden_identifiers"."订单" ADD CONSTRAINT "订单_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_identifiers.Order Details
ANALYZE "golden_identifiers"."Order Details"
;
-- analyze: table golden_identifiers.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl
ANALYZE "golden_identifiers"."abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab_eb75e2a9"
;
-- analyze: table golden_identifiers.select
ANALYZE "golden_identifiers"."select"
;
-- analyze: table golden_identifiers.订单
ANALYZE "golden_identifiers"."订单"
;
-- note: column golden_identifiers.Order Details.中文列: lengths count bytes in an A database: 10 characters are 40 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(40)
-- note: table golden_identifiers.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl: the name is longer than 63 bytes => it is called abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab_eb75e2a9
-- note: column golden_identifiers.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl: the name is longer than 63 bytes => it is called abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab_eb75e2a9
-- note: column golden_identifiers.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkm: the name is longer than 63 bytes => it is called abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab_ea75e116
-- note: column golden_identifiers.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl.一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十: the name is longer than 63 bytes => it is called 一二三四五六七八九十一二三四五六七八_ebb7e617
-- note: index golden_identifiers.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl: the name is longer than 63 bytes => it is called abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab_d79775f4
