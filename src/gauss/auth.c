/* Answers to authentication requests. See auth.h.
 *
 * openGauss's sha256 (code 10):      int32 2 | salt 64 hex | token 8 hex | [int32 iterations | server signature 64 hex]
 * openGauss's md5-sha256 (code 11):  salt 64 hex | md5 salt 4 bytes
 * PostgreSQL's SASL: 10 mechanisms, 11 continue, 12 final: the same codes, told apart by the body and by whether
 * a SASL exchange is under way. */
#include "gauss/auth.h"

#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

enum {
    CODE_OK = 0,
    CODE_CLEARTEXT = 3,
    CODE_MD5 = 5,
    CODE_SASL_OR_SHA256 = 10,
    CODE_SASL_CONTINUE_OR_MD5_SHA256 = 11,
    CODE_SASL_FINAL = 12,
    CODE_SM3 = 13,
    OG_METHOD_SHA256 = 2,
    OG_DEFAULT_ITERATIONS = 10000, /* what minors without an iteration count mean */
};

static bool malformed(struct err *e, const char *what) {
    return err_set(e, ERR_TARGET_PROTOCOL, "the server's login request cannot be read: %s", what);
}

static bool need_password(const struct gauss_auth *a, struct err *e) {
    if (a->password == NULL || a->password[0] == '\0') {
        err_set(e, ERR_TARGET_AUTH, "the target asks for a password for %s, and none was given", a->user);
        return err_hint(e, "give it at the prompt, in a file (--target-password-file) or in "
                           "GODWIT_TARGET_PASSWORD");
    }
    return true;
}

static bool iterations_ok(const struct gauss_auth *a, uint32_t n, struct err *e) {
    uint32_t max = a->iterations_max != 0 ? a->iterations_max : AUTH_ITERATIONS_MAX;
    if (n == 0 || n > max) {
        return err_set(e, ERR_TARGET_AUTH, "the server asks for %u password iterations; 1 to %u are accepted", n, max);
    }
    return true;
}

static void set_method(struct gauss_auth *a, const char *name) {
    snprintf(a->method, sizeof a->method, "%s", name);
}

static bool reply_text(struct gauss_auth *a, const char *text, struct buf *reply, struct err *e) {
    a->sent_secret = true;
    return buf_put(reply, text, strlen(text) + 1, e);
}

static bool step_clear(struct gauss_auth *a, struct buf *reply, struct err *e) {
    if (!a->clear_allowed) {
        err_set(e, ERR_TARGET_AUTH,
                "the target asks for the password in clear text over an unencrypted connection; it "
                "was not sent");
        return err_hint(e, "use TLS (sslmode=require or better), or let pg_hba.conf ask for "
                           "scram-sha-256, sha256 or md5");
    }
    set_method(a, "password");
    return need_password(a, e) && reply_text(a, a->password, reply, e);
}

static bool step_md5(struct gauss_auth *a, const uint8_t *p, size_t n, struct buf *reply, struct err *e) {
    if (n != 4) {
        return malformed(e, "an md5 salt has 4 bytes");
    }
    set_method(a, "md5");
    char text[36];
    return need_password(a, e) && auth_md5_reply(a->user, a->password, p, text, e) && reply_text(a, text, reply, e);
}

/* K and the three keys for a salt of 64 hex digits. */
static bool og_keys(struct gauss_auth *a, const uint8_t *salt_hex, uint32_t iterations, struct auth_og_keys *keys,
                    struct err *e) {
    uint8_t salt[32], k[AUTH_KEY_BYTES];
    if (!auth_unhex(salt_hex, sizeof salt, salt)) {
        return malformed(e, "the salt is not hexadecimal");
    }
    bool ok = need_password(a, e) && iterations_ok(a, iterations, e) &&
              auth_derive(a->cache, AUTH_PRF_SHA1, a->password, salt, sizeof salt, iterations, k, e) &&
              auth_og_keys(k, keys, e);
    OPENSSL_cleanse(k, sizeof k);
    return ok;
}

static bool step_sha256(struct gauss_auth *a, const uint8_t *p, size_t n, struct buf *reply, struct err *e) {
    a->opengauss = true;
    set_method(a, "sha256");
    uint32_t method = get_be32(p);
    if (method != OG_METHOD_SHA256) {
        return err_set(e, ERR_TARGET_AUTH, "the target wants a login of kind 10/%u, which this program does not speak",
                       method);
    }
    p += 4;
    n -= 4;
    if (n != 72 && n != 76 && n != 136) {
        return malformed(e, "the sha256 request has an unknown length");
    }
    const uint8_t *extra = p + 72;
    uint32_t iterations = n == 76 ? get_be32(extra) : OG_DEFAULT_ITERATIONS;
    uint8_t token[4];
    if (!auth_unhex(p + 64, sizeof token, token)) {
        return malformed(e, "the token is not hexadecimal");
    }
    struct auth_og_keys keys = {0};
    uint8_t mac[AUTH_KEY_BYTES] = {0};
    bool ok = og_keys(a, p, iterations, &keys, e);
    if (ok && n == 136) {
        uint8_t signature[AUTH_KEY_BYTES];
        ok = auth_unhex(extra, sizeof signature, signature) || malformed(e, "the server signature is not hexadecimal");
        ok = ok && auth_hmac(keys.server, token, sizeof token, mac, e);
        if (ok && CRYPTO_memcmp(mac, signature, sizeof mac) != 0) {
            /* Seen before anything was sent: costs no attempt. */
            ok = err_set(e, ERR_TARGET_AUTH, "wrong password for %s, or the server does not know it", a->user);
        }
    }
    ok = ok && auth_hmac(keys.stored, token, sizeof token, mac, e);
    if (ok) {
        char text[2 * AUTH_KEY_BYTES + 1];
        for (size_t i = 0; i < AUTH_KEY_BYTES; i++) {
            mac[i] ^= keys.client[i];
        }
        auth_hex(mac, AUTH_KEY_BYTES, text);
        ok = reply_text(a, text, reply, e);
    }
    OPENSSL_cleanse(&keys, sizeof keys);
    return ok;
}

static bool step_md5_sha256(struct gauss_auth *a, const uint8_t *p, size_t n, struct buf *reply, struct err *e) {
    if (n != 68) {
        return malformed(e, "the md5-sha256 request has an unknown length");
    }
    a->opengauss = true;
    set_method(a, "md5-sha256");
    struct auth_og_keys keys = {0};
    if (!og_keys(a, p, OG_DEFAULT_ITERATIONS, &keys, e)) {
        return false;
    }
    /* The server hashes its stored form: salt, ServerKey, StoredKey and the stored spelling of 10000 iterations. */
    static const char stored_iterations[] = "ecdfecefade";
    char stored[64 + 64 + 64 + sizeof stored_iterations + 4];
    memcpy(stored, p, 64);
    auth_hex(keys.server, AUTH_KEY_BYTES, stored + 64);
    auth_hex(keys.stored, AUTH_KEY_BYTES, stored + 128);
    memcpy(stored + 192, stored_iterations, sizeof stored_iterations - 1);
    memcpy(stored + 192 + sizeof stored_iterations - 1, p + 64, 4);
    char text[36] = "md5";
    bool ok =
        auth_md5_hex(stored, 192 + sizeof stored_iterations - 1 + 4, text + 3, e) && reply_text(a, text, reply, e);
    OPENSSL_cleanse(&keys, sizeof keys);
    OPENSSL_cleanse(stored, sizeof stored);
    return ok;
}

/* ---- SCRAM-SHA-256 (RFC 5802, 7677); the user name stays empty as the startup packet has told it ---- */

static bool base64(const uint8_t *bytes, size_t n, char *out, size_t cap) {
    return (n + 2) / 3 * 4 < cap && EVP_EncodeBlock((unsigned char *)out, bytes, (int)n) >= 0;
}

/* Strict: only the alphabet and due padding. *n: bytes written. */
static bool unbase64(const char *text, size_t len, uint8_t *out, size_t cap, size_t *n) {
    size_t pad = 0;
    if (len == 0 || len % 4 != 0 || len / 4 * 3 > cap) {
        return false;
    }
    while (pad < 2 && text[len - 1 - pad] == '=') {
        pad++;
    }
    for (size_t i = 0; i < len - pad; i++) {
        char c = text[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/')) {
            return false;
        }
    }
    int got = EVP_DecodeBlock(out, (const unsigned char *)text, (int)len);
    if (got < 0) {
        return false;
    }
    *n = (size_t)got - pad;
    return true;
}

static bool scram_begin(struct gauss_auth *a, const uint8_t *p, size_t n, struct buf *reply, struct err *e) {
    static const char name[] = "SCRAM-SHA-256";
    bool offered = false;
    /* names, each with its NUL; an empty one ends the list */
    while (n > 0 && *p != '\0') {
        const uint8_t *end = memchr(p, '\0', n);
        if (end == NULL) {
            return malformed(e, "the list of SASL mechanisms has no end");
        }
        size_t len = (size_t)(end - p);
        offered = offered || (len == sizeof name - 1 && memcmp(p, name, len) == 0);
        p += len + 1;
        n -= len + 1;
    }
    if (!offered) {
        return err_set(e, ERR_TARGET_AUTH, "the target offers no SASL mechanism this program speaks (SCRAM-SHA-256)");
    }
    if (!need_password(a, e)) {
        return false;
    }
    if (a->nonce[0] == '\0') {
        uint8_t random[18];
        if (RAND_bytes(random, sizeof random) != 1 || !base64(random, sizeof random, a->nonce, sizeof a->nonce)) {
            return err_set(e, ERR_INTERNAL, "no random bytes for the login");
        }
    }
    set_method(a, "scram-sha-256");
    snprintf(a->scram_first, sizeof a->scram_first, "n=,r=%s", a->nonce);
    size_t len = 3 + strlen(a->scram_first);
    a->scram_step = 1;
    if (!buf_reserve(reply, sizeof name + 4 + len, e)) {
        return false;
    }
    buf_bytes(reply, name, sizeof name);
    buf_be32(reply, (uint32_t)len);
    buf_bytes(reply, "n,,", 3);
    buf_bytes(reply, a->scram_first, len - 3);
    return true;
}

/* "x=value" up to a comma or the end. false: it is not attribute x. */
static bool attribute(const char **p, const char *end, char name, const char **value, size_t *len) {
    if (end - *p < 2 || (*p)[0] != name || (*p)[1] != '=') {
        return false;
    }
    const char *stop = memchr(*p, ',', (size_t)(end - *p));
    stop = stop != NULL ? stop : end;
    *value = *p + 2;
    *len = (size_t)(stop - *value);
    *p = stop < end ? stop + 1 : end;
    return true;
}

static bool scram_proof(struct gauss_auth *a, const char *p, size_t n, struct buf *reply, struct err *e) {
    const char *at = p, *end = p + n, *nonce, *salt_text, *iteration_text;
    size_t nonce_len, salt_text_len, iteration_len, salt_len;
    uint8_t salt[AUTH_SALT_MAX];
    if (!attribute(&at, end, 'r', &nonce, &nonce_len) || !attribute(&at, end, 's', &salt_text, &salt_text_len) ||
        !attribute(&at, end, 'i', &iteration_text, &iteration_len) ||
        !unbase64(salt_text, salt_text_len, salt, sizeof salt, &salt_len)) {
        return malformed(e, "SCRAM's first answer");
    }
    size_t own = strlen(a->nonce);
    if (nonce_len <= own || memcmp(nonce, a->nonce, own) != 0) {
        return malformed(e, "SCRAM's nonce is not made from ours");
    }
    char digits[12] = "";
    if (iteration_len == 0 || iteration_len >= sizeof digits) {
        return malformed(e, "SCRAM's iteration count");
    }
    memcpy(digits, iteration_text, iteration_len);
    if (strspn(digits, "0123456789") != iteration_len) {
        return malformed(e, "SCRAM's iteration count");
    }
    unsigned long long iterations = strtoull(digits, NULL, 10);
    if (!iterations_ok(a, iterations > UINT32_MAX ? UINT32_MAX : (uint32_t)iterations, e)) {
        return false;
    }

    struct buf final, message; /* client-final-without-proof; AuthMessage */
    buf_init(&final, GAUSS_SCRAM_MAX);
    buf_init(&message, 3 * GAUSS_SCRAM_MAX);
    uint8_t salted[AUTH_KEY_BYTES], client[AUTH_KEY_BYTES], stored[AUTH_KEY_BYTES], server[AUTH_KEY_BYTES],
        mac[AUTH_KEY_BYTES];
    bool ok = buf_printf(&final, e, "c=biws,r=%.*s", (int)nonce_len, nonce) &&
              buf_printf(&message, e, "%s,%.*s,", a->scram_first, (int)n, p) &&
              buf_put(&message, final.data, final.len, e) &&
              auth_derive(a->cache, AUTH_PRF_SHA256, a->password, salt, salt_len, (uint32_t)iterations, salted, e) &&
              auth_hmac(salted, "Client Key", 10, client, e) && auth_sha256(client, sizeof client, stored, e) &&
              auth_hmac(salted, "Server Key", 10, server, e) &&
              auth_hmac(server, message.data, message.len, a->scram_server_signature, e) &&
              auth_hmac(stored, message.data, message.len, mac, e);
    if (ok) {
        for (size_t i = 0; i < AUTH_KEY_BYTES; i++) {
            mac[i] ^= client[i];
        }
        char proof[64];
        ok = (base64(mac, sizeof mac, proof, sizeof proof) || err_set(e, ERR_INTERNAL, "base64")) &&
             buf_put(reply, final.data, final.len, e) && buf_printf(reply, e, ",p=%s", proof);
        a->sent_secret = true;
        a->scram_step = 2;
    }
    OPENSSL_cleanse(salted, sizeof salted);
    OPENSSL_cleanse(client, sizeof client);
    OPENSSL_cleanse(server, sizeof server);
    buf_clear(&final);
    buf_clear(&message);
    return ok;
}

static bool scram_verify(struct gauss_auth *a, const char *p, size_t n, struct err *e) {
    const char *at = p, *value;
    size_t len, got;
    uint8_t signature[2 * AUTH_KEY_BYTES];
    if (attribute(&at, p + n, 'e', &value, &len)) {
        return err_set(e, ERR_TARGET_AUTH, "the target refuses the login of %s: %.*s", a->user,
                       (int)(len > 100 ? 100 : len), value);
    }
    if (!attribute(&at, p + n, 'v', &value, &len) || !unbase64(value, len, signature, sizeof signature, &got) ||
        got != AUTH_KEY_BYTES) {
        return malformed(e, "SCRAM's last answer");
    }
    if (CRYPTO_memcmp(signature, a->scram_server_signature, AUTH_KEY_BYTES) != 0) {
        return err_set(e, ERR_TARGET_AUTH,
                       "the server could not prove that it knows the password of %s: it is not the "
                       "server meant",
                       a->user);
    }
    a->scram_step = 3;
    return true;
}

static bool step_ok(struct gauss_auth *a, struct err *e) {
    if (a->scram_step != 0 && a->scram_step != 3) {
        return err_set(e, ERR_TARGET_AUTH,
                       "the server ended the login without proving that it knows the password of %s", a->user);
    }
    if (a->method[0] == '\0') {
        set_method(a, "trust");
    }
    a->done = true;
    return true;
}

bool gauss_auth_step(struct gauss_auth *a, const uint8_t *body, size_t len, struct buf *reply, struct err *e) {
    buf_reset(reply);
    if (len < 4 || len > GAUSS_SCRAM_MAX) {
        return malformed(e, "its length is impossible");
    }
    uint32_t code = get_be32(body);
    const uint8_t *p = body + 4;
    size_t n = len - 4;
    /* One method per login: a second request would draw a second secret out of us. */
    if (code != CODE_OK && a->method[0] != '\0' && a->scram_step == 0) {
        return malformed(e, "a second login method after the first");
    }
    if (a->scram_step != 0 && code != CODE_OK &&
        code != (a->scram_step == 1 ? CODE_SASL_CONTINUE_OR_MD5_SHA256 : CODE_SASL_FINAL)) {
        return malformed(e, "it does not fit into the SASL exchange");
    }
    switch (code) {
    case CODE_OK:
        return step_ok(a, e);
    case CODE_CLEARTEXT:
        return step_clear(a, reply, e);
    case CODE_MD5:
        return step_md5(a, p, n, reply, e);
    case CODE_SASL_OR_SHA256:
        /* A mechanism name begins with a letter, openGauss's int32 method with a zero byte. */
        return n >= 4 && p[0] == '\0' ? step_sha256(a, p, n, reply, e) : scram_begin(a, p, n, reply, e);
    case CODE_SASL_CONTINUE_OR_MD5_SHA256:
        return a->scram_step == 1 ? scram_proof(a, (const char *)p, n, reply, e) : step_md5_sha256(a, p, n, reply, e);
    case CODE_SASL_FINAL:
        return a->scram_step == 2 ? scram_verify(a, (const char *)p, n, e)
                                  : malformed(e, "a SASL end without a beginning");
    case CODE_SM3:
        err_set(e, ERR_TARGET_AUTH, "the target stores the password of %s as sm3, which this program does not speak",
                a->user);
        return err_hint(e, "set password_encryption_type to 2 (sha256) on the server and set the password again");
    default:
        return err_set(e, ERR_TARGET_AUTH, "the target wants a login of kind %u, which this program does not speak",
                       code);
    }
}

void gauss_auth_clear(struct gauss_auth *a) {
    OPENSSL_cleanse(a, sizeof *a);
}
