"""What follow.py lets the source write: tables, and procedures that change them. All in the source, where they are fast."""

BASE_ROWS = 50000
TABLES = 8
SESSIONS = 4
HOT_KEYS = 100

_FILLED = ("INSERT INTO {t} (k, c, pad) WITH RECURSIVE n (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < %d)"
           " SELECT FLOOR(1 + RAND() * %d), REPEAT(LEFT(SHA2(RAND(), 256), 40), 3), LEFT(SHA2(RAND(), 256), 32) FROM n" % (BASE_ROWS, BASE_ROWS))
_PLAIN = ("CREATE TABLE {t} (id int AUTO_INCREMENT PRIMARY KEY, k int NOT NULL DEFAULT 0, c char(120) NOT NULL DEFAULT '',"
          " pad char(60) NOT NULL DEFAULT '', KEY k (k))")

# 30 inserts, 10 updates, 10 deletes in one transaction, by single-row statements.
_MIXED = """CREATE PROCEDURE write_{i}(n int) BEGIN
  DECLARE j int DEFAULT 0; DECLARE x, y int;
  WHILE n > 0 DO
    START TRANSACTION;
    SET j = 0, x = (SELECT MAX(id) FROM {t});
    WHILE j < 30 DO
      INSERT INTO {t} (k, c, pad) VALUES (FLOOR(RAND() * 50000), REPEAT(LEFT(SHA2(RAND(), 256), 40), 3), LEFT(SHA2(j, 256), 32));
      SET y = FLOOR(1 + RAND() * x); -- in the statement it would be another for each row
      IF j % 3 = 0 THEN UPDATE {t} SET k = k + 1, c = REPEAT(LEFT(SHA2(RAND(), 256), 40), 3) WHERE id = y; END IF;
      IF j % 3 = 1 THEN DELETE FROM {t} WHERE id = y; END IF;
      SET j = j + 1;
    END WHILE;
    COMMIT;
    SET n = n - 1;
  END WHILE;
END"""

# Transactions of ten updates; each goes to one of a hundred rows with a probability of 10 %.
_CONFLICT = """CREATE PROCEDURE write_{i}(n int) BEGIN
  DECLARE j, y int;
  WHILE n > 0 DO
    START TRANSACTION;
    SET j = 0;
    WHILE j < 10 DO
      SET y = FLOOR(1 + RAND() * IF(RAND() < 0.1, %d, %d));
      UPDATE {t} SET k = k + 1, pad = LEFT(SHA2(RAND(), 256), 32) WHERE id = y;
      SET j = j + 1;
    END WHILE;
    COMMIT;
    SET n = n - 1;
  END WHILE;
END""" % (HOT_KEYS, BASE_ROWS)

_PARENT = "CREATE TABLE parent (id int AUTO_INCREMENT PRIMARY KEY, email varchar(80) NOT NULL, v int NOT NULL DEFAULT 0, UNIQUE KEY (email))"
_CHILD = ("CREATE TABLE child (id bigint AUTO_INCREMENT PRIMARY KEY, parent int NOT NULL, code varchar(40) NOT NULL, note varchar(80),"
          " UNIQUE KEY (code), CONSTRAINT child_parent FOREIGN KEY (parent) REFERENCES parent (id))")
# One statement a transaction: parents and children come, change and go.
_UNIQUE = """CREATE PROCEDURE write_{i}(n int) BEGIN
  DECLARE r double; DECLARE p, c int;
  WHILE n > 0 DO
    SET r = RAND(), p = FLOOR(1 + RAND() * 20000), c = FLOOR(1 + RAND() * 50000);
    IF r < 0.1 THEN INSERT INTO parent (email) VALUES (CONCAT('{i}-', n, '-', RAND()));
    ELSEIF r < 0.5 THEN INSERT INTO child (parent, code, note) VALUES (p, CONCAT('{i}-', n, '-', RAND()), LEFT(SHA2(r, 256), 32));
    ELSEIF r < 0.7 THEN UPDATE child SET note = LEFT(SHA2(r, 256), 32), code = CONCAT('u{i}-', n, '-', RAND()) WHERE id = c;
    ELSEIF r < 0.85 THEN UPDATE parent SET v = v + 1 WHERE id = p;
    ELSE DELETE FROM child WHERE id = c;
    END IF;
    SET n = n - 1;
  END WHILE;
END"""

_HOT = """CREATE PROCEDURE write_{i}(n int) BEGIN
  WHILE n > 0 DO
    UPDATE hot SET v = v + 1, c = LEFT(SHA2(v, 256), 32) WHERE id = 1;
    SET n = n - 1;
  END WHILE;
END"""


def _sbtest(procedure):
    names = ["sbtest%d" % (i + 1) for i in range(TABLES)]
    return ([_PLAIN.format(t=t) for t in names] + [_FILLED.format(t=t) for t in names] +
            [procedure.format(t=t, i=i) for i, t in enumerate(names)])


def _count(rows):
    return "WITH RECURSIVE n (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < %d)" % rows


class Case:
    """make: statements that make it; calls(scale): a list of statements for each session."""

    def __init__(self, make, calls, tables):
        self.make, self.calls, self.tables = make, calls, tables


def _spread(total):
    """write_0 .. write_7, two for each session, interleaved so that all tables change all the time."""
    rounds = 10

    def calls(scale):
        n = max(1, int(total * scale / TABLES / rounds))
        return [["CALL write_%d(%d)" % (i, n) for _ in range(rounds) for i in range(s, TABLES, SESSIONS)] for s in range(SESSIONS)]
    return calls


_NAMES = ["sbtest%d" % (i + 1) for i in range(TABLES)]
CASES = {
    "mixed": Case(_sbtest(_MIXED), _spread(16000), _NAMES),
    "unique_fk": Case([_PARENT, _CHILD, "INSERT INTO parent (email) %s SELECT CONCAT('p', v) FROM n" % _count(20000),
                       "INSERT INTO child (parent, code) %s SELECT FLOOR(1 + RAND() * 20000), CONCAT('c', v) FROM n" % _count(50000)] +
                      [_UNIQUE.format(i=i) for i in range(SESSIONS)],
                      lambda scale: [["CALL write_%d(%d)" % (i, 50000 * scale)] for i in range(SESSIONS)], ["parent", "child"]),
    "conflict10": Case(_sbtest(_CONFLICT), _spread(40000), _NAMES),
    "hot": Case(["CREATE TABLE hot (id int PRIMARY KEY, v bigint NOT NULL, c varchar(40))", "INSERT INTO hot VALUES (1, 0, '')",
                 _HOT.format(i=0)], lambda scale: [["CALL write_0(%d)" % (200000 * scale)]], ["hot"]),
    "huge": Case([_PLAIN.format(t="huge"), "INSERT INTO huge (k, c, pad) %s SELECT v, LEFT(SHA2(v, 256), 32), LEFT(SHA2(v, 256), 32) FROM n" % _count(1000)],
                 lambda scale: [["INSERT INTO huge (k, c, pad) %s SELECT v, REPEAT(LEFT(SHA2(v, 256), 40), 3), LEFT(SHA2(v, 256), 32) FROM n" % _count(int(2000000 * scale))]],
                 ["huge"]),
}
