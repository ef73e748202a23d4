"""Running workers as an agent does: the job on standard input, which stays open, events on standard output."""

import json
import os
import subprocess
import threading

from moving import DEADLINE_S, wait_until
from program import SANITIZERS, Running


class Worker(Running):
    """A `godwit worker` with its job; order(), hang_up(), events, stages, error."""

    def __init__(self, godwit, job, line=None):
        self.argv = [godwit.binary, "worker"]
        environment = {"PATH": os.environ["PATH"], "TZ": "UTC", "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(godwit.state)}
        for name, value in SANITIZERS.items():
            environment[name] = ":".join(filter(None, [value, os.environ.get(name)]))
        self.process = subprocess.Popen(self.argv, env=environment, cwd=godwit.cwd, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
        self._text = {"out": [], "err": []}
        self._events = []
        self._news = threading.Condition()
        self._readers = [threading.Thread(target=self._read, args=(k, f), daemon=True)
                         for k, f in (("out", self.process.stdout), ("err", self.process.stderr))]
        for t in self._readers:
            t.start()
        godwit.runs.append(self)
        self.say(json.dumps(job) if line is None else line)

    def say(self, line):
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass

    def order(self, order, **more):
        self.say(json.dumps({"order": order, **more}))

    def hang_up(self):
        self.process.stdin.close()

    @property
    def events(self):
        """Each line is parsed once, as tests ask again and again."""
        lines = self._text["out"]
        while len(self._events) < len(lines) and lines[len(self._events)].endswith("\n"):
            self._events.append(json.loads(lines[len(self._events)]))
        return list(self._events)

    def of_kind(self, kind):
        return [e for e in self.events if e["event"] == kind]

    @property
    def stages(self):
        return [e["stage"] for e in self.of_kind("stage")]

    @property
    def error(self):
        found = self.of_kind("error")
        assert len(found) == 1, "%d error events\n%s" % (len(found), self.snapshot())
        return found[0]["error"]

    @property
    def objects(self):
        """Each table as it was told last, and all status numbers it has had."""
        last, seen = {}, {}
        for e in self.of_kind("objects"):
            for item in e["items"]:
                last[item["name"]] = item
                history = seen.setdefault(item["name"], [])
                if not history or history[-1] != item["status"]:
                    history.append(item["status"])
        return last, seen

    @property
    def log(self):
        """Standard error: nothing but the log."""
        return [json.loads(line) for line in self.err.splitlines()]

    def wait_for_stage(self, stage, timeout=DEADLINE_S):
        wait_until(lambda: stage in self.stages, "stage " + stage, timeout, self.alive)


def job_for(move, server, database, verb="migrate", schema=None, task=None, **keys):
    """The job of a migration from server/database into the test's own target."""
    source, target = move.urls(server, database, schema)
    return {"verb": verb, "task": {"name": "job of " + database, "source": source, "target": target} | (task or {}),
            "source_password": server.password, "target_password": move.target.server.password, **keys}
