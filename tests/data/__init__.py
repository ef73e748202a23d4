"""Source databases for the scenarios, one module per theme.

Each module has DATABASES: name -> function(run, flavour) that fills the current database. `run(sql, args=None)` executes one
statement; flavour is "mysql" or "mariadb". `make(connection, name, database)` creates the database and fills it.
Values are chosen at the limits of their types: what a loader gets wrong lives there.
"""
import importlib
import pkgutil

CREATE = "CREATE DATABASE `%s` CHARACTER SET utf8mb4"
PACKET_BYTES = 128 << 20  # MariaDB's default is below the values made here


def catalogue():
    """All databases of all modules: name -> function."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            found.update(getattr(importlib.import_module("data." + module.name), "DATABASES", {}))
    return found


def flavour_of(connection):
    return "mariadb" if "mariadb" in connection.get_server_info().lower() else "mysql"


def runner(connection):
    cursor = connection.cursor()

    def run(sql, args=None):
        cursor.execute(sql, args)
        return cursor.fetchall() if cursor.description else None

    run.many = cursor.executemany
    return run


def make(connection, name, database=None):
    """Create `database` (default: the theme's name) anew and fill it. Returns its name."""
    database = database or name
    run = runner(connection)
    if run("SELECT @@max_allowed_packet")[0][0] < PACKET_BYTES:
        run("SET GLOBAL max_allowed_packet = %d" % PACKET_BYTES)
        connection.close()
        connection.connect()
        run = runner(connection)
    run("DROP DATABASE IF EXISTS `%s`" % database)
    run(CREATE % database)
    run("USE `%s`" % database)
    run("SET SESSION time_zone = '+00:00'")
    run("SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION,STRICT_TRANS_TABLES'")
    catalogue()[name](run, flavour_of(connection))
    # InnoDB counts again some seconds after a bulk insert; how a table is cut into chunks would depend on when it is looked at.
    tables = [r[0] for r in run("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND"
                                " table_type = 'BASE TABLE'")]
    run("ANALYZE NO_WRITE_TO_BINLOG TABLE " + ", ".join("`%s`" % t.replace("`", "``") for t in tables))
    connection.commit()
    return database


def numbers(count, start=1):
    """A derived table `seq(n)` of `count` consecutive numbers, the same text for both servers and without recursion limits."""
    digits = "(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4" \
             " UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"
    width = max(1, len(str(count - 1)))
    value = " + ".join("d%d.d * %d" % (i, 10 ** i) for i in range(width))
    source = " CROSS JOIN ".join("%s d%d" % (digits, i) for i in range(width))
    return "(SELECT %s + %d AS n FROM %s HAVING n < %d) seq" % (value, start, source, start + count)
