/* Foreign bytes as the server's side of a connection: written into a socket pair whose other end hangs up. */
#ifndef FUZZ_MYSQL_STREAM_H
#define FUZZ_MYSQL_STREAM_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mysql/session.h"

enum { FUZZ_STREAM_MAX_BYTES = 64 * 1024 }; /* what a socket takes without a reader */

/* The stream is the client's; *peer is closed by the caller after it. */
static inline struct net_stream *fuzz_stream(const uint8_t *data, size_t size, int *peer) {
    int fd[2];
    size = size < FUZZ_STREAM_MAX_BYTES ? size : FUZZ_STREAM_MAX_BYTES;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0 || (size > 0 && write(fd[0], data, size) != (ssize_t)size)) {
        abort();
    }
    shutdown(fd[0], SHUT_WR);
    *peer = fd[0];
    return net_wrap_fd(fd[1]);
}

#endif
