"""What the server makes of its agents: leases, fences, orders, and what they claim. The agents here are the test's own, so that they can
say what a real one never would."""

import json
import time

import pytest
import websocket

from control import FAILED, FINISHED, WAITING, Server, subtask

LEASE_LOST_S = 30


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request, godwit, tmp_path):
    """With each kind of store."""
    options, env = ["--no-local-machine"], {}
    if request.param == "postgresql":
        database = request.getfixturevalue("pg_db")
        pg = database.server
        options += ["--store", "postgresql://%s@%s:%d/%s" % (pg.user, pg.host, pg.port, database.name)]
        env["GODWIT_STORE_PASSWORD"] = pg.password
    server = Server(godwit, tmp_path / "data", *options, env=env).start()
    yield server
    server.stop()


@pytest.fixture
def admin(server):
    return server.admin()


class Agent:
    """Speaks docs/agent-protocol.md from the other side."""

    def __init__(self, server, admin, name="agent"):
        self.server = server
        once = admin.ok("POST", "/api/v1/machines/token", {"name": name})["token"]
        enrolled = admin.ok("POST", "/api/v1/enrol", {"token": once, "version": "0", "facts": {"cores": 4, "memory_bytes": 16 << 30}})
        self.machine, self.token = enrolled["machine"], enrolled["token"]
        self.running = []

    def connect(self):
        self.ws = websocket.create_connection("ws://127.0.0.1:%d/api/v1/agent" % self.server.port, timeout=30,
                                              header=["Authorization: Bearer " + self.token])
        self.say("hello", version="0", facts={"cores": 4}, subtasks=self.running)
        assert self.hear("welcome")["machine"] == self.machine
        return self

    def connect_without_work(self):
        self.running = []
        return self.connect()

    def say(self, kind, **more):
        self.ws.send(json.dumps({"type": kind, **more}))

    def hear(self, kind, timeout=30):
        """The next message of that kind; beats are answered by nobody here."""
        end = time.monotonic() + timeout
        while True:
            self.ws.settimeout(max(0.05, end - time.monotonic()))
            message = json.loads(self.ws.recv())
            if message["type"] == kind:
                return message

    def silent(self, kind, seconds=1.5):
        try:
            heard = self.hear(kind, seconds)
        except websocket.WebSocketTimeoutException:
            return
        raise AssertionError("heard %s" % heard)

    def take(self):
        """A run; its subtask and fence."""
        message = self.hear("run")
        self.running = [{"subtask": message["subtask"], "fence": message["fence"]}]
        self.about = self.running[0]
        return message

    def event(self, event, **more):
        self.say("event", **self.about, event={"event": event, **more})

    def stages(self, *names):
        for name in names:
            self.event("stage", stage=name)

    def end(self, **how):
        self.say("ended", **self.about, **how)
        self.hear("forget")
        self.running = []


@pytest.fixture
def agent(server, admin):
    return Agent(server, admin).connect()


class Anywhere:
    """A data source that no worker ever looks at."""

    name, host, port, user, password = "mysql9", "127.0.0.1", 9, "u", "the-password-of-the-source"


@pytest.fixture
def make(admin):
    source = admin.data_source("s", "mysql", Anywhere)
    target = admin.data_source("t", "opengauss", Anywhere)
    numbers = iter(range(1000))

    def task(n=1, mode=1, **more):
        subtasks = [subtask(source, "shop", target, "db", schema="s%d" % next(numbers), mode=mode) for _ in range(n)]
        made = admin.task("t%d" % next(numbers), subtasks, **more)["id"]
        return made, [s["id"] for s in admin.subtasks(made)]

    return task


ALL_OFFLINE = ("full-running", "full-finished", "check-start", "check-running", "check-finished", "offline-done")


def test_a_job_has_all_a_worker_needs(agent, make):
    make()
    job = agent.take()["job"]
    assert job["verb"] == "migrate" and job["mode"] == 1 and job["fence"] == 1 and job["resume"] is False
    assert job["source_password"] == job["target_password"] == Anywhere.password
    assert job["task"]["source"].startswith("mysql://u@127.0.0.1:9/shop") and Anywhere.password not in json.dumps(job["task"])


def test_stages_objects_and_figures(admin, agent, make):
    task, (one,) = make()
    agent.take()
    agent.stages("full-running")
    items = [{"kind": "table", "name": "t%d" % i, "target": "s.t%d" % i, "status": 3 if i < 3 else 2, "rows": 10, "rows_estimate": 20,
              "bytes": 1000, "permille": 500} for i in range(4)]
    agent.event("objects", items=items)
    agent.event("progress", phase="load", fraction=0.5, rows=40, bytes=4000, rows_per_s=10.5, bytes_per_s=1000, eta_ms=4000)
    got = admin.wait(lambda: (lambda x: x if x["progress"] == 0.75 and x["figures"] else None)(admin.ok("GET", "/api/v1/subtasks/%d" % one)), "figures")
    assert got["figures"]["rows"] == 40 and got["objects"] == {"table": {"2": 1, "3": 3}}
    assert admin.ok("GET", "/api/v1/tasks/%d" % task)["progress"] == 0.25  # one of four quarters: full migration
    assert [s["rows"] for s in admin.ok("GET", "/api/v1/subtasks/%d/samples" % one)["items"]] == [40]
    error = {"code": "GW3020", "message": "the target refused a row", "hint": "mend it"}
    agent.event("objects", items=[{**items[3], "status": 6, "error": error}, {"kind": "table", "name": "x" * 500, "status": 2}, {"name": 7}])
    failed = admin.wait(lambda: admin.ok("GET", "/api/v1/subtasks/%d/objects?errors=1" % one)["items"], "the failed table")
    assert [(o["name"], o["error"]["code"]) for o in failed] == [("t3", "GW3020")]
    agent.stages(*ALL_OFFLINE[1:])
    agent.event("check", check={"different": True})
    agent.end(code=4)
    got = admin.wait_status(one, FINISHED)
    assert got["progress"] == 1
    assert [a["code"] for a in admin.ok("GET", "/api/v1/alerts?open=true")["items"]] == ["GW1052"]


def test_the_end_of_a_worker(admin, agent, make):
    task, (one,) = make()
    agent.take()
    agent.stages("full-running")
    agent.end(code=1, error={"code": "GW3021", "message": "no", "hint": "h", "retryable": False})
    got = admin.wait_status(one, FAILED)
    assert got["reason"]["code"] == "GW3021" and admin.ok("GET", "/api/v1/tasks/%d" % task)["status"] == 1
    admin.ok("POST", "/api/v1/subtasks/%d/retry" % one)
    again = agent.take()
    assert again["fence"] == 2 and again["job"]["resume"] is True
    agent.stages("full-running")
    agent.end(code=1, error={"code": "GW2012", "message": "the connection broke", "retryable": True})
    admin.wait_status(one, WAITING)
    third = agent.take()  # by itself, after two seconds
    assert third["fence"] == 3
    agent.stages(*ALL_OFFLINE)
    agent.end(code=0)
    admin.wait_status(one, FINISHED)
    assert admin.ok("GET", "/api/v1/tasks/%d" % task)["status"] == 2


def test_done_but_not_all_compared(admin, agent, make):
    _, (one,) = make()
    agent.take()
    agent.stages(*ALL_OFFLINE)
    agent.end(code=1, error={"code": "GW1050", "message": "not everything could be compared"})
    assert admin.ok("GET", "/api/v1/subtasks/%d" % one)["status"] == FINISHED
    alert, = admin.ok("GET", "/api/v1/alerts?open=true")["items"]
    assert (alert["code"], alert["level"]) == ("GW1050", "warning")


def test_precheck_failed(admin, agent, make):
    task, (one,) = make()
    agent.take()
    agent.event("precheck", precheck={"failed": 2, "items": []})
    agent.end(code=3, error={"code": "GW1010", "message": "2 items failed"})
    admin.wait_status(one, 3000)
    assert admin.ok("GET", "/api/v1/tasks/%d" % task)["status"] == 3000
    assert admin.ok("GET", "/api/v1/subtasks/%d/precheck" % one)["precheck"]["failed"] == 2


def test_a_stale_fence_is_nobody(admin, agent, make):
    _, (one,) = make()
    agent.take()
    agent.stages("full-running")
    admin.wait_status(one, 2)
    agent.about = {**agent.about, "fence": 0}
    agent.stages("full-finished")
    assert agent.hear("kill")["fence"] == 0
    assert admin.ok("GET", "/api/v1/subtasks/%d" % one)["status"] == 2
    agent.say("ended", **agent.about, code=0)
    agent.hear("forget")
    assert admin.ok("GET", "/api/v1/subtasks/%d" % one)["status"] == 2


def test_another_machine_cannot_speak_for_it(server, admin, agent, make):
    _, (one,) = make()
    agent.take()
    other = Agent(server, admin, "other").connect()
    other.about = agent.about
    other.stages("full-running")
    other.hear("kill")
    assert admin.ok("GET", "/api/v1/subtasks/%d" % one)["status"] == 1


def test_reconnecting_in_time_loses_nothing(admin, agent, make):
    _, (one,) = make()
    agent.take()
    agent.stages("full-running")
    admin.wait_status(one, 2)
    agent.ws.close()
    agent.connect()
    agent.stages("full-running", "full-finished")  # said again, as after every hello
    got = admin.wait_status(one, 3)
    assert got["attempts"] == 1


def test_an_agent_that_comes_back_without_its_worker(admin, agent, make):
    _, (one,) = make()
    agent.take()
    agent.stages("full-running")
    admin.wait_status(one, 2)
    agent.ws.close()
    agent.running = []
    agent.connect()
    again = agent.take()
    assert (again["subtask"], again["fence"]) == (one, 2)


def test_a_subtask_that_takes_machines_down_is_given_up(admin, agent, make):
    """An agent that dies each time it has the subtask: not for ever."""
    _, (one,) = make()
    for fence in range(1, 11):
        assert agent.take()["fence"] == fence
        agent.stages("full-running")
        agent.ws.close()
        agent.connect_without_work()
    got = admin.wait_status(one, FAILED)
    assert got["reason"]["code"] == "GW1130" and got["attempts"] == 10
    alert, = admin.ok("GET", "/api/v1/alerts?open=true")["items"]
    assert alert["code"] == "GW1130" and alert["hint"]
    agent.silent("run")
    admin.ok("POST", "/api/v1/subtasks/%d/retry" % one)
    agent.take()
    agent.ws.close()
    agent.connect_without_work()
    assert agent.take()["fence"] == 12  # counted anew


def test_a_machine_that_vanishes_loses_its_subtasks(server, admin, agent, make):
    task, (one,) = make()
    agent.take()
    agent.stages("full-running")
    admin.wait_status(one, 2)
    other = Agent(server, admin, "other").connect()
    agent.ws.close()
    gone = time.monotonic()
    while True:
        other.say("beat", facts={})
        try:
            taken = other.hear("run", 2)
            break
        except websocket.WebSocketTimeoutException:
            assert time.monotonic() - gone < LEASE_LOST_S
    assert (taken["subtask"], taken["fence"]) == (one, 2)
    # The first comes back and believes it still has it.
    agent.connect()
    assert agent.hear("kill")["fence"] == 1


def test_people_end_it(admin, agent, make):
    task, (one,) = make()
    agent.take()
    agent.stages("full-running")
    admin.wait_status(one, 2)
    admin.ok("POST", "/api/v1/tasks/%d/finish" % task)
    assert agent.hear("order")["order"] == "stop"
    admin.refused(409, "GW1087", "POST", "/api/v1/tasks/%d/reset" % task)  # it still runs
    agent.end(code=130)
    admin.ok("POST", "/api/v1/tasks/%d/reset" % task)
    got = admin.ok("GET", "/api/v1/subtasks/%d" % one)
    assert (got["status"], got["progress"], got["attempts"]) == (0, 0, 0)


def test_the_online_states(admin, agent, make):
    """The table, its events and the API, whatever a worker makes of them."""
    _, (one,) = make(mode=2)
    agent.take()
    agent.stages(*ALL_OFFLINE[:-1], "incremental-start", "incremental-running")
    got = admin.wait_status(one, 8)
    admin.refused(409, "GW1087", "POST", "/api/v1/subtasks/%d/start-reverse" % one)
    agent.stages("incremental-broken")
    admin.wait_status(one, 30)
    agent.stages("incremental-mended")
    admin.wait_status(one, 8)
    for _ in range(2):
        admin.ok("POST", "/api/v1/subtasks/%d/stop-incremental" % one)
    assert agent.hear("order")["order"] == "stop-incremental"
    agent.stages("incremental-stopped")
    admin.wait_status(one, 10)
    admin.ok("POST", "/api/v1/subtasks/%d/start-reverse" % one)
    assert agent.hear("order")["order"] == "start-reverse"
    agent.stages("reverse-running")
    admin.wait_status(one, 12)
    admin.ok("POST", "/api/v1/subtasks/%d/finish" % one)
    assert agent.hear("order")["order"] == "finish"
    agent.end(code=0)
    got = admin.ok("GET", "/api/v1/subtasks/%d" % one)
    assert got["status"] == FINISHED
    assert [o["code"] for o in reversed(admin.ok("GET", "/api/v1/tasks/%d/operations" % got["task"])["items"])] == [1, 1, 2, 3, 100]


def test_finished_while_nobody_can_take_the_way_back_down(admin, agent, make):
    """That the slot is still in the target is told."""
    _, (one,) = make(mode=2)
    agent.take()
    agent.stages(*ALL_OFFLINE[:-1], "incremental-start", "incremental-running")
    admin.wait_status(one, 8)
    admin.ok("POST", "/api/v1/subtasks/%d/stop-incremental" % one)
    agent.stages("incremental-stopped")
    admin.wait_status(one, 10)
    agent.end(code=1, error={"code": "GW3001", "message": "gone", "retryable": True})
    admin.wait_status(one, 1000)  # it is tried again later
    admin.ok("POST", "/api/v1/subtasks/%d/finish" % one)
    admin.wait(lambda: any(a["code"] == "GW1028" for a in admin.ok("GET", "/api/v1/alerts?open=true")["items"]), "it is told")


def test_places_are_spread_and_kept(server, admin, agent, make):
    machines = [agent] + [Agent(server, admin, "m%d" % i).connect() for i in range(2)]
    for m in machines:
        admin.ok("PATCH", "/api/v1/machines/%d" % m.machine, {"capacity": 2})
    task, ids = make(n=8)
    admin.wait(lambda: sum(s["status"] == 1 for s in admin.subtasks(task)) == 6, "six are placed")
    by_machine = [s["machine"]["id"] for s in admin.subtasks(task) if s["machine"]]
    assert sorted(by_machine.count(m.machine) for m in machines) == [2, 2, 2]
    assert sum(s["status"] == WAITING for s in admin.subtasks(task)) == 2
    machines[1].take()
    machines[1].stages("full-running")
    machines[1].end(code=1, error={"code": "GW3021", "message": "no"})
    admin.wait(lambda: sum(s["status"] == WAITING for s in admin.subtasks(task)) == 1, "one more has a place")


def test_only_the_chosen_machines(server, admin, agent, make):
    other = Agent(server, admin, "other").connect()
    task, _ = make(machines=[other.machine])
    other.take()
    agent.silent("run")


def test_rubbish_ends_the_connection_and_nothing_else(server, admin, agent):
    for rubbish in ("", "[]", "{", "7", '{"type": 3}', '{"no": "type"}', '{"type": "hello", "type": "beat"}'):
        agent.ws.send(rubbish)
        with pytest.raises((websocket.WebSocketConnectionClosedException, ConnectionError)):
            while True:
                if agent.ws.recv_data()[0] == websocket.ABNF.OPCODE_CLOSE:
                    raise ConnectionError
        assert admin.ok("GET", "/healthz")
        agent.connect()


def test_strange_but_harmless(admin, agent, make):
    _, (one,) = make()
    agent.take()
    agent.say("dance")
    agent.event("stage", stage="never-heard-of")
    agent.event("stage")
    for people in ("finish", "reset", "retry", "start", "placed", "failed"):
        agent.event("stage", stage=people)
    agent.event("progress", rows="many", phase=7)
    agent.event("objects", items="none")
    agent.say("event", subtask=99999, fence=1, event={"event": "stage", "stage": "full-running"})
    agent.hear("kill")
    agent.say("log", **agent.about, lines=[{"level": "info", "event": "e", "text": "a line"}, "no object", 7])
    agent.stages("full-running")
    admin.wait_status(one, 2)


def test_without_a_token(server):
    for header in ([], ["Authorization: Bearer machine-nobody"]):
        with pytest.raises((websocket.WebSocketException, ConnectionError)):
            ws = websocket.create_connection("ws://127.0.0.1:%d/api/v1/agent" % server.port, timeout=10, header=header)
            ws.send(json.dumps({"type": "hello", "subtasks": []}))
            if ws.recv_data()[0] == websocket.ABNF.OPCODE_CLOSE:
                raise ConnectionError
