/* One order: how far it is, what it says, its connection. See kit.h. */
#include <stdarg.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/str.h"
#include "server/kit_internal.h"
#include "server/logs.h"
#include "server/machine_ssh.h"

enum { TELL_EVERY_MS = 250, LINE_MAX_BYTES = 1200 };

struct words {
    const char *name, *en, *zh;
};

static const struct words steps[] = {
    [STEP_WAIT] = {"wait", "waiting for its turn", "等待执行"},
    [STEP_CONNECT] = {"connect", "connecting over SSH", "正在建立 SSH 连接"},
    [STEP_LOOK] = {"look", "looking at the machine", "正在检查执行机环境"},
    [STEP_STOP] = {"stop", "stopping the agent", "正在停止 agent"},
    [STEP_COPY] = {"copy", "copying the executable", "正在复制程序文件"},
    [STEP_VERIFY] = {"verify", "verifying the copy", "正在验证程序文件"},
    [STEP_BEGIN] = {"begin", "starting the agent", "正在启动 agent"},
    [STEP_ENROL] = {"enrol", "waiting for the agent to connect", "等待 agent 连接服务器"},
    [STEP_REMOVE] = {"remove", "removing files", "正在删除文件"},
    [STEP_DONE] = {"done", "done", "完成"},
};

enum { STEPS = sizeof steps / sizeof steps[0] };

const char *kit_step_name(enum kit_step step) {
    return steps[step].name;
}

static json_t *step_json(const char *name) {
    for (size_t i = 0; i < STEPS; i++) {
        if (str_eq(steps[i].name, name)) {
            return json_pack("{s:s, s:s}", "en", steps[i].en, "zh", steps[i].zh);
        }
    }
    return json_pack("{s:s, s:s}", "en", "?", "zh", "?");
}

json_t *kit_json(const struct store_rows *r, size_t row, size_t at) {
    const char *error = store_cell(r, row, at + 4);
    json_t *why = error != NULL ? json_loads(error, 0, NULL) : NULL;
    if (store_cell(r, row, at) == NULL) {
        return json_null();
    }
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:I, s:o, s:s, s:I, s:o}", "action", store_cell(r, row, at), "state",
        store_cell(r, row, at + 1), "step", store_cell(r, row, at + 2), "text", step_json(store_cell(r, row, at + 2)),
        "percent", (json_int_t)store_number(r, row, at + 3), "error", why != NULL ? why : json_null(), "who",
        store_cell(r, row, at + 5), "started_ms", (json_int_t)store_number(r, row, at + 6), "finished_ms",
        store_cell(r, row, at + 7) != NULL ? json_integer((json_int_t)store_number(r, row, at + 7)) : json_null());
}

/* What listeners do not hear now they hear with the next change. */
void kit_tell(const struct api *api, struct store *s, int64_t machine) {
    struct arena a = ARENA_INIT;
    struct store_rows r;
    struct err e = ERR_INIT;
    if (store_rows(s, &a, "SELECT " KIT_COLUMNS " FROM kit k WHERE k.machine_id = ?", STORE_VALUES(STORE_I(machine)),
                   &r, &e) &&
        r.n > 0) {
        feed_tell(
            api->feed, "machines",
            json_pack("{s:s, s:I, s:o}", "kind", "machine-kit", "id", (json_int_t)machine, "kit", kit_json(&r, 0, 0)));
    }
    arena_clear(&a);
}

static int64_t now_ms(void) {
    return clock_mono_us() / 1000;
}

static void say(const struct api *api, struct store *s, int64_t machine, enum log_level level, const char *text) {
    struct err e = ERR_INIT;
    json_t *lines = json_pack("[{s:s, s:s, s:s}]", "level", logs_level_name(level), "event", "kit", "text", text);
    if (lines != NULL && !logs_append(s, api->feed, 0, machine, lines, &e)) {
        log_err("kit", &e);
    }
    json_decref(lines);
}

void kit_job_say(struct kit_job *j, enum log_level level, const char *fmt, ...) {
    char text[LINE_MAX_BYTES];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    text[str_utf8_cut(text, strlen(text), sizeof text - 4)] = '\0';
    say(j->api, j->store, j->entry->machine, level, text);
}

static bool write(struct kit_job *j, struct err *e) {
    j->told_ms = now_ms();
    if (!store_run(j->store, "UPDATE kit SET state = 'running', step = ?, percent = ? WHERE machine_id = ?",
                   STORE_VALUES(STORE_T(kit_step_name(j->step)), STORE_I(j->percent), STORE_I(j->entry->machine)), NULL,
                   e)) {
        return false;
    }
    kit_tell(j->api, j->store, j->entry->machine);
    return true;
}

bool kit_job_step(struct kit_job *j, enum kit_step step, unsigned percent, struct err *e) {
    if (kit_is_stopping(j->kit)) {
        return err_set(e, ERR_KIT_INTERRUPTED, "the server was stopped");
    }
    j->step = step;
    j->percent = percent;
    kit_job_say(j, LOG_INFO, "%s: %s", kit_action_name(j->entry->action), steps[step].en);
    return write(j, e);
}

void kit_job_percent(struct kit_job *j, unsigned percent) {
    struct err e = ERR_INIT;
    if (percent != j->percent && now_ms() - j->told_ms >= TELL_EVERY_MS) {
        j->percent = percent;
        (void)write(j, &e); /* the next one says more */
    }
}

bool kit_job_connect(struct kit_job *j, struct err *e) {
    struct net_ssh *ssh;
    if (!machine_ssh_open(j->store, j->api->key, j->entry->machine, &ssh, e)) {
        return false;
    }
    pthread_mutex_lock(&j->kit->lock);
    j->entry->ssh = ssh;
    bool stopping = j->kit->stopping;
    pthread_mutex_unlock(&j->kit->lock);
    return !stopping || err_set(e, ERR_KIT_INTERRUPTED, "the server was stopped");
}

void kit_job_disconnect(struct kit_job *j) {
    pthread_mutex_lock(&j->kit->lock);
    struct net_ssh *ssh = j->entry->ssh;
    j->entry->ssh = NULL;
    pthread_mutex_unlock(&j->kit->lock);
    net_ssh_close(ssh);
}

/* What goes with the end is there before the end is. why: NULL, or an error; its texts are UTF-8, whatever the other side has said. */
static bool leave_reason(const struct api *api, struct store *s, int64_t machine, const json_t *why, struct err *e) {
    const char *message = json_string_value(json_object_get(why, "message"));
    const char *cause = json_string_value(json_object_get(why, "cause"));
    if (why != NULL) {
        char text[LINE_MAX_BYTES];
        snprintf(text, sizeof text, "%s %s%s%s", json_string_value(json_object_get(why, "code")),
                 message != NULL ? message : "", cause != NULL ? ": " : "", cause != NULL ? cause : "");
        text[str_utf8_cut(text, strlen(text), sizeof text - 4)] = '\0';
        say(api, s, machine, LOG_ERROR, text);
    }
    return store_run(s, "UPDATE machine SET reason = ? WHERE id = ?", STORE_VALUES(STORE_T(message), STORE_I(machine)),
                     NULL, e);
}

bool kit_finish(const struct api *api, struct store *s, int64_t machine, const struct err *failed, struct err *e) {
    const char *sql = failed != NULL
                          ? "UPDATE kit SET state = 'failed', error = ?, finished_ms = ? WHERE machine_id = ?"
                          : "UPDATE kit SET state = 'done', step = 'done', percent = 100, error = ?,"
                            " finished_ms = ? WHERE machine_id = ?";
    int64_t now;
    json_t *why = failed != NULL ? err_to_json(failed) : NULL;
    char *error = why != NULL ? json_dumps(why, JSON_COMPACT) : NULL;
    bool ok = store_now(s, &now, e) && leave_reason(api, s, machine, why, e) &&
              store_run(s, sql, STORE_VALUES(STORE_T(error), STORE_I(now), STORE_I(machine)), NULL, e);
    if (ok) {
        kit_tell(api, s, machine);
    }
    free(error);
    json_decref(why);
    return ok;
}
