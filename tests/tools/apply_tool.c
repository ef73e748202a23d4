/* The apply engine on a source that is made up (apply_made.h): for tests/scenarios/test_apply.py and tests/bench/follow.py. Not installed.
 *
 *   APPLY_PASSWORD=... apply_tool setup|run|verify host=H port=P user=U database=D [OPTION=VALUE ..]
 *     kind=mixed|unique_fk|conflict10|hot|huge|keys  seed=  tables=  rows=  changes=
 *     run: appliers=  in_order=1  batch=  missing|duplicate|refused=stop|retry|divert  hidden=1  retry_ms=  origin=NAME
 *
 * setup makes the tables and fills them, run follows to the end (also one that was killed), verify compares every row.
 * One JSON line on standard output; exit code 0, or 1 after an error. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "apply_made.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/claim.h"
#include "engine/target.h"
#include "follow/follow.h"
#include "schema/ddl.h"

struct tool {
    struct task task;
    struct made_options made;
    struct follow_options follow;
    struct checkpoint checkpoint;
    struct arena arena;
    struct database d;
    struct gauss_identity id;
};

static atomic_bool stop, finish;

static bool option(struct tool *t, const char *name, char *value, struct err *e) {
    static const char *const classes[] = {"missing", "duplicate", "refused"}, *const policies[] = {"stop", "retry",
                                                                                                   "divert"};
    struct {
        const char *name;
        const char **text;
    } texts[] = {{"host", &t->task.target.host},
                 {"user", &t->task.target.user},
                 {"database", &t->task.target.database},
                 {"origin", &t->follow.origin}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (str_eq(name, texts[i].name)) {
            *texts[i].text = value;
            return true;
        }
    }
    for (size_t c = 0; c < 3; c++) {
        for (size_t p = 0; str_eq(name, classes[c]) && p < 3; p++) {
            if (str_eq(value, policies[p])) {
                t->follow.policy[c] = (enum apply_policy)p;
                return true;
            }
        }
    }
    uint64_t n = strtoull(value, NULL, 10);
    if (str_eq(name, "kind")) {
        return made_kind_parse(value, &t->made.kind) || err_set(e, ERR_USAGE, "no such kind: %s", value);
    }
    if (str_eq(name, "port")) {
        t->task.target.port = (uint16_t)n;
    } else if (str_eq(name, "seed")) {
        t->made.seed = n;
    } else if (str_eq(name, "tables")) {
        t->made.tables = (unsigned)n;
    } else if (str_eq(name, "rows")) {
        t->made.rows = n;
    } else if (str_eq(name, "changes")) {
        t->made.changes = n;
    } else if (str_eq(name, "appliers")) {
        t->follow.appliers = (unsigned)n;
    } else if (str_eq(name, "batch")) {
        t->follow.batch_changes = n;
    } else if (str_eq(name, "in_order")) {
        t->follow.in_order = n != 0;
    } else if (str_eq(name, "hidden")) {
        t->follow.hidden_cascades = n != 0;
    } else if (str_eq(name, "retry_ms")) {
        t->task.retry_ms = (int64_t)n;
    } else {
        return err_set(e, ERR_USAGE, "no such option: %s", name);
    }
    return true;
}

/* ---- setup ---- */

static bool run_ddl(struct tool *t, struct gauss_client *c, enum ddl_stage from, enum ddl_stage to, struct err *e) {
    struct ddl ddl;
    struct ddl_options o = {
        .types = {.dialect = t->id.dialect}, .target_schema = "made", .server_version = t->id.version};
    bool ok = ddl_make(&t->arena, &t->d, &o, &ddl, e);
    for (size_t i = 0; ok && i < ddl.n; i++) {
        bool wanted = ddl.statements[i].stage >= from && ddl.statements[i].stage <= to;
        ok = !wanted || gauss_exec(c, ddl.statements[i].sql, e);
    }
    return ok;
}

static bool fill(struct tool *t, struct gauss_client *c, struct made *m, unsigned table, struct err *e) {
    struct buf out, row;
    uint64_t id = 1, n;
    char *sql = arena_printf(&t->arena, "COPY made.t%u FROM STDIN (FORMAT binary)", table);
    buf_init(&out, 64 << 20);
    buf_init(&row, 4096);
    bool ok = gauss_copy_in_begin(c, sql, e) && buf_reserve(&out, 1 << 20, e);
    out.len = GAUSS_COPY_HEADER;
    ok = ok && buf_put(&out, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19, e);
    while (ok && made_row(m, table, &id, &row)) {
        ok = buf_put(&out, "\0\5", 2, e) && buf_put(&out, row.data, row.len, e) &&
             (out.len < 1 << 18 || gauss_copy_in_send_buf(c, &out, e));
    }
    ok = ok && buf_put(&out, "\377\377", 2, e) && gauss_copy_in_send_buf(c, &out, e) && gauss_copy_in_end(c, &n, e);
    buf_clear(&out);
    buf_clear(&row);
    return ok;
}

static bool setup(struct tool *t, struct gauss_client *c, json_t *out, struct err *e) {
    struct made *m = made_new(&t->made);
    bool ok = gauss_exec(c, "DROP SCHEMA IF EXISTS made CASCADE; DROP SCHEMA IF EXISTS godwit CASCADE", e) &&
              checkpoint_prepare(c, e) && run_ddl(t, c, DDL_SCHEMA, DDL_TABLE, e);
    for (unsigned i = 0; ok && i < t->made.tables; i++) {
        ok = fill(t, c, m, i, e);
    }
    ok = ok && run_ddl(t, c, DDL_INDEX, DDL_ANALYZE, e);
    json_object_set_new(out, "rows", json_integer((json_int_t)(t->made.rows * t->made.tables)));
    made_free(m);
    return ok;
}

/* ---- run ---- */

static double peak_mib(void) {
    char line[256];
    long kib = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (str_starts(line, "VmHWM:")) {
            kib = strtol(line + 6, NULL, 10);
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return (double)kib / 1024;
}

static void watch(void *arg, const struct follow_figures *f) {
    (void)arg;
    json_t *o =
        json_pack("{s:I, s:I, s:I, s:I}", "taken", (json_int_t)f->taken_rows, "applied", (json_int_t)f->applied_rows,
                  "jobs", (json_int_t)f->jobs.jobs, "retried", (json_int_t)f->retried);
    char *text = json_dumps(o, JSON_COMPACT);
    fprintf(stderr, "%s\n", text);
    free(text);
    json_decref(o);
}

static bool run(struct tool *t, struct gauss_client *c, json_t *out, struct err *e) {
    struct task_record before;
    struct made *m = made_new(&t->made);
    struct feed feed = made_feed(m);
    struct stream_place begin = {.at = {.server = "made", .gtid = "", .file = "made"}};
    struct follow_figures figures = {0};
    struct follow_options *o = &t->follow;
    bool ok = checkpoint_prepare(c, e) && claim_take(c, &t->arena, "made", 0, &stop, &t->checkpoint, &before, e) &&
              claim_replace(c, &t->checkpoint, &stop, e);
    if (!ok) {
        gauss_close(c);
        made_free(m);
        return false;
    }
    o->task = &t->task;
    o->checkpoint = &t->checkpoint;
    o->dialect = t->id.dialect;
    o->db = &t->d;
    o->coordinator = c;
    o->feed = &feed;
    o->begin = &begin;
    o->stop = &stop;
    o->finish = &finish;
    o->watch = watch;
    int64_t from = clock_mono_us();
    ok = follow_run(o, &figures, e);
    double seconds = (double)(clock_mono_us() - from) / 1e6;
    json_object_set_new(out, "applied", json_integer((json_int_t)figures.applied_rows));
    json_object_set_new(out, "transactions", json_integer((json_int_t)figures.applied_transactions));
    json_object_set_new(out, "seconds", json_real(seconds));
    json_object_set_new(out, "rows_per_s", json_real((double)figures.applied_rows / seconds));
    json_object_set_new(out, "jobs", json_integer((json_int_t)figures.jobs.jobs));
    json_object_set_new(out, "waited", json_integer((json_int_t)figures.jobs.waited));
    json_object_set_new(out, "diverted", json_integer((json_int_t)figures.diverted));
    json_object_set_new(out, "retried", json_integer((json_int_t)figures.retried));
    json_object_set_new(out, "careful", json_integer((json_int_t)figures.careful));
    json_object_set_new(out, "peak_mib", json_real(peak_mib()));
    made_free(m);
    return ok;
}

/* ---- verify ---- */

static bool same_table(struct tool *t, struct gauss_client *c, struct made *m, unsigned table, uint64_t *wrong,
                       struct err *e) {
    struct buf row;
    uint64_t id = 1;
    bool first = true;
    char *sql = arena_printf(&t->arena, "COPY (SELECT * FROM made.t%u ORDER BY id) TO STDOUT (FORMAT binary)", table);
    buf_init(&row, 4096);
    bool ok = gauss_copy_out_begin(c, sql, e);
    while (ok) {
        const uint8_t *data;
        size_t len;
        ok = gauss_copy_out_next(c, &data, &len, e);
        if (!ok || data == NULL) {
            break;
        }
        if (first) { /* the head comes with the first row, or alone */
            data += 19;
            len -= 19;
            first = false;
        }
        if (len < 2 || get_be16(data) == 0xffff) {
            continue;
        }
        bool more = made_row(m, table, &id, &row);
        /* char(n) comes padded: the bytes up to there are those of the shorter form, field by field */
        struct field got[5], want[5] = {{0}};
        tuple_fields((struct tuple){.bytes = data + 2, .len = len - 2}, got, 5);
        bool same = more;
        if (more) {
            tuple_fields((struct tuple){.bytes = row.data, .len = row.len}, want, 5);
        }
        for (size_t i = 0; same && i < 5; i++) {
            bool null = !field_has_bytes(&want[i]);
            same = null ? !field_has_bytes(&got[i])
                        : got[i].len >= want[i].len && memcmp(got[i].bytes, want[i].bytes, want[i].len) == 0;
        }
        *wrong += !same;
    }
    while (ok && made_row(m, table, &id, &row)) {
        (*wrong)++;
    }
    buf_clear(&row);
    return ok;
}

static bool verify(struct tool *t, struct gauss_client *c, json_t *out, struct err *e) {
    struct made *m = made_new(&t->made);
    uint64_t wrong = 0;
    bool ok = true;
    made_rewind(m, true);
    for (unsigned i = 0; ok && i < t->made.tables; i++) {
        ok = same_table(t, c, m, i, &wrong, e);
    }
    json_object_set_new(out, "wrong", json_integer((json_int_t)wrong));
    made_free(m);
    return ok && (wrong == 0 || err_set(e, ERR_CHECK_DIFFERENT, "%llu rows are wrong", (unsigned long long)wrong));
}

int main(int n, char **words) {
    struct tool t = {.made = {.tables = 4, .rows = 1000, .changes = 10000, .seed = 1}};
    struct err e = ERR_INIT;
    struct gauss_client *c = NULL;
    json_t *out = json_object();
    task_defaults(&t.task);
    t.task.target.password = getenv("APPLY_PASSWORD");
    bool ok = n > 1;
    for (int i = 2; ok && i < n; i++) {
        char *value = strchr(words[i], '=');
        ok = value != NULL ? (*value++ = '\0', option(&t, words[i], value, &e))
                           : err_set(&e, ERR_USAGE, "%s is no option", words[i]);
    }
    ok = ok && target_open(&t.task, &t.arena, &c, &t.id, &e);
    if (ok) {
        made_database(&t.arena, &t.made, t.id.dialect, &t.d);
        if (str_eq(words[1], "setup")) {
            ok = setup(&t, c, out, &e);
        } else if (str_eq(words[1], "run")) {
            ok = run(&t, c, out, &e); /* closes the session */
            c = NULL;
        } else {
            ok = verify(&t, c, out, &e);
        }
    }
    if (!ok) {
        json_object_set_new(out, "error", err_to_json(&e));
        err_print(&e, stderr);
    }
    json_dumpf(out, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(out);
    gauss_close(c);
    arena_clear(&t.arena);
    return ok ? 0 : 1;
}
