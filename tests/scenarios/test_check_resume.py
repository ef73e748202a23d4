"""A killed check goes on where it stopped: nothing is missed, nothing is told twice."""

import json
import random
import signal

import pytest
from moving import error_of, wait_until
from test_check_rows import DIFFERENT, found, last_event

ROWS = 6000
SLOW = ["--rate-limit", "700KB", "--chunk-size", "128KiB", "--jobs", "2", "--rows-only"]
FAST = ["--chunk-size", "128KiB", "--rows-only"]


@pytest.fixture
def large(move, source):
    """Three tables of half a megabyte and more: integer key, text key, none."""
    source.script(["DROP DATABASE IF EXISTS large", "CREATE DATABASE large CHARACTER SET utf8mb4", "USE large",
                   "CREATE TABLE counted (id int PRIMARY KEY, v int, pad varchar(200))",
                   "CREATE TABLE named (id varchar(30) PRIMARY KEY, v int, pad varchar(200))",
                   "CREATE TABLE heap (v int, pad varchar(200))"]
                  + ["INSERT INTO counted VALUES " + ", ".join("(%d, %d, '%s')" % (7 * i, i, ("p%d" % i) * 20)
                                                              for i in range(a, a + 1000)) for a in range(0, ROWS, 1000)]
                  + ["INSERT INTO named SELECT concat('key ', lpad(v * 7919 % 6007, 5, '0')), v, pad FROM counted",
                     "INSERT INTO heap SELECT v, pad FROM counted", "ANALYZE TABLE counted, named, heap"])
    move("load", source, "large").ok()
    return source


class Journal:
    def __init__(self, move):
        self.path = move.directory / "check.journal"
        self.words = ["--journal", str(self.path)]

    def lines(self, kind):
        text = self.path.read_text().splitlines() if self.path.exists() else []
        return [line for line in text if line.startswith('{"%s":' % kind)]

    def sums(self):
        return [p for p in self.path.parent.glob("check.journal.*") if not p.name.endswith(".new")]


@pytest.fixture
def journal(move):
    return Journal(move)


def kill_when(move, source, condition, what, *options):
    run = move.start("check", source, "large", *options)
    wait_until(condition, what, 100, run.alive)
    run.kill9()


def resumed(move, source, journal, code, *options):
    result = move("check", source, "large", *FAST, "--resume", *journal.words, *options)
    assert result.code == code, str(result)
    assert not journal.path.exists() and not journal.sums()
    return last_event(result, "check")["check"]


DAMAGE = ["UPDATE large.counted SET pad = 'x' WHERE id IN (7, 7000, 35000)", "DELETE FROM large.counted WHERE id = 14",
          "UPDATE large.named SET v = -v WHERE v IN (5, 3000)", "INSERT INTO large.heap SELECT * FROM large.heap WHERE v = 77",
          "INSERT INTO large.counted VALUES (-1, 0, 'new'), (8, 0, 'new')"]
FOUND = {"counted": (3, 1, 2), "named": (2, 0, 0), "heap": (0, 0, 1)}


def by_table(report):
    return {t["source"]: (t["changed"], t["missing"], t["extra"]) for t in report["tables"]}


def test_what_was_compared_is_kept(move, large, journal):
    move.target.script(DAMAGE)
    kill_when(move, large, lambda: len(journal.lines("d")) >= 5, "five parts", *SLOW, *journal.words)
    kept = len(journal.lines("d"))
    report = resumed(move, large, journal, DIFFERENT)
    assert by_table(report) == FOUND
    assert report["parts_kept"] >= 5 and report["parts_kept"] >= kept and len(report["earlier_snapshots"]) == 1
    assert report["rows"] == 3 * ROWS
    assert all(t["source_rows"] == ROWS for t in report["tables"])


def test_a_clean_check_stays_clean(move, large, journal):
    parts = 0
    for again in ([], ["--resume"], ["--resume"]):
        wanted = parts + 2 if parts == 0 else parts + 1  # of its own, however many there were
        kill_when(move, large, lambda: len(journal.lines("d")) >= wanted, "%d parts" % wanted, *SLOW, *journal.words, *again)
        parts = len(journal.lines("d"))
    report = resumed(move, large, journal, 0)
    assert report["same"] and report["rows"] == 3 * ROWS and len(report["earlier_snapshots"]) == 3


def test_sums_of_a_half_read_table_are_kept(move, large, journal):
    move.target.script(DAMAGE)
    slow = ["--rate-limit", "60KB", "--chunk-size", "128KiB", "--jobs", "1", "--rows-only", "--table", "named"]
    kill_when(move, large, journal.sums, "sums of the table", *slow, *journal.words)
    head = json.loads(journal.sums()[0].read_bytes().split(b"\n", 1)[0])
    done = sum(piece[1] for side in ("source", "target") for piece in head[side])
    assert 0 < done < len(head["source"]) + len(head["target"])
    log = move.directory / "check.log"
    result = move("check", large, "large", *FAST, "--table", "named", "--resume", *journal.words, "--log", str(log))
    report = last_event(result.failed(DIFFERENT), "check")["check"]
    assert by_table(report) == {"named": FOUND["named"]} and report["rows"] == ROWS
    assert "sums of the pieces" in log.read_text()


def test_sums_that_are_not_whole_are_not_used(move, large, journal):
    slow = ["--rate-limit", "60KB", "--chunk-size", "128KiB", "--jobs", "1", "--rows-only", "--table", "named"]
    kill_when(move, large, journal.sums, "sums of the table", *slow, *journal.words)
    path = journal.sums()[0]
    text = bytearray(path.read_bytes())
    text[len(text) // 2] ^= 1
    path.write_bytes(text)
    log = move.directory / "check.log"
    move("check", large, "large", *FAST, "--table", "named", "--resume", *journal.words, "--log", str(log)).ok()
    assert "sums of the pieces" not in log.read_text()


def test_what_was_mended_meanwhile_is_no_difference(move, large, journal):
    move.target.script(DAMAGE)
    kill_when(move, large, lambda: journal.lines("x") and len(journal.lines("d")) >= 3, "a difference", *SLOW, *journal.words)
    move("check", large, "large", "--rows-only", "--repair").failed(DIFFERENT)
    report = resumed(move, large, journal, 0)
    assert report["same"] and sum(t["settled"] for t in report["tables"]) > 0


@pytest.mark.parametrize("seed", range(3))
def test_killed_again_and_again(move, large, journal, seed):
    dice = random.Random(seed)
    move.target.script(DAMAGE)
    for attempt in range(dice.randrange(2, 5)):
        run = move.start("check", large, "large", *SLOW, *journal.words, *(["--resume"] if attempt else []))
        wait_until(lambda: len(journal.lines("run")) > attempt, "its begin", 100, run.alive)
        more = len(journal.lines("d")) + dice.randrange(0, 3)
        wait_until(lambda: len(journal.lines("d")) >= more, "more parts", 100, run.alive)
        run.kill9()
        if dice.random() < 0.5:  # as a kill in the middle of a write would leave it
            text = journal.path.read_bytes()
            journal.path.write_bytes(text + dice.choice([b'{"x":"counted","k":0', b"\0" * 40, b'{"d":"named"}' * 2, b"\n"]))
    assert by_table(resumed(move, large, journal, DIFFERENT)) == FOUND


def test_a_table_that_changed_its_form_begins_again(move, large, journal):
    kill_when(move, large, lambda: len(journal.lines("d")) >= 4, "four parts", *SLOW, *journal.words)
    move.target.script(["ALTER TABLE large.counted ALTER v TYPE bigint", "ALTER TABLE large.named ALTER v TYPE bigint",
                        "UPDATE large.counted SET v = -1 WHERE id = 0"])
    report = resumed(move, large, journal, DIFFERENT)
    assert by_table(report)["counted"] == (1, 0, 0) and report["parts_kept"] == 0


def test_stopped_by_a_signal_goes_on_too(move, large, journal):
    run = move.start("check", large, "large", *SLOW, *journal.words)
    wait_until(lambda: len(journal.lines("d")) >= 2, "two parts", 100, run.alive)
    run.signal(signal.SIGINT)
    result = run.wait()
    assert result.code == 130 and "--resume" in result.err
    assert resumed(move, large, journal, 0)["parts_kept"] >= 2


def test_nothing_to_resume(move, large, journal):
    error = error_of(move("check", large, "large", *FAST, "--resume", *journal.words).failed(1))
    assert error["code"] == "GW1020"
    journal.path.write_text('{"run":"another check","at":"x","plans":{}}\n')
    error = error_of(move("check", large, "large", *FAST, "--resume", *journal.words).failed(1))
    assert error["code"] == "GW1020" and "another check" in error["message"]


def test_one_at_a_time(move, large, journal):
    run = move.start("check", large, "large", *SLOW, *journal.words)
    wait_until(lambda: journal.lines("d"), "a part", 100, run.alive)
    error = error_of(move("check", large, "large", *FAST, "--resume", *journal.words).failed(1))
    assert error["code"] == "GW1023"
    run.signal(signal.SIGINT)
    run.wait()


def test_the_default_journal_is_the_users(move, large):
    state = move.godwit.state
    run = move.start("check", large, "large", *SLOW)
    wait_until(lambda: any(p.read_text().count('{"d":') for p in state.glob("godwit/check-*.journal")), "a part", 100,
               run.alive)
    run.kill9()
    result = move("check", large, "large", *FAST, "--resume").ok()
    assert last_event(result, "check")["check"]["parts_kept"] > 0
    assert not list(state.glob("godwit/*"))


def test_a_migration_killed_while_it_checks(move, large, journal):
    words = ["--overwrite", "--yes", "--chunk-size", "128KiB", *journal.words]
    run = move.start("migrate", large, "large", *words, "--rate-limit", "700KB")
    wait_until(lambda: len(journal.lines("d")) >= 2, "two parts", 100, run.alive)
    run.kill9()
    result = move("migrate", large, "large", "--resume", *journal.words, "--chunk-size", "128KiB")
    assert result.code == 0, str(result)
    assert last_event(result, "check")["check"]["parts_kept"] >= 2
