"""Connections that stay, with a real server: the live WebSocket and events for programs, who may open them, who comes again, who does not
read, who floods; a stop with open streams; and the metrics, which count all that."""

import asyncio
import http.client
import json
import re
import socket
import sqlite3
import ssl
import subprocess
import threading
import time

import pytest
import websockets

from control import PASSWORD, Client, Server, subtask
from test_serve_api import admin, person  # noqa: F401 (a fixture)

ALERTS = 40


class Alerts:
    """Something that changes: alerts in the store, which are closed over the API."""

    def __init__(self, server, client):
        self.client = client
        with sqlite3.connect(server.directory / "godwit.db", timeout=30) as store:
            columns = {row[1]: row for row in store.execute("PRAGMA table_info(alert)")}
            values = {"code": "GW2001", "message": "made by a test", "first_ms": 1, "last_ms": 1, "times": 1,
                      **{k: 1 for k, row in columns.items() if row[3] and row[4] is None and "char" not in row[2] and "text" not in row[2]
                         and k not in ("id", "first_ms", "last_ms", "times")},
                      **{k: "error" for k, row in columns.items() if row[3] and row[4] is None and k == "level"}}
            for _ in range(ALERTS):
                store.execute("INSERT INTO alert (%s) VALUES (%s)" % (", ".join(values), ", ".join("?" * len(values))),
                              list(values.values()))
            self.ids = [row[0] for row in store.execute("SELECT id FROM alert ORDER BY id")]

    def close(self):
        """One more change; its id."""
        one = self.ids.pop(0)
        self.client.ok("POST", "/api/v1/alerts/%d/close" % one, {})
        return one


@pytest.fixture
def server(godwit, tmp_path):
    """Stopped in the end, not killed: what is not let go of then, a sanitizer tells."""
    server = Server(godwit, tmp_path / "data", "--no-local-machine").start()
    yield server
    if server.run.process.poll() is None:
        server.stop()


@pytest.fixture
def alerts(server, admin):
    return Alerts(server, admin)


@pytest.fixture
def token(admin):
    return admin.ok("POST", "/api/v1/tokens", {"name": "live", "role": "viewer", "days": 1})["token"]


def live(server, token=None, cookie=None, origin=None, path="/api/v1/live", **kw):
    headers = {}
    if token:
        headers["Authorization"] = "Bearer " + token
    if cookie:
        headers["Cookie"] = "godwit_session=" + cookie
    return websockets.connect("ws://127.0.0.1:%d%s" % (server.port, path), extra_headers=headers, origin=origin,
                              compression=None, max_size=1 << 24, **kw)


async def say(ws, **message):
    await ws.send(json.dumps(message))


async def hear(ws, key=None, within=30):
    message = json.loads(await asyncio.wait_for(ws.recv(), within))
    assert key is None or key in message, message
    return message


async def closed(ws, within=60):
    """The code with which the other side closes, whatever comes before."""
    try:
        while True:
            await asyncio.wait_for(ws.recv(), within)
    except websockets.ConnectionClosed as e:
        return e.rcvd.code if e.rcvd else None


class Events:
    """GET /api/v1/events by hand: next() gives (event, id, data)."""

    def __init__(self, server, token, query, last=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {"Authorization": "Bearer " + token} | ({"Last-Event-ID": str(last)} if last is not None else {})
        self.connection.request("GET", "/api/v1/events?" + query, headers=headers)
        self.answer = self.connection.getresponse()
        self.comments = 0

    def next(self):
        found = {}
        while True:
            line = self.answer.fp.readline().decode()
            if not line:
                return None
            if line.startswith(":"):
                self.comments += 1
            elif line == "\n" and found:
                return found["event"], int(found.get("id", 0)), json.loads(found["data"])
            elif line != "\n":
                name, value = line.rstrip("\n").split(": ", 1)
                found[name] = value

    def close(self):
        self.connection.close()


def metrics(client):
    """{name{labels}: value}; the form is checked."""
    connection = http.client.HTTPConnection("127.0.0.1", client.server.port, timeout=30)
    connection.request("GET", "/metrics", headers={"Authorization": "Bearer " + client.token})
    answer = connection.getresponse()
    text = answer.read().decode()
    assert answer.status == 200, text
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found, described, typed = {}, set(), set()
    for line in text.splitlines():
        if line.startswith("# "):
            kind, name = line.split()[1:3]
            {"HELP": described, "TYPE": typed}[kind].add(name)
            continue
        name, labels, value = re.fullmatch(r'(godwit_[a-z0-9_]+)(\{(?:[a-z]+="[^"\\]*",?)+\})? ([0-9.e+-]+)', line).groups()
        base = re.sub("_(bucket|sum|count)$", "", name) if "duration" in name else name
        assert base in described and base in typed, line
        assert name + (labels or "") not in found, line
        found[name + (labels or "")] = float(value)
    return found


# ---- the live connection ----


def test_a_change_reaches_who_asked(server, alerts, admin, token):
    async def run():
        async with live(server, token) as program, live(server, cookie=admin.cookie,
                                                        origin="http://127.0.0.1:%d" % server.port) as page:
            for ws in (program, page):
                await say(ws, subscribe=["alerts", "tasks"])
                assert set((await hear(ws, "subscribed"))["subscribed"]) == {"alerts", "tasks"}
            one = await asyncio.to_thread(alerts.close)
            for ws in (program, page):
                change = await hear(ws, "change")
                assert change["topic"] == "alerts" and change["change"]["id"] == one, change
                assert PASSWORD not in json.dumps(change)
            await say(page, unsubscribe=["alerts"])
            await hear(page, "unsubscribed")
            await asyncio.to_thread(alerts.close)
            await hear(program, "change")
            with pytest.raises(asyncio.TimeoutError):
                await hear(page, within=0.3)
            await say(page, subscribe=["everything"])
            assert (await hear(page, "error"))["error"]["code"] == "GW1068"
            await page.send("{")
            assert await closed(page) == 4400
    asyncio.run(run())


def test_who_may_open_it(server, admin, token):
    async def code(**kw):
        async with live(server, **kw) as ws:
            return await closed(ws)

    async def refused(**kw):
        with pytest.raises(websockets.InvalidStatusCode) as e:
            async with live(server, **kw):
                pass
        return e.value.status_code

    async def run():
        assert await code() == 4401
        assert await code(cookie="x" * 43) == 4401
        assert await code(token="nonsense") == 4401
        # A page of another site: the browser sends the cookie along.
        assert await refused(cookie=admin.cookie, origin="https://evil.example") == 403
        assert await refused(cookie=admin.cookie, origin="http://127.0.0.1:%d.evil.example" % server.port) == 403
        assert await refused(token=token, path="/api/v1/nothing") == 404
        assert await refused(token=token, path="/api/v1/live/") == 404
    asyncio.run(run())
    stranger = Client(server)
    stranger.refused(401, "GW1062", "GET", "/api/v1/events?topic=tasks")
    stranger.refused(401, "GW1062", "GET", "/metrics")
    fresh = admin.ok("POST", "/api/v1/accounts", {"name": "nova", "password": "given at first", "role": "viewer"})
    assert fresh
    nova = Client(server)
    nova.login("nova", "given at first")
    nova.refused(403, "GW1065", "GET", "/api/v1/events?topic=tasks")  # a new password comes first
    assert asyncio.run(code(cookie=nova.cookie)) == 4403


def test_rights_that_end_end_it(server, admin, token):
    vera = person(server, admin, "vera", "viewer")

    async def run():
        async with live(server, cookie=vera.cookie) as ws, live(server, token) as other:
            await say(ws, subscribe=["tasks"])
            await hear(ws, "subscribed")
            vera.ok("DELETE", "/api/v1/session")
            begun = time.monotonic()
            assert await closed(ws) == 4401
            assert time.monotonic() - begun < 60
            await say(other, subscribe=["tasks"])
            await hear(other, "subscribed")
    asyncio.run(run())


def test_who_comes_again_goes_on(server, alerts, token):
    async def run():
        async with live(server, token) as ws:
            await say(ws, subscribe=["alerts"])
            await hear(ws, "subscribed")
            alerts.close()
            last = (await hear(ws, "change"))["seq"]
        missed = [alerts.close() for _ in range(3)]
        async with live(server, token) as ws:
            await say(ws, subscribe=["alerts"], after=last)
            await hear(ws, "subscribed")
            assert [(await hear(ws, "change"))["change"]["id"] for _ in missed] == missed
        server.stop()
        server.start()
        async with live(server, token) as ws:
            await say(ws, subscribe=["alerts", "tasks"], after=last)
            await hear(ws, "subscribed")
            assert set((await hear(ws, "resync"))["resync"]) == {"alerts", "tasks"}
    asyncio.run(run())


def test_events_for_programs(server, alerts, token):
    events = Events(server, token, "topic=alerts&topic=task%207")
    assert events.answer.status == 200 and events.answer.headers["Content-Type"] == "text/event-stream"
    name, first, data = events.next()
    assert name == "subscribed" and data["subscribed"] == ["alerts", "task 7"] and data["seq"] == first
    one = alerts.close()
    name, last, data = events.next()
    assert (name, last, data["change"]["id"]) == ("change", data["seq"], one)
    events.close()
    missed = [alerts.close() for _ in range(3)]
    events = Events(server, token, "topic=alerts", last)
    assert events.next()[0] == "subscribed"
    assert [events.next()[2]["change"]["id"] for _ in missed] == missed
    events.close()
    events = Events(server, token, "topic=alerts", 12)
    assert [events.next()[0], events.next()] == ["subscribed", ("resync", 0, {"resync": ["alerts"]})]
    events.close()
    program = Client(server, token)
    program.refused(404, "GW1068", "GET", "/api/v1/events?topic=nothing")
    program.refused(400, "GW1067", "GET", "/api/v1/events")
    program.refused(405, "GW1069", "POST", "/api/v1/events?topic=tasks")


def test_a_migration_as_it_happens(godwit, tmp_path, mysql9, pg_db):
    mysql9.script(["DROP DATABASE IF EXISTS live_one", "CREATE DATABASE live_one", "CREATE TABLE live_one.t (id int PRIMARY KEY)",
                   "INSERT INTO live_one.t VALUES (1), (2), (3)"])
    server = Server(godwit, tmp_path / "data").start()
    try:
        admin = server.admin()
        source, target = admin.data_source("s", "mysql", mysql9), admin.data_source("t", "postgresql", pg_db.server)
        task = admin.task("watched", [subtask(source, "live_one", target, pg_db.name)], start=False)["id"]
        part, = admin.subtasks(task)

        async def run():
            async with live(server, cookie=admin.cookie) as ws:
                await say(ws, subscribe=["tasks", "task %d" % task, "subtask %d" % part["id"], "log %d" % part["id"]])
                await hear(ws, "subscribed")
                await asyncio.to_thread(admin.ok, "POST", "/api/v1/tasks/%d/start" % task, {})
                seen, statuses, shares, last = {}, [], [], 0
                while not (statuses and statuses[-1] == 100 and shares and "log %d" % part["id"] in seen):
                    message = await hear(ws, "change", within=90)
                    assert message["seq"] > last
                    last = message["seq"]
                    seen.setdefault(message["topic"], []).append(message["change"])
                    if message["topic"].startswith("subtask") and message["change"]["kind"] == "subtask":
                        statuses.append(message["change"]["subtask"]["status"])
                    if message["topic"].startswith("subtask") and message["change"]["kind"] == "share":
                        shares.append(message["change"]["progress"])
                assert 2 in statuses and statuses == sorted(statuses, key=lambda s: 0 if s == 1000 else s), statuses
                assert all(0 <= share <= 1 for share in shares) and shares == sorted(shares)
                figures = [c for c in seen["task %d" % task] if c["kind"] == "progress"]
                assert all(c["id"] == part["id"] and c["figures"]["phase"] and abs(c["at_ms"] - time.time() * 1000) < 60_000 for c in figures)
                assert {"subtask", "share", "objects", "document"} <= {c["kind"] for c in seen["subtask %d" % part["id"]]}
                assert set(seen) == {"tasks", "task %d" % task, "subtask %d" % part["id"], "log %d" % part["id"]}
                assert PASSWORD not in json.dumps(seen) and pg_db.server.password not in json.dumps(seen)
        asyncio.run(run())
    finally:
        server.stop()
        mysql9.execute("DROP DATABASE live_one")


def test_what_another_server_did(godwit, tmp_path, pg15, mysql9):
    pg15.execute("DROP DATABASE IF EXISTS live_shared")
    pg15.execute("CREATE DATABASE live_shared")
    options = ["--store", "postgresql://%s@%s:%d/live_shared" % (pg15.user, pg15.host, pg15.port), "--no-local-machine"]
    env = {"GODWIT_STORE_PASSWORD": pg15.password}
    servers = []
    try:
        first = Server(godwit, tmp_path / "one", *options, "--name", "one", env=env).start()
        servers.append(first)
        (tmp_path / "two").mkdir(mode=0o700)
        (tmp_path / "two" / "godwit.key").write_bytes((tmp_path / "one" / "godwit.key").read_bytes())
        (tmp_path / "two" / "godwit.key").chmod(0o600)
        second = Server(godwit, tmp_path / "two", *options, "--name", "two", env=env).start()
        servers.append(second)
        admin = first.admin()
        source, target = admin.data_source("s", "mysql", mysql9), admin.data_source("t", "postgresql", pg15)
        token = admin.ok("POST", "/api/v1/tokens", {"name": "live", "role": "viewer", "days": 1})["token"]

        async def run():
            async with live(second, token) as ws:
                await say(ws, subscribe=["tasks"])
                await hear(ws, "subscribed")
                task = await asyncio.to_thread(admin.task, "elsewhere", [subtask(source, "mysql", target, "x")], start=False)
                while True:
                    change = (await hear(ws, "change"))["change"]
                    if change.get("id") == task["id"]:
                        break
        asyncio.run(run())
        now = metrics(Client(second, token))
        assert any(k.endswith('store="postgresql"}') for k in now)
        assert now['godwit_subtasks{status="0",text="not run"}'] == 1, now
        assert now["godwit_running_rows"] == 0
    finally:
        for server in servers:
            server.stop()
        pg15.execute("DROP DATABASE live_shared WITH (FORCE)")


# ---- bad neighbours ----


def test_too_large_and_too_many(server, token):
    async def run():
        async with live(server, token) as ws:
            try:
                await ws.send("x" * ((1 << 20) + 1))
            except websockets.ConnectionClosed:
                pass
            assert await closed(ws) == 1009
        async with live(server, token) as ws:
            await say(ws, subscribe=["task %d" % i for i in range(1, 1001)])
            assert len((await hear(ws, "subscribed"))["subscribed"]) == 1000
            await say(ws, subscribe=["task 1001"])
            assert (await hear(ws, "error"))["error"]["code"] == "GW9002"
            await say(ws, subscribe=["task %d" % i for i in range(1, 1002)])
            assert await closed(ws) == 4400
    asyncio.run(run())


def raw(server, token, rcvbuf=None):
    s = socket.socket()
    if rcvbuf:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    s.settimeout(60)
    s.connect(("127.0.0.1", server.port))
    s.sendall(("GET /api/v1/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer %s\r\n\r\n" % token).encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += s.recv(1)
    assert b" 101 " in head, head
    return s


def frame(text):
    data = text.encode()
    assert 126 <= len(data) < 65536
    return b"\x81\xfe" + len(data).to_bytes(2, "big") + b"\0\0\0\0" + data


def test_who_floods_and_does_not_read(server, token):
    """Each message has an answer that nobody reads: in the end the connection is gone, and the server's memory is not."""
    program = Client(server, token)
    before = metrics(program)
    flood = frame(json.dumps({"subscribe": ["task %d" % i for i in range(1, 901)]}))
    sockets = [raw(server, token, 4096) for _ in range(5)]

    def go(s):
        try:
            for _ in range(20000):
                s.sendall(flood)
        except OSError:
            pass

    threads = [threading.Thread(target=go, args=(s,)) for s in sockets]
    for t in threads:
        t.start()
    while any(t.is_alive() for t in threads):
        assert program.ok("GET", "/api/v1/states")  # others have no part in it
        time.sleep(0.05)
    for t in threads:
        t.join()
    deadline = time.monotonic() + 30
    while (now := metrics(program))['godwit_streams_open{kind="websocket"}'] > 0:
        assert time.monotonic() < deadline, now
        time.sleep(0.1)
    dropped = 'godwit_streams_dropped_total{reason="%s"}'
    assert sum(now[dropped % r] - before[dropped % r] for r in ("behind", "silent")) == 5
    for s in sockets:
        s.close()
    memory = "godwit_process_resident_memory_bytes"
    print("memory: %d MiB before, %d MiB after" % (before[memory] / (1 << 20), now[memory] / (1 << 20)))
    assert now[memory] < before[memory] + (600 << 20)  # a sanitizer keeps much of what was freed; 1.5 GB of answers were made


def test_garbage(server, token):
    for junk in (b"\xff" * 100, b"\x81\x7f" + b"\xff" * 8, b"\x80\x80\0\0\0\0", b"\x88\x80\0\0\0\0", b"\x81\x85\0\0\0\0\xff\xff\xff\xff\xff",
                 b"\x01\x81\0\0\0\0x" * 50, b"\x89\x85\0\0\0\0hello" * 500):
        s = raw(server, token)
        s.sendall(junk)
        s.shutdown(socket.SHUT_WR)
        try:
            while s.recv(65536):
                pass
        except OSError:
            pass
        s.close()
    s = raw(server, token)
    s.close()
    events = socket.create_connection(("127.0.0.1", server.port))
    events.sendall(("GET /api/v1/events?topic=tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % token).encode() + b"GET /x" * 2000)
    events.close()
    assert Client(server, token).ok("GET", "/api/v1/states")


# ---- many, and the end ----


def test_a_hundred_clients(server, alerts, token):
    async def one(ws, times):
        await hear(ws, "change")
        times.append(time.monotonic())

    async def run():
        sockets = await asyncio.gather(*(live(server, token, open_timeout=60) for _ in range(100)))
        for ws in sockets:
            await say(ws, subscribe=["alerts"])
        for ws in sockets:
            await hear(ws, "subscribed")
        assert metrics(Client(server, token))['godwit_streams_open{kind="websocket"}'] == 100
        latencies = []
        for _ in range(20):
            times = []
            waiting = [asyncio.create_task(one(ws, times)) for ws in sockets]
            begun = time.monotonic()
            await asyncio.to_thread(alerts.close)
            await asyncio.gather(*waiting)
            latencies += [t - begun for t in times]
        latencies.sort()
        print("from the request to its change at 100 clients: p50 %.1f ms, p99 %.1f ms" % (
            latencies[len(latencies) // 2] * 1000, latencies[len(latencies) * 99 // 100] * 1000))
        assert latencies[len(latencies) * 99 // 100] < 5
        await asyncio.gather(*(ws.close() for ws in sockets))
    asyncio.run(run())


def test_a_stop_with_open_streams(server, token):
    async def run():
        sockets = [await live(server, token) for _ in range(10)]
        events = Events(server, token, "topic=tasks")
        silent = raw(server, token)
        begun = time.monotonic()
        await asyncio.to_thread(server.stop)
        assert time.monotonic() - begun < 20
        assert [await closed(ws) for ws in sockets] == [1001] * 10
        assert events.next()[0] == "subscribed" and events.next() is None
        silent.close()
    asyncio.run(run())


def test_over_tls(godwit, tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"],
                   check=True, capture_output=True)
    server = Server(godwit, tmp_path / "data", "--tls-cert", tmp_path / "cert.pem", "--tls-key", tmp_path / "key.pem").start()
    trust = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    many = ["task %d" % (10 ** 17 + i) for i in range(1000)]

    def ask(method, path, body, **headers):
        connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=30, context=trust)
        connection.request(method, path, json.dumps(body), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return answer, answer.read()

    async def run(cookie):
        async with websockets.connect("wss://127.0.0.1:%d/api/v1/live" % server.port, ssl=trust,
                                      extra_headers={"Cookie": cookie}, origin="https://127.0.0.1:%d" % server.port) as ws:
            for _ in range(30):
                await say(ws, subscribe=many, unsubscribe=many)
            for _ in range(30):
                await hear(ws, "unsubscribed")
                assert (await hear(ws, "subscribed"))["subscribed"] == many
            await asyncio.to_thread(server.stop)
            assert await closed(ws) == 1001

    answer, body = ask("POST", "/api/v1/session", {"name": "admin", "password": server.first})
    cookie, csrf = answer.headers["Set-Cookie"].split(";")[0], json.loads(body)["csrf"]
    assert "Secure" in answer.headers["Set-Cookie"]
    answer, _ = ask("PUT", "/api/v1/session/password", {"old": server.first, "new": PASSWORD},
                    **{"Cookie": cookie, "X-Godwit-CSRF": csrf})
    assert answer.status in (200, 204)
    asyncio.run(run(cookie))


# ---- metrics ----


def test_metrics(server, alerts, admin, token):
    program = Client(server, token)
    before = metrics(program)
    for _ in range(5):
        program.ok("GET", "/api/v1/states")
    program("GET", "/api/v1/nothing")
    events = Events(server, token, "topic=alerts")
    events.next()
    alerts.close()
    now = metrics(program)
    ok, bad = 'godwit_http_requests_total{class="2xx"}', 'godwit_http_requests_total{class="4xx"}'
    assert now[ok] - before[ok] >= 7 and now[bad] - before[bad] == 1
    count = "godwit_http_request_duration_seconds_count"
    assert now[count] == sum(v for k, v in now.items() if k.startswith("godwit_http_requests_total"))
    assert now['godwit_http_request_duration_seconds_bucket{le="+Inf"}'] == now[count]
    buckets = [v for k, v in now.items() if k.startswith("godwit_http_request_duration_seconds_bucket")]
    assert buckets == sorted(buckets)
    assert now['godwit_streams_open{kind="events"}'] == 1 and now["godwit_feed_changes_total"] == before["godwit_feed_changes_total"] + 1
    assert now["godwit_alerts_open"] == ALERTS - 1
    assert any(k.startswith('godwit_build_info{version="') and k.endswith('store="sqlite"}') for k in now)
    assert now["godwit_process_resident_memory_bytes"] > 1 << 20 and now["godwit_uptime_seconds"] > 0
    with sqlite3.connect(server.directory / "godwit.db", timeout=30) as store:
        store.execute("INSERT INTO machine (name, kind, state, capacity, created_by, created_ms) VALUES ('m', 'ssh', 'ready', 6, 'x', 1)")
        store.execute("INSERT INTO data_source (name, kind, host, port, username, properties, created_by, created_ms)"
                      " VALUES ('d', 'mysql', 'h', 1, 'u', '{}', 'x', 1)")
        store.execute("INSERT INTO task (name, status, params, created_by, created_ms, changed_ms) VALUES ('t', 1, '{}', 'x', 1, 1)")
        task, = store.execute("SELECT max(id) FROM task").fetchone()
        source, = store.execute("SELECT max(id) FROM data_source").fetchone()
        for place, status in ((1, 2), (2, 2), (3, 100)):
            store.execute(
                "INSERT INTO subtask (task_id, place, source_id, source_database, target_id, target_database, target_schema, mode, tables,"
                " params, generation, status, reached, fence, attempts, permille, created_ms, changed_ms, lease_until_ms)"
                " VALUES (?, ?, ?, 'a', ?, 'b', ?, 1, '{}', '{}', 1, ?, ?, 1, 1, 0, 1, 1, ?)",
                (task, place, source, source, "c%d" % place, status, status, 99999999999999 if status == 2 else None))
            made, = store.execute("SELECT max(id) FROM subtask").fetchone()
            for at in (1, 2):
                store.execute("INSERT INTO sample (subtask_id, at_ms, row_count, byte_count, rows_per_s, bytes_per_s) VALUES (?, ?, ?, ?, 10, 100)", (made, at, 1000 * at, 50000 * at))
    now = metrics(program)
    assert now['godwit_subtasks{status="2",text="full migration: running"}'] == 2, now
    assert now["godwit_running_subtasks"] == 2 and now["godwit_running_rows"] == 4000 and now["godwit_running_bytes"] == 200000
    assert now['godwit_machines{state="ready"}'] >= 1
    events.close()
