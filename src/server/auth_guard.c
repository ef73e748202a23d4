/* See auth_guard.h. */
#include "server/auth_guard.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/auth.h"

enum { ENTRIES = 4096, FREE_TRIES = 5, FIRST_WAIT_MS = 1000, LONGEST_WAIT_MS = 300000, FORGET_MS = 900000 };

struct entry {
    char key[100];
    unsigned wrong;
    int64_t last_ms;
};

struct auth_guard {
    pthread_mutex_t lock;
    struct entry entries[ENTRIES];
};

struct auth_guard *auth_guard_new(void) {
    struct auth_guard *g = calloc(1, sizeof *g);
    if (g != NULL) {
        pthread_mutex_init(&g->lock, NULL);
    }
    return g;
}

void auth_guard_free(struct auth_guard *g) {
    if (g != NULL) {
        pthread_mutex_destroy(&g->lock);
        free(g);
    }
}

/* A long name counts as what it begins with: names are no longer than that. */
static struct entry *find(struct auth_guard *g, const char *kind, const char *who, bool make) {
    char key[sizeof g->entries[0].key];
    struct entry *oldest = &g->entries[0];
    snprintf(key, sizeof key, "%s %.80s", kind, who);
    for (size_t i = 0; i < ENTRIES; i++) {
        struct entry *x = &g->entries[i];
        if (str_eq(x->key, key)) {
            return x;
        }
        oldest = x->last_ms < oldest->last_ms ? x : oldest;
    }
    if (!make) {
        return NULL;
    }
    *oldest = (struct entry){.wrong = 0};
    memcpy(oldest->key, key, sizeof key);
    return oldest;
}

/* The first few are free: people mistype. Then 1, 2, 4 .. seconds. */
static int64_t wait_after(unsigned wrong) {
    if (wrong < FREE_TRIES) {
        return 0;
    }
    unsigned doublings = wrong - FREE_TRIES;
    return doublings > 8 ? LONGEST_WAIT_MS : (int64_t)FIRST_WAIT_MS << doublings;
}

int64_t auth_guard_wait(struct auth_guard *g, const char *kind, const char *who, int64_t now_ms) {
    pthread_mutex_lock(&g->lock);
    const struct entry *x = find(g, kind, who, false);
    int64_t left = 0;
    if (x != NULL && now_ms - x->last_ms < FORGET_MS) {
        left = x->last_ms + wait_after(x->wrong) - now_ms;
    }
    pthread_mutex_unlock(&g->lock);
    return left > 0 ? left : 0;
}

void auth_guard_wrong(struct auth_guard *g, const char *kind, const char *who, int64_t now_ms) {
    pthread_mutex_lock(&g->lock);
    struct entry *x = find(g, kind, who, true);
    if (now_ms - x->last_ms >= FORGET_MS) {
        x->wrong = 0;
    }
    x->wrong++;
    x->last_ms = now_ms;
    pthread_mutex_unlock(&g->lock);
}

void auth_guard_right(struct auth_guard *g, const char *kind, const char *who) {
    pthread_mutex_lock(&g->lock);
    struct entry *x = find(g, kind, who, false);
    if (x != NULL) {
        *x = (struct entry){.wrong = 0};
    }
    pthread_mutex_unlock(&g->lock);
}
