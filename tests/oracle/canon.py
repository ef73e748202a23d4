"""One canonical form per value, from the text each server prints.

Rules are written from the documentation of the two servers, not from what godwit does: decimals without sign of zero and trailing
zeros, floats by their IEEE bits, times as microseconds, instants in UTC, JSON by value, text byte for byte.
Canonical values are hashable and compare equal exactly when the values are the same.
"""
import ipaddress
import json
import re
import struct
from decimal import Decimal

INTEGERS = {"tinyint", "smallint", "mediumint", "int", "bigint"}
TEXTS = {"varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"}
BINARIES = {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"}
SPATIALS = {"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon",
            "geomcollection",
            "geometrycollection"}


def integer(v):
    return b"%d" % int(v)


def pg_boolean(v):
    return {b"t": b"1", b"f": b"0"}[v]


def decimal_text(v):
    """Without exponent (servers print none for exact numbers)."""
    negative = v[:1] == b"-"
    whole, _, fraction = v.lstrip(b"-+").partition(b".")
    whole, fraction = whole.lstrip(b"0") or b"0", fraction.rstrip(b"0")
    text = whole + b"." + fraction if fraction else whole
    return b"-" + text if negative and text != b"0" else text


def decimal_any(v):
    """Also for what prints exponents."""
    d = Decimal(v.decode())
    return "0" if d == 0 else str(d.normalize())


def float64(v):
    return struct.pack(">d", float(v))


def float32(v):
    return struct.pack(">f", float(v))


def float64_unsigned_zero(v):
    return struct.pack(">d", float(v) + 0.0)


def float32_unsigned_zero(v):
    return struct.pack(">f", float(v) + 0.0)


def truth(v):
    return b"0" if int(v) == 0 else b"1"


def raw_bits(v):
    return int.from_bytes(v, "big")


def raw_bits_truth(v):
    return b"1" if any(v) else b"0"


def digit_bits(v):
    return int(v, 2)


def blank_padded(v):
    return v.rstrip(b" ")


def bytea(v):
    assert v[:2] == b"\\x", v[:10]
    return bytes.fromhex(v[2:].decode())


def date(v):
    return b"0000" + v[4:-3] if v.endswith(b" BC") and v.startswith(b"0001") else v


def moment(v):
    """A date with a time; whatever the number of fraction digits, without zone (sessions are in UTC)."""
    era = b" BC" if v.endswith(b" BC") else b""
    v = v[:len(v) - len(era)]
    if v[-3:] == b"+00":
        v = v[:-3]
    if b"." in v:
        v = v.rstrip(b"0").rstrip(b".")
    return date(v + era)


_CLOCK = re.compile(rb"(?:(-?\d+) days? ?)?(?:(-?)(\d+):(\d\d):(\d\d)(?:\.(\d+))?)?")


def clock(v):
    """A TIME, PostgreSQL time or interval as signed microseconds."""
    m = _CLOCK.fullmatch(v)
    assert m and v, v
    days, sign, hours, minutes, seconds, fraction = m.groups()
    us = 0
    if hours is not None:
        us = ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000000 + int((fraction or b"").ljust(6, b"0")[:6])
    return (-us if sign else us) + int(days or 0) * 86400 * 1000000


def _plain(value):
    """Hashable, with one form per number: 1, 1.0 and 1e0 are the same."""
    if isinstance(value, dict):
        return ("{", tuple(sorted((k, _plain(v)) for k, v in value.items())))
    if isinstance(value, list):
        return ("[", tuple(_plain(v) for v in value))
    if isinstance(value, bool) or value is None:
        return ("k", value)
    if isinstance(value, (int, Decimal)):
        return ("n", _number(Decimal(value)))
    return ("s", value)


def _number(d):
    """Sign, digits without trailing zeros, exponent: normalize() would round to the context's 28 digits."""
    sign, digits, exponent = d.as_tuple()
    while digits and digits[-1] == 0:
        digits, exponent = digits[:-1], exponent + 1
    return "%s%sE%d" % ("-" if sign else "", "".join(map(str, digits)), exponent) if digits else "0"


def json_value(v):
    return _plain(json.loads(v, parse_float=Decimal))


def inner_geometry(v):
    """MySQL's inner form: an SRID before a little-endian WKB."""
    return v[:4], v[4:]


_WKB_KINDS = {struct.pack("<BI", 1, k) for k in range(1, 8)}
_EWKB_KINDS = {struct.pack("<BI", 1, k | 0x20000000): struct.pack("<BI", 1, k) for k in range(1, 8)}


def pg_geometry(v):
    """EWKB (the SRID inside where it is not 0), WKB, or the inner form as it is."""
    v = bytea(v)
    if v[:5] in _EWKB_KINDS:
        return v[5:9], _EWKB_KINDS[v[:5]] + v[9:]
    return (bytes(4), v) if v[:5] in _WKB_KINDS else (v[:4], v[4:])


def uuid(v):
    return v.replace(b"-", b"").lower()


def inet(v):
    return ipaddress.ip_address(v.decode().split("/")[0]).packed


def float_list(v):
    return tuple(float32(x) for x in v.strip(b"[]{}").split(b",") if x)


def raw_floats(v):
    return tuple(struct.pack(">f", x) for x in struct.unpack("<%df" % (len(v) // 4), v))


def same(v):
    return v


def rules(mysql, full, pg, signed_zero=True):
    """(for the source's bytes, for the target's bytes) of a MySQL type (base name, full text) held by a PostgreSQL type (base name).
    None as a rule: the bytes are canonical already. signed_zero: the source prints -0 (MariaDB does not, whatever it stores)."""
    if mysql in INTEGERS or mysql == "year":
        if pg == "boolean":
            return truth, pg_boolean
        if pg in ("real", "double precision"):
            return float64, float64
        if pg in ("smallint", "integer", "bigint") or (pg == "numeric" and "zerofill" not in full):
            return (integer if "zerofill" in full or mysql == "year" else None), None
        return (integer, decimal_any) if pg == "numeric" else (None, None)
    if mysql == "decimal":
        return (float64, float64) if pg in ("real", "double precision") else (decimal_text, decimal_text)
    if mysql in ("float", "double"):
        if pg == "numeric":
            return decimal_any, decimal_any
        rule = (float32 if signed_zero else float32_unsigned_zero) if pg == "real" else float64 if signed_zero else float64_unsigned_zero
        return rule, rule
    if mysql == "bit":
        return {"boolean": (raw_bits_truth, pg_boolean), "bytea": (None, bytea), "bit": (raw_bits, digit_bits),
                "bit varying": (raw_bits, digit_bits)}.get(pg, (raw_bits, int))
    if mysql == "char":
        return blank_padded, blank_padded
    if mysql == "json" or pg in ("json", "jsonb"):
        return json_value, json_value
    if mysql in TEXTS:
        return (None, None) if pg != "bytea" else (None, bytea)
    if mysql in BINARIES:
        return (None, bytea) if pg == "bytea" else (uuid, uuid) if pg == "uuid" else (None, None)
    if mysql == "date":
        return (date, date) if pg == "date" else (moment, moment)
    if mysql in ("datetime", "timestamp"):
        return moment, moment
    if mysql == "time":
        return clock, clock
    if mysql in SPATIALS:
        return inner_geometry, pg_geometry
    if mysql == "uuid":
        return uuid, uuid
    if mysql in ("inet4", "inet6"):
        return inet, inet
    if mysql == "vector":
        return raw_floats, float_list if pg != "bytea" else (lambda v: raw_floats(bytea(v)))
    raise ValueError("the oracle knows no rule for %s in %s" % (full, pg))
