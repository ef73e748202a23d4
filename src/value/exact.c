/* See exact.h. */
#include "value/exact.h"

#include <string.h>

/* "character varying(20)" is "character varying", but no "character". */
static bool is_type(const char *type, const char *name) {
    size_t n = strlen(name);
    return strncmp(type, name, n) == 0 && (type[n] == '\0' || type[n] == '(');
}

static bool is_one_of(const char *type, const char *const *names) {
    while (*names != NULL && !is_type(type, *names)) {
        names++;
    }
    return *names != NULL;
}

char *exact_equals(struct arena *a, enum dialect d, const char *type, const char *column, const char *value) {
    static const char *const by_text[] = {"json", "citext", NULL};
    static const char *const padded[] = {"char", "character", "bpchar", NULL};
    static const char *const texts[] = {"varchar",  "character varying", "nvarchar2", "varchar2", "text",
                                        "tinytext", "mediumtext",        "longtext",  "clob",     NULL};
    bool text = is_one_of(type, texts), blanks = is_one_of(type, padded);
    if (value == NULL) {
        return arena_printf(a, d == DIALECT_OG_A && (text || blanks) ? "coalesce(length(%s), 0) = 0" : "%s IS NULL",
                            column);
    }
    if (is_one_of(type, by_text)) {
        return arena_printf(a, "%s::text = %s::text", column, value);
    }
    /* "=" too, as an index may know it; MySQL's CHAR has no blanks at its end, however much of them is shown here. */
    if (d == DIALECT_OG_B && blanks) {
        return arena_printf(a, "%s = %s AND md5(rtrim(%s::text)) = md5(rtrim(%s::text))", column, value, column, value);
    }
    if (d == DIALECT_OG_B && text) {
        return arena_printf(a, "%s = %s AND md5(%s::text) = md5(%s::text)", column, value, column, value);
    }
    return arena_printf(a, "%s = %s", column, value);
}
