-- schema: schema golden_generated_not_null
CREATE SCHEMA IF NOT EXISTS "golden_generated_not_null"
;
-- table: table golden_generated_not_null.g
CREATE TABLE "golden_generated_not_null"."g" (
  "s" varchar(20) NOT NULL,
  "名" varchar(9),
  "a" varchar(20) NOT NULL GENERATED ALWAYS AS (upper("s")) STORED,
  "b" varchar(30) GENERATED ALWAYS AS ("名" || '文€') STORED
)
;
-- primary key: primary key golden_generated_not_null.g
ALTER TABLE "golden_generated_not_null"."g" ADD CONSTRAINT "g_pkey" PRIMARY KEY ("a")
;
-- analyze: table golden_generated_not_null.g
ANALYZE "golden_generated_not_null"."g"
;
-- note: columns golden_generated_not_null.g.s, 名, a, b: compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(20)
-- note: column golden_generated_not_null.g.b: the target has no VIRTUAL generated columns => STORED: computed when a row is written, and taking space
-- warning: column golden_generated_not_null.g.a: in a unique key that ignores case at the source => the key tells case apart: values that the source refuses as duplicates are let in
