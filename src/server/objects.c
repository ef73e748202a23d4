/* See objects.h. */
#include "server/objects.h"

#include <stdlib.h>
#include <string.h>

#include "server/figures.h"
#include "server/tasks.h"

enum { NAME_MAX_BYTES = 128, TARGET_MAX_BYTES = 300 };

struct object {
    const char *kind, *name, *target;
    int64_t status, rows, rows_estimate, bytes, permille;
    char *error;
};

static int64_t number_of(const json_t *o, const char *name) {
    return (int64_t)json_number_value(json_object_get(o, name));
}

static const char *text_of(const json_t *o, const char *name, size_t max) {
    const json_t *v = json_object_get(o, name);
    return json_is_string(v) && json_string_length(v) <= max ? json_string_value(v) : NULL;
}

static bool read_object(struct arena *a, const json_t *item, struct object *out) {
    const json_t *error = json_object_get(item, "error");
    *out = (struct object){
        .kind = text_of(item, "kind", 16),
        .name = text_of(item, "name", NAME_MAX_BYTES),
        .target = text_of(item, "target", TARGET_MAX_BYTES),
        .status = number_of(item, "status"),
        .rows = number_of(item, "rows"),
        .rows_estimate = number_of(item, "rows_estimate"),
        .bytes = number_of(item, "bytes"),
        .permille = number_of(item, "permille"),
    };
    if (json_is_object(error)) {
        char *text = json_dumps(error, JSON_COMPACT);
        out->error = arena_strdup(a, text);
        free(text);
    }
    return out->kind != NULL && out->name != NULL && out->status >= OBJECT_WAITING &&
           out->status <= OBJECT_CHECK_FAILED;
}

static bool write_object(struct store *s, int64_t subtask, const struct object *x, struct err *e) {
    uint64_t changed;
    return store_run(
               s,
               "UPDATE object SET target = ?, status = ?, row_count = ?, row_estimate = ?, byte_count = ?, permille ="
               " ?, error = ? WHERE subtask_id = ? AND kind = ? AND name = ?",
               STORE_VALUES(STORE_T(x->target), STORE_I(x->status), STORE_I(x->rows), STORE_I(x->rows_estimate),
                            STORE_I(x->bytes), STORE_I(x->permille), STORE_T(x->error), STORE_I(subtask),
                            STORE_T(x->kind), STORE_T(x->name)),
               &changed, e) &&
           (changed > 0 ||
            store_run(s,
                      "INSERT INTO object (subtask_id, kind, name, target, status, row_count, row_estimate, byte_count,"
                      " permille, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      STORE_VALUES(STORE_I(subtask), STORE_T(x->kind), STORE_T(x->name), STORE_T(x->target),
                                   STORE_I(x->status), STORE_I(x->rows), STORE_I(x->rows_estimate), STORE_I(x->bytes),
                                   STORE_I(x->permille), STORE_T(x->error)),
                      NULL, e));
}

bool objects_store(const struct api *api, struct store *s, struct arena *a, int64_t task, int64_t subtask,
                   const json_t *items, struct err *e) {
    struct tasks t = {.store = s, .feed = api->feed, .a = a};
    size_t i;
    const json_t *item;
    if (!tasks_begin(&t, e)) {
        return false;
    }
    json_array_foreach(items, i, item) {
        struct object x;
        if (read_object(a, item, &x) && !write_object(s, subtask, &x, e)) {
            tasks_rollback(&t);
            return false;
        }
    }
    tasks_tell(&t, "subtask", subtask,
               json_pack("{s:s, s:I, s:O}", "kind", "objects", "id", (json_int_t)subtask, "items", items));
    if (!tasks_commit(&t, e)) {
        return false;
    }
    figures_objects(api->figures, task, subtask);
    return true;
}
