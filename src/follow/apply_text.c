/* Changes for people, and as statements. See apply.h. */
#include <string.h>

#include "base/str.h"
#include "follow/apply.h"

enum { ROW_TEXT_BYTES = 4000, ROW_MAX_BYTES = 1200u << 20 };

/* A whole row in canonical form; absent columns are NULL there. NULL: it has none. */
static struct field *canonical(struct arena *a, const struct target_statements *t, struct tuple row) {
    size_t n = t->table->ncolumns;
    struct field *fields = arena_array(a, struct field, n + 1);
    struct buf plain, canon;
    struct err e = ERR_INIT;
    const uint8_t *at = row.bytes;
    buf_init(&plain, ROW_MAX_BYTES);
    buf_init(&canon, ROW_MAX_BYTES);
    bool ok = buf_reserve(&plain, row.len, &e);
    for (size_t i = 0; ok && i < n; i++) {
        struct field f = field_next(&at);
        buf_be32(&plain, field_has_bytes(&f) ? f.len : FIELD_NULL);
        buf_bytes(&plain, f.bytes, field_has_bytes(&f) ? f.len : 0);
    }
    ok = ok && canon_binary(t->canon, plain.data, plain.len, &canon, &e);
    if (ok) {
        tuple_fields(
            (struct tuple){.bytes = (uint8_t *)arena_strndup(a, (char *)canon.data, canon.len), .len = canon.len},
            fields, n);
    }
    buf_clear(&plain);
    buf_clear(&canon);
    return ok ? fields : NULL;
}

/* The key's fields as a whole row, the other columns NULL. */
static struct tuple row_of_key(struct arena *a, const struct target_statements *t, struct tuple key) {
    const struct follow_table *f = t->table;
    struct field *fields = arena_array(a, struct field, f->ncolumns + 1);
    size_t len = 0;
    for (size_t i = 0; i < f->ncolumns; i++) {
        fields[i] = (struct field){.len = FIELD_NULL};
    }
    const uint8_t *at = key.bytes;
    for (size_t i = 0; i < f->nkey; i++) {
        fields[f->key[i]] = field_next(&at);
    }
    for (size_t i = 0; i < f->ncolumns; i++) {
        len += 4 + (field_has_bytes(&fields[i]) ? fields[i].len : 0);
    }
    uint8_t *bytes = arena_alloc(a, len), *w = bytes;
    for (size_t i = 0; i < f->ncolumns; i++) {
        uint32_t be = __builtin_bswap32(fields[i].len);
        memcpy(w, &be, 4);
        w += 4;
        if (field_has_bytes(&fields[i])) {
            memcpy(w, fields[i].bytes, fields[i].len);
            w += fields[i].len;
        }
    }
    return (struct tuple){.bytes = bytes, .len = len};
}

static char *describe(struct arena *a, const struct target_statements *t, const struct field *fields, size_t i) {
    char value[256];
    canon_describe(t->canon, i, field_has_bytes(&fields[i]) ? fields[i].bytes : NULL,
                   field_has_bytes(&fields[i]) ? fields[i].len : 0, value, sizeof value);
    return arena_printf(a, "%s=%s", t->table->columns[i]->name, value);
}

char *apply_key_text(struct arena *a, const struct target_statements *t, const struct net_change *c) {
    const struct follow_table *f = t->table;
    struct field *fields = canonical(a, t, f->nkey > 0 ? row_of_key(a, t, c->key) : c->key);
    char *text = arena_strdup(a, "");
    for (size_t i = 0; fields != NULL && i < (f->nkey > 0 ? f->nkey : f->ncolumns < 3 ? f->ncolumns : 3); i++) {
        text = arena_printf(a, "%s%s%s", text, i > 0 ? ", " : "", describe(a, t, fields, f->nkey > 0 ? f->key[i] : i));
    }
    return text;
}

static struct tuple image_of(struct arena *a, const struct target_statements *t, const struct net_change *c) {
    return c->after.bytes != NULL ? c->after : row_of_key(a, t, c->key);
}

char *apply_row_text(struct arena *a, const struct target_statements *t, const struct net_change *c) {
    struct field *fields = canonical(a, t, image_of(a, t, c));
    char *text = arena_strdup(a, "");
    for (size_t i = 0; fields != NULL && i < t->table->ncolumns && strlen(text) < ROW_TEXT_BYTES; i++) {
        text = arena_printf(a, "%s%s%s", text, i > 0 ? ", " : "", describe(a, t, fields, i));
    }
    return text;
}

static char *literal(struct arena *a, const struct target_statements *t, const struct field *fields, size_t i) {
    char *text = canon_literal(a, t->canon, i, field_has_bytes(&fields[i]) ? fields[i].bytes : NULL,
                               field_has_bytes(&fields[i]) ? fields[i].len : 0);
    return text != NULL ? text : arena_strdup(a, "NULL");
}

static char *where_text(struct arena *a, const struct target_statements *t, const struct net_change *c) {
    const struct follow_table *f = t->table;
    struct field *fields = canonical(a, t, f->nkey > 0 ? row_of_key(a, t, c->key) : c->key);
    char *text = arena_strdup(a, "");
    for (size_t i = 0; fields != NULL && i < (f->nkey > 0 ? f->nkey : f->ncolumns); i++) {
        size_t column = f->nkey > 0 ? f->key[i] : i;
        text = arena_printf(a, "%s%s%s %s %s", text, i > 0 ? " AND " : "", t->columns[column].name,
                            f->nkey > 0 ? "=" : "IS NOT DISTINCT FROM", literal(a, t, fields, column));
    }
    return text;
}

char *apply_statement_text(struct arena *a, const struct target_statements *t, enum step_kind kind,
                           const struct net_change *c) {
    const struct follow_table *f = t->table;
    if (kind == STEP_DELETE) {
        return arena_printf(a, "DELETE FROM %s WHERE %s", t->name, where_text(a, t, c));
    }
    struct field *fields = canonical(a, t, image_of(a, t, c)), *told = arena_array(a, struct field, f->ncolumns + 1);
    tuple_fields(image_of(a, t, c), told, f->ncolumns);
    char *names = arena_strdup(a, ""), *values = arena_strdup(a, ""), *set = arena_strdup(a, "");
    const char *between = "";
    for (size_t i = 0; fields != NULL && i < f->ncolumns; i++) {
        if (told[i].len == FIELD_ABSENT) {
            continue;
        }
        char *value = literal(a, t, fields, i);
        names = arena_printf(a, "%s%s%s", names, between, t->columns[i].name);
        values = arena_printf(a, "%s%s%s", values, between, value);
        set = arena_printf(a, "%s%s%s = %s", set, between, t->columns[i].name, value);
        between = ", ";
    }
    return kind == STEP_INSERT ? arena_printf(a, "INSERT INTO %s (%s) VALUES (%s)", t->name, names, values)
                               : arena_printf(a, "UPDATE %s SET %s WHERE %s", t->name, set, where_text(a, t, c));
}
