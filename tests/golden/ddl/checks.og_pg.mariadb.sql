-- schema: schema golden_checks
CREATE SCHEMA IF NOT EXISTS "golden_checks"
;
-- table: table golden_checks.a
CREATE TABLE "golden_checks"."a" (
  "id" integer NOT NULL,
  "v" integer,
  "w" integer,
  "s" varchar(20),
  CONSTRAINT "between_ck" CHECK ("v" BETWEEN 1 AND 100),
  CONSTRAINT "list_ck" CHECK (("w" IN (1, 2, 3)) OR ("w" IS NULL)),
  CONSTRAINT "range_ck" CHECK ("v" < "w"),
  CONSTRAINT "text_ck" CHECK (("s" <> 'it''s') AND (char_length("s") > 2)),
  CONSTRAINT "v" CHECK ("v" > 0)
)
;
-- primary key: primary key golden_checks.a
ALTER TABLE "golden_checks"."a" ADD CONSTRAINT "a_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_checks.a
ANALYZE "golden_checks"."a"
;
-- note: column golden_checks.a.s: compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(20)
