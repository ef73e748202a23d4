/* See capture.h. */
#include "follow/capture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/source.h"

enum {
    MEMORY_BYTES = 16 << 20,
    RETRY_MS = 60000,
    TICK_MS = 50,
    WAIT_MAX_MS = 4000,
    FLUSH_BYTES = 1 << 20,
    WARN_EVERY_US = 60000000,
};

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
    /* with a spool */
    struct spool *spool;
    struct spool_reader *reader;
    uint64_t unflushed;
    int64_t warned_us;
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

/* How full the spool is matters when the source is not waited for: it purges what was not read. */
static void warn_of_purge(struct capture *c) {
    struct spool_figures f;
    int64_t now_us = clock_mono_us();
    if (c->warned_us != 0 && now_us - c->warned_us < WARN_EVERY_US) {
        return;
    }
    spool_figures(c->spool, &f);
    bool full =
        c->o.unread && f.bytes + FLUSH_BYTES > f.budget_bytes; /* the writer itself looks, and is going to wait */
    if (f.waiting_ms < 1000 && !full) {
        return;
    }
    c->warned_us = now_us;
    if (c->o.keeps_s == 0 || f.captured_s == 0) {
        log_warn("spool_full", "the spool is full (%llu MiB): reading the binlog waits until changes are in the target",
                 (unsigned long long)(f.bytes >> 20));
    } else {
        long long left_s = (long long)(f.captured_s + c->o.keeps_s - clock_utc_us() / 1000000);
        log_warn(
            "spool_full",
            "the spool is full (%llu MiB): reading the binlog waits until changes are in the target; the source may "
            "purge what was not read in %lld h %lld min",
            (unsigned long long)(f.bytes >> 20), left_s > 0 ? left_s / 3600 : 0, left_s > 0 ? left_s / 60 % 60 : 0);
    }
}

static bool next_of_spool(struct capture *c, int64_t wait_ms, struct capture_record *out, struct err *e) {
    static const enum capture_kind kinds[] = {
        [SPOOL_NOTHING] = CAPTURE_NOTHING, [SPOOL_EVENT] = CAPTURE_EVENT, [SPOOL_RESTART] = CAPTURE_RESTART};
    struct spool_record r;
    pthread_mutex_lock(&c->lock);
    bool ended = c->ended; /* before reading: what was written until then is read first */
    pthread_mutex_unlock(&c->lock);
    warn_of_purge(c);
    if (!spool_read(c->reader, ended ? 0 : wait_ms, &r, e)) {
        return false;
    }
    *out = (struct capture_record){.kind = kinds[r.kind], .bytes = r.bytes, .len = r.len, .crc32 = r.crc32};
    if (r.kind == SPOOL_NOTHING && ended) {
        if (c->error.code != ERR_NONE) {
            err_copy(e, &c->error);
            return false;
        }
        out->kind = CAPTURE_END;
    }
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
    if (c->spool != NULL) {
        return next_of_spool(c, wait_ms, out, e);
    }
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
    bool ok = c->spool != NULL ? spool_end(c->spool, &a, &at, e) : log_position_get(&c->at, &a, &at, e);
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

static bool begin_connection(struct capture *c, bool crc32, struct err *e) {
    return c->spool != NULL ? spool_restart(c->spool, crc32, e) : put(c, CAPTURE_RESTART, crc32, NULL, 0, e);
}

/* Readers see whole transactions at once, large ones piece by piece. */
static bool keep(struct capture *c, const struct binlog_raw *raw, const struct binlog_tracker *t, struct err *e) {
    if (c->spool == NULL) {
        return put(c, CAPTURE_EVENT, false, raw->bytes, raw->len, e);
    }
    bool inside = raw->step == BINLOG_STEP_BEGIN || raw->step == BINLOG_STEP_INSIDE;
    c->unflushed += raw->len;
    if (c->o.unread) {
        warn_of_purge(c);
    }
    if (!spool_append(c->spool, raw, t, e)) {
        return false;
    }
    if (inside && c->unflushed < FLUSH_BYTES) {
        return true;
    }
    c->unflushed = 0;
    return spool_flush(c->spool, e);
}

/* Until the end, or an error. *came: something did. */
static bool read_stream(struct capture *c, struct binlog_stream *s, bool *came, struct err *e) {
    const struct binlog_tracker *t = binlog_stream_track(s);
    if (!begin_connection(c, t->format.crc32, e)) {
        return false;
    }
    while (!atomic_load(&c->stop)) {
        struct binlog_raw raw;
        if (!binlog_stream_next(s, &raw, e)) {
            return false;
        }
        if (raw.bytes == NULL) {
            return c->spool == NULL || spool_flush(c->spool, e);
        }
        *came = true;
        atomic_store(&c->lost, false);
        if (!keep(c, &raw, t, e) || !note_position(c, &raw, t, e)) {
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

/* The spool goes on where it is, if it has what is asked for; else it begins there. */
static bool open_spool(struct capture *c, const struct position *from, struct err *e) {
    struct spool_options o = *c->o.spool;
    o.is_mariadb = c->at.is_mariadb;
    if (!spool_open(&c->spool, &o, e)) {
        return false;
    }
    if (spool_has_begun(c->spool) && !c->o.spool_anew && !c->o.unread &&
        !spool_reader_open(c->spool, from, &c->reader, e)) {
        if (e->code != ERR_SPOOL) {
            return false;
        }
        log_err("spool_anew", e);
        err_clear(e);
        c->o.spool_anew = true;
    }
    if ((!spool_has_begun(c->spool) || c->o.spool_anew) && !spool_begin(c->spool, from, e)) {
        return false;
    }
    return c->o.unread || c->reader != NULL || spool_reader_open(c->spool, from, &c->reader, e);
}

/* In memory instead, where that is allowed. */
static bool begin_spool(struct capture *c, const struct position *from, struct err *e) {
    if (open_spool(c, from, e)) {
        return true;
    }
    if (e->code != ERR_SPOOL || !c->o.spool->optional) {
        return false;
    }
    log_err("spool_left_out", e);
    err_clear(e);
    spool_close(c->spool);
    c->spool = NULL;
    c->o.spool = NULL;
    return true;
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
              log_position_set(&c->at, &from, o->from->by_gtid, o->from->is_mariadb, e) &&
              (o->spool == NULL || begin_spool(c, &from, e));
    arena_clear(&a);
    ok = ok &&
         (pthread_create(&c->thread, NULL, thread_main, c) == 0 || err_set(e, ERR_SYSTEM, "no thread can be started"));
    if (!ok) {
        spool_reader_close(c->reader);
        spool_close(c->spool);
        log_position_clear(&c->at);
        free(c);
        return false;
    }
    *out = c;
    return true;
}

void capture_stop(struct capture *c) {
    atomic_store(&c->stop, true);
    if (c->spool != NULL) {
        spool_stop(c->spool);
    }
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
    spool_reader_close(c->reader);
    spool_close(c->spool);
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

bool capture_release(struct capture *c, const struct position *applied, struct err *e) {
    return c->spool == NULL || spool_release(c->spool, applied, e);
}

/* ---- before a load ---- */

static int64_t variable(struct mysql_client *source, struct arena *a, const char *sql) {
    struct mysql_rows rows;
    struct err unknown = ERR_INIT;
    bool ok = mysql_rows(source, a, sql, &rows, &unknown) && rows.n > 0 && mysql_cell(&rows, 0, 0) != NULL;
    return ok ? strtoll(mysql_cell(&rows, 0, 0), NULL, 10) : 0;
}

int64_t capture_keeps_s(struct mysql_client *source) {
    struct arena a = ARENA_INIT;
    int64_t s = variable(source, &a, "SELECT @@binlog_expire_logs_seconds");
    s = s > 0 ? s : variable(source, &a, "SELECT @@expire_logs_days * 86400");
    arena_clear(&a);
    return s;
}

bool capture_early(struct capture **out, const struct task *t, const struct spool_options *spool, struct err *e) {
    struct mysql_client *source = NULL;
    struct arena a = ARENA_INIT;
    struct position now;
    struct log_position from = {0};
    bool ok = source_open(t, &source, e) && source_position(source, &a, &now, e);
    if (ok) {
        bool mariadb = mysql_server(source)->is_mariadb;
        bool by_gtid = mariadb ? now.gtid[0] != '\0' : variable(source, &a, "SELECT @@gtid_mode = 'ON'") == 1;
        struct capture_options o = {.server = &t->source,
                                    .from = &from,
                                    .retry_ms = t->retry_ms,
                                    .spool = spool,
                                    .keeps_s = capture_keeps_s(source),
                                    .spool_anew = !t->resume,
                                    .unread = true};
        ok = log_position_set(&from, &now, by_gtid, mariadb, e) && capture_start(out, &o, e);
    }
    if (ok && (*out)->spool == NULL) { /* what is only in memory nobody would read */
        capture_free(*out);
        *out = NULL;
    }
    mysql_close(source);
    log_position_clear(&from);
    arena_clear(&a);
    return ok || err_where(e, "reading the source's binlog beside the load");
}
