/* A worker's events, condensed. See record.h. */
#include "agent/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { STAGES_MAX = 256, OBJECTS_MAX = 200 * 1000, ITEMS_MAX = 200, ITEMS_BYTES = 300 * 1024 /* of one event */ };

/* Of these the last one counts; in the order in which they are told again. */
static const char *const lasting[] = {"precheck", "report", "object_report", "progress", "check", "error"};
enum { LASTING = sizeof lasting / sizeof lasting[0] };

struct record {
    json_t *stages;  /* list of events */
    json_t *objects; /* "kind name" -> item */
    json_t *last[LASTING];
};

struct record *record_new(void) {
    struct record *r = calloc(1, sizeof *r);
    if (r != NULL) {
        r->stages = json_array();
        r->objects = json_object();
    }
    return r;
}

void record_free(struct record *r) {
    if (r == NULL) {
        return;
    }
    json_decref(r->stages);
    json_decref(r->objects);
    for (int i = 0; i < LASTING; i++) {
        json_decref(r->last[i]);
    }
    free(r);
}

static void take_objects(struct record *r, const json_t *event) {
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(event, "items"), i, item) {
        const char *kind = json_string_value(json_object_get(item, "kind"));
        const char *name = json_string_value(json_object_get(item, "name"));
        struct arena a = ARENA_INIT;
        if (kind != NULL && name != NULL) {
            char *key = arena_printf(&a, "%s %s", kind, name);
            if (json_object_size(r->objects) < OBJECTS_MAX || json_object_get(r->objects, key) != NULL) {
                json_object_set(r->objects, key, item);
            }
        }
        arena_clear(&a);
    }
}

void record_event(struct record *r, const json_t *event) {
    const char *kind = json_string_value(json_object_get(event, "event"));
    json_t *kept = (json_t *)(uintptr_t)event; /* only its count changes */
    if (str_eq(kind, "stage")) {
        if (json_array_size(r->stages) == STAGES_MAX) {
            json_array_remove(r->stages, 0);
        }
        json_array_append(r->stages, kept);
    } else if (str_eq(kind, "objects")) {
        take_objects(r, event);
    }
    for (int i = 0; i < LASTING; i++) {
        if (str_eq(kind, lasting[i])) {
            json_decref(r->last[i]);
            r->last[i] = json_incref(kept);
        }
    }
}

static void add_objects(json_t *list, json_t *items) {
    if (json_array_size(items) > 0) {
        json_array_append_new(list, json_pack("{s:s, s:O}", "event", "objects", "items", items));
    }
    json_decref(items);
}

json_t *record_replay(const struct record *r) {
    json_t *list = json_array(), *items = json_array(), *item;
    const char *key;
    size_t bytes = 0;
    json_array_extend(list, r->stages);
    for (int i = 0; i < LASTING - 1; i++) {
        if (r->last[i] != NULL) {
            json_array_append(list, r->last[i]);
        }
    }
    json_object_foreach(r->objects, key, item) {
        size_t more = json_dumpb(item, NULL, 0, JSON_COMPACT);
        if (json_array_size(items) == ITEMS_MAX || (bytes > 0 && bytes + more > ITEMS_BYTES)) {
            add_objects(list, items);
            items = json_array();
            bytes = 0;
        }
        json_array_append(items, item);
        bytes += more;
    }
    add_objects(list, items);
    if (r->last[LASTING - 1] != NULL) { /* the error comes last, as it did */
        json_array_append(list, r->last[LASTING - 1]);
    }
    return list;
}

json_t *record_error(const struct record *r) {
    return json_object_get(r->last[LASTING - 1], "error");
}
