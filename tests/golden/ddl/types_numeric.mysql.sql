-- Every number type with its variants.
CREATE TABLE n (
  a tinyint, b tinyint unsigned, c tinyint(1), d smallint, e smallint unsigned, f mediumint, g mediumint unsigned,
  h int, i int unsigned, j bigint, k bigint unsigned, l int(8) unsigned zerofill,
  m decimal(10,2), n decimal(65,30), o decimal(20,0) unsigned, p float, q double, r float(7,3), s double(10,2), t float unsigned,
  u bit(1), v bit(8), w bit(64), x bool
);
