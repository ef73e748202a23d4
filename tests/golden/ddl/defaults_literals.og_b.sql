-- schema: schema golden_defaults_literals
CREATE SCHEMA IF NOT EXISTS "golden_defaults_literals"
;
-- table: table golden_defaults_literals.beyond
CREATE TABLE "golden_defaults_literals"."beyond" (
  "a" time(0) DEFAULT '-01:00:00',
  "b" time(0) DEFAULT '838:59:59'
)
;
-- table: table golden_defaults_literals.bytes
CREATE TABLE "golden_defaults_literals"."bytes" (
  "a" binary(3) DEFAULT '\x616200',
  "b" varbinary(4) DEFAULT '\x00FF',
  "c" varbinary(8) NOT NULL DEFAULT '\x00275C0AE9',
  "d" varbinary(4) DEFAULT '\x'
)
;
-- table: table golden_defaults_literals.l
CREATE TABLE "golden_defaults_literals"."l" (
  "a" varchar(20) COLLATE utf8mb4_general_ci DEFAULT 'it''s',
  "b" varchar(20) COLLATE utf8mb4_general_ci DEFAULT 'back\slash',
  "c" varchar(20) COLLATE utf8mb4_general_ci DEFAULT '',
  "d" varchar(20) COLLATE utf8mb4_general_ci,
  "e" varchar(20) COLLATE utf8mb4_general_ci NOT NULL DEFAULT 'NULL',
  "f" char(5) COLLATE utf8mb4_general_ci DEFAULT '中文',
  "g" varchar(30) COLLATE utf8mb4_general_ci DEFAULT 'current_timestamp()',
  "h" integer DEFAULT 5,
  "i" integer DEFAULT -5,
  "j" uint4 DEFAULT 7,
  "k" uint8 DEFAULT 18446744073709551615,
  "l" numeric(10,2) DEFAULT 0.50,
  "m" numeric(5,2) DEFAULT 3.00,
  "n" real DEFAULT 1.5,
  "o" double precision DEFAULT 1e30,
  "p" bit(4) DEFAULT B'0101',
  "q" bit(1) NOT NULL DEFAULT B'0',
  "r" bit(64) DEFAULT B'0000000000000000000000000000000000000000000000000000000000001111',
  "s" tinyint NOT NULL DEFAULT 1,
  "t" date DEFAULT '2020-02-29',
  "u" time(2) DEFAULT '10:00:00.00',
  "v" timestamp(3) without time zone DEFAULT '2020-01-01 01:02:03.500',
  "w" year DEFAULT 2024,
  "x" year DEFAULT 0,
  "y" enum('a','b') DEFAULT 'b',
  "z" set('a','b') DEFAULT 'a,b',
  "n1" integer NOT NULL,
  "n2" varchar(5) COLLATE utf8mb4_general_ci NOT NULL,
  CONSTRAINT "l_m_check" CHECK ("m" >= 0)
)
;
-- table: table golden_defaults_literals.zero
CREATE TABLE "golden_defaults_literals"."zero" (
  "a" date NOT NULL DEFAULT '0000-00-00',
  "b" timestamp(0) without time zone NOT NULL DEFAULT '0000-00-00 00:00:00',
  "c" timestamp(0) with time zone NOT NULL DEFAULT '0000-00-00 00:00:00',
  "d" date
)
;
-- table: table golden_defaults_literals.zone
CREATE TABLE "golden_defaults_literals"."zone" (
  "a" timestamp(0) with time zone NOT NULL DEFAULT '2020-01-01 00:00:00+00',
  "b" timestamp(3) with time zone DEFAULT '2019-12-31 16:00:00.250+00'
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
-- note: columns golden_defaults_literals.l.j, m: ZEROFILL is not kept: numbers print without leading zeros => type uint4
-- note: columns golden_defaults_literals.l.w, x: 0000 prints as 0 => type year
-- note: column golden_defaults_literals.l.y: labels are written in their own case only => type enum('a','b')
-- note: default of golden_defaults_literals.zero.a: the zero date needs a dolphin.sql_mode without no_zero_date => the default is kept; sessions with no_zero_date cannot use it
-- note: default of golden_defaults_literals.zero.b: the zero date needs a dolphin.sql_mode without no_zero_date => the default is kept; sessions with no_zero_date cannot use it
-- note: default of golden_defaults_literals.zero.c: the zero date needs a dolphin.sql_mode without no_zero_date => the default is kept; sessions with no_zero_date cannot use it
-- warning: default of golden_defaults_literals.zero.d: '2024-00-00' is no date in the target => the column has no default in the target
