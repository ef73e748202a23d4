/* The functions of kit.sh, run on an execution machine. */
#ifndef SERVER_KIT_SCRIPT_H
#define SERVER_KIT_SCRIPT_H

#include <jansson.h>

#include "base/arena.h"
#include "net/ssh.h"

/* Its variables; NULL is "". */
struct kit_variables {
    const char *directory, *mark;
    const char *copy, *digest; /* the name under which the executable was copied; SHA-256 */
    const char *url;           /* of the server */
    bool ca, any_name;
};

/* *answers: an object of texts, "line"s as a list; the caller owns it, also after a failure (it may be NULL). ERR_KIT_DIRECTORY,
 * ERR_KIT_BROKEN: the script refused; ERR_KIT_COMMAND: it did not run to its end; ERR_SSH_... */
bool kit_script(struct net_ssh *ssh, struct arena *a, const struct kit_variables *v, const char *function,
                int64_t timeout_ms, json_t **answers, struct err *e) WARN_UNUSED;

/* The same, and the answers are not looked at. */
bool kit_script_run(struct net_ssh *ssh, struct arena *a, const struct kit_variables *v, const char *function,
                    int64_t timeout_ms, struct err *e) WARN_UNUSED;

/* What a script has printed, as it comes to *answers. false: it refused, and e says why. No I/O. */
bool kit_script_parse(const char *out, json_t *answers, struct err *e) WARN_UNUSED;

#endif
