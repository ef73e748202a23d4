/* objects/files: translations written, edited and read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "build.h"

static const struct text_object texts[] = {
    {SQL_OBJECT_VIEW, "v", "CREATE VIEW v AS SELECT 1 AS one"},
    {SQL_OBJECT_VIEW, "表/a%", "CREATE VIEW `表/a%` AS SELECT 2 AS two"},
    {SQL_OBJECT_FUNCTION, "f", "CREATE FUNCTION f() RETURNS int DETERMINISTIC\n  RETURN AES_ENCRYPT('x', 'y')"},
};

static char dir[64];

static int make_dir(void **state) {
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/godwit_test_objects_XXXXXX");
    return mkdtemp(dir) == NULL;
}

static const char *path(const char *name) {
    static char text[256];
    snprintf(text, sizeof text, "%s/%s", dir, name);
    return text;
}

static int remove_dir(void **state) {
    (void)state;
    static const char *const names[] = {"view.v.sql", "view.表%2Fa%25.sql", "function.f.sql"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        unlink(path(names[i]));
    }
    return rmdir(dir);
}

static char *content(struct arena *a, const char *name) {
    char text[8192];
    FILE *f = fopen(path(name), "re");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    return arena_strndup(a, text, n);
}

static void put(const char *name, const char *text, size_t len) {
    FILE *f = fopen(path(name), "we");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static void write_all(struct objects *o, size_t written, size_t kept) {
    size_t w, k;
    struct err e = ERR_INIT;
    objects_build(o, texts, 3);
    assert_true(objects_write(o, dir, &w, &k, &e));
    assert_int_equal(w, written);
    assert_int_equal(k, kept);
}

static void what_is_written_is_read_as_not_edited(void **state) {
    (void)state;
    struct objects o;
    struct err e = ERR_INIT;
    write_all(&o, 3, 0);
    const char *text = content(&o.run.arena, "view.v.sql");
    assert_non_null(strstr(text, "\n-- CREATE VIEW v AS SELECT 1 AS one\n"));
    assert_non_null(strstr(
        text, "\n-- @statement\nCREATE VIEW \"shop\".\"v\" AS SELECT 1 AS \"one\"\n-- @drop\nDROP VIEW IF EXISTS"));
    text = content(&o.run.arena, "function.f.sql");
    assert_non_null(strstr(text, "-- GW3060\n-- not carried, line 2, column 10: function AES_ENCRYPT"));
    assert_null(strstr(text, "-- @statement\n"));
    assert_non_null(strstr(text, "-- @drop\nDROP FUNCTION IF EXISTS \"shop\".\"f\"\n"));
    assert_non_null(content(&o.run.arena, "view.表%2Fa%25.sql"));
    assert_true(objects_read_files(&o, dir, &e));
    assert_false(object_named(&o, "v")->edited);
    assert_int_equal(object_named(&o, "f")->state, OBJECT_IS_FAILED);
    arena_clear(&o.run.arena);
    write_all(&o, 3, 0);
    arena_clear(&o.run.arena);
}

static void what_was_edited_is_taken_and_kept(void **state) {
    (void)state;
    struct objects o;
    struct err e = ERR_INIT;
    static const char by_hand[] =
        "of mine\r\n-- @statement\r\n\r\n CREATE FUNCTION f; x \n-- @statement x\n;\n\n-- @statement\nCOMMENT;\n"
        "-- @statement\n  \n-- @drop\nDROP f\n-- @drop\nDROP g";
    write_all(&o, 3, 0);
    put("function.f.sql", by_hand, strlen(by_hand));
    assert_true(objects_read_files(&o, dir, &e));
    struct db_object *f = object_named(&o, "f");
    assert_true(f->edited);
    assert_int_equal(f->state, OBJECT_IS_WAITING);
    assert_int_equal(f->error.code, ERR_NONE);
    assert_int_equal(f->form.statements.n, 2);
    assert_string_equal(f->form.statements.items[0], "CREATE FUNCTION f; x \n-- @statement x\n;");
    assert_string_equal(f->form.statements.items[1], "COMMENT;");
    assert_int_equal(f->form.drops.n, 2);
    assert_string_equal(f->form.drops.items[1], "DROP g");
    arena_clear(&o.run.arena);
    write_all(&o, 2, 1);
    assert_string_equal(content(&o.run.arena, "function.f.sql"), by_hand);
    /* Without a way to take it away there is the usual one. */
    put("view.v.sql", "-- @statement\nCREATE VIEW x", 27);
    assert_true(objects_read_files(&o, dir, &e));
    struct db_object *v = object_named(&o, "v");
    assert_true(v->edited);
    assert_string_equal(v->form.drops.items[0], "DROP VIEW IF EXISTS \"shop\".\"v\"");
    arena_clear(&o.run.arena);
}

static void an_edited_one_is_taken_back(void **state) {
    (void)state;
    struct objects o;
    struct err e = ERR_INIT;
    write_all(&o, 3, 0);
    struct db_object *v = object_named(&o, "v"), *f = object_named(&o, "f");
    v->edited = f->edited = true; /* as an earlier run has recorded it */
    v->form = (struct object_form){0};
    err_clear(&f->error);
    assert_true(objects_read_files(&o, dir, &e));
    assert_false(v->edited);
    assert_int_equal(v->form.statements.n, 1);
    assert_int_equal(f->state, OBJECT_IS_FAILED);
    assert_int_equal(f->error.code, ERR_SQL_CARRY);
    arena_clear(&o.run.arena);
}

static void what_is_no_text_is_refused(void **state) {
    (void)state;
    struct objects o;
    struct err e = ERR_INIT;
    objects_build(&o, texts, 3);
    assert_true(objects_read_files(&o, dir, &e)); /* files may be missing */
    put("view.v.sql", "-- @statement\nCREATE\0x", 22);
    assert_false(objects_read_files(&o, dir, &e));
    assert_int_equal(e.code, ERR_TRANSLATION);
    put("view.v.sql", "-- @statement\nCREATE\xff", 21);
    assert_false(objects_read_files(&o, dir, &e));
    assert_int_equal(e.code, ERR_TRANSLATION);
    assert_false(objects_read_files(&o, "/nowhere/at/all", &e));
    assert_int_equal(e.code, ERR_FILE);
    arena_clear(&o.run.arena);
}

static void reports_speak_both_languages(void **state) {
    (void)state;
    struct objects o;
    objects_build(&o, texts, 3);
    for (int zh = 0; zh < 2; zh++) {
        char *text = NULL;
        size_t len;
        FILE *f = open_memstream(&text, &len);
        objects_print(&o, false, false, zh, f);
        fclose(f);
        assert_non_null(strstr(text, zh ? "视图      v" : "view       v"));
        assert_non_null(strstr(text, "GW3060"));
        assert_non_null(strstr(text, zh ? "3 个对象: 0 迁移完成, 2 待迁移, 1 个存在障碍"
                                        : "3 objects: 0 migrated, 2 waiting, 1 with something in the way"));
        assert_true(str_utf8_valid(text, len));
        free(text);
    }
    json_t *json = objects_to_json(&o);
    assert_int_equal(json_integer_value(json_object_get(json, "failed")), 1);
    assert_int_equal(json_array_size(json_object_get(json, "objects")), 3);
    json_t *place = json_object_get(json_array_get(json_object_get(json, "objects"), 0), "place");
    assert_int_equal(json_integer_value(json_object_get(place, "line")), 2);
    assert_int_equal(json_integer_value(json_object_get(place, "column")), 10);
    json_decref(json);
    arena_clear(&o.run.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read_as_not_edited, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(what_was_edited_is_taken_and_kept, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(an_edited_one_is_taken_back, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(what_is_no_text_is_refused, make_dir, remove_dir),
        cmocka_unit_test(reports_speak_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
