-- schema: schema golden_types_spatial
CREATE SCHEMA IF NOT EXISTS "golden_types_spatial"
;
-- table: table golden_types_spatial.g
CREATE TABLE "golden_types_spatial"."g" (
  "id" integer NOT NULL,
  "a" bytea,
  "b" bytea,
  "c" bytea,
  "d" bytea,
  "e" bytea,
  "f" bytea,
  "g" bytea,
  "h" bytea,
  "p" bytea NOT NULL
)
;
-- index: primary key golden_types_spatial.g
CREATE UNIQUE INDEX "g_pkey" ON "golden_types_spatial"."g" ("id")
;
-- primary key: primary key golden_types_spatial.g
ALTER TABLE "golden_types_spatial"."g" ADD CONSTRAINT "g_pkey" PRIMARY KEY USING INDEX "g_pkey"
;
-- analyze: table golden_types_spatial.g
ANALYZE "golden_types_spatial"."g"
;
-- note: index golden_types_spatial.g.sp: spatial values are carried as WKB bytes, which no index can search => left out
-- note: columns golden_types_spatial.g.a, b, c, d, e, f, g, h and 1 more: holds EWKB: WKB, with the SRID inside where it is not 0 => type bytea
