/* A limit of bytes a second that several threads keep together. */
#ifndef BASE_RATE_H
#define BASE_RATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct rate {
    pthread_mutex_t lock;
    uint64_t bytes_per_s; /* 0: no limit */
    int64_t free_at_us;   /* when the bytes granted so far will have been used up */
};

void rate_init(struct rate *r, uint64_t bytes_per_s);
void rate_clear(struct rate *r);

/* Wait as long as the limit asks after `bytes` more, or until *stop. Any thread. */
void rate_take(struct rate *r, uint64_t bytes, atomic_bool *stop);

#endif
