-- Plain, unique, prefix, descending, full text; index comments; the same names in two tables.
CREATE TABLE a (
  id int PRIMARY KEY, s varchar(100), t text, b blob, v int, w int NOT NULL,
  KEY idx (v), KEY prefix_s (s(10)), KEY prefix_t (t(20), v), KEY prefix_b (b(8)), UNIQUE KEY uniq (v, w), UNIQUE KEY uprefix (s(5)),
  KEY down (v DESC, w), FULLTEXT KEY ft (t), FULLTEXT KEY ft2 (s, t), KEY commented (w) COMMENT 'it''s "here"'
);
CREATE TABLE b (id int PRIMARY KEY, v int, KEY idx (v), UNIQUE KEY uniq (v), KEY a_pkey (v), KEY a (v));
CREATE TABLE c (b binary(16) NOT NULL, vb varbinary(100), big varbinary(3000), KEY prefix_b (b(4)), KEY prefix_vb (vb(10) DESC, b), KEY prefix_big (big(8)), UNIQUE KEY uprefix_vb (vb(5)));
