/* See figures.h. */
#include "server/figures.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

enum { SAMPLE_EVERY_MS = 2000, SAMPLES_MAX = 720 };

struct live {
    int64_t task, subtask;
    json_t *progress; /* the last that is not written yet, or NULL */
    bool fresh;       /* not written yet */
    bool objects;     /* count again */
    bool ended;
    int64_t sampled_ms, sample_every_ms;
};

struct figures {
    pthread_mutex_t lock;
    struct live *items;
    size_t n, cap;
};

struct figures *figures_new(void) {
    struct figures *f = calloc(1, sizeof *f);
    if (f != NULL) {
        pthread_mutex_init(&f->lock, NULL);
    }
    return f;
}

void figures_free(struct figures *f) {
    if (f == NULL) {
        return;
    }
    for (size_t i = 0; i < f->n; i++) {
        json_decref(f->items[i].progress);
    }
    free(f->items);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

/* Few are running at a time: a list is enough. NULL: no memory. Under the lock. */
static struct live *find(struct figures *f, int64_t task, int64_t subtask) {
    for (size_t i = 0; i < f->n; i++) {
        if (f->items[i].subtask == subtask) {
            return &f->items[i];
        }
    }
    if (f->n == f->cap) {
        size_t cap = f->cap == 0 ? 16 : f->cap * 2;
        struct live *more = realloc(f->items, cap * sizeof *more);
        if (more == NULL) {
            return NULL;
        }
        f->items = more;
        f->cap = cap;
    }
    f->items[f->n] = (struct live){.task = task, .subtask = subtask, .sample_every_ms = SAMPLE_EVERY_MS};
    return &f->items[f->n++];
}

void figures_progress(struct figures *f, struct feed *feed, int64_t task, int64_t subtask, const json_t *event) {
    /* One for us, one for the feed: what two threads hold at a time they would count at the same time. */
    json_t *kept = json_deep_copy(event), *told = json_deep_copy(event);
    json_object_del(kept, "event");
    json_object_del(told, "event");
    pthread_mutex_lock(&f->lock);
    struct live *x = find(f, task, subtask);
    if (x != NULL) {
        json_decref(x->progress);
        x->progress = kept;
        x->fresh = true;
        x->ended = false;
    } else {
        json_decref(kept);
    }
    pthread_mutex_unlock(&f->lock);
    json_t *change = json_pack("{s:s, s:I, s:I, s:I, s:o}", "kind", "progress", "id", (json_int_t)subtask, "task",
                               (json_int_t)task, "at_ms", (json_int_t)(clock_utc_us() / 1000), "figures", told);
    feed_tell_of(feed, "subtask", subtask, json_incref(change));
    feed_tell_of(feed, "task", task, change);
}

void figures_objects(struct figures *f, int64_t task, int64_t subtask) {
    pthread_mutex_lock(&f->lock);
    struct live *x = find(f, task, subtask);
    if (x != NULL) {
        x->objects = true;
    }
    pthread_mutex_unlock(&f->lock);
}

void figures_end(struct figures *f, int64_t subtask) {
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->n; i++) {
        f->items[i].ended = f->items[i].ended || f->items[i].subtask == subtask;
    }
    pthread_mutex_unlock(&f->lock);
}

/* ---- to the store ---- */

static int64_t whole(const json_t *o, const char *name) {
    return (int64_t)json_number_value(json_object_get(o, name));
}

/* A chart needs no more points than it has pixels: when there are too many every second one goes, and the next ones come half as often. */
static bool thin_out(struct tasks *t, struct live *x, struct err *e) {
    struct store_rows rows;
    if (!store_rows(t->store, t->a, "SELECT at_ms FROM sample WHERE subtask_id = ? ORDER BY at_ms",
                    STORE_VALUES(STORE_I(x->subtask)), &rows, e)) {
        return false;
    }
    if (rows.n < SAMPLES_MAX) {
        return true;
    }
    x->sample_every_ms *= 2;
    for (size_t i = 1; i < rows.n; i += 2) {
        if (!store_run(t->store, "DELETE FROM sample WHERE subtask_id = ? AND at_ms = ?",
                       STORE_VALUES(STORE_I(x->subtask), STORE_I(store_number(&rows, i, 0))), NULL, e)) {
            return false;
        }
    }
    return true;
}

static bool sample(struct tasks *t, struct live *x, struct err *e) {
    const json_t *p = x->progress, *f = json_object_get(p, "follow");
    int64_t lag_ms = (int64_t)(json_number_value(json_object_get(f, "lag_s")) * 1000);
    struct store_value none = STORE_T(NULL);
    return store_run(t->store, "DELETE FROM sample WHERE subtask_id = ? AND at_ms = ?",
                     STORE_VALUES(STORE_I(x->subtask), STORE_I(t->now_ms)), NULL, e) &&
           store_run(
               t->store,
               "INSERT INTO sample (subtask_id, at_ms, phase, row_count, byte_count, rows_per_s, bytes_per_s, lag_ms,"
               " rest_rows, taken_rows_per_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
               STORE_VALUES(STORE_I(x->subtask), STORE_I(t->now_ms),
                            STORE_T(json_string_value(json_object_get(p, "phase"))), STORE_I(whole(p, "rows")),
                            STORE_I(whole(p, "bytes")), STORE_I(whole(p, "rows_per_s")),
                            STORE_I(whole(p, "bytes_per_s")), f != NULL ? STORE_I(lag_ms) : none,
                            f != NULL ? STORE_I(whole(json_object_get(f, "rest"), "rows")) : none,
                            f != NULL ? STORE_I(whole(f, "taken_rows_per_s")) : none),
               NULL, e) &&
           thin_out(t, x, e);
}

/* One that was deleted meanwhile is no error. */
static bool write_live(struct tasks *t, struct live *x, struct err *e) {
    struct store_rows rows;
    if (!store_rows(t->store, t->a, "SELECT id FROM subtask WHERE id = ?", STORE_VALUES(STORE_I(x->subtask)), &rows,
                    e)) {
        return false;
    }
    if (rows.n == 0) {
        x->ended = true;
        return true;
    }
    if (x->fresh && x->progress != NULL) {
        char *text = json_dumps(x->progress, JSON_COMPACT | JSON_REAL_PRECISION(9));
        bool ok = store_run(t->store, "UPDATE subtask SET progress = ? WHERE id = ?",
                            STORE_VALUES(STORE_T(text), STORE_I(x->subtask)), NULL, e);
        free(text);
        if (!ok) {
            return false;
        }
        /* A cut-over has steps, and no speed. */
        bool flows = !str_eq(json_string_value(json_object_get(x->progress, "phase")), "cutover");
        if (flows && t->now_ms - x->sampled_ms >= x->sample_every_ms) {
            x->sampled_ms = t->now_ms;
            if (!sample(t, x, e)) {
                return false;
            }
        }
    }
    return !x->objects || subtask_recount(t, x->subtask, e);
}

/* What is due is taken out of the list and written without the lock: workers report on meanwhile. */
static struct live *take_due(struct figures *f, struct arena *a, size_t *n) {
    *n = 0;
    pthread_mutex_lock(&f->lock);
    struct live *due = arena_array(a, struct live, f->n + 1);
    for (size_t i = 0; i < f->n; i++) {
        struct live *x = &f->items[i];
        if (x->fresh || x->objects || x->ended) {
            due[(*n)++] = *x;
            x->progress = NULL;
            x->fresh = x->objects = false;
        }
    }
    pthread_mutex_unlock(&f->lock);
    return due;
}

static void put_back(struct figures *f, const struct live *due, size_t n) {
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < f->n; k++) {
            struct live *x = &f->items[k];
            if (x->subtask != due[i].subtask) {
                continue;
            }
            x->sampled_ms = due[i].sampled_ms;
            x->sample_every_ms = due[i].sample_every_ms;
            if (due[i].ended && !x->fresh) {
                *x = f->items[--f->n];
            }
            break;
        }
    }
    pthread_mutex_unlock(&f->lock);
    for (size_t i = 0; i < n; i++) {
        json_decref(due[i].progress);
    }
}

/* The percentages of their main tasks have changed with them. */
static bool tell_tasks(struct tasks *t, const struct live *due, size_t n, struct err *e) {
    for (size_t i = 0; i < n; i++) {
        bool said = !due[i].objects;
        for (size_t k = 0; k < i && !said; k++) {
            said = due[k].objects && due[k].task == due[i].task;
        }
        if (!said && !tasks_tell_task(t, due[i].task, e)) {
            return false;
        }
    }
    return true;
}

bool figures_flush(struct figures *f, struct tasks *t, struct err *e) {
    size_t n;
    struct live *due = take_due(f, t->a, &n);
    if (n == 0) {
        return true;
    }
    bool ok = tasks_begin(t, e);
    if (ok) {
        for (size_t i = 0; ok && i < n; i++) {
            ok = write_live(t, &due[i], e);
        }
        ok = ok && tell_tasks(t, due, n, e);
        if (ok) {
            ok = tasks_commit(t, e);
        } else {
            tasks_rollback(t);
        }
    }
    put_back(f, due, n);
    return ok;
}
