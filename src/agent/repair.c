/* See repair.h. */
#include "agent/repair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

/* JSON may need six bytes for one: a piece stays well below the limit of a message. */
enum { PART_BYTES = 128 << 10, PARTS_MAX = 64 };

struct repair {
    char *path;
    bool cut;
    long at;
    int part; /* told so far */
    bool told;
};

struct repair *repair_new(const json_t *event) {
    const char *file = json_string_value(json_object_get(event, "file"));
    struct repair *r = file != NULL ? calloc(1, sizeof *r) : NULL;
    if (r != NULL) {
        r->path = strdup(file);
        r->cut = json_is_true(json_object_get(event, "cut"));
    }
    return r;
}

void repair_free(struct repair *r) {
    if (r != NULL) {
        free(r->path);
        free(r);
    }
}

void repair_again(struct repair *r) {
    r->at = 0;
    r->part = 0;
    r->told = false;
}

bool repair_is_told(const struct repair *r) {
    return r->told;
}

/* Up to n bytes of the file from r->at; 0: the end. */
static size_t read_part(const struct repair *r, char *bytes, size_t n) {
    FILE *f = r->path != NULL ? fopen(r->path, "rb") : NULL;
    size_t got = f != NULL && fseek(f, r->at, SEEK_SET) == 0 ? fread(bytes, 1, n, f) : 0;
    if (f == NULL) {
        log_warn("repair", "the statements of a check cannot be read");
    } else {
        (void)fclose(f);
    }
    return got;
}

/* Values of a source may be in no encoding. */
static json_t *text_of(char *bytes, size_t n) {
    json_t *text = json_stringn(bytes, n);
    for (size_t i = 0; text == NULL && i < n; i++) {
        bytes[i] = (unsigned char)bytes[i] < 0x80 ? bytes[i] : '?';
    }
    return text != NULL ? text : json_stringn(bytes, n);
}

json_t *repair_next(struct repair *r) {
    char *bytes = malloc(PART_BYTES + 1);
    size_t got = bytes != NULL ? read_part(r, bytes, PART_BYTES + 1) : 0;
    size_t n = got > PART_BYTES ? str_utf8_cut(bytes, got, PART_BYTES) : got;
    r->at += (long)n;
    r->part++;
    r->told = got <= PART_BYTES || r->part == PARTS_MAX;
    json_t *text = bytes != NULL ? text_of(bytes, n) : json_string("");
    free(bytes);
    return json_pack("{s:s, s:i, s:o, s:b, s:b}", "event", "repair", "part", r->part, "text", text, "last", r->told,
                     "cut", r->cut || (r->told && got > PART_BYTES));
}

void repair_remove(const struct repair *r) {
    if (r->path != NULL) {
        (void)unlink(r->path);
    }
}
