"""A load that is killed, at any instant and as often as you like, goes on and ends with exactly the source's rows."""

import os
import random
import signal
import time

import pytest

import writing
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


def cut(move, source, database, chunks=5):
    """A load that is killed when it has some chunks."""
    run = move.start("load", source, database, *PACE)
    move.wait_for_chunks(run, chunks)
    run.kill9()
    sessions_gone(move)


CHANGES = {
    "rows": ["UPDATE line_0 SET note = CONCAT(LEFT(note, 900), ' changed') WHERE id % 7 = 1", "DELETE FROM line_1 WHERE id % 5 = 0",
             "UPDATE line_2 SET id = id + 1000000 WHERE id % 11 = 0", "UPDATE by_name SET name = UPPER(name) WHERE name < '8'",
             "INSERT INTO line_0 (parent, note) SELECT parent, 'new' FROM line_1 WHERE id < 50",
             "UPDATE parent SET name = 'parent x' WHERE name = 'parent 1'", "UPDATE parent SET name = 'parent 1' WHERE name = 'parent 2'"],
    "emptied": ["TRUNCATE TABLE by_name", "INSERT INTO by_name VALUES ('one', 'x')", "DELETE FROM log_keyless WHERE at < '2024-01-01 00:00:20'",
                "INSERT INTO small_empty VALUES (1), (2)"],
}
COUNTED = ("line_0", "line_1", "line_2", "by_name", "log_keyless", "small_empty", "parent")


@pytest.mark.parametrize("how", CHANGES)
def test_the_source_moved_on(move, sources, source, how):
    """What changed meanwhile is read again, and only that; everything is of one moment then, and can be followed."""
    database = sources.fresh(source, "steady", "own_steady")
    cut(move, source, database)
    kept = move.chunks_done()
    source.script(["USE %s" % database] + CHANGES[how])
    move("load", source, database, "--resume", *PACE).ok()
    report = move.report
    assert report["resumed"] and (how == "emptied" or report["chunks_kept"] == kept)
    move.check(source, database)
    assert report["rows"] == source.execute("SELECT " + " + ".join("(SELECT count(*) FROM %s)" % t for t in COUNTED), database=database)[0][0]
    source.execute("UPDATE line_0 SET note = 'later' WHERE id < 20", database=database)
    move("follow", source, database, "--until-caught-up").ok()
    move.check(source, database)


def test_rows_are_found_by_keys_of_every_sort(move, sources, source, tmp_path):
    """Of every table some rows change, some go, when most of the load is done."""
    database = sources.fresh(source, "keys", "own_keys")
    pace = ["--chunk-size", "256KiB", "--rate-limit", "14MB"]
    run = move.start("load", source, database, *pace)
    move.wait_for_chunks(run, 150)
    run.kill9()
    sessions_gone(move)
    tables = {name: [c for (c,) in source.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s AND column_name IN ('pad', 'v')",
        (database, name))] for (name,) in source.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = %s AND table_type = 'BASE TABLE'", (database,))}
    for table, texts in tables.items():
        source.execute("DELETE FROM %s WHERE RAND(7) < 0.04" % table, database=database)
        for column in texts:
            source.execute("UPDATE %s SET %s = CONCAT('new ', LEFT(%s, 90)) WHERE CRC32(LEFT(%s, 3)) %% 4 = 1" % (table, column, column, column),
                           database=database)
    log = tmp_path / "load.log"
    move("load", source, database, "--resume", "--log", log, *pace).ok()
    assert move.report["resumed"] and log.read_text().count('"read_again"') > 20
    move.check(source, database)


@pytest.mark.parametrize("answer", ["--restart", "--accept-moved"])
def test_a_definition_changed(move, sources, mysql9, answer):
    """Which cannot be caught up with: begin again, or say that it does not matter."""
    database = sources.fresh(mysql9, "steady", "own_steady9")
    cut(move, mysql9, database)
    mysql9.execute("ALTER TABLE line_1 ENGINE=InnoDB", database=database)
    error = error_of(move("load", mysql9, database, "--resume").failed(1))
    assert error["code"] == "GW1022" and "ALTER TABLE" in error["cause"] and "--accept-moved" in error["hint"]
    options = ["--restart"] if answer == "--restart" else ["--resume", "--accept-moved"]
    move("load", mysql9, database, *options, *PACE).ok()
    move.check(mysql9, database)


def test_killed_while_the_source_is_written(move, source):
    """A load under writers, killed again and again, goes on each time at the moment it then is; what follows it loses nothing."""
    dice, database = random.Random(SEED), "kills_written"
    writing.make(source, database, rows=600)
    source.execute("INSERT INTO plain (k, c) SELECT a.id, REPEAT('x', 100) FROM plain a, plain b LIMIT 60000", database=database)
    pace = ["--chunk-size", "64KiB", "--rate-limit", "1500kB"]
    writers = [writing.Writer(source, database, seed).start() for seed in (11, 12)]
    try:
        options = []
        for _ in range(6):
            before = move.chunks_done()
            run = move.start("load", source, database, *pace, *options)
            wait_until(lambda: move.chunks_done() > before + 3 or not run.alive(), "some chunks more", 60)
            time.sleep(dice.uniform(0, 0.7))
            assert run.kill9().code == -9
            options = ["--resume"]
            sessions_gone(move)
        move("load", source, database, "--resume", *pace).ok()
        assert move.report["resumed"]
    finally:
        for w in writers:
            w.stop()
    move("follow", source, database, "--until-caught-up").ok()
    move.check(source, database)
    source.execute("DROP DATABASE %s" % database)
