-- schema: schema golden_types_text
CREATE SCHEMA IF NOT EXISTS "golden_types_text"
;
-- table: table golden_types_text.b
CREATE TABLE "golden_types_text"."b" (
  "a" bytea,
  "b" bytea,
  "c" bytea,
  "d" bytea,
  "e" bytea,
  "f" bytea,
  "g" bytea,
  "h" bytea
)
;
-- table: table golden_types_text.c
CREATE TABLE "golden_types_text"."c" (
  "a" char(1),
  "b" char(255),
  "c" text,
  "d" varchar(1),
  "e" varchar(16000),
  "f" text,
  "g" text,
  "h" text,
  "i" text,
  "j" char(10),
  "k" varchar(10),
  CONSTRAINT "c_c_check" CHECK (length("c") = 0)
)
;
-- analyze: table golden_types_text.b
ANALYZE "golden_types_text"."b"
;
-- analyze: table golden_types_text.c
ANALYZE "golden_types_text"."c"
;
-- note: columns golden_types_text.b.a, b, c, d: bytea has no length limit => type bytea
-- note: columns golden_types_text.c.a, b, c, d, e, f, g, h and 1 more: compares case and accents exactly, unlike utf8mb4_general_ci => type char(1)
-- note: column golden_types_text.c.j: compares case and accents exactly, unlike latin1_swedish_ci => type char(10)
