-- case: timediff of datetimes
SELECT id, timediff(placed, '2023-06-20 10:00:00') AS a FROM orders WHERE placed BETWEEN '2023-06-20 10:00:00' AND '2023-06-21' ORDER BY id

-- case: timediff beyond a day and below nothing
SELECT time_to_sec(timediff(placed, '2023-06-20 18:00:00')) AS a, concat(timediff('2023-06-20 18:00:00', placed)) AS b, hour(timediff(placed, date(placed))) AS c, timediff(placed, NULL) AS d, timediff(placed, '10:00:00') AS e FROM orders ORDER BY id

-- case: timediff of times
SELECT timediff('12:30:00', time(placed)) AS a, concat(timediff(time(placed), '12:30:00')) AS b, concat(timediff('100:00:00', '-100:00:00')) AS c, concat(timediff('838:59:59', '-01:00:00')) AS d, concat(timediff(date(placed), created)) AS e FROM orders o JOIN customers c ON c.id = o.id WHERE time(placed) <= '12:30:00' ORDER BY o.id

-- case: timediff with fractions
SELECT concat(timediff(TIMESTAMP '2024-01-02 10:00:00.25', placed)) AS a, timediff('10:00:00.5', '09:00:00') AS b, concat(timediff('10:00:00.123456', '11:00:00')) AS c FROM orders ORDER BY id

-- case: timediff in conditions
SELECT id FROM orders WHERE timediff(placed, '2023-06-15 00:00:00') > '10:00:00' AND timediff(placed, '2023-06-15 00:00:00') < time(placed) + INTERVAL 0 SECOND ORDER BY id
-- refused: date arithmetic on a value that is not a date

-- case: timediff compared with times
SELECT id, timediff(placed, '2023-06-15 00:00:00') = time(placed) AS a, timediff('2023-06-15 00:00:00', placed) < '00:00:00' AS b, max(timediff(placed, '2024-02-29 00:00:00')) OVER () < '13:00:00' AS c FROM orders ORDER BY id

-- case: timediff among choices
SELECT id, concat(if(id > 3, timediff(placed, '2023-06-15 00:00:00'), time(placed))) AS a, time_to_sec(coalesce(NULL, time(placed), timediff(placed, placed))) AS b FROM orders ORDER BY id

-- case: sec_to_time
SELECT concat(sec_to_time(id * 50000)) AS a, concat(sec_to_time(-id)) AS b, time_to_sec(sec_to_time(id * 1000000)) AS c, sec_to_time(NULL) AS d, sec_to_time(id) AS e, concat(sec_to_time(1.5)) AS f, concat(sec_to_time('5.25')) AS g FROM orders ORDER BY id

-- case: sec_to_time of an average
SELECT concat(sec_to_time(avg(time_to_sec(time(placed))))) AS a, concat(sec_to_time(sum(time_to_sec(time(placed))))) AS b FROM orders

-- case: maketime
SELECT concat(maketime(n * 5, n, n)) AS a, concat(maketime(-n, 30, 0)) AS b, maketime(n, 60, 0) AS c, maketime(n, 0, -1) AS d, concat(maketime(n * 200, 0, 1)) AS e, concat(maketime(1, 2, 3.25)) AS f, maketime(NULL, 1, 1) AS g FROM numbers ORDER BY n

-- case: addtime and subtime
SELECT addtime(placed, '1:00:00') AS a, subtime(placed, '100:30:00') AS b, concat(addtime(time(placed), '15:00:00')) AS c, concat(subtime(time(placed), '15:00:00')) AS d, addtime(placed, NULL) AS e, concat(addtime(placed, '00:00:01')) AS f FROM orders ORDER BY id

-- case: addtime of times with fractions
SELECT concat(addtime(time(placed), '00:00:00.5')) FROM orders
-- refused: with fractions of a second

-- case: time_format
SELECT time_format(placed, '%H:%i:%s %p') AS a, time_format(time(placed), '%h.%i %p, %l %k %I %S') AS b, time_format('100:05:09', '%H %k %h %I %l %p') AS c, time_format('-01:02:03', '%H:%i') AS d, time_format('10:00:00.123456', '%f %T %r %%') AS e, time_format('25:10:11', '%r abc %q') AS f, time_format(NULL, '%H') AS g, time_format('10:00:00', '') AS h, time_format('24:00:00', '%l %p %') AS i FROM orders ORDER BY id

-- case: time_format of differences
SELECT time_format(timediff(placed, '2023-06-15 00:00:00'), '%H:%i') AS a, time_format(sec_to_time(id * 12345), '%Hh %im %ss') AS b, time_format(time(placed), if(id > 3, '%H', '%T')) AS c FROM orders ORDER BY id

-- case: time_format with a day
SELECT time_format(placed, '%Y %H') FROM orders
-- refused: TIME_FORMAT with %Y

-- case: a function of a duration
CREATE FUNCTION span(a DATETIME, b DATETIME) RETURNS TIME DETERMINISTIC RETURN TIMEDIFF(b, a)
-- call: SELECT span('2024-01-01 10:00:00', '2024-01-01 11:30:00')
-- call: SELECT time_to_sec(span('2024-01-01 00:00:00', '2024-01-01 23:59:59')) AS t
-- call: SELECT span('2024-01-01 10:00:00', NULL)

-- case: a duration as text
CREATE FUNCTION duration(a DATETIME, b DATETIME) RETURNS VARCHAR(100) DETERMINISTIC BEGIN DECLARE s INT; SET s = TIME_TO_SEC(TIMEDIFF(b, a)); RETURN CONCAT(SEC_TO_TIME(s), ' or ', TIMEDIFF(b, a), ' or ', TIME_FORMAT(TIMEDIFF(b, a), '%Hh%i'), ' and ', SEC_TO_TIME(s / 7)); END
-- call: SELECT duration('2024-01-01 10:00:00', '2024-01-01 11:30:00')
-- call: SELECT duration('2024-01-01 10:00:00', '2024-01-11 11:30:05')
-- call: SELECT duration('2024-01-02 10:00:00', '2024-01-01 11:30:00')

-- case: a view of durations
CREATE VIEW waits AS SELECT id, SEC_TO_TIME(id * 100) AS t, TIMEDIFF(placed, DATE(placed)) AS since, ADDTIME(placed, '00:00:01') AS later FROM orders
-- call: SELECT * FROM waits WHERE since > t ORDER BY id

-- case: durations put into a table
CREATE PROCEDURE spans() BEGIN DECLARE t TIME; SELECT MAX(TIMEDIFF(placed, DATE(placed))) INTO t FROM orders; INSERT INTO log_entries (what, n) VALUES (t, TIME_TO_SEC(t)); SELECT t, CAST(t AS CHAR) AS c; END
-- call: CALL spans()
-- table: log_entries

-- case: durations of several kinds in one column
SELECT id, time(placed) AS t FROM orders WHERE id < 3 UNION ALL SELECT id, timediff(placed, date(placed)) FROM orders WHERE id > 4 UNION ALL SELECT 9, NULL ORDER BY id

-- case: a view of a query of durations
CREATE VIEW spans_of_all AS SELECT * FROM (SELECT id, TIMEDIFF(placed, DATE(placed)) AS since, placed FROM orders) AS o
-- call: SELECT * FROM spans_of_all ORDER BY id
-- call: SELECT id, since, TIME_TO_SEC(since) AS s FROM spans_of_all WHERE since > '09:00:00' ORDER BY id

-- case: durations fetched
CREATE PROCEDURE fetched() BEGIN DECLARE done BOOLEAN DEFAULT FALSE; DECLARE t TIME; DECLARE total INT DEFAULT 0; DECLARE c CURSOR FOR SELECT TIMEDIFF(placed, DATE(placed)) FROM orders ORDER BY id; DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE; OPEN c; l: LOOP FETCH c INTO t; IF done THEN LEAVE l; END IF; SET total = total + TIME_TO_SEC(t); END LOOP; CLOSE c; SELECT total, CONCAT(SEC_TO_TIME(total)) AS t; END
-- call: CALL fetched()

-- case: durations in a temporary table
CREATE PROCEDURE kept() BEGIN CREATE TEMPORARY TABLE spans_kept (id INT, t TIME); INSERT INTO spans_kept SELECT id, TIMEDIFF(placed, DATE(placed)) FROM orders; UPDATE spans_kept SET t = SUBTIME(t, '00:00:00') WHERE id = 1; SELECT id, t FROM spans_kept ORDER BY id; DROP TEMPORARY TABLE spans_kept; END
-- call: CALL kept()

-- case: times compared with nothing
SELECT id, timediff(placed, '2023-06-15 08:30:00') > 0 AS a, timediff(placed, '2023-06-15 08:30:00') = 0 AS b, time(placed) <> 0 AS c, 0 < subtime(time(placed), '11:00:00') AS d FROM orders ORDER BY id

-- case: date_format of times
SELECT date_format(timediff(placed, date(placed)), '%H:%i') AS a, date_format(sec_to_time(id * 25000), '%H:%i:%s %p, %k %l') AS b, date_format(sec_to_time(-id * 25000), '%T') AS c, date_format(sec_to_time(1.5), '%s.%f') AS d FROM orders ORDER BY id

-- case: hours of durations
CREATE FUNCTION hours(a DATETIME, b DATETIME) RETURNS VARCHAR(60) DETERMINISTIC RETURN CONCAT(HOUR(TIMEDIFF(b, a)), ' or ', EXTRACT(HOUR FROM TIMEDIFF(b, a)), ' or ', EXTRACT(MINUTE FROM TIMEDIFF(b, a)), ' or ', EXTRACT(MICROSECOND FROM TIMEDIFF(b, '2024-01-02 00:00:00.25')), ' or ', DATE_FORMAT(TIMEDIFF(b, a), '%H:%i'))
-- call: SELECT hours('2024-01-01 10:00:00', '2024-01-03 11:30:00')
-- call: SELECT hours('2024-01-03 10:00:00', '2024-01-02 11:30:00')
