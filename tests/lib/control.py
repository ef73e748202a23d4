"""`godwit serve` and its API, as tests use them: a server process, a client, tasks that run to their end."""

import http.client
import json
import os
import re
import signal
import sqlite3
import time

PASSWORD = "a new passw0rd"
# Of PASSWORD, as cheap as may be: one as the server makes it takes 64 MB and a tenth of a second of a processor each time.
HASH = "$argon2id$v=19$m=8,t=1,p=1$vPwSJeMZmEYOT469+k4dHg$x2bYIaqAZd6XziTrC9qdzcJbmIoKsZSMZ+cog1B19Rg"

NOT_RUN, FINISHED, FAILED, WAITING, PRECHECK_FAILED = 0, 100, 500, 1000, 3000
OVER = (FINISHED, FAILED, PRECHECK_FAILED)


class Server:
    """`godwit serve` in a directory of its own; start() may be called again after stop() or kill()."""

    def __init__(self, godwit, directory, *options, env=None):
        self.godwit, self.directory, self.options, self.env, self.first = godwit, directory, options, env, None
        self.port = 0
        self.lasts = False  # the admin's password
        self.log = directory.parent / (directory.name + ".serve.log")

    def start(self):
        self.run = self.godwit.start("serve", "--listen", "127.0.0.1:%d" % self.port, "--data", self.directory, "--log",
                                     self.log, *self.options, env=self.env)
        self.port = int(self.run.wait_for(r"serves at https?://127.0.0.1:(\d+)/").group(1))
        first = re.search(r"first login: admin, password (\S+)", self.run.out)
        self.first = first.group(1) if first else None
        return self

    def stop(self):
        self.run.signal(signal.SIGTERM)
        result = self.run.wait()
        assert result.code == 0, str(result)
        return result

    def kill(self):
        self.run.signal(signal.SIGKILL)
        self.run.wait()

    def admin(self, kind=None):
        """A client (of that kind) of an admin with a lasting password."""
        client = (kind or Client)(self)
        password = self.lasting_password()
        client.login("admin", password)
        if password != PASSWORD:
            client.ok("PUT", "/api/v1/session/password", {"old": self.first, "new": PASSWORD})
        return client

    def lasting_password(self):
        """What the admin logs in with: in a store that is a file PASSWORD from now on, with HASH. Tests of the API change it as people do."""
        store = self.directory / "godwit.db"
        if not self.first:
            return PASSWORD
        if not store.exists():
            return self.first
        if not self.lasts:
            connection = sqlite3.connect(store, timeout=30)
            with connection:
                connection.execute("UPDATE account SET password = ?, must_change = 0 WHERE name = 'admin'", (HASH,))
            connection.close()
            self.lasts = True
        return PASSWORD


class Client:
    """A browser: keeps its cookie and its CSRF token. With a token: a program."""

    def __init__(self, server, token=None):
        self.server, self.token, self.cookie, self.csrf = server, token, None, None

    def __call__(self, method, path, body=None, headers=None, raw=None):
        connection = self.connect()
        all_headers = {"Content-Type": "application/json"} if body is not None or raw is not None else {}
        if self.cookie:
            all_headers["Cookie"] = "godwit_session=" + self.cookie
        if self.csrf:
            all_headers["X-Godwit-CSRF"] = self.csrf
        if self.token:
            all_headers["Authorization"] = "Bearer " + self.token
        all_headers |= headers or {}
        data = raw if raw is not None else json.dumps(body) if body is not None else (b"" if method in ("POST", "PUT") else None)
        connection.request(method, path, data, {k: v for k, v in all_headers.items() if v is not None})
        answer = connection.getresponse()
        self.text = text = answer.read().decode()
        cookie = re.match(r"godwit_session=([^;]*)", answer.headers.get("Set-Cookie") or "")
        self.headers = answer.headers
        connection.close()
        if cookie:
            self.cookie = cookie.group(1) or None
        return answer.status, json.loads(text) if text else None

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)

    def ok(self, *args, **kw):
        status, body = self(*args, **kw)
        assert status in (200, 201, 204), (args, status, body)
        return body

    def refused(self, status, code, *args, **kw):
        got, body = self(*args, **kw)
        assert (got, body["error"]["code"]) == (status, code), (args, got, body)
        assert body["error"]["message"] and body["error"]["hint"]
        return body["error"]

    def login(self, name, password):
        body = self.ok("POST", "/api/v1/session", {"name": name, "password": password})
        self.csrf = body["csrf"]
        return body

    # ---- tasks ----

    def data_source(self, name, kind, server, user=None, password=None, **properties):
        """Registers a test server; its id."""
        return self.ok("POST", "/api/v1/data-sources",
                       {"name": name, "kind": kind, "host": server.host, "port": server.port,
                        "username": user or server.user, "password": server.password if password is None else password,
                        "properties": properties})["id"]

    def task(self, name, subtasks, start=True, machines=(), params=None):
        return self.ok("POST", "/api/v1/tasks", {"name": name, "subtasks": subtasks, "machines": list(machines),
                                                 "params": params or {}, "start": start})

    def subtasks(self, task):
        return self.ok("GET", "/api/v1/tasks/%d/subtasks?size=200" % task)["items"]

    def wait(self, condition, what, deadline_s=120, every_s=0.1):
        end = time.monotonic() + deadline_s
        while True:
            value = condition()
            if value:
                return value
            assert time.monotonic() < end, "not within %d s: %s" % (deadline_s, what)
            time.sleep(every_s)

    def wait_over(self, task, deadline_s=120, every_s=0.1):
        """Until nothing of it goes on; its subtasks."""
        def over():
            found = self.subtasks(task)
            return found if all(s["status"] in OVER for s in found) else None
        try:
            return self.wait(over, "task %d is over" % task, deadline_s, every_s)
        except AssertionError as e:
            raise AssertionError("%s\n%s" % (e, json.dumps(self.subtasks(task), indent=1))) from None

    def wait_status(self, subtask, *statuses, deadline_s=120):
        def there():
            got = self.ok("GET", "/api/v1/subtasks/%d" % subtask)
            return got if got["status"] in statuses else None
        try:
            return self.wait(there, "subtask %d in state %s" % (subtask, statuses), deadline_s)
        except AssertionError as e:
            raise AssertionError("%s\n%s" % (e, self.story(subtask))) from None

    def story(self, subtask):
        """What the server knows of one, for people who read a test's failure."""
        place = "/api/v1/subtasks/%d" % subtask
        parts = [self.ok("GET", place), self.ok("GET", place + "/timeline"), self.ok("GET", place + "/log?size=40")]
        return "\n".join(json.dumps(part, ensure_ascii=False) for part in parts)


def subtask(source, database, target, target_database, schema=None, mode=1, **more):
    return {"source_id": source, "source_database": database, "target_id": target, "target_database": target_database,
            "target_schema": schema or database, "mode": mode, **more}


def children(pid):
    """Direct children of a process: pid -> command line."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % entry) as f:
                parent = int(f.read().rsplit(")", 1)[1].split()[1])
            if parent == pid:
                with open("/proc/%s/cmdline" % entry, "rb") as f:
                    found[int(entry)] = f.read().replace(b"\0", b" ").decode()
        except (OSError, IndexError):
            continue
    return found


def agent_of(server):
    """The pid of a server's local agent, once it runs."""
    return next((pid for pid, words in children(server.run.process.pid).items() if " agent " in words), None)


def workers_of(agent):
    return [pid for pid, words in children(agent).items() if " worker" in words]
