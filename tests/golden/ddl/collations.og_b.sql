-- schema: schema golden_collations
CREATE SCHEMA IF NOT EXISTS "golden_collations"
;
-- table: table golden_collations.c
CREATE TABLE "golden_collations"."c" (
  "a" varchar(10) COLLATE utf8mb4_unicode_ci,
  "b" varchar(10) COLLATE utf8mb4_bin,
  "c" varchar(10) COLLATE utf8mb4_bin,
  "d" varchar(10) COLLATE utf8mb4_unicode_ci,
  "e" varchar(10) COLLATE utf8mb4_bin,
  "f" varchar(10) COLLATE utf8mb4_general_ci
)
;
-- table: table golden_collations.keys_
CREATE TABLE "golden_collations"."keys_" (
  "a" varchar(10) COLLATE utf8mb4_unicode_ci NOT NULL,
  "b" varchar(10) COLLATE utf8mb4_general_ci,
  "c" varchar(10) COLLATE utf8mb4_unicode_ci
)
;
-- index: index golden_collations.c.kd
CREATE INDEX "kd" ON "golden_collations"."c" ("d")
;
-- index: index golden_collations.c.ua
CREATE UNIQUE INDEX "ua" ON "golden_collations"."c" ("a")
;
-- index: index golden_collations.c.uc
CREATE UNIQUE INDEX "uc" ON "golden_collations"."c" ("c")
;
-- index: index golden_collations.keys_.b
CREATE UNIQUE INDEX "b" ON "golden_collations"."keys_" ("b")
;
-- index: index golden_collations.keys_.c
CREATE UNIQUE INDEX "c_keys_" ON "golden_collations"."keys_" ("c")
;
-- primary key: primary key golden_collations.keys_
ALTER TABLE "golden_collations"."keys_" ADD CONSTRAINT "keys__pkey" PRIMARY KEY ("a")
;
-- analyze: table golden_collations.c
ANALYZE "golden_collations"."c"
;
-- analyze: table golden_collations.keys_
ANALYZE "golden_collations"."keys_"
;
-- note: column golden_collations.c.a: collation utf8mb4_0900_ai_ci becomes utf8mb4_unicode_ci => type varchar(10)
-- note: column golden_collations.c.b: collation utf8mb4_0900_as_cs becomes utf8mb4_bin => type varchar(10)
-- note: column golden_collations.c.e: collation latin1_general_cs becomes utf8mb4_bin => type varchar(10)
-- note: column golden_collations.c.f: collation gbk_chinese_ci becomes utf8mb4_general_ci => type varchar(10)
-- warning: column golden_collations.c.a: in a unique key that tells more apart at the source => values that differ only in blanks at the end, or in accents, are duplicates in the target
-- note: index golden_collations.keys_.c: the name is taken in the target => it is called c_keys_
-- note: column golden_collations.keys_.a: collation utf8mb4_0900_ai_ci becomes utf8mb4_unicode_ci => type varchar(10)
-- note: column golden_collations.keys_.c: collation utf8mb4_0900_as_ci becomes utf8mb4_unicode_ci => type varchar(10)
-- warning: columns golden_collations.keys_.a, c: in a unique key that tells more apart at the source => values that differ only in blanks at the end, or in accents, are duplicates in the target
