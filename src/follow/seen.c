/* See seen.h. */
#include "follow/seen.h"

#include "base/clock.h"

enum { TICK_MS = 10 };

void follow_seen_init(struct follow_seen *s) {
    *s = (struct follow_seen){.looks = 0};
    pthread_mutex_init(&s->lock, NULL);
}

void follow_seen_clear(struct follow_seen *s) {
    pthread_mutex_destroy(&s->lock);
}

void follow_seen_look(struct follow_seen *s, const struct follow_status *now) {
    pthread_mutex_lock(&s->lock);
    s->last = *now;
    s->last.figures.place = (struct stream_place){0}; /* its strings go */
    s->looks++;
    pthread_mutex_unlock(&s->lock);
}

void follow_seen_end(struct follow_seen *s) {
    pthread_mutex_lock(&s->lock);
    s->ended = true;
    pthread_mutex_unlock(&s->lock);
}

struct follow_status follow_seen_last(struct follow_seen *s, unsigned *looks, bool *ended) {
    pthread_mutex_lock(&s->lock);
    struct follow_status last = s->last;
    *looks = s->looks;
    *ended = s->ended;
    pthread_mutex_unlock(&s->lock);
    return last;
}

bool follow_seen_applied(struct follow_seen *s, const atomic_bool *stop, struct err *e) {
    unsigned first, looks;
    bool ended;
    int64_t begun_us = 0, asked_us = 0; /* by the source's clock */
    follow_seen_last(s, &first, &ended);
    for (;; clock_sleep_ms(TICK_MS)) {
        struct follow_status now = follow_seen_last(s, &looks, &ended);
        if (ended || atomic_load(stop)) {
            return err_set(e, ERR_CANCELLED, "stopped by request");
        }
        if (begun_us == 0 && looks > first) {
            begun_us = clock_mono_us();
            asked_us = now.source_us;
        }
        bool newer = begun_us > 0 && now.figures.applied_commit_us > asked_us;
        /* The look under way may have begun before. */
        if (newer || (looks > first + 1 && now.figures.caught_up)) {
            return true;
        }
    }
}
