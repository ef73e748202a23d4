"""The row check: nothing found where both sides are the same, everything found and named where they are not."""

import random

import pytest

from moving import error_of, last_event

DIFFERENT = 4

# What one changed value looks like in each type: column of `seeded`, its MySQL type, a value there, another one in the target.
ONE_VALUE = [
    ("tiny", "tinyint", "-7", "-8"),
    ("big", "bigint", "9007199254740993", "9007199254740992"),  # equal as doubles
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
    ("bin_", "varbinary(20)", "x'00ff00'", "'\\x00ff01'"),
    ("blob_", "blob", "x'0102'", "'\\x010200'"),
    ("day", "date", "'2024-02-29'", "'2024-02-28'"),
    ("clock", "time(6)", "'12:34:56.000001'", "'12:34:56.000002'"),
    ("dt", "datetime(6)", "'2024-01-01 00:00:00.000001'", "'2024-01-01 00:00:00'"),
    ("ts", "timestamp(3) NULL", "'2024-01-01 00:00:00.001'", "'2024-01-01 00:00:00.002+00'"),
    ("yr", "year", "2024", "2023"),
    ("en", "enum('a','b')", "'a'", "'b'"),
    ("st", "set('a','b')", "'a,b'", "'a'"),
    ("js", "json", "'{\"a\": 1, \"b\": [1, 2]}'", "'{\"a\": 1, \"b\": [2, 1]}'"),
]


def clean(move, source, database, *options):
    result = move("check", source, database, *options).ok()
    report = last_event(result, "check")["check"]
    assert report["same"] and report["complete"] and not report["different"]
    assert all(t["source_rows"] == t["target_rows"] == t["same"] for t in report["tables"])
    return report


def found(move, source, database, *options):
    """The report of a check that must find something, and its differences by table."""
    result = move("check", source, database, "--rows-only", *options).failed(DIFFERENT)
    report = last_event(result, "check")["check"]
    assert report["different"] and not report["same"]
    return report, {t["source"]: t for t in report["tables"] if t["changed"] + t["missing"] + t["extra"] > 0}


# What is the servers' own (types, names, collations of keys) is compared with both, the rest with one.
EVERYTHING = [("mysql9", n) for n in ("types", "keys", "names", "partitions", "references", "big_values")] + [
    ("mariadb", n) for n in ("types", "keys", "names")]


@pytest.mark.parametrize("source, name", EVERYTHING, indirect=["source"])
def test_nothing_is_found_in_what_was_loaded(move, sources, source, name):
    database = sources(source, name)
    move("load", source, database).ok()
    clean(move, source, database, "--rows-only", "--chunk-size", "256KiB")
    clean(move, source, database, "--rows-only", "--chunk-size", "256KiB", "--copy-text")


def test_times_as_intervals(move, sources, source):
    database = sources(source, "wide_times")
    move("load", source, database, "--time-as-interval").ok()
    clean(move, source, database, "--rows-only", "--time-as-interval")
    clean(move, source, database, "--rows-only", "--time-as-interval", "--copy-text")


# ---- one difference ----


@pytest.fixture
def seeded(move, source):
    """A table with a column of each type, three equal rows on both sides."""
    source.script(["DROP DATABASE IF EXISTS seeded", "CREATE DATABASE seeded CHARACTER SET utf8mb4", "USE seeded",
                   "CREATE TABLE seeded (id int PRIMARY KEY, %s)" % ", ".join("%s %s" % c[:2] for c in ONE_VALUE)]
                  + ["INSERT INTO seeded VALUES (%d, %s)" % (i, ", ".join(c[2] for c in ONE_VALUE)) for i in (1, 2, 3)])
    move("load", source, "seeded").ok()
    return source


def a_row_for_each(move, source):
    """More rows of `seeded`, on both sides: number 101 for the first of ONE_VALUE, and so on."""
    for number in range(101, 101 + len(ONE_VALUE)):
        source.execute("INSERT INTO seeded.seeded VALUES (%d, %s)" % (number, ", ".join(c[2] for c in ONE_VALUE)))
    move("load", source, "seeded", "--overwrite").ok()
    return enumerate(ONE_VALUE, 101)


@pytest.mark.parametrize("form", [[], ["--copy-text"]], ids=["binary", "text"])
def test_one_value_of_each_type(move, seeded, form):
    """In a row of its own for each type nothing but that value differs: exactly that is found."""
    rows = list(a_row_for_each(move, seeded))
    clean(move, seeded, "seeded", "--rows-only", *form)
    for number, (column, _, _, value) in rows:
        move.target.execute("ALTER TABLE seeded.seeded DROP CONSTRAINT IF EXISTS seeded_%s_check" % column)
        move.target.execute("UPDATE seeded.seeded SET %s = %s WHERE id = %d" % (column, value, number))
    report, tables = found(move, seeded, "seeded", "--list-rows", "100", *form)
    assert (report["changed"], report["missing"], report["extra"]) == (len(ONE_VALUE), 0, 0)
    listed = {row["key"]: row for row in tables["seeded"]["rows_listed"]}
    for number, (column, _, _, _) in rows:
        row = listed["id=%d" % number]
        assert row["kind"] == "changed" and [v["column"] for v in row["values"]] == [column]
        assert row["values"][0]["source"] != row["values"][0]["target"]


def test_one_value_alone(move, seeded):
    """Nothing else differs in the whole table."""
    column, _, _, value = ONE_VALUE[1]
    move.target.execute("UPDATE seeded.seeded SET %s = %s WHERE id = 2" % (column, value))
    report, tables = found(move, seeded, "seeded")
    assert (report["changed"], report["missing"], report["extra"]) == (1, 0, 0)
    row, = tables["seeded"]["rows_listed"]
    assert (row["kind"], row["key"]) == ("changed", "id=2") and [v["column"] for v in row["values"]] == [column]


def test_values_moved_to_the_neighbour(move, seeded):
    """Joined without separators 'abc' | '' and 'ab' | 'c' would be the same."""
    move.target.execute("UPDATE seeded.seeded SET txt = 'ab', case_ = 'cabc' WHERE id = 1")
    move.target.execute("UPDATE seeded.seeded SET txt = case_, case_ = txt WHERE id = 3")
    report, tables = found(move, seeded, "seeded")
    assert report["changed"] == 1
    assert {v["column"] for v in tables["seeded"]["rows_listed"][0]["values"]} == {"txt", "case_"}


def test_rows_missing_extra_and_swapped(move, seeded):
    move.target.script(["DELETE FROM seeded.seeded WHERE id = 1", "UPDATE seeded.seeded SET id = 77 WHERE id = 3",
                        "INSERT INTO seeded.seeded (id, tiny) VALUES (5, 1)"])
    report, tables = found(move, seeded, "seeded")
    assert (report["changed"], report["missing"], report["extra"]) == (0, 2, 2)
    assert {(r["kind"], r["key"]) for r in tables["seeded"]["rows_listed"]} == {
        ("missing", "id=1"), ("missing", "id=3"), ("extra", "id=5"), ("extra", "id=77")}


def test_json_is_compared_by_value(move, source):
    source.script(["DROP DATABASE IF EXISTS j", "CREATE DATABASE j CHARACTER SET utf8mb4", "USE j",
                   "CREATE TABLE t (id int PRIMARY KEY, j json)",
                   "INSERT INTO t VALUES (1, '{\"bb\": 1.50, \"a\": [1e2, \"\\\\u00e9\"], \"c\": null}')",
                   "INSERT INTO t VALUES (2, '{\"x\": 12345678901234567890}')"])
    move("load", source, "j", "--json-as-json").ok()
    move.target.execute("UPDATE j.t SET j = '{\"c\":null,  \"a\":[100, \"\u00e9\"], \"bb\": 1.5}' WHERE id = 1")
    clean(move, source, "j", "--rows-only", "--json-as-json")
    move.target.execute("UPDATE j.t SET j = '{\"x\": 12345678901234567891}' WHERE id = 2")
    report, _ = found(move, source, "j", "--json-as-json")
    assert report["changed"] == 1


def test_a_missing_table_is_a_difference(move, sources, mysql9):
    database = sources(mysql9, "references")
    move("load", mysql9, database, "--exclude", "customer", "--exclude", "order_line").ok()
    report, _ = found(move, mysql9, database)
    missing = {t["source"] for t in report["tables"] if t["not_compared"] == "the target has no such table"}
    assert missing == {"customer", "order_line"}


# ---- keys that have no common order, and none at all ----


@pytest.fixture
def odd_keys(move, source):
    source.script(["DROP DATABASE IF EXISTS odd_keys", "CREATE DATABASE odd_keys CHARACTER SET utf8mb4", "USE odd_keys",
                   "CREATE TABLE by_name (name varchar(40) PRIMARY KEY, v int)",
                   "CREATE TABLE by_two (a varchar(10), b datetime(3), v int, PRIMARY KEY (a, b))",
                   "CREATE TABLE no_key (v int, w varchar(20))",
                   "INSERT INTO by_name WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
                   " SELECT concat(char(97 + i % 26), 'é', i), i FROM n",
                   "INSERT INTO by_two SELECT concat('k', v % 7), '2024-01-01' + INTERVAL v MINUTE, v FROM by_name",
                   "INSERT INTO no_key SELECT v % 300, concat('w', v % 300) FROM by_name"])
    move("load", source, "odd_keys").ok()
    clean(move, source, "odd_keys", "--rows-only", "--chunk-size", "16KiB")
    return source


def test_keys_without_a_common_order(move, odd_keys):
    move.target.script(["UPDATE odd_keys.by_name SET v = -1 WHERE v = 450", "DELETE FROM odd_keys.by_name WHERE v = 451",
                        "INSERT INTO odd_keys.by_name VALUES ('Zé', 1)",
                        "UPDATE odd_keys.by_two SET b = b + interval '1 ms' WHERE v = 17"])
    report, tables = found(move, odd_keys, "odd_keys", "--chunk-size", "16KiB")
    assert (report["changed"], report["missing"], report["extra"]) == (1, 2, 2)
    assert ("extra", "name='Zé'") in {(r["kind"], r["key"]) for r in tables["by_name"]["rows_listed"]}
    assert {r["kind"] for r in tables["by_two"]["rows_listed"]} == {"missing", "extra"}


def test_rows_without_a_key_are_counted(move, odd_keys):
    one = "SELECT ctid FROM odd_keys.no_key WHERE v = %d LIMIT 1"
    move.target.script(["INSERT INTO odd_keys.no_key VALUES (5, 'w5')", "INSERT INTO odd_keys.no_key VALUES (5, 'w5')",
                        "DELETE FROM odd_keys.no_key WHERE ctid = (%s)" % (one % 7)])
    report, tables = found(move, odd_keys, "odd_keys")
    assert (report["missing"], report["extra"]) == (1, 2)
    assert {(r["kind"], r["times"]) for r in tables["no_key"]["rows_listed"]} == {("missing", 1), ("extra", 2)}


# ---- policies ----


def test_what_a_policy_changed_is_no_difference(move, sources, source):
    database = sources(source, "losses")
    policy = ["--table", "nul_byte", "--on-loss", "nul-byte=replace"]
    move("load", source, database, *policy).ok()
    report = clean(move, source, database, "--rows-only", *policy)
    changed = report["tables"][0]["changed_by_policy"]
    assert changed and all((c["rule"], c["policy"]) == ("nul-byte", "replace") and c["count"] > 0 for c in changed)


# ---- databases that godwit did not load ----


def test_other_types_hold_the_same_values(move, mysql9):
    mysql9.script(["DROP DATABASE IF EXISTS other", "CREATE DATABASE other CHARACTER SET utf8mb4", "USE other",
                   "CREATE TABLE t (id int unsigned PRIMARY KEY, n bigint unsigned, b tinyint(1), d decimal(10,2), s char(8))",
                   "INSERT INTO t VALUES (1, 5, 1, 1.50, 'a'), (2, 6, 0, 2.00, 'b'), (3, NULL, NULL, NULL, NULL)"])
    move.target.script(["CREATE SCHEMA other",
                        "CREATE TABLE other.t (id numeric PRIMARY KEY, n bigint, b boolean, d numeric(20,6), s text)",
                        "INSERT INTO other.t VALUES (3, NULL, NULL, NULL, NULL), (2, 6, false, 2, 'b'), (1, 5, true, 1.5, 'a')"])
    clean(move, mysql9, "other", "--rows-only")


# ---- repair ----


def damage(move):
    move.target.script(["UPDATE seeded.seeded SET txt = 'it''s \\ \"x\"', js = '[]', bin_ = '\\x', dt = NULL WHERE id = 1",
                        "DELETE FROM seeded.seeded WHERE id = 2", "INSERT INTO seeded.seeded (id) VALUES (9)"])


def test_repair_makes_both_sides_equal(move, seeded):
    damage(move)
    report, tables = found(move, seeded, "seeded", "--repair")
    assert (report["changed"], report["missing"], report["extra"]) == (1, 1, 1)
    assert tables["seeded"]["repaired"] == tables["seeded"]["same_after_repair"] == 3
    clean(move, seeded, "seeded", "--rows-only")
    move.check(seeded, "seeded")


def test_repair_statements_in_a_file(move, seeded):
    damage(move)
    file = move.directory / "fix.sql"
    report, _ = found(move, seeded, "seeded", "--repair-file", str(file))
    assert report["repair_file"] == str(file)
    found(move, seeded, "seeded")  # nothing was changed yet
    move.target.execute(file.read_text())
    move.check(seeded, "seeded")


def test_repair_of_rows_without_a_key(move, odd_keys):
    move.target.script(["INSERT INTO odd_keys.no_key SELECT * FROM odd_keys.no_key WHERE v < 3",
                        "DELETE FROM odd_keys.no_key WHERE v = 100"])
    found(move, odd_keys, "odd_keys", "--repair")
    clean(move, odd_keys, "odd_keys", "--rows-only")


# ---- random tables, random edits ----


@pytest.mark.parametrize("seed", range(6))
def test_findings_are_the_edits(move, source, seed):
    dice = random.Random(seed)
    rows = dice.randrange(50, 3000)
    key = dice.choice(["id int", "id bigint unsigned", "id varchar(30)", "id decimal(20,3)", "id datetime(6)"])
    literal = {"varchar": "'k%d'", "decimal": "%d.125", "datetime": "'2024-01-01' + INTERVAL %d MICROSECOND"}
    form = next((f for k, f in literal.items() if k in key), "%d")
    source.script(["DROP DATABASE IF EXISTS edits", "CREATE DATABASE edits CHARACTER SET utf8mb4", "USE edits",
                   "CREATE TABLE t (%s PRIMARY KEY, n int NOT NULL, v double, s varchar(30))" % key]
                  + ["INSERT INTO t VALUES " + ", ".join(
                      "(%s, %d, %r, 's%d')" % (form % (i * 3), i, dice.random(), i) for i in part)
                      for part in (range(a, min(a + 500, rows)) for a in range(0, rows, 500))])
    move("load", source, "edits", "--chunk-size", "16KiB").ok()
    changed, missing = set(), set()
    for n in dice.sample(range(rows), dice.randrange(1, rows // 4)):
        if dice.random() < 0.5:
            changed.add(n)
        else:
            missing.add(n)
    extra = dice.randrange(1, 20) if seed % 2 else 0
    move.target.script(["UPDATE edits.t SET v = v + 1 WHERE n = ANY('{%s}')" % ",".join(map(str, changed)),
                        "DELETE FROM edits.t WHERE n = ANY('{%s}')" % ",".join(map(str, missing))])
    if extra:  # of one key, which the target would not let in otherwise
        move.target.script(["ALTER TABLE edits.t DROP CONSTRAINT t_pkey",
                            "INSERT INTO edits.t SELECT (SELECT max(id) FROM edits.t), -g, 0, 'x' FROM"
                            " generate_series(1, %d) g" % extra])
    report, tables = found(move, source, "edits", "--list-rows", "5000", "--chunk-size", "16KiB")
    assert (report["changed"], report["missing"], report["extra"]) == (len(changed), len(missing), extra), key
    assert tables["t"]["same"] == rows - len(changed) - len(missing)


# ---- what cannot be done ----


def test_errors_are_the_other_commands(move, sources, mysql9):
    database = sources(mysql9, "references")
    error = error_of(move("check", mysql9, database, "--table", "nosuch*").failed(1))
    assert error["code"] == "GW1011" or error["code"].startswith("GW10"), error


def test_more_rows_of_one_leading_value_than_fit(move, mysql9):
    """The range cannot be split by its first column, so it is looked at a second time, in passes."""
    digits = " UNION ALL ".join("SELECT %d d" % d for d in range(10))
    mysql9.script(["DROP DATABASE IF EXISTS skew", "CREATE DATABASE skew CHARACTER SET utf8mb4", "USE skew",
                   "CREATE TABLE d AS %s" % digits,
                   "CREATE TABLE t (a int, b int, v tinyint, PRIMARY KEY (a, b))",
                   "INSERT INTO t SELECT 1, a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 100000 * g.d, 1"
                   " FROM d a, d b, d c, d e, d f, d g",
                   "INSERT INTO t SELECT 1, b + 1000000, 2 FROM t WHERE b < 150000", "ANALYZE TABLE t"])
    move("load", mysql9, "skew", "--table", "t").ok()
    clean(move, mysql9, "skew", "--rows-only", "--table", "t")
    move.target.script(["UPDATE skew.t SET v = 9 WHERE b IN (7, 400000, 1149999)", "DELETE FROM skew.t WHERE b = 3",
                        "INSERT INTO skew.t VALUES (1, -1, 0)"])
    report, tables = found(move, mysql9, "skew", "--table", "t")
    assert (report["changed"], report["missing"], report["extra"]) == (3, 1, 1)
    assert {r["key"] for r in tables["t"]["rows_listed"]} == {"a=1, b=7", "a=1, b=400000", "a=1, b=1149999", "a=1, b=3",
                                                              "a=1, b=-1"}
