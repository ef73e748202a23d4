/* Fetching rows by key on both sides. See detail.h. */
#include <string.h>

#include "base/str.h"
#include "check/detail.h"

enum { DESCRIBE_BYTES = 256 };

/* ---- literals ---- */

/* A canonical key field as MySQL reads it; NULL: its column cannot hold such a value. */
static char *source_literal(struct arena *a, const struct check_table *t, size_t column, const uint8_t *field,
                            size_t len) {
    const char *why;
    return canon_literal_mysql(a, t->canon, column, &t->columns[column]->type, field, len, &why);
}

static char *target_literal(struct arena *a, const struct check_table *t, size_t column, const uint8_t *field,
                            size_t len) {
    char *text = canon_literal(a, t->canon, column, field, len);
    if (text == NULL) {
        BUG("a key of %s has no literal", t->t->name);
    }
    return text;
}

/* ---- conditions ---- */

static char *key_condition(struct arena *a, const struct check_table *t, enum side side, const struct difference *d) {
    const uint8_t *at = d->key, *end = d->key + d->len, *field;
    size_t len;
    char *text = NULL;
    for (size_t i = 0; i < t->nkeys && canon_next(&at, end, &field, &len); i++) {
        const struct column *c = t->columns[i];
        char *name = side == SIDE_SOURCE ? str_quote_mysql(a, c->name) : str_quote_pg(a, c->target_name);
        char *value = field == NULL         ? NULL
                      : side == SIDE_SOURCE ? source_literal(a, t, i, field, len)
                                            : target_literal(a, t, i, field, len);
        char *one = value != NULL   ? arena_printf(a, "%s = %s", name, value)
                    : field == NULL ? arena_printf(a, "%s IS NULL", name)
                                    : arena_strdup(a, "FALSE");
        text = text == NULL ? one : arena_printf(a, "%s AND %s", text, one);
    }
    return text;
}

static char *keys_condition(struct arena *a, const struct check_table *t, enum side side, const struct difference *d,
                            size_t n) {
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, 256u << 20);
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        if (!detail_is_uncarriable(&d[i])) {
            ok = buf_printf(&b, &e, "%s(%s)", b.len == 0 ? "" : " OR ", key_condition(a, t, side, &d[i]));
        }
    }
    if (!ok || !buf_terminate(&b, &e)) {
        BUG("the keys of %s do not fit into a statement", t->t->name);
    }
    char *text = arena_strdup(a, b.len == 0 ? NULL : (char *)b.data);
    buf_clear(&b);
    return text;
}

bool detail_is_uncarriable(const struct difference *d) {
    return d->len >= sizeof READER_UNCARRIABLE && memcmp(d->key, READER_UNCARRIABLE, sizeof READER_UNCARRIABLE) == 0;
}

/* ---- fetching ---- */

struct catch {
    struct arena *a;
    struct row_pair *pairs;
    size_t n;
    enum side side;
};

static bool catch_row(void *arg, const uint8_t *row, size_t len, size_t key_len, struct err *e) {
    (void)e;
    struct catch *c = arg;
    for (size_t i = 0; i < c->n; i++) {
        struct row_pair *p = &c->pairs[i];
        if (p->row[c->side] == NULL && p->d->len == key_len && memcmp(p->d->key, row, key_len) == 0) {
            p->row[c->side] = (uint8_t *)arena_strndup(c->a, (const char *)row, len);
            p->len[c->side] = len;
        }
    }
    return true;
}

bool detail_fetch_side(struct check_rows *c, struct check_table *t, enum side side, struct mysql_client *source,
                       struct gauss_client *target, const struct difference *d, size_t n, struct arena *a,
                       struct row_pair *out, struct err *e) {
    char *where = keys_condition(a, t, side, d, n);
    if (where == NULL) {
        return true;
    }
    struct reader r = {.task = c->run->task,
                       .dialect = c->run->identity.dialect,
                       .side = side,
                       .stop = c->stop,
                       .source = source,
                       .target = target};
    struct catch sink = {.a = a, .pairs = out, .n = n, .side = side};
    reader_init(&r);
    bool ok = reader_read_plain(&r, t, where, catch_row, &sink, e);
    reader_clear(&r);
    return ok;
}

/* In a table without a key the difference is the row itself. */
static void from_difference(struct row_pair *p) {
    enum side side = p->d->kind == ROW_EXTRA ? SIDE_TARGET : SIDE_SOURCE;
    p->row[side] = p->d->key;
    p->len[side] = p->d->len;
}

void detail_pairs(const struct check_table *t, const struct difference *d, size_t n, struct row_pair *out) {
    for (size_t i = 0; i < n; i++) {
        out[i] = (struct row_pair){.d = &d[i]};
        if (t->nkeys == 0) {
            from_difference(&out[i]);
        }
    }
}

bool detail_fetch(struct check_rows *c, struct check_table *t, struct gauss_client *target, const struct difference *d,
                  size_t n, struct arena *a, struct row_pair *out, struct err *e) {
    struct mysql_client *source = c->snapshot.clients[0];
    detail_pairs(t, d, n, out);
    return t->nkeys == 0 || (detail_fetch_side(c, t, SIDE_SOURCE, source, target, d, n, a, out, e) &&
                             detail_fetch_side(c, t, SIDE_TARGET, source, target, d, n, a, out, e));
}

bool detail_equal(const struct row_pair *p) {
    return p->len[0] == p->len[1] && (p->row[0] == NULL) == (p->row[1] == NULL) &&
           (p->row[0] == NULL || memcmp(p->row[0], p->row[1], p->len[0]) == 0);
}

char *detail_key_text(struct arena *a, const struct check_table *t, const uint8_t *key, size_t len) {
    const uint8_t *at = key, *end = key + len, *field;
    size_t n;
    char *text = arena_strdup(a, "");
    size_t shown = t->nkeys > 0 ? t->nkeys : t->n < 3 ? t->n : 3;
    for (size_t i = 0; i < shown && canon_next(&at, end, &field, &n); i++) {
        char value[DESCRIBE_BYTES];
        canon_describe(t->canon, i, field, n, value, sizeof value);
        text = arena_printf(a, "%s%s%s=%s", text, i > 0 ? ", " : "", t->columns[i]->name, value);
    }
    return text;
}
