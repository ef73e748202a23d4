/* Expression text as information_schema prints it, brought back to SQL.
 *
 * MySQL 8 and later print GENERATION_EXPRESSION, CHECK_CLAUSE, STATISTICS.EXPRESSION and expression defaults with
 * the whole text escaped once more (concat(_utf8mb4\'it\\\'s\')), and with every byte of a UTF-8 character turned
 * into a character of its own ("é" arrives as "Ã©"). Measured on 9.7. MariaDB and MySQL 5.7 print plain SQL. */
#ifndef SQL_CATALOG_TEXT_H
#define SQL_CATALOG_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* The SQL behind a catalog text; the text itself (copied) when it is plain already. Told apart by the first quote:
 * in SQL no backslash can stand before the quote that opens a string. *escaped may be NULL. */
char *sql_catalog_text(struct arena *a, const char *text, size_t len, size_t *out_len, bool *escaped);

/* Undo one level of escaping. */
char *sql_unescape(struct arena *a, const char *text, size_t len, size_t *out_len);

/* Undo "UTF-8 bytes read as latin1 and encoded again"; NULL when the text is not of that kind. */
char *sql_undo_double_utf8(struct arena *a, const char *text, size_t len, size_t *out_len);

#endif
