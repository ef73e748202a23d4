-- schema: schema golden_on_update
CREATE SCHEMA IF NOT EXISTS "golden_on_update"
;
-- table: table golden_on_update.u
CREATE TABLE "golden_on_update"."u" (
  "id" integer NOT NULL,
  "v" integer,
  "doc" jsonb,
  "twice" integer GENERATED ALWAYS AS ("v"::bigint * 2) STORED,
  "a" timestamp(3) with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  "b" timestamp(0) without time zone ON UPDATE CURRENT_TIMESTAMP
)
;
-- primary key: primary key golden_on_update.u
ALTER TABLE "golden_on_update"."u" ADD CONSTRAINT "u_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_on_update.u
ANALYZE "golden_on_update"."u"
;
-- note: column golden_on_update.u.doc: jsonb keeps numbers by value: 1000.0 stays, 1e20 prints as 100000000000000000000 => type jsonb
