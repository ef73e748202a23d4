/* See check.h. */
#include "objects/check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "check/reader.h"
#include "engine/source.h"
#include "engine/target.h"
#include "objects/internal.h"

enum { VIEW_ROWS = 1000 * 1000, TRIES = 8, DIFFERS_TIMES = 4, SAMPLED_VALUES = 20 };

struct checking {
    struct objects *o;
    const struct objects_check *how;
    struct arena *a;
    struct run views;           /* the same sessions, and the views as its tables */
    struct check_table *tables; /* by view */
    struct reader reader;
    atomic_bool never;
};

static void tell(const struct checking *c, const struct db_object *x) {
    if (c->how->told != NULL) {
        c->how->told(c->how->arg, c->o, x);
    }
}

static void become(const struct checking *c, struct db_object *x, enum object_step s) {
    x->state = s;
    tell(c, x);
}

static void differs(const struct checking *c, struct db_object *x, const char *what) {
    err_set(&x->error, ERR_CHECK_DIFFERENT, "%s", what);
    become(c, x, OBJECT_IS_CHECK_FAILED);
}

/* ---- views as tables ---- */

static const struct sql_table *columns_of(const struct objects *o, const struct db_object *x) {
    for (size_t i = 0; i < o->catalog.ntables; i++) {
        const struct sql_table *t = &o->catalog.tables[i];
        if (str_eq(t->name, x->name) && str_eq(t->schema, o->run.db.name)) {
            return t;
        }
    }
    return NULL;
}

static struct table table_of(struct checking *c, const struct db_object *x) {
    const struct sql_table *from = columns_of(c->o, x);
    struct table t = {.schema = c->o->run.db.name,
                      .name = arena_strdup(c->a, x->name),
                      .target_schema = arena_strdup(c->a, c->o->target_schema),
                      .target_name = arena_strdup(c->a, x->target_name),
                      .is_view = true,
                      .ncolumns = from != NULL ? from->ncolumns : 0};
    t.columns = arena_array(c->a, struct column, t.ncolumns + 1);
    for (size_t i = 0; i < t.ncolumns; i++) {
        const struct sql_column *s = &from->columns[i];
        t.columns[i] = (struct column){.name = arena_strdup(c->a, s->name),
                                       .target_name = arena_strdup(c->a, s->target_name),
                                       .ordinal = (int)i + 1,
                                       .type = *s->from,
                                       .target = *s->to,
                                       .nullable = true,
                                       .loaded = true};
    }
    return t;
}

static bool is_view_there(const struct db_object *x) {
    return x->kind == SQL_OBJECT_VIEW && x->selected && x->state == OBJECT_IS_CHECKING && x->source != NULL;
}

static bool plan_views(struct checking *c, struct err *e) {
    static const struct selection all = {0};
    struct objects *o = c->o;
    c->views = o->run;
    c->views.db.tables = arena_array(c->a, struct table, o->n + 1);
    c->views.db.ntables = 0;
    for (size_t i = 0; i < o->n; i++) {
        if (is_view_there(&o->items[i])) {
            c->views.db.tables[c->views.db.ntables++] = table_of(c, &o->items[i]);
        }
    }
    return c->views.db.ntables == 0 || check_tables_plan(&c->views, c->a, &all, &c->tables, e);
}

static struct check_table *plan_of(struct checking *c, const struct db_object *x) {
    for (size_t i = 0; i < c->views.db.ntables; i++) {
        if (str_eq(c->tables[i].t->name, x->name)) {
            return &c->tables[i];
        }
    }
    return NULL;
}

/* ---- what views show ---- */

struct shown {
    struct digest sum;
    uint64_t rows;
};

static bool add_row(void *arg, const uint8_t *row, size_t len, size_t key_len, struct err *e) {
    struct shown *s = arg;
    (void)key_len;
    (void)e;
    digest_add(&s->sum, digest_row(row, len));
    s->rows++;
    return true;
}

static bool same(const struct shown *x, const struct shown *y) {
    return x->rows == y->rows && digest_equal(x->sum, y->sum);
}

/* A session that broke off in the middle of an answer is of no more use. */
bool objects_sessions(struct objects *o, struct reader *reader, struct err *e) {
    struct run *r = &o->run;
    if (!gauss_usable(r->target) || gauss_tx_status(r->target) != 'I') {
        gauss_close(r->target);
        r->target = NULL;
        if (!target_open(r->task, &r->arena, &r->target, &r->identity, e)) {
            return false;
        }
    }
    if (!mysql_usable(r->source)) {
        mysql_close(r->source);
        r->source = NULL;
        if (!source_open(r->task, &r->source, e)) {
            return false;
        }
    }
    reader->source = r->source;
    reader->target = r->target;
    return mysql_exec(r->source, "COMMIT", e);
}

/* where: NULL: all rows. */
static bool read_side(struct checking *c, struct check_table *t, enum side side, const char *where, struct shown *out,
                      struct err *e) {
    *out = (struct shown){.rows = 0};
    c->reader.side = side;
    return objects_sessions(c->o, &c->reader, e) &&
           (where != NULL ? reader_read_plain(&c->reader, t, where, add_row, out, e)
                          : reader_read(&c->reader, t, "", add_row, out, e));
}

static bool count_side(struct checking *c, const struct check_table *t, enum side side, uint64_t *out, struct err *e) {
    struct mysql_rows m;
    struct gauss_rows g;
    if (!objects_sessions(c->o, &c->reader, e)) {
        return false;
    }
    bool ok = side == SIDE_SOURCE
                  ? mysql_rows(c->reader.source, c->a,
                               arena_printf(c->a, "SELECT COUNT(*) FROM %s.%s", str_quote_mysql(c->a, t->t->schema),
                                            str_quote_mysql(c->a, t->t->name)),
                               &m, e)
                  : gauss_rows(c->reader.target, c->a,
                               arena_printf(c->a, "SELECT count(*) FROM %s", target_table(c->a, t->t)), &g, e);
    *out = ok ? strtoull(side == SIDE_SOURCE ? mysql_cell(&m, 0, 0) : gauss_cell(&g, 0, 0), NULL, 10) : 0;
    return ok;
}

/* Rows with some of the values that a column of whole numbers has: a condition that both sides read alike. NULL: there is no such column. */
static bool sample(struct checking *c, const struct check_table *t, char *where[2], struct err *e) {
    where[SIDE_SOURCE] = where[SIDE_TARGET] = NULL;
    for (size_t i = 0; i < t->n && where[0] == NULL; i++) {
        const struct column *column = t->columns[i];
        bool whole = column->type.kind >= MYT_TINYINT && column->type.kind <= MYT_BIGINT;
        struct mysql_rows rows;
        char *name = str_quote_mysql(c->a, column->name), *list = "";
        if (!whole) {
            continue;
        }
        char *sql = arena_printf(c->a, "SELECT DISTINCT %s FROM %s.%s WHERE %s IS NOT NULL LIMIT %d", name,
                                 str_quote_mysql(c->a, t->t->schema), str_quote_mysql(c->a, t->t->name), name,
                                 (int)SAMPLED_VALUES);
        if (!mysql_rows(c->reader.source, c->a, sql, &rows, e)) {
            return false;
        }
        for (size_t k = 0; k < rows.n; k++) {
            list = arena_printf(c->a, "%s%s%s", list, k > 0 ? ", " : "", mysql_cell(&rows, k, 0));
        }
        if (rows.n > 0) {
            where[SIDE_SOURCE] = arena_printf(c->a, "%s IN (%s)", name, list);
            where[SIDE_TARGET] = arena_printf(c->a, "%s IN (%s)", str_quote_pg(c->a, column->target_name), list);
        }
    }
    return true;
}

/* One side's part of a comparison; what is told of a view depends on whose error it is. */
static bool side_failed(const struct checking *c, struct db_object *x, enum side side, const struct err *why) {
    if (side == SIDE_SOURCE) {
        x->compared = arena_printf(c->a, "the source does not show it: %s %s", why->message, why->cause);
        become(c, x, OBJECT_IS_MIGRATED);
    } else {
        err_set(&x->error, ERR_CHECK_DIFFERENT, "the target does not show it: %s", why->message);
        err_cause(&x->error, "%s", why->cause);
        become(c, x, OBJECT_IS_CHECK_FAILED);
    }
    return true;
}

static bool is_fatal(const struct err *e) {
    return e->code == ERR_CANCELLED || e->code == ERR_SOURCE_LOST || e->code == ERR_TARGET_LOST ||
           e->code == ERR_SOURCE_CONNECT || e->code == ERR_TARGET_CONNECT;
}

/* *stable: the source stayed the same meanwhile, so that the outcome counts. */
static bool compare_once(struct checking *c, struct db_object *x, struct check_table *t, char *const where[2],
                         bool counts_only, bool *stable, struct shown got[2], struct err *e) {
    struct err why = ERR_INIT;
    struct shown again;
    static const enum side order[] = {SIDE_SOURCE, SIDE_TARGET, SIDE_SOURCE};
    struct shown *to[] = {&got[SIDE_SOURCE], &got[SIDE_TARGET], &again};
    for (size_t i = 0; i < 3; i++) {
        if (i == 1 && c->how->applied != NULL && !c->how->applied(c->how->applied_arg, e)) {
            return false;
        }
        *to[i] = (struct shown){.rows = 0};
        bool ok = counts_only ? count_side(c, t, order[i], &to[i]->rows, &why)
                              : read_side(c, t, order[i], where[order[i]], to[i], &why);
        if (!ok && is_fatal(&why)) {
            err_copy(e, &why);
            return false;
        }
        if (!ok) {
            *stable = true;
            return side_failed(c, x, order[i], &why);
        }
    }
    *stable = same(&got[SIDE_SOURCE], &again);
    return true;
}

static const char *floating(const struct check_table *t) {
    for (size_t i = 0; i < t->n; i++) {
        if (t->columns[i]->target.kind == TK_FLOAT4 || t->columns[i]->target.kind == TK_FLOAT8) {
            return t->columns[i]->name;
        }
    }
    return NULL;
}

/* x->state stays 4 while nothing is to be said. */
static bool compare(struct checking *c, struct db_object *x, struct check_table *t, char *const where[2],
                    bool counts_only, struct err *e) {
    struct shown got[2];
    bool stable = false, decided = false;
    char text[160];
    const char *choice;
    /* While changes are followed what differs may be on its way, and a source that looks the same twice may have changed in between (a row came, another
     * went): only what differs each time does. */
    int wanted = c->how->applied != NULL ? DIFFERS_TIMES : 1, differed = 0;
    for (int i = 0; i < TRIES && !decided; i++) {
        if (!compare_once(c, x, t, where, counts_only, &stable, got, e)) {
            return false;
        }
        differed += stable && !same(&got[SIDE_SOURCE], &got[SIDE_TARGET]);
        decided = x->state != OBJECT_IS_CHECKING || (stable && same(&got[SIDE_SOURCE], &got[SIDE_TARGET])) ||
                  differed == wanted;
    }
    if (x->state != OBJECT_IS_CHECKING) {
        return true;
    }
    if (!decided) {
        x->compared = "not compared: what it shows changed each time it was read";
        become(c, x, OBJECT_IS_MIGRATED);
    } else if (same(&got[SIDE_SOURCE], &got[SIDE_TARGET])) {
        x->compared_rows = got[SIDE_SOURCE].rows;
    } else if (got[SIDE_SOURCE].rows != got[SIDE_TARGET].rows) {
        snprintf(text, sizeof text, "it shows %" PRIu64 " rows at the source, and %" PRIu64 " in the target",
                 got[SIDE_SOURCE].rows, got[SIDE_TARGET].rows);
        differs(c, x, text);
    } else if (floating(t) != NULL) { /* sums of such numbers depend on the order of the rows */
        x->compared = arena_printf(
            c->a, "not compared: %s is a floating point number, and not the same to the last bit", floating(t));
        become(c, x, OBJECT_IS_MIGRATED);
    } else if ((choice = object_open(c->o, x)) != NULL) {
        x->compared = arena_printf(c->a, "not compared: %s is each server's own choice, and not the same", choice);
        become(c, x, OBJECT_IS_MIGRATED);
    } else {
        snprintf(text, sizeof text, "its %" PRIu64 " rows are not the same on both sides", got[SIDE_SOURCE].rows);
        differs(c, x, text);
    }
    return true;
}

static bool check_view(struct checking *c, struct db_object *x, struct err *e) {
    struct check_table *t = plan_of(c, x);
    const char *changing = object_changing(c->o, x);
    uint64_t most = c->how->view_rows > 0 ? c->how->view_rows : VIEW_ROWS;
    char *where[2] = {NULL, NULL};
    if (t == NULL || t->not_checkable != NULL || changing != NULL) {
        x->compared = changing != NULL ? arena_printf(c->a, "not compared: %s gives another value each time", changing)
                                       : arena_printf(c->a, "not compared: %s", t != NULL ? t->not_checkable : "?");
        become(c, x, OBJECT_IS_MIGRATED);
        return true;
    }
    if (t->left_out != NULL) {
        differs(c, x, arena_printf(c->a, "the target's view has no column %s", t->left_out));
        return true;
    }
    if (!compare(c, x, t, where, true, e)) {
        return false;
    }
    if (x->state == OBJECT_IS_CHECKING && x->compared_rows <= most) {
        if (!compare(c, x, t, where, false, e)) {
            return false;
        }
    } else if (x->state == OBJECT_IS_CHECKING) {
        uint64_t all = x->compared_rows;
        if (!sample(c, t, where, e) || (where[0] != NULL && !compare(c, x, t, where, false, e))) {
            return false;
        }
        x->compared =
            arena_printf(c->a, "%" PRIu64 " rows were counted%s", all,
                         where[0] != NULL ? ", and a sample of them compared" : "; their values not compared");
    }
    if (x->state == OBJECT_IS_CHECKING) {
        become(c, x, OBJECT_IS_CHECKED);
    }
    return true;
}

/* ---- all ---- */

static bool check_all(struct checking *c, struct err *e) {
    struct objects *o = c->o;
    for (size_t i = 0; i < o->n; i++) {
        struct db_object *x = &o->items[i];
        bool gone = x->recorded && x->state == OBJECT_IS_WAITING && !x->present;
        if (x->selected && gone) {
            differs(c, x, "it is not in the target any more");
        } else if (x->selected && x->state == OBJECT_IS_MIGRATED) {
            become(c, x, OBJECT_IS_CHECKING);
        }
    }
    if (c->how->results && !plan_views(c, e)) {
        return false;
    }
    for (size_t i = 0; i < o->n; i++) {
        struct db_object *x = &o->items[i];
        if (is_view_there(x) && c->how->results) {
            log_info("object", "comparing what view %s shows", x->name);
            if (!check_view(c, x, e)) {
                return err_where(e, "view %s", x->name);
            }
        } else if (x->selected && x->state == OBJECT_IS_CHECKING && x->trigger_wrong != NULL) {
            differs(c, x, x->trigger_wrong);
        } else if (x->selected && x->state == OBJECT_IS_CHECKING) {
            become(c, x, OBJECT_IS_CHECKED);
        }
    }
    return true;
}

bool objects_check(struct objects *o, const struct objects_check *how, struct err *e) {
    struct checking c = {.o = o, .how = how, .a = &o->run.arena};
    c.reader = (struct reader){
        .task = o->run.task, .dialect = o->run.identity.dialect, .stop = o->run.stop != NULL ? o->run.stop : &c.never};
    reader_init(&c.reader);
    bool ok = objects_present(o, e) && check_all(&c, e);
    reader_clear(&c.reader);
    check_tables_clear(c.tables, c.views.db.ntables);
    return ok || err_where(e, "views and programs");
}
