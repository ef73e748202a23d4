-- schema: schema golden_invisible_primary_key
CREATE SCHEMA IF NOT EXISTS "golden_invisible_primary_key"
;
-- table: table golden_invisible_primary_key.g
CREATE TABLE "golden_invisible_primary_key"."g" (
  "my_row_id" uint8 NOT NULL AUTO_INCREMENT,
  "a" integer,
  "b" integer,
  CONSTRAINT "g_pkey" PRIMARY KEY ("my_row_id")
)
;
-- analyze: table golden_invisible_primary_key.g
ANALYZE "golden_invisible_primary_key"."g"
;
-- note: column golden_invisible_primary_key.g.my_row_id: the target has no invisible columns => visible: SELECT * shows it
