-- schema: schema golden_types_text
CREATE SCHEMA IF NOT EXISTS "golden_types_text"
;
-- table: table golden_types_text.b
CREATE TABLE "golden_types_text"."b" (
  "a" binary(1),
  "b" binary(255),
  "c" varbinary(1),
  "d" varbinary(60000),
  "e" tinyblob,
  "f" blob,
  "g" mediumblob,
  "h" longblob
)
;
-- table: table golden_types_text.c
CREATE TABLE "golden_types_text"."c" (
  "a" char(1) COLLATE utf8mb4_general_ci,
  "b" char(255) COLLATE utf8mb4_general_ci,
  "c" text COLLATE utf8mb4_general_ci,
  "d" varchar(1) COLLATE utf8mb4_general_ci,
  "e" varchar(16000) COLLATE utf8mb4_general_ci,
  "f" text COLLATE utf8mb4_general_ci,
  "g" text COLLATE utf8mb4_general_ci,
  "h" text COLLATE utf8mb4_general_ci,
  "i" text COLLATE utf8mb4_general_ci,
  "j" char(10) COLLATE utf8mb4_general_ci,
  "k" varchar(10) COLLATE utf8mb4_bin,
  CONSTRAINT "c_c_check" CHECK (length("c") = 0)
)
;
-- analyze: table golden_types_text.b
ANALYZE "golden_types_text"."b"
;
-- analyze: table golden_types_text.c
ANALYZE "golden_types_text"."c"
;
-- note: column golden_types_text.c.j: collation latin1_swedish_ci becomes utf8mb4_general_ci => type char(10)
