-- servers: mariadb
-- Sequences and system-versioned tables.
CREATE SEQUENCE s;
CREATE TABLE v (a int) WITH SYSTEM VERSIONING;
CREATE TABLE t (a int);
