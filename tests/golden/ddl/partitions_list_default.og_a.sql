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
  "v" varchar(20)
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
-- note: column golden_partitions_list_default.lc.v: lengths count bytes in an A database: 5 characters are 20 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(20)
