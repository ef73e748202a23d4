/* Back to MySQL: expressions, queries and statements that change rows. Every operator stands in parentheses, so that no
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

static void order(struct mysql_printer *p, const struct sql_order *items, size_t n) {
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

static void window(struct mysql_printer *p, const struct sql_window *w) {
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
        order(p, w->order, w->norder);
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
        order(p, m->order, m->norder);
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
        window(p, m->over);
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

static void subquery(struct mysql_printer *p, const char *before, const struct sql_query *q) {
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
            subquery(p, "", n->query);
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
        subquery(p, "", n->query);
        break;
    case SN_EXISTS:
        subquery(p, "EXISTS ", n->query);
        break;
    case SN_QUANTIFIED:
        put(p, "(");
        mysql_expr(p, n->args[0]);
        sb_printf(&p->out, " %s %s ", op_text(n->op), n->name);
        subquery(p, "", n->query);
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

static void names(struct mysql_printer *p, const char **items, size_t n) {
    put(p, "(");
    for (size_t i = 0; i < n; i++) {
        put(p, i == 0 ? "" : ", ");
        mysql_name(p, items[i]);
    }
    put(p, ")");
}

static void joins(struct mysql_printer *p, const struct sql_joins *j);

static void type(struct mysql_printer *p, const struct sql_type *t) {
    put(p, t->name);
    if (t->numbers == 1) {
        sb_printf(&p->out, "(%lu)", t->n[0]);
    } else if (t->numbers == 2) {
        sb_printf(&p->out, "(%lu,%lu)", t->n[0], t->n[1]);
    }
    put(p, t->is_unsigned ? " unsigned" : "");
}

static void json_columns(struct mysql_printer *p, const struct sql_json_column *c, size_t n) {
    put(p, " COLUMNS (");
    for (size_t i = 0; i < n; i++) {
        put(p, i == 0 ? "" : ", ");
        if (c[i].kind == SQL_JSON_NESTED) {
            put(p, "NESTED PATH ");
            mysql_string(p, c[i].path, strlen(c[i].path));
            json_columns(p, c[i].nested, c[i].nnested);
            continue;
        }
        mysql_name(p, c[i].name);
        put(p, " ");
        if (c[i].kind == SQL_JSON_ORDINALITY) {
            put(p, "FOR ORDINALITY");
            continue;
        }
        type(p, &c[i].type);
        put(p, c[i].kind == SQL_JSON_EXISTS ? " EXISTS PATH " : " PATH ");
        mysql_string(p, c[i].path, strlen(c[i].path));
    }
    put(p, ")");
}

static void source(struct mysql_printer *p, const struct sql_source *s) {
    put(p, s->lateral ? "LATERAL " : "");
    switch (s->kind) {
    case SQL_SOURCE_TABLE:
        mysql_table_name(p, &s->table);
        if (s->npartitions > 0) {
            put(p, " PARTITION ");
            names(p, s->partitions, s->npartitions);
        }
        break;
    case SQL_SOURCE_QUERY:
        subquery(p, "", s->query);
        break;
    case SQL_SOURCE_JOIN:
        put(p, "(");
        joins(p, s->joins);
        put(p, ")");
        break;
    case SQL_SOURCE_JSON_TABLE:
        put(p, "JSON_TABLE(");
        mysql_expr(p, s->json);
        put(p, ", ");
        mysql_string(p, s->json_path, strlen(s->json_path));
        json_columns(p, s->json_columns, s->njson_columns);
        put(p, ")");
        break;
    }
    if (s->alias != NULL) {
        put(p, " AS ");
        mysql_name(p, s->alias);
    }
    if (s->ncolumns > 0) {
        put(p, " ");
        names(p, s->columns, s->ncolumns);
    }
    if (s->hints != NULL) {
        sb_printf(&p->out, " %s", s->hints);
    }
}

static void joins(struct mysql_printer *p, const struct sql_joins *j) {
    static const char *const words[] = {", ",          " JOIN ",      " CROSS JOIN ", " STRAIGHT_JOIN ",
                                        " LEFT JOIN ", " RIGHT JOIN "};
    for (size_t i = 0; i < j->n; i++) {
        const struct sql_join *k = &j->items[i];
        if (i > 0) {
            put(p, k->natural ? " NATURAL" : "");
            put(p, words[k->kind]);
        }
        source(p, k->source);
        if (k->on != NULL) {
            put(p, " ON ");
            mysql_expr(p, k->on);
        } else if (k->nusing > 0) {
            put(p, " USING ");
            names(p, k->using_, k->nusing);
        }
    }
}

static void items(struct mysql_printer *p, const struct sql_item *list_, size_t n) {
    for (size_t i = 0; i < n; i++) {
        put(p, i == 0 ? "" : ", ");
        if (list_[i].expr != NULL) {
            mysql_expr(p, list_[i].expr);
        } else {
            if (list_[i].star_table != NULL) {
                mysql_table_name(p, &(struct sql_name){list_[i].star_schema, list_[i].star_table});
                put(p, ".");
            }
            put(p, "*");
        }
        if (list_[i].alias != NULL) {
            put(p, " AS ");
            mysql_name(p, list_[i].alias);
        }
    }
}

static void condition(struct mysql_printer *p, const char *word, const struct sql_node *n) {
    if (n != NULL) {
        put(p, word);
        mysql_expr(p, n);
    }
}

static void select_(struct mysql_printer *p, const struct sql_select *s) {
    put(p, s->distinct ? "SELECT DISTINCT " : "SELECT ");
    put(p, s->straight_join ? "STRAIGHT_JOIN " : "");
    put(p, s->calc_found_rows ? "SQL_CALC_FOUND_ROWS " : "");
    items(p, s->items, s->nitems);
    if (s->from != NULL) {
        put(p, " FROM ");
        joins(p, s->from);
    }
    condition(p, " WHERE ", s->where);
    if (s->ngroup > 0) {
        put(p, " GROUP BY ");
        order(p, s->group, s->ngroup);
        put(p, s->rollup ? " WITH ROLLUP" : "");
    }
    condition(p, " HAVING ", s->having);
    for (size_t i = 0; i < s->nwindows; i++) {
        put(p, i == 0 ? " WINDOW " : ", ");
        mysql_name(p, s->windows[i]->name);
        put(p, " AS (");
        window(p, s->windows[i]);
        put(p, ")");
    }
}

static void rows(struct mysql_printer *p, struct sql_node **list_, size_t n, const char *word) {
    for (size_t i = 0; i < n; i++) {
        put(p, i == 0 ? "" : ", ");
        put(p, word);
        mysql_expr(p, list_[i]);
    }
}

static void with(struct mysql_printer *p, const struct sql_cte *ctes, size_t n, bool recursive) {
    for (size_t i = 0; i < n; i++) {
        put(p, i > 0 ? ", " : recursive ? "WITH RECURSIVE " : "WITH ");
        mysql_name(p, ctes[i].name);
        if (ctes[i].ncolumns > 0) {
            put(p, " ");
            names(p, ctes[i].columns, ctes[i].ncolumns);
        }
        subquery(p, " AS ", ctes[i].query);
    }
    put(p, n > 0 ? " " : "");
}

static void query(struct mysql_printer *p, const struct sql_query *q) {
    static const char *const words[] = {" UNION ", " INTERSECT ", " EXCEPT "};
    with(p, q->ctes, q->nctes, q->recursive);
    for (size_t i = 0; i < q->nparts; i++) {
        const struct sql_part *part = &q->parts[i];
        if (i > 0) {
            put(p, words[part->op]);
            put(p, part->all ? "ALL " : "");
        }
        if (part->select != NULL) {
            select_(p, part->select);
        } else if (part->query != NULL) {
            subquery(p, "", part->query);
        } else {
            put(p, "VALUES ");
            rows(p, part->rows, part->nrows, "ROW");
        }
    }
    if (q->norder > 0) {
        put(p, " ORDER BY ");
        order(p, q->order, q->norder);
    }
    condition(p, " LIMIT ", q->limit);
    condition(p, " OFFSET ", q->offset);
    for (size_t i = 0; i < q->ninto; i++) {
        put(p, i == 0 ? " INTO " : ", ");
        mysql_expr(p, q->into[i]);
    }
    if (q->lock != NULL) {
        sb_printf(&p->out, " %s", q->lock);
        for (size_t i = 0; i < q->nlock_tables; i++) {
            put(p, i == 0 ? " OF " : ", ");
            mysql_name(p, q->lock_tables[i]);
        }
        if (q->lock_wait != NULL) {
            sb_printf(&p->out, " %s", q->lock_wait);
        }
    }
}

void mysql_query(struct mysql_printer *p, const struct sql_query *q) {
    if (++p->depth > SQL_MAX_DEPTH * 2) {
        p->too_deep = true;
    } else {
        query(p, q);
    }
    p->depth--;
}

static void sets(struct mysql_printer *p, const struct sql_set_value *list_, size_t n) {
    for (size_t i = 0; i < n; i++) {
        put(p, i == 0 ? "" : ", ");
        if (list_[i].table != NULL) {
            mysql_table_name(p, &(struct sql_name){list_[i].schema, list_[i].table});
            put(p, ".");
        }
        mysql_name(p, list_[i].column);
        put(p, " = ");
        mysql_expr(p, list_[i].value);
    }
}

static void insert(struct mysql_printer *p, const struct sql_dml *d) {
    put(p, d->kind == SQL_REPLACE ? "REPLACE " : "INSERT ");
    put(p, d->ignore ? "IGNORE INTO " : "INTO ");
    mysql_table_name(p, &d->table);
    if (d->has_columns) {
        put(p, " ");
        names(p, d->columns, d->ncolumns);
    }
    if (d->query != NULL) {
        put(p, " ");
        mysql_query(p, d->query);
    } else {
        put(p, " VALUES ");
        rows(p, d->rows, d->nrows, "");
    }
    if (d->alias != NULL) {
        put(p, " AS ");
        mysql_name(p, d->alias);
        if (d->nalias_columns > 0) {
            names(p, d->alias_columns, d->nalias_columns);
        }
    }
    if (d->on_duplicate) {
        put(p, " ON DUPLICATE KEY UPDATE ");
        sets(p, d->sets, d->nsets);
    }
}

static void change(struct mysql_printer *p, const struct sql_dml *d) {
    with(p, d->ctes, d->nctes, d->recursive);
    if (d->kind == SQL_UPDATE) {
        put(p, d->ignore ? "UPDATE IGNORE " : "UPDATE ");
        joins(p, d->from);
        put(p, " SET ");
        sets(p, d->sets, d->nsets);
    } else {
        put(p, d->ignore ? "DELETE IGNORE " : "DELETE ");
        for (size_t i = 0; i < d->ntargets; i++) {
            put(p, i == 0 ? "" : ", ");
            mysql_table_name(p, &d->targets[i]);
        }
        put(p, d->ntargets > 0 ? " FROM " : "FROM ");
        joins(p, d->from);
    }
    condition(p, " WHERE ", d->where);
    if (d->norder > 0) {
        put(p, " ORDER BY ");
        order(p, d->order, d->norder);
    }
    condition(p, " LIMIT ", d->limit);
}

void mysql_dml(struct mysql_printer *p, const struct sql_dml *d) {
    if (d->kind == SQL_INSERT || d->kind == SQL_REPLACE) {
        insert(p, d);
    } else {
        change(p, d);
    }
    if (d->nreturning > 0) {
        put(p, " RETURNING ");
        items(p, d->returning, d->nreturning);
    }
}

const char *sql_print_mysql_expr(struct arena *a, const struct sql_node *n) {
    struct mysql_printer p = {.out = {.a = a}};
    mysql_expr(&p, n);
    return p.too_deep || p.out.full ? NULL : sb_text(&p.out);
}
