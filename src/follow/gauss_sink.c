/* See gauss_sink.h. */
#include "follow/gauss_sink.h"

#include "base/log.h"
#include "engine/claim.h"
#include "engine/target.h"

static bool look(void *arg, struct follow_table_options *out, struct err *e) {
    struct gauss_sink *g = arg;
    const struct follow_options *o = g->o;
    bool may_skip = true;
    g->binary = arena_array(&g->arena, bool, o->db->ntables + 1);
    if (!apply_may_skip_checks(g->target, o->dialect, &may_skip, e) ||
        !target_probe_binary(g->target, o->dialect, o->db, g->binary, e)) {
        return false;
    }
    g->enforced = !may_skip || o->hidden_cascades;
    out->enforced = g->enforced;
    log_info("follow", "foreign keys are %s", g->enforced ? "checked" : "left alone");
    return true;
}

static bool read_record(void *arg, struct arena *a, const struct follow_tables *tables, unsigned appliers,
                        struct apply_record *out, struct err *e) {
    struct gauss_sink *g = arg;
    (void)appliers;
    return statements_make(g->target, a, g->o->dialect, tables, g->binary, &g->statements, e) &&
           apply_record_read(g->target, a, g->checkpoint.task, out, e);
}

static bool begin_record(void *arg, const struct apply_record *r, struct err *e) {
    struct gauss_sink *g = arg;
    return apply_record_begin(g->target, &g->checkpoint, r, e);
}

static bool move(void *arg, const struct mark *m, bool durable, struct err *e) {
    struct gauss_sink *g = arg;
    return apply_record_move(g->target, &g->checkpoint, m, durable, e);
}

static bool flush(void *arg, struct err *e) {
    struct gauss_sink *g = arg;
    return checkpoint_flush(g->target, &g->checkpoint, e);
}

static bool start(void *arg, struct apply *a, unsigned number, void **applier, struct err *e) {
    struct gauss_sink *g = arg;
    struct applier *w = NULL;
    a->statements = g->statements;
    a->checkpoint = g->checkpoint;
    a->enforced = g->enforced;
    bool ok = applier_start(a, number, &w, e);
    *applier = w;
    return ok;
}

static void join(void *applier, bool interrupt) {
    applier_join(applier, interrupt);
}

/* A new coordinator's session; the task is this run's again, and nothing of the last turn can commit any more. */
static bool come_back(void *arg, struct err *e) {
    struct gauss_sink *g = arg;
    struct arena a = ARENA_INIT;
    struct gauss_identity id;
    gauss_close(g->target);
    g->target = NULL;
    bool ok = target_open(g->o->task, &a, &g->target, &id, e) &&
              claim_renew(g->target, &g->checkpoint, g->o->stop, e) &&
              claim_replace(g->target, &g->checkpoint, g->o->stop, e);
    arena_clear(&a);
    return ok;
}

static void end(void *arg) {
    struct gauss_sink *g = arg;
    *g->o->checkpoint = g->checkpoint;
    gauss_close(g->target);
    arena_clear(&g->arena);
}

struct sink gauss_sink_begin(struct gauss_sink *g, const struct follow_options *o) {
    *g = (struct gauss_sink){.o = o, .target = o->coordinator, .checkpoint = *o->checkpoint};
    return (struct sink){.arg = g,
                         .look = look,
                         .read = read_record,
                         .begin = begin_record,
                         .move = move,
                         .flush = flush,
                         .start = start,
                         .join = join,
                         .come_back = come_back,
                         .end = end};
}
