"""The cut-over: writers of the source are stopped, what is left is taken, and the target is the one that is written to; or all is as before."""

import time

import pytest

import writing
from cutting import Application, let_in, read_only, same
from moving import error_of, last_event, wait_until
from writing_back import BackWriter


@pytest.fixture
def shop(move, source):
    """Loaded, and written to by an application whose account read_only stops."""
    name = "cut_shop"
    writing.make(source, name, rows=100)
    let_in(source, name)
    move("load", source, name).ok()
    yield name
    source.execute("SET GLOBAL read_only = 0")
    source.execute("DROP USER 'app'@'%'")
    source.execute(f"DROP DATABASE IF EXISTS {name}")
    for slot, in move.target.execute("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()"):
        wait_until(lambda s=slot: not move.one("SELECT active FROM pg_replication_slots WHERE slot_name = %s", (s,)), "it is let go")
        move.target.execute("SELECT pg_drop_replication_slot(%s)", (slot,))


def slots(move):
    return move.one("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()")


def report_of(result):
    return last_event(result, "report")["report"]


def test_there_and_back(move, source, shop):
    """With a writer until the fence; then the target is written to, carried back, and the cut-over is undone."""
    dry = report_of(move("cutover", source, shop, "--dry-run").ok())
    assert {i["name"] for i in dry["items"]} >= {"task.free", "source.fence", "source.writes_behind_fence", "target.wal_level"}
    assert slots(move) == 0 and read_only(source) == 0
    application = Application(source, shop, 1).start()
    wait_until(lambda: application.done > 30, "something is written")
    report = report_of(move("cutover", source, shop, "--final-check", "full").ok())
    assert [s["step"] for s in report["steps"]] == ["look", "catch up", "fence", "drain", "check", "triggers", "way back"]
    assert all(c["source"] == c["target"] for c in report["counts"]) and len(report["counts"]) == len(writing.TABLES)
    assert report["check"]["different"] is False and report["downtime_ms"] > 0 and report["reverse"]["slot"]
    wait_until(lambda: application.fenced, "the application is stopped")
    application.stop()
    move.check(source, shop)
    assert report_of(move("cutover", source, shop).ok())["made_before"]

    BackWriter(move.target, shop, 2).run(100)
    move("reverse", source, shop, "--until-caught-up").ok()
    same(move, source, shop)
    BackWriter(move.target, shop, 3).run(50)
    assert report_of(move("cutover", source, shop, "--undo").ok())["undone"]
    same(move, source, shop)
    assert slots(move) == 0 and read_only(source) == 0
    writing.Writer(source, shop, 4).run(50)
    move("follow", source, shop, "--until-caught-up").ok()
    move.check(source, shop)


def test_it_is_put_back(move, source, shop):
    """Somebody goes on writing in spite of the fence; the budget is used up; a row is missing in the target."""
    writer = writing.Writer(source, shop, 5).start()  # with an account that read_only does not stop
    result = move("cutover", source, shop, "--max-lag", "60s").failed(1)
    error = error_of(result)
    assert error["code"] == "GW1027" and "still being written" in error["message"], error
    assert report_of(result)["undone"]
    writer.stop()
    assert slots(move) == 0 and read_only(source) == 0

    error = error_of(move("cutover", source, shop, "--downtime", "100ms").failed(1))
    assert error["code"] == "GW1027" and "longer than" in error["message"], error
    assert slots(move) == 0 and read_only(source) == 0

    move("follow", source, shop, "--until-caught-up").ok()
    move.target.execute(f"INSERT INTO {shop}.log_keyless VALUES (77, 'mine', 1)")
    error = error_of(move("cutover", source, shop).failed(1))
    assert error["code"] == "GW1027" and "log_keyless" in error["message"], error
    assert slots(move) == 0 and read_only(source) == 0
    assert error_of(move("cutover", source, shop, "--undo").failed(1))["code"] == "GW1027"


def test_it_is_killed(move, source, shop):
    """At any moment: the next run goes on, and the source's fence is what it was when that is taken back."""
    for after in ("fence", "drain", "way back"):
        run = move.start("cutover", source, shop)
        wait_until(lambda r=run, a=after: any(isinstance(e, dict) and e.get("step") == a for e in r.snapshot().lines) or not r.alive(),
                   after, 60)
        time.sleep(0.05)
        run.kill9()
    move("cutover", source, shop).ok()
    assert read_only(source) == 1
    BackWriter(move.target, shop, 6).run(50)
    move("cutover", source, shop, "--undo").ok()
    same(move, source, shop)
    assert slots(move) == 0 and read_only(source) == 0


def test_rows_that_changed_are_compared(move, source, shop):
    """A row that was followed and is another one now stops the cut-over before anybody has to wait; with a definition in between the whole
    table is compared; a counter that is behind stops it behind the fence."""
    writing.Writer(source, shop, 8).run(150)
    source.execute(f"INSERT INTO {shop}.plain (id, k, c) VALUES (100001, 1, 'as it was'), (100002, 2, 'as it was')")
    source.execute(f"UPDATE {shop}.plain SET id = 100003 WHERE id = 100002")
    move("follow", source, shop, "--until-caught-up").ok()
    for damage, mend, listed in (
            ("UPDATE {}.plain SET c = 'another' WHERE id = 100001", "UPDATE {}.plain SET c = 'as it was' WHERE id = 100001", "changed"),
            ("INSERT INTO {}.plain (id, k, c) VALUES (100002, 2, 'still there')", "DELETE FROM {}.plain WHERE id = 100002", "extra")):
        move.target.execute(damage.format(shop))
        result = move("cutover", source, shop).failed(1)
        report = report_of(result)
        assert error_of(result)["code"] == "GW1027" and "differ" in error_of(result)["message"]
        assert [s["step"] for s in report["steps"]] == ["look", "catch up", "compare"], report["steps"]
        (table,) = [t for t in report["check"]["tables"] if t[listed]]
        assert table["source"] == f"{shop}.plain" or table["source"] == "plain", table
        assert table["changed_keys"] > 0 and len(table["rows_listed"]) == 1
        assert read_only(source) == 0
        move.target.execute(mend.format(shop))

    source.execute(f"ALTER TABLE {shop}.plain ADD COLUMN more int DEFAULT 7")
    source.execute(f"UPDATE {shop}.plain SET k = 5 WHERE id = 100001")
    move("follow", source, shop, "--until-caught-up").ok()
    move.target.execute(f"UPDATE {shop}.plain SET more = 8 WHERE id = 100003")
    report = report_of(move("cutover", source, shop).failed(1))
    assert [t["changed"] for t in report["check"]["tables"] if t["source"].endswith("plain")] == [1]
    move.target.execute(f"UPDATE {shop}.plain SET more = 7 WHERE id = 100003")

    application = Application(source, shop, 9).start()
    wait_until(lambda: application.done > 20, "something is written")
    report = report_of(move("cutover", source, shop).ok())
    assert [s["step"] for s in report["steps"]] == ["look", "catch up", "compare", "fence", "drain", "check", "triggers", "way back"]
    assert report["compared"][0]["changes"] > 100 and len(report["compared"]) >= 2 and not report["check"]["different"]
    application.stop()
    same(move, source, shop)
    # What was compared is not compared again.
    assert move.one("SELECT count(*) FROM godwit.compared") == 1
