/* What a check of the target alone says, for people and for programs. See report.h. */
#include <string.h>

#include "base/str.h"
#include "check/report.h"
#include "engine/text_width.h"

enum { NAME_COLUMNS_MAX = 40, SHOWN_PARTS = 10, TEXT_COLUMNS = 100 };

static const char *outcome_name(const struct check_table_report *t) {
    switch (t->quick) {
    case QUICK_SAME:
        return "same";
    case QUICK_DIFFERS:
        return "differs";
    case QUICK_NOT_KNOWN:
        break;
    }
    return "not known";
}

void report_quick_head(const struct check_report *r, FILE *out) {
    char n[32];
    if (r->different) {
        fprintf(out, "Different.\n");
    } else if (r->complete) {
        fprintf(out, "The target holds what the load read: %s rows of %zu tables%s.\n", str_count(r->rows, n),
                r->ntables, r->structure_checked ? "; definitions are the same" : "; definitions not compared");
    } else {
        fprintf(out, "Nothing differs as far as it could be compared; see below.\n");
    }
    fprintf(out, "Quick: the source's rows were not read, so this says nothing about changes of the source since.\n");
}

static void print_parts(const struct check_table_report *t, FILE *out, struct arena *a) {
    char n[2][32];
    for (size_t i = 0; i < t->nquick_parts; i++) {
        const struct quick_difference *d = &t->quick_parts[i];
        if (i == SHOWN_PARTS) {
            fprintf(out, "    and %llu more ranges\n", (unsigned long long)(t->parts_different - i));
            break;
        }
        fprintf(out, "    %s", text_fit(a, d->column, NAME_COLUMNS_MAX));
        if (d->lower != NULL) {
            fprintf(out, " from %s", d->lower);
        }
        if (d->upper != NULL) {
            fprintf(out, " to below %s", d->upper);
        }
        fprintf(out, ": %s rows were loaded, %s are there\n", str_count(d->loaded_rows, n[0]),
                str_count(d->target_rows, n[1]));
    }
}

void report_quick_tables(const struct check_report *r, FILE *out, struct arena *a) {
    size_t width = strlen("table");
    bool differs = false, diverted = false;
    for (size_t i = 0; i < r->ntables; i++) {
        size_t w = text_width(text_fit(a, r->tables[i].source, NAME_COLUMNS_MAX));
        width = w > width ? w : width;
    }
    fprintf(out, "%s  %13s  %13s  %s\n", text_pad(a, "table", width), "rows loaded", "target rows", "result");
    for (size_t i = 0; i < r->ntables; i++) {
        const struct check_table_report *t = &r->tables[i];
        char n[2][32];
        fprintf(out, "%s", text_pad(a, text_fit(a, t->source, width), width));
        if (t->quick == QUICK_NOT_KNOWN) {
            fprintf(out, "  not known: %s\n", text_fit(a, t->not_checkable, TEXT_COLUMNS));
            continue;
        }
        fprintf(out, "  %13s  %13s  %s\n", str_count(t->source_rows, n[0]), str_count(t->target_rows, n[1]),
                outcome_name(t));
        print_parts(t, out, a);
        differs = differs || t->quick == QUICK_DIFFERS;
        diverted = diverted || t->diverted > 0;
    }
    for (size_t i = 0; diverted && i < r->ntables; i++) {
        char n[32];
        if (r->tables[i].diverted > 0) {
            fprintf(out, "\n%s: %s rows were put aside by the load and are not in the target (godwit.rejected)\n",
                    r->tables[i].source, str_count(r->tables[i].diverted, n));
        }
    }
    if (differs) {
        fprintf(out, "\nA check without --quick names the rows that differ.\n");
    }
}

static json_t *text(const char *s) {
    return s == NULL ? json_null() : json_string(s);
}

json_t *report_quick_json(const struct check_table_report *t) {
    json_t *parts = json_array();
    for (size_t i = 0; i < t->nquick_parts; i++) {
        const struct quick_difference *d = &t->quick_parts[i];
        json_array_append_new(parts, json_pack("{s:o, s:o, s:o, s:I, s:I}", "column", text(d->column), "from",
                                               text(d->lower), "below", text(d->upper), "loaded_rows",
                                               (json_int_t)d->loaded_rows, "target_rows", (json_int_t)d->target_rows));
    }
    return json_pack("{s:s, s:I, s:o}", "outcome", outcome_name(t), "diverted", (json_int_t)t->diverted,
                     "ranges_differ", parts);
}
