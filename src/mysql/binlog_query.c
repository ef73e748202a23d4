/* Statements in the binlog: QUERY events, what they were run with, and what kind they are. See binlog_event.h.
 *
 *   thread 4 | seconds 4 | length of database 1 | error 2 | length of variables 2 | variables | database NUL | statement
 *
 * Variables are { code 1 | value }, each code with a form of its own: behind a code that is not known nothing can be read. */
#include "base/str.h"
#include "mysql/binlog_event.h"
#include "mysql/binlog_unpack.h"
#include "mysql/reader.h"

enum {
    QUERY_FIXED_BYTES = 13,
    DATABASES_MANY = 254, /* more than the server was willing to list */
};

bool binlog_read_query(const struct binlog_format *f, const struct binlog_event *ev, struct binlog_query *out,
                       struct err *e) {
    struct reader r = reader_of(ev->body, ev->len);
    size_t fixed = f->post_header[BINLOG_QUERY];
    *out = (struct binlog_query){.thread_id = read_u32(&r), .seconds = read_u32(&r)};
    size_t database = read_u8(&r);
    out->error_code = read_u16(&r);
    out->variables_len = read_u16(&r);
    if (fixed < QUERY_FIXED_BYTES || read_bytes(&r, fixed - QUERY_FIXED_BYTES) == NULL) {
        return binlog_malformed(ev, e);
    }
    out->variables = read_bytes(&r, out->variables_len);
    const char *name = (const char *)read_bytes(&r, database + 1);
    if (r.bad || name[database] != '\0') {
        return binlog_malformed(ev, e);
    }
    if (database > 0) {
        out->database = name;
        out->database_len = database;
    }
    out->text_len = reader_left(&r);
    out->text = (const char *)read_bytes(&r, out->text_len);
    return true;
}

bool binlog_query_unpack(struct binlog_query *q, struct buf *out, struct err *e) {
    buf_reset(out);
    if (!binlog_unpack((const uint8_t *)q->text, q->text_len, out, e)) {
        return err_where(e, "QUERY_COMPRESSED event");
    }
    q->text = (const char *)out->data;
    q->text_len = out->len;
    return true;
}

/* ---- variables ---- */

enum variable {
    VAR_FLAGS2 = 0,
    VAR_SQL_MODE = 1,
    VAR_CATALOG_NUL = 2,
    VAR_AUTO_INCREMENT = 3,
    VAR_CHARSET = 4,
    VAR_TIME_ZONE = 5,
    VAR_CATALOG = 6,
    VAR_LC_TIME_NAMES = 7,
    VAR_CHARSET_DATABASE = 8,
    VAR_TABLE_MAP_FOR_UPDATE = 9,
    VAR_MASTER_DATA_WRITTEN = 10,
    VAR_INVOKER = 11,
    VAR_UPDATED_DATABASES = 12,
    VAR_MICROSECONDS = 13,
    VAR_EXPLICIT_DEFAULTS = 16,
    VAR_DDL_XID = 17,
    VAR_COLLATION_UTF8MB4 = 18,
    VAR_REQUIRE_PRIMARY_KEY = 19,
    VAR_TABLE_ENCRYPTION = 20,
    VAR_MARIADB_MICROSECONDS = 128,
    VAR_MARIADB_XID = 129,
    VAR_MARIADB_FLAGS3 = 130,
    VAR_MARIADB_COLLATIONS = 131,
};

static uint64_t read_u64(struct reader *r) {
    const uint8_t *p = read_bytes(r, 8);
    return p == NULL ? 0 : get_le64(p);
}

static uint32_t read_u24(struct reader *r) {
    const uint8_t *p = read_bytes(r, 3);
    return p == NULL ? 0 : get_le24(p);
}

static const char *read_short_string(struct reader *r, size_t *n) {
    *n = read_u8(r);
    return (const char *)read_bytes(r, *n);
}

static void read_updated_databases(struct reader *r, struct binlog_query_context *out) {
    unsigned n = read_u8(r);
    out->updated_databases_n = 0;
    out->updated_databases_many = n == DATABASES_MANY || n > BINLOG_UPDATED_DATABASES_MAX;
    for (unsigned i = 0; n != DATABASES_MANY && i < n && !r->bad; i++) {
        size_t len;
        const char *name = read_nul_string(r, &len);
        if (name != NULL && i < BINLOG_UPDATED_DATABASES_MAX) {
            out->updated_databases[out->updated_databases_n++] = name;
        }
    }
}

static void read_charset(struct reader *r, struct binlog_query_context *out) {
    out->has_charset = true;
    out->charset_client = read_u16(r);
    out->collation_connection = read_u16(r);
    out->collation_server = read_u16(r);
}

/* False: a code that is not known. */
static bool read_variable(struct reader *r, unsigned code, struct binlog_query_context *out) {
    size_t n;
    switch (code) {
    case VAR_FLAGS2:
        out->has_flags2 = true;
        out->flags2 = read_u32(r);
        return true;
    case VAR_SQL_MODE:
        out->has_sql_mode = true;
        out->sql_mode = read_u64(r);
        return true;
    case VAR_CATALOG_NUL:
        (void)read_short_string(r, &n);
        (void)read_u8(r);
        return true;
    case VAR_CATALOG:
        (void)read_short_string(r, &n);
        return true;
    case VAR_AUTO_INCREMENT:
        out->auto_increment_step = read_u16(r);
        out->auto_increment_offset = read_u16(r);
        return true;
    case VAR_CHARSET:
        read_charset(r, out);
        return true;
    case VAR_TIME_ZONE:
        out->time_zone = read_short_string(r, &out->time_zone_len);
        return true;
    case VAR_LC_TIME_NAMES:
        out->lc_time_names = read_u16(r);
        return true;
    case VAR_CHARSET_DATABASE:
        out->collation_database = read_u16(r);
        return true;
    case VAR_TABLE_MAP_FOR_UPDATE:
        (void)read_bytes(r, 8);
        return true;
    case VAR_MASTER_DATA_WRITTEN:
        (void)read_u32(r);
        return true;
    case VAR_INVOKER:
        (void)read_short_string(r, &n);
        (void)read_short_string(r, &n);
        return true;
    case VAR_UPDATED_DATABASES:
        read_updated_databases(r, out);
        return true;
    case VAR_MICROSECONDS:
    case VAR_MARIADB_MICROSECONDS:
        out->microseconds = read_u24(r);
        return true;
    case VAR_EXPLICIT_DEFAULTS:
        out->explicit_defaults_for_timestamp = read_u8(r) != 0;
        return true;
    case VAR_DDL_XID:
    case VAR_MARIADB_XID:
        out->xid = read_u64(r);
        return true;
    case VAR_COLLATION_UTF8MB4:
        out->collation_utf8mb4 = read_u16(r);
        return true;
    case VAR_REQUIRE_PRIMARY_KEY:
        out->sql_require_primary_key = read_u8(r) != 0;
        return true;
    case VAR_TABLE_ENCRYPTION:
        (void)read_u8(r);
        return true;
    case VAR_MARIADB_FLAGS3:
        out->mariadb_flags3 = read_u8(r);
        if ((out->mariadb_flags3 & (MARIADB_GTID_COMMIT_ALTER | MARIADB_GTID_ROLLBACK_ALTER)) != 0) {
            (void)read_u64(r);
        }
        return true;
    case VAR_MARIADB_COLLATIONS:
        (void)read_bytes(r, 4 * (uint64_t)read_u8(r));
        return true;
    default:
        return false;
    }
}

bool binlog_query_context(const struct binlog_query *q, struct binlog_query_context *out, struct err *e) {
    struct reader r = reader_of(q->variables, q->variables_len);
    *out = (struct binlog_query_context){0};
    while (reader_left(&r) > 0 && read_variable(&r, read_u8(&r), out)) {
    }
    return !r.bad || err_set(e, ERR_SOURCE_BINLOG, "the variables of a QUERY event cannot be read");
}

/* ---- kinds of statements ---- */

struct words {
    const char *p, *end;
};

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80;
}

static void skip_line(struct words *w) {
    while (w->p < w->end && *w->p != '\n') {
        w->p++;
    }
}

/* At "/ *": behind a comment, or behind the opening of one whose text counts (! and M!, with a version). */
static void skip_comment(struct words *w) {
    w->p += 2;
    bool mariadb = w->end - w->p > 1 && w->p[0] == 'M' && w->p[1] == '!';
    if (mariadb || (w->p < w->end && *w->p == '!')) {
        w->p += mariadb ? 2 : 1;
        while (w->p < w->end && *w->p >= '0' && *w->p <= '9') {
            w->p++;
        }
        return;
    }
    const char *close = memmem(w->p, (size_t)(w->end - w->p), "*/", 2);
    w->p = close != NULL ? close + 2 : w->end;
}

/* Blanks, comments, opening parentheses, and the closing of comments that count. */
static void skip_idle(struct words *w) {
    while (w->p < w->end) {
        size_t left = (size_t)(w->end - w->p);
        if (is_blank(*w->p) || *w->p == '(' || *w->p == ';') {
            w->p++;
        } else if (left >= 2 && w->p[0] == '/' && w->p[1] == '*') {
            skip_comment(w);
        } else if (left >= 2 && w->p[0] == '*' && w->p[1] == '/') {
            w->p += 2;
        } else if (*w->p == '#' || (left >= 3 && w->p[0] == '-' && w->p[1] == '-' && is_blank(w->p[2]))) {
            skip_line(w);
        } else {
            break;
        }
    }
}

/* Is this the next word? Then behind it. */
static bool take_word(struct words *w, const char *word) {
    struct words at = *w;
    size_t n = strlen(word);
    skip_idle(&at);
    if ((size_t)(at.end - at.p) < n || strncasecmp(at.p, word, n) != 0 || (at.p + n < at.end && is_word(at.p[n]))) {
        return false;
    }
    w->p = at.p + n;
    return true;
}

static bool at_end(const struct words *w) {
    struct words at = *w;
    skip_idle(&at);
    return at.p == at.end;
}

static enum binlog_statement xa_kind(struct words *w) {
    if (take_word(w, "START") || take_word(w, "BEGIN")) {
        return BINLOG_STATEMENT_XA_START;
    }
    if (take_word(w, "END")) {
        return BINLOG_STATEMENT_XA_END;
    }
    if (take_word(w, "COMMIT")) {
        return BINLOG_STATEMENT_XA_COMMIT;
    }
    return take_word(w, "ROLLBACK") ? BINLOG_STATEMENT_XA_ROLLBACK : BINLOG_STATEMENT_OTHER;
}

static enum binlog_statement kind_of(struct words *w) {
    static const char *const dml[] = {"INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "SELECT", "DO", "CALL", "WITH"};
    if (take_word(w, "BEGIN") || (take_word(w, "START") && take_word(w, "TRANSACTION"))) {
        return BINLOG_STATEMENT_BEGIN;
    }
    if (take_word(w, "COMMIT")) {
        return BINLOG_STATEMENT_COMMIT;
    }
    if (take_word(w, "ROLLBACK")) {
        if (take_word(w, "TO")) {
            (void)take_word(w, "SAVEPOINT");
            return BINLOG_STATEMENT_ROLLBACK_TO;
        }
        return at_end(w) ? BINLOG_STATEMENT_ROLLBACK : BINLOG_STATEMENT_OTHER;
    }
    if (take_word(w, "SAVEPOINT")) {
        return BINLOG_STATEMENT_SAVEPOINT;
    }
    if (take_word(w, "XA")) {
        return xa_kind(w);
    }
    for (size_t i = 0; i < sizeof dml / sizeof dml[0]; i++) {
        if (take_word(w, dml[i])) {
            return BINLOG_STATEMENT_DML;
        }
    }
    return BINLOG_STATEMENT_OTHER;
}

enum binlog_statement binlog_statement_kind(const char *text, size_t len, const char **rest, size_t *rest_len) {
    struct words w = {text, text + len};
    enum binlog_statement kind = kind_of(&w);
    skip_idle(&w);
    *rest = w.p;
    *rest_len = (size_t)(w.end - w.p);
    return kind;
}
