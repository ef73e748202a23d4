"""Changes written into a real MySQL and MariaDB, each transaction with its own progress (src/mysql/writer.h)."""

import json
import os
import random
import signal
import socket
import subprocess
import threading
import time

import pytest

from program import ROOT, SANITIZER_REPORT, SANITIZERS

TOOL = ROOT / "build-asan/tests/unit/mysql/writer_tool"


class Writer:
    """The tool: op(...) sends one line and returns its answer."""

    def __init__(self, server, task="t", channel=0, fence=1, port=None, options=(), may_fail=False):
        assert os.access(TOOL, os.X_OK), f"{TOOL} is not built"
        env = os.environ | {"MYSQL_PWD": server.password}
        for name, value in SANITIZERS.items():
            env[name] = ":".join(filter(None, [value, os.environ.get(name)]))
        argv = [TOOL, server.host, port or server.port, server.user, task, channel, fence, *options]
        self.process = subprocess.Popen([str(a) for a in argv], env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.found = self.answer()
        assert may_fail or self.found["ok"], self.found

    def send(self, op, **more):
        self.process.stdin.write(json.dumps({"op": op, **more}) + "\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        return json.loads(line)

    def op(self, op, **more):
        self.send(op, **more)
        return self.answer()

    def ok(self, op, **more):
        answer = self.op(op, **more)
        assert answer["ok"], json.dumps(answer)
        return answer

    def refused(self, kind, op, **more):
        answer = self.op(op, **more)
        assert not answer["ok"] and answer["fault"]["kind"] == kind, answer
        return answer

    def table(self, schema, name="t", nkeys=1, columns=(("id", "int", "integer"), ("v", "varchar(40)", "character varying(40)")), **more):
        described = []
        for c in columns:
            described.append({"name": c[0], "mysql": c[1], "target": c[2], "nullable": True} | (c[3] if len(c) > 3 else {}))
        self.ok("table", schema=schema, name=name, nkeys=nkeys, columns=described, **more)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        if self.process.poll() is None:
            out, err = self.process.communicate(timeout=60)
            assert self.process.returncode == 0 and not SANITIZER_REPORT.search(err), err
            return out
        return ""


@pytest.fixture(params=["mysql9", "mariadb"])
def db(request):
    database = request.getfixturevalue({"mysql9": "mysql_db", "mariadb": "mariadb_db"}[request.param])
    database.server.execute("DROP DATABASE IF EXISTS godwit")
    yield database
    if database.server.alive():
        database.server.execute("DROP DATABASE IF EXISTS godwit")


@pytest.fixture
def writer(db):
    made = []

    def make(*args, **kw):
        made.append(Writer(db.server, *args, **kw))
        return made[-1]

    yield make
    for w in made:
        if w.process.poll() is None:
            w.process.kill()
            w.process.wait()


def rows(db, sql="SELECT * FROM t ORDER BY 1"):
    return [tuple(row) for row in db.execute(sql)]


def progress(db, task="t"):
    return [tuple(r) for r in db.server.execute(f"SELECT channel, batch, fence, position, note FROM godwit.progress WHERE task = '{task}'"
                                                " ORDER BY channel")]


SIMPLE = "CREATE TABLE t (id int PRIMARY KEY, v varchar(40), at timestamp(6) NOT NULL DEFAULT '2000-01-01' ON UPDATE CURRENT_TIMESTAMP(6))"


def test_a_transaction_and_its_progress(db, writer):
    db.execute(SIMPLE)
    w = writer("it's 中", channel=3, fence=7)
    assert w.found == {"ok": True, "batch": 0, "position": "", "note": ""}
    w.table(db.name, on_update=["at"])
    w.ok("begin")
    for i in range(10):
        w.ok("insert", table="t", row=[str(i), f"row {i}"], tag=i)
    w.ok("update", table="t", before=None, after=["1", "it's \\ new"], tag=10)
    w.ok("update", table="t", before=["2", {}], after=["20", "moved"], tag=11)
    w.ok("update", table="t", before=["3", "row 3"], after=["3", "row 3"], tag=12)  # nothing to do
    w.ok("update", table="t", before=None, after=["4", None], tag=13)
    w.ok("update", table="t", before=None, after=["5", {}], tag=14)  # a value that is not known stays
    for i in (6, 7, 8):
        w.ok("delete", table="t", row=[str(i), {}], tag=20 + i)
    assert progress(db, "it''s 中") == [(3, 0, 7, "", "")] and rows(db) == []
    w.ok("commit", position="0/ABC", note='{"above": [1]}')
    assert [r[:2] for r in rows(db)] == [(0, "row 0"), (1, "it's \\ new"), (3, "row 3"), (4, None), (5, "row 5"), (9, "row 9"),
                                         (20, "moved")]
    assert {str(r[2])[:10] for r in rows(db)} == {"2000-01-01"}  # ON UPDATE does not fire
    assert progress(db, "it''s 中") == [(3, 1, 7, "0/ABC", '{"above": [1]}')]
    figures = w.ok("figures")
    assert figures["transactions"] == 1 and figures["rows"] == 16 and figures["texts"] == 1
    assert figures["statements"] == 2 + 1 + 3 + 1 + 1  # begin, one insert, updates, one delete, progress
    w.ok("begin")
    w.ok("empty", table="t")
    w.ok("insert", table="t", row=["1", "x"])
    w.ok("undo")
    assert len(rows(db)) == 7 and progress(db, "it''s 中")[0][1] == 1
    w.ok("begin")
    w.ok("empty", table="t")
    w.ok("commit", position="0/ABD")
    assert rows(db) == [] and progress(db, "it''s 中") == [(3, 2, 7, "0/ABD", "")]
    w.end()
    again = writer("it's 中", channel=3, fence=7)
    assert again.found == {"ok": True, "batch": 2, "position": "0/ABD", "note": ""}
    again.end()
    other = writer("it's 中", channel=4, fence=7)
    assert other.found["batch"] == 0


def test_faults_name_the_change(db, writer):
    db.execute("CREATE TABLE t (id int PRIMARY KEY, v varchar(5), u int UNIQUE)")
    db.execute("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)")
    w = writer()
    columns = [("id", "int", "integer"), ("v", "varchar(5)", "character varying"), ("u", "int", "integer", {"nullable": False})]
    w.table(db.name, columns=columns)

    def attempt(kind, first, last, *changes):
        w.ok("begin")
        for i, (op, change) in enumerate(changes):
            answer = w.op(op, table="t", tag=100 + i, **change)
            if not answer["ok"]:
                break
        else:
            answer = w.op("commit", position="x")
        assert not answer["ok"] and answer["fault"]["kind"] == kind, answer
        assert (answer["fault"]["first"], answer["fault"]["last"]) == (first, last) and answer["fault"]["table"] == "t"
        assert answer["error"]["code"] == "GW3020" and f"{db.name}.t" in answer["error"]["where"] and answer["usable"]
        assert w.op("insert", table="t", row=["9", "z", "9"])["error"]["code"] == "GW9003"  # nothing goes on after a fault
        w.ok("undo")
        assert rows(db) == [(1, "a", 1), (2, "b", 2), (3, "c", 3)]
        return answer

    attempt("missing", 101, 101, ("update", {"before": None, "after": ["1", "x", "1"]}), ("update", {"before": None, "after": ["7", "x", "7"]}))
    attempt("missing", 100, 101, ("delete", {"row": ["1", {}, {}]}), ("delete", {"row": ["7", {}, {}]}))
    attempt("duplicate", 100, 101, ("insert", {"row": ["7", "x", "7"]}), ("insert", {"row": ["2", "x", "8"]}))
    attempt("duplicate", 100, 100, ("update", {"before": None, "after": ["1", "a", "2"]}))
    attempt("refused", 100, 100, ("insert", {"row": ["7", "too long", "7"]}))
    error = attempt("refused", 101, 101, ("delete", {"row": ["1", {}, {}]}), ("insert", {"row": ["7", "x", None]}))["error"]
    assert "does not take NULL" in error["message"]
    w.ok("merge", merge=1)  # each by itself
    attempt("missing", 101, 101, ("delete", {"row": ["1", {}, {}]}), ("delete", {"row": ["7", {}, {}]}), ("delete", {"row": ["2", {}, {}]}))
    attempt("duplicate", 101, 101, ("insert", {"row": ["7", "x", "7"]}), ("insert", {"row": ["2", "x", "8"]}))
    # an update that finds its row, and changes nothing in it, is no fault
    w.ok("begin")
    w.ok("update", table="t", before=None, after=["1", "a", "1"])
    w.ok("commit", position="y")
    assert progress(db) == [(0, 1, 1, "y", "")]


def test_many_updates_in_one_statement(db, writer):
    """Where a table allows it. A row that is not there does not come into being."""
    db.execute(SIMPLE.replace("v varchar(40)", "v varchar(40), w int, g int AS (w + 1) STORED"))
    w = writer()
    w.table(db.name, upsert=True, on_update=["at"], columns=[("id", "int", "integer"), ("v", "varchar(40)", "character varying(40)"),
                                                           ("w", "int", "integer"), ("g", "int", "integer", {"computed": True})])
    w.ok("begin")
    for i in range(100):
        w.ok("insert", table="t", row=[str(i), "old", "0", "1"])
    w.ok("commit", position="1")
    before = w.ok("figures")["statements"]
    w.ok("begin")
    for i in range(100):
        w.ok("update", table="t", before=None, after=[str(i), f"new {i}", str(i), {}], tag=i)
    w.ok("update", table="t", before=["5", "new 5", "5", {}], after=["5", "twice", None, {}])
    w.ok("update", table="t", before=["7", {}, {}, {}], after=["700", "moved", "7", {}])  # one by itself: the key moves
    w.ok("update", table="t", before=None, after=["8", {}, "-8", {}])  # and this: not all of it is known
    w.ok("commit", position="2")
    assert w.ok("figures")["statements"] - before == 2 + 1 + 1 + 1 + 1
    now = {r[0]: r[1:] for r in rows(db, "SELECT id, v, w, g, CAST(at AS CHAR) FROM t")}
    assert len(now) == 100 and now[5][:2] == ("twice", None) and now[700][:3] == ("moved", 7, 8) and now[8][:3] == ("new 8", -8, -7)
    assert {r[3][:10] for r in now.values()} == {"2000-01-01"}
    w.ok("begin")
    w.ok("update", table="t", before=None, after=["1", "again", "1", {}], tag=1)
    w.ok("update", table="t", before=None, after=["1000", "nowhere", "1", {}], tag=2)
    fault = w.refused("missing", "commit", position="3")["fault"]
    assert (fault["first"], fault["last"]) == (1, 2)
    w.ok("undo")
    w.ok("merge", merge=1)
    w.ok("begin")
    w.ok("update", table="t", before=None, after=["1", "again", "1", {}], tag=1)
    w.ok("update", table="t", before=None, after=["1000", "nowhere", "1", {}], tag=2)
    assert w.refused("missing", "commit", position="3")["fault"]["first"] == 2
    w.ok("undo")
    assert rows(db, "SELECT count(*) FROM t WHERE id = 1000 OR v = 'again'") == [(0,)]


def test_tables_without_a_key(db, writer):
    db.execute("CREATE TABLE t (a int, v varchar(20))")
    db.execute("INSERT INTO t VALUES (1, 'x'), (1, 'x'), (1, 'X'), (NULL, NULL)")
    w = writer()
    w.table(db.name, nkeys=0, columns=[("a", "int", "integer"), ("v", "varchar(20)", "character varying(20)")])
    w.ok("begin")
    w.ok("delete", table="t", row=["1", "x"])
    w.ok("update", table="t", before=["1", "x"], after=["2", "x"])
    w.ok("update", table="t", before=[None, None], after=[None, "now"])
    w.ok("commit", position="1")
    assert rows(db, "SELECT * FROM t ORDER BY a, BINARY v") == [(None, "now"), (1, "X"), (2, "x")]
    w.ok("begin")
    w.ok("delete", table="t", row=["1", "x"])
    w.refused("missing", "commit", position="2")


def test_keys_of_several_columns(db, writer):
    db.execute("CREATE TABLE t (a varchar(10) COLLATE utf8mb4_bin, b date, v int, PRIMARY KEY (a, b))")
    w = writer()
    w.table(db.name, nkeys=2, columns=[("a", "varchar(10)", "character varying(10)"), ("b", "date", "date"), ("v", "int", "integer")])
    w.ok("begin")
    for a in "xyz":
        for day in range(1, 10):
            w.ok("insert", table="t", row=[a, f"2024-01-0{day}", "1"])
    for a in "xz":
        for day in range(1, 10):
            w.ok("delete", table="t", row=[a, f"2024-01-0{day}", {}])
    w.ok("update", table="t", before=["y", "2024-01-05", {}], after=["y", "2025-01-05", "2"])
    w.ok("commit", position="1")
    left = rows(db)
    assert len(left) == 9 and {r[0] for r in left} == {"y"} and ("y", "2025-01-05", 2) in [(r[0], str(r[1]), r[2]) for r in left]
    assert w.ok("figures")["statements"] == 2 + 1 + 1 + 1 + 1


def test_texts_stay_within_what_the_server_takes(db, writer):
    """Many texts on their way in one transaction; a row that no text can hold is refused, and nothing else is."""
    db.execute("CREATE TABLE t (id int PRIMARY KEY, v longtext)")
    packet = db.server.execute("SELECT @@global.max_allowed_packet")[0][0]
    db.server.execute("SET GLOBAL max_allowed_packet = 1048576")
    try:
        w = writer(options=["batch_bytes=20000"])
        w.table(db.name, columns=[("id", "int", "integer"), ("v", "longtext", "text")])
        w.ok("begin")
        for i in range(300):
            w.ok("insert", table="t", row=[str(i), "v" * random.randint(1, 3000)])
            if i % 7 == 0:
                w.ok("update", table="t", before=None, after=[str(i), "w" * random.randint(1, 3000)])
        w.ok("insert", table="t", row=["1000", "x" * 900_000])
        w.ok("commit", position="1")
        assert rows(db, "SELECT count(*), max(length(v)) FROM t") == [(301, 900_000)]
        assert rows(db, "SELECT count(*) FROM t WHERE v LIKE 'w%'") == [(43,)]
        figures = w.ok("figures")
        assert figures["texts"] > 20 and figures["rows"] == 300 + 43 + 1
        w.ok("begin")
        w.ok("insert", table="t", row=["1001", "y"])
        answer = w.refused("refused", "insert", table="t", row=["1002", "x" * 1_050_000], tag=5)
        assert "max_allowed_packet" in answer["error"]["message"] and answer["fault"]["first"] == 5
        w.ok("undo")
        w.ok("begin")
        w.ok("insert", table="t", row=["1001", "y"])
        w.ok("commit", position="2")
    finally:
        db.server.execute(f"SET GLOBAL max_allowed_packet = {packet}")


TYPES = [
    # name, MySQL type, target type, text as the target prints it, what MySQL must hold (an expression, its text)
    ("ti", "tinyint", "smallint", "-128", "ti", "-128"),
    ("bu", "bigint unsigned", "numeric(20,0)", "18446744073709551615", "bu", "18446744073709551615"),
    ("de", "decimal(30,10)", "numeric(30,10)", "-12345678901234567890.0123456789", "de", "-12345678901234567890.0123456789"),
    ("fl", "float", "real", "3.4028235e+38", "CAST(fl AS DOUBLE) > 3.4028e38", "1"),
    ("db", "double", "double precision", "0.1", "db = 0.1e0", "1"),
    ("bi", "bit(9)", "bit(9)", "100000001", "bi + 0", "257"),
    ("bo", "tinyint(1)", "boolean", "t", "bo", "1"),
    ("ch", "char(5)", "character(5)", "ab   ", "CONCAT('<', ch, '>')", "<ab>"),
    ("vc", "varchar(20)", "character varying(20)", "a' \\\n中😀 ", "HEX(vc)", "a' \\\n中😀 ".encode().hex().upper()),
    ("bl", "blob", "bytea", "\\x00ff275c0a", "HEX(bl)", "00FF275C0A"),
    ("vb", "varbinary(9)", "bytea", "\\x", "HEX(vb)", ""),
    ("da", "date", "date", "2024-02-29", "CAST(da AS CHAR)", "2024-02-29"),
    ("ti6", "time(6)", "interval", "-838:59:59", "CAST(ti6 AS CHAR)", "-838:59:59.000000"),
    ("dt", "datetime(6)", "timestamp(6) without time zone", "9999-12-31 23:59:59.999999", "CAST(dt AS CHAR)", "9999-12-31 23:59:59.999999"),
    ("ts", "timestamp(3)", "timestamp(3) with time zone", "2024-02-29 10:11:12.5+08", "UNIX_TIMESTAMP(ts)", "1709172672.500"),
    ("ye", "year", "smallint", "2155", "ye", "2155"),
    ("en", "enum('a','it''s','1')", "text", "it's", "en", "it's"),
    ("se", "set('x','y','z')", "text", "x,z", "se", "x,z"),
    ("js", "json", "jsonb", '{"a": [1, 2.50], "b": "it\'s"}', "JSON_EXTRACT(js, '$.a[1]') = 2.5", "1"),
]


def test_values_of_all_types_arrive_exactly(db, writer):
    columns = ", ".join(f"{t[0]} {t[1]} NULL" for t in TYPES)
    db.execute(f"CREATE TABLE t (id int PRIMARY KEY, {columns}, g int AS (id + 1) STORED) CHARACTER SET utf8mb4")
    w = writer()
    described = [("id", "int", "integer")] + [(t[0], t[1], t[2]) for t in TYPES] + [("g", "int", "integer", {"computed": True})]
    w.table(db.name, columns=described)
    w.ok("begin")
    w.ok("insert", table="t", row=["1"] + [t[3] for t in TYPES] + ["2"])
    w.ok("insert", table="t", row=["2"] + [None] * len(TYPES) + ["3"])
    w.ok("update", table="t", before=None, after=["2"] + [t[3] for t in TYPES] + ["3"])
    w.ok("commit", position="1")
    connection = db.connect()
    with connection.cursor() as c:
        c.execute("SET time_zone = '+00:00'")
        c.execute("SELECT " + ", ".join(t[4] for t in TYPES) + " FROM t ORDER BY id")
        for row in c.fetchall():
            for t, value in zip(TYPES, row):
                assert str(value) == t[5], t
    connection.close()
    # and by all columns a row is found again
    w.table(db.name, name="t", nkeys=0, columns=described)


# ---- once and no more ----


class Proxy:
    """Between writer and server. swallow: the answer to the next COMMIT does not come through; cut: nor does the COMMIT itself."""

    def __init__(self, server):
        self.server, self.swallow, self.cut = server, False, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection((self.server.host, self.server.port))
            state = {"committing": False}
            threading.Thread(target=self.upwards, args=(client, server, state), daemon=True).start()
            threading.Thread(target=self.downwards, args=(client, server, state), daemon=True).start()

    def upwards(self, client, server, state):
        try:
            while data := client.recv(65536):
                if data[4:] == b"\x03COMMIT":
                    if self.cut:
                        self.cut = False
                        break
                    state["committing"] = self.swallow
                    self.swallow = False
                server.sendall(data)
        except OSError:
            pass
        client.close()
        server.shutdown(socket.SHUT_RDWR)

    def downwards(self, client, server, state):
        try:
            while data := server.recv(65536):
                if state["committing"]:
                    break
                client.sendall(data)
        except OSError:
            pass
        try:
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def close(self):
        self.listener.close()


@pytest.mark.parametrize("how", ["swallow", "cut"])
def test_a_commit_whose_answer_is_lost(db, writer, how):
    """Whether it was committed is told by the progress that was committed with it."""
    db.execute("CREATE TABLE t (id int PRIMARY KEY, v varchar(40))")
    proxy = Proxy(db.server)
    w = writer(port=proxy.port)
    w.table(db.name)
    for i in range(1, 7):
        w.ok("begin")
        w.ok("insert", table="t", row=[str(i), "x"])
        setattr(proxy, how, i % 2 == 0)
        answer = w.op("commit", position=str(i))
        if i % 2:
            assert answer["ok"]
            continue
        assert answer["error"]["code"] == "GW2012" and answer["error"]["retryable"] and not answer["usable"]
        found = w.ok("reopen")
        assert found["batch"] == (i if how == "swallow" else i - 1), found
        if how == "cut":
            w.ok("begin")
            w.ok("insert", table="t", row=[str(i), "x"])
            w.ok("commit", position=str(i))
    assert [r[0] for r in rows(db)] == [1, 2, 3, 4, 5, 6] and progress(db) == [(0, 6, 1, "6", "")]
    proxy.close()


def test_killed_at_any_moment(db, writer):
    """Rows and progress agree after each kill, and the next writer begins exactly behind them."""
    db.execute("CREATE TABLE t (id int PRIMARY KEY, v varchar(40))")
    done = 0
    for round_ in range(12):
        w = writer(fence=round_ + 1)
        assert w.found["batch"] * 10 == done, (w.found, done)
        w.table(db.name)
        w.send("many", table="t", **{"from": done}, count=100000, each=10)
        time.sleep(random.uniform(0.02, 0.25))
        w.kill()
        # the server may still be at it: the progress row is free when it is not
        batch = db.server.execute("SELECT batch FROM godwit.progress WHERE task = 't' FOR UPDATE")[0][0]
        ids = [r[0] for r in rows(db, "SELECT id FROM t ORDER BY id")]
        assert ids == list(range(batch * 10))
        done = len(ids)
    assert done > 0


def test_a_higher_run_takes_over(db, writer):
    """Even from one that is stopped in the middle: what that has not committed is undone, and it can commit no more."""
    db.execute("CREATE TABLE t (id int PRIMARY KEY, v varchar(40))")
    old = writer(fence=4)
    old.table(db.name)
    old.ok("begin")
    old.ok("insert", table="t", row=["1", "kept"])
    old.ok("commit", position="1")
    old.ok("merge", merge=1)
    old.ok("begin")
    for i in range(2, 6):
        old.ok("insert", table="t", row=[str(i), "x" * 40])
    old.process.send_signal(signal.SIGSTOP)
    new = writer(fence=5)
    assert new.found == {"ok": True, "batch": 1, "position": "1", "note": ""}
    new.table(db.name)
    new.ok("begin")
    new.ok("insert", table="t", row=["2", "new"])
    new.ok("commit", position="2")
    old.process.send_signal(signal.SIGCONT)
    answer = old.op("commit", position="9")
    assert not answer["ok"] and not answer["usable"]
    answer = old.op("reopen")
    assert answer["error"]["code"] == "GW3023"
    assert rows(db) == [(1, "kept"), (2, "new")] and progress(db) == [(0, 2, 5, "2", "")]
    lower = Writer(db.server, fence=4, may_fail=True)
    assert lower.found["error"]["code"] == "GW3023"
    lower.process.wait()
    # the lock may be gone, but not the fence
    db.server.execute("UPDATE godwit.progress SET fence = 6")
    new.ok("begin")
    new.ok("insert", table="t", row=["3", "late"])
    answer = new.op("commit", position="3")
    assert answer["error"]["code"] == "GW3023" and answer["fault"]["kind"] == "none"


def test_a_deadlock_is_told_apart(db, writer):
    db.execute("CREATE TABLE t (id int PRIMARY KEY, v varchar(40))")
    db.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    w = writer(options=["merge=1", "batch_bytes=1"])  # each statement goes at once
    w.table(db.name)
    other = db.connect()
    other.autocommit(False)
    with other.cursor() as c:
        c.execute("UPDATE t SET v = 'o' WHERE id = 2")
        c.execute("UPDATE t SET v = 'o' WHERE id = 2")
        w.ok("begin")
        w.ok("update", table="t", before=None, after=["1", "w"])
        w.send("update", table="t", before=None, after=["2", "w"])
        w.send("commit", position="1")
        time.sleep(0.3)
        failed = False
        try:
            c.execute("UPDATE t SET v = 'p' WHERE id = 1")
        except Exception:
            failed = True  # the server may choose either as its victim
        other.rollback() if failed else other.commit()
    answers = [w.answer(), w.answer()]
    bad = [a for a in answers if not a["ok"]]
    if failed:
        assert not bad
    else:
        assert bad and bad[0]["fault"]["kind"] == "locked" and bad[0]["error"]["retryable"] and bad[0]["usable"]
        w.ok("undo")
        w.ok("begin")
        w.ok("update", table="t", before=None, after=["1", "w"])
        w.ok("update", table="t", before=None, after=["2", "w"])
        w.ok("commit", position="1")
    assert rows(db) == [(1, "w"), (2, "w")] and progress(db)[0][1] == 1
    other.close()


def test_a_server_that_takes_no_writes(db, writer):
    writer().end()
    db.execute("CREATE TABLE t (id int PRIMARY KEY, v varchar(40))")
    user = f"w_{db.name}"
    db.server.execute(f"CREATE USER '{user}'@'%' IDENTIFIED BY 'x'")
    try:
        db.server.execute(f"GRANT ALL ON {db.name}.* TO '{user}'@'%'")
        argv = [str(a) for a in (TOOL, db.server.host, db.server.port, user, "t", 0, 1)]
        out = subprocess.run(argv, env=os.environ | {"MYSQL_PWD": "x"}, text=True, capture_output=True, input="").stdout
        error = json.loads(out)["error"]
        assert error["code"] == "GW2004" and "godwit" in error["where"] + error["message"] + error["cause"], error
    finally:
        db.server.execute(f"DROP USER '{user}'@'%'")
