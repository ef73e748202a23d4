/* See cutover.h. */
#include "follow/cutover.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/claim.h"
#include "engine/made_objects.h"
#include "follow/cutover_internal.h"
#include "follow/reverse.h"
#include "follow/source_triggers.h"

enum {
    BUDGET_MS = 300000,
    STILL_MS = 1000,
    POLL_MS = 50,
    CATCH_UPS = 50, /* so often it is tried to come near */
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

bool cutover_halted(const struct cutover *c, struct err *e) {
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

bool cutover_variable(struct cutover *c, const char *name, const char **value, struct err *e) {
    struct mysql_rows rows;
    if (!mysql_rows(c->run.source, &c->run.arena, arena_printf(&c->run.arena, "SELECT @@GLOBAL.%s", name), &rows, e)) {
        return false;
    }
    *value = rows.n == 1 && mysql_cell(&rows, 0, 0) != NULL ? mysql_cell(&rows, 0, 0) : "0";
    return true;
}

bool cutover_set_read_only(struct cutover *c, const char *value, struct err *e) {
    return mysql_execf(c->run.source, e, "SET GLOBAL read_only = %s", value) || err_where(e, "fence of the source");
}

static bool fence(struct cutover *c, struct err *e) {
    if (c->o->fence == FENCE_CONFIRMED) {
        c->was = NULL;
        return write_record(c, CUTOVER_FENCED, e);
    }
    if (c->state != CUTOVER_FENCED && !cutover_variable(c, "read_only", &c->was, e)) {
        return false;
    }
    json_object_set_new(c->report, "was_read_only", json_string(c->was));
    return write_record(c, CUTOVER_FENCED, e) && cutover_set_read_only(c, "1", e);
}

static bool lift(struct cutover *c, struct err *e) {
    return c->was == NULL || cutover_set_read_only(c, c->was, e);
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
        if (!cutover_halted(c, e) || !source_position(c->run.source, &c->run.arena, &now, e)) {
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
    int64_t limit_ms = c->o->max_lag_ms > 0 ? c->o->max_lag_ms : CUTOVER_MAX_LAG_MS, ms = limit_ms + 1;
    for (int i = 0; i < CATCH_UPS && ms > limit_ms; i++) {
        int64_t us = clock_mono_us();
        if (!cutover_halted(c, e) || !follow(c, false, e)) {
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

/* Those of the source go when changes flow back. That they can be made again is known by then: it is tried while nobody writes, and before
 * the position is taken, as trying is in the log as well. */
static bool try_source_triggers(struct cutover *c, struct err *e) {
    size_t n = 0;
    bool ok = c->task->source_triggers == SOURCE_TRIGGERS_KEEP || source_triggers_try(&c->run, &n, e);
    json_object_set_new(c->report, "source_triggers", json_integer((json_int_t)n));
    return ok;
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
    if (!cutover_final_check(c, e)) {
        return false;
    }
    begin_step(c, "triggers");
    if (!switch_triggers(c, true, e)) {
        return false;
    }
    begin_step(c, "way back");
    if (!reverse(c, (struct reverse_options){.prepare = true}, e) || !has_not_moved(c, e) || !cutover_halted(c, e)) {
        return false;
    }
    end_step(c);
    json_object_set_new(c->report, "downtime_ms", json_integer((json_int_t)((clock_mono_us() - c->fenced_us) / 1000)));
    return write_record(c, CUTOVER_DONE, e);
}

static bool make(struct cutover *c, struct err *e) {
    int64_t budget_ms = c->o->budget_ms > 0 ? c->o->budget_ms : BUDGET_MS;
    begin_step(c, "look");
    if (!cutover_look(c, e)) {
        return false;
    }
    begin_step(c, "catch up");
    if (!catch_up(c, e)) {
        return false;
    }
    if (c->o->check == FINAL_CHANGED) {
        begin_step(c, "compare");
        if (!cutover_compare_before(c, e)) {
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
        bool ok = cutover_look(c, e);
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
