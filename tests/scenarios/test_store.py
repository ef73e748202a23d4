"""The store's unit tests once more, in a database of PostgreSQL instead of a file."""

import os
import subprocess
from pathlib import Path

from program import ROOT


def test_the_store_in_a_database(pg_db):
    built = Path(os.environ.get("GODWIT_BIN") or ROOT / "build-asan" / "godwit").parent
    server = pg_db.server
    done = subprocess.run([built / "tests" / "unit" / "store" / "test_store_store"], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "STORE_TEST_PASSWORD": server.password, "STORE_TEST_SERVER": "%s %d %s %s" % (
                              server.host, server.port, server.user, pg_db.name)})
    assert done.returncode == 0, done.stdout + done.stderr
    schemas = pg_db.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'store%'")[0][0]
    assert schemas >= 10  # the tests really were there
