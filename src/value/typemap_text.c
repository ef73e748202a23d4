/* Characters, collations and labels in the type map. See typemap_internal.h. */
#include <stdio.h>
#include <string.h>

#include "value/typemap_internal.h"

/* ---- collations ---- */

static bool ends_with(const char *s, const char *tail) {
    size_t n = strlen(s), m = strlen(tail);
    return n >= m && strcmp(s + n - m, tail) == 0;
}

static bool is_binary_collation(const char *c) {
    return ends_with(c, "_bin") || strcmp(c, "binary") == 0;
}

static bool ignores_case(const char *c) {
    return ends_with(c, "_ci") || strstr(c, "_ci_") != NULL; /* utf8mb4_0900_ai_ci, uca1400_nopad_ai_ci */
}

/* The closest of the three collations a B database has. They all pad with blanks, so 'a' = 'a '. */
static const char *b_collation(const char *c) {
    if (!ignores_case(c)) {
        return "utf8mb4_bin";
    }
    /* older rules compare character by character, as general_ci does; the Unicode ones are nearer to unicode_ci */
    bool unicode = strstr(c, "unicode") != NULL || strstr(c, "0900") != NULL || strstr(c, "uca") != NULL;
    return unicode ? "utf8mb4_unicode_ci" : "utf8mb4_general_ci";
}

static void map_collation(struct arena *a, enum dialect d, const struct mytype *from, struct target_type *to) {
    const char *c = from->collation;
    if (c == NULL) {
        return;
    }
    if (d != DIALECT_OG_B) {
        if (ignores_case(c)) {
            typemap_note(a, to, "compares case and accents exactly, unlike %s", c);
        }
        return;
    }
    to->collation = arena_strdup(a, b_collation(c));
    if (strcmp(to->collation, c) != 0 && !is_binary_collation(c)) {
        typemap_note(a, to, "collation %s becomes %s", c, to->collation);
    }
}

/* ---- lengths ---- */

/* Bytes a character of the source's character set can take in UTF-8. */
static unsigned bytes_per_char(const char *charset) {
    static const char *const four[] = {"utf8mb4", "gb18030", "utf16", "utf16le", "utf32"};
    if (charset == NULL) {
        return 4;
    }
    if (strcmp(charset, "ascii") == 0) {
        return 1;
    }
    for (size_t i = 0; i < sizeof four / sizeof four[0]; i++) {
        if (strcmp(charset, four[i]) == 0) {
            return 4;
        }
    }
    return 3;
}

void typemap_text(struct arena *a, enum dialect d, const struct mytype *from, struct target_type *to) {
    unsigned long long n = from->length_chars;
    const char *base = from->kind == MYT_CHAR ? "char" : from->kind == MYT_VARCHAR ? "varchar" : "text";
    if (base[0] == 't') {
        typemap_set(a, to, TK_TEXT, "text");
    } else if (n == 0) {
        /* no target has char(0); text holds '' and NULL as it does */
        typemap_set(a, to, TK_TEXT, "text");
        typemap_check(a, to, "length(%s) = 0");
    } else if (d == DIALECT_OG_A) {
        unsigned per = bytes_per_char(from->charset);
        typemap_set(a, to, TK_TEXT, arena_printf(a, "%s(%llu)", base, n * per));
        if (per > 1) {
            typemap_note(a, to, "lengths count bytes in an A database: %llu characters are %llu bytes", n, n * per);
        }
    } else {
        typemap_set(a, to, TK_TEXT, arena_printf(a, "%s(%llu)", base, n));
    }
    if (d == DIALECT_OG_A) {
        typemap_note(a, to, "'' is NULL in an A database");
    }
    map_collation(a, d, from, to);
}

/* ---- labels ---- */

/* A label as a literal, with "%s" kept from being taken for the column's place in a check. */
static char *check_literal(struct arena *a, const char *label) {
    char *text = arena_strdup(a, "");
    const char *at = label;
    for (const char *p = strstr(at, "%s"); p != NULL; p = strstr(at, "%s")) {
        char *part = arena_strndup(a, at, (size_t)(p + 1 - at));
        text = arena_printf(a, "%s%s || ", text, str_literal_pg(a, part));
        at = p + 1;
    }
    return arena_printf(a, "%s%s", text, str_literal_pg(a, at));
}

/* '' is NULL in an A database, and x IN (.., NULL) is never false: one blank stands for it there, which the rule
 * empty-string puts where NULL may not be. Every set has ''. */
static char *label_list(struct arena *a, enum dialect d, const struct mytype *t,
                        char *(*literal)(struct arena *, const char *)) {
    char *text = arena_strdup(a, "");
    bool blank = d == DIALECT_OG_A;
    for (size_t i = 0; i < t->nlabels; i++) {
        const char *label = blank && t->labels[i][0] == '\0' ? " " : t->labels[i];
        text = arena_printf(a, "%s%s%s", text, i == 0 ? "" : ",", literal(a, label));
    }
    return blank && t->kind == MYT_SET ? arena_printf(a, "%s,' '", text) : text;
}

static size_t utf8_chars(const char *s) {
    size_t n = 0;
    for (; *s != '\0'; s++) {
        n += ((unsigned char)*s & 0xc0) != 0x80;
    }
    return n;
}

/* The longest value: one label of an enum, all of a set with commas. */
static size_t longest(const struct mytype *t, bool bytes) {
    size_t most = 0, sum = t->nlabels == 0 ? 0 : t->nlabels - 1;
    for (size_t i = 0; i < t->nlabels; i++) {
        size_t n = bytes ? strlen(t->labels[i]) : utf8_chars(t->labels[i]);
        most = n > most ? n : most;
        sum += n;
    }
    size_t n = t->kind == MYT_SET ? sum : most;
    return n == 0 ? 1 : n;
}

/* B's own enum and set take labels of at most 63 bytes, and '' only as the error value; a label that is a number is
 * read as a position when it comes in, so '1' of ENUM('2','1') would become '2'. */
static bool b_can_name(const struct mytype *t) {
    for (size_t i = 0; i < t->nlabels; i++) {
        size_t len = strlen(t->labels[i]);
        if (len > 63 || strspn(t->labels[i], "0123456789") == len) {
            return false;
        }
    }
    return t->nlabels > 0;
}

void typemap_labels(struct arena *a, enum dialect d, const struct mytype *from, struct target_type *to) {
    if (d == DIALECT_OG_B && b_can_name(from)) {
        typemap_set(a, to, TK_TEXT, arena_printf(a, "%s(%s)", from->base, label_list(a, d, from, str_literal_pg)));
        if (from->kind == MYT_ENUM && from->collation != NULL && ignores_case(from->collation)) {
            typemap_note(a, to, "labels are written in their own case only");
        }
        return;
    }
    char *labels = label_list(a, d, from, check_literal);
    typemap_set(a, to, TK_TEXT, arena_printf(a, "varchar(%zu)", longest(from, d == DIALECT_OG_A)));
    if (from->kind == MYT_ENUM) {
        typemap_check(a, to, arena_printf(a, "%%s IN (%s)", labels));
        typemap_note(a, to, "orders by label, not by position");
    } else {
        typemap_check(a, to, arena_printf(a, "string_to_array(%%s, ',') <@ ARRAY[%s]::text[]", labels));
        typemap_note(a, to, "orders as text, not by bits");
    }
    if (d == DIALECT_OG_B) {
        typemap_note(a, to, "a label is '', a number, or longer than 63 bytes, which %s cannot hold", from->base);
    }
    if (d == DIALECT_OG_A) {
        typemap_note(a, to, "'' is NULL in an A database");
    }
}
