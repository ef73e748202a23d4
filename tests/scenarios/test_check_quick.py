"""The check of the target alone: whatever a load wrote is the same, every fault put in afterwards is found, and what cannot be
known is never called the same."""

import random
import time

import pytest

from moving import error_of, last_event, wait_until

DIFFERENT = 4
PACE = ["--chunk-size", "128KiB", "--rate-limit", "8MB"]


def report_of(result):
    report = last_event(result, "check")["check"]
    assert report["quick"]
    return report


def outcomes(report):
    return {t["source"]: t["quick"]["outcome"] for t in report["tables"]}


def same(move, source, database, *options):
    report = report_of(move("check", source, database, "--quick", "--rows-only", *options).ok())
    assert report["same"] and report["complete"] and not report["different"]
    assert set(outcomes(report).values()) == {"same"}
    assert all(t["source_rows"] == t["target_rows"] == t["same"] for t in report["tables"])
    return report


def differs(move, source, database, *options):
    """The names of the tables that differ, and all tables of the report by name."""
    report = report_of(move("check", source, database, "--quick", "--rows-only", *options).failed(DIFFERENT))
    assert report["different"] and not report["same"]
    return {n for n, o in outcomes(report).items() if o == "differs"}, {t["source"]: t for t in report["tables"]}


def not_known(move, source, database, *options):
    """The reasons, by table."""
    result = move("check", source, database, "--quick", "--rows-only", *options).failed(1)
    report = report_of(result)
    assert not report["same"] and not report["complete"] and not report["different"]
    assert error_of(result)["code"] == "GW1050", error_of(result)
    return {t["source"]: t["not_compared"] for t in report["tables"] if t["quick"]["outcome"] == "not known"}


# ---- the same ----


@pytest.mark.parametrize("form", [[], ["--copy-text"]], ids=["binary", "text"])
@pytest.mark.parametrize("name", ["types", "keys", "names", "partitions", "references", "big_values"])
def test_what_was_loaded_is_there(move, sources, source, name, form):
    database = sources(source, name)
    move("load", source, database, "--chunk-size", "256KiB", *form).ok()
    same(move, source, database)
    same(move, source, database, "--copy-text", "--jobs", "1")


def test_times_as_intervals(move, sources, source):
    database = sources(source, "wide_times")
    move("load", source, database, "--time-as-interval").ok()
    same(move, source, database, "--time-as-interval")


def test_definitions_are_compared_as_well(move, sources, source):
    database = sources(source, "references")
    move("load", source, database).ok()
    report = report_of(move("check", source, database, "--quick").ok())
    assert report["same"] and report["structure_compared"]
    move.target.execute("ALTER TABLE %s.customer ADD CHECK (true)" % database)
    report = report_of(move("check", source, database, "--quick").failed(DIFFERENT))
    assert report["structure"] and set(outcomes(report).values()) == {"same"}


def test_what_a_policy_changed_is_what_was_read(move, sources, source):
    database = sources(source, "losses")
    policy = ["--table", "nul_byte", "--on-loss", "nul-byte=replace"]
    for form in ([], ["--copy-text"]):
        move("load", source, database, "--overwrite", *policy, *form).ok()
        same(move, source, database, "--table", "nul_byte")


def test_a_load_killed_again_and_again(move, sources, source):
    """Sums are saved with the rows: no chunk counts twice, none is missed."""
    database = sources(source, "steady")
    dice, kills, options = random.Random(7), 0, []
    while True:
        run = move.start("load", source, database, *PACE, *options)
        if kills == 4:
            run.wait().ok()
            break
        before = move.chunks_done()
        move.wait_for_chunks(run, before + dice.randrange(2, 12))
        time.sleep(dice.uniform(0, 0.1))
        assert run.kill9().code == -9
        kills, options = kills + 1, ["--resume"]
        wait_until(lambda: move.one("SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND application_name ="
                                    " 'godwit'", (move.target.name,)) == 0, "the killed run's sessions end")
    assert move.report["resumed"]
    report = same(move, source, database)
    assert report["rows"] == 40000
    move.check(source, database)


def test_what_happens_to_the_source_does_not_matter(move, sources, source):
    database = sources.fresh(source, "steady", "own_quick")
    move("load", source, database).ok()
    source.script(["UPDATE line_0 SET note = 'changed'", "DELETE FROM line_1 WHERE id < 5000", "TRUNCATE log_keyless",
                   "INSERT INTO small_empty VALUES (1)"], database=database)
    same(move, source, database)
    found = last_event(move("check", source, database, "--rows-only").failed(DIFFERENT), "check")["check"]
    assert found["changed"] == 4000
    # Loaded once more, what was read is something else.
    move("load", source, database, "--overwrite").ok()
    report = same(move, source, database)
    assert {t["source"]: t["target_rows"] for t in report["tables"]}["small_empty"] == 1
    assert report["rows"] < 40000


# ---- rows put aside ----

REFUSE = """CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE made record;
BEGIN
  FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE command_tag = 'CREATE TABLE' AND schema_name = 'own_aside' LOOP
    EXECUTE format('ALTER TABLE %s ADD CHECK (n >= 0)', made.object_identity);
  END LOOP;
END $$;
CREATE EVENT TRIGGER refuse ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION refuse()"""


@pytest.mark.parametrize("form", [[], ["--copy-text"]], ids=["binary", "text"])
def test_rows_put_aside_do_not_count(move, source, form):
    source.script(["DROP DATABASE IF EXISTS own_aside", "CREATE DATABASE own_aside CHARACTER SET utf8mb4", "USE own_aside",
                   "CREATE TABLE item (id int PRIMARY KEY, n int, pad varchar(1300), j json)",
                   "INSERT INTO item VALUES " + ", ".join(
                       "(%d, %d, REPEAT('p', 1150), '{\"b\": %d.0, \"a\": 1}')" % (i, -1 if i % 613 == 0 else i, i)
                       for i in range(1, 3001)), "ANALYZE TABLE item"])
    move.target.execute(REFUSE)
    move("load", source, "own_aside", "--on-error", "divert", "--chunk-size", "64KiB", *form).ok()
    assert move.report["tables"][0]["diverted"] == 4
    report = same(move, source, "own_aside")
    assert report["rows"] == 2996 and report["tables"][0]["quick"]["diverted"] == 4
    move.target.execute("DELETE FROM own_aside.item WHERE id = 614")
    assert differs(move, source, "own_aside")[0] == {"item"}


# ---- faults ----

# What one bit of a value can be: column, its MySQL type, a value there, another one in the target.
ONE_VALUE = [
    ("tiny", "tinyint", "-7", "-8"),
    ("big", "bigint", "9007199254740993", "9007199254740992"),
    ("ubig", "bigint unsigned", "18446744073709551615", "18446744073709551614"),
    ("dec_", "decimal(30,10)", "12345678901234567890.0000000001", "12345678901234567890.0000000002"),
    ("dbl", "double", "0.1", "0.10000000000000002"),
    ("flt", "float", "1.5", "1.5000001"),
    ("bits", "bit(9)", "b'101010101'", "B'101010100'"),
    ("txt", "varchar(60)", "'abc'", "'abc '"),
    ("case_", "varchar(60)", "'abc'", "'Abc'"),
    ("empty_", "varchar(60)", "''", "NULL"),
    ("word", "varchar(60)", "NULL", "'null'"),
    ("cjk", "text", "'数据迁移'", "'数据迁栘'"),
    ("blob_", "blob", "x'0102'", "'\\x010200'"),
    ("day", "date", "'2024-02-29'", "'2024-02-28'"),
    ("clock", "time(6)", "'12:34:56.000001'", "'12:34:56.000002'"),
    ("dt", "datetime(6)", "'2024-01-01 00:00:00.000001'", "'2024-01-01 00:00:00'"),
    ("ts", "timestamp(3) NULL", "'2024-01-01 00:00:00.001'", "'2024-01-01 00:00:00.002+00'"),
    ("yr", "year", "2024", "2023"),
    ("st", "set('a','b')", "'a,b'", "'a'"),
    ("js", "json", "'{\"a\": 1, \"b\": [1, 2]}'", "'{\"a\": 1, \"b\": [2, 1]}'"),
]


def test_one_value_of_each_type(move, source):
    """A table for each type, in which nothing but one value differs."""
    source.script(["DROP DATABASE IF EXISTS seeded", "CREATE DATABASE seeded CHARACTER SET utf8mb4", "USE seeded"]
                  + ["CREATE TABLE of_%s (id int PRIMARY KEY, %s %s)" % (name, name, type_) for name, type_, _, _ in ONE_VALUE]
                  + ["INSERT INTO of_%s VALUES (1, %s), (2, %s), (3, %s)" % (name, value, value, value) for name, _, value, _ in ONE_VALUE])
    move("load", source, "seeded").ok()
    same(move, source, "seeded")
    for column, _, _, value in ONE_VALUE:
        move.target.execute("ALTER TABLE seeded.of_%s DROP CONSTRAINT IF EXISTS of_%s_%s_check" % (column, column, column))
        move.target.execute("CREATE TABLE public.of_%s AS SELECT * FROM seeded.of_%s" % (column, column))
        move.target.execute("UPDATE seeded.of_%s SET %s = %s WHERE id = 2" % (column, column, value))
    found, tables = differs(move, source, "seeded")
    assert found == {"of_" + column for column, _, _, _ in ONE_VALUE}
    assert all(t["source_rows"] == t["target_rows"] == 3 for t in tables.values())
    for column, _, _, _ in ONE_VALUE:
        move.target.execute("TRUNCATE seeded.of_%s; INSERT INTO seeded.of_%s SELECT * FROM public.of_%s" % (column, column, column))
    same(move, source, "seeded")


@pytest.fixture
def pair(move, source):
    """Two tables of one form with chunks of their own, a keyless one, one of a textual key, and one that is partitioned."""
    source.script(["DROP DATABASE IF EXISTS pair", "CREATE DATABASE pair CHARACTER SET utf8mb4", "USE pair",
                   "CREATE TABLE a (id int PRIMARY KEY, v varchar(1200) NOT NULL)", "CREATE TABLE b LIKE a",
                   "INSERT INTO a VALUES " + ", ".join("(%d, REPEAT('a', 1000))" % i for i in range(-1000, 1000)),
                   "INSERT INTO b SELECT id, REPEAT('b', 1000) FROM a",
                   "CREATE TABLE no_key (v int, w varchar(20))", "INSERT INTO no_key SELECT id % 300, 'w' FROM a",
                   "CREATE TABLE by_name (name varchar(40) PRIMARY KEY, v int)",
                   "INSERT INTO by_name SELECT concat(if(id % 2, 'é', 'Z'), id), id FROM a",
                   "CREATE TABLE parted (id int, v int, PRIMARY KEY (id)) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (0),"
                   " PARTITION p1 VALUES LESS THAN (500), PARTITION p2 VALUES LESS THAN MAXVALUE)",
                   "INSERT INTO parted SELECT id, id FROM a", "ANALYZE TABLE a, b, no_key, by_name, parted"])
    move("load", source, "pair", "--chunk-size", "64KiB").ok()
    report = same(move, source, "pair")
    assert {t["source"]: t["parts"] for t in report["tables"]}["a"] > 8
    return source


FAULTS = [
    ("a bit", {"a"}, ["UPDATE pair.a SET v = overlay(v placing 'q' from 500) WHERE id = 17"]),
    ("a missing row", {"b"}, ["DELETE FROM pair.b WHERE id = -1000"]),
    ("an extra row", {"a"}, ["INSERT INTO pair.a VALUES (1000000, 'x')"]),
    ("a key", {"a"}, ["UPDATE pair.a SET id = -2000 WHERE id = 999"]),
    ("a row of another", {"a", "b"}, ["UPDATE pair.a SET v = repeat('b', 1000) WHERE id = 5",
                                      "UPDATE pair.b SET v = repeat('a', 1000) WHERE id = 5"]),
    ("values swapped in a row", {"no_key"}, ["UPDATE pair.no_key SET w = 'ww' WHERE ctid = '(0,1)'"]),
    ("a duplicate", {"no_key"}, ["INSERT INTO pair.no_key SELECT * FROM pair.no_key WHERE v = 7 LIMIT 1"]),
    ("one for another", {"no_key"}, ["INSERT INTO pair.no_key SELECT * FROM pair.no_key WHERE v = 7 LIMIT 1",
                                     "DELETE FROM pair.no_key WHERE ctid = (SELECT ctid FROM pair.no_key WHERE v = 8 LIMIT 1)"]),
    ("a textual key", {"by_name"}, ["UPDATE pair.by_name SET name = replace(name, 'é', 'e') WHERE v = 5"]),
    ("a partition", {"parted"}, ["DELETE FROM pair.parted WHERE id = 600", "INSERT INTO pair.parted VALUES (-1600, 600)"]),
    ("nothing left", {"b"}, ["TRUNCATE pair.b"]),
]


def test_every_fault_is_found(move, pair):
    for what, where, statements in FAULTS:
        for t in where:
            move.target.execute("CREATE TABLE kept_%s AS SELECT * FROM pair.%s" % (t, t))
        move.target.script(statements)
        assert differs(move, pair, "pair")[0] == where, what
        for t in where:
            move.target.execute("DELETE FROM pair.%s; INSERT INTO pair.%s SELECT * FROM kept_%s; DROP TABLE kept_%s"
                                % (t, t, t, t))
    same(move, pair, "pair")


def test_the_range_is_told(move, pair):
    move.target.script(["DELETE FROM pair.a WHERE id IN (-999, 998)", "UPDATE pair.a SET v = '' WHERE id = 3"])
    _, tables = differs(move, pair, "pair")
    ranges = tables["a"]["quick"]["ranges_differ"]
    assert len(ranges) == tables["a"]["parts_different"] == 3
    for key, part in zip((-999, 3, 998), ranges):
        assert part["column"] == "id"
        assert part["from"] is None or int(part["from"]) <= key
        assert part["below"] is None or key < int(part["below"])
        assert part["loaded_rows"] - part["target_rows"] == (key != 3)
    assert tables["a"]["same"] == 2000 - sum(p["loaded_rows"] for p in ranges)
    # A check of both sides names them.
    full = last_event(move("check", pair, "pair", "--rows-only").failed(DIFFERENT), "check")["check"]
    assert (full["changed"], full["missing"], full["extra"]) == (1, 2, 0)


def test_a_table_that_is_gone(move, pair):
    move.target.execute("DROP TABLE pair.by_name")
    report = report_of(move("check", pair, "pair", "--quick", "--rows-only").failed(DIFFERENT))
    gone, = [t for t in report["tables"] if t["source"] == "by_name"]
    assert gone["not_compared"] == "the target has no such table"


def test_people_are_told_what_it_does_not_prove(move, pair):
    def text(*options):
        return move.godwit("check", *move.urls(pair, "pair", None), "--quick", *options, env=move.passwords(pair)).out
    assert "changes of the source since" in text() and "holds what the load read" in text()
    move.target.execute("DELETE FROM pair.a WHERE id = 3")
    assert "without --quick names the rows" in text() and "are there" in text("--rows-only")


# ---- not known ----


def test_rows_added_to_a_table_that_was_there(move, source):
    source.script(["DROP DATABASE IF EXISTS more", "CREATE DATABASE more", "USE more",
                   "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)",
                   "CREATE TABLE u (id int PRIMARY KEY)", "INSERT INTO u VALUES (1)"])
    move.target.script(["CREATE SCHEMA more", "CREATE TABLE more.t (id int PRIMARY KEY)", "INSERT INTO more.t VALUES (7)"])
    move("load", source, "more", "--append").ok()
    assert not_known(move, source, "more") == {"t": "its rows were added to a table that was there already"}


def test_a_load_that_is_not_finished(move, sources, source):
    database = sources(source, "steady")
    run = move.start("load", source, database, "--chunk-size", "128KiB", "--rate-limit", "2MB")
    move.wait_for_chunks(run, 5)
    run.kill9()
    reasons = not_known(move, source, database)
    assert "its load is not finished" in reasons.values()
    assert set(reasons.values()) <= {"its load is not finished", "the load '%s -> %s' did not load it" % (database, database)}


def test_an_older_load(move, sources, source):
    """Its progress tables have no column for digests; a new godwit adds it and goes on."""
    database = sources(source, "steady")
    run = move.start("load", source, database, "--chunk-size", "128KiB", "--rate-limit", "2MB")
    move.wait_for_chunks(run, 5)
    run.kill9()
    wait_until(lambda: move.one("SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND application_name = 'godwit'",
                                (move.target.name,)) == 0, "the killed run's sessions end")
    move.target.execute("ALTER TABLE godwit.chunk DROP COLUMN digest")
    assert set(not_known(move, source, database).values()) == {"it was loaded by a godwit that kept no digests"}
    move("load", source, database, "--resume").ok()
    reasons = not_known(move, source, database)
    assert reasons and all("have no digest" in r for r in reasons.values())
    move("load", source, database, "--overwrite").ok()
    same(move, source, database)


def test_not_loaded_by_godwit(move, source):
    source.script(["DROP DATABASE IF EXISTS other", "CREATE DATABASE other", "USE other", "CREATE TABLE t (id int PRIMARY KEY)"])
    move.target.script(["CREATE SCHEMA other", "CREATE TABLE other.t (id int PRIMARY KEY)"])
    assert not_known(move, source, "other") == {"t": "the target knows no load of the name 'other -> other'"}
    assert not move.one("SELECT to_regnamespace('godwit') IS NOT NULL")  # a check makes nothing


def test_another_load_came_later(move, source):
    source.script(["DROP DATABASE IF EXISTS twice", "CREATE DATABASE twice", "USE twice",
                   "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)", "CREATE TABLE u LIKE t"])
    move("load", source, "twice").ok()
    source.execute("INSERT INTO t VALUES (2)", database="twice")
    move("load", source, "twice", "--name", "second", "--table", "t", "--overwrite").ok()
    assert not_known(move, source, "twice") == {"t": "the last load of it was 'second': give that name with --name"}
    assert report_of(move("check", source, "twice", "--quick", "--rows-only", "--name", "second", "--table", "t").ok())["same"]
    reasons = not_known(move, source, "twice", "--name", "second")
    assert reasons == {"u": "the last load of it was 'twice -> twice': give that name with --name"}


@pytest.mark.parametrize("change", ["ALTER COLUMN v TYPE bigint", "RENAME COLUMN v TO w"])
def test_columns_that_are_others_now(move, source, change):
    source.script(["DROP DATABASE IF EXISTS form", "CREATE DATABASE form", "USE form",
                   "CREATE TABLE t (id int PRIMARY KEY, v int, g int GENERATED ALWAYS AS (id + 1) STORED)",
                   "INSERT INTO t (id, v) VALUES (1, 1)"])
    move("load", source, "form").ok()
    same(move, source, "form")
    move.target.execute("ALTER TABLE form.t ADD COLUMN extra int")
    same(move, source, "form")
    move.target.execute("ALTER TABLE form.t " + change)
    assert not_known(move, source, "form") == {"t": "its columns or their types are not those that were loaded"}
