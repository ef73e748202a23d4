/* Positions in the server's log (LSN): a byte offset, written in two hexadecimal halves "0/3481D20". Any thread. */
#ifndef GAUSS_LSN_H
#define GAUSS_LSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LSN_TEXT_MAX = 24 };

/* "0/3481D20"; returns text. */
const char *lsn_text(uint64_t lsn, char text[LSN_TEXT_MAX]);

/* The whole of text[0..len) must be a position. */
bool lsn_parse(const char *text, size_t len, uint64_t *lsn);

#endif
