"""The command line over the API: login, data sources, tasks from their making to their end, machines."""

import fcntl
import http.server
import json
import os
import pty
import re
import select
import signal
import stat
import struct
import subprocess
import termios
import threading
import time

import pytest

from control import FINISHED, PASSWORD, Client, Server
from program import SANITIZERS


@pytest.fixture
def server(godwit, tmp_path):
    return Server(godwit, tmp_path / "data").start()


@pytest.fixture
def home(tmp_path):
    """Where the token is kept, instead of the real home."""
    return tmp_path / "config"


@pytest.fixture
def run(godwit, server, home, tmp_path):
    """run("task", "list", ..): the executable, logged in as an admin."""
    def call(*words, env=None, **kw):
        return godwit(*words, env={"XDG_CONFIG_HOME": home, **(env or {})}, **kw)

    (tmp_path / "first").write_text(server.first + "\n")
    (tmp_path / "new").write_text(PASSWORD + "\n")
    for name in ("first", "new"):
        (tmp_path / name).chmod(0o600)
    call("login", "--server", f"http://127.0.0.1:{server.port}/", "--password-file", tmp_path / "first", "--new-password-file",
         tmp_path / "new", "--role", "admin").ok()
    return call


@pytest.fixture
def ends(run, tmp_path, mysql9, pg_db, sources):
    """The data sources `my` and `pg`, made on the command line; ends(database): a task's file."""
    for name, kind, at in (("my", "mysql", mysql9), ("pg", "postgresql", pg_db.server)):
        (tmp_path / "source.json").write_text(json.dumps({"name": name, "kind": kind, "host": at.host, "port": at.port, "username": at.user, "properties": {}}))
        (tmp_path / "password").write_text(at.password + "\n")
        (tmp_path / "password").chmod(0o600)
        run("source", "add", "-f", tmp_path / "source.json", "--password-file", tmp_path / "password").ok()

    def file(name, *databases, params=None, **more):
        path = tmp_path / "task.json"
        path.write_text(json.dumps({"name": name, "params": params or {}, "machines": [], "subtasks": [
            {"source": "my", "source_database": d, "target": "pg", "target_database": pg_db.name, "target_schema": d, "mode": 1, **more}
            for d in databases]}))
        return path

    return file


def made(result):
    """The number of what a command has made."""
    return int(re.search(r"(\d+) is made", result.ok().out).group(1))


# ---- logging in ----


def test_a_login_leaves_a_token(server, run, home, tmp_path):
    token = home / "godwit" / "token"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600 and stat.S_IMODE(token.parent.stat().st_mode) == 0o700
    lines = token.read_text().splitlines()
    assert re.fullmatch(r"[\w-]{43}", lines[0]) and lines[1:] == [f"server http://127.0.0.1:{server.port}"]
    assert Client(server, lines[0]).ok("GET", "/api/v1/session")["role"] == "admin"
    assert "SUBTASKS" in run("task", "list").ok().out
    (tmp_path / "alone").write_text(lines[0] + "\n")
    url = ("--server", f"http://127.0.0.1:{server.port}")
    run("task", "list", *url, "--token-file", tmp_path / "alone").ok()
    run("task", "list", *url, env={"GODWIT_TOKEN": lines[0]}).ok()
    token.unlink()
    run("task", "list", *url).failed(1, "GW1062")
    run("task", "list", *url, "--token-file", tmp_path / "none").failed(1, "GW1040")
    run("task", "list", *url, env={"GODWIT_TOKEN": "not-a-token-of-this-server"}).failed(1, "GW1062")
    # No more sessions are left behind than tokens.
    admin = Client(server)
    admin.login("admin", PASSWORD)
    assert [t["name"].startswith("godwit login on ") for t in admin.ok("GET", "/api/v1/tokens")["items"]] == [True]


def test_the_token_goes_to_its_server_only(server, run):
    heard = []

    class Spy(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(dict(self.headers))
            self.send_error(404)

        def log_message(self, *_):
            pass

    spy = http.server.HTTPServer(("127.0.0.1", 0), Spy)
    threading.Thread(target=spy.serve_forever, args=(0.05,), daemon=True).start()
    run("task", "list", "--server", f"http://127.0.0.1:{spy.server_port}").failed(1, "GW1062")
    assert heard == []
    run("task", "list", "--server", f"http://127.0.0.1:{spy.server_port}", env={"GODWIT_TOKEN": "abc"}).failed(1, "not in the way of a Godwit")
    spy.shutdown()


def test_logins_that_fail(server, run, home, tmp_path):
    url = ("--server", f"http://127.0.0.1:{server.port}")
    (tmp_path / "wrong").write_text("wrong\n")
    token = (home / "godwit" / "token").read_text()
    run("login", *url, "--password-file", tmp_path / "wrong").failed(1, "GW1060")
    run("login", "nobody", *url, "--password-file", tmp_path / "new").failed(1, "GW1060")
    run("login", *url, "--password-file", tmp_path / "new", "--role", "emperor").failed(1, "GW1067")
    run("login", *url).failed(1, "GW1005")  # there is no terminal to ask
    run("login", "--server", "ftp://x").failed(2, "GW1001")
    run("login", "--server", "http://127.0.0.1:1", "--password-file", tmp_path / "new").failed(1, "GW4010")
    assert (home / "godwit" / "token").read_text() == token


def test_a_login_at_the_terminal(server, godwit, home):
    """Password and new password are asked for without echo."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update({"XDG_CONFIG_HOME": str(home), "LC_ALL": "C.UTF-8", **SANITIZERS})
        os.execv(godwit.binary, [godwit.binary, "login", "--server", f"http://127.0.0.1:{server.port}"])
    seen = ""

    def until(pattern):
        nonlocal seen
        end = time.monotonic() + 30
        while not re.search(pattern, seen):
            assert time.monotonic() < end, seen
            if select.select([fd], [], [], 0.2)[0]:
                try:
                    seen += os.read(fd, 4096).decode()
                except OSError:
                    break
        assert re.search(pattern, seen), seen
    until("Password of admin at http")
    os.write(fd, (server.first + "\n").encode())
    until("needs a new password: ")
    os.write(fd, b"typed passw0rd\n")
    until("Once more: ")
    os.write(fd, b"typed passw0rd\n")
    until("logged in at")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(fd)
    assert server.first not in seen and "typed passw0rd" not in seen
    Client(server).login("admin", "typed passw0rd")


# ---- what is no command ----


def test_words_that_mean_nothing(run):
    for words in (("task",), ("task", "destroy"), ("task", "show"), ("task", "show", "x"), ("task", "show", "0"), ("task", "show", "1", "2"),
                  ("task", "list", "--file", "x"), ("task", "create"), ("task", "start", "all", "7"), ("host", "--colour"),
                  ("task", "copy", "subtask", "7"), ("source", "list", "--page", "many"), ("task", "list", "--any-name"), ("task", "--lang", "fr", "list")):
        result = run(*words).failed(2, "GW1001")
        assert result.out == ""
    for name in ("task", "host", "source", "login"):
        assert "--token-file" in run(name, "--help").ok().out
        assert "选项" in run(name, "--help", "--lang", "zh").ok().out
    for id_ in ("show", "start", "watch", "reset", "delete", "copy"):
        run("task", id_, "99").failed(1, "GW1068")


def test_files_that_make_nothing(run, tmp_path):
    for text, code, error in (("", 2, "GW1003"), ("[]", 2, "GW1003"), ("{", 2, "GW1003"), ('{"a":1,"a":2}', 2, "GW1003"), ("{}", 1, "GW1067"),
                              ('{"name":"x","subtasks":[{"source":"nowhere"}]}', 1, "GW1068"), ("x" * (1 << 20) + "y", 1, "GW1040")):
        (tmp_path / "x.json").write_text(text)
        run("task", "create", "-f", tmp_path / "x.json").failed(code, error)
    run("task", "create", "-f", tmp_path / "none.json").failed(1, "GW1040")
    run("task", "create", "-f", "-", stdin='{"name": 7}').failed(1, "GW1067")


# ---- data sources and machines ----


def test_data_sources(server, run, ends, mysql9, sources):
    bank = sources(mysql9, "bank")
    listed = run("source", "list").ok()
    assert [line.split()[1:3] for line in listed.out.splitlines()[1:]] == [["my", "mysql"], ["pg", "postgresql"]]
    answer = run("source", "list", "--json").ok().json
    assert answer["items"][0]["has_password"] and mysql9.password not in json.dumps(answer)
    assert "名称" in run("source", "list", "--lang", "zh").ok().out
    my, pg = (i["id"] for i in answer["items"])
    while (tested := run("source", "test", my)).code == 1:
        assert "GW1085" in tested.err  # the machine is not there yet
    assert tested.code == 0 and tested.out.startswith("MySQL 9.") and "the source can be reached" in tested.out
    assert "能够连接源端" in run("source", "test", my, "--lang", "zh").ok().out and run("source", "test", pg, "--json").ok().json["ok"]
    assert " KIND " in run("source", "tree", my, bank, "--size", 1).ok().out
    assert run("source", "tree", my, "--name", bank, "--json").ok().json["items"][0]["name"] == bank
    assert "HELD BY TASK" in run("source", "tree", pg, "postgres").ok().out
    run("source", "tree", pg, "postgres", "--schema", "no_such_schema").failed(1, "GW3003")
    run("source", "tree", my, "no_such_database").failed(1, "GW2003")
    run("source", "delete", answer["items"][0]["id"]).ok()
    run("source", "delete", answer["items"][0]["id"]).failed(1, "GW1068")


def test_machines(server, run, godwit, tmp_path):
    result = run("host", "token", "by-hand").ok()
    assert result.out.startswith("enrol-") and len(result.out.splitlines()) == 1 and "--token-file" in result.err
    run("host", "token", "by-hand").failed(1, "GW5004")
    listed = {m["name"]: m for m in run("host", "list", "--json").ok().json["items"]}
    assert listed["by-hand"]["state"] and "by-hand" in run("host", "list").ok().out
    run("host", "delete", listed["by-hand"]["id"]).ok()
    assert "by-hand" not in run("host", "list").ok().out


# ---- tasks ----


def test_a_task_from_begin_to_end(server, run, ends, sources, mysql9, move, pg_db):
    databases = [sources(mysql9, "bank"), sources(mysql9, "keys")]
    task = made(run("task", "create", "-f", ends("two databases", *databases)))
    assert "not started" in run("task", "list").ok().out
    assert run("task", "start", task).ok().out.startswith(f"task {task}: ")
    run("task", "start", task).ok()  # asked twice is asked once
    watched = run("task", "watch", task, timeout=240).ok()
    assert "migration finished" in watched.err and "100.0%" in watched.err and watched.out == ""
    shown = run("task", "show", task).ok()
    assert shown.out.count("migration finished") == 2 and "two databases" in shown.out
    assert "迁移完成" in run("task", "show", task, "--lang", "zh").ok().out
    details = run("task", "show", task, "--json").ok().json
    assert details["progress"] == 1 and [s["status"] for s in details["subtask_list"]] == [FINISHED] * 2
    move.check(mysql9, databases[0])
    lines = run("task", "watch", task, "--json").ok().lines
    assert lines[-1]["event"] == "over" and lines[-1]["task"]["status"] == 2 and len(lines[-1]["subtasks"]) == 2
    while (again := run("task", "check-again", task)).code != 0:
        assert "GW1087" in again.err  # a worker has not ended yet
    assert "2 subtasks" in again.out or "1 subtasks" in again.out
    run("task", "watch", task, timeout=240).ok()
    copy = run("task", "copy", task).ok().out
    run("task", "retry", task, "--accept-moved").failed(1, "GW1087")
    run("task", "delete", task, re.search(r"\d+", copy).group()).ok()
    assert run("task", "list", "--json").ok().json["total"] == 0


def test_how_a_watch_ends(server, run, ends, sources, mysql9):
    """Its exit code says whether a precheck or a subtask failed."""
    task = made(run("task", "create", "--start", "-f", ends("no such", "no_such_database")))
    result = run("task", "watch", task, timeout=120)
    assert result.code in (1, 3) and "GW" in result.err
    status = run("task", "show", task, "--json").ok().json["subtask_list"][0]["status"]
    assert result.code == {500: 1, 3000: 3}[status]
    assert run("task", "retry", task).ok().out == "1 subtasks\n"
    run("task", "watch", task, timeout=120).failed(result.code)


def test_a_watch_can_be_left(server, run, godwit, home, ends, sources, mysql9):
    task = made(run("task", "create", "-f", ends("never started", sources(mysql9, "keys"))))
    watch = godwit.start("task", "watch", task, env={"XDG_CONFIG_HOME": home})
    watch.wait_for("not started")
    watch.signal(signal.SIGINT)
    assert watch.wait().code == 130
    # A server that is away for a moment is waited for.
    watch = godwit.start("task", "watch", task, "--json", env={"XDG_CONFIG_HOME": home})
    watch.wait_for('"event":"task"')
    server.stop()
    time.sleep(2)
    assert watch.alive()
    server.start()
    run("task", "start", task).ok()
    assert watch.wait(240).code == 0
    assert watch.snapshot().lines[-1]["event"] == "over"


def test_bars_on_a_terminal(server, run, godwit, home, ends, sources, mysql9):
    task = made(run("task", "create", "--start", "-f", ends("with bars", sources(mysql9, "bank"))))
    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 100, 0, 0))
    process = subprocess.Popen([godwit.binary, "task", "watch", str(task)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=other,
                               env={"XDG_CONFIG_HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "xterm", **SANITIZERS})
    os.close(other)
    seen = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    assert process.wait(240) == 0
    os.close(main)
    text = seen.decode()
    assert "█" in text and "100.0%" in text and "migration finished" in text
    frames = re.split(r"\r\x1b\[\d+A", text)
    assert len(frames) >= 2
    for frame in frames:
        for line in re.sub(r"\x1b\[[KJ]", "", frame).splitlines():
            assert len(line) <= 99, line
