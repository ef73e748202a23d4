"""godwit check with PostgreSQL as the reference: what MySQL has otherwise is found, called by its sides, and mended there."""

import json
import random
import shutil
import subprocess

import pytest

from moving import DEADLINE_S, error_of
from test_check_rows import EVERYTHING, ONE_VALUE, a_row_for_each

DIFFERENT = 4

# The same values changed on the MySQL side.
CHANGED = {
    "tiny": "-8", "big": "9007199254740992", "ubig": "18446744073709551614",
    "dec_": "12345678901234567890.0000000002", "dbl": "0.10000000000000002e0", "flt": "1.5000001e0", "bits": "b'101010100'",
    "txt": "'abc '", "case_": "'Abc'", "empty_": "NULL", "word": "'null'", "cjk": "'数据迁栘'", "bin_": "x'00ff01'",
    "blob_": "x'010200'", "day": "'2024-02-28'", "clock": "'12:34:56.000002'", "dt": "'2024-01-01 00:00:00'",
    "ts": "'2024-01-01 00:00:00.002'", "yr": "2023", "en": "'b'", "st": "'a'", "js": "'{\"a\": 1, \"b\": [2, 1]}'",
}


@pytest.fixture
def back(move):
    """back(server, database, *options): the check whose source is PostgreSQL."""
    def run(server, database, *options, schema=None):
        mysql, gauss = move.urls(server, database, schema)
        report = move.directory / "report.json"
        report.unlink(missing_ok=True)
        result = move.godwit("check", gauss, mysql, "--progress", "json", "--report", report, *options, timeout=DEADLINE_S,
                           env={"GODWIT_SOURCE_PASSWORD": move.target.server.password,
                                "GODWIT_TARGET_PASSWORD": server.password})
        # not the event: texts may hold characters that Python takes for ends of lines
        result.report = json.loads(report.read_text()) if report.exists() else None
        return result
    return run


def clean(back, server, database, *options):
    report = back(server, database, *options).ok().report
    assert report["same"] and report["complete"] and not report["different"]
    assert all(t["source_rows"] == t["target_rows"] == t["same"] for t in report["tables"])
    return report


def found(back, server, database, *options):
    report = back(server, database, "--rows-only", *options).failed(DIFFERENT).report
    assert report["different"] and not report["same"]
    return report, {t["source"]: t for t in report["tables"] if t["changed"] + t["missing"] + t["extra"] > 0}


def counts(report):
    return report["changed"], report["missing"], report["extra"]


def mended(back, server, database, *options, expect=None):
    """Repair; every row must be the same when it is read again."""
    report, tables = found(back, server, database, "--repair", *options)
    for t in tables.values():
        assert t["not_repaired"] == 0, t["not_repaired_rows"]
        if not t["keyless"]:
            assert t["repaired"] == t["same_after_repair"] == t["changed"] + t["missing"] + t["extra"], t
    assert expect is None or counts(report) == expect
    clean(back, server, database, "--rows-only")
    return tables


def test_definitions_are_the_same_from_either_side(move, back, sources, source):
    database = sources(source, "references")
    move("load", source, database).ok()
    report = clean(back, source, database)
    assert report["structure_compared"] and report["position_of"] == "target"
    assert "PostgreSQL" in report["source_version"] and "PostgreSQL" not in report["target_version"]


@pytest.fixture
def seeded(move, source):
    source.script(["DROP DATABASE IF EXISTS seeded", "CREATE DATABASE seeded CHARACTER SET utf8mb4", "USE seeded",
                   "CREATE TABLE seeded (id int PRIMARY KEY, %s)" % ", ".join("%s %s" % c[:2] for c in ONE_VALUE)]
                  + ["INSERT INTO seeded VALUES (%d, %s)" % (i, ", ".join(c[2] for c in ONE_VALUE)) for i in (1, 2, 3)])
    move("load", source, "seeded").ok()
    return source


def test_one_value_of_each_type(move, back, seeded):
    assert set(CHANGED) == {c[0] for c in ONE_VALUE}
    rows = list(a_row_for_each(move, seeded))
    clean(back, seeded, "seeded", "--rows-only")
    seeded.script(["USE seeded"] + ["UPDATE seeded SET %s = %s WHERE id = %d" % (column, CHANGED[column], number)
                                    for number, (column, _, _, _) in rows])
    report, tables = found(back, seeded, "seeded", "--repair", "--list-rows", "100")
    assert counts(report) == (len(rows), 0, 0)
    table = tables["seeded"]
    assert (table["repaired"], table["same_after_repair"], table["not_repaired"]) == (len(rows), len(rows), 0), table
    listed = {row["key"]: row for row in table["rows_listed"]}
    for number, (column, _, _, _) in rows:
        row = listed["id=%d" % number]
        value, = row["values"]
        assert row["kind"] == "changed" and value["column"] == column
        if column == "word":
            assert (value["source"], value["target"]) == (None, "'null'")
        if column == "txt":
            assert (value["source"], value["target"]) == ("'abc'", "'abc '")
    clean(back, seeded, "seeded", "--rows-only")
    move.check(seeded, "seeded")


def test_sides_of_missing_and_extra(move, back, seeded):
    seeded.script(["USE seeded", "DELETE FROM seeded WHERE id = 1", "UPDATE seeded SET id = 77 WHERE id = 3"])
    report, tables = found(back, seeded, "seeded", "--table", "seeded")
    assert counts(report) == (0, 2, 1)
    t = tables["seeded"]
    assert (t["source"], t["target"], t["source_rows"], t["target_rows"], t["same"]) == ("seeded", "seeded.seeded", 3, 2, 1)
    assert {(r["kind"], r["key"]) for r in t["rows_listed"]} == {
        ("missing", "id=1"), ("missing", "id=3"), ("extra", "id=77")}
    text = move.godwit("check", *reversed(move.urls(seeded, "seeded", None)), "--rows-only",
                       env={"GODWIT_SOURCE_PASSWORD": move.target.server.password,
                            "GODWIT_TARGET_PASSWORD": seeded.password}).failed(DIFFERENT).out
    assert [line.split()[1:] for line in text.splitlines() if line.startswith("seeded")] == [["3", "2", "0", "2", "1"]]
    mended(back, seeded, "seeded", expect=(0, 2, 1))
    move.check(seeded, "seeded")


DAMAGE = ["USE seeded", "UPDATE seeded SET txt = 'x', js = '[]', bin_ = x'', dt = NULL, dbl = 5e-324, flt = 3e38 WHERE id = 1",
          "DELETE FROM seeded WHERE id = 2", "INSERT INTO seeded (id) VALUES (9)"]


def client_of(server):
    name = "mariadb" if server.name.startswith("mariadb") else "mysql"
    path = shutil.which(name) or shutil.which("mariadb") or shutil.which("mysql")
    if path is None:
        pytest.skip("no mysql or mariadb client on this machine")
    return path


def run_file(server, path, charset="utf8mb4", ok=True):
    """The file as a user would run it."""
    argv = [client_of(server), "--no-defaults", "-h", server.host, "-P", str(server.port), "-u", server.user,
            "--protocol=tcp", "--default-character-set=" + charset]
    if server.password:
        argv.append("-p" + server.password)
    result = subprocess.run(argv, stdin=open(path, "rb"), capture_output=True, text=True, timeout=60)
    assert (result.returncode == 0) is ok, result.stderr
    return result.stderr


@pytest.mark.parametrize("charset", ["utf8mb4", "latin1"])
def test_repair_statements_in_a_file(move, back, seeded, charset):
    seeded.script(DAMAGE)
    file = move.directory / "fix.sql"
    report, _ = found(back, seeded, "seeded", "--repair-file", str(file))
    assert counts(report) == (1, 1, 1)
    found(back, seeded, "seeded")  # nothing was changed yet
    run_file(seeded, file, charset)
    clean(back, seeded, "seeded", "--rows-only")
    move.check(seeded, "seeded")


def test_repair_makes_both_sides_equal(move, back, seeded):
    seeded.script(DAMAGE)
    mended(back, seeded, "seeded", expect=(1, 1, 1))
    move.check(seeded, "seeded")


@pytest.mark.parametrize("source, name", EVERYTHING, indirect=["source"])
def test_every_row_of_every_type_written_anew(move, back, sources, source, name):
    """Nothing is found in what was loaded. MySQL loses every row, of large tables many, and gets them back from PostgreSQL."""
    database = sources.fresh(source, name, "anew_" + name)
    tables = [r[0] for r in source.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s"
                                           " AND table_type = 'BASE TABLE'", (database,))]
    move("load", source, database).ok()
    clean(back, source, database, "--rows-only", "--chunk-size", "256KiB")
    source.script(["SET foreign_key_checks = 0", "USE `%s`" % database.replace("`", "``")]
                  + ["DELETE FROM `%s` LIMIT 400" % t.replace("`", "``") for t in tables])
    report, found_tables = found(back, source, database, "--repair")
    refused = {(t["source"], r["key"], r["reason"]) for t in found_tables.values() for r in t["not_repaired_rows"]}
    assert not refused, sorted(refused)[:20]
    assert report["missing"] > 0
    clean(back, source, database, "--rows-only")
    # -0.0 came back as 0.0, which is the same value
    move.check(source, database, check_structure=False, ignore_columns={("t_float", "f"), ("t_float", "d")})


# ---- tables without a key ----


@pytest.fixture
def keyless(move, back, source):
    types = ", ".join("%s %s" % c[:2] for c in ONE_VALUE)
    source.script(["DROP DATABASE IF EXISTS keyless", "CREATE DATABASE keyless CHARACTER SET utf8mb4", "USE keyless",
                   "CREATE TABLE wide (%s, fix float(7,2), g point)" % types,
                   "CREATE TABLE few (v int, w varchar(20))"]
                  + ["INSERT INTO wide VALUES (%s, 1.10, %s)" % (", ".join(c[2] for c in ONE_VALUE), g)
                     for g in ("NULL", "ST_GeomFromText('POINT(1 2)')", "NULL")]
                  + ["INSERT INTO few VALUES (%d, 'w%d')" % (i % 30, i % 30) for i in range(90)])
    move("load", source, "keyless").ok()
    clean(back, source, "keyless", "--rows-only")
    return source


def test_rows_without_a_key(move, back, keyless):
    keyless.script(["USE keyless", "INSERT INTO few VALUES (5, 'w5'), (5, 'w5'), (6, 'W6'), (6, 'w6 ')",
                    "DELETE FROM few WHERE v = 7 LIMIT 2", "DELETE FROM few WHERE v = 8",
                    "UPDATE few SET w = NULL WHERE v = 9 LIMIT 1"])
    mended(back, keyless, "keyless", expect=(0, 6, 5))
    move.check(keyless, "keyless", check_structure=False)


def test_rows_of_every_type_without_a_key(move, back, keyless):
    keyless.script(["USE keyless", "INSERT INTO wide SELECT * FROM wide"])
    mended(back, keyless, "keyless", expect=(0, 0, 3))
    values = {c[0]: c[2] for c in ONE_VALUE} | {"fix": "1.10", "g": "NULL"}
    rows = ["(%s)" % ", ".join((values | {column: CHANGED[column]}).values()) for column, _, _, _ in ONE_VALUE]
    keyless.script(["USE keyless", "INSERT INTO wide VALUES " + ", ".join(rows)])
    mended(back, keyless, "keyless", expect=(0, 0, len(rows)))  # none is taken for one of the rows that are right
    keyless.script(["USE keyless", "UPDATE wide SET %s LIMIT 1" % ", ".join("%s = %s" % v for v in CHANGED.items())])
    mended(back, keyless, "keyless", expect=(0, 1, 1))
    move.check(keyless, "keyless", check_structure=False)


# ---- keys and texts that are hard to write ----

HARD = ["", "it's", "\"", "\\", "\\'", "a\\0b", "x\x01y\x1fz", "\t\n\r", "\U0001f600", "数据", "--", "/* */", ";", "é", "%_", "`",
        "{}", "\x7f", "\\", "'; DROP TABLE hard; --"]


@pytest.mark.parametrize("mode", ["", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "TRADITIONAL"])
def test_hard_keys_under_other_modes_of_the_server(move, back, source, mode):
    kept = source.execute("SELECT @@GLOBAL.sql_mode")[0][0]
    keys = sorted(set(HARD))
    source.script(["DROP DATABASE IF EXISTS hard", "CREATE DATABASE hard CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                   "USE hard", "CREATE TABLE hard (k varchar(40), b varbinary(20), v text, PRIMARY KEY (k, b))"]
                  + ["INSERT INTO hard VALUES (x'%s', x'00%s', x'%s')" % ((k.encode().hex(),) * 3) for k in keys if len(k) < 15])
    rows = sum(len(k) < 15 for k in keys)
    move("load", source, "hard").ok()
    try:
        source.execute("SET GLOBAL sql_mode = %s", (mode,))
        source.script(["USE hard", "DELETE FROM hard WHERE length(k) > 1", "UPDATE hard SET v = 'x'",
                       "INSERT INTO hard VALUES (x'5c2727', x'5c00', 'extra')"])
        file = move.directory / "fix.sql"
        found(back, source, "hard", "--repair-file", str(file))
        report, _ = found(back, source, "hard", "--repair")
        assert report["missing"] + report["changed"] == rows and report["extra"] == 1
        clean(back, source, "hard", "--rows-only")
        source.script(["USE hard", "DELETE FROM hard WHERE length(k) > 1", "UPDATE hard SET v = 'x'",
                       "INSERT INTO hard VALUES (x'5c2727', x'5c00', 'extra')"])
        run_file(source, file)
    finally:
        source.execute("SET GLOBAL sql_mode = %s", (kept,))
    clean(back, source, "hard", "--rows-only")
    move.check(source, "hard", check_structure=False)


def test_keys_that_a_collation_takes_for_the_same(move, back, source):
    source.script(["DROP DATABASE IF EXISTS fold", "CREATE DATABASE fold CHARACTER SET utf8mb4", "USE fold",
                   "CREATE TABLE t (k varchar(20) PRIMARY KEY, u varchar(20) UNIQUE, v int)",
                   "INSERT INTO t VALUES ('abc', 'one', 1), ('def', 'two', 2), ('ghi', 'three', 3), ('jkl', 'four', 4)"])
    move("load", source, "fold").ok()
    source.script(["USE fold", "UPDATE t SET k = 'ABC' WHERE v = 1", "UPDATE t SET u = 'x' WHERE v = 2",
                   "UPDATE t SET u = 'two' WHERE v = 3", "UPDATE t SET u = 'three' WHERE v = 2"])
    file = move.directory / "fix.sql"
    found(back, source, "fold", "--repair-file", str(file))
    mended(back, source, "fold", expect=(2, 1, 1))
    move.check(source, "fold", check_structure=False)
    source.script(["USE fold", "UPDATE t SET k = 'ABC' WHERE v = 1", "UPDATE t SET u = 'x' WHERE v = 2",
                   "UPDATE t SET u = 'two' WHERE v = 3", "UPDATE t SET u = 'three' WHERE v = 2"])
    run_file(source, file)
    clean(back, source, "fold", "--rows-only")


# ---- columns that change by themselves ----


def test_columns_that_the_server_fills(move, back, source):
    source.script(["DROP DATABASE IF EXISTS self", "CREATE DATABASE self CHARACTER SET utf8mb4", "USE self",
                   "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, v int, twice int AS (v * 2) STORED,"
                   " at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)",
                   "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
                   "INSERT INTO t (id, v, at) VALUES (0, 1, '2001-01-01'), (1, 2, '2002-01-01'), (2, 3, '2003-01-01')"])
    move("load", source, "self").ok()
    source.script(["USE self", "UPDATE t SET v = 9, at = at WHERE id = 1", "DELETE FROM t WHERE id = 0"])
    tables = mended(back, source, "self", expect=(1, 1, 0))
    assert {v["column"] for r in tables["t"]["rows_listed"] for v in r["values"] if r["kind"] == "changed"} == {"v", "twice"}
    move.check(source, "self", check_structure=False)


def test_children_are_not_changed_along(move, back, source):
    """Deleting and inserting a parent again must not cascade to children that are right."""
    source.script(["DROP DATABASE IF EXISTS family", "CREATE DATABASE family CHARACTER SET utf8mb4", "USE family",
                   "CREATE TABLE z_parent (id varchar(10) PRIMARY KEY, v int)",
                   "CREATE TABLE a_child (id int PRIMARY KEY, p varchar(10), FOREIGN KEY (p) REFERENCES z_parent (id)"
                   " ON DELETE CASCADE ON UPDATE CASCADE)",
                   "INSERT INTO z_parent VALUES ('a', 1), ('b', 2)", "INSERT INTO a_child VALUES (1, 'a'), (2, 'b'), (3, 'b')"])
    move("load", source, "family").ok()
    source.script(["USE family", "SET foreign_key_checks = 0", "UPDATE z_parent SET id = 'A' WHERE v = 1",
                   "DELETE FROM z_parent WHERE v = 2", "DELETE FROM a_child WHERE id = 3"])
    mended(back, source, "family", expect=(0, 3, 1))
    move.check(source, "family", check_structure=False)


# ---- values that MySQL cannot hold ----


def test_values_that_cannot_arrive(move, back, source):
    source.script(["DROP DATABASE IF EXISTS narrow", "CREATE DATABASE narrow CHARACTER SET utf8mb4", "USE narrow",
                   "CREATE TABLE t (id int PRIMARY KEY, s varchar(5), n int, d decimal(6,2), f double, day date, at timestamp NULL,"
                   " c time, e enum('a', 'b'), ch char(5), latin varchar(20) CHARACTER SET latin1, nn int NOT NULL)",
                   "INSERT INTO t VALUES " + ", ".join("(%d, 'x', 1, 1.5, 1.5, '2024-01-01', '2024-01-01', '01:02:03', 'a', 'c', 'é', 1)" % i
                                                       for i in range(20))])
    move("load", source, "narrow").ok()
    move.target.script(["ALTER TABLE narrow.t ALTER COLUMN s TYPE text, ALTER COLUMN n TYPE numeric, ALTER COLUMN d TYPE numeric,"
                        " ALTER COLUMN at TYPE timestamptz(6), ALTER COLUMN c TYPE time(6), ALTER COLUMN ch TYPE text,"
                        " ALTER COLUMN latin TYPE text, ALTER COLUMN nn DROP NOT NULL, ALTER COLUMN e TYPE text"])
    move.target.execute("DO $$ DECLARE c text; BEGIN FOR c IN SELECT conname FROM pg_constraint WHERE conrelid ="
                        " 'narrow.t'::regclass AND contype = 'c' LOOP EXECUTE 'ALTER TABLE narrow.t DROP CONSTRAINT ' || c;"
                        " END LOOP; END $$")
    cannot = [("s", "'too long'", "too long"), ("n", "99999999999", "range"), ("d", "99999.5", "range"), ("d", "1.555", "digits"),
              ("d", "'NaN'", "NaN"), ("f", "'Infinity'", "Infinity"), ("day", "'infinity'", "infinity"),
              ("day", "'20000-01-01'", "9999"), ("day", "'0044-03-15 BC'", "9999"), ("at", "'1969-01-01'", "datetime"),
              ("at", "'2024-01-01 00:00:00.5'", "fraction"), ("c", "'01:02:03.25'", "fraction"), ("e", "'1'", "label"),
              ("e", "'A'", "label"), ("ch", "'c '", "blanks"), ("latin", "'中'", "Incorrect string"), ("nn", "NULL", "NULL")]
    for i, (column, value, _) in enumerate(cannot):
        move.target.execute("UPDATE narrow.t SET %s = %s WHERE id = %d" % (column, value, i))
    move.target.execute("UPDATE narrow.t SET s = 'fits' WHERE id = 18")
    before = source.execute("SELECT * FROM narrow.t WHERE id <> 18 ORDER BY id")
    report, tables = found(back, source, "narrow", "--repair", "--repair-file", str(move.directory / "fix.sql"))
    t = tables["t"]
    assert counts(report) == (len(cannot) + 1, 0, 0)
    assert (t["repaired"], t["same_after_repair"], t["not_repaired"]) == (1, 1, len(cannot))
    reasons = {r["key"]: r["reason"] for r in t["not_repaired_rows"]}
    for i, (column, value, word) in enumerate(cannot):
        assert word.lower() in reasons["id=%d" % i].lower(), (column, value, reasons["id=%d" % i])
    assert source.execute("SELECT * FROM narrow.t WHERE id <> 18 ORDER BY id") == before
    assert source.execute("SELECT s FROM narrow.t WHERE id = 18") == (("fits",),) or \
        source.execute("SELECT s FROM narrow.t WHERE id = 18") == [("fits",)]
    report, _ = found(back, source, "narrow")
    assert counts(report) == (len(cannot), 0, 0)


def test_a_trigger_that_changes_values_is_noticed(move, back, source):
    source.script(["DROP DATABASE IF EXISTS trig", "CREATE DATABASE trig CHARACTER SET utf8mb4", "USE trig",
                   "CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1, 1), (2, 2)"])
    move("load", source, "trig").ok()
    source.script(["USE trig", "CREATE TRIGGER b BEFORE UPDATE ON t FOR EACH ROW SET NEW.v = NEW.v + IF(NEW.id = 1, 100, 0)",
                   "DROP TRIGGER b", "UPDATE t SET v = 7",
                   "CREATE TRIGGER b BEFORE UPDATE ON t FOR EACH ROW SET NEW.v = NEW.v + IF(NEW.id = 1, 100, 0)"])
    _, tables = found(back, source, "trig", "--repair")
    t = tables["t"]
    assert (t["repaired"], t["same_after_repair"], t["not_repaired"]) == (1, 1, 1)
    assert "another value" in t["not_repaired_rows"][0]["reason"]
    assert [tuple(r) for r in source.execute("SELECT id, v FROM trig.t ORDER BY id")] == [(1, 7), (2, 2)]


def test_a_table_that_mysql_lacks_is_a_difference(move, back, seeded):
    move.target.script(["CREATE TABLE seeded.only_here (id int PRIMARY KEY)"])
    for options in (["--rows-only"], []):
        report = back(seeded, "seeded", *options).failed(DIFFERENT).report
        missing = {t["source"]: t["not_compared"] for t in report["tables"] if t["not_compared"]}
        assert missing == {"only_here": "the target has no such table"}
    kinds = {(d["kind"], d["object"]) for d in report["structure"]}
    assert ("missing", "table only_here") in kinds
    clean(back, seeded, "seeded", "--rows-only", "--table", "seeded")
    move.target.script(["DROP TABLE seeded.only_here, seeded.seeded CASCADE", "CREATE TABLE seeded.other (id int)"])
    report = back(seeded, "seeded", "--rows-only").failed(DIFFERENT).report
    assert {t["source"]: t["not_compared"] for t in report["tables"]} == {
        "seeded": "the source has no such table", "other": "the target has no such table"}


def test_definitions_are_called_by_their_sides(move, back, source):
    source.script(["DROP DATABASE IF EXISTS defs", "CREATE DATABASE defs CHARACTER SET utf8mb4", "USE defs",
                   "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, v int, w int, INDEX by_v (v))",
                   "INSERT INTO t (v, w) VALUES (1, 1), (2, 2)"])
    move("load", source, "defs").ok()
    clean(back, source, "defs")
    move.target.script(["CREATE INDEX by_w ON defs.t (w)", "DROP INDEX defs.by_v", "ALTER TABLE defs.t ALTER w TYPE bigint"])
    report = back(source, "defs").failed(DIFFERENT).report
    found_ = {(d["object"], d["kind"]): (d["expected"], d["found"]) for d in report["structure"]}
    assert found_["column w", "changed"] == ("bigint", "integer")
    assert ("index by_w", "missing") in found_ and ("index by_v", "extra") in found_
    move.target.script(["CREATE INDEX by_v ON defs.t (v)", "DROP INDEX defs.by_w", "ALTER TABLE defs.t ALTER w TYPE int"])
    source.script(["USE defs", "ALTER TABLE t AUTO_INCREMENT = 500"])
    clean(back, source, "defs")  # MySQL's counter may be ahead
    sequence = move.one("SELECT pg_get_serial_sequence('defs.t', 'id')")
    move.target.execute("SELECT setval('%s', 1000)" % sequence)
    report = back(source, "defs").failed(DIFFERENT).report
    counter, = report["structure"]
    assert (counter["what"], counter["expected"], counter["found"]) == ("next value", "1001", "500")


# ---- many rows, policies, selections, locks ----


@pytest.mark.parametrize("seed", range(3))
def test_random_edits_are_taken_back(move, back, source, seed):
    dice = random.Random(seed)
    rows, key = 1500, ["id int", "id varchar(30)", "id datetime(6)"][seed]
    form = ["%d", "'k%d'", "'2024-01-01' + INTERVAL %d MICROSECOND"][seed]
    source.script(["DROP DATABASE IF EXISTS edits", "CREATE DATABASE edits CHARACTER SET utf8mb4", "USE edits",
                   "CREATE TABLE t (%s PRIMARY KEY, n int NOT NULL UNIQUE, v double, s varchar(30))" % key,
                   "INSERT INTO t VALUES " + ", ".join("(%s, %d, %r, 's%d')" % (form % (i * 3), i, dice.random(), i)
                                                       for i in range(rows))])
    move("load", source, "edits", "--chunk-size", "16KiB").ok()
    numbers = dice.sample(range(rows), 900)
    changed, missing, moved = numbers[:300], numbers[300:600], numbers[600:]
    source.script(["USE edits", "UPDATE t SET v = v + 1, s = 'x' WHERE n IN (%s)" % ",".join(map(str, changed)),
                   "DELETE FROM t WHERE n IN (%s)" % ",".join(map(str, missing)),
                   # each takes its neighbour's unique number
                   "UPDATE t SET n = -1 - n WHERE n IN (%s)" % ",".join(map(str, moved)),
                   "UPDATE t SET n = CASE n %s END WHERE n < 0" % " ".join(
                       "WHEN %d THEN %d" % (-1 - a, b) for a, b in zip(moved, moved[1:] + moved[:1])),
                   "INSERT INTO t VALUES " + ", ".join("(%s, %d, 0, 'e')" % (form % (i * 3 + 1), 10000 + i)
                                                       for i in range(250))])
    file = move.directory / "fix.sql"
    tables = mended(back, source, "edits", "--repair-file", str(file), "--chunk-size", "16KiB", expect=(600, 300, 250))
    assert tables["t"]["repaired"] == 1150
    move.check(source, "edits", check_structure=False)


def test_what_a_policy_changed_is_left_alone(move, back, source):
    source.script(["DROP DATABASE IF EXISTS zero", "CREATE DATABASE zero CHARACTER SET utf8mb4", "USE zero", "SET sql_mode = ''",
                   "CREATE TABLE t (id int PRIMARY KEY, d date, v int)",
                   "INSERT INTO t VALUES (1, '0000-00-00', 1), (2, '2024-01-01', 2), (3, '0000-00-00', 3)"])
    policy = ["--on-loss", "zero-date=null"]
    move("load", source, "zero", *policy).ok()
    source.script(["USE zero", "SET sql_mode = ''", "UPDATE zero.t SET v = 9", "UPDATE zero.t SET d = '2020-01-01' WHERE id = 3"])
    report, tables = found(back, source, "zero", "--repair", *policy)
    assert counts(report) == (3, 0, 0) and tables["t"]["same_after_repair"] == 3
    clean(back, source, "zero", "--rows-only", *policy)
    days = source.execute("SELECT id, CAST(d AS CHAR), v FROM zero.t ORDER BY id")
    assert [tuple(r) for r in days] == [(1, "0000-00-00", 1), (2, "2024-01-01", 2), (3, None, 3)]


def test_columns_that_are_not_compared_keep_their_values(move, back, source):
    source.script(["DROP DATABASE IF EXISTS part", "CREATE DATABASE part CHARACTER SET utf8mb4", "USE part",
                   "CREATE TABLE t (id int PRIMARY KEY, v int, w int)", "INSERT INTO t VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3)"])
    move("load", source, "part").ok()
    source.script(["USE part", "UPDATE t SET v = 9, w = 9 WHERE id = 1", "DELETE FROM t WHERE id = 2",
                   "INSERT INTO t VALUES (4, 4, 4)"])
    report, tables = found(back, source, "part", "--repair", "--exclude-columns", "t=w")
    assert counts(report) == (1, 1, 1)
    row, = tables["t"]["not_repaired_rows"]
    assert row["key"] == "id=2" and "not selected" in row["reason"]
    assert [tuple(r) for r in source.execute("SELECT * FROM part.t ORDER BY id")] == [(1, 1, 9), (3, 3, 3)]


def test_rows_that_settle(move, back, seeded):
    seeded.script(["USE seeded", "DELETE FROM seeded WHERE id = 1"])
    report, _ = found(back, seeded, "seeded", "--settle", "300ms", "--repair")
    assert counts(report) == (0, 1, 0)
    clean(back, seeded, "seeded", "--rows-only", "--settle", "300ms")


def test_a_row_that_somebody_holds(move, back, seeded):
    seeded.script(DAMAGE)
    kept = seeded.execute("SELECT @@GLOBAL.innodb_lock_wait_timeout")[0][0]
    other = seeded.connect(database="seeded")
    try:
        seeded.execute("SET GLOBAL innodb_lock_wait_timeout = 1")
        cursor = other.cursor()
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM seeded WHERE id = 1 FOR UPDATE")
        error = error_of(back(seeded, "seeded", "--rows-only", "--repair").failed(1))
        assert "Lock wait timeout" in error["cause"] and "id=1" in error["where"], error
        other.rollback()
    finally:
        other.close()
        seeded.execute("SET GLOBAL innodb_lock_wait_timeout = %d" % kept)
    mended(back, seeded, "seeded")


def test_statements_longer_than_the_server_takes(move, back, source):
    source.script(["DROP DATABASE IF EXISTS large", "CREATE DATABASE large CHARACTER SET utf8mb4", "USE large",
                   "CREATE TABLE t (id int PRIMARY KEY, b longblob)", "INSERT INTO t VALUES (1, repeat('a', 3000000)),"
                   " (2, repeat('b', 20)), (3, repeat('c', 12000000))"])
    move("load", source, "large").ok()
    source.script(["USE large", "UPDATE t SET b = 'x'"])
    kept = source.execute("SELECT @@GLOBAL.max_allowed_packet")[0][0]
    try:
        source.execute("SET GLOBAL max_allowed_packet = %d" % (8 << 20))
        report, tables = found(back, source, "large", "--repair")
    finally:
        source.execute("SET GLOBAL max_allowed_packet = %d" % (64 << 20))
    row, = tables["t"]["not_repaired_rows"]
    assert row["key"] == "id=3" and "max_allowed_packet" in row["reason"]
    assert (tables["t"]["repaired"], tables["t"]["same_after_repair"]) == (2, 2)
    try:
        mended(back, source, "large", expect=(1, 0, 0))  # 24 MB: more than one packet
    finally:
        source.execute("SET GLOBAL max_allowed_packet = %d" % kept)


# ---- what cannot be done ----


def test_a_read_only_mysql(move, back, seeded):
    seeded.script(DAMAGE)
    seeded.script(["CREATE USER mender@'%' IDENTIFIED BY 'mender-1'",
                   "GRANT SELECT, INSERT, UPDATE, DELETE, RELOAD, REPLICATION CLIENT, PROCESS ON *.* TO mender@'%'"])
    before = seeded.execute("SELECT * FROM seeded.seeded ORDER BY id")
    mysql, gauss = move.urls(seeded, "seeded", None)
    mysql = mysql.replace("mysql://%s@" % seeded.user, "mysql://mender@")

    def refused():
        return error_of(move.godwit("check", gauss, mysql, "--repair", "--progress", "json",
                                    env={"GODWIT_SOURCE_PASSWORD": move.target.server.password,
                                         "GODWIT_TARGET_PASSWORD": "mender-1"}).failed(1))

    try:
        try:
            seeded.execute("SET GLOBAL read_only = 1")
            error = refused()
        finally:
            seeded.execute("SET GLOBAL read_only = 0")
        assert error["code"] == "GW3015" and "read-only" in error["message"] and "read" in error["cause"], error
        assert seeded.execute("SELECT * FROM seeded.seeded ORDER BY id") == before
        seeded.execute("REVOKE INSERT, UPDATE, DELETE ON *.* FROM mender@'%'")
        error = refused()
        assert error["code"] == "GW2004" and "the target" in error["message"], error
        assert seeded.execute("SELECT * FROM seeded.seeded ORDER BY id") == before
    finally:
        seeded.execute("DROP USER mender@'%'")


def test_passwords_and_errors_go_by_the_order_of_the_ends(move, seeded):
    mysql, gauss = move.urls(seeded, "seeded", None)
    first, second = move.directory / "first", move.directory / "second"
    first.write_text(move.target.server.password + "\n")
    second.write_text(seeded.password + "\n")
    for file in (first, second):
        file.chmod(0o600)
    files = ["--source-password-file", str(first), "--target-password-file", str(second)]
    move.godwit("check", gauss, mysql, *files).ok()
    task = move.directory / "task.json"
    task.write_text('{"source": {"url": "%s", "password_file": "%s"}, "target": {"url": "%s", "password_file": "%s"}}'
                    % (gauss, first, mysql, second))
    move.godwit("check", "--task", str(task)).ok()
    second.write_text("wrong\n")
    error = error_of(move.godwit("check", gauss, mysql, "--progress", "json", *files).failed(1))
    assert error["code"] == "GW2002" and "the target" in error["message"] and error["where"].startswith("target "), error
    move.godwit("check", gauss, gauss).failed(2, "both")
    move.godwit("check", mysql, mysql).failed(2, "both")
    move.godwit("check", gauss, mysql, "--quick").failed(2, "--quick")
    move.godwit("load", gauss, mysql).failed(2, "a source cannot have the scheme")


