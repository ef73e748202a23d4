/* What webhooks are to be told, put into the store. See webhooks.h. */
#include <stdlib.h>

#include "server/state.h"
#include "server/view.h"
#include "server/webhooks.h"

/* Columns of webhook that say what it wants. */
static const char on_alert[] = "on_alert", on_task[] = "on_task", on_subtask[] = "on_subtask";

static bool wanted(struct store *s, struct arena *a, const char *column, bool *out, struct err *e) {
    struct store_rows rows;
    char *sql = arena_printf(a, "SELECT 1 FROM webhook WHERE enabled = 1 AND %s = 1 LIMIT 1", column);
    if (!store_rows(s, a, sql, STORE_NONE, &rows, e)) {
        return false;
    }
    *out = rows.n > 0;
    return true;
}

/* body is taken. */
static bool put(struct store *s, struct arena *a, const char *column, const char *event, json_t *body, struct err *e) {
    static const char waiting[] = "(SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = webhook.id)";
    int64_t now;
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    bool ok = text != NULL || err_set(e, ERR_MEMORY, "no memory for a webhook's message");
    ok = ok && store_now(s, &now, e) &&
         store_run(s,
                   arena_printf(a, "UPDATE webhook SET failed = failed + 1 WHERE enabled = 1 AND %s = 1 AND %s >= %d",
                                column, waiting, (int)WEBHOOK_WAITING_MAX),
                   STORE_NONE, NULL, e) &&
         store_run(s,
                   arena_printf(a,
                                "INSERT INTO webhook_delivery (webhook_id, at_ms, event, body, attempts, not_before_ms)"
                                " SELECT id, CAST(? AS bigint), CAST(? AS varchar(16)), CAST(? AS text), 0, 0"
                                " FROM webhook WHERE enabled = 1 AND %s = 1 AND %s < %d",
                                column, waiting, (int)WEBHOOK_WAITING_MAX),
                   STORE_VALUES(STORE_I(now), STORE_T(event), STORE_T(text)), NULL, e);
    free(text);
    return ok;
}

bool webhooks_alert(struct store *s, struct arena *a, const json_t *alert, struct err *e) {
    bool want;
    if (!wanted(s, a, on_alert, &want, e)) {
        return false;
    }
    return !want || put(s, a, on_alert, "alert", json_pack("{s:s, s:O}", "event", "alert", "alert", alert), e);
}

static json_t *status_json(int64_t status, json_t *texts) {
    return json_pack("{s:I, s:o}", "status", (json_int_t)status, "text", texts);
}

static json_t *text_or_null(const char *s) {
    return s != NULL ? json_string(s) : json_null();
}

bool webhooks_subtask(struct store *s, struct arena *a, int64_t subtask, int from, int to, const char *reason,
                      struct err *e) {
    struct store_rows r;
    bool want;
    int64_t now;
    if (!wanted(s, a, on_subtask, &want, e)) {
        return false;
    }
    if (!want) {
        return true;
    }
    if (!store_now(s, &now, e) ||
        !store_rows(s, a,
                    "SELECT t.id, t.name, x.place, x.source_database, x.target_database, x.target_schema, m.name"
                    " FROM subtask x JOIN task t ON t.id = x.task_id LEFT JOIN machine m ON m.id = x.machine_id"
                    " WHERE x.id = ?",
                    STORE_VALUES(STORE_I(subtask)), &r, e)) {
        return false;
    }
    if (r.n == 0) {
        return true;
    }
    json_t *body =
        json_pack("{s:s, s:I, s:I, s:I, s:s, s:I, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "event", "subtask", "at_ms",
                  (json_int_t)now, "subtask", (json_int_t)subtask, "task", (json_int_t)store_number(&r, 0, 0),
                  "task_name", store_cell(&r, 0, 1), "place", (json_int_t)store_number(&r, 0, 2), "source_database",
                  store_cell(&r, 0, 3), "target_database", store_cell(&r, 0, 4), "target_schema", store_cell(&r, 0, 5),
                  "machine", text_or_null(store_cell(&r, 0, 6)), "from", status_json(from, view_status_text(from)),
                  "to", status_json(to, view_status_text(to)), "reason", view_json(reason));
    return put(s, a, on_subtask, "subtask", body, e);
}

static json_t *task_texts(int64_t status) {
    enum task_status x = (enum task_status)status;
    return json_pack("{s:s, s:s}", "en", task_status_text(x, false), "zh", task_status_text(x, true));
}

bool webhooks_task(struct store *s, struct arena *a, int64_t task, int to, struct err *e) {
    struct store_rows r;
    bool want = false;
    int64_t now;
    if (!wanted(s, a, on_task, &want, e)) {
        return false;
    }
    if (!want) {
        return true;
    }
    if (!store_now(s, &now, e) || !store_rows(s, a, "SELECT name, status, created_by FROM task WHERE id = ?",
                                              STORE_VALUES(STORE_I(task)), &r, e)) {
        return false;
    }
    if (r.n == 0 || store_number(&r, 0, 1) == to) {
        return true;
    }
    return put(s, a, on_task, "task",
               json_pack("{s:s, s:I, s:I, s:s, s:s, s:o, s:o}", "event", "task", "at_ms", (json_int_t)now, "task",
                         (json_int_t)task, "task_name", store_cell(&r, 0, 0), "created_by", store_cell(&r, 0, 2),
                         "from", status_json(store_number(&r, 0, 1), task_texts(store_number(&r, 0, 1))), "to",
                         status_json(to, task_texts(to))),
               e);
}
