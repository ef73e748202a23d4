"""Web shells: on the server's own machine and over SSH. Who may, what goes through it, how it ends, and what is left behind: nothing."""

import json
import os
import time

import pytest
import websocket

from control import PASSWORD, Client, Server, children
from shelling import Shell
from test_serve_security import person

MARK = "mark-of-a-shell"


@pytest.fixture
def server(godwit, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / ".bash_profile").write_text("PS1='$ '; bind 'set enable-bracketed-paste off'\n")
    env = {"SHELL": "/bin/bash", "HOME": str(home), "LANG": "C.UTF-8", "GODWIT_STORE_PASSWORD": "not for shells"}
    server = Server(godwit, tmp_path / "data", "--local-shell", env=env).start()
    server.home = home
    return server


@pytest.fixture
def admin(server):
    admin = server.admin()
    admin.machine = admin.wait(lambda: local_machine(admin), "the local agent is connected")
    return admin


def local_machine(client):
    return next((m["id"] for m in client.ok("GET", "/api/v1/machines")["items"] if m["kind"] == "local" and m["state"] == "online"), None)


def shells_of(server):
    """Processes below the server, but its agent."""
    return [pid for pid, words in children(server.run.process.pid).items() if " agent " not in words]


def with_mark(mark):
    """Processes that have this in their environment or command line."""
    found = []
    for pid in os.listdir("/proc"):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as f:
                text = f.read()
        except OSError:
            continue
        if mark.encode() in text:
            found.append(int(pid))
    return found


def audit(client, operation):
    return [a for a in client.ok("GET", "/api/v1/audit?size=200")["items"] if a["operation"] == operation]


def test_a_shell(server, admin):
    shell = Shell(admin, admin.machine, "?cols=100&rows=30").opened()
    shell.run("stty size; tty; pwd; echo $TERM $0; id -u")
    size = shell.until(r"\n(\d+ \d+)\r\n(/dev/pts/\d+)\r\n([^\r]*)\r\n(\S+) (\S+)\r\n(\d+)\r\n")
    assert size[1] == b"30 100" and size[3].decode() == str(server.home) and size[4] == b"xterm-256color"
    assert size[5] == b"-bash" and int(size[6]) == os.getuid()
    shell.resize(132, 43)
    shell.run("stty size")
    shell.until(r"\n43 132\r\n")
    # Whole characters are echoed and erased, also when they come in two messages.
    shell.type("printf '<%s>\\n' '数据".encode() + "库".encode()[:1])
    shell.type("库".encode()[1:] + b"x\x7f'\n")
    shell.until("<数据库>\r\n".encode())
    # Nothing that was meant for the server.
    shell.run("env | grep -c GODWIT; ls /proc/$$/fd | tr '\\n' ' '; echo")
    found = shell.until(r"\n(\d+)\r\n([\d ]+)\r\n")
    assert found[1] == b"0" and found[2].split() == [b"0", b"1", b"2", b"255"]
    # A megabyte comes whole.
    shell.run("head -c 1000000 /dev/zero | tr '\\0' q; echo; echo $((1000 + 1))")
    assert shell.until(r"\n(q{1000000})\r\n1001\r\n")
    # The signals of the keys.
    shell.run("sleep 600; echo interrupted $?")
    admin.wait(lambda: any(b"sleep" in open("/proc/%d/cmdline" % p, "rb").read() for s in shells_of(server) for p in children(s)), "sleep runs")
    shell.type(b"\x03")
    shell.run("echo after $((40 + 2))")
    shell.until("after 42\r\n")
    shell.run("exit 7")
    assert shell.end() == 1000 and shell.exit == 7 and shell.error is None
    closed, = admin.wait(lambda: audit(admin, "close shell"), "its end is in the audit log")
    opened, = audit(admin, "open shell")
    assert opened["who"] == closed["who"] == "admin" and opened["address"] == "127.0.0.1"
    assert opened["object"] == closed["object"] == "machine %d (local)" % admin.machine
    assert closed["outcome"] == "ok" and closed["detail"]["exit"] == 7
    assert 0 < closed["detail"]["seconds"] <= (closed["at_ms"] - opened["at_ms"]) / 1000 + 1
    assert "interrupted" not in json.dumps(audit(admin, "close shell") + audit(admin, "open shell"))
    shell = Shell(admin, admin.machine).opened()
    shell.run("kill -9 $$")
    assert shell.end() == 1000 and shell.exit == 137


def test_who_may(server, admin, godwit, tmp_path):
    viewer, operator = person(server, admin, "vera", "viewer"), person(server, admin, "oleg", "operator")

    def refused(client, code, error, machine=None, query=""):
        shell = Shell(client, machine or admin.machine, query)
        assert (shell.end(), shell.error) == (code, error)

    refused(Client(server), 4401, "GW1062")
    refused(viewer, 4403, "GW1064")
    refused(operator, 4404, "GW1068", 999999)
    refused(operator, 4404, "GW1068", "999999999999999999999")
    refused(operator, 4400, "GW1067", query="?cols=0")
    refused(operator, 4400, "GW1067", query="?rows=1001")
    refused(operator, 4400, "GW1067", query="?cols=8x")
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        Shell(operator, admin.machine, origin="https://elsewhere.example")
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        Shell(admin, admin.machine, origin="http://127.0.0.1:1")
    shell = Shell(operator, admin.machine, origin="http://127.0.0.1:%d" % server.port).opened()
    shell.run("echo $((20 + 3))")
    shell.until("23\r\n")
    # A token of an operator may, one of a viewer may not; one who is demoted has to go.
    token = operator.ok("POST", "/api/v1/tokens", {"name": "script", "role": "operator"})["token"]
    by_token = Shell(Client(server, token), admin.machine).opened()
    token = operator.ok("POST", "/api/v1/tokens", {"name": "look", "role": "viewer"})["token"]
    refused(Client(server, token), 4403, "GW1064")
    joined = admin.ok("POST", "/api/v1/machines/token", {"name": "joined"})["machine"]
    refused(operator, 4400, "GW1087", joined)
    oleg = next(a["id"] for a in admin.ok("GET", "/api/v1/accounts")["items"] if a["name"] == "oleg")
    admin.ok("PUT", "/api/v1/accounts/%d" % oleg, {"role": "viewer", "disabled": False})
    assert (by_token.end(), shell.end()) == (4403, 4401) # its role; its session, which ended with the old one
    outcomes = [(a["who"], a["outcome"]) for a in audit(admin, "open shell")]
    assert outcomes.count(("vera", "GW1064")) == 1 and outcomes.count(("?", "GW1062")) == 1 and ("oleg", "ok") in outcomes
    admin.wait(lambda: not shells_of(server), "no shell is left")
    # Without the flag there is none, and the console can know.
    server.stop()
    server.options = ()
    server.start()
    admin = server.admin()
    machine = admin.wait(lambda: local_machine(admin), "the local agent is connected")
    shell = Shell(admin, machine)
    assert (shell.end(), shell.error) == (4400, "GW1110")


def test_what_is_no_good(server, admin):
    for text in ("{", "[]", '{"resize": [1]}', '{"resize": [0, 1]}', '{"resize": [1, 2, 3]}', '{"resize": [1.5, 2]}', '{"resize": "1x2"}',
                 '{"resize": [1001, 2]}', "ls\n"):
        shell = Shell(admin, admin.machine).opened()
        shell.ws.send(text)
        assert shell.end() == 4400, text
    admin.wait(lambda: not shells_of(server), "no shell is left")


def test_how_many_and_how_long(server, admin):
    admin.ok("PUT", "/api/v1/settings", {"shells": 2, "shell_idle_s": 5})
    first, second = Shell(admin, admin.machine).opened(), Shell(admin, admin.machine).opened()
    third = Shell(admin, admin.machine)
    assert (third.end(), third.error) == (4400, "GW1111")
    # What is typed keeps it; what is printed does not.
    first.run("while true; do echo tick; sleep 0.1; done")
    begin = time.monotonic()
    for _ in range(8):
        second.type("\r")
        time.sleep(0.8)
    assert (first.end(), first.error) == (4400, "GW1112")
    assert time.monotonic() - begin > 5
    second.run("echo still $((1 + 1))")
    second.until("still 2\r\n")
    # Its place is free again.
    admin.wait(lambda: len(shells_of(server)) == 1, "the idle shell has ended")
    Shell(admin, admin.machine).opened().vanish()
    second.run("exit")
    assert second.end() == 1000 and second.exit == 0
    assert any(a["outcome"] == "GW1112" for a in audit(admin, "close shell"))


def test_who_does_not_read(server, admin):
    """The program waits, the server's memory does not grow, others are served, and a key still comes through."""
    shell, other = Shell(admin, admin.machine).opened(), Shell(admin, admin.machine).opened()
    shell.run("yes %s" % MARK)
    shell.until(MARK)
    rss = [rss_kib(server.run.process.pid)]
    for _ in range(10):
        other.run("echo $((1 + 1))")
        other.until("\n2\r\n")
        time.sleep(0.1)
        rss.append(rss_kib(server.run.process.pid))
    yes, = [p for s in shells_of(server) for p in children(s)]
    ticks = cpu(yes)
    time.sleep(0.3)
    assert cpu(yes) == ticks, "it is not stopped by the one who does not read"
    assert rss[-1] < rss[2] + 4096, rss
    shell.type(b"\x03")
    shell.run("echo over $((2 + 2))")
    shell.until("over 4\r\n", 60)
    assert len(shell.printed) < 16 << 20
    # And the other way round: a program that takes no input; the client has to wait, and what came is not lost.
    other.run("stty raw -echo; echo ready; sleep 2; head -c 2000000 | md5sum; stty sane")
    other.until("ready\r?\n")  # before that a terminal takes no lines of such a length
    other.ws.settimeout(60)
    for _ in range(20):
        other.type(b"0123456789" * 10000)
    other.until("[0-9a-f]{32}", 60)
    other.run("exit")
    assert other.end() == 1000


def rss_kib(pid):
    with open("/proc/%d/status" % pid) as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


def cpu(pid):
    with open("/proc/%d/stat" % pid) as f:
        return [int(x) for x in f.read().rsplit(")", 1)[1].split()[11:13]]


def test_nothing_is_left_behind(server, admin):
    """Whoever ends first: client, shell or server; whatever ran in it."""
    jobs = "trap '' HUP; sleep 1234.5 & (trap '' HUP; sleep 1234.5) & nohup sleep 1234.5 >/dev/null 2>&1 & sleep 1234.5"

    def running():
        return with_mark("1234.5")

    for how in ("vanish", "close", "exit", "server"):
        shell = Shell(admin, admin.machine).opened()
        shell.run(jobs)
        admin.wait(lambda: len(running()) >= 4, "all jobs run")
        if how == "vanish":
            shell.vanish()
        elif how == "close":
            shell.ws.close()
        elif how == "exit":
            shell.type(b"\x03")
            shell.run("exit")
            shell.run("exit")
            assert shell.end() == 1000
        else:
            begin = time.monotonic()
            server.stop()
            assert shell.end() == 1001 and time.monotonic() - begin < 15
            assert not running()
            break
        admin.wait(lambda: not running() and not shells_of(server), "nothing of it is left: " + how, 20)
    # A server that is killed: the kernel hangs up.
    server.start()
    admin = server.admin()
    machine = admin.wait(lambda: local_machine(admin), "the local agent is connected")
    shell = Shell(admin, machine).opened()
    shell.run("sleep 1234.5")
    admin.wait(running, "it runs")
    server.kill()
    admin.wait(lambda: not running(), "nothing of it is left")
