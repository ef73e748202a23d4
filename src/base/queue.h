/* A bounded queue of pointers between threads: push waits while it is full, pop while it is empty.
 * The queue owns nothing; what is pushed belongs to whoever pops it. Any thread. */
#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t can_push, can_pop;
    void **items;
    size_t cap, len, head;
    bool closed;
};

void queue_init(struct queue *q, size_t cap);
void queue_clear(struct queue *q); /* nobody may be waiting */

bool queue_push(struct queue *q, void *item); /* false once closed: the item is still the caller's */
bool queue_pop(struct queue *q, void **item); /* false once closed and empty */
void queue_close(struct queue *q);            /* wakes everybody; what is inside can still be popped */

#endif
