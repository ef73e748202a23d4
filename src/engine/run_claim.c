/* What a run does about what is in the target already: the task, which may be another run's, finished or unfinished, and tables in
 * its way. See run.h. */
#include "base/log.h"
#include "base/str.h"
#include "engine/claim.h"
#include "engine/made_objects.h"
#include "engine/run.h"
#include "engine/target.h"
#include "gauss/slot.h"

/* ---- the task in the target ---- */

char *run_table_step(struct run *r, const struct table *t) {
    return arena_printf(&r->arena, "created %s", t->name);
}

static bool drop_table(struct run *r, const struct table *t, struct err *e) {
    log_info("drop_table", "%s.%s", t->target_schema, t->target_name);
    return checkpoint_drop(r->target, &r->load.checkpoint, ddl_drop_table(&r->arena, t, &r->ddl_options),
                           run_table_step(r, t), e) ||
           err_where(e, "dropping %s.%s", t->target_schema, t->target_name);
}

/* What shows the tables that are to be dropped, as far as this task has made it, and will make it again. */
static bool drop_objects(struct run *r, struct err *e) {
    return !r->task->objects || made_objects_drop(r->target, r->name, e);
}

/* --restart: what this task made goes, and only that. The chunks first: a run that goes on after a kill in here must not
 * take rows for loaded whose table is gone. */
static bool forget_task(struct run *r, struct err *e) {
    if (!checkpoint_forget_load(r->target, &r->load.checkpoint, e) || !drop_objects(r, e)) {
        return false;
    }
    for (size_t i = 0; i < r->db.ntables; i++) {
        if (checkpoint_has_step(&r->steps, run_table_step(r, &r->db.tables[i])) &&
            !drop_table(r, &r->db.tables[i], e)) {
            return false;
        }
    }
    r->steps = (struct step_list){0};
    return true;
}

/* Did an earlier run stop before it had loaded anything? Then there is nothing to lose by beginning again. Rows in its
 * tables that no chunk accounts for are somebody else's: those are left to --restart. */
static bool nothing_loaded(struct run *r, bool *nothing, struct err *e) {
    struct chunk_list chunks = {0};
    if (!checkpoint_chunks(r->target, &r->arena, r->name, &chunks, e)) {
        return false;
    }
    *nothing = true;
    for (size_t i = 0; i < chunks.n; i++) {
        *nothing = *nothing && !chunks.items[i].done;
    }
    for (size_t i = 0; *nothing && i < r->db.ntables; i++) {
        const struct table *t = &r->db.tables[i];
        struct gauss_rows rows;
        if (!checkpoint_has_step(&r->steps, run_table_step(r, t))) {
            continue;
        }
        char *sql = arena_printf(&r->arena, "SELECT 1 FROM %s LIMIT 1", target_table(&r->arena, t));
        if (!gauss_rows(r->target, &r->arena, sql, &rows, e)) {
            return err_where(e, "looking for rows in %s", t->target_name);
        }
        *nothing = rows.n == 0;
    }
    return true;
}

enum how { HOW_ANEW, HOW_FORGET, HOW_RESUME };

/* What is to become of what the target knows of this task. */
static bool decide(struct run *r, const struct task_record *record, enum how *how, struct err *e) {
    const struct task *t = r->task;
    bool nothing = false;
    *how = HOW_ANEW;
    switch (record->state) {
    case TASK_NONE:
        return !t->resume || t->resume_if_any || err_set(e, ERR_RESUME_NONE, "the target knows no task '%s'", r->name);
    case TASK_DONE:
        /* Its tables stay; whether they may be replaced is on_existing's question. */
        return !t->resume || err_set(e, ERR_RESUME_FINISHED, "task '%s' is finished already", r->name);
    case TASK_UNFINISHED:
        break;
    }
    *how = t->resume ? HOW_RESUME : HOW_FORGET;
    if (t->resume || t->restart) {
        return true;
    }
    return nothing_loaded(r, &nothing, e) &&
           (nothing || err_set(e, ERR_RESUME_NEEDED, "an unfinished load of task '%s' is in the target", r->name));
}

/* The coordinator's own session becomes the task's. Without a fence the task is not touched before it is known what to do with it; with one
 * it is taken first: what is known of it may change until it is. */
bool run_claim(struct run *r, struct err *e) {
    const struct task *t = r->task;
    struct checkpoint *cp = &r->load.checkpoint;
    struct task_record record, same;
    enum how how;
    bool fenced = t->fence > 0;
    bool ok = checkpoint_prepare(r->target, e);
    if (fenced) {
        ok = ok && claim_take(r->target, &r->arena, r->name, t->fence, r->stop, cp, &record, e) &&
             claim_replace(r->target, cp, r->stop, e);
    } else {
        ok = ok && claim_lock(r->target, r->name, e) && checkpoint_read(r->target, &r->arena, r->name, &record, e);
    }
    if (!ok || !checkpoint_steps(r->target, &r->arena, r->name, &r->steps, e) || !decide(r, &record, &how, e) ||
        (!fenced && !claim_take(r->target, &r->arena, r->name, 0, r->stop, cp, &same, e))) {
        return false;
    }
    r->resuming = how == HOW_RESUME;
    if (r->resuming) {
        r->read_at = record.at;
        return true;
    }
    if (how == HOW_FORGET) {
        return forget_task(r, e);
    }
    r->steps = (struct step_list){0};
    return true;
}

/* ---- tables that are there already ---- */

static bool table_exists(struct run *r, const struct table *t, bool *exists, struct err *e) {
    struct gauss_rows rows;
    char *sql = arena_printf(&r->arena,
                             "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                             "WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
                             str_literal_pg(&r->arena, t->target_schema), str_literal_pg(&r->arena, t->target_name));
    if (!gauss_rows(r->target, &r->arena, sql, &rows, e)) {
        return err_where(e, "looking for existing tables");
    }
    *exists = !str_eq(gauss_cell(&rows, 0, 0), "0");
    return true;
}

/* Which tables are in the way, and may they be? in_the_way[i]: table i is to be dropped. */
static bool look_for_existing(struct run *r, bool *in_the_way, struct err *e) {
    const struct task *t = r->task;
    r->keep = arena_array(&r->arena, bool, r->db.ntables);
    for (size_t i = 0; i < r->db.ntables; i++) {
        const struct table *table = &r->db.tables[i];
        bool exists = false;
        if (checkpoint_has_step(&r->steps, run_table_step(r, table))) {
            continue;
        }
        if (!table_exists(r, table, &exists, e)) {
            return false;
        }
        if (exists && t->on_existing == EXISTING_REFUSE) {
            return err_set(e, ERR_TARGET_EXISTS, "table %s.%s exists in the target", table->target_schema,
                           table->target_name);
        }
        r->keep[i] = exists && t->on_existing == EXISTING_APPEND;
        in_the_way[i] = exists && t->on_existing == EXISTING_OVERWRITE;
    }
    return true;
}

/* The slot of a way back that an earlier load of this name was given would keep the target's log for nobody. It is in use until the server
 * has noticed that its reader, whose task was taken, has gone. */
static bool forget_way_back(struct run *r, struct err *e) {
    enum { BUSY_MS = 10000 };
    struct gauss_rows rows;
    char *sql = arena_printf(&r->arena, "SELECT \"slot\" FROM godwit.reverse WHERE \"task\" = %s",
                             str_literal_pg(&r->arena, r->name));
    if (!gauss_rows(r->target, &r->arena, sql, &rows, e)) {
        return err_where(e, "godwit.reverse");
    }
    return rows.n == 0 || slot_drop_waiting(r->target, gauss_cell(&rows, 0, 0), BUSY_MS, e);
}

/* The task begins anew in the target's records before a table is dropped: a finished one is not finished any more. */
bool run_existing(struct run *r, struct err *e) {
    bool *in_the_way = arena_array(&r->arena, bool, r->db.ntables);
    if (!look_for_existing(r, in_the_way, e) || (!r->resuming && !forget_way_back(r, e)) ||
        (!r->resuming && !checkpoint_begin(r->target, &r->load.checkpoint, r->db.tables[0].target_schema, &r->db, e))) {
        return false;
    }
    bool shown = true;
    for (size_t i = 0; i < r->db.ntables; i++) {
        if (in_the_way[i] && shown && !drop_objects(r, e)) {
            return false;
        }
        shown = shown && !in_the_way[i];
        if (in_the_way[i] && !drop_table(r, &r->db.tables[i], e)) {
            return false;
        }
    }
    return true;
}
