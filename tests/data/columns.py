"""Every column type at its limits, each kind in a table of its own so that a difference names its culprit."""

INT_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}

# Text that breaks escaping, framing or transcoding somewhere.
NASTY = [
    "", " ", "  two  ", "trailing ", "\t", "\n", "\r\n", "\\", "\\N", "\\\\N", "\\.", "\\x41", "'", "''", '"', "`",
    "a\tb\nc\rd\\e",
    "NULL", "null", "nan", "{}", "{a,b}", "%s%n%d", "${x}", "\x01\x02\x07\x08\x0b\x0c\x1a\x1b\x1f\x7f",
    "\u0080\u009f\u00a0",
    "ÄÖÜßéèñ", "中文字符，测试", "日本語テスト", "한국어", "العربية", "עברית", "🦆🦉", "👩‍👩‍👧‍👦", "e\u0301 vs é", "\ufeffbom",
    "\u2028line\u2029para",
    "\U0010ffff", "\ud7ff\ue000", "end\\",
]


def _insert(run, table, rows):
    for row in rows:
        run("INSERT INTO %s VALUES (%s)" % (table, ", ".join(["%s"] * len(row))), row)


def integers(run, flavour):
    columns, low, high, one, mid = ["id int PRIMARY KEY"], [1], [2], [3], [4]
    for name, bits in INT_BITS.items():
        columns += ["s_%s %s" % (name, name), "u_%s %s unsigned" % (name, name)]
        low += [-(1 << (bits - 1)), 0]
        high += [(1 << (bits - 1)) - 1, (1 << bits) - 1]
        one += [-1, 1]
        mid += [0, 1 << (bits - 1)]
    columns += ["z int(8) unsigned zerofill", "flag tinyint(1)"]
    run("CREATE TABLE t_int (%s)" % ", ".join(columns))
    _insert(run, "t_int", [low + [0, 0], high + [4294967295, 127], one + [42, -128], mid + [99999999, 1],
                           [5] + [None] * (len(columns) - 1)])


def decimals(run, flavour):
    run("CREATE TABLE t_decimal (id int PRIMARY KEY, big decimal(65,30), whole decimal(65,0), money decimal(10,2),"
        " digit decimal(1,0), frac decimal(30,30), tiny decimal(4,4), pos decimal(12,3) unsigned, zf decimal(10,3)"
        " unsigned zerofill,"
        " bare decimal)")
    most = "9" * 35 + "." + "9" * 30
    least = "0." + "0" * 29 + "1"
    _insert(run, "t_decimal", [
        (1, most, "9" * 65, "99999999.99", 9, "0." + "9" * 30, "0.9999", "999999999.999", "1234567.891", "9999999999"),
        (2, "-" + most, "-" + "9" * 65, "-99999999.99", -9, "-0." + "9" * 30, "-0.9999", 0, 0, "-9999999999"),
        (3, least, 0, "0.01", 0, least, "0.0001", "0.001", "0.001", 0),
        (4, "-" + least, -1, "-0.01", 1, "-" + least, "-0.0001", "10000", "10000", 10000),
        (5, "10000", "100000000", "10000.00", 5, "0.0001", "0.1", "100000000.000", "9999", "10000"),
        (6, "1" + "0" * 34, "1" + "0" * 64, "1.10", 0, "0.00001", "0", "0.100", "0.1", "1"),
        (7, "-0.0", "-0", "-0.00", 0, "0", "0", "9999.9999", "99.5", "-1"),
        (8, "12345678901234567890123456789012345.123456789012345678901234567890", "12345678901234567890", "0.1", 1,
         "0.123456789", ".5",
         "12.3", "1", 7),
        (9,) + (None,) * 9])


def floats(run, flavour):
    run("CREATE TABLE t_float (id int PRIMARY KEY, f float, d double, fu float, fd float(7,3), dd double(10,2))")
    singles = ["0", "-0e0", "1", "-1", "0.1", "0.333333333", "16777216", "16777217", "1234567.875",
               "3.4028234663852886e38",
               "-3.4028234663852886e38", "1.1754943508222875e-38", "1.401298464324817e-45", "1e-40", "1e6", "1e15",
               "9.999999e20"]
    doubles = ["0", "-0e0", "1", "-1", "0.1", "1e0/3", "9007199254740993", "123456789012345680", "1e15",
               "1.7976931348623157e308",
               "-1.7976931348623157e308", "2.2250738585072014e-308", "5e-324", "1e-310", "0.00001", "1e16",
               "3.141592653589793"]
    for i, (single, double) in enumerate(zip(singles, doubles)):
        run("INSERT INTO t_float VALUES (%d, %s, %s, %s, %s, %s)" % (i, single, double, i / 7, i * 1.125, i * 12.34))
    run("INSERT INTO t_float (id) VALUES (100)")


def dates(run, flavour):
    fractions = range(7)
    run("CREATE TABLE t_date (id int PRIMARY KEY, d date, %s, %s)" % (
        ", ".join("dt%d datetime(%d)" % (p, p) for p in fractions), ", ".join("ts%d timestamp(%d) NULL" % (p, p)
                                                                              for p in fractions)))

    def row(number, date, clock, stamp):
        fit = [clock + ("." + "123456"[:p] if p else "") for p in fractions]
        stamps = [stamp + ("." + "123456"[:p] if p else "") for p in fractions]
        return [number, date] + fit + stamps

    rows = [row(1, "1000-01-01", "1000-01-01 00:00:00", "1970-01-01 00:00:01"),
            row(2, "9999-12-31", "9999-12-31 23:59:59", "2038-01-19 03:14:07"),
            row(3, "0001-01-01", "0001-01-01 00:00:00", "2000-02-29 12:34:56"),
            row(4, "2024-02-29", "1999-12-31 23:59:59", "2024-03-31 01:30:00"),
            row(5, "1582-10-15", "1582-10-04 12:00:00", "2023-10-29 02:30:00"),
            row(6, "1900-03-01", "1969-12-31 23:59:59", "2001-09-09 01:46:40"),
            row(7, "2000-01-01", "2000-01-01 00:00:00", "1999-12-31 23:59:59")]
    rows[6][-1] = "1999-12-31 23:59:59.000001"
    rows[1][8] = "9999-12-31 23:59:59.999999"
    rows[1][15] = "2038-01-19 03:14:07.999999" if flavour == "mysql" else "2038-01-19 03:14:06.999999"
    rows.append([8] + [None] * 15)
    _insert(run, "t_date", rows)


def times(run, flavour):
    columns = ", ".join("t%d time(%d)" % (p, p) for p in range(7))
    run("CREATE TABLE t_time (id int PRIMARY KEY, %s)" % columns)
    clocks = ["00:00:00", "23:59:59", "12:34:56", "00:00:01", "11:11:11"]
    _insert(run, "t_time", [[i] + [c + ("." + "987654"[:p] if p else "") for p in range(7)]
                            for i, c in enumerate(clocks)])
    _insert(run, "t_time", [[50] + ["24:00:00"] * 7, [51] + [None] * 7, [52] + ["00:00:00.0000"] * 7])
    run("CREATE TABLE t_year (id int PRIMARY KEY, y year)")
    _insert(run, "t_year", [(i, y) for i, y in enumerate([0, 1901, 1970, 2000, 2024, 2155, None])])


def bits(run, flavour):
    widths = [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64]
    run("CREATE TABLE t_bit (id int PRIMARY KEY, %s)" % ", ".join("b%d bit(%d)" % (w, w) for w in widths))
    run("INSERT INTO t_bit VALUES (1, %s)" % ", ".join("b'%s'" % ("1" * w) for w in widths))
    run("INSERT INTO t_bit VALUES (2, %s)" % ", ".join("b'0'" for w in widths))
    run("INSERT INTO t_bit VALUES (3, %s)" % ", ".join("b'1'" for w in widths))
    run("INSERT INTO t_bit VALUES (4, %s)" % ", ".join("b'1%s'" % ("0" * (w - 1)) for w in widths))
    run("INSERT INTO t_bit VALUES (5, %s)" % ", ".join("b'%s'" % ("10" * w)[:w] for w in widths))
    run("INSERT INTO t_bit (id) VALUES (6)")


def enums(run, flavour):
    run("CREATE TABLE t_enum (id int PRIMARY KEY, e enum('a','B','it''s','with,"
        " comma','tab\tbed','中文','é','1','0','back\\\\slash','') NULL,"
        " n enum('x','y') NOT NULL DEFAULT 'y', s set('r','w','x','中文','it''s') NULL,"
        " l set(%s))" % ",".join("'m%02d'" % i for i in range(64)))
    labels = ["a", "B", "it's", "with, comma", "tab\tbed", "中文", "é", "1", "0", "back\\slash", "", None]
    sets = ["", "r", "r,w", "r,w,x,中文,it's", "中文", "it's", None, "x", "w,x", "r,x", "r,中文", "w"]
    _insert(run, "t_enum", [(i, label, "x" if i % 2 else "y", s, "m00,m%02d,m63" % (i + 1) if i % 3 else "")
                            for i, (label, s) in enumerate(zip(labels, sets))])


def texts(run, flavour):
    run("CREATE TABLE t_text (id int PRIMARY KEY, c char(40), v varchar(255), tt tinytext, t text, mt mediumtext, lt"
        " longtext,"
        " vb varchar(60) COLLATE utf8mb4_bin, nn varchar(20) NOT NULL DEFAULT '')")
    for i, value in enumerate(NASTY):
        value = value.encode("utf-8", "replace").decode()
        run("INSERT INTO t_text VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (i, value, value, value, value, value, value, value, value[:20]))
    run("INSERT INTO t_text (id) VALUES (1000)")
    run("INSERT INTO t_text VALUES (1001, REPEAT('😀', 40), REPEAT('中', 255), REPEAT('t', 255), REPEAT('\\n', 65535),"
        " REPEAT('中\\\\', 60000), REPEAT('0123456789', 30000), REPEAT('\\t', 60), 'x')")
    # What a char(n) keeps of trailing blanks is nothing, in both worlds; a varchar keeps all.
    run("INSERT INTO t_text (id, c, v) VALUES (1002, 'a   ', 'a   '), (1003, '   ', '   '), (1004, CONCAT(REPEAT('x',"
        " 39), ' '), ' x ')")


def binaries(run, flavour):
    run("CREATE TABLE t_binary (id int PRIMARY KEY, b binary(16), b1 binary(1), vb varbinary(300), tb tinyblob, bl"
        " blob, mb mediumblob,"
        " lb longblob)")
    everything = bytes(range(256))
    for i in range(256):
        run("INSERT INTO t_binary (id, b, b1, vb) VALUES (%d, UNHEX('%02x'), UNHEX('%02x'), UNHEX('%02x%02x'))" % (i, i, i, i, 255 - i))
    run("INSERT INTO t_binary VALUES (300, UNHEX('%s'), UNHEX('5c'), UNHEX('%s'), UNHEX('%s'), UNHEX('%s'),"
        " UNHEX('%s'), UNHEX('%s'))" % (
        everything[:16].hex(), everything.hex(), everything[1:].hex(), everything.hex(), everything[::-1].hex(),
        (everything * 40).hex()))
    run("INSERT INTO t_binary VALUES (301, '', '', '', '', '', '', '')")
    run("INSERT INTO t_binary VALUES (302, '\\\\x41', '\\\\', '\\\\x4142', '\\\\x', '\\\\000', '\\0', '\\0\\0')")
    run("INSERT INTO t_binary (id) VALUES (303)")


def jsons(run, flavour):
    run("CREATE TABLE t_json (id int PRIMARY KEY, j json, n json NOT NULL)")
    documents = [
        "null", "true", "false", "0", "-1", "1.5", "\"\"", "\"text\"", "[]", "{}", "[[[[[]]]]]",
        "[null, true, 1, \"a\", {}]",
        "18446744073709551615", "-9223372036854775808", "9007199254740993", "1e300", "-1.7976931348623157e308",
        "5e-324", "0.1", "1e15",
        "123456789.123456789", "{\"b\": 1, \"a\": 2, \"aa\": 3, \"\": 4}", "{\"k\": {\"k\": {\"k\": [1, [2, [3]]]}}}",
        "\"quote \\\" backslash \\\\ slash / tab \\t newline \\n bell \\u0007\"", "\"中文 😀 é\"",
        "{\"中文\": \"值\", \"😀\": [\"🦆\"]}",
        "{\"big\": [18446744073709551615, 12345678901234567890, -1], \"deep\": {\"x\": null}}", "\"\\u2028\\u00ff\"",
        "[" + ", ".join(str(i) for i in range(2000)) + "]", "{" + ", ".join("\"key%d\": \"%s\"" % (i, "v" * (i % 50))
                                                                            for i in range(500)) + "}",
        "[" * 90 + "]" * 90 if flavour == "mysql" else "[" * 30 + "]" * 30,
    ]
    for i, document in enumerate(documents):
        run("INSERT INTO t_json VALUES (%s, %s, %s)", (i, document, document))
    run("INSERT INTO t_json VALUES (1000, NULL, '{}')")


def spatial(run, flavour):
    kinds = ["geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon",
             "geometrycollection"]
    run("CREATE TABLE t_spatial (id int PRIMARY KEY, %s)" % ", ".join("g_%s %s" % (k, k) for k in kinds))
    shapes = ["POINT(1.5 -2)", "POINT(1e300 -1e-300)", "LINESTRING(0 0, 1 1, 2 0)",
              "POLYGON((0 0, 10 0, 10 10, 0 0), (1 1, 2 1, 2 2, 1 1))",
              "MULTIPOINT((0 0), (1 2))", "MULTILINESTRING((0 0, 1 1), (2 2, 3 3))",
              "MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))",
              "GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(0 0, 1 1))"]
    run("INSERT INTO t_spatial VALUES (1, %s)" % ", ".join("ST_GeomFromText('%s')" % s for s in shapes))
    run("INSERT INTO t_spatial (id) VALUES (2)")
    run("INSERT INTO t_spatial (id, g_geometry) VALUES (3, ST_GeomFromText('POINT(12 34)', 4326)), (4,"
        " ST_GeomFromText('POLYGON((0 0, 1 0, 1 1, 0 0))'))")


def charsets(run, flavour):
    run("CREATE TABLE t_charset (id int PRIMARY KEY, l1 varchar(60) CHARACTER SET latin1, gb varchar(60) CHARACTER"
        " SET gbk,"
        " u3 varchar(60) CHARACTER SET utf8mb3, u4 varchar(60) CHARACTER SET utf8mb4, b5 varchar(60) CHARACTER SET"
        " big5,"
        " u16 varchar(60) CHARACTER SET utf16, asc7 varchar(60) CHARACTER SET ascii, cp char(20) CHARACTER SET cp1251,"
        " gt text CHARACTER SET gbk, lt longtext CHARACTER SET latin1, sj varchar(60) CHARACTER SET sjis, e"
        " enum('é','中') CHARACTER SET utf8mb4)")
    rows = [(1, "Grüße, ça va? €", "中文字符，测试", "中文é", "中文😀", "繁體中文", "中文😀", "plain\\'\"", "Привет", "长文本" * 500,
             "ÿþ" * 4000, "日本語", "é"),
            (2, "", "", "", "", "", "", "", "", "", "", "", "中"),
            (3, "a\\b\tc\nd", "誠\\", "\\N", "\\N", "功蓋\\", "\\", "\t", "\\", "誠", "\\", "ソ表", None),
            (4,) + (None,) * 12]
    _insert(run, "t_charset", rows)


def generated(run, flavour):
    run("CREATE TABLE t_generated (id int PRIMARY KEY, a int, b int, total int GENERATED ALWAYS AS (a + b) STORED,"
        " twice int GENERATED ALWAYS AS (a * 2) VIRTUAL, last_one varchar(20))")
    for i in range(50):
        run("INSERT INTO t_generated (id, a, b, last_one) VALUES (%s, %s, %s, %s)",
            (i, i if i % 7 else None, i * 3, "row %d" % i))


def defaults(run, flavour):
    run("CREATE TABLE t_default (id int NOT NULL AUTO_INCREMENT PRIMARY KEY COMMENT 'the key''s \"comment\"',"
        " i int NOT NULL DEFAULT -5, d decimal(8,3) DEFAULT 1.500, s varchar(30) NOT NULL DEFAULT 'it''s \\\\ 中文',"
        " e enum('on','off') DEFAULT 'off', st set('a','b') DEFAULT 'a,b', dt datetime(3) DEFAULT CURRENT_TIMESTAMP(3),"
        " ts timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, day date DEFAULT '2024-02-29',"
        " tm time DEFAULT '12:30:00', y year DEFAULT 2024, b bit(4) DEFAULT b'1010', vb varbinary(4) DEFAULT 'ab', n"
        " int DEFAULT NULL,"
        " `empty` varchar(5) DEFAULT '', z int unsigned DEFAULT 0 COMMENT '') COMMENT='表注释: it''s the \"defaults\""
        " table' AUTO_INCREMENT=1000")
    run("INSERT INTO t_default (n) VALUES (1), (2), (NULL)")
    run("ALTER TABLE t_default AUTO_INCREMENT=5000")


def extent(run, flavour):
    """Nothing, one column, very many columns."""
    run("CREATE TABLE empty_table (id bigint AUTO_INCREMENT PRIMARY KEY, v varchar(10), KEY (v))")
    run("CREATE TABLE empty_keyless (v varchar(10))")
    run("CREATE TABLE one_column (id int PRIMARY KEY)")
    run("INSERT INTO one_column VALUES (1), (2), (3)")
    run("CREATE TABLE one_nullable (v varchar(10))")
    run("INSERT INTO one_nullable VALUES (NULL), (NULL), (''), ('x')")
    kinds = ["int", "varchar(8)", "double", "date", "decimal(10,2)"]
    run("CREATE TABLE many_columns (id int PRIMARY KEY, %s)" % ", ".join("c%d %s" % (i, kinds[i % 5])
                                                                         for i in range(1, 500)))
    values = ["%d", "'v%d'", "%d.5", "'2024-01-%02d'", "%d.25"]
    for row in range(20):
        cells = ["NULL" if (i + row) % 11 == 0 else values[i % 5] % (i % 28 + 1 if i % 5 == 3 else i * row)
                 for i in range(1, 500)]
        run("INSERT INTO many_columns VALUES (%d, %s)" % (row, ", ".join(cells)))


def types(run, flavour):
    for part in (integers, decimals, floats, dates, times, bits, enums, texts, binaries, jsons, spatial, charsets,
                 generated, defaults,
                 extent):
        part(run, flavour)


def big_values(run, flavour):
    """Values of 20 MB: larger than any packet, buffer or chunk."""
    run("CREATE TABLE big (id int PRIMARY KEY, b longblob, t longtext, note varchar(10))")
    run("INSERT INTO big VALUES (1, REPEAT(UNHEX('00ff5c0a09'), 4194304), NULL, 'blob')")
    run("INSERT INTO big VALUES (2, NULL, REPEAT('中文\\\\\\n\\t', 2330168), 'text')")
    run("INSERT INTO big VALUES (3, '', '', 'small')")
    run("INSERT INTO big VALUES (4, REPEAT(UNHEX('01'), 16777215), REPEAT('x', 16777215), 'packet-1')")
    run("INSERT INTO big VALUES (5, REPEAT(UNHEX('02'), 16777216), NULL, 'packet')")


def wide_times(run, flavour):
    """TIME beyond a day: carried by interval, lost by time."""
    run("CREATE TABLE t_wide (id int PRIMARY KEY, t time, t6 time(6))")
    _insert(run, "t_wide", [(1, "838:59:59", "838:59:58.999999"), (2, "-838:59:59", "-838:59:58.999999"),
                            (3, "-00:00:01", "-00:00:00.000001"),
                            (4, "24:00:01", "24:00:00.000001"), (5, "00:00:00", "23:59:59.999999"), (6, None, None),
                            (7, "100:00:00", "-00:00:01.5")])


def losses(run, flavour):
    """One table per rule of the loss ledger, with known counts: (rule, table, column, count)."""
    run("SET SESSION sql_mode = ''")
    run("CREATE TABLE zero_date (id int PRIMARY KEY, d date, dt datetime(3), ts timestamp NULL, nn date NOT NULL)")
    run("INSERT INTO zero_date VALUES (1, '0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00'),"
        " (2, '2024-00-00', '2024-05-00 12:00:00', NULL, '2024-01-01'), (3, '2024-01-02', '2024-01-02 03:04:05.678',"
        " '2024-01-02 03:04:05',"
        " '2024-01-02'), (4, NULL, NULL, NULL, '2024-00-01')")
    run("CREATE TABLE nul_byte (id int PRIMARY KEY, v varchar(20), t text)")
    run("INSERT INTO nul_byte VALUES (1, CONCAT('a', CHAR(0), 'b'), 'fine'), (2, 'fine', CONCAT(CHAR(0), CHAR(0))),"
        " (3, NULL, NULL)")
    run("CREATE TABLE time_range (id int PRIMARY KEY, t time(1))")
    run("INSERT INTO time_range VALUES (1, '25:00:00'), (2, '-01:00:00'), (3, '12:00:00'), (4, NULL), (5, '838:59:59')")
    run("CREATE TABLE enum_empty (id int PRIMARY KEY, e enum('a','b'))")
    run("INSERT INTO enum_empty VALUES (1, 'a'), (2, 'nonsense'), (3, NULL), (4, 'b')")
    run("CREATE TABLE json_text (id int PRIMARY KEY, j json)")
    run("INSERT INTO json_text VALUES (1, '{\"a\": \"x\\\\u0000y\"}'), (2, '{\"a\": 1}'), (3, NULL)")


LOSS_COUNTS = {("zero_date", "d", "zero-date"): 2, ("zero_date", "dt", "zero-date"): 2,
               ("zero_date", "ts", "zero-date"): 1,
               ("zero_date", "nn", "zero-date"): 2, ("nul_byte", "v", "nul-byte"): 1, ("nul_byte", "t", "nul-byte"): 1,
               ("time_range", "t", "time-range"): 3, ("enum_empty", "e", "enum-empty"): 1,
               ("json_text", "j", "json-text"): 1}

DATABASES = {"types": types, "big_values": big_values, "wide_times": wide_times, "losses": losses}
