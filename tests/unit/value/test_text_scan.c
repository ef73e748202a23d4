/* The text passes against simple ones, at every length and offset around their block sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/str.h"
#include "value/text_scan.h"

enum { MOST = 100 };

static unsigned seen_simply(const uint8_t *p, size_t n) {
    unsigned seen = 0;
    for (size_t i = 0; i < n; i++) {
        seen |= p[i] >= 0x80 ? TEXT_HIGH : p[i] == 0 ? TEXT_NUL : 0;
    }
    return seen;
}

/* Memory of exactly n bytes: the sanitizer sees what is read or written beside it. */
static uint8_t *exactly(size_t n) {
    uint8_t *p = malloc(n == 0 ? 1 : n);
    assert_non_null(p);
    return n == 0 ? p + 1 : p;
}

static void release(uint8_t *p, size_t n) {
    free(n == 0 ? p - 1 : p);
}

static void copying(void **state) {
    (void)state;
    static const uint8_t specials[] = {'a', 0, 0x80, 0xff, 1, 0x7f};
    for (size_t n = 0; n <= MOST; n++) {
        for (size_t at = 0; at < (n == 0 ? 1 : n); at++) {
            for (size_t k = 0; k < sizeof specials; k++) {
                uint8_t *src = exactly(n), *dst = exactly(n);
                memset(src, 'x', n);
                if (n > 0) {
                    src[at] = specials[k];
                }
                assert_int_equal(text_copy(dst, src, n), seen_simply(src, n));
                assert_memory_equal(dst, src, n);
                release(src, n);
                release(dst, n);
            }
        }
    }
}

static size_t escape_simply(uint8_t *dst, const uint8_t *src, size_t n) {
    size_t out = 0;
    for (size_t i = 0; i < n; i++) {
        const char *special = strchr("\\\\\tt\nn\rr", src[i]);
        bool escaped = src[i] == '\\' || src[i] == '\t' || src[i] == '\n' || src[i] == '\r';
        if (escaped) {
            dst[out++] = '\\';
            dst[out++] = src[i] == '\\' ? '\\' : (uint8_t)special[1];
        } else {
            dst[out++] = src[i];
        }
    }
    return out;
}

static void escaping(void **state) {
    (void)state;
    srand(3);
    for (int k = 0; k < 30000; k++) {
        size_t n = (size_t)(rand() % MOST);
        uint8_t *src = exactly(n);
        uint8_t a[2 * MOST + 16], b[2 * MOST + 16];
        unsigned seen = 0;
        for (size_t i = 0; i < n; i++) {
            static const uint8_t few[] = "\\\t\n\rab\x80\xff\0\x1f";
            src[i] = rand() % 4 == 0 ? few[rand() % 10] : (uint8_t)('a' + rand() % 26);
        }
        size_t got = text_escape(a, src, n, &seen);
        assert_int_equal(got, escape_simply(b, src, n));
        assert_memory_equal(a, b, got);
        assert_int_equal(got, text_escaped_size(src, n));
        assert_int_equal(seen, seen_simply(src, n));
        release(src, n);
    }
}

static void hexing(void **state) {
    (void)state;
    for (size_t n = 0; n <= MOST; n++) {
        uint8_t *src = exactly(n), *dst = exactly(2 * n);
        char expected[2 * MOST + 1] = "";
        for (size_t i = 0; i < n; i++) {
            src[i] = (uint8_t)(i * 41 + n);
            snprintf(expected + 2 * i, 3, "%02x", src[i]);
        }
        assert_ptr_equal(text_hex(dst, src, n), dst + 2 * n);
        assert_memory_equal(dst, expected, 2 * n);
        release(src, n);
        release(dst, 2 * n);
    }
}

static void utf8(void **state) {
    (void)state;
    /* every sequence of up to three bytes, and four-byte ones around the limits, behind some ASCII */
    for (unsigned long v = 0; v < 1ul << 24; v += v < 0x1000000 - 97 ? 1 + (v & 0x3f) * 7 : 1) {
        uint8_t p[20] = "0123456789abcdef";
        p[16] = (uint8_t)(v >> 16);
        p[17] = (uint8_t)(v >> 8);
        p[18] = (uint8_t)v;
        for (size_t from = 0; from <= 16; from += 16) {
            for (size_t n = 17; n <= 19; n++) {
                if (text_utf8_valid(p + from, n - from) != str_utf8_valid(p + from, n - from)) {
                    fail_msg("%02x %02x %02x", p[16], p[17], p[18]);
                }
            }
        }
    }
    static const char *const good[] = {"\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbf",
                                       "\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad a \xc3\xa9"};
    static const char *const bad[] = {
        "\xf0\x8f\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xed\xa0\x80", "\xe0\x9f\xbf",
        "\xc1\xbf",         "\xe4\xb8",         "\xf0\x9f\x98",     "\x80",         "\xe4\xb8\xad\xe6\x96"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(text_utf8_valid((const uint8_t *)good[i], strlen(good[i])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(text_utf8_valid((const uint8_t *)bad[i], strlen(bad[i])));
    }
}

static void mend(const char *in, size_t n, bool nul, bool bad, const char *expected) {
    uint8_t out[256];
    size_t k = text_mend(out, (const uint8_t *)in, n, nul, bad);
    assert_int_equal(k, strlen(expected));
    assert_memory_equal(out, expected, k);
}

static void mending(void **state) {
    (void)state;
    mend("a\0b", 3, true, true, "a b");
    mend("\xff", 1, false, true, "\xef\xbf\xbd");
    mend("\xe4\xb8", 2, false, true, "\xef\xbf\xbd"); /* one sequence, one mark */
    mend("\xe4\xb8z", 3, false, true, "\xef\xbf\xbdz");
    mend("\xed\xa0\x80", 3, false, true, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* a surrogate is three ill bytes */
    mend("\xf0\x9f\x98", 3, false, true, "\xef\xbf\xbd");
    mend("\xc3\xa9\x80", 3, false, true, "\xc3\xa9\xef\xbf\xbd");
    srand(5);
    for (int k = 0; k < 20000; k++) { /* whatever comes in, what goes out is well-formed */
        uint8_t in[40], out[120];
        size_t n = (size_t)(rand() % 40);
        for (size_t i = 0; i < n; i++) {
            in[i] = rand() % 3 == 0 ? (uint8_t)rand() : (uint8_t)(0x80 + rand() % 0x80);
        }
        size_t m = text_mend(out, in, n, true, true);
        assert_true(str_utf8_valid(out, m) && memchr(out, 0, m) == NULL);
    }
}

static void prefixes(void **state) {
    (void)state;
    const uint8_t *p = (const uint8_t *)"a\xe4\xb8\xad\xf0\x9f\x98\x80z";
    static const size_t expected[] = {0, 1, 4, 8, 9, 9};
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(text_chars_prefix(p, 9, i), expected[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(copying), cmocka_unit_test(escaping),
                                       cmocka_unit_test(hexing),  cmocka_unit_test(utf8),
                                       cmocka_unit_test(mending), cmocka_unit_test(prefixes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
