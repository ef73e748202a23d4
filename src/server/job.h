/* What a worker is told to do: its job, made from what the store knows. Jobs hold passwords: they go to a worker's standard input, and
 * nowhere else. Any thread, with a store of its own. Source: docs/agent-protocol.md. */
#ifndef SERVER_JOB_H
#define SERVER_JOB_H

#include <jansson.h>

#include "server/secrets.h"
#include "store/store.h"

/* What names this store's tasks in a target that others load into as well; made when there is none. */
bool job_store_id(struct store *s, struct arena *a, char **id, struct err *e) WARN_UNUSED;

/* The migration of a subtask, without fence, resume and restart. The caller owns *job. ERR_KEY_FILE: a password cannot be opened. */
bool job_make(struct store *s, struct arena *a, const struct secrets_key *key, int64_t subtask, json_t **job,
              struct err *e) WARN_UNUSED;

/* A question about a data source: {"verb", "end", "password"}. database "": the one in its properties, or none. */
bool job_end(struct store *s, struct arena *a, const struct secrets_key *key, int64_t data_source, const char *verb,
             const char *database, json_t **job, struct err *e) WARN_UNUSED;

/* An end's URL. properties: JSON of texts, which become parameters of the URL. */
char *job_url(struct arena *a, const char *kind, const char *user, const char *host, int64_t port, const char *database,
              const char *properties);

#endif
