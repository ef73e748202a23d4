/* DECIMAL as MySQL stores it, in rows of the binlog and in JSON documents: groups of nine digits.
 *
 *   -1234567890.1234 as DECIMAL(14,4):  whole part 1 234567890 | fraction 1234, each group big-endian in as few bytes as it needs,
 *   the sign bit of the first byte turned over, all bits turned over in negative numbers.
 *
 * Any thread. Source: MySQL, "decimal_to_bin". */
#ifndef MYSQL_BINLOG_DECIMAL_H
#define MYSQL_BINLOG_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DECIMAL_PRECISION_MAX = 65, DECIMAL_SCALE_MAX = 38, DECIMAL_TEXT_MAX = 80 }; /* MariaDB's scale; MySQL's is 30 */

/* Is (precision, scale) a DECIMAL at all? */
static inline bool decimal_fits(unsigned precision, unsigned scale) {
    return precision >= 1 && precision <= DECIMAL_PRECISION_MAX && scale <= DECIMAL_SCALE_MAX && scale <= precision;
}

size_t decimal_bytes(unsigned precision, unsigned scale);

/* Text as the server prints it ("-0.50"); zerofill: with all digits of the whole part. Returns its length; 0 where a group holds
 * more than its digits can. `bytes` has decimal_bytes. */
size_t decimal_print(const uint8_t *bytes, unsigned precision, unsigned scale, bool zerofill,
                     char text[DECIMAL_TEXT_MAX]);

#endif
