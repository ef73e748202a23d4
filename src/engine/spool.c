/* A spool's life: opening it, finding what a killed process left, giving room back. See spool.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/spool_internal.h"

static const uint64_t budget_default = UINT64_C(10) << 30, segment_default = UINT64_C(64) << 20;

enum { BUDGET_LEAST_BYTES = 1 << 20, SEGMENT_LEAST_BYTES = 64 * 1024, SYNC_MS = 1000 };

bool spool_failed(struct err *e, const char *fmt, ...) {
    int error = errno;
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    errno = error;
    bool full = error == ENOSPC || error == EDQUOT;
    return err_errno(e, full ? ERR_SPOOL_FULL : ERR_SPOOL, "%s", text);
}

int spool_open_file(const struct spool *s, uint64_t number, int flags, struct err *e) {
    char name[SEGMENT_NAME_MAX];
    segment_name(number, name);
    int fd = openat(s->dir_fd, name, flags | O_CLOEXEC, 0600);
    if (fd < 0) {
        spool_failed(e, "the spool's segment %s/%s cannot be opened", s->directory, name);
    }
    return fd;
}

static bool remove_file(const struct spool *s, uint64_t number, struct err *e) {
    char name[SEGMENT_NAME_MAX];
    segment_name(number, name);
    return unlinkat(s->dir_fd, name, 0) == 0 || errno == ENOENT ||
           spool_failed(e, "the spool's segment %s/%s cannot be removed", s->directory, name);
}

/* ---- the list of segments ---- */

bool spool_add_segment(struct spool *s, const struct segment_head *h, uint64_t bytes, struct err *e) {
    if (s->n == s->cap) {
        size_t cap = s->cap > 0 ? 2 * s->cap : 16;
        struct segment *segments = realloc(s->segments, cap * sizeof *segments);
        if (segments == NULL) {
            return err_set(e, ERR_MEMORY, "no memory for the spool's segments");
        }
        s->segments = segments;
        s->cap = cap;
    }
    struct segment *last = &s->segments[s->n];
    *last = (struct segment){.number = h->number, .bytes = bytes, .whole = h->whole};
    if (!progress_copy(&last->begin, &h->progress, e)) {
        progress_clear(&last->begin);
        return false;
    }
    s->n++;
    s->bytes += bytes;
    return true;
}

static void drop_oldest(struct spool *s, size_t n) {
    if (n == 0) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        s->bytes -= s->segments[i].bytes;
        progress_clear(&s->segments[i].begin);
    }
    s->n -= n;
    memmove(s->segments, s->segments + n, s->n * sizeof *s->segments);
}

bool spool_parse(const struct spool *s, const struct position *at, struct progress *out, struct err *e) {
    if (!progress_from(out, at, s->o.is_mariadb, e)) {
        return false;
    }
    out->by_gtid = s->progress.by_gtid;
    if (!out->by_gtid && out->place.file[0] == '\0') {
        progress_clear(out);
        return err_set(e, ERR_SPOOL, "a position by file is needed: the spool was begun with one");
    }
    return true;
}

size_t spool_segment_for(const struct spool *s, const struct progress *from) {
    for (size_t i = s->n; i-- > 0;) {
        if (s->segments[i].whole && progress_within(&s->segments[i].begin, from)) {
            return i;
        }
    }
    return s->n;
}

/* ---- opening ---- */

static void make_directories(const char *path) {
    char *copy = strdup(path);
    for (char *p = copy == NULL ? NULL : strchr(copy + 1, '/'); p != NULL; p = strchr(p + 1, '/')) {
        *p = '\0';
        (void)mkdir(copy, 0700); /* opening it tells what is wrong */
        *p = '/';
    }
    free(copy);
    (void)mkdir(path, 0700);
}

static bool lock_directory(struct spool *s, struct err *e) {
    make_directories(s->directory);
    s->dir_fd = open(s->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->dir_fd < 0) {
        return spool_failed(e, "the spool's directory %s cannot be opened", s->directory);
    }
    s->lock_fd = openat(s->dir_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock_fd < 0) {
        return spool_failed(e, "the spool in %s cannot be locked", s->directory);
    }
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        err_set(e, ERR_SPOOL, "the spool in %s is in use", s->directory);
        return err_cause(e, "another process has locked it");
    }
    return true;
}

static int compare_numbers(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The numbers of all segments there are, in order; malloced. */
static bool list_segments(const struct spool *s, uint64_t **out, size_t *n, struct err *e) {
    int fd = dup(s->dir_fd);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    if (dir == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        return spool_failed(e, "the spool's directory %s cannot be read", s->directory);
    }
    rewinddir(dir); /* a directory read before through the same description */
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        uint64_t number = segment_number(entry->d_name);
        if (number == 0) {
            continue;
        }
        if (*n == cap) {
            cap = cap > 0 ? 2 * cap : 64;
            uint64_t *more = realloc(*out, cap * sizeof *more);
            if (more == NULL) {
                closedir(dir);
                return err_set(e, ERR_MEMORY, "no memory for the spool's segments");
            }
            *out = more;
        }
        (*out)[(*n)++] = number;
    }
    closedir(dir);
    if (*n > 0) {
        qsort(*out, *n, sizeof **out, compare_numbers);
    }
    return true;
}

void spool_remove(const char *directory) {
    DIR *dir = opendir(directory);
    if (dir == NULL) {
        return;
    }
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (segment_number(entry->d_name) != 0 || strcmp(entry->d_name, "lock") == 0) {
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    closedir(dir);
    (void)rmdir(directory);
}

/* Read up to n bytes at `at`; fewer only at the end of the file. */
static bool read_at(int fd, uint64_t at, void *to, size_t n, size_t *got, struct err *e) {
    *got = 0;
    while (*got < n) {
        ssize_t r = pread(fd, (uint8_t *)to + *got, n - *got, (off_t)(at + *got));
        if (r < 0 && errno == EINTR) {
            continue;
        }
        if (r < 0) {
            return spool_failed(e, "the spool cannot be read");
        }
        if (r == 0) {
            break;
        }
        *got += (size_t)r;
    }
    return true;
}

/* The record at `at`; *found false: none that is whole and right. */
static bool read_record(int fd, uint64_t segment, uint64_t at, struct buf *b, struct record *out, bool *found,
                        struct err *e) {
    uint8_t head[RECORD_HEAD_BYTES];
    size_t got;
    *found = false;
    if (!read_at(fd, at, head, sizeof head, &got, e)) {
        return false;
    }
    uint64_t n = got == sizeof head ? record_bytes(head) : 0;
    struct stat st;
    if (n == 0 || fstat(fd, &st) != 0 || (uint64_t)st.st_size < at + n) {
        return true;
    }
    buf_reset(b);
    if (!buf_reserve(b, n, e) || !read_at(fd, at, b->data, n, &got, e)) {
        return false;
    }
    *found = got == n && record_open(segment, at, b->data, n, out);
    return true;
}

/* *found false: it has no head that can be read. */
static bool read_head(int fd, uint64_t number, struct buf *b, struct segment_head *h, uint64_t *behind, bool *found,
                      struct err *e) {
    static const char magic[] = "GWSPOOL1";
    char seen[SEGMENT_MAGIC_BYTES];
    struct record r;
    struct err why = ERR_INIT;
    size_t got;
    *found = false;
    *h = (struct segment_head){0};
    if (!read_at(fd, 0, seen, sizeof seen, &got, e)) {
        return false;
    }
    if (got != sizeof seen || memcmp(seen, magic, sizeof seen) != 0) {
        return true;
    }
    if (!read_record(fd, number, SEGMENT_MAGIC_BYTES, b, &r, found, e) || !*found) {
        return e->code == ERR_NONE;
    }
    *behind = SEGMENT_MAGIC_BYTES + RECORD_HEAD_BYTES + r.len;
    *found = r.type == RECORD_HEAD && segment_head_parse(r.payload, r.len, h, &why) && h->number == number;
    return true;
}

static bool damaged(const struct spool *s, uint64_t number, const char *what, struct err *e) {
    char name[SEGMENT_NAME_MAX];
    segment_name(number, name);
    return err_set(e, ERR_SPOOL_DAMAGED, "%s/%s: %s", s->directory, name, what);
}

static bool take_head(struct spool *s, const struct segment_head *h, uint64_t bytes, struct err *e) {
    if (h->progress.is_mariadb != s->o.is_mariadb) {
        return damaged(s, h->number, "it is of a source of the other kind", e);
    }
    /* What does not go on to this one was released or given up, and only came back because the machine crashed. */
    while (s->n > 0 && (strcmp(s->id, h->spool) != 0 || h->number != s->segments[s->n - 1].number + 1)) {
        log_info("spool_old", "segment %llu of the spool is not followed by the next, and is removed",
                 (unsigned long long)s->segments[0].number);
        if (!remove_file(s, s->segments[0].number, e)) {
            return false;
        }
        drop_oldest(s, 1);
    }
    if (s->n == 0) {
        snprintf(s->id, sizeof s->id, "%s", h->spool);
        free(s->source);
        s->source = strdup(h->source);
        if (s->source == NULL) {
            return err_set(e, ERR_MEMORY, "no memory for a spool");
        }
    }
    return spool_add_segment(s, h, bytes, e);
}

/* What the last segment holds: up to its last record that is whole. */
static bool scan_last(struct spool *s, int fd, const struct segment_head *h, uint64_t at, struct buf *b,
                      struct err *e) {
    struct record r;
    bool found = true;
    if (!scan_begin(&s->scan, h, e)) {
        return false;
    }
    while (found) {
        struct err why = ERR_INIT;
        if (!read_record(fd, h->number, at, b, &r, &found, e)) {
            return false;
        }
        if (found && !scan_take(&s->scan, &r, &why)) {
            /* What was written is what the source sent: it passed the tracker then. */
            return damaged(s, h->number, why.message, e);
        }
        at += found ? RECORD_HEAD_BYTES + r.len : 0;
    }
    s->at = at;
    s->has_format = s->scan.format_event.len > 0;
    s->captured_s = s->scan.captured_s;
    return progress_copy(&s->progress, &s->scan.progress, e);
}

/* Cut what was being written when the process died. */
static bool cut_tail(struct spool *s, int fd, uint64_t number, struct err *e) {
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return spool_failed(e, "the spool cannot be read");
    }
    if ((uint64_t)st.st_size > s->at) {
        s->cut_bytes = (uint64_t)st.st_size - s->at;
        log_info("spool_cut", "segment %llu of the spool: the last %llu bytes were not whole and are cut off",
                 (unsigned long long)number, (unsigned long long)s->cut_bytes);
        if (ftruncate(fd, (off_t)s->at) != 0) {
            return spool_failed(e, "the spool's last segment cannot be cut");
        }
    }
    return true;
}

static bool recover_last(struct spool *s, uint64_t number, struct buf *b, bool *found, struct err *e) {
    struct segment_head h;
    uint64_t at = 0;
    int fd = spool_open_file(s, number, O_RDWR, e);
    if (fd < 0) {
        return false;
    }
    bool ok = read_head(fd, number, b, &h, &at, found, e);
    if (ok && *found) {
        ok = take_head(s, &h, 0, e) && scan_last(s, fd, &h, at, b, e) && cut_tail(s, fd, number, e);
    }
    segment_head_clear(&h);
    if (!ok || !*found) {
        close(fd);
        return ok;
    }
    s->fd = fd;
    s->number = number;
    s->segments[s->n - 1].bytes = s->at;
    s->bytes += s->at;
    return true;
}

static bool recover_older(struct spool *s, uint64_t number, struct buf *b, struct err *e) {
    struct segment_head h;
    uint64_t at;
    bool found = false;
    struct stat st;
    int fd = spool_open_file(s, number, O_RDONLY, e);
    if (fd < 0) {
        return false;
    }
    bool ok = read_head(fd, number, b, &h, &at, &found, e);
    ok = ok && (found || damaged(s, number, "its head cannot be read", e));
    ok = ok && (fstat(fd, &st) == 0 || spool_failed(e, "the spool cannot be read"));
    ok = ok && take_head(s, &h, (uint64_t)st.st_size, e);
    segment_head_clear(&h);
    close(fd);
    return ok;
}

static bool recover(struct spool *s, struct err *e) {
    uint64_t *numbers;
    size_t n;
    struct buf b;
    buf_init(&b, RECORD_MAX_BYTES + RECORD_HEAD_BYTES);
    bool ok = list_segments(s, &numbers, &n, e);
    for (size_t i = 0; ok && i + 1 < n; i++) {
        ok = recover_older(s, numbers[i], &b, e);
    }
    bool found = false;
    while (ok && n > 0 && !found) {
        ok = recover_last(s, numbers[n - 1], &b, &found, e);
        if (ok && !found) {
            /* It died while it made the segment, whose first record was not there yet: the one before is the last. */
            ok = remove_file(s, numbers[--n], e);
            if (ok && n > 0) {
                s->bytes -= s->segments[n - 1].bytes;
                progress_clear(&s->segments[--s->n].begin);
            }
        }
    }
    free(numbers);
    buf_clear(&b);
    return ok;
}

static struct spool *new_spool(const struct spool_options *o) {
    struct spool *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    s->o = *o;
    s->o.budget_bytes = o->budget_bytes > 0 ? o->budget_bytes : budget_default;
    s->o.budget_bytes = s->o.budget_bytes < BUDGET_LEAST_BYTES ? BUDGET_LEAST_BYTES : s->o.budget_bytes;
    s->o.segment_bytes = o->segment_bytes > 0 ? o->segment_bytes : segment_default;
    if (s->o.segment_bytes > s->o.budget_bytes / 4) {
        s->o.segment_bytes = s->o.budget_bytes / 4;
    }
    s->o.segment_bytes = s->o.segment_bytes < SEGMENT_LEAST_BYTES ? SEGMENT_LEAST_BYTES : s->o.segment_bytes;
    s->o.sync_ms = o->sync_ms > 0 ? o->sync_ms : SYNC_MS;
    s->directory = strdup(o->directory);
    s->o.directory = s->directory;
    s->fd = s->lock_fd = s->dir_fd = -1;
    buf_init(&s->out, RECORD_MAX_BYTES + (4 << 20));
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->written, &monotonic);
    pthread_cond_init(&s->freed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (s->directory == NULL) {
        spool_close(s);
        return NULL;
    }
    return s;
}

bool spool_open(struct spool **out, const struct spool_options *o, struct err *e) {
    struct spool *s = new_spool(o);
    *out = NULL;
    if (s == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a spool");
    }
    if (!lock_directory(s, e) || !recover(s, e)) {
        spool_close(s);
        return false;
    }
    *out = s;
    return true;
}

void spool_close(struct spool *s) {
    struct err ignored = ERR_INIT;
    if (s == NULL) {
        return;
    }
    if (s->fd >= 0 && s->out.len > 0 && !spool_flush(s, &ignored)) {
        log_err("spool_close", &ignored); /* it is read again from the source */
    }
    drop_oldest(s, s->n);
    for (int i = 0; i < 3; i++) {
        int fd = i == 0 ? s->fd : i == 1 ? s->lock_fd : s->dir_fd;
        if (fd >= 0) {
            close(fd);
        }
    }
    free(s->segments);
    progress_clear(&s->progress);
    scan_clear(&s->scan);
    buf_clear(&s->out);
    pthread_cond_destroy(&s->written);
    pthread_cond_destroy(&s->freed);
    pthread_mutex_destroy(&s->lock);
    free(s->directory);
    free(s->source);
    free(s);
}

/* ---- beginning, positions ---- */

bool spool_has_begun(const struct spool *s) {
    return s->fd >= 0;
}

static bool empty(struct spool *s, struct err *e) {
    while (s->n > 0) {
        if (!remove_file(s, s->segments[0].number, e)) {
            return false;
        }
        drop_oldest(s, 1);
    }
    if (s->fd >= 0) {
        close(s->fd);
    }
    s->fd = -1;
    buf_reset(&s->out);
    return true;
}

static bool begin_at(struct spool *s, const struct position *from, struct err *e) {
    uint8_t id[16];
    struct segment_head h = {.whole = true};
    if (getrandom(id, sizeof id, 0) != (ssize_t)sizeof id) {
        return err_errno(e, ERR_SYSTEM, "no random bytes");
    }
    for (size_t i = 0; i < sizeof id; i++) {
        snprintf(s->id + 2 * i, 3, "%02x", id[i]);
    }
    free(s->source);
    s->source = strdup(from->server != NULL ? from->server : "");
    h.source = s->source;
    bool ok = (s->source != NULL || err_set(e, ERR_MEMORY, "no memory for a spool")) &&
              progress_from(&h.progress, from, s->o.is_mariadb, e) && progress_copy(&s->progress, &h.progress, e) &&
              scan_begin(&s->scan, &h, e);
    progress_clear(&h.progress);
    s->has_format = false;
    return ok && spool_new_segment(s, true, e) && spool_flush(s, e);
}

bool spool_begin(struct spool *s, const struct position *from, struct err *e) {
    pthread_mutex_lock(&s->lock);
    s->next_number = s->n > 0 ? s->segments[s->n - 1].number + 1 : s->next_number > 0 ? s->next_number : 1;
    bool ok = empty(s, e);
    s->open_segment = 0;
    s->over_budget = false;
    pthread_mutex_unlock(&s->lock);
    return ok && begin_at(s, from, e);
}

bool spool_end(struct spool *s, struct arena *a, struct position *out, struct err *e) {
    pthread_mutex_lock(&s->lock);
    bool ok = progress_to(&s->progress, a, s->source, out, e);
    pthread_mutex_unlock(&s->lock);
    return ok;
}

bool spool_oldest(struct spool *s, struct arena *a, struct position *out, struct err *e) {
    pthread_mutex_lock(&s->lock);
    size_t i = 0;
    while (i < s->n && !s->segments[i].whole) {
        i++;
    }
    bool ok = progress_to(i < s->n ? &s->segments[i].begin : &s->progress, a, s->source, out, e);
    pthread_mutex_unlock(&s->lock);
    return ok;
}

/* ---- release ---- */

bool spool_release(struct spool *s, const struct position *applied, struct err *e) {
    struct progress p;
    pthread_mutex_lock(&s->lock);
    bool ok = spool_parse(s, applied, &p, e);
    if (ok) {
        size_t keep = spool_segment_for(s, &p);
        keep = keep == s->n ? 0 : keep;
        for (size_t i = 0; ok && i < keep; i++) {
            ok = remove_file(s, s->segments[0].number, e);
            if (ok) {
                drop_oldest(s, 1);
            }
        }
        progress_clear(&p);
        if (keep > 0) {
            pthread_cond_broadcast(&s->freed);
        }
    }
    pthread_mutex_unlock(&s->lock);
    return ok;
}

void spool_stop(struct spool *s) {
    pthread_mutex_lock(&s->lock);
    s->stopped = true;
    pthread_cond_broadcast(&s->written);
    pthread_cond_broadcast(&s->freed);
    pthread_mutex_unlock(&s->lock);
}

void spool_figures(struct spool *s, struct spool_figures *out) {
    pthread_mutex_lock(&s->lock);
    int64_t waiting_us = s->waiting_since_us > 0 ? clock_mono_us() - s->waiting_since_us : 0;
    *out = (struct spool_figures){.bytes = s->bytes,
                                  .budget_bytes = s->o.budget_bytes,
                                  .segments = (unsigned)s->n,
                                  .events = s->events,
                                  .event_bytes = s->event_bytes,
                                  .captured_s = s->captured_s,
                                  .waiting_ms = s->waiting_since_us > 0 ? 1 + waiting_us / 1000 : 0,
                                  .over_budget = s->over_budget,
                                  .cut_bytes = s->cut_bytes};
    pthread_mutex_unlock(&s->lock);
}
