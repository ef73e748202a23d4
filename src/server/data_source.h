/* The body of a data source, as it comes to be saved, or to be tested before it is. */
#ifndef SERVER_DATA_SOURCE_H
#define SERVER_DATA_SOURCE_H

#include "server/api.h"

struct data_source {
    const char *name, *kind, *host, *username, *password; /* password NULL: none was sent */
    int64_t port;
    char *properties; /* JSON */
};

/* Of c->body; lives as long as that. named: it needs a name. ERR_BODY. */
bool data_source_read(struct call *c, bool named, struct data_source *d, struct err *e) WARN_UNUSED;

/* mysql, mariadb: what may be migrated from; the others: to. */
bool data_source_is_mysql(const char *kind);

#endif
