/* Back to MySQL: expressions. Every operator stands in parentheses, so that no
 * precedence has to be known. The text is for a session with an empty sql_mode as far as quotes and backslashes go. */
#include <string.h>

#include "base/str.h"
#include "sql/print.h"
#include "sql/query_parse.h"

static void put(struct mysql_printer *p, const char *s) {
    sb_puts(&p->out, s);
}

void mysql_name(struct mysql_printer *p, const char *name) {
    put(p, str_quote_mysql(p->out.a, name));
}

void mysql_table_name(struct mysql_printer *p, const struct sql_name *n) {
    if (n->schema != NULL) {
        mysql_name(p, n->schema);
        put(p, ".");
    }
    mysql_name(p, n->name);
}

void mysql_string(struct mysql_printer *p, const char *s, size_t len) {
    put(p, "'");
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '\0') {
            put(p, "\\0");
        } else {
            if (s[i] == '\'' || s[i] == '\\') {
                sb_put(&p->out, s[i] == '\'' ? "'" : "\\", 1);
            }
            sb_put(&p->out, s + i, 1);
        }
    }
    put(p, "'");
}

static void list(struct mysql_printer *p, struct sql_node **args, size_t n) {
    for (size_t i = 0; i < n; i++) {
        put(p, i == 0 ? "" : ", ");
        mysql_expr(p, args[i]);
    }
}

void mysql_order(struct mysql_printer *p, const struct sql_order *items, size_t n) {
    for (size_t i = 0; i < n; i++) {
        put(p, i == 0 ? "" : ", ");
        mysql_expr(p, items[i].expr);
        put(p, items[i].descending ? " DESC" : "");
    }
}

static const char *op_text(enum sql_op op) {
    static const struct {
        enum sql_op op;
        const char *text;
    } ops[] = {{OP_EQ, "="},           {OP_NULL_SAFE_EQ, "<=>"},
               {OP_NE, "<>"},          {OP_LT, "<"},
               {OP_LE, "<="},          {OP_GT, ">"},
               {OP_GE, ">="},          {OP_PLUS, "+"},
               {OP_MINUS, "-"},        {OP_MUL, "*"},
               {OP_DIV, "/"},          {OP_MOD, "%"},
               {OP_BIT_OR, "|"},       {OP_BIT_AND, "&"},
               {OP_BIT_XOR, "^"},      {OP_BIT_NOT, "~"},
               {OP_SHL, "<<"},         {OP_SHR, ">>"},
               {OP_NOT, "NOT "},       {OP_ARROW, "->"},
               {OP_ARROW_TEXT, "->>"}, {OP_OR, "OR"},
               {OP_XOR, "XOR"},        {OP_AND, "AND"},
               {OP_INT_DIV, "DIV"}};
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        if (ops[i].op == op) {
            return ops[i].text;
        }
    }
    return "?";
}

static void frame_bound(struct mysql_printer *p, enum sql_frame_bound bound, const struct sql_node *expr) {
    static const char *const words[] = {"UNBOUNDED PRECEDING", " PRECEDING", "CURRENT ROW", " FOLLOWING",
                                        "UNBOUNDED FOLLOWING"};
    if (expr != NULL) {
        mysql_expr(p, expr);
    }
    put(p, words[bound]);
}

void mysql_window(struct mysql_printer *p, const struct sql_window *w) {
    const char *gap = "";
    if (w->base != NULL) {
        mysql_name(p, w->base);
        gap = " ";
    }
    if (w->npartition > 0) {
        sb_printf(&p->out, "%sPARTITION BY ", gap);
        list(p, w->partition, w->npartition);
        gap = " ";
    }
    if (w->norder > 0) {
        sb_printf(&p->out, "%sORDER BY ", gap);
        mysql_order(p, w->order, w->norder);
        gap = " ";
    }
    if (w->frame != NULL) {
        sb_printf(&p->out, "%s%s%s", gap, str_eq(w->frame, "rows") ? "ROWS " : "RANGE ", w->has_end ? "BETWEEN " : "");
        frame_bound(p, w->start, w->start_expr);
        if (w->has_end) {
            put(p, " AND ");
            frame_bound(p, w->end, w->end_expr);
        }
    }
}

static void call_more(struct mysql_printer *p, const struct sql_node *n) {
    const struct sql_call_more *m = n->more;
    put(p, n->name);
    put(p, m->distinct ? "(DISTINCT " : "(");
    put(p, m->star ? "*" : "");
    list(p, n->args, n->nargs);
    if (m->norder > 0) {
        put(p, " ORDER BY ");
        mysql_order(p, m->order, m->norder);
    }
    if (m->separator != NULL) {
        put(p, " SEPARATOR ");
        mysql_string(p, m->separator, m->separator_len);
    }
    if (m->limit != NULL) {
        put(p, " LIMIT ");
        mysql_expr(p, m->limit);
    }
    put(p, ")");
    if (m->over != NULL && m->over->only_name) {
        put(p, " OVER ");
        mysql_name(p, m->over->base);
    } else if (m->over != NULL) {
        put(p, " OVER (");
        mysql_window(p, m->over);
        put(p, ")");
    }
}

static bool bare(const char *name) {
    return str_starts(name, "current_") || str_eq(name, "localtime") || str_eq(name, "localtimestamp") ||
           str_starts(name, "utc_");
}

static void cast_type(struct mysql_printer *p, const struct sql_cast_type *t) {
    put(p, t->name);
    if (t->length >= 0 && t->scale >= 0) {
        sb_printf(&p->out, "(%ld,%ld)", t->length, t->scale);
    } else if (t->length >= 0) {
        sb_printf(&p->out, "(%ld)", t->length);
    }
    if (t->charset != NULL) {
        sb_printf(&p->out, " CHARACTER SET %s", t->charset);
    }
    put(p, t->array ? " ARRAY" : "");
}

static void call(struct mysql_printer *p, const struct sql_node *n) {
    if (n->more != NULL) {
        call_more(p, n);
        return;
    }
    if (n->schema != NULL) {
        mysql_name(p, n->schema);
        put(p, ".");
    }
    if (n->stored) {
        mysql_name(p, n->name);
    } else {
        put(p, n->name);
        if (n->nargs == 0 && bare(n->name)) {
            return;
        }
    }
    put(p, "(");
    if (!n->stored && (str_eq(n->name, "timestampdiff") || str_eq(n->name, "timestampadd"))) {
        sb_printf(&p->out, "%s, ", n->text);
    }
    list(p, n->args, n->nargs);
    if (!n->stored && str_eq(n->name, "char") && n->charset != NULL) {
        sb_printf(&p->out, " USING %s", n->charset);
    }
    if (!n->stored && n->type != NULL) { /* JSON_VALUE */
        put(p, " RETURNING ");
        cast_type(p, n->type);
    }
    put(p, ")");
}

static void cast(struct mysql_printer *p, const struct sql_node *n) {
    put(p, "CAST(");
    mysql_expr(p, n->args[0]);
    put(p, " AS ");
    cast_type(p, n->type);
    put(p, ")");
}

static void case_(struct mysql_printer *p, const struct sql_node *n) {
    size_t at = 0, end = n->nargs - (n->has_else ? 1 : 0);
    put(p, "CASE");
    if (n->has_operand) {
        put(p, " ");
        mysql_expr(p, n->args[at++]);
    }
    for (; at + 1 < end || at + 1 == end; at += 2) {
        put(p, " WHEN ");
        mysql_expr(p, n->args[at]);
        put(p, " THEN ");
        mysql_expr(p, n->args[at + 1]);
    }
    if (n->has_else) {
        put(p, " ELSE ");
        mysql_expr(p, n->args[n->nargs - 1]);
    }
    put(p, " END");
}

void mysql_subquery(struct mysql_printer *p, const char *before, const struct sql_query *q) {
    put(p, before);
    put(p, "(");
    mysql_query(p, q);
    put(p, ")");
}

static void infix(struct mysql_printer *p, const struct sql_node *n) {
    put(p, "(");
    for (size_t i = 0; i < n->nargs; i++) {
        if (i > 0) {
            sb_printf(&p->out, " %s ", op_text(n->op));
        }
        mysql_expr(p, n->args[i]);
    }
    put(p, ")");
}

static void column(struct mysql_printer *p, const struct sql_node *n) {
    if (n->schema != NULL) {
        mysql_name(p, n->schema);
        put(p, ".");
    }
    if (n->qualifier != NULL) {
        mysql_name(p, n->qualifier);
        put(p, ".");
    }
    mysql_name(p, n->name);
}

static void introducer(struct mysql_printer *p, const struct sql_node *n) {
    if (n->charset != NULL) {
        sb_printf(&p->out, "_%s ", n->charset);
    }
}

static void predicate(struct mysql_printer *p, const struct sql_node *n) {
    put(p, "(");
    mysql_expr(p, n->args[0]);
    put(p, n->negated ? " NOT" : "");
    switch (n->kind) {
    case SN_IN:
        put(p, " IN ");
        if (n->query != NULL) {
            mysql_subquery(p, "", n->query);
        } else {
            put(p, "(");
            list(p, n->args + 1, n->nargs - 1);
            put(p, ")");
        }
        break;
    case SN_BETWEEN:
        put(p, " BETWEEN ");
        mysql_expr(p, n->args[1]);
        put(p, " AND ");
        mysql_expr(p, n->args[2]);
        break;
    case SN_LIKE:
        put(p, " LIKE ");
        mysql_expr(p, n->args[1]);
        if (n->nargs == 3) {
            put(p, " ESCAPE ");
            mysql_expr(p, n->args[2]);
        }
        break;
    default:
        put(p, " REGEXP ");
        mysql_expr(p, n->args[1]);
    }
    put(p, ")");
}

static void match(struct mysql_printer *p, const struct sql_node *n) {
    put(p, "MATCH (");
    list(p, n->args, n->nargs - 1);
    put(p, ") AGAINST (");
    mysql_expr(p, n->args[n->nargs - 1]);
    sb_printf(&p->out, "%s%s)", n->name[0] == '\0' ? "" : " ", n->name);
}

static void trim(struct mysql_printer *p, const struct sql_node *n) {
    sb_printf(&p->out, "TRIM(%s ", n->name);
    if (n->nargs == 2) {
        mysql_expr(p, n->args[1]);
    }
    put(p, " FROM ");
    mysql_expr(p, n->args[0]);
    put(p, ")");
}

/* @name, @`any name`, @@name */
static void variable(struct mysql_printer *p, const char *text) {
    const char *name = text + 1;
    bool plain = name[0] != '\0' &&
                 strspn(name, "@abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$") == strlen(name);
    if (plain) {
        put(p, text);
    } else {
        put(p, "@");
        mysql_name(p, name);
    }
}

static void node(struct mysql_printer *p, const struct sql_node *n) {
    switch (n->kind) {
    case SN_NULL:
        put(p, "NULL");
        break;
    case SN_BOOL:
        put(p, n->integer ? "TRUE" : "FALSE");
        break;
    case SN_INT:
    case SN_DECIMAL:
    case SN_FLOAT:
        put(p, n->text);
        break;
    case SN_VARIABLE:
        variable(p, n->text);
        break;
    case SN_STRING:
        introducer(p, n);
        mysql_string(p, n->text, n->len);
        break;
    case SN_HEX:
        introducer(p, n);
        sb_printf(&p->out, strlen(n->text) % 2 == 0 ? "x'%s'" : "x'0%s'", n->text);
        break;
    case SN_BIT:
        introducer(p, n);
        sb_printf(&p->out, "b'%s'", n->text);
        break;
    case SN_TEMPORAL:
        sb_printf(&p->out, "%s", n->name);
        mysql_string(p, n->text, n->len);
        break;
    case SN_COLUMN:
        column(p, n);
        break;
    case SN_UNARY:
        sb_printf(&p->out, "(%s", op_text(n->op));
        mysql_expr(p, n->args[0]);
        put(p, ")");
        break;
    case SN_BINARY:
    case SN_LOGIC:
        infix(p, n);
        break;
    case SN_IS:
        put(p, "(");
        mysql_expr(p, n->args[0]);
        sb_printf(&p->out, " IS %s%s)", n->negated ? "NOT " : "", n->name);
        break;
    case SN_IN:
    case SN_BETWEEN:
    case SN_LIKE:
    case SN_REGEXP:
        predicate(p, n);
        break;
    case SN_MEMBER_OF:
        put(p, "(");
        mysql_expr(p, n->args[0]);
        put(p, " MEMBER OF (");
        mysql_expr(p, n->args[1]);
        put(p, "))");
        break;
    case SN_CASE:
        case_(p, n);
        break;
    case SN_CALL:
        call(p, n);
        break;
    case SN_CAST:
        cast(p, n);
        break;
    case SN_CONVERT_USING:
        put(p, "CONVERT(");
        mysql_expr(p, n->args[0]);
        sb_printf(&p->out, " USING %s)", n->charset);
        break;
    case SN_COLLATE:
        put(p, "(");
        mysql_expr(p, n->args[0]);
        sb_printf(&p->out, " COLLATE %s)", n->name);
        break;
    case SN_INTERVAL:
        put(p, "INTERVAL ");
        mysql_expr(p, n->args[0]);
        sb_printf(&p->out, " %s", n->name);
        break;
    case SN_EXTRACT:
        sb_printf(&p->out, "EXTRACT(%s FROM ", n->name);
        mysql_expr(p, n->args[0]);
        put(p, ")");
        break;
    case SN_TRIM:
        trim(p, n);
        break;
    case SN_ROW:
        put(p, "(");
        list(p, n->args, n->nargs);
        put(p, ")");
        break;
    case SN_SUBQUERY:
        mysql_subquery(p, "", n->query);
        break;
    case SN_EXISTS:
        mysql_subquery(p, "EXISTS ", n->query);
        break;
    case SN_QUANTIFIED:
        put(p, "(");
        mysql_expr(p, n->args[0]);
        sb_printf(&p->out, " %s %s ", op_text(n->op), n->name);
        mysql_subquery(p, "", n->query);
        put(p, ")");
        break;
    case SN_MATCH:
        match(p, n);
        break;
    case SN_PARAM:
        put(p, "?");
        break;
    case SN_ASSIGN:
        put(p, "(");
        variable(p, n->text);
        put(p, " := ");
        mysql_expr(p, n->args[0]);
        put(p, ")");
        break;
    case SN_DEFAULT:
        put(p, "DEFAULT");
        if (n->nargs > 0) {
            put(p, "(");
            mysql_expr(p, n->args[0]);
            put(p, ")");
        }
        break;
    }
}

void mysql_expr(struct mysql_printer *p, const struct sql_node *n) {
    if (++p->depth > SQL_MAX_DEPTH * 2) {
        p->too_deep = true;
    } else {
        node(p, n);
    }
    p->depth--;
}

const char *sql_print_mysql_expr(struct arena *a, const struct sql_node *n) {
    struct mysql_printer p = {.out = {.a = a}};
    mysql_expr(&p, n);
    return p.too_deep || p.out.full ? NULL : sb_text(&p.out);
}
