/* See replay_expect.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "replay_expect.h"

/* ---- looking at recorded messages ---- */

bool is_server(const struct driver *d, size_t i, char type) {
    const struct replay_line *l = &d->r.line[i];
    return i < d->r.n && l->conn == d->conn && !l->from_client && l->len > 0 && l->bytes[0] == (uint8_t)type;
}

bool is_client(const struct driver *d, size_t i, char type) {
    const struct replay_line *l = &d->r.line[i];
    return i < d->r.n && l->conn == d->conn && l->from_client && l->len > 0 && l->bytes[0] == (uint8_t)type;
}

const uint8_t *body_of(const struct driver *d, size_t i, size_t *len) {
    *len = d->r.line[i].len - 5;
    return d->r.line[i].bytes + 5;
}

/* The first server message of a type in [from, to), or to. */
size_t find(const struct driver *d, size_t from, size_t to, char type) {
    while (from < to && !is_server(d, from, type)) {
        from++;
    }
    return from;
}

void error_at(const struct driver *d, size_t i, struct gauss_fields *f) {
    size_t len;
    const uint8_t *body = body_of(d, i, &len);
    assert_true(gauss_fields_parse(body, len, f));
}

void assert_error(const struct driver *d, size_t i, const struct err *e) {
    struct gauss_fields f;
    error_at(d, i, &f);
    assert_string_equal(e->sqlstate, f.sqlstate);
    assert_string_equal(e->message, f.message);
    if (f.detail[0] != '\0') {
        assert_non_null(strstr(e->cause, f.detail));
    }
    if (f.context[0] != '\0') {
        assert_non_null(strstr(e->cause, f.context));
    }
}

void on_notice(void *arg, const char *severity, const char *sqlstate, const char *message) {
    struct driver *d = arg;
    size_t i = d->notices_from;
    for (size_t skip = d->notices_seen++;; i++) {
        assert_true(i < d->r.n);
        if (is_server(d, i, 'N') && skip-- == 0) {
            break;
        }
    }
    struct gauss_fields f;
    error_at(d, i, &f);
    assert_string_equal(severity, f.severity);
    assert_string_equal(sqlstate, f.sqlstate);
    assert_string_equal(message, f.message);
}

/* After an operation: what came by the way, and the transaction status of the last ReadyForQuery in [from, to). */
void assert_aside(struct driver *d, size_t from, size_t to) {
    size_t notices = 0;
    for (size_t i = from; i < to; i++) {
        notices += is_server(d, i, 'N');
        size_t len;
        const uint8_t *body = body_of(d, i, &len);
        if (is_server(d, i, 'Z')) {
            size_t last = i;
            for (size_t k = i; k < to; k++) {
                last = is_server(d, k, 'Z') ? k : last;
            }
            body = body_of(d, last, &len);
            assert_int_equal(gauss_tx_status(d->c), body[0]);
        } else if (is_server(d, i, 'S')) {
            const char *name = (const char *)body;
            assert_string_equal(gauss_parameter(d->c, name), name + strlen(name) + 1);
        }
    }
    assert_int_equal(d->notices_seen, notices);
    d->notices_seen = 0;
    d->notices_from = to;
}

/* ---- comparing rows: put into wire form again ---- */

static void assert_row(const struct driver *d, size_t i, const struct gauss_rows *rows, size_t row) {
    size_t len, at = 2;
    const uint8_t *body = body_of(d, i, &len);
    assert_int_equal(get_be16(body), rows->ncols);
    for (size_t k = 0; k < rows->ncols; k++, at += 4) {
        const char *cell = gauss_cell(rows, row, k);
        uint32_t size = get_be32(body + at);
        if (cell == NULL) {
            assert_int_equal(size, UINT32_MAX);
            continue;
        }
        size_t n = rows->lens[row * rows->ncols + k];
        assert_int_equal(size, n);
        assert_memory_equal(cell, body + at + 4, n);
        assert_int_equal(cell[n], 0);
        at += n;
    }
    assert_int_equal(at, len);
}

static void assert_columns(const struct driver *d, size_t i, const struct gauss_rows *rows) {
    size_t len, at = 2;
    const uint8_t *body = body_of(d, i, &len);
    assert_int_equal(get_be16(body), rows->ncols);
    for (size_t k = 0; k < rows->ncols; k++) {
        assert_string_equal(rows->col[k].name, (const char *)body + at);
        at += strlen(rows->col[k].name) + 1;
        assert_int_equal(rows->col[k].type_oid, get_be32(body + at + 6));
        assert_int_equal(rows->col[k].typmod, (int32_t)get_be32(body + at + 12));
        assert_int_equal(rows->col[k].format, get_be16(body + at + 16));
        at += 18;
    }
    assert_int_equal(at, len);
}

/* The last result set in [from, to) against what was read. */
void assert_rows(const struct driver *d, size_t from, size_t to, const struct gauss_rows *rows) {
    size_t begin = from, tag = to, row = 0;
    for (size_t i = from; i < to; i++) {
        begin = is_server(d, i, 'T') ? i : begin;
        tag = is_server(d, i, 'C') ? i : tag;
    }
    if (is_server(d, begin, 'T') && rows->col != NULL) {
        assert_columns(d, begin, rows);
    }
    for (size_t i = begin; i < to; i++) {
        if (is_server(d, i, 'D')) {
            assert_row(d, i, rows, row++);
        }
    }
    assert_int_equal(rows->n, row);
    if (tag < to) {
        size_t len;
        const char *text = (const char *)body_of(d, tag, &len);
        const char *last = strrchr(text, ' ');
        assert_string_equal(rows->tag, text);
        assert_int_equal(rows->affected, last != NULL ? strtoull(last, NULL, 10) : 0);
    }
}
