/* Translations that people hand in: statements and drops are taken apart, and printed are the same again; and what a source's text has that
 * gives another value each time. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "objects/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(const struct object_texts *x, const struct object_texts *y) {
    if (x->n != y->n) {
        abort();
    }
    for (size_t i = 0; i < x->n; i++) {
        if (strcmp(x->items[i], y->items[i]) != 0) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct task task = {0};
    static char schema[] = "shop";
    struct db_object x = {.kind = SQL_OBJECT_VIEW, .name = "v", .target_name = "v"};
    struct objects o = {.run = {.task = &task, .db = {.name = schema}}, .target_schema = schema, .items = &x, .n = 1};
    struct arena *a = &o.run.arena;
    struct err e = ERR_INIT;
    const char *text = arena_strndup(a, (const char *)data, size);
    if (objects_supply(&o, &x, text, &e)) {
        struct object_form first = x.form;
        if (!x.edited || first.statements.n == 0 || first.drops.n == 0 ||
            !objects_supply(&o, &x, objects_form_text(a, &first), &e)) {
            abort();
        }
        same(&first.statements, &x.form.statements);
        same(&first.drops, &x.form.drops);
    } else if (e.code != ERR_TRANSLATION) {
        abort();
    }
    x.source = text;
    (void)object_changing(&o, &x);
    arena_clear(a);
    return 0;
}
