/* See gauss_feed.h. */
#include "follow/gauss_feed.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "gauss/lsn.h"

enum { BUSY_MS = 90000, AT_ONCE = 256, TEND_EVERY_MS = 500, POSITION_EVERY_US = 3000000, NOT_TOLD = -1 };

#define TUPLE_MAX_BYTES ((size_t)1200 << 20)

/* A definition of a table, as the stream has told it. */
struct feed_relation {
    const struct back_table *table; /* NULL: it is not ours */
    ptrdiff_t *at;                  /* by column: where it is in the relation; NOT_TOLD */
};

struct gauss_feed {
    struct gauss_feed_options o;
    struct change_stream *stream;
    pthread_mutex_t lock; /* of stream, between the cutter, the thread that tends it, and stop */
    pthread_t tending;
    bool tends;
    sem_t end; /* of tending */
    atomic_bool stopped;
    atomic_uint_least64_t forget, received;
    struct arena arena; /* of relations, for as long as the stream */
    struct feed_relation *relations;
    size_t nrelations, relations_cap;
    uint64_t position; /* between the last transaction and the next */
    uint64_t told;     /* the last FEED_POSITION */
    int64_t told_us;
    bool inside;
    struct buf before, after;
    size_t *starts; /* of the fields of before */
    feed_sink *sink;
    void *ctx;
};

/* ---- relations ---- */

static const struct back_table *table_of(const struct gauss_feed *f, const struct change_relation *r) {
    for (size_t i = 0; i < f->o.tables->n; i++) {
        const struct table *t = f->o.tables->tables[i].t;
        if (str_eq(t->target_name, r->table) && str_eq(t->target_schema, r->schema)) {
            return &f->o.tables->tables[i];
        }
    }
    return NULL;
}

/* What the relation has and we do not know: nothing, or what the target computes. */
static bool nothing_new(const struct back_table *b, const struct change_relation *r, struct err *e) {
    for (size_t i = 0; i < r->n; i++) {
        const struct column *found = NULL;
        for (size_t k = 0; k < b->t->ncolumns && found == NULL; k++) {
            found = str_eq(b->t->columns[k].target_name, r->columns[i].name) ? &b->t->columns[k] : NULL;
        }
        if (found == NULL) {
            err_set(e, ERR_TARGET_CHANGED, "the target's table %s.%s has a new column, %s", r->schema, r->table,
                    r->columns[i].name);
            return false;
        }
    }
    return true;
}

static bool look_at_relation(struct gauss_feed *f, const struct change_relation *r, struct err *e) {
    while (f->nrelations <= r->number) {
        f->relations = arena_grow(&f->arena, f->relations, f->nrelations, &f->relations_cap, sizeof *f->relations);
        f->relations[f->nrelations++] = (struct feed_relation){.table = NULL};
    }
    const struct back_table *b = table_of(f, r);
    struct feed_relation *fr = &f->relations[r->number];
    *fr = (struct feed_relation){.table = b};
    if (b == NULL) {
        return true;
    }
    fr->at = arena_array(&f->arena, ptrdiff_t, b->ncolumns + 1);
    for (size_t i = 0; i < b->ncolumns; i++) {
        fr->at[i] = NOT_TOLD;
        for (size_t k = 0; k < r->n && fr->at[i] == NOT_TOLD; k++) {
            fr->at[i] = str_eq(r->columns[k].name, b->columns[i]->target_name) ? (ptrdiff_t)k : NOT_TOLD;
        }
        /* mppdb_decoding tells no more of a table than its rows say. */
        if (fr->at[i] == NOT_TOLD && f->o.decoder.kind == DECODER_PGOUTPUT) {
            err_set(e, ERR_TARGET_CHANGED, "the target's table %s.%s has no column %s any more", r->schema, r->table,
                    b->columns[i]->target_name);
            return false;
        }
    }
    return nothing_new(b, r, e);
}

/* ---- rows ---- */

static const struct change_value *value_of(const struct feed_relation *fr, change_tuple t, size_t column) {
    static const struct change_value absent = {.form = VALUE_ABSENT};
    return t == NULL || fr->at[column] == NOT_TOLD ? &absent : &t[fr->at[column]];
}

static bool is_told(const struct change_value *v) {
    return v->form != VALUE_ABSENT && v->form != VALUE_UNCHANGED;
}

static bool put_absent(struct buf *out, struct err *e) {
    if (!buf_reserve(out, 4, e)) {
        return false;
    }
    buf_be32(out, FIELD_ABSENT);
    return true;
}

/* The canonical form, which compares, has no -0; the source does. value: the field as it came; at: canonical, behind its length. */
static void keep_sign(const struct column *c, const struct change_value *v, uint8_t *at) {
    enum target_kind kind = c->target.kind;
    bool negative = v->len > 0 && (v->form == VALUE_TEXT ? v->bytes[0] == '-' : v->bytes[0] == 0x80);
    size_t n = kind == TK_FLOAT4 ? 4 : kind == TK_FLOAT8 ? 8 : 0;
    uint8_t any = 0;
    for (size_t i = 0; i < n; i++) {
        any |= at[i];
    }
    if (n > 0 && any == 0 && negative) {
        at[0] = 0x80;
    }
}

static bool put_value(const struct back_table *b, size_t i, const struct change_value *v, struct buf *out,
                      struct err *e) {
    size_t start = out->len;
    switch (v->form) {
    case VALUE_TEXT:
    case VALUE_BINARY:
        if (!(v->form == VALUE_TEXT ? canon_value_text(b->canon, i, v->bytes, v->len, out, e)
                                    : canon_value_binary(b->canon, i, v->bytes, v->len, out, e))) {
            return false;
        }
        keep_sign(b->columns[i], v, out->data + start + 4);
        return true;
    case VALUE_NULL:
        return canon_null(out, e);
    case VALUE_ABSENT:
    case VALUE_UNCHANGED:
        break;
    }
    return put_absent(out, e);
}

static bool old_is_missing(const struct feed_relation *fr, const char *what, struct err *e) {
    err_set(e, ERR_TARGET_CHANGED, "changes of table %s.%s do not tell %s of the old rows", fr->table->t->target_schema,
            fr->table->t->target_name, what);
    return err_hint(e, "its replica identity was changed while changes were carried back: check both sides, mend what "
                       "differs, and begin the reverse direction anew");
}

/* The row as it was: all of it, or its key, which is the new row's where nothing was told. */
static bool make_before(struct gauss_feed *f, const struct feed_relation *fr, const struct change_row *r,
                        struct err *e) {
    const struct back_table *b = fr->table;
    buf_reset(&f->before);
    if (b->whole && r->old != OLD_FULL) {
        return old_is_missing(fr, "all columns", e);
    }
    for (size_t i = 0; i < b->ncolumns; i++) {
        const struct change_value *v = value_of(fr, r->before, i);
        if (b->in_key[i] && !is_told(v)) {
            v = value_of(fr, r->after, i);
        }
        if ((b->in_key[i] || b->whole) && !is_told(v)) {
            return old_is_missing(fr, b->whole ? "all columns" : "the key", e);
        }
        f->starts[i] = f->before.len;
        if (!put_value(b, i, v, &f->before, e)) {
            return false;
        }
    }
    f->starts[b->ncolumns] = f->before.len;
    return true;
}

/* Did the column whose new value begins at `start` stay as it was? */
static bool same_as_before(const struct gauss_feed *f, size_t i, size_t start) {
    size_t was = f->starts[i + 1] - f->starts[i];
    return f->after.len - start == was && memcmp(f->after.data + start, f->before.data + f->starts[i], was) == 0;
}

static bool make_after(struct gauss_feed *f, const struct feed_relation *fr, const struct change_row *r, bool update,
                       struct err *e) {
    const struct back_table *b = fr->table;
    buf_reset(&f->after);
    for (size_t i = 0; i < b->ncolumns; i++) {
        const struct change_value *v = value_of(fr, r->after, i);
        size_t start = f->after.len;
        if (!is_told(v) && b->whole) {
            v = value_of(fr, r->before, i);
        }
        if (!put_value(b, i, v, &f->after, e)) {
            return false;
        }
        if (update && b->nkey > 0 && b->lossy[i] && same_as_before(f, i, start)) {
            f->after.len = start; /* the source's own value stays */
            if (!put_absent(&f->after, e)) {
                return false;
            }
        }
    }
    return true;
}

static bool take_row(struct gauss_feed *f, const struct change *c, struct err *e) {
    const struct change_row *r = &c->row;
    const struct feed_relation *fr = &f->relations[r->relation->number];
    if (fr->table == NULL) {
        return true;
    }
    struct feed_item item = {.kind = FEED_CHANGE,
                             .change = {.table = (uint32_t)(fr->table - f->o.tables->tables),
                                        .op = c->kind == CHANGE_INSERT   ? ROW_INSERT
                                              : c->kind == CHANGE_DELETE ? ROW_DELETE
                                                                         : ROW_UPDATE}};
    if ((c->kind != CHANGE_INSERT && !make_before(f, fr, r, e)) ||
        (c->kind != CHANGE_DELETE && !make_after(f, fr, r, c->kind == CHANGE_UPDATE, e))) {
        return err_where(e, "table %s.%s", r->relation->schema, r->relation->table);
    }
    if (c->kind != CHANGE_INSERT) {
        item.change.before = (struct tuple){.bytes = f->before.data, .len = f->before.len};
        item.bytes += f->before.len;
    }
    if (c->kind != CHANGE_DELETE) {
        item.change.after = (struct tuple){.bytes = f->after.data, .len = f->after.len};
        item.bytes += f->after.len;
    }
    return f->sink(f->ctx, &item, e);
}

static bool take_truncate(struct gauss_feed *f, const struct change_truncate *t, struct err *e) {
    for (size_t i = 0; i < t->n; i++) {
        const struct back_table *b = f->relations[t->relations[i]->number].table;
        struct feed_item item = {.kind = FEED_EMPTIED};
        if (b != NULL) {
            item.change.table = (uint32_t)(b - f->o.tables->tables);
            log_info("truncate", "%s.%s", b->t->target_schema, b->t->target_name);
            if (!f->sink(f->ctx, &item, e)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- changes ---- */

static bool definition_changed(const struct change_ddl *d, struct err *e) {
    err_set(e, ERR_TARGET_CHANGED, "a definition has changed in the target");
    return err_cause(e, "%.800s", d->statement != NULL ? d->statement : d->description);
}

static bool take(struct gauss_feed *f, const struct change *c, struct err *e) {
    struct feed_item item = {.kind = FEED_BEGIN};
    switch (c->kind) {
    case CHANGE_BEGIN:
        f->inside = true;
        item.commit_us = c->begin.time_us;
        return f->sink(f->ctx, &item, e);
    case CHANGE_RELATION:
        return look_at_relation(f, c->relation, e);
    case CHANGE_INSERT:
    case CHANGE_UPDATE:
    case CHANGE_DELETE:
        return take_row(f, c, e);
    case CHANGE_TRUNCATE:
        return take_truncate(f, &c->truncate, e);
    case CHANGE_DDL:
        return definition_changed(&c->ddl, e);
    case CHANGE_COMMIT:
        f->inside = false;
        f->position = c->commit.end_lsn > 0 ? c->commit.end_lsn : f->position;
        item.kind = FEED_COMMIT;
        return f->sink(f->ctx, &item, e);
    case CHANGE_POSITION:
        f->position = c->lsn;
        break;
    case CHANGE_MESSAGE:
    case CHANGE_NONE:
        break;
    }
    return true;
}

/* Much may go by that is nobody's business: the server need not keep it. */
static bool tell_position(struct gauss_feed *f, struct err *e) {
    int64_t us = clock_mono_us();
    struct feed_item item = {.kind = FEED_POSITION};
    if (f->inside || f->position == f->told || us - f->told_us < POSITION_EVERY_US) {
        return true;
    }
    f->told = f->position;
    f->told_us = us;
    return f->sink(f->ctx, &item, e);
}

/* ---- the feed ---- */

/* False: it is to end. */
static bool next_look(struct gauss_feed *f) {
    int64_t at_us = clock_mono_us() + TEND_EVERY_MS * 1000;
    struct timespec until = {.tv_sec = at_us / 1000000, .tv_nsec = at_us % 1000000 * 1000};
    while (sem_clockwait(&f->end, CLOCK_MONOTONIC, &until) != 0) {
        if (errno != EINTR) {
            return true;
        }
    }
    return false;
}

static void *tend_main(void *arg) {
    struct gauss_feed *f = arg;
    while (next_look(f)) {
        struct err ignored = ERR_INIT;
        if (pthread_mutex_trylock(&f->lock) == 0) {
            if (f->stream != NULL) {
                (void)!change_stream_tend(f->stream, &ignored); /* the next step meets the error */
            }
            pthread_mutex_unlock(&f->lock);
        }
    }
    return NULL;
}

static void close_stream(struct gauss_feed *f) {
    pthread_mutex_lock(&f->lock);
    struct change_stream *s = f->stream;
    f->stream = NULL;
    pthread_mutex_unlock(&f->lock);
    change_stream_close(s);
}

static bool feed_start(void *arg, const struct stream_place *from, struct err *e) {
    struct gauss_feed *f = arg;
    char text[LSN_TEXT_MAX];
    close_stream(f);
    arena_reset(&f->arena);
    f->relations = NULL;
    f->nrelations = f->relations_cap = 0;
    f->inside = false;
    f->position = f->told = from->at.pos;
    atomic_store(&f->stopped, false);
    struct change_stream_options o = {.connect = f->o.task->target,
                                      .dialect = f->o.dialect,
                                      .decoder = f->o.decoder,
                                      .slot = f->o.slot,
                                      .publication = f->o.publication,
                                      .position = from->at.pos,
                                      .own_origin = f->o.own_origin,
                                      .busy_ms = BUSY_MS};
    struct change_stream *s;
    if (!change_stream_open(&s, &o, e)) {
        return err_where(e, "changes of the target");
    }
    log_info("stream", "slot %s from %s", f->o.slot, lsn_text(from->at.pos, text));
    pthread_mutex_lock(&f->lock);
    f->stream = s;
    pthread_mutex_unlock(&f->lock);
    return true;
}

static bool feed_step(void *arg, int64_t wait_ms, feed_sink *sink, void *ctx, enum feed_state *state, struct err *e) {
    struct gauss_feed *f = arg;
    struct change_stream_figures g;
    *state = FEED_SOME;
    f->sink = sink;
    f->ctx = ctx;
    if (f->o.until > 0 && f->position >= f->o.until && !f->inside) {
        *state = FEED_END;
        return true;
    }
    for (unsigned n = 0; n < AT_ONCE; n++) {
        struct change c;
        pthread_mutex_lock(&f->lock);
        change_stream_flushed(f->stream, atomic_load(&f->forget));
        bool ok = !atomic_load(&f->stopped) || err_set(e, ERR_CANCELLED, "stopped by request");
        ok = ok && change_stream_next(f->stream, n == 0 ? wait_ms : 0, &c, e);
        pthread_mutex_unlock(&f->lock); /* what c points to stays until the next one */
        if (!ok) {
            return err_where(e, "changes of the target");
        }
        if (c.kind == CHANGE_NONE) {
            change_stream_figures(f->stream, &g);
            *state =
                n == 0 && g.heard_us > 0 ? FEED_IDLE : FEED_SOME; /* a server that was not heard yet may have much */
            break;
        }
        if (!take(f, &c, e)) {
            return false;
        }
        if (c.kind == CHANGE_COMMIT && f->o.until > 0 && f->position >= f->o.until) {
            break;
        }
    }
    change_stream_figures(f->stream, &g);
    atomic_store(&f->received, g.bytes);
    return tell_position(f, e);
}

static bool feed_place(void *arg, struct arena *a, struct stream_place *out, struct err *e) {
    struct gauss_feed *f = arg;
    (void)a;
    (void)e;
    *out = (struct stream_place){.at = {.server = f->o.generation, .gtid = "", .file = f->o.slot, .pos = f->position}};
    return true;
}

static void feed_forget(void *arg, const struct stream_place *before) {
    struct gauss_feed *f = arg;
    atomic_store(&f->forget, before->at.pos);
}

/* A step waits for some milliseconds only. */
static void feed_stop(void *arg) {
    struct gauss_feed *f = arg;
    atomic_store(&f->stopped, true);
}

bool gauss_feed_new(struct gauss_feed **out, const struct gauss_feed_options *o, struct err *e) {
    struct gauss_feed *f = calloc(1, sizeof *f);
    size_t most = 0;
    if (f == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a feed");
    }
    f->o = *o;
    pthread_mutex_init(&f->lock, NULL);
    sem_init(&f->end, 0, 0);
    buf_init(&f->before, TUPLE_MAX_BYTES);
    buf_init(&f->after, TUPLE_MAX_BYTES);
    for (size_t i = 0; i < o->tables->n; i++) {
        most = o->tables->tables[i].ncolumns > most ? o->tables->tables[i].ncolumns : most;
    }
    f->starts = calloc(most + 2, sizeof *f->starts);
    f->tends = f->starts != NULL && pthread_create(&f->tending, NULL, tend_main, f) == 0;
    if (!f->tends) {
        gauss_feed_free(f);
        return err_set(e, ERR_SYSTEM, "no thread can be started");
    }
    *out = f;
    return true;
}

void gauss_feed_free(struct gauss_feed *f) {
    if (f == NULL) {
        return;
    }
    sem_post(&f->end);
    if (f->tends) {
        pthread_join(f->tending, NULL);
    }
    change_stream_close(f->stream);
    buf_clear(&f->before);
    buf_clear(&f->after);
    arena_clear(&f->arena);
    free(f->starts);
    pthread_mutex_destroy(&f->lock);
    sem_destroy(&f->end);
    free(f);
}

struct feed gauss_feed_feed(struct gauss_feed *f) {
    return (struct feed){.arg = f,
                         .start = feed_start,
                         .step = feed_step,
                         .place = feed_place,
                         .forget = feed_forget,
                         .stop = feed_stop};
}

uint64_t gauss_feed_received(struct gauss_feed *f) {
    return atomic_load(&f->received);
}
