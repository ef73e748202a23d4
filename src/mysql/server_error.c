/* The server's error numbers as errors of this program. See packets_server_error in packet.h. */
#include "mysql/packet.h"
#include "mysql/protocol.h"
#include "mysql/reader.h"

struct known {
    uint16_t number;
    enum err_code code;
    bool retryable;
    bool fatal;       /* the server closes the connection after it (any error at login does that) */
    const char *hint; /* NULL: the code's own */
};

/* Numbers from MySQL's and MariaDB's error references; the ones above 1900 and below 2000 are MariaDB's. */
static const struct known known[] = {
    {1040, ERR_SOURCE_CONNECT, true, false, "the source has no connection left: lower --jobs or raise max_connections"},
    {1042, ERR_SOURCE_CONNECT, true, false, NULL},  /* cannot get the client's hostname */
    {1043, ERR_SOURCE_PROTOCOL, false, true, NULL}, /* bad handshake */
    {1044, ERR_SOURCE_PRIVILEGE, false, false, NULL},
    {1045, ERR_SOURCE_AUTH, false, false, NULL},
    {1047, ERR_SOURCE_QUERY, false, false, "the server does not know this command: is there a proxy in between?"},
    {1049, ERR_SOURCE_DATABASE, false, false, NULL},
    {1053, ERR_SOURCE_LOST, true, true, NULL}, /* shutdown in progress */
    {1077, ERR_SOURCE_LOST, true, true, NULL},
    {1079, ERR_SOURCE_LOST, true, true, NULL},
    {1129, ERR_SOURCE_AUTH, false, false,
     "too many failed connections from here: mysqladmin flush-hosts on the source"},
    {1130, ERR_SOURCE_AUTH, false, false,
     "no account may connect from this machine: look at the host part of the account"},
    {1142, ERR_SOURCE_PRIVILEGE, false, false, NULL},
    {1143, ERR_SOURCE_PRIVILEGE, false, false, NULL},
    {1152, ERR_SOURCE_LOST, true, true, NULL}, /* aborted connection */
    {1153, ERR_SOURCE_QUERY, false, true, "raise max_allowed_packet on the source"},
    {1156, ERR_SOURCE_PROTOCOL, false, true, NULL}, /* packets out of order */
    {1157, ERR_SOURCE_PROTOCOL, false, true, NULL}, /* cannot uncompress */
    {1158, ERR_SOURCE_LOST, true, true, NULL},
    {1159, ERR_SOURCE_LOST, true, true, "raise net_read_timeout on the source"},
    {1160, ERR_SOURCE_LOST, true, true, NULL},
    {1161, ERR_SOURCE_LOST, true, true, "raise net_write_timeout on the source"},
    {1184, ERR_SOURCE_LOST, true, true, NULL},
    {1203, ERR_SOURCE_CONNECT, true, false,
     "the account has no connection left: lower --jobs or raise max_user_connections"},
    {1205, ERR_SOURCE_QUERY, true, false, NULL}, /* lock wait timeout */
    {1213, ERR_SOURCE_QUERY, true, false, NULL}, /* deadlock */
    {1226, ERR_SOURCE_CONNECT, true, false,
     "a resource limit of the account is used up: ALTER USER ... WITH MAX_... raises it"},
    {1227, ERR_SOURCE_PRIVILEGE, false, false, NULL},
    {1251, ERR_SOURCE_AUTH, false, false, NULL},
    {1317, ERR_SOURCE_QUERY, true, false, "somebody or a time limit on the source stopped the statement"},
    {1370, ERR_SOURCE_PRIVILEGE, false, false, NULL},
    {1412, ERR_SOURCE_QUERY, true, false, "a table was altered under the snapshot; begin it again"},
    {1524, ERR_SOURCE_AUTH, false, false, "the account's authentication plugin is not loaded on the source"},
    {1698, ERR_SOURCE_AUTH, false, false, NULL},
    {1820, ERR_SOURCE_AUTH, false, false, "the account's password must be changed first"},
    {1862, ERR_SOURCE_AUTH, false, false, "the account's password has expired"},
    {1927, ERR_SOURCE_LOST, true, true, "somebody killed the connection on the source"},
    {1969, ERR_SOURCE_QUERY, true, false, "max_statement_time on the source stopped the statement"},
    {2006, ERR_SOURCE_LOST, true, true, NULL}, /* 2006 and 2013: proxies pass on what their own client library said */
    {2013, ERR_SOURCE_LOST, true, true, NULL},
    {3024, ERR_SOURCE_QUERY, true, false, "max_execution_time on the source stopped the statement"},
    {3118, ERR_SOURCE_AUTH, false, false, "the account is locked"},
    {3159, ERR_SOURCE_TLS, false, false,
     "the source takes only encrypted connections: set ssl-mode=required or better in the URL"},
    {3169, ERR_SOURCE_LOST, true, true, "somebody killed the connection on the source"},
    {3572, ERR_SOURCE_QUERY, true, false, NULL}, /* lock not available with NOWAIT */
    {4031, ERR_SOURCE_LOST, true, true, "the source gave the idle connection up: raise wait_timeout"},
    {4151, ERR_SOURCE_AUTH, false, false, "the account is locked"},
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
