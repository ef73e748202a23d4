/* See secrets.h. */
#include "server/secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
};
enum { TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES };

#define OPS crypto_pwhash_OPSLIMIT_INTERACTIVE
#define MEMORY crypto_pwhash_MEMLIMIT_INTERACTIVE

struct secrets_key {
    unsigned char bytes[KEY_BYTES];
};

bool secrets_init(struct err *e) {
    return sodium_init() >= 0 || err_set(e, ERR_SYSTEM, "the machine gives no random numbers");
}

/* ---- accounts ---- */

bool secrets_hash(const char *password, char out[SECRETS_HASH_TEXT], struct err *e) {
    _Static_assert(crypto_pwhash_STRBYTES <= SECRETS_HASH_TEXT, "a hash does not fit");
    return crypto_pwhash_str(out, password, strlen(password), OPS, MEMORY) == 0 ||
           err_set(e, ERR_MEMORY, "no memory to hash a password");
}

bool secrets_matches(const char *hash, const char *password) {
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

void secrets_pretend(const char *password) {
    unsigned char out[32];
    static const unsigned char salt[crypto_pwhash_SALTBYTES] = {0};
    (void)!crypto_pwhash(out, sizeof out, password, strlen(password), salt, OPS, MEMORY, crypto_pwhash_ALG_ARGON2ID13);
    sodium_memzero(out, sizeof out);
}

bool secrets_hash_is_old(const char *hash) {
    return crypto_pwhash_str_needs_rehash(hash, OPS, MEMORY) != 0;
}

/* ---- tokens ---- */

void secrets_token(char out[SECRETS_TOKEN_TEXT]) {
    unsigned char random[32];
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(out, SECRETS_TOKEN_TEXT, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(random, sizeof random);
}

void secrets_digest(const char *token, char out[SECRETS_DIGEST_TEXT]) {
    unsigned char digest[32];
    crypto_generichash(digest, sizeof digest, (const unsigned char *)token, strlen(token), NULL, 0);
    sodium_bin2hex(out, SECRETS_DIGEST_TEXT, digest, sizeof digest);
}

bool secrets_same(const char *a, const char *b) {
    size_t n = strlen(a);
    return n == strlen(b) && sodium_memcmp(a, b, n) == 0;
}

void secrets_readable_password(char *out, size_t size) {
    static const char letters[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    for (size_t i = 0; i + 1 < size; i++) {
        out[i] = letters[randombytes_uniform(sizeof letters - 1)];
    }
    out[size - 1] = '\0';
}

void secrets_wipe(void *p, size_t n) {
    sodium_memzero(p, n);
}

/* ---- the key file ---- */

static bool make_key(const char *path, struct err *e) {
    unsigned char bytes[KEY_BYTES];
    char text[2 * KEY_BYTES + 2];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return errno == EEXIST || err_errno(e, ERR_KEY_FILE, "the key file %s cannot be made", path);
    }
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(text, sizeof text, bytes, sizeof bytes);
    text[2 * KEY_BYTES] = '\n';
    bool ok = write(fd, text, 2 * KEY_BYTES + 1) == 2 * KEY_BYTES + 1 && fsync(fd) == 0;
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(text, sizeof text);
    close(fd);
    return ok || err_errno(e, ERR_KEY_FILE, "the key file %s cannot be written", path);
}

static bool read_key(int fd, const char *path, unsigned char out[KEY_BYTES], struct err *e) {
    struct stat st;
    char text[2 * KEY_BYTES + 2];
    size_t len = 0;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_mode & 077) != 0) {
        err_set(e, ERR_KEY_FILE, "the key file %s can be read by others, or is no file", path);
        return err_hint(e, "chmod 600 %s; if others may have read it, the secrets in the store are not safe", path);
    }
    ssize_t n = read(fd, text, sizeof text);
    bool ok = n >= 2 * KEY_BYTES && (n == 2 * KEY_BYTES || text[2 * KEY_BYTES] == '\n') &&
              sodium_hex2bin(out, KEY_BYTES, text, 2 * KEY_BYTES, NULL, &len, NULL) == 0 && len == KEY_BYTES;
    sodium_memzero(text, sizeof text);
    return ok || err_set(e, ERR_KEY_FILE, "%s is no key file", path);
}

bool secrets_key_open(struct secrets_key **out, const char *path, struct err *e) {
    *out = NULL;
    if (access(path, F_OK) != 0 && !make_key(path, e)) {
        return false;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return err_errno(e, ERR_KEY_FILE, "the key file %s cannot be read", path);
    }
    struct secrets_key *k = sodium_malloc(sizeof *k); /* not swapped, not in core dumps */
    bool ok = k != NULL ? read_key(fd, path, k->bytes, e) : err_set(e, ERR_MEMORY, "no locked memory for the key");
    close(fd);
    if (!ok) {
        secrets_key_close(k);
        return false;
    }
    *out = k;
    return true;
}

void secrets_key_close(struct secrets_key *k) {
    sodium_free(k);
}

char *secrets_seal(struct arena *a, const struct secrets_key *k, const char *label, const char *text) {
    size_t len = strlen(text), box_len = NONCE_BYTES + len + TAG_BYTES;
    unsigned char *box = arena_alloc(a, box_len);
    randombytes_buf(box, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE_BYTES, NULL, (const unsigned char *)text, len,
                                               (const unsigned char *)label, strlen(label), NULL, box, k->bytes);
    size_t size = sodium_base64_encoded_len(box_len, sodium_base64_VARIANT_ORIGINAL);
    char *out = arena_alloc(a, size);
    return sodium_bin2base64(out, size, box, box_len, sodium_base64_VARIANT_ORIGINAL);
}

bool secrets_open(struct arena *a, const struct secrets_key *k, const char *label, const char *box, char **out,
                  struct err *e) {
    size_t size = strlen(box) + 1, len = 0;
    unsigned char *bytes = arena_alloc(a, size);
    char *text = arena_alloc(a, size);
    *out = NULL;
    bool ok = sodium_base642bin(bytes, size, box, size - 1, NULL, &len, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
              len >= NONCE_BYTES + TAG_BYTES &&
              crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)text, NULL, NULL, bytes + NONCE_BYTES,
                                                         len - NONCE_BYTES, (const unsigned char *)label, strlen(label),
                                                         bytes, k->bytes) == 0;
    if (!ok) {
        err_set(e, ERR_KEY_FILE, "the secret of %s cannot be opened", label);
        return err_hint(e, "is it the key file this store was made with?");
    }
    text[len - NONCE_BYTES - TAG_BYTES] = '\0';
    *out = text;
    return true;
}
