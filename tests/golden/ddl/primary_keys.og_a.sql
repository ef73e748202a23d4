-- schema: schema golden_primary_keys
CREATE SCHEMA IF NOT EXISTS "golden_primary_keys"
;
-- table: table golden_primary_keys.composite
CREATE TABLE "golden_primary_keys"."composite" (
  "a" integer NOT NULL,
  "b" integer,
  "c" integer NOT NULL
)
;
-- table: table golden_primary_keys.none
CREATE TABLE "golden_primary_keys"."none" (
  "a" integer,
  "b" integer
)
;
-- table: table golden_primary_keys.prefix
CREATE TABLE "golden_primary_keys"."prefix" (
  "t" text NOT NULL,
  "v" integer NOT NULL
)
;
-- table: table golden_primary_keys.txt
CREATE TABLE "golden_primary_keys"."txt" (
  "id" varchar(200) NOT NULL
)
;
-- table: table golden_primary_keys.txt_ci
CREATE TABLE "golden_primary_keys"."txt_ci" (
  "id" varchar(200) NOT NULL,
  "u" varchar(40)
)
;
-- table: table golden_primary_keys.uniq
CREATE TABLE "golden_primary_keys"."uniq" (
  "a" integer NOT NULL,
  "b" integer
)
;
-- index: primary key golden_primary_keys.prefix
CREATE UNIQUE INDEX "prefix_pkey" ON "golden_primary_keys"."prefix" ("t"(10), "v")
;
-- index: index golden_primary_keys.txt_ci.u
CREATE UNIQUE INDEX "u" ON "golden_primary_keys"."txt_ci" ("u")
;
-- index: index golden_primary_keys.uniq.a
CREATE UNIQUE INDEX "a" ON "golden_primary_keys"."uniq" ("a")
;
-- primary key: primary key golden_primary_keys.composite
ALTER TABLE "golden_primary_keys"."composite" ADD CONSTRAINT "composite_pkey" PRIMARY KEY ("c", "a")
;
-- primary key: primary key golden_primary_keys.txt
ALTER TABLE "golden_primary_keys"."txt" ADD CONSTRAINT "txt_pkey" PRIMARY KEY ("id")
;
-- primary key: primary key golden_primary_keys.txt_ci
ALTER TABLE "golden_primary_keys"."txt_ci" ADD CONSTRAINT "txt_ci_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_primary_keys.composite
ANALYZE "golden_primary_keys"."composite"
;
-- analyze: table golden_primary_keys.none
ANALYZE "golden_primary_keys"."none"
;
-- analyze: table golden_primary_keys.prefix
ANALYZE "golden_primary_keys"."prefix"
;
-- analyze: table golden_primary_keys.txt
ANALYZE "golden_primary_keys"."txt"
;
-- analyze: table golden_primary_keys.txt_ci
ANALYZE "golden_primary_keys"."txt_ci"
;
-- analyze: table golden_primary_keys.uniq
ANALYZE "golden_primary_keys"."uniq"
;
-- note: primary key golden_primary_keys.prefix: a primary key over a prefix of a column => a unique index
-- note: column golden_primary_keys.prefix.t: '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type text
-- warning: column golden_primary_keys.prefix.t: in a unique key that ignores case at the source => the key tells case apart: values that the source refuses as duplicates are let in
-- note: column golden_primary_keys.txt.id: lengths count bytes in an A database: 50 characters are 200 bytes; '' is NULL in an A database => type varchar(200)
-- note: column golden_primary_keys.txt_ci.id: lengths count bytes in an A database: 50 characters are 200 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(200)
-- note: column golden_primary_keys.txt_ci.u: lengths count bytes in an A database: 10 characters are 40 bytes; '' is NULL in an A database; compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(40)
-- warning: columns golden_primary_keys.txt_ci.id, u: in a unique key that ignores case at the source => the key tells case apart: values that the source refuses as duplicates are let in
