"""Who may do what at every route there is, what must never get out, and what a hostile client can do: nothing."""

import json
import os
import resource
import signal
import socket
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from control import PASSWORD, Client, Server, agent_of, children, subtask, workers_of
from program import ROOT

RANK = {"none": 0, "viewer": 1, "operator": 2, "admin": 3}
SECRETS = {"source": "s3cret-of-the-s0urce", "target": "s3cret-of-the-t@rget"}


def routes():
    """(method, path with {..} filled in, role) of everything in the API's description, but places of WebSockets."""
    found = []
    for path, methods in json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"].items():
        if path.endswith(("/live", "/agent", "/shell")):
            continue
        for method, what in methods.items():
            if method in ("get", "post", "put", "patch", "delete"):
                filled = path
                while "{" in filled:
                    filled = filled[:filled.index("{")] + "1" + filled[filled.index("}") + 1:]
                found.append((method.upper(), filled, what["x-role"]))
    return found


@pytest.fixture
def server(godwit, tmp_path):
    return Server(godwit, tmp_path / "data").start()


@pytest.fixture
def admin(server):
    return server.admin()


def person(server, admin, name, role):
    admin.ok("POST", "/api/v1/accounts", {"name": name, "password": "given at first", "role": role})
    client = Client(server)
    client.login(name, "given at first")
    client.ok("PUT", "/api/v1/session/password", {"old": "given at first", "new": PASSWORD})
    return client


def test_every_route_asks_who(server, admin):
    stranger = Client(server)
    viewer, operator = person(server, admin, "vera", "viewer"), person(server, admin, "oleg", "operator")
    asked = routes()
    assert len(asked) > 50
    for method, path, role in asked:
        if path.endswith("/events"):
            continue  # stays open for those who may
        body = {} if method in ("POST", "PUT", "PATCH") else None
        if RANK[role] > 0:
            assert stranger(method, path, body)[0] == 401, (method, path)
        if RANK[role] > RANK["viewer"]:
            viewer.refused(403, "GW1064", method, path, body)
        if RANK[role] > RANK["operator"]:
            operator.refused(403, "GW1064", method, path, body)


def test_every_change_needs_the_sessions_own_mark(server, admin):
    forged = Client(server)
    forged.cookie = admin.cookie  # what a browser sends along by itself
    for method, path, role in routes():
        if method == "GET" or RANK[role] == 0:
            continue
        body = {} if method in ("POST", "PUT", "PATCH") else None
        forged.refused(403, "GW1066", method, path, body)
        admin.refused(403, "GW1066", method, path, body, headers={"Origin": "https://elsewhere.example"})


@pytest.mark.parametrize("path", ["/../../etc/passwd", "/api/v1/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
                                  "/api/v1/subtasks/..%2f..%2f..%2fetc%2fpasswd/log/download", "/api/v1/subtasks/1%00/log", "//etc/passwd",
                                  "/api/v1/machines/%2e%2e/log/download", "/api/v1/subtasks/1;cat/log/download", "/" + "a" * 7000])
def test_paths_lead_nowhere(admin, server, path):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as s:
        s.sendall(("GET %s HTTP/1.1\r\nHost: x\r\nCookie: godwit_session=%s\r\nConnection: close\r\n\r\n" % (path, admin.cookie)).encode())
        answer = b""
        while chunk := s.recv(65536):
            answer += chunk
    status = answer.split(b" ")[1] if answer else b"closed"
    # Whatever is no file and not the API's is a page's address: the console's own page says that there is no such page.
    assert status in (b"400", b"404", b"403", b"414", b"431", b"closed") or (status == b"200" and b'<div id="app">' in answer), answer[:300]
    assert b"root:" not in answer
    assert admin.ok("GET", "/healthz")


BODIES = {"empty": b"", "open": b"{", "no UTF-8": b"\xff\xfe", "deep lists": b"[" * 100000, "deep objects": b'{"a":' * 50000,
          "half a pair": b'{"name": "\\ud800"}', "a NUL": b'{"name": "a\\u0000b"}', "too large": b'{"name": 1e999}', "null": b"null",
          "a number": b"7", "twice": b'{"name":"x","name":"y"}'}


@pytest.mark.parametrize("what", BODIES)
def test_bodies_that_are_no_good(admin, what):
    raw = BODIES[what]
    for path in ("/api/v1/tasks", "/api/v1/data-sources", "/api/v1/machines/token"):
        status, body = admin("POST", path, raw=raw)
        assert status == 400 and body["error"]["code"].startswith("GW10"), (path, raw[:40], status, body)


def test_a_body_that_is_too_large(admin, server):
    status = None
    try:
        status, _ = admin("POST", "/api/v1/tasks", raw=b'{"name": "' + b"x" * (2 << 20) + b'"}')
    except (ConnectionError, json.JSONDecodeError):
        pass
    assert status in (None, 413)
    assert admin.ok("GET", "/healthz")


@pytest.fixture
def few_descriptors():
    """What is started has 1024 of them, as is usual, and may have more; the test itself has those."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, hard), hard))
    yield lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_clients_that_never_finish(few_descriptors, admin, server):
    """They cost a connection each, and nobody else anything; also when there are more than a process has descriptors at first."""
    few_descriptors()
    slow = []
    try:
        slow += [socket.create_connection(("127.0.0.1", server.port)) for _ in range(1200)]
        for i, s in enumerate(slow):
            s.sendall([b"GET /api/v1/tasks HTT", b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
                       b"GET /healthz HTTP/1.1\r\nHost: x\r\n"][i % 3])
        begin = time.monotonic()
        for _ in range(20):
            admin.ok("GET", "/api/v1/tasks")
        assert time.monotonic() - begin < 15 # slow ones are cut off only after 30 s
        agent = agent_of(server) # and what else takes descriptors goes on
        os.kill(agent, signal.SIGKILL)
        admin.wait(lambda: agent_of(server) not in (None, agent), "the local agent is started again", 15)
    finally:
        for s in slow:
            s.close()


def test_passwords_are_nowhere(server, admin, mysql9, pg_db):
    """Not on a command line, in an environment, in a log, in the store's files, nor in any answer - while a task runs, and after it."""
    mysql9.script(["DROP DATABASE IF EXISTS hush", "CREATE DATABASE hush", "CREATE TABLE hush.t (id int PRIMARY KEY, v text)",
                   "INSERT INTO hush.t SELECT seq, repeat('v', 100) FROM (WITH RECURSIVE n (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < 1000) SELECT seq FROM n) x",
                   "CREATE USER hush@'%%' IDENTIFIED BY '%s'" % SECRETS["source"], "GRANT ALL ON *.* TO hush@'%'"])
    pg = pg_db.server
    pg.execute("CREATE ROLE hush SUPERUSER LOGIN PASSWORD '%s'" % SECRETS["target"])
    try:
        source = admin.data_source("s", "mysql", mysql9, "hush", SECRETS["source"])
        target = admin.data_source("t", "postgresql", pg, "hush", SECRETS["target"])
        task = admin.task("hush", [subtask(source, "hush", target, pg_db.name, params={"rate-limit": "50KB"})])["id"]
        one = admin.subtasks(task)[0]["id"]
        admin.wait_status(one, 2)
        agent = agent_of(server)
        worker, = workers_of(agent)
        for pid in (server.run.process.pid, agent, worker):
            for file in ("cmdline", "environ"):
                assert_clean(Path("/proc/%d/%s" % (pid, file)).read_bytes(), "%s of %s" % (file, children(os.getppid()) and pid))
        over, = admin.wait_over(task)
        assert over["status"] == 100, over
        for method, path, role in routes():
            if method == "GET" and RANK[role] > 0 and not path.endswith("/events"):
                filled = path.replace("/tasks/1", "/tasks/%d" % task).replace("/subtasks/1", "/subtasks/%d" % one)
                assert_clean(raw_get(admin, filled), filled)
        for file in [server.log, *(f for f in server.directory.rglob("*") if f.is_file() and f.name != "godwit.key")]:
            assert_clean(file.read_bytes(), file)
    finally:
        mysql9.script(["DROP USER hush@'%'", "DROP DATABASE hush"])
        pg_db.execute("DROP OWNED BY hush CASCADE")
        pg.execute("REASSIGN OWNED BY hush TO %s" % pg.user)
        pg.execute("DROP ROLE hush")


def raw_get(client, path):
    with socket.create_connection(("127.0.0.1", client.server.port), timeout=60) as s:
        s.sendall(("GET %s HTTP/1.1\r\nHost: x\r\nCookie: godwit_session=%s\r\nConnection: close\r\n\r\n" % (path, client.cookie)).encode())
        answer = b""
        while chunk := s.recv(65536):
            answer += chunk
    return answer


def assert_clean(text, where):
    for secret in SECRETS.values():
        for form in (secret, quote(secret, safe="")):
            assert form.encode() not in text, "a password is in %s" % where
