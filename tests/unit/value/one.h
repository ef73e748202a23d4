/* One column, one value: encode it and look at the bytes. For cmocka tests. */
#ifndef TEST_VALUE_ONE_H
#define TEST_VALUE_ONE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "rows.h"

struct one {
    struct arena arena;
    struct encode_plan *plan;
    bool binary;
    struct row row;
    struct buf out;
    struct err err;
    uint64_t counts[LOSS_COUNT];
    struct encode_counts encode_counts;
};

static inline void one_open(struct one *o, enum dialect d, bool binary, const struct loss_policies *policies,
                            struct column_spec spec) {
    *o = (struct one){.binary = binary};
    buf_init(&o->out, 1 << 24);
    o->encode_counts.counts = o->counts;
    o->plan = plan_make(&o->arena, d, binary, policies, &spec, 1);
    row_begin(&o->row, 1);
}

static inline void one_close(struct one *o) {
    row_clear(&o->row);
    buf_clear(&o->out);
    arena_clear(&o->arena);
}

/* The row is encoded from memory that ends where it ends, so that a read behind it is seen by the sanitizer. */
static inline bool one_encode(struct one *o) {
    size_t failed = 99;
    uint8_t *exact = malloc(o->row.len);
    assert_non_null(exact);
    memcpy(exact, o->row.bytes, o->row.len);
    buf_reset(&o->out);
    err_clear(&o->err);
    bool ok = encode_row(o->plan, exact, o->row.len, &o->encode_counts, &o->out, &failed, &o->err);
    if (!ok) {
        assert_int_equal(o->out.len, 0);
        assert_int_equal(failed, 0);
        assert_non_null(strstr(o->err.where, "c0"));
    }
    free(exact);
    row_begin(&o->row, 1);
    return ok;
}

/* Hex of the field, "NULL", or "FAIL message". In text mode the line without its newline. */
static inline const char *one_result(struct one *o) {
    static char text[4096];
    if (!one_encode(o)) {
        snprintf(text, sizeof text, "FAIL %s", o->err.message);
        return text;
    }
    if (!o->binary) {
        assert_true(o->out.len >= 1 && o->out.data[o->out.len - 1] == '\n');
        snprintf(text, sizeof text, "%.*s", (int)o->out.len - 1, (const char *)o->out.data);
        return text;
    }
    assert_true(o->out.len >= 6 && get_be16(o->out.data) == 1);
    uint32_t n = get_be32(o->out.data + 2);
    if (n == UINT32_MAX) {
        assert_int_equal(o->out.len, 6);
        return "NULL";
    }
    assert_int_equal(o->out.len, 6 + (size_t)n);
    text[0] = '\0';
    for (uint32_t i = 0; i < n && i < 1000; i++) {
        snprintf(text + 2 * i, 3, "%02x", o->out.data[6 + i]);
    }
    return text;
}

#endif
