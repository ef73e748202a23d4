/* One POST of JSON to the server, for the enrolment: blocking, no redirects. */
#ifndef AGENT_POST_H
#define AGENT_POST_H

#include "agent/link.h"
#include "base/buf.h"

struct post {
    const struct link_place *place;
    const char *ca_file; /* trust only these; NULL: the system's */
    bool any_name;
    const char *body;
    unsigned timeout_s; /* for all of it */
};

/* True for any status. answer: initialised, with its maximum; NUL behind its bytes. ERR_HTTP: no connection, certificate
 * refused, timeout, answer too large. */
bool post(const struct post *p, unsigned *status, struct buf *answer, struct err *e) WARN_UNUSED;

#endif
