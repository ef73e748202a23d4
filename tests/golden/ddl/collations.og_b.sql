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
-- index: index golden_collations.c.kd
CREATE INDEX "kd" ON "golden_collations"."c" ("d")
;
-- index: index golden_collations.c.ua
CREATE UNIQUE INDEX "ua" ON "golden_collations"."c" ("a")
;
-- index: index golden_collations.c.uc
CREATE UNIQUE INDEX "uc" ON "golden_collations"."c" ("c")
;
-- analyze: table golden_collations.c
ANALYZE "golden_collations"."c"
;
-- note: column golden_collations.c.a: collation utf8mb4_0900_ai_ci becomes utf8mb4_unicode_ci => type varchar(10)
-- note: column golden_collations.c.b: collation utf8mb4_0900_as_cs becomes utf8mb4_bin => type varchar(10)
-- note: column golden_collations.c.e: collation latin1_general_cs becomes utf8mb4_bin => type varchar(10)
-- note: column golden_collations.c.f: collation gbk_chinese_ci becomes utf8mb4_general_ci => type varchar(10)
