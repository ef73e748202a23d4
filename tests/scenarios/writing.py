"""A source that is being written to: tables with keys of every sort, and sessions that change them at random."""

import random
import threading

import pymysql

TABLES = [
    "CREATE TABLE customers (id int AUTO_INCREMENT PRIMARY KEY, email varchar(80) NOT NULL, name varchar(60), balance decimal(12,2),"
    " flags bit(5), born date, updated timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),"
    " doc json, pic blob, UNIQUE KEY email (email), KEY name (name))",
    "CREATE TABLE orders (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, customer int, code char(12), total double,"
    " state enum('new','paid','sent') NOT NULL DEFAULT 'new', tags set('a','b','c'), at datetime(6), UNIQUE KEY code (code),"
    " CONSTRAINT orders_customer FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE ON UPDATE CASCADE)",
    "CREATE TABLE order_lines (order_id bigint unsigned, line smallint, amount int unsigned, note text, PRIMARY KEY (order_id, line),"
    " CONSTRAINT lines_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE)",
    "CREATE TABLE settings (name varchar(50) COLLATE utf8mb4_general_ci PRIMARY KEY, v int, took time(2), y year)",
    "CREATE TABLE log_keyless (a int, b varchar(20), c float)",
    "CREATE TABLE tree (id int PRIMARY KEY, above int, v varchar(10), CONSTRAINT tree_above FOREIGN KEY (above) REFERENCES"
    " tree (id) ON DELETE SET NULL)",
    "CREATE TABLE plain (id bigint AUTO_INCREMENT PRIMARY KEY, k int NOT NULL, c varchar(120) NOT NULL, KEY k (k))",
]


def make(server, database, rows=200):
    """The tables, with some rows."""
    connection = server.connect()
    with connection.cursor() as c:
        c.execute(f"DROP DATABASE IF EXISTS {database}")
        c.execute(f"CREATE DATABASE {database} CHARACTER SET utf8mb4")
        c.execute(f"USE {database}")
        for sql in TABLES:
            c.execute(sql)
    connection.commit()
    connection.close()
    Writer(server, database, seed=7).run(rows)


class Session:
    """One session that makes `n` random transactions of its statements(), or goes on in a thread until stop(). Of a subclass: connect,
    statements, ERRORS of its driver, LOST (the one that connecting raises), is_refused and is_lost of such an error, AFTER_REFUSAL."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.connection = None
        self.done = 0
        self._stop = threading.Event()
        self._thread = None

    def id(self, most=400):
        return self.dice.randint(1, most)

    def maybe(self, value):
        return None if self.dice.random() < 0.2 else value

    def json(self):
        d = self.dice
        return d.choice(['{"a": %d, "b": [1, 2.5, "%s"]}' % (self.id(), "é中"), "[]", '"text"', "null", "12.50", "true"])

    def transaction(self):
        choices = list(self.statements())
        weights = [w for w, _ in choices]
        with self.connection.cursor() as c:
            c.execute("BEGIN")
            for _ in range(self.dice.choice([1, 1, 1, 2, 3, 8])):
                part = self.dice.random()
                c.execute("SAVEPOINT here")
                sql, args = self.dice.choices(choices, weights)[0][1]()
                try:
                    c.execute(sql, args)
                except self.ERRORS as e:
                    if not self.is_refused(e):
                        raise
                    for after in self.AFTER_REFUSAL:
                        c.execute(after)
                    continue
                if part < 0.1:
                    c.execute("ROLLBACK TO here")
            c.execute("ROLLBACK" if self.dice.random() < 0.1 else "COMMIT")
        self.done += 1

    def run(self, n):
        self.connect()
        for _ in range(n):
            self.transaction()
        self.connection.close()
        return self

    # ---- in the background ----

    def _loop(self):
        # With a breath between two: an application's pace, not all that a processor gives.
        while not self._stop.wait(0.005):
            try:
                self.transaction()
            except self.ERRORS as e:
                if not self.is_lost(e):
                    raise
                self._reconnect()

    def _reconnect(self):
        while not self._stop.wait(0.05):
            try:
                return self.connect()
            except self.LOST:
                pass

    def start(self):
        self.connect()
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._thread.start()
        return self

    def stop(self):
        self._stop.set()
        self._thread.join(60)
        self.connection.close()


class Writer(Session):
    """A session of the source."""

    ERRORS = (pymysql.err.OperationalError, pymysql.err.IntegrityError, pymysql.err.InterfaceError)
    LOST = pymysql.err.OperationalError
    AFTER_REFUSAL = ("ROLLBACK", "BEGIN")

    def __init__(self, server, database, seed, cascades=True):
        super().__init__(seed)
        self.server, self.database, self.cascades = server, database, cascades

    def connect(self):
        s = self.server
        self.connection = pymysql.connect(host=s.host, port=s.port, user=s.user, password=s.password, database=self.database,
                                          charset="utf8mb4", autocommit=False)
        with self.connection.cursor() as c:
            c.execute("SET time_zone='+00:00', innodb_lock_wait_timeout=2")

    # ---- one statement each ----

    def word(self, n=8):
        return "".join(self.dice.choice("abcdefghijKLMNé中 ñ0123456789'\\\"") for _ in range(self.dice.randint(0, n)))

    def customer(self):
        d = self.dice
        return (f"u{self.id(600)}@{d.choice(['A', 'a'])}.x", self.maybe(self.word(20)), self.maybe(round(d.uniform(-1e6, 1e6), 2)),
                d.randint(0, 31), self.maybe(f"20{d.randint(10, 39)}-0{d.randint(1, 9)}-1{d.randint(0, 9)}"),
                self.maybe(self.json()), self.maybe(bytes(d.randint(0, 255) for _ in range(d.randint(0, 40)))))

    def statements(self):
        d = self.dice
        yield 6, lambda: ("INSERT IGNORE INTO customers (email, name, balance, flags, born, doc, pic) VALUES (%s,%s,%s,%s,%s,%s,%s)",
                          self.customer())
        yield 4, lambda: ("UPDATE IGNORE customers SET email=%s, name=%s, balance=balance+1, flags=%s, doc=%s WHERE id=%s",
                          (self.customer()[0], self.word(), d.randint(0, 31), self.maybe(self.json()), self.id()))
        yield 2, lambda: ("UPDATE customers SET balance=0, updated=updated WHERE id BETWEEN %s AND %s", (self.id(), self.id()))
        yield 6, lambda: ("INSERT IGNORE INTO orders (customer, code, total, state, tags, at) SELECT id, %s, %s, %s, %s, NOW(6) FROM"
                          " customers ORDER BY id LIMIT %s, 2",
                          (self.maybe("c%d" % self.id(3000)), d.uniform(-1, 1) * 10 ** d.randint(-10, 10),
                           d.choice(["new", "paid", "sent"]), self.maybe(d.choice(["", "a", "a,c", "a,b,c"])), d.randint(0, 80)))
        yield 4, lambda: ("UPDATE IGNORE orders SET code=%s, total=total/3, state='paid' WHERE id=%s",
                          (self.maybe("c%d" % self.id(3000)), self.id(900)))
        yield 2, lambda: ("UPDATE IGNORE orders SET customer=%s WHERE id BETWEEN %s AND %s", (self.maybe(self.id()), self.id(), self.id()))
        yield 6, lambda: ("INSERT IGNORE INTO order_lines SELECT id, %s, %s, %s FROM orders WHERE id > %s ORDER BY id LIMIT 3",
                          (d.randint(-3, 9), d.randint(0, 4294967295), self.maybe(self.word(200)), self.id(900)))
        yield 3, lambda: ("UPDATE IGNORE order_lines SET line=line+%s, note=%s WHERE order_id=%s",
                          (d.randint(0, 2), self.word(), self.id(900)))
        yield 2, lambda: ("DELETE FROM order_lines WHERE order_id=%s", (self.id(900),))
        yield 2, lambda: ("DELETE FROM orders WHERE id=%s", (self.id(900),))
        if self.cascades:
            yield 1, lambda: ("DELETE FROM customers WHERE id=%s", (self.id(),))
            yield 1, lambda: ("UPDATE IGNORE customers SET id=%s WHERE id=%s", (self.id(), self.id()))
            yield 1, lambda: ("DELETE FROM tree WHERE id=%s", (self.id(60),))
        yield 3, lambda: ("REPLACE INTO settings VALUES (%s, %s, %s, %s)",
                          (d.choice(["Key", "key", "KÉY", "kéy"]) + str(self.id(40)), self.id(), "%02d:10:11.25" % d.randint(0, 23),
                           d.choice([1999, 2024, 0])))
        yield 2, lambda: ("UPDATE IGNORE settings SET name=%s WHERE name=%s", ("key%d" % self.id(40), "KEY%d" % self.id(40)))
        yield 1, lambda: ("DELETE FROM settings WHERE name=%s", ("key%d" % self.id(40),))
        yield 4, lambda: ("INSERT INTO log_keyless VALUES (%s, %s, %s)", (self.maybe(self.id(5)), self.maybe("x%d" % self.id(4)), 0.1))
        yield 1, lambda: ("DELETE FROM log_keyless WHERE a=%s LIMIT %s", (self.id(5), d.randint(1, 3)))
        yield 1, lambda: ("UPDATE log_keyless SET a=a+1 WHERE b=%s LIMIT 5", ("x%d" % self.id(4),))
        yield 2, lambda: ("INSERT IGNORE INTO tree SELECT %s, MIN(id), %s FROM tree WHERE id < %s",
                          (self.id(60), self.word(4), self.id(60)))
        yield 1, lambda: ("UPDATE IGNORE tree SET above=%s WHERE id=%s", (self.maybe(self.id(60)), self.id(60)))
        yield 8, lambda: ("INSERT INTO plain (k, c) VALUES (%s, %s), (%s, 'two')", (self.id(), self.word(100), self.id()))
        yield 4, lambda: ("UPDATE plain SET k=k+1, c=%s WHERE id=%s", (self.word(100), self.id(2000)))
        yield 1, lambda: ("UPDATE plain SET k=k+1 WHERE k BETWEEN %s AND %s", (self.id(), self.id()))
        yield 3, lambda: ("DELETE FROM plain WHERE id=%s", (self.id(2000),))
        yield 1, lambda: ("UPDATE IGNORE plain SET id=id+1 WHERE id BETWEEN 50 AND 60 ORDER BY id DESC", None)

    def is_refused(self, e):
        return not isinstance(e, pymysql.err.InterfaceError) and e.args[0] in (1205, 1213, 1062, 1451, 1452, 1467, 1761, 1093, 3819)

    def is_lost(self, e):
        return not isinstance(e, pymysql.err.IntegrityError) and (self._stop.is_set() or e.args[0] in (2003, 2006, 2013, 0, 1053, 1927))


class XaWriter(Session):
    """Prepares transactions, and decides about them later, in another session; some stay prepared until finish()."""

    ERRORS = (pymysql.err.OperationalError, pymysql.err.InterfaceError, pymysql.err.InternalError)
    LOST = pymysql.err.OperationalError
    TABLE = "CREATE TABLE wallets (id int PRIMARY KEY, n bigint NOT NULL, note mediumtext)"
    MOST = 6  # that wait at a time

    def __init__(self, server, database, seed):
        super().__init__(seed)
        self.server, self.database, self.next = server, database, 0
        self.prepared = {}  # name: ids it has changed, which nobody else can

    def connect(self):
        self.connection = self.server.connect(database=self.database)
        with self.connection.cursor() as c:
            c.execute("SET SESSION transaction_isolation='READ-COMMITTED', innodb_lock_wait_timeout=1")

    def free_id(self):
        taken = {i for ids in self.prepared.values() for i in ids}
        return self.dice.choice([i for i in range(200) if i not in taken])

    def change(self, c):
        i, n = self.free_id(), self.dice.randint(-9, 9)
        c.execute(self.dice.choice([
            f"REPLACE INTO wallets VALUES ({i}, {n}, REPEAT('é', {self.dice.choice([3, 3, 30, 60000])}))",
            f"UPDATE wallets SET n = n + {n} WHERE id = {i}", f"DELETE FROM wallets WHERE id = {i}"]))
        return i

    def transaction(self):
        with self.connection.cursor() as c:
            if len(self.prepared) >= self.MOST or (self.prepared and self.dice.random() < 0.4):
                self.decide(c, self.dice.choice(list(self.prepared)))
            else:
                self.begin(c)
        self.done += 1

    def begin(self, c):
        self.next += 1
        name = f"'wallet {self.next}','é',{self.next}"
        c.execute(f"XA START {name}")
        how = self.dice.random()
        try:
            ids = {self.change(c) for _ in range(self.dice.choice([0, 1, 2, 12]))}
        except pymysql.err.OperationalError as e:
            if e.args[0] != 1205:  # a gap that another one locks
                raise
            how = 0.2
        c.execute(f"XA END {name}")
        if how <= 0.2:
            c.execute(f"XA COMMIT {name} ONE PHASE" if how < 0.15 else f"XA ROLLBACK {name}")
            return
        c.execute(f"XA PREPARE {name}")
        self.prepared[name] = ids

    def decide(self, c, name):
        c.execute(f"XA {'COMMIT' if self.dice.random() < 0.8 else 'ROLLBACK'} {name}")
        del self.prepared[name]

    def is_lost(self, e):
        return False

    def finish(self):
        """Nothing stays prepared."""
        self.connect()
        with self.connection.cursor() as c:
            for name in list(self.prepared):
                self.decide(c, name)
        self.connection.close()
