-- servers: mysql
-- A check that MySQL does not enforce, one with non-ASCII text, and a column named so.
CREATE TABLE n (v int, `数量` int, s varchar(10), CONSTRAINT off_ck CHECK (v > 0) NOT ENFORCED, CONSTRAINT on_ck CHECK (`数量` > 0),
  CONSTRAINT zh_ck CHECK (s <> '中文'), CONSTRAINT soundex_ck CHECK (soundex(s) <> 'A000'));
