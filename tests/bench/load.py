#!/usr/bin/python3
"""godwit load against what the hardware allows (floor) and against pgloader, on real servers

usage: ./dev bench load [--json FILE] [--scale S] [--set NAME...] [--runs N] [--no-pgloader] [--memory] [--fresh]

Data sets: sbtest (8 tables x 500 k rows), narrow (2.8 M short rows), wide (1 M rows of mixed types), single (one table of 4 M rows).
Per set, interleaved with the other sets, and as medians:
  read_s    4 connections read everything by key ranges and drop it (read_drop.c)
  write_s   4 connections send ready COPY binary files (copy_files.c) into the same tables without keys
  index_s   the same keys built 4 at a time afterwards
  cpu_s     processor seconds of servers and programs in read and write
  floor_s = max(read_s, write_s, cpu_s / cores) + index_s
  godwit_s  `godwit load` into an empty schema, keys included; peak_mib its largest memory
  pgloader_s  pgloader with its defaults: the same rows from a MariaDB (it cannot log in to MySQL 9) into the same
              PostgreSQL; pgloader_tuned_s with more workers, more memory and asynchronous commits
  others    cores that programs outside the benchmark used during godwit's run: what disturbs the figures
--memory measures only godwit, once a set: `--memory --scale 4` shows that its memory does not grow with the data.
Connections are plain TCP on this machine, without TLS, for everybody.
"""
import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "tests" / "bench")]

from load_servers import (SOURCE_SETTINGS, TARGET_SETTINGS, BenchMariaDB, BenchMySQL, build_tools, cpu_seconds,
                          drop_cache,  # noqa: E402
                          hold_cache, machine_cpu_seconds, target)
from load_sets import CORES, SETS, fill, tables_of  # noqa: E402
from servers import Missing, start_all  # noqa: E402

WORKERS = 4
DISTURBED_CORES = 0.4  # the kernel's own threads (writing back, network) use less
DATA_VERSION = "v2"  # raise when load_sets changes what rows are
READ_PIECES = 16
PGLOADER_TUNED = """WITH include drop, create tables, create indexes, reset sequences, workers = 8, concurrency = 2,
     batch rows = 10000, batch size = 20MB, prefetch rows = 10000
SET PostgreSQL PARAMETERS maintenance_work_mem to '256MB', synchronous_commit to 'off'
SET MySQL PARAMETERS net_read_timeout = '600', net_write_timeout = '600'"""
COPY_PARTS = 4


def say(*words):
    print(*words, file=sys.stderr, flush=True)


class Child:
    """Run a program to its end: wall seconds, processor seconds, peak memory."""

    def __init__(self, argv, stdin="", env=None, quiet=True):
        begin, busy = time.monotonic(), machine_cpu_seconds()
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as feed, tempfile.TemporaryFile("w+") as err:
            feed.write(stdin)
            feed.seek(0)
            process = subprocess.Popen(argv, stdin=feed, stdout=out, stderr=err, env={**os.environ, **(env or {})})
            memory = PeakMemory(process.pid)
            _, status, usage = os.wait4(process.pid, 0)
            self.peak_mib = memory.stop()
            process.returncode = os.waitstatus_to_exitcode(status)
            self.wall_s = time.monotonic() - begin
            self.machine_cpu_s = machine_cpu_seconds() - busy
            out.seek(0)
            err.seek(0)
            self.out, self.err = out.read(), err.read()
        self.code = process.returncode
        self.cpu_s = usage.ru_utime + usage.ru_stime

    def ok(self):
        if self.code != 0:
            sys.exit("a program of the benchmark failed (%d):\n%s\n%s" % (self.code, self.out[-3000:],
                                                                          self.err[-3000:]))
        return self


class PeakMemory:
    """VmHWM, asked again and again: ru_maxrss would count what this program held when it forked."""

    def __init__(self, pid):
        self.path, self.peak_kib, self.ended = "/proc/%d/status" % pid, 0, threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self):
        while not self.ended.wait(0.02):
            try:
                found = re.search(r"VmHWM:\s*(\d+)", Path(self.path).read_text())
            except OSError:
                return
            self.peak_kib = int(found.group(1)) if found else self.peak_kib

    def stop(self):
        self.ended.set()
        self.thread.join()
        return self.peak_kib / 1024


class Bench:
    def __init__(self, options, mysql, pg, tools, work):
        self.o, self.mysql, self.pg, self.tools, self.work = options, mysql, pg, tools, Path(work)
        self.godwit = os.environ.get("GODWIT_BIN") or str(ROOT / "build" / "godwit")

    def settle(self):
        """What was written before shall not reach the disk while the next thing is timed."""
        self.pg.script(["CHECKPOINT"])
        os.sync()

    # ---- floors ----

    def read(self, name):
        queries = [q for t in tables_of(name, self.o.scale) for q in t.queries(READ_PIECES)]
        cpu = cpu_seconds(self.mysql.pid)
        child = Child([self.tools["read_drop"], self.mysql.host, str(self.mysql.port), self.mysql.user, name,
                       str(WORKERS)],
                      "\n".join(queries) + "\n", {"BENCH_PASSWORD": self.mysql.password}).ok()
        seconds, rows, size = child.out.split()
        expected = sum(t.rows for t in tables_of(name, self.o.scale))
        if int(rows) != expected:
            sys.exit("%s: read %s rows of %d" % (name, rows, expected))
        return {"read_s": float(seconds), "read_bytes": int(size), "rows": int(rows),
                "read_mysqld_cpu_s": cpu_seconds(self.mysql.pid) - cpu,
                "read_client_cpu_s": child.cpu_s}

    def keep_copies(self, name):
        """From the tables godwit has just loaded: COPY binary files, and the definitions without keys. Done once a set."""
        jobs, parts, tables = [], [], []
        for t in tables_of(name, self.o.scale):
            blocks = self.pg.execute("SELECT pg_relation_size('%s.%s') / 8192" % (name, t.name))[0][0]
            pieces = COPY_PARTS if blocks > 1000 else 1
            tables.append(t)
            for i in range(pieces):
                path = self.work / ("%s.%s.%d" % (name, t.name, i))
                low, high = blocks * i // pieces, blocks * (i + 1) // pieces
                where = "ctid >= '(%d,0)' AND ctid < '(%d,0)'" % (low, high) if pieces > 1 else "true"
                jobs.append(("COPY (SELECT * FROM %s.%s WHERE %s) TO STDOUT (FORMAT binary)" % (name, t.name, where),
                             path))
                parts.append((t.name, path))

        def copy_out(sql, path):
            connection = self.pg.connect()
            with connection.cursor() as cursor, open(path, "wb") as f:
                cursor.copy_expert(sql, f, 1 << 20)
            connection.close()

        in_threads([lambda j=j: copy_out(*j) for j in jobs])
        self.pg.script(["DROP SCHEMA IF EXISTS model_%s CASCADE" % name, "CREATE SCHEMA model_%s" % name] +
                       ["CREATE TABLE model_%s.%s (LIKE %s.%s INCLUDING CONSTRAINTS)" % (name, t.name, name, t.name)
                        for t in tables])
        return parts

    def write(self, name, parts):
        tables = tables_of(name, self.o.scale)
        self.pg.script(["DROP SCHEMA IF EXISTS godwit CASCADE", "DROP SCHEMA IF EXISTS %s CASCADE" % name,
                        "DROP SCHEMA IF EXISTS floor CASCADE",
                        "CREATE SCHEMA floor"] +
                       ["CREATE TABLE floor.%s (LIKE model_%s.%s INCLUDING CONSTRAINTS)" % (t.name, name, t.name)
                        for t in tables])
        self.settle()
        cpu = cpu_seconds(self.pg.pid)
        # Largest first, and round the tables, so that four connections end together.
        order = sorted(parts, key=lambda p: (-p[1].stat().st_size // (16 << 20), str(p[1]).rsplit(".", 1)[1]))
        child = Child([self.tools["copy_files"], self.pg.host, str(self.pg.port), self.pg.user, "postgres",
                       str(WORKERS)],
                      "".join("floor.%s\t%s\n" % p for p in order), {"BENCH_PASSWORD": self.pg.password}).ok()
        seconds, rows, size = child.out.split()
        if int(rows) != sum(t.rows for t in tables):
            sys.exit("%s: wrote %s rows" % (name, rows))
        result = {"write_s": float(seconds), "write_bytes": int(size),
                  "write_postgres_cpu_s": cpu_seconds(self.pg.pid) - cpu,
                  "write_client_cpu_s": child.cpu_s}
        keys = [sql.format(t="floor." + t.name) for t in tables for sql in t.keys]
        begin = time.monotonic()
        in_threads([lambda s=s: self.pg.script(["SET maintenance_work_mem = '256MB'", s]) for s in keys])
        result["index_s"] = time.monotonic() - begin
        self.pg.script(["DROP SCHEMA floor CASCADE"])
        return result

    # ---- the programs ----

    def load(self, name):
        self.pg.script(["DROP SCHEMA IF EXISTS godwit CASCADE", "DROP SCHEMA IF EXISTS %s CASCADE" % name])
        self.settle()
        report = self.work / "report.json"
        cpu = cpu_seconds(self.mysql.pid), cpu_seconds(self.pg.pid)
        child = Child([self.godwit, "load", "mysql://%s@%s:%d/%s?ssl-mode=disabled" % (self.mysql.user, self.mysql.host,
                                                                                       self.mysql.port, name),
                       "postgresql://%s@%s:%d/postgres?sslmode=disable" % (self.pg.user, self.pg.host, self.pg.port),
                       "--progress", "none",
                       "--report", str(report), *self.o.godwit_option],
                      env={"GODWIT_SOURCE_PASSWORD": self.mysql.password,
                           "GODWIT_TARGET_PASSWORD": self.pg.password}).ok()
        cpu = cpu_seconds(self.mysql.pid) - cpu[0], cpu_seconds(self.pg.pid) - cpu[1]
        told = json.loads(report.read_text())
        expected = sum(t.rows for t in tables_of(name, self.o.scale))
        loaded = sum(self.pg.execute("SELECT count(*) FROM %s.%s" % (name, t.name))[0][0]
                     for t in tables_of(name, self.o.scale))
        if loaded != expected or told["rows"] != expected:
            sys.exit("%s: loaded %d rows, told of %d, instead of %d" % (name, loaded, told["rows"], expected))
        return {"rows": loaded, "godwit_s": child.wall_s, "peak_mib": child.peak_mib, "godwit_load_s": told["load_s"],
                "godwit_index_s": told["index_s"],
                "godwit_cpu_s": child.cpu_s, "godwit_mysqld_cpu_s": cpu[0], "godwit_postgres_cpu_s": cpu[1],
                "others_cores": max(0.0, child.machine_cpu_s - child.cpu_s - sum(cpu)) / child.wall_s}

    def pgloader(self, name, mariadb, tuned):
        """Its time as its defaults have it, and tuned: more workers, small batches, more memory, no waiting for commits."""
        kind = "pgloader_tuned" if tuned else "pgloader"
        self.pg.script(["DROP SCHEMA IF EXISTS godwit CASCADE", "DROP SCHEMA IF EXISTS %s CASCADE" % name])
        self.settle()
        commands = self.work / "pgloader.load"
        commands.write_text(
            "LOAD DATABASE FROM mysql://%s:%s@%s:%d/%s INTO postgresql://%s:%s@%s:%d/postgres\n%s;\n" % (
                mariadb.user, mariadb.password, mariadb.host, mariadb.port, name, self.pg.user, self.pg.password,
                self.pg.host, self.pg.port, PGLOADER_TUNED if tuned else ""))
        # Its default heap is exhausted by a set like these; 4 GB is what its users are told to give.
        child = Child(["pgloader", "--dynamic-space-size", "4096", str(commands)])
        rows = 0
        for t in tables_of(name, self.o.scale):
            if self.pg.execute("SELECT to_regclass('%s.%s') IS NOT NULL" % (name, t.name))[0][0]:
                rows += self.pg.execute("SELECT count(*) FROM %s.%s" % (name, t.name))[0][0]
        self.pg.script(["DROP SCHEMA IF EXISTS %s CASCADE" % name])
        expected = sum(t.rows for t in tables_of(name, self.o.scale))
        if child.code != 0 or rows != expected:
            words = [line for line in (child.out + child.err).splitlines() if re.search("ERROR|FATAL|exhausted|error",
                                                                                        line)]
            return {kind + "_failed": "exit code %d, %d of %d rows: %s" % (child.code, rows, expected,
                                                                            "; ".join(words[:2])[:300])}
        return {kind + "_s": child.wall_s, kind + "_peak_mib": child.peak_mib}


def in_threads(jobs):
    """WORKERS at a time."""
    pending, failed = list(jobs), []

    def work():
        while pending and not failed:
            try:
                job = pending.pop(0)
            except IndexError:
                return
            try:
                job()
            except Exception as e:
                failed.append(e)

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if failed:
        raise failed[0]


def medians(runs):
    keys = {k for r in runs for k in r}
    return {k: statistics.median([r[k] for r in runs if k in r]) for k in keys
            if not isinstance(next(r[k] for r in runs if k in r), str)}


def summarise(runs):
    m = medians(runs)
    m["cpu_s"] = m["read_mysqld_cpu_s"] + m["read_client_cpu_s"] + m["write_postgres_cpu_s"] + m["write_client_cpu_s"]
    parts = {"reading": m["read_s"], "writing": m["write_s"], "processors": m["cpu_s"] / CORES}
    m["floor_s"] = max(parts.values()) + m["index_s"]
    m["ratio_floor"] = m["godwit_s"] / m["floor_s"]
    m["mb_s"] = m["read_bytes"] / 1e6 / m["godwit_s"]
    m["load_mb_s"] = m["read_bytes"] / 1e6 / m["godwit_load_s"] if m["godwit_load_s"] else 0
    if "pgloader_s" in m:
        m["ratio_pgloader"] = m["pgloader_s"] / m["godwit_s"]
    if "pgloader_tuned_s" in m:
        m["ratio_pgloader_tuned"] = m["pgloader_tuned_s"] / m["godwit_s"]
    used = {p: m["godwit_%s_cpu_s" % p] for p in ("mysqld", "postgres")}
    used["godwit"] = m["godwit_cpu_s"]
    m["limit"] = "floor: %s (%s)" % (max(parts, key=parts.get), ", ".join("%s %.2f s" % p for p in parts.items()))
    m["shares"] = ", ".join("%s %.0f %%" % (p, 100 * v / (CORES * m["godwit_s"])) for p, v in used.items())
    return m


def print_memory(results, scale):
    print("\n%-8s %10s %9s %9s" % ("set", "rows", "godwit", "peak MiB"))
    for name, m in results.items():
        print("%-8s %10d %9.2f %9.1f" % (name, m["rows"], m["godwit_s"], m["peak_mib"]))
    print("godwit alone, rows times %g" % scale)


def print_table(results, failures):
    head = ["set", "rows", "read", "write", "cpu/%d" % CORES, "index", "floor", "godwit", "x floor", "MB/s", "peak MiB",
            "pgloader", "x", "tuned", "x"]
    print("\n%-8s %10s %7s %7s %7s %7s %7s %7s %8s %7s %9s %9s %6s %7s %6s" % tuple(head))
    for name, m in results.items():
        print("%-8s %10d %7.2f %7.2f %7.2f %7.2f %7.2f %7.2f %8.2f %7.0f %9.0f %9s %6s %7s %6s" % (
            name, m["rows"], m["read_s"], m["write_s"], m["cpu_s"] / CORES, m["index_s"], m["floor_s"], m["godwit_s"],
            m["ratio_floor"], m["mb_s"],
            m["peak_mib"], *("%.1f" % m[k] if k in m else "-"
                             for k in ("pgloader_s", "ratio_pgloader", "pgloader_tuned_s", "ratio_pgloader_tuned"))))
    for name, m in results.items():
        print("%-8s %s; in godwit's run of all processors: %s; load %.2f s, keys %.2f s" % (
            name, m["limit"], m["shares"], m["godwit_load_s"], m["godwit_index_s"]))
        if m["others_cores"] > DISTURBED_CORES:
            print("%-8s DISTURBED: other programs used %.1f of %d cores during godwit's runs" % (name, m["others_cores"], CORES))
    for name, reason in failures.items():
        print("%s: %s" % (name, reason))


def machine():
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    return {"cpu": cpu.group(1) if cpu else platform.machine(), "cores": CORES,
            "memory_gib": round(int(memory.group(1)) / 1048576, 1),
            "kernel": platform.release()}


def run_memory(bench, name):
    run = bench.load(name)
    say("%s: godwit %.2f s, %.1f MiB" % (name, run["godwit_s"], run["peak_mib"]))
    bench.pg.script(["DROP SCHEMA IF EXISTS %s CASCADE" % name])
    return {"set": name, **run}


def prepare_set(bench, name):
    say("%s: reading it once to warm up, and a first load for the files of the floor" % name)
    bench.read(name)
    bench.load(name)
    parts = bench.keep_copies(name)
    bench.pg.script(["DROP SCHEMA IF EXISTS %s CASCADE" % name])
    return parts


def run_once(bench, name, parts, number):
    run = {"set": name, **bench.read(name), **bench.write(name, parts), **bench.load(name)}
    say("%s run %d: read %.2f write %.2f index %.2f | godwit %.2f s, %.0f MiB | others %.1f cores" % (
        name, number, run["read_s"], run["write_s"], run["index_s"], run["godwit_s"], run["peak_mib"],
        run["others_cores"]))
    bench.pg.script(["DROP SCHEMA IF EXISTS %s CASCADE" % name])
    return run


def run_pgloader(bench, name, mariadb):
    run = {"set": name, **bench.pgloader(name, mariadb, False), **bench.pgloader(name, mariadb, True)}
    for kind in ("pgloader", "pgloader_tuned"):
        say("%s %s: %s" % (name, kind, run.get(kind + "_failed") or "%.2f s" % run[kind + "_s"]))
    return run


def run_sets(bench, options, mariadb):
    """Interleaved over the sets too: a disk that gets slower as it goes on writing is slower for all of them."""
    parts = {name: prepare_set(bench, name) for name in options.set}
    runs = [run_once(bench, name, parts[name], i + 1) for i in range(options.runs) for name in options.set]
    for files in parts.values():
        for _, path in files:
            path.unlink()
    if mariadb is not None:
        runs += [run_pgloader(bench, name, mariadb) for name in options.set]
    return runs


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--json", metavar="FILE", help="write the figures as JSON")
    p.add_argument("--scale", type=float, default=1, help="rows times S (default 1)")
    p.add_argument("--set", nargs="+", choices=SETS, default=SETS, help="only these data sets")
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--no-pgloader", action="store_true")
    p.add_argument("--memory", action="store_true", help="only godwit, once a set: its time and peak memory")
    p.add_argument("--fresh", action="store_true", help="generate the data anew")
    p.add_argument("--godwit-option", action="append", default=[], metavar="WORD",
                   help="a word for godwit's command line (--godwit-option=--jobs=8)")
    o = p.parse_args()
    tools = build_tools(ROOT)
    buffer_mib = int(1500 + 1500 * o.scale)
    mysql, pg = BenchMySQL(o.scale, buffer_mib), target()
    mariadb = None if o.no_pgloader or o.memory else BenchMariaDB(o.scale, buffer_mib)
    servers = [s for s in (mysql, mariadb, pg) if s is not None]
    held = hold_cache([s.home for s in servers[:-1]])
    if o.fresh:
        for s in servers[:-1]:
            drop_cache(s.home)
    try:
        start_all(servers)
    except Missing as e:
        sys.exit("bench: %s" % e)
    work = tempfile.mkdtemp(prefix="godwit-bench-")
    os.chmod(work, 0o755)
    results, failures, all_runs = {}, {}, []
    try:
        for name in o.set:
            lacking = [s for s in servers[:-1] if not s.has(name, DATA_VERSION)]
            if lacking:
                begin = time.monotonic()
                fill(lacking, name, o.scale, work)
                for s in lacking:
                    s.mark(name, DATA_VERSION)
                say("%s: generated in %.0f s" % (name, time.monotonic() - begin))
        bench = Bench(o, mysql, pg, tools, work)
        all_runs = [run_memory(bench, name) for name in o.set] if o.memory else run_sets(bench, o, mariadb)
        for name in o.set:
            runs = [{k: v for k, v in r.items() if k != "set"} for r in all_runs if r["set"] == name]
            results[name] = medians(runs) if o.memory else summarise(runs)
            failures.update({"%s %s" % (name, k): r[k] for r in runs for k in r if k.endswith("_failed")})
    finally:
        for s in servers:
            s.stop()
        subprocess.run(["rm", "-rf", work])
        for lock in held:
            lock.close()
    if o.memory:
        print_memory(results, o.scale)
    else:
        print_table(results, failures)
    metrics = {"%s.%s" % (name, k): round(v, 4) for name, m in results.items() for k, v in sorted(m.items())
               if not isinstance(v, str)}
    if {"single", "sbtest"} <= set(results) and not o.memory:
        one, eight = results["single"], results["sbtest"]
        # Rows alone, and all in all: the keys of a table can only be built when all its rows are there.
        metrics["single.mb_s_vs_sbtest"] = round(one["load_mb_s"] / eight["load_mb_s"], 4)
        metrics["single.total_mb_s_vs_sbtest"] = round(one["mb_s"] / eight["mb_s"], 4)
        print("single: one table's rows move at %.2f of the speed of eight tables' (%.2f with keys and all)" % (
            metrics["single.mb_s_vs_sbtest"], metrics["single.total_mb_s_vs_sbtest"]))
    if o.json:
        Path(o.json).write_text(json.dumps({"machine": machine(), "scale": o.scale, "load_average": os.getloadavg(),
                                            "source_settings": SOURCE_SETTINGS,
                                            "target_settings": TARGET_SETTINGS, "metrics": metrics,
                                            "limits": {n: m["limit"] + "; " + m["shares"] for n, m in results.items()
                                                       if "limit" in m},
                                            "pgloader_failed": failures, "runs": all_runs}, indent=2) + "\n")


if __name__ == "__main__":
    main()
