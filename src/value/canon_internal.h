/* The inside of canonical rows: the plan, and what its files share.
 *   canon.c         a plan from columns, walking a row    canon_json.c     canonical JSON
 *   canon_binary.c  a tuple of COPY binary                canon_sort.c     members of a JSON object whose keys are not in order
 *   canon_text.c    a line of COPY text                   canon_print.c    fields for people
 *   canon_parse.c   fixed-size values from their text     canon_literal.c  fields as SQL literals
 *   canon_input.c   fields as text for input
 *   canon_number.c  numbers of JSON                       canon_literal_mysql.c  the same of MySQL */
#ifndef VALUE_CANON_INTERNAL_H
#define VALUE_CANON_INTERNAL_H

#include "value/canon.h"
#include "value/datetime.h"
#include "value/encode.h"

/* What has to be done to a field of COPY binary. */
enum canon_op {
    CANON_COPY,  /* nothing, whatever its length */
    CANON_FIXED, /* nothing; its length is known */
    CANON_NUMERIC,
    CANON_FLOAT4,
    CANON_FLOAT8,
    CANON_BLANKS, /* char(n): trailing blanks go */
    CANON_JSON,
    CANON_JSONB, /* a version byte, then JSON */
    CANON_INTERVAL,
    CANON_DATE_B,
    CANON_TIMESTAMP_B, /* openGauss B: zero dates */
};

struct canon_field {
    uint8_t op;    /* enum canon_op */
    uint8_t width; /* CANON_FIXED, the floats, the dates: bytes */
    bool is_json;  /* json or jsonb */
    enum target_kind kind;
    const char *ddl;
    const char *name;
};

struct canon_plan {
    enum dialect dialect;
    bool plain;
    size_t n;
    struct canon_field *fields;
};

#define NULL_FIELD UINT32_C(0xffffffff)

/* -infinity of openGauss B, which would otherwise be taken for a zero date: no server has this day or moment. */
enum { B_EARLIEST_DATE = INT32_MIN + 1 };
#define B_EARLIEST_TIMESTAMP (INT64_MIN + 1)

static inline uint8_t *canon_put32(uint8_t *w, uint32_t v) {
    v = __builtin_bswap32(v);
    memcpy(w, &v, 4);
    return w + 4;
}

static inline uint8_t *canon_put64(uint8_t *w, uint64_t v) {
    v = __builtin_bswap64(v);
    memcpy(w, &v, 8);
    return w + 8;
}

/* ERR_TARGET_PROTOCOL, naming the column. */
bool canon_malformed(struct err *e, const struct canon_field *f, const char *what);

/* ---- one field in canonical form; w has room for as many bytes as came in, and 8 more ---- */

/* Return behind the field's length and bytes; NULL: malformed. */
uint8_t *canon_put_numeric(uint8_t *w, const uint8_t *v, size_t n);
uint8_t *canon_put_float4(uint8_t *w, uint32_t bits);
uint8_t *canon_put_float8(uint8_t *w, uint64_t bits);
/* COPY binary's interval. One that no TIME can be (months, or more days than microseconds can hold) keeps its 16 bytes. */
uint8_t *canon_put_interval(uint8_t *w, int64_t micros, int32_t days, int32_t months);

/* ---- canon_json.c ---- */

/* Room JSON needs behind out->len to be read from the end of out's own memory. */
enum { JSON_GAP = 160 };

/* One document to canonical text behind out->len; on failure e is set (without the column) and out->len undefined. inside: the text lies in out's memory, at least JSON_GAP bytes behind out->len, and is used up. */
bool canon_json(const uint8_t *text, size_t n, bool inside, struct buf *out, struct err *e) WARN_UNUSED;

/* ---- canon_number.c ---- */

/* Bytes a number can become longer by. */
enum { JSON_NUMBER_GROWTH = 40 };

/* The number at *at, which is a digit or a minus sign, to *w; both move behind it. *w may be in the same memory before *at, by at
 * least JSON_NUMBER_GROWTH bytes. What is wrong with it, or NULL. */
const char *canon_json_number(const uint8_t **at, const uint8_t *end, uint8_t **w);

/* ---- canon_sort.c ---- */

/* Scratch bytes needed to sort so many members of an object of len bytes. */
size_t canon_sort_room(size_t members, size_t len);
/* The members of one object in canonical text ("a":1,"b":2), without its braces, at most UINT32_MAX bytes: sorted in place, of
 * equal keys the last stays. Returns the bytes that are left. */
size_t canon_sort_members(uint8_t *text, size_t len, size_t members, uint8_t *scratch);

/* ---- canon_parse.c: values from the text openGauss prints; false: malformed ---- */

struct slice {
    const uint8_t *p, *end;
};

bool canon_parse_int(struct slice s, int64_t lo, uint64_t hi, uint64_t *out);
bool canon_parse_float(struct slice s, bool is_float32, double *out);
/* COPY binary's numeric, already canonical; out has room for NUMERIC_ROOM of the text. 0: malformed. */
size_t canon_parse_numeric(struct slice s, uint8_t *out);
bool canon_parse_date(struct slice s, enum dialect d, int32_t *out);
bool canon_parse_timestamp(struct slice s, enum dialect d, bool zone, int64_t *out);
bool canon_parse_time(struct slice s, int64_t *micros);
bool canon_parse_interval(struct slice s, int64_t *micros, int32_t *days, int32_t *months);
bool canon_parse_uuid(struct slice s, uint8_t uuid[16]);
bool canon_parse_inet(struct slice s, uint8_t inet[20], size_t *n);

/* ---- canon_print.c ---- */

/* Text that is counted and, as far as there is room, written. */
struct sink {
    char *text;
    size_t cap, n;
};

void sink_bytes(struct sink *s, const void *p, size_t n);
void sink_puts(struct sink *s, const char *text);
void sink_hex(struct sink *s, const uint8_t *p, size_t n);
/* A value with a short text of its own, as SQL prints it, without quotes: every kind but text, json and bytes.
 * False: the field is not of its kind's form. */
bool canon_print(struct sink *s, const struct canon_plan *p, const struct canon_field *f, const uint8_t *v, size_t n);

#endif
