/* See rate.h. */
#include "base/rate.h"

#include "base/clock.h"

enum { SLICE_MS = 100 };

void rate_init(struct rate *r, uint64_t bytes_per_s) {
    *r = (struct rate){.bytes_per_s = bytes_per_s};
    pthread_mutex_init(&r->lock, NULL);
}

void rate_clear(struct rate *r) {
    pthread_mutex_destroy(&r->lock);
}

void rate_take(struct rate *r, uint64_t bytes, atomic_bool *stop) {
    if (r->bytes_per_s == 0) {
        return;
    }
    int64_t now_us = clock_mono_us();
    pthread_mutex_lock(&r->lock);
    if (r->free_at_us < now_us) {
        r->free_at_us = now_us;
    }
    r->free_at_us += (int64_t)((double)bytes * 1e6 / (double)r->bytes_per_s);
    int64_t until_us = r->free_at_us;
    pthread_mutex_unlock(&r->lock);
    for (int64_t left_ms; !atomic_load(stop) && (left_ms = (until_us - clock_mono_us()) / 1000) > 0;) {
        clock_sleep_ms(left_ms < SLICE_MS ? left_ms : SLICE_MS);
    }
}
