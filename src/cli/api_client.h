/* The command line as a client of a server's API: where it is, the token, requests and their errors. */
#ifndef CLI_API_CLIENT_H
#define CLI_API_CLIENT_H

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"

#define API_SERVER_DEFAULT "http://127.0.0.1:9494"

struct api_client {
    const char *server; /* URL without a '/' at its end */
    const char *token;
    const char *ca_file; /* NULL: the system's */
    bool any_name;
};

/* What the command line says; NULL: nothing. */
struct api_where {
    const char *server, *token_file, *ca_file;
    bool any_name;
};

/* The token is that of the file, else of GODWIT_TOKEN, else the one that `godwit login` kept, which goes to no other server than its own.
 * ERR_LOGIN_NEEDED: there is none; ERR_FILE, ERR_USAGE. */
bool api_client_open(struct arena *a, const struct api_where *w, struct api_client *out, struct err *e) WARN_UNUSED;

/* Without looking for a token. */
bool api_client_place(struct arena *a, const struct api_where *w, struct api_client *out, struct err *e) WARN_UNUSED;

/* path: "/api/v1/tasks?page=1"; body borrowed, or NULL. *out (may be NULL): the answer's JSON, or NULL without content; the caller's.
 * What the server refuses comes as its own error, with its code. ERR_HTTP: no answer, or none of a Godwit. */
bool api_client_call(const struct api_client *c, const char *method, const char *path, const json_t *body, json_t **out,
                     struct err *e) WARN_UNUSED;

/* ---- sessions: only to make a token ---- */

struct api_session {
    char cookie[200], csrf[100]; /* the header's line, and what changing requests carry */
    bool must_change;            /* the password */
};
bool api_client_login(const struct api_client *c, const char *name, const char *password, struct api_session *out,
                      struct err *e) WARN_UNUSED;
bool api_client_call_as(const struct api_client *c, const struct api_session *s, const char *method, const char *path,
                        const json_t *body, json_t **out, struct err *e) WARN_UNUSED;

/* ---- what a login leaves ---- */

/* $XDG_CONFIG_HOME/godwit/token or ~/.config/godwit/token; NULL: there is no home. */
char *api_token_path(struct arena *a);
/* Token and server, in a file of mode 0600 that is whole or not there. */
bool api_token_keep(struct arena *a, const struct api_client *c, struct err *e) WARN_UNUSED;

/* A value for a query or a path: percent-encoded. */
char *api_escape(struct arena *a, const char *text);

#endif
