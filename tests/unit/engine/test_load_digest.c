/* Digests of what a load reads: the same whatever form the rows go to the target in, and the same as the check's of the target. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "engine/load_digest.h"
#include "rows.h"
#include "value/target_spec.h"

enum { COLUMNS_MAX = 256 };
static const enum dialect dialects[] = {DIALECT_PG, DIALECT_OG_A, DIALECT_OG_B, DIALECT_OG_PG};
enum { DIALECTS = sizeof dialects / sizeof dialects[0] };

struct world {
    struct arena a;
    struct err e;
    struct digest_worker worker;
    struct encode_column cols[COLUMNS_MAX];
    struct row row;
    struct buf tuple;
};

static int setup(void **state) {
    struct world *w = calloc(1, sizeof *w);
    digest_worker_init(&w->worker, 1 << 24);
    buf_init(&w->tuple, 1 << 24);
    *state = w;
    return w == NULL;
}

static int teardown(void **state) {
    struct world *w = *state;
    digest_worker_clear(&w->worker);
    buf_clear(&w->tuple);
    row_clear(&w->row);
    arena_clear(&w->a);
    free(w);
    return 0;
}

static void columns(struct world *w, enum dialect d, const struct column_spec *specs, size_t n) {
    for (size_t i = 0; i < n; i++) {
        struct type_override override = {.target = specs[i].target};
        struct typemap_options types = {.dialect = d, .overrides = &override, .noverrides = specs[i].target != NULL};
        struct mytype t;
        assert_true(mytype_parse(&w->a, specs[i].type, &t));
        t.collation = specs[i].collation;
        t.charset = specs[i].charset;
        t.is_mariadb_json = specs[i].mariadb_json;
        w->cols[i] = (struct encode_column){
            .source = {.type = wire_type_of(&t), .is_unsigned = t.is_unsigned || t.kind == MYT_YEAR},
            .from = t,
            .nullable = true,
            .name = arena_printf(&w->a, "c%zu", i)};
        assert_true(typemap_resolve(&w->a, &types, "t", w->cols[i].name, &t, &w->cols[i].to, &w->e));
    }
}

static struct encode_options options(enum dialect d, bool binary) {
    struct encode_options o = {.dialect = d, .binary = binary};
    loss_policies_default(&o.policies);
    return o;
}

/* The digest of the world's row, as a load in this form has it. */
static bool digest_as(struct world *w, const struct encode_options *o, size_t n, struct digest *out,
                      struct digest *form) {
    struct encode_plan *encode;
    struct digest_plan plan;
    struct encode_counts counts = {.counts = arena_array(&w->a, uint64_t, n * LOSS_COUNT)};
    size_t failed;
    assert_true(encode_plan_make(&w->a, o, w->cols, n, &encode, &w->e));
    assert_true(digest_plan_make(&w->a, o, w->cols, n, &plan, &w->e));
    assert_true(buf_put(&w->tuple, "before", 6, &w->e));
    size_t from = w->tuple.len;
    assert_true(encode_row(encode, w->row.bytes, w->row.len, &counts, &w->tuple, &failed, &w->e));
    *form = plan.form;
    return digest_of_row(&w->worker, &plan, w->row.bytes, w->row.len, w->tuple.data + from, w->tuple.len - from, out);
}

static void text_and_binary_have_one_digest(void **state) {
    struct world *w = *state;
    assert_true(all_types_count <= COLUMNS_MAX);
    row_begin(&w->row, all_types_count);
    all_types_row(&w->row);
    for (size_t i = 0; i < DIALECTS; i++) {
        struct encode_options binary = options(dialects[i], true), text = options(dialects[i], false);
        struct digest a = {0, 0}, b = {1, 1}, form_a, form_b;
        columns(w, dialects[i], all_types, all_types_count);
        assert_true(digest_as(w, &binary, all_types_count, &a, &form_a));
        assert_true(digest_as(w, &text, all_types_count, &b, &form_b));
        assert_true(digest_equal(a, b) && digest_equal(form_a, form_b));
    }
}

/* A digest can be compared only if the check, which knows the target's types by their names, comes to the same form. */
static void the_form_is_that_of_the_types_by_name(void **state) {
    struct world *w = *state;
    for (size_t i = 0; i < DIALECTS; i++) {
        for (size_t k = 0; k < all_types_count; k++) {
            struct encode_options o = options(dialects[i], true);
            struct digest_plan plan;
            struct target_spec spec;
            struct canon_plan *canon;
            columns(w, dialects[i], &all_types[k], 1);
            assert_true(digest_plan_make(&w->a, &o, w->cols, 1, &plan, &w->e));
            if (!target_spec_parse(w->cols[0].to.ddl, dialects[i], &spec)) {
                continue; /* an enum type of its own */
            }
            struct canon_column c = {.kind = spec.kind, .ddl = w->cols[0].to.ddl, .name = "c0"};
            assert_true(canon_plan_make(&w->a, dialects[i], &c, 1, &canon, &w->e));
            struct digest found = canon_form(canon);
            if (!digest_equal(found, plan.form)) {
                fail_msg("%s as %s in dialect %d", all_types[k].type, w->cols[0].to.ddl, (int)dialects[i]);
            }
        }
    }
}

static struct digest form_of(struct world *w, enum target_kind kind, const char *ddl, const char *name, size_t n) {
    struct canon_column cols[2] = {{.kind = kind, .ddl = ddl, .name = name}, {.kind = TK_INT4, .name = "other"}};
    struct canon_plan *p;
    assert_true(canon_plan_make(&w->a, DIALECT_PG, cols, n, &p, &w->e));
    return canon_form(p);
}

static void forms_tell_columns_apart(void **state) {
    struct world *w = *state;
    struct digest a = form_of(w, TK_TEXT, "text", "a", 1);
    assert_true(digest_equal(a, form_of(w, TK_TEXT, "character varying(20)", "a", 1)));
    assert_false(digest_equal(a, form_of(w, TK_TEXT, "text", "b", 1)));
    assert_false(digest_equal(a, form_of(w, TK_TEXT, "text", "a", 2)));
    assert_false(digest_equal(a, form_of(w, TK_TEXT, "character(20)", "a", 1)));
    assert_false(digest_equal(a, form_of(w, TK_TEXT, "json", "a", 1)));
    assert_false(digest_equal(form_of(w, TK_TEXT, "json", "a", 1), form_of(w, TK_JSONB, "jsonb", "a", 1)));
    assert_false(digest_equal(form_of(w, TK_INT4, "integer", "a", 1), form_of(w, TK_INT8, "bigint", "a", 1)));
}

/* What B's COPY binary cannot take goes as text, and has a digest all the same. */
static void a_zero_date_of_b_has_one(void **state) {
    struct world *w = *state;
    static const struct column_spec spec = {.type = "date"};
    struct encode_options text = options(DIALECT_OG_B, false);
    struct digest zero, day, form;
    columns(w, DIALECT_OG_B, &spec, 1);
    row_begin(&w->row, 1);
    row_datetime(&w->row, 0, 0, 0, 0, 0, 0, 0);
    assert_true(digest_as(w, &text, 1, &zero, &form));
    row_begin(&w->row, 1);
    row_datetime(&w->row, 2024, 1, 1, 0, 0, 0, 0);
    assert_true(digest_as(w, &text, 1, &day, &form));
    assert_false(digest_equal(zero, day));
}

/* The target may take what has no canonical form; the load goes on without a digest. */
static void a_row_without_a_form_ends_the_chunk_s_digest(void **state) {
    struct world *w = *state;
    static const struct column_spec spec = {.type = "json", .target = "json"};
    struct encode_options o = options(DIALECT_PG, true);
    struct digest d, form;
    struct chunk_digest chunk = {.known = true};
    char deep[2001], text[CHUNK_DIGEST_TEXT] = "?";
    columns(w, DIALECT_PG, &spec, 1);
    memset(deep, '[', 1000);
    memset(deep + 1000, ']', 1000);
    deep[2000] = '\0';
    row_begin(&w->row, 1);
    row_text(&w->row, deep);
    assert_false(digest_as(w, &o, 1, &d, &form));
    assert_int_not_equal(w->worker.refused.code, ERR_NONE);
    chunk_digest_lost(&chunk, &w->worker);
    chunk_digest_lost(&chunk, &w->worker);
    assert_false(chunk.known);
    chunk_digest_text(&chunk, text);
    assert_string_equal(text, "");
}

static void texts(void **state) {
    (void)state;
    struct chunk_digest d = {.known = true, .form = {.lo = 1, .hi = 2}, .sum = {.lo = 0xabcdef, .hi = UINT64_MAX}},
                        back;
    char text[CHUNK_DIGEST_TEXT];
    chunk_digest_text(&d, text);
    assert_string_equal(text, "00000000000000020000000000000001:ffffffffffffffff0000000000abcdef");
    assert_true(chunk_digest_parse(text, &back));
    assert_true(back.known && digest_equal(back.form, d.form) && digest_equal(back.sum, d.sum));
    static const char *const wrong[] = {
        "",
        "1",
        "00000000000000020000000000000001",
        "00000000000000020000000000000001.ffffffffffffffff0000000000abcdef",
        "00000000000000020000000000000001:ffffffffffffffff0000000000abcde",
        "00000000000000020000000000000001:ffffffffffffffff0000000000abcdeff",
        "0000000000000002000000000000000x:ffffffffffffffff0000000000abcdef",
        "00000000000000020000000000000001:ffffffffffffffff0000000000abcdeg",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(chunk_digest_parse(wrong[i], &back));
        assert_false(back.known);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_and_binary_have_one_digest, setup, teardown),
        cmocka_unit_test_setup_teardown(the_form_is_that_of_the_types_by_name, setup, teardown),
        cmocka_unit_test_setup_teardown(forms_tell_columns_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(a_zero_date_of_b_has_one, setup, teardown),
        cmocka_unit_test_setup_teardown(a_row_without_a_form_ends_the_chunk_s_digest, setup, teardown),
        cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
