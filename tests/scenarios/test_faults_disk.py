"""The target's disk fills up: the run says so, loses nothing, and goes on when there is room."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from databases import Database
from moving import Move, error_of
from servers import Postgres


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 14 MB for one tablespace (the log stays elsewhere, so that the server survives)."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    place = tmp_path / "small"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=14m", "tmpfs", str(place)],
                      capture_output=True).returncode != 0:
        pytest.skip("tmpfs cannot be mounted here")
    # pytest's folders are closed to others; the server runs as postgres.
    for parent in [place, *place.parents]:
        if Path(tempfile.gettempdir()) in parent.parents:
            os.chmod(parent, os.stat(parent).st_mode | 0o011)
    subprocess.run(["chown", "postgres", str(place)], check=True)
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_target_disk_full_then_room(godwit, sources, mysql9, small_disk, tmp_path):
    database = sources(mysql9, "steady")
    with Postgres() as server:
        server.execute("CREATE TABLESPACE small LOCATION '%s'" % small_disk)
        target = Database(server)
        server.execute("CREATE DATABASE %s TABLESPACE small" % target.name)
        move = Move(godwit, target, tmp_path)
        error = error_of(move("load", mysql9, database, "--chunk-size", "128KiB").failed(1))
        assert error["code"] == "GW3014" and "disk" in error["hint"] and error["retryable"], error
        kept = move.chunks_done()
        assert kept > 0
        subprocess.run(["mount", "-o", "remount,size=256m", str(small_disk)], check=True)
        move("load", mysql9, database, "--resume", "--chunk-size", "128KiB").ok()
        assert move.report["chunks_kept"] == kept
        move.check(mysql9, database)
