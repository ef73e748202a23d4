"""Values of the two drivers, made comparable."""

import datetime
import decimal
import json
import math

Decimal = decimal.Decimal
decimal.getcontext().prec = 120


class Json:
    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f"jsonb {self.value!r}"


def decode_pg(v):
    return bytes(v) if isinstance(v, memoryview) else v


def _number(v):
    return isinstance(v, (int, float, Decimal)) and not isinstance(v, bool)


def _same_number(mysql, pg):
    if isinstance(mysql, float) or isinstance(pg, float):
        a, b = float(mysql), float(pg)
        return a == b or math.isclose(a, b, rel_tol=1e-13, abs_tol=1e-300)
    a, b = Decimal(mysql), Decimal(pg)
    digits = -a.as_tuple().exponent if isinstance(mysql, Decimal) else 0
    # MySQL shows its scale; the target may carry more digits until it is stored.
    return a == b.quantize(Decimal(1).scaleb(-max(digits, 0)), rounding=decimal.ROUND_HALF_UP)


def different(mysql, pg):
    """Is the target's value another one than the source's?"""
    if mysql is None or pg is None:
        return (mysql is None) != (pg is None)
    if isinstance(pg, Json):
        return json.loads(mysql) != pg.value
    if isinstance(pg, bool):
        pg = int(pg)
    if isinstance(mysql, bytes) and isinstance(pg, str) and pg and set(pg) <= {"0", "1"} and len(pg) % 8 == 0:
        pg = int(pg, 2).to_bytes(len(pg) // 8, "big")  # bit(n)
    if isinstance(mysql, (bytes, bytearray)) and isinstance(pg, str):
        mysql = bytes(mysql).decode("utf-8", "replace")
    if _number(mysql) and _number(pg):
        return not _same_number(mysql, pg)
    if isinstance(mysql, datetime.timedelta) and isinstance(pg, datetime.time):
        pg = datetime.timedelta(hours=pg.hour, minutes=pg.minute, seconds=pg.second, microseconds=pg.microsecond)
    if isinstance(pg, datetime.datetime):
        pg = pg.replace(tzinfo=None)
        if isinstance(mysql, str):  # date + INTERVAL of a literal is text in MySQL
            pg = pg.isoformat(" ")
    if isinstance(mysql, str) and isinstance(pg, datetime.date):
        pg = pg.isoformat()
    return mysql != pg or type(mysql) is not type(pg) and not isinstance(pg, type(mysql))
