-- schema: schema golden_types_numeric
CREATE SCHEMA IF NOT EXISTS "golden_types_numeric"
;
-- table: table golden_types_numeric.n
CREATE TABLE "golden_types_numeric"."n" (
  "a" smallint,
  "b" smallint,
  "c" smallint,
  "d" smallint,
  "e" integer,
  "f" integer,
  "g" integer,
  "h" integer,
  "i" bigint,
  "j" bigint,
  "k" numeric(20,0),
  "l" bigint,
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
  "x" smallint,
  CONSTRAINT "n_b_check" CHECK ("b" >= 0),
  CONSTRAINT "n_e_check" CHECK ("e" >= 0),
  CONSTRAINT "n_g_check" CHECK ("g" >= 0),
  CONSTRAINT "n_i_check" CHECK ("i" >= 0),
  CONSTRAINT "n_k_check" CHECK ("k" >= 0),
  CONSTRAINT "n_l_check" CHECK ("l" >= 0),
  CONSTRAINT "n_o_check" CHECK ("o" >= 0),
  CONSTRAINT "n_t_check" CHECK ("t" >= 0)
)
;
-- analyze: table golden_types_numeric.n
ANALYZE "golden_types_numeric"."n"
;
-- note: column golden_types_numeric.n.l: ZEROFILL is not kept: numbers print without leading zeros => type bigint
-- note: columns golden_types_numeric.n.r, s: values become exact decimals, as the source prints them => type numeric(7,3)
