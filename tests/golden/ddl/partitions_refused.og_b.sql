-- schema: schema golden_partitions_refused
CREATE SCHEMA IF NOT EXISTS "golden_partitions_refused"
;
-- table: table golden_partitions_refused.bytes
CREATE TABLE "golden_partitions_refused"."bytes" (
  "b" varbinary(10)
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
  "b" binary(4) NOT NULL
)
;
-- table: table golden_partitions_refused.k_float
CREATE TABLE "golden_partitions_refused"."k_float" (
  "f" double precision NOT NULL
)
;
-- table: table golden_partitions_refused.k_label
CREATE TABLE "golden_partitions_refused"."k_label" (
  "e" enum('x','y') NOT NULL,
  "v" integer NOT NULL
)
PARTITION BY HASH ("v") PARTITIONS 2
;
-- table: table golden_partitions_refused.l_bytes
CREATE TABLE "golden_partitions_refused"."l_bytes" (
  "b" varbinary(4) NOT NULL
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
PARTITION BY RANGE ("t") (
  PARTITION "p0" VALUES LESS THAN ('12:00:00'),
  PARTITION "p1" VALUES LESS THAN (MAXVALUE)
)
;
-- table: table golden_partitions_refused.letters
CREATE TABLE "golden_partitions_refused"."letters" (
  "s" varchar(5) COLLATE utf8mb4_general_ci NOT NULL
)
PARTITION BY RANGE ("s") (
  PARTITION "p0" VALUES LESS THAN ('b'),
  PARTITION "p1" VALUES LESS THAN ('M'),
  PARTITION "p2" VALUES LESS THAN (MAXVALUE)
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
-- note: partitions of golden_partitions_refused.bytes: PARTITION BY RANGE COLUMNS (`b`): the target cannot split by column b, which is varbinary(10) there => one table without partitions
-- note: partitions of golden_partitions_refused.expr: PARTITION BY RANGE ((`v` DIV 10)): the target splits by columns, not by this expression => one table without partitions
-- note: partitions of golden_partitions_refused.expr_pk: PARTITION BY RANGE ((`v` DIV 10)): the target splits by columns, not by this expression => one table without partitions
-- note: partitions of golden_partitions_refused.k_bits: PARTITION BY KEY (`b`): the target cannot split by column b, which is bit(8) there => one table without partitions
-- note: partitions of golden_partitions_refused.k_bytes: PARTITION BY KEY (`b`): the target cannot split by column b, which is binary(4) there => one table without partitions
-- note: partitions of golden_partitions_refused.k_float: PARTITION BY KEY (`f`): the target cannot split by column f, which is double precision there => one table without partitions
-- note: partitions of golden_partitions_refused.k_label: the target has a hash function of its own => as many hash partitions, with other rows in each, named by the target
-- note: column golden_partitions_refused.k_label.e: labels are written in their own case only => type enum('x','y')
-- note: partitions of golden_partitions_refused.l_bytes: PARTITION BY LIST COLUMNS (`b`): the target cannot split by column b, which is varbinary(4) there => one table without partitions
-- note: partitions of golden_partitions_refused.l_many: PARTITION BY LIST (`v`): partition many lists more than 64 values => one table without partitions
-- note: partitions of golden_partitions_refused.lists: PARTITION BY LIST COLUMNS (`a`,`b`): the target's lists are of one column => one table without partitions
-- note: partitions of golden_partitions_refused.months: PARTITION BY LIST (month(`d`)): the target splits by columns, not by this expression => one table without partitions
