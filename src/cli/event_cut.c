/* See event_cut.h. */
#include "cli/event_cut.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { EVENT_BYTES_MAX = 900 * 1024, ITEMS_KEPT = 100 };

static bool fits(const json_t *what) {
    char *text = json_dumps(what, JSON_COMPACT | JSON_ENCODE_ANY);
    bool ok = text != NULL && strlen(text) <= EVENT_BYTES_MAX;
    free(text);
    return ok;
}

static json_t *first(const json_t *list, size_t n) {
    json_t *out = json_array();
    for (size_t i = 0; i < json_array_size(list) && i < n; i++) {
        json_array_append(out, json_array_get(list, i));
    }
    return out;
}

/* With at most n items in each of its lists. */
static json_t *cut_lists(json_t *what, size_t n) {
    json_t *out = json_copy(what), *list;
    const char *key;
    json_object_foreach(what, key, list) {
        if (json_array_size(list) > n) {
            json_object_set_new(out, key, first(list, n));
        }
    }
    json_object_set_new(out, "cut", json_true());
    return out;
}

static bool is_some(const json_t *table, const char *key) {
    return json_integer_value(json_object_get(table, key)) > 0;
}

static bool is_worth_saying(const json_t *table) {
    return json_is_string(json_object_get(table, "not_compared")) || is_some(table, "changed") ||
           is_some(table, "missing") || is_some(table, "extra") || is_some(table, "not_carriable");
}

/* Of a check: what is to be said, with at most n rows a table. */
static json_t *cut_tables(json_t *check, size_t n) {
    json_t *out = json_copy(check), *tables = json_array(), *table;
    size_t i;
    json_array_foreach(json_object_get(check, "tables"), i, table) {
        if (is_worth_saying(table)) {
            json_t *one = json_copy(table);
            json_object_set_new(one, "rows_listed", first(json_object_get(table, "rows_listed"), n));
            json_array_append_new(tables, one);
        }
    }
    json_object_set_new(out, "tables", tables);
    json_object_set_new(out, "cut", json_true());
    return out;
}

json_t *event_cut(json_t *what) {
    static const size_t rows[] = {1000000, 20, 5, 1};
    bool check = json_object_get(what, "structure_compared") != NULL;
    json_t *told = json_incref(what);
    for (size_t i = 0; check && i < sizeof rows / sizeof rows[0] && !fits(told); i++) {
        json_decref(told);
        told = cut_tables(what, rows[i]);
    }
    json_t *least = json_incref(told);
    for (size_t n = ITEMS_KEPT; !fits(told); n /= 2) {
        json_decref(told);
        told = cut_lists(least, n);
        if (n == 0) {
            break;
        }
    }
    json_decref(least);
    return told;
}
