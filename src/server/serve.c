/* See serve.h. */
#include "server/serve.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "server/api.h"
#include "server/api_live.h"
#include "server/feed.h"
#include "server/settings.h"

enum { LOOK_EVERY_MS = 100, SWEEP_EVERY_MS = 600000 };

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
    if (!secrets_init(e) || !make_directory(a, o->directory, e) ||
        !secrets_key_open(&api->key, arena_printf(a, "%s/godwit.key", o->directory), e) ||
        !store_open(&s, &api->where, e)) {
        return false;
    }
    bool ok = auth_first_account(s, first, e);
    store_close(s);
    api->guard = auth_guard_new();
    api->feed = feed_new();
    return ok && ((api->guard != NULL && api->feed != NULL) || err_set(e, ERR_MEMORY, "no memory for the server"));
}

static void tell(const struct serve_options *o, const struct http *h, const char *first, FILE *out) {
    const char *address = o->address != NULL ? o->address : "127.0.0.1";
    bool v6 = strchr(address, ':') != NULL;
    fprintf(out, "godwit serves at %s://%s%s%s:%u/\n", o->tls_certificate != NULL ? "https" : "http", v6 ? "[" : "",
            address, v6 ? "]" : "", (unsigned)http_port(h));
    if (first[0] != '\0') {
        fprintf(out, "first login: admin, password %s (once; it is not shown again)\n", first);
    }
    fflush(out);
}

static void wait_for_stop(const struct api *api, atomic_bool *stop) {
    int64_t swept_ms = clock_mono_us() / 1000;
    while (!atomic_load(stop)) {
        clock_sleep_ms(LOOK_EVERY_MS);
        if (clock_mono_us() / 1000 - swept_ms > SWEEP_EVERY_MS) {
            struct store *s = NULL;
            struct err e = ERR_INIT;
            if (!store_open(&s, &api->where, &e) || !auth_sweep(s, &e) || !settings_sweep(s, &e)) {
                log_err("sweep", &e);
            }
            store_close(s);
            swept_ms = clock_mono_us() / 1000;
        }
    }
}

bool serve_run(const struct serve_options *o, atomic_bool *stop, FILE *out, struct err *e) {
    struct arena a = ARENA_INIT;
    struct api api = {0};
    struct http_stats stats = {0};
    const struct stream_handler *const streams[] = {&api_live_stream, NULL};
    struct http *h = NULL;
    char first[AUTH_FIRST_PASSWORD] = "";
    api.stats = &stats;
    bool ok = prepare(o, &a, &api, first, e);
    if (ok) {
        struct http_options http = {
            .address = o->address,
            .port = o->port,
            .tls_certificate = o->tls_certificate,
            .tls_key = o->tls_key,
            .handle = api_answer,
            .arg = &api,
            .thread_begin = api_thread_begin,
            .thread_end = api_thread_end,
            .streams = streams,
            .stats = &stats,
        };
        ok = http_start(&h, &http, e);
    }
    if (ok) {
        tell(o, h, first, out);
        secrets_wipe(first, sizeof first);
        wait_for_stop(&api, stop);
    }
    http_stop(h);
    feed_free(api.feed);
    auth_guard_free(api.guard);
    secrets_key_close(api.key);
    arena_clear(&a);
    return ok;
}
