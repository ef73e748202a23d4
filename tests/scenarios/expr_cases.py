"""Columns, rows and expressions of test_expr_semantics.py."""

import datetime
import random
from decimal import Decimal

# name, MySQL type, collation (None: the default, which ignores case)
COLUMNS = [
    ("a", "int", None), ("b", "int", None), ("u", "int unsigned", None), ("ti", "tinyint", None), ("bi", "bigint", None),
    ("bu", "bigint unsigned", None), ("de", "decimal(10,2)", None), ("d4", "decimal(12,4)", None), ("f", "double", None), ("r", "float", None),
    ("s", "varchar(40)", "utf8mb4_0900_bin"), ("s2", "varchar(40)", "utf8mb4_0900_bin"), ("ci", "varchar(40)", None), ("c", "char(10)", "utf8mb4_0900_bin"),
    ("num", "varchar(20)", "utf8mb4_0900_bin"), ("d", "date", None), ("d2", "date", None), ("dt", "datetime", None), ("dt3", "datetime(3)", None),
    ("ts", "timestamp", None), ("tm", "time", None), ("y", "year", None), ("e", "enum('small','Medium','LARGE')", None), ("j", "json", None),
    ("vb", "varbinary(16)", None), ("bt", "bit(8)", None),
]

_D, _T = datetime.date, datetime.datetime

_VALUES = {
    "a": [0, 1, -1, 7, -7, 2147483647, -2147483648, 1000, 3, None],
    "b": [3, 0, 2, -2, 7, 2147483647, 13, -1, None, 1],
    "u": [0, 1, 4294967295, 255, 7, None, 12, 1000000, 2, 3],
    "ti": [0, 1, -1, 127, -128, 5, None, 2, 3, 1],
    "bi": [0, 1, -1, 10000000000, -10000000000, 123456789, None, 5, -5, 4611686018427387904],
    "bu": [0, 1, 18446744073709551615, 9223372036854775808, 5, None, 255, 1000, 4294967296, 3],
    "de": [Decimal("0.00"), Decimal("1.25"), Decimal("-1.25"), Decimal("99999999.99"), Decimal("-99999999.99"), Decimal("0.01"), None,
           Decimal("2.50"), Decimal("10.05"), Decimal("-0.01")],
    "d4": [Decimal("0.0001"), Decimal("1.2345"), Decimal("-7.5000"), Decimal("12345678.9999"), None, Decimal("3.0000"), Decimal("0.5000"),
           Decimal("-0.5000"), Decimal("2.0000"), Decimal("100.0050")],
    "f": [0.0, 0.1, -0.1, 1e10, 2.5, -2.5, None, 1 / 3, 123456.789, 1.5e-7],
    "r": [0.0, 0.5, -0.25, 1024.0, 2.5, -2.5, None, 3.0, 0.125, 100.0],
    "s": ["", "a", "Abc", "hello world", "it's", "a\\b", None, "ümlaut 中文", "  pad ", "100%_x"],
    "s2": ["b", "", "abc", "o", "x", "hello", None, "中", " ", "%"],
    "ci": ["Apple", "APPLE", "apple pie", "Banana", "", None, "a_b", "a%b", "Straße", "12abc"],
    "c": ["abc", "", "x y", "ABC", "1234567890", None, "é", "a", "end", " lead"],
    "num": ["12", "12.5abc", "abc", " 7", "-3.5e2x", "", None, ".5", "+4", "1e3"],
    "d": [_D(2024, 2, 29), _D(2023, 12, 31), _D(1970, 1, 1), _D(2000, 1, 31), _D(1999, 6, 15), None, _D(2024, 1, 1), _D(2010, 10, 10),
          _D(1901, 3, 1), _D(2038, 1, 19)],
    "d2": [_D(2024, 3, 31), _D(2020, 2, 29), _D(1969, 12, 31), _D(2000, 2, 28), None, _D(2024, 2, 29), _D(1999, 12, 31), _D(2010, 10, 11),
           _D(2001, 3, 1), _D(2037, 1, 20)],
    "dt": [_T(2024, 2, 29, 13, 14, 15), _T(2023, 12, 31, 23, 59, 59), _T(1970, 1, 1, 0, 0, 1), _T(2000, 1, 31, 0, 0, 0), None,
           _T(2024, 2, 29, 0, 0, 0), _T(2024, 1, 1, 12, 0, 0), _T(2010, 10, 10, 10, 10, 10), _T(1985, 3, 1, 5, 6, 7), _T(2037, 1, 19, 3, 14, 7)],
    "dt3": [_T(2024, 2, 29, 13, 14, 15, 123000), _T(2023, 12, 31, 23, 59, 59, 999000), None, _T(2000, 1, 31, 0, 0, 0, 1000), _T(1999, 1, 1),
            _T(2024, 6, 30, 1, 2, 3, 500000), _T(2024, 1, 1, 12, 0, 0), _T(2010, 10, 10, 10, 10, 10, 10000), _T(1985, 3, 1, 5, 6, 7), _T(2037, 1, 19, 3, 14, 7)],
    "ts": [_T(2024, 2, 29, 13, 14, 15), _T(2023, 12, 31, 23, 59, 59), _T(1971, 1, 1, 0, 0, 1), None, _T(2001, 9, 9, 1, 46, 40),
           _T(2024, 6, 30, 16, 30, 0), _T(2024, 1, 1, 12, 0, 0), _T(2010, 10, 10, 10, 10, 10), _T(2005, 3, 1, 5, 6, 7), _T(2037, 1, 19, 3, 14, 7)],
    "tm": ["00:00:00", "23:59:59", "12:34:56", None, "01:02:03", "10:00:00", "18:30:00", "00:00:01", "09:09:09", "20:20:20"],
    "y": [2024, 1999, 2000, None, 1901, 2155, 2010, 1970, 2023, 2001],
    "e": ["small", "Medium", "LARGE", None, "small", "small", "Medium", "LARGE", "Medium", "small"],
    "j": ['{"a": 1, "b": {"c": [10, 20, "x"]}, "s": "text", "n": null, "t": true}', '{"a": "7up", "s": "it\'s", "b": {"c": []}}', '[1, 2, 3]', "null",
          None, '{"a": 2.5, "t": false, "s": ""}', '{"a": -12, "s": "ü\\"q\\""}', '{}', '"str"', '{"a": true, "n": 0, "s": "A"}'],
    "vb": [b"abc", b"", b"\x00\x01\xff", None, b"ABC", b"a", b"\xe4", b"0123456789abcdef", b"abc ", b"it's"],
    "bt": [0, 1, 5, 255, None, 128, 3, 7, 16, 2],
}


def rows():
    """Ten rows of the i-th values each, then mixed ones; always the same."""
    for i in range(10):
        yield [_VALUES[n][i] for n, _, _ in COLUMNS]
    chooser = random.Random(7)
    for _ in range(50):
        yield [chooser.choice(_VALUES[n]) for n, _, _ in COLUMNS]


_NUMBERS = """
`a` + `b` ; `a` - `b` ; `a` * `b` ; `a` + 1 ; 1 - `a` ; -`a` ; -(-`a`) ; `u` + `u` ; `bi` + `a` ; `bi` - `bi` ; `ti` * `ti` * `ti` ; `bu` + 0
`a` / `b` ; `a` / 3 ; `a` / `b` * 3 ; `de` / `b` ; `de` / 7 ; `d4` / `de` ; 1 / `u` ; `a` / 0 ; `a` div `b` ; `a` div 3 ; `de` div 2 ; `de` div `b`
`a` % `b` ; `a` % 3 ; `de` % 3 ; `d4` % `de` ; mod(`a`, 7) ; `bi` % 0 ; `a` / 3 + `b` / 7 ; (`a` / 3) * (`b` / 7) ; `bi` / 3
`de` + `d4` ; `de` * `d4` ; `de` - 1 ; `de` * 1.5 ; `f` + `a` ; `f` * `de` ; `f` / 3 ; `f` - 0.1 ; `r` + 1 ; `r` = 0.5 ; `f` = 0.1 ; `f` / `a`
`a` & 255 ; `a` & `b` ; `u` | `a` ; `a` & -1 ; ~`a` ; ~`u` ; `a` ^ `b` ; `u` << 3 ; `a` >> 1 ; `bu` >> 1 ; `bu` & 255 ; `bu` | 1 ; `a` << 70 ; `ti` << 60 ; `a` ^ 5
interval(`a`, 0, 5) ; interval(`de`, 0, `a`, 9.5) ; abs(`a`) ; abs(`de`) ; abs(`f`) ; sign(`a`) ; sign(`de`) ; floor(`de`) ; ceil(`de`) ; ceiling(`d4`) ; floor(`f`) ; ceil(`f`) ; floor(`a`) ; round(`de`)
round(`de`, 1) ; round(`d4`, 2) ; round(`d4`, -1) ; round(`f`) ; round(`f`, 2) ; round(`f`, -3) ; round(`a`, -2) ; truncate(`d4`, 2) ; truncate(`f`, 1)
truncate(`de`, -1) ; round(`a` / 3, 2) ; floor(`a` / 2) ; round(`r`) ; pow(`ti`, 2) ; power(2, `ti` % 5) ; sqrt(`de`) ; sqrt(`u`) ; exp(`ti` % 4) ; ln(`f`)
log(`de`) ; log(2, `u`) ; log2(`u`) ; log10(`u`) ; sin(`f`) ; cos(`a`) ; tan(`f`) ; atan(`f`) ; asin(`f`) ; acos(`f`) ; round(pi(), 5) ; degrees(`f`) ; radians(`f`)
greatest(`a`, `b`) ; least(`a`, `b`, 5) ; greatest(`de`, `a`) ; least(`f`, `a`) ; greatest(`a`, `b`, `bi`) ; greatest(`d`, `d2`) ; least(`dt`, `d`)
coalesce(`a`, `b`, 0) ; ifnull(`a`, -1) ; nullif(`a`, `b`) ; nullif(`a`, 0) ; ifnull(`de`, 0) ; coalesce(`de`, `a`) ; ifnull(`f`, 1) ; isnull(`a`) ; nullif(`s`, '')
`bt` + 0 ; `bt` = b'101' ; `bt` & 1 ; `bt` > 4 ; `y` + 1 ; `y` = 2024 ; `y` between 2000 and 2020 ; `num` + 0 ; `num` * 2 ; `num` = 12 ; `num` > 3 ; `s` = 0
'5' + `a` ; `a` = '7' ; `a` > '2.5' ; `de` = '1.25' ; 0x10 + `u` ; `u` = 0xFF ; (`a` > `b`) + 1 ; (`a` > 1) * (`b` > 1) ; -(`a` > `b`) ; `a` = (`b` > 1)
`a` + null ; `a` / null ; -`u` ; `u` - 5.5 ; `bu` = 18446744073709551615 ; `bi` > 9223372036854775807 ; `a` = 1.0 ; .5 + `a` ; 1e3 * `a` ; `ti` / 1e0
elt(`ti`, 'x', 'y', 's') ; field(`s`, 'a', 'Abc', 'x') ; field(`a`, 1, 7, 1000) ; `a` + `de` + `f` ; if(`a`, `b`, `u`)
"""

_LOGIC = """
`a` > `b` ; `a` >= 1 and `b` < 5 ; `a` = 1 or `b` = 1 or `u` = 1 ; not `a` ; !`a` ; not (`a` > `b`) ; `a` xor `b` ; (`a` > 1) xor (`b` > 1) ; `a` and `b` ; `a` or `b`
`a` <=> `b` ; `a` <=> null ; null <=> null ; not (`a` <=> 1) ; `a` is null ; `a` is not null ; (`a` > 1) is true ; (`a` > 1) is not true ; `a` is true ; `a` is false
`a` is unknown ; (`a` and `b`) is not unknown ; `a` in (1, 7, 1000) ; `a` not in (1, 7) ; `a` in (1, null) ; `a` not in (1, null) ; `a` + 1 in (1, 2, 8) ; `s` in ('a', 'Abc')
`s` not in ('a', 'b') ; `de` in (1.25, 2.5) ; `a` between 0 and 100 ; `a` not between 0 and 100 ; `a` between `b` and 1000 ; `d` between '2000-01-01' and '2024-01-01'
`a` in (`b`, `u`, 3) ; `e` in ('small', 'LARGE') ; `d` in ('2024-02-29', '1970-01-01') ; `a` > 1 = 1 ; (`a` in (1, 7)) = 0 ; true ; false ; `a` = true ; `a` <> false
case when `a` > 1 then 'big' when `a` = 1 then 'one' else 'small' end ; case `a` when 1 then 'x' when 7 then 'y' end ; case when `a` > 1 then `b` else `de` end
case `s` when 'a' then 1 when '' then 2 else 3 end ; case when `a` then 1 end ; case when null then 1 else 2 end ; case `a` when null then 1 else 2 end
if(`a` > `b`, 'y', 'n') ; if(`a`, 1, 0) ; if(`s` = 'a', `d`, `d2`) ; if(`a` > 1, `a`, `de`) ; if(`a` > 1, `a`, 'none') ; ifnull(`s`, concat('no ', `a`)) ; if(`a` > 1, null, 1)
`a` > 1 and (`b` > 1 or `u` > 1) and not (`ti` = 1) ; (`a` > 1 and `b` > 1) or (`u` > 1 and `ti` > 1) ; coalesce(`a` > 1, `b` > 1) ; nullif(`a` > 1, 1)
`e` = 'small' ; `e` <> 'Medium' ; `e` = 'large' ; `e` is null ; if(`e` = 'small', 1, 2) ; case `e` when 'small' then 1 when 'Medium' then 2 else 3 end ; concat(`e`, '!')
not `a` = 1 ; not `a` is null ; -1 < `a` ; `a` > 1 is null ; `a` = 1 <=> null ; (`a` = `b`) is false ; `f` and `de` ; not `f` ; not `de` ; `f` in (0.1, 2.5) ; `s` = 'a' xor `a`
"""

_TEXT = """
concat(`s`, `s2`) ; concat(`s`, '-', `a`) ; concat(`a`, `b`) ; concat(`de`, '%') ; concat(`s`, null) ; concat(`d4`, `u`) ; concat(`a` > 1) ; concat('a', 'b') ; concat(`c`, '|')
concat(`d`, ' ', `s`) ; concat(`dt`) ; concat(`dt3`) ; concat(`tm`) ; concat(`y`) ; concat(`a` / 3) ; concat(`de` * 1.5, '') ; concat(`bu`) ; concat(1.50, 2)
concat_ws('-', `s`, `s2`) ; concat_ws(',', `a`, null, `s`) ; concat_ws(`s`, `a`, `b`) ; length(`s`) ; char_length(`s`) ; octet_length(`s`) ; bit_length(`s`) ; length(`c`)
length(`a`) ; char_length(`ci`) ; length(`vb`) ; upper(`s`) ; lower(`ci`) ; ucase('abc') ; lcase(`s`) ; left(`s`, 3) ; right(`s`, 3) ; left(`s`, `a`) ; right(`s`, `ti`) ; left(`c`, 2)
substring(`s`, 2) ; substring(`s`, 2, 3) ; substring(`s`, -3) ; substring(`s`, -3, 2) ; substring(`s`, 0) ; substring(`s`, `ti`) ; substring(`s`, `ti`, 2) ; substr(`s`, 1, `a`)
mid(`s`, 2, 2) ; substring(`s` from 2 for 2) ; locate('l', `s`) ; locate('l', `s`, 4) ; instr(`s`, 'o') ; instr(`ci`, 'AP') ; position('b' in `s`) ; locate('pp', `ci`) ; locate(`s2`, `s`)
replace(`s`, 'a', 'xx') ; replace(`s`, `s2`, '-') ; replace(`ci`, 'a', 'o') ; trim(`s`) ; ltrim(`s`) ; rtrim(`s`) ; trim(both 'a' from `s`) ; trim(leading ' ' from `s`) ; trim(trailing 'c' from `s`)
lpad(`s`, 8, '*') ; rpad(`s`, 8, '*-') ; lpad(`a`, 5, '0') ; lpad(`s`, 2, 'x') ; repeat(`s`, 2) ; repeat('ab', `ti` % 3) ; space(3) ; reverse(`s`) ; reverse('abc')
hex(`s`) ; hex(`a`) ; hex(`vb`) ; hex('abc') ; hex(255) ; substring_index(`s`, ' ', 1) ; substring_index(`s`, 'l', -1) ; find_in_set(`s2`, 'a,b,x') ; find_in_set('b', `s`) ; find_in_set(`ci`, 'x,APPLE') ; find_in_set('apple', `ci`) ; locate(`s2`, 'HELLO b') ; instr('ABC', `s`) ; unhex('414243')
`s` = 'a' ; `s` = `s2` ; `s` <> '' ; `s` <=> `s2` ; `s` like 'a%' ; `s` like '%l%' ; `s` not like 'a%' ; `s` like 'a\\\\%' ; `s` like '100\\%\\_x' ; `s` like '100|%%' escape '|' ; `s` like `s2`
`ci` like 'app%' ; `ci` like 'a\\_b' ; `ci` not like 'APP%' ; `a` like '1%' ; `c` like 'a%' ; `c` = 'abc' ; `c` = 'abc  ' ; `s` regexp '^[a-z]+$' ; `s` regexp 'l{2}' ; `ci` regexp '^app'
`s` not regexp '[0-9]' ; `s` regexp 'a|b' ; `s` regexp '\\\\d+' ; `s` rlike '^(a|h).*' ; `ci` regexp '[[:digit:]]' ; `s` regexp 'o w?o?' ; `s` regexp '\\\\bworld\\\\b' ; regexp_like(`ci`, 'APP', 'c')
regexp_like(`s`, 'abc', 'i') ; `s` regexp '[^a-z ]' ; `s` regexp '(?:ab|ll)' ; `ci` = 'apple pie' collate utf8mb4_bin ; `s` collate utf8mb4_0900_ai_ci like 'ABC' ; binary `ci` = 'Apple'
coalesce(`s`, 'none') ; ifnull(`c`, `s`) ; cast(`a` as char) ; cast(`s` as char(3)) ; cast(`de` as char) ; convert(`s` using utf8mb4) ; cast(`d` as char) ; cast(`dt3` as char(30)) ; concat('it''s ', `s`)
`vb` = 'abc' ; `vb` = 0x616263 ; `vb` = x'' ; `vb` is null ; _utf8mb4'é' ; concat(`s`, 'é中') ; 'a' 'b' ; '' ; 'back\\\\slash' ; n'x' ; _utf8mb4 x'C3A9' ; concat(`s`, '\\n', '"')
`s` = _utf8mb4'中' or `s` = 'ümlaut 中文'
"""

_DATES = """
year(`d`) ; month(`d`) ; day(`d`) ; dayofmonth(`dt`) ; hour(`dt`) ; minute(`dt`) ; second(`dt3`) ; microsecond(`dt3`) ; quarter(`d`) ; dayofyear(`d`) ; dayofweek(`d`) ; weekday(`dt`)
weekofyear(`d`) ; week(`d`, 3) ; hour(`tm`) ; minute(`tm`) ; second(`tm`) ; hour(`d`) ; extract(year from `d`) ; extract(month from `dt`) ; extract(day from `dt`) ; extract(year_month from `d`)
extract(hour from `dt`) ; extract(second from `dt3`) ; date(`dt`) ; date(`dt3`) ; time_to_sec(`tm`) ; last_day(`d`) ; last_day(`dt`) ; to_days(`d`) ; to_days(`dt`) ; to_seconds(`dt`)
datediff(`d`, `d2`) ; datediff(`dt`, `d`) ; datediff(`d`, '2024-01-01') ; timestampdiff(day, `d`, `d2`) ; timestampdiff(hour, `d`, `dt`) ; timestampdiff(second, `dt`, `dt3`)
timestampdiff(minute, `dt`, `dt3`) ; timestampdiff(month, `d`, `d2`) ; timestampdiff(year, `d`, `d2`) ; timestampdiff(quarter, `dt`, `d2`) ; timestampdiff(week, `d`, `d2`) ; timestampdiff(month, `d`, '2024-02-29')
timestampdiff(microsecond, `dt`, `dt3`) ; `d` + interval 1 day ; `d` - interval 1 month ; date_add(`d`, interval 1 year) ; date_sub(`dt`, interval 90 minute) ; `d` + interval 1 hour ; `dt` + interval 2 week
`d` + interval `ti` day ; `d` + interval `ti` month ; `dt` + interval `ti` hour ; `d` + interval -3 day ; `dt` + interval '1:30' minute_second ; `dt` - interval '1 2' day_hour ; `d` + interval '1-2' year_month
`d` + interval 1 quarter ; timestampadd(day, 3, `d`) ; timestampadd(minute, 30, `dt`) ; adddate(`d`, 10) ; subdate(`d`, interval 1 week) ; `dt` + interval 1 second ; `dt3` + interval 1.5 second
`d` > '2000-01-01' ; `d` = '20240229' ; `d` > '2024-1-1' ; `d` > 20000101 ; `dt` > '2024-02-29' ; `dt` = '2024-02-29 13:14:15' ; `d` < '2024-02-29 12:00:00' ; `d` < `d2` ; `d` = `dt` ; `dt` <= `dt3` ; `dt` > date'2024-01-01'
`dt` >= timestamp'2024-01-01 00:00:00' ; `tm` > '10:00:00' ; `tm` between '08:00' and '18:00:00' ; `tm` = time'12:34:56' ; `ts` > '2024-01-01' ; `ts` = `dt` ; year(`ts`) ; `ts` is null ; `ts` = `ts`
date_format(`d`, '%Y-%m') ; date_format(`dt`, '%Y-%m-%d %H:%i:%s') ; date_format(`dt`, '%d/%m/%y') ; date_format(`dt`, '%c/%e %k') ; date_format(`dt3`, '%T.%f') ; date_format(`d`, '%j') ; date_format(`d`, '%x-W%v')
date_format(`dt`, '%W %M %b %a') ; date_format(`dt`, '%h:%i %p') ; date_format(`dt`, 'at "%H" o''clock %%') ; date_format(`d`, '%Y%m%d') ; date_format(`dt`, '%l %I %r') ; date_format(`d`, '%w') ; date_format('2024-02-29', '%Y')
unix_timestamp(`ts`) ; unix_timestamp(`dt`) ; unix_timestamp(`dt3`) ; cast(`dt` as date) ; cast(`d` as datetime) ; cast('2024-02-29' as date) ; cast(`dt3` as datetime)
cast(`dt` as time) ; cast('10:20:30' as time) ; coalesce(`d`, `d2`) ; ifnull(`dt`, `d`) ; if(`a` > 1, `d`, `dt`) ; case when `a` > 1 then `d` end ; ifnull(`d`, 'none') ; nullif(`d`, `d2`) ; date('2024-02-29 10:00:00')
year('2024-02-29') ; `d` <=> null ; coalesce(`ts`, `dt`) ; `d` + interval 0 day ; timestamp(`d`) ; dayofweek(`dt`) in (1, 7) ; year(`d`) * 100 + month(`d`)
"""

_JSON = """
json_unquote(json_extract(`j`, '$.a')) ; `j`->>'$.a' ; `j`->>'$.s' ; `j`->>'$.b.c[0]' ; `j`->>'$.n' ; `j`->>'$.t' ; `j`->'$.a' ; `j`->'$.b' ; `j`->>'$[1]' ; `j`->'$' ; json_extract(`j`, '$.b.c')
`j`->>'$."s"' ; `j`->'$.a' = 1 ; `j`->'$.a' = 2.5 ; `j`->'$.s' = 'text' ; `j`->'$.s' <> 'text' ; `j`->'$.t' = true ; `j`->>'$.s' = 'it''s' ; `j`->>'$.a' is null ; json_valid(`j`) ; `j` is null
cast(`j`->>'$.a' as signed) ; cast(`j`->>'$.a' as decimal(10,2)) ; concat(`j`->>'$.s', '!') ; upper(`j`->>'$.s') ; length(`j`->>'$.s') ; `j`->>'$.s' like 'T%'
json_unquote(`j`->'$.s') ; coalesce(`j`->>'$.zz', 'none') ; `j`->>'$.a' + 1 ; `j`->>'$.a' = 1 ; json_array() ; json_object() ; json_array(1, 'a', null) ; json_object('k', 1, 'l', 'v') ; cast('{"a": [1, 2]}' as json)
ifnull(`j`->>'$.s', `s`) ; if(`j`->'$.t' = true, 1, 0) ; left(`j`->>'$.s', 2)
"""

_CASTS = """
cast(`a` as signed) ; cast(`de` as signed) ; cast(`f` as signed) ; cast(`num` as signed) ; cast('12' as unsigned) ; cast(`u` as unsigned) ; cast(`ti` as unsigned) ; cast(`num` as unsigned)
cast(`a` as decimal(20,3)) ; cast(`num` as decimal(10,2)) ; cast(`f` as decimal(20,5)) ; cast(`de` as decimal(10,1)) ; cast(`a` as double) ; cast(`num` as double) ; cast(`a` / 3 as decimal(20,10)) ; cast(`a` > 1 as signed)
cast(`bt` as unsigned) ; convert(`a`, char) ; convert(`s`, char(2)) ; convert(`num`, signed) ; cast('abc' as char) ; cast(null as signed)
"""


def _split(text):
    """Expressions of a line are parted by ' ; '."""
    return [e.strip() for line in text.strip().splitlines() for e in line.split(" ; ") if e.strip()]


CASES = list(dict.fromkeys(e for block in (_NUMBERS, _LOGIC, _TEXT, _DATES, _JSON, _CASTS) for e in _split(block)))

# What MariaDB's grammar and functions have as well; MD5 only MariaDB has (MySQL 9.7 moved it out of the server).
MARIADB_CASES = [e for e in CASES if not any(word in e for word in ("->", " as json)", "0900", "regexp_like", "_utf8mb4"))] + ["md5(`s`)", "md5('a')", "md5(`vb`)"]

REFUSED = [
    ("soundex(`s`)", "SOUNDEX"), ("`s` sounds like `s2`", "SOUNDEX"), ("sha2(`s`, 256)", "SHA2"), ("quote(`s`)", "QUOTE"),
    ("`d` + 0", "a date used as a number"), ("`tm` + 0", "a time used as a number"), ("`e` + 0", "an ENUM column used as a number"),
    ("`e` > 'small'", "ENUM column compared by order"), ("`e` = 'tiny'", "none of its labels"), ("concat(`f`)", "floating point number turned into text"),
    ("week(`d`)", "WEEK in mode 0"), ("`j`->'$.a' > 1", "compared by order"), ("`j`->'$.*'", "JSON path"), ("json_length(`j`)", "JSON_LENGTH"),
    ("json_contains(`j`, '1')", "JSON_CONTAINS"), ("1 member of (`j`)", "MEMBER OF"), ("`s` regexp `s2`", "not a constant"),
    ("`s` regexp 'a++'", "would read differently"), ("`s` regexp '(?i)a'", "would read differently"), ("trim('ab' from `s`)", "TRIM"),
    ("greatest(`s`, `s2`)", "collation"), ("concat(`vb`, 'x')", "binary"), ("`d` > `s`", "not a date"), ("str_to_date(`s`, '%Y')", "STR_TO_DATE"),
    ("`a` << `b`", "shift by a number that is not a constant"), ("coalesce(`j`, `a`)", "different types"), ("field('a', `s`)", "FIELD"), ("`bu` in (1, `a`)", "64 bit numbers"), ("conv(`a`, 10, 2)", "CONV"),
    ("convert_tz(`dt`, '+00:00', '+01:00')", "CONVERT_TZ"), ("format(`a`, 2)", "FORMAT"), ("`f` % 2", "floating point"), ("ascii(`s`)", "ASCII"),
    ("round(`de`, `ti`)", "not a constant"), ("insert(`s`, 1, 2, 'x')", "INSERT"), ("yearweek(`d`)", "YEARWEEK"), ("inet_aton(`s`)", "INET_ATON"),
    ("crc32(`s`)", "CRC32"), ("`y` > 7", "two digits"), ("`y` = '99'", "two digits"), ("concat(if(`a` > 1, `de`, `b`))", "unknown scale"), ("maketime(1, 2, 3)", "MAKETIME"), ("char(65)", "CHAR"), ("'abc' + 1", "used as a number"), ("`s` like 'a\\\\\\\\\\\\'", "escape character"),
]

ASSIGNED = [
    ("int", "`a` / 3"), ("int", "`de`"), ("bigint", "`bi` + `a`"), ("tinyint", "`a` > `b`"), ("int", "`ti` * 1.5"), ("decimal(20,6)", "`a` / 7"),
    ("decimal(12,1)", "`de`"), ("double", "`a` / 3"), ("varchar(60)", "`a`"), ("varchar(60)", "`de`"), ("varchar(60)", "concat(`s`, `a`)"),
    ("varchar(60)", "`a` > 1"), ("date", "`dt`"), ("datetime", "`d`"), ("datetime", "`dt3`"), ("date", "`d` + interval 1 day"),
    ("int", "year(`d`)"), ("varchar(40)", "`j`->>'$.s'"), ("json", "`j`->'$.b'"), ("varbinary(20)", "`vb`"), ("varchar(60)", "`d`"), ("varchar(60)", "`dt`"),
    ("varchar(60)", "ifnull(`s`, 'none')"), ("varchar(10)", "date_format(`d`, '%Y-%m')"),
    ("decimal(30,4)", "`bi` / 3"), ("int", "to_days(`d`)"), ("int", "round(`de`)"), ("bit(8)", "`bt`"), ("time", "`tm`"), ("int", "char_length(`s`)"),
]
