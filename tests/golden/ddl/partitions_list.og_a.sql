-- schema: schema golden_partitions_list
CREATE SCHEMA IF NOT EXISTS "golden_partitions_list"
;
-- table: table golden_partitions_list.dates
CREATE TABLE "golden_partitions_list"."dates" (
  "d" timestamp(0) NOT NULL
)
PARTITION BY LIST ("d") (
  PARTITION "p0" VALUES ('2020-01-01', '2020-01-02'),
  PARTITION "p1" VALUES ('2021-01-01')
)
;
-- table: table golden_partitions_list.full
CREATE TABLE "golden_partitions_list"."full" (
  "v" integer
)
PARTITION BY LIST ("v") (
  PARTITION "p" VALUES (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64),
  PARTITION "prest" VALUES (DEFAULT)
)
;
-- table: table golden_partitions_list.ints
CREATE TABLE "golden_partitions_list"."ints" (
  "id" integer NOT NULL,
  "region" integer
)
PARTITION BY LIST ("region") (
  PARTITION "north" VALUES (1, 2),
  PARTITION "south" VALUES (-3, 4),
  PARTITION "prest" VALUES (DEFAULT)
)
;
-- table: table golden_partitions_list.only_null
CREATE TABLE "golden_partitions_list"."only_null" (
  "v" integer
)
PARTITION BY LIST ("v") (
  PARTITION "p1" VALUES (1),
  PARTITION "prest" VALUES (DEFAULT)
)
;
-- table: table golden_partitions_list.texts
CREATE TABLE "golden_partitions_list"."texts" (
  "city" varchar(80) NOT NULL,
  "v" integer
)
PARTITION BY LIST ("city") (
  PARTITION "p0" VALUES ('it''s', 'back\slash', '北京'),
  PARTITION "p1" VALUES ('z'),
  PARTITION "prest" VALUES (DEFAULT)
)
;
-- primary key: primary key golden_partitions_list.texts
ALTER TABLE "golden_partitions_list"."texts" ADD CONSTRAINT "texts_pkey" PRIMARY KEY ("city")
;
-- analyze: table golden_partitions_list.dates
ANALYZE "golden_partitions_list"."dates"
;
-- analyze: table golden_partitions_list.full
ANALYZE "golden_partitions_list"."full"
;
-- analyze: table golden_partitions_list.ints
ANALYZE "golden_partitions_list"."ints"
;
-- analyze: table golden_partitions_list.only_null
ANALYZE "golden_partitions_list"."only_null"
;
-- analyze: table golden_partitions_list.texts
ANALYZE "golden_partitions_list"."texts"
;
-- note: column golden_partitions_list.dates.d: a date has a time of day in an A database: 00:00:00 => type timestamp(0)
-- note: partitions of golden_partitions_list.full: NULL in a list of values => one partition more takes the rows that fit no other
-- note: partitions of golden_partitions_list.ints: NULL in a list of values => one partition more takes the rows that fit no other
-- note: partitions of golden_partitions_list.only_null: NULL in a list of values => one partition more takes the rows that fit no other
-- note: partitions of golden_partitions_list.texts: text is compared differently in the target => one partition more takes the rows that fit no other
-- note: column golden_partitions_list.texts.city: lengths count bytes in an A database: 20 characters are 80 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(80)
-- warning: column golden_partitions_list.texts.city: in a unique key that ignores case at the source => the key tells case apart: values that the source refuses as duplicates are let in
