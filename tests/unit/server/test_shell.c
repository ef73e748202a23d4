/* What a shell's client asks for; and a program on a terminal of this machine: what it prints, what it is typed, how it ends, what is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "server/http.h"
#include "server/shell_request.h"

/* ---- requests ---- */

static bool asks(const char *path, const char *cols, const char *rows, int64_t *machine, struct terminal_size *size,
                 enum err_code *code) {
    char place[200], first[40], second[40], *query[2];
    struct http_request r = {.path = place, .query = query};
    struct err e = ERR_INIT;
    snprintf(place, sizeof place, "%s", path);
    if (cols != NULL) {
        snprintf(first, sizeof first, "cols=%s", cols);
        query[r.nquery++] = first;
    }
    if (rows != NULL) {
        snprintf(second, sizeof second, "rows=%s", rows);
        query[r.nquery++] = second;
    }
    bool ok = shell_request_open(&r, machine, size, &e);
    *code = e.code;
    return ok;
}

static void the_place_and_the_window(void **state) {
    struct terminal_size size;
    enum err_code code;
    int64_t machine;
    (void)state;
    assert_true(asks("/api/v1/machines/7/shell", NULL, NULL, &machine, &size, &code));
    assert_true(machine == 7 && size.cols == 80 && size.rows == 24);
    assert_true(asks("/api/v1/machines/123456789012345678/shell", "1000", "1", &machine, &size, &code));
    assert_true(machine == 123456789012345678 && size.cols == 1000 && size.rows == 1);
    static const char *const places[] = {
        "/api/v1/machines/7",        "/api/v1/machines//shell",   "/api/v1/machines/7/shell/",
        "/api/v1/machines/x/shell",  "/api/v1/machines/-7/shell", "/api/v1/machines/7/log",
        "/api/v1/machines/7x/shell", "/api/v1/tasks/7/shell",     "/api/v1/machines/1234567890123456789/shell"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        assert_false(asks(places[i], NULL, NULL, &machine, &size, &code));
        assert_int_equal(code, ERR_NOT_FOUND);
    }
    static const char *const sides[] = {"0", "1001", "", "-1", "8x", "00080", "99999999999999999999"};
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        assert_false(asks("/api/v1/machines/7/shell", sides[i], "24", &machine, &size, &code));
        assert_int_equal(code, ERR_BODY);
        assert_false(asks("/api/v1/machines/7/shell", "80", sides[i], &machine, &size, &code));
    }
}

static void messages(void **state) {
    struct terminal_size size;
    struct err e = ERR_INIT;
    (void)state;
    static const char good[] = "{\"resize\": [132, 43], \"more\": null}";
    assert_true(shell_request_parse(good, strlen(good), &size, &e));
    assert_true(size.cols == 132 && size.rows == 43);
    static const char *const bad[] = {"",
                                      "[]",
                                      "{",
                                      "{}",
                                      "{\"resize\": {}}",
                                      "{\"resize\": [80]}",
                                      "{\"resize\": [80, 24, 1]}",
                                      "{\"resize\": [80, \"24\"]}",
                                      "{\"resize\": [80, 24.0]}",
                                      "{\"resize\": [0, 24]}",
                                      "{\"resize\": [80, 1001]}",
                                      "{\"resize\": [80, -24]}",
                                      "{\"resize\": [4294967376, 24]}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(shell_request_parse(bad[i], strlen(bad[i]), &size, &e));
        assert_int_equal(e.code, ERR_BODY);
    }
}

/* ---- a terminal ---- */

enum { PRINTED_MAX = 1 << 20 };

struct scene {
    struct terminal *t;
    int wake;
    char *printed;
    size_t len;
    bool over;
};

static int set_up(void **state) {
    struct scene *x = calloc(1, sizeof *x);
    struct err e = ERR_INIT;
    setenv("SHELL", "/bin/sh", 1);
    setenv("HOME", "/", 1);
    setenv("GODWIT_STORE_PASSWORD", "hush", 1);
    x->wake = eventfd(0, EFD_NONBLOCK);
    x->printed = calloc(1, PRINTED_MAX + 1);
    if (!terminal_local(&x->t, (struct terminal_size){100, 30}, &e)) {
        fail_msg("%s (%s)", e.message, e.cause);
    }
    *state = x;
    return 0;
}

static int tear_down(void **state) {
    struct scene *x = *state;
    terminal_free(x->t);
    close(x->wake);
    free(x->printed);
    free(x);
    return 0;
}

static void type(struct scene *x, const char *text) {
    struct err e = ERR_INIT;
    size_t len = strlen(text), n;
    while (len > 0) {
        assert_true(terminal_write(x->t, text, len, &n, &e));
        text += n;
        len -= n;
        if (n == 0) {
            (void)terminal_wait(x->t, false, true, -1, 1000);
        }
    }
}

static void take(struct scene *x) {
    struct err e = ERR_INIT;
    size_t n;
    (void)terminal_wait(x->t, true, false, x->wake, 1000);
    assert_true(terminal_read(x->t, x->printed + x->len, PRINTED_MAX - x->len, &n, &x->over, &e));
    x->len += n;
    x->printed[x->len] = '\0';
}

static void until(struct scene *x, const char *text) {
    int64_t end = clock_mono_us() + 30 * (int64_t)1000000;
    while (strstr(x->printed, text) == NULL) {
        if (x->over || clock_mono_us() > end) {
            fail_msg("'%s' was not printed, but '%s'", text, x->printed);
        }
        take(x);
    }
}

static int end_of(struct scene *x) {
    int64_t end = clock_mono_us() + 30 * (int64_t)1000000;
    while (!x->over) {
        assert_true(clock_mono_us() < end);
        take(x);
    }
    return terminal_exit_code(x->t);
}

static void a_shell_of_its_own(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    type(x, "PS1=; stty -echo\n");
    until(x, "\r\n");
    type(x, "stty size; echo at-$(pwd)-$TERM-$0-end\n");
    until(x, "30 100\r\nat-/-xterm-256color--sh-end\r\n");
    assert_true(terminal_resize(x->t, (struct terminal_size){132, 43}, &e));
    type(x, "stty size\n");
    until(x, "43 132\r\n");
    type(x, "echo $(env | grep -c GODWIT) of them, $HOME\n");
    until(x, "0 of them, /\r\n");
    type(x, "exit 3\n");
    assert_int_equal(end_of(x), 3);
}

static void nothing_is_lost_at_the_end(void **state) {
    struct scene *x = *state;
    type(x, "stty -echo; sleep 100 & exec head -c 200000 /dev/zero | tr '\\0' q; exit 0\n");
    assert_int_equal(end_of(x), 0);
    size_t n = 0;
    for (size_t i = 0; i < x->len; i++) {
        n += x->printed[i] == 'q';
    }
    assert_in_range(n, 200000, 200100);
}

static void signals_are_told(void **state) {
    struct scene *x = *state;
    /* Said by what is in front by then: a signal that comes earlier is the shell's, which may be about to wait for it. */
    type(x, "PS1='re''ady '; sh -c \"printf 'it %s\\\\n' begins; exec sleep 100\"; echo never\n");
    until(x, "it begins\r\n");
    type(x, "\x03");
    until(x, "ready "); /* what is typed before that goes with the signal */
    type(x, "kill -KILL $$\n");
    assert_int_equal(end_of(x), 128 + SIGKILL);
    assert_null(strstr(x->printed, "\r\nnever"));
}

static void who_waits_is_woken(void **state) {
    struct scene *x = *state;
    int64_t begun = clock_mono_us();
    eventfd_t got;
    assert_int_equal(eventfd_write(x->wake, 1), 0);
    (void)terminal_wait(x->t, false, false, x->wake, 10000);
    assert_true(clock_mono_us() - begun < 5000000);
    assert_int_equal(eventfd_read(x->wake, &got), 0);
    (void)terminal_wait(x->t, false, false, x->wake, 10);
}

static pid_t number_behind(const struct scene *x, const char *text) {
    const char *at = strstr(x->printed, text);
    assert_non_null(at);
    return (pid_t)strtol(at + strlen(text), NULL, 10);
}

/* Or only waits for whoever has inherited it. */
static bool is_gone(pid_t pid) {
    char path[64], state = 'X';
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "re");
    if (f != NULL) {
        (void)!fscanf(f, "%*d %*s %c", &state);
        fclose(f);
    }
    return state == 'X' || state == 'Z';
}

static void all_of_it_ends(void **state) {
    struct scene *x = *state;
    type(x, "PS1=; stty -echo; set +m\n");
    until(x, "\r\n");
    type(x, "trap '' HUP TERM INT; (sleep 1000) & echo o''ne-$!-; sleep 1000 & kill -STOP $!; echo t''wo-$!-; echo "
            "t''hree-$$-h''ere; sleep 1000\n");
    until(x, "-here");
    pid_t pids[] = {number_behind(x, "one-"), number_behind(x, "two-"), number_behind(x, "three-")};
    for (size_t i = 0; i < 3; i++) {
        assert_false(is_gone(pids[i]));
    }
    terminal_free(x->t);
    x->t = NULL;
    for (size_t i = 0; i < 3; i++) {
        assert_true(is_gone(pids[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_place_and_the_window),
        cmocka_unit_test(messages),
        cmocka_unit_test_setup_teardown(a_shell_of_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_lost_at_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(signals_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_waits_is_woken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_of_it_ends, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
