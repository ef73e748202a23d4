-- servers: mysql
-- What only MySQL 9 has.
CREATE TABLE v (id int PRIMARY KEY, embedding vector(3), wide vector(2048));
