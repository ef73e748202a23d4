/* What a machine answers over SSH, and what is made of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/utsname.h>

#include "server/kit.h"
#include "server/kit_look.h"

struct parsed {
    struct arena a;
    struct err e;
    json_t *answers;
    struct kit_look look;
    bool ok;
};

static void parse(struct parsed *p, const char *text) {
    *p = (struct parsed){.answers = json_object()};
    p->ok = kit_script_parse(text, p->answers, &p->e);
}

static const char *of(const struct parsed *p, const char *key) {
    return json_string_value(json_object_get(p->answers, key));
}

static void end(struct parsed *p) {
    json_decref(p->look.facts);
    json_decref(p->answers);
    arena_clear(&p->a);
}

static void answers_among_greetings(void **state) {
    struct parsed p;
    (void)state;
    parse(&p, "Last login: today\ngodwit\ngodwit arch x86_64\n godwit os no\ngodwit os Debian 12  \ngodwit empty "
              "\ngodwit line a\n"
              "godwit line  b\nbye");
    assert_true(p.ok);
    assert_string_equal(of(&p, "arch"), "x86_64");
    assert_string_equal(of(&p, "os"), "Debian 12");
    assert_string_equal(of(&p, "empty"), "");
    const json_t *lines = json_object_get(p.answers, "line");
    assert_int_equal(json_array_size(lines), 2);
    assert_string_equal(json_string_value(json_array_get(lines, 1)), " b");
    end(&p);
}

static void refusals_have_their_code(void **state) {
    static const struct {
        const char *text;
        enum err_code code;
        const char *message;
    } all[] = {{"godwit refused directory /x is full\n", ERR_KIT_DIRECTORY, "/x is full"},
               {"godwit refused broken it does not run", ERR_KIT_BROKEN, "it does not run"},
               {"godwit refused because of that", ERR_KIT_COMMAND, "of that"},
               {"godwit refused", ERR_KIT_COMMAND, "the machine does not say why"},
               {"godwit refused directory \n", ERR_KIT_COMMAND, "the machine does not say why"}};
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct parsed p;
        parse(&p, all[i].text);
        assert_false(p.ok);
        assert_int_equal(p.e.code, all[i].code);
        assert_string_equal(p.e.message, all[i].message);
        end(&p);
    }
}

static void foreign_bytes_are_tamed(void **state) {
    struct parsed p;
    char text[5000] = "godwit key ", *value;
    (void)state;
    memset(text + strlen(text), 'x', 4000);
    parse(&p, text);
    value = (char *)of(&p, "key");
    assert_int_equal(strlen(value), 1000);
    end(&p);
    parse(&p, "godwit a \x1b[31mred\x7f\ngodwit b \xff\xfe"
              "c\ngodwit zh \xe4\xb8\xad\n");
    assert_string_equal(of(&p, "a"), "?[31mred?");
    assert_string_equal(of(&p, "b"), "??c");
    assert_string_equal(of(&p, "zh"), "\xe4\xb8\xad");
    end(&p);
}

/* The answers of this machine, with one line replaced or added. */
static void look(struct parsed *p, const char *more) {
    struct utsname own;
    char text[2000];
    assert_int_equal(uname(&own), 0);
    snprintf(text, sizeof text,
             "godwit system %s\ngodwit arch %s\ngodwit uid 1000\ngodwit directory /home/u/kit\ngodwit cores 4\n"
             "godwit memory_kib 1024\ngodwit disk_free_kib -5\ngodwit load_1 0.25\ngodwit digest abc\n%s\n",
             own.sysname, own.machine, more);
    parse(p, text);
    p->ok = p->ok && kit_look_read(p->answers, &p->a, "abc", &p->look, &p->e);
}

static void facts(void **state) {
    struct parsed p;
    (void)state;
    look(&p, "godwit agents 7 8");
    assert_true(p.ok);
    assert_string_equal(p.look.directory, "/home/u/kit");
    assert_true(p.look.is_current && p.look.agent_runs && !p.look.has_token && !p.look.root);
    assert_int_equal(json_integer_value(json_object_get(p.look.facts, "cores")), 4);
    assert_int_equal(json_integer_value(json_object_get(p.look.facts, "memory_bytes")), 1 << 20);
    assert_true(json_is_null(json_object_get(p.look.facts, "disk_free_bytes")));
    assert_true(json_is_null(json_object_get(p.look.facts, "os")));
    end(&p);
    look(&p, "godwit uid 0\ngodwit token yes\ngodwit digest abd");
    assert_true(p.ok && p.look.root && p.look.has_token && !p.look.is_current);
    end(&p);
}

static void another_machine(void **state) {
    static const struct {
        const char *line;
        enum err_code code;
    } all[] = {{"godwit arch sparc64", ERR_KIT_ARCH},
               {"godwit system FreeBSD", ERR_KIT_ARCH},
               {"godwit arch ", ERR_KIT_ARCH},
               {"godwit directory relative/kit", ERR_KIT_COMMAND},
               {"godwit directory ", ERR_KIT_COMMAND}};
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct parsed p;
        look(&p, all[i].line);
        assert_false(p.ok);
        assert_int_equal(p.e.code, all[i].code);
        end(&p);
    }
}

static void addresses_for_agents(void **state) {
    static const struct {
        const char *url, *host;
        bool ok;
    } all[] = {{"http://127.0.0.1:9494", "127.0.0.1", true}, {"http://127.0.0.1:9494", "10.0.0.7", false},
               {"http://[::1]:9494", "worker", false},       {"http://[::1]:9494", "localhost", true},
               {"https://localhost/", "worker", false},      {"https://godwit.example.com:9494", "worker", true},
               {"https://10.0.0.1:9494", "10.0.0.7", true},  {"https://[2001:db8::1]:9494", "worker", true}};
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct api api = {.public_url = all[i].url};
        struct err e = ERR_INIT;
        assert_int_equal(kit_check_address(&api, all[i].host, &e), all[i].ok);
        assert_int_equal(e.code, all[i].ok ? ERR_NONE : ERR_KIT_ADDRESS);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_among_greetings), cmocka_unit_test(refusals_have_their_code),
        cmocka_unit_test(foreign_bytes_are_tamed), cmocka_unit_test(facts),
        cmocka_unit_test(another_machine),         cmocka_unit_test(addresses_for_agents),
    };
    return cmocka_run_group_tests_name("server-kit", tests, NULL, NULL);
}
