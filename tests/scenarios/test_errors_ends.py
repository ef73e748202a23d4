"""Every fault of a beginner gets its own code, says how to mend it, and leaves nothing behind."""

import socket

import pytest

from moving import error_of
from servers import Postgres, free_port


@pytest.fixture
def shop(sources, mysql9):
    return sources(mysql9, "references")


@pytest.fixture
def source_url(mysql9, shop):
    return "mysql://root@%s:%d/%s" % (mysql9.host, mysql9.port, shop)


@pytest.fixture
def target_url(pg_db):
    return "postgresql://%s@%s:%d/%s" % (pg_db.server.user, pg_db.server.host, pg_db.server.port, pg_db.name)


@pytest.fixture
def run(godwit, mysql9, pg_db):
    """run(source, target, ...) of a load; afterwards the target must be as empty as before, unless the test says otherwise."""
    def go(source, target, *options, verb="load", **env):
        env = {"GODWIT_SOURCE_PASSWORD": mysql9.password, "GODWIT_TARGET_PASSWORD": pg_db.server.password, **env}
        return godwit(verb, source, target, "--progress", "json", *options, env=env)

    yield go
    left = pg_db.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN"
                         " ('information_schema', 'public')")
    assert left == [], "left behind: %s" % left


def expect(result, code, *words, exit_code=1):
    error = error_of(result.failed(exit_code))
    assert error["code"] == code, result
    text = " ".join(error.get(k) or "" for k in ("message", "hint", "cause", "where"))
    for word in words:
        assert word in text, "%r is not in %s" % (word, text)
    assert "error %s: " % code in result.err
    return error


def test_wrong_source_password(run, source_url, target_url):
    expect(run(source_url, target_url, GODWIT_SOURCE_PASSWORD="wrong"), "GW2002", "Access denied", "user, password")


def test_wrong_target_password(run, source_url, target_url):
    expect(run(source_url, target_url, GODWIT_TARGET_PASSWORD="wrong"), "GW3002", "password authentication failed",
           "pg_hba.conf")


def test_unknown_source_user(run, source_url, target_url):
    expect(run(source_url.replace("root@", "nobody@"), target_url), "GW2002", "nobody")


def test_unknown_hosts(run, source_url, target_url, mysql9, pg_db):
    expect(run(source_url.replace(mysql9.host, "no-such-host.invalid"), target_url), "GW2001", "no-such-host.invalid",
           "host and port")
    expect(run(source_url, target_url.replace(pg_db.server.host, "no-such-host.invalid")), "GW3001",
           "no-such-host.invalid", "host and port")


def test_refused_ports(run, source_url, target_url, mysql9, pg_db):
    port = free_port()
    expect(run(source_url.replace(":%d" % mysql9.port, ":%d" % port), target_url), "GW2001", str(port), "refused")
    expect(run(source_url, target_url.replace(":%d" % pg_db.server.port, ":%d" % port)), "GW3001", str(port), "refused")


def test_a_port_that_never_answers(run, source_url, target_url, mysql9):
    with socket.socket() as silent:
        silent.bind((mysql9.host, 0))
        silent.listen()
        port = silent.getsockname()[1]
        result = run(source_url.replace(":%d" % mysql9.port, ":%d" % port), target_url, "--timeout", "1s")
    error = error_of(result.failed(1))
    assert error["code"] in ("GW2001", "GW2013") and str(port) in str(error), error


def test_the_wrong_kind_of_server(run, source_url, target_url, mysql9, pg_db):
    error = error_of(run(source_url, target_url.replace(":%d" % pg_db.server.port, ":%d" % mysql9.port), "--timeout",
                         "5s").failed(1))
    assert error["code"] in ("GW3011", "GW3013") and "hint" in error, error


def test_unknown_databases(run, source_url, target_url, shop, pg_db):
    expect(run(source_url.replace(shop, "no_such_database"), target_url), "GW2003", "no_such_database",
           "SHOW DATABASES")
    expect(run(source_url, target_url.replace(pg_db.name, "no_such_database")), "GW3003", "no_such_database",
           "create it first")


def test_a_source_account_without_privileges(godwit, source_url, target_url, mysql9, pg_db, shop):
    mysql9.script(["DROP USER IF EXISTS 'poor'@'%'", "CREATE USER 'poor'@'%' IDENTIFIED BY 'poor-pass-1'",
                   "GRANT SELECT ON %s.country TO 'poor'@'%%'" % shop])
    words = [source_url.replace("root@", "poor@"), target_url, "--progress", "json", "--table", "country"]
    env = {"GODWIT_SOURCE_PASSWORD": "poor-pass-1", "GODWIT_TARGET_PASSWORD": pg_db.server.password}
    error = error_of(godwit("load", *words, "--snapshot", "lock", env=env).failed(1))
    assert error["code"] == "GW2004" and "GRANT" in error["hint"], error
    # What was begun is in nobody's way, and the account may do without a lock.
    godwit("load", *words, env=env).ok()
    assert pg_db.execute("SELECT count(*) FROM %s.country" % shop) == [(3,)]


def test_a_target_role_without_privileges(run, source_url, target_url, pg_db):
    pg_db.execute("DROP ROLE IF EXISTS poor; CREATE ROLE poor LOGIN PASSWORD 'poor-pass-1'")
    url = target_url.replace(pg_db.server.user + "@", "poor@")
    expect(run(source_url, url, GODWIT_TARGET_PASSWORD="poor-pass-1"), "GW3004", "permission denied", "GRANT")


@pytest.mark.parametrize("url", ["no-url", "mysql://", "http://host/db", "mysql://host:port/db",
                                 "mysql://host:99999/db", "mysql://host"])
def test_urls_that_cannot_be_read(run, target_url, url):
    expect(run(url, target_url), "GW1002", "scheme://user@host:port/database" if url != "mysql://host:99999/db"
           else "99999", exit_code=2)


def test_a_password_in_a_url_is_refused_and_not_repeated(run, source_url, target_url):
    result = run(source_url.replace("root@", "root:hunter2@"), target_url)
    assert result.code == 2 and "hunter2" not in result.out + result.err
    assert "GODWIT_SOURCE_PASSWORD" in error_of(result)["hint"]


@pytest.mark.parametrize("pattern", ["/[/", "/(/"])
def test_patterns_that_cannot_be_read(run, source_url, target_url, pattern):
    result = run(source_url, target_url, "--table", pattern)
    assert result.code in (1, 2)
    assert error_of(result)["code"] == "GW1004" and pattern.strip("/") in error_of(result)["message"], result


@pytest.mark.parametrize("words", [["--no-such-option"], ["--jobs", "0"], ["--jobs", "many"], ["--on-error", "ignore"],
                                   ["--chunk-size", "1"],
                                   ["--snapshot", "maybe"], ["--retry", "soon"], ["extra"]])
def test_wrong_options(run, source_url, target_url, words):
    result = run(source_url, target_url, *words)
    assert result.code == 2 and words[0].lstrip("-") in result.err and "GW1001" in result.err


def test_type_overrides_that_make_no_sense(run, source_url, target_url):
    result = run(source_url, target_url, "--type", "varchar=bytea_no")
    assert "GW1006" in result.err and result.code in (1, 2)


def test_a_report_that_cannot_be_written_is_known_at_once(run, source_url, target_url, tmp_path):
    result = run(source_url, target_url, "--report", tmp_path / "no" / "such" / "folder.json")
    assert error_of(result)["code"] == "GW1040" and result.code == 1


def test_no_password(run, source_url, target_url, godwit):
    result = godwit("load", source_url, target_url, "--progress", "json")
    assert result.code != 0 and "GW1005" in result.err or "GW2002" in result.err


def test_precheck_names_ends_that_cannot_be_reached(godwit, source_url, target_url, mysql9, pg_db):
    result = godwit("precheck", source_url, target_url, "--json", env={"GODWIT_SOURCE_PASSWORD": "wrong",
                                                                     "GODWIT_TARGET_PASSWORD": pg_db.server.password})
    assert result.code == 3
    items = {i["name"]: i for i in result.json["items"]}
    assert items["source.connect"]["status"] == "failed" and "GW2002" in items["source.connect"]["message"]
    assert items["target.connect"]["status"] == "ok"


def test_precheck_of_a_good_pair_passes(godwit, source_url, target_url, mysql9, pg_db):
    result = godwit("precheck", source_url, target_url, "--json", env={"GODWIT_SOURCE_PASSWORD": mysql9.password,
                                                                     "GODWIT_TARGET_PASSWORD": pg_db.server.password}).ok()
    items = {i["name"]: i for i in result.json["items"]}
    assert all(i["status"] != "failed" for i in items.values()) and len(items) > 8
    assert all(i["hint"] for i in items.values() if i["status"] == "warning")


ONLINE = {"target.wal_level", "target.replication_role", "target.replication_slots", "target.replication", "target.wal_senders",
          "target.slot_keep", "target.origins", "target.publication", "target.decoder", "target.ssl", "source.replication_slave"}


def test_precheck_of_the_way_back(godwit, source_url, target_url, mysql9, pg_db):
    passwords = {"GODWIT_SOURCE_PASSWORD": mysql9.password, "GODWIT_TARGET_PASSWORD": pg_db.server.password}
    result = godwit("precheck", source_url, target_url, "--json", "--online", "--jobs", 4, env=passwords).ok()
    items = {i["name"]: i for i in result.json["items"]}
    assert ONLINE <= items.keys() and all(items[name]["status"] == "ok" for name in ONLINE)
    assert "pgoutput" in items["target.decoder"]["message"]
    assert all(i["title_zh"] for i in items.values())
    without = godwit("precheck", source_url, target_url, "--json", env=passwords).ok()
    assert not {"target.replication", "target.origins"} & {i["name"] for i in without.json["items"]}


def test_precheck_of_a_way_back_that_is_not_there(godwit, mysql9, source_url):
    """Each thing that is missing is named, with how to mend it; what a full load does not take does not stop one."""
    with Postgres(settings={"wal_level": "replica", "max_wal_senders": 0, "max_replication_slots": 3,
                            "max_slot_wal_keep_size": "1GB"}) as server:
        server.execute("CREATE ROLE poor LOGIN PASSWORD 'x'; CREATE SCHEMA godwit AUTHORIZATION poor; CREATE SCHEMA s AUTHORIZATION poor")
        passwords = {"GODWIT_SOURCE_PASSWORD": mysql9.password, "GODWIT_TARGET_PASSWORD": "x"}
        args = ("precheck", source_url, f"postgresql://poor@127.0.0.1:{server.port}/postgres", "--schema", "s", "--json")
        result = godwit(*args, "--online", "--jobs", 4, env=passwords)
        assert result.code == 3
        items = {i["name"]: i for i in result.json["items"]}
        failed = {name for name, i in items.items() if i["status"] == "failed"}
        assert failed >= {"target.wal_level", "target.replication_role", "target.replication", "target.wal_senders", "target.origins",
                          "target.publication"}
        assert items["target.slot_keep"]["status"] == "warning" and "1GB" in items["target.slot_keep"]["message"]
        assert all(items[name]["hint"] and items[name]["hint_zh"] for name in failed)
        assert "0 of 3 origins in use, 4 wanted" in items["target.origins"]["message"]
        plain = {i["name"]: i for i in godwit(*args, env=passwords).json["items"]}
        assert plain["target.wal_level"]["status"] == "warning"
