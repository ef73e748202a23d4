/* The second look at what differs, or was too large to keep: only rows of differing buckets are kept, in as many passes as
 * memory needs. See rows.h. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "check/resume.h"

enum { ROWS_PER_PASS = 400000, MAX_PASSES = 1024 };

/* Which rows of a unit are kept in this pass. */
struct filter {
    const uint8_t *differs; /* a bit a bucket; NULL: all do */
    unsigned pass, passes;
    bool keyless;
    struct row_set set;
};

static bool keep_differing(void *arg, const uint8_t *row, size_t len, size_t key_len, struct err *e) {
    (void)e;
    struct filter *f = arg;
    key_len = f->keyless ? len : key_len;
    uint32_t bucket = bucket_of(row, key_len);
    if ((f->differs == NULL || bucket_marked(f->differs, bucket)) && bucket % f->passes == f->pass) {
        row_set_add(&f->set, row, len, key_len);
    }
    return true;
}

struct half {
    struct check_rows *c;
    struct check_table *t;
    struct reader *reader;
    const char *where;
    struct filter filter;
    bool ok;
    struct err error;
};

static void *read_half(void *arg) {
    struct half *h = arg;
    h->ok = reader_read(h->reader, h->t, h->where, keep_differing, &h->filter, &h->error);
    return NULL;
}

/* Both sides at once: the target in a thread of its own. */
static bool read_both(struct half halves[2], struct err *e) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, read_half, &halves[SIDE_TARGET]) != 0) {
        return err_errno(e, ERR_SYSTEM, "a reader could not be started");
    }
    read_half(&halves[SIDE_SOURCE]);
    pthread_join(thread, NULL);
    for (size_t side = 0; side < 2; side++) {
        if (!halves[side].ok) {
            err_copy(e, &halves[side].error);
            return false;
        }
    }
    return true;
}

static bool one_pass(struct half halves[2], bool *kept, struct err *e) {
    struct row_set *a = &halves[SIDE_SOURCE].filter.set, *b = &halves[SIDE_TARGET].filter.set;
    row_set_reset(a);
    row_set_reset(b);
    if (!read_both(halves, e)) {
        return false;
    }
    *kept = a->kept && b->kept;
    struct check_difference_arg arg = {halves[0].c, halves[0].t->number};
    return !*kept || row_set_compare(a, b, check_difference, &arg, e);
}

static bool passes(struct half halves[2], uint64_t rows, struct err *e) {
    unsigned n = (unsigned)(rows / ROWS_PER_PASS) + 1;
    for (unsigned pass = 0; pass < n; pass++) {
        bool kept = true;
        for (size_t side = 0; side < 2; side++) {
            halves[side].filter.pass = pass;
            halves[side].filter.passes = n;
        }
        if (!one_pass(halves, &kept, e)) {
            return false;
        }
        if (!kept) { /* long keys: smaller passes. Those before this one are the same rows: begin only if none was compared. */
            if (pass > 0 || n > MAX_PASSES) {
                return err_set(e, ERR_LIMIT, "the keys of the differing rows of %s do not fit into memory",
                               halves[0].t->t->name);
            }
            n *= 4;
            pass = UINT32_MAX; /* once more from 0 */
        }
    }
    return true;
}

static bool split_unit(struct check_rows *c, struct unit *u, struct reader readers[2], struct err *e) {
    struct half halves[2];
    for (size_t side = 0; side < 2; side++) {
        halves[side] = (struct half){.c = c, .t = u->table, .reader = &readers[side]};
        halves[side].filter = (struct filter){.differs = u->differs, .keyless = u->table->nkeys == 0};
        row_set_init(&halves[side].filter.set);
    }
    for (size_t side = 0; side < 2; side++) { /* one piece, or the whole table */
        halves[side].where = u->table->mode == MODE_RANGES ? u->pieces[side].where[0] : "";
    }
    log_info("second_look", "%s: rows of the parts that differ are read again", u->table->t->name);
    bool ok = passes(halves, u->differing_rows, e);
    row_set_clear(&halves[SIDE_SOURCE].filter.set);
    row_set_clear(&halves[SIDE_TARGET].filter.set);
    return ok;
}

bool check_rows_split(struct check_rows *c, struct err *e) {
    if (c->nagain == 0) {
        return true;
    }
    struct reader readers[2];
    for (size_t side = 0; side < 2; side++) {
        readers[side] = (struct reader){.task = c->run->task,
                                        .dialect = c->run->identity.dialect,
                                        .side = (enum side)side,
                                        .stop = c->stop,
                                        .source = c->snapshot.clients[0],
                                        .target = c->anchor};
        reader_init(&readers[side]);
    }
    bool ok = true;
    for (size_t i = 0; ok && i < c->nagain; i++) {
        resume_lock(c);
        ok = split_unit(c, c->again[i], readers, e);
        if (ok) {
            resume_looked_again(c, c->again[i]);
        }
        resume_unlock(c);
    }
    reader_clear(&readers[0]);
    reader_clear(&readers[1]);
    return ok;
}
