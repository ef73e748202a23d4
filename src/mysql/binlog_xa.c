/* Names of XA transactions in events and statements. See binlog_event.h. */
#include "mysql/binlog_xa.h"

void binlog_xa_take(struct binlog_xa *xa, struct reader *r, size_t gtrid_len, size_t bqual_len) {
    const uint8_t *gtrid = read_bytes(r, gtrid_len), *bqual = read_bytes(r, bqual_len);
    if (gtrid_len > BINLOG_XA_PART_MAX || bqual_len > BINLOG_XA_PART_MAX || r->bad) {
        r->bad = true;
        return;
    }
    memcpy(xa->gtrid, gtrid, gtrid_len);
    memcpy(xa->bqual, bqual, bqual_len);
    xa->gtrid_len = (uint8_t)gtrid_len;
    xa->bqual_len = (uint8_t)bqual_len;
}

bool binlog_read_xa_prepare(const struct binlog_event *ev, struct binlog_xa *out, struct err *e) {
    struct reader r = reader_of(ev->body, ev->len);
    *out = (struct binlog_xa){.one_phase = read_u8(&r) != 0};
    out->format = read_u32(&r);
    size_t gtrid_len = read_u32(&r), bqual_len = read_u32(&r);
    binlog_xa_take(out, &r, gtrid_len, bqual_len);
    return !r.bad || binlog_malformed(ev, e);
}

static char *put_hex(char *text, const uint8_t *bytes, size_t n) {
    text += sprintf(text, "X'");
    for (size_t i = 0; i < n; i++) {
        text += sprintf(text, "%02x", bytes[i]);
    }
    return text + sprintf(text, "'");
}

const char *binlog_xa_print(const struct binlog_xa *xa, char text[BINLOG_XA_TEXT_MAX]) {
    char *p = put_hex(text, xa->gtrid, xa->gtrid_len);
    *p++ = ',';
    p = put_hex(p, xa->bqual, xa->bqual_len);
    sprintf(p, ",%u", xa->format);
    return text;
}

/* ---- reading text ---- */

struct text {
    const char *p, *end;
};

static char next_char(struct text *t) {
    while (t->p < t->end && (*t->p == ' ' || *t->p == '\t' || *t->p == '\n' || *t->p == '\r')) {
        t->p++;
    }
    return t->p < t->end ? *t->p : '\0';
}

static int digit_of(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool take_hex(struct text *t, uint8_t *out, uint8_t *n) {
    *n = 0;
    while (t->end - t->p >= 2 && digit_of(t->p[0]) >= 0 && digit_of(t->p[1]) >= 0 && *n < BINLOG_XA_PART_MAX) {
        out[(*n)++] = (uint8_t)(digit_of(t->p[0]) << 4 | digit_of(t->p[1]));
        t->p += 2;
    }
    return t->p < t->end && *t->p++ == '\'';
}

static bool take_quoted(struct text *t, uint8_t *out, uint8_t *n) {
    *n = 0;
    for (; t->p < t->end; t->p++) {
        if (*t->p == '\'' && (t->end - t->p < 2 || t->p[1] != '\'')) {
            t->p++;
            return true;
        }
        t->p += *t->p == '\'' ? 1 : 0; /* doubled */
        if (*n == BINLOG_XA_PART_MAX) {
            return false;
        }
        out[(*n)++] = (uint8_t)*t->p;
    }
    return false;
}

static bool take_part(struct text *t, uint8_t *out, uint8_t *n) {
    char c = next_char(t);
    bool hex = (c == 'X' || c == 'x') && t->end - t->p >= 2 && t->p[1] == '\'';
    if (!hex && c != '\'') {
        return false;
    }
    t->p += hex ? 2 : 1;
    return hex ? take_hex(t, out, n) : take_quoted(t, out, n);
}

static bool take_comma(struct text *t) {
    if (next_char(t) != ',') {
        return false;
    }
    t->p++;
    return true;
}

static bool take_number(struct text *t, uint32_t *out) {
    uint64_t v = 0;
    if (digit_of(next_char(t)) < 0) {
        return false;
    }
    while (t->p < t->end && *t->p >= '0' && *t->p <= '9' && v <= UINT32_MAX) {
        v = v * 10 + (uint64_t)(*t->p++ - '0');
    }
    *out = (uint32_t)v;
    return v <= UINT32_MAX;
}

bool binlog_xa_parse(const char *text, size_t len, struct binlog_xa *out, struct err *e) {
    struct text t = {text, text + len};
    *out = (struct binlog_xa){.format = 1};
    bool ok = take_part(&t, out->gtrid, &out->gtrid_len);
    if (ok && take_comma(&t)) {
        ok = take_part(&t, out->bqual, &out->bqual_len);
        if (ok && take_comma(&t)) {
            ok = take_number(&t, &out->format);
        }
    }
    if (ok) {
        static const char one_phase[] = "ONE PHASE";
        size_t left = (size_t)(t.end - t.p);
        out->one_phase =
            next_char(&t) == 'O' && left >= sizeof one_phase - 1 && strncmp(t.p, one_phase, sizeof one_phase - 1) == 0;
        return true;
    }
    return err_set(e, ERR_SOURCE_BINLOG, "the name of an XA transaction cannot be read: %.*s",
                   len > 200 ? 200 : (int)len, text);
}
