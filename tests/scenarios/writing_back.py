"""A target that is being written to, after a move: the tables of writing.py, changed at random in PostgreSQL. Values that MySQL's
collations would take for others of the same key are not made: the source has its own unique keys."""

import psycopg2

from writing import Session

REFUSED = ("23", "40", "55P03", "21")  # constraints, deadlocks, locks


class BackWriter(Session):
    """A session of the target."""

    ERRORS = psycopg2.Error
    LOST = psycopg2.OperationalError
    AFTER_REFUSAL = ("ROLLBACK TO here",)

    def __init__(self, database, schema, seed, truncates=True):
        super().__init__(seed)
        self.database, self.schema, self.truncates = database, schema, truncates

    def connect(self):
        self.connection = self.database.connect()
        with self.connection.cursor() as c:
            c.execute(f"SET search_path = {self.schema}; SET lock_timeout = '2s'; SET TimeZone = 'UTC'")

    def word(self, n=8):
        return "".join(self.dice.choice("abcdefghijKLMNé中 ñ0123456789'\\\"\n") for _ in range(self.dice.randint(0, n))).rstrip() or "x"

    def customer(self):
        d = self.dice
        return (f"back{self.id(600)}@a.x", self.maybe(self.word(20)), self.maybe(round(d.uniform(-1e6, 1e6), 2)),
                format(d.randint(0, 31), "05b"), self.maybe(f"20{d.randint(10, 39)}-0{d.randint(1, 9)}-1{d.randint(0, 9)}"),
                self.maybe(self.json()), self.maybe(bytes(d.randint(0, 255) for _ in range(d.randint(0, 40)))))

    def statements(self):
        d = self.dice
        yield 6, lambda: ("INSERT INTO customers (email, name, balance, flags, born, doc, pic) VALUES (%s,%s,%s,%s,%s,%s,%s)"
                          " ON CONFLICT DO NOTHING", self.customer())
        yield 4, lambda: ("UPDATE customers SET email=%s, name=%s, balance=balance+1, flags=%s, doc=%s WHERE id=%s",
                          (self.customer()[0], self.word(), format(d.randint(0, 31), "05b"), self.maybe(self.json()), self.id()))
        yield 2, lambda: ("UPDATE customers SET balance=0 WHERE id BETWEEN %s AND %s", (self.id(), self.id()))
        # Two rows exchange their values of a unique key.
        yield 2, lambda: ("WITH x AS (DELETE FROM customers WHERE id IN (%s, %s) RETURNING *) INSERT INTO customers SELECT * FROM x",
                          (self.id(), self.id()))
        yield 6, lambda: ("INSERT INTO orders (customer, code, total, state, tags, at) SELECT id, %s, %s, %s, %s, now() FROM"
                          " customers ORDER BY id OFFSET %s LIMIT 1 ON CONFLICT DO NOTHING",
                          (self.maybe("c%d" % self.id(3000)), d.uniform(-1, 1) * 10 ** d.randint(-10, 10),
                           d.choice(["new", "paid", "sent"]), self.maybe(d.choice(["", "a", "a,c", "a,b,c"])), d.randint(0, 80)))
        yield 4, lambda: ("UPDATE orders SET code=%s, total=total/3, state='paid' WHERE id=%s",
                          (self.maybe("c%d" % self.id(3000)), self.id(900)))
        yield 2, lambda: ("UPDATE orders SET customer=%s WHERE id BETWEEN %s AND %s", (self.maybe(self.id()), self.id(), self.id()))
        yield 6, lambda: ("INSERT INTO order_lines SELECT id, %s, %s, %s FROM orders WHERE id > %s ORDER BY id LIMIT 3"
                          " ON CONFLICT DO NOTHING",
                          (d.randint(-3, 9), d.randint(0, 4294967295), self.maybe(self.word(200)), self.id(900)))
        yield 3, lambda: ("UPDATE order_lines SET line=line+%s, note=%s WHERE order_id=%s", (d.randint(0, 2), self.word(), self.id(900)))
        yield 2, lambda: ("DELETE FROM order_lines WHERE order_id=%s", (self.id(900),))
        yield 2, lambda: ("DELETE FROM orders WHERE id=%s", (self.id(900),))
        yield 1, lambda: ("DELETE FROM customers WHERE id=%s", (self.id(),))
        yield 1, lambda: ("UPDATE customers SET id=%s WHERE id=%s", (self.id(), self.id()))
        yield 1, lambda: ("DELETE FROM tree WHERE id=%s", (self.id(60),))
        yield 3, lambda: ("INSERT INTO settings VALUES (%s, %s, %s, %s) ON CONFLICT (name) DO UPDATE SET v = excluded.v, took = excluded.took",
                          ("back" + str(self.id(40)), self.id(), "%02d:10:11.25" % d.randint(0, 23), d.choice([1999, 2024, 0])))
        yield 2, lambda: ("UPDATE settings SET name=%s WHERE name=%s", ("back%d" % self.id(40), "back%d" % self.id(40)))
        yield 1, lambda: ("DELETE FROM settings WHERE name=%s", ("back%d" % self.id(40),))
        yield 4, lambda: ("INSERT INTO log_keyless VALUES (%s, %s, %s)", (self.maybe(self.id(5)), self.maybe("x%d" % self.id(4)), 0.1))
        yield 1, lambda: ("DELETE FROM log_keyless WHERE ctid IN (SELECT ctid FROM log_keyless WHERE a=%s LIMIT %s)",
                          (self.id(5), d.randint(1, 3)))
        yield 1, lambda: ("UPDATE log_keyless SET a=a+1 WHERE b=%s", ("x%d" % self.id(4),))
        yield 2, lambda: ("INSERT INTO tree SELECT %s, MIN(id), %s FROM tree WHERE id < %s ON CONFLICT DO NOTHING",
                          (self.id(60), self.word(4), self.id(60)))
        yield 1, lambda: ("UPDATE tree SET above=%s WHERE id=%s", (self.maybe(self.id(60)), self.id(60)))
        yield 8, lambda: ("INSERT INTO plain (k, c) VALUES (%s, %s), (%s, 'two')", (self.id(), self.word(100), self.id()))
        yield 4, lambda: ("UPDATE plain SET k=k+1, c=%s WHERE id=%s", (self.word(100), self.id(2000)))
        yield 1, lambda: ("UPDATE plain SET k=k+1 WHERE k BETWEEN %s AND %s", (self.id(), self.id()))
        yield 1, lambda: ("UPDATE plain SET k=k WHERE k < %s", (self.id(),))
        yield 3, lambda: ("DELETE FROM plain WHERE id=%s", (self.id(2000),))
        yield 1, lambda: ("UPDATE plain SET id=id+100000 WHERE id BETWEEN %s AND %s", (self.id(), self.id()))
        if self.truncates:
            yield 0.3, lambda: ("TRUNCATE log_keyless", None)
            yield 0.2, lambda: ("TRUNCATE orders, order_lines RESTART IDENTITY", None)

    def is_refused(self, e):
        return e.pgcode is not None and e.pgcode.startswith(REFUSED)

    def is_lost(self, e):
        return isinstance(e, (psycopg2.OperationalError, psycopg2.InterfaceError, psycopg2.errors.AdminShutdown))
