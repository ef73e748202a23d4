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
-- uncarried: view v: not carried until the stage for views and routines exists
-- uncarried: trigger tr: not carried until the stage for views and routines exists
-- uncarried: function f: not carried until the stage for views and routines exists
-- uncarried: procedure p: not carried until the stage for views and routines exists
-- uncarried: event ev: not carried until the stage for views and routines exists
