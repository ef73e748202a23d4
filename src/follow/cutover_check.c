/* What the cut-over compares: rows that have changed, counts, counters, or all. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "check/check.h"
#include "follow/changed.h"
#include "follow/cutover_internal.h"
#include "follow/seen.h"

enum {
    COMPARISONS = 3, /* before the fence, at most */
    LOOK_MS = 100,
};

/* ---- the final check ---- */

static bool count_rows(struct cutover *c, const struct table *t, uint64_t *source, uint64_t *target, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_rows m;
    struct gauss_rows g;
    bool ok = mysql_rows(c->run.source, &a,
                         arena_printf(&a, "SELECT COUNT(*) FROM %s.%s", str_quote_mysql(&a, t->schema),
                                      str_quote_mysql(&a, t->name)),
                         &m, e) &&
              gauss_rows(c->run.target, &a, arena_printf(&a, "SELECT count(*) FROM %s", target_table(&a, t)), &g, e);
    if (ok) {
        *source = strtoull(mysql_cell(&m, 0, 0), NULL, 10);
        *target = strtoull(gauss_cell(&g, 0, 0), NULL, 10);
    }
    arena_clear(&a);
    return ok || err_where(e, "rows of %s", t->name);
}

/* The source's session may see rows as they were when it was opened: a new snapshot for each statement. */
static bool compare_counts(struct cutover *c, struct err *e) {
    json_t *all = json_array();
    const char *differs = NULL;
    json_object_set_new(c->report, "counts", all);
    if (!mysql_exec(c->run.source, "COMMIT", e)) {
        return false;
    }
    for (size_t i = 0; i < c->run.db.ntables; i++) {
        const struct table *t = &c->run.db.tables[i];
        uint64_t source = 0, target = 0;
        if (!cutover_halted(c, e) || !count_rows(c, t, &source, &target, e)) {
            return false;
        }
        json_array_append_new(all, json_pack("{s:s, s:I, s:I}", "table", t->name, "source", (json_int_t)source,
                                             "target", (json_int_t)target));
        differs = source != target && differs == NULL ? t->name : differs;
    }
    return differs == NULL || err_set(e, ERR_CUTOVER, "table %s has another number of rows on either side", differs);
}

static bool compare_all(struct cutover *c, struct err *e) {
    struct check_options o = {.max_listed = 100};
    struct check_report found;
    check_report_init(&found);
    struct progress *progress = progress_new();
    bool ok = check_run(c->task, &o, progress, &c->halt, &found, e);
    bool different = ok && found.different;
    json_object_set_new(c->report, "check", check_report_to_json(&found));
    check_report_clear(&found);
    progress_free(progress);
    return ok && (!different || err_set(e, ERR_CUTOVER, "the final check has found differences"));
}

/* The target gives no number that the source has given. */
static bool compare_counters(struct cutover *c, struct err *e) {
    struct run r = {.task = c->task, .stop = &c->halt};
    struct structure_result found = {.backward = false};
    bool ok = run_connect(&r, e) && structure_counters(&r, &r.arena, &found, e);
    if (ok && found.n > 0) {
        const struct structure_difference *d = &found.items[0];
        ok = err_set(e, ERR_CUTOVER, "table %s: the next number of the target is another one", d->table);
        err_cause(e, "%s: %s, the source has %s", d->object, d->found, d->expected);
    }
    run_clear(&r);
    return ok;
}

static bool rows_differ(const struct check_report *found, struct err *e) {
    err_set(e, ERR_CUTOVER, "rows that were followed differ on both sides");
    (void)changed_differences(found, e);
    return false;
}

/* Rows that have changed since they were last compared. applied: as changed_options. */
static bool compare_changed(struct cutover *c, bool (*applied)(void *, struct err *), void *arg, struct err *e) {
    struct changed_options o = {.applied = applied, .arg = arg, .max_listed = 100};
    struct changed_result r;
    int64_t begun_us = clock_mono_us();
    struct check_report found;
    check_report_init(&found);
    struct progress *progress = progress_new();
    bool ok = changed_check(c->task, &o, progress, &c->halt, &found, &r, e);
    if (!ok && e->code == ERR_SOURCE_PURGED) {
        err_hint(e, "what has changed since rows were last compared is not known any more: --final-check=full compares "
                    "all, --final-check=counts counts");
    }
    ok = ok && (!found.different || rows_differ(&found, e));
    json_array_append_new(c->compared,
                          json_pack("{s:I, s:I, s:I}", "changes", (json_int_t)r.changes, "keys", (json_int_t)r.keys,
                                    "ms", (json_int_t)((clock_mono_us() - begun_us) / 1000)));
    json_object_set_new(c->report, "check", check_report_to_json(&found));
    check_report_clear(&found);
    progress_free(progress);
    return ok;
}

bool cutover_final_check(struct cutover *c, struct err *e) {
    switch (c->o->check) {
    case FINAL_CHANGED:
        return compare_counts(c, e) && compare_counters(c, e) && compare_changed(c, NULL, NULL, e);
    case FINAL_COUNTS:
        return compare_counts(c, e) && compare_counters(c, e);
    case FINAL_FULL:
        return compare_counts(c, e) && compare_all(c, e);
    case FINAL_NONE:
        break;
    }
    return true;
}

/* ---- comparing before the fence, while following goes on ---- */

struct followed {
    struct cutover *c;
    struct follow_seen seen;
    atomic_bool finish;
    bool ok;
    struct err error;
};

static void followed_look(void *arg, const struct follow_status *now) {
    struct followed *f = arg;
    follow_seen_look(&f->seen, now);
}

static void *followed_main(void *arg) {
    struct followed *f = arg;
    struct follow_watch watch = {.look = followed_look, .every_ms = LOOK_MS, .arg = f};
    struct follow_task_options o = {.in_order = f->c->o->in_order};
    struct follow_figures last = {0};
    memcpy(o.policy, f->c->o->policy, sizeof o.policy);
    f->ok = follow_task(f->c->task, &o, &watch, &f->c->halt, &f->finish, &last, &f->error);
    follow_seen_end(&f->seen);
    return NULL;
}

static bool followed_applied(void *arg, struct err *e) {
    struct followed *f = arg;
    return follow_seen_applied(&f->seen, &f->c->halt, e);
}

/* Until little is left that would have to be compared behind the fence. */
static bool compare_followed(struct followed *f, struct err *e) {
    struct cutover *c = f->c;
    int64_t limit_ms = c->o->max_lag_ms > 0 ? c->o->max_lag_ms : CUTOVER_MAX_LAG_MS, ms = limit_ms + 1;
    for (int i = 0; i < COMPARISONS && ms > limit_ms; i++) {
        int64_t us = clock_mono_us();
        if (!compare_changed(c, followed_applied, f, e)) {
            return false;
        }
        ms = (clock_mono_us() - us) / 1000;
    }
    return true;
}

bool cutover_compare_before(struct cutover *c, struct err *e) {
    struct followed f = {.c = c};
    pthread_t thread;
    follow_seen_init(&f.seen);
    if (pthread_create(&thread, NULL, followed_main, &f) != 0) {
        follow_seen_clear(&f.seen);
        return err_set(e, ERR_SYSTEM, "a thread could not be started");
    }
    bool ok = compare_followed(&f, e);
    atomic_store(&f.finish, true);
    pthread_join(thread, NULL);
    follow_seen_clear(&f.seen);
    if (!f.ok && (ok || e->code == ERR_CANCELLED)) {
        err_copy(e, &f.error);
    }
    return ok && f.ok;
}
