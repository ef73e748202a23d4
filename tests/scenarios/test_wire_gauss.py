"""The openGauss and PostgreSQL client (src/gauss) against a real PostgreSQL 15, and through openGauss's login (og_relay.py)."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import psycopg2
import pytest
from program import ROOT, SANITIZER_REPORT, SANITIZERS
from servers import Missing, Postgres
from srv import certs

TOOL = os.environ.get("GODWIT_WIRE_GAUSS") or ROOT / "build-asan/tests/unit/gauss/wire_gauss"
RELAY = ROOT / "tests/tools/og_relay.py"
PASSWORD = "Secret@123"

HBA = """
local     all all                      trust
host      all postgres   127.0.0.1/32  scram-sha-256
host      all u_trust    127.0.0.1/32  trust
host      all u_md5      127.0.0.1/32  md5
host      all u_scram    127.0.0.1/32  scram-sha-256
host      all u_clear    127.0.0.1/32  password
hostssl   all u_tls      127.0.0.1/32  scram-sha-256
hostnossl all u_plain    127.0.0.1/32  scram-sha-256
"""
ROLES = ("u_trust", "u_md5", "u_scram", "u_clear", "u_tls", "u_plain")


def start_server(**kw):
    server = Postgres(**kw)
    try:
        server.start()
    except Missing as e:
        pytest.skip(str(e))
    for role in ROLES:
        kind = "md5" if role == "u_md5" else "scram-sha-256"
        server.execute(f"SET password_encryption = '{kind}'; CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
        server.execute(f"GRANT ALL ON SCHEMA public TO {role}")
    (server.data_dir / "pg_hba.conf").write_text(HBA)
    server.execute("SELECT pg_reload_conf()")
    wait_for(lambda: "u_plain" in str(server.execute("SELECT user_name FROM pg_hba_file_rules")))
    return server


def wait_for(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


@pytest.fixture(scope="module", name="_server")
def _server_fixture():
    assert os.access(TOOL, os.X_OK), f"{TOOL} is not built"
    server = start_server(tls=True)
    yield server
    server.stop()


@pytest.fixture
def pg(_server):
    _server.start()
    return _server


def environment(password=PASSWORD):
    env = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"PGPASSWORD": password}
    for name, value in SANITIZERS.items():
        env[name] = ":".join(filter(None, [value, os.environ.get(name)]))
    return env


def start(server, *args, user="u_scram", password=PASSWORD, host="127.0.0.1", database="postgres", port=None):
    argv = [TOOL, host, port or server.port, user, database, *args]
    return subprocess.Popen([str(a) for a in argv], env=environment(password), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process, timeout=120):
    out, err = process.communicate(timeout=timeout)
    assert process.returncode == 0 and not SANITIZER_REPORT.search(err), f"exit code {process.returncode}\n{out}\n{err}"
    return json.loads(out)


def wire(server, *args, **kw):
    return finish(start(server, *args, **kw))


def failed(result, code, text=None):
    assert not result["ok"] and result["error"]["code"] == code, result
    if text is not None:
        assert any(text in str(v) for v in result["error"].values()), result
    return result["error"]


class Relay:
    """og_relay.py before a server."""

    def __init__(self, server, user="gauss"):
        self.user = user
        env = os.environ | {"OG_RELAY_SERVER_USER": server.user, "OG_RELAY_SERVER_PASSWORD": server.password}
        self.process = subprocess.Popen([sys.executable, RELAY, "--user", user, "--password", PASSWORD, "--server",
                                         f"127.0.0.1:{server.port}"], env=env, stdout=subprocess.PIPE, text=True)
        self.port = int(re.fullmatch(r"listening on (\d+)\n", self.process.stdout.readline())[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0


@pytest.fixture
def relay(pg):
    r = Relay(pg)
    yield r
    r.stop()


@pytest.fixture
def table(pg):
    pg.execute("DROP TABLE IF EXISTS t; CREATE TABLE t (id int, v text); GRANT ALL ON t TO public")
    yield "t"
    if pg.alive():
        pg.execute("DROP TABLE IF EXISTS t")


# ---- login ----


@pytest.mark.parametrize("user, sslmode, auth", [
    ("u_trust", "disable", "trust"),
    ("u_md5", "disable", "md5"),
    ("u_scram", "disable", "scram-sha-256"),
    ("u_scram", "require", "scram-sha-256"),
    ("u_clear", "require", "password"),
    ("u_tls", "prefer", "scram-sha-256"),
    ("u_plain", "prefer", "scram-sha-256"),  # refused over TLS by pg_hba.conf, hence tried again without
])
def test_login(pg, user, sslmode, auth):
    r = wire(pg, f"sslmode={sslmode}", "login", user=user)
    assert r["ok"], r
    assert (r["auth"], r["kind"], r["application_name"]) == (auth, "postgresql", "godwit")
    assert r["version"].startswith("PostgreSQL 15.") and 150000 <= r["server_version_number"] < 160000


def test_tls_is_used_when_offered(pg):
    sql = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
    assert wire(pg, "sslmode=prefer", "query", sql)["rows"] == [["t"]]
    assert wire(pg, "sslmode=disable", "query", sql)["rows"] == [["f"]]


def test_password_never_in_clear_without_tls(pg):
    failed(wire(pg, "sslmode=disable", "login", user="u_clear"), "GW3002", "clear text")


def test_unix_socket(pg):
    for host in (str(pg.dir), f"{pg.dir}/.s.PGSQL.{pg.port}"):
        r = wire(pg, "sslmode=require", "login", host=host)  # a local socket has no TLS and needs none
        assert r["ok"] and r["auth"] == "trust", r


def test_verified_tls(pg, tmp_path):
    ca = f"ca={pg.ca_path}"
    for mode in ("verify-ca", "verify-full"):
        for host in ("localhost", "127.0.0.1"):
            assert wire(pg, f"sslmode={mode}", ca, "login", host=host)["ok"]
    # "127.1" is the same address by another name, which the certificate does not have
    assert wire(pg, "sslmode=verify-ca", ca, "login", host="127.1")["ok"]
    failed(wire(pg, "sslmode=verify-full", ca, "login", host="127.1"), "GW3005")
    certs.make(tmp_path / "other")
    for mode in ("verify-ca", "verify-full"):
        failed(wire(pg, f"sslmode={mode}", f"ca={tmp_path}/other/ca.pem", "login"), "GW3005")


def test_tls_required_but_not_offered(pg15):
    failed(finish(start(pg15, "sslmode=require", "login", user="postgres", password=pg15.password)), "GW3005", "offers no TLS")
    assert wire(pg15, "sslmode=prefer", "login", user="postgres", password=pg15.password)["ok"]


@pytest.mark.parametrize("user", ["u_scram", "u_md5"])
def test_wrong_password(pg, user):
    e = failed(wire(pg, "login", user=user, password="wrong"), "GW3002", "password authentication failed")
    assert e["sqlstate"] == "28P01" and not e["retryable"]


def test_no_password(pg):
    failed(wire(pg, "login", password=""), "GW3002", "none was given")


def test_no_access_rule(pg):
    pg.execute("DROP ROLE IF EXISTS u_nobody; CREATE ROLE u_nobody LOGIN")
    e = failed(wire(pg, "login", user="u_nobody"), "GW3002", "no pg_hba.conf entry")
    assert e["sqlstate"] == "28000"


def test_unknown_database(pg):
    assert failed(wire(pg, "login", database="no_such"), "GW3003")["sqlstate"] == "3D000"


def test_nobody_listens(pg):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        e = failed(wire(pg, "login", port=s.getsockname()[1]), "GW3001", "refused")
    assert e["retryable"]


def test_unknown_host(pg):
    failed(wire(pg, "login", host="no-such-host.invalid"), "GW3001")


@pytest.mark.parametrize("greeting, code", [(b"\x4a\x00\x00\x00\x0a8.0.36\x00", "GW3011"), (b"HTTP/1.1 400 Bad Request\r\n\r\n", "GW3011"),
                                            (b"", "GW3012"), (b"Esorry, too many clients already\n\0", "GW3001")])
def test_something_else_listens(pg, greeting, code):
    """MySQL, a web server, one that hangs up, and PostgreSQL's way to say that it cannot even fork."""
    with socket.create_server(("127.0.0.1", 0)) as s:
        def answer():
            c, _ = s.accept()
            with c:
                c.recv(1000)
                c.sendall(greeting)
                c.shutdown(socket.SHUT_WR)
                c.recv(1000)
        t = threading.Thread(target=answer)
        t.start()
        failed(wire(pg, "login", port=s.getsockname()[1]), code)
        t.join()


def test_starting_up_is_retryable(pg):
    full = start_server(settings={"max_connections": 5, "superuser_reserved_connections": 0})
    try:
        held = []
        with pytest.raises(psycopg2.OperationalError):
            for _ in range(10):
                held.append(full.connect())
        e = failed(wire(full, "login"), "GW3001", "too many clients")
        assert e["retryable"] and e["sqlstate"] == "53300"
        for c in held:
            c.close()
    finally:
        full.stop()


# ---- queries ----


def test_query(pg):
    r = wire(pg, "query", "select 1, null, 'ü', ''", "select g from generate_series(1, 3) g")
    assert r["rows"] == [["1"], ["2"], ["3"]] and r["tag"] == "SELECT 3" and r["affected"] == 3
    assert wire(pg, "query", "select 1, null, 'ü', ''")["rows"] == [["1", None, "ü", ""]]
    assert wire(pg, "query", "select 1; select 2 as b, 3")["rows"] == [["2", "3"]]
    assert wire(pg, "query", "")["ok"]
    assert wire(pg, "query", "select from generate_series(1, 4)")["rows"] == [[]] * 4


def test_query_params(pg):
    r = wire(pg, "params", "select $1::int + 1 as n, $2::text, $3::text", "41", "a 'quoted' ü", "NULL")
    assert r["rows"] == [["42", "a 'quoted' ü", None]] and r["column"] == "n"
    r = wire(pg, "params", "select $1::int", "no number")
    assert failed(r, "GW3010")["sqlstate"] == "22P02"
    assert r["usable"] and r["still_works"] == "yes"


def test_error_leaves_the_connection_usable(pg):
    r = wire(pg, "query", "begin", "select 1/0")
    e = failed(r, "GW3010", "division by zero")
    assert e["sqlstate"] == "22012" and r["tx_status"] == "E" and r["still_works"] == "yes"
    e = failed(wire(pg, "query", "select 1; select * from no_such; select 2"), "GW3010", 'relation "no_such" does not exist')
    assert "cause" in e and "character" in e["cause"]


@pytest.mark.parametrize("sql, code, sqlstate, retryable", [
    ("create table no_such_schema.x (a int)", "GW3010", "3F000", False),
    ("create role nobody_may", "GW3004", "42501", False),
    ("set default_transaction_read_only = on; create table ro (a int)", "GW3015", "25006", True),
    ("do $$ begin raise exception 'x' using errcode = '40001'; end $$", "GW3010", "40001", True),
    ("do $$ begin raise exception 'x' using errcode = '40P01'; end $$", "GW3010", "40P01", True),
    ("do $$ begin raise exception 'x' using errcode = '53100'; end $$", "GW3014", "53100", True),
    ("do $$ begin raise exception 'x' using errcode = '57014'; end $$", "GW3016", "57014", True),
    ("do $$ begin raise exception 'x' using errcode = '08006'; end $$", "GW3010", "08006", False),
])
def test_error_codes(pg, sql, code, sqlstate, retryable):
    r = wire(pg, "query", *sql.split("; ") if sql.startswith("set") else [sql])
    e = failed(r, code)
    assert (e["sqlstate"], e["retryable"], r["usable"]) == (sqlstate, retryable, True)


def test_detail_context_and_hint(pg):
    e = failed(wire(pg, "query", "do $$ begin raise exception 'm' using detail = 'the detail', hint = 'the hint'; end $$"), "GW3010")
    assert e["message"] == "m" and e["hint"] == "the hint"
    assert e["cause"].startswith("the detail; context: PL/pgSQL function")


def test_notices(pg):
    r = wire(pg, "query", "do $$ begin raise notice 'one'; raise warning 'two'; end $$")
    assert (r["notices"], r["notice"], r["notice_severity"], r["notice_sqlstate"]) == (2, "two", "WARNING", "01000")


def test_unexpected_copy(pg, table):
    for sql in ("copy t from stdin", "copy (select 1) to stdout"):
        r = wire(pg, "query", sql)
        failed(r, "GW3010", "COPY where none is expected")
        assert r["still_works"] == "yes"
    failed(wire(pg, "copy_out", "select 1"), "GW3010", "not the COPY that was meant")
    failed(wire(pg, "copy_out", "copy t from stdin"), "GW3010", "not the COPY that was meant")


def test_cancel(pg):
    for mode in ("disable", "require"):
        r = wire(pg, f"sslmode={mode}", "cancel", "select pg_sleep(30)")
        assert failed(r, "GW3016")["sqlstate"] == "57014"
        assert r["stopper_ok"] and r["milliseconds"] < 10000 and r["still_works"] == "yes"


def test_abort(pg):
    r = wire(pg, "abort", "select pg_sleep(30)")
    failed(r, "GW3012", "ended by this program")
    assert r["milliseconds"] < 10000 and not r["usable"]


def test_timeout(pg):
    r = wire(pg, "timeout=300", "query", "select pg_sleep(20)")
    failed(r, "GW3013")
    assert not r["usable"]


def test_killed_session(pg):
    p = start(pg, "query", "select pg_sleep(31)")
    find = "SELECT pid FROM pg_stat_activity WHERE query = 'select pg_sleep(31)'"
    wait_for(lambda: pg.execute(find))
    pg.execute(f"SELECT pg_terminate_backend({pg.execute(find)[0][0]})")
    r = finish(p)
    e = failed(r, "GW3012", "terminating connection due to administrator command")
    assert e["sqlstate"] == "57P01" and e["retryable"] and not r["usable"]


# ---- pipelines ----


def test_pipeline(pg, table):
    r = wire(pg, "pipeline", table, 1000, -1, 100)
    assert r["ok"] and (r["good"], r["failed"]) == (1000, 0)
    assert pg.execute("SELECT count(*), count(v) FROM t") == [(1000, 857)]


def test_pipeline_with_an_error(pg, table):
    """The batch with the bad row is gone, the others are there."""
    r = wire(pg, "pipeline", table, 1000, 555, 100)
    assert r["ok"] and (r["good"], r["failed"], r["pipe_sqlstate"]) == (955, 45, "22P02"), r
    assert pg.execute("SELECT count(*), count(*) FILTER (WHERE id BETWEEN 500 AND 599) FROM t") == [(900, 0)]


def test_pipeline_larger_than_every_buffer(pg):
    """100 MB of answers nobody reads while 6 MB of requests are being sent."""
    r = wire(pg, "flood", 100000)
    assert r["ok"] and r["good"] == 100000


# ---- COPY ----


@pytest.mark.parametrize("sslmode", ["disable", "require"])
@pytest.mark.parametrize("form", ["text", "binary"])
def test_copy_a_million_rows(pg, table, form, sslmode):
    r = wire(pg, f"sslmode={sslmode}", "copy_in", table, form, 1000000)
    assert r["ok"] and r["rows_taken"] == 1000000, r
    assert pg.execute(f"SELECT count(*), sum(id), max(v) FROM {table}") == [(1000000, 499999500000, "value 999999 \\ \t")]
    r = wire(pg, f"sslmode={sslmode}", "copy_out", f"copy {table} to stdout (format {form})")
    assert r["ok"] and r["messages"] >= 1000000, r
    assert r["bytes"] == sum(len(row) for row in rows_of(form)), r


def rows_of(form):
    for i in range(1000000):
        yield f"{i}\tvalue {i} \\\\ \\t\n" if form == "text" else " " * 14 + f"value {i} \\ \t"
    yield "" if form == "text" else " " * 21


def test_copy_small_pieces(pg, table):
    assert wire(pg, "copy_in", table, "text", 20000, -1, 100)["rows_taken"] == 20000
    assert pg.execute("SELECT count(*), sum(id) FROM t") == [(20000, 199990000)]


@pytest.mark.parametrize("bad", [0, 1000, 500000, 999999])
def test_copy_bad_row(pg, table, bad):
    """With megabytes still under way behind the bad row; inside a transaction, which can be rolled back."""
    r = wire(pg, "copy_in", table, "text", 1000000, bad, 256 * 1024, "begin")
    e = failed(r, "GW3010", "invalid input syntax for type integer")
    assert e["sqlstate"] == "22P02" and f"COPY t, line {bad + 1}, column id" in e["cause"]
    assert r["usable"] and r["tx_status"] == "E" and r["still_works"] == "yes"
    if bad == 0:
        assert r["rows_given"] < 1000000  # noticed on the way, not only at the end
    assert pg.execute("SELECT count(*) FROM t") == [(0,)]


def test_copy_duplicate_key(pg, table):
    pg.execute("ALTER TABLE t ADD PRIMARY KEY (id); INSERT INTO t VALUES (77)")
    e = failed(wire(pg, "copy_in", table, "text", 1000), "GW3010", "t_pkey")
    assert e["sqlstate"] == "23505" and e["cause"].startswith("Key (id)=(77) already exists.; context: COPY t, line 78")


def test_copy_fail(pg, table):
    for arguments in ((), ("bad",)):
        r = wire(pg, "copy_fail", table, *arguments)
        assert r["usable"] and r["still_works"] == "yes"
        assert r["ok"] or r["error"]["sqlstate"] == "22P02", r
    assert pg.execute("SELECT count(*) FROM t") == [(0,)]


def test_copy_errors_at_the_beginning(pg):
    assert failed(wire(pg, "copy_in", "no_such"), "GW3010")["sqlstate"] == "42P01"
    r = wire(pg, "copy_out", "copy (select 10 / (3 - g) from generate_series(1, 5) g) to stdout")
    assert failed(r, "GW3010")["sqlstate"] == "22012" and r["still_works"] == "yes"


def test_copy_while_the_server_talks(pg, table):
    """A notice for every row: the server stops reading when nobody reads it, so both sides must not only write."""
    pg.execute("CREATE FUNCTION talk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', repeat('n', 500);"
               " RETURN NEW; END $$; CREATE TRIGGER talk BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION talk()")
    try:
        r = wire(pg, "copy_in", table, "text", 100000)
        assert r["ok"] and r["rows_taken"] == 100000 and r["notices"] == 100000, r
    finally:
        pg.execute("DROP FUNCTION talk() CASCADE")


def test_big_values(pg):
    r = wire(pg, "big", 50)
    assert r["ok"] and r["same"] and r["same_copy"], r


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL])  # fast, immediate, crash
def test_server_ends_during_copy(how, table, pg):
    p = start(pg, "sslmode=disable", "copy_until_lost", table)
    assert p.stderr.readline() == "copying\n"
    wait_for(lambda: pg.execute("SELECT sum(bytes_processed) > 1000000 FROM pg_stat_progress_copy") == [(True,)])
    if how == signal.SIGKILL:
        pg.kill9()
    else:
        pg.process.send_signal(how)
        pg.process.wait(60)
    r = finish(p)
    e = failed(r, "GW3012")
    assert e["retryable"] and not r["usable"]
    pg.start()
    assert pg.execute("SELECT count(*) FROM t") == [(0,)]


# ---- what it is ----


def test_identify(pg):
    r = wire(pg, "identify")
    assert r["ok"] and r["dialect"] == "postgresql", r
    assert (r["opengauss_version"], r["compatibility"], r["dolphin"]) == ("", "", "")
    assert (r["database"], r["user"], r["maintenance_work_mem"]) == ("postgres", "u_scram", "123MB")
    assert (r["synchronous_commit"], r["timezone"], r["extra_float_digits"]) == ("off", "UTC", "3")
    assert r["datestyle"] == "ISO, YMD" and 150000 <= r["version_number"] < 160000


# ---- openGauss's login ----


def through(relay, *args, **kw):
    return finish(start(None, *args, port=relay.port, user=relay.user, **kw))


def test_relay_login(relay):
    r = through(relay, "login")
    assert r["ok"] and (r["kind"], r["auth"]) == ("opengauss", "sha256"), r
    assert r["version"].startswith("PostgreSQL 15.")
    r = through(relay, "identify")
    assert r["ok"] and r["dialect"] == "postgresql", r  # SQL decides, not the login
    failed(through(relay, "sslmode=require", "login"), "GW3005", "offers no TLS")
    assert failed(through(relay, "login", database="no_such"), "GW3003")["sqlstate"] == "3D000"


def test_relay_wrong_password_costs_one_attempt_each(relay):
    """Ten lock the role: nine failed logins must not."""
    for _ in range(9):
        e = failed(through(relay, "login", password="Wrong@123"), "GW3002", "Invalid username/password,login denied.")
        assert e["sqlstate"] == "28P01" and not e["retryable"]
    assert through(relay, "login")["ok"]
    for _ in range(10):
        failed(through(relay, "login", password="Wrong@123"), "GW3002")
    assert failed(through(relay, "login"), "GW3002", "locked")["sqlstate"] == "28000"


def test_relay_unknown_role(relay):
    failed(finish(start(None, "login", port=relay.port, user="nobody")), "GW3002", "login denied")


def test_relay_copy_and_cancel(pg, relay, table):
    r = through(relay, "copy_in", table, "text", 5000000)  # 100 MB
    assert r["ok"] and r["rows_taken"] == 5000000 and r["bytes_out"] > 100000000, r
    r = through(relay, "copy_out", "copy t to stdout")
    assert r["ok"] and r["messages"] == 5000000, r
    r = through(relay, "cancel", "select pg_sleep(30)")
    assert failed(r, "GW3016") and r["still_works"] == "yes" and r["milliseconds"] < 10000


def test_relay_many_logins_at_once(relay):
    r = through(relay, "many", 32)
    assert r["ok"] and r["good"] == 32, r


def test_relay_pipeline_and_error(pg, relay, table):
    r = through(relay, "pipeline", table, 1000, 555, 100)
    assert r["ok"] and (r["good"], r["failed"]) == (955, 45), r
    failed(through(relay, "copy_in", table, "text", 100000, 50), "GW3010", "line 51")
