/* See cutover.h. */
#include "follow/cutover.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "check/check.h"
#include "engine/claim.h"
#include "engine/made_objects.h"
#include "engine/precheck.h"
#include "engine/run.h"
#include "follow/changed.h"
#include "follow/reverse.h"
#include "follow/seen.h"
#include "follow/source_triggers.h"

enum {
    MAX_LAG_MS = 10000,
    BUDGET_MS = 300000,
    STILL_MS = 1000,
    POLL_MS = 50,
    CATCH_UPS = 50, /* so often it is tried to come near */
    COMPARISONS = 3,
    LOOK_MS = 100,
};

enum cutover_state { CUTOVER_NONE, CUTOVER_FENCED, CUTOVER_DONE, CUTOVER_UNDONE };

struct cutover {
    const struct task *task;
    const struct cutover_options *o;
    cutover_tell *tell;
    void *arg;
    const atomic_bool *asked; /* to stop */
    atomic_bool halt;         /* that, or the budget is used up */
    atomic_bool never;
    atomic_int_least64_t deadline_us; /* 0: none yet */
    atomic_bool over;                 /* the budget is */
    atomic_bool end;
    struct run run; /* both ends; the target's session holds the cut-over's lock */
    enum cutover_state state;
    const char *was; /* read_only, before */
    struct position at;
    json_t *report, *steps, *compared;
    int64_t fenced_us, step_us;
    const char *step;
};

/* ---- steps and time ---- */

static void end_step(struct cutover *c) {
    if (c->step != NULL) {
        json_array_append_new(c->steps, json_pack("{s:s, s:I}", "step", c->step, "ms",
                                                  (json_int_t)((clock_mono_us() - c->step_us) / 1000)));
    }
    c->step = NULL;
}

static void begin_step(struct cutover *c, const char *name) {
    end_step(c);
    c->step = name;
    c->step_us = clock_mono_us();
    log_info("cutover", "%s", name);
    c->tell(c->arg, name);
}

/* Halts the step at hand when it is asked to, or when the budget is used up. */
static void *clock_main(void *arg) {
    struct cutover *c = arg;
    while (!atomic_load(&c->end)) {
        int64_t deadline_us = atomic_load(&c->deadline_us);
        if (deadline_us > 0 && clock_mono_us() > deadline_us) {
            atomic_store(&c->over, true);
        }
        if (atomic_load(c->asked) || atomic_load(&c->over)) {
            atomic_store(&c->halt, true);
        }
        clock_sleep_ms(POLL_MS);
    }
    return NULL;
}

static bool halted(const struct cutover *c, struct err *e) {
    return atomic_load(&c->halt) ? err_set(e, ERR_CANCELLED, "stopped by request") : true;
}

/* ---- the record ---- */

static bool read_record(struct cutover *c, struct err *e) {
    struct run *r = &c->run;
    struct gauss_rows rows;
    char *sql = arena_printf(&r->arena,
                             "SELECT \"state\", \"was_read_only\", \"report\" FROM godwit.cutover WHERE \"task\" = %s",
                             str_literal_pg(&r->arena, r->name));
    if (!gauss_rows(r->target, &r->arena, sql, &rows, e)) {
        return err_where(e, "godwit.cutover");
    }
    if (rows.n == 1) {
        c->state = (enum cutover_state)strtoul(gauss_cell(&rows, 0, 0), NULL, 10);
        c->was = gauss_cell(&rows, 0, 1);
        const char *text = gauss_cell(&rows, 0, 2);
        json_t *before = c->state == CUTOVER_DONE && text != NULL ? json_loads(text, 0, NULL) : NULL;
        if (before != NULL) {
            json_object_set_new(c->report, "made", before);
        }
    }
    return true;
}

static bool write_record(struct cutover *c, enum cutover_state state, struct err *e) {
    struct arena a = ARENA_INIT;
    char *task = str_literal_pg(&a, c->run.name), *text = json_dumps(c->report, JSON_COMPACT);
    char *sql = arena_printf(&a,
                             "BEGIN; DELETE FROM godwit.cutover WHERE \"task\" = %s; INSERT INTO godwit.cutover "
                             "(\"task\", \"state\", \"was_read_only\", \"report\") VALUES (%s, %d, %s, %s); COMMIT",
                             task, task, (int)state, c->was != NULL ? str_literal_pg(&a, c->was) : "NULL",
                             str_literal_pg(&a, text));
    bool ok = gauss_exec(c->run.target, sql, e);
    c->state = ok ? state : c->state;
    free(text);
    arena_clear(&a);
    return ok || err_where(e, "godwit.cutover");
}

/* One cut-over of a task at a time; each of its steps claims the task itself. */
static bool begin(struct cutover *c, struct err *e) {
    struct run *r = &c->run;
    struct task_record record;
    r->task = c->task;
    if (!run_connect(r, e) || !checkpoint_prepare(r->target, e) ||
        !claim_lock(r->target, arena_printf(&r->arena, "%s (cut-over)", r->name), e) ||
        !checkpoint_read(r->target, &r->arena, r->name, &record, e) || !read_record(c, e)) {
        return false;
    }
    json_object_set_new(c->report, "task", json_string(r->name));
    return record.state == TASK_DONE ||
           err_set(e, ERR_NOT_LOADED, "task '%s' has no finished load in the target", r->name);
}

/* ---- the fence ---- */

static bool variable(struct cutover *c, const char *name, const char **value, struct err *e) {
    struct mysql_rows rows;
    if (!mysql_rows(c->run.source, &c->run.arena, arena_printf(&c->run.arena, "SELECT @@GLOBAL.%s", name), &rows, e)) {
        return false;
    }
    *value = rows.n == 1 && mysql_cell(&rows, 0, 0) != NULL ? mysql_cell(&rows, 0, 0) : "0";
    return true;
}

static bool set_read_only(struct cutover *c, const char *value, struct err *e) {
    return mysql_execf(c->run.source, e, "SET GLOBAL read_only = %s", value) || err_where(e, "fence of the source");
}

static bool fence(struct cutover *c, struct err *e) {
    if (c->o->fence == FENCE_CONFIRMED) {
        c->was = NULL;
        return write_record(c, CUTOVER_FENCED, e);
    }
    if (c->state != CUTOVER_FENCED && !variable(c, "read_only", &c->was, e)) {
        return false;
    }
    json_object_set_new(c->report, "was_read_only", json_string(c->was));
    return write_record(c, CUTOVER_FENCED, e) && set_read_only(c, "1", e);
}

static bool lift(struct cutover *c, struct err *e) {
    return c->was == NULL || set_read_only(c, c->was, e);
}

static json_t *position_json(const struct position *p) {
    return json_pack("{s:s, s:s, s:s, s:I}", "server", p->server, "gtid", p->gtid, "file", p->file, "pos",
                     (json_int_t)p->pos);
}

/* Nobody writes: the position stays where it is for a while. */
static bool stands_still(struct cutover *c, struct err *e) {
    int64_t still_us = (c->o->still_ms > 0 ? c->o->still_ms : STILL_MS) * 1000, until_us = clock_mono_us() + still_us;
    struct position now;
    if (!source_position(c->run.source, &c->run.arena, &c->at, e)) {
        return false;
    }
    do {
        clock_sleep_ms(POLL_MS);
        if (!halted(c, e) || !source_position(c->run.source, &c->run.arena, &now, e)) {
            return false;
        }
        if (!position_equal(&now, &c->at)) {
            err_set(e, ERR_CUTOVER, "the source is still being written to");
            err_cause(e, "its position went from %s:%" PRIu64 " to %s:%" PRIu64, c->at.file, c->at.pos, now.file,
                      now.pos);
            return err_hint(e, "stop everything that writes; accounts with SUPER or CONNECTION_ADMIN write in spite of "
                               "read_only");
        }
    } while (clock_mono_us() < until_us);
    json_object_set_new(c->report, "source", position_json(&c->at));
    return true;
}

static bool has_not_moved(struct cutover *c, struct err *e) {
    struct position now;
    return source_position(c->run.source, &c->run.arena, &now, e) &&
           (position_equal(&now, &c->at) ||
            err_set(e, ERR_CUTOVER, "the source was written to while the target took what was left"));
}

/* ---- following ---- */

static bool follow(struct cutover *c, bool last_time, struct err *e) {
    struct follow_task_options o = {.in_order = c->o->in_order, .until_caught_up = true, .decided = last_time};
    struct follow_figures last = {0};
    memcpy(o.policy, c->o->policy, sizeof o.policy);
    return follow_task(c->task, &o, NULL, &c->halt, &c->never, &last, e);
}

/* Until it takes no longer than the limit to take what has come. */
static bool catch_up(struct cutover *c, struct err *e) {
    int64_t limit_ms = c->o->max_lag_ms > 0 ? c->o->max_lag_ms : MAX_LAG_MS, ms = limit_ms + 1;
    for (int i = 0; i < CATCH_UPS && ms > limit_ms; i++) {
        int64_t us = clock_mono_us();
        if (!halted(c, e) || !follow(c, false, e)) {
            return false;
        }
        ms = (clock_mono_us() - us) / 1000;
    }
    json_object_set_new(c->report, "lag_ms", json_integer((json_int_t)ms));
    return ms <= limit_ms ||
           err_set(e, ERR_CUTOVER,
                   "the target does not come near the source: it is %" PRId64 " ms behind, %" PRId64 " are allowed", ms,
                   limit_ms);
}

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
        if (!halted(c, e) || !count_rows(c, t, &source, &target, e)) {
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

static bool final_check(struct cutover *c, struct err *e) {
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
    int64_t limit_ms = c->o->max_lag_ms > 0 ? c->o->max_lag_ms : MAX_LAG_MS, ms = limit_ms + 1;
    for (int i = 0; i < COMPARISONS && ms > limit_ms; i++) {
        int64_t us = clock_mono_us();
        if (!compare_changed(c, followed_applied, f, e)) {
            return false;
        }
        ms = (clock_mono_us() - us) / 1000;
    }
    return true;
}

static bool compare_before(struct cutover *c, struct err *e) {
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

/* ---- the way back ---- */

static bool reverse(struct cutover *c, struct reverse_options o, struct err *e) {
    struct arena a = ARENA_INIT;
    struct reverse_facts facts;
    struct follow_figures last;
    atomic_bool *stop = o.drop ? &c->never : &c->halt;
    o.in_order = c->o->in_order;
    memcpy(o.policy, c->o->policy, sizeof o.policy);
    bool ok = reverse_task(c->task, &o, NULL, stop, &c->never, &a, &facts, &last, e);
    if (ok && o.prepare) {
        json_object_set_new(
            c->report, "reverse",
            json_pack("{s:s, s:s, s:s}", "slot", facts.slot, "position", facts.position, "decoder", facts.decoder));
    }
    if (ok && o.finish) {
        json_object_set_new(c->report, "carried_back_rows", json_integer((json_int_t)last.applied_rows));
    }
    arena_clear(&a);
    return ok;
}

/* ---- triggers ---- */

/* Those of the source that the task has made: whose writes fire them now. */
static bool switch_triggers(struct cutover *c, bool on, struct err *e) {
    size_t n;
    bool ok = made_triggers_switch(c->run.target, c->run.name, on, &n, e);
    if (ok && n > 0) {
        json_object_set_new(c->report, on ? "triggers_enabled" : "triggers_disabled", json_integer((json_int_t)n));
    }
    return ok;
}

/* ---- what would stop it ---- */

struct look_words {
    const char *name, *title, *title_zh, *mend, *mend_zh;
};

/* As those of the precheck. */
static void add_item(json_t *items, const struct look_words *w, bool ok, const char *found) {
    json_array_append_new(items,
                          json_pack("{s:s, s:s, s:s, s:s, s:s, s:n, s:s?, s:s?}", "name", w->name, "title", w->title,
                                    "title_zh", w->title_zh, "status", ok ? "ok" : "failed", "message", found,
                                    "statement", "hint", ok ? NULL : w->mend, "hint_zh", ok ? NULL : w->mend_zh));
}

static void look_at_fence(struct cutover *c, json_t *items) {
    struct err refused = ERR_INIT;
    struct mysql_rows rows;
    const char *now = "0";
    bool may = variable(c, "read_only", &now, &refused) && set_read_only(c, now, &refused);
    static const struct look_words fence = {
        "source.fence", "the source can be fenced", "源端可以停止写入",
        "grant SYSTEM_VARIABLES_ADMIN (MariaDB: READ_ONLY ADMIN), or confirm that writes have stopped (confirmed)",
        "授予 SYSTEM_VARIABLES_ADMIN（MariaDB：READ_ONLY ADMIN），或选择 confirmed，由您确认已停止写入"};
    static const struct look_words behind = {
        "source.writes_behind_fence", "changes can be carried back while the fence is on", "源端只读期间仍可回写",
        "grant CONNECTION_ADMIN (MariaDB: READ_ONLY ADMIN), or nothing can be carried back while the fence is on",
        "授予 CONNECTION_ADMIN（MariaDB：READ_ONLY ADMIN），否则源端只读期间无法回写"};
    add_item(items, &fence, may, may ? "the account may set read_only" : refused.message);
    bool writes = false;
    if (mysql_rows(c->run.source, &c->run.arena, "SHOW GRANTS", &rows, &refused)) {
        static const char *const enough[] = {"SUPER", "CONNECTION_ADMIN", "READ_ONLY ADMIN", "READ ONLY ADMIN",
                                             "ALL PRIVILEGES ON *.*"};
        for (size_t i = 0; i < rows.n; i++) {
            for (size_t k = 0; k < sizeof enough / sizeof enough[0]; k++) {
                writes = writes || strstr(mysql_cell(&rows, i, 0), enough[k]) != NULL;
            }
        }
    }
    add_item(items, &behind, writes,
             writes ? "the account writes in spite of read_only" : "the account cannot write while read_only is on");
}

static void look_at_claim(struct cutover *c, json_t *items) {
    struct err refused = ERR_INIT;
    struct arena a = ARENA_INIT;
    struct gauss_client *session = NULL;
    struct gauss_identity id;
    bool ok = target_open(c->task, &a, &session, &id, &refused) && claim_lock(session, c->run.name, &refused);
    static const struct look_words words = {"task.free", "nobody else works at the task", "没有其他进程占用该任务",
                                            "end godwit follow first: the cut-over follows by itself",
                                            "请先结束 godwit follow：割接会自行跟进增量"};
    add_item(items, &words, ok, ok ? "nobody works at the task" : refused.message);
    gauss_close(session);
    arena_clear(&a);
}

/* All that can be known before; *ok: nothing is in the way. */
static bool look(struct cutover *c, bool *ok, struct err *e) {
    struct precheck p;
    json_t *items = json_array(), *one;
    const char *first = NULL;
    size_t i;
    json_object_set_new(c->report, "items", items);
    if (!c->o->ours) {
        look_at_claim(c, items);
    }
    if (c->o->fence == FENCE_READ_ONLY) {
        look_at_fence(c, items);
    }
    if (!precheck_way_back(c->task, &p, e)) {
        precheck_clear(&p);
        return false;
    }
    json_t *more = precheck_items_json(&p);
    json_array_extend(items, more);
    json_decref(more);
    precheck_clear(&p);
    json_array_foreach(items, i, one) {
        bool failed = str_eq(json_string_value(json_object_get(one, "status")), "failed");
        first = failed && first == NULL ? json_string_value(json_object_get(one, "name")) : first;
    }
    *ok = first == NULL;
    if (first != NULL) {
        err_set(e, ERR_CUTOVER, "something stands in the way of the cut-over");
        err_cause(e, "first: %s", first);
        return err_hint(e, "godwit cutover --dry-run lists everything, and how to mend it");
    }
    return true;
}

/* ---- all ---- */

/* As it was before; what goes wrong here is told besides. */
static void put_back(struct cutover *c) {
    struct err e = ERR_INIT;
    bool ok = true;
    begin_step(c, "undo");
    if (!switch_triggers(c, false, &e)) {
        log_err("undo", &e);
        ok = false;
    }
    err_clear(&e);
    if (!reverse(c, (struct reverse_options){.drop = true}, &e)) {
        log_err("undo", &e);
        ok = false;
    }
    err_clear(&e);
    bool connected = mysql_usable(c->run.source) ||
                     (mysql_close(c->run.source), c->run.source = NULL, source_open(c->task, &c->run.source, &e));
    if (!connected || !lift(c, &e)) {
        log_err("undo", &e);
        ok = false;
    }
    json_object_set_new(c->report, "undone", json_boolean(ok));
    err_clear(&e);
    if (ok && !write_record(c, CUTOVER_UNDONE, &e)) {
        log_err("undo", &e);
    }
    end_step(c);
}

/* Those of the source go when changes flow back. That they can be made again is known by then: it is tried while nobody writes, and before
 * the position is taken, as trying is in the log as well. */
static bool try_source_triggers(struct cutover *c, struct err *e) {
    size_t n = 0;
    bool ok = c->task->source_triggers == SOURCE_TRIGGERS_KEEP || source_triggers_try(&c->run, &n, e);
    json_object_set_new(c->report, "source_triggers", json_integer((json_int_t)n));
    return ok;
}

static bool behind_fence(struct cutover *c, struct err *e) {
    begin_step(c, "fence");
    if (!fence(c, e) || !try_source_triggers(c, e) || !stands_still(c, e)) {
        return false;
    }
    begin_step(c, "drain");
    if (!follow(c, true, e) || !has_not_moved(c, e)) {
        return false;
    }
    begin_step(c, "check");
    if (!final_check(c, e)) {
        return false;
    }
    begin_step(c, "triggers");
    if (!switch_triggers(c, true, e)) {
        return false;
    }
    begin_step(c, "way back");
    if (!reverse(c, (struct reverse_options){.prepare = true}, e) || !has_not_moved(c, e) || !halted(c, e)) {
        return false;
    }
    end_step(c);
    json_object_set_new(c->report, "downtime_ms", json_integer((json_int_t)((clock_mono_us() - c->fenced_us) / 1000)));
    return write_record(c, CUTOVER_DONE, e);
}

static bool make(struct cutover *c, struct err *e) {
    bool ready;
    int64_t budget_ms = c->o->budget_ms > 0 ? c->o->budget_ms : BUDGET_MS;
    begin_step(c, "look");
    if (!look(c, &ready, e)) {
        return false;
    }
    begin_step(c, "catch up");
    if (!catch_up(c, e)) {
        return false;
    }
    if (c->o->check == FINAL_CHANGED) {
        begin_step(c, "compare");
        if (!compare_before(c, e)) {
            return false;
        }
    }
    c->fenced_us = clock_mono_us();
    atomic_store(&c->deadline_us, c->fenced_us + budget_ms * 1000);
    if (behind_fence(c, e)) {
        return true;
    }
    atomic_store(&c->deadline_us, 0);
    if (atomic_load(&c->over)) {
        err_set(e, ERR_CUTOVER, "the cut-over took longer than the %" PRId64 " ms it was given", budget_ms);
    }
    put_back(c);
    return false;
}

static bool undo(struct cutover *c, struct err *e) {
    if (c->state != CUTOVER_FENCED && c->state != CUTOVER_DONE) {
        err_set(e, ERR_CUTOVER, "there is no cut-over to be taken back");
        return err_hint(e, "none was made, or it was put back already");
    }
    begin_step(c, "undo");
    struct reverse_options o = {.drop = c->state == CUTOVER_FENCED, .finish = c->state == CUTOVER_DONE};
    if (!reverse(c, o, e) || !switch_triggers(c, false, e) || !lift(c, e)) {
        return false;
    }
    end_step(c);
    json_object_set_new(c->report, "undone", json_true());
    return write_record(c, CUTOVER_UNDONE, e);
}

static bool cut_over(struct cutover *c, struct err *e) {
    bool ready;
    if (!begin(c, e)) {
        return false;
    }
    if (c->o->undo) {
        return undo(c, e);
    }
    if (c->state == CUTOVER_DONE) {
        json_object_set_new(c->report, "made_before", json_true());
        return true;
    }
    if (c->o->dry_run) {
        begin_step(c, "look");
        bool ok = look(c, &ready, e);
        end_step(c);
        return ok;
    }
    return make(c, e);
}

bool cutover_task(const struct task *t, const struct cutover_options *o, cutover_tell *tell, void *arg,
                  const atomic_bool *stop, json_t **report, struct err *e) {
    struct cutover c = {.task = t,
                        .o = o,
                        .tell = tell,
                        .arg = arg,
                        .asked = stop,
                        .report = json_object(),
                        .steps = json_array(),
                        .compared = json_array()};
    pthread_t watching;
    c.run.stop = &c.halt;
    json_object_set_new(c.report, "steps", c.steps);
    json_object_set_new(c.report, "compared", c.compared);
    bool watched = pthread_create(&watching, NULL, clock_main, &c) == 0;
    bool ok = watched ? cut_over(&c, e) : err_set(e, ERR_SYSTEM, "no thread can be started");
    end_step(&c);
    atomic_store(&c.end, true);
    if (watched) {
        pthread_join(watching, NULL);
    }
    run_clear(&c.run);
    *report = c.report;
    return ok;
}
