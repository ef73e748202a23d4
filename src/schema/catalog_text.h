/* Reading back what the servers print into information_schema. Not for other rooms. */
#ifndef SCHEMA_CATALOG_TEXT_H
#define SCHEMA_CATALOG_TEXT_H

#include <stdint.h>

#include "base/arena.h"

/* MySQL 8 and later store expression text escaped once more than SHOW CREATE TABLE prints it, and with every byte above
 * 0x7f read as latin1; undo both. */
char *catalog_mysql8_expr(struct arena *a, const char *text);

/* The string literal that text begins with, read back ('it''s', 'a\\b'): where it ends in text, or NULL. The bytes may hold
 * NUL; *len is their number. */
const char *catalog_string_prefix(struct arena *a, const char *text, char **out, size_t *len);
/* The same for a text that is one string literal and nothing else. */
bool catalog_string_literal(struct arena *a, const char *text, char **out, size_t *len);
bool catalog_number_literal(const char *text);

/* now(), LOCALTIMESTAMP(3), current_timestamp(): the one form CURRENT_TIMESTAMP[(n)]; others stay. */
char *catalog_normal_now(struct arena *a, const char *expr);

/* Bytes as 0x..: how default_text holds the defaults of binary columns. */
char *catalog_hex(struct arena *a, const char *bytes, size_t len);

/* A number the server printed; NULL and nonsense are 0. */
uint64_t catalog_u64(const char *text);

#endif
