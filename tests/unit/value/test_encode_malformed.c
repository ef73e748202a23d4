/* Rows that are not what the protocol says: they must fail cleanly, wherever they end. */
#include "one.h"

struct many {
    struct arena arena;
    struct encode_plan *plan;
    struct row row;
    struct buf out;
    uint64_t *counts;
    struct encode_counts ec;
};

static void many_open(struct many *m, enum dialect d, bool binary, const struct column_spec *specs, size_t n) {
    *m = (struct many){.ec = {.counts = NULL}};
    buf_init(&m->out, 1 << 22);
    m->plan = plan_make(&m->arena, d, binary, NULL, specs, n);
    m->counts = arena_array(&m->arena, uint64_t, n * LOSS_COUNT);
    m->ec.counts = m->counts;
}

static void many_close(struct many *m) {
    row_clear(&m->row);
    buf_clear(&m->out);
    arena_clear(&m->arena);
}

/* From memory of exactly this size, so that the sanitizer sees a read behind it. */
static bool encode(struct many *m, const uint8_t *bytes, size_t len, struct err *e) {
    size_t failed = SIZE_MAX;
    uint8_t *exact = malloc(len == 0 ? 1 : len);
    assert_non_null(exact);
    memcpy(exact, bytes, len);
    buf_reset(&m->out);
    err_clear(e);
    bool ok = encode_row(m->plan, len == 0 ? exact + 1 : exact, len, &m->ec, &m->out, &failed, e);
    if (!ok) {
        assert_int_equal(m->out.len, 0);
        assert_true(failed != SIZE_MAX);
        assert_true(e->code == ERR_SOURCE_PROTOCOL || e->code == ERR_SOURCE_VALUE);
    }
    free(exact);
    return ok;
}

/* PG and B have every type of all_types but B's own, which come from B's map. */
static void truncated(void **state) {
    (void)state;
    static const enum dialect dialects[] = {DIALECT_PG, DIALECT_OG_PG};
    for (size_t d = 0; d < 2; d++) {
        for (int binary = 0; binary < 2; binary++) {
            struct many m;
            struct err e = ERR_INIT;
            many_open(&m, dialects[d], binary != 0, all_types, all_types_count);
            all_types_row(&m.row);
            assert_int_equal(m.row.at, all_types_count);
            if (!encode(&m, m.row.bytes, m.row.len, &e)) {
                err_print(&e, stderr);
                fail();
            }
            for (size_t len = 0; len < m.row.len; len++) {
                assert_false(encode(&m, m.row.bytes, len, &e));
                assert_int_equal(e.code, ERR_SOURCE_PROTOCOL);
            }
            many_close(&m);
        }
    }
}

static void longer(void **state) {
    (void)state;
    struct many m;
    struct err e = ERR_INIT;
    for (int binary = 0; binary < 2; binary++) {
        many_open(&m, DIALECT_PG, binary != 0, all_types, all_types_count);
        all_types_row(&m.row);
        row_raw(&m.row, "x", 1);
        assert_false(encode(&m, m.row.bytes, m.row.len, &e));
        assert_int_equal(e.code, ERR_SOURCE_PROTOCOL);
        many_close(&m);
    }
}

/* Any byte changed to a few values: may succeed or fail, but never reads or writes outside. */
static void changed(void **state) {
    (void)state;
    static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xfb, 0xfc, 0xfd, 0xfe, 0xff};
    struct many m;
    struct err e = ERR_INIT;
    for (int binary = 0; binary < 2; binary++) {
        many_open(&m, DIALECT_PG, binary != 0, all_types, all_types_count);
        all_types_row(&m.row);
        size_t failures = 0;
        for (size_t at = 0; at < m.row.len; at++) {
            uint8_t was = m.row.bytes[at];
            for (size_t k = 0; k < sizeof values; k++) {
                m.row.bytes[at] = values[k];
                failures += !encode(&m, m.row.bytes, m.row.len, &e);
            }
            m.row.bytes[at] = was;
        }
        assert_true(failures > 1000);
        many_close(&m);
    }
}

static void all_null(void **state) {
    (void)state;
    struct many m;
    struct err e = ERR_INIT;
    many_open(&m, DIALECT_PG, true, all_types, all_types_count);
    row_begin(&m.row, all_types_count);
    for (size_t i = 0; i < all_types_count; i++) {
        row_null(&m.row);
    }
    assert_true(encode(&m, m.row.bytes, m.row.len, &e));
    assert_int_equal(m.out.len, 2 + 4 * all_types_count);
    many_close(&m);
}

static void bad_heads(void **state) {
    (void)state;
    struct many m;
    struct err e = ERR_INIT;
    const struct column_spec spec = {"int"};
    many_open(&m, DIALECT_PG, true, &spec, 1);
    assert_false(encode(&m, (const uint8_t *)"\1\0\1\0\0\0", 6, &e));
    assert_int_equal(e.code, ERR_SOURCE_PROTOCOL);
    assert_true(encode(&m, (const uint8_t *)"\0\0\1\0\0\0", 6, &e));
    many_close(&m);
}

/* Date and time fields out of MySQL's range are the protocol's fault, not a loss. */
static void wild_times(void **state) {
    (void)state;
    static const struct {
        const char *type, *bytes;
        size_t n;
    } cases[] = {
        {"date", "\4\x10\x27\1\1", 5},           {"date", "\4\xe8\7\x0d\1", 5},
        {"date", "\4\xe8\7\1\x20", 5},           {"date", "\5\xe8\7\1\1\0", 6},
        {"datetime", "\7\xe8\7\1\1\x18\0\0", 8}, {"datetime", "\7\xe8\7\1\1\0\x3c\0", 8},
        {"datetime", "\7\xe8\7\1\1\0\0\x3c", 8}, {"datetime", "\x0b\xe8\7\1\1\0\0\0\x40\x42\x0f\0", 12},
        {"time", "\x08\2\0\0\0\0\0\0\0", 9},     {"time", "\x08\0\x23\0\0\0\0\0\0", 9},
        {"time", "\x08\0\x22\0\0\0\x17\0\0", 9}, {"time", "\x08\0\0\0\0\0\x18\0\0", 9},
        {"time", "\7\0\0\0\0\0\0\0", 8},         {"time", "\x0c\0\0\0\0\0\0\0\0\x40\x42\x0f\0", 13},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int binary = 0; binary < 2; binary++) {
            struct one o;
            one_open(&o, DIALECT_PG, binary != 0, NULL, (struct column_spec){.type = cases[i].type});
            row_raw(&o.row, cases[i].bytes, cases[i].n);
            assert_false(one_encode(&o));
            assert_int_equal(o.err.code, ERR_SOURCE_PROTOCOL);
            one_close(&o);
        }
    }
}

static void describe(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    const struct column_spec specs[] = {{"int"},          {"varchar(300)"}, {"varbinary(9)"}, {"datetime"},
                                        {"decimal(5,2)"}, {"int"},          {"text"},         {"bit(8)"}};
    enum { N = sizeof specs / sizeof specs[0] };
    static const char *const expected[] = {"-7",      "'0123456789012345678901234567890123456789012345678901234567..'",
                                           "x'00ff'", "2024-00-13 00:00:00",
                                           "1.50",    "NULL",
                                           "x'6109'", "5"};
    struct encode_plan *p = plan_make(&a, DIALECT_PG, true, NULL, specs, N);
    struct row r = {0};
    char text[64], tiny[6], long_text[128];
    for (size_t i = 0; i < sizeof long_text - 1; i++) {
        long_text[i] = (char)('0' + i % 10);
    }
    long_text[sizeof long_text - 1] = '\0';
    row_begin(&r, N);
    row_int(&r, -7, 4);
    row_text(&r, long_text);
    row_bytes(&r, "\0\xff", 2);
    row_datetime(&r, 2024, 0, 13, 0, 0, 0, 0);
    row_text(&r, "1.50");
    row_null(&r);
    row_text(&r, "a\t");
    row_bytes(&r, "\5", 1);
    for (size_t i = 0; i < N; i++) {
        encode_describe(p, r.bytes, r.len, i, text, sizeof text);
        if (i == 1) {
            assert_memory_equal(text, "'01234567", 9);
            assert_non_null(strstr(text, "..'"));
        } else {
            assert_string_equal(text, expected[i]);
        }
        encode_describe(p, r.bytes, r.len, i, tiny, sizeof tiny);
        assert_true(strlen(tiny) < sizeof tiny);
    }
    encode_describe(p, r.bytes, 12, 3, text, sizeof text);
    assert_string_equal(text, "?");
    encode_describe(p, r.bytes, r.len, N, text, sizeof text);
    assert_string_equal(text, "?");
    row_clear(&r);
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truncated), cmocka_unit_test(longer),    cmocka_unit_test(changed),
        cmocka_unit_test(all_null),  cmocka_unit_test(bad_heads), cmocka_unit_test(wild_times),
        cmocka_unit_test(describe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
