"""Every row of a table on both sides, as multisets of canonical rows.

Each row is reduced to the hash of its canonical tuple, so neither order nor a key matters and 500 000 rows fit in memory; when hashes
are left over a second pass fetches the rows behind them and says what differs.
"""
import pymysql
import psycopg2

from . import canon

SHOWN = 10  # differing rows described per table


def connect_source(where, database):
    """Undecoded: every value as the bytes the server sent."""
    c = pymysql.connect(host=where["host"], port=where["port"], user=where["user"], password=where["password"],
                        database=database,
                        charset="utf8mb4", use_unicode=False, conv={}, cursorclass=pymysql.cursors.SSCursor)
    with c.cursor() as cursor:
        cursor.execute("SET SESSION time_zone = '+00:00', sql_mode = '', net_write_timeout = 600")
    return c


def connect_target(where):
    c = psycopg2.connect(host=where["host"], port=where["port"], user=where["user"], password=where["password"],
                         dbname=where["database"])
    c.autocommit = True
    with c.cursor() as cursor:
        cursor.execute("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET"
                       " extra_float_digits = 3;"
                       " SET bytea_output = 'hex'")
    return c


def quote_mysql(name):
    return "`%s`" % name.replace("`", "``")


def quote_pg(name):
    return '"%s"' % name.replace('"', '""')


def source_sql(database, table, columns):
    """FLOAT is printed with 6 digits; as DOUBLE it is exact."""
    wanted = ["CAST(%s AS DOUBLE)" % quote_mysql(c["name"]) if c["type"] == "float" and c["pg_type"] != "numeric"
              else quote_mysql(c["name"])
              for c in columns]
    return "SELECT %s FROM %s.%s" % (", ".join(wanted), quote_mysql(database), quote_mysql(table))


def target_sql(schema, table, columns):
    return "COPY (SELECT %s FROM %s.%s) TO STDOUT" % (", ".join(quote_pg(c["pg_name"]) for c in columns),
                                                      quote_pg(schema), quote_pg(table))


_ESCAPES = [(b"\\n", b"\n"), (b"\\t", b"\t"), (b"\\r", b"\r"), (b"\\b", b"\b"), (b"\\f", b"\f"), (b"\\v", b"\v")]


def unescape(field):
    if b"\\" not in field:
        return field
    if field.startswith(b"\\\\x") and b"\\" not in field[2:]:
        return field[1:]
    parts = field.split(b"\\\\")
    for code, byte in _ESCAPES:
        parts = [p.replace(code, byte) for p in parts]
    return b"\\".join(parts)


def read_source(connection, sql, rules, take):
    cursor = connection.cursor()
    cursor.execute(sql)
    work = [(i, r) for i, r in enumerate(rules) if r is not None]
    while True:
        block = cursor.fetchmany(1000)
        if not block:
            break
        for row in block:
            if work:
                row = list(row)
                for i, rule in work:
                    v = row[i]
                    if v is not None:
                        row[i] = rule(v)
                row = tuple(row)
            take(row)
    cursor.close()


class _CopyReader:
    """psycopg2 hands each line of a COPY to write()."""

    def __init__(self, rules, take):
        self.work = [(i, r) for i, r in enumerate(rules) if r is not None]
        self.take = take

    def write(self, line):
        row = line[:-1].split(b"\t")
        if b"\\" in line:
            row = [None if f == b"\\N" else unescape(f) for f in row]
        for i, rule in self.work:
            v = row[i]
            if v is not None:
                row[i] = rule(v)
        self.take(tuple(row))


def read_target(connection, sql, rules, take):
    with connection.cursor() as cursor:
        cursor.copy_expert(sql, _CopyReader(rules, take), size=1 << 20)


def short(v):
    text = "NULL" if v is None else v.decode("utf-8", "backslashreplace") if isinstance(v, bytes) else str(v)
    text = "".join(c if c.isprintable() else "\\x%02x" % ord(c) for c in text[:100])
    return text if len(text) < 80 else text[:70] + "..."


def describe(name, columns, key, left_source, left_target):
    """Pair left-over rows by key where there is one."""
    out = []
    positions = [i for i, c in enumerate(columns) if c["name"] in key]

    def key_of(row):
        return tuple(row[i] for i in positions)

    targets = {}
    for row in left_target:
        targets.setdefault(key_of(row) if positions else row, row)
    for row in left_source[:SHOWN]:
        pair = targets.pop(key_of(row), None) if positions else None
        if pair is None:
            out.append("%s: row missing in the target: %s" % (name, ", ".join(short(v) for v in row[:6])))
            continue
        for c, a, b in zip(columns, row, pair):
            if a != b:
                out.append("%s.%s differs at %s: source %s, target %s" % (name, c["name"],
                                                                          ", ".join(map(short, key_of(row))), short(a),
                                                                          short(b)))
    for row in list(targets.values())[:SHOWN]:
        if not positions or key_of(row) not in {key_of(r) for r in left_source}:
            out.append("%s: row only in the target: %s" % (name, ", ".join(short(v) for v in row[:6])))
    return out


def compare_rows(source, target, database, schema, table, pg_table, columns, key):
    """Differences of one table's rows. columns: dicts with name, type, full, pg_name, pg_type."""
    pairs = [canon.rules(c["type"], c["full"], c["pg_type"], c["signed_zero"]) for c in columns]
    my_rules, pg_rules = [p[0] for p in pairs], [p[1] for p in pairs]
    my_sql, pg_sql = source_sql(database, table, columns), target_sql(schema, pg_table, columns)
    seen, counts = {}, [0, 0]
    get = seen.get

    def from_source(row):
        h = hash(row)
        seen[h] = get(h, 0) + 1
        counts[0] += 1

    def from_target(row):
        h = hash(row)
        n = get(h, 0) - 1
        if n:
            seen[h] = n
        else:
            del seen[h]
        counts[1] += 1

    read_source(source, my_sql, my_rules, from_source)
    read_target(target, pg_sql, pg_rules, from_target)
    if not seen:
        return []
    out = []
    if counts[0] != counts[1]:
        out.append("%s: %d rows in the source, %d in the target" % (table, counts[0], counts[1]))
    left_source, left_target = [], []
    read_source(source, my_sql, my_rules, lambda r: left_source.append(r) if get(hash(r), 0) > 0
                and len(left_source) < 5000 else None)
    read_target(target, pg_sql, pg_rules, lambda r: left_target.append(r) if get(hash(r), 0) < 0
                and len(left_target) < 5000 else None)
    out += describe(table, columns, key, left_source, left_target)
    wrong = sum(n for n in seen.values() if n > 0), -sum(n for n in seen.values() if n < 0)
    out.append("%s: %d source rows not in the target, %d target rows not in the source" % (table, *wrong))
    return out
