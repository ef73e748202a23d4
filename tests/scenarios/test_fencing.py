"""A process that was stopped or cut off, whose task was given to another one meanwhile, commits nothing when it comes back."""

import os
import random
import signal
import time

import pytest

from moving import error_of, wait_until
from working import Worker, job_for

PACE = {"chunk_size": "128KiB", "rate_limit": "8MB"}
ZOMBIES = int(os.environ.get("ZOMBIES", 4))
SEED = int(os.environ.get("SEED", 20240229))
LOST = "GW3023"


@pytest.fixture
def work(move, godwit, tmp_path):
    """work(server, database, fence, **job keys): a running worker; each has a directory of its own, as on different machines."""
    def start(server, database, fence, task=PACE, **keys):
        keys.setdefault("directory", str(tmp_path / ("work-%d" % fence)))
        return Worker(godwit, job_for(move, server, database, task=task, fence=fence, **keys))

    return start


def everything(move, database):
    """All that a run may have changed in the target."""
    found = {}
    for schema in (database, "godwit"):
        for table in sorted(move.tables(schema)):
            found[schema, table] = move.one('SELECT count(*) || \':\' || coalesce(sum(hashtextextended(t::text, 0)), 0)'
                                            ' FROM "%s"."%s" t' % (schema, table))
    found["definitions"] = move.target.execute(
        "SELECT c.relname, c.relkind, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname"
        " IN (%s, 'godwit') ORDER BY 1, 2", (database,))
    found["constraints"] = move.target.execute("SELECT conname, conrelid, oid FROM pg_constraint ORDER BY 1, 2")
    return found


def revive(zombie):
    zombie.signal(signal.SIGCONT)
    return zombie.wait(60)


def test_a_zombie_in_the_middle_of_a_load(work, move, sources, source):
    database = sources(source, "steady")
    zombie = work(source, database, 1)
    move.wait_for_chunks(zombie, 10)
    zombie.signal(signal.SIGSTOP)
    began = time.monotonic()
    heir = work(source, database, 2, task={}, resume=True)
    assert heir.wait().code == 0 and heir.stages[-1] == "offline-done"
    assert time.monotonic() - began < 60
    report = heir.of_kind("report")[0]["report"]
    assert report["resumed"] and report["chunks_kept"] >= 10
    before = everything(move, database)
    result = revive(zombie)
    assert result.code == 1 and zombie.error["code"] == LOST, str(result)
    assert everything(move, database) == before
    move.check(source, database)


def test_zombies_stopped_at_random_instants(work, move, sources, source):
    """From before the first connection to the last foreign key; the first run of a task, or one that goes on."""
    database = sources(source, "steady")
    dice = random.Random(SEED)
    began = time.monotonic()
    assert work(source, database, 1, task=PACE | {"skip_check": True}).wait().code == 0
    whole_s = time.monotonic() - began
    stopped, fence = 0, 1
    while stopped < ZOMBIES:
        move.target.execute("DROP SCHEMA IF EXISTS %s CASCADE; DROP SCHEMA IF EXISTS godwit CASCADE" % database)
        zombies = []
        for _ in range(2):  # of which one overtakes the other
            fence += 1
            zombie = work(source, database, fence, resume=True, task=PACE | {"skip_check": True})
            end = time.monotonic() + dice.uniform(0, whole_s * dice.choice([0.1, 0.3, 0.6, 1]))
            while time.monotonic() < end and zombie.alive():
                time.sleep(0.002)
            if zombie.alive():
                zombie.signal(signal.SIGSTOP)
                zombies.append(zombie)
        fence += 1
        # A zombie may hold the source's lock, or a table under way: MySQL takes it away after a while.
        for _ in range(3):
            heir = work(source, database, fence, task={"lock_timeout": "30s"}, resume=True)
            result = heir.wait()
            if result.code != 1 or heir.error["code"] != "GW2014":
                break
            fence += 1
        assert result.code == 0, str(result)
        before = everything(move, database)
        for zombie in zombies:
            result = revive(zombie)
            done = result.code == 0 and zombie.stages[-1:] == ["offline-done"]
            assert done or (result.code == 1 and zombie.error["code"] == LOST), str(result)
            stopped += 1
        assert everything(move, database) == before
        move.check(source, database)


def test_a_zombie_whose_sessions_cannot_be_ended(work, move, sources, mysql9, pg15):
    """The role may not end sessions: the number in the target alone keeps the zombie from committing."""
    database = sources(mysql9, "steady")
    pg15.execute("DO $$ BEGIN CREATE ROLE mover LOGIN PASSWORD 'mover'; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    move.target.execute("GRANT ALL ON DATABASE %s TO mover; REVOKE EXECUTE ON FUNCTION pg_terminate_backend FROM PUBLIC"
                        % move.target.name)

    def start(fence, task, **keys):
        job = job_for(move, mysql9, database, task=task, fence=fence, **keys)
        job["task"]["target"] = job["task"]["target"].replace(pg15.user + "@", "mover@")
        job["target_password"] = "mover"
        return Worker(move.godwit, job)

    for attempt in range(1, 6):
        zombie = start(1, PACE | {"name": "attempt %d" % attempt}, schema="s%d" % attempt)
        move.wait_for_chunks(zombie, 10 * attempt)
        zombie.signal(signal.SIGSTOP)
        # In the midst of a commit it keeps its task: nobody can know how that ends. Its sessions finish what they were asked before.
        def count(condition):
            return move.one("SELECT count(*) FROM pg_stat_activity a WHERE datname = %s AND usename = 'mover' AND " + condition,
                            (move.target.name,))
        wait_until(lambda: count("state = 'active' AND wait_event IS DISTINCT FROM 'ClientRead'") == 0, "the sessions wait")
        if count("EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.mode LIKE 'Row%%' AND"
                 " l.relation = 'godwit.task'::regclass)") == 0:
            break
        zombie.signal(signal.SIGCONT)
        zombie.kill9()
    go_on = {"schema": "s%d" % attempt, "task": {"name": "attempt %d" % attempt}}
    heir = start(2, resume=True, **go_on)
    result = heir.wait(100)
    assert result.code == 1 and heir.error["code"] == "GW1023" and heir.error["retryable"], str(result)
    committed = everything(move, "s%d" % attempt)
    result = revive(zombie)
    assert result.code == 1 and zombie.error["code"] == LOST, str(result)
    assert everything(move, "s%d" % attempt) == committed
    assert start(3, resume=True, **go_on).wait().code == 0
    move.check(mysql9, database, "s%d" % attempt)


def test_a_living_run_is_overtaken(work, move, sources, source):
    database = sources(source, "steady")
    slow = work(source, database, 5, task=PACE | {"rate_limit": "1MB"})
    move.wait_for_chunks(slow, 3)
    heir = work(source, database, 6, task={}, resume=True)
    assert heir.wait().code == 0
    assert slow.wait(60).code == 1 and slow.error["code"] == LOST
    move.check(source, database)


def test_a_lower_or_the_same_fence_is_refused(work, move, sources, mysql9):
    database = sources(mysql9, "steady")
    run = work(mysql9, database, 8)
    move.wait_for_chunks(run, 3)
    for fence in (8, 7, 1):
        late = work(mysql9, database, fence, resume=True, directory=str(move.directory / "late"))
        assert late.wait().code == 1 and late.error["code"] == LOST
    assert run.wait().code == 0  # it has not been disturbed
    before = everything(move, database)
    late = work(mysql9, database, 8, resume=True)
    assert late.wait().code == 1 and late.error["code"] == LOST
    assert everything(move, database) == before
    move.check(mysql9, database)


def test_two_at_one_moment(work, move, sources, mysql9):
    """Whoever is first: the higher fence gets the task."""
    database = sources(mysql9, "references")
    for i in range(6):
        move.target.execute("DROP SCHEMA IF EXISTS %s CASCADE; DROP SCHEMA IF EXISTS godwit CASCADE" % database)
        workers = [work(mysql9, database, fence, task={}, resume=True) for fence in (10 * i + 1, 10 * i + 2)]
        lower, higher = workers
        assert higher.wait().code == 0, str(higher.snapshot())
        code = lower.wait().code
        assert code == 0 or (code == 1 and lower.error["code"] in (LOST, "GW3012")), str(lower.snapshot())
        move.check(mysql9, database)


def test_many_tasks_begin_in_an_empty_target(work, move, sources, mysql9):
    database = sources(mysql9, "references")
    workers = [work(mysql9, database, i + 1, schema="s%d" % i, task={"name": "task %d" % i}) for i in range(6)]
    for i, worker in enumerate(workers):
        assert worker.wait().code == 0, str(worker.snapshot())
        move.check(mysql9, database, "s%d" % i)


def test_the_command_line_and_a_fence(work, move, sources, mysql9):
    """A command line has no fence: the lock of the one that lives keeps it out, and a server's worker takes over from it."""
    database = sources(mysql9, "steady")
    name = ["--name", "job of " + database]
    run = work(mysql9, database, 3)
    move.wait_for_chunks(run, 3)
    assert error_of(move("load", mysql9, database, "--resume", *name).failed(1))["code"] == "GW1023"
    run.kill9()
    wait_until(lambda: move.one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0, "the locks go")
    line = move.start("load", mysql9, database, "--resume", "--rate-limit", "1MB", *name)
    line.wait_for('"phase":"load"')
    heir = work(mysql9, database, 4, task={}, resume=True)
    assert heir.wait().code == 0
    assert error_of(line.wait())["code"] == LOST
    move.check(mysql9, database)


def test_progress_tables_of_an_older_version(work, move, sources, mysql9):
    database = sources(mysql9, "steady")
    run = move.start("load", mysql9, database, "--name", "job of " + database, "--chunk-size", "128KiB", "--rate-limit", "8MB")
    move.wait_for_chunks(run, 3)
    run.kill9()
    wait_until(lambda: move.one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0, "the locks go")
    move.target.execute("ALTER TABLE godwit.task DROP COLUMN fence")
    assert work(mysql9, database, 2, resume=True).wait().code == 0
    assert move.one("SELECT fence FROM godwit.task") == 2
    move.check(mysql9, database)
