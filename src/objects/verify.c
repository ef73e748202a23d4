/* Functions are called on both sides with the same arguments, and must give the same. See check.h.
 *
 * Arguments are edge values of each type, values that columns of that type have in the source, and NULL. Both sides call within a transaction
 * that is read only: a function that writes fails there, whatever it was declared to be. */
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "check/reader.h"
#include "objects/check.h"
#include "objects/internal.h"
#include "value/target_spec.h"

enum { CALLS_MAX = 24, COLUMNS_SAMPLED = 3, VALUES_SAMPLED = 5, CALL_TIMEOUT_MS = 10000, ARGUMENT_BYTES = 200 };

/* What may be given for a parameter; an item NULL: SQL NULL. */
struct values {
    const char **items;
    size_t n, cap;
    bool quoted; /* as a string, else as it stands */
};

struct verifying {
    struct objects *o;
    struct arena *a;
    struct reader reader;
    atomic_bool never;
    const struct sql_routine *f;
    struct values *params;
    struct column result;
    struct check_table call;
};

struct answer {
    bool failed;
    struct err error;
    struct buf row;
};

static void add_value(struct arena *a, struct values *v, const char *text) {
    v->items = arena_grow(a, (void *)v->items, v->n, &v->cap, sizeof *v->items);
    v->items[v->n++] = text;
}

/* ---- arguments ---- */

enum type_class {
    CLASS_INTEGER,
    CLASS_DECIMAL,
    CLASS_TEXT,
    CLASS_DATE,
    CLASS_TIME,
    CLASS_DATETIME,
    CLASS_YEAR,
    CLASS_NONE
};

static enum type_class class_of(const struct mytype *t) {
    switch (t->kind) {
    case MYT_TINYINT:
    case MYT_SMALLINT:
    case MYT_MEDIUMINT:
    case MYT_INT:
    case MYT_BIGINT:
        return CLASS_INTEGER;
    case MYT_DECIMAL:
    case MYT_FLOAT:
    case MYT_DOUBLE:
        return CLASS_DECIMAL;
    case MYT_CHAR:
    case MYT_VARCHAR:
    case MYT_TINYTEXT:
    case MYT_TEXT:
    case MYT_MEDIUMTEXT:
    case MYT_LONGTEXT:
    case MYT_ENUM:
        return CLASS_TEXT;
    case MYT_DATE:
        return CLASS_DATE;
    case MYT_TIME:
        return CLASS_TIME;
    case MYT_DATETIME:
    case MYT_TIMESTAMP:
        return CLASS_DATETIME;
    case MYT_YEAR:
        return CLASS_YEAR;
    default:
        return CLASS_NONE;
    }
}

static void add_edges(struct arena *a, struct values *v, enum type_class class, const struct mytype *t) {
    static const char *const edges[][5] = {[CLASS_INTEGER] = {"0", "1", "100", "-1"},
                                           [CLASS_DECIMAL] = {"0", "1.5", "99.99", "-1.5"},
                                           [CLASS_TEXT] = {"", "a", "Aé 中'\\", " b "},
                                           [CLASS_DATE] = {"2024-02-29", "1999-12-31"},
                                           [CLASS_TIME] = {"00:00:00", "23:59:59"},
                                           [CLASS_DATETIME] = {"2024-02-29 23:59:59", "1999-12-31 00:00:00"},
                                           [CLASS_YEAR] = {"2024", "1999"}};
    for (size_t i = 0; i < 5 && edges[class][i] != NULL; i++) {
        if (edges[class][i][0] != '-' || !t->is_unsigned) {
            add_value(a, v, edges[class][i]);
        }
    }
}

/* Of columns of the same type; those that are called like the parameter first. */
static bool add_sampled(struct verifying *w, struct values *v, enum type_class class, const char *name, struct err *e) {
    size_t columns = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < w->o->run.db.ntables; i++) {
            const struct table *t = &w->o->run.db.tables[i];
            for (size_t k = 0; k < t->ncolumns && columns < COLUMNS_SAMPLED; k++) {
                const struct column *c = &t->columns[k];
                struct mysql_rows rows;
                if (class_of(&c->type) != class || str_ieq(c->name, name) != (pass == 0)) {
                    continue;
                }
                columns++;
                char *quoted = str_quote_mysql(w->a, c->name);
                char *sql = arena_printf(w->a, "SELECT DISTINCT %s FROM %s.%s WHERE %s IS NOT NULL LIMIT %d", quoted,
                                         str_quote_mysql(w->a, t->schema), str_quote_mysql(w->a, t->name), quoted,
                                         (int)VALUES_SAMPLED);
                if (!mysql_rows(w->o->run.source, w->a, sql, &rows, e)) {
                    return err_where(e, "values of %s.%s", t->name, c->name);
                }
                for (size_t n = 0; n < rows.n; n++) {
                    const char *value = mysql_cell(&rows, n, 0);
                    if (strlen(value) <= ARGUMENT_BYTES) {
                        add_value(w->a, v, value);
                    }
                }
            }
        }
    }
    return true;
}

/* *why: it cannot be called. */
static bool choose_values(struct verifying *w, const char **why, struct err *e) {
    w->params = arena_array(w->a, struct values, w->f->nparams + 1);
    for (size_t i = 0; i < w->f->nparams; i++) {
        const struct sql_column *p = &w->f->params[i];
        enum type_class class = class_of(p->from);
        struct values *v = &w->params[i];
        if (class == CLASS_NONE) {
            *why = arena_printf(w->a, "not called: there are no values for parameter %s of type %s", p->name,
                                p->from->full);
            return true;
        }
        v->quoted = class != CLASS_INTEGER && class != CLASS_DECIMAL && class != CLASS_YEAR;
        if (!add_sampled(w, v, class, p->name, e)) {
            return false;
        }
        add_edges(w->a, v, class, p->from);
        add_value(w->a, v, NULL);
    }
    return true;
}

/* ---- a call ---- */

/* The n-th call: parameters go through their values at different paces, so that they meet in many ways. */
static const char *value_of(const struct verifying *w, size_t param, size_t n) {
    const struct values *v = &w->params[param];
    return v->items[(n + param * (n / v->n + 1)) % v->n];
}

static void make_call(struct verifying *w, const struct db_object *x, size_t n) {
    const char *source = "", *target = "";
    for (size_t i = 0; i < w->f->nparams; i++) {
        const char *value = value_of(w, i, n), *comma = i > 0 ? ", " : "";
        const char *mysql = value == NULL ? "NULL" : w->params[i].quoted ? str_literal_mysql(w->a, value) : value;
        const char *pg = value == NULL ? "NULL" : w->params[i].quoted ? str_literal_pg(w->a, value) : value;
        source = arena_printf(w->a, "%s%s%s", source, comma, mysql);
        target = arena_printf(w->a, "%s%sCAST(%s AS %s)", target, comma, pg, w->f->params[i].to->cast_name);
    }
    w->call.source_select = arena_printf(w->a, "SELECT %s.%s(%s) AS r", str_quote_mysql(w->a, w->o->run.db.name),
                                         str_quote_mysql(w->a, x->name), source);
    w->call.target_select = arena_printf(w->a, "SELECT %s.%s(%s) AS r", str_quote_pg(w->a, w->o->target_schema),
                                         str_quote_pg(w->a, x->target_name), target);
}

static bool keep_row(void *arg, const uint8_t *row, size_t len, size_t key_len, struct err *e) {
    struct answer *r = arg;
    (void)key_len;
    return buf_put(&r->row, row, len, e);
}

static bool call_side(struct verifying *w, enum side side, struct answer *r, struct err *e) {
    struct run *run = &w->o->run;
    struct err ignored = ERR_INIT;
    buf_reset(&r->row);
    err_clear(&r->error);
    w->reader.side = side;
    if (!objects_sessions(w->o, &w->reader, e)) {
        return false;
    }
    bool ok = side == SIDE_SOURCE
                  ? mysql_exec(run->source, "START TRANSACTION READ ONLY", &r->error)
                  : gauss_execf(run->target, &r->error, "BEGIN READ ONLY; SET LOCAL statement_timeout = %d",
                                (int)CALL_TIMEOUT_MS);
    ok = ok && reader_read(&w->reader, &w->call, "", keep_row, r, &r->error);
    r->failed = !ok;
    if (side == SIDE_SOURCE && mysql_usable(run->source) && !mysql_exec(run->source, "ROLLBACK", &ignored)) {
        log_err("rollback", &ignored);
    }
    if (side == SIDE_TARGET && gauss_usable(run->target) && gauss_tx_status(run->target) != 'I' &&
        !gauss_exec(run->target, "ROLLBACK", &ignored)) {
        log_err("rollback", &ignored);
    }
    bool fatal = r->failed && (r->error.code == ERR_SOURCE_LOST || r->error.code == ERR_TARGET_LOST ||
                               r->error.code == ERR_CANCELLED);
    return !fatal || (err_copy(e, &r->error), false);
}

static const char *describe(struct verifying *w, const struct answer *r) {
    enum { TEXT = 200 };
    if (r->failed) {
        return arena_printf(w->a, "an error (%s%s%s)", r->error.message, r->error.cause[0] != '\0' ? ": " : "",
                            r->error.cause);
    }
    struct canon_fields fields = canon_fields(w->a, 1, r->row.data, r->row.len);
    char *text = arena_alloc(w->a, TEXT);
    canon_describe(w->call.canon, 0, fields.field[0], fields.len[0], text, TEXT);
    return text;
}

static bool same_answer(const struct answer *x, const struct answer *y) {
    return x->failed == y->failed &&
           (x->failed || (x->row.len == y->row.len && memcmp(x->row.data, y->row.data, x->row.len) == 0));
}

/* ---- a function ---- */

/* What the target's function gives; *why: it cannot be compared. */
static bool take_result(struct verifying *w, const struct db_object *x, const char **why, struct err *e) {
    struct arena *a = w->a;
    struct gauss_rows rows;
    struct target_spec spec;
    char *sql = arena_printf(a,
                             "SELECT format_type(p.prorettype, NULL) FROM pg_proc p JOIN pg_namespace n ON n.oid = "
                             "p.pronamespace WHERE n.nspname = %s AND p.proname = %s",
                             str_literal_pg(a, w->o->target_schema), str_literal_pg(a, x->target_name));
    if (!gauss_rows(w->o->run.target, a, sql, &rows, e)) {
        return err_where(e, "function %s", x->name);
    }
    const char *type = rows.n == 1 ? gauss_cell(&rows, 0, 0) : NULL;
    if (type == NULL || w->f->returns == NULL || !target_spec_parse(type, w->o->run.identity.dialect, &spec)) {
        *why = type == NULL ? "not called: the target has not one function of that name"
                            : arena_printf(a, "not called: results of type %s cannot be compared", type);
        return true;
    }
    w->result = (struct column){.name = arena_strdup(a, "r"),
                                .target_name = arena_strdup(a, "r"),
                                .type = *w->f->returns->from,
                                .target = *w->f->returns->to,
                                .nullable = true,
                                .loaded = true};
    w->result.target.kind = spec.kind;
    w->result.target.ddl = arena_strdup(a, type);
    w->result.target.cast_name = arena_strdup(a, target_cast_name(spec.kind));
    const struct column **columns = arena_array(a, const struct column *, 1);
    struct table *as = arena_new(a, struct table);
    columns[0] = &w->result;
    *as = (struct table){.schema = w->o->run.db.name, .name = arena_strdup(a, x->name)};
    as->target_name = arena_strdup(a, x->target_name);
    w->call = (struct check_table){
        .t = as, .columns = columns, .n = 1, .target_text = w->o->run.identity.dialect != DIALECT_PG};
    pthread_mutex_init(&w->call.lock, NULL);
    const struct canon_column column = {.kind = spec.kind, .ddl = w->result.target.ddl, .name = "r"};
    return canon_plan_make(a, w->o->run.identity.dialect, &column, 1, &w->call.canon, e);
}

static bool call_all(struct verifying *w, struct db_object *x, struct err *e) {
    struct answer source = {0}, target = {0};
    size_t most = 1, errors = 0;
    for (size_t i = 0; i < w->f->nparams; i++) {
        most *= w->params[i].n;
        most = most > CALLS_MAX ? CALLS_MAX : most;
    }
    buf_init(&source.row, 64u << 20);
    buf_init(&target.row, 64u << 20);
    bool ok = true;
    const char *choice = NULL;
    for (size_t n = 0; ok && n < most && x->error.code == ERR_NONE && choice == NULL; n++) {
        make_call(w, x, n);
        ok = call_side(w, SIDE_SOURCE, &source, e) && call_side(w, SIDE_TARGET, &target, e);
        errors += ok && source.failed;
        bool differs = ok && !same_answer(&source, &target);
        choice = differs ? object_open(w->o, x) : NULL;
        if (differs && choice == NULL) {
            x->state = OBJECT_IS_CHECK_FAILED;
            err_set(&x->error, ERR_CHECK_DIFFERENT, "%.300s: the source gives %.200s, the target %.200s",
                    w->call.source_select, describe(w, &source), describe(w, &target));
        }
        x->calls += ok;
    }
    x->compared = choice != NULL
                      ? arena_printf(w->a, "not compared: %s is each server's own choice, and not the same", choice)
                  : errors > 0 ? arena_printf(w->a, "%zu of %zu calls gave an error on both sides", errors, x->calls)
                               : NULL;
    buf_clear(&source.row);
    buf_clear(&target.row);
    return ok;
}

static const struct sql_routine *routine_of(const struct objects *o, const struct db_object *x) {
    for (size_t i = 0; i < o->catalog.nroutines; i++) {
        const struct sql_routine *r = &o->catalog.routines[i];
        if (r->function && str_eq(r->name, x->name) && str_eq(r->schema, o->run.db.name)) {
            return r;
        }
    }
    return NULL;
}

static bool verify_function(struct verifying *w, struct db_object *x, struct err *e) {
    const char *changing = object_changing(w->o, x), *why = NULL;
    w->f = routine_of(w->o, x);
    if (w->f == NULL || !x->parsed) {
        why = "not called: it is not understood";
    } else if (x->tree.modifies_sql) {
        why = "not called: it changes data";
    } else if (changing != NULL) {
        why = arena_printf(w->a, "not called: %s gives another value each time", changing);
    }
    if (why == NULL && (!choose_values(w, &why, e) || (why == NULL && !take_result(w, x, &why, e)))) {
        return false;
    }
    if (why != NULL) {
        x->compared = why;
        return true;
    }
    log_info("object", "calling function %s", x->name);
    bool ok = call_all(w, x, e);
    check_tables_clear(&w->call, 1);
    return ok;
}

bool objects_verify(struct objects *o, struct err *e) {
    struct verifying w = {.o = o, .a = &o->run.arena};
    bool ok = true;
    w.reader = (struct reader){
        .task = o->run.task, .dialect = o->run.identity.dialect, .stop = o->run.stop != NULL ? o->run.stop : &w.never};
    reader_init(&w.reader);
    for (size_t i = 0; ok && i < o->n; i++) {
        struct db_object *x = &o->items[i];
        bool there = x->selected && x->state == OBJECT_IS_CHECKED;
        if (there && x->kind == SQL_OBJECT_FUNCTION) {
            ok = verify_function(&w, x, e) || err_where(e, "function %s", x->name);
        } else if (there && (x->kind == SQL_OBJECT_PROCEDURE || x->kind == SQL_OBJECT_EVENT)) {
            x->compared = "not called: what it does is to change data";
        }
    }
    reader_clear(&w.reader);
    return ok;
}
