/* /api/v1/subtasks/{id}/log and /api/v1/machines/{id}/log: lines in pages, for a tail, by level and text; and as a file. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "server/api.h"
#include "server/logs.h"

enum { LIMIT = 200, LIMIT_MAX = 1000, SEARCH_MAX = 200, LINES_AT_ONCE = 2000, VALUES_MAX = 8 };

/* What is asked for: a condition and its values. */
struct wanted {
    const char *what; /* "subtask" */
    int64_t id;
    char *where;
    struct store_value v[VALUES_MAX];
    size_t n;
};

static void add(struct call *c, struct wanted *w, const char *condition, struct store_value v) {
    w->where = arena_printf(c->a, "%s AND %s", w->where, condition);
    w->v[w->n++] = v;
}

/* For LIKE, with '!' before what would mean something. */
static char *contains(struct arena *a, const char *text) {
    char *out = arena_alloc(a, strlen(text) * 2 + 3), *at = out;
    *at++ = '%';
    for (; *text != '\0'; text++) {
        if (strchr("%_!", *text) != NULL) {
            *at++ = '!';
        }
        *at++ = *text;
    }
    *at = '%';
    return out;
}

static bool there_is(struct call *c, const struct wanted *w, struct err *e) {
    struct store_rows rows;
    return store_rows(c->store, c->a, arena_printf(c->a, "SELECT 1 FROM %s WHERE id = ?", w->what),
                      STORE_VALUES(STORE_I(w->id)), &rows, e) &&
           (rows.n > 0 || api_not_found(e, w->what));
}

static bool filters(struct call *c, struct wanted *w, struct err *e) {
    const char *level = http_parameter(c->request, "level"), *text = http_parameter(c->request, "text");
    int64_t least;
    if (level != NULL) {
        if (!logs_level_parse(level, &least)) {
            return err_set(e, ERR_BODY, "level is one of debug, info, warn, error: lines of at least that level");
        }
        add(c, w, "level >= ?", STORE_I(least));
    }
    if (text != NULL && text[0] != '\0') {
        if (strlen(text) > SEARCH_MAX) {
            return err_set(e, ERR_BODY, "text is longer than %d bytes", (int)SEARCH_MAX);
        }
        add(c, w, "lower(text) LIKE lower(CAST(? AS text)) ESCAPE '!'", STORE_T(contains(c->a, text)));
    }
    return true;
}

static bool number(struct call *c, const char *name, int64_t low, int64_t high, int64_t *out, struct err *e) {
    const char *text = http_parameter(c->request, name);
    if (text == NULL) {
        return true;
    }
    size_t len = strlen(text);
    *out = strtoll(text, NULL, 10);
    return (len > 0 && len <= 18 && strspn(text, "0123456789") == len && *out >= low && *out <= high) ||
           err_set(e, ERR_BODY, "%s is a number from %lld to %lld", name, (long long)low, (long long)high);
}

static bool begin(struct call *c, const char *what, struct wanted *w, struct err *e) {
    *w = (struct wanted){.what = what};
    if (!api_id(c, 0, &w->id, e) || !there_is(c, w, e)) {
        return false;
    }
    w->where = arena_printf(c->a, "%s = ?", str_eq(what, "subtask") ? "subtask_id" : "own_machine_id");
    w->v[w->n++] = STORE_I(w->id);
    return filters(c, w, e);
}

#define COLUMNS "id, at_ms, level, machine_id, event, text, fields"

static bool read_lines(struct call *c, struct arena *a, const struct wanted *w, const char *order, int64_t limit,
                       struct store_rows *out, struct err *e) {
    char *sql = arena_printf(a, "SELECT " COLUMNS " FROM log_line WHERE %s ORDER BY id %s LIMIT %lld", w->where, order,
                             (long long)limit);
    return store_rows(c->store, a, sql, (struct store_values){w->v, w->n}, out, e);
}

/* ?after=ID: what came later, the oldest first, for a tail. Otherwise the newest first, of those ?before=ID. */
static bool page(struct call *c, const char *what, struct err *e) {
    struct wanted w;
    struct store_rows rows;
    int64_t after = -1, before = 0, limit = LIMIT;
    if (!begin(c, what, &w, e) || !number(c, "after", 0, INT64_MAX, &after, e) ||
        !number(c, "before", 1, INT64_MAX, &before, e) || !number(c, "limit", 1, LIMIT_MAX, &limit, e)) {
        return false;
    }
    if (after >= 0) {
        add(c, &w, "id > ?", STORE_I(after));
    }
    if (before > 0) {
        add(c, &w, "id < ?", STORE_I(before));
    }
    if (!read_lines(c, c->a, &w, after >= 0 ? "ASC" : "DESC", limit + 1, &rows, e)) {
        return false;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < rows.n && i < (size_t)limit; i++) {
        json_array_append_new(items, logs_line_json(store_number(&rows, i, 0), store_number(&rows, i, 1),
                                                    store_number(&rows, i, 2), store_number(&rows, i, 3),
                                                    store_cell(&rows, i, 4), store_cell(&rows, i, 5),
                                                    store_cell(&rows, i, 6)));
    }
    c->out = json_pack("{s:b, s:o}", "more", rows.n > (size_t)limit, "items", items);
    return true;
}

/* ---- as a file ---- */

/* A line stays a line, and a terminal that shows the file is not steered by it. */
static bool put_text(struct buf *b, const char *text, struct err *e) {
    while (*text != '\0') {
        size_t n = 0;
        while ((unsigned char)text[n] >= ' ' && text[n] != 0x7f) {
            n++;
        }
        if (!buf_put(b, text, n, e)) {
            return false;
        }
        text += n;
        if (*text != '\0' && !buf_puts(b, *text++ == '\n' ? "\\n" : " ", e)) {
            return false;
        }
    }
    return true;
}

static bool put_line(struct buf *b, const struct store_rows *r, size_t i, struct err *e) {
    char time[32];
    const char *event = store_cell(r, i, 4), *text = store_cell(r, i, 5), *fields = store_cell(r, i, 6);
    return buf_printf(b, e, "%s %-5s ", clock_iso(store_number(r, i, 1) * 1000, time),
                      logs_level_name(store_number(r, i, 2))) &&
           (event == NULL || (put_text(b, event, e) && buf_puts(b, ": ", e))) &&
           put_text(b, text != NULL ? text : "", e) &&
           (fields == NULL || (buf_puts(b, " ", e) && put_text(b, fields, e))) && buf_puts(b, "\n", e);
}

static bool download(struct call *c, const char *what, struct err *e) {
    struct wanted w;
    struct arena a = ARENA_INIT;
    if (!begin(c, what, &w, e)) {
        return false;
    }
    struct buf *b = &c->response->body;
    size_t last = w.n;
    add(c, &w, "id > ?", STORE_I(0));
    bool ok = true, more = true;
    while (ok && more) {
        struct store_rows rows;
        ok = read_lines(c, &a, &w, "ASC", LINES_AT_ONCE, &rows, e);
        for (size_t i = 0; ok && i < rows.n; i++) {
            ok = put_line(b, &rows, i, e);
        }
        more = ok && rows.n == LINES_AT_ONCE;
        if (more) {
            w.v[last] = STORE_I(store_number(&rows, rows.n - 1, 0));
        }
        arena_reset(&a);
    }
    arena_clear(&a);
    if (!ok) {
        buf_reset(b);
        return false;
    }
    c->response->content_type = "text/plain; charset=utf-8";
    http_add_header(c->response, "content-disposition:",
                    arena_printf(c->a, "attachment; filename=\"%s-%lld.log\"", what, (long long)w.id));
    return true;
}

static bool subtask_page(struct call *c, struct err *e) {
    return page(c, "subtask", e);
}

static bool machine_page(struct call *c, struct err *e) {
    return page(c, "machine", e);
}

static bool subtask_download(struct call *c, struct err *e) {
    return download(c, "subtask", e);
}

static bool machine_download(struct call *c, struct err *e) {
    return download(c, "machine", e);
}

const struct route api_log_routes[] = {
    {HTTP_GET, "/api/v1/subtasks/{id}/log", ROLE_VIEWER, 0, subtask_page},
    {HTTP_GET, "/api/v1/subtasks/{id}/log/download", ROLE_VIEWER, 0, subtask_download},
    {HTTP_GET, "/api/v1/machines/{id}/log", ROLE_VIEWER, 0, machine_page},
    {HTTP_GET, "/api/v1/machines/{id}/log/download", ROLE_VIEWER, 0, machine_download},
    {0},
};
