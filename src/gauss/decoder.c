/* Transactions: held back until something has changed, passed over, told. See decoder.h. */
#include "gauss/decoder.h"

#include <stdlib.h>

#include "base/str.h"
#include "gauss/decoder_internal.h"
#include "gauss/internal.h"
#include "gauss/lsn.h"

static const char *const kind_names[] = {
    [DECODER_PGOUTPUT] = "pgoutput",
    [DECODER_MPPDB_SERIAL] = "mppdb_decoding, serial",
    [DECODER_MPPDB_TEXT] = "mppdb_decoding, parallel, text",
    [DECODER_MPPDB_JSON] = "mppdb_decoding, parallel, JSON",
    [DECODER_MPPDB_BINARY] = "mppdb_decoding, parallel, binary",
};

const char *decoder_kind_name(enum decoder_kind kind) {
    return kind_names[kind];
}

struct decoder *decoder_new(const struct decoder_options *o) {
    struct decoder *d = calloc(1, sizeof *d);
    char *own = o->own_origin != NULL ? strdup(o->own_origin) : NULL;
    if (d == NULL || (o->own_origin != NULL && own == NULL)) {
        BUG("no memory for a decoder");
    }
    d->o = *o;
    d->o.own_origin = own;
    buf_init(&d->text, GAUSS_MESSAGE_MAX);
    buf_init(&d->origin, DECODER_NAME_MAX);
    return d;
}

void decoder_free(struct decoder *d) {
    if (d == NULL) {
        return;
    }
    relations_clear(&d->relations);
    arena_clear(&d->scratch);
    buf_clear(&d->text);
    buf_clear(&d->origin);
    free((char *)d->o.own_origin);
    free(d);
}

bool decoder_is_idle(const struct decoder *d) {
    return d->state == TX_OUTSIDE && d->waiting.kind == CHANGE_NONE && cursor_left(&d->in) == 0;
}

const struct decoder_counts *decoder_counts(const struct decoder *d) {
    return &d->counts;
}

bool decoder_malformed(const struct decoder *d, struct err *e, const char *fmt, ...) {
    char what[256], lsn[LSN_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    err_set(e, ERR_TARGET_PROTOCOL, "the stream of changes has %s", what);
    return err_where(e, "%s at %s", kind_names[d->o.kind], lsn_text(d->lsn, lsn));
}

change_tuple decoder_tuple(struct decoder *d, size_t n) {
    return arena_array(&d->scratch, struct change_value, n > 0 ? n : 1);
}

/* ---- transactions ---- */

static void tell_position(struct decoder *d, uint64_t lsn) {
    if (lsn > d->o.position) {
        d->o.position = lsn;
        d->waiting = (struct change){.kind = CHANGE_POSITION, .lsn = lsn};
    }
}

bool decoder_begin(struct decoder *d, const struct change_begin *b, struct err *e) {
    if (d->state != TX_OUTSIDE) {
        /* openGauss's pgoutput repeats it before each definition. */
        bool again = d->o.kind == DECODER_PGOUTPUT && d->o.opengauss && b->xid == d->tx.xid;
        return again || decoder_malformed(d, e, "a transaction that begins inside another");
    }
    d->tx = *b;
    d->tx.origin = NULL;
    d->own = false;
    bool known = b->commit_lsn != 0 && b->commit_lsn < d->o.position;
    d->state = known ? TX_PASSING : TX_HELD;
    return true;
}

bool decoder_set_origin(struct decoder *d, const char *name, struct err *e) {
    if (d->state != TX_HELD && d->state != TX_PASSING) {
        return decoder_malformed(d, e, "an origin that does not follow its transaction's beginning");
    }
    buf_reset(&d->origin);
    if (!buf_puts(&d->origin, name, e) || !buf_terminate(&d->origin, e)) {
        return false;
    }
    d->tx.origin = (const char *)d->origin.data;
    if (d->o.own_origin != NULL && str_starts(name, d->o.own_origin)) {
        d->own = true;
        d->state = TX_PASSING;
    }
    return true;
}

bool decoder_inside(struct decoder *d, bool *pass, struct err *e) {
    *pass = d->state == TX_PASSING;
    return d->state != TX_OUTSIDE || decoder_malformed(d, e, "a change outside of a transaction");
}

bool decoder_commit(struct decoder *d, const struct change_commit *c, struct err *e) {
    enum transaction_state state = d->state;
    d->state = TX_OUTSIDE;
    switch (state) {
    case TX_OUTSIDE:
        return decoder_malformed(d, e, "a transaction that ends without a beginning");
    case TX_HELD:
        d->counts.empty++;
        tell_position(d, c->end_lsn);
        return true;
    case TX_PASSING:
        d->counts.passed_over++;
        tell_position(d, c->end_lsn);
        return true;
    case TX_INSIDE:
        break;
    }
    if (c->end_lsn != 0 && c->end_lsn <= d->o.position) {
        char again[LSN_TEXT_MAX], position[LSN_TEXT_MAX];
        return decoder_malformed(d, e, "a transaction again that ended at %s, before position %s",
                                 lsn_text(c->end_lsn, again), lsn_text(d->o.position, position));
    }
    d->o.position = c->end_lsn > d->o.position ? c->end_lsn : d->o.position;
    d->counts.transactions++;
    d->waiting = (struct change){.kind = CHANGE_COMMIT, .lsn = c->end_lsn, .commit = *c};
    if (c->xid == 0) {
        d->waiting.commit.xid = d->tx.xid;
    }
    return true;
}

/* ---- feeding and telling ---- */

bool decoder_feed(struct decoder *d, uint64_t lsn, const uint8_t *payload, size_t len, struct err *e) {
    if (cursor_left(&d->in) > 0 || d->waiting.kind != CHANGE_NONE) {
        return err_set(e, ERR_INTERNAL, "a decoder was fed before it had told everything");
    }
    d->lsn = lsn;
    d->in = (struct cursor){payload, payload + len};
    return len > 0 || decoder_malformed(d, e, "an empty message");
}

/* The first relation a change refers to that was not told yet. */
static struct known_relation *untold(const struct change *c) {
    const struct change_relation *const *all = &c->row.relation;
    size_t n = 1;
    if (c->kind == CHANGE_TRUNCATE) {
        all = (const struct change_relation *const *)c->truncate.relations;
        n = c->truncate.n;
    } else if (c->kind != CHANGE_INSERT && c->kind != CHANGE_UPDATE && c->kind != CHANGE_DELETE) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        struct known_relation *k = (struct known_relation *)all[i];
        if (!k->told) {
            return k;
        }
    }
    return NULL;
}

static bool belongs_inside(const struct decoder *d) {
    switch (d->waiting.kind) {
    case CHANGE_INSERT:
    case CHANGE_UPDATE:
    case CHANGE_DELETE:
    case CHANGE_TRUNCATE:
    case CHANGE_DDL:
        return true;
    case CHANGE_MESSAGE:
        return d->waiting.message.transactional;
    default:
        return false;
    }
}

/* One change for the caller: what must be known before the waiting one comes first. */
static void tell(struct decoder *d, struct change *c) {
    if (d->state == TX_HELD && belongs_inside(d)) {
        d->state = TX_INSIDE;
        *c = (struct change){.kind = CHANGE_BEGIN, .lsn = d->waiting.lsn, .begin = d->tx};
        return;
    }
    struct known_relation *k = untold(&d->waiting);
    if (k != NULL) {
        k->told = true;
        *c = (struct change){.kind = CHANGE_RELATION, .lsn = d->waiting.lsn, .relation = &k->relation};
        return;
    }
    *c = d->waiting;
    d->waiting.kind = CHANGE_NONE;
    d->counts.rows += c->kind == CHANGE_INSERT || c->kind == CHANGE_UPDATE || c->kind == CHANGE_DELETE;
}

bool decoder_next(struct decoder *d, struct change *c, struct err *e) {
    while (d->waiting.kind == CHANGE_NONE) {
        if (cursor_left(&d->in) == 0) {
            *c = (struct change){.kind = CHANGE_NONE};
            return true;
        }
        arena_reset(&d->scratch);
        bool ok = d->o.kind == DECODER_PGOUTPUT ? pgoutput_message(d, e) : mppdb_record(d, e);
        if (!ok) {
            return false;
        }
    }
    tell(d, c);
    return true;
}
