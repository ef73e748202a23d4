/* The handshake: greeting, TLS request, handshake response. See session.h; the login exchange is in login.c. */
#include <limits.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <unistd.h>

#include "mysql/auth.h"
#include "mysql/protocol.h"
#include "mysql/reader.h"
#include "mysql/session.h"

enum {
    PROTOCOL_VERSION = 10,
    COLLATION_UTF8MB4 = 45, /* utf8mb4_general_ci: every server since 5.5.3 and every MariaDB has it */
    COLLATION_UTF8 = 33,    /* before that */
    MAX_PACKET_BYTES = 1 << 30,
    ZSTD_LEVEL = 3,
    RESPONSE_MAX_BYTES = 1 << 16,
};

struct greeting {
    uint32_t caps;
    uint8_t challenge[64];
    size_t challenge_len;
    char plugin[48];
};

void session_parse_version(struct mysql_server *s, const char *text, size_t len) {
    size_t n = len < sizeof s->version_text - 1 ? len : sizeof s->version_text - 1;
    for (size_t i = 0; i < n; i++) {
        s->version_text[i] = text[i] >= ' ' && text[i] < 0x7f ? text[i] : '?';
    }
    s->version_text[n] = '\0';
    const char *v = s->version_text;
    s->is_mariadb = strcasestr(v, "mariadb") != NULL;
    /* MariaDB puts this before its own version, for replicas that read only one digit of the major number. */
    if (s->is_mariadb && strncmp(v, "5.5.5-", 6) == 0) {
        v += 6;
    }
    unsigned part[3] = {0, 0, 0};
    for (size_t i = 0; i < 3; i++) {
        unsigned digits = 0;
        for (; *v >= '0' && *v <= '9' && digits < 4; v++, digits++) {
            part[i] = part[i] * 10 + (unsigned)(*v - '0');
        }
        if (digits == 0 || *v != '.') {
            break;
        }
        v++;
    }
    for (size_t i = 1; i < 3; i++) { /* a number that does not fit its two places must not spill into the next */
        part[i] = part[i] > 99 ? 99 : part[i];
    }
    s->version = part[0] * 10000 + part[1] * 100 + part[2];
}

static bool parse_greeting(struct mysql_client *c, const uint8_t *body, size_t len, struct greeting *g, struct err *e) {
    struct reader r = reader_of(body, len);
    uint8_t protocol = read_u8(&r);
    if (protocol != PROTOCOL_VERSION) {
        return packets_nonsense(&c->io, e, "a greeting of protocol %u where %u was due", protocol, PROTOCOL_VERSION);
    }
    size_t n;
    const char *version = read_nul_string(&r, &n);
    if (version != NULL) {
        session_parse_version(&c->server, version, n);
    }
    c->server.connection_id = read_u32(&r);
    const uint8_t *part = read_bytes(&r, 8);
    (void)read_u8(&r);
    g->caps = read_u16(&r);
    if (r.bad) {
        return packets_nonsense(&c->io, e, "a greeting of %zu bytes", len);
    }
    memcpy(g->challenge, part, 8);
    g->challenge_len = 8;
    if (reader_left(&r) > 0) {
        (void)read_u8(&r); /* the server's default collation */
        c->status = read_u16(&r);
        g->caps |= (uint32_t)read_u16(&r) << 16;
        uint8_t data_len = read_u8(&r);
        (void)read_bytes(&r, 10);
        /* The second part has at least 13 bytes, whatever data_len says; the last one is a NUL. */
        size_t second = data_len > 21 ? data_len - 8u : 13;
        if ((g->caps & CLIENT_SECURE_CONNECTION) != 0 && !r.bad) {
            second = second < reader_left(&r) ? second : reader_left(&r);
            second = second < sizeof g->challenge - 8 ? second : sizeof g->challenge - 8;
            part = read_bytes(&r, second);
            if (part != NULL) {
                memcpy(g->challenge + 8, part, second);
                g->challenge_len += second;
            }
        }
        if (g->challenge_len == 21) {
            g->challenge_len = 20;
        }
        if ((g->caps & CLIENT_PLUGIN_AUTH) != 0 && !r.bad) {
            /* Some old servers forget the NUL behind the plugin's name. */
            n = strnlen((const char *)r.p, reader_left(&r));
            snprintf(g->plugin, sizeof g->plugin, "%.*s", n < sizeof g->plugin ? (int)n : 0, (const char *)r.p);
        }
    }
    if (r.bad) {
        return packets_nonsense(&c->io, e, "a greeting of %zu bytes", len);
    }
    if ((g->caps & CLIENT_PROTOCOL_41) == 0 || g->challenge_len < AUTH_CHALLENGE_BYTES) {
        return packets_nonsense(&c->io, e, "a server older than MySQL 4.1 (%s)", c->server.version_text);
    }
    return true;
}

static bool read_greeting(struct mysql_client *c, struct greeting *g, struct err *e) {
    const uint8_t *body = NULL;
    size_t len = 0;
    struct err own = ERR_INIT;
    struct err *err = e != NULL ? e : &own;
    if (!packets_read(&c->io, &body, &len, err)) {
        if (err->code == ERR_SOURCE_LOST) {
            char cause[sizeof err->cause];
            memcpy(cause, err->cause, sizeof cause);
            err_set(err, ERR_SOURCE_CONNECT, "the source hung up before it said a word");
            err_cause(err, "%s", cause);
        }
        return false;
    }
    if (len > 0 && body[0] == PACKET_ERR) {
        return packets_server_error(&c->io, body, len, true, e);
    }
    return parse_greeting(c, body, len, g, e);
}

/* What to use of what the server offers. */
static uint32_t choose_caps(const struct mysql_client *c, const struct mysql_options *o, uint32_t offered) {
    uint32_t want = CLIENT_LONG_PASSWORD | CLIENT_LONG_FLAG | CLIENT_PROTOCOL_41 | CLIENT_TRANSACTIONS |
                    CLIENT_SECURE_CONNECTION | CLIENT_MULTI_RESULTS | CLIENT_PS_MULTI_RESULTS | CLIENT_PLUGIN_AUTH |
                    CLIENT_PLUGIN_AUTH_LENENC | CLIENT_CONNECT_ATTRS | CLIENT_DEPRECATE_EOF;
    if (o->database != NULL && o->database[0] != '\0') {
        want |= CLIENT_CONNECT_WITH_DB;
    }
    if (o->found_rows) {
        want |= CLIENT_FOUND_ROWS;
    }
    /* A socket never leaves the machine: "prefer" would only cost there. */
    if (o->tls.mode >= NET_TLS_REQUIRE || (o->tls.mode == NET_TLS_PREFER && !c->local)) {
        want |= CLIENT_SSL;
    }
    /* What the server cannot compress goes plain rather than not at all. */
    if (o->compression == MYSQL_COMPRESS_ZSTD && (offered & CLIENT_ZSTD_COMPRESSION) != 0) {
        want |= CLIENT_ZSTD_COMPRESSION;
    } else if (o->compression != MYSQL_COMPRESS_NONE) {
        want |= CLIENT_COMPRESS;
    }
    return want & (offered | CLIENT_LONG_PASSWORD);
}

static void put_u32(struct buf *b, uint32_t v) {
    for (int i = 0; i < 4; i++) {
        buf_u8(b, (uint8_t)(v >> 8 * i));
    }
}

/* The 32 bytes that the TLS request and the handshake response begin with. */
static bool put_head(struct mysql_client *c, struct buf *b, struct err *e) {
    static const uint8_t zeros[23];
    if (!buf_reserve(b, 32, e)) {
        return false;
    }
    put_u32(b, c->caps);
    put_u32(b, MAX_PACKET_BYTES);
    buf_u8(b, c->server.version >= 50503 ? COLLATION_UTF8MB4 : COLLATION_UTF8);
    buf_bytes(b, zeros, sizeof zeros);
    return true;
}

static bool start_tls(struct mysql_client *c, const struct mysql_options *o, struct err *e) {
    struct buf b;
    buf_init(&b, RESPONSE_MAX_BYTES);
    bool ok = put_head(c, &b, e) && packets_send(&c->io, b.data, b.len, e);
    buf_clear(&b);
    if (!ok) {
        return false;
    }
    if (c->io.end != c->io.start) { /* bytes from before TLS must not be taken for protected ones */
        return packets_nonsense(&c->io, e, "%zu bytes ahead of the TLS handshake", c->io.end - c->io.start);
    }
    struct err tls = ERR_INIT;
    if (net_start_tls(c->net, &o->tls, c->local ? "localhost" : o->host, &tls)) {
        return true;
    }
    c->io.broken = true;
    if (net_timed_out(c->net)) {
        err_set(e, ERR_SOURCE_TIMEOUT, "the source did not finish the TLS handshake in time");
    } else if (net_broken_off(c->net)) {
        err_set(e, ERR_SOURCE_CONNECT, "the source broke off the TLS handshake");
    } else {
        err_set(e, ERR_SOURCE_TLS, "%s", tls.message);
    }
    return err_cause(e, "%s", tls.cause);
}

static bool put_lenenc(struct buf *b, const void *bytes, size_t n, struct err *e) {
    if (n > UINT16_MAX) {
        return err_set(e, ERR_LIMIT, "a login field of %zu bytes", n);
    }
    if (!buf_reserve(b, n + 3, e)) {
        return false;
    }
    if (n < 0xfb) {
        buf_u8(b, (uint8_t)n);
    } else {
        buf_u8(b, 0xfc);
        buf_u8(b, (uint8_t)n);
        buf_u8(b, (uint8_t)(n >> 8));
    }
    buf_bytes(b, bytes, n);
    return true;
}

static bool put_attributes(struct buf *b, struct err *e) {
    char pid[16];
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    const char *const pair[] = {"program_name",    "godwit",       "_client_name", "godwit",
                                "_client_version", GODWIT_VERSION, "_pid",         pid};
    struct buf all;
    buf_init(&all, RESPONSE_MAX_BYTES);
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof pair / sizeof pair[0]; i++) {
        ok = put_lenenc(&all, pair[i], strlen(pair[i]), e);
    }
    ok = ok && put_lenenc(b, all.data, all.len, e);
    buf_clear(&all);
    return ok;
}

static bool put_answer(const struct mysql_client *c, struct buf *b, const struct buf *answer, struct err *e) {
    if ((c->caps & CLIENT_PLUGIN_AUTH_LENENC) != 0) {
        return put_lenenc(b, answer->data, answer->len, e);
    }
    if (answer->len > 255) {
        return err_set(e, ERR_SOURCE_AUTH, "the server takes no password of %zu bytes", answer->len);
    }
    uint8_t n = (uint8_t)answer->len;
    return buf_put(b, &n, 1, e) && buf_put(b, answer->data, answer->len, e);
}

static bool send_response(struct mysql_client *c, const struct mysql_options *o, struct login *l, struct err *e) {
    struct buf b, answer;
    buf_init(&b, RESPONSE_MAX_BYTES);
    buf_init(&answer, RESPONSE_MAX_BYTES);
    const char *user = o->user != NULL ? o->user : "";
    bool ok = login_answer(c, l, &answer, e) && put_head(c, &b, e) && buf_put(&b, user, strlen(user) + 1, e) &&
              put_answer(c, &b, &answer, e);
    if (ok && (c->caps & CLIENT_CONNECT_WITH_DB) != 0) {
        ok = buf_put(&b, o->database, strlen(o->database) + 1, e);
    }
    if (ok && (c->caps & CLIENT_PLUGIN_AUTH) != 0) {
        ok = buf_put(&b, l->plugin, strlen(l->plugin) + 1, e);
    }
    if (ok && (c->caps & CLIENT_CONNECT_ATTRS) != 0) {
        ok = put_attributes(&b, e);
    }
    if (ok && (c->caps & CLIENT_ZSTD_COMPRESSION) != 0) {
        ok = buf_put(&b, &(uint8_t){ZSTD_LEVEL}, 1, e);
    }
    ok = ok && packets_send(&c->io, b.data, b.len, e);
    if (b.data != NULL) {
        OPENSSL_cleanse(b.data, b.cap);
    }
    if (answer.data != NULL) {
        OPENSSL_cleanse(answer.data, answer.cap);
    }
    buf_clear(&b);
    buf_clear(&answer);
    return ok;
}

bool session_login(struct mysql_client *c, const struct mysql_options *o, struct err *e) {
    struct greeting g = {0};
    if (!read_greeting(c, &g, e)) {
        return false;
    }
    c->caps = choose_caps(c, o, g.caps);
    if (o->tls.mode >= NET_TLS_REQUIRE && (c->caps & CLIENT_SSL) == 0) {
        c->io.broken = true;
        err_set(e, ERR_SOURCE_TLS, "TLS is asked for, but the source does not offer it");
        return err_hint(e, "set it up on the source, or use ssl-mode=disabled");
    }
    if ((c->caps & CLIENT_SSL) != 0 && !start_tls(c, o, e)) {
        return false;
    }
    struct login l = {.options = o, .password = o->password != NULL ? o->password : ""};
    memcpy(l.challenge, g.challenge, g.challenge_len);
    l.challenge_len = g.challenge_len;
    /* A default method we do not know: begin with another, the server will ask for the account's own. */
    snprintf(l.plugin, sizeof l.plugin, "%s", login_knows(g.plugin) ? g.plugin : "mysql_native_password");
    bool ok = send_response(c, o, &l, e) && login_finish(c, &l, e);
    OPENSSL_cleanse(l.challenge, sizeof l.challenge);
    if (!ok) {
        c->io.broken = true;
        return false;
    }
    snprintf(c->server.auth_plugin, sizeof c->server.auth_plugin, "%s", l.plugin);
    if ((c->caps & CLIENT_ZSTD_COMPRESSION) != 0) {
        return packets_start_compression(&c->io, MYSQL_COMPRESS_ZSTD, e);
    }
    return (c->caps & CLIENT_COMPRESS) == 0 || packets_start_compression(&c->io, MYSQL_COMPRESS_ZLIB, e);
}
