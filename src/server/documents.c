/* See documents.h. */
#include "server/documents.h"

bool documents_keep(struct tasks *t, int64_t subtask, const char *kind, const char *text, struct err *e) {
    return store_run(t->store, "DELETE FROM document WHERE subtask_id = ? AND kind = ?",
                     STORE_VALUES(STORE_I(subtask), STORE_T(kind)), NULL, e) &&
           (text == NULL ||
            store_run(t->store, "INSERT INTO document (subtask_id, kind, at_ms, text) VALUES (?, ?, ?, ?)",
                      STORE_VALUES(STORE_I(subtask), STORE_T(kind), STORE_I(t->now_ms), STORE_T(text)), NULL, e));
}

bool documents_read(struct store *s, struct arena *a, int64_t subtask, const char *kind, const char **text,
                    struct err *e) {
    struct store_rows rows;
    if (!store_rows(s, a, "SELECT text FROM document WHERE subtask_id = ? AND kind = ?",
                    STORE_VALUES(STORE_I(subtask), STORE_T(kind)), &rows, e)) {
        return false;
    }
    *text = rows.n > 0 ? store_cell(&rows, 0, 0) : NULL;
    return true;
}
