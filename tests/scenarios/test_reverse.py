"""Carrying changes back: whatever is written to the target after the move is in the source in the end, once, however often godwit, a
connection or a server dies."""

import contextlib
import random
import signal
import time

import pymysql
import pytest

import writing
from cutting import same
from databases import Database
from moving import Move, Sources, error_of, figures, last_event, times, wait_until
from servers import MariaDB, MySQL9, Postgres
from writing_back import BackWriter


@pytest.fixture
def shop(source):
    """A database with some rows on either source, of the test's own."""
    name = "back_shop"
    writing.make(source, name, rows=150)
    yield name
    source.execute(f"DROP DATABASE IF EXISTS {name}")


@pytest.fixture
def moved(move, source, shop):
    """The shop is in the target, and what changes there from now on is to come back."""
    move("load", source, shop).ok()
    move("reverse", source, shop, "--prepare").ok()
    yield shop
    for name, in move.target.execute("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()"):
        wait_until(lambda: not move.one("SELECT active FROM pg_replication_slots WHERE slot_name = %s", (name,)), "it is let go")
        move.target.execute("SELECT pg_drop_replication_slot(%s)", (name,))


def alive(run):
    """For wait_until: says why the run has ended."""
    return lambda: run.alive() or pytest.fail("ended: %s" % last_event(run.snapshot(), "error"))


def catch_up(move, source, database, *options):
    """What has been written up to now is in the source, and nothing else is."""
    move("reverse", source, database, "--until-caught-up", *options).ok()
    same(move, source, database)


def test_writers_and_kills(move, source, moved):
    """Killed at random moments: nothing is lost, nothing doubled. At the end everything that was made is put back."""
    dice = random.Random(5)
    writers = [BackWriter(move.target, moved, seed).start() for seed in (1, 2)]
    for _ in range(times(6)):
        run = move.start("reverse", source, moved, "--jobs", str(dice.choice([1, 3, 4])))
        time.sleep(dice.uniform(0.3, 1.2))
        run.kill9()
    run = move.start("reverse", source, moved)
    wait_until(lambda: (f := figures(run)) and f["applied"]["rows"] > 50, "rows are applied", 60, alive(run))
    for w in writers:
        w.stop()
    run.signal(signal.SIGINT)
    run.wait(60).ok()
    catch_up(move, source, moved)
    assert sum(w.done for w in writers) > 100
    move("reverse", source, moved, "--finish").ok()
    assert move.one("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()") == 0
    assert move.one("SELECT count(*) FROM pg_publication") == 0
    assert move.one("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND relreplident"
                    " <> 'd' AND relkind = 'r'", (moved,)) == 0
    assert error_of(move("reverse", source, moved).failed(1))["code"] == "GW1026"


def test_strict(move, source, moved):
    """Whole transactions in the target's order."""
    writer = BackWriter(move.target, moved, 3).start()
    run = move.start("reverse", source, moved, "--mode", "strict")
    wait_until(lambda: writer.done > 60, "something is written", 60)
    run.kill9()
    wait_until(lambda: writer.done > 120, "something is written", 60)
    writer.stop()
    catch_up(move, source, moved, "--mode", "strict")
    BackWriter(move.target, moved, 4).run(100)
    catch_up(move, source, moved)


def test_there_and_back_and_there(move, source, shop):
    """MySQL, target, MySQL, target: each turn goes on from the one before, without a load."""
    move("load", source, shop).ok()
    for turn in range(2):
        writing.Writer(source, shop, 20 + turn).run(120)
        move("follow", source, shop, "--until-caught-up").ok()
        move.check(source, shop)
        move("reverse", source, shop, "--prepare").ok()
        BackWriter(move.target, shop, 30 + turn).run(120)
        run = move.start("reverse", source, shop)
        wait_until(lambda r=run: (f := figures(r)) and f["applied"]["rows"] > 0, "rows are applied", 60, alive(run))
        run.kill9()
        BackWriter(move.target, shop, 40 + turn).run(60)
        move("reverse", source, shop, "--finish").ok()
        same(move, source, shop)
    writing.Writer(source, shop, 50).run(120)
    run = move("follow", source, shop, "--until-caught-up").ok()
    move.check(source, shop)


def test_connections_are_cut(move, source, moved):
    """The run goes on by itself, whichever end's connection breaks."""
    dice = random.Random(1)
    writer = BackWriter(move.target, moved, 4).start()
    run = move.start("reverse", source, moved)
    for i in range(8):
        before = writer.done
        if i % 2 == 0:
            move.target.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
                                " AND application_name LIKE 'godwit%%' AND random() < 0.7", (move.target.name,))
        else:
            for (one,) in source.execute("SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND"
                                         " command <> 'Binlog Dump' AND user NOT IN ('system user', 'event_scheduler', 'unauthenticated user')"):
                if dice.random() < 0.5:
                    with contextlib.suppress(pymysql.err.OperationalError):  # it may have ended by itself
                        source.execute(f"KILL {one}")
        wait_until(lambda: writer.done >= before + dice.randint(5, 25), "something is written", 60, alive(run))
    writer.stop()
    run.signal(signal.SIGINT)
    run.wait(90).ok()
    catch_up(move, source, moved)


@pytest.mark.parametrize("kind", [MySQL9, MariaDB])
def test_servers_are_killed(godwit, tmp_path, kind):
    """Both servers crash and come back; the run waits for them."""
    with kind() as server, Postgres() as postgres:
        writing.make(server, "shop", rows=60)
        move = Move(godwit, Database(postgres).create(), tmp_path)
        move("load", server, "shop").ok()
        move("reverse", server, "shop", "--prepare").ok()
        writer = BackWriter(move.target, "shop", 5).start()
        run = move.start("reverse", server, "shop", "--retry", "60s")
        for one in (server, postgres, server):
            seen = (figures(run) or {"applied": {"rows": 0}})["applied"]["rows"]
            wait_until(lambda s=seen: (f := figures(run)) and f["applied"]["rows"] > s, "rows are applied", 60, alive(run))
            one.kill9()
            one.start()
        before = writer.done
        wait_until(lambda: writer.done > before + 30, "the writer goes on", 60)
        writer.stop()
        run.signal(signal.SIGINT)
        run.wait(90).ok()
        catch_up(move, server, "shop")


def test_every_type(move, source):
    """Rows of every type that a load carries come back as they were."""
    database = "back_types"
    Sources.fresh(source, "types", database)
    move("load", source, database).ok()
    tables = sorted(move.tables(database))
    for table in tables:  # what the target says of all of them is what comes back
        move.target.execute(f'CREATE TABLE public."copy_{table}" AS SELECT * FROM {database}."{table}"')
    move("reverse", source, database, "--prepare").ok()

    def fill():
        for table in tables:
            columns = [c for c, in move.target.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND"
                                                       " NOT attisdropped AND attgenerated = ''", (f'{database}."{table}"',))]
            names = ", ".join('"%s"' % c for c in columns)
            move.target.execute(f'INSERT INTO {database}."{table}" ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM'
                                f' public."copy_{table}"')

    for table in tables:
        move.target.execute(f'TRUNCATE {database}."{table}" CASCADE')
    catch_up(move, source, database)
    fill()
    catch_up(move, source, database)
    for table in tables:
        move.target.execute(f'DELETE FROM {database}."{table}"')
    fill()
    catch_up(move, source, database)
    move("reverse", source, database, "--finish").ok()
    source.execute(f"DROP DATABASE {database}")


def test_what_the_load_changed(move, source):
    """Zero dates that became NULL, or another date, stay what they are at the source, as long as nobody changes them in the target."""
    database = "back_losses"
    source.execute(f"DROP DATABASE IF EXISTS {database}")
    source.execute(f"CREATE DATABASE {database}")
    with source.connect() as connection, connection.cursor() as c:
        c.execute("SET SESSION sql_mode=''")
        c.execute(f"CREATE TABLE {database}.t (id int PRIMARY KEY, d date NOT NULL, e datetime, v int)")
        c.execute(f"INSERT INTO {database}.t VALUES (1, '0000-00-00', '2024-00-01 00:00:00', 1), (2, '2024-01-02', NULL, 2),"
                  " (3, '0000-00-00', '0000-00-00 00:00:00', 3)")
        connection.commit()
    move("load", source, database, "--on-loss", "zero-date=replace").ok()
    move.target.execute(f"ALTER TABLE {database}.t ALTER d DROP NOT NULL")
    move("reverse", source, database, "--prepare").ok()
    for sql in ("UPDATE t SET v = 10", "INSERT INTO t VALUES (4, NULL, NULL, 4)", "UPDATE t SET d = NULL WHERE id = 2",
                "UPDATE t SET e = '2024-05-06' WHERE id = 3", "UPDATE t SET id = 30 WHERE id = 3"):
        move.target.execute(sql.replace(" t ", f" {database}.t "))
    move("reverse", source, database, "--finish").ok()
    assert source.execute(f"SELECT id, CAST(d AS char), CAST(e AS char), v FROM {database}.t ORDER BY id") == [
        (1, "0000-00-00", "2024-00-01 00:00:00", 10), (2, "0000-00-00", None, 10), (4, "0000-00-00", None, 4),
        (30, "0000-00-00", "2024-05-06 00:00:00", 10)]
    source.execute(f"DROP DATABASE {database}")


def test_what_stops_it(move, source, moved):
    """A definition that changed, a row that is not there, a slot that is gone: each with its place and way out."""
    execute = move.target.execute
    execute(f"INSERT INTO {moved}.plain (k, c) VALUES (1, 'before')")
    source.execute("INSERT INTO plain (id, k, c) VALUES (777777, 1, 'mine')", database=moved)
    execute(f"INSERT INTO {moved}.plain (id, k, c) VALUES (777777, 1, 'theirs')")
    error = error_of(move("reverse", source, moved, "--until-caught-up").failed(1))
    assert error["code"] == "GW3052" and "id=777777" in error["where"], error
    execute(f"INSERT INTO {moved}.log_keyless VALUES (3, 'mine', 1)")
    move("reverse", source, moved, "--until-caught-up", "--on-duplicate", "divert").ok()
    aside = source.execute("SELECT table_name, row_key, reason, statement FROM godwit.rejected WHERE task LIKE 'back_shop%%'"
                           " ORDER BY id DESC LIMIT 1")[0]
    assert aside[:2] == ("plain", "id=777777") and aside[2].startswith("duplicate") and "INSERT INTO" in aside[3], aside
    assert source.execute("SELECT c FROM plain WHERE id = 777777", database=moved)[0][0] == "mine"
    source.execute("DELETE FROM plain WHERE id = 777777", database=moved)
    source.execute(aside[3], database=moved)
    catch_up(move, source, moved)

    execute(f"ALTER TABLE {moved}.plain ADD COLUMN extra int")
    execute(f"INSERT INTO {moved}.plain (k, c, extra) VALUES (1, 'after', 5)")
    error = error_of(move("reverse", source, moved, "--until-caught-up").failed(1))
    assert error["code"] == "GW3035" and "extra" in error["message"], error

    for name, in execute("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()"):
        wait_until(lambda: not move.one("SELECT active FROM pg_replication_slots WHERE slot_name = %s", (name,)), "it is let go")
        execute("SELECT pg_drop_replication_slot(%s)", (name,))
    assert error_of(move("reverse", source, moved).failed(1))["code"] == "GW3030"
    move("reverse", source, moved, "--prepare").ok()


def test_loaded_anew(move, source, moved):
    """A way back that was prepared for an earlier load is none for the next one, whose own rows are no changes; nor was that cut over."""
    move("cutover", source, moved, "--final-check", "none").ok()
    source.execute("SET GLOBAL read_only = 0")
    move.target.execute(f"INSERT INTO {moved}.plain (k, c) VALUES (1, 'lost with the load')")
    move("load", source, moved, "--overwrite").ok()
    assert move.one("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()") == 0
    assert error_of(move("reverse", source, moved).failed(1))["code"] == "GW1026"
    made = last_event(move("cutover", source, moved).ok(), "report")["report"]
    source.execute("SET GLOBAL read_only = 0")
    assert "made_before" not in made and made["downtime_ms"] > 0
    move.target.execute(f"INSERT INTO {moved}.plain (k, c) VALUES (1, 'new')")
    catch_up(move, source, moved)
    move("reverse", source, moved, "--finish").ok()


def test_what_it_needs(godwit, tmp_path, mysql9):
    """--prepare says what is missing before anything is made."""
    with Postgres(settings={"wal_level": "replica"}) as postgres:
        writing.make(mysql9, "back_needs", rows=5)
        move = Move(godwit, Database(postgres).create(), tmp_path)
        move("load", mysql9, "back_needs").ok()
        error = error_of(move("reverse", mysql9, "back_needs", "--prepare").failed(3))
        assert error["code"] == "GW1010" and "wal_level" in error["cause"], error
        assert move.one("SELECT count(*) FROM pg_publication") == 0
        mysql9.execute("DROP DATABASE back_needs")


@pytest.mark.parametrize("mode", ["per-key", "strict"])
def test_a_large_transaction(move, source, moved, mode):
    """Of more rows than a batch, with a TRUNCATE in the middle, and killed on the way."""
    with move.target.connect() as connection, connection.cursor() as c:
        connection.autocommit = False
        c.execute(f"INSERT INTO {moved}.plain (k, c) SELECT n, 'before' FROM generate_series(1, 25000) n")
        c.execute(f"INSERT INTO {moved}.log_keyless SELECT n % 7, 'x', n % 3 FROM generate_series(1, 3000) n")
        c.execute(f"TRUNCATE {moved}.log_keyless")
        c.execute(f"INSERT INTO {moved}.log_keyless SELECT n % 5, 'y', 0.5 FROM generate_series(1, 300) n")
        c.execute(f"UPDATE {moved}.plain SET c = 'after', k = k + 1 WHERE id % 3 = 0")
        c.execute(f"DELETE FROM {moved}.plain WHERE k % 10 = 7")
        connection.commit()
    run = move.start("reverse", source, moved, "--mode", mode)
    wait_until(lambda: (f := figures(run)) and f["taken"]["rows"] > 5000, "it is on its way", 60, alive(run))
    run.kill9()
    catch_up(move, source, moved, "--mode", mode)
