/* Rows as MySQL's binary protocol sends them, made by hand, and plans for them: shared by the encoder's tests,
 * the fuzzer and the benchmark. */
#ifndef TEST_VALUE_ROWS_H
#define TEST_VALUE_ROWS_H

#include "value/encode.h"

/* ---- rows ---- */

struct row {
    uint8_t *bytes;
    size_t len, cap, ncolumns, at;
};

void row_begin(struct row *r, size_t ncolumns);
void row_clear(struct row *r);
void row_null(struct row *r);
void row_raw(struct row *r, const void *bytes, size_t n); /* a fixed-size value as it is */
void row_int(struct row *r, int64_t v, size_t bytes);     /* little endian */
void row_float(struct row *r, float f);
void row_double(struct row *r, double d);
void row_bytes(struct row *r, const void *bytes, size_t n); /* length-encoded */
void row_text(struct row *r, const char *text);
/* the shortest form that holds the value, as the server sends it */
void row_datetime(struct row *r, unsigned y, unsigned mo, unsigned d, unsigned h, unsigned mi, unsigned s, unsigned us);
void row_time(struct row *r, bool negative, unsigned days, unsigned h, unsigned mi, unsigned s, unsigned us);

/* ---- plans ---- */

struct column_spec {
    const char *type;   /* COLUMN_TYPE */
    const char *target; /* NULL: what the type map says */
    bool not_null;
    const char *collation, *charset;
    bool mariadb_json;
};

uint8_t wire_type_of(const struct mytype *t);

/* A plan for the columns c0, c1, ..; aborts with a message when it cannot be made. Policies NULL: the defaults. */
struct encode_plan *plan_make(struct arena *a, enum dialect d, bool binary, const struct loss_policies *policies,
                              const struct column_spec *specs, size_t n);

/* Every MySQL and MariaDB type once, and a row of ordinary values for them. */
extern const struct column_spec all_types[];
extern const size_t all_types_count;
void all_types_row(struct row *r);

#endif
