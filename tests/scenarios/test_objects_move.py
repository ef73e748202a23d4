"""Views and programs as a part of a migration: godwit migrate, a worker, and a server with people who mend what failed."""

import pytest

from moving import error_of, last_event, wait_until
from objects_shop import OBJECTS, TABLES
from test_objects import both_do, WORK
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


def test_a_worker_makes_them(move, source, shop, godwit, tmp_path):
    """Told one by one; made between load and check; triggers wait for the end of the changes; a next worker has nothing left to do."""
    job = job_for(move, source, shop, mode=2, fence=1, directory=str(tmp_path / "work"))
    worker = Worker(godwit, job)
    worker.wait_for_stage("incremental-running")
    last, seen = worker.objects
    assert {n for n, o in last.items() if o["status"] == 6} == FAILS
    assert last["z_orders"]["kind"] == "view" and seen["z_orders"] in ([1, 3], [1, 2, 3]), seen
    detail = last["fingerprint"]["detail"]
    assert "SHA1" in detail["source"] and detail["place"]["line"] == 1 + detail["source"][:detail["source"].index("SHA1")].count("\n")
    assert last["fingerprint"]["error"]["code"] == "GW3060" and detail["statements"] == []
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
