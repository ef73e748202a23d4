/* The connection to the server: a WebSocket that is opened again and again until it holds, on a thread of its own.
 *
 * Texts to send are queued while it is open, and forgotten when it breaks: what a server must know is told anew after
 * a connect. What happens to it is read with link_next by one thread, which waits on link_fd. */
#ifndef AGENT_LINK_H
#define AGENT_LINK_H

#include <stdint.h>

#include "base/err.h"

struct link;

struct link_options {
    const char *url;   /* http://host:port or https://.., perhaps with a path before /api; no user in it */
    const char *token; /* of the machine */
    const char *ca_file;
    bool any_name;
};

enum link_event {
    LINK_NOTHING,
    LINK_UP,      /* connected: nothing of what was queued before counts */
    LINK_DOWN,    /* broken, or it could not be opened; it is tried again */
    LINK_TEXT,    /* a message came */
    LINK_REFUSED, /* the server does not know the token; it is not tried again */
};

/* ERR_USAGE: the URL; ERR_SYSTEM, ERR_FILE: the thread, the CA file. The options' strings must live as long as the link. */
bool link_start(struct link **out, const struct link_options *o, struct err *e) WARN_UNUSED;

/* What is queued is sent first if it can be, for at most a few seconds; then the connection is closed. NULL is fine. */
void link_stop(struct link *l);

/* Readable when link_next has something. */
int link_fd(const struct link *l);

/* The oldest thing that happened; *text, of LINK_TEXT or the reason of LINK_DOWN, is the caller's to free (may be NULL). */
enum link_event link_next(struct link *l, char **text, size_t *len);

/* Queue a text (copied). When too much waits the connection is given up, and made anew. Any thread. */
void link_send(struct link *l, const char *text, size_t len);

/* Give the connection up (the server does not answer), and make it anew. Any thread. */
void link_again(struct link *l);

/* Bytes that wait to be sent. Any thread. */
size_t link_waiting(struct link *l);

/* "wss", host, port and "/path" of a server's URL and a path behind it, cut in place into out->text. */
struct link_place {
    char text[1024];
    const char *host, *path;
    uint16_t port;
    bool tls;
};
bool link_place(const char *url, const char *path, struct link_place *out, struct err *e) WARN_UNUSED;

#endif
