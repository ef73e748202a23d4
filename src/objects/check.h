/* Are the objects that were made still there, enabled as they should be, and do views show the same rows on both sides?
 *
 * A view's rows are read by the check's readers (check/reader.h), in canonical form, and compared as a multiset: its digest, and how many.
 * The source is read once more behind the target: only where it has stayed the same can the two be compared, so a source that is being
 * written to is no difference. One thread. */
#ifndef OBJECTS_CHECK_H
#define OBJECTS_CHECK_H

#include "objects/objects.h"

struct objects_check {
    bool results;       /* compare what views show */
    uint64_t view_rows; /* of views with more rows counts and a sample are compared; 0: 1 000 000 */
    /* Waits until the target has what the source had when it was called; NULL: nothing follows the source. */
    bool (*applied)(void *arg, struct err *e);
    void *applied_arg;
    void (*told)(void *arg, const struct objects *o,
                 const struct db_object *x); /* one has a new state; NULL: nobody listens */
    void *arg;
};

/* Of those that are in the target (objects_edited knows): state 5, or 7 with an error; where results could not be compared it stays 3, and
 * x->compared says why. An object's own trouble is in its error; false: the check could not go on. */
bool objects_check(struct objects *o, const struct objects_check *how, struct err *e) WARN_UNUSED;

/* Behind objects_check, of those that are checked: functions that change nothing, and give the same each time, are called on both sides with
 * sampled arguments (verify.c). What they give must be the same, else state 7; x->calls is how often, x->compared why not at all. */
bool objects_verify(struct objects *o, struct err *e) WARN_UNUSED;

#endif
