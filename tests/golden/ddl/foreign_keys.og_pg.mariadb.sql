-- schema: schema golden_foreign_keys
CREATE SCHEMA IF NOT EXISTS "golden_foreign_keys"
;
-- table: table golden_foreign_keys.child
CREATE TABLE "golden_foreign_keys"."child" (
  "id" integer NOT NULL,
  "p" integer,
  "q" integer,
  "r" integer,
  "x" integer,
  "y" integer,
  "c" varchar(10)
)
;
-- table: table golden_foreign_keys.egg
CREATE TABLE "golden_foreign_keys"."egg" (
  "id" integer NOT NULL,
  "hen" integer
)
;
-- table: table golden_foreign_keys.hen
CREATE TABLE "golden_foreign_keys"."hen" (
  "id" integer NOT NULL,
  "egg" integer
)
;
-- table: table golden_foreign_keys.parent
CREATE TABLE "golden_foreign_keys"."parent" (
  "id" integer NOT NULL,
  "a" integer NOT NULL,
  "b" integer NOT NULL,
  "code" varchar(10) NOT NULL
)
;
-- table: table golden_foreign_keys.tree
CREATE SEQUENCE "golden_foreign_keys"."tree_id_seq";
CREATE TABLE "golden_foreign_keys"."tree" (
  "id" numeric(20,0) NOT NULL DEFAULT nextval('"golden_foreign_keys"."tree_id_seq"'),
  "up" numeric(20,0),
  CONSTRAINT "tree_id_check" CHECK ("id" >= 0),
  CONSTRAINT "tree_up_check" CHECK ("up" >= 0)
);
ALTER SEQUENCE "golden_foreign_keys"."tree_id_seq" OWNED BY "golden_foreign_keys"."tree"."id"
;
-- index: index golden_foreign_keys.child.bycode
CREATE INDEX "bycode" ON "golden_foreign_keys"."child" ("c")
;
-- index: index golden_foreign_keys.child.casc
CREATE INDEX "casc" ON "golden_foreign_keys"."child" ("p")
;
-- index: index golden_foreign_keys.child.comp
CREATE INDEX "comp" ON "golden_foreign_keys"."child" ("x", "y")
;
-- index: index golden_foreign_keys.child.restr
CREATE INDEX "restr" ON "golden_foreign_keys"."child" ("r")
;
-- index: index golden_foreign_keys.child.setnull
CREATE INDEX "setnull" ON "golden_foreign_keys"."child" ("q")
;
-- index: index golden_foreign_keys.egg.from_hen
CREATE INDEX "from_hen" ON "golden_foreign_keys"."egg" ("hen")
;
-- index: index golden_foreign_keys.hen.from_egg
CREATE INDEX "from_egg" ON "golden_foreign_keys"."hen" ("egg")
;
-- index: index golden_foreign_keys.parent.ab
CREATE UNIQUE INDEX "ab" ON "golden_foreign_keys"."parent" ("a", "b")
;
-- index: index golden_foreign_keys.parent.code
CREATE UNIQUE INDEX "code" ON "golden_foreign_keys"."parent" ("code")
;
-- index: index golden_foreign_keys.tree.tree_up
CREATE INDEX "tree_up" ON "golden_foreign_keys"."tree" ("up")
;
-- primary key: primary key golden_foreign_keys.child
ALTER TABLE "golden_foreign_keys"."child" ADD CONSTRAINT "child_pkey" PRIMARY KEY ("id")
;
-- primary key: primary key golden_foreign_keys.egg
ALTER TABLE "golden_foreign_keys"."egg" ADD CONSTRAINT "egg_pkey" PRIMARY KEY ("id")
;
-- primary key: primary key golden_foreign_keys.hen
ALTER TABLE "golden_foreign_keys"."hen" ADD CONSTRAINT "hen_pkey" PRIMARY KEY ("id")
;
-- primary key: primary key golden_foreign_keys.parent
ALTER TABLE "golden_foreign_keys"."parent" ADD CONSTRAINT "parent_pkey" PRIMARY KEY ("id")
;
-- primary key: primary key golden_foreign_keys.tree
ALTER TABLE "golden_foreign_keys"."tree" ADD CONSTRAINT "tree_pkey" PRIMARY KEY ("id")
;
-- counter: counter of golden_foreign_keys.tree.id
SELECT setval('"golden_foreign_keys"."tree_id_seq"'::regclass, least(n.v, 9223372036854775807)::bigint, n.v > 9223372036854775807) FROM (SELECT greatest(1::numeric, coalesce(max("id")::numeric, 0) + 1) AS v FROM "golden_foreign_keys"."tree") AS n
;
-- foreign key: foreign key golden_foreign_keys.child.bycode
ALTER TABLE "golden_foreign_keys"."child" ADD CONSTRAINT "bycode" FOREIGN KEY ("c") REFERENCES "golden_foreign_keys"."parent" ("code") ON DELETE NO ACTION ON UPDATE RESTRICT NOT VALID
;
-- foreign key: foreign key golden_foreign_keys.child.casc
ALTER TABLE "golden_foreign_keys"."child" ADD CONSTRAINT "casc" FOREIGN KEY ("p") REFERENCES "golden_foreign_keys"."parent" ("id") ON DELETE CASCADE ON UPDATE CASCADE NOT VALID
;
-- foreign key: foreign key golden_foreign_keys.child.comp
ALTER TABLE "golden_foreign_keys"."child" ADD CONSTRAINT "comp" FOREIGN KEY ("x", "y") REFERENCES "golden_foreign_keys"."parent" ("a", "b") ON DELETE RESTRICT ON UPDATE RESTRICT NOT VALID
;
-- foreign key: foreign key golden_foreign_keys.child.restr
ALTER TABLE "golden_foreign_keys"."child" ADD CONSTRAINT "restr" FOREIGN KEY ("r") REFERENCES "golden_foreign_keys"."parent" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT NOT VALID
;
-- foreign key: foreign key golden_foreign_keys.child.setnull
ALTER TABLE "golden_foreign_keys"."child" ADD CONSTRAINT "setnull" FOREIGN KEY ("q") REFERENCES "golden_foreign_keys"."parent" ("id") ON DELETE SET NULL ON UPDATE RESTRICT NOT VALID
;
-- foreign key: foreign key golden_foreign_keys.egg.from_hen
ALTER TABLE "golden_foreign_keys"."egg" ADD CONSTRAINT "from_hen" FOREIGN KEY ("hen") REFERENCES "golden_foreign_keys"."hen" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT NOT VALID
;
-- foreign key: foreign key golden_foreign_keys.hen.from_egg
ALTER TABLE "golden_foreign_keys"."hen" ADD CONSTRAINT "from_egg" FOREIGN KEY ("egg") REFERENCES "golden_foreign_keys"."egg" ("id") ON DELETE RESTRICT ON UPDATE RESTRICT NOT VALID
;
-- foreign key: foreign key golden_foreign_keys.tree.tree_up
ALTER TABLE "golden_foreign_keys"."tree" ADD CONSTRAINT "tree_up" FOREIGN KEY ("up") REFERENCES "golden_foreign_keys"."tree" ("id") ON DELETE CASCADE ON UPDATE RESTRICT NOT VALID
;
-- foreign key check: foreign key golden_foreign_keys.child.bycode
ALTER TABLE "golden_foreign_keys"."child" VALIDATE CONSTRAINT "bycode"
;
-- foreign key check: foreign key golden_foreign_keys.child.casc
ALTER TABLE "golden_foreign_keys"."child" VALIDATE CONSTRAINT "casc"
;
-- foreign key check: foreign key golden_foreign_keys.child.comp
ALTER TABLE "golden_foreign_keys"."child" VALIDATE CONSTRAINT "comp"
;
-- foreign key check: foreign key golden_foreign_keys.child.restr
ALTER TABLE "golden_foreign_keys"."child" VALIDATE CONSTRAINT "restr"
;
-- foreign key check: foreign key golden_foreign_keys.child.setnull
ALTER TABLE "golden_foreign_keys"."child" VALIDATE CONSTRAINT "setnull"
;
-- foreign key check: foreign key golden_foreign_keys.egg.from_hen
ALTER TABLE "golden_foreign_keys"."egg" VALIDATE CONSTRAINT "from_hen"
;
-- foreign key check: foreign key golden_foreign_keys.hen.from_egg
ALTER TABLE "golden_foreign_keys"."hen" VALIDATE CONSTRAINT "from_egg"
;
-- foreign key check: foreign key golden_foreign_keys.tree.tree_up
ALTER TABLE "golden_foreign_keys"."tree" VALIDATE CONSTRAINT "tree_up"
;
-- analyze: table golden_foreign_keys.child
ANALYZE "golden_foreign_keys"."child"
;
-- analyze: table golden_foreign_keys.egg
ANALYZE "golden_foreign_keys"."egg"
;
-- analyze: table golden_foreign_keys.hen
ANALYZE "golden_foreign_keys"."hen"
;
-- analyze: table golden_foreign_keys.parent
ANALYZE "golden_foreign_keys"."parent"
;
-- analyze: table golden_foreign_keys.tree
ANALYZE "golden_foreign_keys"."tree"
;
-- note: column golden_foreign_keys.child.c: compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(10)
-- note: column golden_foreign_keys.parent.code: compares case and accents exactly, unlike utf8mb4_general_ci => type varchar(10)
-- warning: column golden_foreign_keys.parent.code: in a unique key that ignores case at the source => the key tells case apart: values that the source refuses as duplicates are let in
-- note: counter of golden_foreign_keys.tree.id: sequences end at 9223372036854775807 => values above that must be given by the application
