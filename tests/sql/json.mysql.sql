-- case: dates, times and doubles in json
SELECT json_object('d', born, 'dt', created, 't', time(created), 'w', weight, 'half', weight / 2) AS a, json_array(born, created, timediff(created, '2024-01-01 12:00:00'), 1.5e0) AS b FROM customers JOIN products USING (id) ORDER BY id

-- case: enums and keys of other types in json
SELECT json_object(status, id, id, status) AS a, json_array(status, date(placed)) AS b FROM orders ORDER BY id

-- case: truth in json
SELECT json_array(id > 1, vip, vip = 1, NOT vip, if(id > 1, TRUE, FALSE), coalesce(vip > 0, FALSE), CASE WHEN id = 1 THEN TRUE END, isnull(city), id IN (1, 2), TRUE) AS a FROM customers ORDER BY id

-- case: decimals in json
SELECT json_array(price * 2, price / 3, price + 1, round(price), truncate(price, 1), if(id > 3, price, 1.5)) AS a FROM products ORDER BY id

-- case: a null name in json
SELECT json_object(city, 1) FROM customers WHERE id = 4

-- case: aggregates of dates and enums
SELECT json_arrayagg(status) AS a, json_arrayagg(date(placed)) AS b, json_arrayagg(id > 2) AS c, json_objectagg(id, placed) AS d, json_objectagg(status, id * 1.5) AS e FROM (SELECT * FROM orders ORDER BY id LIMIT 3) o

-- case: an aggregate of doubles
SELECT json_arrayagg(weight) AS a, json_objectagg(sku, weight) AS b FROM products WHERE id < 3

-- case: changes by dates and enums
SELECT json_set('{}', '$.d', date(placed), '$.s', status, '$.p', placed, '$.t', id > 1, '$.f', id / 2e0) AS a, json_array_append('[1]', '$', status) AS b FROM orders ORDER BY id

-- case: dates cast to json
SELECT cast(born AS json) AS a, cast(created AS json) AS b, cast(credit AS json) AS c FROM customers ORDER BY id

-- case: paths that are put together
SELECT n, json_extract('{"a": [1, {"b": "x"}, null, [5]]}', concat('$.a[', n - 1, ']')) AS a, json_unquote(json_extract('{"a": [1, {"b": "x"}, null, "y"]}', concat('$.a[', n - 1, ']'))) AS b, json_extract('{"k1": 1, "k 2": 2}', concat('$."k ', n, '"')) AS c, json_extract('[1, 2, 3]', if(n > 5, NULL, concat('$[last-', n - 1, ']'))) AS d, json_length('[[1], [1, 2]]', concat('$[', n - 1, ']')) AS e FROM numbers ORDER BY n

-- case: paths into what is not there
SELECT json_extract('5', concat('$[', n - 1, ']')) AS a, json_extract('{"0": 1}', concat('$[', n - 1, ']')) AS b, json_extract('[7]', concat('$."', n - 1, '"')) AS c, json_extract(NULL, concat('$[', n, ']')) AS d, json_extract('{"a\\"b": 1}', concat('$', '."a\\"b"')) AS e, json_extract(' {"词": 1}', concat(' $ . ', '词 ')) AS f FROM numbers ORDER BY n

-- case: a path that is none
SELECT json_extract('{"a": 1}', concat('a', ''))

-- case: another path that is none
SELECT json_extract('{"a": 1}', concat('$.a-b', ''))

-- case: paths with wildcards
SELECT json_extract('[{"a": 1}, {"a": 2}, {"b": 3}]', '$[*].a') AS a, json_extract('{"x": {"a": 1}, "y": [{"a": 2}], "a": 5}', '$**.a') AS b, json_extract('{"b": 1, "a": 2}', '$.*') AS c, json_extract('5', '$[*]') AS d, json_extract('{"a": 5}', '$.a[*]') AS e, json_extract('[[1], [2]]', '$**[0]') AS f, json_extract('[{"a": [1, 2]}, {"a": 3}]', '$[*].a[0]') AS g, json_extract(attrs, '$.tags[*]') AS h, attrs->'$.made.*' AS i FROM products ORDER BY id

-- case: several paths
SELECT json_extract(attrs, '$.size', '$.color') AS a, json_extract(attrs, '$.nothing', '$.made.by') AS b, json_extract(attrs, '$.nothing', '$.neither') AS c FROM products ORDER BY id

-- case: unquoting texts
SELECT json_unquote('"a\\nb"') AS a, json_unquote(name) AS b, json_unquote(concat('"', name, '"')) AS c, json_unquote('"') AS d, json_unquote('""') AS e, json_unquote(NULL) AS f, json_unquote('[1,  2]') AS g FROM products ORDER BY id

-- case: json_value
SELECT json_value(attrs, '$.size') AS a, json_value(attrs, '$.tags') AS b, json_value(attrs, '$.fluid') AS c, json_value(attrs, '$.size' RETURNING SIGNED) AS d, json_value('{"a": null}', '$.a') AS e FROM products ORDER BY id

-- case: json values of a program as numbers and texts
CREATE FUNCTION doc_size(doc JSON) RETURNS INT DETERMINISTIC BEGIN DECLARE v JSON; SET v = doc->'$.size'; RETURN CAST(v AS SIGNED) + CAST(doc->'$.size' AS SIGNED); END
-- object
CREATE FUNCTION doc_color(doc JSON) RETURNS VARCHAR(20) DETERMINISTIC BEGIN DECLARE v JSON; SET v = doc->'$.color'; RETURN JSON_UNQUOTE(v); END
-- mysql only
-- call: SELECT id, doc_size(attrs) AS n, doc_color(attrs) AS c FROM products WHERE id <> 5 ORDER BY id

-- case: json_value of a program
CREATE FUNCTION color(doc JSON) RETURNS VARCHAR(20) DETERMINISTIC RETURN COALESCE(JSON_VALUE(doc, '$.color'), 'none')
-- call: SELECT id, color(attrs) FROM products ORDER BY id

-- case: json_contains_path of several paths
SELECT json_contains_path(attrs, 'one', '$.fluid', '$.made.by') AS a, json_contains_path(attrs, 'all', '$.color', '$.size') AS b, json_contains_path(attrs, 'ALL', '$.size') AS c, json_contains_path(attrs, 'one', concat('$.', IF(id > 2, 'color', 'fluid')), '$.x') AS d, json_contains_path(attrs, 'one', '$.tags[*]') AS e, json_contains_path(attrs, 'one', NULL, '$.color') AS f, json_contains_path(attrs, 'one', '$.color', NULL) AS g FROM products ORDER BY id

-- case: json_overlaps
SELECT json_overlaps('[1, 3]', '[2, 3]') AS a, json_overlaps('{"a": 1, "b": 2}', '{"b": 2}') AS b, json_overlaps('{"a": 1}', '{"a": 2}') AS c, json_overlaps('5', '[4, 5]') AS d, json_overlaps('5', '5') AS e, json_overlaps('5', '{"a": 5}') AS f, json_overlaps('[{"a": 1}]', '{"a": 1}') AS g, json_overlaps('[1.0]', '[1]') AS h, json_overlaps('null', 'null') AS i, json_overlaps(NULL, '1') AS j, json_overlaps('[]', '[]') AS k, json_overlaps('{}', '{}') AS l, json_overlaps('"1"', '1') AS m, json_overlaps('true', '1') AS n

-- case: json_overlaps of a column
SELECT id FROM products WHERE json_overlaps(attrs->'$.tags', '["small", "big"]') OR json_overlaps(attrs, '{"color": "red", "x": 1}') ORDER BY id

-- case: json_merge_preserve
SELECT json_merge_preserve('[1, 2]', '[true]') AS a, json_merge_preserve('{"a": 1}', '{"a": 2}') AS b, json_merge_preserve('1', '2') AS c, json_merge_preserve('{"a": 1}', '[2]') AS d, json_merge_preserve('{"a": {"b": 1}}', '{"a": {"c": 2}}', '{"a": 3}') AS e, json_merge('1', '{"a": 1}') AS f, json_merge_preserve('1', NULL) AS g, json_merge_preserve('null', '1') AS h, json_merge_preserve(attrs, '{"tags": "new", "size": {"w": 1}}') AS i FROM products ORDER BY id

-- case: json_array_insert
SELECT json_array_insert('["a", {"b": [1, 2]}, [3, 4]]', '$[1]', 'x') AS a, json_array_insert('["a", {"b": [1, 2]}]', '$[100]', 'x') AS b, json_array_insert('["a", {"b": [1, 2]}]', '$[1].b[0]', 'x') AS c, json_array_insert('["a"]', '$[0]', 'x', '$[2]', 5) AS d, json_array_insert('{"a": 1}', '$.a[0]', 2) AS e, json_array_insert('{"a": 1}', '$[0]', 2) AS f, json_array_insert(NULL, '$[0]', 2) AS g, json_array_insert('[1]', NULL, 2) AS h, json_array_insert('[1]', '$[0]', NULL) AS i, json_array_insert('[1, 2]', '$[last]', 9) AS j, json_array_insert(attrs, concat('$.tags[', id - 1, ']'), name) AS k FROM products ORDER BY id

-- case: json_array_insert where there is no cell
SELECT json_array_insert('{"a": 1}', '$.a', 2)

-- case: json_search
SELECT json_search(attrs, 'one', 'grey') AS a, json_search(attrs, 'all', '%e%') AS b, json_search(attrs, 'one', 'GREY') AS c, json_search(attrs, 'all', 'small') AS d, json_search(attrs, if(id > 3, 'ALL', 'one'), '%e_') AS e FROM products ORDER BY id

-- case: json_search and what it shows
SELECT json_search('["abc", [{"k": "10"}, "def"], {"x": "abc"}, {"y": "bcd"}]', 'all', 'abc') AS a, json_search('{"a b": "x", "词": "x", "a-b": "x", "$d": "x", "_e1": "x", "1a": "x", "é": "x", "q\\"r": "x", "": "x"}', 'all', 'x') AS b, json_search('["a%b", "axb"]', 'all', 'a\\%b') AS c, json_search('["a%b", "axb"]', 'all', 'a|%b', '|') AS d, json_search('[5, "5", true]', 'all', '5') AS e, json_search('"abc"', 'all', 'abc') AS f, json_search(NULL, 'one', 'a') AS g, json_search('["a"]', 'one', NULL) AS h, json_search('["é", "e"]', 'all', 'e', NULL) AS i

-- case: json_search of what
SELECT json_search('["a"]', concat('so', 'me'), 'a')

-- case: json in a program
CREATE FUNCTION total(doc JSON) RETURNS DECIMAL(12,2) DETERMINISTIC BEGIN DECLARE i INT DEFAULT 0; DECLARE s DECIMAL(12,2) DEFAULT 0; WHILE i < JSON_LENGTH(doc, '$.lines') DO SET s = s + JSON_UNQUOTE(JSON_EXTRACT(doc, CONCAT('$.lines[', i, '].price'))); SET i = i + 1; END WHILE; RETURN s; END
-- call: SELECT total('{"lines": [{"price": 1.50}, {"price": "2.25"}, {"price": 3}]}')
-- call: SELECT total('{"lines": []}')

-- case: rows from a document
CREATE PROCEDURE unpack(IN doc JSON) BEGIN DECLARE i INT DEFAULT 0; DECLARE k VARCHAR(40); WHILE i < JSON_LENGTH(doc) DO SET k = JSON_UNQUOTE(JSON_EXTRACT(doc, CONCAT('$[', i, '].name'))); IF k IS NOT NULL THEN INSERT INTO log_entries (what, n) VALUES (k, JSON_EXTRACT(doc, CONCAT('$[', i, '].n'))); END IF; SET i = i + 1; END WHILE; END
-- call: CALL unpack('[{"name": "a", "n": 1}, {"x": 1}, {"name": "b c", "n": 22}]')
-- table: log_entries

-- case: documents of rows
CREATE VIEW documents AS SELECT id, JSON_OBJECT('name', name, 'born', born, 'created', created, 'credit', credit, 'older', born < '1990-01-01') AS doc FROM customers
-- call: SELECT * FROM documents ORDER BY id
-- call: SELECT id, JSON_UNQUOTE(JSON_EXTRACT(doc, '$.born')) AS born, JSON_UNQUOTE(JSON_EXTRACT(doc, CONCAT('$.', 'created'))) AS created FROM documents ORDER BY id
