/* Reads what SHOW CREATE tells of views, routines, triggers and events. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "objects/internal.h"
#include "schema/catalog_text.h"

struct reading {
    struct objects *o;
    struct arena *a;
    struct mysql_client *c;
    const char *db, *quoted; /* the database as a literal, and as a name */
    size_t cap;
};

static struct db_object *add(struct reading *r, enum sql_object_kind kind, const char *name) {
    struct objects *o = r->o;
    o->items = arena_grow(r->a, o->items, o->n, &r->cap, sizeof *o->items);
    o->items[o->n] = (struct db_object){
        .kind = kind, .name = arena_strdup(r->a, name), .selected = true, .state = OBJECT_IS_WAITING};
    return &o->items[o->n++];
}

/* `select` ends where the database's name belongs. */
static bool list(struct reading *r, struct mysql_rows *rows, struct err *e, const char *select) {
    char *sql = arena_printf(r->a, "%s%s", select, r->db);
    return mysql_rows(r->c, r->a, sql, rows, e) || err_where(e, "the source's catalog of objects");
}

static bool read_views(struct reading *r, struct err *e) {
    struct mysql_rows rows;
    if (!list(r, &rows, e, "SELECT TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ")) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        if (catalog_filter_match(&r->o->run.task->tables, mysql_cell(&rows, i, 0))) {
            add(r, SQL_OBJECT_VIEW, mysql_cell(&rows, i, 0));
        }
    }
    return true;
}

static bool read_routines(struct reading *r, struct err *e) {
    struct mysql_rows rows;
    if (!list(r, &rows, e,
              "SELECT ROUTINE_NAME, ROUTINE_TYPE FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ")) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        const char *name = mysql_cell(&rows, i, 0), *type = mysql_cell(&rows, i, 1);
        if (str_ieq(type, "FUNCTION") || str_ieq(type, "PROCEDURE")) {
            add(r, str_ieq(type, "FUNCTION") ? SQL_OBJECT_FUNCTION : SQL_OBJECT_PROCEDURE, name);
        } else { /* MariaDB's packages */
            objects_lacking(r->o, arena_printf(r->a, "%s %s: objects of this kind are not carried", type, name));
        }
    }
    return true;
}

static bool same_trigger(const struct mysql_rows *rows, size_t i, size_t j) {
    for (size_t k = 1; k <= 3; k++) {
        if (!str_eq(mysql_cell(rows, i, k), mysql_cell(rows, j, k))) {
            return false;
        }
    }
    return true;
}

static bool read_triggers(struct reading *r, struct err *e) {
    struct mysql_rows rows;
    if (!list(r, &rows, e,
              "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, EVENT_MANIPULATION, ACTION_TIMING, ACTION_ORDER"
              " FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ")) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        if (!catalog_filter_match(&r->o->run.task->tables, mysql_cell(&rows, i, 1))) {
            continue;
        }
        struct db_object *x = add(r, SQL_OBJECT_TRIGGER, mysql_cell(&rows, i, 0));
        x->table = arena_strdup(r->a, mysql_cell(&rows, i, 1));
        bool alone = true;
        for (size_t j = 0; j < rows.n; j++) {
            alone = alone && (i == j || !same_trigger(&rows, i, j));
        }
        x->place = alone ? 0 : (unsigned)catalog_u64(mysql_cell(&rows, i, 4));
    }
    return true;
}

static bool read_events(struct reading *r, struct err *e) {
    struct mysql_rows rows;
    if (!list(r, &rows, e, "SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ")) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        add(r, SQL_OBJECT_EVENT, mysql_cell(&rows, i, 0));
    }
    return true;
}

/* What the account may not see is this object's error, and no reason to stop. */
static bool show_create(struct reading *r, struct db_object *x, struct err *e) {
    static const struct {
        const char *word, *column, *grant;
    } kinds[] = {
        [SQL_OBJECT_VIEW] = {"VIEW", "Create View", "GRANT SHOW VIEW, SELECT"},
        [SQL_OBJECT_FUNCTION] = {"FUNCTION", "Create Function",
                                 "GRANT SHOW_ROUTINE ON *.* (MariaDB, MySQL 5: SELECT ON mysql.proc)"},
        [SQL_OBJECT_PROCEDURE] = {"PROCEDURE", "Create Procedure",
                                  "GRANT SHOW_ROUTINE ON *.* (MariaDB, MySQL 5: SELECT ON mysql.proc)"},
        [SQL_OBJECT_TRIGGER] = {"TRIGGER", "SQL Original Statement", "GRANT TRIGGER"},
        [SQL_OBJECT_EVENT] = {"EVENT", "Create Event", "GRANT EVENT"},
    };
    struct mysql_rows rows;
    struct err refused = ERR_INIT;
    char *sql =
        arena_printf(r->a, "SHOW CREATE %s %s.%s", kinds[x->kind].word, r->quoted, str_quote_mysql(r->a, x->name));
    bool ok = mysql_rows(r->c, r->a, sql, &rows, &refused);
    if (!ok && !mysql_usable(r->c)) {
        err_copy(e, &refused);
        return false;
    }
    const char *text = ok && rows.n == 1 ? mysql_cell_named(&rows, 0, kinds[x->kind].column) : NULL;
    if (text == NULL) {
        x->state = OBJECT_IS_FAILED;
        err_set(&x->error, ERR_OBJECT_UNREADABLE, "the source does not show the definition");
        err_cause(&x->error, "%s", refused.cause);
        err_hint(&x->error, "%s TO '%s'", kinds[x->kind].grant, r->o->run.task->source.user);
        err_copy(&x->no_translation, &x->error);
        return true;
    }
    x->source = arena_strdup(r->a, text);
    x->sql_mode = arena_strdup(r->a, mysql_cell_named(&rows, 0, "sql_mode"));
    x->charset = arena_strdup(r->a, mysql_cell_named(&rows, 0, "character_set_client"));
    x->collation = arena_strdup(r->a, mysql_cell_named(&rows, 0, "collation_connection"));
    return true;
}

static int by_kind_and_name(const void *a, const void *b) {
    const struct db_object *x = a, *y = b;
    return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind) : strcmp(x->name, y->name);
}

bool objects_read(struct objects *o, struct err *e) {
    const char *database = o->run.db.name;
    struct reading r = {.o = o, .a = &o->run.arena, .c = o->run.source};
    r.db = str_literal_mysql(r.a, database);
    r.quoted = str_quote_mysql(r.a, database);
    bool ok = read_views(&r, e) && read_routines(&r, e) && read_triggers(&r, e) && read_events(&r, e);
    if (ok && o->n > 0) {
        qsort(o->items, o->n, sizeof *o->items, by_kind_and_name); /* the same whatever the server's collation */
    }
    for (size_t i = 0; ok && i < o->n; i++) {
        ok = show_create(&r, &o->items[i], e);
    }
    return ok || err_where(e, "database %s", database);
}
