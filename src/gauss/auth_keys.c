/* The arithmetic of the login methods, and the cache of derived keys. See auth.h. */
#include <pthread.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "gauss/auth.h"
#include "gauss/client.h"

enum { CACHE_ENTRIES = 16 };

struct cached_key {
    bool used;
    uint8_t inputs[AUTH_KEY_BYTES]; /* SHA-256 over everything the key depends on */
    uint8_t key[AUTH_KEY_BYTES];
};

struct gauss_auth_cache {
    pthread_mutex_t lock;
    struct cached_key entries[CACHE_ENTRIES];
    size_t next; /* the entry to replace, oldest first */
};

struct gauss_auth_cache *gauss_auth_cache_new(void) {
    struct gauss_auth_cache *cache = calloc(1, sizeof *cache);
    if (cache != NULL) {
        pthread_mutex_init(&cache->lock, NULL);
    }
    return cache;
}

void gauss_auth_cache_free(struct gauss_auth_cache *cache) {
    if (cache == NULL) {
        return;
    }
    pthread_mutex_destroy(&cache->lock);
    OPENSSL_cleanse(cache, sizeof *cache);
    free(cache);
}

static bool cache_find(struct gauss_auth_cache *cache, const uint8_t inputs[AUTH_KEY_BYTES],
                       uint8_t key[AUTH_KEY_BYTES]) {
    bool found = false;
    pthread_mutex_lock(&cache->lock);
    for (size_t i = 0; i < CACHE_ENTRIES && !found; i++) {
        const struct cached_key *entry = &cache->entries[i];
        if (entry->used && CRYPTO_memcmp(entry->inputs, inputs, AUTH_KEY_BYTES) == 0) {
            memcpy(key, entry->key, AUTH_KEY_BYTES);
            found = true;
        }
    }
    pthread_mutex_unlock(&cache->lock);
    return found;
}

static void cache_keep(struct gauss_auth_cache *cache, const uint8_t inputs[AUTH_KEY_BYTES],
                       const uint8_t key[AUTH_KEY_BYTES]) {
    pthread_mutex_lock(&cache->lock);
    struct cached_key *entry = &cache->entries[cache->next];
    cache->next = (cache->next + 1) % CACHE_ENTRIES;
    entry->used = true;
    memcpy(entry->inputs, inputs, AUTH_KEY_BYTES);
    memcpy(entry->key, key, AUTH_KEY_BYTES);
    pthread_mutex_unlock(&cache->lock);
}

static bool crypto_failed(struct err *e, const char *what) {
    return err_set(e, ERR_INTERNAL, "the cryptographic library refused %s", what);
}

bool auth_sha256(const void *data, size_t len, uint8_t out[AUTH_KEY_BYTES], struct err *e) {
    return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1 || crypto_failed(e, "SHA-256");
}

bool auth_hmac(const uint8_t key[AUTH_KEY_BYTES], const void *data, size_t len, uint8_t out[AUTH_KEY_BYTES],
               struct err *e) {
    unsigned n = AUTH_KEY_BYTES;
    return HMAC(EVP_sha256(), key, AUTH_KEY_BYTES, data, len, out, &n) != NULL || crypto_failed(e, "HMAC-SHA-256");
}

static bool cache_inputs(enum auth_prf prf, const char *password, const uint8_t *salt, size_t salt_len,
                         uint32_t iterations, uint8_t out[AUTH_KEY_BYTES], struct err *e) {
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t head[16] = {0};
    uint64_t password_len = strlen(password);
    memcpy(head, &password_len, 8);
    memcpy(head + 8, &iterations, 4);
    head[12] = (uint8_t)prf;
    bool ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
              EVP_DigestUpdate(ctx, head, sizeof head) == 1 && EVP_DigestUpdate(ctx, password, password_len) == 1 &&
              EVP_DigestUpdate(ctx, salt, salt_len) == 1 && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
    EVP_MD_CTX_free(ctx);
    return ok || crypto_failed(e, "SHA-256");
}

bool auth_derive(struct gauss_auth_cache *cache, enum auth_prf prf, const char *password, const uint8_t *salt,
                 size_t salt_len, uint32_t iterations, uint8_t key[AUTH_KEY_BYTES], struct err *e) {
    if (salt_len > AUTH_SALT_MAX || iterations == 0 || iterations > INT32_MAX) {
        return err_set(e, ERR_TARGET_PROTOCOL, "the server's login request has an impossible salt or iteration count");
    }
    uint8_t inputs[AUTH_KEY_BYTES];
    if (cache != NULL) {
        if (!cache_inputs(prf, password, salt, salt_len, iterations, inputs, e)) {
            return false;
        }
        if (cache_find(cache, inputs, key)) {
            return true;
        }
    }
    const EVP_MD *md = prf == AUTH_PRF_SHA1 ? EVP_sha1() : EVP_sha256();
    if (PKCS5_PBKDF2_HMAC(password, (int)strlen(password), salt, (int)salt_len, (int)iterations, md, AUTH_KEY_BYTES,
                          key) != 1) {
        return crypto_failed(e, "PBKDF2");
    }
    if (cache != NULL) {
        cache_keep(cache, inputs, key);
    }
    return true;
}

void auth_hex(const uint8_t *bytes, size_t n, char *out) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * n] = '\0';
}

static int hex_value(uint8_t c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool auth_unhex(const uint8_t *digits, size_t n, uint8_t *out) {
    for (size_t i = 0; i < n; i++) {
        int high = hex_value(digits[2 * i]), low = hex_value(digits[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool auth_md5_hex(const void *data, size_t len, char out[33], struct err *e) {
    uint8_t md[EVP_MAX_MD_SIZE];
    if (EVP_Digest(data, len, md, NULL, EVP_md5(), NULL) != 1) {
        return err_set(e, ERR_TARGET_AUTH,
                       "the server asks for an md5 login, which this machine's cryptographic policy forbids");
    }
    auth_hex(md, 16, out);
    return true;
}

bool auth_md5_reply(const char *user, const char *password, const uint8_t salt[4], char out[36], struct err *e) {
    size_t n = strlen(password), m = strlen(user);
    uint8_t *text = malloc(n + m + 1);
    if (text == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a login");
    }
    memcpy(text, password, n);
    memcpy(text + n, user, m);
    char inner[32 + 4 + 1];
    char digest[33];
    bool ok = auth_md5_hex(text, n + m, digest, e);
    OPENSSL_cleanse(text, n + m);
    free(text);
    if (!ok) {
        return false;
    }
    memcpy(inner, digest, 32);
    memcpy(inner + 32, salt, 4);
    memcpy(out, "md5", 3);
    return auth_md5_hex(inner, 36, out + 3, e);
}

bool auth_og_keys(const uint8_t k[AUTH_KEY_BYTES], struct auth_og_keys *out, struct err *e) {
    /* "Sever Key" is how the server spells it. */
    return auth_hmac(k, "Client Key", 10, out->client, e) && auth_hmac(k, "Sever Key", 9, out->server, e) &&
           auth_sha256(out->client, AUTH_KEY_BYTES, out->stored, e);
}
