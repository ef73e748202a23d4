-- References that no target can hold: to columns that are not unique, to another schema.
SET SESSION foreign_key_checks = 0 /*!80400 , SESSION restrict_fk_on_non_standard_key = OFF */;
CREATE TABLE p (id int PRIMARY KEY, v int NOT NULL, KEY (v));
CREATE TABLE c (id int PRIMARY KEY, v int, o int, CONSTRAINT not_unique FOREIGN KEY (v) REFERENCES p (v),
  CONSTRAINT elsewhere FOREIGN KEY (o) REFERENCES another_schema.t (id));
