/* Small text helpers shared by the rooms above. Any thread. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

bool str_eq(const char *a, const char *b);  /* both may be NULL */
bool str_ieq(const char *a, const char *b); /* ASCII case folded */
/* FNV-1a, 32 bits: the same on every machine and in every version, so that names may be made of it. For str_eq and str_ieq. */
uint32_t str_hash(const char *s);
uint32_t str_ihash(const char *s);
bool str_starts(const char *s, const char *prefix);
bool str_istarts(const char *s, const char *prefix);

/* Is it well-formed UTF-8 (no overlong forms, no surrogates, <= U+10FFFF)? NUL bytes are allowed. */
bool str_utf8_valid(const void *bytes, size_t len);

/* The longest prefix of at most max bytes that does not cut a UTF-8 character. */
size_t str_utf8_cut(const char *s, size_t len, size_t max);

/* `id` quoted for each side: backticks doubled / double quotes doubled. */
char *str_quote_mysql(struct arena *a, const char *id);
char *str_quote_pg(struct arena *a, const char *id);

/* A literal in single quotes for openGauss/PostgreSQL with standard_conforming_strings on. */
char *str_literal_pg(struct arena *a, const char *text);
/* A literal for MySQL whatever NO_BACKSLASH_ESCAPES says: hex with an introducer when it holds a backslash. */
char *str_literal_mysql(struct arena *a, const char *text);

/* "12.3 MB", "1.20 GB"; "1 234 567". */
const char *str_bytes(uint64_t bytes, char text[24]);
const char *str_count(uint64_t n, char text[32]);

#endif
