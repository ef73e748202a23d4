-- schema: schema golden_defaults_mariadb
CREATE SCHEMA IF NOT EXISTS "golden_defaults_mariadb"
;
-- table: table golden_defaults_mariadb.x
CREATE TABLE "golden_defaults_mariadb"."x" (
  "a" integer DEFAULT (1 + 2),
  "b" char(144) DEFAULT (md5(random()::text || clock_timestamp()::text)::uuid::text),
  "c" timestamp(0) DEFAULT (date_trunc('day', LOCALTIMESTAMP)::timestamp),
  "d" jsonb DEFAULT '{}',
  "e" jsonb DEFAULT ('[]'::jsonb),
  "f" text DEFAULT 'it''s \ ä',
  "g" bytea DEFAULT '\x615c62',
  "h" varchar(80) DEFAULT (('a' || 'b')::text),
  "i" double precision DEFAULT (random()),
  "j" integer,
  "k" integer,
  "l" varchar(120) DEFAULT (to_char(LOCALTIMESTAMP(0), 'YYYY"-"MM"-"DD" "HH24":"MI":"SS'))
)
;
-- analyze: table golden_defaults_mariadb.x
ANALYZE "golden_defaults_mariadb"."x"
;
-- warning: default of golden_defaults_mariadb.x.j: (`a` + 1): the column a, which is not known here => the column has no default in the target
-- warning: default of golden_defaults_mariadb.x.k: nextval(`golden_defaults_mariadb`.`s`): function NEXTVAL => the column has no default in the target
-- note: column golden_defaults_mariadb.x.b: lengths count bytes in an A database: 36 characters are 144 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type char(144)
-- note: column golden_defaults_mariadb.x.c: a date has a time of day in an A database: 00:00:00 => type timestamp(0)
-- note: columns golden_defaults_mariadb.x.d, e: jsonb keeps numbers by value: 1000.0 stays, 1e20 prints as 100000000000000000000 => type jsonb
-- note: column golden_defaults_mariadb.x.f: '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type text
-- note: column golden_defaults_mariadb.x.h: lengths count bytes in an A database: 20 characters are 80 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(80)
-- note: column golden_defaults_mariadb.x.l: lengths count bytes in an A database: 30 characters are 120 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(120)
-- uncarried: sequence s: MariaDB's sequences are not carried
