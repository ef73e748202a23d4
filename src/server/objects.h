/* The objects of a subtask - tables first of all, then views and programs - as its worker reports them. */
#ifndef SERVER_OBJECTS_H
#define SERVER_OBJECTS_H

#include "server/api.h"

/* items: of a worker's `objects` event; borrowed. Those that cannot be understood are left out. */
bool objects_store(const struct api *api, struct store *s, struct arena *a, int64_t task, int64_t subtask,
                   const json_t *items, struct err *e) WARN_UNUSED;

/* An alert as long as views or programs are in state 6 or 7; *failed: some are. */
bool objects_alert(const struct api *api, struct store *s, struct arena *a, int64_t subtask, bool *failed,
                   struct err *e) WARN_UNUSED;

#endif
