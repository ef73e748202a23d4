/* engine/report: the table people read is aligned and complete; the JSON says the same. */
#include "engine/report.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/text_width.h"

static struct table_report tables[] = {
    {.source = "orders",
     .target = "shop.orders",
     .rows = 1234567,
     .bytes = 120000000,
     .chunks = 4,
     .load_s = 2,
     .index_s = 0.5},
    {.source = "订单明细",
     .target = "shop.订单明细",
     .rows = 7,
     .bytes = 900,
     .chunks = 1,
     .load_s = 0.25,
     .index_s = 0,
     .diverted = 3},
    {.source = "Users", .target = "shop.users", .rows = 0, .bytes = 0, .chunks = 1},
};
static struct loss_entry losses[] = {
    {.table = "orders", .column = "born", .rule = LOSS_ZERO_DATE, .policy = LOSS_NULL, .count = 1500},
    {.table = "Users", .column = "born", .rule = LOSS_ZERO_DATE, .policy = LOSS_NULL, .count = 2},
    {.table = "orders", .column = "x", .rule = LOSS_NEGATIVE_ZERO, .policy = LOSS_CLAMP, .count = 1},
};
static char object[] = "index shop.orders.ft", reason[] = "FULLTEXT", instead[] = "a GIN index",
            object2[] = "table shop.b", reason2[] = "collation differs", kind[] = "view", name[] = "v_orders",
            why[] = "views are not carried yet", task[] = "nightly", version[] = "8.0.36",
            target[] = "PostgreSQL 15.5 on x86_64, compiled by gcc", how[] = "lock: held 3 ms", gtid[] = "uuid:1-5",
            file[] = "binlog.000007";
static struct ddl_finding findings[] = {
    {.object = object, .reason = reason, .instead = instead, .changes_meaning = false},
    {.object = object2, .reason = reason2, .instead = NULL, .changes_meaning = true},
};
static struct uncarried uncarried[] = {{.kind = kind, .name = name, .reason = why}};

static struct report sample(void) {
    struct report r;
    report_init(&r);
    r.ok = true;
    r.task = task;
    r.source_version = version;
    r.target_version = target;
    r.dialect = "postgresql";
    r.snapshot = how;
    r.gtid = gtid;
    r.binlog_file = file;
    r.binlog_pos = 4711;
    r.total_s = 3.5;
    r.load_s = 2.25;
    r.index_s = 0.5;
    r.rows = 1234574;
    r.bytes = 120000900;
    r.tables = tables;
    r.ntables = 3;
    r.losses = losses;
    r.nlosses = 3;
    r.findings = findings;
    r.nfindings = 2;
    r.uncarried = uncarried;
    r.nuncarried = 1;
    return r;
}

static char *printed(const struct report *r) {
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    report_print(r, f);
    fclose(f);
    return text;
}

static void has(const char *text, const char *part) {
    if (strstr(text, part) == NULL) {
        fail_msg("'%s' is missing in:\n%s", part, text);
    }
}

static void has_not(const char *text, const char *part) {
    if (strstr(text, part) != NULL) {
        fail_msg("'%s' should not be in:\n%s", part, text);
    }
}

static void people_find_everything(void **state) {
    (void)state;
    struct report r = sample();
    char *text = printed(&r);
    has(text, "Loaded.");
    has(text, "nightly");
    has(text, "PostgreSQL 15.5, dialect postgresql\n");
    has(text, "lock: held 3 ms");
    has(text, "uuid:1-5");
    has(text, "binlog.000007:4711");
    has(text, "1 234 567");
    has(text, "60.0 MB/s");
    has(text, "3 put aside");
    has(text, "total");
    has(text, "Users is called shop.users in the target");
    has_not(text, "orders is called");
    has(text, "zero-date: ");
    has(text, "orders.born  1 500, policy null");
    has(text, "Users.born  2, policy null");
    has(text, "orders.x  1, policy clamp");
    has(text, "\n  FULLTEXT\n    index shop.orders.ft: a GIN index\n");
    has(text, "\n  collation differs\n    table shop.b\n");
    has(text, "view v_orders: views are not carried yet");
    /* What changes meaning stands before what does not. */
    assert_true(strstr(text, "collation differs") < strstr(text, "FULLTEXT"));
    free(text);
}

static void rows_are_aligned_whatever_the_names(void **state) {
    (void)state;
    struct report r = sample();
    char *text = printed(&r), *line = strstr(text, "\ntable ");
    assert_non_null(line);
    struct arena a = ARENA_INIT;
    size_t width = 0;
    for (int i = 0; i < 5; i++) { /* head, three tables, total */
        line++;
        size_t n = strcspn(line, "\n");
        char *one = arena_strndup(&a, line, n), *aside = strstr(one, "  3 put aside");
        if (aside != NULL) {
            *aside = '\0';
        }
        width = i == 0 ? text_width(one) : width;
        assert_int_equal(text_width(one), width);
        line += n;
    }
    arena_clear(&a);
    free(text);
}

static void a_failure_says_what_and_how_far(void **state) {
    (void)state;
    struct report r = sample();
    r.ok = false;
    r.resumed = true;
    r.chunks_kept = 12;
    err_set(&r.error, ERR_TARGET_LOST, "the server went away");
    char *text = printed(&r);
    has(text, "Not finished: the server went away (GW3012).");
    has(text, "12 chunks were there already");
    has_not(text, "Loaded");
    has(text, "1 234 567"); /* how far it came */
    has_not(text, "FULLTEXT");
    has_not(text, "MB/s"); /* rows of two runs over the time of one would be no speed */
    free(text);
}

static void findings_of_one_reason_stand_together(void **state) {
    (void)state;
    enum { N = 30 };
    struct report r = sample();
    struct ddl_finding many[N];
    char names[N][16];
    static char same[] = "same", other[] = "other";
    for (size_t i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "column c%zu", i);
        many[i] =
            (struct ddl_finding){.object = names[i], .reason = i % 2 == 0 ? same : other, .changes_meaning = i == 4};
    }
    r.findings = many;
    r.nfindings = N;
    char *text = printed(&r);
    has(text, "Definitions that mean something else in the target\n  same\n    column c4\n");
    has(text, "Definitions carried in another form\n  same\n    column c0\n    column c2\n    column c6\n");
    has(text, "  other\n    column c1\n");
    has(text, "and 6 more"); /* 14 of the same reason, 8 shown */
    has(text, "and 7 more");
    has_not(text, "column c29");
    free(text);
}

static void an_empty_report_prints(void **state) {
    (void)state;
    struct report r;
    report_init(&r);
    err_set(&r.error, ERR_SOURCE_CONNECT, "refused");
    char *text = printed(&r);
    has(text, "refused");
    has_not(text, "(null)");
    has_not(text, "total");
    free(text);
    json_t *o = report_to_json(&r);
    assert_int_equal(json_array_size(json_object_get(o, "tables")), 0);
    json_decref(o);
    report_clear(&r);
}

static json_t *member(json_t *o, const char *key) {
    json_t *v = json_object_get(o, key);
    if (v == NULL) {
        fail_msg("no key %s", key);
    }
    return v;
}

static const char *text_at(json_t *o, const char *key) {
    return json_string_value(member(o, key));
}

static void programs_find_the_same(void **state) {
    (void)state;
    struct report r = sample();
    json_t *o = report_to_json(&r);
    assert_true(json_is_true(member(o, "ok")));
    assert_null(json_object_get(o, "error"));
    assert_string_equal(text_at(o, "dialect"), "postgresql");
    assert_string_equal(text_at(member(o, "position"), "gtid"), "uuid:1-5");
    assert_int_equal(json_integer_value(member(member(o, "position"), "binlog_pos")), 4711);
    assert_int_equal(json_integer_value(member(o, "rows")), 1234574);
    assert_true(json_real_value(member(o, "total_s")) == 3.5);
    json_t *one = json_array_get(member(o, "tables"), 1);
    assert_string_equal(text_at(one, "source"), "订单明细");
    assert_int_equal(json_integer_value(member(one, "diverted")), 3);
    assert_true(json_real_value(member(one, "load_s")) == 0.25);
    json_t *loss = json_array_get(member(o, "losses"), 0);
    assert_string_equal(text_at(loss, "rule"), "zero-date");
    assert_string_equal(text_at(loss, "policy"), "null");
    assert_int_equal(json_integer_value(member(loss, "count")), 1500);
    json_t *finding = json_array_get(member(o, "findings"), 1);
    assert_true(json_is_true(member(finding, "changes_meaning")));
    assert_true(json_is_null(member(finding, "instead")));
    assert_string_equal(text_at(json_array_get(member(o, "uncarried"), 0), "name"), "v_orders");
    char *dumped = json_dumps(o, 0);
    assert_non_null(dumped);
    free(dumped);
    json_decref(o);
}

static void bytes_that_are_not_utf8_do_not_break_the_json(void **state) {
    (void)state;
    struct report r = sample();
    char bad[] = "nam\xff";
    r.task = bad;
    r.ok = false;
    err_set(&r.error, ERR_TARGET_ROW, "bad \xfe byte");
    json_t *o = report_to_json(&r);
    assert_string_equal(text_at(o, "task"), "nam?");
    assert_string_equal(text_at(member(o, "error"), "code"), "GW3020");
    char *dumped = json_dumps(o, 0);
    assert_non_null(dumped);
    free(dumped);
    json_decref(o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_find_everything),
        cmocka_unit_test(rows_are_aligned_whatever_the_names),
        cmocka_unit_test(a_failure_says_what_and_how_far),
        cmocka_unit_test(findings_of_one_reason_stand_together),
        cmocka_unit_test(an_empty_report_prints),
        cmocka_unit_test(programs_find_the_same),
        cmocka_unit_test(bytes_that_are_not_utf8_do_not_break_the_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
