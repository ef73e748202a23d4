/* agent/repair: a file of statements, told piece by piece. */
#include "agent/repair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"

static char path[] = "/tmp/godwit-repair-XXXXXX";

static struct repair *of_file(const char *text, size_t len, bool cut) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
    json_t *event = json_pack("{s:s, s:s, s:b}", "event", "repair", "file", path, "cut", cut);
    struct repair *r = repair_new(event);
    json_decref(event);
    assert_non_null(r);
    return r;
}

/* All parts put together; their number. */
static size_t told(struct repair *r, struct buf *out, bool *cut) {
    struct err e = ERR_INIT;
    size_t n = 0;
    while (!repair_is_told(r)) {
        json_t *part = repair_next(r), *text = json_object_get(part, "text");
        char *message = json_dumps(part, JSON_COMPACT);
        assert_true(strlen(message) < 1 << 20);
        assert_int_equal(json_integer_value(json_object_get(part, "part")), ++n);
        assert_int_equal(json_is_true(json_object_get(part, "last")), repair_is_told(r));
        assert_true(buf_put(out, json_string_value(text), json_string_length(text), &e));
        *cut = json_is_true(json_object_get(part, "cut"));
        free(message);
        json_decref(part);
        assert_true(n < 100);
    }
    return n;
}

static void it_comes_together_again(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, (128 << 10) - 1, 128 << 10, (128 << 10) + 1, 1000000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t n = sizes[i];
        char *text = malloc(n + 4);
        for (size_t k = 0; k < n; k++) { /* characters of three bytes, and what JSON writes with six */
            text[k] = k % 7 < 3 && k - k % 7 + 3 <= n ? "\xe4\xb8\xad"[k % 7] : '\x01';
        }
        struct repair *r = of_file(text, n, false);
        for (int round = 0; round < 2; round++) {
            struct buf out;
            bool cut = true;
            buf_init(&out, 8 << 20);
            size_t parts = told(r, &out, &cut);
            assert_int_equal(out.len, n);
            assert_true(n == 0 || memcmp(out.data, text, n) == 0);
            assert_true(parts >= 1 && parts <= n / (128 << 10) + 2);
            assert_false(cut);
            buf_clear(&out);
            repair_again(r);
        }
        repair_remove(r);
        assert_int_not_equal(access(path, F_OK), 0);
        repair_free(r);
        free(text);
    }
}

static void what_is_no_text_is_told_too(void **state) {
    (void)state;
    struct buf out;
    bool cut = false;
    struct repair *r = of_file("INSERT '\xff\xfe';\n", 14, true);
    buf_init(&out, 1000);
    assert_int_equal(told(r, &out, &cut), 1);
    assert_int_equal(out.len, 14);
    assert_memory_equal(out.data, "INSERT '?\?';\n", 14);
    assert_true(cut);
    buf_clear(&out);
    /* Gone meanwhile: an end, not a loop. */
    repair_remove(r);
    repair_again(r);
    buf_init(&out, 1000);
    assert_int_equal(told(r, &out, &cut), 1);
    assert_int_equal(out.len, 0);
    buf_clear(&out);
    repair_free(r);
    repair_free(NULL);
    json_t *nothing = json_pack("{s:s}", "event", "repair");
    assert_null(repair_new(nothing));
    json_decref(nothing);
}

int main(void) {
    int fd = mkstemp(path);
    if (fd < 0 || close(fd) != 0) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_comes_together_again),
        cmocka_unit_test(what_is_no_text_is_told_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
