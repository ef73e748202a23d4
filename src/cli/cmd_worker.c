/* godwit worker: the process of one job. See worker.h. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "cli/worker.h"
#include "cli/worker_cutover.h"

enum {
    JOB_BYTES_MAX = 1 << 20,
    ORDER_BYTES_MAX = 64 << 10,
    READ_BYTES = 16 << 10,
    GRACE_MS = 30 * 1000, /* for an orderly end, once nobody is interested any more */
};

/* Standard input: the job, then orders, on a thread of its own. */
struct orders {
    struct buf line; /* read, but not yet a whole line */
    struct stopper *stopper;
    struct invocation *v;
    pthread_t thread;
    int wake[2]; /* closed for writing: the worker is done */
    bool started;
};

/* ---- lines ---- */

/* Read on. 1: something came; 0: the end. */
static int read_some(struct buf *b, struct err *e) {
    if (!buf_reserve(b, READ_BYTES, e)) {
        return -1;
    }
    ssize_t got;
    do {
        got = read(STDIN_FILENO, b->data + b->len, READ_BYTES);
    } while (got < 0 && errno == EINTR);
    if (got > 0) {
        b->len += (size_t)got;
    }
    return got > 0 ? 1 : 0;
}

/* Take n bytes from the front away, and what they were. */
static void drop_front(struct buf *b, size_t n) {
    memmove(b->data, b->data + n, b->len - n);
    explicit_bzero(b->data + b->len - n, n);
    b->len -= n;
}

static bool read_job(struct buf *b, json_t **job, struct err *e) {
    const uint8_t *end = NULL;
    while ((end = b->len > 0 ? memchr(b->data, '\n', b->len) : NULL) == NULL) {
        int got = read_some(b, e);
        if (got < 0) {
            return err_set(e, ERR_JOB, "the job is larger than %d bytes", JOB_BYTES_MAX);
        }
        if (got == 0) {
            return err_set(e, ERR_JOB, "standard input ended before the job did");
        }
    }
    size_t len = (size_t)(end - b->data);
    json_error_t error;
    *job = json_loadb((const char *)b->data, len, JSON_REJECT_DUPLICATES, &error);
    drop_front(b, len + 1);
    if (*job == NULL) { /* the parser's text may repeat a piece of the job, and that a password */
        return err_set(e, ERR_JOB, "the job is not JSON (column %d)", error.column);
    }
    return json_is_object(*job) || err_set(e, ERR_JOB, "the job is not an object");
}

/* ---- orders ---- */

static unsigned order_of(const char *name) {
    return str_eq(name, "stop-incremental") ? ORDER_STOP_INCREMENTAL
           : str_eq(name, "start-reverse")  ? ORDER_START_REVERSE
           : str_eq(name, "finish")         ? ORDER_FINISH
           : str_eq(name, "cutover")        ? ORDER_CUTOVER
           : str_eq(name, "undo-cutover")   ? ORDER_UNDO_CUTOVER
                                            : 0;
}

/* Those of a cut-over, before the order is seen. */
static bool take_options(struct orders *o, const char *order, const json_t *line) {
    struct cutover_options taken = {.dry_run = false};
    struct err e = ERR_INIT;
    if (!str_eq(order, "cutover") || (atomic_load(&o->v->orders) & ORDER_CUTOVER) != 0) {
        return true;
    }
    if (!worker_cutover_take(json_object_get(line, "cutover"), &taken, &e)) {
        log_err("order_ignored", &e);
        return false;
    }
    o->v->o.cutover = taken;
    return true;
}

static void obey(struct orders *o, const char *text, size_t len) {
    json_error_t error;
    json_t *line = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    const char *order = json_string_value(json_object_get(line, "order"));
    if (str_eq(order, "stop")) {
        log_info("stop", "stopped by an order");
        stopper_ask(o->stopper);
    } else if (order_of(order) != 0 && atomic_load(&o->v->takes_orders) && take_options(o, order, line)) {
        log_info("order", "order '%s'", order);
        atomic_fetch_or(&o->v->orders, order_of(order));
    } else if (order != NULL) {
        log_warn("order_ignored", "order '%.40s' is not possible now", order);
    } else {
        log_warn("order_ignored", "a line of standard input is no order");
    }
    json_decref(line);
}

static bool obey_lines(struct orders *o) {
    for (uint8_t *end; o->line.len > 0 && (end = memchr(o->line.data, '\n', o->line.len)) != NULL;) {
        size_t len = (size_t)(end - o->line.data);
        obey(o, (char *)o->line.data, len);
        drop_front(&o->line, len + 1);
    }
    return o->line.len <= ORDER_BYTES_MAX;
}

static void *read_orders(void *arg) {
    struct orders *o = arg;
    struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = o->wake[0], .events = POLLIN}};
    struct err e = ERR_INIT;
    bool more = obey_lines(o);
    while (more) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR) {
            break;
        }
        if (fds[1].revents != 0) {
            return NULL;
        }
        if (fds[0].revents != 0) {
            more = read_some(&o->line, &e) > 0 && obey_lines(o);
        }
    }
    log_info("stop", "standard input has ended: nobody waits for the outcome");
    stopper_ask(o->stopper);
    if (poll(&fds[1], 1, GRACE_MS) == 0) {
        log_warn("stop", "no orderly end within %d s", GRACE_MS / 1000);
        _exit(EXIT_CANCELLED);
    }
    return NULL;
}

static bool orders_start(struct orders *o, struct err *e) {
    if (pipe(o->wake) != 0) {
        o->wake[0] = o->wake[1] = -1;
        return err_errno(e, ERR_SYSTEM, "no pipe for the orders");
    }
    errno = pthread_create(&o->thread, NULL, read_orders, o);
    o->started = errno == 0;
    return o->started || err_errno(e, ERR_SYSTEM, "a thread could not be started");
}

static void orders_end(struct orders *o) {
    if (o->wake[1] >= 0) {
        close(o->wake[1]);
    }
    if (o->started) {
        pthread_join(o->thread, NULL);
    }
    if (o->wake[0] >= 0) {
        close(o->wake[0]);
    }
    buf_clear(&o->line);
}

/* ---- the job ---- */

static int answer(const json_t *job, worker_verb *verb, struct invocation *v) {
    struct err e = ERR_INIT;
    json_t *result = NULL;
    if (!verb(job, &v->arena, &v->stop, &result, &e)) {
        return worker_fail(&e);
    }
    worker_result(result);
    return EXIT_OK;
}

static int run(struct orders *o, struct invocation *v) {
    struct err e = ERR_INIT;
    json_t *job = NULL;
    const char *verb = NULL;
    int code;
    bool ok = log_open("-", LOG_INFO, &e) && read_job(&o->line, &job, &e) && worker_text(job, "verb", &verb, &e) &&
              stopper_start(&v->stopper, &v->stop, &e);
    bool migrate = ok && str_eq(verb, "migrate");
    worker_verb *question = ok && verb != NULL ? worker_verb_find(verb) : NULL;
    if (ok && !migrate && question == NULL) {
        ok = err_set(&e, ERR_JOB, verb != NULL ? "there is no verb '%.40s'" : "the job has no verb", verb);
    }
    if (ok) {
        stopper_patient(v->stopper);
        stopper_at_once(v->stopper, true); /* until the load begins nothing is changed */
        o->stopper = v->stopper;
        ok = orders_start(o, &e);
    }
    if (ok && migrate) {
        code = worker_migrate(job, v);
    } else if (ok && question != NULL) {
        code = answer(job, question, v);
    } else {
        code = worker_fail(&e);
    }
    json_decref(job);
    return code;
}

int cmd_worker(const struct command *c, int n, char **words) {
    struct err e = ERR_INIT;
    (void)words;
    if (n > 0) {
        err_set(&e, ERR_USAGE, "godwit %s takes no words: its job comes on standard input", c->name);
        err_print(&e, stderr);
        return (int)exit_code_of(&e);
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* an agent that dies takes its workers with it */
    struct invocation v = {.command = c};
    struct orders o = {.wake = {-1, -1}, .v = &v};
    options_init(&v.o, &v.arena);
    buf_init(&o.line, JOB_BYTES_MAX + READ_BYTES);
    int code = run(&o, &v);
    orders_end(&o);
    invocation_end(&v);
    return code;
}
