#!/usr/bin/python3
"""See it work: a godwit server of your own, with a MySQL and a PostgreSQL. A shop full of data moves between them while its customers
go on shopping: load, check, changes that follow, the cut-over, and changes that flow back; then both sides are compared.

usage: ./dev demo [--once] [--fast]
  --once   migrate, compare, end; exit code 0 when both sides are equal
  --fast   as fast as it goes; otherwise slowed down so that the progress can be watched
"""

import argparse
import os
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "tests"), str(ROOT / "scripts" / "sample")]

import objects  # noqa: E402
from control import FINISHED, OVER, Client, Server, subtask  # noqa: E402
from customers import AtSource, AtTarget, Customers  # noqa: E402
from oracle import compare  # noqa: E402
from program import Program  # noqa: E402
from servers import MariaDB, Missing, MySQL9, Postgres, start_all  # noqa: E402

SAMPLE = ROOT / "scripts" / "sample" / "shop.sql"
WATCHABLE = "12MB"  # a second: the whole takes some ten seconds
FOLLOWING, CUTTING, CARRYING_BACK = 8, 9, 12  # states
LOOK_S = 10  # at changes that flow


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
                   "SET foreign_key_checks = 0, unique_checks = 0", *statements(SAMPLE), *objects.OBJECTS])
    rows = source.execute("SELECT table_name, table_rows FROM information_schema.tables WHERE table_schema = 'shop'"
                          " AND table_type = 'BASE TABLE'"
                          " ORDER BY table_rows DESC")
    return len(rows), sum(r[1] for r in rows)


# ---- the control plane ----


def start_server(directory):
    """A server, and a client of its admin, whose password lasts."""
    program = Program(os.environ.get("GODWIT_BIN") or ROOT / "build" / "godwit", cwd=directory)
    server = Server(program, directory / "data").start()
    admin, password = Client(server), secrets.token_urlsafe(12)
    admin.login("admin", server.first)
    admin.ok("PUT", "/api/v1/session/password", {"old": server.first, "new": password})
    return server, admin, password


def create_task(admin, source, target, fast):
    kind = "mysql" if isinstance(source, MySQL9) else "mariadb"
    source_id = admin.data_source("demo source", kind, source)
    target_id = admin.data_source("demo target", "postgresql", target)
    admin.wait(lambda: any(m["state"] == "online" for m in admin.ok("GET", "/api/v1/machines")["items"]), "the local machine is online", 30)
    params = {"chunk-size": "4MB"} | ({} if fast else {"rate-limit": WATCHABLE})
    return admin.task("the shop moves", [subtask(source_id, "shop", target_id, "postgres", mode=2)], params=params)["id"]


def bar(fraction, width=30):
    full = int(fraction * width)
    return "#" * full + "." * (width - full)


def progress_line(one):
    f = one["figures"] or {}
    if f.get("cutover") and one["status"] == CUTTING:
        return "%-32s %s" % (one["status_text"]["en"], f["cutover"]["step"])
    if f.get("follow"):
        w = f["follow"]
        return "%-32s lag %.1f s  %d changes applied, %d to go  %.0f rows/s" % (
            one["status_text"]["en"], w["lag_s"], w["applied"]["rows"], w["rest"]["rows"], w["rows_per_s"])
    left = f.get("eta_ms")
    return "%-28s [%s] %3d %%  %s rows  %.1f MB/s%s" % (
        one["status_text"]["en"], bar(one["progress"]), int(one["progress"] * 100), format(f.get("rows") or 0, ",").replace(",", " "),
        (f.get("bytes_per_s") or 0) / 1e6, "  %d s left" % (left / 1000) if left else "")


def watch(admin, one, until):
    """Shows subtask `one` until that holds for it, or it is over: the subtask."""
    tty, said = sys.stdout.isatty(), None
    while True:
        now = admin.ok("GET", "/api/v1/subtasks/%d" % one)
        line = progress_line(now)
        if tty:
            print("\r\033[K" + line, end="", flush=True)
        elif now["status"] != said:
            say(line)
        said = now["status"]
        if now["status"] in OVER or until(now):
            if tty:
                say()
            else:
                say(line)
            return now
        time.sleep(0.25)


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


def ended_early(one):
    say("it ended in state %d: %s" % (one["status"], one["reason"]))
    return 1


def differences(source, target):
    """By another program over other drivers; counters are those of the side that is written to."""
    begin = time.monotonic()
    found = [line for line in compare(source, target, "shop", "shop") if "the sequence gives" not in line]
    for line in found:
        say("  " + line)
    say("compared by another program over other drivers (tests/oracle) in %.1f s: %s" % (
        time.monotonic() - begin, "equal" if not found else "%d differences" % len(found)))
    return found


def objects_arrived(admin, one, source, target):
    """Views and programs: how many are there, whether they say the same on both sides, and do their work. False: not all is well."""
    counts = {}
    for item in admin.ok("GET", "/api/v1/subtasks/%d/objects?size=200" % one)["items"]:
        if item["kind"] != "table":
            counts.setdefault(item["kind"], []).append(item["status"])
    say("arrived: " + ", ".join("%d %ss" % (len(states), kind) for kind, states in sorted(counts.items())))
    failed = [kind for kind, states in counts.items() if 6 in states or 7 in states]
    there = source.connect(database="shop"), target.connect()
    try:
        with there[0].cursor() as c, there[1].cursor() as d:
            d.execute("SET search_path = shop")
            for sql in objects.QUERIES:
                c.execute(sql)
                d.execute(sql)
                if objects.values(c.fetchall()) != objects.values(d.fetchall()):
                    failed.append(sql)
    finally:
        for connection in there:
            connection.close()
    wrong = objects.work(target)
    say("%d queries of views and functions say the same on both sides; procedures and triggers work in the target" % len(objects.QUERIES)
        if not failed and not wrong else "views or programs are not as they should be: %s %s" % (", ".join(failed), wrong or ""))
    return not failed and not wrong


def look(admin, one, seconds):
    end = time.monotonic() + seconds
    return watch(admin, one, lambda now: time.monotonic() > end)


def follow(admin, source, target, options):
    """Load, check, and changes that follow: the subtask."""
    task = create_task(admin, source, target, options.fast or (options.once and not sys.stdout.isatty()))
    say("task %d: shop -> postgres, schema shop, online, while customers go on shopping" % task)
    one = watch(admin, admin.subtasks(task)[0]["id"], lambda now: now["status"] == FOLLOWING)
    if one["status"] == FOLLOWING:
        check = admin.ok("GET", "/api/v1/subtasks/%d/check" % one["id"])["check"]
        say("check: %s" % ("source and target DIFFER" if check["different"] else "the same, what was written meanwhile aside"))
        head("What is written to the source follows")
        one = look(admin, one["id"], LOOK_S)
    return one


def cut_over(admin, one):
    """What was to be done is done when changes flow back: the subtask."""
    admin.ok("POST", "/api/v1/subtasks/%d/cutover" % one, {"check": "full"})
    now = watch(admin, one, lambda now: now["status"] in (CARRYING_BACK, FOLLOWING))
    made = admin.ok("GET", "/api/v1/subtasks/%d/cutover" % one)["cutover"]
    say("  ".join("%s %.1f s" % (s["step"], s["ms"] / 1000) for s in made["steps"]))
    if made["ok"]:
        say("made: %.1f s of downtime" % (made["downtime_ms"] / 1000))
    else:
        say("not made, all is as before: %s" % made["error"]["message"])
    return now


def migrate(admin, source, target, options):
    """There, and with what is written there back: its exit code."""
    interactive = not options.once and sys.stdin.isatty()
    customers = Customers(AtSource(source, "Shop-%s" % secrets.token_hex(8))).start()
    try:
        one = follow(admin, source, target, options)
        if one["status"] != FOLLOWING:
            return ended_early(one)
        if interactive:
            input("Look at it in the console; Enter cuts over to the target, with the customers still shopping. ")
        head("Cutting over: the source takes no more writes, the rest is applied, both sides are compared")
        one = cut_over(admin, one["id"])
        if one["status"] != CARRYING_BACK:
            return 1
        customers.stop()
        say("%d transactions of customers were written to the source" % customers.transactions)
        if differences(source, target):
            return 1
        head("Views, functions, procedures and triggers")
        if not objects_arrived(admin, one["id"], source, target):
            return 1
        head("The customers shop at the target, and what is written there flows back")
        customers = Customers(AtTarget(target)).start()
        look(admin, one["id"], LOOK_S)
        if interactive:
            input("Look at it in the console; Enter closes the shop, and ends the way back. ")
        customers.stop()
        say("%d transactions of customers were written to the target" % customers.transactions)
        head("Finishing: what is left flows back, and the way back is taken down")
        code = finish(admin, one["id"], target)
        return 1 if differences(source, target) else code
    finally:
        customers.ended.set()


def finish(admin, one, target):
    admin.ok("POST", "/api/v1/subtasks/%d/finish" % one)
    now = watch(admin, one, lambda now: False)
    admin.wait(lambda: target.execute("SELECT count(*) FROM pg_replication_slots")[0][0] == 0, "the slot is gone", 120)
    return 0 if now["status"] == FINISHED else ended_early(now)


def stay(server, password):
    head("The web console")
    say("open:      http://127.0.0.1:%d/" % server.port)
    say("login:     admin, password %s" % password)
    try:
        input("\nEverything stays until Enter or Ctrl-C. ")
    except (EOFError, KeyboardInterrupt):
        say()


def show(options):
    directory, server = Path(tempfile.mkdtemp(prefix="godwit-demo-")), None
    head("Starting a MySQL and a PostgreSQL of our own")
    source, target = start_servers()
    try:
        say("source %s, target %s" % (source.url, target.url))
        begin = time.monotonic()
        tables, rows = fill(source)
        say("sample shop: %d tables, about %s rows, made in %.0f s" % (tables, format(rows, ",").replace(",", " "),
                                                                       time.monotonic() - begin))
        head("Starting godwit serve")
        server, admin, password = start_server(directory)
        say("address http://127.0.0.1:%d/, login admin, password %s" % (server.port, password))
        head("Migrating, through the API")
        code = migrate(admin, source, target, options)
        if code != 0:
            return code
        show_around(source, target)
        if not options.once:
            stay(server, password)
        return code
    finally:
        if server is not None and server.run.alive():
            server.stop()
        source.stop()
        target.stop()
        shutil.rmtree(directory, ignore_errors=True)


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
