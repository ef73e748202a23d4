/* What the files about character sets share. Internal to src/mysql. */
#ifndef MYSQL_CHARSET_INTERNAL_H
#define MYSQL_CHARSET_INTERNAL_H

#include "mysql/charset.h"

enum {
    CHARSETS_MAX = 128, /* MySQL has 42 */
    COLLATION_ID_MAX = 65535,
    CHARSET_ONE = 256,
    CHARSET_TWO = 128 * 256,
    CHARSET_EUC_MORE = 128 * 128,
    GB18030_SECOND = 10, /* 0x30..0x39, also the fourth */
    GB18030_THIRD = 126, /* 0x81..0xfe */
    GB18030_FIRST = 4,   /* 0x81..0x84: behind them are codes beyond U+FFFF, in order */
    CHARSET_GB_MORE = GB18030_FIRST * GB18030_SECOND * GB18030_THIRD * GB18030_SECOND,
};

struct charsets {
    struct charset *items;
    size_t n;
    uint8_t *of_collation; /* [COLLATION_ID_MAX + 1], 1 + index into items; 0: not there */
};

struct charsets *charsets_new(void); /* NULL: no memory */

/* A new one, its tables allocated, filled with '?' and "no pair". NULL + e. */
struct charset *charsets_add(struct charsets *s, const char *name, unsigned bytes_max, struct err *e);

/* The tables are filled: look whether codes are in range. */
bool charset_finish(struct charset *cs, struct err *e) WARN_UNUSED;

/* Elements of `more`; 0 for forms without. */
size_t charset_more_n(const struct charset *cs);

#endif
