/* Appliers of the way back: a session of the source and a thread each; a job is one transaction there (mysql/writer.h), its record the
 * note of the session's channel. See mysql_sink.h.
 *
 * Rows go many in one statement. When one is missing, there already or refused, the job is done again with a statement for each, so that
 * the row is known, and the policy for its class decides. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "follow/mysql_sink.h"

enum { TRIES = 50, WAIT_MS = 20, RETRY_MS = 1000, KEY_TEXT_COLUMNS = 4 };

#define ROW_MAX_BYTES ((size_t)1200 << 20)

struct back_applier {
    struct mysql_sink *sink;
    struct apply *apply;
    unsigned number;
    pthread_t thread;
    struct mysql_writer *writer;
    json_t *parts;  /* this channel has committed, beyond the mark */
    char *cuts;     /* how the stream was cut up to the last of them */
    uint64_t reach; /* and where that ends */
    bool open;      /* in order: the transaction goes on */
    struct arena arena;
    struct field *fields;
    bool *known;
    struct buf row, old;
    struct arena own; /* of the applier, and of a job's changes that are put aside */
    struct row_table rejected;
    struct aside {
        const struct net_change *c;
        char *reason;
    } * aside;
    size_t naside, aside_cap;
};

/* ---- rows ---- */

/* The key's fields and what `after` tells, in the order of the source's row. known: by column of that. */
static bool put_row(struct back_applier *w, const struct back_table *b, struct tuple key, struct tuple after,
                    struct buf *out, bool *known, struct err *e) {
    const uint8_t *at = key.bytes;
    for (size_t i = 0; i < b->ncolumns; i++) {
        w->fields[i].len = FIELD_ABSENT;
    }
    if (b->nkey == 0) {
        tuple_fields(key, w->fields, b->ncolumns);
    }
    for (size_t i = 0; i < b->nkey; i++) {
        w->fields[b->key[i]] = field_next(&at);
    }
    at = after.bytes;
    for (size_t i = 0; after.bytes != NULL && i < b->ncolumns; i++) {
        struct field f = field_next(&at);
        w->fields[i] = f.len == FIELD_ABSENT ? w->fields[i] : f;
    }
    buf_reset(out);
    for (size_t i = 0; i < b->row.n; i++) {
        const struct field *f = &w->fields[b->order[i]];
        size_t n = field_has_bytes(f) ? f->len : 0;
        known[i] = f->len != FIELD_ABSENT;
        if (!buf_reserve(out, 4 + n, e)) {
            return false;
        }
        buf_be32(out, field_has_bytes(f) ? f->len : FIELD_NULL);
        buf_bytes(out, f->bytes, n);
    }
    return true;
}

static struct writer_row writer_row(const struct buf *row, const bool *known) {
    return (struct writer_row){.row = row->data, .len = row->len, .known = known};
}

static char *key_text(struct arena *a, const struct back_table *b, struct tuple key) {
    const uint8_t *at = key.bytes;
    char *text = arena_strdup(a, ""), value[256];
    size_t n = b->nkey > 0 ? b->nkey : b->ncolumns < KEY_TEXT_COLUMNS ? b->ncolumns : KEY_TEXT_COLUMNS;
    for (size_t i = 0; i < n; i++) {
        size_t column = b->nkey > 0 ? b->key[i] : i;
        struct field f = field_next(&at);
        canon_describe(b->canon, column, field_has_bytes(&f) ? f.bytes : NULL, field_has_bytes(&f) ? f.len : 0, value,
                       sizeof value);
        text = arena_printf(a, "%s%s%s=%s", text, i > 0 ? ", " : "", b->columns[column]->name, value);
    }
    return text;
}

/* ---- a job's changes ---- */

static bool is_aside(const struct back_applier *w, const struct net_change *c) {
    for (size_t i = 0; i < w->naside; i++) {
        if (w->aside[i].c == c) {
            return true;
        }
    }
    return false;
}

static bool write_change(struct back_applier *w, const struct step *s, const struct net_change *c, struct err *e) {
    const struct back_table *b = &w->sink->tables->tables[s->table];
    uint64_t tag = (uint64_t)(uintptr_t)c;
    bool *known = w->known, *old_known = known + b->ncolumns;
    bool rows = s->kind == STEP_INSERT || s->kind == STEP_UPDATE || s->kind == STEP_MOVE;
    if (!put_row(w, b, c->key, rows && b->nkey > 0 ? c->after : (struct tuple){0}, &w->row, known, e)) {
        return false;
    }
    struct writer_row row = writer_row(&w->row, known);
    int32_t copies = b->nkey > 0 ? 1 : abs(c->copies);
    switch (s->kind) {
    case STEP_DELETE:
        for (; copies > 0; copies--) {
            if (!mysql_writer_delete(w->writer, &b->row, &row, tag, e)) {
                return false;
            }
        }
        return true;
    case STEP_INSERT:
        for (; copies > 0; copies--) {
            if (!mysql_writer_insert(w->writer, &b->row, &row, tag, e)) {
                return false;
            }
        }
        return true;
    case STEP_UPDATE:
        return mysql_writer_update(w->writer, &b->row, NULL, &row, tag, e);
    case STEP_MOVE:
        if (!put_row(w, b, c->key, (struct tuple){0}, &w->old, old_known, e)) {
            return false;
        }
        struct writer_row old = writer_row(&w->old, old_known);
        return mysql_writer_update(w->writer, &b->row, &old, &row, tag, e);
    }
    return true;
}

static bool write_changes(struct back_applier *w, const struct job *job, struct err *e) {
    const struct flight *f = job->flight;
    const struct part *p = &f->batch.parts[job->part];
    if (f->emptied != NULL) {
        return mysql_writer_empty(w->writer, &w->sink->tables->tables[*f->emptied].row, 0, e);
    }
    for (size_t i = 0; i < p->nsteps; i++) {
        for (size_t k = 0; k < p->steps[i].n; k++) {
            const struct net_change *c = p->steps[i].changes[k];
            if (!is_aside(w, c) && !write_change(w, &p->steps[i], c, e)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- its record ---- */

/* Parts below the mark that is recorded need not be told any more: cuts begin there. */
static void add_part(struct back_applier *w, const struct job *job) {
    const struct flight *f = job->flight;
    char digest[APPLY_DIGEST_TEXT];
    uint64_t mark = strtoull(f->cuts, NULL, 10);
    for (size_t i = json_array_size(w->parts); i-- > 0;) {
        const json_t *one = json_array_get(w->parts, i);
        if ((uint64_t)json_integer_value(json_object_get(one, "first")) < mark) {
            json_array_remove(w->parts, i);
        }
    }
    /* After a crash what comes first may be done again behind what comes later: that has to stay known. */
    if (f->first + f->changes >= w->reach) {
        free(w->cuts);
        w->cuts = strdup(f->cuts);
        w->reach = f->first + f->changes;
    }
    apply_digest_text(f->digest, digest);
    json_array_append_new(w->parts,
                          json_pack("{s:I, s:I, s:I, s:s}", "first", (json_int_t)f->first, "part",
                                    (json_int_t)job->part, "changes", (json_int_t)f->changes, "digest", digest));
}

/* What the channel has said before. */
static void take_note(struct back_applier *w, const json_t *note) {
    struct arena a = ARENA_INIT;
    const char *cuts = json_string_value(json_object_get(note, "cuts"));
    struct cut *all;
    size_t n;
    w->parts = json_deep_copy(json_object_get(note, "parts"));
    w->parts = w->parts != NULL ? w->parts : json_array();
    if (cuts != NULL && apply_record_parse_cuts(&a, cuts, &all, &n) && n > 0) {
        w->cuts = strdup(cuts);
        w->reach = all[n - 1].first + all[n - 1].changes;
    }
    arena_clear(&a);
}

static void forget_part(struct back_applier *w) {
    json_array_remove(w->parts, json_array_size(w->parts) - 1);
}

static char *note_of(struct back_applier *w, const struct job *job) {
    const struct flight *f = job->flight;
    if (w->apply->in_order) {
        struct mark m = {.change = f->first + f->changes, .place = f->end};
        struct apply_record r = {.in_order = true, .shape = w->apply->tables->shape};
        return mysql_sink_mark_note(&w->arena, &r, &m, w->sink->generation);
    }
    json_t *j = json_pack("{s:s, s:s, s:O}", "of", w->sink->generation, "cuts", w->cuts != NULL ? w->cuts : f->cuts,
                          "parts", w->parts);
    char *text = json_dumps(j, JSON_COMPACT), *copy = arena_strdup(&w->arena, text);
    free(text);
    json_decref(j);
    return copy;
}

static bool commit(struct back_applier *w, const struct job *job, struct err *e) {
    bool in_order = w->apply->in_order;
    if (!in_order) {
        add_part(w, job);
    }
    bool ok = mysql_writer_commit(w->writer, mysql_sink_position(&w->arena, &job->flight->end), note_of(w, job), e);
    if (!ok && !in_order) {
        forget_part(w); /* when nobody knows whether it is in, the turn ends and the record is read again */
    }
    return ok;
}

static bool write_aside(struct back_applier *w, const struct job *job, struct err *e) {
    const char *place = mysql_sink_position(&w->arena, &job->flight->end);
    for (size_t i = 0; i < w->naside; i++) {
        const struct net_change *c = w->aside[i].c;
        const struct back_table *b = &w->sink->tables->tables[c->table];
        if (!put_row(w, b, c->key, b->nkey > 0 && c->kind != NET_DELETE ? c->after : (struct tuple){0}, &w->row,
                     w->known, e)) {
            return false;
        }
        struct writer_row row = writer_row(&w->row, w->known);
        const char *texts[BACK_REJECTED_TEXTS] = {
            w->sink->name,      b->t->name, key_text(&w->arena, b, c->key),
            w->aside[i].reason, place,      back_statement_text(&w->arena, b, c, &row)};
        if (!back_reject(w->writer, &w->rejected, &w->old, texts, e)) {
            return false;
        }
    }
    return true;
}

static bool do_job(struct back_applier *w, const struct job *job, struct err *e) {
    arena_reset(&w->arena);
    if ((!w->open && !mysql_writer_begin(w->writer, e)) || !write_changes(w, job, e) || !write_aside(w, job, e)) {
        return false;
    }
    w->open = job->flight->goes_on;
    return w->open || commit(w, job, e);
}

/* ---- faults ---- */

static enum apply_class class_of(enum writer_fault_kind kind) {
    return kind == WRITER_MISSING ? APPLY_MISSING : kind == WRITER_DUPLICATE ? APPLY_DUPLICATE : APPLY_REFUSED;
}

/* Another writer of the table may have been there: the codes are those of the forward direction. */
static bool blame(struct back_applier *w, const struct net_change *c, enum apply_class class, struct err *e) {
    static const enum err_code codes[] = {ERR_APPLY_MISSING, ERR_APPLY_DUPLICATE, ERR_APPLY_REFUSED};
    static const char *const words[] = {"a row to change is not in the source",
                                        "a row to insert is in the source already", "the source refuses a changed row"};
    struct err cause = *e;
    const struct back_table *b = &w->sink->tables->tables[c->table];
    err_set(e, codes[class], "%s", words[class]);
    err_cause(e, "%s", cause.message);
    err_hint(e,
             "somebody else writes to the source, or its table has a trigger; godwit check --reference=target finds "
             "what differs, --on-%s=divert goes on without the row",
             apply_class_name(class));
    e->retryable = w->apply->policy[class] == APPLY_RETRY;
    err_where(e, "table %s.%s, row %s", b->t->schema, b->t->name, key_text(&w->arena, b, c->key));
    return false;
}

static void put_aside(struct back_applier *w, const struct net_change *c, enum apply_class class,
                      const struct err *cause) {
    const struct back_table *b = &w->sink->tables->tables[c->table];
    w->aside = arena_grow(&w->own, w->aside, w->naside, &w->aside_cap, sizeof *w->aside);
    w->aside[w->naside++] =
        (struct aside){.c = c, .reason = arena_printf(&w->own, "%s: %s", apply_class_name(class), cause->message)};
    atomic_fetch_add(&w->apply->diverted, 1);
    log_warn("change_diverted", "%s.%s row %s: %s", b->t->schema, b->t->name, key_text(&w->arena, b, c->key),
             cause->message);
}

static bool pause_ms(struct back_applier *w, int64_t ms, struct err *e) {
    atomic_fetch_add(&w->apply->retried, 1);
    for (int64_t waited = 0; waited < ms; waited += WAIT_MS) {
        if (atomic_load(w->apply->stop) || jobs_failed(w->apply->jobs, NULL)) {
            return err_set(e, ERR_CANCELLED, "stopped by request");
        }
        clock_sleep_ms(WAIT_MS);
    }
    return true;
}

/* What to do after a fault: true: do the job again. */
static bool again(struct back_applier *w, const struct job *job, unsigned *tries, unsigned *merge, struct err *e) {
    const struct mysql_writer_fault fault = *mysql_writer_fault(w->writer);
    struct err lost = ERR_INIT;
    bool whole = !w->open; /* all of the transaction is this job's */
    const struct net_change *c = (const struct net_change *)(uintptr_t)fault.first_tag;
    if (fault.kind == WRITER_NO_FAULT) {
        return false;
    }
    if (!mysql_writer_undo(w->writer,
                           &lost)) { /* the session went before the row could be looked for: it is tried anew */
        err_copy(e, &lost);
        return false;
    }
    w->open = false;
    if (!whole) { /* what came before it is gone with it: the turn begins again at the mark */
        e->retryable = fault.kind == WRITER_LOCKED;
        return false;
    }
    if (fault.kind == WRITER_LOCKED) {
        return ++*tries < TRIES && pause_ms(w, WAIT_MS * *tries, e);
    }
    if (*merge != 1) {
        log_info("apply_carefully", "batch at change %" PRIu64 ", part %" PRIu32 ": %s", job->flight->first, job->part,
                 e->message);
        atomic_fetch_add(&w->apply->careful, 1);
        *merge = 1;
        return true;
    }
    enum apply_class class = class_of(fault.kind);
    if (c == NULL) {
        return false;
    }
    if (w->apply->policy[class] == APPLY_RETRY) {
        return pause_ms(w, RETRY_MS, e);
    }
    if (w->apply->policy[class] == APPLY_DIVERT) {
        put_aside(w, c, class, e);
        return true;
    }
    return blame(w, c, class, e);
}

static bool run_job(void *arg, const struct job *job, struct err *e) {
    struct back_applier *w = arg;
    unsigned tries = 0, merge = 0;
    w->naside = 0;
    for (;;) {
        bool was_open = w->open;
        mysql_writer_set_merge(w->writer, merge);
        if (do_job(w, job, e)) {
            mysql_writer_set_merge(w->writer, 0);
            return true;
        }
        w->open = was_open;
        if (!again(w, job, &tries, &merge, e)) {
            return false;
        }
        err_clear(e);
    }
}

/* ---- threads ---- */

static void *thread_main(void *arg) {
    struct back_applier *w = arg;
    jobs_work(w->apply->jobs, run_job, w);
    return NULL;
}

static void applier_free(struct back_applier *w) {
    mysql_writer_close(w->writer);
    json_decref(w->parts);
    free(w->cuts);
    buf_clear(&w->row);
    buf_clear(&w->old);
    arena_clear(&w->arena);
    arena_clear(&w->own);
    free(w->fields);
    free(w->known);
    free(w);
}

bool back_applier_start(struct mysql_sink *s, struct apply *a, unsigned number, struct mysql_writer *writer,
                        json_t *note, void **out, struct err *e) {
    struct back_applier *w = calloc(1, sizeof *w);
    size_t most = a->tables->fields_max + 1;
    if (w == NULL) {
        mysql_writer_close(writer);
        json_decref(note);
        return err_set(e, ERR_MEMORY, "no memory for a session");
    }
    *w = (struct back_applier){.sink = s, .apply = a, .number = number, .writer = writer};
    take_note(w, note);
    json_decref(note);
    buf_init(&w->row, ROW_MAX_BYTES);
    buf_init(&w->old, ROW_MAX_BYTES);
    w->fields = calloc(most, sizeof *w->fields);
    w->known = calloc(2 * most, sizeof *w->known);
    if (s->diverts && !back_rejected_table(&w->own, &s->tables->tables[0].row, &w->rejected, e)) {
        applier_free(w);
        return false;
    }
    if (w->fields == NULL || w->known == NULL || pthread_create(&w->thread, NULL, thread_main, w) != 0) {
        applier_free(w);
        return err_set(e, ERR_SYSTEM, "no thread can be started");
    }
    *out = w;
    return true;
}

void back_applier_join(void *applier, bool interrupt) {
    struct back_applier *w = applier;
    if (w == NULL) {
        return;
    }
    if (interrupt) {
        mysql_writer_abort(w->writer);
    }
    pthread_join(w->thread, NULL);
    applier_free(w);
}
