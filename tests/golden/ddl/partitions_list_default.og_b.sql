-- schema: schema golden_partitions_list_default
CREATE SCHEMA IF NOT EXISTS "golden_partitions_list_default"
;
-- table: table golden_partitions_list_default.l
CREATE TABLE "golden_partitions_list_default"."l" (
  "v" integer
)
PARTITION BY LIST ("v") (
  PARTITION "p0" VALUES IN (1, 2),
  PARTITION "pd" VALUES (DEFAULT)
)
;
-- table: table golden_partitions_list_default.lc
CREATE TABLE "golden_partitions_list_default"."lc" (
  "v" varchar(5) COLLATE utf8mb4_general_ci
)
PARTITION BY LIST ("v") (
  PARTITION "p0" VALUES IN ('a'),
  PARTITION "pd" VALUES (DEFAULT)
)
;
-- table: table golden_partitions_list_default.lz
CREATE TABLE "golden_partitions_list_default"."lz" (
  "v" integer
)
PARTITION BY LIST ("v") (
  PARTITION "p0" VALUES IN (0),
  PARTITION "p1" VALUES IN (1)
)
;
-- analyze: table golden_partitions_list_default.l
ANALYZE "golden_partitions_list_default"."l"
;
-- analyze: table golden_partitions_list_default.lc
ANALYZE "golden_partitions_list_default"."lc"
;
-- analyze: table golden_partitions_list_default.lz
ANALYZE "golden_partitions_list_default"."lz"
;
