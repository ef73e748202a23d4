/* See rows.h. */
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>

#include "value/mysql_wire.h"

static void grow(struct row *r, size_t more) {
    if (r->cap - r->len < more) {
        r->cap = (r->len + more) * 2;
        r->bytes = realloc(r->bytes, r->cap);
        if (r->bytes == NULL) {
            abort();
        }
    }
}

static void put(struct row *r, const void *p, size_t n) {
    grow(r, n);
    if (n > 0) {
        memcpy(r->bytes + r->len, p, n);
    }
    r->len += n;
}

void row_begin(struct row *r, size_t ncolumns) {
    size_t head = 1 + (ncolumns + 9) / 8;
    r->len = 0;
    r->at = 0;
    r->ncolumns = ncolumns;
    grow(r, head);
    memset(r->bytes, 0, head);
    r->len = head;
}

void row_clear(struct row *r) {
    free(r->bytes);
    *r = (struct row){0};
}

void row_null(struct row *r) {
    r->bytes[1 + (r->at + 2) / 8] |= (uint8_t)(1u << (r->at + 2) % 8);
    r->at++;
}

void row_raw(struct row *r, const void *bytes, size_t n) {
    put(r, bytes, n);
    r->at++;
}

void row_int(struct row *r, int64_t v, size_t bytes) {
    uint8_t le[8];
    for (size_t i = 0; i < 8; i++) {
        le[i] = (uint8_t)((uint64_t)v >> (8 * i));
    }
    row_raw(r, le, bytes);
}

void row_float(struct row *r, float f) {
    row_raw(r, &f, 4);
}

void row_double(struct row *r, double d) {
    row_raw(r, &d, 8);
}

void row_bytes(struct row *r, const void *bytes, size_t n) {
    uint8_t head[9] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24)};
    if (n < 251) {
        put(r, head, 1);
    } else if (n < 65536) {
        put(r, "\xfc", 1);
        put(r, head, 2);
    } else if (n < 1 << 24) {
        put(r, "\xfd", 1);
        put(r, head, 3);
    } else {
        put(r, "\xfe", 1);
        put(r, head, 8);
    }
    put(r, bytes, n);
    r->at++;
}

void row_text(struct row *r, const char *text) {
    row_bytes(r, text, strlen(text));
}

void row_datetime(struct row *r, unsigned y, unsigned mo, unsigned d, unsigned h, unsigned mi, unsigned s,
                  unsigned us) {
    uint8_t v[12] = {0,           (uint8_t)y,         (uint8_t)(y >> 8),   (uint8_t)mo,
                     (uint8_t)d,  (uint8_t)h,         (uint8_t)mi,         (uint8_t)s,
                     (uint8_t)us, (uint8_t)(us >> 8), (uint8_t)(us >> 16), (uint8_t)(us >> 24)};
    v[0] = us != 0 ? 11 : (h | mi | s) != 0 ? 7 : (y | mo | d) != 0 ? 4 : 0;
    row_raw(r, v, 1 + (size_t)v[0]);
}

void row_time(struct row *r, bool negative, unsigned days, unsigned h, unsigned mi, unsigned s, unsigned us) {
    uint8_t v[13] = {0,
                     negative,
                     (uint8_t)days,
                     (uint8_t)(days >> 8),
                     (uint8_t)(days >> 16),
                     (uint8_t)(days >> 24),
                     (uint8_t)h,
                     (uint8_t)mi,
                     (uint8_t)s,
                     (uint8_t)us,
                     (uint8_t)(us >> 8),
                     (uint8_t)(us >> 16),
                     (uint8_t)(us >> 24)};
    v[0] = us != 0 ? 12 : (days | h | mi | s) != 0 ? 8 : 0;
    row_raw(r, v, 1 + (size_t)v[0]);
}

uint8_t wire_type_of(const struct mytype *t) {
    static const uint8_t wire[] = {[MYT_TINYINT] = WIRE_TINY,
                                   [MYT_SMALLINT] = WIRE_SHORT,
                                   [MYT_MEDIUMINT] = WIRE_INT24,
                                   [MYT_INT] = WIRE_LONG,
                                   [MYT_BIGINT] = WIRE_LONGLONG,
                                   [MYT_DECIMAL] = WIRE_NEWDECIMAL,
                                   [MYT_FLOAT] = WIRE_FLOAT,
                                   [MYT_DOUBLE] = WIRE_DOUBLE,
                                   [MYT_BIT] = WIRE_BIT,
                                   [MYT_CHAR] = WIRE_STRING,
                                   [MYT_VARCHAR] = WIRE_VAR_STRING,
                                   [MYT_TINYTEXT] = WIRE_BLOB,
                                   [MYT_TEXT] = WIRE_BLOB,
                                   [MYT_MEDIUMTEXT] = WIRE_BLOB,
                                   [MYT_LONGTEXT] = WIRE_BLOB,
                                   [MYT_BINARY] = WIRE_STRING,
                                   [MYT_VARBINARY] = WIRE_VAR_STRING,
                                   [MYT_TINYBLOB] = WIRE_BLOB,
                                   [MYT_BLOB] = WIRE_BLOB,
                                   [MYT_MEDIUMBLOB] = WIRE_BLOB,
                                   [MYT_LONGBLOB] = WIRE_BLOB,
                                   [MYT_DATE] = WIRE_DATE,
                                   [MYT_TIME] = WIRE_TIME,
                                   [MYT_DATETIME] = WIRE_DATETIME,
                                   [MYT_TIMESTAMP] = WIRE_TIMESTAMP,
                                   [MYT_YEAR] = WIRE_YEAR,
                                   [MYT_ENUM] = WIRE_STRING,
                                   [MYT_SET] = WIRE_STRING,
                                   [MYT_JSON] = WIRE_JSON,
                                   [MYT_GEOMETRY] = WIRE_GEOMETRY,
                                   [MYT_VECTOR] = WIRE_VECTOR,
                                   [MYT_UUID] = WIRE_STRING,
                                   [MYT_INET4] = WIRE_STRING,
                                   [MYT_INET6] = WIRE_STRING,
                                   [MYT_UNKNOWN] = WIRE_NULL};
    return wire[t->kind];
}

static void give_up(const char *type, const struct err *e) {
    fprintf(stderr, "%s: ", type);
    err_print(e, stderr);
    abort();
}

struct encode_plan *plan_make(struct arena *a, enum dialect d, bool binary, const struct loss_policies *policies,
                              const struct column_spec *specs, size_t n) {
    struct encode_column *cols = arena_array(a, struct encode_column, n);
    struct encode_options o = {.dialect = d, .binary = binary};
    struct err e = ERR_INIT;
    struct encode_plan *plan;
    loss_policies_default(&o.policies);
    o.policies = policies != NULL ? *policies : o.policies;
    for (size_t i = 0; i < n; i++) {
        const struct column_spec *s = &specs[i];
        struct type_override w = {.target = s->target};
        struct typemap_options types = {.dialect = d, .overrides = &w, .noverrides = s->target != NULL};
        struct mytype t;
        if (!mytype_parse(a, s->type, &t)) {
            fprintf(stderr, "type '%s' is not understood\n", s->type);
            abort();
        }
        t.collation = s->collation;
        t.charset = s->charset;
        t.is_mariadb_json = s->mariadb_json;
        cols[i] = (struct encode_column){
            .source = {.type = wire_type_of(&t), .is_unsigned = t.is_unsigned || t.kind == MYT_YEAR},
            .from = t,
            .nullable = !s->not_null,
            .name = arena_printf(a, "c%zu", i)};
        if (!typemap_resolve(a, &types, "t", cols[i].name, &t, &cols[i].to, &e)) {
            give_up(s->type, &e);
        }
    }
    if (!encode_plan_make(a, &o, cols, n, &plan, &e)) {
        give_up("plan", &e);
    }
    return plan;
}

const struct column_spec all_types[] = {
    {"tinyint(4)"},
    {"tinyint(3) unsigned"},
    {"smallint(6)"},
    {"smallint(5) unsigned"},
    {"mediumint(9)"},
    {"mediumint(8) unsigned"},
    {"int(11)"},
    {"int(10) unsigned zerofill"},
    {"bigint(20)"},
    {"bigint(20) unsigned"},
    {"decimal(20,5)"},
    {"decimal(65,30) unsigned"},
    {"float"},
    {"double"},
    {"float(7,3)"},
    {"double(12,4)"},
    {"bit(1)"},
    {"bit(9)"},
    {"bit(64)"},
    {"char(20)"},
    {"varchar(200)"},
    {"tinytext"},
    {"text"},
    {"mediumtext"},
    {"longtext"},
    {"binary(4)"},
    {"varbinary(20)"},
    {"tinyblob"},
    {"blob"},
    {"mediumblob"},
    {"longblob"},
    {"date"},
    {"time(6)"},
    {"datetime(6)"},
    {"timestamp(6)"},
    {"year(4)"},
    {"enum('a','b','it''s')"},
    {"set('x','y','z w')"},
    {"json"},
    {.type = "longtext", .mariadb_json = true},
    {"point"},
    {"vector(2)"},
    {"uuid"},
    {"inet4"},
    {"inet6"},
    {.type = "tinyint(1)", .target = "boolean"},
    {.type = "bit(1)", .target = "boolean"},
    {.type = "varchar(36)", .target = "uuid"},
    {.type = "binary(16)", .target = "uuid"},
    {.type = "decimal(18,0)", .target = "bigint"},
    {.type = "decimal(18,4)", .target = "double precision"},
    {.type = "double", .target = "numeric"},
    {.type = "double", .target = "real"},
    {.type = "int", .target = "text"},
    {.type = "datetime(6)", .target = "text"},
    {.type = "time", .target = "varchar(12)"},
    {.type = "time(6)", .target = "interval"},
    {.type = "bigint", .target = "numeric(12,2)"},
    {.type = "varchar(100)", .target = "varchar(10)"},
    {.type = "varchar(100)", .target = "json"},
    {.type = "varchar(100)", .target = "bytea"},
    {.type = "varchar(50)", .target = "inet"},
    {.type = "bit(16)", .target = "bigint"},
    {.type = "bit(16)", .target = "bytea"},
    {.type = "bigint unsigned", .target = "bigint"},
    {.type = "int", .target = "double precision"},
    {.type = "datetime", .target = "timestamptz"},
    {.type = "int", .target = "smallint"},
};
const size_t all_types_count = sizeof all_types / sizeof all_types[0];

void all_types_row(struct row *r) {
    static const uint8_t point[] = {0xe6, 0x10, 0,    0,    1, 1, 0, 0, 0, 0, 0, 0,   0,
                                    0,    0,    0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40};
    row_begin(r, all_types_count);
    row_int(r, -128, 1);
    row_int(r, 255, 1);
    row_int(r, -32768, 2);
    row_int(r, 65535, 2);
    row_int(r, -8388608, 4);
    row_int(r, 16777215, 4);
    row_int(r, INT32_MIN, 4);
    row_int(r, UINT32_MAX, 4);
    row_int(r, INT64_MIN, 8);
    row_int(r, -1, 8);
    row_text(r, "-123456789.12345");
    row_text(r, "0.000000000000000000000000000001");
    row_float(r, 0.1f);
    row_double(r, -1e300);
    row_float(r, 1234.567f);
    row_double(r, -0.5);
    row_bytes(r, "\1", 1);
    row_bytes(r, "\1\1", 2);
    row_bytes(r, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
    row_text(r, "plain");
    row_text(r, "tab\there, back\\slash, new\nline, \xe4\xb8\xad\xe6\x96\x87, and more than sixteen bytes");
    row_text(r, "");
    row_text(r, "text");
    row_text(r, "\xf0\x9f\x98\x80");
    row_text(r, "long text, long text, long text, long text, long text, long text");
    row_bytes(r, "\0\1\2\3", 4);
    row_bytes(r, "", 0);
    row_bytes(r, "\xff", 1);
    row_bytes(r, "\0\xff", 2);
    row_bytes(r, "blob", 4);
    row_bytes(r, "\\x41", 4);
    row_datetime(r, 2024, 2, 29, 0, 0, 0, 0);
    row_time(r, false, 0, 12, 34, 56, 700000);
    row_datetime(r, 9999, 12, 31, 23, 59, 59, 999999);
    row_datetime(r, 1970, 1, 1, 0, 0, 1, 0);
    row_int(r, 2024, 2);
    row_text(r, "it's");
    row_text(r, "x,z w");
    row_text(r, "{\"a\": [1, 2.5, \"\\n\"]}");
    row_text(r, "{\"k\":\"\\u4e2d\"}");
    row_bytes(r, point, sizeof point);
    row_bytes(r, "\0\0\x80\x3f\0\0\0\x40", 8);
    row_text(r, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    row_text(r, "10.1.2.3");
    row_text(r, "2001:db8::1");
    row_int(r, 1, 1);
    row_bytes(r, "\1", 1);
    row_text(r, "a0eebc999c0b4ef8bb6d6bb9bd380a11");
    row_bytes(r, "0123456789abcdef", 16);
    row_text(r, "-999999999999999999");
    row_text(r, "12.5000");
    row_double(r, 1e-20);
    row_double(r, 2.5);
    row_int(r, -42, 4);
    row_datetime(r, 2024, 1, 2, 3, 4, 5, 678000);
    row_time(r, true, 4, 4, 0, 0, 0);
    row_time(r, true, 0, 0, 0, 1, 500000);
    row_int(r, 9999999999, 8);
    row_text(r, "ten chars!");
    row_text(r, "{}");
    row_text(r, "abc");
    row_text(r, "::1");
    row_bytes(r, "\1\2", 2);
    row_bytes(r, "\1\2", 2);
    row_int(r, INT64_MAX, 8);
    row_int(r, -7, 4);
    row_datetime(r, 2024, 1, 2, 0, 0, 0, 0);
    row_int(r, 32767, 4);
}
