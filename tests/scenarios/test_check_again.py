"""What a subtask's check found, over the API: rows with both values, definitions, statements to mend them as a file, and checking again."""

import os

import pytest

from control import FAILED, FINISHED, Client, Server, agent_of, subtask
from test_openapi import Checked


@pytest.fixture
def server(godwit, tmp_path):
    return Server(godwit, tmp_path / "data").start()


@pytest.fixture
def admin(server):
    client = Checked(server)
    client.login("admin", server.lasting_password())
    return client


@pytest.fixture
def shop(mysql9):
    """Three small tables, and one of many rows."""
    name = "shop_%d" % os.getpid()
    mysql9.script(["DROP DATABASE IF EXISTS %s" % name, "CREATE DATABASE %s" % name,
                   "CREATE TABLE %s.orders (id int PRIMARY KEY, day date, note varchar(40), KEY by_day (day))" % name,
                   "INSERT INTO %s.orders VALUES (1, '2024-01-01', 'first'), (2, '2024-01-02', NULL), (3, '2024-01-03', 'it''s')" % name,
                   "CREATE TABLE %s.items (id int, place int, PRIMARY KEY (id, place))" % name,
                   "INSERT INTO %s.items VALUES (1, 1), (1, 2), (2, 1)" % name,
                   "CREATE TABLE %s.`odd*[name]` (id int PRIMARY KEY)" % name, "INSERT INTO %s.`odd*[name]` VALUES (1), (2)" % name,
                   "CREATE TABLE %s.`odd*xnamex` (id int PRIMARY KEY)" % name,
                   "CREATE TABLE %s.many (id int PRIMARY KEY, t varchar(300))" % name,
                   "SET SESSION cte_max_recursion_depth = 100000",
                   "INSERT INTO %s.many SELECT v, repeat('x', 250) FROM (WITH RECURSIVE n (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE"
                   " v < 20000) SELECT v FROM n) x" % name])
    yield name
    mysql9.execute("DROP DATABASE %s" % name)


@pytest.fixture
def done(admin, shop, mysql9, pg_db):
    """A subtask of it that has come to its end, without differences."""
    source, target = admin.data_source("source", "mysql", mysql9), admin.data_source("target", "postgresql", pg_db.server)
    task = admin.task("shop", [subtask(source, shop, target, pg_db.name, "shop")])["id"]
    one, = admin.wait_over(task)
    assert one["status"] == FINISHED and check_of(admin, one["id"])["same"]
    return one["id"]


def check_of(admin, one):
    return admin.ok("GET", f"/api/v1/subtasks/{one}/check")["check"]


def tables_of(check):
    return {t["source"]: t for t in check["tables"]}


def objects_of(admin, one):
    return {o["name"]: o for o in admin.ok("GET", f"/api/v1/subtasks/{one}/objects?size=200")["items"]}


def again(admin, one, path="check/again", body=None):
    """Check again, to its end."""
    admin.wait(lambda: admin("POST", f"/api/v1/subtasks/{one}/{path}", body)[0] == 200, "its worker has ended")
    return admin.wait_status(one, FINISHED, FAILED)


def repairs(admin, one):
    status, text = None, None
    try:
        status, text = Client.__call__(admin, "GET", f"/api/v1/subtasks/{one}/check/repair")
    except ValueError:  # no JSON: it is the file
        return admin.text
    assert (status, text["error"]["code"]) == (404, "GW1068"), text
    return None


def test_differences_are_shown_mended_and_gone(server, admin, done, pg_db):
    assert repairs(admin, done) is None
    admin.refused(404, "GW1068", "POST", "/api/v1/subtasks/999/check/again")
    pg_db.script(["UPDATE shop.orders SET note = 'changed', day = NULL WHERE id = 1", "DELETE FROM shop.orders WHERE id = 3",
                  "INSERT INTO shop.orders VALUES (9, '2024-09-09', 'nine')", "INSERT INTO shop.items VALUES (7, 7)",
                  'DELETE FROM shop."odd*[name]" WHERE id = 2', "DROP INDEX shop.by_day"])
    assert again(admin, done)["status"] == FINISHED
    found = check_of(admin, done)
    assert found["different"] and not found["same"] and (found["changed"], found["missing"], found["extra"]) == (1, 2, 2)
    rows = {r["key"]: r for r in tables_of(found)["orders"]["rows_listed"]}
    assert {k: r["kind"] for k, r in rows.items()} == {"id=1": "changed", "id=3": "missing", "id=9": "extra"}
    assert {(v["column"], v["source"], v["target"]) for v in rows["id=1"]["values"]} == {("note", "'first'", "'changed'"), ("day", "2024-01-01", None)} or \
           {(v["column"], v["source"], v["target"]) for v in rows["id=1"]["values"]} == {("note", "first", "changed"), ("day", "2024-01-01", None)}
    assert [d["object"] for d in found["structure"]] == ["index by_day"] and found["structure"][0]["table"] == "orders"
    objects = objects_of(admin, done)
    assert {n: o["status"] for n, o in objects.items()} == {"orders": 7, "items": 7, "odd*[name]": 7, "odd*xnamex": 5, "many": 5}
    error = objects["orders"]["error"]
    assert error["code"] == "GW1052" and error["hint"] and error["hint_zh"] and error["message_zh"]
    admin.wait(lambda: [a["code"] for a in admin.ok("GET", "/api/v1/alerts?open=true")["items"]] == ["GW1052"], "an alert")
    codes = [o["code"] for o in admin.ok("GET", f"/api/v1/tasks/{admin.ok('GET', f'/api/v1/subtasks/{done}')['task']}/operations")["items"]]
    assert codes[0] == 103

    # The statements mend the rows; definitions are for people.
    text = admin.wait(lambda: repairs(admin, done), "the statements")
    assert text.startswith("--") and text.count("\n") == 6, text
    assert admin.headers["Content-Disposition"] == f'attachment; filename="subtask-{done}-repair.sql"'
    pg_db.script([s for s in text.split(";\n") if s.strip()])
    # One of them is tried again: all that differed are compared, and nothing else; what was said of the others stays.
    one = again(admin, done, "objects/retry", {"kind": "table", "name": "items"})
    assert one["status"] == FINISHED
    found = check_of(admin, done)
    assert found["partial"] and found["different"] and found["changed"] == found["missing"] == found["extra"] == 0
    assert set(tables_of(found)) == {"orders", "items", "odd*[name]", "odd*xnamex", "many"} and tables_of(found)["many"]["source_rows"] == 20000
    assert {n: o["status"] for n, o in objects_of(admin, done).items()} == {"orders": 7, "items": 5, "odd*[name]": 5, "odd*xnamex": 5, "many": 5}
    log = admin.ok("GET", f"/api/v1/subtasks/{done}/log?limit=1000")["items"]
    assert log and repairs(admin, done) is None
    pg_db.script(["CREATE INDEX by_day ON shop.orders (day)"])
    again(admin, done, "objects/retry", {"kind": "table", "name": "orders"})
    found = check_of(admin, done)
    assert found["same"] and found["complete"] and not found["structure"]
    assert {o["status"] for o in objects_of(admin, done).values()} == {5}
    admin.wait(lambda: admin.ok("GET", "/api/v1/alerts?open=true")["items"] == [], "the alert is closed")
    admin.refused(409, "GW1087", "POST", f"/api/v1/subtasks/{done}/objects/retry", {"kind": "table", "name": "orders"})


def test_many_differences_are_cut_and_counted(server, admin, done, pg_db):
    """More statements than are kept: the file says so."""
    pg_db.script(["UPDATE shop.many SET t = t || 'y'"])
    assert again(admin, done)["status"] == FINISHED
    found = check_of(admin, done)
    table = tables_of(found)["many"]
    assert found["changed"] == table["changed"] == 20000 and found["repair_cut"] and len(table["rows_listed"]) == 100
    text = admin.wait(lambda: repairs(admin, done), "the statements")
    statements = text.count("UPDATE ")
    assert 3 << 20 < len(text) <= (4 << 20) + 1000 and "-- Cut here" in text.splitlines()[-1] and 5000 < statements < 20000
    assert len(set(text.splitlines())) == statements + 2  # each once
    pg_db.script([s for s in text.split(";\n") if s.strip() and "UPDATE" in s])
    assert again(admin, done)["status"] == FINISHED
    assert check_of(admin, done)["changed"] == 20000 - statements
    # Nothing stays on the machine's disk.
    assert agent_of(server)
    left = [p for p in server.directory.rglob("repair.sql")]
    admin.wait(lambda: not [p for p in server.directory.rglob("repair.sql")], f"files have gone: {left}", 20)


def test_what_cannot_be_checked_again(admin, shop, mysql9, pg_db):
    source, target = admin.data_source("source", "mysql", mysql9), admin.data_source("target", "postgresql", pg_db.server)
    pg_db.script(["CREATE SCHEMA taken", "CREATE TABLE taken.many (id int)"])
    task = admin.task("fails", [subtask(source, shop, target, pg_db.name, "taken", params={"precheck": False})])["id"]
    one, = admin.wait_over(task)
    assert one["status"] == FAILED and one["reason"]["code"] == "GW1011"
    admin.wait(lambda: admin("POST", f"/api/v1/subtasks/{one['id']}/check/again")[1]["error"]["message"].count("nothing to check"), "no")
    waiting = admin.task("waits", [subtask(source, shop, target, pg_db.name, "shop")], start=False)["id"]
    admin.refused(409, "GW1087", "POST", f"/api/v1/subtasks/{admin.subtasks(waiting)[0]['id']}/check/again")
    # A finished one whose target somebody else has by now.
    first = admin.task("first", [subtask(source, shop, target, pg_db.name, "mine", tables={"include": ["items"]})])["id"]
    done, = admin.wait_over(first)
    assert done["status"] == FINISHED
    admin.task("second", [subtask(source, shop, target, pg_db.name, "mine")], start=False)
    admin.wait(lambda: admin("POST", f"/api/v1/subtasks/{done['id']}/check/again")[1]["error"]["code"] == "GW1088", "held")


def test_a_table_that_could_not_be_loaded_is_tried_again(admin, mysql9, pg_db):
    """Its error names the rule and what to do, in both languages; once it is mended, at the source or in the target, it is loaded."""
    name = "mend_%d" % os.getpid()
    mysql9.script(["DROP DATABASE IF EXISTS %s" % name, "CREATE DATABASE %s" % name, "SET SESSION sql_mode = ''",
                   "CREATE TABLE %s.good (id int PRIMARY KEY, v varchar(100))" % name,
                   "INSERT INTO %s.good VALUES (1, 'a'), (2, 'b')" % name,
                   "CREATE TABLE %s.bad (id int PRIMARY KEY, d date)" % name, "INSERT INTO %s.bad VALUES (1, '0000-00-00')" % name])
    try:
        source, target = admin.data_source("source", "mysql", mysql9), admin.data_source("target", "postgresql", pg_db.server)
        task = admin.task("mend", [subtask(source, name, target, pg_db.name, "mend", params={"precheck": False, "jobs": 1})])["id"]
        one, = admin.wait_over(task)
        objects = objects_of(admin, one["id"])
        assert one["status"] == FAILED and objects["bad"]["status"] == 6, objects
        error = objects["bad"]["error"]
        assert error["code"] == one["reason"]["code"] and error["hint"] and error["hint_zh"] and "bad" in error["where"]
        admin.refused(404, "GW1068", "POST", f"/api/v1/subtasks/{one['id']}/objects/retry", {"kind": "table", "name": "none"})
        admin.refused(409, "GW1087", "POST", f"/api/v1/subtasks/{one['id']}/objects/retry", {"kind": "table", "name": "good"})
        # Tried again with nothing mended: the same. Mended at the source, it goes on from there.
        again(admin, one["id"], "objects/retry", {"kind": "table", "name": "bad"})
        assert objects_of(admin, one["id"])["bad"]["error"]["code"] == error["code"]
        mysql9.script(["SET SESSION sql_mode = ''", "UPDATE %s.bad SET d = '2024-02-03'" % name,
                       "UPDATE %s.good SET v = 'c' WHERE id = 2" % name])
        done = again(admin, one["id"], "objects/retry", {"kind": "table", "name": "bad"})
        assert done["status"] == FINISHED and check_of(admin, one["id"])["same"]
        assert {o["status"] for o in objects_of(admin, one["id"]).values()} == {5}
        assert str(pg_db.execute("SELECT d FROM mend.bad")[0][0]) == "2024-02-03"
        assert pg_db.execute("SELECT v FROM mend.good ORDER BY id") == [("a",), ("c",)]
    finally:
        mysql9.execute("DROP DATABASE %s" % name)
