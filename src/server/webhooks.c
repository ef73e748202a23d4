/* The threads that send. See webhooks.h.
 *
 * A webhook is taken with a lease in the store: one thread of one server at a time sends its messages, so they come in order. What fails
 * stays first and is tried again later. */
#include "server/webhooks.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "net/http_client.h"
#include "server/vault.h"

enum {
    THREADS = 3,
    LOOK_MS = 500,
    STEP_MS = 50,
    TIMEOUT_S = 10,
    LEASE_MS = 60000,
    BATCH = 4, /* messages between two leases: all of them fit, even if each takes its whole time */
    WAIT_MS = 5000,
    WAIT_MAX_MS = 600000,
    ANSWER_BYTES_MAX = 65536,
};

struct webhooks {
    const struct api *api;
    pthread_t threads[THREADS];
    unsigned nthreads;
    atomic_bool stopping;
};

/* ---- one message ---- */

void webhook_sign(const char *secret, const char *timestamp, const char *body, char out[WEBHOOK_SIGNATURE_TEXT]) {
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)timestamp, strlen(timestamp));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, strlen(body));
    crypto_auth_hmacsha256_final(&state, mac);
    memcpy(out, "sha256=", 7);
    sodium_bin2hex(out + 7, WEBHOOK_SIGNATURE_TEXT - 7, mac, sizeof mac);
    secrets_wipe(&state, sizeof state);
}

bool webhook_send(struct store *s, const struct secrets_key *key, const char *url, int64_t secret_id, const char *event,
                  int64_t id, const char *body, struct webhook_outcome *out, struct err *e) {
    struct arena a = ARENA_INIT;
    struct http_reply reply;
    struct err failed = ERR_INIT;
    char *secret = NULL, signature[WEBHOOK_SIGNATURE_TEXT];
    *out = (struct webhook_outcome){0};
    if (secret_id > 0 && !vault_open(s, &a, key, secret_id, &secret, e)) {
        arena_clear(&a);
        return false;
    }
    char *now = arena_printf(&a, "%lld", (long long)(clock_utc_us() / 1000000));
    const char *headers[5] = {arena_printf(&a, "X-Godwit-Event: %s", event),
                              arena_printf(&a, "X-Godwit-Delivery: %lld", (long long)id),
                              arena_printf(&a, "X-Godwit-Timestamp: %s", now)};
    if (secret != NULL) {
        webhook_sign(secret, now, body, signature);
        headers[3] = arena_printf(&a, "X-Godwit-Signature: %s", signature);
        secrets_wipe(secret, strlen(secret));
    }
    struct http_call call = {.method = "POST",
                             .url = url,
                             .header = headers,
                             .body = body,
                             .body_len = strlen(body),
                             .timeout_s = TIMEOUT_S,
                             .answer_max = ANSWER_BYTES_MAX};
    int64_t begin_us = clock_mono_us();
    bool answered = http_call(&call, &reply, &failed);
    out->took_ms = (clock_mono_us() - begin_us) / 1000;
    out->status = reply.status;
    out->ok = answered && reply.status >= 200 && reply.status < 300;
    if (answered && !out->ok) {
        err_set(&failed, ERR_HTTP, "the answer is %u", reply.status);
    }
    out->error = out->ok ? NULL : err_to_json(&failed);
    buf_clear(&reply.body);
    arena_clear(&a);
    return true;
}

/* ---- one webhook ---- */

struct mine {
    struct store *store;
    const struct api *api;
    struct arena *a;
    int64_t id, secret;
    char *url;
};

static bool note_outcome(const struct mine *m, const struct webhook_outcome *o, bool over, struct err *e) {
    int64_t now;
    char *error = o->error != NULL ? json_dumps(o->error, JSON_COMPACT) : NULL;
    bool ok = store_now(m->store, &now, e) &&
              store_run(m->store,
                        "UPDATE webhook SET last_ms = ?, last_status = ?, last_error = ?, delivered = delivered + ?,"
                        " failed = failed + ? WHERE id = ?",
                        STORE_VALUES(STORE_I(now), o->status > 0 ? STORE_I(o->status) : STORE_T(NULL), STORE_T(error),
                                     STORE_I(o->ok), STORE_I(!o->ok && over), STORE_I(m->id)),
                        NULL, e);
    free(error);
    return ok;
}

/* 5, 10, 20 .. s, ten minutes at most. */
static int64_t wait_after(int64_t attempts) {
    int64_t ms = WAIT_MS;
    for (int64_t i = 1; i < attempts && ms < WAIT_MAX_MS; i++) {
        ms *= 2;
    }
    return ms < WAIT_MAX_MS ? ms : WAIT_MAX_MS;
}

/* *go_on: the next one may follow at once. */
static bool deliver(const struct mine *m, const struct store_rows *r, size_t i, bool *go_on, struct err *e) {
    struct webhook_outcome o;
    int64_t id = store_number(r, i, 0), attempts = store_number(r, i, 3) + 1, now;
    *go_on = false;
    if (!webhook_send(m->store, m->api->key, m->url, m->secret, store_cell(r, i, 1), id, store_cell(r, i, 2), &o, e)) {
        return false;
    }
    bool over = o.ok || attempts >= WEBHOOK_ATTEMPTS_MAX;
    bool ok = note_outcome(m, &o, over, e) && store_now(m->store, &now, e);
    if (ok && over) {
        ok = store_run(m->store, "DELETE FROM webhook_delivery WHERE id = ?", STORE_VALUES(STORE_I(id)), NULL, e);
    } else if (ok) {
        ok = store_run(m->store, "UPDATE webhook_delivery SET attempts = ?, not_before_ms = ? WHERE id = ?",
                       STORE_VALUES(STORE_I(attempts), STORE_I(now + wait_after(attempts)), STORE_I(id)), NULL, e);
    }
    *go_on = ok && over;
    json_decref(o.error);
    return ok;
}

static bool deliver_some(struct webhooks *w, const struct mine *m, struct err *e) {
    struct store_rows rows;
    bool go_on = true;
    bool ok =
        store_rows(m->store, m->a,
                   "SELECT id, event, body, attempts FROM webhook_delivery WHERE webhook_id = ? ORDER BY id LIMIT ?",
                   STORE_VALUES(STORE_I(m->id), STORE_I(BATCH)), &rows, e);
    for (size_t i = 0; ok && go_on && i < rows.n && !atomic_load(&w->stopping); i++) {
        ok = deliver(m, &rows, i, &go_on, e);
    }
    return ok;
}

/* One whose first message may be sent now, and that nobody else has. */
static bool take(struct webhooks *w, struct store *s, struct arena *a, struct mine *m, bool *found, struct err *e) {
    struct store_rows rows;
    int64_t now;
    *found = false;
    if (!store_now(s, &now, e) ||
        !store_rows(
            s, a,
            "SELECT w.id, w.url, w.secret_id FROM webhook w WHERE w.enabled = 1 AND w.lease_until_ms < ? AND EXISTS"
            " (SELECT 1 FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.not_before_ms <= ? AND d.id ="
            " (SELECT min(x.id) FROM webhook_delivery x WHERE x.webhook_id = w.id)) ORDER BY w.lease_until_ms",
            STORE_VALUES(STORE_I(now), STORE_I(now)), &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n && !*found; i++) {
        uint64_t changed;
        *m = (struct mine){.store = s,
                           .api = w->api,
                           .a = a,
                           .id = store_number(&rows, i, 0),
                           .secret = store_number(&rows, i, 2),
                           .url = arena_strdup(a, store_cell(&rows, i, 1))};
        if (!store_run(s, "UPDATE webhook SET lease_until_ms = ? WHERE id = ? AND lease_until_ms < ?",
                       STORE_VALUES(STORE_I(now + LEASE_MS), STORE_I(m->id), STORE_I(now)), &changed, e)) {
            return false;
        }
        *found = changed > 0;
    }
    return true;
}

/* The time it was left at is kept, so that the one that has waited longest is next. */
static bool leave(const struct mine *m, struct err *e) {
    int64_t now;
    return store_now(m->store, &now, e) && store_run(m->store, "UPDATE webhook SET lease_until_ms = ? WHERE id = ?",
                                                     STORE_VALUES(STORE_I(now - 1), STORE_I(m->id)), NULL, e);
}

/* *busy: there may be more to do at once. */
static bool work(struct webhooks *w, struct store *s, bool *busy, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mine m;
    bool ok = take(w, s, &a, &m, busy, e);
    if (ok && *busy) {
        ok = deliver_some(w, &m, e);
        struct err leaving = ERR_INIT;
        if (!leave(&m, &leaving) && ok) {
            err_copy(e, &leaving);
            ok = false;
        }
    }
    arena_clear(&a);
    return ok;
}

/* ---- threads ---- */

static void pause_ms(const struct webhooks *w, int64_t ms) {
    for (; ms > 0 && !atomic_load(&w->stopping); ms -= STEP_MS) {
        clock_sleep_ms(STEP_MS);
    }
}

static void *thread_main(void *arg) {
    struct webhooks *w = arg;
    struct store *s = NULL;
    while (!atomic_load(&w->stopping)) {
        struct err e = ERR_INIT;
        bool busy = false;
        bool ok = (s != NULL || store_open(&s, &w->api->where, &e)) && work(w, s, &busy, &e);
        if (!ok) {
            log_err("webhooks", &e);
            store_close(s); /* its connection may be gone */
            s = NULL;
            pause_ms(w, WAIT_MS);
        } else if (!busy) {
            pause_ms(w, LOOK_MS);
        }
    }
    store_close(s);
    return NULL;
}

bool webhooks_start(struct webhooks **out, const struct api *api, struct err *e) {
    struct webhooks *w = calloc(1, sizeof *w);
    *out = NULL;
    if (w == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for webhooks");
    }
    w->api = api;
    for (; w->nthreads < THREADS; w->nthreads++) {
        if (pthread_create(&w->threads[w->nthreads], NULL, thread_main, w) != 0) {
            webhooks_stop(w);
            return err_errno(e, ERR_SYSTEM, "a thread could not be started");
        }
    }
    *out = w;
    return true;
}

void webhooks_stop(struct webhooks *w) {
    if (w == NULL) {
        return;
    }
    atomic_store(&w->stopping, true);
    for (unsigned i = 0; i < w->nthreads; i++) {
        pthread_join(w->threads[i], NULL);
    }
    free(w);
}
