/* A range of a table's rows in the order of its key (--rows TABLE=OFFSET,COUNT), as bounds of that key. */
#ifndef CHECK_ROW_RANGE_H
#define CHECK_ROW_RANGE_H

#include "check/table_plan.h"

/* The keys at which t->rows begins and ends, read from the source by c. *empty: the source has fewer rows than the offset.
 * An end behind the last row is open, so rows that only the target has behind it belong to the range. */
bool row_range_find(struct mysql_client *c, struct arena *a, const struct check_table *t, struct chunk *out,
                    bool *empty, struct err *e) WARN_UNUSED;

#endif
