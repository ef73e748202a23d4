/* Values from the text openGauss prints, to what COPY binary has of them. See canon_internal.h. Measured forms:
 *   PG and A databases may leave out the zero before a point (.1, -.5); B prints it
 *   floats end in e+15, e-05; NaN, Infinity
 *   time in B is negative or beyond a day: -12:34:56.789, 123:45:06; 24:00:00 everywhere
 *   0000-00-00 and years 0000 exist in B; +00 or another offset follows a timestamptz
 *   intervals: 26:00:00, -00:00:01.5, 1 year 2 mons 3 days 04:05:06.7, -1 years -2 mons +3 days -04:05:06 */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "value/canon_internal.h"
#include "value/numeric.h"

static bool at_end(const struct slice *s) {
    return s->p == s->end;
}

static bool take(struct slice *s, char c) {
    if (at_end(s) || *s->p != (uint8_t)c) {
        return false;
    }
    s->p++;
    return true;
}

static bool take_word(struct slice *s, const char *word) {
    size_t n = strlen(word);
    if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0) {
        return false;
    }
    s->p += n;
    return true;
}

static bool is_word(struct slice s, const char *word) {
    return take_word(&s, word) && at_end(&s);
}

/* At least `least` and at most `most` (19) digits. */
static bool take_digits(struct slice *s, int least, int most, uint64_t *v) {
    int n = 0;
    *v = 0;
    for (; n < most && !at_end(s) && *s->p >= '0' && *s->p <= '9'; n++) {
        *v = *v * 10 + (uint64_t)(*s->p++ - '0');
    }
    return n >= least;
}

/* ---- numbers ---- */

bool canon_parse_int(struct slice s, int64_t lo, uint64_t hi, uint64_t *out) {
    bool negative = take(&s, '-');
    uint64_t v = 0;
    if (at_end(&s) || s.end - s.p > 20) {
        return false;
    }
    for (; !at_end(&s); s.p++) {
        unsigned digit = (uint8_t)(*s.p - '0');
        if (digit > 9 || __builtin_mul_overflow(v, (uint64_t)10, &v) || __builtin_add_overflow(v, digit, &v)) {
            return false;
        }
    }
    uint64_t most = !negative ? hi : lo < 0 ? (uint64_t) - (lo + 1) + 1 : 0;
    *out = negative ? 0 - v : v;
    return v <= most;
}

bool canon_parse_float(struct slice s, bool is_float32, double *out) {
    char text[64], *end;
    size_t n = (size_t)(s.end - s.p);
    if (is_word(s, "NaN") || is_word(s, "Infinity") || is_word(s, "-Infinity")) {
        *out = *s.p == 'N' ? (double)NAN : *s.p == '-' ? -(double)INFINITY : (double)INFINITY;
        return true;
    }
    if (n == 0 || n >= sizeof text) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t c = s.p[i];
        if (!((c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e')) {
            return false; /* strtod reads more than servers print */
        }
        text[i] = (char)c;
    }
    text[n] = '\0';
    *out = is_float32 ? (double)strtof(text, &end) : strtod(text, &end);
    return *end == '\0' && isfinite(*out);
}

static size_t put16(uint8_t *out, size_t at, unsigned v) {
    out[at] = (uint8_t)(v >> 8);
    out[at + 1] = (uint8_t)v;
    return at + 2;
}

static size_t numeric_head(uint8_t *out, size_t ndigits, int weight, unsigned sign) {
    put16(out, put16(out, put16(out, put16(out, 0, (unsigned)ndigits), (unsigned)weight), sign), 0);
    return 8 + 2 * ndigits;
}

static unsigned group(const uint8_t *p, size_t n) {
    unsigned v = 0;
    for (size_t i = 0; i < n; i++) {
        v = v * 10 + (unsigned)(p[i] - '0');
    }
    return v;
}

size_t canon_parse_numeric(struct slice s, uint8_t *out) {
    enum { DIGITS_MAX = 131072 + 16383 + 2 };
    if (is_word(s, "NaN") || is_word(s, "Infinity") || is_word(s, "-Infinity")) {
        return numeric_head(out, 0, 0, *s.p == 'N' ? 0xc000 : *s.p == '-' ? 0xf000 : 0xd000);
    }
    bool negative = take(&s, '-');
    if (s.end - s.p > DIGITS_MAX) {
        return 0;
    }
    const uint8_t *whole = s.p;
    while (!at_end(&s) && *s.p >= '0' && *s.p <= '9') {
        s.p++;
    }
    const uint8_t *whole_end = s.p, *fraction = s.p;
    if (take(&s, '.')) {
        fraction = s.p;
        while (!at_end(&s) && *s.p >= '0' && *s.p <= '9') {
            s.p++;
        }
    }
    const uint8_t *fraction_end = s.p;
    if (!at_end(&s) || (whole == whole_end && fraction == fraction_end)) {
        return 0;
    }
    while (whole < whole_end && *whole == '0') {
        whole++;
    }
    while (fraction_end > fraction && fraction_end[-1] == '0') {
        fraction_end--;
    }
    static const unsigned power[] = {1, 1000, 100, 10, 1}; /* 4 digits are a group */
    int weight = (int)((whole_end - whole + 3) / 4) - 1;
    size_t n = 8;
    for (const uint8_t *p = whole; p < whole_end;) {
        size_t first = (size_t)(whole_end - p) % 4, k = first > 0 ? first : 4;
        n = put16(out, n, group(p, k));
        p += k;
    }
    for (const uint8_t *p = fraction; p < fraction_end;) {
        size_t left = (size_t)(fraction_end - p), k = left < 4 ? left : 4;
        unsigned v = group(p, k) * power[k];
        p += k;
        if (v == 0 && n == 8) {
            weight--; /* a leading zero */
        } else {
            n = put16(out, n, v);
        }
    }
    while (n > 8 && (out[n - 1] | out[n - 2]) == 0) {
        n -= 2;
    }
    return n == 8 ? numeric_head(out, 0, 0, 0) : numeric_head(out, (n - 8) / 2, weight, negative ? 0x4000 : 0);
}

/* ---- dates and times ---- */

/* .5 is 500000; nothing is 0. */
static bool take_fraction(struct slice *s, unsigned *micros) {
    uint64_t v = 0;
    *micros = 0;
    if (!take(s, '.')) {
        return true;
    }
    const uint8_t *from = s->p;
    if (!take_digits(s, 1, 6, &v)) {
        return false;
    }
    for (ptrdiff_t n = s->p - from; n < 6; n++) {
        v *= 10;
    }
    *micros = (unsigned)v;
    return true;
}

/* hours:mm:ss[.f], hours of up to `most` digits. */
static bool take_clock(struct slice *s, int most, int64_t *micros) {
    uint64_t h, m, sec;
    unsigned fraction;
    if (!take_digits(s, 2, most, &h) || !take(s, ':') || !take_digits(s, 2, 2, &m) || !take(s, ':') ||
        !take_digits(s, 2, 2, &sec) || !take_fraction(s, &fraction) || m > 59 || sec > 59) {
        return false;
    }
    int64_t seconds;
    return !__builtin_mul_overflow((int64_t)h, INT64_C(3600), &seconds) &&
           !__builtin_add_overflow(seconds, (int64_t)(m * 60 + sec), &seconds) &&
           !__builtin_mul_overflow(seconds, INT64_C(1000000), micros) &&
           !__builtin_add_overflow(*micros, (int64_t)fraction, micros);
}

/* Years beyond 9999 and BC, which MySQL has not, are malformed. *zero: 0000-00-00. */
static bool take_date(struct slice *s, bool b, struct datetime *t, bool *zero) {
    uint64_t y, m, d;
    if (!take_digits(s, 4, 4, &y) || !take(s, '-') || !take_digits(s, 2, 2, &m) || !take(s, '-') ||
        !take_digits(s, 2, 2, &d)) {
        return false;
    }
    *t = (struct datetime){.year = (unsigned)y, .month = (unsigned)m, .day = (unsigned)d};
    *zero = b && datetime_is_zero(t);
    return *zero || (datetime_is_real(t) && (b || y > 0));
}

/* infinity and -infinity, which are the ends of the range. */
static bool is_infinite(struct slice s, bool *negative) {
    *negative = take(&s, '-');
    return is_word(s, "infinity");
}

bool canon_parse_date(struct slice s, enum dialect d, int32_t *out) {
    bool b = d == DIALECT_OG_B, zero, negative;
    struct datetime t;
    if (is_infinite(s, &negative)) {
        *out = !negative ? INT32_MAX : b ? B_EARLIEST_DATE : INT32_MIN;
        return true;
    }
    if (!take_date(&s, b, &t, &zero)) {
        return false;
    }
    *out = zero ? INT32_MIN : datetime_days(&t);
    return at_end(&s) || is_word(s, " 00:00:00"); /* a date of an A database has a time */
}

/* +00, -03:30, +05:53:28 */
static bool take_offset(struct slice *s, int64_t *seconds) {
    uint64_t h, m = 0, sec = 0;
    bool negative = !at_end(s) && *s->p == '-';
    if (!take(s, '+') && !take(s, '-')) {
        return false;
    }
    if (!take_digits(s, 2, 2, &h) || (take(s, ':') && !take_digits(s, 2, 2, &m)) ||
        (take(s, ':') && !take_digits(s, 2, 2, &sec)) || h > 15 || m > 59 || sec > 59) {
        return false;
    }
    *seconds = (int64_t)(h * 3600 + m * 60 + sec);
    *seconds = negative ? -*seconds : *seconds;
    return true;
}

bool canon_parse_timestamp(struct slice s, enum dialect d, bool zone, int64_t *out) {
    bool b = d == DIALECT_OG_B, zero, negative;
    struct datetime t;
    int64_t clock, offset = 0;
    if (is_infinite(s, &negative)) {
        *out = !negative ? INT64_MAX : b ? B_EARLIEST_TIMESTAMP : INT64_MIN;
        return true;
    }
    if (!take_date(&s, b, &t, &zero) || !take(&s, ' ') || !take_clock(&s, 2, &clock) || clock >= MICROS_PER_DAY ||
        (zone && !take_offset(&s, &offset)) || !at_end(&s) || (zero && clock != 0)) {
        return false;
    }
    *out = zero ? INT64_MIN : datetime_micros(&t) + clock - offset * 1000000;
    return true;
}

bool canon_parse_time(struct slice s, int64_t *micros) {
    bool negative = take(&s, '-');
    if (!take_clock(&s, 3, micros) || !at_end(&s)) {
        return false;
    }
    *micros = negative ? -*micros : *micros;
    return true;
}

/* A count and its unit: "-1 years", "+3 days", "1 mon". */
static bool take_unit(struct slice *s, const char *unit, int64_t *v) {
    struct slice t = *s;
    uint64_t u;
    bool negative = take(&t, '-');
    if (!negative) {
        take(&t, '+');
    }
    if (!take_digits(&t, 1, 10, &u) || !take(&t, ' ') || !take_word(&t, unit)) {
        return false;
    }
    take(&t, 's');
    if (!at_end(&t) && !take(&t, ' ')) {
        return false;
    }
    *v = negative ? -(int64_t)u : (int64_t)u;
    *s = t;
    return true;
}

bool canon_parse_interval(struct slice s, int64_t *micros, int32_t *days, int32_t *months) {
    int64_t y = 0, m = 0, d = 0;
    const uint8_t *begin = s.p;
    bool any = take_unit(&s, "year", &y);
    any = take_unit(&s, "mon", &m) || any;
    any = take_unit(&s, "day", &d) || any;
    y = y * 12 + m;
    if (y > INT32_MAX || y < INT32_MIN || d > INT32_MAX || d < INT32_MIN) {
        return false;
    }
    *months = (int32_t)y;
    *days = (int32_t)d;
    *micros = 0;
    if (at_end(&s)) {
        return any && s.p[-1] != ' ' && s.p > begin;
    }
    bool negative = take(&s, '-');
    if (!negative) {
        take(&s, '+');
    }
    if (!take_clock(&s, 19, micros) || !at_end(&s)) {
        return false;
    }
    *micros = negative ? -*micros : *micros;
    return true;
}

/* ---- identifiers ---- */

bool canon_parse_uuid(struct slice s, uint8_t uuid[16]) {
    if (s.end - s.p != 36) {
        return false;
    }
    size_t digits = 0;
    for (size_t i = 0; i < 36; i++) {
        uint8_t c = s.p[i], low = c | 0x20;
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (c != '-') {
                return false;
            }
            continue;
        }
        unsigned d = c >= '0' && c <= '9'       ? (unsigned)(c - '0')
                     : low >= 'a' && low <= 'f' ? (unsigned)(low - 'a' + 10)
                                                : 16;
        if (d > 15) {
            return false;
        }
        uuid[digits / 2] = (uint8_t)(digits % 2 == 0 ? d << 4 : uuid[digits / 2] | d);
        digits++;
    }
    return true;
}

bool canon_parse_inet(struct slice s, uint8_t inet[20], size_t *n) {
    enum { FAMILY_4 = 2, FAMILY_6 = 3 };
    char text[64];
    size_t len = (size_t)(s.end - s.p), address = 0;
    while (address < len && s.p[address] != '/') {
        address++;
    }
    if (address >= sizeof text || memchr(s.p, '\0', address) != NULL) {
        return false;
    }
    memcpy(text, s.p, address);
    text[address] = '\0';
    bool v4 = inet_pton(AF_INET, text, inet + 4) == 1;
    if (!v4 && inet_pton(AF_INET6, text, inet + 4) != 1) {
        return false;
    }
    uint64_t bits = v4 ? 32 : 128, most = bits;
    s.p += address;
    if (take(&s, '/') && (!take_digits(&s, 1, 3, &bits) || bits > most)) {
        return false;
    }
    inet[0] = v4 ? FAMILY_4 : FAMILY_6;
    inet[1] = (uint8_t)bits;
    inet[2] = 0; /* cidr has a type of its own */
    inet[3] = v4 ? 4 : 16;
    *n = 4 + (size_t)inet[3];
    return at_end(&s);
}
