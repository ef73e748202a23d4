"""Customers who go on shopping while the demo's shop moves: orders with their lines, payments, cancellations, new customers. They write
wherever the shop is: to the MySQL it comes from, or to the PostgreSQL it goes to."""

import random
import threading

import pymysql

PAUSE_S = 0.01
READ_ONLY = (1290, 1836)  # what MySQL answers behind a fence


class AtSource:
    """By an account of the application's, which a fence stops."""

    def __init__(self, server, password):
        self.server, self.password = server, password
        server.script([f"CREATE USER 'shop_app'@'%' IDENTIFIED BY '{password}'", "GRANT SELECT, INSERT, UPDATE, DELETE ON shop.* TO 'shop_app'@'%'"])

    def connect(self):
        return pymysql.connect(host=self.server.host, port=self.server.port, user="shop_app", password=self.password, database="shop")

    @staticmethod
    def new_order(c, sql, values):
        c.execute(sql, values)
        return c.lastrowid

    @staticmethod
    def is_fence(error):
        return isinstance(error, pymysql.err.MySQLError) and error.args[0] in READ_ONLY


class AtTarget:
    def __init__(self, server):
        self.server = server

    def connect(self):
        connection = self.server.connect()
        connection.autocommit = False
        with connection.cursor() as c:
            c.execute("SET search_path = shop")
        connection.commit()
        return connection

    @staticmethod
    def new_order(c, sql, values):
        c.execute(sql + " RETURNING id", values)
        return c.fetchone()[0]

    @staticmethod
    def is_fence(error):
        return False


class Customers:
    """Two sessions that write until stop(), or until a fence stops them."""

    def __init__(self, place, sessions=2):
        self.place, self.ended, self.transactions, self.failed = place, threading.Event(), 0, None
        self.threads = [threading.Thread(target=self.shop, args=(i,), daemon=True) for i in range(sessions)]

    def start(self):
        for t in self.threads:
            t.start()
        return self

    def stop(self):
        """Behind it nothing is written any more."""
        self.ended.set()
        for t in self.threads:
            t.join()
        if self.failed:
            raise self.failed

    def shop(self, seed):
        dice = random.Random(seed)
        connection = self.place.connect()
        try:
            with connection.cursor() as c:
                c.execute("SELECT MIN(id), MAX(id) FROM customer")
                first, last = c.fetchone()
                c.execute("SELECT sku, price FROM product ORDER BY sku LIMIT 500")
                goods = c.fetchall()
                while not self.ended.wait(PAUSE_S):
                    self.transaction(c, dice, dice.randint(first, last), goods)
                    connection.commit()
                    self.transactions += 1
        except Exception as e:  # said when it is stopped
            if not self.place.is_fence(e):
                self.failed = e
        finally:
            connection.close()

    def transaction(self, c, dice, customer, goods):
        what = dice.random()
        if what < 0.6:
            order = self.place.new_order(c, "INSERT INTO orders (customer, ordered, total) VALUES (%s, CURRENT_TIMESTAMP(6), %s)",
                                         (customer, dice.randint(1, 99999) / 100))
            lines = dice.sample(goods, dice.randint(1, 5))
            c.executemany("INSERT INTO order_item (order_id, line, sku, quantity, price, label) VALUES (%s, %s, %s, %s, %s, %s)",
                          [(order, i + 1, sku, dice.randint(1, 9), price, "bought while the shop moves") for i, (sku, price) in enumerate(lines)])
        elif what < 0.85:
            c.execute("UPDATE orders SET status = 'paid' WHERE customer = %s AND status = 'new'", (customer,))
        elif what < 0.95:
            c.execute("SELECT MIN(id) FROM orders WHERE customer = %s AND status = 'new'", (customer,))
            c.execute("DELETE FROM orders WHERE id = %s", c.fetchone())
        else:
            c.execute("UPDATE stock SET pieces = pieces - 1 WHERE sku = %s", (dice.choice(goods)[0],))
