"""Customers who go on shopping while the demo's shop moves: orders with their lines, payments, cancellations, new customers."""

import random
import threading

PAUSE_S = 0.01


class Customers:
    """Two sessions on the source that write until stop()."""

    def __init__(self, source, sessions=2):
        self.source, self.ended, self.transactions, self.failed = source, threading.Event(), 0, None
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
        connection = self.source.connect()
        try:
            with connection.cursor() as c:
                c.execute("USE shop")
                c.execute("SELECT MIN(id), MAX(id) FROM customer")
                first, last = c.fetchone()
                c.execute("SELECT sku, price FROM product LIMIT 500")
                goods = c.fetchall()
                while not self.ended.wait(PAUSE_S):
                    self.transaction(c, dice, dice.randint(first, last), goods)
                    connection.commit()
                    self.transactions += 1
        except Exception as e:  # said when it is stopped
            self.failed = e
        finally:
            connection.close()

    @staticmethod
    def transaction(c, dice, customer, goods):
        what = dice.random()
        if what < 0.6:
            c.execute("INSERT INTO orders (customer, ordered, total) VALUES (%s, NOW(6), %s)", (customer, dice.randint(1, 99999) / 100))
            order, lines = c.lastrowid, dice.sample(goods, dice.randint(1, 5))
            c.executemany("INSERT INTO order_item (order_id, line, sku, quantity, price, label) VALUES (%s, %s, %s, %s, %s, %s)",
                          [(order, i + 1, sku, dice.randint(1, 9), price, "bought while the shop moves") for i, (sku, price) in enumerate(lines)])
        elif what < 0.85:
            c.execute("UPDATE orders SET status = 'paid' WHERE customer = %s AND status = 'new'", (customer,))
        elif what < 0.95:
            c.execute("DELETE FROM orders WHERE customer = %s AND status = 'new' ORDER BY id LIMIT 1", (customer,))
        else:
            c.execute("UPDATE stock SET pieces = pieces - 1 WHERE sku = %s", (dice.choice(goods)[0],))
