/* The login arithmetic and exchange: published vectors, and one recorded login worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gauss/auth.h"
#include "gauss/client.h"

#define SALT "42d2f996abfed3a6b2055b2072c536c04dec2a72a5de7eda43b51d8b19ec652a"
#define TOKEN "efa77279"
#define REPLY "9120c79e7a2dfef8d447becbfec65f6d77cc3b80ed6918051bafdb9dd3c7b610"
#define SIGNATURE "a646bc6df5c5070fa03a2b84a1af70b07df3ceb91a5cc8951d42e06dd188f28c"

static struct gauss_auth auth_for(const char *user, const char *password) {
    return (struct gauss_auth){.user = user, .password = password};
}

/* Feed one request; code and body as text pieces. */
static bool step(struct gauss_auth *a, uint32_t code, const void *body, size_t len, struct buf *reply, struct err *e) {
    uint8_t message[1024];
    uint32_t be = __builtin_bswap32(code);
    memcpy(message, &be, 4);
    if (len > 0) {
        memcpy(message + 4, body, len);
    }
    return gauss_auth_step(a, message, len + 4, reply, e);
}

static void assert_reply(const struct buf *reply, const char *text) {
    assert_int_equal(reply->len, strlen(text) + 1);
    assert_memory_equal(reply->data, text, reply->len);
}

static void test_keys(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    uint8_t salt[32], k[32];
    char hex[65];
    struct auth_og_keys keys;
    assert_true(auth_unhex((const uint8_t *)SALT, 32, salt));
    assert_true(auth_derive(NULL, AUTH_PRF_SHA1, "Dev_test@123", salt, 32, 10000, k, &e));
    auth_hex(k, 32, hex);
    assert_string_equal(hex, "8d6a2ecafed77f2b383d8330d4913bcf8e37c4ddb792b3a50143991b461538ce");
    assert_true(auth_og_keys(k, &keys, &e));
    auth_hex(keys.client, 32, hex);
    assert_string_equal(hex, "52a783a49110cac231a4b72b3ca23fba0a882af13a2f3ca223b5ce4ba9754dbe");
    auth_hex(keys.server, 32, hex);
    assert_string_equal(hex, "d4c38fd03da32a116b6d992d0922cf357352570cfbc7448148491bcc7554a1b5");
    auth_hex(keys.stored, 32, hex);
    assert_string_equal(hex, "d17fb21032d4d689b99953d55a56978f761060b8361630854f0ea135bd4c5370");
}

/* The same request in the shapes of minors 51, 50 and 0. */
static void test_sha256(void **state) {
    (void)state;
    static const char *const extra[] = {"\0\0\x27\x10", "", SIGNATURE};
    static const size_t extra_len[] = {4, 0, 64};
    for (size_t i = 0; i < 3; i++) {
        struct err e = ERR_INIT;
        struct gauss_auth a = auth_for("dev", "Dev_test@123");
        struct buf reply;
        uint8_t body[4 + 72 + 64] = {0, 0, 0, 2};
        buf_init(&reply, 1000);
        memcpy(body + 4, SALT TOKEN, 72);
        memcpy(body + 76, extra[i], extra_len[i]);
        assert_true(step(&a, 10, body, 76 + extra_len[i], &reply, &e));
        assert_reply(&reply, REPLY);
        assert_true(a.opengauss && a.sent_secret && !a.done);
        assert_true(step(&a, 0, NULL, 0, &reply, &e));
        assert_true(a.done);
        assert_int_equal(reply.len, 0);
        assert_string_equal(a.method, "sha256");
        buf_clear(&reply);
    }
}

/* Minor 0 shows a wrong password before anything is sent: no attempt is spent. */
static void test_sha256_signature_mismatch(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    struct gauss_auth a = auth_for("dev", "Wrong_test@123");
    struct buf reply;
    uint8_t body[4 + 72 + 64] = {0, 0, 0, 2};
    buf_init(&reply, 1000);
    memcpy(body + 4, SALT TOKEN SIGNATURE, 136);
    assert_false(step(&a, 10, body, sizeof body, &reply, &e));
    assert_int_equal(e.code, ERR_TARGET_AUTH);
    assert_false(a.sent_secret);
    assert_int_equal(reply.len, 0);
    buf_clear(&reply);
}

static void test_md5(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    char text[36];
    /* recorded: auth_combined_30 */
    assert_true(auth_md5_reply("u_comb", "Comb_test@123", (const uint8_t *)"\xa8`O@", text, &e));
    assert_string_equal(text, "md5cbdabfcf8d961d01b784d2314c798ead");
    char hex[33];
    assert_true(auth_md5_hex("abc", 3, hex, &e));
    assert_string_equal(hex, "900150983cd24fb0d6963f7d28e17f72");
}

/* recorded: auth_md5rule_sha256_user */
static void test_md5_sha256(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    struct gauss_auth a = auth_for("u_md5hba", "Hbam_test@123");
    struct buf reply;
    buf_init(&reply, 1000);
    static const char request[] = "64c08f9d557643c007eb7083914a8901bccda52862343b25c4649d064f3d5a68"
                                  "\x91=z\xe2";
    assert_true(step(&a, 11, request, 68, &reply, &e));
    assert_reply(&reply, "md58a042c670c5d3e361c740ac91c2f4fe4");
    assert_string_equal(a.method, "md5-sha256");
    struct gauss_auth cut = auth_for("u_md5hba", "Hbam_test@123");
    assert_false(step(&cut, 11, request, 67, &reply, &e));
    assert_int_equal(e.code, ERR_TARGET_PROTOCOL);
    buf_clear(&reply);
}

/* RFC 7677, section 3. */
#define SCRAM_NONCE "rOprNGfwEbeRWgbNEkqO"
#define SCRAM_FIRST "r=" SCRAM_NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
#define SCRAM_FINAL "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

static struct gauss_auth scram_auth(void) {
    struct gauss_auth a = auth_for("user", "pencil");
    memcpy(a.nonce, SCRAM_NONCE, sizeof SCRAM_NONCE);
    return a;
}

static void test_scram(void **state) {
    (void)state;
    static const char mechanisms[] = "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0";
    static const char first[] = "SCRAM-SHA-256\0\0\0\0\x1cn,,n=,r=" SCRAM_NONCE;
    struct err e = ERR_INIT;
    struct gauss_auth a = scram_auth();
    struct buf reply;
    buf_init(&reply, 1000);
    assert_true(step(&a, 10, mechanisms, sizeof mechanisms, &reply, &e));
    assert_int_equal(reply.len, sizeof first - 1);
    assert_memory_equal(reply.data, first, reply.len);
    /* the RFC tells the name here, PostgreSQL in the startup packet */
    strcpy(a.scram_first, "n=user,r=" SCRAM_NONCE);
    assert_true(step(&a, 11, SCRAM_FIRST, strlen(SCRAM_FIRST), &reply, &e));
    static const char proof[] =
        "c=biws,r=" SCRAM_NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    assert_int_equal(reply.len, sizeof proof - 1);
    assert_memory_equal(reply.data, proof, reply.len);
    assert_true(step(&a, 12, SCRAM_FINAL, strlen(SCRAM_FINAL), &reply, &e));
    assert_int_equal(reply.len, 0);
    assert_true(step(&a, 0, NULL, 0, &reply, &e));
    assert_true(a.done && !a.opengauss);
    assert_string_equal(a.method, "scram-sha-256");
    buf_clear(&reply);
}

/* A server that cannot prove itself is left, also when it simply says ok. */
static void test_scram_server_must_prove(void **state) {
    (void)state;
    for (int skip = 0; skip < 2; skip++) {
        struct err e = ERR_INIT;
        struct gauss_auth a = scram_auth();
        struct buf reply;
        buf_init(&reply, 1000);
        assert_true(step(&a, 10, "SCRAM-SHA-256\0", 15, &reply, &e));
        assert_true(step(&a, 11, SCRAM_FIRST, strlen(SCRAM_FIRST), &reply, &e));
        if (skip == 1) {
            assert_false(step(&a, 0, NULL, 0, &reply, &e));
        } else { /* our first message has no name in it, hence the RFC's signature is wrong here */
            assert_false(step(&a, 12, SCRAM_FINAL, strlen(SCRAM_FINAL), &reply, &e));
        }
        assert_int_equal(e.code, ERR_TARGET_AUTH);
        assert_false(a.done);
        buf_clear(&reply);
    }
}

static void test_scram_malformed(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        "r=",
        "r=" SCRAM_NONCE ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", /* nothing added to our nonce */
        "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "m=ext,r=" SCRAM_NONCE "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "r=" SCRAM_NONCE "x,s=W22Z*J0SNY7soEsUEjb6gQ==,i=4096",
        "r=" SCRAM_NONCE "x,s=,i=4096",
        "r=" SCRAM_NONCE "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0",
        "r=" SCRAM_NONCE "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-1",
        "r=" SCRAM_NONCE "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999999",
        "r=" SCRAM_NONCE "x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err e = ERR_INIT;
        struct gauss_auth a = scram_auth();
        struct buf reply;
        buf_init(&reply, 1000);
        assert_true(step(&a, 10, "SCRAM-SHA-256\0", 15, &reply, &e));
        assert_false(step(&a, 11, bad[i], strlen(bad[i]), &reply, &e));
        assert_false(a.sent_secret);
        assert_true(e.code == ERR_TARGET_PROTOCOL || e.code == ERR_TARGET_AUTH);
        buf_clear(&reply);
    }
}

static void test_clear_text(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    struct gauss_auth a = auth_for("dev", "secret");
    struct buf reply;
    buf_init(&reply, 1000);
    assert_false(step(&a, 3, NULL, 0, &reply, &e));
    assert_int_equal(e.code, ERR_TARGET_AUTH);
    assert_int_equal(reply.len, 0);
    a = auth_for("dev", "secret");
    a.clear_allowed = true;
    assert_true(step(&a, 3, NULL, 0, &reply, &e));
    assert_reply(&reply, "secret");
    /* a second method would draw a second secret out of us */
    assert_false(step(&a, 5, "salt", 4, &reply, &e));
    assert_int_equal(e.code, ERR_TARGET_PROTOCOL);
    buf_clear(&reply);
}

static void test_refused(void **state) {
    (void)state;
    static const uint32_t codes[] = {2, 6, 7, 9, 12, 13, 99};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct err e = ERR_INIT;
        struct gauss_auth a = auth_for("dev", "secret");
        struct buf reply;
        buf_init(&reply, 1000);
        assert_false(step(&a, codes[i], "12345678", 8, &reply, &e));
        assert_false(a.sent_secret);
        buf_clear(&reply);
    }
    struct err e = ERR_INIT;
    struct gauss_auth a = auth_for("dev", NULL);
    struct buf reply;
    buf_init(&reply, 1000);
    assert_false(step(&a, 5, "salt", 4, &reply, &e));
    assert_int_equal(e.code, ERR_TARGET_AUTH);
    assert_non_null(strstr(e.message, "none was given"));
    buf_clear(&reply);
}

/* The cache must never hand one password's key to another. */
static void test_cache(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    struct gauss_auth_cache *cache = gauss_auth_cache_new();
    static const uint8_t salt[4] = "salt";
    uint8_t plain[32], cached[32];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 40; i++) {
            char password[16];
            snprintf(password, sizeof password, "pw%d", i % 20);
            enum auth_prf prf = i % 2 == 0 ? AUTH_PRF_SHA1 : AUTH_PRF_SHA256;
            assert_true(auth_derive(NULL, prf, password, salt, 4, 10, plain, &e));
            assert_true(auth_derive(cache, prf, password, salt, 4, 10, cached, &e));
            assert_memory_equal(plain, cached, 32);
            assert_true(auth_derive(cache, prf, password, salt, 4, 10, cached, &e));
            assert_memory_equal(plain, cached, 32);
        }
    }
    /* boundary between password and salt */
    assert_true(auth_derive(cache, AUTH_PRF_SHA1, "ab", (const uint8_t *)"c", 1, 1, plain, &e));
    assert_true(auth_derive(cache, AUTH_PRF_SHA1, "a", (const uint8_t *)"bc", 2, 1, cached, &e));
    assert_memory_not_equal(plain, cached, 32);
    gauss_auth_cache_free(cache);
    gauss_auth_cache_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_sha256_signature_mismatch),
        cmocka_unit_test(test_md5),
        cmocka_unit_test(test_md5_sha256),
        cmocka_unit_test(test_scram),
        cmocka_unit_test(test_scram_server_must_prove),
        cmocka_unit_test(test_scram_malformed),
        cmocka_unit_test(test_clear_text),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_cache),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
