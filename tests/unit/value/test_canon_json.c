/* Canonical JSON: what must be equal is, what must differ does, what is no JSON is refused, and a canonical text stays as it is. */
#include "canon_one.h"

/* From jsonb and json in COPY binary, and from COPY text with its escapes: they must agree. */
static const char *canonical(struct canon_one *o, const char *text) {
    size_t n = strlen(text);
    char *bytes = malloc(2 * n + 2);
    assert_non_null(bytes);
    canon_one_plan(o, DIALECT_OG_B, TK_JSONB, "jsonb");
    bytes[0] = 1;
    memcpy(bytes + 1, text, n);
    const char *jsonb = canon_one_binary(o, bytes, (int)n + 1, true);
    canon_one_plan(o, DIALECT_OG_B, TK_TEXT, "json");
    const char *json = canon_one_binary(o, text, (int)n, true);
    assert_string_equal(jsonb, json);
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        static const char special[] = "\\\n\t\r\b\f\v", letters[] = "\\ntrbfv";
        const char *s = strchr(special, text[i]);
        if (s != NULL) {
            bytes[len++] = '\\';
        }
        bytes[len++] = s != NULL ? letters[s - special] : text[i];
    }
    bytes[len] = '\0';
    const char *copied = canon_one_text(o, bytes, true);
    assert_string_equal(copied, json);
    free(bytes);
    return copied;
}

static void check(struct canon_one *o, const char *text, const char *expected) {
    const char *got = canonical(o, text);
    if (strcmp(got, expected) != 0) {
        fail_msg("%s: got %s, expected %s", text, got, expected);
    }
    if (strcmp(got, "FAIL") != 0) {
        char *again = strdup(got);
        assert_string_equal(canonical(o, again), again);
        free(again);
    }
}

static void test_numbers(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"0", "0"},
        {"-0", "0"},
        {"-0.0", "0"},
        {"0.000", "0"},
        {"0e0", "0"},
        {"0e999999999999999999999", "0"},
        {"-0E-5", "0"},
        {"1", "1"},
        {"-1", "-1"},
        {"1000", "1000"},
        {"1000.0", "1000"},
        {"1e3", "1000"},
        {"1E+3", "1000"},
        {"10e2", "1000"},
        {"100000e-2", "1000"},
        {"0.1e4", "1000"},
        {"1.10", "1.1"},
        {"1.1", "1.1"},
        {"11e-1", "1.1"},
        {"-2.50", "-2.5"},
        {"10", "10"},
        {"1e1", "10"},
        {"10.01", "10.01"},
        {"0.1", "0.1"},
        {"1e-1", "0.1"},
        {"0.000001", "0.000001"},
        {"1e-6", "0.000001"},
        {"0.0000001", "1e-7"},
        {"1e-7", "1e-7"},
        {"12.5e-8", "1.25e-7"},
        {"-0.00000012345", "-1.2345e-7"},
        {"12345678901234567890", "12345678901234567890"},
        {"18446744073709551615", "18446744073709551615"},
        {"1e20", "100000000000000000000"},
        {"100000000000000000000", "100000000000000000000"},
        {"100000000000000000000.00", "100000000000000000000"},
        {"999999999999999999999", "999999999999999999999"},
        {"1e21", "1e21"},
        {"1000000000000000000000", "1e21"},
        {"1234567890123456789012", "1.234567890123456789012e21"},
        {"1.2345678901234568e17", "123456789012345680"},
        {"123456789012345680", "123456789012345680"},
        {"1.7976931348623157e308", "1.7976931348623157e308"},
        {"2.2250738585072014e-308", "2.2250738585072014e-308"},
        {"5e-324", "5e-324"},
        {"123456789012345678901234567890.123456789", "1.23456789012345678901234567890123456789e29"},
        {"0.100000000000000005551115123125782702118158340454101562500",
         "0.1000000000000000055511151231257827021181583404541015625"},
        {"1e999999999", "1e999999999"},
        {"0.001e1000000002", "1e999999999"},
        {"1e-999999999", "1e-999999999"},
        {"1e1000000000", "FAIL"},
        {"1e-1000000000", "FAIL"},
        {"1e99999999999999999999", "FAIL"},
        {"1e-99999999999999999999", "FAIL"},
    };
    struct canon_one o;
    canon_one_init(&o);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check(&o, cases[i][0], cases[i][1]);
    }
    canon_one_clear(&o);
}

/* 1 and 309 zeros, as jsonb prints what MySQL prints as 1e309 would be; and zeros before a digit. */
static void test_long_numbers(void **state) {
    (void)state;
    char text[400];
    struct canon_one o;
    canon_one_init(&o);
    memset(text, '0', sizeof text);
    text[0] = '1';
    text[301] = '\0';
    check(&o, text, "1e300");
    snprintf(text, sizeof text, "0.%0300d", 7);
    check(&o, text, "7e-300");
    canon_one_clear(&o);
}

static void test_strings(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"\"\"", "\"\""},
        {"\"a\"", "\"a\""},
        {"\"sixteen bytes and more than sixteen bytes\"", "\"sixteen bytes and more than sixteen bytes\""},
        {"\"a\\/b\"", "\"a/b\""},
        {"\"a/b\"", "\"a/b\""},
        {"\"\\\"\\\\\"", "\"\\\"\\\\\""},
        {"\"\\u0022\\u005c\\u002f\"", "\"\\\"\\\\/\""},
        {"\"\\b\\f\\n\\r\\t\"", "\"\\u0008\\u000c\\u000a\\u000d\\u0009\""},
        {"\"\\u0008\\u000C\\u000a\\u000D\\u0009\"", "\"\\u0008\\u000c\\u000a\\u000d\\u0009\""},
        {"\"\\u001f\\u007f\"", "\"\\u001f\x7f\""},
        {"\"\\u0000\"", "\"\\u0000\""},
        {"\"\\u4e2d\\u00e9\"", "\"\xe4\xb8\xad\xc3\xa9\""},
        {"\"\xe4\xb8\xad\xc3\xa9\"", "\"\xe4\xb8\xad\xc3\xa9\""},
        {"\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\""},
        {"\"\\uD83D\\uDE00x\"", "\"\xf0\x9f\x98\x80x\""},
        {"\"\xf0\x9f\x98\x80\"", "\"\xf0\x9f\x98\x80\""},
        {"\"\\ud83d\"", "\"\\ud83d\""}, /* half a pair: json takes it */
        {"\"\\uDE00\\uD83D\"", "\"\\ude00\\ud83d\""},
        {"\"\\ud83d\\u0041\"", "\"\\ud83d"
                               "A\""},
        {"\"\\ud83d\\n\"", "\"\\ud83d\\u000a\""},
        {"\"0123456789abcde\\n0123456789abcdef\\n\"", "\"0123456789abcde\\u000a0123456789abcdef\\u000a\""},
        {"\"abc", "FAIL"},
        {"\"abc\\", "FAIL"},
        {"\"abc\\\"", "FAIL"},
        {"\"\\x41\"", "FAIL"},
        {"\"\\u12\"", "FAIL"},
        {"\"\\u12g4\"", "FAIL"},
        {"\"\\u", "FAIL"},
        {"\"\\ud83d\\u", "FAIL"},
        {"\"a\nb\"", "FAIL"},
        {"\"0123456789abcdef0123456789abcdef\x01\"", "FAIL"},
        {"'a'", "FAIL"},
    };
    struct canon_one o;
    canon_one_init(&o);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check(&o, cases[i][0], cases[i][1]);
    }
    canon_one_clear(&o);
}

static void test_documents(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"null", "null"},
        {" true ", "true"},
        {"\n\t\r false\n", "false"},
        {"[]", "[]"},
        {"[ ]", "[]"},
        {"{}", "{}"},
        {"{ }", "{}"},
        {"[1, 2,3 ,4 , 5]", "[1,2,3,4,5]"},
        {"[[], {}, [[]], [{}]]", "[[],{},[[]],[{}]]"},
        /* as MySQL prints it, and as jsonb */
        {"{\"a\": [1, 2.5, 1000.0], \"b\": 2}", "{\"a\":[1,2.5,1000],\"b\":2}"},
        {"{\"a\": [1, 2.50, 1000], \"b\": 2}", "{\"a\":[1,2.5,1000],\"b\":2}"},
        {"{\"b\":1,  \"a\":[1,2.50,1e3],\"b\":2}", "{\"a\":[1,2.5,1000],\"b\":2}"},
        {"{\"a\": 1.0, \"d\": 100000000000000000000, \"n\": null, \"z\": 1, \"aa\": 2}",
         "{\"a\":1,\"d\":100000000000000000000,\"n\":null,\"z\":1,\"aa\":2}"},
        {"{\"z\":1,\"aa\":2,\"a\":1.0,\"d\":1e20,\"n\":null}",
         "{\"a\":1,\"d\":100000000000000000000,\"n\":null,\"z\":1,\"aa\":2}"},
        /* the last of equal keys, however they are spelled */
        {"{\"a\": 1, \"a\": 2}", "{\"a\":2}"},
        {"{\"a\": 1, \"\\u0061\": 2, \"b\": {\"x\": 1, \"x\": [2]}}", "{\"a\":2,\"b\":{\"x\":[2]}}"},
        {"{\"b\": 1, \"a\": 1, \"b\": 2, \"a\": 2, \"b\": 3}", "{\"a\":2,\"b\":3}"},
        {"{\"b\": {\"d\": 1, \"c\": {\"f\": [{\"h\": 1, \"g\": 2}], \"e\": 0}}, \"a\": \"}{,\\\"\"}",
         "{\"a\":\"}{,\\\"\",\"b\":{\"c\":{\"e\":0,\"f\":[{\"g\":2,\"h\":1}]},\"d\":1}}"},
        {"{\"\": 1, \"a\": 2}", "{\"\":1,\"a\":2}"},
        {"{\"a\": 2, \"\": 1}", "{\"\":1,\"a\":2}"},
        {"{\"b,\": 1, \"a\\\"\": [1,{\"x\":2}], \"c\": 3}", "{\"c\":3,\"b,\":1,\"a\\\"\":[1,{\"x\":2}]}"},
        {"[{\"b\":1,\"a\":2},{\"d\":1,\"c\":2}]", "[{\"a\":2,\"b\":1},{\"c\":2,\"d\":1}]"},
        {"", "FAIL"},
        {"  ", "FAIL"},
        {"nul", "FAIL"},
        {"nulll", "FAIL"},
        {"True", "FAIL"},
        {"1 2", "FAIL"},
        {"01", "FAIL"},
        {"-", "FAIL"},
        {"+1", "FAIL"},
        {".5", "FAIL"},
        {"1.", "FAIL"},
        {"1.e3", "FAIL"},
        {"1e", "FAIL"},
        {"1e+", "FAIL"},
        {"NaN", "FAIL"},
        {"[", "FAIL"},
        {"]", "FAIL"},
        {"[1", "FAIL"},
        {"[1,", "FAIL"},
        {"[1,]", "FAIL"},
        {"[,1]", "FAIL"},
        {"[1 2]", "FAIL"},
        {"[1}", "FAIL"},
        {"{", "FAIL"},
        {"{\"a\"", "FAIL"},
        {"{\"a\":", "FAIL"},
        {"{\"a\":1", "FAIL"},
        {"{\"a\":1,", "FAIL"},
        {"{\"a\":1,}", "FAIL"},
        {"{\"a\" 1}", "FAIL"},
        {"{a:1}", "FAIL"},
        {"{1:1}", "FAIL"},
        {"{\"a\":1]", "FAIL"},
        {"{\"a\":}", "FAIL"},
        {"{}{}", "FAIL"},
    };
    struct canon_one o;
    canon_one_init(&o);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check(&o, cases[i][0], cases[i][1]);
    }
    canon_one_clear(&o);
}

static void test_depth(void **state) {
    (void)state;
    char text[400];
    struct canon_one o;
    canon_one_init(&o);
    for (int depth = 100; depth <= 129; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        text[2 * depth] = '\0';
        check(&o, text, depth <= 128 ? text : "FAIL");
    }
    canon_one_clear(&o);
}

/* Objects of many keys in every order, large enough for merging; each key twice, the second with the value that stays. */
static void test_sorting(void **state) {
    (void)state;
    enum { ROOM = 1 << 20 };
    char *text = malloc(ROOM), *expected = malloc(ROOM), *line = malloc(ROOM);
    struct canon_one o;
    canon_one_init(&o);
    assert_true(text != NULL && expected != NULL && line != NULL);
    canon_one_plan(&o, DIALECT_PG, TK_TEXT, "json");
    for (size_t n = 2; n < 3000; n = n * 3 / 2 + 1) {
        size_t at = 1, to = 1, step = 7919; /* a prime: every key once, in disorder */
        text[0] = expected[0] = '{';
        for (int round = 0; round < 2; round++) {
            for (size_t i = 0, k = n / 2; i < n; i++, k = (k + step) % n) {
                at += (size_t)snprintf(text + at, ROOM - at, "%s\"k%zu\": [\"v%zu\\n\", %d]", at > 1 ? ", " : "", k, k,
                                       round);
            }
        }
        snprintf(text + at, ROOM - at, "}");
        for (size_t k = 0; k < n; k++) {
            to += (size_t)snprintf(expected + to, ROOM - to, "%s\"k%zu\":[\"v%zu\\u000a\",1]", k > 0 ? "," : "", k, k);
        }
        snprintf(expected + to, ROOM - to, "}");
        canon_one_begin(&o);
        uint8_t head[4];
        uint32_t len = (uint32_t)strlen(text);
        memcpy(line + 4, text, len);
        len = __builtin_bswap32(len);
        memcpy(head, &len, 4);
        memcpy(line, head, 4);
        assert_true(canon_binary(o.plan, (const uint8_t *)line, 4 + strlen(text), &o.out, &o.err));
        assert_int_equal(get_be32(o.out.data + 3), strlen(expected));
        assert_memory_equal(o.out.data + 7, expected, strlen(expected));
        /* and as COPY text, where it is sorted beside its own unescaped text */
        size_t w = 0;
        for (const char *p = text; *p != '\0'; p++) {
            if (*p == '\\') {
                line[w++] = '\\';
            }
            line[w++] = *p;
        }
        struct buf tight;
        buf_init(&tight, 1 << 24);
        assert_true(canon_text(o.plan, (const uint8_t *)line, w, &tight, &o.err));
        assert_int_equal(tight.len, 4 + strlen(expected));
        assert_memory_equal(tight.data + 4, expected, strlen(expected));
        buf_clear(&tight);
    }
    free(text);
    free(expected);
    free(line);
    canon_one_clear(&o);
}

/* Text that grows as much as it can: nothing is written outside (the sanitizer sees it), nothing is lost. */
static void test_growth(void **state) {
    (void)state;
    static const struct {
        const char *piece, *canonical;
    } pieces[] = {{"1e20,", "100000000000000000000,"},
                  {"\"\\b\\n\\t\",", "\"\\u0008\\u000a\\u0009\","},
                  {"9e-6,", "0.000009,"},
                  {"\"\\ud800\\u0001\",", "\"\\ud800\\u0001\","}};
    enum { TIMES = 5000, ROOM = TIMES * 40 };
    char *text = malloc(ROOM), *line = malloc(2 * ROOM);
    struct canon_one o;
    canon_one_init(&o);
    assert_true(text != NULL && line != NULL);
    canon_one_plan(&o, DIALECT_PG, TK_TEXT, "json");
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t n = strlen(pieces[i].piece), m = strlen(pieces[i].canonical), at = 1, w = 0;
        text[0] = '[';
        for (int k = 0; k < TIMES; k++, at += n) {
            memcpy(text + at, pieces[i].piece, n);
        }
        memcpy(text + at - 1, "]", 2);
        for (const char *p = text; *p != '\0'; p++) {
            if (*p == '\\') {
                line[w++] = '\\';
            }
            line[w++] = *p;
        }
        struct buf out;
        buf_init(&out, 1 << 24);
        assert_true(canon_text(o.plan, (const uint8_t *)line, w, &out, &o.err));
        assert_int_equal(get_be32(out.data), 1 + TIMES * m);
        for (int k = 0; k + 1 < TIMES; k++) {
            assert_memory_equal(out.data + 5 + (size_t)k * m, pieces[i].canonical, m);
        }
        buf_clear(&out);
        buf_init(&out, 20000);
        assert_false(canon_text(o.plan, (const uint8_t *)line, w, &out, &o.err));
        assert_int_equal(o.err.code, ERR_LIMIT);
        assert_int_equal(out.len, 0);
        buf_clear(&out);
    }
    free(text);
    free(line);
    canon_one_clear(&o);
}

static void test_jsonb_version(void **state) {
    (void)state;
    struct canon_one o;
    canon_one_init(&o);
    canon_one_plan(&o, DIALECT_PG, TK_JSONB, "jsonb");
    assert_string_equal(canon_one_binary(&o, "\2{}", 3, true), "FAIL");
    assert_string_equal(canon_one_binary(&o, "{}", 2, true), "FAIL");
    assert_string_equal(canon_one_binary(&o, "", 0, true), "FAIL");
    assert_string_equal(canon_one_binary(&o, "\1", 1, true), "FAIL");
    assert_non_null(strstr(o.err.where, "c0"));
    canon_one_clear(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),   cmocka_unit_test(test_long_numbers),  cmocka_unit_test(test_strings),
        cmocka_unit_test(test_documents), cmocka_unit_test(test_depth),         cmocka_unit_test(test_sorting),
        cmocka_unit_test(test_growth),    cmocka_unit_test(test_jsonb_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
