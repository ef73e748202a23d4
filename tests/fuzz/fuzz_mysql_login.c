/* A server's bytes from the greeting to the first result. The first input byte chooses the options. */
#include "mysql_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    struct mysql_options o = {
        .host = (data[0] & 1) != 0 ? "/socket" : "host",
        .user = "user",
        .password = (data[0] & 2) != 0 ? "" : "secret",
        .database = (data[0] & 4) != 0 ? "shop" : NULL,
        .compression = (enum mysql_compression)((data[0] >> 3) % 3),
        .max_row_bytes = 1 << 20,
        .io_timeout_ms = 1000,
        .connect_timeout_ms = 1000,
    };
    int peer;
    struct mysql_client *c;
    struct err e = ERR_INIT;
    if (session_open(&c, fuzz_stream(data + 1, size - 1, &peer), &o, &e)) {
        if (!mysql_usable(c)) {
            abort();
        }
        mysql_close(c);
    } else if (e.code == ERR_NONE || e.code == ERR_INTERNAL || e.message[0] == '\0') {
        abort(); /* foreign bytes are never a fault of this program */
    }
    close(peer);
    return 0;
}
