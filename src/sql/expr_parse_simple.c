/* Operands: literals, names, parentheses, rows, CASE, INTERVAL, unary operators, COLLATE, JSON arrows,
 * and function calls with the special forms that are not lists of arguments. */
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "sql/expr_parse.h"
#include "sql/query_parse.h"

const char *sql_lower(struct arena *a, const char *s) {
    char *out = arena_strdup(a, s);
    for (char *c = out; *c != '\0'; c++) {
        if (*c >= 'A' && *c <= 'Z') {
            *c = (char)(*c + 32);
        }
    }
    return out;
}

static struct sql_node *leaf(struct sql_parser *p, enum sql_node_kind kind) {
    struct sql_node *n = sql_node_new(p->arena, kind);
    n->start = p->t.start;
    n->text = p->t.text;
    n->len = p->t.len;
    sql_parser_advance(p);
    return n;
}

/* 'a' 'b' is one string. */
static struct sql_node *string_literal(struct sql_parser *p, const char *charset) {
    struct sql_node *n = leaf(p, SN_STRING);
    n->charset = charset;
    while (p->t.kind == TOK_STRING) {
        char *joined = arena_alloc(p->arena, n->len + p->t.len + 1);
        memcpy(joined, n->text, n->len);
        memcpy(joined + n->len, p->t.text, p->t.len);
        if (n->len + p->t.len > SQL_MAX_TEXT) {
            return sql_parser_fail(p, "a string longer than %d bytes", SQL_MAX_TEXT);
        }
        n->text = joined;
        n->len += p->t.len;
        sql_parser_advance(p);
    }
    return n;
}

static struct sql_node *introduced(struct sql_parser *p) {
    const char *charset = sql_lower(p->arena, p->t.text);
    sql_parser_advance(p);
    if (p->t.kind == TOK_STRING) {
        return string_literal(p, charset);
    }
    if (p->t.kind == TOK_HEX || p->t.kind == TOK_BIT) {
        struct sql_node *n = leaf(p, p->t.kind == TOK_HEX ? SN_HEX : SN_BIT);
        n->charset = charset;
        return n;
    }
    return sql_parser_fail(p, "a string expected behind _%s", charset);
}

static const char *const interval_units[] = {
    "microsecond",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "quarter",
    "year",
    "second_microsecond",
    "minute_microsecond",
    "minute_second",
    "hour_microsecond",
    "hour_second",
    "hour_minute",
    "day_microsecond",
    "day_second",
    "day_minute",
    "day_hour",
    "year_month",
};

/* A unit of time; SQL_TSI_DAY is DAY. NULL: the token is none. */
static const char *unit(struct sql_parser *p) {
    if (p->t.kind != TOK_IDENT) {
        return NULL;
    }
    const char *word = str_istarts(p->t.text, "SQL_TSI_") ? p->t.text + 8 : p->t.text;
    for (size_t i = 0; i < sizeof interval_units / sizeof interval_units[0]; i++) {
        if (strcasecmp(word, interval_units[i]) == 0) {
            sql_parser_advance(p);
            return interval_units[i];
        }
    }
    return NULL;
}

/* INTERVAL was read: either INTERVAL n unit, or the function INTERVAL(n, a, b, ..). */
static struct sql_node *interval(struct sql_parser *p) {
    struct sql_node *n = sql_node_new(p->arena, SN_INTERVAL);
    if (sql_parser_accept_op(p, OP_LPAREN)) {
        struct sql_node *first = sql_parse_expr(p);
        if (first != NULL && p->t.kind == TOK_OP && p->t.op == OP_COMMA) {
            n = sql_node_new(p->arena, SN_CALL);
            n->name = "interval";
            bool ok = sql_parser_add(p, n, first);
            while (ok && sql_parser_accept_op(p, OP_COMMA)) {
                ok = sql_parser_add(p, n, sql_parse_expr(p));
            }
            return ok && sql_parser_expect_op(p, OP_RPAREN, ")") ? n : NULL;
        }
        if (first == NULL || !sql_parser_expect_op(p, OP_RPAREN, ")") || !sql_parser_add(p, n, first)) {
            return NULL;
        }
    } else if (!sql_parser_add(p, n, sql_parse_bit_expr(p))) {
        return NULL;
    }
    n->name = unit(p);
    return n->name != NULL ? n : sql_parser_fail(p, "a unit of time expected at byte %zu", p->t.start);
}

static struct sql_node *case_expr(struct sql_parser *p) {
    struct sql_node *n = sql_node_new(p->arena, SN_CASE);
    if (!sql_token_is(&p->t, "when")) {
        n->has_operand = true;
        if (!sql_parser_add(p, n, sql_parse_expr(p))) {
            return NULL;
        }
    }
    do {
        if (!sql_parser_expect_word(p, "when") || !sql_parser_add(p, n, sql_parse_expr(p)) ||
            !sql_parser_expect_word(p, "then") || !sql_parser_add(p, n, sql_parse_expr(p))) {
            return NULL;
        }
    } while (sql_token_is(&p->t, "when"));
    if (sql_parser_accept_word(p, "else")) {
        n->has_else = true;
        if (!sql_parser_add(p, n, sql_parse_expr(p))) {
            return NULL;
        }
    }
    if (!sql_parser_expect_word(p, "end")) {
        return NULL;
    }
    (void)sql_parser_accept_word(p, "case"); /* some printers close with END CASE */
    return n;
}

/* (n) or (n, n) behind a type; absent: -1. */
static bool type_length(struct sql_parser *p, struct sql_cast_type *t) {
    t->length = t->scale = -1;
    if (!sql_parser_accept_op(p, OP_LPAREN)) {
        return true;
    }
    for (int i = 0; i < 2; i++) {
        struct sql_node *n = p->t.kind == TOK_INT ? leaf(p, SN_INT) : NULL;
        if (n == NULL || !sql_node_const_int(n, i == 0 ? &t->length : &t->scale)) {
            sql_parser_fail(p, "a length expected at byte %zu", p->t.start);
            return false;
        }
        if (i == 1 || !sql_parser_accept_op(p, OP_COMMA)) {
            break;
        }
    }
    return sql_parser_expect_op(p, OP_RPAREN, ")");
}

static struct sql_cast_type *cast_type(struct sql_parser *p) {
    struct sql_cast_type *t = arena_new(p->arena, struct sql_cast_type);
    if (p->t.kind != TOK_IDENT) {
        sql_parser_fail(p, "a type expected at byte %zu", p->t.start);
        return NULL;
    }
    t->name = sql_lower(p->arena, p->t.text);
    sql_parser_advance(p);
    if (str_eq(t->name, "signed") || str_eq(t->name, "unsigned")) {
        (void)(sql_parser_accept_word(p, "integer") || sql_parser_accept_word(p, "int"));
    } else if (str_eq(t->name, "int") || str_eq(t->name, "integer")) {
        t->name = "signed"; /* MariaDB */
    } else if (str_eq(t->name, "nchar") || str_eq(t->name, "varchar")) {
        t->name = "char";
    } else if (str_eq(t->name, "dec") || str_eq(t->name, "numeric")) {
        t->name = "decimal";
    } else if (str_eq(t->name, "double") || str_eq(t->name, "real")) {
        t->name = "double";
        (void)sql_parser_accept_word(p, "precision");
    }
    if (!type_length(p, t)) {
        return NULL;
    }
    if (sql_parser_accept_word(p, "charset") ||
        (sql_token_is(&p->t, "character") && sql_token_is(sql_parser_peek(p), "set"))) {
        if (sql_parser_accept_word(p, "character")) {
            sql_parser_advance(p);
        }
        t->charset = sql_lower(p->arena, p->t.text);
        sql_parser_advance(p);
    }
    if (sql_parser_accept_word(p, "binary")) {
        t->charset = t->charset == NULL ? "utf8mb4" : t->charset;
    }
    if (sql_parser_accept_word(p, "collate")) {
        sql_parser_advance(p);
    }
    t->array = sql_parser_accept_word(p, "array");
    return t;
}

/* CAST( and CONVERT( were read. */
static struct sql_node *cast_call(struct sql_parser *p, bool convert) {
    struct sql_node *value = sql_parse_expr(p), *n;
    if (value == NULL) {
        return NULL;
    }
    if (convert && sql_parser_accept_word(p, "using")) {
        n = sql_node_new(p->arena, SN_CONVERT_USING);
        n->charset = sql_lower(p->arena, p->t.text);
        sql_parser_advance(p);
    } else {
        n = sql_node_new(p->arena, SN_CAST);
        if (!(convert ? sql_parser_expect_op(p, OP_COMMA, ",") : sql_parser_expect_word(p, "as"))) {
            return NULL;
        }
        if (sql_token_is(&p->t, "at")) {
            return sql_parser_fail(p, "AT TIME ZONE");
        }
        n->type = cast_type(p);
        if (n->type == NULL) {
            return NULL;
        }
    }
    return sql_parser_add(p, n, value) && sql_parser_expect_op(p, OP_RPAREN, ")") ? n : NULL;
}

static struct sql_node *trim_call(struct sql_parser *p) {
    static const char *const sides[] = {"both", "leading", "trailing"};
    struct sql_node *n = sql_node_new(p->arena, SN_TRIM), *first = NULL;
    n->name = "both";
    for (size_t i = 0; i < 3; i++) {
        if (sql_parser_accept_word(p, sides[i])) {
            n->name = sides[i];
            break;
        }
    }
    if (!sql_token_is(&p->t, "from")) {
        first = sql_parse_expr(p);
        if (first == NULL) {
            return NULL;
        }
    }
    bool ok;
    if (sql_parser_accept_word(p, "from")) {
        ok = sql_parser_add(p, n, sql_parse_expr(p)) && (first == NULL || sql_parser_add(p, n, first));
    } else {
        ok = sql_parser_add(p, n, first);
    }
    return ok && sql_parser_expect_op(p, OP_RPAREN, ")") ? n : NULL;
}

/* EXTRACT(unit FROM x), and TIMESTAMPADD / TIMESTAMPDIFF(unit, a, b) whose unit goes into text. */
static struct sql_node *unit_call(struct sql_parser *p, struct sql_node *call) {
    bool extract = str_eq(call->name, "extract");
    const char *u = unit(p);
    if (u == NULL) {
        return sql_parser_fail(p, "a unit of time expected at byte %zu", p->t.start);
    }
    if (extract) {
        call->kind = SN_EXTRACT;
        call->name = u;
        return sql_parser_expect_word(p, "from") && sql_parser_add(p, call, sql_parse_expr(p)) &&
                       sql_parser_expect_op(p, OP_RPAREN, ")")
                   ? call
                   : NULL;
    }
    call->text = u;
    for (int i = 0; i < 2; i++) {
        if (!sql_parser_expect_op(p, OP_COMMA, ",") || !sql_parser_add(p, call, sql_parse_expr(p))) {
            return NULL;
        }
    }
    return sql_parser_expect_op(p, OP_RPAREN, ")") ? call : NULL;
}

/* POSITION(a IN b) is LOCATE(a, b). */
static struct sql_node *position_call(struct sql_parser *p, struct sql_node *call) {
    call->name = "locate";
    return sql_parser_add(p, call, sql_parse_bit_expr(p)) && sql_parser_expect_word(p, "in") &&
                   sql_parser_add(p, call, sql_parse_expr(p)) && sql_parser_expect_op(p, OP_RPAREN, ")")
               ? call
               : NULL;
}

/* name( was read. */
static struct sql_node *call(struct sql_parser *p, const char *name) {
    struct sql_node *n = sql_node_new(p->arena, SN_CALL);
    n->name = name;
    if (str_eq(name, "cast") || str_eq(name, "convert")) {
        return cast_call(p, str_eq(name, "convert"));
    }
    if (str_eq(name, "trim")) {
        return trim_call(p);
    }
    if (str_eq(name, "extract") || str_eq(name, "timestampdiff") || str_eq(name, "timestampadd")) {
        return unit_call(p, n);
    }
    if (str_eq(name, "position")) {
        return position_call(p, n);
    }
    if (str_eq(name, "exists")) {
        return p->queries ? sql_parse_exists(p) : sql_parser_fail(p, "a subquery");
    }
    if (p->queries && sql_has_more(name)) {
        return sql_parse_more(p, n);
    }
    if (!sql_parser_accept_op(p, OP_RPAREN)) {
        bool from_for = str_eq(name, "substring") || str_eq(name, "substr") || str_eq(name, "mid");
        for (;;) {
            if (sql_token_is(&p->t, "distinct") || (p->t.kind == TOK_OP && p->t.op == OP_MUL)) {
                return sql_parser_fail(p, "the aggregate function %s", name);
            }
            if (!sql_parser_add(p, n, sql_parse_expr(p))) {
                return NULL;
            }
            if (!sql_parser_accept_op(p, OP_COMMA) &&
                !(from_for && n->nargs < 3 &&
                  (sql_parser_accept_word(p, "from") || sql_parser_accept_word(p, "for")))) {
                break;
            }
        }
        if (p->queries && str_eq(name, "json_value") && sql_parser_accept_word(p, "returning") &&
            (n->type = cast_type(p)) == NULL) {
            return NULL;
        }
        if (str_eq(name, "char") && sql_parser_accept_word(p, "using")) {
            n->charset = sql_lower(p->arena, p->t.text);
            sql_parser_advance(p);
        }
        if (!sql_parser_expect_op(p, OP_RPAREN, ")")) {
            return NULL;
        }
    }
    if (sql_token_is(&p->t, "over") && !p->queries) {
        return sql_parser_fail(p, "the window function %s", name);
    }
    return n;
}

/* Functions that need no parentheses. */
static bool bare_function(const char *word) {
    static const char *const names[] = {"current_timestamp", "current_date", "current_time",
                                        "current_user",      "localtime",    "localtimestamp",
                                        "utc_date",          "utc_time",     "utc_timestamp"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(word, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* A name, or what an unquoted word may be instead. */
static struct sql_node *name_or_call(struct sql_parser *p) {
    struct sql_token t = p->t;
    const struct sql_token *behind = sql_parser_peek(p);
    bool paren = behind->kind == TOK_OP && behind->op == OP_LPAREN;
    struct sql_node *n;
    if (t.kind == TOK_IDENT) {
        if (sql_token_is(&t, "null") && !paren) {
            return leaf(p, SN_NULL);
        }
        if ((sql_token_is(&t, "true") || sql_token_is(&t, "false")) && !paren) {
            n = leaf(p, SN_BOOL);
            n->integer = sql_token_is(&t, "true");
            return n;
        }
        if (behind->kind == TOK_STRING &&
            (sql_token_is(&t, "date") || sql_token_is(&t, "time") || sql_token_is(&t, "timestamp"))) {
            sql_parser_advance(p);
            n = leaf(p, SN_TEMPORAL);
            n->name = sql_lower(p->arena, t.text);
            return n;
        }
        if (sql_token_is(&t, "select") || (sql_token_is(&t, "with") && !p->queries)) {
            return sql_parser_fail(p, "a subquery");
        }
        if (sql_token_is(&t, "match")) {
            return p->queries ? sql_parse_match(p) : sql_parser_fail(p, "MATCH .. AGAINST");
        }
        if (p->queries && sql_token_is(&t, "default")) {
            return sql_parse_default(p);
        }
        if (p->queries && sql_reserved(t.text) && !paren) {
            return sql_parser_fail(p, "a value expected, found %.60s", t.text);
        }
    }
    sql_parser_advance(p);
    if (paren) {
        if (t.kind == TOK_QUOTED_IDENT) {
            return p->queries ? sql_parse_stored_call(p, NULL, t.text)
                              : sql_parser_fail(p, "the stored function %s", t.text);
        }
        sql_parser_advance(p);
        return call(p, sql_lower(p->arena, t.text));
    }
    if (t.kind == TOK_IDENT && bare_function(t.text)) {
        n = sql_node_new(p->arena, SN_CALL);
        n->name = sql_lower(p->arena, t.text);
        return n;
    }
    n = sql_node_new(p->arena, SN_COLUMN);
    n->start = t.start;
    n->name = t.text;
    for (int parts = 1; sql_parser_accept_op(p, OP_DOT); parts++) {
        if (parts == 3 || (p->t.kind != TOK_IDENT && p->t.kind != TOK_QUOTED_IDENT)) {
            return sql_parser_fail(p, "a name expected at byte %zu", p->t.start);
        }
        n->schema = n->qualifier;
        n->qualifier = n->name;
        n->name = p->t.text;
        sql_parser_advance(p);
    }
    if (p->t.kind == TOK_OP && p->t.op == OP_LPAREN) {
        if (p->queries && n->schema == NULL && n->qualifier != NULL) {
            return sql_parse_stored_call(p, n->qualifier, n->name);
        }
        return sql_parser_fail(p, "the stored function %s", n->name);
    }
    return n;
}

/* ( was read: an expression in parentheses or a row. */
static struct sql_node *parenthesized(struct sql_parser *p) {
    if (p->queries && sql_at_whole_query(p)) {
        return sql_parse_subquery(p);
    }
    struct sql_node *first = sql_parse_expr(p);
    if (first == NULL || sql_parser_accept_op(p, OP_RPAREN)) {
        return first;
    }
    struct sql_node *row = sql_node_new(p->arena, SN_ROW);
    bool ok = sql_parser_add(p, row, first);
    while (ok && sql_parser_accept_op(p, OP_COMMA)) {
        ok = sql_parser_add(p, row, sql_parse_expr(p));
    }
    return ok && sql_parser_expect_op(p, OP_RPAREN, ")") ? row : NULL;
}

/* @x, @@x, @x := value. In queries the text keeps its @. */
static struct sql_node *variable(struct sql_parser *p) {
    const char *at = p->t.kind == TOK_USER_VAR ? "@" : "@@";
    struct sql_node *n = leaf(p, SN_VARIABLE);
    if (!p->queries) {
        return n;
    }
    n->text = arena_printf(p->arena, "%s%s", at, n->text);
    n->len = strlen(n->text);
    if (at[1] == '\0' && sql_parser_accept_op(p, OP_ASSIGN)) {
        n->kind = SN_ASSIGN;
        return sql_parser_add(p, n, sql_parse_expr(p)) ? n : NULL;
    }
    return n;
}

static struct sql_node *primary(struct sql_parser *p) {
    switch (p->t.kind) {
    case TOK_STRING:
        return string_literal(p, NULL);
    case TOK_NSTRING:
        return string_literal(p, "utf8mb3");
    case TOK_INTRODUCER:
        return introduced(p);
    case TOK_HEX:
        return leaf(p, SN_HEX);
    case TOK_BIT:
        return leaf(p, SN_BIT);
    case TOK_INT:
        return leaf(p, SN_INT);
    case TOK_DECIMAL:
        return leaf(p, SN_DECIMAL);
    case TOK_FLOAT:
        return leaf(p, SN_FLOAT);
    case TOK_USER_VAR:
    case TOK_SYSTEM_VAR:
        return variable(p);
    case TOK_PARAM:
        if (p->queries) {
            return leaf(p, SN_PARAM);
        }
        break;
    case TOK_QUOTED_IDENT:
        return name_or_call(p);
    case TOK_IDENT:
        if (sql_parser_accept_word(p, "case")) {
            return case_expr(p);
        }
        if (sql_parser_accept_word(p, "interval")) {
            return interval(p);
        }
        if (sql_token_is(&p->t, "row") && sql_parser_peek(p)->op == OP_LPAREN) {
            sql_parser_advance(p);
            sql_parser_advance(p);
            return parenthesized(p);
        }
        return name_or_call(p);
    case TOK_OP:
        if (sql_parser_accept_op(p, OP_LPAREN)) {
            return parenthesized(p);
        }
        break;
    default:
        break;
    }
    return sql_parser_fail(p, "a value expected at byte %zu, found %.60s", p->t.start,
                           p->t.kind == TOK_END ? "the end" : p->t.text);
}

/* COLLATE name, -> and ->> behind an operand. */
static struct sql_node *suffixes(struct sql_parser *p, struct sql_node *n) {
    while (n != NULL) {
        if (sql_parser_accept_word(p, "collate")) {
            struct sql_node *c = sql_node_new(p->arena, SN_COLLATE);
            c->name = sql_lower(p->arena, p->t.text);
            sql_parser_advance(p);
            n = sql_parser_add(p, c, n) ? c : NULL;
        } else if (p->t.kind == TOK_OP && (p->t.op == OP_ARROW || p->t.op == OP_ARROW_TEXT)) {
            struct sql_node *j = sql_node_new(p->arena, SN_BINARY);
            j->op = p->t.op;
            sql_parser_advance(p);
            n = sql_parser_add(p, j, n) && sql_parser_add(p, j, primary(p)) ? j : NULL;
        } else {
            break;
        }
    }
    return n;
}

struct sql_node *sql_parse_simple(struct sql_parser *p) {
    if (++p->depth > SQL_MAX_DEPTH) {
        return sql_parser_fail(p, "the expression is nested deeper than %d levels", SQL_MAX_DEPTH);
    }
    struct sql_node *n;
    size_t start = p->t.start;
    enum sql_op op = p->t.kind == TOK_OP ? p->t.op : OP_NONE;
    if (op == OP_PLUS) {
        sql_parser_advance(p);
        n = sql_parse_simple(p);
    } else if (op == OP_MINUS || op == OP_BIT_NOT || op == OP_NOT) {
        sql_parser_advance(p);
        n = sql_node_new(p->arena, SN_UNARY);
        n->op = op;
        n = sql_parser_add(p, n, sql_parse_simple(p)) ? n : NULL;
    } else if (sql_token_is(&p->t, "binary")) {
        sql_parser_advance(p);
        n = sql_node_new(p->arena, SN_CAST);
        n->type = arena_new(p->arena, struct sql_cast_type);
        n->type->name = "binary";
        n->type->length = n->type->scale = -1;
        n = sql_parser_add(p, n, sql_parse_simple(p)) ? n : NULL;
    } else {
        n = suffixes(p, primary(p));
    }
    if (n != NULL && (n->start == 0 || n->start > start)) {
        n->start = start;
    }
    p->depth--;
    return n;
}
