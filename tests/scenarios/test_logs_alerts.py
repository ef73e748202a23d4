"""Logs, alerts and settings through the API of a running server; and their unit tests once more in a database of PostgreSQL."""

import http.client
import os
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from program import ROOT
from test_serve_api import Client, admin, person, server  # noqa: F401 (fixtures)


@pytest.mark.parametrize("name", ["logs", "alerts"])
def test_in_a_database(pg_db, name):
    built = Path(os.environ.get("GODWIT_BIN") or ROOT / "build-asan" / "godwit").parent
    at = pg_db.server
    done = subprocess.run([built / f"tests/unit/server/test_server_{name}"], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "STORE_TEST_PASSWORD": at.password,
                               "STORE_TEST_SERVER": f"{at.host} {at.port} {at.user} {pg_db.name}"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert pg_db.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'server-%'")[0][0] >= 5  # it really was there


@pytest.fixture
def filled(server, admin):  # noqa: F811
    """A task, a subtask, a machine, 700 lines of each log, and alerts, put straight into the store; their numbers."""
    server.stop()
    store = sqlite3.connect(server.directory / "godwit.db", isolation_level=None, timeout=20)
    insert = lambda sql, *v: store.execute(sql, v).lastrowid  # noqa: E731
    source = insert("INSERT INTO data_source (name, kind, host, port, username, properties, created_by, created_ms) VALUES ('d', 'mysql', 'h', 1, 'u', '{}', 'a', 1)")
    task = insert("INSERT INTO task (name, status, params, created_by, created_ms, changed_ms) VALUES ('move', 0, '{}', 'a', 1, 1)")
    subtask = insert("INSERT INTO subtask (task_id, place, source_id, source_database, target_id, target_database, target_schema, mode,"
                     " tables, params, generation, status, reached, fence, attempts, permille, created_ms, changed_ms)"
                     f" VALUES ({task}, 1, {source}, 'a', {source}, 'b', 'c', 1, '{{}}', '{{}}', 1, 0, 0, 0, 0, 0, 1, 1)")
    machine = insert("INSERT INTO machine (name, kind, state, capacity, created_by, created_ms) VALUES ('m9', 'joined', 'enrolled', 4, 'a', 1)")
    closed_ms = int(time.time() * 1000)
    store.execute("BEGIN")
    for n in range(1, 701):
        for column, owner in (("subtask_id", subtask), ("own_machine_id", machine)):
            store.execute(f"INSERT INTO log_line ({column}, machine_id, number, at_ms, level, event, text, fields) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                          (owner, machine, n, n * 1000, n % 4, "tick" if n % 2 else None, f"line {n} 100% a_b é", '{"n":%d}' % n if n % 3 == 0 else None))
    store.execute("INSERT INTO log_line (subtask_id, number, at_ms, level, text) VALUES (?, 701, 701000, 3, ?)",
                  (subtask, "two\nlines \x1b[31mred\x7f, 100 per cent aXb"))
    for n in range(1, 31):
        store.execute("INSERT INTO alert (subtask_id, machine_id, level, code, message, first_ms, last_ms, times, closed_ms)"
                      " VALUES (?, ?, ?, ?, ?, 1, ?, 2, ?)",
                      (subtask if n % 2 else None, machine, 2 if n % 3 else 1, "GW2012" if n % 5 else "GW9999", f"alert {n}", n, closed_ms if n > 25 else None))
    store.execute("COMMIT")
    store.close()
    server.start()
    return {"subtask": subtask, "machine": machine, "task": task}


@pytest.mark.parametrize("kind", ["subtask", "machine"])
def test_pages_of_a_log(admin, filled, kind):  # noqa: F811
    log = f"/api/v1/{kind}s/{filled[kind]}/log"
    get = lambda query="": admin.ok("GET", log + query)  # noqa: E731
    newest = get()
    assert len(newest["items"]) == 200 and newest["more"]
    ids = [x["id"] for x in newest["items"]]
    assert ids == sorted(ids, reverse=True)
    older = get(f"?before={ids[-1]}&limit=1000")
    assert not older["more"] and older["items"][-1]["time_ms"] == 1000
    first = older["items"][-1]["id"]
    assert older["items"][-1] == {"id": first, "time_ms": 1000, "level": "info", "machine": filled["machine"], "event": "tick",
                                  "text": "line 1 100% a_b é", "fields": {}}
    assert older["items"][-3]["fields"] == {"n": 3}
    tail = get(f"?after={first}&limit=2")
    assert [x["time_ms"] for x in tail["items"]] == [2000, 3000] and tail["more"]
    assert get(f"?after={ids[0]}") == {"items": [], "more": False}
    assert len(get("?after=0&limit=1000")["items"]) == (701 if kind == "subtask" else 700)
    errors = get("?level=error&limit=1000")["items"]
    assert len(errors) == (176 if kind == "subtask" else 175) and {x["level"] for x in errors} == {"error"}
    assert {x["level"] for x in get("?level=warn")["items"]} == {"warn", "error"}
    assert [x["time_ms"] for x in get("?text=LINE%2069&level=info&limit=1000")["items"]] == [699000, 698000, 697000, 695000, 694000, 693000, 691000, 690000, 69000]
    assert len(get("?text=100%25&limit=1000")["items"]) == 700  # a percent sign is one
    assert len(get("?text=a_b&limit=1000")["items"]) == 700
    assert get("?text=nowhere")["items"] == []


def test_what_is_no_question_to_a_log(server, admin, filled):  # noqa: F811
    log = f"/api/v1/subtasks/{filled['subtask']}/log"
    for query in ("level=loud", "after=x", "after=-1", "before=0", "limit=0", "limit=1001", "limit=99999999999999999999", "text=" + "x" * 201):
        admin.refused(400, "GW1067", "GET", f"{log}?{query}")
    for path in ("/api/v1/subtasks/999/log", "/api/v1/machines/999/log/download", "/api/v1/subtasks/..%2f..%2fetc/log",
                 "/api/v1/machines/x/log", "/api/v1/subtasks/0/log"):
        admin.refused(404, "GW1068", "GET", path)
    Client(server).refused(401, "GW1062", "GET", log)


def test_a_log_as_a_file(server, admin, filled):  # noqa: F811
    def download(path):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", path, headers={"Cookie": "godwit_session=" + admin.cookie})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        assert answer.status == 200
        return answer.headers, text.splitlines()

    headers, lines = download(f"/api/v1/subtasks/{filled['subtask']}/log/download")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["Content-Disposition"] == f'attachment; filename="subtask-{filled["subtask"]}.log"'
    assert len(lines) == 701
    assert lines[0] == "1970-01-01T00:00:01.000Z info  tick: line 1 100% a_b é"
    assert lines[2] == '1970-01-01T00:00:03.000Z error tick: line 3 100% a_b é {"n":3}'
    assert lines[700] == "1970-01-01T00:11:41.000Z error two\\nlines  [31mred , 100 per cent aXb"
    _, lines = download(f"/api/v1/machines/{filled['machine']}/log/download?level=error&text=line%2069")
    assert len(lines) == 3
    _, lines = download(f"/api/v1/machines/{filled['machine']}/log/download?text=nowhere")
    assert lines == []


def test_alerts(server, admin, filled):  # noqa: F811
    get = lambda query="": admin.ok("GET", "/api/v1/alerts" + query)  # noqa: E731
    everything = get()
    assert (everything["total"], len(everything["items"])) == (30, 20)
    assert [x["message"] for x in everything["items"][:2]] == ["alert 30", "alert 29"]
    assert get("?open=true&size=200")["total"] == 25 and get("?open=false")["total"] == 5
    assert get("?level=warning")["total"] == 10
    assert get(f"?subtask={filled['subtask']}")["total"] == get(f"?task={filled['task']}")["total"] == 15
    assert get(f"?machine={filled['machine']}&open=true&level=error")["total"] == 17
    assert get("?code=GW9999")["total"] == 6
    assert admin.ok("GET", "/api/v1/alerts/count") == {"open": 25, "errors": 17, "warnings": 8}
    one = get("?code=GW2012&open=true")["items"][0]
    assert one["message_zh"] == "与源端的连接中断" and one["hint_zh"] and one["machine_name"] == "m9" and one["times"] == 2
    assert get("?code=GW9999")["items"][0]["message_zh"] is None
    viewer = person(server, admin, "vera", "viewer")
    viewer.refused(403, "GW1064", "POST", f"/api/v1/alerts/{one['id']}/close")
    operator = person(server, admin, "olga", "operator")
    closed = operator.ok("POST", f"/api/v1/alerts/{one['id']}/close")
    assert closed["closed_by"] == "olga" and closed["closed_ms"] > 1_000_000_000_000
    assert viewer.ok("GET", f"/api/v1/alerts/{one['id']}") == closed
    assert operator.ok("POST", f"/api/v1/alerts/{one['id']}/close") == closed  # once is enough
    assert viewer.ok("GET", "/api/v1/alerts/count")["open"] == 24
    admin.refused(404, "GW1068", "POST", "/api/v1/alerts/999/close")
    for query in ("open=yes", "level=info", "subtask=x", "machine=-1", "task=", "page=0"):
        admin.refused(400, "GW1067", "GET", "/api/v1/alerts?" + query)


def test_settings(server, admin):  # noqa: F811
    settings = {x["name"]: x for x in admin.ok("GET", "/api/v1/settings")["items"]}
    assert settings["log_lines"]["value"] == settings["log_lines"]["default"] == 20000
    assert all(x["text"] and x["text_zh"] and x["low"] <= x["default"] <= x["high"] for x in settings.values())
    changed = {x["name"]: x for x in admin.ok("PUT", "/api/v1/settings", {"log_lines": 5000, "audit_days": 365})["items"]}
    assert (changed["log_lines"]["value"], changed["audit_days"]["value"], changed["alert_days"]["value"]) == (5000, 365, 90)
    admin.refused(400, "GW1071", "PUT", "/api/v1/settings", {"alert_days": 5, "log_lines": 5})
    for body in ({"log_lines": "7000"}, {"log_lines": 1.5}, {"log_lines": None}):
        admin.refused(400, "GW1071", "PUT", "/api/v1/settings", body)
    for body in ({}, {"none": 1}):
        admin.refused(400, "GW1067", "PUT", "/api/v1/settings", body)
    assert {x["name"]: x["value"] for x in admin.ok("GET", "/api/v1/settings")["items"]}["alert_days"] == 90  # all or none
    operator = person(server, admin, "olga", "operator")
    operator.refused(403, "GW1064", "GET", "/api/v1/settings")
    operator.refused(403, "GW1064", "PUT", "/api/v1/settings", {"log_lines": 5000})
