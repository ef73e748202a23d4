/* Which rows a load that goes on has to read again: keys once each, as conditions of both sides, and tables of which they do not tell
 * everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../schema/build.h"
#include "engine/moved.h"
#include "schema/model.h"

struct scene {
    struct arena a;
    struct database db;
    struct moved moved;
};

/* t0 (id, name) by id; t1 without a key; t2 by id, and its name refers to t0's id in a way that cascades. */
static void begin(struct scene *s) {
    struct err e = ERR_INIT;
    *s = (struct scene){.db = {0}};
    make_database(&s->a, &s->db, 3, "id bigint;name varchar(20)");
    add_index(&s->a, &s->db.tables[0], "PRIMARY", INDEX_PRIMARY, 0);
    add_index(&s->a, &s->db.tables[2], "PRIMARY", INDEX_PRIMARY, 1);
    struct foreign_key *fk = arena_new(&s->a, struct foreign_key);
    *fk = (struct foreign_key){.name = "fk",
                               .n = 1,
                               .ref_schema = "shop",
                               .ref_table = "t0",
                               .on_delete = "CASCADE",
                               .on_update = "NO ACTION"};
    fk->columns = arena_array(&s->a, struct column *, 1);
    fk->columns[0] = &s->db.tables[2].columns[0];
    fk->ref_columns = arena_array(&s->a, char *, 1);
    fk->ref_columns[0] = "id";
    s->db.tables[2].fks = fk;
    s->db.tables[2].nfks = 1;
    struct ddl_options o = {.types = {.dialect = DIALECT_PG}, .target_schema = "shop", .server_version = 150000};
    assert_true(schema_resolve(&s->a, &s->db, &o, &e));
    assert_true(moved_begin(&s->moved, &s->db, DIALECT_PG, &e));
}

static void end(struct scene *s) {
    moved_clear(&s->moved);
    arena_clear(&s->a);
}

static struct tuple row(struct scene *s, uint64_t id, const char *name) {
    struct buf b;
    struct err e = ERR_INIT;
    uint32_t len = (uint32_t)strlen(name);
    buf_init(&b, 1000);
    assert_true(buf_reserve(&b, 100, &e));
    buf_be32(&b, 8);
    buf_be64(&b, id);
    buf_be32(&b, len);
    buf_bytes(&b, name, len);
    struct tuple t = {.bytes = (const uint8_t *)arena_strndup(&s->a, (char *)b.data, b.len), .len = b.len};
    buf_clear(&b);
    return t;
}

static const struct tuple none = {NULL, 0};

static void add(struct scene *s, size_t table, struct tuple before, struct tuple after) {
    struct err e = ERR_INIT;
    assert_true(moved_add(&s->moved, table, before, after, &e));
}

static void each_key_once(void **state) {
    (void)state;
    struct scene s;
    struct err e = ERR_INIT;
    char *sql;
    size_t n;
    begin(&s);
    add(&s, 0, none, row(&s, 7, "a"));
    add(&s, 0, row(&s, 7, "a"), row(&s, 7, "b"));
    add(&s, 0, row(&s, 8, "x"), row(&s, 9, "x")); /* its key changed: both */
    struct moved_table *t = &s.moved.tables[0];
    assert_int_equal(t->keys.n, 3);
    assert_int_equal(s.moved.nkeys, 3);
    assert_false(t->whole);
    assert_true(spill_rewind(&t->keys, &e));
    assert_true(moved_target_keys(t, &s.a, 2, &sql, &n, &e));
    assert_int_equal(n, 2);
    assert_string_equal(sql, "(7), (8)");
    assert_true(moved_target_keys(t, &s.a, 2, &sql, &n, &e));
    assert_int_equal(n, 1);
    assert_string_equal(sql, "(9)");
    assert_true(moved_target_keys(t, &s.a, 2, &sql, &n, &e));
    assert_int_equal(n, 0);
    assert_true(spill_rewind(&t->keys, &e));
    assert_true(moved_source_keys(t, &s.a, 10, &sql, &n, &e));
    assert_string_equal(sql, "(`id` = 7) OR (`id` = 8) OR (`id` = 9)");
    end(&s);
}

/* A collation may take another row's key for it; a list of texts takes its type from the first. */
static void keys_that_are_texts(void **state) {
    (void)state;
    struct scene s;
    struct err e = ERR_INIT;
    char *sql;
    size_t n;
    begin(&s);
    add(&s, 2, row(&s, 1, "it's"), none);
    add(&s, 2, none, row(&s, 1, "b"));
    struct moved_table *t = &s.moved.tables[2];
    assert_true(spill_rewind(&t->keys, &e));
    assert_true(moved_target_keys(t, &s.a, 10, &sql, &n, &e));
    assert_string_equal(sql, "(('it''s')::text), ('b')");
    assert_true(spill_rewind(&t->keys, &e));
    assert_true(moved_source_keys(t, &s.a, 1, &sql, &n, &e));
    assert_non_null(strstr(sql, "`name` = "));
    assert_non_null(strstr(sql, " AND CAST(CONVERT(`name` USING utf8mb4) AS BINARY) = CAST("));
    end(&s);
}

/* openGauss B has several kinds of bytes and of numbers: each value is of its column's own type. */
static void keys_in_b(void **state) {
    (void)state;
    struct scene s = {.db = {0}};
    struct err e = ERR_INIT;
    char *sql;
    size_t n;
    make_database(&s.a, &s.db, 1, "id tinyint;name varbinary(20)");
    struct index *key = add_index(&s.a, &s.db.tables[0], "PRIMARY", INDEX_PRIMARY, 0);
    key->nparts = 2;
    key->parts = arena_array(&s.a, struct index_part, 2);
    key->parts[0].column = &s.db.tables[0].columns[0];
    key->parts[1].column = &s.db.tables[0].columns[1];
    struct ddl_options o = {.types = {.dialect = DIALECT_OG_B}};
    assert_true(schema_resolve(&s.a, &s.db, &o, &e));
    assert_true(moved_begin(&s.moved, &s.db, DIALECT_OG_B, &e));
    static const uint8_t rows[][16] = {{0, 0, 0, 1, 0x80, 0, 0, 0, 1, 'a'}, {0, 0, 0, 1, 1, 0, 0, 0, 1, 0}};
    for (size_t i = 0; i < 2; i++) {
        add(&s, 0, (struct tuple){.bytes = rows[i], .len = 10}, none);
    }
    struct moved_table *t = &s.moved.tables[0];
    assert_true(spill_rewind(&t->keys, &e));
    assert_true(moved_target_keys(t, &s.a, 10, &sql, &n, &e));
    assert_string_equal(sql, "((-128)::tinyint, ('\\x61')::varbinary(20)), ((1)::tinyint, ('\\x00')::varbinary(20))");
    end(&s);
}

static void tables_that_begin_anew(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    add(&s, 1, none, row(&s, 1, "a")); /* it has no key */
    assert_true(s.moved.tables[1].whole);
    add(&s, 0, row(&s, 1, "a"), none);
    moved_whole(&s.moved, 0);
    assert_int_equal(s.moved.nkeys, 0);
    add(&s, 0, row(&s, 2, "a"), none);
    assert_int_equal(s.moved.nkeys, 0);
    end(&s);
}

static void cascades(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    add(&s, 0, none, row(&s, 1, "a"));
    add(&s, 0, row(&s, 1, "a"), row(&s, 1, "b")); /* nothing refers to names */
    moved_unseen(&s.moved);
    assert_false(s.moved.tables[2].whole);
    add(&s, 0, row(&s, 1, "b"), row(&s, 2, "b"));
    moved_unseen(&s.moved);
    assert_true(s.moved.tables[2].whole);
    assert_false(s.moved.tables[0].whole);
    end(&s);
    begin(&s);
    add(&s, 0, row(&s, 1, "b"), none);
    moved_unseen(&s.moved);
    assert_true(s.moved.tables[2].whole);
    end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_key_once), cmocka_unit_test(keys_that_are_texts),
        cmocka_unit_test(keys_in_b),     cmocka_unit_test(tables_that_begin_anew),
        cmocka_unit_test(cascades),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
