-- Actions, composite keys, references to unique keys, a self reference and a cycle.
CREATE TABLE parent (id int PRIMARY KEY, a int NOT NULL, b int NOT NULL, code varchar(10) NOT NULL, UNIQUE KEY ab (a, b), UNIQUE KEY code (code));
CREATE TABLE child (
  id int PRIMARY KEY, p int, q int, r int, x int, y int, c varchar(10),
  CONSTRAINT casc FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT setnull FOREIGN KEY (q) REFERENCES parent (id) ON DELETE SET NULL,
  CONSTRAINT restr FOREIGN KEY (r) REFERENCES parent (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
  CONSTRAINT comp FOREIGN KEY (x, y) REFERENCES parent (a, b),
  CONSTRAINT bycode FOREIGN KEY (c) REFERENCES parent (code) ON DELETE NO ACTION
);
CREATE TABLE tree (id bigint unsigned PRIMARY KEY AUTO_INCREMENT, up bigint unsigned, CONSTRAINT tree_up FOREIGN KEY (up) REFERENCES tree (id) ON DELETE CASCADE);
CREATE TABLE egg (id int PRIMARY KEY, hen int);
CREATE TABLE hen (id int PRIMARY KEY, egg int, CONSTRAINT from_egg FOREIGN KEY (egg) REFERENCES egg (id));
ALTER TABLE egg ADD CONSTRAINT from_hen FOREIGN KEY (hen) REFERENCES hen (id);
