-- schema: schema golden_generated_not_null
CREATE SCHEMA IF NOT EXISTS "golden_generated_not_null"
;
-- table: table golden_generated_not_null.g
CREATE TABLE "golden_generated_not_null"."g" (
  "s" varchar(20) COLLATE utf8mb4_general_ci NOT NULL,
  "名" varchar(9) COLLATE utf8mb4_general_ci,
  "a" varchar(20) COLLATE utf8mb4_general_ci NOT NULL GENERATED ALWAYS AS (upper("s")) STORED,
  "b" varchar(30) COLLATE utf8mb4_general_ci GENERATED ALWAYS AS (("名" || '文€')) STORED
)
;
-- primary key: primary key golden_generated_not_null.g
ALTER TABLE "golden_generated_not_null"."g" ADD CONSTRAINT "g_pkey" PRIMARY KEY ("a")
;
-- analyze: table golden_generated_not_null.g
ANALYZE "golden_generated_not_null"."g"
;
-- note: column golden_generated_not_null.g.b: the target has no VIRTUAL generated columns => STORED: computed when a row is written, and taking space
