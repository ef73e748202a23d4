/* The stages of a check. See check.h. */
#include "check/check.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "check/detail.h"
#include "check/quick.h"
#include "check/reference.h"
#include "check/resume.h"

struct checking {
    struct run run;
    struct check_rows rows;
    const struct check_options *o;
    struct check_report *report;
};

static void tell_tables(struct checking *k) {
    struct run *r = &k->run;
    struct table_progress *p = arena_array(&r->arena, struct table_progress, r->db.ntables + 1);
    for (size_t i = 0; i < r->db.ntables; i++) {
        const struct table *t = &r->db.tables[i];
        p[i] = (struct table_progress){
            .name = t->name,
            .target = arena_printf(&r->arena, "%s.%s", t->target_schema, t->target_name),
            .rows_estimate = t->rows_estimate,
            .bytes_estimate = t->data_bytes,
        };
    }
    progress_tables(k->rows.progress, p, r->db.ntables);
}

static void count_policies(struct checking *k, size_t table, struct check_table_report *out) {
    const struct check_table *t = &k->rows.tables[table];
    size_t cap = 0;
    for (size_t i = 0; i < t->n * LOSS_COUNT; i++) {
        uint64_t count = k->rows.results[table].losses[i];
        if (count > 0) {
            enum loss_rule rule = (enum loss_rule)(i % LOSS_COUNT);
            out->by_policy =
                arena_grow(&k->report->arena, out->by_policy, out->nby_policy, &cap, sizeof *out->by_policy);
            out->by_policy[out->nby_policy++] =
                (struct policy_count){.column = arena_strdup(&k->report->arena, t->columns[i / LOSS_COUNT]->name),
                                      .rule = loss_rule_name(rule),
                                      .policy = loss_policy_name(check_policy(&k->run.task->loss, rule)),
                                      .count = count};
        }
    }
}

static void report_table(struct checking *k, size_t table) {
    struct check_report *report = k->report;
    struct check_table_report *out = &report->tables[table];
    const struct check_table *t = &k->rows.tables[table];
    const struct table_rows *rows = &k->rows.results[table];
    const struct table_differences *d = &k->rows.differences.tables[table];
    out->left_out = arena_strdup(&report->arena, t->left_out);
    out->not_selected = arena_strdup(&report->arena, t->not_selected);
    out->rows_from = t->rows != NULL ? t->rows->offset : 0;
    out->rows_count = t->rows != NULL ? t->rows->count : 0;
    out->keyless = t->nkeys == 0;
    out->source_rows = rows->source_rows;
    out->target_rows = rows->target_rows;
    out->source_bytes = rows->source_bytes;
    out->changed = d->changed;
    out->missing = d->missing;
    out->extra = d->extra;
    out->uncarriable = rows->uncarriable;
    out->settled = rows->settled;
    out->by_source_keys = t->mode == MODE_KEYS;
    out->changed_keys = rows->keys;
    uint64_t not_same = d->changed + d->missing;
    out->same = rows->source_rows > not_same ? rows->source_rows - not_same : 0;
    out->parts = rows->units;
    out->parts_different = rows->units_different;
    out->seconds = rows->to_us > rows->from_us ? (double)(rows->to_us - rows->from_us) / 1e6 : 0;
    count_policies(k, table, out);
    report->rows += rows->source_rows;
    report->bytes += rows->source_bytes;
    report->different = report->different || not_same + d->extra > 0;
}

static void report_tables(struct checking *k) {
    struct check_report *report = k->report;
    struct run *r = &k->run;
    report->ntables = r->db.ntables;
    report->tables = arena_array(&report->arena, struct check_table_report, r->db.ntables + 1);
    for (size_t i = 0; i < r->db.ntables; i++) {
        const struct table *t = &r->db.tables[i];
        report->tables[i].source = arena_strdup(&report->arena, t->name);
        report->tables[i].target = arena_printf(&report->arena, "%s.%s", t->target_schema, t->target_name);
    }
}

/* ---- stages ---- */

static bool compare_structure(struct checking *k, struct err *e) {
    struct check_report *report = k->report;
    report->structure.backward = k->o->backward;
    report->structure.followed = k->o->applied != NULL;
    if (!structure_check(&k->run, &report->arena, &report->structure, e)) {
        return err_where(e, "structure");
    }
    report->structure_checked = report->structure.not_checked == NULL && report->structure.nunchecked == 0;
    report->different = report->different || report->structure.n > 0;
    return true;
}

static bool compare_rows(struct checking *k, struct err *e) {
    struct check_rows *c = &k->rows;
    struct check_report *report = k->report;
    if (!check_tables_plan(&k->run, c->arena, &k->o->selection, &c->tables, e)) {
        return false;
    }
    for (size_t i = 0; i < c->ntables; i++) {
        if (c->tables[i].not_checkable != NULL) {
            report->tables[i].not_checkable = arena_strdup(&report->arena, c->tables[i].not_checkable);
            report->different = report->different || c->tables[i].missing;
            progress_table_state(c->progress, i, TABLE_FAILED);
        }
    }
    if ((k->o->changed != NULL && !check_changed_find(c, k->o->changed, k->o->changed_arg, e)) ||
        !check_rows_read(c, e)) {
        return false;
    }
    for (size_t i = 0; i < c->ntables; i++) {
        if (c->tables[i].not_checkable == NULL) {
            report_table(k, i);
            progress_table_state(c->progress, i, TABLE_DONE);
        }
    }
    report->rows_checked = true;
    progress_phase(c->progress, PHASE_FINISH);
    return check_detail(c, k->o, report, e) && (!k->o->backward || reference_tables(&k->run, report, e));
}

static void report_source(struct checking *k) {
    struct check_report *report = k->report;
    const struct snapshot *s = &k->rows.snapshot;
    report->snapshot = arena_strdup(&report->arena, s->how);
    report->gtid = arena_strdup(&report->arena, s->at.gtid);
    report->binlog_file = arena_strdup(&report->arena, s->at.file);
    report->binlog_pos = s->at.pos;
}

static bool all(struct checking *k, struct err *e) {
    struct run *r = &k->run;
    struct check_rows *c = &k->rows;
    progress_phase(c->progress, PHASE_CONNECT);
    if (!run_connect(r, e)) {
        return false;
    }
    k->report->source_version = arena_strdup(&k->report->arena, mysql_server(r->source)->version_text);
    k->report->target_version = arena_strdup(&k->report->arena, r->identity.version_text);
    k->report->dialect = dialect_name(r->identity.dialect);
    c->ntables = r->db.ntables;
    tell_tables(k);
    report_tables(k);
    if (k->o->backward && k->o->repair && !mend_mysql_possible(r, e)) {
        return false;
    }
    progress_phase(c->progress, PHASE_SCHEMA);
    /* Structure first: the row check overwrites the model's types with those found. */
    return (k->o->skip_structure || compare_structure(k, e)) &&
           (k->o->skip_rows || (k->o->quick ? check_quick(c, k->o->max_listed, k->report, e) : compare_rows(k, e)));
}

static void finish(struct checking *k, bool ok, const struct err *e, int64_t from_us) {
    struct check_report *report = k->report;
    if (!k->o->quick) {
        report_source(k);
    }
    report->total_s = (double)(clock_mono_us() - from_us) / 1e6;
    report->complete = ok && (k->o->skip_structure || report->structure_checked);
    for (size_t i = 0; i < report->ntables; i++) {
        report->complete = report->complete && report->tables[i].not_checkable == NULL;
    }
    if (!ok) {
        err_copy(&report->error, e);
        log_err("check_failed", e);
    }
    progress_phase(k->rows.progress, ok ? PHASE_DONE : PHASE_FAILED);
}

bool check_run(const struct task *t, const struct check_options *o, struct progress *progress, atomic_bool *stop,
               struct check_report *report, struct err *e) {
    struct task narrowed = *t;
    narrowed.tables.also = &o->selection.tables;
    report->partial = o->partial;
    struct checking k = {.run = {.task = &narrowed, .stop = stop}, .o = o, .report = report};
    unsigned jobs = run_jobs(t);
    k.rows = (struct check_rows){
        .run = &k.run,
        .arena = &k.run.arena,
        .source_jobs = o->source_jobs > 0 ? o->source_jobs : jobs,
        .target_jobs = o->target_jobs > 0 ? o->target_jobs : jobs,
        .chunk_bytes = (t->chunk_bytes > 0 ? t->chunk_bytes : 32u << 20) / 8, /* keys and digests are kept in memory */
        .settle_ms = o->settle_ms,
        .applied = o->applied,
        .applied_arg = o->arg,
        .backward = o->backward,
        .journal_path = o->journal_file,
        .resume_mode = o->resume,
        .stop = stop,
        .progress = progress,
    };
    rate_init(&k.rows.rates[SIDE_SOURCE], t->rate_limit_bytes);
    rate_init(&k.rows.rates[SIDE_TARGET], t->rate_limit_bytes);
    int64_t from_us = clock_mono_us();
    bool ok = all(&k, e);
    if (!ok && o->backward) {
        check_error_turn(e);
    }
    finish(&k, ok, e, from_us);
    resume_report(&k.rows, report);
    if (o->backward) {
        check_report_turn(report, &k.run.db);
    }
    resume_close(&k.rows, ok);
    check_rows_clear(&k.rows);
    check_tables_clear(k.rows.tables, k.rows.ntables);
    rate_clear(&k.rows.rates[SIDE_SOURCE]);
    rate_clear(&k.rows.rates[SIDE_TARGET]);
    run_clear(&k.run);
    return ok;
}
