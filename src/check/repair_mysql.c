/* The statements that make a MySQL row equal to the target's, for a check whose reference the target is. See detail.h; their
 * parts are mysql/row_sql.h's. */
#include "check/detail.h"
#include "mysql/row_sql.h"

enum { STATEMENT_MAX_BYTES = 1200u << 20 };

/* A statement on its way. */
struct making {
    struct row_table t;
    struct row_sql sql;
};

static bool is_compared(const struct check_table *t, const struct column *c) {
    for (size_t i = 0; i < t->n; i++) {
        if (t->columns[i] == c) {
            return true;
        }
    }
    return c->generated != GENERATED_NO;
}

/* Columns that change by themselves and are not compared. */
static void name_on_update(struct arena *a, const struct check_table *t, struct row_table *out) {
    const char **names = arena_calloc(a, t->t->ncolumns + 1, sizeof(char *));
    for (size_t i = 0; i < t->t->ncolumns; i++) {
        const struct column *c = &t->t->columns[i];
        if (c->on_update != NULL && !is_compared(t, c)) {
            names[out->non_update++] = c->name;
        }
    }
    out->on_update = names;
}

static struct making *begin(struct arena *a, const struct repair_mysql *m, const struct check_table *t) {
    struct making *k = arena_new(a, struct making);
    struct row_column *columns = arena_array(a, struct row_column, t->n + 1);
    for (size_t i = 0; i < t->n; i++) {
        const struct column *c = t->columns[i];
        columns[i] = (struct row_column){.name = c->name,
                                         .type = &c->type,
                                         .kind = c->target.kind,
                                         .nullable = c->nullable,
                                         .computed = c->generated != GENERATED_NO,
                                         .on_update = c->on_update != NULL};
    }
    k->t = (struct row_table){.schema = t->t->schema,
                              .name = t->t->name,
                              .n = t->n,
                              .nkeys = t->nkeys,
                              .columns = columns,
                              .canon = t->canon,
                              .is_mariadb = m->is_mariadb,
                              .version = m->version,
                              .reference = m->reference};
    name_on_update(a, t, &k->t);
    row_sql_init(&k->sql, a, STATEMENT_MAX_BYTES);
    return k;
}

static char *done(struct making *k, bool made, const char **why) {
    char *text = NULL;
    if (made && buf_terminate(&k->sql.text, &k->sql.e)) {
        text = arena_strdup(k->sql.a, (char *)k->sql.text.data);
    } else {
        *why = k->sql.why != NULL ? k->sql.why : "its statement is too long";
    }
    row_sql_clear(&k->sql);
    return text;
}

static bool put_delete(struct making *k, const struct canon_fields *f, uint64_t times) {
    return row_sql_delete(&k->sql, &k->t) && row_sql_where(&k->sql, &k->t, f, NULL) &&
           (k->t.nkeys > 0 || row_sql_puts(&k->sql, arena_printf(k->sql.a, " LIMIT %llu", (unsigned long long)times)));
}

static bool put_insert(struct making *k, const struct check_table *t, const struct canon_fields *f) {
    if (t->not_selected != NULL) {
        k->sql.why =
            arena_printf(k->sql.a, "columns that are not selected would get their defaults: %s", t->not_selected);
        return false;
    }
    return row_sql_insert(&k->sql, &k->t) && row_sql_values(&k->sql, &k->t, f);
}

static bool put_update(struct making *k, const struct canon_fields *is, const struct canon_fields *should) {
    const char *computed = NULL;
    bool *set = arena_array(k->sql.a, bool, k->t.n + 1), any = false;
    for (size_t i = k->t.nkeys; i < k->t.n; i++) {
        bool differs = !canon_fields_same(is, should, i);
        set[i] = differs && !k->t.columns[i].computed;
        computed = differs && !set[i] ? k->t.columns[i].name : computed;
        any = any || set[i];
    }
    if (!any) {
        k->sql.why = arena_printf(k->sql.a, "column %s is generated: its expression differs", computed);
        return false;
    }
    return row_sql_update(&k->sql, &k->t, should, set) && row_sql_where(&k->sql, &k->t, should, NULL);
}

char *repair_mysql_delete(struct arena *a, const struct repair_mysql *m, const struct check_table *t,
                          const struct row_pair *p, const char **why) {
    struct making *k = begin(a, m, t);
    struct canon_fields f = canon_fields(a, t->n, p->row[SIDE_SOURCE], p->len[SIDE_SOURCE]);
    return done(k, put_delete(k, &f, p->d->times), why);
}

char *repair_mysql_insert(struct arena *a, const struct repair_mysql *m, const struct check_table *t,
                          const struct row_pair *p, const char **why) {
    struct making *k = begin(a, m, t);
    struct canon_fields f = canon_fields(a, t->n, p->row[SIDE_TARGET], p->len[SIDE_TARGET]);
    return done(k, put_insert(k, t, &f), why);
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
    struct canon_fields is = canon_fields(a, t->n, p->row[SIDE_SOURCE], p->len[SIDE_SOURCE]);
    struct canon_fields should = canon_fields(a, t->n, p->row[SIDE_TARGET], p->len[SIDE_TARGET]);
    return done(k, put_update(k, &is, &should), why);
}

/* ---- rows that stand in each other's way ---- */

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
    struct canon_fields is = canon_fields(a, t->n, p->row[SIDE_SOURCE], p->len[SIDE_SOURCE]);
    struct canon_fields should = canon_fields(a, t->n, p->row[SIDE_TARGET], p->len[SIDE_TARGET]);
    for (size_t i = 0; i < t->t->nindexes; i++) {
        const struct index *index = &t->t->indexes[i];
        for (size_t k = 0; k < index->nparts && (index->kind == INDEX_UNIQUE || index->kind == INDEX_PRIMARY); k++) {
            size_t at = index->parts[k].column == NULL ? t->n : place_of(t, index->parts[k].column);
            if (at == t->n || !canon_fields_same(&is, &should, at)) {
                return true; /* an expression may depend on any column */
            }
        }
    }
    return false;
}
