/* The source's character sets: bytes of a column to UTF-8, exactly as that server would send them to a utf8mb4 connection.
 *
 * The tables are the server's own: it is asked once for every code it has (less than two seconds, no table is touched), so that
 * versions and makers that differ in a code differ here, too. They can be kept in a file, for work without the source.
 * What has no meaning becomes '?', as it does in the server.
 *
 * Thread: read-only once read; may be shared. */
#ifndef MYSQL_CHARSET_H
#define MYSQL_CHARSET_H

#include "base/buf.h"
#include "mysql/client.h"

enum charset_form {
    CHARSET_UTF8,    /* utf8mb4: bytes stay as they are */
    CHARSET_UTF8MB3, /* so do well-formed ones */
    CHARSET_BINARY,
    CHARSET_SINGLE, /* a byte, a character */
    CHARSET_DOUBLE, /* one or two bytes: big5, gbk, sjis, euckr, .. */
    CHARSET_EUC3,   /* and three behind 0x8f: ujis, eucjpms */
    CHARSET_GB18030,
    CHARSET_UCS2,
    CHARSET_UTF16,
    CHARSET_UTF16LE,
    CHARSET_UTF32,
};

struct charset {
    char name[33];
    uint8_t form;      /* enum charset_form */
    uint8_t bytes_max; /* of a character */
    bool ascii;        /* below 0x80 it is ASCII */
    uint32_t *one;  /* [256] code points; SINGLE, DOUBLE, EUC3, GB18030; CHARSET_NONE: nothing, at the end of a text */
    uint32_t *two;  /* [128 * 256] of pairs whose first byte is >= 0x80; CHARSET_NONE: no pair */
    uint32_t *more; /* EUC3: [128 * 128] behind 0x8f; GB18030: of its four byte codes, in their order */
};

#define CHARSET_NONE UINT32_MAX

struct charsets;

/* Ask the server; the session's sql_mode is '' afterwards. */
bool charsets_read(struct mysql_client *c, struct charsets **out, struct err *e) WARN_UNUSED;
void charsets_free(struct charsets *s); /* NULL is fine */

/* All of it as bytes, and back: ERR_FILE for bytes that were not written by charsets_save of this version. */
bool charsets_save(const struct charsets *s, struct buf *out, struct err *e) WARN_UNUSED;
bool charsets_load(const uint8_t *bytes, size_t len, struct charsets **out, struct err *e) WARN_UNUSED;

/* Those that need no table: utf8mb4, utf8mb3, binary, ascii and the like of ucs2. For tests, and for a start. */
bool charsets_builtin(struct charsets **out, struct err *e) WARN_UNUSED;

/* By name ("utf8" is utf8mb3), or by the id of one of its collations. NULL: not there. */
const struct charset *charset_named(const struct charsets *s, const char *name);
const struct charset *charset_of_collation(const struct charsets *s, unsigned id);

/* How many bytes of UTF-8 n bytes can become. */
static inline size_t charset_room(size_t n) {
    return 3 * n;
}

/* Append text as UTF-8; room for charset_room(n) is reserved by the caller. */
void charset_put(const struct charset *cs, const uint8_t *text, size_t n, struct buf *out);

/* The same, reserving. */
bool charset_convert(const struct charset *cs, const uint8_t *text, size_t n, struct buf *out,
                     struct err *e) WARN_UNUSED;

#endif
