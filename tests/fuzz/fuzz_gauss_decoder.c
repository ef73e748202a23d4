/* Whatever a server may put into a stream of changes, through every decoder.
 *
 * byte 0: which decoder; then payloads: uint16 length, uint8 position, bytes. What is told must be well formed: rows inside of
 * transactions, relations before them, and every value readable. */
#include <stdlib.h>

#include "base/buf.h"
#include "gauss/decoder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good) {
    if (!good) {
        abort();
    }
}

struct seen {
    bool inside;
    uint32_t relations;
    size_t sum; /* of all bytes, so that they are read */
};

static void touch(struct seen *s, const void *bytes, size_t n) {
    for (size_t i = 0; i < n; i++) {
        s->sum += ((const uint8_t *)bytes)[i];
    }
}

static void touch_text(struct seen *s, const char *text) {
    if (text != NULL) {
        touch(s, text, strlen(text));
    }
}

static void touch_tuple(struct seen *s, const struct change_relation *r, change_tuple t) {
    for (size_t i = 0; t != NULL && i < r->n; i++) {
        check(t[i].form <= VALUE_BINARY);
        if (t[i].form == VALUE_TEXT || t[i].form == VALUE_BINARY) {
            touch(s, t[i].bytes, t[i].len);
        }
    }
}

static void check_relation(struct seen *s, const struct change_relation *r) {
    check(r->number >= 1 && r->number <= s->relations);
    touch_text(s, r->schema);
    touch_text(s, r->table);
}

static void check_change(struct seen *s, const struct change *c) {
    switch (c->kind) {
    case CHANGE_BEGIN:
        check(!s->inside);
        s->inside = true;
        touch_text(s, c->begin.origin);
        break;
    case CHANGE_RELATION:
        check(s->inside);
        s->relations = c->relation->number > s->relations ? c->relation->number : s->relations;
        check_relation(s, c->relation);
        for (size_t i = 0; i < c->relation->n; i++) {
            touch_text(s, c->relation->columns[i].name);
            touch_text(s, c->relation->columns[i].type_name);
        }
        break;
    case CHANGE_INSERT:
    case CHANGE_UPDATE:
    case CHANGE_DELETE:
        check(s->inside && (c->row.after == NULL) == (c->kind == CHANGE_DELETE));
        check((c->row.before == NULL) == (c->row.old == OLD_NONE));
        check_relation(s, c->row.relation);
        touch_tuple(s, c->row.relation, c->row.before);
        touch_tuple(s, c->row.relation, c->row.after);
        break;
    case CHANGE_TRUNCATE:
        check(s->inside && c->truncate.n > 0);
        for (size_t i = 0; i < c->truncate.n; i++) {
            check_relation(s, c->truncate.relations[i]);
        }
        break;
    case CHANGE_DDL:
        check(s->inside);
        touch_text(s, c->ddl.description);
        touch_text(s, c->ddl.statement);
        break;
    case CHANGE_MESSAGE:
        check(s->inside || !c->message.transactional);
        touch_text(s, c->message.prefix);
        touch(s, c->message.content, c->message.len);
        break;
    case CHANGE_COMMIT:
        check(s->inside);
        s->inside = false;
        break;
    case CHANGE_POSITION:
        check(!s->inside);
        break;
    case CHANGE_NONE:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct decoder_options kinds[] = {
        {.kind = DECODER_PGOUTPUT, .own_origin = "own"},
        {.kind = DECODER_PGOUTPUT, .opengauss = true},
        {.kind = DECODER_MPPDB_SERIAL, .opengauss = true},
        {.kind = DECODER_MPPDB_TEXT, .opengauss = true},
        {.kind = DECODER_MPPDB_JSON, .opengauss = true},
        {.kind = DECODER_MPPDB_BINARY, .opengauss = true},
        {.kind = DECODER_MPPDB_TEXT, .opengauss = true, .batch = true},
        {.kind = DECODER_MPPDB_JSON, .opengauss = true, .batch = true},
    };
    if (size < 1) {
        return 0;
    }
    struct decoder *d = decoder_new(&kinds[data[0] % 8]);
    struct seen seen = {.inside = false};
    struct err e = ERR_INIT;
    size_t at = 1;
    bool ok = true;
    while (ok && size - at >= 3) {
        size_t len = get_be16(data + at), left = size - at - 3;
        uint64_t lsn = (uint64_t)data[at + 2] << 4;
        len = len < left ? len : left;
        uint8_t *payload = malloc(len + 1); /* it ends with its memory */
        check(payload != NULL);
        memcpy(payload + 1, data + at + 3, len);
        struct change c = {.kind = CHANGE_NONE};
        ok = decoder_feed(d, lsn, payload + 1, len, &e);
        do {
            ok = ok && decoder_next(d, &c, &e);
            if (ok) {
                check_change(&seen, &c);
            }
        } while (ok && c.kind != CHANGE_NONE);
        free(payload);
        at += 3 + len;
    }
    check(ok || e.code == ERR_TARGET_PROTOCOL || e.code == ERR_LIMIT);
    decoder_free(d);
    (void)seen.sum;
    return 0;
}
