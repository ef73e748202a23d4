/* See mysql_sink.h. */
#include "follow/mysql_sink.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "engine/claim.h"
#include "engine/target.h"
#include "gauss/lsn.h"

enum { APPLIERS_MAX = 64 };

/* ---- notes ---- */

char *mysql_sink_position(struct arena *a, const struct stream_place *p) {
    char lsn[LSN_TEXT_MAX];
    return arena_printf(a, "%s+%" PRIu64, lsn_text(p->at.pos, lsn), p->rows);
}

char *mysql_sink_mark_note(struct arena *a, const struct apply_record *r, const struct mark *m,
                           const char *generation) {
    char shape[APPLY_DIGEST_TEXT];
    apply_digest_text(r->shape, shape);
    json_t *j =
        json_pack("{s:s, s:b, s:s, s:I, s:s, s:I, s:I, s:I}", "of", generation, "in_order", r->in_order, "shape", shape,
                  "change", (json_int_t)m->change, "slot", m->place.at.file, "lsn", (json_int_t)m->place.at.pos, "rows",
                  (json_int_t)m->place.rows, "commit_us", (json_int_t)m->place.commit_us);
    char *text = json_dumps(j, JSON_COMPACT), *copy = arena_strdup(a, text);
    free(text);
    json_decref(j);
    return copy;
}

static const char *text_of(const json_t *j, const char *name) {
    const char *s = json_string_value(json_object_get(j, name));
    return s == NULL ? "" : s;
}

static uint64_t number_of(const json_t *j, const char *name) {
    return (uint64_t)json_integer_value(json_object_get(j, name));
}

/* Is it a mark, of this generation? */
static bool take_mark(const struct mysql_sink *s, struct arena *a, const json_t *j, struct apply_record *out) {
    if (!str_eq(text_of(j, "of"), s->generation) || json_object_get(j, "change") == NULL) {
        return false;
    }
    uint64_t change = number_of(j, "change");
    if (out->exists && change < out->mark.change) {
        return false;
    }
    out->exists = true;
    out->in_order = json_is_true(json_object_get(j, "in_order"));
    out->shape = strtoull(text_of(j, "shape"), NULL, 16);
    out->mark.change = change;
    out->mark.place = (struct stream_place){.at = {.server = s->generation,
                                                   .gtid = "",
                                                   .file = arena_strdup(a, text_of(j, "slot")),
                                                   .pos = number_of(j, "lsn")},
                                            .rows = number_of(j, "rows"),
                                            .commit_us = (int64_t)number_of(j, "commit_us")};
    return true;
}

static bool unreadable(struct err *e) {
    return err_set(e, ERR_INTERNAL, "godwit.progress of the source holds what cannot be read");
}

/* The cuts that reach farthest; they begin where the mark was then. */
static bool take_cuts(struct arena *a, const json_t *j, struct apply_record *out, uint64_t *reach, struct err *e) {
    struct cut *all;
    size_t n;
    if (!apply_record_parse_cuts(a, text_of(j, "cuts"), &all, &n)) {
        return unreadable(e);
    }
    uint64_t end = n == 0 ? 0 : all[n - 1].first + all[n - 1].changes;
    if (end <= out->mark.change || end <= *reach) {
        return true;
    }
    size_t skip = 0;
    while (skip < n && all[skip].first < out->mark.change) {
        skip++;
    }
    if (skip < n && all[skip].first != out->mark.change) {
        return unreadable(e);
    }
    *reach = end;
    out->cuts = all + skip;
    out->ncuts = n - skip;
    return true;
}

static bool take_parts(const json_t *j, struct apply_record *out, struct err *e) {
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(j, "parts"), i, one) {
        uint64_t first = number_of(one, "first"), part = number_of(one, "part");
        bool found = first < out->mark.change;
        for (size_t k = 0; !found && k < out->ncuts; k++) {
            struct cut *c = &out->cuts[k];
            if (c->first == first && c->changes == number_of(one, "changes") && part < c->parts) {
                c->done[part] = found = true;
                c->digest = strtoull(text_of(one, "digest"), NULL, 16);
            }
        }
        if (!found) {
            return unreadable(e);
        }
    }
    return true;
}

/* notes: by channel; NULL where there is none. *moved: the mark is not channel 0's. */
static bool take_notes(const struct mysql_sink *s, struct arena *a, json_t *const *notes, size_t n,
                       struct apply_record *out, bool *moved, struct err *e) {
    uint64_t reach = 0;
    *moved = false;
    for (size_t i = 0; i < n; i++) {
        bool taken = take_mark(s, a, notes[i], out);
        *moved = i > 0 && (*moved || taken);
    }
    for (int pass = 0; out->exists && pass < 2; pass++) {
        for (size_t i = 1; i < n; i++) {
            const json_t *j = notes[i];
            if (!str_eq(text_of(j, "of"), s->generation) || json_object_get(j, "parts") == NULL) {
                continue;
            }
            if (pass == 0 ? !take_cuts(a, j, out, &reach, e) : !take_parts(j, out, e)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- channels ---- */

static void close_writers(struct mysql_sink *s) {
    for (size_t i = 0; i < s->nwriters; i++) {
        mysql_writer_close(s->writers[i]);
        json_decref(s->notes[i]);
    }
    free(s->writers);
    free(s->notes);
    s->writers = NULL;
    s->notes = NULL;
    s->nwriters = 0;
}

/* How many channels the task has, 0 included. */
static bool count_channels(struct mysql_sink *s, size_t *n, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_client *c = NULL;
    struct mysql_rows rows;
    char *sql = arena_printf(&a, "SELECT MAX(`channel`) FROM `godwit`.`progress` WHERE `task` = %s",
                             str_literal_mysql(&a, s->name));
    bool ok = mysql_connect(&c, &s->task->source, e) && mysql_rows(c, &a, sql, &rows, e);
    if (ok && rows.n == 1 && mysql_cell(&rows, 0, 0) != NULL) {
        size_t have = strtoul(mysql_cell(&rows, 0, 0), NULL, 10) + 1;
        *n = have > *n ? have : *n;
    }
    mysql_close(c);
    arena_clear(&a);
    return ok && *n <= APPLIERS_MAX + 1 ? true : (ok ? unreadable(e) : false);
}

static bool open_channel(struct mysql_sink *s, struct arena *a, unsigned channel, json_t **note, struct err *e) {
    struct mysql_writer_progress found;
    struct mysql_writer_options o = {
        .connect = s->task->source, .task = s->name, .channel = channel, .fence = (uint64_t)s->checkpoint->run};
    if (!mysql_writer_open(&s->writers[channel], &o, a, &found, e)) {
        return false;
    }
    *note = found.note[0] != '\0' ? json_loads(found.note, 0, NULL) : NULL;
    return found.note[0] == '\0' || *note != NULL || unreadable(e);
}

static bool open_channels(struct mysql_sink *s, struct arena *a, unsigned appliers, json_t **notes, size_t *n,
                          struct err *e) {
    close_writers(s);
    s->writers = calloc(APPLIERS_MAX + 1, sizeof(struct mysql_writer *));
    s->notes = calloc(APPLIERS_MAX + 1, sizeof(json_t *));
    if (s->writers == NULL || s->notes == NULL) {
        free(s->writers);
        free(s->notes);
        s->writers = NULL;
        s->notes = NULL;
        return err_set(e, ERR_MEMORY, "no memory for sessions");
    }
    s->nwriters = APPLIERS_MAX + 1;
    *n = appliers + 1;
    if (!open_channel(s, a, 0, &notes[0], e) || !count_channels(s, n, e)) {
        return false;
    }
    for (unsigned i = 1; i < *n; i++) {
        if (!open_channel(s, a, i, &notes[i], e)) {
            return false;
        }
    }
    for (size_t i = appliers + 1; i < *n; i++) { /* of earlier runs with more appliers: taken, so that they end */
        mysql_writer_close(s->writers[i]);
        s->writers[i] = NULL;
    }
    return true;
}

static const char rejected_sql[] =
    "CREATE TABLE IF NOT EXISTS `godwit`.`rejected` (`id` BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, `task` "
    "VARCHAR(190) NOT NULL, `table_name` VARCHAR(64) NOT NULL, `row_key` LONGTEXT NOT NULL, `reason` TEXT NOT NULL, "
    "`place` VARCHAR(255) NOT NULL, `statement` LONGTEXT, `rejected_at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP) "
    "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";

static bool prepare_rejected(struct mysql_sink *s, struct err *e) {
    struct mysql_client *c = NULL;
    bool ok = !s->diverts || (mysql_connect(&c, &s->task->source, e) && mysql_exec(c, rejected_sql, e));
    mysql_close(c);
    return ok || err_where(e, "godwit.rejected in the source");
}

/* ---- the sink ---- */

static bool look(void *arg, struct follow_table_options *out, struct err *e) {
    (void)arg;
    (void)e;
    out->into_mysql = true; /* its sessions leave foreign keys alone */
    return true;
}

static bool write_mark(struct mysql_sink *s, const char *note, const char *position, unsigned channel, struct err *e) {
    return mysql_writer_begin(s->writers[channel], e) && mysql_writer_commit(s->writers[channel], position, note, e);
}

static bool write_record(struct mysql_sink *s, const struct apply_record *r, const struct mark *m, struct err *e) {
    struct arena a = ARENA_INIT;
    char *note = mysql_sink_mark_note(&a, r, m, s->generation);
    bool ok = write_mark(s, note, mysql_sink_position(&a, &m->place), 0, e);
    arena_clear(&a);
    return ok || err_where(e, "recording how far changes are back in the source");
}

static bool read_record(void *arg, struct arena *a, const struct follow_tables *tables, unsigned appliers,
                        struct apply_record *out, struct err *e) {
    struct mysql_sink *s = arg;
    json_t *notes[APPLIERS_MAX + 1] = {NULL};
    size_t n = 0;
    bool moved = false;
    (void)tables;
    *out = (struct apply_record){.exists = false};
    bool ok = open_channels(s, a, appliers, notes, &n, e) && take_notes(s, a, notes, n, out, &moved, e) &&
              prepare_rejected(s, e) && (!moved || write_record(s, out, &out->mark, e));
    for (size_t i = 0; i < APPLIERS_MAX + 1; i++) {
        bool ours = ok && s->notes != NULL && str_eq(text_of(notes[i], "of"), s->generation);
        if (ours) {
            s->notes[i] = json_object_get(notes[i], "parts") != NULL ? json_incref(notes[i]) : NULL;
        }
        json_decref(notes[i]);
    }
    return ok || err_where(e, "how far changes are back in the source");
}

static bool begin_record(void *arg, const struct apply_record *r, struct err *e) {
    struct mysql_sink *s = arg;
    s->shape = r->shape;
    s->in_order = r->in_order;
    return write_record(s, r, &r->mark, e);
}

static bool move(void *arg, const struct mark *m, bool durable, struct err *e) {
    struct mysql_sink *s = arg;
    (void)durable; /* each commit is as durable as the server makes it */
    return write_record(s, &(struct apply_record){.shape = s->shape, .in_order = s->in_order}, m, e);
}

static bool flush(void *arg, struct err *e) {
    (void)arg;
    (void)e;
    return true;
}

static bool start(void *arg, struct apply *a, unsigned number, void **applier, struct err *e) {
    struct mysql_sink *s = arg;
    struct mysql_writer *w = s->writers[number + 1];
    json_t *note = s->notes[number + 1];
    s->writers[number + 1] = NULL;
    s->notes[number + 1] = NULL;
    s->shape = a->tables->shape;
    s->in_order = a->in_order;
    return back_applier_start(s, a, number, w, note, applier, e);
}

static bool source_is_there(struct mysql_sink *s, struct err *e) {
    struct mysql_client *c = NULL;
    bool ok = mysql_connect(&c, &s->task->source, e);
    mysql_close(c);
    return ok;
}

/* The task is this run's again, under a new number, which is the fence. */
static bool come_back(void *arg, struct err *e) {
    struct mysql_sink *s = arg;
    struct arena a = ARENA_INIT;
    struct gauss_identity id;
    close_writers(s);
    gauss_close(s->target);
    s->target = NULL;
    bool ok = source_is_there(s, e) && target_open(s->task, &a, &s->target, &id, e) &&
              claim_renew(s->target, s->checkpoint, s->stop, e) && claim_replace(s->target, s->checkpoint, s->stop, e);
    arena_clear(&a);
    return ok;
}

static void end(void *arg) {
    struct mysql_sink *s = arg;
    close_writers(s);
    gauss_close(s->target);
    s->target = NULL;
}

struct sink mysql_sink_begin(struct mysql_sink *s) {
    return (struct sink){.arg = s,
                         .look = look,
                         .read = read_record,
                         .begin = begin_record,
                         .move = move,
                         .flush = flush,
                         .start = start,
                         .join = back_applier_join,
                         .come_back = come_back,
                         .end = end};
}
