/* The control plane as a whole: store, key file, first account, API. */
#ifndef SERVER_SERVE_H
#define SERVER_SERVE_H

#include <stdatomic.h>
#include <stdio.h>

#include "server/http.h"
#include "store/store.h"

struct serve_options {
    const char *directory;                 /* store and key file; made with mode 0700 if it is not there */
    struct store_where store;              /* file NULL and server NULL: godwit.db in the directory */
    const char *address;                   /* to listen on; NULL: 127.0.0.1 */
    uint16_t port;                         /* 0: a free one */
    const char *tls_certificate, *tls_key; /* NULL: no TLS */
    const char *name;                      /* of this server, where several share a store; NULL: it is alone */
    const char *public_url;                /* where agents on other machines reach it; NULL: from address and port */
    const char *agent_ca;  /* certificates agents elsewhere shall trust; NULL: the server's, if it signed itself */
    bool no_local_machine; /* this machine moves no data */
    bool local_shell;      /* a web shell on this machine is allowed */
};

/* Serves until *stop. Tells people on `out` where, and at the first start the admin's one-time password.
 * Refuses to listen beyond this machine without TLS (ERR_USAGE): passwords would go over the wire. */
bool serve_run(const struct serve_options *o, atomic_bool *stop, FILE *out, struct err *e) WARN_UNUSED;

#endif
