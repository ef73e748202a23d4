"""What MySQL's own replication takes for the transactions godwit has made: the floor of ./dev bench reverse."""
import os
import time

from load_servers import cpu_seconds

SETTLE_S, FEW_PAGES, WAIT_S = 60, 100, 300


def settle(server):
    """What is CHECKPOINT to PostgreSQL."""
    before = server.execute("SELECT @@innodb_max_dirty_pages_pct")[0][0]
    server.execute("SET GLOBAL innodb_max_dirty_pages_pct = 0")
    until = time.monotonic() + SETTLE_S
    while time.monotonic() < until and int(server.execute("SHOW STATUS LIKE 'Innodb_buffer_pool_pages_dirty'")[0][1]) > FEW_PAGES:
        time.sleep(0.1)
    server.execute("SET GLOBAL innodb_max_dirty_pages_pct = %s" % before)
    os.sync()


class Replica:
    """A server that follows another one, by as many workers as godwit has sessions; it rests while others are measured."""

    def __init__(self, source, server, workers):
        self.source, self.server, self.workers = source, server, workers

    def begin(self):
        """With what the source does from now on."""
        s = self.source
        s.execute("RESET BINARY LOGS AND GTIDS")
        self.server.script(["SET GLOBAL replica_parallel_workers = %d" % self.workers,
                            "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '%s', SOURCE_PORT = %d, SOURCE_USER = '%s', SOURCE_PASSWORD = '%s',"
                            " SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1" % (s.host, s.port, s.user, s.password)])

    def catch_up(self):
        self.server.execute("START REPLICA")
        self._wait(self.source.gtid())
        self.server.execute("STOP REPLICA")

    def _wait(self, gtid):
        if self.server.execute("SELECT WAIT_FOR_EXECUTED_GTID_SET('%s', %d)" % (gtid, WAIT_S))[0][0] != 0:
            raise RuntimeError("the replica does not catch up: %s" % (self.server.execute(
                "SELECT last_error_message FROM performance_schema.replication_applier_status_by_worker"),))

    def apply(self):
        """What it has missed, once all of it has arrived: seconds, and the server's processor seconds."""
        gtid = self.source.gtid()
        self.server.execute("START REPLICA IO_THREAD")
        until = time.monotonic() + WAIT_S
        while self.server.execute("SELECT GTID_SUBSET(GTID_SUBTRACT('%s', @@gtid_executed), received_transaction_set)"
                                  " FROM performance_schema.replication_connection_status" % gtid)[0][0] != 1:
            if time.monotonic() > until:
                raise RuntimeError("the source's log does not arrive at the replica")
            time.sleep(0.1)
        settle(self.server)
        cpu, begin = cpu_seconds(self.server.pid), time.monotonic()
        self.server.execute("START REPLICA SQL_THREAD")
        self._wait(gtid)
        seconds = time.monotonic() - begin
        self.server.execute("STOP REPLICA")
        return {"floor_s": seconds, "floor_mysqld_cpu_s": cpu_seconds(self.server.pid) - cpu}
