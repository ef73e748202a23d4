/* See capture.h. */
#include "follow/capture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"

enum { MEMORY_BYTES = 16 << 20, RETRY_MS = 60000, TICK_MS = 50, WAIT_MAX_MS = 4000 };

struct event {
    struct event *next;
    enum capture_kind kind;
    bool crc32;
    size_t len;
    uint8_t bytes[];
};

struct capture {
    struct capture_options o;
    struct log_position at; /* behind the last whole transaction that was read */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t news, room;
    struct event *first, **last;
    struct event *taken; /* by the reader, all that there was: then neither side has to wake the other for each event */
    struct event *current;
    uint64_t waiting_bytes;
    bool ended; /* nothing more is coming: error tells why */
    struct err error;
    atomic_bool stop;
    struct binlog_stream *stream; /* guarded by lock, for stop */
    atomic_uint_least64_t bytes;
    atomic_bool lost;
};

/* ---- the queue ---- */

static bool put(struct capture *c, enum capture_kind kind, bool crc32, const uint8_t *bytes, size_t len,
                struct err *e) {
    struct event *x = malloc(sizeof *x + len);
    if (x == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for an event of %zu bytes", len);
    }
    *x = (struct event){.kind = kind, .crc32 = crc32, .len = len};
    if (len > 0) {
        memcpy(x->bytes, bytes, len);
    }
    pthread_mutex_lock(&c->lock);
    while (c->waiting_bytes >= c->o.memory_bytes && !atomic_load(&c->stop)) {
        pthread_cond_wait(&c->room, &c->lock);
    }
    bool first = c->first == NULL;
    *c->last = x;
    c->last = &x->next;
    c->waiting_bytes += len + sizeof *x;
    if (first) {
        pthread_cond_signal(&c->news);
    }
    pthread_mutex_unlock(&c->lock);
    return true;
}

/* All that waits, for the reader. False: the capture has ended by an error, and there is nothing. */
static bool take(struct capture *c, int64_t wait_ms, bool *ended, struct err *e) {
    struct timespec until;
    pthread_mutex_lock(&c->lock);
    if (c->first == NULL && !c->ended && wait_ms > 0) {
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += wait_ms % 1000 * 1000000;
        until.tv_sec += wait_ms / 1000 + until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        while (c->first == NULL && !c->ended && !atomic_load(&c->stop) &&
               pthread_cond_timedwait(&c->news, &c->lock, &until) == 0) {
        }
    }
    c->taken = c->first;
    c->first = NULL;
    c->last = &c->first;
    c->waiting_bytes = 0;
    pthread_cond_signal(&c->room);
    *ended = c->taken == NULL && c->ended;
    bool failed = *ended && c->error.code != ERR_NONE;
    if (failed) {
        err_copy(e, &c->error);
    }
    pthread_mutex_unlock(&c->lock);
    return !failed;
}

bool capture_next(struct capture *c, int64_t wait_ms, struct capture_record *out, struct err *e) {
    bool ended = false;
    free(c->current);
    c->current = NULL;
    *out = (struct capture_record){.kind = CAPTURE_NOTHING};
    if (c->taken == NULL && !take(c, wait_ms, &ended, e)) {
        return false;
    }
    struct event *x = c->taken;
    if (x != NULL) {
        c->taken = x->next;
        c->current = x;
        *out = (struct capture_record){.kind = x->kind, .bytes = x->bytes, .len = x->len, .crc32 = x->crc32};
    } else if (ended) {
        out->kind = CAPTURE_END;
    }
    return true;
}

/* ---- the thread ---- */

static void set_stream(struct capture *c, struct binlog_stream *s) {
    pthread_mutex_lock(&c->lock);
    c->stream = s;
    pthread_mutex_unlock(&c->lock);
}

static bool open_stream(struct capture *c, struct binlog_stream **out, struct err *e) {
    struct arena a = ARENA_INIT;
    struct position at;
    bool ok = log_position_get(&c->at, &a, &at, e);
    struct binlog_stream_options o = {.server = *c->o.server,
                                      .gtid = c->at.by_gtid ? at.gtid : NULL,
                                      .file = at.file,
                                      .offset = at.pos,
                                      .until_end = c->o.until_end};
    ok = ok && binlog_stream_open(out, &o, e);
    arena_clear(&a);
    return ok;
}

static bool note_position(struct capture *c, const struct binlog_raw *raw, const struct binlog_tracker *t,
                          struct err *e) {
    bool whole = raw->step == BINLOG_STEP_END || raw->step == BINLOG_STEP_WHOLE;
    return !whole || log_position_pass(&c->at, t->has_gtid ? &t->gtid : NULL, &t->at, e);
}

/* Until the end, or an error. *came: something did. */
static bool read_stream(struct capture *c, struct binlog_stream *s, bool *came, struct err *e) {
    const struct binlog_tracker *t = binlog_stream_track(s);
    if (!put(c, CAPTURE_RESTART, t->format.crc32, NULL, 0, e)) {
        return false;
    }
    while (!atomic_load(&c->stop)) {
        struct binlog_raw raw;
        if (!binlog_stream_next(s, &raw, e)) {
            return false;
        }
        if (raw.bytes == NULL) {
            return true;
        }
        *came = true;
        atomic_store(&c->lost, false);
        if (!put(c, CAPTURE_EVENT, false, raw.bytes, raw.len, e) || !note_position(c, &raw, t, e)) {
            return false;
        }
        atomic_store(&c->bytes, atomic_load(&c->bytes) + raw.len);
    }
    return err_set(e, ERR_CANCELLED, "stopped by request");
}

static bool one_connection(struct capture *c, bool *came, struct err *e) {
    struct binlog_stream *s;
    if (!open_stream(c, &s, e)) {
        return false;
    }
    set_stream(c, s);
    bool ok = read_stream(c, s, came, e);
    set_stream(c, NULL);
    binlog_stream_close(s);
    return ok;
}

static void run(struct capture *c, struct err *e) {
    int64_t until_us = 0, wait_ms = 50;
    for (;;) {
        bool came = false;
        if (one_connection(c, &came, e) || !e->retryable || atomic_load(&c->stop)) {
            return;
        }
        if (came || until_us == 0) {
            until_us = clock_mono_us() + c->o.retry_ms * 1000;
            wait_ms = 50;
        }
        if (clock_mono_us() > until_us) {
            return;
        }
        log_err("source_lost", e);
        atomic_store(&c->lost, true);
        for (int64_t waited = 0; waited < wait_ms && !atomic_load(&c->stop); waited += TICK_MS) {
            clock_sleep_ms(TICK_MS);
        }
        wait_ms = wait_ms < WAIT_MAX_MS ? wait_ms * 2 : WAIT_MAX_MS;
        err_clear(e);
    }
}

static void *thread_main(void *arg) {
    struct capture *c = arg;
    struct err e = ERR_INIT;
    run(c, &e);
    pthread_mutex_lock(&c->lock);
    c->ended = true;
    err_copy(&c->error, &e);
    pthread_cond_broadcast(&c->news);
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

bool capture_start(struct capture **out, const struct capture_options *o, struct err *e) {
    struct arena a = ARENA_INIT;
    struct position from;
    struct capture *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return err_set(e, ERR_MEMORY, "no memory to read a binlog");
    }
    c->o = *o;
    c->o.memory_bytes = o->memory_bytes > 0 ? o->memory_bytes : MEMORY_BYTES;
    c->o.retry_ms = o->retry_ms > 0 ? o->retry_ms : RETRY_MS;
    c->last = &c->first;
    pthread_mutex_init(&c->lock, NULL);
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&c->news, &clock);
    pthread_condattr_destroy(&clock);
    pthread_cond_init(&c->room, NULL);
    bool ok = log_position_get(o->from, &a, &from, e) &&
              log_position_set(&c->at, &from, o->from->by_gtid, o->from->is_mariadb, e);
    arena_clear(&a);
    ok = ok &&
         (pthread_create(&c->thread, NULL, thread_main, c) == 0 || err_set(e, ERR_SYSTEM, "no thread can be started"));
    if (!ok) {
        log_position_clear(&c->at);
        free(c);
        return false;
    }
    *out = c;
    return true;
}

void capture_stop(struct capture *c) {
    atomic_store(&c->stop, true);
    pthread_mutex_lock(&c->lock);
    if (c->stream != NULL) {
        binlog_stream_stop(c->stream);
    }
    pthread_cond_broadcast(&c->room);
    pthread_cond_broadcast(&c->news);
    pthread_mutex_unlock(&c->lock);
}

static void forget(struct event *x) {
    for (struct event *next; x != NULL; x = next) {
        next = x->next;
        free(x);
    }
}

void capture_free(struct capture *c) {
    if (c == NULL) {
        return;
    }
    capture_stop(c);
    pthread_join(c->thread, NULL);
    forget(c->first);
    forget(c->taken);
    free(c->current);
    log_position_clear(&c->at);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->news);
    pthread_cond_destroy(&c->room);
    free(c);
}

uint64_t capture_bytes(struct capture *c) {
    return atomic_load(&c->bytes);
}

bool capture_lost(struct capture *c) {
    return atomic_load(&c->lost);
}
