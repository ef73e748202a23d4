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
-- note: partitions of golden_partitions_refused.letters: PARTITION BY RANGE COLUMNS (`s`): text is ordered differently in the target => one table without partitions
-- note: column golden_partitions_refused.letters.s: compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(5)
-- note: partitions of golden_partitions_refused.lists: PARTITION BY LIST COLUMNS (`a`,`b`): the target's lists are of one column => one table without partitions
-- note: partitions of golden_partitions_refused.months: PARTITION BY LIST (month(`d`)): the target splits by columns, not by this expression => one table without partitions
