-- schema: schema golden_generated
CREATE SCHEMA IF NOT EXISTS "golden_generated"
;
-- table: table golden_generated.g
CREATE TABLE "golden_generated"."g" (
  "a" integer,
  "b" integer,
  "s" varchar(20),
  "d" timestamp(0),
  "j" jsonb,
  "c1" integer GENERATED ALWAYS AS ("a"::bigint + "b") STORED,
  "c2" integer GENERATED ALWAYS AS ("a"::bigint * 2) STORED,
  "c3" integer,
  "c4" varchar(50) GENERATED ALWAYS AS ("s" || '-' || "a"::text) STORED,
  "c5" varchar(30) GENERATED ALWAYS AS (CASE WHEN jsonb_typeof("j") IN ('object', 'array') THEN coalesce("j" #>> '{"name"}', ("j" #> '{"name"}')::text) END) STORED,
  "c6" numeric(10,2) GENERATED ALWAYS AS (trunc("a"::numeric(95,21) / 3, 9)) STORED,
  "c7" integer GENERATED ALWAYS AS (extract(year FROM "d")::int) STORED,
  "c8" varchar(40),
  "c9" varchar(20) GENERATED ALWAYS AS (upper("s")) STORED
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
-- note: columns golden_generated.g.s, c4, c5, c8, c9: compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(20)
-- note: column golden_generated.g.j: jsonb keeps numbers by value: 1000.0 stays, 1e20 prints as 100000000000000000000 => type jsonb
-- note: columns golden_generated.g.c2, c5: the target has no VIRTUAL generated columns => STORED: computed when a row is written, and taking space
-- warning: generated column golden_generated.g.c3: `c1` + 1: it is computed from another generated column, which the target does not allow => a plain column, loaded with the source's values; the target does not compute new ones
-- warning: generated column golden_generated.g.c8: soundex(`s`): function SOUNDEX => a plain column, loaded with the source's values; the target does not compute new ones
-- warning: column golden_generated.g.c4: in a unique key that ignores case at the source => the key tells case apart: values that the source refuses as duplicates are let in
