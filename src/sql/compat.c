#include "sql/compat.h"

#include <string.h>

#include "base/str.h"

static const struct {
    const char *name, *needs, *sql;
} functions[] = {
#define X(name, needs, sql) {#name, needs, sql},
#include "sql/compat.def"
#undef X
};

#define COUNT (sizeof functions / sizeof functions[0])

size_t sql_compat_count(void) {
    return COUNT;
}

const char *sql_compat_name(size_t i) {
    return i < COUNT ? functions[i].name : NULL;
}

static size_t find(const char *name) {
    for (size_t i = 0; i < COUNT; i++) {
        if (str_eq(functions[i].name, name)) {
            return i;
        }
    }
    return COUNT;
}

const char **sql_compat_statements(struct arena *a, const char *name) {
    size_t at = find(name), n = 0;
    if (at == COUNT) {
        return NULL;
    }
    const char **out = arena_array(a, const char *, COUNT + 1);
    /* What a function calls stands before it in the table; what that calls is listed, too. */
    for (const char *p = functions[at].needs; *p != '\0';) {
        size_t len = strcspn(p, " "), other = find(arena_strndup(a, p, len));
        if (other < COUNT) {
            out[n++] = functions[other].sql;
        }
        p += len + (p[len] == ' ' ? 1 : 0);
    }
    out[n++] = functions[at].sql;
    return out;
}
