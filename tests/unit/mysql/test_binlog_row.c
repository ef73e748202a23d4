/* Row images, type by type, into rows of the binary protocol; definitions that do not fit; images that end early. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "binlog_bytes.h"
#include "mysql/binlog_row.h"

struct bench {
    struct arena a;
    struct charsets *charsets;
    struct binlog_plan *plan;
    struct binlog_rows_reader *reader;
    struct binlog_table_map map;
    struct err e;
    bool mariadb;
};

static void begin(struct bench *b) {
    *b = (struct bench){0};
    assert_true(charsets_builtin(&b->charsets, &b->e));
    b->reader = binlog_rows_reader_new(1 << 20);
    assert_non_null(b->reader);
}

static void end(struct bench *b) {
    binlog_rows_reader_free(b->reader);
    charsets_free(b->charsets);
    arena_clear(&b->a);
}

/* Columns named c0, c1, ..; a type may have " = charset" behind it. */
static void plan(struct bench *b, size_t n, const char *const *types, const char *skip) {
    struct binlog_column *columns = arena_array(&b->a, struct binlog_column, n);
    for (size_t i = 0; i < n; i++) {
        char *type = arena_strdup(&b->a, types[i]), *charset = strstr(type, " = ");
        if (charset != NULL) {
            *charset = '\0';
        }
        if (!mytype_parse(&b->a, type, &columns[i].type)) {
            fail_msg("%s", type);
        }
        columns[i].type.charset = charset != NULL ? charset + 3 : NULL;
        columns[i].name = arena_printf(&b->a, "c%zu", i);
        columns[i].wanted = skip == NULL || skip[i] != '-';
    }
    if (!binlog_plan_make(&b->a, columns, n, b->charsets, b->mariadb, &b->plan, &b->e)) {
        fail_msg("%s: %s", b->e.where, b->e.message);
    }
}

static bool bind(struct bench *b, const char *types, const char *metadata) {
    struct bytes *t = arena_new(&b->a, struct bytes), *m = arena_new(&b->a, struct bytes),
                 *whole = arena_new(&b->a, struct bytes);
    bytes_hex(t, types);
    bytes_hex(m, metadata);
    bytes_put(whole, t->data, t->n);
    bytes_put(whole, m->data, m->n);
    b->map = (struct binlog_table_map){.schema = "d",
                                       .schema_len = 1,
                                       .name = "t",
                                       .name_len = 1,
                                       .n = t->n,
                                       .types = t->data,
                                       .metadata = m->data,
                                       .metadata_len = m->n,
                                       .definition = whole->data,
                                       .definition_len = whole->n};
    err_clear(&b->e);
    return binlog_plan_bind(b->plan, &b->map, &b->e);
}

static const uint8_t all[] = {0xff, 0xff, 0xff, 0xff}; /* as many columns as any of these tests has */

/* The one row of an INSERT event with these bytes; false with e. */
static bool read_insert(struct bench *b, const char *hex, struct binlog_change *change) {
    static uint8_t exact[8192];
    struct bytes in = {0};
    bool found;
    bytes_hex(&in, hex);
    /* at the end of its memory, so that the sanitizer sees a byte too far */
    uint8_t *at = exact + sizeof exact - in.n;
    memcpy(at, in.data, in.n);
    struct binlog_rows ev = {.op = BINLOG_ROW_INSERT, .n = b->map.n, .after = all, .rows = at, .rows_len = in.n};
    err_clear(&b->e);
    return binlog_rows_begin(b->reader, b->plan, &ev, &b->e) && binlog_rows_next(b->reader, change, &found, &b->e) &&
           found;
}

static void assert_bytes(const struct binlog_row *row, const char *hex) {
    struct bytes want = {0};
    bytes_hex(&want, hex);
    if (row->len != want.n || memcmp(row->bytes, want.data, want.n) != 0) {
        char text[512] = "";
        for (size_t i = 0; i < row->len && i < 200; i++) {
            sprintf(text + 2 * i, "%02x", row->bytes[i]);
        }
        fail_msg("%s instead of %s", text, hex);
    }
}

/* One column: its image, and the value in the row behind 00 and the NULL bits. */
struct one {
    const char *type, *stored, *metadata, *image, *value;
};

static const struct one values[] = {
    {"tinyint", "01", "", "80", "80"},
    {"smallint", "02", "", "0180", "0180"},
    {"mediumint", "09", "", "ffff7f", "ffff7f00"},
    {"mediumint", "09", "", "000080", "000080ff"},
    {"mediumint unsigned", "09", "", "ffffff", "ffffff00"},
    {"int", "03", "", "01020304", "01020304"},
    {"bigint unsigned", "08", "", "ffffffffffffffff", "ffffffffffffffff"},
    {"float", "04", "04", "0000c03f", "0000c03f"},
    {"double", "05", "08", "000000000000f83f", "000000000000f83f"},
    {"decimal(5,2)", "f6", "0502", "7ffecd", "05 2d312e3530"},
    {"decimal(5,2) unsigned zerofill", "f6", "0502", "800132", "06 3030312e3530"},
    {"bit(9)", "10", "0101", "0101", "02 0101"},
    {"bit(64)", "10", "0008", "0102030405060708", "08 0102030405060708"},
    {"year(4)", "0d", "", "00", "0000"},
    {"year(4)", "0d", "", "ff", "6b08"},
    {"date", "0a", "", "5dd00f", "04 e807 02 1d"},
    {"date", "0e", "", "000000", "00"},
    {"time", "13", "00", "800000", "00"},
    {"time", "13", "00", "b46efb", "08 00 22000000 16 3b 3b"},
    {"time(6)", "13", "06", "7fffff fffffe", "0c 01 00000000 00 00 00 02000000"},
    {"time(2)", "13", "02", "7ffffe ce", "0c 01 00000000 00 00 01 20a10700"},
    {"time(3)", "13", "03", "800001 1388", "0c 00 00000000 00 00 01 20a10700"},
    {"time", "0b", "", "40e201", "08 00 00000000 0c 22 38"},
    {"time", "0b", "", "ffffff", "08 01 00000000 00 00 01"},
    {"datetime", "12", "00", "8000000000", "00"},
    {"datetime", "12", "00", "99b2ba0000", "04 e807 02 1d"},
    {"datetime", "12", "00", "99b2bb7efb", "07 e807 02 1d 17 3b 3b"},
    {"datetime(3)", "12", "03", "99b2ba0000 26ac", "0b e807 02 1d 00 00 00 301b0f00"},
    {"datetime", "0c", "", "f77cac8b68120000", "07 e807 02 1d 17 3b 3b"},
    {"timestamp", "11", "00", "00000000", "00"},
    {"timestamp", "11", "00", "7fffffff", "07 f607 01 13 03 0e 07"},
    {"timestamp", "11", "00", "65dfc800", "07 e807 02 1c 17 37 2c"},
    {"timestamp(6)", "11", "06", "00000001 00000a", "0b b207 01 01 00 00 01 0a000000"},
    {"timestamp", "07", "", "ffffff7f", "07 f607 01 13 03 0e 07"},
    {"char(3) = ascii", "fe", "fe03", "02 6162", "02 6162"},
    {"char(100) = utf8mb4", "fe", "ee90", "0300 616263", "03 616263"},
    {"char(2) = ucs2", "fe", "fe04", "02 4e2d", "03 e4b8ad"},
    {"varchar(10) = utf8mb4", "0f", "2800", "03 616263", "03 616263"},
    {"varchar(100) = utf8mb4", "0f", "9001", "0300 616263", "03 616263"},
    {"varchar(10) = utf16", "0f", "2800", "04 d83dde00", "04 f09f9880"},
    {"varchar(10) = utf8mb3", "0f", "1e00", "02 c3ff", "02 3f3f"},
    {"binary(4)", "fe", "fe04", "02 00ff", "04 00ff0000"},
    {"varbinary(4)", "0f", "0400", "02 00ff", "02 00ff"},
    {"tinytext = utf8mb4", "fc", "01", "01 61", "01 61"},
    {"text = ascii", "fc", "02", "0200 61ff", "02 613f"},
    {"mediumblob", "fc", "03", "010000 00", "01 00"},
    {"longblob", "fc", "04", "01000000 00", "01 00"},
    {"enum('a','bc')", "fe", "f701", "02", "02 6263"},
    {"enum('a','bc')", "fe", "f701", "00", "00"},
    {"set('a','bc','d')", "fe", "f801", "05", "03 612c64"},
    {"set('a','bc','d')", "fe", "f801", "00", "00"},
    {"json", "f5", "04", "05000000 0200000400", "02 5b5d"},
    {"json", "f5", "04", "00000000", "04 6e756c6c"},
    {"point", "ff", "04", "02000000 0102", "02 0102"},
    {"vector(1)", "f2", "04", "04000000 0000803f", "04 0000803f"},
};

static void every_type(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const struct one *v = &values[i];
        struct bench b;
        struct binlog_change change;
        char image[256], row[256];
        begin(&b);
        plan(&b, 1, &v->type, NULL);
        if (!bind(&b, v->stored, v->metadata)) {
            fail_msg("%s: %s: %s", v->type, b.e.message, b.e.cause);
        }
        snprintf(image, sizeof image, "00 %s", v->image);
        snprintf(row, sizeof row, "00 00 %s", v->value);
        if (!read_insert(&b, image, &change)) {
            fail_msg("%s: %s", v->type, b.e.message);
        }
        assert_bytes(&change.after, row);
        assert_true(change.after.whole && !change.after.history);
        assert_null(change.before.bytes);
        /* NULL, and every shorter image */
        assert_true(read_insert(&b, "01", &change));
        assert_bytes(&change.after, "00 04");
        struct bytes whole = {0};
        bytes_hex(&whole, image);
        for (size_t n = 1; n < whole.n; n++) {
            uint8_t *exact = malloc(n);
            bool found;
            memcpy(exact, whole.data, n);
            struct binlog_rows ev = {.op = BINLOG_ROW_INSERT, .n = 1, .after = all, .rows = exact, .rows_len = n};
            err_clear(&b.e);
            assert_true(binlog_rows_begin(b.reader, b.plan, &ev, &b.e));
            assert_false(binlog_rows_next(b.reader, &change, &found, &b.e));
            assert_int_equal(b.e.code, ERR_SOURCE_BINLOG);
            free(exact);
        }
        end(&b);
    }
}

static void types_of_mariadb(void **state) {
    (void)state;
    static const struct one cases[] = {
        {"uuid", "fe", "fe10", "0e 123e4567e89b12d3a45642665544",
         "24 31323365343536372d653839622d313264332d613435362d343236363535343430303030"},
        {"inet4", "fe", "fe04", "03 c0a801", "0b 3139322e3136382e312e30"},
        {"inet6", "fe", "fe10", "00", "02 3a3a"},
        {"inet6", "fe", "fe10", "10 20010db80000000000000000000100ff", "0e 323030313a6462383a3a313a6666"},
        {"varchar(10) = utf8mb4", "8d", "2900", "00", "00"},
        {"varchar(10) = utf8mb4", "8d", "2900", "03 00 6162", "02 6162"},
        {"varchar(1000) = ascii", "8d", "e903", "0a00 8a 012c 4b4c1c05c40200", NULL}, /* 300 times a */
        {"blob", "8c", "02", "0a00 8a 0003 4b4c1c05c40200", NULL},                    /* not as many */
        {"time(2)", "0b", "", "1231db71", NULL},
        {"datetime(6)", "0c", "", "0000000000000000", "00"},
        {"timestamp(3)", "07", "", "00000001 01f4", "0b b207 01 01 00 00 01 20a10700"},
        {"timestamp(3)", "07", "", "00000001 03e8", NULL}, /* a thousand milliseconds */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct one *v = &cases[i];
        struct bench b;
        struct binlog_change change;
        char image[256], row[256];
        begin(&b);
        b.mariadb = true;
        plan(&b, 1, &v->type, NULL);
        if (!bind(&b, v->stored, v->metadata)) {
            fail_msg("%s: %s: %s", v->type, b.e.message, b.e.cause);
        }
        snprintf(image, sizeof image, "00 %s", v->image);
        bool ok = read_insert(&b, image, &change);
        if (v->value != NULL) {
            assert_true(ok);
            snprintf(row, sizeof row, "00 00 %s", v->value);
            assert_bytes(&change.after, row);
        } else if (i == 6) {
            assert_true(ok);
            assert_int_equal(change.after.len, 2 + 3 + 300);
            assert_int_equal(change.after.bytes[2], 0xfc);
        } else if (i != 8) {
            assert_false(ok);
        }
        end(&b);
    }
}

static void long_strings_get_long_lengths(void **state) {
    (void)state;
    static const struct { size_t n, head; } cases[] = {{250, 1}, {251, 3}, {0xffff, 3}, {0x10000, 4}};
    for (size_t i = 0; i < 4; i++) {
        struct bench b;
        const char *type = "longtext = ascii";
        struct binlog_change change;
        bool found;
        size_t n = cases[i].n;
        uint8_t *image = malloc(5 + n);
        begin(&b);
        plan(&b, 1, &type, NULL);
        assert_true(bind(&b, "fc", "04"));
        memset(image, 'x', 5 + n);
        memcpy(image, (uint8_t[]){0, (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), 0}, 5);
        struct binlog_rows ev = {.op = BINLOG_ROW_INSERT, .n = 1, .after = all, .rows = image, .rows_len = 5 + n};
        assert_true(binlog_rows_begin(b.reader, b.plan, &ev, &b.e));
        assert_true(binlog_rows_next(b.reader, &change, &found, &b.e) && found);
        assert_int_equal(change.after.len, 2 + cases[i].head + n);
        assert_int_equal(change.after.bytes[change.after.len - 1], 'x');
        end(&b);
        free(image);
    }
}

static void values_that_no_column_holds_are_refused(void **state) {
    (void)state;
    static const struct one bad[] = {
        {"enum('a','bc')", "fe", "f701", "03", NULL}, {"set('a','bc','d')", "fe", "f801", "08", NULL},
        {"decimal(3,0)", "f6", "0300", "8400", NULL}, {"datetime", "12", "00", "99b2bbffff", NULL},
        {"datetime", "12", "00", "0000000000", NULL}, {"time", "13", "00", "ffffff", NULL},
        {"date", "0a", "", "ff010f", NULL},           {"datetime", "0c", "", "ffffffffffffffff", NULL},
        {"json", "f5", "04", "02000000 0200", NULL},  {"bit(9)", "10", "0101", "0200", NULL},
        {"date", "0a", "", "5dd080", NULL},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct bench b;
        struct binlog_change change;
        char image[64];
        begin(&b);
        plan(&b, 1, &bad[i].type, NULL);
        assert_true(bind(&b, bad[i].stored, bad[i].metadata));
        snprintf(image, sizeof image, "00 %s", bad[i].image);
        if (read_insert(&b, image, &change)) {
            fail_msg("%s: %s was taken", bad[i].type, bad[i].image);
        }
        assert_int_equal(b.e.code, ERR_SOURCE_BINLOG);
        assert_string_equal(b.e.where, "column c0");
        end(&b);
    }
}

/* ---- rows of several columns ---- */

static const char *const three[] = {"int", "varchar(10) = utf8mb4", "int"};
#define THREE "03 0f 03", "2800"

static void columns_nobody_wants_are_passed_over(void **state) {
    (void)state;
    struct bench b;
    struct binlog_change change;
    size_t n;
    begin(&b);
    plan(&b, 3, three, "+-+");
    assert_true(bind(&b, THREE));
    (void)binlog_plan_columns(b.plan, &n);
    assert_int_equal(n, 2);
    assert_true(read_insert(&b, "00 01000000 03616263 02000000", &change));
    assert_bytes(&change.after, "00 00 01000000 02000000");
    assert_true(read_insert(&b, "02 01000000 02000000", &change));
    assert_bytes(&change.after, "00 00 01000000 02000000");
    assert_true(read_insert(&b, "06 01000000", &change));
    assert_bytes(&change.after, "00 08 01000000");
    end(&b);
}

static void both_images_of_an_update_and_what_they_lack(void **state) {
    (void)state;
    static const uint8_t key[] = {0x01}, text[] = {0x02};
    struct bench b;
    struct binlog_change change;
    struct bytes in = {0};
    bool found;
    begin(&b);
    plan(&b, 3, three, NULL);
    assert_true(bind(&b, THREE));
    bytes_hex(&in, "00 01000000 00 0161  00 02000000 01");
    struct binlog_rows ev = {
        .op = BINLOG_ROW_UPDATE, .n = 3, .before = key, .after = text, .rows = in.data, .rows_len = in.n};
    assert_true(binlog_rows_begin(b.reader, b.plan, &ev, &b.e));
    assert_true(binlog_rows_next(b.reader, &change, &found, &b.e) && found);
    assert_int_equal(change.op, BINLOG_ROW_UPDATE);
    assert_bytes(&change.before, "00 18 01000000");
    assert_int_equal(change.before.present[0] & 7, 1);
    assert_false(change.before.whole || change.after.whole);
    assert_bytes(&change.after, "00 14 0161");
    assert_int_equal(change.after.present[0] & 7, 2);
    assert_true(binlog_rows_next(b.reader, &change, &found, &b.e) && found);
    assert_bytes(&change.before, "00 18 02000000");
    assert_bytes(&change.after, "00 1c"); /* NULL, and there */
    assert_int_equal(change.after.present[0] & 7, 2);
    assert_true(binlog_rows_next(b.reader, &change, &found, &b.e) && !found);
    end(&b);
}

static void changes_of_documents_need_the_document(void **state) {
    (void)state;
    static const char *const types[] = {"int", "json"};
    static const uint8_t both[] = {0x03}, key[] = {0x01};
    struct bench b;
    struct binlog_change change;
    struct bytes whole = {0}, minimal = {0};
    bool found;
    begin(&b);
    plan(&b, 2, types, NULL);
    assert_true(bind(&b, "03 f5", "04"));
    /* before: 1, [1]; options 1, partial bits 1; after: 1, replace $[0] by 7 */
    bytes_hex(&whole, "00 01000000 08000000 0201000700050100  01 01 00 01000000 0a000000 0004245b305d03050700");
    struct binlog_rows ev = {.op = BINLOG_ROW_UPDATE,
                             .partial_json = true,
                             .n = 2,
                             .before = both,
                             .after = both,
                             .rows = whole.data,
                             .rows_len = whole.n};
    assert_true(binlog_rows_begin(b.reader, b.plan, &ev, &b.e));
    if (!binlog_rows_next(b.reader, &change, &found, &b.e)) {
        fail_msg("%s %s", b.e.where, b.e.message);
    }
    assert_bytes(&change.before, "00 00 01000000 035b315d");
    assert_bytes(&change.after, "00 00 01000000 035b375d");
    bytes_hex(&minimal, "00 01000000  01 01 00 01000000 0a000000 0004245b305d03050700");
    ev.before = key;
    ev.rows = minimal.data;
    ev.rows_len = minimal.n;
    assert_true(binlog_rows_begin(b.reader, b.plan, &ev, &b.e));
    assert_false(binlog_rows_next(b.reader, &change, &found, &b.e));
    assert_int_equal(b.e.code, ERR_SOURCE_IMAGE);
    end(&b);
}

static void history_of_versioned_tables_is_no_row(void **state) {
    (void)state;
    static const char *const types[] = {"int"};
#define NOW "6b0b984a 016021"
#define EVER "7fffffff 0f423f"
    struct bench b;
    struct binlog_change change;
    struct bytes in = {0}, out = {0};
    bool found;
    begin(&b);
    b.mariadb = true;
    plan(&b, 1, types, NULL);
    assert_true(bind(&b, "03 11 11", "06 06"));
    bytes_hex(&in, "f8 01000000" NOW EVER "f8 02000000" NOW NOW "f8 03000000" NOW EVER);
    struct binlog_rows ev = {.op = BINLOG_ROW_INSERT, .n = 3, .after = all, .rows = in.data, .rows_len = in.n};
    assert_true(binlog_rows_begin(b.reader, b.plan, &ev, &b.e));
    assert_true(binlog_rows_next(b.reader, &change, &found, &b.e) && found);
    assert_bytes(&change.after, "00 00 01000000");
    assert_true(binlog_rows_next(b.reader, &change, &found, &b.e) && found);
    assert_bytes(&change.after, "00 00 03000000");
    assert_true(binlog_rows_next(b.reader, &change, &found, &b.e) && !found);
    bytes_hex(&out, "f8 01000000" NOW EVER "f8 01000000" NOW NOW "f8 03000000" NOW EVER "f8 04000000" NOW EVER);
    ev = (struct binlog_rows){
        .op = BINLOG_ROW_UPDATE, .n = 3, .before = all, .after = all, .rows = out.data, .rows_len = out.n};
    assert_true(binlog_rows_begin(b.reader, b.plan, &ev, &b.e));
    assert_true(binlog_rows_next(b.reader, &change, &found, &b.e) && found);
    assert_int_equal(change.op, BINLOG_ROW_DELETE);
    assert_bytes(&change.before, "00 00 01000000");
    assert_null(change.after.bytes);
    assert_true(binlog_rows_next(b.reader, &change, &found, &b.e) && found);
    assert_int_equal(change.op, BINLOG_ROW_UPDATE);
    end(&b);
}

/* ---- definitions ---- */

static void other_definitions_are_noticed(void **state) {
    (void)state;
    static const struct {
        const char *type, *stored, *metadata;
    } cases[] = {
        {"int", "08", ""},
        {"int", "01", ""},
        {"decimal(5,2)", "f6", "0602"},
        {"decimal(5,2)", "f6", "0501"},
        {"varchar(10) = utf8mb4", "0f", "2c00"},
        {"varchar(10) = utf8mb4", "fc", "02"},
        {"char(3) = ascii", "fe", "fe04"},
        {"char(3) = ascii", "fe", "f703"},
        {"text = utf8mb4", "fc", "03"},
        {"enum('a','b')", "fe", "f702"},
        {"set('a','b')", "fe", "f802"},
        {"datetime(3)", "12", "06"},
        {"bit(9)", "10", "0201"},
        {"json", "fc", "04"},
        {"year(4)", "02", ""},
        {"int", "03 03", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench b;
        begin(&b);
        plan(&b, 1, &cases[i].type, NULL);
        if (bind(&b, cases[i].stored, cases[i].metadata)) {
            fail_msg("%s was taken for %s", cases[i].stored, cases[i].type);
        }
        assert_int_equal(b.e.code, ERR_SOURCE_DEFINITION);
        assert_true(strstr(b.e.where, "table d.t") != NULL);
        end(&b);
    }
}

static void a_binding_is_kept_until_the_definition_changes(void **state) {
    (void)state;
    struct bench b;
    struct binlog_change change;
    begin(&b);
    plan(&b, 3, three, NULL);
    assert_true(bind(&b, THREE) && bind(&b, THREE));
    assert_false(bind(&b, "03 0f 08", "2800"));
    assert_true(bind(&b, THREE));
    assert_true(read_insert(&b, "00 01000000 03616263 02000000", &change));
    assert_bytes(&change.after, "00 00 01000000 03616263 02000000");
    assert_false(bind(&b, "03 0f 4d", "2800"));
    assert_int_equal(b.e.code, ERR_SOURCE_BINLOG); /* no such type */
    end(&b);
}

static void optional_metadata_is_compared(void **state) {
    (void)state;
    static const char *const types[] = {"int unsigned", "year(4)", "int", "varchar(10) = utf8mb4", "text = ascii"};
    static const struct {
        const char *optional, *where;
    } cases[] = {
        {"01 01 c0", NULL}, /* YEAR counted */
        {"01 01 80", NULL}, /* and not */
        {"01 01 00", "column c0"},
        {"01 01 e0", "column c2"},
        {"02 05 fcff00 01 0b", NULL},
        {"02 01 0b", "column c3"},
        {"02 03 fcff00", "column c4"},
        {"03 04 fcff00 0b", NULL},
        {"03 02 0b 0b", "column c3"},
        {"03 02 fb 0b", NULL}, /* not to be read: not told */
        {"04 0f 026330 026331 024332 026333 026334", NULL},
        {"04 0f 026330 026331 027832 026333 026334", "column c2"},
        {"04 02 0263", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench b;
        struct bytes optional = {0}, definition = {0};
        begin(&b);
        plan(&b, 5, types, NULL);
        assert_true(bind(&b, "03 0d 03 0f fc", "2800 02"));
        bytes_hex(&optional, cases[i].optional);
        bytes_hex(&definition, cases[i].optional);
        b.map.optional = optional.data;
        b.map.optional_len = optional.n;
        b.map.definition = definition.data;
        b.map.definition_len = definition.n;
        bool ok = binlog_plan_bind(b.plan, &b.map, &b.e);
        if (ok != (cases[i].where == NULL)) {
            fail_msg("%s: %s %s", cases[i].optional, b.e.where, b.e.cause);
        }
        if (!ok) {
            assert_int_equal(b.e.code, ERR_SOURCE_DEFINITION);
            assert_non_null(strstr(b.e.where, cases[i].where));
        }
        end(&b);
    }
}

static void unknown_character_sets_are_refused(void **state) {
    (void)state;
    struct bench b;
    struct binlog_column column = {.name = "c", .wanted = true};
    begin(&b);
    assert_true(mytype_parse(&b.a, "varchar(3)", &column.type));
    column.type.charset = "klingon";
    assert_false(binlog_plan_make(&b.a, &column, 1, b.charsets, false, &b.plan, &b.e));
    assert_int_equal(b.e.code, ERR_SOURCE_SCHEMA);
    assert_string_equal(b.e.where, "column c");
    end(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type),
        cmocka_unit_test(types_of_mariadb),
        cmocka_unit_test(long_strings_get_long_lengths),
        cmocka_unit_test(values_that_no_column_holds_are_refused),
        cmocka_unit_test(columns_nobody_wants_are_passed_over),
        cmocka_unit_test(both_images_of_an_update_and_what_they_lack),
        cmocka_unit_test(changes_of_documents_need_the_document),
        cmocka_unit_test(history_of_versioned_tables_is_no_row),
        cmocka_unit_test(other_definitions_are_noticed),
        cmocka_unit_test(a_binding_is_kept_until_the_definition_changes),
        cmocka_unit_test(optional_metadata_is_compared),
        cmocka_unit_test(unknown_character_sets_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
