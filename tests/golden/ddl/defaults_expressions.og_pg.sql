-- schema: schema golden_defaults_expressions
CREATE SCHEMA IF NOT EXISTS "golden_defaults_expressions"
;
-- table: table golden_defaults_expressions.x
CREATE TABLE "golden_defaults_expressions"."x" (
  "a" integer DEFAULT (1 + 2),
  "b" char(36) DEFAULT (md5(random()::text || clock_timestamp()::text)::uuid::text),
  "c" date DEFAULT (CURRENT_DATE),
  "d" jsonb DEFAULT ('[]'::jsonb),
  "e" jsonb DEFAULT '{}',
  "f" text DEFAULT 'it''s \ ä',
  "g" bytea DEFAULT '\x615c62',
  "h" varchar(20) DEFAULT (('a' || 'b')::text),
  "i" double precision DEFAULT (random()),
  "j" integer,
  "k" bytea DEFAULT (decode(replace(md5(random()::text || clock_timestamp()::text)::uuid::text, '-', ''), 'hex')),
  "l" date DEFAULT ((CURRENT_DATE + INTERVAL '1 year')::date)
)
;
-- analyze: table golden_defaults_expressions.x
ANALYZE "golden_defaults_expressions"."x"
;
-- warning: default of golden_defaults_expressions.x.j: (`a` + 1): the column a, which is not known here => the column has no default in the target
-- note: columns golden_defaults_expressions.x.b, f, h: compares case and accents exactly, unlike utf8mb4_general_ci => type char(36)
-- note: columns golden_defaults_expressions.x.d, e: jsonb keeps numbers by value: 1000.0 stays, 1e20 prints as 100000000000000000000 => type jsonb
-- note: column golden_defaults_expressions.x.k: bytea has no length limit => type bytea
