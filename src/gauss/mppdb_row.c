/* Rows whose columns are named in each row: their relation, and values written as SQL literals. */
#include "base/str.h"
#include "gauss/decoder_internal.h"

/* ---- literals ---- */

static bool is_quoted(const char *text, size_t len, size_t head) {
    return len >= head + 2 && text[head] == '\'' && text[len - 1] == '\'';
}

/* The inside of quotes, doubled ones made single. */
static bool unquote(struct decoder *d, const char *text, size_t len, struct change_value *out) {
    const char *end = text + len, *quote = len > 0 ? memchr(text, '\'', len) : NULL;
    *out = (struct change_value){VALUE_TEXT, len, (const uint8_t *)text};
    if (quote == NULL) {
        return true;
    }
    size_t from = d->text.len;
    if (d->text.cap - from < len) {
        return false;
    }
    while (quote != NULL) {
        if (quote + 1 >= end || quote[1] != '\'') {
            return false;
        }
        buf_bytes(&d->text, text, (size_t)(quote + 1 - text));
        text = quote + 2;
        quote = text < end ? memchr(text, '\'', (size_t)(end - text)) : NULL;
    }
    buf_bytes(&d->text, text, (size_t)(end - text));
    out->bytes = d->text.data + from;
    out->len = d->text.len - from;
    return true;
}

bool mppdb_literal(struct decoder *d, const char *text, size_t len, struct change_value *out) {
    if (len == 4 && memcmp(text, "null", 4) == 0) {
        *out = (struct change_value){.form = VALUE_NULL};
        return true;
    }
    if (is_quoted(text, len, 0)) {
        return unquote(d, text + 1, len - 2, out);
    }
    if (len > 0 && text[0] == 'B' && is_quoted(text, len, 1)) {
        return unquote(d, text + 2, len - 3, out);
    }
    if (len == 0 || memchr(text, '\'', len) != NULL || memchr(text, ' ', len) != NULL) {
        return false;
    }
    bool is_bool = (len == 4 && memcmp(text, "true", 4) == 0) || (len == 5 && memcmp(text, "false", 5) == 0);
    *out = (struct change_value){VALUE_TEXT, is_bool ? 1 : len, (const uint8_t *)text}; /* t or f */
    return true;
}

const uint8_t *mppdb_literal_end(const uint8_t *p, const uint8_t *end) {
    p += p < end && *p == 'B' && p + 1 < end && p[1] == '\'';
    if (p == end || *p != '\'') {
        while (p < end && *p != ' ') {
            p++;
        }
        return p;
    }
    for (p++; p < end; p++) {
        const uint8_t *quote = memchr(p, '\'', (size_t)(end - p));
        if (quote == NULL) {
            return NULL;
        }
        if (quote + 1 == end || quote[1] != '\'') {
            return quote + 1;
        }
        p = quote + 1;
    }
    return NULL;
}

char *mppdb_identifier(struct decoder *d, struct cursor *c, const char *stops) {
    const uint8_t *from = c->p;
    if (cursor_left(c) == 0 || *c->p != '"') {
        while (c->p < c->end && strchr(stops, *c->p) == NULL) {
            c->p++;
        }
        size_t n = (size_t)(c->p - from);
        return n > 0 && n <= DECODER_NAME_MAX ? arena_strndup(&d->scratch, (const char *)from, n) : NULL;
    }
    from++;
    const uint8_t *end = memchr(from, '"', (size_t)(c->end - from));
    while (end != NULL && end + 1 < c->end && end[1] == '"') {
        end = memchr(end + 2, '"', (size_t)(c->end - end - 2));
    }
    if (end == NULL || end - from > DECODER_NAME_MAX) {
        return NULL;
    }
    char *name = arena_strndup(&d->scratch, (const char *)from, (size_t)(end - from)), *w = name;
    for (const char *r = name; *r != '\0'; r += r[0] == '"' ? 2 : 1) {
        *w++ = *r;
    }
    *w = '\0';
    c->p = end + 1;
    return name[0] != '\0' ? name : NULL;
}

/* ---- relations ---- */

static bool fits(const struct change_column *c, const struct named_value *v) {
    return c->type_oid == v->oid && str_eq(c->name, v->name) && str_eq(c->type_name, v->type);
}

static bool is_whole(const struct change_relation *r, const struct named_value *v, size_t n) {
    if (r->n != n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!fits(&r->columns[i], &v[i])) {
            return false;
        }
    }
    return true;
}

/* The tuple of named values; NULL: one of them is none of the relation's columns. */
static change_tuple place(struct decoder *d, const struct change_relation *r, const struct named_value *v, size_t n) {
    change_tuple tuple = decoder_tuple(d, r->n);
    size_t at = 0; /* they come in the relation's order */
    for (size_t i = 0; i < n; i++, at++) {
        while (at < r->n && !fits(&r->columns[at], &v[i])) {
            at++;
        }
        if (at == r->n) {
            return NULL;
        }
        tuple[at] = v[i].value;
    }
    return tuple;
}

static bool define(struct decoder *d, const struct named_row *row, const struct named_value *v, size_t n, bool partial,
                   struct known_relation **out, struct err *e) {
    struct change_relation def = {.schema = row->schema, .table = row->table, .n = n};
    def.columns = arena_array(&d->scratch, struct change_column, n > 0 ? n : 1);
    for (size_t i = 0; i < n; i++) {
        def.columns[i] =
            (struct change_column){.name = v[i].name, .type_name = v[i].type, .type_oid = v[i].oid, .typmod = -1};
    }
    if (!relations_define(&d->relations, &def, out, e)) {
        return false;
    }
    (*out)->partial = partial;
    return true;
}

bool mppdb_row(struct decoder *d, const struct named_row *row, struct err *e) {
    struct known_relation *k = relations_by_name(&d->relations, row->schema, row->table);
    struct change_row r = {.old = row->nbefore == 0 ? OLD_NONE : OLD_KEY};
    if (row->kind != CHANGE_DELETE) {
        if ((k == NULL || !is_whole(&k->relation, row->after, row->nafter)) &&
            !define(d, row, row->after, row->nafter, false, &k, e)) {
            return false;
        }
        r.after = place(d, &k->relation, row->after, row->nafter);
    }
    r.before = k != NULL && row->nbefore > 0 ? place(d, &k->relation, row->before, row->nbefore) : NULL;
    if (row->kind == CHANGE_DELETE && r.before == NULL && (row->nbefore > 0 || k == NULL)) {
        if (!define(d, row, row->before, row->nbefore, true, &k, e)) {
            return false;
        }
        r.before = row->nbefore > 0 ? place(d, &k->relation, row->before, row->nbefore) : NULL;
    }
    if ((r.before == NULL && row->nbefore > 0) || (r.after == NULL && row->kind != CHANGE_DELETE)) {
        return decoder_malformed(d, e, "a row of %s.%s whose columns do not fit together", row->schema, row->table);
    }
    if (row->nbefore > 0 && row->nbefore == k->relation.n && !k->partial) {
        r.old = OLD_FULL;
    }
    r.relation = &k->relation;
    d->waiting = (struct change){.kind = row->kind, .lsn = d->lsn, .row = r};
    return true;
}
