/* cli/task_file: the same task from JSON; every fault names its key and place; the command line wins. */
#include "cli/task_file.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"

#define ENDS "\"source\": \"mysql://app@db1/shop\", \"target\": \"opengauss://app@db2/shop\""

struct world {
    struct arena a;
    struct options o;
    struct err e;
    char path[64];
};

static int make(void **state) {
    struct world *w = calloc(1, sizeof *w);
    strcpy(w->path, "/tmp/godwit-task-XXXXXX");
    int fd = mkstemp(w->path);
    *state = w;
    return fd < 0 || close(fd) != 0;
}

static int drop(void **state) {
    struct world *w = *state;
    unlink(w->path);
    arena_clear(&w->a);
    free(w);
    return 0;
}

static bool parse(struct world *w, const char *json, const char *more) {
    FILE *f = fopen(w->path, "w");
    assert_non_null(f);
    fputs(json, f);
    fclose(f);
    char *words[16], *rest = strdup(more);
    int n = 0;
    words[n++] = arena_printf(&w->a, "--task=%s", w->path);
    for (char *p = strtok(rest, "\n"); p != NULL; p = strtok(NULL, "\n")) {
        words[n++] = p;
    }
    err_clear(&w->e);
    options_init(&w->o, &w->a);
    bool ok = options_parse(&w->o, CMD_MIGRATE, "migrate", n, words, &w->e);
    free(rest);
    return ok;
}

static void good(struct world *w, const char *json, const char *more) {
    if (!parse(w, json, more)) {
        fail_msg("%s: %s (%s)", json, w->e.message, w->e.where);
    }
}

static void bad(struct world *w, const char *json, enum err_code code, const char *message, const char *where) {
    if (parse(w, json, "")) {
        fail_msg("taken: %s", json);
    }
    if (w->e.code != code || strstr(w->e.message, message) == NULL || strstr(w->e.where, where) == NULL) {
        fail_msg("%s: %d '%s' at '%s'", json, (int)w->e.code, w->e.message, w->e.where);
    }
    assert_non_null(strstr(w->e.where, w->path));
}

static void a_whole_task_is_read(void **state) {
    struct world *w = *state;
    good(w,
         "{\"$schema\": \"x\", \"comment\": \"nightly\", \"name\": \"nightly\",\n"
         "\"source\": {\"url\": \"mysql://app@db1/shop\", \"password_file\": \"/s\"},\n"
         "\"target\": {\"url\": \"opengauss://app@db2/shop?schema=a\", \"password_env\": \"TP\"},\n"
         "\"table\": [\"order*\", \"/^u/\"], \"exclude\": [\"*_old\"], \"schema\": \"b\",\n"
         "\"type\": {\"tinyint(1)\": \"boolean\", \"orders.total\": \"double precision\"},\n"
         "\"json_as_json\": true, \"time_as_interval\": false, \"on_loss\": {\"zero-date\": \"null\"},\n"
         "\"jobs\": 8, \"chunk_size\": \"64MiB\", \"rate_limit\": 50000000, \"snapshot\": \"lock\", \"lock_timeout\": "
         "\"250ms\",\n"
         "\"append\": true, \"overwrite\": false, \"on_error\": \"divert\", \"copy_text\": true, \"retry\": 30,\n"
         "\"precheck_rows\": 77, \"timeout\": \"1m\"}",
         "");
    const struct task *t = &w->o.task;
    assert_string_equal(t->name, "nightly");
    assert_string_equal(t->source.host, "db1");
    assert_string_equal(w->o.source_password.file, "/s");
    assert_string_equal(w->o.target_password.env, "TP");
    assert_int_equal(t->tables.ninclude, 2);
    assert_string_equal(t->tables.include[1], "/^u/");
    assert_string_equal(t->tables.exclude[0], "*_old");
    assert_string_equal(t->target_schema, "b");
    assert_int_equal(t->noverrides, 2);
    assert_string_equal(t->overrides[0].mysql_type, "tinyint(1)"); /* in the order written */
    assert_string_equal(t->overrides[1].column, "total");
    assert_true(t->json_as_json);
    assert_false(t->time_as_interval);
    assert_int_equal(t->loss.of[LOSS_ZERO_DATE], LOSS_NULL);
    assert_int_equal(t->jobs, 8);
    assert_int_equal(t->chunk_bytes, 64 << 20);
    assert_int_equal(t->rate_limit_bytes, 50000000);
    assert_int_equal(t->snapshot, SNAPSHOT_LOCK);
    assert_int_equal(t->lock_timeout_ms, 250);
    assert_int_equal(t->on_existing, EXISTING_APPEND);
    assert_int_equal(t->on_row_error, ROW_ERROR_DIVERT);
    assert_true(t->copy_text);
    assert_int_equal(t->retry_ms, 30000);
    assert_int_equal(t->precheck_rows, 77);
    assert_int_equal(t->target.io_timeout_ms, 60000);
}

static void the_command_line_wins(void **state) {
    struct world *w = *state;
    const char *json =
        "{" ENDS ", \"jobs\": 8, \"table\": [\"a\", \"b\"], \"exclude\": [\"x\"], \"overwrite\": true,"
        "\"type\": {\"int\": \"bigint\"}, \"on_loss\": {\"zero-date\": \"null\", \"nul-byte\": \"null\"}}";
    good(w, json, "--jobs=3\n--table=c\n--table=d\n--append\n--type=int=text\n--on-loss=zero-date=replace");
    const struct task *t = &w->o.task;
    assert_int_equal(t->jobs, 3);
    assert_int_equal(t->tables.ninclude, 2); /* a list replaces the list */
    assert_string_equal(t->tables.include[0], "c");
    assert_string_equal(t->tables.include[1], "d");
    assert_int_equal(t->tables.nexclude, 1);
    assert_int_equal(t->on_existing, EXISTING_APPEND);
    assert_string_equal(t->overrides[0].target, "text"); /* pairs are merged, the command line's first */
    assert_string_equal(t->overrides[1].target, "bigint");
    assert_int_equal(t->loss.of[LOSS_ZERO_DATE], LOSS_REPLACE);
    assert_int_equal(t->loss.of[LOSS_NUL_BYTE], LOSS_NULL);
    good(w, json, "mysql://u@other/db\npostgresql://u@else/db");
    assert_string_equal(w->o.task.source.host, "other");
    assert_string_equal(w->o.task.target.host, "else");
    good(w, "{\"jobs\": 2}", "mysql://u@other/db\npostgresql://u@else/db"); /* a file of options only */
    assert_int_equal(w->o.task.jobs, 2);
}

static void faults_name_key_and_place(void **state) {
    struct world *w = *state;
    static const struct {
        const char *json;
        enum err_code code;
        const char *message, *where;
    } cases[] = {
        {"", ERR_TASK_FILE, "not JSON", "line 1"},
        {"{\n\"jobs\": 4,\n}", ERR_TASK_FILE, "not JSON", "line 3, column 1"},
        {"[]", ERR_TASK_FILE, "holds an array", ""},
        {"{\"jobs\": 1, \"jobs\": 2}", ERR_TASK_FILE, "duplicate", "line 1"},
        {"{\n\n\"jbos\": 4}", ERR_TASK_FILE, "unknown key 'jbos'", "line 3, key jbos"},
        {"{\"chunk-size\": \"1MB\"}", ERR_TASK_FILE, "unknown key 'chunk-size'", "key chunk-size"},
        {"{\"resume\": true}", ERR_TASK_FILE, "unknown key 'resume'", "key resume"},
        {"{\"help\": true}", ERR_TASK_FILE, "unknown key 'help'", "key help"},
        {"{\"jobs\": \"4\"}", ERR_TASK_FILE, "jobs is a string; it must be a whole number", "key jobs"},
        {"{\"jobs\": 4.5}", ERR_TASK_FILE, "jobs is a number; it must be a whole number", "key jobs"},
        {"{\"jobs\": 0}", ERR_USAGE, "--jobs: '0'", "key jobs"},
        {"{\"jobs\": -3}", ERR_USAGE, "--jobs: '-3'", "key jobs"},
        {"{\"jobs\": null}", ERR_TASK_FILE, "jobs is null", "key jobs"},
        {"{\"chunk_size\": true}", ERR_TASK_FILE, "chunk_size is true or false", "key chunk_size"},
        {"{\"chunk_size\": \"huge\"}", ERR_USAGE, "'huge'", "key chunk_size"},
        {"{\"overwrite\": \"yes\"}", ERR_TASK_FILE, "must be true or false", "key overwrite"},
        {"{\"table\": \"a\"}", ERR_TASK_FILE, "must be an array of strings", "key table"},
        {"{\"table\": [1]}", ERR_TASK_FILE, "must be an array of strings", "key table"},
        {"{\"type\": [\"int=text\"]}", ERR_TASK_FILE, "must be an object of strings", "key type"},
        {"{\"type\": {\"int\": 4}}", ERR_TASK_FILE, "int is a number", "key type.int"},
        {"{\n\"on_loss\": {\n\"zero-date\": \"clamp\"}}", ERR_POLICY, "'clamp' is no policy",
         "line 3, key on_loss.zero-date"},
        {"{\"source\": 1}", ERR_TASK_FILE, "must be a URL", "key source"},
        {"{\"source\": {}}", ERR_TASK_FILE, "source has no url", "key source"},
        {"{\"source\": {\"url\": \"x\", \"user\": \"y\"}}", ERR_TASK_FILE, "unknown key 'user' in source",
         "key source.user"},
        {"{\"target\": {\"url\": \"x\", \"password\": \"s3cret\"}}", ERR_TASK_FILE, "not taken from a task file",
         "key target.password"},
        {"{\"source\": {\"url\": \"x\", \"password_file\": \"a\", \"password_env\": \"b\"}}", ERR_TASK_FILE, "both",
         "key source"},
        {"{\"source\": {\"url\": \"\"}}", ERR_TASK_FILE, "not empty", "key source.url"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bad(w, cases[i].json, cases[i].code, cases[i].message, cases[i].where);
        assert_null(strstr(w->e.message, "s3cret"));
    }
    assert_false(parse(w, "{" ENDS ", \"overwrite\": true, \"append\": true}", ""));
    assert_non_null(strstr(w->e.message, "exclude each other"));
    assert_false(parse(w, "{\"source\": \"mysql://u:s3cret@db/s\", \"target\": \"opengauss://u@db/s\"}", ""));
    assert_int_equal(w->e.code, ERR_URL);
    assert_null(strstr(w->e.where, "s3cret"));
    assert_false(parse(w, "{\"source\": \"mysql://u@db/s\"}", ""));
    assert_int_equal(w->e.code, ERR_USAGE);
}

static void a_missing_or_huge_file_is_an_error(void **state) {
    struct world *w = *state;
    options_init(&w->o, &w->a);
    assert_false(task_file_read(&w->o, "/nonexistent/task.json", &w->e));
    assert_int_equal(w->e.code, ERR_FILE);
    assert_false(task_file_read(&w->o, "/tmp", &w->e)); /* a directory */
    assert_int_equal(w->e.code, ERR_FILE);
    assert_false(task_file_read(&w->o, "/dev/zero", &w->e));
    assert_int_equal(w->e.code, ERR_LIMIT);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
    const struct CMUnitTest tests[] = {
        T(a_whole_task_is_read),
        T(the_command_line_wins),
        T(faults_name_key_and_place),
        T(a_missing_or_huge_file_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
