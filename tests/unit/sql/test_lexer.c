/* Tokens, one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sql/lexer.h"

struct fixture {
    struct arena a;
    struct sql_lexer l;
};

static void start(struct fixture *f, const char *text, unsigned flags) {
    *f = (struct fixture){.a = ARENA_INIT};
    sql_lexer_init(&f->l, &f->a, text, strlen(text), flags);
}

static void stop(struct fixture *f) {
    arena_clear(&f->a);
}

static void expect(struct fixture *f, enum sql_token_kind kind, const char *text) {
    struct sql_token t = sql_lexer_next(&f->l);
    if (t.kind != kind || (text != NULL && strcmp(t.text, text) != 0)) {
        fail_msg("kind %d text '%s', expected kind %d text '%s'", (int)t.kind, t.text, (int)kind,
                 text == NULL ? "any" : text);
    }
}

static void expect_op(struct fixture *f, enum sql_op op) {
    struct sql_token t = sql_lexer_next(&f->l);
    assert_int_equal(t.kind, TOK_OP);
    assert_int_equal(t.op, op);
}

static void numbers(void **state) {
    (void)state;
    struct fixture f;
    start(&f, "0 12 1.5 .5 1. 1e3 1.5E-3 1e+2 0x1F 0b101 x'4D' X'' b'0' 1e 1ea 2nd 0xZZ 0x", 0);
    expect(&f, TOK_INT, "0");
    expect(&f, TOK_INT, "12");
    expect(&f, TOK_DECIMAL, "1.5");
    expect(&f, TOK_DECIMAL, ".5");
    expect(&f, TOK_DECIMAL, "1.");
    expect(&f, TOK_FLOAT, "1e3");
    expect(&f, TOK_FLOAT, "1.5E-3");
    expect(&f, TOK_FLOAT, "1e+2");
    expect(&f, TOK_HEX, "1F");
    expect(&f, TOK_BIT, "101");
    expect(&f, TOK_HEX, "4D");
    expect(&f, TOK_HEX, "");
    expect(&f, TOK_BIT, "0");
    expect(&f, TOK_IDENT, "1e");
    expect(&f, TOK_IDENT, "1ea");
    expect(&f, TOK_IDENT, "2nd");
    expect(&f, TOK_IDENT, "0xZZ");
    expect(&f, TOK_IDENT, "0x");
    expect(&f, TOK_END, NULL);
    expect(&f, TOK_END, NULL);
    stop(&f);
}

static void strings(void **state) {
    (void)state;
    struct fixture f;
    start(&f,
          "'a' 'it''s' 'it\\'s' 'a\\\\b' 'a\\nb\\tc' 'a\\%b\\_c' \"dq\" 'a\"b' N'n' '' _utf8mb4'x' _latin1 'y' "
          "_unknown 'z' '\xc3\xa9'",
          0);
    expect(&f, TOK_STRING, "a");
    expect(&f, TOK_STRING, "it's");
    expect(&f, TOK_STRING, "it's");
    expect(&f, TOK_STRING, "a\\b");
    expect(&f, TOK_STRING, "a\nb\tc");
    expect(&f, TOK_STRING, "a\\%b\\_c");
    expect(&f, TOK_STRING, "dq");
    expect(&f, TOK_STRING, "a\"b");
    expect(&f, TOK_NSTRING, "n");
    expect(&f, TOK_STRING, "");
    expect(&f, TOK_INTRODUCER, "utf8mb4");
    expect(&f, TOK_STRING, "x");
    expect(&f, TOK_INTRODUCER, "latin1");
    expect(&f, TOK_STRING, "y");
    expect(&f, TOK_IDENT, "_unknown");
    expect(&f, TOK_STRING, "z");
    expect(&f, TOK_STRING, "\xc3\xa9");
    expect(&f, TOK_END, NULL);
    stop(&f);
}

static void strings_may_hold_nul(void **state) {
    (void)state;
    struct fixture f;
    start(&f, "'a\\0b'", 0);
    struct sql_token t = sql_lexer_next(&f.l);
    assert_int_equal(t.len, 3);
    assert_memory_equal(t.text, "a\0b", 4);
    stop(&f);
}

static void sql_modes(void **state) {
    (void)state;
    struct fixture f;
    start(&f, "\"a\"\"b\" 'c\\' 'd'", SQL_LEX_ANSI_QUOTES | SQL_LEX_NO_BACKSLASH_ESCAPES);
    expect(&f, TOK_QUOTED_IDENT, "a\"b");
    expect(&f, TOK_STRING, "c\\");
    expect(&f, TOK_STRING, "d");
    stop(&f);
}

static void names(void **state) {
    (void)state;
    struct fixture f;
    start(&f, "abc `a``b` `x\\y` a.1b t.`c` $x _y \xc3\xa9 @v @'q' @@session.sql_mode ?", 0);
    expect(&f, TOK_IDENT, "abc");
    expect(&f, TOK_QUOTED_IDENT, "a`b");
    expect(&f, TOK_QUOTED_IDENT, "x\\y");
    expect(&f, TOK_IDENT, "a");
    expect_op(&f, OP_DOT);
    expect(&f, TOK_IDENT, "1b");
    expect(&f, TOK_IDENT, "t");
    expect_op(&f, OP_DOT);
    expect(&f, TOK_QUOTED_IDENT, "c");
    expect(&f, TOK_IDENT, "$x");
    expect(&f, TOK_IDENT, "_y");
    expect(&f, TOK_IDENT, "\xc3\xa9");
    expect(&f, TOK_USER_VAR, "v");
    expect(&f, TOK_USER_VAR, "q");
    expect(&f, TOK_SYSTEM_VAR, "session.sql_mode");
    expect(&f, TOK_PARAM, "?");
    expect(&f, TOK_END, NULL);
    stop(&f);
}

static void operators(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum sql_op op;
    } all[] = {
        {"<=>", OP_NULL_SAFE_EQ},
        {"->>", OP_ARROW_TEXT},
        {"->", OP_ARROW},
        {"<<", OP_SHL},
        {">>", OP_SHR},
        {"<=", OP_LE},
        {">=", OP_GE},
        {"<>", OP_NE},
        {"!=", OP_NE},
        {":=", OP_ASSIGN},
        {"&&", OP_AND_AND},
        {"||", OP_OR_OR},
        {"!", OP_NOT},
        {"~", OP_BIT_NOT},
        {"^", OP_BIT_XOR},
        {"|", OP_BIT_OR},
        {"&", OP_BIT_AND},
        {"+", OP_PLUS},
        {"-", OP_MINUS},
        {"*", OP_MUL},
        {"/", OP_DIV},
        {"%", OP_MOD},
        {"(", OP_LPAREN},
        {")", OP_RPAREN},
        {"{", OP_LBRACE},
        {"}", OP_RBRACE},
        {",", OP_COMMA},
        {";", OP_SEMICOLON},
        {"=", OP_EQ},
        {"<", OP_LT},
        {">", OP_GT},
        {":", OP_COLON},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct fixture f;
        start(&f, all[i].text, 0);
        expect_op(&f, all[i].op);
        expect(&f, TOK_END, NULL);
        stop(&f);
    }
}

static void comments(void **state) {
    (void)state;
    struct fixture f;
    start(&f, "a -- x\nb # y\nc /* z */ d /*!80000 e */ f /*! g */ /*M!100100 h */ i /*+ hint */ j --k", 0);
    for (const char *p = "abcdefghij"; *p != '\0'; p++) {
        char one[2] = {*p, '\0'};
        expect(&f, TOK_IDENT, one);
    }
    expect_op(&f, OP_MINUS); /* -- without a blank behind it is twice minus */
    expect_op(&f, OP_MINUS);
    expect(&f, TOK_IDENT, "k");
    expect(&f, TOK_END, NULL);
    stop(&f);
}

static void errors_stay(void **state) {
    (void)state;
    static const char *const bad[] = {"'a",   "\"a",   "`a",   "'a\\", "'a\\'", "/* a", "/*! a",
                                      "x'4'", "x'4G'", "b'2'", "\x01", "@'a",   "]",    "'"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct fixture f;
        start(&f, bad[i], 0);
        struct sql_token t = {.kind = TOK_END};
        for (int n = 0; n < 4 && t.kind != TOK_ERROR; n++) {
            t = sql_lexer_next(&f.l);
        }
        if (t.kind != TOK_ERROR) {
            fail_msg("no error for %s", bad[i]);
        }
        expect(&f, TOK_ERROR, t.text);
        stop(&f);
    }
}

static void places(void **state) {
    (void)state;
    struct fixture f;
    start(&f, "ab  'cd'", 0);
    struct sql_token t = sql_lexer_next(&f.l);
    assert_int_equal(t.start, 0);
    assert_int_equal(t.end, 2);
    assert_false(t.after_space);
    t = sql_lexer_next(&f.l);
    assert_int_equal(t.start, 4);
    assert_int_equal(t.end, 8);
    assert_true(t.after_space);
    stop(&f);
}

/* The text is not NUL terminated where it ends: nothing behind len may be looked at (for the sanitizer). */
static void stays_inside(void **state) {
    (void)state;
    static const char *const texts[] = {"'",   "''",   "'a\\", "`",   "0x", "1e", "1e+",   ".", "-",  "--", "/*",
                                        "/*!", "/*M!", "x'",   "b'1", "@",  "@@", "_utf8", "<", "->", "N'"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t n = strlen(texts[i]);
        char *exact = test_malloc(n);
        memcpy(exact, texts[i], n);
        struct arena a = ARENA_INIT;
        struct sql_lexer l;
        sql_lexer_init(&l, &a, exact, n, 0);
        for (int k = 0; k < 5; k++) {
            (void)sql_lexer_next(&l);
        }
        arena_clear(&a);
        test_free(exact);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),      cmocka_unit_test(strings),     cmocka_unit_test(strings_may_hold_nul),
        cmocka_unit_test(sql_modes),    cmocka_unit_test(names),       cmocka_unit_test(operators),
        cmocka_unit_test(comments),     cmocka_unit_test(errors_stay), cmocka_unit_test(places),
        cmocka_unit_test(stays_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
