-- Characters, lengths at both ends, binary strings.
CREATE TABLE c (
  a char(1), b char(255), c varchar(0), d varchar(1), e varchar(16000), f tinytext, g text, h mediumtext, i longtext,
  j char(10) CHARACTER SET latin1 COLLATE latin1_swedish_ci, k varchar(10) CHARACTER SET ascii COLLATE ascii_bin
);
CREATE TABLE b (a binary(1), b binary(255), c varbinary(1), d varbinary(60000), e tinyblob, f blob, g mediumblob, h longblob);
