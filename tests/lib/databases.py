"""A database of its own for one test, on a server shared by all."""

import itertools
import threading

_numbers = itertools.count(1)


class Database:
    """name, url, execute(sql), script([sql...]), connect(); create() and drop() belong to the fixture."""

    def __init__(self, server, label="t"):
        self.server = server
        self.name = f"{label}_{next(_numbers)}"
        self._kept, self._use = None, threading.Lock()

    @property
    def url(self):
        return self.server.url_for(self.name)

    def execute(self, sql, args=None):
        """On PostgreSQL in a session that is kept, as opening one costs more than most statements, and tests poll."""
        if not self._is_pg or not self._use.acquire(blocking=False):
            return self.server.execute(sql, args, database=self.name)
        try:
            return self._in_kept_session(sql, args)
        finally:
            self._use.release()

    def _in_kept_session(self, sql, args):
        fresh = self._kept is None
        if fresh:
            self._kept = self.connect()
        try:
            return self.server.rows_of(self._kept, sql, args)
        except Exception:
            lost = self._kept.closed
            self.close()
            if fresh or not lost:
                raise
        return self._in_kept_session(sql, args)  # the server was restarted meanwhile

    def close(self):
        """Ends the kept session, for who wants to be alone in the database."""
        if self._kept:
            self._kept.close()
        self._kept = None

    @property
    def _is_pg(self):
        return self.server.name.startswith("pg")

    def script(self, statements):
        self.server.script(statements, database=self.name)

    def connect(self, **kw):
        return self.server.connect(database=self.name, **kw)

    def create(self):
        self.server.start()  # the test before may have killed it
        self.server.execute(f"CREATE DATABASE {self.name}")
        return self

    def drop(self):
        self.close()
        if not self.server.alive():
            return
        force = " WITH (FORCE)" if self._is_pg else ""
        self.server.execute(f"DROP DATABASE IF EXISTS {self.name}{force}")
