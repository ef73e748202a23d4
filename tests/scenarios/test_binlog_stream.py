"""The binlog as a stream of events (src/mysql/binlog_stream.h), from real servers."""

import re
import time
import uuid

import pytest

from binlogs import Binlog, files, status
from servers import MariaDB, MySQL9, MySQL56

PURGED, DIVERGED, BINLOG, LOST, TIMEOUT, CANCELLED = "GW2040", "GW2041", "GW2042", "GW2012", "GW2013", "GW1030"


@pytest.fixture
def binlog(tmp_path):
    b = Binlog(tmp_path)
    yield b
    b.program.end_all()


@pytest.fixture(params=["mysql9", "mariadb", "mysql56"])
def any_server(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def db(any_server):
    name = f"s_{uuid.uuid4().hex[:8]}"
    any_server.execute(f"CREATE DATABASE {name}")
    yield name
    any_server.execute(f"DROP DATABASE {name}")


def work(server, db):
    """Some of everything that makes a difference for the stream; returns where it began."""
    began = status(server)
    server.script([
        "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20)) ENGINE=InnoDB",
        "CREATE TABLE m (id INT PRIMARY KEY) ENGINE=MyISAM",
        "INSERT INTO t VALUES (1, 'a'), (2, 'b')", "INSERT INTO m VALUES (1)",
        "BEGIN", "INSERT INTO t VALUES (3, 'c')", "SAVEPOINT s1", "INSERT INTO t VALUES (4, 'd')", "ROLLBACK TO s1",
        "UPDATE t SET v = 'x'", "COMMIT", "XA START 'x1'", "INSERT INTO t VALUES (5, 'e')", "XA END 'x1'",
        "XA PREPARE 'x1'", "XA COMMIT 'x1'", "FLUSH BINARY LOGS", "TRUNCATE t", "DELETE FROM m",
    ], database=db)
    return began


def events(lines, *but):
    return [(line["event"], line["length"], tuple(line["at"]), line["step"]) for line in lines
            if "event" in line and line["event"] not in but]


# What is not in the file, or not sent.
MADE_FOR_US = ("ROTATE", "HEARTBEAT", "HEARTBEAT_V2", "FORMAT_DESCRIPTION")
NOT_SENT = (*MADE_FOR_US, "ANNOTATE_ROWS", "START_ENCRYPTION")


def test_what_is_sent_is_what_is_in_the_files(binlog, any_server, db):
    file, offset = work(any_server, db)
    sent = binlog.until_end("events", any_server, file=file, offset=offset)
    kept = []
    for name in files(any_server)[files(any_server).index(file):]:
        lines = binlog("events", path=any_server.data_dir / name)
        kept += [line for line in lines if "event" in line and (line["at"][0], line["at"][1]) > (file, offset)]
    assert events(sent, *MADE_FOR_US) == events(kept, *NOT_SENT)
    assert sent[-1]["end"]["at"] == status(any_server)
    ends = [line for line in sent if line.get("step") in ("end", "whole")]
    assert len(ends) >= 8 and not any("cut" in line for line in sent)


@pytest.mark.parametrize("way", [{"compress": "zlib"}, {"compress": "zstd"}, {"tls": "require"}], ids=str)
def test_through_every_kind_of_connection(binlog, any_server, db, way):
    if "tls" in way and not isinstance(any_server, MySQL9):
        return  # the others are started without TLS
    file, offset = work(any_server, db)
    plain = binlog.until_end("events", any_server, file=file, offset=offset)
    assert events(binlog.until_end("events", any_server, file=file, offset=offset, **way)) == events(plain)


def test_start_by_gtid_sends_exactly_the_rest(binlog, any_server, db):
    before = any_server.gtid()
    work(any_server, db)
    middle = any_server.gtid()
    any_server.execute("INSERT INTO t VALUES (10, 'x')", database=db)
    whole = binlog.until_end("events", any_server, gtid=before)
    rest = binlog.until_end("events", any_server, gtid=middle)
    assert sum(line.get("step") == "begin" for line in rest) == 1
    assert events(whole, *MADE_FOR_US)[-len(events(rest, *MADE_FOR_US)):][-4:] == events(rest, *MADE_FOR_US)[-4:]
    assert binlog.until_end("events", any_server, gtid=any_server.gtid())[-1]["end"]["at"][0] == status(any_server)[0]


def test_each_end_of_a_transaction_is_a_place_to_go_on(binlog, any_server, db):
    file, offset = work(any_server, db)
    whole = binlog.until_end("events", any_server, file=file, offset=offset)
    ends = [i for i, line in enumerate(whole) if line.get("step") in ("end", "whole")]
    for i in ends[::3] + ends[-1:]:
        at = whole[i]["at"]
        rest = binlog.until_end("events", any_server, file=at[0], offset=at[1])
        assert events(rest, *MADE_FOR_US) == events(whole[i + 1:], *MADE_FOR_US)


def test_waits_for_events_and_stops_when_told(binlog, any_server, db):
    file, offset = status(any_server)
    any_server.execute("CREATE TABLE t (id INT PRIMARY KEY)", database=db)
    run = binlog.start("events", any_server, file=file, offset=offset, heartbeat_ms=300, stop_after_ms=4000)
    run.wait_for("HEARTBEAT")
    any_server.execute("INSERT INTO t VALUES (1)", database=db)
    run.wait_for("WRITE_ROWS")
    lines = binlog.lines(run)
    assert lines[-1]["error"]["code"] == CANCELLED
    assert [line["at"] for line in lines if "event" in line][-1] == status(any_server)


def test_replicas_have_ids_of_their_own(binlog, any_server):
    file, offset = status(any_server)
    runs = [binlog.start("events", any_server, file=file, offset=offset, heartbeat_ms=300, stop_after_ms=3000)
            for _ in range(3)]
    for run in runs:
        run.wait_for("HEARTBEAT")
    rows = any_server.execute("SHOW REPLICAS" if isinstance(any_server, MySQL9) else "SHOW SLAVE HOSTS")
    ours = [r[0] for r in rows if r[1] == "godwit"]
    assert len(set(ours)) == len(ours) >= 3
    for run in runs:
        assert binlog.lines(run)[-1]["error"]["code"] == CANCELLED


def test_a_second_connection_under_the_same_id_ends_the_first(binlog, mysql9):
    file, offset = status(mysql9)
    name = str(uuid.uuid4())
    first = binlog.start("events", mysql9, file=file, offset=offset, heartbeat_ms=300, server_uuid=name)
    first.wait_for("HEARTBEAT")
    second = binlog.start("events", mysql9, file=file, offset=offset, heartbeat_ms=300, server_uuid=name,
                          stop_after_ms=1500)
    error = binlog.lines(first)[-1]["error"]
    assert error["retryable"] and error["code"] in (BINLOG, LOST), error
    assert binlog.lines(second)[-1]["error"]["code"] == CANCELLED


def test_a_source_that_hangs_is_noticed(binlog, any_server):
    file, offset = status(any_server)
    run = binlog.start("events", any_server, file=file, offset=offset, heartbeat_ms=200)
    run.wait_for("HEARTBEAT")
    any_server.pause()
    try:
        error = binlog.lines(run)[-1]["error"]
    finally:
        any_server.resume()
    assert error["code"] == TIMEOUT and error["retryable"]


def test_a_source_that_dies_is_noticed(binlog, any_server):
    file, offset = status(any_server)
    run = binlog.start("events", any_server, file=file, offset=offset, heartbeat_ms=2000)
    run.wait_for("FORMAT_DESCRIPTION")
    any_server.kill9()
    error = binlog.lines(run)[-1]["error"]
    any_server.start()
    assert error["code"] == LOST and error["retryable"]
    # It goes on where it was, in the file that was left without an end, and in the new one.
    lines = binlog.until_end("events", any_server, file=file, offset=offset)
    assert lines[-1]["end"]["at"] == status(any_server)


def test_positions_that_are_not_there(binlog, any_server):
    file, offset = status(any_server)
    error = binlog.error("events", any_server, file=file, offset=offset + 100000)
    assert error["code"] == DIVERGED and file in error["message"]
    error = binlog.error("events", any_server, file="binlog.900000", offset=4)
    assert error["code"] == DIVERGED and "binlog.900000" in error["message"]
    assert binlog.error("events", any_server, gtid="nonsense")["code"] == "GW1055"
    inside = binlog.error("events", any_server, file=file, offset=7)
    assert inside["code"] in (BINLOG, "GW2043"), inside


def test_gtids_of_another_server(binlog, any_server):
    if isinstance(any_server, MariaDB):
        domain, server, sequence = any_server.gtid().split(",")[0].split("-")
        error = binlog.error("events", any_server, gtid=f"{domain}-{server}-{int(sequence) + 1000}")
    else:
        lost = f"{uuid.uuid4()}:1-7"
        error = binlog.error("events", any_server, gtid=f"{any_server.gtid()},{lost}")
        assert lost in error["message"]
    assert error["code"] == DIVERGED and not error["retryable"], error


@pytest.mark.parametrize("kind", [MySQL9, MariaDB, MySQL56], ids=lambda k: k.name)
def test_purged(binlog, kind):
    with kind() as server:
        server.execute("CREATE DATABASE d")
        server.execute("CREATE TABLE d.t (id INT PRIMARY KEY)")
        old, gtid = status(server), server.gtid()
        for i in range(3):
            server.execute(f"INSERT INTO d.t VALUES ({i})")
            server.execute("FLUSH BINARY LOGS")
        deadline = time.monotonic() + 30
        while files(server)[0] == old[0]:  # MariaDB keeps what a crash recovery might need, for a while
            server.execute(f"PURGE BINARY LOGS TO '{files(server)[-1]}'")
            assert time.monotonic() < deadline
        error = binlog.error("events", server, file=old[0], offset=old[1])
        assert error["code"] == PURGED and old[0] in error["message"] and files(server)[0] in error["message"]
        error = binlog.error("events", server, gtid=gtid)
        assert error["code"] == PURGED and not error["retryable"], error
        if kind is not MariaDB:
            assert "(3)" in error["message"] and re.search(r":3-5$", error["message"])
        assert binlog.until_end("events", server, gtid=server.gtid())
        assert binlog.until_end("events", server)  # the oldest there is


@pytest.mark.parametrize("kind,settings", [(MySQL9, {"gtid_mode": "OFF", "enforce_gtid_consistency": "OFF"}),
                                           (MySQL56, {"gtid_mode": "OFF", "enforce_gtid_consistency": "OFF"})],
                         ids=lambda k: getattr(k, "name", ""))
def test_without_gtids_and_checksums(binlog, kind, settings):
    with kind(settings={**settings, "binlog_checksum": "NONE"}) as server:
        server.execute("CREATE DATABASE d")
        file, offset = work(server, "d")
        lines = binlog.until_end("events", server, file=file, offset=offset)
        assert lines[-1]["end"]["at"] == status(server)
        assert not any(line.get("gtid", {}).get("gtid") for line in lines)
        assert sum(line.get("step") in ("end", "whole") for line in lines) >= 8
        error = binlog.error("events", server, gtid="")
        assert error["code"] == BINLOG and "GTID" in error["cause"].upper()
        # Checksums come and go with the files.
        server.execute("SET GLOBAL binlog_checksum = 'CRC32'")
        server.execute("INSERT INTO m VALUES (7)", database="d")
        server.execute("SET GLOBAL binlog_checksum = 'NONE'")
        server.execute("INSERT INTO m VALUES (8)", database="d")
        again = binlog.until_end("events", server, file=file, offset=offset)
        assert again[-1]["end"]["at"] == status(server)
        lengths = [e[1] for e in events(again) if e[0] == "WRITE_ROWS"]
        assert lengths[-2] == lengths[-1] + 4


def test_a_source_without_a_binlog(binlog):
    with MySQL9(args=["--skip-log-bin"]) as server:
        assert binlog.error("events", server, file="binlog.000001")["code"] == BINLOG


def test_no_privilege(binlog, any_server):
    name = f"u{uuid.uuid4().hex[:8]}"
    any_server.execute(f"CREATE USER {name}@'%' IDENTIFIED BY 'pw'")
    file, offset = status(any_server)
    error = binlog.error("events", any_server, user=name, password="pw", file=file, offset=offset, tls="prefer")
    any_server.execute(f"DROP USER {name}@'%'")
    assert error["code"] == "GW2004", error


def test_events_larger_than_a_packet(binlog, any_server, db):
    any_server.execute("CREATE TABLE big (id INT PRIMARY KEY, v LONGBLOB)", database=db)
    any_server.execute("SET GLOBAL max_allowed_packet = 1073741824")
    file, offset = status(any_server)
    # Both sides of the packet limit, and far beyond it. MySQL 5.6 wants a log ten times the row.
    sizes = [0xffffff - 100, 0xffffff - 40, 0xffffff, 2 * 0xffffff + 5]
    sizes += [70 << 20] if isinstance(any_server, MySQL9) else []
    if isinstance(any_server, MySQL56):
        any_server.execute("ALTER TABLE big ENGINE=MyISAM", database=db)
    for i, size in enumerate(sizes):
        any_server.execute(f"INSERT INTO big VALUES ({i}, REPEAT('x', {size}))", database=db)
    rows = [line for line in binlog.until_end("events", any_server, file=file, offset=offset)
            if line.get("event", "").startswith("WRITE_ROWS")]
    assert [line["length"] - size for line, size in zip(rows, sizes)] == [rows[0]["length"] - sizes[0]] * len(sizes)
    error = binlog.error("events", any_server, file=file, offset=offset, max_event_bytes=20 << 20)
    assert error["code"] == "GW9002"
