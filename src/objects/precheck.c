/* Before a migration: which of the objects could be carried? As an item of the precheck. */
#include <string.h>

#include "base/str.h"
#include "objects/objects.h"

static const char id[] = "objects.translated", title[] = "views and programs can be carried";

static void summarise(const struct objects *o, struct precheck *p) {
    enum { NAMED = 3 };
    struct arena *a = &p->arena;
    const char *names = "";
    size_t failed = 0;
    for (size_t i = 0; i < o->n; i++) {
        const struct db_object *x = &o->items[i];
        if (x->state != OBJECT_IS_FAILED) {
            continue;
        }
        if (failed++ < NAMED) {
            names = arena_printf(a, "%s%s %s (%s)", names[0] == '\0' ? "" : arena_printf(a, "%s, ", names),
                                 object_kind_name(x->kind), x->name, x->error.message);
        }
    }
    const char *lacking = o->nlacking > 0 ? arena_printf(a, "; not among them: %s", o->lacking[0]) : "";
    char *found = failed > 0 ? arena_printf(a, "%zu of %zu cannot, first: %s%s", failed, o->n, names, lacking)
                             : arena_printf(a, "%zu have a translation%s", o->n, lacking);
    precheck_append(
        p, id, title, failed > 0 || o->nlacking > 0 ? PRECHECK_WARNING : PRECHECK_OK, found,
        "godwit objects lists what is in the way; the tables are moved all the same, and translations can be "
        "written by hand");
}

void objects_precheck(const struct task *t, struct precheck *p) {
    static const struct objects_options options = {.list = true};
    struct objects o = {0};
    struct err e = ERR_INIT;
    for (size_t i = 0; i < p->n; i++) { /* an end that is away has been told */
        if (p->items[i].status == PRECHECK_FAILED && strstr(p->items[i].id, ".connect") != NULL) {
            return;
        }
    }
    if (!objects_open(&o, t, &options, NULL, &e) || !objects_edited(&o, &options, &e)) {
        precheck_append(p, id, title, PRECHECK_WARNING, e.message, e.hint);
    } else if (o.n > 0 || o.nlacking > 0) {
        summarise(&o, p);
    }
    objects_close(&o);
}
