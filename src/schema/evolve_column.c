/* Columns of a table that changes. See evolve_internal.h. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "schema/evolve_internal.h"

/* ---- conversions ---- */

static bool is_integer(const struct mytype *t) {
    return t->kind <= MYT_BIGINT;
}
static bool is_string(const struct mytype *t) {
    return t->kind >= MYT_CHAR && t->kind <= MYT_LONGTEXT;
}
static bool is_bytes(const struct mytype *t) {
    return t->kind == MYT_VARBINARY || (t->kind >= MYT_TINYBLOB && t->kind <= MYT_LONGBLOB);
}

/* Every label is still there. */
static bool keeps_labels(const struct mytype *from, const struct mytype *to) {
    for (size_t i = 0; i < from->nlabels; i++) {
        bool found = false;
        for (size_t k = 0; k < to->nlabels && !found; k++) {
            found = str_eq(from->labels[i], to->labels[k]);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

/* Does the target's cast give what the source's ALTER TABLE gave? Both servers have refused what does not fit. */
static bool same_conversion(const struct mytype *from, const struct mytype *to) {
    if (from->is_mariadb_json != to->is_mariadb_json) {
        return false;
    }
    if (from->kind == to->kind) {
        switch (from->kind) {
        case MYT_ENUM:
        case MYT_SET:
            return keeps_labels(from, to);
        case MYT_BINARY:
        case MYT_BIT:
            return from->length_chars == to->length_chars;
        case MYT_FLOAT:
        case MYT_DOUBLE:
            return to->scale < 0 || (from->scale == to->scale && from->precision <= to->precision);
        case MYT_GEOMETRY:
        case MYT_VECTOR:
            return str_eq(from->full, to->full);
        default:
            return true;
        }
    }
    if (is_integer(from)) {
        return is_integer(to) || to->kind == MYT_DECIMAL || to->kind == MYT_DOUBLE ||
               (is_string(to) && !from->zerofill && to->kind != MYT_CHAR);
    }
    switch (from->kind) {
    case MYT_FLOAT:
        return to->kind == MYT_DOUBLE && to->scale < 0;
    case MYT_ENUM:
    case MYT_SET:
        return is_string(to);
    case MYT_DATE:
        return to->kind == MYT_DATETIME;
    case MYT_YEAR:
        return is_integer(to);
    default:
        return (is_string(from) && is_string(to)) || (is_bytes(from) && is_bytes(to));
    }
}

bool evolve_conversion(struct evolution *v, const struct pair *p, const struct column *from, const struct column *to,
                       char **using) {
    *using = NULL;
    if (from->target.enum_type || to->target.enum_type) {
        return evolve_no(v, "column %s of table %s has an enum type of its own in the target", to->name, p->to->name);
    }
    if (!same_conversion(&from->type, &to->type)) {
        return evolve_no(v, "column %s of table %s becomes %s: the target converts %s in another way", to->name,
                         p->to->name, to->type.full, from->type.full);
    }
    if (!str_eq(from->target.ddl, to->target.ddl) || !str_eq(from->target.collation, to->target.collation)) {
        char *name = ddl_quote(&v->after.x, to->target_name);
        /* A number becomes a truth value by what it is, and the other way. */
        *using = to->target.kind == TK_BOOL && from->target.kind != TK_BOOL ? arena_printf(v->a, "%s <> 0", name)
                 : from->target.kind == TK_BOOL && to->target.kind != TK_BOOL
                     ? arena_printf(v->a, "%s::integer::%s", name, to->target.ddl)
                     : arena_printf(v->a, "%s::%s", name, to->target.ddl);
    }
    return true;
}

/* ---- what is there ---- */

static const struct column *column_was(const struct table *t, const struct column *was) {
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (t->columns[i].was == was) {
            return &t->columns[i];
        }
    }
    return NULL;
}

static void drop_column(struct evolution *v, const struct pair *p, const struct column *c) {
    evolve_add(&v->drops, "ALTER TABLE %s DROP COLUMN %s", ddl_table_name(v->a, p->from),
               evolve_quote(v, c->target_name));
}

/* Those that are computed go first: they stand upon others. */
static void drop_columns(struct evolution *v, const struct pair *p) {
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < p->from->ncolumns; i++) {
            const struct column *c = &p->from->columns[i];
            if (column_was(p->to, c) == NULL && (c->loaded ? 1 : 0) == round) {
                drop_column(v, p, c);
            }
        }
    }
}

static void rename_column(struct evolution *v, const struct pair *p, const struct column *from,
                          const struct column *to) {
    if (str_eq(from->target_name, to->target_name)) {
        return;
    }
    char *between = arena_printf(v->a, "godwit_renamed_%d", from->ordinal); /* names may be swapped */
    evolve_add(&v->drops, "ALTER TABLE %s RENAME COLUMN %s TO %s", ddl_table_name(v->a, p->from),
               evolve_quote(v, from->target_name), between);
    evolve_add(&v->tables, "ALTER TABLE %s RENAME COLUMN %s TO %s", ddl_table_name(v->a, p->to), between,
               evolve_quote(v, to->target_name));
}

static void alter(struct evolution *v, const struct pair *p, const struct column *c, const char *what) {
    evolve_add(&v->tables, "ALTER TABLE %s ALTER COLUMN %s %s", ddl_table_name(v->a, p->to),
               evolve_quote(v, c->target_name), what);
}

static void comment(struct evolution *v, const struct pair *p, const struct column *from, const struct column *to) {
    const char *old = from != NULL && from->comment != NULL ? from->comment : "",
               *new = to->comment != NULL ? to->comment : "";
    if (!str_eq(old, new)) {
        evolve_add(&v->tables, "COMMENT ON COLUMN %s.%s IS %s", ddl_table_name(v->a, p->to),
                   evolve_quote(v, to->target_name), str_literal_pg(v->a, new));
    }
}

static bool counter(struct evolution *v, const struct pair *p, const struct column *mid, const struct column *to) {
    if (mid->auto_increment == to->auto_increment) {
        return true;
    }
    const struct column *c = to->auto_increment ? to : mid;
    if (!ddl_counter_is_identity(&v->after.x, c)) {
        return evolve_no(v, "column %s of table %s gets or loses AUTO_INCREMENT", to->name, p->to->name);
    }
    if (!to->auto_increment) {
        alter(v, p, to, "DROP IDENTITY");
        return true;
    }
    alter(v, p, to, "ADD GENERATED BY DEFAULT AS IDENTITY");
    char *set = evolve_sql(v, &v->after, p->to, DDL_COUNTER, NULL);
    if (set != NULL) {
        evolve_add(&v->keys, "%s", set);
    }
    return true;
}

static void type_check(struct evolution *v, const struct pair *p, size_t from, const struct column *mid,
                       const struct column *to) {
    const char *old_name = p->from_parts->type_checks[from], *new_name = p->to_parts->type_checks[to - p->to->columns];
    v->mid.x.t = p->mid;
    char *old = old_name != NULL ? ddl_type_check(&v->mid.x, mid) : NULL;
    char *new = new_name != NULL ? ddl_type_check(&v->after.x, to) : NULL;
    if (old != NULL && !str_eq(old, new)) {
        evolve_add(&v->drops, "ALTER TABLE %s DROP CONSTRAINT %s", ddl_table_name(v->a, p->from),
                   evolve_quote(v, old_name));
    } else if (old != NULL && !str_eq(old_name, new_name)) {
        evolve_add(&v->tables, "ALTER TABLE %s RENAME CONSTRAINT %s TO %s", ddl_table_name(v->a, p->to),
                   evolve_quote(v, old_name), evolve_quote(v, new_name));
    }
    if (new != NULL && !str_eq(old, new)) {
        evolve_add(&v->keys, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s)", ddl_table_name(v->a, p->to),
                   evolve_quote(v, new_name), new);
    }
}

/* Computed columns: *done when nothing else can be said of it. */
static bool generated(struct evolution *v, const struct pair *p, const struct column *mid, const struct column *to,
                      bool *done) {
    v->mid.x.t = p->mid;
    char *old = ddl_generated_clause(&v->mid.x, mid), *new = ddl_generated_clause(&v->after.x, to);
    *done = old != NULL && new != NULL;
    bool same = str_eq(old, new) && str_eq(mid->target.ddl, to->target.ddl);
    bool plain = mid->generated == GENERATED_NO && to->generated == GENERATED_NO;
    /* Loaded, not computed: the source's rows tell its values, but not those of rows that did not change. */
    bool kept = old == NULL && new == NULL &&str_eq(mid->generation_expr, to->generation_expr);
    if (same && (plain || kept || old != NULL)) {
        return true;
    }
    if (old != NULL && new == NULL && to->generated == GENERATED_NO && v->after.x.dialect == DIALECT_PG) {
        alter(v, p, to, "DROP EXPRESSION");
        return true;
    }
    return (plain || kept)
               ? true
               : evolve_no(v, "the expression of the generated column %s of table %s changes", to->name, p->to->name);
}

/* A computed column that stays and reads this one, whose type the target then does not change; NULL: none. */
static const struct column *reader_of(struct evolution *v, const struct pair *p, const struct column *from) {
    const char *name = str_quote_mysql(v->a, from->name);
    for (size_t i = 0; i < p->from->ncolumns; i++) {
        const struct column *c = &p->from->columns[i];
        if (!c->loaded && c->generation_expr != NULL && strstr(c->generation_expr, name) != NULL &&
            column_was(p->to, c) != NULL) {
            return c;
        }
    }
    return NULL;
}

static bool change_column(struct evolution *v, const struct pair *p, size_t i, const struct column *to) {
    const struct column *mid = &p->mid->columns[i];
    char *using;
    bool done;
    v->after.x.t = p->to;
    v->after.x.sequence = p->to_parts->sequence;
    v->mid.x.t = p->mid;
    v->mid.x.sequence = p->mid_parts->sequence;
    if (!generated(v, p, mid, to, &done)) {
        return false;
    }
    if (!done) {
        if (!evolve_conversion(v, p, mid, to, &using)) {
            return false;
        }
        const struct column *reader = using != NULL ? reader_of(v, p, &p->from->columns[i]) : NULL;
        if (reader != NULL) {
            return evolve_no(v, "the type of column %s of table %s changes, which the generated column %s reads",
                             to->name, p->to->name, reader->name);
        }
        if (using != NULL && evolve_has_own_type(v, to)) {
            type_check(v, p, i, mid, to);
            return evolve_labels(v, p, &p->from->columns[i], mid, to);
        }
        char *old = mid->auto_increment ? NULL : ddl_default(&v->mid.x, mid);
        char *new = to->auto_increment ? NULL : ddl_default(&v->after.x, to);
        bool anew = using != NULL || !str_eq(old, new);
        if (anew && old != NULL) {
            alter(v, p, to, "DROP DEFAULT");
        }
        if (using != NULL) {
            const char *collation = to->target.collation;
            alter(v, p, to,
                  arena_printf(v->a, "TYPE %s%s%s USING %s", to->target.ddl, collation != NULL ? " COLLATE " : "",
                               collation != NULL ? collation : "", using));
        }
        if (anew && new != NULL) {
            alter(v, p, to, arena_printf(v->a, "SET DEFAULT %s", new));
        }
        if (v->after.x.dialect == DIALECT_OG_B && !str_eq(mid->on_update, to->on_update)) {
            return evolve_no(v, "ON UPDATE of column %s of table %s changes", to->name, p->to->name);
        }
    }
    if (mid->nullable != to->nullable) {
        alter(v, p, to, to->nullable ? "DROP NOT NULL" : "SET NOT NULL");
    }
    comment(v, p, mid, to);
    type_check(v, p, i, mid, to);
    return counter(v, p, mid, to);
}

/* ---- what is new ---- */

static bool zone_offset(const char *zone, int64_t *seconds) {
    *seconds = 0;
    if (str_eq(zone, "UTC")) {
        return true;
    }
    if (zone == NULL || (zone[0] != '+' && zone[0] != '-') || strlen(zone) != 6 || zone[3] != ':') {
        return false;
    }
    *seconds = strtol(zone + 1, NULL, 10) * 3600 + strtol(zone + 4, NULL, 10) * 60;
    *seconds = zone[0] == '-' ? -*seconds : *seconds;
    return true;
}

/* The time of the statement as the column holds it: CURRENT_TIMESTAMP cuts. */
static bool now(struct evolution *v, const struct pair *p, const struct column *c, char **out) {
    int64_t us = v->when->utc_us, offset = 0;
    bool zoned = c->type.kind == MYT_TIMESTAMP;
    if (us == 0 || (!zoned && !zone_offset(v->when->time_zone, &offset))) {
        return evolve_no(v, "rows of table %s get the time of the statement in column %s, in the time zone %s",
                         p->to->name, c->name, v->when->time_zone != NULL ? v->when->time_zone : "that is not told");
    }
    time_t seconds = (time_t)(us / 1000000 + offset);
    struct tm tm;
    char text[32], fraction[16];
    if (gmtime_r(&seconds, &tm) == NULL || strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm) == 0) {
        return evolve_no(v, "the time of the statement is not understood");
    }
    snprintf(fraction, sizeof fraction, ".%06d", (int)(us % 1000000));
    int digits = ddl_now_digits(c->default_expr);
    *out = arena_printf(v->a, "'%s%.*s%s'", text, digits > 0 ? digits + 1 : 0, fraction,
                        c->target.kind == TK_TIMESTAMPTZ ? "+00" : "");
    return true;
}

/* What the source gives to rows that are there where the column is NOT NULL and has no default. NULL: it depends on the server, or the
 * target cannot hold it: '' in MariaDB's json, 0000-00-00. */
static char *implied_value(struct evolution *v, const struct column *c) {
    struct column copy = *c;
    copy.has_default = true;
    copy.default_null = false;
    copy.default_expr = NULL;
    switch (c->type.kind) {
    case MYT_BIT:
        copy.default_text = arena_strdup(v->a, "b'0'");
        break;
    case MYT_ENUM:
        copy.default_text = c->type.nlabels > 0 ? arena_strdup(v->a, c->type.labels[0]) : NULL;
        break;
    case MYT_TIME:
        copy.default_text = arena_strdup(v->a, "00:00:00");
        break;
    case MYT_JSON:
        copy.default_text = arena_strdup(v->a, "null");
        break;
    case MYT_BINARY:
    case MYT_VARBINARY:
    case MYT_TINYBLOB:
    case MYT_BLOB:
    case MYT_MEDIUMBLOB:
    case MYT_LONGBLOB:
        copy.default_text = arena_strdup(v->a, "0x");
        break;
    case MYT_CHAR:
    case MYT_VARCHAR:
    case MYT_TINYTEXT:
    case MYT_TEXT:
    case MYT_MEDIUMTEXT:
    case MYT_LONGTEXT:
    case MYT_SET:
        copy.default_text = arena_strdup(v->a, "");
        break;
    default:
        copy.default_text = is_integer(&c->type) || (c->type.kind >= MYT_DECIMAL && c->type.kind <= MYT_DOUBLE) ||
                                    c->type.kind == MYT_YEAR
                                ? arena_strdup(v->a, "0")
                                : NULL;
        break;
    }
    return copy.default_text != NULL ? ddl_default(&v->after.x, &copy) : NULL;
}

/* What rows that are there get. NULL: NULL, or the target says that there must be none. */
static bool value_of_rows(struct evolution *v, const struct pair *p, const struct column *c, const char *usual,
                          char **out) {
    *out = NULL;
    if (c->default_expr != NULL) {
        bool temporal = c->target.kind == TK_TIMESTAMP || c->target.kind == TK_TIMESTAMPTZ;
        if (temporal && ddl_now_digits(c->default_expr) >= 0) {
            return now(v, p, c, out);
        }
        struct expr_use use = {
            .mariadb = v->after.d->is_mariadb, .must_be_immutable = true, .no_columns = true, .assigned_to = c};
        char *text, *why;
        if (usual == NULL || !ddl_expr(v->a, v->after.x.dialect, p->to, c->default_expr, use, &text, &why)) {
            return evolve_no(v, "rows of table %s get values in column %s that only the source knows", p->to->name,
                             c->name);
        }
        *out = arena_strdup(v->a, usual);
        return true;
    }
    if (c->default_text != NULL) {
        *out = usual != NULL ? arena_strdup(v->a, usual) : NULL;
        return usual != NULL ||
               evolve_no(v, "rows of table %s get the value '%s' in column %s, which the target cannot hold",
                         p->to->name, c->default_text, c->name);
    }
    *out = c->nullable ? NULL : implied_value(v, c);
    return true;
}

static bool add_column(struct evolution *v, const struct pair *p, const struct column *c) {
    struct text sql = {.a = v->a};
    v->after.x.t = p->to;
    char *clause = ddl_generated_clause(&v->after.x, c), *rows = NULL, *usual = NULL;
    if (c->target.enum_type) {
        return evolve_no(v, "column %s of table %s has an enum type of its own in the target", c->name, p->to->name);
    }
    if (c->auto_increment || (c->generated != GENERATED_NO && clause == NULL)) {
        return evolve_no(v, "rows of table %s get values in column %s that only the source knows", p->to->name,
                         c->name);
    }
    text_add(&sql, "ALTER TABLE %s ADD COLUMN %s %s", ddl_table_name(v->a, p->to), evolve_quote(v, c->target_name),
             c->target.ddl);
    if (c->target.collation != NULL) {
        text_add(&sql, " COLLATE %s", c->target.collation);
    }
    if (clause != NULL) {
        text_add(&sql, " %s", clause);
    } else {
        usual = ddl_default(&v->after.x, c);
        if (!value_of_rows(v, p, c, usual, &rows)) {
            return false;
        }
        if (rows != NULL) {
            text_add(&sql, " DEFAULT %s", rows);
        }
    }
    if (!c->nullable) {
        text_add(&sql, " NOT NULL");
    }
    if (v->after.x.dialect == DIALECT_OG_B && c->on_update != NULL) {
        text_add(&sql, " ON UPDATE %s", c->on_update);
    }
    evolve_add(&v->tables, "%s", sql.s);
    if (clause == NULL && !str_eq(rows, usual)) {
        alter(v, p, c, usual != NULL ? arena_printf(v->a, "SET DEFAULT %s", usual) : "DROP DEFAULT");
    }
    const char *check = p->to_parts->type_checks[c - p->to->columns];
    if (check != NULL) {
        evolve_add(&v->keys, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s)", ddl_table_name(v->a, p->to),
                   evolve_quote(v, check), ddl_type_check(&v->after.x, c));
    }
    comment(v, p, NULL, c);
    return true;
}

bool evolve_columns(struct evolution *v, struct pair *p) {
    drop_columns(v, p);
    for (size_t i = 0; i < p->from->ncolumns; i++) {
        const struct column *to = column_was(p->to, &p->from->columns[i]);
        if (to != NULL) {
            rename_column(v, p, &p->from->columns[i], to);
        }
    }
    for (size_t i = 0; i < p->from->ncolumns; i++) {
        const struct column *to = column_was(p->to, &p->from->columns[i]);
        if (to != NULL && !change_column(v, p, i, to)) {
            return false;
        }
    }
    for (size_t i = 0; i < p->to->ncolumns; i++) {
        if (p->to->columns[i].was == NULL && !add_column(v, p, &p->to->columns[i])) {
            return false;
        }
    }
    return true;
}
