/* COLUMN_TYPE as MySQL 5.7, 8, 9 and MariaDB print it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "value/mytype.h"

static struct arena arena;

static struct mytype parse(const char *text) {
    struct mytype t;
    if (!mytype_parse(&arena, text, &t)) {
        fail_msg("'%s' is not understood", text);
    }
    assert_string_equal(t.full, text);
    return t;
}

static void integers(void **state) {
    (void)state;
    struct mytype t = parse("int(10) unsigned zerofill");
    assert_int_equal(t.kind, MYT_INT);
    assert_string_equal(t.base, "int");
    assert_true(t.is_unsigned && t.zerofill);
    assert_int_equal(t.display_width, 10);
    t = parse("bigint unsigned");
    assert_true(t.kind == MYT_BIGINT && t.is_unsigned && !t.zerofill && t.display_width == 0);
    t = parse("tinyint(1)");
    assert_true(t.kind == MYT_TINYINT && !t.is_unsigned && t.display_width == 1);
    assert_true(parse("mediumint(8) zerofill").is_unsigned);
    assert_int_equal(parse("smallint").kind, MYT_SMALLINT);
    assert_int_equal(parse("year").kind, MYT_YEAR);
    assert_int_equal(parse("YEAR(4)").display_width, 4);
}

static void numbers(void **state) {
    (void)state;
    struct mytype t = parse("decimal(10,2) unsigned");
    assert_true(t.kind == MYT_DECIMAL && t.precision == 10 && t.scale == 2 && t.is_unsigned);
    t = parse("decimal(65,30)");
    assert_true(t.precision == 65 && t.scale == 30);
    t = parse("decimal(5)");
    assert_true(t.precision == 5 && t.scale == 0);
    t = parse("decimal");
    assert_true(t.precision == 10 && t.scale == 0);
    t = parse("float");
    assert_true(t.kind == MYT_FLOAT && t.scale == -1 && t.precision == 0);
    t = parse("float(7,3) unsigned");
    assert_true(t.kind == MYT_FLOAT && t.precision == 7 && t.scale == 3 && t.is_unsigned);
    t = parse("float(30)");
    assert_true(t.kind == MYT_DOUBLE && t.scale == -1);
    t = parse("double(10, 2)");
    assert_true(t.kind == MYT_DOUBLE && t.precision == 10 && t.scale == 2);
    t = parse("bit(9)");
    assert_true(t.kind == MYT_BIT && t.length_chars == 9);
    assert_int_equal(parse("bit").length_chars, 1);
}

static void strings(void **state) {
    (void)state;
    assert_int_equal(parse("varchar(255)").length_chars, 255);
    assert_int_equal(parse("char(0)").length_chars, 0);
    assert_int_equal(parse("char").length_chars, 1);
    assert_int_equal(parse("varchar(100) /*M!100301 COMPRESSED*/").length_chars, 100);
    assert_int_equal(parse("longtext /*M!100301 COMPRESSED*/").kind, MYT_LONGTEXT);
    assert_int_equal(parse("varbinary(16)").length_chars, 16);
    assert_int_equal(parse("mediumblob").kind, MYT_MEDIUMBLOB);
    assert_int_equal(parse("vector(2048)").length_chars, 2048);
    assert_int_equal(parse("json").kind, MYT_JSON);
    assert_int_equal(parse("uuid").kind, MYT_UUID);
    assert_int_equal(parse("inet6").kind, MYT_INET6);
    struct mytype t = parse("geomcollection");
    assert_int_equal(t.kind, MYT_GEOMETRY);
    assert_string_equal(t.base, "geomcollection");
}

static void times(void **state) {
    (void)state;
    assert_int_equal(parse("timestamp(6)").fsp, 6);
    assert_int_equal(parse("datetime").fsp, 0);
    assert_int_equal(parse("time(3)").fsp, 3);
    assert_int_equal(parse("timestamp /* mariadb-5.3 */").kind, MYT_TIMESTAMP);
    assert_int_equal(parse("date").kind, MYT_DATE);
}

static void labels(void **state) {
    (void)state;
    struct mytype t = parse("enum('a''b','c\\\\d','x,y','\xc3\xa9','nl\\nx','tab\tx','q\"q','%s','')");
    static const char *const expected[] = {"a'b", "c\\d", "x,y", "\xc3\xa9", "nl\nx", "tab\tx", "q\"q", "%s", ""};
    assert_int_equal(t.kind, MYT_ENUM);
    assert_int_equal(t.nlabels, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < t.nlabels; i++) {
        assert_string_equal(t.labels[i], expected[i]);
    }
    t = parse("set('it''s', 'b')");
    assert_true(t.kind == MYT_SET && t.nlabels == 2);
    assert_string_equal(t.labels[1], "b");
}

static void not_understood(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "frob",
                                      "int(",
                                      "int()",
                                      "int(1",
                                      "int(1,2)",
                                      "decimal(1,2)",
                                      "decimal(2000,1)",
                                      "enum",
                                      "enum()",
                                      "enum('a'",
                                      "enum('a",
                                      "enum(a)",
                                      "enum('a',)",
                                      "enum('a\\",
                                      "varchar(99999999999)",
                                      "time(7)",
                                      "date(3)",
                                      "bit(0)",
                                      "bit(65)",
                                      "int ;",
                                      "varchar(10) /* open",
                                      "varchar(10))",
                                      "set('a''"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct mytype t;
        if (mytype_parse(&arena, bad[i], &t)) {
            fail_msg("'%s' is understood", bad[i]);
        }
        assert_int_equal(t.kind, MYT_UNKNOWN);
        assert_string_equal(t.full, bad[i]);
    }
}

static int clear(void **state) {
    (void)state;
    arena_clear(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(integers), cmocka_unit_test(numbers),
                                       cmocka_unit_test(strings),  cmocka_unit_test(times),
                                       cmocka_unit_test(labels),   cmocka_unit_test(not_understood)};
    return cmocka_run_group_tests(tests, NULL, clear);
}
