/* agent/process: children that speak, are silent, speak too much, and end. They are shells: "/bin/sh -s" reads its program from its
 * standard input, as a worker its job. */
#include "agent/process.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

struct heard {
    char out[4096], err[4096];
    char last[64];
    size_t lines, too_long, longest;
};

static void hear(void *arg, bool is_error, char *line, size_t len) {
    struct heard *h = arg;
    if (line == NULL) {
        h->too_long++;
        return;
    }
    assert_int_equal(strlen(line), len);
    h->lines++;
    snprintf(h->last, sizeof h->last, "%s", line);
    h->longest = len > h->longest ? len : h->longest;
    char *to = is_error ? h->err : h->out;
    if (strlen(to) + len + 2 < sizeof h->out) {
        strcat(strcat(to, line), "|");
    }
}

static struct process *start(const char *program) {
    struct process *p;
    struct err e = ERR_INIT;
    if (!process_start(&p, "/bin/sh", "-s", program, strlen(program), &e)) {
        fail_msg("%s: %s", e.message, e.cause);
    }
    return p;
}

/* One round of the loop; true: it is over. */
static bool look(struct process *p, struct heard *h, int *status) {
    struct pollfd fds[PROCESS_FDS];
    process_fds(p, fds);
    poll(fds, PROCESS_FDS, 10);
    process_look(p, fds, hear, h);
    return process_is_over(p, status, hear, h);
}

static int run_to_end(struct process *p, struct heard *h) {
    int status = 0;
    int64_t until_us = clock_mono_us() + 30 * 1000000;
    while (!look(p, h, &status)) {
        assert_true(clock_mono_us() < until_us);
    }
    process_free(p);
    return status;
}

static void lines_and_last_words(void **state) {
    (void)state;
    struct heard h = {0};
    int status = run_to_end(start("echo one; echo two; echo three >&2; printf unfinished >&2; exit 7"), &h);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    assert_string_equal(h.out, "one|two|");
    assert_string_equal(h.err, "three|unfinished|");
}

static void more_input_and_its_end(void **state) {
    (void)state;
    struct heard h = {0};
    int status;
    struct process *p = start("while read line; do echo \"got $line\"; done; echo end; exit 3");
    while (h.lines == 0) {
        if (h.lines == 0 && !process_write(p, "x", 1)) {
            fail_msg("it does not read");
        }
        assert_false(look(p, &h, &status));
    }
    process_hang_up(p);
    assert_false(process_write(p, "y", 1));
    status = run_to_end(p, &h);
    assert_int_equal(WEXITSTATUS(status), 3);
    assert_non_null(strstr(h.out, "got x|"));
    assert_string_equal(h.last, "end"); /* as many lines as it took may have filled what keeps them */
}

static void lines_that_are_too_long(void **state) {
    (void)state;
    struct heard h = {0};
    run_to_end(
        start("echo before; head -c 5000000 /dev/zero | tr '\\0' x; echo; head -c 1000000 /dev/zero | tr '\\0' y; echo;"
              "echo after; exit"),
        &h);
    assert_int_equal(h.too_long, 1);
    assert_int_equal(h.longest, 1000000);
    assert_string_equal(h.out, "before|after|");
}

static void a_child_that_does_not_read(void **state) {
    (void)state;
    struct heard h = {0};
    struct process *p = start("exec sleep 100");
    int status;
    size_t lines = 0;
    char line[1000];
    memset(line, 'x', sizeof line);
    while (lines < 10000 && process_write(p, line, sizeof line)) {
        lines++;
    }
    assert_in_range(lines, 1000, 9999); /* bounded */
    assert_false(look(p, &h, &status));
    process_kill(p);
    status = run_to_end(p, &h);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == 9);
}

static void its_children_go_with_it(void **state) {
    (void)state;
    struct heard h = {0};
    struct process *p = start("sleep 1000 & echo $!; wait");
    int status;
    while (h.lines == 0) {
        assert_false(look(p, &h, &status));
    }
    int child = atoi(h.out);
    process_kill(p);
    run_to_end(p, &h);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/cmdline", child);
    for (int i = 0; i < 500; i++) {
        FILE *f = fopen(path, "r");
        char text[16] = "";
        bool there = f != NULL && fread(text, 1, sizeof text - 1, f) > 0; /* that of a zombie is empty */
        if (f != NULL) {
            fclose(f);
        }
        if (!there) {
            return;
        }
        clock_sleep_ms(10);
    }
    fail_msg("the child's child is still there");
}

static void nothing_is_inherited(void **state) {
    (void)state;
    struct heard h = {0};
    int fd = dup(0); /* without close-on-exec */
    run_to_end(start("ls /proc/self/fd | tr '\\n' ' '; echo; grep SigBlk /proc/self/status; exit"), &h);
    close(fd);
    assert_non_null(strstr(h.out, "0 1 2 3 |")); /* 3 is of ls itself */
    assert_non_null(strstr(h.out, "0000000000000000"));
}

static void what_cannot_be_run(void **state) {
    (void)state;
    struct heard h = {0};
    struct process *p;
    struct err e = ERR_INIT;
    assert_true(process_start(&p, "/does/not/exist", "x", "", 0, &e));
    int status = run_to_end(p, &h);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 127);
    process_free(NULL);
}

static void freed_while_it_runs(void **state) {
    (void)state;
    process_free(start("exec sleep 1000"));
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_last_words),    cmocka_unit_test(more_input_and_its_end),
        cmocka_unit_test(lines_that_are_too_long), cmocka_unit_test(a_child_that_does_not_read),
        cmocka_unit_test(its_children_go_with_it), cmocka_unit_test(nothing_is_inherited),
        cmocka_unit_test(what_cannot_be_run),      cmocka_unit_test(freed_while_it_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
