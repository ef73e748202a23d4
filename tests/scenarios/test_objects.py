"""godwit objects: views, functions, procedures and triggers of a shop arrive, and do in PostgreSQL what they do in MySQL and MariaDB."""

import json
import re

import psycopg2
import pymysql
import pytest

import objects_hr
import objects_ledger
import objects_ticketing
from expr_values import decode_pg, different
from objects_shop import OBJECTS, TABLES, WORK

HAND = ("-- @statement\nCREATE FUNCTION {s}.waiting(a timestamp, b timestamp) RETURNS time LANGUAGE sql IMMUTABLE AS $$ SELECT (b - a)::time $$\n"
        "-- @drop\nDROP FUNCTION IF EXISTS {s}.waiting(timestamp, timestamp)\n")


@pytest.fixture
def shop(source):
    name = "objects_shop"
    source.execute(f"DROP DATABASE IF EXISTS {name}")
    source.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    source.execute("SET GLOBAL log_bin_trust_function_creators = 1")
    source.script(TABLES + OBJECTS, database=name)
    yield name
    source.execute(f"DROP DATABASE {name}")


def objects(move, server, database, *options, code=0):
    result = move("objects", server, database, "--json", *options)
    assert result.code == code, str(result)
    return {(o["kind"], o["name"]): o for o in result.json["objects"]}


def states(found):
    return {name: o["state"] for (_, name), o in found.items()}


def mysql_does(connection, text):
    cursor, sets = connection.cursor(), []
    connection.begin()  # as a CALL is one transaction in the target
    try:
        cursor.execute(text)
    except pymysql.MySQLError as e:
        connection.rollback()
        return ("error", e.args[1])
    while True:
        if cursor.description is not None:
            sets.append(list(cursor.fetchall()))
        if not cursor.nextset():
            break
    for variable in re.findall(r"@[a-z]\w*", text):
        cursor.execute(f"SELECT {variable}")
        sets.append(list(cursor.fetchall()))
    connection.commit()
    return sets


def postgres_does(connection, text):
    cursor, sets = connection.cursor(), []
    text = re.sub(r"@[a-z]\w*", "NULL", text)
    try:
        with connection:
            cursor.execute(re.sub(r"'(\d{4}-\d\d-\d\d [\d:]+)'", r"timestamp '\1'", text))
            if cursor.description is None:
                return []
            if not text.startswith("CALL"):
                return [cursor.fetchall()]
            names, row = [d[0] for d in cursor.description], cursor.fetchone()
            for name, value in zip(names, row):
                if name.startswith("result_"):
                    cursor.execute(f'FETCH ALL FROM "{value}"')
                    sets.append(cursor.fetchall())
                else:
                    sets.append([(value,)])
            return sets
    except psycopg2.Error as e:
        return ("error", e.diag.message_primary)


def same(mysql, pg):
    if isinstance(mysql, tuple) or isinstance(pg, tuple):
        return mysql == pg
    return len(mysql) == len(pg) and all(
        len(a) == len(b) and not any(different(x, decode_pg(y)) for r, s in zip(a, b) for x, y in zip(r, s)) for a, b in zip(mysql, pg))


def both_do(move, server, database, work):
    mysql, pg = server.connect(database=database), move.target.connect()
    mysql.cursor().execute("SET time_zone = '+00:00'")
    mysql.autocommit(True)
    pg.cursor().execute(f"SET search_path = {database}")
    pg.commit()
    try:
        for text in work:
            here, there = mysql_does(mysql, text), postgres_does(pg, text)
            assert same(here, there), f"{text}\nMySQL {here}\nPostgreSQL {there}"
    finally:
        mysql.close()
        pg.close()


def test_names_that_routines_triggers_and_events_share(move, source):
    """In MySQL each kind has its own; in the target they are all routines."""
    name = "objects_namesakes"
    source.execute(f"DROP DATABASE IF EXISTS {name}")
    source.execute(f"CREATE DATABASE {name}")
    source.execute("SET GLOBAL log_bin_trust_function_creators = 1")
    source.script(["CREATE TABLE logs (id int PRIMARY KEY AUTO_INCREMENT, old int NOT NULL)",
                   "CREATE PROCEDURE clear_old() DELETE FROM logs WHERE old = 1", "CREATE EVENT clear_old ON SCHEDULE EVERY 1 DAY DISABLE DO CALL clear_old()",
                   "CREATE TRIGGER clear_old BEFORE INSERT ON logs FOR EACH ROW SET NEW.old = NEW.old + 1",
                   "CREATE TRIGGER aged BEFORE UPDATE ON logs FOR EACH ROW SET NEW.old = NEW.old + 10",
                   "CREATE EVENT aged ON SCHEDULE EVERY 1 DAY DISABLE DO UPDATE logs SET old = old"], database=name)
    try:
        move("load", source, name).ok()
        for _ in range(2):  # the second time what the first has made goes first
            found = objects(move, source, name, "--apply", "--triggers=enabled")
            assert set(states(found).values()) == {3}, found
        move.target.execute(f"INSERT INTO {name}.logs (old) VALUES (0), (1)")
        move.target.execute(f"CALL {name}.aged_event()")
        assert move.target.execute(f"SELECT old FROM {name}.logs ORDER BY id") == [(11,), (12,)]
        move.target.execute(f"INSERT INTO {name}.logs (old) VALUES (0)")
        move.target.execute(f"CALL {name}.clear_old_event()")
        assert move.one(f"SELECT count(*) FROM {name}.logs") == 2
        move("objects", source, name, "--drop").ok()
        assert move.one("SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = %s", (name,)) == 0
    finally:
        source.execute(f"DROP DATABASE {name}")


def test_a_shop_arrives_and_works(move, source, shop, tmp_path):
    move("load", source, shop).ok()

    # Looking changes nothing, and tells what is in the way and where.
    found = objects(move, source, shop, "--list")
    assert len(found) == len(OBJECTS)
    assert move.one("SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = %s", (shop,)) == 0
    refused = {name: o["error"] for (_, name), o in found.items() if o["state"] == 6}
    assert set(refused) == {"waiting", "fingerprint"}, refused
    fingerprint = found["function", "fingerprint"]
    line, column = fingerprint["place"]["line"], fingerprint["place"]["column"]
    assert "AES_ENCRYPT" in fingerprint["error"]["message"] and fingerprint["source"].splitlines()[line - 1][column - 1:].startswith("AES_ENCRYPT")
    assert found["event", "nightly"]["notes"], "an event is told to need somebody who calls it"
    order = [name for _, name in found]
    assert order.index("order_total") < order.index("a_lines") < order.index("z_orders") < order.index("客户消费") < order.index("items_price")

    # Into files; one is translated by hand.
    directory = tmp_path / "objects"
    move("objects", source, shop, "--translate", directory).ok()
    assert len(list(directory.iterdir())) == len(OBJECTS)
    text = (directory / "function.waiting.sql").read_text()
    assert "GW3060" in text and "-- " in text and "TIMEDIFF" in text.upper()
    text = (directory / "view.客户消费.sql").read_text()
    assert "-- @statement\nCREATE VIEW" in text and f'DROP VIEW IF EXISTS "{shop}"."客户消费"' in text

    # What has no translation, and what needs that, fails; all else is there.
    found = objects(move, source, shop, "--apply", code=1)
    assert {name for name, s in states(found).items() if s != 3} == {"waiting", "fingerprint", "shipped"}
    assert found["view", "shipped"]["error"]["code"] == "GW3061"
    both_do(move, source, shop, WORK)

    # The edited one is taken, kept without being told again, and kept by --translate. Everything is made anew.
    (directory / "function.waiting.sql").write_text(text_of_edit(directory, shop))
    found = objects(move, source, shop, "--apply", "--from", directory, code=1)
    assert {name for name, s in states(found).items() if s != 3} == {"fingerprint"}
    assert found["function", "waiting"]["edited"]
    found = objects(move, source, shop, "--apply", code=1)
    assert {name for name, s in states(found).items() if s != 3} == {"fingerprint"}
    assert found["function", "waiting"]["edited"]
    edited = (directory / "function.waiting.sql").read_text()
    move("objects", source, shop, "--translate", directory).ok()
    assert (directory / "function.waiting.sql").read_text() == edited
    both_do(move, source, shop, ["SELECT * FROM shipped ORDER BY id", *WORK])

    # The source's definition changes: one is made again, with what shows it; the hand's translation is told to be older.
    source.execute("CREATE OR REPLACE VIEW a_lines AS SELECT i.order_id, i.line, p.name AS product, i.quantity, i.quantity * i.price + 1 AS amount "
                   "FROM items i JOIN products p ON p.id = i.product", database=shop)
    source.script(["DROP FUNCTION waiting", OBJECTS[2].replace("CONCAT(a)", "CONCAT(a + INTERVAL 0 SECOND)")], database=shop)
    found = objects(move, source, shop, "--apply", "--only", "a_lines")
    assert states(found) == {"a_lines": 3, "z_orders": 3, "客户消费": 3}
    both_do(move, source, shop, ["SELECT * FROM z_orders ORDER BY id", "SELECT * FROM 客户消费 ORDER BY 编号"])
    found = objects(move, source, shop, "--report", tmp_path / "objects.json")
    assert [name for name, s in states(found).items() if s != 3] == ["fingerprint"]
    assert found["function", "waiting"]["source_moved"] and not found["view", "a_lines"]["source_moved"]
    report = json.loads((tmp_path / "objects.json").read_text())
    assert report["objects"] == list(found.values()) and report["failed"] == 1 and report["lacking"] == []

    # The tables anew: the views go first.
    move("load", source, shop, "--overwrite").failed()
    dropped = objects(move, source, shop, "--drop")
    assert not [name for name, s in states(dropped).items() if s == 3]
    move("load", source, shop, "--overwrite").ok()
    found = objects(move, source, shop, "--apply", code=1)
    assert [name for name, s in states(found).items() if s != 3] == ["fingerprint"]
    both_do(move, source, shop, WORK)

    # For people, in both languages.
    shown = move("objects", source, shop).ok().out
    assert re.search(r"function +fingerprint +failed", shown) and "GW3060" in shown and "nightly" in shown, shown
    shown = move("objects", source, shop, "--lang", "zh").ok().out
    assert "存储过程" in shown and "客户消费" in shown and "提示" in shown, shown


def text_of_edit(directory, schema):
    """As a person does it: the head stays, the statement is written behind it."""
    text = (directory / "function.waiting.sql").read_text()
    return text[:text.index("-- @drop")] + HAND.format(s=schema)


def test_triggers_may_wait(move, mysql9, tmp_path):
    name = "objects_triggers"
    mysql9.execute(f"DROP DATABASE IF EXISTS {name}")
    mysql9.execute(f"CREATE DATABASE {name}")
    mysql9.script(["CREATE TABLE t (id int PRIMARY KEY, n int, at timestamp NULL ON UPDATE CURRENT_TIMESTAMP)",
                   "CREATE TRIGGER one BEFORE INSERT ON t FOR EACH ROW SET NEW.n = NEW.n + 1",
                   "CREATE TRIGGER a_two BEFORE INSERT ON t FOR EACH ROW SET NEW.n = NEW.n * 10"], database=name)
    move("load", mysql9, name).ok()
    enabled = "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
    objects(move, mysql9, name, "--apply", "--triggers", "disabled")
    assert move.target.execute(enabled) == [("01_one", "D"), ("02_a_two", "D"), ("t_on_update", "O")]
    objects(move, mysql9, name, "--apply")
    assert move.target.execute(enabled) == [("01_one", "O"), ("02_a_two", "O"), ("t_on_update", "O")]
    both_do(move, mysql9, name, ["INSERT INTO t (id, n) VALUES (1, 4)", "SELECT id, n FROM t"])
    # While the source's changes are followed they would fire twice.
    move.target.execute("INSERT INTO godwit.apply (task, in_order, shape, change) VALUES (%s, 0, '', 0)", (f"{name} -> {name}",))
    objects(move, mysql9, name, "--apply")
    assert [e for _, e in move.target.execute(enabled)] == ["D", "D", "O"]
    # A table that is loaded anew takes its triggers along.
    move("load", mysql9, name, "--overwrite").ok()
    assert set(states(objects(move, mysql9, name)).values()) == {1}
    # Somebody else's object of that name stays.
    move.target.execute(f"CREATE VIEW {name}.v AS SELECT 1 AS mine")
    mysql9.execute("CREATE VIEW v AS SELECT 2 AS ours", database=name)
    found = objects(move, mysql9, name, "--apply", "--only", "v", code=1)
    assert "not made" in found["view", "v"]["error"]["hint"], found
    assert move.one(f"SELECT mine FROM {name}.v") == 1
    # A function of the compatibility schema that cannot be made stops what uses it, nothing else.
    move.target.execute("CREATE SCHEMA IF NOT EXISTS godwit_compat")
    move.target.execute("CREATE FUNCTION godwit_compat.soundex(s text) RETURNS int LANGUAGE sql AS 'SELECT 1'")
    mysql9.script(["CREATE VIEW heard AS SELECT soundex('a') AS s", "CREATE VIEW seen AS SELECT quote('a') AS q"], database=name)
    found = objects(move, mysql9, name, "--apply", "--only", "heard", "--only", "seen", code=1)
    assert "function soundex of schema godwit_compat" in found["view", "heard"]["error"]["where"], found
    assert found["view", "seen"]["state"] == 3 and move.one(f"SELECT q FROM {name}.seen") == "'a'"
    move.target.execute("DROP FUNCTION godwit_compat.soundex(text)")
    mysql9.execute(f"DROP DATABASE {name}")


def test_an_old_server_and_its_modes(move, mysql56):
    """Each object is read by the sql_mode it was made under."""
    name = "objects_old"
    mysql56.execute(f"DROP DATABASE IF EXISTS {name}")
    mysql56.execute(f"CREATE DATABASE {name}")
    mysql56.script(["CREATE TABLE t (id int PRIMARY KEY, n int)", "CREATE VIEW v AS SELECT id, n + 1 AS m FROM t",
                    "CREATE FUNCTION f(a int) RETURNS int DETERMINISTIC RETURN a || 0",
                    "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.n = NEW.id * 2",
                    "SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES'",
                    'CREATE PROCEDURE "q"() SELECT "n" || \'\\x\' AS "a b" FROM "t"'], database=name)
    move("load", mysql56, name).ok()
    assert set(states(objects(move, mysql56, name, "--apply")).values()) == {3}
    both_do(move, mysql56, name, ["INSERT INTO t (id) VALUES (21)", "CALL q()", "SELECT f(0), f(3)", "SELECT * FROM v"])
    mysql56.execute(f"DROP DATABASE {name}")


def test_what_the_account_may_not_see_is_told(godwit, mysql9, pg_db, tmp_path, sources, move):
    name = "objects_rights"
    mysql9.execute(f"DROP DATABASE IF EXISTS {name}")
    mysql9.execute(f"CREATE DATABASE {name}")
    mysql9.script(["CREATE TABLE t (id int PRIMARY KEY)", "CREATE VIEW v AS SELECT id FROM t", "CREATE PROCEDURE p() SELECT 1",
                   "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.id = 1", "DROP USER IF EXISTS reader@'%'",
                   "CREATE USER reader@'%' IDENTIFIED BY 'secret'", f"GRANT SELECT ON {name}.* TO reader@'%'"], database=name)

    class Reader:
        host, port, user, password = mysql9.host, mysql9.port, "reader", "secret"

    result = move("objects", Reader, name, "--json").ok()
    assert [o["name"] for o in result.json["objects"]] == ["v"]
    assert result.json["objects"][0]["error"]["code"] == "GW2071"
    lacking = "\n".join(result.json["lacking"])
    assert "GRANT TRIGGER" in lacking and "GRANT EVENT" in lacking and "SHOW_ROUTINE" in lacking
    mysql9.execute(f"GRANT SHOW VIEW, TRIGGER, EVENT ON {name}.* TO reader@'%'")
    mysql9.execute("GRANT SHOW_ROUTINE ON *.* TO reader@'%'")
    result = move("objects", Reader, name, "--json").ok()
    assert sorted(o["name"] for o in result.json["objects"]) == ["p", "tr", "v"] and result.json["lacking"] == []
    assert all(o["state"] == 1 for o in result.json["objects"]), result
    mysql9.script([f"DROP DATABASE {name}", "DROP USER reader@'%'"])


@pytest.mark.parametrize("what", [objects_ledger, objects_hr, objects_ticketing], ids=["ledger", "hr", "ticketing"])
def test_whole_schemas_arrive_and_work(move, source, what):
    """Each with everything it has, and the same calls give the same on both sides."""
    name = what.__name__
    source.execute(f"DROP DATABASE IF EXISTS {name}")
    source.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    source.execute("SET GLOBAL log_bin_trust_function_creators = 1")
    source.script(what.TABLES + what.OBJECTS, database=name)
    move("migrate", source, name).ok()
    found = objects(move, source, name)
    assert {state for state in states(found).values()} == {3} and len(found) == len(what.OBJECTS), {n: str(o["error"]) for (_, n), o in found.items() if o["error"]}
    both_do(move, source, name, what.WORK)
    source.execute(f"DROP DATABASE {name}")
