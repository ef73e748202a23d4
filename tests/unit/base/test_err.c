/* base/err: what the detector, the middle layers and the top each do to an error; the table itself. */
#include "base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

static void set_takes_hint_and_retryable_from_the_table(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    strcpy(e.cause, "left over");
    assert_false(err_set(&e, ERR_SOURCE_LOCK, "no lock after %d s", 5));
    assert_int_equal(e.code, ERR_SOURCE_LOCK);
    assert_string_equal(e.message, "no lock after 5 s");
    assert_non_null(strstr(e.hint, "lock-free"));
    assert_true(e.retryable);
    assert_string_equal(e.cause, "");
    assert_false(err_set(&e, ERR_URL, "x"));
    assert_false(e.retryable);
}

static void a_null_error_is_accepted_everywhere(void **state) {
    (void)state;
    assert_false(err_set(NULL, ERR_URL, "x"));
    assert_false(err_cause(NULL, "x"));
    assert_false(err_hint(NULL, "x"));
    assert_false(err_where(NULL, "x"));
    assert_false(err_errno(NULL, ERR_FILE, "x"));
}

static void a_message_may_quote_the_error_it_replaces(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    err_set(&e, ERR_TARGET_QUERY, "duplicate key");
    err_set(&e, ERR_TARGET_ROW, "row 7: %s", e.message);
    assert_string_equal(e.message, "row 7: duplicate key");
}

static void where_puts_the_outer_place_first(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    err_set(&e, ERR_SOURCE_VALUE, "bad date");
    err_where(&e, "column %s", "born");
    err_where(&e, "chunk 7");
    err_where(&e, "table shop.people");
    assert_string_equal(e.where, "table shop.people: chunk 7: column born");
}

static void long_text_is_cut_between_characters(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    char text[3 * 1000 + 1];
    for (size_t i = 0; i < 1000; i++) {
        memcpy(text + 3 * i, "表", 3);
    }
    text[sizeof text - 1] = '\0';
    for (size_t shift = 0; shift < 4; shift++) {
        err_set(&e, ERR_TARGET_ROW, "%.*s%s", (int)shift, "abc", text);
        size_t n = strlen(e.message);
        assert_true(n < sizeof e.message && n > sizeof e.message - 8);
        assert_true(str_utf8_valid(e.message, n));
        err_where(&e, "%.*s%s", (int)shift, "abc", text);
        assert_true(str_utf8_valid(e.where, strlen(e.where)));
    }
}

static void errno_becomes_the_cause(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    errno = ENOENT;
    assert_false(err_errno(&e, ERR_FILE, "cannot read %s", "a.json"));
    assert_string_equal(e.cause, strerror(ENOENT));
    assert_string_equal(e.message, "cannot read a.json");
}

static char *printed(const struct err *e) {
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    err_print(e, f);
    fclose(f);
    return text;
}

static void print_shows_only_what_there_is(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    err_set(&e, ERR_SOURCE_QUERY, "SELECT failed");
    err_hint(&e, "%s", "");
    char *text = printed(&e);
    assert_string_equal(text, "error GW2010: SELECT failed\n");
    free(text);
    err_where(&e, "table a");
    err_cause(&e, "no such table");
    err_hint(&e, "look");
    strcpy(e.sqlstate, "42S02");
    e.server_code = 1146;
    text = printed(&e);
    assert_string_equal(
        text, "error GW2010: SELECT failed\n  where: table a\n  cause: no such table (SQLSTATE 42S02, error 1146)\n"
              "  hint:  look\n");
    free(text);
}

static void json_has_the_same_and_survives_bad_bytes(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    err_set(&e, ERR_TARGET_LOST, "gone");
    err_cause(&e, "bytes \xff\xfe here");
    json_t *o = err_to_json(&e);
    assert_string_equal(json_string_value(json_object_get(o, "code")), "GW3012");
    assert_string_equal(json_string_value(json_object_get(o, "class")), "target");
    assert_string_equal(json_string_value(json_object_get(o, "message")), "gone");
    assert_string_equal(json_string_value(json_object_get(o, "cause")), "bytes ?? here");
    assert_true(json_is_true(json_object_get(o, "retryable")));
    assert_null(json_object_get(o, "where"));
    assert_null(json_object_get(o, "sqlstate"));
    assert_string_equal(json_string_value(json_object_get(o, "message_zh")), err_title_zh(ERR_TARGET_LOST));
    assert_string_equal(json_string_value(json_object_get(o, "hint_zh")), err_hint_zh(ERR_TARGET_LOST));
    char *text = json_dumps(o, JSON_COMPACT);
    assert_non_null(text);
    free(text);
    json_decref(o);
}

struct row {
    enum err_code code;
    unsigned number;
    const char *title, *hint;
    enum err_class class;
};

static const struct row rows[] = {
#define X(name, number, class, retryable, title, hint) {name, number, title, hint, ERR_CLASS_##class},
#include "base/err_codes.def"
#undef X
};

/* Chinese: three bytes a character, of the CJK block. */
static bool has_chinese(const char *s) {
    for (; *s != '\0'; s++) {
        unsigned char a = (unsigned char)s[0];
        if (a >= 0xe4 && a <= 0xe9) {
            return true;
        }
    }
    return false;
}

static void every_code_has_its_chinese(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *title = err_title_zh(rows[i].code), *hint = err_hint_zh(rows[i].code);
        if (!has_chinese(title) || !str_utf8_valid(title, strlen(title))) {
            fail_msg("GW%u has no Chinese title in err_zh.def", rows[i].number);
        }
        /* A hint may be a request's line and nothing else. */
        if (!str_utf8_valid(hint, strlen(hint)) || (!has_chinese(hint) && strcmp(hint, rows[i].hint) != 0)) {
            fail_msg("GW%u has no Chinese hint in err_zh.def", rows[i].number);
        }
    }
    assert_string_equal(err_title_zh((enum err_code)1), "");
    assert_string_equal(err_hint_zh((enum err_code)1), "");
}

static void every_code_is_unique_and_in_its_class(void **state) {
    (void)state;
    enum { N = sizeof rows / sizeof rows[0] };
    for (size_t i = 0; i < N; i++) {
        char code[8], other[8];
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(err_code_text(rows[i].code, code), err_code_text(rows[k].code, other));
        }
        unsigned thousand = rows[i].number / 1000;
        enum err_class want = thousand == 1   ? ERR_CLASS_USER
                              : thousand == 2 ? ERR_CLASS_SOURCE
                              : thousand == 3 ? ERR_CLASS_TARGET
                              : thousand == 4 ? ERR_CLASS_NETWORK
                              : thousand == 5 ? ERR_CLASS_STORE
                                              : ERR_CLASS_INTERNAL;
        assert_int_equal(err_class_of(rows[i].code), want);
        assert_string_equal(err_title(rows[i].code), rows[i].title);
        struct err e = ERR_INIT;
        err_set(&e, rows[i].code, "x");
        assert_string_equal(e.hint, rows[i].hint); /* fits */
    }
    assert_int_equal(err_class_of(ERR_NONE), ERR_CLASS_NONE);
    assert_string_equal(err_class_name(ERR_CLASS_NONE), "none");
}

static void the_catalogue_has_a_line_for_each_code(void **state) {
    (void)state;
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    err_print_catalogue(f);
    fclose(f);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char code[8], cell[16];
        snprintf(cell, sizeof cell, "| %s |", err_code_text(rows[i].code, code));
        assert_non_null(strstr(text, cell));
    }
    /* A bar inside a text would break the table. */
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        size_t bars = 0;
        for (const char *p = line; *p != '\0'; p++) {
            bars += *p == '|';
        }
        assert_true(bars == 0 || bars == 6);
    }
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_takes_hint_and_retryable_from_the_table),
        cmocka_unit_test(a_null_error_is_accepted_everywhere),
        cmocka_unit_test(a_message_may_quote_the_error_it_replaces),
        cmocka_unit_test(where_puts_the_outer_place_first),
        cmocka_unit_test(long_text_is_cut_between_characters),
        cmocka_unit_test(errno_becomes_the_cause),
        cmocka_unit_test(print_shows_only_what_there_is),
        cmocka_unit_test(json_has_the_same_and_survives_bad_bytes),
        cmocka_unit_test(every_code_is_unique_and_in_its_class),
        cmocka_unit_test(every_code_has_its_chinese),
        cmocka_unit_test(the_catalogue_has_a_line_for_each_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
