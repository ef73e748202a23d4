/* Bounded queue. See queue.h. */
#include "base/queue.h"

#include <stdlib.h>

#include "base/err.h"

void queue_init(struct queue *q, size_t cap) {
    *q = (struct queue){.cap = cap, .items = calloc(cap, sizeof(void *))};
    if (q->items == NULL) {
        BUG("no memory for a queue of %zu", cap);
    }
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->can_push, NULL);
    pthread_cond_init(&q->can_pop, NULL);
}

void queue_clear(struct queue *q) {
    pthread_mutex_destroy(&q->lock);
    pthread_cond_destroy(&q->can_push);
    pthread_cond_destroy(&q->can_pop);
    free(q->items);
    q->items = NULL;
}

bool queue_push(struct queue *q, void *item) {
    pthread_mutex_lock(&q->lock);
    while (q->len == q->cap && !q->closed) {
        pthread_cond_wait(&q->can_push, &q->lock);
    }
    bool open = !q->closed;
    if (open) {
        q->items[(q->head + q->len++) % q->cap] = item;
        pthread_cond_signal(&q->can_pop);
    }
    pthread_mutex_unlock(&q->lock);
    return open;
}

bool queue_pop(struct queue *q, void **item) {
    pthread_mutex_lock(&q->lock);
    while (q->len == 0 && !q->closed) {
        pthread_cond_wait(&q->can_pop, &q->lock);
    }
    bool some = q->len > 0;
    if (some) {
        *item = q->items[q->head];
        q->head = (q->head + 1) % q->cap;
        q->len--;
        pthread_cond_signal(&q->can_push);
    }
    pthread_mutex_unlock(&q->lock);
    return some;
}

void queue_close(struct queue *q) {
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->can_push);
    pthread_cond_broadcast(&q->can_pop);
    pthread_mutex_unlock(&q->lock);
}
