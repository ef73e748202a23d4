"""Whoever is killed, and whenever: workers, agents, the server. Subtasks go on within the promised time, each with one worker at a time, and in the
end the data is right."""

import os
import random
import signal
import time

import pytest

from control import FINISHED, OVER, WAITING, Server, agent_of, subtask, workers_of

SEED = int(os.environ.get("SEED", 20240607))
KILLS = ["worker", "agent", "machine", "server"] + os.environ.get("MORE_KILLS", "worker server").split()
PROMISED_S = 30
SLOW_S = 3  # a sanitizer's, on a busy machine: times what is promised
DATABASES = ["kills_%d" % i for i in range(4)]
SLOW = {"jobs": 1, "chunk-size": "64KiB", "rate-limit": "200KB"}


@pytest.fixture
def server(godwit, tmp_path):
    """Stopped in the end, not killed: what is not let go of then, a sanitizer tells."""
    server = Server(godwit, tmp_path / "data").start()
    yield server
    server.stop()


@pytest.fixture
def admin(server):
    return server.admin()


@pytest.fixture
def databases(mysql9):
    """Some seconds each. A table without a key tells of rows that come twice."""
    for i, name in enumerate(DATABASES):
        mysql9.script(["DROP DATABASE IF EXISTS %s" % name, "CREATE DATABASE %s" % name,
                       "CREATE TABLE %s.numbers (n int PRIMARY KEY)" % name,
                       "INSERT INTO %s.numbers WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 1000)"
                       " SELECT n FROM s" % name,
                       "CREATE TABLE %s.keyed (id int PRIMARY KEY AUTO_INCREMENT, v varchar(100), n int, KEY (n),"
                       " FOREIGN KEY (n) REFERENCES %s.numbers (n))" % (name, name),
                       "INSERT INTO %s.keyed (v, n) SELECT repeat('x', 60 + a.n %% 30), b.n FROM %s.numbers a JOIN %s.numbers b ON b.n <= 12"
                       % (name, name, name),
                       "CREATE TABLE %s.keyless (v varchar(100), n int)" % name,
                       "INSERT INTO %s.keyless SELECT repeat('y', 80), a.n %% %d FROM %s.numbers a JOIN %s.numbers b ON b.n <= 5"
                       % (name, 7 + i, name, name)])
    yield DATABASES
    for name in DATABASES:
        mysql9.execute("DROP DATABASE %s" % name)


@pytest.fixture
def machine(godwit, tmp_path, server, admin):
    machine = Machine(godwit, tmp_path, server, admin)
    admin.wait(lambda: machine.is_online(admin), "the second machine")
    yield machine
    machine.run.signal(signal.SIGTERM)
    assert machine.run.wait().code == 0


class Machine:
    """An agent that was started by hand; start() is what its init system would do."""

    def __init__(self, godwit, directory, server, admin):
        self.godwit, self.directory, self.server = godwit, directory / "second", server
        made = admin.ok("POST", "/api/v1/machines/token", {"name": "second"})
        self.id = made["machine"]
        self.file = directory / "token"
        self.file.write_text(made["token"] + "\n")
        self.start()

    def start(self):
        self.run = self.godwit.start("agent", "--server", "http://127.0.0.1:%d" % self.server.port, "--token-file", self.file,
                                     "--directory", self.directory, "--log", self.directory.parent / "agent.log")
        return self

    @property
    def pid(self):
        return self.run.process.pid

    def is_online(self, client):
        return client.ok("GET", "/api/v1/machines/%d" % self.id)["state"] == "online"


def running(server, machine):
    return [w for pid in (agent_of(server), machine.pid) if pid for w in workers_of(pid)]


def goes_on(admin, server, machine, task):
    """Is each subtask over, or has it a worker? Those that wait a few seconds after a crash do not yet."""
    left = [s for s in admin.subtasks(task) if s["status"] not in OVER]
    return all(s["status"] != WAITING and s["machine"] for s in left) and len(running(server, machine)) == len(left)


def history(admin, one):
    """What happened to a subtask: its placements and losses, in their order."""
    items = admin.ok("GET", "/api/v1/subtasks/%d/timeline" % one)["items"]
    return [i["event"] for i in items if i.get("event") in ("placed", "machine-lost")]


def test_killed_at_random_instants(server, admin, machine, databases, move, mysql9, pg_db):
    dice = random.Random(SEED)
    kills = dice.sample(KILLS, len(KILLS))
    print("SEED=%d: %s" % (SEED, kills))
    source, target = admin.data_source("s", "mysql", mysql9), admin.data_source("t", "postgresql", pg_db.server)
    task = admin.task("killed", [subtask(source, name, target, pg_db.name, params=SLOW) for name in databases])["id"]
    admin.wait(lambda: goes_on(admin, server, machine, task), "all run")
    took = []
    for who in kills:
        time.sleep(dice.uniform(0, 3))  # the instant is what is random
        if who == "worker":
            workers = running(server, machine)
            if not workers:
                break  # a slow test, or a quick machine
            os.kill(dice.choice(workers), signal.SIGKILL)
        elif who == "agent":
            os.kill(agent_of(server), signal.SIGKILL)
        elif who == "machine":
            machine.run.signal(signal.SIGKILL)
            machine.run.wait()
            machine.start()
        else:
            server.kill()
            server.start()
        begin = time.monotonic()
        admin.wait(lambda: goes_on(admin, server, machine, task), "all go on after the %s was killed" % who, PROMISED_S * SLOW_S)
        took.append("%s %.1f s" % (who, time.monotonic() - begin))
    print("goes on after: " + ", ".join(took))
    over = admin.wait_over(task, 240)
    assert [s["status"] for s in over] == [FINISHED] * len(databases), over
    assert sum(s["attempts"] for s in over) > len(databases)  # somebody was hit
    for one in over:
        happened = history(admin, one["id"])
        assert happened == ["placed", "machine-lost"] * (one["attempts"] - 1) + ["placed"], happened
    move.target = pg_db
    for name in databases:
        move.check(mysql9, name)
    assert not running(server, machine)
    # What the target knows: each was taken over as often as it was given away, and nobody came back.
    assert sorted(r[0] for r in pg_db.execute("SELECT fence FROM godwit.task")) == sorted(s["attempts"] for s in over)


def test_a_machine_that_freezes_and_thaws(server, admin, machine, databases, move, mysql9, pg_db):
    """Agent and worker stand still until the subtask runs elsewhere; then they go on as if nothing had been, and may not."""
    local = next(m["id"] for m in admin.ok("GET", "/api/v1/machines")["items"] if m["kind"] == "local")
    source, target = admin.data_source("s", "mysql", mysql9), admin.data_source("t", "postgresql", pg_db.server)
    admin.ok("PATCH", "/api/v1/machines/%d" % local, {"capacity": 1})
    admin.ok("PATCH", "/api/v1/machines/%d" % machine.id, {"capacity": 3})
    name = databases[0]
    task = admin.task("frozen", [subtask(source, name, target, pg_db.name, params=SLOW)], machines=[local, machine.id])["id"]
    one, = admin.subtasks(task)
    admin.wait(lambda: (admin.ok("GET", "/api/v1/subtasks/%d" % one["id"])["figures"] or {}).get("rows"), "rows")
    worker, = workers_of(machine.pid)
    for pid in (machine.pid, worker):
        os.kill(pid, signal.SIGSTOP)
    begin = time.monotonic()
    try:
        admin.wait(lambda: admin.ok("GET", "/api/v1/subtasks/%d" % one["id"])["attempts"] == 2, "it goes on elsewhere", PROMISED_S)
        heir, = admin.wait(lambda: workers_of(agent_of(server)), "its other worker")
        print("given away after %.1f s" % (time.monotonic() - begin))
    finally:
        for pid in (worker, machine.pid):
            os.kill(pid, signal.SIGCONT)
    admin.wait(lambda: worker not in workers_of(machine.pid), "the worker that was frozen is no more", 30)
    assert heir in workers_of(agent_of(server))
    admin.wait(lambda: machine.is_online(admin), "the machine is back")
    over, = admin.wait_over(task, 120)
    assert over["status"] == FINISHED and over["attempts"] == 2, over
    assert history(admin, over["id"]) == ["placed", "machine-lost", "placed"]
    move.target = pg_db
    move.check(mysql9, name)
