/* godwit.object: what became of each object, so that a later run can replace it, and translations that were edited are kept. */
#include <stdlib.h>

#include "base/log.h"
#include "base/str.h"
#include "objects/internal.h"

static char *list_text(struct arena *a, const struct object_texts *t) {
    json_t *list = json_array();
    for (size_t i = 0; i < t->n; i++) {
        json_array_append_new(list, json_string(t->items[i]));
    }
    char *text = json_dumps(list, JSON_COMPACT), *out = arena_strdup(a, text);
    free(text);
    json_decref(list);
    return out;
}

static struct object_texts list_read(struct arena *a, const char *text) {
    json_t *list = text == NULL ? NULL : json_loads(text, 0, NULL);
    size_t n = json_array_size(list);
    const char **items = arena_array(a, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *s = json_string_value(json_array_get(list, i));
        items[i] = arena_strdup(a, s == NULL ? "" : s);
    }
    json_decref(list);
    return (struct object_texts){items, n};
}

struct db_object *objects_find(const struct objects *o, const char *kind, const char *name) {
    for (size_t i = 0; i < o->n; i++) {
        if (str_eq(object_kind_name(o->items[i].kind), kind) && str_eq(o->items[i].name, name)) {
            return &o->items[i];
        }
    }
    return NULL;
}

/* And may it be read? A role that only checks need not have the right. */
static bool exists(struct objects *o, bool *there, struct err *e) {
    struct gauss_rows rows;
    bool ok = gauss_rows(
        o->run.target, &o->run.arena,
        "SELECT CASE WHEN has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, "
        "'SELECT') THEN 1 ELSE 0 END FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = "
        "'godwit' AND c.relname = 'object'",
        &rows, e);
    *there = ok && rows.n > 0 && str_eq(gauss_cell(&rows, 0, 0), "1");
    if (ok && rows.n > 0 && !*there) {
        log_warn("objects", "the role may not read godwit.object: what was made of views and programs is not known");
    }
    return ok || err_where(e, "looking for godwit.object");
}

bool record_read(struct objects *o, struct err *e) {
    struct arena *a = &o->run.arena;
    struct gauss_rows rows;
    bool there;
    if (!exists(o, &there, e)) {
        return false;
    }
    if (!there) {
        return true;
    }
    char *sql = arena_printf(a,
                             "SELECT \"kind\", \"name\", \"state\", \"source\", \"statements\", \"drops\", \"edited\" "
                             "FROM godwit.object WHERE \"task\" = %s",
                             str_literal_pg(a, o->run.name));
    if (!gauss_rows(o->run.target, a, sql, &rows, e)) {
        return err_where(e, "godwit.object");
    }
    for (size_t i = 0; i < rows.n; i++) {
        struct db_object *x = objects_find(o, gauss_cell(&rows, i, 0), gauss_cell(&rows, i, 1));
        if (x == NULL) { /* it has gone at the source */
            continue;
        }
        bool made = str_eq(gauss_cell(&rows, i, 2), "3");
        struct object_form form = {list_read(a, gauss_cell(&rows, i, 4)), list_read(a, gauss_cell(&rows, i, 5))};
        x->recorded = made;
        x->earlier = form.drops;
        if (str_eq(gauss_cell(&rows, i, 6), "1") && form.statements.n > 0) {
            x->edited = true;
            x->form = form;
            x->source_moved = !str_eq(gauss_cell(&rows, i, 3), x->source);
        }
        bool same = made && x->form.statements.n == form.statements.n;
        for (size_t k = 0; same && k < form.statements.n; k++) {
            same = str_eq(form.statements.items[k], x->form.statements.items[k]);
        }
        if (same) {
            x->state = OBJECT_IS_MIGRATED;
        } else if (x->edited) {
            x->state = OBJECT_IS_WAITING;
        }
        if (x->edited) { /* why there was no translation does not matter any more */
            err_clear(&x->error);
        }
    }
    return true;
}

bool objects_made(const struct task *t, bool *any, struct err *e) {
    struct objects o = {.run = {.task = t}};
    struct gauss_rows rows;
    bool there = false;
    *any = false;
    bool ok = run_open_target(&o.run, e) && exists(&o, &there, e);
    if (ok && there) {
        char *sql =
            arena_printf(&o.run.arena, "SELECT 1 FROM godwit.object WHERE \"task\" = %s AND \"state\" = %d LIMIT 1",
                         str_literal_pg(&o.run.arena, o.run.name), (int)OBJECT_IS_MIGRATED);
        ok = gauss_rows(o.run.target, &o.run.arena, sql, &rows, e) || err_where(e, "godwit.object");
        *any = ok && rows.n > 0;
    }
    run_clear(&o.run);
    return ok;
}

char *record_gone_sql(struct arena *a, const struct objects *o, const struct db_object *x) {
    return arena_printf(a,
                        "UPDATE godwit.object SET \"state\" = %d WHERE \"task\" = %s AND \"kind\" = '%s' AND \"name\" "
                        "= %s",
                        (int)OBJECT_IS_WAITING, str_literal_pg(a, o->run.name), object_kind_name(x->kind),
                        str_literal_pg(a, x->name));
}

char *record_sql(struct arena *a, const struct objects *o, const struct db_object *x) {
    char *task = str_literal_pg(a, o->run.name), *name = str_literal_pg(a, x->name), *error = NULL;
    if (x->error.code != ERR_NONE) {
        json_t *json = err_to_json(&x->error);
        char *text = json_dumps(json, JSON_COMPACT);
        error = str_literal_pg(a, text);
        free(text);
        json_decref(json);
    }
    const char *kind = object_kind_name(x->kind);
    return arena_printf(
        a,
        "DELETE FROM godwit.object WHERE \"task\" = %s AND \"kind\" = '%s' AND \"name\" = %s; INSERT INTO "
        "godwit.object (\"task\", \"kind\", \"name\", \"state\", \"source\", \"statements\", \"drops\", \"edited\", "
        "\"error\") VALUES (%s, '%s', %s, %d, %s, %s, %s, %d, %s)",
        task, kind, name, task, kind, name, (int)x->state, x->source == NULL ? "NULL" : str_literal_pg(a, x->source),
        str_literal_pg(a, list_text(a, &x->form.statements)), str_literal_pg(a, list_text(a, &x->form.drops)),
        x->edited ? 1 : 0, error == NULL ? "NULL" : error);
}
