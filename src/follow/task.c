/* See task.h. */
#include "follow/task.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/claim.h"
#include "engine/run.h"
#include "follow/binlog_feed.h"
#include "follow/capture.h"
#include "follow/definition.h"
#include "follow/way_back.h"
#include "gauss/origin.h"

struct following {
    const struct task *task;
    const struct follow_task_options *o;
    const struct follow_watch *watch;
    struct run run;     /* both ends, catalog, claim */
    struct arena arena; /* of all runs */
    struct checkpoint checkpoint;
    struct position begin;
    int64_t clock_us; /* so much is the source's clock ahead of ours */
    bool by_gtid, hidden_cascades;
    struct charsets *charsets;
    struct schema_charsets names; /* of character sets, and their collations */
    const char *system_time_zone;
    int64_t keeps_s; /* the source its binlog */
    struct binlog_feed *feed;
    const char *origin;
    struct follow_figures sum; /* of what was followed under earlier definitions */
    bool claimed;              /* once, with the fence */
    bool began;                /* what is lost from then on is come back to by follow_run */
    atomic_bool *finish;
    bool finishing;     /* where to end has been decided */
    atomic_bool at_end; /* with what is there: the source cannot say where it is */
    bool decided;       /* --definition has been used */
    bool again;         /* a definition was dealt with: go on with the new ones */
};

/* ---- what the load left ---- */

/* Definitions are those of the load, or of the last change of them that was dealt with: those of the changes that are next. */
static bool definitions(struct run *r, struct err *e) {
    struct database *kept;
    if (!checkpoint_model(r->target, &r->arena, r->name, &kept, e)) {
        return false;
    }
    if (kept != NULL) {
        r->db = *kept;
    }
    return kept != NULL || run_read(r, e);
}

static bool claim(struct following *f, struct err *e) {
    struct run *r = &f->run;
    struct checkpoint *cp = &r->load.checkpoint;
    struct task_record record;
    bool ok = checkpoint_prepare(r->target, e);
    if (f->task->fence > 0) {
        bool again = f->task->fence_taken || f->claimed;
        ok = ok &&
             (again ? claim_take_again(r->target, &r->arena, r->name, f->task->fence, r->stop, cp, &record, e)
                    : claim_take(r->target, &r->arena, r->name, f->task->fence, r->stop, cp, &record, e)) &&
             claim_replace(r->target, cp, r->stop, e);
        f->claimed = true; /* or not: the answer may have been lost */
    } else {
        struct task_record before;
        ok = ok && claim_lock(r->target, r->name, e) && checkpoint_read(r->target, &r->arena, r->name, &record, e) &&
             (record.state != TASK_DONE || claim_take(r->target, &r->arena, r->name, 0, r->stop, cp, &before, e));
    }
    if (!ok) {
        return false;
    }
    if (record.state != TASK_DONE) {
        return err_set(e, ERR_NOT_LOADED, "task '%s' has no finished load in the target", r->name);
    }
    f->begin = record.at;
    return true;
}

/* All of it has to be of one moment: following begins there. */
static bool one_position(struct following *f, struct err *e) {
    struct run *r = &f->run;
    struct gauss_rows rows;
    char *sql = arena_printf(&r->arena,
                             "SELECT DISTINCT \"source_gtid\", \"source_file\", \"source_pos\" FROM godwit.chunk "
                             "WHERE \"task\" = %s AND \"state\" = 1",
                             str_literal_pg(&r->arena, r->name));
    if (f->begin.file[0] == '\0' && f->begin.gtid[0] == '\0') {
        err_set(e, ERR_SOURCE_BINLOG, "the load does not know where the source's binlog stood");
        return err_hint(
            e, "the source had no binlog, or the account may not see its position (REPLICATION CLIENT): load again");
    }
    if (!gauss_rows(r->target, &r->arena, sql, &rows, e)) {
        return false;
    }
    if (rows.n > 1) {
        err_set(e, ERR_NOT_LOADED, "the load was made at %zu different moments of the source", rows.n);
        return err_hint(e, "it was resumed with --accept-moved; to follow changes, load again in one go");
    }
    return true;
}

/* ---- what the source is ---- */

static const char *variable(struct run *r, const char *name) {
    return source_variable(r->source, &r->arena, name);
}

/* What the source does unseen, the target's own foreign keys have to do. */
static bool target_cascades(struct following *f, struct err *e) {
    struct run *r = &f->run;
    struct gauss_rows rows;
    char *sql =
        arena_printf(&r->arena,
                     "SELECT c.relname, k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN "
                     "pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'f' AND n.nspname = %s",
                     str_literal_pg(&r->arena, r->db.tables[0].target_schema));
    if (!gauss_rows(r->target, &r->arena, sql, &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < r->db.ntables; i++) {
        const struct table *t = &r->db.tables[i];
        for (size_t k = 0; k < t->nfks; k++) {
            const struct foreign_key *fk = &t->fks[k];
            bool there = !schema_key_cascades(fk);
            for (size_t row = 0; row < rows.n && !there; row++) {
                there = str_eq(gauss_cell(&rows, row, 0), t->target_name) &&
                        str_eq(gauss_cell(&rows, row, 1), fk->target_name);
            }
            if (!there) {
                err_set(e, ERR_TARGET_SCHEMA, "the target's table %s lacks the foreign key %s", t->target_name,
                        fk->target_name);
                return err_hint(e, "the source deletes and changes rows by it without writing that to its binlog, so "
                                   "the target has to do the same");
            }
        }
    }
    return true;
}

static bool compare_clocks(struct following *f, struct err *e) {
    struct run *r = &f->run;
    struct mysql_rows rows;
    int64_t before = clock_utc_us();
    if (!mysql_rows(r->source, &r->arena, "SELECT CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS signed)", &rows, e)) {
        return false;
    }
    int64_t after = clock_utc_us();
    f->clock_us = strtoll(mysql_cell(&rows, 0, 0), NULL, 10) - (before + (after - before) / 2);
    return true;
}

static bool look_at_source(struct following *f, struct err *e) {
    struct run *r = &f->run;
    struct arena *a = &r->arena;
    struct position now;
    if (!source_position(r->source, a, &now, e) || !compare_clocks(f, e)) {
        return false;
    }
    f->by_gtid = source_tells_gtids(r->source, a, r->db.is_mariadb, &f->begin);
    if (!f->by_gtid && f->o->until_gtid != NULL) {
        err_set(e, ERR_USAGE, "the source has no GTIDs");
        return err_where(e, "--until-gtid");
    }
    if (!f->by_gtid && !str_eq(now.server, f->begin.server)) {
        err_set(e, ERR_SOURCE_DIVERGED, "the source is another server than the one the load was made from");
        return err_hint(e, "without GTIDs, binlog positions mean something on one server only");
    }
    if (!str_ieq(variable(r, "binlog_format"), "ROW") && !str_eq(variable(r, "binlog_format"), "")) {
        err_set(e, ERR_SOURCE_BINLOG, "the source's binlog_format is %s", variable(r, "binlog_format"));
        return err_hint(e, "SET GLOBAL binlog_format=ROW, then load again");
    }
    f->hidden_cascades = schema_cascades(&r->db) && !source_tells_cascades(r->source, a);
    const char *zone = variable(r, "system_time_zone");
    f->keeps_s = capture_keeps_s(r->source);
    f->system_time_zone = zone[0] != '\0' ? zone : NULL;
    if (!catalog_read_charsets(r->source, a, &f->names, e)) {
        return false;
    }
    return (!f->hidden_cascades || target_cascades(f, e)) && charsets_read(r->source, &f->charsets, e);
}

/* ---- the target ---- */

/* Sessions mark their transactions, so that the way back can tell them from others': where the role may, and there is room. */
static void choose_origin(struct following *f, unsigned sessions) {
    struct run *r = &f->run;
    struct gauss_rows rows;
    struct err refused = ERR_INIT;
    char *name = way_forward_name(&r->arena, r->name), *first = arena_printf(&r->arena, "%s_0", name);
    char *room = arena_printf(&r->arena,
                              "SELECT current_setting('max_replication_slots')::integer - count(*) FROM "
                              "pg_replication_origin_status WHERE external_id NOT LIKE '%s%%'",
                              name);
    bool ok = gauss_rows(r->target, &r->arena, room, &rows, &refused) &&
              strtol(gauss_cell(&rows, 0, 0), NULL, 10) >= (long)sessions && origin_create(r->target, first, &refused);
    f->origin = ok ? name : NULL;
    if (!ok) {
        log_info("no_origin", "transactions are not marked with a replication origin: %s",
                 refused.code != ERR_NONE ? refused.message : "max_replication_slots is too low");
    }
}

/* ---- definitions ---- */

/* The statement after which the source's definitions of now are followed; skipping: without tables that have come to it. */
static bool model_of_now(struct following *f, struct arena *a, bool skipping, char **sql, struct err *e) {
    struct mysql_client *source;
    struct database now;
    bool ok = source_open(f->task, &source, e);
    ok = ok && (catalog_read(source, a, f->task->source_database, &f->task->tables, &now, e) ||
                err_where(e, "source catalog"));
    mysql_close(source);
    if (!ok) {
        return false;
    }
    size_t n = 0;
    for (size_t i = 0; i < now.ntables; i++) {
        if (!skipping || schema_find_table(&f->run.db, now.tables[i].name) != NULL) {
            now.tables[n++] = now.tables[i];
        }
    }
    now.ntables = n;
    *sql = checkpoint_model_sql(a, f->checkpoint.task, &now);
    return true;
}

/* What the user has said is to be done instead, once. */
static bool decide_otherwise(struct following *f, const struct feed_item *item, const struct definition *d,
                             struct arena *a, const char **sql, struct err *e) {
    bool skip = str_eq(f->o->definition, "skip");
    char *model = checkpoint_model_sql(a, f->checkpoint.task, &d->after);
    if (!d->changes && !model_of_now(f, a, skip, &model, e)) {
        return false;
    }
    log_info("definition", "instead of \"%s\": %s", item->statement, skip ? "nothing" : f->o->definition);
    *sql = skip ? model : arena_printf(a, "%s; %s", f->o->definition, model);
    f->decided = true;
    return true;
}

static bool decide(void *arg, const struct feed_item *item, struct arena *a, const char **sql, bool *end_behind,
                   struct err *e) {
    struct following *f = arg;
    const struct run *r = &f->run;
    struct definition_scope scope = {.db = &r->db,
                                     .filter = &f->task->tables,
                                     .charsets = &f->names,
                                     .ddl = &r->ddl_options,
                                     .system_time_zone = f->system_time_zone};
    struct definition d;
    struct err why = ERR_INIT;
    bool translated = definition_translate(a, &scope, item, &d, &why);
    if (f->o->definition != NULL && !f->decided && (!translated || d.sql[0] != '\0')) {
        *end_behind = f->again = decide_otherwise(f, item, &d, a, sql, e);
        return *end_behind;
    }
    if (!translated) {
        err_set(e, ERR_APPLY_DEFINITION, "a definition has changed at the source, and cannot be translated: %s",
                why.message);
        return err_cause(e, "%s", item->statement);
    }
    *sql = d.sql;
    if (d.changes) {
        char *model = checkpoint_model_sql(a, f->checkpoint.task, &d.after);
        *sql = d.sql[0] != '\0' ? arena_printf(a, "%s;\n%s", d.sql, model) : model;
        *end_behind = f->again = true;
    }
    log_info("definition", "\"%s\": %s", item->statement, d.sql[0] != '\0' ? d.sql : "nothing");
    return true;
}

static void add_figures(struct follow_figures *f, const struct follow_figures *more) {
    f->taken_rows += more->taken_rows;
    f->taken_bytes += more->taken_bytes;
    f->taken_transactions += more->taken_transactions;
    f->applied_rows += more->applied_rows;
    f->applied_bytes += more->applied_bytes;
    f->applied_transactions += more->applied_transactions;
    f->jobs.jobs += more->jobs.jobs;
    f->jobs.waited += more->jobs.waited;
    f->diverted += more->diverted;
    f->retried += more->retried;
    f->careful += more->careful;
}

static void look(void *arg, const struct follow_figures *g) {
    struct following *f = arg;
    if (f->watch != NULL && f->watch->look != NULL) {
        struct follow_status s = {.figures = *g, .source_us = clock_utc_us() + f->clock_us};
        add_figures(&s.figures, &f->sum);
        binlog_feed_look(f->feed, &s.captured_bytes, &s.source_lost);
        s.figures.caught_up = s.figures.caught_up && !s.source_lost;
        f->watch->look(f->watch->arg, &s);
    }
}

/* To finish is to follow up to where the source is at that moment. */
static void tick(void *arg) {
    struct following *f = arg;
    struct mysql_client *source = NULL;
    struct position now;
    struct arena a = ARENA_INIT;
    struct err e = ERR_INIT;
    if (f->finishing || !atomic_load(f->finish)) {
        return;
    }
    f->finishing = true;
    if (source_open(f->task, &source, &e) && source_position(source, &a, &now, &e) &&
        binlog_feed_until(f->feed, &now, &e)) {
        log_info("finish", "up to %s", f->by_gtid ? now.gtid : arena_printf(&a, "%s:%" PRIu64, now.file, now.pos));
    } else {
        log_err("finish", &e);
        atomic_store(&f->at_end, true);
    }
    mysql_close(source);
    arena_clear(&a);
}

/* ---- counters ---- */

/* Rows came with their numbers; what the next ones get is the source's to say. */
static bool set_counters(struct following *f, atomic_bool *stop, struct err *e) {
    struct run r = {.task = f->task, .stop = stop};
    struct database now;
    bool ok = run_open(&r, e) && definitions(&r, e) &&
              catalog_read(r.source, &r.arena, f->task->source_database, &f->task->tables, &now, e);
    for (size_t i = 0; ok && i < r.db.ntables; i++) {
        const struct table *t = schema_find_table(&now, r.db.tables[i].name);
        r.db.tables[i].auto_increment_next = t != NULL ? t->auto_increment_next : 0;
    }
    ok = ok && run_decide(&r, e);
    for (size_t i = 0; ok && i < r.ddl.n; i++) {
        if (r.ddl.statements[i].stage == DDL_COUNTER) {
            ok = gauss_exec(r.target, "BEGIN", e) && gauss_exec(r.target, r.ddl.statements[i].sql, e) &&
                 claim_hold(r.target, &f->checkpoint, e) && gauss_exec(r.target, "COMMIT", e);
            ok = ok || err_where(e, "%s", r.ddl.statements[i].object);
        }
    }
    run_clear(&r);
    return ok;
}

/* ---- all ---- */

static bool follow(struct following *f, struct follow_figures *last, struct err *e) {
    struct run *r = &f->run;
    struct binlog_feed_options fo = {
        .task = f->task,
        .dialect = r->identity.dialect,
        .db = &r->db,
        .charsets = f->charsets,
        .name = r->name,
        .by_gtid = f->by_gtid,
        .until_end = f->o->until_caught_up,
        .until_gtid = f->o->until_gtid,
        .decided = f->o->decided,
        .spool = {.directory = f->o->spool, .budget_bytes = f->o->spool_bytes, .optional = f->o->spool_optional},
        .keeps_s = f->keeps_s};
    struct stream_place begin = {.at = f->begin};
    f->checkpoint = r->load.checkpoint;
    f->checkpoint.task = arena_strdup(&f->arena, f->checkpoint.task);
    unsigned sessions = f->o->in_order ? 1 : f->task->jobs > 0 ? f->task->jobs : 4;
    if (!binlog_feed_new(&f->feed, &fo, e)) {
        return false;
    }
    choose_origin(f, sessions);
    mysql_close(r->source); /* it would time out, and is asked for nothing more */
    r->source = NULL;
    struct feed feed = binlog_feed_feed(f->feed);
    struct follow_options o = {.task = f->task,
                               .dialect = r->identity.dialect,
                               .db = &r->db,
                               .checkpoint = &f->checkpoint,
                               .coordinator = r->target,
                               .feed = &feed,
                               .begin = &begin,
                               .in_order = f->o->in_order,
                               .hidden_cascades = f->hidden_cascades,
                               .origin = f->origin,
                               .appliers = sessions,
                               .stop = r->stop,
                               .finish = &f->at_end,
                               .statement = decide,
                               .watch = look,
                               .watch_ms = f->watch != NULL ? f->watch->every_ms : 0,
                               .tick = tick,
                               .arg = f};
    memcpy(o.policy, f->o->policy, sizeof o.policy);
    r->target = NULL; /* follow_run closes it */
    f->began = true;
    bool ok = follow_run(&o, last, e);
    add_figures(last, &f->sum);
    f->sum = *last;
    return ok;
}

static bool once(struct following *f, atomic_bool *stop, struct follow_figures *last, struct err *e) {
    f->run = (struct run){.task = f->task, .stop = stop};
    f->again = false;
    f->began = f->finishing = false;
    bool ok = run_open(&f->run, e) && claim(f, e) && definitions(&f->run, e) && run_decide(&f->run, e) &&
              one_position(f, e) && look_at_source(f, e) && follow(f, last, e);
    binlog_feed_free(f->feed);
    charsets_free(f->charsets);
    f->feed = NULL;
    f->charsets = NULL;
    run_clear(&f->run);
    return ok && (f->again || set_counters(f, stop, e));
}

static void look_lost(struct following *f, const struct err *e, const struct follow_figures *last) {
    bool source = err_class_of(e->code) == ERR_CLASS_SOURCE;
    struct follow_status s = {.figures = *last, .source_lost = source, .source_us = clock_utc_us() + f->clock_us};
    s.figures.target_lost = !source;
    if (f->watch != NULL && f->watch->look != NULL) {
        f->watch->look(f->watch->arg, &s);
    }
}

/* What is lost before following has begun is tried again here. */
static bool once_at_last(struct following *f, atomic_bool *stop, struct follow_figures *last, struct err *e) {
    enum { RETRY_MS = 60000, WAIT_MS = 500 };
    int64_t retry_ms = f->task->retry_ms > 0 ? f->task->retry_ms : RETRY_MS;
    int64_t until_us = clock_mono_us() + retry_ms * 1000;
    while (!once(f, stop, last, e)) {
        bool again = e->retryable && err_class_of(e->code) != ERR_CLASS_USER && !f->began && clock_mono_us() < until_us;
        if (!again || atomic_load(stop) || atomic_load(f->finish)) {
            return false;
        }
        log_err("begin_again", e);
        look_lost(f, e, last);
        err_clear(e);
        clock_sleep_ms(WAIT_MS);
    }
    return true;
}

bool follow_task(const struct task *t, const struct follow_task_options *o, const struct follow_watch *w,
                 atomic_bool *stop, atomic_bool *finish, struct follow_figures *last, struct err *e) {
    struct following f = {.task = t, .o = o, .watch = w, .finish = finish};
    bool ok;
    do {
        ok = once_at_last(&f, stop, last, e);
    } while (ok && f.again);
    arena_clear(&f.arena);
    return ok;
}
