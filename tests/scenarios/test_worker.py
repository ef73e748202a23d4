"""`godwit worker`, as an agent starts it: a job on standard input, events on standard output, the log on standard error."""

import json
import os
import random
import signal
import time
from pathlib import Path

import pytest

from moving import wait_until
from working import Worker, job_for

PACE = {"chunk_size": "128KiB", "rate_limit": "8MB"}
FULL = ["full-running", "full-finished", "check-start", "check-running", "check-finished", "offline-done"]
KILLS = int(os.environ.get("WORKER_KILLS", 8))
SEED = int(os.environ.get("SEED", 20240229))


@pytest.fixture
def work(move, godwit, tmp_path):
    """work(server, database, **job keys): a running worker."""
    def start(server, database, task=PACE, **keys):
        keys.setdefault("directory", str(tmp_path / "work"))
        return Worker(godwit, job_for(move, server, database, task=task, **keys))

    return start


def test_a_whole_migration(work, move, sources, source):
    database = sources(source, "steady")
    worker = work(source, database, mode=1, fence=7)
    assert worker.wait().code == 0
    assert worker.stages == FULL
    kinds = [e["event"] for e in worker.events]
    assert kinds.count("precheck") == kinds.count("report") == kinds.count("check") == 1 and "table" not in kinds
    assert kinds.index("precheck") < kinds.index("stage") < kinds.index("report") < kinds.index("check")
    last, seen = worker.objects
    assert {"parent", "line_0", "line_1", "line_2", "by_name", "log_keyless", "small_empty"} == set(last)
    for name, item in last.items():
        assert item["kind"] == "table" and item["status"] == 5 and item["permille"] == 1000 and item["error"] is None
        assert item["target"] == "%s.%s" % (database, name)
        assert seen[name][-3:] == [3, 4, 5] or seen[name][-2:] == [3, 5], seen[name]
    assert last["line_1"]["rows"] == 10000 and last["line_1"]["bytes"] > 1000000
    assert {2, 4} <= {s for states in seen.values() for s in states}
    progress = worker.of_kind("progress")
    assert len(progress) >= 4 and progress[-1]["phase"] == "done" and progress[-1]["fraction"] == 1
    assert {"phase", "fraction", "rows", "bytes", "eta_ms", "rows_per_s"} <= set(progress[0])
    assert worker.of_kind("report")[0]["report"]["ok"] and worker.of_kind("check")[0]["check"]["same"]
    assert all({"time", "level", "event", "message"} <= set(line) for line in worker.log)
    assert move.one("SELECT fence FROM godwit.task WHERE name = %s", ("job of " + database,)) == 7
    move.check(source, database)


def test_stop_and_go_on(work, move, sources, source):
    """By an order, by SIGTERM, and by hanging up; what was committed is kept each time."""
    database = sources(source, "steady")
    kept = 0
    for i, stop in enumerate((lambda w: w.order("stop"), lambda w: w.signal(signal.SIGTERM), lambda w: w.hang_up())):
        worker = work(source, database, fence=i + 1, resume=i > 0)
        move.wait_for_chunks(worker, kept + 5)
        stop(worker)
        result = worker.wait(30)
        assert result.code == 130 and worker.error["code"] == "GW1030", str(result)
        assert "full-finished" not in worker.stages
        assert all(item["status"] in (1, 3) for item in worker.objects[0].values())
        assert all(json.loads(line) for line in result.err.splitlines())
        kept = move.chunks_done()
    worker = work(source, database, fence=9, resume=True)
    assert worker.wait().code == 0 and worker.stages == FULL
    report = worker.of_kind("report")[0]["report"]
    assert report["resumed"] and report["chunks_kept"] == kept
    move.check(source, database)


def test_killed_at_random_instants(work, move, sources, source):
    """kill -9, then the same job with resume and a higher fence, as a server gives it out again."""
    database = sources(source, "steady")
    dice = random.Random(SEED)
    began = time.monotonic()
    worker = work(source, database)
    assert worker.wait().code == 0
    whole_s = time.monotonic() - began
    kills, fence = 0, 0
    while kills < KILLS:
        move.target.execute("DROP SCHEMA IF EXISTS %s CASCADE; DROP SCHEMA IF EXISTS godwit CASCADE" % database)
        resume = False
        while True:
            fence += 1
            worker = work(source, database, fence=fence, resume=resume)
            end = time.monotonic() + dice.uniform(0, whole_s * dice.choice([0.1, 0.3, 1.0]))
            while kills < KILLS and time.monotonic() < end and worker.alive():
                time.sleep(0.005)
            result = worker.kill9() if kills < KILLS else worker.wait()
            if result.code == -9:
                kills += 1
                resume = True
                continue
            assert result.code == 0, str(result)
            break
        assert worker.stages[-1] == "offline-done"
        move.check(source, database)


def test_resume_begins_when_there_is_nothing(work, move, sources, mysql9):
    database = sources(mysql9, "steady")
    worker = work(mysql9, database, task={}, resume=True)
    assert worker.wait().code == 0 and worker.stages == FULL
    assert not worker.of_kind("report")[0]["report"]["resumed"]
    # The load is finished: the next worker goes on in the check.
    again = work(mysql9, database, task={}, resume=True)
    assert again.wait().code == 0
    assert again.stages == FULL[2:]
    last, seen = again.objects
    assert all(item["status"] == 5 for item in last.values()) and last["line_1"]["rows"] == 10000
    move.check(mysql9, database)


def test_a_kill_in_the_check_goes_on_in_the_check(work, move, sources, mysql9):
    database = sources(mysql9, "steady")
    worker = work(mysql9, database)
    worker.wait_for_stage("check-running")
    worker.kill9()
    again = work(mysql9, database, task={}, resume=True, fence=2)
    assert again.wait().code == 0 and again.stages == FULL[2:]
    move.check(mysql9, database)


def test_a_source_that_moved_is_caught_up_with(work, move, sources, mysql9):
    """Or, when a definition has changed, is refused, and begun with anew."""
    database = sources.fresh(mysql9, "steady", "moved_steady")
    worker = work(mysql9, database)
    move.wait_for_chunks(worker, 5)
    worker.kill9()
    mysql9.execute("UPDATE line_0 SET note = 'changed' WHERE id = 1", database=database)
    again = work(mysql9, database, resume=True, fence=2)
    move.wait_for_chunks(again, 10)
    again.kill9()
    mysql9.execute("ALTER TABLE line_1 ENGINE=InnoDB", database=database)
    refused = work(mysql9, database, resume=True, fence=3)
    assert refused.wait().code == 1 and refused.error["code"] == "GW1022"
    anew = work(mysql9, database, restart=True, fence=4)
    assert anew.wait().code == 0 and anew.stages == FULL
    move.check(mysql9, database)


def test_without_resume_an_unfinished_load_is_left_alone(work, move, sources, mysql9):
    database = sources(mysql9, "steady")
    worker = work(mysql9, database)
    move.wait_for_chunks(worker, 3)
    worker.kill9()
    kept = move.chunks_done()
    refused = work(mysql9, database, fence=2)
    result = refused.wait()
    # The precheck sees the tables before the load sees whose they are.
    assert result.code == 3 and refused.error["code"] == "GW1010" and refused.stages == ["precheck-failed"]
    assert move.chunks_done() == kept


def test_the_precheck_stands_in_the_way(work, move, sources, mysql9):
    database = sources(mysql9, "references")
    move.target.execute("CREATE SCHEMA %s; CREATE TABLE %s.parent (id int)" % (database, database))
    tables = [r[0] for r in mysql9.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s",
                                           (database,))]
    move.target.execute("; ".join('CREATE TABLE IF NOT EXISTS %s."%s" (id int)' % (database, t) for t in tables))
    worker = work(mysql9, database)
    assert worker.wait().code == 3
    assert worker.stages == ["precheck-failed"] and worker.error["code"] == "GW1010"
    assert [i for i in worker.of_kind("precheck")[0]["precheck"]["items"] if i["status"] == "failed"]


def test_differences_are_told_of_their_tables(work, move, sources, mysql9):
    database = sources(mysql9, "steady")
    worker = work(mysql9, database)
    worker.wait_for_stage("full-finished")
    move.target.execute("UPDATE %s.line_1 SET note = 'other' WHERE id <= 3; DELETE FROM %s.by_name WHERE name IN"
                        " (SELECT max(name) FROM %s.by_name)" % (database, database, database))
    result = worker.wait()
    last, _ = worker.objects
    if last["line_1"]["status"] == 5:
        # The check was faster: let another one look.
        worker = work(mysql9, database, resume=True, fence=2)
        result = worker.wait()
        last, _ = worker.objects
    assert result.code == 4 and worker.stages[-1] == "offline-done"
    assert {n: i["status"] for n, i in last.items() if i["status"] != 5} == {"line_1": 7, "by_name": 7}
    assert last["line_1"]["error"]["code"] == "GW1052" and "3 row(s) differ" in last["line_1"]["error"]["message"]
    assert "1 missing" in last["by_name"]["error"]["message"]


def test_a_table_that_fails_has_the_error(work, move, mysql_db):
    mysql_db.script(["CREATE TABLE good (id int PRIMARY KEY)", "INSERT INTO good VALUES (1)",
                     "CREATE TABLE bad (id int PRIMARY KEY, name varchar(20))", "INSERT INTO bad VALUES (1, 'a\\0b')"])
    worker = work(mysql_db.server, mysql_db.name, task={"skip_precheck": True})
    assert worker.wait().code == 1
    last, _ = worker.objects
    assert last["bad"]["status"] == 6 and last["bad"]["error"]["code"] == worker.error["code"] == "GW2030"
    assert "bad" in last["bad"]["error"]["where"]


def test_without_a_check(work, move, sources, mysql9):
    database = sources(mysql9, "references")
    worker = work(mysql9, database, task={"skip_check": True})
    assert worker.wait().code == 0 and worker.stages == FULL and not worker.of_kind("check")
    again = work(mysql9, database, task={"skip_check": True}, resume=True)
    assert again.wait().code == 0 and again.stages == FULL[2:]


def test_other_orders_are_answered_in_the_log(work, move, sources, mysql9):
    worker = work(mysql9, sources(mysql9, "steady"))
    move.wait_for_chunks(worker, 1)
    for order in ("stop-incremental", "start-reverse", "finish"):
        worker.order(order)
    worker.say("no JSON")
    assert worker.wait().code == 0
    ignored = [line["message"] for line in worker.log if line["event"] == "order_ignored"]
    assert len(ignored) == 4 and "start-reverse" in ignored[1]


def test_precheck_as_a_question(work, move, sources, mysql9):
    worker = work(mysql9, sources(mysql9, "references"), verb="precheck")
    assert worker.wait().code == 0
    (event,) = worker.events
    assert event["event"] == "result" and {i["name"] for i in event["result"]["items"]} >= {"source.connect", "target.connect"}
    job = job_for(move, mysql9, "references", verb="precheck")
    job["source_password"] = "wrong"
    wrong = Worker(move.godwit, job)
    assert wrong.wait().code == 0
    assert any(i["status"] == "failed" for i in wrong.of_kind("result")[0]["result"]["items"])


BAD = [
    ("", 2, "GW1054"), ("{}", 2, "GW1054"), ("[1]", 2, "GW1054"), ("nonsense", 2, "GW1054"),
    ('{"verb": "fly"}', 2, "GW1054"), ('{"verb": 7}', 2, "GW1054"), ('{"verb": "migrate"}', 2, "GW1054"),
    ('{"verb": "migrate", "verb": "precheck"}', 2, "GW1054"),
    ('{"verb": "migrate", "task": {}}', 2, "GW1003"),
    ('{"verb": "migrate", "task": {"source": "x://y", "target": "postgresql://a@b/c"}}', 2, "GW1002"),
    ('{"verb": "migrate", "task": {"source": "mysql://a@b/c", "target": "postgresql://a@b/c", "jbos": 1}}', 2, "GW1003"),
    ('{"verb": "migrate", "task": {"source": "mysql://a@b/c", "target": "postgresql://a@b/c"}, "fence": -1}', 2, "GW1054"),
    ('{"verb": "migrate", "task": {"source": "mysql://a@b/c", "target": "postgresql://a@b/c"}, "mode": 3}', 2, "GW1054"),
    ('{"verb": "migrate", "task": {"source": "mysql://a@b/c", "target": "postgresql://a@b/c"}, "resume": 1}', 2, "GW1054"),
    ('{"verb": "migrate", "task": {"source": {"url": "mysql://a@b/c", "password_file": "/etc/passwd"},'
     ' "target": "postgresql://a@b/c"}}', 2, "GW1003"),
    ('{"verb": "migrate", "task": {"source": {"url": "mysql://a@b/c", "password_env": "HOME"},'
     ' "target": "postgresql://a@b/c"}}', 2, "GW1003"),
    ('{"verb": "migrate", "task": {"source": {"url": "mysql://a@b/c", "password": "x"},'
     ' "target": "postgresql://a@b/c"}}', 2, "GW1003"),
    ('{"verb": "migrate", "task": {"source": "mysql://a:pw@b/c", "target": "postgresql://a@b/c"}}', 2, "GW1002"),
    ("{" + " " * (2 << 20) + "}", 2, "GW1054"),
]


@pytest.mark.parametrize("line, code, error", BAD, ids=range(len(BAD)))
def test_bad_jobs(godwit, line, code, error):
    worker = Worker(godwit, None, line=line)
    result = worker.wait(30)
    assert result.code == code and worker.error["code"] == error, str(result)


def test_no_job_at_all(godwit):
    worker = Worker(godwit, None, line='{"verb": "mig')
    worker.hang_up()
    assert worker.wait(30).code == 2 and worker.error["code"] == "GW1054"
    godwit("worker", "--source", "x").failed(2)


def test_nothing_secret_is_to_be_seen(work, move, sources, mysql9, pg15):
    """Passwords are in no command line, environment, log or event, whatever the outcome."""
    secret = "pass-%d-word" % random.getrandbits(60)
    mysql9.execute("CREATE USER IF NOT EXISTS secretive@'%%' IDENTIFIED BY '%s'" % secret)
    mysql9.execute("ALTER USER secretive@'%%' IDENTIFIED BY '%s'" % secret)
    mysql9.execute("GRANT ALL ON *.* TO secretive@'%'")
    database = sources(mysql9, "steady")
    job = job_for(move, mysql9, database, task=PACE)
    job["task"]["source"] = job["task"]["source"].replace(mysql9.user + "@", "secretive@")
    job["source_password"] = secret
    worker = Worker(move.godwit, job)
    move.wait_for_chunks(worker, 3)
    for name in ("cmdline", "environ"):
        assert secret.encode() not in Path("/proc/%d/%s" % (worker.process.pid, name)).read_bytes()
    # A line that is no job, with a secret in it: not repeated.
    broken = Worker(move.godwit, None, line='{"verb": "migrate", "source_password": "%s" "x"}' % secret)
    broken.wait()
    job["task"]["jobs"] = "many"
    refused = Worker(move.godwit, job)
    refused.wait()
    result = worker.wait()
    assert result.code == 0
    for run in (worker, broken, refused):
        assert secret not in run.out + run.err


def test_an_agent_that_dies_takes_its_workers_with_it(godwit, move, sources, mysql9, tmp_path):
    """Standard input held open by somebody else: the kernel tells of the parent's end."""
    import subprocess
    job = tmp_path / "job"
    os.mkfifo(job)
    parent = subprocess.Popen(["/bin/sh", "-c", '"$0" worker < "$1" > "$2" 2>&1 & echo $!; wait', godwit.binary, job,
                               tmp_path / "out"], stdout=subprocess.PIPE, text=True)
    with open(job, "w") as pipe:
        pid = int(parent.stdout.readline())
        pipe.write(json.dumps(job_for(move, mysql9, sources(mysql9, "steady"),
                                      task={"chunk_size": "128KiB", "rate_limit": "1MB"})) + "\n")
        pipe.flush()
        wait_until(lambda: move.chunks_done() >= 1, "chunks")
        parent.kill()
        parent.wait()
        wait_until(lambda: not Path("/proc/%d" % pid).exists() or "Z" in Path("/proc/%d/stat" % pid).read_text().split()[2],
                   "the worker ends", 30)
    assert '"code":"GW1030"' in (tmp_path / "out").read_text()
