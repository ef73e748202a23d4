/* Login answers against known ones. The hash vectors were computed with another implementation of the documented
 * formulas; the ed25519 ones come from RFC 8032, from MariaDB's documentation and from OpenSSL's own Ed25519. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

#include "mysql/auth.h"

static const uint8_t challenge[20] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
static const char utf8_password[] = "p\xc3\xa4ssw\xc3\xb6rd-\xe6\x97\xa5\xe6\x9c\xac";

static void from_hex(const char *hex, uint8_t *out) {
    for (; hex[0] != '\0'; hex += 2) {
        unsigned v;
        assert_int_equal(sscanf(hex, "%2x", &v), 1);
        *out++ = (uint8_t)v;
    }
}

static void assert_hex(const uint8_t *bytes, const char *hex) {
    uint8_t want[128];
    from_hex(hex, want);
    assert_memory_equal(bytes, want, strlen(hex) / 2);
}

static void native_vectors(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    uint8_t out[AUTH_NATIVE_BYTES];
    assert_true(auth_native("secret", challenge, out, &e));
    assert_hex(out, "b32bb3a583e1340c0a1108d58b1be49781ad8c2f");
    assert_true(auth_native(utf8_password, challenge, out, &e));
    assert_hex(out, "44b0494702c3418a2f92c30155d80744ec6d12aa");
}

static void caching_sha2_vectors(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    uint8_t out[AUTH_SHA2_BYTES];
    assert_true(auth_sha2("secret", challenge, out, &e));
    assert_hex(out, "746ebe205d56a0707acb3e796e834e0dd7b1d61743b26bd5202c7a623230c7c9");
    assert_true(auth_sha2(utf8_password, challenge, out, &e));
    assert_hex(out, "950e04673e71fa0c070e2bbc0a6fa0b929727c9c373d30fca0b6b916a97dc3e4");
}

static void ed25519_rfc8032(void **state) {
    (void)state;
    static const struct {
        const char *secret, *public, *message, *signature;
    } v[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bb"
         "e2"
         "4655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302"
         "ae"
         "eb00d291612bb0c00"},
    };
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        struct err e = ERR_INIT;
        uint8_t secret[32], message[8], signature[64], key[32];
        from_hex(v[i].secret, secret);
        from_hex(v[i].message, message);
        assert_true(auth_ed25519_public(secret, 32, key, &e));
        assert_hex(key, v[i].public);
        assert_true(auth_ed25519(secret, 32, message, strlen(v[i].message) / 2, signature, &e));
        assert_hex(signature, v[i].signature);
    }
}

/* A password of 32 bytes is an ordinary Ed25519 secret. */
static void ed25519_agrees_with_openssl(void **state) {
    (void)state;
    for (uint8_t round = 0; round < 20; round++) {
        struct err e = ERR_INIT;
        uint8_t secret[32], message[32], mine[64], theirs[64];
        for (uint8_t i = 0; i < 32; i++) {
            secret[i] = (uint8_t)(round * 37 + i * 11 + 1);
            message[i] = (uint8_t)(round * 5 + i * 71);
        }
        size_t n = sizeof theirs;
        EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, 32);
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, key), 1);
        assert_int_equal(EVP_DigestSign(ctx, theirs, &n, message, sizeof message), 1);
        EVP_MD_CTX_free(ctx);
        EVP_PKEY_free(key);
        assert_true(auth_ed25519(secret, sizeof secret, message, sizeof message, mine, &e));
        assert_memory_equal(mine, theirs, 64);
    }
}

/* What MariaDB's documentation shows for the password "secret". */
static void ed25519_of_a_short_password(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    uint8_t key[32], text[48];
    assert_true(auth_ed25519_public("secret", 6, key, &e));
    assert_int_equal(EVP_EncodeBlock(text, key, 32), 44);
    assert_string_equal((char *)text, "ZIgUREUg5PVgQ6LskhXmO+eZLS0nC8be6HPjYWR4YJY=");
}

static EVP_PKEY *rsa_key(struct buf *pem) {
    EVP_PKEY *key = EVP_RSA_gen(2048);
    BIO *b = BIO_new(BIO_s_mem());
    char *text;
    assert_int_equal(PEM_write_bio_PUBKEY(b, key), 1);
    long n = BIO_get_mem_data(b, &text);
    assert_true(buf_put(pem, text, (size_t)n, NULL));
    BIO_free(b);
    return key;
}

static void rsa_round_trip(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    struct buf pem, out;
    buf_init(&pem, 1 << 16);
    buf_init(&out, 1 << 16);
    EVP_PKEY *key = rsa_key(&pem);
    static const char password[] = "a password that is longer than the challenge";
    assert_true(auth_rsa(password, challenge, pem.data, pem.len, &out, &e));
    assert_int_equal(out.len, 256);
    uint8_t plain[256];
    size_t n = sizeof plain;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    assert_int_equal(EVP_PKEY_decrypt_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING), 1);
    assert_int_equal(EVP_PKEY_decrypt(ctx, plain, &n, out.data, out.len), 1);
    EVP_PKEY_CTX_free(ctx);
    assert_int_equal(n, sizeof password);
    for (size_t i = 0; i < n; i++) {
        plain[i] ^= challenge[i % 20];
    }
    assert_string_equal((char *)plain, password);
    EVP_PKEY_free(key);
    buf_clear(&pem);
    buf_clear(&out);
}

static void rsa_refuses_what_cannot_work(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    struct buf pem, out;
    buf_init(&pem, 1 << 16);
    buf_init(&out, 1 << 16);
    static const char junk[] = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    assert_false(auth_rsa("x", challenge, junk, sizeof junk - 1, &out, &e));
    assert_int_equal(e.code, ERR_SOURCE_AUTH);
    assert_false(auth_rsa("x", challenge, "", 0, &out, &e));
    EVP_PKEY *key = rsa_key(&pem);
    char longest[400];
    memset(longest, 'p', sizeof longest);
    longest[sizeof longest - 1] = '\0'; /* OAEP leaves 214 bytes of a 2048 bit key */
    assert_false(auth_rsa(longest, challenge, pem.data, pem.len, &out, &e));
    assert_int_equal(e.code, ERR_SOURCE_AUTH);
    assert_int_equal(out.len, 0);
    EVP_PKEY_free(key);
    buf_clear(&pem);
    buf_clear(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(native_vectors),
        cmocka_unit_test(caching_sha2_vectors),
        cmocka_unit_test(ed25519_rfc8032),
        cmocka_unit_test(ed25519_agrees_with_openssl),
        cmocka_unit_test(ed25519_of_a_short_password),
        cmocka_unit_test(rsa_round_trip),
        cmocka_unit_test(rsa_refuses_what_cannot_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
