/* See feed.h. One lock: a change is numbered, kept and told under it, so that all hear the same order. */
#include "server/feed.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/str.h"

/* A seq is below 2^53, which is what JavaScript's numbers hold, and has 16 digits from the first on. */
enum { BUCKETS = 4096, EPOCH_LEAST = 116416, EPOCHS = (1 << 20) - EPOCH_LEAST - 1, COUNT_BITS = 33, SEQ_DIGITS = 16 };

struct topic {
    struct topic *next; /* in its bucket */
    uint64_t hash;
    struct feed_ear **ears;
    size_t n, cap;
    char name[FEED_TOPIC_BYTES];
};

struct feed_ear {
    struct feed_ear *next, *before; /* of those that hear all */
    bool hears_all;
    feed_listener *fn;
    void *arg;
    struct topic **topics;
    size_t n, cap;
};

/* A change that is kept. */
struct kept {
    uint64_t seq, topic_hash, key;
    size_t len;
    const char *topic; /* inside text, behind the JSON's NUL */
    char text[];
};

struct feed {
    pthread_mutex_t lock;
    uint64_t seq, told;
    struct topic *buckets[BUCKETS];
    struct feed_ear *all;
    size_t ears;
    struct kept *ring[FEED_KEPT];
    size_t first, n, bytes;
};

/* ---- topics ---- */

static uint64_t hash_on(uint64_t h, const void *bytes, size_t len) {
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len; i++) {
        h = (h ^ p[i]) * 0x100000001b3U; /* FNV-1a */
    }
    return h;
}

static uint64_t hash_text(uint64_t h, const char *text) {
    return hash_on(h, text, strlen(text) + 1);
}

#define HASH_BEGIN 0xcbf29ce484222325U

static struct topic **place_of(struct feed *f, const char *name, uint64_t hash) {
    struct topic **at = &f->buckets[hash % BUCKETS];
    while (*at != NULL && ((*at)->hash != hash || strcmp((*at)->name, name) != 0)) {
        at = &(*at)->next;
    }
    return at;
}

static struct topic *topic_made(struct feed *f, const char *name) {
    uint64_t hash = hash_text(HASH_BEGIN, name);
    struct topic **at = place_of(f, name, hash);
    if (*at == NULL) {
        *at = calloc(1, sizeof **at);
        if (*at != NULL) {
            (*at)->hash = hash;
            snprintf((*at)->name, sizeof(*at)->name, "%s", name);
        }
    }
    return *at;
}

/* When nobody hears it any more. */
static void topic_forget(struct feed *f, struct topic *t) {
    if (t->n == 0) {
        *place_of(f, t->name, t->hash) = t->next;
        free(t->ears);
        free(t);
    }
}

static bool more_room(void *items, size_t n, size_t *cap) {
    if (n < *cap) {
        return true;
    }
    size_t more = *cap == 0 ? 4 : *cap * 2;
    void **grown = realloc(*(void ***)items, more * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    *(void ***)items = grown;
    *cap = more;
    return true;
}

static bool hears(const struct feed_ear *ear, const struct topic *t) {
    for (size_t i = 0; i < t->n; i++) {
        if (t->ears[i] == ear) {
            return true;
        }
    }
    return false;
}

static bool join(struct feed_ear *ear, struct topic *t) {
    if (!more_room(&ear->topics, ear->n, &ear->cap) || !more_room(&t->ears, t->n, &t->cap)) {
        return false;
    }
    ear->topics[ear->n++] = t;
    t->ears[t->n++] = ear;
    return true;
}

/* The i-th topic of the ear. */
static void leave(struct feed *f, struct feed_ear *ear, size_t i) {
    struct topic *t = ear->topics[i];
    ear->topics[i] = ear->topics[--ear->n];
    for (size_t k = 0; k < t->n; k++) {
        if (t->ears[k] == ear) {
            t->ears[k] = t->ears[--t->n];
            break;
        }
    }
    topic_forget(f, t);
}

/* ---- life ---- */

struct feed *feed_new(void) {
    struct feed *f = calloc(1, sizeof *f);
    uint64_t epoch = 0;
    if (f == NULL) {
        return NULL;
    }
    if (getrandom(&epoch, sizeof epoch, 0) != (ssize_t)sizeof epoch) {
        epoch = (uint64_t)clock_utc_us();
    }
    f->seq = (EPOCH_LEAST + epoch % EPOCHS) << COUNT_BITS;
    pthread_mutex_init(&f->lock, NULL);
    return f;
}

static void drop_oldest(struct feed *f) {
    struct kept *k = f->ring[f->first];
    f->bytes -= k->len;
    f->first = (f->first + 1) % FEED_KEPT;
    f->n--;
    free(k);
}

void feed_free(struct feed *f) {
    if (f == NULL) {
        return;
    }
    while (f->n > 0) {
        drop_oldest(f);
    }
    pthread_mutex_destroy(&f->lock);
    free(f);
}

/* ---- telling ---- */

/* Of topic, kind, id and the change's other texts; 0: it has no id, or it has a list. */
static uint64_t key_of(const char *topic, json_t *change) {
    const json_t *kind = json_object_get(change, "kind"), *id = json_object_get(change, "id");
    uint64_t h = hash_text(HASH_BEGIN, topic);
    const char *name;
    json_t *value;
    if (!json_is_string(kind) || (!json_is_integer(id) && !json_is_string(id))) {
        return 0;
    }
    if (json_is_integer(id)) {
        json_int_t n = json_integer_value(id);
        h = hash_on(h, &n, sizeof n);
    }
    json_object_foreach(change, name, value) {
        if (json_is_array(value)) {
            return 0;
        }
        if (json_is_string(value)) {
            h += hash_text(hash_text(HASH_BEGIN, name), json_string_value(value)); /* in any order */
        }
    }
    return h != 0 ? h : 1;
}

#define HEAD "{\"seq\":"

static struct kept *kept_of(const char *topic, json_t *change) {
    char *json = json_dumps(change, JSON_COMPACT | JSON_REAL_PRECISION(15));
    if (json == NULL) {
        return NULL;
    }
    size_t topic_bytes = strlen(topic) + 1, len = sizeof HEAD + SEQ_DIGITS + topic_bytes + strlen(json) + 64;
    struct kept *k = malloc(sizeof *k + len + topic_bytes);
    if (k != NULL) {
        *k = (struct kept){.topic_hash = hash_text(HASH_BEGIN, topic), .key = key_of(topic, change)};
        k->len =
            (size_t)snprintf(k->text, len, HEAD "%0*d,\"topic\":\"%s\",\"change\":%s}", SEQ_DIGITS, 0, topic, json);
        memcpy(k->text + k->len + 1, topic, topic_bytes);
        k->topic = k->text + k->len + 1;
    }
    free(json);
    return k;
}

/* Into the place that kept_of has left; the lock is held. */
static void number(struct feed *f, struct kept *k) {
    char digits[24];
    k->seq = ++f->seq;
    f->told++;
    snprintf(digits, sizeof digits, "%" PRIu64, k->seq);
    memcpy(k->text + strlen(HEAD), digits, SEQ_DIGITS);
}

static void tell_ear(const struct feed_ear *ear, const struct kept *k) {
    struct feed_change c = {.seq = k->seq, .topic = k->topic, .text = k->text, .len = k->len, .key = k->key};
    ear->fn(ear->arg, &c);
}

static void keep(struct feed *f, struct kept *k) {
    while (f->n == FEED_KEPT || (f->n > 0 && f->bytes + k->len > FEED_KEPT_BYTES)) {
        drop_oldest(f);
    }
    f->ring[(f->first + f->n++) % FEED_KEPT] = k;
    f->bytes += k->len;
}

void feed_tell(struct feed *f, const char *topic, json_t *change) {
    if (topic[strcspn(topic, "\"\\")] != '\0') {
        BUG("no name of a topic: %s", topic);
    }
    struct kept *k = f != NULL && change != NULL ? kept_of(topic, change) : NULL;
    json_decref(change);
    if (k == NULL) {
        return;
    }
    pthread_mutex_lock(&f->lock);
    number(f, k);
    keep(f, k);
    const struct topic *t = *place_of(f, topic, k->topic_hash);
    for (size_t i = 0; t != NULL && i < t->n; i++) {
        tell_ear(t->ears[i], k);
    }
    for (const struct feed_ear *ear = f->all; ear != NULL; ear = ear->next) {
        tell_ear(ear, k);
    }
    pthread_mutex_unlock(&f->lock);
}

void feed_tell_of(struct feed *f, const char *kind, int64_t id, json_t *change) {
    char topic[FEED_TOPIC_BYTES];
    snprintf(topic, sizeof topic, "%s %" PRId64, kind, id);
    feed_tell(f, topic, change);
}

/* ---- listening ---- */

struct feed_ear *feed_ear_new(struct feed *f, feed_listener *fn, void *arg) {
    struct feed_ear *ear = calloc(1, sizeof *ear);
    if (ear != NULL) {
        ear->fn = fn;
        ear->arg = arg;
        pthread_mutex_lock(&f->lock);
        f->ears++;
        pthread_mutex_unlock(&f->lock);
    }
    return ear;
}

struct feed_ear *feed_listen(struct feed *f, feed_listener *fn, void *arg) {
    struct feed_ear *ear = feed_ear_new(f, fn, arg);
    if (ear != NULL) {
        pthread_mutex_lock(&f->lock);
        ear->hears_all = true;
        ear->next = f->all;
        if (ear->next != NULL) {
            ear->next->before = ear;
        }
        f->all = ear;
        pthread_mutex_unlock(&f->lock);
    }
    return ear;
}

void feed_ear_free(struct feed *f, struct feed_ear *ear) {
    if (ear == NULL) {
        return;
    }
    pthread_mutex_lock(&f->lock);
    f->ears--;
    while (ear->n > 0) {
        leave(f, ear, ear->n - 1);
    }
    if (ear->hears_all) {
        *(ear->before != NULL ? &ear->before->next : &f->all) = ear->next;
        if (ear->next != NULL) {
            ear->next->before = ear->before;
        }
    }
    pthread_mutex_unlock(&f->lock);
    free(ear->topics);
    free(ear);
}

/* Is everything behind it still known? */
static bool knows(const struct feed *f, uint64_t after) {
    return after >= f->seq - f->n && after <= f->seq;
}

/* What the topics from the ear's `from`-th on have had. */
static void tell_again(const struct feed *f, const struct feed_ear *ear, size_t from, uint64_t after) {
    for (size_t i = (size_t)(after - (f->seq - f->n)); i < f->n; i++) {
        const struct kept *k = f->ring[(f->first + i) % FEED_KEPT];
        for (size_t t = from; t < ear->n; t++) {
            if (ear->topics[t]->hash == k->topic_hash && strcmp(ear->topics[t]->name, k->topic) == 0) {
                tell_ear(ear, k);
                break;
            }
        }
    }
}

static bool add_topics(struct feed *f, struct feed_ear *ear, const char *const *topics, size_t n, struct err *e) {
    for (size_t i = 0; i < n; i++) {
        if (strlen(topics[i]) >= FEED_TOPIC_BYTES) {
            return err_set(e, ERR_LIMIT, "the name of a topic has at most %d bytes", (int)FEED_TOPIC_BYTES - 1);
        }
        struct topic *t = topic_made(f, topics[i]);
        if (t == NULL) {
            return err_set(e, ERR_MEMORY, "no memory for a topic");
        }
        if (hears(ear, t)) {
            continue;
        }
        if (ear->n == FEED_TOPICS_MAX || !join(ear, t)) {
            topic_forget(f, t);
            return err_set(e, ERR_LIMIT, "a connection listens to at most %d topics", (int)FEED_TOPICS_MAX);
        }
    }
    return true;
}

bool feed_hear(struct feed *f, struct feed_ear *ear, const char *const *topics, size_t n, uint64_t after,
               feed_start *start, struct err *e) {
    pthread_mutex_lock(&f->lock);
    size_t had = ear->n;
    bool ok = add_topics(f, ear, topics, n, e);
    while (!ok && ear->n > had) {
        leave(f, ear, ear->n - 1);
    }
    if (ok) {
        bool resync = after != 0 && !knows(f, after);
        if (start != NULL) {
            start(ear->arg, f->seq, resync);
        }
        if (after != 0 && !resync) {
            tell_again(f, ear, had, after);
        }
    }
    pthread_mutex_unlock(&f->lock);
    return ok;
}

void feed_unhear(struct feed *f, struct feed_ear *ear, const char *const *topics, size_t n) {
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < ear->n; k++) {
            if (str_eq(ear->topics[k]->name, topics[i])) {
                leave(f, ear, k);
                break;
            }
        }
    }
    pthread_mutex_unlock(&f->lock);
}

struct feed_state feed_state(struct feed *f) {
    pthread_mutex_lock(&f->lock);
    struct feed_state s = {.seq = f->seq, .told = f->told, .kept = f->n, .kept_bytes = f->bytes, .ears = f->ears};
    pthread_mutex_unlock(&f->lock);
    return s;
}
