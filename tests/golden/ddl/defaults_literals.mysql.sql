-- Literal defaults of every kind of type.
CREATE TABLE l (
  a varchar(20) DEFAULT 'it''s', b varchar(20) DEFAULT 'back\\slash', c varchar(20) DEFAULT '', d varchar(20) DEFAULT NULL,
  e varchar(20) NOT NULL DEFAULT 'NULL', f char(5) DEFAULT '中文', g varchar(30) DEFAULT 'current_timestamp()',
  h int DEFAULT 5, i int DEFAULT -5, j int(5) unsigned zerofill DEFAULT 7, k bigint unsigned DEFAULT 18446744073709551615,
  l decimal(10,2) DEFAULT 0.5, m decimal(5,2) unsigned zerofill DEFAULT 3, n float DEFAULT 1.5, o double DEFAULT 1e30,
  p bit(4) DEFAULT b'101', q bit(1) NOT NULL DEFAULT b'0', r bit(64) DEFAULT b'1111', s tinyint(1) NOT NULL DEFAULT 1,
  t date DEFAULT '2020-02-29', u time(2) DEFAULT '10:00:00', v datetime(3) DEFAULT '2020-01-01 01:02:03.5',
  w year DEFAULT 2024, x year DEFAULT 0,
  y enum('a','b') DEFAULT 'b', z set('a','b') DEFAULT 'a,b',
  n1 int NOT NULL, n2 varchar(5) NOT NULL
);
CREATE TABLE bytes (a binary(3) DEFAULT 'ab', b varbinary(4) DEFAULT x'00ff', c varbinary(8) NOT NULL DEFAULT x'00275c0ae9', d varbinary(4) DEFAULT '');
CREATE TABLE beyond (a time DEFAULT '-01:00:00', b time DEFAULT '838:59:59');
SET time_zone = '+08:00';
CREATE TABLE zone (a timestamp NOT NULL DEFAULT '2020-01-01 08:00:00', b timestamp(3) NULL DEFAULT '2020-01-01 00:00:00.25');
SET sql_mode = '';
CREATE TABLE zero (
  a date NOT NULL DEFAULT '0000-00-00', b datetime NOT NULL DEFAULT '0000-00-00 00:00:00', c timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  d date DEFAULT '2024-00-00'
);
