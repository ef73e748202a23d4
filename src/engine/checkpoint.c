/* The godwit schema in the target. See checkpoint.h. */
#include "engine/checkpoint.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* One statement a message: openGauss takes no IF NOT EXISTS everywhere, but it does for these two. NULL is never stored
 * where '' is meant to differ from it: openGauss A databases cannot tell them apart. */
static const char *const schema_sql[] = {
    "CREATE SCHEMA godwit",
    "CREATE TABLE IF NOT EXISTS godwit.task (\"name\" varchar(300) PRIMARY KEY, \"run\" bigint NOT NULL, \"state\" "
    "integer NOT NULL,"
    " \"target_schema\" text NOT NULL, \"source_server\" text, \"source_gtid\" text, \"source_file\" text, "
    "\"source_pos\" bigint,"
    " \"started_at\" timestamp with time zone DEFAULT now(), \"finished_at\" timestamp with time zone)",
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
    " \"rejected_at\" timestamp with time zone DEFAULT now())",
};

bool checkpoint_look(struct gauss_client *c, bool *exists, bool *digests, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    bool ok = gauss_rows(c, &a,
                         "SELECT a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
                         "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'godwit' "
                         "AND c.relname = 'chunk' AND a.attnum > 0 AND NOT a.attisdropped",
                         &rows, e);
    *exists = ok && rows.n > 0;
    *digests = false;
    for (size_t i = 0; ok && i < rows.n; i++) {
        *digests = *digests || str_eq(gauss_cell(&rows, i, 0), "digest");
    }
    arena_clear(&a);
    return ok ? true : err_where(e, "progress tables (schema godwit) in the target");
}

/* Tables of an older godwit. Another run may do the same at this moment: then the column is there at a second look. */
static bool add_digests(struct gauss_client *c, struct err *e) {
    bool exists, digests;
    if (!checkpoint_look(c, &exists, &digests, e)) {
        return false;
    }
    struct err refused = ERR_INIT;
    if (digests || gauss_exec(c, "ALTER TABLE godwit.chunk ADD COLUMN \"digest\" text", &refused)) {
        return true;
    }
    if (!gauss_usable(c) || !checkpoint_look(c, &exists, &digests, e) || !digests) {
        err_copy(e, &refused);
        return false;
    }
    return true;
}

bool checkpoint_prepare(struct gauss_client *c, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    bool ok = gauss_rows(c, &a, "SELECT count(*) FROM pg_namespace WHERE nspname = 'godwit'", &rows, e);
    bool exists = ok && rows.n == 1 && str_eq(gauss_cell(&rows, 0, 0), "1");
    for (size_t i = exists ? 1 : 0; ok && i < sizeof schema_sql / sizeof schema_sql[0]; i++) {
        ok = gauss_exec(c, schema_sql[i], e);
    }
    ok = ok && add_digests(c, e);
    arena_clear(&a);
    return ok ? true : err_where(e, "progress tables (schema godwit) in the target");
}

bool checkpoint_claim(struct gauss_client *c, const char *task, struct err *e) {
    /* Two ints: a constant of ours and a hash of the name. FNV-1a is enough: a collision only makes two tasks wait. */
    uint32_t hash = 2166136261u;
    for (const char *p = task; *p != '\0'; p++) {
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    }
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    char *sql = arena_printf(&a, "SELECT CASE WHEN pg_try_advisory_lock(1198482500, %d) THEN 1 ELSE 0 END", (int)hash);
    bool ok = gauss_rows(c, &a, sql, &rows, e);
    if (ok && !str_eq(gauss_cell(&rows, 0, 0), "1")) {
        ok = err_set(e, ERR_TASK_RUNNING, "task '%s' is being run by another process", task);
    }
    arena_clear(&a);
    return ok;
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
        out->at.server = text_or_empty(gauss_cell(&rows, 0, 1));
        out->at.gtid = text_or_empty(gauss_cell(&rows, 0, 2));
        out->at.file = text_or_empty(gauss_cell(&rows, 0, 3));
        out->at.pos = strtoull(text_or_empty(gauss_cell(&rows, 0, 4)), NULL, 10);
        out->target_schema = arena_strdup(a, gauss_cell(&rows, 0, 5));
    }
    return true;
}

bool checkpoint_forget(struct gauss_client *c, const char *task, struct err *e) {
    struct arena a = ARENA_INIT;
    char *name = str_literal_pg(&a, task);
    bool ok = gauss_execf(
        c, e,
        "BEGIN; DELETE FROM godwit.chunk WHERE \"task\" = %s; DELETE FROM godwit.step WHERE \"task\" = %s; "
        "DELETE FROM godwit.rejected WHERE \"task\" = %s; DELETE FROM godwit.task WHERE \"name\" = %s; COMMIT",
        name, name, name, name);
    arena_clear(&a);
    return ok;
}

bool checkpoint_begin(struct gauss_client *c, struct arena *a, const char *task, const char *target_schema,
                      const struct position *at, struct checkpoint *cp, struct err *e) {
    *cp = (struct checkpoint){.task = arena_strdup(a, task), .run = 1};
    return gauss_execf(c, e,
                       "INSERT INTO godwit.task (\"name\", \"run\", \"state\", \"target_schema\", \"source_server\", "
                       "\"source_gtid\", "
                       "\"source_file\", \"source_pos\") VALUES (%s, 1, 0, %s, %s, %s, %s, %" PRIu64 ")",
                       str_literal_pg(a, task), str_literal_pg(a, target_schema), str_literal_pg(a, at->server),
                       str_literal_pg(a, at->gtid), str_literal_pg(a, at->file), at->pos) ||
           err_where(e, "task record");
}

bool checkpoint_resume(struct gauss_client *c, struct arena *a, const char *task, struct checkpoint *cp,
                       struct err *e) {
    *cp = (struct checkpoint){.task = arena_strdup(a, task)};
    char *name = str_literal_pg(a, task);
    struct gauss_rows rows;
    /* UPDATE .. RETURNING works on both engines and tells the number in one step. */
    char *sql =
        arena_printf(a, "UPDATE godwit.task SET \"run\" = \"run\" + 1 WHERE \"name\" = %s RETURNING \"run\"", name);
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return err_where(e, "task record");
    }
    if (rows.n != 1) {
        return err_set(e, ERR_RESUME_NONE, "the target has no unfinished task '%s'", task);
    }
    cp->run = strtoll(gauss_cell(&rows, 0, 0), NULL, 10);
    return true;
}

bool checkpoint_set_position(struct gauss_client *c, const struct checkpoint *cp, const struct position *at,
                             struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = gauss_execf(c, e,
                          "UPDATE godwit.task SET \"source_server\" = %s, \"source_gtid\" = %s, \"source_file\" = %s, "
                          "\"source_pos\" = %" PRIu64 " WHERE \"name\" = %s AND \"run\" = %" PRId64,
                          str_literal_pg(&a, at->server), str_literal_pg(&a, at->gtid), str_literal_pg(&a, at->file),
                          at->pos, str_literal_pg(&a, cp->task), cp->run);
    arena_clear(&a);
    return ok ? true : err_where(e, "task record");
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
              gauss_rows(c, &a, sql, &rows, e);
    if (ok && rows.n != 1) {
        ok = err_set(e, ERR_TARGET_CLAIM_LOST, "task '%s' is no longer this run's", cp->task);
    }
    ok = ok && gauss_exec(c, "COMMIT", e);
    if (!ok && gauss_usable(c)) {
        struct err ignored = ERR_INIT;
        if (!gauss_exec(c, "ROLLBACK", &ignored)) { /* the next use of the session reports it */
        }
    }
    arena_clear(&a);
    return ok ? true : err_where(e, "task record");
}

bool checkpoint_flush(struct gauss_client *c, const struct checkpoint *cp, struct err *e) {
    return update_task_durably(c, cp, "\"run\" = \"run\"", e);
}

bool checkpoint_finish(struct gauss_client *c, const struct checkpoint *cp, struct err *e) {
    return update_task_durably(c, cp, "\"state\" = 1, \"finished_at\" = now()", e);
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

bool checkpoint_run_step(struct gauss_client *c, const struct checkpoint *cp, const char *name, const char *sql,
                         struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = gauss_exec(c, "BEGIN", e) && gauss_exec(c, sql, e) &&
              gauss_execf(c, e, "INSERT INTO godwit.step (\"task\", \"step_name\") VALUES (%s, %s)",
                          str_literal_pg(&a, cp->task), str_literal_pg(&a, name)) &&
              gauss_exec(c, "COMMIT", e);
    if (!ok && gauss_usable(c)) {
        struct err ignored = ERR_INIT;
        if (!gauss_exec(c, "ROLLBACK", &ignored)) { /* the next use of the session reports it */
        }
    }
    arena_clear(&a);
    return ok;
}

bool checkpoint_note_step(struct gauss_client *c, const struct checkpoint *cp, const char *name, struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = gauss_execf(c, e, "INSERT INTO godwit.step (\"task\", \"step_name\") VALUES (%s, %s)",
                          str_literal_pg(&a, cp->task), str_literal_pg(&a, name));
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
        "\"bytes_estimate\", \"row_count\", \"byte_count\", \"diverted\", \"losses\", \"digest\" FROM godwit.chunk "
        "WHERE \"task\" = %s ORDER BY 1, 2",
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
        const char *partition = text_or_empty(gauss_cell(&rows, i, 5));
        r->chunk.partition = partition[0] == '\0' ? NULL : arena_strdup(a, partition);
        r->chunk.bytes_estimate = strtoull(text_or_empty(gauss_cell(&rows, i, 6)), NULL, 10);
        r->rows = strtoull(text_or_empty(gauss_cell(&rows, i, 7)), NULL, 10);
        r->bytes = strtoull(text_or_empty(gauss_cell(&rows, i, 8)), NULL, 10);
        r->diverted = strtoull(text_or_empty(gauss_cell(&rows, i, 9)), NULL, 10);
        r->losses = arena_strdup(a, text_or_empty(gauss_cell(&rows, i, 10)));
        r->digest = arena_strdup(a, text_or_empty(gauss_cell(&rows, i, 11)));
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
    ok = ok && buf_puts(&b, "; COMMIT", e) && buf_terminate(&b, e) && gauss_exec(c, (char *)b.data, e);
    buf_clear(&b);
    arena_clear(&a);
    return ok ? true : err_where(e, "plan of %s", table);
}

bool checkpoint_chunk_done(struct gauss_client *c, const struct checkpoint *cp, const char *table,
                           const struct chunk *chunk, const struct position *at, uint64_t rows, uint64_t bytes,
                           uint64_t diverted, const char *losses, const char *digest, struct err *e) {
    struct arena a = ARENA_INIT;
    char *task = str_literal_pg(&a, cp->task);
    struct gauss_rows owner, marked;
    /* FOR SHARE: a run that takes over waits for this commit, and a chunk of an overtaken run finds no row. */
    char *own_sql = arena_printf(
        &a, "SELECT 1 FROM godwit.task WHERE \"name\" = %s AND \"run\" = %" PRId64 " FOR SHARE", task, cp->run);
    char *mark_sql = arena_printf(
        &a,
        "UPDATE godwit.chunk SET \"state\" = 1, \"row_count\" = %" PRIu64 ", \"byte_count\" = %" PRIu64
        ", \"diverted\" = %" PRIu64 ", \"losses\" = %s, \"digest\" = %s, \"source_gtid\" = %s, \"source_file\" = %s, "
        "\"source_pos\" = %" PRIu64 ", \"loaded_at\" = now() WHERE \"task\" = %s AND \"table_name\" = %s "
        "AND \"number\" = %u AND \"state\" = 0",
        rows, bytes, diverted, str_literal_pg(&a, losses), str_literal_pg(&a, digest), str_literal_pg(&a, at->gtid),
        str_literal_pg(&a, at->file), at->pos, task, str_literal_pg(&a, table), chunk->number);
    bool ok = gauss_rows(c, &a, own_sql, &owner, e) && gauss_rows(c, &a, mark_sql, &marked, e);
    if (ok && (owner.n != 1 || marked.affected != 1)) {
        ok = err_set(e, ERR_TARGET_CLAIM_LOST, "chunk %u of %s is no longer this run's to load", chunk->number, table);
    }
    arena_clear(&a);
    return ok;
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
