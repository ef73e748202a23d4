/* GTIDs and sets of them: text, bytes, and the set operations against a model that is a bit for each number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "mysql/gtid.h"
#include "mysql/gtid_mariadb.h"

#define A "3e11fa47-71ca-11e1-9e33-c80aa9429562"
#define B "3e11fa47-71ca-11e1-9e33-c80aa9429563"

static struct gtid_set set_of(const char *text) {
    struct gtid_set s = GTID_SET_INIT;
    struct err e = ERR_INIT;
    if (!gtid_set_parse(&s, text, &e)) {
        fail_msg("%s: %s", text, e.message);
    }
    return s;
}

static void assert_prints(const struct gtid_set *s, const char *want) {
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, 1 << 20);
    assert_true(gtid_set_print(s, &b, &e) && buf_terminate(&b, &e));
    assert_string_equal((char *)b.data, want);
    buf_clear(&b);
}

static void text_is_brought_into_one_form(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {" , \n ,", ""},
        {A ":1", A ":1"},
        {A ":1-5:7", A ":1-5:7"},
        {A ":7:1-3:4:5", A ":1-5:7"},
        {A ":5-3", ""},
        {"3E11FA47-71CA-11E1-9E33-C80AA9429562:1 - 5 : 9 ,\n" B ":2", A ":1-5:9," B ":2"},
        {B ":2," A ":1," B ":3", A ":1," B ":2-3"},
        {A ":1:TAG:2:3:a_1:9", A ":1:a_1:9:tag:2-3"},
        {A ":tag:1," A ":5", A ":5:tag:1"},
        {A ":9223372036854775806", A ":9223372036854775806"},
        {A ":1-9223372036854775806:3", A ":1-9223372036854775806"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct gtid_set s = set_of(cases[i][0]);
        assert_prints(&s, cases[i][1]);
        gtid_set_clear(&s);
    }
    struct gtid_set none = set_of(NULL);
    assert_true(gtid_set_empty(&none));
}

static void what_is_no_set_is_refused_and_changes_nothing(void **state) {
    (void)state;
    static const char *const bad[] = {
        "x",
        "1-2-3",
        A,
        A ":",
        A ":0",
        A ":1-",
        A ":-1",
        A ":1-5x",
        A ":1;" B ":2",
        A ":9223372036854775807",
        A ":99999999999999999999999",
        A ":tag",
        A ":1:tag",
        A ":1tag:1",
        A ":tag_of_more_than_thirty_two_chars:1",
        "3e11fa4771ca11e19e33c80aa9429562:1",
        "3e11fa47-71ca-11e1-9e33-c80aa942956:1",
        A ":1 2",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct gtid_set s = set_of(B ":3");
        struct err e = ERR_INIT;
        if (gtid_set_parse(&s, bad[i], &e)) {
            fail_msg("%s was taken", bad[i]);
        }
        assert_int_equal(e.code, ERR_POSITION);
        assert_prints(&s, B ":3");
        gtid_set_clear(&s);
    }
}

static void one_gtid(void **state) {
    (void)state;
    struct gtid g, h;
    struct err e = ERR_INIT;
    char text[GTID_TEXT_MAX];
    assert_true(gtid_parse(&g, A ":23", &e));
    assert_string_equal(gtid_print(&g, text), A ":23");
    assert_true(gtid_parse(&h, A ":a_tag_of_exactly_thirty_two_chars:9223372036854775806", &e) == false);
    assert_true(gtid_parse(&h, A ":a_tag_of_exactly_32_characters__:9223372036854775806", &e));
    assert_string_equal(gtid_print(&h, text), A ":a_tag_of_exactly_32_characters__:9223372036854775806");
    assert_false(gtid_equal(&g, &h));
    assert_false(gtid_parse(&g, A ":1-2", &e));
    assert_false(gtid_parse(&g, "", &e));
    assert_false(gtid_parse(&g, A ":1," B ":1", &e));
}

/* ---- bytes ---- */

static struct buf encoded(const struct gtid_set *s) {
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, 1 << 20);
    assert_true(gtid_set_encode(s, &b, &e));
    return b;
}

static void bytes_without_tags_are_those_of_every_server(void **state) {
    (void)state;
    static const uint8_t want[] = "\x01\0\0\0\0\0\0\0"
                                  "\x3e\x11\xfa\x47\x71\xca\x11\xe1\x9e\x33\xc8\x0a\xa9\x42\x95\x62"
                                  "\x02\0\0\0\0\0\0\0"
                                  "\x01\0\0\0\0\0\0\0\x06\0\0\0\0\0\0\0"
                                  "\x07\0\0\0\0\0\0\0\x08\0\0\0\0\0\0";
    struct gtid_set s = set_of(A ":1-5:7"), back = GTID_SET_INIT;
    struct buf b = encoded(&s);
    struct err e = ERR_INIT;
    assert_int_equal(b.len, sizeof want);
    assert_memory_equal(b.data, want, sizeof want);
    assert_true(gtid_set_decode(&back, b.data, b.len, &e));
    assert_true(gtid_set_equal(&s, &back));
    for (size_t n = 0; n < b.len; n++) {
        err_clear(&e);
        assert_false(gtid_set_decode(&back, b.data, n, &e));
        assert_int_equal(e.code, ERR_SOURCE_PROTOCOL);
    }
    assert_true(gtid_set_equal(&s, &back));
    gtid_set_clear(&back);
    gtid_set_clear(&s);
    buf_clear(&b);
}

static void bytes_with_tags(void **state) {
    (void)state;
    static const uint8_t want[] = "\x01\x02\0\0\0\0\0\x01"
                                  "\x3e\x11\xfa\x47\x71\xca\x11\xe1\x9e\x33\xc8\x0a\xa9\x42\x95\x62"
                                  "\0"
                                  "\x01\0\0\0\0\0\0\0"
                                  "\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0"
                                  "\x3e\x11\xfa\x47\x71\xca\x11\xe1\x9e\x33\xc8\x0a\xa9\x42\x95\x62"
                                  "\x06"
                                  "tag"
                                  "\x01\0\0\0\0\0\0\0"
                                  "\x02\0\0\0\0\0\0\0\x04\0\0\0\0\0\0";
    struct gtid_set s = set_of(A ":1:tag:2-3"), back = GTID_SET_INIT;
    struct buf b = encoded(&s);
    struct err e = ERR_INIT;
    assert_int_equal(b.len, sizeof want);
    assert_memory_equal(b.data, want, sizeof want);
    for (size_t n = 0; n < b.len; n++) {
        assert_false(gtid_set_decode(&back, b.data, n, &e));
    }
    assert_true(gtid_set_decode(&back, b.data, b.len, &e));
    assert_true(gtid_set_equal(&s, &back));
    gtid_set_clear(&back);
    gtid_set_clear(&s);
    buf_clear(&b);
}

static void bytes_of_an_empty_set(void **state) {
    (void)state;
    struct gtid_set s = GTID_SET_INIT;
    struct buf b = encoded(&s);
    struct err e = ERR_INIT;
    assert_int_equal(b.len, 8);
    assert_true(gtid_set_decode(&s, b.data, b.len, &e));
    assert_true(gtid_set_empty(&s));
    buf_clear(&b);
}

/* ---- operations ---- */

enum { SOURCES = 4, NUMBERS = 60 };

static struct gtid_source source_of(unsigned i) {
    struct gtid_source s = {.uuid = {(uint8_t)(i / 2 + 1)}};
    if (i % 2 == 1) {
        memcpy(s.tag, "tag", 4);
    }
    return s;
}

static void assert_is(const struct gtid_set *s, const uint64_t model[SOURCES]) {
    uint64_t count = 0;
    for (unsigned i = 0; i < SOURCES; i++) {
        for (int64_t n = 1; n <= NUMBERS; n++) {
            struct gtid g = {source_of(i), n};
            bool want = (model[i] >> n & 1) != 0;
            count += want;
            assert_int_equal(gtid_set_has(s, &g), want);
        }
    }
    assert_int_equal(gtid_set_count(s), count);
    /* one form: what is equal prints equal */
    for (size_t i = 0; i < s->n; i++) {
        assert_true(s->sources[i].n > 0);
        for (size_t k = 1; k < s->sources[i].n; k++) {
            assert_true(s->sources[i].items[k].first > s->sources[i].items[k - 1].last + 1);
        }
    }
}

static uint64_t bits(int64_t first, int64_t last) {
    return (UINT64_MAX >> (63 - last)) & (UINT64_MAX << first);
}

static void random_set(struct gtid_set *s, uint64_t model[SOURCES]) {
    struct err e = ERR_INIT;
    for (int n = rand() % 12; n > 0; n--) {
        unsigned i = (unsigned)rand() % SOURCES;
        int64_t first = 1 + rand() % NUMBERS, last = first + rand() % 9;
        last = last > NUMBERS ? NUMBERS : last;
        struct gtid_source source = source_of(i);
        assert_true(gtid_set_add_range(s, &source, first, last, &e));
        model[i] |= bits(first, last);
    }
}

static void operations_agree_with_the_model(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    srand(7);
    for (int round = 0; round < 20000; round++) {
        struct gtid_set a = GTID_SET_INIT, b = GTID_SET_INIT, c = GTID_SET_INIT;
        uint64_t ma[SOURCES] = {0}, mb[SOURCES] = {0}, both[SOURCES], less[SOURCES];
        bool within = true;
        random_set(&a, ma);
        random_set(&b, mb);
        for (int i = 0; i < SOURCES; i++) {
            both[i] = ma[i] | mb[i];
            less[i] = ma[i] & ~mb[i];
            within = within && less[i] == 0;
        }
        if (round % 500 == 0) {
            assert_is(&a, ma);
        }
        assert_int_equal(gtid_set_within(&a, &b), within);
        assert_true(gtid_set_copy(&c, &a, &e) && gtid_set_equal(&a, &c));
        assert_true(gtid_set_unite(&c, &b, &e));
        assert_is(&c, both);
        assert_true(gtid_set_within(&a, &c) && gtid_set_within(&b, &c));
        assert_true(gtid_set_copy(&c, &a, &e) && gtid_set_subtract(&c, &b, &e));
        assert_is(&c, less);
        assert_int_equal(gtid_set_empty(&c), within);
        gtid_set_clear(&a);
        gtid_set_clear(&b);
        gtid_set_clear(&c);
    }
}

static void numbers_in_order_stay_one_interval(void **state) {
    (void)state;
    struct gtid_set s = GTID_SET_INIT;
    struct err e = ERR_INIT;
    struct gtid g = {source_of(0), 0};
    for (g.number = 1; g.number <= 100000; g.number++) {
        assert_true(gtid_set_add(&s, &g, &e));
    }
    assert_int_equal(s.sources[0].n, 1);
    assert_int_equal(gtid_set_count(&s), 100000);
    g.number = 0;
    assert_false(gtid_set_add(&s, &g, &e));
    gtid_set_clear(&s);
}

static void a_set_can_be_added_to_and_taken_from_itself(void **state) {
    (void)state;
    struct gtid_set s = set_of(A ":1-5:7:tag:3," B ":1"), same = GTID_SET_INIT;
    struct err e = ERR_INIT;
    assert_true(gtid_set_copy(&same, &s, &e) && gtid_set_unite(&same, &s, &e));
    assert_true(gtid_set_equal(&same, &s));
    assert_true(gtid_set_subtract(&same, &s, &e) && gtid_set_empty(&same));
    gtid_set_clear(&s);
    gtid_set_clear(&same);
}

static void the_largest_sets_can_be_counted(void **state) {
    (void)state;
    struct gtid_set s = set_of(A ":1-9223372036854775806");
    assert_int_equal(gtid_set_count(&s), INT64_MAX - 1);
    struct gtid_set more = set_of(B ":1-9223372036854775806," A ":t:1-9223372036854775806");
    struct err e = ERR_INIT;
    assert_true(gtid_set_unite(&s, &more, &e));
    assert_true(gtid_set_count(&s) == UINT64_MAX);
    gtid_set_clear(&s);
    gtid_set_clear(&more);
}

/* ---- MariaDB ---- */

static struct mariadb_position position_of(const char *text) {
    struct mariadb_position p = MARIADB_POSITION_INIT;
    struct err e = ERR_INIT;
    if (!mariadb_position_parse(&p, text, &e)) {
        fail_msg("%s: %s", text, e.message);
    }
    return p;
}

static void mariadb_positions(void **state) {
    (void)state;
    struct mariadb_position p = position_of(" 2-3-7 , 0-1-100");
    struct mariadb_gtid g;
    struct err e = ERR_INIT;
    struct buf b;
    char text[MARIADB_GTID_TEXT_MAX];
    buf_init(&b, 1000);
    assert_true(mariadb_position_print(&p, &b, &e) && buf_terminate(&b, &e));
    assert_string_equal((char *)b.data, "0-1-100,2-3-7");
    assert_true(mariadb_gtid_parse(&g, "0-9-101", &e));
    assert_false(mariadb_position_has(&p, &g));
    assert_true(mariadb_position_set(&p, &g, &e) && mariadb_position_has(&p, &g));
    assert_true(mariadb_gtid_parse(&g, "1-4294967295-18446744073709551615", &e));
    assert_string_equal(mariadb_gtid_print(&g, text), "1-4294967295-18446744073709551615");
    assert_true(mariadb_position_set(&p, &g, &e));
    buf_reset(&b);
    assert_true(mariadb_position_print(&p, &b, &e) && buf_terminate(&b, &e));
    assert_string_equal((char *)b.data, "0-9-101,1-4294967295-18446744073709551615,2-3-7");
    buf_clear(&b);

    struct mariadb_position before = position_of("0-1-100"), empty = position_of(""), copy = MARIADB_POSITION_INIT;
    assert_true(mariadb_position_reaches(&p, &before) && mariadb_position_reaches(&p, &empty));
    assert_false(mariadb_position_reaches(&before, &p) || mariadb_position_reaches(&empty, &before));
    assert_true(mariadb_position_copy(&copy, &p, &e) && mariadb_position_equal(&copy, &p));
    assert_false(mariadb_position_equal(&copy, &before));
    mariadb_position_clear(&p);
    mariadb_position_clear(&before);
    mariadb_position_clear(&copy);
}

static void what_is_no_mariadb_position_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "0",           "0-1",     "0-1-",           "-1-1",
        "0-1-1-1",     "0-1-1,",  "0-1-1,,1-1-1",   "0-1-1,0-2-2",
        "a-1",         "0 -1- 1", "4294967296-1-1", "0-1-18446744073709551616",
        "0-1-1 1-1-1", A ":1",
    };
    struct mariadb_position p = position_of("7-7-7");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err e = ERR_INIT;
        if (mariadb_position_parse(&p, bad[i], &e)) {
            fail_msg("%s was taken", bad[i]);
        }
        assert_int_equal(e.code, ERR_POSITION);
        assert_int_equal(p.items[0].sequence, 7);
    }
    mariadb_position_clear(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_brought_into_one_form),
        cmocka_unit_test(what_is_no_set_is_refused_and_changes_nothing),
        cmocka_unit_test(one_gtid),
        cmocka_unit_test(bytes_without_tags_are_those_of_every_server),
        cmocka_unit_test(bytes_with_tags),
        cmocka_unit_test(bytes_of_an_empty_set),
        cmocka_unit_test(operations_agree_with_the_model),
        cmocka_unit_test(numbers_in_order_stay_one_interval),
        cmocka_unit_test(a_set_can_be_added_to_and_taken_from_itself),
        cmocka_unit_test(the_largest_sets_can_be_counted),
        cmocka_unit_test(mariadb_positions),
        cmocka_unit_test(what_is_no_mariadb_position_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
