/* What is known of a subtask as a whole text: what its worker made of it (precheck, report, object_report, check, cutover, statements), and what people have said
 * with orders. One of each kind; a reset forgets all. Thread: any, with a store of its own. */
#ifndef SERVER_DOCUMENTS_H
#define SERVER_DOCUMENTS_H

#include "server/tasks.h"

/* In place of the one there was; text NULL: there is none any more. In a transaction of tasks. */
bool documents_keep(struct tasks *t, int64_t subtask, const char *kind, const char *text, struct err *e) WARN_UNUSED;

/* NULL: there is none. In the arena. */
bool documents_read(struct store *s, struct arena *a, int64_t subtask, const char *kind, const char **text,
                    struct err *e) WARN_UNUSED;

#endif
