-- schema: schema golden_partitions_range
CREATE SCHEMA IF NOT EXISTS "golden_partitions_range"
;
-- table: table golden_partitions_range.closed
CREATE TABLE "golden_partitions_range"."closed" (
  "v" integer
)
PARTITION BY RANGE ("v") (
  PARTITION "p0" VALUES LESS THAN (10),
  PARTITION "p1" VALUES LESS THAN (20),
  PARTITION "prest" VALUES LESS THAN (MAXVALUE)
)
;
-- table: table golden_partitions_range.dates
CREATE TABLE "golden_partitions_range"."dates" (
  "id" integer NOT NULL,
  "d" date NOT NULL
)
PARTITION BY RANGE ("d") (
  PARTITION "y2020" VALUES LESS THAN ('2021-01-01'),
  PARTITION "y2021" VALUES LESS THAN ('2022-01-01'),
  PARTITION "rest" VALUES LESS THAN (MAXVALUE)
)
;
-- table: table golden_partitions_range.ints
CREATE TABLE "golden_partitions_range"."ints" (
  "id" integer NOT NULL,
  "v" integer
)
PARTITION BY RANGE ("id") (
  PARTITION "p0" VALUES LESS THAN (-5),
  PARTITION "p1" VALUES LESS THAN (100),
  PARTITION "pm" VALUES LESS THAN (MAXVALUE)
)
;
-- table: table golden_partitions_range.several
CREATE TABLE "golden_partitions_range"."several" (
  "a" integer NOT NULL,
  "b" varchar(10) COLLATE utf8mb4_general_ci NOT NULL
)
PARTITION BY RANGE COLUMNS ("a", "b") (
  PARTITION "p0" VALUES LESS THAN (10, 'it''s'),
  PARTITION "p1" VALUES LESS THAN (10, MAXVALUE),
  PARTITION "p2" VALUES LESS THAN (MAXVALUE, MAXVALUE)
)
;
-- index: index golden_partitions_range.dates.kd
CREATE INDEX "kd" ON "golden_partitions_range"."dates" ("d") LOCAL
;
-- primary key: primary key golden_partitions_range.dates
ALTER TABLE "golden_partitions_range"."dates" ADD CONSTRAINT "dates_pkey" PRIMARY KEY ("id", "d")
;
-- primary key: primary key golden_partitions_range.ints
ALTER TABLE "golden_partitions_range"."ints" ADD CONSTRAINT "ints_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_partitions_range.closed
ANALYZE "golden_partitions_range"."closed"
;
-- analyze: table golden_partitions_range.dates
ANALYZE "golden_partitions_range"."dates"
;
-- analyze: table golden_partitions_range.ints
ANALYZE "golden_partitions_range"."ints"
;
-- analyze: table golden_partitions_range.several
ANALYZE "golden_partitions_range"."several"
;
-- note: partitions of golden_partitions_range.closed: the source keeps NULL in the lowest range, the target does not => one partition more takes the rows that fit no other
-- note: partition golden_partitions_range.dates.y2020: the target has no comments on partitions => left out
