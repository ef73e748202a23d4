/* What the row check does when all pieces are read: rows looked up by key, and rows looked at again. See rows.h. */
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "check/recheck.h"

/* While changes follow, a row that changes again and again is in the middle of that whenever it is looked at: often enough it is not. */
enum { SETTLE_ATTEMPTS = 3, CHANGED_ATTEMPTS = 3, FOLLOWED_ATTEMPTS = 20, SLICE_MS = 100 };

bool check_rows_ranges(struct check_rows *c, struct err *e) {
    struct recheck k = {.rows = c, .source = c->snapshot.clients[0], .target = c->anchor, .attempts = 1};
    for (size_t i = 0; i < c->nby_key; i++) {
        struct recheck_counts counts = {0};
        struct table_rows *t = &c->results[c->by_key[i]->number];
        if (c->by_key_where[i] != NULL && !recheck_range(&k, c->by_key[i], c->by_key_where[i], &counts, e)) {
            return false;
        }
        t->source_rows += counts.source_rows;
        t->target_rows += counts.target_rows;
    }
    return true;
}

/* ---- settling ---- */

static bool wait_for_target(void *arg, struct err *e) {
    struct check_rows *c = arg;
    if (c->applied != NULL) {
        return c->applied(c->applied_arg, e);
    }
    for (int64_t left_ms = c->settle_ms; left_ms > 0; left_ms -= SLICE_MS) {
        if (atomic_load(c->stop)) {
            return err_set(e, ERR_CANCELLED, "stopped by request");
        }
        clock_sleep_ms(left_ms < SLICE_MS ? left_ms : SLICE_MS);
    }
    return true;
}

/* The list of what differs is made anew from what still does. */
static bool settle_table(struct recheck *k, struct check_table *t, struct err *e) {
    struct table_differences *list = &k->rows->differences.tables[t->number], before = *list;
    struct recheck_counts counts = {0};
    bool many = false;
    *list = (struct table_differences){0};
    bool ok =
        t->nkeys > 0 ? recheck_keys(k, t, &before, &counts, e) : recheck_keyless(k, t, &before, &counts, &many, e);
    if (many) {
        log_warn("not_settled", "%s: too many rows differ to be read again", t->t->name);
        *list = before;
        return ok;
    }
    uint64_t settled = counts.keys - counts.different;
    k->rows->results[t->number].settled += settled;
    log_info("settled", "%s: %llu of %llu rows that differed are the same now", t->t->name, (unsigned long long)settled,
             (unsigned long long)counts.keys);
    fclose(before.keys);
    return ok;
}

bool check_rows_settle(struct check_rows *c, struct err *e) {
    struct recheck k = {.rows = c,
                        .source = c->snapshot.clients[0],
                        .target = c->anchor,
                        .applied = wait_for_target,
                        .arg = c,
                        .attempts = c->changed != NULL   ? CHANGED_ATTEMPTS
                                    : c->applied != NULL ? FOLLOWED_ATTEMPTS
                                                         : SETTLE_ATTEMPTS,
                        .leave_moving = c->changed != NULL};
    bool left = false; /* the snapshots */
    for (size_t i = 0; i < c->ntables; i++) {
        if (c->differences.tables[i].keys == NULL) {
            continue;
        }
        if (!left && (!mysql_exec(k.source, "COMMIT", e) || !gauss_exec(k.target, "ROLLBACK", e))) {
            return false;
        }
        if (!left) {
            log_info("settling", "rows that differ are read again, the target later than the source");
        }
        left = true;
        if (!settle_table(&k, &c->tables[i], e)) {
            return false;
        }
    }
    return true;
}
