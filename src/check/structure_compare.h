/* Two tables, as they should be and as they are, both read from the target's catalog: what differs.
 * No server. Not for other rooms. */
#ifndef CHECK_STRUCTURE_COMPARE_H
#define CHECK_STRUCTURE_COMPARE_H

#include "check/structure.h"
#include "check/structure_catalog.h"

struct structure_report {
    struct arena *a; /* of the result: differences are copied into it */
    struct structure_result *out;
    size_t cap, unchecked_cap;
};

/* table: source name, or NULL. Texts may be NULL. */
void structure_differs(struct structure_report *r, const char *table, const char *object, const char *what,
                       enum difference_kind kind, const char *expected, const char *found);
void structure_not_checked(struct structure_report *r, const char *table, const char *object, const char *reason);

/* What of a table was not made or not told, and is therefore not compared. */
struct structure_known {
    bool columns, indexes, foreign_keys, checks, triggers, partitions;
    bool trigger_wanted; /* openGauss: the expected side has none, but the table needs one for ON UPDATE */
    bool fold_names;     /* columns match without case */
    /* Foreign keys of the source that are not expected because they point at tables that were not selected: by their names
     * in the target. It may well have them. */
    const char *const *outside;
    size_t noutside;
};

/* Marks objects as matched in both. */
void structure_compare(struct structure_report *r, const char *table, const struct structure_known *known,
                       struct found_table *expected, struct found_table *found);

/* Does the counter of the table go on behind the source's values? t: the source's. */
void structure_compare_counter(struct structure_report *r, const struct table *t, const struct found_table *found,
                               const struct found_counter *counters, size_t n);

#endif
