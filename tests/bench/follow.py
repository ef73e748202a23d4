#!/usr/bin/python3
"""godwit follow: a backlog of changes against hand-written COPY and MERGE, and the lag while the source is written to

usage: ./dev bench follow [--json FILE] [--scale S] [--case NAME...] [--runs N] [--no-lag] [--follow-option WORD]

Cases: mixed (transactions of 30 inserts, 10 updates, 10 deletes in 8 tables), unique_fk (single-row transactions on tables with secondary
unique keys and a foreign key), conflict10 (10 % of the updates go to 100 rows), hot (one row), huge (one transaction of 2 million rows).
Per case, as medians; the target is put back to where the load left it before each run:
  source_s  what the source took to commit the backlog, in 4 sessions (fewer where the case has less)
  floor_s   the net changes of the whole backlog, ready as files, by COPY into a temporary table and MERGE, 4 sessions
  godwit_s  godwit follow --until-caught-up, from its start to its end; peak_mib its largest memory
  rows_per_s  changes of rows that it carried a second
lag_p99_s: behind by so much, while transactions of `mixed` come at half the speed of its backlog (or what the source can give).
"""
import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "tests" / "bench")]

from follow_sets import CASES, SESSIONS  # noqa: E402
from load import CORES, DISTURBED_CORES, Child, in_threads, machine, say  # noqa: E402
from load_servers import TARGET_SETTINGS, cpu_seconds  # noqa: E402
from servers import Missing, MySQL9, Postgres, start_all  # noqa: E402

SOURCE = {"innodb-buffer-pool-size": "1500M", "innodb-flush-log-at-trx-commit": 0, "sync-binlog": 0, "innodb-redo-log-capacity": "2G",
          "cte-max-recursion-depth": 10000000, "max-connections": 100, "binlog-expire-logs-seconds": 86400}
LAG_S = 20


class Bench:
    def __init__(self, options, mysql, pg, work):
        self.o, self.mysql, self.pg, self.work = options, mysql, pg, Path(work)
        self.godwit = os.environ.get("GODWIT_BIN") or str(ROOT / "build" / "godwit")

    # ---- both ends ----

    def words(self, command, name, database, *more):
        return [self.godwit, command,
                "mysql://%s@%s:%d/%s?ssl-mode=disabled" % (self.mysql.user, self.mysql.host, self.mysql.port, name),
                "postgresql://%s@%s:%d/%s?sslmode=disable" % (self.pg.user, self.pg.host, self.pg.port, database), *more]

    def passwords(self):
        return {"GODWIT_SOURCE_PASSWORD": self.mysql.password, "GODWIT_TARGET_PASSWORD": self.pg.password}

    def sql(self, database, statements):
        connection = self.pg.connect(database)
        with connection.cursor() as cursor:
            for sql in statements:
                cursor.execute(sql)
            rows = cursor.fetchall() if cursor.description else None
        connection.close()
        return rows

    def fresh(self, name):
        """Database `run`, as the load has left it."""
        self.pg.script(["DROP DATABASE IF EXISTS run", "CREATE DATABASE run TEMPLATE base_%s STRATEGY file_copy" % name, "CHECKPOINT"])
        os.sync()

    def write(self, name, statements):
        """In the source, a session for each list: seconds."""
        def session(words):
            connection = self.mysql.connect()
            with connection.cursor() as cursor:
                cursor.execute("USE " + name)
                for sql in words:
                    cursor.execute(sql)
            connection.commit()
            connection.close()
        begin = time.monotonic()
        in_threads([lambda w=w: session(w) for w in statements])
        return time.monotonic() - begin

    def make(self, name):
        """Tables, and their load."""
        self.mysql.script(["DROP DATABASE IF EXISTS " + name, "CREATE DATABASE %s CHARACTER SET utf8mb4" % name, "USE " + name,
                           *CASES[name].make])
        self.pg.script(["DROP DATABASE IF EXISTS base_" + name, "CREATE DATABASE base_" + name])
        Child(self.words("load", name, "base_" + name, "--progress", "none"), env=self.passwords()).ok()

    def prepare(self, name):
        """Tables, their load, the backlog: seconds the source took for it."""
        self.make(name)
        return self.write(name, CASES[name].calls(self.o.scale))

    # ---- the floor ----

    def columns(self, name, table):
        rows = self.sql("base_" + name, ["SELECT column_name FROM information_schema.columns WHERE table_schema = '%s' AND table_name = '%s'"
                                         " ORDER BY ordinal_position" % (name, table)])
        return [r[0] for r in rows]

    def net_changes(self, name):
        """Files of what is different between `run`, where all changes are in, and what the load left; in pieces for 4 sessions."""
        pieces = []
        for table in CASES[name].tables:
            path = self.work / ("%s.final" % table)
            final, base = self.pg.connect("run"), self.pg.connect("base_" + name)
            columns = self.columns(name, table)
            listed = ", ".join(columns)
            with final.cursor() as out, open(path, "wb") as f:
                out.copy_expert("COPY %s.%s TO STDOUT (FORMAT binary)" % (name, table), f)
            with base.cursor() as c, open(path, "rb") as f:
                c.execute("CREATE TEMP TABLE final (LIKE %s.%s)" % (name, table))
                c.copy_expert("COPY final FROM STDIN (FORMAT binary)", f)
                c.execute("CREATE TEMP TABLE net AS SELECT 'U'::\"char\" AS op, f.* FROM final f LEFT JOIN %s.%s b USING (id)"
                          " WHERE ROW(f.*) IS DISTINCT FROM ROW(b.*) UNION ALL SELECT 'D', b.* FROM %s.%s b LEFT JOIN final f USING (id)"
                          " WHERE f.id IS NULL" % (name, table, name, table))
                parts = SESSIONS if len(CASES[name].tables) < SESSIONS else 1
                for part in range(parts):
                    piece = self.work / ("%s.net.%d" % (table, part))
                    with open(piece, "wb") as net:
                        c.copy_expert("COPY (SELECT op, %s FROM net WHERE id %% %d = %d ORDER BY id) TO STDOUT (FORMAT binary)" % (
                            listed, parts, part), net)
                    pieces.append((table, columns, piece))
            final.close()
            base.close()
            path.unlink()
        return pieces

    def merge(self, name, table, columns, path):
        connection = self.pg.connect("run")
        connection.autocommit = False
        listed, rest = ", ".join(columns), [c for c in columns if c != "id"]
        with connection.cursor() as c, open(path, "rb") as f:
            c.execute("SET session_replication_role = replica")
            c.execute("CREATE TEMP TABLE net (op \"char\", LIKE %s.%s)" % (name, table))
            c.copy_expert("COPY net FROM STDIN (FORMAT binary)", f, 1 << 20)
            c.execute("MERGE INTO %s.%s t USING net s ON t.id = s.id WHEN MATCHED AND s.op = 'D' THEN DELETE"
                      " WHEN MATCHED THEN UPDATE SET %s WHEN NOT MATCHED AND s.op = 'U' THEN INSERT (%s) VALUES (%s)" % (
                          name, table, ", ".join("%s = s.%s" % (x, x) for x in rest), listed, ", ".join("s." + x for x in columns)))
        connection.commit()
        connection.close()

    def floor(self, name, pieces):
        self.fresh(name)
        cpu, begin = cpu_seconds(self.pg.pid), time.monotonic()
        in_threads([lambda p=p: self.merge(name, *p) for p in pieces])
        return {"floor_s": time.monotonic() - begin, "floor_postgres_cpu_s": cpu_seconds(self.pg.pid) - cpu}

    # ---- godwit ----

    def follow(self, name):
        self.fresh(name)
        return self.run("follow", name, "--until-caught-up", *self.o.follow_option)

    def run(self, command, name, *more):
        """Between `name` and the target's database `run`."""
        report = self.work / "report.json"
        cpu = cpu_seconds(self.mysql.pid), cpu_seconds(self.pg.pid)
        child = Child(self.words(command, name, "run", "--progress", "none", "--report", str(report), *more), env=self.passwords()).ok()
        cpu = cpu_seconds(self.mysql.pid) - cpu[0], cpu_seconds(self.pg.pid) - cpu[1]
        told = json.loads(report.read_text())
        return {"rows": told["applied"]["rows"], "bytes": told["applied"]["bytes"], "transactions": told["applied"]["transactions"],
                "jobs": told["jobs"]["done"], "waited": told["jobs"]["waited"], "godwit_s": child.wall_s, "peak_mib": child.peak_mib,
                "godwit_cpu_s": child.cpu_s, "godwit_mysqld_cpu_s": cpu[0], "godwit_postgres_cpu_s": cpu[1],
                "others_cores": max(0.0, child.machine_cpu_s - child.cpu_s - sum(cpu)) / child.wall_s}

    def prove(self, name):
        """What follow left in `run` is what the source has."""
        for table in CASES[name].tables:
            column = "v" if table in ("hot", "parent") else "parent" if table == "child" else "k"
            query = "SELECT count(*), sum(id), sum({c}) FROM {n}.{t}".format(c=column, n=name, t=table)
            source, target = self.mysql.execute(query)[0], self.sql("run", [query])[0]
            if [int(x or 0) for x in source] != [int(x or 0) for x in target]:
                sys.exit("%s.%s: the source has %s, the target %s" % (name, table, source, target))

    # ---- lag ----

    def lag(self, rows_per_s):
        """Seconds behind, as often as it says, while transactions of mixed come at that rate."""
        name, stop, written = "mixed", threading.Event(), [0] * SESSIONS
        self.fresh(name)

        def session(i):
            connection, pause = self.mysql.connect(), 50 * SESSIONS / rows_per_s
            with connection.cursor() as cursor:
                cursor.execute("USE " + name)
                due = time.monotonic()
                while not stop.is_set():
                    cursor.execute("CALL write_%d(1)" % (i + SESSIONS * (written[i] % 2)))
                    written[i] += 1
                    due = max(due + pause, time.monotonic() - 1)
                    time.sleep(max(0, due - time.monotonic()))
            connection.close()

        Child(self.words("follow", name, "run", "--until-caught-up", "--progress", "none"), env=self.passwords()).ok()
        process = subprocess.Popen(self.words("follow", name, "run", "--progress", "json"), stdout=subprocess.PIPE, text=True,
                                   env={**os.environ, **self.passwords()})
        threads = [threading.Thread(target=session, args=(i,)) for i in range(SESSIONS)]
        begin, seen = time.monotonic(), []
        for t in threads:
            t.start()
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "follow" and time.monotonic() - begin > 2:
                seen.append(event["follow"]["lag_s"])
            if time.monotonic() - begin > LAG_S:
                break
        seconds = time.monotonic() - begin
        stop.set()
        for t in threads:
            t.join()
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        process.wait()
        if process.returncode != 0 or len(seen) < LAG_S // 2:
            sys.exit("follow ended with %d, and told its lag %d times" % (process.returncode, len(seen)))
        return {"lag_p99_s": sorted(seen)[int(len(seen) * 0.99)], "lag_median_s": statistics.median(seen),
                "lag_rows_per_s": 50 * sum(written) / seconds, "lag_wanted_rows_per_s": rows_per_s}


def summarise(runs):
    m = {k: statistics.median(r[k] for r in runs) for k in runs[0]}
    m["ratio_floor"] = m["godwit_s"] / m["floor_s"]
    m["rows_per_s"] = m["rows"] / m["godwit_s"]
    m["mb_s"] = m["bytes"] / 1e6 / m["godwit_s"]
    return m


def run_case(bench, name):
    source_s = bench.prepare(name)
    bench.follow(name)
    bench.prove(name)
    pieces = bench.net_changes(name)
    runs = []
    for i in range(bench.o.runs):
        run = {"source_s": source_s, **bench.floor(name, pieces), **bench.follow(name)}
        bench.prove(name)
        say("%s run %d: floor %.2f s | godwit %.2f s, %.0f MiB | others %.1f cores" % (
            name, i + 1, run["floor_s"], run["godwit_s"], run["peak_mib"], run["others_cores"]))
        runs.append(run)
    for _, _, path in pieces:
        path.unlink()
    return summarise(runs)


def print_table(results):
    print("\n%-10s %9s %8s %8s %7s %7s %8s %10s %6s %9s %8s" % (
        "case", "rows", "commits", "source", "floor", "godwit", "x floor", "rows/s", "MB/s", "peak MiB", "waited"))
    for name, m in results.items():
        print("%-10s %9d %8d %8.2f %7.2f %7.2f %8.2f %10d %6.0f %9.0f %8s" % (
            name, m["rows"], m["transactions"], m["source_s"], m["floor_s"], m["godwit_s"], m["ratio_floor"], m["rows_per_s"], m["mb_s"],
            m["peak_mib"], "%d/%d" % (m["waited"], m["jobs"])))
    for name, m in results.items():
        shares = ", ".join("%s %.0f %%" % (p, 100 * m["godwit%s_cpu_s" % k] / (CORES * m["godwit_s"]))
                           for p, k in (("mysqld", "_mysqld"), ("postgres", "_postgres"), ("godwit", "")))
        print("%-10s of all processors: %s; floor: postgres %.0f %%" % (
            name, shares, 100 * m["floor_postgres_cpu_s"] / (CORES * m["floor_s"])))
        if m["others_cores"] > DISTURBED_CORES:
            print("%-10s DISTURBED: other programs used %.1f of %d cores during godwit's runs" % (name, m["others_cores"], CORES))


def metrics(results, lag):
    out = {"%s.%s" % (name, key): m[key] for name, m in results.items() for key in ("rows_per_s", "ratio_floor", "peak_mib")}
    return out | ({"lag_p99_s": lag["lag_p99_s"]} if lag else {})


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--json", metavar="FILE", help="write the figures as JSON")
    p.add_argument("--scale", type=float, default=1, help="changes times S (default 1)")
    p.add_argument("--case", nargs="+", choices=CASES, default=list(CASES), help="only these cases")
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--no-lag", action="store_true")
    p.add_argument("--follow-option", action="append", default=[], metavar="WORD", help="a word for godwit's command line")
    o = p.parse_args()
    mysql, pg = MySQL9(settings=SOURCE), Postgres(settings=TARGET_SETTINGS)
    try:
        start_all([mysql, pg])
    except Missing as e:
        sys.exit("bench: %s" % e)
    work, results, lag = tempfile.mkdtemp(prefix="godwit-bench-"), {}, None
    try:
        bench = Bench(o, mysql, pg, work)
        for name in o.case:
            results[name] = run_case(bench, name)
            if name == "mixed" and not o.no_lag:
                lag = bench.lag(results[name]["rows_per_s"] / 2)
                say("lag: %s" % lag)
            mysql.script(["DROP DATABASE " + name])
            pg.script(["DROP DATABASE IF EXISTS run", "DROP DATABASE base_" + name])
    finally:
        for s in (mysql, pg):
            s.stop()
        shutil.rmtree(work, ignore_errors=True)
    print_table(results)
    if lag:
        print("lag at %d rows/s (half of mixed is %d): median %.2f s, p99 %.2f s" % (
            lag["lag_rows_per_s"], lag["lag_wanted_rows_per_s"], lag["lag_median_s"], lag["lag_p99_s"]))
    if o.json:
        Path(o.json).write_text(json.dumps({"metrics": metrics(results, lag), "cases": results, "lag": lag, "machine": machine()}, indent=1) + "\n")


if __name__ == "__main__":
    main()
