#!/usr/bin/python3
"""Starts a MySQL, a PostgreSQL and an sshd for the browser's tests, then a command that finds them in $E2E_DATABASES and $E2E_SSHD:
run.py COMMAND..

The command's exit code is ours. Each test starts a godwit serve of its own (harness.ts).
"""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "lib"))

from servers import MariaDB, Missing, MySQL9, Postgres, start_all  # noqa: E402
from srv.sshd import Sshd, User  # noqa: E402


def source():
    try:
        MySQL9.launcher()
        return "mysql", MySQL9()
    except Missing as e:
        print("no MySQL 9 here (%s): MariaDB takes its place" % e, file=sys.stderr)
        return "mariadb", MariaDB()


@contextlib.contextmanager
def machine():
    """An sshd and an ordinary user there: their words, or None where only root can have them."""
    try:
        with Sshd() as sshd, User(password=True) as user:
            yield {"host": sshd.host, "port": sshd.port, "user": user.name, "password": user.password, "fingerprint": sshd.host_key()["fingerprint"]}
    except Missing as e:
        print("no sshd here: %s" % e, file=sys.stderr)
        yield None


def main(command):
    kind, mysql = source()
    servers = start_all([mysql, Postgres()])
    try:
        told = {name: {"kind": k, "host": s.host, "port": s.port, "user": s.user, "password": s.password}
                for name, k, s in (("source", kind, servers[0]), ("target", "postgresql", servers[1]))}
        with machine() as sshd:
            env = {**os.environ, "E2E_DATABASES": json.dumps(told), "E2E_SSHD": json.dumps(sshd)}
            return subprocess.run(command, env=env).returncode
    finally:
        for server in servers:
            server.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
