/* Filters and sorting of lists: from the parameters of a request to SQL with placeholders. Nothing of a request gets into the SQL. */
#ifndef SERVER_FILTERS_H
#define SERVER_FILTERS_H

#include "server/api.h"
#include "server/view.h"

enum filter_kind {
    FILTER_TEXT,     /* contains, whatever the case */
    FILTER_EXACT,    /* a text */
    FILTER_NUMBER,   /* one, or several with commas */
    FILTER_FROM_MS,  /* at or after */
    FILTER_UNTIL_MS, /* before */
    FILTER_FLAG,     /* SQL of its own when it is 1 */
};

struct filter {
    const char *name; /* of the parameter */
    enum filter_kind kind;
    const char *column; /* or, of a flag, the condition */
};

struct sorting {
    const char *name; /* sort=NAME, sort=-NAME for the other way round */
    const char *column;
};

/* Ends with a name of NULL each. The first sorting is the one without a parameter; `unique` comes behind it. ERR_BODY: a parameter that
 * has no meaning, so that a misspelt filter does not show everything. page gets where, order, values, limit and offset. */
struct filters {
    const struct filter *filters;
    const struct sorting *sortings;
    const char *first;  /* "t.created_ms DESC" */
    const char *unique; /* "t.id DESC" */
    const char *base;   /* a condition that always holds, without placeholders; NULL: none */
};
bool filters_page(struct call *c, const struct filters *f, struct page *p, struct view_page *page,
                  struct err *e) WARN_UNUSED;

#endif
