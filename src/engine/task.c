/* What a task is before anybody has said anything. See task.h. */
#include "engine/task.h"

#include <string.h>
#include <unistd.h>

static unsigned default_jobs(void) {
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 4 ? 4 : cores > 16 ? 16 : (unsigned)cores;
}

void task_defaults(struct task *t) {
    memset(t, 0, sizeof *t);
    t->source.port = 3306;
    t->source.tls.mode = NET_TLS_PREFER;
    t->source.connect_timeout_ms = 10 * 1000;
    t->target.port = 5432;
    t->target.tls.mode = NET_TLS_PREFER;
    t->target.connect_timeout_ms = 10 * 1000;
    t->jobs = default_jobs();
    t->chunk_bytes = 32 * 1024 * 1024;
    t->snapshot = SNAPSHOT_AUTO;
    t->lock_timeout_ms = 5 * 1000;
    t->on_existing = EXISTING_REFUSE;
    t->on_row_error = ROW_ERROR_STOP;
    loss_policies_default(&t->loss);
    t->retry_ms = 60 * 1000;
    t->precheck_rows = 10000;
}
