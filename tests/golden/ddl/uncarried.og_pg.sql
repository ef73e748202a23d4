-- schema: schema golden_uncarried
CREATE SCHEMA IF NOT EXISTS "golden_uncarried"
;
-- table: table golden_uncarried.t
CREATE TABLE "golden_uncarried"."t" (
  "id" integer NOT NULL
)
;
-- primary key: primary key golden_uncarried.t
ALTER TABLE "golden_uncarried"."t" ADD CONSTRAINT "t_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_uncarried.t
ANALYZE "golden_uncarried"."t"
;
-- uncarried: view v: godwit objects carries it
-- uncarried: trigger tr: godwit objects carries it
-- uncarried: function f: godwit objects carries it
-- uncarried: procedure p: godwit objects carries it
-- uncarried: event ev: godwit objects carries it
