"""Checks of less than everything (columns, ranges of rows, rates), and of a source that is being written to."""

import threading

import pytest
from moving import error_of, last_event, wait_until
from test_check_rows import DIFFERENT, clean, found

ROWS = 1000


@pytest.fixture
def kinds(move, source):
    """The same rows under keys of several kinds; v is the row's number in the order of each key."""
    form = "SELECT * FROM (WITH RECURSIVE n (v) AS (SELECT 0 UNION ALL SELECT v + 1 FROM n WHERE v < %d) SELECT %s FROM n) x"
    tables = {"whole": ("id int PRIMARY KEY", "3 * v - 500"),
              "pair": ("a int, b bigint unsigned, PRIMARY KEY (a, b)", "v DIV 10, v % 10"),
              "word": ("id varchar(20) PRIMARY KEY", "concat('Ä', lpad(v, 5, '0'))"),
              "raw": ("id varbinary(8) PRIMARY KEY", "unhex(lpad(hex(v), 8, '0'))")}
    source.script(["DROP DATABASE IF EXISTS kinds", "CREATE DATABASE kinds CHARACTER SET utf8mb4", "USE kinds"]
                  + ["CREATE TABLE `%s` (v int, w varchar(20), x varchar(20), %s)" % (t, key) for t, (key, _) in tables.items()]
                  + ["INSERT INTO `%s` %s" % (t, form % (ROWS - 1, "v, concat('w', v), concat('x', v), " + id))
                     for t, (_, id) in tables.items()]
                  + ["CREATE TABLE heap (v int, w varchar(20), x varchar(20))", "INSERT INTO heap SELECT v, w, x FROM whole"])
    move("load", source, "kinds").ok()
    return source


# ---- columns ----


def test_columns_left_out_and_named(move, kinds):
    move.target.execute("UPDATE kinds.whole SET x = 'other' WHERE v < 3")
    report, tables = found(move, kinds, "kinds")
    assert set(tables) == {"whole"} and report["changed"] == 3
    for choice in (["--exclude-columns", "whole=x"], ["--columns", "whole=w,v"], ["--columns", "/^w.*e$/=w"],
                   ["--columns", "*=x,w,v", "--exclude-columns", "whole=x"]):
        clean(move, kinds, "kinds", "--rows-only", *choice)
    _, tables = found(move, kinds, "kinds", "--columns", "whole=x")
    assert tables["whole"]["columns_not_selected"] == "v, w"
    assert [v["column"] for v in tables["whole"]["rows_listed"][0]["values"]] == ["x"]


def test_rows_without_a_key_and_fewer_columns(move, kinds):
    move.target.execute("UPDATE kinds.heap SET x = 'same'")
    clean(move, kinds, "kinds", "--rows-only", "--exclude-columns", "heap=x")


def test_a_selection_that_means_nothing(move, kinds):
    for words, text in ((["--exclude-columns", "whole=payload"], "has a column payload"),
                        (["--columns", "nosuch=v"], "nosuch"), (["--rows", "nosuch=0,5"], "nosuch")):
        error = error_of(move("check", kinds, "kinds", "--rows-only", *words).failed(1))
        assert error["code"] == "GW1051" and text in error["message"]
    for words in (["--rows", "whole=5"], ["--rows", "whole=a,5"], ["--rows", "whole=0,0"], ["--rows", "=0,1"],
                  ["--columns", "whole"], ["--columns", "whole=v,,w"]):
        assert error_of(move("check", kinds, "kinds", *words).failed(2))["code"] == "GW1001"


# ---- ranges of rows ----


@pytest.mark.parametrize("table", ["whole", "pair", "word", "raw"])
def test_a_range_of_rows_in_key_order(move, kinds, table):
    damage = ["UPDATE kinds.%s SET w = '?' WHERE v IN (99, 100, 299, 300)" % table,
              "DELETE FROM kinds.%s WHERE v IN (98, 150, 301)" % table]
    move.target.script(damage)
    report, tables = found(move, kinds, "kinds", "--rows", table + "=100,200", "--table", table, "--chunk-size", "16KiB")
    assert (report["changed"], report["missing"], report["extra"]) == (2, 1, 0)
    assert tables[table]["source_rows"] == 200 and tables[table]["target_rows"] == 199
    assert tables[table]["rows_selected"] == {"offset": 100, "count": 200}
    clean(move, kinds, "kinds", "--rows", table + "=302,100000", "--table", table, "--rows-only")
    report = clean(move, kinds, "kinds", "--rows", table + "=5000,10", "--table", table, "--rows-only")
    assert report["tables"][0]["source_rows"] == 0
    _, tables = found(move, kinds, "kinds", "--rows", table + "=0,99", "--table", table)
    assert tables[table]["missing"] == 1


def test_rows_that_only_the_target_has(move, kinds):
    """Inside an integer range they are found; where the sides may order keys otherwise the report says that nobody looked."""
    move.target.script(["INSERT INTO kinds.pair (a, b, w) VALUES (15, 77, 'new'), (90, 99, 'behind')",
                        "INSERT INTO kinds.word (id, w) VALUES ('Ä00150x', 'new')"])
    report, tables = found(move, kinds, "kinds", "--rows", "pair=100,200", "--table", "pair")
    assert (report["extra"], tables["pair"]["rows_listed"][0]["key"]) == (1, "a=15, b=77")
    assert tables["pair"]["extra_not_looked_for"] is False
    report = clean(move, kinds, "kinds", "--rows", "word=100,200", "--table", "word", "--rows-only")
    assert report["tables"][0]["extra_not_looked_for"] is True


def test_a_range_without_an_index_in_the_target(move, kinds):
    move.target.script(["ALTER TABLE kinds.pair DROP CONSTRAINT pair_pkey", "UPDATE kinds.pair SET w = '' WHERE v = 120"])
    report, _ = found(move, kinds, "kinds", "--rows", "pair=100,200", "--table", "pair")
    assert report["changed"] == 1


def test_a_range_of_rows_without_a_key(move, kinds):
    result = move("check", kinds, "kinds", "--rows-only", "--rows", "heap=0,10", "--table", "heap").failed(1)
    table, = last_event(result, "check")["check"]["tables"]
    assert table["not_compared"] == "a range of rows needs a key on both sides"


# ---- a source that is written to ----


def test_rows_that_settle_are_no_differences(move, kinds):
    """What the target gets a little later is the same then; what it never gets stays a difference."""
    move.target.script(["UPDATE kinds.whole SET w = 'late' WHERE v BETWEEN 10 AND 14", "DELETE FROM kinds.word WHERE v = 7",
                        "UPDATE kinds.pair SET w = 'wrong' WHERE v = 500", "DELETE FROM kinds.heap WHERE v IN (20, 21)"])

    def replicate():
        wait_until(lambda: log.exists() and '"settling"' in log.read_text(), "the second look", 100)
        move.target.script(["UPDATE kinds.whole SET w = 'w' || v WHERE v BETWEEN 10 AND 14",
                            "INSERT INTO kinds.word (id, v, w, x) VALUES ('Ä00007', 7, 'w7', 'x7')",
                            "INSERT INTO kinds.heap SELECT v, w, x FROM kinds.whole WHERE v = 20"])

    log = move.directory / "check.log"
    late = threading.Thread(target=replicate)
    late.start()
    try:
        report, tables = found(move, kinds, "kinds", "--settle", "4s", "--log", str(log))
    finally:
        late.join()
    assert (report["changed"], report["missing"], report["extra"]) == (1, 1, 0)
    assert tables["pair"]["rows_listed"][0]["key"] == "a=50, b=0" and tables["heap"]["missing"] == 1
    settled = {t["source"]: t["settled"] for t in report["tables"]}
    assert settled == {"whole": 5, "word": 1, "pair": 0, "raw": 0, "heap": 1}


# ---- rates, and the check as a part of migrate ----


def test_a_rate_is_kept(move, kinds):
    report = clean(move, kinds, "kinds", "--rows-only", "--rate-limit", "50KB", "--table", "whole")
    assert report["bytes"] > 15000 and report["total_s"] > report["bytes"] / 50000 / 2


def test_migrate_ends_with_a_check(move, sources, source):
    database = sources(source, "references")
    result = move("migrate", source, database).ok()
    check = last_event(result, "check")["check"]
    assert check["same"] and check["complete"] and check["structure_compared"] and check["rows_compared"]
    assert move.report["ok"] and move.report["check"] == check
    result = move("migrate", source, database, "--overwrite", "--yes", "--skip-check").ok()
    assert last_event(result, "check") is None and "check" not in move.report


def test_migrate_tells_what_is_missing(move, source):
    """The load is over, and yet a row is gone: somebody's trigger in the target took it."""
    source.script(["DROP DATABASE IF EXISTS gone", "CREATE DATABASE gone CHARACTER SET utf8mb4", "USE gone",
                   "CREATE TABLE t (id int PRIMARY KEY, s varchar(20))", "INSERT INTO t VALUES (1, 'a'), (2, 'b')"])
    move.target.script(["CREATE FUNCTION public.take() RETURNS event_trigger LANGUAGE plpgsql AS"
                        " $$BEGIN IF to_regclass('gone.t') IS NOT NULL THEN DELETE FROM gone.t WHERE id = 2; END IF; END$$",
                        "CREATE EVENT TRIGGER take ON ddl_command_end WHEN TAG IN ('CREATE INDEX', 'ALTER TABLE')"
                        " EXECUTE FUNCTION public.take()"])
    result = move("migrate", source, "gone").failed(DIFFERENT)
    check = last_event(result, "check")["check"]
    assert (check["missing"], check["changed"], check["extra"]) == (1, 0, 0) and not check["same"]
    assert move.report["ok"] and move.report["check"] == check
