-- Reserved words, quotes, blanks, dots, dollars, CJK, upper case, 64 characters, and what is longer than 63 bytes.
CREATE TABLE `select` (`from` int PRIMARY KEY, `order` int, `a"b` int, `it's` int, `a b` int, `a.b` int, `$d` int, `a``b` int, `User` int, KEY `group` (`order`));
CREATE TABLE `Order Details` (`ID` int PRIMARY KEY, `中文列` varchar(10) COMMENT '中', KEY `索引` (`中文列`));
CREATE TABLE `订单` (id int PRIMARY KEY);
CREATE TABLE abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl (
  abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl int PRIMARY KEY,
  abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkm int,
  `一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十` int,
  KEY abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl (abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkm)
);
