-- schema: schema golden_partitions_functions
CREATE SCHEMA IF NOT EXISTS "golden_partitions_functions"
;
-- table: table golden_partitions_functions.days
CREATE TABLE "golden_partitions_functions"."days" (
  "d" timestamp(3) NOT NULL,
  "v" integer
) PARTITION BY RANGE ("d");
CREATE TABLE "golden_partitions_functions"."days_p0" PARTITION OF "golden_partitions_functions"."days" FOR VALUES FROM (MINVALUE) TO ('2020-07-29 00:00:00');
CREATE TABLE "golden_partitions_functions"."days_p1" PARTITION OF "golden_partitions_functions"."days" FOR VALUES FROM ('2020-07-29 00:00:00') TO ('2020-08-29 00:00:00');
CREATE TABLE "golden_partitions_functions"."days_pm" PARTITION OF "golden_partitions_functions"."days" FOR VALUES FROM ('2020-08-29 00:00:00') TO (MAXVALUE)
;
-- table: table golden_partitions_functions.secs
CREATE TABLE "golden_partitions_functions"."secs" (
  "d" date NOT NULL
) PARTITION BY RANGE ("d");
CREATE TABLE "golden_partitions_functions"."secs_p0" PARTITION OF "golden_partitions_functions"."secs" FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE "golden_partitions_functions"."secs_p1" PARTITION OF "golden_partitions_functions"."secs" FOR VALUES FROM ('2020-01-01') TO ('2020-01-02');
CREATE TABLE "golden_partitions_functions"."secs_p2" PARTITION OF "golden_partitions_functions"."secs" FOR VALUES FROM ('2020-01-02') TO ('2020-12-31')
;
-- table: table golden_partitions_functions.stamps
CREATE TABLE "golden_partitions_functions"."stamps" (
  "t" timestamptz(0) NOT NULL DEFAULT CURRENT_TIMESTAMP(0)
) PARTITION BY RANGE ("t");
CREATE TABLE "golden_partitions_functions"."stamps_p0" PARTITION OF "golden_partitions_functions"."stamps" FOR VALUES FROM (MINVALUE) TO ('2020-01-01 00:00:00+00');
CREATE TABLE "golden_partitions_functions"."stamps_p1" PARTITION OF "golden_partitions_functions"."stamps" FOR VALUES FROM ('2020-01-01 00:00:00+00') TO ('2020-12-31 23:59:59+00');
CREATE TABLE "golden_partitions_functions"."stamps_pm" PARTITION OF "golden_partitions_functions"."stamps" FOR VALUES FROM ('2020-12-31 23:59:59+00') TO (MAXVALUE)
;
-- table: table golden_partitions_functions.y
CREATE TABLE "golden_partitions_functions"."y" (
  "id" integer NOT NULL,
  "d" date NOT NULL
) PARTITION BY RANGE ("d");
CREATE TABLE "golden_partitions_functions"."y_p0" PARTITION OF "golden_partitions_functions"."y" FOR VALUES FROM (MINVALUE) TO ('1990-01-01');
CREATE TABLE "golden_partitions_functions"."y_p1" PARTITION OF "golden_partitions_functions"."y" FOR VALUES FROM ('1990-01-01') TO ('2000-01-01');
CREATE TABLE "golden_partitions_functions"."y_pm" PARTITION OF "golden_partitions_functions"."y" FOR VALUES FROM ('2000-01-01') TO (MAXVALUE)
;
-- index: index golden_partitions_functions.y.u
CREATE UNIQUE INDEX "u" ON "golden_partitions_functions"."y" ("d", "id")
;
-- primary key: primary key golden_partitions_functions.y
ALTER TABLE "golden_partitions_functions"."y" ADD CONSTRAINT "y_pkey" PRIMARY KEY ("id", "d")
;
-- analyze: table golden_partitions_functions.days
ANALYZE "golden_partitions_functions"."days"
;
-- analyze: table golden_partitions_functions.secs
ANALYZE "golden_partitions_functions"."secs"
;
-- analyze: table golden_partitions_functions.stamps
ANALYZE "golden_partitions_functions"."stamps"
;
-- analyze: table golden_partitions_functions.y
ANALYZE "golden_partitions_functions"."y"
;
