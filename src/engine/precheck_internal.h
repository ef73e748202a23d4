/* Between the files of the precheck: precheck.c (run, print), precheck_source.c, precheck_target.c, precheck_losses.c. */
#ifndef ENGINE_PRECHECK_INTERNAL_H
#define ENGINE_PRECHECK_INTERNAL_H

#include "engine/precheck.h"
#include "engine/run.h"

struct precheck_run {
    struct precheck *out;
    struct run run;
    size_t cap, losses_cap;
};

/* Add an item; texts are copied. mend and statement may be NULL. */
void precheck_add(struct precheck_run *p, const char *id, const char *title, enum precheck_status status,
                  const char *statement, const char *mend, const char *found_fmt, ...) PRINTF_LIKE(7, 8);

void precheck_add_error(struct precheck_run *p, const char *id, const char *title, const struct err *e);

/* NULL is null; bytes that are no UTF-8 become '?': a server may speak so before it knows what we want. */
json_t *precheck_text_json(const char *s);

/* Connect and say so in an item; false: the item says why not. */
bool precheck_connect_source(struct precheck_run *p);
bool precheck_connect_target(struct precheck_run *p);

/* What can be said of one end alone: run.task and run.source (run.target, run.identity) are enough. schema NULL: not known yet. */
void precheck_source_server(struct precheck_run *p);
void precheck_target_server(struct precheck_run *p, const char *schema);
/* And what only following changes takes: of the source, and back from the target. */
void precheck_source_changes(struct precheck_run *p);
void precheck_target_changes(struct precheck_run *p);
/* More of the way back, which takes a connection of its own. */
void precheck_stream(struct precheck_run *p);
void precheck_reverse(struct precheck_run *p); /* and origins, which keep what was followed apart */
/* What it means when something is missing that only online migration takes. */
static inline enum precheck_status precheck_lack(const struct precheck_run *p) {
    return p->run.task->online ? PRECHECK_FAILED : PRECHECK_WARNING;
}
/* One value of the target, or "" when it does not know the thing asked for. */
const char *precheck_target_value(struct precheck_run *p, const char *sql);

/* Each adds its items; false + e only when the connection broke. */
bool precheck_source(struct precheck_run *p, struct err *e) WARN_UNUSED;
bool precheck_target(struct precheck_run *p, struct err *e) WARN_UNUSED;
bool precheck_losses(struct precheck_run *p, struct err *e) WARN_UNUSED;

#endif
