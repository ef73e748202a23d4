/* Whatever a server answers to queries, pipelines and COPY.
 * The first byte chooses what is asked; the rest is the server's. */
#include <sys/socket.h>
#include <unistd.h>

#include "gauss/identify.h"
#include "gauss/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_notice(void *arg, const char *severity, const char *sqlstate, const char *message) {
    *(size_t *)arg += strlen(severity) + strlen(sqlstate) + strlen(message);
}

/* Every cell must be there in full, with its NUL. */
static void touch(const struct gauss_rows *r) {
    for (size_t i = 0; i < r->n * r->ncols; i++) {
        if (r->cells[i] != NULL && r->cells[i][r->lens[i]] != '\0') {
            BUG("a cell without its NUL");
        }
    }
    if (r->n > 0 && r->ncols > 0 && r->col != NULL && strlen(r->col[r->ncols - 1].name) > 65536) {
        BUG("a column name longer than the message");
    }
}

static void copy_in(struct gauss_client *c, struct err *e) {
    uint64_t rows;
    if (!gauss_copy_in_begin(c, "copy t from stdin", e)) {
        return;
    }
    for (int i = 0; i < 4; i++) {
        if (!gauss_copy_in_send(c, "1\ta\n", 4, e)) {
            break;
        }
        c->copy_unchecked = UINT32_MAX; /* look now */
    }
    if (gauss_copy_in_end(c, &rows, e)) {
        (void)!gauss_exec(c, "select 1", e);
    } else {
        (void)!gauss_copy_in_fail(c, "no", e);
    }
}

static void copy_out(struct gauss_client *c, struct err *e) {
    const uint8_t *bytes;
    size_t len, sum = 0;
    bool ok = gauss_copy_out_begin(c, "copy t to stdout", e);
    while (ok && gauss_copy_out_next(c, &bytes, &len, e) && bytes != NULL) {
        for (size_t i = 0; i < len; i++) {
            sum += bytes[i];
        }
    }
    (void)sum;
}

static void pipeline(struct gauss_client *c, struct arena *a, struct err *e) {
    bool ok = gauss_pipe_prepare(c, "s", "select $1", NULL, 0, e);
    for (int i = 0; i < 6; i++) {
        struct gauss_param p = {.value = "x", .len = 1, .binary = i == 3};
        ok = ok && gauss_pipe_execute(c, "s", &p, 1, e) && (i % 3 < 2 || gauss_pipe_sync(c, e));
    }
    ok = ok && gauss_pipe_close(c, "s", e) && gauss_pipe_sync(c, e);
    for (int i = 0; i < 8 && gauss_usable(c); i++) {
        struct gauss_rows rows;
        uint64_t affected;
        if (gauss_pipe_result(c, a, &rows, &affected, e)) {
            touch(&rows);
        } else if (!gauss_pipe_end(c, e) && e->code == ERR_INTERNAL) {
            break;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int pair[2];
    if (size < 1 || size > 65536 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) {
        return 0;
    }
    if (send(pair[1], data + 1, size - 1, MSG_DONTWAIT) != (ssize_t)size - 1 || shutdown(pair[1], SHUT_WR) != 0) {
        close(pair[0]);
        close(pair[1]);
        return 0;
    }
    struct gauss_client *c = gauss_client_new(net_wrap_fd(pair[0]));
    struct arena a = ARENA_INIT;
    struct err e = ERR_INIT;
    struct gauss_rows rows;
    struct gauss_identity id;
    struct gauss_param p = {.value = NULL};
    size_t said = 0;
    gauss_on_notice(c, on_notice, &said);
    switch (data[0] % 6) {
    case 0:
        while (gauss_rows(c, &a, "select", &rows, &e)) {
            touch(&rows);
        }
        break;
    case 1:
        copy_in(c, &e);
        break;
    case 2:
        copy_out(c, &e);
        break;
    case 3:
        pipeline(c, &a, &e);
        break;
    case 4:
        while (gauss_query_params(c, &a, "select", &p, 1, &rows, &e)) {
            touch(&rows);
        }
        break;
    default:
        if (gauss_identify(c, &a, &id, &e)) {
            (void)!gauss_session_setup(c, DIALECT_OG_B, GAUSS_ROLE_LOAD, &e);
        }
        break;
    }
    gauss_close(c);
    close(pair[1]);
    arena_clear(&a);
    return 0;
}
