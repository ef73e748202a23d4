/* Binlog events: the common header and checksum, and each kind of event taken apart.
 *
 *   | timestamp 4 | type 1 | server id 4 | length 4 | end position 4 | flags 2 |  body  | crc32 4, if the binlog has checksums |
 *
 * Functions take bytes and point into them: nothing is copied or allocated, so what they fill lives as long as the event's bytes.
 * Foreign bytes: every read is bounded by the event. What does not parse is ERR_SOURCE_BINLOG that names the kind of event; a
 * wrong checksum is ERR_SOURCE_BINLOG_DAMAGED. Any thread.
 * Sources: MySQL "Replication Protocol" and "binlog event" pages of the source documentation; MariaDB "Replication Protocol". */
#ifndef MYSQL_BINLOG_EVENT_H
#define MYSQL_BINLOG_EVENT_H

#include "mysql/gtid.h"
#include "mysql/gtid_mariadb.h"

enum binlog_type {
    BINLOG_QUERY = 2,
    BINLOG_STOP = 3,
    BINLOG_ROTATE = 4,
    BINLOG_INTVAR = 5,
    BINLOG_APPEND_BLOCK = 9,
    BINLOG_DELETE_FILE = 11,
    BINLOG_RAND = 13,
    BINLOG_USER_VAR = 14,
    BINLOG_FORMAT_DESCRIPTION = 15,
    BINLOG_XID = 16,
    BINLOG_BEGIN_LOAD_QUERY = 17,
    BINLOG_EXECUTE_LOAD_QUERY = 18,
    BINLOG_TABLE_MAP = 19,
    BINLOG_WRITE_ROWS_V1 = 23,
    BINLOG_UPDATE_ROWS_V1 = 24,
    BINLOG_DELETE_ROWS_V1 = 25,
    BINLOG_INCIDENT = 26,
    BINLOG_HEARTBEAT = 27,
    BINLOG_IGNORABLE = 28,
    BINLOG_ROWS_QUERY = 29,
    BINLOG_WRITE_ROWS = 30,
    BINLOG_UPDATE_ROWS = 31,
    BINLOG_DELETE_ROWS = 32,
    BINLOG_GTID = 33,
    BINLOG_ANONYMOUS_GTID = 34,
    BINLOG_PREVIOUS_GTIDS = 35,
    BINLOG_TRANSACTION_CONTEXT = 36, /* group replication's own */
    BINLOG_VIEW_CHANGE = 37,
    BINLOG_XA_PREPARE = 38,
    BINLOG_PARTIAL_UPDATE_ROWS = 39,
    BINLOG_TRANSACTION_PAYLOAD = 40,
    BINLOG_HEARTBEAT_V2 = 41,
    BINLOG_GTID_TAGGED = 42,
    BINLOG_MARIADB_ANNOTATE_ROWS = 160,
    BINLOG_MARIADB_CHECKPOINT = 161,
    BINLOG_MARIADB_GTID = 162,
    BINLOG_MARIADB_GTID_LIST = 163,
    BINLOG_MARIADB_START_ENCRYPTION = 164,
    BINLOG_MARIADB_QUERY_COMPRESSED = 165,
    BINLOG_MARIADB_WRITE_ROWS_COMPRESSED_V1 = 166,
    BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED_V1 = 167,
    BINLOG_MARIADB_DELETE_ROWS_COMPRESSED_V1 = 168,
    BINLOG_MARIADB_WRITE_ROWS_COMPRESSED = 169,
    BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED = 170,
    BINLOG_MARIADB_DELETE_ROWS_COMPRESSED = 171,
};

/* "WRITE_ROWS"; for numbers without a name "event 77", in text. */
const char *binlog_type_name(unsigned type, char text[32]);

enum {
    BINLOG_HEADER_BYTES = 19,
    BINLOG_CHECKSUM_BYTES = 4,
    BINLOG_FILE_MAX = 512,   /* a binlog's file name, NUL included */
    BINLOG_FIRST_OFFSET = 4, /* of the first event in a file, behind the magic number */
};

/* Flags of the header. */
enum {
    BINLOG_FLAG_IN_USE = 0x01,          /* of a format description: the file was not closed in order */
    BINLOG_FLAG_THREAD_SPECIFIC = 0x04, /* a statement about temporary tables */
    BINLOG_FLAG_ARTIFICIAL = 0x20,      /* made for this connection, not in the file */
    BINLOG_FLAG_IGNORABLE = 0x80,       /* who does not know the type may skip it */
};

/* How the events of a binlog are to be read: its format description event, or what was agreed on until that arrives. */
struct binlog_format {
    bool crc32;
    char server_version[51];
    uint8_t post_header[256]; /* fixed bytes of each type of event, by type; 0 where the server does not know it */
};

struct binlog_event {
    uint32_t timestamp_s;
    uint8_t type;
    uint32_t server_id;
    uint32_t length;       /* header and checksum included */
    uint32_t end_position; /* low 32 bits of the offset behind it; 0 for an event that is not in a file */
    uint16_t flags;
    const uint8_t *body; /* behind the header, without the checksum */
    size_t len;
};

/* Before any format description: 19 byte headers, and post headers as every server since MySQL 5.1 has them. */
void binlog_format_init(struct binlog_format *f, bool crc32);

/* Take an event apart into header and body, its length and checksum verified. Format descriptions tell their own checksum; of
 * artificial rotations, which come before one, both forms are taken. */
bool binlog_event_open(const struct binlog_format *f, const uint8_t *bytes, size_t len, struct binlog_event *out,
                       struct err *e) WARN_UNUSED;

/* An event inside a transaction payload: no checksum, the length in its header. `left` bytes may be more than the event. */
bool binlog_event_open_inner(const uint8_t *bytes, size_t left, struct binlog_event *out, struct err *e) WARN_UNUSED;

/* ERR_SOURCE_BINLOG about this event. Returns false always. */
bool binlog_malformed(const struct binlog_event *ev, struct err *e);

/* ---- about the log itself: binlog_event.c ---- */

bool binlog_read_format(const struct binlog_event *ev, struct binlog_format *out, struct err *e) WARN_UNUSED;

/* ROTATE: the next event is at this place. HEARTBEAT, both versions: nothing new up to this place (offset 0: not told). */
struct binlog_place {
    char file[BINLOG_FILE_MAX];
    uint64_t offset;
};
bool binlog_read_rotate(const struct binlog_event *ev, struct binlog_place *out, struct err *e) WARN_UNUSED;
bool binlog_read_heartbeat(const struct binlog_event *ev, struct binlog_place *out, struct err *e) WARN_UNUSED;

struct binlog_incident {
    unsigned number;
    const char *message;
    size_t message_len;
};
bool binlog_read_incident(const struct binlog_event *ev, struct binlog_incident *out, struct err *e) WARN_UNUSED;

/* XA_PREPARE: the transaction so far is prepared (or, in one phase, committed) under this name. */
enum { BINLOG_XA_PART_MAX = 64, BINLOG_XA_TEXT_MAX = 4 * BINLOG_XA_PART_MAX + 32 };
struct binlog_xa {
    bool one_phase;
    uint32_t format;
    uint8_t gtrid_len, bqual_len;
    uint8_t gtrid[BINLOG_XA_PART_MAX], bqual[BINLOG_XA_PART_MAX];
};
bool binlog_read_xa_prepare(const struct binlog_event *ev, struct binlog_xa *out, struct err *e) WARN_UNUSED;

/* The name as statements have it: X'61',X'',1. Reading takes 'text' too, and missing parts. */
const char *binlog_xa_print(const struct binlog_xa *xa, char text[BINLOG_XA_TEXT_MAX]);
bool binlog_xa_parse(const char *text, size_t len, struct binlog_xa *out, struct err *e) WARN_UNUSED;

/* ROWS_QUERY and ANNOTATE_ROWS: the statement, as its client wrote it. */
bool binlog_read_rows_query(const struct binlog_event *ev, const char **text, size_t *len, struct err *e) WARN_UNUSED;

/* ---- transactions: binlog_gtid.c ---- */

enum binlog_gtid_kind { BINLOG_GTID_ANONYMOUS, BINLOG_GTID_MYSQL, BINLOG_GTID_MARIADB };

/* Flags of MariaDB's GTID event, and the extra ones. */
enum {
    MARIADB_GTID_STANDALONE = 0x01,    /* one event follows, and no COMMIT */
    MARIADB_GTID_TRANSACTIONAL = 0x04, /* can be rolled back */
    MARIADB_GTID_DDL = 0x20,
    MARIADB_GTID_XA_PREPARED = 0x40,
    MARIADB_GTID_XA_COMPLETED = 0x80,
    MARIADB_GTID_START_ALTER = 0x02, /* extra flags from here on: an ALTER TABLE in two steps */
    MARIADB_GTID_COMMIT_ALTER = 0x04,
    MARIADB_GTID_ROLLBACK_ALTER = 0x08,
};

struct binlog_gtid {
    enum binlog_gtid_kind kind;
    struct gtid mysql;
    struct mariadb_gtid mariadb;
    /* What the source may do along with each other; restarts with each file. 0: not told. */
    int64_t last_committed, sequence_number;
    uint64_t immediate_commit_us, original_commit_us; /* since 1970; 0: not told (MySQL before 8.0.1, MariaDB) */
    uint64_t transaction_bytes;                       /* this event included; 0: not told */
    uint32_t original_server_version;                 /* 80036; 0: not told */
    uint8_t flags, extra_flags;                       /* MariaDB's */
    uint64_t commit_id;      /* MariaDB: the same for transactions of one group commit; 0: none */
    uint64_t alter_sequence; /* MariaDB: the START ALTER that a COMMIT or ROLLBACK ALTER ends */
    struct binlog_xa xa;     /* with XA_PREPARED and XA_COMPLETED */
};
/* GTID, ANONYMOUS_GTID, GTID_TAGGED and MariaDB's GTID. */
bool binlog_read_gtid(const struct binlog_event *ev, struct binlog_gtid *out, struct err *e) WARN_UNUSED;

/* All that precedes this file, added to the set. */
bool binlog_read_previous_gtids(const struct binlog_event *ev, struct gtid_set *out, struct err *e) WARN_UNUSED;

/* MariaDB's GTID_LIST: of each domain and server the last one before this file; the last of each domain sets the position. */
bool binlog_read_gtid_list(const struct binlog_event *ev, struct mariadb_position *out, struct err *e) WARN_UNUSED;

/* ---- statements: binlog_query.c ---- */

enum { BINLOG_UPDATED_DATABASES_MAX = 16 };

struct binlog_query {
    uint32_t thread_id, seconds, error_code;
    const char *database; /* the default one; NULL: none */
    size_t database_len;
    const char *text; /* as its client wrote it, in charset_client */
    size_t text_len;
    const uint8_t *variables; /* not yet looked into; see binlog_query_context */
    size_t variables_len;
};

/* What the statement was run with. Numbers are 0 and names NULL where the server did not say. */
struct binlog_query_context {
    uint32_t flags2; /* BINLOG_OPTION_* */
    bool has_flags2, has_sql_mode, has_charset;
    uint64_t sql_mode;
    uint16_t charset_client, collation_connection, collation_server; /* ids of collations */
    uint16_t collation_database, collation_utf8mb4;                  /* default ones */
    uint16_t auto_increment_step, auto_increment_offset;
    const char *time_zone;
    size_t time_zone_len;
    uint16_t lc_time_names;
    uint32_t microseconds;
    uint64_t xid; /* of DDL */
    const char *updated_databases[BINLOG_UPDATED_DATABASES_MAX];
    size_t updated_databases_n;
    bool updated_databases_many; /* more than the server lists */
    bool explicit_defaults_for_timestamp, sql_require_primary_key;
    uint8_t mariadb_flags3; /* as extra_flags of a GTID */
};

enum {
    BINLOG_OPTION_AUTO_IS_NULL = 0x4000,
    BINLOG_OPTION_NOT_AUTOCOMMIT = 0x80000,
    BINLOG_OPTION_NO_FOREIGN_KEY_CHECKS = 0x4000000,
    BINLOG_OPTION_RELAXED_UNIQUE_CHECKS = 0x8000000,
};

bool binlog_read_query(const struct binlog_format *f, const struct binlog_event *ev, struct binlog_query *out,
                       struct err *e) WARN_UNUSED;
bool binlog_query_context(const struct binlog_query *q, struct binlog_query_context *out, struct err *e) WARN_UNUSED;

/* MariaDB's QUERY_COMPRESSED: q->text is compressed; unpacked into `out`, where q->text points then. */
bool binlog_query_unpack(struct binlog_query *q, struct buf *out, struct err *e) WARN_UNUSED;

/* What kind of statement, by its first words. */
enum binlog_statement {
    BINLOG_STATEMENT_BEGIN,
    BINLOG_STATEMENT_COMMIT,
    BINLOG_STATEMENT_ROLLBACK,
    BINLOG_STATEMENT_SAVEPOINT,
    BINLOG_STATEMENT_ROLLBACK_TO,
    BINLOG_STATEMENT_XA_START,
    BINLOG_STATEMENT_XA_END,
    BINLOG_STATEMENT_XA_COMMIT,
    BINLOG_STATEMENT_XA_ROLLBACK,
    BINLOG_STATEMENT_DML,   /* changes rows: has no place in a binlog in row format */
    BINLOG_STATEMENT_OTHER, /* definitions, accounts, and what else there is */
};

/* *rest: behind the words that told it (the name of a savepoint or of an XA transaction). Comments before and between are skipped. */
enum binlog_statement binlog_statement_kind(const char *text, size_t len, const char **rest, size_t *rest_len);

#endif
