/* See objects.h. */
#include "server/objects.h"

#include <stdlib.h>
#include <string.h>

#include "server/figures.h"
#include "server/tasks.h"

enum { NAME_MAX_BYTES = 128, TARGET_MAX_BYTES = 300, CHUNKS_MAX_BYTES = 4096 };

struct object {
    const char *kind, *name, *target;
    int64_t status, rows, rows_estimate, bytes, permille;
    char *error, *chunks; /* JSON, or NULL */
};

static int64_t number_of(const json_t *o, const char *name) {
    return (int64_t)json_number_value(json_object_get(o, name));
}

static const char *text_of(const json_t *o, const char *name, size_t max) {
    const json_t *v = json_object_get(o, name);
    return json_is_string(v) && json_string_length(v) <= max ? json_string_value(v) : NULL;
}

/* As text; NULL: it is none. */
static char *object_of(struct arena *a, const json_t *o, const char *name) {
    const json_t *v = json_object_get(o, name);
    char *text = json_is_object(v) ? json_dumps(v, JSON_COMPACT) : NULL;
    char *kept = arena_strdup(a, text);
    free(text);
    return kept;
}

static bool read_object(struct arena *a, const json_t *item, struct object *out) {
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
    out->error = object_of(a, item, "error");
    out->chunks = object_of(a, item, "chunks");
    if (out->chunks != NULL && strlen(out->chunks) > CHUNKS_MAX_BYTES) {
        out->chunks = NULL;
    }
    return out->kind != NULL && out->name != NULL && out->status >= OBJECT_WAITING &&
           out->status <= OBJECT_CHECK_FAILED;
}

static bool write_object(struct store *s, int64_t subtask, const struct object *x, struct err *e) {
    uint64_t changed;
    return store_run(
               s,
               "UPDATE object SET target = ?, status = ?, row_count = ?, row_estimate = ?, byte_count = ?, permille ="
               " ?, error = ?, chunks = ? WHERE subtask_id = ? AND kind = ? AND name = ?",
               STORE_VALUES(STORE_T(x->target), STORE_I(x->status), STORE_I(x->rows), STORE_I(x->rows_estimate),
                            STORE_I(x->bytes), STORE_I(x->permille), STORE_T(x->error), STORE_T(x->chunks),
                            STORE_I(subtask), STORE_T(x->kind), STORE_T(x->name)),
               &changed, e) &&
           (changed > 0 ||
            store_run(s,
                      "INSERT INTO object (subtask_id, kind, name, target, status, row_count, row_estimate, byte_count,"
                      " permille, error, chunks) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      STORE_VALUES(STORE_I(subtask), STORE_T(x->kind), STORE_T(x->name), STORE_T(x->target),
                                   STORE_I(x->status), STORE_I(x->rows), STORE_I(x->rows_estimate), STORE_I(x->bytes),
                                   STORE_I(x->permille), STORE_T(x->error), STORE_T(x->chunks)),
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
