"""Carrying changes back: whatever is written to the target after the move is in the source in the end, once, however often godwit, a
connection or a server dies."""

import random
import signal
import time

import pytest

import writing
from moving import error_of, last_event, wait_until
from writing_back import BackWriter


@pytest.fixture
def shop(source):
    """A database with some rows on either source, of the test's own."""
    name = "back_shop"
    writing.make(source, name, rows=150)
    yield name
    source.execute(f"DROP DATABASE IF EXISTS {name}")


@pytest.fixture
def moved(move, source, shop):
    """The shop is in the target, and what changes there from now on is to come back."""
    move("load", source, shop).ok()
    move("reverse", source, shop, "--prepare").ok()
    yield shop
    for name, in move.target.execute("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()"):
        wait_until(lambda: not move.one("SELECT active FROM pg_replication_slots WHERE slot_name = %s", (name,)), "it is let go")
        move.target.execute("SELECT pg_drop_replication_slot(%s)", (name,))


def figures(run):
    event = last_event(run.snapshot(), "follow")
    return event["follow"] if event else None


def alive(run):
    """For wait_until: says why the run has ended."""
    return lambda: run.alive() or pytest.fail("ended: %s" % last_event(run.snapshot(), "error"))


def check(move, source, database, **kw):
    """Everything is equal; but counters are the target's to say, and the source's follow the keys of rows."""
    found = [line for line in move.differences(source, database, **kw) if "the sequence gives" not in line]
    assert not found, "\n".join(found[:40])


def catch_up(move, source, database, *options):
    """What has been written up to now is in the source, and nothing else is."""
    move("reverse", source, database, "--until-caught-up", *options).ok()
    check(move, source, database)


def test_writers_and_kills(move, source, moved):
    """Killed at random moments: nothing is lost, nothing doubled. At the end everything that was made is put back."""
    dice = random.Random(5)
    writers = [BackWriter(move.target, moved, seed).start() for seed in (1, 2)]
    for _ in range(12):
        run = move.start("reverse", source, moved, "--jobs", str(dice.choice([1, 3, 4])))
        time.sleep(dice.uniform(0.3, 1.2))
        run.kill9()
    run = move.start("reverse", source, moved)
    wait_until(lambda: (f := figures(run)) and f["applied"]["rows"] > 50, "rows are applied", 60, alive(run))
    for w in writers:
        w.stop()
    run.signal(signal.SIGINT)
    run.wait(60).ok()
    catch_up(move, source, moved)
    assert sum(w.done for w in writers) > 100
    move("reverse", source, moved, "--finish").ok()
    assert move.one("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()") == 0
    assert move.one("SELECT count(*) FROM pg_publication") == 0
    assert move.one("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND relreplident"
                    " <> 'd' AND relkind = 'r'", (moved,)) == 0
    assert error_of(move("reverse", source, moved).failed(1))["code"] == "GW1026"


def test_strict(move, source, moved):
    """Whole transactions in the target's order."""
    writer = BackWriter(move.target, moved, 3).start()
    run = move.start("reverse", source, moved, "--mode", "strict")
    wait_until(lambda: writer.done > 150, "something is written", 60)
    run.kill9()
    wait_until(lambda: writer.done > 300, "something is written", 60)
    writer.stop()
    catch_up(move, source, moved, "--mode", "strict")
    BackWriter(move.target, moved, 4).run(100)
    catch_up(move, source, moved)
