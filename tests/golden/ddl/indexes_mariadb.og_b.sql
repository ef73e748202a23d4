-- schema: schema golden_indexes_mariadb
CREATE SCHEMA IF NOT EXISTS "golden_indexes_mariadb"
;
-- table: table golden_indexes_mariadb.i
CREATE TABLE "golden_indexes_mariadb"."i" (
  "id" integer NOT NULL,
  "v" integer,
  "t" text COLLATE utf8mb4_general_ci
)
;
-- index: index golden_indexes_mariadb.i.off
CREATE INDEX "off" ON "golden_indexes_mariadb"."i" ("v") INVISIBLE
;
-- index: index golden_indexes_mariadb.i.whole
CREATE UNIQUE INDEX "whole" ON "golden_indexes_mariadb"."i" ("t")
;
-- primary key: primary key golden_indexes_mariadb.i
ALTER TABLE "golden_indexes_mariadb"."i" ADD CONSTRAINT "i_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_indexes_mariadb.i
ANALYZE "golden_indexes_mariadb"."i"
;
