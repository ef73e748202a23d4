/* The login exchange: what to answer to each authentication request ('R' message).
 *
 * Knows no sockets: the caller feeds the body of each request and sends the reply, so that tests and fuzzers
 * can drive it. Kinds: trust, cleartext (only where nobody can listen), md5, SCRAM-SHA-256 without channel
 * binding, and openGauss's sha256 (code 10) and md5-sha256 (code 11).
 * Passwords go into SCRAM as they are (no SASLprep): non-ASCII passwords must already be in NFKC form.
 *
 * The cache keeps derived keys (PBKDF2 costs milliseconds) for many connections of one user: the salt is constant
 * per user and server. Any thread may use a cache; whoever made it frees it after the last connection. */
#ifndef GAUSS_AUTH_H
#define GAUSS_AUTH_H

#include "base/buf.h"
#include "base/err.h"

enum { AUTH_KEY_BYTES = 32, AUTH_SALT_MAX = 1024, GAUSS_SCRAM_MAX = 8192 };

/* What a server may ask for at most; protects against one that wants to keep us busy. */
enum { AUTH_ITERATIONS_MAX = 10000000 };

struct gauss_auth_cache;

struct gauss_auth {
    /* given by the caller */
    const char *user;
    const char *password;           /* NULL: none */
    bool clear_allowed;             /* TLS, or a socket of this machine */
    struct gauss_auth_cache *cache; /* NULL: derive each time */
    uint32_t iterations_max;        /* 0: AUTH_ITERATIONS_MAX */
    char nonce[32];                 /* SCRAM; empty: random */

    /* told to the caller */
    bool done;        /* the server said ok, and has proved itself where the method allows it */
    bool sent_secret; /* an answer derived from the password went out: a refusal now counts as a wrong attempt */
    bool opengauss;   /* a request only openGauss makes was seen */
    char method[24];  /* as in struct gauss_server */

    /* SCRAM */
    int scram_step; /* 0 not begun, 1 first sent, 2 proof sent, 3 server verified */
    char scram_first[64];
    uint8_t scram_server_signature[AUTH_KEY_BYTES];
};

/* One request. `body` starts with the int32 code. *reply gets the body of the 'p' message, empty when none is due. */
bool gauss_auth_step(struct gauss_auth *a, const uint8_t *body, size_t len, struct buf *reply,
                     struct err *e) WARN_UNUSED;

/* Forget keys held in *a. */
void gauss_auth_clear(struct gauss_auth *a);

/* ---- the arithmetic, apart for tests ---- */

enum auth_prf { AUTH_PRF_SHA1, AUTH_PRF_SHA256 };

/* PBKDF2 to 32 bytes; cache may be NULL. */
bool auth_derive(struct gauss_auth_cache *cache, enum auth_prf prf, const char *password, const uint8_t *salt,
                 size_t salt_len, uint32_t iterations, uint8_t key[AUTH_KEY_BYTES], struct err *e) WARN_UNUSED;
bool auth_hmac(const uint8_t key[AUTH_KEY_BYTES], const void *data, size_t len, uint8_t out[AUTH_KEY_BYTES],
               struct err *e) WARN_UNUSED;
bool auth_sha256(const void *data, size_t len, uint8_t out[AUTH_KEY_BYTES], struct err *e) WARN_UNUSED;
/* "md5" + 32 hex digits, as PostgreSQL's code 5 wants it. */
bool auth_md5_reply(const char *user, const char *password, const uint8_t salt[4], char out[36],
                    struct err *e) WARN_UNUSED;
void auth_hex(const uint8_t *bytes, size_t n, char *out);                   /* 2n digits and a NUL */
bool auth_unhex(const uint8_t *digits, size_t n, uint8_t *out) WARN_UNUSED; /* n bytes from 2n digits */

/* openGauss's keys from K: ClientKey, ServerKey and StoredKey. */
struct auth_og_keys {
    uint8_t client[AUTH_KEY_BYTES], server[AUTH_KEY_BYTES], stored[AUTH_KEY_BYTES];
};
bool auth_og_keys(const uint8_t k[AUTH_KEY_BYTES], struct auth_og_keys *out, struct err *e) WARN_UNUSED;
bool auth_md5_hex(const void *data, size_t len, char out[33], struct err *e) WARN_UNUSED;

#endif
