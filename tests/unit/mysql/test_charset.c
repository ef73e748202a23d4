/* Text of other character sets as UTF-8, with tables made by hand; and the tables' way into a file and back. What a real server's
 * sets mean, code by code, is tested with a server: tests/scenarios/test_binlog_rows.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "mysql/charset_internal.h"

static struct charsets *builtin(void) {
    struct charsets *s;
    struct err e = ERR_INIT;
    assert_true(charsets_builtin(&s, &e));
    return s;
}

static void assert_converts(const struct charset *cs, const char *from, size_t n, const char *want) {
    struct buf out;
    struct err e = ERR_INIT;
    uint8_t *exact = malloc(n > 0 ? n : 1);
    memcpy(exact, from, n);
    buf_init(&out, 1 << 16);
    assert_non_null(cs);
    assert_true(charset_convert(cs, exact, n, &out, &e) && buf_terminate(&out, &e));
    if (out.len != strlen(want) || memcmp(out.data, want, out.len) != 0) {
        fail_msg("%s: %s instead of %s", cs->name, (char *)out.data, want);
    }
    buf_clear(&out);
    free(exact);
}
#define CONVERTS(cs, from, want) assert_converts(cs, from, sizeof(from) - 1, want)

static void names_and_collations(void **state) {
    (void)state;
    struct charsets *s = builtin();
    assert_string_equal(charset_named(s, "UTF8MB4")->name, "utf8mb4");
    assert_ptr_equal(charset_named(s, "utf8"), charset_named(s, "utf8mb3"));
    assert_ptr_equal(charset_of_collation(s, 255), charset_named(s, "utf8mb4"));
    assert_ptr_equal(charset_of_collation(s, 63), charset_named(s, "binary"));
    assert_null(charset_named(s, "latin1"));
    assert_null(charset_of_collation(s, 8));
    assert_null(charset_of_collation(s, 1 << 20));
    charsets_free(s);
    charsets_free(NULL);
}

static void unicode(void **state) {
    (void)state;
    struct charsets *s = builtin();
    CONVERTS(charset_named(s, "utf8mb4"), "a\xf0\x9f\x98\x80\xff", "a\xf0\x9f\x98\x80\xff");
    CONVERTS(charset_named(s, "utf8mb3"), "plain ASCII, and a long one", "plain ASCII, and a long one");
    CONVERTS(charset_named(s, "utf8mb3"), "\xc3\xa9\xff\xe4\xb8\xad\xc3", "\xc3\xa9?\xe4\xb8\xad?");
    CONVERTS(charset_named(s, "ascii"), "a\x80\xffz", "a??z");
    CONVERTS(charset_named(s, "ucs2"), "\x00\x41\x4e\x2d\x00", "A\xe4\xb8\xad?");
    CONVERTS(charset_named(s, "ucs2"), "\xd8\x3d", "\xed\xa0\xbd");
    CONVERTS(charset_named(s, "utf16"), "\xd8\x3d\xde\x00\x00\x41",
             "\xf0\x9f\x98\x80"
             "A");
    CONVERTS(charset_named(s, "utf16"), "\xd8\x3d\x00\x41", "?A");
    CONVERTS(charset_named(s, "utf16"), "\xde\x00\xd8\x3d", "??");
    CONVERTS(charset_named(s, "utf16le"), "\x3d\xd8\x00\xde\x41\x00",
             "\xf0\x9f\x98\x80"
             "A");
    CONVERTS(charset_named(s, "utf32"), "\x00\x01\xf6\x00\x00\x11\x00\x00\x00\x00\x07\xff\x01",
             "\xf0\x9f\x98\x80?\xdf\xbf?");
    CONVERTS(charset_named(s, "ascii"), "", "");
    charsets_free(s);
}

/* A little of gbk, ujis and gb18030. */
static struct charsets *made(void) {
    struct charsets *s = charsets_new();
    struct err e = ERR_INIT;
    const struct {
        const char *name;
        unsigned bytes;
    } sets[] = {{"gbk", 2}, {"ujis", 3}, {"gb18030", 4}, {"swe7", 1}};
    for (size_t i = 0; i < 4; i++) {
        struct charset *cs = charsets_add(s, sets[i].name, sets[i].bytes, &e);
        assert_non_null(cs);
        for (uint32_t b = 0; b < 0x80; b++) {
            cs->one[b] = b;
        }
    }
    s->items[0].two[(0xd6 - 0x80) * 256 + 0xd0] = 0x4e2d;
    s->items[0].two[(0xa1 - 0x80) * 256 + 0x41] = '?';
    s->items[1].one[0x8e] = CHARSET_NONE;
    s->items[1].two[(0x8e - 0x80) * 256 + 0xb1] = 0xff71;
    s->items[1].more[(0xb0 - 0x80) * 128 + (0xa1 - 0x80)] = 0x4e02;
    s->items[2].two[(0xd6 - 0x80) * 256 + 0xd0] = 0x4e2d;
    s->items[2].more[0] = 0x80;
    s->items[3].one['@'] = 0xc9;
    for (size_t i = 0; i < 4; i++) {
        assert_true(charset_finish(&s->items[i], &e));
    }
    s->of_collation[28] = 1;
    s->of_collation[248] = 3;
    return s;
}

static void tables(void **state) {
    (void)state;
    struct charsets *s = made();
    const struct charset *gbk = &s->items[0], *ujis = &s->items[1], *gb = &s->items[2], *swe7 = &s->items[3];
    assert_true(gbk->ascii && !swe7->ascii);
    CONVERTS(gbk, "a\xd6\xd0z", "a\xe4\xb8\xadz");
    CONVERTS(gbk, "\xa1\x41\x41", "?A");  /* a character without a meaning is two bytes */
    CONVERTS(gbk, "\xa2\x41\xd6", "?A?"); /* what is no character is one */
    CONVERTS(ujis, "\x8e\xb1", "\xef\xbd\xb1");
    CONVERTS(ujis, "\x8f\xb0\xa1z", "\xe4\xb8\x82z");
    CONVERTS(ujis, "\x8f\xb0\xa2", "???");
    CONVERTS(ujis, "a\x8e", "a"); /* nothing, as the server has it */
    CONVERTS(ujis, "\x8e\x41", "?A");
    CONVERTS(gb, "\x81\x30\x81\x30\xd6\xd0", "\xc2\x80\xe4\xb8\xad");
    CONVERTS(gb, "\x90\x30\x81\x30\xe3\x32\x9a\x35", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
    CONVERTS(gb, "\xe3\x32\x9a\x36\x85\x30\x81\x30\x81\x30\x81", "???0?");
    CONVERTS(swe7, "@A",
             "\xc3\x89"
             "A");
    charsets_free(s);
}

static void saved_and_loaded(void **state) {
    (void)state;
    struct charsets *s = made(), *back;
    struct buf saved, again;
    struct err e = ERR_INIT;
    buf_init(&saved, 16 << 20);
    buf_init(&again, 16 << 20);
    assert_true(charsets_save(s, &saved, &e));
    assert_true(charsets_load(saved.data, saved.len, &back, &e));
    assert_true(charsets_save(back, &again, &e));
    assert_int_equal(saved.len, again.len);
    assert_memory_equal(saved.data, again.data, saved.len);
    CONVERTS(charset_of_collation(back, 28), "\xd6\xd0", "\xe4\xb8\xad");
    charsets_free(back);
    for (size_t n = 0; n < saved.len; n += n < 200 || saved.len - n < 200 ? 1 : 9973) {
        uint8_t *exact = malloc(n > 0 ? n : 1);
        memcpy(exact, saved.data, n);
        err_clear(&e);
        assert_false(charsets_load(exact, n, &back, &e));
        assert_int_equal(e.code, ERR_FILE);
        free(exact);
    }
    saved.data[8] = 0xff; /* more sets than there are */
    assert_false(charsets_load(saved.data, saved.len, &back, &e));
    saved.data[8] = 4;
    saved.data[12 + 32 + 1] ^= 1; /* another form than the name has */
    assert_false(charsets_load(saved.data, saved.len, &back, &e));
    buf_clear(&saved);
    buf_clear(&again);
    charsets_free(s);
}

static void codes_beyond_unicode_are_refused(void **state) {
    (void)state;
    struct charsets *s = made();
    struct err e = ERR_INIT;
    s->items[3].one[0x80] = 0x10000; /* four bytes for one: more than is reserved */
    assert_false(charset_finish(&s->items[3], &e));
    s->items[0].two[5] = 0x110000;
    assert_false(charset_finish(&s->items[0], &e));
    charsets_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_collations),
        cmocka_unit_test(unicode),
        cmocka_unit_test(tables),
        cmocka_unit_test(saved_and_loaded),
        cmocka_unit_test(codes_beyond_unicode_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
