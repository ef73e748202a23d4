/* What a machine answers over SSH to the script of the kit: bounded, UTF-8 without control characters, and either taken or refused with a
 * reason. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/kit_look.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text) {
    if (strlen(text) > 1000 || !str_utf8_valid(text, strlen(text))) {
        abort();
    }
    for (const char *p = text; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ' || *p == 0x7f) {
            abort();
        }
    }
}

static void check_answers(json_t *answers) {
    const char *key;
    json_t *value;
    size_t i;
    json_object_foreach(answers, key, value) {
        check_text(key);
        if (json_is_string(value)) {
            check_text(json_string_value(value));
        } else {
            json_t *line;
            json_array_foreach(value, i, line) {
                check_text(json_string_value(line));
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = ARENA_INIT;
    struct err e = ERR_INIT;
    struct kit_look look = {0};
    json_t *answers = json_object();
    bool ok = kit_script_parse(arena_strndup(&a, (const char *)data, size), answers, &e);
    check_answers(answers);
    if (ok) {
        ok = kit_look_read(answers, &a, "0123", &look, &e);
    }
    if (!ok && (e.code == ERR_NONE || e.message[0] == '\0')) {
        abort();
    }
    json_decref(look.facts);
    json_decref(answers);
    arena_clear(&a);
    return 0;
}
