-- schema: schema golden_defaults_mariadb
CREATE SCHEMA IF NOT EXISTS "golden_defaults_mariadb"
;
-- table: table golden_defaults_mariadb.x
CREATE TABLE "golden_defaults_mariadb"."x" (
  "a" integer DEFAULT (1 + 2),
  "b" char(36) COLLATE utf8mb4_general_ci DEFAULT (uuid()),
  "c" date DEFAULT (CURRENT_DATE),
  "d" jsonb DEFAULT '{}',
  "e" jsonb DEFAULT (json_array()::jsonb),
  "f" text COLLATE utf8mb4_general_ci DEFAULT 'it''s \ ä',
  "g" blob DEFAULT '\x615c62',
  "h" varchar(20) COLLATE utf8mb4_general_ci DEFAULT (concat('a', 'b')),
  "i" double precision DEFAULT (random()),
  "j" integer,
  "k" integer,
  "l" varchar(30) COLLATE utf8mb4_general_ci DEFAULT (CURRENT_TIMESTAMP)
)
;
-- analyze: table golden_defaults_mariadb.x
ANALYZE "golden_defaults_mariadb"."x"
;
-- warning: default of golden_defaults_mariadb.x.j: (`a` + 1): the column a, which is not known here => the column has no default in the target
-- warning: default of golden_defaults_mariadb.x.k: nextval(`golden_defaults_mariadb`.`s`): function NEXTVAL, not measured on openGauss B => the column has no default in the target
-- note: columns golden_defaults_mariadb.x.d, e: jsonb keeps numbers by value: 1000.0 stays, 1e20 prints as 100000000000000000000 => type jsonb
-- uncarried: sequence s: MariaDB's sequences are not carried
