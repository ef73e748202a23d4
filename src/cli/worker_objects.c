/* See worker_objects.h. */
#include "cli/worker_objects.h"

#include <string.h>

#include "base/clock.h"
#include "cli/progress_bar.h"

enum {
    EVERY_US = 1000 * 1000,
    EVENT_BYTES = 256 * 1024,    /* of one event, about; messages may have 1 MiB */
    TEXT_BYTES_MAX = 200 * 1024, /* of one object: longer ones are told without their texts */
    ITEM_BYTES = 2048,           /* about what one takes besides */
};

static size_t text_bytes(const struct db_object *x) {
    size_t n = x->source != NULL ? strlen(x->source) : 0;
    for (size_t i = 0; i < x->form.statements.n; i++) {
        n += strlen(x->form.statements.items[i]);
    }
    return n;
}

/* What is shown of one: all that a report has of it and that is not in the item itself; the statements as text. */
static json_t *detail_of(const struct db_object *x) {
    static const char *const elsewhere[] = {"kind",  "name",       "target", "state", "state_name",
                                            "error", "statements", "drops",  "calls"};
    struct arena a = ARENA_INIT;
    json_t *j = object_to_json(x);
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
        json_object_del(j, elsewhere[i]);
    }
    bool cut = text_bytes(x) > TEXT_BYTES_MAX;
    json_object_set_new(j, "translation", cut ? json_null() : json_string(objects_form_text(&a, &x->form)));
    if (cut) {
        json_object_set_new(j, "source", json_null());
    }
    json_object_set_new(j, "cut", json_boolean(cut));
    arena_clear(&a);
    return j;
}

json_t *worker_object_item(const struct db_object *x) {
    enum { WHOLE = 1000 }; /* permille */
    bool there = x->state != OBJECT_IS_WAITING && x->state != OBJECT_IS_MIGRATING && x->state != OBJECT_IS_FAILED;
    return json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:o, s:n, s:o}", "kind", object_kind_name(x->kind),
                     "name", x->name, "target", x->target_name, "status", (int)x->state, "rows", 0, "rows_estimate", 0,
                     "bytes", 0, "permille", there ? (int)WHOLE : 0, "error",
                     x->error.code == ERR_NONE ? json_null() : err_to_json(&x->error), "chunks", "detail",
                     detail_of(x));
}

void worker_objects_tell(struct worker_objects *w) {
    const char *key;
    json_t *item, *list = json_array();
    json_object_foreach(w->items, key, item) {
        json_array_append(list, item);
    }
    json_decref(w->items);
    w->items = NULL;
    w->bytes = 0;
    w->told_us = clock_mono_us();
    if (json_array_size(list) == 0) {
        json_decref(list);
        return;
    }
    display_event(w->out, json_pack("{s:s, s:o}", "event", "objects", "items", list));
}

void worker_objects_take(struct worker_objects *w, const struct db_object *x) {
    struct arena a = ARENA_INIT;
    const char *key = arena_printf(&a, "%s %s", object_kind_name(x->kind), x->name);
    w->items = w->items != NULL ? w->items : json_object();
    w->bytes += json_object_get(w->items, key) == NULL ? text_bytes(x) + ITEM_BYTES : 0;
    json_object_set_new(w->items, key, worker_object_item(x));
    arena_clear(&a);
    if (w->bytes > EVENT_BYTES || clock_mono_us() - w->told_us > EVERY_US) {
        worker_objects_tell(w);
    }
}
