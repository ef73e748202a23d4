/* Result sets collected into an arena. */
#include <stdlib.h>

#include "gauss/internal.h"

/* gauss_rows is for small results; more than this is a mistake of the caller or a hostile server. */
enum { ROWS_BYTES_MAX = 512 * 1024 * 1024 };

void gauss_sink_init(struct gauss_row_sink *s, struct arena *a, struct gauss_rows *out) {
    *s = (struct gauss_row_sink){.a = a, .out = out};
    if (out != NULL) {
        memset(out, 0, sizeof *out);
    }
}

static bool malformed(struct err *e, const char *what) {
    return err_set(e, ERR_TARGET_PROTOCOL, "the target sent a malformed %s", what);
}

static bool account(struct gauss_row_sink *s, size_t bytes, struct err *e) {
    if (bytes > ROWS_BYTES_MAX - s->bytes) {
        return err_set(e, ERR_LIMIT, "a result is larger than %d MB", ROWS_BYTES_MAX / 1024 / 1024);
    }
    s->bytes += bytes;
    return true;
}

/* int16 n | n x (name NUL, int32 table, int16 attribute, int32 type, int16 size, int32 typmod, int16 format) */
bool gauss_sink_describe(struct gauss_row_sink *s, const uint8_t *body, size_t len, struct err *e) {
    enum { FIXED_BYTES = 18 };
    if (len < 2) {
        return malformed(e, "row description");
    }
    size_t n = get_be16(body), i = 2;
    if (n * (FIXED_BYTES + 1) > len - 2) {
        return malformed(e, "row description");
    }
    struct gauss_rows *out = s->out;
    if (out != NULL && !account(s, n * sizeof *out->col + len, e)) {
        return false;
    }
    struct gauss_column *col = out != NULL ? arena_array(s->a, struct gauss_column, n + 1) : NULL;
    for (size_t k = 0; k < n; k++) {
        size_t name_len = strnlen((const char *)body + i, len - i);
        if (len - i - name_len < FIXED_BYTES + 1) {
            return malformed(e, "row description");
        }
        const uint8_t *p = body + i + name_len + 1;
        if (col != NULL) {
            col[k] = (struct gauss_column){.name = arena_strndup(s->a, (const char *)body + i, name_len),
                                           .type_oid = get_be32(p + 6),
                                           .typmod = (int32_t)get_be32(p + 12),
                                           .format = get_be16(p + 16)};
        }
        i += name_len + 1 + FIXED_BYTES;
    }
    if (i != len) {
        return malformed(e, "row description");
    }
    if (out != NULL) {
        *out = (struct gauss_rows){.ncols = n, .col = col};
        s->row_cap = 0;
    }
    return true;
}

static bool grow_rows(struct gauss_row_sink *s, struct err *e) {
    struct gauss_rows *out = s->out;
    if (out->n < s->row_cap) {
        return true;
    }
    size_t cap = s->row_cap == 0 ? 16 : s->row_cap * 2, used = out->n * out->ncols;
    if (!account(s, cap * out->ncols * (sizeof(char *) + sizeof(size_t)), e)) {
        return false;
    }
    char **cells = arena_array(s->a, char *, cap * out->ncols + 1);
    size_t *lens = arena_array(s->a, size_t, cap * out->ncols + 1);
    if (used > 0) {
        memcpy(cells, out->cells, used * sizeof *cells);
        memcpy(lens, out->lens, used * sizeof *lens);
    }
    out->cells = cells;
    out->lens = lens;
    s->row_cap = cap;
    return true;
}

/* int16 n | n x (int32 length or -1, bytes) */
bool gauss_sink_row(struct gauss_row_sink *s, const uint8_t *body, size_t len, struct err *e) {
    struct gauss_rows *out = s->out;
    if (out == NULL) {
        return true;
    }
    if (len < 2) {
        return malformed(e, "row");
    }
    size_t n = get_be16(body), i = 2;
    if (out->n == 0 && out->col == NULL) {
        out->ncols = n; /* pipelined: not described */
    }
    if (n != out->ncols || n * 4 > len - 2) {
        return malformed(e, "row");
    }
    /* One piece for the row: the bytes of all cells, each with a NUL, are fewer than the message's own. */
    if (!grow_rows(s, e) || !account(s, len, e)) {
        return false;
    }
    char *to = arena_alloc(s->a, len);
    for (size_t k = 0; k < n; k++) {
        if (len - i < 4) {
            return malformed(e, "row");
        }
        uint32_t size = get_be32(body + i);
        i += 4;
        if (size == UINT32_MAX) {
            continue;
        }
        if (size > len - i) {
            return malformed(e, "row");
        }
        memcpy(to, body + i, size);
        out->cells[out->n * n + k] = to;
        out->lens[out->n * n + k] = size;
        to += size + 1; /* arena memory is zeroed */
        i += size;
    }
    if (i != len) {
        return malformed(e, "row");
    }
    out->n++;
    return true;
}

uint64_t gauss_tag_number(const uint8_t *tag, size_t len) {
    size_t at = len;
    while (at > 0 && tag[at - 1] >= '0' && tag[at - 1] <= '9') {
        at--;
    }
    uint64_t n = 0;
    for (; at < len; at++) {
        n = n > (UINT64_MAX - 9) / 10 ? UINT64_MAX : n * 10 + (uint64_t)(tag[at] - '0');
        if (n == UINT64_MAX) {
            break;
        }
    }
    return n;
}

bool gauss_sink_tag(struct gauss_row_sink *s, const uint8_t *body, size_t len, struct err *e) {
    if (len == 0 || body[len - 1] != '\0') {
        return malformed(e, "command tag");
    }
    if (s->out != NULL) {
        snprintf(s->out->tag, sizeof s->out->tag, "%s", (const char *)body);
        s->out->affected = gauss_tag_number(body, strlen((const char *)body));
    }
    return true;
}
