"""The server's API: logins, roles, CSRF, data sources, what never comes out, and what is no good request."""

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess

import pytest

from control import PASSWORD, Client, Server


@pytest.fixture
def server(godwit, tmp_path):
    return Server(godwit, tmp_path / "data").start()


@pytest.fixture
def admin(server):
    return server.admin()


def person(server, admin, name, role):
    admin.ok("POST", "/api/v1/accounts", {"name": name, "password": "given at first", "role": role})
    client = Client(server)
    client.login(name, "given at first")
    client.ok("PUT", "/api/v1/session/password", {"old": "given at first", "new": PASSWORD})
    return client


SOURCE = {"name": "shop", "kind": "mysql", "host": "db1.example", "port": 3306, "username": "app", "password": "s3cret-of-shop",
          "properties": {"ssl-mode": "required"}}


# ---- who ----


def test_the_first_start(server):
    assert re.fullmatch(r"[A-Za-z2-9]{16}", server.first)
    stranger = Client(server)
    assert stranger.ok("GET", "/healthz") == {"ok": True}
    assert "version" in stranger.ok("GET", "/api/v1/version")
    for method, path in (("GET", "/api/v1/session"), ("GET", "/api/v1/data-sources"), ("POST", "/api/v1/accounts"),
                         ("GET", "/api/v1/audit"), ("DELETE", "/api/v1/data-sources/1"), ("GET", "/api/v1/states")):
        stranger.refused(401, "GW1062", method, path)
    admin = Client(server)
    admin.login("admin", server.first)
    admin.refused(403, "GW1065", "GET", "/api/v1/data-sources")  # a new password comes first
    admin.refused(401, "GW1060", "PUT", "/api/v1/session/password", {"old": "wrong", "new": PASSWORD})
    admin.refused(400, "GW1063", "PUT", "/api/v1/session/password", {"old": server.first, "new": "short"})
    admin.ok("PUT", "/api/v1/session/password", {"old": server.first, "new": PASSWORD})
    assert admin.ok("GET", "/api/v1/data-sources")["items"] == []
    admin.ok("DELETE", "/api/v1/session")
    admin.refused(401, "GW1062", "GET", "/api/v1/session")


def test_it_is_told_once_and_kept_over_restarts(server, admin):
    admin.ok("POST", "/api/v1/data-sources", SOURCE)
    server.stop()
    server.start()
    assert server.first is None
    assert admin.ok("GET", "/api/v1/data-sources")["total"] == 1  # the session, too


def test_another_program_looks_into_the_store(server, admin):
    """As a backup does: what is committed after it has gone survives a kill."""
    with contextlib.closing(sqlite3.connect(server.directory / "godwit.db")) as other:
        assert other.execute("SELECT count(*) FROM account").fetchone()[0] == 1
    admin.ok("POST", "/api/v1/data-sources", SOURCE)
    server.kill()
    server.start()
    assert admin.ok("GET", "/api/v1/data-sources")["total"] == 1


def test_cookies_are_not_for_scripts_or_other_sites(server):
    client = Client(server)
    client.login("admin", server.first)
    cookie = client.headers["Set-Cookie"]
    client("POST", "/api/v1/session", {"name": "admin", "password": server.first})
    for word in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert word in client.headers["Set-Cookie"], cookie


def test_forged_requests(server, admin):
    csrf, admin.csrf = admin.csrf, None
    admin.refused(403, "GW1066", "POST", "/api/v1/data-sources", SOURCE)
    admin.csrf = "x" * len(csrf)
    admin.refused(403, "GW1066", "POST", "/api/v1/data-sources", SOURCE)
    admin.csrf = csrf
    admin.refused(403, "GW1066", "POST", "/api/v1/data-sources", SOURCE, headers={"Origin": "https://evil.example"})
    Client(server).refused(403, "GW1066", "POST", "/api/v1/session", {"name": "admin", "password": PASSWORD},
                           headers={"Origin": "https://evil.example"})
    admin.ok("POST", "/api/v1/data-sources", SOURCE, headers={"Origin": "http://127.0.0.1:%d" % server.port})


def test_roles(server, admin):
    viewer, operator = person(server, admin, "vera", "viewer"), person(server, admin, "otto", "operator")
    made = operator.ok("POST", "/api/v1/data-sources", SOURCE)["id"]
    assert viewer.ok("GET", "/api/v1/data-sources/%d" % made)["name"] == "shop"
    viewer.refused(403, "GW1064", "POST", "/api/v1/data-sources", {**SOURCE, "name": "other"})
    viewer.refused(403, "GW1064", "DELETE", "/api/v1/data-sources/%d" % made)
    for client in (viewer, operator):
        client.refused(403, "GW1064", "GET", "/api/v1/accounts")
        client.refused(403, "GW1064", "GET", "/api/v1/audit")
    accounts = {a["name"]: a for a in admin.ok("GET", "/api/v1/accounts")["items"]}
    assert {n: a["role"] for n, a in accounts.items()} == {"admin": "admin", "otto": "operator", "vera": "viewer"}
    admin.ok("PUT", "/api/v1/accounts/%d" % accounts["otto"]["id"], {"role": "viewer", "disabled": True})
    operator.refused(401, "GW1062", "GET", "/api/v1/data-sources")
    admin.refused(400, "GW1063", "PUT", "/api/v1/accounts/%d" % accounts["admin"]["id"], {"role": "viewer"})


def test_data_sources_are_found(admin):
    for name, kind, host in (("Shop one", "mysql", "db1.example"), ("shop 100%", "mariadb", "db2.example"), ("ledger", "postgresql", "pg.example")):
        admin.ok("POST", "/api/v1/data-sources", {**SOURCE, "name": name, "kind": kind, "host": host})

    def found(query):
        return [d["name"] for d in admin.ok("GET", "/api/v1/data-sources?" + query)["items"]]

    assert found("name=SHOP&sort=name") == ["Shop one", "shop 100%"] or found("name=SHOP&sort=name") == ["shop 100%", "Shop one"]
    assert found("name=0%25") == ["shop 100%"] and found("kind=postgresql") == ["ledger"] and found("host=PG") == ["ledger"]
    assert found("sort=-host") == ["ledger", "shop 100%", "Shop one"]
    assert admin.ok("GET", "/api/v1/data-sources?size=1&name=shop")["total"] == 2
    admin.refused(400, "GW1067", "GET", "/api/v1/data-sources?nonsense=1")


def test_sessions_are_seen_and_ended(server, admin):
    other, stranger = Client(server), person(server, admin, "otto", "operator")
    other.login("admin", PASSWORD)
    found = admin.ok("GET", "/api/v1/sessions")["items"]
    assert len(found) == 2 and [s["current"] for s in found].count(True) == 1 and {s["address"] for s in found} == {"127.0.0.1"}
    assert not any(c in json.dumps(found) for c in (admin.cookie, other.cookie, admin.csrf, other.csrf))
    theirs = next(s["id"] for s in found if not s["current"])
    stranger.refused(404, "GW1068", "DELETE", "/api/v1/sessions/" + theirs)
    admin.refused(404, "GW1068", "DELETE", "/api/v1/sessions/%25")
    admin.ok("DELETE", "/api/v1/sessions/" + theirs)
    other.refused(401, "GW1062", "GET", "/api/v1/session")
    assert [s["current"] for s in admin.ok("GET", "/api/v1/sessions")["items"]] == [True]
    accounts = {a["name"]: a["login_ms"] for a in admin.ok("GET", "/api/v1/accounts?sort=-login")["items"]}
    assert accounts["otto"] and accounts["admin"] >= accounts["otto"] - 60000
    admin.ok("POST", "/api/v1/accounts", {"name": "never", "password": "given at first", "role": "viewer"})
    assert {a["name"]: a["login_ms"] for a in admin.ok("GET", "/api/v1/accounts")["items"]}["never"] is None


def test_an_account_gets_a_new_password_from_an_admin(server, admin):
    person(server, admin, "olga", "operator")
    id_ = next(a["id"] for a in admin.ok("GET", "/api/v1/accounts?name=OLG")["items"])
    admin.refused(400, "GW1063", "PUT", "/api/v1/accounts/%d" % id_, {"role": "operator", "password": "short"})
    admin.ok("PUT", "/api/v1/accounts/%d" % id_, {"role": "operator", "password": "given by an admin"})
    again = Client(server)
    again.refused(401, "GW1060", "POST", "/api/v1/session", {"name": "olga", "password": PASSWORD})
    assert again.login("olga", "given by an admin")["must_change_password"]
    assert "given by an admin" not in json.dumps(admin.ok("GET", "/api/v1/audit"))


def test_the_audit_log_can_be_searched(server, admin):
    person(server, admin, "mara", "viewer")
    source = admin.ok("POST", "/api/v1/data-sources", {**SOURCE, "name": "of the audit"})["id"]
    admin.refused(404, "GW1068", "DELETE", "/api/v1/data-sources/9999")
    admin.ok("DELETE", "/api/v1/data-sources/%d" % source)

    def found(query):
        return admin.ok("GET", "/api/v1/audit?" + query)

    made = found("object=OF%20the%20audit")["items"]
    assert [x["operation"] for x in made] == ["POST /api/v1/data-sources"]
    at = made[0]["at_ms"]
    assert {x["outcome"] == "ok" for x in found("failed=1&operation=data-sources")["items"]} == {False}
    assert {x["who"] for x in found("who=admin&size=200")["items"]} == {"admin"}
    assert all(x["at_ms"] >= at for x in found("from=%d" % at)["items"])
    assert all(x["at_ms"] < at for x in found("until=%d" % at)["items"])
    assert found("from=%d" % at)["total"] + found("until=%d" % at)["total"] <= found("size=1")["total"]
    ascending = [x["at_ms"] for x in found("sort=at&size=200")["items"]]
    assert ascending == sorted(ascending)
    admin.refused(400, "GW1067", "GET", "/api/v1/audit?whom=admin")


def test_guessing(server):
    client = Client(server)
    for _ in range(5):
        client.refused(401, "GW1060", "POST", "/api/v1/session", {"name": "admin", "password": "guess"})
    client.refused(429, "GW1061", "POST", "/api/v1/session", {"name": "admin", "password": server.first})


def test_programs(server, admin):
    made = admin.ok("POST", "/api/v1/tokens", {"name": "ci", "role": "operator", "days": 1})
    program = Client(server, made["token"])
    assert program.ok("POST", "/api/v1/data-sources", SOURCE)["id"]  # no cookie, no CSRF
    program.refused(403, "GW1064", "GET", "/api/v1/accounts")
    listed, = admin.ok("GET", "/api/v1/tokens")["items"]
    assert listed["name"] == "ci" and made["token"] not in json.dumps(listed) and listed["used_ms"]
    admin.ok("DELETE", "/api/v1/tokens/%d" % made["id"])
    program.refused(401, "GW1062", "GET", "/api/v1/data-sources")
    Client(server, "no such token").refused(401, "GW1062", "GET", "/api/v1/data-sources")


# ---- data sources ----


def test_data_sources_live_and_die(server, admin):
    made = admin.ok("POST", "/api/v1/data-sources", SOURCE)["id"]
    one = admin.ok("GET", "/api/v1/data-sources/%d" % made)
    assert {k: one[k] for k in ("name", "kind", "host", "port", "username", "properties", "has_password", "created_by")} == {
        "name": "shop", "kind": "mysql", "host": "db1.example", "port": 3306, "username": "app",
        "properties": {"ssl-mode": "required"}, "has_password": True, "created_by": "admin"}
    admin.refused(409, "GW5004", "POST", "/api/v1/data-sources", SOURCE)
    changed = {k: v for k, v in SOURCE.items() if k != "password"} | {"host": "db2.example"}
    admin.ok("PUT", "/api/v1/data-sources/%d" % made, changed)
    one = admin.ok("GET", "/api/v1/data-sources/%d" % made)
    assert one["host"] == "db2.example" and one["has_password"]
    admin.ok("DELETE", "/api/v1/data-sources/%d" % made)
    admin.refused(404, "GW1068", "GET", "/api/v1/data-sources/%d" % made)
    admin.refused(404, "GW1068", "DELETE", "/api/v1/data-sources/%d" % made)
    admin.refused(404, "GW1068", "PUT", "/api/v1/data-sources/%d" % made, SOURCE)


def test_lists_come_in_pages(server, admin):
    for i in range(25):
        admin.ok("POST", "/api/v1/data-sources", {**SOURCE, "name": "s%02d" % i})
    first = admin.ok("GET", "/api/v1/data-sources")
    assert (first["total"], first["page"], first["size"], len(first["items"])) == (25, 1, 20, 20)
    last = admin.ok("GET", "/api/v1/data-sources?page=3&size=10")
    assert [x["name"] for x in last["items"]] == ["s20", "s21", "s22", "s23", "s24"]
    for query in ("page=0", "size=1000", "page=x", "size=-1", "page=99999999999999999999"):
        admin.refused(400, "GW1067", "GET", "/api/v1/data-sources?" + query)


def test_passwords_never_come_out(server, admin):
    made = admin.ok("POST", "/api/v1/data-sources", SOURCE)["id"]
    admin.ok("PUT", "/api/v1/data-sources/%d" % made, {**SOURCE, "password": "an0ther-secret"})
    secrets = (SOURCE["password"], "an0ther-secret", PASSWORD, server.first, admin.cookie, admin.csrf)
    answers = json.dumps([admin.ok("GET", p) for p in ("/api/v1/data-sources", "/api/v1/data-sources/%d" % made,
                                                       "/api/v1/audit", "/api/v1/accounts")])
    files = b"".join(p.read_bytes() for p in server.directory.rglob("*") if p.is_file() and not p.name.endswith(".key"))
    log = server.log.read_text()
    cmdline = subprocess.run("cat /proc/%d/cmdline /proc/%d/environ" % (2 * (server.run.process.pid,)), shell=True,
                             capture_output=True).stdout.decode(errors="replace")
    for secret in secrets:
        assert secret not in answers and secret not in log and secret not in cmdline
        if secret != admin.csrf:  # of no use without the cookie
            assert secret.encode() not in files
    for path in server.directory.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
    rows = sqlite3.connect(server.directory / "godwit.db").execute("SELECT count(*) FROM secret").fetchone()
    assert rows == (1,)  # the old password is gone


def test_another_key_opens_nothing(godwit, server, admin):
    admin.ok("POST", "/api/v1/data-sources", SOURCE)
    server.stop()
    os.chmod(server.directory / "godwit.key", 0o644)
    result = godwit("serve", "--listen", "127.0.0.1:0", "--data", server.directory).failed(1)
    assert "GW5010" in result.err and "chmod 600" in result.err


# ---- what is no good request ----


def test_bad_bodies(server, admin):
    bad = [b"{", b"[]", b"null", b'"x"', b'{"name":"a","name":"b"}', b"\xff\xfe", b'{"name":' + b"[" * 5000, b'{"a":1}' * 2]
    for raw in bad:
        admin.refused(400, "GW1067", "POST", "/api/v1/data-sources", raw=raw)
    for change in ({"port": 0}, {"port": 65536}, {"port": "3306"}, {"kind": "oracle"}, {"name": ""}, {"name": None},
                   {"name": "x" * 101}, {"host": "a\nb"}, {"properties": []}, {"properties": {"a": 1}}, {"name": 7},
                   {"username": "a\u0000b"}):
        admin.refused(400, "GW1067", "POST", "/api/v1/data-sources", {**SOURCE, **change})
    admin.refused(400, "GW1067", "POST", "/api/v1/data-sources", SOURCE, headers={"Content-Type": "text/plain"})
    status, _ = admin("GET", "/api/v1/data-sources/..%2f..%2fetc%2fpasswd")
    assert status == 404
    for path in ("/api/v1/data-sources/0", "/api/v1/data-sources/-1", "/api/v1/data-sources/1x", "/api/v1/nothing", "/api"):
        admin.refused(404, "GW1068", "GET", path)
    admin.refused(405, "GW1069", "PATCH", "/api/v1/data-sources", raw=b"{}")
    assert admin.ok("GET", "/api/v1/data-sources")["items"] == []


def test_what_was_done_is_written_down(server, admin):
    made = admin.ok("POST", "/api/v1/data-sources", SOURCE)["id"]
    admin.ok("DELETE", "/api/v1/data-sources/%d" % made)
    Client(server)("POST", "/api/v1/session", {"name": "mallory", "password": "x"})
    entries = [(e["who"], e["operation"], e["object"], e["outcome"]) for e in admin.ok("GET", "/api/v1/audit")["items"]]
    assert entries[:3] == [("?", "POST /api/v1/session", "account mallory", "GW1060"),
                           ("admin", "DELETE /api/v1/data-sources/{id}", "/api/v1/data-sources/%d" % made, "ok"),
                           ("admin", "POST /api/v1/data-sources", "data source shop", "ok")]
    assert all(e["address"] == "127.0.0.1" and e["at_ms"] > 1.6e12 for e in admin.ok("GET", "/api/v1/audit")["items"])


def test_beyond_this_machine_only_with_tls(godwit, tmp_path):
    result = godwit("serve", "--listen", "0.0.0.0:0", "--data", tmp_path / "data").failed(2)
    assert "TLS" in result.err
    for words in (["--tls-cert", "x.pem"], ["--listen", "nonsense"], ["--listen", "127.0.0.1:99999"], ["--nonsense"], ["word"]):
        assert "GW1001" in godwit("serve", "--data", tmp_path / "data", *words).failed(2).err
    assert "--listen" in godwit("serve", "--help").ok().out


def test_states(server, admin):
    states = admin.ok("GET", "/api/v1/states")
    texts = {s["status"]: (s["en"], s["zh"]) for s in states["statuses"]}
    assert texts[5] == ("full check: running", "全量校验中") and set(texts) >= {0, 13, 30, 40, 100, 500, 1000, 2000, 3000}
    assert {"from": 10, "event": "start-reverse", "to": 11} in states["transitions"]
