/* What stream.c, resolve.c and tls.c share. Nobody outside src/net includes this. */
#ifndef NET_STREAM_INTERNAL_H
#define NET_STREAM_INTERNAL_H

#include <netdb.h>
#include <stdatomic.h>

#include "net/stream.h"

struct tls;

struct net_stream {
    int fd;             /* non-blocking */
    int64_t timeout_ms; /* of each single wait, 0 for ever */
    bool timed_out, broken_off;
    atomic_bool aborted;
    struct tls *tls; /* NULL while plain */
};

/* ---- stream.c ---- */

/* Wait until fd is ready for `events` (POLLIN, POLLOUT), at most the stream's timeout. */
bool stream_wait(struct net_stream *s, short events, const char *doing, struct err *e) WARN_UNUSED;

/* The error for a failed system call, or for an abort that caused it. Returns false always. */
bool stream_errno(const struct net_stream *s, const char *doing, int error, struct err *e);

/* ---- resolve.c ---- */

/* Addresses of host, within deadline_us of the monotonic clock (INT64_MAX: for ever). Free with freeaddrinfo. */
bool resolve(const char *host, uint16_t port, int64_t deadline_us, struct addrinfo **out, struct err *e) WARN_UNUSED;

/* ---- tls.c ---- */

enum tls_io { TLS_DONE, TLS_WANT_READ, TLS_WANT_WRITE, TLS_CLOSED, TLS_FAILED };

/* One attempt without waiting; on TLS_FAILED e is filled. */
enum tls_io tls_read(struct net_stream *s, void *to, size_t cap, size_t *got, struct err *e);
enum tls_io tls_write(struct net_stream *s, const void *from, size_t n, size_t *put, struct err *e);
bool tls_has_data(struct net_stream *s); /* can tls_read deliver something, or the end, without the network? */
void tls_free(struct tls *t, bool say_goodbye);

#endif
