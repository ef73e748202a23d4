"""Every kind of key a table can be cut into chunks by, each with enough bytes to be cut at --chunk-size 256KiB (rows are over a
kilobyte, because chunks of short rows hold at least 5000)."""
from . import numbers

PAD = "REPEAT(CHAR(65 + n % 26), 1100)"


def _keyed(run, name, key, value, rows=1200, extra="pad varchar(1200)", more=PAD):
    """A table with key columns `key` (ending in its PRIMARY KEY or UNIQUE), filled from expressions over n."""
    run("CREATE TABLE %s (%s, %s)" % (name, key, extra))
    run("INSERT INTO %s SELECT %s, %s FROM %s" % (name, value, more, numbers(rows)))


def integer_keys(run):
    _keyed(run, "k_plain", "id int AUTO_INCREMENT PRIMARY KEY", "n")
    _keyed(run, "k_gaps", "id bigint PRIMARY KEY", "n * 1000003 * IF(n % 3 = 0, 900000007, 1)")
    _keyed(run, "k_negative", "id bigint PRIMARY KEY", "(n - 600) * 4611686018427")
    run("INSERT INTO k_negative VALUES (-9223372036854775808, 'low'), (9223372036854775807, 'high')")
    _keyed(run, "k_unsigned", "id bigint unsigned PRIMARY KEY", "18446744073709551615 - n * 2305843009213")
    run("INSERT INTO k_unsigned VALUES (0, 'low'), (9223372036854775807, 'middle'), (9223372036854775808, 'above'),"
        " (18446744073709551615, 'top')")
    _keyed(run, "k_skewed", "id int unsigned PRIMARY KEY", "IF(n < 1190, n, 4294967295 - n)")
    _keyed(run, "k_tiny", "id tinyint unsigned PRIMARY KEY", "n - 1", rows=256, more="REPEAT('t', 1150)")
    run("CREATE TABLE k_two_rows (id bigint PRIMARY KEY, v longtext)")
    run("INSERT INTO k_two_rows VALUES (-9223372036854775808, REPEAT('a', 700000)), (9223372036854775807, REPEAT('b',"
        " 700000))")


def composite_keys(run):
    _keyed(run, "k_composite", "a int, b int, c int, PRIMARY KEY (a, b, c)", "n % 5, n % 7, n")
    _keyed(run, "k_one_leading", "a int, b bigint, PRIMARY KEY (a, b)", "1, n * 12345678901")
    _keyed(run, "k_mixed", "s varchar(20), d date, i int, PRIMARY KEY (s, d, i)",
           "CONCAT('s', n % 13), DATE_ADD('2020-01-01', INTERVAL n % 400 DAY), -n")
    _keyed(run, "k_descending_use", "a smallint, b varchar(10), PRIMARY KEY (b, a)", "n, CONCAT('b', n % 3)")


def string_keys(run, flavour):
    no_pad = "utf8mb4_0900_as_cs" if flavour == "mysql" else "utf8mb4_nopad_bin"
    insensitive = "utf8mb4_0900_ai_ci" if flavour == "mysql" else "utf8mb4_unicode_ci"
    _keyed(run, "k_ci", "s varchar(60) COLLATE %s PRIMARY KEY" % insensitive,
           "CONCAT(CHAR(IF(n % 2, 65, 97) + n % 26), '-', ELT(n % 4 + 1, 'Ünï', 'zoo', 'Éa', 'ss'), '-', n)")
    run("INSERT INTO k_ci VALUES ('', 'empty'), (' ', 'blank')" if flavour == "mysql"
        else "INSERT INTO k_ci VALUES ('', 'empty')")
    _keyed(run, "k_general_ci", "s varchar(60) COLLATE utf8mb4_general_ci PRIMARY KEY",
           "CONCAT(ELT(n % 5 + 1, 'a', 'B', 'ß', '中', '_'), n)")
    _keyed(run, "k_emoji", "s varchar(60) COLLATE utf8mb4_bin PRIMARY KEY",
           "CONCAT(ELT(n % 4 + 1, '😀', '🦆', '中', '\\\\'), n, '🦉')")
    _keyed(run, "k_blanks", "s varchar(40) COLLATE %s PRIMARY KEY" % no_pad, "CONCAT('k', n DIV 4, REPEAT(' ', n % 4))")
    _keyed(run, "k_char", "s char(12) PRIMARY KEY", "LPAD(n, 10, '0')")
    _keyed(run, "k_quotes", "s varchar(40) PRIMARY KEY", "CONCAT(ELT(n % 5 + 1, '''', '\"', '\\\\', '\\n', '`'), n,"
                                                         " '%')")
    _keyed(run, "k_latin1", "s varchar(40) CHARACTER SET latin1 PRIMARY KEY",
           "CONCAT(ELT(n % 3 + 1, 'ä', 'Z', 'ÿ'), n)")
    _keyed(run, "k_gbk", "s varchar(40) CHARACTER SET gbk PRIMARY KEY", "CONCAT(ELT(n % 3 + 1, '中', 'Z', '誠'), n)")
    _keyed(run, "k_prefix", "s text, UNIQUE KEY part (s(10))", "CONCAT(LPAD(n, 8, '0'), 'tail')")
    _keyed(run, "k_enum", "e enum('z','m','a'), i int, PRIMARY KEY (e, i)", "n % 3 + 1, n")
    _keyed(run, "k_set", "e set('z','m','a'), i int, PRIMARY KEY (e, i)", "n % 8, n")


def other_keys(run):
    _keyed(run, "k_binary", "b binary(16) PRIMARY KEY", "UNHEX(LEFT(SHA2(n, 256), 32))")
    _keyed(run, "k_varbinary", "b varbinary(40) PRIMARY KEY", "CONCAT(UNHEX(LPAD(HEX(n), 8, '0')), REPEAT(CHAR(0), n"
                                                              " % 3))")
    _keyed(run, "k_decimal", "d decimal(30,10) PRIMARY KEY", "(n - 600) / 7")
    _keyed(run, "k_datetime", "d datetime(6) PRIMARY KEY", "DATE_ADD('1999-12-31 23:59:59.999999', INTERVAL n * 7919"
                                                           " MINUTE_SECOND)")
    _keyed(run, "k_timestamp", "d timestamp(3) PRIMARY KEY", "DATE_ADD('2024-03-31 00:00:00.5', INTERVAL n MINUTE)")
    _keyed(run, "k_date", "d date PRIMARY KEY", "DATE_ADD('1990-01-01', INTERVAL n DAY)")
    _keyed(run, "k_time", "t time PRIMARY KEY", "SEC_TO_TIME(n * 17)")
    _keyed(run, "k_double", "d double PRIMARY KEY", "SQRT(n) * IF(n % 2, -1, 1)")
    _keyed(run, "k_bit", "b bit(40) PRIMARY KEY", "n * 200000000")
    _keyed(run, "k_year", "y year, i int, PRIMARY KEY (y, i)", "1901 + n % 200, n")


def keyless(run):
    run("CREATE TABLE nokey (a int, v varchar(100))")
    run("INSERT INTO nokey SELECT n %% 50, CONCAT('v', n %% 10) FROM %s" % numbers(3000))
    run("INSERT INTO nokey VALUES (NULL, NULL), (NULL, NULL), (1, NULL)")
    run("CREATE TABLE nokey_nullable_unique (a int UNIQUE, v varchar(200), KEY plain (v(20)))")
    run("INSERT INTO nokey_nullable_unique SELECT IF(n %% 4 = 0, NULL, n), REPEAT('x', n %% 200) FROM %s" % numbers(3000))
    run("CREATE TABLE unique_only (a int NOT NULL, b varchar(20) NOT NULL, pad varchar(1200), UNIQUE KEY uk (a, b))")
    run("INSERT INTO unique_only SELECT n %% 17, CONCAT('b', n), %s FROM %s" % (PAD, numbers(1200)))


def keys(run, flavour):
    integer_keys(run)
    composite_keys(run)
    string_keys(run, flavour)
    other_keys(run)
    keyless(run)


def partitions(run, flavour):
    """Every way to partition, keyed and keyless."""
    run("CREATE TABLE p_range (id int, d int, pad varchar(200), PRIMARY KEY (id)) PARTITION BY RANGE (id)"
        " (PARTITION p0 VALUES LESS THAN (1000), PARTITION p1 VALUES LESS THAN (2000), PARTITION pmax VALUES LESS"
        " THAN MAXVALUE)")
    run("CREATE TABLE p_range_expr (id int, d date, pad varchar(200), PRIMARY KEY (id, d)) PARTITION BY RANGE (YEAR(d))"
        " (PARTITION y20 VALUES LESS THAN (2021), PARTITION y21 VALUES LESS THAN (2022), PARTITION rest VALUES LESS"
        " THAN MAXVALUE)")
    run("CREATE TABLE p_range_columns (a int, d date, pad varchar(200)) PARTITION BY RANGE COLUMNS (d)"
        " (PARTITION p0 VALUES LESS THAN ('2020-06-01'), PARTITION p1 VALUES LESS THAN ('2021-06-01'), PARTITION p2"
        " VALUES LESS THAN (MAXVALUE))")
    run("CREATE TABLE p_list (id int, kind int, pad varchar(200), PRIMARY KEY (id, kind)) PARTITION BY LIST (kind)"
        " (PARTITION a VALUES IN (0, 1), PARTITION b VALUES IN (2), PARTITION c VALUES IN (3, 4))")
    run("CREATE TABLE p_list_columns (id int, city varchar(20), pad varchar(200), PRIMARY KEY (id, city)) PARTITION"
        " BY LIST COLUMNS (city)"
        " (PARTITION n VALUES IN ('北京', 'Oslo'), PARTITION s VALUES IN ('广州', 'Rome', 'O''Hare'))")
    run("CREATE TABLE p_hash (id int PRIMARY KEY, pad varchar(200)) PARTITION BY HASH (id) PARTITIONS 4")
    run("CREATE TABLE p_linear_hash (id int PRIMARY KEY, pad varchar(200)) PARTITION BY LINEAR HASH (id) PARTITIONS 3")
    run("CREATE TABLE p_key (id varchar(20) PRIMARY KEY, pad varchar(200)) PARTITION BY KEY () PARTITIONS 4")
    run("CREATE TABLE p_key_columns (id int, b int, pad varchar(200), PRIMARY KEY (id, b)) PARTITION BY LINEAR KEY"
        " (b) PARTITIONS 2")
    run("CREATE TABLE p_sub (id int, d date, pad varchar(200)) PARTITION BY RANGE (TO_DAYS(d)) SUBPARTITION BY HASH"
        " (id) SUBPARTITIONS 2"
        " (PARTITION p0 VALUES LESS THAN (TO_DAYS('2021-01-01')), PARTITION p1 VALUES LESS THAN MAXVALUE)")
    run("CREATE TABLE p_nokey (a int, pad varchar(200)) PARTITION BY HASH (a) PARTITIONS 3")
    day = "DATE_ADD('2020-01-01', INTERVAL n % 900 DAY)"
    fill = {
        "p_range": "n, n % 9", "p_range_expr": "n, " + day, "p_range_columns": "n, " + day, "p_list": "n, n % 5",
        "p_list_columns": "n, ELT(n % 5 + 1, '北京', 'Oslo', '广州', 'Rome', 'O''Hare')", "p_hash": "n - 1500",
        "p_linear_hash": "n",
        "p_key": "CONCAT('k', n)", "p_key_columns": "n, n % 50", "p_sub": "n, " + day,
        "p_nokey": "IF(n % 9 = 0, NULL, n % 100)",
    }
    for table, values in fill.items():
        run("INSERT INTO " + table + " SELECT " + values + ", REPEAT('p', n % 200) FROM " + numbers(3000))


def references(run, flavour):
    """Foreign keys: chains, a self reference, a cycle, a composite one, and every action."""
    run("CREATE TABLE country (code char(2) PRIMARY KEY, name varchar(40) UNIQUE)")
    run("CREATE TABLE customer (id int AUTO_INCREMENT PRIMARY KEY, country char(2), email varchar(60) NOT NULL,"
        " UNIQUE KEY email (email),"
        " KEY by_country (country), CONSTRAINT fk_country FOREIGN KEY (country) REFERENCES country (code) ON UPDATE"
        " CASCADE ON DELETE SET NULL)")
    run("CREATE TABLE employee (id int PRIMARY KEY, boss int, CONSTRAINT fk_boss FOREIGN KEY (boss) REFERENCES"
        " employee (id) ON DELETE CASCADE)")
    run("CREATE TABLE egg (id int PRIMARY KEY, hen int)")
    run("CREATE TABLE hen (id int PRIMARY KEY, egg int, CONSTRAINT fk_egg FOREIGN KEY (egg) REFERENCES egg (id))")
    run("ALTER TABLE egg ADD CONSTRAINT fk_hen FOREIGN KEY (hen) REFERENCES hen (id)")
    run("CREATE TABLE product (maker int, number int, name varchar(40), PRIMARY KEY (maker, number))")
    run("CREATE TABLE order_line (id int PRIMARY KEY, customer int NOT NULL, maker int, number int, KEY by_product"
        " (maker, number),"
        " CONSTRAINT fk_product FOREIGN KEY (maker, number) REFERENCES product (maker, number) ON DELETE RESTRICT,"
        " CONSTRAINT fk_customer FOREIGN KEY (customer) REFERENCES customer (id) ON DELETE CASCADE ON UPDATE CASCADE)")
    run("INSERT INTO country VALUES ('CN', '中国'), ('NO', 'Norge'), ('DE', 'Deutschland')")
    run("INSERT INTO customer (country, email) SELECT ELT(n % 4 + 1, 'CN', 'NO', 'DE', NULL), CONCAT('c', n, '@x')"
        " FROM " + numbers(500))
    run("SET FOREIGN_KEY_CHECKS = 0")
    run("INSERT INTO employee SELECT n, IF(n = 1, NULL, n DIV 2) FROM " + numbers(500))
    run("INSERT INTO egg SELECT n, 501 - n FROM " + numbers(500))
    run("INSERT INTO hen SELECT n, 501 - n FROM " + numbers(500))
    run("INSERT INTO product SELECT n % 10, n, CONCAT('p', n) FROM " + numbers(300))
    run("INSERT INTO order_line SELECT n, n % 500 + 1, (n % 300 + 1) % 10, n % 300 + 1 FROM " + numbers(2000))
    run("SET FOREIGN_KEY_CHECKS = 1")


DATABASES = {"keys": keys, "partitions": partitions, "references": references}
