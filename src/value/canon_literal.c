/* Canonical fields as SQL literals, for statements that repair a target. See canon.h.
 *
 * What openGauss takes was measured: with standard_conforming_strings on a backslash is itself; in B every kind of bytes is
 * '\x6162', and only bytea has a cast of that name; blob of a PG or A database is '6162'; in B the year 0 is '0000'. */
#include "base/str.h"
#include "value/canon_internal.h"

static void quoted(struct sink *s, const uint8_t *v, size_t n) {
    sink_puts(s, "'");
    for (size_t i = 0; i < n;) {
        const uint8_t *quote = memchr(v + i, '\'', n - i);
        size_t upto = quote != NULL ? (size_t)(quote - v) + 1 : n;
        sink_bytes(s, v + i, upto - i);
        sink_puts(s, quote != NULL ? "'" : "");
        i = upto;
    }
    sink_puts(s, "'");
}

static bool put_text(struct sink *s, const struct canon_plan *p, const struct canon_field *f, const uint8_t *v,
                     size_t n) {
    if (n > 0 && memchr(v, '\0', n) != NULL) {
        return false; /* no literal has it */
    }
    if (n == 0 && p->dialect == DIALECT_OG_A && f->op == CANON_BLANKS) {
        sink_puts(s, "' '"); /* '' is NULL there */
        return true;
    }
    quoted(s, v, n);
    sink_puts(s, !f->is_json ? "" : f->kind == TK_JSONB ? "::jsonb" : "::json");
    return true;
}

static void put_bytes(struct sink *s, const struct canon_plan *p, const struct canon_field *f, const uint8_t *v,
                      size_t n) {
    bool bare = f->kind == TK_BLOB && p->dialect != DIALECT_OG_B;
    sink_puts(s, bare ? "'" : "'\\x");
    sink_hex(s, v, n);
    sink_puts(s,
              f->kind == TK_BYTEA && (p->dialect != DIALECT_OG_B || str_istarts(f->ddl, "bytea")) ? "'::bytea" : "'");
}

/* A value's own text between quotes, or not; NaN and Infinity always. */
static bool put_value(struct sink *s, const struct canon_plan *p, const struct canon_field *f, const uint8_t *v,
                      size_t n) {
    char text[64];
    struct sink own = {.text = text, .cap = sizeof text};
    if (!canon_print(&own, p, f, v, n)) {
        return false;
    }
    bool word = own.n < sizeof text && (text[0] == 'N' || text[0] == 'I' || (text[0] == '-' && text[1] == 'I'));
    switch (f->kind) {
    case TK_NUMERIC:
    case TK_FLOAT4:
    case TK_FLOAT8:
        /* a bare 0.1 equals no real: it would be compared as double */
        if (word || f->kind == TK_FLOAT4) {
            sink_puts(s, "'");
            canon_print(s, p, f, v, n);
            sink_puts(s, f->kind == TK_NUMERIC ? "'::numeric" : f->kind == TK_FLOAT4 ? "'::float4" : "'::float8");
            return true;
        }
        return canon_print(s, p, f, v, n);
    case TK_BIT:
        sink_puts(s, "B'");
        canon_print(s, p, f, v, n);
        sink_puts(s, "'");
        return true;
    case TK_YEAR:
        if (own.n == 1 && text[0] == '0') {
            sink_puts(s, "'0000'");
            return true;
        }
        return canon_print(s, p, f, v, n);
    case TK_DATE:
    case TK_TIME:
    case TK_INTERVAL:
    case TK_TIMESTAMP:
    case TK_TIMESTAMPTZ:
    case TK_UUID:
    case TK_INET:
        sink_puts(s, "'");
        canon_print(s, p, f, v, n);
        sink_puts(s, "'");
        return true;
    default:
        return canon_print(s, p, f, v, n);
    }
}

static bool put_literal(struct sink *s, const struct canon_plan *p, const struct canon_field *f, const uint8_t *v,
                        size_t n) {
    switch (f->kind) {
    case TK_TEXT:
    case TK_JSONB:
        return put_text(s, p, f, v, n);
    case TK_BYTEA:
    case TK_BLOB:
        put_bytes(s, p, f, v, n);
        return true;
    default:
        return put_value(s, p, f, v, n);
    }
}

char *canon_literal(struct arena *a, const struct canon_plan *p, size_t column, const uint8_t *field, size_t len) {
    if (field == NULL) {
        return arena_strdup(a, "NULL");
    }
    struct sink s = {.cap = 0};
    if (column >= p->n || !put_literal(&s, p, &p->fields[column], field, len)) {
        return NULL;
    }
    s = (struct sink){.text = arena_alloc(a, s.n + 1), .cap = s.n};
    put_literal(&s, p, &p->fields[column], field, len);
    return s.text; /* the arena's memory is zeroed: it is terminated */
}
