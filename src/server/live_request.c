/* See live_request.h. */
#include "server/live_request.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/feed.h"

static const char *const alone[] = {"tasks", "machines", "alerts"};
static const char *const with_id[] = {"task", "subtask", "log", "machine log"};

enum { ID_DIGITS = 18, SEQ_DIGITS = 16 };

static bool is_number(const char *text, size_t most) {
    size_t len = strlen(text);
    return len > 0 && len <= most && text[0] != '0' && strspn(text, "0123456789") == len;
}

static bool known(const char *topic) {
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
        if (str_eq(topic, alone[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof with_id / sizeof with_id[0]; i++) {
        size_t len = strlen(with_id[i]);
        if (str_starts(topic, with_id[i]) && topic[len] == ' ' && is_number(topic + len + 1, ID_DIGITS)) {
            return true;
        }
    }
    return false;
}

bool live_topic_check(const char *topic, struct err *e) {
    if (known(topic)) {
        return true;
    }
    err_set(e, ERR_NOT_FOUND, "there is no topic '%.*s'", (int)str_utf8_cut(topic, strlen(topic), FEED_TOPIC_BYTES),
            topic);
    return err_hint(e, "topics are: tasks, machines, alerts; with a number behind a space: task, subtask, log, "
                       "machine log");
}

static bool take_topics(struct arena *a, const json_t *list, const char *name, struct live_topics *out, struct err *e) {
    if (list == NULL) {
        return true;
    }
    if (!json_is_array(list) || json_array_size(list) > FEED_TOPICS_MAX) {
        return err_set(e, ERR_BODY, "%s must be a list of at most %d topics", name, (int)FEED_TOPICS_MAX);
    }
    out->names = arena_array(a, const char *, json_array_size(list) + 1);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        const char *text = json_string_value(one);
        if (text == NULL || strlen(text) != json_string_length(one)) {
            return err_set(e, ERR_BODY, "%s has something that is no text", name);
        }
        if (!live_topic_check(text, e)) {
            return false;
        }
        out->names[out->n++] = arena_strdup(a, text);
    }
    return true;
}

static bool take(struct arena *a, const json_t *json, struct live_request *out, struct err *e) {
    const json_t *subscribe = json_object_get(json, "subscribe"), *unsubscribe = json_object_get(json, "unsubscribe");
    const json_t *after = json_object_get(json, "after");
    if (subscribe == NULL && unsubscribe == NULL) {
        return err_set(e, ERR_BODY, "neither subscribe nor unsubscribe");
    }
    if (after != NULL && !json_is_null(after) && (!json_is_integer(after) || json_integer_value(after) < 0)) {
        return err_set(e, ERR_BODY, "after must be the seq of a change");
    }
    out->after = (uint64_t)json_integer_value(after);
    return take_topics(a, subscribe, "subscribe", &out->subscribe, e) &&
           take_topics(a, unsubscribe, "unsubscribe", &out->unsubscribe, e);
}

bool live_request_parse(struct arena *a, const char *text, size_t len, struct live_request *out, struct err *e) {
    json_error_t error;
    *out = (struct live_request){0};
    json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    bool ok = json_is_object(json) || err_set(e, ERR_BODY, "the message is no JSON object");
    ok = ok && take(a, json, out, e);
    json_decref(json);
    return ok;
}

uint64_t live_after(const char *text) {
    return text[0] == '\0' ? 0 : is_number(text, SEQ_DIGITS) ? strtoull(text, NULL, 10) : 1;
}
