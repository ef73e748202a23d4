/* What jsonb's parser refuses in JSON that MySQL and MariaDB hold valid: \u0000, lone surrogates, numbers beyond numeric. */
#ifndef VALUE_JSON_SCAN_H
#define VALUE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The text is taken to be JSON; anything else is found by the target. */
bool json_refused(const uint8_t *text, size_t n);

/* A copy of the same length or shorter, at most n bytes, also in place: refused escapes become \ufffd, refused numbers null. */
size_t json_mend(uint8_t *dst, const uint8_t *text, size_t n);

#endif
