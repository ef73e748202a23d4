#!/usr/bin/python3
"""What a recorded replication session says, read without the C decoders: the source of tests/golden/decode.

    decode.py RECORDING.jsonl          prints one JSON object a change, as tests/tools/change_json.c does
    decode.py --write                  rewrites tests/golden/decode from tests/fixtures/opengauss

Written from the protocol as measured on openGauss 7.0.0-RC2 (pgoutput with 8 byte xids; mppdb_decoding's lines and records).
"""

import json
import re
import struct
import sys
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests/fixtures/opengauss"
GOLDEN = ROOT / "tests/golden/decode"
PG_EPOCH_US = 946684800 * 1000000

ABSENT = {"form": "absent"}


def lsn_text(v):
    return f"{v >> 32:X}/{v & 0xffffffff:X}"


def lsn_number(text):
    high, low = text.split("/")
    return int(high, 16) << 32 | int(low, 16)


def time_us(text):
    m = re.fullmatch(r"(\d+-\d+-\d+ \d+:\d+:\d+)(?:\.(\d+))?\+00", text)
    seconds = datetime.strptime(m[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)
    return int(seconds.timestamp()) * 1000000 + int((m[2] or "").ljust(6, "0"))


class Bytes:
    """Reads off a payload."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        v = struct.unpack_from(">" + form, self.data, self.at)
        self.at += struct.calcsize(">" + form)
        return v if len(v) > 1 else v[0]

    def raw(self, n):
        assert self.at + n <= len(self.data)
        self.at += n
        return self.data[self.at - n:self.at]

    def string(self):
        end = self.data.index(0, self.at)
        text = self.data[self.at:end].decode()
        self.at = end + 1
        return text

    def letter(self):
        return chr(self.take("B"))

    def peek(self):
        return chr(self.data[self.at]) if self.at < len(self.data) else ""

    def over(self):
        return self.at == len(self.data)


class Telling:
    """Collects changes, with the rules that all decoders share: empty transactions become positions, relations come before use."""

    def __init__(self, position):
        self.out, self.position, self.begin, self.told_begin = [], position, None, False
        self.relations, self.numbers = {}, 0

    def begins(self, **begin):
        if self.begin is not None:  # pgoutput repeats it before a definition
            assert begin["xid"] == self.begin["xid"]
            return
        self.begin, self.told_begin = begin, False

    def passing(self):
        commit = lsn_number(self.begin["commit_lsn"])
        return commit != 0 and commit < self.position

    def inside(self):
        assert self.begin is not None
        if not self.told_begin:
            self.told_begin = True
            self.out.append({"kind": "begin", **self.begin})

    def relation(self, key, definition):
        """The relation of this definition: a known one, or a new one under the next number."""
        known = self.relations.get(key)
        if known is None or known["definition"] != definition:
            self.numbers += 1
            known = {"definition": definition, "number": self.numbers, "told": False, "partial": False}
            self.relations[key] = known
        return known

    def uses(self, known):
        if not known["told"]:
            known["told"] = True
            self.out.append({"kind": "relation", "number": known["number"], **known["definition"]})
        return known["number"]

    def row(self, kind, lsn, known, old, before, after):
        if self.passing():
            return
        self.inside()
        self.out.append({"kind": kind, "lsn": lsn_text(lsn), "relation": self.uses(known), "old": old, "before": before,
                         "after": after})

    def truncate(self, lsn, relations, cascade=False, restart=False):
        if self.passing():
            return
        self.inside()
        numbers = [self.uses(k) for k in relations]
        self.out.append({"kind": "truncate", "lsn": lsn_text(lsn), "relations": numbers, "cascade": cascade,
                         "restart_identity": restart})

    def ddl(self, lsn, description, statement):
        self.inside()
        self.out.append({"kind": "ddl", "lsn": lsn_text(lsn), "description": description, "statement": statement})

    def commits(self, **commit):
        end = lsn_number(commit["end_lsn"])
        told, xid = self.told_begin, self.begin["xid"]
        self.begin = None
        if told:
            commit["xid"] = commit["xid"] or xid
            self.out.append({"kind": "commit", **commit})
        elif end > self.position:
            self.out.append({"kind": "position", "lsn": commit["end_lsn"]})
        self.position = max(self.position, end)


# ---- pgoutput ----

class Pgoutput:
    def __init__(self, telling):
        self.t, self.types = telling, {}

    def value(self, b):
        form = b.letter()
        if form == "n":
            return None
        data = b.raw(b.take("I"))
        return data.decode() if form == "t" else {"binary": data.hex()}

    def tuple(self, b, known, only_key=False):
        columns = known["definition"]["columns"]
        assert b.take("H") == len(columns)
        values = [self.value(b) for _ in columns]
        return [ABSENT if only_key and not c[4] else v for c, v in zip(columns, values)]

    def payload(self, lsn, data):
        b, t = Bytes(data), self.t
        kind = b.letter()
        if kind == "B":
            commit, time, xid = b.take("QqQ")
            t.begins(xid=xid, commit_lsn=lsn_text(commit), csn=0, time_us=time + PG_EPOCH_US, origin=None, origin_id=0)
        elif kind == "C":
            _, commit, end, time = b.take("BQQq")
            t.commits(xid=0, commit_lsn=lsn_text(commit), end_lsn=lsn_text(end), csn=0, time_us=time + PG_EPOCH_US)
        elif kind == "R":
            oid, schema, table, identity, n = b.take("I"), b.string(), b.string(), b.letter(), b.take("H")
            columns = []
            for _ in range(n):
                flags, name, (type_oid, typmod) = b.take("B"), b.string(), b.take("Ii")
                columns.append([name, type_oid, typmod, self.types.get(type_oid), flags & 1 == 1])
            t.relation(oid, {"oid": oid, "schema": schema or "pg_catalog", "table": table, "identity": identity,
                             "columns": columns})
        elif kind == "Y":
            oid, _, name = b.take("I"), b.string(), b.string()
            self.types[oid] = name
        elif kind in "IUD":
            known = t.relations[b.take("I")]
            part, before, after, old = b.letter(), None, None, "none"
            if part in "KO":
                old = "key" if part == "K" else "full"
                before = self.tuple(b, known, part == "K")
                part = b.letter() if kind == "U" else ""
            if part == "N":
                after = self.tuple(b, known)
            t.row({"I": "insert", "U": "update", "D": "delete"}[kind], lsn, known, old, before, after)
        elif kind == "T":
            n, flags = b.take("IB")
            relations = [t.relations[b.take("I")] for _ in range(n)]
            t.truncate(lsn, relations, flags & 1 == 1, flags & 2 == 2)
        elif kind == "L":
            _, at = b.take("BQ")
            assert b.string() == "deparse"
            text = b.raw(b.take("Q"))
            assert text.endswith(b"\0")
            t.ddl(at, text[:-1].decode(), None)
        else:
            raise AssertionError(kind)
        assert b.over()


# ---- mppdb_decoding ----

IDENTIFIER = r'(?:"(?:[^"]|"")*"|[^".,:\[ ]+)'


def identifier(text):
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def literal(text):
    if text == "null":
        return None
    if text.startswith("B'"):
        text = text[1:]
    if text.startswith("'"):
        assert text.endswith("'") and len(text) > 1
        return text[1:-1].replace("''", "'")
    return {"true": "t", "false": "f"}.get(text, text)


class Named:
    """Rows whose columns are named in each row: [(name, oid, type, value), ..]."""

    def __init__(self, telling):
        self.t = telling

    def define(self, schema, table, columns, partial=False):
        known = self.t.relation((schema, table), {
            "oid": 0, "schema": schema, "table": table, "identity": "",
            "columns": [[name, oid, -1, type_name, False] for name, oid, type_name, _ in columns]})
        known["partial"] = partial
        return known

    @staticmethod
    def place(known, columns):
        values = {tuple(c[:3]): c[3] for c in columns}
        row = []
        for name, oid, _, type_name, _ in known["definition"]["columns"]:
            row.append(values.pop((name, oid, type_name), ABSENT))
        return None if values else row

    def row(self, kind, lsn, schema, table, after, before):
        known = self.t.relations.get((schema, table))
        if after is not None:
            shape = [[name, oid, -1, type_name, False] for name, oid, type_name, _ in after]
            if known is None or known["definition"]["columns"] != shape:
                known = self.define(schema, table, after)
        elif known is None or (before and self.place(known, before) is None):
            known = self.define(schema, table, before, partial=True)
        old = "none"
        if before:
            old = "full" if len(before) == len(known["definition"]["columns"]) and not known["partial"] else "key"
        self.t.row(kind, lsn, known, old, self.place(known, before) if before else None,
                   self.place(known, after) if after is not None else None)

    def json_row(self, lsn, text):
        o = json.loads(text)
        schema, table = (identifier(part) for part in re.fullmatch(f"({IDENTIFIER})\\.({IDENTIFIER})",
                                                                   o["table_name"]).groups())
        parts = {}
        for prefix in ("columns", "old_keys"):
            parts[prefix] = [(identifier(n), 0, t, literal(v)) for n, t, v in
                             zip(o[prefix + "_name"], o[prefix + "_type"], o[prefix + "_val"])]
        kind = o["op_type"].lower()
        self.row(kind, lsn, schema, table, None if kind == "delete" else parts["columns"], parts["old_keys"])

    def text_columns(self, text):
        column = re.compile(f"({IDENTIFIER})" r"\[((?:\"[^\"]*\"|[^\]]|\](?!:))*)\]:"
                            r"(B?'(?:[^']|'')*'|[^ ']+)(?: |$)", re.S)
        columns, at = [], 0
        while at < len(text):
            m = column.match(text, at)
            columns.append((identifier(m[1]), 0, m[2], literal(m[3])))
            at = m.end()
        return columns

    def text_row(self, lsn, text):
        m = re.match(r"table (\S+) (.*?) (INSERT|UPDATE|DELETE): (.*)", text, re.S)
        schema, table, kind, rest = m[1], m[2], m[3].lower(), m[4]
        before, after = [], None
        if kind == "delete":
            before = [] if rest == "(no-tuple-data)" else self.text_columns(rest)
        elif rest.startswith("old-key: "):
            # the words between the two are never inside of quotes in these recordings' keys
            key, new = rest[len("old-key: "):].split(" new-tuple: ", 1)
            before, after = self.text_columns(key), self.text_columns(new)
        else:
            after = self.text_columns(rest)
        self.row(kind, lsn, schema, table, after, before)


class Mppdb(Named):
    def __init__(self, telling, style, batch):
        super().__init__(telling)
        self.style, self.batch, self.csn = style, batch, 0

    def line(self, lsn, data):
        text, t = data.decode(), self.t
        if m := re.fullmatch(r"BEGIN (\d+)(?: ORIGIN_ID (\d+))?", text):
            t.begins(xid=int(m[1]), commit_lsn="0/0", csn=0, time_us=0, origin=None, origin_id=int(m[2] or 0))
        elif m := re.fullmatch(r"COMMIT (\d+) \(at (.*)\) CSN (\d+)", text):
            t.commits(xid=int(m[1]), commit_lsn="0/0", end_lsn=lsn_text(lsn), csn=int(m[3]), time_us=time_us(m[2]))
        elif m := re.fullmatch(r"BEGIN CSN: (\d+) first_lsn: \S+ xid: (\d+)(?: commit_time: (.*?\+00))?"
                               r"(?: origin_id: (\d+))?", text):
            self.csn = int(m[1])
            t.begins(xid=int(m[2]), commit_lsn="0/0", csn=self.csn, time_us=time_us(m[3]) if m[3] else 0, origin=None,
                     origin_id=int(m[4] or 0))
        elif m := re.fullmatch(r"commit xid: (\d+)(?: \(at (.*)\))?", text):
            start, end = (0, lsn) if self.batch else (lsn, 0)
            t.commits(xid=int(m[1]), commit_lsn=lsn_text(start), end_lsn=lsn_text(end), csn=self.csn,
                      time_us=time_us(m[2]) if m[2] else 0)
        elif text.startswith("{"):
            self.json_row(lsn, text)
        elif self.style == "serial" and text.startswith("table "):
            m = re.fullmatch(r"table (.*): TRUNCATE: \(no-flags\)", text)
            names = re.findall(f"({IDENTIFIER})\\.({IDENTIFIER})", m[1])
            relations = []
            for schema, table in names:
                key = (identifier(schema), identifier(table))
                relations.append(t.relations.get(key) or self.define(*key, [], partial=True))
            t.truncate(lsn, relations)
        elif text.startswith("table "):
            self.text_row(lsn, text)
        elif m := re.fullmatch(r"prefix: deparse, lsn: \d+, relid \d+, cmdtype: .*?, size: \d+, content: (.*?)"
                               r"(?:\ndecode to: (.*), \[owner \S+\])?", text, re.S):
            t.ddl(lsn, m[1], m[2])
        else:
            raise AssertionError(text)

    def binary_tuple(self, b):
        columns = []
        for _ in range(b.take("H")):
            name = identifier(b.raw(b.take("H")).decode())
            oid, n = b.take("II")
            columns.append((name, oid, None, None if n == 0xffffffff else b.raw(n).decode()))
        return columns

    def binary(self, lsn, data):
        b, t = Bytes(data), self.t
        kind = b.letter()
        more = {"X": 0, "T": 0, "O": 0}
        if kind in "BC":
            self.csn = b.take("QQ")[0] if kind == "B" else self.csn
            while not b.over():
                part = b.letter()
                more[part] = b.take("Q") if part == "X" else b.take("I") if part == "O" else \
                    time_us(b.raw(b.take("I")).decode())
            if kind == "B":
                t.begins(xid=more["X"], commit_lsn="0/0", csn=self.csn, time_us=more["T"], origin=None, origin_id=more["O"])
            else:
                t.commits(xid=more["X"], commit_lsn="0/0", end_lsn=lsn_text(lsn), csn=self.csn, time_us=more["T"])
            return
        schema, table = b.raw(b.take("H")).decode(), b.raw(b.take("H")).decode()
        before, after = [], None
        while not b.over():
            if b.letter() == "N":
                after = self.binary_tuple(b)
            else:
                before = self.binary_tuple(b)
        self.row({"I": "insert", "U": "update", "D": "delete"}[kind], lsn, schema, table, after, before)

    def payload(self, lsn, data):
        if self.style not in ("b",) and not self.batch:
            self.line(lsn, data)
            return
        b = Bytes(data)
        while not b.over():
            n = b.take("I")
            if n == 0:
                assert b.over()
                return
            at = b.take("Q")
            body = b.raw(n - 8)
            if self.style == "b":
                self.binary(at, body)
                assert b.letter() in "PF"
            else:
                self.line(at, body)


# ---- recordings ----

def reader(sql):
    position = lsn_number(re.search(r"LOGICAL (\S+)", sql)[1])
    telling = Telling(position)
    if "proto_version" in sql or "LOGICAL" not in sql:
        return telling, Pgoutput(telling)
    style = re.search(r"\"decode-style\" '(.)'", sql)
    style = style[1] if style else "b" if "parallel-decode-num" in sql else "serial"
    return telling, Mppdb(telling, style, "\"sending-batch\" '1'" in sql)


def changes(path):
    """One object a change; {"conn": n} before those of each stream."""
    lines = [json.loads(text) for text in Path(path).read_text().splitlines()][1:]
    out, streams, left, asked = [], {}, set(), {}
    for at, o in enumerate(lines):
        conn, data = o.get("conn", 1), bytes.fromhex(o["hex"])
        if o["dir"] == "C":
            if data[:1] == b"Q" and b"START_REPLICATION" in data and conn not in streams:
                asked[conn] = data[5:-1].decode()
            elif data[:1] in (b"c", b"X"):
                left.add(conn)
        elif data[:1] == b"W":
            out.append({"conn": conn})
            streams[conn] = reader(asked[conn])
        elif data[:1] == b"E" and conn in streams:
            left.add(conn)
        elif data[:1] == b"d" and data[5:6] == b"w" and conn in streams and conn not in left:
            telling, decoder = streams[conn]
            start = struct.unpack_from(">Q", data, 6)[0]
            decoder.payload(start, data[30:])
            out += telling.out
            telling.out = []
    return out


def lines_of(path):
    return [json.dumps(c, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for c in changes(path)]


def main(args):
    if args == ["--write"]:
        GOLDEN.mkdir(exist_ok=True)
        for path in sorted(FIXTURES.glob("repl_*.jsonl")):
            if path.stem != "repl_auth_norole":
                text = "".join(line + "\n" for line in lines_of(path))
                (GOLDEN / path.name).write_text(text)
    else:
        print("\n".join(lines_of(args[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
