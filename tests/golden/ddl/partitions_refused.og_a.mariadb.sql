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
)
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
)
;
-- table: table golden_partitions_refused.k_float
CREATE TABLE "golden_partitions_refused"."k_float" (
  "f" double precision NOT NULL
)
;
-- table: table golden_partitions_refused.k_label
CREATE TABLE "golden_partitions_refused"."k_label" (
  "e" varchar(1) NOT NULL,
  "v" integer NOT NULL,
  CONSTRAINT "k_label_e_check" CHECK ("e" IN ('x','y'))
)
PARTITION BY HASH ("e") PARTITIONS 2
;
-- table: table golden_partitions_refused.l_bytes
CREATE TABLE "golden_partitions_refused"."l_bytes" (
  "b" bytea NOT NULL
)
;
-- table: table golden_partitions_refused.l_many
CREATE TABLE "golden_partitions_refused"."l_many" (
  "v" integer NOT NULL
)
;
-- table: table golden_partitions_refused.l_time
CREATE TABLE "golden_partitions_refused"."l_time" (
  "t" time(0) NOT NULL
)
;
-- table: table golden_partitions_refused.letters
CREATE TABLE "golden_partitions_refused"."letters" (
  "s" varchar(20) NOT NULL
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
  "d" timestamp(0) NOT NULL
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
-- note: partitions of golden_partitions_refused.bytes: PARTITION BY RANGE COLUMNS (`b`): the target cannot split by column b, which is bytea there => one table without partitions
-- note: column golden_partitions_refused.bytes.b: bytea has no length limit => type bytea
-- note: partitions of golden_partitions_refused.expr: PARTITION BY RANGE (`v` DIV 10): the target splits by columns, not by this expression => one table without partitions
-- note: partitions of golden_partitions_refused.expr_pk: PARTITION BY RANGE (`v` DIV 10): the target splits by columns, not by this expression => one table without partitions
-- note: partitions of golden_partitions_refused.k_bits: PARTITION BY KEY (`b`): the target cannot split by column b, which is bit(8) there => one table without partitions
-- note: partitions of golden_partitions_refused.k_bytes: PARTITION BY KEY (`b`): the target cannot split by column b, which is bytea there => one table without partitions
-- note: column golden_partitions_refused.k_bytes.b: bytea has no length limit => type bytea
-- note: partitions of golden_partitions_refused.k_float: PARTITION BY KEY (`f`): the target cannot split by column f, which is double precision there => one table without partitions
-- note: partitions of golden_partitions_refused.k_label: the target has a hash function of its own => as many hash partitions, with other rows in each, named by the target
-- note: column golden_partitions_refused.k_label.e: orders by label, not by position; '' is NULL in an A database => type varchar(1)
-- note: partitions of golden_partitions_refused.l_bytes: PARTITION BY LIST COLUMNS (`b`): the target cannot split by column b, which is bytea there => one table without partitions
-- note: column golden_partitions_refused.l_bytes.b: bytea has no length limit => type bytea
-- note: partitions of golden_partitions_refused.l_many: PARTITION BY LIST (`v`): partition many lists more than 64 values => one table without partitions
-- note: partitions of golden_partitions_refused.l_time: PARTITION BY RANGE COLUMNS (`t`): the target cannot split by column t, which is time(0) there => one table without partitions
-- note: column golden_partitions_refused.l_time.t: holds 00:00:00 to 24:00:00 only, interval would hold every TIME => type time(0)
-- note: partitions of golden_partitions_refused.letters: PARTITION BY RANGE COLUMNS (`s`): text is ordered differently in the target => one table without partitions
-- note: column golden_partitions_refused.letters.s: lengths count bytes in an A database: 5 characters are 20 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(20)
-- note: partitions of golden_partitions_refused.lists: PARTITION BY LIST COLUMNS (`a`,`b`): the target's lists are of one column => one table without partitions
-- note: partitions of golden_partitions_refused.months: PARTITION BY LIST (month(`d`)): the target splits by columns, not by this expression => one table without partitions
-- note: column golden_partitions_refused.months.d: a date has a time of day in an A database: 00:00:00 => type timestamp(0)
