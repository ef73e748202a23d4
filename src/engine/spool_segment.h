/* Segments of a spool: their names, their head, and records. Internal to the spool.
 *
 *   file:    "GWSPOOL1" | record: HEAD | { record: PREAMBLE } | { record: EVENT or RESTART }
 *   record:  length 4 | type 1 | step 1 | 0 2 | offset in the source's file behind it 8 | checksum 8 | payload
 *
 * Little-endian. The checksum covers all of it, the segment's number and the record's place in it. PREAMBLE: a rotation and a format
 * description made up so that reading can begin with this segment; who comes from the one before passes over them.
 * Foreign bytes: every read is bounded. */
#ifndef ENGINE_SPOOL_SEGMENT_H
#define ENGINE_SPOOL_SEGMENT_H

#include "engine/source.h"
#include "mysql/binlog_track.h"

enum {
    SEGMENT_MAGIC_BYTES = 8,
    RECORD_HEAD_BYTES = 24,
    SEGMENT_NAME_MAX = 32,
};
#define RECORD_MAX_BYTES ((UINT64_C(1) << 30) + (1 << 20))

enum record_type { RECORD_HEAD = 1, RECORD_PREAMBLE = 2, RECORD_EVENT = 3, RECORD_RESTART = 4 };

struct record {
    uint8_t type, step;
    uint64_t offset; /* in the source's file */
    const uint8_t *payload;
    size_t len;
};

/* Up to where transactions are whole. */
struct progress {
    bool by_gtid, is_mariadb;
    struct binlog_place place;
    struct gtid_set mysql;
    struct mariadb_position mariadb;
};

/* "000000000012.seg" and back; 0: no such name. */
void segment_name(uint64_t number, char name[SEGMENT_NAME_MAX]);
uint64_t segment_number(const char *name);

/* The head and checksum of a record that is to stand at `at`. */
void record_head(uint64_t segment, uint64_t at, const struct record *r, uint8_t head[RECORD_HEAD_BYTES]);

/* How long the record is whose head this is, head included; 0: no head of a record. */
uint64_t record_bytes(const uint8_t head[RECORD_HEAD_BYTES]);

/* Take apart a record that is whole; false: it is not what was written at this place. */
bool record_open(uint64_t segment, uint64_t at, const uint8_t *bytes, size_t len, struct record *out);

/* What the head of a segment says. */
struct segment_head {
    uint64_t number;
    char spool[40]; /* an id that all segments of a spool share */
    bool whole;     /* it begins between transactions */
    bool crc32;     /* for a reader that begins here */
    char *source;   /* position.server */
    struct progress progress;
    struct binlog_gtid gtid; /* of the transaction that is open, when not whole */
    bool has_gtid;
};

bool segment_head_print(const struct segment_head *h, struct buf *out, struct err *e) WARN_UNUSED;
bool segment_head_parse(const uint8_t *text, size_t len, struct segment_head *out, struct err *e) WARN_UNUSED;
void segment_head_clear(struct segment_head *h);

/* ---- spool_progress.c ---- */

bool progress_from(struct progress *p, const struct position *from, bool is_mariadb, struct err *e) WARN_UNUSED;
bool progress_copy(struct progress *to, const struct progress *from, struct err *e) WARN_UNUSED;
void progress_clear(struct progress *p);

/* As a position; strings in the arena. */
bool progress_to(const struct progress *p, struct arena *a, const char *server, struct position *out,
                 struct err *e) WARN_UNUSED;

/* A transaction has ended behind this place. gtid: NULL where it has none. */
bool progress_add(struct progress *p, const struct binlog_place *behind, const struct binlog_gtid *gtid,
                  struct err *e) WARN_UNUSED;

/* Does `whole` contain all that p does? Both are of the same kind (by_gtid). */
bool progress_within(const struct progress *p, const struct progress *whole);

/* Of events in order, read from a file: what their transactions make of a progress. */
struct scan {
    struct progress progress;
    struct binlog_gtid gtid;
    bool has_gtid, open;
    struct binlog_place place; /* behind the last event */
    struct binlog_format format;
    struct buf format_event; /* the last format description, as it came */
    int64_t captured_s;
};
void scan_clear(struct scan *s);
bool scan_begin(struct scan *s, const struct segment_head *h, struct err *e) WARN_UNUSED;
bool scan_take(struct scan *s, const struct record *r, struct err *e) WARN_UNUSED;

#endif
