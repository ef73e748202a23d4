/* Texts of a target's catalog. See structure_text.h. */
#include "check/structure_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* The end of what begins at p: a quoted string or identifier as a whole, otherwise one character. */
static const char *next(const char *p) {
    char quote = *p;
    if (quote != '\'' && quote != '"') {
        return p + 1;
    }
    for (p++; *p != '\0'; p++) {
        if (*p == quote) {
            if (p[1] != quote) {
                return p + 1;
            }
            p++;
        }
    }
    return p;
}

/* Behind a pair of brackets that begins at p, or the end of the text. */
static const char *behind_brackets(const char *p) {
    int depth = 0;
    while (*p != '\0') {
        depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
        p = next(p);
        if (depth == 0) {
            break;
        }
    }
    return p;
}

const char *structure_replace(struct arena *a, const char *text, const char *from, const char *to) {
    if (text == NULL || strstr(text, from) == NULL) {
        return text;
    }
    size_t from_len = strlen(from), to_len = strlen(to), times = 0;
    for (const char *p = strstr(text, from); p != NULL; p = strstr(p + from_len, from)) {
        times++;
    }
    char *out = arena_alloc(a, strlen(text) + times * to_len + 1), *at = out;
    const char *p = text;
    for (const char *hit = strstr(p, from); hit != NULL; hit = strstr(p, from)) {
        memcpy(at, p, (size_t)(hit - p));
        at += hit - p;
        memcpy(at, to, to_len);
        at += to_len;
        p = hit + from_len;
    }
    memcpy(at, p, strlen(p) + 1);
    return out;
}

/* ---- indexes ---- */

static bool skip_word(const char **p, const char *word) {
    if (!str_starts(*p, word)) {
        return false;
    }
    *p += strlen(word);
    return true;
}

/* A name, perhaps with its schema. */
static bool skip_name(const char **p) {
    const char *begin = *p;
    while (**p != '\0' && **p != ' ' && **p != '(') {
        *p = next(*p);
    }
    return *p > begin;
}

const char *structure_index_definition(struct arena *a, const char *text) {
    const char *p = text;
    if (!skip_word(&p, "CREATE ")) {
        return text;
    }
    bool unique = skip_word(&p, "UNIQUE ");
    if (!skip_word(&p, "INDEX ") || !skip_name(&p) || !skip_word(&p, " ON ")) {
        return text;
    }
    skip_word(&p, "ONLY ");
    if (!skip_name(&p)) {
        return text;
    }
    p += *p == ' ';
    skip_word(&p, "USING ");
    char *out = arena_alloc(a, strlen(p) + sizeof "UNIQUE "), *at = out;
    if (unique) {
        memcpy(at, "UNIQUE ", 7);
        at += 7;
    }
    int depth = 0;
    while (*p != '\0') {
        if (depth == 0 && str_starts(p, " WITH (")) {
            p = behind_brackets(p + strlen(" WITH "));
            continue;
        }
        if (depth == 0 && skip_word(&p, " TABLESPACE ")) {
            skip_name(&p);
            continue;
        }
        if (depth == 0 && (str_starts(p, " LOCAL(") || str_starts(p, " LOCAL ("))) {
            memcpy(at, " LOCAL", 6);
            at += 6;
            p = behind_brackets(strchr(p, '('));
            continue;
        }
        if (depth == 0 && str_eq(p, " INVISIBLE")) { /* the catalog tells it apart */
            break;
        }
        depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
        const char *end = next(p);
        memcpy(at, p, (size_t)(end - p));
        at += end - p;
        p = end;
    }
    while (at > out && at[-1] == ' ') {
        at--;
    }
    *at = '\0';
    return out;
}

/* ---- types and values ---- */

const char *structure_plain_type(struct arena *a, enum dialect d, const char *type) {
    static const char *const whole[] = {"tinyint", "smallint", "mediumint", "integer", "bigint", "int1",  "int2",
                                        "int4",    "int8",     "uint1",     "uint2",   "uint4",  "uint8", "year"};
    const char *bracket = dialect_is_opengauss(d) ? strchr(type, '(') : NULL;
    if (bracket == NULL) {
        return type;
    }
    size_t len = (size_t)(bracket - type), digits = strspn(bracket + 1, "0123456789");
    for (size_t i = 0; digits > 0 && i < sizeof whole / sizeof whole[0]; i++) {
        if (strlen(whole[i]) == len && memcmp(type, whole[i], len) == 0 && bracket[1 + digits] == ')') {
            return arena_printf(a, "%.*s%s", (int)len, type, bracket + digits + 2);
        }
    }
    return type;
}

/* Behind a type's name as a cast has it: character varying(40), timestamp(3) without time zone, shop."Kind"[]. */
static const char *behind_type(const char *p) {
    static const char *const further[] = {" varying", " precision", " without time zone", " with time zone"};
    while (*p == '"' || *p == '.' || *p == '_' || (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
           (*p >= 'A' && *p <= 'Z') || (unsigned char)*p >= 0x80) {
        p = next(p);
    }
    bool more = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < sizeof further / sizeof further[0]; i++) {
            more = skip_word(&p, further[i]) || more;
        }
        if (*p == '(') {
            p = behind_brackets(p);
            more = true;
        }
        more = skip_word(&p, "[]") || more;
    }
    return p;
}

static bool is_number(const char *text, size_t len) {
    size_t i = len > 0 && text[0] == '-';
    size_t digits = 0;
    for (; i < len && ((text[i] >= '0' && text[i] <= '9') || text[i] == '.'); i++) {
        digits += text[i] != '.';
    }
    return digits > 0 && i == len;
}

const char *structure_bare_value(struct arena *a, const char *text) {
    if (text == NULL) {
        return NULL;
    }
    char *out = arena_alloc(a, strlen(text) + 1), *at = out;
    const char *p = text;
    while (*p != '\0') {
        if (p[0] == ':' && p[1] == ':') {
            p = behind_type(p + 2);
            continue;
        }
        const char *end = next(p);
        memcpy(at, p, (size_t)(end - p));
        at += end - p;
        p = end;
    }
    size_t len = (size_t)(at - out);
    while (len >= 2 && out[0] == '(' && behind_brackets(out) == out + len) {
        out++;
        len -= 2;
        out[len] = '\0';
    }
    if (len >= 2 && out[0] == '\'' && next(out) == out + len && is_number(out + 1, len - 2)) {
        out++;
        len -= 2;
        out[len] = '\0';
    }
    return out;
}

/* Without zeros at the end of a fraction. */
static size_t number_length(const char *text) {
    size_t len = strlen(text);
    if (memchr(text, '.', len) != NULL) {
        while (text[len - 1] == '0') {
            len--;
        }
        len -= text[len - 1] == '.';
    }
    return len;
}

bool structure_same_number(const char *a, const char *b) {
    if (a == NULL || b == NULL || !is_number(a, strlen(a)) || !is_number(b, strlen(b))) {
        return false;
    }
    size_t n = number_length(a);
    return n == number_length(b) && memcmp(a, b, n) == 0;
}

const char *structure_without_not_valid(struct arena *a, const char *text) {
    static const char tail[] = " NOT VALID";
    size_t len = strlen(text), n = sizeof tail - 1;
    return len > n && strcmp(text + len - n, tail) == 0 ? arena_strndup(a, text, len - n) : text;
}

/* ---- sequences ---- */

uint64_t structure_next_value(const char *last, bool called, const char *increment) {
    if (last == NULL || last[0] == '-') { /* below every counter of the source */
        return 0;
    }
    uint64_t value = strtoull(last, NULL, 10), step = 1;
    if (increment != NULL && increment[0] != '-') {
        step = strtoull(increment, NULL, 10);
    }
    return !called ? value : value > UINT64_MAX - step ? UINT64_MAX : value + step;
}
