/* Structure: does the target have what the source's definitions become under the type map?
 *
 * What should be there is not guessed from texts: the statements that a migration would run (ddl_make) are run in a scratch schema
 * inside a transaction that is rolled back, and the catalog is read for both. So both sides are spelled by the same server.
 * Objects are matched by what they are first (an index of other name over the same columns is the same index), then by name.
 * The target's account needs the right to create a schema; without it every table's structure is "not checked", with the reason.
 * Source: the manual's full check compares data only; the kinds of objects are those of its migration. */
#ifndef CHECK_STRUCTURE_H
#define CHECK_STRUCTURE_H

#include "engine/run.h"

enum difference_kind {
    DIFFERENCE_MISSING, /* the source has it, the target does not */
    DIFFERENCE_EXTRA,   /* only the target has it */
    DIFFERENCE_OTHER,   /* both have it, in another form */
};

/* One thing that differs. All strings in the arena; expected and found in the target's own spelling, NULL where there is none. */
struct structure_difference {
    const char *table;  /* source name; NULL: the schema as a whole */
    const char *object; /* "column total", "index idx_total", "counter of id", "table" */
    const char
        *what; /* "type", "nullability", "default", "generated", "comment", "columns", "definition", "next value" */
    enum difference_kind kind;
    const char *expected, *found;
};

/* Something that could not be compared although the rest could. All strings in the arena. */
struct structure_unchecked {
    const char *table;  /* source name; NULL: in every table */
    const char *object; /* "table", "foreign keys", "triggers", "counter of id", "partitions" */
    const char *reason;
};

struct structure_result {
    bool backward; /* given: counters of the source must not be below the target's, instead of the other way */
    bool followed; /* given: changes are on their way, and counters are set at the end of that: they are left out */
    struct structure_difference *items;
    size_t n;
    const char *not_checked; /* why nothing could be compared, or NULL */
    struct structure_unchecked *unchecked;
    size_t nunchecked;
};

/* r: connected by run_connect. Uses a session of its own; nothing stays behind in the target. r->stop ends it with
 * ERR_CANCELLED. */
bool structure_check(struct run *r, struct arena *a, struct structure_result *out, struct err *e) WARN_UNUSED;

/* Of all that only the counters: may the target give a number that the source has given? r->db: the source's definitions of now. */
bool structure_counters(struct run *r, struct arena *a, struct structure_result *out, struct err *e) WARN_UNUSED;

#endif
