-- schema: schema golden_invisible
CREATE SCHEMA IF NOT EXISTS "golden_invisible"
;
-- table: table golden_invisible.i
CREATE TABLE "golden_invisible"."i" (
  "id" integer NOT NULL,
  "seen" integer,
  "hidden" integer DEFAULT 5,
  "h2" varchar(5)
)
;
-- primary key: primary key golden_invisible.i
ALTER TABLE "golden_invisible"."i" ADD CONSTRAINT "i_pkey" PRIMARY KEY ("id")
;
-- analyze: table golden_invisible.i
ANALYZE "golden_invisible"."i"
;
-- note: column golden_invisible.i.h2: compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(5)
-- note: columns golden_invisible.i.hidden, h2: the target has no invisible columns => visible: SELECT * shows it
