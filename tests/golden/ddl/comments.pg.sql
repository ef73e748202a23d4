-- schema: schema golden_comments
CREATE SCHEMA IF NOT EXISTS "golden_comments"
;
-- table: table golden_comments.c
CREATE TABLE "golden_comments"."c" (
  "a" integer,
  "b" integer,
  "c" integer,
  "d" integer,
  "e" integer
);
COMMENT ON TABLE "golden_comments"."c" IS 'the ''table''; -- no comment';
COMMENT ON COLUMN "golden_comments"."c"."a" IS 'it''s';
COMMENT ON COLUMN "golden_comments"."c"."b" IS 'back\slash and "double"';
COMMENT ON COLUMN "golden_comments"."c"."c" IS 'two
lines';
COMMENT ON COLUMN "golden_comments"."c"."d" IS '中文'
;
-- index: index golden_comments.c.k
CREATE INDEX "k" ON "golden_comments"."c" ("a");
COMMENT ON INDEX "golden_comments"."k" IS 'an ''index'''
;
-- analyze: table golden_comments.c
ANALYZE "golden_comments"."c"
;
