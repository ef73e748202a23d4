"""What all throw-away servers share: a process, a port, a directory, a log."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from . import place, reaper

HOST = "127.0.0.1"


class StartFailed(Exception):
    """The server ended, or was not ready in time; the text holds the end of its log."""


class Server:
    """One server. Subclasses say how to prepare the data directory, the command line and how to connect.

    args      extra command line arguments, the last ones, so they win over ours
    settings  the same as a dict: {"max_connections": 50}
    """

    name = "server"  # also the prefix of its run directory
    start_timeout_s = 60
    stop_timeout_s = 60
    stop_signal = signal.SIGTERM
    last_signal = signal.SIGKILL  # what the watchdog sends when our process is gone
    run_as = None  # the user to run as when we are root; None: stay root

    def __init__(self, args=(), settings=None, tls=False):
        self.args = list(args)
        self.settings = dict(settings or {})
        self.tls = tls
        self.port = None
        self.dir = None
        self.process = None
        self.host = HOST

    # ---- for subclasses ----

    def prepare(self):
        """Fill self.data_dir. Raises place.Missing when this server cannot be had here."""
        raise NotImplementedError

    def command(self):
        raise NotImplementedError

    def ping(self):
        """Connect and ask something; any exception means: not ready yet."""
        raise NotImplementedError

    # ---- life ----

    @property
    def data_dir(self) -> Path:
        return self.dir / "data"

    @property
    def log_path(self) -> Path:
        return self.dir / "server.log"

    @property
    def pid(self):
        return self.process.pid if self.process else None

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self):
        """Returns self once the server answers. Also starts a stopped or killed server again, on its old port."""
        if self.alive():
            return self
        fresh = self.dir is None
        if fresh:
            self.dir = place.new_run_dir(self.name)
            reaper.own_dir(str(self.dir))
            try:
                self.prepare()
            except BaseException:
                self.remove()
                raise
        for attempt in range(10):
            if fresh:
                self.port = place.free_port()
            self._spawn()
            try:
                self._wait_ready()
                return self
            except StartFailed as failure:
                self.kill9()
                # Somebody else may have taken the port between our look and the server's bind.
                if attempt < 9 and "in use" in str(failure).lower():
                    time.sleep(0.1 if fresh else 1)
                    continue
                if fresh:
                    self.remove()
                raise
            except BaseException:
                self.kill9()
                raise

    def _spawn(self):
        self._log_start = self.log_path.stat().st_size if self.log_path.exists() else 0
        user = place.as_user(self.run_as) if self.run_as else {}
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([str(a) for a in self.command()], cwd=self.dir, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True, env=self.env(), **user)
        reaper.register(self.process.pid, self.last_signal)

    def env(self):
        """Without the variables that steer clients and servers, and in English."""
        drop = ("PG", "MYSQL", "LC_", "LANG", "TZ")
        env = {k: v for k, v in os.environ.items() if not k.startswith(drop)}
        return {**env, "LC_ALL": "C", "TZ": "UTC"}

    def _wait_ready(self):
        deadline = time.monotonic() + self.start_timeout_s
        last = None
        while True:
            if not self.alive():
                raise StartFailed(f"{self.name} ended with {self.process.returncode}:\n{self.log_since_start()}")
            try:
                self.ping()
                return
            except Exception as e:
                last = e
            if time.monotonic() > deadline:
                raise StartFailed(f"{self.name} does not answer: {last}\n{self.log_since_start()}")
            time.sleep(0.02)

    def stop(self):
        """The end, without ceremony: nobody needs the data any more. The directory goes, too."""
        self.kill9()
        self.remove()

    def shutdown(self):
        """An orderly end that keeps the data; start() brings it back."""
        if self.alive():
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(self.stop_timeout_s)
            except subprocess.TimeoutExpired:
                print(f"{self.name}: no end within {self.stop_timeout_s} s, killing it", file=sys.stderr)
        self.kill9()

    def kill9(self):
        """The crash: SIGKILL, and wait until the process and its children are gone."""
        if self.process is None:
            return
        if self.alive():
            self.process.kill()
        self.process.wait()
        self._wait_children_gone()
        reaper.forget(self.process.pid)
        self.process = None

    def _wait_children_gone(self):
        # Each server leads a process group of its own. PostgreSQL's children notice that the postmaster died and
        # end by themselves; a new postmaster refuses to start before that.
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.01)

    def restart(self):
        self.shutdown()
        return self.start()

    def pause(self):
        """Stop answering without closing connections: a hung server. PostgreSQL's open sessions go on."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def remove(self):
        if self.dir:
            reaper.drop_dir(str(self.dir))
        self.dir = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        self.stop()

    # ---- looking at it ----

    def log(self, tail_bytes=16000) -> str:
        if self.dir is None or not self.log_path.exists():
            return "(no log)"
        return self.log_path.read_bytes()[-tail_bytes:].decode(errors="replace")

    def log_since_start(self) -> str:
        return self.log_path.read_bytes()[self._log_start:][-6000:].decode(errors="replace")

    def execute(self, sql, args=None, database=None):
        """Run one statement in a connection of its own (autocommit); rows as a list of tuples."""
        connection = self.connect(database=database)
        try:
            return self.rows_of(connection, sql, args)
        finally:
            connection.close()

    @staticmethod
    def rows_of(connection, sql, args=None):
        with connection.cursor() as cursor:
            cursor.execute(sql, args)
            return list(cursor.fetchall()) if cursor.description else []

    def script(self, statements, database=None):
        """Run several statements in one connection (autocommit)."""
        connection = self.connect(database=database)
        try:
            with connection.cursor() as cursor:
                for sql in statements:
                    cursor.execute(sql)
        finally:
            connection.close()
