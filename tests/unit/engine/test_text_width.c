/* engine/text_width: columns of wide, combining and broken text; nothing of a name reaches the terminal as a command. */
#include "engine/text_width.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

static void width_counts_columns(void **state) {
    (void)state;
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("orders"), 6);
    assert_int_equal(text_width("订单"), 4);
    assert_int_equal(text_width("ｆ"), 2); /* full width */
    assert_int_equal(text_width("ｱ"), 1);  /* half width */
    assert_int_equal(text_width("한글"), 4);
    assert_int_equal(text_width("e\xcc\x81"), 1); /* e and a combining acute */
    assert_int_equal(text_width("über"), 4);
    assert_int_equal(text_width("😀"), 2);
    assert_int_equal(text_width("\xf0\xa0\x80\x80"), 2); /* U+20000 */
    assert_int_equal(text_width("a\xff"
                                "b"),
                     3);
}

static void fit_cuts_at_characters_and_marks_it(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    assert_string_equal(text_fit(&a, "orders", 6), "orders");
    assert_string_equal(text_fit(&a, "orders", 5), "orde~");
    assert_string_equal(text_fit(&a, "orders", 1), "~");
    assert_string_equal(text_fit(&a, "orders", 0), "");
    assert_string_equal(text_fit(&a, "订单明细", 8), "订单明细");
    assert_string_equal(text_fit(&a, "订单明细", 7), "订单明~");
    assert_string_equal(text_fit(&a, "订单明细", 6), "订单~"); /* half a character does not fit */
    assert_string_equal(text_pad(&a, "订单明细", 6), "订单~ ");
    assert_string_equal(text_pad(&a, "订单", 6), "订单  ");
    assert_string_equal(text_pad(&a, "", 3), "   ");
    for (size_t columns = 0; columns < 12; columns++) {
        assert_true(text_width(text_fit(&a, "a订b单c明d", columns)) <= columns);
        assert_int_equal(text_width(text_pad(&a, "a订b单c明d", columns)), columns);
    }
    arena_clear(&a);
}

static void a_name_cannot_command_the_terminal(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    assert_string_equal(text_fit(&a, "a\033[2Jb\r\nc\x7f", 40), "a?[2Jb??c?");
    assert_string_equal(text_fit(&a,
                                 "\xc2\x9b"
                                 "31m",
                                 40),
                        "?31m"); /* C1: another ESC [ */
    assert_string_equal(text_fit(&a,
                                 "x\xe2\x80\xae"
                                 "y",
                                 40),
                        "x?y");                                   /* right-to-left override */
    assert_string_equal(text_fit(&a, "\xe4\xb8", 40), "??");      /* cut */
    assert_string_equal(text_fit(&a, "\xed\xa0\x80", 40), "???"); /* surrogate */
    assert_string_equal(text_fit(&a, "\xc0\x9b", 40), "??");      /* overlong ESC */
    char every[256];
    for (size_t i = 1; i < 256; i++) {
        every[i - 1] = (char)i;
    }
    every[255] = '\0';
    char *shown = text_fit(&a, every, 1000);
    assert_true(str_utf8_valid(shown, strlen(shown)));
    for (char *p = shown; *p != '\0'; p++) {
        assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
    }
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(width_counts_columns),
        cmocka_unit_test(fit_cuts_at_characters_and_marks_it),
        cmocka_unit_test(a_name_cannot_command_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
