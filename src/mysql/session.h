/* The inside of struct mysql_client, and what the client's files share. Internal to src/mysql. */
#ifndef MYSQL_SESSION_H
#define MYSQL_SESSION_H

#include "mysql/client.h"
#include "mysql/packet.h"

struct mysql_client {
    struct packets io;
    struct net_stream *net;
    struct mysql_server server;
    uint32_t caps;     /* what both sides can */
    bool local;        /* over a Unix socket */
    uint16_t status;   /* SERVER_* of the last OK or EOF */
    uint64_t affected; /* rows, of the last OK */
    bool in_rows;      /* a result is open: mysql_next goes on with it */
    bool in_flight;    /* mysql_send: answers are due */
    bool binary;       /* its rows are binary */
    bool close_due;    /* statement_id is to be closed with the next command */
    uint32_t statement_id;
};

/* ---- handshake.c ---- */

/* From the greeting to the server's OK, TLS and compression included. c->net is connected, c->io initialised. */
bool session_login(struct mysql_client *c, const struct mysql_options *o, struct err *e) WARN_UNUSED;

/* "5.5.5-10.11.6-MariaDB-log" and the like, into version, version_text and is_mariadb. */
void session_parse_version(struct mysql_server *s, const char *text, size_t len);

/* ---- login.c ---- */

/* Everything the login exchange needs to know of the greeting. */
struct login {
    const struct mysql_options *options;
    const char *password; /* never NULL */
    char plugin[48];
    uint8_t challenge[64];
    size_t challenge_len;
    bool key_asked; /* the RSA key is on its way */
};

/* The first answer to the challenge in l, for l->plugin. */
bool login_answer(struct mysql_client *c, struct login *l, struct buf *answer, struct err *e) WARN_UNUSED;
bool login_knows(const char *plugin);

/* The exchange behind the handshake response, until OK. */
bool login_finish(struct mysql_client *c, struct login *l, struct err *e) WARN_UNUSED;

/* ---- client.c ---- */

/* A client over a connected stream, which it owns from here on, also when this fails. Logs in. */
bool session_open(struct mysql_client **out, struct net_stream *net, const struct mysql_options *o,
                  struct err *e) WARN_UNUSED;

/* A client without a login, in the state after one (fuzzers, unit tests). NULL only without memory. */
struct mysql_client *session_new(struct net_stream *net, const struct mysql_options *o);

/* May a command be sent now? */
bool session_ready(struct mysql_client *c, struct err *e) WARN_UNUSED;

/* Send a command, behind the due COM_STMT_CLOSE if there is one. */
bool session_command(struct mysql_client *c, uint8_t command, const void *body, size_t len, struct err *e) WARN_UNUSED;

/* OK or EOF packet: keeps the status. False when it is malformed. */
bool session_take_ok(struct mysql_client *c, const uint8_t *body, size_t len);
bool session_take_eof(struct mysql_client *c, const uint8_t *body, size_t len);

#endif
