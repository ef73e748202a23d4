/* MySQL's packed dates and times to the target's days and microseconds, and to ISO text.
 *
 *   DATE, DATETIME, TIMESTAMP   len (0 4 7 11) | year LE16 month day | hour minute second | microsecond LE32
 *   TIME                        len (0 8 12)   | negative | days LE32 hour minute second  | microsecond LE32
 *
 * len 0 is 0000-00-00 or 00:00:00. Days count from 2000-01-01, microseconds from 2000-01-01 00:00:00. Any thread. */
#ifndef VALUE_DATETIME_H
#define VALUE_DATETIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct datetime {
    unsigned year, month, day, hour, minute, second, microsecond;
};

enum { DATETIME_TEXT_MAX = 40 };
#define MICROS_PER_DAY INT64_C(86400000000)

/* v is behind the length byte. False when the length is none of MySQL's, or a field is out of MySQL's own range. */
bool datetime_unpack(const uint8_t *v, size_t n, struct datetime *t);
/* Signed microseconds. */
bool time_unpack(const uint8_t *v, size_t n, int64_t *micros);

static inline bool datetime_is_zero(const struct datetime *t) {
    return (t->year | t->month | t->day) == 0;
}

unsigned month_days(unsigned year, unsigned month);

/* Is it a day of the Gregorian calendar (month and day not 0, day in the month)? */
static inline bool datetime_is_real(const struct datetime *t) {
    return t->month >= 1 && t->month <= 12 && t->day >= 1 && (t->day <= 28 || t->day <= month_days(t->year, t->month));
}

/* Of a real day. March-based years make the leap day the last one of a year. */
static inline int32_t datetime_days(const struct datetime *t) {
    int32_t y = (int32_t)t->year - (t->month <= 2) + 400; /* never negative */
    int32_t era = y / 400, of_era = y % 400;
    int32_t of_year = (153 * ((int32_t)t->month + (t->month > 2 ? -3 : 9)) + 2) / 5 + (int32_t)t->day - 1;
    return (era - 1) * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 730425;
}

static inline int64_t datetime_micros(const struct datetime *t) {
    int64_t seconds = (int64_t)datetime_days(t) * 86400 + t->hour * 3600 + t->minute * 60 + t->second;
    return seconds * 1000000 + t->microsecond;
}

/* "2024-02-29", "2024-02-29 01:02:03.500000" (fraction where there is one), "-838:59:59". They return the length; no NUL. */
size_t date_text(char *out, const struct datetime *t);
size_t datetime_text(char *out, const struct datetime *t);
size_t time_text(char *out, int64_t micros);

#endif
