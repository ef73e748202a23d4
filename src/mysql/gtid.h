/* MySQL's global transaction identifiers, and sets of them.
 *
 *   uuid:number            3e11fa47-71ca-11e1-9e33-c80aa9429562:23
 *   uuid:tag:number        3e11fa47-71ca-11e1-9e33-c80aa9429562:nightly:7          (tags: MySQL 8.3 and later)
 *   a set                  uuid:1-5:7:nightly:1-3,uuid:1-99
 *
 * Numbers run from 1 to INT64_MAX - 1. A set keeps, for each source (uuid and tag), sorted intervals that neither overlap nor
 * touch, so equal sets look equal. Adding the number after the highest one, what following a binlog does all day, is O(log sources).
 * MariaDB's identifiers are another thing: gtid_mariadb.h.
 *
 * Errors: ERR_POSITION for text, ERR_SOURCE_PROTOCOL for bytes, ERR_MEMORY.
 * Thread: a set belongs to one thread at a time. Source: MySQL 9 manual, "GTID Sets"; wire form measured. */
#ifndef MYSQL_GTID_H
#define MYSQL_GTID_H

#include "base/buf.h"

enum { GTID_UUID_BYTES = 16, GTID_TAG_MAX = 32, GTID_TEXT_MAX = 96 };

#define GTID_NUMBER_MAX (INT64_MAX - 1)

/* Who gave a transaction its number. */
struct gtid_source {
    uint8_t uuid[GTID_UUID_BYTES];
    char tag[GTID_TAG_MAX + 1]; /* lower case; "": none */
};

struct gtid {
    struct gtid_source source;
    int64_t number;
};

struct gtid_interval {
    int64_t first, last; /* both included */
};

struct gtid_intervals {
    struct gtid_source source;
    struct gtid_interval *items;
    size_t n, cap;
};

struct gtid_set {
    struct gtid_intervals *sources; /* by uuid, then tag; none is empty */
    size_t n, cap;
};

#define GTID_SET_INIT                                                                                                  \
    { 0 }

void gtid_set_clear(struct gtid_set *s); /* frees; an empty set again */
bool gtid_set_copy(struct gtid_set *to, const struct gtid_set *from, struct err *e) WARN_UNUSED; /* replaces *to */

/* Text as MySQL takes it: blanks and line breaks anywhere between, empty parts, any case, intervals in any order. NULL and "" are
 * the empty set. The set is added to *s, which on an error is as before. */
bool gtid_set_parse(struct gtid_set *s, const char *text, struct err *e) WARN_UNUSED;

/* Text as MySQL prints it, but on one line. Appended, without a NUL. */
bool gtid_set_print(const struct gtid_set *s, struct buf *out, struct err *e) WARN_UNUSED;

/* The form of COM_BINLOG_DUMP_GTID and PREVIOUS_GTIDS: without a tag in the set that of MySQL 5.6, else that of 8.3. */
bool gtid_set_encode(const struct gtid_set *s, struct buf *out, struct err *e) WARN_UNUSED;
bool gtid_set_decode(struct gtid_set *s, const uint8_t *bytes, size_t len,
                     struct err *e) WARN_UNUSED; /* adds, as parse */

bool gtid_set_add(struct gtid_set *s, const struct gtid *g, struct err *e) WARN_UNUSED;
bool gtid_set_add_range(struct gtid_set *s, const struct gtid_source *source, int64_t first, int64_t last,
                        struct err *e) WARN_UNUSED;
bool gtid_set_unite(struct gtid_set *s, const struct gtid_set *more, struct err *e) WARN_UNUSED;
bool gtid_set_subtract(struct gtid_set *s, const struct gtid_set *less, struct err *e) WARN_UNUSED;

bool gtid_set_has(const struct gtid_set *s, const struct gtid *g);
bool gtid_set_within(const struct gtid_set *s, const struct gtid_set *whole); /* is s a subset of whole? */
bool gtid_set_equal(const struct gtid_set *a, const struct gtid_set *b);
static inline bool gtid_set_empty(const struct gtid_set *s) {
    return s->n == 0;
}
uint64_t gtid_set_count(const struct gtid_set *s); /* transactions; UINT64_MAX where it is more */

bool gtid_parse(struct gtid *g, const char *text, struct err *e) WARN_UNUSED;
const char *gtid_print(const struct gtid *g, char text[GTID_TEXT_MAX]); /* returns text */
bool gtid_equal(const struct gtid *a, const struct gtid *b);

/* A tag of len bytes into source->tag, in lower case. False: not one ([a-z_][a-z0-9_]{0,31}); len 0 is no tag. */
bool gtid_take_tag(struct gtid_source *source, const void *tag, size_t len) WARN_UNUSED;

#endif
