/* Registering as a replica and asking for events. See binlog_dump.h; whether the position is there is in binlog_position.c. */
#include "mysql/binlog_dump.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/str.h"
#include "mysql/protocol.h"

enum {
    DUMP_NON_BLOCK = 0x01,
    DUMP_HEARTBEAT_V2 = 0x02, /* MySQL; it means another thing to MariaDB */
    HEARTBEAT_V2_SINCE = 80030,
    DUMP_THROUGH_GTID = 0x04,
    COMMAND_MAX_BYTES = 64 << 20,
    SERVER_ID_LEAST = 1 << 28, /* chosen ones are far from those that people choose */
    SERVER_ID_ATTEMPTS = 100,
    UUID_TEXT_MAX = 37,
};

/* ---- session ---- */

static bool random_bytes(void *to, size_t n, struct err *e) {
    return getrandom(to, n, 0) == (ssize_t)n || err_errno(e, ERR_SYSTEM, "no random bytes");
}

static bool is_uuid(const char *text) {
    return strlen(text) == UUID_TEXT_MAX - 1 && strspn(text, "0123456789abcdefABCDEF-") == UUID_TEXT_MAX - 1;
}

static bool own_uuid(const struct dump *d, char text[UUID_TEXT_MAX], struct err *e) {
    uint8_t b[16];
    if (d->o->server_uuid != NULL) {
        snprintf(text, UUID_TEXT_MAX, "%s", d->o->server_uuid);
        return is_uuid(d->o->server_uuid) || err_set(e, ERR_INTERNAL, "\"%s\" is no UUID", d->o->server_uuid);
    }
    if (!random_bytes(b, sizeof b, e)) {
        return false;
    }
    b[6] = (uint8_t)(0x40 | (b[6] & 0x0f)); /* version 4 */
    b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
    snprintf(text, UUID_TEXT_MAX, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    return true;
}

/* The server's checksums are taken as they are: nothing is computed for us, and what comes can be verified. */
static bool agree_on_checksum(struct dump *d, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_rows rows;
    struct err refused = ERR_INIT;
    bool ok = mysql_rows(d->c, &a, "SELECT @@global.binlog_checksum", &rows, &refused);
    if (ok && rows.n == 1 && mysql_cell(&rows, 0, 0) != NULL) {
        const char *kind = mysql_cell(&rows, 0, 0);
        d->crc32 = str_ieq(kind, "CRC32");
        ok = mysql_execf(d->c, e, "SET @master_binlog_checksum='%s', @source_binlog_checksum='%s'",
                         d->crc32 ? "CRC32" : "NONE", d->crc32 ? "CRC32" : "NONE");
    } else if (!ok && mysql_usable(d->c)) {
        ok = true; /* a server without checksums */
    } else if (!ok) {
        err_copy(e, &refused);
    }
    arena_clear(&a);
    return ok;
}

bool dump_prepare(struct dump *d, struct err *e) {
    char uuid[UUID_TEXT_MAX];
    long long period_ns = (long long)d->heartbeat_ms * 1000000;
    if (!own_uuid(d, uuid, e) || !agree_on_checksum(d, e)) {
        return false;
    }
    /* A reader that is held up for long must not be given up. */
    if (!mysql_execf(d->c, e,
                     "SET @master_heartbeat_period=%lld, @source_heartbeat_period=%lld, @slave_uuid='%s', "
                     "@replica_uuid='%s', SESSION net_write_timeout=86400, SESSION net_read_timeout=86400",
                     period_ns, period_ns, uuid, uuid)) {
        return false;
    }
    if (!mysql_server(d->c)->is_mariadb) {
        return true;
    }
    /* 4: knows GTID events. Strict: a position that is not in the binlog is an error, not "the next one there is". */
    if (!mysql_exec(d->c, "SET @mariadb_slave_capability=4", e)) {
        return false;
    }
    return d->o->gtid == NULL ||
           mysql_execf(d->c, e,
                       "SET @slave_connect_state='%s', @slave_gtid_strict_mode=1, @slave_gtid_ignore_duplicates=0",
                       d->o->gtid);
}

/* ---- a server id nobody has ---- */

static bool id_is_taken(const struct mysql_rows *rows, uint32_t id) {
    for (size_t i = 0; i < rows->n; i++) {
        const char *cell = mysql_cell(rows, i, 0);
        if (cell != NULL && strtoull(cell, NULL, 10) == id) {
            return true;
        }
    }
    return false;
}

/* Two replicas of one id push each other out. Who may not list them gets a random one of four billion. */
static bool choose_id(struct dump *d, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_rows replicas = {0}, own = {0};
    struct err ignored = ERR_INIT;
    const struct mysql_server *server = mysql_server(d->c);
    const char *list = !server->is_mariadb && server->version >= 80022 ? "SHOW REPLICAS" : "SHOW SLAVE HOSTS";
    if (!mysql_rows(d->c, &a, list, &replicas, &ignored)) {
        replicas.n = 0;
    }
    bool ok = mysql_usable(d->c) && mysql_rows(d->c, &a, "SELECT @@global.server_id", &own, e);
    for (int i = 0; ok && i < SERVER_ID_ATTEMPTS; i++) {
        ok = random_bytes(&d->server_id, sizeof d->server_id, e);
        if (d->server_id >= SERVER_ID_LEAST && !id_is_taken(&replicas, d->server_id) &&
            !id_is_taken(&own, d->server_id)) {
            break;
        }
    }
    if (!ok && !mysql_usable(d->c) && e != NULL && e->code == ERR_NONE) {
        err_copy(e, &ignored);
    }
    arena_clear(&a);
    return ok;
}

/* ---- commands ---- */

static void put_le(struct buf *b, uint64_t v, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        buf_u8(b, (uint8_t)(v >> 8 * i));
    }
}

/* OK or an error. */
static bool read_ok(struct mysql_client *c, struct err *e) {
    const uint8_t *body;
    size_t len;
    if (!packets_read(&c->io, &body, &len, e)) {
        return false;
    }
    if (len > 0 && body[0] == PACKET_ERR) {
        return packets_server_error(&c->io, body, len, false, e);
    }
    return (len > 0 && body[0] == PACKET_OK) || packets_nonsense(&c->io, e, "an answer of %zu bytes", len);
}

bool dump_register(struct dump *d, struct err *e) {
    static const char host[] = "godwit";
    struct buf b;
    d->server_id = d->o->server_id;
    if (d->server_id == 0 && !choose_id(d, e)) {
        return false;
    }
    buf_init(&b, COMMAND_MAX_BYTES);
    bool ok = buf_reserve(&b, 64, e);
    if (ok) {
        put_le(&b, d->server_id, 4);
        put_le(&b, sizeof host - 1, 1);
        buf_bytes(&b, host, sizeof host - 1);
        put_le(&b, 0, 1); /* user */
        put_le(&b, 0, 1); /* password: for SHOW REPLICAS, and nobody's business */
        put_le(&b, 0, 2); /* port */
        put_le(&b, 0, 4); /* rank */
        put_le(&b, 0, 4); /* the source's id: it knows */
        ok = session_command(d->c, COM_REGISTER_SLAVE, b.data, b.len, e) && read_ok(d->c, e);
    }
    buf_clear(&b);
    return ok || err_where(e, "registering as a replica");
}

static bool put_dump_by_gtid(const struct dump *d, uint16_t flags, struct buf *b, struct err *e) {
    struct gtid_set known = GTID_SET_INIT;
    struct buf set;
    buf_init(&set, COMMAND_MAX_BYTES);
    bool ok =
        gtid_set_parse(&known, d->o->gtid, e) && gtid_set_encode(&known, &set, e) && buf_reserve(b, 64 + set.len, e);
    if (ok) {
        put_le(b, flags | DUMP_THROUGH_GTID, 2);
        put_le(b, d->server_id, 4);
        put_le(b, 0, 4); /* no file name */
        put_le(b, BINLOG_FIRST_OFFSET, 8);
        put_le(b, set.len, 4);
        buf_bytes(b, set.data, set.len);
    }
    gtid_set_clear(&known);
    buf_clear(&set);
    return ok;
}

static bool put_dump_by_file(const struct dump *d, uint16_t flags, struct buf *b, struct err *e) {
    size_t n = strlen(d->file);
    if (!buf_reserve(b, 32 + n, e)) {
        return false;
    }
    put_le(b, d->offset, 4);
    put_le(b, flags, 2);
    put_le(b, d->server_id, 4);
    buf_bytes(b, d->file, n);
    return true;
}

bool dump_begin(struct dump *d, struct err *e) {
    const struct mysql_server *server = mysql_server(d->c);
    bool by_gtid = d->o->gtid != NULL && !server->is_mariadb;
    uint16_t flags = d->o->until_end ? DUMP_NON_BLOCK : 0;
    if (!server->is_mariadb && server->version >= HEARTBEAT_V2_SINCE) {
        flags |= DUMP_HEARTBEAT_V2;
    }
    struct buf b;
    buf_init(&b, COMMAND_MAX_BYTES);
    bool ok = by_gtid ? put_dump_by_gtid(d, flags, &b, e) : put_dump_by_file(d, flags, &b, e);
    ok = ok && session_command(d->c, by_gtid ? COM_BINLOG_DUMP_GTID : COM_BINLOG_DUMP, b.data, b.len, e);
    buf_clear(&b);
    return ok;
}

/* ---- refusals ---- */

enum { FATAL_READING_BINLOG = 1236 };

static const struct {
    const char *words;
    enum err_code code;
} refusals[] = {
    {"purged",
     ERR_SOURCE_PURGED}, /* of both makers, and every version: "purged required binary logs", "has purged binary logs" */
    {"Could not find first log file", ERR_SOURCE_PURGED},
    {"more GTIDs than the", ERR_SOURCE_DIVERGED},
    {"which is not in the", ERR_SOURCE_DIVERGED}, /* MariaDB's binlog */
    {"which is newer than", ERR_SOURCE_DIVERGED},
    {"position > file size", ERR_SOURCE_DIVERGED},
    {"impossible position", ERR_SOURCE_DIVERGED},
    {"truncated in the middle", ERR_SOURCE_BINLOG_DAMAGED},
    {"corrupt", ERR_SOURCE_BINLOG_DAMAGED},
    {"event read from binlog did not pass", ERR_SOURCE_BINLOG_DAMAGED},
};

static enum err_code refusal_of(const char *text) {
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        if (strcasestr(text, refusals[i].words) != NULL) {
            return refusals[i].code;
        }
    }
    return ERR_SOURCE_BINLOG;
}

bool dump_refused(struct err *e) {
    if (e == NULL || e->code != ERR_SOURCE_QUERY) {
        return false; /* lost, killed, no privilege: said well enough */
    }
    struct err server = *e;
    enum err_code code = refusal_of(server.cause);
    bool pushed_out =
        strcasestr(server.cause, "same server_uuid") != NULL || strcasestr(server.cause, "same server_id") != NULL;
    err_set(e, code, "%s", code == ERR_SOURCE_BINLOG ? "the source does not send its binlog" : err_title(code));
    err_cause(e, "%s", server.cause);
    memcpy(e->sqlstate, server.sqlstate, sizeof e->sqlstate);
    e->server_code = server.server_code;
    if (pushed_out) {
        err_hint(e, "another replica uses the same id: is this task running a second time?");
        e->retryable = true;
    }
    return false;
}
