"""A load that is killed, at any instant and as often as you like, goes on and ends with exactly the source's rows."""

import os
import random
import signal
import time

import pytest

from moving import error_of, last_event, wait_until

KILLS = int(os.environ.get("KILLS", 15))
SEED = int(os.environ.get("SEED", 20240229))
PACE = ["--chunk-size", "128KiB", "--rate-limit", "8MB"]


def test_killed_at_random_instants(move, sources, source):
    """kill -9 at least KILLS times, spread over the whole run from before its first connection to its last index."""
    database = sources(source, "steady")
    dice = random.Random(SEED)
    began = time.monotonic()
    move("load", source, database, *PACE).ok()
    whole_s = time.monotonic() - began
    kills, finished, phases = 0, 0, set()
    while kills < KILLS or not finished:
        move.target.execute("DROP SCHEMA IF EXISTS %s CASCADE; DROP SCHEMA IF EXISTS godwit CASCADE" % database)
        options = []
        while True:
            run = move.start("load", source, database, *PACE, *options)
            # Mostly early in what is left, so that one load is cut many times; sometimes anywhere.
            wait_s = dice.uniform(0, whole_s * dice.choice([0.1, 0.3, 1.0])) if kills > 0 else 0
            end = time.monotonic() + wait_s
            while time.monotonic() < end and run.alive():
                time.sleep(0.005)
            if kills >= KILLS:
                result = run.wait()
            else:
                result = run.kill9()
            progress = last_event(result, "progress")
            if result.code == -9:
                kills += 1
                phases.add(progress["phase"] if progress else "none")
                options = ["--resume"]
                continue
            error = error_of(result) if result.code != 0 else {"code": None}
            if error["code"] in ("GW1020", "GW1024"):
                if error["code"] == "GW1024":
                    break  # killed between its last commit and its end
                options = []  # killed before it had begun
                continue
            if error["code"] == "GW1021":
                options = ["--resume"]
                continue
            result.ok()
            break
        finished += 1
        move.check(source, database)
    assert "load" in phases and phases & {"none", "connect", "schema", "snapshot"}, phases


def test_resume_reads_only_what_is_missing(move, sources, source):
    database = sources(source, "steady")
    run = move.start("load", source, database, *PACE)
    move.wait_for_chunks(run, 10)
    run.kill9()
    kept = move.chunks_done()
    sessions_gone(move)
    assert move.chunks_done() == kept
    move("load", source, database, "--resume", *PACE).ok()
    report = move.report
    assert report["resumed"] and report["chunks_kept"] == kept
    assert report["rows"] == 40000
    move.check(source, database)


def sessions_gone(move):
    """A killed client's server sessions end a moment later; until then they hold the task."""
    wait_until(lambda: move.one("SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND application_name ="
                                " 'godwit'", (move.target.name,)) == 0,
               "the killed run's sessions end")


def test_interrupted_by_ctrl_c(move, sources, source):
    database = sources(source, "steady")
    run = move.start("load", source, database, *PACE)
    move.wait_for_chunks(run, 5)
    run.signal(signal.SIGINT)
    result = run.wait(20)
    assert result.code == 130 and error_of(result)["code"] == "GW1030" and "--resume" in error_of(result)["hint"]
    assert move.report["ok"] is False
    move("load", source, database, "--resume", *PACE).ok()
    assert move.report["resumed"]
    move.check(source, database)


def test_an_unfinished_load_is_not_forgotten(move, sources, mysql9):
    database = sources(mysql9, "steady")
    run = move.start("load", mysql9, database, *PACE)
    move.wait_for_chunks(run, 3)
    run.kill9()
    sessions_gone(move)
    error = error_of(move("load", mysql9, database).failed(1))
    assert error["code"] == "GW1021" and "--resume" in error["hint"] and "--restart" in error["hint"]
    move("load", mysql9, database, "--restart").ok()
    assert not move.report["resumed"]
    move.check(mysql9, database)


def test_nothing_to_resume(move, sources, mysql9):
    error = error_of(move("load", mysql9, sources(mysql9, "references"), "--resume").failed(1))
    assert error["code"] == "GW1020"


def test_one_run_of_a_task_at_a_time(move, sources, mysql9):
    database = sources(mysql9, "steady")
    run = move.start("load", mysql9, database, "--chunk-size", "128KiB", "--rate-limit", "2MB")
    move.wait_for_chunks(run, 2)
    error = error_of(move("load", mysql9, database, "--resume").failed(1))
    assert error["code"] == "GW1023"
    run.wait().ok()
    move.check(mysql9, database)


@pytest.mark.parametrize("answer", ["--restart", "--accept-moved"])
def test_the_source_moved_on(move, sources, source, answer):
    database = sources.fresh(source, "steady", "own_steady")
    run = move.start("load", source, database, *PACE)
    move.wait_for_chunks(run, 5)
    run.kill9()
    sessions_gone(move)
    if answer == "--restart":
        source.execute("UPDATE line_0 SET note = 'changed' WHERE id = 1", database=database)
    else:
        source.execute("CREATE DATABASE IF NOT EXISTS elsewhere")
        source.execute("DROP DATABASE elsewhere")
    error = error_of(move("load", source, database, "--resume").failed(1))
    assert error["code"] == "GW1022" and "--accept-moved" in error["hint"]
    if answer == "--restart":
        move("load", source, database, "--restart", *PACE).ok()
    else:
        move("load", source, database, "--resume", "--accept-moved", *PACE).ok()
    move.check(source, database)
