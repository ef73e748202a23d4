/* /healthz, /api/v1/version, /api/v1/states. */
#include "server/api.h"
#include "server/state.h"

static bool health(struct call *c, struct err *e) {
    int64_t now;
    if (!store_now(c->store, &now, e) || !store_run(c->store, "SELECT 1 FROM store_version", STORE_NONE, NULL, e)) {
        return false;
    }
    c->out = json_pack("{s:b}", "ok", 1);
    return true;
}

static bool version(struct call *c, struct err *e) {
    (void)e;
    c->out = json_pack("{s:s}", "version", GODWIT_VERSION);
    return true;
}

/* The numbers, in both languages, and what leads where: the console has no list of its own. */
static bool states(struct call *c, struct err *e) {
    static const enum task_status tasks[] = {TASK_NOT_STARTED, TASK_MIGRATING, TASK_FINISHED, TASK_PRECHECK_FAILED};
    json_t *statuses = json_array(), *task_statuses = json_array(), *events = json_array(), *transitions = json_array();
    (void)e;
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        json_array_append_new(task_statuses,
                              json_pack("{s:i, s:s, s:s}", "status", (int)tasks[i], "en",
                                        task_status_text(tasks[i], false), "zh", task_status_text(tasks[i], true)));
    }
    for (int i = 0; i < EVENT_COUNT; i++) {
        enum subtask_event x = (enum subtask_event)i;
        json_array_append_new(events, json_pack("{s:s, s:s, s:s}", "event", state_event_name(x), "en",
                                                state_event_text(x, false), "zh", state_event_text(x, true)));
    }
    for (int i = 0; i <= SUB_PRECHECK_FAILED; i++) {
        if (state_is_status(i)) {
            enum subtask_status s = (enum subtask_status)i;
            json_array_append_new(statuses, json_pack("{s:i, s:s, s:s}", "status", i, "en", state_text(s, false), "zh",
                                                      state_text(s, true)));
        }
    }
    for (size_t i = 0; i < state_count(); i++) {
        const struct transition *t = state_transition(i);
        json_array_append_new(transitions, json_pack("{s:i, s:s, s:i}", "from", (int)t->from, "event",
                                                     state_event_name(t->event), "to", (int)t->to));
    }
    c->out = json_pack("{s:o, s:o, s:o, s:o}", "statuses", statuses, "task_statuses", task_statuses, "events", events,
                       "transitions", transitions);
    return true;
}

const struct route api_info_routes[] = {
    {HTTP_GET, "/healthz", ROLE_NONE, ROUTE_PUBLIC, health},
    {HTTP_GET, "/api/v1/version", ROLE_NONE, ROUTE_PUBLIC, version},
    {HTTP_GET, "/api/v1/states", ROLE_VIEWER, 0, states},
    {0},
};
