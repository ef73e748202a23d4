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
  "a" char(4),
  "b" char(1020),
  "c" text,
  "d" varchar(4),
  "e" varchar(64000),
  "f" text,
  "g" text,
  "h" text,
  "i" text,
  "j" char(30),
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
-- note: columns golden_types_text.c.a, d: lengths count bytes in an A database: 1 characters are 4 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type char(4)
-- note: column golden_types_text.c.b: lengths count bytes in an A database: 255 characters are 1020 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type char(1020)
-- note: columns golden_types_text.c.c, f, g, h, i: '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type text
-- note: column golden_types_text.c.e: lengths count bytes in an A database: 16000 characters are 64000 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(64000)
-- note: column golden_types_text.c.j: lengths count bytes in an A database: 10 characters are 30 bytes; '' is NULL in an A database; compares case and accents exactly, unlike latin1_swedish_ci => type char(30)
-- note: column golden_types_text.c.k: '' is NULL in an A database => type varchar(10)
