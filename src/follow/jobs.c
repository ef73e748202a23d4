/* See jobs.h. */
#include "follow/jobs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "follow/losses.h"

void jobs_init(struct jobs *j, const struct jobs_options *o, const struct mark *begin) {
    *j = (struct jobs){.o = *o};
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->ready, NULL);
    pthread_cond_init(&j->room, NULL);
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&j->moved, &clock);
    pthread_condattr_destroy(&clock);
    depend_init(&j->depend);
    j->queue_end = &j->queue;
    j->mark = *begin;
    j->mark.losses = begin->losses != NULL ? json_deep_copy(begin->losses) : json_object();
    j->losses_taken = json_deep_copy(j->mark.losses);
}

static void place_copy(struct arena *a, struct stream_place *p) {
    p->at.server = arena_strdup(a, p->at.server);
    p->at.gtid = arena_strdup(a, p->at.gtid);
    p->at.file = arena_strdup(a, p->at.file);
}

struct flight *flight_new(void) {
    struct flight *f = calloc(1, sizeof *f);
    if (f == NULL) {
        BUG("no memory for a flight");
    }
    return f;
}

void flight_free(struct flight *f) {
    json_decref(f->losses);
    json_decref(f->losses_so_far);
    batch_clear(&f->batch);
    arena_clear(&f->arena);
    free(f);
}

static void forget_jobs(struct jobs *j, struct flight *f) {
    for (uint32_t i = 0; f->jobs != NULL && i < f->parts; i++) {
        if (f->jobs[i].entered.entries != NULL) {
            depend_leave(&j->depend, &f->jobs[i].entered);
        }
    }
}

void jobs_clear(struct jobs *j) {
    for (struct flight *f = j->oldest, *next; f != NULL; f = next) {
        next = f->next;
        forget_jobs(j, f);
        flight_free(f);
    }
    depend_clear(&j->depend);
    json_decref(j->mark.losses);
    json_decref(j->losses_taken);
    arena_clear(&j->mark_arena);
    pthread_cond_destroy(&j->ready);
    pthread_cond_destroy(&j->room);
    pthread_cond_destroy(&j->moved);
    pthread_mutex_destroy(&j->lock);
}

/* ---- in ---- */

/* Under the lock. */
static void enqueue(struct jobs *j, struct job *job) {
    job->next = NULL;
    *j->queue_end = job;
    j->queue_end = &job->next;
    j->queued++;
    pthread_cond_signal(&j->ready);
}

static void wait_for(void *arg, void *earlier) {
    struct job *job = arg, *other = earlier;
    if (other->last_asked == job) {
        return;
    }
    other->last_asked = job;
    other->followers = arena_grow(&other->flight->arena, other->followers, other->nfollowers, &other->followers_cap,
                                  sizeof *other->followers); /* NOLINT(bugprone-sizeof-expression): of pointers */
    other->followers[other->nfollowers++] = job;
    job->waits++;
}

/* "1000+200/4 150/4": batches from change 1000 on, of 200 changes in 4 parts, .. */
static char *cuts_of(const struct jobs *j, struct flight *f) {
    char *text = NULL;
    for (const struct flight *x = j->oldest; x != NULL; x = x->next) {
        text = text == NULL
                   ? arena_printf(&f->arena, "%" PRIu64 "+%" PRIu64 "/%" PRIu32, x->first, x->changes, x->parts)
                   : arena_printf(&f->arena, "%s %" PRIu64 "/%" PRIu32, text, x->changes, x->parts);
    }
    return text;
}

static void flight_is_in(struct jobs *j, struct flight *f);

static void enter(struct jobs *j, struct flight *f, const bool *done) {
    if (j->newest == NULL) {
        j->oldest = f;
    } else {
        j->newest->next = f;
    }
    j->newest = f;
    j->nflights++;
    f->memory = batch_bytes(&f->batch);
    for (uint32_t i = 0; i < f->parts; i++) {
        f->memory += f->batch.parts[i].ntouched * DEPEND_ENTRY_BYTES;
    }
    j->memory += f->memory;
    f->cuts = j->o.in_order ? NULL : cuts_of(j, f);
    f->jobs = arena_array(&f->arena, struct job, f->parts);
    if (f->losses != NULL) {
        losses_add(j->losses_taken, f->losses);
    }
    f->losses_so_far = j->o.in_order || f->statement != NULL ? json_deep_copy(j->losses_taken) : NULL;
    f->left = 1; /* so that it is not in before all its jobs are here */
    for (uint32_t i = 0; i < f->parts; i++) {
        struct job *job = &f->jobs[i];
        *job = (struct job){.flight = f, .part = i};
        /* In order even a flight that changes nothing has its turn: it may end a transaction. */
        bool empty = f->batch.parts[i].n == 0 && f->statement == NULL && !j->o.in_order;
        if ((done != NULL && done[i]) || empty) {
            continue;
        }
        f->left++;
        j->total++;
        if (!j->o.in_order) {
            depend_enter(&j->depend, &job->entered, job, &f->batch.parts[i], wait_for, job);
        }
        if (job->waits == 0) {
            enqueue(j, job);
        } else {
            j->waited++;
            j->waiting++;
        }
    }
    flight_is_in(j, f);
}

bool jobs_submit(struct jobs *j, struct flight *f, const bool *done) {
    pthread_mutex_lock(&j->lock);
    while (!j->failed && j->oldest != NULL && (j->memory >= j->o.memory_bytes || j->nflights >= j->o.flights)) {
        pthread_cond_wait(&j->room, &j->lock);
    }
    bool ok = !j->failed && !j->closed;
    if (ok) {
        enter(j, f, done);
    }
    pthread_mutex_unlock(&j->lock);
    return ok;
}

void jobs_close(struct jobs *j) {
    pthread_mutex_lock(&j->lock);
    j->closed = true;
    pthread_cond_broadcast(&j->ready);
    pthread_cond_broadcast(&j->moved);
    pthread_mutex_unlock(&j->lock);
}

/* ---- out ---- */

/* Under the lock. */
static bool anything_left(const struct jobs *j) {
    for (const struct flight *f = j->oldest; f != NULL; f = f->next) {
        if (f->left > 0) {
            return true;
        }
    }
    return false;
}

struct job *jobs_take(struct jobs *j) {
    pthread_mutex_lock(&j->lock);
    j->idle++;
    while (!j->failed && j->queue == NULL && !(j->closed && !anything_left(j))) {
        pthread_cond_wait(&j->ready, &j->lock);
    }
    j->idle--;
    struct job *job = j->failed ? NULL : j->queue;
    if (job != NULL) {
        j->queue = job->next;
        j->queue_end = j->queue == NULL ? &j->queue : j->queue_end;
        j->queued--;
        j->running++;
    }
    pthread_mutex_unlock(&j->lock);
    return job;
}

/* Move the mark over all that is in without a gap; never into a transaction that goes on. */
static void move_mark(struct jobs *j) {
    struct flight *upto = NULL;
    for (struct flight *f = j->oldest; f != NULL && f->left == 0; f = f->next) {
        upto = f->marked || f->goes_on ? upto : f;
    }
    if (upto == NULL) {
        return;
    }
    for (struct flight *f = j->oldest; f != upto->next; f = f->next) {
        if (!f->marked) {
            f->marked = true;
            j->mark.changes += f->changes;
            j->mark.rows += f->rows;
            j->mark.bytes += f->bytes;
            j->mark.transactions += f->transactions;
            if (f->losses != NULL) {
                losses_add(j->mark.losses, f->losses);
            }
        }
    }
    j->mark.change = upto->first + upto->changes;
    j->mark.place = upto->end;
    arena_reset(&j->mark_arena);
    place_copy(&j->mark_arena, &j->mark.place);
    j->moves++;
    pthread_cond_broadcast(&j->moved);
}

/* One part fewer. Under the lock. */
static void flight_is_in(struct jobs *j, struct flight *f) {
    if (--f->left > 0) {
        return;
    }
    batch_clear(&f->batch);
    j->memory -= f->memory;
    f->memory = 0;
    move_mark(j);
    pthread_cond_broadcast(&j->room);
    if (j->closed) {
        pthread_cond_broadcast(&j->ready);
    }
}

void jobs_done(struct jobs *j, struct job *job) {
    pthread_mutex_lock(&j->lock);
    j->running--;
    if (job->entered.entries != NULL) {
        depend_leave(&j->depend, &job->entered);
    }
    for (size_t i = 0; i < job->nfollowers; i++) {
        if (--job->followers[i]->waits == 0) {
            j->waiting--;
            enqueue(j, job->followers[i]);
        }
    }
    flight_is_in(j, job->flight);
    pthread_mutex_unlock(&j->lock);
}

void jobs_fail(struct jobs *j, const struct err *e) {
    pthread_mutex_lock(&j->lock);
    if (!j->failed) {
        j->failed = true;
        err_copy(&j->error, e);
    }
    pthread_cond_broadcast(&j->ready);
    pthread_cond_broadcast(&j->room);
    pthread_cond_broadcast(&j->moved);
    pthread_mutex_unlock(&j->lock);
}

void jobs_work(struct jobs *j, bool (*run)(void *arg, const struct job *job, struct err *e), void *arg) {
    struct job *job;
    while ((job = jobs_take(j)) != NULL) {
        struct err e = ERR_INIT;
        if (!run(arg, job, &e)) {
            jobs_fail(j, &e);
            break;
        }
        jobs_done(j, job);
    }
}

bool jobs_failed(struct jobs *j, struct err *e) {
    pthread_mutex_lock(&j->lock);
    bool failed = j->failed;
    if (failed && e != NULL) {
        err_copy(e, &j->error);
    }
    pthread_mutex_unlock(&j->lock);
    return failed;
}

unsigned jobs_idle(struct jobs *j, bool *nothing_left) {
    pthread_mutex_lock(&j->lock);
    unsigned taken = j->queued + j->waiting;
    unsigned idle = j->idle > taken ? j->idle - taken : 0;
    *nothing_left = !anything_left(j);
    pthread_mutex_unlock(&j->lock);
    return idle;
}

/* ---- the mark ---- */

static struct timespec in_ms(int64_t ms) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

void jobs_mark(struct jobs *j, struct arena *a, uint64_t behind, int64_t wait_ms, struct mark *out) {
    struct timespec until = in_ms(wait_ms);
    pthread_mutex_lock(&j->lock);
    while (wait_ms > 0 && !j->failed && j->moves == behind &&
           pthread_cond_timedwait(&j->moved, &j->lock, &until) == 0) {
    }
    *out = j->mark;
    out->moves = j->moves;
    out->losses = json_deep_copy(j->mark.losses); /* JSON is never held by two threads */
    place_copy(a, &out->place);
    pthread_mutex_unlock(&j->lock);
}

void jobs_recorded(struct jobs *j, uint64_t change) {
    pthread_mutex_lock(&j->lock);
    while (j->oldest != NULL && j->oldest->marked && j->oldest->first + j->oldest->changes <= change) {
        struct flight *f = j->oldest;
        j->oldest = f->next;
        j->newest = j->oldest == NULL ? NULL : j->newest;
        j->nflights--;
        flight_free(f);
    }
    pthread_cond_broadcast(&j->room);
    pthread_mutex_unlock(&j->lock);
}

bool jobs_drain(struct jobs *j) {
    pthread_mutex_lock(&j->lock);
    while (!j->failed && anything_left(j)) {
        pthread_cond_wait(&j->room, &j->lock);
    }
    bool ok = !j->failed;
    pthread_mutex_unlock(&j->lock);
    return ok;
}

void jobs_figures(struct jobs *j, struct jobs_figures *out) {
    pthread_mutex_lock(&j->lock);
    *out = (struct jobs_figures){.queued = j->queued,
                                 .running = j->running,
                                 .flights = j->nflights,
                                 .memory_bytes = j->memory,
                                 .jobs = j->total,
                                 .waited = j->waited};
    pthread_mutex_unlock(&j->lock);
}
