-- schema: schema golden_types_enum_set
CREATE SCHEMA IF NOT EXISTS "golden_types_enum_set"
;
-- table: table golden_types_enum_set.e
CREATE TABLE "golden_types_enum_set"."e" (
  "a" enum('small','medium','large') NOT NULL DEFAULT 'medium',
  "b" enum('it''s','a b','%s','100%','中文','\back'),
  "c" set('a','b','c') NOT NULL DEFAULT 'a,c',
  "d" set('x','%s','它') DEFAULT ''
)
;
-- analyze: table golden_types_enum_set.e
ANALYZE "golden_types_enum_set"."e"
;
-- note: columns golden_types_enum_set.e.a, b: labels are written in their own case only => type enum('small','medium','large')
