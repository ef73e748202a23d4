"""Canonical rows against real servers: PostgreSQL's own COPY binary and COPY text of a value are the same in canonical
form, a literal made of it reads back as the same, and MySQL's JSON is the jsonb it becomes.

tests/unit/value/canon_tool gives the canonical form of what a server sent."""

import io
import json
import os
import random
import struct
import subprocess
from pathlib import Path

import pytest

from program import ROOT

SESSION = ("SET timezone = 'UTC'; SET extra_float_digits = 3; SET datestyle = 'ISO, YMD'; "
           "SET intervalstyle = 'postgres'; SET bytea_output = 'hex'; SET standard_conforming_strings = on")


class Tool:
    def __init__(self):
        built = Path(os.environ.get("GODWIT_BIN") or ROOT / "build-asan" / "godwit").parent
        path = built / "tests" / "unit" / "value" / "canon_tool"
        assert path.exists(), f"{path} is not built (./dev build)"
        self.process = subprocess.Popen([str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        encoding="utf-8")

    def ask(self, types, **row):
        self.process.stdin.write(json.dumps({"dialect": "pg", "types": types, **row}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def canonical(self, types, **row):
        answer = self.ask(types, **row)
        assert "error" not in answer, (answer, types, row)
        return answer

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=30) == 0  # a sanitizer would say so here


@pytest.fixture(scope="module")
def tool():
    t = Tool()
    yield t
    t.close()


class Table:
    """Tables of one column each, read by COPY."""

    def __init__(self, database):
        self.connection = database.connect()
        self.cursor = self.connection.cursor()
        self.cursor.execute(SESSION)

    def copy(self, query, form):
        out = io.BytesIO()
        self.cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT {form})", out)
        return out.getvalue()

    def binary(self, query):
        """The fields of each tuple, as hex."""
        data, at, rows = self.copy(query, "binary"), 19, []
        while True:
            columns = struct.unpack_from(">h", data, at)[0]
            at += 2
            if columns < 0:
                return rows
            begin = at
            for _ in range(columns):
                n = struct.unpack_from(">i", data, at)[0]
                at += 4 + max(n, 0)
            rows.append(data[begin:at].hex())

    def text(self, query):
        return self.copy(query, "text").decode().split("\n")[:-1]


@pytest.fixture
def table(pg_db):
    t = Table(pg_db)
    yield t
    t.connection.close()


VALUES = {
    "boolean": ["true", "false"],
    "smallint": ["-32768", "0", "32767"],
    "integer": ["-2147483648", "42"],
    "bigint": ["-9223372036854775808", "9223372036854775807"],
    "numeric": ["0", "-0.0", "1.10", "1000", "1e20", "0.00001", "-0.5", "10000.0001", "12345678901234567890.123456789",
                "1e-30", "9999", "10000", "100000000", "99999999.99999999", "'NaN'", "'Infinity'", "'-Infinity'",
                "1e1000", "1e-1000"],
    "numeric(30,10)": ["1.5", "-12345.678", "0", "0.0000000001"],
    "real": ["0.1", "-1.5", "3.4028235e38", "1e-45", "'-0'", "'NaN'", "'Infinity'", "16777216", "1e15"],
    "double precision": ["0.1", "1.0/3", "1.7976931348623157e308", "5e-324", "'-0'", "'NaN'", "'-Infinity'", "1e15",
                         "1e16", "123456789012345680"],
    "bit(9)": ["B'000000101'"],
    "bit(64)": ["repeat('1', 64)::bit(64)"],
    "bit(1)": ["B'1'", "B'0'"],
    "text": ["''", "'a '", r"E'it''s \\ a\ttab\nand \x01'", "'\U0001f600 中文'", "repeat('long ', 5000)", r"E'\\N'"],
    "varchar(9)": ["'a  '", "''"],
    "char(9)": ["'a  '", "''", "'中文'", "'123456789'", "'a b'"],
    "json": ["'{\"b\":1,  \"a\":[1,2.50,1e3],\"b\":2}'", "'[]'", "'\"it''s\"'", "'\"\\ud83d\\ude00 \\n\"'"],
    "jsonb": ["'{\"b\":1,  \"a\":[1,2.50,1e3],\"b\":2}'", "'1e20'", "'-0.0'", "'1e-20'", "'\"it''s \\\\ \\n\"'",
              "'null'", "'{\"\": {}, \"aa\": [{}, []], \"b\": \"\"}'", "'1.7976931348623157e308'"],
    "bytea": [r"'\x'", r"'\x00ff27'", r"decode(repeat('5c', 3000), 'hex')"],
    "date": ["'2024-02-29'", "'0001-01-01'", "'9999-12-31'", "'1999-12-31'", "'infinity'", "'-infinity'",
             "'1900-02-28'"],
    "time": ["'00:00:00'", "'12:34:56.7'", "'24:00:00'", "'00:00:00.000001'"],
    "interval": ["'26:00:00'", "'-00:00:01.5'", "'1 day 02:00:00'", "'-1 days +02:00:00'", "'838:59:59'", "'0'",
                 "'-838:59:59.999999'", "'1 year 2 mons 3 days 04:05:06.7'",
                 "'-1 years -2 mons +3 days -04:05:06'", "'1 mon'", "'30 days'"],
    "timestamp(6)": ["'2024-02-29 12:34:56.789'", "'0001-01-01 00:00:00'", "'9999-12-31 23:59:59.999999'",
                     "'1999-12-31 23:59:59.999999'", "'infinity'", "'-infinity'"],
    "timestamptz(6)": ["'2024-02-29 12:34:56.789+08'", "'1970-01-01 00:00:00+00'", "'infinity'"],
    "uuid": ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"],
    "inet": ["'10.1.2.3'", "'192.168.1.0/24'", "'::1'", "'2001:db8::1/64'", "'::ffff:1.2.3.4'"],
}
# What only COPY binary carries to a canonical form: MySQL has no such years, so their text is refused.
BINARY_ONLY = {"date": ["'0044-03-15 BC'", "'10000-01-01'"],
               "timestamp(6)": ["'0044-03-15 00:00:00 BC'", "'294276-12-31 23:59:59.999999'"]}


def insert(table, name, type_, values):
    table.cursor.execute(f"CREATE TABLE {name} (n serial, c {type_})")
    for v in [*values, "NULL"]:
        table.cursor.execute(f"INSERT INTO {name} (c) VALUES ({v})")


@pytest.mark.parametrize("type_", VALUES)
def test_binary_and_text_are_the_same(table, tool, type_):
    insert(table, "a", type_, VALUES[type_])
    query = "SELECT c FROM a ORDER BY n"
    binary, text = table.binary(query), table.text(query)
    assert len(binary) == len(text) == len(VALUES[type_]) + 1
    for b, t, value in zip(binary, text, [*VALUES[type_], "NULL"]):
        assert tool.canonical([type_], binary=b)["row"] == tool.canonical([type_], text=t)["row"], (value, t)


@pytest.mark.parametrize("type_", VALUES)
def test_literals_read_back(table, tool, type_):
    values = VALUES[type_] + BINARY_ONLY.get(type_, [])
    insert(table, "a", type_, values)
    rows = [tool.canonical([type_], binary=b) for b in table.binary("SELECT c FROM a ORDER BY n")]
    insert(table, "b", type_, [r["fields"][0]["literal"] for r in rows[:-1]])
    assert rows[-1]["fields"] == [{"described": "NULL", "literal": "NULL"}]
    again = [tool.canonical([type_], binary=b) for b in table.binary("SELECT c FROM b ORDER BY n")]
    for r, g, value in zip(rows, again, values):
        assert r == g, value
    if type_ == "json":
        return  # it has no equality
    for r, value in zip(rows, values):
        literal = r["fields"][0]["literal"]
        table.cursor.execute(f"SELECT count(*) FROM a WHERE c = {literal}")
        assert table.cursor.fetchone()[0] >= 1, (value, literal)


@pytest.mark.parametrize("type_", BINARY_ONLY)
def test_years_mysql_has_not_are_refused_as_text(table, tool, type_):
    insert(table, "a", type_, BINARY_ONLY[type_])
    for line in table.text("SELECT c FROM a WHERE c IS NOT NULL"):
        answer = tool.ask([type_], text=line)
        assert "cannot be read" in answer["error"] and "c0" in answer["where"]


SAME = [("numeric", "1.5", "numeric(20,10)", "1.5"), ("numeric", "1000", "numeric", "1000.000"),
        ("char(5)", "'a'", "char(20)", "'a'"), ("double precision", "'-0'", "double precision", "0"),
        ("jsonb", "'{\"b\": 1e3, \"a\": 1}'", "json", "'{\"a\":1.0,\"b\":1000}'"),
        ("interval", "'26:00:00'", "interval", "'1 day 02:00:00'")]
DIFFERENT = [("numeric", "1.5", "1.51"), ("text", "'a'", "'a '"), ("jsonb", "'[1,2]'", "'[2,1]'"),
             ("jsonb", "'1'", "'\"1\"'"), ("interval", "'1 mon'", "'30 days'")]


def test_equal_values_of_other_spelling(table, tool):
    """The target may hold a value in another scale, length or order than the source: it is the same."""
    def row(type_, value):
        return tool.canonical([type_], binary=table.binary(f"SELECT {value}::{type_}")[0])["row"]

    for left_type, left, right_type, right in SAME:
        assert row(left_type, left) == row(right_type, right), (left, right)
    for type_, left, right in DIFFERENT:
        assert row(type_, left) != row(type_, right), (left, right)


# ---- JSON ----

KEYS = ["a", "b", "aa", "ab", "B", "", "é", "中", "key", "longer key", 'quo"te', "back\\slash", "tab\t",
        "\U0001f600"]


def random_json(rng, depth=0):
    kind = rng.randrange(9 if depth < 4 else 6)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind in (1, 2):
        return rng.choice([rng.randrange(-10, 10), rng.randrange(-2**63, 2**63), rng.randrange(2**64)])
    if kind == 3:
        return rng.choice([rng.random(), rng.uniform(-1e6, 1e6), rng.uniform(-1, 1) * 10.0 ** rng.randrange(-300, 300),
                           1e20, 1e15, -0.0, 1000.0])
    if kind in (4, 5):
        return "".join(rng.choice('ab "\\/\b\f\n\r\t\x01\x1f\x7fé中\U0001f600') for _ in range(rng.randrange(40)))
    if kind == 6:
        return [random_json(rng, depth + 1) for _ in range(rng.randrange(5))]
    return {rng.choice(KEYS): random_json(rng, depth + 1) for _ in range(rng.randrange(6))}


def test_json_of_mysql_is_the_jsonb_it_becomes(mysql9, mysql_db, table, tool):
    """As a load does: MySQL's text of a document goes into jsonb. Whoever then reads either sees the same canonical
    text, and so does who reads the document as it was typed."""
    rng = random.Random(20240229)
    documents = [random_json(rng) for _ in range(400)]
    table.cursor.execute("CREATE TABLE j (n int, b jsonb, t json)")
    mysql_db.execute("CREATE TABLE j (n int PRIMARY KEY, j json)")
    typed = [json.dumps(d, ensure_ascii=rng.random() < 0.5, separators=rng.choice([(",", ":"), (", ", ": ")]))
             for d in documents]
    connection = mysql_db.connect()
    cursor = connection.cursor()
    cursor.executemany("INSERT INTO j VALUES (%s, %s)", list(enumerate(typed)))
    connection.commit()
    cursor.execute("SELECT n, CAST(j AS CHAR CHARACTER SET utf8mb4) FROM j ORDER BY n")
    printed = [row[1] for row in cursor.fetchall()]
    connection.close()
    for n, text in enumerate(printed):
        table.cursor.execute("INSERT INTO j VALUES (%s, %s, %s)", (n, text, typed[n]))
    source = [tool.canonical(["json"], binary=field(p)) for p in printed]
    for n, (b, t, line) in enumerate(zip(table.binary("SELECT b FROM j ORDER BY n"),
                                         table.binary("SELECT t FROM j ORDER BY n"),
                                         table.text("SELECT b FROM j ORDER BY n"))):
        assert tool.canonical(["jsonb"], binary=b)["row"] == source[n]["row"], (typed[n], printed[n])
        assert tool.canonical(["jsonb"], text=line)["row"] == source[n]["row"], (typed[n], printed[n])
        if not has_float(documents[n]):  # a float is not always printed as it was typed
            assert tool.canonical(["json"], binary=t)["row"] == source[n]["row"], (typed[n], printed[n])


def field(text):
    data = text.encode()
    return (struct.pack(">i", len(data)) + data).hex()


def has_float(d):
    if isinstance(d, dict):
        return any(has_float(v) for v in d.values())
    return isinstance(d, float) or (isinstance(d, list) and any(has_float(v) for v in d))
