/* See differences.h. */
#include "check/differences.h"

#include <stdlib.h>

struct head {
    uint32_t kind, len;
    uint64_t times;
};

bool differences_init(struct differences *d, size_t ntables, struct err *e) {
    *d = (struct differences){.ntables = ntables, .tables = calloc(ntables + 1, sizeof *d->tables)};
    pthread_mutex_init(&d->lock, NULL);
    return d->tables != NULL || err_set(e, ERR_MEMORY, "no memory for %zu tables", ntables);
}

void differences_clear(struct differences *d) {
    for (size_t i = 0; d->tables != NULL && i < d->ntables; i++) {
        if (d->tables[i].keys != NULL) {
            fclose(d->tables[i].keys);
        }
    }
    free(d->tables);
    pthread_mutex_destroy(&d->lock);
}

static bool cannot(struct err *e, const char *what) {
    return err_errno(e, ERR_SYSTEM, "the temporary file of differing keys cannot be %s", what);
}

static bool write_one(struct table_differences *t, const struct head *h, const uint8_t *key, struct err *e) {
    if (t->keys == NULL && (t->keys = tmpfile()) == NULL) {
        return cannot(e, "made");
    }
    bool ok = fwrite(h, sizeof *h, 1, t->keys) == 1 && (h->len == 0 || fwrite(key, h->len, 1, t->keys) == 1);
    return ok || cannot(e, "written");
}

bool differences_add(struct differences *d, size_t table, enum row_difference kind, const uint8_t *key, size_t len,
                     uint64_t times, struct err *e) {
    struct table_differences *t = &d->tables[table];
    struct head h = {.kind = (uint32_t)kind, .len = (uint32_t)len, .times = times};
    pthread_mutex_lock(&d->lock);
    t->missing += kind == ROW_MISSING ? times : 0;
    t->extra += kind == ROW_EXTRA ? times : 0;
    t->changed += kind == ROW_CHANGED ? times : 0;
    bool ok = write_one(t, &h, key, e);
    pthread_mutex_unlock(&d->lock);
    return ok;
}

bool differences_rewind(struct table_differences *t, struct err *e) {
    return t->keys == NULL || (fflush(t->keys) == 0 && fseek(t->keys, 0, SEEK_SET) == 0) || cannot(e, "read");
}

bool differences_next(struct table_differences *t, struct arena *a, struct difference *out, size_t max, size_t *n,
                      struct err *e) {
    for (*n = 0; t->keys != NULL && *n < max; (*n)++) {
        struct head h;
        if (fread(&h, sizeof h, 1, t->keys) != 1) {
            return feof(t->keys) || cannot(e, "read");
        }
        struct difference *d = &out[*n];
        *d = (struct difference){.kind = (enum row_difference)h.kind, .times = h.times, .len = h.len};
        d->key = arena_alloc(a, h.len + 1);
        if (h.len > 0 && fread(d->key, h.len, 1, t->keys) != 1) {
            return cannot(e, "read");
        }
    }
    return true;
}
