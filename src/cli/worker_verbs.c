/* What a worker can be asked, and what the verbs share. See worker.h. */
#include "base/log.h"
#include "base/str.h"
#include "cli/event_cut.h"
#include "cli/options.h"
#include "cli/progress_bar.h"
#include "cli/task_file.h"
#include "cli/worker.h"
#include "engine/precheck.h"
#include "server/state.h"

static const struct {
    const char *name;
    worker_verb *run;
} verbs[] = {
    {"cutover", worker_cutover}, {"object", worker_object}, {"precheck", worker_precheck},
    {"probe", worker_probe},     {"tree", worker_tree},
};

worker_verb *worker_verb_find(const char *name) {
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (str_eq(verbs[i].name, name)) {
            return verbs[i].run;
        }
    }
    return NULL;
}

bool worker_ordered(const struct invocation *v, unsigned orders) {
    return (atomic_load(&v->orders) & orders) != 0;
}

struct task worker_task_behind_load(const struct invocation *v) {
    struct task t = v->o.task;
    t.resume = t.restart = false;
    t.fence_taken = true;
    return t;
}

bool worker_text(const json_t *job, const char *key, const char **out, struct err *e) {
    const json_t *v = json_object_get(job, key);
    *out = json_string_value(v);
    return v == NULL || json_is_null(v) || *out != NULL || err_set(e, ERR_JOB, "%s of the job must be a text", key);
}

bool worker_task(const json_t *job, unsigned bit, struct options *o, struct err *e) {
    const char *source, *target;
    json_t *task = json_object_get(job, "task");
    if (!json_is_object(task)) {
        return err_set(e, ERR_JOB, "the job has no task");
    }
    if (!task_file_take(o, task, "job", e) || !worker_text(job, "source_password", &source, e) ||
        !worker_text(job, "target_password", &target, e)) {
        return false;
    }
    if (o->source_url == NULL || o->target_url == NULL) {
        return err_set(e, ERR_TASK_FILE, "the task lacks its %s", o->source_url == NULL ? "source" : "target");
    }
    o->either_way = bit == CMD_CHECK;
    if (!options_finish(o, e)) {
        return false;
    }
    o->task.source.password = arena_strdup(o->a, source);
    o->task.target.password = arena_strdup(o->a, target);
    o->progress = STYLE_JSON;
    o->lang = LANG_EN;
    o->yes = true;
    return true;
}

int worker_fail(const struct err *e) {
    json_t *event = json_object();
    json_object_set_new(event, "event", json_string("error"));
    json_object_set_new(event, "error", err_to_json(e));
    display_event(stdout, event);
    log_err("failed", e);
    return (int)exit_code_of(e);
}

void worker_result(json_t *result) {
    json_t *event = json_object();
    json_object_set_new(event, "event", json_string("result"));
    json_object_set_new(event, "result", event_cut(result));
    json_decref(result);
    display_event(stdout, event);
}

bool worker_precheck(const json_t *job, struct arena *a, atomic_bool *stop, json_t **result, struct err *e) {
    (void)stop; /* it changes nothing: the process just ends */
    struct options o;
    struct precheck p = {0};
    options_init(&o, a);
    if (!worker_task(job, CMD_PRECHECK, &o, e)) {
        return false;
    }
    o.task.objects = !o.skip_objects;
    o.task.restart = json_is_true(json_object_get(job, "restart"));
    o.task.online = json_integer_value(json_object_get(job, "mode")) == MODE_ONLINE;
    bool ok = precheck_run(&o.task, &p, e);
    if (ok && o.task.objects) {
        objects_precheck(&o.task, &p);
    }
    if (ok) {
        *result = precheck_to_json(&p);
    }
    precheck_clear(&p);
    return ok;
}
