-- schema: schema golden_types_numeric
CREATE SCHEMA IF NOT EXISTS "golden_types_numeric"
;
-- table: table golden_types_numeric.n
CREATE TABLE "golden_types_numeric"."n" (
  "a" tinyint,
  "b" uint1,
  "c" tinyint,
  "d" smallint,
  "e" uint2,
  "f" integer,
  "g" uint4,
  "h" integer,
  "i" uint4,
  "j" bigint,
  "k" uint8,
  "l" uint4,
  "m" numeric(10,2),
  "n" numeric(65,30),
  "o" numeric(20,0),
  "p" real,
  "q" double precision,
  "r" numeric(7,3),
  "s" numeric(10,2),
  "t" real,
  "u" bit(1),
  "v" bit(8),
  "w" bit(64),
  "x" tinyint,
  CONSTRAINT "n_f_check" CHECK ("f" BETWEEN -8388608 AND 8388607),
  CONSTRAINT "n_g_check" CHECK ("g" <= 16777215),
  CONSTRAINT "n_o_check" CHECK ("o" >= 0),
  CONSTRAINT "n_t_check" CHECK ("t" >= 0)
)
;
-- analyze: table golden_types_numeric.n
ANALYZE "golden_types_numeric"."n"
;
-- note: column golden_types_numeric.n.l: ZEROFILL is not kept: numbers print without leading zeros => type uint4
-- note: columns golden_types_numeric.n.r, s: values become exact decimals, as the source prints them => type numeric(7,3)
