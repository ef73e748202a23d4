/* Inside of the translator to PostgreSQL and to openGauss's PG and A databases: shared by the expr_pg_*.c files.
 *
 * Each node of the tree becomes a struct val: the target's text plus what is known of it. The class says what the text
 * is in the target (a comparison is TC_BOOL there though MySQL calls it an integer); scale, sign and character set
 * say what MySQL would make of it, so that conversions can print the same value. Failures are sticky: the first one
 * is kept in pg.why, and everything after it is void. */
#ifndef SQL_EXPR_PG_H
#define SQL_EXPR_PG_H

#include "sql/ast.h"
#include "sql/expr.h"

#define PG_MAX_BYTES (4 * 1024 * 1024) /* of all intermediate texts: conversions that repeat an operand multiply */

enum tclass {
    TC_NULL, /* the literal NULL */
    TC_BOOL,
    TC_INT,
    TC_DEC,
    TC_FLOAT /* float8 */,
    TC_TEXT,
    TC_ENUM /* enum column: native type or text */,
    TC_BYTES,
    TC_DATE,
    TC_TIME,
    TC_DATETIME /* timestamp */,
    TC_TSTZ /* timestamptz */,
    TC_JSON /* jsonb */,
    TC_BITS,
    TC_UUID,
    TC_OTHER,
    TC_HEX, /* hex or bit literal: bytes or number, as its surroundings want */
};

enum charset_kind { CS_UTF8, CS_SINGLE_BYTE, CS_OTHER };

enum ci_kind { CI_NONE /* literals: the other side decides */, CI_YES, CI_NO };

struct val {
    const char *text;
    bool atom; /* needs no parentheses beside an operator */
    enum tclass cls;
    int scale;          /* TC_DEC: fractional digits MySQL shows; -1 unknown */
    int fsp;            /* TC_DATETIME, TC_TSTZ, TC_TIME: fractional second digits */
    bool integer;       /* TC_DEC: a whole number */
    bool u64;           /* TC_DEC standing for MySQL's BIGINT UNSIGNED */
    bool wide;          /* TC_INT: bigint in the target; otherwise integer or smaller */
    bool nonneg;        /* known not to be negative */
    bool padded;        /* character(n) in the target: casting to text strips the padding */
    bool interval;      /* TC_TIME held as interval */
    bool volatile_uuid; /* pg_new_uuid()::text: may be assigned to a uuid column without the cast */
    bool mixed;         /* a decimal chosen among several scales: its text would show the chosen one's */
    bool volatile_;     /* must not be repeated: rand(), uuid() */
    bool not_null;      /* a column that cannot be NULL here (when col is set) */
    enum charset_kind charset;
    enum ci_kind ci;
    const struct sql_node *lit;   /* a literal */
    const struct sql_column *col; /* a plain column */
};

struct pg_queries; /* pg_query.h */

struct pg {
    struct pg_queries *q; /* NULL: an expression of a table's definition */
    size_t at, why_at;    /* the place of the node at hand, and of the failure */
    struct arena *a;
    const struct sql_expr_options *o;
    char *why;
    size_t bytes;
    unsigned depth;
    /* Names of types in casts. In a B database a bare numeric is numeric(10,0), a bare timestamp has a time zone. */
    const char *numeric, *timestamp;
    bool b; /* openGauss B, whose dialect here is OG_PG: `+ - *` of integers are bigint, `#` begins a comment */
    /* With b: the node whose text this printer makes; nodes below it are openGauss B's own printer's. NULL: all are this one's. */
    const struct sql_node *only;
};

/* expr_pg.c: nodes */
struct pg pg_context(struct arena *a, const struct sql_expr_options *o, bool b_database);
struct val pg_node(struct pg *c, const struct sql_node *n);
bool pg_translate(struct arena *a, const struct sql_expr_options *o, const struct sql_node *n, char **out,
                  char **why) WARN_UNUSED;
const struct sql_column *pg_find_column(const struct sql_expr_options *o, struct arena *a, const char *name);
struct val pg_logic_value(struct pg *c,
                          const struct sql_node *n); /* expr_pg_logic.c: AND, OR, IS, IN, BETWEEN, LIKE, REGEXP */
struct val pg_compare(struct pg *c, enum sql_op op, struct val l, struct val r);
struct val pg_like(struct pg *c, struct val s, struct val pattern, const char *escape, bool negated);
struct val pg_regexp(struct pg *c, struct val s, struct val pattern, bool negated,
                     int force_case /* -1: by collation, 0 ignore, 1 keep */);
const char *pg_regexp_pattern(struct pg *c, const struct val *pattern);     /* as a literal for the target's engine */
struct val pg_case(struct pg *c, const struct sql_node *n);                 /* expr_pg_choice.c */
bool pg_sign_mixed(struct pg *c, const struct val *l, const struct val *r); /* refuse unsigned beside signed in lists */
struct val pg_arithmetic(struct pg *c, enum sql_op op, struct val l, struct val r);
struct val pg_divide(struct pg *c, struct val l, struct val r);
struct val pg_negate(struct pg *c, struct val v);
struct val pg_bits_op(struct pg *c, enum sql_op op, struct val l, struct val r);
struct val pg_unsigned64(struct pg *c, struct val v);
struct val pg_bit_not(struct pg *c, struct val v);
struct val pg_cast(struct pg *c, const struct sql_node *n);
struct val pg_cast_value(struct pg *c, struct val v, const struct sql_cast_type *t);
struct val pg_call(struct pg *c, const struct sql_node *n);
struct val pg_column_value(struct pg *c, const struct sql_node *n);
struct val pg_value_of_column(struct pg *c, const struct sql_column *col, const char *text);
/* The value for a select list or a variable: truth as 0 and 1, hexadecimal literals as bytes. */
struct val pg_plain(struct pg *c, struct val v);

/* expr_pg_text.c: making texts and values */
const char *pg_fmt(struct pg *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct val pg_fail(struct pg *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct val pg_val(enum tclass cls, const char *text, bool atom);
struct val pg_int(const char *text, bool atom, bool wide);
struct val pg_text_val(const char *text, bool atom, const struct val *like); /* charset and ci of `like` */
const char *pg_p(struct pg *c, struct val v); /* the text, in parentheses unless an atom */
bool pg_is_og_a_pg(const struct pg *c);       /* a PG or A database of openGauss, not a B one */
const char *pg_new_uuid(struct pg *c);        /* of the type uuid */
/* The text of a broken number with the 0 that openGauss leaves out before the point. */
const char *pg_leading_zero(struct pg *c, const char *text);
const char *pg_json_text(struct pg *c, struct val j); /* a whole JSON value: strings without quotes, null as NULL */
bool pg_is_const_string(const struct val *v);
const char *pg_string_literal(struct pg *c, const char *s, size_t len);
bool pg_stable(struct pg *c, const char *what); /* refuse when the result must be immutable */
bool pg_has_collation(struct pg *c, const struct val *l,
                      const struct val *r); /* refuse a comparison of constants in a generated column; r may be NULL */
bool pg_once(struct pg *c, const struct val *v);                /* refuse to repeat rand() and uuid() */
bool pg_literal_number(const struct val *v, const char **text); /* a literal that reads as a number */

/* expr_pg_convert.c: what MySQL's implicit conversions do */
struct val pg_as_bool(struct pg *c, struct val v);
struct val pg_as_num(struct pg *c, struct val v); /* TC_INT, TC_DEC or TC_FLOAT */
/* JSON to float8, bigint or numeric, as CAST(json AS SIGNED) does it. */
struct val pg_json_number(struct pg *c, struct val j, const char *type);
struct val pg_as_bigint(struct pg *c, struct val v); /* numbers to bigint, rounding like MySQL */
struct val pg_as_int4(struct pg *c, struct val v);   /* for arguments of functions that take integer */
struct val pg_as_numeric(struct pg *c, struct val v);
struct val pg_as_float(struct pg *c, struct val v);
struct val pg_as_text(struct pg *c, struct val v);
struct val pg_as_bytes(struct pg *c, struct val v);
struct val pg_as_json(struct pg *c, struct val v);
bool pg_json_plain_path(struct pg *c, const struct sql_node *path); /* a constant one, of members and positions */
/* What stands at a constant path, as pg_json_text() has it. */
const char *pg_json_text_at(struct pg *c, const struct sql_node *doc, const struct sql_node *at);
/* A value within a JSON document, as an argument of jsonb_build_array() and the like, and as jsonb (expr_pg_json.c). n: where it comes from;
 * may be NULL. */
const char *pg_json_item(struct pg *c, const struct sql_node *n, struct val v);
struct val pg_as_json_value(struct pg *c, const struct sql_node *n, struct val v);
struct val pg_text_prefix_int(struct pg *c, struct val text);                      /* CAST('12abc' AS SIGNED) */
struct val pg_text_prefix_number(struct pg *c, struct val text, const char *type); /* '1.5e3x' + 0 */
enum tclass pg_unify(struct pg *c, struct val *v, size_t n);
struct val pg_assign(struct pg *c, struct val v, const struct sql_column *to);

/* expr_pg_date.c */
struct val pg_as_date(struct pg *c, struct val v);
struct val pg_as_datetime(struct pg *c, struct val v);
struct val pg_temporal_literal(struct pg *c, const struct sql_node *n);
bool pg_parse_time_literal(struct pg *c, const struct val *v, bool interval, struct val *out);
bool pg_parse_date_literal(struct pg *c, const struct val *v,
                           struct val *out);         /* '2024-01-05 10:00' -> TC_DATE or TC_DATETIME */
struct val pg_date_text(struct pg *c, struct val v); /* as MySQL prints a date, datetime or time */
struct val pg_date_add(struct pg *c, struct val base, const struct sql_node *interval, bool subtract);
struct val pg_to_precision(struct pg *c, struct val v,
                           int fsp); /* TC_DATETIME and TC_TIME: MySQL rounds, MariaDB cuts */
/* A number of a date or time, by the target's name. openGauss B's EXTRACT is MySQL's, and not immutable. */
const char *pg_field(struct pg *c, const char *field, const char *value);
struct val pg_extract(struct pg *c, const char *unit, struct val v);
/* EXTRACT() itself: of a TIME below nothing it has a sign, other than HOUR() and its like. */
struct val pg_extract_signed(struct pg *c, const char *unit, struct val v);

/* Function tables; a name is looked for in each. The handler gets the arguments as nodes. */
struct pg_function {
    const char *name;
    size_t min_args, max_args;
    struct val (*make)(struct pg *c, const struct sql_node *n, const char *data);
    const char *data;
};
extern const struct pg_function pg_functions_string[], pg_functions_number[], pg_functions_date[], pg_functions_json[],
    pg_functions_misc[];

/* og_b_function.c: functions that openGauss B has under MySQL's name, or nearly */
struct og_b_function {
    const char *mysql;
    size_t min_args, max_args;
    /* What is known of the value: a letter as in compat_functions.def; '=': what PostgreSQL's form of it gives. */
    char result;
    /* $1 an argument, ^1 as text, #1 as integer, &1 as numeric, $* all of them, ~* as JSON holds them, $u the
     * unit; ! behind all: a cast to the type of the result. NULL: name($*). */
    const char *form;
    /* May definitions of generated columns and indexes hold it? */
    enum { OG_B_IMMUTABLE, OG_B_OTHERWISE /* in PostgreSQL's form */, OG_B_STABLE /* no */ } definition;
};
/* In a query or program; in a table's definition only those that were seen to run there. NULL: none. */
const struct og_b_function *og_b_function(const struct sql_node *n, bool in_query);

bool og_b_gives_json(const struct sql_node *n);
bool og_b_is_shared(const char *name); /* its PostgreSQL form runs there */
bool og_b_measured(const char *name);  /* Is the function printed in a form that was seen to run on openGauss B? */

/* expr_og_b.c */
struct val og_b_node(struct pg *c, const struct sql_node *n);       /* in a query of a B database */
const char *og_b_json_item(struct pg *c, const struct sql_node *n); /* an argument of its JSON functions */
bool og_b_translate(struct arena *a, const struct sql_expr_options *o, const struct sql_node *n, char **out,
                    char **why) WARN_UNUSED;

#endif
