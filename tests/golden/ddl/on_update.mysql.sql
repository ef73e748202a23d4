-- ON UPDATE CURRENT_TIMESTAMP: a clause in openGauss B, a trigger elsewhere. Generated columns are not compared.
CREATE TABLE u (
  id int PRIMARY KEY, v int, doc json,
  twice int AS (v * 2) STORED,
  a timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  b datetime DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP
);
