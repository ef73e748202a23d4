/* INSERT, REPLACE, UPDATE, DELETE for PostgreSQL and openGauss.
 *
 * PostgreSQL has no multi-table UPDATE, no ORDER BY and LIMIT in it, and ON CONFLICT wants one key: rows are found by a query and
 * changed by where they are (tableoid, ctid); of a table with several unique keys that could conflict the statement is refused. */
#include <string.h>

#include "base/str.h"
#include "sql/pg_program.h"
#include "sql/pg_query.h"

#define PLACE "tableoid, %s.ctid"

static const struct sql_column *table_column(struct pg *c, const struct pg_rel *rel, const char *name) {
    const struct pg_col *col = pgq_find_col(&rel->shape, name);
    if (col == NULL) {
        pg_fail(c, "the column %.100s of %.100s, which is not known", name, rel->name);
        return NULL;
    }
    return col->v.col;
}

static const char *value(struct pg *c, const struct sql_node *n, const struct sql_column *to) {
    if (n->kind == SN_DEFAULT && n->nargs == 0) {
        return "DEFAULT";
    }
    struct val v = pgq_expr(c, n);
    if (to == NULL) {
        return pg_plain(c, v).text;
    }
    /* NULL and 0 ask for the next number. */
    if (to->auto_increment && !c->q->b &&
        (v.cls == TC_NULL || (v.lit != NULL && v.lit->kind == SN_INT && str_eq(v.text, "0")))) {
        return "DEFAULT";
    }
    return pg_assign(c, v, to).text;
}

/* table AS alias, or the table alone when it has that name. */
static const char *aliased(struct pg *c, const char *table, const char *alias) {
    return str_eq(table, alias) ? table : pg_fmt(c, "%s AS %s", table, alias);
}

static const char *rel_table(struct pg *c, const struct pg_rel *rel) {
    if (rel->table == NULL && rel->made == NULL) {
        pg_fail(c, "a change of %.100s, which is no table", rel->name);
        return "NULL";
    }
    return rel->table == NULL ? rel->made : pgq_qualified(c, rel->table->target_schema, rel->table->target_name);
}

/* The relation a statement changes, as in FROM; also the table's text. */
static struct pg_rel *target(struct pg *c, const struct sql_name *name, const char *alias, const char **text) {
    struct sql_source source = {.kind = SQL_SOURCE_TABLE, .table = *name, .alias = alias, .start = c->at};
    struct sql_joins joins = {.n = 1};
    struct sql_join join = {.source = &source};
    joins.items = &join;
    size_t before = c->q->scope->n;
    if (pgq_from(c, &joins) == NULL) {
        return NULL;
    }
    struct pg_rel *rel = &c->q->scope->rels[before];
    *text = rel_table(c, rel);
    return c->why == NULL ? rel : NULL;
}

static bool given(const struct sql_dml *d, const char *column) {
    for (size_t i = 0; i < d->ncolumns; i++) {
        if (str_ieq(d->columns[i], column)) {
            return true;
        }
    }
    return !d->has_columns;
}

/* The one unique key a new row may collide with; NULL and no failure: none. */
static const struct sql_table_key *conflict_key(struct pg *c, const struct sql_dml *d, const struct pg_rel *rel) {
    const struct sql_table_key *found = NULL;
    for (size_t i = 0; rel->table != NULL && i < rel->table->nkeys; i++) {
        const struct sql_table_key *k = &rel->table->keys[i];
        bool possible = true;
        for (size_t j = 0; j < k->n; j++) {
            const struct pg_col *col = k->columns[j] == NULL ? NULL : pgq_find_col(&rel->shape, k->columns[j]);
            if (col == NULL) {
                pg_fail(c, "a unique key over an expression, which may collide");
                return NULL;
            }
            possible = possible && !(col->v.col->auto_increment && !given(d, k->columns[j]));
        }
        if (!possible) {
            continue;
        }
        if (found != NULL) {
            pg_fail(c, "%s on a table with several unique keys: the target wants to know which one collides",
                    d->kind == SQL_REPLACE ? "REPLACE" : "ON DUPLICATE KEY UPDATE");
            return NULL;
        }
        found = k;
    }
    return found;
}

static bool in_key(const struct sql_table_key *k, const char *column) {
    for (size_t i = 0; i < k->n; i++) {
        if (str_ieq(k->columns[i], column)) {
            return true;
        }
    }
    return false;
}

static bool in_any_key(const struct pg_rel *rel, const char *column) {
    for (size_t i = 0; i < rel->table->nkeys; i++) {
        if (in_key(&rel->table->keys[i], column)) {
            return true;
        }
    }
    return false;
}

static void conflict_target(struct pg *c, struct sb *b, const struct pg_rel *rel, const struct sql_table_key *k) {
    sb_puts(b, " ON CONFLICT (");
    for (size_t i = 0; k != NULL && i < k->n; i++) {
        const struct sql_column *col = table_column(c, rel, k->columns[i]);
        sb_printf(b, "%s%s", i == 0 ? "" : ", ", col == NULL ? "" : str_quote_pg(c->a, col->target_name));
    }
    sb_puts(b, ")");
}

/* The new row as a relation: EXCLUDED, or VALUES(column) in openGauss. */
static struct pg_rel new_row(struct pg *c, const struct sql_dml *d, const struct pg_rel *rel) {
    bool og = dialect_is_opengauss(c->o->dialect);
    struct pg_rel out = {.name = d->alias == NULL ? "" : d->alias, .text = "EXCLUDED"};
    for (size_t i = 0; i < rel->shape.n; i++) {
        const struct pg_col *col = &rel->shape.cols[i];
        const char *name = col->name;
        for (size_t k = 0; k < d->nalias_columns && k < d->ncolumns; k++) {
            name = str_ieq(d->columns[k], col->name) ? d->alias_columns[k] : name;
        }
        struct val v = {.col = col->v.col};
        if (og) {
            v = pg_value_of_column(c, col->v.col, pg_fmt(c, "VALUES(%s)", str_quote_pg(c->a, col->v.col->target_name)));
        }
        pgq_shape_add(c, &out.shape, name, v);
    }
    return out;
}

/* column = value, .. : an assignment sees what those before it have done, as in MySQL. */
static const char *sets(struct pg *c, const struct sql_dml *d, struct pg_rel *rel) {
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < d->nsets && c->why == NULL; i++) {
        const struct sql_set_value *s = &d->sets[i];
        c->at = s->start;
        const struct sql_column *col = table_column(c, rel, s->column);
        if (col == NULL) {
            break;
        }
        const char *text = value(c, s->value, col);
        sb_printf(&b, "%s%s = %s", i == 0 ? "" : ", ", str_quote_pg(c->a, col->target_name), text);
        if (i + 1 < d->nsets && !str_eq(text, "DEFAULT") && !c->q->b) {
            for (size_t k = 0; k < rel->shape.n; k++) {
                if (rel->shape.cols[k].v.col == col) {
                    rel->shape.cols[k].v = pg_value_of_column(c, col, pg_fmt(c, "(%s)::%s", text, col->to->ddl));
                }
            }
        }
    }
    return sb_text(&b);
}

static void duplicate(struct pg *c, struct sb *b, const struct sql_dml *d, struct pg_rel *rel) {
    bool og = dialect_is_opengauss(c->o->dialect);
    const struct sql_table_key *k = c->q->b ? NULL : conflict_key(c, d, rel);
    if (c->why != NULL || (k == NULL && !c->q->b)) {
        return; /* nothing can collide */
    }
    struct pg_rel fresh = new_row(c, d, rel);
    for (size_t i = 0; og && !c->q->b && i < d->nsets; i++) {
        if (rel->table != NULL && in_any_key(rel, d->sets[i].column)) {
            pg_fail(c, "ON DUPLICATE KEY UPDATE of a column of a unique key, which this openGauss database refuses");
            return;
        }
    }
    c->q->excluded = &fresh;
    if (d->alias != NULL) {
        struct pg_rel *added = pgq_add_rel(c, fresh);
        (void)added;
        rel = &c->q->scope->rels[0];
    }
    if (og) {
        sb_puts(b, " ON DUPLICATE KEY UPDATE ");
    } else {
        conflict_target(c, b, rel, k);
        sb_puts(b, " DO UPDATE SET ");
    }
    sb_puts(b, sets(c, d, rel));
    c->q->excluded = NULL;
}

/* REPLACE: the row that is there takes the new one's values, defaults where none are given. */
static void replace(struct pg *c, struct sb *b, const struct sql_dml *d, struct pg_rel *rel) {
    bool og = dialect_is_opengauss(c->o->dialect);
    const struct sql_table_key *k = conflict_key(c, d, rel);
    if (c->why != NULL || k == NULL) {
        return;
    }
    if (og) {
        sb_puts(b, " ON DUPLICATE KEY UPDATE ");
    } else {
        conflict_target(c, b, rel, k);
        sb_puts(b, " DO UPDATE SET ");
    }
    bool any = false;
    for (size_t i = 0; i < rel->shape.n; i++) {
        const struct pg_col *col = &rel->shape.cols[i];
        if (in_key(k, col->name)) {
            continue;
        }
        if (og && in_any_key(rel, col->name)) {
            pg_fail(c, "REPLACE of a row with several unique keys, which this openGauss database refuses");
            return;
        }
        const char *name = str_quote_pg(c->a, col->v.col->target_name);
        sb_printf(b, og ? "%s%s = VALUES(%s)" : "%s%s = EXCLUDED.%s", any ? ", " : "", name, name);
        any = true;
    }
    if (!any) { /* only a key: the row is there already */
        const char *name = str_quote_pg(c->a, table_column(c, rel, k->columns[0])->target_name);
        sb_printf(b, og ? "NOTHING" : "%s = EXCLUDED.%s", name, name);
    }
}

static const char *insert(struct pg *c, const struct sql_dml *d) {
    struct sb b = {.a = c->a};
    const char *text;
    struct pg_rel *rel = target(c, &d->table, NULL, &text);
    if (rel == NULL) {
        return NULL;
    }
    size_t n = d->has_columns ? d->ncolumns : rel->shape.n;
    const struct sql_column **columns = arena_array(c->a, const struct sql_column *, n + 1);
    bool og = dialect_is_opengauss(c->o->dialect);
    const char *verb = c->q->b && d->kind == SQL_REPLACE ? "REPLACE INTO"
                       : c->q->b && d->ignore            ? "INSERT IGNORE INTO"
                                                         : "INSERT INTO";
    sb_printf(&b, "%s %s", verb, og || !d->on_duplicate ? text : aliased(c, text, rel->text));
    for (size_t i = 0; i < n && c->why == NULL; i++) {
        const char *name = d->has_columns ? d->columns[i] : rel->shape.cols[i].name;
        columns[i] = table_column(c, rel, name);
        if (columns[i] != NULL) {
            sb_printf(&b, "%s%s", i == 0 ? " (" : ", ", str_quote_pg(c->a, columns[i]->target_name));
        } else if (c->why == NULL) { /* a temporary table's column */
            sb_printf(&b, "%s%s", i == 0 ? " (" : ", ", str_quote_pg(c->a, name));
        }
    }
    sb_puts(&b, n > 0 ? ")" : "");
    struct pg_scope *scope = c->q->scope;
    struct pg_scope outside = {.outer = scope->outer}; /* values see no columns of the table */
    c->q->scope = &outside;
    if (d->query != NULL) {
        c->q->assign = columns;
        c->q->nassign = n;
        const char *query = pgq_query(c, d->query, 0, NULL);
        c->q->assign = NULL;
        sb_printf(&b, " %s", query == NULL ? "" : query);
    } else {
        for (size_t i = 0; i < d->nrows && c->why == NULL; i++) {
            const struct sql_node *row = d->rows[i];
            c->at = row->start != 0 ? row->start : c->at;
            if (row->nargs == 0 && n == rel->shape.n && !d->has_columns) {
                return pg_fail(c, "INSERT .. VALUES ()").text;
            }
            if (row->nargs != n) {
                pg_fail(c, "%zu values for %zu columns", row->nargs, n);
                break;
            }
            sb_puts(&b, i == 0 ? " VALUES (" : ", (");
            for (size_t k = 0; k < n && c->why == NULL; k++) {
                sb_printf(&b, "%s%s", k == 0 ? "" : ", ", value(c, row->args[k], columns[k]));
            }
            sb_puts(&b, ")");
        }
        if (n == 0) {
            sb_puts(&b, " DEFAULT VALUES");
        }
    }
    c->q->scope = scope;
    if (d->on_duplicate) {
        duplicate(c, &b, d, rel);
    } else if (d->kind == SQL_REPLACE && !c->q->b) {
        replace(c, &b, d, rel);
    } else if (d->ignore && !c->q->b) {
        sb_puts(&b, og ? " ON DUPLICATE KEY UPDATE NOTHING" : " ON CONFLICT DO NOTHING");
        pgq_note(c, d->start, "INSERT IGNORE passes over duplicate keys only; other errors are raised");
    }
    return sb_text(&b);
}

/* SELECT of the places of the rows that a statement changes. */
static const char *places(struct pg *c, const struct sql_dml *d, const char *list, const char *from,
                          const char *where) {
    struct sb b = {.a = c->a};
    sb_printf(&b, "SELECT %s FROM %s", list, from);
    if (where != NULL) {
        sb_printf(&b, " WHERE %s", where);
    }
    if (d->norder > 0) {
        sb_printf(&b, " ORDER BY %s", pgq_order(c, d->order, d->norder));
    }
    if (d->limit != NULL) {
        sb_printf(&b, " LIMIT %s", pg_p(c, pgq_expr(c, d->limit)));
    }
    return sb_text(&b);
}

/* ORDER BY and LIMIT as openGauss has them. */
static const char *own_limit(struct pg *c, const struct sql_dml *d) {
    const char *order = d->norder == 0 ? "" : pg_fmt(c, " ORDER BY %s", pgq_order(c, d->order, d->norder));
    return d->limit == NULL ? order : pg_fmt(c, "%s LIMIT %s", order, pg_p(c, pgq_expr(c, d->limit)));
}

static bool single(const struct sql_dml *d) {
    return d->from->n == 1 && d->from->items[0].source->kind == SQL_SOURCE_TABLE;
}

/* The relation an assignment is for; NULL after a failure. */
static struct pg_rel *set_target(struct pg *c, const struct sql_set_value *set) {
    struct pg_scope *s = c->q->scope;
    struct pg_rel *rel = set->table != NULL ? pgq_find_rel(s, set->schema, set->table) : NULL;
    for (size_t k = 0; rel == NULL && set->table == NULL && k < s->n; k++) {
        rel = pgq_find_col(&s->rels[k].shape, set->column) != NULL ? &s->rels[k] : NULL;
    }
    if (rel == NULL) {
        c->at = set->start;
        pg_fail(c, "the column %.100s, which is not known here", set->column);
    }
    return rel;
}

/* An UPDATE of a join: a query finds the rows and works out the values, then each table takes its own. */
static const char *update_join(struct pg *c, const struct sql_dml *d, const char *from, const char *where) {
    struct pg_scope *s = c->q->scope;
    struct sb list = {.a = c->a}, b = {.a = c->a};
    struct sb *sets_of = arena_array(c->a, struct sb, s->n);
    size_t targets = 0, done = 0;
    for (size_t i = 0; i < d->nsets && c->why == NULL; i++) {
        struct pg_rel *rel = set_target(c, &d->sets[i]);
        const struct sql_column *col = rel == NULL ? NULL : table_column(c, rel, d->sets[i].column);
        if (col == NULL) {
            return NULL;
        }
        struct sb *set = &sets_of[rel - s->rels];
        const char *v = value(c, d->sets[i].value, col), *name = str_quote_pg(c->a, col->target_name);
        targets += set->a == NULL ? 1 : 0;
        set->a = c->a;
        sb_printf(set, "%s%s = ", set->len == 0 ? "" : ", ", name);
        if (v[0] == '\'' || str_eq(v, "NULL")) { /* a literal alone has no type in a query */
            v = pg_fmt(c, "%s::%s", v, prog_argument_type(c, col));
        }
        if (str_eq(v, "DEFAULT")) {
            sb_puts(set, v);
        } else {
            sb_printf(&list, ", %s AS v%zu", v, i + 1);
            sb_printf(set, "godwit.v%zu", i + 1);
        }
    }
    const char *columns = "";
    for (size_t i = 0; i < s->n; i++) {
        if (sets_of[i].a != NULL) {
            columns = pg_fmt(c, "%s%s%s.tableoid AS table_%zu, %s.ctid AS row_%zu", columns,
                             columns[0] == '\0' ? "" : ", ", s->rels[i].text, i + 1, s->rels[i].text, i + 1);
        }
    }
    const char *found = places(c, d, pg_fmt(c, "%s%s", columns, sb_text(&list)), from, where);
    if (targets > 1) {
        sb_printf(&b, "WITH godwit AS (%s)", found);
    }
    for (size_t i = 0; i < s->n && c->why == NULL; i++) {
        if (sets_of[i].a == NULL) {
            continue;
        }
        const char *text = s->rels[i].text;
        bool last = ++done == targets;
        sb_puts(&b, targets == 1 ? "" : last ? " " : pg_fmt(c, ", godwit_%zu AS (", i + 1));
        sb_printf(&b, "UPDATE %s SET %s FROM %s WHERE %s.tableoid = godwit.table_%zu AND %s.ctid = godwit.row_%zu%s",
                  aliased(c, rel_table(c, &s->rels[i]), text), sb_text(&sets_of[i]),
                  targets == 1 ? pg_fmt(c, "(%s) AS godwit", found) : "godwit", text, i + 1, text, i + 1,
                  last ? "" : ")");
    }
    return sb_text(&b);
}

/* The same for openGauss B, which has it. */
static const char *update_join_b(struct pg *c, const struct sql_dml *d, const char *from, const char *where) {
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < d->nsets && c->why == NULL; i++) {
        struct pg_rel *rel = set_target(c, &d->sets[i]);
        const struct sql_column *col = rel == NULL ? NULL : table_column(c, rel, d->sets[i].column);
        if (col == NULL) {
            return NULL;
        }
        sb_printf(&b, "%s%s.%s = %s", i == 0 ? "" : ", ", rel->text, str_quote_pg(c->a, col->target_name),
                  value(c, d->sets[i].value, col));
    }
    return pg_fmt(c, "UPDATE %s SET %s%s", from, sb_text(&b), where == NULL ? "" : pg_fmt(c, " WHERE %s", where));
}

static const char *update(struct pg *c, const struct sql_dml *d) {
    c->q->wrap_ctes = c->q->b && !single(d);
    const char *from = pgq_from(c, d->from), *where = NULL;
    c->q->wrap_ctes = false;
    if (from == NULL) {
        return NULL;
    }
    where = d->where == NULL ? NULL : pgq_condition(c, d->where);
    bool og = dialect_is_opengauss(c->o->dialect);
    if (!single(d)) {
        return c->q->b ? update_join_b(c, d, from, where) : update_join(c, d, from, where);
    }
    struct pg_rel *rel = &c->q->scope->rels[0];
    const char *condition = where == NULL ? "" : pg_fmt(c, " WHERE %s", where), *table = rel_table(c, rel),
               *limited = NULL;
    if (d->limit != NULL && !og) {
        limited = places(c, d, pg_fmt(c, "%s." PLACE, rel->text, rel->text), from, where);
    }
    const char *tail = og ? own_limit(c, d) : "", *text = sets(c, d, rel);
    if (limited != NULL) {
        condition = pg_fmt(c, " WHERE (%s." PLACE ") IN (%s)", rel->text, rel->text, limited);
    }
    return pg_fmt(c, "UPDATE %s SET %s%s%s", aliased(c, table, rel->text), text, condition, tail);
}

static const char *delete_several(struct pg *c, const struct sql_dml *d, struct pg_rel **rels, const char *from,
                                  const char *where) {
    struct sb list = {.a = c->a}, b = {.a = c->a};
    for (size_t i = 0; i < d->ntargets; i++) {
        sb_printf(&list, "%s%s.tableoid AS table_%zu, %s.ctid AS row_%zu", i == 0 ? "" : ", ", rels[i]->text, i + 1,
                  rels[i]->text, i + 1);
    }
    sb_printf(&b, "WITH godwit AS (%s)", places(c, d, sb_text(&list), from, where));
    for (size_t i = 0; i < d->ntargets; i++) {
        bool last = i + 1 == d->ntargets;
        sb_puts(&b, last ? " " : pg_fmt(c, ", godwit_%zu AS (", i + 1));
        sb_printf(&b, "DELETE FROM %s USING godwit WHERE %s.tableoid = godwit.table_%zu AND %s.ctid = godwit.row_%zu",
                  aliased(c, rel_table(c, rels[i]), rels[i]->text), rels[i]->text, i + 1, rels[i]->text, i + 1);
        sb_puts(&b, last ? "" : ")");
    }
    return sb_text(&b);
}

static const char *delete_(struct pg *c, const struct sql_dml *d) {
    const char *from = pgq_from(c, d->from), *where = NULL;
    if (from == NULL) {
        return NULL;
    }
    where = d->where == NULL ? NULL : pgq_condition(c, d->where);
    bool og = dialect_is_opengauss(c->o->dialect);
    if (single(d) && d->ntargets <= 1) {
        struct pg_rel *rel = &c->q->scope->rels[0];
        const char *table = rel_table(c, rel);
        const char *condition = where == NULL ? "" : pg_fmt(c, " WHERE %s", where);
        if (d->limit != NULL && !og) {
            condition = pg_fmt(c, " WHERE (%s." PLACE ") IN (%s)", rel->text, rel->text,
                               places(c, d, pg_fmt(c, "%s." PLACE, rel->text, rel->text), from, where));
        }
        return pg_fmt(c, "DELETE FROM %s%s%s", aliased(c, table, rel->text), condition, og ? own_limit(c, d) : "");
    }
    struct pg_rel **rels = arena_array(c->a, struct pg_rel *, d->ntargets + 1);
    for (size_t i = 0; i < d->ntargets; i++) {
        rels[i] = pgq_find_rel(c->q->scope, d->targets[i].schema, d->targets[i].name);
        if (rels[i] == NULL) {
            pg_fail(c, "the table %.100s, which is not in FROM", d->targets[i].name);
            return NULL;
        }
    }
    if (d->ntargets == 0) {
        pg_fail(c, "a DELETE of a join that does not say from which table");
        return NULL;
    }
    if (c->q->b) {
        const char *targets = rels[0]->text;
        for (size_t i = 1; i < d->ntargets; i++) {
            targets = pg_fmt(c, "%s, %s", targets, rels[i]->text);
        }
        return pg_fmt(c, "DELETE %s FROM %s%s", targets, from, where == NULL ? "" : pg_fmt(c, " WHERE %s", where));
    }
    if (d->ntargets > 1) {
        return delete_several(c, d, rels, from, where);
    }
    const char *list = pg_fmt(c, "%s.tableoid AS godwit_table, %s.ctid AS godwit_row", rels[0]->text, rels[0]->text);
    return pg_fmt(c,
                  "DELETE FROM %s USING (%s) AS godwit WHERE %s.tableoid = godwit.godwit_table AND %s.ctid = "
                  "godwit.godwit_row",
                  aliased(c, rel_table(c, rels[0]), rels[0]->text), places(c, d, list, from, where), rels[0]->text,
                  rels[0]->text);
}

static const char *returning(struct pg *c, const struct sql_dml *d) {
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < d->nreturning && c->why == NULL; i++) {
        sb_puts(&b, i == 0 ? " RETURNING " : ", ");
        if (d->returning[i].expr == NULL) {
            sb_puts(&b, "*");
            continue;
        }
        sb_puts(&b, pg_plain(c, pgq_expr(c, d->returning[i].expr)).text);
        if (d->returning[i].alias != NULL) {
            sb_printf(&b, " AS %s", str_quote_pg(c->a, d->returning[i].alias));
        }
    }
    return sb_text(&b);
}

const char *pgq_dml(struct pg *c, const struct sql_dml *d) {
    struct pg_scope scope = {.outer = c->q->scope};
    struct pg_cte *ctes = c->q->ctes;
    size_t at = c->at;
    c->at = d->start;
    c->q->scope = &scope;
    const char *with = pgq_with(c, d->ctes, d->nctes, d->recursive);
    const char *text = d->kind == SQL_UPDATE ? update(c, d) : d->kind == SQL_DELETE ? delete_(c, d) : insert(c, d);
    if (c->why == NULL && text != NULL) {
        text = pg_fmt(c, "%s%s%s", with, text, returning(c, d));
    }
    c->q->scope = scope.outer;
    c->q->ctes = ctes;
    c->at = at;
    return c->why == NULL ? text : NULL;
}
