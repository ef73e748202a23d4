/* cli/commands and cli/help: the table, exit codes, and that help names everything there is, in both languages. */
#include "cli/help.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "cli/texts.h"

static char *help_of(const struct command *c, bool zh) {
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    if (c != NULL) {
        help_command(f, c, zh);
    } else {
        help_overview(f, zh);
    }
    fclose(f);
    return text;
}

static void has(const char *text, const char *part) {
    if (strstr(text, part) == NULL) {
        fail_msg("'%s' is missing in:\n%s", part, text);
    }
}

static void the_table_is_sound(void **state) {
    (void)state;
    unsigned bits = 0;
    for (size_t i = 0; i < commands_count(); i++) {
        const struct command *c = commands_get(i);
        assert_ptr_equal(commands_find(c->name), c);
        assert_non_null(c->run);
        assert_int_equal(bits & c->bit, 0);
        bits |= c->bit;
        assert_int_equal(c->examples != NULL, c->bit != 0 || c->own_help);
    }
    assert_int_equal(bits, CMD_ALL);
    assert_null(commands_find(""));
    assert_null(commands_find("Load"));
}

static void help_names_every_option_of_the_command(void **state) {
    (void)state;
    for (size_t i = 0; i < commands_count(); i++) {
        const struct command *c = commands_get(i);
        for (int zh = 0; zh < 2; zh++) {
            char *text = help_of(c, zh);
            assert_true(str_utf8_valid(text, strlen(text)));
            for (size_t k = 0; k < options_count(); k++) {
                char option[64];
                const struct option_spec *s = options_spec(k);
                snprintf(option, sizeof option, "\n  --%s ", s->name);
                if ((strstr(text, option) != NULL) != ((s->commands & c->bit) != 0)) {
                    fail_msg("godwit %s --help and --%s", c->name, s->name);
                }
            }
            if (c->bit != 0) {
                has(text, "ssl-mode=");
                has(text, "sslrootcert=");
                has(text, "130  ");
                has(text, "zero-date");
                has(text, zh ? "退出码" : "Exit codes");
            }
            free(text);
        }
    }
}

static void english_help_fits_a_line(void **state) {
    (void)state;
    for (size_t i = 0; i < commands_count(); i++) {
        char *text = help_of(commands_get(i), false);
        for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            if (strlen(line) > 120) {
                fail_msg("too long: %s", line);
            }
        }
        free(text);
    }
}

static void the_overview_names_every_command(void **state) {
    (void)state;
    for (int zh = 0; zh < 2; zh++) {
        char *text = help_of(NULL, zh);
        for (size_t i = 0; i < commands_count(); i++) {
            char name[32];
            snprintf(name, sizeof name, "\n  %s ", commands_get(i)->name);
            if (commands_get(i)->hidden) {
                assert_null(strstr(text, name));
            } else {
                has(text, name);
            }
        }
        has(text, GODWIT_VERSION);
        free(text);
    }
}

static void errors_have_their_exit_codes(void **state) {
    (void)state;
    static const struct {
        enum err_code code;
        int exit;
    } cases[] = {
        {ERR_NONE, 0},           {ERR_USAGE, 2},      {ERR_URL, 2},           {ERR_TASK_FILE, 2},
        {ERR_PATTERN, 2},        {ERR_POLICY, 2},     {ERR_TYPE_OVERRIDE, 2}, {ERR_PRECHECK, 3},
        {ERR_CANCELLED, 130},    {ERR_PASSWORD, 1},   {ERR_FILE, 1},          {ERR_RESUME_NEEDED, 1},
        {ERR_SOURCE_CONNECT, 1}, {ERR_TARGET_ROW, 1}, {ERR_NETWORK, 1},       {ERR_INTERNAL, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err e = ERR_INIT;
        e.code = cases[i].code;
        assert_int_equal(exit_code_of(&e), cases[i].exit);
    }
    size_t n;
    const struct exit_text *t = exit_texts(&n);
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (int)t[i].code;
    }
    assert_int_equal(sum, 0 + 1 + 2 + 3 + 4 + 130);
}

static void the_language_is_the_environments(void **state) {
    (void)state;
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    unsetenv("LC_CTYPE");
    unsetenv("LANG");
    assert_false(lang_is_zh(LANG_AUTO));
    assert_true(lang_is_zh(LANG_ZH));
    assert_false(lang_utf8());
    setenv("LANG", "zh_CN.UTF-8", 1);
    assert_true(lang_is_zh(LANG_AUTO));
    assert_false(lang_is_zh(LANG_EN));
    assert_true(lang_utf8());
    setenv("LC_ALL", "C", 1); /* wins over LANG */
    assert_false(lang_is_zh(LANG_AUTO));
    assert_false(lang_utf8());
    setenv("LC_ALL", "zh_CN.GBK", 1); /* its terminal could not show our text */
    assert_false(lang_is_zh(LANG_AUTO));
    unsetenv("LC_ALL");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sound),           cmocka_unit_test(help_names_every_option_of_the_command),
        cmocka_unit_test(english_help_fits_a_line),     cmocka_unit_test(the_overview_names_every_command),
        cmocka_unit_test(errors_have_their_exit_codes), cmocka_unit_test(the_language_is_the_environments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
