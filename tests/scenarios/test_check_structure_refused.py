"""Definitions compared on a target that does not do everything: what it refuses is told, and the rest is compared.

Refusals are made by a gate in front of PostgreSQL that changes statements on their way.
"""

import re
import socket
import struct
import threading

import pytest
from databases import Database
from moving import Move, error_of, last_event
from servers import Postgres
from test_check_rows import DIFFERENT
from test_check_structure import FAULTS, SHOP, checked, clean
from test_schema import CASES, load, run_tool, schema_tool, server_of, statements  # noqa: F401 (a fixture)

INCOMPLETE = 1
SSL_REQUEST = 80877103


class Gate:
    """A port whose connections go to the server; in simple queries each pattern's matches get another text on the way."""

    def __init__(self, host, port, changes):
        self.to, self.hits = (host, port), 0
        self.changes = [(re.compile(pattern, re.S), text) for pattern, text in changes.items()]
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.sockets = [self.listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.to)
            self.sockets += [client, server]
            threading.Thread(target=self._there, args=(client, server), daemon=True).start()
            threading.Thread(target=self._back, args=(server, client), daemon=True).start()

    @staticmethod
    def _read(client, n):
        data = b""
        while len(data) < n:
            piece = client.recv(n - len(data))
            if not piece:
                raise OSError("end")
            data += piece
        return data

    def _there(self, client, server):
        try:
            code = SSL_REQUEST
            while code == SSL_REQUEST:
                head = self._read(client, 8)
                length, code = struct.unpack("!ii", head)
                server.sendall(head + self._read(client, length - 8))
            while True:
                kind, length = struct.unpack("!ci", self._read(client, 5))
                body = self._read(client, length - 4)
                if kind == b"Q":
                    query = body[:-1].decode()
                    for pattern, text in self.changes:
                        query, n = pattern.subn(text, query)
                        self.hits += n > 0
                    body = query.encode() + b"\0"
                server.sendall(kind + struct.pack("!i", len(body) + 4) + body)
        except OSError:
            pass
        finally:
            server.close()

    @staticmethod
    def _back(server, client):
        try:
            while data := server.recv(65536):
                client.sendall(data)
        except OSError:
            pass
        finally:
            client.close()

    def close(self):
        for s in self.sockets:
            s.close()


@pytest.fixture
def shop(move, mysql9):
    mysql9.script(SHOP)
    move("load", mysql9, "faults").ok()
    return mysql9


def check_through(move, source, database, changes, *options):
    server = move.target.server
    gate = Gate(server.host, server.port, changes)
    try:
        first, second = move.urls(source, database, None)
        second = second.replace(":%d/" % server.port, ":%d/" % gate.port)
        result = move.godwit("check", first, second, "--progress", "json", *options, env=move.passwords(source))
    finally:
        gate.close()
    assert gate.hits > 0, "nothing was changed by %s" % changes
    return result


@pytest.fixture
def through(move, shop):
    """through(pattern, text, *options): the Result of a check whose statements are changed."""
    return lambda pattern, text, *options: check_through(move, shop, "faults", {pattern: text}, *options)


def incomplete(result):
    assert result.code == INCOMPLETE and error_of(result)["code"] == "GW1050", str(result)
    report = last_event(result, "check")["check"]
    assert not report["different"] and not report["complete"] and not report["structure_compared"]
    assert report["structure"] == []
    return report


def unchecked(report):
    return [(u["table"], u["object"]) for u in report["structure_unchecked"]]


TABLES = ["customer", "log", "orders", "plain"]


# ---- the way itself ----

def test_savepoints_only_as_statements_of_their_own(move, through):
    multi = r"^SAVEPOINT godwit_check;"
    result = through(multi, "SELECT 1/0;", "--structure-only").ok()
    assert last_event(result, "check")["check"]["structure_compared"]
    move.target.execute(FAULTS["type"][0])
    result = through(multi, "SELECT 1/0;", "--structure-only").failed(DIFFERENT)
    report = last_event(result, "check")["check"]
    assert [(d["table"], d["object"]) for d in report["structure"]] == [("plain", "column a")]
    assert report["structure_unchecked"] == []


def test_no_savepoints_at_all(through):
    report = incomplete(through(r"^SAVEPOINT godwit_check", "SELECT 1/0"))
    assert unchecked(report) == [(t, "table") for t in TABLES]
    assert all("division by zero" in u["reason"] for u in report["structure_unchecked"])
    assert report["rows_compared"]


@pytest.mark.parametrize("pattern", ["^CREATE SCHEMA godwit_check_.*", "^SELECT CASE WHEN pg_is_in_recovery.*"])
def test_nothing_can_be_compared(through, pattern):
    report = incomplete(through(pattern, "SELECT 1/0"))
    assert "division by zero" in report["structure_not_compared"]
    assert report["rows_compared"] and unchecked(report) == []


# ---- single statements ----

def test_a_table_that_the_target_does_not_make(move, through):
    nonsense = (r'CREATE TABLE ("godwit_check_\w+"\."plain")', r"CREATE NONSENSE \1")
    report = incomplete(through(*nonsense))
    assert unchecked(report) == [("plain", "table")]
    assert "NONSENSE" in report["structure_unchecked"][0]["reason"]
    move.target.execute(FAULTS["index dropped"][0])
    report = last_event(through(*nonsense).failed(DIFFERENT), "check")["check"]
    assert [(d["table"], d["object"]) for d in report["structure"]] == [("customer", "index by_city")]
    assert unchecked(report) == [("plain", "table")]


@pytest.mark.parametrize("pattern, what", [
    ('ADD CONSTRAINT "who"', [("orders", "foreign keys")]),
    ("CREATE TRIGGER", [("customer", "triggers")]),
    # What it points at is not there either, so the foreign key cannot be made.
    (r'CREATE TABLE "godwit_check_\w+"\."customer"', [("customer", "table"), ("orders", "foreign keys")]),
])
def test_parts_that_the_target_does_not_make(through, pattern, what):
    report = incomplete(through(pattern, "NONSENSE"))
    assert unchecked(report) == what


@pytest.mark.parametrize("pattern, what", [
    ("^SELECT a.attrelid.*", [(None, "columns")]),
    ("^SELECT x.indrelid.*", [(None, "indexes")]),
    ("^SELECT k.conrelid.*", [(None, "constraints")]),
    ("^SELECT t.tgrelid.*", [(None, "triggers")]),
    ("^WITH RECURSIVE tree.*", [(None, "partitions")]),
    ("^SELECT f.adrelid.*", [(None, "counters")]),
    (r"^SELECT 0 AS i, last_value.*", [("customer", "counter of id")]),
    ("^SELECT c.relname FROM pg_class c WHERE c.relnamespace.*", [(None, "tables that only the target has")]),
    ("^SELECT c.oid, c.relname.*", [(t, "table") for t in TABLES]),
    ("^SELECT n.oid FROM pg_namespace n .*", [(t, "table") for t in TABLES]),
], ids=lambda v: v if isinstance(v, str) else "")
def test_parts_of_the_catalog_that_are_not_told(through, pattern, what):
    report = incomplete(through(pattern, "SELECT 1/0", "--structure-only"))
    assert unchecked(report) == what
    assert all("division by zero" in u["reason"] for u in report["structure_unchecked"])


def test_a_lost_connection_is_an_error(through):
    result = through(r"^SAVEPOINT godwit_check;", "SELECT pg_terminate_backend(pg_backend_pid());", "--structure-only")
    assert result.code == 1 and error_of(result)["code"].startswith("GW3"), str(result)
    assert error_of(result)["code"] != "GW1050"


# ---- rights ----

def test_counters_that_may_not_be_read(move, shop):
    role, server = "maker_%s" % move.target.name, move.target.server
    server.execute("CREATE ROLE %s LOGIN PASSWORD 'm4k3r'" % role)
    try:
        move.target.script(["GRANT CREATE ON DATABASE %s TO %s" % (move.target.name, role)])
        first, second = move.urls(shop, "faults", None)
        result = move.godwit("check", first, second.replace("//%s@" % server.user, "//%s@" % role), "--progress", "json",
                             "--structure-only",
                             env={"GODWIT_SOURCE_PASSWORD": shop.password, "GODWIT_TARGET_PASSWORD": "m4k3r"})
        report = incomplete(result)
        assert unchecked(report) == [("customer", "counter of id")]
        assert "permission denied" in report["structure_unchecked"][0]["reason"]
    finally:
        move.target.script(["DROP OWNED BY %s" % role])
        server.execute("DROP ROLE %s" % role)


# ---- names ----

ODD = ["auto_increment", "checks", "foreign_keys", "generated", "indexes_functional", "on_update", "partitions_range", "types_text"]


@pytest.mark.parametrize("case", [c for c in CASES if c.name in ODD], ids=lambda c: c.name)
@pytest.mark.parametrize("schema", ["My Shop", 'say "it\'s"', "数据", "godwit_check"])
def test_schemas_of_any_name(move, request, case, schema):
    source = server_of(request, case.servers[0])
    load(source, case.database, case.sql)
    move("load", source, case.database, "--on-loss", "zero-date=null", schema=schema).ok()
    report = checked(move, source, case.database, "--on-loss", "zero-date=null", schema=schema)
    assert report["structure"] == [] and report["structure_unchecked"] == [] and report["structure_compared"]


# ---- a server with room for few locks ----

@pytest.fixture
def few_locks():
    server = Postgres(settings={"max_locks_per_transaction": 10, "max_connections": 12, "max_prepared_transactions": 0})
    server.start()
    yield server
    server.stop()


def test_batches_become_smaller(godwit, tmp_path, mysql9, few_locks):
    """A batch of a hundred tables needs more locks than the server has; what one table needs, it has."""
    n = 150
    mysql9.script(["DROP DATABASE IF EXISTS locks", "CREATE DATABASE locks CHARACTER SET utf8mb4", "USE locks"]
                  + ["CREATE TABLE t%d (id int AUTO_INCREMENT PRIMARY KEY, a int, b int, c text, KEY (a), KEY (b), KEY (a, b)%s)" % (
                      i, ", FOREIGN KEY (a) REFERENCES t%d (id)" % (n - 1 - i) if i > n // 2 else "") for i in range(n)])
    move = Move(godwit, Database(few_locks).create(), tmp_path)
    move("load", mysql9, "locks", "--jobs", "2", timeout=300).ok()
    clean(move, mysql9, "locks")
    assert "max_locks_per_transaction" in few_locks.log(1 << 20), "no batch was too large: the test is none"
    move.target.script(["ALTER TABLE locks.t77 ALTER b TYPE bigint"])
    report = checked(move, mysql9, "locks", code=DIFFERENT)
    assert [(d["table"], d["object"]) for d in report["structure"]] == [("t77", "column b")]
    assert report["structure_unchecked"] == []


# ---- openGauss's statements, with PostgreSQL in its place ----

def answers_as(compatibility, dolphin):
    """What makes PostgreSQL look like an openGauss: its answers, and the settings it does not have."""
    return {
        r"\(SELECT setting FROM pg_settings WHERE name = 'sql_compatibility'\)": "'%s'" % compatibility,
        r"\(SELECT extversion FROM pg_extension WHERE extname = 'dolphin'\)": dolphin,
        r"^SELECT setting FROM pg_settings WHERE name = '(behavior_compat_options|dolphin.sql_mode)'": "SELECT ''",
        r"^SET (session_timeout|behavior_compat_options|dolphin.sql_mode) = .*": "SELECT 1",
    }


# What its catalog has and PostgreSQL's has not, by what comes nearest.
CATALOG = {
    r"d\.adgencol = 's'": "a.attgenerated = 's'",
    r"length\(d\.adsrc\)": "length(pg_get_expr(d.adbin, d.adrelid))",
    r"CASE WHEN length\(d\.adsrc_on_update\).*? END": "NULL",
    r"x\.indisusable": "true",
    r"x\.indisvisible": "true",
    r", increment_by FROM": ", 1 FROM",
    r"^SELECT p\.parentid.*": "SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE false",
}
GAUSS = ["auto_increment", "checks", "comments", "foreign_keys", "defaults_expressions", "on_update", "identifiers"]


@pytest.fixture
def gauss(move, mysql9, schema_tool):  # noqa: F811
    """gauss(case): the case in the target as a load into a PG database of openGauss makes it."""
    def make(name):
        case = next(c for c in CASES if c.name == name)
        load(mysql9, case.database, case.sql)
        for stage, _, sql in statements(run_tool(schema_tool, mysql9, case.database, "dialect=og_pg", *case.options)):
            if stage != "analyze":
                move.target.execute(sql)
        return case.database
    return make


@pytest.mark.parametrize("name", GAUSS)
def test_the_statements_for_openGauss(move, mysql9, gauss, name):
    database = gauss(name)
    result = check_through(move, mysql9, database, {**answers_as("PG", "NULL"), **CATALOG}, "--structure-only")
    report = last_event(result, "check")["check"]
    assert report["dialect"] == "opengauss-pg" and result.code == 0, str(result)
    assert report["structure"] == [] and report["structure_unchecked"] == []


@pytest.mark.parametrize("sql, expected", [
    ("ALTER TABLE golden_on_update.u DROP COLUMN twice", ("column twice", "definition", "missing")),
    ("ALTER TABLE golden_on_update.u ALTER a DROP DEFAULT", ("column a", "default", "changed")),
    ("ALTER TABLE golden_on_update.u ALTER twice DROP EXPRESSION", ("column twice", "generated", "changed")),
    ("ALTER TABLE golden_on_update.u DROP CONSTRAINT u_pkey", ("primary key", "definition", "missing")),
    ("ALTER TABLE golden_on_update.u DISABLE TRIGGER u_on_update", ("trigger u_on_update", "state", "changed")),
    ("DROP TRIGGER u_on_update ON golden_on_update.u", ("trigger of ON UPDATE", "definition", "missing")),
    ("ALTER TABLE golden_on_update.u RENAME b TO \"B\"", ("column b", "definition", "missing")),
    ("ALTER TRIGGER u_on_update ON golden_on_update.u RENAME TO other_name", ()),
])
def test_faults_found_by_openGauss_statements(move, mysql9, gauss, sql, expected):
    database = gauss("on_update")
    move.target.execute(sql)
    result = check_through(move, mysql9, database, {**answers_as("PG", "NULL"), **CATALOG}, "--structure-only")
    found = [(d["object"], d["what"], d["kind"]) for d in last_event(result, "check")["check"]["structure"]]
    if "RENAME b" in sql:  # outside of B, case counts
        assert found.pop() == ("column B", "definition", "extra")
    assert found == ([expected] if expected else []), str(result)
    assert result.code == (DIFFERENT if expected else 0)


@pytest.mark.parametrize("mode, dolphin", [("PG", "NULL"), ("A", "NULL"), ("B", "'5.1'")])
def test_an_openGauss_that_knows_nothing(move, mysql9, gauss, mode, dolphin):
    """Everything only openGauss has is refused: told, and nothing is a difference."""
    database = gauss("on_update")
    report = incomplete(check_through(move, mysql9, database, answers_as(mode, dolphin), "--structure-only"))
    # PostgreSQL does not take the words of a B database: there the table cannot be made either.
    assert unchecked(report) == ([("u", "table"), (None, "columns"), (None, "labels of set columns"), (None, "partitions")]
                                 if mode == "B" else [(None, "columns"), (None, "partitions")])
