-- Generated columns: stored, virtual, over other generated ones, over text and JSON, and one that cannot be translated.
CREATE TABLE g (
  a int, b int, s varchar(20), d datetime, j json,
  c1 int AS (a + b) STORED,
  c2 int AS (a * 2) VIRTUAL,
  c3 int AS (c1 + 1) STORED,
  c4 varchar(50) AS (concat(s, '-', a)) STORED,
  c5 varchar(30) AS (json_unquote(json_extract(j, '$.name'))) VIRTUAL,
  c6 decimal(10,2) AS (a / 3) STORED,
  c7 int AS (year(d)) STORED,
  c8 varchar(40) AS (soundex(s)) STORED,
  c9 varchar(20) AS (upper(`s`)) STORED,
  KEY k2 (c2), UNIQUE KEY k4 (c4)
);
