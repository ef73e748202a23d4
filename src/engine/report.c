/* The report of a run, for people and for programs. See report.h. */
#include "engine/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "engine/text_width.h"

enum { NAME_COLUMNS_MAX = 40, SAME_REASON_MAX = 8 };

void report_init(struct report *r) {
    memset(r, 0, sizeof *r);
}

void report_clear(struct report *r) {
    arena_clear(&r->arena);
    memset(r, 0, sizeof *r);
}

/* ---- for people ---- */

static const char *seconds(double s, char text[32]) {
    if (s < 0.0005) {
        snprintf(text, 32, "-");
    } else if (s < 1) {
        snprintf(text, 32, "%.0f ms", s * 1000);
    } else if (s < 120) {
        snprintf(text, 32, "%.1f s", s);
    } else {
        unsigned long n = (unsigned long)(s + 0.5);
        snprintf(text, 32, "%lu:%02lu:%02lu", n / 3600, n / 60 % 60, n % 60);
    }
    return text;
}

static const char *rate(uint64_t bytes, double s, char text[32]) {
    if (s < 0.0005) {
        snprintf(text, 32, "-");
        return text;
    }
    char b[24];
    snprintf(text, 32, "%s/s", str_bytes((uint64_t)((double)bytes / s), b));
    return text;
}

/* "label  text"; nothing when there is no text. */
static void line(FILE *out, struct arena *a, const char *label, const char *text) {
    if (text != NULL && text[0] != '\0') {
        fprintf(out, "%-10s %s\n", label, text_fit(a, text, 4096));
    }
}

static void print_head(const struct report *r, FILE *out, struct arena *a) {
    char code[8];
    if (r->ok) {
        fprintf(out, "Loaded.");
    } else {
        fprintf(out, "Not finished: %s (%s).", text_fit(a, r->error.message, 768), err_code_text(r->error.code, code));
    }
    if (r->resumed) {
        fprintf(out, " Went on from an earlier run: %u chunks were there already.", r->chunks_kept);
    }
    fputs("\n\n", out);
    line(out, a, "task", r->task);
    line(out, a, "source", r->source_version);
    if (r->target_version != NULL) {
        /* Which compiler built the server is of no use here. */
        const char *machine = strstr(r->target_version, " on ");
        size_t n = machine != NULL ? (size_t)(machine - r->target_version) : strlen(r->target_version);
        line(out, a, "target",
             arena_printf(a, "%.*s, dialect %s", (int)n, r->target_version,
                          r->dialect != NULL ? r->dialect : "unknown"));
    }
    line(out, a, "snapshot", r->snapshot);
    if (r->gtid != NULL && r->gtid[0] != '\0') {
        line(out, a, "GTID", r->gtid);
    }
    if (r->binlog_file != NULL && r->binlog_file[0] != '\0') {
        line(out, a, "binlog", arena_printf(a, "%s:%llu", r->binlog_file, (unsigned long long)r->binlog_pos));
    }
}

static size_t name_columns(const struct report *r) {
    size_t widest = 5; /* "table", "total" */
    for (size_t i = 0; i < r->ntables; i++) {
        size_t n = text_width(r->tables[i].source);
        widest = n > widest ? n : widest;
    }
    return widest < NAME_COLUMNS_MAX ? widest : NAME_COLUMNS_MAX;
}

/* The rows of a resumed load are partly an earlier run's, its time is not: it has no speed. */
static void print_row(FILE *out, const char *name, const struct table_report *t, bool resumed) {
    char count[32], size[24], load[32], index[32], speed[32], aside[32];
    fprintf(out, "%s %15s %10s %7u %9s %9s %11s", name, str_count(t->rows, count), str_bytes(t->bytes, size), t->chunks,
            seconds(t->load_s, load), seconds(t->index_s, index), resumed ? "-" : rate(t->bytes, t->load_s, speed));
    if (t->diverted > 0) {
        fprintf(out, "  %s put aside", str_count(t->diverted, aside));
    }
    fputc('\n', out);
}

static void print_tables(const struct report *r, FILE *out, struct arena *a) {
    if (r->ntables == 0) {
        return;
    }
    size_t columns = name_columns(r);
    fprintf(out, "\n%s %15s %10s %7s %9s %9s %11s\n", text_pad(a, "table", columns), "rows", "bytes", "chunks", "load",
            "indexes", "speed");
    struct table_report all = {.rows = r->rows, .bytes = r->bytes, .load_s = r->load_s, .index_s = r->index_s};
    for (size_t i = 0; i < r->ntables; i++) {
        const struct table_report *t = &r->tables[i];
        print_row(out, text_pad(a, t->source, columns), t, r->resumed);
        all.diverted += t->diverted;
        all.chunks += t->chunks;
    }
    if (r->ntables > 1) {
        print_row(out, text_pad(a, "total", columns), &all, r->resumed);
    }
    char total[32];
    fprintf(out, "\nWhole run: %s.\n", seconds(r->total_s, total));
}

static void print_renamed(const struct report *r, FILE *out, struct arena *a) {
    size_t n = 0;
    for (size_t i = 0; i < r->ntables; i++) {
        const struct table_report *t = &r->tables[i];
        const char *dot = t->target != NULL ? strrchr(t->target, '.') : NULL;
        const char *bare = dot != NULL ? dot + 1 : t->target;
        const char *source_dot = strrchr(t->source, '.');
        const char *source_bare = source_dot != NULL ? source_dot + 1 : t->source;
        if (bare != NULL && !str_eq(bare, source_bare)) {
            fprintf(out, "%s  %s is called %s in the target\n", n++ == 0 ? "\nRenamed\n" : "",
                    text_fit(a, t->source, 200), text_fit(a, t->target, 200));
        }
    }
}

static void print_losses(const struct report *r, FILE *out, struct arena *a) {
    bool head = false;
    for (int rule = 0; rule < LOSS_COUNT; rule++) {
        bool named = false;
        for (size_t i = 0; i < r->nlosses; i++) {
            const struct loss_entry *l = &r->losses[i];
            if ((int)l->rule != rule || l->count == 0) {
                continue;
            }
            if (!head) {
                fputs("\nValues that could not be carried exactly\n", out);
                head = true;
            }
            if (!named) {
                fprintf(out, "  %s: %s\n", loss_rule_name(l->rule), loss_rule_text(l->rule));
                named = true;
            }
            char count[32];
            fprintf(out, "    %s.%s  %s, policy %s\n", text_fit(a, l->table, 200), text_fit(a, l->column, 200),
                    str_count(l->count, count), loss_policy_name(l->policy));
        }
    }
}

/* Findings with one reason stand together; of very many the first ones, the JSON form has them all. */
static void print_reason(const struct report *r, size_t first, FILE *out, struct arena *a) {
    const struct ddl_finding *f = &r->findings[first];
    fprintf(out, "  %s\n", text_fit(a, f->reason, 1000));
    size_t n = 0;
    for (size_t i = first; i < r->nfindings; i++) {
        const struct ddl_finding *g = &r->findings[i];
        if (g->changes_meaning != f->changes_meaning || !str_eq(g->reason, f->reason) || n++ >= SAME_REASON_MAX) {
            continue;
        }
        fprintf(out, "    %s", text_fit(a, g->object, 300));
        if (g->instead != NULL && g->instead[0] != '\0') {
            fprintf(out, ": %s", text_fit(a, g->instead, 1000));
        }
        fputc('\n', out);
    }
    if (n > SAME_REASON_MAX) {
        fprintf(out, "    and %zu more (all are in the report's JSON form)\n", n - SAME_REASON_MAX);
    }
}

static bool said_before(const struct report *r, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (r->findings[i].changes_meaning == r->findings[at].changes_meaning &&
            str_eq(r->findings[i].reason, r->findings[at].reason)) {
            return true;
        }
    }
    return false;
}

static void print_findings(const struct report *r, FILE *out, struct arena *a) {
    for (int pass = 0; pass < 2; pass++) {
        bool head = false;
        for (size_t i = 0; i < r->nfindings; i++) {
            if (r->findings[i].changes_meaning != (pass == 0) || said_before(r, i)) {
                continue;
            }
            if (!head) {
                fputs(pass == 0 ? "\nDefinitions that mean something else in the target\n"
                                : "\nDefinitions carried in another form\n",
                      out);
                head = true;
            }
            print_reason(r, i, out, a);
        }
    }
    for (size_t i = 0; i < r->nuncarried; i++) {
        const struct uncarried *u = &r->uncarried[i];
        fprintf(out, "%s  %s %s: %s\n", i == 0 ? "\nNot carried\n" : "", u->kind, text_fit(a, u->name, 200),
                text_fit(a, u->reason, 1000));
    }
}

void report_print(const struct report *r, FILE *out) {
    struct arena a = ARENA_INIT;
    print_head(r, out, &a);
    if (r->ok || r->rows > 0) {
        print_tables(r, out, &a);
    }
    print_losses(r, out, &a);
    if (r->ok) {
        print_renamed(r, out, &a);
        print_findings(r, out, &a);
    }
    arena_clear(&a);
}

/* ---- for programs ---- */

/* Text from a server need not be UTF-8; then what can be shown is. NULL becomes null. */
static json_t *text_json(const char *s) {
    if (s == NULL) {
        return json_null();
    }
    json_t *o = json_string(s);
    if (o == NULL) {
        struct arena a = ARENA_INIT;
        o = json_string(text_fit(&a, s, strlen(s)));
        arena_clear(&a);
    }
    return o;
}

static void put(json_t *o, const char *key, json_t *value) {
    if (json_object_set_new(o, key, value) != 0) {
        BUG("cannot add %s to a report", key);
    }
}

static void put_count(json_t *o, const char *key, uint64_t n) {
    put(o, key, json_integer((json_int_t)n));
}

static json_t *tables_json(const struct report *r) {
    json_t *list = json_array();
    for (size_t i = 0; i < r->ntables; i++) {
        const struct table_report *t = &r->tables[i];
        json_t *o = json_object();
        put(o, "source", text_json(t->source));
        put(o, "target", text_json(t->target));
        put_count(o, "rows", t->rows);
        put_count(o, "bytes", t->bytes);
        put_count(o, "diverted", t->diverted);
        put_count(o, "chunks", t->chunks);
        put(o, "load_s", json_real(t->load_s));
        put(o, "index_s", json_real(t->index_s));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *losses_json(const struct report *r) {
    json_t *list = json_array();
    for (size_t i = 0; i < r->nlosses; i++) {
        const struct loss_entry *l = &r->losses[i];
        json_t *o = json_object();
        put(o, "table", text_json(l->table));
        put(o, "column", text_json(l->column));
        put(o, "rule", json_string(loss_rule_name(l->rule)));
        put(o, "policy", json_string(loss_policy_name(l->policy)));
        put_count(o, "count", l->count);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *findings_json(const struct report *r) {
    json_t *list = json_array();
    for (size_t i = 0; i < r->nfindings; i++) {
        const struct ddl_finding *f = &r->findings[i];
        json_t *o = json_object();
        put(o, "object", text_json(f->object));
        put(o, "reason", text_json(f->reason));
        put(o, "instead", text_json(f->instead));
        put(o, "changes_meaning", json_boolean(f->changes_meaning));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *uncarried_json(const struct report *r) {
    json_t *list = json_array();
    for (size_t i = 0; i < r->nuncarried; i++) {
        const struct uncarried *u = &r->uncarried[i];
        json_t *o = json_object();
        put(o, "kind", text_json(u->kind));
        put(o, "name", text_json(u->name));
        put(o, "reason", text_json(u->reason));
        json_array_append_new(list, o);
    }
    return list;
}

json_t *report_to_json(const struct report *r) {
    json_t *o = json_object();
    put(o, "ok", json_boolean(r->ok));
    if (!r->ok) {
        put(o, "error", err_to_json(&r->error));
    }
    put(o, "task", text_json(r->task));
    put(o, "source_version", text_json(r->source_version));
    put(o, "target_version", text_json(r->target_version));
    put(o, "dialect", text_json(r->dialect));
    put(o, "snapshot", text_json(r->snapshot));
    json_t *position = json_object();
    put(position, "gtid", text_json(r->gtid));
    put(position, "binlog_file", text_json(r->binlog_file));
    put_count(position, "binlog_pos", r->binlog_pos);
    put(o, "position", position);
    put(o, "resumed", json_boolean(r->resumed));
    put_count(o, "chunks_kept", r->chunks_kept);
    put(o, "total_s", json_real(r->total_s));
    put(o, "load_s", json_real(r->load_s));
    put(o, "index_s", json_real(r->index_s));
    put(o, "lock_ms", json_real(r->lock_ms));
    put_count(o, "rows", r->rows);
    put_count(o, "bytes", r->bytes);
    put(o, "tables", tables_json(r));
    put(o, "losses", losses_json(r));
    put(o, "findings", findings_json(r));
    put(o, "uncarried", uncarried_json(r));
    return o;
}
