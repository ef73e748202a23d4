/* The statements that make a MySQL row equal to the target's, for a check whose reference the target is. See detail.h.
 *
 * Generated columns are left out. A column with ON UPDATE CURRENT_TIMESTAMP is always named: it would change by itself. In a table
 * without a key a row is found by all its columns, compared byte by byte: collations take different values for the same. */
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "check/detail.h"

enum { STATEMENT_MAX_BYTES = 1200u << 20, JSON_EQUALS_SINCE = 100700 };

struct making {
    struct arena *a;
    const struct repair_mysql *m;
    const struct check_table *t;
    struct buf text;
    struct err e; /* the buffer's; the only thing that can fail is memory */
    bool ok;
    const char *why;
};

static void put(struct making *k, const char *text) {
    k->ok = k->ok && buf_puts(&k->text, text, &k->e);
}

static bool is_computed(const struct column *c) {
    return c->generated != GENERATED_NO;
}

static const char *name_of(struct making *k, const struct column *c) {
    return str_quote_mysql(k->a, c->name);
}

static void put_table(struct making *k) {
    put(k, str_quote_mysql(k->a, k->t->t->schema));
    put(k, ".");
    put(k, str_quote_mysql(k->a, k->t->t->name));
}

/* NULL: k->why tells. */
static const char *literal(struct making *k, const struct row_fields *f, size_t i) {
    const char *why = NULL;
    const struct column *c = k->t->columns[i];
    const char *text = canon_literal_mysql(k->a, k->t->canon, i, &c->type, f->field[i], f->len[i], &why);
    if (text == NULL) {
        k->why = arena_printf(k->a, "column %s: %s", c->name, why);
    }
    return text;
}

static const char *value(struct making *k, const struct row_fields *f, size_t i) {
    const struct column *c = k->t->columns[i];
    if (f->field[i] == NULL && !c->nullable) {
        if (k->m->reference == DIALECT_OG_A && c->target.kind == TK_TEXT && !canon_is_json(k->t->canon, i)) {
            return "''"; /* an A database keeps '' as NULL */
        }
        k->why = arena_printf(k->a, "column %s: it does not take NULL", c->name);
        return NULL;
    }
    return literal(k, f, i);
}

/* ---- finding a row ---- */

static bool by_key(struct making *k, const struct row_fields *f) {
    for (size_t i = 0; i < k->t->nkeys; i++) {
        const char *text = literal(k, f, i);
        if (text == NULL) {
            return false;
        }
        put(k, i > 0 ? " AND " : "");
        put(k, name_of(k, k->t->columns[i]));
        put(k, f->field[i] == NULL ? " IS " : " = ");
        put(k, text);
    }
    return true;
}

static bool put_json_equal(struct making *k, const struct column *c, const char *name, const char *text) {
    if (!k->m->is_mariadb) {
        put(k, arena_printf(k->a, c->type.kind == MYT_JSON ? "%s" : "CAST(%s AS JSON)", name));
        put(k, " <=> CAST(");
        put(k, text);
        put(k, " AS JSON)");
        return true;
    }
    if (k->m->version < JSON_EQUALS_SINCE) {
        k->why = arena_printf(k->a, "column %s: MariaDB before 10.7 cannot compare JSON", c->name);
        return false;
    }
    put(k, "JSON_EQUALS(");
    put(k, name);
    put(k, ", ");
    put(k, text);
    put(k, ")");
    return true;
}

/* That column i holds exactly this value. */
static bool put_equal(struct making *k, const struct row_fields *f, size_t i) {
    const struct column *c = k->t->columns[i];
    const char *name = name_of(k, c), *text = literal(k, f, i);
    if (text == NULL) {
        return false;
    }
    if (f->field[i] == NULL) {
        put(k, name);
        put(k, " IS NULL");
        return true;
    }
    if (canon_is_json(k->t->canon, i)) {
        return put_json_equal(k, c, name, text);
    }
    const char *form = "%s", *literal_form = "";
    switch (c->type.kind) {
    case MYT_CHAR:
    case MYT_VARCHAR:
    case MYT_TINYTEXT:
    case MYT_TEXT:
    case MYT_MEDIUMTEXT:
    case MYT_LONGTEXT:
    case MYT_ENUM:
    case MYT_SET:
        form = "CAST(CONVERT(%s USING utf8mb4) AS BINARY)";
        literal_form = "CAST(";
        break;
    case MYT_GEOMETRY:
    case MYT_VECTOR:
        form = "HEX(%s)";
        literal_form = "HEX(";
        break;
    case MYT_FLOAT:
    case MYT_DOUBLE:
        if (c->type.scale >= 0 && c->target.kind == TK_NUMERIC) { /* FLOAT(7,2): what it prints, not what it holds */
            put(k, arena_printf(k->a, "CAST(%s AS DECIMAL(65,%d)) <=> ", name, c->type.scale));
            put(k, text);
            return true;
        }
        break;
    default:
        break;
    }
    const char *hole = strstr(form, "%s");
    put(k, arena_strndup(k->a, form, (size_t)(hole - form)));
    put(k, name);
    put(k, hole + 2);
    put(k, " <=> ");
    put(k, literal_form);
    put(k, text);
    put(k, literal_form[0] == 'C' ? " AS BINARY)" : literal_form[0] == 'H' ? ")" : "");
    return true;
}

static bool by_all(struct making *k, const struct row_fields *f) {
    bool any = false;
    for (size_t i = 0; i < k->t->n; i++) {
        if (is_computed(k->t->columns[i])) {
            continue;
        }
        put(k, any ? " AND " : "");
        any = true;
        if (!put_equal(k, f, i)) {
            return false;
        }
    }
    put(k, any ? "" : "TRUE");
    return true;
}

/* ---- statements ---- */

static bool put_delete(struct making *k, const struct row_fields *f, uint64_t times) {
    put(k, "DELETE FROM ");
    put_table(k);
    put(k, " WHERE ");
    if (k->t->nkeys > 0) {
        return by_key(k, f);
    }
    if (!by_all(k, f)) {
        return false;
    }
    put(k, arena_printf(k->a, " LIMIT %llu", (unsigned long long)times));
    return true;
}

static bool put_insert(struct making *k, const struct row_fields *f) {
    if (k->t->not_selected != NULL) {
        k->why = arena_printf(k->a, "columns that are not selected would get their defaults: %s", k->t->not_selected);
        return false;
    }
    put(k, "INSERT INTO ");
    put_table(k);
    put(k, " (");
    bool any = false;
    for (size_t i = 0; i < k->t->n; i++) {
        if (!is_computed(k->t->columns[i])) {
            put(k, any ? ", " : "");
            put(k, name_of(k, k->t->columns[i]));
            any = true;
        }
    }
    put(k, ") VALUES (");
    any = false;
    for (size_t i = 0; i < k->t->n; i++) {
        const char *text = is_computed(k->t->columns[i]) ? "" : value(k, f, i);
        if (text == NULL) {
            return false;
        }
        if (!is_computed(k->t->columns[i])) {
            put(k, any ? ", " : "");
            put(k, text);
            any = true;
        }
    }
    put(k, ")");
    return true;
}

static bool is_set(const struct check_table *t, const struct row_fields *is, const struct row_fields *should,
                   const struct column *c) {
    for (size_t i = 0; i < t->n; i++) {
        if (t->columns[i] == c) {
            return i >= t->nkeys && !row_fields_same(is, should, i);
        }
    }
    return false;
}

static bool put_update(struct making *k, const struct row_fields *is, const struct row_fields *should) {
    const char *computed = NULL;
    bool any = false;
    put(k, "UPDATE ");
    put_table(k);
    put(k, " SET ");
    for (size_t i = k->t->nkeys; i < k->t->n; i++) {
        const struct column *c = k->t->columns[i];
        if (row_fields_same(is, should, i)) {
            continue;
        }
        if (is_computed(c)) {
            computed = c->name;
            continue;
        }
        const char *text = value(k, should, i);
        if (text == NULL) {
            return false;
        }
        put(k, any ? ", " : "");
        put(k, name_of(k, c));
        put(k, " = ");
        put(k, text);
        any = true;
    }
    if (!any) {
        k->why = arena_printf(k->a, "column %s is generated: its expression differs", computed);
        return false;
    }
    for (size_t i = 0; i < k->t->t->ncolumns; i++) {
        const struct column *c = &k->t->t->columns[i];
        if (c->on_update != NULL && !is_set(k->t, is, should, c)) {
            const char *name = name_of(k, c);
            put(k, arena_printf(k->a, ", %s = %s", name, name));
        }
    }
    put(k, " WHERE ");
    return by_key(k, should);
}

/* ---- one difference ---- */

static char *done(struct making *k, bool made, const char **why) {
    char *text = NULL;
    if (made && k->ok && buf_terminate(&k->text, &k->e)) {
        text = arena_strdup(k->a, (char *)k->text.data);
    } else {
        *why = k->why != NULL ? k->why : "its statement is too long";
    }
    buf_clear(&k->text);
    return text;
}

static struct making *begin(struct arena *a, const struct repair_mysql *m, const struct check_table *t) {
    struct making *k = arena_new(a, struct making);
    k->a = a;
    k->m = m;
    k->t = t;
    k->ok = true;
    buf_init(&k->text, STATEMENT_MAX_BYTES);
    return k;
}

char *repair_mysql_delete(struct arena *a, const struct repair_mysql *m, const struct check_table *t,
                          const struct row_pair *p, const char **why) {
    struct making *k = begin(a, m, t);
    struct row_fields f = row_fields(a, t, p->row[SIDE_SOURCE], p->len[SIDE_SOURCE]);
    return done(k, put_delete(k, &f, p->d->times), why);
}

char *repair_mysql_insert(struct arena *a, const struct repair_mysql *m, const struct check_table *t,
                          const struct row_pair *p, const char **why) {
    struct making *k = begin(a, m, t);
    struct row_fields f = row_fields(a, t, p->row[SIDE_TARGET], p->len[SIDE_TARGET]);
    return done(k, put_insert(k, &f), why);
}

char *repair_mysql_sql(struct arena *a, const struct repair_mysql *m, const struct check_table *t,
                       const struct row_pair *p, const char **why) {
    *why = NULL;
    if (detail_is_uncarriable(p->d)) {
        *why = "the row holds a value that the reference's types cannot hold; mend it by hand";
        return NULL;
    }
    if (p->row[SIDE_TARGET] == NULL) {
        return p->row[SIDE_SOURCE] == NULL ? NULL : repair_mysql_delete(a, m, t, p, why);
    }
    if (p->row[SIDE_SOURCE] == NULL) {
        if (p->d->kind == ROW_EXTRA && t->nkeys > 0 && p->d->times > 1) {
            *why = "the reference has rows of one key more than once";
            return NULL;
        }
        return repair_mysql_insert(a, m, t, p, why);
    }
    if (p->d->kind == ROW_EXTRA) {
        *why = "the reference has rows of one key more than once";
        return NULL;
    }
    struct making *k = begin(a, m, t);
    struct row_fields is = row_fields(a, t, p->row[SIDE_SOURCE], p->len[SIDE_SOURCE]);
    struct row_fields should = row_fields(a, t, p->row[SIDE_TARGET], p->len[SIDE_TARGET]);
    return done(k, put_update(k, &is, &should), why);
}

/* ---- rows that stand in each other's way ---- */

static bool is_compared(const struct check_table *t, const struct column *c) {
    for (size_t i = 0; i < t->n; i++) {
        if (t->columns[i] == c) {
            return true;
        }
    }
    return is_computed(c);
}

bool repair_mysql_can_replace(const struct check_table *t) {
    for (size_t i = 0; i < t->t->ncolumns; i++) {
        if (!is_compared(t, &t->t->columns[i])) {
            return false; /* its value would be lost */
        }
    }
    return t->nkeys > 0;
}

static size_t place_of(const struct check_table *t, const struct column *c) {
    size_t i = 0;
    while (i < t->n && t->columns[i] != c) {
        i++;
    }
    return i;
}

bool repair_mysql_moves_unique(struct arena *a, const struct check_table *t, const struct row_pair *p) {
    if (p->row[SIDE_SOURCE] == NULL || p->row[SIDE_TARGET] == NULL || !repair_mysql_can_replace(t)) {
        return false;
    }
    struct row_fields is = row_fields(a, t, p->row[SIDE_SOURCE], p->len[SIDE_SOURCE]);
    struct row_fields should = row_fields(a, t, p->row[SIDE_TARGET], p->len[SIDE_TARGET]);
    for (size_t i = 0; i < t->t->nindexes; i++) {
        const struct index *index = &t->t->indexes[i];
        for (size_t k = 0; k < index->nparts && (index->kind == INDEX_UNIQUE || index->kind == INDEX_PRIMARY); k++) {
            size_t at = index->parts[k].column == NULL ? t->n : place_of(t, index->parts[k].column);
            if (at == t->n || !row_fields_same(&is, &should, at)) {
                return true; /* an expression may depend on any column */
            }
        }
    }
    return false;
}
