-- servers: mariadb
-- Ignored indexes, and a unique key over a whole text, which MariaDB keeps as a hash.
CREATE TABLE i (id int PRIMARY KEY, v int, t text, KEY off (v) IGNORED, UNIQUE KEY whole (t));
