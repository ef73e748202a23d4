/* SELECT, UNION and the like, WITH, VALUES. What stands in FROM is in query_from.c. */
#include "sql/query_parse.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"

bool sql_reserved(const char *word) {
    /* Words that end a clause or begin the next one, sorted. */
    static const char *const words[] = {
        "all",       "and",       "as",
        "asc",       "between",   "by",
        "case",      "cross",     "delete",
        "desc",      "distinct",  "div",
        "do",        "else",      "elseif",
        "except",    "exists",    "for",
        "force",     "from",      "group",
        "having",    "if",        "ignore",
        "in",        "inner",     "insert",
        "intersect", "into",      "is",
        "join",      "left",      "like",
        "limit",     "lock",      "mod",
        "natural",   "not",       "on",
        "or",        "order",     "outer",
        "partition", "regexp",    "replace",
        "right",     "rlike",     "select",
        "separator", "set",       "straight_join",
        "table",     "then",      "union",
        "update",    "use",       "using",
        "values",    "when",      "where",
        "while",     "window",    "with",
        "xor",       "returning", "until",
        "repeat",    "loop",      "interval",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(word, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_word(const struct sql_parser *p, const char *word) {
    return sql_token_is(&p->t, word);
}

static bool unexpected(struct sql_parser *p, const char *wanted) {
    sql_parser_fail(p, "%s expected, found %.60s", wanted, p->t.kind == TOK_END ? "the end" : p->t.text);
    return false;
}

static bool at_name(const struct sql_parser *p) {
    return p->t.kind == TOK_QUOTED_IDENT || (p->t.kind == TOK_IDENT && !sql_reserved(p->t.text));
}

bool sql_parse_name(struct sql_parser *p, const char **out) {
    if (!at_name(p)) {
        return unexpected(p, "a name");
    }
    *out = p->t.text;
    sql_parser_advance(p);
    return true;
}

bool sql_parse_table_name(struct sql_parser *p, struct sql_name *out) {
    *out = (struct sql_name){0};
    if (!sql_parse_name(p, &out->name)) {
        return false;
    }
    if (sql_parser_accept_op(p, OP_DOT)) {
        out->schema = out->name;
        if (p->t.kind != TOK_IDENT && p->t.kind != TOK_QUOTED_IDENT) {
            return unexpected(p, "a name");
        }
        out->name = p->t.text;
        sql_parser_advance(p);
    }
    return true;
}

bool sql_parse_names(struct sql_parser *p, const char ***out, size_t *n) {
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    if (!sql_parser_expect_op(p, OP_LPAREN, "(")) {
        return false;
    }
    do {
        const char *name;
        if (!sql_parse_name(p, &name)) {
            return false;
        }
        *out = arena_grow(p->arena, *out, *n, &cap, sizeof **out);
        (*out)[(*n)++] = name;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return sql_parser_expect_op(p, OP_RPAREN, ")");
}

static bool begins_query(const struct sql_lexer *at, const struct sql_token *t) {
    struct sql_lexer l = *at;
    struct sql_token next;
    if (sql_token_is(t, "values")) {
        next = sql_lexer_next(&l);
        return sql_token_is(&next, "row");
    }
    return sql_token_is(t, "select") || sql_token_is(t, "with");
}

/* Behind (SELECT ..): may the query go on, or end there? */
static bool continues_query(const struct sql_token *t) {
    static const char *const words[] = {"union", "intersect", "except", "order", "limit", "into", "for", "lock"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (sql_token_is(t, words[i])) {
            return true;
        }
    }
    return t->kind == TOK_OP && t->op == OP_RPAREN;
}

/* At (((SELECT: is what the first parenthesis holds a query, as in ((SELECT 1) UNION ..), or a value that begins with one, as in
 * ((SELECT 1) + 1)? *behind: what stands behind its end. Looks ahead on a lexer of its own. */
static bool query_in_parentheses(const struct sql_parser *p, struct sql_token *behind) {
    struct sql_lexer l = p->lexer;
    l.pos = p->t.end;
    struct sql_token t = sql_lexer_next(&l);
    int open = 1; /* that have to be closed behind a query */
    for (; open < SQL_MAX_DEPTH && t.kind == TOK_OP && t.op == OP_LPAREN; open++) {
        t = sql_lexer_next(&l);
    }
    if (!begins_query(&l, &t)) {
        return false;
    }
    for (int depth = open; open > 0 && t.kind != TOK_END && t.kind != TOK_ERROR;) {
        t = sql_lexer_next(&l);
        depth += t.kind != TOK_OP ? 0 : t.op == OP_LPAREN ? 1 : t.op == OP_RPAREN ? -1 : 0;
        if (depth >= open) {
            continue;
        }
        struct sql_lexer next = l;
        *behind = sql_lexer_next(&next);
        if (--open > 0 && !continues_query(behind)) {
            return false;
        }
    }
    return true;
}

bool sql_at_query(struct sql_parser *p) {
    if (is_word(p, "select") || is_word(p, "with")) {
        return true;
    }
    if (is_word(p, "values")) {
        return sql_token_is(sql_parser_peek(p), "row");
    }
    if (is_word(p, "table")) {
        enum sql_token_kind k = sql_parser_peek(p)->kind;
        return k == TOK_IDENT || k == TOK_QUOTED_IDENT;
    }
    struct sql_token behind = {0};
    return sql_parser_is_op(p, OP_LPAREN) && query_in_parentheses(p, &behind);
}

bool sql_at_whole_query(struct sql_parser *p) {
    struct sql_token behind = {0};
    if (sql_parser_is_op(p, OP_LPAREN)) {
        return query_in_parentheses(p, &behind) && continues_query(&behind);
    }
    return sql_at_query(p);
}

bool sql_parse_order(struct sql_parser *p, struct sql_order **items, size_t *n, size_t *cap) {
    do {
        struct sql_order o = {.expr = sql_parse_expr(p)};
        if (o.expr == NULL) {
            return false;
        }
        if (!sql_parser_accept_word(p, "asc")) {
            o.descending = sql_parser_accept_word(p, "desc");
        }
        *items = arena_grow(p->arena, *items, *n, cap, sizeof **items);
        (*items)[(*n)++] = o;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

/* table.* or schema.table.*: the star is found behind one or two names. */
static bool qualified_star(struct sql_parser *p, struct sql_item *item) {
    if (!at_name(p) || sql_parser_peek(p)->op != OP_DOT) {
        return false;
    }
    struct sql_lexer l = p->lexer; /* behind the dot */
    struct sql_token first = sql_lexer_next(&l), second, third;
    if (first.kind == TOK_OP && first.op == OP_MUL) {
        item->star_table = p->t.text;
        sql_parser_advance(p);
    } else {
        second = sql_lexer_next(&l);
        third = sql_lexer_next(&l);
        if (second.op != OP_DOT || third.kind != TOK_OP || third.op != OP_MUL) {
            return false;
        }
        item->star_schema = p->t.text;
        item->star_table = first.text;
        sql_parser_advance(p);
        sql_parser_advance(p);
        sql_parser_advance(p);
    }
    sql_parser_advance(p); /* the dot */
    sql_parser_advance(p); /* the star */
    return true;
}

bool sql_parse_items(struct sql_parser *p, struct sql_item **items, size_t *n, size_t *cap) {
    do {
        struct sql_item item = {.start = p->t.start};
        if (!sql_parser_accept_op(p, OP_MUL) && !qualified_star(p, &item)) {
            item.expr = sql_parse_expr(p);
            if (item.expr == NULL) {
                return false;
            }
            item.end = p->last_end;
            if (sql_parser_accept_word(p, "as")) {
                if (p->t.kind != TOK_IDENT && p->t.kind != TOK_QUOTED_IDENT && p->t.kind != TOK_STRING) {
                    return unexpected(p, "a name");
                }
                item.alias = p->t.text;
                sql_parser_advance(p);
            } else if (at_name(p) || p->t.kind == TOK_STRING) {
                item.alias = p->t.text;
                sql_parser_advance(p);
            }
        }
        *items = arena_grow(p->arena, *items, *n, cap, sizeof **items);
        (*items)[(*n)++] = item;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

static bool into(struct sql_parser *p, struct sql_query *q) {
    if (!is_word(p, "into")) {
        return true;
    }
    if (q->ninto > 0) {
        return unexpected(p, "one INTO");
    }
    q->into_at = p->t.start;
    sql_parser_advance(p);
    if (is_word(p, "outfile") || is_word(p, "dumpfile")) {
        sql_parser_fail(p, "SELECT .. INTO a file");
        return false;
    }
    do {
        struct sql_node *n = sql_node_new(p->arena, p->t.kind == TOK_USER_VAR ? SN_VARIABLE : SN_COLUMN);
        n->start = p->t.start;
        if (n->kind == SN_VARIABLE) {
            n->text = arena_printf(p->arena, "@%s", p->t.text);
            n->len = strlen(n->text);
            sql_parser_advance(p);
        } else if (!sql_parse_name(p, &n->name)) {
            return false;
        } else if (sql_parser_accept_op(p, OP_DOT)) { /* NEW.column */
            n->qualifier = n->name;
            if (!sql_parse_name(p, &n->name)) {
                return false;
            }
        }
        q->into = arena_grow(p->arena, q->into, q->ninto, &q->into_cap, sizeof(struct sql_node *));
        q->into[q->ninto++] = n;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

static bool windows(struct sql_parser *p, struct sql_select *s) {
    do {
        struct sql_window *w = arena_new(p->arena, struct sql_window);
        if (!sql_parse_name(p, &w->name) || !sql_parser_expect_word(p, "as") ||
            !sql_parser_expect_op(p, OP_LPAREN, "(") || !sql_parse_window(p, w)) {
            return false;
        }
        s->windows = arena_grow(p->arena, s->windows, s->nwindows, &s->windows_cap, sizeof(struct sql_window *));
        s->windows[s->nwindows++] = w;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

/* Behind SELECT. */
static struct sql_select *select_(struct sql_parser *p, struct sql_query *q) {
    static const char *const passed_over[] = {
        "all", "high_priority", "sql_small_result", "sql_big_result", "sql_buffer_result", "sql_no_cache", "sql_cache"};
    struct sql_select *s = arena_new(p->arena, struct sql_select);
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < sizeof passed_over / sizeof passed_over[0]; i++) {
            more = sql_parser_accept_word(p, passed_over[i]) || more;
        }
        if (sql_parser_accept_word(p, "distinct") || sql_parser_accept_word(p, "distinctrow")) {
            s->distinct = more = true;
        } else if (sql_parser_accept_word(p, "straight_join")) {
            s->straight_join = more = true;
        } else if (sql_parser_accept_word(p, "sql_calc_found_rows")) {
            s->calc_found_rows = more = true;
        }
    }
    if (!sql_parse_items(p, &s->items, &s->nitems, &s->items_cap) || !into(p, q)) {
        return NULL;
    }
    if (sql_parser_accept_word(p, "from")) {
        if (sql_token_is(&p->t, "dual") && sql_parser_peek(p)->op != OP_DOT) {
            sql_parser_advance(p);
        } else if ((s->from = sql_parse_joins(p)) == NULL) {
            return NULL;
        }
    }
    if (sql_parser_accept_word(p, "where") && (s->where = sql_parse_expr(p)) == NULL) {
        return NULL;
    }
    if (sql_parser_accept_word(p, "group")) {
        if (!sql_parser_expect_word(p, "by") || !sql_parse_order(p, &s->group, &s->ngroup, &s->group_cap)) {
            return NULL;
        }
        if (is_word(p, "with") && sql_token_is(sql_parser_peek(p), "rollup")) {
            sql_parser_advance(p);
            sql_parser_advance(p);
            s->rollup = true;
        }
    }
    if (sql_parser_accept_word(p, "having") && (s->having = sql_parse_expr(p)) == NULL) {
        return NULL;
    }
    if (is_word(p, "window") && !windows(p, (sql_parser_advance(p), s))) {
        return NULL;
    }
    return p->why == NULL ? s : NULL;
}

bool sql_parse_row_values(struct sql_parser *p, struct sql_node *row) {
    do {
        if (!sql_parser_add(p, row, sql_parse_expr(p))) {
            return false;
        }
    } while (sql_parser_accept_op(p, OP_COMMA));
    return sql_parser_expect_op(p, OP_RPAREN, ")");
}

static bool values_rows(struct sql_parser *p, struct sql_part *part) {
    do {
        struct sql_node *row = sql_node_new(p->arena, SN_ROW);
        row->start = p->t.start;
        if (!sql_parser_expect_word(p, "row") || !sql_parser_expect_op(p, OP_LPAREN, "(")) {
            return false;
        }
        if (!sql_parse_row_values(p, row)) {
            return false;
        }
        part->rows = arena_grow(p->arena, part->rows, part->nrows, &part->rows_cap, sizeof(struct sql_node *));
        part->rows[part->nrows++] = row;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

/* TABLE t is SELECT * FROM t. */
static struct sql_select *table_select(struct sql_parser *p) {
    struct sql_select *s = arena_new(p->arena, struct sql_select);
    s->items = arena_grow(p->arena, NULL, 0, &s->items_cap, sizeof *s->items);
    s->items[s->nitems++] = (struct sql_item){0};
    struct sql_joins *j = arena_new(p->arena, struct sql_joins);
    struct sql_source *source = arena_new(p->arena, struct sql_source);
    source->start = p->t.start;
    if (!sql_parse_table_name(p, &source->table)) {
        return NULL;
    }
    j->items = arena_grow(p->arena, NULL, 0, &j->cap, sizeof *j->items);
    j->items[j->n++] = (struct sql_join){.source = source};
    s->from = j;
    return s;
}

static bool part(struct sql_parser *p, struct sql_query *q, struct sql_part *out) {
    if (sql_parser_accept_word(p, "select")) {
        out->select = select_(p, q);
        return out->select != NULL;
    }
    if (sql_parser_accept_word(p, "values")) {
        return values_rows(p, out);
    }
    if (sql_parser_accept_word(p, "table")) {
        return (out->select = table_select(p)) != NULL;
    }
    if (sql_parser_accept_op(p, OP_LPAREN)) {
        out->query = sql_parse_query(p);
        return out->query != NULL && sql_parser_expect_op(p, OP_RPAREN, ")");
    }
    return unexpected(p, "SELECT");
}

bool sql_parse_with(struct sql_parser *p, struct sql_cte **ctes, size_t *n, size_t *cap, bool *recursive) {
    *recursive = sql_parser_accept_word(p, "recursive");
    do {
        struct sql_cte c = {0};
        if (!sql_parse_name(p, &c.name) ||
            (sql_parser_is_op(p, OP_LPAREN) && !sql_parse_names(p, &c.columns, &c.ncolumns)) ||
            !sql_parser_expect_word(p, "as") || !sql_parser_expect_op(p, OP_LPAREN, "(") ||
            (c.query = sql_parse_query(p)) == NULL || !sql_parser_expect_op(p, OP_RPAREN, ")")) {
            return false;
        }
        *ctes = arena_grow(p->arena, *ctes, *n, cap, sizeof **ctes);
        (*ctes)[(*n)++] = c;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return true;
}

static bool limit(struct sql_parser *p, struct sql_query *q) {
    if ((q->limit = sql_parse_expr(p)) == NULL) {
        return false;
    }
    if (sql_parser_accept_op(p, OP_COMMA)) {
        q->offset = q->limit;
        return (q->limit = sql_parse_expr(p)) != NULL;
    }
    return !sql_parser_accept_word(p, "offset") || (q->offset = sql_parse_expr(p)) != NULL;
}

static bool lock(struct sql_parser *p, struct sql_query *q) {
    if (is_word(p, "lock")) { /* IN SHARE MODE */
        sql_parser_advance(p);
        q->lock = "for share";
        return sql_parser_expect_word(p, "in") && sql_parser_expect_word(p, "share") &&
               sql_parser_expect_word(p, "mode");
    }
    sql_parser_advance(p); /* FOR */
    if (q->lock != NULL) {
        sql_parser_fail(p, "several FOR UPDATE or FOR SHARE");
        return false;
    }
    bool update = sql_parser_accept_word(p, "update");
    if (!update && !sql_parser_expect_word(p, "share")) {
        return false;
    }
    q->lock = update ? "for update" : "for share";
    if (sql_parser_accept_word(p, "of")) {
        size_t cap = 0;
        do {
            const char *name = NULL;
            if (!sql_parse_name(p, &name)) {
                return false;
            }
            q->lock_tables = arena_grow(p->arena, q->lock_tables, q->nlock_tables, &cap, sizeof *q->lock_tables);
            q->lock_tables[q->nlock_tables++] = name;
        } while (sql_parser_accept_op(p, OP_COMMA));
    }
    if (sql_parser_accept_word(p, "nowait")) {
        q->lock_wait = "nowait";
    } else if (sql_parser_accept_word(p, "skip")) {
        q->lock_wait = "skip locked";
        return sql_parser_expect_word(p, "locked");
    }
    return true;
}

/* UNION [ALL], INTERSECT, EXCEPT, MINUS. */
static bool set_operator(struct sql_parser *p, enum sql_set_op *op, bool *all) {
    if (sql_parser_accept_word(p, "union")) {
        *op = SQL_UNION;
    } else if (sql_parser_accept_word(p, "intersect")) {
        *op = SQL_INTERSECT;
    } else if (sql_parser_accept_word(p, "except")) {
        *op = SQL_EXCEPT;
    } else {
        return false;
    }
    *all = sql_parser_accept_word(p, "all");
    if (!*all) {
        (void)sql_parser_accept_word(p, "distinct");
    }
    return true;
}

static bool query_body(struct sql_parser *p, struct sql_query *q) {
    if (sql_parser_accept_word(p, "with") && !sql_parse_with(p, &q->ctes, &q->nctes, &q->ctes_cap, &q->recursive)) {
        return false;
    }
    struct sql_part next = {0};
    do {
        enum sql_set_op op = next.op;
        bool all = next.all;
        next = (struct sql_part){.op = op, .all = all};
        if (!part(p, q, &next)) {
            return false;
        }
        q->parts = arena_grow(p->arena, q->parts, q->nparts, &q->parts_cap, sizeof *q->parts);
        q->parts[q->nparts++] = next;
    } while (set_operator(p, &next.op, &next.all));
    if (sql_parser_accept_word(p, "order") &&
        (!sql_parser_expect_word(p, "by") || !sql_parse_order(p, &q->order, &q->norder, &q->order_cap))) {
        return false;
    }
    if (sql_parser_accept_word(p, "limit") && !limit(p, q)) {
        return false;
    }
    if (!into(p, q)) {
        return false;
    }
    while (is_word(p, "for") || is_word(p, "lock")) {
        if (!lock(p, q)) {
            return false;
        }
    }
    return into(p, q) && p->why == NULL;
}

struct sql_query *sql_parse_query(struct sql_parser *p) {
    struct sql_query *q = arena_new(p->arena, struct sql_query);
    q->start = p->t.start;
    if (!sql_parser_deeper(p) || !query_body(p, q)) {
        return NULL;
    }
    p->depth--;
    /* (SELECT ..) alone is the SELECT itself. */
    if (q->nparts == 1 && q->parts[0].query != NULL && q->nctes == 0 && q->norder == 0 && q->limit == NULL &&
        q->ninto == 0 && q->lock == NULL) {
        return q->parts[0].query;
    }
    return q;
}
