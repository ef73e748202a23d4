/* See slot.h. */
#include "gauss/slot.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/str.h"
#include "gauss/lsn.h"

/* The server's error about a slot as one of ours. Returns false always. */
static bool slot_error(struct err *e, const char *name) {
    enum err_code code = e == NULL                      ? ERR_NONE
                         : str_eq(e->sqlstate, "42704") ? ERR_SLOT_MISSING
                         : str_eq(e->sqlstate, "55006") ? ERR_SLOT_BUSY
                                                        : ERR_NONE;
    if (code != ERR_NONE) {
        struct err said = *e;
        err_set(e, code, "%s", said.message);
        err_cause(e, "%s", said.cause);
        memcpy(e->sqlstate, said.sqlstate, sizeof e->sqlstate);
    }
    return err_where(e, "slot %s", name);
}

static bool cell_lsn(const struct gauss_rows *rows, size_t row, size_t col, uint64_t *lsn) {
    const char *text = gauss_cell(rows, row, col);
    *lsn = 0;
    return text != NULL && lsn_parse(text, strlen(text), lsn);
}

static bool run(struct gauss_client *c, struct arena *a, const char *name, const char *sql, struct gauss_rows *rows,
                struct err *e) {
    return gauss_rows(c, a, sql, rows, e) || slot_error(e, name);
}

bool slot_create(struct gauss_client *c, const char *name, const char *plugin, uint64_t *position, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    /* The columns are called differently, and openGauss takes two arguments only. */
    bool ok = run(c, &a, name,
                  arena_printf(&a, "SELECT * FROM pg_create_logical_replication_slot(%s, %s)", str_literal_pg(&a, name),
                               str_literal_pg(&a, plugin)),
                  &rows, e);
    if (ok && (rows.n != 1 || rows.ncols < 2 || !cell_lsn(&rows, 0, 1, position))) {
        ok = err_set(e, ERR_TARGET_PROTOCOL, "the target does not tell where slot %s begins", name);
    }
    arena_clear(&a);
    return ok;
}

bool slot_drop(struct gauss_client *c, const char *name, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    bool ok =
        run(c, &a, name, arena_printf(&a, "SELECT pg_drop_replication_slot(%s)", str_literal_pg(&a, name)), &rows, e);
    arena_clear(&a);
    return ok;
}

bool slot_drop_waiting(struct gauss_client *c, const char *name, int64_t wait_ms, struct err *e) {
    enum { PAUSE_MS = 100 };
    int64_t until_us = clock_mono_us() + wait_ms * 1000;
    while (!slot_drop(c, name, e)) {
        if (e->code == ERR_SLOT_MISSING) {
            err_clear(e);
            return true;
        }
        if (e->code != ERR_SLOT_BUSY || clock_mono_us() > until_us) {
            return false;
        }
        err_clear(e);
        clock_sleep_ms(PAUSE_MS);
    }
    return true;
}

bool slot_advance(struct gauss_client *c, const char *name, uint64_t to, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    char lsn[LSN_TEXT_MAX];
    bool ok = run(
        c, &a, name,
        arena_printf(&a, "SELECT pg_replication_slot_advance(%s, '%s')", str_literal_pg(&a, name), lsn_text(to, lsn)),
        &rows, e);
    arena_clear(&a);
    return ok;
}

/* openGauss has another name for one column and lacks some; PostgreSQL got them one by one. */
static const char *columns(enum dialect d) {
    return dialect_is_opengauss(d)
               ? "s.slot_name, s.plugin, s.database, CASE WHEN s.active THEN 1 ELSE 0 END, NULL, s.restart_lsn,"
                 " s.confirmed_flush, NULL"
               : "s.slot_name, s.plugin, s.database, CASE WHEN s.active THEN 1 ELSE 0 END,"
                 " to_jsonb(s)->>'active_pid', s.restart_lsn, s.confirmed_flush_lsn, to_jsonb(s)->>'wal_status'";
}

bool slot_list(struct gauss_client *c, struct arena *a, enum dialect d, const char *prefix, struct slot **out,
               size_t *n, struct err *e) {
    struct gauss_rows rows;
    char *sql = arena_printf(a,
                             "SELECT %s FROM pg_replication_slots s WHERE s.slot_type = 'logical'"
                             " AND substr(s.slot_name::text, 1, %zu) = %s ORDER BY s.slot_name",
                             columns(d), strlen(prefix), str_literal_pg(a, prefix));
    /* An A database takes '' for NULL, which nothing equals. */
    if (prefix[0] == '\0') {
        sql = arena_printf(
            a, "SELECT %s FROM pg_replication_slots s WHERE s.slot_type = 'logical' ORDER BY s.slot_name", columns(d));
    }
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return false;
    }
    *out = arena_array(a, struct slot, rows.n > 0 ? rows.n : 1);
    *n = rows.n;
    for (size_t i = 0; i < rows.n; i++) {
        struct slot *s = &(*out)[i];
        const char *pid = gauss_cell(&rows, i, 4);
        s->name = gauss_cell(&rows, i, 0);
        s->plugin = gauss_cell(&rows, i, 1);
        s->database = gauss_cell(&rows, i, 2);
        s->active = str_eq(gauss_cell(&rows, i, 3), "1");
        s->pid = pid != NULL ? (uint32_t)strtoul(pid, NULL, 10) : 0;
        (void)cell_lsn(&rows, i, 5, &s->restart); /* NULL of a slot that is lost */
        (void)cell_lsn(&rows, i, 6, &s->confirmed);
        s->lost = str_eq(gauss_cell(&rows, i, 7), "lost");
    }
    return true;
}

bool slot_read(struct gauss_client *c, struct arena *a, enum dialect d, const char *name, struct slot *out,
               struct err *e) {
    struct slot *all;
    size_t n;
    if (!slot_list(c, a, d, name, &all, &n, e)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (str_eq(all[i].name, name)) {
            *out = all[i];
            return true;
        }
    }
    err_set(e, ERR_SLOT_MISSING, "replication slot \"%s\" does not exist", name);
    return false;
}

bool log_position(struct gauss_client *c, enum dialect d, uint64_t *position, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    bool ok = gauss_rows(c, &a,
                         dialect_is_opengauss(d) ? "SELECT pg_current_xlog_insert_location()"
                                                 : "SELECT pg_current_wal_insert_lsn()",
                         &rows, e);
    if (ok && (rows.n != 1 || !cell_lsn(&rows, 0, 0, position))) {
        ok = err_set(e, ERR_TARGET_PROTOCOL, "the target does not tell where its log stands");
    }
    arena_clear(&a);
    return ok;
}
