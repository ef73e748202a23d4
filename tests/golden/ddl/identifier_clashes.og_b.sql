-- schema: schema golden_identifier_clashes
CREATE SCHEMA IF NOT EXISTS "golden_identifier_clashes"
;
-- table: table golden_identifier_clashes.n
CREATE TABLE "golden_identifier_clashes"."n" (
  "id" integer NOT NULL AUTO_INCREMENT,
  "big" uint8,
  CONSTRAINT "n_pkey" PRIMARY KEY ("id")
)
;
-- table: table golden_identifier_clashes.n_id_seq
CREATE TABLE "golden_identifier_clashes"."n_id_seq" (
  "id" uint8 NOT NULL AUTO_INCREMENT,
  CONSTRAINT "n_id_seq_pkey" PRIMARY KEY ("id")
)
;
-- table: table golden_identifier_clashes.n_id_seq_id_seq
CREATE TABLE "golden_identifier_clashes"."n_id_seq_id_seq" (
  "id" integer
)
PARTITION BY HASH ("id") PARTITIONS 2
;
-- table: table golden_identifier_clashes.n_id_seq_id_seq_p0
CREATE TABLE "golden_identifier_clashes"."n_id_seq_id_seq_p0" (
  "id" integer
)
;
-- table: table golden_identifier_clashes.t
CREATE TABLE "golden_identifier_clashes"."t" (
  "id" integer NOT NULL,
  "ctid_t" integer,
  "xmin_t" integer,
  "CMAX_t" integer,
  "tableoid_t" integer
)
;
-- table: table golden_identifier_clashes.u
CREATE TABLE "golden_identifier_clashes"."u" (
  "id" integer NOT NULL,
  "v" integer
)
;
-- table: table golden_identifier_clashes.w
CREATE TABLE "golden_identifier_clashes"."w" (
  "id" integer NOT NULL,
  "v" integer
)
;
-- index: index golden_identifier_clashes.t.idx_v
CREATE INDEX "idx_v" ON "golden_identifier_clashes"."t" ("ctid_t")
;
-- index: index golden_identifier_clashes.u.idx_v
CREATE INDEX "idx_v_u_690921e5" ON "golden_identifier_clashes"."u" ("v")
;
-- index: index golden_identifier_clashes.u.t
CREATE INDEX "t_u" ON "golden_identifier_clashes"."u" ("v")
;
-- index: index golden_identifier_clashes.u.t_pkey
CREATE INDEX "t_pkey_u" ON "golden_identifier_clashes"."u" ("v")
;
-- index: index golden_identifier_clashes.w.idx_v
CREATE INDEX "idx_v_w_67091ebf" ON "golden_identifier_clashes"."w" ("v")
;
-- index: index golden_identifier_clashes.w.idx_v_u
CREATE INDEX "idx_v_u" ON "golden_identifier_clashes"."w" ("id", "v")
;
-- index: index golden_identifier_clashes.w.idx_v_w
CREATE INDEX "idx_v_w" ON "golden_identifier_clashes"."w" ("v", "id")
;
-- primary key: primary key golden_identifier_clashes.t
ALTER TABLE "golden_identifier_clashes"."t" ADD CONSTRAINT "t_pkey" PRIMARY KEY ("id")
;
-- primary key: primary key golden_identifier_clashes.u
ALTER TABLE "golden_identifier_clashes"."u" ADD CONSTRAINT "u_pkey" PRIMARY KEY ("id")
;
-- primary key: primary key golden_identifier_clashes.w
ALTER TABLE "golden_identifier_clashes"."w" ADD CONSTRAINT "w_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_identifier_clashes.n
ANALYZE "golden_identifier_clashes"."n"
;
-- analyze: table golden_identifier_clashes.n_id_seq
ANALYZE "golden_identifier_clashes"."n_id_seq"
;
-- analyze: table golden_identifier_clashes.n_id_seq_id_seq
ANALYZE "golden_identifier_clashes"."n_id_seq_id_seq"
;
-- analyze: table golden_identifier_clashes.n_id_seq_id_seq_p0
ANALYZE "golden_identifier_clashes"."n_id_seq_id_seq_p0"
;
-- analyze: table golden_identifier_clashes.t
ANALYZE "golden_identifier_clashes"."t"
;
-- analyze: table golden_identifier_clashes.u
ANALYZE "golden_identifier_clashes"."u"
;
-- analyze: table golden_identifier_clashes.w
ANALYZE "golden_identifier_clashes"."w"
;
-- note: partitions of golden_identifier_clashes.n_id_seq_id_seq: the target has a hash function of its own => as many hash partitions, with other rows in each, named by the target
-- note: column golden_identifier_clashes.t.ctid: the name is taken in the target => it is called ctid_t
-- note: column golden_identifier_clashes.t.xmin: the name is taken in the target => it is called xmin_t
-- note: column golden_identifier_clashes.t.CMAX: the name is taken in the target => it is called CMAX_t
-- note: column golden_identifier_clashes.t.tableoid: the name is taken in the target => it is called tableoid_t
-- note: index golden_identifier_clashes.u.idx_v: the name is taken in the target => it is called idx_v_u_690921e5
-- note: index golden_identifier_clashes.u.t: the name is taken in the target => it is called t_u
-- note: index golden_identifier_clashes.u.t_pkey: the name is taken in the target => it is called t_pkey_u
-- note: index golden_identifier_clashes.w.idx_v: the name is taken in the target => it is called idx_v_w_67091ebf
