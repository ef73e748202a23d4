/* See check_merge.h. */
#include "server/check_merge.h"

#include <stdbool.h>

static bool names(const json_t *tables, const json_t *name) {
    size_t i;
    const json_t *table;
    json_array_foreach(tables, i, table) {
        if (json_equal(json_object_get(table, "source"), name)) {
            return true;
        }
    }
    return false;
}

/* Those of before whose `key` names no table of again, then those of again. */
static json_t *joined(const json_t *before, const json_t *again, const char *list, const char *key) {
    const json_t *tables = json_object_get(again, "tables");
    json_t *out = json_array(), *item;
    size_t i;
    json_array_foreach(json_object_get(before, list), i, item) {
        if (!names(tables, json_object_get(item, key))) {
            json_array_append(out, item);
        }
    }
    json_array_foreach(json_object_get(again, list), i, item) {
        json_array_append(out, item);
    }
    return out;
}

static json_int_t sum(const json_t *tables, const char *key) {
    json_int_t n = 0;
    size_t i;
    const json_t *table;
    json_array_foreach(tables, i, table) {
        n += json_integer_value(json_object_get(table, key));
    }
    return n;
}

static bool some_not_compared(const json_t *tables) {
    size_t i;
    const json_t *table;
    json_array_foreach(tables, i, table) {
        if (json_is_string(json_object_get(table, "not_compared"))) {
            return true;
        }
    }
    return false;
}

static bool both(const json_t *before, const json_t *again, const char *key) {
    return json_is_true(json_object_get(before, key)) && json_is_true(json_object_get(again, key));
}

json_t *check_merge(const json_t *before, const json_t *again) {
    static const char *const counts[] = {"changed", "missing", "extra"};
    json_t *out = json_deep_copy(again), *tables = joined(before, again, "tables", "source");
    json_t *structure = joined(before, again, "structure", "table");
    json_int_t rows = 0;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        json_int_t n = sum(tables, counts[i]);
        rows += n;
        json_object_set_new(out, counts[i], json_integer(n));
    }
    bool skipped = some_not_compared(tables), unread = skipped && json_is_true(json_object_get(before, "different"));
    bool different =
        json_is_true(json_object_get(again, "different")) || rows > 0 || json_array_size(structure) > 0 || unread;
    bool complete = !skipped && both(before, again, "structure_compared") && both(before, again, "rows_compared");
    json_object_set_new(out, "rows", json_integer(sum(tables, "source_rows")));
    json_object_set(out, "bytes", json_object_get(before, "bytes"));
    json_object_set_new(out, "structure_unchecked", joined(before, again, "structure_unchecked", "table"));
    json_object_set_new(out, "tables", tables);
    json_object_set_new(out, "structure", structure);
    json_object_set_new(out, "different", json_boolean(different));
    json_object_set_new(out, "complete", json_boolean(complete));
    json_object_set_new(out, "same", json_boolean(complete && !different));
    if (json_is_true(json_object_get(before, "cut"))) {
        json_object_set_new(out, "cut", json_true());
    }
    return out;
}
