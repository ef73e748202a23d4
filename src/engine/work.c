/* The pool of work. See work.h. */
#include "engine/work.h"

#include <stdlib.h>
#include <string.h>

struct pending_chunk {
    struct pending_chunk *next;
    struct chunk chunk;
};

struct key_step {
    const struct ddl_statement *statement;
    bool taken, done;
};

struct work_table {
    uint64_t bytes_left; /* planned and unplanned, not yet loaded */
    struct pending_chunk *first, *last;
    unsigned active;  /* workers loading it */
    size_t in_flight; /* chunks taken and not done */
    bool plan_taken, planned;
    const struct chunk *plan_after;
    bool moved_left, moved_taken;
    bool loaded_told, built_told;
    struct key_step *keys;
    size_t nkeys, keys_cap, keys_done;
};

void work_init(struct work *w, size_t ntables, unsigned workers) {
    *w = (struct work){.ntables = ntables, .workers = workers, .readers = workers};
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    w->tables = arena_array(&w->arena, struct work_table, ntables);
}

void work_clear(struct work *w) {
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->changed);
    arena_clear(&w->arena);
}

void work_set_size(struct work *w, size_t table, uint64_t bytes) {
    w->tables[table].bytes_left = bytes;
}

static struct chunk *copy_chunk(struct work *w, struct chunk *to, const struct chunk *from) {
    *to = *from;
    char **const both[] = {from->lower, from->upper};
    char **copies[] = {NULL, NULL};
    for (size_t side = 0; side < 2; side++) {
        if (both[side] != NULL) {
            copies[side] = arena_array(&w->arena, char *, from->nbounds);
            for (size_t i = 0; i < from->nbounds; i++) {
                copies[side][i] = arena_strdup(&w->arena, both[side][i]);
            }
        }
    }
    to->lower = copies[0];
    to->upper = copies[1];
    to->partition = arena_strdup(&w->arena, from->partition);
    return to;
}

void work_set_planned(struct work *w, size_t table) {
    w->tables[table].plan_taken = w->tables[table].planned = true;
}

void work_set_plan_after(struct work *w, size_t table, const struct chunk *last) {
    w->tables[table].plan_after = copy_chunk(w, arena_new(&w->arena, struct chunk), last);
}

void work_set_moved(struct work *w, size_t table) {
    w->tables[table].moved_left = true;
}

void work_add_key(struct work *w, size_t table, const struct ddl_statement *s) {
    struct work_table *t = &w->tables[table];
    t->keys = arena_grow(&w->arena, t->keys, t->nkeys, &t->keys_cap, sizeof *t->keys);
    t->keys[t->nkeys++] = (struct key_step){.statement = s};
}

void work_add_chunk(struct work *w, const struct chunk *c) {
    pthread_mutex_lock(&w->lock);
    struct work_table *t = &w->tables[c->table];
    struct pending_chunk *p = arena_new(&w->arena, struct pending_chunk);
    copy_chunk(w, &p->chunk, c);
    if (t->last == NULL) {
        t->first = p;
    } else {
        t->last->next = p;
    }
    t->last = p;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

void work_plan_done(struct work *w, size_t table) {
    pthread_mutex_lock(&w->lock);
    w->tables[table].planned = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

static bool chunks_loaded(const struct work_table *t) {
    return t->planned && t->first == NULL && t->in_flight == 0;
}

static bool table_loaded(const struct work_table *t) {
    return chunks_loaded(t) && !t->moved_left;
}

static bool moved_waits(const struct work_table *t) {
    return chunks_loaded(t) && t->moved_left && !t->moved_taken;
}

/* Is there, or can there still come, data to load? */
static bool data_left(const struct work *w) {
    for (size_t i = 0; i < w->ntables; i++) {
        if (!table_loaded(&w->tables[i])) {
            return true;
        }
    }
    return false;
}

static bool keys_left(const struct work *w) {
    for (size_t i = 0; i < w->ntables; i++) {
        if (w->tables[i].keys_done < w->tables[i].nkeys) {
            return true;
        }
    }
    return false;
}

/* Statements of a table come in stage order; a later stage waits for the earlier one (a foreign key needs its index). */
static bool is_free(const struct work_table *t, size_t key) {
    if (t->keys[key].taken) {
        return false;
    }
    for (size_t i = 0; i < key; i++) {
        if (!t->keys[i].done && t->keys[i].statement->stage < t->keys[key].statement->stage) {
            return false;
        }
    }
    return true;
}

static struct key_step *free_key(struct work_table *t) {
    for (size_t i = 0; i < t->nkeys; i++) {
        if (is_free(t, i)) {
            return &t->keys[i];
        }
    }
    return NULL;
}

/* How many keys could be built now; not counted beyond the number of workers. */
static unsigned keys_waiting(const struct work *w) {
    unsigned n = 0;
    for (size_t i = 0; i < w->ntables; i++) {
        const struct work_table *t = &w->tables[i];
        for (size_t k = 0; k < t->nkeys && table_loaded(t) && n < w->workers; k++) {
            n += is_free(t, k);
        }
    }
    return n;
}

/* Workers without work of their own, shared out among the builds. */
static unsigned helpers_of_build(const struct work *w) {
    unsigned builds = w->building + keys_waiting(w), busy = builds;
    for (size_t i = 0; i < w->ntables; i++) {
        busy += w->tables[i].active;
    }
    return busy < w->workers ? (w->workers - busy + builds - 1) / builds : 0;
}

/* Keys come first as long as some workers go on moving data. */
static bool may_build(const struct work *w) {
    return !data_left(w) || w->building < w->workers / 2;
}

static bool take_key(struct work *w, struct work_item *item) {
    struct key_step *best = NULL;
    uint64_t best_size = 0;
    for (size_t i = 0; i < w->ntables; i++) {
        struct work_table *t = &w->tables[i];
        struct key_step *k = table_loaded(t) ? free_key(t) : NULL;
        /* Long builds first, or the last one runs alone. */
        uint64_t size = k == NULL ? 0 : (uint64_t)k->statement->weight + 1;
        if (k != NULL && (best == NULL || size > best_size)) {
            best = k;
            best_size = size;
            *item = (struct work_item){.kind = WORK_KEY, .table = i, .statement = k->statement};
        }
    }
    if (best != NULL) {
        best->taken = true;
        w->building++;
        item->helpers = helpers_of_build(w);
    }
    return best != NULL;
}

/* The table with the most left to do per worker on it, or NULL. */
static struct work_table *fullest_table(struct work *w) {
    struct work_table *best = NULL;
    uint64_t best_score = 0;
    for (size_t i = 0; i < w->ntables; i++) {
        struct work_table *t = &w->tables[i];
        if (t->first == NULL && t->plan_taken && !moved_waits(t)) {
            continue;
        }
        uint64_t score = t->bytes_left / (t->active + 1) + 1;
        if (best == NULL || score > best_score) {
            best = t;
            best_score = score;
        }
    }
    return best;
}

/* Its next chunk, its plan, or what has changed in it. */
static void take_data(struct work *w, struct work_table *t, struct work_item *item) {
    size_t table = (size_t)(t - w->tables);
    if (!t->plan_taken) {
        t->plan_taken = true;
        *item = (struct work_item){.kind = WORK_PLAN, .table = table, .plan_after = t->plan_after};
    } else if (t->first == NULL) {
        t->moved_taken = true;
        *item = (struct work_item){.kind = WORK_MOVED, .table = table};
    } else {
        *item = (struct work_item){.kind = WORK_CHUNK, .table = table, .chunk = &t->first->chunk};
        t->first = t->first->next;
        if (t->first == NULL) {
            t->last = NULL;
        }
        t->in_flight++;
    }
    t->active++;
}

struct work_item work_next(struct work *w, bool can_read) {
    struct work_item item = {.kind = WORK_NONE};
    pthread_mutex_lock(&w->lock);
    for (;;) {
        if (w->failed) {
            break;
        }
        bool data = data_left(w);
        if ((may_build(w) || !can_read) && take_key(w, &item)) {
            break;
        }
        struct work_table *t = can_read ? fullest_table(w) : NULL;
        if (t != NULL) {
            take_data(w, t, &item);
            break;
        }
        if (!data && !keys_left(w)) {
            break;
        }
        if (data && w->readers == 0) { /* nobody can read what is left: the run reopens its snapshot */
            break;
        }
        pthread_cond_wait(&w->changed, &w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return item;
}

bool work_next_chunk(struct work *w, struct work_item *item) {
    pthread_mutex_lock(&w->lock);
    struct work_table *t = w->failed || (may_build(w) && keys_waiting(w) > 0) ? NULL : fullest_table(w);
    bool has_chunk = t != NULL && t->plan_taken && t->first != NULL; /* nothing else is for taking early */
    if (has_chunk) {
        take_data(w, t, item);
    }
    pthread_mutex_unlock(&w->lock);
    return has_chunk;
}

static struct key_step *key_of(struct work *w, const struct work_item *item) {
    struct work_table *t = &w->tables[item->table];
    for (size_t i = 0; i < t->nkeys; i++) {
        if (t->keys[i].statement == item->statement) {
            return &t->keys[i];
        }
    }
    BUG("a key that was never added");
}

void work_done(struct work *w, const struct work_item *item) {
    pthread_mutex_lock(&w->lock);
    struct work_table *t = &w->tables[item->table];
    if (item->kind == WORK_KEY) {
        key_of(w, item)->done = true;
        t->keys_done++;
        w->building--;
    } else {
        t->active--;
        t->moved_left = t->moved_left && item->kind != WORK_MOVED;
        if (item->kind == WORK_CHUNK) {
            t->in_flight--;
            uint64_t bytes = item->chunk->bytes_estimate;
            t->bytes_left = t->bytes_left > bytes ? t->bytes_left - bytes : 0;
        }
    }
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

void work_give_back(struct work *w, const struct work_item *item) {
    pthread_mutex_lock(&w->lock);
    struct work_table *t = &w->tables[item->table];
    if (item->kind == WORK_KEY) {
        key_of(w, item)->taken = false;
        w->building--;
    } else {
        t->active--;
        if (item->kind == WORK_PLAN) {
            t->plan_taken = false;
        } else if (item->kind == WORK_MOVED) {
            t->moved_taken = false;
        } else {
            struct pending_chunk *p = arena_new(&w->arena, struct pending_chunk);
            p->chunk = *item->chunk;
            p->next = t->first;
            t->first = p;
            if (t->last == NULL) {
                t->last = p;
            }
            t->in_flight--;
        }
    }
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

void work_fail(struct work *w, const struct err *e) {
    pthread_mutex_lock(&w->lock);
    if (!w->failed) {
        w->failed = true;
        err_copy(&w->error, e);
    }
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

bool work_failed(struct work *w) {
    pthread_mutex_lock(&w->lock);
    bool failed = w->failed;
    pthread_mutex_unlock(&w->lock);
    return failed;
}

void work_reader_lost(struct work *w) {
    pthread_mutex_lock(&w->lock);
    w->readers--;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

void work_worker_ends(struct work *w, bool was_reader) {
    pthread_mutex_lock(&w->lock);
    w->workers--;
    if (was_reader) {
        w->readers--;
    }
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

bool work_needs_source(struct work *w) {
    pthread_mutex_lock(&w->lock);
    bool needs = data_left(w);
    pthread_mutex_unlock(&w->lock);
    return needs;
}

bool work_complete(struct work *w) {
    pthread_mutex_lock(&w->lock);
    bool complete = !data_left(w) && !keys_left(w);
    pthread_mutex_unlock(&w->lock);
    return complete;
}

bool work_table_loaded(struct work *w, size_t table) {
    pthread_mutex_lock(&w->lock);
    struct work_table *t = &w->tables[table];
    bool first = table_loaded(t) && !t->loaded_told;
    t->loaded_told = t->loaded_told || first;
    pthread_mutex_unlock(&w->lock);
    return first;
}

bool work_table_built(struct work *w, size_t table) {
    pthread_mutex_lock(&w->lock);
    struct work_table *t = &w->tables[table];
    bool first = table_loaded(t) && t->keys_done == t->nkeys && !t->built_told;
    t->built_told = t->built_told || first;
    pthread_mutex_unlock(&w->lock);
    return first;
}
