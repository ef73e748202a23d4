-- schema: schema golden_types_mysql9
CREATE SCHEMA IF NOT EXISTS "golden_types_mysql9"
;
-- table: table golden_types_mysql9.v
CREATE TABLE "golden_types_mysql9"."v" (
  "id" integer NOT NULL,
  "embedding" bytea,
  "wide" bytea
)
;
-- primary key: primary key golden_types_mysql9.v
ALTER TABLE "golden_types_mysql9"."v" ADD CONSTRAINT "v_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_types_mysql9.v
ANALYZE "golden_types_mysql9"."v"
;
-- note: columns golden_types_mysql9.v.embedding, wide: holds the vector's float32 numbers, little endian => type bytea
