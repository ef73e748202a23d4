/* agent/facts: all of them, and plausible. */
#include "agent/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

static json_int_t number(json_t *facts, const char *key) {
    return json_integer_value(json_object_get(facts, key));
}

static void facts_are_measured(void **state) {
    (void)state;
    json_t *f = facts_measure("/tmp");
    static const char *const texts[] = {"os", "kernel", "arch", "hostname", "user", "directory"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(json_string_length(json_object_get(f, texts[i])) > 0);
    }
    assert_in_range(number(f, "cores"), 1, sysconf(_SC_NPROCESSORS_CONF));
    assert_in_range(number(f, "memory_bytes"), 1 << 20, 1LL << 50);
    assert_in_range(number(f, "memory_free_bytes"), 0, number(f, "memory_bytes"));
    assert_in_range(number(f, "disk_free_bytes"), 0, number(f, "disk_bytes"));
    assert_int_equal(number(f, "pid"), getpid());
    assert_true(json_is_real(json_object_get(f, "load_1")));
    assert_int_equal(json_object_size(f), 13);
    json_decref(f);
}

static void what_cannot_be_measured_is_null(void **state) {
    (void)state;
    json_t *f = facts_measure("/does/not/exist");
    assert_true(json_is_null(json_object_get(f, "disk_bytes")));
    assert_true(json_is_null(json_object_get(f, "disk_free_bytes")));
    json_decref(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_are_measured),
        cmocka_unit_test(what_cannot_be_measured_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
