/* Statements from models made by hand: order of the stages, and what a live server cannot easily be made to show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "build.h"

static void make(struct arena *a, struct database *d, const struct ddl_options *o, struct ddl *out) {
    struct err e = ERR_INIT;
    if (!schema_resolve(a, d, o, &e) || !ddl_make(a, d, o, out, &e)) {
        err_print(&e, stderr);
        fail();
    }
}

static const struct ddl_statement *find(const struct ddl *ddl, enum ddl_stage stage, size_t nth) {
    for (size_t i = 0; i < ddl->n; i++) {
        if (ddl->statements[i].stage == stage && nth-- == 0) {
            return &ddl->statements[i];
        }
    }
    return NULL;
}

static const struct ddl_finding *finding(const struct ddl *ddl, const char *reason) {
    for (size_t i = 0; i < ddl->nfindings; i++) {
        if (strstr(ddl->findings[i].reason, reason) != NULL) {
            return &ddl->findings[i];
        }
    }
    return NULL;
}

static void stages_in_order(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    make_database(&a, &d, 3, "id int; v int");
    for (size_t i = 0; i < 3; i++) {
        add_index(&a, &d.tables[i], "PRIMARY", INDEX_PRIMARY, 0);
        add_index(&a, &d.tables[i], "k", INDEX_PLAIN, 1);
        d.tables[i].columns[0].auto_increment = true;
    }
    struct ddl_options o = {.types = {.dialect = DIALECT_PG}};
    struct ddl ddl;
    make(&a, &d, &o, &ddl);
    for (size_t i = 1; i < ddl.n; i++) {
        const struct ddl_statement *x = &ddl.statements[i - 1], *y = &ddl.statements[i];
        assert_true(x->stage < y->stage || (x->stage == y->stage && x->table <= y->table));
        assert_non_null(y->table);
        assert_true(strlen(y->sql) > 0 && strlen(y->object) > 0);
    }
    assert_null(ddl.statements[0].table);
    assert_int_equal(ddl.n, 1 + 3 * 6); /* table, index of the primary key, index, primary key, counter, analyze */
    arena_clear(&a);
}

static void unresolved_is_our_fault(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    make_database(&a, &d, 1, "id int");
    struct ddl_options o = {.types = {.dialect = DIALECT_PG}};
    struct ddl ddl;
    struct err e = ERR_INIT;
    assert_false(ddl_make(&a, &d, &o, &ddl, &e));
    assert_int_equal(e.code, ERR_INTERNAL);
    arena_clear(&a);
}

static void public_is_not_created(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    make_database(&a, &d, 1, "id int");
    struct ddl_options o = {.types = {.dialect = DIALECT_PG}, .target_schema = "public"};
    struct ddl ddl;
    make(&a, &d, &o, &ddl);
    assert_null(find(&ddl, DDL_SCHEMA, 0));
    assert_true(str_starts(find(&ddl, DDL_TABLE, 0)->sql, "CREATE TABLE \"public\".\"t0\""));
    arena_clear(&a);
}

/* A dimension of a broken or hostile catalog: nothing may be trusted, nothing may vanish. */
static void odd_catalogs(void **state) {
    (void)state;
    static const enum dialect dialects[] = {DIALECT_PG, DIALECT_OG_B, DIALECT_OG_PG, DIALECT_OG_A};
    for (size_t i = 0; i < 4; i++) {
        struct arena a = ARENA_INIT;
        struct database d;
        make_database(&a, &d, 1, "id int; b bit(4); dt datetime; n int");
        struct table *t = &d.tables[0];
        struct column *c = t->columns;
        c[1].has_default = c[2].has_default = c[3].has_default = true;
        c[1].default_text = arena_strdup(&a, "b'111111'"); /* longer than the column */
        c[2].default_text = arena_strdup(&a, "2024-00-31");
        c[3].default_text = arena_strdup(&a, "abc");
        struct foreign_key k = {.name = arena_strdup(&a, "no_columns")};
        t->fks = &k;
        t->nfks = 1;
        struct partition p = {.name = arena_strdup(&a, "p0"), .values = arena_strdup(&a, "garbage(")};
        t->part = (struct partitioning){.method = PART_RANGE, .expr = arena_strdup(&a, "`id`"), .parts = &p, .n = 1};
        struct ddl_options o = {.types = {.dialect = dialects[i]}};
        struct ddl ddl;
        make(&a, &d, &o, &ddl);
        assert_non_null(finding(&ddl, "b'111111'"));
        assert_non_null(finding(&ddl, "'2024-00-31'"));
        assert_non_null(finding(&ddl, "'abc' is no number"));
        assert_non_null(finding(&ddl, "does not tell its columns"));
        assert_non_null(finding(&ddl, "garbage("));
        assert_null(strstr(find(&ddl, DDL_TABLE, 0)->sql, "PARTITION"));
        assert_null(strstr(find(&ddl, DDL_TABLE, 0)->sql, "DEFAULT"));
        assert_null(find(&ddl, DDL_FK, 0));
        arena_clear(&a);
    }
}

static void functions_in_public_need_an_administrator(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    make_database(&a, &d, 1, "id int; u timestamp");
    d.tables[0].columns[1].on_update = arena_strdup(&a, "CURRENT_TIMESTAMP");
    struct ddl_options o = {.types = {.dialect = DIALECT_OG_A}, .target_schema = "public"};
    struct ddl ddl;
    make(&a, &d, &o, &ddl);
    assert_non_null(finding(&ddl, "system administrator"));
    o.target_schema = NULL;
    make(&a, &d, &o, &ddl);
    assert_null(finding(&ddl, "system administrator"));
    o.types.dialect = DIALECT_OG_B;
    make(&a, &d, &o, &ddl);
    assert_null(find(&ddl, DDL_TRIGGER, 0));
    assert_non_null(strstr(find(&ddl, DDL_TABLE, 0)->sql, "ON UPDATE CURRENT_TIMESTAMP"));
    arena_clear(&a);
}

static void enum_types_come_first(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct database d;
    make_database(&a, &d, 1, "id int; size enum('small','it''s')");
    struct ddl_options o = {.types = {.dialect = DIALECT_PG}};
    struct err e = ERR_INIT;
    assert_true(schema_resolve(&a, &d, &o, &e));
    struct target_type *t = &d.tables[0].columns[1].target;
    *t = (struct target_type){.kind = TK_TEXT, .ddl = arena_strdup(&a, "\"shop\".\"t0_size\""), .enum_type = true};
    struct ddl ddl;
    assert_true(ddl_make(&a, &d, &o, &ddl, &e));
    assert_string_equal(find(&ddl, DDL_SCHEMA, 1)->sql, "CREATE TYPE \"shop\".\"t0_size\" AS ENUM ('small', 'it''s')");
    assert_non_null(strstr(ddl_drop_table(&a, &d.tables[0], &o), "DROP TYPE IF EXISTS \"shop\".\"t0_size\""));
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_in_order),
        cmocka_unit_test(unresolved_is_our_fault),
        cmocka_unit_test(public_is_not_created),
        cmocka_unit_test(odd_catalogs),
        cmocka_unit_test(functions_in_public_need_an_administrator),
        cmocka_unit_test(enum_types_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
