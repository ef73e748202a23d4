/* The login exchange: one answer for each method, the server's wish for another method, the RSA key. See session.h.
 *
 * A password goes out readable only over TLS or, where the servers do the same, a Unix socket. */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>

#include "mysql/auth.h"
#include "mysql/protocol.h"
#include "mysql/reader.h"
#include "mysql/session.h"

enum {
    ROUNDS_MAX = 16, /* packets before a server is taken for mad; the longest real exchange has 5 */
    KEY_FILE_MAX_BYTES = 1 << 16,
    ASK_KEY_CACHING_SHA2 = 0x02,
    ASK_KEY_SHA256 = 0x01,
    FAST_OK = 0x03,
    FULL_NEEDED = 0x04,
};

static const char native[] = "mysql_native_password";
static const char caching_sha2[] = "caching_sha2_password";
static const char sha256[] = "sha256_password";
static const char ed25519[] = "client_ed25519";
static const char clear[] = "mysql_clear_password";

static bool is(const struct login *l, const char *plugin) {
    return strcmp(l->plugin, plugin) == 0;
}

bool login_knows(const char *plugin) {
    const char *const all[] = {native, caching_sha2, sha256, ed25519, clear};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(plugin, all[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool put_password(const struct login *l, struct buf *to, struct err *e) {
    return buf_put(to, l->password, strlen(l->password) + 1, e);
}

static bool read_key_file(const char *path, struct buf *to, struct err *e) {
    FILE *f = fopen(path, "re");
    if (f == NULL) {
        return err_errno(e, ERR_FILE, "the server key file %s cannot be opened", path);
    }
    bool ok = buf_reserve(to, KEY_FILE_MAX_BYTES, e);
    if (ok) {
        to->len = fread(to->data, 1, KEY_FILE_MAX_BYTES, f);
        ok = ferror(f) == 0 || err_errno(e, ERR_FILE, "the server key file %s cannot be read", path);
    }
    fclose(f);
    return ok;
}

/* The password under a key the user gave. */
static bool put_under_own_key(const struct login *l, struct buf *to, struct err *e) {
    struct buf pem;
    buf_init(&pem, KEY_FILE_MAX_BYTES);
    bool ok = read_key_file(l->options->server_key_file, &pem, e) &&
              auth_rsa(l->password, l->challenge, pem.data, pem.len, to, e);
    buf_clear(&pem);
    return ok || err_where(e, "key file %s", l->options->server_key_file);
}

/* The password itself: readable if the way is guarded, else under the server's key, else the request for that key. */
static bool put_secret(struct mysql_client *c, struct login *l, bool guarded, uint8_t ask_key, struct buf *to,
                       struct err *e) {
    if (guarded) {
        return put_password(l, to, e);
    }
    if (l->options->server_key_file != NULL) {
        return put_under_own_key(l, to, e);
    }
    l->key_asked = true;
    c->server.asked_for_key = true;
    return buf_put(to, &ask_key, 1, e);
}

static bool short_challenge(struct mysql_client *c, const struct login *l, struct err *e) {
    return packets_nonsense(&c->io, e, "a challenge of %zu bytes for %s", l->challenge_len, l->plugin);
}

bool login_answer(struct mysql_client *c, struct login *l, struct buf *answer, struct err *e) {
    uint8_t bytes[AUTH_ED25519_BYTES];
    bool empty = l->password[0] == '\0';
    bool tls = net_is_tls(c->net);
    l->key_asked = false;
    if (is(l, clear)) {
        if (!tls) {
            err_set(e, ERR_SOURCE_AUTH, "the source asks for the password unencrypted over an unencrypted connection");
            return err_hint(e, "set ssl-mode=required or better in the URL");
        }
        return put_password(l, answer, e);
    }
    if (is(l, ed25519)) {
        if (l->challenge_len < AUTH_ED25519_CHALLENGE_BYTES) {
            /* As the server's default its first challenge has 20 bytes; it sends the right one with a switch. */
            return true;
        }
        return auth_ed25519(l->password, strlen(l->password), l->challenge, AUTH_ED25519_CHALLENGE_BYTES, bytes, e) &&
               buf_put(answer, bytes, AUTH_ED25519_BYTES, e);
    }
    if (l->challenge_len < AUTH_CHALLENGE_BYTES) {
        return short_challenge(c, l, e);
    }
    if (is(l, native)) {
        return empty ||
               (auth_native(l->password, l->challenge, bytes, e) && buf_put(answer, bytes, AUTH_NATIVE_BYTES, e));
    }
    if (empty) { /* both methods left take a NUL for "no password" */
        return buf_put(answer, "", 1, e);
    }
    if (is(l, caching_sha2)) {
        return auth_sha2(l->password, l->challenge, bytes, e) && buf_put(answer, bytes, AUTH_SHA2_BYTES, e);
    }
    return put_secret(c, l, tls, ASK_KEY_SHA256, answer, e); /* sha256_password: a socket does not count as guarded */
}

static bool send_answer(struct mysql_client *c, struct buf *answer, struct err *e) {
    bool ok = packets_send(&c->io, answer->data, answer->len, e);
    if (answer->data != NULL) {
        OPENSSL_cleanse(answer->data, answer->cap);
    }
    buf_clear(answer);
    return ok;
}

static bool unsupported(struct mysql_client *c, const char *plugin, struct err *e) {
    c->io.broken = true;
    err_set(e, ERR_SOURCE_AUTH, "the source asks for the login method %s, which godwit does not know", plugin);
    return err_hint(e, "use an account with caching_sha2_password, sha256_password, ed25519 or mysql_native_password");
}

static bool switch_method(struct mysql_client *c, struct login *l, const uint8_t *body, size_t len, struct err *e) {
    struct reader r = reader_of(body, len);
    (void)read_u8(&r);
    if (reader_left(&r) == 0) {
        return unsupported(c, "mysql_old_password", e);
    }
    size_t n;
    const char *name = read_nul_string(&r, &n);
    if (name == NULL || n >= sizeof l->plugin) {
        return packets_nonsense(&c->io, e, "a request for another login method of %zu bytes", len);
    }
    if (!login_knows(name)) {
        char text[sizeof l->plugin];
        for (size_t i = 0; i <= n; i++) {
            text[i] = name[i] == '\0' || (name[i] > ' ' && name[i] < 0x7f) ? name[i] : '?';
        }
        return unsupported(c, text, e);
    }
    memcpy(l->plugin, name, n + 1);
    size_t size = reader_left(&r);
    if (size == AUTH_CHALLENGE_BYTES + 1 || size == AUTH_ED25519_CHALLENGE_BYTES + 1) {
        size--; /* the NUL behind it */
    }
    if (size > sizeof l->challenge) {
        return packets_nonsense(&c->io, e, "a challenge of %zu bytes", size);
    }
    memcpy(l->challenge, r.p, size);
    l->challenge_len = size;
    if (is(l, ed25519) && size < AUTH_ED25519_CHALLENGE_BYTES) {
        return short_challenge(c, l, e);
    }
    struct buf answer;
    buf_init(&answer, KEY_FILE_MAX_BYTES);
    if (!login_answer(c, l, &answer, e)) {
        buf_clear(&answer);
        return false;
    }
    return send_answer(c, &answer, e);
}

static bool more_data(struct mysql_client *c, struct login *l, const uint8_t *body, size_t len, struct err *e) {
    struct buf answer;
    buf_init(&answer, KEY_FILE_MAX_BYTES);
    bool ok;
    if (l->key_asked) { /* the server's public key */
        l->key_asked = false;
        ok = auth_rsa(l->password, l->challenge, body + 1, len - 1, &answer, e);
    } else if (is(l, caching_sha2) && len == 2 && body[1] == FAST_OK) {
        return true;
    } else if (is(l, caching_sha2) && len == 2 && body[1] == FULL_NEEDED) {
        ok = put_secret(c, l, net_is_tls(c->net) || c->local, ASK_KEY_CACHING_SHA2, &answer, e);
    } else {
        return packets_nonsense(&c->io, e, "%zu bytes of login data for %s that were not asked for", len, l->plugin);
    }
    if (!ok) {
        buf_clear(&answer);
        return false;
    }
    return send_answer(c, &answer, e);
}

bool login_finish(struct mysql_client *c, struct login *l, struct err *e) {
    for (int round = 0; round < ROUNDS_MAX; round++) {
        const uint8_t *body;
        size_t len;
        if (!packets_read(&c->io, &body, &len, e)) {
            return false;
        }
        bool ok;
        switch (len > 0 ? body[0] : 0xf0) {
        case PACKET_OK:
            return session_take_ok(c, body, len) || packets_nonsense(&c->io, e, "an OK packet of %zu bytes", len);
        case PACKET_ERR:
            packets_server_error(&c->io, body, len, true, e);
            if (e != NULL && e->server_code == 1045 && !net_is_tls(c->net) && !c->local) {
                err_hint(e, "look at user, password and the host the account may come from; an account with "
                            "REQUIRE SSL needs ssl-mode=required in the URL");
            }
            return false;
        case PACKET_EOF:
            ok = switch_method(c, l, body, len, e);
            break;
        case PACKET_MORE_AUTH:
            ok = more_data(c, l, body, len, e);
            break;
        case PACKET_NEXT_FACTOR:
            return unsupported(c, "with several factors", e);
        default:
            return packets_nonsense(&c->io, e, "a login packet of %zu bytes", len);
        }
        if (!ok) {
            return false;
        }
    }
    return packets_nonsense(&c->io, e, "a login without end");
}
