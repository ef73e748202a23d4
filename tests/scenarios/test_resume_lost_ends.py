"""Either end goes away while a load runs: crashed, restarted, or with its connections cut."""

import pytest

from databases import Database
from moving import Move, error_of, wait_until
from servers import Postgres

PACE = ["--chunk-size", "128KiB", "--rate-limit", "6MB"]


@pytest.fixture
def fragile(godwit, tmp_path):
    """A target server of the test's own, to be killed."""
    with Postgres() as server:
        yield Move(godwit, Database(server).create(), tmp_path)


def test_the_target_crashes_and_comes_back(fragile, sources, source):
    database = sources(source, "steady")
    run = fragile.start("load", source, database, "--retry", "60s", *PACE)
    for chunks in (5, 20):
        fragile.wait_for_chunks(run, chunks)
        fragile.target.server.kill9()
        fragile.target.server.start()
    run.wait().ok()
    fragile.check(source, database)


def test_the_target_stays_away_then_resume(fragile, sources, source):
    database = sources(source, "steady")
    run = fragile.start("load", source, database, "--retry", "1s", *PACE)
    fragile.wait_for_chunks(run, 5)
    fragile.target.server.kill9()
    error = error_of(run.wait(60).failed(1))
    assert error["code"] in ("GW3012", "GW3001") and "--resume" in error["hint"] and error["retryable"]
    fragile.target.server.start()
    result = fragile("load", source, database, "--resume", *PACE).ok()
    # Commits are asynchronous: the crash may have taken back the last of the chunks that were seen, data and record together.
    assert result.code == 0 and fragile.report["chunks_kept"] >= 1
    fragile.check(source, database)


def source_sessions(server, database):
    return [r[0] for r in server.execute("SELECT id FROM information_schema.processlist WHERE db = %s AND id <>"
                                         " connection_id()", (database,))]


def kill_sessions(server, ids):
    for one in ids:
        try:
            server.execute("KILL %d" % one)
        except Exception as e:
            if "1094" not in str(e):  # it ended by itself
                raise


def test_one_source_connection_is_cut(move, sources, source):
    """The other readers hold the same snapshot and finish the work."""
    database = sources(source, "steady")
    run = move.start("load", source, database, *PACE)
    move.wait_for_chunks(run, 5)
    ids = source_sessions(source, database)
    assert len(ids) >= 4
    kill_sessions(source, sorted(ids)[-1:])
    run.wait().ok()
    move.check(source, database)


def test_every_source_connection_is_cut(move, sources, source):
    """The snapshot is gone with them: the run opens another at the same position as long as it may (--retry), then ends; a resume
    goes on where it was, because the source did not change."""
    database = sources(source, "steady")
    run = move.start("load", source, database, "--retry", "1s", *PACE)
    move.wait_for_chunks(run, 5)

    def all_cut():
        kill_sessions(source, source_sessions(source, database))
        return not run.alive()

    wait_until(all_cut, "the run notices", 60)
    error = error_of(run.wait().failed(1))
    assert error["code"] in ("GW2012", "GW2001") and error["retryable"], error
    move("load", source, database, "--resume", *PACE).ok()
    assert move.report["chunks_kept"] >= 5
    move.check(source, database)


def test_target_connections_are_cut(move, sources, source):
    """Again and again, in every phase: each chunk is loaded once."""
    database = sources(source, "steady")
    run = move.start("load", source, database, *PACE)
    for chunks in (3, 10, 20, 30):
        move.wait_for_chunks(run, chunks)
        move.target.server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND"
                                   " application_name = 'godwit'",
                                   (move.target.name,))
    result = run.wait()
    if result.code != 0:
        # The session that holds the task was cut, too: allowed to end, not to lose anything.
        assert error_of(result)["retryable"], result
        move("load", source, database, "--resume", *PACE).ok()
    move.check(source, database)
