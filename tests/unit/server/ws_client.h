/* A WebSocket client by hand, for tests: frames as they are told, and what comes back. Everything asserts. */
#ifndef TEST_WS_CLIENT_H
#define TEST_WS_CLIENT_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
    int fd;
};

static inline void put(const struct client *c, const void *bytes, size_t len) {
    const char *p = bytes;
    while (len > 0) {
        ssize_t n = send(c->fd, p, len, MSG_NOSIGNAL);
        if (n <= 0) {
            return; /* what comes back tells */
        }
        p += n;
        len -= (size_t)n;
    }
}

static inline bool get(const struct client *c, void *out, size_t len) {
    char *p = out;
    while (len > 0) {
        ssize_t n = recv(c->fd, p, len, 0);
        if (n <= 0) {
            return false;
        }
        p += n;
        len -= (size_t)n;
    }
    return true;
}

static inline struct client connected(uint16_t port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct timeval wait = {.tv_sec = 30};
    struct client c = {socket(AF_INET, SOCK_STREAM, 0)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    assert_true(c.fd >= 0 && connect(c.fd, (struct sockaddr *)&to, sizeof to) == 0);
    return c;
}

/* The head of the answer. */
static inline void head(const struct client *c, char *out, size_t size) {
    size_t len = 0;
    do {
        assert_true(len + 1 < size);
        if (!get(c, out + len, 1)) {
            break;
        }
        out[++len] = '\0';
    } while (len < 4 || strcmp(out + len - 4, "\r\n\r\n") != 0);
    out[len] = '\0';
}

static inline void upgrade(const struct client *c, const char *path, const char *more, const char *status) {
    char request[1024], got[4096];
    int n = snprintf(request, sizeof request,
                     "GET %s HTTP/1.1\r\nHost: here:1\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                     path, more);
    put(c, request, (size_t)n);
    head(c, got, sizeof got);
    if (strncmp(got, "HTTP/1.", 7) != 0 || strncmp(got + 9, status, strlen(status)) != 0) {
        fail_msg("%s%s: wanted %s, got %s", path, more, status, got);
    }
}

static inline struct client opened(uint16_t port, const char *path) {
    struct client c = connected(port);
    upgrade(&c, path, "", "101");
    return c;
}

enum { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10, FIN = 0x80 };

static inline void frame(const struct client *c, unsigned op, const void *bytes, size_t len) {
    static const unsigned char mask[4] = {1, 2, 3, 4};
    unsigned char *f = malloc(len + 14);
    size_t n = 0;
    f[n++] = (unsigned char)op;
    if (len < 126) {
        f[n++] = (unsigned char)(0x80 | len);
    } else {
        f[n++] = 0x80 | 127;
        for (int i = 7; i >= 0; i--) {
            f[n++] = (unsigned char)((uint64_t)len >> (8 * i));
        }
    }
    memcpy(f + n, mask, 4);
    n += 4;
    for (size_t i = 0; i < len; i++) {
        f[n++] = ((const unsigned char *)bytes)[i] ^ mask[i & 3];
    }
    put(c, f, n);
    free(f);
}

static inline void say(const struct client *c, const char *text) {
    frame(c, FIN | TEXT, text, strlen(text));
}

struct heard {
    unsigned op; /* 0: the connection is gone */
    char *text;
    size_t len;
};

/* A whole message, or a control frame. */
static inline struct heard hear(const struct client *c) {
    struct heard out = {.text = calloc(1, 1)};
    for (;;) {
        unsigned char h[10];
        if (!get(c, h, 2)) {
            out.op = 0;
            return out;
        }
        uint64_t len = h[1] & 0x7f;
        size_t more = len == 126 ? 2 : len == 127 ? 8 : 0;
        assert_true(get(c, h + 2, more));
        if (more > 0) {
            len = 0;
            for (size_t i = 0; i < more; i++) {
                len = len << 8 | h[2 + i];
            }
        }
        out.text = realloc(out.text, out.len + len + 1);
        assert_true(get(c, out.text + out.len, len));
        out.len += len;
        out.text[out.len] = '\0';
        out.op = out.op != 0 ? out.op : h[0] & 0xf;
        if ((h[0] & FIN) != 0) {
            return out;
        }
    }
}

static inline void hears(const struct client *c, unsigned op, const char *text) {
    struct heard got = hear(c);
    if (got.op != op || strcmp(got.text, text) != 0) {
        fail_msg("wanted %u '%s', got %u '%.200s'", op, text, got.op, got.text);
    }
    free(got.text);
}

static inline void hears_close(const struct client *c, unsigned code, const char *reason) {
    struct heard got = hear(c);
    unsigned is = got.len >= 2 ? (unsigned)(unsigned char)got.text[0] << 8 | (unsigned char)got.text[1] : 0;
    if (got.op != CLOSE || is != code || strcmp(got.text + 2, reason) != 0) {
        fail_msg("wanted close %u '%s', got %u: %u '%.200s'", code, reason, got.op, is,
                 got.len > 2 ? got.text + 2 : "");
    }
    free(got.text);
    close(c->fd);
}

#endif
