/* Binary JSON: a document printed, and changes applied to it. The first byte is where the changes begin. What is printed from
 * well-formed text is JSON. */
#include <stdlib.h>

#include <jansson.h>

#include "base/str.h"
#include "mysql/jsonb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH_OF_JANSSON = 100 };

static size_t depth_of(const uint8_t *text, size_t n) {
    size_t depth = 0, most = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (quoted && text[i] == '\\') {
            i++;
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && (text[i] == '[' || text[i] == '{')) {
            most = ++depth > most ? depth : most;
        } else if (!quoted && (text[i] == ']' || text[i] == '}')) {
            depth--;
        }
    }
    return most;
}

static void must_be_json(const struct buf *out) {
    if (!str_utf8_valid(out->data, out->len) || depth_of(out->data, out->len) > DEPTH_OF_JANSSON) {
        return;
    }
    json_error_t why;
    json_t *j =
        json_loadb((const char *)out->data, out->len, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &why);
    /* It refuses keys with a NUL, and those alone. */
    if (j == NULL && json_error_code(&why) != json_error_null_byte_in_key) {
        fprintf(stderr, "%s: %.*s\n", why.text, (int)out->len, (const char *)out->data);
        abort();
    }
    json_decref(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    struct buf out;
    struct err e = ERR_INIT;
    struct arena a = ARENA_INIT;
    size_t n = data[0] < size - 1 ? data[0] : size - 1;
    uint8_t *document = malloc(n > 0 ? n : 1), *changes = malloc(size);
    memcpy(document, data + 1, n);
    memcpy(changes, data + 1 + n, size - 1 - n);
    buf_init(&out, 1 << 16);
    if (jsonb_print(document, n, &out, &e)) {
        must_be_json(&out);
    }
    buf_reset(&out);
    if (jsonb_patch(document, n, changes, size - 1 - n, &a, &out, &e)) {
        must_be_json(&out);
    }
    arena_clear(&a);
    buf_clear(&out);
    free(document);
    free(changes);
    return 0;
}
