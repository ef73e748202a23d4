-- servers: mysql
-- MySQL's generated invisible primary key.
SET SESSION sql_generate_invisible_primary_key = ON;
CREATE TABLE g (a int, b int);
