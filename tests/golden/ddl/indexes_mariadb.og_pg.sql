-- schema: schema golden_indexes_mariadb
CREATE SCHEMA IF NOT EXISTS "golden_indexes_mariadb"
;
-- table: table golden_indexes_mariadb.i
CREATE TABLE "golden_indexes_mariadb"."i" (
  "id" integer NOT NULL,
  "v" integer,
  "t" text
)
;
-- index: index golden_indexes_mariadb.i.off
CREATE INDEX "off" ON "golden_indexes_mariadb"."i" ("v")
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
-- note: index golden_indexes_mariadb.i.off: it is invisible to the source's planner => a visible index
-- note: column golden_indexes_mariadb.i.t: compares case and accents exactly, unlike utf8mb4_general_ci => type text
-- warning: column golden_indexes_mariadb.i.t: in a unique key that ignores case at the source => the key tells case apart: values that the source refuses as duplicates are let in
