"""Fixtures of the scenarios: source databases made once a session, and `move`, which runs the executable between two ends."""

import pytest

from moving import Move, Sources


@pytest.fixture(scope="session")
def sources():
    """Makes the databases of tests/data when first asked for and keeps them; a test that changes one takes a private copy."""
    return Sources()


@pytest.fixture
def move(godwit, pg_db, tmp_path):
    """move(verb, server, database, *options) towards a database of PostgreSQL that is this test's own."""
    return Move(godwit, pg_db, tmp_path)


@pytest.fixture(params=["mysql9", "mariadb"])
def source(request):
    """Each kind of source in turn."""
    return request.getfixturevalue(request.param)


# Files that take longest, the longest first: files are handed out in this order, and no process is to be left with one at the end.
LONG = """resume_kills network check_backward fencing online serve_several reverse follow machines_ssh check_structure objects check_quick
    agent worker serve_agents serve_tasks online_cutover expr_semantics check_rows load_types schema check_structure_refused check_selection
    binlog_rows serve_live cutover load_losses serve_kills wire_mysql schema_change apply sql""".split()


def pytest_collection_modifyitems(items):
    place = {f"test_{name}": i for i, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONG)))
