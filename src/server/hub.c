/* Connections of agents, and questions to them. See hub.h; agent_messages.c handles what they report. */
#include "server/hub.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/str.h"
#include "server/agent_messages.h"
#include "server/api.h"
#include "server/enrol.h"

enum { LOOK_MS = 250 }; /* between two looks whether the asker still waits */

struct agent {
    struct agent *next;
    int64_t machine;
    struct stream *stream;
    bool local;
};

/* A question that is waited for. */
struct question {
    struct question *next;
    int64_t id, machine;
    const char *who;
    json_t *answer; /* the message; NULL: not yet */
    bool lost;      /* the machine went away */
};

struct hub {
    const struct api *api;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    struct agent *agents;
    struct question *questions;
    int64_t asked;
};

struct hub *hub_new(const struct api *api) {
    struct hub *h = calloc(1, sizeof *h);
    if (h != NULL) {
        pthread_condattr_t attr;
        pthread_condattr_init(&attr);
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        pthread_cond_init(&h->answered, &attr);
        pthread_condattr_destroy(&attr);
        pthread_mutex_init(&h->lock, NULL);
        h->api = api;
    }
    return h;
}

void hub_free(struct hub *h) {
    if (h == NULL) {
        return;
    }
    while (h->agents != NULL) {
        struct agent *x = h->agents;
        h->agents = x->next;
        stream_drop(x->stream);
        free(x);
    }
    pthread_cond_destroy(&h->answered);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

/* ---- who is there ---- */

static struct agent *find(struct hub *h, int64_t machine) {
    struct agent *x = h->agents;
    while (x != NULL && x->machine != machine) {
        x = x->next;
    }
    return x;
}

/* machine 0: any, this server's own first. */
static struct agent *choose(struct hub *h, int64_t machine) {
    struct agent *best = machine != 0 ? find(h, machine) : h->agents;
    for (struct agent *x = h->agents; machine == 0 && x != NULL && !best->local; x = x->next) {
        best = x->local ? x : best;
    }
    return best;
}

static struct stream *stream_of(struct hub *h, int64_t machine, int64_t *chosen) {
    pthread_mutex_lock(&h->lock);
    struct agent *x = choose(h, machine);
    struct stream *s = x != NULL ? stream_keep(x->stream) : NULL;
    if (chosen != NULL) {
        *chosen = x != NULL ? x->machine : 0;
    }
    pthread_mutex_unlock(&h->lock);
    return s;
}

bool hub_is_connected(struct hub *h, int64_t machine) {
    pthread_mutex_lock(&h->lock);
    bool there = find(h, machine) != NULL;
    pthread_mutex_unlock(&h->lock);
    return there;
}

static bool send_json(struct stream *s, json_t *message) {
    char *text = json_dumps(message, JSON_COMPACT | JSON_REAL_PRECISION(9));
    bool ok = text != NULL && stream_send(s, text, strlen(text));
    if (text != NULL) {
        explicit_bzero(text, strlen(text)); /* jobs carry passwords */
        free(text);
    }
    json_decref(message);
    return ok;
}

bool hub_send(struct hub *h, int64_t machine, json_t *message) {
    struct stream *s = stream_of(h, machine, NULL);
    if (s == NULL) {
        json_decref(message);
        return false;
    }
    bool ok = send_json(s, message);
    stream_drop(s);
    return ok;
}

/* ---- questions ---- */

static void forget_question(struct hub *h, struct question *q) {
    for (struct question **at = &h->questions; *at != NULL; at = &(*at)->next) {
        if (*at == q) {
            *at = q->next;
            return;
        }
    }
}

/* The answer to come as the worker gave it, or its error with its own code. */
static bool take_answer(json_t *message, json_t **result, struct err *e) {
    const json_t *error = json_object_get(message, "error");
    if (json_is_object(error)) {
        err_from_json(e, error);
        return false;
    }
    *result = json_incref(json_object_get(message, "result"));
    return *result != NULL || err_set(e, ERR_MACHINE_SLOW, "the execution machine gave no answer");
}

static void add_ms(struct timespec *t, long ms) {
    t->tv_sec += ms / 1000;
    t->tv_nsec += ms % 1000 * 1000000;
    if (t->tv_nsec >= 1000000000) {
        t->tv_sec++;
        t->tv_nsec -= 1000000000;
    }
}

static bool is_before(const struct timespec *x, const struct timespec *y) {
    return x->tv_sec < y->tv_sec || (x->tv_sec == y->tv_sec && x->tv_nsec < y->tv_nsec);
}

/* Waits for it; what came of it is left in q. False: the asker has gone. */
static bool wait_for_answer(struct hub *h, struct question *q, const struct hub_question *asked) {
    struct timespec until, next;
    bool wanted = true, over = false;
    clock_gettime(CLOCK_MONOTONIC, &until);
    next = until;
    add_ms(&until, ((long)asked->timeout_s + 2) * 1000); /* the agent itself is the first to give up */
    while (wanted && !over && is_before(&next, &until)) {
        add_ms(&next, LOOK_MS);
        pthread_mutex_lock(&h->lock);
        while (q->answer == NULL && !q->lost && pthread_cond_timedwait(&h->answered, &h->lock, &next) != ETIMEDOUT) {
        }
        over = q->answer != NULL || q->lost;
        pthread_mutex_unlock(&h->lock);
        wanted = over || asked->given_up == NULL || !asked->given_up(asked->arg);
    }
    return wanted;
}

/* NULL: it cannot be asked now. */
static struct question *question_new(struct hub *h, int64_t machine, const char *who, struct err *e) {
    unsigned open = 0;
    struct question *fresh = calloc(1, sizeof *fresh);
    if (fresh == NULL) {
        err_set(e, ERR_MEMORY, "no memory for a question");
        return NULL;
    }
    pthread_mutex_lock(&h->lock);
    for (const struct question *q = h->questions; q != NULL; q = q->next) {
        open += who != NULL && str_eq(q->who, who);
    }
    if (open < HUB_QUESTIONS_EACH) {
        *fresh = (struct question){.id = ++h->asked, .machine = machine, .who = who, .next = h->questions};
        h->questions = fresh;
    }
    pthread_mutex_unlock(&h->lock);
    if (open >= HUB_QUESTIONS_EACH) {
        free(fresh);
        err_set(e, ERR_TOO_MANY, "%u questions of %s are being answered", open, who);
        return NULL;
    }
    return fresh;
}

static void question_free(struct hub *h, struct question *q) {
    pthread_mutex_lock(&h->lock);
    forget_question(h, q);
    pthread_mutex_unlock(&h->lock);
    json_decref(q->answer);
    free(q);
}

/* What came of a question. */
static bool outcome(const struct question *q, bool sent, bool wanted, unsigned timeout_s, json_t **result,
                    struct err *e) {
    if (q->answer != NULL) {
        return take_answer(q->answer, result, e);
    }
    if (!wanted) {
        return err_set(e, ERR_CANCELLED, "nobody waits for the answer any more");
    }
    return !sent || q->lost ? err_set(e, ERR_MACHINE_AWAY, "the execution machine went away before it answered")
                            : err_set(e, ERR_MACHINE_SLOW, "no answer within %u s", timeout_s);
}

bool hub_ask(struct hub *h, const struct hub_question *asked, json_t **result, struct err *e) {
    int64_t chosen;
    *result = NULL;
    if (asked->given_up != NULL && asked->given_up(asked->arg)) {
        json_decref(asked->job);
        return err_set(e, ERR_CANCELLED, "nobody waits for the answer any more");
    }
    struct stream *s = stream_of(h, asked->machine, &chosen);
    if (s == NULL) {
        json_decref(asked->job);
        return err_set(e, ERR_MACHINE_AWAY,
                       asked->machine == 0 ? "no execution machine is connected to this server"
                                           : "the execution machine is not connected to this server");
    }
    struct question *q = question_new(h, chosen, asked->who, e);
    if (q == NULL) {
        json_decref(asked->job);
        stream_drop(s);
        return false;
    }
    bool wanted = true, sent = send_json(s, json_pack("{s:s, s:I, s:o, s:I}", "type", "ask", "id", (json_int_t)q->id,
                                                      "job", asked->job, "timeout_s", (json_int_t)asked->timeout_s));
    if (sent) {
        wanted = wait_for_answer(h, q, asked);
    }
    bool ok = outcome(q, sent, wanted, asked->timeout_s, result, e);
    if (sent && q->answer == NULL && !q->lost) {
        (void)send_json(s, json_pack("{s:s, s:I}", "type", "cancel", "id", (json_int_t)q->id));
    }
    stream_drop(s);
    question_free(h, q);
    return ok;
}

static void answer(struct hub *h, const json_t *message) {
    int64_t id = json_integer_value(json_object_get(message, "id"));
    pthread_mutex_lock(&h->lock);
    for (struct question *q = h->questions; q != NULL; q = q->next) {
        if (q->id == id && q->answer == NULL) {
            q->answer = json_deep_copy(message); /* the asker counts its own */
        }
    }
    pthread_cond_broadcast(&h->answered);
    pthread_mutex_unlock(&h->lock);
}

/* ---- the connection ---- */

static bool is_local(struct store *s, struct arena *a, int64_t machine, struct err *e, bool *local) {
    struct store_rows rows;
    bool ok = store_rows(s, a, "SELECT kind FROM machine WHERE id = ?", STORE_VALUES(STORE_I(machine)), &rows, e);
    *local = ok && rows.n > 0 && str_eq(store_cell(&rows, 0, 0), "local");
    return ok;
}

static bool agent_open(void *arg, void *local, struct stream *s, struct http_request *r, struct err *e) {
    const struct api *api = arg;
    struct hub *h = api->hub;
    int64_t machine;
    bool own;
    if (local == NULL) {
        return err_set(e, ERR_STORE_OPEN, "the store is not open");
    }
    if (!str_starts(r->authorization, "Bearer ")) {
        return err_set(e, ERR_LOGIN_NEEDED, "an agent sends its token");
    }
    if (!enrol_identify(local, r->authorization + strlen("Bearer "), &machine, e) ||
        !is_local(local, stream_arena(s), machine, e, &own)) {
        return false;
    }
    struct agent *fresh = calloc(1, sizeof *fresh);
    if (fresh == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for an agent");
    }
    *fresh = (struct agent){.machine = machine, .stream = stream_keep(s), .local = own};
    pthread_mutex_lock(&h->lock);
    struct agent *old = find(h, machine);
    struct stream *replaced = old != NULL ? stream_keep(old->stream) : NULL;
    if (old != NULL) { /* it has come back before we noticed that it had gone */
        stream_drop(old->stream);
        old->stream = fresh->stream;
        free(fresh);
    } else {
        fresh->next = h->agents;
        h->agents = fresh;
    }
    pthread_mutex_unlock(&h->lock);
    if (replaced != NULL) {
        stream_close(replaced, 4409, "replaced by a newer connection");
        stream_drop(replaced);
    }
    int64_t *own_machine = arena_new(stream_arena(s), int64_t);
    *own_machine = machine;
    stream_set(s, own_machine);
    log_info("agent", "the agent of machine %lld has connected from %s", (long long)machine, stream_address(s));
    return true;
}

static bool agent_message(void *arg, void *local, struct stream *s, char *text, size_t len, bool binary,
                          struct err *e) {
    const struct api *api = arg;
    json_error_t error;
    json_t *message = binary ? NULL : json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(message)) {
        json_decref(message);
        return err_set(e, ERR_BODY, "an agent's message is not a JSON object");
    }
    if (local == NULL) {
        json_decref(message);
        return err_set(e, ERR_STORE_OPEN, "the store is not open");
    }
    bool ok = true;
    if (str_eq(json_string_value(json_object_get(message, "type")), "answer")) {
        answer(api->hub, message);
    } else {
        ok = agent_message_handle(api, local, *(int64_t *)stream_own(s), stream_address(s), message, e);
    }
    json_decref(message);
    return ok;
}

static void agent_closed(void *arg, void *local, struct stream *s) {
    const struct api *api = arg;
    struct hub *h = api->hub;
    const int64_t *machine = stream_own(s);
    struct agent *gone = NULL;
    if (machine == NULL) {
        return;
    }
    pthread_mutex_lock(&h->lock);
    for (struct agent **at = &h->agents; *at != NULL; at = &(*at)->next) {
        if ((*at)->machine == *machine && (*at)->stream == s) {
            gone = *at;
            *at = gone->next;
            break;
        }
    }
    for (struct question *q = h->questions; gone != NULL && q != NULL; q = q->next) {
        q->lost = q->lost || q->machine == *machine;
    }
    pthread_cond_broadcast(&h->answered);
    pthread_mutex_unlock(&h->lock);
    if (gone == NULL) {
        return; /* a newer connection took its place */
    }
    stream_drop(gone->stream);
    free(gone);
    log_info("agent", "the agent of machine %lld has gone", (long long)*machine);
    if (local != NULL) {
        agent_gone(api, local, *machine);
    }
}

const struct stream_handler hub_agents = {
    .path = "/api/v1/agent",
    .open = agent_open,
    .message = agent_message,
    .closed = agent_closed,
};
