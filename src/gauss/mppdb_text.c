/* Rows of decode-style t:
 *
 *   table public t_full INSERT: id[integer]:1 v[text]:'a' n[integer]:null
 *   table public t_full UPDATE: old-key: id[integer]:1 new-tuple: id[integer]:1 v[text]:'a2'
 *   table public t_nopk UPDATE: a[integer]:2 b[text]:'y'
 *   table public t_nopk DELETE: (no-tuple-data)
 *
 * Schema and table are not quoted: one with blanks in the schema's name, or " INSERT: " in the table's, cannot be told from another. */
#include "gauss/decoder_internal.h"

/* "public t_full INSERT: ": the first of the three operations ends the name. */
static bool take_head(struct decoder *d, struct cursor *c, struct named_row *row) {
    static const struct {
        const char *word;
        enum change_kind kind;
    } operations[] = {{" INSERT: ", CHANGE_INSERT}, {" UPDATE: ", CHANGE_UPDATE}, {" DELETE: ", CHANGE_DELETE}};
    const uint8_t *first = NULL;
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        const uint8_t *at = memmem(c->p, cursor_left(c), operations[i].word, strlen(operations[i].word));
        if (at != NULL && (first == NULL || at < first)) {
            first = at;
            row->kind = operations[i].kind;
        }
    }
    const uint8_t *blank = first != NULL ? memchr(c->p, ' ', (size_t)(first - c->p)) : NULL;
    if (blank == NULL || blank == c->p || blank + 1 == first || first - c->p > 2 * DECODER_NAME_MAX) {
        return false;
    }
    row->schema = arena_strndup(&d->scratch, (const char *)c->p, (size_t)(blank - c->p));
    row->table = arena_strndup(&d->scratch, (const char *)blank + 1, (size_t)(first - blank - 1));
    c->p = first + strlen(" INSERT: ");
    return true;
}

/* Up to "]:"; a part in double quotes is passed over. In the arena. */
static char *take_type(struct decoder *d, struct cursor *c) {
    const uint8_t *from = c->p;
    bool quoted = false;
    for (; cursor_left(c) >= 2 && c->p - from <= DECODER_NAME_MAX; c->p++) {
        quoted = quoted != (*c->p == '"');
        if (!quoted && c->p[0] == ']' && c->p[1] == ':') {
            c->p += 2;
            return arena_strndup(&d->scratch, (const char *)from, (size_t)(c->p - 2 - from));
        }
    }
    return NULL;
}

/* name[type]:value, separated by blanks, up to the end or "new-tuple:". */
static bool take_columns(struct decoder *d, struct cursor *c, struct named_value **out, size_t *n) {
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    do {
        struct named_value v = {.oid = 0};
        if (*n > 0 && take_word(c, "new-tuple: ")) {
            c->p -= strlen("new-tuple: ");
            return true;
        }
        char *name = mppdb_identifier(d, c, "[");
        char *type = name != NULL && take_word(c, "[") ? take_type(d, c) : NULL;
        const uint8_t *end = type != NULL ? mppdb_literal_end(c->p, c->end) : NULL;
        if (end == NULL || *n == RELATION_COLUMNS_MAX ||
            !mppdb_literal(d, (const char *)c->p, (size_t)(end - c->p), &v.value)) {
            return false;
        }
        v.name = name;
        v.type = type;
        c->p = end;
        *out = arena_grow(&d->scratch, *out, *n, &cap, sizeof **out);
        (*out)[(*n)++] = v;
    } while (take_word(c, " "));
    return true;
}

bool mppdb_text_row(struct decoder *d, struct cursor line, struct err *e) {
    struct named_row row = {.kind = CHANGE_NONE};
    bool ok = take_word(&line, "table ") && take_head(d, &line, &row);
    if (ok && take_word(&line, "(no-tuple-data)")) {
        ok = row.kind == CHANGE_DELETE;
    } else if (ok && row.kind == CHANGE_DELETE) {
        ok = take_columns(d, &line, &row.before, &row.nbefore);
    } else if (ok) {
        ok = !take_word(&line, "old-key: ") ||
             (row.kind == CHANGE_UPDATE && take_columns(d, &line, &row.before, &row.nbefore) &&
              take_word(&line, "new-tuple: "));
        ok = ok && take_columns(d, &line, &row.after, &row.nafter);
    }
    if (!ok || cursor_left(&line) > 0) {
        return decoder_malformed(d, e, "a malformed row");
    }
    return mppdb_row(d, &row, e);
}
