/* TLS on a stream, with OpenSSL 3. See stream.h.
 *
 * OpenSSL's own socket layer writes with write(2), which raises SIGPIPE when the peer is gone; the small BIO below
 * uses send(MSG_NOSIGNAL) instead, so that the library needs no process-wide signal setting. */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/stream_internal.h"

/* Bytes fetched from the socket at once: several records of 16 kB for each system call. */
enum { READ_AHEAD_BYTES = 128 * 1024 };

struct tls {
    SSL_CTX *ctx;
    SSL *ssl;
    BIO_METHOD *method;
    bool failed; /* a fatal error: no close_notify may follow */
};

/* Where distributions keep the authorities' certificates; a static program cannot know at build time. */
static const char *const ca_bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* openEuler, Fedora, RHEL */
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem", /* SUSE */
    "/etc/ssl/cert.pem",      /* Alpine */
};

/* ---- the BIO ---- */

static int bio_send(BIO *b, const char *from, int n) {
    const struct net_stream *s = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    ssize_t w;
    do {
        w = send(s->fd, from, (size_t)n, MSG_NOSIGNAL);
    } while (w < 0 && errno == EINTR);
    if (w < 0 && errno == EAGAIN) {
        BIO_set_retry_write(b);
    }
    return (int)w;
}

static int bio_recv(BIO *b, char *to, int cap) {
    const struct net_stream *s = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    ssize_t r;
    do {
        r = recv(s->fd, to, (size_t)cap, 0);
    } while (r < 0 && errno == EINTR);
    if (r < 0 && errno == EAGAIN) {
        BIO_set_retry_read(b);
    } else if (r == 0) {
        BIO_set_flags(b, BIO_FLAGS_IN_EOF);
    }
    return (int)r;
}

static long bio_ctrl(BIO *b, int command, long num, void *ptr) {
    (void)num;
    (void)ptr;
    switch (command) {
    case BIO_CTRL_EOF:
        return BIO_test_flags(b, BIO_FLAGS_IN_EOF) != 0;
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DUP:
        return 1;
    default:
        return 0;
    }
}

static int bio_create(BIO *b) {
    BIO_set_init(b, 1);
    return 1;
}

static BIO *bio_new(struct tls *t, struct net_stream *s) {
    t->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "godwit stream");
    if (t->method == NULL || !BIO_meth_set_write(t->method, bio_send) || !BIO_meth_set_read(t->method, bio_recv) ||
        !BIO_meth_set_ctrl(t->method, bio_ctrl) || !BIO_meth_set_create(t->method, bio_create)) {
        return NULL;
    }
    BIO *b = BIO_new(t->method);
    if (b != NULL) {
        BIO_set_data(b, s);
    }
    return b;
}

/* ---- errors ---- */

/* The oldest error in OpenSSL's queue is the cause, later ones are consequences. Returns false always. */
static bool openssl_cause(struct err *e, const char *otherwise) {
    const char *data = NULL;
    int flags = 0;
    unsigned long code = ERR_get_error_all(NULL, NULL, NULL, &data, &flags);
    const char *reason = code == 0 ? NULL : ERR_reason_error_string(code);
    char text[256];
    if (code != 0 && reason == NULL) {
        ERR_error_string_n(code, text, sizeof text);
        reason = text;
    }
    err_cause(e, "%s%s%s", reason != NULL ? reason : otherwise,
              data != NULL && (flags & ERR_TXT_STRING) != 0 && data[0] != '\0' ? ": " : "",
              data != NULL && (flags & ERR_TXT_STRING) != 0 ? data : "");
    ERR_clear_error();
    return false;
}

/* Sort the outcome of one SSL call. */
static enum tls_io outcome(struct net_stream *s, int rc, const char *doing, struct err *e) {
    int saved = errno;
    switch (SSL_get_error(s->tls->ssl, rc)) {
    case SSL_ERROR_NONE:
        return TLS_DONE;
    case SSL_ERROR_WANT_READ:
        return TLS_WANT_READ;
    case SSL_ERROR_WANT_WRITE:
        return TLS_WANT_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_CLOSED;
    case SSL_ERROR_SYSCALL:
        s->tls->failed = true;
        if (ERR_peek_error() == 0) {
            s->broken_off = true;
            stream_errno(s, doing, saved != 0 ? saved : ECONNRESET, e);
            return TLS_FAILED;
        }
        break;
    default:
        s->tls->failed = true;
        break;
    }
    err_set(e, ERR_NETWORK, "%s over TLS failed", doing);
    openssl_cause(e, "unknown TLS error");
    return TLS_FAILED;
}

/* ---- set-up ---- */

static bool load_authorities(SSL_CTX *ctx, const char *ca_file, struct err *e) {
    if (ca_file != NULL) {
        if (SSL_CTX_load_verify_file(ctx, ca_file) == 1) {
            return true;
        }
        err_set(e, ERR_NETWORK, "the CA file %s cannot be used", ca_file);
        return openssl_cause(e, "it holds no certificate");
    }
    SSL_CTX_set_default_verify_paths(ctx); /* honours SSL_CERT_FILE and SSL_CERT_DIR */
    for (size_t i = 0; i < sizeof ca_bundles / sizeof ca_bundles[0]; i++) {
        if (access(ca_bundles[i], R_OK) == 0 && SSL_CTX_load_verify_file(ctx, ca_bundles[i]) == 1) {
            break;
        }
    }
    ERR_clear_error();
    return true;
}

/* Never ask for a key's pass phrase on the terminal: a worker has none. */
static int no_passphrase(char *to, int size, int writing, void *arg) {
    (void)to;
    (void)size;
    (void)writing;
    (void)arg;
    return -1;
}

static bool set_up_context(SSL_CTX *ctx, const struct net_tls_options *o, struct err *e) {
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    /* Servers close without close_notify; the wire protocols know by themselves whether a message is whole. */
    SSL_CTX_set_options(ctx, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_read_ahead(ctx, 1);
    SSL_CTX_set_default_read_buffer_len(ctx, READ_AHEAD_BYTES);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
    bool verify = o->mode >= NET_TLS_VERIFY_CA;
    SSL_CTX_set_verify(ctx, verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    if (verify && !load_authorities(ctx, o->ca_file, e)) {
        return false;
    }
    if (o->cert_file == NULL) {
        return true;
    }
    const char *key_file = o->key_file != NULL ? o->key_file : o->cert_file;
    if (SSL_CTX_use_certificate_chain_file(ctx, o->cert_file) != 1) {
        err_set(e, ERR_NETWORK, "the client certificate %s cannot be used", o->cert_file);
        return openssl_cause(e, "it cannot be read");
    }
    if (SSL_CTX_use_PrivateKey_file(ctx, key_file, SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(ctx) != 1) {
        err_set(e, ERR_NETWORK, "the client key %s cannot be used", key_file);
        return openssl_cause(e, "it cannot be read, or needs a pass phrase");
    }
    return true;
}

static bool is_address(const char *name) {
    unsigned char raw[16];
    return inet_pton(AF_INET, name, raw) == 1 || inet_pton(AF_INET6, name, raw) == 1;
}

static bool set_up_name(SSL *ssl, const struct net_tls_options *o, const char *name, struct err *e) {
    bool have = name != NULL && name[0] != '\0';
    bool address = have && is_address(name);
    if (have && !address && SSL_set_tlsext_host_name(ssl, name) != 1) {
        err_set(e, ERR_NETWORK, "the host name %s cannot be sent in TLS", name);
        return openssl_cause(e, "it is too long");
    }
    if (o->mode != NET_TLS_VERIFY_FULL) {
        return true;
    }
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (!have ||
        (address ? X509_VERIFY_PARAM_set1_ip_asc(param, name) : X509_VERIFY_PARAM_set1_host(param, name, 0)) != 1) {
        return err_set(e, ERR_NETWORK, "TLS cannot verify the host name: there is none to compare");
    }
    return true;
}

static bool shake_hands(struct net_stream *s, struct err *e) {
    static const char doing[] = "the TLS handshake";
    for (;;) {
        ERR_clear_error();
        errno = 0;
        int rc = SSL_connect(s->tls->ssl);
        enum tls_io io = outcome(s, rc, doing, e);
        if (io == TLS_DONE) {
            return true;
        }
        if (io == TLS_WANT_READ || io == TLS_WANT_WRITE) {
            if (!stream_wait(s, io == TLS_WANT_READ ? POLLIN : POLLOUT, doing, e)) {
                return false;
            }
            continue;
        }
        if (io == TLS_CLOSED) {
            s->broken_off = true;
            err_set(e, ERR_NETWORK, "%s failed", doing);
            return err_cause(e, "the peer closed the connection");
        }
        long verdict = SSL_get_verify_result(s->tls->ssl);
        if (verdict != X509_V_OK && SSL_get_verify_mode(s->tls->ssl) != SSL_VERIFY_NONE) {
            err_set(e, ERR_NETWORK, "the server's certificate was refused");
            err_cause(e, "%s", X509_verify_cert_error_string(verdict));
        }
        return false;
    }
}

bool net_start_tls(struct net_stream *s, const struct net_tls_options *o, const char *server_name, struct err *e) {
    struct tls *t = calloc(1, sizeof *t);
    if (t == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for TLS");
    }
    ERR_clear_error();
    t->ctx = SSL_CTX_new(TLS_client_method());
    if (t->ctx == NULL) {
        err_set(e, ERR_INTERNAL, "TLS cannot be set up");
        openssl_cause(e, "unknown TLS error");
        tls_free(t, false);
        return false;
    }
    if (!set_up_context(t->ctx, o, e)) {
        tls_free(t, false);
        return false;
    }
    t->ssl = SSL_new(t->ctx);
    BIO *bio = t->ssl == NULL ? NULL : bio_new(t, s);
    if (bio == NULL) {
        tls_free(t, false);
        return err_set(e, ERR_MEMORY, "no memory for TLS");
    }
    SSL_set_bio(t->ssl, bio, bio);
    if (!set_up_name(t->ssl, o, server_name, e)) {
        tls_free(t, false);
        return false;
    }
    s->tls = t;
    if (!shake_hands(s, e)) {
        s->tls = NULL;
        tls_free(t, false);
        return false;
    }
    return true;
}

void tls_free(struct tls *t, bool say_goodbye) {
    if (t == NULL) {
        return;
    }
    if (t->ssl != NULL) {
        ERR_clear_error();
        if (say_goodbye && !t->failed && SSL_is_init_finished(t->ssl)) {
            (void)SSL_shutdown(t->ssl); /* one way, without waiting for the answer */
        }
        SSL_free(t->ssl); /* frees the BIO */
        ERR_clear_error();
    }
    SSL_CTX_free(t->ctx);
    BIO_meth_free(t->method);
    free(t);
}

/* ---- data ---- */

enum tls_io tls_read(struct net_stream *s, void *to, size_t cap, size_t *got, struct err *e) {
    /* A record holds 16 kB at most and SSL_read delivers one: go on while whole records are there already, so that
     * the caller's large buffer fills in one call. What ends the loop early is seen again by the next call. */
    size_t sum = 0;
    enum tls_io io;
    do {
        size_t n = 0;
        ERR_clear_error();
        errno = 0;
        int rc = SSL_read_ex(s->tls->ssl, (uint8_t *)to + sum, cap - sum, &n);
        sum += n;
        if (rc == 1) {
            io = TLS_DONE;
        } else if (sum > 0) {
            int why = SSL_get_error(s->tls->ssl, rc);
            if (why == SSL_ERROR_SSL || why == SSL_ERROR_SYSCALL) {
                s->tls->failed = true;
            }
            ERR_clear_error();
            break;
        } else {
            *got = 0;
            return outcome(s, rc, "reading", e);
        }
    } while (io == TLS_DONE && sum < cap && SSL_has_pending(s->tls->ssl));
    *got = sum;
    return TLS_DONE;
}

enum tls_io tls_write(struct net_stream *s, const void *from, size_t n, size_t *put, struct err *e) {
    ERR_clear_error();
    errno = 0;
    int rc = SSL_write_ex(s->tls->ssl, from, n, put);
    return rc == 1 ? TLS_DONE : outcome(s, rc, "writing", e);
}

bool tls_has_data(struct net_stream *s) {
    if (SSL_pending(s->tls->ssl) > 0) {
        return true;
    }
    uint8_t byte;
    size_t n;
    ERR_clear_error();
    int rc = SSL_peek_ex(s->tls->ssl, &byte, 1, &n);
    int why = rc == 1 ? SSL_ERROR_NONE : SSL_get_error(s->tls->ssl, rc);
    ERR_clear_error();
    return why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE;
}

bool net_certificate_is_self_signed(const char *path) {
    FILE *f = fopen(path, "re");
    X509 *certificate = f != NULL ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
    bool yes = certificate != NULL && X509_self_signed(certificate, 0) == 1;
    X509_free(certificate);
    if (f != NULL) {
        fclose(f);
    }
    ERR_clear_error();
    return yes;
}
