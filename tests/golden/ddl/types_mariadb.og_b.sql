-- schema: schema golden_types_mariadb
CREATE SCHEMA IF NOT EXISTS "golden_types_mariadb"
;
-- table: table golden_types_mariadb.u
CREATE TABLE "golden_types_mariadb"."u" (
  "id" uuid NOT NULL DEFAULT (uuid()::uuid),
  "a" inet,
  "b" inet,
  "c" uuid NOT NULL DEFAULT '123e4567-e89b-12d3-a456-426655440000',
  "d" inet DEFAULT '::1'
)
;
-- primary key: primary key golden_types_mariadb.u
ALTER TABLE "golden_types_mariadb"."u" ADD CONSTRAINT "u_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_types_mariadb.u
ANALYZE "golden_types_mariadb"."u"
;
