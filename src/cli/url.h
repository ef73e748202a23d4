/* Database URLs: where a migration comes from and where it goes.
 *
 *   mysql://user@host:port/database?ssl-mode=verify-identity&ssl-ca=/path/ca.pem&compress=zstd&timeout=60s
 *   opengauss://user@host:port/database?schema=shop&sslmode=verify-full&sslrootcert=/path/ca.pem
 *
 * Every part may be percent-encoded; an IPv6 address stands in brackets. A URL never holds a password.
 * Errors are ERR_URL and point at the character. Results live in the arena. Any thread. */
#ifndef CLI_URL_H
#define CLI_URL_H

#include "engine/task.h"

/* Fills task->source and source_database. */
bool url_source(struct arena *a, const char *text, struct task *task, struct err *e) WARN_UNUSED;

/* Fills task->target and, when the URL names one, target_schema. */
bool url_target(struct arena *a, const char *text, struct task *task, struct err *e) WARN_UNUSED;

/* Which end a URL can be of, by its scheme. */
enum url_kind { URL_OTHER, URL_MYSQL, URL_GAUSS };
enum url_kind url_kind_of(const char *text);

/* A server of databases: mysql://user@host:port/ fills task->source, opengauss://user@host:port/ task->target. The database may be
 * missing: then it is NULL. */
bool url_server(struct arena *a, const char *text, struct task *task, enum url_kind *kind, struct err *e) WARN_UNUSED;

/* A check's ends when the reference is openGauss: `source` fills task->target, `target` fills task->source. Messages call them as
 * the user does. */
bool url_ends_backward(struct arena *a, const char *source, const char *target, struct task *task,
                       struct err *e) WARN_UNUSED;

/* The URL for messages and logs, whatever it holds: a password in it is replaced by ***. */
char *url_redacted(struct arena *a, const char *text);

/* The parameters a URL takes, for --help and docs/cli.md. */
void url_print_parameters(FILE *out, bool markdown);

#endif
