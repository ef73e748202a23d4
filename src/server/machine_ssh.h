/* How execution machines are reached by SSH: the login that is in the store (sealed), the host key that somebody confirmed (pinned).
 * Any thread, with a store of its own; connecting takes up to MACHINE_SSH_TIMEOUT_MS, so not on the loop. */
#ifndef SERVER_MACHINE_SSH_H
#define SERVER_MACHINE_SSH_H

#include <jansson.h>

#include "net/ssh.h"
#include "server/secrets.h"
#include "store/store.h"

enum { MACHINE_SSH_TIMEOUT_MS = 20000 };

/* Connect and log in to a machine that was added over SSH. The caller closes. ERR_NOT_FOUND; ERR_NOT_NOW: it was not added over SSH;
 * ERR_KEY_FILE; ERR_SSH_.. */
bool machine_ssh_open(struct store *s, const struct secrets_key *key, int64_t machine, struct net_ssh **out,
                      struct err *e) WARN_UNUSED;

/* ---- for adding one ---- */

/* Where it is and who logs in; texts are borrowed. */
struct machine_ssh {
    const char *host;
    uint16_t port;
    const char *host_key; /* the pinned one: "ssh-ed25519 AAAA..", or its fingerprint while it is being added */
    struct net_ssh_login login;
};

/* Connect and log in. */
bool machine_ssh_connect(const struct machine_ssh *m, struct net_ssh **out, struct err *e) WARN_UNUSED;

/* The login without the user as the text that is sealed. The caller wipes it. */
char *machine_ssh_login_text(struct arena *a, const struct net_ssh_login *login);

#endif
