/* base/buf: the maximum holds to the byte, contents survive growth, integers have their byte order. */
#include "base/buf.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static void contents_survive_growth(void **state) {
    (void)state;
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 10000; i++) {
        uint8_t bytes[3] = {(uint8_t)i, (uint8_t)(i >> 8), 0xaa};
        assert_true(buf_put(&b, bytes, 3, &e));
    }
    assert_int_equal(b.len, 30000);
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(b.data[i * 3], (uint8_t)i);
        assert_int_equal(b.data[i * 3 + 1], (uint8_t)(i >> 8));
    }
    buf_clear(&b);
    assert_null(b.data);
}

static void the_maximum_holds_to_the_byte(void **state) {
    (void)state;
    struct buf b;
    struct err e = ERR_INIT;
    uint8_t byte = 1;
    buf_init(&b, 1000); /* not a power of two */
    for (int i = 0; i < 1000; i++) {
        assert_true(buf_put(&b, &byte, 1, &e));
    }
    assert_false(buf_put(&b, &byte, 1, &e));
    assert_int_equal(e.code, ERR_LIMIT);
    assert_non_null(strstr(e.message, "1000"));
    assert_int_equal(b.len, 1000); /* unchanged */
    buf_reset(&b);
    assert_true(buf_put(&b, &byte, 1, &e));
    buf_clear(&b);
}

static void a_wish_near_the_end_of_memory_fails_without_wrapping(void **state) {
    (void)state;
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, SIZE_MAX);
    assert_true(buf_puts(&b, "abc", &e));
    assert_false(buf_reserve(&b, SIZE_MAX - 1, &e)); /* len + more wraps */
    assert_int_equal(e.code, ERR_LIMIT);
    buf_clear(&b);
}

static void printf_appends_and_terminate_does_not_count(void **state) {
    (void)state;
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, 4096);
    assert_true(buf_printf(&b, &e, "%s=%d", "jobs", 8));
    assert_true(buf_puts(&b, ";", &e));
    assert_true(buf_terminate(&b, &e));
    assert_int_equal(b.len, 7);
    assert_string_equal((char *)b.data, "jobs=8;");
    buf_clear(&b);
}

static void printf_stops_at_the_maximum(void **state) {
    (void)state;
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, 8);
    assert_false(buf_printf(&b, &e, "%s", "123456789"));
    assert_int_equal(e.code, ERR_LIMIT);
    assert_int_equal(b.len, 0);
    assert_true(buf_printf(&b, &e, "%s", "1234567")); /* and its NUL */
    buf_clear(&b);
}

static void unchecked_writers_use_network_order(void **state) {
    (void)state;
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, 64);
    assert_true(buf_reserve(&b, 20, &e));
    buf_u8(&b, 0x01);
    buf_be16(&b, 0x0203);
    buf_be32(&b, 0x04050607);
    buf_be64(&b, UINT64_C(0x08090a0b0c0d0e0f));
    buf_bytes(&b, NULL, 0);
    assert_int_equal(b.len, 15);
    for (size_t i = 0; i < b.len; i++) {
        assert_int_equal(b.data[i], i + 1);
    }
    buf_clear(&b);
}

static void readers_have_both_orders_at_any_address(void **state) {
    (void)state;
    const uint8_t p[] = {0xff, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88};
    assert_int_equal(get_be16(p + 1), 0x8182);
    assert_int_equal(get_be32(p + 1), 0x81828384u);
    assert_true(get_be64(p + 1) == UINT64_C(0x8182838485868788));
    assert_int_equal(get_le16(p + 1), 0x8281);
    assert_int_equal(get_le24(p + 1), 0x838281);
    assert_int_equal(get_le32(p + 1), 0x84838281u);
    assert_true(get_le64(p + 1) == UINT64_C(0x8887868584838281));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contents_survive_growth),
        cmocka_unit_test(the_maximum_holds_to_the_byte),
        cmocka_unit_test(a_wish_near_the_end_of_memory_fails_without_wrapping),
        cmocka_unit_test(printf_appends_and_terminate_does_not_count),
        cmocka_unit_test(printf_stops_at_the_maximum),
        cmocka_unit_test(unchecked_writers_use_network_order),
        cmocka_unit_test(readers_have_both_orders_at_any_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
