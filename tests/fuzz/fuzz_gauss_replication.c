/* Whatever a server says in a stream of changes, around the payloads: framing, keepalives, errors, its end.
 * Byte 0: whose layouts; the rest is the server's. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gauss/replication_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int pair[2];
    if (size < 1 || size > 65536 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) {
        return 0;
    }
    if (send(pair[1], data + 1, size - 1, MSG_DONTWAIT) != (ssize_t)size - 1 || shutdown(pair[1], SHUT_WR) != 0) {
        close(pair[0]);
        close(pair[1]);
        return 0;
    }
    struct replication *r = calloc(1, sizeof *r);
    struct err e = ERR_INIT;
    size_t sum = 0;
    if (r == NULL) {
        abort();
    }
    r->client = gauss_client_new(net_wrap_fd(pair[0]));
    r->client->server.kind = (data[0] & 1) != 0 ? GAUSS_OPENGAUSS : GAUSS_POSTGRESQL;
    replication_adopt(r);
    if ((data[0] & 2) != 0) {
        struct replication_system system;
        (void)!replication_identify(r, &system, &e);
    }
    bool ok = replication_start(r, "s", 0, NULL, 0, &e);
    while (ok) {
        struct replication_message m;
        ok = replication_next(r, 0, &m, &e);
        for (size_t i = 0; ok && i < m.len; i++) {
            sum += m.payload[i];
        }
        replication_flushed(r, m.lsn);
        ok = ok && m.kind != REPLICATION_NOTHING;
    }
    replication_close(r);
    close(pair[1]);
    (void)sum;
    return 0;
}
