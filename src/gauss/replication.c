/* See replication.h.
 *
 *                            PostgreSQL, big-endian                openGauss, little-endian structures
 *   'w' data                 int64 start, int64 end, int64 sent, payload                   the same, big-endian
 *   'k' keepalive            int64 end, int64 sent, reply?         uint64 end, int32 role, int32 state, int64 sent, reply?, 7 more
 *   'r' status               int64 written, flushed, applied,      uint64 received, written, flushed, applied, 0,
 *                            int64 sent, reply?                    int32 role, int32 state, int64 sent, reply?, 3, uint32 flags */
#include "gauss/replication.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/str.h"
#include "gauss/lsn.h"
#include "gauss/replication_internal.h"

enum {
    STATUS_MS = 1000,
    SILENCE_MS = 5 * 60 * 1000,
    GOODBYE_MS = 2000,
    URGE_MS = 2000, /* a server that asks so often for so long, and sends nothing else, waits to shut down */
    URGES = 100,
    DATA_HEAD = 25,
    KEEPALIVE_BYTES = 18,
    OG_KEEPALIVE_BYTES = 33,
    OG_KEEPALIVE_SENT = 17,
    OG_KEEPALIVE_REPLY = 25,
};

#define PG_EPOCH_US UINT64_C(946684800000000)

static int64_t since_1970(uint64_t pg_us) {
    return (int64_t)(pg_us + PG_EPOCH_US);
}

/* What PostgreSQL's own subscribers ask for: else the session's defaults decide how values are printed. */
static const char *const text_settings[] = {
    "extra_float_digits", "3",   "bytea_output",  "hex",      "datestyle", "ISO, YMD",
    "timezone",           "UTC", "intervalstyle", "postgres", NULL};

bool replication_connect(struct replication **out, const struct gauss_options *o, struct err *e) {
    struct gauss_options own = *o;
    struct replication *r = calloc(1, sizeof *r);
    *out = NULL;
    if (r == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a replication connection");
    }
    own.replication = "database";
    own.startup = o->startup != NULL ? o->startup : text_settings;
    if (!gauss_connect(&r->client, &own, e)) {
        free(r);
        return err_where(e, "replication connection");
    }
    replication_adopt(r);
    *out = r;
    return true;
}

void replication_adopt(struct replication *r) {
    r->opengauss = gauss_server(r->client)->kind == GAUSS_OPENGAUSS;
    r->status_ms = STATUS_MS;
    r->silence_ms = SILENCE_MS;
    r->heard_us = r->status_us = clock_mono_us();
}

/* CopyDone, then whatever is still under way up to the server's own end: it lets go of the slot at once, and a server whose answer
 * finds nobody writes of a lost connection in its log. */
static void say_goodbye(struct replication *r) {
    struct gauss_client *c = r->client;
    struct err ignored = ERR_INIT;
    int64_t until_us = clock_mono_us() + GOODBYE_MS * 1000;
    if ((r->flushed != r->told && !replication_status(r, &ignored)) || !gauss_put(c, 'c', NULL, 0, &ignored) ||
        !gauss_flush(c, &ignored)) {
        return;
    }
    for (;;) {
        struct gauss_message m;
        bool have;
        if (!gauss_try_next(c, &m, &have, &ignored) || (have && m.type == 'E')) {
            return;
        }
        if (have && m.type == 'Z') {
            c->state = GAUSS_IDLE;
            return;
        }
        int64_t left_us = until_us - clock_mono_us();
        if (!have && (left_us <= 0 || !net_readable(c->net, left_us / 1000) || !gauss_fill(c, &ignored))) {
            return;
        }
    }
}

void replication_close(struct replication *r) {
    if (r == NULL) {
        return;
    }
    struct gauss_client *c = r->client;
    if (c->state == GAUSS_COPY_BOTH && !c->broken && !atomic_load(&c->aborted)) {
        say_goodbye(r);
    }
    gauss_close(c);
    free(r);
}

void replication_abort(struct replication *r) {
    gauss_abort(r->client);
}

struct gauss_client *replication_client(struct replication *r) {
    return r->client;
}

bool replication_is_opengauss(const struct replication *r) {
    return r->opengauss;
}

void replication_set_silence(struct replication *r, int64_t silence_ms) {
    r->silence_ms = silence_ms > 0 ? silence_ms : SILENCE_MS;
}

/* What a server's words mean here. Keeps them. Returns false always. */
static bool as_slot_error(struct err *e) {
    if (e == NULL) {
        return false;
    }
    enum err_code code = e->code;
    bool about_slot = strstr(e->message, "replication slot") != NULL;
    if (str_eq(e->sqlstate, "42704") && about_slot) {
        code = ERR_SLOT_MISSING;
    } else if (str_eq(e->sqlstate, "42704") && strstr(e->message, "publication") != NULL) {
        code = ERR_PUBLICATION;
    } else if (str_eq(e->sqlstate, "55006") && about_slot) {
        code = ERR_SLOT_BUSY;
    } else if ((str_eq(e->sqlstate, "55000") && strstr(e->message, "can no longer get changes") != NULL) ||
               strstr(e->message, "has already been removed") != NULL) {
        code = ERR_SLOT_LOST;
    }
    if (code != e->code) {
        struct err said = *e;
        err_set(e, code, "%s", said.message);
        err_cause(e, "%s", said.cause);
        memcpy(e->sqlstate, said.sqlstate, sizeof e->sqlstate);
    }
    return false;
}

bool replication_identify(struct replication *r, struct replication_system *out, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    *out = (struct replication_system){.position = 0};
    bool ok = gauss_rows(r->client, &a, "IDENTIFY_SYSTEM", &rows, e);
    if (ok) {
        const char *cell[4] = {NULL};
        for (size_t i = 0; i < 4 && rows.n == 1 && i < rows.ncols; i++) {
            cell[i] = gauss_cell(&rows, 0, i);
        }
        ok = cell[0] != NULL && cell[2] != NULL && lsn_parse(cell[2], strlen(cell[2]), &out->position);
        if (ok) {
            snprintf(out->id, sizeof out->id, "%s", cell[0]);
            snprintf(out->database, sizeof out->database, "%s", cell[3] != NULL ? cell[3] : "");
        } else {
            err_set(e, ERR_TARGET_PROTOCOL, "the target does not tell where its log stands");
        }
    }
    arena_clear(&a);
    return ok;
}

/* ---- beginning ---- */

/* "skip-empty-xacts" needs quotes; PostgreSQL's own names do not. */
static char *option_name(struct arena *a, const char *name) {
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyz_")] == '\0' ? arena_strdup(a, name) : str_quote_pg(a, name);
}

char *replication_start_sql(struct arena *a, const char *slot, uint64_t from, const struct replication_option *options,
                            size_t n) {
    char lsn[LSN_TEXT_MAX];
    char *sql = arena_printf(a, "START_REPLICATION SLOT %s LOGICAL %s", str_quote_pg(a, slot), lsn_text(from, lsn));
    for (size_t i = 0; i < n; i++) {
        sql = arena_printf(a, "%s%s%s %s", sql, i == 0 ? " (" : ", ", option_name(a, options[i].name),
                           str_literal_pg(a, options[i].value));
    }
    return n > 0 ? arena_printf(a, "%s)", sql) : sql;
}

bool replication_start_with(struct replication *r, const char *sql, struct err *e) {
    struct gauss_client *c = r->client;
    struct gauss_message m;
    if (!gauss_ready(c, e) || !gauss_put(c, 'Q', sql, strlen(sql) + 1, e) || !gauss_flush(c, e) ||
        !gauss_next(c, &m, e)) {
        return false;
    }
    if (m.type == 'E') {
        struct err later = ERR_INIT;
        gauss_server_error(c, &m, e);
        if (!c->broken && !gauss_sync(c, &later)) {
            c->broken = true;
        }
        return as_slot_error(e);
    }
    if (m.type != 'W') {
        return gauss_unexpected(c, &m, "the beginning of a stream of changes", e);
    }
    c->state = GAUSS_COPY_BOTH;
    r->heard_us = r->status_us = clock_mono_us();
    return true;
}

bool replication_start(struct replication *r, const char *slot, uint64_t from, const struct replication_option *options,
                       size_t n, struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = replication_start_with(r, replication_start_sql(&a, slot, from, options, n), e);
    arena_clear(&a);
    return ok || err_where(e, "slot %s", slot);
}

/* ---- feedback ---- */

static void put_le32(uint8_t *to, uint32_t v) {
    for (int i = 0; i < 4; i++) {
        to[i] = (uint8_t)(v >> 8 * i);
    }
}

static void put_le64(uint8_t *to, uint64_t v) {
    put_le32(to, (uint32_t)v);
    put_le32(to + 4, (uint32_t)(v >> 32));
}

static void put_be64(uint8_t *to, uint64_t v) {
    v = __builtin_bswap64(v);
    memcpy(to, &v, 8);
}

/* Only one position is told: how far changes are applied for good. */
static bool send_status(struct replication *r, bool reply, struct err *e) {
    uint8_t body[65] = {'r'};
    size_t len;
    uint64_t now = (uint64_t)clock_utc_us() - PG_EPOCH_US;
    if (r->opengauss) {
        len = 65;
        for (size_t i = 0; i < 4; i++) {
            put_le64(body + 1 + 8 * i, r->flushed);
        }
        put_le64(body + 49, now);
        body[57] = reply;
    } else {
        len = 34;
        for (size_t i = 0; i < 3; i++) {
            put_be64(body + 1 + 8 * i, r->flushed);
        }
        put_be64(body + 25, now);
        body[33] = reply;
    }
    if (!gauss_put(r->client, 'd', body, len, e) || !gauss_flush(r->client, e)) {
        return false;
    }
    r->status_us = clock_mono_us();
    r->told = r->flushed;
    r->statuses++;
    return true;
}

bool replication_status(struct replication *r, struct err *e) {
    return send_status(r, false, e);
}

bool replication_ask(struct replication *r, struct err *e) {
    return send_status(r, true, e);
}

void replication_flushed(struct replication *r, uint64_t lsn) {
    r->flushed = lsn > r->flushed ? lsn : r->flushed;
}

bool replication_tend(struct replication *r, struct err *e) {
    return clock_mono_us() - r->status_us < r->status_ms * 1000 || send_status(r, false, e);
}

/* A server that says nothing is asked once, and given up when that brings nothing. */
static bool watch_silence(struct replication *r, struct err *e) {
    int64_t silent_us = clock_mono_us() - r->heard_us;
    if (silent_us >= r->silence_ms * 1000) {
        return gauss_lost(r->client, NULL, true, e);
    }
    if (silent_us >= r->silence_ms * 500 && r->asked_us < r->heard_us) {
        r->asked_us = clock_mono_us();
        return send_status(r, true, e);
    }
    return true;
}

/* ---- reading ---- */

static bool take_data(struct replication *r, const struct gauss_message *m, struct replication_message *out,
                      struct err *e) {
    if (m->len < DATA_HEAD) {
        return gauss_unexpected(r->client, m, "a stream of changes", e);
    }
    *out = (struct replication_message){.kind = REPLICATION_DATA,
                                        .lsn = get_be64(m->body + 1),
                                        .sent_us = since_1970(get_be64(m->body + 17)),
                                        .payload = m->body + DATA_HEAD,
                                        .len = m->len - DATA_HEAD};
    return true;
}

/* PostgreSQL does not shut down before its readers have confirmed everything, and asks them without a pause. A reader that cannot
 * confirm now must not keep it from that. */
static bool still_patient(struct replication *r, struct err *e) {
    int64_t now = clock_mono_us();
    if (now - r->urged_us > 10 * URGE_MS * 1000) { /* openGauss asks now and then */
        r->urges = 0;
    }
    if (r->urges++ == 0) {
        r->urged_us = now;
    }
    if (r->urges < URGES || now - r->urged_us < URGE_MS * 1000) {
        return true;
    }
    r->client->broken = true;
    return err_set(e, ERR_TARGET_LOST, "the target is shutting down, and waits for this reader to go");
}

static bool take_keepalive(struct replication *r, const struct gauss_message *m, struct replication_message *out,
                           struct err *e) {
    const uint8_t *p = m->body;
    if (m->len != (r->opengauss ? OG_KEEPALIVE_BYTES : KEEPALIVE_BYTES)) {
        return gauss_unexpected(r->client, m, "a stream of changes", e);
    }
    *out = (struct replication_message){.kind = REPLICATION_KEEPALIVE};
    bool reply;
    if (r->opengauss) {
        out->lsn = get_le64(p + 1);
        out->sent_us = since_1970(get_le64(p + OG_KEEPALIVE_SENT));
        reply = p[OG_KEEPALIVE_REPLY] != 0;
    } else {
        out->lsn = get_be64(p + 1);
        out->sent_us = since_1970(get_be64(p + 9));
        reply = p[17] != 0;
    }
    return !reply || (still_patient(r, e) && send_status(r, false, e));
}

static bool take(struct replication *r, const struct gauss_message *m, struct replication_message *out, struct err *e) {
    struct gauss_client *c = r->client;
    switch (m->type) {
    case 'd':
        if (m->len > 0 && m->body[0] == 'w') {
            r->urges = 0;
            return take_data(r, m, out, e);
        }
        if (m->len > 0 && m->body[0] == 'k') {
            return take_keepalive(r, m, out, e);
        }
        return gauss_unexpected(c, m, "a stream of changes", e);
    case 'E':
        gauss_server_error(c, m, e);
        c->broken = true;
        return as_slot_error(e);
    case 'c':
    case 'C': /* PostgreSQL, when it shuts down */
        c->broken = true;
        return err_set(e, ERR_TARGET_LOST, "the target has ended the stream of changes");
    default:
        return gauss_unexpected(c, m, "a stream of changes", e);
    }
}

bool replication_next(struct replication *r, int64_t wait_ms, struct replication_message *out, struct err *e) {
    struct gauss_client *c = r->client;
    *out = (struct replication_message){.kind = REPLICATION_NOTHING};
    if (!gauss_usable(c) || c->state != GAUSS_COPY_BOTH) {
        return gauss_ready(c, e) ? err_set(e, ERR_INTERNAL, "no stream of changes was started") : false;
    }
    int64_t until_us = clock_mono_us() + wait_ms * 1000;
    for (;;) {
        struct gauss_message m;
        bool have;
        if (!replication_tend(r, e) || !gauss_try_next(c, &m, &have, e)) {
            return false;
        }
        if (have) {
            r->heard_us = clock_mono_us();
            return take(r, &m, out, e);
        }
        int64_t left_ms = (until_us - clock_mono_us() + 999) / 1000;
        int64_t piece_ms = left_ms < r->status_ms ? left_ms : r->status_ms;
        if (net_readable(c->net, piece_ms > 0 ? piece_ms : 0)) {
            if (!gauss_fill(c, e)) {
                return as_slot_error(e);
            }
            r->heard_us = clock_mono_us(); /* of a long message */
        } else if (!watch_silence(r, e)) {
            return false;
        } else if (left_ms <= 0) {
            return true;
        }
    }
}
