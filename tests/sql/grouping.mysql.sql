-- case: count, sum, avg, min, max
SELECT count(*), count(city), sum(credit), avg(credit), min(born), max(name) FROM customers

-- case: averages keep four more digits
SELECT avg(qty), avg(price), sum(qty * price) / count(*) AS mean FROM order_lines

-- case: sums of integers
SELECT sum(salary) AS s, sum(salary) / 7 AS d, sum(id) DIV 2 AS h FROM employees

-- case: averages of doubles
SELECT round(avg(weight), 6) AS a, round(sum(weight), 6) AS s FROM products

-- case: no rows
SELECT count(*) AS c, sum(salary) AS s, max(name) AS m, avg(id) AS a FROM employees WHERE id > 100

-- case: group by
SELECT city, count(*) AS c FROM customers GROUP BY city ORDER BY c DESC, city

-- case: group by an alias
SELECT year(placed) AS y, count(*) AS c FROM orders GROUP BY y ORDER BY y

-- case: group by a position
SELECT month(placed), count(*) FROM orders GROUP BY 1 ORDER BY 1

-- case: group by an expression, repeated
SELECT year(placed) * 100 + month(placed) AS ym, count(*) FROM orders GROUP BY year(placed) * 100 + month(placed) ORDER BY ym

-- case: columns that the key determines
SELECT c.id, c.name, c.city, count(o.id) AS n FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id ORDER BY c.id

-- case: columns that another table's key determines
SELECT o.id, c.name, sum(l.qty) AS q FROM orders o JOIN customers c ON c.id = o.customer_id JOIN order_lines l ON l.order_id = o.id GROUP BY o.id ORDER BY o.id

-- case: a unique key determines as well
SELECT email, name, count(*) AS c FROM customers WHERE email IS NOT NULL GROUP BY email, name ORDER BY email

-- case: any_value
SELECT dept, any_value(dept) AS d, count(*) AS c FROM employees GROUP BY dept ORDER BY dept

-- case: having on an alias
SELECT customer_id, count(*) AS c FROM orders GROUP BY customer_id HAVING c > 1 ORDER BY customer_id

-- case: having on an aggregate that is not listed
SELECT dept FROM employees GROUP BY dept HAVING max(salary) > 4600 AND count(*) >= 2 ORDER BY dept

-- case: having without groups
SELECT id, credit AS c FROM customers HAVING c > 50 ORDER BY id

-- case: rollup
SELECT dept, sum(salary) AS s FROM employees WHERE dept IS NOT NULL GROUP BY dept WITH ROLLUP ORDER BY s

-- case: rollup and grouping
SELECT IF(GROUPING(dept), 'all', dept) AS d, count(*) AS c FROM employees WHERE dept IS NOT NULL GROUP BY dept WITH ROLLUP ORDER BY c, d

-- case: count distinct
SELECT count(DISTINCT city) AS a, count(DISTINCT customer_id) AS b, count(DISTINCT customer_id, status) AS c FROM customers, orders

-- case: sum distinct
SELECT sum(DISTINCT salary) AS s, avg(DISTINCT salary) AS a FROM employees

-- case: group_concat
SELECT dept, group_concat(name ORDER BY name) AS names FROM employees GROUP BY dept ORDER BY dept

-- case: group_concat with separator and numbers
SELECT group_concat(n ORDER BY n DESC SEPARATOR '-') AS g FROM numbers

-- case: group_concat distinct
SELECT group_concat(DISTINCT city ORDER BY city SEPARATOR '; ') AS g, group_concat(DISTINCT vip ORDER BY vip) AS v FROM customers

-- case: group_concat distinct numbers in their order
SELECT group_concat(DISTINCT qty ORDER BY qty) AS q FROM order_lines

-- case: group_concat of several arguments
SELECT group_concat(name, ':', city ORDER BY id SEPARATOR ' ') AS g FROM customers

-- case: group_concat of distinct decimals
SELECT group_concat(DISTINCT price ORDER BY price DESC SEPARATOR ' ') AS p, group_concat(DISTINCT price / 100 ORDER BY price / 100) AS q FROM products

-- case: group_concat of decimals and dates
SELECT group_concat(price ORDER BY id) AS p FROM products

-- case: bit aggregates
SELECT bit_or(rights) AS o, bit_and(rights) AS a, bit_xor(rights) AS x FROM employees

-- case: deviations
SELECT round(std(salary), 4) AS a, round(stddev_samp(salary), 4) AS b, round(variance(salary), 4) AS c, round(var_samp(salary), 4) AS d FROM employees

-- case: json_arrayagg
SELECT dept, json_arrayagg(id) AS ids FROM employees WHERE dept = 'board' GROUP BY dept

-- case: json_objectagg
SELECT json_objectagg(name, salary) AS j FROM employees WHERE salary IS NOT NULL

-- case: aggregates of conditions
SELECT sum(status = 'new') AS n, sum(IF(status = 'paid', 1, 0)) AS p, count(IF(note IS NULL, 1, NULL)) AS nn FROM orders

-- case: order by an aggregate
SELECT status FROM orders GROUP BY status ORDER BY count(*) DESC, status

-- case: group of a subquery
SELECT (SELECT name FROM customers c WHERE c.id = o.customer_id) AS who, count(*) AS c FROM orders o GROUP BY who ORDER BY who

-- case: row_number and rank
SELECT name, row_number() OVER (ORDER BY salary DESC, id) AS rn, rank() OVER (ORDER BY salary DESC) AS r, dense_rank() OVER (ORDER BY salary DESC) AS dr FROM employees ORDER BY rn

-- case: partition
SELECT name, dept, sum(salary) OVER (PARTITION BY dept) AS total, count(*) OVER (PARTITION BY dept ORDER BY id) AS running FROM employees ORDER BY id

-- case: running total with a frame
SELECT n, sum(n) OVER (ORDER BY n ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS s FROM numbers ORDER BY n

-- case: frame to the end
SELECT n, min(n) OVER (ORDER BY n ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS m FROM numbers ORDER BY n

-- case: lag and lead
SELECT n, lag(n) OVER (ORDER BY n) AS a, lead(n, 2) OVER (ORDER BY n) AS b, lag(n, 1, 0) OVER (ORDER BY n) AS c FROM numbers ORDER BY n

-- case: first, last, nth value
SELECT id, first_value(name) OVER w AS f, last_value(name) OVER w AS l, nth_value(name, 2) OVER w AS n FROM employees WINDOW w AS (PARTITION BY boss_id ORDER BY id) ORDER BY id

-- case: ntile and ranks in percent
SELECT n, ntile(3) OVER (ORDER BY n) AS t, round(percent_rank() OVER (ORDER BY n), 4) AS p, round(cume_dist() OVER (ORDER BY n), 4) AS c FROM numbers ORDER BY n

-- case: average over a window
SELECT id, avg(salary) OVER (PARTITION BY dept) AS a FROM employees WHERE salary IS NOT NULL ORDER BY id

-- case: window over groups
SELECT dept, sum(salary) AS s, rank() OVER (ORDER BY sum(salary) DESC) AS r FROM employees WHERE dept IS NOT NULL GROUP BY dept ORDER BY r

-- case: top of each group
SELECT name, dept FROM (SELECT name, dept, row_number() OVER (PARTITION BY dept ORDER BY salary DESC, id) AS rn FROM employees) x WHERE rn = 1 ORDER BY name

-- case: share of a total
SELECT id, round(salary / sum(salary) OVER () * 100, 2) AS share FROM employees WHERE salary IS NOT NULL ORDER BY id

-- case: named window extended
SELECT id, sum(salary) OVER (w ORDER BY id) AS s FROM employees WINDOW w AS (PARTITION BY dept) ORDER BY id

-- case: range frame
SELECT n, sum(n) OVER (ORDER BY n RANGE BETWEEN 2 PRECEDING AND 2 FOLLOWING) AS s FROM numbers ORDER BY n

-- case: group_concat distinct in another order
SELECT group_concat(DISTINCT name ORDER BY id DESC SEPARATOR '; ') AS g, group_concat(DISTINCT upper(city) ORDER BY city, id) AS c FROM customers
