/* Objects and statements of MySQL, translated for a target.
 *
 * What cannot be carried with its meaning is an error with the place in the source and the reason; nothing is guessed at. Known
 * deviations besides those of expr.h:
 * - SELECT .. INTO takes the first of several rows where MySQL raises an error;
 * - GROUP_CONCAT has no limit of 1024 bytes;
 * - NOW() is the time at which the transaction began, not the statement.
 *
 * For PostgreSQL and openGauss A/PG programs become PL/pgSQL. For openGauss B they stay in MySQL's syntax, which dolphin reads, with
 * what it does not read written out. Functions without a native form are taken from a schema godwit_compat (compat.h); the
 * translation says which ones it needs. */
#ifndef SQL_TRANSLATE_H
#define SQL_TRANSLATE_H

#include "base/err.h"
#include "sql/expr.h"
#include "sql/program.h"

struct sql_table_key {
    const char **columns; /* names at the source; NULL for a part that is an expression */
    size_t n;
    bool primary;
};

struct sql_table {                           /* or a view */
    const char *schema, *name;               /* at the source */
    const char *target_schema, *target_name; /* unquoted; target_schema NULL: by the search path */
    const struct sql_column *columns;
    size_t ncolumns;
    const struct sql_table_key *keys; /* unique ones */
    size_t nkeys;
};

enum { SQL_MAX_RESULT_SETS = 32 }; /* of a procedure */

struct sql_routine {
    const char *schema, *name;
    const char *target_schema, *target_name;
    bool function;
    const struct sql_column *returns; /* of a function */
    const enum sql_param_mode *modes;
    const struct sql_column *params;
    size_t nparams;
    size_t result_sets; /* of a procedure */
    bool in_circle;     /* a procedure that calls itself, if only by way of others: it may be made behind its callers */
};

struct sql_catalog {
    const char *schema; /* that of names without one */
    const struct sql_table *tables;
    size_t ntables;
    const struct sql_routine *routines;
    size_t nroutines;
};

struct sql_translate_options {
    enum dialect dialect;
    const struct sql_catalog *catalog;
    bool mariadb;
    const char *target_schema; /* where the object goes; NULL: by the search path */
    const char *target_name;   /* NULL: its own */
    unsigned trigger_order;    /* its place among the triggers of the same table, event and time; 0: the only one */
    bool time_as_interval;     /* the catalog's TIMEs are intervals */
    bool invoker_only;         /* ignore SQL SECURITY DEFINER */
};

struct sql_note {
    struct sql_place place;
    const char *text;
};

/* What an object needs: a table or view, a function, a procedure of the catalog. */
struct sql_use {
    enum { SQL_USE_TABLE, SQL_USE_FUNCTION, SQL_USE_PROCEDURE } kind;
    const char *schema, *name; /* at the source */
};

struct sql_translation {
    const struct sql_use *uses; /* each once: objects are made in an order in which these come first */
    size_t nuses, uses_cap;
    const char **statements; /* to be run in this order, each whole */
    size_t n, cap;
    const char **drops; /* what takes the object away again */
    size_t ndrops, drops_cap;
    const char **compat; /* functions of the compatibility schema it uses */
    size_t ncompat, compat_cap;
    const struct sql_note *notes; /* what is a little different */
    size_t nnotes, notes_cap;
    const char *open;   /* what the rows do not decide, so that each server may answer otherwise; NULL: nothing */
    size_t result_sets; /* of a procedure: cursors in its parameters behind the source's own */
};

/* False: e is ERR_SQL_CARRY with the reason; the place is in the message. */
bool sql_translate(struct arena *a, const struct sql_translate_options *o, const struct sql_object *object,
                   struct sql_translation *out, struct err *e) WARN_UNUSED;

#endif
