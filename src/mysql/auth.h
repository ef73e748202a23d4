/* What a client answers in each login method: pure functions over password and challenge. Internal to src/mysql.
 * Any thread. All return false only when the crypto library refuses or runs out of memory. */
#ifndef MYSQL_AUTH_H
#define MYSQL_AUTH_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum {
    AUTH_CHALLENGE_BYTES = 20, /* of all methods but ed25519 */
    AUTH_NATIVE_BYTES = 20,
    AUTH_SHA2_BYTES = 32,
    AUTH_ED25519_CHALLENGE_BYTES = 32,
    AUTH_ED25519_BYTES = 64,
};

/* mysql_native_password: SHA1(password) XOR SHA1(challenge + SHA1(SHA1(password))) */
bool auth_native(const char *password, const uint8_t challenge[AUTH_CHALLENGE_BYTES], uint8_t out[AUTH_NATIVE_BYTES],
                 struct err *e) WARN_UNUSED;

/* caching_sha2_password, fast path: SHA256(password) XOR SHA256(SHA256(SHA256(password)) + challenge) */
bool auth_sha2(const char *password, const uint8_t challenge[AUTH_CHALLENGE_BYTES], uint8_t out[AUTH_SHA2_BYTES],
               struct err *e) WARN_UNUSED;

/* The password with its NUL, XORed with the repeated challenge, under the server's RSA key (PEM), OAEP. Appended to out.
 * A key or password that does not fit is ERR_SOURCE_AUTH. */
bool auth_rsa(const char *password, const uint8_t challenge[AUTH_CHALLENGE_BYTES], const void *pem, size_t pem_len,
              struct buf *out, struct err *e) WARN_UNUSED;

/* client_ed25519: an Ed25519 signature of the message whose secret is the password, of any length. */
bool auth_ed25519(const void *password, size_t password_len, const void *message, size_t message_len,
                  uint8_t signature[AUTH_ED25519_BYTES], struct err *e) WARN_UNUSED;

/* The public key that belongs to it (what the server stores). */
bool auth_ed25519_public(const void *password, size_t password_len, uint8_t key[32], struct err *e) WARN_UNUSED;

#endif
