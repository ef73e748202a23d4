-- case: a column and a star
SELECT *, name AS n FROM customers ORDER BY id

-- case: expressions get MySQL's names
SELECT id+1, upper(name), 'x', 1.50 FROM customers ORDER BY id

-- case: comma join and aliases
SELECT c.name, o.id FROM customers c, orders o WHERE c.id = o.customer_id ORDER BY o.id

-- case: inner and left join
SELECT c.name, o.status, l.qty FROM customers AS c LEFT JOIN orders o ON o.customer_id = c.id JOIN order_lines l ON l.order_id = o.id ORDER BY o.id, l.line_no

-- case: right join
SELECT c.name, o.id FROM orders o RIGHT JOIN customers c ON o.customer_id = c.id ORDER BY c.id, o.id

-- case: join using
SELECT l.order_id, l2.line_no FROM order_lines l JOIN order_lines l2 USING (order_id, line_no) ORDER BY 1, 2

-- case: natural join with named columns
SELECT a.n FROM numbers a NATURAL JOIN numbers b WHERE n > 7 ORDER BY n

-- case: straight join
SELECT STRAIGHT_JOIN a.n, b.n AS m FROM numbers a STRAIGHT_JOIN numbers b ON b.n = a.n + 1 ORDER BY a.n

-- case: cross join without condition
SELECT count(*) AS c FROM numbers a CROSS JOIN numbers b

-- case: joins in parentheses
SELECT c.name, p.name AS product FROM customers c JOIN (orders o JOIN (order_lines l JOIN products p ON p.id = l.product_id) ON l.order_id = o.id) ON o.customer_id = c.id ORDER BY c.name, product, o.id

-- case: index hints are passed over
SELECT id FROM customers USE INDEX (PRIMARY) USE INDEX FOR ORDER BY (PRIMARY) WHERE id > 2 ORDER BY id

-- case: NULLs come first
SELECT name, born FROM customers ORDER BY born, name

-- case: and last when descending
SELECT name, born FROM customers ORDER BY born DESC, name DESC

-- case: order by position
SELECT city, name FROM customers ORDER BY 1 DESC, 2

-- case: order by alias and expression of alias
SELECT name, credit * 2 AS twice FROM customers ORDER BY twice, name

-- case: order by an expression with an alias in it
SELECT id, credit AS c FROM customers ORDER BY c + id DESC

-- case: limit and offset
SELECT n FROM numbers ORDER BY n LIMIT 3 OFFSET 2

-- case: limit with a comma
SELECT n FROM numbers ORDER BY n LIMIT 4, 2

-- case: limit without end
SELECT n FROM numbers ORDER BY n LIMIT 7, 18446744073709551615

-- case: distinct
SELECT DISTINCT city FROM customers ORDER BY city

-- case: distinct of several columns, ordered by one
SELECT DISTINCT dept, boss_id FROM employees ORDER BY boss_id, dept

-- case: where with all comparisons
SELECT id FROM products WHERE price >= 5 AND price <= 20 AND stock <> 20 AND NOT (sku = 'x') ORDER BY id

-- case: null-safe equality
SELECT name FROM customers WHERE city <=> NULL OR email <=> 'anna@example.org' ORDER BY name

-- case: between and in
SELECT n FROM numbers WHERE n BETWEEN 3 AND 5 OR n IN (9, 10) OR n NOT IN (1,2,3,4,5,6,7,9,10) ORDER BY n

-- case: like ignores case
SELECT name FROM customers WHERE name LIKE '%A%' ORDER BY name

-- case: like with escape
SELECT 'a_b' LIKE 'a|_b' ESCAPE '|' AS y, 'axb' LIKE 'a|_b' ESCAPE '|' AS n

-- case: regexp
SELECT sku FROM products WHERE sku REGEXP '^[ab]-1' ORDER BY sku

-- case: truth values are integers
SELECT n > 5 AS big, n = 3 AS three, NOT n AS zero, n IS NULL AS nothing FROM numbers ORDER BY n

-- case: arithmetic on truth values
SELECT sum(n > 5) AS many, count(n > 20) AS c FROM numbers

-- case: xor and operators
SELECT n FROM numbers WHERE (n > 3) XOR (n > 6) ORDER BY n

-- case: case with operand
SELECT id, CASE status WHEN 'new' THEN 'open' WHEN 'gone' THEN 'lost' ELSE 'done' END AS s FROM orders ORDER BY id

-- case: case without operand
SELECT name, CASE WHEN credit > 1000 THEN 'rich' WHEN credit < 0 THEN 'debt' END AS k FROM customers ORDER BY id

-- case: if and ifnull and nullif
SELECT name, IF(vip, 'vip', 'no') AS v, IFNULL(city, '?') AS c, NULLIF(city, 'berlin') AS nb FROM customers ORDER BY id

-- case: division
SELECT 7 / 2 AS a, 7 DIV 2 AS b, 7 % 4 AS c, -7 DIV 2 AS d, 1 / 0 AS e, 10.5 / 3 AS f

-- case: strings as numbers
SELECT '12abc' + 1 AS a, '3' * '4' AS b, concat(1, 2) + 1 AS c

-- case: bit operators
SELECT 5 & 3 AS a, 5 | 3 AS b, 5 ^ 3 AS c, 1 << 4 AS d, 256 >> 4 AS e

-- case: date arithmetic
SELECT placed + INTERVAL 1 MONTH AS a, placed - INTERVAL 2 DAY AS b, DATE_ADD(placed, INTERVAL 90 MINUTE) AS c FROM orders ORDER BY id

-- case: scalar subquery
SELECT name, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS orders FROM customers c ORDER BY id

-- case: subquery in where
SELECT name FROM customers WHERE credit > (SELECT avg(credit) FROM customers) ORDER BY name

-- case: in subquery
SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders WHERE status = 'new') ORDER BY name

-- case: not in subquery
SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders) ORDER BY name

-- case: exists
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.note IS NOT NULL) ORDER BY name

-- case: not exists
SELECT name FROM customers c WHERE NOT EXISTS (SELECT * FROM orders o WHERE o.customer_id = c.id) ORDER BY name

-- case: any and all
SELECT n FROM numbers WHERE n > ALL (SELECT id FROM products) OR n = ANY (SELECT id FROM accounts) ORDER BY n

-- case: rows in a list
SELECT order_id, line_no FROM order_lines WHERE (order_id, line_no) IN ((1, 2), (5, 3)) ORDER BY 1

-- case: row in a subquery
SELECT order_id, line_no FROM order_lines WHERE (order_id, product_id) IN (SELECT order_id, max(product_id) FROM order_lines GROUP BY order_id) ORDER BY 1

-- case: derived table
SELECT t.city, t.c FROM (SELECT city, count(*) AS c FROM customers GROUP BY city) AS t WHERE t.c > 1

-- case: derived table with expression names
SELECT `count(*)` FROM (SELECT count(*) FROM numbers) t

-- case: derived table with column names
SELECT a, b FROM (SELECT 1, 'x') AS t (a, b)

-- case: lateral
SELECT c.name, x.last FROM customers c JOIN LATERAL (SELECT max(o.placed) AS last FROM orders o WHERE o.customer_id = c.id) x ON TRUE ORDER BY c.id

-- case: cte
WITH big AS (SELECT * FROM products WHERE price > 10), few AS (SELECT id FROM big WHERE stock < 15) SELECT big.name FROM big JOIN few ON few.id = big.id ORDER BY name

-- case: cte with column names
WITH t (a, b) AS (SELECT id, name FROM customers) SELECT b FROM t WHERE a < 3 ORDER BY b

-- case: recursive numbers
WITH RECURSIVE seq AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM seq WHERE n < 6) SELECT n, n * n AS square FROM seq ORDER BY n

-- case: recursive tree
WITH RECURSIVE tree (id, name, depth, path) AS (SELECT id, name, 0, CAST(name AS CHAR(200)) FROM employees WHERE boss_id IS NULL UNION ALL SELECT e.id, e.name, t.depth + 1, CONCAT(t.path, '/', e.name) FROM employees e JOIN tree t ON e.boss_id = t.id) SELECT name, depth, path FROM tree ORDER BY path

-- case: union
SELECT name FROM customers UNION SELECT name FROM employees ORDER BY name

-- case: union all with limit
(SELECT n FROM numbers WHERE n < 3) UNION ALL (SELECT n FROM numbers ORDER BY n DESC LIMIT 2) ORDER BY n

-- case: union of numbers and text
SELECT id AS v FROM accounts UNION ALL SELECT owner FROM accounts

-- case: union with NULL
SELECT NULL AS a, 1 AS b UNION ALL SELECT 2, NULL UNION ALL SELECT NULL, NULL

-- case: intersect and except
SELECT n FROM numbers WHERE n > 2 INTERSECT SELECT n FROM numbers WHERE n < 8 EXCEPT SELECT n FROM numbers WHERE n = 5 ORDER BY n

-- case: values rows
SELECT * FROM (VALUES ROW(1, 'a'), ROW(2, 'b')) AS t ORDER BY column_0

-- case: table statement
TABLE accounts ORDER BY id

-- case: dual
SELECT 1 + 1 AS two FROM dual WHERE 2 > 1

-- case: chinese names
SELECT `词`, `释义` AS `解释` FROM `词典` WHERE `编号` < 3 ORDER BY `编号`

-- case: chinese text in a condition
SELECT 编号 FROM 词典 WHERE 词 = '数据' OR 释义 LIKE '%另一%' ORDER BY 编号

-- case: for update
SELECT id FROM accounts WHERE id < 3 ORDER BY id FOR UPDATE

-- case: lock in share mode
SELECT id FROM accounts ORDER BY id LOCK IN SHARE MODE

-- case: skip locked
SELECT id FROM accounts ORDER BY id FOR UPDATE SKIP LOCKED

-- case: enum compared and ordered
SELECT id, status FROM orders WHERE status = 'NEW' OR status IN ('sent') ORDER BY id

-- case: a table that is not there
SELECT * FROM nothing
-- refused: the table nothing

-- case: a column that is not there
SELECT nothing FROM customers
-- refused: the column nothing

-- case: match against
SELECT id FROM products WHERE MATCH (name) AGAINST ('saw' IN BOOLEAN MODE)
-- refused: MATCH .. AGAINST

-- case: json_table over an array
SELECT p.id, x.n, x.tag FROM products p, JSON_TABLE(p.attrs, '$.tags[*]' COLUMNS (n FOR ORDINALITY, tag VARCHAR(20) PATH '$')) AS x ORDER BY p.id, x.n

-- case: json_table of a document
SELECT p.id, x.* FROM products p JOIN JSON_TABLE(p.attrs, '$' COLUMNS (size INT PATH '$.size', color CHAR(10) PATH '$.color', fluid INT EXISTS PATH '$.fluid', made JSON PATH '$.made')) x ON TRUE ORDER BY p.id

-- case: json_table of a constant
SELECT a, b, d FROM JSON_TABLE('[{"a": 1, "b": "x", "d": "2024-02-03"}, {"a": "7", "b": null}]', '$[*]' COLUMNS (a INT PATH '$.a', b VARCHAR(5) PATH '$.b', d DATE PATH '$.d')) t ORDER BY a

-- case: a left join of json_table
SELECT p.id, x.tag FROM products p LEFT JOIN JSON_TABLE(p.attrs, '$.tags[*]' COLUMNS (tag VARCHAR(20) PATH '$')) x ON x.tag = 'metal' ORDER BY p.id

-- case: values that begin with a query in parentheses
SELECT (((SELECT count(*) FROM orders) / (SELECT count(*) FROM customers)) * 100) AS a, ((SELECT max(n) FROM numbers) + 1) AS b, ((SELECT 1) UNION (SELECT 1)) AS c, n FROM numbers WHERE n IN ((SELECT min(n) FROM numbers) + 1, 3) OR n = (((SELECT 5))) ORDER BY n

-- case: derived tables in parentheses
SELECT x.n, y.id FROM ((SELECT n FROM numbers WHERE n < 3) x JOIN (SELECT id FROM customers) y ON x.n = y.id), ((SELECT 1 AS k) UNION (SELECT 2)) z WHERE z.k = 1 ORDER BY 1

-- case: enum beside other texts and numbers
SELECT id FROM orders WHERE status <> '' AND status IN ('NEW', 'paid', 'unknown') AND status > 'a' AND status + 0 < 4 AND status <> 3 ORDER BY id

-- case: enum as a number
SELECT id, status + 0 AS k, status = 1 AS a, status = 'none' AS b, status < 'o' AS d, sum(status) OVER (ORDER BY id) AS s FROM orders ORDER BY id
