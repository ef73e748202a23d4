/* The compressed layer: packets inside and across compressed packets, stored ones, lies in the headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "mysql/packet.h"
#include "script.h"

enum { MAX_BYTES = 64 << 20 };

static void put_header(struct script *s, size_t len, uint8_t seq, size_t plain) {
    uint8_t h[7] = {(uint8_t)len,   (uint8_t)(len >> 8),   (uint8_t)(len >> 16),  seq,
                    (uint8_t)plain, (uint8_t)(plain >> 8), (uint8_t)(plain >> 16)};
    script_bytes(s, h, sizeof h);
}

static size_t squeeze(enum mysql_compression kind, uint8_t *to, size_t cap, const void *from, size_t n) {
    if (kind == MYSQL_COMPRESS_ZSTD) {
        return ZSTD_compress(to, cap, from, n, 3);
    }
    uLongf len = cap;
    assert_int_equal(compress(to, &len, from, n), Z_OK);
    return len;
}

/* One compressed packet whose header claims `claimed` plain bytes. */
static void put_compressed(struct script *s, enum mysql_compression kind, uint8_t seq, const void *plain, size_t n,
                           size_t claimed) {
    size_t cap = compressBound(n) + ZSTD_compressBound(n);
    uint8_t *to = malloc(cap);
    size_t made = squeeze(kind, to, cap, plain, n);
    put_header(s, made, seq, claimed);
    script_bytes(s, to, made);
    free(to);
}

struct bench {
    struct script s;
    struct net_stream *net;
    struct packets p;
    struct err e;
    const uint8_t *body;
    size_t len;
};

static void open_bench(struct bench *b, enum mysql_compression kind) {
    b->net = script_play(&b->s);
    assert_true(packets_init(&b->p, b->net, MAX_BYTES, &b->e));
    assert_true(packets_start_compression(&b->p, kind, &b->e));
}

static void close_bench(struct bench *b) {
    packets_clear(&b->p);
    net_close(b->net);
    script_end(&b->s);
}

static bool next(struct bench *b) {
    return packets_read(&b->p, &b->body, &b->len, &b->e);
}

/* Plain packets of these sizes one behind the other, as the server would frame them. */
static void plain_packets(struct buf *out, const size_t *sizes, size_t n) {
    buf_init(out, MAX_BYTES);
    uint8_t seq = 0;
    for (size_t i = 0; i < n; i++) {
        size_t left = sizes[i], take;
        do {
            take = left < PACKET_MAX_BYTES ? left : PACKET_MAX_BYTES;
            assert_true(buf_reserve(out, take + 4, NULL));
            buf_u8(out, (uint8_t)take);
            buf_u8(out, (uint8_t)(take >> 8));
            buf_u8(out, (uint8_t)(take >> 16));
            buf_u8(out, seq++);
            for (size_t k = 0; k < take; k++) {
                buf_u8(out, (uint8_t)(i * 3 + k / 5));
            }
            left -= take;
        } while (take == PACKET_MAX_BYTES);
    }
}

/* Cut the plain bytes every `cut` bytes, without regard to packets; every third piece goes stored. */
static void through(enum mysql_compression kind, size_t chunk, size_t cut, const size_t *sizes, size_t n) {
    struct bench b = {0};
    script_init(&b.s);
    b.s.chunk = chunk;
    struct buf plain;
    plain_packets(&plain, sizes, n);
    uint8_t seq = 1;
    for (size_t at = 0, i = 0; at < plain.len; i++) {
        size_t take = plain.len - at < cut ? plain.len - at : cut;
        if (i % 3 == 2) {
            put_header(&b.s, take, seq++, 0);
            script_bytes(&b.s, plain.data + at, take);
        } else {
            put_compressed(&b.s, kind, seq++, plain.data + at, take, take);
        }
        at += take;
    }
    open_bench(&b, kind);
    for (size_t i = 0; i < n; i++) {
        if (!next(&b)) {
            fail_msg("packet %zu: %s: %s", i, b.e.message, b.e.cause);
        }
        assert_int_equal(b.len, sizes[i]);
        for (size_t k = 0; k < b.len; k++) {
            if (b.body[k] != (uint8_t)(i * 3 + k % PACKET_MAX_BYTES / 5)) {
                fail_msg("byte %zu of packet %zu", k, i);
            }
        }
    }
    assert_int_equal(b.p.bytes_in, plain.len);
    assert_false(next(&b));
    assert_int_equal(b.e.code, ERR_SOURCE_LOST);
    buf_clear(&plain);
    close_bench(&b);
}

static void packets_through(enum mysql_compression kind) {
    static const size_t sizes[] = {5, 0, 1, 300, 70000, 12, 400000, 3, 3, 3};
    through(kind, 0, 16384, sizes, 10);
    through(kind, 0, 3, sizes, 4); /* a packet's header cut in pieces */
    through(kind, 0, 480000, sizes, 10);
    through(kind, 997, 5000, sizes, 10);
    through(kind, 1, 50, sizes, 4);
    static const size_t big[] = {20 << 20, 7};
    through(kind, 0, PACKET_MAX_BYTES, big, 2);
}

static void zlib_packets(void **state) {
    (void)state;
    packets_through(MYSQL_COMPRESS_ZLIB);
}

static void zstd_packets(void **state) {
    (void)state;
    packets_through(MYSQL_COMPRESS_ZSTD);
}

static void assert_nonsense(struct bench *b, enum mysql_compression kind) {
    open_bench(b, kind);
    while (next(b)) {
    }
    if (b->e.code != ERR_SOURCE_PROTOCOL) {
        fail_msg("code %d: %s: %s", (int)b->e.code, b->e.message, b->e.cause);
    }
    assert_true(b->p.broken);
    close_bench(b);
}

static void lies(enum mysql_compression kind) {
    static const uint8_t plain[104] = {100, 0, 0, 0, 'x'};
    for (size_t claimed = 90; claimed < 110; claimed++) { /* more or less than the data holds */
        if (claimed != sizeof plain) {
            struct bench b = {0};
            script_init(&b.s);
            put_compressed(&b.s, kind, 1, plain, sizeof plain, claimed);
            assert_nonsense(&b, kind);
        }
    }
    uint8_t squeezed[512];
    size_t n = squeeze(kind, squeezed, sizeof squeezed, plain, sizeof plain);
    for (size_t cut = 0; cut < n; cut++) { /* a header that says less than there is */
        struct bench b = {0};
        script_init(&b.s);
        put_header(&b.s, cut, 1, sizeof plain);
        script_bytes(&b.s, squeezed, cut);
        put_header(&b.s, 4, 2, 0);
        script_bytes(&b.s, "\0\0\0\0", 4);
        assert_nonsense(&b, kind);
    }
    struct bench b = {0}; /* something behind the end of the data */
    script_init(&b.s);
    put_header(&b.s, n + 5, 1, sizeof plain);
    script_bytes(&b.s, squeezed, n);
    script_bytes(&b.s, "12345", 5);
    assert_nonsense(&b, kind);
    b = (struct bench){0}; /* no compressed data at all */
    script_init(&b.s);
    put_header(&b.s, 20, 1, 1000);
    script_bytes(&b.s, "AAAAAAAAAAAAAAAAAAAA", 20);
    assert_nonsense(&b, kind);
}

static void lies_in_headers_are_noticed(void **state) {
    (void)state;
    lies(MYSQL_COMPRESS_ZLIB);
    lies(MYSQL_COMPRESS_ZSTD);
}

/* What goes out can be read back by the same layer. */
static void commands_round_trip(enum mysql_compression kind, size_t n) {
    struct bench out = {0};
    script_init(&out.s);
    open_bench(&out, kind);
    char *sql = malloc(n + 1);
    for (size_t i = 0; i < n; i++) {
        sql[i] = (char)('a' + i / 3 % 26);
    }
    assert_true(packets_put_command(&out.p, 25, "1234", 4, &out.e));
    assert_true(packets_send_command(&out.p, 3, sql, n, &out.e));
    packets_clear(&out.p);
    net_close(out.net);
    pthread_join(out.s.thread, NULL);
    close(out.s.fd);
    out.s.fd = -1;

    struct bench in = {0};
    script_init(&in.s);
    script_bytes(&in.s, out.s.heard.data, out.s.heard.len);
    open_bench(&in, kind);
    assert_true(next(&in));
    assert_int_equal(in.len, 5);
    assert_int_equal(in.body[0], 25);
    assert_true(next(&in));
    assert_int_equal(in.len, n + 1);
    assert_int_equal(in.body[0], 3);
    assert_memory_equal(in.body + 1, sql, n);
    free(sql);
    close_bench(&in);
    script_end(&out.s);
}

static void commands_are_compressed(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 8, 49, 1000, 300000, 17 << 20, 34 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        commands_round_trip(MYSQL_COMPRESS_ZLIB, sizes[i]);
        commands_round_trip(MYSQL_COMPRESS_ZSTD, sizes[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zlib_packets),
        cmocka_unit_test(zstd_packets),
        cmocka_unit_test(lies_in_headers_are_noticed),
        cmocka_unit_test(commands_are_compressed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
