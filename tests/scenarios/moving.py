"""Running load and migrate between two real servers, and looking at both ends afterwards."""

import json
import os
import sys
import time
from urllib.parse import quote

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import data  # noqa: E402
from oracle import compare  # noqa: E402

DEADLINE_S = 120  # an ASan build on a busy machine


def times(n):
    """How often something is killed: GODWIT_KILLS times as often when that is set, for a long look."""
    return n * int(os.environ.get("GODWIT_KILLS", 1))


def wait_until(condition, what, deadline_s=60, alive=None):
    """Poll a condition (no fixed sleeps); its value once it is true. Asking takes a third of a processor at most."""
    end = time.monotonic() + deadline_s
    while True:
        began = time.monotonic()
        value = condition()
        if value:
            return value
        assert alive is None or alive(), "it ended before: " + what
        assert time.monotonic() < end, "not within %d s: %s" % (deadline_s, what)
        time.sleep(max(0.01, 2 * (time.monotonic() - began)))


class Sources:
    def __init__(self):
        self.made = {}

    def __call__(self, server, name):
        """The name of the database `name` on the server, the same for all tests: read only."""
        if (server.port, name) not in self.made:
            self.made[server.port, name] = self.fresh(server, name, "shared_" + name)
        return self.made[server.port, name]

    @staticmethod
    def fresh(server, name, database):
        """A copy of the test's own."""
        connection = server.connect()
        try:
            return data.make(connection, name, database)
        finally:
            connection.close()


def last_event(result, kind):
    for line in reversed(result.out.splitlines()):
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and event.get("event") == kind:
            return event
    return None


def figures(run):
    """The last figures of a run that follows or carries back; None: it has told none yet."""
    event = last_event(run.snapshot(), "follow")
    return event["follow"] if event else None


def error_of(result):
    """The error a run ended with: {"code": "GW2002", "message", "hint", "cause", "where", ...}."""
    event = last_event(result, "error")
    assert event, "no error event\n%s" % result
    return event.get("error", event)


class Move:
    """One target database and the runs that fill it."""

    def __init__(self, godwit, target, directory):
        self.godwit, self.target, self.directory = godwit, target, directory

    def urls(self, server, database, schema):
        target = self.target.server
        return ("mysql://%s@%s:%d/%s" % (server.user, server.host, server.port, quote(database, safe="")),
                "postgresql://%s@%s:%d/%s%s" % (target.user, target.host, target.port, quote(self.target.name, safe=""),
                                                "?schema=" + quote(schema, safe="") if schema else ""))

    def passwords(self, server):
        return {"GODWIT_SOURCE_PASSWORD": server.password, "GODWIT_TARGET_PASSWORD": self.target.server.password}

    def start(self, verb, server, database, *options, schema=None):
        report = self.directory / "report.json"
        report.unlink(missing_ok=True)
        events = ["--progress", "json", "--report", report] if verb in ("load", "migrate", "check", "follow", "reverse", "cutover") else []
        return self.godwit.start(verb, *self.urls(server, database, schema), *events, *options,
                                 env=self.passwords(server))

    def __call__(self, verb, server, database, *options, schema=None, timeout=DEADLINE_S):
        return self.start(verb, server, database, *options, schema=schema).wait(timeout)

    @property
    def report(self):
        return json.loads((self.directory / "report.json").read_text())

    def differences(self, server, database, schema=None, **kw):
        target = self.target.server
        end = {"host": target.host, "port": target.port, "user": target.user, "password": target.password,
               "database": self.target.name}
        return compare(server, end, database, schema or database, **kw)

    def check(self, server, database, schema=None, **kw):
        found = self.differences(server, database, schema, **kw)
        assert not found, "\n".join(found[:40])

    # ---- what the target knows of the run ----

    def one(self, sql, args=None):
        rows = self.target.execute(sql, args)
        return rows[0][0] if rows else None

    def schemas(self):
        return {r[0] for r in self.target.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND"
                                                  " nspname <> 'information_schema'")}

    def tables(self, schema):
        return {r[0] for r in self.target.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (schema,))}

    def chunks_done(self):
        if self.one("SELECT to_regclass('godwit.chunk') IS NOT NULL"):
            return self.one("SELECT count(*) FROM godwit.chunk WHERE state = 1")
        return 0

    def wait_for_chunks(self, run, n):
        wait_until(lambda: self.chunks_done() >= n, "%d chunks in the target" % n, DEADLINE_S, run.alive)
