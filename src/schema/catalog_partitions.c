/* Partitions and subpartitions, from information_schema.PARTITIONS. */
#include <string.h>

#include "base/str.h"
#include "schema/catalog_internal.h"

enum { P_TABLE, P_NAME, P_SUB_NAME, P_METHOD, P_SUB_METHOD, P_EXPR, P_SUB_EXPR, P_DESCRIPTION, P_COMMENT };

static bool method_of(const char *text, enum partition_method *method, bool *linear) {
    static const struct {
        const char *text;
        enum partition_method method;
    } known[] = {{"RANGE", PART_RANGE}, {"RANGE COLUMNS", PART_RANGE_COLUMNS},
                 {"LIST", PART_LIST},   {"LIST COLUMNS", PART_LIST_COLUMNS},
                 {"HASH", PART_HASH},   {"KEY", PART_KEY}};
    *linear = str_istarts(text, "LINEAR ");
    text += *linear ? strlen("LINEAR ") : 0;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (str_ieq(text, known[i].text)) {
            *method = known[i].method;
            return true;
        }
    }
    return false;
}

static bool read_scheme(struct arena *a, struct table *t, const struct mysql_rows *rows, size_t i, struct err *e) {
    struct partitioning *p = &t->part;
    const char *method = mysql_cell(rows, i, P_METHOD), *sub = mysql_cell(rows, i, P_SUB_METHOD);
    if (method == NULL || !method_of(method, &p->method, &p->linear) ||
        (sub != NULL && !method_of(sub, &p->sub_method, &p->sub_linear))) {
        return err_set(e, ERR_SOURCE_SCHEMA, "table %s is partitioned by %s, which is not known", t->name,
                       sub != NULL      ? sub
                       : method == NULL ? "nothing"
                                        : method);
    }
    p->expr = arena_strdup(a, mysql_cell(rows, i, P_EXPR));
    p->sub_expr = arena_strdup(a, mysql_cell(rows, i, P_SUB_EXPR));
    return true;
}

static void add_partition(struct arena *a, struct partition **list, size_t *n, size_t *cap, struct partition p) {
    *list = arena_grow(a, *list, *n, cap, sizeof p);
    (*list)[(*n)++] = p;
}

/* MariaDB prints the DEFAULT of a LIST of numbers as 0, which can be a value just as well: SHOW CREATE TABLE tells. */
static bool find_list_default(struct catalog_reader *r, struct table *t, struct err *e) {
    struct partition *zero = NULL;
    for (size_t i = 0; i < t->part.n && t->part.method == PART_LIST; i++) {
        zero = str_eq(t->part.parts[i].values, "0") ? &t->part.parts[i] : zero;
    }
    if (!r->is_mariadb || zero == NULL) {
        return true;
    }
    const char *create;
    if (!catalog_show_create(r, t, &create, e)) {
        return false;
    }
    for (size_t i = 0; create != NULL && i < t->part.n; i++) {
        struct partition *p = &t->part.parts[i];
        char *text = arena_printf(r->a, "PARTITION %s DEFAULT", str_quote_mysql(r->a, p->name));
        if (str_eq(p->values, "0") && strstr(create, text) != NULL) {
            p->values = arena_strdup(r->a, "DEFAULT");
        }
    }
    return true;
}

bool catalog_read_partitions(struct catalog_reader *r, struct err *e) {
    struct mysql_rows rows;
    struct arena *a = r->a;
    char *sql =
        arena_printf(a,
                     "SELECT TABLE_NAME, PARTITION_NAME, SUBPARTITION_NAME, PARTITION_METHOD, SUBPARTITION_METHOD,"
                     " PARTITION_EXPRESSION, SUBPARTITION_EXPRESSION, PARTITION_DESCRIPTION, PARTITION_COMMENT"
                     " FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = %s AND PARTITION_NAME IS NOT NULL"
                     " ORDER BY TABLE_NAME, PARTITION_ORDINAL_POSITION, SUBPARTITION_ORDINAL_POSITION",
                     r->db);
    if (!mysql_rows(r->c, a, sql, &rows, e)) {
        return false;
    }
    struct caps {
        size_t parts, subs;
    } *caps = arena_array(a, struct caps, r->d->ntables + 1);
    for (size_t i = 0; i < rows.n; i++) {
        struct table *t = catalog_table(r, mysql_cell(&rows, i, P_TABLE));
        if (t == NULL) {
            continue;
        }
        struct partitioning *p = &t->part;
        struct caps *cap = &caps[catalog_table_index(r, t)];
        if (p->n == 0 && !read_scheme(a, t, &rows, i, e)) {
            return false;
        }
        const char *name = mysql_cell(&rows, i, P_NAME), *sub = mysql_cell(&rows, i, P_SUB_NAME);
        if (p->n == 0 || !str_eq(p->parts[p->n - 1].name, name)) {
            const char *values = mysql_cell(&rows, i, P_DESCRIPTION);
            bool list = p->method == PART_LIST || p->method == PART_LIST_COLUMNS;
            if (list && str_ieq(values, "MAXVALUE")) { /* how MariaDB prints a list's DEFAULT */
                values = "DEFAULT";
            }
            add_partition(a, &p->parts, &p->n, &cap->parts,
                          (struct partition){.name = arena_strdup(a, name),
                                             .values = arena_strdup(a, values),
                                             .comment = arena_strdup(a, mysql_cell(&rows, i, P_COMMENT))});
            cap->subs = 0;
        }
        if (sub != NULL) {
            struct partition *parent = &p->parts[p->n - 1];
            add_partition(a, &parent->sub, &parent->nsub, &cap->subs,
                          (struct partition){.name = arena_strdup(a, sub),
                                             .comment = arena_strdup(a, mysql_cell(&rows, i, P_COMMENT))});
        }
    }
    for (size_t i = 0; i < r->d->ntables; i++) {
        if (!find_list_default(r, &r->d->tables[i], e)) {
            return false;
        }
    }
    return true;
}
