-- schema: schema golden_partitions_sub
CREATE SCHEMA IF NOT EXISTS "golden_partitions_sub"
;
-- table: table golden_partitions_sub.n
CREATE TABLE "golden_partitions_sub"."n" (
  "id" integer NOT NULL,
  "r" integer NOT NULL
) PARTITION BY LIST ("r");
CREATE TABLE "golden_partitions_sub"."n_a" PARTITION OF "golden_partitions_sub"."n" FOR VALUES IN (1) PARTITION BY HASH ("id");
CREATE TABLE "golden_partitions_sub"."n_a1" PARTITION OF "golden_partitions_sub"."n_a" FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE "golden_partitions_sub"."n_a2" PARTITION OF "golden_partitions_sub"."n_a" FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE "golden_partitions_sub"."n_b" PARTITION OF "golden_partitions_sub"."n" FOR VALUES IN (2) PARTITION BY HASH ("id");
CREATE TABLE "golden_partitions_sub"."n_b1" PARTITION OF "golden_partitions_sub"."n_b" FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE "golden_partitions_sub"."n_b2" PARTITION OF "golden_partitions_sub"."n_b" FOR VALUES WITH (MODULUS 2, REMAINDER 1)
;
-- table: table golden_partitions_sub.s
CREATE TABLE "golden_partitions_sub"."s" (
  "id" integer NOT NULL,
  "d" date NOT NULL
) PARTITION BY RANGE ("d");
CREATE TABLE "golden_partitions_sub"."s_p0" PARTITION OF "golden_partitions_sub"."s" FOR VALUES FROM (MINVALUE) TO ('2000-01-01') PARTITION BY HASH ("id");
CREATE TABLE "golden_partitions_sub"."s_p0sp0" PARTITION OF "golden_partitions_sub"."s_p0" FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE "golden_partitions_sub"."s_p0sp1" PARTITION OF "golden_partitions_sub"."s_p0" FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE "golden_partitions_sub"."s_p1" PARTITION OF "golden_partitions_sub"."s" FOR VALUES FROM ('2000-01-01') TO (MAXVALUE) PARTITION BY HASH ("id");
CREATE TABLE "golden_partitions_sub"."s_p1sp0" PARTITION OF "golden_partitions_sub"."s_p1" FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE "golden_partitions_sub"."s_p1sp1" PARTITION OF "golden_partitions_sub"."s_p1" FOR VALUES WITH (MODULUS 2, REMAINDER 1)
;
-- primary key: primary key golden_partitions_sub.s
ALTER TABLE "golden_partitions_sub"."s" ADD CONSTRAINT "s_pkey" PRIMARY KEY ("id", "d")
;
-- analyze: table golden_partitions_sub.n
ANALYZE "golden_partitions_sub"."n"
;
-- analyze: table golden_partitions_sub.s
ANALYZE "golden_partitions_sub"."s"
;
-- note: partitions of golden_partitions_sub.n: the target has a hash function of its own => as many hash partitions, with other rows in each
-- note: partitions of golden_partitions_sub.s: the target has a hash function of its own => as many hash partitions, with other rows in each
