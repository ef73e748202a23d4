-- servers: mysql
-- Expression defaults as MySQL's catalog prints them.
CREATE TABLE x (
  a int DEFAULT (1 + 2), b char(36) DEFAULT (uuid()), c date DEFAULT (current_date), d json DEFAULT (json_array()), e json DEFAULT ('{}'),
  f text DEFAULT ('it''s \\ ä'), g blob DEFAULT ('a\\b'), h varchar(20) DEFAULT (concat('a', 'b')), i double DEFAULT (rand()),
  j int DEFAULT (a + 1), k binary(16) DEFAULT (uuid_to_bin(uuid())), l date DEFAULT (current_date + interval 1 year)
);
