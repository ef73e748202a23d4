"""Tickets for shows: seats are reserved and let go again, prices by category and day, JSON settings, statistics by windows."""

TABLES = [
    "CREATE TABLE venues (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(80) NOT NULL, city varchar(40) NOT NULL, settings json NOT NULL)",
    """CREATE TABLE shows (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, venue int NOT NULL, title varchar(120) NOT NULL, begins datetime NOT NULL, state enum('planned','open','over','取消') NOT NULL DEFAULT 'planned',
       base_price decimal(8,2) NOT NULL, CONSTRAINT show_venue FOREIGN KEY (venue) REFERENCES venues (id))""",
    "CREATE TABLE seats (venue int NOT NULL, line char(1) NOT NULL, number smallint NOT NULL, category tinyint NOT NULL DEFAULT 2, PRIMARY KEY (venue, line, number))",
    """CREATE TABLE tickets (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, show_id int NOT NULL, line char(1) NOT NULL, number smallint NOT NULL, buyer varchar(60), state varchar(10) NOT NULL DEFAULT 'held',
       held_until datetime, price decimal(8,2), UNIQUE KEY one_seat (show_id, line, number), CONSTRAINT ticket_show FOREIGN KEY (show_id) REFERENCES shows (id))""",
    "CREATE TABLE sold_per_day (show_id int NOT NULL, day date NOT NULL, n int NOT NULL, income decimal(12,2) NOT NULL, PRIMARY KEY (show_id, day))",
    "INSERT INTO venues VALUES (1,'国家大剧院','北京','{\"rows\": 2, \"vip\": {\"factor\": 1.5}}'),(2,'Opera','Oslo','{\"rows\": 1}')",
    "INSERT INTO shows VALUES (1,1,'图兰朵','2024-09-01 19:30:00','open',380),(2,2,'Peer Gynt','2024-09-02 20:00:00','open',420.50),(3,2,'Carmen','2024-10-02 20:00:00','planned',300)",
    "INSERT INTO seats VALUES (1,'A',1,1),(1,'A',2,1),(1,'B',1,2),(1,'B',2,2),(1,'B',3,3),(2,'A',1,2),(2,'A',2,2)",
    "INSERT INTO tickets (show_id, line, number, buyer, state, held_until, price) VALUES (1,'A',1,'王','paid',NULL,570),(1,'B',1,'Li','held','2024-08-01 10:00:00',380),(2,'A',1,NULL,'held','2024-08-02 10:00:00',420.50)",
]

OBJECTS = [
    """CREATE FUNCTION factor_of(v int, category tinyint) RETURNS decimal(6,3) READS SQL DATA
       BEGIN
         DECLARE f decimal(6,3);
         CASE category
           WHEN 1 THEN SELECT COALESCE(CAST(JSON_UNQUOTE(JSON_EXTRACT(settings, '$.vip.factor')) AS decimal(6,3)), 1.25) INTO f FROM venues WHERE id = v;
           WHEN 2 THEN SET f = 1;
           ELSE SET f = 0.6;
         END CASE;
         RETURN f;
       END""",
    """CREATE FUNCTION price_of(s int, l char(1), n smallint) RETURNS decimal(8,2) READS SQL DATA
       BEGIN
         DECLARE base, f decimal(10,4);
         DECLARE when_it_is datetime;
         SELECT sh.base_price, factor_of(sh.venue, se.category), sh.begins INTO base, f, when_it_is
           FROM shows sh JOIN seats se ON se.venue = sh.venue WHERE sh.id = s AND se.line = l AND se.number = n;
         RETURN ROUND(base * f * CASE WHEN DAYOFWEEK(when_it_is) IN (1, 7) THEN 1.1 ELSE 1 END, 1);
       END""",
    """CREATE VIEW free_seats AS SELECT sh.id AS show_id, se.line, se.number, se.category FROM shows sh JOIN seats se ON se.venue = sh.venue
       LEFT JOIN tickets t ON t.show_id = sh.id AND t.line = se.line AND t.number = se.number WHERE t.id IS NULL AND sh.state = 'open'""",
    """CREATE VIEW occupancy AS SELECT sh.id, sh.title, v.name AS venue, COUNT(t.id) AS taken, SUM(t.state = 'paid') AS paid,
       (SELECT COUNT(*) FROM seats s WHERE s.venue = sh.venue) AS seats, ROUND(100 * COUNT(t.id) / (SELECT COUNT(*) FROM seats s WHERE s.venue = sh.venue), 1) AS percent
       FROM shows sh JOIN venues v ON v.id = sh.venue LEFT JOIN tickets t ON t.show_id = sh.id GROUP BY sh.id, sh.title, v.name, sh.venue""",
    """CREATE VIEW 演出日历 AS SELECT s.id, CONCAT_WS(' · ', s.title, v.city, DATE_FORMAT(s.begins, '%Y年%m月%d日 %H:%i')) AS 标题, WEEKDAY(s.begins) AS 周几,
       IF(s.state = 'open', '可售', IFNULL(NULLIF(s.state, 'planned'), '未开票')) AS 状态, ADDDATE(DATE(s.begins), INTERVAL -30 DAY) AS 开票日 FROM shows s JOIN venues v ON s.venue = v.id""",
    """CREATE VIEW income_so_far AS SELECT show_id, day, income, SUM(income) OVER (PARTITION BY show_id ORDER BY day ROWS UNBOUNDED PRECEDING) AS so_far FROM sold_per_day""",
    """CREATE VIEW all_people AS SELECT buyer AS who, 'buyer' AS what FROM tickets WHERE buyer IS NOT NULL UNION SELECT name, 'venue' FROM venues UNION ALL SELECT title, 'show' FROM shows""",
    """CREATE PROCEDURE hold_seat(IN s int, IN l char(1), IN n smallint, IN who varchar(60), IN at datetime, OUT ticket bigint, OUT cost decimal(8,2))
       BEGIN
         DECLARE CONTINUE HANDLER FOR 1062 SET ticket = -1;
         SET ticket = 0, cost = NULL;
         IF EXISTS (SELECT 1 FROM free_seats f WHERE f.show_id = s AND f.line = l AND f.number = n) OR EXISTS (SELECT 1 FROM tickets t WHERE t.show_id = s AND t.line = l AND t.number = n) THEN
           INSERT INTO tickets (show_id, line, number, buyer, held_until) VALUES (s, l, n, who, DATE_ADD(at, INTERVAL 15 MINUTE));
           IF ticket = 0 THEN SELECT MAX(id), MAX(price) INTO ticket, cost FROM tickets WHERE show_id = s AND line = l AND number = n; END IF;
         END IF;
       END""",
    """CREATE PROCEDURE let_go(IN at datetime, OUT freed int)
       BEGIN
         DELETE FROM tickets WHERE state = 'held' AND held_until < at;
         SET freed = ROW_COUNT();
       END""",
    """CREATE PROCEDURE cancel_show(IN s int)
       BEGIN
         DECLARE n int;
         UPDATE shows SET state = '取消' WHERE id = s AND state <> 'over';
         UPDATE tickets t JOIN shows sh ON sh.id = t.show_id SET t.state = 'refund', t.held_until = NULL WHERE sh.id = s AND t.state = 'paid';
         DELETE t FROM tickets t JOIN shows sh ON sh.id = t.show_id WHERE sh.id = s AND t.state = 'held';
         SELECT COUNT(*) INTO n FROM tickets WHERE show_id = s;
         SELECT s AS show_id, n AS refunds;
       END""",
    """CREATE TRIGGER ticket_priced BEFORE INSERT ON tickets FOR EACH ROW SET NEW.price = IFNULL(NEW.price, price_of(NEW.show_id, NEW.line, NEW.number))""",
    """CREATE TRIGGER ticket_sold AFTER UPDATE ON tickets FOR EACH ROW
       BEGIN
         IF NEW.state = 'paid' AND OLD.state <> 'paid' THEN
           INSERT INTO sold_per_day VALUES (NEW.show_id, '2024-08-01', 1, NEW.price) ON DUPLICATE KEY UPDATE n = n + 1, income = income + VALUES(income);
         ELSEIF OLD.state = 'paid' AND NEW.state <> 'paid' THEN
           UPDATE sold_per_day SET n = n - 1, income = income - OLD.price WHERE show_id = OLD.show_id AND day = '2024-08-01';
         END IF;
       END""",
    "CREATE EVENT let_go_often ON SCHEDULE EVERY 1 MINUTE DISABLE DO DELETE FROM tickets WHERE state = 'held' AND held_until < NOW()",
]

WORK = [
    "SELECT factor_of(1, 1), factor_of(2, 1), factor_of(1, 2), factor_of(1, 3)",
    "SELECT price_of(1, 'A', 2), price_of(1, 'B', 3), price_of(2, 'A', 2), price_of(2, 'Z', 9)",
    "SELECT * FROM free_seats ORDER BY 1, 2, 3", "SELECT * FROM occupancy ORDER BY id", "SELECT * FROM 演出日历 ORDER BY id",
    "CALL hold_seat(1, 'B', 3, '赵', '2024-08-01 09:00:00', @ticket, @cost)", "CALL hold_seat(1, 'A', 1, 'late', '2024-08-01 09:00:00', @ticket, @cost)",
    "CALL hold_seat(3, 'A', 1, 'early', '2024-08-01 09:00:00', @ticket, @cost)", "CALL hold_seat(2, 'A', 2, 'Zoe', '2024-08-01 09:00:00', @ticket, @cost)",
    "UPDATE tickets SET state = 'paid' WHERE buyer IN ('赵', 'Zoe', 'Li')", "UPDATE tickets SET state = 'refund' WHERE buyer = 'Li'",
    "SELECT * FROM income_so_far ORDER BY 1, 2",
    "CALL let_go('2024-08-03 00:00:00', @freed)", "CALL cancel_show(1)",
    "SELECT show_id, line, number, buyer, state, price FROM tickets ORDER BY show_id, line, number", "SELECT * FROM occupancy ORDER BY id", "SELECT * FROM income_so_far ORDER BY 1, 2",
    "SELECT who, what FROM all_people ORDER BY what, who", "SELECT state FROM shows ORDER BY id",
]
