/* Inside of the printer of queries and programs for PostgreSQL and openGauss: what names mean where, and the parts of a query.
 * It works on the expression printer (expr_pg.h): struct pg with `q` set. */
#ifndef SQL_PG_QUERY_H
#define SQL_PG_QUERY_H

#include "sql/expr_pg.h"
#include "sql/print.h"
#include "sql/translate.h"

struct pg_col { /* of a relation or a query's result */
    const char *name;
    struct val v; /* its text is set when it is looked up */
    bool not_null;
};

struct pg_shape {
    struct pg_col *cols;
    size_t n, cap;
};

struct pg_rel {
    const char *name, *schema; /* as MySQL calls it; schema NULL for an alias */
    const char *text;          /* quoted name in the target; NULL: columns have texts of their own (NEW, OLD) */
    struct pg_shape shape;
    const struct sql_table *table;
    const char *made; /* of a table that the program makes: its name in a statement, quoted */
    bool determined;  /* the group's keys hold its primary key */
    bool optional;    /* may be NULL as a whole: of an outer join */
};

enum pg_alias_use { PG_ALIAS_NEVER, PG_ALIAS_LAST, PG_ALIAS_FIRST };

struct pg_scope { /* a query, a statement */
    struct pg_scope *outer;
    struct pg_rel *rels;
    size_t n, cap;
    const struct sql_select *select; /* its list's aliases may be used */
    enum pg_alias_use alias_use;
    bool grouped;
    unsigned inside;   /* of an aggregate */
    const char **keys; /* texts of what is grouped by */
    size_t nkeys, keys_cap;
};

struct pg_cte {
    struct pg_cte *outer;
    const char *name;
    struct pg_shape shape;
};

struct pg_program; /* pg_program.h */

struct pg_queries {
    const struct sql_translate_options *o;
    const struct sql_object *object;
    struct pg_scope *scope;
    struct pg_cte *ctes;
    struct pg_program *program;       /* NULL: not in a program */
    const struct pg_rel *excluded;    /* what VALUES(column) means */
    const struct sql_column **assign; /* what the columns of the next query are assigned to; NULL: nothing */
    size_t nassign;
    struct sql_translation *out;
    bool b;          /* openGauss B */
    bool wrap_ctes;  /* in an UPDATE of several tables openGauss B takes each bare name for one that it may write to */
    bool noted_case; /* said that texts are compared by another collation */
};

/* ---- pg_query.c ---- */
struct val pgq_dispatch(struct pg *c, const struct sql_node *n,
                        struct val (*dispatch)(struct pg *, const struct sql_node *));
/* An expression in the target's dialect (openGauss B has a printer of its own). */
struct val pgq_expr(struct pg *c, const struct sql_node *n);
struct val pgq_node(struct pg *c, const struct sql_node *n); /* kinds that only queries have */
struct val pgq_in(struct pg *c, const struct sql_node *n);
struct val pgq_rows_equal(struct pg *c, const struct sql_node *l, const struct sql_node *r, bool negated);
const char *pgq_condition(struct pg *c, const struct sql_node *n);
/* ANY_VALUE(), and a column of a group that is no key: any of its values, as MySQL takes. */
struct val pgq_any_value(struct pg *c, struct val v);
void pgq_note(struct pg *c, size_t at, const char *text);
/* What each server may answer otherwise for the same rows. */
void pgq_open(struct pg *c, const char *what);
/* Two texts are compared or ordered: said once, where the source's collation ignores case. */
void pgq_note_collation(struct pg *c, const struct val *l, const struct val *r);

/* ---- pg_scope.c ---- */
struct val pgq_column(struct pg *c, const struct sql_node *n);
const struct sql_table *pgq_table(const struct pg *c, const struct sql_name *name);
const struct sql_routine *pgq_routine(const struct pg *c, const char *schema, const char *name, bool function);
const char *pgq_qualified(struct pg *c, const char *schema, const char *name);
struct pg_shape pgq_table_shape(struct pg *c, const struct sql_table *t);
struct pg_rel *pgq_add_rel(struct pg *c, struct pg_rel rel);
struct pg_rel *pgq_find_rel(struct pg_scope *s, const char *schema, const char *name);
/* The value of a relation's column, with its text. */
struct val pgq_rel_value(struct pg *c, const struct pg_rel *rel, const struct pg_col *col);
const struct pg_col *pgq_find_col(const struct pg_shape *s, const char *name);
void pgq_shape_add(struct pg *c, struct pg_shape *s, const char *name, struct val v);
const char *pgq_cut(struct pg *c, const char *name); /* to the length of a name in the target */

/* ---- pg_select.c ---- */
enum {
    PGQ_NAMES = 1 /* columns need MySQL's names */,
    PGQ_CANONICAL = 2 /* one type a class: of a recursive CTE */,
    PGQ_FIELDS = 4 /* columns are f1, f2, .. */,
    PGQ_VIEW = 8 /* columns have the types that the catalog tells */
};
/* A whole query; NULL after a failure. shape: its columns. */
const char *pgq_query(struct pg *c, const struct sql_query *q, unsigned flags, struct pg_shape *shape);
const char *pgq_with(struct pg *c, const struct sql_cte *ctes, size_t n, bool recursive);
const char *pgq_order(struct pg *c, const struct sql_order *order, size_t n);
const char *pgq_nulls(const struct val *v, bool descending);
bool pgq_has_aggregate(const struct sql_node *n);

/* ---- pg_from.c ---- */
const char *pgq_from(struct pg *c, const struct sql_joins *joins);

/* ---- pg_json_table.c ---- */
const char *pgq_json_table(struct pg *c, const struct sql_source *s);

/* ---- pg_aggregate.c ---- */
struct val pgq_aggregate(struct pg *c, const struct sql_node *n);
const char *pgq_window(struct pg *c, const struct sql_window *w);

/* ---- pg_compat.c ---- */
struct val pgq_compat_call(struct pg *c, const struct sql_node *n, bool *found);
struct val pgq_stored_call(struct pg *c, const struct sql_node *n);
/* "godwit_compat.name", noted as used. */
const char *pgq_compat(struct pg *c, const char *name);
/* A value of which a letter tells what it is: the results of compat_functions.def. */
struct val pgq_result(struct pg *c, char kind, const char *text);
/* An argument as a function of it wants it: a letter as in compat_functions.def. */
struct val pgq_argument(struct pg *c, char kind, const struct sql_node *n);

/* ---- pg_json.c, pg_time.c: false when the function is none of theirs ---- */
bool pgq_json_call(struct pg *c, const struct sql_node *n, struct val *out);
bool pgq_time_call(struct pg *c, const struct sql_node *n, struct val *out);
/* A TIME from interval to time of day, which raises an error for what does not fit, and back; other values stay. */
struct val pgq_time_of_day(struct pg *c, struct val v);
struct val pgq_as_interval(struct pg *c, struct val v);
/* A TIME as MySQL prints it, with this many digits behind the second. */
struct val pgq_time_text(struct pg *c, struct val v, int digits);

/* ---- pg_dml.c ---- */
const char *pgq_dml(struct pg *c, const struct sql_dml *d);

/* ---- pg_variable.c ---- */
bool pgq_variable(struct pg *c, const struct sql_node *n, struct val *out); /* a local variable or parameter */
struct val pgq_user_variable(struct pg *c, const struct sql_node *n);

#endif
