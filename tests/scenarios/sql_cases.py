"""Cases of tests/sql: MySQL statements and programs, what they become, and what they do on both sides.

A file NAME.mysql.sql holds cases; its translations are in NAME.pg.sql, NAME.gauss-b.sql, NAME.gauss-pg.sql and NAME.gauss-a.sql.

    -- case: a name
    the statement, or the object
    -- object             another object follows
    -- set: @x = 5        before the next call: what an INOUT argument holds
    -- call: CALL p(1, @x)
    -- table: orders      the table's rows are compared, too
    -- commits            no transaction around the calls; all tables are made again afterwards
    -- mysql only         not run on MariaDB
    -- refused: a reason  PostgreSQL's translation is refused with this text in the message
"""

import json
import re
import subprocess
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent.parent / "sql"
DIALECTS = {"pg": "pg", "gauss-b": "og_b", "gauss-pg": "og_pg", "gauss-a": "og_a"}


class Case:
    def __init__(self, file, name):
        self.file, self.name = file, name
        self.objects, self.steps = [""], []
        self.commits, self.refused, self.mysql_only = False, None, False

    @property
    def id(self):
        return f"{self.file.name.split('.')[0]}: {self.name}"

    def line(self, text):
        m = re.match(r"-- (object|set|call|table|commits|mysql only|refused)(?:: ?(.*))?$", text)
        if m is None:
            self.objects[-1] += text + "\n"
        elif m[1] == "object":
            self.objects.append("")
        elif m[1] == "commits":
            self.commits = True
        elif m[1] == "mysql only":
            self.mysql_only = True
        elif m[1] == "refused":
            self.refused = m[2]
        else:
            self.steps.append((m[1], m[2]))

    def finish(self):
        self.objects = [o.strip().removesuffix(";") for o in self.objects]
        if not re.match(r"CREATE\b", self.objects[0], re.I):
            self.steps.insert(0, ("call", self.objects[0]))
            self.objects = []

    @property
    def texts(self):
        return self.objects or [t for kind, t in self.steps if kind == "call"]


def read_cases():
    cases = []
    for file in sorted(DIRECTORY.glob("*.mysql.sql")):
        case = None
        for text in file.read_text().splitlines():
            if text.startswith("-- case: "):
                case = Case(file, text[9:])
                cases.append(case)
            elif case is not None:
                case.line(text)
    for case in cases:
        case.finish()
    return cases


class Tool:
    """sql_tool as a process: one JSON line in, one out."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        return self.process.wait()


def golden_text(answer):
    if "error" in answer:
        return f"-- refused: {answer['error']}\n"
    return "".join(s.rstrip("\n") + ";\n" for s in answer["statements"]) + "".join(f"-- note: {n}\n" for n in answer["notes"])
