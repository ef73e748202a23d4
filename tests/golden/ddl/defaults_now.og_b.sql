-- schema: schema golden_defaults_now
CREATE SCHEMA IF NOT EXISTS "golden_defaults_now"
;
-- table: table golden_defaults_now.t
CREATE TABLE "golden_defaults_now"."t" (
  "a" timestamp(0) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP(0),
  "b" timestamp(3) with time zone DEFAULT CURRENT_TIMESTAMP(3),
  "c" timestamp(0) without time zone DEFAULT CURRENT_TIMESTAMP(0),
  "d" timestamp(6) without time zone NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
)
;
-- analyze: table golden_defaults_now.t
ANALYZE "golden_defaults_now"."t"
;
