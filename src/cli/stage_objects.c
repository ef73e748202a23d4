/* Views and programs as a stage of a migration, behind its tables: made, told, reported. See invocation.h. */
#include "base/log.h"
#include "cli/invocation.h"
#include "cli/texts.h"
#include "objects/objects.h"

static void told(void *arg, const struct objects *o, const struct db_object *x) {
    const struct stage_watch *w = arg;
    (void)o;
    w->object(w->arg, x);
}

static void tell_all(const struct objects *o, const struct stage_watch *w) {
    for (size_t i = 0; w != NULL && i < o->n; i++) {
        if (o->items[i].selected) {
            w->object(w->arg, &o->items[i]);
        }
    }
    if (w != NULL) {
        w->objects_flush(w->arg);
    }
}

static bool make(struct invocation *v, struct objects *o, bool *known, struct err *e) {
    struct task task = v->o.task;
    struct objects_options options = v->o.objects;
    task.resume = task.restart = false;
    options.apply = options.left = true;
    if (v->watch != NULL) {
        options.told = told;
        options.arg = (void *)v->watch;
    }
    if (!objects_open(o, &task, &options, &v->stop, e) || !objects_edited(o, &options, e)) {
        return false;
    }
    *known = true;
    if (v->watch != NULL && objects_count(o, OBJECT_IS_MIGRATED) < o->n) {
        v->watch->objects_begin(v->watch->arg);
    }
    tell_all(o, v->watch);
    return objects_apply(o, &options, e);
}

static void tell_outcome(struct invocation *v, const struct objects *o, json_t *report) {
    if (v->json_events) {
        json_t *summary = objects_summary(o);
        invocation_tell(v, "object_report", summary);
        json_decref(summary);
    } else if (!v->o.quiet && (o->n > 0 || o->nlacking > 0)) {
        objects_print(o, true, true, lang_is_zh(v->o.lang), stdout);
        fflush(stdout);
    }
    json_object_set_new(report, "objects", objects_to_json(o));
}

int stage_objects(struct invocation *v, json_t *report) {
    struct objects o = {0};
    struct err e = ERR_INIT;
    bool known = false;
    stopper_at_once(v->stopper, false);
    bool ok = make(v, &o, &known, &e);
    if (v->watch != NULL) {
        v->watch->objects_flush(v->watch->arg);
    }
    if (known) {
        tell_outcome(v, &o, report);
        v->objects_failed = objects_count(&o, OBJECT_IS_FAILED);
        log_event(v->objects_failed == 0 ? LOG_INFO : LOG_WARN, "objects", NULL, "%zu in the target, %zu failed",
                  objects_count(&o, OBJECT_IS_MIGRATED), v->objects_failed);
        for (size_t i = 0; i < o.nlacking; i++) {
            log_warn("objects", "not among them: %s", o.lacking[i]);
        }
    }
    objects_close(&o);
    return ok ? EXIT_OK : invocation_fail(v, &e);
}
