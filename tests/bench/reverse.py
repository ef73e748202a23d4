#!/usr/bin/python3
"""godwit reverse: a backlog of changes of the target into the source, against the same kind of changes going forward

usage: ./dev bench reverse [--json FILE] [--scale S] [--runs N]

The case mixed of ./dev bench follow (transactions of 30 inserts, 10 updates, 10 deletes in 8 tables), forward, and, written to the
target by the same number of sessions, back; as medians. Each run begins with tables as a load has left them, and with nothing to write to
disk left over, at either end.
  forward_s, reverse_s  from godwit's start to its end, caught up
  floor_s               what a replica of the source takes for the same transactions, by as many workers as godwit has sessions
  ratio_forward         rows a second back, by those forward
  ratio_floor           seconds back, by those of the floor
"""
import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "tests" / "bench")]

from follow import SOURCE, Bench  # noqa: E402
from follow_sets import SESSIONS, TABLES  # noqa: E402
from load import CORES, DISTURBED_CORES, Child, in_threads, machine, say  # noqa: E402
from load_servers import TARGET_SETTINGS  # noqa: E402
from replica import Replica, settle  # noqa: E402
from servers import Missing, MySQL9, Postgres, start_all  # noqa: E402

NAME, ROUNDS, TRANSACTIONS = "mixed", 10, 16000

# What _MIXED of follow_sets.py does, in the target's language.
_MIXED_BACK = """CREATE PROCEDURE mixed.back_{i}(n int) LANGUAGE plpgsql AS $$
DECLARE x int; y int;
BEGIN
  FOR t IN 1 .. n LOOP
    SELECT max(id) INTO x FROM mixed.sbtest{i};
    FOR j IN 0 .. 29 LOOP
      INSERT INTO mixed.sbtest{i} (k, c, pad) VALUES (floor(random() * 50000), repeat(left(md5(random()::text), 40), 3), left(md5(j::text), 32));
      y := floor(1 + random() * x);
      IF j % 3 = 0 THEN UPDATE mixed.sbtest{i} SET k = k + 1, c = repeat(left(md5(random()::text), 40), 3) WHERE id = y; END IF;
      IF j % 3 = 1 THEN DELETE FROM mixed.sbtest{i} WHERE id = y; END IF;
    END LOOP;
    COMMIT;
  END LOOP;
END $$"""


class Reverse(Bench):
    def begin(self):
        """Both ends as a load leaves them; from here on changes of the target count."""
        self.make(NAME)
        self.fresh(NAME)
        self.sql("run", [_MIXED_BACK.format(i=i + 1) for i in range(TABLES)])
        self.reverse("--prepare")

    def reverse(self, *options):
        Child(self.words("reverse", NAME, "run", "--progress", "none", *options), env=self.passwords()).ok()

    def write_back(self):
        """In the target, two tables for each session: seconds."""
        n = max(1, int(TRANSACTIONS * self.o.scale / TABLES / ROUNDS))

        def session(s):
            connection = self.pg.connect("run")
            connection.autocommit = True
            with connection.cursor() as c:
                for _ in range(ROUNDS):
                    for i in range(s, TABLES, SESSIONS):
                        c.execute("CALL mixed.back_%d(%d)" % (i + 1, n))
            connection.close()
        begin = time.monotonic()
        in_threads([lambda s=s: session(s) for s in range(SESSIONS)])
        return time.monotonic() - begin

    def back(self, replica):
        self.begin()
        replica.catch_up()
        written_s = self.write_back()
        settle(self.mysql)
        run = {"written_s": written_s, **self.run("reverse", NAME, "--until-caught-up")}
        self.prove(NAME)
        run.update(replica.apply())
        self.reverse("--finish")
        return run


def print_table(results):
    print("\n%-8s %9s %8s %8s %8s %10s %6s %9s" % ("", "rows", "commits", "written", "godwit", "rows/s", "MB/s", "peak MiB"))
    for name, m in results.items():
        print("%-8s %9d %8d %8.2f %8.2f %10d %6.0f %9.0f" % (
            name, m["rows"], m["transactions"], m["written_s"], m["godwit_s"], m["rows_per_s"], m["bytes"] / 1e6 / m["godwit_s"], m["peak_mib"]))
    for name, m in results.items():
        shares = ", ".join("%s %.0f %%" % (p, 100 * m["godwit%s_cpu_s" % k] / (CORES * m["godwit_s"]))
                           for p, k in (("mysqld", "_mysqld"), ("postgres", "_postgres"), ("godwit", "")))
        print("%-8s of all processors: %s" % (name, shares))
        if m["others_cores"] > DISTURBED_CORES:
            print("%-8s DISTURBED: other programs used %.1f of %d cores" % (name, m["others_cores"], CORES))


def medians(runs):
    m = {k: statistics.median(r[k] for r in runs) for k in runs[0]}
    return m | {"rows_per_s": m["rows"] / m["godwit_s"]}


def measure(bench, replica):
    written_s = bench.prepare(NAME)
    bench.follow(NAME)
    forward, back = [], []
    for i in range(bench.o.runs):
        forward.append({"written_s": written_s, **bench.follow(NAME)})
        say("forward run %d: %.2f s" % (i + 1, forward[-1]["godwit_s"]))
    bench.prove(NAME)
    replica.begin()
    for i in range(bench.o.runs):
        back.append(bench.back(replica))
        say("back run %d: floor %.2f s | godwit %.2f s" % (i + 1, back[-1]["floor_s"], back[-1]["godwit_s"]))
    return {"forward": medians(forward), "reverse": medians(back)}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--json", metavar="FILE", help="write the figures as JSON")
    p.add_argument("--scale", type=float, default=1, help="changes times S (default 1)")
    p.add_argument("--runs", type=int, default=3)
    o = p.parse_args()
    o.follow_option = []
    mysql, pg = MySQL9(settings=SOURCE), Postgres(settings={**TARGET_SETTINGS, "wal_level": "logical"})
    second = MySQL9(settings={**SOURCE, "skip-replica-start": "ON"})
    servers = [mysql, pg, second]
    try:
        start_all(servers)
    except Missing as e:
        sys.exit("bench: %s" % e)
    work = tempfile.mkdtemp(prefix="godwit-bench-")
    try:
        results = measure(Reverse(o, mysql, pg, work), Replica(mysql, second, SESSIONS))
    finally:
        for s in servers:
            s.stop()
        shutil.rmtree(work, ignore_errors=True)
    back = results["reverse"]
    ratio, floor = back["rows_per_s"] / results["forward"]["rows_per_s"], back["godwit_s"] / back["floor_s"]
    print_table(results)
    print("reverse: %.2f of forward; %.2f of the time a replica takes, with %.1f us of mysqld for a row, where the replica takes %.1f" % (
        ratio, floor, 1e6 * back["godwit_mysqld_cpu_s"] / back["rows"], 1e6 * back["floor_mysqld_cpu_s"] / back["rows"]))
    if o.json:
        found = {"reverse.ratio_forward": ratio, "reverse.ratio_floor": floor, "reverse.rows_per_s": back["rows_per_s"],
                 "reverse.peak_mib": back["peak_mib"]}
        Path(o.json).write_text(json.dumps({"metrics": found, "cases": results, "machine": machine()}, indent=1) + "\n")


if __name__ == "__main__":
    main()
