/* Columns: types, attributes, generation expressions. Their defaults are read by catalog_defaults.c. */
#include <string.h>

#include "base/str.h"
#include "schema/catalog_internal.h"

enum {
    C_TABLE,
    C_NAME,
    C_ORDINAL,
    C_DEFAULT,
    C_NULLABLE,
    C_TYPE,
    C_CHARSET,
    C_COLLATION,
    C_EXTRA,
    C_COMMENT,
    C_GENERATION,
    C_SRS
};

/* EXTRA: "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3) INVISIBLE", "auto_increment", "VIRTUAL GENERATED". */
static void read_extra(const struct catalog_reader *r, struct column *c, const char *extra) {
    c->auto_increment = strcasestr(extra, "auto_increment") != NULL;
    c->invisible = strcasestr(extra, "INVISIBLE") != NULL;
    const char *update = strcasestr(extra, "on update ");
    if (update != NULL) {
        update += strlen("on update ");
        c->on_update = catalog_normal_now(r->a, arena_strndup(r->a, update, strcspn(update, " ,")));
    }
    if (strcasestr(extra, "VIRTUAL") != NULL) {
        c->generated = GENERATED_VIRTUAL;
    } else if (strcasestr(extra, "STORED") != NULL || strcasestr(extra, "PERSISTENT") != NULL) {
        c->generated = GENERATED_STORED;
    }
}

static bool read_column(const struct catalog_reader *r, struct column *c, const struct mysql_rows *rows, size_t i,
                        struct err *e) {
    struct arena *a = r->a;
    const char *type = mysql_cell(rows, i, C_TYPE);
    c->name = arena_strdup(a, mysql_cell(rows, i, C_NAME));
    c->ordinal = (int)catalog_u64(mysql_cell(rows, i, C_ORDINAL));
    if (!mytype_parse(a, type, &c->type)) {
        err_set(e, ERR_SOURCE_SCHEMA, "column %s.%s has type '%s', which is not known", mysql_cell(rows, i, C_TABLE),
                c->name, type);
        return err_hint(e, "leave the table out with --exclude, or upgrade this program");
    }
    c->type.charset = arena_strdup(a, mysql_cell(rows, i, C_CHARSET));
    c->type.collation = arena_strdup(a, mysql_cell(rows, i, C_COLLATION));
    c->type.srid = (uint32_t)catalog_u64(mysql_cell(rows, i, C_SRS));
    c->nullable = str_ieq(mysql_cell(rows, i, C_NULLABLE), "YES");
    c->comment = arena_strdup(a, mysql_cell(rows, i, C_COMMENT));
    read_extra(r, c, mysql_cell(rows, i, C_EXTRA));
    const char *expr = mysql_cell(rows, i, C_GENERATION);
    if (c->generated != GENERATED_NO && expr != NULL && expr[0] != '\0') {
        c->generation_expr =
            !r->is_mariadb && r->version >= 80000 ? catalog_mysql8_expr(a, expr) : arena_strdup(a, expr);
    }
    if (c->generated == GENERATED_NO && !c->auto_increment) {
        const char *text = mysql_cell(rows, i, C_DEFAULT);
        catalog_read_default(r, c, text, text == NULL ? 0 : rows->lens[i * rows->columns.n + C_DEFAULT],
                             mysql_cell(rows, i, C_EXTRA));
    }
    return true;
}

bool catalog_read_columns(struct catalog_reader *r, struct err *e) {
    struct mysql_rows rows;
    char *sql = arena_printf(
        r->a,
        "SELECT TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_DEFAULT, IS_NULLABLE, COLUMN_TYPE,"
        " CHARACTER_SET_NAME, COLLATION_NAME, EXTRA, COLUMN_COMMENT, %s, %s FROM information_schema.COLUMNS"
        " WHERE TABLE_SCHEMA = %s ORDER BY TABLE_NAME, ORDINAL_POSITION",
        r->has_generation_expr ? "GENERATION_EXPRESSION" : "NULL", r->has_srs_id ? "SRS_ID" : "NULL", r->db);
    if (!mysql_rows(r->c, r->a, sql, &rows, e)) {
        return false;
    }
    struct database *d = r->d;
    for (size_t i = 0; i < rows.n; i++) { /* count first: indexes will point at the columns, so they must not move */
        struct table *t = catalog_table(r, mysql_cell(&rows, i, C_TABLE));
        if (t != NULL) {
            t->ncolumns++;
        }
    }
    for (size_t i = 0; i < d->ntables; i++) {
        d->tables[i].columns = arena_array(r->a, struct column, d->tables[i].ncolumns + 1);
        d->tables[i].ncolumns = 0;
    }
    for (size_t i = 0; i < rows.n; i++) {
        struct table *t = catalog_table(r, mysql_cell(&rows, i, C_TABLE));
        if (t != NULL && !read_column(r, &t->columns[t->ncolumns++], &rows, i, e)) {
            return false;
        }
    }
    for (size_t i = 0; i < d->ntables; i++) {
        if (d->tables[i].ncolumns == 0) {
            err_set(e, ERR_SOURCE_SCHEMA, "table %s.%s shows no columns", d->tables[i].schema, d->tables[i].name);
            return err_hint(e, "is the table damaged, or may the account not see its columns? --exclude leaves it out");
        }
    }
    return catalog_read_exact_defaults(r, e);
}
