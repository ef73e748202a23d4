-- schema: schema golden_defaults_now
CREATE SCHEMA IF NOT EXISTS "golden_defaults_now"
;
-- table: table golden_defaults_now.t
CREATE TABLE "golden_defaults_now"."t" (
  "a" timestamptz(0) NOT NULL DEFAULT CURRENT_TIMESTAMP(0),
  "b" timestamptz(3) DEFAULT CURRENT_TIMESTAMP(3),
  "c" timestamp(0) DEFAULT CURRENT_TIMESTAMP(0),
  "d" timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
)
;
-- analyze: table golden_defaults_now.t
ANALYZE "golden_defaults_now"."t"
;
