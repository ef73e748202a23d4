"""Human resources: a tree of departments, salaries with a history that triggers keep, holidays, reports with text and dates."""

TABLES = [
    "CREATE TABLE 部门 (编号 int NOT NULL PRIMARY KEY, 名称 varchar(50) NOT NULL, 上级 int, 预算 decimal(14,2), CONSTRAINT 上级部门 FOREIGN KEY (上级) REFERENCES 部门 (编号)) COMMENT='组织机构'",
    """CREATE TABLE staff (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(60) NOT NULL, email varchar(80) NOT NULL, 部门 int NOT NULL, boss int unsigned,
       hired date NOT NULL, left_on date, salary decimal(10,2) NOT NULL, birthday date, skills set('sql','c','java','中文') NOT NULL DEFAULT '', profile json,
       UNIQUE KEY email (email), KEY by_department (部门), CONSTRAINT staff_department FOREIGN KEY (部门) REFERENCES 部门 (编号))""",
    "CREATE TABLE salary_history (staff int unsigned NOT NULL, n int NOT NULL, before_change decimal(10,2), after_change decimal(10,2) NOT NULL, percent decimal(7,2), PRIMARY KEY (staff, n))",
    "CREATE TABLE leaves (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, staff int unsigned NOT NULL, first_day date NOT NULL, last_day date NOT NULL, kind varchar(20) NOT NULL DEFAULT '年假', approved tinyint(1))",
    "CREATE TABLE holidays (day date NOT NULL PRIMARY KEY, name varchar(40) NOT NULL)",
    "INSERT INTO 部门 VALUES (1,'总部',NULL,1000000),(2,'研发',1,500000),(3,'Sales',1,300000.50),(4,'内核',2,NULL)",
    """INSERT INTO staff (id, name, email, 部门, boss, hired, left_on, salary, birthday, skills, profile) VALUES
       (1,'赵敏','zhao@example.com',1,NULL,'2010-03-01',NULL,50000,'1980-02-29','中文','{"level": 9, "tags": ["ceo"]}'),
       (2,'Ada Byron','ada@example.com',2,1,'2015-07-15',NULL,32000.5,'1985-12-10','c,sql','{"level": 7, "remote": true}'),
       (3,'钱多多','qian@example.com',4,2,'2019-11-30',NULL,21000,'1992-05-05','c,中文',NULL),
       (4,'Juan Pérez','juan@example.com',3,1,'2020-01-31','2023-06-30',18000,NULL,'','{"level": 3}'),
       (5,'孙悟空','sun@example.com',4,2,'2022-02-28',NULL,21000,'1999-01-01','sql','{"level": 4, "tags": []}')""",
    "INSERT INTO holidays VALUES ('2024-02-10','春节'),('2024-05-01','劳动节'),('2024-10-01','国庆节')",
    "INSERT INTO leaves (staff, first_day, last_day, kind, approved) VALUES (2,'2024-04-29','2024-05-03','年假',1),(3,'2024-02-09','2024-02-12','年假',NULL)",
]

OBJECTS = [
    """CREATE FUNCTION age_on(born date, at date) RETURNS int DETERMINISTIC
       RETURN IF(born IS NULL, NULL, TIMESTAMPDIFF(YEAR, born, at))""",
    """CREATE FUNCTION working_days(a date, b date) RETURNS int READS SQL DATA
       BEGIN
         DECLARE d date DEFAULT a;
         DECLARE n int DEFAULT 0;
         days: LOOP
           IF d > b THEN LEAVE days; END IF;
           SET d = DATE_ADD(d, INTERVAL 1 DAY);
           IF DAYOFWEEK(DATE_SUB(d, INTERVAL 1 DAY)) IN (1, 7) OR EXISTS (SELECT 1 FROM holidays WHERE day = DATE_SUB(d, INTERVAL 1 DAY)) THEN ITERATE days; END IF;
           SET n = n + 1;
         END LOOP days;
         RETURN n;
       END""",
    """CREATE FUNCTION initials(full_name varchar(60)) RETURNS varchar(10) DETERMINISTIC
       BEGIN
         DECLARE gap int DEFAULT LOCATE(' ', full_name);
         IF gap = 0 THEN RETURN LEFT(full_name, 1); END IF;
         RETURN UPPER(CONCAT(LEFT(full_name, 1), SUBSTRING(full_name, gap + 1, 1)));
       END""",
    """CREATE VIEW present_staff AS SELECT s.*, d.名称 AS department FROM staff s JOIN 部门 d ON d.编号 = s.部门 WHERE s.left_on IS NULL""",
    """CREATE VIEW 部门工资 AS SELECT d.编号, d.名称, COUNT(p.id) AS 人数, ROUND(AVG(p.salary), 2) AS 平均, MAX(p.salary) AS 最高,
       GROUP_CONCAT(p.name ORDER BY p.salary DESC, p.id SEPARATOR '、') AS 名单, SUM(p.salary) * 12 > d.预算 AS 超支
       FROM 部门 d LEFT JOIN present_staff p ON p.部门 = d.编号 GROUP BY d.编号, d.名称, d.预算""",
    """CREATE VIEW org_chart AS WITH RECURSIVE chart AS (SELECT id, name, boss, 1 AS depth, CAST(name AS char(400)) AS line FROM staff WHERE boss IS NULL
       UNION ALL SELECT s.id, s.name, s.boss, c.depth + 1, CONCAT(c.line, ' / ', s.name) FROM staff s JOIN chart c ON s.boss = c.id) SELECT * FROM chart""",
    """CREATE VIEW ranks AS SELECT id, name, department, salary, RANK() OVER (ORDER BY salary DESC) AS place, DENSE_RANK() OVER (PARTITION BY department ORDER BY salary DESC) AS in_department,
       salary - LAG(salary) OVER (ORDER BY salary, id) AS more FROM present_staff""",
    """CREATE VIEW anniversaries AS SELECT id, CONCAT(name, ' <', LOWER(email), '>') AS who, DATE_FORMAT(hired, '%m-%d') AS day, YEAR('2024-12-31') - YEAR(hired) AS years,
       LAST_DAY(hired) AS month_end, DATEDIFF('2024-12-31', hired) AS days FROM present_staff WHERE MONTH(hired) BETWEEN 1 AND 12""",
    """CREATE PROCEDURE raise_salaries(IN department int, IN percent decimal(5,2), OUT raised int, OUT cost decimal(12,2))
       BEGIN
         DECLARE done tinyint DEFAULT 0;
         DECLARE who int unsigned;
         DECLARE pay decimal(10,2);
         DECLARE c CURSOR FOR SELECT id, salary FROM staff WHERE 部门 = department AND left_on IS NULL ORDER BY id;
         DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1;
         SET raised = 0, cost = 0;
         OPEN c;
         FETCH c INTO who, pay;
         WHILE done = 0 DO
           UPDATE staff SET salary = ROUND(pay * (1 + percent / 100), 2) WHERE id = who;
           SET raised = raised + 1, cost = cost + ROUND(pay * percent / 100, 2);
           FETCH c INTO who, pay;
         END WHILE;
         CLOSE c;
       END""",
    """CREATE PROCEDURE ask_leave(IN who int unsigned, IN a date, IN b date, OUT days int)
       BEGIN
         IF b < a THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '结束早于开始'; END IF;
         IF EXISTS (SELECT 1 FROM leaves WHERE staff = who AND first_day <= b AND last_day >= a) THEN
           SET days = -1;
         ELSE
           SET days = working_days(a, b);
           INSERT INTO leaves (staff, first_day, last_day, approved) VALUES (who, a, b, CASE WHEN days <= 5 THEN 1 ELSE NULL END);
         END IF;
       END""",
    """CREATE PROCEDURE who_is(IN pattern varchar(60))
       BEGIN
         SELECT id, name, initials(name) AS short, age_on(birthday, '2024-06-01') AS age FROM present_staff WHERE name LIKE CONCAT('%', pattern, '%') ORDER BY id;
       END""",
    """CREATE TRIGGER salary_kept BEFORE UPDATE ON staff FOR EACH ROW
       BEGIN
         DECLARE nth int;
         IF NEW.salary < OLD.salary * 0.9 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no cut of more than 10 %'; END IF;
         IF NEW.salary <> OLD.salary THEN
           SELECT COALESCE(MAX(n), 0) + 1 INTO nth FROM salary_history WHERE staff = OLD.id;
           INSERT INTO salary_history VALUES (OLD.id, nth, OLD.salary, NEW.salary, ROUND((NEW.salary / OLD.salary - 1) * 100, 2));
         END IF;
       END""",
    """CREATE TRIGGER staff_new BEFORE INSERT ON staff FOR EACH ROW
       BEGIN
         SET NEW.email = LOWER(TRIM(NEW.email));
         IF NEW.boss IS NULL THEN SET NEW.boss = (SELECT MIN(id) FROM (SELECT id, 部门 FROM staff) s WHERE s.部门 = NEW.部门); END IF;
       END""",
]

WORK = [
    "SELECT age_on('1980-02-29', '2024-02-28'), age_on('1980-02-29', '2024-02-29'), age_on(NULL, '2024-01-01')",
    "SELECT working_days('2024-04-29', '2024-05-05'), working_days('2024-05-05', '2024-05-01')",
    "SELECT id, initials(name) FROM staff ORDER BY id",
    "SELECT id, name, department, salary FROM present_staff ORDER BY id",
    "SELECT * FROM 部门工资 ORDER BY 编号", "SELECT * FROM org_chart ORDER BY id", "SELECT * FROM ranks ORDER BY id", "SELECT * FROM anniversaries ORDER BY id",
    "CALL raise_salaries(4, 5.5, @raised, @cost)", "CALL raise_salaries(99, 5.5, @raised, @cost)",
    "UPDATE staff SET salary = 1 WHERE id = 2", "UPDATE staff SET salary = salary * 0.95 WHERE id = 2",
    "CALL ask_leave(3, '2024-02-12', '2024-02-20', @days)", "CALL ask_leave(3, '2024-06-03', '2024-06-14', @days)", "CALL ask_leave(5, '2024-09-30', '2024-10-04', @days)",
    "CALL ask_leave(5, '2024-09-30', '2024-09-04', @days)",
    "INSERT INTO staff (id, name, email, 部门, hired, salary) VALUES (6, 'New One', '  NEW@Example.COM ', 4, '2024-06-01', 15000)",
    "CALL who_is('o')", "CALL who_is('悟')",
    "SELECT id, email, boss, salary FROM staff ORDER BY id", "SELECT * FROM salary_history ORDER BY staff, n",
    "SELECT staff, first_day, last_day, kind, approved FROM leaves ORDER BY id", "SELECT * FROM 部门工资 ORDER BY 编号",
]
