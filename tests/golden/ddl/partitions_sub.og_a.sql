-- schema: schema golden_partitions_sub
CREATE SCHEMA IF NOT EXISTS "golden_partitions_sub"
;
-- table: table golden_partitions_sub.n
CREATE TABLE "golden_partitions_sub"."n" (
  "id" integer NOT NULL,
  "r" integer NOT NULL
)
PARTITION BY LIST ("r") SUBPARTITION BY HASH ("id") SUBPARTITIONS 2 (
  PARTITION "a" VALUES (1),
  PARTITION "b" VALUES (2)
)
;
-- table: table golden_partitions_sub.s
CREATE TABLE "golden_partitions_sub"."s" (
  "id" integer NOT NULL,
  "d" timestamp(0) NOT NULL
)
PARTITION BY RANGE ("d") SUBPARTITION BY HASH ("id") SUBPARTITIONS 2 (
  PARTITION "p0" VALUES LESS THAN ('2000-01-01 00:00:00'),
  PARTITION "p1" VALUES LESS THAN (MAXVALUE)
)
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
-- note: partitions of golden_partitions_sub.n: the target has a hash function of its own => as many hash partitions, with other rows in each, named by the target
-- note: partitions of golden_partitions_sub.s: the target has a hash function of its own => as many hash partitions, with other rows in each, named by the target
-- note: column golden_partitions_sub.s.d: a date has a time of day in an A database: 00:00:00 => type timestamp(0)
