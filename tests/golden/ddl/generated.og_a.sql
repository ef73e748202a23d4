-- schema: schema golden_generated
CREATE SCHEMA IF NOT EXISTS "golden_generated"
;
-- table: table golden_generated.g
CREATE TABLE "golden_generated"."g" (
  "a" integer,
  "b" integer,
  "s" varchar(80),
  "d" timestamp(0),
  "j" jsonb,
  "c1" integer GENERATED ALWAYS AS ("a"::bigint + "b") STORED,
  "c2" integer GENERATED ALWAYS AS ("a"::bigint * 2) STORED,
  "c3" integer,
  "c4" varchar(200),
  "c5" varchar(120) GENERATED ALWAYS AS (CASE WHEN jsonb_typeof("j") IN ('object', 'array') THEN coalesce("j" #>> '{"name"}', ("j" #> '{"name"}')::text) END) STORED,
  "c6" numeric(10,2) GENERATED ALWAYS AS (round("a"::numeric(95,12) / 3, 4)) STORED,
  "c7" integer GENERATED ALWAYS AS (extract(year FROM "d")::int) STORED,
  "c8" varchar(160),
  "c9" varchar(80) GENERATED ALWAYS AS (upper("s")) STORED
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
-- note: columns golden_generated.g.s, c9: lengths count bytes in an A database: 20 characters are 80 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(80)
-- note: column golden_generated.g.j: jsonb keeps numbers by value: 1000.0 stays, 1e20 prints as 100000000000000000000 => type jsonb
-- note: column golden_generated.g.c4: lengths count bytes in an A database: 50 characters are 200 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(200)
-- note: column golden_generated.g.c5: lengths count bytes in an A database: 30 characters are 120 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(120)
-- note: column golden_generated.g.c8: lengths count bytes in an A database: 40 characters are 160 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(160)
-- note: columns golden_generated.g.c2, c5: the target has no VIRTUAL generated columns => STORED: computed when a row is written, and taking space
-- warning: generated column golden_generated.g.c3: (`c1` + 1): it is computed from another generated column, which the target does not allow => a plain column, loaded with the source's values; the target does not compute new ones
-- warning: generated column golden_generated.g.c4: concat(`s`,_utf8mb4'-',`a`): CONCAT: an A database takes NULL and '' for the same value => a plain column, loaded with the source's values; the target does not compute new ones
-- warning: generated column golden_generated.g.c8: soundex(`s`): function SOUNDEX => a plain column, loaded with the source's values; the target does not compute new ones
-- warning: column golden_generated.g.c4: in a unique key that ignores case at the source => the key tells case apart: values that the source refuses as duplicates are let in
