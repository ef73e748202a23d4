/* See write_session.h. */
#include "mysql/write_session.h"

#include <stdlib.h>

#include "base/str.h"

enum {
    LOCK_TIMEOUT = 1205,
    DEADLOCK = 1213,
    DUPLICATE = 1062,
    DUPLICATE_OF = 1586, /* the same, the key named */
    PACKET_HEAD_BYTES = 64,
};

bool mysql_write_session(struct mysql_client *c, uint64_t *max_statement_bytes, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_rows rows;
    bool ok = mysql_exec(c, MYSQL_WRITE_SESSION, e) && mysql_rows(c, &a, "SELECT @@max_allowed_packet", &rows, e);
    uint64_t bytes = ok && rows.n == 1 ? strtoull(mysql_cell(&rows, 0, 0), NULL, 10) : 0;
    *max_statement_bytes = bytes > PACKET_HEAD_BYTES ? bytes - PACKET_HEAD_BYTES : 0;
    arena_clear(&a);
    return ok;
}

enum mysql_refusal mysql_refusal(const struct err *e) {
    static const unsigned of_the_row[] = {1265, 1364, 1366, 1526, 1748, 3643, 3819, 3903, 4025, 4078, 6138};
    if (e->server_code == LOCK_TIMEOUT || e->server_code == DEADLOCK) {
        return MYSQL_REFUSED_LOCKED;
    }
    if (e->server_code == DUPLICATE || e->server_code == DUPLICATE_OF) {
        return MYSQL_REFUSED_DUPLICATE;
    }
    for (size_t i = 0; i < sizeof of_the_row / sizeof of_the_row[0]; i++) {
        if (e->server_code == of_the_row[i]) {
            return MYSQL_REFUSED_ROW;
        }
    }
    bool row = str_starts(e->sqlstate, "22") || str_starts(e->sqlstate, "23") || str_starts(e->sqlstate, "45");
    return row ? MYSQL_REFUSED_ROW : MYSQL_REFUSED_OTHER;
}

bool mysql_cannot_write(struct err *e) {
    if (e->server_code == 1290 || e->server_code == 1792 || e->server_code == 1836) {
        struct err said = *e;
        err_set(e, ERR_TARGET_READ_ONLY, "the target is read-only");
        err_cause(e, "%s", said.cause);
        err_hint(e, "is it a replica? Give the address of the server that is written to");
    }
    return false;
}
