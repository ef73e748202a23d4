/* Foreign keys: their columns and, apart, their actions. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "schema/catalog_internal.h"

enum { COLUMNS_MAX = 16 }; /* the servers' own limit for a key */

enum { K_TABLE, K_NAME, K_COLUMN, K_REF_SCHEMA, K_REF_TABLE, K_REF_COLUMN };

static struct foreign_key *find_fk(struct table *t, const char *name) {
    for (size_t i = 0; t != NULL && i < t->nfks; i++) {
        if (str_eq(t->fks[i].name, name)) {
            return &t->fks[i];
        }
    }
    return NULL;
}

static bool add_column(struct catalog_reader *r, struct table *t, size_t *cap, const struct mysql_rows *rows, size_t i,
                       struct err *e) {
    struct arena *a = r->a;
    const char *name = mysql_cell(rows, i, K_NAME);
    struct foreign_key *k = find_fk(t, name);
    if (k == NULL) {
        t->fks = arena_grow(a, t->fks, t->nfks, cap, sizeof *t->fks);
        k = &t->fks[t->nfks++];
        *k = (struct foreign_key){.name = arena_strdup(a, name),
                                  .ref_schema = arena_strdup(a, mysql_cell(rows, i, K_REF_SCHEMA)),
                                  .ref_table = arena_strdup(a, mysql_cell(rows, i, K_REF_TABLE)),
                                  .columns = arena_array(a, struct column *, COLUMNS_MAX),
                                  .ref_columns = arena_array(a, char *, COLUMNS_MAX)};
    }
    struct column *c = schema_find_column(t, mysql_cell(rows, i, K_COLUMN));
    if (c == NULL) {
        return catalog_no_column(e, t, "foreign key", k->name, mysql_cell(rows, i, K_COLUMN));
    }
    if (k->n == COLUMNS_MAX) {
        return err_set(e, ERR_SOURCE_SCHEMA, "foreign key %s of table %s has more than %d columns", name, t->name,
                       COLUMNS_MAX);
    }
    k->columns[k->n] = c;
    k->ref_columns[k->n++] = arena_strdup(a, mysql_cell(rows, i, K_REF_COLUMN));
    return true;
}

static bool read_columns(struct catalog_reader *r, struct err *e) {
    struct mysql_rows rows;
    char *sql =
        arena_printf(r->a,
                     "SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME,"
                     " REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = %s"
                     " AND REFERENCED_TABLE_NAME IS NOT NULL ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION",
                     r->db);
    if (!mysql_rows(r->c, r->a, sql, &rows, e)) {
        return false;
    }
    size_t *cap = arena_array(r->a, size_t, r->d->ntables + 1);
    for (size_t i = 0; i < rows.n; i++) {
        struct table *t = catalog_table(r, mysql_cell(&rows, i, K_TABLE));
        if (t != NULL && !add_column(r, t, &cap[catalog_table_index(r, t)], &rows, i, e)) {
            return false;
        }
    }
    return true;
}

static bool read_actions(struct catalog_reader *r, struct err *e) {
    struct mysql_rows rows;
    char *sql = arena_printf(r->a,
                             "SELECT TABLE_NAME, CONSTRAINT_NAME, UPDATE_RULE, DELETE_RULE FROM"
                             " information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = %s",
                             r->db);
    if (!mysql_rows(r->c, r->a, sql, &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        struct foreign_key *k = find_fk(catalog_table(r, mysql_cell(&rows, i, 0)), mysql_cell(&rows, i, 1));
        if (k != NULL) {
            k->on_update = arena_strdup(r->a, mysql_cell(&rows, i, 2));
            k->on_delete = arena_strdup(r->a, mysql_cell(&rows, i, 3));
        }
    }
    return true;
}

/* "CASCADE" behind "ON DELETE " in the tail of a constraint's line. */
static char *action_in(struct arena *a, const char *tail, size_t len, const char *event) {
    static const char *const actions[] = {"CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"};
    char *text = arena_strndup(a, tail, len);
    const char *at = strstr(text, event);
    for (size_t i = 0; at != NULL && i < sizeof actions / sizeof actions[0]; i++) {
        if (str_starts(at + strlen(event), actions[i])) {
            return arena_strdup(a, actions[i]);
        }
    }
    return arena_strdup(a, "RESTRICT"); /* what information_schema says when nothing was */
}

/* MariaDB shows REFERENTIAL_CONSTRAINTS only to accounts that may do more than SELECT: the actions are in
 * SHOW CREATE TABLE then, behind the parenthesis that ends the constraint's line. */
static bool show_actions(struct catalog_reader *r, struct table *t, struct err *e) {
    const char *create;
    if (!catalog_show_create(r, t, &create, e)) {
        return false;
    }
    for (size_t i = 0; i < t->nfks; i++) {
        struct foreign_key *k = &t->fks[i];
        char *head = arena_printf(r->a, "CONSTRAINT %s FOREIGN KEY ", str_quote_mysql(r->a, k->name));
        const char *line = k->on_delete != NULL || create == NULL ? NULL : strstr(create, head);
        if (line != NULL) {
            size_t n = strcspn(line, "\n");
            const char *end = memrchr(line, ')', n);
            const char *tail = end == NULL ? line + n : end;
            k->on_delete = action_in(r->a, tail, (size_t)(line + n - tail), "ON DELETE ");
            k->on_update = action_in(r->a, tail, (size_t)(line + n - tail), "ON UPDATE ");
        } else if (k->on_delete == NULL) {
            return err_set(e, ERR_SOURCE_PRIVILEGE,
                           "the account cannot see what foreign key %s of %s.%s does ON DELETE and ON UPDATE", k->name,
                           t->schema, t->name);
        }
    }
    return true;
}

static int by_fk_name(const void *a, const void *b) {
    return strcmp(((const struct foreign_key *)a)->name, ((const struct foreign_key *)b)->name);
}

bool catalog_read_foreign_keys(struct catalog_reader *r, struct err *e) {
    if (!read_columns(r, e) || !read_actions(r, e)) {
        return false;
    }
    for (size_t i = 0; i < r->d->ntables; i++) {
        struct table *t = &r->d->tables[i];
        bool known = true;
        for (size_t k = 0; k < t->nfks; k++) {
            known = known && t->fks[k].on_delete != NULL;
        }
        if (!known && !show_actions(r, t, e)) {
            return false;
        }
        if (t->nfks > 0) {
            qsort(t->fks, t->nfks, sizeof t->fks[0], by_fk_name);
        }
    }
    return true;
}
