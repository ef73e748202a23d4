/* numeric in COPY binary, from decimal text and from integers.
 *
 *   int16 ndigits | int16 weight | uint16 sign (0, 0x4000) | int16 dscale | ndigits x int16, base 10000, most significant first
 *   value = sum digit[i] * 10000^(weight - i); dscale = decimals shown. Leading and trailing zero digits are left out.
 *
 * Any thread. */
#ifndef VALUE_NUMERIC_H
#define VALUE_NUMERIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room numeric_from_text needs for a text of n bytes. */
#define NUMERIC_ROOM(n) (8 + 2 * ((size_t)(n) / 4 + 3))
enum { NUMERIC_ROOM_U64 = 8 + 2 * 5, NUMERIC_TEXT_MAX = 512 };

/* "-12.340" (no exponent, no blanks), at most NUMERIC_TEXT_MAX bytes. Returns the bytes written; 0 when the text is no
 * decimal number. *integer_digits is the number of digits before the point without leading zeros. */
size_t numeric_from_text(const uint8_t *text, size_t n, uint8_t *out, int *integer_digits);

/* magnitude with sign, scale 0; room NUMERIC_ROOM_U64. */
size_t numeric_from_u64(uint64_t magnitude, bool negative, uint8_t *out);

#endif
