/* Makes the objects in the target. What an earlier run has made is taken away first, the last one first; then each is made in a transaction
 * of its own, with its row in godwit.object. */
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "engine/claim.h"
#include "engine/made_objects.h"
#include "objects/internal.h"
#include "sql/compat.h"

struct apply {
    struct objects *o;
    const struct objects_options *options;
    struct gauss_client *c;
    struct arena *a;
    bool triggers_off;
};

static void tell(const struct apply *p, const struct db_object *x) {
    if (p->options->told != NULL) {
        p->options->told(p->options->arg, p->o, x);
    }
}

static bool rollback(struct apply *p, struct err *e) {
    struct err other = ERR_INIT;
    if (!gauss_usable(p->c)) {
        return false;
    }
    if (gauss_tx_status(p->c) != 'I' && !gauss_exec(p->c, "ROLLBACK", &other)) {
        err_copy(e, &other);
        return false;
    }
    return true;
}

/* ---- what is to be there before ---- */

/* It is asked for, and not there as it would be made now. */
static bool to_do(const struct db_object *x) {
    return x->selected && !x->stays;
}

/* Changes that come from the source have fired its triggers there. Where the way back is prepared none come any more. */
static bool decide_triggers(struct apply *p, enum object_triggers how, struct err *e) {
    enum { CUTOVER_DONE = 2 }; /* follow/cutover.c */
    struct gauss_rows rows;
    p->triggers_off = how == OBJECT_TRIGGERS_DISABLED;
    if (how != OBJECT_TRIGGERS_AUTO) {
        return true;
    }
    char *sql = arena_printf(p->a,
                             "SELECT 1 FROM godwit.apply WHERE \"task\" = %s AND \"task\" NOT IN (SELECT \"task\" FROM "
                             "godwit.cutover WHERE \"state\" = %d UNION ALL SELECT \"task\" FROM godwit.reverse)",
                             str_literal_pg(p->a, p->o->run.name), (int)CUTOVER_DONE);
    if (!gauss_rows(p->c, p->a, sql, &rows, e)) {
        return err_where(e, "is the task online?");
    }
    p->triggers_off = rows.n > 0;
    return true;
}

/* ---- what an earlier run has made ---- */

/* What shows an object that is made anew has to be made anew with it; and what waited for one may be tried with it. */
static void select_dependents(struct objects *o, bool left) {
    for (size_t i = 0; i < o->n; i++) {
        struct db_object *x = &o->items[i];
        x->stays = left && x->state == OBJECT_IS_MIGRATED;
    }
    for (size_t i = 0; i < o->n; i++) { /* they stand behind it */
        struct db_object *x = &o->items[i];
        for (size_t k = 0; !to_do(x) && k < i; k++) {
            struct db_object *y = &o->items[k];
            bool with = (x->recorded && y->recorded && object_needs(o, x, y)) ||
                        (left && x->state == OBJECT_IS_WAITING && object_uses(o, x, y));
            if (to_do(y) && with) {
                x->selected = true;
                x->stays = false;
            }
        }
    }
}

static bool can_be_made(const struct db_object *x) {
    return to_do(x) && x->form.statements.n > 0 && (x->translated || x->edited);
}

static bool drop_one(struct apply *p, struct db_object *x, struct err *e) {
    struct err refused = ERR_INIT;
    bool ok = gauss_exec(p->c, "SAVEPOINT godwit_object", e);
    if (!ok) {
        return false;
    }
    for (size_t i = 0; ok && i < x->earlier.n; i++) {
        ok = gauss_exec(p->c, x->earlier.items[i], &refused);
    }
    if (ok) {
        x->recorded = false;
        x->state = x->state == OBJECT_IS_MIGRATED ? OBJECT_IS_WAITING : x->state;
        return gauss_exec(p->c, record_gone_sql(p->a, p->o, x), e) &&
               gauss_exec(p->c, made_trigger_forget_sql(p->a, p->o->run.name, x->name, x->kind == SQL_OBJECT_EVENT),
                          e) &&
               gauss_exec(p->c, "RELEASE SAVEPOINT godwit_object", e);
    }
    x->state = OBJECT_IS_FAILED;
    err_set(&x->error, ERR_TARGET_DDL, "the earlier one cannot be taken away: %s", refused.message);
    err_cause(&x->error, "%s", refused.cause);
    err_hint(&x->error, "something that godwit has not made needs it: drop that, then apply again");
    return gauss_usable(p->c) ? gauss_exec(p->c, "ROLLBACK TO SAVEPOINT godwit_object", e)
                              : (err_copy(e, &refused), false);
}

static bool drop_earlier(struct apply *p, bool all, struct err *e) {
    bool ok = gauss_exec(p->c, "BEGIN", e);
    for (size_t i = p->o->n; ok && i-- > 0;) {
        struct db_object *x = &p->o->items[i];
        if (x->recorded && (all ? x->selected : can_be_made(x))) {
            ok = drop_one(p, x, e);
        }
    }
    return ok && gauss_exec(p->c, "COMMIT", e);
}

/* ---- one object ---- */

/* What it uses is there, as far as that is among these objects? A program would be made all the same, and fail when it runs. */
static bool complete(const struct objects *o, struct db_object *x) {
    for (size_t i = 0; i < x->translation.nuses && !x->edited; i++) {
        const struct db_object *y = objects_used(o, &x->translation.uses[i]);
        if (y != NULL && y != x && y->state == OBJECT_IS_FAILED && !y->recorded) {
            x->state = OBJECT_IS_FAILED;
            return err_set(&x->error, ERR_OBJECT_NEEDS, "it uses the %s %s, which is not in the target",
                           object_kind_name(y->kind), y->name);
        }
    }
    return true;
}

/* The triggers that a table has: "oid name", for telling new ones. */
static bool triggers_of(struct apply *p, const struct table *t, struct gauss_rows *rows, struct err *e) {
    char *sql = arena_printf(p->a,
                             "SELECT t.oid, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN "
                             "pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND n.nspname = %s AND "
                             "c.relname = %s",
                             str_literal_pg(p->a, t->target_schema), str_literal_pg(p->a, t->target_name));
    return gauss_rows(p->c, p->a, sql, rows, e);
}

/* Those that are new are this object's. */
static bool note_new(struct apply *p, const struct db_object *x, const struct table *t, const struct gauss_rows *before,
                     struct err *e) {
    struct gauss_rows now;
    bool ok = triggers_of(p, t, &now, e);
    for (size_t i = 0; ok && i < now.n; i++) {
        const char *name = gauss_cell(&now, i, 1);
        bool known = false;
        for (size_t k = 0; k < before->n; k++) {
            known = known || str_eq(gauss_cell(before, k, 0), gauss_cell(&now, i, 0));
        }
        ok = known || ((!p->triggers_off || gauss_execf(p->c, e, "ALTER TABLE %s DISABLE TRIGGER %s",
                                                        target_table(p->a, t), str_quote_pg(p->a, name))) &&
                       made_trigger_note(p->c, p->o->run.name, x->name, t->target_schema, t->target_name, name,
                                         !p->triggers_off, e));
    }
    return ok;
}

/* Events run by themselves in openGauss B: what they do comes from the source as long as that is followed. */
static bool note_event(struct apply *p, struct db_object *x, struct err *e) {
    if (x->kind != SQL_OBJECT_EVENT || p->o->run.identity.dialect != DIALECT_OG_B || x->tree.disabled) {
        return true;
    }
    x->trigger_off = p->triggers_off;
    return made_event_note(p->c, p->o->run.name, x->name, p->o->target_schema, x->target_name, !p->triggers_off, e);
}

static bool compat_used(const struct db_object *x, const char *name) {
    char call[128];
    snprintf(call, sizeof call, SQL_COMPAT_SCHEMA ".%s(", name);
    for (size_t i = 0; i < x->form.statements.n; i++) {
        if (strstr(x->form.statements.items[i], call) != NULL) {
            return true;
        }
    }
    return false;
}

/* The functions of the compatibility schema that it uses: where one is refused, only what uses it fails. */
static bool make_compat(struct apply *p, const struct db_object *x, struct err *e) {
    struct gauss_rows rows;
    bool schema = false;
    for (size_t i = 0; i < sql_compat_count(); i++) {
        if (!compat_used(x, sql_compat_name(i))) {
            continue;
        }
        if (!schema &&
            !gauss_rows(p->c, p->a, "SELECT 1 FROM pg_namespace WHERE nspname = '" SQL_COMPAT_SCHEMA "'", &rows, e)) {
            return false;
        }
        if (!schema && rows.n == 0 && !gauss_exec(p->c, "CREATE SCHEMA " SQL_COMPAT_SCHEMA, e)) {
            return err_where(e, "schema " SQL_COMPAT_SCHEMA);
        }
        schema = true;
        const char **statements = sql_compat_statements(p->a, sql_compat_name(i));
        for (size_t k = 0; statements != NULL && statements[k] != NULL; k++) {
            if (!gauss_exec(p->c, statements[k], e)) {
                return err_where(e, "function %s of schema " SQL_COMPAT_SCHEMA, sql_compat_name(i));
            }
        }
    }
    return true;
}

/* openGauss B puts the function of a trigger written in MySQL's way into the first schema of the search path, wherever the trigger is:
 * in public only an administrator may have it. */
static bool own_schema_first(struct apply *p, struct err *e) {
    return p->o->run.identity.dialect != DIALECT_OG_B ||
           gauss_execf(p->c, e, "SET LOCAL search_path = %s, public", str_quote_pg(p->a, p->o->target_schema));
}

/* It parses the statements of a program when that is made, and does not know @variables without this. */
static bool know_user_variables(struct apply *p, struct err *e) {
    return p->o->run.identity.dialect != DIALECT_OG_B ||
           gauss_exec(p->c, "SET LOCAL enable_set_variable_b_format = on", e);
}

/* And it does not make a procedure that calls one which is not there: of a circle, the first ones are made unseen. */
static bool call_later(struct apply *p, const struct db_object *x, struct err *e) {
    return p->o->run.identity.dialect != DIALECT_OG_B || !x->calls_later ||
           gauss_exec(p->c, "SET LOCAL check_function_bodies = off", e);
}

static bool run_statements(struct apply *p, struct db_object *x, struct err *e) {
    const struct table *t = x->table == NULL ? NULL : schema_find_table(&p->o->run.db, x->table);
    struct gauss_rows before = {0};
    bool ok = gauss_exec(p->c, "BEGIN", e) && make_compat(p, x, e) && own_schema_first(p, e) &&
              know_user_variables(p, e) && call_later(p, x, e) && (t == NULL || triggers_of(p, t, &before, e));
    for (size_t i = 0; ok && i < x->form.statements.n; i++) {
        ok = gauss_exec(p->c, x->form.statements.items[i], e);
    }
    x->trigger_off = p->triggers_off && t != NULL;
    return ok && (t == NULL || note_new(p, x, t, &before, e)) && note_event(p, x, e);
}

/* False: the run cannot go on. */
static bool make(struct apply *p, struct db_object *x, struct err *e) {
    struct err refused = ERR_INIT;
    err_clear(&x->error);
    x->state = OBJECT_IS_MIGRATING;
    tell(p, x);
    x->state = OBJECT_IS_MIGRATED; /* as the row says that commits with it */
    log_info("object", "%s %s", object_kind_name(x->kind), x->name);
    if (run_statements(p, x, &refused) && gauss_exec(p->c, record_sql(p->a, p->o, x), &refused) &&
        claim_hold_fence(p->c, p->o->run.name, p->o->run.task->fence, &refused) &&
        gauss_exec(p->c, "COMMIT", &refused)) {
        x->recorded = true;
        x->earlier = x->form.drops;
        return true;
    }
    x->state = OBJECT_IS_FAILED;
    if (!rollback(p, e) || refused.code == ERR_TARGET_CLAIM_LOST) {
        err_copy(e, &refused);
        return false;
    }
    bool exists =
        str_eq(refused.sqlstate, "42P07") || str_eq(refused.sqlstate, "42723") || str_eq(refused.sqlstate, "42710");
    err_set(&x->error, ERR_TARGET_DDL, "the target refuses it: %s", refused.message);
    err_cause(&x->error, "%s", refused.cause);
    if (refused.where[0] != '\0') {
        err_where(&x->error, "%s", refused.where);
    }
    memcpy(x->error.sqlstate, refused.sqlstate, sizeof x->error.sqlstate);
    err_hint(&x->error,
             exists ? "something of that name is there that godwit has not made: drop it, then apply again"
                    : "godwit objects --translate DIR writes the statements; edit them, and apply with --from DIR");
    return true;
}

static bool stopped(const struct apply *p, struct err *e) {
    const atomic_bool *stop = p->o->run.stop;
    return stop != NULL && atomic_load(stop) && !err_set(e, ERR_CANCELLED, "stopped by request");
}

static bool make_all(struct apply *p, struct err *e) {
    for (size_t i = 0; i < p->o->n; i++) {
        struct db_object *x = &p->o->items[i];
        if (stopped(p, e)) {
            return false;
        }
        if (!to_do(x)) {
            continue;
        }
        bool stands = x->recorded; /* the earlier one could not be taken away */
        if (can_be_made(x) && !stands && complete(p->o, x) && !make(p, x, e)) {
            return false;
        }
        if (x->state == OBJECT_IS_FAILED && !stands && !gauss_exec(p->c, record_sql(p->a, p->o, x), e)) {
            return err_where(e, "godwit.object");
        }
        tell(p, x);
    }
    return true;
}

static bool begin(struct apply *p, struct err *e) {
    select_dependents(p->o, p->options->left);
    return checkpoint_prepare(p->c, e) && claim_lock(p->c, arena_printf(p->a, "objects of %s", p->o->run.name), e);
}

bool objects_drop(struct objects *o, struct err *e) {
    const struct objects_options all = {.drop = true};
    struct apply p = {.o = o, .options = &all, .c = o->run.target, .a = &o->run.arena};
    return (begin(&p, e) && drop_earlier(&p, true, e)) || err_where(e, "objects in the target");
}

bool objects_apply(struct objects *o, const struct objects_options *options, struct err *e) {
    struct apply p = {.o = o, .options = options, .c = o->run.target, .a = &o->run.arena};
    bool ok =
        begin(&p, e) && decide_triggers(&p, options->triggers, e) && drop_earlier(&p, false, e) && make_all(&p, e);
    return ok || err_where(e, "objects in the target");
}
