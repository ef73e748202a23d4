/* The changes of a step as statements in a pipeline. See apply.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "follow/apply.h"

enum {
    SET_FROM = 12,          /* so many changes go as arrays rather than as single rows */
    SET_BYTES = 2 << 20,    /* of one statement's arrays, unless a row is larger */
    ARRAY_MAX = 1020 << 20, /* the server takes no value of 1 GiB */
    TEXT_MAX = 1200u << 20,
};

/* A statement of the session: prepared by the pipeline at hand; perhaps, by one that failed. */
enum { NOT_PREPARED, PREPARED, PREPARED_NOW, PREPARED_MAYBE };

bool apply_pipe_init(struct applier *w, struct err *e) {
    size_t n = w->apply->tables->n, columns = w->apply->tables->fields_max + 1;
    w->prepared = calloc(n * STATEMENT_KINDS + 1, 1);
    w->fields = calloc(columns, sizeof *w->fields);
    w->key_fields = calloc(columns, sizeof *w->key_fields);
    w->params = calloc(2 * columns, sizeof *w->params);
    w->oids = calloc(2 * columns, sizeof *w->oids);
    w->arrays = calloc(columns, sizeof *w->arrays);
    for (size_t i = 0; w->arrays != NULL && i < columns; i++) {
        buf_init(&w->arrays[i], ARRAY_MAX);
    }
    buf_init(&w->text, TEXT_MAX);
    bool ok = w->prepared != NULL && w->fields != NULL && w->key_fields != NULL && w->params != NULL &&
              w->oids != NULL && w->arrays != NULL;
    return ok || err_set(e, ERR_MEMORY, "no memory for a session");
}

void apply_pipe_clear(struct applier *w) {
    for (size_t i = 0; w->arrays != NULL && i < w->apply->tables->fields_max + 1; i++) {
        buf_clear(&w->arrays[i]);
    }
    buf_clear(&w->text);
    free(w->prepared);
    free(w->fields);
    free(w->key_fields);
    free(w->params);
    free(w->oids);
    free(w->arrays);
    free(w->expected);
    arena_clear(&w->arena);
}

/* What the pipeline at hand has prepared is so, or not known to be. */
static void settle_prepared(struct applier *w, uint8_t state) {
    for (size_t i = 0; i < w->apply->tables->n * STATEMENT_KINDS; i++) {
        w->prepared[i] = w->prepared[i] == PREPARED_NOW ? state : w->prepared[i];
    }
}

void apply_pipe_reset(struct applier *w) {
    settle_prepared(w, PREPARED_MAYBE);
    w->nexpected = 0;
    arena_reset(&w->arena);
}

static bool expect(struct applier *w, uint64_t rows, const struct step *s, size_t from, size_t to, struct err *e) {
    if (w->nexpected == w->expected_cap) {
        size_t cap = w->expected_cap == 0 ? 256 : w->expected_cap * 2;
        struct expected *grown = realloc(w->expected, cap * sizeof *grown);
        if (grown == NULL) {
            return err_set(e, ERR_MEMORY, "no memory for a pipeline");
        }
        w->expected = grown;
        w->expected_cap = cap;
    }
    w->expected[w->nexpected++] = (struct expected){.rows = rows, .step = s, .from = from, .to = to};
    return true;
}

bool apply_pipe_own(struct applier *w, const char *name, const struct gauss_param *p, size_t n, uint64_t rows,
                    bool claim, struct err *e) {
    if (!gauss_pipe_execute(w->target, name, p, n, e) || !expect(w, rows, NULL, 0, 0, e)) {
        return false;
    }
    w->expected[w->nexpected - 1].claim = claim;
    return true;
}

/* ---- parameters ---- */

static bool put_param(struct applier *w, const struct target_statements *t, size_t column, const struct field *f,
                      struct gauss_param *p, struct err *e) {
    *p = (struct gauss_param){.value = NULL};
    if (!field_has_bytes(f)) {
        return true;
    }
    if (t->columns[column].binary && !canon_needs_text(t->canon, column, f->bytes, f->len)) {
        *p = (struct gauss_param){.value = f->bytes, .len = f->len, .binary = true};
        return true;
    }
    buf_reset(&w->text);
    if (!canon_input(t->canon, column, f->bytes, f->len, &w->text, e)) {
        return false;
    }
    *p = (struct gauss_param){.value = arena_strndup(&w->arena, (const char *)w->text.data, w->text.len),
                              .len = w->text.len};
    return true;
}

static void key_fields(const struct target_statements *t, const struct net_change *c, struct field *fields) {
    tuple_fields(c->key, fields, t->table->nkey);
}

static size_t oids_of(struct applier *w, const struct target_statements *t, enum statement_kind kind) {
    const struct follow_table *f = t->table;
    size_t n = 0;
    switch (kind) {
    case STATEMENT_INSERT:
        for (; n < f->ncolumns; n++) {
            w->oids[n] = t->columns[n].oid;
        }
        break;
    case STATEMENT_INSERT_SET:
    case STATEMENT_UPDATE_SET:
        for (; n < f->ncolumns; n++) {
            w->oids[n] = t->columns[n].array_oid;
        }
        break;
    case STATEMENT_UPDATE:
        for (; n < t->nset; n++) {
            w->oids[n] = t->columns[t->set[n]].oid;
        }
        for (size_t i = 0; i < f->nkey; i++) {
            w->oids[n++] = t->columns[f->key[i]].oid;
        }
        break;
    case STATEMENT_DELETE:
    case STATEMENT_DELETE_SET:
        for (; n < f->nkey; n++) {
            w->oids[n] = kind == STATEMENT_DELETE ? t->columns[f->key[n]].oid : t->columns[f->key[n]].array_oid;
        }
        break;
    case STATEMENT_KINDS:
        break;
    }
    return n;
}

/* The name of a statement of this session, which is prepared the first time. */
static bool prepare(struct applier *w, const struct target_statements *t, enum statement_kind kind, char name[32],
                    struct err *e) {
    uint8_t *state = &w->prepared[t->table->number * STATEMENT_KINDS + kind];
    snprintf(name, 32, "godwit_%u_%d", t->table->number, (int)kind);
    if (*state == PREPARED || *state == PREPARED_NOW) {
        return true;
    }
    if (*state == PREPARED_MAYBE && !gauss_pipe_close(w->target, name, e)) {
        return false;
    }
    size_t n = oids_of(w, t, kind);
    *state = PREPARED_NOW;
    return gauss_pipe_prepare(w->target, name, t->sql[kind], w->oids, n, e);
}

/* ---- single rows ---- */

static bool pipe_insert(struct applier *w, const struct target_statements *t, const struct step *s, size_t at,
                        struct err *e) {
    const struct net_change *c = s->changes[at];
    char name[32];
    tuple_fields(c->after, w->fields, t->table->ncolumns);
    for (size_t i = 0; i < t->table->ncolumns; i++) {
        if (!put_param(w, t, i, &w->fields[i], &w->params[i], e)) {
            return false;
        }
    }
    if (!prepare(w, t, STATEMENT_INSERT, name, e)) {
        return false;
    }
    for (int32_t k = 0; k < (t->table->nkey == 0 ? c->copies : 1); k++) {
        if (!gauss_pipe_execute(w->target, name, w->params, t->table->ncolumns, e) || !expect(w, 1, s, at, at + 1, e)) {
            return false;
        }
    }
    return true;
}

static bool put_key(struct applier *w, const struct target_statements *t, const struct net_change *c,
                    struct gauss_param *p, struct err *e) {
    key_fields(t, c, w->key_fields);
    for (size_t i = 0; i < t->table->nkey; i++) {
        if (!put_param(w, t, t->table->key[i], &w->key_fields[i], &p[i], e)) {
            return false;
        }
    }
    return true;
}

/* Rows that look like this one, so many of them. */
static bool pipe_delete_like(struct applier *w, const struct target_statements *t, const struct step *s, size_t at,
                             struct err *e) {
    const struct net_change *c = s->changes[at];
    bool *null = arena_array(&w->arena, bool, t->table->ncolumns + 1);
    size_t n = 0;
    tuple_fields(c->key, w->fields, t->table->ncolumns);
    for (size_t i = 0; i < t->table->ncolumns; i++) {
        bool empty_is_null = w->apply->dialect == DIALECT_OG_A && t->table->columns[i]->target.kind == TK_TEXT;
        null[i] = !field_has_bytes(&w->fields[i]) || (empty_is_null && w->fields[i].len == 0);
        if (!null[i]) {
            w->oids[n] = t->columns[i].oid;
            if (!put_param(w, t, i, &w->fields[i], &w->params[n++], e)) {
                return false;
            }
        }
    }
    char *copies = arena_printf(&w->arena, "%d", -c->copies);
    w->params[n] = (struct gauss_param){.value = copies, .len = strlen(copies)};
    char *sql = statement_delete_like(&w->arena, w->apply->dialect, t, null);
    return gauss_pipe_prepare(w->target, "", sql, w->oids, n, e) &&
           gauss_pipe_execute(w->target, "", w->params, n + 1, e) && expect(w, (uint64_t)-c->copies, s, at, at + 1, e);
}

static bool pipe_delete(struct applier *w, const struct target_statements *t, const struct step *s, size_t at,
                        struct err *e) {
    char name[32];
    if (t->table->nkey == 0) {
        return pipe_delete_like(w, t, s, at, e);
    }
    return put_key(w, t, s->changes[at], w->params, e) && prepare(w, t, STATEMENT_DELETE, name, e) &&
           gauss_pipe_execute(w->target, name, w->params, t->table->nkey, e) && expect(w, 1, s, at, at + 1, e);
}

/* An update that does not tell all columns, or changes the key. */
static bool pipe_update_some(struct applier *w, const struct target_statements *t, const struct step *s, size_t at,
                             struct err *e) {
    bool *present = arena_array(&w->arena, bool, t->table->ncolumns + 1);
    size_t n = 0;
    for (size_t i = 0; i < t->table->ncolumns; i++) {
        present[i] = w->fields[i].len != FIELD_ABSENT;
        if (present[i]) {
            w->oids[n] = t->columns[i].oid;
            if (!put_param(w, t, i, &w->fields[i], &w->params[n++], e)) {
                return false;
            }
        }
    }
    if (!put_key(w, t, s->changes[at], w->params + n, e)) {
        return false;
    }
    for (size_t i = 0; i < t->table->nkey; i++) {
        w->oids[n++] = t->columns[t->table->key[i]].oid;
    }
    char *sql = statement_update_some(&w->arena, t, present);
    return gauss_pipe_prepare(w->target, "", sql, w->oids, n, e) &&
           gauss_pipe_execute(w->target, "", w->params, n, e) && expect(w, 1, s, at, at + 1, e);
}

static bool is_whole(const struct field *f, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (f[i].len == FIELD_ABSENT) {
            return false;
        }
    }
    return true;
}

static bool pipe_update(struct applier *w, const struct target_statements *t, const struct step *s, size_t at,
                        struct err *e) {
    char name[32];
    tuple_fields(s->changes[at]->after, w->fields, t->table->ncolumns);
    if (s->kind == STEP_MOVE || !is_whole(w->fields, t->table->ncolumns)) {
        return pipe_update_some(w, t, s, at, e);
    }
    for (size_t i = 0; i < t->nset; i++) {
        if (!put_param(w, t, t->set[i], &w->fields[t->set[i]], &w->params[i], e)) {
            return false;
        }
    }
    return put_key(w, t, s->changes[at], w->params + t->nset, e) && prepare(w, t, STATEMENT_UPDATE, name, e) &&
           gauss_pipe_execute(w->target, name, w->params, t->nset + t->table->nkey, e) &&
           expect(w, 1, s, at, at + 1, e);
}

/* ---- sets ---- */

/* Of one dimension, from 1 on: dimensions, whether there are NULLs, type, length, lower bound. */
static bool begin_array(struct buf *b, uint32_t oid, size_t n, struct err *e) {
    buf_reset(b);
    if (!buf_reserve(b, 20, e)) {
        return false;
    }
    buf_be32(b, 1);
    buf_be32(b, 1);
    buf_be32(b, oid);
    buf_be32(b, (uint32_t)n);
    buf_be32(b, 1);
    return true;
}

static bool put_element(struct buf *b, const struct field *f, struct err *e) {
    size_t len = field_has_bytes(f) ? f->len : 0;
    if (!buf_reserve(b, 4 + len, e)) {
        return false;
    }
    buf_be32(b, f->len);
    buf_bytes(b, f->bytes, len);
    return true;
}

/* Arrays of whole rows, or of keys. */
static bool put_arrays(struct applier *w, const struct target_statements *t, const struct step *s, size_t from,
                       size_t to, bool keys, struct err *e) {
    size_t n = keys ? t->table->nkey : t->table->ncolumns;
    for (size_t i = 0; i < n; i++) {
        if (!begin_array(&w->arrays[i], t->columns[keys ? t->table->key[i] : i].oid, to - from, e)) {
            return false;
        }
    }
    for (size_t k = from; k < to; k++) {
        const uint8_t *at = keys ? s->changes[k]->key.bytes : s->changes[k]->after.bytes;
        for (size_t i = 0; i < n; i++) {
            struct field f = field_next(&at);
            if (!put_element(&w->arrays[i], &f, e)) {
                return false;
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        w->params[i] = (struct gauss_param){.value = w->arrays[i].data, .len = w->arrays[i].len, .binary = true};
    }
    return true;
}

static bool pipe_set(struct applier *w, const struct target_statements *t, const struct step *s, size_t from, size_t to,
                     struct err *e) {
    bool keys = s->kind == STEP_DELETE;
    enum statement_kind kind = keys                     ? STATEMENT_DELETE_SET
                               : s->kind == STEP_INSERT ? STATEMENT_INSERT_SET
                                                        : STATEMENT_UPDATE_SET;
    char name[32];
    return put_arrays(w, t, s, from, to, keys, e) && prepare(w, t, kind, name, e) &&
           gauss_pipe_execute(w->target, name, w->params, keys ? t->table->nkey : t->table->ncolumns, e) &&
           expect(w, to - from, s, from, to, e);
}

/* Can this change be an element of arrays? */
static bool fits_set(const struct target_statements *t, const struct step *s, const struct net_change *c) {
    bool keys = s->kind == STEP_DELETE;
    size_t n = keys ? t->table->nkey : t->table->ncolumns;
    const uint8_t *at = keys ? c->key.bytes : c->after.bytes;
    if (s->kind == STEP_MOVE || (t->table->nkey == 0 && (keys || c->copies != 1))) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        struct field f = field_next(&at);
        if (f.len == FIELD_ABSENT ||
            (field_has_bytes(&f) && canon_needs_text(t->canon, keys ? t->table->key[i] : i, f.bytes, f.len))) {
            return false;
        }
    }
    return true;
}

static size_t set_bytes(const struct step *s, const struct net_change *c) {
    return s->kind == STEP_DELETE ? c->key.len : c->after.len;
}

/* ---- a step ---- */

static bool pipe_row(struct applier *w, const struct target_statements *t, const struct step *s, size_t at,
                     struct err *e) {
    switch (s->kind) {
    case STEP_DELETE:
        return pipe_delete(w, t, s, at, e);
    case STEP_INSERT:
        return pipe_insert(w, t, s, at, e);
    case STEP_UPDATE:
    case STEP_MOVE:
        break;
    }
    return pipe_update(w, t, s, at, e);
}

/* How many from here on go into one statement. */
static size_t set_length(const struct applier *w, const struct target_statements *t, const struct step *s, size_t from,
                         size_t to) {
    size_t n = 0, bytes = 0;
    bool together = w->apply->enforced && t->reaches_itself; /* whatever their number */
    if (!t->sets) {
        return 0;
    }
    while (from + n < to && fits_set(t, s, s->changes[from + n]) &&
           (together || n == 0 || bytes + set_bytes(s, s->changes[from + n]) <= SET_BYTES)) {
        bytes += set_bytes(s, s->changes[from + n]);
        n++;
    }
    return n >= SET_FROM || together ? n : 0;
}

bool apply_pipe_step(struct applier *w, const struct step *s, size_t from, size_t to, struct err *e) {
    const struct target_statements *t = &w->apply->statements[s->table];
    while (from < to) {
        size_t n = set_length(w, t, s, from, to);
        bool ok = n > 0 ? pipe_set(w, t, s, from, from + n, e) : pipe_row(w, t, s, from, e);
        if (!ok) {
            return false;
        }
        from += n > 0 ? n : 1;
    }
    return true;
}

bool apply_pipe_finish(struct applier *w, const struct expected **failed, struct err *e) {
    struct err late = ERR_INIT;
    bool ok = true;
    *failed = NULL;
    if (!gauss_pipe_sync(w->target, e)) {
        return false;
    }
    for (size_t i = 0; ok && i < w->nexpected; i++) {
        uint64_t rows = 0;
        ok = gauss_pipe_result(w->target, NULL, NULL, &rows, e);
        if (*failed == NULL && (!ok || rows != w->expected[i].rows)) {
            *failed = &w->expected[i];
        }
    }
    atomic_fetch_add(&w->apply->statements_sent, w->nexpected);
    if (!gauss_usable(w->target)) {
        *failed = NULL;
        return false;
    }
    if (!gauss_pipe_end(w->target, ok ? e : &late)) {
        return false;
    }
    settle_prepared(w, ok ? PREPARED : PREPARED_MAYBE);
    return ok && *failed == NULL;
}
