/* Whatever a server says during the login: startup, authentication requests, parameters.
 * The first byte chooses the protocol minor and whether a password is there, and how much work is allowed; the rest is the server's. */
#include <sys/socket.h>
#include <unistd.h>

#include "gauss/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const unsigned minors[] = {51, 50, 0, 51};
    int pair[2];
    if (size < 1 || size > 65536 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) {
        return 0;
    }
    if (send(pair[1], data + 1, size - 1, MSG_DONTWAIT) != (ssize_t)size - 1 || shutdown(pair[1], SHUT_WR) != 0) {
        close(pair[0]);
        close(pair[1]);
        return 0;
    }
    struct gauss_client *c = gauss_client_new(net_wrap_fd(pair[0]));
    struct gauss_options o = {
        .host = data[0] & 4 ? "/socket" : "host",
        .user = "dev",
        .password = data[0] & 8 ? NULL : "Dev_test@123",
        .database = "xpg",
    };
    struct err e = ERR_INIT;
    bool retry_lower, asked;
    if (gauss_login(c, &o, minors[data[0] & 3], data[0] & 16 ? 10000 : 16, 0, &retry_lower, &asked, &e) !=
        (e.code == ERR_NONE)) {
        BUG("a login without an error that failed, or the reverse");
    }
    gauss_close(c);
    close(pair[1]);
    return 0;
}
