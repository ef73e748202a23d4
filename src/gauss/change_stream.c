/* See change_stream.h. */
#include "gauss/change_stream.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/str.h"
#include "gauss/lsn.h"
#include "gauss/replication.h"
#include "gauss/slot.h"

enum { OPTIONS_MAX = 12, BUSY_PAUSE_MS = 200 };

struct change_stream {
    struct replication *replication;
    struct decoder *decoder;
    enum decoder_kind kind;
    uint64_t position; /* told last */
    struct change_stream_figures figures;
};

/* ---- options ---- */

static size_t pgoutput_options(struct arena *a, const struct change_stream_options *o, struct replication_option *p) {
    bool opengauss = dialect_is_opengauss(o->dialect);
    size_t n = 0;
    p[n++] = (struct replication_option){"proto_version", "1"};
    p[n++] = (struct replication_option){"publication_names", str_quote_pg(a, o->publication)};
    if (o->decoder.binary) {
        p[n++] = (struct replication_option){"binary", "true"};
    }
    if (o->messages && !opengauss) {
        p[n++] = (struct replication_option){"messages", "true"};
    }
    return n;
}

static size_t mppdb_options(struct arena *a, const struct change_stream_options *o, struct replication_option *p) {
    size_t n = 0;
    p[n++] = (struct replication_option){"include-xids", "on"};
    p[n++] = (struct replication_option){"include-timestamp", "on"};
    p[n++] = (struct replication_option){"skip-empty-xacts", "on"};
    p[n++] = (struct replication_option){"only-local", "on"};
    if (o->decoder.parallel > 1) {
        p[n++] = (struct replication_option){"parallel-decode-num", arena_printf(a, "%u", o->decoder.parallel)};
        p[n++] = (struct replication_option){"decode-style", o->decoder.kind == DECODER_MPPDB_TEXT   ? "t"
                                                             : o->decoder.kind == DECODER_MPPDB_JSON ? "j"
                                                                                                     : "b"};
        p[n++] =
            (struct replication_option){"sending-batch", "1"}; /* else styles t and j do not tell where a commit ends */
    }
    return n;
}

/* ---- opening ---- */

/* What the slot says of itself, before anything is read. */
static bool look_at_slot(struct change_stream *s, const struct change_stream_options *o, struct err *e) {
    struct arena a = ARENA_INIT;
    struct slot slot = {.name = NULL};
    char own[LSN_TEXT_MAX], ahead[LSN_TEXT_MAX];
    bool ok = slot_read(replication_client(s->replication), &a, o->dialect, o->slot, &slot, e);
    if (ok && slot.lost) {
        ok = err_set(e, ERR_SLOT_LOST, "the log that slot %s needs is gone", o->slot);
    } else if (ok && o->position != 0 && slot.confirmed > o->position) {
        ok = err_set(e, ERR_SLOT_MOVED, "slot %s stands at %s, behind the position applied last, %s", o->slot,
                     lsn_text(slot.confirmed, ahead), lsn_text(o->position, own));
    } else if (ok && !str_eq(slot.plugin, o->decoder.plugin)) {
        ok =
            err_set(e, ERR_SLOT_MISSING, "slot %s is of plugin %s, not of %s", o->slot, slot.plugin, o->decoder.plugin);
    }
    s->position = o->position != 0 ? o->position : slot.confirmed;
    arena_clear(&a);
    return ok;
}

static bool connect_and_start(struct change_stream *s, const struct change_stream_options *o, struct err *e) {
    struct arena a = ARENA_INIT;
    struct replication_option options[OPTIONS_MAX];
    size_t n = o->decoder.kind == DECODER_PGOUTPUT ? pgoutput_options(&a, o, options) : mppdb_options(&a, o, options);
    bool ok = replication_connect(&s->replication, &o->connect, e) && look_at_slot(s, o, e) &&
              replication_start(s->replication, o->slot, s->position, options, n, e);
    arena_clear(&a);
    if (!ok) {
        return false;
    }
    replication_set_silence(s->replication, o->silence_ms);
    replication_flushed(s->replication,
                        s->position); /* what is before is applied: a server that shuts down waits to hear so */
    return replication_ask(s->replication, e); /* a server that has nothing to send is heard, too */
}

bool change_stream_open(struct change_stream **out, const struct change_stream_options *o, struct err *e) {
    int64_t until_us = clock_mono_us() + o->busy_ms * 1000;
    struct change_stream *s = calloc(1, sizeof *s);
    *out = NULL;
    if (s == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a stream of changes");
    }
    while (!connect_and_start(s, o, e)) {
        replication_close(s->replication);
        s->replication = NULL;
        if (e->code != ERR_SLOT_BUSY || clock_mono_us() >= until_us) {
            free(s);
            return false;
        }
        clock_sleep_ms(BUSY_PAUSE_MS);
    }
    s->kind = o->decoder.kind;
    s->decoder = decoder_new(&(struct decoder_options){.kind = o->decoder.kind,
                                                       .opengauss = replication_is_opengauss(s->replication),
                                                       .batch = o->decoder.parallel > 1,
                                                       .position = s->position,
                                                       .own_origin = o->own_origin});
    *out = s;
    return true;
}

void change_stream_close(struct change_stream *s) {
    if (s == NULL) {
        return;
    }
    replication_close(s->replication);
    decoder_free(s->decoder);
    free(s);
}

void change_stream_abort(struct change_stream *s) {
    replication_abort(s->replication);
}

/* ---- reading ---- */

/* Serial decoding tells how far it is, and between transactions nothing before that is still to come. Parallel decoding tells
 * positions that are ahead of what it sends. */
static bool is_position(const struct change_stream *s, uint64_t lsn) {
    bool serial = s->kind == DECODER_PGOUTPUT || s->kind == DECODER_MPPDB_SERIAL;
    return serial && lsn > s->position && decoder_is_idle(s->decoder);
}

/* *c stays CHANGE_NONE where the message tells nothing. */
static bool take(struct change_stream *s, const struct replication_message *m, struct change *c, struct err *e) {
    s->figures.heard_us = m->sent_us;
    s->figures.server_lsn = m->lsn > s->figures.server_lsn ? m->lsn : s->figures.server_lsn;
    if (m->kind == REPLICATION_KEEPALIVE) {
        if (is_position(s, m->lsn)) {
            *c = (struct change){.kind = CHANGE_POSITION, .lsn = m->lsn};
        }
        return true;
    }
    s->figures.bytes += m->len;
    return decoder_feed(s->decoder, m->lsn, m->payload, m->len, e);
}

bool change_stream_next(struct change_stream *s, int64_t wait_ms, struct change *c, struct err *e) {
    int64_t until_us = clock_mono_us() + wait_ms * 1000;
    for (;;) {
        struct replication_message m;
        if (!decoder_next(s->decoder, c, e)) {
            return false;
        }
        if (c->kind == CHANGE_NONE) {
            int64_t left_us = until_us - clock_mono_us();
            if (!replication_next(s->replication, left_us > 0 ? left_us / 1000 : 0, &m, e)) {
                return false;
            }
            if (m.kind == REPLICATION_NOTHING) {
                return true;
            }
            if (!take(s, &m, c, e)) {
                return false;
            }
            if (c->kind == CHANGE_NONE && left_us <= 0) {
                return true; /* much that tells nothing: what is passed over, say */
            }
        }
        if (c->kind == CHANGE_POSITION || c->kind == CHANGE_COMMIT) {
            if (c->lsn <= s->position && c->kind == CHANGE_POSITION) {
                continue;
            }
            s->position = c->lsn > s->position ? c->lsn : s->position;
        }
        if (c->kind != CHANGE_NONE) {
            return true;
        }
    }
}

void change_stream_flushed(struct change_stream *s, uint64_t lsn) {
    replication_flushed(s->replication, lsn);
}

bool change_stream_tend(struct change_stream *s, struct err *e) {
    return replication_tend(s->replication, e);
}

void change_stream_figures(const struct change_stream *s, struct change_stream_figures *f) {
    *f = s->figures;
    f->counts = *decoder_counts(s->decoder);
}
