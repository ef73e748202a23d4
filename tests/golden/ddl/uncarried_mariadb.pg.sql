-- schema: schema golden_uncarried_mariadb
CREATE SCHEMA IF NOT EXISTS "golden_uncarried_mariadb"
;
-- table: table golden_uncarried_mariadb.t
CREATE TABLE "golden_uncarried_mariadb"."t" (
  "a" integer
)
;
-- analyze: table golden_uncarried_mariadb.t
ANALYZE "golden_uncarried_mariadb"."t"
;
-- uncarried: sequence s: MariaDB's sequences are not carried
-- uncarried: system-versioned table v: no target keeps row history by itself; ALTER TABLE .. DROP SYSTEM VERSIONING makes it an ordinary table
