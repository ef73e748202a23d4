/* What a client of a shell asks for: the place, the window, and what it says while it is open. docs/live.md describes it. No I/O; any thread. */
#ifndef SERVER_SHELL_REQUEST_H
#define SERVER_SHELL_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "server/terminal.h"

enum { SHELL_COLS_MAX = 1000, SHELL_ROWS_MAX = 1000 };

struct http_request;

/* "/api/v1/machines/{id}/shell?cols=80&rows=24". ERR_NOT_FOUND: it is another place; ERR_BODY: no such window. */
bool shell_request_open(const struct http_request *r, int64_t *machine, struct terminal_size *size,
                        struct err *e) WARN_UNUSED;

/* {"resize": [cols, rows]}; other keys are ignored. ERR_BODY. */
bool shell_request_parse(const char *text, size_t len, struct terminal_size *size, struct err *e) WARN_UNUSED;

#endif
