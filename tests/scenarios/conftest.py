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
