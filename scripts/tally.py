#!/usr/bin/python3
"""tally.py RESULTS: add up the JUnit files of a test run.

Prints each failed test, each skipped test with its reason, and as the last line "N passed, N failed[, N skipped]".
Exits with 1 when something failed or nothing was run.
"""

import re
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path


def cases(path):
    """(name, outcome, message) of each test in a file; a file that is not XML is a failed test."""
    try:
        root = ET.fromstring(path.read_bytes())
    except ET.ParseError as e:
        yield path.stem, "failed", f"unreadable result file: {e}"
        return
    suite, _, program = path.stem.partition(".")
    for case in root.iter("testcase"):
        # cmocka names functions only: the file's name tells the program. A file whose preparation failed has no name at all.
        where = case.get("classname") or program.partition(".")[0]
        name = f"{suite}: " + ".".join(part for part in (where, case.get("name")) if part and part != suite)
        problem = next((c for c in case if c.tag in ("failure", "error")), None)
        skipped = next((c for c in case if c.tag == "skipped"), None)
        if problem is not None:
            text = [problem.get("message"), (problem.text or "").strip()]
            if path.name.endswith(".unfinished.xml"):  # a crash: what the program said last
                log = path.with_name(path.name.replace(".unfinished.xml", ".log"))
                text.append(log.read_text(errors="replace") if log.exists() else "")
            yield name, "failed", "\n".join(filter(None, text))
        elif skipped is not None:
            yield name, "skipped", skipped.get("message") or (skipped.text or "").strip() or "no reason given"
        else:
            yield name, "passed", ""


def main(results):
    tests = [case for path in sorted(Path(results).glob("*.xml")) for case in cases(path)]
    count = Counter(outcome for _, outcome, _ in tests)
    for name, outcome, message in tests:
        if outcome == "failed":
            print(f"FAILED  {name}")
            lines = message.splitlines()
            if len(lines) > 50:  # the cause is first in a sanitizer's report, last in a trace
                lines = lines[:25] + ["..."] + lines[-25:]
            print("".join(f"        {line}\n" for line in lines), end="")
    for name, outcome, message in tests:
        if outcome == "skipped":
            print(f"SKIPPED {name}: {message.splitlines()[0] if message else ''}")
    line = f"{count['passed']} passed, {count['failed']} failed"
    if count["skipped"]:
        line += f", {count['skipped']} skipped"
    print(line, flush=True)
    return 1 if count["failed"] or not tests else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
