"""The binlog as transactions (src/mysql/transaction.h), from real servers: what is told for what was done."""

import uuid

import pytest

from binlogs import Binlog, status
from servers import MariaDB, MySQL9, MySQL56

STATEMENT, BINLOG = "GW2044", "GW2042"


@pytest.fixture
def binlog(tmp_path):
    b = Binlog(tmp_path)
    yield b
    b.program.end_all()


@pytest.fixture(params=["mysql9", "mariadb", "mysql56"])
def any_server(request):
    return request.getfixturevalue(request.param)


class Told:
    """Does something on a server, and tells what the binlog has of it, in short."""

    def __init__(self, binlog, server):
        self.binlog, self.server = binlog, server
        self.name = f"x_{uuid.uuid4().hex[:8]}"
        server.execute(f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4")
        self.at = status(server)

    def run(self, *statements):
        self.server.script(statements, database=self.name)
        return self

    def lines(self, **options):
        lines = self.binlog.until_end("transactions", self.server, file=self.at[0], offset=self.at[1],
                                      database=self.name, **options)
        self.at = lines[-1]["end"]["at"]
        assert self.at == status(self.server)
        return lines[:-2]

    def __call__(self, *statements):
        return [short(line) for line in self.run(*statements).lines()]

    def error(self):
        return self.binlog.error("transactions", self.server, file=self.at[0], offset=self.at[1], database=self.name)


def short(line):
    if "row" in line:
        return f"{line['op']} {line['row']}"
    if "outcome" in line:
        return line["outcome"] + (" " + line["xa"] if "xa" in line else "")
    if "statement" in line:
        return line["statement"].split("/*")[0].strip()
    return next(iter(line)) + (f" {line[next(iter(line))]}" if "savepoint" in line or "rollback_to" in line else "")


@pytest.fixture
def told(binlog, any_server):
    t = Told(binlog, any_server)
    yield t
    any_server.execute(f"DROP DATABASE {t.name}")


def test_rows_definitions_and_engines(told):
    assert told("CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB", "CREATE TABLE m (id INT PRIMARY KEY) ENGINE=MyISAM") == [
        "begin", "CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB", "committed",
        "begin", "CREATE TABLE m (id INT PRIMARY KEY) ENGINE=MyISAM", "committed"]
    assert told("INSERT INTO t VALUES (1), (2)", "INSERT INTO m VALUES (1)", "BEGIN", "UPDATE t SET id = 3 WHERE id = 1",
                "DELETE FROM t WHERE id = 2", "COMMIT", "BEGIN", "INSERT INTO t VALUES (9)", "ROLLBACK") == [
        "begin", "insert t", "insert t", "committed", "begin", "insert m", "committed",
        "begin", "update t", "delete t", "committed"]
    # Changes of an engine without transactions cannot be taken back, and are a transaction of their own.
    assert told("BEGIN", "INSERT INTO m VALUES (2)", "ROLLBACK") == ["begin", "insert m", "committed"]
    assert told("TRUNCATE t", "ALTER TABLE t ADD x INT", "RENAME TABLE t TO u", "DROP TABLE m") == [
        "begin", "TRUNCATE t", "committed", "begin", "ALTER TABLE t ADD x INT", "committed",
        "begin", "RENAME TABLE t TO u", "committed", "begin", "DROP TABLE `m`", "committed"]


def test_savepoints(told):
    told("CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB")
    assert told("BEGIN", "INSERT INTO t VALUES (1)", "SAVEPOINT `a b`", "INSERT INTO t VALUES (2)", "SAVEPOINT c", "INSERT INTO t VALUES (3)",
                "ROLLBACK TO c", "INSERT INTO t VALUES (4)", "ROLLBACK TO `a b`", "INSERT INTO t VALUES (5)", "COMMIT") == [
        "begin", "insert t", "savepoint a b", "insert t", "committed"]  # what was undone is not even there


def test_xa(told):
    told("CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB")
    name = "'g','b',7"
    if isinstance(told.server, MySQL56):  # it logs one only when it is committed, as any other
        assert told(f"XA START {name}", "INSERT INTO t VALUES (1)", f"XA END {name}", f"XA PREPARE {name}", f"XA COMMIT {name}") == [
            "begin", "insert t", "committed"]
        return
    assert told(f"XA START {name}", "INSERT INTO t VALUES (1)", f"XA END {name}", f"XA PREPARE {name}") == [
        "begin", "insert t", "prepared X'67',X'62',7"]
    assert told("INSERT INTO t VALUES (2)", f"XA COMMIT {name}") == [
        "begin", "insert t", "committed", "begin", "committed X'67',X'62',7"]
    assert told(f"XA START {name}", "INSERT INTO t VALUES (3)", f"XA END {name}", f"XA PREPARE {name}", f"XA ROLLBACK {name}") == [
        "begin", "insert t", "prepared X'67',X'62',7", "begin", "rolled back X'67',X'62',7"]
    assert told(f"XA START {name}", "INSERT INTO t VALUES (4)", f"XA END {name}", f"XA COMMIT {name} ONE PHASE") == [
        "begin", "insert t", "committed"]


def test_create_table_select_is_one_transaction(binlog, mysql9, mariadb):
    for server in (mysql9, mariadb):
        told = Told(binlog, server)
        told("CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB", "INSERT INTO t VALUES (1), (2)")
        lines = told("CREATE TABLE u ENGINE=InnoDB SELECT * FROM t")
        assert lines[0] == "begin" and lines[1].startswith("CREATE TABLE") and lines[2:] == ["insert u", "insert u", "committed"]
        server.execute(f"DROP DATABASE {told.name}")


def test_statements_come_with_what_they_were_run_with(told):
    # A client that speaks gbk, in a zone and a mode of its own.
    connection = told.server.connect(told.name)
    with connection.cursor() as cursor:
        cursor.execute("SET time_zone = '+08:00', sql_mode = 'ANSI_QUOTES'")
        cursor.execute("SET NAMES gbk")
        connection.encoding = "gbk"
        cursor.execute('CREATE TABLE "表" (id INT, v VARCHAR(9) DEFAULT \'中文\')')
    connection.close()
    line = next(line for line in told.lines() if "statement" in line)
    assert line["statement"] == 'CREATE TABLE "表" (id INT, v VARCHAR(9) DEFAULT \'中文\')'
    assert line["database"] == told.name and line["sql_mode"] == 4
    told.run("DROP TABLE `表`", "SET time_zone = '+08:00'", "CREATE TABLE z (d TIMESTAMP DEFAULT '2024-01-01 00:00:00')")
    assert [line["time_zone"] for line in told.lines() if line.get("statement", "").startswith("CREATE")] == ["+08:00"]


def test_tagged_gtids(binlog, mysql9):
    told = Told(binlog, mysql9)
    told("CREATE TABLE t (id INT PRIMARY KEY)")
    before = mysql9.gtid()
    told.run("SET gtid_next = 'AUTOMATIC:nightly'", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)", "SET gtid_next = 'AUTOMATIC'",
             "INSERT INTO t VALUES (3)")
    gtids = [line["begin"]["gtid"] for line in told.lines() if "begin" in line]
    assert [":nightly:" in g["gtid"] for g in gtids] == [True, True, False]
    for g in gtids:
        assert g["immediate_us"] == g["original_us"] > 1.6e15 and g["bytes"] > 100
    # A set with tags says what is known, too.
    middle = f"{before},{gtids[0]['gtid']}"
    lines = binlog.until_end("transactions", mysql9, gtid=middle, database=told.name)
    assert [line["begin"]["gtid"]["gtid"] for line in lines if "begin" in line] == [g["gtid"] for g in gtids[1:]]
    mysql9.execute("FLUSH BINARY LOGS")  # whose head has the tags
    assert binlog.until_end("transactions", mysql9, gtid=mysql9.gtid(), database=told.name)
    mysql9.execute(f"DROP DATABASE {told.name}")


def test_changes_as_statements_are_refused(binlog, mysql9, mariadb):
    for server in (mysql9, mariadb):
        told = Told(binlog, server)
        told("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v INT)")
        told.run("SET SESSION binlog_format = 'STATEMENT'", "INSERT INTO t (v) VALUES (7)")
        error = told.error()
        assert error["code"] == STATEMENT and "INSERT INTO t (v) VALUES (7)" in error["message"]
        assert told.name in error["where"] and not error["retryable"]
        server.execute(f"DROP DATABASE {told.name}")


def test_temporary_tables_leave_nothing_but_their_drop(told):
    lines = told.run("CREATE TEMPORARY TABLE x (id INT)", "INSERT INTO x VALUES (1)", "DROP TEMPORARY TABLE x").lines()
    assert not any("row" in line for line in lines)
    assert all(line["temporary"] or line["statement"].startswith("DROP") for line in lines if "statement" in line), lines


def test_cascades(told):
    told("CREATE TABLE p (id INT PRIMARY KEY) ENGINE=InnoDB",
         "CREATE TABLE k (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE) ENGINE=InnoDB",
         "INSERT INTO p VALUES (1)", "INSERT INTO k VALUES (10, 1)")
    lines = told.run("DELETE FROM p WHERE id = 1").lines()
    rows = [(line["row"], line["flags"]) for line in lines if "row" in line]
    # 1: the statement's end, 2: without looking at foreign keys, 16: cascades are logged
    assert rows == ([("k", 2 | 16), ("p", 1 | 16)] if isinstance(told.server, MySQL9) else [("p", 1)])


def test_triggers_are_rows_like_others(told):
    told("CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB", "CREATE TABLE l (id INT) ENGINE=InnoDB",
         "CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW INSERT INTO l VALUES (NEW.id)")
    assert told("INSERT INTO t VALUES (1)") in (["begin", "insert t", "insert l", "committed"], ["begin", "insert l", "insert t", "committed"])


def test_mariadb_alter_in_two_steps(binlog):
    with MariaDB(settings={"binlog_alter_two_phase": "ON"}) as server:
        told = Told(binlog, server)
        told("CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB", "INSERT INTO t VALUES (1), (2)")
        lines = told("ALTER TABLE t ADD x INT", "ALTER TABLE t FORCE")
        assert [line for line in lines if line.startswith("ALTER")] == ["ALTER TABLE t ADD x INT", "ALTER TABLE t FORCE"]
        assert lines.count("committed") == lines.count("begin") == 4  # each of the two has two


@pytest.mark.parametrize("compression", ["OFF", "ON"])
def test_a_transaction_of_many_events(binlog, mysql9, compression):
    told = Told(binlog, mysql9)
    told("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(200))")
    digits = "(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL " \
             "SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"
    told.run(f"SET SESSION binlog_transaction_compression = {compression}", "BEGIN",
             "INSERT INTO t SELECT a.d + 10*b.d + 100*c.d + 1000*e.d + 10000*f.d, REPEAT('v', 100 + a.d) "
             f"FROM {digits} a, {digits} b, {digits} c, {digits} e, {digits} f",
             "UPDATE t SET v = CONCAT(v, 'x') WHERE id % 10 = 0", "DELETE FROM t WHERE id % 10 = 1", "COMMIT")
    at = told.at
    read = binlog.until_end("transactions", mysql9, file=at[0], offset=at[1], database=told.name, quiet=1)[0]["read"]
    assert (read["transactions"], read["rows"]) == (1, 120000)
    sent = binlog.until_end("events", mysql9, file=at[0], offset=at[1])
    assert any(line.get("event") == "TRANSACTION_PAYLOAD" for line in sent) == (compression == "ON")
    mysql9.execute(f"DROP DATABASE {told.name}")
