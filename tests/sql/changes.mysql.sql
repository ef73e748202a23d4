-- case: insert of rows
INSERT INTO log_entries (what, n) VALUES ('a', 1), ('b', NULL), ('c', 2 + 3)
-- table: log_entries

-- case: insert without column names
INSERT INTO accounts VALUES (7, 'gina', 12.345)
-- table: accounts

-- case: insert set
INSERT INTO counters SET name = 'x', hits = 1, last_hit = '2024-05-05'
-- table: counters

-- case: zero and NULL ask for the next number
INSERT INTO log_entries VALUES (0, 'zero', 1), (NULL, 'null', 2), (DEFAULT, 'default', 3)
-- table: log_entries

-- case: defaults
INSERT INTO customers (name, email, credit, vip, created) VALUES ('fritz', DEFAULT, 1, TRUE, '2024-01-01')
-- table: customers

-- case: insert from a query
INSERT INTO log_entries (what, n) SELECT name, id * 2 FROM customers WHERE vip ORDER BY id
-- table: log_entries

-- case: assignments convert
INSERT INTO log_entries (what, n) VALUES (12.5, '7'), (DATE '2024-01-02', 2.6), (1 = 1, 3 > 4)
-- table: log_entries

-- case: insert from a union
INSERT INTO log_entries (what, n) SELECT 'a', 1 UNION ALL SELECT owner, balance FROM accounts WHERE id = 2
-- table: log_entries

-- case: on duplicate key update
INSERT INTO counters (name, hits) VALUES ('home', 1), ('new', 1) ON DUPLICATE KEY UPDATE hits = hits + VALUES(hits), last_hit = NULL
-- table: counters

-- case: on duplicate key with a row alias
INSERT INTO counters (name, hits) VALUES ('home', 10) AS fresh ON DUPLICATE KEY UPDATE hits = counters.hits + fresh.hits
-- table: counters

-- case: on duplicate key, assignments in order
INSERT INTO accounts VALUES (1, 'x', 5) ON DUPLICATE KEY UPDATE balance = balance + 5, owner = concat(owner, balance)
-- table: accounts

-- case: on duplicate key from a query
INSERT INTO counters (name, hits) SELECT owner, id FROM accounts ON DUPLICATE KEY UPDATE hits = VALUES(hits)
-- table: counters

-- case: on duplicate key with two keys that may collide
INSERT INTO customers (id, name, email, credit, vip, created) VALUES (1, 'x', 'y', 0, 0, '2024-01-01') ON DUPLICATE KEY UPDATE name = 'z'
-- refused: several unique keys

-- case: on duplicate key where only one can collide
INSERT INTO customers (name, email, credit, vip, created) VALUES ('anna2', 'anna@example.org', 5, 0, '2024-01-01') ON DUPLICATE KEY UPDATE credit = credit + VALUES(credit), name = VALUES(name)
-- call: SELECT id, name, email, credit FROM customers WHERE email = 'anna@example.org'

-- case: insert ignore
INSERT IGNORE INTO counters (name, hits) VALUES ('home', 99), ('other', 1)
-- table: counters

-- case: replace
REPLACE INTO counters (name, hits) VALUES ('home', 1), ('fresh', 2)
-- table: counters

-- case: replace of a key alone
REPLACE INTO numbers VALUES (3), (11)
-- table: numbers

-- case: update
UPDATE accounts SET balance = balance * 1.1, owner = upper(owner) WHERE balance > 0
-- table: accounts

-- case: an assignment sees those before it
UPDATE accounts SET balance = balance + 1, owner = concat(owner, balance)
-- table: accounts

-- case: update with order and limit
UPDATE employees SET salary = salary + 1 WHERE dept = 'tech' ORDER BY id DESC LIMIT 2
-- table: employees

-- case: update with a subquery
UPDATE customers SET credit = (SELECT count(*) FROM orders WHERE orders.customer_id = customers.id) WHERE id < 4
-- table: customers

-- case: update of a join
UPDATE orders o JOIN customers c ON c.id = o.customer_id SET o.note = concat(c.name, '!') WHERE c.vip
-- table: orders

-- case: update of two tables in FROM
UPDATE order_lines l, products p SET l.price = p.price WHERE l.product_id = p.id AND p.stock > 100
-- table: order_lines

-- case: update of a left join
UPDATE customers c LEFT JOIN orders o ON o.customer_id = c.id SET c.city = 'nowhere' WHERE o.id IS NULL
-- table: customers

-- case: update of a join with a derived table
UPDATE accounts a JOIN (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id) x ON x.customer_id = a.id SET a.balance = a.balance + x.n
-- table: accounts

-- case: update of several tables
UPDATE orders o JOIN customers c ON c.id = o.customer_id SET o.note = c.name, c.credit = c.credit + 1, o.status = 'gone' WHERE c.id = 2
-- table: orders
-- table: customers

-- case: enum and default in an update
UPDATE orders SET status = 'PAID', note = DEFAULT WHERE id = 3
-- table: orders

-- case: delete
DELETE FROM orders WHERE status = 'gone'
-- table: orders

-- case: delete with limit
DELETE FROM numbers ORDER BY n DESC LIMIT 3
-- table: numbers

-- case: delete from a join
DELETE l FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.status = 'new'
-- table: order_lines

-- case: delete using
DELETE FROM l USING order_lines AS l JOIN products p ON p.id = l.product_id WHERE p.stock = 0
-- table: order_lines

-- case: delete from two tables
DELETE o, l FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.customer_id = 1
-- table: orders
-- table: order_lines

-- case: delete of what has no partner
DELETE c FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL
-- table: customers

-- case: delete with a cte
WITH rich AS (SELECT id FROM customers WHERE credit > 100) DELETE FROM accounts WHERE id IN (SELECT id FROM rich)
-- table: accounts

-- case: update with a cte
WITH n AS (SELECT customer_id, max(placed) AS last FROM orders GROUP BY customer_id) UPDATE customers c JOIN n ON n.customer_id = c.id SET c.created = n.last
-- table: customers

-- case: chinese names in changes
INSERT INTO `词典` (`编号`, `词`) VALUES (9, '新') ON DUPLICATE KEY UPDATE `词` = VALUES(`词`)
-- table: 词典

-- case: last_insert_id
INSERT INTO log_entries (what) VALUES ('one')
-- call: INSERT INTO log_entries (what) VALUES ('one')
-- call: SELECT last_insert_id() AS l

-- case: json in an update
UPDATE products SET attrs = json_set(attrs, '$.size', stock) WHERE id < 4
-- table: products
