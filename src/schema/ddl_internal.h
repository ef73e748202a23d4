/* What the files that make DDL share. Not for other rooms. */
#ifndef SCHEMA_DDL_INTERNAL_H
#define SCHEMA_DDL_INTERNAL_H

#include "base/str.h"
#include "schema/ddl.h"
#include "schema/names.h"
#include "sql/expr.h"

/* Text that grows in an arena. */
struct text {
    struct arena *a;
    char *s; /* NUL terminated once something was added */
    size_t len, cap;
};
void text_add(struct text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* A partitioned table in the target: what was decided before the first statement of the table is written, because its
 * keys depend on it. */
struct partition_plan {
    bool on;
    bool by_expr;                  /* the key is an expression: PostgreSQL then allows no primary or unique key */
    const struct column **columns; /* the key's columns, subpartition key included */
    size_t ncolumns;
    struct partition_side *side; /* private to ddl_partition*.c */
};

/* What a table's statements are made of, for who changes a table that is there (evolve.h). */
struct table_parts {
    char **type_checks; /* by column: names of checks that come with types, or NULL */
    char **checks;      /* by check: its expression in the target; NULL: left out */
    char *sequence;     /* as ddl_ctx.sequence */
    bool partitioned;
    char **partitions, **partition_sql; /* PostgreSQL: each one's table, quoted with its schema, and its statement */
    char ***subpartitions;              /* the tables of each one's own */
    char *rest;                         /* the table for rows that fit no other; NULL: none */
    char *scheme;                       /* what stands behind CREATE TABLE */
    const struct index *inline_key;
};

struct ddl_ctx {
    struct arena *a;
    const struct database *d;
    const struct ddl_options *o;
    enum dialect dialect;
    struct ddl *out;
    size_t statements_cap, findings_cap;
    struct name_set relations;   /* tables, indexes, sequences */
    struct name_set constraints; /* foreign keys, checks, primary keys */
    /* of the table at hand */
    const struct table *t;
    char *tq; /* "schema"."table" */
    struct partition_plan part;
    struct table_parts *parts;      /* where they are kept; NULL: nobody wants them */
    const void *of;                 /* the index or foreign key at hand */
    char *sequence;                 /* of its auto_increment, quoted with its schema; NULL: none, or the column's own */
    const struct index *inline_key; /* openGauss B: the key that AUTO_INCREMENT needs inside CREATE TABLE */
};

/* ---- ddl.c ---- */
char *ddl_quote(struct ddl_ctx *x, const char *id);
char *ddl_table_name(struct arena *a, const struct table *t); /* "schema"."table", quoted */
void ddl_add(struct ddl_ctx *x, enum ddl_stage stage, char *object, uint32_t weight, char *sql);
/* The place is "kind schema.table" or "kind schema.table.name". */
char *ddl_object(struct ddl_ctx *x, const char *kind, const char *name);
void ddl_note(struct ddl_ctx *x, bool changes_meaning, char *object, const char *reason, const char *instead);

/* ddl_make, and what it made of each table. */
bool ddl_make_parts(struct arena *a, const struct database *d, const struct ddl_options *o, struct ddl *out,
                    struct table_parts **parts, struct err *e) WARN_UNUSED;
/* A context to print parts of tables with, as ddl_make has it; the table is the caller's to set. */
void ddl_begin(struct ddl_ctx *x, struct arena *a, const struct database *d, const struct ddl_options *o,
               struct ddl *out);

/* ---- ddl_expr.c ---- */
/* What an expression of a table is for. */
struct expr_use {
    bool mariadb; /* the source is MariaDB */
    bool want_boolean, must_be_immutable;
    bool without_generated; /* hide the columns that the target computes itself */
    bool no_columns;
    const struct column *assigned_to; /* converted to this column's type */
};
bool ddl_expr(struct arena *a, enum dialect dialect, const struct table *t, const char *mysql_expr, struct expr_use use,
              char **out, char **why) WARN_UNUSED;
/* The expression of a generated column, ready for GENERATED ALWAYS AS (..) STORED. */
bool ddl_generated_expr(struct arena *a, const struct ddl_options *o, bool mariadb, const struct table *t,
                        const struct column *c, char **out, char **why) WARN_UNUSED;

/* ---- ddl_default.c ---- */
/* The text behind DEFAULT, or NULL for none; findings are noted. */
char *ddl_default(struct ddl_ctx *x, const struct column *c);
/* CURRENT_TIMESTAMP(n) as the column's type wants it. */
char *ddl_now(struct ddl_ctx *x, const struct column *c);
/* "CURRENT_TIMESTAMP(3)" -> 3, 0 without digits; -1: something else. */
int ddl_now_digits(const char *expr);

/* ---- ddl_table.c ---- */
void ddl_table(struct ddl_ctx *x);
/* A column as CREATE TABLE has it: name, type, and what belongs to it. */
char *ddl_column(struct ddl_ctx *x, const struct column *c);
/* The type map's condition of a column. */
char *ddl_type_check(struct ddl_ctx *x, const struct column *c);
/* GENERATED ALWAYS AS .., if the target computes it; else NULL. */
char *ddl_generated_clause(struct ddl_ctx *x, const struct column *c);
void ddl_notes(struct ddl_ctx *x);
bool ddl_is_case_insensitive(const struct column *c);
bool ddl_is_text(const struct column *c);
bool ddl_is_json(const struct column *c); /* in the target */

/* ---- ddl_counter.c ---- */
const struct column *ddl_counter_column(const struct table *t);
bool ddl_counter_is_identity(const struct ddl_ctx *x, const struct column *c); /* GENERATED BY DEFAULT AS IDENTITY */
/* The identity's sequence, when it needs a name of its own; quoted, with its schema. */
char *ddl_identity_sequence(struct ddl_ctx *x, const struct column *c);
void ddl_counter(struct ddl_ctx *x);

/* ---- ddl_index.c ---- */
void ddl_choose_inline_key(struct ddl_ctx *x);
char *ddl_inline_key(struct ddl_ctx *x); /* its clause in CREATE TABLE, or NULL */
void ddl_indexes(struct ddl_ctx *x);
/* Will the target know that these columns are unique? What a foreign key needs to point at. */
bool ddl_key_covers(struct ddl_ctx *x, const struct table *t, char **columns, size_t n);

/* ---- ddl_fk.c ---- */
void ddl_foreign_keys(struct ddl_ctx *x);

/* ---- ddl_trigger.c ---- */
bool ddl_needs_trigger(const struct ddl_ctx *x, const struct column *c);
char *ddl_trigger_function(struct arena *a, const struct table *t); /* quoted, with its schema */
void ddl_triggers(struct ddl_ctx *x);

/* ---- ddl_partition.c ---- */
void ddl_partition_plan(struct ddl_ctx *x);
/* Behind the closing parenthesis of CREATE TABLE. */
void ddl_partition_clause(struct ddl_ctx *x, struct text *sql);
/* Further statements (PostgreSQL's PARTITION OF). */
void ddl_partition_tables(struct ddl_ctx *x, struct text *sql);

#endif
