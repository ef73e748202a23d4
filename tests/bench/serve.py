#!/usr/bin/python3
"""godwit serve with 10 000 subtasks, 200 of them live, and 100 listeners; and what a server costs a migration

usage: ./dev bench serve [--json FILE] [--scale S] [--seconds N] [--runs N] [--skip-overhead]

One server with its store in SQLite. 100 tasks of 100 subtasks each are in it; 200 subtasks run on 20 agents (this program's own, over the agents'
protocol) which report each second for N seconds, 100 WebSockets listen to the list of tasks and to a task each. Meanwhile pages of lists are
asked for, one after the other:
  list_p99_ms      a page of tasks, of subtasks or of objects, from request to answer
  push_p99_ms      from an agent's message to each listener's
  server_rss_mib   the server's largest memory
Then `sbtest` (of the load bench) is migrated by the command line and by a task, in turns:
  overhead_ratio   wall time of the task, from start to finished, against the command's (medians)
"""
import argparse
import json
import multiprocessing
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import websocket

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "tests" / "bench")]

from control import FINISHED, Server, subtask  # noqa: E402
from load import DATA_VERSION, Child, machine, say  # noqa: E402
from load_servers import BenchMySQL, hold_cache, target  # noqa: E402
from load_sets import fill  # noqa: E402
from program import Program  # noqa: E402
from servers import start_all  # noqa: E402

TASKS, SUBTASKS, LIVE_TASKS, LIVE_EACH, AGENTS, LISTENERS, LISTENING_PROCESSES = 100, 100, 10, 20, 20, 100, 4


class Nowhere:
    name, host, port, user, password = "none", "127.0.0.1", 9, "u", "p"


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * p / 100))]


# ---- agents ----


class Agent(threading.Thread):
    """Takes what it is given, and reports each second until told to stop."""

    def __init__(self, port, token, stop):
        super().__init__(daemon=True)
        self.ws = websocket.create_connection("ws://127.0.0.1:%d/api/v1/agent" % port, timeout=1,
                                              header=["Authorization: Bearer " + token])
        self.stop, self.runs, self.sent = stop, [], 0
        self.say("hello", version="0", facts={}, subtasks=[])

    def say(self, kind, **more):
        self.ws.send(json.dumps({"type": kind, **more}))

    def listen(self, seconds):
        self.ws.settimeout(seconds)
        try:
            text = self.ws.recv()
        except websocket.WebSocketTimeoutException:
            return
        if not text:  # the server has ended
            self.stop.set()
            return
        message = json.loads(text)
        if message["type"] == "run":
            about = {"subtask": message["subtask"], "fence": message["fence"]}
            self.runs.append(about)
            self.say("event", **about, event={"event": "stage", "stage": "full-running"})
            items = [{"kind": "table", "name": "table_%03d" % i, "target": "s.table_%03d" % i, "status": 2, "rows": 0,
                      "rows_estimate": 100000, "bytes": 0, "permille": 0} for i in range(20)]
            self.say("event", **about, event={"event": "objects", "items": items})

    def report(self, number):
        for about in self.runs:
            self.say("event", **about, event={
                "event": "progress", "phase": "load", "fraction": 0.1, "rows": number * 1000, "bytes": number * 100000,
                "rows_estimate": 10 ** 7, "bytes_estimate": 10 ** 9, "rows_per_s": 1000.5, "bytes_per_s": 100000.5, "eta_ms": 60000,
                "sent": time.time()})
            self.sent += 1

    def run(self):
        number, due = 0, time.monotonic() + random.random()
        while not self.stop.is_set():
            left = due - time.monotonic()
            if left > 0:
                self.listen(max(0.01, left))
                continue
            number, due = number + 1, due + 1
            self.report(number)
            if number % 5 == 0:
                self.say("beat", facts={})


def start_agents(admin, port, stop):
    agents = []
    for i in range(AGENTS):
        once = admin.ok("POST", "/api/v1/machines/token", {"name": "agent %d" % i})["token"]
        made = admin.ok("POST", "/api/v1/enrol", {"token": once, "version": "0", "facts": {}})
        admin.ok("PATCH", "/api/v1/machines/%d" % made["machine"], {"capacity": LIVE_TASKS * LIVE_EACH // AGENTS})
        agents.append(Agent(port, made["token"], stop))
        agents[-1].start()
    return agents


# ---- listeners ----


def listener(port, token, topics, seconds, latencies, ready):
    ws = websocket.create_connection("ws://127.0.0.1:%d/api/v1/live" % port, timeout=10, header=["Authorization: Bearer " + token])
    ws.send(json.dumps({"subscribe": topics}))
    ready.wait()
    begin, end = time.time(), time.monotonic() + seconds  # what waited since the subscription does not count
    while time.monotonic() < end:
        ws.settimeout(max(0.05, end - time.monotonic()))
        try:
            kind, text = ws.recv_data()
        except websocket.WebSocketTimeoutException:
            break
        if kind != websocket.ABNF.OPCODE_TEXT:
            sys.exit("bench: a listener was closed: %r" % text)
        now = time.time()
        sent = ((json.loads(text).get("change") or {}).get("figures") or {}).get("sent")
        if sent and sent >= begin:
            latencies.append((now - sent) * 1000)
    ws.close()


def listen(port, token, topic_lists, seconds, results, ready):
    """One process of some listeners."""
    latencies = []
    threads = [threading.Thread(target=listener, args=(port, token, topics, seconds, latencies, ready)) for topics in topic_lists]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    results.put(latencies)


def start_listeners(port, token, live, seconds):
    """Their processes, the queue of what they find, and what starts the clock."""
    results, ready = multiprocessing.Queue(), multiprocessing.Event()
    each = LISTENERS // LISTENING_PROCESSES
    processes = []
    for p in range(LISTENING_PROCESSES):
        topics = [["tasks", "task %d" % live[(p * each + i) % len(live)]] for i in range(each)]
        processes.append(multiprocessing.Process(target=listen, args=(port, token, topics, seconds, results, ready), daemon=True))
        processes[-1].start()
    time.sleep(2)
    return processes, results, ready


# ---- what is asked for ----


def ask_pages(client, tasks, live, seconds):
    """Milliseconds of each answer."""
    dice, times, end = random.Random(7), [], time.monotonic() + seconds
    sub = client.subtasks(live[0])[0]["id"]
    while time.monotonic() < end:
        path = dice.choice(["/api/v1/tasks?page=%d" % dice.randint(1, 5), "/api/v1/tasks?status=1&sort=-started", "/api/v1/tasks?name=7",
                            "/api/v1/tasks/%d/subtasks?page=%d&size=50" % (dice.choice(tasks), dice.randint(1, 2)),
                            "/api/v1/tasks/%d/subtasks" % dice.choice(live), "/api/v1/subtasks/%d/objects?size=50" % sub])
        begin = time.monotonic()
        client.ok("GET", path)
        times.append((time.monotonic() - begin) * 1000)
        time.sleep(0.01)
    return times


def memory_mib(pid):
    for line in Path("/proc/%d/status" % pid).read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0


def under_load(godwit, directory, seconds):
    server = Server(Program(godwit, cwd=directory), directory / "data", "--no-local-machine").start()
    try:
        admin = server.admin()
        source, goal = admin.data_source("s", "mysql", Nowhere), admin.data_source("t", "postgresql", Nowhere)
        begin, tasks = time.monotonic(), []
        for t in range(TASKS - LIVE_TASKS * LIVE_EACH // SUBTASKS):
            tasks.append(admin.task("task %d" % t, [subtask(source, "db%d" % s, goal, "db", schema="s%d_%d" % (t, s)) for s in range(SUBTASKS)],
                                    start=False)["id"])
        stop = threading.Event()
        agents = start_agents(admin, server.port, stop)
        live = [admin.task("live %d" % t, [subtask(source, "db%d" % s, goal, "db", schema="live%d_%d" % (t, s)) for s in range(LIVE_EACH)])["id"]
                for t in range(LIVE_TASKS)]
        admin.wait(lambda: sum(len(a.runs) for a in agents) == LIVE_TASKS * LIVE_EACH, "all are live", 60)
        say("%d subtasks in the store, %d of them live, after %.1f s" % (
            len(tasks) * SUBTASKS + LIVE_TASKS * LIVE_EACH, LIVE_TASKS * LIVE_EACH, time.monotonic() - begin))
        token = admin.ok("POST", "/api/v1/tokens", {"name": "bench", "role": "viewer"})["token"]
        processes, results, ready = start_listeners(server.port, token, live, seconds)
        before = sum(a.sent for a in agents)
        ready.set()
        times = ask_pages(admin, tasks, live, seconds - 1)
        pushed = [x for _ in processes for x in results.get(timeout=seconds + 60)]
        sent = sum(a.sent for a in agents) - before
        peak = memory_mib(server.run.process.pid)
        stop.set()
        say("%d reports, %d pushes, %d pages" % (sent, len(pushed), len(times)))
        if len(pushed) < sent * LISTENERS / LIVE_TASKS * 0.5:
            sys.exit("bench: pushes are missing: %d of about %d" % (len(pushed), sent * LISTENERS / LIVE_TASKS))
        return {"list_p50_ms": percentile(times, 50), "list_p99_ms": percentile(times, 99), "push_p50_ms": percentile(pushed, 50),
                "push_p99_ms": percentile(pushed, 99), "server_rss_mib": peak, "reports": sent, "pushes": len(pushed), "pages": len(times)}
    finally:
        server.stop()


# ---- a migration with and without ----


def by_command(godwit, mysql, pg, schema):
    child = Child([godwit, "migrate", "mysql://%s@%s:%d/sbtest?ssl-mode=disabled" % (mysql.user, mysql.host, mysql.port),
                   "postgresql://%s@%s:%d/postgres?sslmode=disable&schema=%s" % (pg.user, pg.host, pg.port, schema), "--progress", "none",
                   "--quiet"], env={"GODWIT_SOURCE_PASSWORD": mysql.password, "GODWIT_TARGET_PASSWORD": pg.password}).ok()
    return child.wall_s


def by_task(admin, ends, schema):
    """By the server's clock: asking all the time would be a load of its own."""
    task = admin.task("t " + schema, [subtask(ends[0], "sbtest", ends[1], "postgres", schema=schema)])["id"]
    one, = admin.wait_over(task, 600, every_s=0.5)
    if one["status"] != FINISHED:
        sys.exit("bench: the task ended in %s: %s" % (one["status"], one["reason"]))
    return (one["finished_ms"] - one["started_ms"]) / 1000


def overhead(godwit, directory, o):
    mysql, pg = BenchMySQL(o.scale, int(1500 + 1500 * o.scale)), target()
    held = hold_cache([mysql.home])
    start_all([mysql, pg])
    server = Server(Program(godwit, cwd=directory), directory / "data2").start()
    try:
        if not mysql.has("sbtest", DATA_VERSION):
            fill([mysql], "sbtest", o.scale, str(directory))
            mysql.mark("sbtest", DATA_VERSION)
        admin = server.admin()
        ends = (admin.data_source("s", "mysql", mysql, **{"ssl-mode": "disabled"}), admin.data_source("t", "postgresql", pg, sslmode="disable"))
        admin.wait(lambda: any(m["state"] == "online" for m in admin.ok("GET", "/api/v1/machines")["items"]), "the local machine", 30)
        times = {"command": [], "task": []}
        for i in range(-1, o.runs):  # the first warms up
            for how, run in (("command", lambda s: by_command(godwit, mysql, pg, s)), ("task", lambda s: by_task(admin, ends, s))):
                schema = "%s_%d" % (how, i + 1)
                took = run(schema)
                pg.execute("DROP SCHEMA %s CASCADE" % schema)
                pg.execute("CHECKPOINT")
                if i >= 0:
                    times[how].append(took)
                    say("%-8s %.2f s" % (how, took))
        command, task = statistics.median(times["command"]), statistics.median(times["task"])
        return {"command_s": command, "task_s": task, "overhead_ratio": task / command}
    finally:
        server.stop()
        mysql.stop()
        pg.stop()
        for lock in held:
            lock.close()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--json", metavar="FILE", help="write the figures as JSON")
    p.add_argument("--scale", type=float, default=1, help="rows of the migration times S (default 1)")
    p.add_argument("--seconds", type=int, default=20, help="how long the server is under load")
    p.add_argument("--runs", type=int, default=3)
    p.add_argument("--skip-overhead", action="store_true")
    o = p.parse_args()
    godwit = os.environ.get("GODWIT_BIN") or str(ROOT / "build" / "godwit")
    directory = Path(tempfile.mkdtemp(prefix="godwit-bench-"))
    os.chmod(directory, 0o755)
    try:
        metrics = under_load(godwit, directory, o.seconds)
        if not o.skip_overhead:
            metrics |= overhead(godwit, directory, o)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    for name, value in metrics.items():
        print("%-16s %10.2f" % (name, value))
    if o.json:
        Path(o.json).write_text(json.dumps({"machine": machine(), "metrics": {k: round(v, 4) for k, v in metrics.items()}}, indent=2) + "\n")


if __name__ == "__main__":
    main()
