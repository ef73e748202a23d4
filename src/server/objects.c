/* See objects.h. */
#include "server/objects.h"

#include <stdlib.h>
#include <string.h>

#include "server/alerts.h"
#include "server/figures.h"
#include "server/tasks.h"

enum { NAME_MAX_BYTES = 128, TARGET_MAX_BYTES = 300, CHUNKS_MAX_BYTES = 4096, DETAIL_MAX_BYTES = 900 * 1024 };

struct object {
    const char *kind, *name, *target;
    int64_t status, rows, rows_estimate, bytes, permille;
    char *error, *chunks, *detail; /* JSON, or NULL */
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
    out->detail = object_of(a, item, "detail");
    if (out->detail != NULL && strlen(out->detail) > DETAIL_MAX_BYTES) {
        out->detail = NULL;
    }
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
               " ?, error = ?, chunks = ?, detail = ? WHERE subtask_id = ? AND kind = ? AND name = ?",
               STORE_VALUES(STORE_T(x->target), STORE_I(x->status), STORE_I(x->rows), STORE_I(x->rows_estimate),
                            STORE_I(x->bytes), STORE_I(x->permille), STORE_T(x->error), STORE_T(x->chunks),
                            STORE_T(x->detail), STORE_I(subtask), STORE_T(x->kind), STORE_T(x->name)),
               &changed, e) &&
           (changed > 0 ||
            store_run(s,
                      "INSERT INTO object (subtask_id, kind, name, target, status, row_count, row_estimate, byte_count,"
                      " permille, error, chunks, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      STORE_VALUES(STORE_I(subtask), STORE_T(x->kind), STORE_T(x->name), STORE_T(x->target),
                                   STORE_I(x->status), STORE_I(x->rows), STORE_I(x->rows_estimate), STORE_I(x->bytes),
                                   STORE_I(x->permille), STORE_T(x->error), STORE_T(x->chunks), STORE_T(x->detail)),
                      NULL, e));
}

/* Whoever listens sees states; the texts are asked for one by one. */
static json_t *without_details(const json_t *items) {
    json_t *out = json_array(), *item;
    size_t i;
    json_array_foreach(items, i, item) {
        json_t *one = json_copy(item);
        json_object_del(one, "detail");
        json_array_append_new(out, one);
    }
    return out;
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
    tasks_tell(
        &t, "subtask", subtask,
        json_pack("{s:s, s:I, s:o}", "kind", "objects", "id", (json_int_t)subtask, "items", without_details(items)));
    if (!tasks_commit(&t, e)) {
        return false;
    }
    figures_objects(api->figures, task, subtask);
    return true;
}

/* ---- how many have failed ---- */

static bool count_failed(struct store *s, struct arena *a, int64_t subtask, int64_t *n, struct err *e) {
    struct store_rows rows;
    if (!store_rows(s, a, "SELECT count(*) FROM object WHERE subtask_id = ? AND kind <> 'table' AND status IN (?, ?)",
                    STORE_VALUES(STORE_I(subtask), STORE_I(OBJECT_FAILED), STORE_I(OBJECT_CHECK_FAILED)), &rows, e)) {
        return false;
    }
    *n = store_number(&rows, 0, 0);
    return true;
}

bool objects_alert(const struct api *api, struct store *s, struct arena *a, int64_t subtask, bool *failed,
                   struct err *e) {
    struct err what = ERR_INIT;
    char code[8];
    int64_t n;
    if (!count_failed(s, a, subtask, &n, e)) {
        return false;
    }
    *failed = n > 0;
    if (n == 0) {
        return alert_close(s, api->feed, subtask, 0, err_code_text(ERR_OBJECTS, code), e);
    }
    err_set(&what, ERR_OBJECTS, "%lld views and programs are not in the target as they should be", (long long)n);
    json_t *json = err_to_json(&what);
    bool ok = alert_raise(s, api->feed, ALERT_WARNING, subtask, 0, json, e);
    json_decref(json);
    return ok;
}
