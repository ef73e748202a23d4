-- Labels with quotes, commas' neighbours, percent signs, CJK and blanks.
CREATE TABLE e (
  a enum('small','medium','large') NOT NULL DEFAULT 'medium',
  b enum('it''s','a b','%s','100%','中文','\\back'),
  c set('a','b','c') NOT NULL DEFAULT 'a,c',
  d set('x','%s','它') DEFAULT ''
);
CREATE TABLE without_label (a enum('a','') NOT NULL, b enum(''), c set('a','b'), d enum('','it''s','%s'));
