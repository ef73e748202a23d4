/* MariaDB's ed25519 login: an Ed25519 signature (RFC 8032) with one difference.
 *
 * RFC 8032 expands a secret of 32 bytes with SHA-512; MariaDB expands the password itself, whatever its length:
 *
 *   az = SHA512(password);  a = clamp(az[0..31]);  A = a*B
 *   r  = SHA512(az[32..63] + message);             R = r*B
 *   S  = r + SHA512(R + A + message) * a  mod L    signature = R + S
 *
 * OpenSSL's Ed25519 takes only secrets of 32 bytes and has no point arithmetic for this curve, so the multiplication
 * by B is done here, on its big numbers, in extended coordinates with the complete addition formula of RFC 8032
 * section 5.1.4. It costs about a millisecond, once for a login.
 * The ladder below does the same steps for every bit, but big number arithmetic is not constant in time: an observer
 * on the same core might learn something of the password's hash. A login happens once a connection, on the user's own
 * machine; that is taken as acceptable. */
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "mysql/auth.h"

struct point { /* x = X/Z, y = Y/Z, T = XY/Z */
    BIGNUM *x, *y, *z, *t;
};

struct curve {
    BN_CTX *ctx;
    BIGNUM *p;  /* 2^255 - 19 */
    BIGNUM *l;  /* order of B */
    BIGNUM *d2; /* 2 * d of the curve equation */
    struct point b;
    BIGNUM *tmp[8];
    bool ok; /* false once any operation failed: nothing else is tested on the way */
};

static const char p_hex[] = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
static const char l_hex[] = "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";
static const char d_hex[] = "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";
static const char bx_hex[] = "216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a";
static const char by_hex[] = "6666666666666666666666666666666666666666666666666666666666666658";

static BIGNUM *number(struct curve *c) {
    BIGNUM *n = BN_CTX_get(c->ctx);
    c->ok = c->ok && n != NULL;
    return n;
}

static BIGNUM *hex_number(struct curve *c, const char *hex) {
    BIGNUM *n = number(c);
    c->ok = c->ok && BN_hex2bn(&n, hex) > 0;
    return n;
}

static void mul(struct curve *c, BIGNUM *r, const BIGNUM *a, const BIGNUM *b) {
    c->ok = c->ok && BN_mod_mul(r, a, b, c->p, c->ctx) == 1;
}
static void add(struct curve *c, BIGNUM *r, const BIGNUM *a, const BIGNUM *b) {
    c->ok = c->ok && BN_mod_add_quick(r, a, b, c->p) == 1;
}
static void sub(struct curve *c, BIGNUM *r, const BIGNUM *a, const BIGNUM *b) {
    c->ok = c->ok && BN_mod_sub_quick(r, a, b, c->p) == 1;
}

static struct point new_point(struct curve *c) {
    struct point q = {number(c), number(c), number(c), number(c)};
    return q;
}

/* The neutral element (0, 1). */
static void set_neutral(struct curve *c, struct point *q) {
    if (c->ok) {
        BN_zero(q->x);
        BN_zero(q->t);
        c->ok = BN_one(q->y) == 1 && BN_one(q->z) == 1;
    }
}

/* r = q + s, valid for every pair of points, doubling included. r may be q or s. */
static void add_points(struct curve *c, struct point *r, const struct point *q, const struct point *s) {
    BIGNUM **v = c->tmp;
    sub(c, v[0], q->y, q->x);
    sub(c, v[1], s->y, s->x);
    mul(c, v[0], v[0], v[1]); /* A = (Y1-X1)(Y2-X2) */
    add(c, v[1], q->y, q->x);
    add(c, v[2], s->y, s->x);
    mul(c, v[1], v[1], v[2]); /* B = (Y1+X1)(Y2+X2) */
    mul(c, v[2], q->t, s->t);
    mul(c, v[2], v[2], c->d2); /* C = 2d T1 T2 */
    mul(c, v[3], q->z, s->z);
    add(c, v[3], v[3], v[3]); /* D = 2 Z1 Z2 */
    sub(c, v[4], v[1], v[0]); /* E = B - A */
    sub(c, v[5], v[3], v[2]); /* F = D - C */
    add(c, v[6], v[3], v[2]); /* G = D + C */
    add(c, v[7], v[1], v[0]); /* H = B + A */
    mul(c, r->x, v[4], v[5]);
    mul(c, r->y, v[6], v[7]);
    mul(c, r->t, v[4], v[7]);
    mul(c, r->z, v[5], v[6]);
}

/* The curve's constants; everything allocated from ctx's open frame. */
static void curve_init(struct curve *c) {
    c->p = hex_number(c, p_hex);
    c->l = hex_number(c, l_hex);
    c->d2 = hex_number(c, d_hex);
    c->b = new_point(c);
    for (size_t i = 0; i < sizeof c->tmp / sizeof c->tmp[0]; i++) {
        c->tmp[i] = number(c);
    }
    if (!c->ok) {
        return;
    }
    add(c, c->d2, c->d2, c->d2);
    c->ok = c->ok && BN_hex2bn(&c->b.x, bx_hex) > 0 && BN_hex2bn(&c->b.y, by_hex) > 0 && BN_one(c->b.z) == 1;
    mul(c, c->b.t, c->b.x, c->b.y);
}

/* The encoding of scalar * B: y in little-endian, the lowest bit of x on top. scalar < 2^255. */
static void encode_multiple(struct curve *c, const BIGNUM *scalar, uint8_t out[32]) {
    struct point low = new_point(c), high = new_point(c);
    set_neutral(c, &low);
    if (c->ok) {
        c->ok = BN_copy(high.x, c->b.x) != NULL && BN_copy(high.y, c->b.y) != NULL && BN_copy(high.z, c->b.z) != NULL &&
                BN_copy(high.t, c->b.t) != NULL;
    }
    for (int bit = 254; bit >= 0 && c->ok; bit--) { /* Montgomery's ladder: high = low + B throughout */
        if (BN_is_bit_set(scalar, bit)) {
            add_points(c, &low, &low, &high);
            add_points(c, &high, &high, &high);
        } else {
            add_points(c, &high, &low, &high);
            add_points(c, &low, &low, &low);
        }
    }
    BIGNUM *inverse = number(c);
    c->ok = c->ok && BN_mod_inverse(inverse, low.z, c->p, c->ctx) != NULL;
    mul(c, low.x, low.x, inverse);
    mul(c, low.y, low.y, inverse);
    c->ok = c->ok && BN_bn2lebinpad(low.y, out, 32) == 32;
    if (c->ok && BN_is_odd(low.x)) {
        out[31] |= 0x80;
    }
}

/* SHA-512 over up to three parts. */
static bool sha512(uint8_t out[64], const void *a, size_t an, const void *b, size_t bn, const void *d, size_t dn) {
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha512(), NULL) == 1 && EVP_DigestUpdate(ctx, a, an) == 1 &&
              EVP_DigestUpdate(ctx, b, bn) == 1 && EVP_DigestUpdate(ctx, d, dn) == 1 &&
              EVP_DigestFinal_ex(ctx, out, NULL) == 1;
    EVP_MD_CTX_free(ctx);
    return ok;
}

/* A digest as a number modulo the order. */
static BIGNUM *scalar_of(struct curve *c, const uint8_t digest[64]) {
    BIGNUM *n = number(c);
    c->ok = c->ok && BN_lebin2bn(digest, 64, n) != NULL && BN_nnmod(n, n, c->l, c->ctx) == 1;
    return n;
}

/* Expand the password: az, its clamped first half as a number, the encoded public key. */
static BIGNUM *expand(struct curve *c, const void *password, size_t n, uint8_t az[64], uint8_t key[32]) {
    c->ok = c->ok && sha512(az, password, n, "", 0, "", 0);
    az[0] &= 0xf8;
    az[31] = (uint8_t)((az[31] & 0x7f) | 0x40);
    BIGNUM *a = number(c);
    c->ok = c->ok && BN_lebin2bn(az, 32, a) != NULL;
    encode_multiple(c, a, key);
    return a;
}

static bool finish(struct curve *c, struct err *e) {
    if (c->ctx != NULL) {
        BN_CTX_end(c->ctx);
    }
    BN_CTX_free(c->ctx);
    if (!c->ok) {
        err_set(e, ERR_INTERNAL, "the crypto library refuses the ed25519 login");
        ERR_clear_error();
    }
    return c->ok;
}

static void begin(struct curve *c) {
    c->ctx = BN_CTX_secure_new();
    c->ok = c->ctx != NULL;
    if (c->ok) {
        BN_CTX_start(c->ctx);
        curve_init(c);
    }
}

bool auth_ed25519_public(const void *password, size_t password_len, uint8_t key[32], struct err *e) {
    struct curve c = {0};
    uint8_t az[64] = {0};
    begin(&c);
    if (c.ok) {
        (void)expand(&c, password, password_len, az, key);
    }
    OPENSSL_cleanse(az, sizeof az);
    return finish(&c, e);
}

bool auth_ed25519(const void *password, size_t password_len, const void *message, size_t message_len,
                  uint8_t signature[AUTH_ED25519_BYTES], struct err *e) {
    struct curve c = {0};
    uint8_t az[64] = {0}, digest[64] = {0}, key[32] = {0};
    begin(&c);
    if (c.ok) {
        BIGNUM *a = expand(&c, password, password_len, az, key);
        c.ok = c.ok && sha512(digest, az + 32, 32, message, message_len, "", 0);
        BIGNUM *r = scalar_of(&c, digest);
        encode_multiple(&c, r, signature);
        c.ok = c.ok && sha512(digest, signature, 32, key, 32, message, message_len);
        BIGNUM *s = scalar_of(&c, digest);
        c.ok = c.ok && BN_mod_mul(s, s, a, c.l, c.ctx) == 1 && BN_mod_add(s, s, r, c.l, c.ctx) == 1 &&
               BN_bn2lebinpad(s, signature + 32, 32) == 32;
    }
    OPENSSL_cleanse(az, sizeof az);
    OPENSSL_cleanse(digest, sizeof digest);
    return finish(&c, e);
}
