"""Random MySQL expressions over the columns of expr_cases.py, by kind of result."""

import random

INTS = ["a", "b", "u", "ti", "bi", "y"]
DECIMALS = ["de", "d4"]
TEXTS = ["s", "s2", "c"]
DATES = ["d", "d2"]
DATETIMES = ["dt", "dt3", "ts"]


class Generator:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def expression(self):
        return self.r.choice([self.number, self.number, self.truth, self.truth, self.text, self.date, self.datetime])(3)

    def pick(self, *makers):
        return self.r.choice(makers)()

    def column(self, names):
        return f"`{self.r.choice(names)}`"

    def integer(self, depth):
        if depth <= 0:
            return self.pick(lambda: self.column(INTS), lambda: str(self.r.choice([0, 1, 2, 3, 7, 10, 255, 1000, 100000])))
        n, i, t = (lambda: self.integer(depth - 1)), (lambda: self.integer(depth - 2)), (lambda: self.text(depth - 1))
        return self.pick(
            lambda: f"({n()} + {i()})", lambda: f"({n()} - {i()})", lambda: f"({n()} * {i()})", lambda: f"({n()} DIV {i()})", lambda: f"({n()} % {i()})",
            lambda: f"-{n()}" if not n().startswith("-") else n(), lambda: f"abs({n()})", lambda: f"({n()} & {i()})", lambda: f"({n()} | {i()})",
            lambda: f"({n()} ^ {i()})", lambda: f"({n()} >> {self.r.randint(0, 10)})", lambda: f"({n()} << {self.r.randint(0, 5)})",
            lambda: f"char_length({t()})", lambda: f"length({t()})", lambda: f"locate({t()}, {self.text(0)})", lambda: f"year({self.date(depth - 1)})",
            lambda: f"month({self.datetime(depth - 1)})", lambda: f"datediff({self.date(depth - 1)}, {self.datetime(0)})",
            lambda: f"floor({self.decimal(depth - 1)})", lambda: f"round({self.decimal(depth - 1)})", lambda: f"sign({self.number(depth - 1)})",
            lambda: f"if({self.truth(depth - 1)}, {n()}, {i()})", lambda: f"ifnull({n()}, {i()})", lambda: f"({self.truth(depth - 1)})",
            lambda: f"greatest({n()}, {i()})", lambda: f"least({n()}, {i()}, 5)", lambda: f"nullif({n()}, {i()})", lambda: f"cast({self.decimal(depth - 1)} as signed)",
            lambda: f"hour({self.datetime(depth - 1)})", lambda: f"timestampdiff(day, {self.date(0)}, {self.datetime(depth - 1)})",
            lambda: f"case {n()} when {i()} then {i()} when 1 then {i()} else {i()} end", lambda: f"cast({t()} as signed)",
            lambda: f"field({t()}, 'a', 'b', {self.text(0)})", lambda: f"dayofweek({self.date(depth - 1)})")

    def decimal(self, depth):
        if depth <= 0:
            return self.pick(lambda: self.column(DECIMALS), lambda: self.r.choice(["1.5", "0.01", "10.25", "2.0", "-3.75"]).replace("-3.75", "(-3.75)"))
        n, i = (lambda: self.decimal(depth - 1)), (lambda: self.integer(depth - 2))
        return self.pick(
            lambda: f"({n()} + {i()})", lambda: f"({n()} - {n()})", lambda: f"({n()} * {i()})", lambda: f"({n()} / {i()})", lambda: f"({i()} / {n()})",
            lambda: f"({self.integer(depth - 1)} / {i()})", lambda: f"({n()} % {i()})", lambda: f"abs({n()})", lambda: f"round({n()}, {self.r.randint(0, 3)})",
            lambda: f"truncate({n()}, {self.r.randint(0, 3)})", lambda: f"coalesce({n()}, {i()})", lambda: f"if({self.truth(depth - 1)}, {n()}, {i()})",
            lambda: f"greatest({n()}, {i()})", lambda: f"cast({i()} as decimal(30,3))", lambda: f"nullif({n()}, {i()})")

    def double(self, depth):
        if depth <= 0:
            return self.pick(lambda: "`f`", lambda: "`f`", lambda: "(`r` + 0e0)")  # MySQL shows 6 digits of a bare FLOAT
        n = lambda: self.double(depth - 1)  # noqa: E731
        return self.pick(lambda: f"({n()} + {self.number(depth - 2)})", lambda: f"({n()} * {self.integer(depth - 2)})", lambda: f"({n()} - {self.decimal(depth - 2)})",
                         lambda: f"({n()} / {self.integer(depth - 2)})", lambda: f"abs({n()})", lambda: f"sqrt({n()})", lambda: f"ln({n()})",
                         lambda: f"if({self.truth(depth - 1)}, {n()}, {self.integer(0)})", lambda: f"coalesce({n()}, 0)")

    def number(self, depth):
        return self.pick(lambda: self.integer(depth), lambda: self.integer(depth), lambda: self.decimal(depth), lambda: self.double(depth))

    def comparison(self):
        return self.r.choice(["=", "<>", "<", "<=", ">", ">=", "<=>"])

    def truth(self, depth):
        if depth <= 0:
            return self.pick(lambda: f"({self.column(INTS)} {self.comparison()} {self.integer(0)})", lambda: f"({self.column(TEXTS)} {self.r.choice(['=', '<>', '<=>'])} {self.text(0)})",
                             lambda: self.r.choice(["true", "false"]), lambda: f"({self.column(INTS + TEXTS + DATES)} is null)")
        t, n = (lambda: self.truth(depth - 1)), (lambda: self.number(depth - 1))
        return self.pick(
            lambda: f"({t()} and {t()})", lambda: f"({t()} or {t()})", lambda: f"({t()} xor {t()})", lambda: f"(not {t()})", lambda: f"({n()} {self.comparison()} {n()})",
            lambda: f"({self.text(depth - 1)} {self.r.choice(['=', '<>', '<=>'])} {self.text(depth - 1)})", lambda: f"({self.date(depth - 1)} {self.comparison()} {self.datetime(depth - 1)})",
            lambda: f"({self.datetime(depth - 1)} {self.comparison()} '2010-05-05 10:00:00')", lambda: f"({n()} is null)", lambda: f"({n()} is not null)", lambda: f"({t()} is true)",
            lambda: f"({t()} is not false)", lambda: f"({t()} is unknown)", lambda: f"({self.integer(depth - 1)} in (1, 2, {self.integer(0)}))", lambda: f"({n()} not in (0, {self.integer(0)}, 7))",
            lambda: f"({n()} between {self.integer(0)} and {self.decimal(0)})", lambda: f"({self.text(depth - 1)} like '%a%')", lambda: f"({self.text(depth - 1)} like 'a_%')",
            lambda: f"({self.text(depth - 1)} in ('a', 'b', {self.text(0)}))", lambda: f"({self.text(depth - 1)} regexp '^[a-z]')", lambda: f"({self.integer(depth - 1)} {self.comparison()} '7')",
            lambda: f"({t()} = {t()})", lambda: f"(`e` = '{self.r.choice(['small', 'medium', 'LARGE'])}')", lambda: f"if({t()}, {t()}, {t()})", lambda: f"coalesce({t()}, {t()})",
            lambda: f"(`num` {self.comparison()} {self.integer(0)})", lambda: f"({self.integer(depth - 1)} and {self.decimal(depth - 1)})")

    def text(self, depth):
        if depth <= 0:
            return self.pick(lambda: self.column(TEXTS), lambda: self.r.choice(["'a'", "'abc'", "'x y'", "'é'", "'l'"]))
        t, i = (lambda: self.text(depth - 1)), (lambda: self.integer(depth - 2))
        return self.pick(
            lambda: f"concat({t()}, {t()})", lambda: f"concat({t()}, {i()})", lambda: f"concat({self.decimal(depth - 1)}, {t()})", lambda: f"concat_ws('-', {t()}, {t()})", lambda: f"upper(concat({t()}, {self.column(TEXTS)}))",
            lambda: f"lower({t()})", lambda: f"left({t()}, {self.r.randint(0, 5)})", lambda: f"right({t()}, {self.column(['ti', 'a'])})", lambda: f"substring({t()}, {self.r.randint(-4, 4)})",
            lambda: f"substring({t()}, {self.r.randint(1, 4)}, {self.r.randint(0, 4)})", lambda: f"substring({t()}, `ti`, 2)", lambda: f"trim({t()})", lambda: f"replace({t()}, 'a', {t()})",
            lambda: f"lpad({t()}, 6, '*')", lambda: f"repeat({t()}, 2)", lambda: f"reverse({t()})", lambda: f"if({self.truth(depth - 1)}, {t()}, {t()})", lambda: f"coalesce({t()}, {i()})",
            lambda: f"nullif({t()}, {t()})", lambda: f"cast({self.decimal(depth - 1)} as char)", lambda: f"date_format({self.datetime(depth - 1)}, '%Y-%m-%d %H')", lambda: f"substring_index({t()}, 'l', 1)",
            lambda: f"case when {self.truth(depth - 1)} then {t()} when {self.truth(0)} then {i()} end", lambda: f"concat({self.date(depth - 1)})", lambda: f"cast({self.date(0)} as char)",
            lambda: f"concat({self.truth(depth - 1)})", lambda: f"elt({self.column(['ti'])}, {t()}, {t()})")

    def date(self, depth):
        if depth <= 0:
            return self.column(DATES)
        return self.pick(lambda: f"({self.date(depth - 1)} + interval {self.r.randint(0, 40)} {self.r.choice(['day', 'week', 'month', 'year'])})",
                         lambda: f"date({self.datetime(depth - 1)})", lambda: f"last_day({self.date(depth - 1)})",
                         lambda: f"if({self.truth(depth - 1)}, {self.date(depth - 1)}, {self.date(0)})", lambda: f"coalesce({self.date(depth - 1)}, {self.date(0)})",
                         lambda: f"greatest({self.date(depth - 1)}, {self.date(0)})", lambda: f"date_sub({self.date(depth - 1)}, interval `ti` day)")

    def datetime(self, depth):
        if depth <= 0:
            return self.column(DATETIMES)
        return self.pick(lambda: f"({self.datetime(depth - 1)} + interval {self.r.randint(0, 100)} {self.r.choice(['second', 'minute', 'hour', 'day', 'month'])})",
                         lambda: f"({self.date(depth - 1)} + interval {self.r.randint(0, 30)} hour)", lambda: f"cast({self.date(depth - 1)} as datetime)",
                         lambda: f"if({self.truth(depth - 1)}, {self.datetime(depth - 1)}, {self.date(0)})", lambda: f"coalesce({self.datetime(depth - 1)}, {self.datetime(0)})",
                         lambda: f"least({self.datetime(depth - 1)}, {self.date(0)})", lambda: f"date_add({self.datetime(depth - 1)}, interval `ti` hour)")
