/* Progress as lines. See progress_lines.h. */
#include "cli/progress_lines.h"

#include <math.h>
#include <string.h>

#include "base/str.h"
#include "cli/texts.h"
#include "engine/text_width.h"

enum { NAME_COLUMNS_MAX = 32, NAME_COLUMNS_MIN = 8, BAR_COLUMNS_MAX = 40, TABLE_BAR_COLUMNS = 16 };

const char *progress_time(int64_t ms, char text[32]) {
    long long s = ms < 0 ? 0 : (ms + 500) / 1000;
    if (s < 3600) {
        snprintf(text, 32, "%lld:%02lld", s / 60, s % 60);
    } else if (s < 86400) {
        snprintf(text, 32, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    } else {
        snprintf(text, 32, "%lld d %02lld:%02lld:%02lld", s / 86400, s / 3600 % 24, s / 60 % 60, s % 60);
    }
    return text;
}

static enum text phase_text(enum progress_phase phase) {
    switch (phase) {
    case PHASE_CONNECT:
        return TEXT_CONNECT;
    case PHASE_PRECHECK:
        return TEXT_PRECHECK;
    case PHASE_SCHEMA:
        return TEXT_SCHEMA;
    case PHASE_SNAPSHOT:
        return TEXT_SNAPSHOT;
    case PHASE_CATCH_UP:
        return TEXT_CATCH_UP;
    case PHASE_LOAD:
        return TEXT_LOAD;
    case PHASE_INDEX:
        return TEXT_INDEX;
    case PHASE_FINISH:
        return TEXT_FINISH;
    case PHASE_CHECK:
        return TEXT_CHECK;
    case PHASE_DONE:
        return TEXT_DONE;
    case PHASE_FAILED:
        break;
    }
    return TEXT_FAILED;
}

/* A bar of `columns`; with blocks, eight steps a column. */
static char *bar(struct arena *a, double fraction, size_t columns, bool utf8) {
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    fraction = fraction < 0 || isnan(fraction) ? 0 : fraction > 1 ? 1 : fraction;
    size_t steps = (size_t)(fraction * (double)columns * 8 + 1e-9), full = steps / 8, used = 0;
    char *out = arena_alloc(a, columns * 3 + 4), *w = out;
    for (; used < full; used++) {
        w += sprintf(w, "%s", utf8 ? "█" : "#");
    }
    if (utf8 && steps % 8 != 0) {
        w += sprintf(w, "%s", eighths[steps % 8]);
        used++;
    }
    for (; used < columns; used++) {
        w += sprintf(w, "%s", utf8 ? "░" : ".");
    }
    return out;
}

/* A line of parts, each dropped as a whole when it no longer fits. */
struct line {
    struct arena *a;
    char *text;
    size_t used, columns;
};

static bool add(struct line *l, const char *part, size_t width) {
    size_t gap = l->used > 0 ? 2 : 0;
    if (l->used + gap + width > l->columns) {
        return false;
    }
    l->text = arena_printf(l->a, "%s%s%s", l->text, gap > 0 ? "  " : "", part);
    l->used += gap + width;
    return true;
}

static void add_text(struct line *l, const char *part) {
    (void)add(l, part, text_width(part));
}

static char *coloured(struct arena *a, const struct bar_look *look, const char *code, const char *text) {
    return look->colour ? arena_printf(a, "\033[%sm%s\033[0m", code, text) : arena_strdup(a, text);
}

static const char *colour_of(const struct progress_view *v, const struct bar_look *look) {
    return v->phase == PHASE_DONE ? "32" : look->stopping ? "33" : v->phase == PHASE_FAILED ? "31" : "36";
}

static void whole_line(FILE *out, struct arena *a, const struct progress_view *v, const struct bar_look *look) {
    struct line l = {.a = a, .text = arena_strdup(a, ""), .columns = look->columns};
    bool ended = v->phase == PHASE_DONE || v->phase == PHASE_FAILED;
    enum text word = phase_text(v->phase);
    if (look->stopping && v->phase != PHASE_DONE) {
        word = ended ? TEXT_STOPPED : TEXT_STOPPING;
    }
    char *head = text_fit(a, text_of(word, look->zh), look->columns);
    (void)add(&l, coloured(a, look, colour_of(v, look), head), text_width(head));
    /* What is behind the bar takes about 70 columns when it all fits. */
    size_t room = look->columns > l.used + 12 ? look->columns - l.used - 12 : 0;
    size_t columns = room > BAR_COLUMNS_MAX + 70 ? BAR_COLUMNS_MAX : room > 80 ? room - 70 : room > 10 ? 10 : 0;
    if (columns > 0) {
        (void)add(&l, coloured(a, look, colour_of(v, look), bar(a, v->fraction, columns, look->utf8)), columns);
    }
    /* Rounded down: 100 % is said when it is. */
    add_text(&l, arena_printf(a, "%5.1f %%", floor(v->fraction * 1000) / 10));
    char count[32], bytes[24], time[32];
    if (!ended && v->eta_ms >= 0) {
        add_text(&l, arena_printf(a, "%s %s", progress_time(v->eta_ms, time), text_of(TEXT_ETA, look->zh)));
    }
    add_text(&l, arena_printf(a, "%s %s", str_count(v->rows, count), text_of(TEXT_ROWS, look->zh)));
    add_text(&l, str_bytes(v->bytes, bytes));
    if (!ended && v->phase >= PHASE_LOAD) {
        add_text(&l, arena_printf(a, "%s/s", str_bytes((uint64_t)v->bytes_per_s, bytes)));
        add_text(&l,
                 arena_printf(a, "%s %s/s", str_count((uint64_t)v->rows_per_s, count), text_of(TEXT_ROWS, look->zh)));
    }
    if (v->ntables > 0) {
        add_text(&l, arena_printf(a, "%zu/%zu %s", v->tables_done, v->ntables, text_of(TEXT_TABLES, look->zh)));
    }
    if (ended) {
        add_text(&l, arena_printf(a, "%s %s", text_of(TEXT_ELAPSED, look->zh), progress_time(v->elapsed_ms, time)));
    }
    fprintf(out, "%s\n", l.text);
}

static bool at_work(const struct table_progress *t) {
    return t->state == TABLE_LOADING || t->state == TABLE_INDEXING;
}

/* How far a table is. While its chunks are being planned their number grows: rows are then the better guess. */
double progress_table_fraction(const struct table_progress *t) {
    if (t->state == TABLE_INDEXING) {
        return t->indexes > 0 ? (double)t->indexes_done / t->indexes : 0;
    }
    double by_chunks = t->chunks > 0 ? (double)t->chunks_done / t->chunks : 0;
    double by_rows = t->rows_estimate > 0 ? (double)t->rows / (double)t->rows_estimate : 0;
    double f = t->chunks >= 8 ? by_chunks : by_rows > by_chunks ? by_rows : by_chunks;
    return f > 0.99 ? 0.99 : f;
}

static void table_line(FILE *out, struct arena *a, const struct table_progress *t, size_t name_columns,
                       const struct bar_look *look) {
    struct line l = {.a = a, .text = arena_strdup(a, ""), .columns = look->columns};
    char *name = text_pad(a, t->name, name_columns);
    (void)add(&l, arena_printf(a, "  %s", name), name_columns + 2);
    bool indexing = t->state == TABLE_INDEXING;
    double f = progress_table_fraction(t);
    if (look->columns >= name_columns + TABLE_BAR_COLUMNS + 24) {
        (void)add(&l, coloured(a, look, indexing ? "35" : "34", bar(a, f, TABLE_BAR_COLUMNS, look->utf8)),
                  TABLE_BAR_COLUMNS);
    }
    add_text(&l, arena_printf(a, "%3.0f %%", floor(f * 100)));
    char count[32], bytes[24];
    if (indexing) {
        add_text(&l, arena_printf(a, "%u/%u %s", t->indexes_done, t->indexes, text_of(TEXT_KEYS, look->zh)));
    }
    add_text(&l, arena_printf(a, "%s %s", str_count(t->rows, count), text_of(TEXT_ROWS, look->zh)));
    add_text(&l, str_bytes(t->bytes, bytes));
    if (!indexing && t->chunks > 1) {
        add_text(&l, arena_printf(a, "%u/%u %s", t->chunks_done, t->chunks, text_of(TEXT_CHUNKS, look->zh)));
    }
    fprintf(out, "%s\n", l.text);
}

size_t progress_bars(FILE *out, const struct progress_view *v, const struct bar_look *given) {
    struct arena a = ARENA_INIT;
    struct bar_look look = *given;
    look.columns = look.columns < 1 ? 1 : look.columns;
    whole_line(out, &a, v, &look);
    size_t lines = 1, active = 0, name_columns = NAME_COLUMNS_MIN;
    bool ended = v->phase == PHASE_DONE || v->phase == PHASE_FAILED;
    for (size_t i = 0; i < v->ntables && !ended; i++) {
        if (at_work(&v->tables[i])) {
            size_t n = text_width(v->tables[i].name);
            name_columns = n > name_columns ? n : name_columns;
            active++;
        }
    }
    size_t third = look.columns / 3 > NAME_COLUMNS_MIN ? look.columns / 3 : NAME_COLUMNS_MIN;
    size_t most = third < NAME_COLUMNS_MAX ? third : NAME_COLUMNS_MAX;
    name_columns = name_columns < most ? name_columns : most;
    /* The last line of the terminal is the cursor's; one more is kept for "and N more". */
    size_t room = look.lines > 2 ? look.lines - 2 : 0, shown = 0;
    if (active > room && room > 0) {
        room--;
    }
    for (size_t i = 0; i < v->ntables && shown < active && shown < room; i++) {
        if (at_work(&v->tables[i])) {
            table_line(out, &a, &v->tables[i], name_columns, &look);
            shown++;
            lines++;
        }
    }
    if (shown < active && look.lines > 2) {
        fprintf(out, "%s\n",
                text_fit(&a, arena_printf(&a, "  %zu %s", active - shown, text_of(TEXT_MORE, look.zh)), look.columns));
        lines++;
    }
    arena_clear(&a);
    return lines;
}

void progress_line(FILE *out, const struct progress_view *v) {
    char count[32], bytes[24], speed[24], rate[32], time[32];
    fprintf(out, "%-8s %5.1f %%  %s rows  %s", progress_phase_name(v->phase), floor(v->fraction * 1000) / 10,
            str_count(v->rows, count), str_bytes(v->bytes, bytes));
    if (v->phase == PHASE_LOAD || v->phase == PHASE_INDEX || v->phase == PHASE_CHECK) {
        fprintf(out, "  %s/s  %s rows/s", str_bytes((uint64_t)v->bytes_per_s, speed),
                str_count((uint64_t)v->rows_per_s, rate));
        if (v->eta_ms >= 0) {
            fprintf(out, "  %s left", progress_time(v->eta_ms, time));
        }
    }
    if (v->ntables > 0) {
        fprintf(out, "  %zu/%zu tables", v->tables_done, v->ntables);
    }
}

/* ---- for programs ---- */

static json_t *count_json(uint64_t n) {
    return json_integer((json_int_t)n);
}

/* Two digits behind the point are enough and keep lines short. */
static json_t *rounded(double v, double digits) {
    return json_real(isfinite(v) ? floor(v * digits + 0.5) / digits : 0);
}

json_t *progress_event(const struct progress_view *v) {
    json_t *o = json_object();
    json_object_set_new(o, "event", json_string("progress"));
    json_object_set_new(o, "phase", json_string(progress_phase_name(v->phase)));
    json_object_set_new(o, "fraction", json_real(floor(v->fraction * 1e4) / 1e4));
    json_object_set_new(o, "elapsed_ms", json_integer(v->elapsed_ms));
    json_object_set_new(o, "eta_ms", v->eta_ms >= 0 ? json_integer(v->eta_ms) : json_null());
    json_object_set_new(o, "rows", count_json(v->rows));
    json_object_set_new(o, "rows_estimate", count_json(v->rows_estimate));
    json_object_set_new(o, "bytes", count_json(v->bytes));
    json_object_set_new(o, "bytes_estimate", count_json(v->bytes_estimate));
    json_object_set_new(o, "rows_per_s", rounded(v->rows_per_s, 10));
    json_object_set_new(o, "bytes_per_s", rounded(v->bytes_per_s, 10));
    json_object_set_new(o, "workers", json_integer(v->workers));
    json_object_set_new(o, "tables", count_json(v->ntables));
    json_object_set_new(o, "tables_done", count_json(v->tables_done));
    return o;
}

json_t *table_event(const struct table_progress *t) {
    json_t *o = json_object();
    json_object_set_new(o, "event", json_string("table"));
    json_t *name = json_string(t->name);
    if (name == NULL) {
        struct arena a = ARENA_INIT;
        name = json_string(text_fit(&a, t->name, strlen(t->name)));
        arena_clear(&a);
    }
    json_object_set_new(o, "table", name);
    json_object_set_new(o, "state", json_string(progress_state_name(t->state)));
    json_object_set_new(o, "rows", count_json(t->rows));
    json_object_set_new(o, "rows_estimate", count_json(t->rows_estimate));
    json_object_set_new(o, "bytes", count_json(t->bytes));
    json_object_set_new(o, "bytes_estimate", count_json(t->bytes_estimate));
    json_object_set_new(o, "chunks", json_integer(t->chunks));
    json_object_set_new(o, "chunks_done", json_integer(t->chunks_done));
    json_object_set_new(o, "indexes", json_integer(t->indexes));
    json_object_set_new(o, "indexes_done", json_integer(t->indexes_done));
    json_object_set_new(o, "diverted", count_json(t->diverted));
    return o;
}
