-- schema: schema golden_generated_not_null
CREATE SCHEMA IF NOT EXISTS "golden_generated_not_null"
;
-- table: table golden_generated_not_null.g
CREATE TABLE "golden_generated_not_null"."g" (
  "s" varchar(80) NOT NULL,
  "名" varchar(36),
  "a" varchar(80) NOT NULL GENERATED ALWAYS AS (upper("s")) STORED,
  "b" varchar(120)
)
;
-- primary key: primary key golden_generated_not_null.g
ALTER TABLE "golden_generated_not_null"."g" ADD CONSTRAINT "g_pkey" PRIMARY KEY ("a")
;
-- analyze: table golden_generated_not_null.g
ANALYZE "golden_generated_not_null"."g"
;
-- note: columns golden_generated_not_null.g.s, a: lengths count bytes in an A database: 20 characters are 80 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(80)
-- note: column golden_generated_not_null.g.名: lengths count bytes in an A database: 9 characters are 36 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(36)
-- note: column golden_generated_not_null.g.b: lengths count bytes in an A database: 30 characters are 120 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(120)
-- warning: generated column golden_generated_not_null.g.b: concat(`名`,_utf8mb4'文€'): CONCAT: an A database takes NULL and '' for the same value => a plain column, loaded with the source's values; the target does not compute new ones
-- warning: column golden_generated_not_null.g.a: in a unique key that ignores case at the source => the key tells case apart: values that the source refuses as duplicates are let in
