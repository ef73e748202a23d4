-- schema: schema golden_auto_increment
CREATE SCHEMA IF NOT EXISTS "golden_auto_increment"
;
-- table: table golden_auto_increment.by_key
CREATE SEQUENCE "golden_auto_increment"."by_key_id_seq";
CREATE TABLE "golden_auto_increment"."by_key" (
  "a" integer NOT NULL,
  "id" integer NOT NULL DEFAULT nextval('"golden_auto_increment"."by_key_id_seq"'),
  "v" integer
);
ALTER SEQUENCE "golden_auto_increment"."by_key_id_seq" OWNED BY "golden_auto_increment"."by_key"."id"
;
-- table: table golden_auto_increment.by_unique
CREATE SEQUENCE "golden_auto_increment"."by_unique_id_seq";
CREATE TABLE "golden_auto_increment"."by_unique" (
  "a" integer NOT NULL,
  "id" integer NOT NULL DEFAULT nextval('"golden_auto_increment"."by_unique_id_seq"')
);
ALTER SEQUENCE "golden_auto_increment"."by_unique_id_seq" OWNED BY "golden_auto_increment"."by_unique"."id"
;
-- table: table golden_auto_increment.i1
CREATE SEQUENCE "golden_auto_increment"."i1_id_seq";
CREATE TABLE "golden_auto_increment"."i1" (
  "id" smallint NOT NULL DEFAULT nextval('"golden_auto_increment"."i1_id_seq"'),
  "v" integer
);
ALTER SEQUENCE "golden_auto_increment"."i1_id_seq" OWNED BY "golden_auto_increment"."i1"."id"
;
-- table: table golden_auto_increment.i2
CREATE SEQUENCE "golden_auto_increment"."i2_id_seq";
CREATE TABLE "golden_auto_increment"."i2" (
  "id" integer NOT NULL DEFAULT nextval('"golden_auto_increment"."i2_id_seq"'),
  CONSTRAINT "i2_id_check" CHECK ("id" >= 0)
);
ALTER SEQUENCE "golden_auto_increment"."i2_id_seq" OWNED BY "golden_auto_increment"."i2"."id"
;
-- table: table golden_auto_increment.i3
CREATE SEQUENCE "golden_auto_increment"."i3_id_seq";
CREATE TABLE "golden_auto_increment"."i3" (
  "id" integer NOT NULL DEFAULT nextval('"golden_auto_increment"."i3_id_seq"')
);
ALTER SEQUENCE "golden_auto_increment"."i3_id_seq" OWNED BY "golden_auto_increment"."i3"."id"
;
-- table: table golden_auto_increment.i4
CREATE SEQUENCE "golden_auto_increment"."i4_id_seq";
CREATE TABLE "golden_auto_increment"."i4" (
  "id" bigint NOT NULL DEFAULT nextval('"golden_auto_increment"."i4_id_seq"')
);
ALTER SEQUENCE "golden_auto_increment"."i4_id_seq" OWNED BY "golden_auto_increment"."i4"."id"
;
-- table: table golden_auto_increment.i5
CREATE SEQUENCE "golden_auto_increment"."i5_id_seq";
CREATE TABLE "golden_auto_increment"."i5" (
  "id" numeric(20,0) NOT NULL DEFAULT nextval('"golden_auto_increment"."i5_id_seq"'),
  CONSTRAINT "i5_id_check" CHECK ("id" >= 0)
);
ALTER SEQUENCE "golden_auto_increment"."i5_id_seq" OWNED BY "golden_auto_increment"."i5"."id"
;
-- table: table golden_auto_increment.myisam
CREATE SEQUENCE "golden_auto_increment"."myisam_id_seq";
CREATE TABLE "golden_auto_increment"."myisam" (
  "a" integer NOT NULL,
  "id" integer NOT NULL DEFAULT nextval('"golden_auto_increment"."myisam_id_seq"')
);
ALTER SEQUENCE "golden_auto_increment"."myisam_id_seq" OWNED BY "golden_auto_increment"."myisam"."id"
;
-- index: index golden_auto_increment.by_key.k
CREATE INDEX "k" ON "golden_auto_increment"."by_key" ("id", "v")
;
-- index: index golden_auto_increment.by_unique.u
CREATE UNIQUE INDEX "u" ON "golden_auto_increment"."by_unique" ("id", "a")
;
-- primary key: primary key golden_auto_increment.by_key
ALTER TABLE "golden_auto_increment"."by_key" ADD CONSTRAINT "by_key_pkey" PRIMARY KEY ("a", "id")
;
-- primary key: primary key golden_auto_increment.by_unique
ALTER TABLE "golden_auto_increment"."by_unique" ADD CONSTRAINT "by_unique_pkey" PRIMARY KEY ("a")
;
-- primary key: primary key golden_auto_increment.i1
ALTER TABLE "golden_auto_increment"."i1" ADD CONSTRAINT "i1_pkey" PRIMARY KEY ("id")
;
-- primary key: primary key golden_auto_increment.i2
ALTER TABLE "golden_auto_increment"."i2" ADD CONSTRAINT "i2_pkey" PRIMARY KEY ("id")
;
-- primary key: primary key golden_auto_increment.i3
ALTER TABLE "golden_auto_increment"."i3" ADD CONSTRAINT "i3_pkey" PRIMARY KEY ("id")
;
-- primary key: primary key golden_auto_increment.i4
ALTER TABLE "golden_auto_increment"."i4" ADD CONSTRAINT "i4_pkey" PRIMARY KEY ("id")
;
-- primary key: primary key golden_auto_increment.i5
ALTER TABLE "golden_auto_increment"."i5" ADD CONSTRAINT "i5_pkey" PRIMARY KEY ("id")
;
-- primary key: primary key golden_auto_increment.myisam
ALTER TABLE "golden_auto_increment"."myisam" ADD CONSTRAINT "myisam_pkey" PRIMARY KEY ("a", "id")
;
-- counter: counter of golden_auto_increment.by_key.id
SELECT setval('"golden_auto_increment"."by_key_id_seq"'::regclass, least(n.v, 9223372036854775807)::bigint, n.v > 9223372036854775807) FROM (SELECT greatest(11::numeric, coalesce(max("id")::numeric, 0) + 1) AS v FROM "golden_auto_increment"."by_key") AS n
;
-- counter: counter of golden_auto_increment.by_unique.id
SELECT setval('"golden_auto_increment"."by_unique_id_seq"'::regclass, least(n.v, 9223372036854775807)::bigint, n.v > 9223372036854775807) FROM (SELECT greatest(1::numeric, coalesce(max("id")::numeric, 0) + 1) AS v FROM "golden_auto_increment"."by_unique") AS n
;
-- counter: counter of golden_auto_increment.i1.id
SELECT setval('"golden_auto_increment"."i1_id_seq"'::regclass, least(n.v, 9223372036854775807)::bigint, n.v > 9223372036854775807) FROM (SELECT greatest(127::numeric, coalesce(max("id")::numeric, 0) + 1) AS v FROM "golden_auto_increment"."i1") AS n
;
-- counter: counter of golden_auto_increment.i2.id
SELECT setval('"golden_auto_increment"."i2_id_seq"'::regclass, least(n.v, 9223372036854775807)::bigint, n.v > 9223372036854775807) FROM (SELECT greatest(500::numeric, coalesce(max("id")::numeric, 0) + 1) AS v FROM "golden_auto_increment"."i2") AS n
;
-- counter: counter of golden_auto_increment.i3.id
SELECT setval('"golden_auto_increment"."i3_id_seq"'::regclass, least(n.v, 9223372036854775807)::bigint, n.v > 9223372036854775807) FROM (SELECT greatest(1000::numeric, coalesce(max("id")::numeric, 0) + 1) AS v FROM "golden_auto_increment"."i3") AS n
;
-- counter: counter of golden_auto_increment.i4.id
SELECT setval('"golden_auto_increment"."i4_id_seq"'::regclass, least(n.v, 9223372036854775807)::bigint, n.v > 9223372036854775807) FROM (SELECT greatest(9000000000::numeric, coalesce(max("id")::numeric, 0) + 1) AS v FROM "golden_auto_increment"."i4") AS n
;
-- counter: counter of golden_auto_increment.i5.id
SELECT setval('"golden_auto_increment"."i5_id_seq"'::regclass, least(n.v, 9223372036854775807)::bigint, n.v > 9223372036854775807) FROM (SELECT greatest(1::numeric, coalesce(max("id")::numeric, 0) + 1) AS v FROM "golden_auto_increment"."i5") AS n
;
-- counter: counter of golden_auto_increment.myisam.id
SELECT setval('"golden_auto_increment"."myisam_id_seq"'::regclass, least(n.v, 9223372036854775807)::bigint, n.v > 9223372036854775807) FROM (SELECT greatest(1::numeric, coalesce(max("id")::numeric, 0) + 1) AS v FROM "golden_auto_increment"."myisam") AS n
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
-- note: counter of golden_auto_increment.i5.id: sequences end at 9223372036854775807 => values above that must be given by the application
