/* Writing to a spool. See spool.h.
 *
 * Records gather in `out` and are written together. A record that is larger goes to the file by itself. What a failed write left in the file
 * is cut off, or overwritten by the next: readers never look beyond what was written whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/spool_internal.h"
#include "mysql/binlog_make.h"

enum {
    GATHER_BYTES = 256 * 1024,
    KEEP_BYTES = 4 << 20,
    LOOK_MS = 1000, /* a writer that waits looks about so often */
};

/* ---- to the file ---- */

static bool write_parts(struct spool *s, struct iovec *parts, int n, struct err *e) {
    uint64_t at = s->at;
    while (n > 0) {
        ssize_t w = pwritev(s->fd, parts, n, (off_t)at);
        if (w < 0 && errno == EINTR) {
            continue;
        }
        if (w < 0) {
            spool_failed(e, "the spool in %s cannot be written", s->directory);
            (void)!ftruncate(s->fd, (off_t)s->at); /* gives the space back; the next write begins here anyway */
            return false;
        }
        at += (uint64_t)w;
        size_t left = (size_t)w;
        while (n > 0 && left >= parts->iov_len) {
            left -= parts->iov_len;
            parts++;
            n--;
        }
        if (n > 0) {
            parts->iov_base = (uint8_t *)parts->iov_base + left;
            parts->iov_len -= left;
        }
    }
    pthread_mutex_lock(&s->lock);
    s->bytes += at - s->at;
    s->segments[s->n - 1].bytes = at;
    pthread_cond_broadcast(&s->written);
    pthread_mutex_unlock(&s->lock);
    s->at = at;
    s->dirty = true;
    return true;
}

static bool write_out(struct spool *s, struct err *e) {
    struct iovec part = {s->out.data, s->out.len};
    if (s->out.len == 0) {
        return true;
    }
    if (!write_parts(s, &part, 1, e)) {
        return false;
    }
    buf_reset(&s->out);
    if (s->out.cap > KEEP_BYTES) {
        buf_clear(&s->out);
    }
    return true;
}

static bool sync_file(struct spool *s, bool directory, struct err *e) {
    s->dirty = false;
    s->synced_us = clock_mono_us();
    return (fdatasync(s->fd) == 0 && (!directory || fsync(s->dir_fd) == 0)) ||
           spool_failed(e, "the spool in %s cannot be made durable", s->directory);
}

bool spool_flush(struct spool *s, struct err *e) {
    if (!write_out(s, e)) {
        return false;
    }
    bool due = s->o.sync == SPOOL_SYNC_FLUSH ||
               (s->o.sync == SPOOL_SYNC_INTERVAL && clock_mono_us() - s->synced_us >= s->o.sync_ms * 1000);
    return !s->dirty || !due || sync_file(s, false, e);
}

/* ---- records ---- */

static bool gather_record(struct spool *s, const struct record *r, struct err *e) {
    uint8_t head[RECORD_HEAD_BYTES];
    if (!buf_reserve(&s->out, sizeof head + r->len, e)) {
        return false;
    }
    record_head(s->number, s->at + s->out.len, r, head);
    buf_bytes(&s->out, head, sizeof head);
    buf_bytes(&s->out, r->payload, r->len);
    return true;
}

/* Behind what is in `out`, or straight to the file. */
static bool put_record(struct spool *s, const struct record *r, struct err *e) {
    if (s->out.len + RECORD_HEAD_BYTES + r->len > GATHER_BYTES && !write_out(s, e)) {
        return false;
    }
    if (r->len <= GATHER_BYTES) {
        return gather_record(s, r, e);
    }
    uint8_t head[RECORD_HEAD_BYTES];
    record_head(s->number, s->at, r, head);
    struct iovec parts[] = {{head, sizeof head}, {(void *)(uintptr_t)r->payload, r->len}};
    return write_parts(s, parts, 2, e);
}

/* A rotation to where we are, and the format of what follows. */
static bool gather_preamble(struct spool *s, struct err *e) {
    struct buf b;
    buf_init(&b, 1 << 20);
    bool ok = binlog_make_rotate(&s->scan.place, &b, e);
    struct record rotate = {.type = RECORD_PREAMBLE, .payload = b.data, .len = b.len};
    ok = ok && gather_record(s, &rotate, e);
    buf_reset(&b);
    ok = ok && binlog_make_format(s->scan.format_event.data, s->scan.format_event.len, &b, e);
    struct record format = {.type = RECORD_PREAMBLE, .payload = b.data, .len = b.len};
    ok = ok && gather_record(s, &format, e);
    buf_clear(&b);
    return ok;
}

/* Written at once, so that nobody sees a part of it. */
static bool fill_segment(struct spool *s, const struct segment_head *h, struct err *e) {
    struct buf head;
    buf_init(&head, RECORD_MAX_BYTES);
    bool ok = buf_put(&s->out, "GWSPOOL1", SEGMENT_MAGIC_BYTES, e) && segment_head_print(h, &head, e);
    struct record r = {.type = RECORD_HEAD, .payload = head.data, .len = head.len};
    ok = ok && gather_record(s, &r, e) && (!s->has_format || gather_preamble(s, e)) && write_out(s, e);
    buf_clear(&head);
    return ok;
}

bool spool_new_segment(struct spool *s, bool whole, struct err *e) {
    struct segment_head h = {.number = 1, .whole = whole, .crc32 = s->scan.format.crc32, .source = s->source};
    if (s->fd >= 0 && (!write_out(s, e) || (s->o.sync != SPOOL_SYNC_NEVER && !sync_file(s, true, e)))) {
        return false;
    }
    snprintf(h.spool, sizeof h.spool, "%s", s->id);
    h.has_gtid = !whole && s->scan.has_gtid;
    h.gtid = s->scan.gtid;
    pthread_mutex_lock(&s->lock);
    h.number = s->n > 0 ? s->segments[s->n - 1].number + 1 : s->next_number;
    h.progress = s->progress; /* borrowed */
    int fd = spool_open_file(s, h.number, O_RDWR | O_CREAT | O_TRUNC, e);
    bool ok = fd >= 0 && spool_add_segment(s, &h, 0, e);
    pthread_mutex_unlock(&s->lock);
    if (!ok) {
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    int before = s->fd;
    uint64_t at_before = s->at, number_before = s->number;
    s->fd = fd;
    s->at = 0;
    s->number = h.number;
    if (fill_segment(s, &h, e)) {
        if (before >= 0) {
            close(before);
        }
        return true;
    }
    /* Back to the one before, so that the same can be tried again. */
    buf_reset(&s->out);
    close(fd);
    s->fd = before;
    s->at = at_before;
    s->number = number_before;
    pthread_mutex_lock(&s->lock);
    s->bytes -= s->segments[s->n - 1].bytes;
    progress_clear(&s->segments[--s->n].begin);
    pthread_mutex_unlock(&s->lock);
    return false;
}

/* ---- room ---- */

/* With the lock held: could a reader's release make room? Not while the oldest segment has the beginning of what is open. */
static bool may_be_freed(const struct spool *s) {
    return s->n > 1 && (s->open_segment == 0 || s->segments[0].number < s->open_segment);
}

static void wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t wait_ms) {
    int64_t at_us = clock_mono_us() + wait_ms * 1000;
    struct timespec t = {.tv_sec = at_us / 1000000, .tv_nsec = at_us % 1000000 * 1000};
    pthread_cond_timedwait(cond, lock, &t);
}

/* Wait while the budget is used up. */
static bool wait_for_room(struct spool *s, size_t more, struct err *e) {
    pthread_mutex_lock(&s->lock);
    bool full = s->bytes + s->out.len + more > s->o.budget_bytes;
    pthread_mutex_unlock(&s->lock);
    if (!full) {
        return true;
    }
    if (!spool_flush(s, e)) { /* readers need all there is, to have something to release */
        return false;
    }
    pthread_mutex_lock(&s->lock);
    while (!s->stopped && s->bytes + more > s->o.budget_bytes && may_be_freed(s)) {
        if (s->waiting_since_us == 0) {
            s->waiting_since_us = clock_mono_us();
        }
        wait_until(&s->freed, &s->lock, LOOK_MS);
    }
    s->waiting_since_us = 0;
    s->over_budget = s->bytes + more > s->o.budget_bytes;
    bool stopped = s->stopped;
    pthread_mutex_unlock(&s->lock);
    return !stopped || err_set(e, ERR_CANCELLED, "writing to the spool was stopped");
}

/* A segment that is full is followed by another, between transactions; inside a large one when it is twice as large as it should be. */
static bool next_segment(struct spool *s, bool begins, struct err *e) {
    uint64_t size = s->at + s->out.len;
    bool whole = !s->scan.open || begins;
    return size < s->o.segment_bytes || (!whole && size < 2 * s->o.segment_bytes) || spool_new_segment(s, whole, e);
}

/* ---- what comes from a connection ---- */

bool spool_restart(struct spool *s, bool crc32, struct err *e) {
    uint8_t payload = crc32;
    struct record r = {.type = RECORD_RESTART, .payload = &payload, .len = 1};
    if (s->fd < 0) {
        return err_set(e, ERR_INTERNAL, "a spool was written to before it had begun");
    }
    if (!put_record(s, &r, e)) {
        return false;
    }
    s->scan.open = false;
    s->has_format = false; /* the connection's own comes first */
    binlog_format_init(&s->scan.format, crc32);
    pthread_mutex_lock(&s->lock);
    s->open_segment = 0;
    pthread_mutex_unlock(&s->lock);
    return true;
}

/* With the lock held: the event is in. */
static bool note(struct spool *s, const struct binlog_raw *raw, const struct binlog_tracker *t, struct err *e) {
    s->events++;
    s->event_bytes += raw->len;
    s->captured_s = raw->ev.timestamp_s != 0 ? raw->ev.timestamp_s : s->captured_s;
    s->scan.place = t->at;
    switch (raw->step) {
    case BINLOG_STEP_BEGIN:
        s->scan.open = true;
        s->open_segment = s->segments[s->n - 1].number;
        s->scan.has_gtid = t->has_gtid;
        s->scan.gtid = t->gtid;
        return true;
    case BINLOG_STEP_END:
    case BINLOG_STEP_WHOLE:
        s->scan.open = false;
        s->open_segment = 0;
        return progress_add(&s->progress, &t->at, t->has_gtid ? &t->gtid : NULL, e);
    default:
        return true;
    }
}

bool spool_append(struct spool *s, const struct binlog_raw *raw, const struct binlog_tracker *t, struct err *e) {
    bool begins = raw->step == BINLOG_STEP_BEGIN || raw->step == BINLOG_STEP_WHOLE;
    struct record r = {.type = RECORD_EVENT,
                       .step = (uint8_t)raw->step,
                       .offset = t->at.offset,
                       .payload = raw->bytes,
                       .len = raw->len};
    if (s->fd < 0) {
        return err_set(e, ERR_INTERNAL, "a spool was written to before it had begun");
    }
    if (raw->ev.type == BINLOG_HEARTBEAT || raw->ev.type == BINLOG_HEARTBEAT_V2) {
        return true;
    }
    if (raw->len > RECORD_MAX_BYTES) {
        return err_set(e, ERR_LIMIT, "an event of %zu bytes does not fit into the spool", raw->len);
    }
    if (raw->ev.type == BINLOG_FORMAT_DESCRIPTION) {
        buf_reset(&s->scan.format_event);
        if (!buf_put(&s->scan.format_event, raw->bytes, raw->len, e)) {
            return false;
        }
    }
    if (!wait_for_room(s, RECORD_HEAD_BYTES + raw->len, e) || !next_segment(s, begins, e) || !put_record(s, &r, e)) {
        return false;
    }
    if (raw->ev.type == BINLOG_FORMAT_DESCRIPTION) {
        s->has_format = true;
        s->scan.format = t->format;
    }
    pthread_mutex_lock(&s->lock);
    bool ok = note(s, raw, t, e);
    pthread_mutex_unlock(&s->lock);
    return ok;
}
