"""The load sees one moment of a source that is being written to, and records exactly that moment's position."""

import random
import re
import threading

import pytest

from data import flow
from moving import wait_until
from servers import MySQL9


class Bank:
    """Writers that move money between rows and tables; each transaction also notes itself in `moves`."""

    def __init__(self, server, database, writers=4):
        self.server, self.database, self.stop, self.made, self.failed = server, database, threading.Event(), 0, None
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.write, args=(i,)) for i in range(writers)]

    def write(self, seed):
        dice = random.Random(seed)
        try:
            connection = self.server.connect(self.database)
            connection.autocommit(False)
            cursor = connection.cursor()
            while not self.stop.is_set():
                amount = dice.randrange(1, 50)
                try:
                    for sign, _ in ((-1, 0), (1, 0)):
                        cursor.execute("UPDATE account_%d SET balance = balance + %d WHERE id = %d" % (
                            dice.randrange(flow.TABLES), sign * amount, dice.randrange(1, flow.ACCOUNTS + 1)))
                    cursor.execute("INSERT INTO moves (amount) VALUES (%d)" % amount)
                    connection.commit()
                except Exception as e:
                    if "eadlock" not in str(e):
                        raise
                    connection.rollback()
                    continue
                with self.lock:
                    self.made += 1
                self.stop.wait(0.002)
            connection.close()
        except Exception as e:
            self.failed = e

    def __enter__(self):
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *exc):
        self.stop.set()
        for t in self.threads:
            t.join()


def transactions(server, before, after):
    """How many transactions lie between two positions."""
    if server.name == "mariadb":
        return int(after.split("-")[-1]) - int(before.split("-")[-1])
    rest = server.execute("SELECT GTID_SUBTRACT(%s, %s)", (after, before))[0][0].replace("\n", "")
    return sum(int(m[2] or m[1]) - int(m[1]) + 1 for m in re.finditer(r":(\d+)(?:-(\d+))?", rest))


@pytest.mark.parametrize("mode", ["lock", "lock-free"])
def test_money_is_neither_lost_nor_made_while_loading(move, sources, source, mode):
    database = sources.fresh(source, "bank", "own_bank")
    before = source.gtid()
    with Bank(source, database) as bank:
        wait_until(lambda: bank.made > 50, "writers at work")
        move("load", source, database, "--snapshot", mode, "--chunk-size", "256KiB", "--rate-limit", "4MB").ok()
        during = bank.made
    assert bank.failed is None and during > 300
    total = sum(move.one("SELECT sum(balance) FROM %s.account_%d" % (database, i)) for i in range(flow.TABLES))
    assert total == flow.bank_total()
    seen = move.one("SELECT count(*) FROM %s.moves" % database)
    assert 50 < seen < bank.made, "the snapshot is of a moment in the middle"
    report = move.report
    if "not known" in report["snapshot"]:
        assert not report["position"]["gtid"] and mode == "lock-free"
    else:
        recorded = transactions(source, before, report["position"]["gtid"])
        assert recorded == seen, "position and snapshot are of one moment: %s" % report["snapshot"]
    if mode == "lock":
        assert 0 < report["lock_ms"] < 2000
    else:
        assert report["lock_ms"] == 0


def test_without_a_lock_and_gtids_no_position_is_claimed(move):
    """The binlog is ahead of what can be seen: who followed from there would lose what is in between."""
    from moving import error_of
    with MySQL9(args=["--gtid-mode=OFF", "--enforce-gtid-consistency=OFF"]) as server:
        server.script(["CREATE DATABASE shop", "CREATE TABLE shop.t (id int PRIMARY KEY)", "INSERT INTO shop.t VALUES (1), (2)"])
        move("load", server, "shop", "--snapshot", "lock-free").ok()
        assert "a single reader" in move.report["snapshot"] and not move.report["position"]["binlog_file"]
        move.check(server, "shop")
        assert error_of(move("follow", server, "shop", "--until-caught-up").failed(1))["code"] == "GW2042"


def test_every_reader_sees_the_same_moment(move, sources, source):
    """Chunks of one table read by different connections add up to the moment's count."""
    database = sources.fresh(source, "bank", "own_bank")
    with Bank(source, database) as bank:
        wait_until(lambda: bank.made > 50, "writers at work")
        move("load", source, database, "--jobs", "8", "--chunk-size", "64KiB").ok()
    assert bank.failed is None
    assert move.one("SELECT count(*) FROM godwit.chunk") > 20
    total = sum(move.one("SELECT sum(balance) FROM %s.account_%d" % (database, i)) for i in range(flow.TABLES))
    assert total == flow.bank_total()


def test_a_lock_that_cannot_be_had_is_given_up(move, sources, source):
    """A long statement holds a table: the run gives up after its lock timeout, so that nobody queues behind it."""
    from moving import error_of
    database = sources.fresh(source, "bank", "own_bank")
    holder = source.connect(database)
    try:
        holder.cursor().execute("LOCK TABLES account_1 WRITE")
        error = error_of(move("load", source, database, "--snapshot", "lock", "--lock-timeout", "1s").failed(1))
        assert error["code"] == "GW2014" and "lock-free" in error["hint"]
        # Nobody waits behind us any more.
        other = source.connect(database)
        other.cursor().execute("INSERT INTO moves (amount) VALUES (1)")
        other.close()
    finally:
        holder.close()
    move("load", source, database, "--snapshot", "lock").ok()
    move.check(source, database)
