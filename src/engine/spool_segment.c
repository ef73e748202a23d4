/* Segments and their records as bytes. See spool_segment.h. */
#include "engine/spool_segment.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { CHECKSUM_AT = 16, NAME_DIGITS = 12 };

/* ---- names ---- */

void segment_name(uint64_t number, char name[SEGMENT_NAME_MAX]) {
    snprintf(name, SEGMENT_NAME_MAX, "%0*llu.seg", NAME_DIGITS, (unsigned long long)number);
}

uint64_t segment_number(const char *name) {
    char again[SEGMENT_NAME_MAX];
    uint64_t number = strtoull(name, NULL, 10);
    segment_name(number, again);
    return strcmp(name, again) == 0 ? number : 0;
}

/* ---- records ---- */

static void set_le(uint8_t *p, uint64_t v, size_t n) {
    for (size_t i = 0; i < n; i++) {
        p[i] = (uint8_t)(v >> 8 * i);
    }
}

static uint64_t checksum(uint64_t segment, uint64_t at, const uint8_t *head, const uint8_t *payload, size_t len) {
    uint8_t place[16];
    set_le(place, segment, 8);
    set_le(place + 8, at, 8);
    uint64_t seed = XXH3_64bits_withSeed(head, CHECKSUM_AT, XXH3_64bits(place, sizeof place));
    return XXH3_64bits_withSeed(payload, len, seed);
}

void record_head(uint64_t segment, uint64_t at, const struct record *r, uint8_t head[RECORD_HEAD_BYTES]) {
    set_le(head, r->len, 4);
    head[4] = r->type;
    head[5] = r->step;
    set_le(head + 6, 0, 2);
    set_le(head + 8, r->offset, 8);
    set_le(head + CHECKSUM_AT, checksum(segment, at, head, r->payload, r->len), 8);
}

uint64_t record_bytes(const uint8_t head[RECORD_HEAD_BYTES]) {
    uint64_t len = get_le32(head);
    bool known = head[4] >= RECORD_HEAD && head[4] <= RECORD_RESTART && head[5] <= BINLOG_STEP_WHOLE;
    return known && len <= RECORD_MAX_BYTES ? RECORD_HEAD_BYTES + len : 0;
}

bool record_open(uint64_t segment, uint64_t at, const uint8_t *bytes, size_t len, struct record *out) {
    if (len < RECORD_HEAD_BYTES || record_bytes(bytes) != len) {
        return false;
    }
    *out = (struct record){.type = bytes[4],
                           .step = bytes[5],
                           .offset = get_le64(bytes + 8),
                           .payload = bytes + RECORD_HEAD_BYTES,
                           .len = len - RECORD_HEAD_BYTES};
    return get_le64(bytes + CHECKSUM_AT) == checksum(segment, at, bytes, out->payload, out->len);
}

/* ---- heads ---- */

static bool no_memory(struct err *e) {
    return err_set(e, ERR_MEMORY, "no memory for the head of a spool's segment");
}

static char *gtid_text(const struct segment_head *h, char text[GTID_TEXT_MAX]) {
    text[0] = '\0';
    if (h->has_gtid && h->gtid.kind == BINLOG_GTID_MYSQL) {
        gtid_print(&h->gtid.mysql, text);
    } else if (h->has_gtid && h->gtid.kind == BINLOG_GTID_MARIADB) {
        mariadb_gtid_print(&h->gtid.mariadb, text);
    }
    return text;
}

bool segment_head_print(const struct segment_head *h, struct buf *out, struct err *e) {
    struct arena a = ARENA_INIT;
    struct position at;
    char open[GTID_TEXT_MAX];
    bool ok = progress_to(&h->progress, &a, h->source, &at, e);
    json_t *json = !ok ? NULL
                       : json_pack("{sI ss sb sb sb sb ss ss ss sI ss}", "segment", (json_int_t)h->number, "spool",
                                   h->spool, "mariadb", h->progress.is_mariadb, "by_gtid", h->progress.by_gtid, "whole",
                                   h->whole, "crc32", h->crc32, "source", at.server, "gtid", at.gtid, "file", at.file,
                                   "offset", (json_int_t)at.pos, "open", gtid_text(h, open));
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    ok = ok && (text != NULL || no_memory(e)) && buf_puts(out, text, e);
    free(text);
    json_decref(json);
    arena_clear(&a);
    return ok;
}

static bool malformed(struct err *e) {
    return err_set(e, ERR_SPOOL_DAMAGED, "the head of a segment of the spool cannot be read");
}

static bool take_open(struct segment_head *h, const char *open, struct err *e) {
    h->has_gtid = open[0] != '\0';
    if (!h->has_gtid) {
        return true;
    }
    if (h->progress.is_mariadb) {
        h->gtid.kind = BINLOG_GTID_MARIADB;
        return mariadb_gtid_parse(&h->gtid.mariadb, open, e);
    }
    h->gtid.kind = BINLOG_GTID_MYSQL;
    return gtid_parse(&h->gtid.mysql, open, e);
}

bool segment_head_parse(const uint8_t *text, size_t len, struct segment_head *out, struct err *e) {
    const char *spool, *source, *gtid, *file, *open;
    json_int_t number, offset;
    int mariadb, by_gtid, whole, crc32;
    json_t *json = json_loadb((const char *)text, len, 0, NULL);
    *out = (struct segment_head){0};
    bool ok = json != NULL &&
              json_unpack(json, "{sI ss sb sb sb sb ss ss ss sI ss}", "segment", &number, "spool", &spool, "mariadb",
                          &mariadb, "by_gtid", &by_gtid, "whole", &whole, "crc32", &crc32, "source", &source, "gtid",
                          &gtid, "file", &file, "offset", &offset, "open", &open) == 0 &&
              number > 0 && strlen(spool) < sizeof out->spool && offset >= 0;
    if (!ok) {
        json_decref(json);
        return malformed(e);
    }
    struct position at = {.server = source, .gtid = gtid, .file = file, .pos = (uint64_t)offset};
    out->number = (uint64_t)number;
    snprintf(out->spool, sizeof out->spool, "%s", spool);
    out->whole = whole != 0;
    out->crc32 = crc32 != 0;
    out->source = strdup(source);
    ok = (out->source != NULL || no_memory(e)) && (progress_from(&out->progress, &at, mariadb != 0, e) || malformed(e));
    if (ok) {
        out->progress.by_gtid = by_gtid != 0; /* an empty set is one, too */
        ok = take_open(out, open, e) || malformed(e);
    }
    json_decref(json);
    if (!ok) {
        segment_head_clear(out);
    }
    return ok;
}

void segment_head_clear(struct segment_head *h) {
    free(h->source);
    progress_clear(&h->progress);
    *h = (struct segment_head){0};
}
