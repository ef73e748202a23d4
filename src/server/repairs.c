/* See repairs.h. A part is a document of the subtask: "repair.001" ... */
#include "server/repairs.h"

#include <stdlib.h>

#include "server/documents.h"

enum { PARTS_MAX = 64 };

bool repairs_drop(struct tasks *t, int64_t subtask, struct err *e) {
    return store_run(t->store, "DELETE FROM document WHERE subtask_id = ? AND kind LIKE 'repair.%'",
                     STORE_VALUES(STORE_I(subtask)), NULL, e);
}

bool repairs_take(struct tasks *t, int64_t subtask, const json_t *event, struct err *e) {
    json_int_t part = json_integer_value(json_object_get(event, "part"));
    if (part < 1 || part > PARTS_MAX || !json_is_string(json_object_get(event, "text"))) {
        return true;
    }
    char *text = json_dumps(event, JSON_COMPACT);
    char *kind = arena_printf(t->a, "repair.%03d", (int)part);
    bool ok = (part > 1 || repairs_drop(t, subtask, e)) && documents_keep(t, subtask, kind, text, e);
    free(text);
    if (ok && json_is_true(json_object_get(event, "last"))) {
        tasks_tell(t, "subtask", subtask,
                   json_pack("{s:s, s:I, s:s}", "kind", "document", "id", (json_int_t)subtask, "document", "repair"));
    }
    return ok;
}

bool repairs_read(struct store *s, struct arena *a, int64_t subtask, struct buf *out, bool *there, struct err *e) {
    struct store_rows leased, rows;
    bool whole = false;
    /* First whether more may come, then what has come. */
    if (!store_rows(s, a, "SELECT 1 FROM subtask WHERE id = ? AND lease_until_ms IS NOT NULL",
                    STORE_VALUES(STORE_I(subtask)), &leased, e) ||
        !store_rows(s, a, "SELECT text FROM document WHERE subtask_id = ? AND kind LIKE 'repair.%' ORDER BY kind",
                    STORE_VALUES(STORE_I(subtask)), &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        json_t *part = json_loads(store_cell(&rows, i, 0), 0, NULL);
        const json_t *text = json_object_get(part, "text");
        bool ok = buf_put(out, json_string_value(text), json_string_length(text), e);
        whole = json_is_true(json_object_get(part, "last"));
        json_decref(part);
        if (!ok) {
            return false;
        }
    }
    *there = rows.n > 0 && (whole || leased.n == 0);
    return !*there || whole || buf_puts(out, "\n-- Cut here: the execution machine has not told the rest.\n", e);
}
