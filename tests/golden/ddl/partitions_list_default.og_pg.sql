-- schema: schema golden_partitions_list_default
CREATE SCHEMA IF NOT EXISTS "golden_partitions_list_default"
;
-- table: table golden_partitions_list_default.l
CREATE TABLE "golden_partitions_list_default"."l" (
  "v" integer
)
PARTITION BY LIST ("v") (
  PARTITION "p0" VALUES (1, 2),
  PARTITION "pd" VALUES (0)
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
-- analyze: table golden_partitions_list_default.l
ANALYZE "golden_partitions_list_default"."l"
;
-- analyze: table golden_partitions_list_default.lc
ANALYZE "golden_partitions_list_default"."lc"
;
-- note: column golden_partitions_list_default.lc.v: compares case and accents exactly; utf8mb4_general_ci does not => type varchar(5)
