/* Who may have a shell, how many there are, and what its client says. See shell.h. */
#include "server/shell.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "server/audit.h"
#include "server/settings.h"
#include "server/shell_internal.h"
#include "server/shell_request.h"

enum { TYPED_HIGH = 64 << 10, TYPED_MAX = TYPED_HIGH + (1 << 20) /* and one message more */ };

/* ---- how many ---- */

struct shells *shells_new(void) {
    struct shells *all = calloc(1, sizeof *all);
    if (all != NULL) {
        pthread_mutex_init(&all->lock, NULL);
        pthread_cond_init(&all->fewer, NULL);
    }
    return all;
}

void shells_free(struct shells *all) {
    if (all == NULL) {
        return;
    }
    pthread_mutex_lock(&all->lock);
    while (all->n > 0) {
        pthread_cond_wait(&all->fewer, &all->lock);
    }
    pthread_mutex_unlock(&all->lock);
    pthread_cond_destroy(&all->fewer);
    pthread_mutex_destroy(&all->lock);
    free(all);
}

static bool enter(struct shells *all, int64_t most, struct err *e) {
    pthread_mutex_lock(&all->lock);
    bool ok = all->n < most;
    all->n += ok;
    pthread_mutex_unlock(&all->lock);
    return ok || err_set(e, ERR_SHELLS, "%lld shells are open already", (long long)most);
}

void shell_leave(struct shells *all) {
    pthread_mutex_lock(&all->lock);
    all->n--;
    pthread_cond_signal(&all->fewer);
    pthread_mutex_unlock(&all->lock);
}

/* ---- life ---- */

static struct shell *shell_new(struct stream *s, const struct api *api) {
    struct shell *x = arena_new(stream_arena(s), struct shell);
    *x = (struct shell){.api = api,
                        .all = api->shells,
                        .stream = stream_keep(s),
                        .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                        .exit_code = -1};
    atomic_store(&x->refs, 1);
    pthread_mutex_init(&x->lock, NULL);
    buf_init(&x->typed, TYPED_MAX);
    x->begun_us = x->typed_us = clock_mono_us();
    return x;
}

void shell_drop(struct shell *x) {
    if (atomic_fetch_sub(&x->refs, 1) != 1) {
        return;
    }
    stream_when_below(x->stream, 0, -1);
    if (x->wake >= 0) {
        close(x->wake);
    }
    if (x->typed.len > 0) {
        explicit_bzero(x->typed.data, x->typed.len);
    }
    buf_clear(&x->typed);
    pthread_mutex_destroy(&x->lock);
    stream_drop(x->stream); /* which it is a part of */
}

/* ---- who may, and where ---- */

static bool find_machine(const struct api *api, struct store *s, struct shell *x, struct err *e) {
    struct arena *a = stream_arena(x->stream);
    struct store_rows rows;
    int64_t id = x->machine;
    x->name = arena_printf(a, "machine %lld", (long long)id);
    if (!store_rows(s, a, "SELECT name, kind, server FROM machine WHERE id = ?", STORE_VALUES(STORE_I(id)), &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return api_not_found(e, "execution machine");
    }
    x->name = arena_printf(a, "machine %lld (%s)", (long long)id, store_cell(&rows, 0, 0));
    const char *kind = store_cell(&rows, 0, 1), *server = store_cell(&rows, 0, 2);
    x->local = str_eq(kind, "local");
    if (str_eq(kind, "ssh")) {
        return true;
    }
    if (!x->local) {
        err_set(e, ERR_NOT_NOW, "%s was not added over SSH", store_cell(&rows, 0, 0));
        return err_hint(e, "add it with its SSH login to have shells on it");
    }
    if (!api->local_shell) {
        return err_set(e, ERR_SHELL_OFF, "shells on the server's own machine are not allowed");
    }
    return (server != NULL && str_eq(server, api->server)) ||
           err_set(e, ERR_NOT_NOW, "%s is not connected to this server", store_cell(&rows, 0, 0));
}

static bool open_in(const struct api *api, struct store *s, struct shell *x, struct http_request *r, struct err *e) {
    int64_t most, idle_s;
    if (!api_identify(api, s, r, &x->who, e) || !api_may(&x->who, ROLE_OPERATOR, e) ||
        !shell_request_open(r, &x->machine, &x->size, e) || !find_machine(api, s, x, e) ||
        !settings_get(s, "shells", &most, e) || !settings_get(s, "shell_idle_s", &idle_s, e)) {
        return false;
    }
    x->token = x->who.by_token ? r->authorization + strlen("Bearer ") : NULL;
    x->idle_us = idle_s * 1000000;
    if (x->wake < 0) {
        return err_set(e, ERR_SYSTEM, "a shell needs a file descriptor more than there is");
    }
    if (!enter(x->all, most, e)) {
        return false;
    }
    if (!shell_start(x, e)) {
        shell_leave(x->all);
        return false;
    }
    return true;
}

static void keep(struct store *s, const struct shell *x, const char *operation, const char *detail,
                 const struct err *why) {
    struct audit what = {.who = x->who.name,
                         .address = stream_address(x->stream),
                         .operation = operation,
                         .object = x->name,
                         .detail = detail};
    audit_keep(s, &what, why);
}

static void tell_refusal(struct stream *s, const struct err *e) {
    json_t *json = json_pack("{s:o}", "error", err_to_json(e));
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    if (text != NULL) {
        (void)stream_send(s, text, strlen(text));
    }
    free(text);
    json_decref(json);
}

static bool shell_open(void *arg, void *local, struct stream *s, struct http_request *r, struct err *e) {
    const struct api *api = arg;
    struct shell *x = shell_new(s, api);
    x->name = r->path;
    stream_set(s, x);
    bool ok = open_in(api, local, x, r, e);
    if (local != NULL) {
        keep(local, x, "open shell", NULL, ok ? NULL : e);
    }
    if (ok) {
        log_info("shell", "%s opens a shell on %s from %s", x->who.name, x->name, stream_address(s));
    } else {
        tell_refusal(s, e);
        shell_drop(x);
    }
    return ok;
}

/* ---- while it is open ---- */

static void wake(struct shell *x) {
    (void)eventfd_write(x->wake, 1);
}

static bool shell_message(void *arg, void *local, struct stream *s, char *text, size_t len, bool binary,
                          struct err *e) {
    struct shell *x = stream_own(s);
    struct terminal_size size;
    (void)arg;
    (void)local;
    if (!binary && !shell_request_parse(text, len, &size, e)) {
        return false;
    }
    bool ok = true;
    pthread_mutex_lock(&x->lock);
    if (binary) {
        ok = buf_put(&x->typed, text, len, e);
        x->typed_us = clock_mono_us();
        x->active = true;
        if (x->typed.len > TYPED_HIGH) {
            x->held = true;
            stream_hold(s, true);
        }
    } else {
        x->size = size;
        x->resized = true;
    }
    pthread_mutex_unlock(&x->lock);
    if (binary) {
        explicit_bzero(text, len); /* it may be a password */
    }
    wake(x);
    return ok;
}

/* Who types is active, as with requests. */
static bool shell_stay(void *arg, void *local, struct stream *s, struct err *e) {
    struct shell *x = stream_own(s);
    struct err ignored = ERR_INIT;
    (void)arg;
    pthread_mutex_lock(&x->lock);
    bool active = x->active;
    x->active = false;
    pthread_mutex_unlock(&x->lock);
    if (!api_stays(local, &x->who, x->token, ROLE_OPERATOR, e)) {
        return false;
    }
    if (active && local != NULL && !x->who.by_token && !auth_seen(local, &x->who, &ignored)) {
        log_err("store", &ignored);
    }
    return true;
}

static void shell_closed(void *arg, void *local, struct stream *s) {
    struct shell *x = stream_own(s);
    struct arena *a = stream_arena(s);
    struct err why = ERR_INIT;
    (void)arg;
    pthread_mutex_lock(&x->lock);
    x->gone = true;
    bool over = x->over;
    int code = x->exit_code;
    why.code = x->failed;
    pthread_mutex_unlock(&x->lock);
    wake(x);
    double seconds = (double)(clock_mono_us() - x->begun_us) / 1e6;
    char *detail = over && code >= 0 ? arena_printf(a, "{\"seconds\":%.1f,\"exit\":%d}", seconds, code)
                                     : arena_printf(a, "{\"seconds\":%.1f}", seconds);
    if (local != NULL) {
        keep(local, x, "close shell", detail, why.code != ERR_NONE ? &why : NULL);
    }
    log_info("shell", "the shell of %s on %s is closed after %.1f s", x->who.name, x->name, seconds);
    shell_drop(x);
}

const struct stream_handler shell_stream = {.path = "/api/v1/machines/",
                                            .open = shell_open,
                                            .message = shell_message,
                                            .closed = shell_closed,
                                            .stay = shell_stay};
