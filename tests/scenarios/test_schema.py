"""DDL made from a live catalog: golden files for four dialects, and PostgreSQL really executing its own.

tests/golden/ddl/<case>.mysql.sql is loaded into MySQL 9 and MariaDB; what tests/tools/schema_tool.c prints for a dialect
is <case>.<dialect>.sql, or <case>.<dialect>.mariadb.sql where MariaDB's catalog leads to something else. A case begins with
comments: "-- servers: mysql" (default: both), "-- options: lower=1" (arguments for the tool).
GODWIT_UPDATE_GOLDEN=1 writes the files instead of comparing them: read the diff before committing it.
"""

import os
import re
from pathlib import Path

import pymysql
import pytest
from program import ROOT, Program
from pymysql.constants import CLIENT

GOLDEN = ROOT / "tests" / "golden" / "ddl"
DIALECTS = ["pg", "og_b", "og_pg", "og_a"]
UPDATE = os.environ.get("GODWIT_UPDATE_GOLDEN") == "1"
STATEMENT = re.compile(r"^-- (?P<stage>[a-z ]+): (?P<object>[^\n]*)\n(?P<sql>.*?)\n;$", re.M | re.S)


class Case:
    def __init__(self, path):
        self.name = path.name.removesuffix(".mysql.sql")
        self.sql = path.read_text()
        servers = re.search(r"^-- servers: (.*)$", self.sql, re.M)
        self.servers = servers.group(1).split() if servers else ["mysql", "mariadb"]
        options = re.search(r"^-- options: (.*)$", self.sql, re.M)
        self.options = options.group(1).split() if options else []
        self.database = f"golden_{self.name}"

    def golden(self, dialect, server):
        special = GOLDEN / f"{self.name}.{dialect}.{server}.sql"
        return special if server == "mariadb" and special.exists() else GOLDEN / f"{self.name}.{dialect}.sql"


CASES = [Case(p) for p in sorted(GOLDEN.glob("*.mysql.sql"))]
RUNS = [(c, s) for c in CASES for s in c.servers]
IDS = [f"{c.name}-{s}" for c, s in RUNS]


def tool_path():
    built = Path(os.environ.get("GODWIT_BIN") or ROOT / "build-asan" / "godwit").parent
    return os.environ.get("GODWIT_SCHEMA_TOOL") or built / "tests" / "unit" / "schema" / "schema_tool"


@pytest.fixture
def schema_tool(tmp_path):
    program = Program(tool_path(), cwd=tmp_path)
    assert program.exists(), f"{program.binary} is not built (./dev build)"
    yield program
    program.end_all()


def load(server, case_database, sql):
    """The case in a database of that name; statements run one after the other in one session."""
    server.execute(f"DROP DATABASE IF EXISTS `{case_database}`")
    server.execute(f"CREATE DATABASE `{case_database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    connection = pymysql.connect(host=server.host, port=server.port, user=server.user, password=server.password,
                                 database=case_database, charset="utf8mb4", autocommit=True,
                                 client_flag=CLIENT.MULTI_STATEMENTS)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            while cursor.nextset():
                pass
    finally:
        connection.close()


def server_of(request, name):
    return request.getfixturevalue({"mysql": "mysql9", "mysql56": "mysql56"}.get(name, name))


def run_tool(tool, server, database, *options):
    return run_tool_as(tool, server, server.user, server.password, database, *options)


def run_tool_as(tool, server, user, password, database, *options):
    return tool(f"host={server.host}", f"port={server.port}", f"user={user}", f"database={database}", *options,
                env={"SCHEMA_PASSWORD": password}).ok().out


def statements(text):
    found = [(m["stage"], m["object"], m["sql"]) for m in STATEMENT.finditer(text)]
    assert found or "CREATE" not in text, f"no statements recognised in\n{text}"
    return found


def left_in(pg_db, schema):
    """What is in the schema: relations, types of its own, functions."""
    return pg_db.execute("""
        SELECT relkind::text, relname::text FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s)
        UNION ALL SELECT 'function', proname::text FROM pg_proc WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s)
        ORDER BY 1, 2""", (schema, schema))


@pytest.mark.parametrize("case,server_name", RUNS, ids=IDS)
def test_golden(case, server_name, request, schema_tool):
    server = server_of(request, server_name)
    load(server, case.database, case.sql)
    for dialect in DIALECTS:
        out = run_tool(schema_tool, server, case.database, f"dialect={dialect}", *case.options)
        plain, special = GOLDEN / f"{case.name}.{dialect}.sql", GOLDEN / f"{case.name}.{dialect}.mariadb.sql"
        if UPDATE and server_name == case.servers[0]:
            plain.write_text(out)
        elif UPDATE and out == plain.read_text():
            special.unlink(missing_ok=True)
        elif UPDATE:
            special.write_text(out)
        golden = case.golden(dialect, server_name)
        assert out == golden.read_text(), f"{golden.name} differs"


@pytest.mark.parametrize("case,server_name", RUNS, ids=IDS)
def test_postgresql_takes_it_and_drop_leaves_nothing(case, server_name, request, schema_tool, pg_db):
    server = server_of(request, server_name)
    load(server, case.database, case.sql)
    out = run_tool(schema_tool, server, case.database, "dialect=pg", "schema=moved", *case.options)
    for stage, name, sql in statements(out):
        try:
            pg_db.execute(sql)
        except Exception as e:
            pytest.fail(f"{stage}: {name}: {e}\n{sql}")
    assert left_in(pg_db, "moved")
    # Nothing may stand unvalidated or invalid behind a run that reported success.
    assert pg_db.execute("SELECT conname FROM pg_constraint WHERE NOT convalidated") == []
    assert pg_db.execute("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid") == []
    drops = run_tool(schema_tool, server, case.database, "dialect=pg", "schema=moved", "drop=1", *case.options)
    for _, _, sql in statements(drops):
        pg_db.execute(sql)
    assert left_in(pg_db, "moved") == []


class Moved:
    """A database of the source as it is in PostgreSQL, with helpers that load rows into both."""

    def __init__(self, tool, server, pg_db, sql, *options):
        self.server, self.pg, self.name = server, pg_db, "schema_moved"
        load(server, self.name, sql)
        self.out = run_tool(tool, server, self.name, "dialect=pg", "schema=m", *options)
        self.made = statements(self.out)

    def create(self, *stages):
        for stage, _, sql in self.made:
            if not stages or stage in stages:
                self.pg.execute(sql)
        return self

    def source(self, sql):
        return self.server.execute(sql, database=self.name)


def moved(request, tool, pg_db, sql, *options, server="mysql9"):
    return Moved(tool, request.getfixturevalue(server), pg_db, sql, *options)


BEFORE_LOAD = ("schema", "table")
AFTER_LOAD = ("primary key", "index", "counter", "foreign key", "foreign key check", "trigger", "analyze")


@pytest.mark.parametrize("server", ["mysql9", "mariadb"])
def test_counters_go_on_where_the_source_stood(request, schema_tool, pg_db, server):
    m = moved(request, schema_tool, pg_db, """
        CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY, v int) AUTO_INCREMENT = 1000;
        CREATE TABLE b (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, v int);
        INSERT INTO b VALUES (41, 0);
        CREATE TABLE c (id smallint AUTO_INCREMENT PRIMARY KEY, v int);
        CREATE TABLE full_ (id smallint AUTO_INCREMENT PRIMARY KEY, v int);
        INSERT INTO full_ VALUES (32767, 0);""", server=server)
    m.create(*BEFORE_LOAD)
    m.pg.execute("INSERT INTO m.b VALUES (41, 0)")
    m.pg.execute("INSERT INTO m.c VALUES (77, 0)")  # beyond what the catalog of the empty table told
    m.pg.execute("INSERT INTO m.full_ VALUES (32767, 0)")
    m.create(*AFTER_LOAD)
    for table, expected in (("a", 1000), ("b", 42), ("c", 78)):
        assert m.pg.execute(f"INSERT INTO m.{table} (v) VALUES (1) RETURNING id") == [(expected,)]
    with pytest.raises(Exception, match="reached maximum value"):
        m.pg.execute("INSERT INTO m.full_ (v) VALUES (1)")


def test_on_update_trigger_behaves_like_the_clause(request, schema_tool, pg_db):
    m = moved(request, schema_tool, pg_db, """
        CREATE TABLE t (id int PRIMARY KEY, v int, j json, g int AS (v + 1) STORED,
          u timestamp(6) NOT NULL DEFAULT '2000-01-01 00:00:00' ON UPDATE CURRENT_TIMESTAMP(6),
          w datetime DEFAULT '2000-01-01 00:00:00' ON UPDATE CURRENT_TIMESTAMP)""")
    m.create()
    m.pg.execute("INSERT INTO m.t (id, v, j) VALUES (1, 1, '{}'), (2, 1, NULL), (3, 1, NULL)")
    m.pg.execute("UPDATE m.t SET v = 1 WHERE id = 1")  # nothing changes
    m.pg.execute("UPDATE m.t SET v = 2 WHERE id = 2")
    m.pg.execute("UPDATE m.t SET v = 3, u = '2010-01-01 00:00:00+00' WHERE id = 3")  # set by hand
    rows = m.pg.execute("SELECT id, extract(year FROM u AT TIME ZONE 'UTC')::int, extract(year FROM w)::int FROM m.t ORDER BY id")
    assert rows[0] == (1, 2000, 2000)
    assert rows[1][1] > 2020 and rows[1][2] > 2020
    assert rows[2][1] == 2010 and rows[2][2] > 2020


@pytest.mark.parametrize("server", ["mysql9", "mariadb"])
def test_rows_fall_into_the_same_partitions(request, schema_tool, pg_db, server):
    days = ["0001-01-01", "1989-12-31", "1990-01-01", "1999-12-31", "2000-01-01", "2020-02-29", "2020-07-28", "2020-07-29", "2020-07-30", "9999-12-31"]
    m = moved(request, schema_tool, pg_db, """
        CREATE TABLE y (d date NOT NULL) PARTITION BY RANGE (year(d)) (PARTITION p0 VALUES LESS THAN (1990), PARTITION p1 VALUES LESS THAN (2000), PARTITION p2 VALUES LESS THAN MAXVALUE);
        CREATE TABLE t (d datetime NOT NULL) PARTITION BY RANGE (to_days(d)) (PARTITION p0 VALUES LESS THAN (737849), PARTITION p1 VALUES LESS THAN (738000), PARTITION p2 VALUES LESS THAN MAXVALUE);
        CREATE TABLE s (d date NOT NULL) PARTITION BY RANGE (to_seconds(d)) (PARTITION p0 VALUES LESS THAN (63763200000), PARTITION p1 VALUES LESS THAN (63763200001), PARTITION p2 VALUES LESS THAN MAXVALUE);
        CREATE TABLE n (d int) PARTITION BY RANGE (d) (PARTITION p0 VALUES LESS THAN (0), PARTITION p1 VALUES LESS THAN (10), PARTITION p2 VALUES LESS THAN MAXVALUE);
        CREATE TABLE l (d int) PARTITION BY LIST (d) (PARTITION p0 VALUES IN (1, NULL), PARTITION p1 VALUES IN (-2, 3), PARTITION p2 VALUES IN (4))""",
              server=server)
    m.create(*BEFORE_LOAD)
    rows = {"y": days, "t": days, "s": days, "n": ["-1", "0", "9", "10"], "l": [None, "1", "-2", "3", "4"]}
    for table, values in rows.items():
        for v in values:
            literal = "NULL" if v is None else f"'{v}'"
            m.source(f"INSERT INTO {table} VALUES ({literal})")
            m.pg.execute(f"INSERT INTO m.{table} VALUES ({literal})")
        for p in ("p0", "p1", "p2"):
            here = m.source(f"SELECT count(*) FROM {table} PARTITION ({p})")[0][0]
            there = m.pg.execute(f"SELECT count(*) FROM m.{table}_{p}")[0][0]
            assert (table, p, there) == (table, p, here)


def test_five_hundred_columns(request, schema_tool, pg_db):
    columns = ", ".join(f"`column_{i}` {t} COMMENT 'number {i}'" for i, t in zip(range(500), ["int", "varchar(5)", "decimal(5,2) unsigned", "datetime"] * 125))
    m = moved(request, schema_tool, pg_db, f"CREATE TABLE wide (id int AUTO_INCREMENT PRIMARY KEY, {columns}, u timestamp NULL ON UPDATE CURRENT_TIMESTAMP)")
    m.create()
    assert m.pg.execute("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'm'") == [(502,)]
    m.pg.execute("INSERT INTO m.wide (column_0) VALUES (1)")
    m.pg.execute("UPDATE m.wide SET column_4 = 2")
    assert m.pg.execute("SELECT u IS NOT NULL FROM m.wide") == [(True,)]


def test_filter_takes_and_leaves_tables(request, schema_tool):
    server = request.getfixturevalue("mysql9")
    load(server, "schema_filter", "".join(f"CREATE TABLE {t} (a int);" for t in ("orders", "order_items", "items", "log_2024", "log_2025")))
    def tables(*options):
        return re.findall(r'^CREATE TABLE "schema_filter"\."(\w+)"', run_tool(schema_tool, server, "schema_filter", "dialect=pg", *options), re.M)
    assert tables() == ["items", "log_2024", "log_2025", "order_items", "orders"]
    assert tables("include=order*") == ["order_items", "orders"]
    assert tables("include=/^log_[0-9]+$/", "exclude=log_2024") == ["log_2025"]
    assert tables("exclude=/s$/") == ["log_2024", "log_2025"]


def test_unknown_database_and_bad_pattern_are_told(request, schema_tool):
    server = request.getfixturevalue("mysql9")
    where = (f"host={server.host}", f"port={server.port}", f"user={server.user}", "dialect=pg")
    env = {"SCHEMA_PASSWORD": server.password}
    schema_tool(*where, "database=no_such_database", env=env).failed(1, "GW2003")
    schema_tool(*where, "database=mysql", "include=/(/", env=env).failed(1, "GW1004")


def test_reading_leaves_the_session_as_it_was(request, schema_tool):
    """The catalog is read with a sql_mode of its own: a server in ANSI mode must give the same DDL."""
    from servers import MySQL9
    case = next(c for c in CASES if c.name == "defaults_literals")
    with MySQL9(settings={"sql_mode": "ANSI", "default_time_zone": "+05:00"}) as server:
        load(server, case.database, case.sql)
        assert run_tool(schema_tool, server, case.database, "dialect=pg") == (GOLDEN / "defaults_literals.pg.sql").read_text()


@pytest.mark.parametrize("server_name", ["mysql", "mariadb"])
def test_select_alone_is_enough(server_name, request, schema_tool):
    """MariaDB hides foreign keys' actions from accounts that may only SELECT; nothing may be missing for that."""
    server = server_of(request, server_name)
    server.execute("CREATE USER IF NOT EXISTS 'reader'@'%' IDENTIFIED BY 'Reader-pass-1'")
    server.execute("GRANT SELECT ON `golden\\_%`.* TO 'reader'@'%'")
    try:
        for case in (c for c in CASES if c.name in ("foreign_keys", "checks", "defaults_literals", "generated", "partitions_sub")):
            load(server, case.database, case.sql)
            for dialect in DIALECTS:
                out = run_tool_as(schema_tool, server, "reader", "Reader-pass-1", case.database, f"dialect={dialect}")
                assert out == case.golden(dialect, server_name).read_text(), (case.name, dialect)
    finally:
        server.execute("DROP USER 'reader'@'%'")


def test_drop_never_takes_a_view_with_it(request, schema_tool, pg_db):
    m = moved(request, schema_tool, pg_db, "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a int, CONSTRAINT fk FOREIGN KEY (a) REFERENCES a (id))")
    m.create()
    m.pg.execute("CREATE VIEW m.mine AS SELECT id FROM m.a")
    drops = {name: sql for _, name, sql in statements(run_tool(schema_tool, m.server, m.name, "dialect=pg", "schema=m", "drop=1"))}
    with pytest.raises(Exception, match="mine"):
        m.pg.execute(drops["a"])
    assert m.pg.execute("SELECT count(*) FROM m.mine") == [(0,)]
    # One transaction: the foreign key that the text drops first is back as well.
    assert m.pg.execute("SELECT conname FROM pg_constraint WHERE contype = 'f'") == [("fk",)]
    m.pg.execute("DROP VIEW m.mine")
    m.pg.execute(drops["a"])  # alone: the foreign key of b goes with it, b stays
    assert m.pg.execute("SELECT count(*) FROM m.b") == [(0,)]
    m.pg.execute(drops["a"])  # what is not there is no error
    m.pg.execute(drops["b"])


def test_a_thousand_tables_are_read_in_bulk(request, schema_tool):
    """information_schema's joins are quadratic on MySQL 8 and later: a thousand tables must not take a minute."""
    server = request.getfixturevalue("mysql9")
    load(server, "schema_many", "".join(f"CREATE TABLE t{i} (id int PRIMARY KEY, v int, KEY k (v), CHECK (v > {i}));" for i in range(1000)))
    result = schema_tool(f"host={server.host}", f"port={server.port}", f"user={server.user}", "database=schema_many", "dialect=pg", "time=1",
                         env={"SCHEMA_PASSWORD": server.password}).ok()
    assert len(re.findall("^CREATE TABLE ", result.out, re.M)) == 1000
    assert int(re.search(r"read (\d+) ms", result.err)[1]) < 10_000


def test_old_mysql(request, schema_tool, pg_db):
    """MySQL 5.6: no generated columns, no checks, no expressions; the catalog has fewer columns."""
    server = request.getfixturevalue("mysql56")
    m = Moved(schema_tool, server, pg_db, """
        CREATE TABLE p (id int unsigned AUTO_INCREMENT PRIMARY KEY, s varchar(20) DEFAULT 'it''s', b varbinary(4) NOT NULL DEFAULT x'00ff',
          t timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, d datetime(3) DEFAULT CURRENT_TIMESTAMP(3), f bit(3) DEFAULT b'101', KEY k (s(5))) COMMENT 'old';
        CREATE TABLE c (id int PRIMARY KEY, p int unsigned, CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE);
        CREATE TABLE r (id int NOT NULL, d date NOT NULL, PRIMARY KEY (id, d)) PARTITION BY RANGE (year(d)) (PARTITION a VALUES LESS THAN (2000), PARTITION b VALUES LESS THAN MAXVALUE)""")
    m.create()
    m.pg.execute("INSERT INTO m.p (s) VALUES (DEFAULT)")
    row = m.pg.execute("SELECT id, s, encode(b, 'hex'), t IS NOT NULL, d IS NOT NULL, f::text FROM m.p")
    assert row == [(1, "it's", "00ff", True, True, "101")]
    with pytest.raises(Exception, match="foreign key"):
        m.pg.execute("INSERT INTO m.c VALUES (1, 99)")
