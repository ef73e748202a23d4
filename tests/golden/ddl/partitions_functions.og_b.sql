-- schema: schema golden_partitions_functions
CREATE SCHEMA IF NOT EXISTS "golden_partitions_functions"
;
-- table: table golden_partitions_functions.days
CREATE TABLE "golden_partitions_functions"."days" (
  "d" timestamp(3) without time zone NOT NULL,
  "v" integer
)
PARTITION BY RANGE ("d") (
  PARTITION "p0" VALUES LESS THAN ('2020-07-29 00:00:00'),
  PARTITION "p1" VALUES LESS THAN ('2020-08-29 00:00:00'),
  PARTITION "pm" VALUES LESS THAN (MAXVALUE)
)
;
-- table: table golden_partitions_functions.secs
CREATE TABLE "golden_partitions_functions"."secs" (
  "d" date NOT NULL
)
PARTITION BY RANGE ("d") (
  PARTITION "p0" VALUES LESS THAN ('2020-01-01'),
  PARTITION "p1" VALUES LESS THAN ('2020-01-02'),
  PARTITION "p2" VALUES LESS THAN ('2020-12-31')
)
;
-- table: table golden_partitions_functions.stamps
CREATE TABLE "golden_partitions_functions"."stamps" (
  "t" timestamp(0) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP(0)
)
PARTITION BY RANGE ("t") (
  PARTITION "p0" VALUES LESS THAN ('2020-01-01 00:00:00+00'),
  PARTITION "p1" VALUES LESS THAN ('2020-12-31 23:59:59+00'),
  PARTITION "pm" VALUES LESS THAN (MAXVALUE)
)
;
-- table: table golden_partitions_functions.y
CREATE TABLE "golden_partitions_functions"."y" (
  "id" integer NOT NULL,
  "d" date NOT NULL
)
PARTITION BY RANGE ("d") (
  PARTITION "p0" VALUES LESS THAN ('1990-01-01'),
  PARTITION "p1" VALUES LESS THAN ('2000-01-01'),
  PARTITION "pm" VALUES LESS THAN (MAXVALUE)
)
;
-- index: index golden_partitions_functions.y.u
CREATE UNIQUE INDEX "u" ON "golden_partitions_functions"."y" ("d", "id") LOCAL
;
-- primary key: primary key golden_partitions_functions.y
ALTER TABLE "golden_partitions_functions"."y" ADD CONSTRAINT "y_pkey" PRIMARY KEY ("id", "d")
;
-- analyze: table golden_partitions_functions.days
ANALYZE "golden_partitions_functions"."days"
;
-- analyze: table golden_partitions_functions.secs
ANALYZE "golden_partitions_functions"."secs"
;
-- analyze: table golden_partitions_functions.stamps
ANALYZE "golden_partitions_functions"."stamps"
;
-- analyze: table golden_partitions_functions.y
ANALYZE "golden_partitions_functions"."y"
;
