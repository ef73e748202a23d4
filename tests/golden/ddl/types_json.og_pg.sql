-- schema: schema golden_types_json
CREATE SCHEMA IF NOT EXISTS "golden_types_json"
;
-- table: table golden_types_json.j
CREATE TABLE "golden_types_json"."j" (
  "id" integer NOT NULL,
  "doc" jsonb,
  "must" jsonb NOT NULL
)
;
-- primary key: primary key golden_types_json.j
ALTER TABLE "golden_types_json"."j" ADD CONSTRAINT "j_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_types_json.j
ANALYZE "golden_types_json"."j"
;
-- note: columns golden_types_json.j.doc, must: jsonb keeps numbers by value: 1000.0 stays, 1e20 prints as 100000000000000000000 => type jsonb
