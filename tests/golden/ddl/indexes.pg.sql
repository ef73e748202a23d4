-- schema: schema golden_indexes
CREATE SCHEMA IF NOT EXISTS "golden_indexes"
;
-- table: table golden_indexes.a
CREATE TABLE "golden_indexes"."a" (
  "id" integer NOT NULL,
  "s" varchar(100),
  "t" text,
  "b" bytea,
  "v" integer,
  "w" integer NOT NULL
)
;
-- table: table golden_indexes.b
CREATE TABLE "golden_indexes"."b" (
  "id" integer NOT NULL,
  "v" integer
)
;
-- table: table golden_indexes.c
CREATE TABLE "golden_indexes"."c" (
  "b" bytea NOT NULL,
  "vb" bytea,
  "big" bytea
)
;
-- index: primary key golden_indexes.a
CREATE UNIQUE INDEX "a_pkey" ON "golden_indexes"."a" ("id")
;
-- index: index golden_indexes.a.commented
CREATE INDEX "commented" ON "golden_indexes"."a" ("w");
COMMENT ON INDEX "golden_indexes"."commented" IS 'it''s "here"'
;
-- index: index golden_indexes.a.down
CREATE INDEX "down" ON "golden_indexes"."a" ("v" DESC, "w")
;
-- index: index golden_indexes.a.ft
CREATE INDEX "ft" ON "golden_indexes"."a" USING gin (to_tsvector('simple', coalesce("t", '')))
;
-- index: index golden_indexes.a.ft2
CREATE INDEX "ft2" ON "golden_indexes"."a" USING gin (to_tsvector('simple', coalesce("s", '') || ' ' || coalesce("t", '')))
;
-- index: index golden_indexes.a.idx
CREATE INDEX "idx" ON "golden_indexes"."a" ("v")
;
-- index: index golden_indexes.a.prefix_b
CREATE INDEX "prefix_b" ON "golden_indexes"."a" ((substring("b" from 1 for 8)))
;
-- index: index golden_indexes.a.prefix_s
CREATE INDEX "prefix_s" ON "golden_indexes"."a" ((left("s", 10)))
;
-- index: index golden_indexes.a.prefix_t
CREATE INDEX "prefix_t" ON "golden_indexes"."a" ((left("t", 20)), "v")
;
-- index: index golden_indexes.a.uniq
CREATE UNIQUE INDEX "uniq" ON "golden_indexes"."a" ("v", "w")
;
-- index: index golden_indexes.a.uprefix
CREATE UNIQUE INDEX "uprefix" ON "golden_indexes"."a" ((left("s", 5)))
;
-- index: primary key golden_indexes.b
CREATE UNIQUE INDEX "b_pkey" ON "golden_indexes"."b" ("id")
;
-- index: index golden_indexes.b.a
CREATE INDEX "a_b" ON "golden_indexes"."b" ("v")
;
-- index: index golden_indexes.b.a_pkey
CREATE INDEX "a_pkey_b" ON "golden_indexes"."b" ("v")
;
-- index: index golden_indexes.b.idx
CREATE INDEX "idx_b" ON "golden_indexes"."b" ("v")
;
-- index: index golden_indexes.b.uniq
CREATE UNIQUE INDEX "uniq_b" ON "golden_indexes"."b" ("v")
;
-- index: index golden_indexes.c.prefix_b
CREATE INDEX "prefix_b_c" ON "golden_indexes"."c" ((substring("b" from 1 for 4)))
;
-- index: index golden_indexes.c.prefix_big
CREATE INDEX "prefix_big" ON "golden_indexes"."c" ((substring("big" from 1 for 8)))
;
-- index: index golden_indexes.c.prefix_vb
CREATE INDEX "prefix_vb" ON "golden_indexes"."c" ((substring("vb" from 1 for 10)) DESC, "b")
;
-- index: index golden_indexes.c.uprefix_vb
CREATE UNIQUE INDEX "uprefix_vb" ON "golden_indexes"."c" ((substring("vb" from 1 for 5)))
;
-- primary key: primary key golden_indexes.a
ALTER TABLE "golden_indexes"."a" ADD CONSTRAINT "a_pkey" PRIMARY KEY USING INDEX "a_pkey"
;
-- primary key: primary key golden_indexes.b
ALTER TABLE "golden_indexes"."b" ADD CONSTRAINT "b_pkey" PRIMARY KEY USING INDEX "b_pkey"
;
-- analyze: table golden_indexes.a
ANALYZE "golden_indexes"."a"
;
-- analyze: table golden_indexes.b
ANALYZE "golden_indexes"."b"
;
-- analyze: table golden_indexes.c
ANALYZE "golden_indexes"."c"
;
-- warning: index golden_indexes.a.ft: MATCH .. AGAINST does not exist in the target => a GIN index; query it with to_tsvector('simple', coalesce("t", '')) @@ to_tsquery(..)
-- warning: index golden_indexes.a.ft2: MATCH .. AGAINST does not exist in the target => a GIN index; query it with to_tsvector('simple', coalesce("s", '') || ' ' || coalesce("t", '')) @@ to_tsquery(..)
-- note: columns golden_indexes.a.s, t: compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(100)
-- warning: column golden_indexes.a.s: in a unique key that ignores case at the source => the key tells case apart: values that the source refuses as duplicates are let in
-- note: index golden_indexes.b.a: the name is taken in the target => it is called a_b
-- note: index golden_indexes.b.a_pkey: the name is taken in the target => it is called a_pkey_b
-- note: index golden_indexes.b.idx: the name is taken in the target => it is called idx_b
-- note: index golden_indexes.b.uniq: the name is taken in the target => it is called uniq_b
-- note: index golden_indexes.c.prefix_b: the name is taken in the target => it is called prefix_b_c
-- note: columns golden_indexes.c.b, vb, big: bytea has no length limit => type bytea
