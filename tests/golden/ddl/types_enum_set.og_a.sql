-- schema: schema golden_types_enum_set
CREATE SCHEMA IF NOT EXISTS "golden_types_enum_set"
;
-- table: table golden_types_enum_set.e
CREATE TABLE "golden_types_enum_set"."e" (
  "a" varchar(6) NOT NULL DEFAULT 'medium',
  "b" varchar(6),
  "c" varchar(5) NOT NULL DEFAULT 'a,c',
  "d" varchar(8),
  CONSTRAINT "e_a_check" CHECK ("a" IN ('small','medium','large')),
  CONSTRAINT "e_b_check" CHECK ("b" IN ('it''s','a b','%' || 's','100%','中文','\back')),
  CONSTRAINT "e_c_check" CHECK (string_to_array("c", ',') <@ ARRAY['a','b','c',' ']::text[]),
  CONSTRAINT "e_d_check" CHECK (string_to_array("d", ',') <@ ARRAY['x','%' || 's','它',' ']::text[])
)
;
-- table: table golden_types_enum_set.without_label
CREATE TABLE "golden_types_enum_set"."without_label" (
  "a" varchar(1) NOT NULL,
  "b" varchar(1),
  "c" varchar(3),
  "d" varchar(4),
  CONSTRAINT "without_label_a_check" CHECK ("a" IN ('a',' ')),
  CONSTRAINT "without_label_b_check" CHECK ("b" IN (' ')),
  CONSTRAINT "without_label_c_check" CHECK (string_to_array("c", ',') <@ ARRAY['a','b',' ']::text[]),
  CONSTRAINT "without_label_d_check" CHECK ("d" IN (' ','it''s','%' || 's'))
)
;
-- analyze: table golden_types_enum_set.e
ANALYZE "golden_types_enum_set"."e"
;
-- analyze: table golden_types_enum_set.without_label
ANALYZE "golden_types_enum_set"."without_label"
;
-- warning: default of golden_types_enum_set.e.d: '' is NULL in an A database => the column has no default in the target
-- note: columns golden_types_enum_set.e.a, b: orders by label, not by position; '' is NULL in an A database => type varchar(6)
-- note: columns golden_types_enum_set.e.c, d: orders as text, not by bits; '' is NULL in an A database => type varchar(5)
-- note: columns golden_types_enum_set.without_label.a, b, d: orders by label, not by position; '' is NULL in an A database => type varchar(1)
-- note: column golden_types_enum_set.without_label.c: orders as text, not by bits; '' is NULL in an A database => type varchar(3)
