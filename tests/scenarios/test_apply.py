"""The apply engine against a real target, fed by a source that is made up (tests/tools/apply_made.h): what it must make of the tables is
known without a second server, and a run that is killed goes on with the same changes."""

import json
import os
import random
import re
import threading
import time
from pathlib import Path

import pytest

from databases import Database
from program import ROOT, Program
from servers import Postgres

KINDS = ["mixed", "unique_fk", "conflict10", "keys", "hot", "huge"]


def tool_path():
    built = Path(os.environ.get("GODWIT_BIN") or ROOT / "build-asan" / "godwit").parent
    return os.environ.get("GODWIT_APPLY_TOOL") or built / "tests" / "unit" / "follow" / "apply_tool"


class Apply:
    """setup(), run(..), start(..) and verify() of one made source towards one database."""

    def __init__(self, program, database, **made):
        self.program, self.database, self.made = program, database, made
        self.user, self.password = database.server.user, database.server.password

    def argv(self, verb, options):
        server = self.database.server
        words = {"host": server.host, "port": server.port, "user": self.user, "database": self.database.name,
                 **self.made, **options}
        return [verb, *(f"{k}={v}" for k, v in words.items())]

    def start(self, verb="run", **options):
        return self.program.start(*self.argv(verb, options), env={"APPLY_PASSWORD": self.password})

    def __call__(self, verb, **options):
        return self.start(verb, **options).wait(300)

    def setup(self):
        self("setup").ok()
        return self

    def finish(self, **options):
        """Run to the end, and compare every row."""
        result = self("run", **options).ok()
        self.verify()
        return result.json

    def verify(self):
        assert self("verify").ok().json["wrong"] == 0


@pytest.fixture
def tool(tmp_path):
    program = Program(tool_path(), cwd=tmp_path)
    assert program.exists(), f"{program.binary} is not built (./dev build)"
    yield program
    program.end_all()


@pytest.fixture
def fragile():
    """A target server of the test's own, to be killed."""
    with Postgres() as server:
        yield Database(server).create()


@pytest.mark.parametrize("in_order", [0, 1])
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_source(tool, pg_db, kind, in_order):
    apply = Apply(tool, pg_db, kind=kind, tables=4, rows=500, changes=12000, seed=5).setup()
    out = apply.finish(in_order=in_order, batch=1500)
    assert out["applied"] >= 12000 and out["careful"] == 0 and out["diverted"] == 0


@pytest.mark.parametrize("kind,in_order", [("mixed", 0), ("keys", 0), ("unique_fk", 0), ("mixed", 1), ("huge", 1)])
def test_killed_at_any_moment(tool, pg_db, kind, in_order):
    """Nothing lost, nothing doubled, however often it is killed."""
    # There has to be work for longer than the first kills take to come, on a fast machine too; one transaction alone is quick.
    changes = 400000 if kind == "huge" else 160000
    apply = Apply(tool, pg_db, kind=kind, tables=3, rows=500, changes=changes, seed=11).setup()
    dice = random.Random(kind)
    kills = 0
    while kills < 15:
        run = apply.start(in_order=in_order, batch=dice.choice([50, 400, 3000]), appliers=dice.choice([1, 3, 5]))
        time.sleep(dice.uniform(0.1, 0.6))
        if not run.alive():
            run.wait().ok()
            break
        run.kill9()
        kills += 1
    apply.finish(in_order=in_order)
    assert kills >= 2


def test_sessions_are_cut(tool, pg_db):
    """The run itself goes on: what was under way is looked up, and done again only if it is not in."""
    apply = Apply(tool, pg_db, kind="mixed", tables=4, rows=500, changes=150000, seed=2).setup()
    run = apply.start(batch=300)
    cuts = 0
    while run.alive() and cuts < 15:
        time.sleep(0.15)
        pg_db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND "
                      "application_name = 'godwit' AND random() < 0.4", (pg_db.name,))
        cuts += 1
    run.wait(200).ok()
    apply.verify()
    assert cuts >= 3


def test_the_target_crashes(tool, fragile):
    """Commits are asynchronous: a crash may take back the last ones, with the records that they were made."""
    apply = Apply(tool, fragile, kind="keys", tables=4, rows=500, changes=150000, seed=3).setup()
    run = apply.start(batch=500)
    for _ in range(3):
        time.sleep(0.7)
        fragile.server.kill9()
        fragile.server.start()
    run.wait(200).ok()
    apply.verify()


def test_a_role_that_cannot_leave_foreign_keys_alone(tool, pg_db):
    pg_db.server.execute("DROP ROLE IF EXISTS ordinary")
    pg_db.server.execute("CREATE ROLE ordinary LOGIN PASSWORD 'Ordinary-1'")
    pg_db.server.execute(f"GRANT CREATE ON DATABASE {pg_db.name} TO ordinary")
    apply = Apply(tool, pg_db, kind="unique_fk", tables=4, rows=300, changes=15000, seed=7)
    apply.user, apply.password = "ordinary", "Ordinary-1"
    apply.setup()
    try:
        out = apply.finish()
        assert out["careful"] == 0 and out["retried"] == 0, out
    finally:
        pg_db.execute("DROP OWNED BY ordinary CASCADE")
        pg_db.server.execute("DROP ROLE ordinary")


def error_of(result):
    return json.loads(result.out.splitlines()[-1])["error"]


def test_a_missing_row_is_named(tool, pg_db):
    apply = Apply(tool, pg_db, kind="hot", tables=1, rows=10, changes=100, seed=1).setup()
    kept = pg_db.execute("SELECT * FROM made.t0 WHERE id = 1")[0]
    pg_db.execute("DELETE FROM made.t0 WHERE id = 1")
    error = error_of(apply("run").failed(1))
    assert error["code"] == "GW3051" and "t0" in error["where"] and "id=1" in error["where"], error
    assert "UPDATE" in error["cause"], error

    # Again and again, until somebody brings the row back.
    run = apply.start(missing="retry")
    run.wait_for('"retried":[1-9]')
    pg_db.execute("INSERT INTO made.t0 VALUES (%s, %s, %s, %s, %s)", kept)
    run.wait().ok()
    apply.verify()


def test_a_duplicate_is_put_aside(tool, pg_db):
    """The first new row is there already: it is put aside with the statement that would make it."""
    apply = Apply(tool, pg_db, kind="mixed", tables=1, rows=50, changes=400, seed=1).setup()
    pg_db.execute("INSERT INTO made.t0 SELECT 51, 7, NULL, 'other', 'row'")
    error = error_of(apply("run").failed(1))
    assert error["code"] == "GW3052" and "id=51" in error["where"] and error["sqlstate"] == "23505", error
    out = apply("run", duplicate="divert", missing="divert").ok().json
    assert out["diverted"] >= 1
    rejected = pg_db.execute("SELECT table_name, row_key, reason, statement FROM godwit.rejected")
    assert any(r[0] == "t0" and r[1] == "id=51" and r[2].startswith("duplicate") and r[3].startswith("INSERT INTO")
               for r in rejected), rejected


def test_a_refused_row_is_named(tool, pg_db):
    apply = Apply(tool, pg_db, kind="mixed", tables=1, rows=50, changes=3000, seed=1).setup()
    pg_db.execute("ALTER TABLE made.t0 ADD CONSTRAINT small CHECK (id < 200)")
    error = error_of(apply("run").failed(1))
    assert error["code"] == "GW3053" and error["sqlstate"] == "23514", error
    # Many rows are refused, and parts run side by side: it is whichever came first.
    key = int(re.search(r"row id=(\d+)$", error["where"])[1])
    assert key >= 200 and f"({key}, " in error["cause"], error
    pg_db.execute("ALTER TABLE made.t0 DROP CONSTRAINT small")
    apply.finish()


def test_another_run_takes_the_task_over(tool, pg_db):
    """The one that was overtaken cannot commit any more."""
    apply = Apply(tool, pg_db, kind="mixed", tables=4, rows=500, changes=60000, seed=4).setup()
    first = apply.start(batch=200)
    first.wait_for('"applied":[1-9]')
    results = {}
    second = threading.Thread(target=lambda: results.update(second=apply("run", batch=200)))
    second.start()
    result = first.wait(200)
    second.join()
    assert result.code == 1 and error_of(result)["code"] in ("GW3023", "GW1023"), result
    results["second"].ok()
    apply.verify()
