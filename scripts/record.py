#!/usr/bin/python3
"""record.py RESULTS SUITE NAME COMMAND...: run a command and leave its outcome as a JUnit file."""

import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET


def main(results, suite, name, *command):
    begin = time.monotonic()
    p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    sys.stdout.write(p.stdout)
    root = ET.Element("testsuite", name=suite)
    case = ET.SubElement(root, "testcase", classname=suite, name=name, time=f"{time.monotonic() - begin:.3f}")
    if p.returncode != 0:
        failure = ET.SubElement(case, "failure", message=f"{command[0]} ended with {p.returncode}")
        # XML allows no control characters.
        failure.text = re.sub(r"[^\t\n\x20-\ud7ff\ue000-\ufffd]", "?", p.stdout[-8000:])
    ET.ElementTree(root).write(f"{results}/{suite}.{re.sub(r'[^A-Za-z0-9_-]', '-', name)}.xml")
    return 1 if p.returncode else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
