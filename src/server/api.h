/* The API: routes, and what they have in common: who asks, may they, is the body JSON, errors, the audit log.
 * A route's handler runs on one of the HTTP threads with a store of that thread's own. docs/openapi.yaml describes it. */
#ifndef SERVER_API_H
#define SERVER_API_H

#include <jansson.h>

#include "server/auth.h"
#include "server/http.h"

struct feed;
struct figures;
struct hub;
struct kit;
struct scheduler;
struct shells;
struct webhooks;

/* What all threads share. */
struct api {
    struct store_where where;
    struct secrets_key *key;
    struct auth_guard *guard;
    bool tls; /* cookies go over TLS only */
    struct feed *feed;
    struct hub *hub;
    struct figures *figures;
    struct scheduler *scheduler; /* NULL: not started yet */
    struct webhooks *webhooks;
    struct shells *shells;
    struct kit *kit; /* NULL: not started yet */
    struct http_stats *stats;
    const char *server;     /* this server's name, where several share a store */
    const char *public_url; /* where agents and people reach it: "https://host:port" */
    const char *agent_ca;   /* the certificates agents on other machines are to trust; NULL: the system's there */
    bool agent_any_name;    /* agent_ca is the server's own certificate, whatever name it has */
    bool local_shell;       /* a web shell on this machine is allowed */
};

enum { API_PARAMS_MAX = 3 };

/* One request being answered. */
struct call {
    const struct api *api;
    struct store *store;
    struct http_request *request;
    struct http_response *response;
    struct arena *a;
    struct identity who;
    json_t *body;                       /* an object, or NULL */
    const char *params[API_PARAMS_MAX]; /* what stood for {..} in the path */
    json_t *out;                        /* the answer, made by the handler; NULL: none (204) */
    char *object;                       /* what was changed, for the audit log; NULL: the path */
};

/* Fills call->out, or the response's body with another content type, or makes it a stream of events. false + e: an error, whose code
 * decides the status. */
typedef bool api_handler(struct call *c, struct err *e);

enum { ROUTE_PUBLIC = 1, ROUTE_WHILE_MUST_CHANGE = 2, ROUTE_WAITS = 4 /* for a machine's answer */ };

struct route {
    enum http_method method;
    const char *path; /* "/api/v1/accounts/{id}" */
    enum role role;   /* at least */
    unsigned flags;
    api_handler *handle;
};

/* Each file of the API has its routes; the list ends with a path of NULL. */
/* clang-format off */
extern const struct route
    api_account_routes[],
    api_alert_routes[],
    api_data_source_routes[],
    api_info_routes[],
    api_kit_routes[],
    api_live_routes[],
    api_log_routes[],
    api_machine_routes[],
    api_metrics_routes[],
    api_object_routes[],
    api_openapi_routes[],
    api_parameter_routes[],
    api_question_routes[],
    api_session_routes[],
    api_settings_routes[],
    api_subtask_routes[],
    api_task_routes[],
    api_webhook_routes[];
/* clang-format on */

const struct route *api_route(size_t n); /* all of them, from 0; NULL: there are no more */

/* For http_options. arg: struct api; local: struct store, or NULL when it could not be opened. */
void *api_thread_begin(void *arg);
void api_thread_end(void *arg, void *local);
void api_answer(void *arg, void *local, struct http_request *r, struct http_response *answer);
bool api_waits(void *arg, const struct http_request *r);

/* ---- for the files of the API ---- */

/* Who asks, by session cookie or "Authorization: Bearer": of a request, or in a stream's open. For a request that changes something, CSRF
 * is looked at as well (api.c does). ERR_LOGIN_NEEDED; ERR_STORE_OPEN: s is NULL. */
bool api_identify(const struct api *api, struct store *s, struct http_request *r, struct identity *who,
                  struct err *e) WARN_UNUSED;
/* May they? ERR_ROLE, ERR_MUST_CHANGE. */
bool api_may(const struct identity *who, enum role role, struct err *e) WARN_UNUSED;

/* Of a stream: may who opened it (with this token, if it was a program) go on? That a page is open does not make its user active.
 * ERR_LOGIN_NEEDED, ERR_ROLE, ERR_MUST_CHANGE. */
bool api_stays(struct store *s, const struct identity *opened, const char *token, enum role role,
               struct err *e) WARN_UNUSED;

/* The body's JSON into c->body, before the handler is called. ERR_BODY: it is no JSON object, or not said to be one. */
bool api_read_body(struct call *c, struct err *e) WARN_UNUSED;
/* A text of the body: ERR_BODY when it is missing (and needed), no text, longer than max bytes, or has control characters.
 * Without need, a missing one leaves *out NULL. */
bool api_text(struct call *c, const char *name, size_t max, bool needed, const char **out, struct err *e) WARN_UNUSED;
bool api_number(struct call *c, const char *name, int64_t low, int64_t high, int64_t *out, struct err *e) WARN_UNUSED;
bool api_flag(struct call *c, const char *name, bool missing, bool *out, struct err *e) WARN_UNUSED;
/* {id} of the path; ERR_NOT_FOUND when it is no number. */
bool api_id(struct call *c, size_t param, int64_t *out, struct err *e) WARN_UNUSED;
/* The {id} of a path is a subtask's. ERR_NOT_FOUND */
bool api_subtask(struct call *c, int64_t *id, struct err *e) WARN_UNUSED;
bool api_not_found(struct err *e, const char *what); /* sets ERR_NOT_FOUND; returns false */

/* ?page= (from 1) and ?size= (1 to 200, 20). */
struct page {
    int64_t number, size;
};
bool api_page(struct call *c, struct page *out, struct err *e) WARN_UNUSED;
/* {"total": .., "page": .., "size": .., "items": [..]}; items is taken. */
json_t *api_list(const struct page *p, int64_t total, json_t *items);

json_t *api_text_json(const char *s); /* NULL is null */

#endif
