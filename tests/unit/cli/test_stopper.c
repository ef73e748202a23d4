/* cli/stopper: the first signal sets the flag, the second ends the process with 130; the terminal is told once. */
#include "cli/stopper.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static void nap(void) {
    struct timespec t = {0, 2000000};
    nanosleep(&t, NULL);
}

static bool becomes(atomic_bool *flag) {
    for (int i = 0; i < 5000 && !atomic_load(flag); i++) {
        nap();
    }
    return atomic_load(flag);
}

/* Ends with 0 when the flag was set by `number` and a broken pipe did no harm. */
static int first_signal(int number, bool silent) {
    struct err e = ERR_INIT;
    atomic_bool stop = false;
    struct stopper *s;
    if (!stopper_start(&s, &stop, &e)) {
        return 1;
    }
    stopper_silent(s, silent);
    int pipe_fds[2];
    if (pipe(pipe_fds) != 0) {
        return 2;
    }
    close(pipe_fds[0]);
    if (write(pipe_fds[1], "x", 1) >= 0 || atomic_load(&stop)) {
        return 3;
    }
    kill(getpid(), number);
    bool set = becomes(&stop);
    stopper_end(s);
    return set ? 0 : 4;
}

static int second_signal(void) {
    struct err e = ERR_INIT;
    atomic_bool stop = false;
    struct stopper *s;
    if (!stopper_start(&s, &stop, &e)) {
        return 1;
    }
    kill(getpid(), SIGINT);
    becomes(&stop);
    kill(getpid(), SIGTERM);
    for (int i = 0; i < 5000; i++) {
        nap();
    }
    return 5;
}

/* Once it has ended, signals do again what they did before. */
static int after_the_end(void) {
    struct err e = ERR_INIT;
    atomic_bool stop = false;
    struct stopper *s;
    if (!stopper_start(&s, &stop, &e)) {
        return 1;
    }
    stopper_end(s);
    kill(getpid(), SIGTERM);
    return 6;
}

static int at_once(void) {
    struct err e = ERR_INIT;
    atomic_bool stop = false;
    struct stopper *s;
    if (!stopper_start(&s, &stop, &e)) {
        return 1;
    }
    stopper_at_once(s, true);
    kill(getpid(), SIGINT);
    for (int i = 0; i < 5000; i++) {
        nap();
    }
    return 7;
}

static int in_a_child(int (*run)(void), char said[300]) {
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fds[1], STDERR_FILENO);
        _exit(run());
    }
    close(fds[1]);
    size_t len = 0;
    ssize_t got;
    while (len < 299 && (got = read(fds[0], said + len, 299 - len)) > 0) {
        len += (size_t)got;
    }
    said[len] = '\0';
    close(fds[0]);
    int status;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int sigint(void) {
    return first_signal(SIGINT, false);
}
static int sigterm_silently(void) {
    return first_signal(SIGTERM, true);
}

static void the_first_signal_sets_the_flag(void **state) {
    (void)state;
    char said[300];
    assert_int_equal(in_a_child(sigint, said), 0);
    assert_non_null(strstr(said, "Stopping; once more"));
    assert_int_equal(in_a_child(sigterm_silently, said), 0);
    assert_string_equal(said, "");
}

static void the_second_ends_the_process_at_once(void **state) {
    (void)state;
    char said[300];
    assert_int_equal(in_a_child(second_signal, said), 130);
    assert_non_null(strstr(said, "--resume"));
}

static void the_first_may_end_it_too(void **state) {
    (void)state;
    char said[300];
    assert_int_equal(in_a_child(at_once, said), 130);
    assert_non_null(strstr(said, "nothing was changed"));
}

static void afterwards_signals_are_as_before(void **state) {
    (void)state;
    char said[300];
    assert_int_equal(in_a_child(after_the_end, said), 1000 + SIGTERM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_signal_sets_the_flag),
        cmocka_unit_test(the_second_ends_the_process_at_once),
        cmocka_unit_test(the_first_may_end_it_too),
        cmocka_unit_test(afterwards_signals_are_as_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
