-- schema: schema golden_partitions_list_default
CREATE SCHEMA IF NOT EXISTS "golden_partitions_list_default"
;
-- table: table golden_partitions_list_default.l
CREATE TABLE "golden_partitions_list_default"."l" (
  "v" integer
)
PARTITION BY LIST ("v") (
  PARTITION "p0" VALUES (1, 2),
  PARTITION "pd" VALUES (DEFAULT)
)
;
-- table: table golden_partitions_list_default.lc
CREATE TABLE "golden_partitions_list_default"."lc" (
  "v" varchar(5)
)
PARTITION BY LIST ("v") (
  PARTITION "p0" VALUES ('a'),
  PARTITION "pd" VALUES (DEFAULT)
)
;
-- table: table golden_partitions_list_default.lz
CREATE TABLE "golden_partitions_list_default"."lz" (
  "v" integer
)
PARTITION BY LIST ("v") (
  PARTITION "p0" VALUES (0),
  PARTITION "p1" VALUES (1)
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
-- note: column golden_partitions_list_default.lc.v: compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(5)
