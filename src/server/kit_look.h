/* What an execution machine is, measured over SSH before anything is put there. */
#ifndef SERVER_KIT_LOOK_H
#define SERVER_KIT_LOOK_H

#include "server/kit_script.h"

struct kit_look {
    char *directory; /* absolute, without symbolic links; it may not exist yet */
    json_t *facts;   /* as an agent's (docs/agent-protocol.md); the caller owns it, also after a failure */
    bool root;       /* the user is root */
    bool has_token;  /* an agent was enrolled there */
    bool is_current; /* the executable there is this one */
    bool agent_runs;
};

/* v: directory (relative to the user's home, or absolute), mark; digest, or NULL. Texts are in the arena. ERR_KIT_DIRECTORY: it holds
 * something else, or cannot be written to; ERR_KIT_ARCH: this executable cannot run there; ERR_SSH_.. */
bool kit_look(struct net_ssh *ssh, struct arena *a, const struct kit_variables *v, struct kit_look *out,
              struct err *e) WARN_UNUSED;

/* What the script has answered, taken to *out (facts in any case). digest may be NULL. No I/O. */
bool kit_look_read(const json_t *answers, struct arena *a, const char *digest, struct kit_look *out,
                   struct err *e) WARN_UNUSED;

#endif
