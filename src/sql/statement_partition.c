/* PARTITION BY and the definitions of partitions. See statement_internal.h. */
#include <string.h>

#include "base/str.h"
#include "sql/statement_internal.h"

static bool add_item(struct ddl_parser *d, struct sql_partition *p, size_t *cap) {
    p->items = arena_grow(d->p.arena, p->items, p->n, cap, sizeof *p->items);
    const char **item = &p->items[p->n++];
    if (stmt_is_op(d, OP_LPAREN)) { /* IN ((1, 2), (3, 4)) */
        const char *inside;
        bool ok = stmt_parenthesized(d, &inside);
        *item = ok ? arena_printf(d->p.arena, "(%s)", inside) : NULL;
        return ok;
    }
    if (stmt_word(d, "maxvalue")) {
        *item = "MAXVALUE";
        return true;
    }
    if (stmt_is(d, "default")) { /* MariaDB */
        sql_parser_advance(&d->p);
        *item = "DEFAULT";
        return true;
    }
    return stmt_expr(d, false, item);
}

static bool items(struct ddl_parser *d, struct sql_partition *p) {
    size_t cap = 0;
    if (!stmt_op(d, OP_LPAREN)) {
        return stmt_unexpected(d, "(");
    }
    do {
        if (!add_item(d, p, &cap)) {
            return false;
        }
    } while (stmt_op(d, OP_COMMA));
    return stmt_op(d, OP_RPAREN) || stmt_unexpected(d, ")");
}

static bool values(struct ddl_parser *d, struct sql_partition *p) {
    if (stmt_word(d, "in")) {
        p->values = SQL_VALUES_IN;
        return items(d, p);
    }
    if (!stmt_words(d, "less", "than")) {
        return stmt_unexpected(d, "LESS THAN or IN");
    }
    p->values = SQL_VALUES_LESS;
    if (stmt_word(d, "maxvalue")) {
        p->items = arena_array(d->p.arena, const char *, 1);
        p->items[p->n++] = "MAXVALUE";
        return true;
    }
    return items(d, p);
}

static bool options(struct ddl_parser *d, struct sql_partition *p) {
    for (;;) {
        if (stmt_word(d, "comment")) {
            stmt_op(d, OP_EQ);
            if (!stmt_string(d, &p->comment)) {
                return false;
            }
        } else if (stmt_words(d, "data", "directory") || stmt_words(d, "index", "directory") ||
                   stmt_words(d, "storage", "engine") || stmt_word(d, "engine") || stmt_word(d, "max_rows") ||
                   stmt_word(d, "min_rows") || stmt_word(d, "tablespace") || stmt_word(d, "nodegroup")) {
            if (!stmt_skip_value(d)) {
                return false;
            }
        } else {
            return true;
        }
    }
}

static bool sub_definitions(struct ddl_parser *d, struct sql_partition *p) {
    size_t cap = 0;
    if (!stmt_op(d, OP_LPAREN)) {
        return true;
    }
    do {
        if (!stmt_word(d, "subpartition")) {
            return stmt_unexpected(d, "SUBPARTITION");
        }
        p->subs = arena_grow(d->p.arena, p->subs, p->nsubs, &cap, sizeof *p->subs);
        struct sql_partition *sub = &p->subs[p->nsubs++];
        *sub = (struct sql_partition){0};
        if (!stmt_name(d, &sub->name) || !options(d, sub)) {
            return false;
        }
    } while (stmt_op(d, OP_COMMA));
    return stmt_op(d, OP_RPAREN) || stmt_unexpected(d, ")");
}

static bool definition(struct ddl_parser *d, struct sql_partition *p) {
    *p = (struct sql_partition){0};
    if (!stmt_word(d, "partition")) {
        return stmt_unexpected(d, "PARTITION");
    }
    if (!stmt_name(d, &p->name)) {
        return false;
    }
    if (stmt_word(d, "values")) {
        if (!values(d, p)) {
            return false;
        }
    } else if (stmt_word(d, "default")) { /* MariaDB */
        p->values = SQL_VALUES_DEFAULT;
    }
    return options(d, p) && sub_definitions(d, p);
}

bool stmt_partition_definitions(struct ddl_parser *d, struct sql_partitioning *p) {
    size_t cap = 0;
    if (!stmt_op(d, OP_LPAREN)) {
        return stmt_unexpected(d, "(");
    }
    do {
        p->parts = arena_grow(d->p.arena, p->parts, p->n, &cap, sizeof *p->parts);
        if (!definition(d, &p->parts[p->n++])) {
            return false;
        }
    } while (stmt_op(d, OP_COMMA));
    return stmt_op(d, OP_RPAREN) || stmt_unexpected(d, ")");
}

/* [LINEAR] HASH (expr) | KEY [ALGORITHM = n] (columns) */
static bool hash(struct ddl_parser *d, enum sql_partition_method *method, bool *linear, const char **expr,
                 const char ***columns, size_t *n) {
    unsigned long ignored;
    *linear = stmt_word(d, "linear");
    if (stmt_word(d, "hash")) {
        *method = SQL_PARTITION_HASH;
        return stmt_parenthesized(d, expr);
    }
    if (!stmt_word(d, "key")) {
        return stmt_unexpected(d, "HASH or KEY");
    }
    *method = SQL_PARTITION_KEY;
    if (stmt_word(d, "algorithm") && (!stmt_op(d, OP_EQ) || !stmt_number(d, &ignored))) {
        return stmt_unexpected(d, "=");
    }
    return stmt_name_list(d, columns, n);
}

static bool range_or_list(struct ddl_parser *d, struct sql_partitioning *p, bool range) {
    if (stmt_word(d, "columns")) {
        p->method = range ? SQL_PARTITION_RANGE_COLUMNS : SQL_PARTITION_LIST_COLUMNS;
        return stmt_name_list(d, &p->columns, &p->ncolumns);
    }
    p->method = range ? SQL_PARTITION_RANGE : SQL_PARTITION_LIST;
    return stmt_parenthesized(d, &p->expr);
}

bool stmt_partition_by(struct ddl_parser *d, struct sql_partitioning *p) {
    *p = (struct sql_partitioning){0};
    bool ok = stmt_word(d, "range")  ? range_or_list(d, p, true)
              : stmt_word(d, "list") ? range_or_list(d, p, false)
                                     : hash(d, &p->method, &p->linear, &p->expr, &p->columns, &p->ncolumns);
    if (ok && stmt_word(d, "partitions")) {
        ok = stmt_number(d, &p->count);
    }
    if (ok && stmt_words(d, "subpartition", "by")) {
        ok = hash(d, &p->sub_method, &p->sub_linear, &p->sub_expr, &p->sub_columns, &p->nsub_columns);
        if (ok && stmt_word(d, "subpartitions")) {
            ok = stmt_number(d, &p->sub_count);
        }
    }
    return ok && (!stmt_is_op(d, OP_LPAREN) || stmt_partition_definitions(d, p));
}
