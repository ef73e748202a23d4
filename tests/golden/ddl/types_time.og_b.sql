-- schema: schema golden_types_time
CREATE SCHEMA IF NOT EXISTS "golden_types_time"
;
-- table: table golden_types_time.d
CREATE TABLE "golden_types_time"."d" (
  "a" date,
  "b" time(0),
  "c" time(6),
  "d" timestamp(0) without time zone,
  "e" timestamp(3) without time zone,
  "f" timestamp(6) without time zone,
  "g" timestamp(0) with time zone,
  "h" timestamp(6) with time zone,
  "i" year
)
;
-- analyze: table golden_types_time.d
ANALYZE "golden_types_time"."d"
;
-- note: column golden_types_time.d.i: 0000 prints as 0 => type year
