"""Online migrations: after load and check a subtask goes on following the source, until people stop that."""

import json
import os
import random
import signal
import time

import pytest

import writing
from control import Server, agent_of, subtask, workers_of
from cutting import left_in, same
from databases import Database
from moving import Move, times, wait_until
from servers import MySQL9, Postgres
from working import Worker, job_for
from writing_back import BackWriter

CHECKED = ["full-running", "full-finished", "check-start", "check-running", "check-finished"]
ONLINE = CHECKED + ["incremental-start", "incremental-running"]


@pytest.fixture
def work(move, godwit, tmp_path):
    """work(server, database, **job keys): a running worker of an online migration."""
    def start(server, database, **keys):
        keys.setdefault("directory", str(tmp_path / "work"))
        return Worker(godwit, job_for(move, server, database, mode=2, **keys))

    return start


@pytest.fixture
def shop(source):
    name = "online_shop"
    writing.make(source, name, rows=100)
    yield name
    source.execute(f"DROP DATABASE IF EXISTS {name}")


def figures(worker):
    return [p["follow"] for p in worker.of_kind("progress") if p["phase"] == "follow"]


def stop(worker, left=("incremental-stopped",)):
    """Drain, and end."""
    worker.order("stop-incremental")
    worker.wait_for_stage(left[-1])
    worker.order("finish")
    assert worker.wait(30).code == 0, worker.snapshot()


def test_a_source_that_is_written_to(work, move, source, shop):
    """From before the load to after the check: nothing is lost, and nothing differs that is only on its way."""
    writers = [writing.Writer(source, shop, seed).start() for seed in (11, 12)]
    worker = work(source, shop, fence=3)
    worker.wait_for_stage("incremental-running")
    wait_until(lambda: len(figures(worker)) >= 3, "figures", 30, worker.alive)
    source.execute("ALTER TABLE plain ADD COLUMN extra int DEFAULT 3", database=shop)
    column = f"SELECT count(*) FROM pg_attribute WHERE attrelid = '{shop}.plain'::regclass AND attname = 'extra'"
    wait_until(lambda: move.one(column) == 1, "the column", 30, worker.alive)
    for w in writers:
        w.stop()
    stop(worker)
    assert worker.stages == ONLINE + ["incremental-stopped"]
    check = worker.of_kind("check")[0]["check"]
    assert not check["structure"] and len(check["tables"]) == 7
    for table in check["tables"]:
        assert not table["changed"] + table["missing"] + table["extra"], table
    applied = [f["applied"]["rows"] for f in figures(worker)]
    assert applied == sorted(applied)  # new definitions begin nothing anew
    last = figures(worker)[-1]
    assert last["applied"]["rows"] == last["taken"]["rows"] > 0 and last["rest"]["rows"] == 0 and last["lag_s"] >= 0
    move.check(source, shop)


def test_killed_at_random_instants(work, move, source, shop):
    dice = random.Random(7)
    writer = writing.Writer(source, shop, 13).start()
    fence, checked = 0, False
    for _ in range(times(5)):
        fence += 1
        worker = work(source, shop, fence=fence, resume=fence > 1, checked=checked)
        end = dice.choice(["full-finished", "check-finished", "incremental-running", "incremental-running"])
        wait_until(lambda w=worker, e=end: w.stages and (e in w.stages or "incremental-running" in w.stages), end, 60, worker.alive)
        time.sleep(dice.uniform(0, 1))  # the instant is what is random
        worker.kill9()
        checked = checked or "check-finished" in worker.stages
    worker = work(source, shop, fence=fence + 1, resume=True, checked=True)
    worker.wait_for_stage("incremental-running")
    assert worker.stages == ["incremental-start", "incremental-running"]
    writer.stop()
    stop(worker)
    move.check(source, shop)


def test_another_takes_over(work, move, source, shop):
    """One that was stopped, not dead, can do nothing any more."""
    writer = writing.Writer(source, shop, 14).start()
    first = work(source, shop, fence=1)
    first.wait_for_stage("incremental-running")
    first.signal(signal.SIGSTOP)
    second = work(source, shop, fence=2, resume=True, checked=True)
    second.wait_for_stage("incremental-running")
    first.signal(signal.SIGCONT)
    assert first.wait(60).code == 1 and first.error["code"] == "GW3023", first.snapshot()
    writer.stop()
    stop(second)
    move.check(source, shop)


def test_a_lost_source(work, move):
    """The stage is broken while the source is away, and goes on by itself."""
    with MySQL9() as server:
        writing.make(server, "shop", rows=40)
        writer = writing.Writer(server, "shop", 15).start()
        worker = work(server, "shop", fence=1)
        worker.wait_for_stage("incremental-running")
        server.kill9()
        worker.wait_for_stage("incremental-broken")
        server.start()
        worker.wait_for_stage("incremental-mended")
        before = writer.done
        wait_until(lambda: writer.done > before + 20, "the writer goes on", 60)
        writer.stop()
        stop(worker)
        assert worker.stages == ONLINE + ["incremental-broken", "incremental-mended", "incremental-stopped"]
        move.check(server, "shop")


def test_what_an_earlier_worker_has_left(work, move, source, shop):
    worker = work(source, shop, fence=1)
    worker.wait_for_stage("incremental-running")
    worker.order("stop")
    assert worker.wait(30).code == 130
    writing.Writer(source, shop, 16).run(30)
    # It was about to stop: it does so without an order.
    worker = work(source, shop, fence=2, resume=True, checked=True, incremental="stopping")
    worker.wait_for_stage("incremental-stopped")
    move.check(source, shop)
    worker.kill9()
    # It had stopped: what is written now is left alone.
    source.execute("INSERT INTO plain (k, c) VALUES (100001, 'late')", database=shop)
    worker = work(source, shop, fence=3, resume=True, checked=True, incremental="stopped")
    worker.wait_for_stage("incremental-stopped")
    worker.order("finish")
    assert worker.wait(30).code == 0 and worker.stages == ["incremental-start", "incremental-stopped"]
    assert move.one(f"SELECT count(*) FROM {shop}.plain WHERE k = 100001") == 0


def test_a_change_that_cannot_be_applied(work, move, source, shop):
    worker = work(source, shop, fence=1)
    worker.wait_for_stage("incremental-running")
    move.target.execute(f"DELETE FROM {shop}.settings")
    source.execute("UPDATE settings SET v = 77", database=shop)
    assert worker.wait(60).code == 1
    assert worker.error["code"] == "GW3051" and "settings" in worker.error["where"], worker.error


def test_a_binlog_that_is_purged_meanwhile(work, move, tmp_path):
    """What was written while the load ran is on the worker's disk when the source has thrown it away."""
    with MySQL9() as server:
        writing.make(server, "shop", rows=400)
        worker = work(server, "shop", fence=1, task={"rate_limit": "8kB"})
        worker.wait_for_stage("full-running")
        writing.Writer(server, "shop", 19).run(40)
        server.execute("FLUSH BINARY LOGS")
        last = server.execute("SHOW BINARY LOGS")[-1][0]
        wait_until(lambda: purged(server, last), "the log is let go", 30, worker.alive)
        assert "full-finished" not in worker.stages
        worker.wait_for_stage("incremental-running")
        assert (tmp_path / "work" / "spool" / "lock").exists()
        stop(worker)
        assert not (tmp_path / "work" / "spool").exists()
        move.check(server, "shop")


def purged(server, last):
    """A log that the worker still reads is not purged."""
    server.execute(f"PURGE BINARY LOGS TO '{last}'")
    return server.execute("SHOW BINARY LOGS")[0][0] == last


# ---- the way back ----


def test_what_is_written_to_the_target_comes_back(work, move, source, shop):
    """From the moment the incremental migration has stopped, also before the reverse one begins; killed and taken over on the way."""
    writing.Writer(source, shop, 18).run(40)
    worker = work(source, shop, fence=1)
    worker.wait_for_stage("incremental-running")
    worker.order("stop-incremental")
    worker.wait_for_stage("incremental-stopped")
    assert left_in(move.target)[:2] == [1, 1]
    writer = BackWriter(move.target, shop, 21).start()
    wait_until(lambda: writer.done > 10, "written before it begins", 30)
    worker.order("start-reverse")
    worker.wait_for_stage("reverse-running")
    wait_until(lambda: [p for p in worker.of_kind("progress") if p["phase"] == "reverse" and p["rows"] > 0], "figures", 30, worker.alive)
    for fence in range(2, 2 + times(2)):
        worker.kill9()
        worker = work(source, shop, fence=fence, resume=True, checked=True, incremental="reverse")
        worker.wait_for_stage("reverse-running")
        assert worker.stages == ["reverse-running"]
    before = writer.done
    wait_until(lambda: writer.done > before + 20, "written meanwhile", 30)
    writer.stop()
    worker.order("finish")  # what was written until now is carried back first
    assert worker.wait(60).code == 0, worker.snapshot()
    same(move, source, shop)
    assert left_in(move.target) == [0, 0, 0]


def test_a_way_back_that_is_not_taken(work, move, source, shop):
    """Nothing of it stays in the target; another worker that is left with it knows that."""
    worker = work(source, shop, fence=1)
    worker.wait_for_stage("incremental-running")
    worker.order("stop-incremental")
    worker.wait_for_stage("incremental-stopped")
    worker.order("stop")
    assert worker.wait(30).code == 130 and left_in(move.target)[0] == 1
    origins = "SELECT count(*) FROM pg_replication_origin"
    marks = move.one(origins)
    worker = work(source, shop, fence=2, resume=True, checked=True, incremental="stopped")
    worker.wait_for_stage("incremental-stopped")
    worker.order("finish")
    assert worker.wait(30).code == 0 and left_in(move.target) == [0, 0, 0]
    assert move.one(origins) < marks


def test_a_source_that_is_away_while_changes_come_back(work, move):
    with MySQL9() as server:
        writing.make(server, "shop", rows=20)
        worker = work(server, "shop", fence=1)
        worker.wait_for_stage("incremental-running")
        for order, stage in (("stop-incremental", "incremental-stopped"), ("start-reverse", "reverse-running")):
            worker.order(order)
            worker.wait_for_stage(stage)
        server.kill9()
        move.target.execute("INSERT INTO shop.plain (k, c) VALUES (5, 'meanwhile')")
        worker.wait_for_stage("reverse-broken")
        server.start()
        worker.wait_for_stage("reverse-mended")
        wait_until(lambda: server.execute("SELECT count(*) FROM shop.plain WHERE c = 'meanwhile'")[0][0] == 1, "it is there", 30)
        server.kill9()
        move.target.execute("INSERT INTO shop.plain (k, c) VALUES (6, 'too late')")
        wait_until(lambda: worker.stages.count("reverse-broken") == 2, "it is away", 30, worker.alive)
        worker.order("finish")  # which does not wait for it
        assert worker.wait(60).code == 0 and worker.error["code"] == "GW1028", worker.snapshot()
        assert left_in(move.target) == [0, 0, 0]


def test_a_target_that_cannot_keep_its_changes(work, godwit, tmp_path, source, shop):
    with Postgres(settings={"wal_level": "replica"}) as postgres:
        move = Move(godwit, Database(postgres).create(), tmp_path)
        worker = Worker(godwit, job_for(move, source, shop, mode=2, fence=1, directory=str(tmp_path / "work")))
        worker.wait_for_stage("incremental-running")
        worker.order("stop-incremental")
        worker.wait_for_stage("incremental-stopped")
        why = [e for e in worker.of_kind("stage") if e["stage"] == "incremental-stopped"][0]["error"]
        assert "wal_level" in json.dumps(why), why
        worker.order("start-reverse")
        assert worker.wait(30).code == 1 and worker.error["code"] == "GW1026", worker.snapshot()


# ---- with a server ----


@pytest.fixture
def server(godwit, tmp_path):
    server = Server(godwit, tmp_path / "data").start()
    yield server
    server.stop()


def test_a_server_migrates_online(server, godwit, move, mysql9, pg_db):
    """From the start to the end as people do it, with the worker killed on the way."""
    admin = server.admin()
    writing.make(mysql9, "online_served", rows=60)
    writer = writing.Writer(mysql9, "online_served", 17).start()
    source, target = admin.data_source("s", "mysql", mysql9), admin.data_source("t", "postgresql", pg_db.server)
    task = admin.task("online", [subtask(source, "online_served", target, pg_db.name, mode=2)])["id"]
    one = admin.subtasks(task)[0]["id"]

    def now():
        return admin.ok("GET", "/api/v1/subtasks/%d" % one)

    admin.wait_status(one, 8)
    admin.wait(lambda: (now()["figures"] or {}).get("follow", {}).get("applied", {}).get("rows", 0) > 0, "figures")
    os.kill(workers_of(agent_of(server))[0], signal.SIGKILL)
    admin.wait(lambda: now()["status"] != 8, "the loss of the worker is noticed")
    admin.wait_status(one, 8)
    events = [i.get("event") for i in admin.ok("GET", "/api/v1/subtasks/%d/timeline" % one)["items"]]
    assert events.count("full-running") == 1 and events.count("incremental-start") == 2, events
    admin.wait(lambda: any(s["lag_ms"] is not None for s in admin.ok("GET", "/api/v1/subtasks/%d/samples" % one)["items"]), "samples")
    writer.stop()

    # Rows that have changed are compared meanwhile: one that is missing is told.
    many = ",".join(f"({n}, 1, 'one of many')" for n in range(100001, 101101))
    mysql9.execute(f"INSERT INTO online_served.plain (id, k, c) VALUES {many}")
    pg = "SELECT count(*) FROM online_served.plain WHERE id > 100000"
    admin.wait(lambda: pg_db.execute(pg)[0][0] == 1100, "they have come")
    pg_db.execute("DELETE FROM online_served.plain WHERE id = 100007")

    def told():
        return [a for a in admin.ok("GET", "/api/v1/alerts?code=GW1052")["items"] if a["where"] == "table plain"]

    admin.wait(told, "the missing row is told", 90)
    assert "id=100007" in told()[0]["cause"]
    admin.wait(lambda: now()["figures"]["follow"].get("compared", {"keys": 0})["keys"] > 0, "what was compared is counted")
    pg_db.execute("INSERT INTO online_served.plain (id, k, c) VALUES (100007, 1, 'one of many')")
    admin.ok("POST", "/api/v1/subtasks/%d/stop-incremental" % one)
    admin.wait_status(one, 10)
    move.check(mysql9, "online_served")
    admin.wait(lambda: now()["figures"]["follow"]["rest"]["rows"] == 0, "the last figures")

    # And back, with the worker killed on the way.
    back = BackWriter(pg_db, "online_served", 22).start()
    admin.ok("POST", "/api/v1/subtasks/%d/start-reverse" % one)
    admin.wait_status(one, 12)
    admin.wait(lambda: (now()["figures"] or {}).get("phase") == "reverse" and now()["figures"]["rows"] > 0, "figures of the way back")
    os.kill(workers_of(agent_of(server))[0], signal.SIGKILL)
    admin.wait(lambda: now()["status"] != 12, "the loss of the worker is noticed")
    admin.wait_status(one, 12)
    back.stop()
    admin.ok("POST", "/api/v1/subtasks/%d/finish" % one)
    admin.wait_status(one, 100)
    admin.wait(lambda: not workers_of(agent_of(server)), "the worker's end")
    same(move, mysql9, "online_served")
    assert left_in(pg_db) == [0, 0, 0]
    mysql9.execute("DROP DATABASE online_served")


def test_a_definition_that_cannot_be_carried(server, mysql9, pg_db):
    """It stops the subtask, which goes on with what people say about it."""
    admin = server.admin()
    mysql9.script(["CREATE DATABASE online_defined", "CREATE TABLE online_defined.t (id int PRIMARY KEY, c varchar(20) NOT NULL, y year)",
                   "INSERT INTO online_defined.t VALUES (1, 'one', 2001)"])
    source, target = admin.data_source("s", "mysql", mysql9), admin.data_source("t", "postgresql", pg_db.server)
    task = admin.task("defined", [subtask(source, "online_defined", target, pg_db.name, mode=2)])["id"]
    one = admin.subtasks(task)[0]["id"]

    def stops(sql):
        admin.wait_status(one, 8)
        mysql9.execute(sql, database="online_defined")
        assert admin.wait_status(one, 500)["reason"]["code"] == "GW3055"

    def retry(body=None, status=200):
        got, answer = admin("POST", "/api/v1/subtasks/%d/retry" % one, body)
        assert got == status, answer
        return answer

    admin.wait_status(one, 8)
    stops("ALTER TABLE t MODIFY c varbinary(20) NOT NULL")
    for wrong in ("", 5, "x" * 70000):
        assert retry({"definition": wrong}, 400)["error"]["code"] == "GW1067"
    retry({"definition": "ALTER TABLE online_defined.t ALTER COLUMN c TYPE bytea\nUSING convert_to(c, 'UTF8')"})
    admin.wait_status(one, 8)
    mysql9.execute("INSERT INTO t VALUES (2, 0xff, 2002)", database="online_defined")
    admin.wait(lambda: pg_db.execute("SELECT encode(c, 'hex') FROM online_defined.t WHERE id = 2") == [("ff",)], "it is there")
    stops("ALTER TABLE t MODIFY y char(4)")  # what was said was about the other one
    pg_db.execute("ALTER TABLE online_defined.t ALTER COLUMN y TYPE varchar(4) USING lpad(y::text, 4, '0')")
    retry({"definition": "skip"})
    admin.wait_status(one, 8)
    mysql9.execute("INSERT INTO t VALUES (3, '3', 'year')", database="online_defined")
    admin.wait(lambda: pg_db.execute("SELECT y FROM online_defined.t WHERE id = 3") == [("year",)], "it is there")
    os.kill(workers_of(agent_of(server))[0], signal.SIGKILL)
    admin.wait_status(one, 8)
    admin.ok("POST", "/api/v1/subtasks/%d/finish" % one)
    admin.wait(lambda: not workers_of(agent_of(server)), "the worker's end")
    mysql9.execute("DROP DATABASE online_defined")
