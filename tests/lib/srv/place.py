"""Where things live: the cache, run directories, templates of data directories, free ports."""

import contextlib
import fcntl
import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


class Missing(Exception):
    """A server that cannot be had on this machine; tests that need it are skipped with this reason."""


# Raise it when what a template contains changes, so that nobody's cache holds an old one.
TEMPLATES = "templates-1"


def cache_dir() -> Path:
    default = Path.home() / ".cache" / "godwit"
    return Path(os.environ.get("GODWIT_CACHE") or default)


def new_run_dir(name: str) -> Path:
    """A short path (Unix sockets allow 107 bytes) that other users may pass through: PostgreSQL runs as one."""
    base = os.environ.get("GODWIT_RUN_DIR") or tempfile.gettempdir()
    os.makedirs(base, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=f"godwit-{name}-", dir=base))
    path.chmod(0o755)
    return path


def _ephemeral_low() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 32768


def free_port() -> int:
    """A loopback port nobody listens on.

    Below the range the kernel hands out by itself (for bind 0 and for outgoing connections): a client that keeps
    reconnecting while its server is down could otherwise be given the server's own port and take it.
    """
    low, high = 12000, _ephemeral_low()
    for attempt in range(200):
        port = random.randrange(low, high) if high > low + 1000 and attempt < 190 else 0
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
            return s.getsockname()[1]
    raise OSError("no free port on 127.0.0.1")


@contextlib.contextmanager
def locked(path: Path):
    """Across processes: several test runs may share one cache."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield


def copy_template(key: str, make, dest: Path, owner: str | None = None) -> None:
    """Copy the data directory template `key` to dest; make(path) initialises it the first time.

    Initialising takes seconds, a copy some tens of milliseconds.
    """
    template = cache_dir() / TEMPLATES / key
    if not template.is_dir():
        with locked(template.with_name(key + ".lock")):
            if not template.is_dir():
                work = new_run_dir("init")
                try:
                    make(work / "data")
                    part = template.with_name(f"{key}.part{os.getpid()}")
                    _copy(work / "data", part)
                    part.rename(template)
                finally:
                    shutil.rmtree(work, ignore_errors=True)
    _copy(template, dest)
    if owner:
        subprocess.run(["chown", "-R", owner, str(dest)], check=True)


def _copy(src: Path, dest: Path) -> None:
    subprocess.run(["cp", "-a", "--reflink=auto", str(src), str(dest)], check=True)


def run(argv, stdin=subprocess.DEVNULL, **kw) -> str:
    """Run a helper program to its end; its output is in the exception when it fails."""
    p = subprocess.run([str(a) for a in argv], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       text=True, errors="replace", **kw)
    if p.returncode != 0:
        raise RuntimeError(f"{argv[0]} ended with {p.returncode}:\n{p.stdout[-4000:]}")
    return p.stdout


def as_user(name: str) -> dict:
    """Popen arguments that drop from root to a user; nothing when we are not root."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise Missing(f"running as root and there is no user {name}") from None
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
