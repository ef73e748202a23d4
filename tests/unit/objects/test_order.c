/* objects/order, objects/carry: what comes before what, circles, who returns result sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "build.h"

static void views_stand_behind_those_they_show(void **state) {
    (void)state;
    static const struct text_object texts[] = {
        {SQL_OBJECT_VIEW, "a", "CREATE VIEW a AS SELECT 1 AS one FROM b"},
        {SQL_OBJECT_VIEW, "b", "CREATE VIEW b AS SELECT 1 AS one FROM c JOIN d"},
        {SQL_OBJECT_VIEW, "c", "CREATE VIEW c AS SELECT 1 AS one"},
        {SQL_OBJECT_VIEW, "d", "CREATE VIEW d AS SELECT 1 AS one FROM c"},
        {SQL_OBJECT_PROCEDURE, "p", "CREATE PROCEDURE p() SELECT 1 AS one FROM a"},
    };
    struct objects o;
    objects_build(&o, texts, 5);
    for (size_t i = 0; i < o.n; i++) {
        assert_string_equal(o.items[i].error.message, "");
        assert_true(o.items[i].translated);
    }
    assert_int_equal(place_of(&o, "p"), 0);
    assert_true(place_of(&o, "c") < place_of(&o, "d"));
    assert_true(place_of(&o, "d") < place_of(&o, "b"));
    assert_true(place_of(&o, "b") < place_of(&o, "a"));
    assert_true(object_needs(&o, object_named(&o, "b"), object_named(&o, "d")));
    assert_false(object_needs(&o, object_named(&o, "p"), object_named(&o, "a")));
    arena_clear(&o.run.arena);
}

static void a_circle_of_views_is_told(void **state) {
    (void)state;
    static const struct text_object texts[] = {
        {SQL_OBJECT_VIEW, "a", "CREATE VIEW a AS SELECT 1 AS one FROM b"},
        {SQL_OBJECT_VIEW, "b", "CREATE VIEW b AS SELECT 1 AS one FROM a"},
        {SQL_OBJECT_VIEW, "c", "CREATE VIEW c AS SELECT 1 AS one"},
    };
    struct objects o;
    objects_build(&o, texts, 3);
    assert_int_equal(objects_count(&o, OBJECT_IS_FAILED), 1);
    assert_int_equal(object_named(&o, "b")->error.code, ERR_OBJECT_NEEDS);
    assert_int_equal(object_named(&o, "c")->state, OBJECT_IS_WAITING);
    arena_clear(&o.run.arena);
}

/* Who calls is translated when it is known what the other returns, whichever comes first. */
static void callers_know_of_result_sets(void **state) {
    (void)state;
    static const struct text_object texts[] = {
        {SQL_OBJECT_PROCEDURE, "caller", "CREATE PROCEDURE caller() CALL rows_of()"},
        {SQL_OBJECT_PROCEDURE, "rows_of", "CREATE PROCEDURE rows_of() SELECT 1 AS one"},
        {SQL_OBJECT_PROCEDURE, "recursive", "CREATE PROCEDURE recursive() CALL recursive()"},
    };
    struct objects o;
    objects_build(&o, texts, 3);
    assert_int_equal(object_named(&o, "rows_of")->translation.result_sets, 1);
    assert_int_equal(object_named(&o, "caller")->translation.result_sets, 1); /* passed on */
    assert_int_equal(object_named(&o, "recursive")->state, OBJECT_IS_WAITING);
    arena_clear(&o.run.arena);
}

static bool has_text(struct objects *o, const char *name, const char *text) {
    return strstr(object_named(o, name)->translation.statements[0], text) != NULL;
}

/* openGauss looks for what `p();` calls when the caller is made. */
static void circles_of_calls_are_known(void **state) {
    (void)state;
    static const struct text_object texts[] = {
        {SQL_OBJECT_PROCEDURE, "a", "CREATE PROCEDURE a() CALL b()"},
        {SQL_OBJECT_PROCEDURE, "b", "CREATE PROCEDURE b() BEGIN CALL a(); CALL c(); END"},
        {SQL_OBJECT_PROCEDURE, "c", "CREATE PROCEDURE c() DO 1"},
        {SQL_OBJECT_FUNCTION, "f", "CREATE FUNCTION f() RETURNS INT BEGIN CALL c(); RETURN 1; END"},
    };
    struct objects o;
    objects_build(&o, texts, 4);
    assert_true(has_text(&o, "a", "CALL \"shop\".\"b\"();"));
    o.run.identity.dialect = DIALECT_OG_PG;
    objects_translate(&o);
    assert_true(has_text(&o, "a", "PERFORM \"shop\".\"b\"();"));
    assert_true(has_text(&o, "b", "PERFORM \"shop\".\"a\"();"));
    assert_true(has_text(&o, "b", "    \"shop\".\"c\"();"));
    assert_true(has_text(&o, "f", "PERFORM \"shop\".\"c\"();"));
    arena_clear(&o.run.arena);
}

static void modes_decide_how_a_text_is_read(void **state) {
    (void)state;
    static const struct text_object texts[] = {
        {SQL_OBJECT_VIEW, "v", "CREATE VIEW v AS SELECT \"x\" || 'y' AS \"one\""}};
    struct objects o;
    objects_build(&o, texts, 1);
    struct db_object *x = object_named(&o, "v");
    assert_true(x->parsed);
    x->sql_mode = "PIPES_AS_CONCAT,ANSI_QUOTES";
    objects_parse(&o);
    objects_translate(&o);
    assert_int_equal(x->error.code, ERR_SQL_CARRY); /* "x" is a column now, and there is none */
    o.run.db.is_mariadb = true;
    x->sql_mode = "STRICT_TRANS_TABLES,ORACLE";
    objects_parse(&o);
    assert_false(x->parsed);
    assert_int_equal(x->error.code, ERR_SQL_PARSE);
    arena_clear(&o.run.arena);
}

static void what_changes_each_time_is_found(void **state) {
    (void)state;
    static const struct text_object texts[] = {
        {SQL_OBJECT_VIEW, "plain",
         "CREATE DEFINER=`root`@`%` VIEW plain AS SELECT 1 AS `now`, 'rand()' AS b /* uuid() */"},
        {SQL_OBJECT_VIEW, "named", "CREATE VIEW named AS SELECT p.now FROM plain p"},
        {SQL_OBJECT_VIEW, "clock", "CREATE VIEW clock AS SELECT NOW() AS t"},
        {SQL_OBJECT_VIEW, "bare", "CREATE VIEW bare AS SELECT current_timestamp AS t"},
        {SQL_OBJECT_VIEW, "over", "CREATE VIEW over_clock AS SELECT t FROM clock"},
    };
    struct objects o;
    objects_build(&o, texts, 5);
    assert_null(object_changing(&o, object_named(&o, "plain")));
    assert_null(object_changing(&o, object_named(&o, "named")));
    assert_string_equal(object_changing(&o, object_named(&o, "clock")), "now");
    assert_string_equal(object_changing(&o, object_named(&o, "bare")), "current_timestamp");
    assert_non_null(object_changing(&o, object_named(&o, "over")));
    arena_clear(&o.run.arena);
}

static void what_a_server_may_choose_is_found(void **state) {
    (void)state;
    static const struct text_object texts[] = {
        {SQL_OBJECT_VIEW, "sorted", "CREATE VIEW sorted AS SELECT group_concat(1 ORDER BY 1) AS g"},
        {SQL_OBJECT_VIEW, "joined", "CREATE VIEW joined AS SELECT group_concat(1) AS g"},
        {SQL_OBJECT_VIEW, "cut", "CREATE VIEW cut AS SELECT 1 AS one FROM sorted LIMIT 1"},
        {SQL_OBJECT_VIEW, "over", "CREATE VIEW over_joined AS SELECT 1 AS one FROM joined"},
    };
    struct objects o;
    objects_build(&o, texts, 4);
    assert_null(object_open(&o, object_named(&o, "sorted")));
    assert_string_equal(object_open(&o, object_named(&o, "joined")), "the order within GROUP_CONCAT");
    assert_non_null(object_open(&o, object_named(&o, "cut")));
    assert_non_null(object_open(&o, object_named(&o, "over")));
    arena_clear(&o.run.arena);
}

static void a_translation_is_handed_in(void **state) {
    (void)state;
    static const struct text_object texts[] = {{SQL_OBJECT_VIEW, "v", "CREATE VIEW v AS SELECT 1 AS one"}};
    struct objects o;
    struct err e = ERR_INIT;
    objects_build(&o, texts, 1);
    struct db_object *x = &o.items[0];
    assert_false(objects_supply(&o, x, "CREATE VIEW v AS SELECT 2", &e));
    assert_int_equal(e.code, ERR_TRANSLATION);
    assert_false(x->edited);
    err_clear(&e);
    assert_true(objects_supply(&o, x, "-- @statement\nCREATE VIEW v AS SELECT 2\n", &e));
    assert_true(x->edited);
    assert_int_equal(x->form.drops.n, 1); /* godwit's own: none was given */
    assert_string_equal(x->form.statements.items[0], "CREATE VIEW v AS SELECT 2");
    assert_true(objects_supply(&o, x, NULL, &e));
    assert_false(x->edited);
    assert_int_equal(x->state, OBJECT_IS_WAITING);
    arena_clear(&o.run.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_changes_each_time_is_found), cmocka_unit_test(what_a_server_may_choose_is_found),
        cmocka_unit_test(a_translation_is_handed_in),      cmocka_unit_test(views_stand_behind_those_they_show),
        cmocka_unit_test(a_circle_of_views_is_told),       cmocka_unit_test(callers_know_of_result_sets),
        cmocka_unit_test(circles_of_calls_are_known),      cmocka_unit_test(modes_decide_how_a_text_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
