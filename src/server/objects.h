/* The objects of a subtask - tables first of all - as its worker reports them. */
#ifndef SERVER_OBJECTS_H
#define SERVER_OBJECTS_H

#include "server/api.h"

/* items: of a worker's `objects` event; borrowed. Those that cannot be understood are left out. */
bool objects_store(const struct api *api, struct store *s, struct arena *a, int64_t task, int64_t subtask,
                   const json_t *items, struct err *e) WARN_UNUSED;

#endif
