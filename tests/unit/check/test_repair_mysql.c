/* Statements that mend MySQL's rows: which columns they name, how rows are found, what is refused. */
#include "check/detail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { COLUMNS = 5 };

/* t (id int, s varchar, f double generated, at timestamp ON UPDATE, v int NOT NULL text in the reference): the key is id. */
struct world {
    struct arena a;
    struct column columns[COLUMNS];
    const struct column *order[COLUMNS];
    struct table t;
    struct check_table plan;
    struct repair_mysql who;
    struct buf rows[2];
};

static void column(struct world *w, size_t i, const char *name, enum mytype_kind type, enum target_kind to) {
    w->columns[i] = (struct column){
        .name = (char *)(uintptr_t)name, .type = {.kind = type, .scale = -1}, .nullable = true, .target = {.kind = to}};
    w->order[i] = &w->columns[i];
}

static int make(void **state) {
    static const char *const types[COLUMNS] = {"integer", "text", "double precision", "timestamptz", "text"};
    struct world *w = test_calloc(1, sizeof *w);
    struct canon_column cols[COLUMNS];
    struct err e = ERR_INIT;
    column(w, 0, "id", MYT_INT, TK_INT4);
    column(w, 1, "s", MYT_VARCHAR, TK_TEXT);
    column(w, 2, "g", MYT_DOUBLE, TK_FLOAT8);
    column(w, 3, "at", MYT_TIMESTAMP, TK_TIMESTAMPTZ);
    column(w, 4, "n`n", MYT_VARCHAR, TK_TEXT);
    w->columns[2].generated = GENERATED_STORED;
    w->columns[3].on_update = (char *)(uintptr_t) "CURRENT_TIMESTAMP";
    w->columns[4].nullable = false;
    for (size_t i = 0; i < COLUMNS; i++) {
        cols[i] = (struct canon_column){.kind = w->columns[i].target.kind, .ddl = types[i], .name = w->columns[i].name};
    }
    w->t = (struct table){.schema = (char *)(uintptr_t) "shop",
                          .name = (char *)(uintptr_t) "t",
                          .columns = w->columns,
                          .ncolumns = COLUMNS};
    w->plan = (struct check_table){.t = &w->t, .columns = w->order, .n = COLUMNS, .nkeys = 1};
    w->who.reference = DIALECT_PG;
    assert_true(canon_plan_make(&w->a, DIALECT_PG, cols, COLUMNS, &w->plan.canon, &e));
    buf_init(&w->rows[0], 4096);
    buf_init(&w->rows[1], 4096);
    *state = w;
    return 0;
}

static int drop(void **state) {
    struct world *w = *state;
    buf_clear(&w->rows[0]);
    buf_clear(&w->rows[1]);
    arena_clear(&w->a);
    test_free(w);
    return 0;
}

static void put_field(struct buf *b, const void *bytes, size_t n) {
    struct err e = ERR_INIT;
    assert_true(buf_reserve(b, n + 4, &e));
    buf_be32(b, bytes == NULL ? UINT32_MAX : (uint32_t)n);
    buf_bytes(b, bytes, bytes == NULL ? 0 : n);
}

static void row(struct world *w, enum side side, uint8_t id, const char *s, uint8_t g, const char *n) {
    struct buf *b = &w->rows[side];
    buf_reset(b);
    put_field(b, (uint8_t[]){0, 0, 0, id}, 4);
    put_field(b, s, s == NULL ? 0 : strlen(s));
    put_field(b, (uint8_t[]){0x3f, 0xf0, 0, 0, 0, 0, 0, g}, 8);
    put_field(b, (uint8_t[8]){0}, 8);
    put_field(b, n, n == NULL ? 0 : strlen(n));
}

/* The statement of a difference, or its reason. */
static const char *statement(struct world *w, bool mysql, bool reference, enum row_difference kind, uint64_t times) {
    struct difference d = {.kind = kind, .times = times, .key = w->rows[0].data, .len = 8};
    struct row_pair p = {.d = &d};
    const char *why = NULL;
    if (mysql) {
        p.row[SIDE_SOURCE] = w->rows[SIDE_SOURCE].data;
        p.len[SIDE_SOURCE] = w->rows[SIDE_SOURCE].len;
    }
    if (reference) {
        p.row[SIDE_TARGET] = w->rows[SIDE_TARGET].data;
        p.len[SIDE_TARGET] = w->rows[SIDE_TARGET].len;
    }
    char *sql = repair_mysql_sql(&w->a, &w->who, &w->plan, &p, &why);
    return sql != NULL ? sql : why;
}

static void changed_rows(void **state) {
    struct world *w = *state;
    row(w, SIDE_SOURCE, 7, "old", 0, "x");
    row(w, SIDE_TARGET, 7, "it's", 1, "x"); /* the generated column differs along */
    assert_string_equal(statement(w, true, true, ROW_CHANGED, 1),
                        "UPDATE `shop`.`t` SET `s` = _utf8mb4'it''s', `at` = `at` WHERE `id` = 7");
    row(w, SIDE_TARGET, 7, NULL, 0, "x");
    assert_string_equal(statement(w, true, true, ROW_CHANGED, 1),
                        "UPDATE `shop`.`t` SET `s` = NULL, `at` = `at` WHERE `id` = 7");
    row(w, SIDE_TARGET, 7, "old", 1, "x");
    assert_string_equal(statement(w, true, true, ROW_CHANGED, 1), "column g is generated: its expression differs");
    row(w, SIDE_TARGET, 7, "old", 0, NULL);
    assert_string_equal(statement(w, true, true, ROW_CHANGED, 1), "column n`n: it does not take NULL");
    w->who.reference = DIALECT_OG_A; /* '' is NULL there */
    assert_string_equal(statement(w, true, true, ROW_CHANGED, 1),
                        "UPDATE `shop`.`t` SET `n``n` = '', `at` = `at` WHERE `id` = 7");
    assert_string_equal(statement(w, true, true, ROW_EXTRA, 1), "the reference has rows of one key more than once");
}

static void missing_and_extra_rows(void **state) {
    struct world *w = *state;
    row(w, SIDE_SOURCE, 7, "a\\", 0, "x");
    row(w, SIDE_TARGET, 7, "a\\", 0, "x");
    assert_string_equal(statement(w, true, false, ROW_MISSING, 1), "DELETE FROM `shop`.`t` WHERE `id` = 7");
    const char *insert = "INSERT INTO `shop`.`t` (`id`, `s`, `at`, `n``n`) VALUES (7, _utf8mb4 x'615c', "
                         "'2000-01-01 00:00:00', _utf8mb4'x')";
    assert_string_equal(statement(w, false, true, ROW_EXTRA, 1), insert);
    assert_string_equal(statement(w, false, true, ROW_EXTRA, 2), "the reference has rows of one key more than once");
    w->plan.not_selected = (char *)(uintptr_t) "z";
    assert_non_null(strstr(statement(w, false, true, ROW_EXTRA, 1), "not selected would get their defaults: z"));
}

static void rows_without_a_key(void **state) {
    struct world *w = *state;
    w->plan.nkeys = 0;
    row(w, SIDE_SOURCE, 7, "a", 0, "x");
    row(w, SIDE_TARGET, 7, "a", 0, "x");
    assert_string_equal(statement(w, true, false, ROW_MISSING, 3),
                        "DELETE FROM `shop`.`t` WHERE `id` <=> 7 AND CAST(CONVERT(`s` USING utf8mb4) AS BINARY) <=> "
                        "CAST(_utf8mb4'a' AS BINARY) AND `at` <=> '2000-01-01 00:00:00' AND CAST(CONVERT(`n``n` USING "
                        "utf8mb4) AS BINARY) <=> CAST(_utf8mb4'x' AS BINARY) LIMIT 3");
    row(w, SIDE_SOURCE, 7, NULL, 0, "x");
    assert_non_null(strstr(statement(w, true, false, ROW_MISSING, 1), " AND `s` IS NULL AND "));
    assert_non_null(strstr(statement(w, false, true, ROW_EXTRA, 2), "INSERT INTO")); /* run twice by the caller */
}

static void rows_that_move_unique_values(void **state) {
    struct world *w = *state;
    struct index_part part = {.column = &w->columns[1]};
    struct index unique = {.kind = INDEX_UNIQUE, .parts = &part, .nparts = 1};
    struct difference d = {.kind = ROW_CHANGED, .times = 1};
    w->t.indexes = &unique;
    w->t.nindexes = 1;
    row(w, SIDE_SOURCE, 7, "a", 0, "x");
    row(w, SIDE_TARGET, 7, "a", 0, "y");
    struct row_pair p = {.d = &d, .row = {w->rows[0].data, w->rows[1].data}, .len = {w->rows[0].len, w->rows[1].len}};
    assert_false(repair_mysql_moves_unique(&w->a, &w->plan, &p));
    row(w, SIDE_TARGET, 7, "b", 0, "x");
    assert_true(repair_mysql_moves_unique(&w->a, &w->plan, &p));
    unique.kind = INDEX_PLAIN;
    assert_false(repair_mysql_moves_unique(&w->a, &w->plan, &p));
    unique.kind = INDEX_UNIQUE;
    part.column = NULL; /* an expression */
    assert_true(repair_mysql_moves_unique(&w->a, &w->plan, &p));
    w->plan.n = 4; /* the last column is not compared: a new row would lose it */
    assert_false(repair_mysql_can_replace(&w->plan));
    assert_false(repair_mysql_moves_unique(&w->a, &w->plan, &p));
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
    const struct CMUnitTest tests[] = {
        T(changed_rows),
        T(missing_and_extra_rows),
        T(rows_without_a_key),
        T(rows_that_move_unique_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
