/* What the target knows about following: godwit.apply, one row a task, up to where everything is in; godwit.applied, one row for each part
 * beyond that which is in already. A part's row commits with its changes; `cuts` in it says how the stream was cut from the mark up to
 * there, so that after a crash the same batches are made again: what is folded away in one batch must not come back in two, as later
 * parts may have relied on that.
 * In order (mode strict) there is no godwit.applied: each transaction moves the mark itself. So does a statement that changes definitions:
 * nothing else is on its way then.
 * Thread: that of the session. Errors are the client's, and ERR_TARGET_CLAIM_LOST. */
#ifndef FOLLOW_APPLY_RECORD_H
#define FOLLOW_APPLY_RECORD_H

#include "engine/checkpoint.h"
#include "follow/jobs.h"

/* A batch that has to be made again as it was. */
struct cut {
    uint64_t first, changes;
    uint32_t parts;
    bool *done;      /* by part */
    uint64_t digest; /* of what was in it, where a part of it is done; else 0 */
};

struct apply_record { /* mark.losses: a reference of its own, apply_record_clear ends it */
    bool exists;      /* following has begun */
    bool in_order;
    uint64_t shape; /* of the tables then: follow_tables.shape */
    struct mark mark;
    char *losses;     /* met so far, JSON; "" for none */
    struct cut *cuts; /* from the mark on, without a gap */
    size_t ncuts;
};

bool apply_record_read(struct gauss_client *c, struct arena *a, const char *task, struct apply_record *out,
                       struct err *e) WARN_UNUSED;

void apply_record_clear(struct apply_record *r);

/* Following begins here; or it goes on between two batches, with other tables or another mode. */
bool apply_record_begin(struct gauss_client *c, const struct checkpoint *cp, const struct apply_record *r,
                        struct err *e) WARN_UNUSED;

/* Move the mark, and forget the parts below it. durable: it and all before it are on the target's disk when this returns. */
bool apply_record_move(struct gauss_client *c, const struct checkpoint *cp, const struct mark *m, bool durable,
                       struct err *e) WARN_UNUSED;

/* The same as the text of a statement, without the parts: for a transaction that moves it itself. It never goes back. */
char *apply_record_move_sql(struct arena *a, const struct checkpoint *cp, const struct mark *m);

/* The statement that records a part, with these parameters: task, first, part, parts, changes, digest, cuts. */
extern const char apply_record_part_sql[];

/* "1000+200/4 150/4" to cuts; false: not of that form. */
bool apply_record_parse_cuts(struct arena *a, const char *text, struct cut **out, size_t *n);

/* A digest as the table has it: 16 hex digits. */
enum { APPLY_DIGEST_TEXT = 17 };
void apply_digest_text(uint64_t digest, char text[APPLY_DIGEST_TEXT]);

#endif
