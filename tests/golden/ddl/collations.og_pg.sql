-- schema: schema golden_collations
CREATE SCHEMA IF NOT EXISTS "golden_collations"
;
-- table: table golden_collations.c
CREATE TABLE "golden_collations"."c" (
  "a" varchar(10),
  "b" varchar(10),
  "c" varchar(10),
  "d" varchar(10),
  "e" varchar(10),
  "f" varchar(10)
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
-- note: column golden_collations.c.a: compares case and accents exactly; utf8mb4_0900_ai_ci does not => type varchar(10)
-- note: column golden_collations.c.d: compares case and accents exactly; utf8mb4_unicode_ci does not => type varchar(10)
-- note: column golden_collations.c.f: compares case and accents exactly; gbk_chinese_ci does not => type varchar(10)
-- warning: column golden_collations.c.a: in a unique key that ignores case at the source => the key tells case apart: values that the source refuses as duplicates are let in
