"""A whole migration through openGauss's own login: an opengauss:// URL, the relay speaking openGauss's SHA256 exchange."""

import os
import subprocess
import sys

import pytest

from moving import DEADLINE_S, error_of
from program import ROOT

USER, PASSWORD = "gaussdb", "Secret@123"


@pytest.fixture
def relay(pg_db):
    server = pg_db.server
    process = subprocess.Popen([sys.executable, str(ROOT / "tests" / "tools" / "og_relay.py"), "--user", USER,
                                "--password", PASSWORD, "--server",
                                "%s:%d" % (server.host, server.port)], stdout=subprocess.PIPE, text=True,
                               env={**os.environ, "OG_RELAY_SERVER_USER": server.user,
                                    "OG_RELAY_SERVER_PASSWORD": server.password})
    yield int(process.stdout.readline().split()[-1])
    process.terminate()
    process.wait()


def through(godwit, relay, pg_db, mysql9, database, *options, password=PASSWORD):
    return godwit("migrate", "mysql://root@%s:%d/%s" % (mysql9.host, mysql9.port, database),
                  "opengauss://%s@127.0.0.1:%d/%s" % (
        USER, relay, pg_db.name), "--progress", "json", *options, timeout=DEADLINE_S,
        env={"GODWIT_SOURCE_PASSWORD": mysql9.password, "GODWIT_TARGET_PASSWORD": password})


@pytest.mark.parametrize("name", ["references", "steady"])
def test_migrate_through_openGauss_login(godwit, relay, pg_db, mysql9, sources, move, name):
    database = sources(mysql9, name)
    through(godwit, relay, pg_db, mysql9, database).ok()
    move.check(mysql9, database)


def test_wrong_password_at_openGauss(godwit, relay, pg_db, mysql9, sources):
    result = through(godwit, relay, pg_db, mysql9, sources(mysql9, "references"), "--skip-precheck",
                     password="wrong").failed(1)
    error = error_of(result)
    assert error["code"] == "GW3002" and "10 wrong" in error["hint"]
