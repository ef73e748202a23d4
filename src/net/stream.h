/* A TCP or Unix-domain byte stream with optional TLS and a timeout on every wait.
 *
 * A peer that acknowledges nothing for 120 s (GODWIT_PEER_TIMEOUT: 4 to 3600) is taken for lost, whether something was under way to it or not; one
 * that is only slow is waited for.
 * One thread uses a stream at a time; only net_abort() may come from another thread (it makes the
 * pending or next operation fail at once).
 * Errors are ERR_NETWORK with a system text as cause; the wire clients re-label them source or target. */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum net_tls_mode {
    NET_TLS_DISABLE,     /* never */
    NET_TLS_PREFER,      /* when the server offers it, unverified */
    NET_TLS_REQUIRE,     /* always, unverified */
    NET_TLS_VERIFY_CA,   /* always, certificate chain checked */
    NET_TLS_VERIFY_FULL, /* always, chain and host name checked */
};

struct net_tls_options {
    enum net_tls_mode mode;
    const char *ca_file;   /* PEM; NULL: the system's */
    const char *cert_file; /* client certificate, PEM; NULL: none */
    const char *key_file;
};

/* When a peer is taken for lost that acknowledges nothing; for servers, too, which may be told to look as often. */
struct net_keepalive {
    int timeout_s, idle_s, every_s, count;
};
struct net_keepalive net_keepalive(void);

struct net_stream;

/* Connect to host:port (a name, an IPv4 or IPv6 address), or to the Unix socket `host` when it starts with '/'.
 * timeout_ms bounds the whole of resolving and connecting. The caller closes. */
bool net_connect(struct net_stream **out, const char *host, uint16_t port, int64_t timeout_ms,
                 struct err *e) WARN_UNUSED;

/* Wrap an already connected descriptor (tests, fuzzers); the stream owns it. */
struct net_stream *net_wrap_fd(int fd);

/* Begin TLS on a connected stream. server_name is what verify-full compares. */
bool net_start_tls(struct net_stream *s, const struct net_tls_options *tls, const char *server_name,
                   struct err *e) WARN_UNUSED;
bool net_is_tls(const struct net_stream *s);

/* Of a file with certificates (PEM): has the first one signed itself? false: no, or it cannot be read. */
bool net_certificate_is_self_signed(const char *path);

/* The limit for each single wait; 0 waits for ever. */
void net_set_timeout(struct net_stream *s, int64_t timeout_ms);

/* Did the last failure come from that limit? (The wire clients tell timeouts from broken connections by it.) */
bool net_timed_out(const struct net_stream *s);

/* Did the peer break off what TLS was about (a reset, an end without a word), as one that dies does? It says nothing against TLS. */
bool net_broken_off(const struct net_stream *s);

/* Read at least one byte, at most cap. *got = 0 means the peer closed. */
bool net_read(struct net_stream *s, void *to, size_t cap, size_t *got, struct err *e) WARN_UNUSED;

/* Write everything. */
bool net_write(struct net_stream *s, const void *from, size_t n, struct err *e) WARN_UNUSED;

/* Write as much as goes without waiting; *put may be 0. The next write must go on with the bytes that did not go,
 * and not offer fewer of them (a TLS record may be under way). */
bool net_write_some(struct net_stream *s, const void *from, size_t n, size_t *put, struct err *e) WARN_UNUSED;

/* Is there something to read within timeout_ms (0: just look)? */
bool net_readable(struct net_stream *s, int64_t timeout_ms);

/* Give up a plain stream for its descriptor (non-blocking), which becomes the caller's. */
int net_detach(struct net_stream *s);

void net_abort(struct net_stream *s); /* any thread */
void net_close(struct net_stream *s); /* NULL is fine */

#endif
