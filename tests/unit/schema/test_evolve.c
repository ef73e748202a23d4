/* Statements that openGauss refuses, and what is printed in their place. PostgreSQL's are run by tests/scenarios/test_schema_change.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "build.h"
#include "schema/evolve.h"

static const char *name_of(enum dialect d) {
    return d == DIALECT_PG ? "PostgreSQL" : d == DIALECT_OG_A ? "A" : d == DIALECT_OG_B ? "B" : "PG";
}

/* What the target is to do behind a statement of the source; or "no: " and the reason. */
static char *follow(struct arena *a, struct database *before, enum dialect dialect, const char *statement) {
    struct ddl_options o = {.types = {.dialect = dialect}, .target_schema = "s"};
    const struct catalog_filter all = {0};
    const struct schema_charsets charsets = {.version = 80400};
    const struct schema_session session = {.database = "shop"};
    const struct evolve_moment when = {0};
    struct schema_change change;
    struct err e = ERR_INIT;
    char *sql;
    if (!schema_resolve(a, before, &o, &e) ||
        !schema_change(a, before, &all, &charsets, &session, statement, strlen(statement), &change, &e)) {
        err_print(&e, stderr);
        fail();
    }
    assert_int_equal(change.effect, SCHEMA_CHANGED);
    if (!schema_evolve(a, before, &change, &o, &when, &sql, &e)) {
        sql = arena_printf(a, "no: %s", e.message);
    }
    return sql;
}

static void expect(struct arena *a, struct database *before, enum dialect dialect, const char *statement,
                   const char *wanted) {
    char *sql = follow(a, before, dialect, statement);
    if (!str_eq(sql, wanted)) {
        print_error("%s, %s:\n%s\n", name_of(dialect), statement, sql);
    }
    assert_string_equal(sql, wanted);
}

static void counted(struct arena *a, struct database *d, size_t n) {
    make_database(a, d, n, "id bigint unsigned; v int");
    for (size_t i = 0; i < n; i++) {
        add_index(a, &d->tables[i], "PRIMARY", INDEX_PRIMARY, 0);
        d->tables[i].columns[0].auto_increment = true;
        d->tables[i].auto_increment_next = 7;
    }
}

static void sub_partitioned(struct arena *a, struct database *d) {
    make_database(a, d, 1, "id bigint; v int");
    add_index(a, &d->tables[0], "PRIMARY", INDEX_PRIMARY, 0);
    struct partitioning *part = &d->tables[0].part;
    *part = (struct partitioning){.method = PART_RANGE, .expr = "`id`", .sub_method = PART_HASH, .sub_expr = "`id`"};
    part->parts = arena_array(a, struct partition, 2);
    part->n = 2;
    part->parts[0] = (struct partition){.name = "p0", .values = "10", .nsub = 2};
    part->parts[1] = (struct partition){.name = "p1", .values = "MAXVALUE", .nsub = 2};
    for (size_t i = 0; i < 2; i++) {
        part->parts[i].sub = arena_array(a, struct partition, 2);
        part->parts[i].sub[0].name = arena_printf(a, "p%zusp0", i);
        part->parts[i].sub[1].name = arena_printf(a, "p%zusp1", i);
    }
}

/* ---- sequences: openGauss has no ALTER SEQUENCE .. RENAME ---- */

static const char SWAP[] = "RENAME TABLE t0 TO x, t1 TO t0, x TO t1";

static void the_new_sequence_takes_the_old_ones_place(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    counted(&a, &d, 2);
    for (enum dialect k = DIALECT_OG_PG; k <= DIALECT_OG_A; k++) {
        expect(&a, &d, k, SWAP,
               "ALTER TABLE \"s\".\"t0\" ALTER COLUMN \"id\" DROP DEFAULT;\n"
               "DROP SEQUENCE \"s\".\"t0_id_seq\";\n"
               "ALTER TABLE \"s\".\"t1\" ALTER COLUMN \"id\" DROP DEFAULT;\n"
               "DROP SEQUENCE \"s\".\"t1_id_seq\";\n"
               "ALTER INDEX \"s\".\"t0_pkey\" RENAME TO \"godwit_key_0_0\";\n"
               "ALTER INDEX \"s\".\"t1_pkey\" RENAME TO \"godwit_key_1_0\";\n"
               "ALTER TABLE \"s\".\"t0\" RENAME TO \"godwit_renamed_0\";\n"
               "ALTER TABLE \"s\".\"t1\" RENAME TO \"godwit_renamed_1\";\n"
               "ALTER TABLE \"s\".\"godwit_renamed_0\" RENAME TO \"t1\";\n"
               "ALTER TABLE \"s\".\"godwit_renamed_1\" RENAME TO \"t0\";\n"
               "ALTER INDEX \"s\".\"godwit_key_0_0\" RENAME TO \"t1_pkey\";\n"
               "ALTER TABLE \"s\".\"t1\" RENAME CONSTRAINT \"t0_id_check\" TO \"t1_id_check\";\n"
               "ALTER INDEX \"s\".\"godwit_key_1_0\" RENAME TO \"t0_pkey\";\n"
               "ALTER TABLE \"s\".\"t0\" RENAME CONSTRAINT \"t1_id_check\" TO \"t0_id_check\";\n"
               "CREATE SEQUENCE \"s\".\"t1_id_seq\";\n"
               "ALTER TABLE \"s\".\"t1\" ALTER COLUMN \"id\" SET DEFAULT nextval('\"s\".\"t1_id_seq\"');\n"
               "ALTER SEQUENCE \"s\".\"t1_id_seq\" OWNED BY \"s\".\"t1\".\"id\";\n"
               "SELECT setval('\"s\".\"t1_id_seq\"'::regclass, least(n.v, 9223372036854775807)::bigint, n.v > "
               "9223372036854775807) FROM (SELECT greatest(7::numeric, coalesce(max(\"id\")::numeric, 0) + 1) AS v "
               "FROM \"s\".\"t1\") AS n;\n"
               "CREATE SEQUENCE \"s\".\"t0_id_seq\";\n"
               "ALTER TABLE \"s\".\"t0\" ALTER COLUMN \"id\" SET DEFAULT nextval('\"s\".\"t0_id_seq\"');\n"
               "ALTER SEQUENCE \"s\".\"t0_id_seq\" OWNED BY \"s\".\"t0\".\"id\";\n"
               "SELECT setval('\"s\".\"t0_id_seq\"'::regclass, least(n.v, 9223372036854775807)::bigint, n.v > "
               "9223372036854775807) FROM (SELECT greatest(7::numeric, coalesce(max(\"id\")::numeric, 0) + 1) AS v "
               "FROM \"s\".\"t0\") AS n");
        expect(&a, &d, k, "ALTER TABLE t0 RENAME TO orders, CHANGE id no bigint unsigned NOT NULL AUTO_INCREMENT",
               "ALTER TABLE \"s\".\"t0\" ALTER COLUMN \"id\" DROP DEFAULT;\n"
               "DROP SEQUENCE \"s\".\"t0_id_seq\";\n"
               "ALTER INDEX \"s\".\"t0_pkey\" RENAME TO \"godwit_key_0_0\";\n"
               "ALTER TABLE \"s\".\"t0\" RENAME COLUMN \"id\" TO godwit_renamed_1;\n"
               "ALTER TABLE \"s\".\"t0\" RENAME TO \"godwit_renamed_0\";\n"
               "ALTER TABLE \"s\".\"godwit_renamed_0\" RENAME TO \"orders\";\n"
               "ALTER INDEX \"s\".\"godwit_key_0_0\" RENAME TO \"orders_pkey\";\n"
               "ALTER TABLE \"s\".\"orders\" RENAME COLUMN godwit_renamed_1 TO \"no\";\n"
               "ALTER TABLE \"s\".\"orders\" RENAME CONSTRAINT \"t0_id_check\" TO \"orders_no_check\";\n"
               "CREATE SEQUENCE \"s\".\"orders_no_seq\";\n"
               "ALTER TABLE \"s\".\"orders\" ALTER COLUMN \"no\" SET DEFAULT nextval('\"s\".\"orders_no_seq\"');\n"
               "ALTER SEQUENCE \"s\".\"orders_no_seq\" OWNED BY \"s\".\"orders\".\"no\";\n"
               "SELECT setval('\"s\".\"orders_no_seq\"'::regclass, least(n.v, 9223372036854775807)::bigint, n.v > "
               "9223372036854775807) FROM (SELECT greatest(7::numeric, coalesce(max(\"no\")::numeric, 0) + 1) AS v "
               "FROM \"s\".\"orders\") AS n");
    }
    arena_clear(&a);
}

static void others_rename_them_or_have_none(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    counted(&a, &d, 2);
    expect(&a, &d, DIALECT_PG, SWAP,
           "ALTER SEQUENCE \"s\".\"t0_id_seq\" RENAME TO godwit_sequence_0;\n"
           "ALTER SEQUENCE \"s\".\"t1_id_seq\" RENAME TO godwit_sequence_1;\n"
           "ALTER INDEX \"s\".\"t0_pkey\" RENAME TO \"godwit_key_0_0\";\n"
           "ALTER INDEX \"s\".\"t1_pkey\" RENAME TO \"godwit_key_1_0\";\n"
           "ALTER TABLE \"s\".\"t0\" RENAME TO \"godwit_renamed_0\";\n"
           "ALTER TABLE \"s\".\"t1\" RENAME TO \"godwit_renamed_1\";\n"
           "ALTER TABLE \"s\".\"godwit_renamed_0\" RENAME TO \"t1\";\n"
           "ALTER TABLE \"s\".\"godwit_renamed_1\" RENAME TO \"t0\";\n"
           "ALTER SEQUENCE \"s\".godwit_sequence_0 RENAME TO \"t1_id_seq\";\n"
           "ALTER SEQUENCE \"s\".godwit_sequence_1 RENAME TO \"t0_id_seq\";\n"
           "ALTER INDEX \"s\".\"godwit_key_0_0\" RENAME TO \"t1_pkey\";\n"
           "ALTER TABLE \"s\".\"t1\" RENAME CONSTRAINT \"t0_id_check\" TO \"t1_id_check\";\n"
           "ALTER INDEX \"s\".\"godwit_key_1_0\" RENAME TO \"t0_pkey\";\n"
           "ALTER TABLE \"s\".\"t0\" RENAME CONSTRAINT \"t1_id_check\" TO \"t0_id_check\"");
    expect(&a, &d, DIALECT_OG_B, "RENAME TABLE t0 TO orders",
           "ALTER INDEX \"s\".\"t0_pkey\" RENAME TO \"godwit_key_0_0\";\n"
           "ALTER TABLE \"s\".\"t0\" RENAME TO \"godwit_renamed_0\";\n"
           "ALTER TABLE \"s\".\"godwit_renamed_0\" RENAME TO \"orders\";\n"
           "ALTER INDEX \"s\".\"godwit_key_0_0\" RENAME TO \"orders_pkey\"");
    arena_clear(&a);
}

/* ---- subpartitions: openGauss renames no table that has them ---- */

static void a_table_with_subpartitions_is_made_again(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    sub_partitioned(&a, &d);
    for (enum dialect k = DIALECT_OG_B; k <= DIALECT_OG_A; k++) {
        char *sql = follow(&a, &d, k, "RENAME TABLE t0 TO orders");
        const char *order[] = {"CREATE TEMPORARY TABLE godwit_kept_0 AS SELECT * FROM \"s\".\"t0\"",
                               "DROP TABLE \"s\".\"t0\"",
                               "CREATE TABLE \"s\".\"orders\" (",
                               "SUBPARTITION BY HASH",
                               "INSERT INTO \"s\".\"orders\"",
                               "ADD CONSTRAINT \"orders_pkey\" PRIMARY KEY"};
        const char *at = sql;
        for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
            at = strstr(at, order[i]);
            assert_non_null(at);
        }
        assert_null(strstr(sql, "RENAME"));
        expect(&a, &d, k, "ALTER TABLE t0 RENAME TO orders, ADD c int",
               "no: name and columns of table orders, which has subpartitions, change at once");
        expect(&a, &d, k, "ALTER TABLE t0 ADD c int", "ALTER TABLE \"s\".\"t0\" ADD COLUMN \"c\" integer");
    }
    assert_non_null(strstr(follow(&a, &d, DIALECT_PG, "RENAME TABLE t0 TO orders"),
                           "ALTER TABLE \"s\".\"godwit_renamed_0\" RENAME TO \"orders\""));
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_new_sequence_takes_the_old_ones_place),
        cmocka_unit_test(others_rename_them_or_have_none),
        cmocka_unit_test(a_table_with_subpartitions_is_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
