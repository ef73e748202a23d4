/* Framing: packets across buffer and message boundaries, joined packets, limits, order, commands on the way out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mysql/packet.h"
#include "mysql/protocol.h"
#include "script.h"

enum { MAX_BYTES = 64 << 20 };

static uint8_t pattern(size_t i) {
    return (uint8_t)(i * 31 + (i >> 8) * 7 + 1);
}

static uint8_t *pattern_bytes(size_t n) {
    uint8_t *p = malloc(n > 0 ? n : 1);
    for (size_t i = 0; i < n; i++) {
        p[i] = pattern(i);
    }
    return p;
}

static void put_pattern(struct script *s, uint8_t seq, size_t n) {
    uint8_t *p = pattern_bytes(n);
    script_packet(s, seq, p, n);
    free(p);
}

static void assert_pattern(const uint8_t *body, size_t len, size_t want) {
    assert_int_equal(len, want);
    for (size_t i = 0; i < len; i++) {
        if (body[i] != pattern(i)) {
            fail_msg("byte %zu of %zu", i, len);
        }
    }
}

struct bench {
    struct script s;
    struct net_stream *net;
    struct packets p;
    struct err e;
    const uint8_t *body;
    size_t len;
};

static void open_bench(struct bench *b, size_t max) {
    b->net = script_play(&b->s);
    assert_true(packets_init(&b->p, b->net, max, &b->e));
}

static void close_bench(struct bench *b) {
    packets_clear(&b->p);
    net_close(b->net);
    script_end(&b->s);
}

static bool next(struct bench *b) {
    return packets_read(&b->p, &b->body, &b->len, &b->e);
}

/* A message that does not fit the reader's room loses its tail, so only small packets go in chunks. */
static void sizes_in_chunks(size_t chunk) {
    static const size_t sizes[] = {0,
                                   1,
                                   3,
                                   250,
                                   65535,
                                   5,
                                   PACKET_BUFFER_BYTES - 5,
                                   PACKET_BUFFER_BYTES - 4,
                                   PACKET_BUFFER_BYTES - 3,
                                   PACKET_BUFFER_BYTES,
                                   0,
                                   300000,
                                   7};
    struct bench b = {0};
    script_init(&b.s);
    b.s.chunk = chunk;
    uint8_t seq = 0;
    size_t n = chunk > 0 ? 6 : sizeof sizes / sizeof sizes[0];
    for (size_t i = 0; i < n; i++) {
        put_pattern(&b.s, seq++, sizes[i]);
    }
    open_bench(&b, MAX_BYTES);
    for (size_t i = 0; i < n; i++) {
        assert_true(next(&b));
        assert_pattern(b.body, b.len, sizes[i]);
    }
    assert_int_equal(b.p.bytes_in, b.s.out.len);
    assert_false(next(&b));
    assert_int_equal(b.e.code, ERR_SOURCE_LOST);
    assert_true(b.e.retryable);
    assert_false(next(&b)); /* and stays so */
    assert_int_equal(b.e.code, ERR_SOURCE_LOST);
    close_bench(&b);
}

static void packets_of_all_sizes_as_a_stream(void **state) {
    (void)state;
    sizes_in_chunks(0);
}

static void packets_arriving_in_odd_pieces(void **state) {
    (void)state;
    sizes_in_chunks(4099);
    sizes_in_chunks(257);
}

static void small_packets_byte_by_byte(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    b.s.chunk = 1;
    for (size_t i = 0; i < 300; i++) { /* the number wraps at 256 */
        put_pattern(&b.s, (uint8_t)i, i % 40);
    }
    open_bench(&b, MAX_BYTES);
    for (size_t i = 0; i < 300; i++) {
        assert_true(next(&b));
        assert_pattern(b.body, b.len, i % 40);
    }
    close_bench(&b);
}

/* Rows that lie whole in the buffer are not copied: they follow each other in memory. */
static void small_packets_are_read_in_place(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    for (size_t i = 0; i < 4; i++) {
        put_pattern(&b.s, (uint8_t)i, 100);
    }
    open_bench(&b, MAX_BYTES);
    assert_true(next(&b));
    const uint8_t *first = b.body;
    assert_true(next(&b));
    assert_ptr_equal(b.body, first + 104);
    close_bench(&b);
}

static void joined(size_t total) {
    struct bench b = {0};
    script_init(&b.s);
    uint8_t *p = pattern_bytes(total);
    uint8_t seq = 9;
    size_t at = 0;
    for (;;) {
        size_t n = total - at < PACKET_MAX_BYTES ? total - at : PACKET_MAX_BYTES;
        script_packet(&b.s, seq++, p + at, n);
        at += n;
        if (n < PACKET_MAX_BYTES) {
            break;
        }
    }
    put_pattern(&b.s, seq, 10);
    free(p);
    open_bench(&b, MAX_BYTES);
    b.p.seq = 9;
    assert_true(next(&b));
    assert_pattern(b.body, b.len, total);
    assert_true(next(&b));
    assert_pattern(b.body, b.len, 10);
    close_bench(&b);
}

static void packets_beyond_16_mb_are_joined(void **state) {
    (void)state;
    joined(PACKET_MAX_BYTES - 1);
    joined(PACKET_MAX_BYTES); /* an empty packet ends it */
    joined(PACKET_MAX_BYTES + 1);
    joined(2 * (size_t)PACKET_MAX_BYTES + 12345);
}

static void large_buffer_is_given_back(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    put_pattern(&b.s, 0, 4 << 20);
    for (size_t i = 1; i < 400; i++) {
        put_pattern(&b.s, (uint8_t)i, 200000);
    }
    open_bench(&b, MAX_BYTES);
    assert_true(next(&b));
    assert_true(b.p.large.cap >= 4 << 20);
    for (size_t i = 1; i < 400; i++) {
        assert_true(next(&b));
        assert_pattern(b.body, b.len, 200000);
    }
    assert_int_equal(b.p.large.cap, 0);
    close_bench(&b);
}

static void a_row_beyond_the_limit_is_refused(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    put_pattern(&b.s, 0, 1000001);
    open_bench(&b, 1000000);
    assert_false(next(&b));
    assert_int_equal(b.e.code, ERR_LIMIT);
    assert_true(b.p.broken);
    close_bench(&b);
}

static void wrong_number_is_nonsense(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    put_pattern(&b.s, 0, 10);
    put_pattern(&b.s, 2, 10);
    open_bench(&b, MAX_BYTES);
    assert_true(next(&b));
    assert_false(next(&b));
    assert_int_equal(b.e.code, ERR_SOURCE_PROTOCOL);
    assert_false(b.e.retryable);
    assert_true(b.p.broken);
    close_bench(&b);
}

static void an_error_may_come_out_of_turn(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    script_text(&b.s, 77, "\xff\xbf\x0f#HY000idle too long");
    open_bench(&b, MAX_BYTES);
    assert_true(next(&b));
    assert_int_equal(b.body[0], PACKET_ERR);
    close_bench(&b);
}

static void cut_off(const void *bytes, size_t n) {
    struct bench b = {0};
    script_init(&b.s);
    script_bytes(&b.s, bytes, n);
    open_bench(&b, MAX_BYTES);
    assert_false(next(&b));
    assert_int_equal(b.e.code, ERR_SOURCE_LOST);
    close_bench(&b);
}

static void end_inside_a_packet_is_a_loss(void **state) {
    (void)state;
    cut_off("", 0);
    cut_off("\x05\x00\x00", 3);
    cut_off("\x05\x00\x00\x00"
            "1234",
            8);
    cut_off("\xfe\xff\xff\x00"
            "1234",
            8);
}

static void silence_is_a_timeout(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    put_pattern(&b.s, 0, 1);
    open_bench(&b, MAX_BYTES);
    assert_true(next(&b));
    int fd[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    struct net_stream *quiet = net_wrap_fd(fd[0]);
    net_set_timeout(quiet, 30);
    b.p.net = quiet;
    while (next(&b)) {
    }
    assert_int_equal(b.e.code, ERR_SOURCE_TIMEOUT);
    assert_true(b.p.broken);
    net_close(quiet);
    close(fd[1]);
    close_bench(&b);
}

static void check_frames(const struct buf *heard, size_t total) {
    size_t at = 0, sum = 0, n;
    uint8_t seq = 0;
    do {
        assert_true(heard->len - at >= 4);
        n = get_le24(heard->data + at);
        assert_int_equal(heard->data[at + 3], seq++);
        at += 4;
        for (size_t i = 0; i < n; i++, sum++) {
            uint8_t want = sum == 0 ? COM_QUERY : pattern(sum - 1);
            if (heard->data[at + i] != want) {
                fail_msg("byte %zu", sum);
            }
        }
        at += n;
    } while (n == PACKET_MAX_BYTES);
    assert_int_equal(sum, total + 1);
    assert_int_equal(at, heard->len);
}

static void commands_are_split(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 100, PACKET_MAX_BYTES - 2, PACKET_MAX_BYTES - 1, PACKET_MAX_BYTES, 40 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct bench b = {0};
        script_init(&b.s);
        open_bench(&b, MAX_BYTES);
        uint8_t *p = pattern_bytes(sizes[i]);
        assert_true(packets_send_command(&b.p, COM_QUERY, p, sizes[i], &b.e));
        free(p);
        packets_clear(&b.p);
        net_close(b.net);
        pthread_join(b.s.thread, NULL);
        check_frames(&b.s.heard, sizes[i]);
        close(b.s.fd);
        b.s.fd = -1;
        script_end(&b.s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_of_all_sizes_as_a_stream),
        cmocka_unit_test(packets_arriving_in_odd_pieces),
        cmocka_unit_test(small_packets_byte_by_byte),
        cmocka_unit_test(small_packets_are_read_in_place),
        cmocka_unit_test(packets_beyond_16_mb_are_joined),
        cmocka_unit_test(large_buffer_is_given_back),
        cmocka_unit_test(a_row_beyond_the_limit_is_refused),
        cmocka_unit_test(wrong_number_is_nonsense),
        cmocka_unit_test(an_error_may_come_out_of_turn),
        cmocka_unit_test(end_inside_a_packet_is_a_loss),
        cmocka_unit_test(silence_is_a_timeout),
        cmocka_unit_test(commands_are_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
