/* What a chunk is, as SQL and as stored text. See chunk.h; how tables are split is in chunk_plan.c. */
#include "engine/chunk.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

static bool key_column_usable(const struct column *c) {
    switch (c->type.kind) {
    case MYT_FLOAT: /* text loses digits, so a bound would not be where it was measured */
    case MYT_DOUBLE:
    case MYT_JSON:
    case MYT_GEOMETRY:
    case MYT_VECTOR:
    case MYT_ENUM: /* orders by index, prints as label */
    case MYT_SET:
    case MYT_BIT:
    case MYT_UNKNOWN:
        return false;
    default:
        return c->generated != GENERATED_VIRTUAL;
    }
}

struct chunk_key chunk_key_of(const struct table *t) {
    struct chunk_key key = {.index = schema_row_key(t)};
    if (key.index != NULL) {
        while (key.n < key.index->nparts && key_column_usable(key.index->parts[key.n].column) &&
               !key.index->parts[key.n].descending) {
            key.n++;
        }
    }
    return key;
}

/* (a, b) >= (x, y) in the form MySQL's range optimizer uses on every version: a >= x AND (a > x OR (b >= y)). */
static bool put_bound(struct buf *b, struct arena *a, const struct chunk_key *key, char *const *bounds, size_t n,
                      bool lower, struct err *e) {
    const char *open_op = lower ? ">" : "<", *last_op = lower ? ">=" : "<", *mid_op = lower ? ">=" : "<=";
    for (size_t i = 0; i < n; i++) {
        char *col = str_quote_mysql(a, key->index->parts[i].column->name);
        bool last = i + 1 == n;
        if (last) {
            if (!buf_printf(b, e, "%s %s %s", col, last_op, bounds[i])) {
                return false;
            }
        } else if (!buf_printf(b, e, "%s %s %s AND (%s %s %s OR (", col, mid_op, bounds[i], col, open_op, bounds[i])) {
            return false;
        }
    }
    for (size_t i = 1; i < n; i++) {
        if (!buf_puts(b, "))", e)) {
            return false;
        }
    }
    return true;
}

char *chunk_where(struct arena *a, const struct table *t, const struct chunk *c) {
    if (c->condition != NULL) {
        return c->condition;
    }
    struct chunk_key key = chunk_key_of(t);
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, 64u << 20);
    bool ok = true;
    if (c->lower != NULL) {
        ok = buf_puts(&b, "(", &e) && put_bound(&b, a, &key, c->lower, c->nbounds, true, &e) && buf_puts(&b, ")", &e);
    }
    if (c->upper != NULL) {
        ok = ok && buf_puts(&b, c->lower != NULL ? " AND (" : "(", &e) &&
             put_bound(&b, a, &key, c->upper, c->nbounds, false, &e) && buf_puts(&b, ")", &e);
    }
    if (!ok) {
        BUG("chunk bounds of %s do not fit", t->name);
    }
    char *text = arena_strndup(a, b.data == NULL ? "" : (char *)b.data, b.len);
    buf_clear(&b);
    return text;
}

char *chunk_select(struct arena *a, const struct table *t, const struct chunk *c) {
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, 64u << 20);
    bool ok = buf_puts(&b, "SELECT ", &e);
    size_t n = 0;
    for (size_t i = 0; ok && i < t->ncolumns; i++) {
        if (t->columns[i].loaded) {
            ok = buf_printf(&b, &e, "%s%s", n++ == 0 ? "" : ", ", str_quote_mysql(a, t->columns[i].name));
        }
    }
    if (n == 0) { /* a table of generated columns only: still one row each */
        ok = ok && buf_puts(&b, "NULL", &e);
    }
    ok = ok && buf_printf(&b, &e, " FROM %s.%s", str_quote_mysql(a, t->schema), str_quote_mysql(a, t->name));
    if (c->partition != NULL) {
        ok = ok && buf_printf(&b, &e, " PARTITION (%s)", str_quote_mysql(a, c->partition));
    }
    if (c->lower != NULL || c->upper != NULL || c->condition != NULL) {
        const struct index *key = schema_row_key(t);
        if (key == NULL) {
            BUG("%s has bounds but no key", t->name);
        }
        ok =
            ok && buf_printf(&b, &e, " FORCE INDEX (%s) WHERE %s", str_quote_mysql(a, key->name), chunk_where(a, t, c));
    }
    if (!ok) {
        BUG("the SELECT of %s does not fit", t->name);
    }
    char *text = arena_strndup(a, (char *)b.data, b.len);
    buf_clear(&b);
    return text;
}

char *chunk_literal(struct arena *a, const struct column *c, const char *value, size_t len) {
    bool hex = false, binary = false;
    switch (c->type.kind) {
    case MYT_TINYINT:
    case MYT_SMALLINT:
    case MYT_MEDIUMINT:
    case MYT_INT:
    case MYT_BIGINT:
    case MYT_YEAR:
    case MYT_DECIMAL:
        return arena_strndup(a, value, len);
    case MYT_BINARY:
    case MYT_VARBINARY:
    case MYT_TINYBLOB:
    case MYT_BLOB:
    case MYT_MEDIUMBLOB:
    case MYT_LONGBLOB:
        hex = binary = true;
        break;
    default:
        /* Hex leaves nothing to quoting rules; plain ASCII stays readable. */
        for (size_t i = 0; i < len; i++) {
            unsigned char ch = (unsigned char)value[i];
            hex = hex || ch < 0x20 || ch >= 0x7f || ch == '\'' || ch == '\\';
        }
        break;
    }
    if (!hex) {
        return arena_printf(a, "'%.*s'", (int)len, value);
    }
    char *out = arena_alloc(a, 2 * len + 16);
    char *w = out + sprintf(out, "%sx'", binary ? "" : "_utf8mb4 ");
    for (size_t i = 0; i < len; i++) {
        w += sprintf(w, "%02x", (unsigned char)value[i]);
    }
    memcpy(w, "'", sizeof "'");
    return out;
}

char *chunk_bounds_text(struct arena *a, char *const *bounds, size_t n) {
    if (bounds == NULL) {
        return arena_strdup(a, "");
    }
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(array, json_string(bounds[i]));
    }
    char *text = json_dumps(array, JSON_COMPACT);
    json_decref(array);
    char *kept = arena_strdup(a, text);
    free(text);
    return kept;
}

bool chunk_bounds_parse(struct arena *a, const char *text, char ***bounds, size_t *n) {
    *bounds = NULL;
    if (text == NULL || text[0] == '\0') {
        return true;
    }
    json_t *array = json_loads(text, 0, NULL);
    bool ok = json_is_array(array) && json_array_size(array) > 0;
    if (ok) {
        *n = json_array_size(array);
        *bounds = arena_array(a, char *, *n);
        for (size_t i = 0; i < *n; i++) {
            const char *s = json_string_value(json_array_get(array, i));
            ok = ok && s != NULL;
            (*bounds)[i] = arena_strdup(a, s);
        }
    }
    json_decref(array);
    return ok;
}
