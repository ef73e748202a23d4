-- LIST with NULL and negative numbers, LIST COLUMNS over text and dates.
CREATE TABLE ints (id int NOT NULL, region int) PARTITION BY LIST (region) (
  PARTITION north VALUES IN (1, 2, NULL), PARTITION south VALUES IN (-3, 4));
CREATE TABLE texts (city varchar(20) NOT NULL, v int, PRIMARY KEY (city)) PARTITION BY LIST COLUMNS (city) (
  PARTITION p0 VALUES IN ('it''s', 'back\\slash', '北京'), PARTITION p1 VALUES IN ('z'));
CREATE TABLE dates (d date NOT NULL) PARTITION BY LIST COLUMNS (d) (PARTITION p0 VALUES IN ('2020-01-01', '2020-01-02'), PARTITION p1 VALUES IN ('2021-01-01'));
CREATE TABLE only_null (v int) PARTITION BY LIST (v) (PARTITION pn VALUES IN (NULL), PARTITION p1 VALUES IN (1));
