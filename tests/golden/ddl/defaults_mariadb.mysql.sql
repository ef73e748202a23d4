-- servers: mariadb
-- Expression defaults as MariaDB's catalog prints them.
CREATE SEQUENCE s;
CREATE TABLE x (
  a int DEFAULT (1 + 2), b char(36) DEFAULT uuid(), c date DEFAULT curdate(), d json DEFAULT '{}', e json DEFAULT json_array(),
  f text DEFAULT 'it''s \\ ä', g blob DEFAULT 'a\\b', h varchar(20) DEFAULT concat('a', 'b'), i double DEFAULT rand(),
  j int DEFAULT (a + 1), k int DEFAULT nextval(s), l varchar(30) DEFAULT current_timestamp()
);
