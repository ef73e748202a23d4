-- servers: mysql
-- NOT NULL generated columns, a key over one, and CJK in an expression.
CREATE TABLE g (s varchar(20) NOT NULL, `名` varchar(9), a varchar(20) AS (upper(`s`)) STORED NOT NULL PRIMARY KEY, b varchar(30) AS (concat(`名`, '文€')) VIRTUAL);
