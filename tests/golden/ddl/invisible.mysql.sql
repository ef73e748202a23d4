-- Invisible columns.
CREATE TABLE i (id int PRIMARY KEY, seen int, hidden int DEFAULT 5 INVISIBLE, h2 varchar(5) INVISIBLE);
