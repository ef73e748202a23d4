/* The verb migrate: what `godwit migrate` does, for a server. See worker.h. */
#include <errno.h>
#include <sys/stat.h>

#include "base/log.h"
#include "cli/worker.h"
#include "cli/worker_watch.h"
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
    }
    return true;
}

static bool take_job(const json_t *job, struct options *o, enum task_mode *mode, struct err *e) {
    bool resume, restart;
    int64_t number_of_mode, fence;
    if (!worker_task(job, CMD_MIGRATE, o, e) || !flag(job, "resume", &resume, e) ||
        !flag(job, "restart", &restart, e) || !number(job, "fence", 0, 0, &fence, e) ||
        !number(job, "mode", MODE_OFFLINE, MODE_OFFLINE, &number_of_mode, e) || !take_directory(job, o, e)) {
        return false;
    }
    if (number_of_mode > MODE_ONLINE || (resume && restart)) {
        return err_set(e, ERR_JOB,
                       resume && restart ? "resume and restart exclude each other" : "there is no such mode");
    }
    *mode = (enum task_mode)number_of_mode;
    o->task.fence = fence;
    o->task.resume = o->task.resume_if_any = resume;
    o->task.restart = restart;
    return true;
}

static int changes_follow(struct worker_watch *w) {
    struct err e = ERR_INIT;
    worker_watch_stage(w, state_event_name(EVENT_INCREMENTAL_START));
    err_set(&e, ERR_NOT_IN_BUILD, "incremental migration is not available in this build");
    err_hint(&e, "the full migration and its check are done; finish the subtask, or make it an offline one");
    worker_fail(&e);
    return (int)exit_code_of(&e);
}

int worker_migrate(const json_t *job, struct invocation *v) {
    struct err e = ERR_INIT;
    enum task_mode mode = MODE_OFFLINE;
    struct worker_watch *w = worker_watch_new(stdout);
    if (w == NULL || !take_job(job, &v->o, &mode, &e)) {
        if (w == NULL) {
            err_set(&e, ERR_MEMORY, "no memory to begin");
        }
        worker_fail(&e);
        worker_watch_free(w);
        return (int)exit_code_of(&e);
    }
    v->command = commands_find("migrate");
    v->json_events = true;
    v->watch = worker_watch_stages(w);
    int code = stages_migrate(v);
    /* What could not be compared has been told, and is for people to judge: the migration itself is done. */
    if (code == EXIT_OK || code == EXIT_DIFFERENT || v->incomplete) {
        if (mode == MODE_ONLINE) {
            code = changes_follow(w);
        } else {
            worker_watch_stage(w, state_event_name(EVENT_OFFLINE_DONE));
        }
    }
    v->watch = NULL;
    worker_watch_free(w);
    return code;
}
