/* TLS streams against a server in this process: certificates accepted and refused, data, ends, timeouts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/stream.h"

/* ---- certificates, made once ---- */

struct world {
    char dir[64];
    char ca_file[96], other_ca_file[96], cert_file[96], key_file[96];
    EVP_PKEY *key;
    X509 *ca, *server;
};

static X509 *make_cert(const char *name, const char *alt_names, EVP_PKEY *key, X509 *issuer) {
    X509 *x = X509_new();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), issuer == NULL ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_NAME *n = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(x, issuer == NULL ? n : X509_get_subject_name(issuer));
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer == NULL ? x : issuer, x, NULL, NULL, 0);
    X509_EXTENSION *ext = issuer == NULL ? X509V3_EXT_conf_nid(NULL, &ctx, NID_basic_constraints, "critical,CA:TRUE")
                                         : X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_alt_name, alt_names);
    assert_non_null(ext);
    X509_add_ext(x, ext, -1);
    X509_EXTENSION_free(ext);
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    return x;
}

static void write_cert(const char *path, X509 *x) {
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    assert_int_equal(PEM_write_X509(f, x), 1);
    fclose(f);
}

static int make_world(void **state) {
    struct world *w = calloc(1, sizeof *w);
    snprintf(w->dir, sizeof w->dir, "/tmp/test_tls_XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    snprintf(w->ca_file, sizeof w->ca_file, "%s/ca.pem", w->dir);
    snprintf(w->other_ca_file, sizeof w->other_ca_file, "%s/other.pem", w->dir);
    snprintf(w->cert_file, sizeof w->cert_file, "%s/cert.pem", w->dir);
    snprintf(w->key_file, sizeof w->key_file, "%s/key.pem", w->dir);
    w->key = EVP_EC_gen("P-256");
    w->ca = make_cert("test authority", NULL, w->key, NULL);
    w->server = make_cert("test server", "DNS:db.example,DNS:*.wild.example,IP:127.0.0.1,IP:::1", w->key, w->ca);
    EVP_PKEY *other_key = EVP_EC_gen("P-256");
    X509 *other = make_cert("test authority", NULL, other_key, NULL);
    write_cert(w->ca_file, w->ca);
    write_cert(w->other_ca_file, other);
    write_cert(w->cert_file, w->server);
    FILE *f = fopen(w->key_file, "we");
    assert_int_equal(PEM_write_PrivateKey(f, w->key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(f);
    X509_free(other);
    EVP_PKEY_free(other_key);
    *state = w;
    return 0;
}

static int end_world(void **state) {
    struct world *w = *state;
    unlink(w->ca_file);
    unlink(w->other_ca_file);
    unlink(w->cert_file);
    unlink(w->key_file);
    rmdir(w->dir);
    X509_free(w->ca);
    X509_free(w->server);
    EVP_PKEY_free(w->key);
    free(w);
    return 0;
}

/* ---- the server: one connection ---- */

enum play { ECHO, HANG_UP, SAY_GOODBYE, BIG, SILENT, GARBAGE, DIES, IS_RESET };
enum { BIG_BYTES = 20 << 20 };

struct server {
    const struct world *w;
    enum play play;
    bool want_client_cert, got_client_cert;
    int max_version;
    int fd;
    pthread_t thread;
    struct net_stream *client;
    struct err e;
};

static void echo(SSL *ssl) {
    char *data = malloc(1 << 16);
    for (;;) {
        int n = SSL_read(ssl, data, 1 << 16);
        if (n <= 0 || SSL_write(ssl, data, n) != n) {
            break;
        }
    }
    free(data);
}

static void send_big(SSL *ssl) {
    uint8_t *data = malloc(BIG_BYTES);
    for (size_t i = 0; i < BIG_BYTES; i++) {
        data[i] = (uint8_t)(i * 7 + (i >> 10));
    }
    for (int at = 0; at < BIG_BYTES;) {
        int n = SSL_write(ssl, data + at, BIG_BYTES - at);
        if (n <= 0) {
            break;
        }
        at += n;
    }
    free(data);
}

static void *server_main(void *arg) {
    struct server *s = arg;
    sigset_t pipe_signal; /* OpenSSL's own socket layer raises it here; the client under test must not */
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, NULL);
    if (s->play == SILENT || s->play == GARBAGE) {
        char text[4096];
        if (s->play == GARBAGE && write(s->fd, "HTTP/1.0 400 Bad Request\r\n\r\n", 28) != 28) {
            abort();
        }
        while (read(s->fd, text, sizeof text) > 0) {
        }
        close(s->fd);
        return NULL;
    }
    if (s->play == DIES || s->play == IS_RESET) {
        char hello[4096];
        struct linger at_once = {.l_onoff = s->play == IS_RESET, .l_linger = 0};
        if (read(s->fd, hello, sizeof hello) <= 0 ||
            setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) != 0) {
            abort();
        }
        close(s->fd);
        return NULL;
    }
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(ctx, s->w->server);
    SSL_CTX_use_PrivateKey(ctx, s->w->key);
    if (s->max_version != 0) {
        SSL_CTX_set_max_proto_version(ctx, s->max_version);
    }
    if (s->want_client_cert) {
        SSL_CTX_load_verify_file(ctx, s->w->ca_file);
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    }
    SSL *ssl = SSL_new(ctx);
    SSL_set_fd(ssl, s->fd);
    if (SSL_accept(ssl) == 1) {
        X509 *peer = SSL_get1_peer_certificate(ssl);
        s->got_client_cert = peer != NULL;
        X509_free(peer);
        if (s->play == ECHO) {
            echo(ssl);
        } else if (s->play == BIG) {
            send_big(ssl);
        }
        if (s->play != HANG_UP) {
            SSL_shutdown(ssl);
        }
    }
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    close(s->fd);
    return NULL;
}

static void start(struct server *s, void **state, enum play play) {
    int fd[2];
    s->w = *state;
    s->play = play;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    s->client = net_wrap_fd(fd[0]);
    s->fd = fd[1];
    net_set_timeout(s->client, 20000);
    assert_int_equal(pthread_create(&s->thread, NULL, server_main, s), 0);
}

static void stop(struct server *s) {
    net_close(s->client);
    pthread_join(s->thread, NULL);
}

static bool shake(struct server *s, enum net_tls_mode mode, const char *ca, const char *name) {
    struct net_tls_options o = {.mode = mode, .ca_file = ca};
    return net_start_tls(s->client, &o, name, &s->e);
}

/* ---- tests ---- */

static void certificates(void **state) {
    const struct world *w = *state;
    const struct {
        enum net_tls_mode mode;
        const char *ca, *name;
        bool good;
    } v[] = {
        {NET_TLS_PREFER, NULL, "other.example", true},
        {NET_TLS_REQUIRE, NULL, "other.example", true},
        {NET_TLS_VERIFY_CA, w->ca_file, "other.example", true},
        {NET_TLS_VERIFY_CA, w->other_ca_file, "db.example", false},
        {NET_TLS_VERIFY_CA, NULL, "db.example", false},
        {NET_TLS_VERIFY_CA, "/nonexistent.pem", "db.example", false},
        {NET_TLS_VERIFY_CA, w->key_file, "db.example", false},
        {NET_TLS_VERIFY_FULL, w->ca_file, "db.example", true},
        {NET_TLS_VERIFY_FULL, w->ca_file, "DB.Example", true},
        {NET_TLS_VERIFY_FULL, w->ca_file, "a.wild.example", true},
        {NET_TLS_VERIFY_FULL, w->ca_file, "a.b.wild.example", false},
        {NET_TLS_VERIFY_FULL, w->ca_file, "127.0.0.1", true},
        {NET_TLS_VERIFY_FULL, w->ca_file, "::1", true},
        {NET_TLS_VERIFY_FULL, w->ca_file, "127.0.0.2", false},
        {NET_TLS_VERIFY_FULL, w->ca_file, "test server", false}, /* the subject's name does not count */
        {NET_TLS_VERIFY_FULL, w->ca_file, "other.example", false},
        {NET_TLS_VERIFY_FULL, w->ca_file, "", false},
        {NET_TLS_VERIFY_FULL, w->ca_file, NULL, false},
        {NET_TLS_VERIFY_FULL, w->other_ca_file, "db.example", false},
    };
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        struct server s = {0};
        start(&s, state, SAY_GOODBYE);
        bool ok = shake(&s, v[i].mode, v[i].ca, v[i].name);
        if (ok != v[i].good) {
            fail_msg("case %zu: %s: %s", i, s.e.message, s.e.cause);
        }
        assert_int_equal(net_is_tls(s.client), ok);
        assert_int_equal(s.e.code, ok ? ERR_NONE : ERR_NETWORK);
        assert_true(ok || s.e.message[0] != '\0');
        stop(&s);
    }
}

static void client_certificates(void **state) {
    const struct world *w = *state;
    for (int given = 0; given < 2; given++) {
        struct server s = {.want_client_cert = true};
        struct net_tls_options o = {.mode = NET_TLS_REQUIRE};
        if (given) {
            o.cert_file = w->cert_file;
            o.key_file = w->key_file;
        }
        start(&s, state, SAY_GOODBYE);
        assert_true(net_start_tls(s.client, &o, "x", &s.e));
        char text[4];
        size_t got;
        assert_true(net_read(s.client, text, sizeof text, &got, &s.e));
        stop(&s);
        assert_int_equal(s.got_client_cert, given);
    }
    struct server s = {0};
    struct net_tls_options o = {.mode = NET_TLS_REQUIRE, .cert_file = w->cert_file, .key_file = w->ca_file};
    start(&s, state, SAY_GOODBYE);
    assert_false(net_start_tls(s.client, &o, "x", &s.e));
    assert_non_null(strstr(s.e.message, w->ca_file));
    stop(&s);
}

static void data_goes_both_ways(void **state) {
    struct server s = {0};
    start(&s, state, ECHO);
    assert_true(shake(&s, NET_TLS_REQUIRE, NULL, "x"));
    assert_false(net_readable(s.client, 0));
    for (size_t n = 1; n < 200000; n = n * 3 + 1) {
        uint8_t *out = malloc(n), *in = malloc(n);
        memset(out, (int)n, n);
        assert_true(net_write(s.client, out, n, &s.e));
        assert_true(net_readable(s.client, 10000));
        for (size_t at = 0, got; at < n; at += got) {
            assert_true(net_read(s.client, in + at, n - at, &got, &s.e));
            assert_true(got > 0);
        }
        assert_memory_equal(in, out, n);
        free(out);
        free(in);
    }
    assert_false(net_readable(s.client, 0));
    stop(&s);
}

/* The large read fills from many records at once. */
static void a_large_stream(void **state) {
    for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
        struct server s = {.max_version = version};
        start(&s, state, BIG);
        assert_true(shake(&s, NET_TLS_REQUIRE, NULL, "x"));
        uint8_t *data = malloc(256 << 10);
        size_t sum = 0, got, best = 0;
        do {
            assert_true(net_read(s.client, data, 256 << 10, &got, &s.e));
            for (size_t i = 0; i < got; i++, sum++) {
                if (data[i] != (uint8_t)(sum * 7 + (sum >> 10))) {
                    fail_msg("byte %zu", sum);
                }
            }
            best = got > best ? got : best;
        } while (got > 0);
        assert_int_equal(sum, BIG_BYTES);
        assert_true(best > 16384);
        free(data);
        stop(&s);
    }
}

static void the_end_is_the_end(void **state) {
    static const enum play ends[] = {HANG_UP, SAY_GOODBYE};
    for (size_t i = 0; i < 2; i++) {
        struct server s = {0};
        char text[4];
        size_t got = 1;
        start(&s, state, ends[i]);
        assert_true(shake(&s, NET_TLS_REQUIRE, NULL, "x"));
        assert_true(net_read(s.client, text, sizeof text, &got, &s.e));
        assert_int_equal(got, 0);
        pthread_join(s.thread, NULL);
        /* writing after that fails, and raises no signal */
        bool ok = true;
        for (int k = 0; k < 10 && ok; k++) {
            ok = net_write(s.client, "x", 1, &s.e);
        }
        assert_false(ok);
        assert_int_equal(s.e.code, ERR_NETWORK);
        net_close(s.client);
    }
}

static void something_else_than_tls(void **state) {
    struct server s = {0};
    start(&s, state, GARBAGE);
    assert_false(shake(&s, NET_TLS_REQUIRE, NULL, "x"));
    assert_int_equal(s.e.code, ERR_NETWORK);
    assert_true(s.e.cause[0] != '\0');
    assert_false(net_timed_out(s.client) || net_broken_off(s.client));
    stop(&s);
}

static void a_server_that_dies_in_the_handshake(void **state) {
    for (enum play how = DIES; how <= IS_RESET; how++) {
        struct server s = {0};
        start(&s, state, how);
        assert_false(shake(&s, NET_TLS_REQUIRE, NULL, "x"));
        assert_int_equal(s.e.code, ERR_NETWORK);
        assert_true(net_broken_off(s.client));
        stop(&s);
    }
}

static void a_handshake_without_answer(void **state) {
    struct server s = {0};
    start(&s, state, SILENT);
    net_set_timeout(s.client, 50);
    assert_false(shake(&s, NET_TLS_REQUIRE, NULL, "x"));
    assert_true(net_timed_out(s.client));
    stop(&s);
}

static void *abort_soon(void *arg) {
    clock_sleep_ms(50);
    net_abort(arg);
    return NULL;
}

static void abort_over_tls(void **state) {
    struct server s = {0};
    pthread_t thread;
    char text[4];
    size_t got;
    start(&s, state, ECHO);
    assert_true(shake(&s, NET_TLS_REQUIRE, NULL, "x"));
    pthread_create(&thread, NULL, abort_soon, s.client);
    assert_false(net_read(s.client, text, sizeof text, &got, &s.e));
    assert_non_null(strstr(s.e.cause, "abort"));
    pthread_join(thread, NULL);
    stop(&s);
}

/* A peer that reads late: what could not go is offered again from where it stopped. */
static void writing_piece_by_piece(void **state) {
    struct server s = {0};
    start(&s, state, ECHO);
    assert_true(shake(&s, NET_TLS_REQUIRE, NULL, "x"));
    size_t n = 12 << 20, out_at = 0, in_at = 0;
    uint8_t *out = malloc(n), *in = malloc(n);
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)(i * 13 + (i >> 9));
    }
    while (in_at < n) {
        size_t put, got;
        assert_true(net_write_some(s.client, out + out_at, n - out_at, &put, &s.e));
        out_at += put;
        if (net_readable(s.client, put > 0 ? 0 : 1000)) {
            assert_true(net_read(s.client, in + in_at, n - in_at, &got, &s.e));
            assert_true(got > 0);
            in_at += got;
        }
    }
    assert_memory_equal(in, out, n);
    free(out);
    free(in);
    stop(&s);
}

int main(void) {
    signal(SIGPIPE, SIG_DFL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates),
        cmocka_unit_test(client_certificates),
        cmocka_unit_test(data_goes_both_ways),
        cmocka_unit_test(a_large_stream),
        cmocka_unit_test(the_end_is_the_end),
        cmocka_unit_test(something_else_than_tls),
        cmocka_unit_test(a_server_that_dies_in_the_handshake),
        cmocka_unit_test(a_handshake_without_answer),
        cmocka_unit_test(abort_over_tls),
        cmocka_unit_test(writing_piece_by_piece),
    };
    return cmocka_run_group_tests(tests, make_world, end_world);
}
