/* What ALTER TABLE does, clause by clause, and options of tables. See statement_internal.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sql/statement_internal.h"

/* ---- options ---- */

static bool is_stored_option(const struct ddl_parser *d) {
    static const char *const names[] = {"avg_row_length",
                                        "checksum",
                                        "table_checksum",
                                        "compression",
                                        "connection",
                                        "delay_key_write",
                                        "encryption",
                                        "encrypted",
                                        "encryption_key_id",
                                        "engine_attribute",
                                        "insert_method",
                                        "key_block_size",
                                        "max_rows",
                                        "min_rows",
                                        "pack_keys",
                                        "password",
                                        "row_format",
                                        "stats_auto_recalc",
                                        "stats_persistent",
                                        "stats_sample_pages",
                                        "tablespace",
                                        "union",
                                        "autoextend_size",
                                        "secondary_engine",
                                        "secondary_engine_attribute",
                                        "page_checksum",
                                        "page_compressed",
                                        "page_compression_level",
                                        "transactional",
                                        "ietf_quotes",
                                        "storage"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (stmt_is(d, names[i])) {
            return true;
        }
    }
    return false;
}

static bool auto_increment(struct ddl_parser *d, struct sql_table_options *o) {
    stmt_op(d, OP_EQ);
    if (d->p.t.kind != TOK_INT || d->p.t.len > 20) {
        return stmt_unexpected(d, "a number");
    }
    o->has_auto_increment = true;
    o->auto_increment = strtoull(d->p.t.text, NULL, 10);
    sql_parser_advance(&d->p);
    return true;
}

static bool option(struct ddl_parser *d, struct sql_table_options *o, bool *found) {
    *found = true;
    if (stmt_is(d, "default") && (stmt_next_is(d, "character") || stmt_next_is(d, "char") ||
                                  stmt_next_is(d, "charset") || stmt_next_is(d, "collate"))) {
        sql_parser_advance(&d->p);
    }
    if (stmt_word(d, "engine") || stmt_word(d, "type")) {
        return stmt_charset(d, &o->engine);
    }
    if (stmt_words(d, "character", "set") || stmt_words(d, "char", "set") || stmt_word(d, "charset")) {
        return stmt_charset(d, &o->charset);
    }
    if (stmt_word(d, "collate")) {
        return stmt_charset(d, &o->collation);
    }
    if (stmt_word(d, "comment")) {
        stmt_op(d, OP_EQ);
        return stmt_string(d, &o->comment);
    }
    if (stmt_word(d, "auto_increment")) {
        return auto_increment(d, o);
    }
    if (stmt_words(d, "data", "directory") || stmt_words(d, "index", "directory")) {
        return stmt_skip_value(d);
    }
    if (stmt_words(d, "start", "transaction")) {
        return true;
    }
    if (stmt_words(d, "with", "system")) {
        o->system_versioning = true;
        return stmt_word(d, "versioning") || stmt_unexpected(d, "VERSIONING");
    }
    if (is_stored_option(d)) {
        sql_parser_advance(&d->p);
        return stmt_skip_value(d);
    }
    *found = false;
    return true;
}

bool stmt_table_options(struct ddl_parser *d, struct sql_table_options *o, bool *any) {
    bool found = true;
    *any = false;
    while (found) {
        if (!option(d, o, &found)) {
            return false;
        }
        *any = *any || found;
        /* CREATE TABLE lets commas stand between them; in ALTER TABLE they part clauses, which is read alike. */
        if (found && stmt_is_op(d, OP_COMMA) && d->s->kind == SQL_CREATE_TABLE) {
            stmt_op(d, OP_COMMA);
        }
    }
    return true;
}

/* ---- columns ---- */

static bool if_exists(struct ddl_parser *d) {
    return stmt_words(d, "if", "exists");
}

static bool if_not_exists(struct ddl_parser *d) {
    return stmt_words(d, "if", "not") && (stmt_word(d, "exists") || stmt_unexpected(d, "EXISTS"));
}

static bool place(struct ddl_parser *d, struct sql_clause *c) {
    c->first = stmt_word(d, "first");
    return c->first || !stmt_word(d, "after") || stmt_name(d, &c->after);
}

static bool new_column(struct ddl_parser *d, struct sql_clause *c) {
    c->column = arena_new(d->p.arena, struct sql_column_def);
    return stmt_column(d, c->column);
}

static bool add_columns(struct ddl_parser *d, bool not_exists) {
    if (!stmt_op(d, OP_LPAREN)) {
        struct sql_clause *c = stmt_add_clause(d, SQL_ADD_COLUMN);
        c->if_not_exists = not_exists;
        return new_column(d, c) && place(d, c);
    }
    do {
        bool found;
        if (!stmt_constraint(d, &found)) {
            return false;
        }
        if (!found) {
            struct sql_clause *c = stmt_add_clause(d, SQL_ADD_COLUMN);
            c->if_not_exists = not_exists;
            if (!new_column(d, c)) {
                return false;
            }
        }
    } while (stmt_op(d, OP_COMMA));
    return stmt_op(d, OP_RPAREN) || stmt_unexpected(d, ")");
}

static bool modify(struct ddl_parser *d, bool change) {
    struct sql_clause *c = stmt_add_clause(d, SQL_MODIFY_COLUMN);
    stmt_word(d, "column");
    c->if_exists = if_exists(d);
    if (change && !stmt_name(d, &c->old_name)) {
        return false;
    }
    if (!new_column(d, c)) {
        return false;
    }
    c->old_name = change ? c->old_name : c->column->name;
    return place(d, c);
}

/* ---- partitions ---- */

static void skip_log_words(struct ddl_parser *d) {
    if (!stmt_word(d, "no_write_to_binlog")) {
        stmt_word(d, "local");
    }
}

static bool partition_names(struct ddl_parser *d, struct sql_clause *c) {
    size_t cap = 0;
    skip_log_words(d);
    if (stmt_word(d, "all")) {
        return c->all_names = true;
    }
    do {
        c->names = arena_grow(d->p.arena, c->names, c->nnames, &cap, sizeof *c->names);
        if (!stmt_name(d, &c->names[c->nnames++])) {
            return false;
        }
    } while (stmt_op(d, OP_COMMA));
    return true;
}

static bool partition_clause(struct ddl_parser *d, enum sql_clause_kind kind) {
    struct sql_clause *c = stmt_add_clause(d, kind);
    c->if_exists = if_exists(d);
    return partition_names(d, c);
}

static bool add_partition(struct ddl_parser *d) {
    struct sql_clause *c = stmt_add_clause(d, SQL_ADD_PARTITION);
    c->if_not_exists = if_not_exists(d);
    skip_log_words(d);
    if (stmt_word(d, "partitions")) {
        return stmt_number(d, &c->count);
    }
    c->partitioning = arena_new(d->p.arena, struct sql_partitioning);
    *c->partitioning = (struct sql_partitioning){0};
    return stmt_partition_definitions(d, c->partitioning);
}

static bool reorganize(struct ddl_parser *d) {
    struct sql_clause *c = stmt_add_clause(d, SQL_REORGANIZE_PARTITION);
    skip_log_words(d);
    c->all_names = !stmt_is_name(d);
    if (!c->all_names && !partition_names(d, c)) {
        return false;
    }
    if (!stmt_word(d, "into")) {
        return c->all_names || stmt_unexpected(d, "INTO");
    }
    c->partitioning = arena_new(d->p.arena, struct sql_partitioning);
    *c->partitioning = (struct sql_partitioning){0};
    return stmt_partition_definitions(d, c->partitioning);
}

static bool exchange(struct ddl_parser *d) {
    struct sql_clause *c = stmt_add_clause(d, SQL_EXCHANGE_PARTITION);
    if (!partition_names(d, c) || !stmt_word(d, "with") || !stmt_word(d, "table")) {
        return stmt_unexpected(d, "WITH TABLE");
    }
    if (!stmt_table_name(d, &c->table)) {
        return false;
    }
    if (stmt_words(d, "with", "validation") || stmt_words(d, "without", "validation")) {
    }
    return true;
}

/* ---- clauses by their first word ---- */

static bool not_carried(struct ddl_parser *d, const char *what) {
    stmt_add_clause(d, SQL_NOT_CARRIED)->text = what;
    while (d->p.t.kind != TOK_END && d->p.t.kind != TOK_ERROR && !stmt_is_op(d, OP_COMMA)) {
        if (stmt_is_op(d, OP_LPAREN)) {
            if (!stmt_skip_parentheses(d)) {
                return false;
            }
        } else {
            sql_parser_advance(&d->p);
        }
    }
    return true;
}

static bool add(struct ddl_parser *d) {
    bool found;
    if (stmt_word(d, "partition")) {
        return add_partition(d);
    }
    if (stmt_is(d, "system") && stmt_next_is(d, "versioning")) {
        return not_carried(d, "SYSTEM VERSIONING");
    }
    if (stmt_is(d, "period") && stmt_next_is(d, "for")) {
        return not_carried(d, "PERIOD");
    }
    if (stmt_word(d, "column")) {
        bool not_exists = if_not_exists(d);
        return d->p.why == NULL && add_columns(d, not_exists);
    }
    if (!stmt_constraint(d, &found) || found) {
        return d->p.why == NULL;
    }
    bool not_exists = if_not_exists(d);
    return d->p.why == NULL && add_columns(d, not_exists);
}

static bool named(struct ddl_parser *d, enum sql_clause_kind kind) {
    struct sql_clause *c = stmt_add_clause(d, kind);
    c->if_exists = if_exists(d);
    return stmt_name(d, &c->old_name);
}

static bool drop(struct ddl_parser *d) {
    if (stmt_word(d, "partition")) {
        return partition_clause(d, SQL_DROP_PARTITION);
    }
    if (stmt_word(d, "index") || stmt_word(d, "key")) {
        return named(d, SQL_DROP_KEY);
    }
    if (stmt_words(d, "primary", "key")) {
        stmt_add_clause(d, SQL_DROP_PRIMARY);
        return true;
    }
    if (stmt_words(d, "foreign", "key")) {
        return named(d, SQL_DROP_FOREIGN_KEY);
    }
    if (stmt_word(d, "check")) {
        return named(d, SQL_DROP_CHECK);
    }
    if (stmt_word(d, "constraint")) {
        return named(d, SQL_DROP_CONSTRAINT);
    }
    if ((stmt_is(d, "system") && stmt_next_is(d, "versioning")) || (stmt_is(d, "period") && stmt_next_is(d, "for"))) {
        return not_carried(d, "SYSTEM VERSIONING");
    }
    stmt_word(d, "column");
    if (!named(d, SQL_DROP_COLUMN)) {
        return false;
    }
    if (!stmt_word(d, "restrict")) {
        stmt_word(d, "cascade");
    }
    return true;
}

static enum sql_tri visibility(struct ddl_parser *d) {
    if (stmt_word(d, "visible") || stmt_words(d, "not", "ignored")) {
        return SQL_NO;
    }
    return stmt_word(d, "invisible") || stmt_word(d, "ignored") ? SQL_YES : SQL_UNSAID;
}

static bool alter(struct ddl_parser *d) {
    struct sql_clause *c;
    if (stmt_word(d, "index") || stmt_word(d, "key")) {
        c = stmt_add_clause(d, SQL_ALTER_KEY);
        c->if_exists = if_exists(d);
        if (!stmt_name(d, &c->old_name)) {
            return false;
        }
        c->flag = visibility(d);
        return c->flag != SQL_UNSAID || stmt_unexpected(d, "VISIBLE or INVISIBLE");
    }
    if (stmt_word(d, "check") || stmt_word(d, "constraint")) {
        c = stmt_add_clause(d, SQL_ALTER_CHECK);
        if (!stmt_name(d, &c->old_name)) {
            return false;
        }
        c->flag = stmt_words(d, "not", "enforced") ? SQL_NO : stmt_word(d, "enforced") ? SQL_YES : SQL_UNSAID;
        return c->flag != SQL_UNSAID || stmt_unexpected(d, "ENFORCED");
    }
    stmt_word(d, "column");
    c = stmt_add_clause(d, SQL_ALTER_DEFAULT);
    c->if_exists = if_exists(d);
    if (!stmt_name(d, &c->old_name)) {
        return false;
    }
    if (stmt_words(d, "drop", "default")) {
        return true;
    }
    if (!stmt_word(d, "set")) {
        return stmt_unexpected(d, "SET or DROP");
    }
    if (stmt_word(d, "default")) {
        return stmt_value(d, &c->value);
    }
    c->kind = SQL_ALTER_VISIBILITY;
    c->flag = visibility(d);
    return c->flag != SQL_UNSAID || stmt_unexpected(d, "DEFAULT");
}

static bool rename_what(struct ddl_parser *d, enum sql_clause_kind kind) {
    struct sql_clause *c = stmt_add_clause(d, kind);
    c->if_exists = if_exists(d);
    if (!stmt_name(d, &c->old_name)) {
        return false;
    }
    return stmt_word(d, "to") ? stmt_name(d, &c->new_name) : stmt_unexpected(d, "TO");
}

static bool rename_clause(struct ddl_parser *d) {
    if (stmt_word(d, "column")) {
        return rename_what(d, SQL_RENAME_COLUMN);
    }
    if (stmt_word(d, "index") || stmt_word(d, "key")) {
        return rename_what(d, SQL_RENAME_KEY);
    }
    if (!stmt_word(d, "to") && !stmt_word(d, "as")) {
        stmt_op(d, OP_EQ);
    }
    return stmt_table_name(d, &stmt_add_clause(d, SQL_RENAME_TABLE)->table);
}

static bool convert(struct ddl_parser *d) {
    struct sql_clause *c = stmt_add_clause(d, SQL_CONVERT_CHARSET);
    if (!stmt_word(d, "to") || (!stmt_words(d, "character", "set") && !stmt_word(d, "charset"))) {
        return stmt_unexpected(d, "TO CHARACTER SET");
    }
    return stmt_charset(d, &c->options.charset) && (!stmt_word(d, "collate") || stmt_charset(d, &c->options.collation));
}

/* Up to the next clause: what changes nothing that is carried. */
static bool no_change(struct ddl_parser *d) {
    if (stmt_word(d, "algorithm") || stmt_word(d, "lock")) {
        stmt_add_clause(d, SQL_NO_CHANGE);
        return stmt_skip_value(d);
    }
    stmt_add_clause(d, SQL_NO_CHANGE);
    return true;
}

/* ORDER BY a, b DESC: to the end, as a comma is its own. */
static bool order_by(struct ddl_parser *d) {
    stmt_add_clause(d, SQL_NO_CHANGE);
    do {
        const char *ignored;
        if (!stmt_name(d, &ignored)) {
            return false;
        }
        if (!stmt_word(d, "desc")) {
            stmt_word(d, "asc");
        }
    } while (stmt_op(d, OP_COMMA));
    return true;
}

static bool options(struct ddl_parser *d) {
    struct sql_table_options o = {0};
    bool any;
    struct sql_clause *c = stmt_add_clause(d, SQL_OPTIONS);
    if (!stmt_table_options(d, &o, &any)) {
        return false;
    }
    c->options = o;
    return any || stmt_unexpected(d, "a clause of ALTER TABLE");
}

static bool maintenance(struct ddl_parser *d) {
    static const char *const verbs[] = {"analyze", "check", "optimize", "rebuild", "repair"};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (stmt_words(d, verbs[i], "partition")) {
            return true;
        }
    }
    return false;
}

static bool clause(struct ddl_parser *d) {
    if (stmt_word(d, "add")) {
        return add(d);
    }
    if (stmt_word(d, "drop")) {
        return drop(d);
    }
    if (stmt_word(d, "modify")) {
        return modify(d, false);
    }
    if (stmt_word(d, "change")) {
        return modify(d, true);
    }
    if (stmt_word(d, "alter")) {
        return alter(d);
    }
    if (stmt_word(d, "rename")) {
        return rename_clause(d);
    }
    if (stmt_word(d, "convert")) {
        return stmt_is(d, "partition") || stmt_is(d, "table") ? not_carried(d, "CONVERT PARTITION") : convert(d);
    }
    if (stmt_words(d, "order", "by")) {
        return order_by(d);
    }
    if (stmt_words(d, "truncate", "partition")) {
        return partition_clause(d, SQL_TRUNCATE_PARTITION);
    }
    if (stmt_words(d, "coalesce", "partition")) {
        skip_log_words(d);
        return stmt_number(d, &stmt_add_clause(d, SQL_COALESCE_PARTITION)->count);
    }
    if (stmt_words(d, "reorganize", "partition")) {
        return reorganize(d);
    }
    if (stmt_words(d, "exchange", "partition")) {
        return exchange(d);
    }
    if (stmt_words(d, "remove", "partitioning")) {
        stmt_add_clause(d, SQL_REMOVE_PARTITIONING);
        return true;
    }
    if (stmt_words(d, "partition", "by")) {
        struct sql_clause *c = stmt_add_clause(d, SQL_PARTITION_BY);
        c->partitioning = arena_new(d->p.arena, struct sql_partitioning);
        return stmt_partition_by(d, c->partitioning);
    }
    if (maintenance(d)) {
        return partition_clause(d, SQL_NO_CHANGE);
    }
    if (stmt_words(d, "enable", "keys") || stmt_words(d, "disable", "keys") || stmt_word(d, "force") ||
        stmt_words(d, "without", "validation") || stmt_words(d, "with", "validation") || stmt_word(d, "wait") ||
        stmt_is(d, "algorithm") || stmt_is(d, "lock")) {
        return no_change(d);
    }
    if (stmt_is(d, "discard") || stmt_is(d, "import")) {
        return not_carried(d, "TABLESPACE");
    }
    return options(d);
}

bool stmt_alter_clauses(struct ddl_parser *d) {
    for (;;) {
        size_t first = d->s->nclauses;
        if (!clause(d)) {
            return d->p.why != NULL ? false : stmt_unexpected(d, "a clause of ALTER TABLE");
        }
        for (size_t i = first; i < d->s->nclauses; i++) {
            d->s->clauses[i].end = d->p.t.kind == TOK_END ? d->len : d->p.t.start;
        }
        /* PARTITION BY and REMOVE PARTITIONING stand behind the others without a comma. */
        if (!stmt_op(d, OP_COMMA) && !stmt_is(d, "partition") && !stmt_is(d, "remove")) {
            return true;
        }
    }
}
