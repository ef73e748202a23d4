/* What is printed for openGauss when labels of ENUM and SET change, and for tables that are made again with such columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "build.h"
#include "schema/evolve.h"

static const struct ddl_options openGauss_b = {.types = {.dialect = DIALECT_OG_B}},
                                postgres = {.types = {.dialect = DIALECT_PG}};

struct both {
    struct arena a;
    struct database before;
    struct schema_change change; /* after: a copy, to be changed */
};

static void begin(struct both *b, size_t tables, const char *columns) {
    *b = (struct both){.a = ARENA_INIT};
    make_database(&b->a, &b->before, tables, columns);
}

/* before is complete. */
static struct table *fork_it(struct both *b, const struct ddl_options *o) {
    struct err e = ERR_INIT;
    if (!schema_resolve(&b->a, &b->before, o, &e)) {
        err_print(&e, stderr);
        fail();
    }
    schema_clone(&b->a, &b->before, &b->change.after);
    b->change.effect = SCHEMA_CHANGED;
    return &b->change.after.tables[0];
}

static void retype(struct both *b, struct column *c, const char *type) {
    assert_true(mytype_parse(&b->a, type, &c->type));
}

static char *evolve(struct both *b, const struct ddl_options *o) {
    struct err e = ERR_INIT;
    struct evolve_moment when = {0};
    char *sql;
    if (!schema_evolve(&b->a, &b->before, &b->change, o, &when, &sql, &e)) {
        err_print(&e, stderr);
        fail();
    }
    return sql;
}

static void refused(struct both *b, const struct ddl_options *o, const char *why) {
    struct err e = ERR_INIT;
    struct evolve_moment when = {0};
    char *sql;
    assert_false(schema_evolve(&b->a, &b->before, &b->change, o, &when, &sql, &e));
    assert_int_equal(e.code, ERR_SOURCE_STATEMENT);
    assert_string_equal(e.message, why);
    arena_clear(&b->a);
}

static void set_default(struct both *b, struct column *c, const char *text) {
    c->has_default = true;
    c->default_text = arena_strdup(&b->a, text);
}

static void add_check(struct both *b, struct table *t, const char *name, const char *expr) {
    t->checks = arena_array(&b->a, struct check, 1);
    t->checks[0] =
        (struct check){.name = arena_strdup(&b->a, name), .expr = arena_strdup(&b->a, expr), .enforced = true};
    t->nchecks = 1;
}

/* ---- ENUM ---- */

static void enum_is_replaced(void **state) {
    (void)state;
    struct both b;
    begin(&b, 1, "id int; state enum('a','b'); ?at datetime; v int");
    struct table *t = &b.before.tables[0];
    t->columns[2].on_update = arena_strdup(&b.a, "CURRENT_TIMESTAMP");
    t->columns[1].comment = arena_strdup(&b.a, "where it is");
    set_default(&b, &t->columns[1], "a");
    add_index(&b.a, t, "PRIMARY", INDEX_PRIMARY, 0);
    add_index(&b.a, t, "by_state", INDEX_PLAIN, 1);
    add_index(&b.a, t, "by_v", INDEX_PLAIN, 3);
    add_check(&b, t, "told", "(`state` <> 'b')");
    struct table *to = fork_it(&b, &openGauss_b);
    retype(&b, &to->columns[1], "enum('a','b','c')");
    to->columns[2].name = arena_strdup(&b.a, "changed");
    assert_string_equal(evolve(&b, &openGauss_b),
                        "ALTER TABLE \"shop\".\"t0\" DROP CONSTRAINT \"told\";\n"
                        "DROP INDEX \"shop\".\"by_state\";\n"
                        "ALTER TABLE \"shop\".\"t0\" RENAME COLUMN \"at\" TO godwit_renamed_3;\n"
                        "ALTER TABLE \"shop\".\"t0\" RENAME COLUMN godwit_renamed_3 TO \"changed\";\n"
                        "ALTER TABLE \"shop\".\"t0\" ADD COLUMN godwit_labels_2 enum('a','b','c');\n"
                        "UPDATE \"shop\".\"t0\" SET godwit_labels_2 = \"state\"::text, \"changed\" = \"changed\" WHERE "
                        "\"state\" IS NOT NULL;\n"
                        "ALTER TABLE \"shop\".\"t0\" DROP COLUMN \"state\";\n"
                        "ALTER TABLE \"shop\".\"t0\" RENAME COLUMN godwit_labels_2 TO \"state\";\n"
                        "ALTER TABLE \"shop\".\"t0\" ALTER COLUMN \"state\" SET DEFAULT 'a';\n"
                        "ALTER TABLE \"shop\".\"t0\" ALTER COLUMN \"state\" SET NOT NULL;\n"
                        "COMMENT ON COLUMN \"shop\".\"t0\".\"state\" IS 'where it is';\n"
                        "ALTER TABLE \"shop\".\"t0\" ADD CONSTRAINT \"told\" CHECK ((\"state\" <> 'b'));\n"
                        "CREATE INDEX \"by_state\" ON \"shop\".\"t0\" (\"state\")");
    arena_clear(&b.a);
}

static void enum_swaps_names(void **state) {
    (void)state;
    struct both b;
    begin(&b, 1, "id int; ?x enum('a'); ?y enum('b')");
    struct table *to = fork_it(&b, &openGauss_b);
    to->columns[1].name = arena_strdup(&b.a, "y");
    to->columns[2].name = arena_strdup(&b.a, "x");
    retype(&b, &to->columns[1], "enum('a','b')");
    assert_string_equal(evolve(&b, &openGauss_b),
                        "ALTER TABLE \"shop\".\"t0\" RENAME COLUMN \"x\" TO godwit_renamed_2;\n"
                        "ALTER TABLE \"shop\".\"t0\" RENAME COLUMN \"y\" TO godwit_renamed_3;\n"
                        "ALTER TABLE \"shop\".\"t0\" RENAME COLUMN godwit_renamed_2 TO \"y\";\n"
                        "ALTER TABLE \"shop\".\"t0\" RENAME COLUMN godwit_renamed_3 TO \"x\";\n"
                        "ALTER TABLE \"shop\".\"t0\" ADD COLUMN godwit_labels_2 enum('a','b');\n"
                        "UPDATE \"shop\".\"t0\" SET godwit_labels_2 = \"y\"::text WHERE \"y\" IS NOT NULL;\n"
                        "ALTER TABLE \"shop\".\"t0\" DROP COLUMN \"y\";\n"
                        "ALTER TABLE \"shop\".\"t0\" RENAME COLUMN godwit_labels_2 TO \"y\"");
    arena_clear(&b.a);
}

static void enum_becomes_text(void **state) {
    (void)state;
    struct both b;
    begin(&b, 1, "id int; state enum('a','b')");
    add_index(&b.a, &b.before.tables[0], "by_state", INDEX_UNIQUE, 1);
    struct table *to = fork_it(&b, &openGauss_b);
    retype(&b, &to->columns[1], "enum('a','b','')");
    assert_string_equal(
        evolve(&b, &openGauss_b),
        "DROP INDEX \"shop\".\"by_state\";\n"
        "ALTER TABLE \"shop\".\"t0\" ALTER COLUMN \"state\" TYPE varchar(1) USING \"state\"::varchar(1);\n"
        "CREATE UNIQUE INDEX \"by_state\" ON \"shop\".\"t0\" (\"state\");\n"
        "ALTER TABLE \"shop\".\"t0\" ADD CONSTRAINT \"t0_state_check\" CHECK (\"state\" IN ('a','b',''))");
    arena_clear(&b.a);
}

static void enum_of_postgres_stays(void **state) {
    (void)state;
    struct both b;
    begin(&b, 1, "id int; state enum('a','b')");
    add_index(&b.a, &b.before.tables[0], "by_state", INDEX_PLAIN, 1);
    struct table *to = fork_it(&b, &postgres);
    retype(&b, &to->columns[1], "enum('a','b','c')");
    assert_string_equal(
        evolve(&b, &postgres),
        "ALTER TABLE \"shop\".\"t0\" DROP CONSTRAINT \"t0_state_check\";\n"
        "ALTER TABLE \"shop\".\"t0\" ADD CONSTRAINT \"t0_state_check\" CHECK (\"state\" IN ('a','b','c'))");
    arena_clear(&b.a);
}

static void enum_in_primary_key(void **state) {
    (void)state;
    struct both b;
    begin(&b, 1, "state enum('a','b'); id int");
    add_index(&b.a, &b.before.tables[0], "PRIMARY", INDEX_PRIMARY, 0);
    struct table *to = fork_it(&b, &openGauss_b);
    retype(&b, &to->columns[0], "enum('b','a')");
    assert_string_equal(evolve(&b, &openGauss_b),
                        "ALTER TABLE \"shop\".\"t0\" DROP CONSTRAINT \"t0_pkey\";\n"
                        "ALTER TABLE \"shop\".\"t0\" ADD COLUMN godwit_labels_1 enum('b','a');\n"
                        "UPDATE \"shop\".\"t0\" SET godwit_labels_1 = \"state\"::text WHERE \"state\" IS NOT NULL;\n"
                        "ALTER TABLE \"shop\".\"t0\" DROP COLUMN \"state\";\n"
                        "ALTER TABLE \"shop\".\"t0\" RENAME COLUMN godwit_labels_1 TO \"state\";\n"
                        "ALTER TABLE \"shop\".\"t0\" ALTER COLUMN \"state\" SET NOT NULL;\n"
                        "ALTER TABLE \"shop\".\"t0\" ADD CONSTRAINT \"t0_pkey\" PRIMARY KEY (\"state\")");
    arena_clear(&b.a);
}

static void enum_is_held(void **state) {
    (void)state;
    struct both b;
    begin(&b, 2, "id int; state enum('a','b')");
    struct table *child = &b.before.tables[1];
    add_index(&b.a, &b.before.tables[0], "by_state", INDEX_UNIQUE, 1);
    struct foreign_key *k = arena_array(&b.a, struct foreign_key, 1);
    *k = (struct foreign_key){.name = arena_strdup(&b.a, "fk"),
                              .n = 1,
                              .ref_schema = b.before.name,
                              .ref_table = arena_strdup(&b.a, "t0"),
                              .on_delete = arena_strdup(&b.a, "RESTRICT"),
                              .on_update = arena_strdup(&b.a, "RESTRICT")};
    k->columns = arena_array(&b.a, struct column *, 1);
    k->columns[0] = &child->columns[1];
    k->ref_columns = arena_array(&b.a, char *, 1);
    k->ref_columns[0] = arena_strdup(&b.a, "state");
    child->fks = k;
    child->nfks = 1;
    struct table *to = fork_it(&b, &openGauss_b);
    retype(&b, &to->columns[1], "enum('a','b','c')");
    refused(
        &b, &openGauss_b,
        "the labels or the collation of column state of table t0 change, which a foreign key holds: openGauss B has to "
        "make the column anew");
}

/* ---- SET ---- */

static void set_goes_over_text(void **state) {
    (void)state;
    struct both b;
    begin(&b, 1, "id int; tags set('a','b'); ?more set('x')");
    struct table *t = &b.before.tables[0];
    set_default(&b, &t->columns[1], "a");
    t->columns[2].comment = arena_strdup(&b.a, "old");
    add_check(&b, t, "told", "(`tags` <> 'b')");
    struct table *to = fork_it(&b, &openGauss_b);
    retype(&b, &to->columns[1], "set('a','b','c')");
    to->columns[1].comment = arena_strdup(&b.a, "it's new");
    retype(&b, &to->columns[2], "set('x','y')");
    to->columns[2].comment = NULL;
    assert_string_equal(
        evolve(&b, &openGauss_b),
        "ALTER TABLE \"shop\".\"t0\" DROP CONSTRAINT \"told\";\n"
        "ALTER TABLE \"shop\".\"t0\" ALTER COLUMN \"tags\" DROP DEFAULT;\n"
        "ALTER TABLE \"shop\".\"t0\" ALTER COLUMN \"tags\" TYPE text USING \"tags\"::text;\n"
        "ALTER TABLE \"shop\".\"t0\" MODIFY \"tags\" set('a','b','c') NOT NULL DEFAULT 'a' COMMENT 'it''s new';\n"
        "ALTER TABLE \"shop\".\"t0\" ALTER COLUMN \"more\" TYPE text USING \"more\"::text;\n"
        "ALTER TABLE \"shop\".\"t0\" MODIFY \"more\" set('x','y');\n"
        "ALTER TABLE \"shop\".\"t0\" ADD CONSTRAINT \"told\" CHECK (\"tags\" <> 'b')");
    arena_clear(&b.a);
}

/* ---- tables that are made again ---- */

static void part_by_range(struct both *b, struct table *t, size_t n) {
    static const char *const below[] = {"10", "20", "30"};
    t->part = (struct partitioning){.method = PART_RANGE, .expr = arena_strdup(&b->a, "`id`"), .n = n};
    t->part.parts = arena_array(&b->a, struct partition, n);
    for (size_t i = 0; i < n; i++) {
        t->part.parts[i] =
            (struct partition){.name = arena_printf(&b->a, "p%zu", i), .values = arena_strdup(&b->a, below[i])};
    }
}

static void again_without_own_types(void **state) {
    (void)state;
    for (int own = 0; own < 2; own++) {
        struct both b;
        begin(&b, 1, own ? "id int; state enum('a','b'); tags set('x','y')" : "id int; v int");
        part_by_range(&b, &b.before.tables[0], 2);
        part_by_range(&b, fork_it(&b, &openGauss_b), 3);
        const char *sql = evolve(&b, &openGauss_b);
        const char *kept = own ? "CREATE TEMPORARY TABLE godwit_kept_0 AS SELECT \"id\", \"state\"::text AS \"state\", "
                                 "\"tags\"::text AS \"tags\" FROM \"shop\".\"t0\";\n"
                               : "CREATE TEMPORARY TABLE godwit_kept_0 AS SELECT * FROM \"shop\".\"t0\";\n";
        assert_true(str_starts(sql, kept));
        arena_clear(&b.a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enum_is_replaced),    cmocka_unit_test(enum_swaps_names),
        cmocka_unit_test(enum_becomes_text),   cmocka_unit_test(enum_of_postgres_stays),
        cmocka_unit_test(enum_in_primary_key), cmocka_unit_test(enum_is_held),
        cmocka_unit_test(set_goes_over_text),  cmocka_unit_test(again_without_own_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
