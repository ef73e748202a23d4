/* Reading a spool behind its writer. See spool.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/spool_internal.h"

enum { FETCH_BYTES = 256 * 1024, KEEP_BYTES = 4 << 20, KEEP_FETCHES = 64 };

struct spool_reader {
    struct spool *s;
    int fd;
    uint64_t number;  /* of the segment */
    uint64_t fetched; /* bytes of it that are in `in` or were */
    struct buf in;    /* what is not read yet: from `at` on */
    size_t at;
    bool passing; /* over the head and preamble of a segment that goes on */
    bool told;    /* the restart that every reading begins with */
    unsigned fetches_since_large;
};

/* The number of the segment to begin with; 0 + e. */
static uint64_t choose(struct spool *s, const struct position *from, struct err *e) {
    struct progress p;
    uint64_t number = 0;
    pthread_mutex_lock(&s->lock);
    if (s->n == 0) {
        err_set(e, ERR_SPOOL, "the spool has not begun");
    } else if (spool_parse(s, from, &p, e)) {
        size_t i = spool_segment_for(s, &p);
        if (i < s->n) {
            number = s->segments[i].number;
        } else {
            err_set(e, ERR_SPOOL, "the spool begins behind the position it is to be read from");
        }
        progress_clear(&p);
    }
    pthread_mutex_unlock(&s->lock);
    return number;
}

static bool open_segment(struct spool_reader *r, uint64_t number, struct err *e) {
    int fd = spool_open_file(r->s, number, O_RDONLY, e);
    if (fd < 0) {
        return false;
    }
    if (r->fd >= 0) {
        close(r->fd);
    }
    r->fd = fd;
    r->number = number;
    r->fetched = SEGMENT_MAGIC_BYTES;
    r->at = 0;
    buf_reset(&r->in);
    return true;
}

bool spool_reader_open(struct spool *s, const struct position *from, struct spool_reader **out, struct err *e) {
    *out = NULL;
    uint64_t number = choose(s, from, e);
    struct spool_reader *r = number > 0 ? calloc(1, sizeof *r) : NULL;
    if (r == NULL) {
        return number > 0 && err_set(e, ERR_MEMORY, "no memory for a reader of the spool");
    }
    r->s = s;
    r->fd = -1;
    buf_init(&r->in, RECORD_MAX_BYTES + RECORD_HEAD_BYTES + FETCH_BYTES);
    if (!open_segment(r, number, e)) {
        spool_reader_close(r);
        return false;
    }
    *out = r;
    return true;
}

void spool_reader_close(struct spool_reader *r) {
    if (r != NULL) {
        if (r->fd >= 0) {
            close(r->fd);
        }
        buf_clear(&r->in);
        free(r);
    }
}

/* ---- bytes ---- */

enum more { MORE_BYTES, MORE_SEGMENT, MORE_NOTHING, MORE_STOPPED };

/* With the lock held: how far the segment may be read, and whether another follows it. */
static uint64_t readable(const struct spool_reader *r, bool *last) {
    const struct spool *s = r->s;
    struct stat st;
    *last = s->n == 0 || s->segments[s->n - 1].number <= r->number;
    for (size_t i = s->n; i-- > 0 && s->segments[i].number >= r->number;) {
        if (s->segments[i].number == r->number) {
            return s->segments[i].bytes;
        }
    }
    /* Released already: it is whole, and here as long as it is open. Or not begun again after a failure: there is nothing. */
    return !*last && fstat(r->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* What there is beyond what was fetched; *until: so far may be read. Waits until the deadline. */
static enum more look(struct spool_reader *r, int64_t deadline_us, uint64_t *until) {
    struct spool *s = r->s;
    enum more more;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        bool last;
        *until = readable(r, &last);
        more = s->stopped ? MORE_STOPPED : *until > r->fetched ? MORE_BYTES : !last ? MORE_SEGMENT : MORE_NOTHING;
        if (more != MORE_NOTHING || deadline_us <= clock_mono_us()) {
            break;
        }
        struct timespec t = {.tv_sec = deadline_us / 1000000, .tv_nsec = deadline_us % 1000000 * 1000};
        pthread_cond_timedwait(&s->written, &s->lock, &t);
    }
    pthread_mutex_unlock(&s->lock);
    return more;
}

/* Fetch up to `want` bytes, no further than `until`. */
static bool fetch(struct spool_reader *r, uint64_t until, size_t want, struct err *e) {
    if (r->at > 0) {
        memmove(r->in.data, r->in.data + r->at, r->in.len - r->at);
        r->in.len -= r->at;
        r->at = 0;
    }
    if (r->in.cap > KEEP_BYTES && r->in.len == 0 && want <= FETCH_BYTES && ++r->fetches_since_large > KEEP_FETCHES) {
        size_t max_bytes = r->in.max_bytes;
        buf_clear(&r->in);
        buf_init(&r->in, max_bytes);
        r->fetches_since_large = 0;
    }
    want = until - r->fetched < want ? (size_t)(until - r->fetched) : want;
    if (!buf_reserve(&r->in, want, e)) {
        return false;
    }
    while (want > 0) {
        ssize_t got = pread(r->fd, r->in.data + r->in.len, want, (off_t)r->fetched);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return spool_failed(e, "the spool cannot be read");
        }
        if (got == 0) {
            return err_set(e, ERR_SPOOL_DAMAGED, "segment %llu of the spool is shorter than it was",
                           (unsigned long long)r->number);
        }
        r->in.len += (size_t)got;
        r->fetched += (uint64_t)got;
        want -= (size_t)got;
    }
    return true;
}

/* ---- records ---- */

static bool broken(const struct spool_reader *r, uint64_t at, struct err *e) {
    return err_set(e, ERR_SPOOL_DAMAGED, "segment %llu of the spool is damaged at offset %llu",
                   (unsigned long long)r->number, (unsigned long long)at);
}

/* The next record of the segment; *found false: nothing more until the deadline. */
static bool next_record(struct spool_reader *r, int64_t deadline_us, struct record *out, bool *found, struct err *e) {
    for (;;) {
        size_t have = r->in.len - r->at;
        uint64_t at = r->fetched - have;
        uint64_t need = have < RECORD_HEAD_BYTES ? RECORD_HEAD_BYTES : record_bytes(r->in.data + r->at);
        if (need == 0) {
            return broken(r, at, e);
        }
        if (have >= need) {
            *found = record_open(r->number, at, r->in.data + r->at, (size_t)need, out);
            r->at += (size_t)need;
            return *found || broken(r, at, e);
        }
        uint64_t until;
        enum more more = look(r, deadline_us, &until);
        *found = false;
        switch (more) {
        case MORE_STOPPED:
            return err_set(e, ERR_CANCELLED, "reading the spool was stopped");
        case MORE_NOTHING:
            return have == 0 || broken(r, at, e); /* writes end with a record */
        case MORE_SEGMENT:
            if (have > 0) {
                return broken(r, at, e);
            }
            if (!open_segment(r, r->number + 1, e)) {
                return false;
            }
            r->passing = true;
            break;
        case MORE_BYTES:
            if (!fetch(r, until, need - have > FETCH_BYTES ? (size_t)(need - have) : FETCH_BYTES, e)) {
                return false;
            }
            break;
        }
    }
}

/* The head of the segment that reading begins with. */
static bool take_head(struct spool_reader *r, const struct record *record, struct spool_record *out, struct err *e) {
    struct segment_head h;
    if (!segment_head_parse(record->payload, record->len, &h, e)) {
        return false;
    }
    *out = (struct spool_record){.kind = SPOOL_RESTART, .crc32 = h.crc32};
    segment_head_clear(&h);
    r->told = true;
    return true;
}

bool spool_read(struct spool_reader *r, int64_t wait_ms, struct spool_record *out, struct err *e) {
    int64_t deadline_us = clock_mono_us() + wait_ms * 1000;
    struct record record;
    bool found = false;
    *out = (struct spool_record){.kind = SPOOL_NOTHING};
    for (;;) {
        if (!next_record(r, deadline_us, &record, &found, e)) {
            return false;
        }
        if (!found) {
            return true;
        }
        switch (record.type) {
        case RECORD_HEAD:
            if (!r->told) {
                return take_head(r, &record, out, e);
            }
            break;
        case RECORD_RESTART:
            *out = (struct spool_record){.kind = SPOOL_RESTART, .crc32 = record.len > 0 && record.payload[0] != 0};
            return true;
        case RECORD_PREAMBLE:
            if (r->passing) {
                break;
            }
            *out = (struct spool_record){.kind = SPOOL_EVENT, .bytes = record.payload, .len = record.len};
            return true;
        default:
            *out = (struct spool_record){
                .kind = SPOOL_EVENT, .bytes = record.payload, .len = record.len, .step = (enum binlog_step)record.step};
            return true;
        }
    }
}
