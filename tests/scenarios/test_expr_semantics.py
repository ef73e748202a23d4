"""Translated expressions compute what MySQL computes.

Each expression runs on MySQL 9 over rows of awkward values; MySQL's own catalog spelling of it goes through the translator
(tests/tools/expr_tool.c) and the result runs on PostgreSQL over the same rows. Values are compared, not texts.
expr_cases.py holds the written cases, expr_random.py makes any number of random ones from a fixed seed
(GODWIT_EXPR_SEED, GODWIT_EXPR_COUNT change them).

What the translator calls immutable is proved by a stored generated column of PostgreSQL.
"""

import os
import warnings

import pymysql
import psycopg2
import pytest
from expr_cases import ASSIGNED, CASES, COLUMNS, MARIADB_CASES, REFUSED, rows
from expr_random import Generator
from expr_values import decode_pg, different
from program import ROOT
from two_sides import two_connections
from pathlib import Path
from expr_translate import Translator

DISALLOWED_FUNCTION = 3763

warnings.filterwarnings("ignore", category=pymysql.Warning)


def tool_path():
    built = Path(os.environ.get("GODWIT_BIN") or ROOT / "build-asan" / "godwit").parent
    return os.environ.get("GODWIT_EXPR_TOOL") or built / "tests" / "unit" / "sql" / "expr_tool"


@pytest.fixture(scope="module")
def translator():
    path = Path(tool_path())
    assert path.exists(), f"{path} is not built (./dev build)"
    with Translator(path, COLUMNS) as t:
        yield t


# MariaDB 10.11 has other names for the collations without padding.
MARIADB_COLLATIONS = {"utf8mb4_0900_bin": "utf8mb4_nopad_bin"}


class Both:
    """The same rows on both servers."""

    def __init__(self, mysql, pg, translator, mariadb=False):
        self.mysql, self.pg, self.translator, self.mariadb = mysql, pg, translator, mariadb
        self.spelled = {}
        my = mysql.cursor()
        my.execute("SET time_zone = '+00:00'")
        columns = ", ".join(f"`{n}` {t}" + (f" COLLATE {self.collation(c)}" if c else "") + (" NULL" if t.startswith("timestamp") else "")
                            for n, t, c in COLUMNS)
        my.execute(f"CREATE TABLE data (pk int PRIMARY KEY, {columns}) CHARACTER SET utf8mb4")
        cur = pg.cursor()
        cur.execute("SET timezone = 'UTC'; SET standard_conforming_strings = on")
        self.pg_types = translator.types("pg")
        cur.execute(f"CREATE TABLE data (pk int PRIMARY KEY, {', '.join(self.pg_column_list())})")
        names = [n for n, _, _ in COLUMNS]
        for pk, row in enumerate(rows()):
            marks = ["%s"] * (len(names) + 1)
            my.execute(f"INSERT INTO data (pk, {', '.join(f'`{n}`' for n in names)}) VALUES ({', '.join(marks)})", [pk, *row])
        my.execute("SELECT pk, " + ", ".join(f"CAST(`{n}` AS CHAR)" if t.startswith("json") else f"`{n}`+0" if t.startswith("bit") else f"`{n}`"
                                             for n, t, _ in COLUMNS) + " FROM data")
        for pk, *row in my.fetchall():
            values = [format(int(v), "08b") if v is not None and t.startswith("bit") else v for v, (_, t, _) in zip(row, COLUMNS)]
            cur.execute(f"INSERT INTO data VALUES ({', '.join(['%s'] * (len(values) + 1))})", [pk, *values])

    def collation(self, name):
        return MARIADB_COLLATIONS.get(name, name) if self.mariadb else name

    def pg_column_list(self):
        return [f'"{n}" {t}' for (n, _, _), t in zip(COLUMNS, self.pg_types)]

    def spelling(self, expression):
        """As MySQL's catalog prints the expression; as it is when MySQL forbids it in a generated column."""
        if expression not in self.spelled:
            self.spelled[expression] = self.ask_for_spelling(expression)
        return self.spelled[expression]

    def ask_for_spelling(self, expression):
        my = self.mysql.cursor()
        my.execute("DROP TABLE IF EXISTS spelled")
        my.execute("CREATE TABLE spelled LIKE data")
        try:
            my.execute(f"ALTER TABLE spelled ADD COLUMN g varchar(1000) AS ({expression}) VIRTUAL")
        except pymysql.OperationalError as e:
            if e.args[0] != DISALLOWED_FUNCTION:
                raise
            return expression
        my.execute("SELECT generation_expression FROM information_schema.columns "
                   "WHERE table_schema = DATABASE() AND table_name = 'spelled' AND column_name = 'g'")
        return my.fetchone()[0]

    def mysql_values(self, expression):
        my = self.mysql.cursor()
        my.execute(f"SELECT {expression} FROM data ORDER BY pk")
        return [r[0] for r in my.fetchall()]

    def pg_values(self, text):
        cur = self.pg.cursor()
        cur.execute(f"SELECT {text} FROM data ORDER BY pk")
        return [decode_pg(r[0]) for r in cur.fetchall()]

    def generated_column(self, text, type_=None):
        """What PostgreSQL stores; an error if it does not take the text for immutable. type_: the expression's own."""
        cur = self.pg.cursor()
        if type_ is None:
            cur.execute(f"SELECT pg_typeof({text}) FROM data LIMIT 1")
            type_ = cur.fetchone()[0].replace("unknown", "text")
        cur.execute("DROP TABLE IF EXISTS gen")
        cur.execute(f"CREATE TABLE gen (pk int PRIMARY KEY, {', '.join(self.pg_column_list())}, g {type_} GENERATED ALWAYS AS ({text}) STORED)")
        names = ", ".join(f'"{n}"' for n, _, _ in COLUMNS)
        cur.execute(f"INSERT INTO gen (pk, {names}) SELECT pk, {names} FROM data")
        cur.execute("SELECT g FROM gen ORDER BY pk")
        return [decode_pg(r[0]) for r in cur.fetchall()]


@pytest.fixture(scope="module")
def both(_mysql9_session, _pg15_session, translator):
    with two_connections(_mysql9_session, _pg15_session, "expr") as (mysql, pg):
        yield Both(mysql, pg, translator, False)


@pytest.fixture(scope="module")
def both_mariadb(_mariadb_session, _pg15_session, translator):
    with two_connections(_mariadb_session, _pg15_session, "expr") as (mysql, pg):
        yield Both(mysql, pg, translator, True)


def compare(both, expression, text):
    expected, got = both.mysql_values(expression), both.pg_values(text)
    wrong = [(i, e, g) for i, (e, g) in enumerate(zip(expected, got)) if different(e, g)]
    if wrong:
        i, e, g = wrong[0]
        row = dict(zip([n for n, _, _ in COLUMNS], list(rows())[i]))
        used = {n: v for n, v in row.items() if f"`{n}`" in expression}
        pytest.fail(f"{expression}\n  -> {text}\n  {len(wrong)} of {len(expected)} rows differ, first: MySQL {e!r}, PostgreSQL {g!r}, of {used}")


@pytest.mark.parametrize("expression", CASES)
def test_value(both, translator, expression):
    """A written case, through MySQL's catalog."""
    answer = translator.translate("pg", both.spelling(expression))
    assert "why" not in answer, f"{expression} refused: {answer['why']}"
    compare(both, expression, answer["text"])


@pytest.mark.parametrize("expression", MARIADB_CASES)
def test_value_of_mariadb(both_mariadb, translator, expression):
    """The same from MariaDB: another spelling in the catalog, other digits in divisions."""
    answer = translator.translate("pg", both_mariadb.spelling(expression), mariadb=True)
    assert "why" not in answer, f"{expression} refused: {answer['why']}"
    compare(both_mariadb, expression, answer["text"])


@pytest.mark.parametrize("expression", CASES)
def test_immutable_is_immutable(both, translator, expression):
    """A text for a generated column is one the server takes; where we refuse to make one it is right to refuse."""
    answer = translator.translate("pg", both.spelling(expression), immutable=True)
    if "why" not in answer:
        both.generated_column(answer["text"])
        return
    assert "is not immutable in the target" in answer["why"]
    with pytest.raises(psycopg2.errors.InvalidObjectDefinition, match="not immutable"):
        both.generated_column(translator.translate("pg", both.spelling(expression))["text"])


@pytest.mark.parametrize("expression,reason", REFUSED)
def test_refused(both, translator, expression, reason):
    """What cannot be translated is said, with the reason."""
    answer = translator.translate("pg", both.spelling(expression))
    assert "why" in answer, f"{expression} -> {answer.get('text')}"
    assert reason in answer["why"]


@pytest.mark.parametrize("type_,expression", ASSIGNED)
def test_assigned_to_a_column(both, translator, type_, expression):
    """A generated column of a type: MySQL's assignment conversion is kept."""
    my = both.mysql.cursor()
    my.execute("DROP TABLE IF EXISTS assigned")
    my.execute("CREATE TABLE assigned LIKE data")
    my.execute(f"ALTER TABLE assigned ADD COLUMN g {type_} AS ({expression}) STORED")
    my.execute("SELECT generation_expression FROM information_schema.columns "
               "WHERE table_schema = DATABASE() AND table_name = 'assigned' AND column_name = 'g'")
    spelled = my.fetchone()[0]
    names = ", ".join(f"`{n}`" for n, _, _ in COLUMNS)
    my.execute(f"INSERT INTO assigned (pk, {names}) SELECT pk, {names} FROM data")
    my.execute("SELECT g FROM assigned ORDER BY pk")
    expected = [r[0] for r in my.fetchall()]
    answer = translator.translate("pg", spelled, immutable=True, assign=type_)
    assert "why" not in answer, f"{expression} refused: {answer['why']}"
    got = both.generated_column(answer["text"], answer["types"][-1])
    wrong = [(e, g) for e, g in zip(expected, got) if different(e, g)]
    assert not wrong, f"{expression} -> {answer['text']}: MySQL {wrong[0][0]!r}, PostgreSQL {wrong[0][1]!r}"


def test_random_expressions(both, translator):
    """Random expressions over all columns: each that is translated gives MySQL's values."""
    seed, count = int(os.environ.get("GODWIT_EXPR_SEED", "20")), int(os.environ.get("GODWIT_EXPR_COUNT", "1500"))
    generator = Generator(seed)
    translated = refused = unusable = 0
    failures = []
    for _ in range(count):
        expression = generator.expression()
        try:
            expected = both.mysql_values(expression)
        except pymysql.MySQLError:
            unusable += 1  # overflow and the like: MySQL gives no value either
            continue
        answer = translator.translate("pg", expression)
        if "why" in answer:
            refused += 1
            continue
        translated += 1
        try:
            got = both.pg_values(answer["text"])
        except psycopg2.errors.NumericValueOutOfRange:
            unusable += 1  # where MySQL clamps the value with a warning, an error in strict INSERTs
            continue
        except psycopg2.Error as e:
            failures.append(f"{expression}\n  -> {answer['text']}\n  {e}")
            continue
        wrong = [(x, y) for x, y in zip(expected, got) if different(x, y)]
        if wrong:
            failures.append(f"{expression}\n  -> {answer['text']}\n  MySQL {wrong[0][0]!r}, PostgreSQL {wrong[0][1]!r}")
    summary = f"seed {seed}: {translated} translated, {refused} refused, {unusable} without a value"
    assert not failures, f"{summary}, {len(failures)} wrong:\n" + "\n".join(failures[:10])
    assert translated > count / 3, summary
    print(summary)


def test_random_immutable(both, translator):
    """PostgreSQL takes a generated column of whatever is called immutable."""
    seed, count = int(os.environ.get("GODWIT_EXPR_SEED", "20")), int(os.environ.get("GODWIT_EXPR_COUNT", "1500")) // 5
    generator, failures, taken, constants = Generator(seed), [], 0, 0
    for _ in range(count):
        expression = generator.expression()
        answer = translator.translate("pg", expression, immutable=True)
        if "why" in answer:
            continue
        try:
            both.mysql_values(expression)
            both.generated_column(answer["text"])
            taken += 1
        except (pymysql.MySQLError, psycopg2.errors.NumericValueOutOfRange):
            continue
        except psycopg2.errors.IndeterminateCollation:
            constants += 1  # PostgreSQL folds constant parts before they have a collation; most of these are refused before
        except psycopg2.Error as e:
            failures.append(f"{expression}\n  -> {answer['text']}\n  {e}")
    assert not failures, f"{taken} taken, {len(failures)} not:\n" + "\n".join(failures[:10])
    assert taken > count / 4 and constants < count / 50, (taken, constants)


def test_session_time_zone(both, translator):
    """TIMESTAMP columns are read in the session's time zone by both."""
    my, cur = both.mysql.cursor(), both.pg.cursor()
    my.execute("SET time_zone = '+08:00'")
    cur.execute("SET timezone = 'Asia/Shanghai'")
    try:
        for expression in ("hour(`ts`)", "date(`ts`)", "`ts` > '2024-02-29 12:00:00'", "unix_timestamp(`ts`)", "year(`ts`) + 1",
                           "unix_timestamp(`dt`)", "date_format(`ts`, '%Y-%m-%d %H:%i')", "`ts` + interval 1 day"):
            if "unix" in expression and "dt" in expression:
                continue  # before 1970 and summer time of 1986-1991: other than a fixed +08:00
            compare(both, expression, translator.translate("pg", expression)["text"])
    finally:
        my.execute("SET time_zone = '+00:00'")
        cur.execute("SET timezone = 'UTC'")
