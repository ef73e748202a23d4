/* See moved.h. */
#include "engine/moved.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "value/target_spec.h"

/* Of all tables, 48 bytes each at most; beyond that the table with the most becomes a whole one. */
enum {
    KEYS_MOST = 4 << 20,
    KEY_MAX_BYTES = 1 << 20,
    MANY_KEYS = 50000,
    MANY_PART = 4,
    STATEMENT_MAX_BYTES = 256 << 20
};

/* ---- tables ---- */

/* A float's literal need not be the float, and a label is no value of an enum type that has no name here. */
static bool can_be_found(const struct index *key) {
    for (size_t i = 0; key != NULL && i < key->nparts; i++) {
        const struct column *c = key->parts[i].column;
        switch (c->type.kind) {
        case MYT_FLOAT:
        case MYT_DOUBLE:
        case MYT_ENUM:
        case MYT_SET:
            return false;
        default:
            break;
        }
        if (!c->loaded || c->target.enum_type || c->target.kind == TK_FLOAT4 || c->target.kind == TK_FLOAT8) {
            return false;
        }
    }
    return key != NULL;
}

static bool begin_table(struct moved *m, struct moved_table *t, enum dialect d, struct err *e) {
    const struct index *key = schema_row_key(t->t);
    t->dialect = d;
    spill_init(&t->keys);
    for (size_t i = 0; i < t->t->ncolumns; i++) {
        t->ntuple += t->t->columns[i].loaded;
    }
    if (!can_be_found(key)) {
        return true;
    }
    t->nkeys = key->nparts;
    t->columns = arena_array(&m->arena, const struct column *, t->nkeys);
    t->at = arena_array(&m->arena, uint16_t, t->nkeys);
    struct canon_column *canon = arena_array(&m->arena, struct canon_column, t->nkeys);
    for (size_t k = 0; k < t->nkeys; k++) {
        const struct column *c = t->columns[k] = key->parts[k].column;
        canon[k] = (struct canon_column){.kind = c->target.kind, .ddl = c->target.ddl, .name = c->name};
        for (const struct column *before = t->t->columns; before < c; before++) {
            t->at[k] = (uint16_t)(t->at[k] + before->loaded);
        }
    }
    return canon_plan_make(&m->arena, d, canon, t->nkeys, &t->canon, e);
}

/* Columns of t that keys of `child` refer to. */
static void note_referred(struct moved_table *t, const struct table *child) {
    for (size_t k = 0; k < child->nfks; k++) {
        const struct foreign_key *fk = &child->fks[k];
        if (!schema_key_cascades(fk) || !str_eq(fk->ref_table, t->t->name)) {
            continue;
        }
        for (size_t i = 0, at = 0; i < t->t->ncolumns; at += t->t->columns[i++].loaded) {
            for (size_t c = 0; t->t->columns[i].loaded && c < fk->n; c++) {
                t->referred[at] = t->referred[at] || str_ieq(fk->ref_columns[c], t->t->columns[i].name);
            }
        }
    }
}

bool moved_begin(struct moved *m, const struct database *db, enum dialect d, struct err *e) {
    size_t most = 0;
    *m = (struct moved){.n = db->ntables};
    m->tables = arena_array(&m->arena, struct moved_table, db->ntables);
    buf_init(&m->key, KEY_MAX_BYTES);
    for (size_t i = 0; i < db->ntables; i++) {
        m->tables[i].t = &db->tables[i];
        if (!begin_table(m, &m->tables[i], d, e)) {
            return false;
        }
        m->tables[i].referred = arena_array(&m->arena, bool, m->tables[i].ntuple + 1);
        for (size_t k = 0; k < db->ntables; k++) {
            note_referred(&m->tables[i], &db->tables[k]);
        }
        most = m->tables[i].ntuple > most ? m->tables[i].ntuple : most;
    }
    m->fields = arena_array(&m->arena, struct field, most + 1);
    m->before = arena_array(&m->arena, struct field, most + 1);
    return true;
}

void moved_clear(struct moved *m) {
    for (size_t i = 0; i < m->n; i++) {
        spill_clear(&m->tables[i].keys);
        digest_set_clear(&m->tables[i].seen);
    }
    buf_clear(&m->key);
    arena_clear(&m->arena);
    *m = (struct moved){0};
}

/* ---- keys ---- */

void moved_whole(struct moved *m, size_t table) {
    struct moved_table *t = &m->tables[table];
    t->whole = true;
    m->nkeys -= t->keys.n;
    spill_clear(&t->keys);
    digest_set_clear(&t->seen);
}

static void make_room(struct moved *m) {
    size_t most = 0;
    for (size_t i = 0; i < m->n; i++) {
        most = m->tables[i].keys.n > m->tables[most].keys.n ? i : most;
    }
    moved_whole(m, most);
}

static bool add_image(struct moved *m, size_t table, struct tuple image, struct err *e) {
    struct moved_table *t = &m->tables[table];
    bool is_new = false;
    if (t->whole || image.bytes == NULL) {
        return true;
    }
    bool many = t->keys.n > MANY_KEYS && t->keys.n > t->t->rows_estimate / MANY_PART;
    if (m->nkeys >= KEYS_MOST) {
        make_room(m);
    }
    if (t->canon == NULL || many) {
        moved_whole(m, table);
    }
    if (t->whole) {
        return true;
    }
    tuple_fields(image, m->fields, t->ntuple);
    buf_reset(&m->key);
    if (!canon_key(t->canon, m->fields, t->at, t->nkeys, &m->key, e)) {
        return err_where(e, "key of %s", t->t->name);
    }
    if (!digest_set_add(&t->seen, digest_row(m->key.data, m->key.len), &is_new, e)) {
        return false;
    }
    const struct spill_part part = {m->key.data, m->key.len};
    m->nkeys += is_new;
    return !is_new || spill_add(&t->keys, &part, 1, e);
}

static bool refers_change(struct moved *m, const struct moved_table *t, struct tuple before, struct tuple after) {
    if (before.bytes == NULL || after.bytes == NULL) {
        return before.bytes != NULL;
    }
    tuple_fields(before, m->before, t->ntuple);
    tuple_fields(after, m->fields, t->ntuple);
    for (size_t i = 0; i < t->ntuple; i++) {
        const struct field *x = &m->before[i], *y = &m->fields[i];
        if (t->referred[i] && (x->len != y->len || (field_has_bytes(x) && memcmp(x->bytes, y->bytes, x->len) != 0))) {
            return true;
        }
    }
    return false;
}

bool moved_add(struct moved *m, size_t table, struct tuple before, struct tuple after, struct err *e) {
    struct moved_table *t = &m->tables[table];
    t->cascades = t->cascades || refers_change(m, t, before, after);
    return add_image(m, table, before, e) && add_image(m, table, after, e);
}

static bool is_reached(const struct moved *m, const struct table *t) {
    for (size_t k = 0; k < t->nfks; k++) {
        for (size_t i = 0; i < m->n && schema_key_cascades(&t->fks[k]); i++) {
            if (m->tables[i].cascades && str_eq(m->tables[i].t->name, t->fks[k].ref_table)) {
                return true;
            }
        }
    }
    return false;
}

void moved_unseen(struct moved *m) {
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < m->n; i++) {
            struct moved_table *t = &m->tables[i];
            if (!(t->whole && t->cascades) && is_reached(m, t->t)) {
                moved_whole(m, i);
                t->cascades = more = true;
            }
        }
    }
}

/* ---- as SQL ---- */

static bool no_literal(const struct moved_table *t, size_t k, struct err *e) {
    return err_set(e, ERR_SOURCE_MOVED, "a changed row of %s cannot be found by its key: column %s", t->t->name,
                   t->columns[k]->name);
}

/* Numbers are of a type without being told, and a list of values takes its types from the first row. In openGauss B two kinds of
 * bytes, or of numbers, may be ambiguous: every value is of the key column's own type there. */
static const char *type_of_literal(enum dialect d, const struct target_type *t, bool first) {
    if (d == DIALECT_OG_B) {
        return t->ddl;
    }
    if (!first) {
        return NULL;
    }
    switch (t->kind) {
    case TK_TEXT:
    case TK_BYTEA:
    case TK_BLOB:
    case TK_DATE:
    case TK_TIME:
    case TK_INTERVAL:
    case TK_TIMESTAMP:
    case TK_TIMESTAMPTZ:
    case TK_UUID:
    case TK_INET:
        return target_cast_name(t->kind);
    default:
        return NULL;
    }
}

/* (1, 'a'), with types where they are needed. In brackets: a sign binds less than a cast. */
static bool put_values(struct buf *b, struct arena *a, const struct moved_table *t, const struct canon_fields *f,
                       bool first, struct err *e) {
    bool ok = buf_puts(b, "(", e);
    for (size_t k = 0; ok && k < t->nkeys; k++) {
        const char *type = type_of_literal(t->dialect, &t->columns[k]->target, first);
        char *text = f->field[k] == NULL ? "NULL" : canon_literal(a, t->canon, k, f->field[k], f->len[k]);
        ok = text == NULL   ? no_literal(t, k, e)
             : type == NULL ? buf_printf(b, e, "%s%s", k > 0 ? ", " : "", text)
                            : buf_printf(b, e, "%s(%s)::%s", k > 0 ? ", " : "", text, type);
    }
    return ok && buf_puts(b, ")", e);
}

static bool is_text(const struct column *c) {
    return c->target.kind == TK_TEXT;
}

/* What the key is, byte by byte: a collation may take another row's for it. */
static bool put_condition(struct buf *b, struct arena *a, const struct moved_table *t, const struct canon_fields *f,
                          struct err *e) {
    bool ok = buf_puts(b, "(", e);
    for (size_t k = 0; ok && k < t->nkeys; k++) {
        const struct column *c = t->columns[k];
        const char *why;
        char *name = str_quote_mysql(a, c->name);
        char *text =
            f->field[k] == NULL ? NULL : canon_literal_mysql(a, t->canon, k, &c->type, f->field[k], f->len[k], &why);
        if (text == NULL) {
            return no_literal(t, k, e);
        }
        ok = buf_printf(b, e, "%s%s = %s", k > 0 ? " AND " : "", name, text) &&
             (!is_text(c) ||
              buf_printf(b, e, " AND CAST(CONVERT(%s USING utf8mb4) AS BINARY) = CAST(%s AS BINARY)", name, text));
    }
    return ok && buf_puts(b, ")", e);
}

static bool next_keys(struct moved_table *t, struct arena *a, size_t most, bool target, char **sql, size_t *n,
                      struct err *e) {
    struct buf b;
    bool ok = true;
    buf_init(&b, STATEMENT_MAX_BYTES);
    for (*n = 0; ok && *n < most; (*n)++) {
        const uint8_t *key;
        size_t len;
        ok = spill_next(&t->keys, &key, &len, e);
        if (!ok || key == NULL) {
            break;
        }
        struct canon_fields f = canon_fields(a, t->nkeys, key, len);
        ok = (*n == 0 || buf_puts(&b, target ? ", " : " OR ", e)) &&
             (target ? put_values(&b, a, t, &f, *n == 0, e) : put_condition(&b, a, t, &f, e));
    }
    *sql = ok ? arena_strndup(a, b.len > 0 ? (const char *)b.data : "", b.len) : NULL;
    buf_clear(&b);
    return ok;
}

bool moved_target_keys(struct moved_table *t, struct arena *a, size_t most, char **values, size_t *n, struct err *e) {
    return next_keys(t, a, most, true, values, n, e);
}

bool moved_source_keys(struct moved_table *t, struct arena *a, size_t most, char **condition, size_t *n,
                       struct err *e) {
    return next_keys(t, a, most, false, condition, n, e);
}
