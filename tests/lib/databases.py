"""A database of its own for one test, on a server shared by all."""

import itertools

_numbers = itertools.count(1)


class Database:
    """name, url, execute(sql), script([sql...]), connect(); create() and drop() belong to the fixture."""

    def __init__(self, server, label="t"):
        self.server = server
        self.name = f"{label}_{next(_numbers)}"

    @property
    def url(self):
        return self.server.url_for(self.name)

    def execute(self, sql, args=None):
        return self.server.execute(sql, args, database=self.name)

    def script(self, statements):
        self.server.script(statements, database=self.name)

    def connect(self, **kw):
        return self.server.connect(database=self.name, **kw)

    def create(self):
        self.server.start()  # the test before may have killed it
        self.server.execute(f"CREATE DATABASE {self.name}")
        return self

    def drop(self):
        if not self.server.alive():
            return
        force = " WITH (FORCE)" if self.server.name.startswith("pg") else ""
        self.server.execute(f"DROP DATABASE IF EXISTS {self.name}{force}")
