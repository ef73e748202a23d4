-- The sample shop of ./dev demo: every kind of column, keys of several kinds, partitions, references, Chinese text, and
-- enough rows to watch. Works on MySQL 8 and later and on MariaDB. Statements end with a semicolon at the end of a line.

CREATE TABLE seq (n int PRIMARY KEY);
INSERT INTO seq VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10);
INSERT INTO seq SELECT n + 10 * k FROM seq CROSS JOIN (SELECT 1 k UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5
  UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) t;
INSERT INTO seq SELECT a.n + 100 * b.n FROM seq a CROSS JOIN (SELECT n FROM seq) b WHERE b.n < 100;
INSERT INTO seq SELECT a.n + 10000 * b.n FROM seq a CROSS JOIN (SELECT n FROM seq WHERE n < 50) b;

CREATE TABLE region (code char(2) NOT NULL PRIMARY KEY, name varchar(40) NOT NULL COMMENT '地区名称', UNIQUE KEY name (name)) COMMENT='regions (地区)';
INSERT INTO region VALUES ('BJ', '北京'), ('SH', '上海'), ('GD', '广东'), ('ZJ', '浙江'), ('SC', '四川'), ('XJ', '新疆'), ('DE', 'Deutschland'),
  ('NO', 'Norge'), ('BR', 'Brasil'), ('EG', 'مصر');

CREATE TABLE category (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, parent int, name varchar(60) NOT NULL, path varchar(200),
  KEY parent (parent), CONSTRAINT category_parent FOREIGN KEY (parent) REFERENCES category (id) ON DELETE CASCADE) COMMENT='a tree';
INSERT INTO category (id, parent, name) VALUES (1, NULL, '图书'), (2, NULL, '电子产品'), (3, NULL, 'Home & garden'), (4, 1, '小说'), (5, 1, '科学'),
  (6, 2, '手机'), (7, 2, '电脑'), (8, 3, 'Tea "pots"'), (9, 7, '笔记本'), (10, 8, 'It''s \\ odd');

CREATE TABLE customer (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, region char(2) NOT NULL, name varchar(60) NOT NULL,
  email varchar(80) CHARACTER SET latin1 NOT NULL, gender enum('女','男','other') DEFAULT NULL, interests set('books','music','travel','美食') DEFAULT '',
  born date DEFAULT NULL, credit decimal(12,2) NOT NULL DEFAULT 0.00, active tinyint(1) NOT NULL DEFAULT 1, settings json,
  joined datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), seen timestamp NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP, note text,
  UNIQUE KEY email (email), KEY by_region (region, name(10)), KEY joined (joined DESC),
  CONSTRAINT customer_region FOREIGN KEY (region) REFERENCES region (code) ON UPDATE CASCADE,
  CONSTRAINT credit_limit CHECK (credit >= -1000)) COMMENT='客户' AUTO_INCREMENT=100001;
INSERT INTO customer (region, name, email, gender, interests, born, credit, active, settings, joined, seen, note)
  SELECT ELT(n % 10 + 1, 'BJ', 'SH', 'GD', 'ZJ', 'SC', 'XJ', 'DE', 'NO', 'BR', 'EG'),
  CONCAT(ELT(n % 7 + 1, '王', '李', '张', '刘', 'Müller ', 'Åse ', 'João '), ELT(n % 5 + 1, '伟', '芳', '娜', '敏', '静'), n),
  CONCAT('user', n, '@example.com'), ELT(n % 4 + 1, '女', '男', 'other', NULL), ELT(n % 5 + 1, '', 'books', 'music,travel', '美食', 'books,music,travel,美食'),
  IF(n % 9 = 0, NULL, DATE_ADD('1950-01-01', INTERVAL n % 20000 DAY)), n % 5000 / 7, n % 11 <> 0,
  IF(n % 6 = 0, NULL, JSON_OBJECT('theme', ELT(n % 2 + 1, '暗', 'light'), 'size', n % 40, 'tags', JSON_ARRAY('a', n, NULL))),
  DATE_ADD('2018-01-01 00:00:00.123', INTERVAL n MINUTE), IF(n % 3 = 0, NULL, DATE_ADD('2024-01-01', INTERVAL n SECOND)),
  IF(n % 8 = 0, CONCAT('备注: 第 ', n, ' 位\n"quoted" \\ back\ttab 😀'), NULL) FROM seq WHERE n <= 40000;

CREATE TABLE product (sku varchar(24) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, category int NOT NULL, title varchar(120) NOT NULL, price decimal(10,2) unsigned NOT NULL,
  weight float, size double, barcode bigint unsigned NOT NULL, flags bit(6) NOT NULL DEFAULT b'0', made_year year, photo blob,
  price_with_tax decimal(12,2) GENERATED ALWAYS AS (price * 1.13) STORED, UNIQUE KEY barcode (barcode), KEY by_category (category, price),
  FULLTEXT KEY words (title), CONSTRAINT product_category FOREIGN KEY (category) REFERENCES category (id)) COMMENT='商品';
INSERT INTO product (sku, category, title, price, weight, size, barcode, flags, made_year, photo)
  SELECT CONCAT(ELT(n % 3 + 1, 'BK', '电', 'hg'), '-', LPAD(n, 6, '0')), n % 10 + 1, CONCAT(ELT(n % 4 + 1, '红楼梦', 'Teapot', '笔记本电脑', 'Ünïcode'), ' #', n),
  n % 90000 / 9, n / 3, SQRT(n), 18446744073709551615 - n, n % 64, 1990 + n % 35, UNHEX(SHA2(n, 256)) FROM seq WHERE n <= 5000;

CREATE TABLE orders (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, customer int unsigned NOT NULL, ordered datetime(6) NOT NULL, status enum('new','paid','sent','done','退货') NOT NULL
  DEFAULT 'new', total decimal(14,2) NOT NULL, deliver_at time DEFAULT NULL, remark varchar(200), KEY customer (customer), KEY by_status (status, ordered),
  CONSTRAINT orders_customer FOREIGN KEY (customer) REFERENCES customer (id) ON DELETE RESTRICT) COMMENT='订单';
INSERT INTO orders (customer, ordered, status, total, deliver_at, remark)
  SELECT 100001 + n * 7 % 40000, DATE_ADD('2020-01-01 00:00:00.000001', INTERVAL n * 13 MINUTE), n % 5 + 1, n % 100000 / 3, IF(n % 4 = 0, NULL, SEC_TO_TIME(n % 86400)),
  IF(n % 10 = 0, CONCAT('请在', n % 24, '点后送货'), NULL) FROM seq WHERE n <= 200000;

CREATE TABLE order_item (order_id bigint NOT NULL, line smallint unsigned NOT NULL, sku varchar(24) COLLATE utf8mb4_bin NOT NULL, quantity int NOT NULL, price decimal(10,2) NOT NULL,
  discount decimal(5,4) DEFAULT NULL, label varchar(120) NOT NULL, PRIMARY KEY (order_id, line), KEY sku (sku),
  CONSTRAINT item_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE) COMMENT='order lines (订单行)';
INSERT INTO order_item SELECT n % 200000 + 1, n DIV 200000, CONCAT(ELT(n % 5000 % 3 + 1, 'BK', '电', 'hg'), '-', LPAD(n % 5000 + 1, 6, '0')), n % 9 + 1, n % 9000 / 10,
  IF(n % 3 = 0, n % 100 / 1000, NULL), CONCAT('第', n, '行 ', REPEAT('商品 item ', n % 7)) FROM seq;

CREATE TABLE visit (id binary(16) NOT NULL, at datetime NOT NULL, customer int unsigned, page varchar(200) NOT NULL, ms int unsigned, PRIMARY KEY (id, at))
  PARTITION BY RANGE COLUMNS (at) (PARTITION p2022 VALUES LESS THAN ('2023-01-01'), PARTITION p2023 VALUES LESS THAN ('2024-01-01'),
  PARTITION p2024 VALUES LESS THAN ('2025-01-01'), PARTITION later VALUES LESS THAN (MAXVALUE));
INSERT INTO visit SELECT LEFT(UNHEX(SHA2(n, 256)), 16), DATE_ADD('2022-06-01', INTERVAL n * 11 MINUTE), IF(n % 4 = 0, NULL, 100001 + n % 40000),
  CONCAT('/商品/', n % 5000, '?q=', REPEAT('词', n % 20)), n % 3000 FROM seq WHERE n <= 150000;

CREATE TABLE log_line (at timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), level tinyint unsigned NOT NULL, message varchar(300)) COMMENT='no key at all';
INSERT INTO log_line SELECT DATE_ADD('2024-02-29 00:00:00', INTERVAL n % 1000 SECOND), n % 4, IF(n % 20 = 0, NULL, CONCAT('line ', n % 1000)) FROM seq WHERE n <= 30000;

CREATE TABLE `Ünïcode ``names" 表` (`select` int PRIMARY KEY, `Column Two` varchar(10) DEFAULT 'x', `列` double);
INSERT INTO `Ünïcode ``names" 表` VALUES (1, 'one', 1.5), (2, NULL, -0.1e-5), (3, '三', NULL);

CREATE TABLE every_type (id int PRIMARY KEY, ti tinyint, tu tinyint unsigned, si smallint, su smallint unsigned, mi mediumint, mu mediumint unsigned, i int, iu int unsigned,
  bi bigint, bu bigint unsigned, z int(8) zerofill, de decimal(65,30), f float, d double, b1 bit(1), b64 bit(64), c char(10), v varchar(100), tt tinytext, mt mediumtext, lt longtext,
  bn binary(4), vb varbinary(100), tb tinyblob, mb mediumblob, lb longblob, da date, dt datetime, dt6 datetime(6), ts timestamp(6) NULL, t time, t6 time(6), y year,
  e enum('x','y z','中'), s set('p','q'), j json, g geometry, p point);
INSERT INTO every_type VALUES (1, -128, 255, -32768, 65535, -8388608, 16777215, -2147483648, 4294967295, -9223372036854775808, 18446744073709551615, 42,
  12345678901234567890123456789012345.123456789012345678901234567890, 3.4e38, 1.7976931348623157e308, b'1', b'1111111111111111111111111111111111111111111111111111111111111111',
  'char', '混合 mixed 😀', 'tiny', 'medium', 'long', 'ab', UNHEX('00FF5C'), UNHEX('00'), UNHEX('FF'), UNHEX('0A0D'), '9999-12-31', '1000-01-01 00:00:00', '9999-12-31 23:59:59.999999',
  '2038-01-19 03:14:07.999999', '23:59:59', '12:34:56.654321', 2155, '中', 'p,q', '{"大": [1, 2.5, 18446744073709551615], "null": null}',
  ST_GeomFromText('LINESTRING(0 0, 1 1)'), ST_GeomFromText('POINT(1.5 2.5)'));
INSERT INTO every_type (id) VALUES (2);

CREATE TABLE stock (warehouse int NOT NULL, sku varchar(24) COLLATE utf8mb4_bin NOT NULL, pieces mediumint NOT NULL DEFAULT 0, PRIMARY KEY (warehouse, sku),
  CONSTRAINT stock_product FOREIGN KEY (sku) REFERENCES product (sku));
INSERT INTO stock SELECT w.n, p.sku, w.n * 17 % 100 FROM product p CROSS JOIN (SELECT n FROM seq WHERE n <= 4) w;

DROP TABLE seq;
CREATE VIEW big_orders AS SELECT id, customer, total FROM orders WHERE total > 30000;
