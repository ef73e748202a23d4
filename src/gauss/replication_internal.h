/* The inside of a replication connection, for its own files, tests and fuzzers. */
#ifndef GAUSS_REPLICATION_INTERNAL_H
#define GAUSS_REPLICATION_INTERNAL_H

#include "gauss/internal.h"
#include "gauss/replication.h"

struct replication {
    struct gauss_client *client;
    bool opengauss;
    int64_t status_ms, silence_ms;
    int64_t status_us;      /* when the last status went out */
    int64_t heard_us;       /* when something came */
    int64_t asked_us;       /* when the server was asked for a sign */
    unsigned urges;         /* keepalives that asked, since something else came */
    int64_t urged_us;       /* the first of them */
    uint64_t flushed, told; /* told to us, and by us to the server */
    uint64_t statuses;
};

/* After r->client is set. */
void replication_adopt(struct replication *r);
char *replication_start_sql(struct arena *a, const char *slot, uint64_t from, const struct replication_option *options,
                            size_t n);
bool replication_start_with(struct replication *r, const char *sql, struct err *e) WARN_UNUSED;

#endif
