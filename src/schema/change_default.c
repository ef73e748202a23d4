/* Defaults as the catalog would print them. See draft.h. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "schema/catalog_internal.h"
#include "schema/draft.h"

static bool strange(struct changer *x, const struct column *c, const struct sql_value *v) {
    return change_no(x, "the default %s of column %s is not understood", v->text, c->name);
}

/* ---- bytes ---- */

static int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

/* x'4' is x'04'. */
static char *bytes_of(struct arena *a, const struct sql_value *v, size_t *len) {
    if (v->kind == SQL_VALUE_HEX) {
        size_t odd = v->len % 2;
        char *out = arena_alloc(a, v->len / 2 + 2);
        *len = (v->len + 1) / 2;
        for (size_t i = 0; i < *len; i++) {
            int high = i == 0 && odd ? 0 : hex_digit(v->text[2 * i - odd]);
            out[i] = (char)(high << 4 | hex_digit(v->text[2 * i + 1 - odd]));
        }
        out[*len] = '\0';
        return out;
    }
    if (v->kind == SQL_VALUE_BIT) {
        *len = (v->len + 7) / 8;
        char *out = arena_calloc(a, *len + 1, 1);
        for (size_t i = 0; i < v->len; i++) {
            size_t bit = v->len - 1 - i;
            out[*len - 1 - bit / 8] = (char)(out[*len - 1 - bit / 8] | (v->text[i] == '1') << (bit % 8));
        }
        return out;
    }
    *len = v->len;
    return arena_strndup(a, v->text, v->len);
}

static bool is_ascii(const char *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)s[i] >= 0x80 || s[i] == '\0') {
            return false;
        }
    }
    return true;
}

/* ---- numbers ---- */

static bool unsigned_value(struct changer *x, const struct column *c, const struct sql_value *v, uint64_t *out) {
    size_t len;
    char *bytes = bytes_of(x->a, v, &len);
    *out = 0;
    if (len > 8) {
        return strange(x, c, v);
    }
    for (size_t i = 0; i < len; i++) {
        *out = *out << 8 | (unsigned char)bytes[i];
    }
    return true;
}

static char *integer(struct changer *x, const char *text) {
    bool minus = text[0] == '-';
    text += text[0] == '-' || text[0] == '+';
    if (text[strspn(text, "0123456789")] != '\0') { /* rounded, half away from zero */
        long double value = roundl(strtold(text, NULL));
        return arena_printf(x->a, "%s%.0Lf", minus && value != 0 ? "-" : "", value);
    }
    while (text[0] == '0' && text[1] != '\0') {
        text++;
    }
    return arena_printf(x->a, "%s%s", minus && text[0] != '0' ? "-" : "", text);
}

/* Digits behind the point as many as the type has. NULL: not without rounding. */
static char *decimal(struct changer *x, const char *text, int scale) {
    const char *sign = text[0] == '-' ? "-" : "";
    text += text[0] == '-' || text[0] == '+';
    if (strpbrk(text, "eE") != NULL) { /* 1e3: exact where it has few digits */
        char plain[400];
        int n = snprintf(plain, sizeof plain, "%.20Lf", strtold(text, NULL));
        return n > 0 && (size_t)n < sizeof plain && n < 36 ? decimal(x, arena_printf(x->a, "%s%s", sign, plain), scale)
                                                           : NULL;
    }
    size_t whole = strspn(text, "0123456789");
    const char *point = text + whole;
    size_t digits = *point == '.' ? strspn(point + 1, "0123456789") : 0;
    if (*point != '\0' && (*point != '.' || point[1 + digits] != '\0')) {
        return NULL;
    }
    for (size_t i = (size_t)scale; i < digits; i++) {
        if (point[1 + i] != '0') {
            return NULL;
        }
    }
    digits = digits > (size_t)scale ? (size_t)scale : digits;
    while (whole > 1 && *text == '0') {
        text++;
        whole--;
    }
    char *out = arena_printf(x->a, "%s%.*s%s", sign, (int)whole, whole > 0 ? text : "", whole > 0 ? "" : "0");
    if (scale > 0) {
        out = arena_printf(x->a, "%s.%.*s", out, (int)digits, point + 1);
        for (size_t i = digits; i < (size_t)scale; i++) {
            out = arena_printf(x->a, "%s0", out);
        }
    }
    return out;
}

static char *floating(struct changer *x, const struct column *c, const char *text) {
    if (c->type.scale >= 0 && c->type.precision > 0) {
        return decimal(x, text, c->type.scale);
    }
    double value = strtod(text, NULL);
    char out[40] = "";
    if (fabs(value) < 1e15 && value == floor(value)) {
        return arena_printf(x->a, "%.0f", value);
    }
    bool single = c->type.kind == MYT_FLOAT;
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(out, sizeof out, "%.*g", digits, value);
        if (single ? (float)strtod(out, NULL) == (float)value : strtod(out, NULL) == value) {
            break;
        }
    }
    return arena_strdup(x->a, out);
}

static bool number(struct changer *x, struct column *c, const struct sql_value *v) {
    char *text = arena_strdup(x->a, v->text);
    uint64_t n;
    if (v->kind == SQL_VALUE_HEX || v->kind == SQL_VALUE_BIT) {
        if (!unsigned_value(x, c, v, &n)) {
            return false;
        }
        text = arena_printf(x->a, "%llu", (unsigned long long)n);
    }
    if (!catalog_number_literal(text)) {
        return strange(x, c, v);
    }
    switch (c->type.kind) {
    case MYT_DECIMAL:
        text = decimal(x, text, c->type.scale);
        break;
    case MYT_FLOAT:
    case MYT_DOUBLE:
        text = floating(x, c, text);
        break;
    case MYT_YEAR: {
        unsigned long year = strtoul(text, NULL, 10);
        bool zero = year == 0 && v->kind != SQL_VALUE_STRING;
        year += year >= 100 || zero ? 0 : year < 70 ? 2000 : 1900;
        text = arena_printf(x->a, "%04lu", year);
        break;
    }
    default:
        text = integer(x, text);
        if (c->type.zerofill && text[0] != '-') {
            text = arena_printf(x->a, "%0*llu", (int)c->type.display_width, strtoull(text, NULL, 10));
        }
        break;
    }
    c->default_text = text;
    return text != NULL || strange(x, c, v);
}

static bool bits(struct changer *x, struct column *c, const struct sql_value *v) {
    uint64_t n;
    if (v->kind == SQL_VALUE_NUMBER) {
        n = strtoull(v->text, NULL, 10);
    } else if (!unsigned_value(x, c, v, &n)) {
        return false;
    }
    char digits[65];
    size_t len = 0;
    for (int bit = 63; bit >= 0; bit--) {
        if ((n >> bit & 1) != 0 || len > 0 || bit == 0) {
            digits[len++] = (n >> bit & 1) != 0 ? '1' : '0';
        }
    }
    digits[len] = '\0';
    c->default_text = arena_printf(x->a, "b'%s'", digits);
    return true;
}

/* ---- times ---- */

struct moment {
    unsigned long parts[6];
    char fraction[8];
    int n;
};

/* "2024-1-2 3:4:5.6", and 20240102030405 where there are digits only. */
static bool read_moment(const char *text, struct moment *m) {
    *m = (struct moment){0};
    size_t digits = strspn(text, "0123456789");
    bool packed = text[digits] == '\0' || text[digits] == '.';
    static const size_t widths[][6] = {{4, 2, 2, 0}, {2, 2, 2, 0}, {4, 2, 2, 2, 2, 2}, {2, 2, 2, 2, 2, 2}};
    int form = !packed ? -1 : digits == 8 ? 0 : digits == 6 ? 1 : digits == 14 ? 2 : digits == 12 ? 3 : -2;
    if (form == -2) {
        return false;
    }
    const char *p = text;
    while (m->n < 6 && isdigit((unsigned char)*p)) {
        size_t width = form >= 0 ? widths[form][m->n] : strspn(p, "0123456789");
        if (width == 0 || width > 4) {
            break;
        }
        char piece[8];
        snprintf(piece, sizeof piece, "%.*s", (int)width, p);
        m->parts[m->n] = strtoul(piece, NULL, 10);
        if (m->n == 0 && width == 2) {
            m->parts[0] += m->parts[0] < 70 ? 2000 : 1900;
        }
        m->n++;
        p += width;
        if (form < 0 && m->n < 6 && *p != '\0' && ispunct((unsigned char)*p) + (*p == ' ') + (*p == 'T') > 0) {
            p++;
        }
    }
    if (*p == '.') {
        size_t n = strspn(p + 1, "0123456789");
        if (n > 6) {
            return false;
        }
        snprintf(m->fraction, sizeof m->fraction, "%.*s", (int)n, p + 1);
        p += 1 + n;
    }
    return *p == '\0' && m->n >= 3;
}

/* "+02:00" -> minutes; UTC is 0. */
static bool zone_minutes(const char *zone, long *out) {
    *out = 0;
    if (str_eq(zone, "UTC") || str_eq(zone, "+00:00") || str_eq(zone, "-00:00")) {
        return true;
    }
    if (zone == NULL || (zone[0] != '+' && zone[0] != '-') || strlen(zone) != 6 || zone[3] != ':') {
        return false;
    }
    *out = strtol(zone + 1, NULL, 10) * 60 + strtol(zone + 4, NULL, 10);
    *out = zone[0] == '-' ? -*out : *out;
    return true;
}

static long days_in(unsigned long year, unsigned long month) {
    static const long days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[(month - 1) % 12];
}

static void shift(struct moment *m, long minutes) {
    long t = (long)m->parts[3] * 60 + (long)m->parts[4] + minutes, day = (long)m->parts[2];
    while (t < 0) {
        t += 1440;
        day--;
    }
    while (t >= 1440) {
        t -= 1440;
        day++;
    }
    if (day < 1) {
        m->parts[0] -= m->parts[1] == 1;
        m->parts[1] = m->parts[1] == 1 ? 12 : m->parts[1] - 1;
        day = days_in(m->parts[0], m->parts[1]);
    } else if (day > days_in(m->parts[0], m->parts[1])) {
        m->parts[0] += m->parts[1] == 12;
        m->parts[1] = m->parts[1] == 12 ? 1 : m->parts[1] + 1;
        day = 1;
    }
    m->parts[2] = (unsigned long)day;
    m->parts[3] = (unsigned long)t / 60;
    m->parts[4] = (unsigned long)t % 60;
}

static char *fraction_of(struct changer *x, const struct moment *m, int fsp) {
    if (strlen(m->fraction) > (size_t)fsp) {
        return NULL;
    }
    char *out = arena_strdup(x->a, fsp > 0 ? "." : "");
    for (int i = 0; i < fsp; i++) {
        out = arena_printf(x->a, "%s%c", out, (size_t)i < strlen(m->fraction) ? m->fraction[i] : '0');
    }
    return out;
}

static bool date(struct changer *x, struct column *c, const struct sql_value *v) {
    struct moment m;
    long minutes = 0;
    if (v->kind == SQL_VALUE_NUMBER && str_eq(v->text, "0")) {
        m = (struct moment){.n = 3};
    } else if (!read_moment(v->text, &m)) {
        return strange(x, c, v);
    }
    bool zero = m.parts[0] == 0 && m.parts[1] == 0 && m.parts[2] == 0;
    if (c->type.kind == MYT_DATE) {
        c->default_text = arena_printf(x->a, "%04lu-%02lu-%02lu", m.parts[0], m.parts[1], m.parts[2]);
        return m.fraction[0] == '\0' || strange(x, c, v);
    }
    if (c->type.kind == MYT_TIMESTAMP && !zero) {
        if (!zone_minutes(x->session->time_zone, &minutes) || m.parts[1] == 0 || m.parts[2] == 0) {
            return change_no(x, "the default of column %s is a time of the session's time zone, %s", c->name,
                             x->session->time_zone != NULL ? x->session->time_zone : "which is not told");
        }
        shift(&m, -minutes);
    }
    char *fraction = fraction_of(x, &m, c->type.fsp);
    c->default_text = fraction == NULL
                          ? NULL
                          : arena_printf(x->a, "%04lu-%02lu-%02lu %02lu:%02lu:%02lu%s", m.parts[0], m.parts[1],
                                         m.parts[2], m.parts[3], m.parts[4], m.parts[5], fraction);
    return fraction != NULL || strange(x, c, v);
}

static bool time_of_day(struct changer *x, struct column *c, const struct sql_value *v) {
    const char *text = v->text;
    const char *sign = text[0] == '-' ? "-" : "";
    text += text[0] == '-';
    unsigned long h = 0, m = 0, s = 0;
    char *end;
    struct moment fraction = {0};
    if (strchr(text, ' ') != NULL) {
        return strange(x, c, v);
    }
    h = strtoul(text, &end, 10);
    if (*end == ':') {
        m = strtoul(end + 1, &end, 10);
        s = *end == ':' ? strtoul(end + 1, &end, 10) : 0;
    } else { /* 101112 */
        s = h % 100;
        m = h / 100 % 100;
        h = h / 10000;
    }
    if (*end == '.') {
        size_t n = strspn(end + 1, "0123456789");
        if (n > 6) {
            return strange(x, c, v);
        }
        snprintf(fraction.fraction, sizeof fraction.fraction, "%.*s", (int)n, end + 1);
        end += 1 + n;
    }
    char *digits = fraction_of(x, &fraction, c->type.fsp);
    if (*end != '\0' || m > 59 || s > 59 || digits == NULL) {
        return strange(x, c, v);
    }
    c->default_text = arena_printf(x->a, "%s%02lu:%02lu:%02lu%s", sign, h, m, s, digits);
    return true;
}

/* ---- text ---- */

static const char *label(const struct mytype *t, const char *text, size_t len) {
    for (size_t i = 0; i < t->nlabels; i++) {
        if (strlen(t->labels[i]) == len && strncasecmp(t->labels[i], text, len) == 0) {
            return t->labels[i];
        }
    }
    return NULL;
}

static bool enumerated(struct changer *x, struct column *c, const struct sql_value *v) {
    unsigned long n = v->kind == SQL_VALUE_NUMBER ? strtoul(v->text, NULL, 10) : 0;
    const char *found = v->kind == SQL_VALUE_NUMBER ? (n >= 1 && n <= c->type.nlabels ? c->type.labels[n - 1] : NULL)
                                                    : label(&c->type, v->text, strlen(v->text));
    c->default_text = found != NULL ? arena_strdup(x->a, found) : NULL;
    return found != NULL || strange(x, c, v);
}

static bool set(struct changer *x, struct column *c, const struct sql_value *v) {
    uint64_t chosen = 0;
    if (v->kind == SQL_VALUE_NUMBER) {
        chosen = strtoull(v->text, NULL, 10);
    }
    for (const char *p = v->text; v->kind != SQL_VALUE_NUMBER && *p != '\0';) {
        size_t n = strcspn(p, ",");
        const char *found = label(&c->type, p, n);
        if (found == NULL) {
            return strange(x, c, v);
        }
        for (size_t i = 0; i < c->type.nlabels; i++) {
            chosen |= c->type.labels[i] == found ? UINT64_C(1) << i : 0;
        }
        p += n + (p[n] == ',');
    }
    char *text = arena_strdup(x->a, "");
    for (size_t i = 0; i < c->type.nlabels; i++) {
        if ((chosen >> i & 1) != 0) {
            text = arena_printf(x->a, "%s%s%s", text, text[0] != '\0' ? "," : "", c->type.labels[i]);
        }
    }
    c->default_text = text;
    return true;
}

static bool text(struct changer *x, struct column *c, const struct sql_value *v) {
    size_t len;
    char *bytes = bytes_of(x->a, v, &len);
    bool foreign = v->kind != SQL_VALUE_STRING || (v->charset != NULL && !str_istarts(v->charset, "utf8"));
    if ((foreign && !is_ascii(bytes, len)) || strlen(bytes) != len) {
        return strange(x, c, v);
    }
    while (c->type.kind == MYT_CHAR && len > 0 && bytes[len - 1] == ' ') {
        bytes[--len] = '\0';
    }
    c->default_text = bytes;
    return true;
}

static bool literal(struct changer *x, struct column *c, const struct sql_value *v) {
    switch (c->type.kind) {
    case MYT_BIT:
        return bits(x, c, v);
    case MYT_ENUM:
        return enumerated(x, c, v);
    case MYT_SET:
        return set(x, c, v);
    case MYT_DATE:
    case MYT_DATETIME:
    case MYT_TIMESTAMP:
        return date(x, c, v);
    case MYT_TIME:
        return time_of_day(x, c, v);
    default:
        break;
    }
    if (catalog_is_binary(&c->type)) {
        size_t len;
        char *bytes = bytes_of(x->a, v, &len);
        size_t full = c->type.kind == MYT_BINARY && c->type.length_chars > len ? (size_t)c->type.length_chars : len;
        char *padded = arena_calloc(x->a, full + 1, 1);
        memcpy(padded, bytes, len);
        c->default_text = catalog_hex(x->a, padded, full);
        return true;
    }
    bool is_number = c->type.kind <= MYT_DOUBLE || c->type.kind == MYT_YEAR;
    return is_number ? number(x, c, v) : text(x, c, v);
}

/* ---- all ---- */

/* MariaDB keeps no parentheses around a whole expression, and a constant is a literal to it. */
static bool mariadb_expr(struct changer *x, struct column *c, const char *expr) {
    struct arena *a = x->a;
    size_t n = strlen(expr);
    while (n >= 2 && expr[0] == '(' && expr[n - 1] == ')') {
        int depth = 0;
        size_t i = 0;
        for (; i < n - 1; i++) { /* does the first one end with the last? */
            depth += expr[i] == '(' ? 1 : expr[i] == ')' ? -1 : 0;
            if (depth == 0) {
                break;
            }
        }
        if (i < n - 1 || memchr(expr, '\'', n) != NULL) {
            break;
        }
        expr = arena_strndup(a, expr + 1, n - 2);
        n -= 2;
    }
    char *bytes;
    size_t len;
    struct sql_value v = {.kind = SQL_VALUE_NUMBER, .text = expr, .len = n};
    if (catalog_number_literal(expr)) {
        return literal(x, c, &v);
    }
    if (catalog_string_literal(a, expr, &bytes, &len)) {
        v = (struct sql_value){.kind = SQL_VALUE_STRING, .text = bytes, .len = len};
        return literal(x, c, &v);
    }
    c->default_expr = catalog_normal_now(a, expr);
    return true;
}

bool change_default(struct changer *x, struct column *c, const struct sql_value *v) {
    c->has_default = c->default_null = false;
    c->default_text = c->default_expr = NULL;
    if (c->auto_increment || c->generated != GENERATED_NO) {
        return true;
    }
    c->has_default = v->kind != SQL_VALUE_NONE || c->nullable;
    switch (v->kind) {
    case SQL_VALUE_NONE:
    case SQL_VALUE_NULL:
        c->has_default = c->default_null = c->nullable;
        return true;
    case SQL_VALUE_NOW:
        c->default_expr = arena_strdup(x->a, v->text);
        return true;
    case SQL_VALUE_EXPR:
        if (x->d->is_mariadb) {
            return mariadb_expr(x, c, v->text);
        }
        c->default_expr = catalog_normal_now(x->a, v->text);
        return true;
    default:
        return literal(x, c, v);
    }
}
