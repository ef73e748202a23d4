"""The SSH client (src/net/ssh.h) against real sshd instances, and against servers that are none."""

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from servers import Missing
from srv.sshd import Sshd, User

BUILT = Path(os.environ.get("GODWIT_BIN") or Path(__file__).resolve().parents[2] / "build-asan/godwit").parent
TOOL = BUILT / "tests/unit/net/ssh_call"


@pytest.fixture(scope="module")
def sshd():
    try:
        server = Sshd(kinds=("ed25519", "ecdsa", "rsa")).start()
    except Missing as e:
        pytest.skip(str(e))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def anna():
    with User(password=True) as user:
        yield user


@pytest.fixture(scope="module")
def bob():
    with User(passphrase="open sesame") as user:
        yield user


def call(server, steps=(), **more):
    """host may be a Sshd or a port."""
    port = server if isinstance(server, int) else server.port
    asked = {"host": "127.0.0.1", "port": port, "steps": list(steps), **more}
    home = {"HOME": "/nonexistent", "PATH": os.environ["PATH"], "SSH_AUTH_SOCK": "/nonexistent/agent"}
    run = subprocess.run([TOOL], input=json.dumps(asked), capture_output=True, text=True, timeout=90,
                         env={**home, "ASAN_OPTIONS": "exitcode=99", "UBSAN_OPTIONS": "halt_on_error=1"}, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def done(server, steps, **more):
    got = call(server, steps, **more)
    assert got["error"] is None, got
    return got["answers"]


def refused(code, got):
    assert got["error"] and got["error"]["code"] == code, got
    return json.dumps(got["error"])


# ---- host keys ----

@pytest.mark.parametrize("kind, name", [("ed25519", "ssh-ed25519"), ("ecdsa", "ecdsa-sha2-nistp256"), ("rsa", "ssh-rsa")])
def test_host_key_is_what_ssh_keygen_says(sshd, kind, name):
    key = sshd.host_key(kind)
    for pinned in (key["line"], key["line"] + " a comment"):
        seen = call(sshd, pinned=pinned)["host_key"]
        assert seen["type"] == name and seen["fingerprint"] == key["fingerprint"]
        assert f"{seen['type']} {seen['base64']}" == key["line"]


def test_without_a_pin_the_best_key_is_shown(sshd):
    assert call(sshd)["host_key"]["type"] == "ssh-ed25519"


def test_another_key_is_refused_before_the_password_goes_out(sshd, anna):
    with Sshd() as other:
        told = refused("GW4021", call(sshd, pinned=other.host_key()["line"], **anna.login))
        assert other.host_key()["fingerprint"] in told and sshd.host_key()["fingerprint"] in told
        assert anna.password not in told
    assert anna.name not in sshd.log(1 << 20)


# ---- login ----

def test_password_key_and_passphrase(sshd, anna, bob):
    for user in (anna, bob):
        assert done(sshd, [{"run": "id -un"}], **user.login) == [{"status": 0, "out": user.name + "\n", "err": "", "cut": False}]


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_other_kinds_of_keys(sshd, kind):
    with User(kind=kind) as user:
        assert done(sshd, [{"run": "id -un"}], **user.login)[0]["out"] == user.name + "\n"
        # PEM, as older programs write it.
        subprocess.run(["ssh-keygen", "-q", "-p", "-m", "PEM", "-P", "", "-N", "old words", "-f", user.dir / "key"], check=True)
        pem = (user.dir / "key").read_text()
        assert "OPENSSH" not in pem
        done(sshd, [], user=user.name, private_key=pem, passphrase="old words")
        assert "needs its passphrase" in refused("GW4023", call(sshd, user=user.name, private_key=pem))


def test_keyboard_interactive(anna):
    with Sshd(lines=["UsePAM yes", "PasswordAuthentication no", "KbdInteractiveAuthentication yes"]) as server:
        assert done(server, [{"run": "id -un"}], **anna.login)[0]["out"] == anna.name + "\n"
        told = refused("GW4022", call(server, user=anna.name, password="wrong"))
        assert "keyboard-interactive" in told


def test_what_is_wrong_is_told(sshd, anna, bob):
    told = refused("GW4022", call(sshd, user=anna.name, password="not the one"))
    assert anna.name in told and "not the one" not in told and "public key password" in told
    refused("GW4022", call(sshd, user="nobody-of-that-name", password="x"))
    refused("GW4022", call(sshd, user="root", password="x"))
    refused("GW4022", call(sshd, user=anna.name, private_key=bob.private_key, passphrase=bob.passphrase))
    assert "needs its passphrase" in refused("GW4023", call(sshd, user=bob.name, private_key=bob.private_key))
    told = refused("GW4023", call(sshd, user=bob.name, private_key=bob.private_key, passphrase="guess"))
    assert "does not open" in told and "guess" not in told
    assert "not a private key" in refused("GW4023", call(sshd, user=bob.name, private_key="ssh-ed25519 AAAA"))
    assert "larger" in refused("GW4023", call(sshd, user=bob.name, private_key="x" * 40000))


# ---- commands ----

def test_commands(sshd, bob):
    many = "x" * 300000
    answers = done(sshd, [
        {"run": "echo out; echo err >&2; exit 7"},
        {"run": "cat; echo end >&2", "input": many, "max": 1 << 20},
        {"run": "yes | head -c 5000000; yes e | head -c 5000000 >&2", "max": 1000},
        {"run": "kill -9 $$"},
        {"run": "exec 0<&-; echo closed", "input": many},
        {"run": "exec 1>&- 2>&-; sleep 0.3; exit 3"},
        {"run": "sleep 100 >/dev/null 2>&1 & echo left"},
    ], **bob.login)
    assert answers[0] == {"status": 7, "out": "out\n", "err": "err\n", "cut": False}
    assert answers[1]["out"] == many and answers[1]["err"] == "end\n"
    assert answers[2]["cut"] and len(answers[2]["out"]) == 1000 and len(answers[2]["err"]) == 1000
    assert answers[3]["status"] == -1
    assert answers[4]["out"] == "closed\n"
    assert answers[5] == {"status": 3, "out": "", "err": "", "cut": False}
    assert answers[6]["out"] == "left\n"


def test_a_command_that_does_not_end(sshd, bob):
    begin = time.monotonic()
    told = refused("GW4027", call(sshd, [{"run": "echo begun; sleep 1000", "timeout_ms": 700}, {"run": "true"}], **bob.login))
    assert "too long" in told and time.monotonic() - begin < 10


def test_no_shell_is_no_command(sshd):
    with User(shell="/usr/sbin/nologin") as user:
        got = done(sshd, [{"run": "id"}], **user.login)
        assert got[0]["status"] == 1 and "not available" in got[0]["out"]


# ---- files ----

def test_upload(sshd, bob, tmp_path):
    big = tmp_path / "big"
    big.write_bytes(os.urandom(3_000_001))
    steps = [{"upload": f"{bob.home}/big", "file": str(big), "mode": 0o700}, {"upload": f"{bob.home}/token", "bytes": "abc", "mode": 0o600},
             {"upload": f"{bob.home}/empty", "bytes": ""}, {"run": f"sha256sum {bob.home}/big; stat -c '%a %U' {bob.home}/*; cat {bob.home}/token"}]
    answers = done(sshd, steps, **bob.login)
    assert answers[0][-1] == 3_000_001 and answers[0] == sorted(answers[0]) and len(answers[0]) > 10
    out = answers[3]["out"]
    assert hashlib.sha256(big.read_bytes()).hexdigest() in out and out.endswith("abc")
    assert out.split("\n")[1:4] == [f"700 {bob.name}", f"600 {bob.name}", f"600 {bob.name}"]


def test_files_that_cannot_be_written(sshd, bob):
    for path, why in ((f"{bob.home}/none/x", "no such file"), ("/etc/godwit-x", "permission denied")):
        assert why in refused("GW4025", call(sshd, [{"upload": path, "bytes": "x"}], **bob.login))
    there = f"{bob.home}/there"
    done(sshd, [{"upload": there, "bytes": "first"}], **bob.login)
    assert there in refused("GW4025", call(sshd, [{"upload": there, "bytes": "second"}], **bob.login))
    assert Path(there).read_text() == "first"


def test_a_full_disk(sshd, bob, tmp_path):
    small = bob.home / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=1m,uid={bob.uid}", "none", small], capture_output=True).returncode != 0:
        pytest.skip("mounting is not allowed here")
    try:
        big = tmp_path / "big"
        big.write_bytes(os.urandom(3_000_000))
        told = refused("GW4026", call(sshd, [{"upload": f"{small}/big", "file": str(big)}], **bob.login))
        assert str(small) in told
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", small], check=True)


def test_no_sftp(bob):
    with Sshd(sftp=False) as server:
        assert "Subsystem sftp" in refused("GW4024", call(server, [{"upload": f"{bob.home}/x", "bytes": "x"}], **bob.login))


# ---- terminals ----

def test_terminal(sshd, bob):
    lines = ["PS1='$ '; stty size; echo $TERM; tty\n", "cat >/dev/null\n", "z" * 1000 + "\n" + "\x04", "stty size; exit 5\n"]
    got = done(sshd, [{"shell": lines, "cols": 100, "rows": 30}, {"run": "echo again"}], **bob.login)
    seen = got[0]["seen"]
    assert re.search(r"\b30 100\r\n", seen) and "xterm-256color\r\n" in seen and "/dev/pts/" in seen
    assert "60 200\r\n" in seen, "the window has its new size"
    assert got[0]["ended"] and got[0]["status"] == 5
    assert got[1]["out"] == "again\n", "the session is free again"


def test_terminal_with_much_output(sshd, bob):
    got = done(sshd, [{"shell": ["stty -echo; PS1=\n", "seq 1 60000; exit\n"]}], **bob.login)
    assert "\n59999\r\n60000\r\n" in got[0]["seen"] and got[0]["status"] == 0


def test_no_terminal(bob):
    with Sshd(lines=["PermitTTY no"]) as server:
        refused("GW4024", call(server, [{"shell": ["exit\n"]}], **bob.login))


# ---- the way there ----

def test_nobody_there():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        told = refused("GW4020", call(s.getsockname()[1]))
    assert "refused" in told


def serve_once(talk):
    s = socket.create_server(("127.0.0.1", 0))

    def run():
        peer, _ = s.accept()
        with peer, s:
            talk(peer)

    threading.Thread(target=run, daemon=True).start()
    return s.getsockname()[1]


def test_no_ssh_there():
    refused("GW4020", call(serve_once(lambda peer: peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 100))))
    refused("GW4020", call(serve_once(lambda peer: peer.sendall(os.urandom(100000)))))
    refused("GW4020", call(serve_once(lambda peer: None)))


def test_silence_has_its_limit():
    for talk in (lambda peer: time.sleep(20), lambda peer: (peer.sendall(b"SSH-2.0-x\r\n"), time.sleep(20))):
        begin = time.monotonic()
        assert "too long" in refused("GW4020", call(serve_once(talk), timeout_ms=500))
        assert time.monotonic() - begin < 8


def test_a_server_that_dies_or_hangs(sshd, bob):
    kill = "kill -9 $(ps -o ppid= $$)"
    refused("GW4027", call(sshd, [{"run": kill}], **bob.login))
    assert "disconnected" in refused("GW4027", call(sshd, [{"shell": [f"{kill}; sleep 5\n"]}], **bob.login))
    stop = "kill -STOP $(ps -o ppid= $$); sleep 1"
    try:
        told = refused("GW4027", call(sshd, [{"run": stop, "timeout_ms": 700}], timeout_ms=900, **bob.login))
        assert "too long" in told
    finally:
        for pid, _ in bob.processes():
            os.kill(pid, signal.SIGCONT)
