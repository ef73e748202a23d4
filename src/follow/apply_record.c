/* See apply_record.h. */
#include "follow/apply_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "engine/claim.h"

const char apply_record_part_sql[] =
    "INSERT INTO godwit.applied (\"task\", \"first_change\", \"part\", \"parts\", \"changes\", \"digest\", \"cuts\") "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)";

void apply_digest_text(uint64_t digest, char text[APPLY_DIGEST_TEXT]) {
    snprintf(text, APPLY_DIGEST_TEXT, "%016" PRIx64, digest);
}

static const char *text_or_empty(const char *s) {
    return s == NULL ? "" : s;
}

static uint64_t number(const char *s) {
    return strtoull(text_or_empty(s), NULL, 10);
}

/* ---- cuts ---- */

static bool read_number(const char **at, uint64_t *out) {
    char *end;
    if (**at < '0' || **at > '9') {
        return false;
    }
    *out = strtoull(*at, &end, 10);
    *at = end;
    return true;
}

bool apply_record_parse_cuts(struct arena *a, const char *text, struct cut **out, size_t *n) {
    const char *at = text;
    size_t cap = 0;
    uint64_t first = 0, changes, parts;
    *out = NULL;
    *n = 0;
    if (!read_number(&at, &first) || *at++ != '+') {
        return false;
    }
    for (;;) {
        if (!read_number(&at, &changes) || *at++ != '/' || !read_number(&at, &parts) || parts == 0 || parts > 10000) {
            return false;
        }
        if (changes > 0) { /* a place between two batches need not be met again */
            *out = arena_grow(a, *out, *n, &cap, sizeof **out);
            (*out)[(*n)++] = (struct cut){
                .first = first, .changes = changes, .parts = (uint32_t)parts, .done = arena_array(a, bool, parts)};
        }
        first += changes;
        if (*at == '\0') {
            return true;
        }
        if (*at++ != ' ') {
            return false;
        }
    }
}

/* ---- reading ---- */

static bool unreadable(const char *what, struct err *e) {
    return err_set(e, ERR_INTERNAL, "godwit.applied holds %s that cannot be read", what);
}

/* Cuts behind the mark, out of the row that tells most. */
static bool keep_cuts(struct arena *a, const char *text, struct apply_record *out, struct err *e) {
    struct cut *all;
    size_t n;
    if (!apply_record_parse_cuts(a, text, &all, &n)) {
        return unreadable("cuts", e);
    }
    size_t skip = 0;
    while (skip < n && all[skip].first < out->mark.change) {
        skip++;
    }
    if (skip < n && all[skip].first != out->mark.change) {
        return unreadable("cuts beyond the mark", e);
    }
    out->cuts = all + skip;
    out->ncuts = n - skip;
    return true;
}

static bool mark_done(struct apply_record *out, uint64_t first, uint64_t part, uint64_t changes, const char *digest) {
    for (size_t i = 0; i < out->ncuts; i++) {
        struct cut *c = &out->cuts[i];
        if (c->first == first && c->changes == changes && part < c->parts && changes > 0) {
            c->done[part] = true;
            c->digest = strtoull(text_or_empty(digest), NULL, 16);
            return true;
        }
    }
    return false;
}

static bool read_parts(struct gauss_client *c, struct arena *a, const char *task, struct apply_record *out,
                       struct err *e) {
    struct gauss_rows rows;
    char *sql = arena_printf(a,
                             "SELECT \"first_change\", \"part\", \"changes\", \"digest\", \"cuts\" FROM godwit.applied "
                             "WHERE \"task\" = %s AND \"first_change\" >= %" PRIu64 " ORDER BY 1, 2",
                             str_literal_pg(a, task), out->mark.change);
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return false;
    }
    if (rows.n > 0 && !keep_cuts(a, gauss_text(&rows, rows.n - 1, 4), out, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        if (!mark_done(out, number(gauss_cell(&rows, i, 0)), number(gauss_cell(&rows, i, 1)),
                       number(gauss_cell(&rows, i, 2)), gauss_cell(&rows, i, 3))) {
            return unreadable("a part", e);
        }
    }
    return true;
}

bool apply_record_read(struct gauss_client *c, struct arena *a, const char *task, struct apply_record *out,
                       struct err *e) {
    struct gauss_rows rows;
    *out = (struct apply_record){.exists = false};
    char *sql = arena_printf(a,
                             "SELECT \"in_order\", \"shape\", \"change\", \"source_server\", \"source_gtid\", "
                             "\"source_file\", \"source_pos\", \"source_rows\", \"source_time\", \"losses\" "
                             "FROM godwit.apply WHERE \"task\" = %s",
                             str_literal_pg(a, task));
    if (!gauss_rows(c, a, sql, &rows, e)) {
        return err_where(e, "how far following has come");
    }
    if (rows.n == 0) {
        return true;
    }
    out->exists = true;
    out->in_order = str_eq(gauss_cell(&rows, 0, 0), "1");
    out->shape = strtoull(gauss_text(&rows, 0, 1), NULL, 16);
    out->mark = (struct mark){.change = number(gauss_cell(&rows, 0, 2)),
                              .place = {.at = {.server = gauss_text(&rows, 0, 3),
                                               .gtid = gauss_text(&rows, 0, 4),
                                               .file = gauss_text(&rows, 0, 5),
                                               .pos = number(gauss_cell(&rows, 0, 6))},
                                        .rows = number(gauss_cell(&rows, 0, 7)),
                                        .commit_us = (int64_t)number(gauss_cell(&rows, 0, 8))}};
    out->mark.losses = json_loads(gauss_text(&rows, 0, 9), 0, NULL); /* NULL of '' */
    return read_parts(c, a, task, out, e) || err_where(e, "how far following has come");
}

/* ---- writing ---- */

/* End what a failed statement has left open. */
static bool given_up(struct gauss_client *c) {
    struct err ignored = ERR_INIT;
    if (gauss_usable(c) && gauss_tx_status(c) != 'I' && !gauss_exec(c, "ROLLBACK", &ignored)) {
        log_err("rollback", &ignored); /* the next use of the session reports it */
    }
    return false;
}

static bool run_owned(struct gauss_client *c, const struct checkpoint *cp, const char *sql, bool durable,
                      struct err *e) {
    bool ok = gauss_exec(c, "BEGIN", e) && (!durable || gauss_exec(c, "SET LOCAL synchronous_commit TO on", e)) &&
              gauss_exec(c, sql, e) && claim_hold(c, cp, e) && gauss_exec(c, "COMMIT", e);
    return ok || given_up(c);
}

static char *place_sql(struct arena *a, const struct stream_place *p) {
    return arena_printf(a,
                        "\"source_server\" = %s, \"source_gtid\" = %s, \"source_file\" = %s, \"source_pos\" = %" PRIu64
                        ", \"source_rows\" = %" PRIu64 ", \"source_time\" = %" PRId64,
                        str_literal_pg(a, p->at.server), str_literal_pg(a, p->at.gtid), str_literal_pg(a, p->at.file),
                        p->at.pos, p->rows, p->commit_us);
}

/* The losses' text, in the arena; "" for none. */
static char *losses_text(struct arena *a, const json_t *losses) {
    char *text = json_object_size(losses) > 0 ? json_dumps(losses, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    char *copy = arena_strdup(a, text_or_empty(text));
    free(text);
    return copy;
}

char *apply_record_move_sql(struct arena *a, const struct checkpoint *cp, const struct mark *m) {
    return arena_printf(a,
                        "UPDATE godwit.apply SET \"change\" = %" PRIu64
                        ", %s, \"losses\" = %s, \"moved_at\" = now() WHERE \"task\" = %s AND \"change\" <= %" PRIu64,
                        m->change, place_sql(a, &m->place), str_literal_pg(a, losses_text(a, m->losses)),
                        str_literal_pg(a, cp->task), m->change);
}

bool apply_record_begin(struct gauss_client *c, const struct checkpoint *cp, const struct apply_record *r,
                        struct err *e) {
    struct arena a = ARENA_INIT;
    char *task = str_literal_pg(&a, cp->task);
    char *sql =
        arena_printf(&a,
                     "DELETE FROM godwit.applied WHERE \"task\" = %s; DELETE FROM godwit.apply WHERE \"task\" "
                     "= %s; INSERT INTO godwit.apply (\"task\", \"in_order\", \"shape\", \"change\") VALUES "
                     "(%s, %d, '%016" PRIx64 "', %" PRIu64 "); %s",
                     task, task, task, r->in_order, r->shape, r->mark.change, apply_record_move_sql(&a, cp, &r->mark));
    bool ok = run_owned(c, cp, sql, true, e);
    arena_clear(&a);
    return ok || err_where(e, "beginning to follow");
}

bool apply_record_move(struct gauss_client *c, const struct checkpoint *cp, const struct mark *m, bool durable,
                       struct err *e) {
    struct arena a = ARENA_INIT;
    char *task = str_literal_pg(&a, cp->task);
    char *sql = arena_printf(&a, "%s; DELETE FROM godwit.applied WHERE \"task\" = %s AND \"first_change\" < %" PRIu64,
                             apply_record_move_sql(&a, cp, m), task, m->change);
    bool ok = run_owned(c, cp, sql, durable, e);
    arena_clear(&a);
    return ok || err_where(e, "recording how far following has come");
}

void apply_record_clear(struct apply_record *r) {
    json_decref(r->mark.losses);
    r->mark.losses = NULL;
}
