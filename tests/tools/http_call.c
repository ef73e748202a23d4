/* The HTTP client as a program, for tests/scenarios/test_http_client.py.
 *
 * A JSON object on standard input: {"method", "url", "bearer", "headers": [..], "body", "ca_file", "any_name", "timeout_s",
 * "answer_max", "wanted"}; one on standard output: {"ok", "status", "value", "body", "bytes", "error"}. */
#include <stdlib.h>

#include "net/http_client.h"

enum { HEADERS_MAX = 8 };

static const char *text(const json_t *in, const char *key) {
    return json_string_value(json_object_get(in, key));
}

int main(void) {
    json_error_t error;
    json_t *in = json_loadf(stdin, 0, &error);
    if (in == NULL) {
        fprintf(stderr, "%s\n", error.text);
        return 2;
    }
    const char *headers[HEADERS_MAX + 1] = {0};
    const json_t *list = json_object_get(in, "headers"), *body = json_object_get(in, "body");
    for (size_t i = 0; i < json_array_size(list) && i < HEADERS_MAX; i++) {
        headers[i] = json_string_value(json_array_get(list, i));
    }
    struct http_call call = {
        .method = text(in, "method") != NULL ? text(in, "method") : "GET",
        .url = text(in, "url"),
        .bearer = text(in, "bearer"),
        .header = list != NULL ? headers : NULL,
        .body = json_string_value(body),
        .body_len = json_string_length(body),
        .ca_file = text(in, "ca_file"),
        .any_name = json_is_true(json_object_get(in, "any_name")),
        .timeout_s = (unsigned)json_integer_value(json_object_get(in, "timeout_s")),
        .wanted = text(in, "wanted"),
        .answer_max = (size_t)json_integer_value(json_object_get(in, "answer_max")),
    };
    struct http_reply reply;
    struct err e = ERR_INIT;
    bool ok = http_call(&call, &reply, &e);
    json_t *out = json_pack("{s:b, s:s, s:i, s:I, s:o, s:o}", "ok", ok, "value", reply.value, "status",
                            (int)reply.status, "bytes", (json_int_t)reply.body.len, "body",
                            ok ? json_stringn((const char *)reply.body.data, reply.body.len) : json_null(), "error",
                            ok ? json_null() : err_to_json(&e));
    json_dumpf(out, stdout, JSON_COMPACT);
    json_decref(out);
    json_decref(in);
    buf_clear(&reply.body);
    return 0;
}
