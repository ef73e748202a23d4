/* The documents that repeat what tables in the code say: docs/cli.md, docs/errors.md, docs/task.schema.json and the
 * example in docs/task-file.md. When this fails after a change of a table, run
 *   godwit help --markdown, godwit errors, godwit states, godwit parameters
 * and put the output where the failing test says. */
#include "cli/help.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "cli/task_file.h"
#include "server/params.h"
#include "server/state_page.h"

static char *read_all(const char *name) {
    char path[1000];
    snprintf(path, sizeof path, "%s/%s", DOCS_DIR, name);
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        fail_msg("cannot read %s", path);
    }
    char *text = calloc(1, 1 << 20);
    assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
    fclose(f);
    return text;
}

static void cli_md_ends_with_the_reference(void **state) {
    (void)state;
    char *doc = read_all("cli.md"), *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    help_markdown(f);
    fclose(f);
    size_t n = strlen(doc);
    if (n < len || strcmp(doc + n - len, text) != 0) {
        fail_msg("docs/cli.md does not end with the output of godwit help --markdown");
    }
    free(doc);
    free(text);
}

static void errors_md_is_the_catalogue(void **state) {
    (void)state;
    char *doc = read_all("errors.md"), *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    err_print_catalogue(f);
    fclose(f);
    if (strcmp(doc, text) != 0) {
        fail_msg("docs/errors.md is not the output of godwit errors");
    }
    free(doc);
    free(text);
}

static void states_md_is_the_table(void **state) {
    (void)state;
    char *doc = read_all("states.md"), *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    state_page(f);
    fclose(f);
    if (strcmp(doc, text) != 0) {
        fail_msg("docs/states.md is not the output of godwit states");
    }
    free(doc);
    free(text);
}

static void parameters_md_is_the_table(void **state) {
    (void)state;
    char *doc = read_all("parameters.md"), *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    params_print(f);
    fclose(f);
    if (strcmp(doc, text) != 0) {
        fail_msg("docs/parameters.md is not the output of godwit parameters");
    }
    free(doc);
    free(text);
}

static json_t *schema(void) {
    char *text = read_all("task.schema.json");
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        fail_msg("task.schema.json, line %d: %s", error.line, error.text);
    }
    free(text);
    return root;
}

static const char *text_at(json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s != NULL ? s : "";
}

static bool holds(json_t *list, const char *value, size_t len) {
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        if (strlen(json_string_value(item)) == len && strncmp(json_string_value(item), value, len) == 0) {
            return true;
        }
    }
    return false;
}

static void same_choices(const struct option_spec *s, json_t *list) {
    size_t n = 0;
    for (const char *p = s->choices;; n++) {
        size_t len = strcspn(p, "|");
        if (!holds(list, p, len)) {
            fail_msg("%s: %.*s is not in the schema", s->name, (int)len, p);
        }
        if (p[len] == '\0') {
            break;
        }
        p += len + 1;
    }
    assert_int_equal(json_array_size(list), n + 1);
}

static void same_kind(const struct option_spec *s, json_t *property) {
    const char *type = text_at(property, "type"), *ref = text_at(property, "$ref");
    switch (s->kind) {
    case KIND_FLAG:
    case KIND_SET:
        assert_string_equal(type, "boolean");
        break;
    case KIND_TEXT:
        assert_string_equal(type, "string");
        break;
    case KIND_LIST:
        assert_string_equal(ref, "#/$defs/patterns");
        break;
    case KIND_CHOICE:
        same_choices(s, json_object_get(property, "enum"));
        break;
    case KIND_COUNT32:
    case KIND_COUNT64:
        assert_string_equal(type, "integer");
        assert_int_equal(json_integer_value(json_object_get(property, "minimum")), s->low);
        assert_int_equal(json_integer_value(json_object_get(property, "maximum")), s->high);
        break;
    case KIND_SIZE:
    case KIND_RATE:
        assert_string_equal(ref, "#/$defs/size");
        break;
    case KIND_DURATION:
        assert_string_equal(ref, "#/$defs/duration");
        break;
    case KIND_TYPE:
    case KIND_LOSS:
    case KIND_COLUMNS:
    case KIND_ROWS:
        assert_string_equal(type, "object");
        break;
    }
}

static void the_schema_has_the_options_that_files_take(void **state) {
    (void)state;
    json_t *root = schema(), *properties = json_object_get(root, "properties");
    assert_true(json_is_false(json_object_get(root, "additionalProperties")));
    size_t expected = 4; /* $schema, comment, source, target */
    for (size_t i = 0; i < options_count(); i++) {
        const struct option_spec *s = options_spec(i);
        char key[64];
        snprintf(key, sizeof key, "%s", s->name);
        for (char *p = key; *p != '\0'; p++) {
            *p = *p == '-' ? '_' : *p;
        }
        json_t *property = json_object_get(properties, key);
        if ((property != NULL) != s->in_file) {
            fail_msg("%s: in the schema %d, in the table %d", key, property != NULL, s->in_file);
        }
        if (property != NULL) {
            same_kind(s, property);
            expected++;
        }
    }
    assert_int_equal(json_object_size(properties), expected);
    json_t *on_loss = json_object_get(properties, "on_loss");
    json_t *rules = json_object_get(json_object_get(on_loss, "propertyNames"), "enum");
    json_t *policies = json_object_get(json_object_get(on_loss, "additionalProperties"), "enum");
    assert_int_equal(json_array_size(rules), LOSS_COUNT);
    for (int r = 0; r < LOSS_COUNT; r++) {
        assert_string_equal(json_string_value(json_array_get(rules, (size_t)r)), loss_rule_name((enum loss_rule)r));
    }
    for (int p = LOSS_FAIL; p <= LOSS_CLAMP; p++) {
        assert_string_equal(json_string_value(json_array_get(policies, (size_t)p)),
                            loss_policy_name((enum loss_policy)p));
    }
    json_decref(root);
}

static void the_example_of_a_task_file_is_one(void **state) {
    (void)state;
    char *doc = read_all("task-file.md");
    char *begin = strstr(doc, "```json\n");
    assert_non_null(begin);
    begin += 8;
    char *stop = strstr(begin, "```");
    assert_non_null(stop);
    char path[] = "/tmp/godwit-docs-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, begin, (size_t)(stop - begin)), stop - begin);
    close(fd);
    struct arena a = ARENA_INIT;
    struct options o;
    struct err e = ERR_INIT;
    char *words[] = {arena_printf(&a, "--task=%s", path)};
    options_init(&o, &a);
    bool ok = options_parse(&o, CMD_MIGRATE, "migrate", 1, words, &e);
    unlink(path);
    if (!ok) {
        fail_msg("%s (%s)", e.message, e.where);
    }
    assert_string_equal(o.task.target_schema, "sales");
    assert_int_equal(o.task.on_row_error, ROW_ERROR_DIVERT);
    arena_clear(&a);
    free(doc);
}

/* The keys of events in docs/cli.md are those the code writes. */
static void the_examples_of_events_are_json(void **state) {
    (void)state;
    char *doc = read_all("cli.md");
    size_t n = 0;
    for (char *p = doc; (p = strstr(p, "\n{\"event\":")) != NULL;) {
        p++;
        char *stop = strchr(p, '\n');
        *stop = '\0';
        json_error_t error;
        json_t *event = json_loads(p, 0, &error);
        if (event == NULL) {
            fail_msg("%s: %s", error.text, p);
        }
        json_decref(event);
        n++;
        p = stop + 1;
    }
    assert_int_equal(n, 3);
    free(doc);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cli_md_ends_with_the_reference),
        cmocka_unit_test(errors_md_is_the_catalogue),
        cmocka_unit_test(parameters_md_is_the_table),
        cmocka_unit_test(states_md_is_the_table),
        cmocka_unit_test(the_schema_has_the_options_that_files_take),
        cmocka_unit_test(the_example_of_a_task_file_is_one),
        cmocka_unit_test(the_examples_of_events_are_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
