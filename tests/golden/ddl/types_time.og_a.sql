-- schema: schema golden_types_time
CREATE SCHEMA IF NOT EXISTS "golden_types_time"
;
-- table: table golden_types_time.d
CREATE TABLE "golden_types_time"."d" (
  "a" timestamp(0),
  "b" time(0),
  "c" time(6),
  "d" timestamp(0),
  "e" timestamp(3),
  "f" timestamp(6),
  "g" timestamptz(0),
  "h" timestamptz(6),
  "i" smallint
)
;
-- analyze: table golden_types_time.d
ANALYZE "golden_types_time"."d"
;
-- note: column golden_types_time.d.a: a date has a time of day in an A database: 00:00:00 => type timestamp(0)
-- note: columns golden_types_time.d.b, c: holds 00:00:00 to 24:00:00 only, interval would hold every TIME => type time(0)
