"""The sum at the end of ./dev test: it must not miss a failure."""

import subprocess
import sys

from program import ROOT


def tally(path):
    p = subprocess.run([sys.executable, ROOT / "scripts/tally.py", path], capture_output=True, text=True)
    return p.returncode, p.stdout.splitlines()


def record(path, name, *command):
    subprocess.run([sys.executable, ROOT / "scripts/record.py", path, "s", name, *command], capture_output=True)


def test_all_passed(tmp_path):
    record(tmp_path, "a", "true")
    assert tally(tmp_path) == (0, ["1 passed, 0 failed"])


def test_failure_with_its_output(tmp_path):
    record(tmp_path, "a", "true")
    record(tmp_path, "b", "sh", "-c", "echo '<wrong & \x01bad>'; exit 3")
    code, lines = tally(tmp_path)
    assert code == 1 and lines[-1] == "1 passed, 1 failed"
    assert "FAILED  s: b" in lines and any("<wrong & ?bad>" in line for line in lines)


def test_skipped_with_reason(tmp_path):
    (tmp_path / "p.xml").write_text('<testsuites><testsuite><testcase classname="c" name="n"><skipped message="no server"/>'
                                    '</testcase><testcase classname="c" name="m"/></testsuite></testsuites>')
    assert tally(tmp_path) == (0, ["SKIPPED p: c.n: no server", "1 passed, 0 failed, 1 skipped"])


def test_nothing_run_and_broken_file(tmp_path):
    assert tally(tmp_path) == (1, ["0 passed, 0 failed"])
    (tmp_path / "u.xml").write_text("<testsuite><testcase")
    code, lines = tally(tmp_path)
    assert code == 1 and lines[-1] == "0 passed, 1 failed"
