/* cli/options: the command line into a task; what is refused, and with which help. */
#include "cli/options.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

#define SRC "mysql://app@db1/shop"
#define DST "opengauss://app@db2/shop"

struct world {
    struct arena a;
    struct options o;
    struct err e;
};

static int make(void **state) {
    *state = calloc(1, sizeof(struct world));
    return *state == NULL;
}

static int drop(void **state) {
    struct world *w = *state;
    arena_clear(&w->a);
    free(w);
    return 0;
}

static const char *name_of(unsigned command) {
    return command == CMD_PRECHECK ? "precheck"
           : command == CMD_PLAN   ? "plan"
           : command == CMD_LOAD   ? "load"
                                   : "migrate";
}

/* Words separated by '\n', so that they may hold blanks. */
static bool parse(struct world *w, unsigned command, const char *text) {
    char *words[64], *rest = strdup(text);
    int n = 0;
    for (char *p = strtok(rest, "\n"); p != NULL; p = strtok(NULL, "\n")) {
        words[n++] = p;
    }
    err_clear(&w->e);
    options_init(&w->o, &w->a);
    bool ok = options_parse(&w->o, command, name_of(command), n, words, &w->e);
    free(rest); /* nothing of the words may be kept */
    return ok;
}

static void good(struct world *w, unsigned command, const char *text) {
    if (!parse(w, command, text)) {
        fail_msg("%s: %s / %s", text, w->e.message, w->e.hint);
    }
}

static void bad(struct world *w, unsigned command, const char *text, enum err_code code, const char *message) {
    if (parse(w, command, text)) {
        fail_msg("taken: %s", text);
    }
    if (w->e.code != code || strstr(w->e.message, message) == NULL) {
        fail_msg("%s: %d %s", text, (int)w->e.code, w->e.message);
    }
}

static void without_options_everything_has_its_default(void **state) {
    struct world *w = *state;
    good(w, CMD_LOAD, SRC "\n" DST);
    const struct task *t = &w->o.task;
    assert_string_equal(t->source.host, "db1");
    assert_string_equal(t->source_database, "shop");
    assert_string_equal(t->target.host, "db2");
    assert_null(t->target_schema);
    assert_null(t->name);
    assert_true(t->jobs >= 4 && t->jobs <= 16);
    assert_int_equal(t->chunk_bytes, 32 << 20);
    assert_int_equal(t->rate_limit_bytes, 0);
    assert_int_equal(t->snapshot, SNAPSHOT_AUTO);
    assert_int_equal(t->lock_timeout_ms, 5000);
    assert_int_equal(t->on_existing, EXISTING_REFUSE);
    assert_int_equal(t->on_row_error, ROW_ERROR_STOP);
    assert_int_equal(t->retry_ms, 60000);
    assert_int_equal(t->precheck_rows, 10000);
    assert_int_equal(t->loss.of[LOSS_ZERO_DATE], LOSS_FAIL);
    assert_int_equal(t->loss.of[LOSS_NEGATIVE_ZERO], LOSS_CLAMP);
    assert_false(t->resume || t->restart || t->accept_moved || t->copy_text || t->json_as_json || t->time_as_interval);
    assert_int_equal(w->o.progress, STYLE_AUTO);
    assert_int_equal(t->source.io_timeout_ms, 0);
}

static void every_option_lands_in_its_field(void **state) {
    struct world *w = *state;
    good(w, CMD_MIGRATE,
         "--table\norder*\n" SRC "\n--table=/^user_[0-9]+$/\n--exclude\n*_old\n" DST
         "\n--schema=Sales\n--type=tinyint(1)=boolean\n--type\norders.total=double "
         "precision\n--json-as-json\n--time-as-interval"
         "\n--jobs=12\n--rate-limit=50MB\n--chunk-size=64MiB\n--snapshot=lock-free\n--lock-timeout=250ms\n--"
         "overwrite\n--on-error=divert"
         "\n--on-loss=zero-date=null\n--on-loss\nnul-byte=replace\n--resume\n--accept-moved\n--retry=2m\n--name="
         "nightly run\n--copy-text"
         "\n--precheck-rows=500\n--timeout=90s\n--progress=json\n--report=r.json\n--log=-\n--quiet\n--lang=zh\n--yes"
         "\n--source-password-file=/s\n--target-password-file=/t");
    const struct task *t = &w->o.task;
    assert_int_equal(t->tables.ninclude, 2);
    assert_string_equal(t->tables.include[0], "order*");
    assert_string_equal(t->tables.include[1], "/^user_[0-9]+$/");
    assert_int_equal(t->tables.nexclude, 1);
    assert_string_equal(t->tables.exclude[0], "*_old");
    assert_string_equal(t->target_schema, "Sales");
    assert_int_equal(t->noverrides, 2);
    assert_true(t->json_as_json && t->time_as_interval && t->copy_text && t->resume && t->accept_moved);
    assert_int_equal(t->jobs, 12);
    assert_int_equal(t->rate_limit_bytes, 50000000);
    assert_int_equal(t->chunk_bytes, 64 << 20);
    assert_int_equal(t->snapshot, SNAPSHOT_LOCK_FREE);
    assert_int_equal(t->lock_timeout_ms, 250);
    assert_int_equal(t->on_existing, EXISTING_OVERWRITE);
    assert_int_equal(t->on_row_error, ROW_ERROR_DIVERT);
    assert_int_equal(t->loss.of[LOSS_ZERO_DATE], LOSS_NULL);
    assert_int_equal(t->loss.of[LOSS_NUL_BYTE], LOSS_REPLACE);
    assert_int_equal(t->retry_ms, 120000);
    assert_string_equal(t->name, "nightly run");
    assert_int_equal(t->precheck_rows, 500);
    assert_int_equal(t->source.io_timeout_ms, 90000);
    assert_int_equal(t->target.io_timeout_ms, 90000);
    assert_int_equal(w->o.progress, STYLE_JSON);
    assert_string_equal(w->o.report_file, "r.json");
    assert_string_equal(w->o.log_file, "-");
    assert_true(w->o.quiet && w->o.yes);
    assert_int_equal(w->o.lang, LANG_ZH);
    assert_string_equal(w->o.source_password.file, "/s");
    assert_string_equal(w->o.target_password.file, "/t");
    good(w, CMD_LOAD, SRC "\n" DST "\n--append\n--restart\n--snapshot=lock\n--rate-limit\n1.5GiB/s");
    assert_int_equal(w->o.task.on_existing, EXISTING_APPEND);
    assert_true(w->o.task.restart);
    assert_int_equal(w->o.task.snapshot, SNAPSHOT_LOCK);
    assert_int_equal(w->o.task.rate_limit_bytes, 1610612736);
    good(w, CMD_MIGRATE, SRC "\n" DST "\n--skip-precheck");
    assert_true(w->o.task.skip_precheck);
    good(w, CMD_PRECHECK, SRC "\n" DST "\n--precheck-exact\n--json");
    assert_true(w->o.task.precheck_exact && w->o.json);
}

static void the_url_and_the_options_agree_on_who_wins(void **state) {
    struct world *w = *state;
    good(w, CMD_LOAD, SRC "\n" DST "?schema=a");
    assert_string_equal(w->o.task.target_schema, "a");
    good(w, CMD_LOAD, SRC "\n" DST "?schema=a\n--schema=b");
    assert_string_equal(w->o.task.target_schema, "b");
    good(w, CMD_LOAD, SRC "?timeout=7s\n" DST "\n--timeout=90s");
    assert_int_equal(w->o.task.source.io_timeout_ms, 7000);
    assert_int_equal(w->o.task.target.io_timeout_ms, 90000);
}

static void type_overrides_are_taken_apart(void **state) {
    struct world *w = *state;
    good(w, CMD_PLAN,
         SRC "\n" DST "\n--type=decimal(10,2)=numeric(12,2)\n--type= *.born = timestamp(3) "
             "\n--type=enum('a=b.c')=text\n--type=shop_*.id=bigint");
    const struct type_override *v = w->o.task.overrides;
    assert_int_equal(w->o.task.noverrides, 4);
    /* The last said stands first: the type map takes the first that fits. */
    assert_string_equal(v[3].mysql_type, "decimal(10,2)");
    assert_string_equal(v[3].target, "numeric(12,2)");
    assert_null(v[3].table);
    assert_string_equal(v[2].table, "*");
    assert_string_equal(v[2].column, "born");
    assert_string_equal(v[2].target, "timestamp(3)");
    assert_null(v[2].mysql_type);
    assert_string_equal(v[1].mysql_type, "enum('a=b.c')");
    assert_string_equal(v[1].target, "text");
    assert_string_equal(v[0].table, "shop_*");
    static const char *const wrong[] = {"int", "=text",     "int=",    "a.b.c=text", ".b=text",    "a.=text",
                                        "=",   ":int=text", "a:=text", "a:int=",     "[a:int=text"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        bad(w, CMD_PLAN, arena_printf(&w->a, SRC "\n" DST "\n--type=%s", wrong[i]), ERR_TYPE_OVERRIDE, "--type");
    }
}

static void type_overrides_of_some_tables(void **state) {
    struct world *w = *state;
    good(w, CMD_PLAN,
         SRC "\n" DST "\n--type=order*:decimal(10,2)=numeric\n--type=a.b:int=bigint"
             "\n--type=[[:digit:]]*.id=bigint\n--type=a\\.b\\=c.d=text\n--type=enum('a:b','c')=text");
    const struct type_override *v = w->o.task.overrides;
    assert_int_equal(w->o.task.noverrides, 5);
    assert_string_equal(v[4].table, "order*");
    assert_string_equal(v[4].mysql_type, "decimal(10,2)");
    assert_null(v[4].column);
    assert_string_equal(v[3].table, "a.b");
    assert_string_equal(v[3].mysql_type, "int");
    assert_string_equal(v[2].table, "[[:digit:]]*");
    assert_string_equal(v[2].column, "id");
    assert_string_equal(v[1].table, "a\\.b\\=c");
    assert_string_equal(v[1].column, "d");
    assert_null(v[0].table);
    assert_string_equal(v[0].mysql_type, "enum('a:b','c')");
}

static void tables_of_the_check_alone(void **state) {
    struct world *w = *state;
    good(w, CMD_MIGRATE, SRC "\n" DST "\n--table=a*\n--check-table=ab*\n--check-exclude=/c$/\n--check-exclude=abd");
    const struct catalog_filter *f = &w->o.check.selection.tables;
    assert_int_equal(w->o.task.tables.ninclude, 1);
    assert_int_equal(w->o.task.tables.nexclude, 0);
    assert_int_equal(f->ninclude, 1);
    assert_int_equal(f->nexclude, 2);
    assert_true(catalog_filter_match(f, "ab"));
    assert_false(catalog_filter_match(f, "abc"));
    struct catalog_filter both = w->o.task.tables;
    both.also = f;
    assert_true(catalog_filter_match(&both, "abe"));
    assert_false(catalog_filter_match(&both, "abd"));
    assert_false(catalog_filter_match(&both, "aa"));
    bad(w, CMD_CHECK, SRC "\n" DST "\n--check-table=/(/", ERR_PATTERN, "/(/");
    bad(w, CMD_LOAD, SRC "\n" DST "\n--check-table=a", ERR_USAGE, "--check-table");
}

static void values_that_make_no_sense_are_refused(void **state) {
    struct world *w = *state;
    static const struct {
        const char *words;
        enum err_code code;
        const char *message;
    } cases[] = {
        {"--jobs=0", ERR_USAGE, "--jobs: '0'"},
        {"--jobs=257", ERR_USAGE, "--jobs: '257'"},
        {"--jobs=4294967297", ERR_USAGE, "--jobs: '4294967297'"},
        {"--jobs=many", ERR_USAGE, "--jobs: 'many'"},
        {"--jobs=-1", ERR_USAGE, "--jobs: '-1'"},
        {"--jobs=", ERR_USAGE, "--jobs: ''"},
        {"--chunk-size=1kB", ERR_USAGE, "--chunk-size: '1kB'"},
        {"--chunk-size=1TB", ERR_USAGE, "--chunk-size: '1TB'"},
        {"--rate-limit=fast", ERR_USAGE, "--rate-limit: 'fast'"},
        {"--rate-limit=50MB/h", ERR_USAGE, "--rate-limit: '50MB/h'"},
        {"--lock-timeout=0", ERR_USAGE, "--lock-timeout: '0'"},
        {"--snapshot=none", ERR_USAGE, "--snapshot: 'none'"},
        {"--snapshot=loc", ERR_USAGE, "--snapshot: 'loc'"},
        {"--snapshot=", ERR_USAGE, "--snapshot: ''"},
        {"--on-error=ignore", ERR_USAGE, "--on-error: 'ignore'"},
        {"--on-loss=zero-dates=null", ERR_POLICY, "'zero-dates' is no rule"},
        {"--on-loss=zero-date=clamp", ERR_POLICY, "'clamp' is no policy of the rule zero-date"},
        {"--on-loss=zero-date", ERR_POLICY, "'zero-date' is no rule"},
        {"--schema=", ERR_USAGE, "--schema: NAME is empty"},
        {"--table=", ERR_PATTERN, "pattern is empty"},
        {"--table=/[/", ERR_PATTERN, ""},
        {"--resume\n--restart", ERR_USAGE, "exclude each other"},
        {"--overwrite\n--append", ERR_USAGE, "exclude each other"},
        {"--accept-moved", ERR_USAGE, "needs --resume"},
        {"--schema=a\n--schema=b", ERR_USAGE, "given twice"},
        {"--resume=yes", ERR_USAGE, "takes no value"},
        {"--frobnicate", ERR_USAGE, "no option --frobnicate"},
        {"--table", ERR_USAGE, "lacks its value: --table PATTERN"},
        {"-j\n4", ERR_USAGE, "'-j' is no option"},
        {"--json", ERR_USAGE, "--json is no option of godwit load"},
        {"--skip-precheck", ERR_USAGE, "--skip-precheck is no option of godwit load"},
        {"a third word", ERR_USAGE, "one word too many: 'a third word'"},
        {"mysql://u:s3cret@h/d", ERR_USAGE, "one word too many: 'mysql://u:***@h/d'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bad(w, CMD_LOAD, arena_printf(&w->a, SRC "\n" DST "\n%s", cases[i].words), cases[i].code, cases[i].message);
    }
}

static void quick_checks_are_alone(void **state) {
    struct world *w = *state;
    static const char *const others[] = {
        "--repair",     "--repair-file=f", "--structure-only", "--columns=t=a", "--exclude-columns=t=a",
        "--rows=t=0,1", "--settle=1s",     "--resume"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        bad(w, CMD_CHECK, arena_printf(&w->a, SRC "\n" DST "\n--quick\n%s", others[i]), ERR_USAGE, "--quick and --");
    }
    bad(w, CMD_MIGRATE, SRC "\n" DST "\n--quick", ERR_USAGE, "--quick is no option of godwit migrate");
}

static void hints_help(void **state) {
    struct world *w = *state;
    bad(w, CMD_LOAD, SRC "\n" DST "\n--chunksize=1MB", ERR_USAGE, "--chunksize");
    assert_non_null(strstr(w->e.hint, "did you mean --chunk-size?"));
    bad(w, CMD_LOAD, SRC "\n" DST "\n--tabel=a", ERR_USAGE, "--tabel");
    assert_non_null(strstr(w->e.hint, "did you mean --table?"));
    bad(w, CMD_LOAD, SRC "\n" DST "\n--password=s3cret", ERR_USAGE, "no option --password");
    assert_null(strstr(w->e.message, "s3cret"));
    bad(w, CMD_PLAN, SRC "\n" DST "\n--resume", ERR_USAGE, "--resume is no option of godwit plan");
    assert_string_equal(w->e.hint, "it is one of: load, migrate, check");
    bad(w, CMD_LOAD, SRC "\n" DST "\n--jobs=500", ERR_USAGE, "");
    assert_string_equal(w->e.hint, "it may be 1 to 256");
    bad(w, CMD_LOAD, SRC "\n" DST "\n--on-loss=x=null", ERR_POLICY, "");
    for (int r = 0; r < LOSS_COUNT; r++) {
        assert_non_null(strstr(w->e.hint, loss_rule_name((enum loss_rule)r)));
    }
}

static void source_and_target_are_needed(void **state) {
    struct world *w = *state;
    bad(w, CMD_LOAD, "", ERR_USAGE, "neither SOURCE nor TARGET");
    bad(w, CMD_LOAD, SRC, ERR_USAGE, "SOURCE but no TARGET");
    bad(w, CMD_LOAD, "--jobs=4", ERR_USAGE, "neither SOURCE nor TARGET");
    bad(w, CMD_LOAD, DST "\n" SRC, ERR_URL, "scheme 'opengauss'"); /* the wrong way round */
    bad(w, CMD_LOAD, "--\n" SRC "\n" DST "\n--jobs=4", ERR_USAGE, "one word too many");
    good(w, CMD_LOAD, "--jobs=4\n--\n" SRC "\n" DST);
}

static void a_check_takes_its_ends_in_either_order(void **state) {
    struct world *w = *state;
    good(w, CMD_CHECK, SRC "\n" DST "\n--source-jobs=2\n--target-jobs=3");
    assert_false(w->o.check.backward);
    assert_int_equal(w->o.check.source_jobs, 2);
    good(w, CMD_CHECK, DST "\n" SRC "\n--source-jobs=2\n--target-jobs=3\n--repair");
    assert_true(w->o.check.backward);
    assert_string_equal(w->o.task.source.host, "db1"); /* inside, the source is MySQL whoever is right */
    assert_string_equal(w->o.task.source_database, "shop");
    assert_string_equal(w->o.task.target.host, "db2");
    assert_int_equal(w->o.check.source_jobs, 3);
    assert_int_equal(w->o.check.target_jobs, 2);
    bad(w, CMD_CHECK, SRC "\n" SRC, ERR_URL, "both MySQL");
    bad(w, CMD_CHECK, DST "\n" DST, ERR_URL, "both openGauss");
    bad(w, CMD_CHECK, DST "\n" SRC "\n--quick", ERR_USAGE, "--quick");
    bad(w, CMD_CHECK, DST "\noracle://u@db/s", ERR_URL, "a target cannot have the scheme 'oracle'");
    assert_non_null(strstr(w->e.hint, "mysql://"));
    bad(w, CMD_CHECK, "oracle://u@db/s\n" SRC, ERR_URL, "a source cannot have the scheme 'oracle'");
    assert_non_null(strstr(w->e.hint, "opengauss://"));
    bad(w, CMD_CHECK, DST "\nmysql://app:secret@db1/shop", ERR_URL, "password");
    assert_non_null(strstr(w->e.hint, "--target-password-file"));
    bad(w, CMD_CHECK, "opengauss://app@db2/shop/public\n" SRC, ERR_URL, "/public");
    assert_non_null(strstr(w->e.hint, "?schema=NAME"));
    assert_true(str_starts(w->e.where, "character 25 of the source URL"));
    bad(w, CMD_MIGRATE, DST "\n" SRC, ERR_URL, "scheme 'opengauss'");
}

static void help_is_given_whatever_else_is_wrong(void **state) {
    struct world *w = *state;
    static const char *const texts[] = {"--help", "-h", "--nonsense\n--help", "--jobs\n--help\n-h", "mysql://\n-h"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        good(w, CMD_LOAD, texts[i]);
        assert_true(w->o.help);
    }
}

static void the_table_is_sound(void **state) {
    (void)state;
    for (size_t i = 0; i < options_count(); i++) {
        const struct option_spec *s = options_spec(i);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(s->name, options_spec(k)->name);
        }
        assert_ptr_equal(options_find(s->name), s);
        assert_true(s->commands != 0 && (s->commands & ~(unsigned)CMD_ALL) == 0);
        bool value = s->kind != KIND_FLAG && s->kind != KIND_SET;
        assert_int_equal(s->arg != NULL, value);
        assert_int_equal(s->choices != NULL, s->kind == KIND_CHOICE);
        assert_true(s->help[0] != '\0' && s->zh[0] != '\0');
        assert_true(str_utf8_valid(s->zh, strlen(s->zh)));
        assert_null(strchr(s->name, '_'));
    }
    assert_null(options_find("nothing"));
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
    const struct CMUnitTest tests[] = {
        T(without_options_everything_has_its_default),
        T(every_option_lands_in_its_field),
        T(the_url_and_the_options_agree_on_who_wins),
        T(type_overrides_are_taken_apart),
        T(type_overrides_of_some_tables),
        T(tables_of_the_check_alone),
        T(values_that_make_no_sense_are_refused),
        T(quick_checks_are_alone),
        T(hints_help),
        T(source_and_target_are_needed),
        T(a_check_takes_its_ends_in_either_order),
        T(help_is_given_whatever_else_is_wrong),
        T(the_table_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
