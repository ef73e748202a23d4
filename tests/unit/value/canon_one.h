/* One column from each source in canonical form, as hex: shared by the tests of canonical rows. */
#ifndef TEST_VALUE_CANON_ONE_H
#define TEST_VALUE_CANON_ONE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "value/canon.h"

enum { CANON_ONE_TEXT = 1 << 14 };

struct canon_one {
    struct arena arena;
    struct canon_plan *plan;
    struct buf out;
    struct err err;
    char text[4][CANON_ONE_TEXT]; /* results in turn, so that two can be compared */
    unsigned turn;
};

static inline void canon_one_init(struct canon_one *o) {
    memset(o, 0, sizeof *o);
    buf_init(&o->out, 1 << 24);
}

static inline void canon_one_clear(struct canon_one *o) {
    arena_clear(&o->arena);
    buf_clear(&o->out);
}

static inline void canon_one_plan(struct canon_one *o, enum dialect d, enum target_kind kind, const char *ddl) {
    struct canon_column c = {.kind = kind, .ddl = ddl, .name = "c0"};
    assert_true(canon_plan_make(&o->arena, d, &c, 1, &o->plan, &o->err));
}

static inline char *canon_one_turn(struct canon_one *o) {
    return o->text[o->turn++ % 4];
}

/* The canonical field as hex (as itself with `plain`), "NULL" or "FAIL"; it is followed by marks, so that a wrong length shows. */
static inline const char *canon_one_show(struct canon_one *o, bool ok, bool plain) {
    char *text = canon_one_turn(o);
    if (!ok) {
        assert_int_equal(o->err.code, ERR_TARGET_PROTOCOL);
        assert_int_equal(o->out.len, 3); /* as before the call */
        assert_memory_equal(o->out.data, "abc", 3);
        snprintf(text, CANON_ONE_TEXT, "FAIL");
        return text;
    }
    const uint8_t *at = o->out.data + 3, *end = o->out.data + o->out.len, *field;
    size_t n;
    assert_true(canon_next(&at, end, &field, &n));
    assert_true(at == end);
    assert_false(canon_next(&at, end, &field, &n));
    at = o->out.data + 3;
    assert_true(canon_next(&at, end, &field, &n));
    if (field == NULL) {
        return "NULL";
    }
    assert_true(n < CANON_ONE_TEXT / 2 - 1);
    text[0] = '\0';
    if (plain) {
        memcpy(text, field, n);
        text[n] = '\0';
        return text;
    }
    for (size_t i = 0; i < n; i++) {
        snprintf(text + 2 * i, 3, "%02x", field[i]);
    }
    return text;
}

static inline void canon_one_begin(struct canon_one *o) {
    struct err none = ERR_INIT;
    o->err = none;
    buf_reset(&o->out);
    assert_true(buf_put(&o->out, "abc", 3, &o->err));
}

/* One value by itself (canon_value_text, canon_value_binary) must become what it becomes in a row. */
static inline void canon_one_same(struct canon_one *o, const char *of_row, bool text, const uint8_t *value, size_t n,
                                  bool plain) {
    struct err row_err = o->err;
    uint8_t *own = malloc(n + 1);
    assert_non_null(own);
    if (n > 0) {
        memcpy(own + 1, value, n); /* it ends with the memory, and is not aligned */
    }
    canon_one_begin(o);
    bool ok = text ? canon_value_text(o->plan, 0, own + 1, n, &o->out, &o->err)
                   : canon_value_binary(o->plan, 0, own + 1, n, &o->out, &o->err);
    free(own);
    assert_string_equal(canon_one_show(o, ok, plain), of_row);
    o->err = row_err;
}

/* A field of COPY binary; n < 0: NULL. The memory ends with the tuple. */
static inline const char *canon_one_binary(struct canon_one *o, const void *bytes, int n, bool plain) {
    size_t len = 4 + (n > 0 ? (size_t)n : 0);
    uint8_t *fields = malloc(len);
    assert_non_null(fields);
    uint32_t be = __builtin_bswap32((uint32_t)n);
    memcpy(fields, &be, 4);
    if (n > 0) {
        memcpy(fields + 4, bytes, (size_t)n);
    }
    canon_one_begin(o);
    bool ok = canon_binary(o->plan, fields, len, &o->out, &o->err);
    const char *shown = canon_one_show(o, ok, plain);
    if (n >= 0) {
        canon_one_same(o, shown, false, fields + 4, (size_t)n, plain);
    }
    free(fields);
    return shown;
}

/* COPY's escapes taken out; false: there is one that no server writes, or it is no single value. */
static inline bool canon_one_unescape(const char *line, uint8_t *to, size_t *n) {
    static const char names[] = "bfnrtv\\", bytes[] = "\b\f\n\r\t\v\\";
    if (strcmp(line, "\\N") == 0 || strchr(line, '\t') != NULL) {
        return false;
    }
    for (*n = 0; *line != '\0'; line++) {
        uint8_t c = (uint8_t)*line;
        if (c == '\\') {
            const char *escape = line[1] != '\0' ? strchr(names, *++line) : NULL;
            if (escape == NULL) {
                return false;
            }
            c = (uint8_t)bytes[escape - names];
        }
        to[(*n)++] = c;
    }
    return true;
}

/* A line of COPY text. */
static inline const char *canon_one_text(struct canon_one *o, const char *line, bool plain) {
    size_t len = strlen(line);
    uint8_t *own = malloc(len + 1);
    assert_non_null(own);
    memcpy(own + 1, line, len); /* it ends with the memory, and is not aligned */
    canon_one_begin(o);
    bool ok = canon_text(o->plan, own + 1, len, &o->out, &o->err);
    const char *shown = canon_one_show(o, ok, plain);
    size_t n;
    if (canon_one_unescape(line, own, &n)) {
        canon_one_same(o, shown, true, own, n, plain);
    }
    free(own);
    return shown;
}

/* "0001ff" as bytes; returns how many. */
static inline int canon_one_unhex(const char *hex, uint8_t *out) {
    int n = 0;
    for (; *hex != '\0'; hex += 2) {
        unsigned v;
        assert_int_equal(sscanf(hex, "%2x", &v), 1);
        out[n++] = (uint8_t)v;
    }
    return n;
}

#endif
