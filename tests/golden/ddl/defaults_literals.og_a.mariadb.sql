-- schema: schema golden_defaults_literals
CREATE SCHEMA IF NOT EXISTS "golden_defaults_literals"
;
-- table: table golden_defaults_literals.beyond
CREATE TABLE "golden_defaults_literals"."beyond" (
  "a" time(0),
  "b" time(0)
)
;
-- table: table golden_defaults_literals.bytes
CREATE TABLE "golden_defaults_literals"."bytes" (
  "a" bytea DEFAULT '\x616200',
  "b" bytea DEFAULT '\x00ff',
  "c" bytea NOT NULL DEFAULT '\x00275c0ae9',
  "d" bytea DEFAULT '\x'
)
;
-- table: table golden_defaults_literals.l
CREATE TABLE "golden_defaults_literals"."l" (
  "a" varchar(80) DEFAULT 'it''s',
  "b" varchar(80) DEFAULT 'back\slash',
  "c" varchar(80),
  "d" varchar(80),
  "e" varchar(80) NOT NULL DEFAULT 'NULL',
  "f" char(20) DEFAULT '中文',
  "g" varchar(120) DEFAULT 'current_timestamp()',
  "h" integer DEFAULT 5,
  "i" integer DEFAULT -5,
  "j" bigint DEFAULT 7,
  "k" numeric(20,0) DEFAULT 18446744073709551615,
  "l" numeric(10,2) DEFAULT 0.50,
  "m" numeric(5,2) DEFAULT 3.00,
  "n" real DEFAULT 1.5,
  "o" double precision DEFAULT 1e30,
  "p" bit(4) DEFAULT B'0101',
  "q" bit(1) NOT NULL DEFAULT B'0',
  "r" bit(64) DEFAULT B'0000000000000000000000000000000000000000000000000000000000001111',
  "s" smallint NOT NULL DEFAULT 1,
  "t" timestamp(0) DEFAULT '2020-02-29',
  "u" time(2) DEFAULT '10:00:00.00',
  "v" timestamp(3) DEFAULT '2020-01-01 01:02:03.500',
  "w" smallint DEFAULT 2024,
  "x" smallint DEFAULT 0,
  "y" varchar(1) DEFAULT 'b',
  "z" varchar(3) DEFAULT 'a,b',
  "n1" integer NOT NULL,
  "n2" varchar(20) NOT NULL,
  CONSTRAINT "l_j_check" CHECK ("j" >= 0),
  CONSTRAINT "l_k_check" CHECK ("k" >= 0),
  CONSTRAINT "l_m_check" CHECK ("m" >= 0),
  CONSTRAINT "l_y_check" CHECK ("y" IN ('a','b')),
  CONSTRAINT "l_z_check" CHECK (string_to_array("z", ',') <@ ARRAY['a','b',' ']::text[])
)
;
-- table: table golden_defaults_literals.zero
CREATE TABLE "golden_defaults_literals"."zero" (
  "a" timestamp(0) NOT NULL,
  "b" timestamp(0) NOT NULL,
  "c" timestamptz(0) NOT NULL,
  "d" timestamp(0)
)
;
-- table: table golden_defaults_literals.zone
CREATE TABLE "golden_defaults_literals"."zone" (
  "a" timestamptz(0) NOT NULL DEFAULT '2020-01-01 00:00:00+00',
  "b" timestamptz(3) DEFAULT '2019-12-31 16:00:00.250+00'
)
;
-- analyze: table golden_defaults_literals.beyond
ANALYZE "golden_defaults_literals"."beyond"
;
-- analyze: table golden_defaults_literals.bytes
ANALYZE "golden_defaults_literals"."bytes"
;
-- analyze: table golden_defaults_literals.l
ANALYZE "golden_defaults_literals"."l"
;
-- analyze: table golden_defaults_literals.zero
ANALYZE "golden_defaults_literals"."zero"
;
-- analyze: table golden_defaults_literals.zone
ANALYZE "golden_defaults_literals"."zone"
;
-- warning: default of golden_defaults_literals.beyond.a: '-01:00:00' is no time of day => the column has no default in the target
-- warning: default of golden_defaults_literals.beyond.b: '838:59:59' is no time of day => the column has no default in the target
-- note: columns golden_defaults_literals.beyond.a, b: holds 00:00:00 to 24:00:00 only, interval would hold every TIME => type time(0)
-- note: columns golden_defaults_literals.bytes.a, b, c, d: bytea has no length limit => type bytea
-- warning: default of golden_defaults_literals.l.c: '' is NULL in an A database => the column has no default in the target
-- note: columns golden_defaults_literals.l.a, b, c, d, e: lengths count bytes in an A database: 20 characters are 80 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(80)
-- note: columns golden_defaults_literals.l.f, n2: lengths count bytes in an A database: 5 characters are 20 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type char(20)
-- note: column golden_defaults_literals.l.g: lengths count bytes in an A database: 30 characters are 120 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(120)
-- note: columns golden_defaults_literals.l.j, m: ZEROFILL is not kept: numbers print without leading zeros => type bigint
-- note: column golden_defaults_literals.l.t: a date has a time of day in an A database: 00:00:00 => type timestamp(0)
-- note: column golden_defaults_literals.l.u: holds 00:00:00 to 24:00:00 only, interval would hold every TIME => type time(2)
-- note: column golden_defaults_literals.l.y: orders by label, not by position; '' is NULL in an A database => type varchar(1)
-- note: column golden_defaults_literals.l.z: orders as text, not by bits; '' is NULL in an A database => type varchar(3)
-- warning: default of golden_defaults_literals.zero.a: '0000-00-00' is no date in the target => the column has no default in the target
-- warning: default of golden_defaults_literals.zero.b: '0000-00-00 00:00:00' is no date in the target => the column has no default in the target
-- warning: default of golden_defaults_literals.zero.c: '0000-00-00 00:00:00' is no date in the target => the column has no default in the target
-- warning: default of golden_defaults_literals.zero.d: '2024-00-00' is no date in the target => the column has no default in the target
-- note: columns golden_defaults_literals.zero.a, d: a date has a time of day in an A database: 00:00:00 => type timestamp(0)
