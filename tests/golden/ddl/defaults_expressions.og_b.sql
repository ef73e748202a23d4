-- schema: schema golden_defaults_expressions
CREATE SCHEMA IF NOT EXISTS "golden_defaults_expressions"
;
-- table: table golden_defaults_expressions.x
CREATE TABLE "golden_defaults_expressions"."x" (
  "a" integer DEFAULT (1 + 2),
  "b" char(36) COLLATE utf8mb4_general_ci DEFAULT (uuid()),
  "c" date DEFAULT (CURRENT_DATE),
  "d" jsonb DEFAULT (json_array()::jsonb),
  "e" jsonb DEFAULT '{}',
  "f" text COLLATE utf8mb4_general_ci DEFAULT 'it''s \ ä',
  "g" blob DEFAULT '\x615c62',
  "h" varchar(20) COLLATE utf8mb4_general_ci DEFAULT (concat('a', 'b')),
  "i" double precision DEFAULT (random()),
  "j" integer,
  "k" binary(16) DEFAULT (unhex(replace(uuid(), '-', ''))),
  "l" date DEFAULT (date_add(CURRENT_DATE, interval 1 year))
)
;
-- analyze: table golden_defaults_expressions.x
ANALYZE "golden_defaults_expressions"."x"
;
-- warning: default of golden_defaults_expressions.x.j: (`a` + 1): the column a, which is not known here => the column has no default in the target
-- note: columns golden_defaults_expressions.x.d, e: jsonb keeps numbers by value: 1000.0 stays, 1e20 prints as 100000000000000000000 => type jsonb
