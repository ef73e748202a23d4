/* See script.h. */
#include "script.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void must(bool ok, const char *what) {
    if (!ok) {
        perror(what);
        abort();
    }
}

void script_init(struct script *s) {
    *s = (struct script){.fd = -1};
    buf_init(&s->out, 1 << 30);
    buf_init(&s->heard, 1 << 30);
}

void script_bytes(struct script *s, const void *bytes, size_t n) {
    must(buf_put(&s->out, bytes, n, NULL), "script");
}

void script_packet(struct script *s, uint8_t seq, const void *payload, size_t n) {
    uint8_t header[4] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), seq};
    script_bytes(s, header, 4);
    script_bytes(s, payload, n);
}

static void *play_main(void *arg) {
    struct script *s = arg;
    size_t at = 0;
    bool sending = true;
    for (;;) {
        if (sending && at == s->out.len) {
            shutdown(s->fd, SHUT_WR);
            sending = false;
        }
        struct pollfd p = {.fd = s->fd, .events = (short)(POLLIN | (sending ? POLLOUT : 0))};
        must(poll(&p, 1, -1) > 0, "poll");
        if ((p.revents & POLLOUT) != 0) {
            size_t n = s->out.len - at;
            n = s->chunk > 0 && s->chunk < n ? s->chunk : n;
            ssize_t w = send(s->fd, s->out.data + at, n, MSG_NOSIGNAL);
            if (w > 0) {
                at += (size_t)w;
            } else if (w < 0 && errno != EAGAIN) {
                sending = false; /* the client has left */
            }
        }
        if ((p.revents & (POLLIN | POLLHUP)) != 0) {
            must(buf_reserve(&s->heard, 1 << 17, NULL), "script");
            ssize_t r = recv(s->fd, s->heard.data + s->heard.len, 1 << 17, 0);
            if (r == 0 || (r < 0 && errno != EAGAIN)) {
                return NULL;
            }
            s->heard.len += r > 0 ? (size_t)r : 0;
        }
    }
}

struct net_stream *script_play(struct script *s) {
    int fd[2];
    must(socketpair(AF_UNIX, s->chunk > 0 ? SOCK_SEQPACKET : SOCK_STREAM, 0, fd) == 0, "socketpair");
    must(fcntl(fd[0], F_SETFL, O_NONBLOCK) == 0, "fcntl");
    s->fd = fd[0];
    must(pthread_create(&s->thread, NULL, play_main, s) == 0, "thread");
    return net_wrap_fd(fd[1]);
}

void script_end(struct script *s) {
    if (s->fd >= 0) {
        pthread_join(s->thread, NULL);
        close(s->fd);
    }
    buf_clear(&s->out);
    buf_clear(&s->heard);
}
