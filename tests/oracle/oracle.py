#!/usr/bin/python3
"""Is a PostgreSQL schema what a MySQL or MariaDB database says it should be?

    python3 tests/oracle/oracle.py mysql://root:pw@127.0.0.1:3306/shop postgresql://postgres:pw@127.0.0.1:5432/postgres?schema=shop

Structure and every value are compared, over other client libraries (PyMySQL, psycopg2) and the servers' text forms: nothing is shared
with godwit, so that a fault in godwit's reading cannot hide itself. compare() gives a list of differences, empty when equal.
"""
import argparse
import fnmatch
import multiprocessing
import os
import sys
from urllib.parse import parse_qs, unquote, urlparse

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from oracle import rows, structure
else:
    from . import rows, structure

import pymysql  # noqa: E402


WORTH_A_POOL = 32 << 20  # bytes at the source from which processes of their own pay


def parse_url(url):
    u = urlparse(url)
    query = parse_qs(u.query)
    return {"host": u.hostname, "port": u.port or (5432 if u.scheme.startswith(("post", "open")) else 3306),
            "user": unquote(u.username or ""),
            "password": unquote(u.password or ""), "database": unquote(u.path.lstrip("/")),
            "schema": (query.get("schema") or [None])[0]}


def where(end):
    """A URL, a dict, or a server of tests/lib."""
    if isinstance(end, str):
        return parse_url(end)
    if isinstance(end, dict):
        return end
    return {"host": end.host, "port": end.port, "user": end.user, "password": end.password, "database": "postgres"}


def _catalog_source(source, database):
    return pymysql.connect(host=source["host"], port=source["port"], user=source["user"], password=source["password"],
                           database=database,
                           charset="utf8mb4")


def _one_table(job):
    source, target, database, schema, table, pg_table, columns, key = job
    try:
        my, pg = rows.connect_source(source, database), rows.connect_target(target)
        try:
            return rows.compare_rows(my, pg, database, schema, table, pg_table, columns, key)
        finally:
            my.close()
            pg.close()
    except Exception as e:  # a table the oracle cannot compare is a difference, not an excuse
        return ["%s: cannot be compared: %s: %s" % (table, type(e).__name__, e)]


def compare(source, target, database, schema, tables=None, check_structure=True, check_rows=True, ignore_columns=(),
            overridden=(),
            jobs=4):
    """Differences between `database` at source and `schema` at target, as lines of text.

    tables          glob or list of globs over source names: only these have to be there (default: all)
    ignore_columns  {(table, column)}: values not compared (what a loss policy changed)
    overridden      {(table, column)}: types not judged (--type)
    """
    source, target = where(source), where(target)
    globs = [tables] if isinstance(tables, str) else list(tables) if tables is not None else None
    my, pg = _catalog_source(source, database), rows.connect_target(target)
    try:
        ours = structure.source_tables(my, database)
        theirs = structure.target_tables(pg, schema)
        if globs is not None:
            ours = {n: t for n, t in ours.items() if any(fnmatch.fnmatchcase(n, g) for g in globs)}
        out, work = [], []
        pairs = structure.pair_tables(ours, theirs)
        oid_names = {t["oid"]: n for n, t in theirs.items()}
        extra = set(theirs) - set(pairs.values())
        if extra and globs is None:
            out.append("only in the target: %s" % ", ".join(sorted(extra)))
        for name, table in ours.items():
            if pairs[name] is None:
                out.append("%s: no such table in the target" % name)
                continue
            other = theirs[pairs[name]]
            columns, differences = structure.pair_columns(table, other, name)
            if check_structure:
                out += differences + structure.check_types(columns, name, overridden) + structure.check_indexes(table, other, name)
                out += structure.check_fks(table, other, name, pairs, oid_names)
                out += _counter(pg, schema, table, other, name)
                if (other["comment"] or "") != (table["comment"] or ""):
                    out.append("%s: comment %r in the target, not %r" % (name, other["comment"], table["comment"]))
            kept = [c for c in columns if (name, c["name"]) not in ignore_columns]
            key = [p for p in table["indexes"].get("PRIMARY", {"parts": []})["parts"] if p]
            work.append((source, target, database, schema, name, pairs[name], kept, key))
    finally:
        my.close()
        pg.close()
    if check_rows:
        out += _compare_rows(work, jobs, sum(t["size"] for t in ours.values()))
    return out


def _counter(pg, schema, table, other, name):
    auto = [c["name"] for c in table["columns"] if "auto_increment" in c["extra"]]
    largest = None
    if auto:
        largest = structure.dicts(pg, structure.largest_sql(schema, other["name"], structure.cut(auto[0])))[0]["max"]
    return structure.check_counter(table, other, name, largest)


def _compare_rows(work, jobs, size):
    if jobs < 2 or len(work) < 2 or size < WORTH_A_POOL:
        return [line for job in work for line in _one_table(job)]
    # Spawned, not forked: a forked child would share our sockets.
    with multiprocessing.get_context("forkserver").Pool(min(jobs, len(work))) as pool:
        return [line for lines in pool.imap(_one_table, work, chunksize=max(1, len(work) // (jobs * 4)))
                for line in lines]


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("source", help="mysql://user:password@host:port/database")
    p.add_argument("target", help="postgresql://user:password@host:port/database?schema=name")
    p.add_argument("--table", action="append", help="glob of tables to compare (repeatable)")
    p.add_argument("--rows-only", action="store_true", help="do not compare definitions")
    a = p.parse_args()
    source, target = parse_url(a.source), parse_url(a.target)
    differences = compare(source, target, source["database"], target["schema"] or source["database"], tables=a.table,
                          check_structure=not a.rows_only)
    for line in differences:
        print(line)
    print("equal" if not differences else "%d differences" % len(differences))
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
