"""Views and programs as a part of a migration: godwit migrate, a worker, and a server with people who mend what failed."""

import re
from urllib.parse import quote

import pytest

from control import Server, agent_of, subtask, workers_of
from cutting import same
from moving import error_of, last_event, wait_until
from objects_shop import OBJECTS, TABLES, WORK
from test_objects import both_do, objects, states
from test_openapi import Checked
from working import Worker, job_for

FAILS = {"waiting", "fingerprint", "shipped"}  # two that have no translation, and what shows one of them


def make(server, name):
    server.execute(f"DROP DATABASE IF EXISTS {name}")
    server.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    server.execute("SET GLOBAL log_bin_trust_function_creators = 1")
    server.script(TABLES + OBJECTS, database=name)
    return name


@pytest.fixture
def shop(source):
    name = make(source, "objects_moved")
    yield name
    source.execute(f"DROP DATABASE {name}")


def triggers(target, schema):
    """Name -> enabled, in the target."""
    return {name: on != "D" for name, on in target.execute(
        "SELECT t.tgname, t.tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE NOT t.tgisinternal AND n.nspname = %s", (schema,))}


def test_migrate_makes_them(move, source, shop):
    """What fails is told and does not stop the rest; it is taken up again; tables that views show can be replaced; or they are left out."""
    result = move("migrate", source, shop)
    assert result.code == 1 and error_of(result)["code"] == "GW3062", str(result)
    item, = [i for i in last_event(result, "precheck")["precheck"]["items"] if i["name"] == "objects.translated"]
    assert item["status"] == "warning" and item["message"].startswith("2 of %d cannot" % len(OBJECTS)), item
    told = last_event(result, "object_report")["object_report"]
    assert (told["migrated"], told["failed"]) == (len(OBJECTS) - 3, 3) and "objects" not in told
    report = {o["name"]: o for o in move.report["objects"]["objects"]}
    assert {n for n, o in report.items() if o["state"] == 6} == FAILS and move.report["check"]["different"] is False
    assert all(triggers(move.target, shop).values()) and len(triggers(move.target, shop)) == 4
    both_do(move, source, shop, WORK)

    oid = "SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND relname = 'a_lines'"
    before = move.one(oid, (shop,))
    assert move("migrate", source, shop, "--overwrite", "--yes").code == 1
    assert move.one(oid, (shop,)) not in (before, None)
    move("objects", source, shop, "--drop").ok()
    result = move("migrate", source, shop, "--overwrite", "--yes", "--skip-objects").ok()
    assert move.one(oid, (shop,)) is None and "objects" not in move.report and last_event(result, "object_report") is None


def test_their_check(move, source, shop):
    """Views show the same, or not; triggers are as they should be; what is gone, and what cannot be compared, is told."""
    source.script(["CREATE VIEW todays AS SELECT id, NOW(6) AS at FROM orders", "CREATE VIEW of_todays AS SELECT COUNT(id) AS n, MIN(at) AS at FROM todays",
                   "CREATE VIEW sums AS SELECT order_id, SUM(quantity * price) AS total, AVG(quantity) AS average, GROUP_CONCAT(line ORDER BY line) AS ls "
                   "FROM items GROUP BY order_id"], database=shop)
    assert move("migrate", source, shop).code == 1  # as some cannot be carried
    checked = move.report["check"]["objects"]
    assert checked["different"] == 0 and checked["not_compared"] == 2 and checked["checked"] == len(OBJECTS) - 3 + 1, checked
    assert {o["name"] for o in checked["objects"] if o["compared"].endswith("gives another value each time")} == {"todays", "of_todays"}, checked
    move("check", source, shop, "--view-rows", "1").ok()
    assert "counted, and a sample" in {o["name"]: o["compared"] for o in move.report["objects"]["objects"]}["z_orders"]

    # Functions are called with what the data has; one that writes, or is translated otherwise, is found out.
    source.script(["CREATE FUNCTION half(n int, s varchar(20)) RETURNS decimal(10,2) DETERMINISTIC RETURN n / 2 + CHAR_LENGTH(s)",
                   "CREATE FUNCTION noted(n int) RETURNS int READS SQL DATA BEGIN INSERT INTO journal (what) VALUES ('x'); RETURN n; END",
                   "CREATE FUNCTION later(n int) RETURNS datetime NO SQL RETURN NOW() + INTERVAL n DAY"], database=shop)
    found = objects(move, source, shop, "--apply", "--only", "half", "--only", "noted", "--only", "later")
    assert set(states(found).values()) == {3}, found
    rows = move.one(f"SELECT count(*) FROM {shop}.journal"), source.execute("SELECT COUNT(*) FROM journal", database=shop)[0][0]
    found = objects(move, source, shop, "--verify")
    by_name = {name: o for (_, name), o in found.items()}
    assert by_name["half"]["state"] == by_name["order_total"]["state"] == by_name["折扣价"]["state"] == 5
    assert by_name["half"]["calls"] == 24 and by_name["order_total"]["calls"] >= 5 and by_name["order_total"]["compared"] is None, by_name["order_total"]
    assert "now" in by_name["later"]["compared"].lower() or "current_timestamp" in by_name["later"]["compared"], by_name["later"]
    assert "not called" in by_name["place_order"]["compared"] and "gave an error on both sides" in by_name["noted"]["compared"]
    assert rows == (move.one(f"SELECT count(*) FROM {shop}.journal"), source.execute("SELECT COUNT(*) FROM journal", database=shop)[0][0])
    move.target.execute(f"CREATE OR REPLACE FUNCTION {shop}.order_total(o bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 7.5'")
    found = objects(move, source, shop, "--verify", "--only", "order_total", code=4)
    assert "the source gives" in found["function", "order_total"]["error"]["message"], found
    move("objects", source, shop, "--verify", "--lang", "zh")

    execute = move.target.execute
    execute(f'CREATE OR REPLACE VIEW {shop}.a_lines AS SELECT i.order_id, i.line, p.name AS product, i.quantity, i.quantity * i.price + 1 AS amount '
            f'FROM {shop}.items i JOIN {shop}.products p ON p.id = i.product')
    execute(f"ALTER TABLE {shop}.items DISABLE TRIGGER items_price")
    execute(f"DROP PROCEDURE {shop}.close_orders")
    assert move("check", source, shop).code == 4
    found = {o["name"]: o for o in move.report["objects"]["objects"] if o["state"] == 7}
    assert {n: o["error"]["code"] for n, o in found.items()} == dict.fromkeys(("a_lines", "z_orders", "客户消费", "items_price", "close_orders"), "GW1052")
    assert "rows are not the same" in found["a_lines"]["error"]["message"] and "disabled" in found["items_price"]["error"]["message"]
    move("check", source, shop, "--skip-objects").ok()
    move("check", source, shop, "--quick").ok()


def test_a_worker_makes_them(move, source, shop, godwit, tmp_path):
    """Told one by one; made between load and check; triggers wait for the end of the changes; a next worker has nothing left to do."""
    job = job_for(move, source, shop, mode=2, fence=1, directory=str(tmp_path / "work"))
    worker = Worker(godwit, job)
    worker.wait_for_stage("incremental-running")
    last, seen = worker.objects
    assert {n for n, o in last.items() if o["status"] == 6} == FAILS
    assert last["z_orders"]["kind"] == "view" and seen["z_orders"] in ([1, 3, 5], [1, 2, 3, 5], [1, 3, 4, 5], [1, 2, 3, 4, 5]), seen
    detail = last["fingerprint"]["detail"]
    assert "AES_ENCRYPT" in detail["source"] and detail["place"]["line"] == 1 + detail["source"][:detail["source"].index("AES_ENCRYPT")].count("\n")
    assert last["fingerprint"]["error"]["code"] == "GW3060" and "@statement" not in detail["translation"]
    assert worker.of_kind("object_report")[0]["object_report"]["failed"] == 3
    assert not any(triggers(move.target, shop).values()) and len(triggers(move.target, shop)) == 4
    stages = worker.stages
    assert stages[:3] == ["full-running", "full-finished", "check-start"], stages

    worker.kill9()
    worker = Worker(godwit, job | {"fence": 2, "resume": True})
    worker.wait_for_stage("incremental-running")
    assert {n for n, o in worker.objects[0].items() if o["status"] == 6} == FAILS
    made = move.one("SELECT count(*) FROM godwit.object WHERE state = 3")
    assert made == len(OBJECTS) - 3
    worker.order("stop-incremental")
    worker.wait_for_stage("incremental-stopped")
    assert all(triggers(move.target, shop).values())
    worker.order("finish")
    assert worker.wait(60).code == 0, worker.snapshot()


# ---- with a server ----

HAND = """-- @statement
CREATE FUNCTION {s}.waiting(a timestamp, b timestamp) RETURNS time LANGUAGE sql IMMUTABLE AS $$ SELECT (b - a)::time $$
-- @drop
DROP FUNCTION IF EXISTS {s}.waiting(timestamp, timestamp)
"""


@pytest.fixture
def server(godwit, tmp_path):
    server = Server(godwit, tmp_path / "data").start()
    yield server
    server.stop()


def test_people_mend_what_failed(server, move, mysql9, pg_db, godwit, tmp_path):
    """Online: listed with texts and places; tried again with an edited translation, which makes what waited for it, too; the cut-over enables
    triggers, and taking it back disables them."""
    name = make(mysql9, "objects_served")
    admin = server.admin(Checked)  # answers are as described
    source, target = admin.data_source("s", "mysql", mysql9), admin.data_source("t", "postgresql", pg_db.server)
    task = admin.task("objects", [subtask(source, name, target, pg_db.name, mode=2)])["id"]
    one = admin.subtasks(task)[0]["id"]

    def at(place):
        return "/api/v1/subtasks/%d/%s" % (one, place)

    def listed(query=""):
        return {o["name"]: o for o in admin.ok("GET", at("objects?size=200" + query))["items"]}

    def get(kind, what):
        return admin.ok("GET", at("objects/one?kind=%s&name=%s" % (kind, quote(what))))

    def retry(kind, what, **more):
        return admin.ok("POST", at("objects/retry"), {"kind": kind, "name": what, **more})

    token = admin.ok("POST", "/api/v1/tokens", {"name": "t", "role": "operator", "days": 1})["token"]

    def run(*words):
        return godwit("task", *map(str, words), "--server", "http://127.0.0.1:%d" % server.port, env={"GODWIT_TOKEN": token})

    try:
        admin.wait_status(one, 8)
        assert set(listed("&status=6")) == set(listed("&errors=1")) == FAILS
        assert set(listed("&kind=trigger")) == {"items_price", "items_stock", "a_items_told", "余额变化"}
        counts = admin.ok("GET", "/api/v1/subtasks/%d" % one)["objects"]
        assert counts["view"] == {"5": 3, "6": 1} and counts["trigger"] == {"5": 4} and counts["event"] == {"5": 1}, counts
        alerts = admin.ok("GET", "/api/v1/alerts?open=true")["items"]
        assert [a["code"] for a in alerts] == ["GW3062"], alerts

        found = get("function", "waiting")
        place, text = found["detail"]["place"], found["detail"]["source"].splitlines()
        assert text[place["line"] - 1][place["column"] - 1:].upper().startswith("TIMEDIFF") and found["error"]["code"] == "GW3060"
        assert get("trigger", "余额变化")["detail"]["trigger_disabled"] and get("table", "items")["detail"] is None
        admin.refused(404, "GW1068", "GET", at("objects/one?kind=view&name=nothing"))
        admin.refused(404, "GW1068", "POST", at("objects/retry"), {"kind": "view", "name": "nothing"})
        admin.refused(400, "GW1056", "POST", at("objects/retry"), {"kind": "function", "name": "waiting", "translation": "SELECT 1"})

        retry("function", "waiting", translation="-- @statement\nCREATE FUNCTION what is this\n")
        found = get("function", "waiting")
        assert found["status"] == 6 and found["detail"]["edited"] and "syntax" in found["error"]["message"], found
        retry("function", "waiting", translation=HAND.format(s=name))
        assert get("function", "waiting")["status"] == 3 and get("view", "shipped")["status"] == 3
        assert re.search(r"view +shipped", run("objects", task, "--kind", "view").ok().out)
        assert "TIMEDIFF" in run("objects", task, "--object", "function.waiting").ok().out
        assert run("retry", task, "--object", "function.fingerprint").failed(1).out
        retry("function", "waiting", own=True)
        assert set(listed("&status=6")) == {"fingerprint", "waiting"} and not get("function", "waiting")["detail"]["edited"]
        (tmp_path / "waiting.sql").write_text(HAND.format(s=name))
        run("retry", "subtask", one, "--object", "function.waiting", "--from", tmp_path / "waiting.sql").ok()
        assert set(listed("&status=6")) == {"fingerprint"}

        # What somebody has changed in the target is made again as it should be, with what shows it.
        pg_db.execute(f"CREATE OR REPLACE VIEW {name}.shipped AS SELECT id, {name}.waiting(placed, shipped) AS took FROM {name}.orders WHERE false")
        retry("view", "shipped")
        assert get("view", "shipped")["status"] == 3 and pg_db.execute(f"SELECT count(*) FROM {name}.shipped")[0][0] == 1

        # A trigger that is made again while changes flow is made disabled; rows that come do not fire any.
        retry("trigger", "items_stock", translation=get("trigger", "items_stock")["detail"]["translation"] + "\n-- @statement\nSELECT 1\n")
        mysql9.execute("INSERT INTO items VALUES (2,2,1,5,NULL)", database=name)
        wait_until(lambda: pg_db.execute(f"SELECT count(*) FROM {name}.items")[0][0] == 3, "the row has come")
        assert pg_db.execute(f"SELECT stock FROM {name}.products WHERE name = '茶'")[0][0] == 95
        assert not any(triggers(pg_db, name).values()) and len(triggers(pg_db, name)) == 4

        admin.ok("POST", at("cutover"), {})
        admin.wait_status(one, 12)
        assert all(triggers(pg_db, name).values()) and len(triggers(pg_db, name)) == 4
        assert not get("trigger", "余额变化")["detail"]["trigger_disabled"]
        both_do(move, mysql9, name, ["SELECT * FROM shipped ORDER BY id"])
        pg_db.execute(f"INSERT INTO {name}.items VALUES (2,3,1,5,NULL)")
        assert pg_db.execute(f"SELECT stock FROM {name}.products WHERE name = '茶'")[0][0] == 90
        retry("function", "fingerprint", translation=f"-- @statement\nCREATE FUNCTION {name}.fingerprint(s text) RETURNS text LANGUAGE sql AS "
              "$$ SELECT encode(sha224(convert_to('x' || s, 'UTF8')), 'hex') $$\n-- @drop\nDROP FUNCTION IF EXISTS " + name + ".fingerprint(text)")
        assert not listed("&status=6") and not admin.ok("GET", "/api/v1/alerts?open=true")["items"]
        admin.ok("POST", at("undo-cutover"))
        admin.wait_status(one, 8)
        assert not any(triggers(pg_db, name).values())
        same(move, mysql9, name)  # what the target's triggers did came back, and the source's, there again, did nothing to it
        assert mysql9.execute("SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = %s", (name,))[0][0] == 4
        admin.ok("POST", at("finish"))
        admin.wait(lambda: not workers_of(agent_of(server)), "the worker's end")
        assert all(triggers(pg_db, name).values())
    finally:
        mysql9.execute("SET GLOBAL read_only = 0")
        mysql9.execute(f"DROP DATABASE {name}")
