"""A ledger of double entries: postings must balance, closed periods take nothing, balances are views on views."""

TABLES = [
    """CREATE TABLE accounts (code varchar(12) NOT NULL PRIMARY KEY, 名称 varchar(60) NOT NULL COMMENT '科目名称', parent varchar(12), kind enum('asset','liability','equity','income','expense') NOT NULL,
       is_open tinyint(1) NOT NULL DEFAULT 1, KEY parent (parent), CONSTRAINT account_parent FOREIGN KEY (parent) REFERENCES accounts (code)) COMMENT='会计科目'""",
    "CREATE TABLE periods (year smallint NOT NULL, month tinyint NOT NULL, closed_at datetime, PRIMARY KEY (year, month))",
    """CREATE TABLE journal (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, day date NOT NULL, memo varchar(200), posted tinyint(1) NOT NULL DEFAULT 0,
       by_whom varchar(40) NOT NULL DEFAULT 'import', KEY day (day))""",
    """CREATE TABLE entries (journal bigint NOT NULL, line int NOT NULL, account varchar(12) NOT NULL, debit decimal(18,4) NOT NULL DEFAULT 0, credit decimal(18,4) NOT NULL DEFAULT 0,
       PRIMARY KEY (journal, line), KEY account (account), CONSTRAINT entry_journal FOREIGN KEY (journal) REFERENCES journal (id) ON DELETE CASCADE,
       CONSTRAINT entry_account FOREIGN KEY (account) REFERENCES accounts (code))""",
    "CREATE TABLE rates (currency char(3) NOT NULL, day date NOT NULL, rate decimal(18,8) NOT NULL, PRIMARY KEY (currency, day))",
    "CREATE TABLE audit (n bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, what varchar(20) NOT NULL, journal bigint, old_memo varchar(200), new_memo varchar(200))",
    """INSERT INTO accounts (code, 名称, parent, kind) VALUES ('1','资产',NULL,'asset'),('1001','库存现金','1','asset'),('1002','银行存款','1','asset'),('2','负债',NULL,'liability'),
       ('2202','应付账款','2','liability'),('6','损益',NULL,'income'),('6001','主营业务收入','6','income'),('6602','管理费用','6','expense')""",
    "INSERT INTO periods VALUES (2024,1,'2024-02-05 18:00:00'),(2024,2,NULL),(2024,3,NULL)",
    "INSERT INTO journal (id, day, memo, posted) VALUES (1,'2024-01-15','期初',1),(2,'2024-02-10','sale \\'A\\'',1),(3,'2024-02-11',NULL,0)",
    """INSERT INTO entries VALUES (1,1,'1002',100000,0),(1,2,'2202',0,100000),(2,1,'1001',1130.5,0),(2,2,'6001',0,1130.5),(3,1,'6602',20.25,0),(3,2,'1001',0,20.25)""",
    "INSERT INTO rates VALUES ('USD','2024-01-01',7.1),('USD','2024-02-01',7.18),('EUR','2024-01-01',7.75)",
]

OBJECTS = [
    """CREATE FUNCTION is_balanced(j bigint) RETURNS tinyint(1) READS SQL DATA
       RETURN (SELECT COALESCE(SUM(debit), 0) = COALESCE(SUM(credit), 0) FROM entries WHERE journal = j)""",
    """CREATE FUNCTION rate_on(cur char(3), at date) RETURNS decimal(18,8) READS SQL DATA
       BEGIN
         DECLARE found decimal(18,8);
         IF cur = 'CNY' THEN RETURN 1; END IF;
         SELECT rate INTO found FROM rates WHERE currency = cur AND day <= at ORDER BY day DESC LIMIT 1;
         IF found IS NULL THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no rate'; END IF;
         RETURN found;
       END""",
    """CREATE FUNCTION 科目路径(start_code varchar(12)) RETURNS varchar(300) READS SQL DATA
       BEGIN
         DECLARE path varchar(300) DEFAULT '';
         DECLARE here, above varchar(12);
         DECLARE title varchar(60);
         SET here = start_code;
         WHILE here IS NOT NULL DO
           SET title = NULL, above = NULL;
           SELECT 名称, parent INTO title, above FROM accounts WHERE code = here;
           SET path = IF(path = '', title, CONCAT(title, '/', path));
           SET here = above;
         END WHILE;
         RETURN path;
       END""",
    """CREATE VIEW posted_entries AS SELECT j.day, e.account, e.debit, e.credit, e.debit - e.credit AS net FROM entries e JOIN journal j ON j.id = e.journal WHERE j.posted = 1""",
    """CREATE VIEW balances AS SELECT a.code, a.名称, a.kind, COALESCE(SUM(p.debit), 0) AS debit, COALESCE(SUM(p.credit), 0) AS credit,
       CASE WHEN a.kind IN ('asset','expense') THEN COALESCE(SUM(p.net), 0) ELSE -COALESCE(SUM(p.net), 0) END AS balance
       FROM accounts a LEFT JOIN posted_entries p ON p.account = a.code GROUP BY a.code, a.名称, a.kind""",
    """CREATE VIEW running AS SELECT account, day, net, SUM(net) OVER (PARTITION BY account ORDER BY day, net) AS so_far,
       ROW_NUMBER() OVER (PARTITION BY account ORDER BY day, net) AS nth FROM posted_entries""",
    """CREATE VIEW account_tree AS WITH RECURSIVE t (code, level, path) AS (SELECT code, 0, CAST(名称 AS char(300)) FROM accounts WHERE parent IS NULL
       UNION ALL SELECT a.code, t.level + 1, CONCAT(t.path, ' > ', a.名称) FROM accounts a JOIN t ON a.parent = t.code) SELECT code, level, path FROM t""",
    """CREATE PROCEDURE post(IN j bigint, OUT outcome varchar(40))
       BEGIN
         DECLARE d date;
         DECLARE closed datetime;
         DECLARE EXIT HANDLER FOR SQLEXCEPTION SET outcome = 'refused';
         SELECT day INTO d FROM journal WHERE id = j;
         IF d IS NULL THEN
           SET outcome = 'no such journal';
         ELSEIF NOT is_balanced(j) THEN
           SET outcome = 'not balanced';
         ELSE
           SELECT closed_at INTO closed FROM periods WHERE year = YEAR(d) AND month = MONTH(d);
           IF closed IS NOT NULL THEN
             SET outcome = CONCAT('closed on ', DATE_FORMAT(closed, '%Y-%m-%d'));
           ELSE
             UPDATE journal SET posted = 1, by_whom = 'post' WHERE id = j AND posted = 0;
             SET outcome = IF(ROW_COUNT() = 1, 'posted', 'was posted');
           END IF;
         END IF;
       END""",
    """CREATE PROCEDURE statement_of(IN acc varchar(12), IN from_day date)
       BEGIN
         SELECT day, net, so_far FROM running WHERE account = acc AND day >= from_day ORDER BY day, nth;
         SELECT code, balance FROM balances WHERE code = acc;
       END""",
    """CREATE PROCEDURE spread(IN total decimal(18,4), IN n int, OUT made bigint)
       BEGIN
         DECLARE i int DEFAULT 0;
         DECLARE part decimal(18,4);
         INSERT INTO journal (day, memo) VALUES ('2024-03-01', CONCAT('分摊 ', n, ' 份'));
         SET made = LAST_INSERT_ID(), part = TRUNCATE(total / n, 4);
         REPEAT
           SET i = i + 1;
           INSERT INTO entries (journal, line, account, debit) VALUES (made, i, '6602', IF(i = n, total - part * (n - 1), part));
         UNTIL i >= n END REPEAT;
         INSERT INTO entries (journal, line, account, credit) VALUES (made, n + 1, '1002', total);
       END""",
    """CREATE TRIGGER entry_sane BEFORE INSERT ON entries FOR EACH ROW
       BEGIN
         IF NEW.debit < 0 OR NEW.credit < 0 OR (NEW.debit > 0 AND NEW.credit > 0) THEN
           SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '借贷不能同时为正';
         END IF;
         IF (SELECT is_open FROM accounts WHERE code = NEW.account) = 0 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the account is closed'; END IF;
       END""",
    """CREATE TRIGGER memo_kept AFTER UPDATE ON journal FOR EACH ROW
       IF NOT (OLD.memo <=> NEW.memo) THEN INSERT INTO audit (what, journal, old_memo, new_memo) VALUES ('memo', NEW.id, OLD.memo, NEW.memo); END IF""",
    "CREATE TRIGGER journal_gone AFTER DELETE ON journal FOR EACH ROW INSERT INTO audit (what, journal, old_memo) VALUES ('deleted', OLD.id, UPPER(OLD.memo))",
]

WORK = [
    "SELECT is_balanced(1), is_balanced(2), is_balanced(99)",
    "SELECT rate_on('CNY', '2024-01-05'), rate_on('USD', '2024-01-31'), rate_on('USD', '2024-02-01')",
    "SELECT rate_on('GBP', '2024-02-01')",
    "SELECT code, 科目路径(code) FROM accounts ORDER BY code",
    "CALL post(3, @outcome)", "CALL post(3, @outcome)", "CALL post(1, @outcome)", "CALL post(77, @outcome)",
    "CALL spread(100, 3, @made)",
    "SELECT line, account, debit, credit FROM entries WHERE journal > 3 ORDER BY journal, line",
    "CALL post(4, @outcome)",
    "INSERT INTO entries (journal, line, account, debit, credit) VALUES (4, 9, '1001', 5, 5)",
    "UPDATE accounts SET is_open = 0 WHERE code = '2202'",
    "INSERT INTO entries (journal, line, account, debit) VALUES (4, 10, '2202', 5)",
    "UPDATE journal SET memo = 'sale B' WHERE id = 2", "UPDATE journal SET memo = 'sale B' WHERE id = 2", "UPDATE journal SET memo = NULL WHERE id = 2",
    "DELETE FROM journal WHERE id = 4",
    "CALL statement_of('1001', '2024-01-01')",
    "SELECT * FROM balances ORDER BY code", "SELECT * FROM account_tree ORDER BY code", "SELECT * FROM running ORDER BY account, nth",
    "SELECT what, journal, old_memo, new_memo FROM audit ORDER BY n",
    "SELECT id, posted, by_whom FROM journal ORDER BY id",
]
