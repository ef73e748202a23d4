/* The page of what is carried per dialect (docs/sql.md): made by trying each line of support.def. */
#ifndef SQL_SUPPORT_H
#define SQL_SUPPORT_H

#include "base/arena.h"

/* Markdown. Every entry is "yes", "untested" (translated, but not run on such a server so far), or "reported" with the reason. */
const char *sql_support_page(struct arena *a);

/* The i-th entry as a whole statement; NULL: there are no more. */
const char *sql_support_entry(struct arena *a, size_t i);

#endif
