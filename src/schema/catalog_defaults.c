/* Column defaults, in the three ways the servers print them; and once more from SHOW CREATE TABLE where information_schema
 * does not tell the truth. */
#include <string.h>

#include "base/str.h"
#include "schema/catalog_internal.h"

enum { MARIADB_QUOTED_DEFAULTS = 100207 };

bool catalog_is_binary(const struct mytype *t) {
    return t->kind == MYT_BINARY || t->kind == MYT_VARBINARY || (t->kind >= MYT_TINYBLOB && t->kind <= MYT_LONGBLOB);
}

static bool is_hex_literal(const char *s) {
    return s[0] == '0' && s[1] == 'x' && s[2 + strspn(s + 2, "0123456789abcdefABCDEF")] == '\0';
}

static void set_literal(struct arena *a, struct column *c, const char *text, size_t len) {
    c->has_default = true;
    c->default_text =
        catalog_is_binary(&c->type) && !is_hex_literal(text) ? catalog_hex(a, text, len) : arena_strdup(a, text);
}

static void set_expr(struct arena *a, struct column *c, const char *expr) {
    c->has_default = true;
    c->default_expr = catalog_normal_now(a, expr);
}

/* MariaDB since 10.2.7 prints the SQL text of every default; NULL as the word. */
static void read_default_mariadb(struct arena *a, struct column *c, const char *text) {
    char *literal;
    size_t len;
    if (str_ieq(text, "NULL")) {
        c->has_default = c->default_null = true;
    } else if (catalog_string_literal(a, text, &literal, &len)) {
        set_literal(a, c, literal, len);
    } else if (catalog_number_literal(text) || (text[0] == 'b' && text[1] == '\'')) {
        set_literal(a, c, text, strlen(text));
    } else {
        set_expr(a, c, text);
    }
}

/* MySQL prints the bare value and says DEFAULT_GENERATED in EXTRA where it is an expression (from 8.0.13 on). */
static void read_default_mysql(const struct catalog_reader *r, struct column *c, const char *text, size_t len,
                               const char *extra) {
    bool temporal = c->type.kind == MYT_TIMESTAMP || c->type.kind == MYT_DATETIME;
    if (strstr(extra, "DEFAULT_GENERATED") != NULL) {
        set_expr(r->a, c, r->is_mariadb ? text : catalog_mysql8_expr(r->a, text));
    } else if (temporal && str_istarts(text, "CURRENT_TIMESTAMP")) {
        set_expr(r->a, c, text);
    } else {
        set_literal(r->a, c, text, len);
    }
}

void catalog_read_default(const struct catalog_reader *r, struct column *c, const char *text, size_t len,
                          const char *extra) {
    if (text == NULL) {
        c->has_default = c->default_null = c->nullable;
    } else if (r->is_mariadb && r->version >= MARIADB_QUOTED_DEFAULTS) {
        read_default_mariadb(r->a, c, text);
    } else {
        read_default_mysql(r, c, text, len, extra);
    }
}

/* ---- what information_schema gets wrong ---- */

/* MySQL cuts binary defaults at their first NUL byte, MariaDB replaces bytes that are no UTF-8, and MySQL 8 prints a
 * TIMESTAMP's default in the time zone of the session that made it. SHOW CREATE TABLE has them right, when it is not asked
 * to convert its answer to a character set. */
static bool wants_exact(const struct column *c) {
    return c->default_text != NULL &&
           (catalog_is_binary(&c->type) || (c->type.kind == MYT_TIMESTAMP && !str_starts(c->default_text, "0000-")));
}

/* The literal behind DEFAULT in the column's line. The types in question have no quotes or keywords of their own before it. */
static const char *find_default(struct arena *a, const char *create, const struct column *c) {
    const char *line = strstr(create, arena_printf(a, "\n  %s ", str_quote_mysql(a, c->name)));
    return line == NULL ? NULL : strstr(line, " DEFAULT ");
}

static void exact_default(struct arena *a, struct column *c, const char *create) {
    static const char word[] = " DEFAULT ";
    const char *at = find_default(a, create, c);
    if (at == NULL) {
        return;
    }
    at += sizeof word - 1;
    char *bytes;
    size_t len, digits = strspn(at + (at[0] != '\0'), "x0123456789abcdefABCDEF") + 1;
    if (at[0] == '0' && at[1] == 'x') {
        c->default_text = arena_strndup(a, at, digits);
    } else if (catalog_string_prefix(a, at, &bytes, &len) != NULL) {
        c->default_text = catalog_is_binary(&c->type) ? catalog_hex(a, bytes, len) : bytes;
    }
}

static bool show_defaults(struct catalog_reader *r, struct table *t, struct err *e) {
    const char *create;
    if (!catalog_show_create(r, t, &create, e)) {
        return false;
    }
    for (size_t i = 0; i < t->ncolumns && create != NULL; i++) {
        if (wants_exact(&t->columns[i])) {
            exact_default(r->a, &t->columns[i], create);
        }
    }
    return true;
}

bool catalog_read_exact_defaults(struct catalog_reader *r, struct err *e) {
    bool raw = false, ok = true;
    for (size_t i = 0; i < r->d->ntables && ok; i++) {
        struct table *t = &r->d->tables[i];
        bool wanted = false;
        for (size_t k = 0; k < t->ncolumns && !wanted; k++) {
            wanted = wants_exact(&t->columns[k]);
        }
        if (wanted && !raw) {
            ok = mysql_exec(r->c, "SET SESSION character_set_results = NULL", e);
            raw = true;
        }
        ok = ok && (!wanted || show_defaults(r, t, e));
    }
    return !ok || !raw ? ok : mysql_exec(r->c, "SET SESSION character_set_results = utf8mb4", e);
}
