/* Parts compared by earlier runs: see resume.h.
 *
 * Lines of the journal, in groups that end with d, a or run:
 *   {"run": identity, "at": .., "plans": {table: digest}}   a run begins; the next lines are of these plans
 *   {"snapshot": .., "gtid": .., "file": .., "pos": ..}
 *   {"x": table, "k": kind, "n": times, "key": hex}         a row that differs
 *   {"d": table, "l": .., "u": .., "rows": [..], "loss": [[i, n]..], "again": true or hex}   a part is compared
 *   {"a": table, "l": ..}                                   its second look is done */
#include "check/resume.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "check/journal.h"
#include "check/recheck.h"
#include "engine/progress.h"

/* ---- text ---- */

static char *hex_text(struct arena *a, const uint8_t *p, size_t n) {
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(a, 2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[p[i] >> 4];
        text[2 * i + 1] = digits[p[i] & 15];
    }
    return text;
}

static int nibble(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hex_bytes(struct arena *a, const char *text, uint8_t **out, size_t *n) {
    size_t len = text == NULL ? 1 : strlen(text);
    if (len % 2 != 0) {
        return false;
    }
    *out = arena_alloc(a, len / 2 + 1);
    *n = len / 2;
    for (size_t i = 0; i < *n; i++) {
        int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        (*out)[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* Everything that decides what a table's digests are of. */
static void plan_digest(const struct check_rows *c, const struct check_table *t, char out[DIGEST_TEXT]) {
    struct arena a = ARENA_INIT;
    char *text = arena_printf(&a, "%s %d %zu %d %d\n%s\n%s\n", GODWIT_VERSION, (int)t->mode, t->nkeys,
                              (int)c->run->identity.dialect, (int)t->target_text, t->source_select, t->target_select);
    for (size_t i = 0; i < t->n; i++) {
        text = arena_printf(&a, "%s%d %s\n", text, (int)t->columns[i]->target.kind, t->columns[i]->target.ddl);
    }
    for (int i = 0; i < LOSS_COUNT; i++) {
        text = arena_printf(&a, "%s%d ", text, (int)check_policy(&c->run->task->loss, (enum loss_rule)i));
    }
    digest_text(digest_row(text, strlen(text)), out);
    arena_clear(&a);
}

static char *identity(struct arena *a, const struct check_rows *c) {
    const struct task *t = c->run->task;
    return arena_printf(a, "%s:%u/%s -> %s:%u/%s.%s", t->source.host, (unsigned)t->source.port, t->source_database,
                        t->target.host, (unsigned)t->target.port, t->target.database,
                        c->run->db.tables[0].target_schema);
}

/* ---- reading ---- */

struct pending {
    enum row_difference kind;
    uint64_t times;
    uint8_t *key;
    size_t len;
};

struct reading {
    struct check_rows *c;
    char *identity;
    json_t *plans; /* of the run whose lines these are */
    struct arena scratch;
    struct pending *pending; /* differences of the group */
    size_t n, cap;
};

/* The table of a line, when its parts are of use. */
static struct check_table *table_of(struct reading *r, const char *name) {
    const char *plan = name == NULL ? NULL : json_string_value(json_object_get(r->plans, name));
    for (size_t i = 0; plan != NULL && i < r->c->ntables; i++) {
        struct check_table *t = &r->c->tables[i];
        if (str_eq(t->t->name, name)) {
            bool useful = str_eq(plan, r->c->resume->tables[i].plan) && t->not_checkable == NULL && t->rows == NULL;
            return useful ? t : NULL;
        }
    }
    return NULL;
}

static bool keep_differences(struct reading *r, const struct check_table *t) {
    struct err ignored;
    bool ok = true;
    for (size_t i = 0; ok && i < r->n && t->nkeys > 0; i++) { /* without a key the part is looked at again */
        const struct pending *p = &r->pending[i];
        err_clear(&ignored);
        ok = differences_add(&r->c->resume->earlier, t->number, p->kind, p->key, p->len, p->times, &ignored);
    }
    return ok;
}

static void look_again(struct reading *r, const struct check_table *t, const json_t *line, const char *lower,
                       const char *upper) {
    struct check_rows *c = r->c;
    const json_t *again = json_object_get(line, "again");
    struct unit *u = arena_new(&c->resume->arena, struct unit);
    size_t n = 0;
    u->table = &c->tables[t->number];
    u->differing_rows = (uint64_t)json_integer_value(json_object_get(line, "n"));
    if (t->mode == MODE_BUCKETS &&
        (!hex_bytes(&c->resume->arena, json_string_value(again), &u->differs, &n) || n != BUCKETS_BITMAP)) {
        u->differs = NULL; /* then all of it */
    }
    if (t->mode == MODE_RANGES) {
        struct arena *a = &c->resume->arena;
        u->chunk = (struct chunk){.table = t->number, .nbounds = 1};
        if (lower != NULL) {
            u->chunk.lower = arena_array(a, char *, 1);
            u->chunk.lower[0] = arena_strdup(a, lower);
        }
        if (upper != NULL) {
            u->chunk.upper = arena_array(a, char *, 1);
            u->chunk.upper[0] = arena_strdup(a, upper);
        }
        for (size_t side = 0; side < 2; side++) {
            u->pieces[side].where = arena_array(a, char *, 1);
            u->pieces[side].n = 1;
        }
        u->pieces[SIDE_SOURCE].where[0] = chunk_where(a, t->t, &u->chunk);
        u->pieces[SIDE_TARGET].where[0] = check_target_range(a, t, &u->chunk);
    }
    check_look_again(c, u);
}

static void add_counts(struct reading *r, const struct check_table *t, const json_t *line) {
    struct table_rows *to = &r->c->results[t->number];
    const json_t *rows = json_object_get(line, "rows"), *pair;
    uint64_t source_rows = (uint64_t)json_integer_value(json_array_get(rows, 0));
    uint64_t source_bytes = (uint64_t)json_integer_value(json_array_get(rows, 2));
    size_t i;
    to->source_rows += source_rows;
    to->target_rows += (uint64_t)json_integer_value(json_array_get(rows, 1));
    to->source_bytes += source_bytes;
    to->uncarriable += (uint64_t)json_integer_value(json_array_get(rows, 3));
    to->units++;
    to->units_different += json_is_true(json_object_get(line, "differs"));
    json_array_foreach(json_object_get(line, "loss"), i, pair) {
        uint64_t at = (uint64_t)json_integer_value(json_array_get(pair, 0));
        if (at < t->n * LOSS_COUNT) {
            to->losses[at] += (uint64_t)json_integer_value(json_array_get(pair, 1));
        }
    }
    r->c->resume->parts_kept++;
    progress_flow(r->c->progress, t->number, (int64_t)source_rows, (int64_t)source_bytes);
    progress_chunk_done(r->c->progress, t->number, 0, 0, 0);
}

static void take_part(struct reading *r, const json_t *line) {
    const struct check_table *t = table_of(r, json_string_value(json_object_get(line, "d")));
    if (t == NULL || !keep_differences(r, t)) {
        return;
    }
    struct table_resume *to = &r->c->resume->tables[t->number];
    const char *lower = json_string_value(json_object_get(line, "l"));
    const char *upper = json_string_value(json_object_get(line, "u"));
    add_counts(r, t, line);
    if (t->mode == MODE_BUCKETS) {
        to->compared = to->was_compared = true;
    } else {
        struct arena *a = &r->c->resume->arena;
        to->ranges = arena_grow(a, to->ranges, to->n, &to->cap, sizeof *to->ranges);
        to->ranges[to->n++] = (struct compared_range){arena_strdup(a, lower), arena_strdup(a, upper)};
    }
    if (json_object_get(line, "again") != NULL) {
        look_again(r, t, line, lower, upper);
    }
}

static bool same_lower(const struct unit *u, const char *lower) {
    return u->table->mode == MODE_BUCKETS || str_eq(u->chunk.lower == NULL ? NULL : u->chunk.lower[0], lower);
}

static void take_second_look(struct reading *r, const json_t *line) {
    struct check_rows *c = r->c;
    const struct check_table *t = table_of(r, json_string_value(json_object_get(line, "a")));
    const char *lower = json_string_value(json_object_get(line, "l"));
    if (t == NULL || t->nkeys == 0 || !keep_differences(r, t)) {
        return;
    }
    for (size_t i = 0; i < c->nagain; i++) {
        if (c->again[i]->table == t && same_lower(c->again[i], lower)) {
            c->again[i] = c->again[--c->nagain];
            return;
        }
    }
}

static void take_snapshot(struct reading *r, const json_t *line) {
    struct resume *to = r->c->resume;
    if (to->nruns > 0) {
        struct earlier_run *run = &to->runs[to->nruns - 1];
        run->gtid = arena_strdup(&to->arena, json_string_value(json_object_get(line, "gtid")));
        run->file = arena_strdup(&to->arena, json_string_value(json_object_get(line, "file")));
        run->pos = (uint64_t)json_integer_value(json_object_get(line, "pos"));
    }
}

static bool take_run(struct reading *r, const json_t *line) {
    struct resume *to = r->c->resume;
    if (!str_eq(json_string_value(json_object_get(line, "run")), r->identity)) {
        return false;
    }
    json_decref(r->plans);
    r->plans = json_incref(json_object_get(line, "plans"));
    to->runs = arena_grow(&to->arena, to->runs, to->nruns, &to->runs_cap, sizeof *to->runs);
    to->runs[to->nruns++] =
        (struct earlier_run){.at = arena_strdup(&to->arena, json_string_value(json_object_get(line, "at")))};
    return true;
}

static void take_difference(struct reading *r, const json_t *line) {
    struct pending p = {.kind = (enum row_difference)json_integer_value(json_object_get(line, "k")),
                        .times = (uint64_t)json_integer_value(json_object_get(line, "n"))};
    if (hex_bytes(&r->scratch, json_string_value(json_object_get(line, "key")), &p.key, &p.len)) {
        r->pending = arena_grow(&r->scratch, r->pending, r->n, &r->cap, sizeof *r->pending);
        r->pending[r->n++] = p;
    }
}

static void end_group(struct reading *r) {
    arena_reset(&r->scratch);
    r->pending = NULL;
    r->n = r->cap = 0;
}

static enum journal_line read_line(void *arg, const json_t *line) {
    struct reading *r = arg;
    bool run = json_object_get(line, "run") != NULL;
    if (run ? !take_run(r, line) : r->plans == NULL) {
        return JOURNAL_NOT_OURS;
    }
    if (json_object_get(line, "x") != NULL) {
        take_difference(r, line);
        return JOURNAL_INSIDE;
    }
    if (json_object_get(line, "d") != NULL) {
        take_part(r, line);
    } else if (json_object_get(line, "a") != NULL) {
        take_second_look(r, line);
    } else if (!run) {
        take_snapshot(r, line);
    }
    end_group(r);
    return JOURNAL_ENDS_GROUP;
}

/* Integers as text: negative ones, then by length, then digit by digit. NULL is below all. */
static int compare_integers(const char *a, const char *b) {
    if (a == NULL || b == NULL) {
        return (a != NULL) - (b != NULL);
    }
    bool minus_a = a[0] == '-', minus_b = b[0] == '-';
    if (minus_a != minus_b) {
        return minus_a ? -1 : 1;
    }
    size_t n = strlen(a), m = strlen(b);
    int order = n != m ? (n > m) - (n < m) : strcmp(a, b);
    return minus_a ? -order : order;
}

static int by_lower(const void *a, const void *b) {
    return compare_integers(((const struct compared_range *)a)->lower, ((const struct compared_range *)b)->lower);
}

/* ---- opening ---- */

static json_t *run_line(const struct check_rows *c, const char *id) {
    char at[32];
    json_t *plans = json_object();
    for (size_t i = 0; i < c->ntables; i++) {
        json_object_set_new(plans, c->tables[i].t->name, json_string(c->resume->tables[i].plan));
    }
    return json_pack("{s:s, s:s, s:o}", "run", id, "at", clock_iso(clock_utc_us(), at), "plans", plans);
}

/* In the user's state directory, named by what is compared. NULL: there is no such directory. */
static char *default_path(struct arena *a, const char *id) {
    char name[DIGEST_TEXT];
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    digest_text(digest_row(id, strlen(id)), name);
    return state != NULL && state[0] == '/' ? arena_printf(a, "%s/godwit/check-%.16s.journal", state, name)
           : home != NULL && home[0] == '/' ? arena_printf(a, "%s/.local/state/godwit/check-%.16s.journal", home, name)
                                            : NULL;
}

static bool open_at(struct check_rows *c, const char *path, char *id, struct err *e) {
    struct reading r = {.c = c, .identity = id};
    bool ours = true, keep = c->resume_mode != CHECK_AFRESH;
    bool ok = journal_open(&c->resume->journal, path, keep, read_line, &r, &ours, e);
    json_decref(r.plans);
    arena_clear(&r.scratch);
    if (ok && !ours && c->journal_path != NULL) {
        err_set(e, ERR_RESUME_NONE, "the journal %s is of another check", path);
        ok = err_hint(e, "give the journal, the ends and the schema that the unfinished check had");
    }
    return ok;
}

/* Of tables that were compared since, or of all. */
static void remove_sums(const struct check_rows *c, bool all) {
    for (size_t i = 0; i < c->ntables; i++) {
        char *path = all || c->resume->tables[i].compared ? resume_sums_path(c, &c->tables[i]) : NULL;
        if (path != NULL) {
            unlink(path);
        }
        free(path);
    }
}

bool resume_open(struct check_rows *c, struct err *e) {
    struct resume *r = arena_new(c->arena, struct resume);
    char *id = identity(&r->arena, c);
    const char *path = c->changed != NULL        ? NULL
                       : c->journal_path != NULL ? c->journal_path
                                                 : default_path(&r->arena, id);
    r->tables = arena_array(&r->arena, struct table_resume, c->ntables + 1);
    c->resume = r;
    for (size_t i = 0; i < c->ntables; i++) {
        if (c->tables[i].not_checkable == NULL) {
            plan_digest(c, &c->tables[i], r->tables[i].plan);
        }
    }
    struct err refused = ERR_INIT;
    if (!differences_init(&r->earlier, c->ntables, e)) {
        return false;
    }
    bool ok = path != NULL && open_at(c, path, id, &refused);
    if (!ok && (c->journal_path != NULL || refused.code == ERR_RESUME_NONE)) {
        err_copy(e, &refused);
        return false;
    }
    if (!ok && refused.code != ERR_NONE) {
        log_err("no_journal", &refused);
    }
    if (c->resume_mode == CHECK_RESUME && r->nruns == 0) {
        err_set(e, ERR_RESUME_NONE, "there is no unfinished check of these databases");
        return err_where(e, "%s", path != NULL ? path : "no directory for journals");
    }
    for (size_t i = 0; i < c->ntables; i++) {
        if (r->tables[i].n > 0) {
            qsort(r->tables[i].ranges, r->tables[i].n, sizeof *r->tables[i].ranges, by_lower);
        }
    }
    if (r->journal != NULL) {
        if (c->resume_mode == CHECK_AFRESH) {
            remove_sums(c, true);
        }
        journal_write(r->journal, run_line(c, id));
        journal_flush(r->journal);
        log_info("journal", "%s: %llu parts were compared by earlier runs", path, (unsigned long long)r->parts_kept);
    }
    return true;
}

/* ---- what was done ---- */

const struct compared_range *resume_ranges(const struct check_rows *c, const struct check_table *t, size_t *n) {
    *n = c->resume->tables[t->number].n;
    return c->resume->tables[t->number].ranges;
}

bool resume_is_compared(const struct check_rows *c, const struct check_table *t) {
    return c->resume->tables[t->number].was_compared;
}

bool resume_verify(struct check_rows *c, struct err *e) {
    struct recheck k = {.rows = c, .source = c->snapshot.clients[0], .target = c->anchor, .attempts = 1};
    for (size_t i = 0; i < c->ntables; i++) {
        struct table_differences *list = &c->resume->earlier.tables[i];
        struct recheck_counts counts = {0};
        if (list->keys != NULL && !recheck_keys(&k, &c->tables[i], list, &counts, e)) {
            return false;
        }
        c->results[i].settled += counts.keys - counts.different;
    }
    return true;
}

/* ---- writing ---- */

static struct journal *journal_of(struct check_rows *c, const struct check_table *t) {
    return t->rows == NULL ? c->resume->journal : NULL;
}

void resume_lock(struct check_rows *c) {
    if (c->resume->journal != NULL) {
        journal_lock(c->resume->journal);
    }
}

void resume_unlock(struct check_rows *c) {
    if (c->resume->journal != NULL) {
        journal_flush(c->resume->journal);
        journal_unlock(c->resume->journal);
    }
}

void resume_snapshot(struct check_rows *c) {
    const struct position *at = &c->snapshot.at;
    if (c->resume->journal != NULL) {
        resume_lock(c);
        journal_write(c->resume->journal, json_pack("{s:s?, s:s?, s:s?, s:I}", "snapshot", c->snapshot.how, "gtid",
                                                    at->gtid, "file", at->file, "pos", (json_int_t)at->pos));
        resume_unlock(c);
    }
}

void resume_difference(struct check_rows *c, size_t table, enum row_difference kind, const uint8_t *key, size_t len,
                       uint64_t times) {
    struct check_table *t = &c->tables[table];
    struct journal *j = journal_of(c, t);
    if (j != NULL) {
        struct arena a = ARENA_INIT;
        journal_write(j, json_pack("{s:s, s:i, s:I, s:s}", "x", t->t->name, "k", (int)kind, "n", (json_int_t)times,
                                   "key", hex_text(&a, key, len)));
        arena_clear(&a);
    }
}

static json_t *bound(char *const *bounds) {
    return bounds == NULL ? json_null() : json_string(bounds[0]);
}

void resume_compared(struct check_rows *c, const struct unit *u, bool again) {
    const struct check_table *t = u->table;
    struct journal *j = journal_of(c, t);
    if (j == NULL) {
        return;
    }
    json_t *loss = json_array();
    for (size_t i = 0; u->counts.losses != NULL && i < t->n * LOSS_COUNT; i++) {
        if (u->counts.losses[i] > 0) {
            json_array_append_new(loss, json_pack("[I, I]", (json_int_t)i, (json_int_t)u->counts.losses[i]));
        }
    }
    json_t *line = json_pack("{s:s, s:o, s:o, s:[I, I, I, I], s:o, s:b}", "d", t->t->name, "l", bound(u->chunk.lower),
                             "u", bound(u->chunk.upper), "rows", (json_int_t)u->counts.source_rows,
                             (json_int_t)u->counts.target_rows, (json_int_t)u->counts.source_bytes,
                             (json_int_t)u->counts.uncarriable, "loss", loss, "differs", (int)u->different);
    if (again) {
        struct arena a = ARENA_INIT;
        json_object_set_new(line, "again",
                            u->differs == NULL ? json_true() : json_string(hex_text(&a, u->differs, BUCKETS_BITMAP)));
        json_object_set_new(line, "n", json_integer((json_int_t)u->differing_rows));
        arena_clear(&a);
    }
    journal_write(j, line);
    if (t->mode == MODE_BUCKETS) {
        c->resume->tables[t->number].compared = true;
    }
}

void resume_looked_again(struct check_rows *c, const struct unit *u) {
    struct journal *j = journal_of(c, u->table);
    if (j != NULL) {
        journal_write(j, json_pack("{s:s, s:o}", "a", u->table->t->name, "l", bound(u->chunk.lower)));
    }
}

/* ---- the end ---- */

void resume_report(const struct check_rows *c, struct check_report *report) {
    const struct resume *r = c->resume;
    if (r == NULL) {
        return;
    }
    report->parts_kept = r->parts_kept;
    report->earlier = arena_array(&report->arena, struct earlier_snapshot, r->nruns + 1);
    for (size_t i = 0; i < r->nruns && r->parts_kept > 0; i++) {
        report->earlier[report->nearlier++] = (struct earlier_snapshot){
            .at = arena_strdup(&report->arena, r->runs[i].at),
            .gtid = arena_strdup(&report->arena, r->runs[i].gtid),
            .binlog_file = arena_strdup(&report->arena, r->runs[i].file),
            .binlog_pos = r->runs[i].pos,
        };
    }
}

void resume_close(struct check_rows *c, bool over) {
    struct resume *r = c->resume;
    if (r == NULL) {
        return;
    }
    if (r->journal != NULL) {
        remove_sums(c, over);
    }
    journal_close(r->journal, over);
    differences_clear(&r->earlier);
    arena_clear(&r->arena);
}
