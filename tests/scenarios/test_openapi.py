"""docs/openapi.json against a running server: what it answers, and what it is sent, is of the form that is described."""

import json
import re

import jsonschema
import pytest

from control import PASSWORD, Client, Server, subtask
from program import ROOT
from test_logs_alerts import filled  # noqa: F401 (fixture)
from test_serve_api import SOURCE

DOC = json.loads((ROOT / "docs/openapi.json").read_text())


def inlined(schema):
    """With the named schemas where validators find them."""
    return {**schema, "components": DOC["components"]}


def template(path):
    for known in DOC["paths"]:
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", known), path):
            if known == path or not any(p == path for p in DOC["paths"]):
                return known
    return None


class Checked(Client):
    """Compares each request and each answer with the description; remembers which operations were used."""
    used = set()

    def __call__(self, method, path, body=None, **kw):
        status, answer = super().__call__(method, path, body, **kw)
        known = template(path.split("?")[0])
        operation = DOC["paths"].get(known, {}).get(method.lower())
        if operation is None:
            assert status in (404, 405), (method, path, status)
            return status, answer
        if status < 300:
            assert str(status) in operation["responses"], (method, path, status)
            self.used.add(operation["operationId"])
            if body is not None:
                jsonschema.validate(body, inlined(operation["requestBody"]["content"]["application/json"]["schema"]), jsonschema.Draft202012Validator)
            wanted = operation["responses"][str(status)].get("content", {}).get("application/json", {}).get("schema")
        else:
            wanted = DOC["components"]["responses"]["error"]["content"]["application/json"]["schema"]
        if wanted is not None:
            try:
                jsonschema.validate(answer, inlined(wanted), jsonschema.Draft202012Validator)
            except jsonschema.ValidationError as e:
                raise AssertionError(f"{method} {path}: {e.message} at {'/'.join(map(str, e.absolute_path))}\n{json.dumps(answer)[:2000]}") from None
        else:
            assert answer is None, (method, path, answer)
        return status, answer


@pytest.fixture
def server(godwit, tmp_path):
    return Server(godwit, tmp_path / "data").start()


@pytest.fixture
def admin(server):
    client = Checked(server)
    client.login("admin", server.first)
    client.ok("PUT", "/api/v1/session/password", {"old": server.first, "new": PASSWORD})
    return client


def test_it_is_a_description():
    assert DOC["openapi"].startswith("3.1.")
    for name, schema in DOC["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(inlined(schema))
        assert name[0].isupper()
    text = json.dumps(DOC)
    for found in re.findall(r'"\$ref": "#/components/(\w+)/(\w+)"', text):
        assert found[1] in DOC["components"][found[0]], found
    for name in DOC["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in text, f"{name} is used nowhere"
    tags = [t["name"] for t in DOC["tags"]]
    for at in DOC["paths"].values():
        for operation in at.values():
            assert operation["tags"][0] in tags


def test_the_check_can_fail(admin):
    """Of the test itself: an answer that is not as described is seen."""
    schema = DOC["components"]["schemas"]["Account"]
    removed = schema["properties"].pop("disabled")
    try:
        with pytest.raises(AssertionError, match="disabled"):
            admin.ok("GET", "/api/v1/accounts")
    finally:
        schema["properties"]["disabled"] = removed


def test_the_server_hands_it_out(server):
    assert Client(server).ok("GET", "/api/v1/openapi.json") == DOC


def test_answers(server, admin, filled):  # noqa: F811
    """Each operation that reads, and those that change what is there without a machine."""
    stranger = Checked(server)
    stranger.ok("GET", "/healthz")
    stranger.ok("GET", "/api/v1/version")
    stranger.ok("GET", "/api/v1/openapi.json")
    stranger.refused(401, "GW1062", "GET", "/api/v1/accounts")
    stranger.refused(401, "GW1060", "POST", "/api/v1/session", {"name": "admin", "password": "wrong password"})
    admin.ok("GET", "/api/v1/session")
    admin.ok("GET", "/api/v1/states")
    account = admin.ok("POST", "/api/v1/accounts", {"name": "vera", "password": "given at first", "role": "viewer"})["id"]
    admin.ok("PUT", f"/api/v1/accounts/{account}", {"role": "operator", "disabled": True})
    admin.ok("GET", "/api/v1/accounts?page=1&size=1")
    token = admin.ok("POST", "/api/v1/tokens", {"name": "script", "role": "operator", "days": 1})
    forever = admin.ok("POST", "/api/v1/tokens", {"name": "script", "role": "viewer"})["id"]
    Checked(server, token["token"]).ok("GET", "/api/v1/session")
    admin.ok("GET", "/api/v1/tokens")
    other = Checked(server)
    other.login("admin", PASSWORD)
    current = next(s["id"] for s in other.ok("GET", "/api/v1/sessions")["items"] if s["current"])
    admin.ok("DELETE", f"/api/v1/sessions/{current}")
    admin.ok("DELETE", f"/api/v1/tokens/{forever}")
    source = admin.ok("POST", "/api/v1/data-sources", SOURCE)["id"]
    admin.ok("GET", "/api/v1/data-sources?name=HO&kind=mysql&host=db1&sort=-created")
    admin.ok("GET", f"/api/v1/data-sources/{source}")
    admin.ok("PUT", f"/api/v1/data-sources/{source}", {**SOURCE, "port": 3307})
    admin.ok("DELETE", f"/api/v1/data-sources/{source}")
    admin.refused(404, "GW1068", "GET", f"/api/v1/data-sources/{source}")
    admin.refused(409, "GW1070", "DELETE", "/api/v1/data-sources/1")
    for kind in ("subtask", "machine"):
        admin.ok("GET", f"/api/v1/{kind}s/{filled[kind]}/log?limit=50")
    alert = admin.ok("GET", "/api/v1/alerts?open=true")["items"][0]["id"]
    admin.ok("GET", "/api/v1/alerts/count")
    admin.ok("GET", f"/api/v1/alerts/{alert}")
    admin.ok("POST", f"/api/v1/alerts/{alert}/close")
    admin.ok("GET", "/api/v1/alerts")
    admin.ok("GET", "/api/v1/settings")
    admin.ok("PUT", "/api/v1/settings", {"log_lines": 1000})
    admin.ok("GET", "/api/v1/audit?size=200")
    admin.ok("GET", "/api/v1/parameters")
    machine = admin.ok("POST", "/api/v1/machines/token", {"name": "far away"})
    admin.ok("GET", "/api/v1/machines?sort=-seen")
    admin.ok("GET", f"/api/v1/machines/{machine['machine']}")
    admin.ok("PATCH", f"/api/v1/machines/{machine['machine']}", {"name": "near", "capacity": 3})
    stranger.ok("POST", "/api/v1/enrol", {"token": machine["token"], "facts": {"cores": 4}, "version": "0.1.0"})
    admin.ok("GET", f"/api/v1/machines/{machine['machine']}")
    admin.ok("DELETE", f"/api/v1/machines/{machine['machine']}")
    hook = {"name": "chat", "url": "http://127.0.0.1:9/x", "events": ["alert", "task"], "secret": "long enough"}
    webhook = admin.ok("POST", "/api/v1/webhooks", hook)["id"]
    admin.ok("GET", "/api/v1/webhooks")
    admin.ok("PUT", f"/api/v1/webhooks/{webhook}", {**hook, "enabled": False})
    admin.ok("POST", f"/api/v1/webhooks/{webhook}/test")
    admin.ok("GET", f"/api/v1/webhooks/{webhook}")
    admin.ok("DELETE", f"/api/v1/webhooks/{webhook}")
    admin.refused(405, "GW1069", "PATCH", "/api/v1/session", {})
    admin.ok("DELETE", "/api/v1/session")


def test_answers_about_tasks(admin, mysql9, pg_db, sources):
    """Every operation of tasks and subtasks, around one that runs to its end and one that fails."""
    source = admin.data_source("source", "mysql", mysql9)
    target = admin.data_source("target", "postgresql", pg_db.server)
    body = subtask(source, sources(mysql9, "bank"), target, pg_db.name, tables={"include": [], "exclude": ["none_*"]}, params={"jobs": 2})
    task = admin.task("to its end", [body], start=False)["id"]
    admin.ok("PUT", f"/api/v1/tasks/{task}", {"name": "to its end, really", "subtasks": [body], "machines": []})
    one = admin.subtasks(task)[0]["id"]
    admin.wait(lambda: admin("POST", f"/api/v1/subtasks/{one}/precheck")[0] == 200, "the machine answers")
    admin.refused(404, "GW1068", "GET", f"/api/v1/subtasks/{one}/report")
    admin.refused(409, "GW1087", "POST", f"/api/v1/subtasks/{one}/start-reverse")
    admin.refused(409, "GW1087", "POST", f"/api/v1/subtasks/{one}/stop-incremental")
    admin.ok("POST", f"/api/v1/tasks/{task}/start")
    admin.wait_over(task, 240)
    for part in ("", "/objects?sort=-rows&size=5", "/timeline", "/samples", "/precheck", "/report", "/check", "/log"):
        admin.ok("GET", f"/api/v1/subtasks/{one}{part}")
    found = admin.ok("GET", "/api/v1/tasks?status=2&sort=-finished")["items"]
    assert [m["name"] for m in found[0]["used_machines"]] == ["local"] and found[0]["machines"] == []
    admin.ok("GET", f"/api/v1/tasks/{task}")
    admin.ok("GET", f"/api/v1/tasks/{task}/operations")
    copied = admin.ok("POST", f"/api/v1/tasks/{task}/copy")["id"]
    admin.ok("POST", "/api/v1/tasks/delete", {"ids": [copied]})
    admin.wait(lambda: admin("POST", f"/api/v1/tasks/{task}/reset")[0] in (200, 204), "the worker has ended")
    admin.ok("POST", f"/api/v1/subtasks/{one}/start")
    admin.ok("POST", f"/api/v1/subtasks/{one}/finish")
    admin.wait(lambda: admin("POST", f"/api/v1/subtasks/{one}/reset")[0] == 200, "the worker has stopped")
    broken = admin.task("fails", [{**body, "source_database": "no_such_database", "target_schema": "elsewhere"}])["id"]
    failed, = admin.wait_over(broken)
    assert failed["reason"]["code"]
    assert [t["id"] for t in admin.ok("GET", "/api/v1/tasks?failed=1")["items"]] == [broken]
    assert {d["subtasks"] for d in admin.ok("GET", "/api/v1/data-sources")["items"]} == {2}
    admin.ok("GET", f"/api/v1/subtasks/{failed['id']}/timeline")
    admin.ok("GET", "/api/v1/alerts?open=true")
    admin.ok("POST", f"/api/v1/subtasks/{failed['id']}/retry")
    admin.ok("POST", f"/api/v1/tasks/{broken}/finish")
    admin.wait(lambda: admin("DELETE", f"/api/v1/tasks/{broken}")[0] == 204, "the worker has stopped")
    used = {o["operationId"]: f"{m} {p}" for p, at in DOC["paths"].items() for m, o in at.items() if "x-websocket" not in o}
    wanted = {i for i in used if used[i].split(" ")[1].startswith(("/api/v1/tasks", "/api/v1/subtasks"))}
    # Some have tests of their own (test_logs_alerts, test_check_again, test_chunk_map, test_online_cutover).
    elsewhere = {"downloadSubtaskLog", "retryObject", "checkAgain", "getRepairs", "getObject", "getChunks", "stopIncremental", "startReverse", "cutOver",
                 "getCutover", "lookAtCutover", "undoCutover"}
    assert wanted - admin.used <= elsewhere
