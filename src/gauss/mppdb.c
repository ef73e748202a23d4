/* mppdb_decoding: records of each style, and the lines that are no rows.
 *
 *   serial           BEGIN 13317[ ORIGIN_ID 0]
 *                    COMMIT 13317 (at 2026-11-22 20:51:11.998375+00) CSN 1696      the payload's position is the commit's end
 *                    table public.t1, public.t2: TRUNCATE: (no-flags)
 *                    prefix: deparse, lsn: 59798336, .., content: {json}[\ndecode to: SQL, [owner x|none]]
 *                    {"table_name":..                                              a row
 *   parallel, t j    BEGIN CSN: 1935 first_lsn: 0/3636568[ xid: 13571][ commit_time: ..][ origin_id: 0]
 *                    commit[ xid: 13571][ (at ..)]
 *                    table public t1 INSERT: ..    or    {"table_name":..          a row
 *   batches, t j     uint32 len, uint64 lsn, text[len - 8]; ended by uint32 0      a commit's lsn is its end
 *   parallel, b      uint32 len, uint64 lsn, kind .., then 'P' (more) or 'F' (last); uint32 0 may end it too */
#include "gauss/decoder_internal.h"
#include "gauss/lsn.h"
#include "value/datetime.h"

enum { LSN_BYTES = 8 };

/* ---- lines ---- */

static bool take_number(struct cursor *c, uint64_t *v) {
    const uint8_t *from = c->p;
    *v = 0;
    for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++) {
        if (__builtin_mul_overflow(*v, (uint64_t)10, v) || __builtin_add_overflow(*v, (uint64_t)(*c->p - '0'), v)) {
            return false;
        }
    }
    return c->p > from;
}

static const uint8_t *find(const struct cursor *c, const char *word) {
    return memmem(c->p, cursor_left(c), word, strlen(word));
}

/* What is before this word, or all. */
static struct cursor take_before(struct cursor *c, const char *word) {
    const uint8_t *at = find(c, word);
    struct cursor part = {c->p, at != NULL ? at : c->end};
    c->p = part.end;
    return part;
}

static bool two_digits(struct cursor *c, uint64_t *v) {
    struct cursor part = {c->p, c->p + (cursor_left(c) < 2 ? cursor_left(c) : 2)};
    if (!take_number(&part, v) || part.p - c->p != 2) {
        return false;
    }
    c->p += 2;
    return true;
}

/* .5 is 500000 */
static bool take_fraction(struct cursor *c, uint64_t *us) {
    *us = 0;
    if (!take_word(c, ".")) {
        return true;
    }
    const uint8_t *from = c->p;
    if (!take_number(c, us) || c->p - from > 6) {
        return false;
    }
    for (ptrdiff_t n = c->p - from; n < 6; n++) {
        *us *= 10;
    }
    return true;
}

bool mppdb_time(struct cursor c, int64_t *us) {
    uint64_t year, month, day, hour, minute, second, fraction, zone_hour, zone_minute = 0, zone_second = 0;
    if (!take_number(&c, &year) || year < 1 || year > 9999 || !take_word(&c, "-") || !two_digits(&c, &month) ||
        !take_word(&c, "-") || !two_digits(&c, &day) || !take_word(&c, " ") || !two_digits(&c, &hour) ||
        !take_word(&c, ":") || !two_digits(&c, &minute) || !take_word(&c, ":") || !two_digits(&c, &second) ||
        !take_fraction(&c, &fraction)) {
        return false;
    }
    bool west = take_word(&c, "-");
    if ((!west && !take_word(&c, "+")) || !two_digits(&c, &zone_hour) ||
        (take_word(&c, ":") && !two_digits(&c, &zone_minute)) ||
        (take_word(&c, ":") && !two_digits(&c, &zone_second)) || cursor_left(&c) > 0) {
        return false;
    }
    struct datetime t = {.year = (unsigned)year,
                         .month = (unsigned)month,
                         .day = (unsigned)day,
                         .hour = (unsigned)hour,
                         .minute = (unsigned)minute,
                         .second = (unsigned)second,
                         .microsecond = (unsigned)fraction};
    if (!datetime_is_real(&t)) {
        return false;
    }
    int64_t zone = (int64_t)(zone_hour * 3600 + zone_minute * 60 + zone_second) * 1000000;
    return time_of_pg((uint64_t)(datetime_micros(&t) + (west ? zone : -zone)), us);
}

static bool serial_begin(struct decoder *d, struct cursor line, struct err *e) {
    struct change_begin b = {.xid = 0};
    uint64_t origin = 0;
    bool ok = take_word(&line, "BEGIN") && (!take_word(&line, " ") || take_number(&line, &b.xid)) &&
              (!take_word(&line, " ORIGIN_ID ") || (take_number(&line, &origin) && origin <= UINT32_MAX));
    b.origin_id = (uint32_t)origin;
    return ok && cursor_left(&line) == 0 ? decoder_begin(d, &b, e) : decoder_malformed(d, e, "a malformed BEGIN");
}

static bool parallel_begin(struct decoder *d, struct cursor line, struct err *e) {
    struct change_begin b = {.xid = 0};
    uint64_t origin = 0, first;
    bool ok = take_word(&line, "BEGIN CSN: ") && take_number(&line, &b.csn) && take_word(&line, " first_lsn: ");
    struct cursor part = take_before(&line, " ");
    ok = ok && lsn_parse((const char *)part.p, cursor_left(&part), &first) &&
         (!take_word(&line, " xid: ") || take_number(&line, &b.xid));
    if (ok && take_word(&line, " commit_time: ")) {
        ok = mppdb_time(take_before(&line, " origin_id: "), &b.time_us);
    }
    ok = ok && (!take_word(&line, " origin_id: ") || (take_number(&line, &origin) && origin <= UINT32_MAX));
    b.origin_id = (uint32_t)origin;
    return ok && cursor_left(&line) == 0 ? decoder_begin(d, &b, e) : decoder_malformed(d, e, "a malformed BEGIN");
}

static bool commit_time(struct cursor *line, int64_t *us) {
    return !take_word(line, " (at ") || (mppdb_time(take_before(line, ")"), us) && take_word(line, ")"));
}

static bool serial_commit(struct decoder *d, uint64_t lsn, struct cursor line, struct err *e) {
    struct change_commit c = {.end_lsn = lsn};
    bool ok = take_word(&line, "COMMIT");
    if (ok && cursor_left(&line) > 1 && line.p[1] >= '0' && line.p[1] <= '9') {
        ok = take_word(&line, " ") && take_number(&line, &c.xid);
    }
    ok = ok && commit_time(&line, &c.time_us) && (!take_word(&line, " CSN ") || take_number(&line, &c.csn));
    return ok && cursor_left(&line) == 0 ? decoder_commit(d, &c, e) : decoder_malformed(d, e, "a malformed COMMIT");
}

static bool parallel_commit(struct decoder *d, uint64_t lsn, struct cursor line, struct err *e) {
    struct change_commit c = {.csn = d->tx.csn};
    *(d->o.batch ? &c.end_lsn : &c.commit_lsn) = lsn;
    bool ok = take_word(&line, "commit") && (!take_word(&line, " xid: ") || take_number(&line, &c.xid)) &&
              commit_time(&line, &c.time_us);
    return ok && cursor_left(&line) == 0 ? decoder_commit(d, &c, e) : decoder_malformed(d, e, "a malformed commit");
}

/* table a.b, "C".d: TRUNCATE: (no-flags). The relation is as wide as it is known. */
static bool truncate_line(struct decoder *d, struct cursor line, struct err *e) {
    static const char flags[] = ": TRUNCATE: (", none[] = "no-flags)";
    const struct change_relation **relations = NULL;
    size_t n = 0, cap = 0;
    bool pass;
    if (!decoder_inside(d, &pass, e)) {
        return false;
    }
    take_word(&line, "table ");
    do {
        struct change_relation def = {.identity = '\0'};
        struct known_relation *k;
        char *schema = mppdb_identifier(d, &line, ".");
        char *table = schema != NULL && take_word(&line, ".") ? mppdb_identifier(d, &line, ",:") : NULL;
        if (table == NULL) {
            return decoder_malformed(d, e, "a malformed TRUNCATE");
        }
        def.schema = schema;
        def.table = table;
        k = relations_by_name(&d->relations, schema, table);
        if (k == NULL) {
            if (!relations_define(&d->relations, &def, &k, e)) {
                return false;
            }
            k->partial = true;
        }
        relations = arena_grow(&d->scratch, relations, n, &cap, sizeof(void *));
        relations[n++] = &k->relation;
    } while (take_word(&line, ", "));
    if (!take_word(&line, flags)) {
        return decoder_malformed(d, e, "a malformed TRUNCATE");
    }
    struct change_truncate t = {.relations = relations, .n = n};
    if (!take_word(&line, none)) {
        t.restart_identity = memmem(line.p, cursor_left(&line), "restart", 7) != NULL;
        t.cascade = memmem(line.p, cursor_left(&line), "cascade", 7) != NULL;
    }
    if (!pass) {
        d->waiting = (struct change){.kind = CHANGE_TRUNCATE, .lsn = d->lsn, .truncate = t};
    }
    return true;
}

static bool definition_line(struct decoder *d, struct cursor line, struct err *e) {
    static const char content[] = "content: ", decoded[] = "\ndecode to: ", owner[] = ", [owner ";
    struct change_ddl ddl = {.statement = NULL};
    const uint8_t *at = find(&line, content);
    bool pass;
    if (!decoder_inside(d, &pass, e)) {
        return false;
    }
    if (at == NULL) {
        return decoder_malformed(d, e, "a malformed definition");
    }
    line.p = at + sizeof content - 1;
    at = find(&line, decoded); /* JSON has no raw newline */
    size_t n = (size_t)((at != NULL ? at : line.end) - line.p);
    ddl.description = arena_strndup(&d->scratch, (const char *)line.p, n);
    if (at != NULL) {
        line.p = at + sizeof decoded - 1;
        n = cursor_left(&line);
        for (const uint8_t *next = line.p;
             (next = memmem(next, (size_t)(line.end - next), owner, sizeof owner - 1)) != NULL; next++) {
            n = (size_t)(next - line.p); /* the last one */
        }
        ddl.statement = arena_strndup(&d->scratch, (const char *)line.p, n);
    }
    if (!pass) {
        d->waiting = (struct change){.kind = CHANGE_DDL, .lsn = d->lsn, .ddl = ddl};
    }
    return true;
}

static bool starts(const struct cursor *line, const char *word) {
    struct cursor copy = *line;
    return take_word(&copy, word);
}

static bool text_line(struct decoder *d, uint64_t lsn, struct cursor line, struct err *e) {
    bool serial = d->o.kind == DECODER_MPPDB_SERIAL;
    bool pass;
    if (starts(&line, "BEGIN")) {
        return serial ? serial_begin(d, line, e) : parallel_begin(d, line, e);
    }
    if (starts(&line, serial ? "COMMIT" : "commit")) {
        return serial ? serial_commit(d, lsn, line, e) : parallel_commit(d, lsn, line, e);
    }
    if (serial && starts(&line, "table ")) {
        return truncate_line(d, line, e);
    }
    if (serial && starts(&line, "prefix: ")) {
        return definition_line(d, line, e);
    }
    if (!decoder_inside(d, &pass, e) || pass) {
        return pass;
    }
    return d->o.kind == DECODER_MPPDB_TEXT ? mppdb_text_row(d, line, e) : mppdb_json_row(d, line, e);
}

/* ---- records ---- */

/* uint32 len, uint64 lsn, body; *last: the end mark. */
static bool take_record(struct decoder *d, uint64_t *lsn, struct cursor *body, bool *last, struct err *e) {
    uint32_t len = 0;
    if (!take_be32(&d->in, &len)) {
        return decoder_malformed(d, e, "a record that ends early");
    }
    *last = len == 0;
    if (*last) {
        return cursor_left(&d->in) == 0 || decoder_malformed(d, e, "bytes behind the end of a batch");
    }
    if (len < LSN_BYTES || len > cursor_left(&d->in)) {
        return decoder_malformed(d, e, "a record of %u bytes in %zu", (unsigned)len, cursor_left(&d->in));
    }
    *body = (struct cursor){d->in.p, d->in.p + len};
    d->in.p += len;
    return take_be64(body, lsn);
}

static bool binary_record(struct decoder *d, struct err *e) {
    uint64_t lsn = 0;
    struct cursor body = {NULL, NULL};
    uint8_t separator;
    bool last = false;
    if (!take_record(d, &lsn, &body, &last, e)) {
        return false;
    }
    if (last) {
        return true;
    }
    if (!take_u8(&d->in, &separator) || (separator != 'P' && separator != 'F') ||
        (separator == 'F') != (cursor_left(&d->in) == 0)) {
        return decoder_malformed(d, e, "a record without its end");
    }
    d->lsn = lsn;
    return mppdb_binary_record(d, lsn, body, e);
}

bool mppdb_record(struct decoder *d, struct err *e) {
    if (d->o.kind == DECODER_MPPDB_BINARY) {
        return binary_record(d, e);
    }
    uint64_t lsn = d->lsn;
    struct cursor line = d->in;
    if (d->o.batch && d->o.kind != DECODER_MPPDB_SERIAL) {
        bool last = false;
        if (!take_record(d, &lsn, &line, &last, e)) {
            return false;
        }
        if (last) {
            return true;
        }
        d->lsn = lsn;
    } else {
        d->in.p = d->in.end;
    }
    buf_reset(&d->text);
    return buf_reserve(&d->text, cursor_left(&line), e) && text_line(d, lsn, line, e);
}
