/* The server's error numbers as errors of this program. See packets_server_error in packet.h. */
#include "mysql/packet.h"
#include "mysql/protocol.h"
#include "mysql/reader.h"

struct known {
    uint16_t number;
    bool retryable;
    bool fatal; /* the server closes the connection after it (any error at login does that) */
    enum err_code code;
    const char *hint; /* NULL: the code's own */
};

/* Numbers from MySQL's and MariaDB's error references; the ones above 1900 and below 2000 are MariaDB's. */
static const struct known known[] = {
    {1040, true, false, ERR_SOURCE_CONNECT, "the source has no connection left: lower --jobs or raise max_connections"},
    {1042, true, false, ERR_SOURCE_CONNECT, NULL},  /* cannot get the client's hostname */
    {1043, false, true, ERR_SOURCE_PROTOCOL, NULL}, /* bad handshake */
    {1044, false, false, ERR_SOURCE_PRIVILEGE, NULL},
    {1045, false, false, ERR_SOURCE_AUTH, NULL},
    {1047, false, false, ERR_SOURCE_QUERY, "the server does not know this command: is there a proxy in between?"},
    {1049, false, false, ERR_SOURCE_DATABASE, NULL},
    {1053, true, true, ERR_SOURCE_LOST, NULL}, /* shutdown in progress */
    {1077, true, true, ERR_SOURCE_LOST, NULL},
    {1079, true, true, ERR_SOURCE_LOST, NULL},
    {1129, false, false, ERR_SOURCE_AUTH,
     "too many failed connections from here: mysqladmin flush-hosts on the source"},
    {1130, false, false, ERR_SOURCE_AUTH,
     "no account may connect from this machine: look at the host part of the account"},
    {1142, false, false, ERR_SOURCE_PRIVILEGE, NULL},
    {1143, false, false, ERR_SOURCE_PRIVILEGE, NULL},
    {1152, true, true, ERR_SOURCE_LOST, NULL}, /* aborted connection */
    {1153, false, true, ERR_SOURCE_QUERY, "raise max_allowed_packet on the source"},
    {1156, false, true, ERR_SOURCE_PROTOCOL, NULL}, /* packets out of order */
    {1157, false, true, ERR_SOURCE_PROTOCOL, NULL}, /* cannot uncompress */
    {1158, true, true, ERR_SOURCE_LOST, NULL},
    {1159, true, true, ERR_SOURCE_LOST, "raise net_read_timeout on the source"},
    {1160, true, true, ERR_SOURCE_LOST, NULL},
    {1161, true, true, ERR_SOURCE_LOST, "raise net_write_timeout on the source"},
    {1184, true, true, ERR_SOURCE_LOST, NULL},
    {1203, true, false, ERR_SOURCE_CONNECT,
     "the account has no connection left: lower --jobs or raise max_user_connections"},
    {1205, true, false, ERR_SOURCE_QUERY, NULL}, /* lock wait timeout */
    {1213, true, false, ERR_SOURCE_QUERY, NULL}, /* deadlock */
    {1226, true, false, ERR_SOURCE_CONNECT,
     "a resource limit of the account is used up: ALTER USER ... WITH MAX_... raises it"},
    {1227, false, false, ERR_SOURCE_PRIVILEGE, NULL},
    {1251, false, false, ERR_SOURCE_AUTH, NULL},
    {1317, true, false, ERR_SOURCE_QUERY, "somebody or a time limit on the source stopped the statement"},
    {1370, false, false, ERR_SOURCE_PRIVILEGE, NULL},
    {1412, true, false, ERR_SOURCE_QUERY, "a table was altered under the snapshot; begin it again"},
    {1524, false, false, ERR_SOURCE_AUTH, "the account's authentication plugin is not loaded on the source"},
    {1698, false, false, ERR_SOURCE_AUTH, NULL},
    {1820, false, false, ERR_SOURCE_AUTH, "the account's password must be changed first"},
    {1862, false, false, ERR_SOURCE_AUTH, "the account's password has expired"},
    {1927, true, true, ERR_SOURCE_LOST, "somebody killed the connection on the source"},
    {1969, true, false, ERR_SOURCE_QUERY, "max_statement_time on the source stopped the statement"},
    {2006, true, true, ERR_SOURCE_LOST, NULL}, /* 2006 and 2013: proxies pass on what their own client library said */
    {2013, true, true, ERR_SOURCE_LOST, NULL},
    {3024, true, false, ERR_SOURCE_QUERY, "max_execution_time on the source stopped the statement"},
    {3118, false, false, ERR_SOURCE_AUTH, "the account is locked"},
    {3159, false, false, ERR_SOURCE_TLS,
     "the source takes only encrypted connections: set ssl-mode=required or better in the URL"},
    {3169, true, true, ERR_SOURCE_LOST, "somebody killed the connection on the source"},
    {3572, true, false, ERR_SOURCE_QUERY, NULL}, /* lock not available with NOWAIT */
    {4031, true, true, ERR_SOURCE_LOST, "the source gave the idle connection up: raise wait_timeout"},
    {4151, false, false, ERR_SOURCE_AUTH, "the account is locked"},
};

static const struct known *find(unsigned number) {
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].number == number) {
            return &known[i];
        }
    }
    return NULL;
}

static const char *sentence(enum err_code code) {
    switch (code) {
    case ERR_SOURCE_QUERY:
        return "the source refused a statement";
    case ERR_SOURCE_AUTH:
        return "the source refuses the login";
    default:
        return err_title(code);
    }
}

bool packets_server_error(struct packets *p, const uint8_t *body, size_t len, bool login, struct err *e) {
    struct reader r = reader_of(body, len);
    (void)read_u8(&r); /* 0xff */
    unsigned number = read_u16(&r);
    if (r.bad) {
        return packets_nonsense(p, e, "an error packet of %zu bytes", len);
    }
    char sqlstate[6] = "";
    if (reader_left(&r) >= 6 && *r.p == '#') { /* absent before the handshake is over */
        memcpy(sqlstate, r.p + 1, 5);
        for (char *c = sqlstate; *c != '\0'; c++) {
            if ((*c < '0' || *c > '9') && (*c < 'A' || *c > 'Z')) {
                *c = '?';
            }
        }
        r.p += 6;
    }
    const struct known *k = find(number);
    enum err_code code = k != NULL ? k->code : login ? ERR_SOURCE_AUTH : ERR_SOURCE_QUERY;
    if (code == ERR_SOURCE_AUTH && !login) {
        code = number == 1045 ? ERR_SOURCE_PRIVILEGE : ERR_SOURCE_QUERY; /* 1045 also stands for a missing FILE */
    }
    err_set(e, code, "%s", sentence(code));
    if (e != NULL) {
        size_t n = reader_left(&r);
        err_cause(e, "%.*s", n > sizeof e->cause ? (int)sizeof e->cause : (int)n, (const char *)r.p);
        memcpy(e->sqlstate, sqlstate, sizeof sqlstate);
        e->server_code = number;
        if (k != NULL) {
            e->retryable = k->retryable;
        }
        if (k != NULL && k->hint != NULL) {
            err_hint(e, "%s", k->hint);
        }
    }
    if (login || (k != NULL && k->fatal)) {
        p->broken = true;
    }
    return false;
}
