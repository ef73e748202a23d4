/* Plain sockets under the streams: connect, wait, read, write. See stream.h; TLS is in tls.c.
 *
 * Sockets never block in a system call: each wait is a poll with a limit. TCP's own window tuning is left alone
 * (a fixed SO_RCVBUF would switch it off and cap the window below what a fast link needs); a Unix socket has no such
 * tuning and gets a larger buffer. */
#include "net/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/stream_internal.h"

enum {
    UNIX_BUFFER_BYTES = 1 << 20, /* the kernel cuts it to net.core.wmem_max */
    PEER_TIMEOUT_S = 120,        /* so long a peer may acknowledge nothing; see stream.h */
    PEER_TIMEOUT_LEAST_S = 4,
    PEER_TIMEOUT_MOST_S = 3600,
    KEEPALIVE_COUNT = 6,
};

static int peer_timeout_s = PEER_TIMEOUT_S;

static void read_peer_timeout(void) {
    const char *asked = getenv("GODWIT_PEER_TIMEOUT");
    long s = asked != NULL ? strtol(asked, NULL, 10) : 0;
    if (s >= PEER_TIMEOUT_LEAST_S && s <= PEER_TIMEOUT_MOST_S) {
        peer_timeout_s = (int)s;
    }
}

struct net_keepalive net_keepalive(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_peer_timeout);
    return (struct net_keepalive){.timeout_s = peer_timeout_s,
                                  .idle_s = peer_timeout_s / 2,
                                  .every_s = (peer_timeout_s + 2 * KEEPALIVE_COUNT - 1) / (2 * KEEPALIVE_COUNT),
                                  .count = KEEPALIVE_COUNT};
}

static void set_int(int fd, int level, int name, int value) {
    /* Tuning only: a kernel that refuses an option still carries the bytes. */
    (void)setsockopt(fd, level, name, &value, sizeof value);
}

static struct net_stream *stream_new(int fd) {
    struct net_stream *s = calloc(1, sizeof *s);
    if (s != NULL) {
        s->fd = fd;
        atomic_init(&s->aborted, false);
        (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    }
    return s;
}

bool stream_errno(const struct net_stream *s, const char *doing, int error, struct err *e) {
    err_set(e, ERR_NETWORK, "%s failed", doing);
    if (atomic_load_explicit(&s->aborted, memory_order_relaxed)) {
        return err_cause(e, "the connection was aborted on request");
    }
    char text[128];
    return err_cause(e, "%s", strerror_r(error, text, sizeof text));
}

/* Milliseconds until deadline, rounded up, for poll; -1 for no deadline. */
static int poll_ms(int64_t deadline_us) {
    if (deadline_us == INT64_MAX) {
        return -1;
    }
    int64_t left = deadline_us - clock_mono_us();
    if (left <= 0) {
        return 0;
    }
    return left / 1000 >= INT32_MAX ? INT32_MAX : (int)((left + 999) / 1000);
}

static int64_t deadline_after(int64_t ms) {
    return ms > 0 && ms < INT64_MAX / 4000 ? clock_mono_us() + ms * 1000 : INT64_MAX;
}

/* 1 ready, 0 not until the deadline, -1 errno. */
static int wait_fd(int fd, short events, int64_t deadline_us) {
    for (;;) {
        struct pollfd p = {.fd = fd, .events = events};
        int n = poll(&p, 1, poll_ms(deadline_us));
        if (n > 0) {
            return 1; /* POLLERR and POLLHUP too: the call that follows tells what it is */
        }
        if (n == 0 && (deadline_us == INT64_MAX || clock_mono_us() < deadline_us)) {
            continue;
        }
        if (n == 0 || errno != EINTR) {
            return n;
        }
    }
}

/* Keepalive finds a peer that vanished while nothing is under way. What is under way the kernel repeats for a quarter of an hour; a peer that
 * lives acknowledges it, even one that has no room for it. */
static bool has_vanished(int fd) {
    struct tcp_info info;
    socklen_t size = sizeof info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_unacked > 0 &&
           info.tcpi_last_ack_recv > (uint32_t)net_keepalive().timeout_s * 1000;
}

/* As wait_fd; -1 with ETIMEDOUT when the peer has vanished. */
static int wait_peer(int fd, short events, int64_t deadline_us) {
    enum { LOOK_MS = 1000 };
    for (;;) {
        int64_t look_us = deadline_after(LOOK_MS);
        int n = wait_fd(fd, events, look_us < deadline_us ? look_us : deadline_us);
        if (n != 0 || clock_mono_us() >= deadline_us) {
            return n;
        }
        if (has_vanished(fd)) {
            errno = ETIMEDOUT;
            return -1;
        }
    }
}

bool stream_wait(struct net_stream *s, short events, const char *doing, struct err *e) {
    int n = wait_peer(s->fd, events, deadline_after(s->timeout_ms));
    if (n > 0) {
        return true;
    }
    if (n < 0) {
        return stream_errno(s, doing, errno, e);
    }
    s->timed_out = true;
    err_set(e, ERR_NETWORK, "%s took longer than %lld ms", doing, (long long)s->timeout_ms);
    return err_cause(e, "the peer stayed silent");
}

/* ---- connect ---- */

static bool connect_address(const struct sockaddr *addr, socklen_t addr_len, int64_t deadline_us, int *out,
                            int *error) {
    int fd = socket(addr->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        *error = errno;
        return false;
    }
    if (addr->sa_family == AF_UNIX) {
        set_int(fd, SOL_SOCKET, SO_SNDBUF, UNIX_BUFFER_BYTES);
        set_int(fd, SOL_SOCKET, SO_RCVBUF, UNIX_BUFFER_BYTES);
    }
    int rc = connect(fd, addr, addr_len);
    if (rc != 0 && (errno == EINPROGRESS || errno == EINTR)) {
        int ready = wait_fd(fd, POLLOUT, deadline_us);
        socklen_t size = sizeof *error;
        if (ready == 0) {
            errno = ETIMEDOUT;
        } else if (ready > 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, error, &size) == 0) {
            errno = *error;
            rc = *error == 0 ? 0 : -1;
        }
    }
    if (rc != 0) {
        *error = errno;
        close(fd);
        return false;
    }
    if (addr->sa_family != AF_UNIX) {
        set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
        set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
        struct net_keepalive k = net_keepalive();
        set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, k.idle_s);
        set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, k.every_s);
        set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, k.count);
    }
    *out = fd;
    return true;
}

static bool connect_unix(const char *path, int64_t deadline_us, int *fd, struct err *e) {
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n >= sizeof addr.sun_path) {
        return err_set(e, ERR_NETWORK, "the socket path %s is longer than the system's %zu characters", path,
                       sizeof addr.sun_path - 1);
    }
    memcpy(addr.sun_path, path, n);
    int error = 0;
    /* A full backlog answers EAGAIN at once instead of queueing the call. */
    while (!connect_address((const struct sockaddr *)&addr, sizeof addr, deadline_us, fd, &error)) {
        if (error == EAGAIN && clock_mono_us() < deadline_us) {
            clock_sleep_ms(10);
            continue;
        }
        errno = error;
        return err_errno(e, ERR_NETWORK, "cannot connect to the socket %s", path);
    }
    return true;
}

static bool connect_tcp(const char *host, uint16_t port, int64_t deadline_us, int *fd, struct err *e) {
    struct addrinfo *all;
    if (!resolve(host, port, deadline_us, &all, e)) {
        return false;
    }
    int left = 0, error = EHOSTUNREACH;
    for (const struct addrinfo *a = all; a != NULL; a = a->ai_next) {
        left++;
    }
    bool ok = false;
    for (const struct addrinfo *a = all; a != NULL && !ok; a = a->ai_next, left--) {
        int64_t until = deadline_us;
        if (deadline_us != INT64_MAX) { /* a dead address must not eat the time of the next one */
            int64_t now = clock_mono_us();
            if (now >= deadline_us) {
                error = ETIMEDOUT;
                break;
            }
            until = now + (deadline_us - now) / left;
        }
        ok = connect_address(a->ai_addr, a->ai_addrlen, until, fd, &error);
    }
    freeaddrinfo(all);
    if (!ok) {
        errno = error;
        return err_errno(e, ERR_NETWORK, "cannot connect to %s port %u", host, (unsigned)port);
    }
    return true;
}

bool net_connect(struct net_stream **out, const char *host, uint16_t port, int64_t timeout_ms, struct err *e) {
    *out = NULL;
    int fd = -1;
    int64_t deadline_us = deadline_after(timeout_ms);
    bool ok = host[0] == '/' ? connect_unix(host, deadline_us, &fd, e) : connect_tcp(host, port, deadline_us, &fd, e);
    if (!ok) {
        return false;
    }
    *out = stream_new(fd);
    if (*out == NULL) {
        close(fd);
        return err_set(e, ERR_MEMORY, "no memory for a connection");
    }
    return true;
}

struct net_stream *net_wrap_fd(int fd) {
    struct net_stream *s = stream_new(fd);
    if (s == NULL) {
        BUG("no memory for a wrapped descriptor");
    }
    return s;
}

/* ---- read and write ---- */

void net_set_timeout(struct net_stream *s, int64_t timeout_ms) {
    s->timeout_ms = timeout_ms;
}

bool net_timed_out(const struct net_stream *s) {
    return s->timed_out;
}

bool net_broken_off(const struct net_stream *s) {
    return s->broken_off;
}

bool net_is_tls(const struct net_stream *s) {
    return s->tls != NULL;
}

static short events_of(enum tls_io io) {
    return io == TLS_WANT_WRITE ? POLLOUT : POLLIN;
}

bool net_read(struct net_stream *s, void *to, size_t cap, size_t *got, struct err *e) {
    static const char doing[] = "reading from the network";
    *got = 0;
    for (;;) {
        if (atomic_load_explicit(&s->aborted, memory_order_relaxed)) {
            return stream_errno(s, doing, ECONNABORTED, e);
        }
        short events = POLLIN;
        if (s->tls != NULL) {
            enum tls_io io = tls_read(s, to, cap, got, e);
            if (io == TLS_DONE || io == TLS_CLOSED) {
                break;
            }
            if (io == TLS_FAILED) {
                return false;
            }
            events = events_of(io);
        } else {
            ssize_t n = recv(s->fd, to, cap, 0);
            if (n >= 0) {
                *got = (size_t)n;
                break;
            }
            if (errno == EINTR) {
                continue;
            }
            if (errno != EAGAIN) {
                return stream_errno(s, doing, errno, e);
            }
        }
        if (!stream_wait(s, events, doing, e)) {
            return false;
        }
    }
    if (*got == 0 && atomic_load_explicit(&s->aborted, memory_order_relaxed)) {
        return stream_errno(s, doing, ECONNABORTED, e); /* the end is our own shutdown, not the peer's */
    }
    return true;
}

/* One attempt. *events is what to wait for when nothing went. */
static bool write_once(struct net_stream *s, const void *from, size_t n, size_t *put, short *events, struct err *e) {
    static const char doing[] = "writing to the network";
    *put = 0;
    *events = POLLOUT;
    if (n == 0) {
        return true;
    }
    if (atomic_load_explicit(&s->aborted, memory_order_relaxed)) {
        return stream_errno(s, doing, ECONNABORTED, e);
    }
    if (s->tls != NULL) {
        enum tls_io io = tls_write(s, from, n, put, e);
        if (io == TLS_CLOSED) {
            return stream_errno(s, doing, EPIPE, e);
        }
        *events = events_of(io);
        if (io == TLS_DONE) {
            *events = POLLOUT;
        }
        return io != TLS_FAILED;
    }
    ssize_t w;
    do {
        w = send(s->fd, from, n, MSG_NOSIGNAL);
    } while (w < 0 && errno == EINTR);
    if (w >= 0) {
        *put = (size_t)w;
        return true;
    }
    return errno == EAGAIN || stream_errno(s, doing, errno, e);
}

bool net_write_some(struct net_stream *s, const void *from, size_t n, size_t *put, struct err *e) {
    short events;
    *put = 0;
    while (*put < n) {
        size_t w;
        if (!write_once(s, (const uint8_t *)from + *put, n - *put, &w, &events, e)) {
            return false;
        }
        if (w == 0) {
            break;
        }
        *put += w;
    }
    return true;
}

bool net_write(struct net_stream *s, const void *from, size_t n, struct err *e) {
    const uint8_t *p = from;
    while (n > 0) {
        size_t w;
        short events;
        if (!write_once(s, p, n, &w, &events, e)) {
            return false;
        }
        p += w;
        n -= w;
        if (w == 0 && !stream_wait(s, events, "writing to the network", e)) {
            return false;
        }
    }
    return true;
}

bool net_readable(struct net_stream *s, int64_t timeout_ms) {
    if (s->tls != NULL && tls_has_data(s)) {
        return true;
    }
    return wait_fd(s->fd, POLLIN, clock_mono_us() + (timeout_ms > 0 ? timeout_ms * 1000 : 0)) > 0;
}

/* ---- end ---- */

void net_abort(struct net_stream *s) {
    atomic_store(&s->aborted, true);
    (void)shutdown(s->fd, SHUT_RDWR); /* wakes a poll in the other thread */
}

int net_detach(struct net_stream *s) {
    int fd = s->fd;
    free(s);
    return fd;
}

void net_close(struct net_stream *s) {
    if (s == NULL) {
        return;
    }
    tls_free(s->tls, !atomic_load(&s->aborted) && !s->timed_out);
    close(s->fd);
    free(s);
}
