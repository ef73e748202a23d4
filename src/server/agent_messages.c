/* See agent_messages.h; agent_ended.c knows what the end of a worker means. */
#include "server/agent_messages.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "server/agent_ended.h"
#include "server/alerts.h"
#include "server/attempts.h"
#include "server/check_merge.h"
#include "server/documents.h"
#include "server/enrol.h"
#include "server/figures.h"
#include "server/hub.h"
#include "server/logs.h"
#include "server/objects.h"
#include "server/repairs.h"
#include "server/scheduler.h"

/* A message's handler. Its store statements are in a.arena. */
struct from_agent {
    const struct api *api;
    struct store *store;
    struct arena arena;
    int64_t machine;
    const char *address;
    const json_t *message;
    int64_t subtask, fence, task; /* where it speaks of a subtask */
};

static int64_t number_of(const json_t *o, const char *name) {
    return (int64_t)json_integer_value(json_object_get(o, name));
}

static const char *text_of(const json_t *o, const char *name) {
    return json_string_value(json_object_get(o, name));
}

static struct tasks tasks_of(struct from_agent *m) {
    return (struct tasks){.store = m->store, .feed = m->api->feed, .a = &m->arena};
}

static void send(struct from_agent *m, const char *type) {
    (void)hub_send(
        m->api->hub, m->machine,
        json_pack("{s:s, s:I, s:I}", "type", type, "subtask", (json_int_t)m->subtask, "fence", (json_int_t)m->fence));
}

/* ---- hello and beat ---- */

static bool note_sign_of_life(struct from_agent *m, struct err *e) {
    int64_t now;
    char *facts = json_dumps(json_object_get(m->message, "facts"), JSON_COMPACT | JSON_REAL_PRECISION(6));
    const char *version = text_of(m->message, "version");
    bool ok =
        store_now(m->store, &now, e) &&
        store_run(
            m->store,
            "UPDATE machine SET seen_ms = ?, server = ?, facts = COALESCE(?, facts), version = COALESCE(?,"
            " version) WHERE id = ?",
            STORE_VALUES(STORE_I(now), STORE_T(m->api->server), STORE_T(facts), STORE_T(version), STORE_I(m->machine)),
            NULL, e) &&
        store_run(m->store,
                  "UPDATE subtask SET lease_until_ms = ?, server = ? WHERE machine_id = ? AND lease_until_ms IS NOT"
                  " NULL",
                  STORE_VALUES(STORE_I(now + SERVER_LEASE_MS), STORE_T(m->api->server), STORE_I(m->machine)), NULL, e);
    free(facts);
    return ok;
}

static bool is_among(const json_t *list, int64_t subtask, int64_t fence) {
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item) {
        if (number_of(item, "subtask") == subtask && number_of(item, "fence") == fence) {
            return true;
        }
    }
    return false;
}

static bool settle_one(struct tasks *t, int64_t id, bool active, json_t *failed, struct err *e) {
    json_t *why = NULL;
    bool ok = active ? attempts_machine_lost(t, id, &why, e)
                     : store_run(t->store, "UPDATE subtask SET lease_until_ms = NULL, command = NULL WHERE id = ?",
                                 STORE_VALUES(STORE_I(id)), NULL, e);
    if (why != NULL) {
        json_array_append_new(failed, json_pack("{s:I, s:o}", "subtask", (json_int_t)id, "why", why));
    }
    return ok;
}

/* What the store thinks runs there and does not: its worker died with an earlier agent. failed: gets those that are not tried again. */
static bool settle_missing(struct from_agent *m, struct tasks *t, const json_t *running, json_t *failed,
                           struct err *e) {
    struct store_rows rows;
    if (!store_rows(m->store, &m->arena,
                    "SELECT id, fence, status FROM subtask WHERE machine_id = ? AND lease_until_ms IS NOT NULL",
                    STORE_VALUES(STORE_I(m->machine)), &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        int64_t id = store_number(&rows, i, 0);
        if (is_among(running, id, store_number(&rows, i, 1))) {
            continue;
        }
        if (!settle_one(t, id, state_is_active((enum subtask_status)store_number(&rows, i, 2)), failed, e)) {
            return false;
        }
    }
    return true;
}

/* What runs there and should not: it was given to another machine, or is over. */
static bool kill_strangers(struct from_agent *m, const json_t *running, struct err *e) {
    size_t i;
    const json_t *item;
    json_array_foreach(running, i, item) {
        struct store_rows rows;
        m->subtask = number_of(item, "subtask");
        m->fence = number_of(item, "fence");
        if (!store_rows(
                m->store, &m->arena,
                "SELECT 1 FROM subtask WHERE id = ? AND fence = ? AND machine_id = ? AND lease_until_ms IS NOT NULL",
                STORE_VALUES(STORE_I(m->subtask), STORE_I(m->fence), STORE_I(m->machine)), &rows, e)) {
            return false;
        }
        if (rows.n == 0) {
            send(m, "kill");
        }
    }
    return true;
}

static void tell_machine(struct from_agent *m, const char *kind) {
    feed_tell(m->api->feed, "machines",
              json_pack("{s:s, s:I, s:O?}", "kind", kind, "id", (json_int_t)m->machine, "facts",
                        json_object_get(m->message, "facts")));
}

static bool settle(struct from_agent *m, const json_t *running, json_t *failed, struct err *e) {
    struct tasks t = tasks_of(m);
    if (!tasks_begin(&t, e)) {
        return false;
    }
    if (!settle_missing(m, &t, running, failed, e) || !note_sign_of_life(m, e) ||
        !store_run(m->store, "UPDATE machine SET capacity = ? WHERE id = ? AND capacity = 0",
                   STORE_VALUES(STORE_I(enrol_capacity(json_object_get(m->message, "facts"))), STORE_I(m->machine)),
                   NULL, e)) {
        tasks_rollback(&t);
        return false;
    }
    return tasks_commit(&t, e);
}

static bool raise_alerts(struct from_agent *m, const json_t *failed, struct err *e) {
    size_t i;
    const json_t *item;
    json_array_foreach(failed, i, item) {
        if (!alert_raise(m->store, m->api->feed, ALERT_ERROR, number_of(item, "subtask"), 0,
                         json_object_get(item, "why"), e)) {
            return false;
        }
    }
    return true;
}

static bool hello(struct from_agent *m, struct err *e) {
    const json_t *running = json_object_get(m->message, "subtasks");
    json_t *failed = json_array();
    bool ok = settle(m, running, failed, e) && raise_alerts(m, failed, e);
    json_decref(failed);
    if (!ok) {
        return false;
    }
    (void)hub_send(m->api->hub, m->machine,
                   json_pack("{s:s, s:I, s:i}", "type", "welcome", "machine", (json_int_t)m->machine, "lease_s",
                             (int)AGENT_LEASE_S));
    tell_machine(m, "machine-online");
    scheduler_kick(m->api->scheduler);
    return kill_strangers(m, running, e);
}

static bool beat(struct from_agent *m, struct err *e) {
    if (!note_sign_of_life(m, e)) {
        return false;
    }
    tell_machine(m, "machine-facts");
    (void)hub_send(m->api->hub, m->machine, json_pack("{s:s}", "type", "beat"));
    return true;
}

void agent_gone(const struct api *api, struct store *s, int64_t machine) {
    (void)s;
    feed_tell(api->feed, "machines", json_pack("{s:s, s:I}", "kind", "machine-away", "id", (json_int_t)machine));
}

/* ---- a worker's events ---- */

/* What a worker may say; that it failed, and why, comes with its end. */
static bool is_for_workers(enum subtask_event e) {
    return e > EVENT_PRECHECK_FAILED && e != EVENT_FAILED;
}

/* Stages come in their order, and again after a reconnect: one that does not fit has been heard already. */
static bool stage(struct from_agent *m, const json_t *event, struct err *e) {
    enum subtask_event what;
    const char *name = text_of(event, "stage");
    struct tasks t = tasks_of(m);
    if (name == NULL || !state_event_parse(name, &what)) {
        log_warn("agent", "machine %lld reports an unknown stage '%s'", (long long)m->machine,
                 name == NULL ? "" : name);
        return true;
    }
    if (!is_for_workers(what)) {
        return true;
    }
    if (!tasks_begin(&t, e)) {
        return false;
    }
    const json_t *but = json_object_get(event, "error");
    but = json_is_object(but) ? but : NULL;
    if (!subtask_event(&t, m->subtask, what, but, NULL, e)) {
        tasks_rollback(&t);
        return e->code == ERR_NOT_NOW;
    }
    return tasks_commit(&t, e) &&
           (but == NULL || alert_raise(m->store, m->api->feed, ALERT_WARNING, m->subtask, 0, but, e));
}

/* A check of some tables, made again, becomes part of the one that was made of all; a new reference. */
static bool whole_check(struct from_agent *m, const json_t *check, json_t **out, struct err *e) {
    const char *text;
    *out = NULL;
    if (json_is_true(json_object_get(check, "partial"))) {
        if (!documents_read(m->store, &m->arena, m->subtask, "check", &text, e)) {
            return false;
        }
        json_t *before = text != NULL ? json_loads(text, 0, NULL) : NULL;
        *out = before != NULL ? check_merge(before, check) : NULL;
        json_decref(before);
    }
    *out = *out != NULL ? *out : json_deep_copy(check);
    return true;
}

static bool document(struct from_agent *m, const char *kind, const json_t *what, struct err *e) {
    char *text = json_dumps(what, JSON_COMPACT | JSON_REAL_PRECISION(9));
    struct tasks t = tasks_of(m);
    bool ok = tasks_begin(&t, e);
    if (ok) {
        ok = (!str_eq(kind, "check") || repairs_drop(&t, m->subtask, e)) &&
             documents_keep(&t, m->subtask, kind, text, e);
        if (ok) {
            tasks_tell(
                &t, "subtask", m->subtask,
                json_pack("{s:s, s:I, s:s}", "kind", "document", "id", (json_int_t)m->subtask, "document", kind));
            ok = tasks_commit(&t, e);
        } else {
            tasks_rollback(&t);
        }
    }
    free(text);
    return ok;
}

/* The worker goes on, or ends well, but a DBA has to look. */
static bool differs(struct from_agent *m, const json_t *check, struct err *e) {
    if (!json_is_true(json_object_get(check, "different"))) {
        return true;
    }
    struct err what = ERR_INIT;
    err_set(&what, ERR_CHECK_DIFFERENT, "source and target differ");
    json_t *json = err_to_json(&what);
    bool ok = alert_raise(m->store, m->api->feed, ALERT_WARNING, m->subtask, 0, json, e);
    json_decref(json);
    return ok;
}

static bool check(struct from_agent *m, const json_t *told, struct err *e) {
    json_t *what;
    bool ok = whole_check(m, told, &what, e) && document(m, "check", what, e) && differs(m, what, e);
    json_decref(what);
    return ok;
}

static bool repair(struct from_agent *m, const json_t *event, struct err *e) {
    struct tasks t = tasks_of(m);
    if (!tasks_begin(&t, e)) {
        return false;
    }
    if (repairs_take(&t, m->subtask, event, e)) {
        return tasks_commit(&t, e);
    }
    tasks_rollback(&t);
    return false;
}

static bool worker_event(struct from_agent *m, struct err *e) {
    const json_t *event = json_object_get(m->message, "event");
    const char *kind = text_of(event, "event");
    if (kind == NULL) {
        return true;
    }
    if (str_eq(kind, "progress")) {
        figures_progress(m->api->figures, m->api->feed, m->task, m->subtask, event);
        return true;
    }
    if (str_eq(kind, "objects")) {
        return objects_store(m->api, m->store, &m->arena, m->task, m->subtask, json_object_get(event, "items"), e);
    }
    if (str_eq(kind, "stage")) {
        return stage(m, event, e);
    }
    if (str_eq(kind, "compared")) { /* rows that were followed differ */
        const json_t *but = json_object_get(event, "error");
        return !json_is_object(but) || alert_raise(m->store, m->api->feed, ALERT_WARNING, m->subtask, 0, but, e);
    }
    if (str_eq(kind, "repair")) {
        return repair(m, event, e);
    }
    if (str_eq(kind, "object_report")) {
        bool failed;
        return document(m, kind, json_object_get(event, kind), e) &&
               objects_alert(m->api, m->store, &m->arena, m->subtask, &failed, e);
    }
    if (str_eq(kind, "precheck") || str_eq(kind, "report") || str_eq(kind, "check") || str_eq(kind, "cutover")) {
        return str_eq(kind, "check") ? check(m, json_object_get(event, kind), e)
                                     : document(m, kind, json_object_get(event, kind), e);
    }
    return true; /* an error comes with the worker's end; others are of later versions */
}

/* ---- all messages ---- */

/* Is this worker still the one that the subtask belongs to? */
static bool is_current(struct from_agent *m, bool *current, struct err *e) {
    struct store_rows rows;
    m->subtask = number_of(m->message, "subtask");
    m->fence = number_of(m->message, "fence");
    if (!store_rows(m->store, &m->arena, "SELECT task_id, fence, machine_id, lease_until_ms FROM subtask WHERE id = ?",
                    STORE_VALUES(STORE_I(m->subtask)), &rows, e)) {
        return false;
    }
    *current = rows.n == 1 && store_number(&rows, 0, 1) == m->fence && store_number(&rows, 0, 2) == m->machine &&
               store_cell(&rows, 0, 3) != NULL;
    m->task = rows.n == 1 ? store_number(&rows, 0, 0) : 0;
    return true;
}

static bool about_subtask(struct from_agent *m, const char *type, struct err *e) {
    bool current;
    if (!is_current(m, &current, e)) {
        return false;
    }
    if (str_eq(type, "ended")) {
        struct tasks t = tasks_of(m);
        if (current && !agent_worker_ended(m->api, &t, m->subtask, m->message, e)) {
            return false;
        }
        send(m, "forget");
        return true;
    }
    if (!current) {
        send(m, "kill");
        return true;
    }
    if (str_eq(type, "log")) {
        return logs_append(m->store, m->api->feed, m->subtask, m->machine, json_object_get(m->message, "lines"), e);
    }
    return worker_event(m, e);
}

static bool handle(struct from_agent *m, struct err *e) {
    const char *type = text_of(m->message, "type");
    if (type == NULL) {
        return err_set(e, ERR_BODY, "an agent's message has no type");
    }
    if (str_eq(type, "hello")) {
        return hello(m, e);
    }
    if (str_eq(type, "beat")) {
        return beat(m, e);
    }
    if (str_eq(type, "log") && json_object_get(m->message, "subtask") == NULL) {
        return logs_append(m->store, m->api->feed, 0, m->machine, json_object_get(m->message, "lines"), e);
    }
    if (str_eq(type, "event") || str_eq(type, "log") || str_eq(type, "ended")) {
        return about_subtask(m, type, e);
    }
    log_warn("agent", "machine %lld says '%.40s', which is not understood", (long long)m->machine, type);
    return true;
}

/* A busy store is tried again; when it stays so the agent's connection is closed, and it says everything again with its next hello. */
bool agent_message_handle(const struct api *api, struct store *s, int64_t machine, const char *address,
                          const json_t *message, struct err *e) {
    struct from_agent m = {.api = api, .store = s, .machine = machine, .address = address, .message = message};
    bool ok = false;
    for (int i = 0; i < 3 && !ok; i++) {
        err_clear(e);
        ok = handle(&m, e);
        if (!ok && e->code != ERR_STORE_BUSY) {
            break;
        }
    }
    arena_clear(&m.arena);
    return ok;
}
