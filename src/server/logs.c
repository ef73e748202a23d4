/* See logs.h. */
#include "server/logs.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/settings.h"

enum { LINES_A_STATEMENT = 50, VALUES_A_LINE = 9 };

static const char *const levels[] = {"debug", "info", "warn", "error"};
enum { LEVELS = sizeof levels / sizeof levels[0], LEVEL_INFO = 1 };

const char *logs_level_name(int64_t level) {
    return level >= 0 && level < LEVELS ? levels[level] : levels[LEVEL_INFO];
}

bool logs_level_parse(const char *name, int64_t *out) {
    for (int64_t i = 0; i < LEVELS; i++) {
        if (str_eq(name, levels[i])) {
            *out = i;
            return true;
        }
    }
    return false;
}

json_t *logs_line_json(int64_t id, int64_t at_ms, int64_t level, int64_t machine, const char *event, const char *text,
                       const char *fields) {
    json_t *more = fields != NULL ? json_loads(fields, 0, NULL) : NULL;
    return json_pack("{s:I, s:I, s:s, s:o, s:o, s:s, s:o}", "id", (json_int_t)id, "time_ms", (json_int_t)at_ms, "level",
                     logs_level_name(level), "machine", machine > 0 ? json_integer(machine) : json_null(), "event",
                     event != NULL ? json_string(event) : json_null(), "text", text != NULL ? text : "", "fields",
                     more != NULL ? more : json_object());
}

/* ---- what came in ---- */

struct line {
    int64_t at_ms, level;
    char *event, *text, *fields; /* event and fields may be NULL */
};

static char *cut(struct arena *a, const char *text, size_t max) {
    size_t len = strlen(text);
    return arena_strndup(a, text, len > max ? str_utf8_cut(text, len, max) : len);
}

/* Everything that has no column of its own. */
static char *fields_of(struct arena *a, const json_t *line) {
    static const char *const own[] = {"time_ms", "level", "event", "text"};
    json_t *rest = json_copy((json_t *)line);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        json_object_del(rest, own[i]);
    }
    char *text = json_object_size(rest) > 0 ? json_dumps(rest, JSON_COMPACT) : NULL;
    char *out = text == NULL ? NULL : arena_strdup(a, strlen(text) <= LOGS_FIELDS_MAX ? text : "{\"cut\":true}");
    free(text);
    json_decref(rest);
    return out;
}

static struct line line_of(struct arena *a, const json_t *in, int64_t now) {
    struct line x = {.at_ms = now, .level = LEVEL_INFO};
    if (!json_is_object(in)) {
        char *text = json_is_string(in) ? NULL : json_dumps(in, JSON_COMPACT | JSON_ENCODE_ANY);
        x.text = cut(a, text != NULL ? text : json_is_string(in) ? json_string_value(in) : "", LOGS_TEXT_MAX);
        free(text);
        return x;
    }
    const json_t *at = json_object_get(in, "time_ms");
    const char *event = json_string_value(json_object_get(in, "event"));
    const char *text = json_string_value(json_object_get(in, "text"));
    if (json_is_integer(at) && json_integer_value(at) > 0) {
        x.at_ms = json_integer_value(at);
    }
    (void)logs_level_parse(json_string_value(json_object_get(in, "level")), &x.level);
    x.event = event != NULL && event[0] != '\0' ? cut(a, event, LOGS_EVENT_MAX) : NULL;
    x.text = cut(a, text != NULL ? text : "", LOGS_TEXT_MAX);
    x.fields = fields_of(a, in);
    return x;
}

/* ---- keeping ---- */

/* Whose log it is. */
struct owner {
    int64_t subtask, machine;
    const char *column; /* of log_line */
    int64_t id;
};

static int compare_ids(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Some lines in one statement. ids: in their order, for the feed. */
static bool insert(struct store *s, struct arena *a, const struct owner *o, const struct line *lines, size_t n,
                   int64_t number, int64_t *ids, struct err *e) {
    /* openGauss takes the types of several rows' placeholders from nothing but themselves. */
    static const char row[] = "(CAST(? AS bigint), CAST(? AS bigint), CAST(? AS bigint), CAST(? AS bigint), "
                              "CAST(? AS bigint), CAST(? AS integer), CAST(? AS varchar(64)), CAST(? AS text), "
                              "CAST(? AS text))";
    struct store_value values[LINES_A_STATEMENT * VALUES_A_LINE];
    struct store_rows rows;
    char *sql = arena_alloc(a, 200 + n * (sizeof row + 1)), *at = sql;
    at = stpcpy(at, "INSERT INTO log_line (subtask_id, own_machine_id, machine_id, number, at_ms, level, event, text,"
                    " fields) VALUES ");
    for (size_t i = 0; i < n; i++) {
        struct store_value *v = &values[i * VALUES_A_LINE];
        at = stpcpy(stpcpy(at, i > 0 ? ", " : ""), row);
        v[0] = o->subtask > 0 ? STORE_I(o->subtask) : STORE_T(NULL);
        v[1] = o->subtask > 0 ? STORE_T(NULL) : STORE_I(o->machine);
        v[2] = o->machine > 0 ? STORE_I(o->machine) : STORE_T(NULL);
        v[3] = STORE_I(number + (int64_t)i);
        v[4] = STORE_I(lines[i].at_ms);
        v[5] = STORE_I(lines[i].level);
        v[6] = STORE_T(lines[i].event);
        v[7] = STORE_T(lines[i].text);
        v[8] = STORE_T(lines[i].fields);
    }
    stpcpy(at, " RETURNING id");
    if (!store_rows(s, a, sql, (struct store_values){values, n * VALUES_A_LINE}, &rows, e)) {
        return false;
    }
    if (rows.n != n) {
        return err_set(e, ERR_INTERNAL, "%zu lines of a log, %zu ids", n, rows.n);
    }
    for (size_t i = 0; i < n; i++) {
        ids[i] = store_number(&rows, i, 0);
    }
    qsort(ids, n, sizeof *ids, compare_ids); /* they were given out in order, but may come back in another one */
    return true;
}

/* The oldest tenth goes at once, so that this is not done for each line. */
static bool trim(struct store *s, struct arena *a, const struct owner *o, int64_t there, int64_t keep, struct err *e) {
    struct store_rows rows;
    if (there <= keep) {
        return true;
    }
    char *sql = arena_printf(a, "SELECT id FROM log_line WHERE %s = ? ORDER BY id LIMIT 1 OFFSET ?", o->column);
    if (!store_rows(s, a, sql, STORE_VALUES(STORE_I(o->id), STORE_I(there - keep + keep / 10)), &rows, e)) {
        return false;
    }
    return rows.n == 0 || store_run(s, arena_printf(a, "DELETE FROM log_line WHERE %s = ? AND id < ?", o->column),
                                    STORE_VALUES(STORE_I(o->id), STORE_I(store_number(&rows, 0, 0))), NULL, e);
}

/* *there: false when whose log it is has been deleted. */
static bool look(struct store *s, struct arena *a, const struct owner *o, bool *there, int64_t *first, int64_t *last,
                 int64_t *keep, struct err *e) {
    struct store_rows rows;
    char *sql = arena_printf(a,
                             "SELECT (SELECT count(*) FROM %s WHERE id = ?),"
                             " (SELECT number FROM log_line WHERE %s = ? ORDER BY id LIMIT 1),"
                             " (SELECT number FROM log_line WHERE %s = ? ORDER BY id DESC LIMIT 1),"
                             " (SELECT value FROM setting WHERE name = 'log_lines')",
                             o->subtask > 0 ? "subtask" : "machine", o->column, o->column);
    if (!store_rows(s, a, sql, STORE_VALUES(STORE_I(o->id), STORE_I(o->id), STORE_I(o->id)), &rows, e)) {
        return false;
    }
    *there = store_number(&rows, 0, 0) > 0;
    *first = store_number(&rows, 0, 1);
    *last = store_number(&rows, 0, 2);
    *keep = settings_value(settings_find("log_lines"), store_cell(&rows, 0, 3));
    return true;
}

static void tell(struct feed *f, const struct owner *o, const struct line *lines, const int64_t *ids, size_t n) {
    json_t *items = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(items, logs_line_json(ids[i], lines[i].at_ms, lines[i].level, o->machine, lines[i].event,
                                                    lines[i].text, lines[i].fields));
    }
    json_t *change = json_pack("{s:s, s:o, s:o, s:o}", "kind", "log", "subtask",
                               o->subtask > 0 ? json_integer(o->subtask) : json_null(), "machine",
                               o->machine > 0 ? json_integer(o->machine) : json_null(), "lines", items);
    feed_tell_of(f, o->subtask > 0 ? "log" : "machine log", o->id, change);
}

bool logs_append(struct store *s, struct feed *f, int64_t subtask, int64_t machine, const json_t *lines,
                 struct err *e) {
    struct arena a = ARENA_INIT;
    struct owner o = {.subtask = subtask, .machine = machine};
    o.column = subtask > 0 ? "subtask_id" : "own_machine_id";
    o.id = subtask > 0 ? subtask : machine;
    size_t n = json_array_size(lines);
    bool there = false;
    int64_t first = 0, last = 0, keep = 0, now;
    bool ok = n == 0 || (store_now(s, &now, e) && look(s, &a, &o, &there, &first, &last, &keep, e));
    for (size_t done = 0; ok && there && done < n; done += LINES_A_STATEMENT) {
        size_t part = n - done < LINES_A_STATEMENT ? n - done : LINES_A_STATEMENT;
        struct line some[LINES_A_STATEMENT];
        int64_t ids[LINES_A_STATEMENT] = {0};
        for (size_t i = 0; i < part; i++) {
            some[i] = line_of(&a, json_array_get(lines, done + i), now);
        }
        ok = insert(s, &a, &o, some, part, last + 1, ids, e);
        last += (int64_t)part;
        if (ok) {
            tell(f, &o, some, ids, part);
        }
    }
    ok = ok && (!there || trim(s, &a, &o, last - (first > 0 ? first : 1) + 1, keep, e));
    arena_clear(&a);
    return ok;
}
