/* See row_sql.h. */
#include "mysql/row_sql.h"

#include "base/str.h"

enum { JSON_EQUALS_SINCE = 100700 };

void row_sql_init(struct row_sql *s, struct arena *a, size_t max_bytes) {
    *s = (struct row_sql){.a = a};
    buf_init(&s->text, max_bytes);
}

void row_sql_clear(struct row_sql *s) {
    buf_clear(&s->text);
}

bool row_sql_puts(struct row_sql *s, const char *text) {
    return buf_puts(&s->text, text, &s->e);
}

static bool refused(struct row_sql *s, const char *column, const char *why) {
    s->why = arena_printf(s->a, "column %s: %s", column, why);
    return false;
}

/* ---- names ---- */

bool row_sql_name(struct row_sql *s, const char *name) {
    if (!buf_reserve(&s->text, 2 * strlen(name) + 2, &s->e)) {
        return false;
    }
    buf_u8(&s->text, '`');
    for (; *name != '\0'; name++) {
        if (*name == '`') {
            buf_u8(&s->text, '`');
        }
        buf_u8(&s->text, (uint8_t)*name);
    }
    buf_u8(&s->text, '`');
    return true;
}

static bool put_table(struct row_sql *s, const char *before, const struct row_table *t, const char *after) {
    return row_sql_puts(s, before) && row_sql_name(s, t->schema) && row_sql_puts(s, ".") && row_sql_name(s, t->name) &&
           row_sql_puts(s, after);
}

/* ---- values ---- */

/* NULL: s->why tells. */
static const char *literal(struct row_sql *s, const struct row_table *t, const struct canon_fields *f, size_t i) {
    const char *why = NULL;
    const struct row_column *c = &t->columns[i];
    const char *text = canon_literal_mysql(s->a, t->canon, i, c->type, f->field[i], f->len[i], &why);
    if (text == NULL) {
        refused(s, c->name, why);
    }
    return text;
}

static bool put_value(struct row_sql *s, const struct row_table *t, const struct canon_fields *f, size_t i) {
    const struct row_column *c = &t->columns[i];
    if (f->field[i] == NULL && !c->nullable) {
        if (t->reference == DIALECT_OG_A && c->kind == TK_TEXT && !canon_is_json(t->canon, i)) {
            return row_sql_puts(s, "''"); /* an A database keeps '' as NULL */
        }
        return c->for_null != NULL ? row_sql_puts(s, c->for_null) : refused(s, c->name, "it does not take NULL");
    }
    const char *text = literal(s, t, f, i);
    return text != NULL && row_sql_puts(s, text);
}

/* ---- finding a row ---- */

static bool by_key(struct row_sql *s, const struct row_table *t, const struct canon_fields *f) {
    for (size_t i = 0; i < t->nkeys; i++) {
        const char *text = literal(s, t, f, i);
        if (text == NULL || !row_sql_puts(s, i > 0 ? " AND " : "") || !row_sql_name(s, t->columns[i].name) ||
            !row_sql_puts(s, f->field[i] == NULL ? " IS " : " = ") || !row_sql_puts(s, text)) {
            return false;
        }
    }
    return true;
}

static bool put_json_equal(struct row_sql *s, const struct row_table *t, const struct row_column *c, const char *text) {
    if (!t->is_mariadb) {
        bool json = c->type->kind == MYT_JSON;
        return row_sql_puts(s, json ? "" : "CAST(") && row_sql_name(s, c->name) &&
               row_sql_puts(s, json ? "" : " AS JSON)") && row_sql_puts(s, " <=> CAST(") && row_sql_puts(s, text) &&
               row_sql_puts(s, " AS JSON)");
    }
    if (t->version < JSON_EQUALS_SINCE) {
        return refused(s, c->name, "MariaDB before 10.7 cannot compare JSON");
    }
    return row_sql_puts(s, "JSON_EQUALS(") && row_sql_name(s, c->name) && row_sql_puts(s, ", ") &&
           row_sql_puts(s, text) && row_sql_puts(s, ")");
}

/* How a column is compared byte by byte: before and behind its name, before and behind the literal. */
struct comparing {
    const char *before, *behind, *literal_before, *literal_behind;
};

static struct comparing comparing(struct row_sql *s, const struct row_column *c) {
    switch (c->type->kind) {
    case MYT_CHAR:
    case MYT_VARCHAR:
    case MYT_TINYTEXT:
    case MYT_TEXT:
    case MYT_MEDIUMTEXT:
    case MYT_LONGTEXT:
    case MYT_ENUM:
    case MYT_SET:
        return (struct comparing){"CAST(CONVERT(", " USING utf8mb4) AS BINARY)", "CAST(", " AS BINARY)"};
    case MYT_GEOMETRY:
    case MYT_VECTOR:
        return (struct comparing){"HEX(", ")", "HEX(", ")"};
    case MYT_FLOAT:
    case MYT_DOUBLE:
        if (c->type->scale >= 0 && c->kind == TK_NUMERIC) { /* FLOAT(7,2): what it prints, not what it holds */
            return (struct comparing){"CAST(", arena_printf(s->a, " AS DECIMAL(65,%d))", c->type->scale), "", ""};
        }
        break;
    default:
        break;
    }
    return (struct comparing){"", "", "", ""};
}

/* That column i holds exactly this value. */
static bool put_equal(struct row_sql *s, const struct row_table *t, const struct canon_fields *f, size_t i) {
    const struct row_column *c = &t->columns[i];
    const char *text = literal(s, t, f, i);
    if (text == NULL) {
        return false;
    }
    if (f->field[i] == NULL) {
        return row_sql_name(s, c->name) && row_sql_puts(s, " IS NULL");
    }
    if (canon_is_json(t->canon, i)) {
        return put_json_equal(s, t, c, text);
    }
    struct comparing k = comparing(s, c);
    return row_sql_puts(s, k.before) && row_sql_name(s, c->name) && row_sql_puts(s, k.behind) &&
           row_sql_puts(s, " <=> ") && row_sql_puts(s, k.literal_before) && row_sql_puts(s, text) &&
           row_sql_puts(s, k.literal_behind);
}

static bool by_all(struct row_sql *s, const struct row_table *t, const struct canon_fields *f, const bool *known) {
    bool any = false;
    for (size_t i = 0; i < t->n; i++) {
        if (t->columns[i].computed || (known != NULL && !known[i])) {
            continue;
        }
        if (!row_sql_puts(s, any ? " AND " : "") || !put_equal(s, t, f, i)) {
            return false;
        }
        any = true;
    }
    return row_sql_puts(s, any ? "" : "TRUE");
}

bool row_sql_where(struct row_sql *s, const struct row_table *t, const struct canon_fields *row, const bool *known) {
    return t->nkeys > 0 ? by_key(s, t, row) : by_all(s, t, row, known);
}

bool row_sql_key(struct row_sql *s, const struct row_table *t, const struct canon_fields *row) {
    if (t->nkeys > 1 && !row_sql_puts(s, "(")) {
        return false;
    }
    for (size_t i = 0; i < t->nkeys; i++) {
        const char *text = literal(s, t, row, i);
        if (text == NULL || !row_sql_puts(s, i > 0 ? ", " : "") || !row_sql_puts(s, text)) {
            return false;
        }
    }
    return t->nkeys <= 1 || row_sql_puts(s, ")");
}

/* ---- statements ---- */

bool row_sql_delete(struct row_sql *s, const struct row_table *t) {
    return put_table(s, "DELETE FROM ", t, " WHERE ");
}

bool row_sql_insert(struct row_sql *s, const struct row_table *t) {
    bool any = false;
    if (!put_table(s, "INSERT INTO ", t, " (")) {
        return false;
    }
    for (size_t i = 0; i < t->n; i++) {
        if (!t->columns[i].computed) {
            if (!row_sql_puts(s, any ? ", " : "") || !row_sql_name(s, t->columns[i].name)) {
                return false;
            }
            any = true;
        }
    }
    return row_sql_puts(s, ") VALUES ");
}

bool row_sql_values(struct row_sql *s, const struct row_table *t, const struct canon_fields *row) {
    bool any = false;
    if (!row_sql_puts(s, "(")) {
        return false;
    }
    for (size_t i = 0; i < t->n; i++) {
        if (!t->columns[i].computed) {
            if (!row_sql_puts(s, any ? ", " : "") || !put_value(s, t, row, i)) {
                return false;
            }
            any = true;
        }
    }
    return row_sql_puts(s, ")");
}

static bool put_itself(struct row_sql *s, const char *name) {
    return row_sql_puts(s, ", ") && row_sql_name(s, name) && row_sql_puts(s, " = ") && row_sql_name(s, name);
}

bool row_sql_on_duplicate(struct row_sql *s, const struct row_table *t) {
    const char *before = " ON DUPLICATE KEY UPDATE ";
    for (size_t i = t->nkeys; i < t->n; i++) {
        const struct row_column *c = &t->columns[i];
        if (!c->computed) {
            if (!row_sql_puts(s, before) || !row_sql_name(s, c->name) || !row_sql_puts(s, " = VALUES(") ||
                !row_sql_name(s, c->name) || !row_sql_puts(s, ")")) {
                return false;
            }
            before = ", ";
        }
    }
    for (size_t i = 0; i < t->non_update; i++) {
        if (!put_itself(s, t->on_update[i])) {
            return false;
        }
    }
    return true;
}

bool row_sql_update(struct row_sql *s, const struct row_table *t, const struct canon_fields *row, const bool *set) {
    bool any = false;
    if (!put_table(s, "UPDATE ", t, " SET ")) {
        return false;
    }
    for (size_t i = 0; i < t->n; i++) {
        if (set[i] && !t->columns[i].computed) {
            if (!row_sql_puts(s, any ? ", " : "") || !row_sql_name(s, t->columns[i].name) || !row_sql_puts(s, " = ") ||
                !put_value(s, t, row, i)) {
                return false;
            }
            any = true;
        }
    }
    for (size_t i = 0; i < t->n; i++) {
        if (t->columns[i].on_update && !set[i] && !put_itself(s, t->columns[i].name)) {
            return false;
        }
    }
    for (size_t i = 0; i < t->non_update; i++) {
        if (!put_itself(s, t->on_update[i])) {
            return false;
        }
    }
    return row_sql_puts(s, " WHERE ");
}
