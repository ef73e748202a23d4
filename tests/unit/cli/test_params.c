/* The table of parameters against what a worker understands: whatever a form may send is no error of the worker's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "cli/options.h"
#include "cli/task_file.h"
#include "server/params.h"
#include "value/loss.h"

static const char loss[] = "on-loss.";

static void policies_are_those_of_the_rules(void **state) {
    (void)state;
    size_t rules = 0;
    for (size_t i = 0; i < params_count(); i++) {
        const struct param_spec *s = params_spec(i);
        if (!str_starts(s->name, loss)) {
            continue;
        }
        enum loss_rule rule = LOSS_COUNT;
        for (int r = 0; r < LOSS_COUNT; r++) {
            rule = str_eq(loss_rule_name((enum loss_rule)r), s->name + strlen(loss)) ? (enum loss_rule)r : rule;
        }
        assert_int_not_equal(rule, LOSS_COUNT);
        struct loss_policies otherwise;
        loss_policies_default(&otherwise);
        assert_string_equal(s->value, loss_policy_name(otherwise.of[rule]));
        for (int p = LOSS_FAIL; p <= LOSS_CLAMP; p++) {
            json_t *v = json_pack("{s:s}", s->name, loss_policy_name((enum loss_policy)p));
            struct err e = ERR_INIT;
            assert_int_equal(params_check(v, &e), loss_policy_fits(rule, (enum loss_policy)p));
            json_decref(v);
        }
        rules++;
    }
    assert_int_equal(rules, LOSS_COUNT);
}

/* As the worker of a subtask reads them. */
static void understood(const json_t *values) {
    struct arena a = ARENA_INIT;
    struct options o;
    struct err e = ERR_INIT;
    options_init(&o, &a);
    assert_true(params_check(values, &e));
    json_t *task = params_task_file(values, NULL);
    json_object_set_new(task, "source", json_string("mysql://u@h/d"));
    json_object_set_new(task, "target", json_string("postgresql://u@h/d"));
    bool ok = task_file_take(&o, task, "job", &e) && options_finish(&o, &e);
    if (!ok) {
        char *text = json_dumps(values, 0);
        print_error("%s: %s\n", text, e.message);
        free(text);
    }
    assert_true(ok);
    json_decref(task);
    arena_clear(&a);
}

static void a_worker_understands_every_value(void **state) {
    (void)state;
    json_t *none = json_object();
    understood(none);
    json_decref(none);
    json_t *all = params_to_json(), *p, *choice;
    size_t i, k;
    json_array_foreach(all, i, p) {
        const char *name = json_string_value(json_object_get(p, "name"));
        const char *kind = json_string_value(json_object_get(p, "kind"));
        const json_t *texts = json_object_get(p, "choice_texts");
        json_array_foreach(json_object_get(p, "choices"), k, choice) {
            json_t *v = json_pack("{s:O}", name, choice);
            understood(v);
            json_decref(v);
            const json_t *words = json_object_get(texts, json_string_value(choice));
            assert_true(json_is_string(json_object_get(words, "en")) && json_is_string(json_object_get(words, "zh")));
        }
        assert_int_equal(json_object_size(texts), json_array_size(json_object_get(p, "choices")));
        assert_true(json_is_string(json_object_get(p, "en")) && json_is_string(json_object_get(p, "zh")));
        json_t *v = str_eq(kind, "number")     ? json_pack("{s:O}", name, json_object_get(p, "high"))
                    : str_eq(kind, "bool")     ? json_pack("{s:b}", name, 1)
                    : str_eq(kind, "size")     ? json_pack("{s:s}", name, "64MiB")
                    : str_eq(kind, "duration") ? json_pack("{s:s}", name, "7s")
                                               : json_object();
        understood(v);
        json_decref(v);
        assert_int_equal(str_eq(kind, "number") || str_eq(kind, "rules"), json_object_get(p, "high") != NULL);
        assert_int_equal(str_eq(kind, "text"), json_object_get(p, "max_bytes") != NULL);
        assert_int_equal(json_is_false(json_object_get(p, "has_meaning")), json_object_get(p, "why_zh") != NULL);
    }
    json_decref(all);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_are_those_of_the_rules),
        cmocka_unit_test(a_worker_understands_every_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
