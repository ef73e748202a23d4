/* Views and programs as a stage of a migration, behind its tables: made, told, reported; and as a part of its check. See invocation.h. */
#include "base/log.h"
#include "cli/invocation.h"
#include "cli/texts.h"
#include "objects/check.h"
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

/* ---- their check ---- */

static bool wanted(const struct invocation *v) {
    const struct check_options *o = &v->o.check;
    return !v->o.skip_objects && !o->quick && !o->backward;
}

static bool check(struct invocation *v, struct objects *o, struct err *e) {
    struct task task = v->o.task;
    struct objects_options options = v->o.objects;
    struct objects_check how = {.results = !v->o.check.skip_rows,
                                .view_rows = v->o.view_rows,
                                .applied = v->o.check.applied,
                                .applied_arg = v->o.check.arg};
    task.resume = task.restart = false;
    if (v->watch != NULL) {
        how.told = told;
        how.arg = (void *)v->watch;
    }
    return objects_open(o, &task, &options, &v->stop, e) && objects_edited(o, &options, e) && objects_check(o, &how, e);
}

/* Those of which something is to be said, and how many are well. */
static json_t *check_json(const struct objects *o) {
    json_t *list = json_array();
    for (size_t i = 0; i < o->n; i++) {
        const struct db_object *x = &o->items[i];
        if (x->state == OBJECT_IS_CHECK_FAILED || x->compared != NULL) {
            json_array_append_new(list,
                                  json_pack("{s:s, s:s, s:i, s:s?, s:o}", "kind", object_kind_name(x->kind), "name",
                                            x->name, "state", (int)x->state, "compared", x->compared, "error",
                                            x->error.code == ERR_NONE ? json_null() : err_to_json(&x->error)));
        }
    }
    return json_pack("{s:I, s:I, s:I, s:o}", "checked", (json_int_t)objects_count(o, OBJECT_IS_CHECKED), "different",
                     (json_int_t)objects_count(o, OBJECT_IS_CHECK_FAILED), "not_compared",
                     (json_int_t)objects_count(o, OBJECT_IS_MIGRATED), "objects", list);
}

bool stage_objects_check(struct invocation *v, bool *different, json_t **out, struct err *e) {
    struct objects o = {0};
    bool any = false;
    *out = NULL;
    *different = false;
    if (!wanted(v)) {
        return true;
    }
    if (!objects_made(&v->o.task, &any, e)) {
        return false;
    }
    bool ok = !any || check(v, &o, e);
    if (v->watch != NULL) {
        v->watch->objects_flush(v->watch->arg);
    }
    if (ok && any) {
        *different = objects_count(&o, OBJECT_IS_CHECK_FAILED) > 0;
        *out = check_json(&o);
        log_event(*different ? LOG_WARN : LOG_INFO, "objects", NULL, "%zu checked, %zu differ, %zu not compared",
                  objects_count(&o, OBJECT_IS_CHECKED), objects_count(&o, OBJECT_IS_CHECK_FAILED),
                  objects_count(&o, OBJECT_IS_MIGRATED));
    }
    objects_close(&o);
    return ok;
}

void stage_objects_print(const json_t *checked, bool zh) {
    size_t i;
    const json_t *one;
    if (checked == NULL) {
        return;
    }
    printf(zh ? "\n视图与程序对象：%lld 个校验一致，%lld 个不一致，%lld 个未比较结果\n"
              : "\nViews and programs: %lld checked, %lld differ, %lld not compared\n",
           (long long)json_integer_value(json_object_get(checked, "checked")),
           (long long)json_integer_value(json_object_get(checked, "different")),
           (long long)json_integer_value(json_object_get(checked, "not_compared")));
    json_array_foreach(json_object_get(checked, "objects"), i, one) {
        const char *error = json_string_value(json_object_get(json_object_get(one, "error"), "message"));
        const char *compared = json_string_value(json_object_get(one, "compared"));
        printf("  %s %s: %s\n", json_string_value(json_object_get(one, "kind")),
               json_string_value(json_object_get(one, "name")), error != NULL ? error : compared);
    }
}
