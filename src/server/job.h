/* What a worker is told to do: its job, made from what the store knows. Jobs hold passwords: they go to a worker's standard input, and
 * nowhere else. Any thread, with a store of its own. Source: docs/agent-protocol.md. */
#ifndef SERVER_JOB_H
#define SERVER_JOB_H

#include <jansson.h>

#include "server/secrets.h"
#include "store/store.h"

/* What names this store's tasks in a target that others load into as well; made when there is none. */
bool job_store_id(struct store *s, struct arena *a, char **id, struct err *e) WARN_UNUSED;

/* An end of a migration, as jobs name it. */
struct job_end {
    char *url, *password; /* password NULL: none; wiped by what makes a job of it */
};

/* A data source of the store. database: the one in the URL, "": none. ERR_NOT_FOUND; ERR_KEY_FILE: its password cannot be opened. */
bool job_end_of(struct store *s, struct arena *a, const struct secrets_key *key, int64_t data_source,
                const char *database, struct job_end *out, struct err *e) WARN_UNUSED;

/* A question about one end: {"verb", "end", "password"}; the caller's. */
json_t *job_question(const char *verb, struct job_end *end);

/* What a subtask is. tables, params and those of its task: objects as of POST /api/v1/tasks, or NULL. */
struct job_subtask {
    int64_t source, target; /* data sources */
    const char *source_database, *target_database, *target_schema;
    int64_t mode;
    const json_t *tables, *params, *task_params;
    const char *name; /* of the task in the target; NULL: for a precheck, which leaves nothing there */
};

/* verb: "migrate" (without fence, resume and restart) or "precheck". The caller owns *job. ERR_NOT_FOUND, ERR_KEY_FILE. */
bool job_make(struct store *s, struct arena *a, const struct secrets_key *key, const char *verb,
              const struct job_subtask *x, json_t **job, struct err *e) WARN_UNUSED;
/* The same of a subtask of the store. */
bool job_of_subtask(struct store *s, struct arena *a, const struct secrets_key *key, const char *verb, int64_t subtask,
                    json_t **job, struct err *e) WARN_UNUSED;

/* An end's URL. properties: JSON of texts, which become parameters of the URL. */
char *job_url(struct arena *a, const char *kind, const char *user, const char *host, int64_t port, const char *database,
              const char *properties);

#endif
