/* docs/openapi.json against the routes: each is described with its method and its role, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "server/api.h"

extern const char server_openapi[];
extern const size_t server_openapi_bytes;

static const char *const methods[] = {"get", "post", "put", "patch", "delete"};
enum { METHODS = sizeof methods / sizeof methods[0] };

static json_t *load(void) {
    json_error_t error;
    json_t *root = json_loadb(server_openapi, server_openapi_bytes, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        fail_msg("docs/openapi.json, line %d: %s", error.line, error.text);
    }
    return root;
}

static const char *text(const json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s != NULL ? s : "";
}

static const json_t *operation(const json_t *root, const char *path, enum http_method method) {
    return json_object_get(json_object_get(json_object_get(root, "paths"), path), methods[method]);
}

static void every_route_is_described(void **state) {
    json_t *root = load();
    size_t n = 0;
    (void)state;
    for (const struct route *r; (r = api_route(n)) != NULL; n++) {
        const json_t *o = operation(root, r->path, r->method);
        if (o == NULL) {
            fail_msg("docs/openapi.json has no %s %s", methods[r->method], r->path);
        }
        const char *role = (r->flags & ROUTE_PUBLIC) != 0 ? "none" : role_name(r->role);
        if (!str_eq(text(o, "x-role"), role)) {
            fail_msg("%s %s takes %s, docs/openapi.json says %s", methods[r->method], r->path, role, text(o, "x-role"));
        }
    }
    assert_true(n > 30);
    json_decref(root);
}

static bool is_route(const char *path, const char *method) {
    size_t n = 0;
    for (const struct route *r; (r = api_route(n)) != NULL; n++) {
        if (str_eq(r->path, path) && str_eq(methods[r->method], method)) {
            return true;
        }
    }
    return false;
}

static void nothing_else_is_described(void **state) {
    json_t *root = load(), *at, *o;
    const char *path, *method;
    (void)state;
    json_object_foreach(json_object_get(root, "paths"), path, at) {
        json_object_foreach(at, method, o) {
            /* WebSockets are not routes: they have a handler of their own. */
            if (!json_is_true(json_object_get(o, "x-websocket")) && !is_route(path, method)) {
                fail_msg("there is no %s %s", method, path);
            }
        }
    }
    json_decref(root);
}

/* "{id}" of the path is among the parameters, by name or by reference. */
static bool has_parameter(const json_t *o, const char *name, size_t len) {
    static const char common[] = "#/components/parameters/";
    size_t i;
    const json_t *p;
    json_array_foreach(json_object_get(o, "parameters"), i, p) {
        const char *is = text(p, "$ref");
        is = str_starts(is, common) ? is + strlen(common) : text(p, "name");
        if (strlen(is) == len && strncmp(is, name, len) == 0) {
            return true;
        }
    }
    return false;
}

static void descriptions_are_whole(void **state) {
    json_t *root = load(), *at, *o, *seen = json_object();
    const char *path, *method;
    (void)state;
    assert_string_equal(text(json_object_get(root, "info"), "version"), GODWIT_VERSION);
    json_object_foreach(json_object_get(root, "paths"), path, at) {
        json_object_foreach(at, method, o) {
            const char *id = text(o, "operationId");
            if (id[0] == '\0' || text(o, "summary")[0] == '\0' || json_object_get(seen, id) != NULL) {
                fail_msg("%s %s has no summary, or no operationId of its own", method, path);
            }
            json_object_set_new(seen, id, json_true());
            for (const char *p = path; (p = strchr(p, '{')) != NULL; p++) {
                if (!has_parameter(o, p + 1, strcspn(p + 1, "}"))) {
                    fail_msg("%s %s does not describe a parameter of its path", method, path);
                }
            }
            if (json_object_get(json_object_get(o, "responses"), "default") == NULL) {
                fail_msg("%s %s does not say that it may fail", method, path);
            }
        }
    }
    json_decref(seen);
    json_decref(root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_is_described),
        cmocka_unit_test(nothing_else_is_described),
        cmocka_unit_test(descriptions_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
