-- schema: schema golden_generated
CREATE SCHEMA IF NOT EXISTS "golden_generated"
;
-- table: table golden_generated.g
CREATE TABLE "golden_generated"."g" (
  "a" integer,
  "b" integer,
  "s" varchar(20) COLLATE utf8mb4_general_ci,
  "d" timestamp(0) without time zone,
  "j" jsonb,
  "c1" integer GENERATED ALWAYS AS ("a"::bigint + "b") STORED,
  "c2" integer GENERATED ALWAYS AS ("a"::bigint * 2) STORED,
  "c3" integer,
  "c4" varchar(50) COLLATE utf8mb4_general_ci GENERATED ALWAYS AS (("s" || '-' || "a"::text)) STORED,
  "c5" varchar(30) COLLATE utf8mb4_general_ci GENERATED ALWAYS AS (CASE WHEN jsonb_typeof("j") IN ('object', 'array') THEN coalesce(jsonb_extract_path_text("j", 'name'), jsonb_extract_path("j", 'name')::text) END) STORED,
  "c6" numeric(10,2) GENERATED ALWAYS AS (round("a" / 3, 4)) STORED,
  "c7" integer GENERATED ALWAYS AS (date_part('year', "d")::int) STORED,
  "c8" varchar(40) COLLATE utf8mb4_general_ci,
  "c9" varchar(20) COLLATE utf8mb4_general_ci GENERATED ALWAYS AS (upper("s")) STORED
)
;
-- index: index golden_generated.g.k2
CREATE INDEX "k2" ON "golden_generated"."g" ("c2")
;
-- index: index golden_generated.g.k4
CREATE UNIQUE INDEX "k4" ON "golden_generated"."g" ("c4")
;
-- analyze: table golden_generated.g
ANALYZE "golden_generated"."g"
;
-- note: column golden_generated.g.j: jsonb keeps numbers by value: 1000.0 stays, 1e20 prints as 100000000000000000000 => type jsonb
-- note: columns golden_generated.g.c2, c5: the target has no VIRTUAL generated columns => STORED: computed when a row is written, and taking space
-- warning: generated column golden_generated.g.c3: (`c1` + 1): it is computed from another generated column, which the target does not allow => a plain column, loaded with the source's values; the target does not compute new ones
-- warning: generated column golden_generated.g.c8: soundex(`s`): function SOUNDEX, not measured on openGauss B => a plain column, loaded with the source's values; the target does not compute new ones
