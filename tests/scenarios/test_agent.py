"""`godwit agent` against a control plane of the test's own, with real workers and databases."""

import json
import os
import random
import re
import signal
import stat
import time
from pathlib import Path

import pytest

from controlling import TOKEN, Control
from moving import wait_until
from working import job_for

PACE = {"chunk_size": "128KiB", "rate_limit": "8MB"}
FULL = ["full-running", "full-finished", "check-start", "check-running", "check-finished", "offline-done"]
FACTS = {"os", "kernel", "arch", "cores", "memory_bytes", "memory_free_bytes", "disk_bytes", "disk_free_bytes", "load_1",
         "hostname", "user", "directory", "pid"}


@pytest.fixture
def control():
    with Control() as it:
        yield it


class Agent:
    def __init__(self, godwit, directory, control, *options, token=TOKEN):
        self.godwit, self.directory, self.control, self.options = godwit, directory / "agent", control, options
        self.file = directory / "token"
        self.file.write_text(token + "\n")
        self.log_file = directory / "agent.log"
        self.start()

    def start(self):
        since = self.control.connections
        self.run = self.godwit.start("agent", "--server", self.control.url, "--token-file", self.file, "--directory",
                                     self.directory, "--log", self.log_file, *self.options)
        self.since = since
        return self

    def connected(self):
        wait_until(lambda: self.control.connections > self.since and self.control.of_type("hello"), "the agent connects",
                   60, self.run.alive)
        return self

    def stop(self, code=0):
        self.run.signal(signal.SIGTERM)
        result = self.run.wait(60)
        assert result.code == code, "%s\n%s" % (result, self.log)
        return result

    @property
    def log(self):
        return self.log_file.read_text()

    def workers(self):
        """The processes that are this agent's children."""
        found = []
        for stat_file in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat_file.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) == self.run.process.pid and fields[0] != "Z":
                found.append(int(stat_file.parent.name))
        return found


@pytest.fixture
def agent(godwit, tmp_path, control):
    """A connected agent; it must end well."""
    it = Agent(godwit, tmp_path, control).connected()
    yield it
    if it.run.alive():
        it.stop()


def run_message(move, server, database, subtask=1, fence=1, task=PACE, **keys):
    task = task | {"name": "subtask %d" % subtask}
    return {"type": "run", "subtask": subtask, "fence": fence,
            "job": job_for(move, server, database, task=task, fence=fence, **keys)}


def test_hello_beats_and_facts(agent, control):
    hello = control.of_type("hello")[0]
    assert hello["subtasks"] == [] and re.match(r"\d+\.\d+", hello["version"]) and set(hello["facts"]) == FACTS
    facts = hello["facts"]
    assert facts["cores"] >= 1 and facts["pid"] == agent.run.process.pid and facts["directory"] == str(agent.directory)
    assert 0 < facts["memory_free_bytes"] <= facts["memory_bytes"] and 0 < facts["disk_free_bytes"] <= facts["disk_bytes"]
    assert facts["hostname"] == os.uname().nodename and facts["kernel"] == os.uname().release
    control.wait_for("beat", 2, timeout=20)
    assert all(set(b["facts"]) == FACTS for b in control.of_type("beat"))
    assert stat.S_IMODE(os.stat(agent.directory).st_mode) == 0o700
    assert TOKEN not in Path("/proc/%d/cmdline" % facts["pid"]).read_text() and TOKEN not in agent.log


def test_a_whole_migration(agent, control, move, sources, source):
    database = sources(source, "steady")
    control.say(run_message(move, source, database, subtask=5, fence=3))
    ended = control.wait_for("ended", timeout=120)
    assert ended == {"type": "ended", "subtask": 5, "fence": 3, "code": 0, "error": None, "stderr": None}
    assert control.stages(5, 3) == FULL
    for kind in ("precheck", "progress", "objects", "report", "check"):
        assert control.events(kind, 5)
    lines = [line for m in control.of_type("log") for line in m["lines"]]
    assert {"snapshot", "key_built"} <= {line["event"] for line in lines}
    now_ms = time.time() * 1000
    assert all(line["level"] and line["text"] and now_ms - 300000 < line["time_ms"] <= now_ms + 1000 for line in lines)
    assert [m["subtask"] for m in control.of_type("log")] == [5] * len(control.of_type("log"))
    wait_until(lambda: not (agent.directory / "subtask-5").exists(), "nothing stays behind", 10)
    move.check(source, database)
    # What is told twice is done once.
    assert move.one("SELECT fence FROM godwit.task") == 3


def test_the_same_twice_and_a_higher_fence(agent, control, move, sources, mysql9):
    database = sources(mysql9, "steady")
    message = run_message(move, mysql9, database, task=PACE | {"rate_limit": "1MB"})
    control.say(message)
    control.wait_for_stage(1, "full-running")
    control.say(message)
    control.wait_for("beat", len(control.of_type("beat")) + 2)
    assert len(agent.workers()) == 1
    control.say(run_message(move, mysql9, database, fence=2, resume=True, task={}))
    first = control.wait_for("ended", where=lambda m: m["fence"] == 1)
    assert first["signal"] == 9 and first["error"] is None
    second = control.wait_for("ended", where=lambda m: m["fence"] == 2, timeout=120)
    assert second["code"] == 0 and control.stages(1, 2)[-1] == "offline-done"
    move.check(mysql9, database)


def test_orders_and_kills(agent, control, move, sources, mysql9):
    database = sources(mysql9, "steady")
    slow = PACE | {"rate_limit": "1MB"}
    control.say(run_message(move, mysql9, database, fence=1, task=slow))
    control.wait_for_stage(1, "full-running")
    control.say({"type": "order", "subtask": 1, "fence": 9, "order": "stop"})  # of nobody
    control.say({"type": "order", "subtask": 1, "fence": 1, "order": "stop"})
    ended = control.wait_for("ended")
    assert ended["code"] == 130 and ended["error"]["code"] == "GW1030"
    control.say(run_message(move, mysql9, database, fence=2, task=slow, resume=True))
    control.wait_for_stage(1, "full-running", fence=2)
    control.say({"type": "kill", "subtask": 1, "fence": 1})
    control.say({"type": "kill", "subtask": 1, "fence": 2})
    ended = control.wait_for("ended", 2)
    assert ended["fence"] == 2 and ended["signal"] == 9
    control.say(run_message(move, mysql9, database, fence=3, task={}, resume=True))
    assert control.wait_for("ended", 3, timeout=120)["code"] == 0
    move.check(mysql9, database)


def test_reconnects_and_replays(agent, control, move, sources, mysql9):
    database = sources(mysql9, "steady")
    control.auto_forget = False
    control.say(run_message(move, mysql9, database, subtask=4, task=PACE | {"rate_limit": "3MB"}))
    control.wait_for_stage(4, "full-running")
    control.wait_for("event", where=lambda m: m["event"]["event"] == "progress", n=3)
    for round_ in range(3):
        since = len(control.heard)
        control.cut()
        hello = control.wait_for("hello", since=since, timeout=30)
        assert hello["subtasks"] == [{"subtask": 4, "fence": 1}]
        control.wait_for("event", since=since, where=lambda m: m["event"]["event"] == "objects")
        assert control.stages(4, since=since)[:1] == ["full-running"]
        wait_until(lambda: {i["name"] for e in control.events("objects", 4, since=since) for i in e["items"]}
                   >= {"line_0", "line_1", "line_2", "by_name", "parent"}, "all objects are told again")
        assert control.events("precheck", 4, since=since) and control.events("progress", 4, since=since)
    assert control.wait_for("ended", timeout=120)["code"] == 0
    # Not forgotten: told again, with the whole story.
    since = len(control.heard)
    control.cut()
    control.wait_for("ended", since=since, timeout=30)
    assert control.of_type("hello", since)[0]["subtasks"] == [{"subtask": 4, "fence": 1}]
    assert control.stages(4, since=since) == FULL and control.events("check", 4, since=since)
    items = [i for e in control.events("objects", 4, since=since) for i in e["items"]]
    assert len(items) == 7 and {i["status"] for i in items} == {5}
    control.say({"type": "forget", "subtask": 4, "fence": 1})
    since = len(control.heard)
    control.cut()
    control.wait_for("beat", since=since, timeout=30)
    assert not control.of_type("ended", since)
    move.check(mysql9, database)


def test_statements_of_a_check_come_in_pieces(agent, control, move, sources, mysql9):
    """What the check left on the disk is told piece by piece, all of it again after a break, before the end; then it goes."""
    database = sources(mysql9, "steady")
    control.say(run_message(move, mysql9, database, task={}))
    assert control.wait_for("ended", timeout=120)["code"] == 0 and not control.events("repair", 1)
    table, = move.target.execute("SELECT quote_ident(nspname) || '.' || quote_ident(relname) FROM pg_class c JOIN pg_namespace n ON n.oid ="
                                 " c.relnamespace WHERE relkind = 'r' AND nspname = %s ORDER BY reltuples DESC LIMIT 1", (database,))[0]
    move.target.script(["DELETE FROM %s" % table])
    control.auto_forget = False
    since = len(control.heard)
    control.say(run_message(move, mysql9, database, fence=2, task={}, check_again=True))
    assert control.wait_for("ended", since=since, timeout=120)["code"] == 4
    assert control.stages(1, 2)[-4:] == ["check-start", "check-running", "check-finished", "offline-done"]

    def whole(since):
        parts = control.events("repair", 1, 2, since)
        assert [p["part"] for p in parts] == list(range(1, len(parts) + 1)) and [p["last"] for p in parts].index(True) == len(parts) - 1
        kinds = [m["type"] if m["type"] == "ended" else m["event"]["event"] for m in control.heard[since:] if m["type"] in ("event", "ended")]
        assert kinds.index("check") < kinds.index("repair") and kinds[-1] == "ended"
        return "".join(p["text"] for p in parts), len(parts)

    text, n = whole(since)
    assert n > 1 and text.count("INSERT INTO") > 1000 and text.startswith("--")
    since = len(control.heard)
    control.cut()
    control.wait_for("ended", since=since, timeout=30)
    assert whole(since) == (text, n)
    control.say({"type": "forget", "subtask": 1, "fence": 2})
    wait_until(lambda: not list(agent.directory.rglob("repair.sql")), "the file is gone", 20)


def test_work_goes_on_while_the_server_is_away(godwit, tmp_path, move, sources, mysql9):
    database = sources(mysql9, "steady")
    with Control() as control:
        agent = Agent(godwit, tmp_path, control).connected()
        control.say(run_message(move, mysql9, database))
        control.wait_for_stage(1, "full-running")
        port = control.port
    wait_until(lambda: not agent.workers(), "the worker ends without a server", 60)
    with Control(port=port) as control:
        agent.control = control
        assert control.wait_for("ended", timeout=40)["code"] == 0
        assert control.stages(1) == FULL
        lines = [line["event"] for m in control.of_type("log") for line in m["lines"]]
        assert "end" in lines
        agent.stop()
    move.check(mysql9, database)


def test_the_lease(godwit, tmp_path, move, sources, mysql9):
    """A server that is connected, but does not answer: after the lease the worker is no more."""
    database = sources(mysql9, "steady")
    with Control(lease_s=7) as control:
        agent = Agent(godwit, tmp_path, control).connected()
        control.say(run_message(move, mysql9, database, task=PACE | {"rate_limit": "500kB"}))
        control.wait_for_stage(1, "full-running")
        control.wait_for("beat", 2)
        assert len(agent.workers()) == 1
        control.mute = True
        began = time.monotonic()
        wait_until(lambda: not agent.workers(), "the worker is ended", 20)
        # The last answered beat was sent at most 5 s before; the next ones had no answer.
        assert 1 < time.monotonic() - began < 9
        ended = control.wait_for("ended")
        assert ended["signal"] == 9 and ended["error"]["code"] == "GW4011"
        control.mute = False
        agent.stop()


def test_the_lease_while_cut_off(godwit, tmp_path, move, sources, mysql9):
    with Control(lease_s=6) as control:
        agent = Agent(godwit, tmp_path, control).connected()
        control.say(run_message(move, mysql9, sources(mysql9, "steady"), task=PACE | {"rate_limit": "500kB"}))
        control.wait_for_stage(1, "full-running")
    began = time.monotonic()
    wait_until(lambda: not agent.workers(), "the worker is ended", 20)
    assert time.monotonic() - began < 8
    agent.stop()


def test_sigterm_ends_workers_orderly(agent, control, move, sources, mysql9):
    database = sources(mysql9, "steady")
    control.say(run_message(move, mysql9, database, task=PACE | {"rate_limit": "1MB"}))
    control.wait_for_stage(1, "full-running")
    move.wait_for_chunks(agent.run, 2)
    agent.stop()
    ended = control.wait_for("ended")
    assert ended["code"] == 130 and ended["error"]["code"] == "GW1030"
    assert not agent.workers()


def test_a_killed_agent_leaves_no_worker(agent, control, move, sources, mysql9):
    control.say(run_message(move, mysql9, sources(mysql9, "steady"), task=PACE | {"rate_limit": "500kB"}))
    control.wait_for_stage(1, "full-running")
    (worker,) = agent.workers()
    agent.run.kill9()
    wait_until(lambda: not Path("/proc/%d" % worker).exists() or "Z" in Path("/proc/%d/stat" % worker).read_text(),
               "the worker ends", 30)


def test_a_killed_worker_is_told_of(agent, control, move, sources, mysql9):
    control.say(run_message(move, mysql9, sources(mysql9, "steady"), task=PACE | {"rate_limit": "500kB"}))
    control.wait_for_stage(1, "full-running")
    (worker,) = agent.workers()
    os.kill(worker, signal.SIGSEGV)
    ended = control.wait_for("ended")
    assert ended.get("signal") == 11 or ended["code"] in (97, 99)  # a sanitizer's own end
    if "code" in ended:
        assert "SEGV" in ended["stderr"]


def test_questions(agent, control, move, sources, mysql9):
    job = job_for(move, mysql9, sources(mysql9, "references"), verb="precheck")
    control.say({"type": "ask", "id": 12, "job": job, "timeout_s": 60})
    answer = control.wait_for("answer")
    assert answer["id"] == 12 and {i["name"] for i in answer["result"]["items"]} >= {"source.connect"}
    control.say({"type": "ask", "id": "x", "job": {"verb": "fly"}, "timeout_s": 60})
    answer = control.wait_for("answer", 2)
    assert answer["id"] == "x" and answer["error"]["code"] == "GW1054"
    control.say({"type": "ask", "id": 13, "timeout_s": 60})
    assert control.wait_for("answer", 3)["error"]["code"] == "GW1054"
    # Somebody who listens and never speaks.
    import socket
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = job | {"task": job["task"] | {"source": "mysql://a@127.0.0.1:%d/x?timeout=60s" % silent.getsockname()[1]}}
        control.say({"type": "ask", "id": 14, "job": slow, "timeout_s": 2})
        answer = control.wait_for("answer", 4, timeout=15)
    assert answer["id"] == 14 and answer["error"]["code"] == "GW1086" and answer["error"]["hint"]
    wait_until(lambda: not agent.workers(), "the slow one is ended", 10)


def test_several_at_once(agent, control, move, sources, mysql9):
    database = sources(mysql9, "references")
    for i in range(4):
        control.say(run_message(move, mysql9, database, subtask=i + 1, schema="s%d" % i, task={}))
    wait_until(lambda: len(control.of_type("ended")) == 4, "all end", 120)
    assert [m["code"] for m in control.of_type("ended")] == [0] * 4
    for i in range(4):
        assert control.stages(i + 1) == FULL
        move.check(mysql9, database, "s%d" % i)


NONSENSE = ["", "nonsense", "[]", "null", "7", "{}", '{"type": 3}', '{"type": "fly"}', '{"type": "run"}',
            '{"type": "run", "subtask": "x", "fence": [], "job": 4}', '{"type": "order", "subtask": 1}',
            '{"type": "forget", "subtask": 77, "fence": 1}', '{"type": "kill"}', '{"type": "ask"}',
            '{"type": "welcome", "lease_s": -5}', '{"type": "welcome", "lease_s": "long"}', '{"type": "beat"}',
            "{" + '"a":' * 3000]


def test_what_is_no_message(agent, control):
    for text in NONSENSE:
        control.say(text)
    dice = random.Random(7)
    for _ in range(200):
        text = list(dice.choice(NONSENSE[7:15]))
        text[dice.randrange(len(text))] = chr(dice.randrange(32, 127))
        control.say("".join(text))
    control.wait_for("beat", len(control.of_type("beat")) + 2)
    assert agent.run.alive()


def test_a_message_that_is_too_large(agent, control):
    since = len(control.heard)
    control.say("{" + " " * (3 << 20) + "}")
    control.wait_for("hello", since=since, timeout=30)


def test_an_unknown_machine(godwit, tmp_path, control):
    agent = Agent(godwit, tmp_path, control, token="machine-other")
    result = agent.run.wait(30)
    assert result.code == 1 and "GW1101" in result.err


def test_no_longer_known(godwit, tmp_path, move, sources, mysql9, control):
    """Closed with 4401 as the server's streams do, or refused at the next connect: the agent ends, and its workers."""
    agent = Agent(godwit, tmp_path, control).connected()
    control.say(run_message(move, mysql9, sources(mysql9, "steady"), task=PACE | {"rate_limit": "1MB"}))
    control.wait_for_stage(1, "full-running")
    control.cut(4401)
    result = agent.run.wait(60)
    assert result.code == 1 and "GW1101" in result.err and not agent.workers()
    agent = Agent(godwit, tmp_path, control).connected()
    control.refuse = True
    control.cut()
    assert agent.run.wait(60).code == 1


def test_one_agent_in_a_directory(godwit, agent, control):
    second = godwit("agent", "--server", control.url, "--token-file", agent.file, "--directory", agent.directory)
    assert second.code == 1 and "GW1100" in second.err
    assert agent.run.alive()


@pytest.mark.parametrize("words, text", [
    ([], "--server"), (["--server", "x"], "--token-file"), (["--nonsense"], "does not take"),
    (["--server", "ftp://x", "--token-file", "t"], "http://"), (["--server", "http://", "--token-file", "t"], "host"),
    (["--server", "http://u@h", "--token-file", "t"], "host"), (["--server", "http://h:99999", "--token-file", "t"], "port"),
    (["--server", "http://h", "--token-file", "t", "--any-name"], "--ca"),
    (["--server", "http://h", "--token-file", "t", "more"], "does not take 'more'"),
])
def test_bad_words(godwit, tmp_path, words, text):
    result = godwit("agent", "--directory", tmp_path / "a", *words)
    assert result.code == 2 and text in result.err


def test_bad_token_files(godwit, tmp_path, control):
    for text, code in (("", "GW1101"), ("other-kind", "GW1101"), ("machine-\x01", "GW1101"), ("x" * 5000, "GW1101")):
        result = Agent(godwit, tmp_path, control, token=text).run.wait(30)
        assert result.code == 1 and code in result.err
    (tmp_path / "token").unlink()
    result = godwit("agent", "--server", control.url, "--token-file", tmp_path / "token", "--directory", tmp_path / "a")
    assert result.code == 1 and "GW1040" in result.err


def test_tls(godwit, tmp_path):
    """Only what --ca says is trusted, and only under the name that was asked for unless told otherwise."""
    from srv.certs import make
    make(tmp_path / "tls")
    ca = tmp_path / "tls" / "ca.pem"
    with Control(certificate=(tmp_path / "tls" / "server-cert.pem", tmp_path / "tls" / "server-key.pem")) as control:
        Agent(godwit, tmp_path, control, "--ca", ca).connected().stop()
        Agent(godwit, tmp_path, control, "--ca", ca, "--any-name").connected().stop()
        known = control.connections
        stranger = Agent(godwit, tmp_path, control)
        wait_until(lambda: "no_connection" in stranger.log, "it is refused", 20)
        assert control.connections == known
        stranger.stop()
        make(tmp_path / "other")
        wrong = Agent(godwit, tmp_path, control, "--ca", tmp_path / "other" / "ca.pem", "--any-name")
        wait_until(lambda: wrong.log.count("no_connection") > stranger.log.count("no_connection") - 1, "it is refused", 20)
        time.sleep(1.5)
        assert control.connections == known
        wrong.stop()


def test_enrolment(godwit, tmp_path, control):
    """A one-time token is exchanged for the machine's own, which is kept; a server that is not ready is asked again."""
    control.enrol_answers = [(503, {"error": {"code": "GW5003", "message": "busy"}}), (201, {"machine": 7, "token": TOKEN})]
    agent = Agent(godwit, tmp_path, control, token="enrol-once").connected()
    assert [path for path, _ in control.enrolments] == ["/api/v1/enrol"] * 2
    body = control.enrolments[1][1]
    assert body["token"] == "enrol-once" and set(body["facts"]) == FACTS and body["version"]
    kept = agent.directory / "agent.token"
    assert kept.read_text() == TOKEN + "\n" and stat.S_IMODE(kept.stat().st_mode) == 0o600
    agent.stop()
    # The next start has its token, whatever the file says.
    agent.start().connected().stop()
    assert len(control.enrolments) == 2
    assert TOKEN not in agent.log and "enrol-once" not in agent.log


@pytest.mark.parametrize("status, body, code", [
    (401, {"error": {"message": "that token was used"}}, "GW1101"), (404, b"<html>", "GW1101"), (201, {}, "GW4010"),
    (201, {"token": "line\nbreak"}, "GW4010"), (201, b"", "GW4010"), (302, b"", "GW1101")])
def test_enrolments_that_fail(godwit, tmp_path, control, status, body, code):
    control.enrol_answers = [(status, body)]
    agent = Agent(godwit, tmp_path, control, token="enrol-once")
    result = agent.run.wait(30)
    assert result.code == 1 and code in result.err and ("that token was used" in result.err) == (status == 401)
    assert not (agent.directory / "agent.token").exists() and len(control.enrolments) == 1


@pytest.mark.parametrize("status, body", [(500, {}), (429, {}), (200, b"x" * 100000)])
def test_enrolments_that_are_tried_again(godwit, tmp_path, control, status, body):
    control.enrol_answers = [(status, body)]
    agent = Agent(godwit, tmp_path, control, token="enrol-once")
    wait_until(lambda: len(control.enrolments) == 3, "it asks again", 30, agent.run.alive)
    agent.stop()


def test_a_server_that_is_away_at_first(godwit, tmp_path):
    with Control() as control:
        port = control.port
    waiting = Control(port=port)
    agent = Agent(godwit, tmp_path, waiting, token="enrol-once")
    wait_until(lambda: agent.log_file.exists() and "GW4010" in agent.log, "it is not there", 30)
    with waiting:
        agent.connected()
        agent.stop()


def test_stopped_before_it_is_enrolled(godwit, tmp_path):
    with Control() as control:
        pass
    agent = Agent(godwit, tmp_path, control, token="enrol-once")
    wait_until(lambda: agent.log_file.exists() and "GW4010" in agent.log, "it is not there", 30)
    agent.stop()
