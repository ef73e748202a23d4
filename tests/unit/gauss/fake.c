/* See fake.h. */
#include "fake.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void must(bool ok) {
    if (!ok) {
        fprintf(stderr, "the fake server failed\n");
        exit(1);
    }
}

void fake_open(struct fake *f) {
    int pair[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    f->fd = pair[1];
    f->c = gauss_client_new(net_wrap_fd(pair[0]));
    must(f->c != NULL);
    net_set_timeout(f->c->net, 2000);
    buf_init(&f->said, 1 << 24);
}

void fake_close(struct fake *f) {
    gauss_close(f->c);
    if (f->fd >= 0) {
        close(f->fd);
    }
    buf_clear(&f->said);
}

void fake_raw(struct fake *f, const void *bytes, size_t len) {
    must(send(f->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len);
}

void fake_say(struct fake *f, char type, const void *body, size_t len) {
    uint32_t be = __builtin_bswap32((uint32_t)len + 4);
    uint8_t head[5] = {(uint8_t)type};
    memcpy(head + 1, &be, 4);
    fake_raw(f, head, 5);
    if (len > 0) {
        fake_raw(f, body, len);
    }
}

void fake_say_ready(struct fake *f, char status) {
    fake_say(f, 'Z', &status, 1);
}

void fake_say_tag(struct fake *f, const char *tag) {
    fake_say(f, 'C', tag, strlen(tag) + 1);
}

void fake_say_error(struct fake *f, const char *fields, size_t len) {
    fake_say(f, 'E', fields, len); /* the literal's own NUL ends the list */
}

void fake_say_result(struct fake *f, size_t ncols, size_t nrows, const char *const *cells) {
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, 1 << 20);
    must(buf_reserve(&b, 1 << 16, &e));
    buf_be16(&b, (uint16_t)ncols);
    for (size_t i = 0; i < ncols; i++) {
        buf_bytes(&b, "c\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0", 20);
    }
    fake_say(f, 'T', b.data, b.len);
    for (size_t r = 0; r < nrows; r++) {
        b.len = 0;
        buf_be16(&b, (uint16_t)ncols);
        for (size_t i = 0; i < ncols; i++) {
            const char *cell = cells[r * ncols + i];
            buf_be32(&b, cell != NULL ? (uint32_t)strlen(cell) : UINT32_MAX);
            buf_bytes(&b, cell, cell != NULL ? strlen(cell) : 0);
        }
        fake_say(f, 'D', b.data, b.len);
    }
    buf_clear(&b);
    fake_say_tag(f, "SELECT 1");
    fake_say_ready(f, 'I');
}

void fake_hang_up(struct fake *f) {
    close(f->fd);
    f->fd = -1;
}

const char *fake_hear(struct fake *f) {
    struct err e = ERR_INIT;
    for (;;) {
        must(buf_reserve(&f->said, 65536, &e));
        ssize_t n = recv(f->fd, f->said.data + f->said.len, 65535, MSG_DONTWAIT);
        if (n <= 0) {
            break;
        }
        f->said.len += (size_t)n;
    }
    must(buf_terminate(&f->said, &e));
    return (const char *)f->said.data;
}

const char *fake_query(const struct fake *f, size_t n) {
    for (size_t at = 0; at + 5 <= f->said.len; at += 1 + get_be32(f->said.data + at + 1)) {
        if (f->said.data[at] == 'Q' && n-- == 0) {
            return (const char *)f->said.data + at + 5;
        }
    }
    return NULL;
}
