"""Several servers on one store: work is shared, and one that dies takes nothing with it."""

import signal
import time

import pytest

from control import FINISHED, Server, agent_of, children, subtask, workers_of
from servers import Postgres

SLOW = {"jobs": 1, "chunk-size": "64KiB", "rate-limit": "100KB"}
LEASE_S, PROMISED_S = 20, 30  # what is given back after a server is gone; and goes on elsewhere


def serve(godwit, directory, store, name, key=None):
    """A server with its store in a database of that server."""
    if key is not None:
        directory.mkdir(mode=0o700)
        (directory / "godwit.key").write_bytes(key)
        (directory / "godwit.key").chmod(0o600)
    return Server(godwit, directory, "--store", "postgresql://%s@%s:%d/control" % (store.user, store.host, store.port), "--name", name,
                  env={"GODWIT_STORE_PASSWORD": store.password}).start()


@pytest.fixture
def two(godwit, tmp_path, pg15):
    """Two servers, one store in PostgreSQL, the same key."""
    pg15.execute("DROP DATABASE IF EXISTS control")
    pg15.execute("CREATE DATABASE control")
    first = serve(godwit, tmp_path / "one", pg15, "one")
    second = serve(godwit, tmp_path / "two", pg15, "two", (tmp_path / "one" / "godwit.key").read_bytes())
    yield first, second
    for server in (first, second):
        if server.run.alive():
            server.stop()
    pg15.execute("DROP DATABASE control WITH (FORCE)")


@pytest.fixture
def many(mysql9):
    """A few databases of some seconds each."""
    names = ["several_%d" % i for i in range(6)]
    for name in names:
        mysql9.script(["DROP DATABASE IF EXISTS %s" % name, "CREATE DATABASE %s" % name,
                       "CREATE TABLE %s.t (id int PRIMARY KEY AUTO_INCREMENT, v varchar(1200))" % name,
                       "INSERT INTO %s.t (v) VALUES (repeat('x', 1100))" % name]
                      + ["INSERT INTO %s.t (v) SELECT v FROM %s.t" % (name, name)] * 10)
    yield names
    for name in names:
        mysql9.execute("DROP DATABASE %s" % name)


def shared_task(first, second, many, mysql9, pg_db):
    """Runs on the machines of both: its number, a client of each server."""
    admin = first.admin()
    source, target = admin.data_source("s", "mysql", mysql9), admin.data_source("t", "postgresql", pg_db.server)
    admin.wait(lambda: len([m for m in admin.ok("GET", "/api/v1/machines")["items"] if m["state"] == "online"]) == 2, "both machines")
    for m in admin.ok("GET", "/api/v1/machines")["items"]:
        admin.ok("PATCH", "/api/v1/machines/%d" % m["id"], {"capacity": 6})  # whatever this machine would take
    task = admin.task("shared", [subtask(source, name, target, pg_db.name, params=SLOW) for name in many])["id"]
    there = second.admin()
    there.wait(lambda: all(s["status"] in (2, 3, 4, 5) for s in there.subtasks(task)), "all are running")
    assert len({s["machine"]["name"] for s in there.subtasks(task)}) == 2  # spread over both
    return task, admin, there


def on(client, task, name):
    """Subtasks that the machine of that server has."""
    return [s["id"] for s in client.subtasks(task) if s["machine"] and name in s["machine"]["name"] and s["status"] != FINISHED]


def go_on_at_the_other(there, task, lost, since):
    there.wait(lambda: all("two" in (s["machine"] or {"name": ""})["name"] or s["status"] == FINISHED for s in there.subtasks(task) if s["id"] in lost),
               "they go on elsewhere", PROMISED_S + 10)
    print("they go on elsewhere after %.1f s" % (time.monotonic() - since))


def all_right(client, task, lost, many, move, mysql9, pg_db):
    """All data is there, and nothing ran more often than it had to."""
    over = client.wait_over(task, 240)
    assert all(s["status"] == FINISHED for s in over), over
    for s in over:
        happened = [(i.get("event"), i["at_ms"], (i.get("reason") or {}).get("message"), (i.get("reason") or {}).get("cause")) for i in client.ok("GET", "/api/v1/subtasks/%d/timeline" % s["id"])["items"]]
        assert s["attempts"] == (2 if s["id"] in lost else 1), (s["id"] in lost, s["machine"]["name"], happened)
    move.target = pg_db
    for name in many:
        move.check(mysql9, name)


def test_one_of_two_servers_is_killed(two, many, move, mysql9, pg_db):
    first, second = two
    assert second.first is None  # the account is there already
    task, _, there = shared_task(first, second, many, mysql9, pg_db)
    assert children(agent_of(first))
    first.kill()
    died = time.monotonic()
    lost = on(there, task, "one")
    assert lost
    go_on_at_the_other(there, task, lost, died)
    all_right(there, task, lost, many, move, mysql9, pg_db)


def test_one_of_two_servers_freezes_and_thaws(two, many, move, mysql9, pg_db):
    """Its agent is not frozen, but hears nothing. When it thaws it finds its subtasks elsewhere, and leaves them there."""
    first, second = two
    task, admin, there = shared_task(first, second, many, mysql9, pg_db)
    agent = agent_of(first)
    lost = on(there, task, "one")
    first.run.signal(signal.SIGSTOP)
    began = time.monotonic()
    try:
        there.wait(lambda: not workers_of(agent), "its agent ends the workers", LEASE_S)
        go_on_at_the_other(there, task, lost, began)
    finally:
        first.run.signal(signal.SIGCONT)
    assert admin.subtasks(task)  # it answers again
    admin.wait(lambda: len([m for m in admin.ok("GET", "/api/v1/machines")["items"] if m["state"] == "online"]) == 2, "its machine is back")
    all_right(admin, task, lost, many, move, mysql9, pg_db)


def test_the_store_goes_away_and_comes_back(godwit, tmp_path, move, many, mysql9, pg_db):
    """For a moment: nobody notices. For longer: workers end, and go on when it is back."""
    with Postgres() as store:
        store.execute("CREATE DATABASE control")
        server = serve(godwit, tmp_path / "alone", store, "alone")
        admin = server.admin()
        admin.wait(lambda: any(m["state"] == "online" for m in admin.ok("GET", "/api/v1/machines")["items"]), "the machine")
        source, target = admin.data_source("s", "mysql", mysql9), admin.data_source("t", "postgresql", pg_db.server)
        task = admin.task("alone", [subtask(source, name, target, pg_db.name, params=SLOW) for name in many[:2]])["id"]
        admin.wait(lambda: all(s["status"] in (2, 3, 4, 5) for s in admin.subtasks(task)), "all are running")
        agent = agent_of(server)
        workers = set(workers_of(agent))
        store.kill9()
        admin.refused(503, "GW5001", "GET", "/api/v1/tasks")
        admin.refused(503, "GW5001", "POST", "/api/v1/session", {"name": "admin", "password": "whatever it is"})
        time.sleep(3)
        store.start()
        admin.wait(lambda: admin("GET", "/api/v1/tasks")[0] == 200, "it answers again", 15)
        assert set(workers_of(agent)) == workers and [s["attempts"] for s in admin.subtasks(task)] == [1, 1]
        store.kill9()
        admin.wait(lambda: not workers_of(agent), "the agent ends its workers", LEASE_S + 5)
        store.start()
        back = time.monotonic()
        admin.wait(lambda: admin("GET", "/api/v1/tasks")[0] == 200 and len(workers_of(agent)) == 2, "they go on", PROMISED_S)
        print("they go on %.1f s after the store is back" % (time.monotonic() - back))
        over = admin.wait_over(task, 240)
        assert [(s["status"], s["attempts"]) for s in over] == [(FINISHED, 2)] * 2, over
        move.target = pg_db
        for name in many[:2]:
            move.check(mysql9, name)
        server.stop()
