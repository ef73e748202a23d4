"""Looking at databases before anything moves: test connection and trees, asked of a worker directly and through a server."""

import json
from urllib.parse import quote

import pytest

from control import Server
from working import Worker


def url_of(server, database="", user=None, **parameters):
    scheme = "postgresql" if server.name.startswith("pg") else "mysql"
    tail = "&".join("%s=%s" % (k.replace("_", "-"), quote(v, safe="")) for k, v in parameters.items())
    return "%s://%s@%s:%d/%s%s" % (scheme, quote(user or server.user, safe=""), server.host, server.port,
                                   quote(database, safe=""), "?" + tail if tail else "")


@pytest.fixture
def ask(godwit):
    """ask(server, verb, **keys): what a worker answers; refused(..): its error."""
    def run(server, verb, url=None, password=None, **keys):
        job = {"verb": verb, "end": url or url_of(server),
               "password": server.password if password is None else password, **keys}
        worker = Worker(godwit, job)
        result = worker.wait()
        secret = job["password"]
        assert not secret or (secret not in result.out and secret not in result.err)
        return worker, result

    def asked(server, verb, *args, **keys):
        worker, result = run(server, verb, *args, **keys)
        assert result.code == 0, str(result)
        return worker.of_kind("result")[0]["result"]

    def refused(server, verb, code, *args, **keys):
        worker, result = run(server, verb, *args, **keys)
        assert result.code != 0 and worker.error["code"] == code, str(result)
        return worker.error

    asked.refused = refused
    return asked


def statuses(probe):
    return {i["name"]: i["status"] for i in probe["items"]}


# ---- probe ----


def test_a_source_is_probed(ask, source):
    found = ask(source, "probe", role="source")
    states = statuses(found)
    assert found["server"].startswith("MariaDB 1" if source.name == "mariadb" else "MySQL 9.")
    assert found["ok"] and states["source.connect"] == "ok" and "failed" not in states.values()
    for name in ("databases", "character_set", "log_bin", "binlog_format", "binlog_row_image", "replication_client",
                 "replication_slave", "snapshot", "connections", "lower_case_table_names"):
        assert "source." + name in states, sorted(states)
    assert found["warnings"] == sum(s == "warning" for s in states.values())
    for item in found["items"]:
        assert item["title"] and item["title_zh"] and item["message"] and (item["hint"] is None) == (item["status"] == "ok"), item


def test_what_an_account_may_not(ask, source):
    """Fewer rights: warnings that name what to grant; a database of its own is enough to be reached."""
    source.script(["DROP USER IF EXISTS looker@'%'", "DROP DATABASE IF EXISTS looked_at", "CREATE DATABASE looked_at",
                   "CREATE USER looker@'%' IDENTIFIED BY 'l00k'", "GRANT SELECT ON looked_at.* TO looker@'%'"])
    try:
        found = ask(source, "probe", url_of(source, user="looker"), "l00k")
        states = statuses(found)
        assert found["ok"], found
        assert {states["source." + n] for n in ("replication_client", "replication_slave", "snapshot")} == {"warning"}
        hints = {i["name"]: i["hint"] for i in found["items"]}
        assert "GRANT REPLICATION SLAVE" in hints["source.replication_slave"] and "looker" in hints["source.replication_slave"]
        tree = ask(source, "tree", url_of(source, user="looker"), "l00k")
        assert [i["name"] for i in tree["items"]] == ["looked_at"] and tree["total"] == 1
    finally:
        source.script(["DROP USER looker@'%'", "DROP DATABASE looked_at"])


def test_a_target_is_probed(ask, pg15, pg_db):
    found = ask(pg15, "probe", role="target", database=pg_db.name)
    states = statuses(found)
    assert found["server"].startswith("PostgreSQL 15.") and found["server"].count(" ") == 1 and found["ok"]
    for name in ("connect", "mode", "encoding", "writable", "create", "progress", "wal_level", "connections",
                 "replication_role", "replication_slots"):
        assert states["target." + name] in ("ok", "warning"), name
    pg15.script(["DROP ROLE IF EXISTS poor", "CREATE ROLE poor LOGIN PASSWORD 'p00r'"])
    try:
        found = ask(pg15, "probe", url_of(pg15, pg_db.name, user="poor"), "p00r")
        states = statuses(found)
        assert not found["ok"] and states["target.create"] == states["target.progress"] == "failed"
        assert states["target.replication_role"] == "warning"
        assert any("GRANT CREATE ON DATABASE" in (i["hint"] or "") for i in found["items"])
    finally:
        pg15.script(["DROP ROLE poor"])


def test_what_cannot_be_reached_is_an_item(ask, mysql9, pg15):
    for server, url, code in ((mysql9, "mysql://root@127.0.0.1:1/", "GW2001"),
                              (mysql9, url_of(mysql9, user="nobody"), "GW2002"),
                              (mysql9, url_of(mysql9, "no_such_database"), "GW2003"),
                              (pg15, "opengauss://u@127.0.0.1:1/postgres?connect-timeout=2s", "GW3001"),
                              (pg15, url_of(pg15, "no_such_database"), "GW3003")):
        found = ask(server, "probe", url)
        assert not found["ok"] and found["server"] is None, found
        item, = found["items"]
        assert item["status"] == "failed" and code in item["message"] and item["hint"], item


def test_jobs_that_make_no_sense(ask, mysql9, pg15):
    ask.refused(mysql9, "probe", "GW1054", role="target")
    ask.refused(pg15, "probe", "GW1054", role="source")
    ask.refused(mysql9, "probe", "GW1002", "oracle://u@h/d")
    ask.refused(mysql9, "probe", "GW1002", url_of(mysql9, nonsense="1"))
    ask.refused(mysql9, "tree", "GW1054", database="d", schema="s")
    ask.refused(pg15, "tree", "GW1054", schema="s")
    for keys in ({"limit": 0}, {"limit": 1001}, {"offset": -1}, {"offset": "1"}, {"limit": 1.5}):
        ask.refused(mysql9, "tree", "GW1054", **keys)
    ask.refused(mysql9, "tree", "GW2003", database="no_such_database")
    ask.refused(pg15, "tree", "GW3003", database="postgres", schema="no_such_schema")
    ask.refused(pg15, "tree", "GW3003", database="no_such_database")


# ---- tree ----


def test_the_tree_of_a_source(ask, source):
    source.script(["DROP DATABASE IF EXISTS tree_a", "DROP DATABASE IF EXISTS `tree.B' \\\\ é`", "CREATE DATABASE tree_a",
                   "CREATE DATABASE `tree.B' \\\\ é`", "CREATE TABLE tree_a.big (id int PRIMARY KEY, t text)",
                   "INSERT INTO tree_a.big SELECT v, repeat('x', 4000) FROM (WITH RECURSIVE n (v) AS (SELECT 1 UNION ALL"
                   " SELECT v + 1 FROM n WHERE v < 500) SELECT v FROM n) x", "ANALYZE TABLE tree_a.big",
                   "CREATE TABLE tree_a.`B;--` (id int)", "CREATE VIEW tree_a.v AS SELECT 1 AS one",
                   "CREATE TABLE `tree.B' \\\\ é`.t (id int)"])
    try:
        every = ask(source, "tree")
        assert every["level"] == "databases" and every["total"] == len(every["items"]) and every["offset"] == 0
        names = [i["name"] for i in every["items"]]
        assert names == sorted(names, key=lambda n: n.encode())
        assert not {"mysql", "sys", "information_schema", "performance_schema"} & set(names)
        by_name = {i["name"]: i for i in every["items"]}
        odd = next(n for n in names if n.startswith("tree.B"))
        assert by_name["tree_a"]["tables"] == 2 and by_name["tree_a"]["bytes"] > 2000000 and by_name["tree_a"]["charset"]
        assert by_name[odd]["tables"] == 1
        pages = [ask(source, "tree", offset=i, limit=1) for i in range(every["total"])]
        assert [p["items"][0]["name"] for p in pages] == names and {p["total"] for p in pages} == {every["total"]}
        assert ask(source, "tree", offset=every["total"])["items"] == []
        tables = ask(source, "tree", database="tree_a")
        assert tables["level"] == "tables" and tables["total"] == 3
        assert [(i["name"], i["kind"]) for i in tables["items"]] == [("B;--", "table"), ("big", "table"), ("v", "view")]
        big = tables["items"][1]
        assert 200 <= big["rows_estimate"] <= 1000 and big["bytes"] > 2000000
        assert [i["name"] for i in ask(source, "tree", database=odd)["items"]] == ["t"]
        assert [i["name"] for i in ask(source, "tree", search="EE.b' \\\\ É")["items"]] == [odd]
        found = ask(source, "tree", database="tree_a", search="B")
        assert [i["name"] for i in found["items"]] == ["B;--", "big"] and found["total"] == 2
    finally:
        source.script(["DROP DATABASE tree_a", "DROP DATABASE `tree.B' \\\\ é`"])


def test_the_tree_of_a_target(ask, pg15, pg_db):
    pg_db.script(['CREATE SCHEMA "odd \'name\\"', "CREATE SCHEMA godwit", "CREATE TABLE public.big (id int PRIMARY KEY, t text)",
                  "INSERT INTO public.big SELECT v, repeat(md5(v::text), 10) FROM generate_series(1, 5000) v", "ANALYZE public.big",
                  "CREATE TABLE public.parts (id int) PARTITION BY RANGE (id)",
                  "CREATE TABLE public.parts_1 PARTITION OF public.parts FOR VALUES FROM (0) TO (100000)",
                  "INSERT INTO public.parts SELECT generate_series(1, 20000)",
                  "CREATE VIEW public.v AS SELECT 1 AS one", 'CREATE TABLE "odd \'name\\".t (id int)'])
    every = ask(pg15, "tree")
    by_name = {i["name"]: i for i in every["items"]}
    assert every["level"] == "databases" and every["total"] == len(every["items"])
    assert "template0" not in by_name and "template1" not in by_name and "postgres" in by_name
    assert by_name[pg_db.name]["bytes"] > 5000000 and by_name[pg_db.name]["charset"] == "UTF8"
    assert by_name[pg_db.name]["tables"] is None and by_name[pg_db.name]["compatibility"] is None
    schemas = ask(pg15, "tree", database=pg_db.name)
    assert [(i["name"], i["tables"]) for i in schemas["items"]] == [("odd 'name\\", 1), ("public", 2)], schemas
    assert schemas["level"] == "schemas" and schemas["total"] == 2 and schemas["items"][1]["bytes"] > 2000000
    tables = ask(pg15, "tree", database=pg_db.name, schema="public")
    assert [(i["name"], i["kind"]) for i in tables["items"]] == [("big", "table"), ("parts", "table"), ("v", "view")]
    big, parts, view = tables["items"]
    assert big["rows_estimate"] == 5000 and big["bytes"] > 1000000
    assert parts["bytes"] > 500000 and parts["rows_estimate"] is None and view["bytes"] is None
    assert ask(pg15, "tree", database=pg_db.name, schema="public", offset=1, limit=1)["items"] == [parts]
    assert ask(pg15, "tree", database=pg_db.name, schema="odd 'name\\")["total"] == 1
    assert ask(pg15, "tree", search=pg_db.name.upper())["total"] >= 1
    assert [i["name"] for i in ask(pg15, "tree", database=pg_db.name, search="'NAME\\")["items"]] == ["odd 'name\\"]
    assert [i["name"] for i in ask(pg15, "tree", database=pg_db.name, schema="public", search="I")["items"]] == ["big"]
