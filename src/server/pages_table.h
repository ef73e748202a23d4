/* The console's files as scripts/embed_pages.py puts them into the executable. For pages.c. */
#ifndef SERVER_PAGES_TABLE_H
#define SERVER_PAGES_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct page_file {
    const char *path; /* "/index.html" */
    const char *type;
    const char *etag;            /* with its quotes */
    size_t at, packed, unpacked; /* in pages_bytes, compressed by gzip; bytes */
    bool lasting;                /* its name has its digest: it never changes */
};

extern const struct page_file pages_table[]; /* sorted by path */
extern const size_t pages_count;
extern const unsigned char pages_bytes[];

#endif
