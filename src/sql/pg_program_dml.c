/* INSERT, UPDATE and DELETE within programs, and what they leave behind: ROW_COUNT(), LAST_INSERT_ID(). */
#include "base/str.h"
#include "sql/pg_program.h"

static const struct sql_column *counted_column(struct pg *c, const struct sql_dml *d) {
    const struct sql_table *t = d->kind == SQL_INSERT ? pgq_table(c, &d->table) : NULL;
    for (size_t i = 0; t != NULL && i < t->ncolumns; i++) {
        if (t->columns[i].auto_increment) {
            return &t->columns[i];
        }
    }
    return NULL;
}

/* One row, whose number the server chooses? Then LAST_INSERT_ID() is that one. Triggers that insert elsewhere would hide it from
 * lastval(). */
static bool makes_one_id(const struct sql_dml *d, const struct sql_column *col) {
    if (d->nrows != 1 || d->query != NULL || d->on_duplicate || d->ignore || d->nreturning > 0 || !d->has_columns) {
        return false;
    }
    for (size_t i = 0; i < d->ncolumns; i++) {
        if (str_ieq(d->columns[i], col->name)) {
            const struct sql_node *v = i < d->rows[0]->nargs ? d->rows[0]->args[i] : NULL;
            return v != NULL && (v->kind == SN_NULL || (v->kind == SN_DEFAULT && v->nargs == 0));
        }
    }
    return true;
}

void prog_forget_last_id(struct pg *c) {
    if (c->q->program->last_id_known) {
        prog_line(c, "godwit_last_id := NULL;");
    }
}

void prog_dml(struct pg *c, const struct sql_dml *d) {
    struct pg_program *p = c->q->program;
    p->has_changes = p->wrote = true;
    const char *text = pgq_dml(c, d);
    if (text == NULL) {
        return;
    }
    const struct sql_column *id = p->asks_last_id ? counted_column(c, d) : NULL;
    bool one = id != NULL && makes_one_id(d, id) && str_starts(text, "INSERT INTO ");
    if (one) {
        prog_line(c, "%s RETURNING %s INTO godwit_last_id;", text, str_quote_pg(c->a, id->target_name));
        p->last_id_known = true;
    } else {
        prog_line(c, "%s;", text);
    }
    if (p->uses_row_count) {
        prog_line(c, "GET DIAGNOSTICS godwit_row_count = ROW_COUNT;");
    }
    if (id != NULL && !one) {
        prog_forget_last_id(c);
    }
}
