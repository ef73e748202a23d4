"""Logical decoding (src/gauss: replication, pgoutput, slots, publications, origins) on a real PostgreSQL 15."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time

import pytest

from program import ROOT, SANITIZER_REPORT, SANITIZERS
from servers import Postgres

sys.path.insert(0, str(ROOT / "tests"))
from oracle import decode as oracle  # noqa: E402

TOOL = ROOT / "build-asan/tests/unit/gauss/decode_tool"


class Decoding:
    """The tool, towards one database."""

    def __init__(self, server, database):
        assert os.access(TOOL, os.X_OK), f"{TOOL} is not built"
        self.server, self.database, self.running = server, database, []

    def start(self, *args, stdout=subprocess.PIPE):
        env = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"PGPASSWORD": self.server.password}
        for name, value in SANITIZERS.items():
            env[name] = ":".join(filter(None, [value, "quarantine_size_mb=8" if name == "ASAN_OPTIONS" else "",
                                               os.environ.get(name)]))
        argv = [TOOL, self.server.host, self.server.port, self.server.user, self.database, *args]
        process = subprocess.Popen([str(a) for a in argv], env=env, text=True, stdout=stdout, stderr=subprocess.PIPE)
        self.running.append(process)
        return process

    def lines(self, *args):
        out, err = self.start(*args).communicate(timeout=120)
        assert not SANITIZER_REPORT.search(err), err
        return [json.loads(line) for line in out.splitlines()]

    def __call__(self, *args):
        """The lines of a command that must work."""
        lines = self.lines(*args)
        assert not lines or "error" not in lines[-1], lines[-1]
        return lines

    def fails(self, code, *args):
        error = self.lines(*args)[-1].get("error", {})
        assert error.get("code") == code, error
        return error

    def position(self):
        return self("position")[0]["position"]

    def stream(self, *options, slot="s", publication="p"):
        """What a stream tells up to where the log ends now; the figures by themselves."""
        lines = self("stream", slot, publication, f"until={self.position()}", *options)
        assert lines[0] == {"kind": "opened"} and lines[-1]["kind"] == "figures"
        return lines[1:-1], lines[-1]

    def end(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
                process.wait()


@pytest.fixture
def decoding(pg_db):
    d = Decoding(pg_db.server, pg_db.name)
    yield d
    d.end()
    if pg_db.server.alive():
        for name, in pg_db.server.execute(f"SELECT slot_name FROM pg_replication_slots WHERE database = '{pg_db.name}'"):
            wait_for(lambda: not pg_db.server.execute(
                f"SELECT 1 FROM pg_replication_slots WHERE active AND slot_name = '{name}'"))
            pg_db.server.execute(f"SELECT pg_drop_replication_slot('{name}')")


def wait_for(condition, seconds=30):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def follow(decoding, pg_db, *tables):
    """A publication of these tables, and a slot."""
    decoding("publish", "p", *[f"public.{t}" for t in tables])
    return decoding("create-slot", "s", "pgoutput")[0]["position"]


def rows(lines):
    """(kind, before, after) of the rows, values by name; what was not sent is left out."""
    names, out = {}, []
    for c in lines:
        if c.get("kind") == "relation":
            names[c["number"]] = [column[0] for column in c["columns"]]
        elif c.get("kind") in ("insert", "update", "delete"):
            def by_name(values):
                return None if values is None else {n: v for n, v in zip(names[c["relation"]], values)
                                                    if v != {"form": "absent"}}
            out.append((c["kind"], by_name(c["before"]), by_name(c["after"])))
    return out


def kinds(lines):
    return [c["kind"] for c in lines]


# ---- the recordings ----


@pytest.mark.parametrize("path", sorted(oracle.GOLDEN.glob("*.jsonl")), ids=lambda p: p.stem)
def test_expected_changes_are_what_the_recordings_say(path):
    assert path.read_text().splitlines() == oracle.lines_of(oracle.FIXTURES / path.name)


def test_the_same_rows_in_every_format():
    """The same workload was recorded in each format, for batches a smaller one."""
    def told(name):
        return rows(oracle.changes(oracle.FIXTURES / f"{name}.jsonl"))

    def contains(all_, part):
        left = iter(all_)
        return all(any(row == other for other in left) for row in part)

    serial = told("repl_mppdb_serial")
    assert len(serial) == 50
    for style in "jtb":
        assert told(f"repl_mppdb_parallel_{style}") == serial[:48]
        batch = told(f"repl_mppdb_parallel_{style}_batch")
        assert len(batch) == 36 and contains(serial, batch[1:-1])  # the others hold what an earlier run left, and a number of its own
    # pgoutput tells no rows without identity, and never those of an origin
    pg = told("repl_pgoutput")
    assert len(pg) == 41 and contains(serial, pg)


# ---- values ----

ALL_TYPES = """
    CREATE TYPE mood AS ENUM ('sad', 'it''s ok', '\u4e2d');
    CREATE TABLE t (id int PRIMARY KEY, si smallint, bi bigint, u8 numeric(20,0), n numeric(12,4), nx numeric, r real, d double precision,
        b1 boolean, bit8 bit(8), bit64 bit(64), c char(5), vc varchar(40), tx text, by bytea, da date, ti time(6), iv interval, ts timestamp(6),
        tz timestamptz(6), en mood, js json, jb jsonb, uu uuid, ip inet)"""
ALL_VALUES = """
    INSERT INTO t VALUES
    (1, -32768, -9223372036854775808, 18446744073709551615, -12345678.1234, 0.000000000000000000001234567890, 3.4028235e38,
     1.7976931348623157e308, true, B'10100101', repeat('1', 64)::bit(64), 'ab', E'it''s "q" \\\\ back\\tslash\\n', E'\u4e2d\u6587 \U0001f600 \\r\\n',
     '\\x00ff5c27410a', '2024-02-29', '23:59:59.999999', '-838:59:59', '2024-02-29 10:11:12.123456', '2024-02-29 10:11:12.5+08', 'it''s ok',
     '{"b":1,  "a":[1,2.50,1e3],"b":2}', '{"b":1,"a":[1,2.50]}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '192.168.1.0/24'),
    (2, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null),
    (3, 0, 0, 0, 0, 'NaN', '-0', 'NaN', false, B'00000000', repeat('0', 64)::bit(64), '', '', '', '', '0001-01-01', '00:00:00', '0',
     '0001-01-01 00:00:00', '9999-12-31 23:59:59.999999+00', 'sad', 'null', '[]', '00000000-0000-0000-0000-000000000000', '::1'),
    (4, 1, 1, 1, 0.5, 123456789012345678901234567890.5, 0.1, 1e-300, true, B'11111111', repeat('10', 32)::bit(64), '\u4e2d\u6587', ' lead ', '\\',
     '\\x5c78', '9999-12-31', '24:00:00', '1 day 02:03:04.5', '1970-01-01 00:00:00.000001', '1970-01-01 00:00:00+00', '\u4e2d', '"s"', '1.50',
     'ffffffff-ffff-ffff-ffff-ffffffffffff', '10.0.0.1');
    """


@pytest.mark.parametrize("binary", ["binary=1", "binary=0"])
def test_all_types_become_the_canonical_rows_that_a_copy_gives(decoding, pg_db, binary):
    pg_db.execute(ALL_TYPES)
    follow(decoding, pg_db, "t")
    pg_db.execute(ALL_VALUES)
    expected = [line["fields"] for line in decoding("canon", "public.t")]
    assert len(expected) == 4 and all(len(row) == 25 for row in expected)
    lines, _ = decoding.stream(binary, "canon=1")
    assert [c["fields"] for c in lines if c["kind"] == "canonical"] == expected


def test_text_output_of_all_types(decoding, pg_db):
    """The values as they come: what a program would see in psql under the settings of the replication connection."""
    pg_db.execute(ALL_TYPES)
    pg_db.execute(f"ALTER DATABASE {pg_db.name} SET extra_float_digits = -10")
    pg_db.execute(f"ALTER DATABASE {pg_db.name} SET timezone = 'Asia/Tokyo'")
    pg_db.execute(f"ALTER DATABASE {pg_db.name} SET intervalstyle = 'iso_8601'")
    follow(decoding, pg_db, "t")
    pg_db.execute(ALL_VALUES)
    lines, _ = decoding.stream("binary=0")
    first = rows(lines)[0][2]
    assert first["r"] == "3.4028235e+38" and first["d"] == "1.7976931348623157e+308"
    assert first["tz"] == "2024-02-29 02:11:12.5+00" and first["iv"] == "-838:59:59"
    assert first["by"] == "\\x00ff5c27410a" and first["b1"] == "t" and first["c"] == "ab   "
    relation = next(c for c in lines if c["kind"] == "relation")
    types = {c[0]: c[3] for c in relation["columns"]}
    assert types["en"] == "mood" and types["id"] is None
    assert [c[0] for c in relation["columns"] if c[4]] == ["id"]


# ---- old rows ----


def test_replica_identity_says_what_old_rows_have(decoding, pg_db):
    pg_db.execute("CREATE TABLE d (a int PRIMARY KEY, b text, c int); CREATE TABLE f (LIKE d); CREATE TABLE i (LIKE d);"
                  "CREATE UNIQUE INDEX \"I x\" ON i (b, c); ALTER TABLE i ALTER b SET NOT NULL, ALTER c SET NOT NULL;"
                  "CREATE TABLE n (LIKE d)")
    assert decoding("identity", "public.d")[0] == {"kind": "d", "index": None, "has_key": True}
    assert decoding("identity", "public.f")[0] == {"kind": "d", "index": None, "has_key": False}
    decoding("set-identity", "public.f", "f")
    decoding("set-identity", "public.i", "i", "I x")
    decoding("set-identity", "public.n", "n")
    assert decoding("identity", "public.f")[0] == {"kind": "f", "index": None, "has_key": True}
    assert decoding("identity", "public.i")[0] == {"kind": "i", "index": "I x", "has_key": True}
    assert decoding("identity", "public.n")[0] == {"kind": "n", "index": None, "has_key": False}
    decoding.fails("GW3035", "identity", "public.none")
    follow(decoding, pg_db, "d", "f", "i", "n")
    for table in "dfin":
        pg_db.execute(f"INSERT INTO {table} VALUES (1, 'x', 1)")
    for table in "dfi":
        pg_db.execute(f"UPDATE {table} SET b = 'y'; UPDATE {table} SET a = 2; DELETE FROM {table}")
    with pytest.raises(Exception, match="replica identity"):
        pg_db.execute("DELETE FROM n")
    lines, _ = decoding.stream("binary=0")
    assert [c["identity"] for c in lines if c["kind"] == "relation"] == ["d", "f", "i", "n"]
    told = rows(lines)[4:]
    assert told == [
        ("update", None, {"a": "1", "b": "y", "c": "1"}),
        ("update", {"a": "1"}, {"a": "2", "b": "y", "c": "1"}),
        ("delete", {"a": "2"}, None),
        ("update", {"a": "1", "b": "x", "c": "1"}, {"a": "1", "b": "y", "c": "1"}),
        ("update", {"a": "1", "b": "y", "c": "1"}, {"a": "2", "b": "y", "c": "1"}),
        ("delete", {"a": "2", "b": "y", "c": "1"}, None),
        ("update", {"b": "x", "c": "1"}, {"a": "1", "b": "y", "c": "1"}),
        ("update", None, {"a": "2", "b": "y", "c": "1"}),
        ("delete", {"b": "y", "c": "1"}, None),
    ]
    decoding("set-identity", "public.f", "d")  # and put back
    assert decoding("identity", "public.f")[0]["kind"] == "d"


def test_a_large_value_that_was_not_touched(decoding, pg_db):
    pg_db.execute("CREATE TABLE t (id int PRIMARY KEY, big text, small int); ALTER TABLE t ALTER big SET STORAGE external;"
                  "CREATE TABLE f (LIKE t INCLUDING ALL); ALTER TABLE f REPLICA IDENTITY FULL")
    follow(decoding, pg_db, "t", "f")
    big = "0123456789abcdef" * 1000
    for table in "tf":
        pg_db.execute(f"INSERT INTO {table} VALUES (1, '{big}', 1); UPDATE {table} SET small = 2;"
                      f"UPDATE {table} SET id = 9; DELETE FROM {table}")
    lines, _ = decoding.stream("binary=0")
    unchanged = {"form": "unchanged"}
    told = rows(lines)
    assert told[1] == ("update", None, {"id": "1", "big": unchanged, "small": "2"})
    assert told[2] == ("update", {"id": "1"}, {"id": "9", "big": unchanged, "small": "2"})
    assert told[5] == ("update", {"id": "1", "big": big, "small": "1"}, {"id": "1", "big": unchanged, "small": "2"})
    assert told[7] == ("delete", {"id": "9", "big": big, "small": "2"}, None)
    canonical, _ = decoding.stream("canon=1")
    after = [c["fields"] for c in canonical if c["kind"] == "canonical"]
    assert after[1][1] == "?" and after[2][1] == "?"  # not known without the old row
    assert bytes.fromhex(after[4][1]).decode() == big  # taken from the old row


# ---- transactions ----


def test_transactions_come_whole_in_the_order_of_their_commits(decoding, pg_db):
    pg_db.execute("CREATE TABLE a (id int PRIMARY KEY, v text); CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE other (x int)")
    follow(decoding, pg_db, "a", "b")
    one, two = pg_db.connect(), pg_db.connect()
    one.autocommit = two.autocommit = False
    with one.cursor() as c1, two.cursor() as c2:
        c1.execute("INSERT INTO a VALUES (1, 'first begun')")
        c2.execute("INSERT INTO b VALUES (1); INSERT INTO a VALUES (2, 'x')")
        c2.execute("SAVEPOINT s; INSERT INTO a VALUES (3, 'gone'); ROLLBACK TO s; INSERT INTO b VALUES (2)")
        two.commit()
        c1.execute("UPDATE a SET v = 'last' WHERE id = 1; TRUNCATE b RESTART IDENTITY CASCADE")
        one.commit()
        c2.execute("INSERT INTO a VALUES (4, 'never')")
        two.rollback()
    one.close()
    two.close()
    pg_db.execute("TRUNCATE a, b")
    pg_db.execute("INSERT INTO other VALUES (1)")
    lines, figures = decoding.stream("binary=0")
    lines = [c for c in lines if c["kind"] != "position"]
    assert kinds(lines) == ["begin", "relation", "insert", "relation", "insert", "insert", "commit",
                            "begin", "insert", "update", "truncate", "commit", "begin", "truncate", "commit"]
    begins = [c for c in lines if c["kind"] == "begin"]
    commits = [c for c in lines if c["kind"] == "commit"]
    ends = [oracle.lsn_number(c["end_lsn"]) for c in commits]
    assert ends == sorted(ends) and [b["xid"] for b in begins] == [c["xid"] for c in commits]
    assert [c["commit_lsn"] for c in begins] == [c["commit_lsn"] for c in commits]
    assert all(abs(c["time_us"] / 1e6 - time.time()) < 300 for c in commits)
    truncates = [c for c in lines if c["kind"] == "truncate"]
    assert truncates[0]["restart_identity"] and truncates[0]["cascade"] and len(truncates[1]["relations"]) == 2
    assert figures["transactions"] == 3 and figures["rows"] == 5
    # what others wrote is no change, but the position moves on, so that the slot does not hold it up
    assert oracle.lsn_number(figures["server_lsn"]) > ends[-1]


def test_what_our_own_sessions_applied_does_not_come_back(decoding, pg_db):
    pg_db.execute("CREATE TABLE t (id int PRIMARY KEY)")
    follow(decoding, pg_db, "t")
    try:
        decoding("as-origin", "godwit_7_1", "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)", "0/ABC")
        pg_db.execute("INSERT INTO t VALUES (3)")
        decoding("as-origin", "godwit_7_2", "INSERT INTO t VALUES (4)")
        decoding("as-origin", "somebody", "INSERT INTO t VALUES (5)")
        decoding("as-origin", "godwit_7_2", "INSERT INTO t VALUES (6)")
        assert decoding("origins", "godwit_7_")[0]["origins"] == ["godwit_7_1", "godwit_7_2"]
        assert decoding("origin-position", "godwit_7_1")[0]["position"] == "0/ABC"
        assert decoding("origin-position", "godwit_7_2")[0]["position"] == "0/0"
        lines, figures = decoding.stream("binary=0", "own=godwit_7_")
        assert [r[2]["id"] for r in rows(lines)] == ["3", "5"]
        assert [c["origin"] for c in lines if c["kind"] == "begin"] == [None, "somebody"]
        assert figures["passed_over"] == 3
        assert oracle.lsn_number(lines[-1]["lsn" if lines[-1]["kind"] == "position" else "end_lsn"]) > 0
        lines, _ = decoding.stream("binary=0")
        assert [r[2]["id"] for r in rows(lines)] == ["1", "2", "3", "4", "5", "6"]
    finally:
        for name in ("godwit_7_1", "godwit_7_2", "somebody", "somebody"):
            decoding("drop-origin", name)
    assert decoding("origins", "godwit_7_")[0]["origins"] == []


def test_messages(decoding, pg_db):
    pg_db.execute("CREATE TABLE t (id int PRIMARY KEY)")
    follow(decoding, pg_db, "t")
    pg_db.execute("SELECT pg_logical_emit_message(false, 'godwit', 'now')")
    pg_db.execute("SELECT pg_logical_emit_message(true, 'godwit', 'with the commit')")
    lines, _ = decoding.stream("messages=1")
    assert [c.get("content") for c in lines if c["kind"] != "position"] == ["now", None, "with the commit", None]
    lines, _ = decoding.stream()
    assert not [c for c in lines if c["kind"] != "position"]


def test_alter_table_midstream(decoding, pg_db):
    pg_db.execute("CREATE TABLE t (id int PRIMARY KEY, v text)")
    follow(decoding, pg_db, "t")
    reader = decoding.start("stream", "s", "p", "binary=0", "flush=1")
    assert json.loads(reader.stdout.readline()) == {"kind": "opened"}
    lines = []

    def until_rows(n):
        while len(rows(lines)) < n:
            lines.append(json.loads(reader.stdout.readline()))

    pg_db.execute("INSERT INTO t VALUES (1, 'a')")
    until_rows(1)
    pg_db.execute("ALTER TABLE t ADD w int DEFAULT 7; INSERT INTO t VALUES (2, 'b', 8)")
    until_rows(2)
    pg_db.execute("ALTER TABLE t DROP v; ALTER TABLE t ALTER w TYPE numeric(8,2); INSERT INTO t VALUES (3, 1.5)")
    until_rows(3)
    pg_db.execute("ALTER TABLE t RENAME TO renamed; INSERT INTO renamed VALUES (4, 2)")
    until_rows(4)
    pg_db.execute("BEGIN; INSERT INTO renamed VALUES (5, 5); ALTER TABLE renamed ADD x int; INSERT INTO renamed VALUES (6, 6, 6); COMMIT")
    until_rows(6)
    assert [r[2] for r in rows(lines)] == [
        {"id": "1", "v": "a"}, {"id": "2", "v": "b", "w": "8"}, {"id": "3", "w": "1.50"}, {"id": "4", "w": "2.00"},
        {"id": "5", "w": "5.00"}, {"id": "6", "w": "6.00", "x": "6"}]
    relations = [c for c in lines if c["kind"] == "relation"]
    assert [r["number"] for r in relations] == [1, 2, 3, 4, 5]
    assert [r["table"] for r in relations] == ["t", "t", "t", "renamed", "renamed"]
    assert relations[2]["columns"][1][1:3] == [1700, (8 << 16 | 2) + 4]
    reader.send_signal(signal.SIGKILL)
    reader.wait()


def test_partitions_are_told_as_their_table(decoding, pg_db):
    pg_db.execute("CREATE TABLE t (id int PRIMARY KEY, v int) PARTITION BY RANGE (id); CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10);"
                  "CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (20)")
    follow(decoding, pg_db, "t")
    pg_db.execute("INSERT INTO t VALUES (1, 1), (11, 2); UPDATE t SET id = 12 WHERE id = 1")
    lines, _ = decoding.stream("binary=0")
    assert {c["table"] for c in lines if c["kind"] == "relation"} == {"t"}
    assert [r[0] for r in rows(lines)] == ["insert", "insert", "delete", "insert"]  # a row that moves is a new one


# ---- volume ----


def test_a_large_transaction_in_bounded_memory(decoding, pg_db):
    pg_db.execute("CREATE TABLE t (id int PRIMARY KEY, v text)")
    follow(decoding, pg_db, "t")
    pg_db.execute("INSERT INTO t SELECT i, repeat('x', 200) FROM generate_series(1, 1000) i")
    _, small = decoding.stream("count=1")
    pg_db.execute("INSERT INTO t SELECT i, repeat('x', 200) FROM generate_series(1001, 101000) i; ")
    _, large = decoding.stream("count=1", "flush=1")
    assert large["rows"] == 101000 and large["transactions"] == 2 and large["bytes"] > 20_000_000
    assert large["peak_kib"] - small["peak_kib"] < 24 * 1024, (small, large)
    # and one value larger than any buffer
    pg_db.execute("INSERT INTO t SELECT 0, string_agg(md5(i::text), '') FROM generate_series(1, 300000) i")
    lines, _ = decoding.stream("canon=1")
    value = [c["fields"][1] for c in lines if c["kind"] == "canonical"][-1]
    assert len(value) == 2 * 9_600_000


# ---- lost and found again ----


class Book:
    """What somebody who applies changes would have on disk: whole transactions, and the position of the last one."""

    def __init__(self):
        self.transactions, self.position = [], "0/0"

    def take(self, text):
        """The lines of one connection, the last possibly cut. What has no COMMIT is taken back."""
        current = None
        for line in text.splitlines():
            try:
                c = json.loads(line)
            except ValueError:
                break
            if c["kind"] == "begin":
                current = []
            elif c["kind"] in ("insert", "update", "delete"):
                current.append((c["kind"], c["after"]))
            elif c["kind"] == "commit":
                self.transactions.append(current)
                self.position = c["end_lsn"]
            elif c["kind"] == "position":
                self.position = c["lsn"]


def writer(pg_db, stop, written):
    """Transactions of one to five rows; the ids of those that were committed."""
    connection, i = pg_db.connect(), 0
    connection.autocommit = False
    with connection.cursor() as c:
        while not stop.is_set():
            ids = list(range(i, i + random.randint(1, 5)))
            i = ids[-1] + 1
            for n in ids:
                c.execute("INSERT INTO t VALUES (%s)", (n,))
            connection.commit()
            written.append(ids)
            time.sleep(0.002)
    connection.close()


def test_killed_and_begun_again_at_its_own_position(decoding, pg_db, tmp_path):
    """Killed at random moments, often before what was printed was confirmed: nothing is lost, nothing comes twice."""
    pg_db.execute("CREATE TABLE t (id int PRIMARY KEY)")
    book, written, stop = Book(), [], threading.Event()
    book.position = follow(decoding, pg_db, "t")
    thread = threading.Thread(target=writer, args=(pg_db, stop, written))
    thread.start()
    try:
        for round_ in range(12):
            path = tmp_path / f"out{round_}"
            flush = "flush=1" if round_ % 2 else "flush=0"
            with path.open("w") as out:
                process = decoding.start("stream", "s", "p", "binary=0", f"position={book.position}", flush, "busy-ms=20000",
                                         stdout=out)
                wait_for(lambda: path.stat().st_size > 0)
                time.sleep(random.uniform(0, 0.3))
                process.send_signal(signal.SIGKILL)
                process.wait()
            before = len(book.transactions)
            book.take(path.read_text())
            if round_ == 11 and before == len(book.transactions) == 0:
                pytest.fail("nothing came at all")
    finally:
        stop.set()
        thread.join()
    lines, _ = decoding.stream("binary=0", f"position={book.position}", "busy-ms=20000")
    book.take("\n".join(json.dumps(c) for c in lines))
    assert [[int(after[0]) for _, after in t] for t in book.transactions] == written
    assert len(written) > 100


@pytest.mark.parametrize("how", ["kill9", "restart"])
def test_the_server_forgets_what_was_confirmed(how, tmp_path):
    """After a restart the slot stands at an older position: the own position decides."""
    with Postgres() as server:
        server.execute("CREATE TABLE t (id int PRIMARY KEY)")
        decoding = Decoding(server, "postgres")
        decoding("publish", "p", "public.t")
        book = Book()
        book.position = begun = decoding("create-slot", "s", "pgoutput")[0]["position"]
        for i in range(5):
            server.execute(f"INSERT INTO t VALUES ({i})")
        lines, _ = decoding.stream("binary=0", f"position={book.position}", "flush=1")
        book.take("\n".join(json.dumps(c) for c in lines))
        confirmed = decoding("slots", "s")[0]["confirmed"]
        assert oracle.lsn_number(confirmed) > oracle.lsn_number(begun)
        with (tmp_path / "out").open("w") as out:
            reader = decoding.start("stream", "s", "p", "binary=0", f"position={book.position}", "flush=1", stdout=out)
            wait_for(lambda: decoding("slots", "s")[0]["active"])
            getattr(server, how)() if how == "kill9" else server.shutdown()
            assert reader.wait(60) == 0
        error = json.loads((tmp_path / "out").read_text().splitlines()[-1])["error"]
        assert error["code"] == "GW3012" and error["retryable"]
        server.start()
        if how == "kill9":
            assert oracle.lsn_number(decoding("slots", "s")[0]["confirmed"]) < oracle.lsn_number(book.position)
        server.execute("INSERT INTO t VALUES (5)")
        lines, _ = decoding.stream("binary=0", f"position={book.position}", "busy-ms=20000")
        book.take("\n".join(json.dumps(c) for c in lines))
        assert [int(t[0][1][0]) for t in book.transactions] == [0, 1, 2, 3, 4, 5]


def test_slots_that_are_gone_busy_or_moved(decoding, pg_db):
    pg_db.execute("CREATE TABLE t (id int PRIMARY KEY)")
    begun = follow(decoding, pg_db, "t")
    pg_db.execute("INSERT INTO t VALUES (1)")
    reader = decoding.start("stream", "s", "p")
    assert json.loads(reader.stdout.readline()) == {"kind": "opened"}
    error = decoding.fails("GW3031", "stream", "s", "p")
    assert error["retryable"] and "is active" in error["message"]
    decoding.fails("GW3031", "drop-slot", "s")
    threading.Timer(0.5, lambda: reader.send_signal(signal.SIGKILL)).start()
    decoding("stream", "s", "p", "busy-ms=20000", f"until={decoding.position()}")  # waits until the other is gone
    reader.wait()
    # somebody reads from it
    decoding("advance", "s", decoding.position())
    error = decoding.fails("GW3033", "stream", "s", "p", f"position={begun}")
    assert begun in error["message"]
    # it was of another plugin
    decoding("create-slot", "other", "test_decoding")
    assert "test_decoding" in decoding.fails("GW3030", "stream", "other", "p")["message"]
    decoding("drop-slot", "other")
    # dropped
    decoding("drop-slot", "s")
    error = decoding.fails("GW3030", "stream", "s", "p", f"position={begun}")
    assert not error["retryable"] and error["hint_zh"]
    decoding.fails("GW3030", "drop-slot", "s")
    decoding.fails("GW3030", "advance", "s", begun)


def test_a_slot_that_is_dropped_under_its_reader(decoding, pg_db):
    pg_db.execute("CREATE TABLE t (id int PRIMARY KEY)")
    begun = follow(decoding, pg_db, "t")
    reader = decoding.start("stream", "s", "p", f"position={begun}")
    assert json.loads(reader.stdout.readline()) == {"kind": "opened"}
    pid = decoding("slots", "s")[0]["pid"]
    pg_db.execute(f"SELECT pg_terminate_backend({pid})")
    lines = [json.loads(line) for line in reader.communicate(timeout=60)[0].splitlines()]
    assert lines[-1]["error"]["code"] == "GW3012" and lines[-1]["error"]["sqlstate"] == "57P01"
    decoding("drop-slot", "s")
    decoding.fails("GW3030", "stream", "s", "p", f"position={begun}")


def test_a_slot_whose_log_is_gone():
    with Postgres(settings={"max_slot_wal_keep_size": "1MB", "min_wal_size": "32MB", "max_wal_size": "32MB",
                            "checkpoint_timeout": "30s"}) as server:
        server.execute("CREATE TABLE t (id int PRIMARY KEY)")
        decoding = Decoding(server, "postgres")
        decoding("publish", "p", "public.t")
        decoding("create-slot", "s", "pgoutput")
        server.execute("CREATE TABLE junk (v text)")
        for _ in range(6):
            server.execute("INSERT INTO junk SELECT repeat(md5(i::text), 30) FROM generate_series(1, 20000) i; SELECT pg_switch_wal()")
            server.execute("CHECKPOINT")
        wait_for(lambda: decoding("slots", "s")[0]["lost"])
        decoding.fails("GW3032", "stream", "s", "p")


def test_publications(decoding, pg_db):
    pg_db.execute('CREATE TABLE a (id int PRIMARY KEY); CREATE SCHEMA "S""x"; CREATE TABLE "S""x"."T t" (id int PRIMARY KEY)')
    decoding("publish", "P q", "public.a", 'S"x.T t')
    assert decoding("published", "P q")[0]["tables"] == ['S"x.T t', "public.a"]
    decoding("create-slot", "s", "pgoutput")
    pg_db.execute('INSERT INTO a VALUES (1); INSERT INTO "S""x"."T t" VALUES (2)')
    lines, _ = decoding.stream(publication="P q")
    assert [c["table"] for c in lines if c["kind"] == "relation"] == ["a", "T t"]
    decoding("republish", "P q", "public.a")
    assert decoding("published", "P q")[0]["tables"] == ["public.a"]
    error = decoding.fails("GW3010", "publish", "P q", "public.a")
    assert error["sqlstate"] == "42710"
    pg_db.execute("DROP TABLE a")
    assert decoding("published", "P q")[0]["tables"] == []
    decoding("unpublish", "P q")
    decoding("unpublish", "P q")
    decoding.fails("GW3034", "published", "P q")
    pg_db.execute('INSERT INTO "S""x"."T t" VALUES (3)')
    assert "does not exist" in decoding.fails("GW3034", "stream", "s", "P q", "idle-ms=20000")["message"]


def test_a_slow_reader_keeps_its_connection():
    """A reader that is busy between changes still tells the server that it lives."""
    with Postgres(settings={"wal_sender_timeout": "2s"}) as server:
        server.execute("CREATE TABLE t (id int PRIMARY KEY)")
        decoding = Decoding(server, "postgres")
        decoding("publish", "p", "public.t")
        decoding("create-slot", "s", "pgoutput")
        server.execute("INSERT INTO t SELECT generate_series(1, 6)")
        lines, _ = decoding.stream("pause-ms=500", "flush=1")
        assert kinds(lines).count("insert") == 6
        # idle for longer than the limit: nobody is cut off either
        process = decoding.start("stream", "s", "p", "flush=1", f"position={lines[-1].get('end_lsn') or lines[-1]['lsn']}")
        assert json.loads(process.stdout.readline()) == {"kind": "opened"}
        time.sleep(3)
        server.execute("INSERT INTO t VALUES (11)")
        while json.loads(process.stdout.readline())["kind"] != "insert":
            pass
        process.kill()
        process.wait()


def test_what_is_flushed_is_confirmed(decoding, pg_db):
    pg_db.execute("CREATE TABLE t (id int PRIMARY KEY)")
    begun = follow(decoding, pg_db, "t")
    pg_db.execute("INSERT INTO t VALUES (1)")
    decoding.stream("flush=0")
    assert decoding("slots", "s")[0]["confirmed"] == begun  # nothing is confirmed that was not asked for
    lines, _ = decoding.stream("flush=1")
    told = [c.get("end_lsn") or c["lsn"] for c in lines if c["kind"] in ("commit", "position")]
    wait_for(lambda: decoding("slots", "s")[0]["confirmed"] == told[-1])
    assert decoding("slots", "s")[0] | {"pid": 0, "restart": ""} == {
        "name": "s", "plugin": "pgoutput", "database": pg_db.name, "active": False, "pid": 0, "restart": "",
        "confirmed": told[-1], "lost": False}


def test_a_role_without_the_right(decoding, pg_db):
    server = pg_db.server
    server.execute("DROP ROLE IF EXISTS norepl; CREATE ROLE norepl LOGIN PASSWORD 'x'")
    try:
        poor = Decoding(server, pg_db.name)
        argv = [str(a) for a in (TOOL, server.host, server.port, "norepl", pg_db.name)]
        for command in (["create-slot", "s", "pgoutput"], ["identify"]):
            out = subprocess.run(argv + command, env=os.environ | {"PGPASSWORD": "x"}, text=True, capture_output=True).stdout
            assert json.loads(out)["error"]["code"] == "GW3004", out
        poor.end()
    finally:
        server.execute("DROP ROLE norepl")


def test_the_choice_says_why(decoding):
    choice = decoding("choose")[0]
    assert choice["decoder"] == "pgoutput" and choice["binary"] and "origins" in choice["reason"]
    system = decoding("identify")[0]
    assert re.fullmatch(r"\d+", system["id"]) and system["database"] == decoding.database
