/* MySQL's implicit conversions, written out as casts for the target. A conversion whose result would not be the same
 * value is refused. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"
#include "sql/pg_query.h"

/* 0x2a or b'101' as an unsigned number. */
static struct val hex_number(struct pg *c, struct val v) {
    const char *s = v.lit->text;
    bool bits = v.lit->kind == SN_BIT;
    s += strspn(s, "0");
    if (strlen(s) > (bits ? 64u : 16u)) {
        return pg_fail(c, "a %s literal of more than 64 bits used as a number", bits ? "bit" : "hexadecimal");
    }
    unsigned long long n = *s == '\0' ? 0 : strtoull(s, NULL, bits ? 2 : 16);
    struct val out = pg_int(pg_fmt(c, "%llu", n), true, n > 2147483647ULL);
    if (n > 9223372036854775807ULL) {
        out.cls = TC_DEC;
        out.u64 = true;
    }
    out.nonneg = true;
    return out;
}

static const char *hex_digits(struct pg *c, struct val v) {
    if (v.lit->kind == SN_HEX) {
        return strlen(v.lit->text) % 2 == 0 ? v.lit->text : pg_fmt(c, "0%s", v.lit->text);
    }
    size_t bits = strlen(v.lit->text), bytes = (bits + 7) / 8;
    char *out = arena_alloc(c->a, bytes * 2 + 1);
    for (size_t i = 0; i < bytes; i++) {
        unsigned byte = 0;
        for (size_t k = 0; k < 8; k++) {
            size_t from_right = (bytes - 1 - i) * 8 + (7 - k);
            byte = byte << 1 | (from_right < bits && v.lit->text[bits - 1 - from_right] == '1' ? 1u : 0u);
        }
        static const char digits[] = "0123456789abcdef";
        out[i * 2] = digits[byte >> 4];
        out[i * 2 + 1] = digits[byte & 15];
    }
    return out;
}

struct val pg_as_bool(struct pg *c, struct val v) {
    if (v.cls == TC_BOOL) {
        return v;
    }
    if (v.cls == TC_NULL) {
        return pg_val(TC_BOOL, "NULL::boolean", true);
    }
    v = pg_as_num(c, v);
    if (v.lit != NULL && v.lit->kind == SN_INT) {
        return pg_val(TC_BOOL, strspn(v.text, "0") == strlen(v.text) ? "FALSE" : "TRUE", true);
    }
    return pg_val(TC_BOOL, pg_fmt(c, "%s <> 0", pg_p(c, v)), false);
}

/* The longest number at the beginning of a text, 0 when there is none: MySQL's way of reading a string as a number.
 * The replacement puts a 0 between sign and digits, so that there always is a number, and NULL stays NULL. */
static struct val text_prefix(struct pg *c, struct val s, const char *number, const char *type, enum tclass cls) {
    if (!pg_has_collation(c, &s, NULL)) {
        return s;
    }
    struct val v =
        pg_val(cls, pg_fmt(c, "regexp_replace(%s, '^\\s*([-+]?)(%s).*$', '\\10\\2')::%s", s.text, number, type), true);
    v.wide = v.integer = cls == TC_INT;
    v.volatile_ = s.volatile_;
    return v;
}

struct val pg_text_prefix_int(struct pg *c, struct val s) {
    return text_prefix(c, s, "[0-9]*", "bigint", TC_INT);
}

struct val pg_text_prefix_number(struct pg *c, struct val s, const char *type) {
    struct val v =
        text_prefix(c, s, "[0-9]*\\.?[0-9]*(?:[eE][-+]?[0-9]+)?", type, str_eq(type, "numeric") ? TC_DEC : TC_FLOAT);
    v.scale = -1;
    return v;
}

/* The place of its label, from 1 on; 0: MySQL's empty value of a wrong one. */
static struct val enum_index(struct pg *c, struct val v) {
    const struct mytype *t = v.col != NULL ? v.col->from : NULL;
    if (c->q == NULL || t == NULL || t->nlabels == 0) {
        return pg_fail(c, "an ENUM column used as a number");
    }
    struct sb b = {.a = c->a};
    for (size_t i = 0; i < t->nlabels; i++) {
        sb_printf(&b, " WHEN %s THEN %zu", pg_string_literal(c, t->labels[i], strlen(t->labels[i])), i + 1);
    }
    struct val out = pg_int(pg_fmt(c, "CASE %s::text%s WHEN '' THEN 0 END", pg_p(c, v), sb_text(&b)), true, false);
    out.nonneg = true;
    return out;
}

struct val pg_as_num(struct pg *c, struct val v) {
    const char *number;
    switch (v.cls) {
    case TC_INT:
    case TC_DEC:
    case TC_FLOAT:
        return v;
    case TC_NULL:
        return pg_int("NULL::int", true, false);
    case TC_BOOL: {
        struct val out;
        if (v.lit != NULL && v.lit->kind == SN_BOOL) {
            out = pg_int(v.lit->integer ? "1" : "0", true, false);
            out.lit = v.lit;
        } else {
            out = pg_int(pg_fmt(c, "%s::int", pg_p(c, v)), true, false);
        }
        out.nonneg = true;
        return out;
    }
    case TC_HEX:
        return hex_number(c, v);
    case TC_BITS: {
        if (v.col == NULL || v.col->from->length_chars >= 64) {
            return pg_fail(c, "a 64 bit BIT column used as a number");
        }
        struct val out = pg_int(pg_fmt(c, "%s::bigint", pg_p(c, v)), true, true);
        out.nonneg = true;
        return out;
    }
    case TC_TEXT:
        if (pg_is_const_string(&v)) {
            if (!pg_literal_number(&v, &number)) {
                if (c->q != NULL) {
                    return pg_text_prefix_number(c, v, "float8");
                }
                return pg_fail(c, "the string %.60s used as a number", v.text);
            }
            return pg_val(TC_FLOAT, pg_fmt(c, "'%s'::float8", number), true);
        }
        return pg_text_prefix_number(c, v, "float8");
    case TC_ENUM:
        return enum_index(c, v);
    case TC_BYTES:
        return pg_fail(c, "a binary string used as a number");
    case TC_JSON:
        return c->q != NULL ? pg_json_number(c, v, "float8")
                            : pg_fail(c, "a JSON value used as a number (without CAST)");
    case TC_DATE:
        if (c->q != NULL) { /* 20240131 */
            return pg_int(pg_fmt(c, "to_char(%s, 'YYYYMMDD')::bigint", v.text), true, true);
        }
        return pg_fail(c, "a date used as a number");
    case TC_DATETIME:
    case TC_TSTZ:
        if (c->q != NULL && v.fsp == 0) {
            return pg_int(pg_fmt(c, "to_char(%s, 'YYYYMMDDHH24MISS')::bigint", v.text), true, true);
        }
        return pg_fail(c, "a date used as a number");
    case TC_TIME:
        return pg_fail(c, "a time used as a number");
    default:
        return pg_fail(c, "a value of this type used as a number");
    }
}

/* Of a JSON value not by way of a double. type: as pg_json_number() has it. */
static struct val exact_number(struct pg *c, struct val v, const char *type) {
    return v.cls == TC_JSON && c->q != NULL ? pg_json_number(c, v, type) : pg_as_num(c, v);
}

struct val pg_as_bigint(struct pg *c, struct val v) {
    v = exact_number(c, v, "bigint");
    if (v.cls == TC_INT && v.wide) {
        return v;
    }
    struct val out = pg_int(pg_fmt(c, "%s::bigint", pg_p(c, v)), true, true);
    out.nonneg = v.nonneg;
    return out;
}

struct val pg_as_int4(struct pg *c, struct val v) {
    v = exact_number(c, v, "bigint");
    bool surely = !c->b || v.lit != NULL || v.col != NULL; /* openGauss B computes in bigint */
    if (v.cls == TC_INT && !v.wide && surely) {
        return v;
    }
    struct val out = pg_int(pg_fmt(c, "%s::int", pg_p(c, v)), true, false);
    out.nonneg = v.nonneg;
    return out;
}

struct val pg_as_numeric(struct pg *c, struct val v) {
    v = exact_number(c, v, "numeric");
    if (v.cls == TC_DEC) {
        return v;
    }
    struct val out = pg_val(TC_DEC, NULL, true);
    if (v.cls == TC_FLOAT) {
        /* Through the text: the direct cast keeps 15 digits, MySQL takes the shortest exact text. */
        out.text = pg_fmt(c, "%s%s::%s", pg_p(c, v), c->o->dialect == DIALECT_PG ? "::text" : "", c->numeric);
        out.scale = -1;
    } else {
        out.text = pg_fmt(c, "%s::%s", pg_p(c, v), c->numeric);
        out.integer = true;
        out.nonneg = v.nonneg;
    }
    return out;
}

struct val pg_as_float(struct pg *c, struct val v) {
    v = pg_as_num(c, v);
    return v.cls == TC_FLOAT ? v : pg_val(TC_FLOAT, pg_fmt(c, "%s::float8", pg_p(c, v)), true);
}

static struct val number_text(struct pg *c, struct val v) {
    struct val out = pg_val(TC_TEXT, NULL, true);
    out.volatile_ = v.volatile_;
    if (v.lit != NULL && (v.lit->kind == SN_INT || v.lit->kind == SN_DECIMAL || v.lit->kind == SN_BOOL)) {
        out.text = pg_fmt(c, "'%s%s'", v.text[0] == '.' ? "0" : "", v.text);
    } else if (v.cls == TC_FLOAT && c->q != NULL) {
        out.text = pg_fmt(c, "%s(%s)", pgq_compat(c, "float_text"), v.text);
    } else if (v.cls == TC_FLOAT) {
        return pg_fail(c, "a floating point number turned into text (the servers print it differently)");
    } else if (v.cls == TC_DEC && !v.integer && v.col == NULL) {
        if (v.scale < 0 || v.mixed) {
            return pg_fail(c, "a decimal number of unknown scale turned into text");
        }
        out.text = pg_leading_zero(c, pg_fmt(c, "round(%s, %d)::text", v.text, v.scale));
    } else {
        out.text = pg_fmt(c, "%s::text", pg_p(c, v));
        out.text = v.cls == TC_DEC && !v.integer ? pg_leading_zero(c, out.text) : out.text;
    }
    return out;
}

struct val pg_as_text(struct pg *c, struct val v) {
    switch (v.cls) {
    case TC_TEXT:
        if (v.padded) {
            v.text = pg_fmt(c, "%s::text", pg_p(c, v));
            v.atom = true;
            v.padded = false;
            v.col = NULL;
        }
        return v;
    case TC_NULL:
        return pg_val(TC_TEXT, "NULL::text", true);
    case TC_BOOL:
    case TC_INT:
    case TC_DEC:
    case TC_FLOAT:
        return number_text(c, pg_as_num(c, v));
    case TC_BITS:
        return pg_fail(c, "a BIT column used as text");
    case TC_ENUM: {
        struct val out = v;
        out.cls = TC_TEXT;
        out.col = NULL;
        if (v.col != NULL && v.col->to->enum_type) {
            if (!pg_stable(c, "an enum turned into text")) {
                return v;
            }
            out.text = pg_fmt(c, "%s::text", pg_p(c, v));
            out.atom = true;
        }
        return out;
    }
    case TC_HEX: {
        const char *digits = hex_digits(c, v);
        size_t n = strlen(digits) / 2;
        char *bytes = arena_alloc(c->a, n + 1);
        for (size_t i = 0; i < n; i++) {
            char two[3] = {digits[i * 2], digits[i * 2 + 1], '\0'};
            bytes[i] = (char)strtoul(two, NULL, 16);
        }
        struct val out = pg_val(TC_TEXT, pg_string_literal(c, bytes, n), true);
        out.ci = CI_NO;
        return out;
    }
    case TC_DATE:
    case TC_DATETIME:
    case TC_TSTZ:
    case TC_TIME:
        return pg_date_text(c, v);
    case TC_UUID:
        return pg_val(TC_TEXT, pg_fmt(c, "%s::text", pg_p(c, v)), true);
    case TC_BYTES:
        return pg_fail(c, "a binary string used as text");
    case TC_JSON:
        if (c->q == NULL) {
            return pg_fail(c, "a JSON value used as text (without JSON_UNQUOTE)");
        }
        pgq_note(c, c->at, "a JSON value as text: floating point numbers in it may be written differently");
        return pg_val(TC_TEXT, pg_fmt(c, "%s::text", pg_p(c, v)), true);
    default:
        return pg_fail(c, "a value of this type used as text");
    }
}

struct val pg_as_bytes(struct pg *c, struct val v) {
    if (v.cls == TC_BYTES) {
        return v;
    }
    if (v.cls == TC_NULL) {
        return pg_val(TC_BYTES, "NULL::bytea", true);
    }
    if (v.cls == TC_HEX) {
        return pg_val(TC_BYTES, pg_fmt(c, "'\\x%s'::bytea", hex_digits(c, v)), true);
    }
    if (pg_is_const_string(&v)) {
        char *hex = arena_alloc(c->a, v.lit->len * 2 + 1);
        for (size_t i = 0; i < v.lit->len; i++) {
            static const char digits[] = "0123456789abcdef";
            hex[i * 2] = digits[(unsigned char)v.lit->text[i] >> 4];
            hex[i * 2 + 1] = digits[v.lit->text[i] & 15];
        }
        return pg_val(TC_BYTES, pg_fmt(c, "'\\x%s'::bytea", hex), true);
    }
    v = pg_as_text(c, v);
    if (v.charset != CS_UTF8) {
        return pg_fail(c, "the bytes of a text that is not UTF-8 at the source");
    }
    if (!pg_stable(c, "text turned into bytes")) {
        return v;
    }
    return pg_val(TC_BYTES, pg_fmt(c, "convert_to(%s, 'UTF8')", v.text), true);
}

struct val pg_as_json(struct pg *c, struct val v) {
    switch (v.cls) {
    case TC_JSON:
        return v;
    case TC_NULL:
        return pg_val(TC_JSON, "NULL::jsonb", true);
    case TC_TEXT:
        return pg_val(TC_JSON, pg_fmt(c, "%s::jsonb", pg_p(c, v)), true);
    case TC_BOOL:
    case TC_INT:
    case TC_DEC:
        return pg_val(TC_JSON, pg_fmt(c, "%s::text::jsonb", pg_p(c, v)), true);
    default:
        if (c->q == NULL || c->o->dialect != DIALECT_PG) {
            return pg_fail(c, "a value of this type turned into JSON");
        }
        return pg_val(TC_JSON, pg_fmt(c, "to_jsonb(%s)", pg_json_item(c, NULL, v)), true);
    }
}

enum kinds {
    K_NUMBER = 1,
    K_BOOL = 2,
    K_TEXT = 4,
    K_BYTES = 8,
    K_DATE = 16,
    K_DATETIME = 32,
    K_TSTZ = 64,
    K_TIME = 128,
    K_JSON = 256,
    K_HEX = 512,
    K_OTHER = 1024,
    K_FLOAT = 2048,
    K_DEC = 4096
};

static unsigned kind_of(const struct val *v) {
    switch (v->cls) {
    case TC_NULL:
        return 0;
    case TC_BOOL:
        return K_BOOL;
    case TC_INT:
    case TC_BITS:
        return K_NUMBER;
    case TC_DEC:
        return K_NUMBER | K_DEC;
    case TC_FLOAT:
        return K_NUMBER | K_FLOAT;
    case TC_TEXT:
    case TC_ENUM:
        return K_TEXT;
    case TC_BYTES:
        return K_BYTES;
    case TC_DATE:
        return K_DATE;
    case TC_DATETIME:
        return K_DATETIME;
    case TC_TSTZ:
        return K_TSTZ;
    case TC_TIME:
        return K_TIME;
    case TC_JSON:
        return K_JSON;
    case TC_HEX:
        return K_HEX;
    default:
        return K_OTHER;
    }
}

static enum tclass convert_all(struct pg *c, struct val *v, size_t n, struct val (*to)(struct pg *, struct val),
                               enum tclass cls) {
    for (size_t i = 0; i < n; i++) {
        if (v[i].cls != TC_NULL) {
            v[i] = to(c, v[i]);
        }
    }
    return cls;
}

/* Bring the values to the one type that CASE, COALESCE and the like give in MySQL; NULL stays NULL. */
enum tclass pg_unify(struct pg *c, struct val *v, size_t n) {
    unsigned all = 0;
    for (size_t i = 0; i < n; i++) {
        all |= kind_of(&v[i]);
    }
    if (all == 0) {
        return TC_NULL;
    }
    if ((all & ~(unsigned)(K_NUMBER | K_BOOL | K_FLOAT | K_DEC)) == 0) {
        if (all == K_BOOL) {
            return TC_BOOL;
        }
        (void)convert_all(c, v, n, pg_as_num, TC_INT);
        return (all & K_FLOAT) != 0 ? TC_FLOAT : (all & K_DEC) != 0 ? TC_DEC : TC_INT;
    }
    if (all == K_DATE) {
        return TC_DATE;
    }
    if (all == K_TSTZ) {
        return TC_TSTZ;
    }
    if ((all & ~(unsigned)(K_DATE | K_DATETIME | K_TSTZ)) == 0) {
        return convert_all(c, v, n, pg_as_datetime, TC_DATETIME);
    }
    if (all == K_TIME) {
        bool interval = false;
        for (size_t i = 0; i < n; i++) {
            interval = interval || (v[i].cls == TC_TIME && v[i].interval);
        }
        if (interval) {
            return convert_all(c, v, n, pgq_as_interval, TC_TIME);
        }
        return TC_TIME;
    }
    if (all == K_JSON) {
        return TC_JSON;
    }
    if ((all & ~(unsigned)(K_BYTES | K_HEX)) == 0) {
        return convert_all(c, v, n, pg_as_bytes, TC_BYTES);
    }
    if ((all & (K_BYTES | K_JSON | K_OTHER)) == 0 && (all & (K_TEXT | K_HEX)) != 0) {
        return convert_all(c, v, n, pg_as_text, TC_TEXT);
    }
    pg_fail(c, "values of different types in one CASE, IF, COALESCE or list");
    return TC_NULL;
}

/* A text put into an ENUM column becomes the label that its collation takes for equal. */
static struct val label_of(struct pg *c, struct val v, const struct sql_column *to) {
    struct sb b = {.a = c->a};
    if (to->from->nlabels == 0 || pg_value_of_column(c, to, "").ci == CI_NO) {
        return v;
    }
    for (size_t i = 0; i < to->from->nlabels; i++) {
        sb_printf(&b, "%s%s", i == 0 ? "" : ", ",
                  pg_string_literal(c, to->from->labels[i], strlen(to->from->labels[i])));
    }
    v.text = pg_fmt(c, "%s(%s, ARRAY[%s])", pgq_compat(c, "enum_label"), v.text, sb_text(&b));
    v.atom = true;
    return v;
}

/* An implicit or explicit assignment cast to a column. */
struct val pg_assign(struct pg *c, struct val v, const struct sql_column *to) {
    if (v.cls == TC_NULL) {
        return v;
    }
    switch (to->to->kind) {
    case TK_BOOL:
        return pg_as_bool(c, v);
    case TK_INT1:
    case TK_INT2:
    case TK_INT4:
    case TK_INT8:
    case TK_UINT1:
    case TK_UINT2:
    case TK_UINT4:
    case TK_UINT8:
    case TK_YEAR:
    case TK_NUMERIC:
    case TK_FLOAT4:
    case TK_FLOAT8:
        return pg_as_num(c, v);
    case TK_BIT:
        if (v.lit != NULL && (v.cls == TC_HEX || v.lit->kind == SN_INT) && v.cls != TC_TEXT &&
            to->from->length_chars <= 62) {
            unsigned long long n = strtoull(pg_as_num(c, v).text, NULL, 10);
            char bits[65] = {0};
            size_t len = to->from->length_chars == 0 ? 1 : (size_t)to->from->length_chars;
            for (size_t i = 0; i < len; i++) {
                bits[i] = (char)('0' + (n >> (len - 1 - i) & 1));
            }
            return pg_val(TC_BITS, pg_fmt(c, "B'%s'", bits), true);
        }
        if (v.cls == TC_BITS) {
            return v;
        }
        return pg_val(TC_BITS, pg_fmt(c, "%s::bit(%d)", pg_p(c, pg_as_bigint(c, v)), (int)to->from->length_chars),
                      true);
    case TK_TEXT:
        if (to->to->enum_type && v.cls == TC_ENUM) {
            return v;
        }
        if (to->from->kind == MYT_ENUM && pg_is_const_string(&v)) { /* the label as the definition spells it */
            for (size_t i = 0; i < to->from->nlabels; i++) {
                if (str_ieq(to->from->labels[i], v.lit->text)) {
                    v.text = pg_string_literal(c, to->from->labels[i], strlen(to->from->labels[i]));
                }
            }
            return v;
        }
        if (to->from->kind == MYT_ENUM && v.col != to && c->q != NULL && !c->q->b) {
            v = label_of(c, pg_as_text(c, v), to);
        }
        if (to->to->enum_type && c->q != NULL) {
            v = pg_as_text(c, v);
            return pg_val(TC_ENUM, pg_fmt(c, "%s::%s", pg_p(c, v), to->to->ddl), true);
        }
        if (to->to->enum_type && !pg_is_const_string(&v)) {
            return pg_fail(c, "a text assigned to an ENUM column");
        }
        return pg_as_text(c, v);
    case TK_JSONB:
        return pg_as_json(c, v);
    case TK_BYTEA:
    case TK_BLOB:
        return pg_as_bytes(c, v);
    case TK_DATE:
        return pg_as_date(c, v);
    case TK_TIMESTAMP:
        if (v.cls == TC_TSTZ && !c->o->must_be_immutable && to->from->kind != MYT_DATE) {
            return v; /* the assignment converts by the session's time zone, as MySQL does */
        }
        if (to->from->kind == MYT_DATE) {
            return pg_as_datetime(c, pg_as_date(c, v)); /* an A database's date is a timestamp */
        }
        v = pg_as_datetime(c, v);
        return c->o->mariadb ? pg_to_precision(c, v, to->from->fsp) : v; /* the assignment itself rounds */
    case TK_TIMESTAMPTZ:
        if (v.cls == TC_TSTZ) {
            return v;
        }
        return pg_stable(c, "a DATETIME turned into a TIMESTAMP") ? pg_as_datetime(c, v) : v;
    case TK_TIME:
    case TK_INTERVAL:
        if (pg_is_const_string(&v)) {
            struct val out;
            if (pg_parse_time_literal(c, &v, to->to->kind == TK_INTERVAL, &out)) {
                return out;
            }
        }
        if (v.cls == TC_TIME && c->q != NULL) {
            v = to->to->kind == TK_INTERVAL ? pgq_as_interval(c, v) : pgq_time_of_day(c, v);
        }
        if (v.cls != TC_TIME || v.interval != (to->to->kind == TK_INTERVAL)) {
            return pg_fail(c, "a value that is not a TIME assigned to a TIME column");
        }
        return v;
    case TK_UUID:
        if (v.cls == TC_UUID) {
            return v;
        }
        v = pg_as_text(c, v);
        return pg_val(TC_UUID, v.volatile_uuid ? pg_new_uuid(c) : pg_fmt(c, "%s::uuid", pg_p(c, v)), true);
    default:
        return pg_fail(c, "an expression for a column of this type");
    }
}
