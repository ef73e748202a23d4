"""Following changes: whatever is written to the source while and after it is loaded is in the target in the end, once, however often
godwit, a connection or a server dies."""

import os
import random
import signal
import time

import pymysql
import pytest

import writing
from definitions import Definitions, Rows
from databases import Database
from moving import Move, Sources, error_of, figures, times, wait_until
from servers import MariaDB, MySQL9, Postgres


STEPS = int(os.environ.get("GODWIT_STEPS", "40"))  # of test_definitions_change_with_rows


@pytest.fixture
def shop(source):
    """A database with some rows on either source, of the test's own."""
    name = "follow_shop"
    writing.make(source, name, rows=150)
    yield name
    source.execute(f"DROP DATABASE IF EXISTS {name}")


@pytest.fixture
def shop9(mysql9):
    name = "follow_shop9"
    writing.make(mysql9, name, rows=80)
    yield name
    mysql9.execute(f"DROP DATABASE IF EXISTS {name}")


def caught_up(run):
    f = figures(run)
    return f and f["caught_up"] and f["rest"]["rows"] == 0


def cut_streams(source):
    try:
        for (one,) in source.execute("SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'"):
            source.execute(f"KILL {one}")
    except pymysql.err.OperationalError as e:
        if e.args[0] not in (1094, 3854):  # it has just gone; MySQL stumbles over other sessions' statements
            raise


def catch_up(move, source, database, *options):
    """What has been written up to now is in the target, and nothing else is."""
    move("follow", source, database, "--until-caught-up", *options).ok()
    move.check(source, database)


def test_writers_before_while_and_after_the_load(move, source, shop):
    """And following is killed at random moments: nothing is lost, nothing doubled."""
    dice = random.Random(5)
    writers = [writing.Writer(source, shop, seed).start() for seed in (1, 2)]
    move("load", source, shop).ok()
    for _ in range(times(6)):
        run = move.start("follow", source, shop, "--jobs", str(dice.choice([1, 3, 4])))
        time.sleep(dice.uniform(0.4, 1.5))
        run.kill9()
    run = move.start("follow", source, shop)
    wait_until(lambda: (f := figures(run)) and f["applied"]["rows"] > 50, "rows are applied", 60, run.alive)
    for w in writers:
        w.stop()
    wait_until(lambda: caught_up(run), "it has caught up", 60, run.alive)
    run.signal(signal.SIGINT)
    run.wait(60).ok()
    catch_up(move, source, shop)
    assert sum(w.done for w in writers) > 100


def test_changed_rows_are_compared_meanwhile(move, mysql9, shop9):
    """While a writer goes on nothing differs; a row that somebody deletes in the target does, until it is mended."""
    move("load", mysql9, shop9).ok()
    writer = writing.Writer(mysql9, shop9, 31).start()
    run = move.start("follow", mysql9, shop9, "--compare-every", "1s", "--compare-rows", "100")

    def compared():
        return (figures(run) or {}).get("compared") or {"keys": 0, "different": 0}

    wait_until(lambda: compared()["keys"] > 50, "rows were compared", 60)
    writer.stop()
    mysql9.execute(f"INSERT INTO {shop9}.tree (id, above, v) VALUES (100001, NULL, 'here')")
    wait_until(lambda: move.one(f"SELECT count(*) FROM {shop9}.tree WHERE id = 100001") == 1, "it came", 60)
    assert "GW1052" not in run.snapshot().out
    move.target.execute(f"DELETE FROM {shop9}.tree WHERE id = 100001")
    wait_until(lambda: compared()["different"] == 1, "the missing row is told", 90)
    error = next(e for e in run.snapshot().lines if isinstance(e, dict) and e.get("event") == "compared")["compared"]
    assert error["code"] == "GW1052" and error["where"] == "table tree" and "id=100001" in error["cause"], error
    move.target.execute(f"INSERT INTO {shop9}.tree (id, above, v) VALUES (100001, NULL, 'here')")
    wait_until(lambda: compared()["different"] == 0, "it is the same again", 90)
    run.signal(signal.SIGINT)
    run.wait(60).ok()
    catch_up(move, mysql9, shop9)


def test_strict(move, source, shop):
    """Whole transactions in the source's order: at any moment the target is what the source was."""
    move("load", source, shop).ok()
    writer = writing.Writer(source, shop, 3).start()
    run = move.start("follow", source, shop, "--mode", "strict")
    wait_until(lambda: writer.done > 60, "something is written", 60)
    run.kill9()
    wait_until(lambda: writer.done > 120, "something is written", 60)
    writer.stop()
    catch_up(move, source, shop, "--mode", "strict")


def test_connections_are_cut(move, source, shop):
    """The run goes on by itself, whichever end's connection breaks."""
    dice = random.Random(1)
    move("load", source, shop).ok()
    writer = writing.Writer(source, shop, 4).start()
    run = move.start("follow", source, shop)
    for i in range(10):
        before = writer.done
        if i % 2 == 0:
            move.target.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
                                " AND application_name LIKE 'godwit%%' AND random() < 0.5", (move.target.name,))
        else:
            cut_streams(source)
        wait_until(lambda: writer.done >= before + dice.randint(5, 25), "something is written", 60, run.alive)
    writer.stop()
    wait_until(lambda: caught_up(run), "it has caught up", 90, run.alive)
    run.signal(signal.SIGINT)
    run.wait(60).ok()
    move.check(source, shop)


@pytest.mark.parametrize("kind", [MySQL9, MariaDB])
def test_servers_are_killed(godwit, tmp_path, kind):
    """Source and target crash and come back; the run waits for them."""
    with kind() as server, Postgres() as postgres:
        writing.make(server, "shop", rows=60)
        move = Move(godwit, Database(postgres).create(), tmp_path)
        move("load", server, "shop").ok()
        writer = writing.Writer(server, "shop", 5).start()
        run = move.start("follow", server, "shop", "--retry", "60s")
        for one in (server, postgres, server):
            seen = (figures(run) or {"applied": {"rows": 0}})["applied"]["rows"]
            wait_until(lambda s=seen: (f := figures(run)) and f["applied"]["rows"] > s, "rows are applied", 60, run.alive)
            one.kill9()
            one.start()
        before = writer.done
        wait_until(lambda: writer.done > before + 30, "the writer goes on", 60)
        writer.stop()
        wait_until(lambda: caught_up(run), "it has caught up", 90, run.alive)
        run.signal(signal.SIGINT)
        run.wait(60).ok()
        move.check(server, "shop")


def test_every_type(move, source):
    """Rows of every type come through the binlog as they come through a load."""
    database, copy = "follow_types", "follow_types_copy"
    Sources.fresh(source, "types", database)
    Sources.fresh(source, "types", copy)
    with source.connect() as connection, connection.cursor() as c:
        c.execute("SET SESSION sql_mode='NO_AUTO_VALUE_ON_ZERO', foreign_key_checks=0, time_zone='+00:00'")
        tables = {}
        c.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema=%s AND generation_expression IN"
                  " ('', NULL) OR table_schema=%s AND generation_expression IS NULL ORDER BY ordinal_position", (database, database))
        for table, column in c.fetchall():
            tables.setdefault(table, []).append(f"`{column}`")
        for table in tables:
            c.execute(f"DELETE FROM {database}.`{table}`")
        connection.commit()
        move("load", source, database).ok()
        for table, columns in tables.items():
            names = ", ".join(columns)
            c.execute(f"INSERT INTO {database}.`{table}` ({names}) SELECT {names} FROM {copy}.`{table}`")
        connection.commit()
        catch_up(move, source, database)
        for table, columns in tables.items():
            names = ", ".join(columns)
            c.execute(f"DELETE FROM {database}.`{table}`")
            c.execute(f"INSERT INTO {database}.`{table}` ({names}) SELECT {names} FROM {copy}.`{table}`")
        connection.commit()
    catch_up(move, source, database)
    source.execute(f"DROP DATABASE {database}")
    source.execute(f"DROP DATABASE {copy}")


def test_a_role_without_privileges(move, mysql9, shop9):
    """It cannot switch the target's foreign keys off, so parents and children keep their order."""
    server = move.target.server
    server.execute("DROP ROLE IF EXISTS follower")
    server.execute("CREATE ROLE follower LOGIN PASSWORD 'Follower-1'")
    server.execute(f"GRANT CREATE ON DATABASE {move.target.name} TO follower")
    urls = list(move.urls(mysql9, shop9, None))
    urls[1] = urls[1].replace(f"//{server.user}@", "//follower@")
    env = {**move.passwords(mysql9), "GODWIT_TARGET_PASSWORD": "Follower-1"}
    try:
        move.godwit("load", *urls, "--quiet", env=env).ok()
        writing.Writer(mysql9, shop9, 8).run(400)
        move.godwit("follow", *urls, "--until-caught-up", "--quiet", env=env, timeout=120).ok()
        move.check(mysql9, shop9)
    finally:
        move.target.execute("DROP OWNED BY follower CASCADE")
        server.execute("DROP ROLE follower")


def test_definitions(move, source, shop):
    """They are carried; one that cannot be stops following, with everything before it in the target; others do not matter."""
    move("load", source, shop).ok()

    def execute(*statements):
        for sql in statements:
            source.execute(sql, database=shop)

    execute("INSERT INTO plain (k, c) VALUES (1, 'before')", "TRUNCATE TABLE log_keyless", "INSERT INTO log_keyless VALUES (7, 'new', 1)",
            "CREATE OR REPLACE VIEW v AS SELECT 1", "CREATE DATABASE IF NOT EXISTS follow_other", "DROP DATABASE follow_other",
            "ANALYZE TABLE plain", "CREATE TEMPORARY TABLE plain2 (a int)", "ALTER TABLE plain ADD COLUMN extra int DEFAULT 5, ADD KEY by_k (k, c)",
            "INSERT INTO plain (k, c, extra) VALUES (3, 'after', 6)", "ALTER TABLE plain ALGORITHM=DEFAULT, LOCK=DEFAULT")
    catch_up(move, source, shop)
    assert move.one(f"SELECT count(*) FROM {shop}.log_keyless") == 1
    assert move.one(f"SELECT count(*) FROM pg_indexes WHERE schemaname = '{shop}' AND indexname = 'by_k'") == 1

    execute("INSERT INTO plain (k, c) VALUES (2, 'before')", "ALTER TABLE plain MODIFY c varbinary(480) NOT NULL",
            "INSERT INTO plain (k, c, extra) VALUES (3, 'after', 6)")
    error = error_of(move("follow", source, shop, "--until-caught-up").failed(1))
    assert error["code"] == "GW3055" and "varbinary" in error["message"] and "MODIFY c" in error["cause"], error
    assert move.one(f"SELECT count(*) FROM {shop}.plain WHERE k = 2 AND c = 'before'") == 1
    # The same again changes nothing; then the user's own statement is run instead.
    error = error_of(move("follow", source, shop, "--until-caught-up").failed(1))
    assert error["code"] == "GW3055"
    catch_up(move, source, shop, "--definition",
             f"DROP INDEX {shop}.by_k; ALTER TABLE {shop}.plain ALTER COLUMN c TYPE bytea USING convert_to(c, 'UTF8');"
             f" CREATE INDEX by_k ON {shop}.plain (k, c)")

    execute("ALTER TABLE settings MODIFY v varchar(20) CHARACTER SET ascii", "ALTER TABLE settings MODIFY y char(4)",
            "INSERT INTO settings VALUES ('new', 'five', NULL, 'y')")
    assert error_of(move("follow", source, shop, "--until-caught-up").failed(1))["code"] == "GW3055"
    move.target.execute(f"ALTER TABLE {shop}.settings ALTER COLUMN y TYPE varchar(4) USING lpad(y::text, 4, '0')")
    move("follow", source, shop, "--until-caught-up", "--definition", "skip").ok()

    # Rows that are there get null in MySQL, and in MariaDB '', which is no JSON.
    execute("ALTER TABLE plain ADD j json NOT NULL")
    if source.name == "mariadb":
        error = error_of(move("follow", source, shop, "--until-caught-up").failed(1))
        assert error["code"] == "GW3055" and "null values" in error["message"] and "--definition=skip" in error["hint"], error
        move("follow", source, shop, "--until-caught-up", "--definition", f"ALTER TABLE {shop}.plain ADD COLUMN j jsonb").ok()
    else:
        catch_up(move, source, shop)
    assert move.one(f"SELECT count(*) FROM {shop}.plain WHERE j IS DISTINCT FROM {'NULL' if source.name == 'mariadb' else repr('null')}") == 0
    execute("ALTER TABLE plain DROP COLUMN j")
    catch_up(move, source, shop)
    move.check(source, shop)


def test_online_schema_changes(move, source, shop):
    """gh-ost and pt-online-schema-change: a shadow table is filled while rows change, and takes the table's name. Only the table was asked for."""
    move("load", source, shop, "--table", "plain").ok()

    def execute(*statements):
        for sql in statements:
            source.execute(sql.replace("shop.", f"`{shop}`."), database=shop)

    execute("create /* gh-ost */ table shop.`_plain_ghc` (id bigint auto_increment, primary key (id))",
            "create /* gh-ost */ table shop.`_plain_gho` like shop.`plain`",
            "alter /* gh-ost */ table shop.`_plain_gho` add column w varchar(5) not null default 'w', drop key k",
            "insert /* gh-ost */ ignore into shop.`_plain_gho` (id, k, c) select id, k, c from shop.plain where id < 40",
            "update plain set k = k + 1 where id < 30", "replace into shop.`_plain_gho` (id, k, c) select id, k, c from shop.plain where id < 30",
            "insert /* gh-ost */ ignore into shop.`_plain_gho` (id, k, c) select id, k, c from shop.plain",
            "create table shop.`_plain_del` (id int primary key)", "drop table shop.`_plain_del`",
            "rename /* gh-ost */ table shop.`plain` to shop.`_plain_del`, shop.`_plain_gho` to shop.`plain`",
            "drop table shop.`_plain_ghc`", "drop table shop.`_plain_del`", "insert into plain (k, c) values (77, 'behind gh-ost')")
    move("follow", source, shop, "--table", "plain", "--until-caught-up").ok()
    execute("CREATE TABLE shop.`_plain_new` (`id` bigint NOT NULL AUTO_INCREMENT, `k` int NOT NULL, `c` varchar(120) NOT NULL, `w` varchar(5)"
            " NOT NULL DEFAULT 'w', PRIMARY KEY (`id`)) ENGINE=InnoDB",
            "ALTER TABLE shop.`_plain_new` ADD COLUMN x int, ADD KEY x (x)",
            "CREATE TRIGGER pt_del AFTER DELETE ON shop.plain FOR EACH ROW DELETE IGNORE FROM shop._plain_new WHERE id = OLD.id",
            "CREATE TRIGGER pt_ins AFTER INSERT ON shop.plain FOR EACH ROW REPLACE INTO shop._plain_new (id, k, c) VALUES (NEW.id, NEW.k, NEW.c)",
            "INSERT LOW_PRIORITY IGNORE INTO shop._plain_new (id, k, c, w) SELECT id, k, c, w FROM plain LOCK IN SHARE MODE",
            "delete from plain where id between 5 and 9", "insert into plain (k, c) values (78, 'between')",
            "RENAME TABLE shop.plain TO shop._plain_old, shop._plain_new TO shop.plain", "DROP TRIGGER pt_del", "DROP TRIGGER pt_ins",
            "DROP TABLE IF EXISTS shop._plain_old", "update plain set x = 5 where id < 20")
    move("follow", source, shop, "--table", "plain", "--until-caught-up").ok()
    move.check(source, shop, tables=["plain"])
    assert move.one(f"SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = '{shop}'::regnamespace") == 1


def test_definitions_change_with_rows(move, source):
    """Definitions and rows are changed at random while they are followed, and following is killed at random moments. GODWIT_SEED makes others."""
    name, seed = "follow_ddl", int(os.environ.get("GODWIT_SEED", "20240229"))
    print(f"GODWIT_SEED={seed}")
    source.execute(f"DROP DATABASE IF EXISTS {name}")
    source.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    dice, done, run = random.Random(seed), {"definitions": 0, "rows": 0}, None
    connection = pymysql.connect(host=source.host, port=source.port, user=source.user, password=source.password, database=name, autocommit=True)
    with connection, connection.cursor() as c:
        c.execute("SET time_zone = '+00:00'")
        made = Definitions(dice, c, name, isinstance(source, MariaDB), partitions=False)
        made.carried = True
        rows = Rows(made)

        def step(what, kind):
            sql = what.statement()
            try:
                c.execute(sql)
                print(sql)
                done[kind] += 1
            except pymysql.err.MySQLError:
                pass  # not as the tables are now

        while not made.present():
            step(made, "definitions")
        for _ in range(60):
            step(rows, "rows")
        move("load", source, name).ok()
        for i in range(STEPS):
            if run is None:
                run = move.start("follow", source, name)
            step(made, "definitions")
            for _ in range(3):
                step(rows, "rows")
            if dice.random() < 0.12:
                time.sleep(dice.uniform(0, 1.5))
                if not run.alive():  # the session of the one that was killed may still be there
                    assert "GW1023" in run.wait(1).err
                run.kill9()
                run = None
    if run is not None:
        run.kill9()
    catch_up(move, source, name)
    assert done["definitions"] > STEPS // 4 and done["rows"] > STEPS, done
    source.execute(f"DROP DATABASE {name}")


def test_the_spool_outlives_what_the_source_purges(move, source, shop, tmp_path):
    """Events are on disk from before the load on. Following is killed while it cannot apply them, the source purges them: nothing is lost."""
    spool = ["--spool", tmp_path / "spool", "--spool-size", "64M"]
    move("load", source, shop, *spool).ok()
    assert list((tmp_path / "spool").glob("*.seg"))

    def size():
        return sum(f.stat().st_size for f in (tmp_path / "spool").glob("*.seg"))

    writing.Writer(source, shop, seed=3).run(30)
    with move.target.connect() as connection, connection.cursor() as c:
        c.execute(f"BEGIN; LOCK TABLE {shop}.plain IN ACCESS EXCLUSIVE MODE")
        run = move.start("follow", source, shop, *spool)
        writing.Writer(source, shop, seed=4).run(60)
        sizes = [0, -1]
        wait_until(lambda: sizes.append(size()) or (time.sleep(0.5) or sizes[-1] == sizes[-2] == sizes[-3]), "all is on disk", 60, run.alive)
        run.kill9()
    source.execute("FLUSH BINARY LOGS")
    newest = source.execute("SHOW BINARY LOGS")[-1][0]

    def purged():  # a log that the killed one's session still reads stays
        source.execute(f"PURGE BINARY LOGS TO '{newest}'")
        return source.execute("SHOW BINARY LOGS")[0][0] == newest

    wait_until(purged, "the logs are purged", 60)
    error_of(move("follow", source, shop, "--until-caught-up").failed(1))  # the source does not have them any more
    catch_up(move, source, shop, *spool)
    # A definition changes: what is in the spool from before it is of the table as it was.
    writing.Writer(source, shop, seed=5).run(20)
    source.execute("ALTER TABLE plain ADD COLUMN extra int DEFAULT 3", database=shop)
    writing.Writer(source, shop, seed=6).run(20)
    catch_up(move, source, shop, *spool)


def test_prepared_transactions(move, tmp_path):
    """XA: what is prepared counts when it is committed, and not before; godwit may be killed in between as often as it likes."""
    dice = random.Random(9)
    with MySQL9(args=["--gtid-mode=ON", "--enforce-gtid-consistency=ON"]) as server:
        writing.make(server, "shop", rows=30)
        server.execute(writing.XaWriter.TABLE, database="shop")
        move("load", server, "shop").ok()
        xa, writer = writing.XaWriter(server, "shop", 5).start(), writing.Writer(server, "shop", 6).start()
        for _ in range(times(5)):
            run = move.start("follow", server, "shop", "--jobs", str(dice.choice([1, 4])))
            time.sleep(dice.uniform(0.5, 1.5))
            run.kill9()
        writer.stop()
        wait_until(lambda: len(xa.prepared) > 2, "some wait", 60)
        xa.stop()
        assert len(xa.prepared) > 1 and xa.done > 50
        log = tmp_path / "follow.log"
        move("follow", server, "shop", "--until-caught-up", "--log", log).ok()  # beyond what waits
        assert "xa_prepared" in log.read_text()
        move.check(server, "shop")
        refused = move("cutover", server, "shop", "--final-check", "counts").failed(1)
        assert error_of(refused)["code"] == "GW2044" and b"wallet".hex() in error_of(refused)["cause"], refused.err
        xa.finish()
        catch_up(move, server, "shop")


def test_prepared_transactions_without_gtids(move):
    """No position can leave them out: the rows of one stop following; what is committed in one phase goes through."""
    insert = "INSERT INTO wallets VALUES (%d, 1, 'x')"
    one_phase = ("XA START 'a'", insert % 1, "XA END 'a'", "XA COMMIT 'a' ONE PHASE")
    prepared = ("XA START 'b'", insert % 2, "XA END 'b'", "XA PREPARE 'b'", "XA COMMIT 'b'")
    with MySQL9(args=["--gtid-mode=OFF", "--enforce-gtid-consistency=OFF"]) as server:
        server.execute("CREATE DATABASE shop")
        server.execute(writing.XaWriter.TABLE, database="shop")
        move("load", server, "shop").ok()
        with server.connect(database="shop") as connection, connection.cursor() as c:
            for sql in one_phase:
                c.execute(sql)
            catch_up(move, server, "shop")
            for sql in prepared:
                c.execute(sql)
        error = error_of(move("follow", server, "shop", "--until-caught-up").failed(1))
    assert error["code"] == "GW2044" and "gtid_mode" in error["hint"], error


def test_until_a_gtid(move, mysql9):
    """Nothing that was committed later is applied."""
    with MySQL9(args=["--gtid-mode=ON", "--enforce-gtid-consistency=ON"]) as server:
        writing.make(server, "shop", rows=30)
        move("load", server, "shop").ok()
        server.execute("INSERT INTO plain (k, c) VALUES (100001, 'in')", database="shop")
        gtids = server.execute("SELECT @@gtid_executed")[0][0]
        server.execute("INSERT INTO plain (k, c) VALUES (100002, 'later')", database="shop")
        move("follow", server, "shop", "--until-gtid", gtids).ok()
        assert move.target.execute("SELECT c FROM shop.plain WHERE k > 100000") == [("in",)]
        writing.Writer(server, "shop", 2).run(100)
        server.execute("FLUSH BINARY LOGS")
        writing.Writer(server, "shop", 3).run(100)
        catch_up(move, server, "shop")


def test_losses_are_counted(move, source):
    """Values that meet a rule follow the load's policies, and are counted with the position; one without a policy stops."""
    database = "follow_losses"
    source.execute(f"DROP DATABASE IF EXISTS {database}")
    source.execute(f"CREATE DATABASE {database}")
    source.execute("CREATE TABLE t (id int PRIMARY KEY, d date)", database=database)
    source.execute("INSERT INTO t VALUES (1, '2024-01-01')", database=database)
    move("load", source, database, "--on-loss", "zero-date=null").ok()
    with source.connect() as connection, connection.cursor() as c:
        c.execute("SET SESSION sql_mode=''")
        c.execute(f"INSERT INTO {database}.t VALUES (2, '0000-00-00'), (3, '2024-00-10')")
        connection.commit()
    error = error_of(move("follow", source, database, "--until-caught-up").failed(1))
    assert error["code"] == "GW2030" and "id=2" in error["where"] and "zero-date" in error["message"], error
    move("follow", source, database, "--until-caught-up", "--on-loss", "zero-date=null").ok()
    assert move.target.execute(f"SELECT id, d FROM {database}.t WHERE d IS NULL ORDER BY id") == [(2, None), (3, None)]
    assert move.one("SELECT losses FROM godwit.apply") == '{"t":{"d":{"zero-date":2}}}'
    source.execute(f"DROP DATABASE {database}")


def test_nothing_to_follow(move, source, shop):
    error = error_of(move("follow", source, shop, "--until-caught-up").failed(1))
    assert error["code"] == "GW1025", error
