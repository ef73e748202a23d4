/* Canonical fields as SQL literals of MySQL and MariaDB, for statements that repair a MySQL table. See canon.h.
 *
 * A literal means the same under every sql_mode: no backslashes, quotes only as doubled single ones, characters that neither a
 * client nor a server shall look at as hexadecimal digits. What MySQL would take but keep as something else, without an error even
 * in strict mode, is refused here: fractions beyond a column's digits, an ENUM's label that reads as a number, blanks behind CHAR. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "value/canon_internal.h"
#include "value/encode_internal.h"

struct literal {
    struct arena *a;
    const struct canon_plan *p;
    const struct canon_field *f;
    const struct mytype *to;
    const uint8_t *v;
    size_t n;
    const char **why;
};

static char *refused(const struct literal *l, const char *fmt, ...) PRINTF_LIKE(2, 3);

static char *refused(const struct literal *l, const char *fmt, ...) {
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    *l->why = arena_strdup(l->a, text);
    return NULL;
}

/* The value's own text, as SQL prints it without quotes. */
static char *printed(const struct literal *l) {
    struct sink s = {.cap = 0};
    if (!canon_print(&s, l->p, l->f, l->v, l->n)) {
        return refused(l, "the value cannot be read");
    }
    s = (struct sink){.text = arena_alloc(l->a, s.n + 1), .cap = s.n};
    canon_print(&s, l->p, l->f, l->v, l->n);
    return s.text;
}

/* ---- bytes and text ---- */

static char *hex(struct arena *a, const char *introducer, const uint8_t *v, size_t n) {
    size_t head = strlen(introducer);
    struct sink s = {.text = arena_alloc(a, head + 2 * n + 4), .cap = head + 2 * n + 3};
    sink_puts(&s, introducer);
    sink_puts(&s, "x'");
    sink_hex(&s, v, n);
    sink_puts(&s, "'");
    return s.text;
}

static bool is_plain_text(const uint8_t *v, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (v[i] < 0x20 || v[i] == 0x7f || v[i] == '\\') {
            return false;
        }
    }
    return true;
}

static char *text_literal(struct arena *a, const uint8_t *v, size_t n) {
    if (!is_plain_text(v, n)) {
        return hex(a, "_utf8mb4 ", v, n);
    }
    char *out = arena_alloc(a, 2 * n + 12), *w = out + sprintf(out, "_utf8mb4'");
    for (size_t i = 0; i < n; i++) {
        *w++ = (char)v[i];
        if (v[i] == '\'') {
            *w++ = '\'';
        }
    }
    *w = '\'';
    return out;
}

static bool is_label(const struct mytype *to, const uint8_t *v, size_t n) {
    for (size_t i = 0; i < to->nlabels; i++) {
        if (strlen(to->labels[i]) == n && memcmp(to->labels[i], v, n) == 0) {
            return true;
        }
    }
    return false;
}

/* A SET is kept as bits: labels come back in the order of the definition, each once. */
static bool is_set_in_order(const struct mytype *to, const uint8_t *v, size_t n) {
    size_t at = 0;
    for (size_t i = 0; i < to->nlabels && at < n; i++) {
        size_t len = strlen(to->labels[i]);
        if (n - at >= len && memcmp(v + at, to->labels[i], len) == 0 && (at + len == n || v[at + len] == ',')) {
            at += len + (at + len < n);
            if (at == n && v[n - 1] == ',') {
                return false;
            }
        }
    }
    return at == n;
}

static char *put_text(const struct literal *l) {
    switch (l->to->kind) {
    case MYT_ENUM:
        if (!is_label(l->to, l->v, l->n)) {
            return refused(l, "the column's ENUM has no such label");
        }
        break;
    case MYT_SET:
        if (!is_set_in_order(l->to, l->v, l->n)) {
            return refused(l, "these are not labels of the column's SET, each once and in its order");
        }
        break;
    case MYT_CHAR:
        if (l->n > 0 && l->v[l->n - 1] == ' ') {
            return refused(l, "CHAR does not keep blanks at the end");
        }
        break;
    case MYT_BINARY:
        if (l->n != l->to->length_chars) {
            return refused(l, "BINARY(%llu) does not keep %zu bytes", (unsigned long long)l->to->length_chars, l->n);
        }
        return hex(l->a, "", l->v, l->n);
    case MYT_VARBINARY:
    case MYT_TINYBLOB:
    case MYT_BLOB:
    case MYT_MEDIUMBLOB:
    case MYT_LONGBLOB:
        return hex(l->a, "", l->v, l->n);
    default:
        break;
    }
    return text_literal(l->a, l->v, l->n);
}

/* EWKB back to what MySQL keeps: the SRID, then WKB. A function that reads WKB would exchange the axes of some systems. */
static char *put_geometry(const struct literal *l) {
    enum { HAS_SRID = 0x20, HEAD = 5, SRID = 4 };
    if (l->n < HEAD || l->v[0] != 1) {
        return refused(l, "not little-endian EWKB");
    }
    bool has_srid = (l->v[4] & HAS_SRID) != 0;
    size_t body = HEAD + (has_srid ? SRID : 0);
    if (l->n < body) {
        return refused(l, "EWKB that ends early");
    }
    uint8_t *own = arena_alloc(l->a, l->n + SRID);
    size_t n = SRID + HEAD + (l->n - body);
    if (has_srid) {
        memcpy(own, l->v + HEAD, SRID);
    }
    memcpy(own + SRID, l->v, HEAD);
    own[SRID + 4] &= (uint8_t)~HAS_SRID;
    memcpy(own + SRID + HEAD, l->v + body, l->n - body);
    return hex(l->a, "", own, n);
}

static char *put_bytes(const struct literal *l) {
    if (l->to->kind == MYT_GEOMETRY) {
        return put_geometry(l);
    }
    if (l->to->kind == MYT_BINARY && l->n != l->to->length_chars) {
        return refused(l, "BINARY(%llu) does not keep %zu bytes", (unsigned long long)l->to->length_chars, l->n);
    }
    switch (l->to->kind) {
    case MYT_CHAR:
    case MYT_VARCHAR:
    case MYT_TINYTEXT:
    case MYT_TEXT:
    case MYT_MEDIUMTEXT:
    case MYT_LONGTEXT:
        if (!str_utf8_valid(l->v, l->n)) {
            return refused(l, "the bytes are no UTF-8");
        }
        return hex(l->a, "_utf8mb4 ", l->v, l->n);
    default:
        return hex(l->a, "", l->v, l->n);
    }
}

/* ---- numbers ---- */

static bool is_integer_type(const struct mytype *to) {
    return to->kind <= MYT_BIGINT || to->kind == MYT_YEAR || to->kind == MYT_BIT;
}

/* Digits behind the point of "-12.340", without useless zeros. */
static int decimals_of(const char *text) {
    const char *point = strchr(text, '.');
    if (point == NULL) {
        return 0;
    }
    int n = (int)strlen(point + 1);
    while (n > 0 && point[n] == '0') {
        n--;
    }
    return n;
}

static bool is_number(const char *text) {
    return (text[0] >= '0' && text[0] <= '9') || (text[0] == '-' && text[1] >= '0' && text[1] <= '9');
}

static char *put_integer(const struct literal *l) {
    char *text = printed(l);
    if (text == NULL || l->to->kind != MYT_YEAR) {
        return text;
    }
    long long year = strtoll(text, NULL, 10);
    return year == 0 || (year >= 1901 && year <= 2155) ? text : refused(l, "YEAR holds 0 and 1901 to 2155");
}

static char *put_numeric(const struct literal *l) {
    enum { DIGITS_MAX = 65 };
    char *text = printed(l);
    if (text == NULL) {
        return NULL;
    }
    if (!is_number(text)) {
        return refused(l, "MySQL has no %s", text);
    }
    int decimals = decimals_of(text);
    if (is_integer_type(l->to) && decimals > 0) {
        return refused(l, "an integer has no digits behind the point");
    }
    if (l->to->kind == MYT_DECIMAL && decimals > l->to->scale) {
        return refused(l, "the column keeps %d digits behind the point", l->to->scale);
    }
    if (strlen(text) > DIGITS_MAX + 2) {
        return refused(l, "MySQL's decimals have at most %d digits", (int)DIGITS_MAX);
    }
    bool has_scale = (l->to->kind == MYT_FLOAT || l->to->kind == MYT_DOUBLE) && l->to->scale >= 0;
    return has_scale && decimals > l->to->scale
               ? refused(l, "the column keeps %d digits behind the point", l->to->scale)
               : text;
}

static double double_of(const struct literal *l) {
    double d;
    if (l->n == 4) {
        uint32_t bits = get_be32(l->v);
        float f;
        memcpy(&f, &bits, sizeof f);
        return (double)f;
    }
    uint64_t bits = get_be64(l->v);
    memcpy(&d, &bits, sizeof d);
    return d;
}

/* Would a column of this kind give back another number? */
static bool loses_float(const struct literal *l, double d) {
    char text[400];
    if (l->to->kind == MYT_FLOAT && isfinite(d) && !((double)(float)d == d)) {
        return true;
    }
    if ((l->to->kind == MYT_FLOAT || l->to->kind == MYT_DOUBLE) && l->to->scale >= 0) {
        snprintf(text, sizeof text, "%.*f", l->to->scale, d);
        double kept = l->to->kind == MYT_FLOAT ? (double)strtof(text, NULL) : strtod(text, NULL);
        return !(kept == d);
    }
    return is_integer_type(l->to) && !(trunc(d) == d);
}

static char *put_float(const struct literal *l) {
    char text[48];
    if (l->n != (l->f->kind == TK_FLOAT4 ? 4 : 8)) {
        return refused(l, "the value cannot be read");
    }
    double d = double_of(l);
    if (!isfinite(d)) {
        return refused(l, "MySQL has no %s", isnan(d) ? "NaN" : d < 0 ? "-Infinity" : "Infinity");
    }
    if (loses_float(l, d)) {
        return refused(l, "the column does not keep all digits of this number");
    }
    if (l->to->kind == MYT_FLOAT || l->to->kind == MYT_DOUBLE) {
        /* With an exponent it is read as a double, not as a decimal; 17 digits are exactly this one. */
        snprintf(text, sizeof text, "%.16e", d);
        return arena_strdup(l->a, text);
    }
    text[float_text(text, d, l->f->kind == TK_FLOAT4)] = '\0';
    if (l->to->kind == MYT_DECIMAL && strchr(text, 'e') == NULL && decimals_of(text) > l->to->scale) {
        return refused(l, "the column keeps %d digits behind the point", l->to->scale);
    }
    return arena_strdup(l->a, text);
}

static char *put_bits(const struct literal *l) {
    char *text = printed(l);
    if (text == NULL) {
        return NULL;
    }
    if (l->to->kind == MYT_BIT && strlen(text) != l->to->length_chars) {
        return refused(l, "BIT(%llu) does not keep %zu bits", (unsigned long long)l->to->length_chars, strlen(text));
    }
    return arena_printf(l->a, "b'%s'", text);
}

/* ---- times ---- */

/* Digits behind the point of the seconds that are not zero. */
static bool fits_fraction(const struct literal *l, const char *text) {
    int n = decimals_of(text);
    return n <= l->to->fsp || refused(l, "the column keeps %d digits of a second's fraction", l->to->fsp) != NULL;
}

static char *put_moment(const struct literal *l) {
    char *text = printed(l);
    if (text == NULL) {
        return NULL;
    }
    if (!is_number(text) || text[0] == '-') {
        return refused(l, "MySQL has no %s", text);
    }
    size_t year = strspn(text, "0123456789"), n = strlen(text);
    if (year != 4 || (n > 3 && strcmp(text + n - 3, " BC") == 0)) {
        return refused(l, "MySQL has years 0 to 9999 only");
    }
    if (n > 3 && l->f->kind == TK_TIMESTAMPTZ && strcmp(text + n - 3, "+00") == 0) {
        text[n -= 3] = '\0'; /* the session's zone is UTC */
    }
    if (l->to->kind == MYT_DATE && n > 10) {
        if (strcmp(text + 10, " 00:00:00") != 0) {
            return refused(l, "a DATE has no time of day");
        }
        text[10] = '\0';
    }
    bool has_fsp = l->to->kind == MYT_DATETIME || l->to->kind == MYT_TIMESTAMP;
    return has_fsp && !fits_fraction(l, text) ? NULL : arena_printf(l->a, "'%s'", text);
}

static char *put_clock(const struct literal *l) {
    if (l->n != 8) {
        return refused(l, "an interval with months or too many days is no TIME");
    }
    char *text = printed(l);
    return text == NULL || !fits_fraction(l, text) ? NULL : arena_printf(l->a, "'%s'", text);
}

static char *put_uuid(const struct literal *l) {
    if (l->n == 16 && (l->to->kind == MYT_BINARY || l->to->kind == MYT_VARBINARY)) {
        return hex(l->a, "", l->v, l->n);
    }
    char *text = printed(l);
    return text == NULL ? NULL : arena_printf(l->a, "'%s'", text);
}

/* ---- any ---- */

char *canon_literal_mysql(struct arena *a, const struct canon_plan *p, size_t column, const struct mytype *to,
                          const uint8_t *field, size_t len, const char **why) {
    if (field == NULL) {
        return arena_strdup(a, "NULL");
    }
    if (column >= p->n) {
        BUG("column %zu of %zu", column, p->n);
    }
    struct literal l = {.a = a, .p = p, .f = &p->fields[column], .to = to, .v = field, .n = len, .why = why};
    switch (l.f->kind) {
    case TK_BOOL:
        return len == 1 ? arena_strdup(a, field[0] != 0 ? "1" : "0") : refused(&l, "the value cannot be read");
    case TK_INT1:
    case TK_INT2:
    case TK_INT4:
    case TK_INT8:
    case TK_UINT1:
    case TK_UINT2:
    case TK_UINT4:
    case TK_UINT8:
    case TK_YEAR:
        return put_integer(&l);
    case TK_NUMERIC:
        return put_numeric(&l);
    case TK_FLOAT4:
    case TK_FLOAT8:
        return put_float(&l);
    case TK_BIT:
        return put_bits(&l);
    case TK_TEXT:
    case TK_JSONB:
        return put_text(&l);
    case TK_BYTEA:
    case TK_BLOB:
        return put_bytes(&l);
    case TK_DATE:
    case TK_TIMESTAMP:
    case TK_TIMESTAMPTZ:
        return put_moment(&l);
    case TK_TIME:
    case TK_INTERVAL:
        return put_clock(&l);
    case TK_UUID:
        return put_uuid(&l);
    case TK_INET: {
        char *text = printed(&l);
        return text == NULL ? NULL : arena_printf(a, "'%s'", text);
    }
    case TK_COUNT:
        break;
    }
    BUG("a field of kind %d", (int)l.f->kind);
}
