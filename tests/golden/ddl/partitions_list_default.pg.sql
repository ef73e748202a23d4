-- schema: schema golden_partitions_list_default
CREATE SCHEMA IF NOT EXISTS "golden_partitions_list_default"
;
-- table: table golden_partitions_list_default.l
CREATE TABLE "golden_partitions_list_default"."l" (
  "v" integer
) PARTITION BY LIST ("v");
CREATE TABLE "golden_partitions_list_default"."l_p0" PARTITION OF "golden_partitions_list_default"."l" FOR VALUES IN (1, 2);
CREATE TABLE "golden_partitions_list_default"."l_pd" PARTITION OF "golden_partitions_list_default"."l" DEFAULT
;
-- table: table golden_partitions_list_default.lc
CREATE TABLE "golden_partitions_list_default"."lc" (
  "v" varchar(5)
) PARTITION BY LIST ("v");
CREATE TABLE "golden_partitions_list_default"."lc_p0" PARTITION OF "golden_partitions_list_default"."lc" FOR VALUES IN ('a');
CREATE TABLE "golden_partitions_list_default"."lc_pd" PARTITION OF "golden_partitions_list_default"."lc" DEFAULT
;
-- table: table golden_partitions_list_default.lz
CREATE TABLE "golden_partitions_list_default"."lz" (
  "v" integer
) PARTITION BY LIST ("v");
CREATE TABLE "golden_partitions_list_default"."lz_p0" PARTITION OF "golden_partitions_list_default"."lz" FOR VALUES IN (0);
CREATE TABLE "golden_partitions_list_default"."lz_p1" PARTITION OF "golden_partitions_list_default"."lz" FOR VALUES IN (1)
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
