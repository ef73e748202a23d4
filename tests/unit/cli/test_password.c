/* cli/password: files, variables, and a terminal that must not show what is typed. */
#include "cli/password.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
    struct arena a;
    struct err e;
    char path[64];
    atomic_bool stop;
    char *warnings;
    size_t nwarnings;
};

static int make(void **state) {
    struct world *w = calloc(1, sizeof *w);
    strcpy(w->path, "/tmp/godwit-password-XXXXXX");
    int fd = mkstemp(w->path);
    unsetenv("GODWIT_SOURCE_PASSWORD");
    unsetenv("GODWIT_TARGET_PASSWORD");
    unsetenv("OTHER_PASSWORD");
    *state = w;
    return fd < 0 || close(fd) != 0;
}

static int drop(void **state) {
    struct world *w = *state;
    unlink(w->path);
    free(w->warnings);
    arena_clear(&w->a);
    free(w);
    return 0;
}

static bool find(struct world *w, const struct password_source *from, const char *side, const char **out) {
    free(w->warnings);
    FILE *f = open_memstream(&w->warnings, &w->nwarnings);
    err_clear(&w->e);
    bool ok = password_find(&w->a, from, side, "app", "db1", f, &w->stop, out, &w->e);
    fclose(f);
    return ok;
}

static void put(struct world *w, const void *bytes, size_t n, mode_t mode) {
    int fd = open(w->path, O_WRONLY | O_TRUNC);
    assert_int_equal(write(fd, bytes, n), (ssize_t)n);
    fchmod(fd, mode);
    close(fd);
}

static void the_first_line_of_a_file(void **state) {
    struct world *w = *state;
    const char *out;
    struct password_source from = {.file = w->path};
    static const char *const texts[][2] = {
        {"s3cret", "s3cret"},     {"s3cret\n", "s3cret"}, {"s3cret\r\n", "s3cret"}, {"s3cret\nmore\n", "s3cret"},
        {" s p \t\n", " s p \t"}, {"密码\n", "密码"},     {"a\rb\n", "a\rb"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        put(w, texts[i][0], strlen(texts[i][0]), 0600);
        assert_true(find(w, &from, "source", &out));
        assert_string_equal(out, texts[i][1]);
        assert_int_equal(w->nwarnings, 0);
    }
}

static void files_that_hold_no_password(void **state) {
    struct world *w = *state;
    const char *out;
    struct password_source from = {.file = w->path};
    put(w, "", 0, 0600);
    assert_false(find(w, &from, "source", &out));
    assert_int_equal(w->e.code, ERR_PASSWORD);
    put(w, "\nsecond", 7, 0600);
    assert_false(find(w, &from, "source", &out));
    assert_int_equal(w->e.code, ERR_PASSWORD);
    put(w, "a\0b\n", 4, 0600);
    assert_false(find(w, &from, "source", &out));
    assert_non_null(strstr(w->e.message, "NUL"));
    char big[5000];
    memset(big, 'x', sizeof big);
    put(w, big, sizeof big, 0600);
    assert_false(find(w, &from, "source", &out));
    assert_non_null(strstr(w->e.message, "4096"));
    put(w, big, 4096, 0600);
    assert_true(find(w, &from, "source", &out));
    assert_int_equal(strlen(out), 4096);
    from.file = (char[]){"/nonexistent/password"};
    assert_false(find(w, &from, "source", &out));
    assert_int_equal(w->e.code, ERR_FILE);
    from.file = (char[]){"/tmp"};
    assert_false(find(w, &from, "source", &out));
    assert_int_equal(w->e.code, ERR_FILE);
}

static void a_file_others_can_read_is_warned_about(void **state) {
    struct world *w = *state;
    const char *out;
    struct password_source from = {.file = w->path};
    put(w, "s3cret", 6, 0644);
    assert_true(find(w, &from, "source", &out));
    assert_string_equal(out, "s3cret");
    assert_non_null(strstr(w->warnings, "mode 0644"));
    assert_null(strstr(w->warnings, "s3cret"));
    put(w, "s3cret", 6, 0640);
    assert_true(find(w, &from, "source", &out));
    assert_int_equal(w->nwarnings, 0);
    put(w, "s3cret", 6, 0622);
    assert_true(find(w, &from, "source", &out));
    assert_non_null(strstr(w->warnings, "write"));
}

static void variables_and_their_order(void **state) {
    struct world *w = *state;
    const char *out;
    struct password_source none = {0}, env = {.env = (char[]){"OTHER_PASSWORD"}},
                           both = {.file = w->path, .env = (char[]){"OTHER_PASSWORD"}};
    setenv("GODWIT_SOURCE_PASSWORD", "of source", 1);
    setenv("GODWIT_TARGET_PASSWORD", "", 1);
    assert_true(find(w, &none, "source", &out));
    assert_string_equal(out, "of source");
    assert_true(find(w, &none, "target", &out)); /* set but empty: none, and nobody is asked */
    assert_null(out);
    assert_false(find(w, &env, "source", &out));
    assert_int_equal(w->e.code, ERR_PASSWORD);
    assert_non_null(strstr(w->e.message, "OTHER_PASSWORD"));
    setenv("OTHER_PASSWORD", "other", 1);
    assert_true(find(w, &env, "source", &out));
    assert_string_equal(out, "other");
    put(w, "of file", 7, 0600);
    assert_true(find(w, &both, "source", &out));
    assert_string_equal(out, "of file");
}

/* ---- a terminal of our own: a child whose controlling terminal is the other end of `master` ---- */

enum { CHILD_OK = 0, CHILD_NONE = 10, CHILD_OTHER = 11, CHILD_CANCELLED = 12, CHILD_FAILED = 13, CHILD_SETUP = 14 };

static int child(struct world *w, const char *terminal, const char *want) {
    if (setsid() < 0) {
        return CHILD_SETUP;
    }
    int tty = terminal != NULL ? open(terminal, O_RDWR) : -1; /* becomes the controlling terminal */
    if (terminal != NULL && (tty < 0 || ioctl(tty, TIOCSCTTY, 0) != 0)) {
        return CHILD_SETUP;
    }
    struct password_source none = {0};
    const char *out;
    if (!find(w, &none, "source", &out)) {
        return w->e.code == ERR_CANCELLED ? CHILD_CANCELLED : CHILD_FAILED;
    }
    return out == NULL ? CHILD_NONE : strcmp(out, want) == 0 ? CHILD_OK : CHILD_OTHER;
}

/* Read what the terminal shows until it holds `until` (or the child is gone). */
static void shown(int master, char *text, size_t cap, const char *until) {
    size_t len = strlen(text);
    while (strstr(text, until) == NULL && len + 1 < cap) {
        struct pollfd p = {.fd = master, .events = POLLIN};
        if (poll(&p, 1, 20000) <= 0) {
            break;
        }
        ssize_t got = read(master, text + len, cap - 1 - len);
        if (got <= 0) {
            break;
        }
        len += (size_t)got;
        text[len] = '\0';
    }
}

static int dialogue(struct world *w, const char *typed, char text[1000]) {
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    char name[64];
    assert_int_equal(ptsname_r(master, name, sizeof name), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(master);
        _exit(child(w, name, "s3cret"));
    }
    text[0] = '\0';
    shown(master, text, 1000, "db1: ");
    assert_int_equal(write(master, typed, strlen(typed)), (ssize_t)strlen(typed));
    shown(master, text, 1000, "\n");
    int status;
    waitpid(pid, &status, 0);
    close(master);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static void the_terminal_is_asked_and_stays_silent(void **state) {
    struct world *w = *state;
    char text[1000];
    assert_int_equal(dialogue(w, "s3cret\n", text), CHILD_OK);
    assert_non_null(strstr(text, "Password of app at the source db1: "));
    assert_null(strstr(text, "s3cret"));
    assert_int_equal(dialogue(w, "\n", text), CHILD_NONE);
}

static void a_stop_ends_the_question(void **state) {
    struct world *w = *state;
    char text[1000];
    atomic_store(&w->stop, true);
    assert_int_equal(dialogue(w, "", text), CHILD_CANCELLED);
    atomic_store(&w->stop, false);
}

static void without_a_terminal_there_is_none(void **state) {
    struct world *w = *state;
    pid_t pid = fork();
    if (pid == 0) {
        _exit(child(w, NULL, ""));
    }
    int status;
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), CHILD_NONE);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
    const struct CMUnitTest tests[] = {
        T(the_first_line_of_a_file),
        T(files_that_hold_no_password),
        T(a_file_others_can_read_is_warned_about),
        T(variables_and_their_order),
        T(the_terminal_is_asked_and_stays_silent),
        T(a_stop_ends_the_question),
        T(without_a_terminal_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
