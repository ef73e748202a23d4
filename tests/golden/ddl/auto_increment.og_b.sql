-- schema: schema golden_auto_increment
CREATE SCHEMA IF NOT EXISTS "golden_auto_increment"
;
-- table: table golden_auto_increment.by_key
CREATE TABLE "golden_auto_increment"."by_key" (
  "a" integer NOT NULL,
  "id" integer NOT NULL AUTO_INCREMENT,
  "v" integer,
  KEY "k" ("id", "v")
)
;
-- table: table golden_auto_increment.by_unique
CREATE TABLE "golden_auto_increment"."by_unique" (
  "a" integer NOT NULL,
  "id" integer NOT NULL AUTO_INCREMENT,
  CONSTRAINT "u" UNIQUE ("id", "a")
)
;
-- table: table golden_auto_increment.i1
CREATE TABLE "golden_auto_increment"."i1" (
  "id" tinyint NOT NULL AUTO_INCREMENT,
  "v" integer,
  CONSTRAINT "i1_pkey" PRIMARY KEY ("id")
)
;
-- table: table golden_auto_increment.i2
CREATE TABLE "golden_auto_increment"."i2" (
  "id" uint2 NOT NULL AUTO_INCREMENT,
  CONSTRAINT "i2_pkey" PRIMARY KEY ("id")
)
;
-- table: table golden_auto_increment.i3
CREATE TABLE "golden_auto_increment"."i3" (
  "id" integer NOT NULL AUTO_INCREMENT,
  CONSTRAINT "i3_pkey" PRIMARY KEY ("id")
)
;
-- table: table golden_auto_increment.i4
CREATE TABLE "golden_auto_increment"."i4" (
  "id" bigint NOT NULL AUTO_INCREMENT,
  CONSTRAINT "i4_pkey" PRIMARY KEY ("id")
)
;
-- table: table golden_auto_increment.i5
CREATE TABLE "golden_auto_increment"."i5" (
  "id" uint8 NOT NULL AUTO_INCREMENT,
  CONSTRAINT "i5_pkey" PRIMARY KEY ("id")
)
;
-- table: table golden_auto_increment.myisam
CREATE TABLE "golden_auto_increment"."myisam" (
  "a" integer NOT NULL,
  "id" integer NOT NULL AUTO_INCREMENT,
  KEY "myisam_id_idx" ("id")
)
;
-- primary key: primary key golden_auto_increment.by_key
ALTER TABLE "golden_auto_increment"."by_key" ADD CONSTRAINT "by_key_pkey" PRIMARY KEY ("a", "id")
;
-- primary key: primary key golden_auto_increment.by_unique
ALTER TABLE "golden_auto_increment"."by_unique" ADD CONSTRAINT "by_unique_pkey" PRIMARY KEY ("a")
;
-- primary key: primary key golden_auto_increment.myisam
ALTER TABLE "golden_auto_increment"."myisam" ADD CONSTRAINT "myisam_pkey" PRIMARY KEY ("a", "id")
;
-- counter: counter of golden_auto_increment.by_key.id
ALTER TABLE "golden_auto_increment"."by_key" AUTO_INCREMENT = 11
;
-- counter: counter of golden_auto_increment.i1.id
ALTER TABLE "golden_auto_increment"."i1" AUTO_INCREMENT = 127
;
-- counter: counter of golden_auto_increment.i2.id
ALTER TABLE "golden_auto_increment"."i2" AUTO_INCREMENT = 500
;
-- counter: counter of golden_auto_increment.i3.id
ALTER TABLE "golden_auto_increment"."i3" AUTO_INCREMENT = 1000
;
-- counter: counter of golden_auto_increment.i4.id
ALTER TABLE "golden_auto_increment"."i4" AUTO_INCREMENT = 9000000000
;
-- analyze: table golden_auto_increment.by_key
ANALYZE "golden_auto_increment"."by_key"
;
-- analyze: table golden_auto_increment.by_unique
ANALYZE "golden_auto_increment"."by_unique"
;
-- analyze: table golden_auto_increment.i1
ANALYZE "golden_auto_increment"."i1"
;
-- analyze: table golden_auto_increment.i2
ANALYZE "golden_auto_increment"."i2"
;
-- analyze: table golden_auto_increment.i3
ANALYZE "golden_auto_increment"."i3"
;
-- analyze: table golden_auto_increment.i4
ANALYZE "golden_auto_increment"."i4"
;
-- analyze: table golden_auto_increment.i5
ANALYZE "golden_auto_increment"."i5"
;
-- analyze: table golden_auto_increment.myisam
ANALYZE "golden_auto_increment"."myisam"
;
-- note: column golden_auto_increment.myisam.id: AUTO_INCREMENT must lead a key in the target => index myisam_id_idx is added
