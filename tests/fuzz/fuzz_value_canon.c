/* Rows of a target that no server sends, in canonical form: any columns, COPY binary and COPY text. What is accepted must be a row
 * of as many fields, of a bounded size, that stays as it is when it is made canonical again, and can be printed.
 *
 * byte 0: dialect, and binary or text; byte 1: columns; then their types; the rest is the tuple or the line. */
#include <stdlib.h>

#include "value/canon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct canon_column types[] = {
    {TK_BOOL, "boolean", "c"},
    {TK_INT1, "tinyint", "c"},
    {TK_INT2, "smallint", "c"},
    {TK_INT4, "integer", "c"},
    {TK_INT8, "bigint", "c"},
    {TK_UINT1, "uint1", "c"},
    {TK_UINT2, "uint2", "c"},
    {TK_UINT4, "uint4", "c"},
    {TK_UINT8, "uint8", "c"},
    {TK_YEAR, "year", "c"},
    {TK_NUMERIC, "numeric(20,5)", "c"},
    {TK_FLOAT4, "real", "c"},
    {TK_FLOAT8, "double precision", "c"},
    {TK_BIT, "bit(9)", "c"},
    {TK_TEXT, "text", "c"},
    {TK_TEXT, "character(9)", "c"},
    {TK_TEXT, "json", "c"},
    {TK_JSONB, "jsonb", "c"},
    {TK_BYTEA, "bytea", "c"},
    {TK_BLOB, "blob", "c"},
    {TK_DATE, "date", "c"},
    {TK_TIME, "time(6)", "c"},
    {TK_INTERVAL, "interval(6)", "c"},
    {TK_TIMESTAMP, "timestamp(6)", "c"},
    {TK_TIMESTAMPTZ, "timestamptz(6)", "c"},
    {TK_UUID, "uuid", "c"},
    {TK_INET, "inet", "c"},
};
enum { TYPES = sizeof types / sizeof types[0], COLUMNS_MAX = 4 };

static void check(bool good) {
    if (!good) {
        abort();
    }
}

struct fuzz {
    struct arena a;
    struct canon_column cols[COLUMNS_MAX];
    size_t n;
    enum dialect d;
    struct canon_plan *plan;
};

/* Printing whatever the field holds. */
static void check_printed(struct fuzz *f, size_t column, const uint8_t *field, size_t len) {
    char text[48];
    for (size_t cap = 1; cap <= sizeof text; cap += 1 + cap / 2) {
        canon_describe(f->plan, column, field, len, text, cap);
        check(memchr(text, 0, cap) != NULL);
    }
    const char *literal = canon_literal(&f->a, f->plan, column, field, len);
    check(literal == NULL || literal[0] != '\0');
}

/* A kind whose canonical form COPY binary does not have is made canonical as what it is: JSON without a version, a number of
 * microseconds, a day. */
static bool again_plan(struct fuzz *f, struct canon_plan **out) {
    struct canon_column cols[COLUMNS_MAX];
    struct err e = ERR_INIT;
    memcpy(cols, f->cols, sizeof cols);
    for (size_t i = 0; i < f->n; i++) {
        bool temporal = cols[i].kind == TK_INTERVAL || cols[i].kind == TK_DATE || cols[i].kind == TK_TIMESTAMP ||
                        cols[i].kind == TK_TIMESTAMPTZ;
        if (cols[i].kind == TK_JSONB) {
            cols[i] = (struct canon_column){TK_TEXT, "json", "c"};
        } else if (temporal) {
            cols[i] = (struct canon_column){TK_BYTEA, "bytea", "c"};
        }
    }
    return canon_plan_make(&f->a, f->d, cols, f->n, out, &e);
}

static void check_row(struct fuzz *f, const struct buf *row, size_t len) {
    const uint8_t *at = row->data, *end = at + row->len, *field;
    size_t n, fields = 0;
    check(row->len <= 8 * len + 64 * f->n);
    while (canon_next(&at, end, &field, &n)) {
        check(fields < f->n);
        check_printed(f, fields, field, n);
        fields++;
    }
    check(at == end && fields == f->n);
    struct canon_plan *plan;
    struct buf again;
    struct err e = ERR_INIT;
    buf_init(&again, 1 << 24);
    check(again_plan(f, &plan) && canon_binary(plan, row->data, row->len, &again, &e));
    check(again.len == row->len && memcmp(again.data, row->data, row->len) == 0);
    buf_clear(&again);
}

/* One column: its value by itself, as a stream of changes has it, must become what it became in the row. */
static void check_value(struct fuzz *f, bool text, const uint8_t *row, size_t len, bool ok, const struct buf *of_row) {
    struct buf out;
    struct err e = ERR_INIT;
    bool value_ok;
    buf_init(&out, 1 << 24);
    if (text) {
        if (memchr(row, '\\', len) != NULL || memchr(row, '\t', len) != NULL) {
            return;
        }
        value_ok = canon_value_text(f->plan, 0, row, len, &out, &e);
    } else {
        if (len < 4 || get_be32(row) != len - 4) {
            return;
        }
        value_ok = canon_value_binary(f->plan, 0, row + 4, len - 4, &out, &e);
    }
    check(value_ok == ok && out.len == of_row->len && (out.len == 0 || memcmp(out.data, of_row->data, out.len) == 0));
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzz f = {.n = 0};
    struct err e = ERR_INIT;
    if (size < 2 + COLUMNS_MAX) {
        return 0;
    }
    f.d = (enum dialect)(data[0] & 3);
    bool text = (data[0] & 4) != 0;
    f.n = 1 + data[1] % COLUMNS_MAX;
    for (size_t i = 0; i < f.n; i++) {
        f.cols[i] = types[data[2 + i] % TYPES];
    }
    check(canon_plan_make(&f.a, f.d, f.cols, f.n, &f.plan, &e));
    /* memory that ends with the row, so that reads behind it are seen */
    size_t len = size - 2 - COLUMNS_MAX;
    uint8_t *row = malloc(len + 1);
    check(row != NULL);
    memcpy(row + 1, data + 2 + COLUMNS_MAX, len);
    for (size_t i = 0; i < f.n; i++) {
        check_printed(&f, i, row + 1, len);
    }
    struct buf out;
    buf_init(&out, 1 << 24);
    bool ok = text ? canon_text(f.plan, row + 1, len, &out, &e) : canon_binary(f.plan, row + 1, len, &out, &e);
    if (f.n == 1) {
        check_value(&f, text, row + 1, len, ok, &out);
    }
    if (ok) {
        check_row(&f, &out, len);
    } else {
        check(out.len == 0 && e.code == ERR_TARGET_PROTOCOL);
    }
    buf_clear(&out);
    free(row);
    arena_clear(&f.a);
    return 0;
}
