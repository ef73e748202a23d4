/* String functions. Positions and lengths count characters on both sides; what counts bytes says so. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"

static struct val text(struct pg *c, const struct sql_node *n, size_t i) {
    return pg_as_text(c, pg_node(c, n->args[i]));
}

/* In an A database NULL and '' are one, so || does not give NULL where CONCAT does. */
static bool concat_is_safe(struct pg *c) {
    if (c->o->dialect == DIALECT_OG_A) {
        pg_fail(c, "CONCAT: an A database takes NULL and '' for the same value");
        return false;
    }
    return true;
}

static void mix(struct val *out, const struct val *v) {
    out->charset = v->charset > out->charset ? v->charset : out->charset;
    out->ci = v->ci > out->ci ? v->ci : out->ci;
    out->volatile_ = out->volatile_ || v->volatile_;
}

/* NULL when any argument is NULL: || does that, the target's concat() does not. */
static struct val concat(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val out = pg_val(TC_TEXT, NULL, false);
    bool typed = false;
    for (size_t i = 0; i < n->nargs && c->why == NULL; i++) {
        struct val v = pg_node(c, n->args[i]);
        if (v.cls == TC_BYTES) {
            return pg_fail(c, "CONCAT of binary strings");
        }
        v = pg_as_text(c, v);
        typed = typed || v.lit == NULL;
        mix(&out, &v);
        out.text = i == 0 ? pg_p(c, v) : pg_fmt(c, "%s || %s", out.text, pg_p(c, v));
    }
    if (typed && !concat_is_safe(c)) {
        return out;
    }
    if (n->nargs == 1 || !typed) {
        out.text = pg_fmt(c, "(%s)::text", out.text);
        out.atom = true;
    }
    return out;
}

/* CONCAT_WS skips NULLs. The target's concat_ws does too but is not immutable; the long form is. */
static struct val concat_ws(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val out = pg_val(TC_TEXT, NULL, true), sep = text(c, n, 0);
    const char *args = NULL, *parts = NULL;
    if (!pg_once(c, &sep) || !concat_is_safe(c)) {
        return out;
    }
    for (size_t i = 1; i < n->nargs && c->why == NULL; i++) {
        struct val v = text(c, n, i);
        mix(&out, &v);
        args = args == NULL ? v.text : pg_fmt(c, "%s, %s", args, v.text);
        const char *part = pg_fmt(c, "coalesce(%s || %s, '')", pg_p(c, sep), pg_p(c, v));
        parts = parts == NULL ? part : pg_fmt(c, "%s || %s", parts, part);
    }
    if (!c->o->must_be_immutable && c->o->dialect == DIALECT_PG) {
        out.text = pg_fmt(c, "concat_ws(%s, %s)", sep.text, args);
    } else {
        out.text = pg_fmt(c, "substr(%s, char_length(%s) + 1)", parts, sep.text);
    }
    return out;
}

static struct val length(struct pg *c, const struct sql_node *n, const char *data) {
    struct val v = pg_node(c, n->args[0]), out = pg_int(NULL, true, false);
    out.nonneg = true;
    if (v.cls == TC_BYTES || v.cls == TC_HEX) {
        v = pg_as_bytes(c, v);
        out.text = pg_fmt(c, "%s(%s)", str_eq(data, "char_length") ? "octet_length" : data, v.text);
        return out;
    }
    v = pg_as_text(c, v);
    if (!str_eq(data, "char_length") && v.charset == CS_OTHER) {
        return pg_fail(c, "LENGTH in bytes of a text in a character set that is not UTF-8");
    }
    if (!str_eq(data, "char_length") && v.charset == CS_SINGLE_BYTE) {
        out.text = pg_fmt(c, str_eq(data, "octet_length") ? "char_length(%s)" : "char_length(%s) * 8", v.text);
        out.atom = str_eq(data, "octet_length");
        return out;
    }
    out.text = pg_fmt(c, "%s(%s%s)", data, pg_p(c, v), v.lit != NULL ? "::text" : "");
    return out;
}

/* upper() and lower() of an ASCII literal, worked out here: PostgreSQL refuses generated columns in which a function of
 * constants alone needs a collation. NULL: not such a literal. */
static const char *folded_literal(struct pg *c, const struct val *v, bool up) {
    if (!pg_is_const_string(v)) {
        return NULL;
    }
    char *out = arena_strndup(c->a, v->lit->text, v->lit->len);
    for (size_t i = 0; i < v->lit->len; i++) {
        if ((unsigned char)out[i] >= 0x80) {
            return NULL;
        }
        if (up ? out[i] >= 'a' && out[i] <= 'z' : out[i] >= 'A' && out[i] <= 'Z') {
            out[i] = (char)(out[i] ^ 32);
        }
    }
    return pg_string_literal(c, out, v->lit->len);
}

/* Functions of one text with the same result. */
static struct val same1(struct pg *c, const struct sql_node *n, const char *data) {
    struct val v = text(c, n, 0);
    const char *literal = str_eq(data, "reverse") ? NULL : folded_literal(c, &v, str_eq(data, "upper"));
    if (literal != NULL) {
        return pg_text_val(pg_fmt(c, "%s::text", literal), true, &v);
    }
    if (!str_eq(data, "reverse") && !pg_has_collation(c, &v, NULL)) {
        return v;
    }
    return pg_text_val(pg_fmt(c, "%s(%s)", data, v.text), true, &v);
}

/* A count of characters, never negative: LEFT('abc', -1) is '' in MySQL. */
static const char *count(struct pg *c, struct val v, bool *ok) {
    v = pg_as_int4(c, v);
    *ok = pg_once(c, &v);
    if (v.nonneg) {
        return v.text;
    }
    return pg_fmt(c, "CASE WHEN %s < 0 THEN 0 ELSE %s END", pg_p(c, v), v.text);
}

static struct val left_right(struct pg *c, const struct sql_node *n, const char *data) {
    bool ok;
    struct val v = text(c, n, 0);
    const char *len = count(c, pg_node(c, n->args[1]), &ok);
    return pg_text_val(pg_fmt(c, "%s(%s, %s)", data, v.text, len), true, &v);
}

/* SUBSTRING(s, pos [, len]): pos counts from the end when negative, 0 gives ''. */
static struct val substring(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val v = text(c, n, 0), pos = pg_node(c, n->args[1]);
    bool ok = true;
    const char *len = n->nargs == 3 ? pg_fmt(c, ", %s", count(c, pg_node(c, n->args[2]), &ok)) : "";
    long at;
    if (!ok) {
        return v;
    }
    if (sql_node_const_int(n->args[1], &at) && at > 0) {
        return pg_text_val(pg_fmt(c, "substr(%s, %ld%s)", v.text, at, len), true, &v);
    }
    pos = pg_as_int4(c, pos);
    if (!pg_once(c, &v) || !pg_once(c, &pos)) {
        return v;
    }
    if (c->o->dialect == DIALECT_OG_A) {
        return pg_fail(c, "SUBSTRING from the end in an A database, where '' is NULL");
    }
    const char *s = v.text, *p = pg_p(c, pos);
    if (sql_node_const_int(n->args[1], &at) && at < 0) {
        return pg_text_val(
            pg_fmt(c, "CASE WHEN char_length(%s) < %ld THEN '' ELSE substr(%s, char_length(%s) - %ld%s) END", s, -at, s,
                   s, -at - 1, len),
            true, &v);
    }
    return pg_text_val(pg_fmt(c,
                              "CASE WHEN %s > 0 THEN substr(%s, %s%s) WHEN %s < 0 AND char_length(%s) + %s >= 0 THEN "
                              "substr(%s, char_length(%s) + %s + 1%s) "
                              "WHEN %s IS NOT NULL AND %s IS NOT NULL THEN '' END",
                              p, s, pos.text, len, p, s, p, s, s, p, len, p, pg_p(c, v)),
                       true, &v);
}

static const char *folded(struct pg *c, const struct val *v, bool fold) {
    const char *literal = fold ? folded_literal(c, v, false) : NULL;
    return literal != NULL ? literal : fold ? pg_fmt(c, "lower(%s)", v->text) : v->text;
}

/* LOCATE(sub, s [, pos]); INSTR(s, sub) with data "instr". */
static struct val locate(struct pg *c, const struct sql_node *n, const char *data) {
    bool instr = str_eq(data, "instr");
    struct val sub = text(c, n, instr ? 1 : 0), s = text(c, n, instr ? 0 : 1);
    bool fold = s.ci != CI_NO && !(c->o->mariadb && sub.ci == CI_NO); /* in MySQL the text searched decides, alone */
    struct val out = pg_int(NULL, true, false);
    out.nonneg = true;
    if (!pg_has_collation(c, &s, &sub) ||
        (fold && folded_literal(c, &s, false) == NULL && !pg_has_collation(c, &s, NULL))) {
        return s;
    }
    const char *haystack = folded(c, &s, fold), *needle = folded(c, &sub, fold);
    if (n->nargs == 2) {
        out.text = pg_fmt(c, "strpos(%s, %s)", haystack, needle);
        return out;
    }
    long at;
    if (!sql_node_const_int(n->args[2], &at) || at < 1 || sub.lit == NULL || sub.lit->len == 0) {
        return pg_fail(c, "LOCATE from a position, other than a constant string from a constant position");
    }
    const char *tail = pg_fmt(c, "strpos(substr(%s, %ld), %s)", haystack, at, needle);
    out.text = pg_fmt(c, "CASE WHEN %s = 0 THEN 0 ELSE %s + %ld END", tail, tail, at - 1);
    return out;
}

static struct val replace(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val s = text(c, n, 0), from = text(c, n, 1), to = text(c, n, 2);
    if (!pg_has_collation(c, &s, &from)) {
        return s;
    }
    return pg_text_val(pg_fmt(c, "replace(%s, %s, %s)", s.text, from.text, to.text), true, &s);
}

/* TRIM: the target removes any of the given characters, MySQL the string as a whole; alike for one character. */
static struct val trim(struct pg *c, const struct sql_node *n, const char *data) {
    struct val s = text(c, n, 0);
    const char *what = "' '";
    if (n->nargs == 2) {
        struct val w = text(c, n, 1);
        bool one = pg_is_const_string(&w) && w.lit->len > 0 && str_utf8_cut(w.lit->text, w.lit->len, 4) == w.lit->len;
        size_t chars = 0;
        for (size_t i = 0; one && i < w.lit->len; i++) {
            chars += ((unsigned char)w.lit->text[i] & 0xC0) != 0x80;
        }
        if (!one || chars != 1) {
            return pg_fail(c, "TRIM of more than one constant character");
        }
        what = w.text;
    }
    return pg_text_val(pg_fmt(c, "%s(%s, %s)", data, s.text, what), true, &s);
}

static struct val pad(struct pg *c, const struct sql_node *n, const char *data) {
    struct val s = text(c, n, 0), with = n->nargs == 3 ? text(c, n, 2) : pg_val(TC_TEXT, "' '", true);
    long len;
    if (!sql_node_const_int(n->args[1], &len) || len < 0 ||
        (n->nargs == 3 && (!pg_is_const_string(&with) || with.lit->len == 0))) {
        return pg_fail(c, "%s whose length and padding are not constants", str_eq(data, "lpad") ? "LPAD" : "RPAD");
    }
    return pg_text_val(pg_fmt(c, "%s(%s, %ld, %s)", data, s.text, len, with.text), true, &s);
}

static struct val repeat(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val s = text(c, n, 0), times = pg_as_int4(c, pg_node(c, n->args[1]));
    return pg_text_val(pg_fmt(c, "repeat(%s, %s)", s.text, times.text), true, &s);
}

static struct val space(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    return pg_val(TC_TEXT, pg_fmt(c, "repeat(' ', %s)", pg_as_int4(c, pg_node(c, n->args[0])).text), true);
}

static struct val md5(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val v = pg_node(c, n->args[0]);
    if (v.cls != TC_BYTES) {
        v = pg_as_text(c, v);
        if (v.charset != CS_UTF8) {
            return pg_fail(c, "MD5 of a text that is not UTF-8 at the source");
        }
    }
    struct val out = pg_val(TC_TEXT, pg_fmt(c, "md5(%s%s)", pg_p(c, v), v.lit != NULL ? "::text" : ""), true);
    return out;
}

static struct val hex(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val v = pg_node(c, n->args[0]);
    if (v.cls == TC_INT && v.lit != NULL && v.lit->kind == SN_INT) {
        return pg_val(TC_TEXT, pg_fmt(c, "'%llX'::text", strtoull(v.text, NULL, 10)), true);
    }
    if (v.lit != NULL && pg_is_const_string(&v)) {
        char *digits = arena_alloc(c->a, v.lit->len * 2 + 1);
        for (size_t i = 0; i < v.lit->len; i++) {
            static const char hex_digits[] = "0123456789ABCDEF";
            digits[i * 2] = hex_digits[(unsigned char)v.lit->text[i] >> 4];
            digits[i * 2 + 1] = hex_digits[v.lit->text[i] & 15];
        }
        return pg_val(TC_TEXT, pg_fmt(c, "'%s'::text", digits), true);
    }
    if (v.cls == TC_INT) {
        return pg_val(TC_TEXT, pg_fmt(c, "upper(to_hex(%s))", pg_as_bigint(c, v).text), true);
    }
    if (v.cls != TC_BYTES && v.cls != TC_HEX && v.cls != TC_TEXT && v.cls != TC_ENUM) {
        return pg_fail(c, "HEX of a value of this type");
    }
    v = pg_as_bytes(c, v);
    return pg_val(TC_TEXT, pg_fmt(c, "upper(encode(%s, 'hex'))", v.text), true);
}

/* A string of hex digits as bytes: constants, and what UUID() and REPLACE(UUID(), '-', '') give. */
static struct val unhex(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val v = text(c, n, 0);
    if (pg_is_const_string(&v)) {
        if (v.lit->len % 2 != 0 || strspn(v.lit->text, "0123456789abcdefABCDEF") != v.lit->len) {
            return pg_fail(c, "UNHEX of %.60s", v.text);
        }
        return pg_val(TC_BYTES, pg_fmt(c, "'\\x%s'::bytea", v.lit->text), true);
    }
    const struct sql_node *arg = n->args[0];
    bool of_uuid = arg->kind == SN_CALL && str_eq(arg->name, "replace") && arg->nargs == 3 &&
                   arg->args[0]->kind == SN_CALL && str_eq(arg->args[0]->name, "uuid") &&
                   arg->args[1]->kind == SN_STRING && str_eq(arg->args[1]->text, "-") &&
                   arg->args[2]->kind == SN_STRING && arg->args[2]->len == 0;
    if (!of_uuid) {
        return pg_fail(c, "UNHEX of a value that may hold other characters than hex digits");
    }
    struct val out = pg_val(TC_BYTES, pg_fmt(c, "decode(%s, 'hex')", v.text), true);
    out.volatile_ = true;
    return out;
}

static struct val uuid(struct pg *c, const struct sql_node *n, const char *data) {
    (void)n;
    (void)data;
    if (!pg_stable(c, "UUID")) {
        return pg_val(TC_NULL, "NULL", true);
    }
    struct val v = pg_val(TC_TEXT, pg_fmt(c, "%s::text", pg_new_uuid(c)), true);
    v.volatile_ = v.volatile_uuid = true;
    return v;
}

/* UUID_TO_BIN(UUID() [, 1]): a fresh random value, of which no byte order can be told. Other arguments: without swap only. */
static struct val uuid_to_bin(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    long swap = 0;
    struct val v = text(c, n, 0);
    if (n->nargs == 2 && (!sql_node_const_int(n->args[1], &swap) || (swap != 0 && !v.volatile_uuid))) {
        return pg_fail(c, "UUID_TO_BIN with swapped bytes");
    }
    if (!v.volatile_uuid) {
        return pg_val(TC_BYTES, pg_fmt(c, "decode(replace(%s::uuid::text, '-', ''), 'hex')", pg_p(c, v)), true);
    }
    struct val out = pg_val(TC_BYTES, pg_fmt(c, "decode(replace(%s, '-', ''), 'hex')", v.text), true);
    out.volatile_ = true;
    return out;
}

static struct val bin_to_uuid(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    long swap = 0;
    struct val v = pg_as_bytes(c, pg_node(c, n->args[0]));
    if (n->nargs == 2 && (!sql_node_const_int(n->args[1], &swap) || swap != 0)) {
        return pg_fail(c, "BIN_TO_UUID with swapped bytes");
    }
    return pg_val(TC_TEXT, pg_fmt(c, "encode(%s, 'hex')::uuid::text", v.text), true);
}

/* SUBSTRING_INDEX(s, delimiter, n) for n = 1 and -1: what stands before the first, behind the last. */
static struct val substring_index(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val s = text(c, n, 0), d = text(c, n, 1);
    long times;
    if (!sql_node_const_int(n->args[2], &times) || (times != 1 && times != -1) || !pg_is_const_string(&d) ||
        d.lit->len == 0 || (times == -1 && d.lit->len != 1)) {
        return pg_fail(c, "SUBSTRING_INDEX other than with one constant character and 1 or -1");
    }
    if (!pg_has_collation(c, &s, NULL)) {
        return s;
    }
    return pg_text_val(times == 1 ? pg_fmt(c, "split_part(%s, %s, 1)", s.text, d.text)
                                  : pg_fmt(c, "reverse(split_part(reverse(%s), %s, 1))", s.text, d.text),
                       true, &s);
}

static const char *folded_bytes(struct pg *c, const char *s, size_t n, bool fold) {
    struct sql_node *lit = sql_node_new(c->a, SN_STRING);
    lit->text = arena_strndup(c->a, s, n);
    lit->len = n;
    struct val v = pg_val(TC_TEXT, pg_string_literal(c, lit->text, n), true);
    v.lit = lit;
    return folded(c, &v, fold);
}

/* FIND_IN_SET in a constant list: the elements one by one. */
static struct val find_in_list(struct pg *c, struct val s, const struct val *lit, bool fold) {
    const char *list = lit->lit->text;
    size_t len = lit->lit->len;
    s.text = folded(c, &s, fold);
    s.atom = s.atom || fold;
    const char *text = pg_fmt(c, "CASE WHEN %s IS NULL THEN NULL", pg_p(c, s));
    const char *end = list + len;
    for (int i = 1; list <= end && c->why == NULL; i++) {
        const char *comma = memchr(list, ',', (size_t)(end - list));
        size_t n = (size_t)((comma == NULL ? end : comma) - list);
        text = pg_fmt(c, "%s WHEN %s = %s THEN %d", text, pg_p(c, s), folded_bytes(c, list, n, fold), i);
        list += n + 1;
    }
    struct val out = pg_int(pg_fmt(c, "%s ELSE 0 END", text), true, false);
    out.nonneg = true;
    return out;
}

static struct val find_in_set(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val s = text(c, n, 0), list = text(c, n, 1);
    bool fold = s.ci != CI_NO && list.ci != CI_NO;
    if (!pg_has_collation(c, &s, &list)) {
        return s;
    }
    if (c->o->dialect != DIALECT_PG) {
        return pg_fail(c, "function FIND_IN_SET");
    }
    if (!pg_once(c, &s) || !pg_once(c, &list)) {
        return s;
    }
    if (pg_is_const_string(&list) && list.lit->len > 0) {
        return find_in_list(c, s, &list, fold);
    }
    s.text = folded(c, &s, fold);
    s.atom = s.atom || fold;
    list.text = folded(c, &list, fold);
    list.atom = list.atom || fold;
    struct val out =
        pg_int(pg_fmt(c,
                      "CASE WHEN %s IS NULL OR %s IS NULL THEN NULL ELSE coalesce(array_position(string_to_array(%s, "
                      "','), %s), 0) END",
                      pg_p(c, s), pg_p(c, list), list.text, s.lit != NULL ? pg_fmt(c, "%s::text", s.text) : s.text),
               true, false);
    out.nonneg = true;
    return out;
}

/* REGEXP_LIKE(s, pattern [, match]): the form MySQL 8 prints for REGEXP. */
static struct val regexp_like(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    int force = -1;
    if (n->nargs == 3) {
        const struct sql_node *m = n->args[2];
        if (m->kind != SN_STRING || strspn(m->text, "ci") != m->len) {
            return pg_fail(c, "REGEXP_LIKE with a match type other than c and i");
        }
        force = m->len == 0 ? -1 : m->text[m->len - 1] == 'c';
    }
    return pg_regexp(c, pg_node(c, n->args[0]), pg_node(c, n->args[1]), false, force);
}

const struct pg_function pg_functions_string[] = {
    {"concat", 1, 999, concat, NULL},
    {"concat_ws", 2, 999, concat_ws, NULL},
    {"length", 1, 1, length, "octet_length"},
    {"octet_length", 1, 1, length, "octet_length"},
    {"bit_length", 1, 1, length, "bit_length"},
    {"char_length", 1, 1, length, "char_length"},
    {"character_length", 1, 1, length, "char_length"},
    {"upper", 1, 1, same1, "upper"},
    {"ucase", 1, 1, same1, "upper"},
    {"lower", 1, 1, same1, "lower"},
    {"lcase", 1, 1, same1, "lower"},
    {"reverse", 1, 1, same1, "reverse"},
    {"left", 2, 2, left_right, "left"},
    {"right", 2, 2, left_right, "right"},
    {"substring", 2, 3, substring, NULL},
    {"substr", 2, 3, substring, NULL},
    {"mid", 2, 3, substring, NULL},
    {"locate", 2, 3, locate, "locate"},
    {"instr", 2, 2, locate, "instr"},
    {"replace", 3, 3, replace, NULL},
    {"trim both", 1, 2, trim, "btrim"},
    {"trim leading", 1, 2, trim, "ltrim"},
    {"trim trailing", 1, 2, trim, "rtrim"},
    {"ltrim", 1, 1, trim, "ltrim"},
    {"rtrim", 1, 1, trim, "rtrim"},
    {"lpad", 2, 3, pad, "lpad"},
    {"rpad", 2, 3, pad, "rpad"},
    {"repeat", 2, 2, repeat, NULL},
    {"space", 1, 1, space, NULL},
    {"md5", 1, 1, md5, NULL},
    {"hex", 1, 1, hex, NULL},
    {"unhex", 1, 1, unhex, NULL},
    {"uuid", 0, 0, uuid, NULL},
    {"uuid_to_bin", 1, 2, uuid_to_bin, NULL},
    {"bin_to_uuid", 1, 2, bin_to_uuid, NULL},
    {"substring_index", 3, 3, substring_index, NULL},
    {"find_in_set", 2, 2, find_in_set, NULL},
    {"regexp_like", 2, 3, regexp_like, NULL},
    {0},
};
