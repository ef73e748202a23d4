"""What the server asks execution machines at once, for people who wait: test connection, trees, prechecks."""

import json
import socket
import threading
import time

import pytest

from control import Client, Server, agent_of, subtask, workers_of
from test_openapi import Checked
from test_serve_security import person


@pytest.fixture
def server(godwit, tmp_path):
    return Server(godwit, tmp_path / "data").start()


@pytest.fixture
def admin(server):
    client = Checked(server)
    client.login("admin", server.lasting_password())
    client.wait(lambda: client.ok("GET", "/api/v1/machines")["items"][0]["state"] == "online", "the machine is there")
    return client


def body_of(server, kind_, **more):
    return {"kind": kind_, "host": server.host, "port": server.port, "username": server.user, "password": server.password, **more}


def by_name(answer):
    return {i["name"]: i for i in answer["items"]}


class Silent:
    """Listens and never speaks."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.host, self.port, self.user, self.password = "127.0.0.1", self.socket.getsockname()[1], "u", "p"
        return self

    def __exit__(self, *_):
        self.socket.close()


# ---- test connection ----


def test_connections_are_tested(server, admin, mysql9, pg15, pg_db):
    """With an unsaved body, with the stored password of an edited one, and saved; reasons in both languages; no password comes back."""
    found = admin.ok("POST", "/api/v1/data-sources/test", body_of(mysql9, "mysql", role="source", machine=1))
    assert found["ok"] and found["server"].startswith("MySQL 9.") and by_name(found)["source.connect"]["status"] == "ok"
    for item in found["items"]:
        assert item["title_zh"] and (item["hint"] is None) == (item["status"] == "ok"), item
        assert (item["hint_zh"] is None) == (item["hint"] is None), item
    found = admin.ok("POST", "/api/v1/data-sources/test", body_of(pg15, "postgresql", database=pg_db.name))
    assert found["ok"] and found["server"].startswith("PostgreSQL 15.")
    assert all(i["title_zh"] for i in found["items"])
    wrong = admin.ok("POST", "/api/v1/data-sources/test", body_of(mysql9, "mysql", password="not-the-passw0rd"))
    item, = wrong["items"]
    assert not wrong["ok"] and wrong["server"] is None and "GW2002" in item["message"] and item["hint"] and item["hint_zh"]
    assert "not-the-passw0rd" not in json.dumps(wrong)
    unreachable = admin.ok("POST", "/api/v1/data-sources/test", body_of(mysql9, "mysql", port=1))
    assert "GW2001" in unreachable["items"][0]["message"]
    # Saved: its own password, also when something else of it is being edited.
    saved = admin.data_source("saved", "mysql", mysql9)
    assert admin.ok("POST", f"/api/v1/data-sources/{saved}/test")["ok"]
    assert admin.ok("POST", f"/api/v1/data-sources/{saved}/test", {"role": "source", "machine": 1})["ok"]
    edited = body_of(mysql9, "mysql", id=saved, properties={"connect-timeout": "3s"})
    edited.pop("password")
    assert admin.ok("POST", "/api/v1/data-sources/test", edited)["ok"]
    edited.pop("id")
    assert not admin.ok("POST", "/api/v1/data-sources/test", edited)["ok"]  # without a password there is none
    assert mysql9.password not in json.dumps(admin.ok("GET", "/api/v1/audit?size=200"))
    assert mysql9.password not in server.log.read_text()


def test_what_is_not_asked(server, admin, mysql9, pg15):
    """Bodies that make no sense, roles, machines that are not there."""
    saved = admin.data_source("saved", "mysql", mysql9)
    for what in ({"role": "target"}, {"role": "both"}, {"kind": "oracle"}, {"port": 0}, {"machine": 999}, {"machine": "1"},
                 {"database": 7}, {"properties": {"a": 1}}):
        admin.refused(400, "GW1067", "POST", "/api/v1/data-sources/test", body_of(mysql9, "mysql", **what))
    admin.refused(400, "GW1002", "POST", "/api/v1/data-sources/test", body_of(mysql9, "mysql", properties={"no-such": "x"}))
    admin.refused(404, "GW1068", "POST", "/api/v1/data-sources/test", {k: v for k, v in body_of(mysql9, "mysql", id=999).items() if k != "password"})
    admin.refused(404, "GW1068", "POST", "/api/v1/data-sources/999/test")
    admin.refused(400, "GW1067", "POST", f"/api/v1/data-sources/{saved}/test", {"role": "target"})
    admin.refused(400, "GW1067", "GET", f"/api/v1/data-sources/{saved}/tree?database=x&schema=y")
    admin.refused(400, "GW1067", "GET", f"/api/v1/data-sources/{saved}/tree?machine=x")
    admin.refused(502, "GW2003", "GET", f"/api/v1/data-sources/{saved}/tree?database=no_such_database")
    viewer, operator = person(server, admin, "vera", "viewer"), person(server, admin, "oleg", "operator")
    viewer.refused(403, "GW1064", "POST", "/api/v1/data-sources/test", body_of(mysql9, "mysql"))
    assert viewer.ok("POST", f"/api/v1/data-sources/{saved}/test")["ok"]
    assert operator.ok("POST", "/api/v1/data-sources/test", body_of(mysql9, "mysql"))["ok"]
    far = admin.ok("POST", "/api/v1/machines/token", {"name": "far away"})["machine"]
    error = admin.refused(503, "GW1085", "POST", f"/api/v1/data-sources/{saved}/test", {"machine": far})
    assert "far away" in error["message"]


def test_slow_answers_hold_up_nobody(server, admin, mysql9):
    """As many as one may ask at a time, of a server that never answers; the rest goes on; who leaves takes his worker along."""
    saved = admin.data_source("saved", "mysql", mysql9)
    agent = admin.wait(lambda: agent_of(server), "the agent")
    with Silent() as silent:
        mute = body_of(silent, "mysql", properties={"timeout": "60s", "connect-timeout": "60s"})
        waiting = []
        for i in range(6):
            connection = socket.create_connection(("127.0.0.1", server.port))
            text = json.dumps(mute)
            connection.sendall((f"POST /api/v1/data-sources/test HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(text)}"
                                f"\r\nCookie: godwit_session={admin.cookie}\r\nX-Godwit-CSRF: {admin.csrf}\r\n\r\n{text}").encode())
            waiting.append(connection)
        admin.wait(lambda: len(workers_of(agent)) == 6, "six workers ask")
        begun = time.monotonic()
        admin.refused(429, "GW1090", "POST", f"/api/v1/data-sources/{saved}/test")
        for _ in range(20):
            admin.ok("GET", "/api/v1/tasks")
        assert time.monotonic() - begun < 10
        oleg = person(server, admin, "oleg", "operator")
        assert oleg.ok("POST", f"/api/v1/data-sources/{saved}/test")["ok"]  # another one may
        for connection in waiting:
            connection.close()
        admin.wait(lambda: not workers_of(agent), "their workers have ended", 10)
    assert admin.ok("POST", f"/api/v1/data-sources/{saved}/test")["ok"]
    server.stop()


def test_the_server_stops_while_it_is_asked(server, admin):
    agent = admin.wait(lambda: agent_of(server), "the agent")
    answers = []
    with Silent() as silent:
        def ask():
            try:
                answers.append(Client.__call__(admin, "POST", "/api/v1/data-sources/test", body_of(silent, "mysql")))
            except OSError as e:
                answers.append(e)
        thread = threading.Thread(target=ask)
        thread.start()
        admin.wait(lambda: workers_of(agent), "a worker asks")
        begun = time.monotonic()
        server.stop()
        assert time.monotonic() - begun < 15
        thread.join(30)
    assert answers and not thread.is_alive()


def test_another_servers_machine(godwit, tmp_path, pg15, mysql9):
    """Two servers on one store: each asks the machines that are connected to it, and says so of the others."""
    pg15.execute("DROP DATABASE IF EXISTS asked")
    pg15.execute("CREATE DATABASE asked")
    store = ["--store", "postgresql://%s@%s:%d/asked" % (pg15.user, pg15.host, pg15.port)]
    env = {"GODWIT_STORE_PASSWORD": pg15.password}
    first = Server(godwit, tmp_path / "one", *store, "--name", "one", env=env).start()
    admin = first.admin()
    (tmp_path / "two").mkdir(mode=0o700)
    (tmp_path / "two" / "godwit.key").write_bytes((tmp_path / "one" / "godwit.key").read_bytes())
    (tmp_path / "two" / "godwit.key").chmod(0o600)
    second = Server(godwit, tmp_path / "two", *store, "--name", "two", env=env).start()
    try:
        machines = admin.wait(lambda: (lambda all_: len(all_) == 2 and all(m["state"] == "online" for m in all_) and all_)(
            admin.ok("GET", "/api/v1/machines?sort=id")["items"]), "both machines")
        saved = admin.data_source("saved", "mysql", mysql9)
        there = second.admin()
        for client in (admin, there):
            assert client.ok("POST", f"/api/v1/data-sources/{saved}/test")["ok"]
        assert admin.ok("POST", f"/api/v1/data-sources/{saved}/test", {"machine": machines[0]["id"]})["ok"]
        error = there.refused(503, "GW1085", "POST", f"/api/v1/data-sources/{saved}/test", {"machine": machines[0]["id"]})
        assert "server one" in error["hint"]
    finally:
        second.stop()
        first.stop()
        pg15.execute("DROP DATABASE asked WITH (FORCE)")


# ---- the tree ----


def test_trees_are_opened_level_by_level(admin, mysql9, pg_db, sources):
    source, target = admin.data_source("source", "mysql", mysql9), admin.data_source("target", "postgresql", pg_db.server)
    bank = sources(mysql9, "bank")
    databases = admin.ok("GET", f"/api/v1/data-sources/{source}/tree?size=200")
    assert databases["level"] == "databases" and databases["total"] == len(databases["items"]) and databases["page"] == 1
    assert next(i for i in databases["items"] if i["name"] == bank)["bytes"] > 0
    found = admin.ok("GET", f"/api/v1/data-sources/{source}/tree?search=SHARED_BANK")
    assert bank in [i["name"] for i in found["items"]] and found["total"] == len(found["items"]) < databases["total"] + 1
    tables = admin.ok("GET", f"/api/v1/data-sources/{source}/tree?database={bank}&size=200")
    names = [i["name"] for i in tables["items"]]
    assert tables["level"] == "tables" and len(names) == tables["total"] > 1
    pages = [admin.ok("GET", f"/api/v1/data-sources/{source}/tree?database={bank}&size=1&page={n + 1}") for n in range(len(names))]
    assert [p["items"][0]["name"] for p in pages] == names
    one = admin.ok("GET", f"/api/v1/data-sources/{source}/tree?database={bank}&search={names[-1][1:].upper()}")
    assert names[-1] in [i["name"] for i in one["items"]]
    assert admin.ok("GET", f"/api/v1/data-sources/{source}/tree?search=100%25_or'none")["items"] == []
    # A target's schemas, of which one is held by a subtask that is not finished.
    pg_db.script(["CREATE SCHEMA held", "CREATE SCHEMA free", 'CREATE TABLE free."Odd" (id int)'])
    task = admin.task("holds it", [subtask(source, bank, target, pg_db.name, "held"), subtask(source, bank, target, pg_db.name, "not_there_yet")],
                      start=False)
    schemas = {i["name"]: i for i in admin.ok("GET", f"/api/v1/data-sources/{target}/tree?database={pg_db.name}")["items"]}
    assert schemas["free"]["held_by"] is None and schemas["free"]["tables"] == 1
    assert schemas["held"]["held_by"]["task"] == task["id"] and schemas["held"]["held_by"]["task_name"] == "holds it"
    held = admin.ok("GET", f"/api/v1/data-sources/{target}/held")["items"]
    assert [(h["database"], h["schema"]) for h in held] == [(pg_db.name, "held"), (pg_db.name, "not_there_yet")]
    assert admin.ok("GET", f"/api/v1/data-sources/{target}/tree?database={pg_db.name}&search=FRE")["total"] == 1
    found = admin.ok("GET", f"/api/v1/data-sources/{target}/tree?database={pg_db.name}&schema=free&search=odd")
    assert [(i["name"], i["kind"]) for i in found["items"]] == [("Odd", "table")]
    assert admin.ok("GET", f"/api/v1/data-sources/{target}/tree?search={pg_db.name.upper()}")["total"] >= 1


# ---- prechecks ----


def test_prechecks_before_a_task_is_made(admin, mysql9, pg_db, sources):
    source, target = admin.data_source("source", "mysql", mysql9), admin.data_source("target", "postgresql", pg_db.server)
    bank = sources(mysql9, "bank")
    body = subtask(source, bank, target, pg_db.name, "checked")
    good = admin.ok("POST", "/api/v1/precheck", {"subtask": body, "params": {"jobs": 2}})
    items = by_name(good)
    assert good["ok"] and items["target.held"]["status"] == "ok" and items["data.losses"]["status"] == "ok", good
    assert all(i["title_zh"] for i in good["items"])
    for wrong in ({"params": {"jobs": 0}}, {"params": {"no such": 1}}, {"subtask": {**body, "params": {"jobs": "many"}}}):
        admin.refused(400, "GW1071", "POST", "/api/v1/precheck", {"subtask": body, **wrong})
    for wrong in ({}, {"subtask": {**body, "mode": 3}}, {"subtask": {**body, "source_id": target}}, {"subtask": body, "task": "x"}):
        admin.refused(400, "GW1067", "POST", "/api/v1/precheck", wrong)
    online = admin.ok("POST", "/api/v1/precheck", {"subtask": {**body, "mode": 2}})
    assert set(by_name(online)) > set(items) and all(i["title_zh"] for i in online["items"])
    # What would fail: a table in the way, a database that is not there, a target that somebody holds.
    pg_db.script(["CREATE SCHEMA checked", 'CREATE TABLE checked.account (id int)'])
    table = admin.ok("GET", f"/api/v1/data-sources/{source}/tree?database={bank}")["items"][0]["name"]
    pg_db.script([f'CREATE TABLE IF NOT EXISTS checked."{table}" (id int)'])
    found = admin.ok("POST", "/api/v1/precheck", {"subtask": body})
    assert not found["ok"] and found["failed"] == 1 and by_name(found)["target.existing"]["status"] == "failed"
    assert admin.ok("POST", "/api/v1/precheck", {"subtask": body, "params": {"on-existing": "overwrite"}})["ok"]
    found = admin.ok("POST", "/api/v1/precheck", {"subtask": {**body, "source_database": "no_such_database"}})
    assert by_name(found)["source.connect"]["status"] == "failed" and by_name(found)["source.connect"]["hint_zh"]
    task = admin.task("holds it", [{**body, "params": {"on-existing": "overwrite"}}], start=False)["id"]
    found = admin.ok("POST", "/api/v1/precheck", {"subtask": body, "params": {"on-existing": "overwrite"}})
    assert not found["ok"] and "holds it" in by_name(found)["target.held"]["message"]
    assert admin.ok("POST", "/api/v1/precheck", {"subtask": body, "task": task, "params": {"on-existing": "overwrite"}})["ok"]
    # The saved one: as it will run.
    one, = admin.subtasks(task)
    assert admin.ok("POST", f"/api/v1/subtasks/{one['id']}/precheck")["ok"]
    admin.ok("POST", f"/api/v1/tasks/{task}/start")
    admin.wait_over(task)
    admin.refused(409, "GW1087", "POST", f"/api/v1/subtasks/{one['id']}/precheck")
    admin.wait(lambda: admin("POST", f"/api/v1/tasks/{task}/reset")[0] == 200, "its worker has ended")
    again = admin.ok("POST", f"/api/v1/subtasks/{one['id']}/precheck", {"machine": 1})
    assert again["ok"] and by_name(again)["target.existing"]["status"] == "ok"
    admin.refused(404, "GW1068", "POST", "/api/v1/subtasks/999/precheck")
