/* Dates and times of row images as the binary protocol sends them. See binlog_row_internal.h.
 *
 *   DATE        3, little-endian: year 15 bits | month 4 | day 5
 *   TIME2       3, big-endian, 0x800000 added: sign | hour 10 | minute 6 | second 6, then the fraction
 *   DATETIME2   5, big-endian, 0x8000000000 added: year*13+month 17 | day 5 | hour 5 | minute 6 | second 6, then the fraction
 *   TIMESTAMP2  4, big-endian: seconds since 1970, then the fraction
 *   fraction    1 byte for up to 2 digits, 2 for up to 4, 3 for up to 6: hundredths, ten-thousandths, millionths
 *   old         TIME 3: hhmmss as a number; DATETIME 8: yyyymmddhhmmss; TIMESTAMP 4
 *   hires       MariaDB: the whole value as one number in units of the last digit, big-endian */
#include "mysql/binlog_row_internal.h"

struct moment {
    unsigned year, month, day, hour, minute, second, micro;
    bool negative;
};

static const uint32_t power10[7] = {1, 10, 100, 1000, 10000, 100000, 1000000};

static uint64_t get_be(const uint8_t *p, size_t n) {
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++) {
        v = v << 8 | p[i];
    }
    return v;
}

/* Bytes of a fraction, and what its unit is in microseconds. */
static size_t fraction_bytes(unsigned fsp) {
    return (fsp + 1) / 2;
}

static uint32_t fraction_unit(unsigned fsp) {
    return power10[6 - 2 * fraction_bytes(fsp)];
}

/* ---- out ---- */

static void put_date(struct buf *row, const struct moment *t) {
    buf_u8(row, (uint8_t)t->year);
    buf_u8(row, (uint8_t)(t->year >> 8));
    buf_u8(row, (uint8_t)t->month);
    buf_u8(row, (uint8_t)t->day);
}

static void put_clock(struct buf *row, unsigned hour, const struct moment *t) {
    buf_u8(row, (uint8_t)hour);
    buf_u8(row, (uint8_t)t->minute);
    buf_u8(row, (uint8_t)t->second);
}

static void put_le32(struct buf *row, uint32_t v) {
    for (int i = 0; i < 4; i++) {
        buf_u8(row, (uint8_t)(v >> 8 * i));
    }
}

static bool put_datetime(struct buf *row, const struct moment *t) {
    if (t->year > 9999 || t->month > 12 || t->day > 31 || t->hour > 23 || t->minute > 59 || t->second > 59 ||
        t->micro > 999999) {
        return false;
    }
    bool clock = (t->hour | t->minute | t->second) != 0;
    uint8_t n = t->micro != 0 ? 11 : clock ? 7 : (t->year | t->month | t->day) != 0 ? 4 : 0;
    buf_u8(row, n);
    if (n >= 4) {
        put_date(row, t);
    }
    if (n >= 7) {
        put_clock(row, t->hour, t);
    }
    if (n == 11) {
        put_le32(row, t->micro);
    }
    return true;
}

static bool put_time(struct buf *row, const struct moment *t) {
    if (t->hour > 838 || t->minute > 59 || t->second > 59 || t->micro > 999999) {
        return false;
    }
    uint8_t n = t->micro != 0 ? 12 : (t->hour | t->minute | t->second) != 0 ? 8 : 0;
    buf_u8(row, n);
    if (n > 0) {
        buf_u8(row, t->negative);
        put_le32(row, t->hour / 24);
        put_clock(row, t->hour % 24, t);
    }
    if (n == 12) {
        put_le32(row, t->micro);
    }
    return true;
}

/* ---- in ---- */

static void set_clock(struct moment *t, uint64_t packed) {
    t->second = (unsigned)(packed & 63);
    t->minute = (unsigned)(packed >> 6 & 63);
}

static bool take_date(const uint8_t *p, struct buf *row) {
    uint32_t v = get_le24(p);
    struct moment t = {.year = v >> 9, .month = v >> 5 & 15, .day = v & 31};
    return put_datetime(row, &t);
}

static bool take_time(const struct row_field *f, const uint8_t *p, struct buf *row) {
    size_t n = 3 + fraction_bytes(f->fsp);
    int64_t v = (int64_t)get_be(p, n) - ((int64_t)0x800000 << 8 * fraction_bytes(f->fsp));
    struct moment t = {.negative = v < 0};
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    unsigned bits = 8 * (unsigned)fraction_bytes(f->fsp);
    t.micro = (unsigned)(u & ((UINT64_C(1) << bits) - 1)) * fraction_unit(f->fsp);
    u >>= bits;
    set_clock(&t, u);
    t.hour = (unsigned)(u >> 12 & 1023);
    return put_time(row, &t);
}

static bool take_datetime(const struct row_field *f, const uint8_t *p, struct buf *row) {
    uint64_t v = get_be(p, 5) - UINT64_C(0x8000000000);
    struct moment t = {.hour = (unsigned)(v >> 12 & 31), .day = (unsigned)(v >> 17 & 31)};
    unsigned months = (unsigned)(v >> 22 & 0x1ffff);
    t.year = months / 13;
    t.month = months % 13;
    set_clock(&t, v);
    t.micro = (unsigned)get_be(p + 5, fraction_bytes(f->fsp)) * fraction_unit(f->fsp);
    return v >> 39 == 0 && put_datetime(row, &t);
}

/* Days since 1970 to a day of the calendar; years that begin in March make the leap day the last. */
static void set_day(struct moment *t, uint32_t days) {
    uint32_t shifted = days + 719468, era = shifted / 146097, of_era = shifted % 146097;
    uint32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint32_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    t->day = of_year - (153 * month + 2) / 5 + 1;
    t->month = month < 10 ? month + 3 : month - 9;
    t->year = year + era * 400 + (t->month <= 2 ? 1 : 0);
}

static bool put_timestamp(struct buf *row, uint32_t seconds, unsigned micro) {
    struct moment t = {.micro = micro};
    if (seconds != 0 || micro != 0) { /* 0 is 0000-00-00 */
        uint32_t of_day = seconds % 86400;
        set_day(&t, seconds / 86400);
        t.hour = of_day / 3600;
        t.minute = of_day / 60 % 60;
        t.second = of_day % 60;
    }
    return put_datetime(row, &t);
}

static bool take_timestamp(const struct row_field *f, const uint8_t *p, struct buf *row) {
    unsigned micro = (unsigned)get_be(p + 4, fraction_bytes(f->fsp)) * fraction_unit(f->fsp);
    return put_timestamp(row, get_be32(p), micro);
}

static bool take_time_old(const uint8_t *p, struct buf *row) {
    int32_t v = (int32_t)(get_le24(p) << 8) >> 8;
    struct moment t = {.negative = v < 0};
    uint32_t u = v < 0 ? (uint32_t)-v : (uint32_t)v;
    t.hour = u / 10000;
    t.minute = u / 100 % 100;
    t.second = u % 100;
    return put_time(row, &t);
}

static bool take_datetime_old(const uint8_t *p, struct buf *row) {
    uint64_t v = get_le64(p), date = v / 1000000, clock = v % 1000000;
    struct moment t = {.year = (unsigned)(date / 10000),
                       .month = (unsigned)(date / 100 % 100),
                       .day = (unsigned)(date % 100),
                       .hour = (unsigned)(clock / 10000),
                       .minute = (unsigned)(clock / 100 % 100),
                       .second = (unsigned)(clock % 100)};
    return date <= 99991231 && put_datetime(row, &t);
}

/* ---- MariaDB's with fractions ---- */

uint8_t hires_bytes(enum field_op op, int fsp) {
    static const uint8_t time[] = {3, 4, 4, 5, 5, 5, 6}, datetime[] = {5, 6, 6, 7, 7, 7, 8},
                         timestamp[] = {4, 5, 5, 6, 6, 7, 7};
    return op == FIELD_TIME_HIRES ? time[fsp] : op == FIELD_DATETIME_HIRES ? datetime[fsp] : timestamp[fsp];
}

static bool take_time_hires(const struct row_field *f, const uint8_t *p, struct buf *row) {
    /* 838:59:59.999999 and a second lie below zero. */
    uint64_t unit = power10[f->fsp], zero = UINT64_C(3020400) * unit;
    uint64_t v = get_be(p, f->bytes);
    struct moment t = {.negative = v < zero};
    uint64_t u = t.negative ? zero - v : v - zero, seconds = u / unit;
    t.micro = (unsigned)(u % unit) * power10[6 - f->fsp];
    t.hour = seconds / 3600 > 9999 ? 9999 : (unsigned)(seconds / 3600);
    t.minute = (unsigned)(seconds / 60 % 60);
    t.second = (unsigned)(seconds % 60);
    return put_time(row, &t);
}

static bool take_datetime_hires(const struct row_field *f, const uint8_t *p, struct buf *row) {
    uint64_t v = get_be(p, f->bytes), unit = power10[f->fsp];
    struct moment t = {.micro = (unsigned)(v % unit) * power10[6 - f->fsp]};
    v /= unit;
    t.second = (unsigned)(v % 60);
    t.minute = (unsigned)(v / 60 % 60);
    t.hour = (unsigned)(v / 3600 % 24);
    v /= 86400;
    t.day = (unsigned)(v % 32);
    t.month = (unsigned)(v / 32 % 13);
    v /= 32 * 13;
    t.year = (unsigned)v;
    return v <= 9999 && put_datetime(row, &t);
}

static bool take_timestamp_hires(const struct row_field *f, const uint8_t *p, struct buf *row) {
    uint64_t fraction = get_be(p + 4, f->bytes - 4u);
    return fraction < power10[f->fsp] && put_timestamp(row, get_be32(p), (unsigned)fraction * power10[6 - f->fsp]);
}

bool field_put_time(const struct row_field *f, const uint8_t *p, struct buf *row) {
    switch ((enum field_op)f->op) {
    case FIELD_DATE:
        return take_date(p, row);
    case FIELD_TIME:
        return take_time(f, p, row);
    case FIELD_DATETIME:
        return take_datetime(f, p, row);
    case FIELD_TIMESTAMP:
        return take_timestamp(f, p, row);
    case FIELD_TIME_OLD:
        return take_time_old(p, row);
    case FIELD_DATETIME_OLD:
        return take_datetime_old(p, row);
    case FIELD_TIMESTAMP_OLD:
        return put_timestamp(row, get_le32(p), 0);
    case FIELD_TIME_HIRES:
        return take_time_hires(f, p, row);
    case FIELD_DATETIME_HIRES:
        return take_datetime_hires(f, p, row);
    case FIELD_TIMESTAMP_HIRES:
        return take_timestamp_hires(f, p, row);
    default:
        return false;
    }
}
