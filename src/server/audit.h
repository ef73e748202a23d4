/* The audit log: who did what, when, from where, to what, and how it ended. Any thread with a store of its own. */
#ifndef SERVER_AUDIT_H
#define SERVER_AUDIT_H

#include "base/err.h"
#include "store/store.h"

struct audit {
    const char *who, *address, *operation; /* "POST /api/v1/tasks", "open shell" */
    const char *object;                    /* "task 7" */
    const char *detail;                    /* JSON; NULL: there is nothing more to say */
};

/* why: the error it ended with; NULL: it did what was asked. That it could not be kept goes to the log only. */
void audit_keep(struct store *s, const struct audit *what, const struct err *why);

#endif
