/* Orders and the threads that do them. See kit.h. */
#include "server/kit.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "server/job.h"
#include "server/kit_internal.h"
#include "server/scheduler.h"

enum { THREADS = 4, LEASE_MS = 30000, RENEW_BELOW_MS = 20000 };

static const char *const actions[] = {
    [KIT_INSTALL] = "install", [KIT_REINSTALL] = "reinstall", [KIT_UPGRADE] = "upgrade", [KIT_START] = "start",
    [KIT_STOP] = "stop",       [KIT_UNINSTALL] = "uninstall", [KIT_CLEANUP] = "cleanup",
};

const char *kit_action_name(enum kit_action action) {
    return actions[action];
}

bool kit_action_parse(const char *name, enum kit_action *out, struct err *e) {
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (str_eq(actions[i], name)) {
            *out = (enum kit_action)i;
            return true;
        }
    }
    return err_set(e, ERR_BODY, "action is one of install, reinstall, upgrade, start, stop, uninstall, cleanup");
}

bool kit_starts_agent(enum kit_action action) {
    return action == KIT_INSTALL || action == KIT_REINSTALL || action == KIT_UPGRADE || action == KIT_START;
}

bool kit_mark(struct store *s, struct arena *a, char **out, struct err *e) {
    char *id;
    if (!job_store_id(s, a, &id, e)) {
        return false;
    }
    *out = arena_printf(a, "godwit %s", id);
    return true;
}

/* ---- the server's address ---- */

static bool is_loopback(const char *host) {
    return str_starts(host, "127.") || str_eq(host, "localhost") || str_eq(host, "::1") || str_eq(host, "[::1]");
}

bool kit_check_address(const struct api *api, const char *host, struct err *e) {
    char own[256];
    const char *from = strstr(api->public_url, "://");
    from = from != NULL ? from + 3 : api->public_url;
    size_t len = from[0] == '[' ? strcspn(from, "]") + 1 : strcspn(from, ":/");
    snprintf(own, sizeof own, "%.*s", (int)len, from);
    if (!is_loopback(own) || is_loopback(host)) {
        return true;
    }
    return err_set(e, ERR_KIT_ADDRESS, "an agent on %s cannot reach this server at %s", host, api->public_url);
}

/* ---- the executable ---- */

static bool digest_of(int fd, char out[65], struct err *e) {
    crypto_hash_sha256_state state;
    unsigned char piece[65536], digest[crypto_hash_sha256_BYTES];
    ssize_t n;
    crypto_hash_sha256_init(&state);
    for (off_t at = 0; (n = pread(fd, piece, sizeof piece, at)) > 0; at += n) {
        crypto_hash_sha256_update(&state, piece, (unsigned long long)n);
    }
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(out, 65, digest, sizeof digest);
    return n == 0 || err_errno(e, ERR_SYSTEM, "this executable cannot be read");
}

/* The running one, even if its file was replaced meanwhile. */
static bool open_executable(struct kit_executable *x, struct err *e) {
    struct stat st;
    x->fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (x->fd < 0 || fstat(x->fd, &st) != 0) {
        return err_errno(e, ERR_SYSTEM, "this executable cannot be opened");
    }
    x->size = (uint64_t)st.st_size;
    return digest_of(x->fd, x->digest, e);
}

/* ---- the list ---- */

bool kit_is_stopping(struct kit *k) {
    pthread_mutex_lock(&k->lock);
    bool stopping = k->stopping;
    pthread_mutex_unlock(&k->lock);
    return stopping;
}

static struct kit_entry *entry_new(struct kit *k, int64_t machine, enum kit_action action) {
    struct kit_entry *x = calloc(1, sizeof *x);
    if (x != NULL) {
        *x = (struct kit_entry){.machine = machine, .action = action};
        pthread_mutex_lock(&k->lock);
        struct kit_entry **at = &k->entries;
        while (*at != NULL) {
            at = &(*at)->next;
        }
        *at = x;
        pthread_mutex_unlock(&k->lock);
    }
    return x;
}

static void entry_free(struct kit *k, struct kit_entry *x) {
    pthread_mutex_lock(&k->lock);
    struct kit_entry **at = &k->entries;
    while (*at != x) {
        at = &(*at)->next;
    }
    *at = x->next;
    pthread_mutex_unlock(&k->lock);
    free(x);
}

static void entry_ready(struct kit *k, struct kit_entry *x) {
    pthread_mutex_lock(&k->lock);
    x->ready = true;
    pthread_cond_signal(&k->wake);
    pthread_mutex_unlock(&k->lock);
}

static bool has_entry(struct kit *k, int64_t machine) {
    bool found = false;
    pthread_mutex_lock(&k->lock);
    for (const struct kit_entry *x = k->entries; x != NULL; x = x->next) {
        found = found || x->machine == machine;
    }
    pthread_mutex_unlock(&k->lock);
    return found;
}

/* The next one to do; NULL: the server ends. */
static struct kit_entry *take(struct kit *k) {
    struct kit_entry *x = NULL;
    pthread_mutex_lock(&k->lock);
    while (!k->stopping) {
        for (x = k->entries; x != NULL && (!x->ready || x->taken); x = x->next) {
        }
        if (x != NULL) {
            x->taken = true;
            break;
        }
        pthread_cond_wait(&k->wake, &k->lock);
    }
    pthread_mutex_unlock(&k->lock);
    return x;
}

/* ---- orders ---- */

static bool is_there(const char *state) {
    return !str_eq(state, "new");
}

static bool may(const struct api *api, const struct store_rows *r, enum kit_action action, int64_t now, struct err *e) {
    const char *name = store_cell(r, 0, 0), *state = store_cell(r, 0, 2), *under_way = store_cell(r, 0, 4);
    if (!str_eq(store_cell(r, 0, 1), "ssh")) {
        err_set(e, ERR_NOT_NOW, "%s was not added over SSH: its agent is looked after by hand", name);
        return err_hint(e, "only machines that were added over SSH get a kit from the server");
    }
    if (under_way != NULL && store_number(r, 0, 5) > now) {
        err_set(e, ERR_NOT_NOW, "%s: '%s' is under way", name, under_way);
        return err_hint(e, "wait until it has ended");
    }
    if (action == KIT_INSTALL && is_there(state)) {
        err_set(e, ERR_NOT_NOW, "%s has a kit already", name);
        return err_hint(e, "reinstall or upgrade it");
    }
    if (action != KIT_INSTALL && action != KIT_CLEANUP && !is_there(state)) {
        err_set(e, ERR_NOT_NOW, "%s has no kit", name);
        return err_hint(e, "install it first; what a failed installation left behind is removed by cleanup");
    }
    if (action != KIT_INSTALL && action != KIT_START && store_number(r, 0, 6) > 0) {
        err_set(e, ERR_IN_USE, "%lld subtasks run on %s", (long long)store_number(r, 0, 6), name);
        return err_hint(e, "wait until they have ended, or finish their tasks");
    }
    return !kit_starts_agent(action) || kit_check_address(api, store_cell(r, 0, 3), e);
}

static bool order_in(struct kit *k, struct store *s, struct arena *a, int64_t machine, enum kit_action action,
                     const char *who, struct err *e) {
    struct store_rows r;
    int64_t now;
    if (!store_now(s, &now, e) ||
        !store_rows(s, a,
                    "SELECT m.name, m.kind, m.state, m.host, k.action, k.lease_until_ms, (SELECT count(*) FROM subtask"
                    " x WHERE x.machine_id = m.id AND x.lease_until_ms IS NOT NULL) FROM machine m LEFT JOIN kit k ON"
                    " k.machine_id = m.id AND k.finished_ms IS NULL WHERE m.id = ?",
                    STORE_VALUES(STORE_I(machine)), &r, e)) {
        return false;
    }
    if (r.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "there is no execution machine %lld", (long long)machine);
    }
    return may(k->api, &r, action, now, e) &&
           store_run(s, "DELETE FROM kit WHERE machine_id = ?", STORE_VALUES(STORE_I(machine)), NULL, e) &&
           store_run(s,
                     "INSERT INTO kit (machine_id, action, state, step, percent, server, lease_until_ms, who,"
                     " started_ms) VALUES (?, ?, 'waiting', ?, 0, ?, ?, ?, ?)",
                     STORE_VALUES(STORE_I(machine), STORE_T(kit_action_name(action)), STORE_T(kit_step_name(STEP_WAIT)),
                                  STORE_T(k->api->server), STORE_I(now + LEASE_MS), STORE_T(who), STORE_I(now)),
                     NULL, e);
}

bool kit_order(struct kit *k, struct store *s, int64_t machine, enum kit_action action, const char *who,
               struct err *e) {
    struct arena a = ARENA_INIT;
    struct kit_entry *x = entry_new(k, machine, action); /* first: the sweep fails what is in the store and not here */
    bool ok = x != NULL ? store_begin(s, e) : err_set(e, ERR_MEMORY, "no memory for an order");
    if (ok) {
        ok = order_in(k, s, &a, machine, action, who, e) && store_commit(s, e);
        if (!ok) {
            store_rollback(s);
        }
    }
    if (x != NULL && ok) {
        kit_tell(k->api, s, machine);
        entry_ready(k, x);
    } else if (x != NULL) {
        entry_free(k, x);
    }
    arena_clear(&a);
    return ok;
}

bool kit_sweep(struct kit *k, struct store *s, struct arena *a, struct err *e) {
    struct store_rows r;
    int64_t now;
    if (!store_now(s, &now, e) ||
        !store_rows(s, a, "SELECT machine_id, server, lease_until_ms, action FROM kit WHERE finished_ms IS NULL",
                    STORE_NONE, &r, e)) {
        return false;
    }
    for (size_t i = 0; i < r.n; i++) {
        int64_t machine = store_number(&r, i, 0), until = store_number(&r, i, 2);
        bool ours = str_eq(store_cell(&r, i, 1), k->api->server), done_here = ours && has_entry(k, machine);
        if (done_here && until < now + RENEW_BELOW_MS &&
            !store_run(s, "UPDATE kit SET lease_until_ms = ? WHERE machine_id = ? AND finished_ms IS NULL",
                       STORE_VALUES(STORE_I(now + LEASE_MS), STORE_I(machine)), NULL, e)) {
            return false;
        }
        if (!done_here && (ours || until < now)) {
            struct err why = ERR_INIT;
            err_set(&why, ERR_KIT_INTERRUPTED, "the server that did '%s' has ended meanwhile", store_cell(&r, i, 3));
            if (!kit_finish(k->api, s, machine, &why, e)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- threads ---- */

static bool prepare(struct kit_job *j, struct err *e) {
    struct store_rows r;
    char *mark;
    pthread_mutex_lock(&j->kit->lock);
    bool ok = j->kit->executable.fd >= 0 || open_executable(&j->kit->executable, e);
    j->executable = j->kit->executable;
    pthread_mutex_unlock(&j->kit->lock);
    if (!ok || !kit_mark(j->store, &j->arena, &mark, e) ||
        !store_rows(j->store, &j->arena, "SELECT directory FROM machine WHERE id = ?",
                    STORE_VALUES(STORE_I(j->entry->machine)), &r, e)) {
        return false;
    }
    if (r.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "the machine was deleted meanwhile");
    }
    j->v = (struct kit_variables){.directory = store_cell(&r, 0, 0),
                                  .mark = mark,
                                  .digest = j->executable.digest,
                                  .url = j->api->public_url,
                                  .ca = j->api->agent_ca != NULL,
                                  .any_name = j->api->agent_any_name};
    return true;
}

static void work(struct kit *k, struct store *s, struct kit_entry *x) {
    struct kit_job j = {.kit = k, .entry = x, .api = k->api, .store = s};
    struct err why = ERR_INIT, e = ERR_INIT;
    bool ok = prepare(&j, &why) && kit_steps_run(&j, &why);
    kit_job_disconnect(&j);
    if (!ok && kit_is_stopping(k)) {
        err_set(&why, ERR_KIT_INTERRUPTED, "the server was stopped while it did '%s'", kit_action_name(x->action));
    }
    if (!kit_finish(k->api, s, x->machine, ok ? NULL : &why, &e)) {
        log_err("kit", &e);
    }
    entry_free(k, x);
    arena_clear(&j.arena);
    scheduler_kick(k->api->scheduler);
}

static void *thread_main(void *arg) {
    struct kit *k = arg;
    struct store *s = NULL;
    struct err e = ERR_INIT;
    for (struct kit_entry *x; (x = take(k)) != NULL;) {
        if (s != NULL || store_open(&s, &k->api->where, &e)) {
            work(k, s, x);
        } else {
            log_err("kit", &e);
            entry_free(k, x); /* the sweep says so once the store is back */
        }
    }
    store_close(s);
    return NULL;
}

bool kit_start(struct kit **out, const struct api *api, struct err *e) {
    struct kit *k = calloc(1, sizeof *k);
    *out = NULL;
    if (k == NULL || (k->threads = calloc(THREADS, sizeof *k->threads)) == NULL) {
        free(k);
        return err_set(e, ERR_MEMORY, "no memory for the kit");
    }
    k->api = api;
    k->executable.fd = -1;
    pthread_mutex_init(&k->lock, NULL);
    pthread_cond_init(&k->wake, NULL);
    for (; k->nthreads < THREADS; k->nthreads++) {
        if (pthread_create(&k->threads[k->nthreads], NULL, thread_main, k) != 0) {
            kit_stop(k);
            kit_free(k);
            return err_errno(e, ERR_SYSTEM, "a thread could not be started");
        }
    }
    *out = k;
    return true;
}

void kit_stop(struct kit *k) {
    if (k == NULL) {
        return;
    }
    pthread_mutex_lock(&k->lock);
    k->stopping = true;
    for (const struct kit_entry *x = k->entries; x != NULL; x = x->next) {
        if (x->ssh != NULL) {
            net_ssh_abort(x->ssh);
        }
    }
    pthread_cond_broadcast(&k->wake);
    pthread_mutex_unlock(&k->lock);
    for (size_t i = 0; i < k->nthreads; i++) {
        pthread_join(k->threads[i], NULL);
    }
}

void kit_free(struct kit *k) {
    if (k == NULL) {
        return;
    }
    while (k->entries != NULL) {
        entry_free(k, k->entries); /* waited; the next server to look fails them */
    }
    if (k->executable.fd >= 0) {
        close(k->executable.fd);
    }
    pthread_cond_destroy(&k->wake);
    pthread_mutex_destroy(&k->lock);
    free(k->threads);
    free(k);
}
