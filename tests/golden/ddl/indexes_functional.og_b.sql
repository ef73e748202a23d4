-- schema: schema golden_indexes_functional
CREATE SCHEMA IF NOT EXISTS "golden_indexes_functional"
;
-- table: table golden_indexes_functional.f
CREATE TABLE "golden_indexes_functional"."f" (
  "id" integer NOT NULL,
  "s" varchar(50) COLLATE utf8mb4_general_ci,
  "v" integer,
  "j" jsonb
)
;
-- index: index golden_indexes_functional.f.low
CREATE INDEX "low" ON "golden_indexes_functional"."f" ((lower("s")))
;
-- index: index golden_indexes_functional.f.name
CREATE INDEX "name" ON "golden_indexes_functional"."f" ((left(CASE WHEN jsonb_typeof("j") IN ('object', 'array') THEN coalesce(jsonb_extract_path_text("j", 'name'), jsonb_extract_path("j", 'name')::text) END::text, 20)))
;
-- index: index golden_indexes_functional.f.off
CREATE INDEX "off" ON "golden_indexes_functional"."f" ("v") INVISIBLE
;
-- index: index golden_indexes_functional.f.sum
CREATE INDEX "sum" ON "golden_indexes_functional"."f" (("v"::bigint + 1) DESC, "s")
;
-- index: index golden_indexes_functional.f.ulow
CREATE UNIQUE INDEX "ulow" ON "golden_indexes_functional"."f" ((lower("s")), "v")
;
-- primary key: primary key golden_indexes_functional.f
ALTER TABLE "golden_indexes_functional"."f" ADD CONSTRAINT "f_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_indexes_functional.f
ANALYZE "golden_indexes_functional"."f"
;
-- note: index golden_indexes_functional.f.tags: a multi-valued index over a JSON array => left out
-- note: column golden_indexes_functional.f.j: jsonb keeps numbers by value: 1000.0 stays, 1e20 prints as 100000000000000000000 => type jsonb
