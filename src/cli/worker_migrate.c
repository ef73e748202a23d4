/* The verb migrate: what `godwit migrate` does, for a server. See worker.h. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "cli/worker.h"
#include "cli/worker_cutover.h"
#include "cli/worker_follow.h"
#include "cli/worker_watch.h"
#include "engine/spool.h"
#include "server/state.h"

static bool flag(const json_t *job, const char *key, bool *out, struct err *e) {
    const json_t *v = json_object_get(job, key);
    *out = json_is_true(v);
    return v == NULL || json_is_boolean(v) || err_set(e, ERR_JOB, "%s of the job must be true or false", key);
}

static bool number(const json_t *job, const char *key, int64_t low, int64_t otherwise, int64_t *out, struct err *e) {
    const json_t *v = json_object_get(job, key);
    *out = v == NULL ? otherwise : json_integer_value(v);
    return (v == NULL || (json_is_integer(v) && *out >= low)) ||
           err_set(e, ERR_JOB, "%s of the job must be a whole number, %lld or more", key, (long long)low);
}

enum { REPAIR_BYTES_MAX = 4 << 20 }; /* the server keeps what there is */

/* What an earlier worker has compared is known to the next one only if the journal is where that one's was. */
static bool take_directory(const json_t *job, struct options *o, struct err *e) {
    const char *directory;
    if (!worker_text(job, "directory", &directory, e)) {
        return false;
    }
    if (directory != NULL) {
        if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
            return err_errno(e, ERR_FILE, "cannot make the directory %s", directory);
        }
        o->check.journal_file = arena_printf(o->a, "%s/check.journal", directory);
        o->check.repair_file = arena_printf(o->a, "%s/repair.sql", directory);
        o->check.repair_max_bytes = REPAIR_BYTES_MAX;
        o->follow.spool = arena_printf(o->a, "%s/spool", directory);
        o->follow.spool_optional = true;
    }
    return true;
}

/* What the job asks for besides the task. */
struct wanted {
    enum task_mode mode;
    bool check_again; /* what was loaded is compared once more, from the begin */
    bool checked;     /* online: an earlier worker is through with load and check */
    enum follow_left left;
};

/* A pattern that matches this name alone. */
static char *pattern_of(struct arena *a, const char *name) {
    char *out = arena_alloc(a, strlen(name) * 2 + 1), *w = out;
    for (; *name != '\0'; name++) {
        if (strchr("*?[]\\/", *name) != NULL) {
            *w++ = '\\';
        }
        *w++ = *name;
    }
    *w = '\0';
    return out;
}

/* Of a check that is made again: these tables. */
static bool take_check_tables(const json_t *job, struct options *o, struct err *e) {
    const json_t *list = json_object_get(job, "check_tables"), *name;
    size_t i;
    if (list == NULL || json_is_null(list)) {
        return true;
    }
    struct catalog_filter *only = arena_new(o->a, struct catalog_filter);
    only->include = arena_array(o->a, const char *, json_array_size(list) + 1);
    json_array_foreach(list, i, name) {
        if (!json_is_string(name) || json_string_length(name) == 0) {
            break;
        }
        only->include[only->ninclude++] = pattern_of(o->a, json_string_value(name));
    }
    if (only->ninclude == 0 || only->ninclude != json_array_size(list)) {
        return err_set(e, ERR_JOB, "check_tables of the job must be a list of names");
    }
    o->check.selection.tables.also = only;
    o->check.partial = true;
    return true;
}

static bool take_follow(const json_t *job, struct options *o, struct wanted *w, struct err *e) {
    const char *left;
    if (!flag(job, "checked", &w->checked, e) || !worker_text(job, "incremental", &left, e) ||
        !worker_text(job, "definition", &o->follow.definition, e)) {
        return false;
    }
    w->left = str_eq(left, "stopping")  ? FOLLOW_STOPPING
              : str_eq(left, "stopped") ? FOLLOW_STOPPED
              : str_eq(left, "reverse") ? FOLLOW_REVERSE
              : str_eq(left, "cutover") ? FOLLOW_CUTOVER
              : str_eq(left, "undo")    ? FOLLOW_UNDO
                                        : FOLLOW_GOES_ON;
    return left == NULL || w->left != FOLLOW_GOES_ON ||
           err_set(e, ERR_JOB,
                   "incremental of the job is \"stopping\", \"stopped\", \"reverse\", \"cutover\" or \"undo\"");
}

static bool take_job(const json_t *job, struct options *o, struct wanted *w, struct err *e) {
    bool resume, restart, accept_moved;
    int64_t number_of_mode, fence;
    if (!worker_task(job, CMD_MIGRATE, o, e) || !flag(job, "resume", &resume, e) ||
        !flag(job, "restart", &restart, e) || !flag(job, "accept_moved", &accept_moved, e) ||
        !flag(job, "check_again", &w->check_again, e) || !number(job, "fence", 0, 0, &fence, e) ||
        !number(job, "mode", MODE_OFFLINE, MODE_OFFLINE, &number_of_mode, e) || !take_directory(job, o, e) ||
        !take_check_tables(job, o, e) || !take_follow(job, o, w, e) ||
        !worker_cutover_take(json_object_get(job, "cutover"), &o->cutover, e)) {
        return false;
    }
    if (number_of_mode > MODE_ONLINE || (resume && restart)) {
        return err_set(e, ERR_JOB,
                       resume && restart ? "resume and restart exclude each other" : "there is no such mode");
    }
    w->mode = (enum task_mode)number_of_mode;
    if (w->mode != MODE_ONLINE) {
        o->follow.spool = NULL;
    }
    o->objects.triggers = w->mode == MODE_ONLINE ? OBJECT_TRIGGERS_DISABLED : OBJECT_TRIGGERS_ENABLED;
    o->task.fence = fence;
    o->task.resume = o->task.resume_if_any = resume && !w->check_again;
    o->task.restart = restart;
    o->task.accept_moved = accept_moved && o->task.resume;
    return true;
}

static int check_again(struct invocation *v) {
    struct err none = ERR_INIT;
    v->watch->load_begins(v->watch->arg);
    v->watch->load_ended(v->watch->arg, true, true, &none);
    return stage_check(v, json_pack("{s:b, s:b}", "ok", 1, "loaded_earlier", 1));
}

/* It stays for the agent, which hands it on; one without statements is of no use. */
static void leave_repairs(const struct invocation *v, struct worker_watch *w) {
    if (v->o.check.repair_file != NULL && !worker_watch_repair(w)) {
        (void)unlink(v->o.check.repair_file);
    }
}

/* Until the changes that come behind it. *done: it came to its end. */
static int stages(struct invocation *v, const struct wanted *wanted, struct worker_watch *w, bool *done) {
    int code = wanted->check_again ? check_again(v) : stages_migrate(v);
    leave_repairs(v, w);
    /* What could not be compared has been told, and is for people to judge: the migration itself is done. */
    *done = code == EXIT_OK || code == EXIT_DIFFERENT || v->incomplete;
    return code;
}

static int offline(struct invocation *v, const struct wanted *wanted, struct worker_watch *w) {
    bool done;
    int code = stages(v, wanted, w, &done);
    if (done) {
        worker_watch_stage(w, state_event_name(EVENT_OFFLINE_DONE));
    }
    return code;
}

static int online(struct invocation *v, const struct wanted *wanted, struct worker_watch *w) {
    struct err e = ERR_INIT;
    struct worker_follow *f;
    bool done = true;
    int code = EXIT_OK;
    if (!worker_follow_new(&f, v, w, &e)) {
        worker_follow_free(f);
        return worker_fail(&e);
    }
    atomic_store(&v->takes_orders, true);
    if (!wanted->checked) {
        worker_watch_on_loaded(w, worker_follow_begin, f);
        code = stages(v, wanted, w, &done);
    }
    if (!done && worker_follow_failed(f, &e)) { /* then the check was stopped by that */
        code = worker_fail(&e);
    } else if (done) {
        code = worker_follow_run(f, wanted->left);
    }
    worker_follow_free(f);
    if (done && code == EXIT_OK && v->o.follow.spool != NULL) {
        spool_remove(v->o.follow.spool);
    }
    return code;
}

int worker_migrate(const json_t *job, struct invocation *v) {
    struct err e = ERR_INIT;
    struct wanted wanted = {.mode = MODE_OFFLINE};
    struct worker_watch *w = worker_watch_new(stdout);
    if (w == NULL || !take_job(job, &v->o, &wanted, &e)) {
        if (w == NULL) {
            err_set(&e, ERR_MEMORY, "no memory to begin");
        }
        worker_watch_free(w);
        return worker_fail(&e);
    }
    v->command = commands_find("migrate");
    v->json_events = true;
    v->watch = worker_watch_stages(w);
    int code = wanted.mode == MODE_ONLINE ? online(v, &wanted, w) : offline(v, &wanted, w);
    v->watch = NULL;
    worker_watch_free(w);
    return code;
}
