-- schema: schema golden_collations
CREATE SCHEMA IF NOT EXISTS "golden_collations"
;
-- table: table golden_collations.c
CREATE TABLE "golden_collations"."c" (
  "a" varchar(40),
  "b" varchar(40),
  "c" varchar(40),
  "d" varchar(40),
  "e" varchar(30),
  "f" varchar(30)
)
;
-- table: table golden_collations.keys_
CREATE TABLE "golden_collations"."keys_" (
  "a" varchar(40) NOT NULL,
  "b" varchar(40),
  "c" varchar(40)
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
-- note: column golden_collations.c.a: lengths count bytes in an A database: 10 characters are 40 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_0900_ai_ci => type varchar(40)
-- note: columns golden_collations.c.b, c: lengths count bytes in an A database: 10 characters are 40 bytes; '' is NULL in an A database => type varchar(40)
-- note: column golden_collations.c.d: lengths count bytes in an A database: 10 characters are 40 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_unicode_ci => type varchar(40)
-- note: column golden_collations.c.e: lengths count bytes in an A database: 10 characters are 30 bytes; '' is NULL in an A database => type varchar(30)
-- note: column golden_collations.c.f: lengths count bytes in an A database: 10 characters are 30 bytes; '' is NULL in an A database; compares case and accents exactly, unlike gbk_chinese_ci => type varchar(30)
-- warning: column golden_collations.c.a: in a unique key that ignores case at the source => the key tells case apart: values that the source refuses as duplicates are let in
-- note: index golden_collations.keys_.c: the name is taken in the target => it is called c_keys_
-- note: column golden_collations.keys_.a: lengths count bytes in an A database: 10 characters are 40 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_0900_ai_ci => type varchar(40)
-- note: column golden_collations.keys_.b: lengths count bytes in an A database: 10 characters are 40 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(40)
-- note: column golden_collations.keys_.c: lengths count bytes in an A database: 10 characters are 40 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_0900_as_ci => type varchar(40)
-- warning: columns golden_collations.keys_.a, b, c: in a unique key that ignores case at the source => the key tells case apart: values that the source refuses as duplicates are let in
