/* See cutter.h. */
#include "follow/cutter.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "value/digest.h"

enum {
    WAIT_MS = 50,
    YOUNG_US = 1000,         /* so long a batch gathers at least, when everybody is idle */
    PART_CHANGES = 200,      /* fewer are not worth a transaction of their own */
    PLACE_EVERY_US = 500000, /* without changes the place moves on so often */
};

/* ---- a batch ---- */

static bool begin_flight(struct cutter *c) {
    c->flight = flight_new();
    batch_init(&c->flight->batch, c->tables);
    c->flight->first = c->change;
    c->since_us = clock_mono_us();
    return true;
}

/* The batch at hand as it was cut before; NULL: it may be cut anywhere. */
static const struct cut *cut_at(const struct cutter *c) {
    const struct apply_record *r = c->record;
    return c->cut < r->ncuts && r->cuts[c->cut].first == c->flight->first ? &r->cuts[c->cut] : NULL;
}

static bool does_not_fit(const struct cutter *c, const char *what, struct err *e) {
    return err_set(e, ERR_APPLY_RECORD, "the stream is not the one that was followed before: %s at change %" PRIu64,
                   what, c->flight->first);
}

static uint32_t parts_for(const struct cutter *c) {
    uint64_t n = c->flight->changes / PART_CHANGES;
    return c->in_order || n < 1 ? 1 : n < c->parts ? (uint32_t)n : c->parts;
}

static bool find_end(struct cutter *c, struct err *e) {
    struct flight *f = c->flight;
    if (!c->feed->place(c->feed->arg, &f->arena, &f->end, e)) {
        return false;
    }
    f->end.rows = c->inside ? c->in_transaction : 0;
    f->end.commit_us = c->commit_us;
    f->goes_on = c->in_order && c->inside;
    return true;
}

static bool submit(struct cutter *c, struct err *e) {
    struct flight *f = c->flight;
    const struct cut *k = f->changes > 0 ? cut_at(c) : NULL;
    if (!find_end(c, e)) {
        return false;
    }
    f->digest = f->batch.digest;
    f->losses = c->feed->losses != NULL ? c->feed->losses(c->feed->arg) : NULL;
    if (k != NULL && (k->changes != f->changes || (k->digest != 0 && k->digest != f->digest))) {
        return does_not_fit(c, "other changes", e);
    }
    f->parts = k != NULL ? k->parts : parts_for(c);
    c->cut += k != NULL;
    batch_close(&f->batch, f->parts);
    if (!jobs_submit(c->jobs, f, k != NULL ? k->done : NULL)) {
        jobs_failed(c->jobs, e); /* why it takes nothing more */
        return e->code != ERR_NONE ? false : err_set(e, ERR_CANCELLED, "stopped by request");
    }
    c->flight = NULL;
    return true;
}

/* End the batch at hand, if there is one. */
static bool flush(struct cutter *c, struct err *e) {
    return c->flight == NULL || submit(c, e);
}

/* May the batch at hand end here by itself? */
static bool free_to_end(const struct cutter *c) {
    return c->flight != NULL && (c->flight->changes == 0 || cut_at(c) == NULL) && !(c->in_order && c->inside);
}

static bool is_full(const struct cutter *c) {
    const struct flight *f = c->flight;
    const struct cut *k = cut_at(c);
    if (k != NULL) {
        return f->changes == k->changes;
    }
    /* Not into what was cut already. */
    bool bound = c->cut < c->record->ncuts && c->change == c->record->cuts[c->cut].first;
    return bound || f->changes >= c->batch_changes || batch_bytes(&f->batch) >= c->batch_bytes;
}

/* Somebody could do with work, and the batch is worth it. */
static bool is_wanted(const struct cutter *c) {
    bool nothing_left;
    if (!free_to_end(c) || c->flight->changes == 0 || clock_mono_us() - c->since_us < YOUNG_US) {
        return false;
    }
    unsigned idle = jobs_idle(c->jobs, &nothing_left);
    return nothing_left || (idle > 0 && c->flight->changes >= PART_CHANGES * idle);
}

/* ---- items ---- */

static bool add_change(struct cutter *c, const struct feed_item *item, struct err *e) {
    if (c->flight == NULL) {
        begin_flight(c);
    }
    if (!batch_add(&c->flight->batch, &item->change)) {
        if (c->flight->changes == 0) {
            return err_set(e, ERR_INTERNAL, "a change does not go into an empty batch");
        }
        if (cut_at(c) != NULL) {
            return does_not_fit(c, "a change that cannot be folded in", e);
        }
        c->in_transaction--; /* the batch ends before this change */
        bool ok = submit(c, e);
        c->in_transaction++;
        return ok && add_change(c, item, e);
    }
    c->flight->changes++;
    c->change++;
    return true;
}

static bool take_change(struct cutter *c, const struct feed_item *item, struct err *e) {
    c->in_transaction++;
    if (c->skip > 0) { /* of a transaction that is in the target in part */
        c->skip--;
        return true;
    }
    if (!add_change(c, item, e)) {
        return false;
    }
    c->flight->rows++;
    c->flight->bytes += item->bytes;
    atomic_fetch_add_explicit(&c->taken_rows, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->taken_bytes, item->bytes, memory_order_relaxed);
    return !is_full(c) || flush(c, e);
}

/* Everything that was given out is in the target. */
static bool drain(struct cutter *c, struct err *e) {
    bool ok = jobs_drain(c->jobs);
    if (!ok) {
        jobs_failed(c->jobs, e);
    }
    return ok;
}

static bool take_position(struct cutter *c, struct err *e) {
    if (c->flight == NULL) {
        begin_flight(c);
        return flush(c, e);
    }
    return true;
}

static bool take_commit(struct cutter *c, struct err *e) {
    if (c->skip > 0) {
        return err_set(e, ERR_APPLY_RECORD, "the transaction that was followed in part has fewer changes than before");
    }
    c->inside = false;
    c->in_transaction = 0;
    if (c->flight == NULL) {
        begin_flight(c);
    }
    c->flight->transactions++;
    atomic_fetch_add_explicit(&c->taken_transactions, 1, memory_order_relaxed);
    if (c->flight->statement != NULL) {
        c->ends = c->ends || c->ends_behind;
        return flush(c, e) && drain(c, e);
    }
    bool moved_on = c->flight->changes == 0 && clock_mono_us() - c->since_us > PLACE_EVERY_US;
    /* In order a batch that was over its size inside the transaction goes out now. */
    bool over = c->in_order && c->flight->changes > 0 && is_full(c);
    return !(over || moved_on || is_wanted(c)) || flush(c, e);
}

/* A flight of its own too, with nothing else on its way before and behind it; its transaction may go on. */
static bool take_emptied(struct cutter *c, const struct feed_item *item, struct err *e) {
    if (c->skip > 0) {
        c->skip--;
        c->in_transaction++;
        return true;
    }
    if (!flush(c, e) || !drain(c, e)) {
        return false;
    }
    c->in_transaction++;
    begin_flight(c);
    struct flight *f = c->flight;
    uint32_t *table = arena_new(&f->arena, uint32_t);
    *table = item->change.table;
    f->batch.digest = digest_row(table, sizeof *table).lo;
    f->emptied = table;
    f->statement = "";
    f->changes = f->rows = 1;
    c->change++;
    atomic_fetch_add_explicit(&c->taken_rows, 1, memory_order_relaxed);
    return submit(c, e) && drain(c, e);
}

/* A flight of its own, which counts as one change; it goes out when its transaction ends. */
static bool take_statement(struct cutter *c, const struct feed_item *item, struct err *e) {
    if (!flush(c, e) || !drain(c, e)) {
        return false;
    }
    begin_flight(c);
    struct flight *f = c->flight;
    f->batch.digest = digest_row(item->statement, strlen(item->statement)).lo;
    f->statement = "";
    if (c->statement == NULL || !c->statement(c->arg, item, &f->arena, &f->statement, &c->ends_behind, e)) {
        flight_free(f);
        c->flight = NULL;
        c->ends = e->code == ERR_NONE;
        return c->ends;
    }
    f->changes = 1;
    c->change++;
    return true;
}

static bool take(void *ctx, const struct feed_item *item, struct err *e) {
    struct cutter *c = ctx;
    if (c->ends) { /* what a piece of the log still holds */
        return true;
    }
    switch (item->kind) {
    case FEED_BEGIN:
        c->inside = true;
        c->in_transaction = 0;
        c->commit_us = item->commit_us;
        atomic_store_explicit(&c->taken_commit_us, item->commit_us, memory_order_relaxed);
        return true;
    case FEED_CHANGE:
        return take_change(c, item, e);
    case FEED_EMPTIED:
        return take_emptied(c, item, e);
    case FEED_POSITION:
        return take_position(c, e);
    case FEED_COMMIT:
        return take_commit(c, e);
    case FEED_STATEMENT:
        return take_statement(c, item, e);
    }
    return true;
}

static bool run(struct cutter *c, struct err *e) {
    const struct stream_place *from = &c->record->mark.place;
    c->change = c->record->mark.change;
    c->skip = from->rows;
    c->commit_us = from->commit_us;
    if (!c->feed->start(c->feed->arg, from, e)) {
        return false;
    }
    c->ends = false;
    while (!c->ends) {
        enum feed_state state = FEED_SOME;
        int64_t wait_ms = c->flight != NULL ? 1 : WAIT_MS; /* what is gathered does not wait for more */
        if (jobs_failed(c->jobs, e)) {
            return false;
        }
        bool ok = c->feed->step(c->feed->arg, wait_ms, take, c, &state, e);
        if (c->ends) { /* what the piece of the log held behind it is read again, by other definitions perhaps */
            err_clear(e);
            break;
        }
        if (!ok) {
            return false;
        }
        atomic_store_explicit(&c->idle, state == FEED_IDLE, memory_order_relaxed);
        if (state == FEED_IDLE && free_to_end(c) && !flush(c, e)) {
            return false;
        }
        /* Not in the middle of what has to be made again as it was. */
        bool may_end = !c->inside && (c->flight == NULL || free_to_end(c));
        if (state == FEED_END || (atomic_load_explicit(c->finish, memory_order_relaxed) && may_end)) {
            break;
        }
    }
    return flush(c, e);
}

void cutter_run(struct cutter *c) {
    struct err e = ERR_INIT;
    if (run(c, &e)) {
        jobs_close(c->jobs);
    } else {
        jobs_fail(c->jobs, &e);
    }
    if (c->flight != NULL) {
        flight_free(c->flight);
        c->flight = NULL;
    }
}
