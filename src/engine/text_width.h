/* Text in terminal columns: names from a database may be wide (CJK), combining, broken or full of control characters.
 * Independent of the locale, so that a statically linked program shows the same everywhere. Any thread. */
#ifndef ENGINE_TEXT_WIDTH_H
#define ENGINE_TEXT_WIDTH_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Columns the text takes when printed through text_fit. */
size_t text_width(const char *s);

/* A copy that takes at most `columns`: longer text ends in "~". Control characters and bytes that are not UTF-8 become
 * '?', so that a name cannot move the cursor. */
char *text_fit(struct arena *a, const char *s, size_t columns);

/* The same, filled with blanks to exactly `columns`. */
char *text_pad(struct arena *a, const char *s, size_t columns);

#endif
