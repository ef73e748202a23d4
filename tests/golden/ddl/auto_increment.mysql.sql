-- Counters: each integer type, started high, on a unique key, on a plain key, second in the primary key, float.
CREATE TABLE i1 (id tinyint AUTO_INCREMENT PRIMARY KEY, v int);
CREATE TABLE i2 (id smallint unsigned AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 500;
CREATE TABLE i3 (id int NOT NULL AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 1000;
CREATE TABLE i4 (id bigint AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 9000000000;
CREATE TABLE i5 (id bigint unsigned AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE by_unique (a int PRIMARY KEY, id int AUTO_INCREMENT, UNIQUE KEY u (id, a));
CREATE TABLE by_key (a int, id int NOT NULL AUTO_INCREMENT, v int, PRIMARY KEY (a, id), KEY k (id, v));
CREATE TABLE myisam (a int NOT NULL, id int NOT NULL AUTO_INCREMENT, PRIMARY KEY (a, id)) ENGINE = MyISAM;
INSERT INTO i1 VALUES (126, 1);
INSERT INTO i3 VALUES (5), (7);
INSERT INTO by_key VALUES (1, 10, 0), (2, 3, 0);
