"""The network between godwit and its ends loses everything for a while, and nobody is told."""

import copy
import signal
import time

import pytest

import writing
from cutting import same
from moving import Move, figures, wait_until
from srv.network import Network, possible
from writing_back import BackWriter

pytestmark = pytest.mark.skipif(not possible(), reason="a network namespace takes root and ip")
TIMEOUT = {"GODWIT_PEER_TIMEOUT": "4"}
CUT_S = 8


@pytest.fixture(scope="module")
def network():
    with Network() as n:
        yield n
        n.mend()


class FarMove(Move):
    """Both ends are reached through the network; the test's own questions are not."""

    def __init__(self, near, network):
        super().__init__(near.godwit, near.target, near.directory)
        self.network, self.far_target = network, copy.copy(near.target)
        self.far_target.server = self.far(near.target.server)

    def far(self, server):
        seen = copy.copy(server)
        seen.host, seen.port = self.network.forward(server)
        return seen

    def urls(self, server, database, schema):
        near, self.target = self.target, self.far_target
        try:
            return super().urls(server, database, schema)
        finally:
            self.target = near

    def passwords(self, server):
        return super().passwords(server) | TIMEOUT


@pytest.fixture
def far_move(move, network):
    return FarMove(move, network)


def break_for_a_while(network, run):
    network.cut()
    time.sleep(CUT_S)
    wait_until(lambda: (f := figures(run))["target_lost"] or f["source_lost"], "the loss is told", 30, run.alive)
    told = figures(run)
    network.mend()
    assert not told["caught_up"], told


def through_a_cut(run, writer, network):
    """Of a run that applies what the writer writes: before the cut, behind it, and until all is in."""
    wait_until(lambda: (f := figures(run)) and f["applied"]["rows"] > 50, "rows are applied", 60, run.alive)
    break_for_a_while(network, run)
    then = writer.done
    wait_until(lambda: writer.done > then + 50, "more is written", 60)
    writer.stop()
    wait_until(lambda: (f := figures(run)) and f["caught_up"] and f["rest"]["rows"] == 0, "it has caught up", 90, run.alive)
    run.signal(signal.SIGINT)
    run.wait(60).ok()


def test_a_load(far_move, network, sources, source):
    """While rows change: the snapshot is lost with its connections, and what changed since is read again."""
    database = sources.fresh(source, "steady", "far_steady")
    run = far_move.start("load", far_move.far(source), database, "--chunk-size", "128KiB", "--rate-limit", "3MB", "--retry", "60s")
    far_move.wait_for_chunks(run, 5)
    network.cut()
    source.execute("UPDATE line_0 SET note = 'meanwhile' WHERE id % 3 = 0", database=database)
    time.sleep(CUT_S)
    network.mend()
    run.wait(120).ok()
    far_move.check(source, database)


def test_following(far_move, network, source):
    database, far = "far_shop", far_move.far(source)
    writing.make(source, database, rows=100)
    far_move("load", far, database).ok()
    writer = writing.Writer(source, database, 3).start()
    run = far_move.start("follow", far, database, "--retry", "60s")
    through_a_cut(run, writer, network)
    far_move.check(source, database)
    source.execute("DROP DATABASE %s" % database)


def test_carrying_back(far_move, network, source):
    """Sessions that the source has not missed yet still hold their locks there: the next ones end them."""
    database, far = "far_back", far_move.far(source)
    writing.make(source, database, rows=100)
    far_move("load", far, database).ok()
    far_move("reverse", far, database, "--prepare").ok()
    writer = BackWriter(far_move.target, database, 3).start()
    run = far_move.start("reverse", far, database, "--retry", "60s")
    through_a_cut(run, writer, network)
    same(far_move, source, database)
    far_move("reverse", far, database, "--finish").ok()
    source.execute("DROP DATABASE %s" % database)
