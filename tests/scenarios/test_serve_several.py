"""Several servers on one store: work is shared, and one that dies takes nothing with it."""

import signal
import time

import pytest

from control import FINISHED, Server, agent_of, children, subtask

SLOW = {"jobs": 1, "chunk-size": "64KiB", "rate-limit": "2MB"}


@pytest.fixture
def two(godwit, tmp_path, pg15):
    """Two servers, one store in PostgreSQL, the same key."""
    pg15.execute("DROP DATABASE IF EXISTS control")
    pg15.execute("CREATE DATABASE control")
    store = ["--store", "postgresql://%s@%s:%d/control" % (pg15.user, pg15.host, pg15.port)]
    env = {"GODWIT_STORE_PASSWORD": pg15.password}
    first = Server(godwit, tmp_path / "one", *store, "--name", "one", env=env).start()
    (tmp_path / "two").mkdir(mode=0o700)
    key = tmp_path / "two" / "godwit.key"
    key.write_bytes((tmp_path / "one" / "godwit.key").read_bytes())
    key.chmod(0o600)
    second = Server(godwit, tmp_path / "two", *store, "--name", "two", env=env).start()
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
                       "CREATE TABLE %s.t (id int PRIMARY KEY AUTO_INCREMENT, v varchar(100))" % name,
                       "INSERT INTO %s.t (v) VALUES (repeat('x', 90))" % name]
                      + ["INSERT INTO %s.t (v) SELECT v FROM %s.t" % (name, name)] * 16)
    yield names
    for name in names:
        mysql9.execute("DROP DATABASE %s" % name)


def test_one_of_two_servers_is_killed(two, many, move, mysql9, pg_db):
    first, second = two
    assert second.first is None  # the account is there already
    admin = first.admin()
    source, target = admin.data_source("s", "mysql", mysql9), admin.data_source("t", "postgresql", pg_db.server)
    admin.wait(lambda: len([m for m in admin.ok("GET", "/api/v1/machines")["items"] if m["state"] == "online"]) == 2, "both machines")
    task = admin.task("shared", [subtask(source, name, target, pg_db.name, params=SLOW) for name in many])["id"]
    there = second.admin()
    there.wait(lambda: all(s["status"] == 2 for s in there.subtasks(task)), "all are running")
    machines = {s["machine"]["name"] for s in there.subtasks(task)}
    assert len(machines) == 2, machines  # spread over both
    agent = agent_of(first)
    doomed = children(agent)
    first.kill()
    died = time.monotonic()
    lost = [s["id"] for s in there.subtasks(task) if "one" in s["machine"]["name"]]
    assert lost and doomed
    there.wait(lambda: all("two" in (there.ok("GET", "/api/v1/subtasks/%d" % i)["machine"] or {"name": ""})["name"]
                           or there.ok("GET", "/api/v1/subtasks/%d" % i)["status"] == FINISHED for i in lost), "they go on elsewhere", 40)
    assert time.monotonic() - died < 40
    over = there.wait_over(task, 240)
    assert all(s["status"] == FINISHED for s in over), over
    assert all(s["attempts"] == (2 if s["id"] in lost else 1) for s in over), over
    for name in many:
        move.target = pg_db
        move.check(mysql9, name)
