"""Tasks from the API to the last row: real databases, the server's own execution machine, and what people may do when."""

import json
import os
import signal

import pytest

from control import FAILED, FINISHED, NOT_RUN, PRECHECK_FAILED, WAITING, Server, agent_of, subtask, workers_of


@pytest.fixture
def server(godwit, tmp_path):
    return Server(godwit, tmp_path / "data").start()


@pytest.fixture
def admin(server):
    return server.admin()


class Ends:
    """A source and a target, registered; subtask(name) moves a database of tests/data."""

    def __init__(self, admin, source, target):
        self.source, self.target = source, target
        self.source_id = admin.data_source("source", source.name.rstrip("9"), source)
        self.target_id = admin.data_source("target", "postgresql", target.server)

    def subtask(self, database, **more):
        return subtask(self.source_id, database, self.target_id, self.target.name, **more)


@pytest.fixture
def ends(admin, mysql9, pg_db):
    return Ends(admin, mysql9, pg_db)


@pytest.fixture
def slow(mysql9, sources):
    """A database that takes a few seconds, so that there is time to look at it, or to kill somebody."""
    name = "slow_%d" % os.getpid()
    mysql9.script(["DROP DATABASE IF EXISTS %s" % name, "CREATE DATABASE %s" % name,
                   "CREATE TABLE %s.t (id int PRIMARY KEY AUTO_INCREMENT, v varchar(100), w bigint)" % name,
                   "INSERT INTO %s.t (v, w) VALUES (repeat('x', 90), 1)" % name]
                  + ["INSERT INTO %s.t (v, w) SELECT v, w + %d FROM %s.t" % (name, i, name) for i in range(17)])
    yield name
    mysql9.execute("DROP DATABASE %s" % name)


SLOW = {"jobs": 1, "chunk-size": "64KiB", "rate-limit": "3MB"}


def statuses(admin, subtask_id):
    """The states a subtask went through, in their order."""
    items = admin.ok("GET", "/api/v1/subtasks/%d/timeline" % subtask_id)["items"]
    return [i["to"] for i in items if "to" in i]


def test_an_offline_task_from_begin_to_end(admin, ends, move, sources, mysql9):
    databases = [sources(mysql9, name) for name in ("bank", "keys")]
    task = admin.task("two databases", [ends.subtask(d) for d in databases], start=False)
    assert (task["status"], task["progress"], task["offline"]["not_started"]) == (0, 0, 2)
    admin.ok("POST", "/api/v1/tasks/%d/start" % task["id"])
    over = admin.wait_over(task["id"], 240)
    for database, one in zip(databases, over):
        assert (one["status"], one["progress"], one["reason"]) == (FINISHED, 1, None), json.dumps(one, indent=1)
        assert statuses(admin, one["id"]) == [1000, 1, 2, 3, 4, 5, 6, 100]
        objects = admin.ok("GET", "/api/v1/subtasks/%d/objects?size=200" % one["id"])
        assert objects["total"] > 0 and {o["status"] for o in objects["items"]} == {5}
        assert admin.ok("GET", "/api/v1/subtasks/%d/report" % one["id"])["report"]["ok"]
        assert not admin.ok("GET", "/api/v1/subtasks/%d/check" % one["id"])["check"]["different"]
        move.target = ends.target
        move.check(mysql9, database)
    task = admin.ok("GET", "/api/v1/tasks/%d" % task["id"])
    assert (task["status"], task["progress"], task["offline"]["finished"]) == (2, 1, 2)
    assert task["started_ms"] <= task["finished_ms"]
    assert [o["code"] for o in admin.ok("GET", "/api/v1/tasks/%d/operations" % task["id"])["items"]][-1] == 1


def test_a_failed_subtask_says_why_and_is_tried_again(admin, ends, sources, mysql9):
    database = sources(mysql9, "keys")
    admin.ok("PUT", "/api/v1/data-sources/%d" % ends.target_id,
             {"name": "target", "kind": "postgresql", "host": ends.target.server.host, "port": ends.target.server.port,
              "username": "nobody_of_that_name", "password": "wrong"})
    task = admin.task("fails at first", [ends.subtask(database)])
    one, = admin.wait_over(task["id"])
    assert one["status"] == PRECHECK_FAILED and one["reason"]["code"] == "GW1010", json.dumps(one)
    items = admin.ok("GET", "/api/v1/subtasks/%d/precheck" % one["id"])["precheck"]["items"]
    assert "GW3002" in json.dumps([i for i in items if i["status"] == "failed"]), items
    assert admin.ok("GET", "/api/v1/tasks/%d" % task["id"])["progress"] < 1
    admin.wait(lambda: [a["code"] for a in admin.ok("GET", "/api/v1/alerts?open=true")["items"]] == ["GW1010"], "an alert")
    admin.ok("PUT", "/api/v1/data-sources/%d" % ends.target_id,
             {"name": "target", "kind": "postgresql", "host": ends.target.server.host, "port": ends.target.server.port,
              "username": ends.target.server.user, "password": ends.target.server.password})
    admin.ok("POST", "/api/v1/subtasks/%d/retry" % one["id"])
    one, = admin.wait_over(task["id"])
    assert one["status"] == FINISHED, one
    admin.wait(lambda: admin.ok("GET", "/api/v1/alerts?open=true")["items"] == [], "the alert is closed")


def test_what_may_be_done_when(admin, ends, slow):
    task = admin.task("guards", [ends.subtask(slow, params=SLOW)], start=False)["id"]
    one = admin.subtasks(task)[0]["id"]
    admin.refused(409, "GW1087", "POST", "/api/v1/tasks/%d/finish" % task)
    admin.refused(409, "GW1087", "POST", "/api/v1/subtasks/%d/stop-incremental" % one)
    admin.refused(409, "GW1088", "POST", "/api/v1/tasks", {"name": "same target", "subtasks": [ends.subtask(slow)]})
    admin.refused(409, "GW1088", "POST", "/api/v1/tasks/%d/copy" % task)
    edited = admin.ok("PUT", "/api/v1/tasks/%d" % task, {"name": "guards 2", "subtasks": [ends.subtask(slow, params=SLOW)]})
    assert edited["name"] == "guards 2" and edited["subtasks"] == 1
    for _ in range(2):  # asked twice is asked once
        admin.ok("POST", "/api/v1/tasks/%d/start" % task)
    one = admin.subtasks(task)[0]["id"]
    admin.wait_status(one, 2)
    admin.refused(409, "GW1087", "PUT", "/api/v1/tasks/%d" % task, {"name": "x", "subtasks": [ends.subtask(slow)]})
    admin.refused(409, "GW1087", "DELETE", "/api/v1/tasks/%d" % task)
    admin.refused(409, "GW1087", "POST", "/api/v1/tasks/%d/reset" % task)
    for _ in range(2):
        admin.ok("POST", "/api/v1/tasks/%d/finish" % task)
    assert admin.subtasks(task)[0]["status"] == FINISHED
    got = admin.ok("GET", "/api/v1/tasks/%d" % task)
    assert (got["status"], got["progress"]) == (2, 1)
    # Its worker stops; then the task can be reset, edited, deleted.
    admin.wait(lambda: admin("POST", "/api/v1/tasks/%d/reset" % task)[0] == 200, "the worker has stopped")
    assert admin.subtasks(task)[0]["status"] == NOT_RUN
    assert admin.ok("GET", "/api/v1/tasks/%d" % task)["status"] == 0
    admin.ok("DELETE", "/api/v1/tasks/%d" % task)
    admin.refused(404, "GW1068", "GET", "/api/v1/tasks/%d" % task)


def test_bodies_that_make_no_task(admin, ends):
    good = {"name": "t", "subtasks": [ends.subtask("shop")]}
    for broken in ({"name": ""}, {"name": "x" * 201}, {"subtasks": []}, {"subtasks": "all"}, {"machines": [777]}, {"machines": "all"},
                   {"params": {"no-such-parameter": "1"}}, {"params": []}):
        status, body = admin("POST", "/api/v1/tasks", good | broken)
        assert status == 400, (broken, body)
    for broken in ({"mode": 3}, {"mode": None}, {"source_id": ends.target_id}, {"target_id": ends.source_id}, {"target_id": 999},
                   {"source_database": ""}, {"target_database": "x\n"}, {"tables": ["a"]}, {"tables": {"include": [1]}},
                   {"params": {"jobs": "many"}}):
        status, body = admin("POST", "/api/v1/tasks", good | {"subtasks": [good["subtasks"][0] | broken]})
        assert status == 400 and body["error"]["code"] in ("GW1067", "GW1071"), (broken, body)
    assert admin.ok("GET", "/api/v1/tasks")["total"] == 0
    admin.refused(400, "GW1067", "GET", "/api/v1/tasks?colour=red")
    admin.refused(400, "GW1067", "GET", "/api/v1/tasks?status=running")
    admin.refused(400, "GW1067", "GET", "/api/v1/tasks?sort=name%3Bdrop")


def test_lists_are_filtered_sorted_and_paged(admin, ends):
    for i in range(12):
        admin.task("task %02d%%" % i, [ends.subtask("db%d" % i)], start=False)
    names = lambda query: [t["name"] for t in admin.ok("GET", "/api/v1/tasks?" + query)["items"]]  # noqa: E731
    assert names("sort=name&size=3") == ["task 00%", "task 01%", "task 02%"]
    assert names("sort=-name&size=3&page=4") == ["task 02%", "task 01%", "task 00%"]
    assert names("name=K%2007") == ["task 07%"]
    assert len(names("name=%25&size=50")) == 12 and names("name=_&size=50") == []
    assert len(names("status=0,1&created_by=admin&size=50")) == 12 and names("status=2") == []
    assert names("started_from=1") == [] and names("finished_until=1") == []


def test_a_full_machine_lets_subtasks_wait(admin, ends, mysql9, slow):
    machine, = admin.ok("GET", "/api/v1/machines")["items"]
    admin.ok("PATCH", "/api/v1/machines/%d" % machine["id"], {"capacity": 1})
    task = admin.task("one at a time", [ends.subtask(slow, schema="s%d" % i, params=SLOW) for i in range(2)])["id"]
    first, second = (s["id"] for s in admin.subtasks(task))
    admin.wait_status(first, 2)
    assert admin.ok("GET", "/api/v1/subtasks/%d" % second)["status"] == WAITING
    assert all(s["status"] == FINISHED for s in admin.wait_over(task))
    assert statuses(admin, second) == [1000, 1, 2, 3, 4, 5, 6, 100]


# ---- who dies ----


def in_the_middle(admin, task):
    """Its subtask, once rows are on their way."""
    one = admin.subtasks(task)[0]["id"]
    admin.wait(lambda: ((admin.ok("GET", "/api/v1/subtasks/%d" % one)["figures"] or {}).get("rows") or 0) > 5000, "rows")
    return one


@pytest.mark.parametrize("who", ["worker", "agent", "server"])
def test_killed_in_the_middle(server, admin, ends, move, mysql9, slow, who):
    task = admin.task("killed", [ends.subtask(slow, params=SLOW)])["id"]
    one = in_the_middle(admin, task)
    agent = agent_of(server)
    worker, = workers_of(agent)
    if who == "server":
        server.kill()
        server.start()
    else:
        os.kill(worker if who == "worker" else agent, signal.SIGKILL)
    over, = admin.wait_over(task)
    assert over["status"] == FINISHED and over["attempts"] >= 2, over
    move.target = ends.target
    move.check(mysql9, slow)
    assert WAITING in statuses(admin, one)[1:]


def test_a_crash_loop_ends(server, admin, ends, slow):
    task = admin.task("crashes", [ends.subtask(slow, params=SLOW)])["id"]
    one = admin.subtasks(task)[0]["id"]
    agent = agent_of(server)

    def killed_again():
        for pid in workers_of(agent):
            os.kill(pid, signal.SIGSEGV)
        return admin.ok("GET", "/api/v1/subtasks/%d" % one)["status"] == FAILED

    admin.wait(killed_again, "it is given up", 120)
    got = admin.ok("GET", "/api/v1/subtasks/%d" % one)
    assert got["reason"]["code"] == "GW1089" and got["attempts"] == 4, got
    admin.ok("POST", "/api/v1/subtasks/%d/retry" % one)
    over, = admin.wait_over(task)
    assert over["status"] == FINISHED
