/* Texts and values of the PG translator: see expr_pg.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"

/* Every text passes here, so that an expression whose conversions repeat their operands cannot eat the memory. */
const char *pg_fmt(struct pg *c, const char *fmt, ...) {
    if (c->why != NULL) {
        return "NULL";
    }
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n > PG_MAX_BYTES - c->bytes) {
        pg_fail(c, "the translation grows beyond %d bytes", PG_MAX_BYTES);
        return "NULL";
    }
    c->bytes += (size_t)n;
    char *out = arena_alloc(c->a, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(out, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return out;
}

struct val pg_fail(struct pg *c, const char *fmt, ...) {
    if (c->why == NULL) {
        char text[400];
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(text, sizeof text, fmt, ap);
        va_end(ap);
        text[str_utf8_cut(text, strlen(text), sizeof text - 1)] = '\0';
        c->why = arena_strdup(c->a, text);
        c->why_at = c->at;
    }
    return pg_val(TC_NULL, "NULL", true);
}

/* NULL for a text that is still to come: should a failure get in between, the value can be looked at all the same. */
static const char *text_or_void(const char *text) {
    return text != NULL ? text : "NULL";
}

struct val pg_val(enum tclass cls, const char *text, bool atom) {
    return (struct val){.text = text_or_void(text), .cls = cls, .atom = atom};
}

struct val pg_int(const char *text, bool atom, bool wide) {
    return (struct val){.text = text_or_void(text), .cls = TC_INT, .atom = atom, .wide = wide, .integer = true};
}

struct val pg_text_val(const char *text, bool atom, const struct val *like) {
    struct val v = pg_val(TC_TEXT, text, atom);
    if (like != NULL && like->cls == TC_TEXT) {
        v.charset = like->charset;
        v.ci = like->ci;
        v.volatile_ = like->volatile_;
    }
    return v;
}

const char *pg_p(struct pg *c, struct val v) {
    return v.atom ? v.text : pg_fmt(c, "(%s)", v.text);
}

bool pg_is_og_a_pg(const struct pg *c) {
    return dialect_is_opengauss(c->o->dialect) && !c->b;
}

const char *pg_leading_zero(struct pg *c, const char *text) {
    return pg_is_og_a_pg(c) ? pg_fmt(c, "regexp_replace(%s, '^(-?)[.]', '\\10.')", text) : text;
}

/* openGauss has no function for it outside of B databases. */
const char *pg_new_uuid(struct pg *c) {
    return dialect_is_opengauss(c->o->dialect) ? "md5(random()::text || clock_timestamp()::text)::uuid"
                                               : "gen_random_uuid()";
}

/* openGauss gives NULL for every empty path. */
const char *pg_json_text(struct pg *c, struct val j) {
    if (c->b) {
        return pg_fmt(c, "jsonb_extract_path_text(json_array(%s)::jsonb, '0')", j.text);
    }
    return pg_is_og_a_pg(c) ? pg_fmt(c, "('[' || %s::text || ']')::jsonb ->> 0", pg_p(c, j))
                            : pg_fmt(c, "%s #>> '{}'", pg_p(c, j));
}

bool pg_is_const_string(const struct val *v) {
    return v->lit != NULL && v->lit->kind == SN_STRING && v->cls == TC_TEXT;
}

/* Foreign bytes into a literal: NUL cannot be written at all, and what is not UTF-8 would be refused by the server. */
const char *pg_string_literal(struct pg *c, const char *s, size_t len) {
    if (memchr(s, '\0', len) != NULL) {
        pg_fail(c, "a string with a NUL character");
        return "NULL";
    }
    if (!str_utf8_valid(s, len)) {
        pg_fail(c, "a string that is not UTF-8");
        return "NULL";
    }
    if (len == 0 && c->o->dialect == DIALECT_OG_A) {
        pg_fail(c, "an empty string, which an A database takes for NULL");
        return "NULL";
    }
    return str_literal_pg(c->a, s);
}

bool pg_stable(struct pg *c, const char *what) {
    if (c->o->must_be_immutable) {
        pg_fail(c, "%s: its result is not immutable in the target, as generated columns and indexes need", what);
        return false;
    }
    return true;
}

/* PostgreSQL 15 works out the constant parts of a generated column before it has given them collations, and fails:
 * "could not determine which collation to use". A text that names no column is a constant. */
bool pg_has_collation(struct pg *c, const struct val *l, const struct val *r) {
    if (c->why != NULL) {
        return false;
    }
    if (c->o->must_be_immutable && strchr(l->text, '"') == NULL && (r == NULL || strchr(r->text, '"') == NULL)) {
        pg_fail(
            c,
            "a comparison or change of case of constant texts, which the target cannot work out in a generated column");
        return false;
    }
    return true;
}

bool pg_once(struct pg *c, const struct val *v) {
    if (v->volatile_) {
        pg_fail(c, "a random value used where the translation would compute it twice");
        return false;
    }
    return true;
}

bool pg_literal_number(const struct val *v, const char **text) {
    if (v->lit == NULL || (v->lit->kind != SN_STRING && v->lit->kind != SN_INT && v->lit->kind != SN_DECIMAL &&
                           v->lit->kind != SN_FLOAT)) {
        return false;
    }
    const char *s = v->lit->text, *p = s;
    if (v->lit->len != strlen(s) || v->lit->len > 80) {
        return false;
    }
    p += *p == '-' || *p == '+';
    size_t whole = strspn(p, "0123456789"), part = 0;
    p += whole;
    if (*p == '.') {
        p++;
        part = strspn(p, "0123456789");
        p += part;
    }
    if (whole + part == 0) {
        return false;
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        p += *p == '-' || *p == '+';
        size_t digits = strspn(p, "0123456789");
        if (digits == 0 || digits > 3) {
            return false;
        }
        p += digits;
    }
    if (*p != '\0') {
        return false;
    }
    *text = s[0] == '+' ? s + 1 : s;
    return true;
}
