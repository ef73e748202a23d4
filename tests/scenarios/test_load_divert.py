"""Rows the target refuses: the run stops and names the row, or puts such rows aside and counts them."""

import pytest

from moving import error_of


@pytest.fixture
def strict(move, sources, source):
    """A source whose rows 7, 700 and 1999 break a rule the existing target table has."""
    database = "own_strict"
    source.script(["DROP DATABASE IF EXISTS own_strict", "CREATE DATABASE own_strict CHARACTER SET utf8mb4",
                   "USE own_strict",
                   "CREATE TABLE item (id int PRIMARY KEY, code varchar(20), n int, pad varchar(1300))"])
    rows = ", ".join("(%d, 'c%d', %d, REPEAT('p', 1150))" % (i, 6 if i == 7 else i, -1 if i in (700, 1999) else i)
                     for i in range(1, 3001))
    source.script(["INSERT INTO item VALUES " + rows, "ANALYZE TABLE item"], database=database)
    move.target.execute("CREATE SCHEMA own_strict; CREATE TABLE own_strict.item (id int PRIMARY KEY, code varchar(20)"
                        " UNIQUE, n int CHECK (n >= 0),"
                        " pad varchar(1300))")
    return database


@pytest.mark.parametrize("form", [[], ["--copy-text"]], ids=["binary", "text"])
def test_refused_rows_are_put_aside(move, strict, source, form):
    move("load", source, strict, "--append", "--on-error", "divert", "--chunk-size", "64KiB", *form).ok()
    table = move.report["tables"][0]
    assert (table["rows"], table["diverted"]) == (2997, 3)
    assert move.one("SELECT count(*) FROM own_strict.item") == 2997
    kept = move.target.execute("SELECT row_key, sqlstate, reason, row_text FROM godwit.rejected ORDER BY row_key")
    by_key = {k: (state, reason) for k, state, reason, _ in kept}
    # One of the two rows with the code c6 is refused: whichever was met second.
    twin = (set(by_key) - {"id=700", "id=1999"}).pop()
    assert twin in ("id=6", "id=7") and by_key[twin][0] == "23505"
    assert by_key["id=700"][0] == by_key["id=1999"][0] == "23514"
    assert all(len(text) > 10 for *_, text in kept)


def test_without_divert_the_row_is_named(move, strict, source):
    error = error_of(move("load", source, strict, "--append", "--chunk-size", "64KiB").failed(1))
    assert error["code"] == "GW3020" and "divert" in error["hint"]
    assert any("id=%d" % i in error["where"] for i in (6, 7, 700, 1999)), error


def test_diverted_rows_can_be_looked_at_after_a_resume(move, strict, source):
    """What an earlier run put aside is still counted by the one that finishes."""
    run = move.start("load", source, strict, "--append", "--on-error", "divert", "--chunk-size", "64KiB",
                     "--rate-limit", "400KB", "--jobs", "1")
    move.wait_for_chunks(run, 4)
    run.kill9()
    move("load", source, strict, "--append", "--on-error", "divert", "--chunk-size", "64KiB", "--resume").ok()
    assert move.report["resumed"] and move.report["chunks_kept"] >= 4
    assert move.one("SELECT count(*) FROM own_strict.item") == 2997
    assert move.one("SELECT count(*) FROM godwit.rejected") == 3
    assert move.report["tables"][0]["diverted"] == 3


def test_a_constraint_the_data_breaks_is_told_by_name(move, source):
    """A parent that is not there: possible at the source with checks off, found when the target's key is validated."""
    source.script(["DROP DATABASE IF EXISTS own_orphan", "CREATE DATABASE own_orphan", "USE own_orphan",
                   "SET foreign_key_checks = 0",
                   "CREATE TABLE parent (id int PRIMARY KEY)", "CREATE TABLE child (id int PRIMARY KEY, p int,"
                                                               " CONSTRAINT fk_lost FOREIGN KEY (p)"
                   " REFERENCES parent (id))", "INSERT INTO child VALUES (1, 5)"])
    error = error_of(move("load", source, "own_orphan").failed(1))
    assert error["code"] == "GW3022" and "fk_lost" in str(error), error
    # The data is there; once the source is mended and read again, the whole is.
    source.execute("INSERT INTO parent VALUES (5)", database="own_orphan")
    move("load", source, "own_orphan", "--restart").ok()
    move.check(source, "own_orphan")
