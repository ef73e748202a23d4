/* MySQL expressions (column defaults, generated columns, CHECK, functional indexes, partition functions),
 * from the text that MySQL's or MariaDB's catalog prints to the target's dialect, through a syntax tree.
 * Never guesses: what has no safe translation is reported with the reason.
 *
 * Known deviations, accepted because the alternative would be refusing nearly everything:
 * - text is compared by the target's collation (where the source's ignores case, accents or trailing spaces, = and <
 *   tell them apart in the target; LIKE, REGEXP, LOCATE and INSTR keep ignoring case);
 * - `.` and `$` of a regular expression treat line ends in the data as the target does;
 * - a JSON path '$.a[0]' on a value that is not an array gives NULL (MySQL takes the value itself). */
#ifndef SQL_EXPR_H
#define SQL_EXPR_H

#include "base/arena.h"
#include "value/dialect.h"
#include "value/typemap.h"

/* What the printer must know about a column mentioned in an expression. */
struct sql_column {
    const char *name;        /* at the source */
    const char *target_name; /* in the target, unquoted */
    const struct mytype *from;
    const struct target_type *to;
    bool not_null, auto_increment; /* only looked at in queries and programs (translate.h) */
};

struct sql_expr_options {
    enum dialect dialect;
    const struct sql_column *columns;
    size_t ncolumns;
    bool
        want_boolean; /* the place needs a truth value (CHECK): integers become (e) <> 0 outside dialects that take them */
    bool
        must_be_immutable; /* generated columns, indexes: now(), rand(), uuid() and time-zone dependent functions are refused */
    /* Optional. The column that receives the value (DEFAULT, GENERATED): the result is converted to its type as
     * MySQL's assignment would, or refused. NULL: the expression's own type, truth values as 0 and 1. */
    const struct sql_column *assigned_to;
    /* The source is MariaDB: its divisions keep more digits inside an expression, its times are cut instead of rounded,
     * LOCATE follows the collations of both texts. */
    bool mariadb;
};

/* *out: the translated text. false: *why says what cannot be translated ("function SOUNDEX", "MATCH .. AGAINST"). */
bool sql_expr_translate(struct arena *a, const struct sql_expr_options *o, const char *mysql_expr, char **out,
                        char **why) WARN_UNUSED;

#endif
