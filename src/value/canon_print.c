/* Canonical fields as text for people, and the text of values that literals share. See canon_internal.h.
 * Nothing here is hot. Fields are taken as they come: one that is not of its kind's form is printed as bytes. */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/str.h"
#include "value/canon_internal.h"
#include "value/encode_internal.h"

/* ---- counted text ---- */

void sink_bytes(struct sink *s, const void *p, size_t n) {
    size_t fits = s->n < s->cap ? s->cap - s->n : 0;
    fits = fits < n ? fits : n;
    if (fits > 0) {
        memcpy(s->text + s->n, p, fits);
    }
    s->n += n;
}

void sink_puts(struct sink *s, const char *text) {
    sink_bytes(s, text, strlen(text));
}

static void sink_printf(struct sink *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void sink_printf(struct sink *s, const char *fmt, ...) {
    char text[128];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    sink_puts(s, text);
}

void sink_hex(struct sink *s, const uint8_t *p, size_t n) {
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        char two[2] = {hex[p[i] >> 4], hex[p[i] & 15]};
        sink_bytes(s, two, 2);
    }
}

/* ---- numbers ---- */

static bool print_int(struct sink *s, enum target_kind kind, enum dialect d, const uint8_t *v, size_t n) {
    static const uint8_t bytes[TK_COUNT] = {
        [TK_INT1] = 1,  [TK_INT2] = 2,  [TK_INT4] = 4,  [TK_INT8] = 8, [TK_UINT1] = 1,
        [TK_UINT2] = 2, [TK_UINT4] = 4, [TK_UINT8] = 8, [TK_YEAR] = 4,
    };
    if (n != bytes[kind]) {
        return false;
    }
    uint64_t u = 0;
    for (size_t i = 0; i < n; i++) {
        u = u << 8 | v[i];
    }
    unsigned shift = 64 - 8 * (unsigned)n;
    bool has_sign = (kind >= TK_INT2 && kind <= TK_INT8) || kind == TK_YEAR || (kind == TK_INT1 && d == DIALECT_OG_B);
    int64_t value = has_sign ? (int64_t)(u << shift) >> shift : (int64_t)u;
    bool negative = has_sign && value < 0;
    char text[24];
    sink_bytes(s, text, u64_text(text, negative ? 0 - (uint64_t)value : (uint64_t)value, negative));
    return true;
}

static bool print_numeric(struct sink *s, const uint8_t *v, size_t n) {
    if (n < 8 || n != 8 + 2 * (size_t)get_be16(v)) {
        return false;
    }
    int ndigits = get_be16(v), weight = (int16_t)get_be16(v + 2);
    unsigned sign = get_be16(v + 4);
    if (sign >= 0xc000) {
        sink_puts(s, sign == 0xc000 ? "NaN" : sign == 0xd000 ? "Infinity" : "-Infinity");
        return sign == 0xc000 || sign == 0xd000 || sign == 0xf000;
    }
    if (sign != 0) {
        sink_puts(s, "-");
    }
    for (int i = 0; i <= weight; i++) {
        sink_printf(s, i == 0 ? "%u" : "%04u", i < ndigits ? (unsigned)get_be16(v + 8 + 2 * i) : 0);
    }
    if (weight < 0) {
        sink_puts(s, "0");
    }
    if (ndigits <= weight + 1) {
        return true;
    }
    sink_puts(s, ".");
    for (int i = weight + 1; i < 0; i++) {
        sink_puts(s, "0000");
    }
    for (int i = weight + 1 > 0 ? weight + 1 : 0; i < ndigits; i++) {
        char text[16];
        int k = snprintf(text, sizeof text, "%04u", (unsigned)get_be16(v + 8 + 2 * i));
        while (i + 1 == ndigits && k > 1 && text[k - 1] == '0') {
            k--;
        }
        sink_bytes(s, text, (size_t)k);
    }
    return true;
}

static bool print_float(struct sink *s, bool is_float32, const uint8_t *v, size_t n) {
    char text[64];
    double d;
    if (n != (is_float32 ? 4 : 8)) {
        return false;
    }
    if (is_float32) {
        uint32_t bits = get_be32(v);
        float f;
        memcpy(&f, &bits, 4);
        d = (double)f;
    } else {
        uint64_t bits = get_be64(v);
        memcpy(&d, &bits, 8);
    }
    sink_bytes(s, text, float_text(text, d, is_float32));
    return true;
}

static bool print_bits(struct sink *s, const uint8_t *v, size_t n) {
    if (n < 4 || n != 4 + ((size_t)get_be32(v) + 7) / 8) {
        return false;
    }
    for (size_t i = 0; i < get_be32(v); i++) {
        sink_puts(s, (v[4 + i / 8] >> (7 - i % 8) & 1) != 0 ? "1" : "0");
    }
    return true;
}

/* ---- dates and times ---- */

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

/* Days from 2000-01-01 to a day of the Gregorian calendar. Years count from March, so that the leap day is the last. */
static void civil(int64_t days, int64_t *year, unsigned *month, unsigned *day) {
    int64_t d = days + 730425, era = floor_div(d, 146097);
    int64_t of_era = d - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int64_t march = (5 * of_year + 2) / 153;
    *day = (unsigned)(of_year - (153 * march + 2) / 5 + 1);
    *month = (unsigned)(march < 10 ? march + 3 : march - 9);
    *year = y + era * 400 + (*month <= 2);
}

/* Returns what follows the time of day: " BC" for years before 1, which B prints as they are. */
static const char *print_day(struct sink *s, enum dialect d, int64_t days) {
    int64_t year;
    unsigned month, day;
    civil(days, &year, &month, &day);
    bool bc = year < 0 || (year == 0 && d != DIALECT_OG_B);
    sink_printf(s, "%04lld-%02u-%02u", (long long)(bc ? 1 - year : year), month, day);
    return bc ? " BC" : "";
}

static void print_fraction(struct sink *s, unsigned micros) {
    if (micros != 0) {
        char text[16];
        int n = snprintf(text, sizeof text, ".%06u", micros);
        while (text[n - 1] == '0') {
            n--;
        }
        sink_bytes(s, text, (size_t)n);
    }
}

static void print_clock(struct sink *s, uint64_t micros) {
    uint64_t seconds = micros / 1000000;
    sink_printf(s, "%02llu:%02u:%02u", (unsigned long long)(seconds / 3600), (unsigned)(seconds / 60 % 60),
                (unsigned)(seconds % 60));
    print_fraction(s, (unsigned)(micros % 1000000));
}

static bool print_date(struct sink *s, enum dialect d, const uint8_t *v, size_t n) {
    if (n != 4) {
        return false;
    }
    int32_t days = (int32_t)get_be32(v);
    bool b = d == DIALECT_OG_B;
    if (days == INT32_MAX) {
        sink_puts(s, "infinity");
    } else if (days == INT32_MIN || (b && days == B_EARLIEST_DATE)) {
        sink_puts(s, b && days == INT32_MIN ? "0000-00-00" : "-infinity");
    } else {
        sink_puts(s, print_day(s, d, days));
    }
    return true;
}

static bool print_timestamp(struct sink *s, enum dialect d, const char *zone, const uint8_t *v, size_t n) {
    if (n != 8) {
        return false;
    }
    int64_t micros = (int64_t)get_be64(v);
    bool b = d == DIALECT_OG_B;
    if (micros == INT64_MAX) {
        sink_puts(s, "infinity");
    } else if (micros == INT64_MIN || (b && micros == B_EARLIEST_TIMESTAMP)) {
        sink_puts(s, b && micros == INT64_MIN ? "0000-00-00 00:00:00" : "-infinity");
    } else {
        int64_t days = floor_div(micros, MICROS_PER_DAY);
        const char *era = print_day(s, d, days);
        sink_puts(s, " ");
        print_clock(s, (uint64_t)micros - (uint64_t)days * (uint64_t)MICROS_PER_DAY); /* the product may not fit */
        sink_puts(s, zone);
        sink_puts(s, era);
    }
    return true;
}

static void print_signed_clock(struct sink *s, int64_t micros) {
    sink_puts(s, micros < 0 ? "-" : "");
    print_clock(s, micros < 0 ? 0 - (uint64_t)micros : (uint64_t)micros);
}

static bool print_interval(struct sink *s, const uint8_t *v, size_t n) {
    if (n != 8 && n != 16) {
        return false;
    }
    if (n == 16) {
        sink_printf(s, "%d mons %d days ", (int)(int32_t)get_be32(v + 12), (int)(int32_t)get_be32(v + 8));
    }
    print_signed_clock(s, (int64_t)get_be64(v));
    return true;
}

/* ---- identifiers ---- */

static bool print_uuid(struct sink *s, const uint8_t *v, size_t n) {
    static const uint8_t group_bytes[] = {4, 2, 2, 2, 6};
    if (n != 16) {
        return false;
    }
    for (size_t i = 0; i < sizeof group_bytes; i++) {
        sink_puts(s, i > 0 ? "-" : "");
        sink_hex(s, v, group_bytes[i]);
        v += group_bytes[i];
    }
    return true;
}

static bool print_inet(struct sink *s, const uint8_t *v, size_t n) {
    char text[INET6_ADDRSTRLEN];
    bool v4 = n == 8;
    if ((n != 8 && n != 20) || v[3] != n - 4 || inet_ntop(v4 ? AF_INET : AF_INET6, v + 4, text, sizeof text) == NULL) {
        return false;
    }
    sink_puts(s, text);
    if (v[1] != (v4 ? 32 : 128)) {
        sink_printf(s, "/%u", v[1]);
    }
    return true;
}

bool canon_print(struct sink *s, const struct canon_plan *p, const struct canon_field *f, const uint8_t *v, size_t n) {
    enum dialect d = p->dialect;
    switch (f->kind) {
    case TK_BOOL:
        sink_puts(s, n == 1 && v[0] != 0 ? "true" : "false");
        return n == 1;
    case TK_INT1:
    case TK_INT2:
    case TK_INT4:
    case TK_INT8:
    case TK_UINT1:
    case TK_UINT2:
    case TK_UINT4:
    case TK_UINT8:
    case TK_YEAR:
        return print_int(s, f->kind, d, v, n);
    case TK_NUMERIC:
        return print_numeric(s, v, n);
    case TK_FLOAT4:
    case TK_FLOAT8:
        return print_float(s, f->kind == TK_FLOAT4, v, n);
    case TK_BIT:
        return print_bits(s, v, n);
    case TK_DATE:
        return print_date(s, d, v, n);
    case TK_TIME:
        if (n == 8) {
            print_signed_clock(s, (int64_t)get_be64(v));
        }
        return n == 8;
    case TK_INTERVAL:
        return print_interval(s, v, n);
    case TK_TIMESTAMP:
        return print_timestamp(s, d, "", v, n);
    case TK_TIMESTAMPTZ:
        return print_timestamp(s, d, "+00", v, n);
    case TK_UUID:
        return print_uuid(s, v, n);
    case TK_INET:
        return print_inet(s, v, n);
    case TK_TEXT:
    case TK_JSONB:
    case TK_BYTEA:
    case TK_BLOB:
    case TK_COUNT:
        break;
    }
    return false;
}

/* ---- for people ---- */

static void describe_bytes(struct sink *s, const uint8_t *v, size_t n) {
    size_t shown = n < s->cap ? n : s->cap; /* more would not fit */
    sink_puts(s, "x'");
    sink_hex(s, v, shown);
    sink_puts(s, "'");
    s->n += n - shown;
}

static void describe_text(struct sink *s, const uint8_t *v, size_t n, bool quoted) {
    size_t shown = n < s->cap ? n : str_utf8_cut((const char *)v, n, s->cap);
    if (!str_utf8_valid(v, shown)) {
        describe_bytes(s, v, n);
        return;
    }
    sink_puts(s, quoted ? "'" : "");
    for (size_t i = 0; i < shown; i++) {
        if (v[i] >= 0x20 && v[i] != 0x7f) {
            sink_bytes(s, v + i, 1);
        } else if (v[i] == '\n' || v[i] == '\t' || v[i] == '\r') {
            sink_puts(s, v[i] == '\n' ? "\\n" : v[i] == '\t' ? "\\t" : "\\r");
        } else {
            sink_printf(s, "\\x%02x", v[i]);
        }
    }
    sink_puts(s, quoted ? "'" : "");
    s->n += n - shown;
}

void canon_describe(const struct canon_plan *p, size_t column, const uint8_t *field, size_t len, char *text,
                    size_t cap) {
    if (cap == 0) {
        return;
    }
    struct sink s = {.text = text, .cap = cap - 1};
    const struct canon_field *f = column < p->n ? &p->fields[column] : NULL;
    if (field == NULL) {
        sink_puts(&s, "NULL");
    } else if (f == NULL) {
        describe_bytes(&s, field, len);
    } else if (f->kind == TK_TEXT || f->kind == TK_JSONB) {
        describe_text(&s, field, len, !f->is_json);
    } else if (!canon_print(&s, p, f, field, len)) {
        s.n = 0;
        describe_bytes(&s, field, len);
    }
    if (s.n > s.cap) {
        size_t dots = s.cap < 2 ? s.cap : 2, kept = str_utf8_cut(text, s.cap, s.cap - dots);
        memset(text + kept, '.', dots);
        s.n = kept + dots;
    }
    text[s.n] = '\0';
}
