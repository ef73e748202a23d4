-- schema: schema golden_partitions_range
CREATE SCHEMA IF NOT EXISTS "golden_partitions_range"
;
-- table: table golden_partitions_range.closed
CREATE TABLE "golden_partitions_range"."closed" (
  "v" integer
) PARTITION BY RANGE ("v");
CREATE TABLE "golden_partitions_range"."closed_p0" PARTITION OF "golden_partitions_range"."closed" FOR VALUES FROM (MINVALUE) TO (10);
CREATE TABLE "golden_partitions_range"."closed_p1" PARTITION OF "golden_partitions_range"."closed" FOR VALUES FROM (10) TO (20);
CREATE TABLE "golden_partitions_range"."closed_default" PARTITION OF "golden_partitions_range"."closed" DEFAULT
;
-- table: table golden_partitions_range.dates
CREATE TABLE "golden_partitions_range"."dates" (
  "id" integer NOT NULL,
  "d" date NOT NULL
) PARTITION BY RANGE ("d");
CREATE TABLE "golden_partitions_range"."dates_y2020" PARTITION OF "golden_partitions_range"."dates" FOR VALUES FROM (MINVALUE) TO ('2021-01-01');
COMMENT ON TABLE "golden_partitions_range"."dates_y2020" IS 'first ''year''';
CREATE TABLE "golden_partitions_range"."dates_y2021" PARTITION OF "golden_partitions_range"."dates" FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE "golden_partitions_range"."dates_rest" PARTITION OF "golden_partitions_range"."dates" FOR VALUES FROM ('2022-01-01') TO (MAXVALUE)
;
-- table: table golden_partitions_range.ints
CREATE TABLE "golden_partitions_range"."ints" (
  "id" integer NOT NULL,
  "v" integer
) PARTITION BY RANGE ("id");
CREATE TABLE "golden_partitions_range"."ints_p0" PARTITION OF "golden_partitions_range"."ints" FOR VALUES FROM (MINVALUE) TO (-5);
CREATE TABLE "golden_partitions_range"."ints_p1" PARTITION OF "golden_partitions_range"."ints" FOR VALUES FROM (-5) TO (100);
CREATE TABLE "golden_partitions_range"."ints_pm" PARTITION OF "golden_partitions_range"."ints" FOR VALUES FROM (100) TO (MAXVALUE)
;
-- table: table golden_partitions_range.several
CREATE TABLE "golden_partitions_range"."several" (
  "a" integer NOT NULL,
  "b" varchar(10) NOT NULL
) PARTITION BY RANGE ("a", "b");
CREATE TABLE "golden_partitions_range"."several_p0" PARTITION OF "golden_partitions_range"."several" FOR VALUES FROM (MINVALUE, MINVALUE) TO (10, 'it''s');
CREATE TABLE "golden_partitions_range"."several_p1" PARTITION OF "golden_partitions_range"."several" FOR VALUES FROM (10, 'it''s') TO (10, MAXVALUE);
CREATE TABLE "golden_partitions_range"."several_p2" PARTITION OF "golden_partitions_range"."several" FOR VALUES FROM (10, MAXVALUE) TO (MAXVALUE, MAXVALUE)
;
-- index: index golden_partitions_range.dates.kd
CREATE INDEX "kd" ON "golden_partitions_range"."dates" ("d")
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
-- note: column golden_partitions_range.several.b: compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(10)
