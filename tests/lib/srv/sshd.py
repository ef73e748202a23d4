"""OpenSSH servers and the ordinary users who log in there: execution machines of the tests.

    with Sshd() as sshd, User(password=True) as anna, User() as bob:
        sshd.port, anna.name, anna.password, bob.private_key, sshd.host_key(), anna.home

Each Sshd has its own host keys and configuration; the system's are not touched. It needs root: only root can let other users in. Users
are made with useradd and removed afterwards, with all that runs under them; those of a test run that was killed by the next one.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from . import place
from .server import HOST, Server

SSHD = "/usr/sbin/sshd"
PREFIX = "gwt"  # a user's name is PREFIX, our pid, a letter


class Sshd(Server):
    """kinds: types of its host keys. lines: more of sshd_config; they win, since sshd takes the first value."""

    name = "sshd"
    start_timeout_s = 20

    def __init__(self, lines=(), kinds=("ed25519",), sftp=True, **kw):
        super().__init__(**kw)
        self.lines = list(lines)
        self.kinds = kinds
        self.sftp = sftp

    def prepare(self):
        if not os.path.exists(SSHD):
            raise place.Missing("sshd is not installed (openssh-server)")
        if os.geteuid() != 0:
            raise place.Missing("only root can run an sshd for other users")
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)  # where its unprivileged part lives; empty
        for kind in self.kinds:
            self.new_host_key(kind)

    def new_host_key(self, kind="ed25519"):
        """Another key of that type: what a machine that was set up anew looks like. Restart to use it."""
        for old in self.dir.glob(f"{kind}*"):
            old.unlink()
        place.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", self.dir / kind])

    def host_key(self, kind="ed25519"):
        """{"fingerprint", "line"} by ssh-keygen."""
        printed = place.run(["ssh-keygen", "-l", "-E", "sha256", "-f", self.dir / f"{kind}.pub"])
        line = (self.dir / f"{kind}.pub").read_text().split()
        return {"fingerprint": printed.split()[1], "line": f"{line[0]} {line[1]}"}

    def command(self):
        config = [*self.lines, f"Port {self.port}", f"ListenAddress {HOST}", "PidFile none", "StrictModes no",
                  "AuthorizedKeysFile .ssh/authorized_keys", "UsePAM no", "PasswordAuthentication yes",
                  "PermitRootLogin no", "PrintMotd no", "LogLevel VERBOSE", "MaxStartups 100", "UseDNS no",
                  *[f"HostKey {self.dir / kind}" for kind in self.kinds]]
        if self.sftp:
            config.append("Subsystem sftp internal-sftp")
        (self.dir / "sshd_config").write_text("\n".join(config) + "\n")
        return [SSHD, "-D", "-e", "-f", self.dir / "sshd_config"]

    def ping(self):
        with socket.create_connection((HOST, self.port), timeout=5) as s:
            if not s.recv(4).startswith(b"SSH-"):
                raise OSError("no greeting")

    def _wait_children_gone(self):
        """Sessions that are open have process groups of their own; they go with their connection, or their user."""


class User:
    """An ordinary user with a home of its own. With password: logs in by it; else by private_key (with passphrase, if one is given)."""

    def __init__(self, password=False, passphrase="", kind="ed25519", shell="/bin/bash"):
        self.password = secrets.token_urlsafe(18) if password else None
        self.passphrase = passphrase
        self.kind = kind
        self.shell = shell
        self.private_key = None
        self.name = self.dir = None

    @property
    def home(self) -> Path:
        return self.dir / "home"

    @property
    def uid(self) -> int:
        return pwd.getpwnam(self.name).pw_uid

    @property
    def login(self):
        """What the API's bodies and ssh_call want."""
        if self.password:
            return {"user": self.name, "password": self.password}
        more = {"passphrase": self.passphrase} if self.passphrase else {}
        return {"user": self.name, "private_key": self.private_key, **more}

    def create(self):
        if os.geteuid() != 0:
            raise place.Missing("only root can make users")
        self.dir = place.new_run_dir("user")
        with place.locked(place.cache_dir() / "users.lock"):
            _remove_old()
            self.name = _free_name()
            place.run(["useradd", "-M", "-d", self.home, "-s", self.shell, "-p", "*", self.name])
        self.home.mkdir(mode=0o700)
        if self.password:
            self.set_password(self.password)
        else:
            self._make_key()
        place.run(["chown", "-R", f"{self.name}:", self.home])
        return self

    def set_password(self, password):
        self.password = password
        place.run(["chpasswd"], stdin=_pipe(f"{self.name}:{password}\n"))

    def _make_key(self):
        place.run(["ssh-keygen", "-q", "-t", self.kind, "-N", self.passphrase, "-C", "", "-f", self.dir / "key"])
        self.private_key = (self.dir / "key").read_text()
        (self.home / ".ssh").mkdir()
        shutil.copy(self.dir / "key.pub", self.home / ".ssh/authorized_keys")

    def processes(self):
        """[(pid, [arguments])] of what runs under this user."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    if entry.stat().st_uid == self.uid:
                        found.append((int(entry.name), (entry / "cmdline").read_bytes().decode().split("\0")[:-1]))
        return found

    def remove(self):
        if self.name is None:
            return
        _end_all(self.name)
        with place.locked(place.cache_dir() / "users.lock"):
            place.run(["userdel", "-f", self.name])
        shutil.rmtree(self.dir, ignore_errors=True)
        self.name = None

    def __enter__(self):
        return self.create()

    def __exit__(self, *exc):
        self.remove()


def _pipe(text):
    read, write = os.pipe()
    os.write(write, text.encode())
    os.close(write)
    return os.fdopen(read, "rb")


def _free_name():
    names = {p.pw_name for p in pwd.getpwall()}
    return next(n for n in (f"{PREFIX}{os.getpid()}{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(676)) if n not in names)


def _end_all(name):
    """Everything of this user, and of no other. A process may fork while we look, so until none is left."""
    uid = pwd.getpwnam(name).pw_uid
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        pids = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and _owner(p) == uid]
        if not pids:
            return
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def _owner(path):
    try:
        return path.stat().st_uid
    except OSError:
        return None


def _remove_old():
    """Users of test runs that were killed: their name has the pid of a process that is gone."""
    for entry in pwd.getpwall():
        pid = entry.pw_name[len(PREFIX):-2]
        if entry.pw_name.startswith(PREFIX) and pid.isdigit() and not os.path.exists(f"/proc/{pid}"):
            _end_all(entry.pw_name)
            subprocess.run(["userdel", "-f", entry.pw_name], capture_output=True, check=False)
            shutil.rmtree(Path(entry.pw_dir).parent, ignore_errors=True)
