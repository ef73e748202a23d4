/* See log_position.h. */
#include "follow/log_position.h"

#include <stdio.h>
#include <string.h>

enum { POSITION_MAX_BYTES = 64 << 20 };

void log_position_clear(struct log_position *p) {
    gtid_set_clear(&p->gtids);
    mariadb_position_clear(&p->mariadb);
}

bool log_position_set(struct log_position *p, const struct position *from, bool by_gtid, bool is_mariadb,
                      struct err *e) {
    log_position_clear(p);
    p->by_gtid = by_gtid;
    p->is_mariadb = is_mariadb;
    p->offset = from->pos;
    snprintf(p->server, sizeof p->server, "%s", from->server != NULL ? from->server : "");
    snprintf(p->file, sizeof p->file, "%s", from->file != NULL ? from->file : "");
    if (!by_gtid) {
        return true;
    }
    return is_mariadb ? mariadb_position_parse(&p->mariadb, from->gtid, e) : gtid_set_parse(&p->gtids, from->gtid, e);
}

static bool is_gtid(const struct log_position *p, const struct binlog_gtid *gtid) {
    return p->by_gtid && gtid != NULL && gtid->kind != BINLOG_GTID_ANONYMOUS;
}

static bool is_before(const char *file, uint64_t offset, const struct log_position *p) {
    int files = strcmp(file, p->file); /* binlog.000009, binlog.000010: of one length up to a million files */
    if (strlen(file) != strlen(p->file)) {
        files = strlen(file) < strlen(p->file) ? -1 : 1;
    }
    return files < 0 || (files == 0 && offset < p->offset);
}

bool log_position_has(const struct log_position *p, const struct binlog_gtid *gtid, const struct binlog_place *place) {
    if (is_gtid(p, gtid)) {
        return gtid->kind == BINLOG_GTID_MARIADB ? mariadb_position_has(&p->mariadb, &gtid->mariadb)
                                                 : gtid_set_has(&p->gtids, &gtid->mysql);
    }
    if (p->by_gtid) {
        return false;
    }
    return is_before(place->file, place->offset, p);
}

bool log_position_pass(struct log_position *p, const struct binlog_gtid *gtid, const struct binlog_place *place,
                       struct err *e) {
    snprintf(p->file, sizeof p->file, "%s", place->file);
    p->offset = place->offset;
    if (!is_gtid(p, gtid)) {
        return true;
    }
    return gtid->kind == BINLOG_GTID_MARIADB ? mariadb_position_set(&p->mariadb, &gtid->mariadb, e)
                                             : gtid_set_add(&p->gtids, &gtid->mysql, e);
}

bool log_position_reaches(const struct log_position *p, const struct log_position *until,
                          const struct binlog_place *now) {
    if (until->by_gtid) {
        return until->is_mariadb ? mariadb_position_reaches(&p->mariadb, &until->mariadb)
                                 : gtid_set_within(&until->gtids, &p->gtids);
    }
    return !is_before(now->file, now->offset, until);
}

bool log_position_get(const struct log_position *p, struct arena *a, struct position *out, struct err *e) {
    struct buf text;
    buf_init(&text, POSITION_MAX_BYTES);
    bool ok = !p->by_gtid ||
              (p->is_mariadb ? mariadb_position_print(&p->mariadb, &text, e) : gtid_set_print(&p->gtids, &text, e));
    if (ok) {
        *out = (struct position){.server = arena_strdup(a, p->server),
                                 .gtid = arena_strndup(a, text.len > 0 ? (const char *)text.data : "", text.len),
                                 .file = arena_strdup(a, p->file),
                                 .pos = p->offset};
    }
    buf_clear(&text);
    return ok;
}
