-- servers: mysql
-- Functional, multi-valued and invisible indexes.
CREATE TABLE f (
  id int PRIMARY KEY, s varchar(50), v int, j json,
  KEY low ((lower(s))), KEY sum ((v + 1) DESC, s), KEY name ((cast(j->>'$.name' AS char(20)))), KEY tags ((cast(j->'$.tags' AS unsigned array))),
  UNIQUE KEY ulow ((lower(s)), v), KEY off (v) INVISIBLE
);
