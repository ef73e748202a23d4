-- schema: schema golden_foreign_keys_refused
CREATE SCHEMA IF NOT EXISTS "golden_foreign_keys_refused"
;
-- table: table golden_foreign_keys_refused.c
CREATE TABLE "golden_foreign_keys_refused"."c" (
  "id" integer NOT NULL,
  "v" integer,
  "o" integer
)
;
-- table: table golden_foreign_keys_refused.p
CREATE TABLE "golden_foreign_keys_refused"."p" (
  "id" integer NOT NULL,
  "v" integer NOT NULL
)
;
-- index: index golden_foreign_keys_refused.c.elsewhere
CREATE INDEX "elsewhere" ON "golden_foreign_keys_refused"."c" ("o")
;
-- index: index golden_foreign_keys_refused.c.not_unique
CREATE INDEX "not_unique" ON "golden_foreign_keys_refused"."c" ("v")
;
-- index: index golden_foreign_keys_refused.p.v
CREATE INDEX "v" ON "golden_foreign_keys_refused"."p" ("v")
;
-- primary key: primary key golden_foreign_keys_refused.c
ALTER TABLE "golden_foreign_keys_refused"."c" ADD CONSTRAINT "c_pkey" PRIMARY KEY ("id")
;
-- primary key: primary key golden_foreign_keys_refused.p
ALTER TABLE "golden_foreign_keys_refused"."p" ADD CONSTRAINT "p_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_foreign_keys_refused.c
ANALYZE "golden_foreign_keys_refused"."c"
;
-- analyze: table golden_foreign_keys_refused.p
ANALYZE "golden_foreign_keys_refused"."p"
;
-- warning: foreign key golden_foreign_keys_refused.c.elsewhere: it points at another_schema.t, which is not part of this migration => left out: the target does not guard this reference
-- warning: foreign key golden_foreign_keys_refused.c.not_unique: the columns of p that it points at are not a unique key, which the target requires => left out: the target does not guard this reference
