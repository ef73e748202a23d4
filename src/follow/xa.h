/* Rows of XA transactions: the binlog tells them when they are prepared, but they count only once the source has decided, which may be
 * much later, in another session, after a restart of the server.
 *
 * What is prepared and not decided is left out of the position that following records: whoever begins there again is told those rows again
 * (a source with GTIDs sends what a set lacks). So they need not outlive the process.
 * Thread: one at a time. */
#ifndef FOLLOW_XA_H
#define FOLLOW_XA_H

#include "base/spill.h"
#include "follow/feed.h"
#include "mysql/binlog_event.h"

/* One transaction's rows, in the order they came. item: a FEED_CHANGE, which is copied. */
bool xa_rows_add(struct spill *rows, const struct feed_item *item, struct err *e) WARN_UNUSED;
bool xa_rows_tell(struct spill *rows, feed_sink *sink, void *ctx, struct err *e) WARN_UNUSED;

/* A transaction that waits for the decision. */
struct xa_waiting {
    struct xa_waiting *next;
    char name[BINLOG_XA_TEXT_MAX];
    struct gtid gtid; /* of its preparing; has_gtid */
    bool has_gtid;
    struct spill rows;
    json_t *losses; /* of them, as struct feed's; NULL: none */
};

struct xa_list {
    struct xa_waiting *first;
};

/* It is prepared: the list has it, with its rows and losses, which are taken over (*rows is empty then). gtid may be NULL. */
bool xa_list_add(struct xa_list *l, const char *name, const struct gtid *gtid, struct spill *rows, json_t *losses,
                 struct err *e) WARN_UNUSED;

/* It is decided: out of the list, for the caller to free. NULL: it is not in there. */
struct xa_waiting *xa_list_take(struct xa_list *l, const char *name);

void xa_waiting_free(struct xa_waiting *w); /* NULL is fine */
void xa_list_clear(struct xa_list *l);

/* Of those that change rows: how many, and the first one's name (NULL: none). */
size_t xa_list_count(const struct xa_list *l, const char **first);

#endif
