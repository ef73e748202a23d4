/* What each action consists of. See kit.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "server/enrol.h"
#include "server/kit_internal.h"
#include "server/settings.h"

enum {
    SCRIPT_MS = 60000,
    STOP_MS = 90000, /* the agent has 25 s for its workers */
    LOOK_EVERY_MS = 200,
    ALIVE_EVERY_MS = 1000,
    COPY_FROM = 20, /* percent */
    COPY_TO = 70,
    SPARE_BYTES = 16 << 20, /* for what the agent writes */
};

static bool script(struct kit_job *j, const char *function, struct err *e) {
    return kit_script_run(j->entry->ssh, &j->arena, &j->v, function, SCRIPT_MS, e);
}

/* ---- looking ---- */

static bool keep_facts(struct kit_job *j, const struct kit_look *found, struct err *e) {
    char *facts = json_dumps(found->facts, JSON_COMPACT | JSON_REAL_PRECISION(6));
    bool ok = store_run(j->store, "UPDATE machine SET facts = ? WHERE id = ? AND state = 'new'",
                        STORE_VALUES(STORE_T(facts), STORE_I(j->entry->machine)), NULL, e);
    free(facts);
    return ok;
}

static bool look(struct kit_job *j, struct kit_look *found, struct err *e) {
    *found = (struct kit_look){0};
    bool ok = kit_job_step(j, STEP_CONNECT, 2, e) && kit_job_connect(j, e) && kit_job_step(j, STEP_LOOK, 8, e) &&
              kit_look(j->entry->ssh, &j->arena, &j->v, found, e) && keep_facts(j, found, e);
    const json_t *facts = found->facts;
    if (ok) {
        kit_job_say(j, LOG_INFO, "%s, %lld cores, %s of memory free, in %s",
                    json_string_value(json_object_get(facts, "os")),
                    (long long)json_integer_value(json_object_get(facts, "cores")),
                    str_bytes((uint64_t)json_integer_value(json_object_get(facts, "memory_free_bytes")), (char[24]){0}),
                    found->directory);
        j->v.directory = found->directory;
    }
    return ok;
}

static bool check_space(const struct kit_job *j, const struct kit_look *found, struct err *e) {
    const json_t *free_bytes = json_object_get(found->facts, "disk_free_bytes");
    char has[24], needs[24];
    uint64_t wanted = j->executable.size + SPARE_BYTES;
    if (!json_is_integer(free_bytes) || (uint64_t)json_integer_value(free_bytes) >= wanted) {
        return true;
    }
    return err_set(e, ERR_SSH_FULL, "%s has %s free; the kit needs %s", found->directory,
                   str_bytes((uint64_t)json_integer_value(free_bytes), has), str_bytes(wanted, needs));
}

/* ---- copying ---- */

static bool on_copied(void *arg, uint64_t done, uint64_t size) {
    struct kit_job *j = arg;
    kit_job_percent(j, COPY_FROM + (unsigned)((COPY_TO - COPY_FROM) * done / size));
    return true;
}

/* Under another name first; it takes the place of the old one when it has proved good. */
static bool copy(struct kit_job *j, struct err *e) {
    char random[SECRETS_TOKEN_TEXT];
    const struct net_ssh_source from = {.fd = j->executable.fd, .size = j->executable.size};
    secrets_token(random);
    j->v.copy = arena_printf(&j->arena, "godwit.new.%.12s", random);
    char *path = arena_printf(&j->arena, "%s/%s", j->v.directory, j->v.copy);
    return kit_job_step(j, STEP_COPY, COPY_FROM, e) &&
           net_ssh_upload(j->entry->ssh, &from, path, 0700, on_copied, j, e) &&
           kit_job_step(j, STEP_VERIFY, COPY_TO + 5, e) && script(j, "place", e);
}

/* ---- what the agent needs ---- */

static bool send_token(struct kit_job *j, struct err *e) {
    char token[ENROL_TOKEN_TEXT], line[ENROL_TOKEN_TEXT + 1];
    if (!store_begin(j->store, e)) {
        return false;
    }
    if (!enrol_invite(j->store, j->entry->machine, token, e) || !store_commit(j->store, e)) {
        store_rollback(j->store);
        return false;
    }
    snprintf(line, sizeof line, "%s\n", token);
    const struct net_ssh_source from = {.fd = -1, .bytes = line, .size = strlen(line)};
    bool ok = net_ssh_upload(j->entry->ssh, &from, arena_printf(&j->arena, "%s/enrol.token", j->v.directory), 0600,
                             NULL, NULL, e);
    secrets_wipe(token, sizeof token);
    secrets_wipe(line, sizeof line);
    return ok;
}

static bool send_ca(struct kit_job *j, struct err *e) {
    struct stat st;
    struct net_ssh_source from = {.fd = open(j->api->agent_ca, O_RDONLY | O_CLOEXEC)};
    if (from.fd < 0 || fstat(from.fd, &st) != 0) {
        err_errno(e, ERR_FILE, "cannot read the certificate for agents in %s", j->api->agent_ca);
        if (from.fd >= 0) {
            close(from.fd);
        }
        return false;
    }
    from.size = (uint64_t)st.st_size;
    bool ok =
        net_ssh_upload(j->entry->ssh, &from, arena_printf(&j->arena, "%s/ca.pem", j->v.directory), 0600, NULL, NULL, e);
    close(from.fd);
    return ok;
}

/* ---- starting ---- */

/* The agent's last words go into the log, the very last into the error. */
static bool not_connected(struct kit_job *j, const char *message, struct err *e) {
    json_t *answers;
    size_t i;
    const json_t *line;
    struct err ignored = ERR_INIT;
    char *last = NULL;
    if (kit_script(j->entry->ssh, &j->arena, &j->v, "last_words", SCRIPT_MS, &answers, &ignored)) {
        json_array_foreach(json_object_get(answers, "line"), i, line) {
            last = arena_strdup(&j->arena, json_string_value(line));
            kit_job_say(j, LOG_WARN, "agent: %s", last);
        }
    }
    json_decref(answers);
    if (!kit_script_run(j->entry->ssh, &j->arena, &j->v, "kill_all", SCRIPT_MS, &ignored)) {
        kit_job_say(j, LOG_WARN, "the agent could not be ended: %s", ignored.message);
    }
    err_set(e, ERR_KIT_AGENT, "%s", message);
    return err_cause(e, "%s", last != NULL ? last : "it said nothing");
}

static bool is_connected(struct kit_job *j, int64_t since_ms, bool *connected, struct err *e) {
    struct arena a = ARENA_INIT;
    struct store_rows r;
    bool ok = store_rows(j->store, &a, "SELECT seen_ms FROM machine WHERE id = ?",
                         STORE_VALUES(STORE_I(j->entry->machine)), &r, e);
    *connected = ok && r.n > 0 && store_number(&r, 0, 0) > since_ms;
    arena_clear(&a);
    return ok;
}

static bool agent_runs(struct kit_job *j, bool *runs, struct err *e) {
    json_t *answers;
    bool ok = kit_script(j->entry->ssh, &j->arena, &j->v, "alive", SCRIPT_MS, &answers, e);
    const char *pids = json_string_value(json_object_get(answers, "agents"));
    *runs = pids != NULL && pids[0] != '\0';
    json_decref(answers);
    return ok;
}

static bool wait_connected(struct kit_job *j, int64_t since_ms, struct err *e) {
    int64_t limit_s, begin_us = clock_mono_us(), looked_us = begin_us;
    if (!settings_get(j->store, "agent_wait_s", &limit_s, e) || !kit_job_step(j, STEP_ENROL, 90, e)) {
        return false;
    }
    for (;;) {
        bool connected, runs = true;
        if (kit_is_stopping(j->kit)) {
            return err_set(e, ERR_KIT_INTERRUPTED, "the server was stopped");
        }
        if (!is_connected(j, since_ms, &connected, e) || connected) {
            return connected;
        }
        int64_t now_us = clock_mono_us();
        if (now_us - looked_us > ALIVE_EVERY_MS * 1000) {
            looked_us = now_us;
            if (!agent_runs(j, &runs, e)) {
                return false;
            }
        }
        if (!runs) {
            return not_connected(j, "the agent has ended", e);
        }
        if (now_us - begin_us > limit_s * 1000000) {
            return not_connected(j,
                                 arena_printf(&j->arena, "the agent has not connected to %s within %lld s",
                                              j->api->public_url, (long long)limit_s),
                                 e);
        }
        clock_sleep_ms(LOOK_EVERY_MS);
    }
}

static bool start_agent(struct kit_job *j, bool has_token, struct err *e) {
    int64_t since_ms;
    return kit_job_step(j, STEP_BEGIN, 80, e) && script(j, "clear_way", e) && (has_token || send_token(j, e)) &&
           (!j->v.ca || send_ca(j, e)) && store_now(j->store, &since_ms, e) && script(j, "start", e) &&
           wait_connected(j, since_ms, e) && script(j, "settled", e) &&
           store_run(j->store, "UPDATE machine SET state = 'enrolled' WHERE id = ? AND state = 'stopped'",
                     STORE_VALUES(STORE_I(j->entry->machine)), NULL, e);
}

static bool stop_agent(struct kit_job *j, const char *function, struct err *e) {
    return kit_job_step(j, STEP_STOP, 12, e) && kit_script_run(j->entry->ssh, &j->arena, &j->v, function, STOP_MS, e);
}

/* ---- actions ---- */

static bool install(struct kit_job *j, const struct kit_look *found, struct err *e) {
    return check_space(j, found, e) && script(j, "prepare", e) && stop_agent(j, "stop", e) &&
           script(j, "forget_token", e) && copy(j, e) && start_agent(j, false, e);
}

static bool upgrade(struct kit_job *j, const struct kit_look *found, struct err *e) {
    if (found->is_current) {
        kit_job_say(j, LOG_INFO, "the executable there is this server's already");
    } else if (!check_space(j, found, e) || !script(j, "prepare", e) || !copy(j, e)) {
        return false;
    }
    return (found->is_current && found->agent_runs) ||
           (stop_agent(j, "stop", e) && start_agent(j, found->has_token, e));
}

static bool start(struct kit_job *j, const struct kit_look *found, struct err *e) {
    if (found->agent_runs) {
        kit_job_say(j, LOG_INFO, "the agent runs already");
        return store_run(j->store, "UPDATE machine SET state = 'enrolled' WHERE id = ? AND state = 'stopped'",
                         STORE_VALUES(STORE_I(j->entry->machine)), NULL, e);
    }
    return start_agent(j, found->has_token, e);
}

/* Its last sign of life was the last. */
static bool stop(struct kit_job *j, struct err *e) {
    return stop_agent(j, "stop", e) &&
           store_run(j->store, "UPDATE machine SET state = 'stopped', seen_ms = NULL WHERE id = ?",
                     STORE_VALUES(STORE_I(j->entry->machine)), NULL, e);
}

static bool erase(struct kit_job *j, struct err *e) {
    json_t *answers;
    bool ok = kit_job_step(j, STEP_REMOVE, 60, e) &&
              kit_script(j->entry->ssh, &j->arena, &j->v, "erase", SCRIPT_MS, &answers, e);
    const char *left = ok ? json_string_value(json_object_get(answers, "left")) : NULL;
    if (left != NULL) {
        kit_job_say(j, LOG_WARN, "%s stays: there are other files in it: %s", j->v.directory, left);
    }
    if (ok) {
        json_decref(answers);
    }
    return ok;
}

static bool forget(struct kit_job *j, struct err *e) {
    struct store_values machine = STORE_VALUES(STORE_I(j->entry->machine));
    return store_run(j->store, "DELETE FROM enrolment WHERE machine_id = ?", machine, NULL, e) &&
           store_run(j->store,
                     "UPDATE machine SET state = 'new', token_digest = NULL, seen_ms = NULL, version = NULL,"
                     " server = NULL WHERE id = ?",
                     machine, NULL, e);
}

static bool uninstall(struct kit_job *j, bool by_force, struct err *e) {
    return stop_agent(j, by_force ? "kill_all" : "stop", e) && erase(j, e) && forget(j, e);
}

static bool act(struct kit_job *j, const struct kit_look *found, struct err *e) {
    switch (j->entry->action) {
    case KIT_INSTALL:
    case KIT_REINSTALL:
        return install(j, found, e);
    case KIT_UPGRADE:
        return upgrade(j, found, e);
    case KIT_START:
        return start(j, found, e);
    case KIT_STOP:
        return stop(j, e);
    case KIT_UNINSTALL:
        return uninstall(j, false, e);
    case KIT_CLEANUP:
        return uninstall(j, true, e);
    }
    return err_set(e, ERR_INTERNAL, "an action that is none");
}

bool kit_steps_run(struct kit_job *j, struct err *e) {
    struct kit_look found;
    bool ok = look(j, &found, e) && act(j, &found, e);
    json_decref(found.facts);
    return ok && kit_job_step(j, STEP_DONE, 100, e);
}
