/* A load from end to end: look at both ends, make the tables, open the snapshot, run the pool, finish.
 *
 *   migrate_load
 *     run_connect      catalog, names and types, statements
 *     run_claim        the task becomes this run's; what the target knows of it: begin, resume, or refuse
 *     run_existing     tables that are in the way; the record begins anew
 *     run_tables       CREATE SCHEMA / TABLE
 *     run_rounds       snapshot + pool, again while the source comes back; one that has moved since is caught up with (moved.h)
 *     run_finish       foreign keys, triggers
 */
#include "engine/migrate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/claim.h"
#include "engine/load.h"
#include "engine/run.h"

static const char *task_name(struct run *r) {
    const struct task *t = r->task;
    const char *schema = t->target_schema != NULL ? t->target_schema : t->source_database;
    return t->name != NULL ? t->name : arena_printf(&r->arena, "%s -> %s", t->source_database, schema);
}

bool run_open_target(struct run *r, struct err *e) {
    r->name = task_name(r);
    return target_open(r->task, &r->arena, &r->target, &r->identity, e);
}

bool run_open(struct run *r, struct err *e) {
    return catalog_filter_valid(&r->task->tables, e) && source_open(r->task, &r->source, e) && run_open_target(r, e);
}

bool run_read(struct run *r, struct err *e) {
    const struct task *t = r->task;
    if (!catalog_read(r->source, &r->arena, t->source_database, &t->tables, &r->db, e)) {
        return err_where(e, "source catalog");
    }
    if (t->objects) {
        catalog_leave_to_objects(&r->db);
    }
    return r->db.ntables > 0 ||
           err_set(e, ERR_NOTHING_TO_DO, "database %s has no table that matches", t->source_database);
}

static bool read_indexes(struct run *r, struct err *e) {
    struct ddl_options *o = &r->ddl_options;
    struct gauss_rows rows;
    char *sql = arena_printf(&r->arena,
                             "SELECT i.relname, t.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
                             "JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = i.relnamespace "
                             "WHERE n.nspname = %s",
                             str_literal_pg(&r->arena, schema_target_schema(&r->arena, &r->db, o)));
    if (!gauss_rows(r->target, &r->arena, sql, &rows, e)) {
        return err_where(e, "indexes of the target");
    }
    struct target_index *indexes = arena_array(&r->arena, struct target_index, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        indexes[i] = (struct target_index){.name = gauss_cell(&rows, i, 0), .table = gauss_cell(&rows, i, 1)};
    }
    o->indexes = indexes;
    o->nindexes = rows.n;
    return true;
}

bool run_decide(struct run *r, struct err *e) {
    const struct task *t = r->task;
    r->ddl_options = (struct ddl_options){
        .types = {.dialect = r->identity.dialect,
                  .overrides = t->overrides,
                  .noverrides = t->noverrides,
                  .json_as_json = t->json_as_json,
                  .time_as_interval = t->time_as_interval},
        .target_schema = t->target_schema,
        .lower_names = r->db.lower_case_table_names != 0,
        .server_version = r->identity.version,
    };
    return read_indexes(r, e) && schema_resolve(&r->arena, &r->db, &r->ddl_options, e) &&
           ddl_make(&r->arena, &r->db, &r->ddl_options, &r->ddl, e);
}

bool run_connect(struct run *r, struct err *e) {
    return run_open(r, e) && run_read(r, e) && run_decide(r, e);
}

unsigned run_jobs(const struct task *t) {
    if (t->jobs > 0) {
        return t->jobs;
    }
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 4 ? 4 : cores > 16 ? 16 : (unsigned)cores;
}

void run_clear(struct run *r) {
    mysql_close(r->source);
    gauss_close(r->target);
    moved_clear(&r->moved);
    for (size_t i = 0; r->load.tables != NULL && i < r->db.ntables; i++) {
        free(r->load.tables[i].losses);
    }
    free(r->load.tables);
    arena_clear(&r->arena);
}

/* ---- definitions ---- */

static bool kept(const struct run *r, const struct table *t) {
    return t != NULL && r->keep[t - r->db.tables];
}

static bool run_statement(struct run *r, const struct ddl_statement *s, struct err *e) {
    char *name = run_step_name(&r->arena, s);
    if (checkpoint_has_step(&r->steps, name)) {
        return true;
    }
    if (checkpoint_run_step(r->target, &r->load.checkpoint, name, s->sql, e)) {
        return true;
    }
    if (e->code == ERR_TARGET_QUERY) {
        struct err cause = *e;
        bool data = str_starts(cause.sqlstate, "23");
        err_set(e, data ? ERR_TARGET_CONSTRAINT : ERR_TARGET_DDL, "%s: %s", s->object, cause.message);
        err_cause(e, "%s%s%.400s", cause.cause, cause.cause[0] != '\0' ? "; statement: " : "statement: ", s->sql);
        memcpy(e->sqlstate, cause.sqlstate, sizeof e->sqlstate);
    }
    return err_where(e, "%s", s->object);
}

static bool run_stage(struct run *r, enum ddl_stage from, enum ddl_stage to, struct err *e) {
    for (size_t i = 0; i < r->ddl.n; i++) {
        const struct ddl_statement *s = &r->ddl.statements[i];
        if (s->stage < from || s->stage > to || kept(r, s->table)) {
            continue;
        }
        if (atomic_load(r->stop)) {
            return err_set(e, ERR_CANCELLED, "stopped by request");
        }
        if (!run_statement(r, s, e)) {
            return false;
        }
    }
    return true;
}

/* CREATE SCHEMA is refused when it exists; that is no fault. */
static bool run_schema(struct run *r, struct err *e) {
    struct gauss_rows rows;
    char *sql = arena_printf(&r->arena, "SELECT count(*) FROM pg_namespace WHERE nspname = %s",
                             str_literal_pg(&r->arena, r->db.tables[0].target_schema));
    if (!gauss_rows(r->target, &r->arena, sql, &rows, e)) {
        return false;
    }
    bool exists = !str_eq(gauss_cell(&rows, 0, 0), "0");
    for (size_t i = 0; i < r->ddl.n; i++) {
        const struct ddl_statement *s = &r->ddl.statements[i];
        bool create_schema = s->stage == DDL_SCHEMA && str_istarts(s->sql, "CREATE SCHEMA");
        if (s->stage == DDL_SCHEMA && !(create_schema && exists) && !run_statement(r, s, e)) {
            return false;
        }
    }
    return true;
}

/* Each table's statements and the mark that the table is this task's own. */
static bool run_tables(struct run *r, struct err *e) {
    if (!run_schema(r, e)) {
        return false;
    }
    for (size_t i = 0; i < r->db.ntables; i++) {
        const struct table *t = &r->db.tables[i];
        char *mark = run_table_step(r, t);
        if (kept(r, t) || checkpoint_has_step(&r->steps, mark)) {
            continue;
        }
        struct buf sql;
        buf_init(&sql, 64u << 20);
        bool ok = true;
        for (size_t k = 0; ok && k < r->ddl.n; k++) {
            const struct ddl_statement *s = &r->ddl.statements[k];
            if (s->stage == DDL_TABLE && s->table == t) {
                ok = buf_printf(&sql, e, "%s%s", sql.len > 0 ? ";\n" : "", s->sql);
            }
        }
        ok = ok && buf_terminate(&sql, e);
        if (ok) {
            struct ddl_statement whole = {.stage = DDL_TABLE,
                                          .table = t,
                                          .object =
                                              arena_printf(&r->arena, "table %s.%s", t->target_schema, t->target_name),
                                          .sql = (char *)sql.data};
            ok = checkpoint_run_step(r->target, &r->load.checkpoint, mark, whole.sql, e);
            if (!ok && e->code == ERR_TARGET_QUERY) {
                struct err cause = *e;
                err_set(e, ERR_TARGET_DDL, "%s: %s", whole.object, cause.message);
                err_cause(e, "%s%sstatement: %.400s", cause.cause, cause.cause[0] != '\0' ? "; " : "", whole.sql);
                memcpy(e->sqlstate, cause.sqlstate, sizeof e->sqlstate);
            }
        }
        buf_clear(&sql);
        if (!ok) {
            return err_where(e, "definition");
        }
        if (atomic_load(r->stop)) {
            return err_set(e, ERR_CANCELLED, "stopped by request");
        }
    }
    return true;
}

/* ---- data and keys ---- */

static bool is_key_stage(enum ddl_stage s) {
    return s == DDL_PRIMARY || s == DDL_INDEX || s == DDL_COUNTER || s == DDL_ANALYZE;
}

/* What an earlier run, or this one, has committed counts; what was only believed to be does not. */
static void forget_counts(struct run *r) {
    for (size_t i = 0; i < r->db.ntables; i++) {
        struct load_table *t = &r->load.tables[i];
        t->rows = t->bytes = t->diverted = 0;
        t->chunks = 0;
        memset(t->losses, 0, r->db.tables[i].ncolumns * LOSS_COUNT * sizeof(uint64_t));
    }
    r->chunks_done = 0;
}

static void count_chunk(struct run *r, size_t table, const struct chunk_record *c, bool first) {
    struct load_table *t = &r->load.tables[table];
    t->rows += c->rows;
    t->bytes += c->bytes;
    t->diverted += c->diverted;
    t->chunks++;
    load_losses_parse(&r->load, table, c->losses);
    r->chunks_done++;
    if (first) {
        t->chunks_kept++;
        progress_chunk_done(r->load.progress, table, c->rows, c->bytes, c->diverted);
    }
}

static bool tells_position(const struct chunk_record *c) {
    return c->at.gtid[0] != '\0' || c->at.file[0] != '\0';
}

/* Fill the pool with what the target's records say is left. `first`: of this process. */
static bool fill_pool(struct run *r, bool first, struct err *e) {
    struct load *l = &r->load;
    struct chunk_list chunks = {0};
    if (!checkpoint_steps(r->target, &r->arena, r->name, &r->steps, e) ||
        !checkpoint_chunks(r->target, &r->arena, r->name, &chunks, e)) {
        return false;
    }
    forget_counts(r);
    r->mixed = false;
    progress_chunks_forget(l->progress);
    for (size_t i = 0; i < r->db.ntables; i++) {
        work_set_size(&l->work, i, r->db.tables[i].data_bytes + 1);
        if (checkpoint_has_step(&r->steps, checkpoint_plan_step(&r->arena, r->db.tables[i].name))) {
            work_set_planned(&l->work, i);
        }
    }
    for (size_t i = 0; i < chunks.n; i++) {
        struct chunk_record *c = &chunks.items[i];
        size_t table = run_table_index(r, c->table);
        if (table == SIZE_MAX) {
            return err_set(e, ERR_RESUME_NONE,
                           "the unfinished load has table %s, which is not part of this run: resume with the same "
                           "--table and --exclude",
                           c->table);
        }
        c->chunk.table = table;
        progress_chunk_step(l->progress, table, c->chunk.number, CHUNK_PLANNED);
        if (c->chunk.nbounds > chunk_key_of(&r->db.tables[table]).n) {
            return err_set(e, ERR_SOURCE_MOVED, "table %s no longer has the key that it was split by", c->table);
        }
        if (c->done) {
            count_chunk(r, table, c, first);
            r->mixed = r->mixed || (tells_position(c) && !run_read_there(c, &r->read_at));
            if (l->moved != NULL && !run_read_there(c, &l->at)) {
                work_set_moved(&l->work, table);
            }
            progress_chunk_step(l->progress, table, c->chunk.number, CHUNK_BEGUN);
            progress_chunk_step(l->progress, table, c->chunk.number, CHUNK_DONE);
        } else {
            work_add_chunk(&l->work, &c->chunk);
        }
        bool last_of_table = i + 1 == chunks.n || !str_eq(chunks.items[i + 1].table, c->table);
        if (last_of_table) {
            work_set_plan_after(&l->work, table, &c->chunk);
            progress_chunks(l->progress, table, c->chunk.number);
        }
    }
    for (size_t i = 0; i < r->ddl.n; i++) {
        const struct ddl_statement *s = &r->ddl.statements[i];
        bool wanted = is_key_stage(s->stage) && s->table != NULL &&
                      (!kept(r, s->table) || s->stage == DDL_ANALYZE || s->stage == DDL_COUNTER);
        if (wanted && !checkpoint_has_step(&r->steps, run_step_name(&r->arena, s))) {
            work_add_key(&l->work, (size_t)(s->table - r->db.tables), s);
        }
    }
    return true;
}

/* ---- rounds ---- */

/* The coordinator's own session idles for hours; it may be gone when it is needed again. */
static bool target_again(struct run *r, struct err *e) {
    struct gauss_rows rows;
    struct err lost = ERR_INIT;
    if (gauss_usable(r->target) && gauss_rows(r->target, &r->arena, "SELECT 1", &rows, &lost)) {
        return true;
    }
    gauss_close(r->target);
    r->target = NULL;
    /* The lock went with the session, or is still with it where the server has not noticed; another run may have taken the task since. */
    struct checkpoint *cp = &r->load.checkpoint;
    return target_open(r->task, &r->arena, &r->target, &r->identity, e) && claim_renew(r->target, cp, r->stop, e) &&
           claim_replace(r->target, cp, r->stop, e);
}

/* Open the snapshot for what is left to read, if anything is. */
static bool open_snapshot(struct run *r, struct snapshot *s, struct err *e) {
    struct load *l = &r->load;
    l->at = r->read_at;
    if (!work_needs_source(&l->work) && (!r->mixed || r->task->accept_moved)) {
        return true;
    }
    progress_phase(l->progress, PHASE_SNAPSHOT);
    if (!snapshot_open(r->task, &r->arena, &r->db, run_jobs(r->task), s, e)) {
        return false;
    }
    l->at = s->at;
    if (run_has_moved(r, s) && !run_catch_up(r, s, e)) {
        return false;
    }
    r->snapshot_how = s->how;
    r->lock_ms = s->lock_ms;
    if (r->chunks_done == 0) {
        r->read_at = s->at;
        if (!checkpoint_set_position(r->target, &l->checkpoint, &s->at, e)) {
            return false;
        }
    }
    r->resuming = true; /* from here on, a snapshot that takes a lost one's place may be of another moment */
    return true;
}

/* One snapshot's worth of work. Commits are asynchronous while loading, so a target that crashed may have forgotten some that
 * it had confirmed: after each pass everything is made durable and the records are read again, until nothing is left. */
static bool run_round(struct run *r, bool first_round, struct err *e) {
    struct load *l = &r->load;
    struct snapshot s = {0};
    bool ok = true, left = true;
    for (bool first_pass = true; ok && left; first_pass = false) {
        bool twice = first_pass && r->resuming; /* what is left depends on where the source is */
        work_init(&l->work, r->db.ntables, run_jobs(r->task));
        ok = (first_pass || target_again(r, e)) && checkpoint_flush(r->target, &l->checkpoint, e) &&
             fill_pool(r, first_round && first_pass && !twice, e) && (!first_pass || open_snapshot(r, &s, e));
        if (ok && twice) {
            work_clear(&l->work);
            work_init(&l->work, r->db.ntables, run_jobs(r->task));
            ok = fill_pool(r, first_round, e);
        }
        left = ok && !work_complete(&l->work);
        if (left) {
            progress_phase(l->progress, PHASE_LOAD);
            ok = load_run(l, &s, run_jobs(r->task), e);
        }
        work_clear(&l->work);
    }
    snapshot_close(&s);
    return ok && run_caught_up(r, e);
}

static bool run_rounds(struct run *r, struct err *e) {
    int64_t retry_ms = r->task->retry_ms > 0 ? r->task->retry_ms : 60000;
    int64_t give_up_us = 0;
    for (bool first = true;; first = false) {
        int64_t began_us = clock_mono_us();
        if (run_round(r, first, e)) {
            return true;
        }
        bool source_lost = e->code == ERR_SOURCE_LOST || e->code == ERR_SOURCE_CONNECT || e->code == ERR_SOURCE_TIMEOUT;
        if (!source_lost || atomic_load(r->stop)) {
            return false;
        }
        if (give_up_us == 0 || clock_mono_us() - began_us > retry_ms * 1000) {
            give_up_us = clock_mono_us() + retry_ms * 1000;
        }
        if (clock_mono_us() > give_up_us) {
            return false;
        }
        log_err("round_lost", e);
        clock_sleep_ms(500);
        struct err again = ERR_INIT;
        if (!target_again(r, &again)) {
            err_copy(e, &again);
            return false;
        }
        err_clear(e);
    }
}

static bool run_finish(struct run *r, struct err *e) {
    return checkpoint_steps(r->target, &r->arena, r->name, &r->steps, e) && run_stage(r, DDL_FK, DDL_TRIGGER, e) &&
           checkpoint_finish(r->target, &r->load.checkpoint, e);
}

/* ---- the run ---- */

static void tell_tables(struct run *r) {
    struct table_progress *p = arena_array(&r->arena, struct table_progress, r->db.ntables);
    for (size_t i = 0; i < r->db.ntables; i++) {
        const struct table *t = &r->db.tables[i];
        p[i] = (struct table_progress){
            .name = t->name,
            .target = arena_printf(&r->arena, "%s.%s", t->target_schema, t->target_name),
            .rows_estimate = t->rows_estimate,
            .bytes_estimate = t->data_bytes,
        };
        for (size_t k = 0; k < r->ddl.n; k++) {
            p[i].indexes += r->ddl.statements[k].table == t && is_key_stage(r->ddl.statements[k].stage);
        }
    }
    progress_tables(r->load.progress, p, r->db.ntables);
}

static bool prepare_load(struct run *r, struct err *e) {
    struct load *l = &r->load;
    l->task = r->task;
    l->dialect = r->identity.dialect;
    l->parallel_builds = l->dialect == DIALECT_PG && r->identity.version >= 110000;
    l->db = &r->db;
    l->stop = r->stop;
    l->tables = calloc(r->db.ntables, sizeof *l->tables);
    bool *binary = arena_array(&r->arena, bool, r->db.ntables);
    if (l->tables == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for %zu tables", r->db.ntables);
    }
    for (size_t i = 0; i < r->db.ntables; i++) {
        l->tables[i].losses = calloc(r->db.tables[i].ncolumns * LOSS_COUNT + 1, sizeof(uint64_t));
        if (l->tables[i].losses == NULL) {
            return err_set(e, ERR_MEMORY, "no memory for the loss ledger");
        }
    }
    if (!target_probe_binary(r->target, l->dialect, &r->db, binary, e)) {
        return false;
    }
    for (size_t i = 0; i < r->db.ntables; i++) {
        l->tables[i].binary = binary[i];
    }
    return true;
}

static bool run_all(struct run *r, struct err *e) {
    struct progress *p = r->load.progress;
    progress_phase(p, PHASE_CONNECT);
    if (!run_connect(r, e)) {
        return false;
    }
    tell_tables(r);
    progress_phase(p, PHASE_SCHEMA);
    if (!run_claim(r, e) || !run_existing(r, e)) {
        return false;
    }
    if (!run_tables(r, e) || !prepare_load(r, e) || !run_rounds(r, e)) {
        return false;
    }
    progress_phase(p, PHASE_FINISH);
    return run_finish(r, e);
}

/* Sessions that were ended, tables that are suddenly there: when another run has taken the task over, that is what happened. */
static void look_for_heir(struct run *r, struct err *e) {
    const struct checkpoint *cp = &r->load.checkpoint;
    if (cp->run == 0 || e->code == ERR_CANCELLED || e->code == ERR_TARGET_CLAIM_LOST) {
        return;
    }
    struct err ignored = ERR_INIT, lost = ERR_INIT;
    struct gauss_client *c = NULL;
    struct gauss_identity id;
    if (target_open(r->task, &r->arena, &c, &id, &ignored) && !claim_check(c, cp, &lost) &&
        lost.code == ERR_TARGET_CLAIM_LOST) {
        err_copy(e, &lost);
    }
    gauss_close(c);
}

bool migrate_load(const struct task *t, moved_find *find, struct progress *progress, atomic_bool *stop,
                  struct report *report, struct err *e) {
    struct run r = {.task = t, .stop = stop, .find = find};
    r.load.progress = progress;
    pthread_mutex_init(&r.load.lock, NULL);
    rate_init(&r.load.rate, t->rate_limit_bytes);
    int64_t from_us = clock_mono_us();
    bool ok = run_all(&r, e);
    /* Workers that stop because of each other must not hide why the first one did. */
    if (!ok && atomic_load(stop) && e->code != ERR_CANCELLED && e->retryable) {
        err_set(e, ERR_CANCELLED, "stopped by request");
    }
    if (!ok) {
        look_for_heir(&r, e);
        log_err("load_failed", e);
    }
    progress_phase(progress, ok ? PHASE_DONE : PHASE_FAILED);
    run_report(&r, ok, e, (double)(clock_mono_us() - from_us) / 1e6, report);
    run_clear(&r);
    rate_clear(&r.load.rate);
    pthread_mutex_destroy(&r.load.lock);
    return ok;
}
