/* A load that goes on when the source has moved: what was loaded before is brought to the snapshot's moment. See moved.h. */
#include <inttypes.h>

#include "base/log.h"
#include "base/str.h"
#include "engine/run.h"

size_t run_table_index(const struct run *r, const char *name) {
    for (size_t i = 0; i < r->db.ntables; i++) {
        if (str_eq(r->db.tables[i].name, name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

bool run_read_there(const struct chunk_record *c, const struct position *place) {
    struct position at = c->at;
    at.server = place->server;
    return position_equal(&at, place);
}

bool run_has_moved(const struct run *r, const struct snapshot *s) {
    return r->resuming && r->chunks_done > 0 && (r->mixed || !position_equal(&r->read_at, &s->at));
}

static bool refuse_moved(struct run *r, const struct snapshot *s, struct err *e) {
    struct err why = *e;
    err_set(e, ERR_SOURCE_MOVED,
            "the source has moved since the load began: %u chunks were read at %s %s:%" PRIu64
            ", it is now at %s %s:%" PRIu64,
            r->chunks_done, r->read_at.gtid, r->read_at.file, r->read_at.pos, s->at.gtid, s->at.file, s->at.pos);
    if (why.code != ERR_NONE) {
        err_cause(e, "what has changed since cannot be told: %s%s%s", why.message, why.cause[0] != '\0' ? ": " : "",
                  why.cause);
    }
    return false;
}

/* Tables whose older chunks cannot be mended row by row begin anew. */
static bool load_anew(struct run *r, struct err *e) {
    struct chunk_list chunks = {0};
    struct arena a = ARENA_INIT;
    bool ok = checkpoint_chunks(r->target, &a, r->name, &chunks, e);
    for (size_t i = 0; ok && i < chunks.n; i++) {
        const struct chunk_record *c = &chunks.items[i];
        size_t table = run_table_index(r, c->table);
        struct moved_table *t = table == SIZE_MAX ? NULL : &r->moved.tables[table];
        if (t == NULL || !c->done || run_read_there(c, &r->load.at)) {
            continue;
        }
        bool first = !t->older;
        t->older = true;
        if (r->keep[table]) {
            ok = err_set(e, ERR_SOURCE_MOVED, "table %s has rows of others, too", c->table);
        } else if (t->whole && first) {
            log_info("load_anew", "%s has changed since its chunks were read, in ways that its keys do not tell",
                     c->table);
            ok = checkpoint_load_anew(r->target, &r->load.checkpoint, c->table,
                                      arena_printf(&a, "TRUNCATE TABLE %s", target_table(&a, t->t)), e);
        }
    }
    arena_clear(&a);
    return ok;
}

/* The session that has read the catalog may have gone with the others. */
static bool source_again(struct run *r, struct err *e) {
    struct mysql_rows rows;
    struct err lost = ERR_INIT;
    if (mysql_usable(r->source) && mysql_rows(r->source, &r->arena, "SELECT 1", &rows, &lost)) {
        return true;
    }
    mysql_close(r->source);
    r->source = NULL;
    return source_open(r->task, &r->source, e);
}

bool run_catch_up(struct run *r, const struct snapshot *s, struct err *e) {
    struct load *l = &r->load;
    moved_clear(&r->moved);
    l->moved = NULL;
    if (r->task->accept_moved) {
        log_warn("accept_moved", "the source is at another position than the chunks loaded before; going on because "
                                 "--accept-moved was given");
        return true;
    }
    if (r->find == NULL) {
        return refuse_moved(r, s, e);
    }
    progress_phase(l->progress, PHASE_CATCH_UP);
    log_info("source_moved", "%u chunks were read earlier: what has changed since is read from the binlog",
             r->chunks_done);
    if (!source_again(r, e) || !moved_begin(&r->moved, &r->db, l->dialect, e) ||
        !r->find(r, &r->read_at, &s->at, &r->moved, e)) {
        return e->code == ERR_CANCELLED || err_class_of(e->code) == ERR_CLASS_TARGET || e->retryable
                   ? false
                   : refuse_moved(r, s, e);
    }
    l->moved = &r->moved;
    return load_anew(r, e);
}

bool run_caught_up(struct run *r, struct err *e) {
    struct load *l = &r->load;
    if (l->moved == NULL) {
        return true;
    }
    l->moved = NULL;
    moved_clear(&r->moved);
    r->read_at = l->at;
    return checkpoint_set_position(r->target, &l->checkpoint, &l->at, e);
}
