"""Triggers of the source while changes flow back: they do not fire at what comes, and are there again as they were when that ends."""

import random
import time
from types import SimpleNamespace

import pytest

from cutting import left_in, same
from moving import error_of, last_event, times, wait_until
from servers import MariaDB

TABLES = [
    "CREATE TABLE parcels (id int NOT NULL PRIMARY KEY, place varchar(40) CHARACTER SET utf8mb4 NOT NULL, n int NOT NULL DEFAULT 0)",
    "CREATE TABLE told (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, what varchar(80) CHARACTER SET utf8mb4, n int)",
    "INSERT INTO parcels VALUES (1,'here',1),(2,'there',2)",
]

# Session, and a trigger: in the bytes of another character set, under another SQL mode, of another account, several of one kind in an order.
TRIGGERS = [
    ("SET NAMES latin1", "CREATE TRIGGER `b at é` AFTER INSERT ON parcels FOR EACH ROW INSERT INTO told (what, n) VALUES ('à Orléans', NEW.n)"),
    ("SET NAMES utf8mb4", "CREATE TRIGGER a_last AFTER INSERT ON parcels FOR EACH ROW FOLLOWS `b at é`\n"
                          "  INSERT INTO told (what, n) VALUES (CONCAT('包裹 ', NEW.place), -NEW.n) -- the second\n"),
    ("SET NAMES utf8mb4", "CREATE TRIGGER z_first AFTER INSERT ON parcels FOR EACH ROW PRECEDES `b at é` SET @seen = NEW.id"),
    ("SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'",
     "CREATE TRIGGER \"quoted\" BEFORE UPDATE ON \"parcels\" FOR EACH ROW SET NEW.place = CONCAT(NEW.place, '\\')"),
    ("SET sql_mode = DEFAULT", "CREATE DEFINER=someone@'10.%' TRIGGER of_another BEFORE DELETE ON parcels FOR EACH ROW BEGIN\n"
                               "  IF OLD.id = 1 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not this one'; END IF;\nEND"),
]


def definitions(source, name):
    """All that the server tells of the triggers but when they were made, in their order."""
    connection = source.connect(database=name)
    cursor = connection.cursor()
    cursor.execute("SELECT TRIGGER_NAME, ACTION_ORDER, EVENT_MANIPULATION, ACTION_TIMING, DEFINER, SQL_MODE, CHARACTER_SET_CLIENT,"
                   " COLLATION_CONNECTION, DATABASE_COLLATION, ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = %s"
                   " ORDER BY CONCAT(EVENT_MANIPULATION, ACTION_TIMING), 2", (name,))
    rows = list(cursor.fetchall())
    for row in list(rows):
        cursor.execute("SHOW CREATE TRIGGER `%s`" % row[0])
        rows.append(cursor.fetchone()[:6])
    connection.close()
    return rows


@pytest.fixture
def depot(move, source):
    """Loaded; its triggers are at the source only."""
    name = "trigger_depot"
    source.execute(f"DROP DATABASE IF EXISTS {name}")
    source.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    source.script(TABLES, database=name)
    connection = source.connect(database=name)
    for session, trigger in TRIGGERS:
        connection.cursor().execute(session)
        connection.encoding = "latin1" if "latin1" in session else "utf8"
        connection.cursor().execute(trigger)
    connection.close()
    move("load", source, name).ok()
    yield name
    source.execute(f"DROP DATABASE {name}")
    source.execute("DROP TABLE IF EXISTS godwit.`trigger`")
    for slot, in move.target.execute("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()"):
        wait_until(lambda s=slot: not move.one("SELECT active FROM pg_replication_slots WHERE slot_name = %s", (s,)), "it is let go")
        move.target.execute("SELECT pg_drop_replication_slot(%s)", (slot,))


def kept(source):
    return source.execute("SELECT COUNT(*) FROM godwit.`trigger`")[0][0]


def test_away_and_back(move, source, depot):
    """Killed again and again, they are neither lost nor doubled, and rows come back as they are in the target."""
    before, dice = definitions(source, depot), random.Random(7)
    assert len(before) == 2 * len(TRIGGERS) and [x[:2] for x in before[1:4]] == [("z_first", 1), ("b at é", 2), ("a_last", 3)], before
    move("reverse", source, depot, "--prepare").ok()
    assert definitions(source, depot) == before

    write = move.target.execute
    write(f"INSERT INTO {depot}.parcels VALUES (3,'far',3)")
    write(f"INSERT INTO {depot}.told (what, n) VALUES ('by the target', 3)")
    write(f"UPDATE {depot}.parcels SET place = 'moved' WHERE id = 2")
    write(f"DELETE FROM {depot}.parcels WHERE id = 1")
    for _ in range(times(5)):
        run = move.start("reverse", source, depot)
        time.sleep(dice.uniform(0.05, 0.8))
        run.kill9()
    move("reverse", source, depot, "--until-caught-up").ok()
    same(move, source, depot)
    assert definitions(source, depot) == [] and kept(source) == len(TRIGGERS)

    write(f"INSERT INTO {depot}.parcels SELECT g, 'more', g FROM generate_series(10, 40) g")
    for _ in range(times(5)):
        run = move.start("reverse", source, depot, "--finish")
        time.sleep(dice.uniform(0.05, 0.8))
        run.kill9()
    finished = move("reverse", source, depot, "--finish")
    assert finished.code == 0 or error_of(finished)["code"] == "GW1026", str(finished)  # one that was killed had done all
    same(move, source, depot)
    assert definitions(source, depot) == before and kept(source) == 0 and left_in(move.target) == [0, 0, 0]

    # What the source's log tells of them is nobody's business on the way there.
    source.execute("INSERT INTO parcels VALUES (50,'x',5)", database=depot)
    assert source.execute("SELECT what, n FROM told ORDER BY id DESC LIMIT 2", database=depot) == [("包裹 x", -5), ("à Orléans", 5)]
    move("follow", source, depot, "--until-caught-up").ok()
    move.check(source, depot)


def test_the_cut_over(move, source, depot):
    """The dry run tells them; they go behind it, and are there again before the source is written to."""
    before = definitions(source, depot)
    item, = [i for i in last_event(move("cutover", source, depot, "--dry-run").ok(), "report")["report"]["items"] if i["name"] == "source.triggers"]
    assert item["status"] == "ok" and item["message"].startswith("5 are taken away"), item
    try:
        report = last_event(move("cutover", source, depot).ok(), "report")["report"]
        assert report["source_triggers"] == len(TRIGGERS)
        move.target.execute(f"INSERT INTO {depot}.parcels VALUES (60,'cut',6)")
        run = move.start("reverse", source, depot)
        wait_until(lambda: source.execute("SELECT COUNT(*) FROM parcels WHERE id = 60", database=depot)[0][0], "it comes back")
        run.kill9()
        assert definitions(source, depot) == []
        move.target.execute(f"INSERT INTO {depot}.parcels VALUES (61,'cut',6)")
        move("cutover", source, depot, "--undo").ok()
        assert definitions(source, depot) == before
        same(move, source, depot)
    finally:
        source.execute("SET GLOBAL read_only = 0")


def test_an_account_that_may_not(move, source, depot):
    """It is told before anything is done; they can be left to fire."""
    more = ["SYSTEM_VARIABLES_ADMIN", "CONNECTION_ADMIN"] if not isinstance(source, MariaDB) else ["READ_ONLY ADMIN"]
    source.script(["DROP USER IF EXISTS lesser@'%'", "CREATE USER lesser@'%' IDENTIFIED BY 'l3sser'", "CREATE DATABASE IF NOT EXISTS godwit",
                   f"GRANT ALL ON {depot}.* TO lesser@'%'", "GRANT ALL ON godwit.* TO lesser@'%'",
                   "GRANT RELOAD, REPLICATION CLIENT, REPLICATION SLAVE, PROCESS ON *.* TO lesser@'%'",
                   f"GRANT {', '.join(more)} ON *.* TO lesser@'%'"])
    lesser = SimpleNamespace(host=source.host, port=source.port, user="lesser", password="l3sser")
    before = definitions(source, depot)
    options = ["--name", "lesser"]
    try:
        move("load", lesser, depot, "--overwrite", "--yes", *options).ok()
        error = error_of(move("reverse", lesser, depot, "--prepare", *options).failed(3))
        assert error["code"] == "GW1010" and "source.triggers" in error["cause"] and "DEFINER" in error["hint"], error
        error = error_of(move("cutover", lesser, depot, "--dry-run", *options).failed(1))
        assert "source.triggers" in error["cause"], error
        assert definitions(source, depot) == before

        move("reverse", lesser, depot, "--prepare", "--source-triggers", "keep", *options).ok()
        move.target.execute(f"INSERT INTO {depot}.parcels VALUES (70,'kept',7)")
        error = error_of(move("reverse", lesser, depot, "--until-caught-up", *options).failed(1))
        assert error["code"] == "GW1029" and "one of " in error["cause"], error
        assert definitions(source, depot) == before
        move("reverse", lesser, depot, "--finish", "--source-triggers", "keep", *options).ok()
        assert source.execute("SELECT COUNT(*) FROM told", database=depot)[0][0] == 2
    finally:
        source.execute("DROP USER lesser@'%'")
