/* The verb probe: can this server be an end of a migration? And what probe and tree share: the end of their job. See worker.h. */
#include "base/str.h"
#include "cli/url.h"
#include "cli/worker.h"
#include "engine/probe.h"

enum { ANSWER_MS = 20 * 1000 }; /* somebody looks at a screen and waits */

/* "" is no password: as a task's job without one. */
bool worker_end(const json_t *job, struct arena *a, struct task *t, bool *source, struct err *e) {
    const char *url, *password, *database;
    enum url_kind kind;
    if (!worker_text(job, "end", &url, e) || !worker_text(job, "password", &password, e) ||
        !worker_text(job, "database", &database, e)) {
        return false;
    }
    if (url == NULL) {
        return err_set(e, ERR_JOB, "the job has no end");
    }
    task_defaults(t);
    if (!url_server(a, url, t, &kind, e)) {
        return false;
    }
    *source = kind == URL_MYSQL;
    t->source.password = t->target.password = arena_strdup(a, password);
    if (database != NULL) {
        *(*source ? (const char **)&t->source_database : &t->target.database) = arena_strdup(a, database);
    }
    if (!*source && t->target.database == NULL) {
        t->target.database = "postgres"; /* every server has it, to be asked for the others */
    }
    int64_t *wait_ms = *source ? &t->source.io_timeout_ms : &t->target.io_timeout_ms;
    *wait_ms = *wait_ms > 0 && *wait_ms < ANSWER_MS ? *wait_ms : ANSWER_MS;
    return true;
}

bool worker_probe(const json_t *job, struct arena *a, atomic_bool *stop, json_t **result, struct err *e) {
    struct task t;
    const char *role;
    bool source = false;
    (void)stop; /* it changes nothing: the process just ends */
    if (!worker_text(job, "role", &role, e) || !worker_end(job, a, &t, &source, e)) {
        return false;
    }
    if (role != NULL && !str_eq(role, source ? "source" : "target")) {
        err_set(e, ERR_JOB, "%s cannot be a '%.20s'", source ? "MySQL" : "openGauss or PostgreSQL", role);
        return err_hint(e, "MySQL and MariaDB are sources, openGauss and PostgreSQL targets");
    }
    *result = probe_run(&t, source ? PROBE_SOURCE : PROBE_TARGET);
    return true;
}
