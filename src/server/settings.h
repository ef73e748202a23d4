/* Settings of the server that an admin can change while it runs: one table says which there are and what they take. The store keeps those that
 * were changed. Any thread with a store of its own. */
#ifndef SERVER_SETTINGS_H
#define SERVER_SETTINGS_H

#include "store/store.h"

struct setting {
    const char *name;
    int64_t low, high, otherwise; /* otherwise: the default */
    const char *unit;
    const char *text, *zh; /* for people */
};

extern const struct setting settings[]; /* ends with a name of NULL */

const struct setting *settings_find(const char *name); /* NULL: there is none */

/* What a text of the store means: the default for NULL, and for what the table does not take (any more). */
int64_t settings_value(const struct setting *x, const char *text);

/* name must be in the table. */
bool settings_get(struct store *s, const char *name, int64_t *out, struct err *e) WARN_UNUSED;
/* ERR_PARAMETER: not in its bounds. */
bool settings_put(struct store *s, const struct setting *x, int64_t value, struct err *e) WARN_UNUSED;

/* Deletes what was kept for as long as the settings say: closed alerts, the audit log; and alerts of machines that are gone. */
bool settings_sweep(struct store *s, struct err *e) WARN_UNUSED;

#endif
