/* godwit host add, install, upgrade, ..: execution machines that the server looks after over SSH. */
#ifndef CLI_HOST_SSH_H
#define CLI_HOST_SSH_H

#include "cli/verb.h"

/* Shows the machine's host key, and goes on when it is confirmed: by --host-key, or at the terminal. */
bool host_add(struct verb_call *v, struct err *e) WARN_UNUSED;

/* The action of that name on each machine named, and what comes of it; exit code 1 when one failed. A signal ends the watching, not the
 * action. */
bool host_install(struct verb_call *v, struct err *e) WARN_UNUSED;
bool host_reinstall(struct verb_call *v, struct err *e) WARN_UNUSED;
bool host_upgrade(struct verb_call *v, struct err *e) WARN_UNUSED;
bool host_start(struct verb_call *v, struct err *e) WARN_UNUSED;
bool host_stop(struct verb_call *v, struct err *e) WARN_UNUSED;
bool host_uninstall(struct verb_call *v, struct err *e) WARN_UNUSED;
bool host_cleanup(struct verb_call *v, struct err *e) WARN_UNUSED;

/* The newest lines of a machine's log. */
bool host_log(struct verb_call *v, struct err *e) WARN_UNUSED;

#endif
