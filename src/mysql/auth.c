/* The hashed and the RSA login methods. See auth.h; ed25519 is in auth_ed25519.c. */
#include "mysql/auth.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

/* Digest of two byte strings one behind the other. */
static bool hash2(const EVP_MD *md, const void *a, size_t an, const void *b, size_t bn, uint8_t *out, struct err *e) {
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx != NULL && EVP_DigestInit_ex(ctx, md, NULL) == 1 && EVP_DigestUpdate(ctx, a, an) == 1 &&
              EVP_DigestUpdate(ctx, b, bn) == 1 && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
    EVP_MD_CTX_free(ctx);
    if (!ok) {
        err_set(e, ERR_INTERNAL, "the crypto library refuses the digest %s", EVP_MD_get0_name(md));
        ERR_clear_error();
    }
    return ok;
}

bool auth_native(const char *password, const uint8_t challenge[AUTH_CHALLENGE_BYTES], uint8_t out[AUTH_NATIVE_BYTES],
                 struct err *e) {
    uint8_t once[20], twice[20];
    const EVP_MD *sha1 = EVP_sha1();
    bool ok = hash2(sha1, password, strlen(password), "", 0, once, e) &&
              hash2(sha1, once, sizeof once, "", 0, twice, e) &&
              hash2(sha1, challenge, AUTH_CHALLENGE_BYTES, twice, sizeof twice, out, e);
    for (size_t i = 0; ok && i < sizeof once; i++) {
        out[i] ^= once[i];
    }
    OPENSSL_cleanse(once, sizeof once);
    OPENSSL_cleanse(twice, sizeof twice);
    return ok;
}

bool auth_sha2(const char *password, const uint8_t challenge[AUTH_CHALLENGE_BYTES], uint8_t out[AUTH_SHA2_BYTES],
               struct err *e) {
    uint8_t once[32], twice[32];
    const EVP_MD *sha256 = EVP_sha256();
    bool ok = hash2(sha256, password, strlen(password), "", 0, once, e) &&
              hash2(sha256, once, sizeof once, "", 0, twice, e) &&
              hash2(sha256, twice, sizeof twice, challenge, AUTH_CHALLENGE_BYTES, out, e);
    for (size_t i = 0; ok && i < sizeof once; i++) {
        out[i] ^= once[i];
    }
    OPENSSL_cleanse(once, sizeof once);
    OPENSSL_cleanse(twice, sizeof twice);
    return ok;
}

static EVP_PKEY *read_key(const void *pem, size_t pem_len) {
    BIO *b = pem_len <= INT_MAX ? BIO_new_mem_buf(pem, (int)pem_len) : NULL;
    EVP_PKEY *key = b == NULL ? NULL : PEM_read_bio_PUBKEY(b, NULL, NULL, NULL);
    BIO_free(b);
    if (key != NULL && EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}

static bool encrypt(EVP_PKEY *key, const uint8_t *plain, size_t n, struct buf *out, struct err *e) {
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    size_t size = 0;
    bool ready = ctx != NULL && EVP_PKEY_encrypt_init(ctx) == 1 &&
                 EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
                 EVP_PKEY_encrypt(ctx, NULL, &size, plain, n) == 1;
    bool ok = false;
    if (!ready) {
        err_set(e, ERR_INTERNAL, "the crypto library refuses RSA encryption");
    } else if (buf_reserve(out, size, e)) {
        ok = EVP_PKEY_encrypt(ctx, out->data + out->len, &size, plain, n) == 1;
        if (ok) {
            out->len += size;
        } else {
            err_set(e, ERR_SOURCE_AUTH, "the password cannot be encrypted with the server's RSA key");
            err_cause(e, "the password is too long for the key, or the key is damaged");
        }
    }
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return ok;
}

bool auth_rsa(const char *password, const uint8_t challenge[AUTH_CHALLENGE_BYTES], const void *pem, size_t pem_len,
              struct buf *out, struct err *e) {
    EVP_PKEY *key = read_key(pem, pem_len);
    if (key == NULL) {
        ERR_clear_error();
        err_set(e, ERR_SOURCE_AUTH, "the server's public key cannot be read");
        return err_cause(e, "it is not an RSA public key in PEM form");
    }
    size_t n = strlen(password) + 1;
    struct buf mixed;
    buf_init(&mixed, 1 << 16);
    bool ok = buf_put(&mixed, password, n, e);
    for (size_t i = 0; ok && i < n; i++) {
        mixed.data[i] ^= challenge[i % AUTH_CHALLENGE_BYTES];
    }
    ok = ok && encrypt(key, mixed.data, n, out, e);
    if (mixed.data != NULL) {
        OPENSSL_cleanse(mixed.data, mixed.cap);
    }
    buf_clear(&mixed);
    EVP_PKEY_free(key);
    return ok;
}
