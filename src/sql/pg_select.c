/* SELECT, UNION and the like, WITH, VALUES for PostgreSQL and openGauss. What differs from MySQL is written out: NULLs come first in
 * ascending order, aliases stand for their expressions, columns beside a group's keys are any of the group's values. */
#include <string.h>

#include "base/str.h"
#include "sql/pg_query.h"

bool pgq_has_aggregate(const struct sql_node *n) {
    if (n == NULL) {
        return false;
    }
    if (n->kind == SN_CALL && n->more != NULL && n->more->over == NULL) {
        return true;
    }
    for (size_t i = 0; i < n->nargs; i++) {
        if (pgq_has_aggregate(n->args[i])) {
            return true;
        }
    }
    if (n->kind == SN_CALL && n->more != NULL) { /* a window over groups */
        const struct sql_window *w = n->more->over;
        for (size_t i = 0; i < w->npartition; i++) {
            if (pgq_has_aggregate(w->partition[i])) {
                return true;
            }
        }
        for (size_t i = 0; i < w->norder; i++) {
            if (pgq_has_aggregate(w->order[i].expr)) {
                return true;
            }
        }
    }
    return false;
}

const char *pgq_nulls(const struct val *v, bool descending) {
    if ((v->not_null && v->col != NULL) || (v->lit != NULL && v->cls != TC_NULL)) {
        return descending ? " DESC" : "";
    }
    return descending ? " DESC NULLS LAST" : " NULLS FIRST";
}

/* An ENUM column orders by the place of its label; where the target holds texts that has to be said. */
static const char *by_label(struct pg *c, const struct val *v) {
    if (v->cls != TC_ENUM || v->col == NULL || v->col->to->enum_type || c->q->b || v->col->from->nlabels == 0) {
        return NULL;
    }
    return pg_as_num(c, *v).text;
}

/* ORDER BY of a window or an aggregate: no aliases, no positions. */
const char *pgq_order(struct pg *c, const struct sql_order *order, size_t n) {
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < n && c->why == NULL; i++) {
        struct val v = pgq_expr(c, order[i].expr);
        const char *label = by_label(c, &v);
        sb_printf(&b, "%s%s%s", i == 0 ? "" : ", ", label != NULL ? label : v.text, pgq_nulls(&v, order[i].descending));
    }
    return sb_text(&b);
}

/* One column of a part, or a star. */
struct out_item {
    struct val v;
    const char *name;
    const char *star; /* printed as it is */
    bool plain;       /* a column that keeps its name */
};

struct out_part {
    const char *head, *tail; /* before and behind the list */
    struct out_item *items;
    size_t n, cap;
    const char *text; /* all of it, in parentheses: a query within the query */
    struct pg_shape shape;
};

static void add_item(struct pg *c, struct out_part *p, struct out_item item) {
    p->items = arena_grow(c->a, p->items, p->n, &p->cap, sizeof *p->items);
    p->items[p->n++] = item;
}

/* MySQL's name for a column of a select list. */
static const char *item_name(struct pg *c, const struct sql_item *item) {
    if (item->alias != NULL) {
        return item->alias;
    }
    if (item->expr->kind == SN_COLUMN) {
        return item->expr->name;
    }
    if (item->expr->kind == SN_STRING && memchr(item->expr->text, '\0', item->expr->len) == NULL &&
        item->expr->len > 0) {
        return item->expr->text;
    }
    const struct sql_object *o = c->q->object;
    if (o == NULL || item->end > o->len || item->start >= item->end) {
        return "?column?";
    }
    return arena_strndup(c->a, o->text + item->start, item->end - item->start);
}

/* Who uses a view takes its columns for what the catalog says: a TIME is a time of day there. */
static struct val as_told(struct pg *c, struct val v, unsigned flags) {
    return (flags & PGQ_VIEW) != 0 && !c->q->o->time_as_interval ? pgq_time_of_day(c, v) : v;
}

/* The columns behind a star: by name, so that nothing has to be known of the target's order of columns. */
static void star(struct pg *c, const struct sql_item *item, unsigned flags, struct out_part *p) {
    struct pg_scope *s = c->q->scope;
    size_t found = 0;
    for (size_t i = 0; i < s->n && c->why == NULL; i++) {
        struct pg_rel *r = &s->rels[i];
        if (item->star_table != NULL && r != pgq_find_rel(s, item->star_schema, item->star_table)) {
            continue;
        }
        found++;
        for (size_t k = 0; k < r->shape.n; k++) {
            struct sql_node column = {
                .kind = SN_COLUMN, .name = r->shape.cols[k].name, .qualifier = r->name, .schema = r->schema};
            struct val v = pg_node(c, &column), told = as_told(c, v, flags);
            add_item(
                c, p,
                (struct out_item){.v = told, .name = column.name, .plain = !s->grouped && str_eq(told.text, v.text)});
        }
    }
    if (found == 0) {
        pg_fail(c, "%.100s.*, which is not known here", item->star_table == NULL ? "" : item->star_table);
    }
}

static bool has_using(const struct sql_joins *j) {
    for (size_t i = 0; j != NULL && i < j->n; i++) {
        if (j->items[i].natural || j->items[i].nusing > 0 ||
            (j->items[i].source->kind == SQL_SOURCE_JOIN && has_using(j->items[i].source->joins))) {
            return true;
        }
    }
    return false;
}

static void group_key(struct pg *c, struct pg_scope *s, const char *text) {
    s->keys = arena_grow(c->a, s->keys, s->nkeys, &s->keys_cap, sizeof *s->keys);
    s->keys[s->nkeys++] = text;
}

/* Relations whose primary key is among the keys: all their columns are one for a group, which the target knows too. */
static void find_determined(struct pg *c, struct pg_scope *s) {
    for (size_t i = 0; i < s->n; i++) {
        struct pg_rel *r = &s->rels[i];
        for (size_t k = 0; r->table != NULL && k < r->table->nkeys; k++) {
            const struct sql_table_key *key = &r->table->keys[k];
            size_t have = 0;
            for (size_t j = 0; key->primary && j < key->n; j++) {
                const struct pg_col *col = key->columns[j] == NULL ? NULL : pgq_find_col(&r->shape, key->columns[j]);
                const char *text = col == NULL ? NULL : pgq_rel_value(c, r, col).text;
                for (size_t t = 0; text != NULL && t < s->nkeys; t++) {
                    if (str_eq(s->keys[t], text)) {
                        have++;
                        break;
                    }
                }
            }
            r->determined = r->determined || (key->primary && key->n > 0 && have == key->n);
        }
    }
}

static const char *group_by(struct pg *c, const struct sql_select *s) {
    struct pg_scope *scope = c->q->scope;
    struct sb b = {.a = c->a};
    scope->alias_use = PG_ALIAS_LAST;
    for (size_t i = 0; i < s->ngroup && c->why == NULL; i++) {
        long at;
        const struct sql_node *e = s->group[i].expr;
        struct val v;
        if (e->kind == SN_INT && sql_node_const_int(e, &at) && at >= 1 && (size_t)at <= s->nitems &&
            s->items[at - 1].expr != NULL) {
            v = pgq_expr(c, s->items[at - 1].expr);
        } else {
            v = pgq_expr(c, e);
        }
        group_key(c, scope, v.text);
        sb_printf(&b, "%s%s", i == 0 ? "" : ", ", v.lit != NULL ? pg_fmt(c, "(%s)", v.text) : v.text);
    }
    scope->alias_use = PG_ALIAS_NEVER;
    if (!s->rollup) {
        find_determined(c, scope);
    }
    return s->rollup ? pg_fmt(c, "ROLLUP (%s)", sb_text(&b)) : sb_text(&b);
}

/* ORDER BY of a single SELECT, in its scope. */
static const char *order_by(struct pg *c, const struct sql_query *q, const struct sql_select *s,
                            const struct out_part *p, unsigned flags) {
    struct pg_scope *scope = c->q->scope;
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < q->norder && c->why == NULL; i++) {
        const struct sql_node *e = q->order[i].expr;
        const char *text = NULL;
        struct val v = {0};
        long at;
        if (e->kind == SN_INT && sql_node_const_int(e, &at)) {
            text = pg_fmt(c, "%ld", at);
            if (at >= 1 && (size_t)at <= p->n) {
                v = p->items[at - 1].v;
                v.lit = NULL;
            }
        }
        for (size_t k = 0; text == NULL && e->kind == SN_COLUMN && e->qualifier == NULL && k < p->n; k++) {
            if (p->items[k].star == NULL && !p->items[k].plain && str_ieq(p->items[k].name, e->name)) {
                v = p->items[k].v;
                text = (flags & PGQ_NAMES) != 0 ? str_quote_pg(c->a, pgq_cut(c, p->items[k].name))
                                                : pg_fmt(c, "%zu", k + 1);
            }
        }
        if (text == NULL) {
            scope->alias_use = PG_ALIAS_FIRST;
            v = pgq_expr(c, e);
            scope->alias_use = PG_ALIAS_NEVER;
            text = v.text;
            if (v.lit != NULL) {
                continue; /* a constant orders nothing */
            }
            for (size_t k = 0; s->distinct && k < p->n; k++) {
                if (str_eq(p->items[k].v.text, text)) {
                    text = pg_fmt(c, "%zu", k + 1);
                    break;
                }
            }
        }
        const char *label = by_label(c, &v);
        if (label != NULL && s->distinct) {
            pg_fail(c, "DISTINCT ordered by an ENUM column, which orders by its labels' places");
        }
        sb_printf(&b, "%s%s%s", b.len == 0 ? "" : ", ", label != NULL ? label : text,
                  pgq_nulls(&v, q->order[i].descending));
    }
    return sb_text(&b);
}

static const char *windows(struct pg *c, const struct sql_select *s) {
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < s->nwindows && c->why == NULL; i++) {
        sb_printf(&b, "%s%s AS (%s)", i == 0 ? " WINDOW " : ", ", str_quote_pg(c->a, s->windows[i]->name),
                  pgq_window(c, s->windows[i]));
    }
    return sb_text(&b);
}

/* order: where ORDER BY's text goes, when the query is this SELECT alone. */
static void select_part(struct pg *c, const struct sql_select *s, const struct sql_query *q, unsigned flags,
                        struct out_part *p, const char **order) {
    struct pg_scope scope = {.outer = c->q->scope, .select = s};
    struct sb tail = {.a = c->a};
    c->q->scope = &scope;
    if (s->calc_found_rows && (c->q->program == NULL || c->q->b)) {
        pg_fail(c, "SQL_CALC_FOUND_ROWS");
    }
    if (s->from != NULL) {
        const char *from = pgq_from(c, s->from);
        sb_printf(&tail, " FROM %s", from == NULL ? "" : from);
    }
    const char *where = s->where == NULL ? NULL : pgq_condition(c, s->where);
    const char *group = s->ngroup == 0 ? NULL : group_by(c, s);
    bool grouped = s->ngroup > 0 || pgq_has_aggregate(s->having);
    for (size_t i = 0; i < s->nitems; i++) {
        grouped = grouped || pgq_has_aggregate(s->items[i].expr);
    }
    for (size_t i = 0; order != NULL && i < q->norder; i++) {
        grouped = grouped || pgq_has_aggregate(q->order[i].expr);
    }
    scope.grouped = grouped;
    for (size_t i = 0; i < s->nitems && c->why == NULL; i++) {
        const struct sql_item *item = &s->items[i];
        c->at = item->start != 0 ? item->start : c->at;
        if (item->expr == NULL) {
            if (!grouped && has_using(s->from) && item->star_table == NULL) {
                pg_fail(c, "SELECT * of a join with USING or NATURAL");
            }
            star(c, item, flags, p);
            continue;
        }
        struct val v = as_told(c, pg_plain(c, pgq_expr(c, item->expr)), flags);
        struct out_item out = {.v = v, .name = item_name(c, item)};
        const char *quoted = str_quote_pg(c->a, out.name); /* a variable may have another name in the target */
        size_t n = strlen(v.text), of_name = strlen(quoted);
        out.plain = item->expr->kind == SN_COLUMN && (item->alias == NULL || str_eq(item->alias, item->expr->name)) &&
                    out.v.col != NULL && v.text[0] == '"' && str_eq(out.v.col->target_name, out.name) && n >= of_name &&
                    str_eq(v.text + n - of_name, quoted);
        add_item(c, p, out);
    }
    scope.alias_use = PG_ALIAS_FIRST;
    const char *having = s->having == NULL ? NULL : pgq_condition(c, s->having);
    scope.alias_use = PG_ALIAS_NEVER;
    if (having != NULL && !grouped) { /* without groups HAVING is one more condition */
        where = where == NULL ? having : pg_fmt(c, "(%s) AND (%s)", where, having);
        having = NULL;
    }
    if (where != NULL) {
        sb_printf(&tail, " WHERE %s", where);
    }
    if (group != NULL) {
        sb_printf(&tail, " GROUP BY %s", group);
    }
    if (having != NULL) {
        sb_printf(&tail, " HAVING %s", having);
    }
    sb_puts(&tail, windows(c, s));
    if (order != NULL) {
        *order = order_by(c, q, s, p, flags);
    }
    p->head = s->distinct ? "SELECT DISTINCT " : "SELECT ";
    p->tail = sb_text(&tail);
    c->q->scope = scope.outer;
}

static void rows_part(struct pg *c, const struct sql_part *part, unsigned flags, struct out_part *p) {
    struct sb b = {.a = c->a}, names = {.a = c->a};
    for (size_t i = 0; i < part->nrows && c->why == NULL; i++) {
        sb_puts(&b, i == 0 ? "VALUES (" : ", (");
        for (size_t k = 0; k < part->rows[i]->nargs; k++) {
            struct val v = pg_plain(c, pgq_expr(c, part->rows[i]->args[k]));
            sb_printf(&b, "%s%s", k == 0 ? "" : ", ", v.text);
            if (i == 0) {
                pgq_shape_add(c, &p->shape, arena_printf(c->a, "column_%zu", k), v);
                p->shape.cols[k].v.text = NULL;
                sb_printf(&names, "%s\"column_%zu\"", k == 0 ? "" : ", ", k);
            }
        }
        sb_puts(&b, ")");
    }
    p->text = (flags & PGQ_NAMES) == 0 ? sb_text(&b)
                                       : pg_fmt(c, "SELECT * FROM (%s) AS godwit (%s)", sb_text(&b), sb_text(&names));
}

static const char *canonical_type(const struct pg *c, enum tclass cls) {
    switch (cls) {
    case TC_INT:
        return "bigint";
    case TC_DEC:
        return c->numeric;
    case TC_FLOAT:
        return "float8";
    case TC_TEXT:
    case TC_ENUM:
        return "text";
    case TC_DATE:
        return "date";
    case TC_DATETIME:
        return c->timestamp;
    case TC_TSTZ:
        return "timestamptz";
    case TC_JSON:
        return "jsonb";
    case TC_BYTES:
        return "bytea";
    default:
        return NULL;
    }
}

/* The parts' columns, brought to one type each, as UNION does in MySQL. */
static void unify_parts(struct pg *c, struct out_part *parts, size_t n, unsigned flags) {
    struct val *v = arena_array(c->a, struct val, n);
    for (size_t k = 0; k < parts[0].n && c->why == NULL; k++) {
        size_t have = 0;
        for (size_t i = 0; i < n; i++) {
            if (parts[i].text == NULL && parts[i].n != parts[0].n) {
                pg_fail(c, "a UNION of different numbers of columns");
                return;
            }
            if (parts[i].text == NULL) {
                v[have++] = parts[i].items[k].v;
            }
        }
        enum tclass cls = pg_unify(c, v, have);
        const char *type = canonical_type(c, cls);
        have = 0;
        for (size_t i = 0; i < n && c->why == NULL; i++) {
            if (parts[i].text != NULL) {
                continue;
            }
            struct val *item = &parts[i].items[k].v, u = v[have++];
            if (type != NULL && (u.cls == TC_NULL || (flags & PGQ_CANONICAL) != 0 || cls == TC_TEXT)) {
                if (u.cls == TC_NULL || u.lit != NULL || (flags & PGQ_CANONICAL) != 0) {
                    u.text = pg_fmt(c, "%s::%s", pg_p(c, u), type);
                    u.atom = true;
                }
            }
            parts[i].items[k].plain = parts[i].items[k].plain && str_eq(u.text, item->text);
            u.cls = cls;
            u.wide = u.wide || (flags & PGQ_CANONICAL) != 0;
            *item = u;
        }
        /* What is known of the first part's column has to hold for all. */
        for (size_t i = 1; i < have; i++) {
            struct val *first = &parts[0].items[k].v;
            first->nonneg = first->nonneg && v[i].nonneg;
            first->scale = cls != TC_DEC                                     ? first->scale
                           : v[i].cls == TC_DEC && v[i].scale > first->scale ? v[i].scale
                                                                             : first->scale;
            first->mixed = first->mixed || v[i].mixed || (cls == TC_DEC && v[i].scale != v[0].scale);
            first->fsp = v[i].fsp > first->fsp ? v[i].fsp : first->fsp;
            first->ci = v[i].ci > first->ci ? v[i].ci : first->ci;
            first->col = NULL;
        }
    }
}

static const char *part_text(struct pg *c, const struct out_part *p, unsigned flags) {
    if (p->text != NULL) {
        return p->text;
    }
    struct sb b = {.a = c->a};
    sb_puts(&b, p->head);
    for (size_t i = 0; i < p->n && c->why == NULL; i++) {
        const struct out_item *item = &p->items[i];
        sb_printf(&b, "%s%s", i == 0 ? "" : ", ", item->v.text);
        if ((flags & PGQ_FIELDS) != 0) {
            sb_printf(&b, " AS f%zu", i + 1);
        } else if ((flags & PGQ_NAMES) != 0 && !item->plain) {
            sb_printf(&b, " AS %s", str_quote_pg(c->a, pgq_cut(c, item->name)));
        }
    }
    sb_puts(&b, p->tail);
    return sb_text(&b);
}

static void out_shape(struct pg *c, const struct out_part *p, struct pg_shape *shape) {
    if (p->text != NULL) {
        *shape = p->shape;
        return;
    }
    for (size_t i = 0; i < p->n; i++) {
        struct val v = p->items[i].v;
        v.text = NULL;
        bool typed = v.col != NULL && v.cls != TC_NULL;
        if (!typed) {
            v.col = NULL;
        }
        pgq_shape_add(c, shape, p->items[i].name, v);
    }
}

/* ORDER BY of a UNION: by names or positions of the result. */
static const char *union_order(struct pg *c, const struct sql_query *q, const struct pg_shape *shape) {
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < q->norder && c->why == NULL; i++) {
        const struct sql_node *e = q->order[i].expr;
        long at = 0;
        if (e->kind == SN_COLUMN) {
            for (size_t k = 0; k < shape->n && at == 0; k++) {
                at = str_ieq(shape->cols[k].name, e->name) ? (long)k + 1 : 0;
            }
        } else if (!sql_node_const_int(e, &at)) {
            at = 0;
        }
        if (at < 1 || (size_t)at > shape->n) {
            pg_fail(c, "an expression in the ORDER BY of a UNION");
            break;
        }
        struct val v = {0};
        sb_printf(&b, "%s%ld%s", i == 0 ? "" : ", ", at, pgq_nulls(&v, q->order[i].descending));
    }
    return sb_text(&b);
}

static const char *limits(struct pg *c, const struct sql_query *q) {
    struct sb b = {.a = c->a};
    if (q->limit != NULL && !(q->limit->kind == SN_INT && str_eq(q->limit->text, "18446744073709551615"))) {
        pgq_open(c, "which of equal rows a LIMIT leaves");
        sb_printf(&b, " LIMIT %s", pg_p(c, pgq_expr(c, q->limit)));
    }
    if (q->offset != NULL) {
        sb_printf(&b, " OFFSET %s", pg_p(c, pgq_expr(c, q->offset)));
    }
    if (q->lock != NULL) {
        sb_puts(&b, str_eq(q->lock, "for update") ? " FOR UPDATE" : " FOR SHARE");
        for (size_t i = 0; i < q->nlock_tables; i++) {
            sb_printf(&b, "%s%s", i == 0 ? " OF " : ", ", str_quote_pg(c->a, q->lock_tables[i]));
        }
        if (q->lock_wait != NULL) {
            sb_puts(&b, str_eq(q->lock_wait, "nowait") ? " NOWAIT" : " SKIP LOCKED");
        }
    }
    return sb_text(&b);
}

static bool mentions(struct pg *c, const struct sql_query *q, const char *name);

/* Does the query read a table of this name: is a CTE recursive? */
static bool joins_mention(struct pg *c, const struct sql_joins *j, const char *name) {
    for (size_t i = 0; j != NULL && i < j->n; i++) {
        const struct sql_source *s = j->items[i].source;
        if ((s->kind == SQL_SOURCE_TABLE && s->table.schema == NULL && str_ieq(s->table.name, name)) ||
            (s->kind == SQL_SOURCE_JOIN && joins_mention(c, s->joins, name)) ||
            (s->kind == SQL_SOURCE_QUERY && mentions(c, s->query, name))) {
            return true;
        }
    }
    return false;
}

static bool mentions(struct pg *c, const struct sql_query *q, const char *name) {
    for (size_t i = 0; i < q->nparts; i++) {
        const struct sql_part *p = &q->parts[i];
        if ((p->select != NULL && joins_mention(c, p->select->from, name)) ||
            (p->query != NULL && mentions(c, p->query, name))) {
            return true;
        }
    }
    return false;
}

static void rename_columns(struct pg_shape *s, const struct sql_cte *k) {
    for (size_t i = 0; i < k->ncolumns && i < s->n; i++) {
        s->cols[i].name = k->columns[i];
    }
}

/* The columns of a recursive CTE are those of its first part, which must be known before the second can be read. */
static void recursive_shape(struct pg *c, const struct sql_cte *k, struct pg_shape *shape) {
    struct sql_query first = *k->query;
    first.nparts = 1;
    first.norder = 0;
    first.limit = first.offset = NULL;
    for (size_t i = 0; i < k->query->nparts; i++) {
        const struct sql_part *p = &k->query->parts[i];
        if (p->select != NULL && joins_mention(c, p->select->from, k->name)) {
            break;
        }
        first.nparts = i + 1;
    }
    (void)pgq_query(c, &first, PGQ_NAMES | PGQ_CANONICAL, shape);
    rename_columns(shape, k);
    for (size_t i = 0; i < shape->n; i++) { /* the other parts may go beyond what holds for the first */
        shape->cols[i].v.nonneg = false;
        shape->cols[i].v.col = NULL;
        shape->cols[i].v.wide = true;
    }
}

const char *pgq_with(struct pg *c, const struct sql_cte *ctes, size_t n, bool recursive) {
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < n && c->why == NULL; i++) {
        struct pg_cte *k = arena_new(c->a, struct pg_cte);
        *k = (struct pg_cte){.outer = c->q->ctes, .name = ctes[i].name};
        bool self = recursive && mentions(c, ctes[i].query, ctes[i].name);
        if (self) {
            recursive_shape(c, &ctes[i], &k->shape);
            c->q->ctes = k;
        }
        struct pg_shape shape = {0};
        const char *text = pgq_query(c, ctes[i].query, PGQ_NAMES | (self ? PGQ_CANONICAL : 0), &shape);
        if (text == NULL) {
            break;
        }
        if (!self) {
            rename_columns(&shape, &ctes[i]);
            k->shape = shape;
            c->q->ctes = k;
        }
        sb_printf(&b, "%s%s",
                  i > 0       ? ", "
                  : recursive ? "WITH RECURSIVE "
                              : "WITH ",
                  str_quote_pg(c->a, pgq_cut(c, k->name)));
        for (size_t j = 0; j < ctes[i].ncolumns; j++) {
            sb_printf(&b, "%s%s", j == 0 ? "(" : ", ", str_quote_pg(c->a, pgq_cut(c, ctes[i].columns[j])));
        }
        sb_printf(&b, "%s AS (%s)", ctes[i].ncolumns > 0 ? ")" : "", text);
    }
    sb_puts(&b, n > 0 ? " " : "");
    return sb_text(&b);
}

/* The columns of INSERT .. SELECT, converted as the assignment does in MySQL. */
static void assign_part(struct pg *c, struct out_part *p, const struct sql_column **assign, size_t n) {
    size_t have = p->text == NULL ? p->n : p->shape.n;
    if (have != n) {
        pg_fail(c, "a query of %zu columns for %zu", have, n);
    } else if (p->text != NULL) {
        pg_fail(c, "a parenthesized query or VALUES ROW as the source of an INSERT");
    }
    for (size_t i = 0; i < p->n && c->why == NULL; i++) {
        p->items[i].v = pg_assign(c, p->items[i].v, assign[i]);
        p->items[i].plain = true;
    }
}

static const char *query(struct pg *c, const struct sql_query *q, unsigned flags, struct pg_shape *shape) {
    static const char *const words[] = {" UNION ", " INTERSECT ", " EXCEPT "};
    struct out_part *parts = arena_array(c->a, struct out_part, q->nparts + 1);
    struct sb b = {.a = c->a};
    const char *order = NULL;
    const struct sql_column **assign = c->q->assign;
    size_t nassign = c->q->nassign;
    c->q->assign = NULL;
    sb_puts(&b, pgq_with(c, q->ctes, q->nctes, q->recursive));
    for (size_t i = 0; i < q->nparts && c->why == NULL; i++) {
        const struct sql_part *p = &q->parts[i];
        if (p->select != NULL) {
            select_part(c, p->select, q, flags, &parts[i], q->nparts == 1 ? &order : NULL);
        } else if (p->query != NULL) {
            const char *inner = pgq_query(c, p->query, flags, &parts[i].shape);
            parts[i].text = inner == NULL ? "" : pg_fmt(c, "(%s)", inner);
        } else {
            rows_part(c, p, flags, &parts[i]);
        }
    }
    if (c->why == NULL && (q->nparts > 1 || (flags & PGQ_CANONICAL) != 0) && parts[0].text == NULL) {
        unify_parts(c, parts, q->nparts, flags);
    }
    for (size_t i = 0; assign != NULL && i < q->nparts && c->why == NULL; i++) {
        assign_part(c, &parts[i], assign, nassign);
    }
    if (c->why != NULL) {
        return NULL;
    }
    struct pg_shape own = {0};
    out_shape(c, &parts[0], &own);
    for (size_t i = 0; i < q->nparts; i++) {
        sb_printf(&b, "%s%s%s", i == 0 ? "" : words[q->parts[i].op], i > 0 && q->parts[i].all ? "ALL " : "",
                  part_text(c, &parts[i], i == 0 ? flags : 0));
    }
    if (q->norder > 0 && order == NULL) {
        order = union_order(c, q, &own);
    }
    if (order != NULL && order[0] != '\0') {
        sb_printf(&b, " ORDER BY %s", order);
    }
    sb_puts(&b, limits(c, q));
    if (shape != NULL) {
        *shape = own;
    }
    return c->why == NULL ? sb_text(&b) : NULL;
}

const char *pgq_query(struct pg *c, const struct sql_query *q, unsigned flags, struct pg_shape *shape) {
    struct pg_cte *ctes = c->q->ctes;
    struct pg_scope *scope = c->q->scope;
    size_t at = c->at;
    const char *text = NULL;
    if (++c->depth > SQL_MAX_DEPTH) {
        pg_fail(c, "queries nested deeper than %d levels", SQL_MAX_DEPTH);
    } else {
        text = query(c, q, flags, shape);
    }
    c->depth--;
    c->at = at;
    c->q->ctes = ctes;
    c->q->scope = scope;
    return text;
}
