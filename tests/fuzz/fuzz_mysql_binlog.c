/* A binlog's events one after the other, as a connection or a file would give them: followed by the tracker, each taken apart by the
 * parser of its kind; compressed transactions are unpacked. Lengths in headers are mended, so that mutations reach the bodies. */
#include <stdlib.h>

#include "mysql/binlog_payload.h"
#include "mysql/binlog_rows.h"
#include "mysql/binlog_track.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t sink;

static void touch(const void *p, size_t n) {
    const uint8_t *bytes = p;
    if (n > 0) {
        sink ^= (uint8_t)(bytes[0] ^ bytes[n - 1]);
    }
}

static bool touch_name(void *ctx, size_t column, const char *name, size_t len) {
    (void)ctx;
    (void)column;
    touch(name, len);
    return true;
}

static void take_table_map(const struct binlog_format *f, const struct binlog_event *ev, struct err *e) {
    struct binlog_table_map m;
    if (binlog_read_table_map(f, ev, &m, e)) {
        touch(m.schema, m.schema_len + 1);
        touch(m.name, m.name_len + 1);
        touch(m.types, m.n);
        touch(m.metadata, m.metadata_len);
        touch(m.nullable, (m.n + 7) / 8);
        (void)binlog_table_names(&m, touch_name, NULL);
    }
}

static void take_rows(const struct binlog_format *f, const struct binlog_event *ev, struct buf *unpacked,
                      struct err *e) {
    struct binlog_rows r;
    if (binlog_read_rows(f, ev, &r, e) && (!r.packed || binlog_rows_unpack(&r, unpacked, e))) {
        touch(r.before, r.before != NULL ? (r.n + 7) / 8 : 0);
        touch(r.after, r.after != NULL ? (r.n + 7) / 8 : 0);
        touch(r.rows, r.rows_len);
    }
}

static void take(const struct binlog_format *f, const struct binlog_event *ev, struct buf *unpacked) {
    struct err e = ERR_INIT;
    struct binlog_query q;
    struct binlog_query_context context;
    struct gtid_set set = GTID_SET_INIT;
    struct mariadb_position position = MARIADB_POSITION_INIT;
    struct binlog_xa xa, again;
    char text[BINLOG_XA_TEXT_MAX];
    const char *statement;
    size_t n;
    switch (ev->type) {
    case BINLOG_QUERY:
        if (binlog_read_query(f, ev, &q, &e) && binlog_query_context(&q, &context, &e)) {
            touch(q.text, q.text_len);
            touch(context.time_zone, context.time_zone_len);
        }
        break;
    case BINLOG_TABLE_MAP:
        take_table_map(f, ev, &e);
        break;
    case BINLOG_PREVIOUS_GTIDS:
        (void)!binlog_read_previous_gtids(ev, &set, &e);
        gtid_set_clear(&set);
        break;
    case BINLOG_MARIADB_GTID_LIST:
        (void)!binlog_read_gtid_list(ev, &position, &e);
        mariadb_position_clear(&position);
        break;
    case BINLOG_XA_PREPARE:
        if (binlog_read_xa_prepare(ev, &xa, &e)) {
            binlog_xa_print(&xa, text);
            if (!binlog_xa_parse(text, strlen(text), &again, &e)) {
                abort();
            }
        }
        break;
    case BINLOG_ROWS_QUERY:
    case BINLOG_MARIADB_ANNOTATE_ROWS:
        if (binlog_read_rows_query(ev, &statement, &n, &e)) {
            touch(statement, n);
        }
        break;
    default:
        if (binlog_is_rows(ev->type)) {
            take_rows(f, ev, unpacked, &e);
        }
        break;
    }
}

static void take_payload(const struct binlog_format *f, const struct binlog_event *ev, struct buf *unpacked) {
    struct binlog_payload *p = binlog_payload_new(1 << 20);
    struct err e = ERR_INIT;
    struct binlog_event inner;
    bool found = p != NULL && binlog_payload_begin(p, ev, &e);
    while (found && binlog_payload_next(p, &inner, &found, &e) && found) {
        take(f, &inner, unpacked);
    }
    binlog_payload_free(p);
}

static void put_le32(uint8_t *p, uint32_t v) {
    for (int i = 0; i < 4; i++) {
        p[i] = (uint8_t)(v >> 8 * i);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct binlog_tracker t;
    struct buf unpacked;
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL) {
        abort();
    }
    memcpy(copy, data, size);
    buf_init(&unpacked, 1 << 20);
    binlog_tracker_init(&t, false);
    for (size_t at = 0; size - at >= BINLOG_HEADER_BYTES;) {
        struct err e = ERR_INIT;
        struct binlog_event ev;
        enum binlog_step step;
        size_t n = get_le32(copy + at + 9);
        n = n < BINLOG_HEADER_BYTES || n > size - at ? size - at : n;
        put_le32(copy + at + 9, (uint32_t)n);
        /* an event of its own, so that the sanitizer sees a byte too far */
        uint8_t *event = malloc(n);
        memcpy(event, copy + at, n);
        if (binlog_track(&t, event, n, &ev, &step, &e)) {
            if (t.at.file[BINLOG_FILE_MAX - 1] != '\0' || (t.cut && step == BINLOG_STEP_END)) {
                abort();
            }
            if (ev.type == BINLOG_TRANSACTION_PAYLOAD) {
                take_payload(&t.format, &ev, &unpacked);
            } else {
                take(&t.format, &ev, &unpacked);
            }
        }
        free(event);
        at += n;
    }
    binlog_tracker_clear(&t);
    buf_clear(&unpacked);
    free(copy);
    return 0;
}
