#!/usr/bin/python3
"""See it work: a shop full of data moves from MySQL to PostgreSQL on this machine, is compared, and can be looked at.

usage: ./dev demo [--once] [--fast]
  --once   migrate, compare, end; exit code 0 when both sides are equal
  --fast   as fast as it goes; otherwise slowed down so that the progress can be watched
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "tests")]

from oracle import compare  # noqa: E402
from servers import MariaDB, Missing, MySQL9, Postgres, start_all  # noqa: E402

SAMPLE = ROOT / "scripts" / "sample" / "shop.sql"
WATCHABLE = "12MB"  # a second: the whole takes some ten seconds


def say(text=""):
    print(text, flush=True)


def head(text):
    say("\n\033[1m== %s\033[0m" % text if sys.stdout.isatty() else "\n== %s" % text)


def start_servers():
    settings = {"innodb-buffer-pool-size": "512M"}
    try:
        MySQL9.launcher()
        source = MySQL9(settings={**settings, "innodb-redo-log-capacity": "1G"})
    except Missing as e:
        say("No MySQL 9 here (%s): MariaDB takes its place." % e)
        source = MariaDB(settings=settings)
    target = Postgres(settings={"max_wal_size": "4GB", "shared_buffers": "256MB"})
    return start_all([source, target])


def statements(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines(True) if not line.startswith("--")]
    return [s for s in "".join(lines).split(";\n") if s.strip()]


def fill(source):
    source.script(["CREATE DATABASE shop CHARACTER SET utf8mb4", "USE shop",
                   "SET time_zone = '+00:00', sql_log_bin = 0",
                   "SET foreign_key_checks = 0, unique_checks = 0", *statements(SAMPLE)])
    rows = source.execute("SELECT table_name, table_rows FROM information_schema.tables WHERE table_schema = 'shop'"
                          " AND table_type = 'BASE TABLE'"
                          " ORDER BY table_rows DESC")
    return len(rows), sum(r[1] for r in rows)


def godwit(verb, source, target, *options):
    """Its exit code."""
    binary = os.environ.get("GODWIT_BIN") or str(ROOT / "build" / "godwit")
    words = [binary, verb, "mysql://%s@%s:%d/shop" % (source.user, source.host, source.port),
             "postgresql://%s@%s:%d/postgres?schema=shop" % (target.user, target.host, target.port), *options]
    say("$ " + " ".join([os.path.relpath(binary), *words[1:]]))
    return subprocess.run(words, env={**os.environ, "GODWIT_SOURCE_PASSWORD": source.password,
                                      "GODWIT_TARGET_PASSWORD": target.password}).returncode


def client_script(source):
    """A one-word command for the source: MySQL 9's own client needs its own loader."""
    if isinstance(source, MySQL9):
        words = MySQL9.launcher("usr/bin/mysql")
    else:
        words = ["mariadb"]
    path = source.dir / "mysql"
    path.write_text("#!/bin/sh\nMYSQL_PWD='%s' exec %s --no-defaults -h %s -P %d -u %s"
                    " --default-character-set=utf8mb4 shop \"$@\"\n" % (
        source.password, " ".join(words), source.host, source.port, source.user))
    path.chmod(0o755)
    return path


def show_around(source, target):
    head("Look at both sides")
    say("source:  %s -e 'SELECT * FROM customer LIMIT 3'" % client_script(source))
    say("target:  PGPASSWORD=%s psql -h %s -p %d -U %s postgres -c 'SELECT * FROM shop.customer LIMIT 3'" % (
        target.password, target.host, target.port, target.user))
    say("what godwit keeps in the target:  ... -c 'SELECT table_name, number, row_count, loaded_at FROM godwit.chunk"
        " ORDER BY loaded_at DESC LIMIT 5'")


def show(options):
    head("Starting a MySQL and a PostgreSQL of our own")
    source, target = start_servers()
    try:
        say("source %s, target %s" % (source.url, target.url))
        begin = time.monotonic()
        tables, rows = fill(source)
        say("sample shop: %d tables, about %s rows, made in %.0f s" % (tables, format(rows, ",").replace(",", " "),
                                                                       time.monotonic() - begin))
        head("Migrating")
        fast = options.fast or (options.once and not sys.stderr.isatty())
        code = godwit("migrate", source, target, "--chunk-size", "4MB", *([] if fast else ["--rate-limit", WATCHABLE]))
        if code != 0:
            say("godwit ended with %d" % code)
            return code
        head("The same once more, by another program over other drivers (tests/oracle)")
        begin = time.monotonic()
        differences = compare(source, target, "shop", "shop")
        for line in differences:
            say("  " + line)
        say("%s, compared in %.1f s" % ("equal" if not differences else "%d differences" % len(differences),
                                        time.monotonic() - begin))
        show_around(source, target)
        if not options.once:
            try:
                input("\nThe servers stay until Enter or Ctrl-C. ")
            except (EOFError, KeyboardInterrupt):
                say()
        return 1 if differences else 0
    finally:
        source.stop()
        target.stop()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--once", action="store_true")
    p.add_argument("--fast", action="store_true")
    options = p.parse_args()
    try:
        return show(options)
    except Missing as e:
        say("demo: %s (./dev setup fetches what is missing)" % e)
        return 1
    except KeyboardInterrupt:
        say()
        return 130


if __name__ == "__main__":
    sys.exit(main())
