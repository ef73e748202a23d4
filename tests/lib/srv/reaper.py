"""Ends what a test run leaves behind, also when the run itself is killed.

A small process of its own reads our registrations from a pipe. When we die, however that happens, the pipe
closes; it then kills the registered processes by pid and removes their directories. (PR_SET_PDEATHSIG would
not do: it fires when the *thread* that started the server ends, and servers are started from threads.)
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

_lock = threading.Lock()
_watchdog = None


def register(pid: int, last_signal: int) -> None:
    """A process to end with last_signal when we die; SIGKILL follows if it does not obey."""
    _tell({"add": pid, "born": _born(pid), "signal": int(last_signal)})


def forget(pid: int) -> None:
    """The process is gone; its directory stays ours."""
    _tell({"del": pid})


def own_dir(directory: str) -> None:
    _tell({"dir": directory})


def drop_dir(directory: str) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    _tell({"drop": directory})


def _tell(message: dict) -> None:
    global _watchdog
    with _lock:
        # A forked child (multiprocessing) must not write to its parent's watchdog.
        if _watchdog is None or _watchdog[0] != os.getpid():
            p = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, start_new_session=True,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
            _watchdog = (os.getpid(), p)
        try:
            _watchdog[1].stdin.write(json.dumps(message) + "\n")
            _watchdog[1].stdin.flush()
        except OSError:
            pass  # somebody ended the watchdog; stop() still works


def _born(pid: int) -> str | None:
    """The start time from /proc, so that a reused pid is never taken for ours."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rpartition(")")[2].split()[19]
    except OSError:
        return None


def _end(processes: dict) -> None:
    def left():
        return [pid for pid, (born, _) in processes.items() if born is not None and _born(pid) == born]

    def send(pid, number):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass

    for pid in left():
        send(pid, processes[pid][1])
    deadline = time.monotonic() + 5
    while left() and time.monotonic() < deadline:
        time.sleep(0.02)
    for pid in left():
        send(pid, signal.SIGKILL)


def _watch() -> None:
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, signal.SIG_IGN)
    processes, directories = {}, set()
    for line in sys.stdin:
        m = json.loads(line)
        if "add" in m:
            processes[m["add"]] = (m["born"], m["signal"])
        if "del" in m:
            processes.pop(m["del"], None)
        if "dir" in m:
            directories.add(m["dir"])
        if "drop" in m:
            directories.discard(m["drop"])
    _end(processes)
    for directory in directories:
        # A dying server may still write for a moment: rmtree again until nothing is left.
        for _ in range(50):
            shutil.rmtree(directory, ignore_errors=True)
            if not os.path.exists(directory):
                break
            time.sleep(0.1)


if __name__ == "__main__":
    _watch()
