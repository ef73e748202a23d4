/* LIKE and REGEXP. Both ignore case under a case-insensitive collation. */
#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"

static bool ignores_case(const struct val *s, const struct val *pattern) {
    enum ci_kind ci = s->ci != CI_NONE ? s->ci : pattern->ci;
    return (s->ci == CI_NO || pattern->ci == CI_NO) ? false : ci != CI_NO;
}

/* A column with a collation of its own in the target may be one that LIKE refuses. */
static const char *plain_collation(struct pg *c, const struct val *v, const char *text) {
    return v->col != NULL && v->col->to->collation != NULL && !c->b ? pg_fmt(c, "%s COLLATE \"default\"", text) : text;
}

struct val pg_like(struct pg *c, struct val s, struct val pattern, const char *escape, bool negated) {
    if (s.cls == TC_NULL || pattern.cls == TC_NULL) {
        return pg_val(TC_BOOL, "NULL::boolean", true);
    }
    if (s.cls == TC_BYTES || pattern.cls == TC_BYTES) {
        return pg_fail(c, "LIKE of binary strings");
    }
    struct val column = s;
    s = pg_as_text(c, s);
    pattern = pg_as_text(c, pattern);
    if (!pg_has_collation(c, &s, &pattern)) {
        return s;
    }
    char esc = escape == NULL ? '\\' : escape[0];
    if (escape != NULL && (unsigned char)escape[0] >= 0x80) {
        return pg_fail(c, "LIKE with an ESCAPE beyond ASCII");
    }
    if (esc != '\0' && pattern.lit != NULL && pattern.lit->kind == SN_STRING) {
        size_t run = 0;
        while (run < pattern.lit->len && pattern.lit->text[pattern.lit->len - 1 - run] == esc) {
            run++;
        }
        if (run % 2 != 0) {
            return pg_fail(c, "a LIKE pattern that ends with its escape character");
        }
    }
    const char *left = plain_collation(c, &column, pg_p(c, s));
    const char *text = pg_fmt(c, "%s %s%s %s", left, negated ? "NOT " : "",
                              ignores_case(&s, &pattern) ? "ILIKE" : "LIKE", pg_p(c, pattern));
    if (escape != NULL && strcmp(escape, "\\") != 0) {
        text = pg_fmt(c, "%s ESCAPE %s", text, str_literal_pg(c->a, escape));
    }
    return pg_val(TC_BOOL, text, false);
}

/* May `x` stand behind a backslash with one meaning on both sides: a class, a control character, punctuation. */
static bool same_escape(char x) {
    bool alnum = (x >= '0' && x <= '9') || (x >= 'a' && x <= 'z') || (x >= 'A' && x <= 'Z');
    return x != '\0' && (!alnum || strchr("dDwWsSnrtf", x) != NULL);
}

/* Rewrite an ICU/PCRE pattern for the target's advanced regular expressions. Only what both read alike passes. */
static bool rewrite(const char *p, size_t len, char *out) {
    bool in_class = false, class_start = false, atom = false, quantified = false;
    size_t w = 0;
    for (size_t i = 0; i < len; i++) {
        char x = p[i], next = i + 1 < len ? p[i + 1] : '\0';
        if (in_class) {
            if (x == '\\') {
                if (!same_escape(next) || strchr("DWS", next) != NULL) { /* the target has no \\D inside brackets */
                    return false;
                }
                out[w++] = x;
                out[w++] = next;
                i++;
            } else if (x == '[') {
                size_t end = i + 1;
                while (end + 1 < len && (p[end] != ':' || p[end + 1] != ']' || end == i + 1)) {
                    end++;
                }
                if (next != ':' || end + 1 >= len) {
                    return false; /* a set within a set */
                }
                memcpy(out + w, p + i, end + 2 - i); /* [:alpha:] */
                w += end + 2 - i;
                i = end + 1;
            } else if ((x == '&' && next == '&') || (x == '-' && next == '-')) {
                return false; /* set operations */
            } else if (x == ']' && class_start) {
                return false; /* [] is a mistake for one, a literal ] for the other */
            } else {
                out[w++] = x;
                in_class = x != ']';
                atom = !in_class;
            }
            class_start = class_start && x == '^' && p[i - 1] == '[';
            continue;
        }
        switch (x) {
        case '[':
            in_class = class_start = true;
            break;
        case '\\':
            if (next == 'b' || next == 'B') {
                out[w++] = x;
                out[w++] = next == 'b' ? 'y' : 'Y';
                i++;
                continue;
            }
            if (!same_escape(next)) {
                return false;
            }
            out[w++] = x;
            out[w++] = next;
            i++;
            atom = true;
            quantified = false;
            continue;
        case '*':
        case '+':
        case '?':
            if (x == '?' && quantified) {
                quantified = false; /* the reluctant form */
                out[w++] = x;
                continue;
            }
            if (!atom) {
                return false; /* nothing to repeat, or a possessive quantifier */
            }
            out[w++] = x;
            atom = false;
            quantified = true;
            continue;
        case '{': {
            size_t end = i + 1 + strspn(p + i + 1, "0123456789,");
            if (!atom || next < '0' || next > '9' || end >= len || p[end] != '}') {
                return false;
            }
            while (i <= end) {
                out[w++] = p[i++];
            }
            i--;
            atom = false;
            quantified = true;
            continue;
        }
        case '(':
            if (next == '?') {
                char kind = i + 2 < len ? p[i + 2] : '\0';
                if (kind != ':' && kind != '=' && kind != '!') {
                    return false;
                }
                out[w++] = x;
                out[w++] = next;
                x = kind;
                i += 2;
            }
            atom = false;
            break;
        case '|':
        case '^':
        case '$':
            atom = false;
            break;
        default:
            atom = true;
            break;
        }
        quantified = false;
        out[w++] = x;
    }
    out[w] = '\0';
    return !in_class;
}

const char *pg_regexp_pattern(struct pg *c, const struct val *pattern) {
    if (!pg_is_const_string(pattern)) {
        pg_fail(c, "REGEXP with a pattern that is not a constant");
        return "NULL";
    }
    const char *p = pattern->lit->text;
    size_t len = pattern->lit->len;
    char *out = arena_alloc(c->a, len * 2 + 1);
    if (len == 0 || memchr(p, '\0', len) != NULL || !rewrite(p, len, out)) {
        pg_fail(c, "the regular expression %.120s, which the target would read differently", pattern->text);
        return "NULL";
    }
    return pg_string_literal(c, out, strlen(out));
}

struct val pg_regexp(struct pg *c, struct val s, struct val pattern, bool negated, int force_case) {
    if (s.cls == TC_NULL || pattern.cls == TC_NULL) {
        return pg_val(TC_BOOL, "NULL::boolean", true);
    }
    if (s.cls == TC_BYTES) {
        return pg_fail(c, "REGEXP of a binary string");
    }
    struct val column = s;
    s = pg_as_text(c, s);
    if (!pg_has_collation(c, &s, NULL)) {
        return s;
    }
    const char *literal = pg_regexp_pattern(c, &pattern);
    bool ci = force_case >= 0 ? force_case == 0 : ignores_case(&s, &pattern);
    const char *left = plain_collation(c, &column, pg_p(c, s));
    return pg_val(TC_BOOL, pg_fmt(c, "%s %s~%s %s", left, negated ? "!" : "", ci ? "*" : "", literal), false);
}
