/* See serve.h. */
#include "server/serve.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "net/stream.h"
#include "server/api.h"
#include "server/api_live.h"
#include "server/feed.h"
#include "server/figures.h"
#include "server/hub.h"
#include "server/kit.h"
#include "server/local_agent.h"
#include "server/pages.h"
#include "server/scheduler.h"
#include "server/shell.h"
#include "server/webhooks.h"

enum { LOOK_EVERY_MS = 100, ANSWERING_THREADS = 8 };

/* With its parents. */
static bool make_directory(struct arena *a, const char *path, struct err *e) {
    char *copy = arena_strdup(a, path);
    for (char *p = copy[0] == '\0' ? copy : strchr(copy + 1, '/'); p != NULL && *p != '\0'; p = strchr(p + 1, '/')) {
        *p = '\0';
        (void)mkdir(copy, 0755); /* opening what is inside tells what is wrong */
        *p = '/';
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST || err_errno(e, ERR_STORE_OPEN, "%s cannot be made", path);
}

static bool is_loopback(const char *address) {
    return address == NULL || str_starts(address, "127.") || str_eq(address, "::1");
}

/* What agents elsewhere need to trust this server: nothing when a known authority has signed its certificate. */
static bool choose_agent_ca(const struct serve_options *o, struct api *api, struct err *e) {
    bool self_signed = o->tls_certificate != NULL && net_certificate_is_self_signed(o->tls_certificate);
    api->agent_ca = o->agent_ca != NULL ? o->agent_ca : self_signed ? o->tls_certificate : NULL;
    api->agent_any_name = o->agent_ca == NULL && self_signed; /* it is that very certificate */
    return o->agent_ca == NULL || access(o->agent_ca, R_OK) == 0 ||
           err_errno(e, ERR_FILE, "cannot read %s", o->agent_ca);
}

static bool prepare(const struct serve_options *o, struct arena *a, struct api *api, char first[AUTH_FIRST_PASSWORD],
                    struct err *e) {
    struct store *s = NULL;
    if (!is_loopback(o->address) && o->tls_certificate == NULL) {
        err_set(e, ERR_USAGE, "%s can be reached from other machines: that takes TLS", o->address);
        return err_hint(e, "give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that has them");
    }
    api->where = o->store;
    api->tls = o->tls_certificate != NULL;
    if (o->store.server == NULL && o->store.file == NULL) {
        api->where.file = arena_printf(a, "%s/godwit.db", o->directory);
    }
    if (!secrets_init(e) || !choose_agent_ca(o, api, e) || !make_directory(a, o->directory, e) ||
        !secrets_key_open(&api->key, arena_printf(a, "%s/godwit.key", o->directory), e) ||
        !store_open(&s, &api->where, e)) {
        return false;
    }
    bool ok = auth_first_account(s, first, e);
    store_close(s);
    api->guard = auth_guard_new();
    return ok && (api->guard != NULL || err_set(e, ERR_MEMORY, "no memory for the server"));
}

/* "https://host:port", as seen from `host`. */
static char *url_of(struct arena *a, const struct serve_options *o, const struct http *h, const char *host) {
    bool v6 = strchr(host, ':') != NULL;
    return arena_printf(a, "%s://%s%s%s:%u", o->tls_certificate != NULL ? "https" : "http", v6 ? "[" : "", host,
                        v6 ? "]" : "", (unsigned)http_port(h));
}

static bool is_any(const char *address) {
    return str_eq(address, "0.0.0.0") || str_eq(address, "::");
}

static char *own_url(struct arena *a, const struct serve_options *o, const struct http *h) {
    const char *address = o->address != NULL ? o->address : "127.0.0.1";
    return url_of(a, o, h, is_any(address) ? "127.0.0.1" : address);
}

static const char *public_url(struct arena *a, const struct serve_options *o, const struct http *h) {
    char host[256];
    if (o->public_url != NULL) {
        return o->public_url;
    }
    if (o->address == NULL || !is_any(o->address) || gethostname(host, sizeof host) != 0) {
        return own_url(a, o, h);
    }
    host[sizeof host - 1] = '\0';
    return url_of(a, o, h, host);
}

static void tell(const char *url, const char *first, FILE *out) {
    if (first[0] != '\0') {
        fprintf(out, "first login: admin, password %s (once; it is not shown again)\n", first);
    }
    fprintf(out, "godwit serves at %s/\n", url); /* last: who waits for this line has read the other */
    fflush(out);
}

/* What threads share, before there are any. */
static bool make_parts(struct api *api, struct err *e) {
    api->feed = feed_new();
    api->figures = figures_new();
    api->hub = hub_new(api);
    api->shells = shells_new();
    return (api->feed != NULL && api->figures != NULL && api->hub != NULL && api->shells != NULL) ||
           err_set(e, ERR_MEMORY, "no memory for the server");
}

/* Pages are for people and the rest is for programs, theirs and ours. */
static void answer(void *arg, void *local, struct http_request *r, struct http_response *out) {
    if (!pages_answer(r, out)) {
        api_answer(arg, local, r, out);
    }
}

struct address {
    const struct serve_options *o;
    struct arena *a;
    struct api *api;
};

/* Before anybody is answered: answers tell it. */
static void note_address(void *arg, const struct http *h) {
    struct address *x = arg;
    x->api->public_url = public_url(x->a, x->o, h);
}

static bool start(const struct serve_options *o, struct arena *a, struct api *api, struct http **h,
                  struct local_agent **agent, struct err *e) {
    static const struct stream_handler *const streams[] = {&hub_agents, &api_live_stream, &shell_stream, NULL};
    struct address address = {.o = o, .a = a, .api = api};
    struct http_options http = {
        .address = o->address,
        .port = o->port,
        .tls_certificate = o->tls_certificate,
        .tls_key = o->tls_key,
        .handle = answer,
        .waits = api_waits,
        .arg = api,
        .threads = ANSWERING_THREADS,
        .streams = streams,
        .stats = api->stats,
        .listening = note_address,
        .listening_arg = &address,
        .thread_begin = api_thread_begin,
        .thread_end = api_thread_end,
    };
    /* The scheduler comes first: whoever answers may kick it. */
    if (!kit_start(&api->kit, api, e) || !scheduler_start(&api->scheduler, api, e) ||
        !webhooks_start(&api->webhooks, api, e) || !http_start(h, &http, e)) {
        return false;
    }
    struct local_agent_options local = {
        .directory = o->directory, .url = own_url(a, o, *h), .certificate = o->tls_certificate};
    return o->no_local_machine || local_agent_start(agent, api, &local, e);
}

bool serve_run(const struct serve_options *o, atomic_bool *stop, FILE *out, struct err *e) {
    struct arena a = ARENA_INIT;
    struct api api = {.server = o->name != NULL ? o->name : "", .local_shell = o->local_shell, .public_url = ""};
    struct http_stats stats = {0};
    struct http *h = NULL;
    struct local_agent *agent = NULL;
    char first[AUTH_FIRST_PASSWORD] = "";
    api.stats = &stats;
    bool ok = prepare(o, &a, &api, first, e) && make_parts(&api, e) && start(o, &a, &api, &h, &agent, e);
    if (ok) {
        tell(own_url(&a, o, h), first, out);
        secrets_wipe(first, sizeof first);
        while (!atomic_load(stop)) {
            clock_sleep_ms(LOOK_EVERY_MS);
            local_agent_watch(agent);
        }
    }
    local_agent_stop(agent);
    http_stop(h);
    kit_stop(api.kit);
    shells_free(api.shells);
    scheduler_stop(api.scheduler);
    kit_free(api.kit);
    webhooks_stop(api.webhooks);
    hub_free(api.hub);
    figures_free(api.figures);
    feed_free(api.feed);
    auth_guard_free(api.guard);
    secrets_key_close(api.key);
    arena_clear(&a);
    return ok;
}
