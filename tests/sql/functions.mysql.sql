-- case: concat and its NULL
SELECT concat(name, '-', city) AS a, concat_ws('/', name, city, email) AS b FROM customers ORDER BY id

-- case: lengths
SELECT length('数据') AS a, char_length('数据') AS b, bit_length('ab') AS c, octet_length(name) AS d FROM customers ORDER BY id

-- case: case folding
SELECT upper(name), lower('ABC'), ucase('x'), lcase('Y') FROM customers WHERE id = 1

-- case: substrings
SELECT substring('abcdef', 2, 3) AS a, substring('abcdef', -3) AS b, substr('abcdef' FROM 3 FOR 2) AS c, mid('abcdef', 1, 2) AS d, left('abc', 2) AS e, right('abc', 2) AS f

-- case: substring from a column's position
SELECT n, substring('abcdefghij', n, 2) AS s FROM numbers ORDER BY n

-- case: substring_index
SELECT substring_index('a.b.c', '.', 2) AS a, substring_index('a.b.c', '.', -2) AS b, substring_index('a.b.c', '.', 9) AS c, substring_index('a--b--c', '--', 1) AS d

-- case: substring_index of columns
SELECT substring_index(email, '@', 1) AS u, substring_index(email, '@', -1) AS d, substring_index(email, '.', id) AS x FROM customers ORDER BY id

-- case: locate, instr, position
SELECT locate('b', 'abcb') AS a, locate('b', 'abcb', 3) AS b, instr('abc', 'C') AS c, position('c' IN 'abc') AS d, locate('z', name) AS e FROM employees ORDER BY id

-- case: locate from a column's position
SELECT n, locate('a', 'banana', n) AS p FROM numbers ORDER BY n

-- case: padding
SELECT lpad('5', 3, '0') AS a, rpad('ab', 4, 'xy') AS b, lpad('abcdef', 3, '0') AS c

-- case: padding to a column's length
SELECT n, lpad('ab', n, '*') AS l, rpad('ab', n, '12') AS r FROM numbers ORDER BY n

-- case: trimming
SELECT trim('  a ') AS a, ltrim('  a') AS b, rtrim('a  ') AS c, trim(LEADING 'x' FROM 'xxax') AS d, trim(BOTH 'xy' FROM 'xyaxy') AS e, trim(TRAILING 'yz' FROM 'ayzyz') AS f

-- case: replace, repeat, reverse, space
SELECT replace('aXbX', 'X', '-') AS a, repeat('ab', 3) AS b, reverse('abc') AS c, concat('[', space(2), ']') AS d

-- case: insert into a string
SELECT insert('Quadratic', 3, 4, 'What') AS a, insert('abc', 9, 1, 'x') AS b, insert('abc', 2, 100, 'x') AS c

-- case: field, elt, find_in_set
SELECT field('b', 'a', 'b', 'c') AS a, elt(2, 'x', 'y') AS b, find_in_set('b', 'a,b,c') AS c, find_in_set('z', 'a,b') AS d

-- case: ascii, ord, hex, unhex
SELECT ascii('A') AS a, ord('B') AS b, hex('abc') AS c, hex(255) AS d, unhex('4D79') AS e, unhex(hex(name)) AS f FROM customers WHERE id = 1

-- case: format
SELECT format(1234567.891, 2) AS a, format(0.5, 0) AS b, format(-1234.5, 1) AS c

-- case: conv and bin
SELECT conv('ff', 16, 10) AS a, conv(10, 10, 2) AS b, bin(12) AS c, oct(12) AS d, conv('zz', 36, 16) AS e

-- case: sha2, crc32
SELECT sha2('abc', 256) AS b, crc32('MySQL') AS c

-- case: base64
SELECT to_base64('abc') AS a, from_base64('YWJj') AS b

-- case: quote and soundex
SELECT quote('it''s') AS a, soundex('Robert') AS b, strcmp('a', 'b') AS c

-- case: inet
SELECT inet_aton('10.0.5.9') AS a, inet_ntoa(167773449) AS b, inet_aton('x') AS c

-- case: numbers as text
SELECT concat(price, '') AS a, concat(id, 'x') AS b, concat(price * 2, '') AS c FROM products ORDER BY id

-- case: doubles as text
SELECT concat(weight) AS a, concat(weight * 2, '!') AS b, concat(1e20) AS c, concat(1.5e-7) AS d, concat(100e0) AS e, concat(123456789012e0) AS f FROM products ORDER BY id

-- case: cast to char
SELECT cast(id AS char) AS a, cast(price AS char(3)) AS b, cast(created AS char) AS c FROM products p JOIN customers c USING (id) ORDER BY id

-- case: rounding
SELECT round(2.5) AS a, round(-1.25, 1) AS b, truncate(1.999, 1) AS c, floor(-1.5) AS d, ceil(1.2) AS e, ceiling(-1.2) AS f, round(1234.5, -2) AS g

-- case: numeric functions
SELECT abs(-5) AS a, sign(-2) AS b, mod(7, 3) AS c, pow(2, 10) AS d, sqrt(16) AS e, greatest(1, 5, 3) AS f, least(4, 2) AS g

-- case: logarithms
SELECT round(ln(10), 6) AS a, round(log10(1000), 6) AS b, round(log2(8), 6) AS c, round(log(2, 16), 6) AS d, ln(0) AS e, sqrt(-1) AS f

-- case: trigonometry
SELECT round(sin(1), 6) AS a, round(cos(1), 6) AS b, round(tan(1), 6) AS c, round(atan2(1, 2), 6) AS d, round(degrees(pi()), 6) AS e, round(cot(1), 6) AS f

-- case: bit_count
SELECT bit_count(255) AS a, bit_count(id) AS b FROM employees ORDER BY id

-- case: parts of dates
SELECT year(placed), month(placed), day(placed), hour(placed), minute(placed), second(placed), quarter(placed), dayofyear(placed), dayofweek(placed), weekday(placed) FROM orders ORDER BY id

-- case: names of days and months
SELECT dayname(placed) AS d, monthname(placed) AS m FROM orders ORDER BY id

-- case: weeks in all modes
SELECT week(placed) AS a, week(placed, 1) AS b, week(placed, 2) AS c, week(placed, 3) AS d, week(placed, 4) AS e, week(placed, 5) AS f, week(placed, 6) AS g, week(placed, 7) AS h, yearweek(placed) AS i, yearweek(placed, 1) AS j, weekofyear(placed) AS k FROM orders ORDER BY id

-- case: weeks around new year
SELECT d, week(d), week(d, 1), week(d, 2), week(d, 3), week(d, 4), week(d, 5), week(d, 6), week(d, 7), yearweek(d), yearweek(d, 3) FROM (SELECT DATE_ADD('2019-12-26', INTERVAL a.n + b.n * 365 DAY) AS d FROM numbers a, numbers b) x ORDER BY d

-- case: date_format
SELECT date_format(placed, '%Y-%m-%d %H:%i:%s') AS a, date_format(placed, '%d.%m.%y') AS b, date_format(placed, '%W, %M %e') AS c, date_format(placed, '%h:%i %p') AS d, date_format(placed, '%j') AS e FROM orders ORDER BY id

-- case: date_format with what only a function knows
SELECT date_format(placed, '%D of %b, week %u') AS a, date_format(placed, '%X-%V') AS b, date_format(placed, '%x-%v') AS c, date_format(placed, '100%%') AS d FROM orders ORDER BY id

-- case: date_format with a format from elsewhere
SELECT date_format(placed, IF(id > 3, '%Y', '%m/%d')) AS a FROM orders ORDER BY id

-- case: convert_tz with offsets
SELECT id, convert_tz(placed, '+00:00', '+08:00') AS a, convert_tz(placed, '+02:00', '-05:30') AS b, convert_tz('2024-06-01 12:00:00', '-3:00', '+14:00') AS c, convert_tz(placed, NULL, '+01:00') AS d FROM orders ORDER BY id

-- case: convert_tz with offsets that are not constant
SELECT o.id, convert_tz(o.placed, z.a, z.b) AS t FROM orders o CROSS JOIN (SELECT '+03:00' AS a, '-04:00' AS b UNION ALL SELECT '-09:30', '+00:00') z ORDER BY o.id, t

-- case: a bit_count of nothing
SELECT bit_count(n - n) AS a, bit_count(NULL) AS b FROM numbers WHERE n = 1

-- case: uuid
SELECT char_length(uuid()) AS a, uuid() = uuid() AS b, char_length(replace(uuid(), '-', '')) AS c FROM numbers WHERE n < 3

-- case: str_to_date of a text that ends early
SELECT str_to_date('2024-01-02', '%Y-%m-%d %H:%i:%s') AS a, str_to_date('2024-01-02 03', '%Y-%m-%d %H:%i:%s') AS b, str_to_date('2024-01-02 ', '%Y-%m-%d %H:%i') AS c, str_to_date('02.03.2024 10:', '%d.%m.%Y %H:%i') AS d, str_to_date('2024-01', '%Y-%m-%d') AS e, str_to_date('2024-01-02 11:30', '%Y-%m-%d %h:%i %p') AS f, str_to_date('2024-01-02-', '%Y-%m-%d') AS g, str_to_date('2024-01-02 10:11', '%Y-%m-%d %T') AS h, str_to_date('2024-01-02', '%Y-%m-%dx') AS i, str_to_date('', '%Y-%m-%d') AS j, str_to_date('2024-01-02', '%Y-%m-%d%M') AS k

-- case: str_to_date
SELECT str_to_date('31.12.2023', '%d.%m.%Y') AS a, str_to_date('2023-02-03 04:05:06', '%Y-%m-%d %H:%i:%s') AS b, str_to_date('Mar 5, 99', '%b %e, %y') AS c, str_to_date('x', '%Y') AS d, str_to_date('1/2/2020 11:30 PM', '%c/%e/%Y %h:%i %p') AS e

-- case: differences of dates
SELECT datediff('2024-03-01', placed) AS a, timestampdiff(MONTH, placed, '2024-03-01') AS b, timestampdiff(HOUR, placed, '2024-03-01 12:00:00') AS c, to_days(placed) AS d FROM orders ORDER BY id

-- case: adding to dates
SELECT adddate(born, 31) AS a, date_sub(born, INTERVAL 1 YEAR) AS b, timestampadd(WEEK, 2, created) AS c, last_day(created) AS d FROM customers ORDER BY id

-- case: making dates
SELECT makedate(2024, 60) AS a, from_days(739000) AS b, date('2024-01-02 03:04:05') AS c, period_add(202311, 3) AS d, period_diff(202402, 202311) AS e

-- case: times
SELECT time_to_sec('01:02:03') AS a, sec_to_time(3723) AS b, maketime(1, 2, 3) AS c

-- case: unix time
SELECT unix_timestamp(created) AS a, from_unixtime(86400 * 365) AS b FROM customers ORDER BY id

-- case: extract
SELECT extract(YEAR FROM placed) AS a, extract(DAY FROM placed) AS b, extract(YEAR_MONTH FROM placed) AS c FROM orders ORDER BY id

-- case: dates as numbers
SELECT born + 0 AS a, created + 0 AS b FROM customers ORDER BY id

-- case: dates compared with texts
SELECT id FROM customers WHERE born < '1990-01-01' AND created >= '2023-01-01 00:00:00' ORDER BY id

-- case: intervals of several parts
SELECT created + INTERVAL '1 2' DAY_HOUR AS a, created - INTERVAL '1-6' YEAR_MONTH AS b, created + INTERVAL id DAY AS c FROM customers ORDER BY id

-- case: coalesce and greatest of columns
SELECT coalesce(city, email, name) AS a, greatest(credit, 50) AS b, least(id, 3) AS c FROM customers ORDER BY id

-- case: isnull and nullif
SELECT isnull(city) AS a, nullif(id, 3) AS b, ifnull(born, created) AS c FROM customers ORDER BY id

-- case: casts to numbers
SELECT cast('12' AS signed) AS a, cast('3.7' AS decimal(5,1)) AS b, cast(2.5 AS signed) AS c, cast('abc' AS signed) AS d, cast(-1 AS unsigned) AS e, cast('1e3' AS double) AS f

-- case: casts to dates
SELECT cast('2024-02-03' AS date) AS a, cast(created AS date) AS b, cast('2024-02-03 04:05:06' AS datetime) AS c FROM customers ORDER BY id

-- case: binary comparison
SELECT name FROM customers WHERE BINARY name = 'anna'

-- case: json paths
SELECT id, attrs->'$.color' AS a, attrs->>'$.color' AS b, json_extract(attrs, '$.made.by') AS c, json_unquote(json_extract(attrs, '$.tags[0]')) AS d FROM products ORDER BY id

-- case: json in conditions
SELECT id FROM products WHERE attrs->>'$.color' = 'grey' AND json_extract(attrs, '$.size') = 4 ORDER BY id

-- case: json_object and json_array
SELECT json_object('id', id, 'name', name) AS a, json_array(id, sku, NULL) AS b FROM products ORDER BY id

-- case: json_length, json_keys, json_type
SELECT id, json_length(attrs) AS a, json_length(attrs, '$.tags') AS b, json_keys(attrs) AS c, json_type(attrs) AS d, json_depth(attrs) AS e FROM products ORDER BY id

-- case: json_contains
SELECT id, json_contains(attrs, '"metal"', '$.tags') AS a, json_contains(attrs, '{"color": "grey"}') AS b, json_contains_path(attrs, 'one', '$.size') AS c FROM products ORDER BY id

-- case: json changes
SELECT id, json_set(attrs, '$.size', 9, '$.new', 'x') AS a, json_insert(attrs, '$.size', 9, '$.new', true) AS b, json_replace(attrs, '$.size', 9, '$.new', 1) AS c, json_remove(attrs, '$.size', '$.tags[0]') AS d FROM products ORDER BY id

-- case: json arrays grow
SELECT json_array_append(attrs, '$.tags', 'new') AS a, json_merge_patch(attrs, '{"color": null, "size": {"w": 1}}') AS b FROM products ORDER BY id

-- case: json_valid and json_quote
SELECT json_valid('{"a": 1}') AS a, json_valid('{a') AS b, json_quote('a"b') AS c

-- case: cast to json
SELECT cast('[1, 2]' AS json) AS a, json_extract('{"a": {"b": 3}}', '$.a.b') AS b

-- case: last_insert_id before any
SELECT last_insert_id() >= 0 AS l

-- case: regexp_like
SELECT regexp_like('Abc', '^a') AS a, regexp_like('Abc', '^a', 'c') AS b, name REGEXP 'n.*a' AS c, name NOT RLIKE '^a' AS d FROM customers ORDER BY id

-- case: a function that is not there
SELECT nosuch(1)
-- refused: function NOSUCH

-- case: a system variable
SELECT @@version
-- refused: the system variable @@version

-- case: an assignment within an expression
SELECT @r := 5 AS r, name FROM customers
-- refused: an assignment to @r

-- case: seeded random numbers
SELECT rand(3)
-- refused: RAND with a seed

-- case: regexp functions
SELECT regexp_replace(sku, '[0-9]+', '#') AS a, regexp_substr(sku, '[0-9]+') AS b, regexp_instr(sku, '1') AS c FROM products ORDER BY id

-- case: member of
SELECT id, 'metal' MEMBER OF (attrs->'$.tags') AS m, json_value(attrs, '$.color') AS c FROM products ORDER BY id

-- case: texts as dates
SELECT cast(concat(year(placed), '-01-31') AS date) AS a, datediff(concat('2024-01-', id), '2024-01-01') AS b, cast(concat('x', id) AS datetime) AS c FROM orders ORDER BY id

-- case: rounding to a column's places
SELECT round(price * 1.005, id % 3) AS a, truncate(price, id % 2) AS b, is_ipv4('1.2.3.4') AS c, is_uuid('x') AS d FROM products ORDER BY id

-- case: char
SELECT char(77, 121, 83, 81, '76') AS a, concat(char(64 + id), '-', char(96 + id)) AS b, char(NULL, 65) AS c, char(NULL) AS d, char(77.7) AS e, char(65 USING utf8mb4) AS f, hex(char(127, 1)) AS g, char(0x41) AS h, concat(char(64 + id), 'x') = concat(char(96 + id), 'x') AS i FROM customers ORDER BY id

-- case: char for random strings
SELECT length(concat(char(floor(65 + rand() * 26)), char(floor(97 + rand() * 26) USING utf8mb4))) AS a, ascii(char(floor(65 + rand() * 26))) BETWEEN 65 AND 90 AS b FROM customers

-- case: make_set
SELECT make_set(id, 'a', 'b', 'c') AS a, make_set(5, name, NULL, city) AS b, make_set(0, 'a') AS c, make_set(NULL, 'a') AS d, make_set(-1, 'a', 'b') AS e, make_set(1.5, 'a', 'b') AS f, make_set(3, '', 'x') AS g, make_set(2, 'a') AS h, make_set(7, id, born) AS i FROM customers ORDER BY id

-- case: export_set
SELECT export_set(id, 'Y', 'N', ',', 4) AS a, export_set(6, '1', '0', ',', 10) AS b, export_set(5, 'Y', 'N') AS c, export_set(5, 'Y', 'N', '', 0) AS d, export_set(5, 'Y', 'N', '', -1) AS e, export_set(5, 'Y', 'N', '-', 70) AS f, export_set(NULL, 'a', 'b') AS g, export_set(1, NULL, 'b') AS h, export_set(-1, '1', '0', '', 64) AS i, export_set(rights, 'on', 'off', '|') AS j FROM employees ORDER BY id

-- case: interval of numbers
SELECT interval(n, 1, 5, 7, 9) AS a, interval(n * 2, NULL, 3) AS b, interval(NULL, 1, 2) AS c, interval(5, 1, NULL, 3, 10) AS d, interval('5', 1, 6) AS e, interval(5, 9, NULL) AS f, interval(2.5, 2, 3) AS g, interval(n, 5, 1) AS h, interval(n / 3, 1, 2e0, 3) AS i FROM numbers ORDER BY n

-- case: sounds like
SELECT 'robert' SOUNDS LIKE 'rupert' AS a, NULL SOUNDS LIKE 'a' AS b, '' SOUNDS LIKE '' AS c, name SOUNDS LIKE 'ana' AS d, soundex('数据') AS e, soundex('éa') AS f, soundex('aéb') AS g, soundex('Tymczak') AS h, soundex('Pfister') AS i, soundex('b数b') AS j, soundex('12ab') AS k FROM customers ORDER BY id

-- case: format_bytes
SELECT format_bytes(0) AS a, format_bytes(1) AS b, format_bytes(1023) AS c, format_bytes(1024) AS d, format_bytes(1152) AS e, format_bytes(18446644073709551615) AS f, format_bytes(1e30) AS g, format_bytes(-2048) AS h, format_bytes(1.5) AS i, format_bytes(NULL) AS j, format_bytes('2048') AS k, format_bytes(99999 * 1024 * 1024) AS l, format_bytes(-5) AS m, format_bytes(1099511627776) AS n, format_bytes(n * 12345678) AS o FROM numbers ORDER BY n

-- case: a password made of letters
CREATE FUNCTION letters(n INT, seed INT) RETURNS VARCHAR(100) DETERMINISTIC BEGIN DECLARE s VARCHAR(100) DEFAULT ''; DECLARE i INT DEFAULT 0; WHILE i < n DO SET s = CONCAT(s, CHAR(65 + (seed + i * 7) % 26)); SET i = i + 1; END WHILE; RETURN s; END
-- call: SELECT letters(30, 3)
-- call: SELECT letters(0, 1)
