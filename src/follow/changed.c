/* See changed.h. */
#include "follow/changed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "engine/checkpoint.h"
#include "engine/target.h"
#include "follow/binlog_feed.h"
#include "follow/key_set.h"
#include "value/digest.h"

enum { WAIT_MS = 200, KEY_MAX_BYTES = 1 << 20, MANY_KEYS = 50000, MANY_PART = 8 };

/* A table whose rows are found by key: where its key's columns are in a tuple. */
struct keyed {
    struct check_table *t; /* NULL: not compared */
    uint16_t *at;
    uint64_t keys;
};

struct finding {
    const struct changed_options *o;
    struct changed_result *out;
    struct run *r;
    const char *name; /* of the task */
    struct check_changed *changed;
    struct keyed *tables;
    struct key_set seen;
    struct field *fields;
    struct buf key;
    int64_t commit_us;
    bool full; /* end behind this transaction */
    struct arena arena;
    struct position at; /* how far the binlog was read; in the arena */
};

/* ---- what is told ---- */

static bool take_image(struct finding *f, uint32_t table, struct tuple image, struct err *e) {
    struct keyed *k = &f->tables[table];
    size_t n = 0;
    if (image.bytes == NULL) {
        return true;
    }
    for (size_t i = 0; i < k->t->t->ncolumns; i++) {
        n += k->t->t->columns[i].loaded;
    }
    tuple_fields(image, f->fields, n);
    buf_reset(&f->key);
    if (!canon_key(k->t->canon, f->fields, k->at, k->t->nkeys, &f->key, e)) {
        return err_where(e, "key of %s", k->t->t->name);
    }
    if (!key_set_add(&f->seen, digest_row(f->key.data, f->key.len).lo ^ table)) {
        return true;
    }
    k->keys++;
    f->out->keys++;
    f->full = f->full || (f->o->keys_max > 0 && f->out->keys >= f->o->keys_max);
    return differences_add(&f->changed->keys, table, ROW_CHANGED, f->key.data, f->key.len, 1, e);
}

/* Definitions were others before: the keys that were found may not be what they look like. */
static void forget_keys(struct finding *f) {
    for (size_t i = 0; i < f->r->db.ntables; i++) {
        f->changed->whole[i] = f->changed->whole[i] || f->changed->keys.tables[i].keys != NULL;
    }
}

static bool take(void *ctx, const struct feed_item *item, struct err *e) {
    struct finding *f = ctx;
    uint32_t table = item->change.table;
    switch (item->kind) {
    case FEED_BEGIN:
        f->commit_us = item->commit_us;
        return true;
    case FEED_CHANGE:
        f->out->changes++;
        return f->tables[table].t == NULL || f->changed->whole[table] ||
               (take_image(f, table, item->change.before, e) && take_image(f, table, item->change.after, e));
    case FEED_COMMIT:
        f->out->until_us = f->commit_us;
        return true;
    case FEED_STATEMENT:
        if (!item->truncates) {
            forget_keys(f);
        }
        return true;
    case FEED_EMPTIED:
    case FEED_POSITION:
        return true;
    }
    return true;
}

/* Of many keys: it is faster to read everything. */
static void prefer_whole(struct finding *f) {
    for (size_t i = 0; i < f->r->db.ntables; i++) {
        const struct keyed *k = &f->tables[i];
        bool many = k->keys > MANY_KEYS && k->keys > k->t->t->rows_estimate / MANY_PART;
        f->changed->whole[i] = f->changed->whole[i] || many;
    }
}

static void unfit(void *arg, uint32_t table) {
    struct finding *f = arg;
    f->changed->whole[table] = true;
}

/* ---- reading ---- */

static bool read_to_end(struct finding *f, struct feed *feed, const struct stream_place *from, struct err *e) {
    enum feed_state state = FEED_SOME;
    struct stream_place place;
    bool ok = feed->start(feed->arg, from, e);
    while (ok && state != FEED_END && !f->full) {
        ok = !atomic_load(f->r->stop) || err_set(e, ERR_CANCELLED, "stopped by request");
        ok = ok && feed->step(feed->arg, WAIT_MS, take, f, &state, e);
    }
    ok = ok && feed->place(feed->arg, &f->arena, &place, e);
    f->at = ok ? place.at : f->at;
    f->out->to_end = state == FEED_END;
    return ok;
}

static bool begin_of(struct run *r, struct position *out, struct err *e) {
    struct gauss_rows rows;
    struct task_record record;
    char *sql = arena_printf(&r->arena,
                             "SELECT \"source_server\", \"source_gtid\", \"source_file\", \"source_pos\" FROM "
                             "godwit.compared WHERE \"task\" = %s",
                             str_literal_pg(&r->arena, r->name));
    if (!checkpoint_read(r->target, &r->arena, r->name, &record, e) ||
        !gauss_rows(r->target, &r->arena, sql, &rows, e)) {
        return err_where(e, "godwit.compared");
    }
    *out = record.at;
    if (rows.n == 1) {
        *out = (struct position){.server = gauss_text(&rows, 0, 0),
                                 .gtid = gauss_text(&rows, 0, 1),
                                 .file = gauss_text(&rows, 0, 2),
                                 .pos = strtoull(gauss_text(&rows, 0, 3), NULL, 10)};
    }
    return record.state == TASK_DONE ||
           err_set(e, ERR_NOT_LOADED, "task '%s' has no finished load in the target", r->name);
}

static void look_at_tables(struct finding *f, struct check_table *tables) {
    size_t columns = 0;
    f->tables = arena_array(&f->arena, struct keyed, f->r->db.ntables + 1);
    for (size_t i = 0; i < f->r->db.ntables; i++) {
        struct check_table *t = &tables[i];
        if (t->not_checkable == NULL && t->nkeys > 0) {
            f->tables[i] = (struct keyed){.t = t, .at = changed_key_columns(&f->arena, t)};
        }
        columns = t->t->ncolumns > columns ? t->t->ncolumns : columns;
    }
    f->fields = arena_array(&f->arena, struct field, columns + 1);
}

static bool find(void *arg, struct run *r, struct check_table *tables, struct check_changed *out, struct err *e) {
    struct finding *f = arg;
    struct stream_place from = {.rows = 0};
    struct charsets *charsets = NULL;
    struct binlog_feed *feed = NULL;
    f->r = r;
    f->name = arena_strdup(&f->arena, r->name);
    f->changed = out;
    look_at_tables(f, tables);
    bool ok = key_set_init(&f->seen, e) && begin_of(r, &from.at, e) && charsets_read(r->source, &charsets, e);
    struct binlog_feed_options o = {.task = r->task,
                                    .dialect = r->identity.dialect,
                                    .db = &r->db,
                                    .charsets = charsets,
                                    .name = r->name,
                                    .by_gtid =
                                        ok && source_tells_gtids(r->source, &r->arena, r->db.is_mariadb, &from.at),
                                    .until_end = true,
                                    .unfit = unfit,
                                    .arg = f};
    ok = ok && binlog_feed_new(&feed, &o, e);
    if (ok) {
        struct feed reading = binlog_feed_feed(feed);
        ok = read_to_end(f, &reading, &from, e);
    }
    prefer_whole(f);
    binlog_feed_free(feed);
    charsets_free(charsets);
    log_info("changed", "%" PRIu64 " rows changed, of %" PRIu64 " keys", f->out->changes, f->out->keys);
    return ok;
}

/* ---- the record ---- */

static bool write_record(const struct task *t, struct finding *f, struct err *e) {
    struct gauss_client *c = NULL;
    struct gauss_identity id;
    struct arena *a = &f->arena;
    char *task = str_literal_pg(a, f->name);
    char *sql =
        arena_printf(a,
                     "BEGIN; DELETE FROM godwit.compared WHERE \"task\" = %s; INSERT INTO godwit.compared (\"task\", "
                     "\"source_server\", \"source_gtid\", \"source_file\", \"source_pos\", \"keys\") VALUES (%s, %s, "
                     "%s, %s, %" PRIu64 ", %" PRIu64 "); COMMIT",
                     task, task, str_literal_pg(a, f->at.server), str_literal_pg(a, f->at.gtid),
                     str_literal_pg(a, f->at.file), f->at.pos, f->out->keys);
    bool ok = target_open(t, a, &c, &id, e) && gauss_exec(c, sql, e);
    gauss_close(c);
    return ok || err_where(e, "godwit.compared");
}

uint64_t changed_differences(const struct check_report *report, struct err *what) {
    uint64_t rows = 0;
    for (size_t i = 0; i < report->ntables; i++) {
        const struct check_table_report *t = &report->tables[i];
        uint64_t n = t->changed + t->missing + t->extra;
        if (n > 0 && rows == 0) {
            err_where(what, "table %s", t->source);
            err_cause(what, "%" PRIu64 " rows, first: %s", n, t->nlisted > 0 ? t->listed[0].key : "not listed");
        }
        rows += n;
    }
    return rows;
}

bool changed_check(const struct task *t, const struct changed_options *o, struct progress *progress, atomic_bool *stop,
                   struct check_report *report, struct changed_result *out, struct err *e) {
    *out = (struct changed_result){0};
    struct finding f = {.o = o, .out = out};
    struct task one = *t;
    if (o->applied != NULL) { /* a single reader of the source needs no lock for its snapshot */
        one.snapshot = SNAPSHOT_LOCK_FREE;
    }
    struct check_options co = {.source_jobs = o->applied != NULL ? 1 : 0,
                               .max_listed = o->max_listed,
                               .skip_structure = true,
                               .applied = o->applied,
                               .arg = o->arg,
                               .changed = find,
                               .changed_arg = &f};
    buf_init(&f.key, KEY_MAX_BYTES);
    bool ok = check_run(&one, &co, progress, stop, report, e);
    ok = ok && (report->different || write_record(t, &f, e));
    buf_clear(&f.key);
    key_set_clear(&f.seen);
    arena_clear(&f.arena);
    return ok;
}
