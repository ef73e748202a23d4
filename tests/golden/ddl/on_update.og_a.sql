-- schema: schema golden_on_update
CREATE SCHEMA IF NOT EXISTS "golden_on_update"
;
-- table: table golden_on_update.u
CREATE TABLE "golden_on_update"."u" (
  "id" integer NOT NULL,
  "v" integer,
  "doc" jsonb,
  "twice" integer GENERATED ALWAYS AS ("v"::bigint * 2) STORED,
  "a" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  "b" timestamp(0)
)
;
-- primary key: primary key golden_on_update.u
ALTER TABLE "golden_on_update"."u" ADD CONSTRAINT "u_pkey" PRIMARY KEY ("id")
;
-- trigger: trigger of golden_on_update.u
CREATE OR REPLACE FUNCTION "golden_on_update"."u_on_update"() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF current_setting('application_name') <> 'godwit-follow' AND ROW(NEW."id", NEW."v", NEW."doc", NEW."a", NEW."b") IS DISTINCT FROM ROW(OLD."id", OLD."v", OLD."doc", OLD."a", OLD."b") THEN
    IF NEW."a" IS NOT DISTINCT FROM OLD."a" THEN
      NEW."a" := CURRENT_TIMESTAMP(3);
    END IF;
    IF NEW."b" IS NOT DISTINCT FROM OLD."b" THEN
      NEW."b" := CURRENT_TIMESTAMP(0);
    END IF;
  END IF;
  RETURN NEW;
END
$body$;
CREATE TRIGGER "u_on_update" BEFORE UPDATE ON "golden_on_update"."u" FOR EACH ROW EXECUTE PROCEDURE "golden_on_update"."u_on_update"()
;
-- analyze: table golden_on_update.u
ANALYZE "golden_on_update"."u"
;
-- note: table golden_on_update.u: the target has no ON UPDATE CURRENT_TIMESTAMP => a trigger sets the column when a row changes; an UPDATE that sets it to the value it has cannot be told from one that does not set it
-- note: column golden_on_update.u.doc: jsonb keeps numbers by value: 1000.0 stays, 1e20 prints as 100000000000000000000 => type jsonb
