"""Running the executable under test."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

SANITIZERS = {
    "ASAN_OPTIONS": "exitcode=99:detect_leaks=1:print_legend=0",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1:exitcode=98",
    "TSAN_OPTIONS": "exitcode=97",
}
SANITIZER_REPORT = re.compile(r"==\d+==ERROR: |WARNING: ThreadSanitizer|runtime error: ")


class Result:
    """What a run left: code, out, err (text), json (stdout parsed: all of it, or its last line that is JSON)."""

    def __init__(self, argv, code, out, err):
        self.argv, self.code, self.out, self.err = argv, code, out, err

    @property
    def json(self):
        for text in (self.out, *reversed(self.out.splitlines())):
            try:
                return json.loads(text)
            except ValueError:
                continue
        raise AssertionError(f"no JSON on stdout\n{self}")

    @property
    def lines(self):
        """stdout as JSON objects, one a line; lines that are none are left out."""
        found = []
        for line in self.out.splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                pass
        return found

    def ok(self):
        assert self.code == 0, str(self)
        return self

    def failed(self, code=None, text=None):
        assert self.code != 0 and code in (None, self.code), str(self)
        assert text is None or text in self.out + self.err, f"no {text!r} in\n{self}"
        return self

    def __str__(self):
        return (f"$ {' '.join(self.argv)}\nexit code {self.code}\n"
                f"--- stdout\n{self.out[-8000:]}\n--- stderr\n{self.err[-8000:]}")


class Running:
    """A run under way: wait(), kill9(), signal(), wait_for(pattern) on its output."""

    def __init__(self, argv, env, cwd, stdin):
        self.argv = argv
        self.process = subprocess.Popen(argv, env=env, cwd=cwd, stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
        self._text = {"out": [], "err": []}
        self._news = threading.Condition()
        self._readers = [threading.Thread(target=self._read, args=(k, f), daemon=True)
                         for k, f in (("out", self.process.stdout), ("err", self.process.stderr))]
        for t in self._readers:
            t.start()
        if stdin:
            try:
                self.process.stdin.write(stdin)
                self.process.stdin.close()
            except BrokenPipeError:
                pass

    def _read(self, kind, stream):
        for line in stream:
            with self._news:
                self._text[kind].append(line)
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    @property
    def out(self):
        return "".join(self._text["out"])

    @property
    def err(self):
        return "".join(self._text["err"])

    def alive(self):
        return self.process.poll() is None

    def wait_for(self, pattern, timeout=60):
        """Wait until stdout or stderr has a match; the match. Fails when the run ends without one."""
        def found():
            return re.search(pattern, self.out) or re.search(pattern, self.err)
        with self._news:
            self._news.wait_for(lambda: found() or not any(t.is_alive() for t in self._readers), timeout)
        match = found()
        assert match, f"no match of {pattern!r} within {timeout} s\n{self.snapshot()}"
        return match

    def signal(self, number):
        self.process.send_signal(number)

    def kill9(self):
        if self.alive():
            self.process.kill()
        return self.wait()

    def wait(self, timeout=120):
        """The Result once it has ended; a run that takes too long is killed and the test fails."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)  # the stacks may be in the core or the sanitizer's report
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
            raise AssertionError(f"no end within {timeout} s\n{self.snapshot()}") from None
        for t in self._readers:
            t.join(10)
        result = self.snapshot()
        assert not SANITIZER_REPORT.search(result.err), f"sanitizer report\n{result}"
        return result

    def snapshot(self):
        return Result(self.argv, self.process.poll(), self.out, self.err)


class Program:
    """Called: runs to the end, returns a Result. start(): returns a Running.

        godwit("migrate", "--source", url, env={...}, timeout=60).ok().json
    """

    def __init__(self, binary=None, cwd=None):
        self.binary = str(binary or os.environ.get("GODWIT_BIN") or ROOT / "build-asan" / "godwit")
        self.cwd = cwd
        self.state = Path(cwd or ".").resolve() / "state"  # what the program keeps for its user
        self.runs = []

    def exists(self):
        return os.access(self.binary, os.X_OK)

    def start(self, *args, env=None, cwd=None, stdin=None):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "MYSQL", "GODWIT_"))}
        for name, value in SANITIZERS.items():
            environment[name] = ":".join(filter(None, [value, os.environ.get(name)]))
        environment |= {"TZ": "UTC", "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(self.state), **{k: str(v) for k, v in (env or {}).items()}}
        run = Running([self.binary, *map(str, args)], environment, cwd or self.cwd, stdin)
        self.runs.append(run)
        return run

    def __call__(self, *args, timeout=120, **kw):
        return self.start(*args, **kw).wait(timeout)

    def end_all(self):
        """Nothing a test started may outlive it."""
        for run in self.runs:
            if run.alive():
                print(f"still running at the end of the test, killed: {' '.join(run.argv)}", file=sys.stderr)
                run.process.kill()
                run.process.wait()
