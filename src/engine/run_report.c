/* From what a run knows to its report. See run.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "engine/run.h"

char *run_step_name(struct arena *a, const struct ddl_statement *s) {
    uint64_t hash = 14695981039346656037u;
    for (const char *p = s->sql; *p != '\0'; p++) {
        hash = (hash ^ (unsigned char)*p) * 1099511628211u;
    }
    return arena_printf(a, "%s %.240s %08x", ddl_stage_name(s->stage), s->object, (unsigned)(hash ^ hash >> 32));
}

static char *text_or_null(struct arena *a, const char *s) {
    return s == NULL || s[0] == '\0' ? NULL : arena_strdup(a, s);
}

static double span_s(int64_t from_us, int64_t to_us) {
    return from_us == 0 || to_us < from_us ? 0 : (double)(to_us - from_us) / 1e6;
}

static void report_losses(struct run *r, struct report *out, size_t table) {
    const struct table *t = &r->db.tables[table];
    size_t cap = out->nlosses, loaded = 0;
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (!t->columns[i].loaded) {
            continue;
        }
        for (int rule = 0; rule < LOSS_COUNT; rule++) {
            uint64_t count = r->load.tables[table].losses[loaded * LOSS_COUNT + (size_t)rule];
            if (count > 0) {
                out->losses = arena_grow(&out->arena, out->losses, out->nlosses, &cap, sizeof *out->losses);
                out->losses[out->nlosses++] =
                    (struct loss_entry){.table = arena_strdup(&out->arena, t->name),
                                        .column = arena_strdup(&out->arena, t->columns[i].name),
                                        .rule = (enum loss_rule)rule,
                                        .policy = r->task->loss.of[rule],
                                        .count = count};
            }
        }
        loaded++;
    }
}

static void report_tables(struct run *r, struct report *out) {
    struct arena *a = &out->arena;
    int64_t load_from = 0, load_to = 0, index_from = 0, index_to = 0;
    out->ntables = r->db.ntables;
    out->tables = arena_array(a, struct table_report, out->ntables);
    for (size_t i = 0; i < out->ntables; i++) {
        const struct load_table *l = &r->load.tables[i];
        const struct table *t = &r->db.tables[i];
        out->tables[i] = (struct table_report){.source = arena_strdup(a, t->name),
                                               .target = arena_printf(a, "%s.%s", t->target_schema, t->target_name),
                                               .rows = l->rows,
                                               .bytes = l->bytes,
                                               .diverted = l->diverted,
                                               .chunks = l->chunks,
                                               .load_s = span_s(l->load_from_us, l->load_to_us),
                                               .index_s = span_s(l->index_from_us, l->index_to_us)};
        out->rows += l->rows;
        out->bytes += l->bytes;
        out->chunks_kept += l->chunks_kept;
        load_from =
            l->load_from_us != 0 && (load_from == 0 || l->load_from_us < load_from) ? l->load_from_us : load_from;
        load_to = l->load_to_us > load_to ? l->load_to_us : load_to;
        index_from =
            l->index_from_us != 0 && (index_from == 0 || l->index_from_us < index_from) ? l->index_from_us : index_from;
        index_to = l->index_to_us > index_to ? l->index_to_us : index_to;
        report_losses(r, out, i);
    }
    out->load_s = span_s(load_from, load_to);
    out->index_s = span_s(index_from, index_to);
}

void run_report(struct run *r, bool ok, const struct err *e, double total_s, struct report *out) {
    struct arena *a = &out->arena;
    out->ok = ok;
    if (!ok) {
        err_copy(&out->error, e);
    }
    out->task = arena_strdup(a, r->name);
    out->source_version = r->source == NULL ? NULL : arena_strdup(a, mysql_server(r->source)->version_text);
    out->target_version = arena_strdup(a, r->identity.version_text);
    out->dialect = dialect_name(r->identity.dialect);
    out->total_s = total_s;
    out->snapshot = text_or_null(a, r->snapshot_how);
    out->lock_ms = r->lock_ms;
    out->gtid = text_or_null(a, r->load.at.gtid);
    out->binlog_file = text_or_null(a, r->load.at.file);
    out->binlog_pos = r->load.at.pos;
    if (r->load.tables != NULL) {
        report_tables(r, out);
    }
    out->resumed = out->chunks_kept > 0;
    out->findings = arena_array(a, struct ddl_finding, r->ddl.nfindings);
    out->nfindings = r->ddl.nfindings;
    for (size_t i = 0; i < out->nfindings; i++) {
        const struct ddl_finding *f = &r->ddl.findings[i];
        out->findings[i] = (struct ddl_finding){.object = arena_strdup(a, f->object),
                                                .reason = arena_strdup(a, f->reason),
                                                .instead = arena_strdup(a, f->instead),
                                                .changes_meaning = f->changes_meaning};
    }
    out->uncarried = arena_array(a, struct uncarried, r->db.nuncarried);
    out->nuncarried = r->db.nuncarried;
    for (size_t i = 0; i < out->nuncarried; i++) {
        const struct uncarried *u = &r->db.uncarried[i];
        out->uncarried[i] = (struct uncarried){
            .kind = arena_strdup(a, u->kind), .name = arena_strdup(a, u->name), .reason = arena_strdup(a, u->reason)};
    }
}
