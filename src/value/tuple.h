/* A row in the form that changes have on their way from one side to the other.
 *
 * A tuple is what encode_row writes in COPY binary's form without the column count: for each column that holds data, in the
 * model's order, an int32 length and so many bytes. FIELD_NULL is SQL NULL; FIELD_ABSENT is a column that was not told (the before image
 * of an update may have its key columns only, an unchanged large value is not sent again).
 * Foreign bytes end before this: a tuple is well-formed and has as many fields as its table, and the functions here trust that.
 * Thread: none of its own. */
#ifndef VALUE_TUPLE_H
#define VALUE_TUPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define FIELD_NULL UINT32_C(0xffffffff)
#define FIELD_ABSENT UINT32_C(0xfffffffe)

struct tuple {
    const uint8_t *bytes; /* NULL: no such image */
    size_t len;
};

struct field {
    const uint8_t *bytes;
    uint32_t len; /* or FIELD_NULL, FIELD_ABSENT */
};

static inline bool field_has_bytes(const struct field *f) {
    return f->len < FIELD_ABSENT;
}

/* The field at *at, which moves behind it. */
static inline struct field field_next(const uint8_t **at) {
    struct field f = {.bytes = *at + 4, .len = get_be32(*at)};
    *at += 4 + (field_has_bytes(&f) ? f.len : 0);
    return f;
}

/* All n fields of a tuple. */
static inline void tuple_fields(struct tuple t, struct field *fields, size_t n) {
    const uint8_t *at = t.bytes;
    for (size_t i = 0; i < n; i++) {
        fields[i] = field_next(&at);
    }
}

#endif
