/* Values that may meet a rule. See encode_internal.h. */
#include <arpa/inet.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "value/encode_internal.h"
#include "value/json_scan.h"
#include "value/numeric.h"
#include "value/text_scan.h"

static enum convert_result malformed(struct run *r, const char *what) {
    malformed_row(r, what);
    return CONVERT_FAIL;
}

/* What remains when a rule's policy is fail or null. */
static enum convert_result stop(enum loss_action act) {
    return act == ACT_NULL ? CONVERT_NULL : CONVERT_FAIL;
}

/* ---- numbers ---- */

/* [-]digits[.digits], nothing else: bytes of a decimal go into COPY text as they are. */
static bool is_decimal(struct value v) {
    size_t i = v.n > 0 && v.p[0] == '-' ? 1 : 0, digits = 0, points = 0;
    for (; i < v.n; i++) {
        if (v.p[i] >= '0' && v.p[i] <= '9') {
            digits++;
        } else if (v.p[i] == '.') {
            points++;
        } else {
            return false;
        }
    }
    return digits > 0 && points <= 1 && v.n <= NUMERIC_TEXT_MAX;
}

static bool decimal_integer(struct value v, uint64_t *magnitude, bool *negative, bool *overflow) {
    if (!is_decimal(v)) {
        return false;
    }
    *negative = v.p[0] == '-';
    *magnitude = 0;
    *overflow = false;
    for (size_t i = *negative ? 1 : 0; i < v.n && v.p[i] != '.'; i++) {
        unsigned digit = (unsigned)(v.p[i] - '0');
        if (*magnitude > (UINT64_MAX - digit) / 10) {
            *overflow = true;
            return true;
        }
        *magnitude = *magnitude * 10 + digit;
    }
    *negative = *negative && *magnitude != 0;
    return true;
}

enum convert_result convert_int(struct run *r, const struct column_plan *c, struct value v, uint64_t *out,
                                bool *negative) {
    bool outside = false;
    if (c->op == OP_DECIMAL_INT) {
        if (!decimal_integer(v, out, negative, &outside)) {
            return malformed(r, "a decimal that is no number");
        }
        if (*negative && *out > (uint64_t)INT64_MAX + 1) {
            outside = true;
        }
        *out = *negative ? 0 - *out : *out;
    } else if (c->op == OP_BIT_INT) {
        *negative = false;
        if (!value_bits(v, out)) {
            return malformed(r, "a BIT of more than 64 bits");
        }
    } else {
        *out = value_int(c, v, negative);
    }
    if (!outside && !(c->check_range && (*negative ? (int64_t)*out < c->lo : *out > c->hi))) {
        return CONVERT_OK;
    }
    enum loss_action act = loss_meet(r, c, LOSS_RANGE, v);
    if (act != ACT_CLAMP) {
        return stop(act);
    }
    *out = *negative ? (uint64_t)c->lo : c->hi;
    *negative = *negative && c->lo < 0;
    return CONVERT_OK;
}

enum convert_result convert_bool(struct run *r, const struct column_plan *c, struct value v, bool *out) {
    uint64_t u;
    bool negative;
    if (c->op == OP_BIT_BOOL) {
        if (!value_bits(v, &u)) {
            return malformed(r, "a BIT of more than 64 bits");
        }
    } else {
        u = value_int(c, v, &negative);
    }
    *out = u != 0;
    if (u > 1) {
        enum loss_action act = loss_meet(r, c, LOSS_RANGE, v);
        return act == ACT_CLAMP ? CONVERT_OK : stop(act);
    }
    return CONVERT_OK;
}

/* Decimal text as a double; it is copied to be terminated. */
static bool decimal_double(struct value v, double *d) {
    char text[NUMERIC_TEXT_MAX + 1];
    if (!is_decimal(v)) {
        return false;
    }
    memcpy(text, v.p, v.n);
    text[v.n] = '\0';
    *d = strtod(text, NULL);
    return true;
}

enum convert_result convert_float(struct run *r, const struct column_plan *c, struct value v, double *out) {
    bool negative, narrow = c->op == OP_FLOAT4 || c->op == OP_INT_FLOAT4 || c->op == OP_DECIMAL_FLOAT4;
    switch (c->op) {
    case OP_INT_FLOAT4:
    case OP_INT_FLOAT8: {
        uint64_t u = value_int(c, v, &negative);
        *out = negative ? (double)(int64_t)u : (double)u;
        break;
    }
    case OP_DECIMAL_FLOAT4:
    case OP_DECIMAL_FLOAT8:
        if (!decimal_double(v, out)) {
            return malformed(r, "a decimal that is no number");
        }
        break;
    default:
        *out = value_double(c, v);
        break;
    }
    if (narrow && isfinite(*out) && !isfinite((float)*out)) {
        enum loss_action act = loss_meet(r, c, LOSS_RANGE, v);
        if (act != ACT_CLAMP) {
            return stop(act);
        }
        *out = *out < 0 ? -(double)FLT_MAX : (double)FLT_MAX;
    }
    if (c->fold_negative_zero && *out == 0 && signbit(*out)) {
        enum loss_action act = loss_meet(r, c, LOSS_NEGATIVE_ZERO, v);
        if (act != ACT_CLAMP) {
            return stop(act);
        }
        *out = 0;
    }
    return CONVERT_OK;
}

static int count_integer_digits(struct value text) {
    size_t i = text.n > 0 && text.p[0] == '-' ? 1 : 0;
    int n = 0;
    while (i < text.n && text.p[i] == '0') {
        i++;
    }
    while (i < text.n && text.p[i] != '.') {
        i++;
        n++;
    }
    return n;
}

enum convert_result convert_decimal(struct run *r, const struct column_plan *c, struct value v, char *scratch,
                                    struct value *text) {
    size_t n = 0;
    bool negative, fits = true;
    *text = v;
    if (c->op == OP_FLOAT_NUMERIC) {
        n = float_decimal(scratch, VALUE_TEXT_MAX, value_double(c, v), c->is_float32, c->scale);
        fits = n > 0;
        *text = (struct value){(const uint8_t *)scratch, n};
    } else if (c->op == OP_INT_NUMERIC) {
        uint64_t u = value_int(c, v, &negative);
        *text = (struct value){(const uint8_t *)scratch, u64_text(scratch, negative ? 0 - u : u, negative)};
    } else if (!is_decimal(v)) {
        return malformed(r, "a decimal that is no number");
    }
    int most = c->integer_digits < 0 ? 0 : c->integer_digits;
    if (fits && (c->integer_digits == 0 || count_integer_digits(*text) <= most)) {
        return CONVERT_OK;
    }
    enum loss_action act = loss_meet(r, c, LOSS_RANGE, v);
    if (act != ACT_CLAMP) {
        return stop(act);
    }
    /* the largest the target holds; without a limit only a float that is no number comes here */
    negative = text->n > 0 && text->p[0] == '-';
    n = (size_t)snprintf(scratch, VALUE_TEXT_MAX, "%s", negative ? "-" : "");
    for (int i = 0; i < most && n < VALUE_TEXT_MAX - 40; i++) {
        scratch[n++] = '9';
    }
    if (most == 0) {
        scratch[n++] = '0';
    }
    if (c->scale > 0) {
        scratch[n++] = '.';
        for (int i = 0; i < c->scale && n < VALUE_TEXT_MAX; i++) {
            scratch[n++] = '9';
        }
    }
    *text = (struct value){(const uint8_t *)scratch, n};
    return CONVERT_OK;
}

/* ---- dates and times ---- */

static enum convert_result replace_zero(struct run *r, const struct column_plan *c, struct value v,
                                        struct datetime *t) {
    enum loss_action act = loss_meet(r, c, LOSS_ZERO_DATE, v);
    if (act != ACT_REPLACE) {
        return stop(act);
    }
    if (datetime_is_zero(t)) {
        *t = (struct datetime){.year = 1, .month = 1, .day = 1};
    } else {
        t->year = t->year == 0 ? 1 : t->year;
        t->month = t->month == 0 ? 1 : t->month;
        t->day = t->day == 0 ? 1 : t->day;
    }
    return CONVERT_OK;
}

/* A date of B's that COPY binary cannot take. */
static enum convert_result text_only(struct run *r, const struct column_plan *c, struct value v) {
    if (!r->p->binary || r->p->canonical) {
        return CONVERT_OK;
    }
    ask_for_text(r, c, v);
    return CONVERT_FAIL;
}

enum convert_result convert_datetime(struct run *r, const struct column_plan *c, struct value v, struct datetime *t,
                                     bool *zero) {
    *zero = false;
    if (!datetime_unpack(v.p, v.n, t)) {
        return malformed(r, "a date or time out of MySQL's own range");
    }
    if (t->year != 0 && datetime_is_real(t)) {
        return CONVERT_OK;
    }
    bool midnight = (t->hour | t->minute | t->second | t->microsecond) == 0;
    if (t->month == 0 || t->day == 0) {
        if (c->year_zero && datetime_is_zero(t) && midnight) {
            *zero = true; /* a B database stores it */
            return text_only(r, c, v);
        }
        enum convert_result result = replace_zero(r, c, v, t);
        if (result != CONVERT_OK || datetime_is_real(t)) {
            return result;
        }
    }
    if (t->year == 0 && c->year_zero && datetime_is_real(t)) {
        return text_only(r, c, v);
    }
    enum loss_action act = loss_meet(r, c, LOSS_DATE_RANGE, v);
    if (act != ACT_CLAMP) {
        return stop(act);
    }
    if (t->year == 0) {
        *t = (struct datetime){.year = 1, .month = 1, .day = 1};
    } else {
        t->day = month_days(t->year, t->month); /* 2024-02-31, stored under ALLOW_INVALID_DATES */
    }
    return CONVERT_OK;
}

enum convert_result convert_time(struct run *r, const struct column_plan *c, struct value v, int64_t *micros) {
    if (!time_unpack(v.p, v.n, micros)) {
        return malformed(r, "a time out of MySQL's own range");
    }
    if (c->wide_time || (*micros >= 0 && *micros <= MICROS_PER_DAY)) {
        return CONVERT_OK;
    }
    enum loss_action act = loss_meet(r, c, LOSS_TIME_RANGE, v);
    if (act != ACT_CLAMP) {
        return stop(act);
    }
    *micros = *micros < 0 ? 0 : MICROS_PER_DAY;
    return CONVERT_OK;
}

/* ---- identifiers ---- */

static enum convert_result not_a(struct run *r, const struct column_plan *c, struct value v, const char *what) {
    char text[160];
    describe_value(c, v, text, sizeof text);
    err_set(r->e, ERR_SOURCE_VALUE, "%s is no %s", text, what);
    err_hint(r->e, "mend the value at the source, or give the column another type with --type");
    err_where(r->e, "column %s", c->name);
    return CONVERT_FAIL;
}

enum convert_result convert_uuid(struct run *r, const struct column_plan *c, struct value v, uint8_t uuid[16]) {
    if (c->op == OP_UUID_BYTES) {
        if (v.n != 16) {
            return not_a(r, c, v, "UUID of 16 bytes");
        }
        memcpy(uuid, v.p, 16);
        return CONVERT_OK;
    }
    bool dashes = v.n == 36;
    size_t digits = 0;
    for (size_t i = 0; i < v.n; i++) {
        uint8_t ch = v.p[i], low = ch | 0x20;
        if (dashes && (i == 8 || i == 13 || i == 18 || i == 23)) {
            if (ch != '-') {
                return not_a(r, c, v, "UUID");
            }
            continue;
        }
        unsigned d = ch >= '0' && ch <= '9'     ? (unsigned)(ch - '0')
                     : low >= 'a' && low <= 'f' ? (unsigned)(low - 'a' + 10)
                                                : 16;
        if (d > 15 || digits == 32) {
            return not_a(r, c, v, "UUID");
        }
        uuid[digits / 2] = (uint8_t)(digits % 2 == 0 ? d << 4 : uuid[digits / 2] | d);
        digits++;
    }
    return digits == 32 ? CONVERT_OK : not_a(r, c, v, "UUID");
}

enum convert_result convert_inet(struct run *r, const struct column_plan *c, struct value v, uint8_t inet[20],
                                 size_t *n) {
    enum { FAMILY_4 = 2, FAMILY_6 = 3 };
    char text[64];
    if (v.n >= sizeof text) {
        return not_a(r, c, v, "IP address");
    }
    memcpy(text, v.p, v.n);
    text[v.n] = '\0';
    inet[2] = 0;
    if (strlen(text) == v.n && inet_pton(AF_INET, text, inet + 4) == 1) {
        inet[0] = FAMILY_4;
        inet[1] = 32;
        inet[3] = 4;
    } else if (strlen(text) == v.n && inet_pton(AF_INET6, text, inet + 4) == 1) {
        inet[0] = FAMILY_6;
        inet[1] = 128;
        inet[3] = 16;
    } else {
        return not_a(r, c, v, "IP address");
    }
    *n = 4 + (size_t)inet[3];
    return CONVERT_OK;
}

/* ---- text ---- */

/* Room for n bytes at the end of the buffer's memory, out of the way of what the row still needs plus twice n. */
static uint8_t *scratch_bytes(struct run *r, size_t n) {
    if (!buf_reserve(r->out, r->room + 3 * n, r->e)) {
        return NULL;
    }
    return r->out->data + r->out->cap - n;
}

static enum convert_result empty_text(struct run *r, const struct column_plan *c, struct value v, struct value *out) {
    if (c->enum_empty) {
        enum loss_action act = loss_meet(r, c, LOSS_ENUM_EMPTY, v);
        if (act != ACT_REPLACE) {
            return stop(act);
        }
        *out = (struct value){(const uint8_t *)c->enum_first, strlen(c->enum_first)};
        return CONVERT_OK;
    }
    if (!c->empty_is_null) {
        return CONVERT_OK;
    }
    if (c->nullable) {
        return CONVERT_NULL; /* what an A database makes of '' */
    }
    enum loss_action act = loss_meet(r, c, LOSS_EMPTY_STRING, v);
    if (act != ACT_REPLACE) {
        return stop(act);
    }
    *out = (struct value){(const uint8_t *)" ", 1};
    return CONVERT_OK;
}

static enum convert_result mend_bytes(struct run *r, const struct column_plan *c, struct value v, unsigned seen,
                                      struct value *out) {
    bool nul = (seen & TEXT_NUL) != 0, bad = (seen & TEXT_HIGH) != 0 && !text_utf8_valid(v.p, v.n);
    if (nul) {
        enum loss_action act = loss_meet(r, c, LOSS_NUL_BYTE, v);
        if (act != ACT_REPLACE) {
            return stop(act);
        }
    }
    if (bad) {
        enum loss_action act = loss_meet(r, c, LOSS_BAD_UTF8, v);
        if (act != ACT_REPLACE) {
            return stop(act);
        }
    }
    if (nul || bad) {
        uint8_t *to = scratch_bytes(r, 3 * v.n);
        if (to == NULL) {
            return CONVERT_FAIL;
        }
        *out = (struct value){to, text_mend(to, v.p, v.n, nul, bad)};
    }
    return CONVERT_OK;
}

static enum convert_result cut(struct run *r, const struct column_plan *c, struct value v, struct value *out) {
    size_t kept = c->limit_in_bytes ? str_utf8_cut((const char *)out->p, out->n, c->limit)
                                    : text_chars_prefix(out->p, out->n, c->limit);
    if (kept == out->n) {
        return CONVERT_OK;
    }
    enum loss_action act = loss_meet(r, c, LOSS_TOO_LONG, v);
    if (act != ACT_CLAMP) {
        return stop(act);
    }
    out->n = kept;
    return CONVERT_OK;
}

static enum convert_result mend_json(struct run *r, const struct column_plan *c, struct value v, struct value *out) {
    if (!json_refused(out->p, out->n)) {
        return CONVERT_OK;
    }
    enum loss_action act = loss_meet(r, c, LOSS_JSON, v);
    if (act != ACT_REPLACE) {
        return stop(act);
    }
    /* what mend_bytes may have made is in the scratch room already: it is kept where it is and mended in place */
    bool mended = out->p != v.p;
    uint8_t *to = mended ? r->out->data + r->out->cap - 3 * v.n : scratch_bytes(r, v.n);
    if (to == NULL) {
        return CONVERT_FAIL;
    }
    *out = (struct value){to, json_mend(to, out->p, out->n)};
    return CONVERT_OK;
}

enum convert_result convert_text(struct run *r, const struct column_plan *c, struct value v, unsigned seen,
                                 struct value *out) {
    *out = v;
    if (v.n == 0) {
        return empty_text(r, c, v, out);
    }
    enum convert_result result = mend_bytes(r, c, v, seen, out);
    if (result == CONVERT_OK && c->op == OP_JSONB) {
        result = mend_json(r, c, v, out);
    }
    if (result == CONVERT_OK && c->limit != 0) {
        result = cut(r, c, v, out);
    }
    return result;
}
