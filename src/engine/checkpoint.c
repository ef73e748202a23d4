/* The godwit schema in the target. See checkpoint.h. */
#include "engine/checkpoint.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/claim.h"
#include "schema/model_json.h"

/* One statement a message: openGauss takes no IF NOT EXISTS everywhere, but it does for these two. NULL is never stored
 * where '' is meant to differ from it: openGauss A databases cannot tell them apart. */
static const char *const schema_sql[] = {
    "CREATE SCHEMA godwit",
    "CREATE TABLE IF NOT EXISTS godwit.task (\"name\" varchar(300) PRIMARY KEY, \"run\" bigint NOT NULL, \"state\" "
    "integer NOT NULL,"
    " \"target_schema\" text, \"source_server\" text, \"source_gtid\" text, \"source_file\" text, "
    "\"source_pos\" bigint,"
    " \"started_at\" timestamp with time zone DEFAULT now(), \"finished_at\" timestamp with time zone, \"fence\" "
    "bigint, \"model\" text)",
    "CREATE TABLE IF NOT EXISTS godwit.step (\"task\" varchar(300) NOT NULL, \"step_name\" varchar(1200) NOT NULL,"
    " \"done_at\" timestamp with time zone DEFAULT now(), PRIMARY KEY (\"task\", \"step_name\"))",
    "CREATE TABLE IF NOT EXISTS godwit.chunk (\"task\" varchar(300) NOT NULL, \"table_name\" varchar(300) NOT NULL,"
    " \"number\" integer NOT NULL, \"state\" integer NOT NULL, \"lower_bound\" text, \"upper_bound\" text, "
    "\"partition_name\" text,"
    " \"bytes_estimate\" bigint, \"row_count\" bigint, \"byte_count\" bigint, \"diverted\" bigint, \"losses\" text,"
    " \"source_gtid\" text, \"source_file\" text, \"source_pos\" bigint, \"loaded_at\" timestamp with time zone, "
    "\"digest\" text,"
    " PRIMARY KEY (\"task\", \"table_name\", \"number\"))",
    "CREATE TABLE IF NOT EXISTS godwit.rejected (\"task\" varchar(300) NOT NULL, \"table_name\" varchar(300) NOT NULL,"
    " \"chunk_number\" integer NOT NULL, \"row_key\" text, \"row_text\" text, \"sqlstate\" varchar(5), \"reason\" text,"
    " \"rejected_at\" timestamp with time zone DEFAULT now(), \"place\" text, \"statement\" text)",
    "CREATE TABLE IF NOT EXISTS godwit.apply (\"task\" varchar(300) PRIMARY KEY, \"in_order\" integer NOT NULL,"
    " \"shape\" varchar(16) NOT NULL, \"change\" bigint NOT NULL, \"source_server\" text, \"source_gtid\" text,"
    " \"source_file\" text, \"source_pos\" bigint, \"source_rows\" bigint, \"source_time\" bigint, \"losses\" text,"
    " \"moved_at\" timestamp with time zone)",
    "CREATE TABLE IF NOT EXISTS godwit.applied (\"task\" varchar(300) NOT NULL, \"first_change\" bigint NOT NULL,"
    " \"part\" integer NOT NULL, \"parts\" integer NOT NULL, \"changes\" bigint NOT NULL, \"digest\" varchar(16),"
    " \"cuts\" text, PRIMARY KEY (\"task\", \"first_change\", \"part\"))",
    "CREATE TABLE IF NOT EXISTS godwit.cutover (\"task\" varchar(300) PRIMARY KEY, \"state\" integer NOT NULL,"
    " \"was_read_only\" varchar(20), \"report\" text, \"changed_at\" timestamp with time zone DEFAULT now())",
    "CREATE TABLE IF NOT EXISTS godwit.compared (\"task\" varchar(300) PRIMARY KEY, \"source_server\" text,"
    " \"source_gtid\" text, \"source_file\" text, \"source_pos\" bigint, \"keys\" bigint,"
    " \"compared_at\" timestamp with time zone DEFAULT now())",
    "CREATE TABLE IF NOT EXISTS godwit.reverse (\"task\" varchar(300) PRIMARY KEY, \"state\" integer NOT NULL,"
    " \"slot\" varchar(63) NOT NULL, \"plugin\" varchar(63) NOT NULL, \"publication\" varchar(63) NOT NULL,"
    " \"position\" varchar(24), \"identities\" text, \"prepared_at\" timestamp with time zone DEFAULT now())",
    "CREATE TABLE IF NOT EXISTS godwit.object (\"task\" varchar(300) NOT NULL, \"kind\" varchar(20) NOT NULL, \"name\" "
    "varchar(300) NOT NULL, \"state\" integer NOT NULL, \"source\" text, \"statements\" text, \"drops\" text,"
    " \"edited\" integer NOT NULL, \"error\" text, \"changed_at\" timestamp with time zone DEFAULT now(),"
    " PRIMARY KEY (\"task\", \"kind\", \"name\"))",
    "CREATE TABLE IF NOT EXISTS godwit.source_trigger (\"task\" varchar(300) NOT NULL, \"name\" varchar(300) NOT NULL,"
    " \"table_schema\" varchar(300) NOT NULL, \"table_name\" varchar(300) NOT NULL, \"trigger_name\" varchar(300) NOT"
    " NULL, \"enabled\" integer NOT NULL)",
};

/* Does a table of the schema have a column? *table: the table itself is there. */
static bool has_column(struct gauss_client *c, const char *name, const char *column, bool *table, bool *has,
                       struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    char *sql = arena_printf(&a,
                             "SELECT a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
                             "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'godwit' "
                             "AND c.relname = '%s' AND a.attnum > 0 AND NOT a.attisdropped",
                             name);
    bool ok = gauss_rows(c, &a, sql, &rows, e);
    *table = ok && rows.n > 0;
    *has = false;
    for (size_t i = 0; ok && i < rows.n; i++) {
        *has = *has || str_eq(gauss_cell(&rows, i, 0), column);
    }
    arena_clear(&a);
    return ok ? true : err_where(e, "progress tables (schema godwit) in the target");
}

bool checkpoint_look(struct gauss_client *c, bool *exists, bool *digests, struct err *e) {
    return has_column(c, "chunk", "digest", exists, digests, e);
}

/* Runs that begin at one moment make the same things: who comes second is refused, in one of these ways, and finds it
 * there when it looks again. */
static bool made_by_another(const struct err *e) {
    static const char *const states[] = {"42P06", "42P07", "42701", "42710", "23505", "XX000"};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (str_eq(e->sqlstate, states[i])) {
            return true;
        }
    }
    return false;
}

static bool schema_exists(struct gauss_client *c, bool *exists, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    bool ok = gauss_rows(c, &a, "SELECT count(*) FROM pg_namespace WHERE nspname = 'godwit'", &rows, e);
    *exists = ok && rows.n == 1 && str_eq(gauss_cell(&rows, 0, 0), "1");
    arena_clear(&a);
    return ok;
}

/* Tables of an older godwit lack columns. */
static bool add_column(struct gauss_client *c, const char *table, const char *column, const char *type, struct err *e) {
    bool exists, has;
    return has_column(c, table, column, &exists, &has, e) &&
           (has || gauss_execf(c, e, "ALTER TABLE godwit.%s ADD COLUMN \"%s\" %s", table, column, type));
}

static bool prepare_once(struct gauss_client *c, struct err *e) {
    bool exists;
    bool ok = schema_exists(c, &exists, e);
    for (size_t i = exists ? 1 : 0; ok && i < sizeof schema_sql / sizeof schema_sql[0]; i++) {
        ok = gauss_exec(c, schema_sql[i], e);
    }
    return ok && add_column(c, "chunk", "digest", "text", e) && add_column(c, "task", "fence", "bigint", e) &&
           add_column(c, "task", "model", "text", e) && add_column(c, "rejected", "place", "text", e) &&
           add_column(c, "rejected", "statement", "text", e);
}

bool checkpoint_prepare(struct gauss_client *c, struct err *e) {
    enum { TRIES = 20, WAIT_MS = 100 };
    for (int i = 1;; i++) {
        if (prepare_once(c, e)) {
            return true;
        }
        if (i == TRIES || !gauss_usable(c) || !made_by_another(e)) {
            return err_where(e, "progress tables (schema godwit) in the target");
        }
        err_clear(e);
        clock_sleep_ms(WAIT_MS);
    }
}

static const char *text_or_empty(const char *s) {
    return s == NULL ? "" : s;
}

bool checkpoint_read(struct gauss_client *c, struct arena *a, const char *task, struct task_record *out,
                     struct err *e) {
    *out = (struct task_record){.at = {.server = "", .gtid = "", .file = ""}};
    struct gauss_rows rows;
    char *sql = arena_printf(
        a,
        "SELECT \"state\", \"source_server\", \"source_gtid\", \"source_file\", \"source_pos\", \"target_schema\" "
        "FROM godwit.task WHERE \"name\" = %s",
        str_literal_pg(a, task));
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return err_where(e, "task record");
    }
    if (rows.n > 0) {
        out->state = str_eq(gauss_cell(&rows, 0, 0), "1") ? TASK_DONE : TASK_UNFINISHED;
        out->at.server = gauss_text(&rows, 0, 1);
        out->at.gtid = gauss_text(&rows, 0, 2);
        out->at.file = gauss_text(&rows, 0, 3);
        out->at.pos = strtoull(gauss_text(&rows, 0, 4), NULL, 10);
        out->target_schema = arena_strdup(a, gauss_text(&rows, 0, 5));
    }
    return true;
}

/* ---- transactions of the run ---- */

/* End what a failed statement has left open. A failure of a run that was overtaken is that, whatever the statement's was. */
static bool given_up(struct gauss_client *c, const struct checkpoint *cp, struct err *e) {
    struct err other = ERR_INIT;
    if (gauss_usable(c) && gauss_tx_status(c) != 'I' && !gauss_exec(c, "ROLLBACK", &other)) {
        log_err("rollback", &other); /* the next use of the session reports it */
    }
    if (gauss_usable(c) && !claim_check(c, cp, &other) && other.code == ERR_TARGET_CLAIM_LOST) {
        err_copy(e, &other);
    }
    return false;
}

/* Statements, and the proof that this run may commit them, in one transaction. */
static bool run_owned(struct gauss_client *c, const struct checkpoint *cp, const char *sql, struct err *e) {
    bool ok = gauss_exec(c, "BEGIN", e) && gauss_exec(c, sql, e) && claim_hold(c, cp, e) && gauss_exec(c, "COMMIT", e);
    return ok || given_up(c, cp, e);
}

/* Change the task's row in a transaction that waits for the log to reach the disk, and with it all that was
 * written before. */
static bool update_task_durably(struct gauss_client *c, const struct checkpoint *cp, const char *assignments,
                                struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    char *sql = arena_printf(&a, "UPDATE godwit.task SET %s WHERE \"name\" = %s AND \"run\" = %" PRId64 " RETURNING 1",
                             assignments, str_literal_pg(&a, cp->task), cp->run);
    bool ok = gauss_exec(c, "BEGIN", e) && gauss_exec(c, "SET LOCAL synchronous_commit TO on", e) &&
              gauss_rows(c, &a, sql, &rows, e) && (rows.n == 1 || claim_lost(cp, e)) && gauss_exec(c, "COMMIT", e);
    ok = ok || given_up(c, cp, e);
    arena_clear(&a);
    return ok ? true : err_where(e, "task record");
}

bool checkpoint_flush(struct gauss_client *c, const struct checkpoint *cp, struct err *e) {
    return update_task_durably(c, cp, "\"run\" = \"run\"", e);
}

bool checkpoint_finish(struct gauss_client *c, const struct checkpoint *cp, struct err *e) {
    return update_task_durably(c, cp, "\"state\" = 1, \"finished_at\" = now()", e);
}

bool checkpoint_set_position(struct gauss_client *c, const struct checkpoint *cp, const struct position *at,
                             struct err *e) {
    struct arena a = ARENA_INIT;
    char *set = arena_printf(
        &a, "\"source_server\" = %s, \"source_gtid\" = %s, \"source_file\" = %s, \"source_pos\" = %" PRIu64,
        str_literal_pg(&a, at->server), str_literal_pg(&a, at->gtid), str_literal_pg(&a, at->file), at->pos);
    bool ok = update_task_durably(c, cp, set, e);
    arena_clear(&a);
    return ok;
}

bool checkpoint_forget_load(struct gauss_client *c, const struct checkpoint *cp, struct err *e) {
    struct arena a = ARENA_INIT;
    char *task = str_literal_pg(&a, cp->task);
    char *sql =
        arena_printf(&a,
                     "DELETE FROM godwit.chunk WHERE \"task\" = %s; DELETE FROM godwit.rejected WHERE \"task\" = "
                     "%s; DELETE FROM godwit.step WHERE \"task\" = %s AND \"step_name\" NOT LIKE 'created %%'",
                     task, task, task);
    bool ok = run_owned(c, cp, sql, e);
    arena_clear(&a);
    return ok ? true : err_where(e, "task record");
}

bool checkpoint_drop(struct gauss_client *c, const struct checkpoint *cp, const char *drop_sql, const char *step,
                     struct err *e) {
    struct arena a = ARENA_INIT;
    char *sql = arena_printf(&a, "%s; DELETE FROM godwit.step WHERE \"task\" = %s AND \"step_name\" = %s", drop_sql,
                             str_literal_pg(&a, cp->task), str_literal_pg(&a, step));
    bool ok = run_owned(c, cp, sql, e);
    arena_clear(&a);
    return ok;
}

/* ---- the source's definitions ---- */

static char *model_literal(struct arena *a, const struct database *db) {
    json_t *json = model_to_json(db);
    char *text = json_dumps(json, JSON_COMPACT), *literal = str_literal_pg(a, text);
    free(text);
    json_decref(json);
    return literal;
}

char *checkpoint_model_sql(struct arena *a, const char *task, const struct database *db) {
    return arena_printf(a, "UPDATE godwit.task SET \"model\" = %s WHERE \"name\" = %s", model_literal(a, db),
                        str_literal_pg(a, task));
}

bool checkpoint_model(struct gauss_client *c, struct arena *a, const char *task, struct database **out, struct err *e) {
    struct gauss_rows rows;
    char *sql = arena_printf(a, "SELECT \"model\" FROM godwit.task WHERE \"name\" = %s", str_literal_pg(a, task));
    *out = NULL;
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return err_where(e, "task record");
    }
    const char *text = rows.n > 0 ? gauss_text(&rows, 0, 0) : "";
    if (text[0] == '\0') {
        return true;
    }
    json_t *json = json_loads(text, 0, NULL);
    *out = arena_array(a, struct database, 1);
    bool ok = model_from_json(a, json, *out, e);
    json_decref(json);
    return ok || err_where(e, "task record");
}

/* ---- the task ---- */

/* Of a way back that was prepared before nothing can be used any more: it is as if that was under way (follow/way_back.h). A fence of the
 * source that a cut-over has left on stays known: that has to be taken back. */
bool checkpoint_begin(struct gauss_client *c, const struct checkpoint *cp, const char *target_schema,
                      const struct database *db, struct err *e) {
    struct arena a = ARENA_INIT;
    char *task = str_literal_pg(&a, cp->task);
    char *sql = arena_printf(
        &a,
        "DELETE FROM godwit.chunk WHERE \"task\" = %s; DELETE FROM godwit.rejected WHERE \"task\" = "
        "%s; DELETE FROM godwit.step WHERE \"task\" = %s; DELETE FROM godwit.applied WHERE \"task\" = "
        "%s; DELETE FROM godwit.apply WHERE \"task\" = %s; DELETE FROM godwit.cutover WHERE \"task\" = %s AND "
        "\"state\" <> 1; DELETE FROM godwit.compared WHERE \"task\" = %s; UPDATE godwit.reverse SET \"state\" = 1, "
        "\"identities\" = '{}' WHERE \"task\" = %s; UPDATE "
        "godwit.task SET \"state\" = 0, "
        "\"target_schema\" = %s, \"model\" = %s, \"source_server\" = '', \"source_gtid\" = '', \"source_file\" = '', "
        "\"source_pos\" = 0, \"started_at\" = now(), \"finished_at\" = NULL WHERE \"name\" = %s",
        task, task, task, task, task, task, task, task, str_literal_pg(&a, target_schema), model_literal(&a, db), task);
    bool ok = run_owned(c, cp, sql, e);
    arena_clear(&a);
    return ok ? true : err_where(e, "task record");
}

/* ---- definitions ---- */

static int by_name(const void *x, const void *y) {
    return strcmp(*(char *const *)x, *(char *const *)y);
}

bool checkpoint_steps(struct gauss_client *c, struct arena *a, const char *task, struct step_list *out, struct err *e) {
    struct gauss_rows rows;
    char *sql = arena_printf(a, "SELECT \"step_name\" FROM godwit.step WHERE \"task\" = %s", str_literal_pg(a, task));
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return err_where(e, "steps done");
    }
    out->n = rows.n;
    out->names = arena_array(a, char *, rows.n);
    for (size_t i = 0; i < rows.n; i++) {
        out->names[i] = arena_strdup(a, gauss_cell(&rows, i, 0));
    }
    /* Sorted here, not by the server: its collation need not be strcmp's. */
    if (out->n > 0) {
        qsort(out->names, out->n, sizeof *out->names, by_name);
    }
    return true;
}

bool checkpoint_has_step(const struct step_list *l, const char *name) {
    return l->n > 0 && bsearch(&name, l->names, l->n, sizeof *l->names, by_name) != NULL;
}

/* The record of a step. */
static char *step_sql(struct arena *a, const struct checkpoint *cp, const char *name) {
    return arena_printf(a, "INSERT INTO godwit.step (\"task\", \"step_name\") VALUES (%s, %s)",
                        str_literal_pg(a, cp->task), str_literal_pg(a, name));
}

bool checkpoint_run_step(struct gauss_client *c, const struct checkpoint *cp, const char *name, const char *sql,
                         struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = (gauss_exec(c, "BEGIN", e) && gauss_exec(c, sql, e) && gauss_exec(c, step_sql(&a, cp, name), e) &&
               claim_hold(c, cp, e) && gauss_exec(c, "COMMIT", e)) ||
              given_up(c, cp, e);
    arena_clear(&a);
    return ok;
}

bool checkpoint_note_step(struct gauss_client *c, const struct checkpoint *cp, const char *name, struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = run_owned(c, cp, step_sql(&a, cp, name), e);
    arena_clear(&a);
    return ok;
}

char *checkpoint_plan_step(struct arena *a, const char *table) {
    return arena_printf(a, "plan %s", table);
}

/* ---- chunks ---- */

bool checkpoint_chunks(struct gauss_client *c, struct arena *a, const char *task, struct chunk_list *out,
                       struct err *e) {
    struct gauss_rows rows;
    char *sql = arena_printf(
        a,
        "SELECT \"table_name\", \"number\", \"state\", \"lower_bound\", \"upper_bound\", \"partition_name\", "
        "\"bytes_estimate\", \"row_count\", \"byte_count\", \"diverted\", \"losses\", \"digest\", \"source_gtid\", "
        "\"source_file\", \"source_pos\" FROM godwit.chunk WHERE \"task\" = %s ORDER BY 1, 2",
        str_literal_pg(a, task));
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return err_where(e, "chunks done");
    }
    out->n = rows.n;
    out->items = arena_array(a, struct chunk_record, rows.n);
    for (size_t i = 0; i < rows.n; i++) {
        struct chunk_record *r = &out->items[i];
        r->table = arena_strdup(a, gauss_cell(&rows, i, 0));
        r->chunk.number = (unsigned)strtoul(gauss_cell(&rows, i, 1), NULL, 10);
        r->done = str_eq(gauss_cell(&rows, i, 2), "1");
        if (!chunk_bounds_parse(a, gauss_cell(&rows, i, 3), &r->chunk.lower, &r->chunk.nbounds) ||
            !chunk_bounds_parse(a, gauss_cell(&rows, i, 4), &r->chunk.upper, &r->chunk.nbounds)) {
            return err_set(e, ERR_INTERNAL, "godwit.chunk holds bounds that cannot be read (table %s, chunk %u)",
                           r->table, r->chunk.number);
        }
        const char *partition = gauss_text(&rows, i, 5);
        r->chunk.partition = partition[0] == '\0' ? NULL : arena_strdup(a, partition);
        r->chunk.bytes_estimate = strtoull(gauss_text(&rows, i, 6), NULL, 10);
        r->rows = strtoull(gauss_text(&rows, i, 7), NULL, 10);
        r->bytes = strtoull(gauss_text(&rows, i, 8), NULL, 10);
        r->diverted = strtoull(gauss_text(&rows, i, 9), NULL, 10);
        r->losses = arena_strdup(a, gauss_text(&rows, i, 10));
        r->digest = arena_strdup(a, gauss_text(&rows, i, 11));
        r->at = (struct position){.server = "",
                                  .gtid = arena_strdup(a, gauss_text(&rows, i, 12)),
                                  .file = arena_strdup(a, gauss_text(&rows, i, 13)),
                                  .pos = strtoull(gauss_text(&rows, i, 14), NULL, 10)};
    }
    return true;
}

bool checkpoint_loaders(struct gauss_client *c, struct arena *a, const char *target_schema, struct table_loader **out,
                        size_t *n, struct err *e) {
    struct gauss_rows rows;
    char *sql = arena_printf(a,
                             "SELECT c.\"table_name\", c.\"task\", max(c.\"loaded_at\") FROM godwit.chunk c "
                             "JOIN godwit.task t ON t.\"name\" = c.\"task\" WHERE t.\"target_schema\" = %s "
                             "AND c.\"state\" = 1 GROUP BY c.\"table_name\", c.\"task\" ORDER BY 1, 3",
                             str_literal_pg(a, target_schema));
    *n = 0;
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return err_where(e, "what was loaded");
    }
    *out = arena_array(a, struct table_loader, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        bool last = i + 1 == rows.n || !str_eq(gauss_cell(&rows, i, 0), gauss_cell(&rows, i + 1, 0));
        if (last) {
            (*out)[(*n)++] = (struct table_loader){.table = arena_strdup(a, gauss_cell(&rows, i, 0)),
                                                   .task = arena_strdup(a, gauss_cell(&rows, i, 1))};
        }
    }
    return true;
}

bool checkpoint_plan(struct gauss_client *c, const struct checkpoint *cp, const char *table, const struct chunk *chunks,
                     size_t n, bool complete, struct err *e) {
    struct arena a = ARENA_INIT;
    struct buf b;
    buf_init(&b, 256u << 20);
    char *task = str_literal_pg(&a, cp->task), *name = str_literal_pg(&a, table);
    bool ok = buf_puts(&b, "BEGIN; SET LOCAL synchronous_commit TO on; ", e);
    for (size_t i = 0; ok && i < n; i++) {
        ok = buf_printf(
            &b, e, "%s(%s, %s, %u, 0, %s, %s, %s, %" PRIu64 ")",
            i == 0 ? "INSERT INTO godwit.chunk (\"task\", \"table_name\", \"number\", \"state\", \"lower_bound\", "
                     "\"upper_bound\", \"partition_name\", \"bytes_estimate\") VALUES "
                   : ", ",
            task, name, chunks[i].number, str_literal_pg(&a, chunk_bounds_text(&a, chunks[i].lower, chunks[i].nbounds)),
            str_literal_pg(&a, chunk_bounds_text(&a, chunks[i].upper, chunks[i].nbounds)),
            str_literal_pg(&a, text_or_empty(chunks[i].partition)), chunks[i].bytes_estimate);
    }
    if (ok && complete) {
        ok = buf_printf(&b, e, "; INSERT INTO godwit.step (\"task\", \"step_name\") VALUES (%s, %s)", task,
                        str_literal_pg(&a, checkpoint_plan_step(&a, table)));
    }
    /* The proof's row is the last result; it costs no round trip of its own. */
    struct gauss_rows owner;
    ok = ok && buf_printf(&b, e, "; %s", claim_hold_sql(&a, cp)) && buf_terminate(&b, e);
    ok = ok && ((gauss_rows(c, &a, (char *)b.data, &owner, e) && (owner.n == 1 || claim_lost(cp, e)) &&
                 gauss_exec(c, "COMMIT", e)) ||
                given_up(c, cp, e));
    buf_clear(&b);
    arena_clear(&a);
    return ok ? true : err_where(e, "plan of %s", table);
}

bool checkpoint_chunk_done(struct gauss_client *c, const struct checkpoint *cp, const char *table,
                           const struct chunk *chunk, const struct position *at, uint64_t rows, uint64_t bytes,
                           uint64_t diverted, const char *losses, const char *digest, struct err *e) {
    struct arena a = ARENA_INIT;
    char *task = str_literal_pg(&a, cp->task);
    struct gauss_rows marked;
    char *mark_sql = arena_printf(
        &a,
        "UPDATE godwit.chunk SET \"state\" = 1, \"row_count\" = %" PRIu64 ", \"byte_count\" = %" PRIu64
        ", \"diverted\" = %" PRIu64 ", \"losses\" = %s, \"digest\" = %s, \"source_gtid\" = %s, \"source_file\" = %s, "
        "\"source_pos\" = %" PRIu64 ", \"loaded_at\" = now() WHERE \"task\" = %s AND \"table_name\" = %s "
        "AND \"number\" = %u AND \"state\" = 0",
        rows, bytes, diverted, str_literal_pg(&a, losses), str_literal_pg(&a, digest), str_literal_pg(&a, at->gtid),
        str_literal_pg(&a, at->file), at->pos, task, str_literal_pg(&a, table), chunk->number);
    bool ok = claim_hold(c, cp, e) && gauss_rows(c, &a, mark_sql, &marked, e);
    if (ok && marked.affected != 1) {
        ok = err_set(e, ERR_TARGET_CLAIM_LOST, "chunk %u of %s is no longer this run's to load", chunk->number, table);
    }
    arena_clear(&a);
    return ok;
}

bool checkpoint_read_again(struct gauss_client *c, const struct checkpoint *cp, const char *table,
                           const struct checkpoint_again *again, struct err *e) {
    struct arena a = ARENA_INIT;
    char *task = str_literal_pg(&a, cp->task), *name = str_literal_pg(&a, table);
    char *gtid = str_literal_pg(&a, again->at->gtid), *file = str_literal_pg(&a, again->at->file);
    char *sql = arena_printf(
        &a,
        "INSERT INTO godwit.chunk (\"task\", \"table_name\", \"number\", \"state\", \"lower_bound\", \"upper_bound\", "
        "\"partition_name\", \"bytes_estimate\", \"row_count\", \"byte_count\", \"diverted\", \"losses\", "
        "\"source_gtid\", "
        "\"source_file\", \"source_pos\", \"loaded_at\", \"digest\") SELECT %s, %s, max(\"number\") + 1, 1, '', '', "
        "'', 0, "
        "%" PRId64 ", %" PRIu64 ", %" PRIu64 ", %s, %s, %s, %" PRIu64
        ", now(), '' FROM godwit.chunk WHERE \"task\" = %s AND \"table_name\" "
        "= %s; UPDATE godwit.chunk SET \"source_gtid\" = %s, \"source_file\" = %s, \"source_pos\" = %" PRIu64
        ", \"digest\" = '' WHERE "
        "\"task\" = %s AND \"table_name\" = %s",
        task, name, (int64_t)(again->rows - again->diverted - again->gone), again->bytes, again->diverted,
        str_literal_pg(&a, again->losses), gtid, file, again->at->pos, task, name, gtid, file, again->at->pos, task,
        name);
    if (again->gone == 0 && again->rows == 0) {
        sql =
            arena_printf(&a,
                         "UPDATE godwit.chunk SET \"source_gtid\" = %s, \"source_file\" = %s, \"source_pos\" = %" PRIu64
                         " WHERE \"task\" = %s AND \"table_name\" = %s",
                         gtid, file, again->at->pos, task, name);
    }
    bool ok = gauss_exec(c, sql, e) && claim_hold(c, cp, e);
    arena_clear(&a);
    return ok;
}

bool checkpoint_load_anew(struct gauss_client *c, const struct checkpoint *cp, const char *table, const char *empty_sql,
                          struct err *e) {
    struct arena a = ARENA_INIT;
    char *task = str_literal_pg(&a, cp->task), *name = str_literal_pg(&a, table);
    char *sql =
        arena_printf(&a,
                     "%s; DELETE FROM godwit.chunk WHERE \"task\" = %s AND \"table_name\" = %s; DELETE FROM "
                     "godwit.rejected WHERE \"task\" = %s AND \"table_name\" = %s; DELETE FROM godwit.step WHERE "
                     "\"task\" = %s AND \"step_name\" = %s",
                     empty_sql, task, name, task, name, task, str_literal_pg(&a, checkpoint_plan_step(&a, table)));
    bool ok = run_owned(c, cp, sql, e);
    arena_clear(&a);
    return ok || err_where(e, "loading %s anew", table);
}

bool checkpoint_chunk_is_done(struct gauss_client *c, const struct checkpoint *cp, const char *table, unsigned number,
                              bool *done, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    char *sql = arena_printf(
        &a, "SELECT \"state\" FROM godwit.chunk WHERE \"task\" = %s AND \"table_name\" = %s AND \"number\" = %u",
        str_literal_pg(&a, cp->task), str_literal_pg(&a, table), number);
    bool ok = gauss_rows(c, &a, sql, &rows, e);
    *done = ok && rows.n == 1 && str_eq(gauss_cell(&rows, 0, 0), "1");
    arena_clear(&a);
    return ok;
}

bool checkpoint_reject(struct gauss_client *c, const struct checkpoint *cp, const char *table, unsigned chunk,
                       const char *key, const char *row, const char *sqlstate, const char *reason, struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = gauss_execf(
        c, e,
        "INSERT INTO godwit.rejected (\"task\", \"table_name\", \"chunk_number\", \"row_key\", \"row_text\", "
        "\"sqlstate\", \"reason\") VALUES (%s, %s, %u, %s, %s, %s, %s)",
        str_literal_pg(&a, cp->task), str_literal_pg(&a, table), chunk, str_literal_pg(&a, key),
        str_literal_pg(&a, row), str_literal_pg(&a, sqlstate), str_literal_pg(&a, reason));
    arena_clear(&a);
    return ok;
}
