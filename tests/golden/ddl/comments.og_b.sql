-- schema: schema golden_comments
CREATE SCHEMA IF NOT EXISTS "golden_comments"
;
-- table: table golden_comments.c
CREATE TABLE "golden_comments"."c" (
  "a" integer COMMENT 'it''s',
  "b" integer COMMENT 'back\slash and "double"',
  "c" integer COMMENT 'two
lines',
  "d" integer COMMENT '中文',
  "e" integer
) COMMENT = 'the ''table''; -- no comment'
;
-- index: index golden_comments.c.k
CREATE INDEX "k" ON "golden_comments"."c" ("a");
COMMENT ON INDEX "golden_comments"."k" IS 'an ''index'''
;
-- analyze: table golden_comments.c
ANALYZE "golden_comments"."c"
;
