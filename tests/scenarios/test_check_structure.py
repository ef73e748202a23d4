"""Definitions compared: nothing found in what was loaded, every seeded fault found and named alone, nothing left behind."""

import os
import signal

import pytest
from moving import error_of, last_event, wait_until
from test_check_rows import DIFFERENT
from test_schema import RUNS, load, server_of


def checked(move, server, database, *options, code=0, schema=None):
    result = move("check", server, database, "--structure-only", *options, schema=schema)
    assert result.code == code, str(result)
    return last_event(result, "check")["check"]


def clean(move, server, database, *options):
    report = checked(move, server, database, *options)
    assert report["structure"] == [] and report["structure_unchecked"] == [] and report["structure_compared"], report
    return report


# ---- what was loaded is the same ----

POLICY = ["--on-loss", "zero-date=null"]


@pytest.mark.parametrize("case, server", RUNS, ids=["%s-%s" % (c.name, s) for c, s in RUNS])
def test_what_was_loaded_is_the_same(move, request, case, server):
    source = server_of(request, server)
    load(source, case.database, case.sql)
    move("load", source, case.database, *POLICY).ok()
    clean(move, source, case.database, *POLICY)


# ---- faults ----

SHOP = ["DROP DATABASE IF EXISTS faults", "CREATE DATABASE faults CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "USE faults",
        "CREATE TABLE customer (id int AUTO_INCREMENT PRIMARY KEY, email varchar(80) NOT NULL COMMENT 'where to',"
        " city varchar(40) DEFAULT 'Ulm', credit decimal(12,2) NOT NULL DEFAULT 0, made timestamp NOT NULL DEFAULT"
        " CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, twice decimal(13,2) AS (credit * 2) STORED, note text,"
        " CONSTRAINT rich CHECK (credit < 1000000), UNIQUE KEY by_email (email), KEY by_city (city, credit)) COMMENT 'who buys'"
        " AUTO_INCREMENT = 500",
        "CREATE TABLE orders (id bigint PRIMARY KEY, customer int, day date NOT NULL,"
        " CONSTRAINT who FOREIGN KEY (customer) REFERENCES customer (id) ON DELETE CASCADE)",
        "CREATE TABLE log (id int, day date NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE COLUMNS (day)"
        " (PARTITION p0 VALUES LESS THAN ('2024-01-01'), PARTITION p1 VALUES LESS THAN ('2025-01-01'))",
        "CREATE TABLE plain (a int, b varchar(10))"]

FAULTS = {
    "table dropped": ("DROP TABLE faults.plain", ("plain", "table", "definition", "missing")),
    "table more": ("CREATE TABLE faults.other (a int)", (None, "table other", "definition", "extra")),
    "table unlogged": ("ALTER TABLE faults.plain SET UNLOGGED", ("plain", "table", "persistence", "changed")),
    "table comment": ("COMMENT ON TABLE faults.customer IS 'who paid'", ("customer", "table", "comment", "changed")),
    "view instead": ("ALTER TABLE faults.plain RENAME TO kept; ALTER TABLE faults.kept SET SCHEMA public;"
                     "CREATE VIEW faults.plain AS SELECT * FROM public.kept", ("plain", "table", "kind", "changed")),
    "column dropped": ("ALTER TABLE faults.customer DROP COLUMN note", ("customer", "column note", "definition", "missing")),
    "column more": ("ALTER TABLE faults.customer ADD COLUMN x int", ("customer", "column x", "definition", "extra")),
    "type": ("ALTER TABLE faults.plain ALTER a TYPE bigint", ("plain", "column a", "type", "changed")),
    "length": ("ALTER TABLE faults.plain ALTER b TYPE varchar(9)", ("plain", "column b", "type", "changed")),
    "not null": ("ALTER TABLE faults.customer ALTER email DROP NOT NULL", ("customer", "column email", "nullability", "changed")),
    "null": ("ALTER TABLE faults.plain ALTER a SET NOT NULL", ("plain", "column a", "nullability", "changed")),
    "default changed": ("ALTER TABLE faults.customer ALTER city SET DEFAULT 'Bonn'", ("customer", "column city", "default", "changed")),
    "default dropped": ("ALTER TABLE faults.customer ALTER credit DROP DEFAULT", ("customer", "column credit", "default", "changed")),
    "default more": ("ALTER TABLE faults.plain ALTER a SET DEFAULT 7", ("plain", "column a", "default", "changed")),
    "column comment": ("COMMENT ON COLUMN faults.customer.email IS NULL", ("customer", "column email", "comment", "changed")),
    "identity dropped": ("ALTER TABLE faults.customer ALTER id DROP IDENTITY", ("customer", "column id", "counter", "changed")),
    "expression": ("ALTER TABLE faults.customer DROP COLUMN twice; ALTER TABLE faults.customer ADD COLUMN twice numeric(13,2)"
                   " GENERATED ALWAYS AS (credit * 3) STORED", ("customer", "column twice", "generated", "changed")),
    "no expression": ("ALTER TABLE faults.customer ALTER twice DROP EXPRESSION", ("customer", "column twice", "generated", "changed")),
    "index dropped": ("DROP INDEX faults.by_city", ("customer", "index by_city", "definition", "missing")),
    "index of other order": ("DROP INDEX faults.by_city; CREATE INDEX by_city ON faults.customer (credit, city)",
                             ("customer", "index by_city", "definition", "changed")),
    "index descending": ("DROP INDEX faults.by_city; CREATE INDEX by_city ON faults.customer (city, credit DESC)",
                         ("customer", "index by_city", "definition", "changed")),
    "index no more unique": ("DROP INDEX IF EXISTS faults.by_email; ALTER TABLE faults.customer DROP CONSTRAINT IF EXISTS by_email;"
                             "CREATE INDEX by_email ON faults.customer (email)", ("customer", "index by_email", "definition", "changed")),
    "unique index dropped": ("DROP INDEX IF EXISTS faults.by_email; ALTER TABLE faults.customer DROP CONSTRAINT IF EXISTS by_email",
                             ("customer", "index by_email", "definition", "missing")),
    "primary key of another order": ("ALTER TABLE faults.log DROP CONSTRAINT log_pkey; ALTER TABLE faults.log ADD PRIMARY KEY (day, id)",
                                     ("log", "primary key", "definition", "changed")),
    "index more": ("CREATE INDEX more ON faults.plain (b)", ("plain", "index more", "definition", "extra")),
    "index partial": ("DROP INDEX faults.by_city; CREATE INDEX by_city ON faults.customer (city, credit) WHERE credit > 0",
                      ("customer", "index by_city", "definition", "changed")),
    "primary key dropped": ("ALTER TABLE faults.orders DROP CONSTRAINT orders_pkey; ALTER TABLE faults.orders ALTER id SET NOT NULL",
                            ("orders", "primary key", "definition", "missing")),
    "foreign key dropped": ("ALTER TABLE faults.orders DROP CONSTRAINT who", ("orders", "foreign key who", "definition", "missing")),
    "foreign key action": ("ALTER TABLE faults.orders DROP CONSTRAINT who; ALTER TABLE faults.orders ADD CONSTRAINT who FOREIGN KEY"
                           " (customer) REFERENCES faults.customer (id)", ("orders", "foreign key who", "definition", "changed")),
    "foreign key not valid": ("ALTER TABLE faults.orders DROP CONSTRAINT who; ALTER TABLE faults.orders ADD CONSTRAINT who {fk}"
                              " NOT VALID",
                              ("orders", "foreign key who", "validation", "changed")),
    "check dropped": ("ALTER TABLE faults.customer DROP CONSTRAINT rich", ("customer", "check rich", "definition", "missing")),
    "check changed": ("ALTER TABLE faults.customer DROP CONSTRAINT rich; ALTER TABLE faults.customer ADD CONSTRAINT rich CHECK"
                      " (credit < 2000000)", ("customer", "check rich", "definition", "changed")),
    "check more": ("ALTER TABLE faults.plain ADD CONSTRAINT small CHECK (a < 5)", ("plain", "check small", "definition", "extra")),
    "partition gone": ("DROP TABLE faults.{p1}", ("log", "partition {p1}", "bounds", "missing")),
    "partition more": ("CREATE TABLE faults.p9 PARTITION OF faults.log FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')",
                       ("log", "partition p9", "bounds", "extra")),
    "partition bounds": ("DROP TABLE faults.{p1}; CREATE TABLE faults.{p1} PARTITION OF faults.log FOR VALUES FROM ('2024-01-01')"
                         " TO ('2024-12-31')", ("log", "partition {p1}", "bounds", "changed")),
    "foreign key of another column": ("ALTER TABLE faults.orders DROP CONSTRAINT who; ALTER TABLE faults.orders ADD CONSTRAINT who"
                                      " FOREIGN KEY (customer) REFERENCES faults.customer (id) ON DELETE CASCADE ON UPDATE CASCADE",
                                      ("orders", "foreign key who", "definition", "changed")),
    "counter set back": ("SELECT setval(pg_get_serial_sequence('faults.customer', 'id'), 499, false)",
                         ("customer", "counter of id", "next value", "changed")),
    "counter at its beginning": ("ALTER TABLE faults.customer ALTER id RESTART", ("customer", "counter of id", "next value", "changed")),
    "collation": ("ALTER TABLE faults.plain ALTER b TYPE varchar(10) COLLATE \"C\"", ("plain", "column b", "collation", "changed")),
    "trigger's function": ("CREATE OR REPLACE FUNCTION faults.{function}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                           ("customer", "trigger {trigger}", "function", "changed")),
    "trigger more": ("CREATE FUNCTION faults.audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER audit"
                     " AFTER INSERT ON faults.plain FOR EACH ROW EXECUTE FUNCTION faults.audit()",
                     ("plain", "trigger audit", "definition", "extra")),
    "partitioning gone": ("DROP TABLE faults.log; CREATE TABLE faults.log (id int, day date, PRIMARY KEY (id, day))",
                          ("log", "partitioning", "key", "missing")),
    "counter behind": ("ALTER TABLE faults.customer ALTER id RESTART WITH 499", ("customer", "counter of id", "next value", "changed")),
    "trigger disabled": ("ALTER TABLE faults.customer DISABLE TRIGGER {trigger}", ("customer", "trigger {trigger}", "state", "changed")),
    "trigger dropped": ("DROP TRIGGER {trigger} ON faults.customer", ("customer", "trigger {trigger}", "definition", "missing")),
}
# Which side has nothing to tell, where that does not follow from the kind.
EMPTY = {"default dropped": (False, True), "default more": (True, False), "column comment": (False, True),
         "identity dropped": (False, True), "no expression": (False, True)}
EQUAL = {
    "storage": "ALTER TABLE faults.customer SET (fillfactor = 50); ALTER INDEX faults.by_city SET (fillfactor = 60);"
               "ALTER TABLE faults.customer ALTER note SET STORAGE EXTERNAL; ALTER TABLE faults.customer ALTER city SET STATISTICS 7",
    "index renamed": "ALTER INDEX faults.by_city RENAME TO other_name",
    "constraints renamed": "ALTER TABLE faults.customer RENAME CONSTRAINT rich TO poor; ALTER TABLE faults.orders RENAME CONSTRAINT who"
                           " TO whom; ALTER TABLE faults.orders RENAME CONSTRAINT orders_pkey TO the_key",
    "counter ahead": "ALTER TABLE faults.customer ALTER id RESTART WITH 501",
    "columns in other order": "ALTER TABLE faults.plain DROP COLUMN a; ALTER TABLE faults.plain ADD COLUMN a int",
    "counter by setval": "SELECT setval(pg_get_serial_sequence('faults.customer', 'id'), 499)",
    "default as text": "ALTER TABLE faults.customer ALTER credit SET DEFAULT '0.00'",
    "owner and rights": "GRANT SELECT ON faults.customer TO PUBLIC",
    "another's function": "CREATE FUNCTION faults.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW faults.v AS SELECT 1 AS a",
}


@pytest.fixture
def shop(move, source):
    source.script(SHOP)
    move("load", source, "faults").ok()
    names = {"function": move.one("SELECT proname FROM pg_proc WHERE pronamespace = 'faults'::regnamespace"),
             "fk": move.one("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'who'"),
             "p1": move.one("SELECT relname FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid WHERE"
                            " pg_get_expr(relpartbound, c.oid) LIKE '%2025%'"),
             "trigger": move.one("SELECT tgname FROM pg_trigger WHERE tgrelid = 'faults.customer'::regclass AND NOT tgisinternal")}
    return source, names


@pytest.mark.parametrize("source", ["mysql9"], indirect=True)  # the faults are the target's
def test_each_fault_is_found_alone(move, shop):
    source, names = shop
    clean(move, source, "faults")
    target, template = move.target.server, move.target.name
    for fault, (sql, expected) in FAULTS.items():
        copy = template + "_copy"
        target.execute("DROP DATABASE IF EXISTS %s" % copy)
        move.target.close()
        target.execute("CREATE DATABASE %s TEMPLATE %s" % (copy, template))
        try:
            target.script([sql.format(**names)], database=copy)
            move.target.name = copy
            report = checked(move, source, "faults", code=DIFFERENT)
        finally:
            move.target.name = template
            target.execute("DROP DATABASE %s WITH (FORCE)" % copy)
        found = [(d["table"], d["object"], d["what"], d["kind"]) for d in report["structure"]]
        assert found == [tuple(e and e.format(**names) for e in expected)], fault
        one = report["structure"][0]
        assert one["expected"] != one["found"], fault
        assert (one["expected"] is None, one["found"] is None) == EMPTY.get(fault, (one["kind"] == "extra", one["kind"] == "missing")), fault
        assert report["structure_unchecked"] == [], fault


def test_what_is_no_difference(move, shop):
    source, names = shop
    for what, sql in EQUAL.items():
        move.target.script([sql])
        report = checked(move, source, "faults")
        assert report["same"], (what, report["structure"])


def test_several_at_once_and_for_people(move, shop):
    source, names = shop
    urls = move.urls(source, "faults", None)
    text = move.godwit("check", *urls, "--structure-only", env=move.passwords(source)).ok().out
    assert text.startswith("The same: the definitions of 4 tables; rows not compared.\n"), text
    faults = ["type", "index dropped", "table more", "default changed", "counter behind", "partition more"]
    move.target.script([FAULTS[f][0].format(**names) for f in faults])
    report = checked(move, source, "faults", code=DIFFERENT)
    assert {(d["table"], d["object"]) for d in report["structure"]} == {FAULTS[f][1][:2] for f in faults}
    text = move.godwit("check", *urls, "--structure-only", env=move.passwords(source)).failed(DIFFERENT).out
    assert text.startswith("Different.\n") and "Definitions (expected -> found)" in text, text
    for line in ("missing  customer: index by_city, definition: btree (city, credit)  ->  none",
                 "changed  plain: column a, type: integer  ->  bigint",
                 "changed  customer: column city, default: 'Ulm'::character varying  ->  'Bonn'::character varying",
                 "changed  customer: counter of id, next value: 500  ->  499",
                 "extra    table other, definition: none  ->  faults.other"):
        assert "    " + line + "\n" in text, text


def test_some_tables_alone(move, shop):
    """What points at a table that was not selected is not expected, and no fault; nor are the others' tables."""
    source, names = shop
    checked(move, source, "faults", "--table", "orders")
    checked(move, source, "faults", "--exclude", "customer")
    move.target.execute("ALTER TABLE faults.orders RENAME CONSTRAINT who TO whom")
    checked(move, source, "faults", "--table", "orders")
    move.target.script([FAULTS["type"][0], "ALTER TABLE faults.orders ADD COLUMN x int"])
    report = checked(move, source, "faults", "--table", "orders", code=DIFFERENT)
    assert [(d["table"], d["object"]) for d in report["structure"]] == [("orders", "column x")]


def test_the_source_changed_after_the_load(move, shop):
    source, _ = shop
    source.script(["USE faults", "ALTER TABLE plain ADD COLUMN fresh int NOT NULL DEFAULT 3, ADD KEY by_b (b)",
                   "CREATE TABLE new_one (id int PRIMARY KEY)"])
    report = checked(move, source, "faults", code=DIFFERENT)
    assert {(d["table"], d["object"], d["kind"]) for d in report["structure"]} == {
        ("plain", "column fresh", "missing"), ("plain", "index by_b", "missing"), ("new_one", "table", "missing")}


def test_a_schema_that_somebody_else_made(move, mysql9):
    mysql9.script(["DROP DATABASE IF EXISTS hand", "CREATE DATABASE hand CHARACTER SET utf8mb4", "USE hand",
                   "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, s varchar(20) DEFAULT 'x', n decimal(10,2) DEFAULT 5)"])
    move.target.script(["CREATE SCHEMA hand", "CREATE TABLE hand.t (id serial PRIMARY KEY, s text DEFAULT 'x', n numeric DEFAULT '5')"])
    report = checked(move, mysql9, "hand", code=DIFFERENT)
    assert {(d["object"], d["what"]) for d in report["structure"]} == {("column id", "counter"), ("column s", "type"),
                                                                      ("column n", "type")}


def test_a_schema_made_by_hand(move, mysql9):
    """Other words for the same, other types, keys as constraints, no keys at all: each is named, whatever it is."""
    mysql9.script(["DROP DATABASE IF EXISTS hand", "CREATE DATABASE hand CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "USE hand",
                   "CREATE TABLE a (id bigint AUTO_INCREMENT PRIMARY KEY, s varchar(20) NOT NULL, t text, b tinyint(1), e enum('x','y'),"
                   " j json, d datetime(3), UNIQUE (s)) AUTO_INCREMENT = 7",
                   "CREATE TABLE b (id int PRIMARY KEY, a bigint, FOREIGN KEY (a) REFERENCES a (id))",
                   "CREATE TABLE same (id int PRIMARY KEY, s varchar(20) NOT NULL DEFAULT 'x', KEY (s))"])
    move.target.script([
        "CREATE SCHEMA hand", "CREATE DOMAIN hand.word AS varchar(30) CHECK (value <> '')", "CREATE TYPE hand.mood AS ENUM ('x', 'y')",
        "CREATE TABLE hand.a (id bigserial PRIMARY KEY, s hand.word UNIQUE, t varchar(1000), b boolean, e hand.mood, j json,"
        " d timestamptz, EXCLUDE USING btree (t WITH =))",
        "CREATE VIEW hand.b AS SELECT 1 AS id, 2::bigint AS a",
        "CREATE TABLE hand.same (s varchar(20) DEFAULT 'x' NOT NULL, id int4, CONSTRAINT some_key PRIMARY KEY (id))",
        "CREATE INDEX ON hand.same (s)", "SELECT setval('hand.a_id_seq', 100)"])
    report = checked(move, mysql9, "hand", code=DIFFERENT)
    named = {(d["table"], d["object"], d["what"]) for d in report["structure"]}
    assert {("a", "column " + c, "type") for c in "stbed"} <= named and ("b", "table", "kind") in named
    assert {("a", "column id", "counter"), ("a", "column s", "nullability")} <= named
    assert ("a", "column j", "type") in named  # jsonb is what a load makes
    assert not {n for n in named if n[0] == "same" or "counter of" in n[1] or "primary" in n[1]}
    assert report["structure_unchecked"] == []


# ---- nothing stays behind, and what may not be done ----

LEFT = ("SELECT (SELECT count(*) FROM pg_namespace), (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_type),"
        " (SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'godwit_check_%')")


@pytest.mark.parametrize("how", ["to its end", "interrupted", "killed"])
def test_nothing_stays_behind(move, shop, how):
    source, _ = shop
    before = move.target.execute(LEFT)
    lock = move.target.connect()
    try:
        if how == "to its end":
            clean(move, source, "faults")
        else:  # it waits for the table's definition inside its transaction
            with lock.cursor() as cursor:
                cursor.execute("BEGIN; LOCK TABLE pg_catalog.pg_trigger IN ACCESS EXCLUSIVE MODE")
            run = move.start("check", source, "faults", "--structure-only")
            waiting = ("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            wait_until(lambda: move.one(waiting), "the check waits", 60, run.alive)
            run.signal(signal.SIGINT if how == "interrupted" else signal.SIGKILL)
            if how == "killed":
                run.wait()
            else:
                run.wait_for("SIGINT|stop")
            with lock.cursor() as cursor:
                cursor.execute("ROLLBACK")
            assert run.wait().code == (130 if how == "interrupted" else -signal.SIGKILL)
    finally:
        lock.close()
    wait_until(lambda: move.one("SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname ="
                                " current_database() AND l.pid <> pg_backend_pid()") == 0, "no locks")
    wait_until(lambda: move.one("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <>"
                                " pg_backend_pid() AND backend_type = 'client backend'") == 0, "no sessions")
    assert move.target.execute(LEFT) == before


def test_without_the_right_to_create_a_schema(move, shop):
    source, _ = shop
    role, password = "reader_%d" % os.getpid(), "r34d"
    server = move.target.server
    server.execute("DROP ROLE IF EXISTS %s" % role)
    server.execute("CREATE ROLE %s LOGIN PASSWORD '%s'" % (role, password))
    try:
        move.target.script(["GRANT USAGE ON SCHEMA faults TO %s" % role, "GRANT SELECT ON ALL TABLES IN SCHEMA faults TO %s" % role])
        first, second = move.urls(source, "faults", None)
        second = second.replace("//%s@" % server.user, "//%s@" % role)
        result = move.godwit("check", first, second, "--progress", "json",
                             env={"GODWIT_SOURCE_PASSWORD": source.password, "GODWIT_TARGET_PASSWORD": password}).failed(1)
        assert error_of(result)["code"] == "GW1050"
        report = last_event(result, "check")["check"]
        assert report["rows_compared"] and not report["structure_compared"] and not report["different"]
        assert "GRANT CREATE ON DATABASE" in report["structure_not_compared"] and role in report["structure_not_compared"]
        move.target.execute("ALTER ROLE %s SET default_transaction_read_only = on" % role)
        result = move.godwit("check", first, second, "--progress", "json",
                             env={"GODWIT_SOURCE_PASSWORD": source.password, "GODWIT_TARGET_PASSWORD": password}).failed(1)
        assert error_of(result)["code"] == "GW1050"
        report = last_event(result, "check")["check"]
        assert "read-only" in report["structure_not_compared"] and report["rows_compared"]
    finally:
        move.target.script(["DROP OWNED BY %s" % role])
        server.execute("DROP ROLE %s" % role)


def test_a_read_only_target(move, shop):
    source, _ = shop
    move.target.execute("ALTER DATABASE %s SET default_transaction_read_only = on" % move.target.name)
    result = move("check", source, "faults").failed(1)
    assert error_of(result)["code"] == "GW1050"
    report = last_event(result, "check")["check"]
    assert "read-only" in report["structure_not_compared"] and report["structure"] == []
    assert report["rows_compared"] and not report["structure_compared"] and not report["different"]


def test_no_schema_at_all(move, shop):
    source, _ = shop
    move.target.execute("DROP SCHEMA faults CASCADE")
    report = checked(move, source, "faults", code=DIFFERENT)
    assert {(d["table"], d["object"], d["kind"]) for d in report["structure"]} == {
        (t, "table", "missing") for t in ("customer", "log", "orders", "plain")}


def test_many_tables_in_batches(move, mysql9):
    """Foreign keys reach into other batches; the target has to hold their locks only for a batch."""
    n = 500
    mysql9.script(["DROP DATABASE IF EXISTS many", "CREATE DATABASE many CHARACTER SET utf8mb4", "USE many"]
                  + ["CREATE TABLE t%d (id int PRIMARY KEY, up int%s)" % (
                      i, ", FOREIGN KEY (up) REFERENCES t%d (id)" % (i * 7 % 100) if i >= 100 else "") for i in range(n)])
    move("load", mysql9, "many", timeout=300).ok()
    clean(move, mysql9, "many")
    move.target.script(["ALTER TABLE many.t311 DROP CONSTRAINT IF EXISTS t311_ibfk_1", "ALTER TABLE many.t9 ALTER up TYPE bigint"])
    report = checked(move, mysql9, "many", code=DIFFERENT)
    assert {(d["table"], d["object"].split()[0]) for d in report["structure"]} == {("t311", "foreign"), ("t9", "column")}
