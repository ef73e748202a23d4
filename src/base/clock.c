/* Time. See clock.h. */
#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

static int64_t now_us(clockid_t id) {
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_mono_us(void) {
    return now_us(CLOCK_MONOTONIC);
}

int64_t clock_utc_us(void) {
    return now_us(CLOCK_REALTIME);
}

void clock_sleep_ms(int64_t ms) {
    struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    while (nanosleep(&ts, &ts) != 0 && errno == EINTR) {
    }
}

const char *clock_iso(int64_t utc_us, char text[32]) {
    time_t s = (time_t)(utc_us / 1000000);
    struct tm tm;
    gmtime_r(&s, &tm);
    size_t n = strftime(text, 32, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + n, 32 - n, ".%03dZ", (int)(utc_us / 1000 % 1000));
    return text;
}
