/* See ask.h. */
#include "server/ask.h"

#include "base/str.h"
#include "server/hub.h"

static bool client_has_gone(void *arg) {
    return !http_is_waited_for(arg);
}

/* Where several servers share a store each has agents of its own. */
static bool machine_is_here(struct call *c, int64_t machine, struct err *e) {
    struct store_rows rows;
    if (machine == 0 || hub_is_connected(c->api->hub, machine)) {
        return true;
    }
    if (!store_rows(c->store, c->a, "SELECT name, server FROM machine WHERE id = ?", STORE_VALUES(STORE_I(machine)),
                    &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return err_set(e, ERR_BODY, "there is no execution machine %lld", (long long)machine);
    }
    const char *name = store_cell(&rows, 0, 0), *server = store_cell(&rows, 0, 1);
    err_set(e, ERR_MACHINE_AWAY, "execution machine %s is not connected to this server", name);
    if (server != NULL && !str_eq(server, c->api->server)) {
        err_hint(e, "it was last connected to server %s: ask there, or choose another machine", server);
    }
    return false;
}

bool ask_worker(struct call *c, int64_t machine, json_t *job, unsigned timeout_s, struct err *e) {
    struct hub_question q = {.machine = machine,
                             .job = job,
                             .timeout_s = timeout_s,
                             .who = c->who.name,
                             .given_up = client_has_gone,
                             .arg = c->request};
    if (!machine_is_here(c, machine, e)) {
        json_decref(job);
        return false;
    }
    return hub_ask(c->api->hub, &q, &c->out, e) &&
           (json_is_object(c->out) || err_set(e, ERR_JOB, "the worker's answer is no object"));
}
