"""For tests of the cut-over and of the way back: an application that a fence stops, and what must be so at the end."""

import pymysql

import writing


class Application(writing.Writer):
    """Writes until the server takes no more."""

    fenced = False

    def connect(self):
        s = self.server
        self.connection = pymysql.connect(host=s.host, port=s.port, user="app", password="App-12345", database=self.database,
                                          charset="utf8mb4", autocommit=False)

    def _loop(self):
        while not self._stop.wait(0.005):
            try:
                self.transaction()
            except pymysql.err.MySQLError as e:
                assert e.args[0] in (1290, 1836, 1792), e
                self.fenced = True
                return


def let_in(source, database):
    """The account of applications, which read_only stops."""
    source.execute("CREATE USER IF NOT EXISTS 'app'@'%' IDENTIFIED BY 'App-12345'")
    source.execute(f"GRANT ALL ON {database}.* TO 'app'@'%'")


def read_only(source):
    return source.execute("SELECT @@GLOBAL.read_only")[0][0]


def same(move, source, database, **kw):
    """Everything but counters, which are the target's to say."""
    found = [line for line in move.differences(source, database, **kw) if "the sequence gives" not in line]
    assert not found, "\n".join(found[:40])


def left_in(target):
    """How many slots, publications, and replica identities that are not as they were."""
    return [target.execute(sql)[0][0] for sql in (
        "SELECT count(*) FROM pg_replication_slots WHERE database = current_database()", "SELECT count(*) FROM pg_publication",
        "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relreplident = 'f'")]
