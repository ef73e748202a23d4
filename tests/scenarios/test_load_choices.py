"""What a run is told: which tables, where to, what to do with tables that are there, which types, how fast."""

import time

import pytest

from moving import error_of, last_event


def test_patterns_choose_tables(move, sources, source):
    database = sources(source, "keys")
    move("load", source, database, "--table", "k_c*", "--table", "/^nokey$/", "--exclude", "k_ci").ok()
    assert move.tables(database) == {"k_char", "k_composite", "nokey"}
    move.check(source, database, tables=["k_char", "k_composite", "nokey"])


def test_no_table_matches(move, sources, mysql9):
    result = move("load", mysql9, sources(mysql9, "references"), "--table", "nothing*").failed(1)
    assert error_of(result)["code"] == "GW1012"
    assert move.schemas() <= {"public", "godwit"}


@pytest.mark.parametrize("way", ["url", "option"])
def test_schema_of_another_name(move, sources, mysql9, way):
    database = sources(mysql9, "references")
    if way == "url":
        move("load", mysql9, database, schema="Ziel \"x\"").ok()
    else:
        move("load", mysql9, database, "--schema", "Ziel \"x\"").ok()
    assert database not in move.schemas()
    move.check(mysql9, database, schema="Ziel \"x\"")


def test_existing_tables_are_refused_then_replaced(move, sources, source):
    database = sources(source, "references")
    move.target.execute("CREATE SCHEMA %s; CREATE TABLE %s.country (mine int); INSERT INTO %s.country VALUES (42)" % ((database,) * 3))
    error = error_of(move("load", source, database).failed(1))
    assert error["code"] == "GW1011" and "--overwrite" in error["hint"]
    assert move.tables(database) == {"country"} and move.one("SELECT mine FROM %s.country" % database) == 42
    move("load", source, database, "--overwrite").ok()
    move.check(source, database)
    move("load", source, database, "--overwrite").ok()
    move.check(source, database)


def test_append_adds_rows(move, sources, source):
    database = sources(source, "keys")
    move("load", source, database, "--table", "nokey").ok()
    before = move.one("SELECT count(*) FROM %s.nokey" % database)
    move("load", source, database, "--table", "nokey", "--append").ok()
    assert move.one("SELECT count(*) FROM %s.nokey" % database) == 2 * before > 0


def test_a_finished_task_can_be_run_again_after_its_tables_are_dropped(move, sources, mysql9):
    database = sources(mysql9, "references")
    move("load", mysql9, database).ok()
    move.target.execute("DROP SCHEMA %s CASCADE" % database)
    move("load", mysql9, database).ok()
    move.check(mysql9, database)


def test_types_are_overridden(move, sources, source):
    database = sources(source, "types")
    move("load", source, database, "--table", "t_bit", "--table", "t_year", "--table", "t_decimal", "--table", "t_json",
         "--type", "bit(1)=boolean",
         "--type", "t_year.y=integer", "--type", "t_decimal.money=double precision", "--json-as-json").ok()
    kinds = dict(move.target.execute("SELECT table_name || '.' || column_name, data_type FROM"
                                     " information_schema.columns WHERE table_schema = %s",
                                     (database,)))
    assert (kinds["t_bit.b1"], kinds["t_bit.b2"], kinds["t_year.y"], kinds["t_decimal.money"], kinds["t_json.j"]) == (
        "boolean", "bit", "integer", "double precision", "json")
    move.check(source, database, tables=["t_bit", "t_year", "t_decimal", "t_json"], overridden={("t_decimal", "money")})


def test_tinyint_1_as_boolean(move, mysql_db, mysql9):
    mysql_db.script(["CREATE TABLE b (id int PRIMARY KEY, f tinyint(1), n tinyint)",
                     "INSERT INTO b VALUES (1, 0, 0), (2, 1, 1), (3, NULL, 2)"])
    move("load", mysql9, mysql_db.name, "--type", "tinyint(1)=boolean").ok()
    assert move.target.execute("SELECT f, n FROM %s.b ORDER BY id" % mysql_db.name) == [(False, 0), (True, 1),
                                                                                        (None, 2)]


def test_an_index_name_that_another_table_has(move, mysql_db, mysql9):
    mysql_db.script(["CREATE TABLE t (id int PRIMARY KEY, v int, KEY k (v) COMMENT 'mine')", "INSERT INTO t VALUES (1, 2)"])
    move.target.script(["CREATE SCHEMA %s" % mysql_db.name, "CREATE TABLE %s.other (v int)" % mysql_db.name,
                        "CREATE INDEX k ON %s.other (v)" % mysql_db.name])
    for again in ([], ["--overwrite"]):
        move("load", mysql9, mysql_db.name, *again).ok()
        assert move.target.execute("SELECT tablename, indexname, obj_description((schemaname || '.' || indexname)::regclass) FROM pg_indexes"
                                   " WHERE schemaname = %s ORDER BY indexname", (mysql_db.name,)) == [
            ("other", "k", None), ("t", "k_t", "mine"), ("t", "t_pkey", None)]
    move("check", mysql9, mysql_db.name, "--table", "t", "--structure-only").ok()


def test_plan_changes_nothing(move, sources, source):
    database = sources(source, "references")
    result = move("plan", source, database).ok()
    for part in ("CREATE TABLE", "order_line", "fk_customer", "PRIMARY KEY"):
        assert part in result.out
    assert move.schemas() == {"public"}


def test_plan_as_json(move, sources, mysql9):
    assert move("plan", mysql9, sources(mysql9, "references"), "--json").ok().json


def test_the_rate_limit_holds(move, sources, source):
    """About 9 MB at 4 MB a second cannot take less than 1.5 seconds, and the limit is no deadlock."""
    database = sources(source, "steady")
    began = time.monotonic()
    move("load", source, database, "--rate-limit", "4MB").ok()
    took = time.monotonic() - began
    moved = move.report["bytes"]
    assert took > moved / 4e6 * 0.8, "%d bytes in %.2f s" % (moved, took)
    move.check(source, database)


def test_the_report_says_what_was_done(move, sources, source):
    database = sources(source, "steady")
    result = move("load", source, database, "--chunk-size", "256KiB").ok()
    report = move.report
    assert last_event(result, "report")["report"]["rows"] == report["rows"]
    rows = {t["source"].split(".")[-1]: t["rows"] for t in report["tables"]}
    assert rows == {"parent": 2000, "line_0": 4000, "line_1": 10000, "line_2": 10000, "by_name": 8000,
                    "log_keyless": 6000, "small_empty": 0}
    assert report["ok"] and not report["resumed"] and report["rows"] == sum(rows.values())
    chunks = {t["source"].split(".")[-1]: t["chunks"] for t in report["tables"]}
    assert chunks["line_0"] > 10 and chunks["by_name"] > 1
    position = report["position"]
    assert position["binlog_file"].startswith("binlog.") and position["binlog_pos"] > 0 and position["gtid"]
    progress = [e for e in result.lines if e.get("event") == "progress"]
    assert progress and progress[-1]["phase"] == "done" and progress[-1]["fraction"] == 1
    fractions = [e["fraction"] for e in progress]
    assert fractions == sorted(fractions)
