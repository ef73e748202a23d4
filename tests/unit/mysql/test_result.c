/* Results from a scripted server: rows, ends, errors in their midst, several results, nonsense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mysql/protocol.h"
#include "mysql/session.h"
#include "script.h"

/* name "c", table "t", collation 45, length 10, VARCHAR, no flags */
#define COLUMN                                                                                                         \
    "\x03"                                                                                                             \
    "def"                                                                                                              \
    "\x01"                                                                                                             \
    "d"                                                                                                                \
    "\x01"                                                                                                             \
    "t"                                                                                                                \
    "\x01"                                                                                                             \
    "t"                                                                                                                \
    "\x01"                                                                                                             \
    "c"                                                                                                                \
    "\x01"                                                                                                             \
    "c"                                                                                                                \
    "\x0c"                                                                                                             \
    "\x2d\x00"                                                                                                         \
    "\x0a\x00\x00\x00"                                                                                                 \
    "\xfd"                                                                                                             \
    "\x00\x00"                                                                                                         \
    "\x00"                                                                                                             \
    "\x00\x00"
#define OK "\x00\x00\x00\x02\x00\x00\x00"
#define OK_MORE "\x00\x00\x00\x0a\x00\x00\x00"
#define END "\xfe\x00\x00\x02\x00\x00\x00" /* as an OK packet */
#define END_MORE "\xfe\x00\x00\x0a\x00\x00\x00"
#define EOF_PACKET "\xfe\x00\x00\x02\x00"
#define KILLED "\xff\x25\x05#70100interrupted" /* 1317 */

struct bench {
    struct script s;
    struct mysql_client *c;
    struct arena a;
    struct mysql_columns columns;
    struct err e;
};

static void play(struct bench *b, uint32_t caps) {
    struct mysql_options o = {.host = "test", .max_row_bytes = 1 << 20};
    b->c = session_new(script_play(&b->s), &o);
    assert_non_null(b->c);
    b->c->caps = caps;
}

static void end(struct bench *b) {
    mysql_close(b->c);
    arena_clear(&b->a);
    script_end(&b->s);
}

static void assert_row(struct bench *b, const char *want) {
    const uint8_t *row;
    size_t len;
    if (!mysql_next(b->c, &row, &len, &b->e)) {
        fail_msg("%s: %s", b->e.message, b->e.cause);
    }
    if (want == NULL) {
        assert_null(row);
        return;
    }
    assert_non_null(row);
    assert_int_equal(len, strlen(want));
    assert_memory_equal(row, want, len);
}

static void rows_and_end(void **state) {
    (void)state;
    for (int deprecate_eof = 0; deprecate_eof < 2; deprecate_eof++) {
        struct bench b = {0};
        uint8_t seq = 1;
        script_init(&b.s);
        script_text(&b.s, seq++, "\x01");
        script_text(&b.s, seq++, COLUMN);
        if (!deprecate_eof) {
            script_text(&b.s, seq++, EOF_PACKET);
        }
        script_text(&b.s, seq++, "\x02hi");
        script_text(&b.s, seq++, "\xfb");
        if (deprecate_eof) {
            script_text(&b.s, seq++, END);
        } else {
            script_text(&b.s, seq++, EOF_PACKET);
        }
        script_text(&b.s, 1, OK);
        play(&b, deprecate_eof ? CLIENT_DEPRECATE_EOF : 0);
        assert_true(mysql_query(b.c, &b.a, "SELECT c FROM t", &b.columns, &b.e));
        assert_int_equal(b.columns.n, 1);
        assert_string_equal(b.columns.col[0].name, "c");
        assert_string_equal(b.columns.col[0].table, "t");
        assert_int_equal(b.columns.col[0].type, MYSQL_TYPE_VAR_STRING);
        assert_int_equal(b.columns.col[0].charset, 45);
        assert_int_equal(b.columns.col[0].length, 10);
        assert_row(&b, "\x02hi");
        assert_row(&b, "\xfb");
        assert_row(&b, NULL);
        assert_row(&b, NULL); /* and again */
        assert_true(mysql_exec(b.c, "DO 1", &b.e));
        end(&b);
    }
}

static void a_statement_in_an_open_result_is_refused(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    script_text(&b.s, 1, "\x01");
    script_text(&b.s, 2, COLUMN);
    script_text(&b.s, 3,
                "\x01"
                "1");
    script_text(&b.s, 4, END);
    play(&b, CLIENT_DEPRECATE_EOF);
    assert_true(mysql_query(b.c, &b.a, "SELECT 1", &b.columns, &b.e));
    assert_false(mysql_exec(b.c, "SELECT 2", &b.e));
    assert_int_equal(b.e.code, ERR_INTERNAL);
    assert_true(mysql_usable(b.c));
    assert_row(&b, "\x01"
                   "1");
    assert_row(&b, NULL);
    end(&b);
}

static void error_in_the_midst_of_rows(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    script_text(&b.s, 1, "\x01");
    script_text(&b.s, 2, COLUMN);
    script_text(&b.s, 3,
                "\x01"
                "1");
    script_text(&b.s, 4, KILLED);
    script_text(&b.s, 1, OK);
    play(&b, CLIENT_DEPRECATE_EOF);
    assert_true(mysql_query(b.c, &b.a, "SELECT 1", &b.columns, &b.e));
    assert_row(&b, "\x01"
                   "1");
    const uint8_t *row;
    size_t len;
    assert_false(mysql_next(b.c, &row, &len, &b.e));
    assert_int_equal(b.e.code, ERR_SOURCE_QUERY);
    assert_int_equal(b.e.server_code, 1317);
    assert_string_equal(b.e.sqlstate, "70100");
    assert_true(b.e.retryable);
    assert_true(mysql_usable(b.c));
    assert_true(mysql_exec(b.c, "DO 1", &b.e));
    end(&b);
}

static void shutdown_in_the_midst_of_rows(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    script_text(&b.s, 1, "\x01");
    script_text(&b.s, 2, COLUMN);
    script_text(&b.s, 3, "\xff\x1d\x04#08S01Server shutdown in progress");
    play(&b, CLIENT_DEPRECATE_EOF);
    assert_true(mysql_query(b.c, &b.a, "SELECT 1", &b.columns, &b.e));
    const uint8_t *row;
    size_t len;
    assert_false(mysql_next(b.c, &row, &len, &b.e));
    assert_int_equal(b.e.code, ERR_SOURCE_LOST);
    assert_int_equal(b.e.server_code, 1053);
    assert_false(mysql_usable(b.c));
    assert_false(mysql_exec(b.c, "DO 1", &b.e));
    assert_int_equal(b.e.code, ERR_SOURCE_LOST);
    end(&b);
}

static void put_two_results(struct script *s) {
    uint8_t seq = 1;
    for (int i = 0; i < 2; i++) {
        script_text(s, seq++, "\x01");
        script_text(s, seq++, COLUMN);
        script_text(s, seq++,
                    "\x01"
                    "1");
        script_text(s, seq++, END_MORE);
    }
    script_text(s, seq++, OK);
    script_text(s, 1, OK);
}

static void later_results_are_dropped(void **state) {
    (void)state;
    for (int drain = 0; drain < 3; drain++) {
        struct bench b = {0};
        script_init(&b.s);
        put_two_results(&b.s);
        play(&b, CLIENT_DEPRECATE_EOF);
        if (drain == 2) {
            assert_true(mysql_exec(b.c, "CALL p()", &b.e));
        } else {
            assert_true(mysql_query(b.c, &b.a, "CALL p()", &b.columns, &b.e));
            if (drain == 1) {
                assert_true(mysql_drain(b.c, &b.e));
            } else {
                assert_row(&b, "\x01"
                               "1");
                assert_row(&b, NULL);
            }
        }
        assert_true(mysql_exec(b.c, "DO 1", &b.e));
        end(&b);
    }
}

/* 0xfe begins a cell of 16 MB or more, but also the end of rows. */
static void a_row_that_begins_like_the_end(void **state) {
    (void)state;
    size_t n = PACKET_MAX_BYTES + 100, cell = n - 9;
    uint8_t *row = calloc(1, n);
    row[0] = 0xfe;
    for (size_t i = 0; i < 8; i++) {
        row[1 + i] = (uint8_t)(cell >> 8 * i);
    }
    struct bench b = {0};
    script_init(&b.s);
    script_text(&b.s, 1, "\x01");
    script_text(&b.s, 2, COLUMN);
    script_packet(&b.s, 3, row, PACKET_MAX_BYTES);
    script_packet(&b.s, 4, row + PACKET_MAX_BYTES, 100);
    script_text(&b.s, 5, END);
    struct mysql_options o = {.host = "test"};
    b.c = session_new(script_play(&b.s), &o);
    b.c->caps = CLIENT_DEPRECATE_EOF;
    assert_true(mysql_query(b.c, &b.a, "SELECT c", &b.columns, &b.e));
    const uint8_t *got;
    size_t len;
    assert_true(mysql_next(b.c, &got, &len, &b.e));
    assert_int_equal(len, n);
    assert_memory_equal(got, row, n);
    assert_row(&b, NULL);
    free(row);
    end(&b);
}

static void whole_results(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    script_text(&b.s, 1, "\x02");
    script_text(&b.s, 2, COLUMN);
    script_text(&b.s, 3, COLUMN);
    script_text(&b.s, 4,
                "\x02"
                "ab"
                "\xfb");
    script_text(&b.s, 5,
                "\x00"
                "\x03"
                "x\0y");
    script_text(&b.s, 6, END);
    play(&b, CLIENT_DEPRECATE_EOF);
    struct mysql_rows rows;
    assert_true(mysql_rows(b.c, &b.a, "SELECT c, c", &rows, &b.e));
    assert_int_equal(rows.n, 2);
    assert_string_equal(mysql_cell(&rows, 0, 0), "ab");
    assert_null(mysql_cell(&rows, 0, 1));
    assert_string_equal(mysql_cell(&rows, 1, 0), "");
    assert_int_equal(rows.lens[3], 3);
    assert_memory_equal(mysql_cell(&rows, 1, 1), "x\0y", 4);
    assert_string_equal(mysql_cell_named(&rows, 0, "C"), "ab");
    assert_null(mysql_cell_named(&rows, 0, "d"));
    end(&b);
}

/* One answer that cannot be right: refused as nonsense, and the connection is given up. */
static void assert_nonsense(const void *first, size_t n, const void *second, size_t m) {
    struct bench b = {0};
    script_init(&b.s);
    script_packet(&b.s, 1, first, n);
    if (second != NULL) {
        script_packet(&b.s, 2, second, m);
    }
    play(&b, CLIENT_DEPRECATE_EOF);
    struct mysql_rows rows;
    assert_false(mysql_rows(b.c, &b.a, "SELECT c", &rows, &b.e));
    assert_int_equal(b.e.code, ERR_SOURCE_PROTOCOL);
    assert_false(mysql_usable(b.c));
    end(&b);
}

static void malformed_answers(void **state) {
    (void)state;
    assert_nonsense("", 0, NULL, 0);
    assert_nonsense("\x00", 1, NULL, 0);             /* OK without a status */
    assert_nonsense("\xff\x01", 2, NULL, 0);         /* ERR without a number */
    assert_nonsense("\xfb/etc/passwd", 12, NULL, 0); /* "give me that file" */
    assert_nonsense("\x01\x01", 2, NULL, 0);         /* more than a column count */
    assert_nonsense("\xfd\x00\x00\x01", 4, NULL, 0); /* 65536 columns */
    assert_nonsense("\xfe\x00\x00\x00\x00\x00\x00\x00\x80", 9, NULL, 0);
    assert_nonsense("\x01", 1, COLUMN, 20); /* a definition cut short */
    assert_nonsense("\x01", 1, "\xfd\xff\xff\xff", 4);
}

static void malformed_rows(void **state) {
    (void)state;
    static const struct {
        const char *row;
        size_t n;
    } rows[] = {{"\x05"
                 "ab",
                 3},
                {"\x01"
                 "a"
                 "b",
                 3},
                {"", 0},
                {"\xfc\x10", 2},
                {"\xfe\x01", 2}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench b = {0};
        script_init(&b.s);
        script_text(&b.s, 1, "\x01");
        script_text(&b.s, 2, COLUMN);
        script_packet(&b.s, 3, rows[i].row, rows[i].n);
        play(&b, CLIENT_DEPRECATE_EOF);
        struct mysql_rows whole;
        assert_false(mysql_rows(b.c, &b.a, "SELECT c", &whole, &b.e));
        assert_int_equal(b.e.code, ERR_SOURCE_PROTOCOL);
        end(&b);
    }
}

#define PREPARED(params)                                                                                               \
    "\x00"                                                                                                             \
    "\x04\x03\x02\x01"                                                                                                 \
    "\x01\x00" params "\x00"                                                                                           \
    "\x00"                                                                                                             \
    "\x00\x00"

/* What the client sends, and in which order: the close of a statement travels with the next command. */
static void prepared_statements(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    script_text(&b.s, 1, PREPARED("\x00"));
    script_text(&b.s, 2, COLUMN);
    script_text(&b.s, 1, "\x01");
    script_text(&b.s, 2, COLUMN);
    script_text(&b.s, 3,
                "\x00\x00"
                "\x02"
                "hi");
    script_text(&b.s, 4, END);
    script_text(&b.s, 1, OK);
    play(&b, CLIENT_DEPRECATE_EOF);
    assert_true(mysql_query_binary(b.c, &b.a, "SELECT c", &b.columns, &b.e));
    const uint8_t *row;
    size_t len;
    assert_true(mysql_next(b.c, &row, &len, &b.e));
    assert_int_equal(len, 5);
    assert_true(mysql_next(b.c, &row, &len, &b.e));
    assert_null(row);
    assert_true(mysql_exec(b.c, "DO 1", &b.e));
    mysql_close(b.c);
    pthread_join(b.s.thread, NULL);
    static const char want[] = "\x09\x00\x00\x00\x16SELECT c"
                               "\x0a\x00\x00\x00\x17\x04\x03\x02\x01\x00\x01\x00\x00\x00"
                               "\x05\x00\x00\x00\x19\x04\x03\x02\x01"
                               "\x05\x00\x00\x00\x03"
                               "DO 1"
                               "\x01\x00\x00\x00\x01";
    assert_int_equal(b.s.heard.len, sizeof want - 1);
    assert_memory_equal(b.s.heard.data, want, sizeof want - 1);
    close(b.s.fd);
    b.s.fd = -1;
    arena_clear(&b.a);
    script_end(&b.s);
}

static void binary_rows_begin_with_zero(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    script_text(&b.s, 1, PREPARED("\x00"));
    script_text(&b.s, 2, COLUMN);
    script_text(&b.s, 1, "\x01");
    script_text(&b.s, 2, COLUMN);
    script_text(&b.s, 3,
                "\x02"
                "hi");
    play(&b, CLIENT_DEPRECATE_EOF);
    assert_true(mysql_query_binary(b.c, &b.a, "SELECT c", &b.columns, &b.e));
    const uint8_t *row;
    size_t len;
    assert_false(mysql_next(b.c, &row, &len, &b.e));
    assert_int_equal(b.e.code, ERR_SOURCE_PROTOCOL);
    end(&b);
}

static void bytes_are_counted(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    script_text(&b.s, 1, OK);
    play(&b, CLIENT_DEPRECATE_EOF);
    assert_true(mysql_execf(b.c, &b.e, "DO %d", 1));
    assert_int_equal(mysql_bytes_in(b.c), b.s.out.len);
    end(&b);
}

/* Statements of one text, up to the one that fails; rows among the answers are dropped. */
static void answers_to_several_statements(void **state) {
    (void)state;
    struct bench b = {0};
    uint64_t affected[2] = {99, 99};
    size_t n;
    script_init(&b.s);
    script_text(&b.s, 1, "\x00\x03\x00\x0a\x00\x00\x00");
    script_text(&b.s, 2, "\x01");
    script_text(&b.s, 3, COLUMN);
    script_text(&b.s, 4,
                "\x01"
                "1");
    script_text(&b.s, 5, END_MORE);
    script_text(&b.s, 6, "\x00\xfc\x00\x01\x00\x02\x00\x00\x00");
    script_text(&b.s, 1, OK_MORE);
    script_text(&b.s, 2, KILLED);
    script_text(&b.s, 1, OK);
    play(&b, CLIENT_DEPRECATE_EOF);
    assert_false(mysql_answers(b.c, affected, 2, &n, &b.e)); /* none is due */
    assert_int_equal(b.e.code, ERR_INTERNAL);
    assert_true(mysql_send(b.c, "A;B;C", 5, &b.e));
    assert_false(mysql_exec(b.c, "DO 1", &b.e)); /* first the answers */
    assert_int_equal(b.e.code, ERR_INTERNAL);
    assert_true(mysql_answers(b.c, affected, 2, &n, &b.e));
    assert_int_equal(n, 3);
    assert_int_equal(affected[0], 3);
    assert_int_equal(affected[1], 0);
    assert_true(mysql_send(b.c, "A;B;C", 5, &b.e));
    assert_false(mysql_answers(b.c, affected, 2, &n, &b.e));
    assert_int_equal(n, 1);
    assert_int_equal(b.e.server_code, 1317);
    assert_true(mysql_exec(b.c, "DO 1", &b.e)); /* and the connection goes on */
    end(&b);
}

static void an_option_is_set(void **state) {
    (void)state;
    struct bench b = {0};
    script_init(&b.s);
    script_text(&b.s, 1, EOF_PACKET);
    script_text(&b.s, 1, KILLED);
    script_text(&b.s, 1, "x");
    play(&b, CLIENT_DEPRECATE_EOF);
    assert_true(mysql_multi_statements(b.c, true, &b.e));
    assert_false(mysql_multi_statements(b.c, false, &b.e));
    assert_int_equal(b.e.server_code, 1317);
    assert_false(mysql_multi_statements(b.c, false, &b.e));
    assert_int_equal(b.e.code, ERR_SOURCE_PROTOCOL);
    end(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_end),
        cmocka_unit_test(a_statement_in_an_open_result_is_refused),
        cmocka_unit_test(error_in_the_midst_of_rows),
        cmocka_unit_test(shutdown_in_the_midst_of_rows),
        cmocka_unit_test(later_results_are_dropped),
        cmocka_unit_test(a_row_that_begins_like_the_end),
        cmocka_unit_test(whole_results),
        cmocka_unit_test(malformed_answers),
        cmocka_unit_test(malformed_rows),
        cmocka_unit_test(prepared_statements),
        cmocka_unit_test(binary_rows_begin_with_zero),
        cmocka_unit_test(answers_to_several_statements),
        cmocka_unit_test(an_option_is_set),
        cmocka_unit_test(bytes_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
