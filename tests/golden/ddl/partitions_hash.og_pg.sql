-- schema: schema golden_partitions_hash
CREATE SCHEMA IF NOT EXISTS "golden_partitions_hash"
;
-- table: table golden_partitions_hash.h
CREATE TABLE "golden_partitions_hash"."h" (
  "id" integer NOT NULL,
  "v" integer
)
PARTITION BY HASH ("id") PARTITIONS 4
;
-- table: table golden_partitions_hash.hx
CREATE TABLE "golden_partitions_hash"."hx" (
  "id" integer NOT NULL,
  "d" date NOT NULL
)
PARTITION BY HASH ("d") PARTITIONS 3
;
-- table: table golden_partitions_hash.k
CREATE TABLE "golden_partitions_hash"."k" (
  "id" integer NOT NULL,
  "s" varchar(10) NOT NULL
)
PARTITION BY HASH ("s") PARTITIONS 2
;
-- table: table golden_partitions_hash.k0
CREATE TABLE "golden_partitions_hash"."k0" (
  "id" integer NOT NULL
)
PARTITION BY HASH ("id") PARTITIONS 2
;
-- table: table golden_partitions_hash.k2
CREATE TABLE "golden_partitions_hash"."k2" (
  "a" integer NOT NULL,
  "b" integer NOT NULL
)
PARTITION BY HASH ("a") PARTITIONS 2
;
-- primary key: primary key golden_partitions_hash.h
ALTER TABLE "golden_partitions_hash"."h" ADD CONSTRAINT "h_pkey" PRIMARY KEY ("id")
;
-- primary key: primary key golden_partitions_hash.hx
ALTER TABLE "golden_partitions_hash"."hx" ADD CONSTRAINT "hx_pkey" PRIMARY KEY ("id", "d")
;
-- primary key: primary key golden_partitions_hash.k
ALTER TABLE "golden_partitions_hash"."k" ADD CONSTRAINT "k_pkey" PRIMARY KEY ("id", "s")
;
-- primary key: primary key golden_partitions_hash.k0
ALTER TABLE "golden_partitions_hash"."k0" ADD CONSTRAINT "k0_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_partitions_hash.h
ANALYZE "golden_partitions_hash"."h"
;
-- analyze: table golden_partitions_hash.hx
ANALYZE "golden_partitions_hash"."hx"
;
-- analyze: table golden_partitions_hash.k
ANALYZE "golden_partitions_hash"."k"
;
-- analyze: table golden_partitions_hash.k0
ANALYZE "golden_partitions_hash"."k0"
;
-- analyze: table golden_partitions_hash.k2
ANALYZE "golden_partitions_hash"."k2"
;
-- note: partitions of golden_partitions_hash.h: the target has a hash function of its own => as many hash partitions, with other rows in each, named by the target
-- note: partitions of golden_partitions_hash.hx: the target has a hash function of its own => as many hash partitions, with other rows in each, named by the target
-- note: partitions of golden_partitions_hash.k: the target has a hash function of its own => as many hash partitions, with other rows in each, named by the target
-- note: column golden_partitions_hash.k.s: compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(10)
-- warning: column golden_partitions_hash.k.s: in a unique key that ignores case at the source => the key tells case apart: values that the source refuses as duplicates are let in
-- note: partitions of golden_partitions_hash.k0: the target has a hash function of its own => as many hash partitions, with other rows in each, named by the target
-- note: partitions of golden_partitions_hash.k2: the target has a hash function of its own => as many hash partitions, with other rows in each, named by the target
