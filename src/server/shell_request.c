/* See shell_request.h. */
#include "server/shell_request.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "server/http.h"

enum { COLS = 80, ROWS = 24, ID_DIGITS = 18, SIZE_DIGITS = 4 };

static bool in_bounds(int64_t cols, int64_t rows, struct terminal_size *size, struct err *e) {
    if (cols < 1 || cols > SHELL_COLS_MAX || rows < 1 || rows > SHELL_ROWS_MAX) {
        return err_set(e, ERR_BODY, "a window has 1 to %d columns and 1 to %d rows", (int)SHELL_COLS_MAX,
                       (int)SHELL_ROWS_MAX);
    }
    *size = (struct terminal_size){.cols = (unsigned)cols, .rows = (unsigned)rows};
    return true;
}

/* -1: it is no number. */
static int64_t number(const char *text, size_t len, size_t digits) {
    return len > 0 && len <= digits && strspn(text, "0123456789") >= len ? strtoll(text, NULL, 10) : -1;
}

static int64_t side(const struct http_request *r, const char *name, int64_t otherwise) {
    const char *text = http_parameter(r, name);
    return text == NULL ? otherwise : number(text, strlen(text), SIZE_DIGITS);
}

bool shell_request_open(const struct http_request *r, int64_t *machine, struct terminal_size *size, struct err *e) {
    static const char before[] = "/api/v1/machines/", behind[] = "/shell";
    const char *id = str_starts(r->path, before) ? r->path + strlen(before) : "";
    size_t len = strcspn(id, "/");
    *machine = number(id, len, ID_DIGITS);
    if (*machine < 0 || !str_eq(id + len, behind)) {
        return err_set(e, ERR_NOT_FOUND, "there is no WebSocket at %.100s", r->path);
    }
    return in_bounds(side(r, "cols", COLS), side(r, "rows", ROWS), size, e);
}

bool shell_request_parse(const char *text, size_t len, struct terminal_size *size, struct err *e) {
    json_error_t error;
    json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    const json_t *pair = json_object_get(json, "resize");
    const json_t *cols = json_array_get(pair, 0), *rows = json_array_get(pair, 1);
    bool ok = json_array_size(pair) == 2 && json_is_integer(cols) && json_is_integer(rows);
    ok = ok ? in_bounds(json_integer_value(cols), json_integer_value(rows), size, e)
            : err_set(e, ERR_BODY, "a text message is {\"resize\": [columns, rows]}; what is typed is binary");
    json_decref(json);
    return ok;
}
