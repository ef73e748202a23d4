/* The spool: what was written is read, by whoever comes when; whatever is cut off or damaged is found; it never grows beyond its budget. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../mysql/binlog_bytes.h"
#include "base/clock.h"
#include "engine/spool.h"

#define UUID "3e11fa47-71ca-11e1-9e33-c80aa9429562"
#define UUID_HEX "3e11fa4771ca11e19e33c80aa9429562"

/* ---- a source ---- */

enum mode { BY_GTID, BY_FILE, MARIADB };

struct source {
    enum mode mode;
    struct binlog_tracker track;
    uint32_t end;    /* of the last event */
    uint64_t number; /* of the last transaction */
    struct bytes event;
    struct binlog_raw raw;
    struct err e;
};

static void make(struct source *s, uint8_t type, const struct bytes *body, uint32_t end) {
    event_make(&s->event, type, body, end, false);
    s->raw = (struct binlog_raw){.bytes = s->event.data, .len = s->event.n};
    if (!binlog_track(&s->track, s->raw.bytes, s->raw.len, &s->raw.ev, &s->raw.step, &s->e)) {
        fail_msg("%s", s->e.message);
    }
}

static void put(struct source *s, struct spool *spool) {
    if (!spool_append(spool, &s->raw, &s->track, &s->e)) {
        fail_msg("%s: %s", s->e.message, s->e.cause);
    }
}

static void event(struct source *s, struct spool *spool, uint8_t type, const struct bytes *body) {
    s->end += (uint32_t)(BINLOG_HEADER_BYTES + body->n);
    make(s, type, body, s->end);
    put(s, spool);
}

/* A connection that begins behind transaction `number`, at this offset of binlog.000001. */
static void connect_source(struct source *s, struct spool *spool, enum mode mode, uint64_t number, uint32_t at) {
    struct bytes body = {0}, format = {0};
    char version[50] = "9.7.4";
    binlog_tracker_clear(&s->track);
    *s = (struct source){.mode = mode, .number = number, .end = at};
    binlog_tracker_init(&s->track, false);
    assert_true(spool_restart(spool, false, &s->e));
    bytes_le(&body, at, 8);
    bytes_text(&body, "binlog.000001");
    make(s, BINLOG_ROTATE, &body, 0);
    put(s, spool);
    bytes_le(&format, 4, 2);
    bytes_put(&format, version, sizeof version);
    bytes_le(&format, 0, 4);
    bytes_le(&format, 19, 1);
    for (int type = 1; type <= 42; type++) {
        bytes_le(&format, type == BINLOG_QUERY ? 13 : type == BINLOG_WRITE_ROWS ? 10 : 8, 1);
    }
    bytes_le(&format, 0, 1); /* no checksums, and four bytes for one */
    bytes_le(&format, 0, 4);
    make(s, BINLOG_FORMAT_DESCRIPTION, &format, 0);
    put(s, spool);
}

static void begin_transaction(struct source *s, struct spool *spool) {
    struct bytes body = {0};
    s->number++;
    if (s->mode == BY_GTID) {
        bytes_hex(&body, "01" UUID_HEX);
        bytes_le(&body, s->number, 8);
        event(s, spool, BINLOG_GTID, &body);
    } else if (s->mode == MARIADB) {
        bytes_le(&body, s->number, 8);
        bytes_hex(&body, "00000000 0c 000000000000");
        event(s, spool, BINLOG_MARIADB_GTID, &body);
    }
    if (s->mode != MARIADB) {
        struct bytes query = {0};
        bytes_hex(&query, "09000000 00000000 00 0000 0000 00 424547494e");
        event(s, spool, BINLOG_QUERY, &query);
    }
}

static void rows(struct source *s, struct spool *spool, size_t n) {
    struct bytes body = {0};
    bytes_hex(&body, "6a0000000000 0100 0200 02 ff 00");
    for (size_t i = 0; i < n; i++) {
        bytes_le(&body, s->number + i, 1);
    }
    event(s, spool, BINLOG_WRITE_ROWS, &body);
}

static void end_transaction(struct source *s, struct spool *spool) {
    struct bytes body = {0};
    bytes_le(&body, s->number, 8);
    event(s, spool, BINLOG_XID, &body);
}

static void transaction(struct source *s, struct spool *spool, size_t n) {
    begin_transaction(s, spool);
    rows(s, spool, n);
    end_transaction(s, spool);
}

/* ---- a spool in a directory of the test's own ---- */

static char directory[64];

static void remove_directory(void) {
    DIR *dir = opendir(directory);
    for (struct dirent *entry = dir != NULL ? readdir(dir) : NULL; entry != NULL; entry = readdir(dir)) {
        (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir != NULL) {
        closedir(dir);
    }
    (void)rmdir(directory);
}

static int new_directory(void **state) {
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/godwit-spool-%d", (int)getpid());
    remove_directory();
    return 0;
}

static int old_directory(void **state) {
    (void)state;
    remove_directory();
    return 0;
}

static struct spool_options options_of(enum mode mode) {
    return (struct spool_options){.directory = directory,
                                  .segment_bytes = 64 * 1024,
                                  .budget_bytes = 1 << 20,
                                  .sync = SPOOL_SYNC_NEVER,
                                  .is_mariadb = mode == MARIADB};
}

static struct spool *reopen(enum mode mode) {
    struct spool_options o = options_of(mode);
    struct spool *s;
    struct err e = ERR_INIT;
    if (!spool_open(&s, &o, &e)) {
        fail_msg("%s: %s", e.message, e.cause);
    }
    return s;
}

static struct position position_of(enum mode mode, uint64_t number, uint64_t at, char text[80]) {
    struct position p = {.server = "source", .gtid = "", .file = "binlog.000001", .pos = at};
    text[0] = '\0';
    if (mode == BY_GTID) {
        snprintf(text, 80, UUID ":1-%llu", (unsigned long long)number);
        p.gtid = number > 0 ? text : "";
    } else if (mode == MARIADB) {
        snprintf(text, 80, "0-77-%llu", (unsigned long long)number);
        p.gtid = text;
    }
    return p;
}

static struct spool *open_new(enum mode mode, struct source *source) {
    struct spool *s = reopen(mode);
    struct err e = ERR_INIT;
    char text[80];
    /* a hundred before it, so that there is a GTID */
    struct position from = position_of(mode, 100, 4, text);
    assert_false(spool_has_begun(s));
    assert_true(spool_begin(s, &from, &e) && spool_has_begun(s));
    *source = (struct source){0};
    connect_source(source, s, mode, 100, 4);
    return s;
}

static void assert_end(struct spool *s, enum mode mode, uint64_t number, uint64_t at) {
    struct arena a = ARENA_INIT;
    struct position end;
    struct err e = ERR_INIT;
    char text[80];
    struct position want = position_of(mode, number, at, text);
    assert_true(spool_end(s, &a, &end, &e));
    assert_string_equal(end.gtid, want.gtid);
    assert_string_equal(end.file, want.file);
    assert_int_equal(end.pos, at);
    assert_string_equal(end.server, "source");
    arena_clear(&a);
}

/* Everything there is from a position on, followed by a tracker: the numbers of whole transactions, in order. */
struct seen {
    uint64_t first, last, n;
    size_t events, restarts, cuts;
    uint64_t offset;
};

static struct seen read_from(struct spool *s, enum mode mode, uint64_t number, uint64_t at, bool *damaged) {
    struct spool_reader *r;
    struct spool_record record;
    struct seen seen = {0};
    struct binlog_tracker t;
    struct err e = ERR_INIT;
    char text[80];
    struct position from = position_of(mode, number, at, text);
    if (!spool_reader_open(s, &from, &r, &e)) {
        fail_msg("%s", e.message);
    }
    binlog_tracker_init(&t, false);
    for (;;) {
        if (!spool_read(r, 0, &record, &e)) {
            assert_non_null(damaged);
            assert_int_equal(e.code, ERR_SPOOL_DAMAGED);
            *damaged = true;
            break;
        }
        if (record.kind == SPOOL_NOTHING) {
            break;
        }
        if (record.kind == SPOOL_RESTART) {
            seen.restarts++;
            seen.cuts += t.open;
            binlog_tracker_restart(&t, record.crc32);
            continue;
        }
        struct binlog_event ev;
        enum binlog_step step;
        if (!binlog_track(&t, record.bytes, record.len, &ev, &step, &e)) {
            fail_msg("%s", e.message);
        }
        assert_false(t.cut);
        seen.events++;
        if (step == BINLOG_STEP_END) {
            uint64_t id = get_le64(ev.body);
            assert_true(seen.n == 0 || id == seen.last + 1);
            seen.first = seen.n++ == 0 ? id : seen.first;
            seen.last = id;
            seen.offset = t.at.offset;
            if (mode != BY_FILE) {
                assert_int_equal(mode == BY_GTID ? (uint64_t)t.gtid.mysql.number : t.gtid.mariadb.sequence, id);
            }
        }
    }
    binlog_tracker_clear(&t);
    spool_reader_close(r);
    return seen;
}

/* ---- tests ---- */

static void what_was_written_is_read(void **state) {
    (void)state;
    for (enum mode mode = BY_GTID; mode <= MARIADB; mode++) {
        struct source source;
        struct spool *s = open_new(mode, &source);
        assert_end(s, mode, 100, 4);
        for (int i = 0; i < 50; i++) {
            transaction(&source, s, 10);
        }
        assert_true(spool_flush(s, &source.e));
        assert_end(s, mode, 150, source.end);
        struct seen seen = read_from(s, mode, 100, 4, NULL);
        assert_int_equal(seen.first, 101);
        assert_int_equal(seen.last, 150);
        assert_int_equal(seen.restarts, 2); /* the reading's, and the connection's */
        assert_int_equal(seen.offset, source.end);
        spool_close(s);
        /* again, after the process has ended */
        s = reopen(mode);
        assert_end(s, mode, 150, source.end);
        connect_source(&source, s, mode, 150, source.end);
        transaction(&source, s, 10);
        assert_true(spool_flush(s, &source.e));
        seen = read_from(s, mode, 100, 4, NULL);
        assert_int_equal(seen.n, 51);
        assert_int_equal(seen.restarts, 3);
        assert_int_equal(seen.cuts, 0);
        assert_end(s, mode, 151, source.end);
        spool_close(s);
        remove_directory();
        binlog_tracker_clear(&source.track);
    }
}

static void reading_begins_near_the_position(void **state) {
    (void)state;
    for (enum mode mode = BY_GTID; mode <= MARIADB; mode++) {
        struct source source;
        struct spool *s = open_new(mode, &source);
        uint32_t ends[101] = {0};
        for (int i = 1; i <= 100; i++) {
            transaction(&source, s, 3000);
            ends[i] = source.end;
        }
        assert_true(spool_flush(s, &source.e));
        struct spool_figures f;
        spool_figures(s, &f);
        assert_true(f.segments >= 4);
        for (int i = 1; i <= 100; i += 9) {
            struct seen seen = read_from(s, mode, 100 + (uint64_t)i, ends[i], NULL);
            assert_true(seen.n == 0 || seen.first <= 100 + (uint64_t)i + 1);
            assert_true(seen.n == 0 || seen.last == 200);
            assert_true(seen.n < 100 - (uint64_t)i + 30); /* a segment's worth before it */
        }
        spool_close(s);
        s = reopen(mode);
        assert_end(s, mode, 200, source.end);
        assert_int_equal(read_from(s, mode, 150, ends[50], NULL).last, 200);
        spool_close(s);
        remove_directory();
        binlog_tracker_clear(&source.track);
    }
}

static void what_is_released_is_removed_and_nothing_else(void **state) {
    (void)state;
    struct source source;
    struct spool *s = open_new(BY_GTID, &source);
    struct spool_figures before, after;
    struct arena a = ARENA_INIT;
    struct position oldest;
    char text[80];
    for (int i = 0; i < 100; i++) {
        transaction(&source, s, 3000);
    }
    assert_true(spool_flush(s, &source.e));
    spool_figures(s, &before);
    struct position at = position_of(BY_GTID, 150, 0, text);
    assert_true(spool_release(s, &at, &source.e));
    spool_figures(s, &after);
    assert_true(after.segments < before.segments && after.bytes < before.bytes);
    assert_int_equal(read_from(s, BY_GTID, 150, 0, NULL).last, 200);
    assert_true(spool_oldest(s, &a, &oldest, &source.e));
    assert_true(strtoull(strchr(oldest.gtid, '-') != NULL ? strrchr(oldest.gtid, '-') + 1 : "0", NULL, 10) <= 150);
    /* what was removed cannot be read any more */
    struct spool_reader *r;
    at = position_of(BY_GTID, 101, 0, text);
    assert_false(spool_reader_open(s, &at, &r, &source.e));
    assert_int_equal(source.e.code, ERR_SPOOL);
    err_clear(&source.e);
    at = position_of(BY_GTID, 200, 0, text);
    assert_true(spool_release(s, &at, &source.e));
    spool_figures(s, &after);
    assert_int_equal(after.segments, 1);
    at = position_of(BY_GTID, 10, 0, text); /* backwards: nothing */
    assert_true(spool_release(s, &at, &source.e));
    transaction(&source, s, 10);
    spool_close(s);
    s = reopen(BY_GTID);
    assert_end(s, BY_GTID, 201, source.end);
    spool_close(s);
    arena_clear(&a);
    binlog_tracker_clear(&source.track);
}

static void transactions_larger_than_a_segment(void **state) {
    (void)state;
    struct source source;
    struct spool *s = open_new(BY_GTID, &source);
    struct spool_figures f;
    transaction(&source, s, 10);
    begin_transaction(&source, s);
    for (int i = 0; i < 60; i++) {
        rows(&source, s, 8000);
    }
    assert_end(s, BY_GTID, 101, 4 + (uint64_t)0 + source.end - 60 * (8000 + 32) - 44 - 42 - 0);
    assert_true(spool_flush(s, &source.e));
    spool_figures(s, &f);
    assert_true(f.segments >= 4);
    spool_close(s);
    /* the process dies inside; what came of the transaction comes again */
    s = reopen(BY_GTID);
    uint32_t at = source.end - 60 * (8000 + 32) - 44 - 42 + 4;
    assert_end(s, BY_GTID, 101, at);
    connect_source(&source, s, BY_GTID, 101, at);
    begin_transaction(&source, s);
    for (int i = 0; i < 60; i++) {
        rows(&source, s, 8000);
    }
    end_transaction(&source, s);
    transaction(&source, s, 10);
    assert_true(spool_flush(s, &source.e));
    struct seen seen = read_from(s, BY_GTID, 100, 4, NULL);
    assert_int_equal(seen.cuts, 1);
    assert_int_equal(seen.n, 3);
    seen = read_from(s, BY_GTID, 101, 0, NULL);
    assert_int_equal(seen.last, 103);
    /* releasing the large one keeps what reading the next needs */
    char text[80];
    struct position applied = position_of(BY_GTID, 102, 0, text);
    assert_true(spool_release(s, &applied, &source.e));
    seen = read_from(s, BY_GTID, 102, 0, NULL);
    assert_int_equal(seen.last, 103);
    spool_close(s);
    binlog_tracker_clear(&source.track);
}

/* ---- the writer waits ---- */

struct slow_reader {
    struct spool *s;
    pthread_t thread;
    uint64_t last, n;
    size_t most_bytes;
};

static void *read_slowly(void *arg) {
    struct slow_reader *r = arg;
    struct spool_reader *reader;
    struct err e = ERR_INIT;
    char text[80];
    struct position from = position_of(BY_GTID, 100, 4, text);
    struct spool_figures full;
    do {
        clock_sleep_ms(1);
        spool_figures(r->s, &full);
    } while (full.waiting_ms == 0);
    if (!spool_reader_open(r->s, &from, &reader, &e)) {
        abort();
    }
    struct binlog_tracker t;
    binlog_tracker_init(&t, false);
    while (r->last < 1100) {
        struct spool_record record;
        struct binlog_event ev;
        enum binlog_step step;
        if (!spool_read(reader, 10000, &record, &e) || record.kind == SPOOL_NOTHING) {
            fprintf(stderr, "%s after %llu\n", e.message, (unsigned long long)r->last);
            abort();
        }
        if (record.kind == SPOOL_RESTART) {
            binlog_tracker_restart(&t, record.crc32);
            continue;
        }
        if (!binlog_track(&t, record.bytes, record.len, &ev, &step, &e)) {
            abort();
        }
        if (step == BINLOG_STEP_END) {
            uint64_t id = get_le64(ev.body);
            if (r->last != 0 && id != r->last + 1) {
                abort();
            }
            r->last = id;
            r->n++;
            struct spool_figures f;
            spool_figures(r->s, &f);
            r->most_bytes = f.bytes > r->most_bytes ? f.bytes : r->most_bytes;
            if (id % 10 == 0) {
                struct position applied = position_of(BY_GTID, id, 0, text);
                if (!spool_release(r->s, &applied, &e)) {
                    abort();
                }
            }
        }
    }
    binlog_tracker_clear(&t);
    spool_reader_close(reader);
    return NULL;
}

static void a_full_spool_makes_the_writer_wait(void **state) {
    (void)state;
    struct source source;
    struct spool *s = open_new(BY_GTID, &source);
    struct slow_reader r = {.s = s};
    assert_int_equal(pthread_create(&r.thread, NULL, read_slowly, &r), 0);
    for (int i = 0; i < 1000; i++) {
        transaction(&source, s, 5000); /* five times the budget */
        if (i % 7 == 0) {
            assert_true(spool_flush(s, &source.e));
        }
    }
    assert_true(spool_flush(s, &source.e));
    pthread_join(r.thread, NULL);
    assert_int_equal(r.n, 1000);
    struct spool_figures f;
    spool_figures(s, &f);
    if (r.most_bytes > f.budget_bytes || r.most_bytes < f.budget_bytes / 2) {
        fail_msg("%zu bytes of %llu", r.most_bytes, (unsigned long long)f.budget_bytes);
    }
    assert_false(f.over_budget);
    spool_close(s);
    binlog_tracker_clear(&source.track);
}

static void one_transaction_may_exceed_the_budget(void **state) {
    (void)state;
    struct source source;
    struct spool *s = open_new(BY_GTID, &source);
    struct spool_figures f;
    begin_transaction(&source, s);
    for (int i = 0; i < 200; i++) {
        rows(&source, s, 8000); /* nobody could release anything: this must not wait */
    }
    end_transaction(&source, s);
    spool_figures(s, &f);
    assert_true(f.over_budget && f.bytes > f.budget_bytes);
    assert_true(spool_flush(s, &source.e));
    assert_int_equal(read_from(s, BY_GTID, 100, 4, NULL).n, 1);
    spool_close(s);
    binlog_tracker_clear(&source.track);
}

static void *stop_it(void *arg) {
    struct spool_figures f;
    do {
        clock_sleep_ms(1);
        spool_figures(arg, &f);
    } while (f.waiting_ms == 0);
    spool_stop(arg);
    return NULL;
}

static void a_writer_that_waits_can_be_stopped(void **state) {
    (void)state;
    struct source source;
    struct spool *s = open_new(BY_GTID, &source);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop_it, s), 0);
    bool ok = true;
    for (int i = 0; ok && i < 1000; i++) {
        struct bytes body = {0};
        begin_transaction(&source, s);
        for (int k = 0; k < 700; k++) {
            bytes_le(&body, 0, 8);
        }
        source.end += (uint32_t)(BINLOG_HEADER_BYTES + body.n);
        make(&source, BINLOG_XID, &body, source.end);
        ok = spool_append(s, &source.raw, &source.track, &source.e);
        if (!ok) {
            break;
        }
    }
    pthread_join(thread, NULL);
    assert_false(ok);
    assert_int_equal(source.e.code, ERR_CANCELLED);
    struct spool_reader *r;
    struct spool_record record;
    char text[80];
    struct position from = position_of(BY_GTID, 100, 4, text);
    assert_true(spool_reader_open(s, &from, &r, &source.e));
    err_clear(&source.e);
    assert_false(spool_read(r, 1000, &record, &source.e));
    assert_int_equal(source.e.code, ERR_CANCELLED);
    spool_reader_close(r);
    spool_close(s);
    binlog_tracker_clear(&source.track);
}

/* ---- what a crash leaves ---- */

static uint8_t *load_file(const char *name, size_t *n) {
    char path[128];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    uint8_t *bytes = malloc((size_t)st.st_size + 1);
    *n = (size_t)read(fd, bytes, (size_t)st.st_size);
    close(fd);
    return bytes;
}

static void store_file(const char *name, const uint8_t *bytes, size_t n) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
    close(fd);
}

/* Reopen, and look whether what is there is a beginning of what was. */
static uint64_t assert_beginning(const uint32_t *ends, uint64_t most) {
    struct spool *s = reopen(BY_GTID);
    struct arena a = ARENA_INIT;
    struct position end;
    struct err e = ERR_INIT;
    uint64_t number = 0;
    if (spool_has_begun(s)) {
        assert_true(spool_end(s, &a, &end, &e));
        number = strtoull(strrchr(end.gtid, '-') + 1, NULL, 10) - 100;
        assert_true(number <= most);
        assert_int_equal(end.pos, ends[number]);
        struct seen seen = read_from(s, BY_GTID, 100, 4, NULL);
        assert_int_equal(seen.n, number);
        /* and goes on */
        struct source source = {0};
        connect_source(&source, s, BY_GTID, 100 + number, ends[number]);
        transaction(&source, s, 10);
        assert_true(spool_flush(s, &source.e));
        seen = read_from(s, BY_GTID, 100, 4, NULL);
        assert_int_equal(seen.last, 101 + number);
        assert_true(seen.cuts <= 1);
        binlog_tracker_clear(&source.track);
    }
    spool_close(s);
    arena_clear(&a);
    return number;
}

static void cut_at_every_byte(void **state) {
    (void)state;
    struct source source;
    struct spool *s = open_new(BY_GTID, &source);
    uint32_t ends[7] = {4};
    for (int i = 1; i <= 6; i++) {
        transaction(&source, s, (size_t)i);
        ends[i] = source.end;
    }
    spool_close(s);
    size_t n;
    uint8_t *bytes = load_file("000000000001.seg", &n);
    uint64_t last = 0;
    for (size_t cut = 0; cut <= n; cut++) {
        store_file("000000000001.seg", bytes, cut);
        uint64_t number = assert_beginning(ends, 6);
        assert_true(number >= last); /* more bytes, no less of what is whole */
        last = number;
        char path[128];
        snprintf(path, sizeof path, "%s/000000000002.seg", directory);
        assert_int_not_equal(access(path, F_OK), 0);
    }
    assert_int_equal(last, 6);
    free(bytes);
    binlog_tracker_clear(&source.track);
}

static void damaged_at_every_byte(void **state) {
    (void)state;
    struct source source;
    struct spool *s = open_new(BY_GTID, &source);
    uint32_t ends[7] = {4};
    for (int i = 1; i <= 6; i++) {
        transaction(&source, s, (size_t)i);
        ends[i] = source.end;
    }
    spool_close(s);
    size_t n;
    uint8_t *bytes = load_file("000000000001.seg", &n);
    for (size_t at = 0; at < n; at++) {
        bytes[at] ^= (uint8_t)(1 << at % 8);
        store_file("000000000001.seg", bytes, n);
        (void)assert_beginning(ends, 5 + (at > n - 16)); /* what is damaged is not there */
        bytes[at] ^= (uint8_t)(1 << at % 8);
    }
    /* zeros, as a crash of the machine may leave them */
    uint8_t *longer = calloc(1, n + 5000);
    memcpy(longer, bytes, n);
    store_file("000000000001.seg", longer, n + 5000);
    assert_int_equal(assert_beginning(ends, 6), 6);
    free(longer);
    free(bytes);
    binlog_tracker_clear(&source.track);
}

static void damage_in_an_older_segment_is_told_when_it_is_read(void **state) {
    (void)state;
    struct source source;
    struct spool *s = open_new(BY_GTID, &source);
    for (int i = 0; i < 100; i++) {
        transaction(&source, s, 3000);
    }
    spool_close(s);
    size_t n;
    uint8_t *bytes = load_file("000000000002.seg", &n);
    bytes[n / 2] ^= 1;
    store_file("000000000002.seg", bytes, n);
    s = reopen(BY_GTID);
    bool damaged = false;
    struct seen seen = read_from(s, BY_GTID, 100, 4, &damaged);
    assert_true(damaged && seen.n > 10 && seen.n < 50);
    assert_int_equal(read_from(s, BY_GTID, 190, 0, NULL).last, 200); /* what lies behind it is whole */
    spool_close(s);
    /* a segment that is not there: what came before it is of no use, and gone */
    char path[128];
    snprintf(path, sizeof path, "%s/000000000002.seg", directory);
    assert_int_equal(unlink(path), 0);
    s = reopen(BY_GTID);
    struct spool_reader *r;
    char text[80];
    struct position from = position_of(BY_GTID, 100, 4, text);
    assert_false(spool_reader_open(s, &from, &r, &source.e));
    spool_close(s);
    free(bytes);
    binlog_tracker_clear(&source.track);
}

static void killed_at_any_instant(void **state) {
    (void)state;
    enum { TRANSACTIONS = 3000 };
    static uint32_t ends[TRANSACTIONS + 1];
    struct source source;
    struct spool *s = open_new(BY_GTID, &source);
    spool_close(s);
    /* where each transaction ends is the same in every life */
    ends[0] = 4;
    for (int i = 1; i <= TRANSACTIONS; i++) {
        ends[i] = ends[i - 1] + 44 + 38 + (32 + (uint32_t)i % 90) + 27;
    }
    uint64_t number = 0;
    srand(11);
    for (int life = 0; life < 40 && number < TRANSACTIONS - 1; life++) {
        int ready[2];
        assert_int_equal(pipe(ready), 0);
        pid_t child = fork();
        if (child == 0) {
            s = reopen(BY_GTID);
            connect_source(&source, s, BY_GTID, 100 + number, ends[number]);
            (void)!write(ready[1], "x", 1);
            for (uint64_t i = number + 1; i <= TRANSACTIONS; i++) {
                transaction(&source, s, (size_t)i % 90);
                if (source.end != ends[i] || (i % 3 == 0 && !spool_flush(s, &source.e))) {
                    _exit(1);
                }
            }
            _exit(0);
        }
        char x;
        assert_int_equal(read(ready[0], &x, 1), 1);
        usleep((useconds_t)(rand() % 3000));
        kill(child, SIGKILL);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
        close(ready[0]);
        close(ready[1]);
        s = reopen(BY_GTID);
        struct arena a = ARENA_INIT;
        struct position end;
        assert_true(spool_end(s, &a, &end, &source.e));
        uint64_t now = strtoull(strrchr(end.gtid, '-') + 1, NULL, 10) - 100;
        assert_true(now >= number);
        assert_int_equal(end.pos, ends[now]);
        struct seen seen = read_from(s, BY_GTID, 100, 4, NULL);
        assert_int_equal(seen.n, now);
        number = now;
        arena_clear(&a);
        spool_close(s);
    }
    assert_true(number > 0);
    binlog_tracker_clear(&source.track);
}

/* ---- faults ---- */

static void one_process_at_a_time(void **state) {
    (void)state;
    struct source source;
    struct spool *s = open_new(BY_GTID, &source), *second;
    struct spool_options o = options_of(BY_GTID);
    assert_false(spool_open(&second, &o, &source.e));
    assert_int_equal(source.e.code, ERR_SPOOL);
    assert_null(second);
    spool_close(s);
    o.is_mariadb = true; /* nor a source of the other kind */
    assert_false(spool_open(&second, &o, &source.e));
    binlog_tracker_clear(&source.track);
}

static void a_disk_that_is_full(void **state) {
    (void)state;
    struct source source;
    struct spool *s = open_new(BY_GTID, &source);
    struct rlimit before, small = {.rlim_cur = 40000};
    transaction(&source, s, 10);
    assert_true(spool_flush(s, &source.e));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool failed = false;
    for (int i = 0; i < 20; i++) {
        transaction(&source, s, 5000);
        failed = !spool_flush(s, &source.e);
        if (failed) {
            break;
        }
    }
    assert_true(failed);
    assert_int_equal(source.e.code, ERR_SPOOL);
    assert_false(spool_flush(s, &source.e)); /* still */
    uint64_t number = source.number;
    assert_true(read_from(s, BY_GTID, 100, 4, NULL).last < number); /* what is whole can be read meanwhile */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    err_clear(&source.e);
    assert_true(spool_flush(s, &source.e)); /* nothing was lost */
    assert_int_equal(read_from(s, BY_GTID, 100, 4, NULL).last, number);
    transaction(&source, s, 10);
    spool_close(s);
    s = reopen(BY_GTID);
    assert_end(s, BY_GTID, number + 1, source.end);
    spool_close(s);
    binlog_tracker_clear(&source.track);
}

static void begin_again_elsewhere(void **state) {
    (void)state;
    struct source source;
    struct spool *s = open_new(BY_GTID, &source);
    char text[80];
    for (int i = 0; i < 50; i++) {
        transaction(&source, s, 3000);
    }
    struct position from = position_of(BY_GTID, 500, 4711, text);
    assert_true(spool_begin(s, &from, &source.e));
    assert_end(s, BY_GTID, 500, 4711);
    connect_source(&source, s, BY_GTID, 500, 4711);
    transaction(&source, s, 10);
    assert_true(spool_flush(s, &source.e));
    assert_int_equal(read_from(s, BY_GTID, 500, 4711, NULL).first, 501);
    spool_close(s);
    s = reopen(BY_GTID);
    assert_end(s, BY_GTID, 501, source.end);
    spool_close(s);
    binlog_tracker_clear(&source.track);
}

static void positions_of_the_other_kind(void **state) {
    (void)state;
    struct source source;
    struct spool *s = open_new(BY_FILE, &source);
    struct spool_reader *r;
    struct position at = {.server = "", .gtid = UUID ":1-5", .file = "", .pos = 0};
    assert_false(spool_reader_open(s, &at, &r, &source.e));
    assert_int_equal(source.e.code, ERR_SPOOL);
    at.gtid = "nonsense";
    assert_false(spool_release(s, &at, &source.e));
    assert_int_equal(source.e.code, ERR_POSITION);
    spool_close(s);
    binlog_tracker_clear(&source.track);
}

#define SPOOL_TEST(f) cmocka_unit_test_setup_teardown(f, new_directory, old_directory)

int main(void) {
    const struct CMUnitTest tests[] = {
        SPOOL_TEST(what_was_written_is_read),
        SPOOL_TEST(reading_begins_near_the_position),
        SPOOL_TEST(what_is_released_is_removed_and_nothing_else),
        SPOOL_TEST(transactions_larger_than_a_segment),
        SPOOL_TEST(a_full_spool_makes_the_writer_wait),
        SPOOL_TEST(one_transaction_may_exceed_the_budget),
        SPOOL_TEST(a_writer_that_waits_can_be_stopped),
        SPOOL_TEST(cut_at_every_byte),
        SPOOL_TEST(damaged_at_every_byte),
        SPOOL_TEST(damage_in_an_older_segment_is_told_when_it_is_read),
        SPOOL_TEST(killed_at_any_instant),
        SPOOL_TEST(one_process_at_a_time),
        SPOOL_TEST(a_disk_that_is_full),
        SPOOL_TEST(begin_again_elsewhere),
        SPOOL_TEST(positions_of_the_other_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
