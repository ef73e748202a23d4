/* Numbers with units. See units.h. Whole-number arithmetic throughout: 0.1MB is 100000 bytes, not 99999. */
#include "cli/units.h"

#include <stddef.h>
#include <strings.h>

enum { FRACTION_DIGITS = 6, MILLION = 1000000 };

struct unit {
    const char *name;
    uint64_t value;
};

bool units_count(const char *text, uint64_t *n) {
    uint64_t v = 0;
    if (*text == '\0') {
        return false;
    }
    for (const char *p = text; *p != '\0'; p++) {
        if (*p < '0' || *p > '9' || __builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, (uint64_t)(*p - '0'), &v)) {
            return false;
        }
    }
    *n = v;
    return true;
}

/* "12.5MB" -> 12, 500000, "MB". Digits behind the sixth place are refused rather than dropped. */
static bool split(const char *text, uint64_t *whole, uint64_t *millionths, const char **unit) {
    const char *p = text;
    *whole = *millionths = 0;
    size_t digits = 0;
    for (; *p >= '0' && *p <= '9'; p++, digits++) {
        if (__builtin_mul_overflow(*whole, 10, whole) || __builtin_add_overflow(*whole, (uint64_t)(*p - '0'), whole)) {
            return false;
        }
    }
    if (*p == '.') {
        size_t places = 0;
        for (p++; *p >= '0' && *p <= '9'; p++, digits++, places++) {
            if (places == FRACTION_DIGITS) {
                return false;
            }
            *millionths = *millionths * 10 + (uint64_t)(*p - '0');
        }
        for (; places < FRACTION_DIGITS; places++) {
            *millionths *= 10;
        }
    }
    while (*p == ' ') {
        p++;
    }
    *unit = p;
    return digits > 0;
}

static bool with_unit(const char *text, const struct unit *units, size_t n, uint64_t *out) {
    uint64_t whole, millionths;
    const char *unit;
    if (!split(text, &whole, &millionths, &unit)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (strcasecmp(unit, units[i].name) == 0) {
            /* The largest unit is below 2^41: its product with a million fits. */
            uint64_t part = units[i].value * millionths / MILLION;
            return !__builtin_mul_overflow(whole, units[i].value, out) && !__builtin_add_overflow(*out, part, out);
        }
    }
    return false;
}

#define KI UINT64_C(1024)
#define K UINT64_C(1000)

bool units_size(const char *text, uint64_t *bytes) {
    static const struct unit units[] = {
        {"", 1},
        {"b", 1},
        {"k", K},
        {"kb", K},
        {"m", K * K},
        {"mb", K * K},
        {"g", K * K * K},
        {"gb", K * K * K},
        {"t", K * K * K * K},
        {"tb", K * K * K * K},
        {"ki", KI},
        {"kib", KI},
        {"mi", KI * KI},
        {"mib", KI * KI},
        {"gi", KI * KI * KI},
        {"gib", KI * KI * KI},
        {"ti", KI * KI * KI * KI},
        {"tib", KI * KI * KI * KI},
    };
    return with_unit(text, units, sizeof units / sizeof units[0], bytes);
}

bool units_duration(const char *text, int64_t *ms) {
    static const struct unit units[] = {
        {"", 1000},         {"ms", 1},          {"s", 1000},         {"m", 60 * 1000},
        {"min", 60 * 1000}, {"h", 3600 * 1000}, {"d", 86400 * 1000},
    };
    uint64_t v;
    if (!with_unit(text, units, sizeof units / sizeof units[0], &v) || v > INT64_MAX / 1000000) {
        return false; /* the engine counts in microseconds */
    }
    *ms = (int64_t)v;
    return true;
}
