#!/usr/bin/python3
"""Checks that the rooms of src/ know each other in one direction only.

Includes of our own are written "room/file.h". ALLOWED says which rooms a room may include from, besides itself;
files directly in src/ (main.c) may use all. Prints file:line of each offence; exits with 1 if there is one.
"""

import re
import sys
from pathlib import Path

ALLOWED = {
    "base":   "",
    "net":    "base",
    "value":  "base",
    "sql":    "base value",  # expressions are printed for a dialect, with its types
    "proto":  "base",
    "store":  "base net value gauss",
    "mysql":  "base net value",
    "gauss":  "base net value",
    "schema": "base value sql mysql",
    "engine": "base net value sql mysql gauss schema proto",
    "check":  "base net value sql mysql gauss schema engine",
    "follow": "base net value sql mysql gauss schema engine check",
    "objects": "base value sql mysql gauss schema engine check",
    "agent":  "base net value sql mysql gauss schema proto engine",
    "server": "base net proto store",
    "cli":    "base net value sql mysql gauss schema proto engine check follow objects agent store server",
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def offence(room, quote, included):
    """Why a file in `room` (None: directly in src/) may not include this; None when it may."""
    first, slash, _ = included.partition("/")
    if quote == "<":
        return f'write "{included}" with quotes' if slash and first in ALLOWED else None
    if not slash:
        return f'write "room/{included}"'
    if first not in ALLOWED:
        return f"there is no room {first}"
    if room is None or first == room or first in ALLOWED[room].split():
        return None
    return f"{room} may not know {first}"


def check(src):
    """All offences under src, as lines of text."""
    found = []
    for path in sorted(src.rglob("*.[ch]")):
        parts = path.relative_to(src).parts
        room = parts[0] if len(parts) > 1 else None
        if room is not None and room not in ALLOWED:
            found.append(f"{path}:1: room {room} is not in the table of {Path(__file__).name}")
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            m = INCLUDE.match(line)
            reason = offence(room, m[1], m[2]) if m else None
            if reason:
                found.append(f"{path}:{number}: {line.strip()}: {reason}")
    return found


if __name__ == "__main__":
    src = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "src"
    offences = check(src)
    print("\n".join(offences) or "includes: fine")
    sys.exit(1 if offences else 0)
