-- schema: schema golden_invisible_primary_key
CREATE SCHEMA IF NOT EXISTS "golden_invisible_primary_key"
;
-- table: table golden_invisible_primary_key.g
CREATE SEQUENCE "golden_invisible_primary_key"."g_my_row_id_seq";
CREATE TABLE "golden_invisible_primary_key"."g" (
  "my_row_id" numeric(20,0) NOT NULL DEFAULT nextval('"golden_invisible_primary_key"."g_my_row_id_seq"'),
  "a" integer,
  "b" integer,
  CONSTRAINT "g_my_row_id_check" CHECK ("my_row_id" >= 0)
);
ALTER SEQUENCE "golden_invisible_primary_key"."g_my_row_id_seq" OWNED BY "golden_invisible_primary_key"."g"."my_row_id"
;
-- primary key: primary key golden_invisible_primary_key.g
ALTER TABLE "golden_invisible_primary_key"."g" ADD CONSTRAINT "g_pkey" PRIMARY KEY ("my_row_id")
;
-- counter: counter of golden_invisible_primary_key.g.my_row_id
SELECT setval('"golden_invisible_primary_key"."g_my_row_id_seq"'::regclass, least(n.v, 9223372036854775807)::bigint, n.v > 9223372036854775807) FROM (SELECT greatest(1::numeric, coalesce(max("my_row_id")::numeric, 0) + 1) AS v FROM "golden_invisible_primary_key"."g") AS n
;
-- analyze: table golden_invisible_primary_key.g
ANALYZE "golden_invisible_primary_key"."g"
;
-- note: counter of golden_invisible_primary_key.g.my_row_id: sequences end at 9223372036854775807 => values above that must be given by the application
-- note: column golden_invisible_primary_key.g.my_row_id: the target has no invisible columns => visible: SELECT * shows it
