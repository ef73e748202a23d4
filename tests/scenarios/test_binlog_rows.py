"""Rows of the binlog are, byte for byte, the rows that SELECT sends over the binary protocol: before and after images, every type."""

import json
import os
import random
import uuid
from collections import Counter, defaultdict

import pytest

from binlogs import Binlog, status
from servers import MariaDB, MySQL9, MySQL56


@pytest.fixture
def binlog(tmp_path):
    b = Binlog(tmp_path)
    yield b
    b.program.end_all()


class Source:
    """A database whose changes are replayed on top of nothing: what comes out must be what the tables hold."""

    def __init__(self, server, binlog, name=None):
        self.server, self.binlog = server, binlog
        self.name = name or f"r_{uuid.uuid4().hex[:8]}"
        self.began = status(server)
        self.tables = defaultdict(Counter)

    def create(self):
        self.server.execute(f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4")
        return self

    def script(self, *statements):
        with self.server.connect(self.name) as connection:
            cursor = connection.cursor()
            cursor.execute("SET SESSION sql_mode = ''")
            for sql in statements:
                cursor.execute(sql)

    def changes(self, **options):
        """What happened since the last call, as the tool's lines."""
        lines = self.binlog.until_end("transactions", self.server, file=self.began[0], offset=self.began[1],
                                      database=self.name, **options)
        self.began = lines[-1]["end"]["at"]
        return lines

    def apply(self, lines):
        for line in lines:
            if "row" not in line:
                continue
            rows = self.tables[line["row"]]
            assert not any(k.endswith("_lacks") for k in line), line
            if "before" in line:
                assert rows[line["before"]] > 0, f"no such row to {line['op']} in {line['row']}: {line['before'][:400]}"
                rows[line["before"]] -= 1
            if "after" in line:
                rows[line["after"]] += 1

    def selected(self, **options):
        """Table -> rows, and the check that columns are described as the server does."""
        tables = defaultdict(Counter)
        for line in self.binlog("select", self.server, database=self.name, **options):
            assert "error" not in line, line
            if "table" in line:
                assert line["columns"] == line["planned"]
                tables[line["table"]] = Counter()
            elif "row" in line:
                tables[line["row"]][line["after"]] += 1
        return tables

    def compare(self, **options):
        """Replay, and compare with SELECT. Returns the number of rows that are there."""
        self.apply(self.changes(**options))
        there = self.selected(**options)
        for table, rows in there.items():
            ours = +self.tables[table]
            if ours != rows:
                only_binlog, only_select = sorted((ours - rows).elements()), sorted((rows - ours).elements())
                pytest.fail(f"{table}: binlog {only_binlog[0][:600] if only_binlog else None} "
                            f"select {only_select[0][:600] if only_select else None} "
                            f"({len(only_binlog)}, {len(only_select)})")
        assert {t for t, rows in self.tables.items() if +rows} <= set(there)
        return sum(sum(rows.values()) for rows in there.values())


@pytest.fixture(params=["mysql9", "mariadb", "mysql56"])
def any_server(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def make(binlog):
    made = []

    def make(server, name=None):
        made.append(Source(server, binlog, name))
        return made[-1] if name else made[-1].create()

    yield make
    for source in made:
        if source.server.alive():
            source.server.execute(f"DROP DATABASE IF EXISTS {source.name}")


# ---- what the load's own data has ----

@pytest.mark.parametrize("theme", ["types", "wide_times", "losses", "big_values"])
def test_the_types_at_their_limits(make, source, sources, theme):
    s = make(source, "rows_" + theme)
    sources.fresh(source, theme, s.name)
    assert s.compare(generated=1) >= 5
    # Every row once more, as the before image of an update and of a delete.
    tables = [r[0] for r in source.execute("SELECT table_name FROM information_schema.columns WHERE table_schema = "
                                           f"'{s.name}' AND column_name = 'id' AND data_type = 'int'")]
    assert tables
    s.script(*[f"UPDATE `{t}` SET id = id + 5000" for t in tables])
    s.compare(generated=1)
    s.script(*[f"DELETE FROM `{t}` WHERE id % 2 = 0" for t in tables])
    s.compare(generated=1)


MYSQL56_TABLE = """CREATE TABLE t (id INT PRIMARY KEY, ti TINYINT, sm SMALLINT UNSIGNED, me MEDIUMINT, mu MEDIUMINT UNSIGNED,
    bi BIGINT UNSIGNED, de DECIMAL(20,6), fl FLOAT, do DOUBLE, b9 BIT(9), y YEAR, d DATE, t0 TIME, t6 TIME(6), d0 DATETIME,
    d3 DATETIME(3), s0 TIMESTAMP NULL, s6 TIMESTAMP(6) NULL, c CHAR(10), v VARCHAR(300), tx TEXT, bn BINARY(5), vb VARBINARY(9),
    bl MEDIUMBLOB, e ENUM('a','b'), s SET('x','y','z'), g POINT, l VARCHAR(9) CHARACTER SET latin1) CHARACTER SET utf8mb4"""
MYSQL56_ROWS = [
    "(1, -128, 65535, -8388608, 16777215, 18446744073709551615, -99999999999999.999999, 1.5, -2e-300, b'100000001', 2155,"
    " '9999-12-31', '838:59:59', '-838:59:58.999999', '1000-01-01 00:00:00', '2024-02-29 23:59:59.999', '2038-01-19 03:14:07',"
    " '1970-01-01 00:00:01.000001', 'x  ', REPEAT('é', 300), 'text', x'ff00', x'00', REPEAT('b', 70000), 'b', 'x,z',"
    " ST_GeomFromText('POINT(1 2)'), 'Grüße')",
    "(2, 0, 0, 0, 0, 0, 0, 0, 0, b'0', 0, '0000-00-00', '00:00:00', '00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00',"
    " '0000-00-00 00:00:00', '0000-00-00 00:00:00', '', '', '', '', '', '', 'none', '', NULL, '')",
    "(3" + ", NULL" * 27 + ")",
]


@pytest.mark.parametrize("settings", [{}, {"log_bin_use_v1_row_events": 1, "binlog_checksum": "NONE"}],
                         ids=["rows2", "rows1"])
def test_mysql_56(binlog, settings):
    with MySQL56(settings=settings) as server:
        s = Source(server, binlog).create()
        s.script("SET time_zone = '+00:00'", MYSQL56_TABLE, *[f"INSERT INTO t VALUES {row}" for row in MYSQL56_ROWS])
        assert s.compare() == 3
        s.script("UPDATE t SET id = id + 10", "DELETE FROM t WHERE id = 12")
        assert s.compare() == 2
        names = {line["event"] for line in binlog.until_end("events", server, file=s.began[0], offset=4) if "event" in line}
        assert ("UPDATE_ROWS_V1" in names) == bool(settings)


# ---- character sets: every code of every one ----

def charsets_of(server):
    return {name: int(longest) for name, longest in server.execute(
        "SELECT character_set_name, maxlen FROM information_schema.character_sets") if name != "binary"}


def codes_of(name, longest):
    """Strings of bytes that together have every code: what is no character is left out when it is inserted."""
    if longest == 1:
        return [[bytes([b]) for b in range(256)]]
    if name in ("utf8", "utf8mb3", "utf8mb4"):
        top = 0x110000 if longest == 4 else 0x10000
        return [[chr(c).encode() for c in range(first, min(first + 4096, top)) if not 0xd800 <= c < 0xe000]
                for first in range(0, top, 4096)]
    if name == "ucs2":
        return [[bytes([high, low]) for low in range(256)] for high in range(256)]
    if name.startswith(("utf16", "utf32")):
        coding = {"utf16": "utf-16-be", "utf16le": "utf-16-le", "utf32": "utf-32-be"}[name]
        lone = "surrogatepass" if name == "utf32" else "ignore"  # which it takes for characters
        rows = [[chr(c).encode(coding, lone) for c in range(first, first + 4096)] for first in range(0, 0x110000, 4096)]
        return [[c for c in row if c] for row in rows]
    rows = [[bytes([b]) for b in range(256)]]
    rows += [[bytes([high, low]) for low in range(256)] for high in range(128, 256)]
    if name in ("ujis", "eucjpms"):
        rows += [[bytes([0x8f, high, low]) for low in range(128, 256)] for high in range(128, 256)]
    if name == "gb18030":
        rows += [[bytes([a, b, c, d]) for b in range(0x30, 0x3a) for c in range(0x81, 0xff) for d in range(0x30, 0x3a)]
                 for a in range(0x81, 0xff)]
    return rows


def accepted(server, name, rows):
    """The codes that the server takes as one character of this set, row by row."""
    kept = []
    with server.connect() as connection:
        cursor = connection.cursor()
        cursor.execute("SET SESSION sql_mode = ''")
        for row in rows:
            size = len(row[0])
            table = " UNION ALL SELECT ".join([f"x'{c.hex()}'" if i else f"x'{c.hex()}' AS c" for i, c in enumerate(row[:256])])
            if size == 4 or name.startswith("utf"):
                kept.append(row)  # well-formed by the way they were made
                continue
            cursor.execute(f"SELECT c FROM (SELECT {table}) a WHERE LENGTH(CONVERT(c USING {name})) = {size}")
            kept.append([r[0] for r in cursor.fetchall()])
    return [row for row in kept if row]


def test_every_code_of_every_character_set(make, any_server):
    s = make(any_server)
    sets = charsets_of(any_server)
    assert len(sets) >= 38
    codes = 0
    statements = ["SET SESSION sql_mode = ''"]
    for name, longest in sorted(sets.items()):
        rows = accepted(any_server, name, codes_of(name, longest))
        codes += sum(map(len, rows))
        assert rows, name
        statements.append(f"CREATE TABLE t_{name} (id INT PRIMARY KEY, v LONGTEXT, c CHAR(9), w VARCHAR(9)) CHARACTER SET {name}")
        for i, row in enumerate(rows):
            one = random.choice(row).hex()
            statements.append(f"INSERT INTO t_{name} VALUES ({i}, x'{b''.join(row).hex()}', x'{one}', x'{one}{one}')")
        if longest <= 2:  # each code for itself: at the end of a text it may mean something else than in its midst
            for i, code in enumerate(c for row in rows for c in row):
                if i % 31 == 0 or len(code) == 1:
                    statements.append(f"INSERT INTO t_{name} VALUES ({10000 + i}, x'{code.hex()}', '', '')")
    s.script(*statements)
    s.compare()
    assert codes > (1_000_000 if isinstance(any_server, MySQL9) else 300_000)


# ---- JSON ----

def random_json(r, depth=0):
    kind = r.randrange(9 if depth < 5 else 6)
    if kind == 0:
        return r.choice([None, True, False])
    if kind == 1:
        return r.choice([0, -1, 1, 32767, 32768, -32768, -32769, 65535, 65536, 2**31 - 1, 2**31, -2**31, 2**32, 2**63 - 1, -2**63,
                         2**64 - 1, r.randrange(-10**6, 10**6)])
    if kind == 2:
        return r.choice([0.0, -0.0, 1e15, 1e16, 1e-15, 1e-16, 5e-324, 1.7976931348623157e308, 123456789012345.6, 0.1, 1 / 3, 1e22, 2.0**-24,
                         r.uniform(-1e3, 1e3), r.random() * 10.0 ** r.randrange(-300, 300)])
    if kind in (3, 4, 5):
        return "".join(r.choice("ab\"\\/\b\f\n\r\t\x00\x01\x1f\x7fé中😀 ") for _ in range(r.choice([0, 1, 5, 40, 130, 300])))
    if kind in (6, 7):
        return [random_json(r, depth + 1) for _ in range(r.choice([0, 1, 3, 9]))]
    return {"k" * r.randrange(4) + str(r.randrange(99)) + r.choice(["", "é", "\""]): random_json(r, depth + 1)
            for _ in range(r.choice([0, 1, 3, 9]))}


def test_json_documents(make, mysql9):
    s = make(mysql9)
    seed = int(os.environ.get("GODWIT_SEED", "20240229"))
    r = random.Random(seed)
    print("seed", seed)
    documents = [random_json(r) for _ in range(1500)]
    # Both sides of the size at which containers become large, and every power of two.
    documents += [list(range(n)) for n in (16000, 21840, 21850, 40000)] + ["x" * 70000, {"a" * 60000: ["y" * 70000]}]
    documents += [[2.0**k for k in range(low, min(low + 93, 1024))] for low in range(-1074, 1023, 93)]
    with mysql9.connect(s.name) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE t (id INT PRIMARY KEY, j JSON)")
        cursor.executemany("INSERT INTO t VALUES (%s, %s)", [(i, json.dumps(d)) for i, d in enumerate(documents)])
        # What JSON has no types for.
        values = ["CAST(1.50 AS DECIMAL(5,2))", "CAST(-0.000001 AS DECIMAL(65,30))", "CAST(99999999999999999999 AS DECIMAL(20,0))",
                  "DATE'2024-02-29'", "TIME'-838:59:59'", "TIME'10:11:12.5'", "TIMESTAMP'2024-02-29 23:59:59.999999'",
                  "CAST('1000-01-01 00:00:00' AS DATETIME)", "x'00ff'", "b'101'", "REPEAT(x'c1', 56)", "REPEAT(x'c1', 57)",
                  "REPEAT(x'c1', 58)", "REPEAT(x'c1', 200)", "CAST(2024 AS YEAR)", "ST_GeomFromText('POINT(1 2)')", "1e0", "-0e0"]
        for i, value in enumerate(values):
            cursor.execute(f"INSERT INTO t VALUES ({100000 + i}, JSON_OBJECT('a', {value}))")
            cursor.execute(f"INSERT INTO t VALUES ({110000 + i}, JSON_ARRAY({value}, JSON_ARRAY({value})))")
    assert s.compare() > 1500


def test_changes_of_json_documents(make, mysql9):
    s = make(mysql9)
    seed = int(os.environ.get("GODWIT_SEED", "20240229"))
    r = random.Random(seed)
    print("seed", seed)
    with mysql9.connect(s.name) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE t (id INT PRIMARY KEY, a INT, j JSON, k JSON)")
        base = {"a": [1, 2, {"b": "c"}], "b": {"c": 1, "d": [], "long key \"quoted\"": "x" * 100}, "n": 1.5, "é": "é",
                "filler": list(range(300))}
        for i in range(40):
            cursor.execute("INSERT INTO t VALUES (%s, 0, %s, %s)", (i, json.dumps({**base, "x": random_json(r)}), json.dumps(base)))
        cursor.execute("SET SESSION binlog_row_value_options = PARTIAL_JSON")
        paths = ["$.a[0]", "$.a[1]", "$.a[2].b", "$.b.c", "$.b.d", '$.b."long key \\"quoted\\""', "$.n", '$."é"', "$.filler[7]", "$.a[9]",
                 "$.b.new", "$.a[2].deep", "$.filler[299]"]
        values = ["1", "NULL", "'text'", "3.25", "JSON_ARRAY(1, 2)", "JSON_OBJECT('q', 'v')", "'y'", "x'00ff'",
                  "CAST(1.5 AS DECIMAL(4,2))"]
        for _ in range(400):
            column = r.choice("jk")
            call = r.choice(["JSON_SET", "JSON_REPLACE", "JSON_REMOVE", "JSON_SET"])
            picked = [r.choice(paths) for _ in range(r.randrange(1, 4))]
            arguments = ", ".join(f"'{p}'" if call == "JSON_REMOVE" else f"'{p}', {r.choice(values)}" for p in picked)
            arguments = arguments.replace('\\"', '\\\\"')
            cursor.execute(f"UPDATE t SET a = a + 1, {column} = {call}({column}, {arguments}) WHERE id = {r.randrange(40)}")
    assert s.compare() == 40
    names = Counter(line["event"] for line in s.binlog.until_end("events", mysql9, file=status(mysql9)[0], offset=4) if "event" in line)
    assert names["PARTIAL_UPDATE_ROWS"] > 100, names


def test_changes_without_the_document_are_refused(make, mysql9):
    s = make(mysql9)
    s.script("CREATE TABLE t (id INT PRIMARY KEY, j JSON)", "INSERT INTO t VALUES (1, '{\"a\": [1, 2, 3], \"b\": \"text text\"}')")
    s.compare()
    s.script("SET SESSION binlog_row_value_options = PARTIAL_JSON, binlog_row_image = MINIMAL",
             "UPDATE t SET j = JSON_SET(j, '$.a[0]', 7)")
    error = s.binlog.error("transactions", mysql9, file=s.began[0], offset=s.began[1], database=s.name)
    assert error["code"] == "GW2045" and "column j" in error["where"], error
    assert "binlog_row_image=FULL" in error["hint"]


# ---- images that lack columns ----

@pytest.mark.parametrize("image", ["MINIMAL", "NOBLOB"])
def test_images_that_lack_columns_say_which(make, any_server, image):
    s = make(any_server)
    s.script("CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(9), c BLOB, d DATE)",
             f"SET SESSION binlog_row_image = '{image}'",
             "INSERT INTO t VALUES (1, 2, 'three', 'four', '2024-01-01')", "INSERT INTO t (id, b) VALUES (2, NULL)",
             "UPDATE t SET a = 5 WHERE id = 1", "UPDATE t SET c = NULL WHERE id = 1", "DELETE FROM t WHERE id = 1")
    rows = [line for line in s.changes() if "row" in line]
    assert [r["op"] for r in rows] == ["insert", "insert", "update", "update", "delete"]
    whole = s.binlog("select", any_server, database=s.name)
    assert "after_lacks" not in rows[0] and rows[0]["after"].startswith("0000" "01000000" "02000000" "05" + b"three".hex())
    if image == "MINIMAL":
        assert rows[2]["before_lacks"] == [1, 2, 3, 4] and rows[2]["after_lacks"] == [0, 2, 3, 4]
        # NULL bits of what is not there, then only what is.
        assert rows[2]["before"] == "0078" "01000000" and rows[2]["after"] == "0074" "05000000"
        assert rows[3]["after_lacks"] == [0, 1, 2, 4] and rows[3]["after"] == "007c"
        assert rows[4]["before_lacks"] == [1, 2, 3, 4]
    else:
        assert rows[2]["before_lacks"] == [3] and rows[2]["after_lacks"] == [3]
        assert rows[3]["before_lacks"] == [3] and "after_lacks" not in rows[3]
        assert rows[4]["before_lacks"] == [3]
    assert any("row" in line for line in whole)


# ---- MySQL: metadata, compression, hidden things ----

@pytest.mark.parametrize("settings", [{"binlog_row_metadata": "FULL"}, {"binlog_transaction_compression": "ON"},
                                      {"binlog_rows_query_log_events": "ON", "binlog_checksum": "NONE"}], ids=str)
def test_mysql_settings(binlog, sources, settings):
    with MySQL9(settings=settings) as server:
        s = Source(server, binlog, "rows_types")
        sources.fresh(server, "types", s.name)
        assert s.compare() > 100
        s.script("UPDATE t_text SET id = id + 5000", "DELETE FROM t_int WHERE id < 3")
        s.compare()
        if "binlog_transaction_compression" in settings:
            lines = binlog.until_end("events", server, file=s.began[0], offset=4)
            names = {line["event"] for line in lines if "event" in line}
            assert "TRANSACTION_PAYLOAD" in names and "WRITE_ROWS" not in names


def test_columns_nobody_asked_for(make, mysql9, mariadb):
    s = make(mysql9)
    s.script("SET SESSION sql_generate_invisible_primary_key = ON", "CREATE TABLE g (a INT)",
             "CREATE TABLE f (id INT PRIMARY KEY, a INT, v INT AS (a + 1) VIRTUAL, s INT AS (a + 2) STORED, h INT INVISIBLE DEFAULT 7,"
             " KEY k ((a * 2)))",
             "INSERT INTO g VALUES (1), (2)", "INSERT INTO f (id, a) VALUES (1, 10), (2, NULL)", "UPDATE f SET a = a + 1",
             "DELETE FROM g LIMIT 1")
    assert s.compare() == 3
    for generated in (0, 1):
        s = make(mariadb)
        s.script("CREATE TABLE u (id INT PRIMARY KEY, b BLOB, UNIQUE (b), v INT AS (id + 1) VIRTUAL, p INT AS (id + 2) PERSISTENT)",
                 "INSERT INTO u (id, b) VALUES (1, 'x'), (2, NULL)", "UPDATE u SET b = 'z' WHERE id = 1")
        assert s.compare(generated=generated) == 2


def test_mariadb_types(make, mariadb):
    s = make(mariadb)
    s.script("CREATE TABLE t (id INT PRIMARY KEY, u UUID, i4 INET4, i6 INET6, v VARCHAR(1000) COMPRESSED, b MEDIUMBLOB COMPRESSED,"
             " g TEXT COMPRESSED CHARACTER SET gbk, j JSON)",
             "INSERT INTO t VALUES (1, '123e4567-e89b-12d3-a456-426655440000', '192.168.1.2', '2001:db8::1:ff', 'short', REPEAT('a', 300),"
             " REPEAT('中文', 500), '{\"a\": 1}')",
             "INSERT INTO t VALUES (2, '00000000-0000-0000-0000-000000000000', '0.0.0.0', '::', REPEAT('b', 700), '', '', NULL)",
             "INSERT INTO t VALUES (3, 'ffffffff-ffff-7fff-bfff-ffffffffff00', '255.255.255.0', '::ffff:1.2.3.4', '', REPEAT('x', 70000),"
             " 'é?', 'null')",
             "INSERT INTO t (id) VALUES (4)", "UPDATE t SET id = id + 10", "DELETE FROM t WHERE id = 11")
    assert s.compare() == 3


def test_mariadb_tables_from_before_fractions_were_stored_in_mysqls_way(binlog):
    with MariaDB(settings={"mysql56_temporal_format": "OFF"}) as server:
        s = Source(server, binlog).create()
        columns = ", ".join(f"t{p} TIME({p}), d{p} DATETIME({p}), s{p} TIMESTAMP({p}) NULL" for p in range(7))

        def row(number, time, datetime, stamp):
            cells = [f"'{v}{'.' + '123456'[:p] if p else ''}'" for p in range(7) for v in (time, datetime, stamp)]
            return f"INSERT INTO t VALUES ({number}, {', '.join(cells)})"

        s.script("SET time_zone = '+00:00'", f"CREATE TABLE t (id INT PRIMARY KEY, {columns})",
                 row(1, "12:34:56", "2024-02-29 23:59:59", "2024-02-29 23:59:59"),
                 row(2, "-838:59:58", "9999-12-31 23:59:59", "2038-01-19 03:14:06"),
                 row(3, "838:59:58", "1000-01-01 00:00:00", "1970-01-01 00:00:01"),
                 row(4, "-00:00:00", "0000-00-00 00:00:00", "2000-01-01 00:00:00"),
                 "INSERT INTO t (id) VALUES (5)", "UPDATE t SET id = id + 10")
        assert s.compare() == 5
        lines = server.execute("SHOW CREATE TABLE t", database=s.name)[0][1]
        assert "mariadb-5.3" in lines


def test_mariadb_compressed_events(binlog, sources):
    with MariaDB(settings={"log_bin_compress": "ON", "log_bin_compress_min_len": 10}) as server:
        s = Source(server, binlog, "rows_types")
        sources.fresh(server, "types", s.name)
        assert s.compare() > 100
        s.script("UPDATE t_text SET id = id + 5000", "DELETE FROM t_int WHERE id < 3")
        s.compare()
        names = {line["event"] for line in binlog.until_end("events", server, file=s.began[0], offset=4) if "event" in line}
        assert {"WRITE_ROWS_COMPRESSED_V1", "UPDATE_ROWS_COMPRESSED_V1", "QUERY_COMPRESSED"} <= names


# ---- definitions that are not the known one ----

@pytest.mark.parametrize("change,where", [
    ("ADD x INT", "5 are known"), ("DROP v", "3 are known"), ("MODIFY v VARCHAR(21)", "column v"), ("MODIFY n INT UNSIGNED", "column n"),
    ("MODIFY n BIGINT", "column n"), ("MODIFY d DECIMAL(10,3)", "column d"), ("MODIFY v VARCHAR(20) CHARACTER SET latin1", "column v"),
    ("MODIFY v VARCHAR(80) CHARACTER SET latin1", "column v"), ("RENAME COLUMN n TO m", "called n there"),
])
def test_another_definition_is_noticed(binlog, make, mysql9, change, where):
    s = make(mysql9)
    s.script("CREATE TABLE t (id INT PRIMARY KEY, n INT, d DECIMAL(10,2), v VARCHAR(20))",
             "SET GLOBAL binlog_row_metadata = FULL")
    s.script("INSERT INTO t VALUES (1, 2, 3, 'four')")
    mysql9.execute("SET GLOBAL binlog_row_metadata = MINIMAL")
    s.script(f"ALTER TABLE t {change}")  # the tool knows the definition of now
    error = binlog.error("transactions", mysql9, file=s.began[0], offset=s.began[1], database=s.name)
    assert error["code"] == "GW2046" and where in error["where"] + error["cause"], error
    assert f"{s.name}.t" in error["where"]
