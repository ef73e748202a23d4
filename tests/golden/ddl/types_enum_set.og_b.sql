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
-- table: table golden_types_enum_set.without_label
CREATE TABLE "golden_types_enum_set"."without_label" (
  "a" varchar(1) NOT NULL,
  "b" varchar(1),
  "c" set('a','b'),
  "d" varchar(4),
  CONSTRAINT "without_label_a_check" CHECK ("a" IN ('a','')),
  CONSTRAINT "without_label_b_check" CHECK ("b" IN ('')),
  CONSTRAINT "without_label_d_check" CHECK ("d" IN ('','it''s','%' || 's'))
)
;
-- analyze: table golden_types_enum_set.e
ANALYZE "golden_types_enum_set"."e"
;
-- analyze: table golden_types_enum_set.without_label
ANALYZE "golden_types_enum_set"."without_label"
;
-- note: columns golden_types_enum_set.e.a, b: labels are written in their own case only => type enum('small','medium','large')
-- note: columns golden_types_enum_set.without_label.a, b, d: orders by label, not by position; a label is '', a number, or longer than 63 bytes, which enum cannot hold => type varchar(1)
