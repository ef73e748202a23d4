"""The parts of a large table as a heat map: while it is loaded, while it is checked, and where it differs; over the API and live."""

import os
import threading

import pytest

from control import FINISHED, Server, subtask
from test_check_again import again
from test_openapi import Checked
from test_serve_live import Events

SLOW = {"jobs": 2, "chunk-size": "64KiB", "rate-limit": "2MB"}


@pytest.fixture
def server(godwit, tmp_path):
    return Server(godwit, tmp_path / "data").start()


@pytest.fixture
def admin(server):
    client = Checked(server)
    client.login("admin", server.lasting_password())
    return client


@pytest.fixture
def big(mysql9):
    """One large table by number, one by text (compared by buckets, not by ranges), one small."""
    name = "big_%d" % os.getpid()
    mysql9.script(["DROP DATABASE IF EXISTS %s" % name, "CREATE DATABASE %s" % name,
                   "CREATE TABLE %s.numbers (id int PRIMARY KEY AUTO_INCREMENT, v varchar(100))" % name,
                   "INSERT INTO %s.numbers (v) VALUES (repeat('x', 90))" % name]
                  + ["INSERT INTO %s.numbers (v) SELECT v FROM %s.numbers" % (name, name)] * 15
                  + ["CREATE TABLE %s.names (id varchar(40) COLLATE utf8mb4_general_ci PRIMARY KEY, v varchar(200))" % name,
                     "INSERT INTO %s.names SELECT concat('n', id), repeat(v, 2) FROM %s.numbers WHERE id < 9000" % (name, name),
                     "CREATE TABLE %s.small (id int PRIMARY KEY)" % name, "INSERT INTO %s.small VALUES (1)" % name,
                     "ANALYZE TABLE %s.numbers, %s.names" % (name, name)])
    yield name
    mysql9.execute("DROP DATABASE %s" % name)


def map_of(admin, one, table):
    found = admin.ok("GET", f"/api/v1/subtasks/{one}/chunks?object={table}")
    assert len(found["cells"]) == sum(found["counts"].values()) == -(-found["n"] // found["each"]) <= 1000
    return found


class Listener:
    """Keeps what the live topic tells of each table's parts."""

    def __init__(self, server, token, one):
        self.events, self.seen, self.cells = Events(server, token, "topic=subtask%%20%d" % one), {}, {}
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        try:
            while True:
                event, _, data = self.events.next()
                if event == "change" and data["change"]["kind"] == "objects":
                    for item in data["change"]["items"]:
                        if item["chunks"]:
                            self.cells[item["name"]] = item["chunks"]["cells"]
                            self.seen.setdefault(item["name"], set()).update(item["chunks"]["cells"])
        except (OSError, ValueError, AttributeError, StopIteration, TypeError):
            pass


def test_a_large_table_as_it_goes(server, admin, big, mysql9, pg_db):
    source, target = admin.data_source("source", "mysql", mysql9), admin.data_source("target", "postgresql", pg_db.server)
    task = admin.task("big", [subtask(source, big, target, pg_db.name, "big", params=SLOW)], start=False)["id"]
    one = admin.subtasks(task)[0]["id"]
    token = admin.ok("POST", "/api/v1/tokens", {"name": "t", "role": "viewer"})["token"]
    live = Listener(server, token, one)
    admin.ok("POST", f"/api/v1/tasks/{task}/start")
    admin.wait_status(one, 2, 3, 4, 5, 6, FINISHED)
    loading = admin.wait(lambda: (lambda s, m: s == 200 and m["counts"]["loaded"] > 2 and m["counts"]["waiting"] and m)(
        *admin("GET", f"/api/v1/subtasks/{one}/chunks?object=numbers")), "it is being loaded")
    assert loading["status"] == 2 and 1 <= loading["counts"]["loading"] and loading["n"] > 20
    assert admin.wait_status(one, FINISHED, 500)["status"] == FINISHED
    for table in ("numbers", "names"):
        done = map_of(admin, one, table)
        assert set(done["cells"]) == {"C"} and done["status"] == 5, done
        assert live.seen[table] <= set(".lLcC"), (table, live.seen[table])
    # The larger table takes so long that each of its states is told; the other may pass one between two messages.
    assert live.seen["numbers"] == set(".lLcC"), live.seen
    admin.wait(lambda: live.cells["numbers"] == map_of(admin, one, "numbers")["cells"], "the same is told live", 10)
    objects = {o["name"]: o["chunks"] for o in admin.ok("GET", f"/api/v1/subtasks/{one}/objects")["items"]}
    assert objects["numbers"] > 20 and objects["names"] >= 8 and objects["small"] is None
    for wrong, code in (("small", 404), ("none", 404)):
        admin.refused(code, "GW1068", "GET", f"/api/v1/subtasks/{one}/chunks?object={wrong}")
    admin.refused(400, "GW1067", "GET", f"/api/v1/subtasks/{one}/chunks")

    # Where it differs: a few rows in the middle are a few cells there; by buckets the place is not known.
    pg_db.script(["UPDATE big.numbers SET v = 'y' WHERE id IN (SELECT id FROM big.numbers ORDER BY id OFFSET 16384 LIMIT 20)", "DELETE FROM big.names WHERE id = 'n77'"])
    assert again(admin, one)["status"] == FINISHED
    found = map_of(admin, one, "numbers")
    at = [i for i, letter in enumerate(found["cells"]) if letter == "D"]
    assert 1 <= len(at) <= 3 and set(found["cells"]) == {"C", "D"} and found["counts"]["differing"] == len(at)
    assert all(0.3 * len(found["cells"]) < i < 0.7 * len(found["cells"]) for i in at), (at, len(found["cells"]))
    assert set(map_of(admin, one, "names")["cells"]) == {"D"}
