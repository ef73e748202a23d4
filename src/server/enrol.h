/* How agents become known: a one-time token lets one in, which then gets the machine's own token. The store keeps digests only.
 * Any thread, with a store of its own. Source: docs/agent-protocol.md. */
#ifndef SERVER_ENROL_H
#define SERVER_ENROL_H

#include <jansson.h>

#include "server/secrets.h"
#include "store/store.h"

enum { ENROL_TOKEN_TEXT = SECRETS_TOKEN_TEXT + 8, ENROL_VALID_MS = 3600 * 1000 };

/* A one-time token ("enrol-..") for a machine; earlier ones are no longer valid. */
bool enrol_invite(struct store *s, int64_t machine, char token[ENROL_TOKEN_TEXT], struct err *e) WARN_UNUSED;

/* Use a one-time token up: the machine, and its own token ("machine-.."), which replaces one it had. facts (may be NULL) give its
 * capacity if it has none yet. ERR_LOGIN_NEEDED: there is no such token, it was used, or it is too old. */
bool enrol_accept(struct store *s, const char *once, const json_t *facts, char token[ENROL_TOKEN_TEXT],
                  int64_t *machine, struct err *e) WARN_UNUSED;

/* Whose token is it? ERR_LOGIN_NEEDED: nobody's. */
bool enrol_identify(struct store *s, const char *token, int64_t *machine, struct err *e) WARN_UNUSED;

/* The machine that a server brings along: found by its name, or made; with a fresh token. */
bool enrol_local(struct store *s, const char *name, char token[ENROL_TOKEN_TEXT], int64_t *machine,
                 struct err *e) WARN_UNUSED;

/* Subtasks at a time, from cores and memory: one for each core and each 2 GiB, at most 6. Facts that lack them: 6. */
unsigned enrol_capacity(const json_t *facts);

#endif
