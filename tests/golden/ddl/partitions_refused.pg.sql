-- schema: schema golden_partitions_refused
CREATE SCHEMA IF NOT EXISTS "golden_partitions_refused"
;
-- table: table golden_partitions_refused.bytes
CREATE TABLE "golden_partitions_refused"."bytes" (
  "b" bytea
)
;
-- table: table golden_partitions_refused.expr
CREATE TABLE "golden_partitions_refused"."expr" (
  "v" integer NOT NULL,
  "w" integer
) PARTITION BY RANGE (("v"::bigint / 10));
CREATE TABLE "golden_partitions_refused"."expr_p0" PARTITION OF "golden_partitions_refused"."expr" FOR VALUES FROM (MINVALUE) TO (5);
CREATE TABLE "golden_partitions_refused"."expr_p1" PARTITION OF "golden_partitions_refused"."expr" FOR VALUES FROM (5) TO (MAXVALUE);
CREATE TABLE "golden_partitions_refused"."expr_default" PARTITION OF "golden_partitions_refused"."expr" DEFAULT
;
-- table: table golden_partitions_refused.expr_pk
CREATE TABLE "golden_partitions_refused"."expr_pk" (
  "v" integer NOT NULL
)
;
-- table: table golden_partitions_refused.k_bits
CREATE TABLE "golden_partitions_refused"."k_bits" (
  "b" bit(8) NOT NULL
)
;
-- table: table golden_partitions_refused.k_bytes
CREATE TABLE "golden_partitions_refused"."k_bytes" (
  "b" bytea NOT NULL
) PARTITION BY HASH ("b");
CREATE TABLE "golden_partitions_refused"."k_bytes_p0" PARTITION OF "golden_partitions_refused"."k_bytes" FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE "golden_partitions_refused"."k_bytes_p1" PARTITION OF "golden_partitions_refused"."k_bytes" FOR VALUES WITH (MODULUS 2, REMAINDER 1)
;
-- table: table golden_partitions_refused.k_float
CREATE TABLE "golden_partitions_refused"."k_float" (
  "f" double precision NOT NULL
) PARTITION BY HASH ("f");
CREATE TABLE "golden_partitions_refused"."k_float_p0" PARTITION OF "golden_partitions_refused"."k_float" FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE "golden_partitions_refused"."k_float_p1" PARTITION OF "golden_partitions_refused"."k_float" FOR VALUES WITH (MODULUS 2, REMAINDER 1)
;
-- table: table golden_partitions_refused.k_label
CREATE TABLE "golden_partitions_refused"."k_label" (
  "e" varchar(1) NOT NULL,
  "v" integer NOT NULL,
  CONSTRAINT "k_label_e_check" CHECK ("e" IN ('x','y'))
) PARTITION BY HASH ("e", "v");
CREATE TABLE "golden_partitions_refused"."k_label_p0" PARTITION OF "golden_partitions_refused"."k_label" FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE "golden_partitions_refused"."k_label_p1" PARTITION OF "golden_partitions_refused"."k_label" FOR VALUES WITH (MODULUS 2, REMAINDER 1)
;
-- table: table golden_partitions_refused.l_bytes
CREATE TABLE "golden_partitions_refused"."l_bytes" (
  "b" bytea NOT NULL
)
;
-- table: table golden_partitions_refused.l_many
CREATE TABLE "golden_partitions_refused"."l_many" (
  "v" integer NOT NULL
) PARTITION BY LIST ("v");
CREATE TABLE "golden_partitions_refused"."l_many_few" PARTITION OF "golden_partitions_refused"."l_many" FOR VALUES IN (0);
CREATE TABLE "golden_partitions_refused"."l_many_many" PARTITION OF "golden_partitions_refused"."l_many" FOR VALUES IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65)
;
-- table: table golden_partitions_refused.l_time
CREATE TABLE "golden_partitions_refused"."l_time" (
  "t" time(0) NOT NULL
) PARTITION BY RANGE ("t");
CREATE TABLE "golden_partitions_refused"."l_time_p0" PARTITION OF "golden_partitions_refused"."l_time" FOR VALUES FROM (MINVALUE) TO ('12:00:00');
CREATE TABLE "golden_partitions_refused"."l_time_p1" PARTITION OF "golden_partitions_refused"."l_time" FOR VALUES FROM ('12:00:00') TO (MAXVALUE)
;
-- table: table golden_partitions_refused.letters
CREATE TABLE "golden_partitions_refused"."letters" (
  "s" varchar(5) NOT NULL
)
;
-- table: table golden_partitions_refused.lists
CREATE TABLE "golden_partitions_refused"."lists" (
  "a" integer,
  "b" integer
)
;
-- table: table golden_partitions_refused.months
CREATE TABLE "golden_partitions_refused"."months" (
  "d" date NOT NULL
)
;
-- primary key: primary key golden_partitions_refused.expr_pk
ALTER TABLE "golden_partitions_refused"."expr_pk" ADD CONSTRAINT "expr_pk_pkey" PRIMARY KEY ("v")
;
-- primary key: primary key golden_partitions_refused.months
ALTER TABLE "golden_partitions_refused"."months" ADD CONSTRAINT "months_pkey" PRIMARY KEY ("d")
;
-- analyze: table golden_partitions_refused.bytes
ANALYZE "golden_partitions_refused"."bytes"
;
-- analyze: table golden_partitions_refused.expr
ANALYZE "golden_partitions_refused"."expr"
;
-- analyze: table golden_partitions_refused.expr_pk
ANALYZE "golden_partitions_refused"."expr_pk"
;
-- analyze: table golden_partitions_refused.k_bits
ANALYZE "golden_partitions_refused"."k_bits"
;
-- analyze: table golden_partitions_refused.k_bytes
ANALYZE "golden_partitions_refused"."k_bytes"
;
-- analyze: table golden_partitions_refused.k_float
ANALYZE "golden_partitions_refused"."k_float"
;
-- analyze: table golden_partitions_refused.k_label
ANALYZE "golden_partitions_refused"."k_label"
;
-- analyze: table golden_partitions_refused.l_bytes
ANALYZE "golden_partitions_refused"."l_bytes"
;
-- analyze: table golden_partitions_refused.l_many
ANALYZE "golden_partitions_refused"."l_many"
;
-- analyze: table golden_partitions_refused.l_time
ANALYZE "golden_partitions_refused"."l_time"
;
-- analyze: table golden_partitions_refused.letters
ANALYZE "golden_partitions_refused"."letters"
;
-- analyze: table golden_partitions_refused.lists
ANALYZE "golden_partitions_refused"."lists"
;
-- analyze: table golden_partitions_refused.months
ANALYZE "golden_partitions_refused"."months"
;
-- note: partitions of golden_partitions_refused.bytes: PARTITION BY RANGE COLUMNS (`b`): it is split by bytes => one table without partitions
-- note: column golden_partitions_refused.bytes.b: bytea has no length limit => type bytea
-- note: partitions of golden_partitions_refused.expr: the source keeps NULL in the lowest range, the target does not => one partition more takes the rows that fit no other
-- note: partitions of golden_partitions_refused.expr_pk: PARTITION BY RANGE ((`v` DIV 10)): the target splits by columns, not by this expression => one table without partitions
-- note: partitions of golden_partitions_refused.k_bits: PARTITION BY KEY (`b`): the target cannot split by column b, which is bit(8) there => one table without partitions
-- note: partitions of golden_partitions_refused.k_bytes: the target has a hash function of its own => as many hash partitions, with other rows in each
-- note: column golden_partitions_refused.k_bytes.b: bytea has no length limit => type bytea
-- note: partitions of golden_partitions_refused.k_float: the target has a hash function of its own => as many hash partitions, with other rows in each
-- note: partitions of golden_partitions_refused.k_label: the target has a hash function of its own => as many hash partitions, with other rows in each
-- note: column golden_partitions_refused.k_label.e: orders by label, not by position => type varchar(1)
-- note: partitions of golden_partitions_refused.l_bytes: PARTITION BY LIST COLUMNS (`b`): it is split by bytes => one table without partitions
-- note: column golden_partitions_refused.l_bytes.b: bytea has no length limit => type bytea
-- note: column golden_partitions_refused.l_time.t: holds 00:00:00 to 24:00:00 only, interval would hold every TIME => type time(0)
-- note: partitions of golden_partitions_refused.letters: PARTITION BY RANGE COLUMNS (`s`): text is ordered differently in the target => one table without partitions
-- note: column golden_partitions_refused.letters.s: compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(5)
-- note: partitions of golden_partitions_refused.lists: PARTITION BY LIST COLUMNS (`a`,`b`): the target's lists are of one column => one table without partitions
-- note: partitions of golden_partitions_refused.months: PARTITION BY LIST (month(`d`)): the target splits by columns, not by this expression => one table without partitions
