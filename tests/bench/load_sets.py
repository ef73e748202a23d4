"""The data sets of load.py: definitions, generated rows, how to read them in pieces, and their keys.

Rows are written to tab separated files by one process per core and loaded with LOAD DATA INFILE: minutes become seconds.
The same numbers seed the same rows, so every server holds the same data.
"""
import multiprocessing
import os
import random

CORES = os.cpu_count() or 4
PART_ROWS = 125000  # rows per generated file

SBTEST = ("CREATE TABLE %s (id int NOT NULL AUTO_INCREMENT, k int NOT NULL DEFAULT 0, c char(120) NOT NULL DEFAULT"
          " '', pad char(60) NOT NULL"
          " DEFAULT '', PRIMARY KEY (id), KEY k_%s (k))")
WIDE = """CREATE TABLE wide (id bigint unsigned NOT NULL AUTO_INCREMENT, customer int NOT NULL, name varchar(80) NOT NULL, title varchar(120),
 price decimal(12,2) NOT NULL, rate double, weight float, amount bigint, small smallint unsigned, flag tinyint(1), made datetime(6), seen timestamp(3) NULL,
 day date, clock time, state enum('new','paid','sent','back'), tags set('a','b','c','d'), doc json, note text, raw varbinary(64), data blob,
 PRIMARY KEY (id), KEY by_customer (customer), KEY by_made (made, state))"""


def digits(dice, groups):
    """sysbench's ###########-###########-... text."""
    text = "%0*d" % (11 * groups, dice.getrandbits(36 * groups))
    return "-".join(text[i * 11:i * 11 + 11] for i in range(groups))


def sbtest_rows(dice, first, last, total):
    for i in range(first, last + 1):
        yield "%d\t%d\t%s\t%s\n" % (i, dice.randrange(1, total + 1), digits(dice, 10), digits(dice, 5))


def salary_rows(dice, first, last, total):
    """About ten salaries an employee, like the employees sample database."""
    for i in range(first, last + 1):
        employee, year = 10001 + (i - 1) // 10, 1986 + (i - 1) % 10
        yield "%d\t%d\t%d-%02d-%02d\t%d-01-01\n" % (employee, dice.randrange(38000, 150000), year, 1 + employee % 12, 1
                                                    + employee % 28, year + 1)


WORDS = "客户 订单 中文 数据 迁移 quick brown fox jumps über lazy dog 北京 上海 émigré naïve товар цена".split()


def wide_rows(dice, first, last, total):
    for i in range(first, last + 1):
        pick = dice.getrandbits(64)
        words = [WORDS[(pick >> s) % len(WORDS)] for s in range(0, 60, 6)]
        null = pick % 7
        day = "20%02d-%02d-%02d" % (10 + pick % 15, 1 + pick % 12, 1 + pick % 28)
        clock = "%02d:%02d:%02d" % (pick % 24, pick % 60, pick % 59)
        yield "\t".join((
            str(i), str(pick % 100000), " ".join(words[:3]), r"\N" if null == 0 else " ".join(words[:6]),
            "%d.%02d" % (pick % 1000000, pick % 100), r"\N" if null == 1 else repr(pick / 1e7),
            "%.3f" % (pick % 100000 / 7),
            str(pick >> 2), str(pick % 65536), str(pick & 1), "%s %s.%06d" % (day, clock, pick % 1000000), r"\N"
            if null == 2 else
            "%s %s.%03d" % (day, clock, pick % 1000), day, clock, ("new", "paid", "sent", "back")[pick % 4],
            ("", "a", "b,c", "a,d")[pick % 4],
            r"\N" if null == 3 else '{"id": %d, "tags": ["%s", "%s"], "price": %d.5, "deep": {"ok": true}}' % (i, words[0], words[1], pick % 1000),
            r"\N" if null == 4 else " ".join(words) * (1 + pick % 3), "%x" % pick, r"\N" if null == 5
            else "%032x" % (pick * pick) * (pick % 4))) + "\n"


class Table:
    """name, DDL, how its rows are made, the key it is read by, and the statements that make its keys in the target."""

    def __init__(self, name, ddl, rows, make, key, low, high, keys):
        self.name, self.ddl, self.rows, self.make, self.key, self.low, self.high, self.keys = name, ddl, rows, make, key, low, high, keys

    def queries(self, pieces):
        """SELECTs that read everything once, by key range."""
        if self.make is None:
            return ["SELECT * FROM %s" % self.name]
        bounds = [self.low + (self.high + 1 - self.low) * i // pieces for i in range(pieces + 1)]
        return ["SELECT * FROM %s WHERE %s >= %d AND %s < %d" % (self.name, self.key, a, self.key, b) for a,
                b in zip(bounds, bounds[1:])]


def sbtest_table(name, rows):
    return Table(name, SBTEST % (name, name), rows, sbtest_rows, "id", 1, rows,
                 ["ALTER TABLE {t} ADD PRIMARY KEY (id)", "CREATE INDEX k_%s ON {t} (k)" % name])


def tables_of(name, scale):
    def n(rows):
        return max(1000, int(rows * scale))

    if name == "sbtest":
        return [sbtest_table("sbtest%d" % i, n(500000)) for i in range(1, 9)]
    if name == "single":
        return [sbtest_table("sbtest", n(4000000))]
    if name == "narrow":
        rows = n(2800000) // 10 * 10
        small = [Table("dept_%d" % i, "CREATE TABLE dept_%d (id int PRIMARY KEY, name varchar(40) NOT NULL, UNIQUE"
                                      " KEY name_%d (name))" % (i, i), 9, None,
                       "id", 1, 9, ["ALTER TABLE {t} ADD PRIMARY KEY (id)",
                                    "CREATE UNIQUE INDEX name_%d ON {t} (name)" % i]) for i in range(5)]
        return [Table("salaries", "CREATE TABLE salaries (emp_no int NOT NULL, salary int NOT NULL, from_date date"
                                  " NOT NULL, to_date date NOT NULL,"
                      " PRIMARY KEY (emp_no, from_date))", rows, salary_rows, "emp_no", 10001, 10000 + rows // 10,
                      ["ALTER TABLE {t} ADD PRIMARY KEY (emp_no, from_date)"])] + small
    if name == "wide":
        return [Table("wide", WIDE, n(1000000), wide_rows, "id", 1, n(1000000),
                      ["ALTER TABLE {t} ADD PRIMARY KEY (id)", "CREATE INDEX by_customer ON {t} (customer)",
                       "CREATE INDEX by_made ON {t} (made, state)"])]
    raise KeyError(name)


SETS = ["sbtest", "narrow", "wide", "single"]


def _write_part(job):
    name, scale, number, first, last, path = job
    table = tables_of(name, scale)[number]
    dice = random.Random("%s %d %d" % (name, number, first))
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.writelines(table.make(dice, first, last, table.rows))
    return number, path


def _load_file(server, database, table, path):
    connection = server.connect(database)
    cursor = connection.cursor()
    cursor.execute("SET SESSION sql_log_bin = 0, unique_checks = 0, foreign_key_checks = 0")
    cursor.execute("LOAD DATA INFILE '%s' INTO TABLE %s CHARACTER SET utf8mb4" % (path, table))
    connection.close()
    os.unlink(path)


def fill(servers, name, scale, directory):
    """Create the set's database on each of `servers` and load the same rows into all."""
    tables = tables_of(name, scale)
    for server in servers:
        server.script(["SET sql_log_bin = 0", "DROP DATABASE IF EXISTS %s" % name,
                       "CREATE DATABASE %s CHARACTER SET utf8mb4" % name, "USE %s" % name]
                      + [t.ddl for t in tables]
                      + ["INSERT INTO %s VALUES %s" % (t.name, ", ".join("(%d, 'department %d')" % (i, i)
                                                                         for i in range(1, t.rows + 1)))
                         for t in tables if t.make is None])
    jobs = []
    for number, t in enumerate(tables):
        if t.make is not None:
            for part, first in enumerate(range(1, t.rows + 1, PART_ROWS)):
                path = os.path.join(directory, "%s.%d.%d.tsv" % (name, number, part))
                jobs.append((name, scale, number, first, min(first + PART_ROWS - 1, t.rows), path))
    # A file in key order per connection: pages fill from left to right.
    from concurrent.futures import ThreadPoolExecutor
    with multiprocessing.get_context("forkserver").Pool(CORES) as writers, ThreadPoolExecutor(CORES) as loaders:
        pending = []
        for number, path in writers.imap(_write_part, jobs):
            os.chmod(path, 0o644)
            for server in servers[1:]:
                os.link(path, path + "." + server.name)
            for server in servers:
                file = path if server is servers[0] else path + "." + server.name
                pending.append(loaders.submit(_load_file, server, name, tables[number].name, file))
            while len(pending) > 4 * CORES:  # keep the disk from filling
                pending.pop(0).result()
        for p in pending:
            p.result()
    for server in servers:
        server.script(["ANALYZE NO_WRITE_TO_BINLOG TABLE " + ", ".join(t.name for t in tables)], database=name)
