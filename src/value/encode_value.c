/* Reading values of a row, and the short text of those that have one. See encode_internal.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "value/encode_internal.h"

double value_double(const struct column_plan *c, struct value v) {
    if (c->is_float32) {
        uint32_t bits = get_le32(v.p);
        float f;
        memcpy(&f, &bits, 4);
        return (double)f;
    }
    uint64_t bits = get_le64(v.p);
    double d;
    memcpy(&d, &bits, 8);
    return d;
}

bool value_bits(struct value v, uint64_t *bits) {
    *bits = 0;
    if (v.n > 8) {
        return false;
    }
    for (size_t i = 0; i < v.n; i++) {
        *bits = *bits << 8 | v.p[i];
    }
    return true;
}

size_t u64_text(char *out, uint64_t magnitude, bool negative) {
    static const char pairs[] =
        "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
        "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
    char text[20], *p = text + sizeof text;
    while (magnitude >= 100) {
        p -= 2;
        memcpy(p, pairs + 2 * (magnitude % 100), 2);
        magnitude /= 100;
    }
    if (magnitude >= 10) {
        p -= 2;
        memcpy(p, pairs + 2 * magnitude, 2);
    } else {
        *--p = (char)('0' + magnitude);
    }
    size_t n = (size_t)(text + sizeof text - p);
    if (negative) {
        *out++ = '-';
    }
    memcpy(out, p, n);
    return n + negative;
}

static size_t integer_text(char *out, uint64_t u, bool negative) {
    return u64_text(out, negative ? 0 - u : u, negative);
}

static size_t special_text(char *out, double d) {
    const char *text = isnan(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity";
    memcpy(out, text, strlen(text));
    return strlen(text);
}

/* A decimal with few digits, which most floats in databases are: the least p for which d is a whole m / 10^p. Both are exact,
 * so the quotient is what reading the decimal gives; the first p is the shortest. False: none. */
static bool few_decimals(double d, bool is_float32, uint64_t *m, int *p) {
    static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    const double most = is_float32 ? 16777216 : 1e15;
    double a = fabs(d);
    for (*p = 0; *p < 10 && a * power[*p] < most; (*p)++) {
        double whole = rint(a * power[*p]);
        bool same = is_float32 ? (float)whole / (float)power[*p] == (float)a : whole / power[*p] == a;
        if (same) {
            *m = (uint64_t)whole;
            return true;
        }
    }
    return false;
}

static size_t put_decimals(char *out, uint64_t m, int decimals, bool negative) {
    char digits[24];
    size_t n = u64_text(digits, m, false), at = 0;
    if (negative) {
        out[at++] = '-';
    }
    size_t whole = n > (size_t)decimals ? n - (size_t)decimals : 0;
    if (whole == 0) {
        out[at++] = '0';
    }
    memcpy(out + at, digits, whole);
    at += whole;
    if (decimals > 0) {
        out[at++] = '.';
        for (size_t zeros = n; zeros < (size_t)decimals; zeros++) {
            out[at++] = '0';
        }
        memcpy(out + at, digits + whole, n - whole);
        at += n - whole;
    }
    return at;
}

size_t float_text(char *out, double d, bool is_float32) {
    uint64_t m;
    int decimals;
    if (!isfinite(d)) {
        return special_text(out, d); /* MySQL holds none of them */
    }
    if (few_decimals(d, is_float32, &m, &decimals)) {
        return put_decimals(out, m, decimals, signbit(d) != 0);
    }
    int least = is_float32 ? 6 : 15, most = is_float32 ? 9 : 17, n = 0;
    for (int digits = least; digits <= most; digits++) {
        n = snprintf(out, 40, "%.*g", digits, d);
        if (digits == most || (is_float32 ? strtof(out, NULL) == (float)d : strtod(out, NULL) == d)) {
            break;
        }
    }
    return (size_t)n;
}

/* "-1.5e+30" written out: the digits, then zeros. */
static size_t expand_large(char *out, const char *shortest, const char *e) {
    int exponent = atoi(e + 1), decimals = 0;
    bool behind = false;
    size_t n = 0;
    for (const char *p = shortest; p < e; p++) {
        if (*p == '.') {
            behind = true;
        } else {
            out[n++] = *p;
            decimals += behind;
        }
    }
    for (; decimals < exponent; decimals++) {
        out[n++] = '0';
    }
    return n;
}

/* The shortest decimal of d without an exponent; *decimals is how many digits it has behind the point. */
static size_t plain_decimal(char *out, size_t cap, double d, bool is_float32, int *decimals) {
    char shortest[40] = "";
    size_t n = float_text(shortest, d, is_float32);
    shortest[n] = '\0';
    const char *e = strchr(shortest, 'e'), *point = strchr(shortest, '.');
    *decimals = point == NULL ? 0 : (int)((e != NULL ? e : shortest + n) - point) - 1;
    if (e == NULL) {
        memcpy(out, shortest, n);
        return n;
    }
    if (e[1] == '+') {
        *decimals = 0;
        return expand_large(out, shortest, e); /* 309 digits at most */
    }
    *decimals -= atoi(e + 1);
    return (size_t)snprintf(out, cap, "%.*f", *decimals, d);
}

size_t float_decimal(char *out, size_t cap, double d, bool is_float32, int decimals) {
    int has = 0;
    if (!isfinite(d)) {
        return 0;
    }
    if (decimals < 0) {
        return plain_decimal(out, cap, d, is_float32, &has);
    }
    /* as MySQL does: a float is taken as a double, and zeros follow where the double's own digits end */
    size_t n = plain_decimal(out, cap, d, false, &has);
    if (has > decimals || n + (size_t)decimals + 1 > cap) {
        int k = snprintf(out, cap, "%.*f", decimals, d);
        return k > 0 && (size_t)k < cap ? (size_t)k : 0;
    }
    if (has == 0 && decimals > 0) {
        out[n++] = '.';
    }
    for (; has < decimals; has++) {
        out[n++] = '0';
    }
    return n;
}

bool value_format(const struct column_plan *c, struct value v, char *out, size_t *n) {
    struct datetime t;
    int64_t micros;
    bool negative;
    uint64_t u;
    switch (c->from->kind) {
    case MYT_TINYINT:
    case MYT_SMALLINT:
    case MYT_MEDIUMINT:
    case MYT_INT:
    case MYT_BIGINT:
    case MYT_YEAR:
        u = value_int(c, v, &negative);
        *n = integer_text(out, u, negative);
        return true;
    case MYT_FLOAT:
    case MYT_DOUBLE:
        if (c->from->scale >= 0) {
            *n = float_decimal(out, VALUE_TEXT_MAX, value_double(c, v), c->is_float32, c->from->scale);
        } else {
            *n = float_text(out, value_double(c, v), c->is_float32);
        }
        return *n > 0;
    case MYT_DATE:
    case MYT_DATETIME:
    case MYT_TIMESTAMP:
        *n = 0;
        if (!datetime_unpack(v.p, v.n, &t)) {
            return false;
        }
        *n = c->from->kind == MYT_DATE ? date_text(out, &t) : datetime_text(out, &t);
        return true;
    case MYT_TIME:
        *n = 0;
        if (!time_unpack(v.p, v.n, &micros)) {
            return false;
        }
        *n = time_text(out, micros);
        return true;
    case MYT_BIT:
        *n = 0;
        if (!value_bits(v, &u)) {
            return false;
        }
        *n = u64_text(out, u, false);
        return true;
    case MYT_DECIMAL:
        *n = 0;
        if (v.n > VALUE_TEXT_MAX) {
            return false;
        }
        memcpy(out, v.p, v.n);
        *n = v.n;
        return true;
    default:
        return false;
    }
}
