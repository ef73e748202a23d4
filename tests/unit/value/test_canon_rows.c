/* The same row from MySQL and from a target gives the same bytes: MySQL's row through encode_row and canon_binary, beside tuples as
 * a server sends them and lines of COPY text. */
#include "canon_one.h"
#include "canon_plans.h"

struct case_row {
    const char *type, *target; /* target NULL: what the type map says */
    enum dialect dialect;
    void (*put)(struct row *r);
    const char *binary; /* the field as the target sends it, as hex */
    const char *text;   /* the same in COPY text; NULL: not compared */
    bool mariadb_json, time_as_interval;
};

#define PUT(name, call)                                                                                                \
    static void name(struct row *r) {                                                                                  \
        call;                                                                                                          \
    }
PUT(json_mysql, row_text(r, "{\"a\": [1, 2.5, 1000.0], \"b\": 2}"))
PUT(json_typed, row_text(r, "{\"b\":1,  \"a\":[1,2.50,1e3],\"b\":2}"))
PUT(json_large, row_text(r, "[1e20, 1.2345678901234568e17, -0.0, 1e300]"))
PUT(json_text, row_text(r, "{\"k\": \"a\\/b\\n\\u4e2d \\ud83d\\ude00\"}"))
PUT(decimal, row_text(r, "-12345.6700"))
PUT(decimal_zero, row_text(r, "-0.00"))
PUT(unsigned_max, row_int(r, -1, 8))
PUT(minus_zero, row_double(r, -0.0))
PUT(tenth_float, row_float(r, 0.1f))
PUT(tenth, row_double(r, 0.1))
PUT(text_ab, row_text(r, "ab"))
PUT(text_blank, row_text(r, "ab "))
PUT(text_empty, row_text(r, ""))
PUT(bytes_4, row_bytes(r, "ab\0\0", 4))
PUT(bytes_2, row_bytes(r, "\0\xff", 2))
PUT(bit_5, row_bytes(r, "\0\5", 2))
PUT(one, row_int(r, 1, 1))
PUT(time_26h, row_time(r, false, 1, 2, 0, 0, 0))
PUT(time_minus, row_time(r, true, 0, 0, 0, 1, 500000))
PUT(time_most, row_time(r, false, 34, 22, 59, 59, 0))
PUT(label, row_text(r, "d'e"))
PUT(labels, row_text(r, "x,z"))
PUT(zero_date, row_datetime(r, 0, 0, 0, 0, 0, 0, 0))
PUT(year_zero_day, row_datetime(r, 0, 1, 1, 0, 0, 0, 0))
PUT(year_zero_time, row_datetime(r, 0, 1, 1, 1, 2, 3, 0))
PUT(day, row_datetime(r, 2024, 2, 29, 0, 0, 0, 0))
PUT(moment, row_datetime(r, 2024, 2, 29, 12, 34, 56, 789000))
PUT(year_2024, row_int(r, 2024, 2))
PUT(year_0, row_int(r, 0, 2))
PUT(uuid, row_text(r, "A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11"))
PUT(address, row_text(r, "2001:0db8::0001"))
PUT(null, row_null(r))

static const struct case_row cases[] = {
    {"json", NULL, DIALECT_PG, json_mysql, "!\1{\"a\": [1, 2.50, 1000], \"b\": 2}",
     "{\"a\": [1, 2.50, 1000], \"b\": 2}"},
    {"json", "json", DIALECT_PG, json_mysql, "!{\"b\":1,  \"a\":[1,2.50,1e3],\"b\":2}",
     "{\"b\":1,  \"a\":[1,2.50,1e3],\"b\":2}"},
    {"longtext", NULL, DIALECT_PG, json_typed, "!\1{\"a\": [1, 2.50, 1000], \"b\": 2}", NULL, true},
    {"json", NULL, DIALECT_OG_B, json_large,
     "!\1[100000000000000000000, 123456789012345680, -0.0, "
     "1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000000000000000000000000000000000000000000000000]",
     NULL},
    {"json", NULL, DIALECT_OG_B, json_text, "!\1{\"k\": \"a/b\\n\xe4\xb8\xad \xf0\x9f\x98\x80\"}",
     "{\"k\": \"a/b\\\\n\xe4\xb8\xad \xf0\x9f\x98\x80\"}"},
    {"decimal(20,4)", NULL, DIALECT_PG, decimal, "0003000140000004000109291a2c", "-12345.6700"},
    {"decimal(20,4)", "numeric(30,10)", DIALECT_PG, decimal, "000300014000000a000109291a2c", "-12345.6700000000"},
    {"decimal(20,4)", NULL, DIALECT_OG_PG, decimal_zero, "0000000000000002", ".0000"},
    {"bigint unsigned", NULL, DIALECT_PG, unsigned_max, "000500040000000007341a5802e103bb064f", "18446744073709551615"},
    {"bigint unsigned", NULL, DIALECT_OG_B, unsigned_max, "ffffffffffffffff", "18446744073709551615"},
    {"double", NULL, DIALECT_PG, minus_zero, "0000000000000000", "0"},
    {"double", NULL, DIALECT_PG, minus_zero, "8000000000000000", "-0"},
    {"double", NULL, DIALECT_OG_PG, tenth, "3fb999999999999a", ".1"},
    {"float", NULL, DIALECT_OG_A, tenth_float, "3dcccccd", ".1"},
    {"float", "double precision", DIALECT_PG, tenth_float, "3fb99999a0000000", "0.10000000149011612"},
    {"char(5)", NULL, DIALECT_PG, text_ab, "6162202020", "ab   "},
    {"char(5)", NULL, DIALECT_OG_B, text_ab, "6162", "ab"},
    {"char(5)", NULL, DIALECT_OG_B, text_empty, "2020202020", "     "},
    {"varchar(5)", NULL, DIALECT_PG, text_blank, "616220", "ab "},
    {"varchar(5)", NULL, DIALECT_OG_A, text_empty, NULL, "\\N"},
    {"binary(4)", NULL, DIALECT_OG_B, bytes_4, "61620000", "\\\\x61620000"},
    {"longblob", NULL, DIALECT_OG_B, bytes_2, "00ff", "00FF"},
    {"longblob", NULL, DIALECT_PG, bytes_2, "00ff", "\\\\x00ff"},
    {"bit(9)", NULL, DIALECT_OG_B, bit_5, "000000090280", "000000101"},
    {"tinyint(1)", "boolean", DIALECT_OG_B, one, "01", "1"},
    {"tinyint(1)", "boolean", DIALECT_PG, one, "01", "t"},
    {"time", NULL, DIALECT_OG_B, time_26h, "00000015cafea800", "26:00:00"},
    {"time(6)", NULL, DIALECT_OG_B, time_minus, "ffffffffffe91ca0", "-00:00:01.5"},
    {"time", NULL, DIALECT_PG, time_26h, "00000001ad2748000000000100000000", "1 day 02:00:00", false, true},
    {"time", NULL, DIALECT_PG, time_26h, "00000015cafea8000000000000000000", "26:00:00", false, true},
    {"time(6)", NULL, DIALECT_OG_PG, time_minus, "ffffffffffe91ca00000000000000000", "-00:00:01.5", false, true},
    {"time", NULL, DIALECT_PG, time_most, "000002bf3dcf39c00000000000000000", "838:59:59", false, true},
    {"enum('a','d''e')", NULL, DIALECT_OG_B, label, "642765", "d'e"},
    {"enum('a','d''e')", NULL, DIALECT_PG, label, "642765", "d'e"},
    {"set('x','y','z')", NULL, DIALECT_OG_B, labels, "782c7a", "x,z"},
    {"set('x','y','z')", NULL, DIALECT_OG_B, text_empty, "", ""},
    {"date", NULL, DIALECT_OG_B, zero_date, "ffda97cc", "0000-00-00"},
    {"datetime(6)", NULL, DIALECT_OG_B, zero_date, "fd0f7fa991408000", "0000-00-00 00:00:00"},
    {"timestamp", NULL, DIALECT_OG_B, zero_date, "fd0f7fa991408000", "0000-00-00 00:00:00+00"},
    {"date", NULL, DIALECT_OG_B, year_zero_day, "fff4da8b", "0000-01-01"},
    {"datetime", NULL, DIALECT_OG_B, year_zero_time, "ff1fc63df99998c0", "0000-01-01 01:02:03"},
    {"date", NULL, DIALECT_OG_A, day, "0002b578b58c6000", "2024-02-29 00:00:00"},
    {"date", NULL, DIALECT_OG_PG, day, "00002279", "2024-02-29"},
    {"datetime(3)", NULL, DIALECT_OG_B, moment, "0002b58341728608", "2024-02-29 12:34:56.789"},
    {"timestamp(6)", NULL, DIALECT_OG_B, moment, "0002b58341728608", "2024-02-29 20:34:56.789+08"},
    {"year", NULL, DIALECT_OG_B, year_2024, "000007e8", "2024"},
    {"year", NULL, DIALECT_OG_B, year_0, "00000000", "0"},
    {"year", NULL, DIALECT_PG, year_0, "0000", "0"},
    {"uuid", NULL, DIALECT_PG, uuid, "a0eebc999c0b4ef8bb6d6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
    {"inet6", NULL, DIALECT_PG, address, "0380001020010db8000000000000000000000001", "2001:db8::1"},
    {"json", NULL, DIALECT_PG, null, NULL, "\\N"},
    {"int", NULL, DIALECT_OG_B, null, NULL, "\\N"},
};

static struct encode_options options(enum dialect d, bool binary) {
    struct encode_options o = {.dialect = d, .binary = binary, .canonical = binary};
    loss_policies_default(&o.policies);
    o.policies.of[LOSS_NEGATIVE_ZERO] = LOSS_CLAMP;
    return o;
}

/* The row's fields in canonical form. */
static bool canonical_source(struct arena *a, const struct encode_plan *encode, const struct canon_plan *canon,
                             const struct row *row, struct buf *out, struct err *e) {
    struct encode_counts counts = {.counts = arena_array(a, uint64_t, row->ncolumns * LOSS_COUNT)};
    struct buf tuple;
    size_t failed;
    buf_init(&tuple, 1 << 20);
    bool ok = encode_row(encode, row->bytes, row->len, &counts, &tuple, &failed, e) &&
              canon_binary(canon, tuple.data + 2, tuple.len - 2, out, e);
    buf_clear(&tuple);
    return ok;
}

static const char *hex_of(const struct buf *b, char *text) {
    text[0] = '\0';
    for (size_t i = 0; i < b->len; i++) {
        snprintf(text + 2 * i, 3, "%02x", b->data[i]);
    }
    return text;
}

static void check_case(const struct case_row *c) {
    static char a_text[4096], b_text[4096];
    struct arena a = ARENA_INIT;
    struct err e = ERR_INIT;
    struct column_spec spec = {.type = c->type, .target = c->target, .mariadb_json = c->mariadb_json};
    struct encode_plan *encode;
    struct canon_plan *canon;
    struct row row = {0};
    struct buf source, target;
    buf_init(&source, 1 << 20);
    buf_init(&target, 1 << 20);
    canon_plans(&a, options(c->dialect, true), &spec, 1, c->time_as_interval, &encode, &canon);
    row_begin(&row, 1);
    c->put(&row);
    if (!canonical_source(&a, encode, canon, &row, &source, &e)) {
        err_print(&e, stderr);
        fail_msg("%s", c->type);
    }
    uint8_t fields[2048] = {0xff, 0xff, 0xff, 0xff};
    size_t n = 0;
    if (c->binary != NULL) {
        if (c->binary[0] == '!') {
            n = strlen(c->binary + 1);
            memcpy(fields + 4, c->binary + 1, n);
        } else {
            n = (size_t)canon_one_unhex(c->binary, fields + 4);
        }
        fields[0] = fields[1] = 0;
        fields[2] = (uint8_t)(n >> 8);
        fields[3] = (uint8_t)n;
    }
    assert_true(canon_binary(canon, fields, 4 + n, &target, &e));
    if (strcmp(hex_of(&source, a_text), hex_of(&target, b_text)) != 0) {
        fail_msg("%s: source %s, target %s", c->type, a_text, b_text);
    }
    if (c->text != NULL) {
        buf_reset(&target);
        assert_true(canon_text(canon, (const uint8_t *)c->text, strlen(c->text), &target, &e));
        if (strcmp(a_text, hex_of(&target, b_text)) != 0) {
            fail_msg("%s '%s': source %s, text %s", c->type, c->text, a_text, b_text);
        }
    }
    row_clear(&row);
    buf_clear(&source);
    buf_clear(&target);
    arena_clear(&a);
}

static void test_source_and_target(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_case(&cases[i]);
    }
}

/* What the loader sends as text is read as what it sends as binary, for every type and dialect. */
static void test_text_and_binary_of_every_type(void **state) {
    (void)state;
    static char a_text[1 << 14], b_text[1 << 14];
    for (enum dialect d = DIALECT_PG; d <= DIALECT_OG_A; d++) {
        struct arena a = ARENA_INIT;
        struct err e = ERR_INIT;
        struct encode_plan *binary, *text;
        struct canon_plan *canon;
        struct row row = {0};
        struct buf from_binary, from_text, line;
        struct encode_counts counts = {.counts = arena_array(&a, uint64_t, all_types_count * LOSS_COUNT)};
        size_t failed;
        struct encode_options o = options(d, true), plain = options(d, false);
        o.policies.of[LOSS_TIME_RANGE] = plain.policies.of[LOSS_TIME_RANGE] = LOSS_CLAMP;
        buf_init(&from_binary, 1 << 20);
        buf_init(&from_text, 1 << 20);
        buf_init(&line, 1 << 20);
        canon_plans(&a, o, all_types, all_types_count, false, &binary, &canon);
        canon_plans(&a, plain, all_types, all_types_count, false, &text, &canon);
        all_types_row(&row);
        if (!canonical_source(&a, binary, canon, &row, &from_binary, &e) ||
            !encode_row(text, row.bytes, row.len, &counts, &line, &failed, &e) ||
            !canon_text(canon, line.data, line.len - 1, &from_text, &e)) {
            err_print(&e, stderr);
            fail_msg("%s", dialect_name(d));
        }
        assert_string_equal(hex_of(&from_text, a_text), hex_of(&from_binary, b_text));
        assert_true(from_text.len > 4 * all_types_count);
        row_clear(&row);
        buf_clear(&from_binary);
        buf_clear(&from_text);
        buf_clear(&line);
        arena_clear(&a);
    }
}

/* A row of every B type as it was inserted, and the line an openGauss B printed for it. */
static void test_recorded_row_of_b(void **state) {
    (void)state;
    static const struct column_spec specs[] = {{"tinyint"},
                                               {"tinyint unsigned"},
                                               {"smallint unsigned"},
                                               {"mediumint"},
                                               {"mediumint unsigned"},
                                               {"int unsigned"},
                                               {"bigint unsigned"},
                                               {.type = "tinyint(1)", .target = "boolean"},
                                               {"year"},
                                               {"bit(8)"},
                                               {"decimal(20,5)"},
                                               {"float"},
                                               {"double"},
                                               {"char(5)"},
                                               {"varchar(5)"},
                                               {"text"},
                                               {"binary(3)"},
                                               {"varbinary(5)"},
                                               {"tinyblob"},
                                               {"blob"},
                                               {"mediumblob"},
                                               {"longblob"},
                                               {"enum('a','b')"},
                                               {"set('x','y')"},
                                               {.type = "json", .target = "json"},
                                               {"date"},
                                               {"time(6)"},
                                               {"datetime(6)"},
                                               {"timestamp(6)"}};
    static const char line[] =
        "-1\t255\t65535\t5\t16777215\t4294967295\t18446744073709551615\t1\t2024\t00000101\t123.45000\t0.1\t0.1\tab   \t"
        "cd\tef\t\\\\x01ff00\t\\\\x01ff\t01FF\t01FF\t01FF\t01FF\tb\tx,y\t{\"a\": 1}\t2024-01-02\t-100:00:00.5\t"
        "2024-01-02 03:04:05.678\t2024-01-02 03:04:05.678+00";
    static char a_text[1 << 14], b_text[1 << 14];
    size_t n = sizeof specs / sizeof specs[0];
    struct arena a = ARENA_INIT;
    struct err e = ERR_INIT;
    struct encode_plan *encode;
    struct canon_plan *canon;
    struct row row = {0};
    struct buf source, target;
    buf_init(&source, 1 << 20);
    buf_init(&target, 1 << 20);
    canon_plans(&a, options(DIALECT_OG_B, true), specs, n, false, &encode, &canon);
    row_begin(&row, n);
    row_int(&row, -1, 1);
    row_int(&row, 255, 1);
    row_int(&row, 65535, 2);
    row_int(&row, 5, 4);
    row_int(&row, 16777215, 4);
    row_int(&row, 4294967295, 4);
    row_int(&row, -1, 8);
    row_int(&row, 1, 1);
    row_int(&row, 2024, 2);
    row_bytes(&row, "\5", 1);
    row_text(&row, "123.45000");
    row_float(&row, 0.1f);
    row_double(&row, 0.1);
    row_text(&row, "ab");
    row_text(&row, "cd");
    row_text(&row, "ef");
    row_bytes(&row, "\1\xff\0", 3);
    for (int i = 0; i < 5; i++) {
        row_bytes(&row, "\1\xff", 2);
    }
    row_text(&row, "b");
    row_text(&row, "x,y");
    row_text(&row, "{\"a\": 1}");
    row_datetime(&row, 2024, 1, 2, 0, 0, 0, 0);
    row_time(&row, true, 4, 4, 0, 0, 500000);
    row_datetime(&row, 2024, 1, 2, 3, 4, 5, 678000);
    row_datetime(&row, 2024, 1, 2, 3, 4, 5, 678000);
    assert_true(canonical_source(&a, encode, canon, &row, &source, &e));
    assert_true(canon_text(canon, (const uint8_t *)line, sizeof line - 1, &target, &e));
    assert_string_equal(hex_of(&source, a_text), hex_of(&target, b_text));
    row_clear(&row);
    buf_clear(&source);
    buf_clear(&target);
    arena_clear(&a);
}

/* Without `canonical`, and elsewhere than in B, a zero date is what it was. */
static void test_zero_dates_of_the_loader(void **state) {
    (void)state;
    static const struct column_spec spec = {.type = "date"};
    for (int k = 0; k < 2; k++) {
        struct arena a = ARENA_INIT;
        struct err e = ERR_INIT;
        struct encode_options o = options(k == 0 ? DIALECT_OG_B : DIALECT_PG, true);
        o.canonical = k != 0;
        struct encode_plan *encode;
        struct canon_plan *canon;
        struct row row = {0};
        struct buf out;
        struct encode_counts counts = {.counts = arena_array(&a, uint64_t, LOSS_COUNT)};
        size_t failed;
        buf_init(&out, 1 << 20);
        canon_plans(&a, o, &spec, 1, false, &encode, &canon);
        row_begin(&row, 1);
        zero_date(&row);
        assert_false(encode_row(encode, row.bytes, row.len, &counts, &out, &failed, &e));
        assert_int_equal(encode_wants_text(&counts), k == 0);
        row_clear(&row);
        buf_clear(&out);
        arena_clear(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_source_and_target),
        cmocka_unit_test(test_text_and_binary_of_every_type),
        cmocka_unit_test(test_recorded_row_of_b),
        cmocka_unit_test(test_zero_dates_of_the_loader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
