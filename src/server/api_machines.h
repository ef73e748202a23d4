/* What the files of /api/v1/machines share. */
#ifndef SERVER_API_MACHINES_H
#define SERVER_API_MACHINES_H

#include "server/api.h"
#include "server/feed.h"

enum { MACHINE_CAPACITY_MAX = 64, MACHINE_NAME_MAX = 100 };

/* One machine as the call's answer. ERR_NOT_FOUND. */
bool machine_show(struct call *c, int64_t id, struct err *e) WARN_UNUSED;

/* To topic "machines": {"kind", "id"}. */
void machine_tell(struct call *c, int64_t id, const char *kind);

#endif
