/* What the API, the live connections and the command line show of tasks and subtasks: one form for all of them.
 * Any thread, with a store of its own. */
#ifndef SERVER_VIEW_H
#define SERVER_VIEW_H

#include <jansson.h>

#include "store/store.h"

/* ERR_NOT_FOUND. The caller owns *out. */
bool view_task(struct store *s, struct arena *a, int64_t task, json_t **out, struct err *e) WARN_UNUSED;
bool view_subtask(struct store *s, struct arena *a, int64_t subtask, json_t **out, struct err *e) WARN_UNUSED;

/* A page of a list: `where` is SQL behind WHERE over the columns of `task` (alias t), or of `subtask` (alias s) with its data
 * sources (src, tgt) and machine (m); `order` behind ORDER BY. Neither comes from outside. Values of where, then of limit and offset. */
struct view_page {
    const char *where, *order;
    const struct store_value *values;
    size_t nvalues;
    int64_t limit, offset;
};
bool view_tasks(struct store *s, struct arena *a, const struct view_page *p, json_t **items, int64_t *total,
                struct err *e) WARN_UNUSED;
bool view_subtasks(struct store *s, struct arena *a, const struct view_page *p, json_t **items, int64_t *total,
                   struct err *e) WARN_UNUSED;

/* {"en": .., "zh": ..} of a status number. */
json_t *view_status_text(int64_t status);

/* Text of the store that is JSON; null when it is NULL. */
json_t *view_json(const char *text);

#endif
