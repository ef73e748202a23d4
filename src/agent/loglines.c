/* Log lines in a bounded queue. See loglines.h. */
#include "agent/loglines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/str.h"

enum { BATCH_LINES = 500, BATCH_BYTES = 256 * 1024 };

struct line {
    struct line *next;
    size_t bytes; /* about what it takes as text */
    json_t *json;
};

struct loglines {
    struct line *first, *last;
    size_t bytes, max_bytes;
    uint64_t dropped; /* since the last message */
};

struct loglines *loglines_new(size_t max_bytes) {
    struct loglines *l = calloc(1, sizeof *l);
    if (l != NULL) {
        l->max_bytes = max_bytes;
    }
    return l;
}

static struct line *take_first(struct loglines *l) {
    struct line *x = l->first;
    l->first = x->next;
    l->last = l->first != NULL ? l->last : NULL;
    l->bytes -= x->bytes;
    return x;
}

void loglines_free(struct loglines *l) {
    while (l != NULL && l->first != NULL) {
        struct line *x = take_first(l);
        json_decref(x->json);
        free(x);
    }
    free(l);
}

/* "2026-01-31T23:59:59.123Z" */
static int64_t time_ms(const char *iso) {
    struct tm t = {0};
    int ms = 0;
    if (iso == NULL || sscanf(iso, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ", &t.tm_year, &t.tm_mon, &t.tm_mday, &t.tm_hour,
                              &t.tm_min, &t.tm_sec, &ms) != 7) {
        return clock_utc_us() / 1000;
    }
    t.tm_year -= 1900;
    t.tm_mon -= 1;
    return (int64_t)timegm(&t) * 1000 + ms;
}

/* As the server keeps it: time_ms and text for time and message, the other fields as they are. */
static json_t *as_told(json_t *line) {
    json_t *message = json_object_get(line, "message");
    json_object_set_new(line, "time_ms", json_integer(time_ms(json_string_value(json_object_get(line, "time")))));
    json_object_set(line, "text", message);
    json_object_del(line, "time");
    json_object_del(line, "message");
    return line;
}

static void put(struct loglines *l, json_t *json, size_t bytes) {
    struct line *x = calloc(1, sizeof *x);
    if (x == NULL) {
        json_decref(json);
        return;
    }
    *x = (struct line){.bytes = bytes, .json = json};
    *(l->last != NULL ? &l->last->next : &l->first) = x;
    l->last = x;
    l->bytes += bytes;
    while (l->bytes > l->max_bytes && l->first != l->last) {
        struct line *oldest = take_first(l);
        json_decref(oldest->json);
        free(oldest);
        l->dropped++;
    }
}

bool loglines_take(struct loglines *l, const char *line, size_t len) {
    json_error_t error;
    json_t *json = json_loadb(line, len, 0, &error);
    if (!json_is_object(json) || !json_is_string(json_object_get(json, "level")) ||
        !json_is_string(json_object_get(json, "message"))) {
        json_decref(json);
        return false;
    }
    put(l, as_told(json), len + 64);
    return true;
}

bool loglines_waiting(const struct loglines *l) {
    return l->first != NULL;
}

json_t *loglines_next(struct loglines *l) {
    json_t *list = l->first != NULL ? json_array() : NULL;
    size_t bytes = 0;
    if (list != NULL && l->dropped > 0) {
        char text[96];
        snprintf(text, sizeof text, "%llu line(s) before this one were dropped", (unsigned long long)l->dropped);
        json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s}", "time_ms", (json_int_t)(clock_utc_us() / 1000),
                                              "level", "warn", "event", "log_dropped", "text", text));
        l->dropped = 0;
    }
    while (l->first != NULL && json_array_size(list) < BATCH_LINES &&
           (bytes == 0 || bytes + l->first->bytes <= BATCH_BYTES)) {
        struct line *x = take_first(l);
        bytes += x->bytes;
        json_array_append_new(list, x->json);
        free(x);
    }
    return list;
}
