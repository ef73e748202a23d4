/* See reverse.h. */
#include "follow/reverse.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/claim.h"
#include "follow/gauss_feed.h"
#include "follow/mysql_sink.h"
#include "follow/source_triggers.h"
#include "follow/way_back.h"
#include "gauss/lsn.h"
#include "gauss/slot.h"

struct reversing {
    const struct reverse_options *o;
    const struct follow_watch *watch;
    struct run run;
    struct checkpoint checkpoint;
    struct back_tables tables;
    struct way_back way;
    struct decoder_choice decoder;
    struct gauss_feed *feed;
    bool claimed;  /* with the task's fence */
    bool followed; /* it had begun */
};

enum { RETRY_MS = 60000, AGAIN_MS = 200 };

static bool claim(struct reversing *v, struct err *e) {
    struct run *r = &v->run;
    struct checkpoint *cp = &r->load.checkpoint;
    struct task_record record, before;
    bool fenced = r->task->fence > 0, again = fenced && (r->task->fence_taken || v->claimed);
    bool ok = checkpoint_prepare(r->target, e) && (fenced || claim_lock(r->target, r->name, e)) &&
              checkpoint_read(r->target, &r->arena, r->name, &record, e);
    if (ok && record.state != TASK_DONE) {
        return err_set(e, ERR_NOT_LOADED, "task '%s' has no finished load in the target", r->name);
    }
    v->claimed = fenced; /* or not: the answer may be lost */
    return ok &&
           (again ? claim_take_again(r->target, &r->arena, r->name, r->task->fence, r->stop, cp, &before, e)
                  : claim_take(r->target, &r->arena, r->name, r->task->fence, r->stop, cp, &before, e)) &&
           (!fenced || claim_replace(r->target, cp, r->stop, e));
}

static bool look_at_tables(struct reversing *v, struct err *e) {
    if (!back_tables_make(&v->run, &v->run.arena, &v->tables, e)) {
        return false;
    }
    for (size_t i = 0; v->o->in_order && i < v->tables.n; i++) {
        v->tables.tables[i].row.upsert = false; /* in order nothing is done twice, to find out about a count */
    }
    return true;
}

static void look(void *arg, const struct follow_figures *g) {
    struct reversing *v = arg;
    if (v->watch != NULL && v->watch->look != NULL) {
        struct follow_status s = {.figures = *g,
                                  .captured_bytes = gauss_feed_received(v->feed),
                                  .source_lost = g->source_lost,
                                  .source_us = clock_utc_us()};
        v->watch->look(v->watch->arg, &s);
    }
}

static bool follow(struct reversing *v, uint64_t until, atomic_bool *finish, struct follow_figures *last,
                   struct err *e) {
    struct run *r = &v->run;
    const struct task *t = r->task;
    struct gauss_feed_options fo = {.task = t,
                                    .dialect = r->identity.dialect,
                                    .tables = &v->tables,
                                    .decoder = v->decoder,
                                    .slot = v->way.slot,
                                    .publication = v->way.publication,
                                    .generation = v->way.generation,
                                    .own_origin = "godwit_",
                                    .until = until};
    struct stream_place begin = {
        .at = {.server = v->way.generation, .gtid = "", .file = v->way.slot, .pos = v->way.position}};
    struct mysql_sink back = {.task = t,
                              .stop = r->stop,
                              .tables = &v->tables,
                              .name = v->way.key,
                              .generation = v->way.generation,
                              .target = r->target,
                              .checkpoint = &v->checkpoint};
    for (size_t i = 0; i < APPLY_CLASSES; i++) {
        back.diverts = back.diverts || v->o->policy[i] == APPLY_DIVERT;
    }
    if (!gauss_feed_new(&v->feed, &fo, e)) {
        return false;
    }
    mysql_close(r->source);
    r->source = NULL;
    r->target = NULL; /* the sink's */
    struct feed feed = gauss_feed_feed(v->feed);
    struct sink sink = mysql_sink_begin(&back);
    struct follow_options o = {.task = t,
                               .dialect = r->identity.dialect,
                               .db = &r->db,
                               .sink = &sink,
                               .feed = &feed,
                               .begin = &begin,
                               .in_order = v->o->in_order,
                               .appliers = t->jobs,
                               .stop = r->stop,
                               .finish = finish,
                               .watch = look,
                               .arg = v};
    memcpy(o.policy, v->o->policy, sizeof o.policy);
    v->followed = true;
    bool ok = follow_run(&o, last, e);
    gauss_feed_free(v->feed);
    v->feed = NULL;
    return ok;
}

/* The source need not remember what no stream will be cut by any more. */
static void forget_record(struct reversing *v) {
    struct arena a = ARENA_INIT;
    struct mysql_client *c = NULL;
    struct err e = ERR_INIT;
    char *name = str_literal_mysql(&a, v->way.key);
    if (!mysql_connect(&c, &v->run.task->source, &e) ||
        !mysql_execf(c, &e, "DELETE FROM `godwit`.`progress` WHERE `task` = %s", name)) {
        log_err("record", &e); /* it is only left behind */
    }
    mysql_close(c);
    arena_clear(&a);
}

/* Behind the last row that comes back, and before anybody writes to the source again. */
static bool put_triggers_back(struct reversing *v, struct err *e) {
    size_t n;
    return source_triggers_put_back(v->run.task, v->run.name, &n, e);
}

/* Is there no way back any more, but were triggers left that the source was not there for? Then they are what is finished. */
static bool left_away(struct reversing *v, bool *ended, struct err *e) {
    size_t n = 0;
    bool ok = !v->o->finish || source_triggers_put_back(v->run.task, v->run.name, &n, e);
    *ended = n > 0;
    return ok;
}

/* The session that claimed the task went with the sink; the claim itself is still ours. */
static bool end_way(struct reversing *v, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_client *c = NULL;
    struct gauss_identity id;
    bool ok = put_triggers_back(v, e) && target_open(v->run.task, &a, &c, &id, e) && claim_lock(c, v->run.name, e) &&
              way_back_end(&v->run, c, &v->checkpoint, &v->way, e);
    if (ok) {
        way_forward_end(&v->run, c);
        forget_record(v);
    }
    gauss_close(c);
    arena_clear(&a);
    return ok;
}

/* Also while the source is away: then triggers that are not there stay in its godwit.trigger. */
static void put_triggers_back_if_there(struct reversing *v) {
    struct err e = ERR_INIT;
    if (!put_triggers_back(v, &e)) {
        log_err("triggers", &e);
    }
}

static bool drop(struct reversing *v, struct err *e) {
    struct run *r = &v->run;
    bool ok = run_open_target(r, e) && claim(v, e) && way_back_read(r, &r->arena, &v->way, e) &&
              (v->way.state == WAY_BACK_NONE || way_back_end(r, r->target, &r->load.checkpoint, &v->way, e));
    if (ok) {
        way_forward_end(r, r->target);
    }
    if (ok) {
        put_triggers_back_if_there(v);
    }
    return ok;
}

/* Rows must not come back while they would fire. */
static bool take_triggers(struct reversing *v, struct reverse_facts *facts, struct err *e) {
    return v->o->prepare || v->way.state != WAY_BACK_READY || v->run.task->source_triggers == SOURCE_TRIGGERS_KEEP ||
           source_triggers_take(&v->run, &facts->source_triggers, e);
}

static bool run(struct reversing *v, atomic_bool *finish, struct arena *a, struct reverse_facts *facts,
                struct follow_figures *last, struct err *e) {
    struct run *r = &v->run;
    char lsn[LSN_TEXT_MAX];
    uint64_t until = 0;
    bool ended;
    if (v->o->drop) {
        return drop(v, e);
    }
    if (!run_connect(r, e) || !claim(v, e) || !way_back_decoder(r, &v->decoder, e) ||
        !way_back_read(r, &r->arena, &v->way, e)) {
        return false;
    }
    facts->prepared_before = v->way.state == WAY_BACK_READY;
    if (!v->o->prepare && (v->way.state == WAY_BACK_NONE || v->way.state == WAY_BACK_MAKING)) {
        return left_away(v, &ended, e) &&
               (ended ||
                err_set(e, ERR_NOT_PREPARED, "nothing tells which changes of the target are to be carried back"));
    }
    if (!take_triggers(v, facts, e) || !look_at_tables(v, e) ||
        (v->o->prepare && !way_back_make(r, &r->arena, &v->tables, &v->way, e))) {
        return false;
    }
    facts->slot = arena_strdup(a, v->way.slot);
    facts->position = arena_strdup(a, lsn_text(v->way.position, lsn));
    facts->decoder = arena_strdup(a, v->decoder.reason);
    v->checkpoint = r->load.checkpoint;
    v->checkpoint.task = arena_strdup(a, v->checkpoint.task);
    if (v->o->prepare) {
        return true;
    }
    bool ends = v->o->until_caught_up || v->o->finish;
    if (v->way.state == WAY_BACK_READY && (ends && !log_position(r->target, r->identity.dialect, &until, e))) {
        return false;
    }
    if (v->way.state == WAY_BACK_READY && !follow(v, until, finish, last, e)) {
        return false;
    }
    return !v->o->finish || atomic_load(finish) || end_way(v, e);
}

static void look_lost(struct reversing *v, const struct err *e) {
    bool source = err_class_of(e->code) == ERR_CLASS_SOURCE;
    struct follow_status s = {.source_lost = source, .source_us = clock_utc_us()};
    s.figures.target_lost = !source;
    if (v->watch != NULL && v->watch->look != NULL) {
        v->watch->look(v->watch->arg, &s);
    }
}

bool reverse_task(const struct task *t, const struct reverse_options *o, const struct follow_watch *w,
                  atomic_bool *stop, atomic_bool *finish, struct arena *a, struct reverse_facts *facts,
                  struct follow_figures *last, struct err *e) {
    struct reversing v = {.o = o, .watch = w, .run = {.task = t, .stop = stop}};
    *facts = (struct reverse_facts){.slot = "", .position = "", .decoder = ""};
    *last = (struct follow_figures){.caught_up = false};
    int64_t retry_ms = t->retry_ms > 0 ? t->retry_ms : RETRY_MS, until_us = clock_mono_us() + retry_ms * 1000;
    bool ok = run(&v, finish, a, facts, last, e);
    /* An end that was lost while following has been tried for by then; this is for the beginning. */
    while (!ok && !v.followed && e->retryable && e->code != ERR_CANCELLED && e->code != ERR_TASK_RUNNING &&
           clock_mono_us() < until_us && !atomic_load(stop) && !atomic_load(finish)) {
        log_err("begin_again", e);
        look_lost(&v, e);
        err_clear(e);
        run_clear(&v.run);
        v = (struct reversing){.o = o, .watch = w, .run = {.task = t, .stop = stop}, .claimed = v.claimed};
        clock_sleep_ms(AGAIN_MS);
        ok = run(&v, finish, a, facts, last, e);
    }
    run_clear(&v.run);
    return ok;
}
