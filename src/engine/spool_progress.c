/* How far transactions are whole, by GTID or by place. See spool_segment.h. */
#include <stdlib.h>

#include "base/str.h"
#include "engine/spool_segment.h"

void progress_clear(struct progress *p) {
    gtid_set_clear(&p->mysql);
    mariadb_position_clear(&p->mariadb);
    *p = (struct progress){0};
}

bool progress_from(struct progress *p, const struct position *from, bool is_mariadb, struct err *e) {
    const char *gtid = from->gtid != NULL ? from->gtid : "", *file = from->file != NULL ? from->file : "";
    *p = (struct progress){.is_mariadb = is_mariadb, .by_gtid = gtid[0] != '\0', .place.offset = from->pos};
    if (strlen(file) >= sizeof p->place.file) {
        return err_set(e, ERR_POSITION, "a binlog's name has more than %zu bytes", sizeof p->place.file - 1);
    }
    snprintf(p->place.file, sizeof p->place.file, "%s", file);
    bool ok = is_mariadb ? mariadb_position_parse(&p->mariadb, gtid, e) : gtid_set_parse(&p->mysql, gtid, e);
    if (!ok) {
        progress_clear(p);
    }
    return ok;
}

bool progress_copy(struct progress *to, const struct progress *from, struct err *e) {
    if (!gtid_set_copy(&to->mysql, &from->mysql, e) || !mariadb_position_copy(&to->mariadb, &from->mariadb, e)) {
        return false;
    }
    to->by_gtid = from->by_gtid;
    to->is_mariadb = from->is_mariadb;
    to->place = from->place;
    return true;
}

bool progress_to(const struct progress *p, struct arena *a, const char *server, struct position *out, struct err *e) {
    struct buf b;
    buf_init(&b, 64 << 20);
    bool ok = (p->is_mariadb ? mariadb_position_print(&p->mariadb, &b, e) : gtid_set_print(&p->mysql, &b, e)) &&
              buf_terminate(&b, e);
    if (ok) {
        *out = (struct position){.server = arena_strdup(a, server != NULL ? server : ""),
                                 .gtid = arena_strdup(a, (char *)b.data),
                                 .file = arena_strdup(a, p->place.file),
                                 .pos = p->place.offset};
    }
    buf_clear(&b);
    return ok;
}

bool progress_add(struct progress *p, const struct binlog_place *behind, const struct binlog_gtid *gtid,
                  struct err *e) {
    if (gtid != NULL && gtid->kind == BINLOG_GTID_MYSQL && !gtid_set_add(&p->mysql, &gtid->mysql, e)) {
        return false;
    }
    if (gtid != NULL && gtid->kind == BINLOG_GTID_MARIADB && !mariadb_position_set(&p->mariadb, &gtid->mariadb, e)) {
        return false;
    }
    p->place = *behind;
    return true;
}

/* "binlog.000012": the files of a server are numbered as they follow one another. */
static uint64_t number_of(const char *file) {
    const char *dot = strrchr(file, '.');
    return dot != NULL ? strtoull(dot + 1, NULL, 10) : 0;
}

bool progress_within(const struct progress *p, const struct progress *whole) {
    if (p->by_gtid) {
        return p->is_mariadb ? mariadb_position_reaches(&whole->mariadb, &p->mariadb)
                             : gtid_set_within(&p->mysql, &whole->mysql);
    }
    uint64_t a = number_of(p->place.file), b = number_of(whole->place.file);
    return a != b ? a < b : str_eq(p->place.file, whole->place.file) && p->place.offset <= whole->place.offset;
}

/* ---- what events make of it ---- */

void scan_clear(struct scan *s) {
    progress_clear(&s->progress);
    buf_clear(&s->format_event);
}

bool scan_begin(struct scan *s, const struct segment_head *h, struct err *e) {
    enum { FORMAT_MAX_BYTES = 64 * 1024 };
    scan_clear(s);
    *s = (struct scan){.gtid = h->gtid, .has_gtid = h->has_gtid, .open = !h->whole, .place = h->progress.place};
    buf_init(&s->format_event, FORMAT_MAX_BYTES);
    binlog_format_init(&s->format, h->crc32);
    return progress_copy(&s->progress, &h->progress, e);
}

static bool take_format(struct scan *s, const struct record *r, const struct binlog_event *ev, struct err *e) {
    buf_reset(&s->format_event);
    return binlog_read_format(ev, &s->format, e) && buf_put(&s->format_event, r->payload, r->len, e);
}

static bool is_gtid(uint8_t type) {
    return type == BINLOG_GTID || type == BINLOG_GTID_TAGGED || type == BINLOG_MARIADB_GTID;
}

bool scan_take(struct scan *s, const struct record *r, struct err *e) {
    struct binlog_event ev;
    if (r->type == RECORD_RESTART) {
        s->open = false;
        binlog_format_init(&s->format, r->len > 0 && r->payload[0] != 0);
        return true;
    }
    if (!binlog_event_open(&s->format, r->payload, r->len, &ev, e)) {
        return false;
    }
    if (ev.type == BINLOG_ROTATE) {
        return binlog_read_rotate(&ev, &s->place, e);
    }
    if (ev.type == BINLOG_FORMAT_DESCRIPTION && !take_format(s, r, &ev, e)) {
        return false;
    }
    if (r->type == RECORD_PREAMBLE) {
        return true;
    }
    s->place.offset = r->offset;
    s->captured_s = ev.timestamp_s != 0 ? ev.timestamp_s : s->captured_s;
    if (r->step == BINLOG_STEP_BEGIN || r->step == BINLOG_STEP_WHOLE) {
        s->open = true;
        s->has_gtid = is_gtid(ev.type);
        if (s->has_gtid && !binlog_read_gtid(&ev, &s->gtid, e)) {
            return false;
        }
    }
    if (r->step == BINLOG_STEP_END || r->step == BINLOG_STEP_WHOLE) {
        s->open = false;
        return progress_add(&s->progress, &s->place, s->has_gtid ? &s->gtid : NULL, e);
    }
    return true;
}
