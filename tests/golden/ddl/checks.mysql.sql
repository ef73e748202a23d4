-- CHECK constraints: named, unnamed, over text, and names that clash between tables.
CREATE TABLE a (
  id int PRIMARY KEY, v int CHECK (v > 0), w int, s varchar(20),
  CONSTRAINT range_ck CHECK (v < w), CONSTRAINT text_ck CHECK (s <> 'it''s' AND char_length(s) > 2),
  CONSTRAINT list_ck CHECK (w IN (1, 2, 3) OR w IS NULL), CONSTRAINT between_ck CHECK (v BETWEEN 1 AND 100)
);
