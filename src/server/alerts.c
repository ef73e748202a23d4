/* See alerts.h. */
#include "server/alerts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/webhooks.h"

enum { TEXT_MAX = 4000, CODE_MAX = 16 };
enum { LEVEL_WARNING = 1, LEVEL_ERROR = 2 }; /* in the store */

static json_t *text_or_null(const char *s) {
    return s != NULL ? json_string(s) : json_null();
}

static json_t *number_or_null(const struct store_rows *rows, size_t i, size_t column) {
    return store_cell(rows, i, column) != NULL ? json_integer(store_number(rows, i, column)) : json_null();
}

/* What the code means in general: it may be of another version, or none of ours. */
static enum err_code code_of(const char *text) {
    return strlen(text) == 6 && str_starts(text, "GW") ? (enum err_code)strtol(text + 2, NULL, 10) : ERR_NONE;
}

json_t *alert_json(const struct store_rows *rows, size_t i) {
    const char *code = store_cell(rows, i, 7);
    const char *zh = err_title_zh(code_of(code)), *hint_zh = err_hint_zh(code_of(code));
    json_t *out = json_pack("{s:s, s:I, s:s, s:s, s:s, s:I, s:I, s:I}", "kind", "alert", "id",
                            (json_int_t)store_number(rows, i, 0), "level",
                            store_number(rows, i, 1) == LEVEL_ERROR ? "error" : "warning", "code", code, "message",
                            store_cell(rows, i, 8), "first_ms", (json_int_t)store_number(rows, i, 12), "last_ms",
                            (json_int_t)store_number(rows, i, 13), "times", (json_int_t)store_number(rows, i, 14));
    json_object_set_new(out, "subtask", number_or_null(rows, i, 2));
    json_object_set_new(out, "task", number_or_null(rows, i, 3));
    json_object_set_new(out, "task_name", text_or_null(store_cell(rows, i, 4)));
    json_object_set_new(out, "machine", number_or_null(rows, i, 5));
    json_object_set_new(out, "machine_name", text_or_null(store_cell(rows, i, 6)));
    json_object_set_new(out, "message_zh", text_or_null(zh[0] != '\0' ? zh : NULL));
    json_object_set_new(out, "cause", text_or_null(store_cell(rows, i, 9)));
    json_object_set_new(out, "where", text_or_null(store_cell(rows, i, 10)));
    json_object_set_new(out, "hint", text_or_null(store_cell(rows, i, 11)));
    json_object_set_new(out, "hint_zh", text_or_null(hint_zh[0] != '\0' ? hint_zh : NULL));
    json_object_set_new(out, "closed_ms", number_or_null(rows, i, 15));
    json_object_set_new(out, "closed_by", text_or_null(store_cell(rows, i, 16)));
    return out;
}

/* ---- which one ---- */

/* Whose alerts: a subtask's wherever it runs, else a machine's, else the server's. */
static const char *whose(int64_t subtask, int64_t machine) {
    return subtask > 0   ? "subtask_id = ?"
           : machine > 0 ? "subtask_id IS NULL AND machine_id = ?"
                         : "subtask_id IS NULL AND machine_id IS NULL AND ? >= 0";
}

static struct store_value owner(int64_t subtask, int64_t machine) {
    return STORE_I(subtask > 0 ? subtask : machine);
}

/* Webhooks hear of the first time and of the end: what keeps happening would flood them. */
static bool tell(struct store *s, struct feed *f, struct arena *a, int64_t id, bool webhooks, struct err *e) {
    struct store_rows rows;
    if (!store_rows(s, a, "SELECT " ALERT_COLUMNS " FROM " ALERT_TABLES " WHERE a.id = ?", STORE_VALUES(STORE_I(id)),
                    &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return true;
    }
    json_t *alert = alert_json(&rows, 0);
    bool ok = !webhooks || webhooks_alert(s, a, alert, e);
    feed_tell(f, "alerts", alert);
    return ok;
}

/* ---- raising ---- */

struct raised {
    int level;
    int64_t subtask, machine, now;
    char *code, *message, *cause, *where, *hint;
};

static char *text_of(struct arena *a, const json_t *error, const char *key, size_t max) {
    const char *text = json_string_value(json_object_get(error, key));
    return text == NULL || text[0] == '\0' ? NULL : arena_strndup(a, text, str_utf8_cut(text, strlen(text), max));
}

/* *id 0: there is no open one. */
static bool again(struct store *s, struct arena *a, const struct raised *r, int64_t *id, struct err *e) {
    struct store_rows rows;
    char *sql = arena_printf(a,
                             "UPDATE alert SET times = times + 1, last_ms = ?, level = ?, message = ?, cause = ?,"
                             " place = ?, hint = ?, machine_id = COALESCE(CAST(? AS bigint), machine_id)"
                             " WHERE code = ? AND closed_ms IS NULL AND %s RETURNING id",
                             whose(r->subtask, r->machine));
    struct store_value machine = r->machine > 0 ? STORE_I(r->machine) : STORE_T(NULL);
    if (!store_rows(s, a, sql,
                    STORE_VALUES(STORE_I(r->now), STORE_I(r->level), STORE_T(r->message), STORE_T(r->cause),
                                 STORE_T(r->where), STORE_T(r->hint), machine, STORE_T(r->code),
                                 owner(r->subtask, r->machine)),
                    &rows, e)) {
        return false;
    }
    *id = rows.n > 0 ? store_number(&rows, 0, 0) : 0;
    return true;
}

static bool is_there(struct store *s, struct arena *a, int64_t subtask, bool *there, struct err *e) {
    struct store_rows rows = {0};
    bool ok = subtask == 0 ||
              store_rows(s, a, "SELECT 1 FROM subtask WHERE id = ?", STORE_VALUES(STORE_I(subtask)), &rows, e);
    *there = subtask == 0 || rows.n > 0;
    return ok;
}

static bool insert(struct store *s, const struct raised *r, int64_t *id, struct err *e) {
    return store_insert(
        s,
        "INSERT INTO alert (subtask_id, machine_id, level, code, message, cause, place, hint, first_ms, last_ms, times)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) RETURNING id",
        STORE_VALUES(r->subtask > 0 ? STORE_I(r->subtask) : STORE_T(NULL),
                     r->machine > 0 ? STORE_I(r->machine) : STORE_T(NULL), STORE_I(r->level), STORE_T(r->code),
                     STORE_T(r->message), STORE_T(r->cause), STORE_T(r->where), STORE_T(r->hint), STORE_I(r->now),
                     STORE_I(r->now)),
        id, e);
}

bool alert_raise(struct store *s, struct feed *f, enum alert_level level, int64_t subtask, int64_t machine,
                 const json_t *error, struct err *e) {
    struct arena a = ARENA_INIT;
    struct raised r = {.level = level == ALERT_ERROR ? LEVEL_ERROR : LEVEL_WARNING,
                       .subtask = subtask,
                       .machine = machine,
                       .code = text_of(&a, error, "code", CODE_MAX),
                       .message = text_of(&a, error, "message", TEXT_MAX),
                       .cause = text_of(&a, error, "cause", TEXT_MAX),
                       .where = text_of(&a, error, "where", TEXT_MAX),
                       .hint = text_of(&a, error, "hint", TEXT_MAX)};
    char internal[8];
    bool there = true, first = false;
    int64_t id = 0;
    r.code = r.code != NULL ? r.code : arena_strdup(&a, err_code_text(ERR_INTERNAL, internal));
    r.message = r.message != NULL ? r.message : arena_strdup(&a, err_title(code_of(r.code)));
    bool ok = store_now(s, &r.now, e) && again(s, &a, &r, &id, e);
    if (ok && id == 0) {
        first = true;
        ok = is_there(s, &a, subtask, &there, e) && (!there || insert(s, &r, &id, e));
    }
    ok = ok && (id == 0 || tell(s, f, &a, id, first, e));
    arena_clear(&a);
    return ok;
}

/* ---- closing ---- */

static bool tell_all(struct store *s, struct feed *f, struct arena *a, const struct store_rows *ids, struct err *e) {
    bool ok = true;
    for (size_t i = 0; ok && i < ids->n; i++) {
        ok = tell(s, f, a, store_number(ids, i, 0), true, e);
    }
    return ok;
}

bool alert_close(struct store *s, struct feed *f, int64_t subtask, int64_t machine, const char *code, struct err *e) {
    struct arena a = ARENA_INIT;
    struct store_rows ids;
    int64_t now;
    char *sql = arena_printf(&a, "UPDATE alert SET closed_ms = ? WHERE closed_ms IS NULL AND %s%s RETURNING id",
                             whose(subtask, machine), code != NULL ? " AND code = ?" : "");
    struct store_value v[] = {STORE_I(0), owner(subtask, machine), STORE_T(code)};
    bool ok = store_now(s, &now, e);
    v[0] = STORE_I(now);
    ok = ok && store_rows(s, &a, sql, (struct store_values){v, code != NULL ? 3 : 2}, &ids, e) &&
         tell_all(s, f, &a, &ids, e);
    arena_clear(&a);
    return ok;
}

bool alert_close_one(struct store *s, struct feed *f, int64_t id, const char *who, struct err *e) {
    struct arena a = ARENA_INIT;
    struct store_rows rows;
    int64_t now;
    bool ok = store_now(s, &now, e) &&
              store_rows(s, &a,
                         "UPDATE alert SET closed_ms = ?, closed_by = ? WHERE id = ? AND closed_ms IS NULL"
                         " RETURNING id",
                         STORE_VALUES(STORE_I(now), STORE_T(who), STORE_I(id)), &rows, e);
    if (ok && rows.n == 0) {
        ok = store_rows(s, &a, "SELECT id FROM alert WHERE id = ?", STORE_VALUES(STORE_I(id)), &rows, e) &&
             (rows.n > 0 || err_set(e, ERR_NOT_FOUND, "there is no such alert"));
    } else {
        ok = ok && tell(s, f, &a, id, true, e);
    }
    arena_clear(&a);
    return ok;
}
