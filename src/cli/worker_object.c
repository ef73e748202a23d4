/* The verb object: one view or program is made again, with a translation that somebody has edited or with godwit's own, and what waited
 * for it with it. See worker.h. */
#include "base/str.h"
#include "cli/worker.h"
#include "cli/worker_objects.h"

/* What the job asks for. */
struct wanted {
    const char *kind, *name;
    const char *translation; /* NULL: as it is */
    bool own;                /* an edited one is taken back */
};

static bool take_wanted(const json_t *job, struct wanted *w, struct objects_options *options, struct err *e) {
    const char *triggers;
    if (!worker_text(job, "kind", &w->kind, e) || !worker_text(job, "name", &w->name, e) ||
        !worker_text(job, "translation", &w->translation, e) || !worker_text(job, "triggers", &triggers, e)) {
        return false;
    }
    w->own = json_is_true(json_object_get(job, "own"));
    options->triggers = str_eq(triggers, "enabled")    ? OBJECT_TRIGGERS_ENABLED
                        : str_eq(triggers, "disabled") ? OBJECT_TRIGGERS_DISABLED
                                                       : OBJECT_TRIGGERS_AUTO;
    options->apply = options->left = true;
    return w->kind != NULL && w->name != NULL ? true : err_set(e, ERR_JOB, "the job names no object");
}

static bool make(struct objects *o, const struct wanted *w, const struct objects_options *options, struct err *e) {
    struct db_object *x = objects_find(o, w->kind, w->name);
    if (x == NULL) {
        return err_set(e, ERR_NOT_FOUND, "the source has no %s %s any more", w->kind, w->name);
    }
    for (size_t i = 0; i < o->n; i++) {
        o->items[i].selected = &o->items[i] == x;
    }
    if (!objects_edited(o, options, e)) {
        return false;
    }
    if (x->state == OBJECT_IS_MIGRATED) { /* somebody may have changed it in the target */
        x->state = OBJECT_IS_WAITING;
    }
    return ((w->translation == NULL && !w->own) || objects_supply(o, x, w->own ? NULL : w->translation, e)) &&
           objects_apply(o, options, e);
}

bool worker_object(const json_t *job, struct arena *a, atomic_bool *stop, json_t **result, struct err *e) {
    struct options o;
    struct objects all = {0};
    struct wanted w;
    options_init(&o, a);
    bool ok = worker_task(job, CMD_MIGRATE, &o, e) && take_wanted(job, &w, &o.objects, e) &&
              objects_open(&all, &o.task, &o.objects, stop, e) && make(&all, &w, &o.objects, e);
    json_t *items = ok ? json_array() : NULL;
    for (size_t i = 0; ok && i < all.n; i++) {
        if (all.items[i].selected) {
            json_array_append_new(items, worker_object_item(&all.items[i]));
        }
    }
    *result = ok ? json_pack("{s:o}", "items", items) : NULL;
    objects_close(&all);
    return ok;
}
