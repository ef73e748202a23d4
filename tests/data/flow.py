"""Databases for the scenarios about time: a bank whose invariant shows an inconsistent snapshot, and a load that lasts."""
from . import numbers

ACCOUNTS, BALANCE, TABLES = 3000, 1000, 3


def bank(run, flavour):
    """Money moves between rows and between tables; the sum over all tables never changes at any moment."""
    for i in range(TABLES):
        run("CREATE TABLE account_%d (id int PRIMARY KEY, balance bigint NOT NULL, pad varchar(1200) NOT NULL)" % i)
        run("INSERT INTO account_%d SELECT n, %d, REPEAT('b', 1150) FROM %s" % (i, BALANCE, numbers(ACCOUNTS)))
    run("CREATE TABLE moves (id bigint AUTO_INCREMENT PRIMARY KEY, amount int NOT NULL)")


def bank_total():
    return ACCOUNTS * BALANCE * TABLES


def steady(run, flavour):
    """About 8 MB over several tables with keys, indexes, foreign keys and a keyless table: what a crash may catch anywhere. The rows
    of line_0 are over a kilobyte, because chunks of short rows hold at least 5000."""
    run("CREATE TABLE parent (id int AUTO_INCREMENT PRIMARY KEY, name varchar(40) NOT NULL, UNIQUE KEY name (name))")
    run("INSERT INTO parent (name) SELECT CONCAT('parent ', n) FROM " + numbers(2000))
    for i, (rows, length) in enumerate(((4000, 1150), (10000, 100), (10000, 100))):
        run("CREATE TABLE line_%d (id bigint AUTO_INCREMENT PRIMARY KEY, parent int NOT NULL, amount decimal(12,2),"
            " note varchar(1300),"
            " at datetime(3), KEY by_parent (parent), KEY by_at (at, amount), CONSTRAINT fk_parent_%d FOREIGN KEY"
            " (parent)"
            " REFERENCES parent (id))" % (i, i))
        run("INSERT INTO line_%d (parent, amount, note, at) SELECT n %% 2000 + 1, n / 100, REPEAT(CHAR(97 + n %% 26),"
            " %d + n %% 50),"
            " DATE_ADD('2024-01-01', INTERVAL n SECOND) FROM %s" % (i, length, numbers(rows)))
    run("CREATE TABLE by_name (name varchar(60) PRIMARY KEY, data blob)")
    run("INSERT INTO by_name SELECT CONCAT(LEFT(SHA2(n, 256), 32), '-中'), REPEAT(UNHEX('00ff0a5c'), n % 60) FROM "
        + numbers(8000))
    run("CREATE TABLE log_keyless (at datetime, what varchar(200))")
    run("INSERT INTO log_keyless SELECT DATE_ADD('2024-01-01', INTERVAL n % 100 SECOND), REPEAT('l', n % 150) FROM "
        + numbers(6000))
    run("CREATE TABLE small_empty (id int PRIMARY KEY)")


DATABASES = {"bank": bank, "steady": steady}
