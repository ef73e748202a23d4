/* What verbs print for people. Names come from a server, and may be wide, or steer a terminal: text_fit sees to that. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "cli/verb.h"
#include "engine/text_width.h"

enum { CELL_COLUMNS_MAX = 60, LINE_COLUMNS_MAX = 1000 };

/* "a.b": inside an object. */
static const json_t *at(const json_t *item, const char *key) {
    char part[64];
    while (*key != '\0' && item != NULL) {
        size_t len = strcspn(key, ".");
        snprintf(part, sizeof part, "%.*s", (int)len, key);
        item = json_object_get(item, part);
        key += len + (key[len] == '.');
    }
    return item;
}

/* In the local time: people compare it with their clock. */
static char *time_text(struct arena *a, int64_t ms) {
    time_t s = (time_t)(ms / 1000);
    struct tm tm;
    char text[32] = "";
    if (ms <= 0 || localtime_r(&s, &tm) == NULL || strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm) == 0) {
        return arena_strdup(a, "-");
    }
    return arena_strdup(a, text);
}

static char *plain(struct arena *a, const json_t *value) {
    if (json_is_string(value)) {
        return arena_strdup(a, json_string_value(value));
    }
    if (json_is_integer(value)) {
        return arena_printf(a, "%lld", (long long)json_integer_value(value));
    }
    if (value == NULL || json_is_null(value)) {
        return arena_strdup(a, "-");
    }
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(6)), *out;
    out = arena_strdup(a, text != NULL ? text : "?");
    free(text);
    return out;
}

static char *cell(const struct verb_call *v, const json_t *item, const struct verb_column *c) {
    const json_t *value = at(item, c->key);
    char text[32];
    switch (c->kind) {
    case VERB_BYTES:
        return json_is_integer(value) && json_integer_value(value) >= 0
                   ? arena_strdup(v->a, str_bytes((uint64_t)json_integer_value(value), text))
                   : arena_strdup(v->a, "-");
    case VERB_NUMBER:
        return json_is_integer(value) && json_integer_value(value) >= 0
                   ? arena_strdup(v->a, str_count((uint64_t)json_integer_value(value), text))
                   : plain(v->a, value);
    case VERB_TIME:
        return time_text(v->a, json_integer_value(value));
    case VERB_PART:
        return json_is_number(value) ? arena_printf(v->a, "%.1f%%", json_number_value(value) * 100)
                                     : arena_strdup(v->a, "-");
    case VERB_COUNT:
        return arena_printf(v->a, "%zu", json_array_size(value));
    case VERB_YES:
        return arena_strdup(v->a, json_is_true(value) ? v->zh ? "是" : "yes" : v->zh ? "否" : "no");
    case VERB_BOTH:
        value = json_object_get(value, v->zh ? "zh" : "en");
        break;
    case VERB_LINE:
        return text_fit(v->a, plain(v->a, value), LINE_COLUMNS_MAX);
    case VERB_TEXT:
        break;
    }
    return text_fit(v->a, plain(v->a, value), CELL_COLUMNS_MAX);
}

static bool to_the_right(const struct verb_column *c) {
    return c->kind == VERB_NUMBER || c->kind == VERB_BYTES || c->kind == VERB_PART || c->kind == VERB_COUNT;
}

static void put_row(const struct verb_call *v, char **cells, const struct verb_column *columns, const size_t *width) {
    for (size_t i = 0; columns[i].key != NULL; i++) {
        size_t has = text_width(cells[i]);
        int blanks = (int)(width[i] > has ? width[i] - has : 0);
        bool last = columns[i + 1].key == NULL;
        if (to_the_right(&columns[i])) {
            printf("%*s%s", blanks, "", cells[i]);
        } else {
            printf("%s%*s", cells[i], last ? 0 : blanks, "");
        }
        fputs(last ? "\n" : "  ", stdout);
    }
    (void)v;
}

void verb_table(const struct verb_call *v, const json_t *items, const struct verb_column *columns) {
    size_t n = 0, rows = json_array_size(items);
    while (columns[n].key != NULL) {
        n++;
    }
    char **cells = arena_array(v->a, char *, (rows + 1) * n);
    size_t *width = arena_array(v->a, size_t, n);
    for (size_t r = 0; r <= rows; r++) {
        for (size_t i = 0; i < n; i++) {
            char *text = r > 0   ? cell(v, json_array_get(items, r - 1), &columns[i])
                         : v->zh ? arena_strdup(v->a, columns[i].zh)
                                 : arena_strdup(v->a, columns[i].en);
            size_t columns_of = text_width(text);
            cells[r * n + i] = text;
            width[i] = columns_of > width[i] ? columns_of : width[i];
        }
    }
    for (size_t r = 0; r <= rows; r++) {
        put_row(v, cells + r * n, columns, width);
    }
}

void verb_one(const struct verb_call *v, const json_t *item, const struct verb_column *columns) {
    size_t width = 0;
    for (const struct verb_column *c = columns; c->key != NULL; c++) {
        size_t w = text_width(v->zh ? c->zh : c->en);
        width = w > width ? w : width;
    }
    for (const struct verb_column *c = columns; c->key != NULL; c++) {
        printf("%s  %s\n", text_pad(v->a, v->zh ? c->zh : c->en, width), cell(v, item, c));
    }
}

void verb_more(const struct verb_call *v, const json_t *list) {
    long long total = json_integer_value(json_object_get(list, "total"));
    size_t here = json_array_size(json_object_get(list, "items"));
    if (total > (long long)here) {
        printf(v->zh ? "共 %lld 条，本页 %zu 条；--page 翻页\n" : "%lld in all, %zu on this page; --page turns it\n",
               total, here);
    }
}
