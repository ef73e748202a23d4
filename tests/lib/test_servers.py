"""The throw-away servers themselves: start, answer, survive kill -9 with their data, leave nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pymysql
import pytest
from servers import ALL, MariaDB, Missing, MySQL9, Postgres, StartFailed

LIB = Path(__file__).resolve().parent


def started(server):
    try:
        return server.start()
    except Missing as e:
        pytest.skip(str(e))


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def until(condition, timeout_s=20):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "condition not met in time"
        time.sleep(0.02)


@pytest.mark.parametrize("name", ALL)
def test_life(name):
    server = started(ALL[name]())
    try:
        assert server.execute("SELECT 1") == [(1,)]
        server.execute("CREATE DATABASE d")
        engine = "" if name == "pg15" else " ENGINE=InnoDB"
        server.execute(f"CREATE TABLE t (a int primary key){engine}", database="d")
        server.execute("INSERT INTO t VALUES (7)", database="d")
        port, pid, directory = server.port, server.pid, server.dir

        server.kill9()
        assert gone(pid) and not server.alive()
        server.start()
        assert server.port == port and server.pid != pid
        assert server.execute("SELECT a FROM t", database="d") == [(7,)]

        server.restart()
        assert server.execute("SELECT a FROM t", database="d") == [(7,)]
        pid = server.pid
    finally:
        server.stop()
    assert gone(pid) and not directory.exists()


def test_two_of_a_kind_are_apart():
    with started(Postgres()) as a, started(Postgres(settings={"max_connections": 33})) as b:
        assert a.port != b.port
        assert b.execute("SHOW max_connections") == [("33",)]
        a.execute("CREATE DATABASE only_a")
        assert b.execute("SELECT count(*) FROM pg_database WHERE datname = 'only_a'") == [(0,)]


def test_mysql9_login_ssl_and_settings():
    with started(MySQL9(args=["--max-connections=50"], settings={"innodb_buffer_pool_size": "64M"})) as server:
        assert server.execute("SELECT @@max_connections, @@innodb_buffer_pool_size, @@gtid_mode, @@binlog_format") == [
            (50, 64 << 20, "ON", "ROW")]
        # With an empty cache the password travels under the server's RSA key: the full caching_sha2 exchange.
        server.execute("CREATE USER u@'%' IDENTIFIED WITH caching_sha2_password BY 'pw-1'")
        server.connect(user="u", password="pw-1").close()
        with pytest.raises(pymysql.err.OperationalError):
            server.connect(user="u", password="wrong")
        assert server.ca_path.exists() and server.public_key_path.exists()
        with server.connect(ssl_ca=str(server.ca_path)) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW STATUS LIKE 'Ssl_version'")
            assert cursor.fetchone()[1].startswith("TLS")


def test_mariadb_tls_and_ed25519():
    with started(MariaDB(tls=True)) as server:
        with server.connect(ssl_ca=str(server.ca_path)) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW STATUS LIKE 'Ssl_version'")
            assert cursor.fetchone()[1].startswith("TLS")
        assert server.gtid().count("-") == 2 or server.gtid() == ""
        if not server.has_ed25519():
            pytest.skip("MariaDB's ed25519 plugin is not here (scripts/get-mariadb-plugins.sh)")
        server.execute("CREATE USER e@'%' IDENTIFIED VIA ed25519 USING PASSWORD('pw-1')")


def test_postgres_tls():
    with started(Postgres(tls=True)) as server:
        with server.connect(sslmode="verify-full", sslrootcert=str(server.ca_path)) as connection:
            assert connection.info.ssl_in_use
        with pytest.raises(psycopg2.OperationalError):
            server.connect(password="wrong")


def test_a_port_already_taken_is_replaced(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        from srv import place
        real, offered = place.free_port, [taken.getsockname()[1]]
        monkeypatch.setattr(place, "free_port", lambda: offered.pop() if offered else real())
        with started(Postgres()) as server:
            assert server.execute("SELECT 1") == [(1,)]
            assert not offered and server.port != taken.getsockname()[1]


def test_bad_setting_tells_the_log_and_leaves_nothing():
    server = Postgres(settings={"no_such_setting": "1"})
    with pytest.raises((StartFailed, Missing), match="no_such_setting|not installed"):
        server.start()
    assert server.dir is None


def test_killed_test_run_leaves_nothing():
    code = ("import sys, time; sys.path.insert(0, sys.argv[1]); from servers import Postgres;"
            "s = Postgres().start(); print(s.pid, s.dir, flush=True); time.sleep(600)")
    started(Postgres()).stop()  # or skip
    run = subprocess.Popen([sys.executable, "-c", code, str(LIB)], stdout=subprocess.PIPE, text=True)
    pid, directory = run.stdout.readline().split()
    assert not gone(int(pid))
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    until(lambda: not os.path.exists(directory))
    until(lambda: gone(int(pid)))
