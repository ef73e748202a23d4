#!/usr/bin/python3
"""godwit check against what reading both sides costs (floor), and against a check that finds differences

usage: ./dev bench check [--json FILE] [--scale S] [--set NAME...] [--runs N]

Data sets: those of the load bench, loaded by godwit once. Per set, interleaved, and as medians:
  source_s   4 connections read the source by key ranges and drop it (read_drop.c)
  target_s   4 connections read the target by the same ranges and drop it (copy_drop.c)
  cpu_s      processor seconds of servers and programs in both
  floor_s    = max(source_s, target_s, cpu_s / cores)
  check_s    `godwit check --rows-only` on both; peak_mib its largest memory
Then, on single: 100 rows are changed in the target, all over it, and the check is run again:
  diff100.ratio_clean   its time against the clean check's
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "tests" / "bench")]

from load import DATA_VERSION, DISTURBED_CORES, READ_PIECES, WORKERS, Bench, Child, machine, say  # noqa: E402
from load_servers import BenchMySQL, build_tools, cpu_seconds, hold_cache, target  # noqa: E402
from load_sets import CORES, SETS, fill, tables_of  # noqa: E402
from servers import Missing, start_all  # noqa: E402

DIFFERENCES = 100


class CheckBench(Bench):
    def read_target(self, name):
        queries = []
        for t in tables_of(name, self.o.scale):
            queries += [q.replace("FROM %s" % t.name, "FROM %s.%s" % (name, t.name)) for q in t.queries(READ_PIECES)]
        cpu = cpu_seconds(self.pg.pid)
        child = Child([self.tools["copy_drop"], self.pg.host, str(self.pg.port), self.pg.user, "postgres", str(WORKERS)],
                      "\n".join(queries) + "\n", {"BENCH_PASSWORD": self.pg.password}).ok()
        seconds, rows, _ = child.out.split()
        expected = sum(t.rows for t in tables_of(name, self.o.scale))
        if int(rows) != expected:
            sys.exit("%s: read %s rows of %d from the target" % (name, rows, expected))
        return {"target_s": float(seconds), "target_cpu_s": cpu_seconds(self.pg.pid) - cpu + child.cpu_s}

    def read_source(self, name):
        read = self.read(name)
        return {"source_s": read["read_s"], "source_bytes": read["read_bytes"], "rows": read["rows"],
                "source_cpu_s": read["read_mysqld_cpu_s"] + read["read_client_cpu_s"]}

    def check(self, name, differences=0):
        report = self.work / "check.json"
        cpu = cpu_seconds(self.mysql.pid), cpu_seconds(self.pg.pid)
        child = Child([self.godwit, "check", "--rows-only",
                       "mysql://%s@%s:%d/%s?ssl-mode=disabled" % (self.mysql.user, self.mysql.host, self.mysql.port, name),
                       "postgresql://%s@%s:%d/postgres?sslmode=disable" % (self.pg.user, self.pg.host, self.pg.port),
                       "--progress", "none", "--report", str(report), *self.o.check_option],
                      env={"GODWIT_SOURCE_PASSWORD": self.mysql.password,
                           "GODWIT_TARGET_PASSWORD": self.pg.password})
        cpu = cpu_seconds(self.mysql.pid) - cpu[0], cpu_seconds(self.pg.pid) - cpu[1]
        if child.code != (4 if differences else 0):
            sys.exit("%s: the check ended with %d\n%s\n%s" % (name, child.code, child.out[-2000:], child.err[-2000:]))
        told = json.loads(report.read_text())
        rows = sum(t.rows for t in tables_of(name, self.o.scale))
        if told["rows"] != rows or told["changed"] != differences or told["missing"] or told["extra"]:
            sys.exit("%s: the check told of %d rows and %d differences" % (name, told["rows"], told["changed"]))
        return {"check_s": child.wall_s, "peak_mib": child.peak_mib, "check_cpu_s": child.cpu_s,
                "check_mysqld_cpu_s": cpu[0], "check_postgres_cpu_s": cpu[1],
                "others_cores": max(0.0, child.machine_cpu_s - child.cpu_s - sum(cpu)) / child.wall_s}

    def damage(self, name):
        """One value of 100 rows, all over the table."""
        table = tables_of(name, self.o.scale)[0]
        step = table.rows // DIFFERENCES
        self.pg.script(["UPDATE %s.%s SET pad = 'damaged' WHERE id %% %d = 7 AND id <= %d" % (
            name, table.name, step, step * DIFFERENCES)])
        self.settle()


def one_run(bench, name, number):
    run = {"set": name, **bench.read_source(name), **bench.read_target(name), **bench.check(name)}
    say("%s run %d: source %.2f target %.2f | check %.2f s, %.0f MiB | others %.1f cores" % (
        name, number, run["source_s"], run["target_s"], run["check_s"], run["peak_mib"], run["others_cores"]))
    return run


def summarise(runs):
    m = {k: statistics.median(r[k] for r in runs) for k in runs[0] if k != "set"}
    m["cpu_s"] = m["source_cpu_s"] + m["target_cpu_s"]
    parts = {"reading the source": m["source_s"], "reading the target": m["target_s"], "processors": m["cpu_s"] / CORES}
    m["floor_s"] = max(parts.values())
    m["ratio_floor"] = m["check_s"] / m["floor_s"]
    m["rows_per_s"] = m["rows"] / m["check_s"]
    m["mb_s"] = m["source_bytes"] / 1e6 / m["check_s"]
    m["limit"] = "floor: %s; in the check of all processors: mysqld %.0f %%, postgres %.0f %%, godwit %.0f %%" % (
        max(parts, key=parts.get), *(100 * m["check_%scpu_s" % p] / (CORES * m["check_s"])
                                     for p in ("mysqld_", "postgres_", "")))
    return m


def print_table(results):
    print("\n%-8s %10s %7s %7s %7s %7s %7s %8s %10s %7s %9s" % (
        "set", "rows", "source", "target", "cpu/%d" % CORES, "floor", "check", "x floor", "rows/s", "MB/s", "peak MiB"))
    for name, m in results.items():
        print("%-8s %10d %7.2f %7.2f %7.2f %7.2f %7.2f %8.2f %10.0f %7.0f %9.0f" % (
            name, m["rows"], m["source_s"], m["target_s"], m["cpu_s"] / CORES, m["floor_s"], m["check_s"],
            m["ratio_floor"], m["rows_per_s"], m["mb_s"], m["peak_mib"]))
    for name, m in results.items():
        print("%-8s %s" % (name, m["limit"]))
        if m["others_cores"] > DISTURBED_CORES:
            print("%-8s DISTURBED: other programs used %.1f of %d cores" % (name, m["others_cores"], CORES))


def measure(bench, o):
    """Loads every set, then runs them in turns; the damaged check beside clean ones."""
    for name in o.set:
        bench.load(name)
    for name in o.set:
        bench.read(name)
        bench.pg.script(["VACUUM (ANALYZE)"])
    bench.settle()
    runs = [one_run(bench, name, i + 1) for i in range(o.runs) for name in o.set]
    extra = {}
    if "single" in o.set:
        bench.damage("single")
        times = [bench.check("single", DIFFERENCES)["check_s"] for _ in range(o.runs)]
        clean = statistics.median(r["check_s"] for r in runs if r["set"] == "single")
        extra["diff100.check_s"] = statistics.median(times)
        extra["diff100.ratio_clean"] = extra["diff100.check_s"] / clean
    return runs, extra


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--json", metavar="FILE", help="write the figures as JSON")
    p.add_argument("--scale", type=float, default=1, help="rows times S (default 1)")
    p.add_argument("--set", nargs="+", choices=SETS, default=SETS, help="only these data sets")
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--check-option", action="append", default=[], metavar="WORD", help="a word for the check's command line")
    o = p.parse_args()
    o.godwit_option = []  # of the load
    tools = build_tools(ROOT)
    mysql, pg = BenchMySQL(o.scale, int(1500 + 1500 * o.scale)), target()
    held = hold_cache([mysql.home])
    try:
        start_all([mysql, pg])
    except Missing as e:
        sys.exit("bench: %s" % e)
    work = tempfile.mkdtemp(prefix="godwit-bench-")
    os.chmod(work, 0o755)
    try:
        for name in o.set:
            if not mysql.has(name, DATA_VERSION):
                fill([mysql], name, o.scale, work)
                mysql.mark(name, DATA_VERSION)
        bench = CheckBench(o, mysql, pg, tools, work)
        runs, extra = measure(bench, o)
    finally:
        mysql.stop()
        pg.stop()
        subprocess.run(["rm", "-rf", work])
        for lock in held:
            lock.close()
    results = {name: summarise([r for r in runs if r["set"] == name]) for name in o.set}
    print_table(results)
    metrics = {"%s.%s" % (name, k): round(v, 4) for name, m in results.items() for k, v in sorted(m.items())
               if not isinstance(v, str)}
    metrics.update({k: round(v, 4) for k, v in extra.items()})
    if "diff100.ratio_clean" in extra:
        print("single with %d differing rows: %.2f s, %.2f x a clean check" % (
            DIFFERENCES, extra["diff100.check_s"], extra["diff100.ratio_clean"]))
    if o.json:
        Path(o.json).write_text(json.dumps({"machine": machine(), "scale": o.scale, "metrics": metrics,
                                            "limits": {n: m["limit"] for n, m in results.items()}, "runs": runs},
                                           indent=2) + "\n")


if __name__ == "__main__":
    main()
