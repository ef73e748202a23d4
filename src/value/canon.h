/* The canonical form of rows: what the check compares, whatever server a row was read from.
 *
 * A canonical row is a tuple as COPY binary writes it (int32 length or -1 for NULL, then the bytes, per column; no
 * column count), each field in PostgreSQL's binary form of its target_kind, except where that form is not unique:
 *   numeric   digits without leading and trailing zeros, dscale 0; zero has no sign
 *   float     -0.0 is 0.0; all NaNs are one
 *   char(n)   without trailing blanks
 *   json      canonical text: no blanks, keys sorted by length, then bytes, the last of equal keys; strings as plain
 *             UTF-8 with \" \\ and \u00XX for control characters; numbers by value: -?digits[.digits][eN], no useless zeros
 *   interval  one int64, microseconds (a TIME has no months); one that no TIME can be keeps its 16 bytes
 * Zero dates (openGauss B) are INT32_MIN / INT64_MIN, which no MySQL value takes.
 * Sources are (1) the load's encoder, (2) COPY binary from a target, (3) COPY text from an openGauss whose binary form of some
 * type is not the known one, (4) values of a stream of changes. A row that is the same value in all gives the same bytes.
 * Foreign bytes: every read is bounded; what does not parse is ERR_TARGET_PROTOCOL naming the column.
 * Thread: a plan is read-only once made; the buffer belongs to one thread. */
#ifndef VALUE_CANON_H
#define VALUE_CANON_H

#include "base/buf.h"
#include "value/digest.h"
#include "value/typemap.h"

struct canon_column {
    enum target_kind kind;
    const char *ddl;  /* the target's type as its catalog prints it: tells char(n) from text, json from text */
    const char *name; /* for errors */
};

struct canon_plan;

/* Lives in the arena. e: ERR_INTERNAL for a kind without a canonical form. */
bool canon_plan_make(struct arena *a, enum dialect d, const struct canon_column *cols, size_t n,
                     struct canon_plan **out, struct err *e) WARN_UNUSED;

/* Is COPY binary's field of every column canonical already? Then canon_binary is a copy. */
bool canon_is_plain(const struct canon_plan *p);

/* Is the column JSON, compared by value? */
bool canon_is_json(const struct canon_plan *p, size_t column);

/* What tells whether two plans bring rows into the same form: columns by name, in order, and the form of each. */
struct digest canon_form(const struct canon_plan *p);

/* One tuple's fields as COPY binary has them (behind the int16 column count, n columns), appended in canonical form. */
bool canon_binary(const struct canon_plan *p, const uint8_t *fields, size_t len, struct buf *out,
                  struct err *e) WARN_UNUSED;

/* One line of COPY text (without its newline; \N and escapes as the server writes them), appended in canonical form. */
bool canon_text(const struct canon_plan *p, const uint8_t *line, size_t len, struct buf *out,
                struct err *e) WARN_UNUSED;

/* One value of a column (< the plan's n), appended as one field in canonical form: as its type's output function prints it, or as its
 * send function writes it. What a stream of changes has. */
bool canon_value_text(const struct canon_plan *p, size_t column, const uint8_t *text, size_t len, struct buf *out,
                      struct err *e) WARN_UNUSED;
bool canon_value_binary(const struct canon_plan *p, size_t column, const uint8_t *bytes, size_t len, struct buf *out,
                        struct err *e) WARN_UNUSED;
bool canon_null(struct buf *out, struct err *e) WARN_UNUSED; /* SQL NULL */

/* Some fields of a tuple (value/tuple.h), as the row that they are: column k of the plan is fields[at[k]]. */
struct field;
bool canon_key(const struct canon_plan *p, const struct field *fields, const uint16_t *at, size_t n, struct buf *out,
               struct err *e) WARN_UNUSED;

/* Walk a canonical row. False at its end, or when it is cut short. *field NULL: SQL NULL. */
bool canon_next(const uint8_t **at, const uint8_t *end, const uint8_t **field, size_t *len);

/* The fields of a canonical row of n columns, which must be whole. In the arena; they point into the row. */
struct canon_fields {
    const uint8_t **field; /* NULL: SQL NULL */
    size_t *len;
};
struct canon_fields canon_fields(struct arena *a, size_t n, const uint8_t *row, size_t len);
bool canon_fields_same(const struct canon_fields *x, const struct canon_fields *y, size_t i);

/* A field for people ("2024-02-29", "x'00ff..'", NULL), at most cap-1 bytes, cut with ".." where it is longer. */
void canon_describe(const struct canon_plan *p, size_t column, const uint8_t *field, size_t len, char *text,
                    size_t cap);

/* A field of COPY binary (not yet canonical) as the text that its type takes for input, appended: parameters in text form. */
bool canon_input(const struct canon_plan *p, size_t column, const uint8_t *field, size_t len, struct buf *out,
                 struct err *e) WARN_UNUSED;

/* Can a field only be sent as text? (Zero dates and years 0000 of an openGauss B.) */
bool canon_needs_text(const struct canon_plan *p, size_t column, const uint8_t *field, size_t len);

/* A field as an SQL literal of the target (dialect's own spelling, with a cast where the text alone would not do), for repair
 * statements. In the arena; NULL when the type has none. */
char *canon_literal(struct arena *a, const struct canon_plan *p, size_t column, const uint8_t *field, size_t len);

/* The same for MySQL and MariaDB, for a column of type `to`: it means the same under every sql_mode, given time_zone '+00:00' and
 * character_set_client utf8mb4. NULL + *why (in the arena): the type cannot hold the value, or would keep another without a word.
 * What a strict server refuses itself (too long, out of range) is left to it. */
char *canon_literal_mysql(struct arena *a, const struct canon_plan *p, size_t column, const struct mytype *to,
                          const uint8_t *field, size_t len, const char **why);

#endif
