"""Execution machines over SSH: two real sshd instances, two ordinary users, the kit installed through the API, tasks run there."""

import http.client
import json
import os
import pty
import shutil
import signal
import ssl
from pathlib import Path

import pytest
from servers import Missing
from srv import certs
from srv.place import free_port, run
from srv.sshd import Sshd, User

from control import FINISHED, PASSWORD, Client, Server, subtask
from test_openapi import Checked
from test_serve_live import Events
from test_serve_tasks import SLOW, slow, statuses  # noqa: F401 (fixture)

INSTALLING, WAITING = 2000, 1000


@pytest.fixture
def hosts(machines):
    """Two machines with nothing on them: one whose user logs in by password, one by key with a passphrase."""
    for host in machines:
        host.clear()
    yield machines
    for host in machines:
        host.clear()


@pytest.fixture(scope="module")
def machines():
    try:
        with Sshd() as first, Sshd(kinds=("ecdsa", "rsa")) as second, User(password=True) as anna, User(passphrase="open sesame") as bob:
            yield Host(first, anna, "ed25519"), Host(second, bob, "ecdsa")
    except Missing as e:
        pytest.skip(str(e))


class Host:
    def __init__(self, sshd, user, kind="ed25519"):
        self.sshd, self.user, self.kind = sshd, user, kind

    @property
    def place(self):
        return {"host": "127.0.0.1", "port": self.sshd.port}

    @property
    def login(self):
        login = {("username" if k == "user" else k): v for k, v in self.user.login.items()}
        return {**self.place, **login, "host_key": self.sshd.host_key(self.kind)["fingerprint"]}

    def directory(self, name="kit"):
        return Path(self.user.home) / name

    def running(self):
        """The verbs of godwit's processes there: {pid: "agent"}."""
        return {pid: words[1] for pid, words in self.user.processes() if len(words) > 1 and words[0].endswith("/godwit")}

    def clear(self):
        for pid in self.running():
            os.kill(pid, signal.SIGKILL)
        for path in self.user.home.iterdir():
            if path.name != ".ssh":
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def agent(self):
        return next((pid for pid, verb in self.running().items() if verb == "agent"), None)


@pytest.fixture
def server(godwit, tmp_path, request):
    """With SQLite; or with the store that the test is parametrized with."""
    options, env = ["--no-local-machine"], {}
    if getattr(request, "param", None) == "postgresql":
        database = request.getfixturevalue("pg_db")
        pg = database.server
        options += ["--store", f"postgresql://{pg.user}@{pg.host}:{pg.port}/{database.name}", "--name", "first"]
        env["GODWIT_STORE_PASSWORD"] = pg.password
    server = Server(godwit, tmp_path / "data", *options, env=env).start()
    yield server
    if server.run.process.poll() is None:
        server.stop()


@pytest.fixture
def admin(server):
    return Machines(server).ready()


class Machines(Checked):
    """An admin whose every answer is compared with docs/openapi.json."""

    def ready(self):
        password = self.server.lasting_password()
        self.login("admin", password)
        if password != PASSWORD:
            self.ok("PUT", "/api/v1/session/password", {"old": self.server.first, "new": PASSWORD})
        return self

    def add(self, host, name="one", directory="kit", **more):
        return self.ok("POST", "/api/v1/machines", {"name": name, **host.login, "directory": directory, **more})

    def machine(self, machine):
        return self.ok("GET", f"/api/v1/machines/{machine}")

    def act(self, machine, action):
        """Begins it; returns the machine when it has ended, whichever way."""
        self.ok("POST", f"/api/v1/machines/{machine}/kit", {"action": action})
        return self.ended(machine)

    def ended(self, machine):
        def over():
            got = self.machine(machine)
            return got if got["kit"]["state"] in ("done", "failed") else None
        return self.wait(over, f"the order of machine {machine} has ended", 120, 0.05)

    def done(self, machine, action):
        got = self.act(machine, action)
        assert got["kit"]["state"] == "done", (got["kit"], self.log(machine))
        assert got["kit"]["percent"] == 100 and got["kit"]["action"] == action and got["reason"] is None
        return got

    def fails(self, machine, action, code):
        got = self.act(machine, action)
        assert got["kit"]["state"] == "failed" and got["kit"]["error"]["code"] == code, (got["kit"], self.log(machine))
        assert got["reason"] and got["kit"]["error"]["hint"] and got["kit"]["error"]["hint_zh"]
        return got

    def log(self, machine):
        return [line["text"] for line in reversed(self.ok("GET", f"/api/v1/machines/{machine}/log")["items"])]

    def installed(self, host, name="one", **more):
        machine = self.add(host, name, install=True, **more)["id"]
        got = self.ended(machine)
        assert got["kit"]["state"] == "done" and got["state"] == "online", (got, self.log(machine))
        return machine

    def leave(self, *machines):
        """What a test installed is taken away again: hosts are shared."""
        for machine in machines:
            self.done(machine, "cleanup")


def live(server, admin, machine, until):
    """The steps, percents and lines of the log that a listener hears, up to the change for which until(kit) is true."""
    token = admin.ok("POST", "/api/v1/tokens", {"name": "live", "role": "viewer", "days": 1})["token"]
    events = Events(server, token, f"topic=machines&topic=machine%20log%20{machine}")
    assert events.next()[0] == "subscribed"

    def hear():
        kits, lines = [], []
        while True:
            change = events.next()[2]["change"]
            if change["kind"] == "log":
                assert change["machine"] == machine
                lines += [line["text"] for line in change["lines"]]
            elif change["kind"] == "machine-kit" and change["id"] == machine:
                kits.append(change["kit"])
                if until(kits[-1]):
                    events.close()
                    return kits, lines
    return hear


# ---- trust, and what is refused before anything is written ----

def test_adding(server, admin, hosts):
    first, second = hosts
    for host in hosts:
        key = admin.ok("POST", "/api/v1/machines/host-key", host.place)
        assert key["fingerprint"] == host.sshd.host_key(host.kind)["fingerprint"] and key["key"] == host.sshd.host_key(host.kind)["line"]
    one = admin.add(first, "one", "deep/er/kit")
    two = admin.add(second, "two", str(second.directory()), capacity=11)
    assert (one["state"], one["kind"], one["kit"], one["capacity"]) == ("new", "ssh", None, min(6, os.cpu_count()))
    assert one["ssh"] == {"username": first.user.name, "directory": str(first.directory("deep/er/kit")), "login": "password",
                          "host_key": first.sshd.host_key()["line"], "fingerprint": first.sshd.host_key()["fingerprint"]}
    assert two["ssh"]["login"] == "key" and two["capacity"] == 11
    facts = one["facts"]
    assert facts["os"] and facts["arch"] == os.uname().machine and facts["cores"] == os.cpu_count() and facts["user"] == first.user.name
    assert facts["memory_bytes"] == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") and facts["disk_free_bytes"] > 1 << 20
    assert not first.directory("deep").exists(), "adding writes nothing"
    admin.refused(409, "GW5004", "POST", "/api/v1/machines", {"name": "other", **first.login, "directory": "deep/er/kit"})
    admin.refused(409, "GW5004", "POST", "/api/v1/machines", {"name": "one", **first.login, "directory": "elsewhere"})
    for machine in (one, two):
        admin.ok("DELETE", f"/api/v1/machines/{machine['id']}")
        admin.refused(404, "GW1068", "GET", f"/api/v1/machines/{machine['id']}")


def test_what_is_refused(server, admin, hosts):
    host, other = hosts
    body = {"name": "m", **host.login, "directory": "kit"}

    def refused(code, **more):
        status, answer = admin("POST", "/api/v1/machines", {**body, **more})
        assert status >= 400 and answer["error"]["code"] == code, (status, answer)
        assert answer["error"]["hint"] and answer["error"]["message_zh"] and answer["error"]["hint_zh"]
        return json.dumps(answer)

    told = refused("GW4021", host_key=other.sshd.host_key("ecdsa")["fingerprint"])
    assert host.sshd.host_key()["fingerprint"] in told
    refused("GW4022", password="wrong one")
    refused("GW4020", port=free_port())
    refused("GW4023", password=None, private_key="no key at all")
    refused("GW1128", username="root")
    for directory in ("/etc/godwit-kit", "/proc/kit", "/etc/passwd/kit", "/root/kit"):
        assert directory.split("/")[1] in refused("GW1121", directory=directory)
    mine = host.directory("full")
    mine.mkdir()
    (mine / "a file").write_text("of somebody")
    os.chown(mine, host.user.uid, -1)
    assert "not godwit's" in refused("GW1121", directory="full")
    (mine / ".godwit-machine").write_text("godwit another1\n")
    assert "another server" in refused("GW1121", directory="full")
    for wrong in ({"directory": "../up"}, {"directory": "/"}, {"directory": "~/kit"}, {"host": "/run/sock"}, {"host": "a b"}, {"port": 0},
                  {"private_key": other.user.private_key}, {"password": None}, {"host_key": ""}, {"capacity": 0}):
        refused("GW1067", **wrong)
    assert admin.ok("GET", "/api/v1/machines")["total"] == 0
    # Who may.
    admin.ok("POST", "/api/v1/accounts", {"name": "oscar", "password": "given at first", "role": "operator"})
    oscar = Client(server)
    oscar.login("oscar", "given at first")
    oscar.ok("PUT", "/api/v1/session/password", {"old": "given at first", "new": "another passw0rd"})
    for method, path, content in (("POST", "/api/v1/machines", body), ("POST", "/api/v1/machines/host-key", host.place),
                                  ("POST", "/api/v1/machines/kit", {"action": "stop", "machines": [1]}),
                                  ("POST", "/api/v1/machines/1/kit", {"action": "stop"}), ("PUT", "/api/v1/machines/1/ssh", body)):
        oscar.refused(403, "GW1064", method, path, content)
        Client(server).refused(401, "GW1062", method, path, content)


# ---- the kit's life ----

def test_the_life_of_a_kit(server, admin, hosts):
    host = hosts[0]
    machine = admin.add(host)["id"]
    for action in ("reinstall", "upgrade", "start", "stop", "uninstall"):
        admin.refused(409, "GW1087", "POST", f"/api/v1/machines/{machine}/kit", {"action": action})
    admin.refused(400, "GW1067", "POST", f"/api/v1/machines/{machine}/kit", {"action": "dance"})
    admin.refused(404, "GW1068", "POST", "/api/v1/machines/999/kit", {"action": "install"})
    hear = live(server, admin, machine, lambda kit: kit["state"] in ("done", "failed"))
    got = admin.done(machine, "install")
    kits, lines = hear()
    assert [k["state"] for k in kits][0] == "waiting" and kits[-1] == got["kit"]
    assert [k["percent"] for k in kits] == sorted(k["percent"] for k in kits) and {"copy", "verify", "enrol", "done"} <= {k["step"] for k in kits}
    assert all(k["text"]["en"] and k["text"]["zh"] for k in kits) and lines == admin.log(machine)
    kit, agent = host.directory(), host.agent()
    assert got["state"] == "online" and got["version"] and got["facts"]["pid"] == agent
    assert {p.name for p in kit.iterdir()} == {".godwit-machine", "agent", "agent.log", "agent.out", "godwit"}, "no token is left"
    for path in kit.rglob("*"):
        assert path.stat().st_uid == host.user.uid and path.stat().st_mode & 0o077 == 0, path
    assert os.getsid(agent) == agent, "a session of its own"
    log = admin.log(machine)
    assert "install: copying the executable" in log and log[-1] == "install: done"
    admin.refused(409, "GW1087", "POST", f"/api/v1/machines/{machine}/kit", {"action": "install"})

    got = admin.done(machine, "stop")
    assert got["state"] == "stopped" and not host.running()
    got = admin.done(machine, "start")
    assert got["state"] == "online" and host.agent() not in (None, agent)

    # An upgrade to what is there already leaves the agent alone; one to another version replaces it, and it stays enrolled.
    agent, token = host.agent(), (kit / "agent/agent.token").read_text()
    admin.done(machine, "upgrade")
    assert host.agent() == agent
    with open(kit / "old", "wb") as old:
        old.write((kit / "godwit").read_bytes() + b"another version")
    os.chown(kit / "old", host.user.uid, -1)
    os.chmod(kit / "old", 0o700)
    os.rename(kit / "old", kit / "godwit")
    admin.done(machine, "upgrade")
    assert host.agent() != agent and (kit / "agent/agent.token").read_text() == token
    assert (kit / "godwit").read_bytes() == Path(f"/proc/{server.run.process.pid}/exe").read_bytes()

    agent = host.agent()
    assert admin.done(machine, "reinstall")["state"] == "online"
    assert host.agent() not in (None, agent) and (kit / "agent/agent.token").read_text() != token, "enrolled anew"

    got = admin.done(machine, "uninstall")
    assert got["state"] == "new" and got["version"] is None and not kit.exists() and not host.running()
    assert admin.done(machine, "install")["state"] == "online"
    (kit / "mine").write_text("x")
    admin.done(machine, "uninstall")
    assert [p.name for p in kit.iterdir()] == ["mine"] and any("mine" in line for line in admin.log(machine)), "what is not ours stays"
    admin.ok("DELETE", f"/api/v1/machines/{machine}")
    # Connections are given back.
    admin.wait(lambda: not [1 for _, words in host.user.processes() if words and words[0].startswith("sshd")], "sessions are closed", 20)


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_what_is_half_installed_is_cleaned_up(server, admin, hosts):
    """A broken connection in the middle; a kit whose agent lives and whose files are damaged."""
    host = hosts[1]
    machine = admin.add(host, "half")["id"]
    admin.ok("POST", f"/api/v1/machines/{machine}/kit", {"action": "install"})
    admin.wait(lambda: list(host.directory().glob("godwit.new.*")), "it copies", every_s=0.001)
    for pid, words in host.user.processes():
        if words and words[0].startswith("sshd"):
            os.kill(pid, signal.SIGKILL)
    got = admin.ended(machine)
    assert got["state"] == "failed" and got["kit"]["error"]["code"] == "GW4027", got["kit"]
    assert (host.directory() / ".godwit-machine").exists()
    admin.done(machine, "cleanup")
    assert not host.directory().exists() and admin.machine(machine)["state"] == "new"
    admin.done(machine, "cleanup")  # twice is once
    admin.done(machine, "install")
    agent = host.agent()
    (host.directory() / "godwit").unlink()
    (host.directory() / "godwit").write_bytes(b"damaged")
    os.kill(agent, signal.SIGSTOP)
    admin.done(machine, "cleanup")
    assert not host.directory().exists() and not host.running()


def test_an_interrupted_install(server, admin, hosts):
    host = hosts[0]
    machine = admin.add(host)["id"]
    admin.ok("POST", f"/api/v1/machines/{machine}/kit", {"action": "install"})
    admin.wait(lambda: admin.machine(machine)["kit"]["step"] == "copy", "it copies", every_s=0.001)
    server.kill()
    server.start()
    admin.login("admin", "a new passw0rd")
    got = admin.ended(machine)
    assert got["state"] == "failed" and got["kit"]["error"]["code"] == "GW1126" and "install" in got["reason"], got["kit"]
    assert admin.done(machine, "install")["state"] == "online"
    admin.leave(machine)
    # An orderly end in the middle is no other thing.
    admin.ok("POST", f"/api/v1/machines/{machine}/kit", {"action": "install"})
    admin.wait(lambda: admin.machine(machine)["kit"]["step"] in ("copy", "look"), "it works", every_s=0.001)
    server.stop()
    server.start()
    admin.login("admin", "a new passw0rd")
    assert admin.ended(machine)["kit"]["error"]["code"] == "GW1126"
    admin.leave(machine)


def test_what_goes_wrong_on_the_way(server, admin, hosts):
    host, other = hosts
    machine = admin.add(host)["id"]
    body = {**host.login}
    # The login does not hold any more.
    host.user.set_password("another one for now")
    admin.fails(machine, "install", "GW4022")
    admin.refused(502, "GW4022", "PUT", f"/api/v1/machines/{machine}/ssh", {**body})
    admin.ok("PUT", f"/api/v1/machines/{machine}/ssh", {**body, "password": "another one for now"})
    host.user.set_password(body["password"])
    admin.ok("PUT", f"/api/v1/machines/{machine}/ssh", {**body})
    # The machine was set up anew, or is another one: its host key has changed.
    before = host.sshd.host_key()["fingerprint"]
    host.sshd.new_host_key()
    host.sshd.restart()
    got = admin.fails(machine, "install", "GW4021")
    assert before in json.dumps(got["kit"]["error"]) and host.sshd.host_key()["fingerprint"] in json.dumps(got["kit"]["error"])
    admin.ok("PUT", f"/api/v1/machines/{machine}/ssh", host.login)
    # The directory is taken away from the user.
    host.user.home.chmod(0o500)
    os.chown(host.user.home, 0, -1)
    try:
        assert "may not" in admin.fails(machine, "install", "GW1121")["reason"]
    finally:
        os.chown(host.user.home, host.user.uid, -1)
        host.user.home.chmod(0o700)
    # The agent cannot reach the server.
    admin.ok("PUT", "/api/v1/settings", {"agent_wait_s": 2})
    admin.leave(machine)
    server.stop()
    server.options = [*server.options, "--public-url", f"http://127.0.0.1:{free_port()}"]
    server.start()
    admin.login("admin", "a new passw0rd")
    got = admin.fails(machine, "install", "GW1124")
    assert "refused" in got["kit"]["error"]["cause"], got["kit"]["error"]
    assert any(line.startswith("agent: ") for line in admin.log(machine))
    assert not host.running(), "what does not connect is ended again"
    admin.leave(machine)
    # Nor could it from elsewhere.
    server.stop()
    server.options = server.options[:1]
    server.start()
    admin.login("admin", "a new passw0rd")
    admin.refused(400, "GW1125", "POST", "/api/v1/machines", {"name": "far", **host.login, "host": "192.0.2.7", "directory": "kit", "install": True})


# ---- TLS ----

class TlsAdmin(Machines):
    """The same over TLS."""

    def __init__(self, server, ca):
        super().__init__(server)
        self.trust = ssl.create_default_context(cafile=ca)

    def connect(self):
        return http.client.HTTPSConnection("127.0.0.1", self.server.port, timeout=60, context=self.trust)


@pytest.mark.parametrize("how", ["its own", "an authority's"])
def test_agents_trust_the_server(godwit, tmp_path, hosts, how):
    """A certificate that signed itself is trusted as it is, whatever its name; else what --agent-ca names, and the name counts."""
    host = hosts[1]
    if how == "its own":
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3", "-subj", "/CN=elsewhere",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "server-key.pem", "-out", tmp_path / "server-cert.pem"])
        trusted, options = tmp_path / "server-cert.pem", []
    else:
        certs.make(tmp_path)
        trusted, options = tmp_path / "ca.pem", ["--agent-ca", tmp_path / "ca.pem"]
    tls = ["--tls-cert", tmp_path / "server-cert.pem", "--tls-key", tmp_path / "server-key.pem"]
    server = Server(godwit, tmp_path / "data", "--no-local-machine", *tls, *options).start()
    admin = TlsAdmin(server, trusted).ready()
    machine = admin.installed(host)
    words = next(words for pid, words in host.user.processes() if pid == host.agent())
    assert ("--any-name" in words) == (how == "its own") and words[words.index("--server") + 1].startswith("https://")
    assert (host.directory() / "ca.pem").read_bytes() == trusted.read_bytes()
    if options:  # without it the machine does not trust the server, and says so
        server.stop()
        server.options = server.options[:-2]
        server.start()
        admin.login("admin", "a new passw0rd")
        admin.ok("PUT", "/api/v1/settings", {"agent_wait_s": 3})
        got = admin.fails(machine, "reinstall", "GW1124")
        assert "certificate" in got["kit"]["error"]["cause"], got["kit"]["error"]
    admin.leave(machine)
    server.stop()


# ---- tasks ----

def test_tasks_run_there(server, admin, hosts, mysql9, pg_db, move, sources, slow):  # noqa: F811
    """Three subtasks on two machines; an agent is killed in the middle; the data is compared by the oracle."""
    machines = [admin.add(host, f"m{i}", capacity=2)["id"] for i, host in enumerate(hosts)]
    source = admin.data_source("source", "mysql", mysql9)
    target = admin.data_source("target", "postgresql", pg_db.server)
    moved = [(slow, "slow_a", SLOW), (sources(mysql9, "bank"), "bank", {}), (sources(mysql9, "keys"), "keys", {})]
    bodies = [subtask(source, database, target, pg_db.name, schema, params=params) for database, schema, params in moved]
    task = admin.task("over ssh", bodies, start=False, machines=machines)["id"]
    one = admin.subtasks(task)[0]["id"]
    # Nothing to run on.
    assert "m0" in admin.refused(400, "GW1127", "POST", f"/api/v1/tasks/{task}/start")["message"]
    admin.refused(400, "GW1127", "POST", f"/api/v1/subtasks/{one}/start")
    # Both at once, and the task waits for them.
    got = admin.ok("POST", "/api/v1/machines/kit", {"action": "install", "machines": [*machines, 999]})["items"]
    assert [i["machine"] for i in got] == [*machines, 999] and [i["error"] and i["error"]["code"] for i in got] == [None, None, "GW1068"]
    admin.ok("POST", f"/api/v1/tasks/{task}/start")
    admin.wait(lambda: all(s["machine"] for s in admin.subtasks(task)), "all are placed", every_s=0.02)
    assert {s["machine"]["id"] for s in admin.subtasks(task)} == set(machines)
    assert statuses(admin, one)[:3] == [WAITING, INSTALLING, 1]
    # In use.
    busy = admin.wait_status(one, 2)["machine"]["id"]
    for action in ("upgrade", "reinstall", "stop", "uninstall", "cleanup"):
        admin.refused(409, "GW1070", "POST", f"/api/v1/machines/{busy}/kit", {"action": action})
    admin.refused(409, "GW1070", "DELETE", f"/api/v1/machines/{busy}")
    # Its agent dies; its subtasks go on elsewhere.
    os.kill(hosts[machines.index(busy)].agent(), signal.SIGKILL)
    done = admin.wait_over(task, 240)
    assert [s["status"] for s in done] == [FINISHED] * 3, json.dumps(done, indent=1)
    assert done[0]["machine"]["id"] != busy and done[0]["attempts"] == 2
    move.target = pg_db
    for database, schema, _ in moved:
        move.check(mysql9, database, schema)
    assert admin.done(busy, "start")["state"] == "online"
    admin.ok("DELETE", f"/api/v1/tasks/{task}")
    admin.leave(*machines)


# ---- secrets ----

def test_secrets_stay_secret(server, admin, hosts):
    host, other = hosts
    machines = [admin.installed(host, "one"), admin.installed(other, "two")]
    secrets = [host.user.password, other.user.passphrase, other.user.private_key.split("\n")[2], (host.directory() / "agent/agent.token").read_text().strip()]
    places = {"answers": json.dumps([admin.ok("GET", path) for path in
                                     ("/api/v1/machines", f"/api/v1/machines/{machines[0]}", f"/api/v1/machines/{machines[1]}/log", "/api/v1/audit?size=200")]),
              "the server's log": server.log.read_text(), "the agent's log": (host.directory() / "agent.log").read_text(),
              "sshd's log": host.sshd.log(1 << 20) + other.sshd.log(1 << 20),
              "the store": b"".join(p.read_bytes() for p in server.directory.glob("godwit.db*")).decode(errors="replace"),
              "command lines": "".join(p.read_bytes().decode(errors="replace") for p in Path("/proc").glob("[0-9]*/cmdline") if p.exists())}
    for where, text in places.items():
        for secret in secrets:
            assert secret not in text, where
    audit = [(i["operation"], i["object"], i["outcome"]) for i in admin.ok("GET", "/api/v1/audit?size=200")["items"]]
    assert ("POST /api/v1/machines", "machine one", "ok") in audit
    admin.leave(*machines)
    audit = [(i["operation"], i["object"]) for i in admin.ok("GET", "/api/v1/audit?size=200")["items"]]
    assert ("POST /api/v1/machines/{id}/kit", f"machine {machines[0]}: cleanup") in audit


# ---- the command line ----

def test_on_the_command_line(server, admin, hosts, godwit, tmp_path):
    first, second = hosts
    token = admin.ok("POST", "/api/v1/tokens", {"name": "cli", "role": "admin", "days": 1})["token"]
    for name, text in (("token", token), ("password", first.user.password), ("key", second.user.private_key), ("passphrase", second.user.passphrase)):
        (tmp_path / name).write_text(text + "\n")
        (tmp_path / name).chmod(0o600)

    def run(*words):
        return godwit("host", *words, "--server", f"http://127.0.0.1:{server.port}", "--token-file", tmp_path / "token")

    at = [f"{host.user.name}@127.0.0.1:{host.sshd.port}" for host in hosts]
    wrong = run("add", "one", "--ssh", at[0], "--password-file", tmp_path / "password")
    wrong.failed(2, first.sshd.host_key()["fingerprint"])  # nobody is there to confirm it
    run("add", "one", "--ssh", at[0], "--password-file", tmp_path / "password", "--host-key", "SHA256:another").failed(text="GW4021")
    run("add", "one", "--ssh", "nobody", "--host-key", "x").failed(2, "--ssh")
    run("add", "one", "--ssh", "root@127.0.0.1:%d" % first.sshd.port, "--password-file", tmp_path / "password", "--host-key",
        first.sshd.host_key()["fingerprint"]).failed(text="GW1128")
    one = run("add", "one", "--ssh", at[0], "--password-file", tmp_path / "password", "--host-key", first.sshd.host_key()["fingerprint"],
              "--directory", "kits/it's one", "--capacity", "3", "--json").ok().json
    assert one["capacity"] == 3 and one["ssh"]["directory"] == str(first.directory("kits/it's one"))
    run("add", "two", "--ssh", at[1], "--key-file", tmp_path / "key", "--host-key", second.sshd.host_key("ecdsa")["line"]).failed(text="GW4023")
    two = run("add", "two", "--ssh", at[1], "--key-file", tmp_path / "key", "--passphrase-file", tmp_path / "passphrase", "--host-key",
              second.sshd.host_key("ecdsa")["line"]).ok()
    assert second.user.passphrase not in two.out and "DIRECTORY" in two.out
    two = admin.ok("GET", "/api/v1/machines?name=two")["items"][0]["id"]
    both = (one["id"], two)
    out = run("install", *both).ok().out
    assert "one  100%  done" in out and "two  100%  done" in out and "copying the executable" in out
    assert run("list").ok().out.count("online") == 2
    run("install", one["id"]).failed(1, "GW1087")
    run("upgrade", one["id"], 999).failed(1, "GW1068")
    for verb, state in (("stop", "stopped"), ("start", "online"), ("reinstall", "online"), ("uninstall", "new"), ("cleanup", "new")):
        run(verb, *both).ok()
        assert [admin.machine(m)["state"] for m in both] == [state] * 2, verb
    assert "reinstall: done" in run("log", one["id"]).ok().out
    for machine in both:
        run("delete", machine).ok()
    assert not first.running() and not second.running()


def test_the_host_key_is_confirmed_on_the_terminal(server, admin, hosts, godwit, tmp_path):
    host = hosts[0]
    (tmp_path / "token").write_text(admin.ok("POST", "/api/v1/tokens", {"name": "cli", "role": "admin", "days": 1})["token"])
    (tmp_path / "token").chmod(0o600)
    words = [str(godwit.binary), "host", "add", "one", "--ssh", f"{host.user.name}@127.0.0.1:{host.sshd.port}", "--server",
             f"http://127.0.0.1:{server.port}", "--token-file", str(tmp_path / "token")]

    def talk(*answers):
        """Types an answer at each prompt; what was shown, and the exit code."""
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(words[0], words, {"LANG": "C.UTF-8", "PATH": os.environ["PATH"]})
        shown, answers = "", list(answers)
        try:
            while True:
                shown += os.read(fd, 4096).decode()
                if answers and answers[0][0] in shown:
                    os.write(fd, answers.pop(0)[1].encode() + b"\n")
        except OSError:  # the end
            pass
        os.close(fd)
        return shown, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    shown, code = talk(("trust it?", "no"))
    assert code == 130 and host.sshd.host_key()["fingerprint"] in shown and admin.ok("GET", "/api/v1/machines")["total"] == 0
    shown, code = talk(("trust it?", "yes"), ("Password of", host.user.password))
    assert code == 0 and host.user.password not in shown and "DIRECTORY" in shown, shown
    assert admin.ok("GET", "/api/v1/machines")["items"][0]["ssh"]["fingerprint"] == host.sshd.host_key()["fingerprint"]
