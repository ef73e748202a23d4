"""The cut-over as an action of a running migration: the worker makes it where it stands, and goes on with what comes of it."""

import os
import random
import signal
import time

import pytest

import writing
from control import Server, agent_of, subtask, workers_of
from cutting import Application, left_in, let_in, read_only, same
from moving import times, wait_until
from test_openapi import Checked
from working import Worker, job_for
from writing_back import BackWriter


@pytest.fixture
def shop(source):
    name = "cut_online"
    writing.make(source, name, rows=60)
    let_in(source, name)
    yield name
    source.execute("SET GLOBAL read_only = 0")
    source.execute("DROP USER 'app'@'%'")
    source.execute(f"DROP DATABASE IF EXISTS {name}")


@pytest.fixture
def work(move, godwit, tmp_path):
    return lambda server, database, **keys: Worker(godwit, job_for(move, server, database, mode=2, directory=str(tmp_path / "work"), **keys))


def reports(worker):
    return [e["cutover"] for e in worker.of_kind("cutover")]


def test_there_and_back_and_there(work, move, source, shop):
    """Fenced, drained, compared, carried back; taken back, and followed as before; and cut over once more."""
    application = Application(source, shop, 31).start()
    worker = work(source, shop, fence=1)
    worker.wait_for_stage("incremental-running")
    wait_until(lambda: application.done > 20, "something is written")
    worker.order("cutover", cutover={"check": "full"})
    worker.wait_for_stage("reverse-running")
    made, = reports(worker)
    assert made["ok"] and not made["undo"] and made["downtime_ms"] > 0 and made["check"]["different"] is False, made
    assert {p["cutover"]["step"] for p in worker.of_kind("progress") if p["phase"] == "cutover"} >= {"look", "fence", "drain", "check"}
    wait_until(lambda: application.fenced, "the application is stopped")
    application.stop()
    assert read_only(source) == 1
    back = BackWriter(move.target, shop, 32).start()
    wait_until(lambda: back.done > 20, "the target is written to", 30)
    back.stop()

    worker.order("undo-cutover")
    worker.wait_for_stage("cutover-undone")
    assert reports(worker)[-1]["ok"] and reports(worker)[-1]["undo"] and read_only(source) == 0 and left_in(move.target) == [0, 0, 0]
    same(move, source, shop)
    application = Application(source, shop, 33).start()
    wait_until(lambda: application.done > 20, "the source is written to again")
    worker.order("cutover", cutover={})
    wait_until(lambda: worker.stages.count("reverse-running") == 2, "it is cut over again", 60, worker.alive)
    application.stop()
    worker.order("finish")
    assert worker.wait(60).code == 0, worker.snapshot()
    same(move, source, shop)
    assert left_in(move.target) == [0, 0, 0]
    assert worker.stages[-5:] == ["incremental-stopped", "reverse-running", "cutover-undone", "incremental-stopped", "reverse-running"]


def test_one_that_is_not_made(work, move, source, shop):
    """Somebody writes behind the fence, or it takes too long: all is as before, the source is followed on, and it says why."""
    writer = writing.Writer(source, shop, 34).start()  # read_only does not stop this account
    worker = work(source, shop, fence=1)
    worker.wait_for_stage("incremental-running")
    worker.order("cutover", cutover={"fence": "confirmed"})
    worker.wait_for_stage("cutover-undone")
    told = [e for e in worker.of_kind("stage") if e["stage"] == "cutover-undone"][0]
    assert told["error"]["code"] == "GW1027" and reports(worker)[0]["undone"] is True, told
    worker.order("cutover", cutover={"fence": "no such"})
    worker.order("cutover", cutover={"budget_ms": 1})
    wait_until(lambda: worker.stages.count("cutover-undone") == 2, "the second one", 30, worker.alive)
    assert read_only(source) == 0 and left_in(move.target) == [0, 0, 0]
    writer.stop()
    worker.order("stop-incremental")
    worker.wait_for_stage("incremental-stopped")
    worker.order("finish")
    assert worker.wait(30).code == 0, worker.snapshot()
    move.check(source, shop)


def test_killed_while_it_is_made_and_taken_back(work, move, source, shop):
    """The next worker goes on with it, from wherever it was."""
    dice, fence, left = random.Random(8), 1, "cutover"
    worker = work(source, shop, fence=fence)
    worker.wait_for_stage("incremental-running")
    worker.order("cutover", cutover={})
    for _ in range(times(5)):
        wait_until(lambda w=worker: w.of_kind("progress") or w.stages, "it has begun", 30, worker.alive)
        time.sleep(dice.uniform(0, 1.5))  # the instant is what is random
        worker.kill9()
        if left == "cutover" and "reverse-running" in worker.stages:
            left = "undo"
        elif left == "undo" and "cutover-undone" in worker.stages:
            left = "cutover"
        fence += 1
        worker = work(source, shop, fence=fence, resume=True, checked=True, incremental=left, cutover={"check": "none"})
    if left == "cutover":
        worker.wait_for_stage("reverse-running")
        assert read_only(source) == 1
        worker.order("undo-cutover")
    worker.wait_for_stage("cutover-undone")
    assert read_only(source) == 0 and left_in(move.target) == [0, 0, 0]
    worker.order("stop-incremental")
    worker.wait_for_stage("incremental-stopped")
    worker.order("finish")
    assert worker.wait(30).code == 0
    same(move, source, shop)


def test_finished_while_it_is_made(work, move, source, shop):
    worker = work(source, shop, fence=1)
    worker.wait_for_stage("incremental-running")
    worker.order("cutover", cutover={"check": "full"})
    wait_until(lambda: worker.of_kind("progress") and worker.of_kind("progress")[-1]["phase"] == "cutover", "it has begun", 30, worker.alive)
    worker.order("finish")
    assert worker.wait(60).code == 0, worker.snapshot()
    assert left_in(move.target) == [0, 0, 0]
    assert read_only(source) == (1 if "incremental-stopped" in worker.stages else 0)


# ---- with a server ----


@pytest.fixture
def server(godwit, tmp_path):
    server = Server(godwit, tmp_path / "data").start()
    yield server
    server.stop()


def test_a_server_cuts_over(server, move, mysql9, pg_db):
    """Looked at before; made, with the worker killed meanwhile; taken back; and what cannot be done is refused."""
    admin = server.admin(Checked)  # answers are as described
    name = "cut_served"
    writing.make(mysql9, name, rows=40)
    let_in(mysql9, name)
    application = Application(mysql9, name, 35).start()
    source, target = admin.data_source("s", "mysql", mysql9), admin.data_source("t", "postgresql", pg_db.server)
    task = admin.task("cut", [subtask(source, name, target, pg_db.name, mode=2)])["id"]
    one = admin.subtasks(task)[0]["id"]

    def at(place):
        return "/api/v1/subtasks/%d/%s" % (one, place)

    def events():
        return [i.get("event") for i in admin.ok("GET", at("timeline"))["items"]]

    try:
        admin.wait_status(one, 8)
        admin.refused(409, "GW1087", "POST", at("undo-cutover"))
        for wrong in ({"fence": "x"}, {"check": 1}, {"max_lag_s": 0}, {"budget_s": "5"}):
            admin.refused(400, "GW1067", "POST", at("cutover"), wrong)
        look = admin.ok("POST", at("cutover/look"), {})
        assert look["ok"] and {i["name"] for i in look["items"]} >= {"source.fence", "source.writes_behind_fence", "target.wal_level"}
        admin.ok("POST", at("cutover"), {"budget_s": 100, "max_lag_s": 30})
        admin.wait(lambda: (admin.ok("GET", "/api/v1/subtasks/%d" % one)["figures"] or {}).get("phase") == "cutover", "it is being made")
        os.kill(workers_of(agent_of(server))[0], signal.SIGKILL)
        admin.wait_status(one, 12)
        application.stop()
        made = admin.ok("GET", at("cutover"))["cutover"]
        assert made["ok"] and read_only(mysql9) == 1, made
        admin.ok("POST", at("undo-cutover"))
        admin.wait_status(one, 8)
        assert admin.ok("GET", at("cutover"))["cutover"]["undo"] and read_only(mysql9) == 0
        admin.ok("POST", at("stop-incremental"))
        admin.wait_status(one, 10)
        admin.ok("POST", at("start-reverse"))
        admin.wait_status(one, 12)
        admin.refused(409, "GW1087", "POST", at("undo-cutover"))  # nothing was fenced this time
        admin.ok("POST", at("finish"))
        admin.wait(lambda: not workers_of(agent_of(server)), "the worker's end")
        same(move, mysql9, name)
        assert left_in(pg_db) == [0, 0, 0] and {"cutover", "undo-cutover", "cutover-undone"} <= set(events()), events()
    finally:
        mysql9.execute("SET GLOBAL read_only = 0")
        mysql9.execute("DROP USER 'app'@'%'")
        mysql9.execute(f"DROP DATABASE {name}")
