"""Queries and programs of MySQL, translated: the text is the expected one, and on PostgreSQL it does what MySQL does.

tests/sql holds the cases (sql_cases.py says how they are written). GODWIT_GOLDEN_WRITE=1 writes the expected texts anew.
Each case also goes back to MySQL: what the parser understood, printed again, gives the same results there.
"""

import hashlib
import os
import re
import warnings
from pathlib import Path

import psycopg2
import pymysql
import pytest

from expr_values import decode_pg, different
from program import ROOT
from two_sides import two_connections
from sql_cases import DIALECTS, DIRECTORY, Tool, golden_text, read_cases

warnings.filterwarnings("ignore", category=pymysql.Warning)

CASES = read_cases()
SCHEMA = (DIRECTORY / "schema.sql").read_text()


def tool_path():
    built = Path(os.environ.get("GODWIT_BIN") or ROOT / "build-asan" / "godwit").parent
    return built / "tests" / "unit" / "sql" / "sql_tool"


def schema_statements():
    return [s for s in SCHEMA.split(";\n") if s.strip()]


class Asking:
    """The tool, told that the source is MariaDB or not."""

    def __init__(self, tool, mariadb):
        self.tool, self.mariadb = tool, mariadb

    def ask(self, **request):
        return self.tool.ask(mariadb=self.mariadb, **request)


class Both:
    def __init__(self, mysql, pg, tool, mariadb):
        self.mysql, self.pg, self.tool = mysql, pg, Asking(tool, mariadb)
        my = mysql.cursor()
        my.execute("SET time_zone = '+00:00'")
        my.execute("ALTER DATABASE CHARACTER SET utf8mb4")
        my.execute("SET GLOBAL log_bin_trust_function_creators = 1")
        for s in schema_statements():
            my.execute(s)
        self.catalog = self.read_catalog()
        self.cur = pg.cursor()
        self.cur.execute("SET timezone = 'UTC'; SET client_min_messages = warning; CREATE SCHEMA godwit_compat")
        for s in self.tool.ask(catalog=self.catalog, dialect="pg")["ddl"]:
            self.cur.execute(s)
        for t in self.catalog["tables"]:
            if t["name"] == "accounts":
                self.cur.execute("ALTER TABLE accounts ADD CHECK (balance >= 0)")
        self.fill_pg()
        self.counters_pg()
        for name in self.tool.ask(compat=None)["names"]:
            for s in self.tool.ask(compat=name)["statements"]:
                self.cur.execute(s)

    def read_catalog(self):
        my = self.mysql.cursor()
        my.execute("SELECT database()")
        tables = {}
        my.execute("SELECT table_name, column_name, column_type, character_set_name, collation_name, is_nullable, extra "
                   "FROM information_schema.columns WHERE table_schema = database() ORDER BY table_name, ordinal_position")
        for table, name, type_, charset, collation, nullable, extra in my.fetchall():
            t = tables.setdefault(table, {"name": table, "columns": [], "keys": []})
            t["columns"].append([name, type_, charset, collation, nullable == "NO", "auto_increment" in extra])
        keys = {}
        my.execute("SELECT table_name, index_name, column_name FROM information_schema.statistics "
                   "WHERE table_schema = database() AND non_unique = 0 ORDER BY table_name, index_name, seq_in_index")
        for table, index, column in my.fetchall():
            keys.setdefault((table, index), []).append(column)
        for (table, index), columns in keys.items():
            tables[table]["keys"].append([index == "PRIMARY", *columns])
        return {"schema": "here", "tables": list(tables.values()), "routines": []}

    def fill_pg(self):
        my = self.mysql.cursor()
        for t in self.catalog["tables"]:
            name = t["name"]
            self.cur.execute(f'DELETE FROM "{name}"')
            my.execute(f"SELECT * FROM `{name}`")
            for row in my.fetchall():
                self.cur.execute(f'INSERT INTO "{name}" VALUES ({", ".join(["%s"] * len(row))})', row)

    def fill_mysql(self):
        my = self.mysql.cursor()
        for t in self.catalog["tables"]:
            my.execute(f"DELETE FROM `{t['name']}`")
        for s in schema_statements():
            if s.startswith("INSERT"):
                my.execute(s)

    def counters_mysql(self):
        for t in self.catalog["tables"]:
            if any(c[5] for c in t["columns"]):
                self.mysql.cursor().execute(f"ALTER TABLE `{t['name']}` AUTO_INCREMENT = 1")

    def counters_pg(self):
        for t in self.catalog["tables"]:
            if any(c[5] for c in t["columns"]):
                name = t["name"]
                self.cur.execute(f'ALTER TABLE "{name}" ALTER id RESTART')
                self.cur.execute(f'SELECT setval(pg_get_serial_sequence(%s, %s), max(id)) FROM "{name}"', (name, "id"))

    @staticmethod
    def changes(case):
        return any(kind == "table" or re.match(r"(CALL|INSERT|REPLACE)\b", text, re.I) for kind, text in case.steps)

    # ---- MySQL ----

    def mysql_call(self, text):
        """Result sets, and what OUT and INOUT arguments hold, or the error."""
        my = self.mysql.cursor()
        try:
            my.execute(text)
        except pymysql.MySQLError as e:
            return ("error", e.args[0])
        sets = []
        while True:
            if my.description is not None:
                sets.append(([d[0] for d in my.description], list(my.fetchall())))
            try:
                if not my.nextset():
                    break
            except pymysql.MySQLError as e:
                return ("error", e.args[0])
        if re.match(r"CALL\b", text, re.I):
            names = re.findall(r"@\w+", text)
            if names:
                my.execute("SELECT " + ", ".join(names))
                sets.append((names, list(my.fetchall())))
        return sets

    def drop(self, text):
        kind, name = re.match(r"CREATE\s+.*?\b(VIEW|FUNCTION|PROCEDURE|TRIGGER|EVENT)\s+(`[^`]+`|\w+)", text, re.I | re.S).groups()
        self.mysql.cursor().execute(f"DROP {kind} {name}")

    def run_mysql(self, case, objects):
        my = self.mysql.cursor()
        for o in objects:
            my.execute(o)
        if any(re.match(r"CREATE\b.*?\bVIEW\b", o, re.S) for o in objects):
            self.views = self.read_catalog()
        results = []
        if not case.commits:
            my.execute("START TRANSACTION")
        for kind, text in case.steps:
            if kind == "set":
                my.execute(f"SET {text}")
            elif kind == "table":
                my.execute(f"SELECT * FROM `{text}` ORDER BY 1")
                results.append([([d[0] for d in my.description], list(my.fetchall()))])
            else:
                results.append(self.mysql_call(text))
        if not case.commits:
            my.execute("ROLLBACK")
        for o in reversed(objects):
            self.drop(o)
        if case.commits:
            self.fill_mysql()
        if self.changes(case):
            self.counters_mysql()
        return results

    # ---- PostgreSQL ----

    def pg_call(self, case, text):
        answer = self.tool.ask(sql=text, dialect="pg")
        assert "error" not in answer, f"{text}: {answer.get('error')}"
        statement, = answer["statements"]
        if not case.commits:
            self.cur.execute("SAVEPOINT here")
        try:
            self.cur.execute(statement)
        except psycopg2.Error as e:
            if not case.commits:
                self.cur.execute("ROLLBACK TO here")
            return ("error", e)
        if self.cur.description is None:
            return []
        names, rows = [d[0] for d in self.cur.description], self.cur.fetchall()
        if not re.match(r"CALL\b", text, re.I):
            return [(names, rows)]
        cursors = [(n, v) for n, v in zip(names, rows[0]) if re.match(r"result_\d+$", n)]
        sets = []
        for _, cursor in cursors:
            if cursor is not None:
                self.cur.execute(f'FETCH ALL FROM "{cursor}"')
                sets.append(([d[0] for d in self.cur.description], self.cur.fetchall()))
        rest = len(names) - len(cursors)
        if rest > 0:
            sets.append((names[:rest], [rows[0][:rest]]))
        return sets

    def run_pg(self, case, answers):
        results, values = [], {}
        if any("CREATE VIEW" in s for a in answers for s in a["statements"]):
            self.tool.ask(catalog=self.views, dialect="pg")
        for answer in answers:
            for s in answer["statements"]:
                self.cur.execute(s)
        if not case.commits:
            self.cur.execute("BEGIN")
        for kind, text in case.steps:
            if kind == "set":
                name, value = text.split("=", 1)
                values[name.strip()] = value.strip()
            elif kind == "table":
                self.cur.execute(f'SELECT * FROM "{text}" ORDER BY 1')
                results.append([([d[0] for d in self.cur.description], self.cur.fetchall())])
            else:
                for name, value in values.items():
                    text = re.sub(re.escape(name) + r"\b", value, text)
                results.append(self.pg_call(case, text))
        if not case.commits:
            self.cur.execute("ROLLBACK")
        for answer in reversed(answers):
            for s in answer["drops"]:
                self.cur.execute(s)
        if case.commits:
            self.fill_pg()
        if self.changes(case):
            self.counters_pg()
        return results


@pytest.fixture(scope="module")
def tool():
    path = tool_path()
    assert path.exists(), f"{path} is not built (./dev build)"
    t = Tool(path)
    yield t
    assert t.close() == 0


@pytest.fixture(scope="module")
def both(_mysql9_session, _pg15_session, tool):
    with two_connections(_mysql9_session, _pg15_session, "sql") as (mysql, pg):
        yield Both(mysql, pg, tool, False)


@pytest.fixture(scope="module")
def both_mariadb(_mariadb_session, _pg15_session, tool):
    with two_connections(_mariadb_session, _pg15_session, "sql") as (mysql, pg):
        yield Both(mysql, pg, tool, True)


def same_set(mysql, pg, ordered):
    (my_names, my_rows), (pg_names, pg_rows) = mysql, pg
    pg_rows = [tuple(decode_pg(v) for v in r) for r in pg_rows]
    if len(my_rows) != len(pg_rows):
        return f"{len(my_rows)} rows and {len(pg_rows)}: {my_rows[:5]} and {pg_rows[:5]}"
    rest = list(pg_rows)
    for row in my_rows:
        for i, other in enumerate(rest[:1] if ordered else rest):
            if len(row) == len(other) and not any(different(a, b) for a, b in zip(row, other)):
                del rest[i]
                break
        else:
            return f"MySQL {row}, PostgreSQL {rest[0] if ordered else rest}"
    return None


def compare(mysql, pg, text):
    if isinstance(mysql, tuple) or isinstance(pg, tuple):
        if isinstance(mysql, tuple) and isinstance(pg, tuple):
            return None
        return f"{text}: MySQL {mysql}, PostgreSQL {pg}"
    ordered = re.search(r"\bORDER BY\b", text, re.I) is not None
    if len(mysql) != len(pg):
        return f"{text}: {len(mysql)} result sets and {len(pg)}: {mysql} and {pg}"
    for a, b in zip(mysql, pg):
        wrong = same_set(a, b, ordered)
        if wrong is None and re.match(r"SELECT|WITH", text, re.I) and [n[:63] for n in a[0]] != b[0]:
            wrong = f"names {a[0]} and {b[0]}"
        if wrong is not None:
            return f"{text}: {wrong}"
    return None


def with_routines(both, case, dialect):
    """The answers for a case's objects, each knowing the others' routines."""
    routines = [o for o in case.objects if re.match(r"CREATE\s+(DEFINER\s*=\s*\S+\s+)?(FUNCTION|PROCEDURE)\b", o, re.I)]
    both.tool.ask(catalog={**both.catalog, "routines": routines}, dialect=dialect)
    return [both.tool.ask(sql=t, dialect=dialect) for t in case.texts]


def run_and_compare(both, case):
    answers = with_routines(both, case, "pg")
    errors = [a["error"] for a in answers if "error" in a]
    if case.refused is not None:
        assert errors and case.refused in errors[0], errors or answers
        return
    assert not errors, errors[0]
    mysql = both.run_mysql(case, case.objects)
    try:
        pg = both.run_pg(case, answers if case.objects else [])
    except psycopg2.Error:
        both.cur.execute("ROLLBACK")
        raise
    shown = "\n".join(s for a in answers for s in a["statements"])
    for (kind, text), a, b in zip([s for s in case.steps if s[0] != "set"], mysql, pg):
        wrong = compare(a, b, text)
        assert wrong is None, f"{wrong}\n{shown}"


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_runs_alike(both, case):
    run_and_compare(both, case)


@pytest.mark.parametrize("case", [c for c in CASES if c.objects and c.refused is None and not c.mysql_only], ids=lambda c: c.id)
def test_runs_alike_from_mariadb(both_mariadb, case):
    run_and_compare(both_mariadb, case)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_back_to_mysql(both, case):
    """Parsed and printed again as MySQL, it does the same."""
    printed = [both.tool.ask(sql=t, mysql=True) for t in case.texts]
    for p in printed:
        assert "error" not in p, p
    again = [both.tool.ask(sql=p["mysql"], mysql=True) for p in printed]
    assert [a.get("mysql") for a in again] == [p["mysql"] for p in printed], "printed again it is another text"
    first = both.run_mysql(case, case.objects)
    calls = iter([p["mysql"] for p in printed])
    copy = type("Printed", (), {"commits": case.commits, "steps": [
        (kind, next(calls) if kind == "call" and not case.objects else text) for kind, text in case.steps]})
    second = both.run_mysql(copy, [p["mysql"] for p in printed] if case.objects else [])
    for a, b, (_, text) in zip(first, second, [s for s in case.steps if s[0] != "set"]):
        if isinstance(a, list) and isinstance(b, list):
            a, b = [sorted(map(repr, s[1])) for s in a], [sorted(map(repr, s[1])) for s in b]
        assert a == b, (text, printed)


def show_create(both, text):
    """The object as the server tells it."""
    kind, name = re.match(r"CREATE\s+.*?\b(VIEW|FUNCTION|PROCEDURE|TRIGGER|EVENT)\s+(`[^`]+`|\w+)", text, re.I | re.S).groups()
    my = both.mysql.cursor()
    my.execute(f"SHOW CREATE {kind} {name}")
    columns = [d[0] for d in my.description]
    return my.fetchone()[next(i for i, c in enumerate(columns) if c.startswith(("Create ", "SQL Original")))]


@pytest.mark.parametrize("case", [c for c in CASES if c.refused is None and (c.objects or re.match(r"(SELECT|WITH|\()", c.texts[0], re.I))],
                         ids=lambda c: c.id)
def test_as_the_server_tells_it(both, case):
    """The same from SHOW CREATE, which is what objects are read from; queries as views."""
    my = both.mysql.cursor()
    objects, steps = case.objects, case.steps
    if not objects:
        if len(steps) != 1:
            pytest.skip("no view")
        objects = ["CREATE VIEW as_view AS " + case.texts[0]]
        steps = [("call", "SELECT * FROM as_view")]
    for o in objects:
        try:
            my.execute(o)
        except pymysql.MySQLError as e:
            assert not case.objects
            pytest.skip(f"MySQL makes no view of it: {e.args[1]}")
    told = [show_create(both, o) for o in objects]
    for o in reversed(objects):
        both.drop(o)
    copy = type("Told", (), {"objects": told, "texts": told, "steps": steps, "commits": case.commits})
    answers = with_routines(both, copy, "pg")
    errors = [a["error"] for a in answers if "error" in a]
    assert not errors, (errors, told)
    mysql = both.run_mysql(copy, objects)
    pg = both.run_pg(copy, answers)
    for (_, text), a, b in zip([s for s in steps if s[0] != "set"], mysql, pg):
        wrong = compare(a, b, text)
        assert wrong is None, f"{wrong}\n{told}\n{answers}"


@pytest.mark.parametrize("file", sorted({c.file for c in CASES}), ids=lambda f: f.name.split(".")[0])
@pytest.mark.parametrize("name", DIALECTS)
def test_golden(both, file, name):
    parts = []
    for case in CASES:
        if case.file == file:
            parts.append(f"-- case: {case.name}\n" + "".join(golden_text(a) for a in with_routines(both, case, DIALECTS[name])))
    text, path = "\n".join(parts), file.with_name(file.name.replace(".mysql.sql", f".{name}.sql"))
    if os.environ.get("GODWIT_GOLDEN_WRITE"):
        path.write_text(text)
    assert path.exists() and path.read_text() == text, f"{path.name} is another text (GODWIT_GOLDEN_WRITE=1 writes it)"


def test_uses(both):
    """A translation tells what has to be there before it."""
    routines = ["CREATE FUNCTION fn(a INT) RETURNS INT DETERMINISTIC RETURN a", "CREATE PROCEDURE pr(a INT) SET a = 1"]
    both.tool.ask(catalog={**both.catalog, "routines": routines}, dialect="pg")
    for dialect in DIALECTS.values():
        answer = both.tool.ask(dialect=dialect, sql="CREATE PROCEDURE x() BEGIN CALL pr(1); IF EXISTS (SELECT fn(n) FROM numbers, accounts a, numbers b) "
                               "THEN INSERT INTO counters (name, hits) VALUES ('x', 1); END IF; END")
        assert sorted(answer["uses"]) == ["function fn", "procedure pr", "table accounts", "table counters", "table numbers"], answer


def test_what_is_called_carried_runs(both):
    """Each entry of docs/sql.md that is translated for PostgreSQL is one it takes."""
    text = ("utf8mb4", "utf8mb4_0900_ai_ci")
    columns = [["id", "int unsigned", None, None, True], ["n", "int"], ["s", "varchar(20)", *text], ["s2", "varchar(20)", *text], ["d", "date"],
               ["dt", "datetime"], ["tm", "time"], ["p", "decimal(10,2)"], ["f", "double"], ["j", "json"], ["b", "blob"]]
    tables = [{"name": n, "columns": columns, "keys": [[True, "id"]]} for n in ("t", "u")]
    routines = ["CREATE FUNCTION fn(a INT) RETURNS INT DETERMINISTIC RETURN a", "CREATE PROCEDURE pr(a INT, OUT b INT) SET b = a"]
    both.cur.execute("BEGIN; CREATE SCHEMA support; SET search_path = support")
    failures, run = [], 0
    try:
        for s in both.tool.ask(catalog={"schema": "x", "tables": tables, "routines": routines}, dialect="pg")["ddl"]:
            both.cur.execute(s)
        for r in routines:
            both.cur.execute(both.tool.ask(sql=r, dialect="pg")["statements"][0])
        for entry in both.tool.ask(entries=True)["statements"]:
            answer = both.tool.ask(sql=entry, dialect="pg")
            both.cur.execute("SAVEPOINT entry")
            try:
                for s in answer.get("statements", []):
                    both.cur.execute(s)
                    run += 1
            except psycopg2.Error as e:
                failures.append(f"{entry}\n  -> {s}\n  {e}")
            both.cur.execute("ROLLBACK TO entry")
    finally:
        both.cur.execute("ROLLBACK; RESET search_path")
    assert not failures, f"{len(failures)} of {run}:\n" + "\n".join(failures)
    assert run > 250


def test_sha1(both):
    """MySQL 9 has no SHA1() any more: its stand-in against another one's."""
    values = [b"", b"abc", "数据".encode(), bytes(range(256)), b"x" * 5000, *(b"a" * n for n in range(50, 135))]
    both.cur.execute("SELECT godwit_compat.sha1(v) FROM unnest(%s::bytea[]) WITH ORDINALITY AS t(v, i) ORDER BY i", (values,))
    assert [r[0] for r in both.cur.fetchall()] == [hashlib.sha1(v).hexdigest() for v in values]
    both.tool.ask(catalog=both.catalog, dialect="pg")
    answer = both.tool.ask(sql="SELECT sha1(name), sha(NULL), SHA1(12) FROM customers WHERE id = 1", dialect="pg")
    both.cur.execute(answer["statements"][0])
    assert both.cur.fetchone() == (hashlib.sha1(b"anna").hexdigest(), None, hashlib.sha1(b"12").hexdigest())


def test_page(tool):
    """docs/sql.md says what is carried now."""
    text, path = tool.ask(page=True)["text"], ROOT / "docs" / "sql.md"
    if os.environ.get("GODWIT_GOLDEN_WRITE"):
        path.write_text(text)
    assert path.exists() and path.read_text() == text, "docs/sql.md is another text (GODWIT_GOLDEN_WRITE=1 writes it)"
