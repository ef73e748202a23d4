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
    json_t *statuses = json_array(), *transitions = json_array();
    (void)e;
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
    c->out = json_pack("{s:o, s:o}", "statuses", statuses, "transitions", transitions);
    return true;
}

const struct route api_info_routes[] = {
    {HTTP_GET, "/healthz", ROLE_NONE, ROUTE_PUBLIC, health},
    {HTTP_GET, "/api/v1/version", ROLE_NONE, ROUTE_PUBLIC, version},
    {HTTP_GET, "/api/v1/states", ROLE_VIEWER, 0, states},
    {0},
};
