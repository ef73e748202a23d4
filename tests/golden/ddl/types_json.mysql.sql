-- JSON: a type of its own in MySQL, LONGTEXT with a check in MariaDB.
CREATE TABLE j (id int PRIMARY KEY, doc json, must json NOT NULL);
