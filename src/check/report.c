/* The report of a check, for people and for programs. See report.h. */
#include "check/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "engine/text_width.h"

enum { NAME_COLUMNS_MAX = 40, SHOWN_PER_TABLE = 10, SHOWN_VALUES = 6, TEXT_COLUMNS = 100 };

void check_report_init(struct check_report *r) {
    memset(r, 0, sizeof *r);
}

void check_report_clear(struct check_report *r) {
    arena_clear(&r->arena);
    memset(r, 0, sizeof *r);
}

static const char *kind_name(enum row_difference k) {
    switch (k) {
    case ROW_MISSING:
        return "missing";
    case ROW_EXTRA:
        return "extra";
    case ROW_CHANGED:
        break;
    }
    return "changed";
}

static const char *structure_kind_name(enum difference_kind k) {
    switch (k) {
    case DIFFERENCE_MISSING:
        return "missing";
    case DIFFERENCE_EXTRA:
        return "extra";
    case DIFFERENCE_OTHER:
        break;
    }
    return "changed";
}

/* ---- for people ---- */

static void line(FILE *out, struct arena *a, const char *label, const char *text) {
    if (text != NULL && text[0] != '\0') {
        fprintf(out, "%-10s %s\n", label, text_fit(a, text, 4096));
    }
}

static uint64_t total(const struct check_report *r, size_t offset) {
    uint64_t sum = 0;
    for (size_t i = 0; i < r->ntables; i++) {
        uint64_t one;
        memcpy(&one, (const char *)&r->tables[i] + offset, sizeof one);
        sum += one;
    }
    return sum;
}

#define TOTAL(r, member) total(r, offsetof(struct check_table_report, member))

static void print_head(const struct check_report *r, FILE *out, struct arena *a) {
    char code[8], n[32];
    if (r->error.code != ERR_NONE) {
        fprintf(out, "Not finished: %s (%s).\n", text_fit(a, r->error.message, 768),
                err_code_text(r->error.code, code));
    } else if (r->quick) {
        report_quick_head(r, out);
    } else if (r->different) {
        fprintf(out, "Different.\n");
    } else if (r->complete) {
        if (r->rows_checked) {
            fprintf(out, "The same: %s rows of %zu tables%s.\n", str_count(r->rows, n), r->ntables,
                    r->structure_checked ? " and their definitions" : "; definitions not compared");
        } else {
            fprintf(out, "The same: the definitions of %zu tables; rows not compared.\n", r->ntables);
        }
    } else {
        fprintf(out, "The same as far as it could be compared; see below.\n");
    }
    fputc('\n', out);
    line(out, a, "source", r->source_version);
    line(out, a, "target", r->target_version);
    line(out, a, "snapshot", r->snapshot);
    line(out, a, r->backward ? "target at" : "gtid", r->gtid);
    if (r->parts_kept > 0) {
        fprintf(out, "%-10s %llu parts were compared by runs that began at", "resumed",
                (unsigned long long)r->parts_kept);
        for (size_t i = 0; i < r->nearlier; i++) {
            fprintf(out, "%s %s", i > 0 ? "," : "", r->earlier[i].at);
        }
        fputc('\n', out);
    }
    fputc('\n', out);
}

static void print_tables(const struct check_report *r, FILE *out, struct arena *a) {
    size_t width = strlen("table");
    for (size_t i = 0; i < r->ntables; i++) {
        size_t w = text_width(text_fit(a, r->tables[i].source, NAME_COLUMNS_MAX));
        width = w > width ? w : width;
    }
    fprintf(out, "%s  %13s  %13s  %10s  %10s  %10s\n", text_pad(a, "table", width), "source rows", "target rows",
            "changed", "missing", "extra");
    for (size_t i = 0; i < r->ntables; i++) {
        const struct check_table_report *t = &r->tables[i];
        char n[5][32];
        fprintf(out, "%s", text_pad(a, text_fit(a, t->source, width), width));
        if (t->not_checkable != NULL) {
            fprintf(out, "  not compared: %s\n", text_fit(a, t->not_checkable, TEXT_COLUMNS));
            continue;
        }
        fprintf(out, "  %13s  %13s  %10s  %10s  %10s\n", str_count(t->source_rows, n[0]),
                str_count(t->target_rows, n[1]), str_count(t->changed, n[2]), str_count(t->missing, n[3]),
                str_count(t->extra, n[4]));
    }
}

static void print_row(const struct listed_difference *d, FILE *out, struct arena *a) {
    fprintf(out, "    %-7s  %s", kind_name(d->kind), text_fit(a, d->key, TEXT_COLUMNS));
    if (d->times > 1) {
        fprintf(out, "  (%llu rows)", (unsigned long long)d->times);
    }
    fputc('\n', out);
    for (size_t i = 0; d->kind == ROW_CHANGED && i < d->nvalues; i++) {
        if (i == SHOWN_VALUES) {
            fprintf(out, "             and %zu more columns\n", d->nvalues - i);
            break;
        }
        const struct value_difference *v = &d->values[i];
        fprintf(out, "             %s: %s", v->column,
                v->source == NULL ? "NULL" : text_fit(a, v->source, TEXT_COLUMNS));
        fprintf(out, "  ->  %s\n", v->target == NULL ? "NULL" : text_fit(a, v->target, TEXT_COLUMNS));
    }
}

static void print_unmended(const struct check_table_report *t, FILE *out, struct arena *a) {
    for (size_t i = 0; i < t->nunmended_listed && i < SHOWN_PER_TABLE; i++) {
        if (i == 0) {
            fprintf(out, "    not repaired: %llu rows\n", (unsigned long long)t->nunmended);
        }
        fprintf(out, "             %s: %s\n", text_fit(a, t->unmended[i].key, TEXT_COLUMNS),
                text_fit(a, t->unmended[i].reason, TEXT_COLUMNS * 2));
    }
}

static void print_rows(const struct check_report *r, FILE *out, struct arena *a) {
    for (size_t i = 0; i < r->ntables; i++) {
        const struct check_table_report *t = &r->tables[i];
        for (size_t k = 0; k < t->nlisted; k++) {
            if (k == 0) {
                fprintf(out, "\nRows of %s (source -> target)\n", text_fit(a, t->source, TEXT_COLUMNS));
            }
            if (k == SHOWN_PER_TABLE) {
                fprintf(out, "    and %llu more%s\n", (unsigned long long)(t->changed + t->missing + t->extra - k),
                        t->nlisted > k ? "; the JSON report lists them" : "");
                break;
            }
            print_row(&t->listed[k], out, a);
        }
        if (t->repaired > 0) {
            fprintf(out, "    repaired: %llu rows, %llu of them the same when read again\n",
                    (unsigned long long)t->repaired, (unsigned long long)t->mended);
        }
        print_unmended(t, out, a);
    }
}

static void print_structure(const struct check_report *r, FILE *out, struct arena *a) {
    const struct structure_result *s = &r->structure;
    if (s->not_checked != NULL) {
        fprintf(out, "\nDefinitions not compared: %s\n", text_fit(a, s->not_checked, 1024));
    }
    for (size_t i = 0; i < s->n; i++) {
        const struct structure_difference *d = &s->items[i];
        if (i == 0) {
            fprintf(out, "\nDefinitions (expected -> found)\n");
        }
        fprintf(out, "    %-7s  %s%s%s", structure_kind_name(d->kind),
                d->table == NULL ? "" : text_fit(a, d->table, TEXT_COLUMNS), d->table == NULL ? "" : ": ", d->object);
        if (d->what != NULL && d->what[0] != '\0') {
            fprintf(out, ", %s", d->what);
        }
        if (d->expected != NULL || d->found != NULL) {
            fprintf(out, ": %s  ->  %s", d->expected == NULL ? "none" : text_fit(a, d->expected, TEXT_COLUMNS),
                    d->found == NULL ? "none" : text_fit(a, d->found, TEXT_COLUMNS));
        }
        fputc('\n', out);
    }
    for (size_t i = 0; i < s->nunchecked; i++) {
        const struct structure_unchecked *u = &s->unchecked[i];
        fprintf(out, "%s    %s%s%s: %s\n", i == 0 ? "\nDefinitions not compared\n" : "",
                u->table == NULL ? "" : text_fit(a, u->table, TEXT_COLUMNS), u->table == NULL ? "" : ", ", u->object,
                text_fit(a, u->reason, 1024));
    }
}

static void print_policies(const struct check_report *r, FILE *out) {
    bool first = true;
    for (size_t i = 0; i < r->ntables; i++) {
        for (size_t k = 0; k < r->tables[i].nby_policy; k++) {
            const struct policy_count *p = &r->tables[i].by_policy[k];
            char n[32];
            fprintf(out, "%s    %s.%s: %s values under %s=%s\n",
                    first ? "\nChanged by policy: compared as changed\n" : "", r->tables[i].source, p->column,
                    str_count(p->count, n), p->rule, p->policy);
            first = false;
        }
        if (r->tables[i].left_out != NULL) {
            fprintf(out, "\n%s: columns that the %s has not: %s\n", r->tables[i].source,
                    r->backward ? "source" : "target", r->tables[i].left_out);
        }
        if (r->tables[i].not_selected != NULL) {
            fprintf(out, "\n%s: columns not selected: %s\n", r->tables[i].source, r->tables[i].not_selected);
        }
        if (r->tables[i].rows_count > 0) {
            fprintf(out, "\n%s: only %llu rows from number %llu on, in the order of the key\n", r->tables[i].source,
                    (unsigned long long)r->tables[i].rows_count, (unsigned long long)r->tables[i].rows_from + 1);
        }
        if (r->tables[i].by_source_keys) {
            fprintf(out, "    the sides may order its key otherwise: rows that only the %s has were not looked for\n",
                    r->backward ? "source" : "target");
        }
        if (r->tables[i].settled > 0) {
            fprintf(out, "\n%s: %llu rows differed at first and were the same when they were read again\n",
                    r->tables[i].source, (unsigned long long)r->tables[i].settled);
        }
    }
}

void check_report_print(const struct check_report *r, FILE *out) {
    struct arena a = ARENA_INIT;
    char bytes[24], rate[32];
    print_head(r, out, &a);
    if (r->rows_checked && r->quick) {
        report_quick_tables(r, out, &a);
    } else if (r->rows_checked) {
        print_tables(r, out, &a);
        print_rows(r, out, &a);
        print_policies(r, out);
    }
    print_structure(r, out, &a);
    fprintf(out, "\nWhole check: %.1f s", r->total_s);
    if (r->total_s > 0 && r->rows > 0) {
        fprintf(out, ", %s rows/s, %s of the %s", str_count((uint64_t)((double)r->rows / r->total_s), rate),
                str_bytes(r->bytes, bytes), r->quick || r->backward ? "target" : "source");
    }
    fprintf(out, ".\n");
    arena_clear(&a);
}

/* ---- for programs ---- */

static json_t *text(const char *s) {
    return s == NULL ? json_null() : json_string(s);
}

static json_t *count(uint64_t n) {
    return json_integer((json_int_t)n);
}

static json_t *listed_json(const struct check_table_report *t) {
    json_t *all = json_array();
    for (size_t i = 0; i < t->nlisted; i++) {
        const struct listed_difference *d = &t->listed[i];
        json_t *values = json_array();
        for (size_t k = 0; k < d->nvalues; k++) {
            json_array_append_new(values, json_pack("{s:o, s:o, s:o}", "column", text(d->values[k].column), "source",
                                                    text(d->values[k].source), "target", text(d->values[k].target)));
        }
        json_array_append_new(all, json_pack("{s:s, s:o, s:o, s:o}", "kind", kind_name(d->kind), "key", text(d->key),
                                             "times", count(d->times), "values", values));
    }
    return all;
}

static json_t *policies_json(const struct check_table_report *t) {
    json_t *all = json_array();
    for (size_t i = 0; i < t->nby_policy; i++) {
        const struct policy_count *p = &t->by_policy[i];
        json_array_append_new(all, json_pack("{s:o, s:s, s:s, s:o}", "column", text(p->column), "rule", p->rule,
                                             "policy", p->policy, "count", count(p->count)));
    }
    return all;
}

static json_t *unmended_json(const struct check_table_report *t) {
    json_t *all = json_array();
    for (size_t i = 0; i < t->nunmended_listed; i++) {
        json_array_append_new(
            all, json_pack("{s:o, s:o}", "key", text(t->unmended[i].key), "reason", text(t->unmended[i].reason)));
    }
    return all;
}

static json_t *table_json(const struct check_table_report *t, bool backward) {
    json_t *o = json_object();
    json_object_set_new(o, "source", text(t->source));
    json_object_set_new(o, "target", text(t->target));
    json_object_set_new(o, "not_compared", text(t->not_checkable));
    json_object_set_new(o, "columns_left_out", text(t->left_out));
    json_object_set_new(o, "columns_not_selected", text(t->not_selected));
    json_object_set_new(o, "rows_selected",
                        t->rows_count > 0
                            ? json_pack("{s:o, s:o}", "offset", count(t->rows_from), "count", count(t->rows_count))
                            : json_null());
    json_object_set_new(o, "keyless", json_boolean(t->keyless));
    json_object_set_new(o, "source_rows", count(t->source_rows));
    json_object_set_new(o, "target_rows", count(t->target_rows));
    json_object_set_new(o, "same", count(t->same));
    json_object_set_new(o, "changed", count(t->changed));
    json_object_set_new(o, "missing", count(t->missing));
    json_object_set_new(o, "extra", count(t->extra));
    json_object_set_new(o, "extra_not_looked_for", json_boolean(t->by_source_keys && !backward));
    json_object_set_new(o, "missing_not_looked_for", json_boolean(t->by_source_keys && backward));
    json_object_set_new(o, "settled", count(t->settled));
    json_object_set_new(o, "changed_keys", count(t->changed_keys));
    json_object_set_new(o, "not_carriable", count(t->uncarriable));
    json_object_set_new(o, "parts", count(t->parts));
    json_object_set_new(o, "parts_different", count(t->parts_different));
    json_object_set_new(o, "seconds", json_real(t->seconds));
    json_object_set_new(o, "rows_listed", listed_json(t));
    json_object_set_new(o, "changed_by_policy", policies_json(t));
    json_object_set_new(o, "repaired", count(t->repaired));
    json_object_set_new(o, "same_after_repair", count(t->mended));
    json_object_set_new(o, "not_repaired", count(t->nunmended));
    json_object_set_new(o, "not_repaired_rows", unmended_json(t));
    return o;
}

static json_t *structure_json(const struct structure_result *s) {
    json_t *all = json_array();
    for (size_t i = 0; i < s->n; i++) {
        const struct structure_difference *d = &s->items[i];
        json_array_append_new(all, json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "kind", structure_kind_name(d->kind),
                                             "table", text(d->table), "object", text(d->object), "what", text(d->what),
                                             "expected", text(d->expected), "found", text(d->found)));
    }
    return all;
}

static json_t *unchecked_json(const struct structure_result *s) {
    json_t *all = json_array();
    for (size_t i = 0; i < s->nunchecked; i++) {
        const struct structure_unchecked *u = &s->unchecked[i];
        json_array_append_new(all, json_pack("{s:o, s:o, s:o}", "table", text(u->table), "object", text(u->object),
                                             "reason", text(u->reason)));
    }
    return all;
}

static json_t *earlier_json(const struct check_report *r) {
    json_t *all = json_array();
    for (size_t i = 0; i < r->nearlier; i++) {
        const struct earlier_snapshot *s = &r->earlier[i];
        json_array_append_new(all, json_pack("{s:o, s:o, s:o, s:o}", "time", text(s->at), "gtid", text(s->gtid),
                                             "binlog_file", text(s->binlog_file), "binlog_pos", count(s->binlog_pos)));
    }
    return all;
}

json_t *check_report_to_json(const struct check_report *r) {
    json_t *o = json_object(), *tables = json_array();
    for (size_t i = 0; i < r->ntables; i++) {
        json_t *table = table_json(&r->tables[i], r->backward);
        if (r->quick) {
            json_object_set_new(table, "quick", report_quick_json(&r->tables[i]));
        }
        json_array_append_new(tables, table);
    }
    json_object_set_new(o, "same", json_boolean(r->complete && !r->different));
    json_object_set_new(o, "different", json_boolean(r->different));
    json_object_set_new(o, "complete", json_boolean(r->complete));
    json_object_set_new(o, "partial", json_boolean(r->partial));
    if (r->error.code != ERR_NONE) {
        json_object_set_new(o, "error", err_to_json(&r->error));
    }
    json_object_set_new(o, "position_of", json_string(r->backward ? "target" : "source"));
    json_object_set_new(o, "source_version", text(r->source_version));
    json_object_set_new(o, "target_version", text(r->target_version));
    json_object_set_new(o, "dialect", text(r->dialect));
    json_object_set_new(o, "snapshot", text(r->snapshot));
    json_object_set_new(o, "position",
                        json_pack("{s:o, s:o, s:o}", "gtid", text(r->gtid), "binlog_file", text(r->binlog_file),
                                  "binlog_pos", count(r->binlog_pos)));
    json_object_set_new(o, "parts_kept", count(r->parts_kept));
    json_object_set_new(o, "earlier_snapshots", earlier_json(r));
    json_object_set_new(o, "total_s", json_real(r->total_s));
    json_object_set_new(o, "rows", count(r->rows));
    json_object_set_new(o, "bytes", count(r->bytes));
    json_object_set_new(o, "changed", count(TOTAL(r, changed)));
    json_object_set_new(o, "missing", count(TOTAL(r, missing)));
    json_object_set_new(o, "extra", count(TOTAL(r, extra)));
    json_object_set_new(o, "structure_compared", json_boolean(r->structure_checked));
    json_object_set_new(o, "structure_not_compared", text(r->structure.not_checked));
    json_object_set_new(o, "rows_compared", json_boolean(r->rows_checked));
    json_object_set_new(o, "tables", tables);
    json_object_set_new(o, "structure", structure_json(&r->structure));
    json_object_set_new(o, "structure_unchecked", unchecked_json(&r->structure));
    json_object_set_new(o, "repair_file", text(r->repair_file));
    json_object_set_new(o, "repair_lines", count(r->repair_lines));
    json_object_set_new(o, "repair_cut", json_boolean(r->repair_cut));
    json_object_set_new(o, "quick", json_boolean(r->quick));
    json_object_set_new(o, "load", text(r->quick_task));
    return o;
}
