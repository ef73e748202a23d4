/* JSON numbers by value. See canon_internal.h.
 *
 * Plain where there are at most 21 digits before the point and at most 5 zeros behind it (1000, 0.000001), else d.dddeN with one
 * digit before the point; digits are kept exactly, and zeros that say nothing are not. */
#include "value/canon_internal.h"

enum { PLAIN_DIGITS = 21, PLAIN_ZEROS = 5, EXPONENT_DIGITS = 18 };
#define EXPONENT_MAX INT64_C(999999999)
#define EXPONENT_UNREAD INT64_C(1000000000000000000) /* beyond what 18 digits say, and any number of digits */

/* Digits before and behind the point, as one row of digits. */
struct digits {
    const uint8_t *whole, *fraction;
    size_t nwhole;
};

static inline uint8_t digit_at(const struct digits *d, size_t i) {
    return i < d->nwhole ? d->whole[i] : d->fraction[i - d->nwhole];
}

/* The text may overlap what is written, which is always before it. */
static uint8_t *put_digits(uint8_t *w, const struct digits *d, size_t from, size_t upto) {
    for (size_t i = from; i < upto; i++) {
        *w++ = digit_at(d, i);
    }
    return w;
}

static uint8_t *put_zeros(uint8_t *w, int64_t n) {
    for (; n > 0; n--) {
        *w++ = '0';
    }
    return w;
}

static uint8_t *put_exponent(uint8_t *w, int64_t exponent) {
    uint8_t text[24], *p = text + sizeof text;
    uint64_t left = exponent < 0 ? (uint64_t)-exponent : (uint64_t)exponent;
    do {
        *--p = (uint8_t)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    *w++ = 'e';
    if (exponent < 0) {
        *w++ = '-';
    }
    memcpy(w, p, (size_t)(text + sizeof text - p));
    return w + (text + sizeof text - p);
}

/* n digits, of which `point` are before the decimal point: fewer than none, or more than there are. NULL: out of range. */
static uint8_t *put_value(uint8_t *w, const struct digits *d, size_t n, int64_t point, bool negative) {
    size_t first = 0;
    while (first < n && digit_at(d, first) == '0') {
        first++;
        point--;
    }
    while (n > first && digit_at(d, n - 1) == '0') {
        n--;
    }
    size_t count = n - first;
    if (count == 0) {
        *w++ = '0';
        return w;
    }
    if (point - 1 > EXPONENT_MAX || point - 1 < -EXPONENT_MAX) {
        return NULL;
    }
    if (negative) {
        *w++ = '-';
    }
    if (point > PLAIN_DIGITS || point < -PLAIN_ZEROS) {
        *w++ = digit_at(d, first);
        if (count > 1) {
            *w++ = '.';
            w = put_digits(w, d, first + 1, n);
        }
        return put_exponent(w, point - 1);
    }
    if (point <= 0) {
        *w++ = '0';
        *w++ = '.';
        return put_digits(put_zeros(w, -point), d, first, n);
    }
    if (count <= (size_t)point) {
        return put_zeros(put_digits(w, d, first, n), point - (int64_t)count);
    }
    size_t whole = first + (size_t)point;
    w = put_digits(w, d, first, whole);
    *w++ = '.';
    return put_digits(w, d, whole, n);
}

static inline const uint8_t *skip_digits(const uint8_t *p, const uint8_t *end) {
    while (p < end && (uint8_t)(*p - '0') <= 9) {
        p++;
    }
    return p;
}

/* Behind the e. One that is too long to be read is out of range, unless the number is zero. NULL: no digits. */
static const uint8_t *read_exponent(const uint8_t *p, const uint8_t *end, int64_t *exponent) {
    bool below = p < end && *p == '-';
    p += p < end && (*p == '-' || *p == '+');
    const uint8_t *from = p;
    p = skip_digits(p, end);
    if (p == from) {
        return NULL;
    }
    while (from < p && *from == '0') {
        from++;
    }
    int64_t v = p - from > EXPONENT_DIGITS ? EXPONENT_UNREAD : 0;
    for (; from < p && v < EXPONENT_UNREAD; from++) {
        v = v * 10 + (*from - '0');
    }
    *exponent = below ? -v : v;
    return p;
}

const char *canon_json_number(const uint8_t **at, const uint8_t *end, uint8_t **w) {
    bool negative = **at == '-';
    struct digits d = {.whole = *at + negative, .fraction = end};
    const uint8_t *p = skip_digits(d.whole, end);
    size_t n = d.nwhole = (size_t)(p - d.whole);
    if (n == 0 || (n > 1 && d.whole[0] == '0')) {
        return "a number without digits, or with zeros before them";
    }
    if ((p == end || (*p != '.' && (*p | 0x20) != 'e')) && n <= PLAIN_DIGITS) {
        if (negative && d.whole[0] != '0') {
            *(*w)++ = '-';
        }
        *w = put_digits(*w, &d, 0, n);
        *at = p;
        return NULL;
    }
    if (p < end && *p == '.') {
        d.fraction = p + 1;
        p = skip_digits(d.fraction, end);
        if (p == d.fraction) {
            return "a number that ends with a point";
        }
        n += (size_t)(p - d.fraction);
    }
    int64_t exponent = 0;
    if (p < end && (*p | 0x20) == 'e') {
        p = read_exponent(p + 1, end, &exponent);
        if (p == NULL) {
            return "an exponent without digits";
        }
    }
    *at = p;
    *w = put_value(*w, &d, n, (int64_t)d.nwhole + exponent, negative);
    return *w == NULL ? "an exponent of more than nine digits" : NULL;
}
