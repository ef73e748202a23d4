/* What all routes have in common. See api.h. */
#include "server/api.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "server/audit.h"

#define COOKIE "godwit_session"

/* clang-format off */
static const struct route *const tables[] = {
    api_account_routes,
    api_alert_routes,
    api_data_source_routes,
    api_info_routes,
    api_kit_routes,
    api_live_routes,
    api_log_routes,
    api_machine_routes,
    api_metrics_routes,
    api_object_routes,
    api_openapi_routes,
    api_parameter_routes,
    api_question_routes,
    api_session_routes,
    api_settings_routes,
    api_subtask_routes,
    api_task_routes,
    api_webhook_routes,
};
/* clang-format on */

/* ---- routes ---- */

/* "/a/{id}" fits "/a/7": the part goes to params. */
static bool fits(struct arena *a, const char *pattern, const char *path, const char *params[API_PARAMS_MAX]) {
    size_t n = 0;
    while (*pattern != '\0') {
        if (*pattern != '{') {
            if (*pattern++ != *path++) {
                return false;
            }
            continue;
        }
        size_t len = strcspn(path, "/");
        if (len == 0 || n == API_PARAMS_MAX) {
            return false;
        }
        params[n++] = arena_strndup(a, path, len);
        path += len;
        pattern += strcspn(pattern, "}") + 1;
    }
    return *path == '\0';
}

const struct route *api_route(size_t n) {
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        for (const struct route *r = tables[i]; r->path != NULL; r++) {
            if (n-- == 0) {
                return r;
            }
        }
    }
    return NULL;
}

/* known: there is such a path, if not with this method. */
static const struct route *find(struct call *c, bool *known) {
    *known = false;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        for (const struct route *r = tables[i]; r->path != NULL; r++) {
            if (fits(c->a, r->path, c->request->path, c->params)) {
                *known = true;
                if (r->method == c->request->method) {
                    return r;
                }
            }
        }
    }
    return NULL;
}

/* "/a/7" fits "/a/{id}". Reads nothing but the path: the loop's thread asks. */
static bool looks_like(const char *pattern, const char *path) {
    while (*pattern != '\0') {
        if (*pattern != '{') {
            if (*pattern++ != *path++) {
                return false;
            }
            continue;
        }
        path += strcspn(path, "/");
        pattern += strcspn(pattern, "}") + 1;
    }
    return *path == '\0';
}

bool api_waits(void *arg, const struct http_request *r) {
    (void)arg;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        for (const struct route *x = tables[i]; x->path != NULL; x++) {
            if ((x->flags & ROUTE_WAITS) != 0 && x->method == r->method && looks_like(x->path, r->path)) {
                return true;
            }
        }
    }
    return false;
}

/* ---- who asks, and may they ---- */

bool api_identify(const struct api *api, struct store *s, struct http_request *r, struct identity *who, struct err *e) {
    (void)api;
    if (s == NULL) {
        return err_set(e, ERR_STORE_OPEN, "the store is not open");
    }
    if (str_starts(r->authorization, "Bearer ")) {
        return auth_token(s, r->authorization + strlen("Bearer "), who, e);
    }
    char *token = http_cookie(&r->arena, r->cookie, COOKIE);
    if (token == NULL) {
        return err_set(e, ERR_LOGIN_NEEDED, "there is neither a session nor a token");
    }
    return auth_session(s, token, who, e);
}

static bool authenticate(struct call *c, const struct route *route, struct err *e) {
    const struct http_request *r = c->request;
    bool changes = r->method != HTTP_GET;
    if ((route->flags & ROUTE_PUBLIC) != 0) {
        return !changes || http_same_site(r) || err_set(e, ERR_CSRF, "the request comes from another site");
    }
    if (!api_identify(c->api, c->store, c->request, &c->who, e)) {
        return false;
    }
    return !changes || c->who.by_token || (http_same_site(r) && secrets_same(r->csrf, c->who.csrf)) ||
           err_set(e, ERR_CSRF, "the request lacks the session's X-Godwit-CSRF");
}

bool api_may(const struct identity *who, enum role role, struct err *e) {
    if (who->must_change) {
        return err_set(e, ERR_MUST_CHANGE, "the account needs a new password first");
    }
    return who->role >= role ||
           err_set(e, ERR_ROLE, "%s is %s; this takes %s", who->name, role_name(who->role), role_name(role));
}

bool api_stays(struct store *s, const struct identity *opened, const char *token, enum role role, struct err *e) {
    struct identity who = *opened;
    bool ok = s != NULL && (opened->by_token ? auth_token(s, token, &who, e) : auth_lasts(s, &who, e)) &&
              api_may(&who, role, e);
    /* A store that cannot be asked right now throws nobody out. */
    return ok || (s == NULL || (e->code != ERR_LOGIN_NEEDED && e->code != ERR_ROLE && e->code != ERR_MUST_CHANGE));
}

static bool authorize(struct call *c, const struct route *route, struct err *e) {
    struct identity who = c->who;
    if ((route->flags & ROUTE_WHILE_MUST_CHANGE) != 0) {
        who.must_change = false;
    }
    return (route->flags & ROUTE_PUBLIC) != 0 || api_may(&who, route->role, e);
}

bool api_read_body(struct call *c, struct err *e) {
    const struct buf *body = &c->request->body;
    json_error_t error;
    if (body->len == 0 || c->request->method == HTTP_GET || c->request->method == HTTP_DELETE) {
        return true;
    }
    if (strncasecmp(c->request->content_type, "application/json", strlen("application/json")) != 0) {
        return err_set(e, ERR_BODY, "the body must be application/json");
    }
    c->body = json_loadb((const char *)body->data, body->len, JSON_REJECT_DUPLICATES, &error);
    if (c->body == NULL) {
        return err_set(e, ERR_BODY, "the body is not JSON: %s (line %d, column %d)", error.text, error.line,
                       error.column);
    }
    return json_is_object(c->body) || err_set(e, ERR_BODY, "the body is not a JSON object");
}

/* ---- answers ---- */

static unsigned status_of(const struct err *e) {
    switch (e->code) {
    case ERR_LOGIN:
    case ERR_LOGIN_NEEDED:
        return 401;
    case ERR_CSRF:
    case ERR_ROLE:
    case ERR_MUST_CHANGE:
        return 403;
    case ERR_NOT_FOUND:
        return 404;
    case ERR_METHOD:
        return 405;
    case ERR_STORE_TAKEN:
    case ERR_IN_USE:
    case ERR_NOT_NOW:
    case ERR_NOT_PREPARED:
    case ERR_TARGET_HELD:
        return 409;
    case ERR_LOGIN_WAIT:
    case ERR_TOO_MANY:
        return 429;
    case ERR_STORE_BUSY:
    case ERR_STORE_OPEN:
    case ERR_MACHINE_AWAY:
        return 503;
    case ERR_MACHINE_SLOW:
        return 504;
    default:
        break;
    }
    switch (err_class_of(e->code)) {
    case ERR_CLASS_USER:
        return 400;
    case ERR_CLASS_SOURCE:
    case ERR_CLASS_TARGET:
    case ERR_CLASS_NETWORK: /* a database that was asked, not this server */
        return 502;
    default:
        return 500;
    }
}

static void put_json(struct http_response *answer, json_t *json) {
    struct err ignored = ERR_INIT;
    char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(15));
    if (text == NULL || !buf_puts(&answer->body, text, &ignored)) {
        answer->status = 500;
        buf_reset(&answer->body);
    }
    free(text);
}

static void put_error(struct call *c, const struct err *e) {
    c->response->status = status_of(e);
    json_t *out = json_pack("{s:o}", "error", err_to_json(e));
    put_json(c->response, out);
    json_decref(out);
}

/* Never what was in the body. */
static void audit(struct call *c, const struct route *route, bool ok, const struct err *e) {
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    if (c->request->method == HTTP_GET) {
        return;
    }
    struct audit what = {.who = c->who.name,
                         .address = c->request->address,
                         .operation = arena_printf(c->a, "%s %s", methods[c->request->method], route->path),
                         .object = c->object != NULL ? c->object : c->request->path};
    audit_keep(c->store, &what, ok ? NULL : e);
}

static bool answer_route(struct call *c, const struct route *route, struct err *e) {
    return authenticate(c, route, e) && authorize(c, route, e) && api_read_body(c, e) && route->handle(c, e);
}

void api_answer(void *arg, void *local, struct http_request *r, struct http_response *answer) {
    struct call c = {.api = arg, .store = local, .request = r, .response = answer, .a = &r->arena};
    struct err e = ERR_INIT;
    bool known, ok;
    const struct route *route = find(&c, &known);
    if (route == NULL) {
        ok = known ? err_set(&e, ERR_METHOD, "%s does not take this method", r->path)
                   : err_set(&e, ERR_NOT_FOUND, "there is nothing at %s", r->path);
    } else if (c.store == NULL) {
        ok = err_set(&e, ERR_STORE_OPEN, "the store is not open");
    } else {
        ok = answer_route(&c, route, &e);
        audit(&c, route, ok, &e);
    }
    if (!ok) {
        put_error(&c, &e);
        if (answer->status >= 500) {
            log_err("request", &e);
        }
    } else if (c.out != NULL) {
        put_json(answer, c.out);
    } else if (answer->body.len == 0 && answer->events == NULL && str_eq(answer->content_type, "application/json")) {
        answer->status = 204;
    }
    json_decref(c.out);
    json_decref(c.body);
}

void *api_thread_begin(void *arg) {
    const struct api *api = arg;
    struct store *s = NULL;
    struct err e = ERR_INIT;
    if (!store_open(&s, &api->where, &e)) {
        log_err("store", &e);
    }
    return s;
}

void api_thread_end(void *arg, void *local) {
    (void)arg;
    store_close(local);
}

bool api_subtask(struct call *c, int64_t *id, struct err *e) {
    struct store_rows rows;
    if (!api_id(c, 0, id, e) ||
        !store_rows(c->store, c->a, "SELECT 1 FROM subtask WHERE id = ?", STORE_VALUES(STORE_I(*id)), &rows, e)) {
        return false;
    }
    return rows.n > 0 || api_not_found(e, "subtask");
}
