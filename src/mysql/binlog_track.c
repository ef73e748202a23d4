/* Following a binlog event by event. See binlog_track.h. */
#include "mysql/binlog_track.h"

#include "base/str.h"

enum { STATEMENT_MAX_BYTES = 1 << 30 };

void binlog_tracker_init(struct binlog_tracker *t, bool crc32) {
    *t = (struct binlog_tracker){0};
    binlog_format_init(&t->format, crc32);
    buf_init(&t->unpacked, STATEMENT_MAX_BYTES);
}

void binlog_tracker_clear(struct binlog_tracker *t) {
    buf_clear(&t->unpacked);
}

void binlog_tracker_restart(struct binlog_tracker *t, bool crc32) {
    binlog_format_init(&t->format, crc32);
    t->open = false;
    t->cut = false;
}

/* ---- places ---- */

/* Events tell the low half of the offset behind them. Usually it is where we are plus the event's length; after transactions
 * that the server left out it is further on. */
static void move_behind(struct binlog_tracker *t, const struct binlog_event *ev) {
    if (ev->end_position == 0) {
        return; /* not in the file */
    }
    uint64_t least = t->at.offset + ((ev->flags & BINLOG_FLAG_ARTIFICIAL) != 0 ? 0 : ev->length);
    uint64_t behind = (least & ~(uint64_t)UINT32_MAX) | ev->end_position;
    t->at.offset = behind < least ? behind + (UINT64_C(1) << 32) : behind;
}

static bool take_heartbeat(struct binlog_tracker *t, const struct binlog_event *ev, struct err *e) {
    struct binlog_place p;
    if (!binlog_read_heartbeat(ev, &p, e)) {
        return false;
    }
    /* The server has gone on over transactions it does not send. Never back: the first version has 32 bits only. */
    if (str_eq(p.file, t->at.file) && p.offset > t->at.offset) {
        t->at.offset = p.offset;
    }
    return true;
}

/* A format description in a file that the server has just begun: what was open then will not be finished. */
static bool take_format(struct binlog_tracker *t, const struct binlog_event *ev, struct err *e) {
    if (!binlog_read_format(ev, &t->format, e)) {
        return false;
    }
    t->cut = t->open && ev->end_position != 0;
    t->open = t->open && !t->cut;
    move_behind(t, ev);
    return true;
}

/* ---- transactions ---- */

static bool read_statement(struct binlog_tracker *t, const struct binlog_event *ev, struct err *e) {
    if (!binlog_read_query(&t->format, ev, &t->query, e)) {
        return false;
    }
    if (ev->type == BINLOG_MARIADB_QUERY_COMPRESSED && !binlog_query_unpack(&t->query, &t->unpacked, e)) {
        return false;
    }
    t->kind = binlog_statement_kind(t->query.text, t->query.text_len, &t->rest, &t->rest_len);
    return true;
}

/* MySQL 8.0.21 and later: CREATE TABLE .. SELECT is a definition and rows, committed together. */
static bool starts_transaction(const struct binlog_query *q) {
    static const char words[] = "START TRANSACTION";
    size_t n = sizeof words - 1, len = q->text_len;
    while (len > 0 && (q->text[len - 1] == ' ' || q->text[len - 1] == '\n')) {
        len--;
    }
    return len >= n && strncasecmp(q->text + len - n, words, n) == 0;
}

static enum binlog_step step_of_statement(struct binlog_tracker *t) {
    bool began = t->open;
    switch (t->kind) {
    case BINLOG_STATEMENT_BEGIN:
    case BINLOG_STATEMENT_XA_START:
        t->explicit_end = true;
        break;
    case BINLOG_STATEMENT_COMMIT:
    case BINLOG_STATEMENT_ROLLBACK:
        t->open = false;
        return began ? BINLOG_STEP_END : BINLOG_STEP_WHOLE;
    default:
        if (began && t->explicit_end) {
            return BINLOG_STEP_INSIDE;
        }
        t->explicit_end = t->kind == BINLOG_STATEMENT_OTHER && starts_transaction(&t->query);
        if (!t->explicit_end) {
            t->open = false;
            return began ? BINLOG_STEP_END : BINLOG_STEP_WHOLE;
        }
        break;
    }
    t->open = true;
    return began ? BINLOG_STEP_INSIDE : BINLOG_STEP_BEGIN;
}

static void begin(struct binlog_tracker *t, bool has_gtid) {
    t->cut = t->open;
    t->open = true;
    t->has_gtid = has_gtid;
    t->explicit_end = false;
}

static bool take_gtid(struct binlog_tracker *t, const struct binlog_event *ev, struct err *e) {
    begin(t, true);
    if (!binlog_read_gtid(ev, &t->gtid, e)) {
        return false;
    }
    t->explicit_end = t->gtid.kind == BINLOG_GTID_MARIADB && (t->gtid.flags & MARIADB_GTID_STANDALONE) == 0;
    return true;
}

static enum binlog_step end(struct binlog_tracker *t) {
    bool began = t->open;
    t->open = false;
    return began ? BINLOG_STEP_END : BINLOG_STEP_WHOLE;
}

static bool refuse(const struct binlog_tracker *t, const struct binlog_event *ev, struct err *e) {
    char name[32];
    if ((ev->flags & BINLOG_FLAG_IGNORABLE) != 0) {
        return true;
    }
    return err_set(e, ERR_SOURCE_BINLOG, "%s is not known, and cannot be left out (binlog of %s)",
                   binlog_type_name(ev->type, name), t->format.server_version);
}

static bool take_incident(const struct binlog_event *ev, struct err *e) {
    struct binlog_incident incident;
    if (!binlog_read_incident(ev, &incident, e)) {
        return false;
    }
    err_set(e, ERR_SOURCE_BINLOG, "the source has lost changes from its own binlog (incident %u)", incident.number);
    err_hint(e, "load again: what the source changed at that place is nowhere to be read");
    return err_cause(e, "%.*s", (int)incident.message_len, incident.message);
}

/* What the event is for the flow of transactions. */
static bool take_event(struct binlog_tracker *t, const struct binlog_event *ev, enum binlog_step *step, struct err *e) {
    *step = BINLOG_STEP_LOG;
    switch (ev->type) {
    case BINLOG_FORMAT_DESCRIPTION:
    case BINLOG_ROTATE:
    case BINLOG_HEARTBEAT:
    case BINLOG_HEARTBEAT_V2:
        return true; /* dealt with already */
    case BINLOG_STOP:
    case BINLOG_PREVIOUS_GTIDS:
    case BINLOG_IGNORABLE:
    case BINLOG_MARIADB_CHECKPOINT:
    case BINLOG_MARIADB_GTID_LIST:
    case BINLOG_MARIADB_START_ENCRYPTION: /* of the file; what is sent is plain */
        return true;
    case BINLOG_GTID:
    case BINLOG_ANONYMOUS_GTID:
    case BINLOG_GTID_TAGGED:
    case BINLOG_MARIADB_GTID:
        *step = BINLOG_STEP_BEGIN;
        return take_gtid(t, ev, e);
    case BINLOG_QUERY:
    case BINLOG_MARIADB_QUERY_COMPRESSED:
        if (!t->open) {
            begin(t, false);
            t->open = false;
        }
        if (!read_statement(t, ev, e)) {
            return false;
        }
        *step = step_of_statement(t);
        return true;
    case BINLOG_XID:
    case BINLOG_XA_PREPARE:
    case BINLOG_TRANSACTION_PAYLOAD:
        *step = end(t);
        return true;
    case BINLOG_INCIDENT:
        return take_incident(ev, e);
    case BINLOG_INTVAR:
    case BINLOG_RAND:
    case BINLOG_USER_VAR:
    case BINLOG_APPEND_BLOCK:
    case BINLOG_DELETE_FILE:
    case BINLOG_BEGIN_LOAD_QUERY:
    case BINLOG_EXECUTE_LOAD_QUERY:
    case BINLOG_TABLE_MAP:
    case BINLOG_WRITE_ROWS_V1:
    case BINLOG_UPDATE_ROWS_V1:
    case BINLOG_DELETE_ROWS_V1:
    case BINLOG_WRITE_ROWS:
    case BINLOG_UPDATE_ROWS:
    case BINLOG_DELETE_ROWS:
    case BINLOG_PARTIAL_UPDATE_ROWS:
    case BINLOG_ROWS_QUERY:
    case BINLOG_TRANSACTION_CONTEXT:
    case BINLOG_MARIADB_ANNOTATE_ROWS:
    case BINLOG_MARIADB_WRITE_ROWS_COMPRESSED_V1:
    case BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED_V1:
    case BINLOG_MARIADB_DELETE_ROWS_COMPRESSED_V1:
    case BINLOG_MARIADB_WRITE_ROWS_COMPRESSED:
    case BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED:
    case BINLOG_MARIADB_DELETE_ROWS_COMPRESSED:
        *step = BINLOG_STEP_INSIDE;
        return true;
    case BINLOG_VIEW_CHANGE:
        *step = t->open ? BINLOG_STEP_INSIDE : BINLOG_STEP_LOG;
        return true;
    default:
        return refuse(t, ev, e);
    }
}

static bool take_rotate(struct binlog_tracker *t, const struct binlog_event *ev, struct err *e) {
    struct binlog_place next;
    if (!binlog_read_rotate(ev, &next, e)) {
        return false;
    }
    t->at = next;
    return true;
}

bool binlog_track(struct binlog_tracker *t, const uint8_t *bytes, size_t len, struct binlog_event *ev,
                  enum binlog_step *step, struct err *e) {
    struct binlog_place before = t->at;
    t->cut = false;
    bool ok = binlog_event_open(&t->format, bytes, len, ev, e);
    if (ok) {
        switch (ev->type) {
        case BINLOG_FORMAT_DESCRIPTION:
            ok = take_format(t, ev, e);
            break;
        case BINLOG_ROTATE:
            ok = take_rotate(t, ev, e);
            break;
        case BINLOG_HEARTBEAT:
        case BINLOG_HEARTBEAT_V2:
            ok = take_heartbeat(t, ev, e);
            break;
        default:
            move_behind(t, ev);
            break;
        }
    }
    ok = ok && take_event(t, ev, step, e);
    if (!ok) {
        return err_where(e, "binlog %s:%llu", before.file, (unsigned long long)before.offset);
    }
    if (*step == BINLOG_STEP_BEGIN || *step == BINLOG_STEP_WHOLE) {
        /* Behind left-out transactions it begins where it says, not where the last one ended. */
        t->begin = t->at;
        t->begin.offset -= ev->end_position != 0 ? ev->length : 0;
    }
    return true;
}
