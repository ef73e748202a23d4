"""Fixtures: real servers (one of a kind for the whole session), a fresh database a test, the executable.

    mysql9, mariadb, mysql56, pg15        the servers; see lib/servers.py
    mysql_db, mariadb_db, mysql56_db, pg_db    a database of the test's own on them, dropped afterwards
    godwit, godwit_release                runs the executable; see lib/program.py

A test may kill a shared server: the next test that uses it finds it started again. A test that needs other
settings starts its own: `with MySQL9(args=[...]) as server`.
"""

import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))

from databases import Database  # noqa: E402
from program import ROOT, Program  # noqa: E402
from servers import ALL, Missing, Server  # noqa: E402


def _session_server(name):
    @pytest.fixture(scope="session", name=f"_{name}_session")
    def fixture():
        server = ALL[name]()
        try:
            server.start()
        except Missing as e:
            pytest.skip(str(e))
        yield server
        server.stop()

    return fixture


def _server(name):
    @pytest.fixture(name=name)
    def fixture(request):
        return request.getfixturevalue(f"_{name}_session").start()

    return fixture


def _database(name, server):
    @pytest.fixture(name=name)
    def fixture(request):
        database = Database(request.getfixturevalue(server)).create()
        yield database
        database.drop()

    return fixture


for _name, _db in (("mysql9", "mysql_db"), ("mariadb", "mariadb_db"), ("mysql56", "mysql56_db"), ("pg15", "pg_db")):
    globals()[f"_{_name}_session"] = _session_server(_name)
    globals()[_name] = _server(_name)
    globals()[_db] = _database(_db, _name)


def _program(binary, tmp_path):
    program = Program(binary, cwd=tmp_path)
    if not program.exists():
        pytest.fail(f"{program.binary} is not built (./dev build)")
    return program


@pytest.fixture
def godwit(tmp_path):
    """The executable, by default the one with sanitizers."""
    program = _program(None, tmp_path)
    yield program
    program.end_all()


@pytest.fixture
def godwit_release(tmp_path):
    """The executable as users get it: for tests of speed, or of the kit itself."""
    program = _program(os.environ.get("GODWIT_BIN_RELEASE") or ROOT / "build" / "godwit", tmp_path)
    yield program
    program.end_all()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows what the executable said and the end of the servers' logs."""
    report = (yield).get_result()
    if not report.failed:
        return
    for name, value in getattr(item, "funcargs", {}).items():
        if isinstance(value, Program):
            for run in value.runs[-3:]:
                report.sections.append((f"run of {name}", str(run.snapshot())))
        elif isinstance(value, Server):
            report.sections.append((f"log of {name}", value.log(6000)))
        elif isinstance(value, Database):
            report.sections.append((f"log of {value.server.name}", value.server.log(6000)))
