/* See attempts.h. */
#include "server/attempts.h"

enum { LATELY_MS = 3600 * 1000, LOSSES_MAX = 9 };

/* A crash has a reason in the history, a loss has none. */
bool attempts_read(struct tasks *t, int64_t subtask, struct attempts *out, struct err *e) {
    struct store_rows rows;
    *out = (struct attempts){0};
    if (!store_rows(t->store, t->a,
                    "SELECT count(detail), count(*) FROM status_change WHERE subtask_id = ? AND event = 'machine-lost'"
                    " AND at_ms > ? AND id > COALESCE((SELECT max(id) FROM status_change WHERE subtask_id = ? AND event"
                    " IN ('start', 'retry', 'check-again')), 0)",
                    STORE_VALUES(STORE_I(subtask), STORE_I(t->now_ms - LATELY_MS), STORE_I(subtask)), &rows, e)) {
        return false;
    }
    out->crashes = store_number(&rows, 0, 0);
    out->losses = store_number(&rows, 0, 1) - out->crashes;
    return true;
}

bool attempts_machine_lost(struct tasks *t, int64_t subtask, json_t **why, struct err *e) {
    struct attempts lately;
    *why = NULL;
    if (!attempts_read(t, subtask, &lately, e)) {
        return false;
    }
    if (lately.losses < LOSSES_MAX) {
        return subtask_event(t, subtask, EVENT_MACHINE_LOST, NULL, NULL, e);
    }
    struct err what = ERR_INIT;
    err_set(&what, ERR_MACHINES_LOST, "its execution machine was lost %lld times within an hour",
            (long long)lately.losses + 1);
    *why = err_to_json(&what);
    return store_run(t->store, "UPDATE subtask SET lease_until_ms = NULL, command = NULL WHERE id = ?",
                     STORE_VALUES(STORE_I(subtask)), NULL, e) &&
           subtask_event(t, subtask, EVENT_FAILED, *why, NULL, e);
}
