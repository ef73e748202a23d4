/* Columns: types, defaults in the three ways the servers print them, generation expressions. */
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "schema/catalog_internal.h"

enum { MARIADB_QUOTED_DEFAULTS = 100207 };

enum { C_TABLE, C_NAME, C_ORDINAL, C_DEFAULT, C_NULLABLE, C_TYPE, C_CHARSET, C_COLLATION, C_EXTRA, C_COMMENT, C_GENERATION, C_SRS };

static bool is_binary(const struct mytype *t) {
    return t->kind == MYT_BINARY || t->kind == MYT_VARBINARY || (t->kind >= MYT_TINYBLOB && t->kind <= MYT_LONGBLOB);
}

static bool is_hex_literal(const char *s) {
    return s[0] == '0' && s[1] == 'x' && s[2 + strspn(s + 2, "0123456789abcdefABCDEF")] == '\0';
}

static void set_literal(struct arena *a, struct column *c, const char *text, size_t len) {
    c->has_default = true;
    c->default_text = is_binary(&c->type) && !is_hex_literal(text) ? catalog_hex(a, text, len) : arena_strdup(a, text);
}

static void set_expr(struct arena *a, struct column *c, const char *expr) {
    c->has_default = true;
    c->default_expr = catalog_normal_now(a, expr);
}

/* MariaDB since 10.2.7 prints the SQL text of every default; NULL as the word. */
static void read_default_mariadb(struct arena *a, struct column *c, const char *text) {
    char *literal;
    if (str_ieq(text, "NULL")) {
        c->has_default = c->default_null = true;
    } else if (catalog_string_literal(a, text, &literal)) {
        set_literal(a, c, literal, strlen(literal));
    } else if (catalog_number_literal(text) || (text[0] == 'b' && text[1] == '\'')) {
        set_literal(a, c, text, strlen(text));
    } else {
        set_expr(a, c, text);
    }
}

/* MySQL prints the bare value and says DEFAULT_GENERATED in EXTRA where it is an expression (from 8.0.13 on). */
static void read_default_mysql(const struct catalog_reader *r, struct column *c, const char *text, size_t len, const char *extra) {
    bool temporal = c->type.kind == MYT_TIMESTAMP || c->type.kind == MYT_DATETIME;
    if (strstr(extra, "DEFAULT_GENERATED") != NULL) {
        set_expr(r->a, c, r->is_mariadb ? text : catalog_mysql8_expr(r->a, text));
    } else if (temporal && str_istarts(text, "CURRENT_TIMESTAMP")) {
        set_expr(r->a, c, text);
    } else {
        set_literal(r->a, c, text, len);
    }
}

static void read_default(const struct catalog_reader *r, struct column *c, const struct mysql_rows *rows, size_t i) {
    const char *text = mysql_cell(rows, i, C_DEFAULT), *extra = mysql_cell(rows, i, C_EXTRA);
    if (c->generated != GENERATED_NO || c->auto_increment) {
        return;
    }
    if (text == NULL) {
        c->has_default = c->default_null = c->nullable;
    } else if (r->is_mariadb && r->version >= MARIADB_QUOTED_DEFAULTS) {
        read_default_mariadb(r->a, c, text);
    } else {
        read_default_mysql(r, c, text, rows->lens[i * rows->columns.n + C_DEFAULT], extra);
    }
}

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

static bool read_column(const struct catalog_reader *r, struct column *c, const struct mysql_rows *rows, size_t i, struct err *e) {
    struct arena *a = r->a;
    const char *type = mysql_cell(rows, i, C_TYPE);
    c->name = arena_strdup(a, mysql_cell(rows, i, C_NAME));
    c->ordinal = (int)catalog_u64(mysql_cell(rows, i, C_ORDINAL));
    if (!mytype_parse(a, type, &c->type)) {
        err_set(e, ERR_SOURCE_SCHEMA, "column %s.%s has type '%s', which is not known", mysql_cell(rows, i, C_TABLE), c->name, type);
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
        c->generation_expr = !r->is_mariadb && r->version >= 80000 ? catalog_mysql8_expr(a, expr) : arena_strdup(a, expr);
    }
    read_default(r, c, rows, i);
    return true;
}

/* information_schema cuts binary defaults at their first NUL byte (MySQL) or replaces bytes (MariaDB), and MySQL 8 prints a
 * TIMESTAMP's default in the time zone of the session that made it. DEFAULT() tells the truth; but without a row in the
 * table only for nullable columns, so an empty table's NOT NULL ones keep what the catalog says. */
static bool wants_exact(const struct column *c) {
    return c->default_text != NULL &&
           (is_binary(&c->type) || (c->type.kind == MYT_TIMESTAMP && !str_starts(c->default_text, "0000-")));
}

static bool read_exact_defaults(const struct catalog_reader *r, struct table *t, struct err *e) {
    struct buf b;
    buf_init(&b, 1 << 20);
    bool ok = false;
    size_t n = 0;
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (wants_exact(&t->columns[i])) {
            const char *name = str_quote_mysql(r->a, t->columns[i].name);
            bool put = is_binary(&t->columns[i].type)
                           ? buf_printf(&b, e, "%s CONCAT('0x', HEX(DEFAULT(x.%s)))", n++ == 0 ? "SELECT" : ",", name)
                           : buf_printf(&b, e, "%s CAST(DEFAULT(x.%s) AS CHAR)", n++ == 0 ? "SELECT" : ",", name);
            if (!put) {
                goto out;
            }
        }
    }
    if (n == 0) {
        ok = true;
        goto out;
    }
    if (!buf_printf(&b, e, " FROM (SELECT 1) o LEFT JOIN %s.%s x ON TRUE LIMIT 1", str_quote_mysql(r->a, t->schema),
                    str_quote_mysql(r->a, t->name)) ||
        !buf_terminate(&b, e)) {
        goto out;
    }
    struct mysql_rows rows;
    if (!mysql_rows(r->c, r->a, (const char *)b.data, &rows, e)) {
        goto out;
    }
    size_t k = 0;
    for (size_t i = 0; i < t->ncolumns && rows.n == 1; i++) {
        if (wants_exact(&t->columns[i])) {
            const char *text = mysql_cell(&rows, 0, k++);
            if (text != NULL) {
                t->columns[i].default_text = arena_strdup(r->a, text);
            }
        }
    }
    ok = true;
out:
    buf_clear(&b);
    return ok || err_where(e, "table %s.%s", t->schema, t->name);
}

bool catalog_read_columns(struct catalog_reader *r, struct err *e) {
    struct mysql_rows rows;
    char *sql = arena_printf(r->a,
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
        if (!read_exact_defaults(r, &d->tables[i], e)) {
            return false;
        }
    }
    return true;
}
