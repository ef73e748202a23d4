/* Listening: address, port, certificate, and where libwebsockets' own words go. See http_internal.h. */
#include <netdb.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "server/http_internal.h"

enum { DESCRIPTORS = 8192, OWN_DESCRIPTORS = 512 };

static void say(int level, const char *line) {
    size_t len = strcspn(line, "\r\n");
    if ((level & LLL_ERR) != 0) {
        log_warn("http", "%.*s", (int)len, line);
    } else {
        log_debug("http", "%.*s", (int)len, line);
    }
}

/* libwebsockets would wait for an address that the machine has not got. */
static bool address_is_ours(const char *address, struct err *e) {
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(address, "0", &hints, &found) != 0) {
        return err_set(e, ERR_USAGE, "'%s' is no IP address to listen on", address);
    }
    int fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && bind(fd, found->ai_addr, found->ai_addrlen) == 0;
    ok = ok || err_errno(e, ERR_SYSTEM, "cannot listen on %s", address);
    if (fd >= 0) {
        close(fd);
    }
    freeaddrinfo(found);
    return ok;
}

/* How many connections there may be: others wait in the kernel. As many descriptors as this process can have, but some for everything else
 * it opens, so that a crowd of slow clients does not stop the rest of the server. */
static unsigned connections_max(void) {
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0) {
        return 0; /* libwebsockets decides */
    }
    rlim_t most = r.rlim_max < DESCRIPTORS ? r.rlim_max : DESCRIPTORS;
    if (r.rlim_cur < most) {
        r.rlim_cur = most;
        (void)setrlimit(RLIMIT_NOFILE, &r);
        (void)getrlimit(RLIMIT_NOFILE, &r);
    }
    return (unsigned)(r.rlim_cur > 2 * OWN_DESCRIPTORS ? r.rlim_cur - OWN_DESCRIPTORS : r.rlim_cur / 2);
}

bool http_listen(struct http *h, struct err *e) {
    struct lws_context_creation_info info = {
        .port = h->o.port,
        .iface = h->o.address,
        .protocols = http_protocols,
        .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND,
        .server_string = "godwit",
        .user = h,
        .fd_limit_per_thread = connections_max(),
        .timeout_secs = h->o.slow_s,
        .keepalive_timeout = 60,
        .max_http_header_data = HEADER_BYTES,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
    };
    if (h->o.tls_certificate != NULL) {
        info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_cert_filepath = h->o.tls_certificate;
        info.ssl_private_key_filepath = h->o.tls_key;
        info.alpn = "http/1.1";
    }
    if (!address_is_ours(h->o.address, e)) {
        return false;
    }
    lws_set_log_level(LLL_ERR | LLL_WARN, say);
    h->context = lws_create_context(&info);
    h->vhost = h->context != NULL ? lws_create_vhost(h->context, &info) : NULL;
    if (h->vhost == NULL) {
        err_set(e, ERR_SYSTEM, "cannot listen on %s:%u%s", h->o.address, (unsigned)h->o.port,
                h->o.tls_certificate != NULL ? ", or the certificate and its key cannot be read" : "");
        return err_hint(e, "is the port taken by another program?");
    }
    return true;
}
