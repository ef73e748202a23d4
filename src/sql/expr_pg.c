/* From the tree to PostgreSQL's SQL (also openGauss PG and A): literals, columns and the choice of who prints a node. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sql/catalog_text.h"
#include "sql/expr_pg.h"
#include "sql/pg_query.h"

const struct sql_column *pg_find_column(const struct sql_expr_options *o, struct arena *a, const char *name) {
    for (size_t i = 0; i < o->ncolumns; i++) {
        if (str_eq(o->columns[i].name, name)) {
            return &o->columns[i];
        }
    }
    for (size_t i = 0; i < o->ncolumns; i++) { /* MySQL's column names have no case */
        if (str_ieq(o->columns[i].name, name)) {
            return &o->columns[i];
        }
    }
    /* A catalog text without any quote does not show whether it was escaped: try the name behind the escapes. */
    size_t n;
    char *plain = sql_undo_double_utf8(a, name, strlen(name), &n);
    if (plain == NULL && strchr(name, '\\') != NULL) {
        plain = sql_unescape(a, name, strlen(name), &n);
    }
    return plain != NULL && !str_eq(plain, name) && strlen(plain) < strlen(name) ? pg_find_column(o, a, plain) : NULL;
}

static enum charset_kind charset_kind(const char *charset) {
    static const char *const single[] = {"latin1", "latin2", "latin5",   "latin7", "cp1250", "cp1251", "cp1256",
                                         "cp1257", "cp850",  "cp852",    "cp866",  "greek",  "hebrew", "koi8r",
                                         "koi8u",  "macce",  "macroman", "tis620", "dec8",   "hp8"};
    if (charset == NULL || str_eq(charset, "utf8mb4") || str_eq(charset, "utf8mb3") || str_eq(charset, "utf8") ||
        str_eq(charset, "ascii")) {
        return CS_UTF8;
    }
    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++) {
        if (str_eq(charset, single[i])) {
            return CS_SINGLE_BYTE;
        }
    }
    return CS_OTHER;
}

static bool ends_with(const char *s, const char *end) {
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

static enum ci_kind ci_kind(const char *collation) {
    if (collation == NULL) {
        return CI_YES; /* the servers' default collations */
    }
    return ends_with(collation, "_bin") || ends_with(collation, "_cs") || str_eq(collation, "binary") ? CI_NO : CI_YES;
}

static void text_column(struct pg *c, struct val *v, const struct sql_column *col) {
    const char *ddl = col->to->ddl != NULL ? col->to->ddl : "";
    if (str_eq(ddl, "json")) {
        v->cls = TC_JSON;
        v->text = pg_fmt(c, "%s::jsonb", v->text);
        return;
    }
    v->cls = col->from->kind == MYT_ENUM ? TC_ENUM : TC_TEXT;
    v->padded = str_starts(ddl, "char") && !str_starts(ddl, "character varying");
    v->charset = charset_kind(col->from->charset);
    v->ci = ci_kind(col->from->collation);
}

struct val pg_column_value(struct pg *c, const struct sql_node *n) {
    if (c->q != NULL) {
        return pgq_column(c, n);
    }
    const struct sql_column *col = pg_find_column(c->o, c->a, n->name);
    if (col == NULL || col->from == NULL || col->to == NULL) {
        return pg_fail(c, "the column %.200s, which is not known here", n->name);
    }
    return pg_value_of_column(c, col, str_quote_pg(c->a, col->target_name));
}

struct val pg_value_of_column(struct pg *c, const struct sql_column *col, const char *text) {
    const struct mytype *from = col->from;
    struct val v = pg_val(TC_OTHER, text, true);
    v.col = col;
    v.fsp = from->fsp;
    v.nonneg = from->is_unsigned || from->kind == MYT_YEAR;
    switch (col->to->kind) {
    case TK_BOOL:
        v.cls = TC_BOOL;
        break;
    case TK_INT8:
    case TK_UINT4:
        v.wide = true; /* fall through */
    case TK_INT1:
    case TK_INT2:
    case TK_INT4:
    case TK_UINT1:
    case TK_UINT2:
    case TK_YEAR:
        v.cls = TC_INT;
        v.integer = true;
        break;
    case TK_UINT8:
    case TK_NUMERIC:
        v.cls = TC_DEC;
        v.integer = from->kind <= MYT_BIGINT || from->kind == MYT_BIT;
        v.u64 = from->kind <= MYT_BIGINT;
        v.scale = v.integer || from->scale < 0 ? 0 : from->scale;
        break;
    case TK_FLOAT4:
        v.text = pg_fmt(c, "%s::float8", v.text);
        v.col = NULL; /* the text is no longer the bare column */
        /* fall through */
    case TK_FLOAT8:
        v.cls = TC_FLOAT;
        break;
    case TK_BIT:
        v.cls = TC_BITS;
        break;
    case TK_TEXT:
        text_column(c, &v, col);
        break;
    case TK_JSONB:
        v.cls = TC_JSON;
        break;
    case TK_BYTEA:
    case TK_BLOB:
        v.cls = TC_BYTES;
        break;
    case TK_DATE:
        v.cls = TC_DATE;
        break;
    case TK_TIME:
        v.cls = TC_TIME;
        break;
    case TK_INTERVAL:
        v.cls = TC_TIME;
        v.interval = true;
        break;
    case TK_TIMESTAMP:
        v.cls = from->kind == MYT_DATE ? TC_DATE /* in an A database */ : TC_DATETIME;
        break;
    case TK_TIMESTAMPTZ:
        v.cls = TC_TSTZ;
        break;
    case TK_UUID:
        v.cls = TC_UUID;
        break;
    default:
        break; /* inet: comparable with NULL only */
    }
    return v;
}

static struct val integer_literal(struct pg *c, const struct sql_node *n) {
    const char *s = n->text + strspn(n->text, "0");
    s = *s == '\0' ? "0" : s;
    size_t len = strlen(s);
    if (len > 65) {
        return pg_fail(c, "an integer of more than 65 digits");
    }
    struct val v = pg_int(s, true, len > 10 || (len == 10 && strcmp(s, "2147483647") > 0));
    if (len > 19 || (len == 19 && strcmp(s, "9223372036854775807") > 0)) {
        v.cls = TC_DEC;
        v.u64 = len < 20 || (len == 20 && strcmp(s, "18446744073709551615") <= 0);
    }
    v.nonneg = true;
    v.lit = n;
    return v;
}

static struct val decimal_literal(struct pg *c, const struct sql_node *n) {
    const char *point = strchr(n->text, '.');
    size_t digits = point == NULL ? 0 : strlen(point + 1);
    if (strlen(n->text) > 80) {
        return pg_fail(c, "a decimal number of more than 80 digits");
    }
    struct val v =
        pg_val(TC_DEC, pg_fmt(c, "%s%s%s", n->text[0] == '.' ? "0" : "", n->text, digits == 0 ? "0" : ""), true);
    v.scale = (int)digits;
    v.nonneg = true;
    v.lit = n;
    return v;
}

/* MariaDB's catalog prints _utf8mb4'é' as _utf8mb4'xC3xA9' (10.11): the backslashes of \xC3 are lost, and with them the
 * way to tell such a byte from text. */
static bool garbled_by_mariadb(const struct sql_node *n) {
    for (size_t i = 0; i + 2 < n->len; i++) {
        if (n->text[i] == 'x' && strchr("89ABCDEF", n->text[i + 1]) != NULL &&
            strchr("0123456789ABCDEF", n->text[i + 2]) != NULL) {
            return true;
        }
    }
    return false;
}

static struct val string_literal(struct pg *c, const struct sql_node *n) {
    if (c->o->mariadb && n->charset != NULL && garbled_by_mariadb(n)) {
        return pg_fail(c, "the string '%.80s', which MariaDB's catalog may print garbled", n->text);
    }
    if (str_eq(n->charset, "binary")) {
        struct val s = pg_val(TC_TEXT, "", true);
        s.lit = n;
        return pg_as_bytes(c, s);
    }
    bool ascii = true;
    for (size_t i = 0; i < n->len; i++) {
        ascii = ascii && (unsigned char)n->text[i] < 0x80;
    }
    if (!ascii && charset_kind(n->charset) != CS_UTF8) {
        return pg_fail(c, "a string in character set %.40s", n->charset);
    }
    struct val v = pg_val(TC_TEXT, pg_string_literal(c, n->text, n->len), true);
    v.lit = n;
    return v;
}

static struct val literal(struct pg *c, const struct sql_node *n) {
    struct val v;
    switch (n->kind) {
    case SN_NULL:
        return pg_val(TC_NULL, "NULL", true);
    case SN_BOOL:
        v = pg_val(TC_BOOL, n->integer ? "TRUE" : "FALSE", true);
        v.lit = n;
        return v;
    case SN_INT:
        return integer_literal(c, n);
    case SN_DECIMAL:
        return decimal_literal(c, n);
    case SN_FLOAT:
        v = pg_val(TC_FLOAT, pg_fmt(c, "'%s'::float8", n->text), true);
        v.lit = n;
        v.nonneg = true;
        return v;
    case SN_STRING:
        return string_literal(c, n);
    default:
        if (n->charset != NULL && !str_eq(n->charset, "binary")) {
            if (charset_kind(n->charset) != CS_UTF8) {
                return pg_fail(c, "a string in character set %.40s", n->charset);
            }
            v = pg_val(TC_HEX, "", true);
            v.lit = n;
            v = pg_as_text(c, v);
            v.ci = CI_NONE;
            return v;
        }
        v = pg_val(TC_HEX, "", true); /* has no text until a side is chosen */
        v.lit = n;
        return v;
    }
}

static struct val binary_op(struct pg *c, const struct sql_node *n) {
    /* date + INTERVAL n unit, INTERVAL n unit + date */
    if (n->args[1]->kind == SN_INTERVAL && (n->op == OP_PLUS || n->op == OP_MINUS)) {
        return pg_date_add(c, pg_node(c, n->args[0]), n->args[1], n->op == OP_MINUS);
    }
    if (n->args[0]->kind == SN_INTERVAL && n->op == OP_PLUS) {
        return pg_date_add(c, pg_node(c, n->args[1]), n->args[0], false);
    }
    if (n->op == OP_ARROW || n->op == OP_ARROW_TEXT) {
        struct sql_node call = {.kind = SN_CALL, .name = "json_extract", .args = n->args, .nargs = 2};
        struct sql_node *inner = &call;
        struct sql_node unquote = {.kind = SN_CALL, .name = "json_unquote", .args = &inner, .nargs = 1};
        return pg_call(c, n->op == OP_ARROW ? &call : &unquote);
    }
    if (n->args[0]->kind == SN_ROW || n->args[1]->kind == SN_ROW) {
        if (c->q != NULL && (n->op == OP_EQ || n->op == OP_NE)) {
            return pgq_rows_equal(c, n->args[0], n->args[1], n->op == OP_NE);
        }
        return pg_fail(c, "a comparison of rows");
    }
    struct val l = pg_node(c, n->args[0]), r = pg_node(c, n->args[1]);
    switch (n->op) {
    case OP_EQ:
    case OP_NULL_SAFE_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return pg_compare(c, n->op, l, r);
    case OP_DIV:
        return pg_divide(c, l, r);
    case OP_PLUS:
    case OP_MINUS:
    case OP_MUL:
    case OP_MOD:
    case OP_INT_DIV:
        return pg_arithmetic(c, n->op, l, r);
    default:
        return pg_bits_op(c, n->op, l, r);
    }
}

static struct val unary_op(struct pg *c, const struct sql_node *n) {
    struct val v = pg_node(c, n->args[0]);
    switch (n->op) {
    case OP_MINUS:
        return pg_negate(c, v);
    case OP_BIT_NOT:
        return pg_bit_not(c, v);
    default:
        v = pg_as_bool(c, v);
        return pg_val(TC_BOOL, pg_fmt(c, "NOT %s", pg_p(c, v)), false);
    }
}

static struct val collate(struct pg *c, const struct sql_node *n) {
    struct val v = pg_node(c, n->args[0]);
    if (v.cls != TC_TEXT && v.cls != TC_ENUM && v.cls != TC_NULL) {
        return pg_fail(c, "COLLATE of a value that is not text");
    }
    v.ci = ci_kind(n->name);
    return v;
}

static struct val dispatch(struct pg *c, const struct sql_node *n) {
    switch (n->kind) {
    case SN_NULL:
    case SN_BOOL:
    case SN_INT:
    case SN_DECIMAL:
    case SN_FLOAT:
    case SN_STRING:
    case SN_HEX:
    case SN_BIT:
        return literal(c, n);
    case SN_TEMPORAL:
        return pg_temporal_literal(c, n);
    case SN_COLUMN:
        return pg_column_value(c, n);
    case SN_VARIABLE:
        if (c->q != NULL) {
            return pgq_node(c, n);
        }
        return pg_fail(c, "the variable %.100s", n->text);
    case SN_UNARY:
        return unary_op(c, n);
    case SN_BINARY:
        return binary_op(c, n);
    case SN_LOGIC:
    case SN_IS:
    case SN_IN:
    case SN_BETWEEN:
    case SN_LIKE:
    case SN_REGEXP:
        return pg_logic_value(c, n);
    case SN_MEMBER_OF:
        if (c->q != NULL) {
            struct sql_node *swapped[2] = {n->args[1], n->args[0]};
            struct sql_node call = {
                .kind = SN_CALL, .name = "member of", .args = swapped, .nargs = 2, .start = n->start};
            return pg_call(c, &call);
        }
        return pg_fail(c, "MEMBER OF");
    case SN_CASE:
        return pg_case(c, n);
    case SN_CALL:
        return pg_call(c, n);
    case SN_CAST:
        return pg_cast(c, n);
    case SN_CONVERT_USING: {
        struct val v = pg_as_text(c, pg_node(c, n->args[0]));
        if (charset_kind(n->charset) != CS_UTF8 || str_eq(n->charset, "binary")) {
            return pg_fail(c, "CONVERT .. USING %.40s", n->charset);
        }
        v.charset = CS_UTF8;
        return v;
    }
    case SN_COLLATE:
        return collate(c, n);
    case SN_INTERVAL:
        return pg_fail(c, "INTERVAL outside of date arithmetic");
    case SN_EXTRACT:
        return pg_extract_signed(c, n->name, pg_node(c, n->args[0]));
    case SN_TRIM: {
        struct sql_node call = *n;
        call.kind = SN_CALL;
        call.name = str_eq(n->name, "both")      ? "trim both"
                    : str_eq(n->name, "leading") ? "trim leading"
                                                 : "trim trailing";
        return pg_call(c, &call);
    }
    case SN_ROW:
        return pg_fail(c, "a row of values");
    case SN_SUBQUERY:
    case SN_EXISTS:
    case SN_QUANTIFIED:
    case SN_MATCH:
    case SN_PARAM:
    case SN_ASSIGN:
    case SN_DEFAULT:
        return pgq_node(c, n);
    }
    return pg_fail(c, "an expression of an unknown kind");
}

struct val pg_node(struct pg *c, const struct sql_node *n) {
    if (c->why != NULL) {
        return pg_val(TC_NULL, "NULL", true);
    }
    if (++c->depth > SQL_MAX_DEPTH + 8) {
        return pg_fail(c, "the expression is nested deeper than %d levels", SQL_MAX_DEPTH);
    }
    if (c->only != NULL && c->only != n) {
        struct val below = og_b_node(c, n);
        c->depth--;
        return below;
    }
    size_t outer = c->at;
    c->at = n->start != 0 || c->depth == 1 ? n->start : outer;
    struct val v = c->q != NULL ? pgq_dispatch(c, n, dispatch) : dispatch(c, n);
    c->at = outer;
    c->depth--;
    return c->why == NULL ? v : pg_val(TC_NULL, "NULL", true); /* what a failure left unfinished is not looked at */
}

/* A CHECK of json_valid(column) alone, or in a chain of ANDs: always true for a json column of the target. */
static struct val condition(struct pg *c, const struct sql_node *n) {
    if (n->kind == SN_CALL && str_eq(n->name, "json_valid") && n->nargs == 1) {
        struct val v = pg_node(c, n->args[0]);
        if (v.cls == TC_JSON) {
            return pg_val(TC_BOOL, "TRUE", true);
        }
    }
    return pg_as_bool(c, pg_node(c, n));
}

static struct val top_condition(struct pg *c, const struct sql_node *n) {
    if (n->kind != SN_LOGIC || n->op != OP_AND) {
        return condition(c, n);
    }
    const char *text = NULL;
    struct val only = {0};
    size_t kept = 0;
    for (size_t i = 0; i < n->nargs; i++) {
        struct val v = condition(c, n->args[i]);
        if (c->why == NULL && !str_eq(v.text, "TRUE")) {
            only = v;
            text = kept++ == 0 ? pg_p(c, v) : pg_fmt(c, "%s AND %s", text, pg_p(c, v));
        }
    }
    if (kept == 1) {
        return only;
    }
    return pg_val(TC_BOOL, kept == 0 ? "TRUE" : text, kept == 0);
}

struct pg pg_context(struct arena *a, const struct sql_expr_options *o, bool b_database) {
    return (struct pg){.a = a,
                       .o = o,
                       .numeric = b_database ? "numeric(130,40)" : "numeric",
                       .timestamp = b_database ? "timestamp(6) without time zone" : "timestamp",
                       .b = b_database};
}

struct val pg_plain(struct pg *c, struct val v) {
    if (v.cls == TC_BOOL) {
        return pg_as_num(c, v);
    }
    if (v.cls == TC_HEX) {
        return v.lit->kind == SN_BIT ? pg_val(TC_BITS, pg_fmt(c, "B'%s'", v.lit->text), true) : pg_as_bytes(c, v);
    }
    return v;
}

bool pg_translate(struct arena *a, const struct sql_expr_options *o, const struct sql_node *n, char **out, char **why) {
    struct pg c = pg_context(a, o, false);
    struct val v;
    if (o->want_boolean) {
        v = top_condition(&c, n);
    } else {
        v = pg_node(&c, n);
        if (c.why == NULL && o->assigned_to != NULL) {
            v = pg_assign(&c, v, o->assigned_to);
        } else if (c.why == NULL) {
            v = pg_plain(&c, v);
        }
    }
    *out = c.why == NULL ? arena_strdup(a, v.text) : NULL;
    *why = c.why;
    return c.why == NULL;
}
