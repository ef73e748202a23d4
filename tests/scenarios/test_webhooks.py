"""Webhooks: what they are told, signed and in order; endpoints that fail, are slow or gone; two servers on one store."""

import hashlib
import hmac
import http.server
import json
import sqlite3
import threading
import time

import pytest

from control import FINISHED, Server, subtask
from test_logs_alerts import filled  # noqa: F401 (fixture)
from test_serve_api import person
from test_serve_several import two  # noqa: F401 (fixture)

SECRET = "s3cret of the hook"


class Hook:
    """An endpoint: keeps what it is sent; answers with .status after .delay_s."""

    def __init__(self, port=0):
        self.heard, self.status, self.delay_s = [], 200, 0
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = hook.status
                time.sleep(hook.delay_s)
                hook.heard.append((dict(self.headers), json.loads(body), body, status))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/in?key=abc"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def events(self, kind=None):
        return [b for _, b, _, status in self.heard if status < 300 and kind in (None, b["event"])]


@pytest.fixture
def hooks():
    made = []

    def make(*args):
        made.append(Hook(*args))
        return made[-1]
    yield make
    for hook in made:
        try:
            hook.close()
        except OSError:
            pass


@pytest.fixture
def server(godwit, tmp_path):
    return Server(godwit, tmp_path / "data").start()


@pytest.fixture
def admin(server):
    return server.admin()


def add(admin, hook, *events, **more):
    return admin.ok("POST", "/api/v1/webhooks", {"name": f"to {hook.port}", "url": hook.url, "events": list(events), **more})["id"]


def alert_ids(admin):
    return sorted(a["id"] for a in admin.ok("GET", "/api/v1/alerts?open=true&size=200")["items"])


def signed(headers, body, secret=SECRET):
    text = headers["X-Godwit-Timestamp"].encode() + b"." + body
    return headers.get("X-Godwit-Signature") == "sha256=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def test_a_webhook_and_its_secret(server, admin, hooks):
    hook = hooks()
    id_ = add(admin, hook, "alert", secret=SECRET)
    shown = admin.ok("GET", f"/api/v1/webhooks/{id_}")
    assert shown["has_secret"] and shown["enabled"] and shown["events"] == ["alert"] and shown["last_ms"] is None
    result = admin.ok("POST", f"/api/v1/webhooks/{id_}/test")
    assert result["ok"] and result["status"] == 200 and result["error"] is None
    headers, body, raw, _ = hook.heard[0]
    assert body["event"] == "test" and headers["X-Godwit-Event"] == "test" and headers["X-Godwit-Delivery"] == "0"
    assert signed(headers, raw) and abs(int(headers["X-Godwit-Timestamp"]) - time.time()) < 60
    change = {"name": "changed", "url": hook.url, "events": ["task", "subtask"], "enabled": False}
    admin.ok("PUT", f"/api/v1/webhooks/{id_}", change)
    admin.ok("POST", f"/api/v1/webhooks/{id_}/test")  # the secret has stayed
    assert signed(hook.heard[1][0], hook.heard[1][2])
    admin.ok("PUT", f"/api/v1/webhooks/{id_}", {**change, "secret": "another secret"})
    admin.ok("POST", f"/api/v1/webhooks/{id_}/test")
    assert signed(hook.heard[2][0], hook.heard[2][2], "another secret")
    admin.ok("PUT", f"/api/v1/webhooks/{id_}", {**change, "secret": ""})
    admin.ok("POST", f"/api/v1/webhooks/{id_}/test")
    assert "X-Godwit-Signature" not in hook.heard[3][0]
    assert admin.ok("GET", "/api/v1/webhooks")["items"][0] | {"created_ms": 0} == {
        "id": id_, "name": "changed", "url": hook.url, "has_secret": False, "enabled": False, "events": ["task", "subtask"], "waiting": 0,
        "delivered": 0, "failed": 0, "last_ms": None, "last_status": None, "last_error": None, "created_by": "admin", "created_ms": 0}
    hook.status = 418
    refused = admin.ok("POST", f"/api/v1/webhooks/{id_}/test")
    assert not refused["ok"] and refused["status"] == 418 and refused["error"]["code"] == "GW4010"
    hook.close()
    gone = admin.ok("POST", f"/api/v1/webhooks/{id_}/test")
    assert not gone["ok"] and gone["status"] is None and "abc" not in json.dumps(gone)
    admin.ok("DELETE", f"/api/v1/webhooks/{id_}")
    admin.refused(404, "GW1068", "POST", f"/api/v1/webhooks/{id_}/test")
    server.stop()
    store = sqlite3.connect(server.directory / "godwit.db")
    assert store.execute("SELECT count(*) FROM secret").fetchone() == (0,)
    store.close()
    assert SECRET not in server.log.read_text()


def test_what_is_no_webhook(server, admin):
    good = {"name": "x", "url": "http://127.0.0.1:9/", "events": ["alert"]}
    for broken in ({"url": "ftp://x/"}, {"url": "http://u:p@x/"}, {"url": "http://x/\n"}, {"url": ""}, {"events": []}, {"events": ["weather"]},
                   {"events": "alert"}, {"secret": "short"}, {"secret": 7}, {"enabled": "yes"}, {"name": ""}):
        admin.refused(400, "GW1067", "POST", "/api/v1/webhooks", good | broken)
    admin.ok("POST", "/api/v1/webhooks", good)
    admin.refused(409, "GW5004", "POST", "/api/v1/webhooks", good)
    operator = person(server, admin, "olga", "operator")
    for method, path in (("GET", ""), ("POST", ""), ("GET", "/1"), ("PUT", "/1"), ("DELETE", "/1"), ("POST", "/1/test")):
        operator.refused(403, "GW1064", method, "/api/v1/webhooks" + path, good if method in ("POST", "PUT") else None)


def test_alerts_are_told(server, admin, filled, hooks):  # noqa: F811
    hook, other = hooks(), hooks()
    add(admin, hook, "alert", secret=SECRET)
    add(admin, other, "task", "subtask")
    ids = alert_ids(admin)[:5]
    for id_ in ids:
        admin.ok("POST", f"/api/v1/alerts/{id_}/close")
    admin.wait(lambda: len(hook.heard) == 5, "five alerts are told")
    assert [b["alert"]["id"] for b in hook.events("alert")] == ids
    assert all(b["alert"]["closed_by"] == "admin" and b["alert"]["message_zh"] is None or b["alert"]["message_zh"] for b in hook.events())
    assert all(signed(headers, raw) for headers, _, raw, _ in hook.heard)
    shown = {w["name"]: w for w in admin.ok("GET", "/api/v1/webhooks")["items"]}
    admin.wait(lambda: {w["name"]: w for w in admin.ok("GET", "/api/v1/webhooks")["items"]}[f"to {hook.port}"]["delivered"] == 5, "counted")
    assert shown[f"to {other.port}"]["delivered"] == 0 and other.heard == []


def test_an_endpoint_that_fails_is_tried_again(server, admin, filled, hooks):  # noqa: F811
    broken, fine = hooks(), hooks()
    broken.status = 500
    add(admin, broken, "alert")
    add(admin, fine, "alert")
    ids = alert_ids(admin)[:3]
    for id_ in ids:
        admin.ok("POST", f"/api/v1/alerts/{id_}/close")
    admin.wait(lambda: len(fine.heard) == 3, "the other one is told at once")
    admin.wait(lambda: len(broken.heard) >= 1, "the first try")
    state = lambda: {w["name"]: w for w in admin.ok("GET", "/api/v1/webhooks")["items"]}[f"to {broken.port}"]  # noqa: E731
    admin.wait(lambda: state()["last_status"] == 500, "the outcome is noted")
    assert state()["waiting"] == 3 and state()["last_error"]["code"] == "GW4010" and state()["failed"] == 0
    broken.status = 204
    admin.wait(lambda: len(broken.events()) == 3, "all of them, after a while", 60)
    assert [b["alert"]["id"] for b in broken.events()] == ids  # in order, none twice
    admin.wait(lambda: state()["waiting"] == 0 and state()["last_error"] is None, "over")


def test_what_fails_for_ever_is_given_up(server, admin, filled, hooks):  # noqa: F811
    hook = hooks()
    hook.status = 500
    id_ = add(admin, hook, "alert")
    first, second = alert_ids(admin)[:2]
    admin.ok("POST", f"/api/v1/alerts/{first}/close")
    admin.wait(lambda: len(hook.heard) >= 1, "the first try")
    server.stop()
    store = sqlite3.connect(server.directory / "godwit.db", timeout=20)
    store.execute("UPDATE webhook_delivery SET attempts = 9, not_before_ms = 0")
    store.commit()
    store.close()
    server.start()
    admin = server.admin()
    admin.wait(lambda: admin.ok("GET", f"/api/v1/webhooks/{id_}")["failed"] == 1, "given up")
    hook.status = 200
    admin.ok("POST", f"/api/v1/alerts/{second}/close")
    admin.wait(lambda: [b["alert"]["id"] for b in hook.events()] == [second], "the next one goes")


def test_a_restart_loses_nothing_and_slow_ones_hold_up_nobody(server, admin, filled, hooks):  # noqa: F811
    slow, fine = hooks(), hooks()
    slow.delay_s = 5
    add(admin, slow, "alert")
    add(admin, fine, "alert")
    ids = alert_ids(admin)[:2]
    begin = time.monotonic()
    for id_ in ids:
        admin.ok("POST", f"/api/v1/alerts/{id_}/close")
    assert time.monotonic() - begin < 3
    admin.wait(lambda: len(fine.heard) == 2, "the other is not held up", 4)
    server.kill()
    slow.delay_s = 0
    time.sleep(5.5)  # what was under way ends, and nobody knows
    assert [b["alert"]["id"] for b in slow.events()] in ([], ids[:1])
    slow.heard.clear()
    store = sqlite3.connect(server.directory / "godwit.db", timeout=20, isolation_level=None)
    left = store.execute("SELECT count(*) FROM webhook_delivery GROUP BY webhook_id ORDER BY webhook_id").fetchall()
    assert left[0] == (2,), left  # of the other one the last may not have been noted
    store.execute("UPDATE webhook SET lease_until_ms = 0")  # that of the killed one would have to run out
    store.close()
    server.start()
    server.admin().wait(lambda: [b["alert"]["id"] for b in slow.events()] == ids, "both, after the restart", 30)


def test_changes_of_state_are_told(admin, hooks, mysql9, pg_db, sources):
    hook = hooks()
    add(admin, hook, "task", "subtask", "alert")
    source = admin.data_source("source", "mysql", mysql9)
    target = admin.data_source("target", "postgresql", pg_db.server)
    database = sources(mysql9, "bank")
    task = admin.task("told", [subtask(source, database, target, pg_db.name)])["id"]
    one, = admin.wait_over(task, 240)
    assert one["status"] == FINISHED
    steps = lambda kind: [(b["from"]["status"], b["to"]["status"]) for b in hook.events(kind)]  # noqa: E731
    admin.wait(lambda: (6, 100) in steps("subtask") and (1, 2) in steps("task"), "the end is told")
    assert steps("task") == [(0, 1), (1, 2)]
    path = steps("subtask")
    assert path[0] == (0, 1000) and all(a[1] == b[0] for a, b in zip(path, path[1:])) and path[-1] == (6, 100)
    last = hook.events("subtask")[-1]
    assert (last["subtask"], last["task"], last["task_name"], last["source_database"]) == (one["id"], task, "told", database)
    assert last["to"]["text"] == {"en": "migration finished", "zh": "迁移完成"} and last["reason"] is None
    broken = admin.task("fails", [subtask(source, "no_such_database", target, pg_db.name)])["id"]
    admin.wait_over(broken)
    admin.wait(lambda: hook.events("alert") != [], "the alert is told")
    failed = [b for b in hook.events("subtask") if b["task"] == broken][-1]
    assert failed["reason"]["code"] == hook.events("alert")[0]["alert"]["code"]
    deliveries = [int(h["X-Godwit-Delivery"]) for h, _, _, _ in hook.heard]
    assert deliveries == sorted(set(deliveries))


def test_of_two_servers_one_tells(two, hooks):  # noqa: F811
    """Both look into the same store; each message is sent once."""
    first, second = two
    admin, other = first.admin(), second.admin()
    hook = hooks()
    add(admin, hook, "task", secret=SECRET)
    ends = [admin.ok("POST", "/api/v1/data-sources", {"name": kind, "kind": kind, "host": "h", "port": 1, "username": "u"})["id"]
            for kind in ("mysql", "postgresql")]
    tasks = [admin.task(f"t{i}", [subtask(ends[0], f"d{i}", ends[1], "x")], start=False)["id"] for i in range(12)]
    for i, task in enumerate(tasks):
        (admin, other)[i % 2].ok("POST", f"/api/v1/tasks/{task}/start")
    admin.wait(lambda: {b["task"] for b in hook.events("task")} == set(tasks), "all are told")
    time.sleep(1.5)
    started = [b["task"] for b in hook.events("task") if (b["from"]["status"], b["to"]["status"]) == (0, 1)]
    assert started == tasks
    deliveries = [int(h["X-Godwit-Delivery"]) for h, _, _, _ in hook.heard]
    assert len(deliveries) == len(set(deliveries)) and all(signed(h, raw) for h, _, raw, _ in hook.heard)
