/* The inside of the decoder, shared by its files.
 *   decoder.c       transactions: what is told, held back, passed over     pgoutput.c      its messages
 *   relations.c     definitions that were told                             mppdb.c         records, lines BEGIN, COMMIT, TRUNCATE, DDL
 *   mppdb_text.c, mppdb_json.c, mppdb_binary.c    rows of each style       mppdb_row.c     rows from named columns, literals */
#ifndef GAUSS_DECODER_INTERNAL_H
#define GAUSS_DECODER_INTERNAL_H

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "gauss/decoder.h"

enum {
    RELATION_COLUMNS_MAX = 2048, /* servers allow 1600 */
    DECODER_NAME_MAX = 1024,     /* bytes of an identifier; servers allow 63 */
};

/* ---- relations.c ---- */

struct known_relation {
    struct change_relation relation; /* first */
    bool told;
    bool partial; /* made from an old row alone: there may be more columns */
    uint64_t hash;
};

struct known_type {
    uint32_t oid;
    const char *name;
};

struct relations {
    struct arena arena;
    struct known_relation **slot; /* the newest definition of each; open addressing */
    size_t slots, n;
    uint32_t numbers;
    struct known_type *types; /* of pgoutput's Y messages */
    size_t ntypes, types_cap;
};

void relations_clear(struct relations *r);
struct known_relation *relations_by_oid(const struct relations *r, uint32_t oid);
struct known_relation *relations_by_name(const struct relations *r, const char *schema, const char *table);
/* `def` with its own copy of everything: the known one where nothing differs. Keyed by oid, or by name where that is 0. */
bool relations_define(struct relations *r, const struct change_relation *def, struct known_relation **out,
                      struct err *e) WARN_UNUSED;
bool relations_define_type(struct relations *r, uint32_t oid, const char *name, struct err *e) WARN_UNUSED;
const char *relations_type_name(const struct relations *r, uint32_t oid); /* or NULL */

/* ---- decoder.c ---- */

enum transaction_state {
    TX_OUTSIDE,
    TX_HELD, /* begun, nothing told yet */
    TX_INSIDE,
    TX_PASSING, /* passed over */
};

struct cursor {
    const uint8_t *p, *end;
};

struct decoder {
    struct decoder_options o;
    struct relations relations;
    struct decoder_counts counts;

    uint64_t lsn; /* of the payload */
    struct cursor in;

    struct change waiting; /* kind CHANGE_NONE: none */
    struct arena scratch;  /* what `waiting` points to */
    struct buf text;       /* values that had to be rewritten */

    enum transaction_state state;
    bool own; /* passed over because of its origin */
    struct change_begin tx;
    struct buf origin;
};

/* What each format calls. They set d->waiting where there is something to tell. */
bool decoder_begin(struct decoder *d, const struct change_begin *b, struct err *e) WARN_UNUSED;
bool decoder_set_origin(struct decoder *d, const char *name, struct err *e) WARN_UNUSED;
bool decoder_commit(struct decoder *d, const struct change_commit *c, struct err *e) WARN_UNUSED;
/* May a row or the like come now? *pass: it is to be passed over. */
bool decoder_inside(struct decoder *d, bool *pass, struct err *e) WARN_UNUSED;
/* ERR_TARGET_PROTOCOL: "the stream of changes has <what>". Returns false. */
bool decoder_malformed(const struct decoder *d, struct err *e, const char *fmt, ...) PRINTF_LIKE(3, 4);
change_tuple decoder_tuple(struct decoder *d, size_t n); /* all absent */

/* One message of pgoutput, or one record of mppdb_decoding, off d->in. d->waiting stays CHANGE_NONE where it tells nothing by itself. */
bool pgoutput_message(struct decoder *d, struct err *e) WARN_UNUSED;
bool mppdb_record(struct decoder *d, struct err *e) WARN_UNUSED;

/* ---- mppdb ---- */

/* A column of a row as named there; texts end with NUL. */
struct named_value {
    const char *name;
    const char *type; /* NULL: not told */
    uint32_t oid;
    struct change_value value;
};

struct named_row {
    enum change_kind kind;
    const char *schema, *table;
    struct named_value *after, *before;
    size_t nafter, nbefore;
};

/* The row into d->waiting, with its relation. */
bool mppdb_row(struct decoder *d, const struct named_row *row, struct err *e) WARN_UNUSED;

/* null, 12, 'it''s', B'01', true: as the type's text output, in d->text where it had to be rewritten (there is room: as much as
 * the record is long). false: not a literal. */
bool mppdb_literal(struct decoder *d, const char *text, size_t len, struct change_value *out);
/* The end of the literal that begins at p, or NULL. */
const uint8_t *mppdb_literal_end(const uint8_t *p, const uint8_t *end);

/* An identifier, in double quotes or plain up to one of `stops`, off c; in the scratch arena, NULL: malformed. */
char *mppdb_identifier(struct decoder *d, struct cursor *c, const char *stops);

bool mppdb_text_row(struct decoder *d, struct cursor line, struct err *e) WARN_UNUSED;
bool mppdb_json_row(struct decoder *d, struct cursor line, struct err *e) WARN_UNUSED;
bool mppdb_binary_record(struct decoder *d, uint64_t lsn, struct cursor record, struct err *e) WARN_UNUSED;

/* "2026-11-22 20:52:40.418802+00" to microseconds since 1970. */
bool mppdb_time(struct cursor text, int64_t *us);

/* ---- reading off a cursor; false: it ends before ---- */

static inline size_t cursor_left(const struct cursor *c) {
    return (size_t)(c->end - c->p);
}
static inline bool take_u8(struct cursor *c, uint8_t *v) {
    if (cursor_left(c) < 1) {
        return false;
    }
    *v = *c->p++;
    return true;
}
static inline bool take_be16(struct cursor *c, uint16_t *v) {
    if (cursor_left(c) < 2) {
        return false;
    }
    *v = get_be16(c->p);
    c->p += 2;
    return true;
}
static inline bool take_be32(struct cursor *c, uint32_t *v) {
    if (cursor_left(c) < 4) {
        return false;
    }
    *v = get_be32(c->p);
    c->p += 4;
    return true;
}
static inline bool take_be64(struct cursor *c, uint64_t *v) {
    if (cursor_left(c) < 8) {
        return false;
    }
    *v = get_be64(c->p);
    c->p += 8;
    return true;
}
static inline bool take_bytes(struct cursor *c, size_t n, const uint8_t **bytes) {
    if (cursor_left(c) < n) {
        return false;
    }
    *bytes = c->p;
    c->p += n;
    return true;
}
/* Up to and with a NUL. */
static inline bool take_string(struct cursor *c, const char **text) {
    const uint8_t *nul = cursor_left(c) > 0 ? memchr(c->p, '\0', cursor_left(c)) : NULL;
    if (nul == NULL) {
        return false;
    }
    *text = (const char *)c->p;
    c->p = nul + 1;
    return true;
}

/* This word comes next: take it. */
static inline bool take_word(struct cursor *c, const char *word) {
    size_t n = strlen(word);
    if (cursor_left(c) < n || memcmp(c->p, word, n) != 0) {
        return false;
    }
    c->p += n;
    return true;
}

/* Microseconds since 2000 to since 1970; false: out of range. */
static inline bool time_of_pg(uint64_t pg, int64_t *us) {
    return !__builtin_add_overflow((int64_t)pg, INT64_C(946684800000000), us);
}

#endif
