/* See datetime.h. */
#include "value/datetime.h"

#include "base/buf.h"

unsigned month_days(unsigned year, unsigned month) {
    static const uint8_t days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month == 0 || month > 12) {
        return 0;
    }
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month] + (month == 2 && leap);
}

bool datetime_unpack(const uint8_t *v, size_t n, struct datetime *t) {
    *t = (struct datetime){0};
    if (n == 0) {
        return true;
    }
    if (n != 4 && n != 7 && n != 11) {
        return false;
    }
    t->year = get_le16(v);
    t->month = v[2];
    t->day = v[3];
    if (n >= 7) {
        t->hour = v[4];
        t->minute = v[5];
        t->second = v[6];
    }
    if (n == 11) {
        t->microsecond = get_le32(v + 7);
    }
    return t->year <= 9999 && t->month <= 12 && t->day <= 31 && t->hour <= 23 && t->minute <= 59 && t->second <= 59 &&
           t->microsecond <= 999999;
}

bool time_unpack(const uint8_t *v, size_t n, int64_t *micros) {
    *micros = 0;
    if (n == 0) {
        return true;
    }
    if (n != 8 && n != 12) {
        return false;
    }
    uint32_t days = get_le32(v + 1), fraction = n == 12 ? get_le32(v + 8) : 0;
    if (v[0] > 1 || days > 34 || v[5] > 23 || v[6] > 59 || v[7] > 59 || fraction > 999999) {
        return false;
    }
    int64_t seconds = (int64_t)days * 86400 + v[5] * 3600 + v[6] * 60 + v[7];
    *micros = seconds * 1000000 + fraction;
    *micros = v[0] == 1 ? -*micros : *micros;
    return *micros > INT64_C(-3020400000000) && *micros < INT64_C(3020400000000); /* 839:00:00 */
}

static char *two(char *p, unsigned v) {
    *p++ = (char)('0' + v / 10);
    *p++ = (char)('0' + v % 10);
    return p;
}

static char *put_date(char *p, const struct datetime *t) {
    p = two(p, t->year / 100);
    p = two(p, t->year % 100);
    *p++ = '-';
    p = two(p, t->month);
    *p++ = '-';
    return two(p, t->day);
}

static char *put_fraction(char *p, unsigned microsecond) {
    if (microsecond != 0) {
        *p++ = '.';
        p = two(p, microsecond / 10000);
        p = two(p, microsecond / 100 % 100);
        p = two(p, microsecond % 100);
    }
    return p;
}

size_t date_text(char *out, const struct datetime *t) {
    return (size_t)(put_date(out, t) - out);
}

size_t datetime_text(char *out, const struct datetime *t) {
    char *p = put_date(out, t);
    *p++ = ' ';
    p = two(p, t->hour);
    *p++ = ':';
    p = two(p, t->minute);
    *p++ = ':';
    p = two(p, t->second);
    return (size_t)(put_fraction(p, t->microsecond) - out);
}

size_t time_text(char *out, int64_t micros) {
    char *p = out;
    if (micros < 0) {
        *p++ = '-';
        micros = -micros;
    }
    unsigned seconds = (unsigned)(micros / 1000000), hours = seconds / 3600;
    if (hours >= 100) {
        *p++ = (char)('0' + hours / 100);
    }
    p = two(p, hours % 100);
    *p++ = ':';
    p = two(p, seconds / 60 % 60);
    *p++ = ':';
    p = two(p, seconds % 60);
    return (size_t)(put_fraction(p, (unsigned)(micros % 1000000)) - out);
}
