/* A table of which some chunks were read at an earlier moment than this snapshot's: rows that changed since go, and are read again. In one
 * transaction, with the record that all of it is of this moment now. See load.h and moved.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "engine/load.h"
#include "engine/moved.h"

enum { DELETE_KEYS = 20000, READ_KEYS = 1000 };

struct again {
    struct worker *w;
    size_t table;
    struct moved_table *moved;
    struct encode_counts counts;
    struct checkpoint_again done;
    bool text; /* a value has no form in COPY binary */
};

/* All of them first: a value of a unique key may have gone from one changed row to another. */
static bool delete_rows(struct again *x, struct err *e) {
    struct worker *w = x->w;
    struct arena a = ARENA_INIT;
    size_t n = 0;
    bool ok = spill_rewind(&x->moved->keys, e);
    do {
        struct gauss_rows gone = {0};
        char *values, *names = "", *join = "";
        arena_reset(&a);
        ok = ok && moved_target_keys(x->moved, &a, DELETE_KEYS, &values, &n, e);
        if (!ok || n == 0) {
            break;
        }
        for (size_t k = 0; k < x->moved->nkeys; k++) {
            char *name = str_quote_pg(&a, x->moved->columns[k]->target_name);
            names = arena_printf(&a, "%s%sk%zu", names, k > 0 ? ", " : "", k);
            join = arena_printf(&a, "%s%sx.%s = k.k%zu", join, k > 0 ? " AND " : "", name, k);
        }
        ok = gauss_rows(w->target, &a,
                        arena_printf(&a, "DELETE FROM %s AS x USING (VALUES %s) AS k(%s) WHERE %s",
                                     target_table(&a, x->moved->t), values, names, join),
                        &gone, e);
        x->done.gone += gone.affected;
        ok = ok && !worker_stopped(w, e);
    } while (ok);
    arena_clear(&a);
    return ok;
}

static bool read_rows(struct again *x, struct err *e) {
    struct worker *w = x->w;
    struct load *l = w->load;
    struct arena a = ARENA_INIT;
    size_t n = 0;
    bool binary = l->tables[x->table].binary && !l->task->copy_text && !x->text;
    bool ok = spill_rewind(&x->moved->keys, e);
    do {
        struct chunk c = {.table = x->table};
        struct chunk_digest digest = {0};
        uint64_t diverted = 0;
        arena_reset(&a);
        ok = ok && moved_source_keys(x->moved, &a, READ_KEYS, &c.condition, &n, e);
        if (!ok || n == 0) {
            break;
        }
        ok = load_chunk_careful(w, &c, binary, &x->counts, &x->done.rows, &x->done.bytes, &diverted, &digest, e);
        x->done.diverted += diverted;
    } while (ok);
    arena_clear(&a);
    return ok;
}

static bool attempt(struct again *x, struct err *e) {
    struct worker *w = x->w;
    struct arena a = ARENA_INIT;
    x->done = (struct checkpoint_again){.at = &w->load->at};
    x->counts.want_text = false;
    memset(x->counts.counts, 0, x->moved->t->ncolumns * LOSS_COUNT * sizeof(uint64_t));
    bool ok = gauss_exec(w->target, "BEGIN", e) && gauss_exec(w->target, "SET LOCAL synchronous_commit TO on", e) &&
              delete_rows(x, e) && read_rows(x, e);
    if (ok) {
        x->done.losses = load_losses_text(&a, x->moved->t, x->counts.counts);
        ok = checkpoint_read_again(w->target, &w->load->checkpoint, x->moved->t->name, &x->done, e) &&
             gauss_exec(w->target, "COMMIT", e);
    }
    arena_clear(&a);
    return ok;
}

static void undo(struct worker *w) {
    struct err ignored = ERR_INIT;
    if (gauss_usable(w->target) && gauss_tx_status(w->target) != 'I' && !gauss_exec(w->target, "ROLLBACK", &ignored)) {
        log_err("rollback", &ignored);
    }
    if (mysql_usable(w->source) && !mysql_drain(w->source, &ignored)) {
        log_err("drain", &ignored);
    }
}

static void tell(const struct again *x) {
    struct load *l = x->w->load;
    load_losses_add(l, x->table, x->counts.counts);
    pthread_mutex_lock(&l->lock);
    l->tables[x->table].rows += x->done.rows - x->done.diverted - x->done.gone;
    l->tables[x->table].bytes += x->done.bytes;
    l->tables[x->table].diverted += x->done.diverted;
    pthread_mutex_unlock(&l->lock);
    log_info("read_again", "%s: %" PRIu64 " keys had changed, %" PRIu64 " rows went, %" PRIu64 " came",
             x->moved->t->name, x->moved->keys.n, x->done.gone, x->done.rows);
}

/* An attempt whose COMMIT was lost with the connection is made again: it does the same once more. */
bool load_moved(struct worker *w, size_t table, struct err *e) {
    struct load *l = w->load;
    struct again x = {.w = w, .table = table, .moved = &l->moved->tables[table]};
    x.counts.counts = calloc(x.moved->t->ncolumns * LOSS_COUNT + 1, sizeof(uint64_t));
    if (x.counts.counts == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for the loss counts of %s", x.moved->t->name);
    }
    bool ok = attempt(&x, e);
    while (!ok) {
        bool wants_text = !x.text && encode_wants_text(&x.counts);
        undo(w);
        x.text = x.text || wants_text;
        bool again = wants_text || (worker_target_lost(w, e) && worker_reconnect(w, e) && mysql_usable(w->source));
        if (!again) {
            break;
        }
        err_clear(e);
        ok = attempt(&x, e);
    }
    if (ok) {
        tell(&x);
    }
    free(x.counts.counts);
    return ok ||
           err_where(e, "table %s.%s, rows that changed since the load began", x.moved->t->schema, x.moved->t->name);
}
