#!/usr/bin/python3
"""Real throw-away database servers for tests, benchmarks and the demo.

    from servers import MySQL9, Postgres
    with MySQL9(args=["--max-connections=50"]) as source, Postgres(settings={"fsync": "on"}) as target:
        source.execute("CREATE DATABASE shop")
        ... source.port, source.url_for("shop"), target.url, target.kill9(), target.start() ...

Each has a free loopback port, a temporary data directory and a log of its own; start() returns when the server
answers. What a killed test run leaves behind is ended and removed by a watchdog (srv/reaper.py).

As a program: servers.py [mysql9] [mariadb] [mysql56] [pg15] starts them, prints their URLs and waits for Ctrl-C.
"""

import concurrent.futures
import os
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from srv.mariadb import MariaDB  # noqa: E402
from srv.mysql9 import MySQL9  # noqa: E402
from srv.mysql56 import MySQL56  # noqa: E402
from srv.place import Missing, cache_dir, free_port  # noqa: E402
from srv.postgres import Postgres  # noqa: E402
from srv.server import Server, StartFailed  # noqa: E402

__all__ = ["MariaDB", "MySQL9", "MySQL56", "Postgres", "Missing", "Server", "StartFailed", "ALL",
           "cache_dir", "free_port", "start_all"]

ALL = {"mysql9": MySQL9, "mariadb": MariaDB, "mysql56": MySQL56, "pg15": Postgres}


def start_all(servers):
    """Start several at once; when one fails the others are stopped again."""
    with concurrent.futures.ThreadPoolExecutor(len(servers)) as pool:
        futures = [pool.submit(s.start) for s in servers]
    failed = [f.exception() for f in futures if f.exception()]
    if failed:
        for s in servers:
            s.stop()
        raise failed[0]
    return servers


def main(names):
    unknown = [n for n in names if n not in ALL]
    if unknown:
        sys.exit(f"unknown server {unknown[0]}; there are {', '.join(ALL)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    running = []
    try:
        for name in names or ["mysql9", "mariadb", "pg15"]:
            begin = time.monotonic()
            server = ALL[name]()
            try:
                server.start()
            except Missing as e:
                print(f"{name:8} not available: {e}")
                continue
            running.append(server)
            print(f"{name:8} {server.url}  pid {server.pid}, log {server.log_path}, "
                  f"{time.monotonic() - begin:.1f} s to start", flush=True)
        if running:
            print("Ctrl-C stops and removes them.", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        print()
    finally:
        for server in running:
            server.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
